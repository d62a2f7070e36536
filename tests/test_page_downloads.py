"""The copies that the page gives: what is shown as CSV, JSON, SVG and PNG, each to be read alone."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING, Any

import matplotlib.image
import numpy as np
import pytest

import pages
from pages import Opened, five, saved
from stancegraph.page import drawing
from test_cells import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator


chromium, context, written = pages.chromium, pages.context, pages.written
show, small, large = pages.show, pages.small, pages.large
SVG = "{http://www.w3.org/2000/svg}"


def picture(opened: Opened, name: str) -> ET.Element:
    return ET.fromstring(saved(opened, f"{name} svg"))  # noqa: S314 - the page's own


def texts(root: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def paths(root: ET.Element, name: str) -> Iterator[ET.Element]:
    return (path for path in root.iter(f"{SVG}path") if path.get("class") == name)


def test_the_table_of_what_is_shown(small: Opened) -> None:
    small.go("stance=for")
    rows = list(csv.DictReader(io.StringIO(saved(small, "statements csv").decode("utf-8-sig"))))
    assert Counter(row["speaker"] for row in rows) == {"Alpha": 2, "Beta": 2, "Delta": 1}
    assert {row["stance"] for row in rows} == {"supports", "for"}
    assert {row["quotes"] for row in rows} == {"once said", "so it is", ""}


def test_cells_of_the_csv_copy_are_made_safe_as_everywhere(small: Opened) -> None:
    script = (drawing.HERE / "js" / "downloads.js").read_text("utf-8")
    rule = script[script.index("const UNSAFE") : script.index("export function save")].replace("export ", "")
    made = small.tab.evaluate(f"cells => {{ {rule}; return cells.map(cellOfCsv) }}", list(CASES))
    assert dict(zip(CASES, made, strict=True)) == CASES


def test_json_carries_title_legend_filters_and_link(small: Opened) -> None:
    small.go("stance=for&since=2025-01-01")
    told = json.loads(saved(small, "statements json"))
    assert told["title"] == "Who stands where"
    assert told["filters"] == "stance for; since 2025-01-01"
    assert told["link"] == "five.html#stance=for&since=2025-01-01"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", told["exported"])
    assert "implied (the coder" in told["legend"]
    assert {(row["speaker"], row["target"]) for row in told["statements"]} == {
        ("Beta", "The second thing is so."),
        ("Delta", "Echo"),
    }
    assert all(row["statement"].startswith("https://") for row in told["statements"])


@pytest.mark.parametrize("name", ["network", "matrix", "timeline"])
def test_each_picture_carries_what_it_takes_to_read_it_alone(large: Opened, name: str) -> None:
    large.go("since=2024-11-27&until=2024-12-07")
    words = " ".join(texts(picture(large, name)))
    for part in (
        "Who stands where",
        "dashed: inferred by the coder",
        "Only: since 2024-11-27; until 2024-12-07.",
        "December 2024.",
        "Exported 20",
        "shipped.html#since=2024-11-27&until=2024-12-07",
    ):
        assert part in words
    root = picture(large, name)
    png = matplotlib.image.imread(io.BytesIO(saved(large, f"{name} png")))
    size = (float(root.attrib["height"]), float(root.attrib["width"]))
    assert png.shape[:2] == pytest.approx((2 * size[0], 2 * size[1]), abs=1)
    blue = np.array([0x00, 0x72, 0xB2]) / 255
    if name != "network":
        assert (np.abs(png[..., :3] - blue).max(axis=2) < 0.01).sum() > 50


def test_lines_end_in_arrows_or_bars_at_what_they_point_to(small: Opened) -> None:
    small.go("view=stances")
    root = picture(small, "network")
    lines = list(paths(root, "line"))
    # Alpha on two things, Beta on two, Gamma on two (one left open), Delta on Alpha and on Echo.
    assert len(lines) == 8
    ends = list(paths(root, "arrow"))
    assert len(ends) == 7
    assert sum(end.get("fill") != "none" for end in ends) == 4
    heads = {tuple(map(float, re.findall(r"-?[\d.]+", line.attrib["d"])[-2:])) for line in lines}
    for end in ends:
        x, y = map(float, re.findall(r"-?[\d.]+", end.attrib["d"])[:2])
        assert min(abs(x - hx) + abs(y - hy) for hx, hy in heads) < 13


def test_the_network_is_saved_as_it_is_shown(large: Opened) -> None:
    large.go("view=blocs")
    shown = large.drawn()
    root = picture(large, "network")
    assert len(list(paths(root, "line"))) == len(shown["lines"])
    labels = {row for name in shown["nodes"] for row in name[4].split("\n")}
    assert labels <= set(texts(root))
    dashes = sum(line.get("stroke-dasharray") is not None for line in paths(root, "line"))
    assert dashes == sum(not line["said"] for line in shown["lines"])


def test_the_matrix_is_saved_as_it_is_shown(small: Opened) -> None:
    small.go("view=matrix")
    marks = Counter(small.tab.locator("#cells .mark").all_inner_texts())
    assert sum(marks.values()) == 8
    shown = texts(picture(small, "matrix"))
    assert {mark: shown.count(mark) for mark in "+−○"} == marks
    small.go("stance=against")
    assert "+" not in texts(picture(small, "matrix"))
    assert small.complaints == []


def test_no_cell_of_the_csv_is_a_formula(show: Any) -> None:
    graph = five()
    graph.nodes["actor:sadr"]["label"] = '=HYPERLINK("x")'
    graph.nodes["actor:iraq"]["label"] = "\ufeff =1+1"
    opened = show(graph, accept_downloads=True)
    rows = list(csv.reader(io.StringIO(saved(opened, "statements csv").decode("utf-8-sig"))))
    assert '\'=HYPERLINK("x")' in {cell for row in rows for cell in row}
    assert not [cell for row in rows for cell in row if cell.lstrip("\ufeff ").startswith(("=", "+", "@"))]
