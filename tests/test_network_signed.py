"""Any graph, or rows of stances, read as a signed network: what is added up, left out and refused."""

from __future__ import annotations

from math import inf, nan
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pytest

from february import Graph, says
from signed import network
from stancegraph import network as networks
from stancegraph import table
from stancegraph.balance.communities import louvain_communities
from stancegraph.balance.scores import triad_census, triangle_share, walk_balance
from stancegraph.errors import UsageError
from stancegraph.network.signed import SignedNetwork, of_rows, read
from stancegraph.store import Store
from stancegraph.table import Table


def test_both_directions_and_parallel_ties_are_added() -> None:
    ties = [("a", "b", 2), ("b", "a", -5), ("b", "c", 1), ("b", "c", 1), ("c", "d", 1), ("d", "c", -1)]
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_weighted_edges_from([*ties, ("a", "a", 9), ("d", "a", 0)])
    found = read(graph)
    assert found.nodes == tuple("abcd")
    assert list(found.ties()) == [(0, 1, -3), (1, 2, 2)]
    assert found.matrix.toarray().tolist() == [[0, -3, 0, 0], [-3, 0, 2, 0], [0, 2, 0, 0], [0, 0, 0, 0]]


def test_the_reading_knows_labels_and_kinds_and_leaves_the_graph_as_it_was() -> None:
    graph = network(("a", "b", 1))
    graph.add_node("c", label="See", kind="state")
    found = read(graph)
    assert (found.nodes, found.labels, found.kinds) == (
        ("a", "b", "c"),
        ("a", "b", "See"),
        (None, None, "state"),
    )
    assert found.tied().nodes == ("a", "b")
    assert found.tied().labels == ("a", "b")
    assert graph.nodes["c"] == {"label": "See", "kind": "state"}
    assert list(graph.edges) == [("a", "b")]
    assert read(found) is found


def test_nodes_stand_by_type_and_value_whatever_the_order_of_filling() -> None:
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_nodes_from(["b", 10, 2, "a", ("x", 1)])
    assert read(graph).nodes == (2, 10, "a", "b", ("x", 1))


def test_a_directed_reading_keeps_directions_and_an_undirected_graph_has_none() -> None:
    ties = [("a", "b", 2), ("b", "a", -5), ("b", "c", -1)]
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_weighted_edges_from(ties)
    found = read(graph, directed=True)
    assert found.positive.toarray().tolist() == [[0, 2, 0], [0, 0, 0], [0, 0, 0]]
    assert found.negative.toarray().tolist() == [[0, 0, 0], [5, 0, 1], [0, 0, 0]]
    assert found.unsigned.toarray().tolist() == [[0, 2, 0], [5, 0, 1], [0, 0, 0]]
    assert found.signs().toarray().tolist() == [[0, -1, 0], [-1, 0, -1], [0, -1, 0]]
    assert not read(network(*ties[2:]), directed=True).directed


def test_directions_that_cancel_out_but_for_rounding_have_no_sign() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_weighted_edges_from([("a", "b", 0.3), ("b", "a", -0.1), ("b", "a", -0.2), ("b", "c", 1)])
    found = read(graph, directed=True)
    assert found.signs().toarray().tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    plain = read(network(("a", "b", 2)))
    assert plain.both_ways(plain.positive).toarray().tolist() == [[0, 2], [2, 0]]


def test_a_part_keeps_ties_labels_and_kinds_of_its_nodes() -> None:
    graph = network(("b", "d", -2), ("c", "d", 1))
    graph.add_nodes_from([("a", {}), ("b", {"label": "Bee", "kind": "state"})])
    part = read(graph).tied()
    assert (part.nodes, part.labels, part.kinds) == (
        ("b", "c", "d"),
        ("Bee", "c", "d"),
        ("state", None, None),
    )
    assert list(part.ties()) == [(0, 2, -2), (1, 2, 1)]
    assert (part.a.tolist(), part.b.tolist(), part.sign.tolist()) == ([0, 1], [2, 2], [-1, 1])
    first = part.part(np.array([0, 2]), np.array([0]))
    assert (first.nodes, list(first.ties())) == (("b", "d"), [(0, 1, -2)])
    bare = SignedNetwork(("x", "y", "z"), part.a[:1], part.b[:1], part.size[:1], part.sign[:1]).tied()
    assert (bare.nodes, bare.labels, bare.kinds) == (("x", "z"), (), ())


def test_a_loose_reading_counts_the_documents_of_stances_and_takes_text_and_ties_without_weight() -> None:
    """Two documents for, one against, and a neutral stance of no document; a plain tie and one in words beside them."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_edge("a", "b", polarity=1, documents=("one", "two"))
    graph.add_edge("a", "b", polarity=0.5, documents=("two",))
    graph.add_edge("b", "a", polarity=-1, documents=("one",))
    graph.add_edge("b", "c", polarity=0)
    graph.add_edge("b", "c", polarity=0)
    graph.add_edge("c", "a")
    graph.add_edge("a", "c", weight=" -2.5 ")
    directed = read(graph, directed=True, loose=True)
    assert [
        (*tie, sign) for *tie, sign in zip(directed.a, directed.b, directed.size, directed.sign, strict=True)
    ] == [(0, 1, 2, 1), (0, 2, 2.5, -1), (1, 0, 1, -1), (1, 2, 2, 0), (2, 0, 1, 1)]
    both = read(graph, loose=True)
    assert both.matrix.toarray().tolist() == [[0, 1, -1.5], [1, 0, 0], [-1.5, 0, 0]]
    assert both.unsigned.toarray().tolist() == [[0, 3, 1.5], [3, 0, 2], [1.5, 2, 0]]
    with pytest.raises(UsageError, match="a - b has nothing for its weight"):
        read(graph)
    graph.add_edge("b", "c", polarity="strong")
    with pytest.raises(
        UsageError, match=r"^the tie b - c has 'strong' for its polarity: give it a finite number$"
    ):
        read(graph, loose=True)


def test_weights_that_cancel_out_but_for_rounding_are_no_tie() -> None:
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_weighted_edges_from(("a", "b", weight) for weight in (0.1, 0.2, -0.3))
    assert list(read(graph).ties()) == []
    graph.add_edge("a", "b", weight=1e-9)
    assert len(list(read(graph).ties())) == 1
    for scale in (1e6, 1e-6):
        graph.clear()
        graph.add_weighted_edges_from(("a", "b", weight * scale) for weight in (0.1, 0.2, -0.3))
        assert list(read(graph).ties()) == []


@pytest.mark.parametrize("weight", [nan, inf, -inf, "1", None, True, 1j, 10**400, np.float64("nan"), [1]])
def test_a_weight_that_is_no_finite_number_is_refused_with_its_tie(weight: Any) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edge("Hadi", "Masud", weight=weight)
    for measure in (read, triangle_share, triad_census, walk_balance, louvain_communities):
        with pytest.raises(UsageError, match=r"Hadi - Masud .*finite number"):
            measure(graph)


def test_a_weight_of_more_digits_than_can_be_spelt_is_refused() -> None:
    with pytest.raises(UsageError, match="a - b has too large a number"):
        read(network(("a", "b", 10**5000)))


def test_a_tie_without_a_weight_is_refused() -> None:
    with pytest.raises(UsageError, match="a - b has nothing for its weight"):
        read(nx.Graph([("a", "b")]))


@pytest.mark.parametrize("ties", [["ab", "ab"], ["ab", "cd"]])
def test_weights_too_large_to_add_are_refused(ties: list[str]) -> None:
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_weighted_edges_from((pair[0], pair[1], 1e308) for pair in ties)
    with pytest.raises(UsageError, match="divide them all"):
        read(graph)


def test_any_real_number_is_a_weight() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edge("a", "b", weight=np.int64(-2))
    graph.add_edge("b", "c", weight=np.float32(0.5))
    assert [weight for *_, weight in read(graph).ties()] == [-2, 0.5]


@pytest.mark.parametrize(
    "choices",
    [
        {"of": "stances"},
        {"of": "stances", "duplicates": "ever"},
        {"of": "stances", "neutral": True},
        {"of": "agreement"},
        {"of": "agreement", "isolates": False, "duplicates": "include"},
        {"of": "agreement", "aggregation": "congruence", "normalisation": "jaccard"},
        {"of": "agreement", "direct": True},
        {"of": "targets", "isolates": False},
        {"of": "two-mode"},
    ],
)
def test_rows_are_read_as_the_graph_made_of_them_is(
    shipped: Store, graph: Graph, choices: dict[str, Any]
) -> None:
    """The quick way against the long one, on a thousand rows of chance and on statements of several stances."""
    dice = Random(3)
    rows = table.of(
        [dice.randrange(60) for _ in range(1000)],
        [dice.randrange(80) for _ in range(1000)],
        [dice.choice((-1, -1, 0, 1)) for _ in range(1000)],
        documents=[dice.randrange(90) for _ in range(1000)],
    )
    many = graph(
        says("a", "ada bo", "1", "+bridge -dam +bridge"),
        says("b", "bo ada", "2", "0bridge +dam -cy"),
        says("c", "ada", "3", "+ada -bridge"),
        ":r1 stance:reports :a , :b ; stance:document :gazette .",
    )
    sources: tuple[Table, ...] = (rows, table.stances(shipped), table.stances(many), rows[:0])
    for source in sources:
        _, method = networks.prepare(source, choices["of"], {k: v for k, v in choices.items() if k != "of"})
        counting = networks.countable(source, method)
        quick = of_rows(counting, method)
        slow = read(networks.build(counting, method), directed=True, loose=True)
        assert (quick.nodes, quick.labels, quick.kinds) == (slow.nodes, slow.labels, slow.kinds)
        assert quick.directed == slow.directed
        for name in ("a", "b", "size", "sign"):
            assert getattr(quick, name).tolist() == getattr(slow, name).tolist(), name
