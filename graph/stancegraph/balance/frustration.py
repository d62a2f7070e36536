"""The frustration index: the least weight of ties to ignore for actors to fall into blocs, its proof, every optimum.

Positive ties are to stand within blocs and negative ones between: two blocs, or as many as serve (correlation
clustering). The integer programme is that of Aref, Mason & Wilson (2018, 2020), solved by cutting planes: minimise
the weight ignored while every cycle that no split satisfies holds a tie that is (Barahona & Mahjoub 1986). A network
falls apart into blocks that meet in single nodes, and each is solved alone.

To tell who stands with whom in every optimal split, small parts are gone through whole. In larger ones two nodes are
forced to stand otherwise than they do, and the rest is solved again: where that costs more they stay as they are in
every optimal split, and are one node from then on.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final, Generic

import numpy as np
from scipy.sparse.csgraph import connected_components

from stancegraph.balance import partition
from stancegraph.balance.solver import join_blocks, meets, solve_blocks
from stancegraph.errors import UsageError
from stancegraph.network.signed import Node, read

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.balance.partition import Network, Split
    from stancegraph.balance.solver import Block
    from stancegraph.network.signed import SignedNetwork

    Sides = NDArray[np.int8]


AT_LEAST: Final = 3.0
"""Seconds for the search for other optimal splits, where the first took no longer."""
WHOLE: Final = 14
"""Nodes, or groups that stay together, up to which all splits in two are gone through."""
FORCED: Final = 40
"""Nodes of a block (of free blocs: of a connected part) up to which each is forced."""
GROUPS: Final = 24
"""Groups of a connected part up to which every two of them are forced into one free bloc."""
MOST: Final = 50_000
"""Splits of a connected part, or sums of several, held at once."""


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
    (see `every_split`), nodes that could alone change to another bloc at no cost. `together` are the sets of connected
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
        by_actor=None
        if optima is None or optima.frustration is None
        else dict(zip(plain.nodes, optima.frustration, strict=True)),
    )


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


@dataclass(frozen=True, slots=True)
class _Optima:
    """What all optimal splits have in common, as in `Frustration`; nodes are places in the network.

    `group` has a number for each node: nodes of one number stay together in every split (of two blocs: or opposed).
    `frustration` is the lowest and the highest share of each node's ties, by weight, that any of them ignores.
    """

    either: frozenset[int]
    group: NDArray[np.int64]
    number: int | None = None
    polarisation: tuple[float, float] | None = None
    frustration: tuple[tuple[float, float], ...] | None = None


def every_split(
    network: Network, blocks: Sequence[Block], split: Split, *, free: bool, until: float
) -> _Optima | None:
    """The optima of a network with an optimal `split`; None where a part is too large, or time runs out."""
    _, part = connected_components(network.matrix, directed=False)
    if free:
        return _free_optima(network, split, part, until)
    group = np.arange(network.n)
    found: list[tuple[NDArray[np.int64], Sides | None]] = []
    for block in blocks:
        classes, sides = _block_optima(block, until)
        if classes is None:
            return None
        for node, other in enumerate(classes.tolist()):
            a, b = group[block.members[[node, other]]]
            group[group == b] = a
        found.append((block.members, sides))
    either = _smaller(group, part, set())
    if any(sides is None for _, sides in found):
        return _Optima(either, group)
    whole = [(members, sides) for members, sides in found if sides is not None]
    parts = len({int(part[members[0]]) for members, _ in whole})
    number = 2 ** max(parts - 1, 0)
    for _, sides in whole:
        number *= len(sides)
    polarisation = _polarisation_range(network, part, whole)
    return _Optima(either, group, number, polarisation, _frustration_range(network.n, blocks, whole))


def _smaller(
    group: NDArray[np.int64], part: NDArray[np.int32], apart: Collection[tuple[int, int]]
) -> frozenset[int]:
    """The nodes of groups of one part to which another, no smaller, stands now so, now otherwise; never if `apart`."""
    members: dict[int, list[int]] = defaultdict(list)
    for node, one in enumerate(group.tolist()):
        members[one].append(node)
    groups: dict[int, list[int]] = defaultdict(list)
    for one in members:
        groups[int(part[one])].append(one)
    moving: set[int] = set()
    for here in groups.values():
        for a, b in combinations(sorted(here), 2):
            if (a, b) not in apart:
                moving.update(members[a] if len(members[a]) <= len(members[b]) else ())
                moving.update(members[b] if len(members[b]) <= len(members[a]) else ())
    return frozenset(moving)


def _block_optima(block: Block, until: float) -> tuple[NDArray[np.int64] | None, Sides | None]:
    """Each node's group, by one of its nodes, and all optimal sides where they are few; no group: not known."""
    network, best = block.network, block.solution.split
    if not block.solution.cost:
        return np.zeros(network.n, np.int64), (best != best[0]).astype(np.int8)[None]
    if network.n <= WHOLE:
        sides = _go_through(network)
        return _alike(sides), sides
    if network.n > FORCED:
        return None, None
    group = _forced_groups(network, best, until)
    if group is None:
        return None, None
    heads, place = np.unique(group, return_inverse=True)
    if len(heads) > WHOLE:
        return group, None
    small, _ = _contract(_turned(network, best), place)
    turned = _go_through(replace(small, nodes=tuple(range(len(heads)))))[:, place]
    sides = turned ^ best.astype(np.int8)
    return group, sides ^ sides[:, :1]


def _go_through(network: Network) -> Sides:
    """All splits in two of least cost, the first node in the first bloc, a row for each."""
    n = network.n
    sides = ((np.arange(2 ** (n - 1))[:, None] >> np.arange(n)[::-1]) & 1).astype(np.int8)
    costs = np.zeros(len(sides))
    for a, b, weight in network.ties():
        costs += abs(weight) * ((sides[:, a] == sides[:, b]) != (weight > 0))
    found: Sides = sides[costs <= costs.min() + partition.tolerance(network)]
    return found


def _alike(sides: Sides) -> NDArray[np.int64]:
    """The first node to which each stands alike in every split, together or opposed."""
    _, first, place = np.unique(sides ^ sides[:1], axis=1, return_index=True, return_inverse=True)
    return np.asarray(first[place.ravel()], np.int64)


def _turned(network: Network, split: Split) -> Network:
    """The network in which this split is that in one bloc: a tie is negative where the split ignores it."""
    sign = np.where(partition.ignored_ties(network, split), -1, 1).astype(np.int8)
    return replace(network, sign=sign)


def _contract(network: Network, place: NDArray[np.int64]) -> tuple[Network, float]:
    """Each group one node, `place` of a node being its group; and the cost that is the same in all splits."""
    n = int(place.max(initial=-1)) + 1
    a, b = place[network.a], place[network.b]
    between = a != b
    key = np.minimum(a, b)[between] * n + np.maximum(a, b)[between]
    pairs, cell = np.unique(key, return_inverse=True)
    weight = np.bincount(cell, network.weight[between], len(pairs)).astype(np.float64)  # of none, integers
    kept = abs(weight) > partition.tolerance(network)
    pairs, weight = pairs[kept], weight[kept]
    found = replace(
        network,
        nodes=tuple(range(n)),
        a=pairs // n,
        b=pairs % n,
        size=abs(weight),
        sign=np.sign(weight).astype(np.int8),
        labels=(),
        kinds=(),
    )
    fixed = float(network.size[network.sign < 0].sum()) - float(found.size[found.sign < 0].sum())
    return found, fixed


def _least(network: Network, *, free: bool, until: float) -> tuple[Split, float]:
    """A split of any network, and the least that any costs."""
    blocks = solve_blocks(network, free=free, seconds=max(until - time.monotonic(), 0.01))
    split = np.maximum(join_blocks(network.n, blocks, free=free), 0)
    return split, sum(block.solution.bound for block in blocks)


def _forced_groups(network: Network, best: Split, until: float) -> NDArray[np.int64] | None:
    """The group of each node of a block, by one of its nodes; None where time runs out."""
    turned = _turned(network, best)
    cost, even = partition.cost(network, best), partition.tolerance(network)
    group = np.arange(network.n)
    pool = np.zeros((1, network.n), np.int8)
    while True:
        alike = _alike(pool)
        doubt = np.flatnonzero(group[alike] != group)
        if not doubt.size:
            return group
        node, head = int(doubt[0]), int(alike[doubt[0]])
        flip = group == group[node]
        flipped = _turned(turned, flip.astype(np.int64))
        joined = np.where(flip, group[head], group)
        _, place = np.unique(joined, return_inverse=True)
        small, fixed = _contract(flipped, place)
        split, bound = _least(small, free=False, until=until)
        other = (split[place] ^ flip).astype(np.int8)
        if partition.cost(turned, other.astype(np.int64)) <= cost + even:
            pool = np.vstack((pool, other ^ other[0]))
        elif bound + fixed > cost + even:
            group = np.where(flip, group[head], group)
        else:
            return None


def _frustration_range(
    n: int, blocks: Iterable[Block], splits: Iterable[tuple[NDArray[np.int64], Sides]]
) -> tuple[tuple[float, float], ...]:
    """The lowest and highest share of the weight of each node's ties that an optimal split ignores; blocks add up."""
    low, high, strength = np.zeros((3, n))
    for block, (members, sides) in zip(blocks, splits, strict=True):
        own = block.network
        weight = ((sides[:, own.a] == sides[:, own.b]) != (own.sign > 0)) * own.size
        ignored, ends = np.zeros((own.n, len(sides))), np.zeros(own.n)
        for end in (own.a, own.b):
            np.add.at(ignored, end, weight.T)
            np.add.at(ends, end, own.size)
        low[members] += ignored.min(axis=1)
        high[members] += ignored.max(axis=1)
        strength[members] += ends
    strength = np.maximum(strength, np.finfo(float).tiny)
    return tuple(zip(*(np.round(end / strength, 12).tolist() for end in (low, high)), strict=True))


def _polarisation_range(
    network: Network, part: NDArray[np.int32], blocks: Iterable[tuple[NDArray[np.int64], Sides]]
) -> tuple[float, float] | None:
    """The lowest and highest polarisation of all splits; None where they are too many."""
    positive, negative = (float(network.size[network.sign == sign].sum()) for sign in (1, -1))
    within = {(0.0, 0)}  # share of the negative weight within blocs, nodes in the first
    ignored, n = 0.0, 0
    by_part: dict[int, list[tuple[NDArray[np.int64], Sides]]] = defaultdict(list)
    for members, sides in blocks:
        by_part[int(part[members[0]])].append((members, sides))
    for here in by_part.values():
        found = _join_sides(here)
        if found is None:
            return None
        members, sides = found
        n += len(members)
        ties = np.flatnonzero(np.isin(network.a, members))
        a, b = (np.searchsorted(members, ends[ties]) for ends in (network.a, network.b))
        size, below = network.size[ties], network.sign[ties] < 0
        together = sides[:, a] == sides[:, b]
        enmity = (together & below) @ size
        ignored += float((~together[0] & ~below) @ size + enmity[0])
        first = sides.sum(axis=1, dtype=np.int64)
        states = set(zip(np.round(enmity / network.total, 12).tolist(), first.tolist(), strict=True))
        states |= {(share, len(members) - number) for share, number in states}
        within = {(round(x + y, 12), i + j) for x, i in within for y, j in states}
        if len(within) > MOST:
            return None
    values = [
        max(0.0, 1 - share * network.total / negative - (ignored - share * network.total) / (positive or 1.0))
        * (2 * min(first, n - first) / n)
        if negative
        else 0.0
        for share, first in within
        if n
    ]
    return (min(values), max(values)) if values else None


def _join_sides(blocks: Sequence[tuple[NDArray[np.int64], Sides]]) -> tuple[NDArray[np.int64], Sides] | None:
    """The nodes of a connected part, in order, and their sides in all splits; None where these are too many."""
    waiting = list(blocks)
    members, sides = waiting.pop(0)
    while waiting:
        near = next(i for i, (others, _) in enumerate(waiting) if np.isin(others, members).any())
        others, more = waiting.pop(near)
        if len(sides) * len(more) > MOST:
            return None
        shared = int(np.flatnonzero(np.isin(others, members))[0])
        new = np.arange(len(others)) != shared
        sides, more = np.repeat(sides, len(more), axis=0), np.tile(more, (len(sides), 1))
        turn = sides[:, int(np.flatnonzero(members == others[shared])[0])] ^ more[:, shared]
        sides = np.hstack((sides, (more ^ turn[:, None])[:, new]))
        members = np.concatenate((members, others[new]))
    order = np.argsort(members)
    return members[order], sides[:, order]


def _free_optima(network: Network, split: Split, part: NDArray[np.int32], until: float) -> _Optima | None:
    moving: set[int] = set()
    group = np.arange(network.n)
    for number in range(int(part.max(initial=-1)) + 1):
        members = np.flatnonzero(part == number)
        if len(members) == 1:
            continue
        if len(members) > FORCED:
            return None
        own = network.part(members, np.flatnonzero(part[network.a] == number))
        piece = _FreePiece(own, split[members], until)
        if not piece.find_groups() or (apart := piece.find_apart()) is None:
            return None
        group[members] = members[piece.group]
        moving.update(members[[*_smaller(piece.group, np.zeros(own.n, np.int32), apart)]].tolist())
    return _Optima(frozenset(moving), group)


class _FreePiece:
    """A connected part, the optimal splits in free blocs found so far, and the groups that stay together in all."""

    def __init__(self, network: Network, best: Split, until: float) -> None:
        self.network, self.until = network, until
        self.cost = partition.cost(network, best) + partition.tolerance(network)
        self.pool = best[None]
        self.group = np.arange(network.n)

    def force(self, a: int, b: int, *, together: bool) -> bool | None:
        """Whether a split with the groups of two nodes one, or in two blocs, is as good; None if time runs out."""
        joined = np.where(self.group == self.group[b], self.group[a], self.group) if together else self.group
        _, place = np.unique(joined, return_inverse=True)
        small, fixed = _contract(self.network, place)
        if not together:
            ends = sorted((int(place[a]), int(place[b])))
            small, lost = _with_enemies(small, *ends)
            fixed += lost
        other, bound = _least(small, free=True, until=self.until)
        if partition.cost(self.network, other[place]) <= self.cost:
            self.pool = np.vstack((self.pool, other[place]))
            return True
        return False if bound + fixed > self.cost else None

    def find_groups(self) -> bool:
        """Force every two nodes apart that were together so far; whether time was enough."""
        while True:
            _, first, where = np.unique(self.pool, axis=1, return_index=True, return_inverse=True)
            head = first[where.ravel()]
            doubt = np.flatnonzero(self.group[head] != self.group)
            if not doubt.size:
                return True
            a, b = int(head[doubt[0]]), int(doubt[0])
            as_good = self.force(a, b, together=False)
            if as_good is None:
                return False
            if not as_good:
                self.group = np.where(self.group == self.group[b], self.group[a], self.group)

    def find_apart(self) -> set[tuple[int, int]] | None:
        """The groups, two by two, that no optimal split has together; None if they are many or time runs out."""
        heads = np.unique(self.group).tolist()
        if len(heads) > GROUPS:
            return None
        apart = set()
        for a, b in combinations(heads, 2):
            if (self.pool[:, a] == self.pool[:, b]).any():
                continue
            as_good = self.force(a, b, together=True)
            if as_good is None:
                return None
            if not as_good:
                apart.add((a, b))
        return apart


def _with_enemies(network: Network, a: int, b: int) -> tuple[Network, float]:
    """The network with so negative a tie between two nodes that they stand apart; and what that tie cost before."""
    sizes = {(i, j): weight for i, j, weight in network.ties()}
    lost = max(sizes.get((a, b), 0.0), 0.0)
    sizes[a, b] = -network.total - 1
    ends = sorted(sizes)
    weight = np.array([sizes[pair] for pair in ends])
    places = np.array(ends, np.int64)
    sign = np.sign(weight).astype(np.int8)
    return replace(network, a=places[:, 0], b=places[:, 1], size=abs(weight), sign=sign), lost
