"""Filters, search, order and links: what the page hides, recounts, and opens again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import pages
from pages import Opened, opened_at
from stancegraph import statements, table

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from stancegraph.store import Store

chromium, context, written = pages.chromium, pages.context, pages.written
small, large = pages.small, pages.large


# What passes was counted by hand in tests/fixtures/five.ttl.
@pytest.mark.parametrize(
    ("control", "value", "shown"),
    [
        ("polarity", "supports", "5 of 8 statements, 4 actors"),
        ("polarity", "opposes", "3 of 8 statements, 3 actors"),
        ("polarity", "neutral on", "1 of 8 statements, 1 actor"),
        ("target", "The first thing is so.", "4 of 8 statements, 3 actors"),
        ("document", "Document one · Echo · 2024-12-05", "4 of 8 statements, 2 actors"),
        ("act", "deny", "2 of 8 statements, 2 actors"),
        ("kind", "other", "8 of 8 statements, 5 actors"),
    ],
)
def test_a_filter_hides_and_recounts(small: Opened, control: str, value: str, shown: str) -> None:
    small.go("")
    small.tab.locator(".more-filters").evaluate("e => { e.open = true }")
    small.tab.select_option(f"#{control}", label=value)
    small.tab.wait_for_timeout(60)
    assert small.count() == shown
    assert small.tab.locator("#rows tr").count() == sum(
        int(text) for text in small.tab.locator("[data-sign]").all_inner_texts()
    )
    small.tab.locator("#reset").click()
    assert small.count() == "8 of 8 statements, 5 actors"


def test_quotes_search_and_reset(small: Opened) -> None:
    small.go("quoted=1")
    assert small.count() == "3 of 8 statements, 3 actors"
    small.go("q=BÉTA")
    assert small.count() == "2 of 8 statements, 1 actor"
    small.go("q=second thing")
    assert small.count() == "3 of 8 statements, 3 actors"


@pytest.mark.parametrize(
    ("address", "filters"),
    [
        ("polarity=supports&q=", {}),
        ("act=urge", {"act": ("urge",)}),
        ("quoted=1", {"quoted": True}),
        ("kind=armed+group", {"kind": ("armed group",)}),
        ("since=20058&until=20088", {"since": "2024-12-01", "until": "2024-12-31"}),
        ("since=20148&until=20163", {"since": "2025-03-01", "until": "2025-03-16"}),
    ],
)
def test_the_page_counts_as_python_does(
    large: Opened, shipped: Store, address: str, filters: dict[str, Any]
) -> None:
    rows = table.stances(shipped, **filters)
    if "polarity" in address:
        rows = rows[rows.level > 0]
    large.go(address)
    every = len(set(table.stances(shipped).statement.to_list()))
    expected = len(set(rows.statement.to_list()))
    if "act" in filters:  # Python's act includes the narrower ones
        expected = sum(s.act == "urge" and bool(s.targets) for s in statements.said(shipped))
    assert large.count().startswith(f"{expected} of {every} statements")
    assert large.complaints == []


@pytest.mark.parametrize("typed", ["مُقتدى الصدر", "مقتدي الصدر", "Muqtadā", "moqtada SADR", "م‍قتـدى"])
def test_search_folds_case_accents_and_arabic_spellings(large: Opened, typed: str) -> None:
    large.go("")
    large.tab.fill("#q", typed)
    large.tab.wait_for_timeout(80)
    assert "Muqtada al-Sadr" in large.tab.locator("#rows").inner_text()
    assert int(large.count().split()[0]) < 15
    large.tab.locator("#reset").click()


def test_a_link_reopens_the_view_it_was_copied_from(
    context: BrowserContext, small: Opened, written: dict[str, str]
) -> None:
    small.go("")
    small.tab.locator(".more-filters").evaluate("e => { e.open = true }")
    small.tab.fill("#q", "thing")
    small.tab.select_option("#polarity", label="opposes")
    small.tab.select_option("#target", label="The first thing is so.")
    small.tab.select_option("#kind", label="other")
    small.tab.select_option("#document", label="Document two · Echo · 2025-03-10")
    small.tab.select_option("#act", label="deny")
    small.tab.check("#quoted")
    small.tab.check("#isolates")
    small.tab.locator("#since").focus()
    for _ in range(9):
        small.tab.keyboard.press("ArrowRight")
    small.tab.wait_for_timeout(80)
    small.tab.get_by_role("columnheader", name="Target").get_by_role("button").click()
    small.row("Gamma", "first").get_by_role("button").click()
    address = small.tab.evaluate("() => location.hash")
    keys = {
        "q",
        "polarity",
        "target",
        "kind",
        "document",
        "act",
        "quoted",
        "isolates",
        "since",
        "sort",
        "show",
    }
    assert set(re.findall(r"[#&](\w+)=", address)) == keys
    again = opened_at(context, written["five"] + address)
    assert again.count() == small.count() == "1 of 8 statements, 1 actor"
    assert again.tab.evaluate("() => location.hash") == address
    assert "not so" in again.tab.locator("#evidence").inner_text()
    for key in keys - {"show"}:
        read = f"() => [controls.{key}.value, controls.{key}.checked]"
        assert again.tab.evaluate(read) == small.tab.evaluate(read), key
    again.tab.close()


def test_the_skip_link_keeps_the_view(small: Opened) -> None:
    small.go("view=agreement&polarity=opposes")
    small.tab.locator(".skip").focus()
    small.tab.keyboard.press("Enter")
    small.tab.wait_for_timeout(100)
    assert small.tab.locator("#statements").evaluate("e => e === document.activeElement")
    assert small.tab.evaluate("() => location.hash") == "#view=agreement&polarity=opposes"
    assert small.count() == "3 of 8 statements, 3 actors"


@pytest.mark.parametrize(
    "address",
    [
        "view=<script>&q=%3Cimg src=x onerror=window.hacked=1%3E&show=node-99999",
        "since=1e99&until=-Infinity&sort=77&show=constructor-1&ego=__proto__",
        "%E0%A4%A&&&=&view=toString&show=cell-1&polarity=javascript:1&target=-1",
        "q=" + "a" * 5000,
    ],
)
def test_an_address_that_makes_no_sense_does_no_harm(small: Opened, address: str) -> None:
    small.go(address)
    assert small.tab.evaluate("() => window.hacked") is None
    assert "of 8 statements" in small.count()
    assert small.tab.locator("#view-stances").is_checked()
    assert "Point at a line" in small.tab.locator("#evidence").inner_text()
    assert small.complaints == []


def test_the_link_is_shown_where_it_cannot_be_copied(small: Opened) -> None:
    small.go("view=blocs")
    small.tab.evaluate(
        "() => { Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }) }"
    )
    small.tab.locator("#copy").click()
    small.tab.wait_for_selector("#address", state="visible")
    assert small.tab.locator("#address").input_value().endswith("#view=blocs")


def test_the_table_is_sorted_by_its_headings(small: Opened) -> None:
    small.go("")
    day = small.tab.get_by_role("columnheader", name="Day")
    for way in ("ascending", "descending"):
        day.get_by_role("button").click()
        small.tab.wait_for_timeout(60)
        assert day.get_attribute("aria-sort") == way
        shown = small.tab.locator("#rows td:nth-child(4)").all_inner_texts()
        assert shown == sorted(shown, reverse=way == "descending")
    assert small.tab.locator("[aria-sort]").count() == 1


def test_time_plays_forward_but_not_for_who_wants_no_motion(small: Opened) -> None:
    small.go("")
    small.tab.locator("#play").click()
    before = small.tab.locator("#range").inner_text()
    assert before.startswith("2024-12-01 to")
    small.tab.wait_for_timeout(1400)
    assert small.tab.locator("#range").inner_text() > before
    small.tab.locator("#play").click()
    still = small.tab.locator("#range").inner_text()
    small.tab.wait_for_timeout(800)
    assert small.tab.locator("#range").inner_text() == still
    small.tab.locator("#reset").click()
    small.tab.emulate_media(reduced_motion="reduce")
    assert small.tab.locator("#play").is_hidden()
    small.tab.emulate_media(reduced_motion="no-preference")
