"""Signed networks to check numbers against: a published one, and camps with noise."""

from __future__ import annotations

import random
from typing import Final

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
