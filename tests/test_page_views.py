"""What an analyst does with the page: views, filters, links, copies, and reading it without eyes or mouse."""

from __future__ import annotations

import csv
import io
import random
import re
import xml.etree.ElementTree as ET
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

import pages
from conftest import Run
from pages import GULAN, Opened, edge, five
from stancegraph import network, page, statements, store, table
from stancegraph.errors import UsageError
from stancegraph.page.content import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from stancegraph.store import Store

chromium, show = pages.chromium, pages.show
FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
VIEWS = page.VIEWS


def many(actors: int, edges: int) -> nx.MultiDiGraph[str]:
    """So many actors, and so many stances on a few propositions, no two of one actor on one."""
    draw = random.Random(1)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for i in range(actors):
        graph.add_node(f"a{i:04}", label=f"Actor {i}", label_ar=None, kind="politician")
    targets = actors // 6
    for i in range(targets):
        graph.add_node(f"p{i:04}", label=f"Thing {i} is so.", label_ar=None, kind="proposition")
    pairs = draw.sample([(a, b) for a in range(actors) for b in range(targets)], edges)
    for i, (a, b) in enumerate(pairs):
        edge(graph, f"s{i:05}", f"a{a:04}", f"p{b:04}", 1 if (a + b) % 3 else -1, reports=(GULAN,))
    return graph


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, shipped: Store) -> dict[str, str]:
    """The pages of the shipped graph and of five actors, as addresses."""
    folder = tmp_path_factory.mktemp("pages")
    page.write(network.stances(shipped), folder / "shipped.html")
    page.write(store.open(str(FIVE)), folder / "five.html")
    return {name: (folder / f"{name}.html").as_uri() for name in ("shipped", "five")}


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    yield made
    made.close()


def opened_at(context: BrowserContext, address: str) -> Opened:
    opened = Opened(context.new_page())
    opened.tab.goto(address)
    opened.tab.wait_for_selector(pages.FILLED, state="attached")
    return opened


@pytest.fixture(scope="module")
def small(context: BrowserContext, written: dict[str, str]) -> Opened:
    """Five actors, open for the whole module; a test says with `go` where it begins."""
    return opened_at(context, written["five"])


@pytest.fixture(scope="module")
def large(context: BrowserContext, written: dict[str, str]) -> Opened:
    """The shipped graph, open for the whole module."""
    return opened_at(context, written["shipped"])


# What passes was counted by hand in tests/fixtures/five.ttl.
@pytest.mark.parametrize(
    ("control", "value", "shown"),
    [
        ("polarity", "supports", "5 of 8 statements, 4 actors"),
        ("polarity", "opposes", "3 of 8 statements, 3 actors"),
        ("polarity", "neutral", "1 of 8 statements, 1 actor"),
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
    every = len(set(table.stances(shipped).statement.listed()))
    expected = len(set(rows.statement.listed()))
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


def test_a_tie_of_agreement_opens_what_is_opposed_with_the_words_of_both(small: Opened) -> None:
    """Alpha (+ first, − second) and Gamma (− first): one contrary stance over a mean activity of 1.5."""
    small.go("view=agreement")
    graph = told(network.stances(store.open(str(FIVE))))
    names = [thing["label"] for thing in graph.things]
    ties = {(names[t["from"]], names[t["to"]]): t for t in graph.standing.ties}
    assert set(ties) == {("Alpha", "Gamma"), ("Beta", "Gamma")}
    tie = ties["Alpha", "Gamma"]
    assert tie["weight"] == round(-1 / 1.5, 4)
    small.go(f"view=agreement&show=pair-{tie['id']}")
    words = small.tab.locator("#evidence").inner_text()
    for part in ("Alpha disagrees with Gamma", "They oppose each other on", "The first thing is so."):
        assert part in words
    assert "“once said”" in words
    assert "“not so”" in words
    assert "They share" not in words


def test_a_tie_of_agreement_shows_the_statements_python_has_behind_it(large: Opened, shipped: Store) -> None:
    graph = network.agreement(shipped)
    content = told(network.stances(shipped))
    for tie in (content.standing.ties[0], content.standing.ties[-1]):
        a, b = (content.things[tie[end]]["iri"] for end in ("from", "to"))
        large.go(f"view=agreement&show=pair-{tie['id']}")
        shown = set(large.tab.locator("#evidence code").all_inner_texts())
        assert {s.iri for s in network.evidence(graph, a, b)} <= shown


def test_clicking_a_tie_of_agreement_opens_it(small: Opened) -> None:
    small.go("view=agreement&show=pair-0")
    headline = small.tab.locator("#evidence .tie").first.inner_text()
    ends = told(network.stances(store.open(str(FIVE)))).standing.ties[0]
    small.tab.evaluate("(ids) => centre(ids)", [ends["from"], ends["to"]])
    small.tab.get_by_role("button", name="Close").click()
    small.tab.mouse.click(*small.middle())
    assert small.tab.locator("#evidence .tie").first.inner_text() == headline


def test_blocs_are_places_apart_that_hold_their_members(shipped: Store) -> None:
    content = told(network.stances(shipped))
    regions = content.places["regions"]
    for i, region in enumerate(regions):
        x, y, wide, high = region["box"]
        members = (
            content.standing.blocs[region["bloc"]]["members"]
            if region["bloc"] is not None
            else [
                n for n, at in enumerate(content.places["blocs"]) if at and content.things[n]["bloc"] is None
            ]
        )
        places = [content.places["blocs"][member] for member in members]
        assert all(x < at[0] < x + wide and y < at[1] < y + high for at in places if at)
        for other in regions[:i]:
            u, v, w, h = other["box"]
            assert x >= u + w or u >= x + wide or y >= v + h or v >= y + high


def test_a_bloc_opens_its_members_and_what_they_share(large: Opened) -> None:
    large.go("view=blocs&show=bloc-0")
    words = large.tab.locator("#evidence").inner_text()
    assert "Bloc 1" in words
    assert "What its members share" in words
    assert "proved" in large.tab.locator("#how").inner_text()


def test_the_matrix_has_a_cell_for_each_position_and_opens_its_words(large: Opened, shipped: Store) -> None:
    graph = network.stances(shipped)
    held = {(a, b) for a, b in graph.edges() if graph.nodes[b]["kind"] == "proposition"}
    large.go("view=matrix")
    cells = large.tab.locator("#cells button")
    assert cells.count() == len(held)
    label = large.tab.locator("#cells button", has_text="±").first.get_attribute("aria-label")
    assert label is not None
    assert "supports and opposes" in label
    cells.first.focus()
    large.tab.keyboard.press("Enter")
    evidence = large.tab.locator("#evidence")
    assert evidence.evaluate("e => e === document.activeElement")
    assert evidence.locator(".stance").count() >= 1
    large.tab.keyboard.press("Escape")
    assert cells.first.evaluate("e => e === document.activeElement")


def test_the_canvas_is_there_after_the_matrix(context: BrowserContext, written: dict[str, str]) -> None:
    opened = opened_at(context, written["five"] + "#view=matrix")
    opened.tab.locator("label[for=view-stances]").click()
    opened.tab.wait_for_timeout(300)
    box = opened.tab.locator("#graph canvas").bounding_box()
    assert box is not None
    assert box["width"] > 500
    assert opened.colours()["#0072b2"] > 50
    opened.tab.close()


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "matrix"])
def test_no_view_is_blank(large: Opened, view: str) -> None:
    large.go(f"view={view}")
    large.tab.wait_for_timeout(150)
    # Lines of agreement are drawn a little through.
    assert len([n for n in large.colours().values() if n > 20]) >= 4
    assert large.complaints == []


def test_the_neighbourhood_of_one_actor_is_offered_and_counted(small: Opened) -> None:
    small.go("")
    small.tab.select_option("#find", label="Delta")
    small.tab.get_by_role("button", name="Show its neighbourhood").click()
    assert small.tab.locator("#view-ego").is_checked()
    assert small.count() == "1 of 8 statements, 3 actors"
    assert "view=ego" in small.tab.evaluate("() => location.hash")


def test_views_are_changed_by_keyboard(small: Opened) -> None:
    small.go("")
    small.tab.locator("#view-stances").focus()
    small.tab.keyboard.press("ArrowRight")
    assert small.tab.locator("#view-agreement").is_checked()
    outline = small.tab.locator("label[for=view-agreement]").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"


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
        "view=<script>&q=%3Cimg src=x onerror=window.hacked=1%3E&show=thing-99999",
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


def saved(opened: Opened, button: str) -> bytes:
    with opened.tab.expect_download() as download:
        opened.tab.locator(button).click()
    return Path(download.value.path()).read_bytes()


def test_the_copies_hold_what_is_shown(small: Opened) -> None:
    small.go("polarity=supports")
    rows = list(csv.DictReader(io.StringIO(saved(small, "#csv").decode("utf-8-sig"))))
    assert [row["speaker"] for row in rows] == ["Alpha", "Alpha", "Beta", "Beta", "Delta"]
    assert {row["coded_as"] for row in rows} == {"supports"}
    assert {row["quotes"] for row in rows} == {"once said", "so it is", ""}
    assert saved(small, "#png")[:8] == b"\x89PNG\r\n\x1a\n"
    picture = ET.fromstring(saved(small, "#svg"))  # noqa: S314 - the page's own
    texts = ["".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Alpha", "Beta", "Delta", "Echo"} <= set(texts)
    # Alpha and Beta on the first, Beta on the second, Delta on Echo: four lines.
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}path"))) == 4
    assert small.complaints == []


def test_no_cell_of_the_csv_is_a_formula(show: Any) -> None:
    graph = five()
    graph.nodes["actor:sadr"]["label"] = '=HYPERLINK("x")'
    opened = show(graph, accept_downloads=True)
    rows = list(csv.reader(io.StringIO(saved(opened, "#csv").decode("utf-8-sig"))))
    assert '\'=HYPERLINK("x")' in {cell for row in rows for cell in row}
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


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


def test_quotations_stand_in_their_own_language_and_direction(show: Any) -> None:
    opened = show(five())
    quote = opened.tab.locator("#rows blockquote", has_text="الحوار")
    assert quote.evaluate("e => getComputedStyle(e).direction") == "rtl"
    stored = told(network.stances(store.open(str(FIVE))))
    languages = {tuple(quote) for stance in stored.stances for quote in stance["quotes"]}
    assert languages == {("once said", "en"), ("so it is", "en"), ("not so", "en")}


def test_at_first_sight_the_strongest_are_drawn_and_the_rest_when_asked_for(show: Any) -> None:
    graph = many(170, 450)
    content = told(graph)
    assert sum(tie["first"] for tie in content.edges) <= 400
    actors = [t for t in content.things if t["first"] and t["kind"] != "proposition"]
    assert len(actors) <= 150
    opened = show(graph)
    drawn = opened.tab.evaluate("() => [nodes.length, ties.length]")
    assert drawn == [sum(t["first"] for t in content.things), sum(t["first"] for t in content.edges)]
    assert f"strongest {drawn[1]} of 450 lines" in opened.tab.locator("#drawn").inner_text()
    opened.tab.check("#all")
    opened.tab.wait_for_timeout(300)
    assert opened.tab.evaluate("() => ties.length") == 450
    assert opened.complaints == []


def test_something_is_drawn_at_first_sight_where_targets_count_as_actors_too() -> None:
    graph = many(170, 450)
    for data in graph.nodes.values():
        data["kind"] = "other"
    content = told(graph)
    assert sum(tie["first"] for tie in content.edges) >= 150
    assert 100 <= sum(thing["first"] for thing in content.things) <= 150


def test_a_graph_without_rows_offers_only_what_it_can(show: Any) -> None:
    opened = show(five(), view="agreement")
    assert opened.tab.locator("#view-stances").is_checked()
    assert opened.tab.locator("#view-agreement").is_disabled()
    assert opened.tab.locator("#view-matrix").is_enabled()


def test_the_page_opens_with_the_view_and_the_actor_asked_for(
    run: Run, context: BrowserContext, tmp_path: Path
) -> None:
    path = tmp_path / "ego.html"
    done = run("page", "--data", str(FIVE), "--view", "ego", "--actor", "delta", "-o", str(path))
    assert done.returncode == 0, done.stderr
    opened = opened_at(context, path.as_uri())
    assert opened.count() == "1 of 8 statements, 3 actors"
    opened.tab.close()
    assert run("page", "--data", str(FIVE), "--view", "ego", "-o", str(path)).returncode == 2


def test_an_unknown_view_or_actor_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="choose one of stances, agreement"):
        page.html(five(), view="wool")
    with pytest.raises(UsageError, match="in no statement shown"):
        page.html(five(), view="ego", ego="Nobody")


def test_it_prints_the_words_without_the_controls(small: Opened) -> None:
    small.go("")
    small.tab.emulate_media(media="print")
    assert small.tab.locator("#filters").is_hidden()
    assert small.tab.locator("#rows tr").first.is_visible()
    sheet, picture = (small.tab.locator(part).bounding_box() for part in ("#graph", "#graph canvas"))
    assert sheet
    assert picture
    assert picture["x"] + picture["width"] <= sheet["x"] + sheet["width"] + 1
    assert picture["y"] + picture["height"] <= sheet["y"] + sheet["height"] + 1
    small.tab.emulate_media(media="screen")


@pytest.fixture(scope="module")
def axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_any_view(
    chromium: Browser, written: dict[str, str], axe: str, scheme: Any
) -> None:
    context = chromium.new_context(
        viewport={"width": 1400, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    opened = opened_at(context, written["shipped"])
    opened.tab.evaluate(axe)
    faults = []
    for view in VIEWS:
        opened.go(f"view={view}&show=thing-5&isolates=1")
        found = opened.tab.evaluate(
            """async () => (await axe.run(
                { exclude: [["#rows tr:nth-child(n+9)"], ["#cells tr:nth-child(n+9)"]] },
                { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
            )).violations.map((v) => [v.id, v.nodes.length, v.nodes[0].html, v.nodes[0].failureSummary])"""
        )
        faults += [(view, *fault) for fault in found]
    context.close()
    assert faults == []
