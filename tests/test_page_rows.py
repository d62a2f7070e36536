"""The first screen: rows, the sentence above them, the words they open, and how it reads without eyes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import pages
from pages import FIVE, Opened, edge, five, opened_at
from stancegraph import page, store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

chromium, context, written = pages.chromium, pages.context, pages.written
show, small, large = pages.show, pages.small, pages.large
ID = "https://w3id.org/stancegraph/id"


# Worked out by hand in tests/fixtures/five.ttl: Alpha and Gamma are on different sides of the first thing, but in
# different periods; of the second Alpha denies in December what Beta says in March.
def test_the_rows_are_those_worked_out_by_hand(small: Opened) -> None:
    small.go("")
    assert small.sentence() == (
        "8 statements that take a stance, by 4 speakers in 2 documents, December 2024 and March 2025. "
        "They dispute none of 2 propositions."
    )
    rows = small.rows("actors")
    assert [*map(tuple, rows["Alpha"]["sides"]["against"])] == [("Delta", False)]
    assert not rows["Alpha"]["sides"]["for"]
    assert [*map(tuple, rows["Echo"]["sides"]["for"])] == [("Delta", False)]
    first = small.rows("undisputed")["The first thing is so"]
    assert [name for name, _ in first["sides"]["for"]] == ["Alpha", "Beta"]
    assert [name for name, _ in first["sides"]["against"]] == ["Gamma"]
    assert first["when"] == "December 2024: 0 against 2 · March 2025: 1 against 0"
    assert small.tab.locator("#undisputed-count").inner_text() == "2 propositions nobody disputes here"


def test_what_python_writes_is_what_the_script_would_write(
    chromium: Browser, context: BrowserContext, written: dict[str, str]
) -> None:
    still = chromium.new_context(java_script_enabled=False)
    before = still.new_page()
    before.goto(written["shipped"])
    opened = opened_at(context, written["shipped"])
    opened.go("q=zzzz")
    opened.go("")
    opened.go("quoted=1")
    opened.go("")
    for part in ("#sentence", "#actors-rows", "#disputed-rows", "#undisputed-rows", "#undisputed-count"):
        plain, made = (
            re.sub(r' tabindex="-?\d"', "", re.sub(r">\s+<", "><", tab.locator(part).inner_html()))
            for tab in (before, opened.tab)
        )
        assert plain.strip() == made.strip()
    assert before.locator(".chip").count() > 50
    still.close()
    opened.tab.close()


def test_the_most_even_dispute_stands_first(large: Opened) -> None:
    large.go("")
    told = [row["when"] for row in large.rows("disputed").values()]
    sides = [sorted(map(int, re.findall(r"\d+(?= against)|(?<=against )\d+", when)[-2:])) for when in told]
    shares = [small / big for small, big in sides]
    assert shares == sorted(shares, reverse=True)
    assert told[0] == "December 2024 · 3 against 3 · Iraq on both sides"


def test_a_chip_opens_its_words_under_the_row_and_closes_them(large: Opened) -> None:
    large.go("")
    row = large.row("Iraq should stay out")
    chip = row.locator(".chip", has_text="Mohammed Shia' al-Sudani")
    chip.click()
    words = large.tab.locator("#positions .words")
    assert chip.get_attribute("aria-expanded") == "true"
    shown = words.inner_text()
    for part in ("refuses", "3 December 2024", "confidence", "Voice of America"):
        assert part in shown or part == "Voice of America"
    assert words.locator("blockquote[lang=en]").count() > 0
    assert words.locator("a[href^=http], .source").count() > 0
    place, below = row.bounding_box(), words.bounding_box()
    assert place
    assert below
    assert place["y"] + place["height"] <= below["y"] + 1
    link = large.tab.evaluate("() => decodeURIComponent(location.hash)")
    assert link == f"#about={ID}/proposition/iraq-stays-out&by={ID}/actor/mohammed-shia-al-sudani"
    large.tab.keyboard.press("Escape")
    assert words.count() == 0
    assert chip.evaluate("e => e === document.activeElement")
    assert large.tab.evaluate("() => location.hash") in {"", "#"}


def test_what_is_not_in_the_speakers_own_words_looks_so_and_says_so(large: Opened) -> None:
    large.go("")
    inferred, own = (
        large.tab.locator(f"#positions .chip{kind}").first for kind in (".inferred", ":not(.inferred)")
    )
    style = "e => getComputedStyle(e).borderTopStyle"
    assert (inferred.evaluate(style), own.evaluate(style)) == ("dashed", "solid")
    assert "not in its own words" in (inferred.text_content() or "")
    large.go("basis=said")
    assert large.tab.locator("#positions .chip.inferred").count() == 0


def test_verbs_are_those_of_the_target(large: Opened) -> None:
    large.go("")
    words = set(
        large.tab.locator("#disputed-rows .verb, #undisputed-rows .verb").evaluate_all(
            "es => es.map((e) => e.textContent)"
        )
    )
    assert {"says", "denies", "calls for", "rejects", "undertakes", "refuses"} <= words  # of one
    assert {"say", "call for", "refuse"} <= words  # of several
    assert not words & {"supports", "opposes", "support", "oppose", "for", "against"}
    page_ = large.tab.locator("body").inner_text()
    assert "supports" not in page_


def test_a_verb_follows_those_it_is_said_of(large: Opened) -> None:
    beside = """es => es.map((e) => {
        const [a, b] = [e.previousElementSibling, e].map((x) => x.getBoundingClientRect());
        return b.width === 0 || (e.previousElementSibling.matches(".chip") && a.right <= b.left && b.left - a.right < 30
            && a.top < b.bottom && b.top < a.bottom); })"""
    for wide in (1400, 1024, 390):
        large.tab.set_viewport_size({"width": wide, "height": 900})
        large.go("")
        stand = large.tab.locator("#disputed-rows .verb").evaluate_all(beside)
        assert len(stand) > 8
        assert all(stand), wide


def test_one_stop_for_a_row_and_arrows_inside(large: Opened) -> None:
    large.go("")
    row = large.row("Islamic State")
    stops = row.locator("[tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    keyboard = large.tab.keyboard
    keyboard.press("ArrowRight")
    first = row.locator(".chip").first
    assert first.evaluate("e => e === document.activeElement")
    keyboard.press("End")
    assert row.locator(".chip").last.evaluate("e => e === document.activeElement")
    keyboard.press("Enter")
    assert row.locator(".chip").last.get_attribute("aria-expanded") == "true"
    keyboard.press("Tab")
    assert large.tab.locator("#positions .words button").evaluate("e => e === document.activeElement")
    keyboard.press("Escape")


def test_many_on_one_side_unfold(show: Any) -> None:
    graph = five()
    for i in range(14):
        graph.add_node(f"actor:{i}", label=f"Person {i:02}", label_ar=None, kind="politician")
        edge(graph, f"s:many{i}", f"actor:{i}", "p:dialogue", 1)
    opened = show(graph)
    row = opened.row("talk")
    assert row.locator(".for .chip").count() == 10
    assert row.locator(".for .unfold").inner_text() == "6 more"
    assert opened.rows()["The parties should talk"]["when"].endswith("1 against 16")
    row.locator(".for .unfold").click()
    assert row.locator(".for .chip").count() == 16
    opened.go("about=p:dialogue&by=actor:13")
    assert "Gist of s:many13" in opened.tab.locator("#positions .words").inner_text()


def test_rows_print_and_read_without_the_script(chromium: Browser, written: dict[str, str]) -> None:
    still = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    tab = still.new_page()
    tab.goto(written["shipped"])
    assert tab.locator("#disputed-rows .row").first.is_visible()
    assert "The rows below can be read" in tab.locator("noscript").inner_text()
    still.close()


# What a screen reader meets from the top: the title and the sentence, the search, the choice of time, then for each
# group a heading and a list; in a row a toolbar named by its thing, its heading, when, and a group of names per side.
WALK = """
- banner:
  - heading "Who stands where" [level=1]
  - paragraph: /\\d+ statements that take a stance, by \\d+ speakers in \\d+ documents/
  - paragraph: /against, denies, rejects/
- form "Find and filter":
  - combobox "Find a name or words, in either script"
  - group "When":
    - radio "Both" [checked]
    - radio "December 2024"
    - radio "March 2025"
- main:
  - region "Who stands where":
    - heading "For and against whom" [level=2]
    - list:
      - listitem:
        - toolbar "Islamic State":
          - heading "Islamic State" [level=3]
          - paragraph: December 2024 and March 2025
          - group "against":
            - button "Iraq"
            - button "Yahya Rasool (not in its own words)"
    - heading "What they dispute" [level=2]
    - list:
      - listitem:
        - toolbar "Iraq should stay out of the conflict in Syria":
          - heading "Iraq should stay out of the conflict in Syria" [level=3]
          - paragraph: December 2024 · 3 against 3 · Iraq on both sides
          - group "against":
            - button "Iraq (not in its own words)"
          - group "for":
            - button "Osman al-Mukhtar"
"""


def test_a_screen_reader_is_led_through_the_first_screen(large: Opened) -> None:
    from playwright.sync_api import expect

    large.go("")
    expect(large.tab.locator("body")).to_match_aria_snapshot(WALK)


def test_title_and_scope_head_the_page(context: BrowserContext, tmp_path: Any) -> None:
    path = tmp_path / "named.html"
    page.write(store.open(str(FIVE)), path, title="Five on <two> things", scope="In two documents.")
    opened = opened_at(context, path.as_uri())
    assert opened.tab.locator("h1").inner_text() == opened.tab.title() == "Five on <two> things"
    assert opened.tab.locator(".scope").inner_text() == "In two documents."
    opened.tab.close()


@pytest.mark.parametrize("width", [1400, 1024])
def test_disputes_are_in_sight_without_scrolling(
    chromium: Browser, written: dict[str, str], width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    opened = opened_at(context, written["shipped"])
    box = opened.tab.locator("#disputed-rows .row").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900
    context.close()
