"""Communities of actors who agree, and how well a partition fits the ties of both signs."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, TypeVar

import networkx as nx

from stancegraph.balance.scores import sides
from stancegraph.network.signed import read

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence

    from stancegraph.network.signed import SignedNetwork

Node = TypeVar("Node", bound="Hashable")


def louvain_communities(
    graph: nx.Graph[Node] | SignedNetwork[Node], seed: int = 0
) -> tuple[frozenset[Node], ...]:
    """The nodes in communities of positive ties, largest first: networkx Louvain (Blondel et al. 2008), weighted.

    Negative ties are not read; who has no positive tie is alone. The same seed gives the same communities, in
    whatever order nodes and ties were put in; another seed may give others of like modularity.

    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("a", "b", 1), ("b", "c", 2), ("c", "d", -1)])
    >>> [sorted(community) for community in louvain_communities(graph)]
    [['a', 'b', 'c'], ['d']]
    """
    network = read(graph)
    # Louvain squares the sum of weights, and looks at ties in the order they came.
    most = max(network.size[network.sign > 0].tolist(), default=1.0)
    numbered: nx.Graph[int] = nx.Graph()
    numbered.add_nodes_from(range(network.n))
    numbered.add_weighted_edges_from((a, b, weight / most) for a, b, weight in network.ties() if weight > 0)
    found = nx.community.louvain_communities(numbered, weight="weight", seed=seed)
    ranked = sorted(found, key=lambda members: (-len(members), min(members)))
    return tuple(frozenset(network.nodes[number] for number in members) for members in ranked)


def signed_modularity(
    graph: nx.Graph[Node] | SignedNetwork[Node], partition: Sequence[Collection[Node]]
) -> float | None:
    """How much more positive weight and less negative weight is within `partition` than chance has it, -1..1.

    Q = (1/(2w⁺ + 2w⁻)) Σ_ij [w_ij − (w⁺_i w⁺_j/2w⁺ − w⁻_i w⁻_j/2w⁻)] δ(i, j) (Gómez, Jensen & Arenas 2009).
    Weighted. None without ties. Raises UsageError unless each actor with ties is in just one set.
    """
    network = read(graph)
    if not network.size.size:
        return None
    side = sides(network, partition)
    within: list[float] = []
    strength: dict[tuple[bool, int], list[float]] = {}
    for a, b, weight in network.ties():
        for end in (a, b):
            strength.setdefault((weight > 0, side[end]), []).append(abs(weight))
        if side[a] == side[b]:
            within.append(2 * weight)
    sums = {key: fsum(parts) for key, parts in strength.items()}
    doubled = {sign: fsum(part for (s, _), part in sums.items() if s == sign) for sign in (True, False)}
    chance = fsum((1 if sign else -1) * part * (part / doubled[sign]) for (sign, _), part in sums.items())
    return (fsum(within) - chance) / fsum(doubled.values())
