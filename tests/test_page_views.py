"""What stands below the first screen: an actor's own page, matrix, timeline; printed, embedded, and without fault."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import pages
from conftest import Run
from february import opened as opened_graph
from february import says
from pages import FIVE, Opened, five, many, opened_at
from stancegraph import network, page, store
from stancegraph.errors import UsageError
from stancegraph.page.content import describe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from stancegraph.page.agreement import AgreementTie
    from stancegraph.store import Store

chromium, context, written = pages.chromium, pages.context, pages.written
show, small, large = pages.show, pages.small, pages.large
ID = "https://w3id.org/stancegraph/id"


def ties_of(source: Store, **choices: str) -> dict[tuple[str, str], AgreementTie]:
    """The ties of agreement that the page of a graph shows, by the labels of their ends."""
    content = describe(network.stances(source), **choices)
    names = [entity["label"] for entity in content.entities]
    return {(names[tie["from"]], names[tie["to"]]): tie for tie in content.agreement.ties}


# ---- an actor's own page ---------------------------------------------------------------------------------------------


def test_an_actors_page_says_what_it_is_for_and_against_in_its_words(large: Opened) -> None:
    large.go(f"actor={ID}/actor/iraq")
    own = large.tab.locator("#actor")
    assert large.tab.locator("#actor h1").evaluate("e => e === document.activeElement")
    heads = own.locator("h3").all_inner_texts()
    assert {"for", "against", "says", "undertakes", "refuses"} <= set(heads)
    assert "supports" not in own.inner_text()
    taken = own.locator(".taken", has=large.tab.locator("h3", has_text="against")).first
    taken.locator("summary").first.click()
    assert taken.locator(".stance").count() >= 1
    assert taken.locator(".source a, .source").count() >= 1
    assert large.tab.locator("#positions").is_hidden()


def test_an_actors_page_has_its_arabic_name_and_who_speaks_of_it(large: Opened) -> None:
    large.go(f"actor={ID}/actor/assad-government")
    own = large.tab.locator("#actor")
    assert own.locator("[lang=ar][dir=rtl]").count() == 1
    assert "Who speaks of it" in own.inner_text()
    assert "Iran" in own.inner_text()


def test_who_agrees_and_who_contradicts_come_with_the_words_of_both(large: Opened, shipped: Store) -> None:
    """Al-Mukhtar (three stances) denies what two documents report of the government (two): -2 over 5/2."""
    assert ties_of(shipped)["Government of Iraq", "Osman al-Mukhtar"]["weight"] == -0.8
    large.go(f"actor={ID}/actor/osman-al-mukhtar")
    items = large.tab.locator("#actor .others")
    assert large.tab.locator("#actor h2", has_text="Contradicted by").count() == 1
    against = items.last.locator("li", has_text="Government of Iraq").first
    against.locator("summary").first.click()
    words = against.inner_text()
    assert "The conflict in Syria threatens Iraq's security" in words
    for slug in ("mukhtar-denies-link-to-iraqs-security", "iraqs-leadership-grows-uneasy"):
        assert slug in words


def test_the_page_of_an_actor_leads_back(small: Opened) -> None:
    small.go("actor=https://example.org/id/alpha")
    small.tab.locator("#actor .back").click()
    small.settle()
    assert small.tab.locator("#positions").is_visible()


# ---- matrix and timeline ---------------------------------------------------------------------------------------------


def test_two_marks_stand_where_an_actor_changed_the_earlier_first(large: Opened) -> None:
    large.go("view=matrix")
    cell = large.tab.locator("#cells .cell[aria-label^='Iraq '][aria-label*='stay out']")
    assert cell.locator(".mark").all_inner_texts() == ["+", "−"]
    assert "undertakes and refuses" in (cell.get_attribute("aria-label") or "")
    assert "±" not in large.tab.locator("body").inner_text()
    cell.click()
    told = large.tab.locator("#cell-words")
    assert [head.split(" ")[1] for head in told.locator("h3").all_inner_texts()] == ["undertakes", "refuses"]


def test_the_matrix_is_one_stop_with_arrows_inside_and_heads_that_stay(large: Opened) -> None:
    large.go("view=matrix")
    cells = large.tab.locator("#cells")
    assert cells.locator("[tabindex='0']").count() == 1
    cells.locator("[tabindex='0']").focus()
    place = "() => { const { actor, target } = document.activeElement.dataset; return [actor, target]; }"
    actor, target = large.tab.evaluate(place)
    large.tab.keyboard.press("ArrowRight")
    right = large.tab.evaluate(place)
    assert (right[0], right[1] != target) == (actor, True)
    large.tab.keyboard.press("ArrowLeft")
    large.tab.keyboard.press("ArrowDown")
    down = large.tab.evaluate(place)
    assert (down[1], down[0] != actor) == (target, True)
    head = cells.locator("thead th[scope=col]").first
    before = head.bounding_box()
    cells.evaluate("e => { e.scrollTop = 300 }")
    after = head.bounding_box()
    assert before
    assert after
    assert before["y"] == pytest.approx(after["y"], abs=1)
    assert cells.locator("th[scope=colgroup]").all_inner_texts() == ["Actors", "Propositions"]


def test_the_matrix_holds_150_actors_and_80_things_and_counts_the_rest() -> None:
    graph = many(420, 1600, 95)
    matrix = describe(graph).agreement.matrix
    speakers, targets = {a for a, _ in graph.edges()}, {b for _, b in graph.edges()}
    assert (len(matrix["rows"]), len(matrix["columns"])) == (150, 80)
    assert matrix["left_out"] == (len(speakers) - 150, len(targets) - 80)


def test_the_timeline_sets_periods_side_by_side_and_cuts_out_empty_time(large: Opened) -> None:
    large.go("view=timeline")
    panels = large.tab.locator("#times rect").evaluate_all(
        "es => es.map((e) => [e.x, e.width].map((l) => l.baseVal.value))"
    )
    assert len(panels) == 2
    assert panels[0][0] + panels[0][1] < panels[1][0] < panels[0][0] + panels[0][1] + 60
    heads = large.tab.locator("#times text").all_text_contents()
    assert "27 Nov 2024" in heads
    assert "6 Mar 2025" in heads
    large.tab.locator("#times .dot").first.dispatch_event("click")
    assert large.tab.locator("#time-words .stance").count() >= 1
    large.go("view=timeline&since=2025-03-06&until=2025-03-09")
    assert large.tab.locator("#times rect").count() == 1


def test_a_mark_of_the_timeline_never_leaves_its_day(large: Opened) -> None:
    large.go("view=timeline")
    ticks, marks = large.tab.evaluate(
        """() => { const ends = (e) => [e.getBBox().x, e.getBBox().x + e.getBBox().width];
            return [[...document.querySelectorAll("#times path")].map((e) => e.getAttribute("d"))
                .map((d) => /^M([\\d.]+) [\\d.]+v5$/.exec(d)).filter(Boolean).map((found) => Number(found[1])),
                [...document.querySelectorAll("#times .dot")].map(ends)]; }"""
    )
    day = ticks[1] - ticks[0]
    assert len(ticks) == 16  # 27 November to 8 December, 6 to 9 March
    assert len(marks) > 60
    for left, right in marks:
        tick = min(ticks, key=lambda x: abs(x - (left + right) / 2))
        assert tick - day / 2 <= left < right <= tick + day / 2


def test_a_mark_of_the_timeline_is_a_statement(small: Opened) -> None:
    small.go("view=timeline")
    marks = small.tab.locator("#times circle").count()
    # Eight statements; Delta's speaks for one and against another.
    assert marks == 9


# ---- agreement, blocs and the command line ---------------------------------------------------------------------------


def test_a_tie_of_agreement_rests_on_what_is_shared_in_one_period() -> None:
    """Alpha and Beta (two stances each) agree on the first thing in December; in March Beta meets nobody."""
    ties = ties_of(store.open(str(FIVE)))
    assert set(ties) == {("Alpha", "Beta")}
    assert ties["Alpha", "Beta"]["weight"] == 1 / 2
    whole = ties_of(store.open(str(FIVE)), period="none")
    assert set(whole) == {("Alpha", "Gamma"), ("Beta", "Gamma")}


@pytest.mark.parametrize(("aggregation", "signs"), [("congruence", {1}), ("conflict", {-1}), ("ignore", {1})])
def test_agreement_is_aggregated_as_asked(shipped: Store, aggregation: str, signs: set[int]) -> None:
    ties = ties_of(shipped, aggregation=aggregation)
    made = network.agreement(shipped, aggregation=aggregation)  # type: ignore[arg-type]
    assert {tie["sign"] for tie in ties.values()} == signs
    assert len(ties) == made.number_of_edges()


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
    own = opened_graph(tmp_path, *february, june.replace("2020-02", "2020-06"))
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


def test_what_a_number_was_computed_under_stands_beside_it(
    run: Run, context: BrowserContext, tmp_path: Path
) -> None:
    path = tmp_path / "march.html"
    done = run("page", "--since", "2025-03-01", "--title", "March", "--scope", "One month.", "-o", str(path))
    assert done.returncode == 0, done.stderr
    opened = opened_at(context, path.as_uri())
    assert opened.tab.locator("h1").inner_text() == "March"
    assert "since 2025-03-01" in opened.tab.locator("header").inner_text()
    assert opened.tab.locator(".switch").first.is_hidden()
    how = opened.tab.locator("#how")
    how.locator("summary").click()
    assert "these statements: since 2025-03-01" in how.inner_text()
    assert "proved" in how.inner_text()
    assert "frustration" not in opened.tab.locator("header").inner_text()
    opened.tab.close()


def test_the_page_opens_with_the_view_and_the_actor_asked_for(
    run: Run, context: BrowserContext, tmp_path: Path
) -> None:
    path = tmp_path / "ego.html"
    done = run("page", "--data", str(FIVE), "--view", "ego", "--actor", "delta", "-o", str(path))
    assert done.returncode == 0, done.stderr
    opened = opened_at(context, path.as_uri())
    assert sorted(name[4] for name in opened.drawn()["nodes"]) == ["Alpha", "Delta", "Echo"]
    opened.tab.close()
    assert run("page", "--data", str(FIVE), "--view", "ego", "-o", str(path)).returncode == 2


def test_an_unknown_view_or_actor_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="choose one of positions, blocs"):
        page.html(five(), view="wool")
    with pytest.raises(UsageError, match="in no statement shown"):
        page.html(five(), view="ego", ego="Nobody")


# ---- embedded, printed, without fault --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["asked of any page", "written so"])
def test_embedded_it_is_one_picture_with_a_way_to_the_whole(
    run: Run, context: BrowserContext, written: dict[str, str], tmp_path: Path, how: str
) -> None:
    address = written["five"] + "?embed#view=stances"
    if how == "written so":
        path = tmp_path / "embedded.html"
        done = run("page", "--data", str(FIVE), "--view", "stances", "--embed", "-o", str(path))
        assert done.returncode == 0, done.stderr
        address = path.as_uri()
    opened = opened_at(context, address)
    shown = [
        name
        for name in ("positions", "network", "matrix", "timeline", "statements", "filters")
        if opened.tab.locator(f"#{name}").is_visible()
    ]
    assert shown == ["network"]
    assert len(opened.drawn()["lines"]) == 8
    assert opened.tab.locator("#whole").is_visible()
    opened.tab.close()


def test_it_prints_on_two_pages_and_with_everything_on_more(
    context: BrowserContext, written: dict[str, str]
) -> None:
    opened = opened_at(context, written["shipped"])
    opened.settle()
    two = opened.tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", two)) == 2
    opened.tab.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    opened.tab.emulate_media(media="print")
    assert opened.tab.locator("#printed svg").is_visible()
    assert opened.tab.locator("#filters").is_hidden()
    assert opened.tab.locator("#disputed-rows .chip").first.is_visible()
    assert opened.tab.locator("#statements").is_hidden()
    opened.tab.emulate_media(media="null")
    opened.tab.evaluate("() => dispatchEvent(new Event('afterprint'))")
    opened.tab.check("#appendix")
    more = opened.tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", more)) > 4
    opened.tab.close()


@pytest.fixture(scope="module")
def axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


# What differs in the dark are the colours.
@pytest.mark.parametrize(("scheme", "rules"), [("light", RULES), ("dark", ["color-contrast"])])
def test_axe_finds_no_fault_in_any_view_or_period(
    chromium: Browser, written: dict[str, str], axe: str, scheme: Any, rules: list[str]
) -> None:
    context = chromium.new_context(
        viewport={"width": 1400, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    opened = opened_at(context, written["shipped"])
    opened.tab.evaluate(axe)
    faults = []
    for address in (
        "view=matrix",
        f"view=timeline&since=2024-11-27&until=2024-12-07&about={ID}/proposition/iraq-stays-out&by={ID}/actor/iraq",
        "view=stances&since=2025-03-06&until=2025-03-09&basis=said",
        f"actor={ID}/actor/muqtada-al-sadr",
    ):
        opened.go(address)
        opened.tab.evaluate("() => document.querySelectorAll('details').forEach((e) => { e.open = true })")
        found = opened.tab.evaluate(
            """async (rules) => (await axe.run(
                { exclude: ["#rows tr:nth-child(n+5)", "#cells tr:nth-child(n+7)", "#undisputed-rows li:nth-child(n+4)"]
                    .map((each) => [each]) },
                { runOnly: rules },
            )).violations.map((v) => [v.id, v.nodes.length, v.nodes[0].html, v.nodes[0].failureSummary])""",
            rules,
        )
        faults += [(address, *fault) for fault in found]
    context.close()
    assert faults == []
