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
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Generic

import numpy as np
from scipy.sparse.csgraph import connected_components

from stancegraph.balance import partition
from stancegraph.balance.optima import every_split
from stancegraph.balance.solver import join_blocks, meets, solve_blocks
from stancegraph.errors import UsageError
from stancegraph.network.signed import Node, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.balance.optima import Optima
    from stancegraph.balance.partition import Network, Split
    from stancegraph.network.signed import SignedNetwork


AT_LEAST: Final = 3.0
"""Seconds for the search for other optimal splits, where the first took no longer."""


@dataclass(frozen=True, slots=True)
class Frustration(Generic[Node]):
    """A split into blocs and what is proved of it.

    `index` is the weight of the ties it ignores, `lower_bound` the least that any split must, `gap` their
    difference; `exact` only where they meet (of weights that have no common unit small enough to count in, to 1e-12
    of all weight, and to a thousandth of the least). `blocs` holds every node, larger blocs first; `frustrated` the
    ignored ties, as (a, b, weight). Nodes without a tie stand in the first of two blocs, else alone.

    `splits` is the number of optimal splits (of all of them, those that turn unconnected parts round included; two
    blocs exchanged are one split), `polarisation` the lowest and highest among them; None for free blocs, and where
    they are too many to be gone through. `either` are nodes that do not stand on one side in all of them: of
    the groups of connected nodes that stay together (of two blocs: or opposed) in every one, all but the
    larger of any two that do not stay so. Where an index is not exact, or a part is too large or too hard
    (see `optima`), nodes that could alone change to another bloc at no cost. `together` are the sets of connected
    nodes that stand in one bloc in every optimal split, or, where those are not known, in this one without `either`.
    """

    index: float
    lower_bound: float
    exact: bool
    seconds: float
    blocs: tuple[frozenset[Node], ...]
    frustrated: tuple[tuple[Node, Node, float], ...]
    either: frozenset[Node]
    together: tuple[frozenset[Node], ...] = ()
    splits: int | None = None
    polarisation: tuple[float, float] | None = None
    by_actor: Mapping[Node, tuple[float, float]] | None = None

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
    blocks = solve_blocks(network, free=free, seconds=seconds)
    split = join_blocks(network.n, blocks, free=free)
    if not free:
        split = _orient(split, network)
    found = _answer(plain, network, unit, split, sum(block.solution.bound for block in blocks))
    spent = time.monotonic() - start
    limit = time.monotonic() + min(seconds - spent, max(AT_LEAST, spent))
    optima = every_split(network, blocks, split, free=free, until=limit) if found.exact else None
    moving = frozenset(_either(network, split, free)) if optima is None else optima.either
    return replace(
        found,
        seconds=time.monotonic() - start,
        either=frozenset(plain.nodes[node] for node in moving),
        together=_together(plain, split, moving if optima is None else optima.group),
        splits=optima.number if optima else None,
        polarisation=optima.polarisation if optima else None,
        by_actor=_by_actor(plain, optima),
    )


def _by_actor(plain: SignedNetwork[Node], optima: Optima | None) -> dict[Node, tuple[float, float]] | None:
    if optima is None or optima.frustration is None:
        return None
    ends = (np.round(end, 12).tolist() for end in optima.frustration)
    return dict(zip(plain.nodes, zip(*ends, strict=True), strict=True))


def _orient(split: Split, network: Network) -> Split:
    """The same two blocs, in one order: each piece of the network has its larger side in the first."""
    oriented = split.copy()
    for members in partition.pieces(network.matrix):
        second = int(split[members].sum())
        if 2 * second > len(members) or (2 * second == len(members) and split[members[0]]):
            oriented[members] = 1 - split[members]
    return np.maximum(oriented, 0)


def _answer(
    plain: SignedNetwork[Node], network: SignedNetwork[Node], unit: float, split: Split, bound: float
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
        seconds=0.0,
        blocs=tuple(frozenset(nodes[node] for node in bloc) for bloc in blocs),
        frustrated=tuple(
            (nodes[network.a[t]], nodes[network.b[t]], number(float(plain.weight[t]))) for t in ignored
        ),
        either=frozenset(),
    )


def _together(
    network: SignedNetwork[Node], split: Split, known: frozenset[int] | NDArray[np.int64]
) -> tuple[frozenset[Node], ...]:
    """Connected nodes of one bloc: those of one group, or, where only the nodes that could move are known, the rest."""
    if isinstance(known, frozenset):
        _, part = connected_components(network.matrix, directed=False)
        group = [~node if node in known else one for node, one in enumerate(part.tolist())]
    else:
        group = known.tolist()
    found: dict[tuple[int, int], list[Node]] = defaultdict(list)
    for node, key in zip(network.nodes, zip(group, split.tolist(), strict=True), strict=True):
        found[key].append(node)
    return tuple(frozenset(members) for members in found.values() if len(members) > 1)


def _either(network: Network, split: Split, free: bool) -> Iterable[int]:
    """Nodes with ties that a move alone leaves as good."""
    matrix, even = network.matrix, partition.tolerance(network)
    tied = np.diff(matrix.indptr) > 0
    if not free:
        side = np.where(split == 0, 1.0, -1.0)
        yield from np.flatnonzero(tied & (np.abs(matrix @ side) <= even)).tolist()
        return
    _, part = connected_components(matrix, directed=False)
    number = np.bincount(np.unique(np.column_stack((part, split)), axis=0)[:, 0])  # of blocs in each part
    for node in np.flatnonzero(tied).tolist():
        near = slice(matrix.indptr[node], matrix.indptr[node + 1])
        pull: dict[int, float] = defaultdict(float)
        for other, weight in zip(
            split[matrix.indices[near]].tolist(), matrix.data[near].tolist(), strict=True
        ):
            pull[other] += weight
        here = pull.pop(int(split[node]), 0.0)
        # It may stand alone, or with those it has no tie to.
        elsewhere = np.count_nonzero(split == split[node]) > 1 or number[part[node]] - 1 > len(pull)
        others = [*pull.values(), *([0.0] if elsewhere else [])]
        if any(abs(other - here) <= even for other in others):
            yield node
