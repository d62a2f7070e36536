"""The frustration index: the least weight of ties to be ignored for actors to fall into blocs, with its proof.

Positive ties are to stand within blocs and negative ones between: two blocs, or as many as serve (correlation
clustering). The integer programme is that of Aref, Mason & Wilson (2018, 2020), solved by cutting planes: minimise
the weight ignored while every cycle that no split satisfies holds a tie that is (Barahona & Mahjoub 1986). A network
falls apart into blocks that meet in single nodes, and each is solved alone.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import networkx as nx
import numpy as np

from stancegraph.balance import partition
from stancegraph.balance.solver import Solution, meets, solve
from stancegraph.errors import UsageError
from stancegraph.network.signed import read

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from numpy.typing import NDArray

    from stancegraph.balance.partition import Network, Split
    from stancegraph.network.signed import SignedNetwork

Node = TypeVar("Node", bound="Hashable")

LEAST_SHARE: Final = 0.2
"""Part of the time left that even a small block may take."""


@dataclass(frozen=True, slots=True)
class Frustration(Generic[Node]):
    """A split into blocs and what is proved of it.

    `index` is the weight of the ties it ignores, `lower_bound` the least that any split must, `gap` their
    difference; `exact` only where they meet (of weights that have no common unit small enough to count in, to 1e-12
    of all weight, and to a thousandth of the least). `blocs`
    holds every node, larger blocs first; `frustrated` the ignored ties, as (a, b, weight). `either` are nodes with
    ties that could alone change to another bloc (of free blocs, or to one of its own) at no cost. Nodes without a
    tie stand in the first of two blocs, else alone.
    """

    index: float
    lower_bound: float
    exact: bool
    seconds: float
    blocs: tuple[frozenset[Node], ...]
    frustrated: tuple[tuple[Node, Node, float], ...]
    either: frozenset[Node]

    @property
    def gap(self) -> float:
        """How much less than `index` the best split could ignore; 0 where it is exact."""
        return self.index - self.lower_bound


def frustration_index(
    graph: nx.Graph[Node] | SignedNetwork[Node], blocs: int | None = 2, *, seconds: float = 60.0
) -> Frustration[Node]:
    """The frustration index of any graph with edge attribute `weight`; `blocs` is 2, or None for any number.

    Parallel ties are added, in a directed graph those of both directions; self-ties are dropped, and a tie of
    weight 0 is none. After `seconds` the best split so far and the bound so far are given. Raises UsageError for
    a weight that is no finite number.

    >>> import networkx as nx
    >>> triangle = nx.Graph([("a", "b", {"weight": -1}), ("b", "c", {"weight": -1}), ("a", "c", {"weight": -1})])
    >>> frustration_index(triangle).index, frustration_index(triangle, None).index
    (1, 0)
    """
    if blocs not in {2, None}:
        raise UsageError(f"{blocs} blocs: the index is defined for 2, or for as many as serve (None)")
    start = time.monotonic()
    plain = read(graph)
    network, unit = partition.scaled(plain)
    free = blocs is None
    parts = sorted(_blocks(network), key=lambda part: len(part[0]))
    solutions: list[tuple[NDArray[np.int64], Solution]] = []
    work = len(network.size)
    for members, ties in parts:
        left = seconds - (time.monotonic() - start)
        share = left * max(len(ties) / max(work, 1), LEAST_SHARE)
        work -= len(ties)
        block = network.part(members, ties)
        solutions.append((members, solve(block, free=free, seconds=share if work else left)))
    split = _merge_free(network.n, solutions) if free else _orient(_merge_two(network.n, solutions), network)
    bound = sum(part.bound for _, part in solutions)
    return _answer(plain, network, unit, split, bound, free=free, start=start)


def _blocks(network: Network) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Nodes and ties of each block: parts that no single node cuts in two."""
    graph: nx.Graph[int] = nx.Graph()
    pairs = list(zip(network.a.tolist(), network.b.tolist(), strict=True))
    number = {pair: tie for tie, pair in enumerate(pairs)}
    graph.add_edges_from(pairs)
    found = []
    for edges in nx.biconnected_component_edges(graph):
        listed = sorted({(min(edge), max(edge)) for edge in edges})
        members = np.array(sorted({node for edge in listed for node in edge}), np.int64)
        found.append((members, np.array([number[edge] for edge in listed], np.int64)))
    return sorted(found, key=lambda part: tuple(part[0]))


def _merge_free(n: int, solutions: Iterable[tuple[NDArray[np.int64], Solution]]) -> Split:
    """One split of all nodes from those of the blocks, which meet in single nodes."""
    blocs = nx.utils.UnionFind(range(n))
    for members, part in solutions:
        first: dict[int, int] = {}
        for node, bloc in zip(members.tolist(), part.split.tolist(), strict=True):
            blocs.union(first.setdefault(bloc, node), node)
    return np.array([blocs[node] for node in range(n)], np.int64)


def _merge_two(n: int, solutions: Iterable[tuple[NDArray[np.int64], Solution]]) -> Split:
    """The same of two blocs: a block is turned round where it meets another; -1 for nodes without a tie."""
    blocks = list(solutions)
    split = np.full(n, -1, np.int64)
    at: dict[int, list[int]] = defaultdict(list)
    for number, (members, _) in enumerate(blocks):
        for node in members.tolist():
            at[node].append(number)
    waiting, placed = [], set()
    for number in range(len(blocks)):
        waiting.append(number)
        while waiting:
            here = waiting.pop()
            if here in placed:
                continue
            placed.add(here)
            members, part = blocks[here]
            known = np.flatnonzero(split[members] >= 0)
            turned = int(split[members[known[0]]] != part.split[known[0]]) if len(known) else 0
            split[members] = part.split ^ turned
            waiting += [other for node in members.tolist() for other in at[node] if other not in placed]
    return split


def _orient(split: Split, network: Network) -> Split:
    """The same two blocs, in one order: each piece of the network has its larger side in the first."""
    oriented = split.copy()
    graph: nx.Graph[int] = nx.Graph(zip(network.a.tolist(), network.b.tolist(), strict=True))
    for piece in nx.connected_components(graph):
        members = np.array(sorted(piece), np.int64)
        second = int(split[members].sum())
        if 2 * second > len(members) or (2 * second == len(members) and split[members[0]]):
            oriented[members] = 1 - split[members]
    return np.maximum(oriented, 0)


def _answer(
    plain: SignedNetwork[Node],
    network: SignedNetwork[Node],
    unit: float,
    split: Split,
    bound: float,
    *,
    free: bool,
    start: float,
) -> Frustration[Node]:
    """The answer in the weights of the `plain` network; split and bound are of the one scaled by its unit."""
    nodes = network.nodes
    ignored = np.flatnonzero(partition.ignored_ties(network, split))
    index = math.fsum(plain.size[ignored].tolist())
    exact = meets(network, bound, partition.cost(network, split))
    bound = index if exact else min(max(bound * unit, 0.0), index)
    members: Mapping[int, list[int]] = defaultdict(list)
    for node, bloc in enumerate(split.tolist()):
        members[bloc].append(node)
    blocs = sorted(members.values(), key=lambda bloc: (-len(bloc), bloc[0]))
    number: Callable[[float], float] = round if plain.whole else float
    return Frustration(
        index=number(index),
        lower_bound=number(bound),
        exact=exact,
        seconds=time.monotonic() - start,
        blocs=tuple(frozenset(nodes[node] for node in bloc) for bloc in blocs),
        frustrated=tuple(
            (nodes[network.a[t]], nodes[network.b[t]], number(float(plain.weight[t]))) for t in ignored
        ),
        either=frozenset(nodes[node] for node in _either(network, split, free)),
    )


def _either(network: Network, split: Split, free: bool) -> Iterable[int]:
    """Nodes with ties that a move alone leaves as good."""
    matrix, even = network.matrix, partition.tolerance(network)
    for node in np.flatnonzero(np.diff(matrix.indptr)).tolist():
        near = slice(matrix.indptr[node], matrix.indptr[node + 1])
        pull: dict[int, float] = defaultdict(float)
        for other, weight in zip(
            split[matrix.indices[near]].tolist(), matrix.data[near].tolist(), strict=True
        ):
            pull[other] += weight
        here = pull.pop(int(split[node]), 0.0)
        alone = free and bool(np.count_nonzero(split == split[node]) > 1)
        others = (
            [*pull.values(), *([0.0] if alone else [])] if free else [pull.get(1 - int(split[node]), 0.0)]
        )
        if any(abs(other - here) <= even for other in others):
            yield node
