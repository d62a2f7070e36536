"""Cycles that no split satisfies and that share no tie: each costs one, so that together they bound every split.

Such a packing is a solution of the dual of the programme that `solver` cuts (Barahona & Mahjoub 1986): found greedily,
short cycles first, it comes near the index of networks too large for the programme itself. Of weighted ties a cycle
takes what its lightest has left.
"""

from __future__ import annotations

from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph.balance import partition

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stancegraph.balance.partition import Network

    Neighbours = list[dict[int, int]]

LENGTHS: Final = (2, 3, 4, 6)
"""Most ties of the paths sought in turn; then of any length."""
PORTION: Final = 256
"""Cycles closed between two looks at the clock."""


def pack_cycles(
    network: Network, closing: NDArray[np.bool_], late: Callable[[], bool]
) -> tuple[float, list[tuple[int, ...]]]:
    """The weight of a packing, a lower bound of the frustration index, and its cycles, each by its ties.

    A cycle is a `closing` tie and a path of the others: a tie that some split ignores and ties it does not (two
    blocs), or a negative tie and positive ones (free blocs).
    """
    near: Neighbours = [{} for _ in range(network.n)]
    a, b, left = network.a.tolist(), network.b.tolist(), network.size.tolist()
    for tie in np.flatnonzero(~closing).tolist():
        near[a[tie]][b[tie]] = near[b[tie]][a[tie]] = tie
    even = partition.tolerance(network)
    taken: list[float] = []
    cycles: list[tuple[int, ...]] = []
    waiting = sorted(
        np.flatnonzero(closing).tolist(), key=lambda tie: min(len(near[a[tie]]), len(near[b[tie]]))
    )
    for most in (*LENGTHS, network.n):
        for number, tie in enumerate(waiting):
            if number % PORTION == 0 and late():
                break
            while left[tie] > even and (path := _path(near, a[tie], b[tie], most)):
                ties = [near[x][y] for x, y in pairwise(path)]
                least = min(left[other] for other in (tie, *ties))
                for other in (tie, *ties):
                    left[other] -= least
                for (x, y), other in zip(pairwise(path), ties, strict=True):
                    if left[other] <= even:
                        del near[x][y], near[y][x]
                taken.append(least)
                cycles.append(tuple(sorted((tie, *ties))))
        waiting = [tie for tie in waiting if left[tie] > even]
    return fsum(taken) - (0.0 if network.whole else even), cycles


def _path(near: Neighbours, start: int, end: int, most: int) -> list[int] | None:
    """The nodes of a shortest path of at most so many ties, sought from both ends; None where there is none."""
    before: dict[int, int] = {start: start}
    after: dict[int, int] = {end: end}
    here, there = [start], [end]
    for _ in range(most):
        if not here or not there:
            return None
        if len(here) <= len(there):
            here, met = _widen(near, here, before, after)
        else:
            there, met = _widen(near, there, after, before)
        if met is not None:
            return [*_walk(before, met)[::-1], *_walk(after, met)[1:]]
    return None


def _widen(
    near: Neighbours, edge: list[int], own: dict[int, int], other: dict[int, int]
) -> tuple[list[int], int | None]:
    """One step further from the `edge` of a search; the node where it meets the `other` one, of most neighbours."""
    found: list[int] = []
    met: int | None = None
    for node in edge:
        for neighbour in near[node]:
            if neighbour not in own:
                own[neighbour] = node
                found.append(neighbour)
                if neighbour in other and (met is None or len(near[neighbour]) > len(near[met])):
                    met = neighbour
    return found, met


def _walk(tree: dict[int, int], node: int) -> list[int]:
    """The nodes from one to the root of a search."""
    walk = [node]
    while tree[node] != node:
        node = tree[node]
        walk.append(node)
    return walk
