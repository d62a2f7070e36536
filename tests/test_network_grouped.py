"""Cells that one grouped query counts: those that rows in memory make, or why the rows have to be fetched."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest

from february import Graph, says
from stancegraph import network
from stancegraph.errors import StanceError
from stancegraph.network import counting
from stancegraph.network.ties import Edges
from stancegraph.statements.filters import Filters
from stancegraph.store import Store

CASES: Final[list[tuple[str, dict[str, Any]]]] = [
    ("agreement", {}),
    ("agreement", {"period": "month", "duplicates": "include", "undertakings": True}),
    ("targets", {"period": "none", "duplicates": "ever", "kind": "cleric", "not_act": "accuse"}),
    ("two-mode", {"neutral": True, "since": "2025-03-07", "not_opposes": "Israel"}),
]
REPORTED: Final = """
:herald a schema:NewsArticle ; dcterms:title "Herald"@en ; stance:issuedNotBefore "2020-02-20"^^xsd:date .
:post a schema:NewsArticle ; dcterms:title "Post"@en ; stance:issuedNotAfter "2020-02-25"^^xsd:date .
:r1 stance:reports :b ; stance:document :gazette ; stance:passage [ oa:hasSelector [ oa:start 90 ; oa:end 95 ] ] .
:r2 stance:reports :a ; stance:document :gazette ; stance:passage [ oa:hasSelector [ oa:start 700 ; oa:end 710 ] ] .
:r3 stance:reports :a ; stance:document :herald . :r4 stance:reports :c ; stance:document :herald .
:r5 stance:reports :c ; stance:document :post . :r6 stance:reports :e ; stance:document :post .
"""


COLUMNS: Final = ("actor_iri", "target_iri", "level", "period", "number")


def choices(graph: Store, kind: str, options: dict[str, Any]) -> tuple[network.Method, Filters]:
    method, filters = network.Method.split(kind, options)
    return method, Filters.of(graph, filters)


def same(graph: Store, kind: str, options: dict[str, Any]) -> list[Any]:
    """The ties of the query's cells with their statements: both are those of the rows in memory."""
    method, filters = choices(graph, kind, options)
    found = counting.cells(graph, method, filters)
    assert not isinstance(found, str), found
    cells, periods = found
    rows, _ = network.prepare(graph, kind, options)
    rows = network.countable(rows, method)
    period = [0] * len(rows) if rows.period is None else rows.period.tolist()
    ends = zip(rows.actor.to_list(), rows.target.to_list(), rows.level.tolist(), period, strict=True)
    expected = Counter((actor.iri, target.iri, int(level), when) for actor, target, level, when in ends)
    counted: Counter[tuple[str, str, int, int]] = Counter()
    for *cell, number in zip(*(cells[name] for name in COLUMNS), strict=True):
        counted[tuple(cell)] += number
    assert {cell: number for cell, number in counted.items() if cell[3] >= 0} == expected != {}
    there = counting.expand(cells, filters, periods)
    ties = [*Edges.of(there, method).rows()]
    assert ties == [*Edges.of(rows, method).rows()]
    return ties


@pytest.mark.parametrize(("kind", "options"), CASES, ids=str)
def test_the_query_counts_the_shipped_stances_as_rows_are(
    shipped: Store, kind: str, options: dict[str, Any]
) -> None:
    assert same(shipped, kind, options)


@pytest.mark.parametrize("duplicates", ["include", "document", "ever"])
@pytest.mark.parametrize("period", ["none", "auto", "month"])
def test_of_equal_stances_the_query_keeps_that_which_stands_first(
    graph: Graph, duplicates: str, period: str
) -> None:
    """The same said on several days, on days that straddle two months, on none, and where reports put it."""
    own = graph(
        says("a", "ada", "1..20", "+bridge"),
        says("b", "ada", "1..20", "+bridge"),
        says("c", "ada", "27..03-02", "+bridge -dam"),
        says("d", "ada bo", "28", "+bridge"),
        says("e", "bo", "04-20", "+bridge -dam"),
        says("f", "bo", "", "+dam", 'stance:saidNotBefore "2020-02-05"^^xsd:date ;'),
        says("g", "cy", "", "0bridge +dam", 'stance:saidNotAfter "2020-02-05"^^xsd:date ;'),
        says("h", "cy", "", "+dam"),
        REPORTED,
    )
    same(own, "agreement", {"duplicates": duplicates, "period": period})


def test_demands_that_bind_who_speaks_are_counted_only_if_asked_for(graph: Graph) -> None:
    """The bridge binds the council, for which Ada speaks and of which Cy is a member; Bo is neither."""
    own = graph(
        ":bridge a stance:Demand ; stance:binds :council .",
        ":seat a org:Membership ; org:member :cy ; org:organization :council .",
        says("a", "council", "1", "+bridge +dam"),
        says("b", "ada", "2", "+bridge +dam", "stance:onBehalfOf :council ;"),
        says("c", "bo", "3", "+bridge +dam"),
        says("d", "cy", "4", "+bridge +dam", "stance:inRole :seat ;"),
    )
    for undertakings, number in ((False, 5), (True, 8)):
        found = counting.cells(own, *choices(own, "agreement", {"undertakings": undertakings}))
        assert not isinstance(found, str)
        assert sum(found[0]["number"]) == number
        same(own, "agreement", {"undertakings": undertakings})


@pytest.mark.parametrize(
    ("kind", "options", "reason"),
    [
        ("stances", {}, "such a network shows each of them"),
        ("agreement", {"direct": True}, "such a network shows each of them"),
        ("agreement", {"level": "figure"}, "such a network shows each of them"),
        ("targets", {"aggregation": "ignore"}, "what counts as a repetition cannot be said in a query"),
        ("agreement", {"duplicates": "week"}, "what counts as a repetition cannot be said in a query"),
        ("agreement", {"min_count": 2}, "--min-count cannot be said in a query"),
        ("agreement", {"as_": "organisation"}, "--as cannot be said in a query"),
        ("agreement", {"period": "7"}, "a query tells at most 3 periods apart"),
    ],
)
def test_what_no_query_counts_is_fetched_for_a_reason(
    shipped: Store, monkeypatch: pytest.MonkeyPatch, kind: str, options: dict[str, Any], reason: str
) -> None:
    monkeypatch.setattr(counting, "QUERY_PERIODS", 3)
    assert counting.cells(shipped, *choices(shipped, kind, options)) == reason


def test_rows_that_had_to_be_fetched_say_so_and_cells_that_were_counted_need_not(
    shipped: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shipped graph taken for an endpoint's, at which the same queries are asked."""
    monkeypatch.setattr(shipped, "remote", True)
    fetched, method = counting.countable(shipped, "agreement", {"min_count": 4, "normalisation": "none"})
    rows, same_method = network.prepare(shipped, "agreement", {"min_count": 4, "normalisation": "none"})
    assert method == same_method
    rows = network.countable(rows, method)
    said = "the rows were fetched from the endpoint, not counted there: --min-count cannot be said in a query"
    assert fetched.notes == (*rows.notes, said)
    assert fetched.statement.to_list() == rows.statement.to_list()
    options: dict[str, Any] = {"not_act": "accuse", "duplicates": "ever"}
    counted, method = counting.countable(shipped, "targets", options)
    rows, same_method = network.prepare(shipped, "targets", options)
    assert method == same_method
    rows = network.countable(rows, method)
    assert [*Edges.of(counted, method).rows()] == [*Edges.of(rows, method).rows()] != []
    assert (counted.periods, counted.store) == (rows.periods, shipped)
    assert counted.filters is not None
    assert counted.filters.given == {"not_act": ("accuse",)}
    assert 0 < len(set(counted.statement.values) - {""}) < len(rows.statement.values)


def test_a_graph_whose_stances_or_days_are_odd_is_fetched(graph: Graph) -> None:
    twice = graph(says("a", "ada", "1", "+bridge 0bridge"), says("b", "bo", "2", "+bridge"))
    assert (
        counting.cells(twice, *choices(twice, "agreement", {})) == "statements take two stances on one target"
    )
    someday = 'stance:saidOn "2020-02"^^xsd:gYearMonth ;'
    vague = graph(says("a", "ada", "", "+bridge", someday), says("b", "bo", "2", "+bridge"))
    assert counting.cells(vague, *choices(vague, "agreement", {})) == "some of the days are none"


def test_an_answer_that_counts_with_no_number_is_an_error(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = graph(says("a", "ada", "1", "+bridge"))
    monkeypatch.setattr(counting, "COUNTED", counting.COUNTED.replace("COUNT(*)", "SAMPLE(?row_target)"))
    with pytest.raises(
        StanceError, match=r"it counts with what is no number: 1 1 1 https://example.org/id/bridge$"
    ):
        counting.cells(own, *choices(own, "agreement", {"period": "none"}))
