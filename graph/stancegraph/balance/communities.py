"""Communities of actors who agree, and how well a partition fits the ties of both signs."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from math import fsum
from typing import Any

import networkx as nx

from stancegraph.balance.scores import sides, signed, ties


def communities(graph: nx.Graph[Any], seed: int = 0) -> tuple[frozenset[Hashable], ...]:
    """The nodes in communities of positive ties, largest first: networkx Louvain (Blondel et al. 2008), weighted.

    Negative ties are not read; who has no positive tie is alone. The same seed gives the same communities, in
    whatever order nodes and ties were put in; another seed may give others of like modularity.

    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("a", "b", 1), ("b", "c", 2), ("c", "d", -1)])
    >>> [sorted(community) for community in communities(graph)]
    [['a', 'b', 'c'], ['d']]
    """
    simple = signed(graph)
    order = sorted(simple, key=lambda node: (str(node), type(node).__qualname__))
    place = {node: number for number, node in enumerate(order)}
    positive = [(a, b, weight) for a, b, weight in ties(simple) if weight > 0]
    # Louvain squares the sum of weights, and looks at ties in the order they came.
    most = max((weight for _, _, weight in positive), default=1.0)
    numbered: nx.Graph[int] = nx.Graph()
    numbered.add_nodes_from(range(len(order)))
    numbered.add_weighted_edges_from(
        sorted((min(place[a], place[b]), max(place[a], place[b]), w / most) for a, b, w in positive)
    )
    found = nx.community.louvain_communities(numbered, weight="weight", seed=seed)
    ranked = sorted(found, key=lambda members: (-len(members), min(members)))
    return tuple(frozenset(order[number] for number in members) for members in ranked)


def signed_modularity(graph: nx.Graph[Any], partition: Sequence[Collection[Hashable]]) -> float | None:
    """How much more positive weight and less negative weight is within `partition` than chance has it, -1..1.

    Q = (1/(2w⁺ + 2w⁻)) Σ_ij [w_ij − (w⁺_i w⁺_j/2w⁺ − w⁻_i w⁻_j/2w⁻)] δ(i, j) (Gómez, Jensen & Arenas 2009).
    Weighted. None without ties. Raises UsageError unless each actor with ties is in just one set.
    """
    simple = signed(graph)
    side = sides(simple, partition)
    if not side:
        return None
    within: list[float] = []
    strength: dict[tuple[bool, int], list[float]] = {}
    for a, b, weight in ties(simple):
        for end in (a, b):
            strength.setdefault((weight > 0, side[end]), []).append(abs(weight))
        if side[a] == side[b]:
            within.append(2 * weight)
    sums = {key: fsum(parts) for key, parts in strength.items()}
    doubled = {sign: fsum(part for (s, _), part in sums.items() if s == sign) for sign in (True, False)}
    chance = fsum((1 if sign else -1) * part * (part / doubled[sign]) for (sign, _), part in sums.items())
    return (fsum(within) - chance) / fsum(doubled.values())
