"""The copies that the page gives: what is shown as CSV, SVG and PNG."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING, Any

import matplotlib.image
import numpy as np
import pytest

import pages
from pages import Opened, five, opened_at, saved
from test_cells import CASES

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


chromium, context, written = pages.chromium, pages.context, pages.written
show, small = pages.show, pages.small


SVG = "{http://www.w3.org/2000/svg}"


def drawing_of(opened: Opened) -> ET.Element:
    return ET.fromstring(saved(opened, "#svg"))  # noqa: S314 - the page's own


def texts(picture: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]


def test_the_copies_hold_what_is_shown(small: Opened) -> None:
    small.go("polarity=supports")
    rows = list(csv.DictReader(io.StringIO(saved(small, "#csv").decode("utf-8-sig"))))
    assert [row["speaker"] for row in rows] == ["Alpha", "Alpha", "Beta", "Beta", "Delta"]
    assert [row["coded_as"] for row in rows] == ["supports"] * 4 + ["for"]
    assert {row["quotes"] for row in rows} == {"once said", "so it is", ""}
    assert saved(small, "#png")[:8] == b"\x89PNG\r\n\x1a\n"
    picture = drawing_of(small)
    assert {"Alpha", "Beta", "Delta", "Echo"} <= set(texts(picture))
    # Alpha and Beta on the first, Beta on the second, Delta on Echo: four lines.
    assert len(list(picture.iter(f"{SVG}path"))) == 4
    assert small.complaints == []


def test_cells_of_the_csv_copy_are_made_safe_as_everywhere(small: Opened) -> None:
    made = small.tab.evaluate("cells => cells.map(cellOfCsv)", list(CASES))
    assert dict(zip(CASES, made, strict=True)) == CASES


def test_every_line_of_the_drawing_ends_in_an_arrow_at_the_shape_it_points_to(small: Opened) -> None:
    small.go("polarity=supports")
    picture = drawing_of(small)
    arrows = [e.get("points", "").split() for e in picture.iter(f"{SVG}polygon") if e.get("class") == "arrow"]
    tips = [tuple(map(float, points[0].split(","))) for points in arrows]
    assert len(tips) == 4
    boxes = [[float(e.attrib[k]) for k in ("x", "y", "width", "height")] for e in picture.iter(f"{SVG}rect")]
    borders = [
        (x, y)
        for x, y in tips
        for left, top, wide, high in boxes[1:]
        if max(abs(x - left - wide / 2) - wide / 2, abs(y - top - high / 2) - high / 2)
        == pytest.approx(0, abs=2)
    ]
    assert len(borders) == 3  # Echo is no box


def test_arrows_are_left_out_where_lines_have_no_direction(small: Opened) -> None:
    """In December Alpha and Beta agree: one line; nobody else meets anybody in one period."""
    small.go("view=agreement")
    picture = drawing_of(small)
    assert len(list(picture.iter(f"{SVG}path"))) == 1
    assert not [e for e in picture.iter() if e.get("class") == "arrow"]


def test_the_matrix_is_copied_as_it_is_shown(context: BrowserContext, written: dict[str, str]) -> None:
    opened = opened_at(context, written["five"] + "#view=matrix")
    marks = Counter(opened.tab.locator("#cells button").all_inner_texts())
    actors = opened.tab.locator("#cells th[scope=row]").all_inner_texts()
    picture = drawing_of(opened)
    shown = texts(picture)
    assert {mark: shown.count(mark) for mark in "+−±○" if mark in shown} == marks
    assert [text for text in shown if text in actors] == actors
    assert "The first thing is so." in " ".join(shown)
    png = matplotlib.image.imread(io.BytesIO(saved(opened, "#png")))
    assert png.shape[:2] == (2 * float(picture.attrib["height"]), 2 * float(picture.attrib["width"]))
    blue = np.array([0x00, 0x72, 0xB2]) / 255
    assert (np.abs(png[..., :3] - blue).max(axis=2) < 0.01).sum() > 50
    opened.go("view=matrix&polarity=opposes")
    assert "+" not in texts(drawing_of(opened))
    assert opened.complaints == []
    opened.tab.close()


def test_no_cell_of_the_csv_is_a_formula(show: Any) -> None:
    graph = five()
    graph.nodes["actor:sadr"]["label"] = '=HYPERLINK("x")'
    opened = show(graph, accept_downloads=True)
    rows = list(csv.reader(io.StringIO(saved(opened, "#csv").decode("utf-8-sig"))))
    assert '\'=HYPERLINK("x")' in {cell for row in rows for cell in row}
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
