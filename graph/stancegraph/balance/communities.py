"""Other ways to group actors who agree than blocs of least frustration: communities, and hierarchical clustering.

Communities are of positive ties; how well a partition fits the ties of both signs, its modularity says. In a hierarchy
two groups are as near as their members agree on average (average linkage; Sokal & Michener 1958, University of Kansas
Science Bulletin). Only what agrees more than it disagrees is joined, so that groups which nothing ties never seem one.
"""

from __future__ import annotations

import random
from math import fsum
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, Unpack, get_args

import networkx as nx
import numpy as np
from scipy import sparse

from stancegraph.balance.scores import sides
from stancegraph.errors import UsageError
from stancegraph.network import NetworkOptions, countable, prepare
from stancegraph.network.signed import Node, of_rows, read
from stancegraph.records import Rows
from stancegraph.table.arrays import sums

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from stancegraph.network.signed import SignedNetwork
    from stancegraph.store import Store
    from stancegraph.table import Table

Linkage = Literal["average", "single", "complete"]
MANY: Final = 100_000
"""Positive ties beyond which the first level is found by rows of their matrix."""
SLIGHT: Final = 1e-12
"""Part of all weight that is no gain."""
LARGEST: Final = 3_000
"""Actors at most in a hierarchy: each pair has a distance."""


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
    most = float(network.size[network.sign > 0].max(initial=0.0)) or 1.0
    ties: Iterator[tuple[int, int, float]] = (
        (a, b, weight / most) for a, b, weight in network.ties() if weight > 0
    )
    place = np.arange(network.n)
    if np.count_nonzero(network.sign > 0) > MANY:
        place = _first_level(network.both_ways(network.positive), random.Random(seed))
        ties = _between(network.positive / most, place)
    numbered: nx.Graph[int] = nx.Graph()
    numbered.add_nodes_from(range(int(place.max(initial=-1)) + 1))
    numbered.add_weighted_edges_from(ties)
    parts = nx.community.louvain_communities(numbered, weight="weight", seed=seed)
    found = [np.flatnonzero(np.isin(place, list(part))).tolist() for part in parts]
    ranked = sorted(found, key=lambda members: (-len(members), min(members)))
    return tuple(frozenset(network.nodes[number] for number in members) for members in ranked)


def _first_level(matrix: sparse.csr_array, chance: random.Random) -> NDArray[np.int64]:
    """The number of each node's community where no node gains by joining another: the first step of Louvain.

    The step of networkx, by whole rows of the matrix; of a network of a million ties it is nearly all there is to do.
    """
    n, community = matrix.shape[0], np.arange(matrix.shape[0])
    degree = np.asarray(matrix.sum(axis=1)).ravel()
    strength, total = degree.copy(), float(degree.sum())
    order = list(range(n))
    chance.shuffle(order)
    moved = True
    while moved:
        moved = False
        for node in order:
            near = slice(matrix.indptr[node], matrix.indptr[node + 1])
            own = int(community[node])
            strength[own] -= degree[node]
            pull = np.bincount(community[matrix.indices[near]], matrix.data[near], n)
            gain = pull - strength * (degree[node] / total)
            best = int(np.argmax(gain))
            if gain[best] - gain[own] > SLIGHT * total:
                community[node], moved = best, True
            strength[community[node]] += degree[node]
    return np.unique(community, return_inverse=True)[1]


def _between(matrix: sparse.csr_array, place: NDArray[np.int64]) -> Iterator[tuple[int, int, float]]:
    """The ties between the communities of a first level, and within each."""
    n = matrix.shape[0]
    member = sparse.csr_array((np.ones(n), (np.arange(n), place)))
    joined = (member.T @ sparse.triu(matrix) @ member).toarray()
    for a, b in zip(*np.nonzero(np.triu(joined + joined.T)), strict=True):
        weight = joined[a, b] if a == b else joined[a, b] + joined[b, a]
        yield int(a), int(b), float(weight)


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
    place = sides(network, partition)
    first, second, positive = place[network.a], place[network.b], network.sign > 0
    within = 2 * network.weight[first == second]
    ends, sizes = np.concatenate((first, second)), np.tile(network.size, 2)
    signs = np.tile(positive, 2)
    strength = {sign: sums(ends[signs == sign], sizes[signs == sign]).tolist() for sign in (True, False)}
    doubled = {sign: fsum(parts) for sign, parts in strength.items()}
    chance = fsum(
        (1 if sign else -1) * part * (part / doubled[sign])
        for sign, parts in strength.items()
        for part in parts
        if part
    )
    return (fsum(within.tolist()) - chance) / fsum(doubled.values())


class Joining(TypedDict):
    """One step: two groups of actors (labels) that join, and the agreement at which they do.

    `agreement` is the mean weight of the ties between them (0 where there is none), of single linkage the strongest, of
    complete linkage the weakest.
    """

    step: int
    agreement: float
    group: list[str]
    joins: list[str]


def hierarchy(
    source: Store | Table | nx.Graph[Node], by: Linkage = "average", **options: Unpack[NetworkOptions]
) -> Rows[Joining]:
    """The steps by which actors join into groups, the strongest agreement first.

    Of a store or table (by `network.agreement`, which takes `options`), or any graph with edge attribute `weight`.
    Raises UsageError for another linkage, and for more than 3,000 actors with ties.

    >>> import networkx as nx
    >>> graph = nx.Graph([("a", "b", {"weight": 0.9}), ("b", "c", {"weight": 0.4}), ("c", "d", {"weight": -1})])
    >>> [(row["agreement"], row["group"], row["joins"]) for row in hierarchy(graph)]
    [(0.9, ['a'], ['b']), (0.2, ['a', 'b'], ['c'])]
    """
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    if by not in get_args(Linkage):
        raise UsageError(f"--hierarchy '{by}': choose one of {', '.join(get_args(Linkage))}")
    notes: tuple[str, ...] = ()
    signed: SignedNetwork[Any]
    if isinstance(source, nx.Graph):
        signed = read(source).tied()
    else:
        table, method = prepare(source, "agreement", options)
        rows = countable(table, method)
        signed, notes = of_rows(rows, method).tied(), rows.notes
    if signed.n > LARGEST:
        raise UsageError(
            f"{signed.n:,} actors have more pairs than can be held: choose {LARGEST:,} (--min-count)"
        )
    if signed.n < 2:
        return Rows(notes=notes)
    weight = signed.matrix.toarray()
    most = float(weight.max(initial=0.0))
    apart = most - weight
    np.fill_diagonal(apart, 0)
    groups = {place: [label] for place, label in enumerate(signed.labels)}
    found: list[Joining] = []
    for step, (a, b, height, _) in enumerate(linkage(squareform(apart, checks=False), by).tolist(), 1):
        one, other = sorted((groups.pop(int(a)), groups.pop(int(b))), key=lambda group: (-len(group), group))
        groups[signed.n + step - 1] = sorted((*one, *other))
        agreement = round(most - height, 9)
        if agreement > 0:
            found.append({"step": step, "agreement": agreement, "group": one, "joins": other})
    return Rows(found, notes=notes)
