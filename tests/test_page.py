"""The page, opened in a real browser from a file: safe, offline, calm, and read in any window."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

import pages
from pages import HOSTILE, five, hostile
from stancegraph import page, table
from stancegraph.page import content
from stancegraph.page.content import clean

if TYPE_CHECKING:
    from pathlib import Path

    Graph = nx.MultiDiGraph[str]

chromium, show = pages.chromium, pages.show


def test_the_page_asks_for_nothing_but_itself_and_complains_of_nothing(show: Any, tmp_path: Path) -> None:
    opened = show(five())
    opened.row("talk").locator(".chip").first.click()
    opened.tab.locator("#timeline").scroll_into_view_if_needed()
    opened.settle()
    assert opened.asked == [(tmp_path / "page.html").as_uri()]
    assert opened.complaints == []


def test_the_policy_refuses_foreign_scripts_styles_and_addresses(show: Any) -> None:
    opened = show(five())
    stopped: list[str | None] = []
    opened.tab.on("requestfailed", lambda request: stopped.append(request.failure))
    opened.tab.evaluate(
        """() => {
            const add = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
            add("style", { textContent: "h1 { color: rgb(1, 2, 3) }" });
            add("img", { src: "http://127.0.0.1:9/x" });
        }"""
    )
    assert opened.tab.evaluate("() => getComputedStyle(document.querySelector('h1')).color") != "rgb(1, 2, 3)"
    thrown = opened.tab.evaluate(
        "() => { try { document.body.innerHTML = 'x' } catch (e) { return e.name } }"
    )
    assert thrown == "TypeError"
    assert stopped == ["csp"]


@pytest.mark.parametrize("unguarded", [False, True], ids=["under the policy", "without the policy"])
def test_hostile_text_shows_as_text_and_runs_nothing(show: Any, unguarded: bool) -> None:
    opened = show(hostile(), title="".join(HOSTILE[:37]), bypass_csp=unguarded)
    tab = opened.tab
    iris = tab.evaluate(
        "() => JSON.parse(document.getElementById('data').textContent).entities.map((e) => e.iri)"
    )
    for address in ("view=matrix", "view=timeline", "view=ego"):
        opened.go(address)
    for name in ("#actors-rows", "#disputed-rows"):
        if tab.locator(f"{name} .chip").count():
            tab.locator(f"{name} .chip").first.click()
    for i in range(2, len(iris), 21):
        opened.go(tab.evaluate("(iri) => `actor=${encodeURIComponent(iri)}`", iris[i]))
        opened.go(tab.evaluate("(text) => `q=${encodeURIComponent(text)}`", clean(HOSTILE[i])[:150]))
    opened.go("")
    assert opened.statements() == len(HOSTILE)
    speakers = tab.locator("#rows th").evaluate_all("es => es.map((e) => e.textContent)")
    quotes = tab.locator("#rows blockquote").evaluate_all("es => es.map((e) => e.textContent)")
    assert Counter(quotes) == Counter(f"“{clean(text)}”" for text in HOSTILE)
    assert Counter(speakers) == Counter(
        text if len(text) < 300 else text[:300] + "…" for text in map(clean, HOSTILE)
    )
    tags = set(tab.locator("#rows *, #positions *").evaluate_all("es => es.map((e) => e.localName)"))
    assert tags <= set(
        "tr th td bdi button span blockquote p a code div h2 h3 h4 ol li details summary".split()
    )
    assert tab.evaluate("() => window.hacked") is None
    assert tab.locator("a[href]:not([href^='#'])").count() == 0
    assert tab.locator("script").count() == 3
    assert len(opened.asked) == 1
    assert opened.complaints == []


def test_only_web_addresses_become_links(show: Any) -> None:
    links = show(five()).tab.locator("#rows a").all()
    assert {link.get_attribute("href") for link in links} == {"https://example.org/iraq"}
    assert {link.get_attribute("rel") for link in links} == {"noopener noreferrer"}


def test_quotations_stand_in_their_own_direction(show: Any) -> None:
    quote = show(five()).tab.locator("#rows blockquote", has_text="الحوار")
    assert quote.evaluate("e => getComputedStyle(e).direction") == "rtl"


def test_a_graph_without_nodes_says_there_is_nothing_to_show(show: Any) -> None:
    opened = show(nx.MultiDiGraph())
    assert "There is nothing to show" in opened.tab.locator("#nothing").inner_text()
    assert opened.tab.locator("script").count() == 0
    assert opened.complaints == []


def test_actors_without_stances_draw_no_empty_frames(show: Any) -> None:
    graph: Graph = nx.MultiDiGraph()
    graph.add_node("actor:alone", label="Alone", label_ar=None, kind="no such kind")
    opened = show(graph)
    assert opened.sentence() == "0 statements that take a stance, by 0 speakers."
    assert opened.rows() == {}
    assert opened.drawn()["nodes"] == []
    assert opened.complaints == []


@pytest.mark.parametrize("size", [(1024, 768), (768, 1024), (390, 844), (844, 390)])
def test_nothing_sticks_out_and_a_row_on_a_phone_is_three_lines(show: Any, size: tuple[int, int]) -> None:
    opened = show(five(), viewport={"width": size[0], "height": size[1]}, has_touch=True)
    row = opened.row("talk")
    row.locator(".chip").first.click()
    for place in ("matrix", "timeline", "statements", "stances"):
        opened.go(f"view={place}")
    assert opened.tab.evaluate("() => document.documentElement.scrollWidth") == size[0]
    boxes = [row.locator(part).bounding_box() for part in ("h3", ".side.against", ".side.for")]
    if size[0] < 700:
        assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
        assert boxes[1]["y"] + boxes[1]["height"] <= boxes[2]["y"]
    else:
        assert boxes[1]["x"] + boxes[1]["width"] <= boxes[0]["x"]
        assert boxes[0]["x"] + boxes[0]["width"] <= boxes[2]["x"]
    assert opened.complaints == []


def test_of_more_stances_than_a_browser_opens_an_excerpt_is_shown_that_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of the two who say most, on the two things they speak of most, the latest on either side."""
    said = [("a", "x", 1), ("b", "x", 1), ("a", "x", 1), ("a", "x", -1), ("c", "x", 1), ("b", "y", -1), ("b", "y", -1),
            ("a", "z", 1), ("b", "y", -1), ("a", "y", 0), ("c", "y", 1)]  # fmt: skip
    rows = table.of(*map(list, zip(*said, strict=True)))
    assert content.excerpt(rows) == (rows, "")
    for name, value in (("MOST", 10), ("ACTORS", 2), ("TARGETS", 2), ("SHOWN", 6)):
        monkeypatch.setattr(content, name, value)
    graph = content.network_of(rows)
    assert [(row.actor.label, row.target.label, row.level, row.statement) for row in graph.graph["rows"]] == [
        ("b", "x", 1, "row 2"),
        ("a", "x", 1, "row 3"),
        ("a", "x", -1, "row 4"),
        ("b", "y", -1, "row 9"),
        ("a", "y", 0, "row 10"),
    ]
    page.write(graph, tmp_path / "page.html")
    written = (tmp_path / "page.html").read_text("utf-8")
    told = "of 11 stances 5, the latest on either side of each of the 2 actors with most of them"
    assert f"Made of these statements only: <bdi>{told}" in written
    assert "5 statements that take a stance, by 2 speakers" in written
    monkeypatch.setattr(content, "SHOWN", 7)
    assert len(content.excerpt(rows)[0]) == 7
