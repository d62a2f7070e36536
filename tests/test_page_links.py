"""Filters, search and links: what the page hides and recounts, and opens again in a page built from more data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import pages
from pages import Opened, edge, five, opened_at

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

chromium, context, written = pages.chromium, pages.context, pages.written
show, small, large = pages.show, pages.small, pages.large
ID = "https://w3id.org/stancegraph/id"


def numbers(opened: Opened) -> list[int]:
    """Statements, speakers and documents, as the sentence counts them."""
    return [int(n) for n in re.findall(r"(\d+) (?:statement|speaker|document)", opened.sentence())]


# What passes was counted by hand in tests/fixtures/five.ttl.
@pytest.mark.parametrize(
    ("control", "value", "shown"),
    [
        ("stance", "for", [5, 3, 2]),
        ("stance", "against", [3, 3, 2]),
        ("stance", "open", [1, 1, 1]),
        ("target", "https://example.org/id/first", [4, 3, 2]),
        ("document", "https://example.org/id/one", [4, 2, 1]),
        ("act", "deny", [2, 2, 2]),
        ("kind", "other", [8, 4, 2]),
        ("basis", "said", [8, 4, 2]),
    ],
)
def test_a_filter_hides_and_recounts(small: Opened, control: str, value: str, shown: list[int]) -> None:
    small.go("")
    small.tab.locator(".more-filters").evaluate("e => { e.open = true }")
    small.tab.select_option(f"#{control}", value=value)
    small.settle()
    assert numbers(small) == shown
    assert small.tab.locator("#filters-used").inner_text() == " (1)"
    assert small.tab.locator("#status").inner_text() == f"{shown[0]} statements of 8 shown".replace(
        "1 statements", "1 statement"
    )
    small.tab.locator("#reset").click()
    assert numbers(small) == [8, 4, 2]


def test_search_covers_names_gists_and_quoted_words(small: Opened, large: Opened) -> None:
    small.go("q=BÉTA")
    assert numbers(small)[:2] == [2, 1]
    small.go("q=alpha-denies")
    assert numbers(small)[:2] == [1, 1]
    large.go("q=sectarian cleansing")
    assert {name for row in large.rows().values() for own in row["sides"].values() for name, _ in own} == {
        "Muqtada al-Sadr"
    }
    large.go("q=alawi")
    assert numbers(large)[0] > 0
    assert any(
        "al-Khazali" in name
        for row in large.rows().values()
        for side in row["sides"].values()
        for name, _ in side
    )


def test_nothing_found_is_said_with_what_was_looked_for(small: Opened) -> None:
    small.go("q=zebra")
    assert small.tab.locator("#nothing").inner_text() == "Nothing found for “zebra”."
    assert small.drawn()["nodes"] == []
    assert small.drawn()["cards"] == []
    assert small.tab.locator("#positions").is_hidden()


@pytest.mark.parametrize("typed", ["مُقتدى الصدر", "مقتدي الصدر", "Muqtadā", "moqtada SADR", "م‍قتـدى"])
def test_search_folds_case_accents_and_arabic_spellings(large: Opened, typed: str) -> None:
    large.go("")
    large.tab.fill("#q", typed)
    large.settle()
    large.settle()
    assert "Muqtada al-Sadr" in large.tab.locator("#rows").inner_text()
    assert numbers(large)[0] < 15
    large.tab.locator("#reset").click()


@pytest.mark.parametrize("typed", ["Muqtada al-Sadr", "مقتدى الصدر"])
def test_a_name_that_is_chosen_opens_its_own_page(large: Opened, typed: str) -> None:
    large.go("")
    large.tab.fill("#q", typed)
    large.tab.locator("#q").press("Enter")
    large.tab.locator("#q").dispatch_event("change")
    large.settle()
    assert large.tab.locator("#actor h1").inner_text() == "Muqtada al-Sadr"
    assert (
        large.tab.evaluate("() => decodeURIComponent(location.hash)") == f"#actor={ID}/actor/muqtada-al-sadr"
    )
    large.tab.go_back()
    large.settle()
    assert large.tab.locator("#actor").is_hidden()


def test_a_link_reopens_what_it_was_copied_from(
    context: BrowserContext, small: Opened, written: dict[str, str]
) -> None:
    small.go("")
    small.tab.locator(".more-filters").evaluate("e => { e.open = true }")
    small.tab.fill("#q", "thing")
    for control, value in (
        ("stance", "against"),
        ("target", "https://example.org/id/first"),
        ("kind", "other"),
        ("document", "https://example.org/id/two"),
        ("act", "deny"),
        ("basis", "said"),
    ):
        small.tab.select_option(f"#{control}", value=value)
    small.tab.check("#quoted")
    small.tab.fill("#since", "2025-03-01")
    small.tab.locator("label[for=mode-stances]").click()
    small.settle()
    small.tab.get_by_role("columnheader", name="On").get_by_role("button").click()
    small.tab.locator("#undisputed-group").evaluate("e => { e.open = true }")
    small.row("first").locator(".chip", has_text="Gamma").click()
    address = small.tab.evaluate("() => location.hash")
    keys = set("q stance target kind document act basis quoted since view sort about by".split())
    assert set(re.findall(r"[#&](\w+)=", address)) == keys
    assert not re.search(r"=\d+(&|$)", address.replace("quoted=1", ""))
    again = opened_at(context, written["five"] + address)
    assert again.sentence() == small.sentence()
    assert numbers(again)[0] == 1
    assert again.tab.evaluate("() => location.hash") == address
    assert "not so" in again.tab.locator("#positions .words").inner_text()
    assert again.tab.locator("#mode-stances").is_checked()
    again.tab.close()


def test_a_link_opens_the_same_thing_in_a_page_built_from_more_data(show: Any) -> None:
    address = "about=p%3Adialogue&by=actor%3Asadr&since=2025-03-01"
    before = show(five(), address=f"#{address}")
    words = before.tab.locator("#positions .words").inner_text()
    assert "let them talk" in words
    more = five()
    for name in ("aaa", "zzz"):
        more.add_node(f"actor:{name}", label=name, label_ar=None, kind="politician")
        edge(more, f"s:{name}", f"actor:{name}", "actor:iraq", 1)
    after = show(more, address=f"#{address}")
    assert after.tab.locator("#positions .words").inner_text() == words
    after.go("actor=actor:sadr")
    assert after.tab.locator("#actor h1").inner_text() == "Sadr"


def test_the_skip_link_keeps_the_state(small: Opened) -> None:
    small.go("view=agreement&stance=against")
    small.tab.locator(".skip").focus()
    small.tab.keyboard.press("Enter")
    expect(small.tab.locator("#statements")).to_be_focused()
    assert small.tab.evaluate("() => location.hash") == "#stance=against&view=agreement"


@pytest.mark.parametrize(
    "address",
    [
        "view=<script>&by=%3Cimg src=x onerror=window.hacked=1%3E&about=node-99999",
        "since=1e99&until=-Infinity&sort=77&about=constructor&actor=__proto__",
        "%E0%A4%A&&&=&view=toString&by=1&stance=javascript:1&target=-1",
        "since=2024-99-99&until=0000-00-00&quoted=yes&document=x",
    ],
)
def test_an_address_that_makes_no_sense_does_no_harm(small: Opened, address: str) -> None:
    small.go(address)
    assert small.tab.evaluate("() => window.hacked") is None
    assert numbers(small) == [8, 4, 2]
    assert small.tab.locator("#actor").is_hidden()
    assert small.complaints == []


def test_a_long_search_in_an_address_finds_nothing_and_does_no_harm(small: Opened) -> None:
    small.go("q=" + "a" * 5000)
    assert "Nothing found" in small.tab.locator("#nothing").inner_text()
    assert small.complaints == []


def test_the_link_is_shown_where_it_cannot_be_copied(small: Opened) -> None:
    small.go("view=stances")
    small.tab.evaluate(
        "() => { Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }) }"
    )
    small.tab.locator("#copy").click()
    small.tab.wait_for_selector("#address", state="visible")
    assert small.tab.locator("#address").input_value().endswith("#view=stances")


def test_statements_are_sorted_by_their_headings(small: Opened) -> None:
    small.go("")
    speaker = small.tab.get_by_role("columnheader", name="Speaker")
    for way in ("ascending", "descending"):
        speaker.get_by_role("button").click()
        assert speaker.get_attribute("aria-sort") == way
        shown = small.tab.locator("#rows th").all_inner_texts()
        assert shown == sorted(shown, reverse=way == "descending")
    assert small.tab.locator("#statements [aria-sort]").count() == 1


def test_twenty_statements_stand_there_then_more(large: Opened) -> None:
    large.go("")
    assert large.tab.locator("#rows tr").count() == 20
    large.tab.locator("#more").click()
    assert large.tab.locator("#rows tr").count() == 40


def test_an_actors_link_stands_in_its_name(large: Opened) -> None:
    large.go("")
    link = large.row("Islamic State").locator("h3 a").get_attribute("href")
    assert link == f"#actor={quote(f'{ID}/actor/islamic-state', safe='')}"
