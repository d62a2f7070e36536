"""The copies that the page gives: what is shown as CSV, SVG and PNG."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pages
from pages import Opened, five, saved

if TYPE_CHECKING:
    pass


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
    assert {row["coded_as"] for row in rows} == {"supports"}
    assert {row["quotes"] for row in rows} == {"once said", "so it is", ""}
    assert saved(small, "#png")[:8] == b"\x89PNG\r\n\x1a\n"
    picture = drawing_of(small)
    assert {"Alpha", "Beta", "Delta", "Echo"} <= set(texts(picture))
    # Alpha and Beta on the first, Beta on the second, Delta on Echo: four lines.
    assert len(list(picture.iter(f"{SVG}path"))) == 4
    assert small.complaints == []


def test_no_cell_of_the_csv_is_a_formula(show: Any) -> None:
    graph = five()
    graph.nodes["actor:sadr"]["label"] = '=HYPERLINK("x")'
    opened = show(graph, accept_downloads=True)
    rows = list(csv.reader(io.StringIO(saved(opened, "#csv").decode("utf-8-sig"))))
    assert '\'=HYPERLINK("x")' in {cell for row in rows for cell in row}
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
