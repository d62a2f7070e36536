"""The page, opened in a real browser from a file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

import pages
from pages import HOSTILE, five, hostile
from stancegraph.page.content import clean

if TYPE_CHECKING:
    from pathlib import Path

    Graph = nx.MultiDiGraph[str]

chromium, show = pages.chromium, pages.show


def test_the_page_asks_for_nothing_but_itself_and_complains_of_nothing(show: Any, tmp_path: Path) -> None:
    opened = show(five())
    opened.choose("Sadr", "talk")
    opened.point()
    opened.tab.wait_for_selector(".vis-tooltip", state="visible")
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


@pytest.mark.parametrize(
    ("scheme", "supports", "opposes"), [("light", "#0072b2", "#d55e00"), ("dark", "#56b4e9", "#e69f00")]
)
def test_supports_and_opposes_are_drawn_in_their_colours(
    show: Any, scheme: str, supports: str, opposes: str
) -> None:
    colours = show(five(), color_scheme=scheme).colours()
    assert colours[supports] > 50
    assert colours[opposes] > 20


def test_the_colours_follow_the_scheme_while_the_page_is_open(show: Any) -> None:
    opened = show(five(), color_scheme="light")
    opened.tab.emulate_media(color_scheme="dark")
    opened.tab.wait_for_timeout(200)
    assert opened.colours()["#56b4e9"] > 50
    assert opened.colours()["#0072b2"] == 0


def test_pointing_at_a_line_shows_the_words_behind_it(show: Any) -> None:
    opened = show(five())
    opened.choose("Sadr", "talk")
    opened.tab.get_by_role("button", name="Close").click()
    opened.point()
    opened.tab.wait_for_selector(".vis-tooltip", state="visible")
    shown = opened.tab.locator(".vis-tooltip").inner_text()
    for words in ("Sadr coded as: supports The parties should talk.", "“let them talk”", "Calls for talks."):
        assert words in shown
    for words in (
        "2025-03-09",
        "2024-12-01 to 2024-12-06",
        "urge",
        "Iraq warns · Gulan Media, reported 2025-03-09",
    ):
        assert words in shown
    assert opened.tab.locator(".vis-tooltip blockquote").get_attribute("dir") == "auto"
    opened.tab.keyboard.press("Escape")
    opened.tab.wait_for_selector(".vis-tooltip", state="hidden")


def test_pointing_at_an_actor_shows_what_it_said(show: Any) -> None:
    opened = show(five())
    opened.tab.select_option("#find", label="Sadr")
    opened.point()
    opened.tab.wait_for_selector(".vis-tooltip", state="visible")
    shown = opened.tab.locator(".vis-tooltip").inner_text()
    assert "cleric · 2 stances taken" in shown
    assert "“let them talk”" in shown


def test_clicking_a_line_keeps_its_evidence_beside_the_graph(show: Any) -> None:
    opened = show(five())
    opened.choose("Sadr", "talk")
    opened.tab.get_by_role("button", name="Close").click()
    assert "Point at a line" in opened.tab.locator("#evidence").inner_text()
    opened.tab.mouse.click(*opened.middle())
    shown = opened.tab.locator("#evidence").inner_text()
    for words in (
        "“let them talk”",
        "Calls for talks.",
        "basis: said · confidence 0.8",
        "s:1",
        "Khazali calls",
    ):
        assert words in shown
    graph, evidence = (opened.tab.locator(name).bounding_box() for name in ("#graph", "#evidence"))
    assert graph["x"] + graph["width"] <= evidence["x"]


def test_an_actor_is_shown_with_its_arabic_name_and_what_is_said_about_it(show: Any) -> None:
    opened = show(five())
    opened.tab.select_option("#find", label="Sadr")
    assert opened.tab.locator("#evidence [lang=ar]").inner_text() == "صدر"
    opened.tab.select_option("#find", label="Rashid")
    shown = opened.tab.locator("#evidence").inner_text()
    assert "What is said about it" in shown
    assert "Hakim coded as: opposes Rashid" in shown
    assert "Hakim coded as: supports Rashid" in shown


def test_everything_is_reached_by_keyboard_and_escape_leads_back(show: Any) -> None:
    opened = show(five())
    keyboard = opened.tab.keyboard
    keyboard.press("Tab")
    assert opened.tab.locator(".skip").evaluate("e => e === document.activeElement")
    keyboard.press("Enter")
    for _ in range(7):  # six headings sort the table
        keyboard.press("Tab")
    keyboard.press("Enter")
    evidence = opened.tab.locator("#evidence")
    assert evidence.evaluate("e => e === document.activeElement")
    assert "Hakim coded as" in evidence.inner_text()
    assert "Hakim" in opened.tab.locator("#announced").inner_text()
    keyboard.press("Escape")
    assert opened.tab.locator("#rows button").first.evaluate("e => e === document.activeElement")
    opened.tab.locator("#find").focus()
    keyboard.type("Rash")
    assert evidence.locator("h2").inner_text() == "Rashid"


def test_the_table_says_what_the_graph_says(show: Any) -> None:
    graph = five()
    rows = show(graph).tab.locator("#rows tr").all()
    names = {1: "supports", -1: "opposes", 0: "neutral on"}
    shown = Counter(
        (
            *row.locator("th, td:nth-child(3), td:nth-child(4)").all_inner_texts(),
            row.locator(".sign").inner_text(),
        )
        for row in rows
    )
    assert shown == Counter(
        (
            graph.nodes[a]["label"],
            graph.nodes[b]["label"],
            data["date"].replace("/", " to "),
            names[data["polarity"]],
        )
        for a, b, data in graph.edges(data=True)
    )


def test_the_legend_counts_stances_and_actors(show: Any) -> None:
    tab = show(five()).tab

    def counts(name: str) -> dict[str, int]:
        return {e.get_attribute(name): int(e.inner_text()) for e in tab.locator(f"[{name}]").all()}

    assert counts("data-sign") == {"supports": 4, "opposes": 2, "neutral": 1}
    assert counts("data-shape") == {"dot": 3, "square": 1, "triangle": 1, "box": 1}
    assert "6 of 6 statements, 5 actors from 2 documents" in " ".join(
        tab.locator("header").inner_text().split()
    )


def test_on_a_phone_nothing_sticks_out_and_the_evidence_stands_below(show: Any) -> None:
    opened = show(five(), viewport={"width": 390, "height": 844}, has_touch=True)
    opened.choose("Sadr", "talk")
    assert opened.tab.evaluate("() => document.documentElement.scrollWidth") == 390
    graph, evidence = (opened.tab.locator(name).bounding_box() for name in ("#graph", "#evidence"))
    assert graph["y"] + graph["height"] <= evidence["y"]
    assert opened.complaints == []


@pytest.mark.parametrize("unguarded", [False, True], ids=["under the policy", "without the policy"])
def test_hostile_text_shows_as_text_and_runs_nothing(show: Any, unguarded: bool) -> None:
    opened = show(hostile(), title="".join(HOSTILE[:37]), bypass_csp=unguarded)
    tab = opened.tab
    speakers = tab.locator("#rows th").evaluate_all("es => es.map((e) => e.textContent)")
    quotes = tab.locator("#rows blockquote").evaluate_all("es => es.map((e) => e.textContent)")
    assert Counter(quotes) == Counter(f"“{clean(text)}”" for text in HOSTILE)
    assert Counter(speakers) == Counter(
        text if len(text) < 300 else text[:300] + "…" for text in map(clean, HOSTILE)
    )
    tags = set(tab.locator("#rows *").evaluate_all("es => es.map((e) => e.localName)"))
    assert tags <= {"tr", "th", "td", "bdi", "button", "span", "blockquote", "p", "a"}
    for i in range(0, len(HOSTILE), 4):
        tab.select_option("#find", value=str(i))
        opened.point()
    assert tab.evaluate("() => window.hacked") is None
    assert tab.locator("a:not(.skip)").count() == 0
    assert tab.locator("script").count() == 7
    assert len(opened.asked) == 1
    assert opened.complaints == []


def test_only_web_addresses_become_links(show: Any) -> None:
    opened = show(five())
    links = opened.tab.locator("#rows a").all()
    assert {link.get_attribute("href") for link in links} == {"https://example.org/iraq"}
    assert {link.get_attribute("rel") for link in links} == {"noopener noreferrer"}


def test_a_graph_without_nodes_says_there_is_nothing_to_show(show: Any) -> None:
    opened = show(nx.MultiDiGraph())
    assert "There is nothing to show" in opened.tab.locator("#nothing").inner_text()
    assert opened.tab.locator("script").count() == 0
    assert opened.complaints == []


def test_actors_without_stances_are_still_shown(show: Any) -> None:
    graph: Graph = nx.MultiDiGraph()
    graph.add_node("actor:alone", label="Alone", label_ar=None, kind="no such kind")
    opened = show(graph)
    header = " ".join(opened.tab.locator("header").inner_text().split())
    assert "0 of 0 statements, 1 actor from 0 documents" in header
    assert opened.complaints == []
