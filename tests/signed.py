"""Signed networks to check numbers against: a published one, camps with noise, and ties of chance."""

from __future__ import annotations

import random
from typing import Any, Final

import networkx as nx

FRIENDS: Final = """
    Gavev-Kotun Gavev-Nagad Gavev-Gama Kotun-Nagad Kotun-Gama Ove-Alika Ove-Gahuk Ove-Masil Ove-Ukudz
    Alika-Ukudz Nagam-Masil Nagam-Notoh Nagam-Seuve Gahuk-Masil Gahuk-Ukudz Gahuk-Geham Gahuk-Asaro
    Masil-Ukudz Masil-Geham Masil-Asaro Masil-Uheto Ukudz-Geham Ukudz-Asaro Notoh-Kohik Notoh-Uheto
    Kohik-Uheto Geham-Asaro Uheto-Seuve Nagad-Gama
"""
ENEMIES: Final = """
    Gavev-Ove Gavev-Alika Gavev-Nagam Gavev-Gahuk Gavev-Asaro Kotun-Ove Kotun-Nagam Kotun-Gahuk
    Kotun-Notoh Kotun-Kohik Nagam-Nagad Nagam-Gama Gahuk-Notoh Gahuk-Uheto Gahuk-Gama Ukudz-Seuve
    Notoh-Geham Notoh-Nagad Kohik-Geham Kohik-Nagad Geham-Uheto Geham-Nagad Geham-Gama Asaro-Seuve
    Asaro-Nagad Asaro-Gama Uheto-Nagad Uheto-Gama Seuve-Gama
"""
"""Read 1954: sixteen tribes of the New Guinea Highlands, 29 alliances and 29 enmities."""

HIGHLAND: Final[nx.Graph[str]] = nx.Graph()
for sign, pairs in ((1, FRIENDS), (-1, ENEMIES)):
    for pair in pairs.split():
        HIGHLAND.add_edge(*pair.split("-"), weight=sign)


def planted(nodes: int, ties: int, noise: float, seed: int) -> nx.Graph[int]:
    """Two camps of chance, friendly within and hostile between, but for a share of `noise`.

    `graph.graph["noise"]` says of each tie whether its sign is turned.
    """
    dice = random.Random(seed)
    camp = [dice.randint(0, 1) for _ in range(nodes)]
    graph: nx.Graph[int] = nx.Graph(noise={})
    graph.add_nodes_from(range(nodes))
    while graph.number_of_edges() < ties:
        a, b = dice.sample(range(nodes), 2)
        if not graph.has_edge(a, b):
            turned = dice.random() < noise
            graph.add_edge(a, b, weight=(1 if camp[a] == camp[b] else -1) * (-1 if turned else 1))
            graph.graph["noise"][a, b] = turned
    return graph


def network(*ties: tuple[str, str, float]) -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from(ties)
    return graph


def random_signed(seed: int, *, nodes: int = 12, ties: int = 40) -> nx.MultiDiGraph[int]:
    """Directed and parallel ties, self-ties and cancelling ties among them."""
    dice = random.Random(seed)
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(nodes))
    for _ in range(ties):
        graph.add_edge(dice.randrange(nodes), dice.randrange(nodes), weight=dice.choice((-2, -1, 1, 2)))
    return graph


def simplified(graph: nx.Graph[Any]) -> nx.Graph[Any]:
    """The same ties as a simple graph: weights of a pair added one by one, self-ties and sums of 0 left out."""
    simple: nx.Graph[Any] = nx.Graph()
    simple.add_nodes_from(graph)
    for a, b, tie in graph.edges(data=True):
        before = simple.edges[a, b]["weight"] if simple.has_edge(a, b) else 0
        simple.add_edge(a, b, weight=before + tie["weight"])
    for a, b, tie in list(simple.edges(data=True)):
        if a == b or not tie["weight"]:
            simple.remove_edge(a, b)
    return simple
