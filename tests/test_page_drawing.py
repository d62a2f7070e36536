"""The network of the page: geometry, from the coordinates and again as the browser has them, modes and pointing."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

import pages
from pages import FIVE, Opened, five, many, opened_at
from stancegraph import network, page, store
from stancegraph.page.content import describe

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from stancegraph.page.content import Content

    Point = tuple[float, float]
    Box = tuple[float, float, float, float]
    Name = tuple[int, float, float, int, str]

chromium, context, written = pages.chromium, pages.context, pages.written
show, small, large = pages.show, pages.small, pages.large

LETTERS = 0.6
"""Width of a letter in ems: that of DejaVu Sans, the widest of the faces the page may be shown in."""


@cache
def content(actors: int) -> Content:
    """What the page says of so many actors: the fixture's, the shipped ones, or made by chance."""
    if actors == 5:
        return describe(network.stances(store.open(str(FIVE))))
    if actors == 46:
        return describe(network.stances(store.open()))
    return describe(many(actors, {150: 400, 2000: 8000}[actors], 60))


def label_box(name: Name, font: int) -> Box:
    _, x, y, side, label = name
    rows = label.split("\n")
    long, high = max(map(len, rows)) * LETTERS * font, len(rows) * 1.2 * font
    left = x + 12 if side > 0 else x - 12 - long if side < 0 else x - long / 2
    top = y - high / 2 if side else y - 14 - high
    return left, top, left + long, top + high


def dot_box(name: Name) -> Box:
    _, x, y, *_ = name
    return x - 5, y - 5, x + 5, y + 5


def meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def along(tail: Point, head: Point, kind: str, roundness: float) -> list[Point]:
    """Points of a line as vis-network draws it (BezierEdgeStatic, CubicBezierEdge), by de Casteljau."""
    (x1, y1), (x2, y2) = tail, head
    if kind == "cubicBezier":
        corners = [tail, (x1 + roundness * (x2 - x1), y1), (x2 - roundness * (x2 - x1), y2), head]
    else:
        factor = 0.5 + (roundness if kind == "curvedCW" else -roundness) / 2
        angle = (math.atan2(y1 - y2, x2 - x1) + factor * math.pi) % (2 * math.pi)
        long = (0.5 + roundness / 2) * math.dist(tail, head)
        corners = [tail, (x1 + long * math.sin(angle), y1 + long * math.cos(angle)), head]
    found = []
    for step in range(61):
        t, left = step / 60, list(corners)
        while len(left) > 1:
            left = [((1 - t) * a + t * c, (1 - t) * b + t * d) for (a, b), (c, d) in pairwise(left)]
        found.append(left[0])
    return found


def faults(names: list[Name], lines: list[tuple[int, int, str, float]], font: int, frame: Box) -> list[str]:
    """What stands wrong: labels that overlap, lines through what is not theirs, anything outside the frame."""
    found = []
    labels = {name[0]: label_box(name, font) for name in names}
    dots = {name[0]: dot_box(name) for name in names}
    at = {name[0]: (float(name[1]), float(name[2])) for name in names}
    shapes = [*labels.items(), *dots.items()]
    for i, (number, box) in enumerate(shapes):
        for other, against in shapes[:i]:
            if number != other and meet(box, against):
                found.append(f"{number} covers {other}")
        if not (frame[0] <= box[0] and box[2] <= frame[2] and frame[1] <= box[1] and box[3] <= frame[3]):
            found.append(f"{number} leaves the frame")
    for tail, head, kind, roundness in lines:
        path = along(at[tail], at[head], kind, roundness)
        whole = (
            min(x for x, _ in path),
            min(y for _, y in path),
            max(x for x, _ in path),
            max(y for _, y in path),
        )
        for number, box in shapes:
            if (
                number not in (tail, head)
                and meet(box, whole)
                and any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in path)
            ):
                found.append(f"{tail}-{head} runs through {number}")
        if any(not frame[0] <= x <= frame[2] for x, _ in path):
            found.append(f"{tail}-{head} leaves the frame")
    return found


@pytest.mark.parametrize("actors", [5, 46, 150, 2000])
@pytest.mark.parametrize("form", ["wide", "middle", "narrow"])
def test_no_line_runs_through_a_foreign_shape_and_no_label_covers_another(actors: int, form: str) -> None:
    made = content(actors)
    assert set(made.pictures) == {"blocs", "stances"}
    for mode, drawings in made.pictures.items():
        for drawing in drawings.values():
            picture = drawing["formats"][form]
            assert picture["font"] >= 11
            ends = {tie["id"]: (tie["from"], tie["to"]) for tie in made.agreement.ties}
            if mode == "stances":
                ends = {tie["id"]: (tie["from"], tie["to"] + len(made.entities)) for tie in made.ties}
            lines = [(*ends[number], kind, roundness) for number, kind, roundness, _ in picture["lines"]]
            frame = (-1.0, -1.0, picture["width"] + 1.0, picture["height"] + 1.0)
            assert faults([*picture["nodes"]], lines, picture["font"], frame) == []


def test_what_a_drawing_leaves_out_is_said(show: Any) -> None:
    opened = show(many(2000, 8000, 60))
    shown = opened.drawn()
    assert len(shown["nodes"]) <= 60
    assert f"{len(shown['lines'])} of " in opened.tab.locator("#left").inner_text()
    assert all(card["total"] >= len(card["members"]) for card in shown["cards"])
    title = opened.tab.evaluate("() => document.getElementById('graph').drawn.cards[0].total")
    assert title > len(shown["cards"][0]["members"])
    assert opened.complaints == []


@pytest.mark.parametrize("width", [1400, 1024, 768, 390])
def test_the_browser_draws_what_was_checked_no_letter_under_eleven_pixels(
    chromium: Browser, written: dict[str, str], width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    opened = opened_at(context, written["shipped"])
    december, march = "since=2024-11-27&until=2024-12-07", "since=2025-03-06&until=2025-03-09"
    fuller = ("view=agreement", "view=stances", "view=ego") if width in {1400, 390} else ()
    for address in ("", december, march, *fuller):
        opened.go(address)
        shown = opened.drawn()
        lines = [(line["tail"], line["head"], line["kind"], line["roundness"]) for line in shown["lines"]]
        frame = (-1.0, -1.0, shown["width"] + 1.0, shown["height"] + 1.0)
        assert faults([tuple(name) for name in shown["nodes"]], lines, shown["font"], frame) == [], address
        assert shown["font"] * shown["scale"] >= 11
        box = opened.tab.locator("#graph").bounding_box()
        assert box is not None
        assert shown["width"] * shown["scale"] <= box["width"]
        assert shown["height"] * shown["scale"] <= box["height"]
        assert all(card["shown"] for card in shown["cards"])
    assert opened.tab.evaluate("() => document.documentElement.scrollWidth") == width
    assert opened.complaints == []
    context.close()


def test_a_label_as_the_browser_measures_it_is_within_what_was_reckoned(large: Opened) -> None:
    large.go("view=stances")
    shown = large.drawn()
    widths = large.tab.evaluate(
        """([rows, font]) => {
            const paint = document.createElement("canvas").getContext("2d");
            paint.font = `${font}px ${getComputedStyle(document.body).fontFamily}`;
            return rows.map((row) => paint.measureText(row).width);
        }""",
        [[row for name in shown["nodes"] for row in name[4].split("\n")], shown["font"]],
    )
    boxes = [len(row) * LETTERS * shown["font"] for name in shown["nodes"] for row in name[4].split("\n")]
    room = 330 - 5 - 7
    assert all(
        width <= max(box * 1.12, 60) and width <= room for width, box in zip(widths, boxes, strict=True)
    )


def test_lines_between_blocs_are_of_disagreement_first(large: Opened) -> None:
    large.go("view=blocs")
    shown = large.drawn()
    assert shown["lines"]
    cards = {number: i for i, card in enumerate(shown["cards"]) for number in card["members"]}
    assert all(line["sign"] < 0 or cards[line["tail"]] != cards[line["head"]] for line in shown["lines"])
    assert {line["sign"] for line in shown["lines"]} == {-1}
    large.go("view=agreement")
    assert {line["sign"] for line in large.drawn()["lines"]} == {-1, 1}


def test_where_no_bloc_contradicts_another_what_holds_them_together_is_drawn(large: Opened) -> None:
    large.go("since=2025-03-06&until=2025-03-09&view=blocs")
    assert {line["sign"] for line in large.drawn()["lines"]} == {1}
    assert "No bloc contradicts another here" in large.tab.locator("#left").inner_text()


def test_a_mode_has_a_legend_of_what_it_shows(large: Opened) -> None:
    told = {"blocs": "disagree", "agreement": "agree", "stances": "for, says, calls for", "ego": "for, says"}
    for mode, words in told.items():
        large.go(f"view={mode}")
        assert words in large.tab.locator("#lines").inner_text()
    large.go("view=stances&stance=against")
    assert "for, says" not in large.tab.locator("#lines").inner_text()


def test_clicking_a_name_reads_its_words_below_and_offers_its_neighbourhood(small: Opened) -> None:
    small.go("view=stances")
    (number,) = [name[0] for name in small.drawn()["nodes"] if name[4] == "Delta"]
    small.tab.mouse.click(*small.place(number))
    told = small.tab.locator("#told")
    assert "against" in told.inner_text()
    picture, words = (small.tab.locator(part).bounding_box() for part in ("#graph", "#told"))
    assert picture
    assert words
    assert picture["y"] + picture["height"] <= words["y"]
    told.get_by_role("button", name="Its neighbourhood").click()
    small.settle()
    shown = small.drawn()
    assert sorted(name[4] for name in shown["nodes"]) == ["Alpha", "Delta", "Echo"]
    assert "view=ego" in small.tab.evaluate("() => location.hash")
    small.tab.keyboard.press("Escape")
    assert told.inner_text() == ""


def test_pointing_says_what_it_is_without_covering_it(small: Opened) -> None:
    small.go("view=stances")
    (number,) = [name[0] for name in small.drawn()["nodes"] if name[4] == "Delta"]
    x, y = small.place(number)
    small.tab.mouse.move(x - 5, y)
    small.tab.mouse.move(x, y, steps=2)
    assert small.tab.locator("#passing").inner_text() == "Delta: 2 lines"
    assert small.tab.locator(".vis-tooltip").count() == 0


def test_a_tie_of_agreement_opens_what_is_shared_in_one_period(small: Opened) -> None:
    """Alpha and Beta (two stances each) agree on the first thing in December; in March Beta meets nobody."""
    small.go("view=agreement")
    (line,) = small.drawn()["lines"]
    assert line["sign"] == 1
    a, b = (small.place(line[end]) for end in ("tail", "head"))
    small.tab.locator("#graph").scroll_into_view_if_needed()
    found = small.tab.evaluate(
        """([x, y]) => {
            const box = document.querySelector("#graph canvas").getBoundingClientRect();
            return [x - box.x, y - box.y];
        }""",
        [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
    )
    assert found
    shared = content(5).agreement.ties[0]["on"]
    assert [(content(5).entities[target]["label"], agree) for target, agree, *_ in shared] == [
        ("The first thing is so.", 1)
    ]


def test_a_swipe_over_the_network_scrolls_the_page_and_the_wheel_too(
    chromium: Browser, written: dict[str, str]
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    opened = opened_at(context, written["shipped"])
    touch = "() => getComputedStyle(document.querySelector('#graph canvas')).touchAction"
    assert opened.tab.evaluate(touch) == "pan-y"
    opened.tab.locator("#graph").scroll_into_view_if_needed()
    opened.tab.evaluate("() => document.querySelector('#graph').scrollIntoView({ behavior: 'instant' })")
    before = opened.tab.evaluate("() => scrollY")
    opened.tab.mouse.move(195, 400)
    opened.tab.mouse.wheel(0, 300)
    opened.tab.wait_for_function("(before) => scrollY > before", arg=before)
    context.close()


@pytest.mark.parametrize(("scheme", "against", "paper"), [("light", "#c85200", 255), ("dark", "#f0883e", 20)])
def test_the_network_is_drawn_in_the_colours_of_the_scheme(
    show: Any, scheme: str, against: str, paper: int
) -> None:
    opened = show(five(), color_scheme=scheme, address="#view=stances")
    assert opened.colours()[against] > 20
    background = opened.tab.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert background.startswith(f"rgb({paper}")


def test_the_colours_follow_the_scheme_while_the_page_is_open(show: Any) -> None:
    opened = show(five(), color_scheme="light", address="#view=stances")
    opened.tab.emulate_media(color_scheme="dark")
    for _ in range(100):  # until it is drawn again
        colours = opened.colours()
        if not colours["#0072b2"]:
            break
        opened.tab.wait_for_timeout(100)
    assert colours["#56b4e9"] > 20
    assert colours["#0072b2"] == 0


def test_a_graph_without_rows_offers_only_what_it_can(show: Any) -> None:
    opened = show(five(), view="agreement")
    assert opened.tab.locator("#mode-stances").is_checked()
    assert opened.tab.locator("#mode-agreement").is_disabled()


def test_the_same_page_is_written_twice_with_the_same_bytes() -> None:
    graph = many(20, 60, 5)
    assert page.html(graph) == page.html(graph)
