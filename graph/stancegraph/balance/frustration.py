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
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from stancegraph.balance.partition import Ties
from stancegraph.balance.solver import ACCURACY, Solved, solved
from stancegraph.errors import UsageError
from stancegraph.network.signed import added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frustration:
    """A split into blocs and what is proved of it.

    `index` is the weight of the ties it ignores, `lower_bound` the least that any split must, `gap` their
    difference; `exact` only where they meet (for weights that are not whole, to a millionth of all weight). `blocs`
    holds every node, larger blocs first; `frustrated` the ignored ties, as (a, b, weight). `either` are nodes with
    ties that could alone change to another bloc (of free blocs, or to one of its own) at no cost. Nodes without a
    tie stand in the first of two blocs, else alone.
    """

    index: float
    lower_bound: float
    exact: bool
    seconds: float
    blocs: tuple[frozenset[Any], ...]
    frustrated: tuple[tuple[Any, Any, float], ...]
    either: frozenset[Any]

    @property
    def gap(self) -> float:
        """How much less than `index` the best split could ignore; 0 where it is exact."""
        return self.index - self.lower_bound


def frustration(graph: nx.Graph[Any], blocs: int | None = 2, *, seconds: float = 60.0) -> Frustration:
    """The frustration index of any graph with edge attribute `weight`; `blocs` is 2, or None for any number.

    Parallel ties are added, in a directed graph those of both directions; self-ties are dropped, and a tie of
    weight 0 is none. After `seconds` the best split so far and the bound so far are given. Raises UsageError for
    a weight that is no finite number.

    >>> import networkx as nx
    >>> triangle = nx.Graph([("a", "b", {"weight": -1}), ("b", "c", {"weight": -1}), ("a", "c", {"weight": -1})])
    >>> frustration(triangle).index, frustration(triangle, None).index
    (1, 0)
    """
    if blocs not in {2, None}:
        raise UsageError(f"{blocs} blocs: the index is defined for 2, or for as many as serve (None)")
    begun = time.monotonic()
    nodes = sorted(graph, key=lambda node: (str(node), type(node).__name__))
    ties = _ties(graph, nodes)
    free = blocs is None
    parts = sorted(_blocks(ties), key=lambda part: len(part[0]))
    done: list[tuple[NDArray[np.int64], Solved]] = []
    work = sum(len(tie_numbers) for _, tie_numbers in parts)
    for members, numbers in parts:
        left = seconds - (time.monotonic() - begun)
        share = left * max(len(numbers) / max(work, 1), 0.2)
        work -= len(numbers)
        done.append(
            (members, solved(_part(ties, members, numbers), free=free, seconds=share if work else left))
        )
    split = _glued(ties.n, done, free=free)
    split = _named(split, ties, free=free)
    return _answer(ties, nodes, split, sum(part.bound for _, part in done), free, time.monotonic() - begun)


def _ties(graph: nx.Graph[Any], nodes: list[Any]) -> Ties:
    place = {node: i for i, node in enumerate(nodes)}
    found = {tuple(sorted((place[a], place[b]))): weight for (a, b), weight in added(graph).items()}
    ends = np.array(sorted(found), np.int64).reshape(-1, 2)
    return Ties(len(nodes), ends[:, 0], ends[:, 1], np.array([found[pair] for pair in sorted(found)], float))


def _blocks(ties: Ties) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Nodes and ties of each block: parts that no single node cuts in two."""
    graph: nx.Graph[int] = nx.Graph()
    pairs = list(zip(ties.a.tolist(), ties.b.tolist(), strict=True))
    number = {pair: tie for tie, pair in enumerate(pairs)}
    graph.add_edges_from(pairs)
    found = []
    for edges in nx.biconnected_component_edges(graph):
        listed = sorted({(min(edge), max(edge)) for edge in edges})
        members = np.array(sorted({node for edge in listed for node in edge}), np.int64)
        found.append((members, np.array([number[edge] for edge in listed], np.int64)))
    return sorted(found, key=lambda part: tuple(part[0]))


def _part(ties: Ties, members: NDArray[np.int64], numbers: NDArray[np.int64]) -> Ties:
    a, b = (np.searchsorted(members, side[numbers]) for side in (ties.a, ties.b))
    return Ties(len(members), a, b, ties.w[numbers])


def _glued(n: int, done: Iterable[tuple[NDArray[np.int64], Solved]], *, free: bool) -> NDArray[np.int64]:
    """One split of all nodes from those of the blocks, which meet in single nodes; for two blocs by sides."""
    meets = nx.utils.UnionFind(range(n)) if free else None
    blocks = list(done)
    if meets is not None:
        for members, part in blocks:
            first: dict[int, int] = {}
            for node, bloc in zip(members.tolist(), part.split.tolist(), strict=True):
                meets.union(first.setdefault(bloc, node), node)
        return np.array([meets[node] for node in range(n)], np.int64)
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


def _named(split: NDArray[np.int64], ties: Ties, *, free: bool) -> NDArray[np.int64]:
    """The same split, told one way: of two blocs, each piece of the network has its larger side in the first."""
    if free:
        return split
    told = split.copy()
    graph: nx.Graph[int] = nx.Graph(zip(ties.a.tolist(), ties.b.tolist(), strict=True))
    for piece in nx.connected_components(graph):
        members = np.array(sorted(piece), np.int64)
        second = int(split[members].sum())
        if 2 * second > len(members) or (2 * second == len(members) and split[members[0]]):
            told[members] = 1 - split[members]
    return np.maximum(told, 0)


def _answer(
    ties: Ties, nodes: list[Any], split: NDArray[np.int64], bound: float, free: bool, seconds: float
) -> Frustration:
    against = np.flatnonzero(ties.against(split))
    index = math.fsum(np.abs(ties.w[against]).tolist())
    total = math.fsum(np.abs(ties.w).tolist())
    bound = min(max(bound, 0.0), index)
    exact = index - bound <= (0.5 if ties.whole else ACCURACY * total)
    members: Mapping[int, set[Any]] = defaultdict(set)
    for node, bloc in zip(nodes, split.tolist(), strict=True):
        members[bloc].add(node)
    place = {node: i for i, node in enumerate(nodes)}
    blocs = sorted(members.values(), key=lambda bloc: (-len(bloc), min(place[node] for node in bloc)))
    whole: Callable[[float], float] = round if ties.whole else float
    return Frustration(
        index=whole(index),
        lower_bound=whole(index if exact else math.ceil(bound - 1e-6))
        if ties.whole
        else (index if exact else bound),
        exact=exact,
        seconds=seconds,
        blocs=tuple(frozenset(bloc) for bloc in blocs),
        frustrated=tuple((nodes[ties.a[t]], nodes[ties.b[t]], whole(float(ties.w[t]))) for t in against),
        either=frozenset(nodes[node] for node in _either(ties, split, free)),
    )


def _either(ties: Ties, split: NDArray[np.int64], free: bool) -> Iterable[int]:
    """Nodes with ties that a move alone leaves as good."""
    matrix = ties.matrix
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
        if any(abs(other - here) <= ties.even for other in others):
            yield node
