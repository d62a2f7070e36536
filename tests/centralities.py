"""Networks that the measures of centrality are tried on, and their scores."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import networkx as nx

from stancegraph.centrality.measures import MEASURES


def scores(name: str, graph: nx.Graph[Any], backend: str | None = None) -> dict[Any, float]:
    return MEASURES[name].scores(graph, backend)


def weighted(ties: Iterable[tuple[Any, Any, float]], directed: bool = False) -> nx.Graph[Any]:
    graph: nx.Graph[Any] = nx.DiGraph() if directed else nx.Graph()
    graph.add_weighted_edges_from(ties)
    return graph


def drawn(seed: int, nodes: int, ties: int, directed: bool = False) -> nx.Graph[Any]:
    """A random graph; whole weights 1 to 3 make many paths equally long."""
    chance = random.Random(seed)
    graph: nx.Graph[Any] = nx.gnm_random_graph(nodes, ties, seed=seed, directed=directed)
    for a, b in graph.edges:
        graph.edges[a, b]["weight"] = chance.randint(1, 3)
    return graph


def said() -> nx.MultiDiGraph[str]:
    """Statements of A on a proposition and on B, of B on A, of A on itself; C is silent."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, kind in (("A", "state"), ("B", "state"), ("C", "media"), ("claim", "proposition")):
        graph.add_node(node, kind=kind)
    for a, b, key, polarity, documents in (
        ("A", "claim", "first", 1, ("one", "two")),
        ("A", "claim", "again", 1, ("two",)),
        ("A", "claim", "denies", -1, ("three",)),
        ("A", "B", "waits", 0, ("one",)),
        ("B", "A", "accuses", -1, ("two",)),
        ("A", "A", "boasts", 1, ("four",)),
    ):
        graph.add_edge(a, b, key=key, polarity=polarity, documents=documents)
    return graph


def networks() -> dict[str, nx.Graph[Any]]:
    one: nx.Graph[Any] = nx.Graph()
    one.add_node("alone")
    opposed = weighted([("a", "b", -1), ("b", "c", -2), ("a", "c", -1)])
    pieces = weighted([("a", "b", 1), ("c", "d", 0.5), ("d", "e", -0.5), ("f", "f", 3)])
    pieces.add_nodes_from(["g", 7, ("h", 8)])
    two_mode = weighted([("A", "claim", 2), ("B", "claim", -1), ("B", "other", 1)])
    return {
        "empty": nx.Graph(),
        "empty and directed": nx.MultiDiGraph(),
        "one node": one,
        "no positive tie": opposed,
        "pieces": pieces,
        "two-mode": two_mode,
        "stances": said(),
        "extreme weights": weighted(
            [("a", "b", 1e100), ("b", "c", 1e-100), ("c", "d", 1), ("a", "d", -1e100)]
        ),
        "random": drawn(2, nodes=20, ties=40),
        "random and directed": drawn(2, nodes=20, ties=40, directed=True),
    }
