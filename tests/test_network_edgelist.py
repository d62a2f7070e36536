"""Ties straight from the matrix: those of the graph, with the same weights, backbone and numbers of statements."""

from __future__ import annotations

from typing import Final

import pytest

from conftest import Run
from stancegraph import network, table
from stancegraph.errors import UsageError
from stancegraph.network import ALLOWED
from stancegraph.network.backbone import backbone
from stancegraph.network.ties import Edges
from stancegraph.store import Store
from stancegraph.table import Table

NETWORKS: Final = [
    *(("agreement", word) for word in ALLOWED["one-mode"][0]),
    *(("targets", word) for word in ALLOWED["one-mode"][0]),
    *(("two-mode", word) for word in ALLOWED["two-mode"][0]),
]


@pytest.fixture(scope="module")
def rows(shipped: Store) -> Table:
    return table.stances(shipped)


@pytest.mark.parametrize(("kind", "aggregation"), NETWORKS)
@pytest.mark.parametrize("duplicates", ["document", "include"])
@pytest.mark.parametrize("period", ["auto", "none"])
def test_ties_of_the_matrix_are_those_of_the_graph(
    rows: Table, kind: str, aggregation: str, duplicates: str, period: str
) -> None:
    # The data has statements of several speakers and on several targets, which count once for a tie.
    options = {"aggregation": aggregation, "duplicates": duplicates, "neutral": True, "undertakings": True}
    prepared, method = network.prepare(rows, kind, {**options, "period": period})
    counted = network.countable(prepared, method)
    edges, graph = Edges.of(counted, method), network.build(counted, method)
    assert list(edges.rows()) == network.edge_list(graph) != []
    for alpha, least in ((0.3, None), (1, 0.2)):
        kept = backbone(graph, alpha, minimum=least)
        assert list(edges.backbone(alpha, least).rows()) == network.edge_list(kept)
    assert list(edges.rows(2)) == [tie for tie in network.edge_list(graph) if tie["statements"] > 1]


@pytest.mark.parametrize("most", [40_000_000, 0])
@pytest.mark.parametrize("kind", ["agreement", "targets"])
def test_ties_are_counted_alike_few_at_a_time(
    rows: Table, kind: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With full matrices and without, three rows of them at once, or as many ties as fifty times that."""
    for name, value in (("BLOCK", 3), ("LARGEST", most)):
        monkeypatch.setattr(f"stancegraph.network.ties.{name}", value)
    prepared, method = network.prepare(rows, kind, {"duplicates": "include", "neutral": True})
    counted = network.countable(prepared, method)
    assert list(Edges.of(counted, method).rows()) == network.edge_list(network.build(counted, method))


def test_a_row_of_the_ties_is_found_by_its_place_from_either_end() -> None:
    stances = table.of([*"abcd"], ["x"] * 4, [1, 1, 1, -1])
    found = Edges.of(stances, network.Method()).rows()
    every = list(found)
    assert [found[place] for place in range(-6, 6)] == every * 2
    assert list(found[1:5:2]) == every[1:5:2]
    assert len(found[2:]) == 4


def test_a_statement_of_both_ends_or_on_both_counts_once_for_their_tie() -> None:
    stances = table.of([*"abbabc"], [*"xxxyyy"], [1, 1, -1, 1, 1, 1])
    method = network.Method(normalisation="none")
    # a-b: one row of a and two of b on x, one of each on y; c meets a and b on y alone.
    found = [tuple(tie.values()) for tie in Edges.of(stances, method).rows()]
    assert found == [("a", "b", 1.0, 5), ("a", "c", 1.0, 2), ("b", "c", 1.0, 2)]


def test_what_no_backbone_is_made_by_is_refused(rows: Table) -> None:
    edges = Edges.of(rows, network.Method())
    for made in (edges.backbone, edges.degree_sequence_backbone):
        with pytest.raises(UsageError, match="alpha is 2"):
            made(2)
        with pytest.raises(UsageError, match="minimum is inf"):
            made(0.5, float("inf"))


def test_many_ties_are_printed_as_one_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run("network", "--kind", "two-mode", "--format", "csv").stdout
    monkeypatch.setattr("stancegraph.cli.commands.MANY", 7)
    assert run("network", "--kind", "two-mode", "--format", "csv").stdout == whole
    assert whole.count("\n") > 14
