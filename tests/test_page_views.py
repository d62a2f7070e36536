"""The views of the page: agreement, blocs, the matrix, one actor, at first sight, printed, and read without eyes."""

from __future__ import annotations

import random
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

import pages
from conftest import Run
from february import opened, says
from pages import FIVE, GULAN, Opened, edge, five, opened_at
from stancegraph import network, page, store
from stancegraph.errors import UsageError
from stancegraph.page.content import describe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from stancegraph.page.agreement import AgreementTie
    from stancegraph.store import Store

chromium, context, written = pages.chromium, pages.context, pages.written
show, small, large = pages.show, pages.small, pages.large
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


def ties_of(source: Store) -> dict[tuple[str, str], AgreementTie]:
    """The ties of agreement that the page of a graph shows, by the labels of their ends."""
    content = describe(network.stances(source))
    names = [entity["label"] for entity in content.entities]
    return {(names[tie["from"]], names[tie["to"]]): tie for tie in content.agreement.ties}


def test_a_tie_of_agreement_opens_what_is_shared_in_one_period(small: Opened) -> None:
    """Alpha and Beta (two stances each) agree on the first thing in December; in March Beta meets nobody."""
    ties = ties_of(store.open(str(FIVE)))
    assert set(ties) == {("Alpha", "Beta")}
    tie = ties["Alpha", "Beta"]
    assert tie["weight"] == 1 / 2
    small.go(f"view=agreement&show=pair-{tie['id']}")
    words = small.tab.locator("#evidence").inner_text()
    for part in (
        "Alpha agrees with Beta",
        "They share",
        "The first thing is so.",
        "“once said”",
        "“so it is”",
    ):
        assert part in words
    assert "They oppose each other on" not in words
    assert "The second thing is so." not in words


def test_a_tie_of_agreement_opens_what_is_opposed_with_the_words_of_both(
    large: Opened, shipped: Store
) -> None:
    """Al-Mukhtar (three stances) denies what two documents report of the government (two): -2 over 5/2."""
    tie = ties_of(shipped)["Government of Iraq", "Osman al-Mukhtar"]
    assert tie["weight"] == -0.8
    large.go(f"view=agreement&show=pair-{tie['id']}")
    words = large.tab.locator("#evidence").inner_text()
    for part in ("Government of Iraq disagrees with Osman al-Mukhtar", "They oppose each other on"):
        assert part in words
    assert "The conflict in Syria threatens Iraq" in words
    for slug in ("mukhtar-denies-link-to-iraqs-security", "iraqs-leadership-grows-uneasy"):
        assert slug in words
    assert "They share" not in words


def test_a_tie_of_agreement_shows_the_statements_python_has_behind_it(large: Opened, shipped: Store) -> None:
    graph = network.agreement(shipped)
    content = describe(network.stances(shipped))
    for tie in (content.agreement.ties[0], content.agreement.ties[-1]):
        a, b = (content.entities[tie[end]]["iri"] for end in ("from", "to"))
        large.go(f"view=agreement&show=pair-{tie['id']}")
        shown = set(large.tab.locator("#evidence code").all_inner_texts())
        assert {s.iri for s in network.evidence(graph, a, b)} <= shown


def test_clicking_a_tie_of_agreement_opens_it(small: Opened) -> None:
    small.go("view=agreement&show=pair-0")
    headline = small.tab.locator("#evidence .tie").first.inner_text()
    ends = describe(network.stances(store.open(str(FIVE)))).agreement.ties[0]
    small.tab.evaluate("(ids) => centre(ids)", [ends["from"], ends["to"]])
    small.tab.get_by_role("button", name="Close").click()
    small.tab.mouse.click(*small.middle())
    assert small.tab.locator("#evidence .tie").first.inner_text() == headline


def test_blocs_are_places_apart_that_hold_their_members(shipped: Store) -> None:
    content = describe(network.stances(shipped))
    regions = content.positions["regions"]
    for i, region in enumerate(regions):
        x, y, wide, high = region["box"]
        members = (
            content.agreement.blocs[region["bloc"]]["members"]
            if region["bloc"] is not None
            else [
                n
                for n, at in enumerate(content.positions["blocs"])
                if at and content.entities[n]["bloc"] is None
            ]
        )
        places = [content.positions["blocs"][member] for member in members]
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


def test_what_holds_a_bloc_together_is_what_its_ties_rest_on(shipped: Store) -> None:
    content = describe(network.stances(shipped))
    assert content.agreement.blocs
    for bloc in content.agreement.blocs:
        speakers: dict[tuple[int, int], set[int]] = {}
        for tie in content.agreement.ties:
            if {tie["from"], tie["to"]} <= {*bloc["members"]}:
                for target, agree, mine, theirs in tie["on"]:
                    for stance in (content.stances[i] for i in (*mine, *theirs) if agree > 0):
                        speakers.setdefault((target, stance["sign"]), set()).add(stance["speaker"])
        shared = {key: len(members) for key, members in speakers.items()}
        shown = {(held["target"], held["sign"]): held["actors"] for held in bloc["holds"]}
        assert shown.items() <= shared.items()
        assert len(shown) == min(len(shared), 12)
        assert min(shown.values()) >= max((n for key, n in shared.items() if key not in shown), default=0)


def test_what_members_say_in_two_periods_does_not_hold_their_bloc_together(tmp_path: Path) -> None:
    """Ada and Bo meet over the bridge in February, Ada and Cy over the dam in June; Cy's bridge meets nobody's."""
    june = says("c", "cy", "1", "+bridge +dam") + says("d", "ada", "2", "+dam")
    february = says("a", "ada", "1", "+bridge"), says("b", "bo", "2", "+bridge")
    own = opened(tmp_path, *february, june.replace("2020-02", "2020-06"))
    content = describe(network.stances(own))
    (bloc,) = content.agreement.blocs
    assert {content.entities[i]["label"] for i in bloc["members"]} == {"Ada", "Bo", "Cy"}
    held = {
        content.entities[each["target"]]["label"]: sorted(
            content.stances[i]["iri"].rpartition("/")[2] for i in each["stances"]
        )
        for each in bloc["holds"]
    }
    assert held == {"The bridge should stay open.": ["a", "b"], "The dam should be built.": ["c", "d"]}
    assert [each["actors"] for each in bloc["holds"]] == [2, 2]


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


def test_quotations_stand_in_their_own_language_and_direction(show: Any) -> None:
    opened = show(five())
    quote = opened.tab.locator("#rows blockquote", has_text="الحوار")
    assert quote.evaluate("e => getComputedStyle(e).direction") == "rtl"
    stored = describe(network.stances(store.open(str(FIVE))))
    languages = {tuple(quote) for stance in stored.stances for quote in stance["quotes"]}
    assert languages == {("once said", "en"), ("so it is", "en"), ("not so", "en")}


def test_at_first_sight_the_strongest_are_drawn_and_the_rest_when_asked_for(show: Any) -> None:
    graph = many(170, 450)
    content = describe(graph)
    assert sum(tie["first"] for tie in content.edges) <= 400
    actors = [t for t in content.entities if t["first"] and t["kind"] != "proposition"]
    assert len(actors) <= 150
    opened = show(graph)
    drawn = opened.tab.evaluate("() => [nodes.length, ties.length]")
    assert drawn == [sum(t["first"] for t in content.entities), sum(t["first"] for t in content.edges)]
    assert f"strongest {drawn[1]} of 450 lines" in opened.tab.locator("#drawn").inner_text()
    opened.tab.check("#all")
    opened.tab.wait_for_timeout(300)
    assert opened.tab.evaluate("() => ties.length") == 450
    assert opened.complaints == []


def test_no_more_than_150_actors_are_drawn_at_first_sight_however_few_their_lines() -> None:
    graph = many(200, 399)
    content = describe(graph)
    assert sum(t["first"] and t["kind"] != "proposition" for t in content.entities) == 150


def test_the_matrix_holds_150_actors_and_60_targets_and_counts_the_rest() -> None:
    graph = many(420, 1600)
    matrix = describe(graph).agreement.matrix
    speakers, targets = {a for a, _ in graph.edges()}, {b for _, b in graph.edges()}
    assert (len(matrix["rows"]), len(matrix["columns"])) == (150, 60)
    assert matrix["left_out"] == (len(speakers) - 150, len(targets) - 60)


def test_something_is_drawn_at_first_sight_where_targets_count_as_actors_too() -> None:
    graph = many(170, 450)
    for data in graph.nodes.values():
        data["kind"] = "other"
    content = describe(graph)
    assert sum(tie["first"] for tie in content.edges) >= 150
    assert 100 <= sum(thing["first"] for thing in content.entities) <= 150


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
        opened.go(f"view={view}&show=node-5&isolates=1")
        found = opened.tab.evaluate(
            """async () => (await axe.run(
                { exclude: [["#rows tr:nth-child(n+9)"], ["#cells tr:nth-child(n+9)"]] },
                { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
            )).violations.map((v) => [v.id, v.nodes.length, v.nodes[0].html, v.nodes[0].failureSummary])"""
        )
        faults += [(view, *fault) for fault in found]
    context.close()
    assert faults == []
