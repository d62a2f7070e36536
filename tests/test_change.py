"""Who changed position: small graphs whose changes can be counted on the fingers, five actors, the shipped graph."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from stancegraph import statements, store, table
from stancegraph.change import moments, shifts, timeline
from stancegraph.errors import StanceError, UnknownName, UsageError
from stancegraph.store import Store

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
HEAD = """
@prefix : <https://example.org/id/> .
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix act: <https://w3id.org/stancegraph/id/act/> .
@prefix basis: <https://w3id.org/stancegraph/id/basis/> .
@prefix kind: <https://w3id.org/stancegraph/id/kind/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:ada a stance:Actor ; skos:prefLabel "Ada"@en ; stance:actorKind kind:politician .
:bo a stance:Actor ; skos:prefLabel "Bo"@en ; stance:actorKind kind:official .
:cy a stance:Actor ; skos:prefLabel "Cy"@en ; stance:actorKind kind:politician .
:di a stance:Actor ; skos:prefLabel "Di"@en ; stance:actorKind kind:politician .
:council a stance:Actor, org:Organization ; skos:prefLabel "Council"@en ; stance:actorKind kind:government-body .
:bridge a stance:Proposition ; skos:prefLabel "The bridge should stay open."@en .
:dam a stance:Proposition ; skos:prefLabel "The dam should be built."@en .
:flood a schema:Event ; skos:prefLabel "Flood"@en ; schema:startDate "2020-02-10"^^xsd:date ;
    schema:endDate "2020-02-12"^^xsd:date .
:drought a schema:Event ; skos:prefLabel "Drought"@en .
:gazette a schema:NewsArticle ; dcterms:title "The bridge"@en ; dcterms:issued "2020-03-01"^^xsd:date .
"""
EDGES = {"+": "supports", "-": "opposes", "0": "neutralOn"}

Graph = Callable[..., Store]


def day(text: str) -> str:
    """Days of 2020, in February unless they say: "4", "4..9", "03-04"; "" for none."""
    ends = [
        f'"2020-{end if "-" in end else f"02-{int(end):02}"}"^^xsd:date' for end in text.split("..") if end
    ]
    if len(ends) == 2:
        return f"stance:saidNotBefore {ends[0]} ; stance:saidNotAfter {ends[1]} ;"
    return f"stance:saidOn {ends[0]} ;" if ends else ""


def says(slug: str, who: str, when: str, stances: str, more: str = "") -> str:
    """One statement: `says("a", "ada", "4..9", "+bridge -dam")`."""
    held = " ".join(f"stance:{EDGES[one[0]]} :{one[1:]} ;" for one in stances.split())
    speakers = " , ".join(f":{one}" for one in who.split())
    return (
        f":{slug} a stance:Statement ; stance:speaker {speakers} ; {day(when)} {held} {more} stance:act act:assert ; "
        f'stance:basis basis:said ; stance:confidence 1.0 ; stance:gist "Gist of {slug}."@en .\n'
    )


def quoted(slug: str, *words: str) -> str:
    """A report of a statement with verbatim words."""
    passages = "".join(
        f" ; stance:passage [ oa:hasSelector [ oa:start {i} ; oa:end {i + 1} ] , [ oa:exact {text!r} ] ]"
        for i, text in enumerate(words)
    )
    return f":report-{slug} a stance:Report ; stance:reports :{slug} ; stance:document :gazette{passages} .\n"


def line(*said: str, who: str = "ada", target: str = "bridge") -> str:
    """What one says of one thing: `line("+4", "-4..9")`; the statements are s0, s1 …"""
    return "".join(says(f"s{i}", who, one[1:], one[0] + target) for i, one in enumerate(said))


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    """Opens a graph of these statements."""

    def opened(*parts: str) -> Store:
        (tmp_path / "said.ttl").write_text(HEAD + "".join(parts), encoding="utf-8")
        return store.open(tmp_path / "said.ttl")

    return opened


@pytest.fixture(scope="module")
def five() -> Store:
    return store.open(FIVE)


def slug(iri: str) -> str:
    return iri.rpartition("/")[2]


def between(rows: Iterable[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """Which statements each row is between, and whether that is certain."""
    return [(slug(row["statement_before"]), slug(row["statement_after"]), row["certain"]) for row in rows]


def test_a_shift_gives_both_sides_with_words_day_and_document(graph: Graph) -> None:
    own = graph(line("+4", "-9"), quoted("s0", "Let it stay", "for ever"), quoted("s1"))
    (row,) = shifts(own)
    base = "https://example.org/id/"
    assert row == {
        "actor": "Ada",
        "iri": base + "ada",
        "target": "The bridge should stay open.",
        "target_iri": base + "bridge",
        "change": "reversal",
        "before": "supports",
        "day_before": "2020-02-04",
        "quotes_before": ["Let it stay", "for ever"],
        "gist_before": "Gist of s0.",
        "basis_before": "said",
        "statement_before": base + "s0",
        "document_before": ["The bridge"],
        "after": "opposes",
        "day_after": "2020-02-09",
        "quotes_after": [],
        "gist_after": "Gist of s1.",
        "basis_after": "said",
        "statement_after": base + "s1",
        "document_after": ["The bridge"],
        "certain": True,
        "ascribed_by": None,
    }


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("+", "-", "reversal"),
        ("-", "+", "reversal"),
        ("0", "+", "takes a side"),
        ("0", "-", "takes a side"),
        ("+", "0", "leaves a side"),
        ("-", "0", "leaves a side"),
    ],
)
def test_a_shift_is_named_for_what_it_does(graph: Graph, before: str, after: str, change: str) -> None:
    (row,) = shifts(graph(line(before + "4", after + "9")))
    assert row["change"] == change


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        # a run of equal levels counts its last before and its first after
        (["+1", "+4", "-9", "-12"], [("s1", "s2", True)]),
        (["+1", "-4", "+9"], [("s0", "s1", True), ("s1", "s2", True)]),
        (["+1", "+9"], []),
        # the order in the file is not that of the days
        (["-9", "+1"], [("s1", "s0", True)]),
        # both on one day, or in one interval: no change
        (["+4", "-4"], []),
        (["+4..9", "-4..9"], []),
        # a day of both begins what was not said just before, and ends nothing
        (["+1", "+4", "-4", "-9"], [("s0", "s2", True)]),
        (["+1", "+4", "-4", "+9"], [("s0", "s2", True)]),
        (["+4", "-4", "-9"], []),
        # one day after the other is certain, one day in common is not
        (["+1..4", "-5..9"], [("s0", "s1", True)]),
        (["+1..5", "-5..9"], [("s0", "s1", False)]),
        (["+1..8", "-2..9"], [("s0", "s1", False)]),
        (["-2..9", "+1..8"], [("s1", "s0", False)]),
        (["+1..9", "-9"], [("s0", "s1", False)]),
        (["+1..9", "-1"], [("s1", "s0", False)]),
        # an interval within another: first and last days contradict each other
        (["+1..9", "-5"], []),
        # … but what is after both is after the one that differs
        (["+5", "-1..9", "-12"], [("s0", "s2", True)]),
        (["-1", "+3..9", "+5"], [("s0", "s1", True)]),
        (["-1..5", "+5..9", "+7"], [("s0", "s2", True)]),
        (["+1..5", "+3", "-5..9"], [("s1", "s2", True)]),
        (["+1..9", "+2..9", "-12"], [("s1", "s2", True)]),
        (["01..20", "+2..9", "-3..9", "012"], [("s1", "s2", False), ("s2", "s3", True)]),
        (["+1", "-2..14", "+4..9", "-6..12"], [("s0", "s1", True), ("s0", "s3", True)]),
        # of two runs, statements that are surely in this order are better than nearer ones that may not be
        (["+1", "+4..9", "-6..12"], [("s0", "s2", True)]),
        (["+4..9", "-6..12", "-14"], [("s0", "s2", True)]),
        (["+1", "-2", "+4..9", "-6..12"], [("s0", "s1", True), ("s1", "s2", True), ("s2", "s3", False)]),
        # two days are needed
        (["+4", "-"], []),
        (["+", "-"], []),
    ],
)
def test_a_shift_is_between_consecutive_levels_as_far_as_days_tell(
    graph: Graph, said: list[str], expected: list[tuple[str, str, bool]]
) -> None:
    assert between(shifts(graph(line(*said)))) == expected


def test_on_days_that_are_known_shifts_are_those_counted_day_by_day(graph: Graph) -> None:
    """Second method: each day's levels against those of the last day on which anything was said."""
    chance = random.Random(7)
    days = [f"{chance.choice('+-0')}{chance.randrange(1, 29)}" for _ in range(60)]
    levels = defaultdict(set)
    for said in days:
        levels[int(said[1:])].add({"+": "supports", "-": "opposes", "0": "neutral on"}[said[0]])
    expected = {
        (f"2020-02-{first:02}", old, f"2020-02-{then:02}", new)
        for first, then in pairwise(sorted(levels))
        for old in levels[first]
        for new in levels[then] - levels[first]
    }
    rows = shifts(graph(line(*days)))
    assert {(r["day_before"], r["before"], r["day_after"], r["after"]) for r in rows} == expected
    assert len(rows) == len(expected) > 10


def test_in_intervals_no_shift_contradicts_the_days_and_no_certain_one_is_missed(graph: Graph) -> None:
    """Second method: who has surely held one level before another has a row, and each row is in order."""
    chance = random.Random(11)
    spans = [(first, min(28, first + chance.randrange(9))) for first in chance.choices(range(1, 29), k=200)]
    actors = [f"x{i}" for i in range(40)]
    said = [(chance.choice(actors), chance.choice("+-"), *span) for span in spans]
    named = "".join(f':{x} a stance:Actor ; skos:prefLabel "{x}"@en .\n' for x in actors)
    own = graph(
        named, *(says(f"s{i}", who, f"{a}..{b}", f"{sign}bridge") for i, (who, sign, a, b) in enumerate(said))
    )
    rows = shifts(own)
    for row in rows:
        (*_, a, b), (*_, c, d) = (
            said[int(slug(row[f"statement_{side}"])[1:])] for side in ("before", "after")
        )
        assert (a, b) != (c, d)
        assert a <= c
        assert b <= d
        assert row["certain"] == (b < c)
    sure = {
        (who, sign)
        for who, sign, _, b in said
        for other, contrary, c, _ in said
        if who == other and sign != contrary and b < c
    }
    both_at_once = {
        who
        for who, *one in said
        for other, *two in said
        if who == other and one[1:] == two[1:] and one != two
    }
    changed = {(row["actor"], {"supports": "+", "opposes": "-"}[row["before"]]) for row in rows}
    assert {(who, sign) for who, sign in sure if who not in both_at_once} <= changed
    assert {row["certain"] for row in rows} == {True, False}


def test_each_target_and_each_actor_changes_for_itself(graph: Graph) -> None:
    own = graph(
        says("a", "ada bo", "1", "+bridge"),
        says("b", "ada", "4", "-dam"),
        says("c", "bo", "9", "-bridge +dam"),
    )
    assert [(row["actor"], *pair) for row, pair in zip(shifts(own), between(shifts(own)), strict=True)] == [
        ("Bo", "a", "c", True)
    ]


def test_shifts_are_listed_by_actor_target_and_day(graph: Graph) -> None:
    own = graph(
        *(says(f"b{i}", "bo", str(i), ("+" if i % 2 else "-") + "dam") for i in (1, 2, 3)),
        *(says(f"a{i}", "ada", str(i), ("+dam +bridge" if i % 2 else "-dam -bridge")) for i in (4, 5)),
    )
    assert [(row["actor"], row["target"][4:7], row["day_after"][-1]) for row in shifts(own)] == [
        ("Ada", "bri", "5"),
        ("Ada", "dam", "5"),
        ("Bo", "dam", "2"),
        ("Bo", "dam", "3"),
    ]


def test_an_actor_is_found_by_name_and_the_others_are_left_out(graph: Graph) -> None:
    own = graph(
        says("a", "ada bo", "1", "+bridge"), says("b", "ada bo", "4", "-bridge"), says("c", "cy", "4", "+dam")
    )
    assert [row["actor"] for row in shifts(own, "bo")] == ["Bo"]
    assert [row["actor"] for row in shifts(own, not_actor="bo")] == ["Ada"]
    assert shifts(own, "Cy") == []
    with pytest.raises(UnknownName, match="no actor is called 'Zoë'"):
        shifts(own, "Zoë")


def test_filters_choose_the_statements_a_shift_can_be_between(graph: Graph) -> None:
    own = graph(line("+1", "-4", "+9"))
    assert between(shifts(own, since="2020-02-02")) == [("s1", "s2", True)]
    assert between(shifts(own, target="The dam should be built.")) == []
    with pytest.raises(UsageError, match="no filter is called 'level'"):
        shifts(own, level="frame")
    with pytest.raises(UsageError, match="not a day of the calendar"):
        shifts(own, since="2020-02-31")


def test_an_organisation_shifts_by_the_mouths_of_two_of_its_people(graph: Graph) -> None:
    behalf = "stance:onBehalfOf :council ;"
    own = graph(says("a", "ada", "1", "+bridge", behalf), says("b", "bo", "4", "-bridge", behalf))
    assert shifts(own) == []
    (row,) = shifts(own, as_="organisation")
    assert (row["actor"], row["change"]) == ("Council", "reversal")
    assert shifts(own, "Council", as_="organisation") == [row]


@pytest.mark.parametrize("event", ["Flood", "flood", "2020-02-10"])
def test_across_an_event_a_shift_is_from_before_its_first_day_to_it_or_later(
    graph: Graph, event: str
) -> None:
    own = graph(
        line("+1", "-9", "+10", "-11"),
        *(
            says(f"d{i}", "bo", when, stance)
            for i, (when, stance) in enumerate([("1", "+dam"), ("9", "-dam")])
        ),
    )
    rows = shifts(own, event=event)
    assert between(rows) == [("s1", "s2", True)]
    assert rows.notes == ()


def test_what_may_be_before_an_event_or_after_is_set_aside_and_counted(graph: Graph) -> None:
    rows = shifts(graph(line("+1", "-9..10", "0", "-12")), event="Flood")
    assert between(rows) == [("s0", "s3", True)]
    assert rows.notes == (
        "1 stance left out: no day is known",
        "1 stance left out: the day may be before the event or after",
    )


def test_an_event_needs_a_name_and_a_day(graph: Graph) -> None:
    own = graph(line("+1", "-9"))
    with pytest.raises(UsageError, match="Drought has no day in this graph"):
        shifts(own, event="drought")
    with pytest.raises(UnknownName, match="no event is called 'Deluge'"):
        shifts(own, event="Deluge")
    with pytest.raises(UsageError, match="not a day of the calendar"):
        shifts(own, event="2020-02-30")
    broken = graph(line("+1"), ':fire a schema:Event ; skos:prefLabel "Fire"@en ; schema:startDate "soon" .')
    with pytest.raises(StanceError, match="'soon' is not a day"):
        shifts(broken, event="fire")


def ascribes(holder: str, stance: str, when: str = "") -> str:
    return (
        f"stance:ascribes [ stance:holder :{holder} ; {day(when)} stance:{EDGES[stance[0]]} :{stance[1:]} ] ;"
    )


def test_what_others_say_has_shifted_stands_last_and_is_theirs(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "1", "", ascribes("bo", "+bridge")),
        says("b", "ada", "4", "", ascribes("bo", "-bridge")),
        says("y", "cy", "2", "+dam"),
        says("z", "cy", "3", "-dam"),
    )
    own_row, told = shifts(own)
    assert (own_row["actor"], own_row["ascribed_by"]) == ("Cy", None)
    assert (told["actor"], told["ascribed_by"], told["change"]) == ("Bo", "Ada", "reversal")
    assert (told["gist_before"], told["day_after"]) == ("Gist of a.", "2020-02-04")
    assert between([told]) == [("a", "b", True)]


def test_ascribed_positions_are_never_compared_with_own_ones_or_with_those_of_another(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "1", "", ascribes("bo", "+bridge")),
        says("b", "bo", "4", "-bridge"),
        says("c", "cy", "9", "", ascribes("bo", "-bridge")),
        says("d", "ada", "12", "-bridge"),
    )
    assert shifts(own) == []


def test_one_statement_can_tell_of_a_shift_where_it_dates_what_it_ascribes(graph: Graph) -> None:
    dated = ascribes("bo", "+bridge", "2") + ascribes("bo", "-bridge")
    (row,) = shifts(graph(says("a", "ada", "9", "", dated)))
    assert (row["day_before"], row["before"], row["day_after"], row["after"]) == (
        "2020-02-02",
        "supports",
        "2020-02-09",
        "opposes",
    )
    undated = ascribes("bo", "+bridge") + ascribes("bo", "-bridge")
    assert shifts(graph(says("a", "ada", "9", "", undated))) == []


@pytest.mark.parametrize(
    ("filters", "listed"),
    [
        ({"actor": "Bo"}, True),
        ({"actor": "Ada"}, False),
        ({"not_actor": "Ada"}, True),
        ({"not_actor": "Bo"}, False),
        ({"kind": "official"}, True),
        ({"kind": "politician"}, False),
        ({"not_kind": "official"}, False),
        ({"target": "The bridge should stay open."}, True),
        ({"target": "The dam should be built."}, False),
        ({"not_target": "The bridge should stay open."}, False),
        ({"supports": "The bridge should stay open."}, False),
        ({"supports": "The bridge should stay open.", "opposes": "The bridge should stay open."}, True),
        ({"since": "2020-02-02"}, False),
        ({"act": "assert"}, True),
        ({"event": "Flood"}, True),
        ({"event": "2020-02-01"}, False),
    ],
)
def test_filters_meet_a_position_ascribed_by_its_holder_target_and_statement(
    graph: Graph, filters: dict[str, Any], listed: bool
) -> None:
    own = graph(
        says("a", "ada", "1", "+dam", ascribes("bo", "+bridge")),
        says("b", "ada", "14", "", ascribes("bo", "-bridge")),
    )
    assert between(shifts(own, **filters)) == [("a", "b", True)] * listed


def test_nobody_in_the_five_actor_graph_changes_position(five: Store) -> None:
    assert shifts(five) == []
    assert shifts(five, since="2030-01-01") == []


def test_iraqs_shift_is_found_and_marked_uncertain(shipped: Store) -> None:
    """As the shipped question finds it: the days of both sides overlap from 27 November to 3 December."""
    (row,) = shifts(shipped)
    told = statements.by_iri(shipped, [row["statement_before"], row["statement_after"]])
    assert (row["actor"], row["before"], row["after"]) == ("Iraq", "supports", "opposes")
    assert (row["day_before"], row["day_after"]) == ("1999-12-08/2024-12-03", "2024-11-27/2024-12-06")
    assert not row["certain"]
    for side, sign in (("before", 1), ("after", -1)):
        statement = told[row[f"statement_{side}"]]
        assert (row["target"],) == statement.on(sign)
        assert row[f"day_{side}"] == statement.date
        assert [name.label for name in statement.speakers] == ["Iraq"]
    aside = shifts(shipped, event="sudani-erdogan-call")
    assert aside == []
    assert aside.notes == ("2 stances left out: the day may be before the event or after",)


def test_a_timeline_has_a_row_for_each_statement_and_target_oldest_first(five: Store) -> None:
    rows = [(r["date"], r["actor"], r["stance"], r["target"], slug(r["statement"])) for r in timeline(five)]
    first, second = "The first thing is so.", "The second thing is so."
    assert rows == [
        ("2024-12-01", "Alpha", "supports", first, "alpha-once"),
        ("2024-12-02", "Alpha", "supports", first, "alpha-again"),
        ("2024-12-02", "Alpha", "opposes", second, "alpha-denies"),
        ("2024-12-03", "Beta", "supports", first, "beta-once"),
        ("2025-03-01/2025-03-09", "Beta", "supports", second, "beta-later"),
        ("2025-03-02", "Gamma", "opposes", first, "gamma-denies"),
        ("2025-03-02", "Gamma", "neutral on", second, "gamma-waits"),
        ("2025-03-03", "Delta", "supports", "Echo", "delta-accuses"),
        ("2025-03-03", "Delta", "opposes", "Alpha", "delta-accuses"),
    ]


def test_a_row_of_a_timeline_carries_words_documents_and_events(graph: Graph) -> None:
    own = graph(says("a", "ada", "4", "+bridge", "schema:about :flood ;"), quoted("a", "Let it stay"))
    assert timeline(own) == [
        {
            "date": "2020-02-04",
            "actor": "Ada",
            "iri": "https://example.org/id/ada",
            "act": "assert",
            "stance": "supports",
            "target": "The bridge should stay open.",
            "target_iri": "https://example.org/id/bridge",
            "quotes": ["Let it stay"],
            "gist": "Gist of a.",
            "basis": "said",
            "confidence": 1.0,
            "documents": ["The bridge"],
            "statement": "https://example.org/id/a",
            "event": ["Flood"],
        }
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["Ada+bridge", "Ada-dam", "Bo+bridge", "Bo-dam", "Ada", "Bo", "Cy+dam"]),
        ({"actor": "Bo"}, ["Bo+bridge", "Bo-dam", "Bo"]),
        ({"not_actor": "Ada"}, ["Bo+bridge", "Bo-dam", "Bo", "Cy+dam"]),
        ({"target": "The dam should be built."}, ["Ada-dam", "Bo-dam", "Cy+dam"]),
        ({"not_target": "The dam should be built."}, ["Ada+bridge", "Bo+bridge", "Ada", "Bo"]),
        ({"kind": "politician", "supports": "The dam should be built."}, ["Cy+dam"]),
        ({"min_count": 2}, ["Ada+bridge", "Ada-dam", "Bo+bridge", "Bo-dam", "Ada", "Bo"]),
        ({"joint": True, "since": "2020-02-02"}, ["Ada", "Bo"]),
        ({"as_": "organisation", "actor": "Council"}, ["Council"]),
    ],
)
def test_statements_without_stance_and_joint_ones_are_on_the_timeline_of_each_speaker(
    graph: Graph, filters: dict[str, Any], expected: list[str]
) -> None:
    own = graph(
        says("a", "ada bo", "1", "+bridge -dam"),
        says("b", "ada bo", "4", "", "stance:onBehalfOf :council ;"),
        says("c", "cy", "9", "+dam"),
    )
    signs = {"supports": "+", "opposes": "-", None: ""}
    rows = timeline(own, **filters)
    assert [row["actor"] + signs[row["stance"]] + slug(row["target_iri"] or "") for row in rows] == expected


def test_the_shipped_timeline_has_every_statement_once_for_each_speaker_and_target(shipped: Store) -> None:
    rows = timeline(shipped)
    told = statements.said(shipped)
    assert len(rows) == sum(len(s.speakers) * max(len(s.targets), 1) for s in told)
    assert {row["statement"] for row in rows} == {s.iri for s in told}
    assert sorted(row["date"] for row in rows) == [row["date"] for row in rows]
    stances = [row for row in rows if row["target"] is not None]
    assert len(stances) == len(table.stances(shipped))


TWO = [("early", "2020-02-01", "2020-02-29"), ("late", "2020-03-01", "2020-03-31")]
HALVES = says("a", "ada bo", "4", "+bridge") + says("b", "cy di", "4", "-bridge")


def test_a_moment_has_the_blocs_of_its_days_and_says_who_moved(graph: Graph) -> None:
    """Two against two is as polarised as can be; three against one is half so: 2 * 1/4, nothing in the way."""
    own = graph(HALVES, says("c", "ada bo cy", "03-04", "+bridge"), says("d", "di", "03-05", "-bridge"))
    early, late = moments(own, TWO)
    assert early == {
        "moment": "early",
        "since": "2020-02-01",
        "until": "2020-02-29",
        "actors": 4,
        "statements": 2,
        "ties": 6,
        "frustration": 0,
        "lower_bound": 0,
        "exact": True,
        "polarisation": pytest.approx(1),
        "blocs": [["Ada", "Bo"], ["Cy", "Di"]],
        "moved": None,
    }
    assert late["blocs"] == [["Ada", "Bo", "Cy"], ["Di"]]
    assert late["polarisation"] == pytest.approx(0.5)
    assert (late["statements"], late["moved"]) == (2, ["Cy"])


def test_ties_that_fit_no_two_blocs_are_told_by_their_least_weight(graph: Graph) -> None:
    """Three who contradict each other: each tie is -1 over 2 stances a head, and one of them stays inside a bloc."""
    own = graph(
        says("a", "ada", "4", "+bridge +dam"),
        says("b", "bo", "4", "-bridge +x"),
        says("c", "cy", "4", "-dam -x"),
    )
    (row,) = moments(own)
    assert (row["moment"], row["ties"]) == ("2020-02", 3)
    assert (row["frustration"], row["lower_bound"], row["exact"]) == (
        pytest.approx(0.5),
        pytest.approx(0.5),
        True,
    )
    assert row["polarisation"] == pytest.approx(2 / 3 * 2 / 3)


def test_blocs_keep_their_place_from_one_moment_to_the_next(graph: Graph) -> None:
    """In March the second bloc is the larger; it stays second, as its actors were second in February."""
    own = graph(HALVES, says("c", "ada", "03-04", "-bridge"), says("d", "cy di", "03-04", "+bridge"))
    early, late = moments(own, TWO)
    assert early["blocs"] == [["Ada", "Bo"], ["Cy", "Di"]]
    assert late["blocs"] == [["Ada"], ["Cy", "Di"]]
    assert late["moved"] == []


def test_of_two_who_part_either_may_have_moved(graph: Graph) -> None:
    own = graph(
        says("a", "ada bo", "4", "+bridge"),
        says("c", "ada", "03-04", "+bridge"),
        says("d", "bo", "03-04", "-bridge"),
    )
    assert [row["moved"] for row in moments(own, TWO)] == [None, ["Ada", "Bo"]]


def test_who_was_tied_to_none_of_the_others_before_has_not_moved(graph: Graph) -> None:
    """In February two speak of the bridge and two of the dam: that those agree or not, nobody has said."""
    own = graph(
        says("a", "ada bo", "4", "+bridge"),
        says("b", "cy di", "4", "+dam"),
        says("c", "ada bo", "03-04", "+bridge"),
        says("d", "cy di", "03-04", "-bridge"),
    )
    assert [row["moved"] for row in moments(own, TWO)] == [None, []]


@pytest.mark.parametrize(("one", "other"), [("ada cy", "di"), ("ada", "cy di")])
def test_who_can_stand_on_either_side_has_not_moved(graph: Graph, one: str, other: str) -> None:
    """In March Cy is tied to either side by 1 over 5/2: whichever it is counted to, the other is as good."""
    own = graph(
        says("a", one, "4", "+bridge"),
        says("b", other, "4", "-bridge"),
        says("c", "ada", "03-04", "+bridge +dam +x"),
        says("d", "di", "03-04", "-bridge -dam +y"),
        says("e", "cy", "03-04", "+x +y"),
    )
    early, late = moments(own, TWO)
    assert sorted(map(sorted, early["blocs"])) == sorted(side.title().split() for side in (one, other))
    assert (late["frustration"], late["moved"]) == (pytest.approx(0.4), [])


def test_who_has_no_tie_is_in_no_bloc(graph: Graph) -> None:
    (row,) = moments(graph(HALVES, says("c", "council", "4", "+dam")))
    assert row["actors"] == 5
    assert row["blocs"] == [["Ada", "Bo"], ["Cy", "Di"]]


def test_without_windows_each_month_is_a_moment_in_which_something_surely_was_said(graph: Graph) -> None:
    own = graph(
        HALVES,
        says("c", "ada bo", "27..03-02", "+dam"),
        says("d", "ada", "05-01", "+dam"),
        says("e", "ada", "02-01..06-30", "+dam"),
    )
    rows = moments(own)
    assert [(row["moment"], row["since"], row["until"], row["statements"]) for row in rows] == [
        ("2020-02", "2020-02-01", "2020-02-29", 3),
        ("2020-05", "2020-05-01", "2020-05-31", 1),
    ]
    assert rows.notes == (
        "months left out, as nothing surely falls in them: 2020-03",
        "1 row left out of 2020-02: dated too loosely",
        "1 row left out of 2020-05: dated too loosely",
    )


def test_an_event_splits_what_was_said_before_it_from_the_rest(graph: Graph) -> None:
    own = graph(
        says("a", "ada bo", "9", "+bridge"),
        says("b", "ada", "10", "+bridge"),
        says("c", "bo", "9..10", "-bridge"),
    )
    before, after = moments(own, event="flood")
    assert (before["moment"], before["since"], before["until"]) == ("before Flood", None, "2020-02-09")
    assert (after["moment"], after["since"], after["until"]) == ("after Flood", "2020-02-10", None)
    assert (before["statements"], before["ties"]) == (1, 1)
    assert (after["actors"], after["statements"], after["ties"]) == (1, 1, 0)
    assert after["blocs"] == [[], []]
    assert moments(own, event="flood").notes == (
        "1 row left out of before Flood: dated too loosely",
        "1 row left out of after Flood: dated too loosely",
    )


def test_a_moment_in_which_nobody_speaks_has_nothing_in_it(graph: Graph) -> None:
    (row,) = moments(graph(HALVES), [("later", "2021-01-01", None)])
    assert (row["actors"], row["statements"], row["ties"], row["frustration"], row["exact"]) == (
        0,
        0,
        0,
        0,
        True,
    )
    assert moments(graph(HALVES), since="2021-01-01") == []


def test_moments_take_the_choices_of_the_network_of_agreement(graph: Graph) -> None:
    (row,) = moments(graph(HALVES), not_actor="Di", normalisation="none", isolates=False)
    assert (row["actors"], row["ties"]) == (3, 3)
    with pytest.raises(UsageError, match="--aggregation 'sum'"):
        moments(graph(HALVES), aggregation="sum")


def test_a_window_has_days_in_order_and_an_event_has_none(graph: Graph) -> None:
    own = graph(HALVES)
    with pytest.raises(UsageError, match="2020-03-01 is after 2020-02-01"):
        moments(own, [("x", "2020-03-01", "2020-02-01")])
    with pytest.raises(UsageError, match="'2020-02-30' is not a day"):
        moments(own, [("x", "2020-02-30", None)])
    with pytest.raises(UsageError, match="give one of them"):
        moments(own, TWO, event="flood")
