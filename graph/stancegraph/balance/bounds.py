"""Lower bounds of the frustration index, for networks too large or too dense for its own programme.

Cycles that no split satisfies and that share no tie each cost one, so that together they bound every split. Such a
packing is a solution of the dual of the programme that `solver` cuts (Barahona & Mahjoub 1986): found greedily, short
cycles first, it comes near the index. Of weighted ties a cycle takes what its lightest has left.

Of dense networks the semidefinite relaxation bounds it, and gives splits to begin with. Each node's side, 1 or -1,
becomes a unit vector, and every tie counts the product of its two. What the vectors reach is no less than any split
does (Goemans & Williamson 1995, J. ACM 42, 1115-1145); they are turned one at a time to where their ties draw them
(Wang, Chang & Kolter 2017, arXiv:1706.00476). The bound itself is of the dual, and holds however far they have come:
for any y, where all eigenvalues of A - diag(y) are at most m, no split has more than Σy + nm.
"""

from __future__ import annotations

from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import eigvalsh

from stancegraph.balance import partition

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stancegraph.balance.partition import Network, Split

    Neighbours = list[dict[int, int]]

LENGTHS: Final = (2, 3, 4, 6)
"""Most ties of the paths sought in turn; then of any length."""
PORTION: Final = 256
"""Cycles closed between two looks at the clock."""
DENSE: Final = 15
"""Ties to a node from which a network is dense."""
LEAST: Final = 5_000
"""Ties of the smallest network that cutting planes do not prove sooner."""
LARGEST: Final = 4_000
"""Nodes whose pairs are held at once."""
SWEEPS: Final = 60
SETTLED: Final = 1e-4
"""Part of the value that a sweep gains after which another is not worth its time."""
PLANES: Final = 20
SAFE: Final = 1e-9
"""Part of all weight that the bound is lowered by: far more than rounding makes of eigenvalues."""


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


def fits(network: Network) -> bool:
    """Whether a network is dense enough for the bound to be near, and small enough for it to be reckoned."""
    return network.n <= LARGEST and len(network.size) >= max(DENSE * network.n, LEAST)


def relax(network: Network, late: Callable[[], bool]) -> tuple[float, list[Split]]:
    """A lower bound of the frustration index for two blocs, and the best splits that planes cut the vectors into."""
    matrix = network.matrix.toarray()
    n, chance = network.n, np.random.default_rng(0)
    vectors = chance.standard_normal((n, int(np.sqrt(2 * n)) + 1))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    drawn = np.zeros(n)
    before = -np.inf
    for _ in range(SWEEPS):
        for node in range(n):
            pull = matrix[node] @ vectors
            drawn[node] = np.sqrt(pull @ pull)
            if drawn[node]:
                vectors[node] = pull / drawn[node]
        value = float(drawn.sum())
        if late() or value - before <= SETTLED * value:
            break
        before = value
    most = float(eigvalsh(matrix - np.diag(drawn), subset_by_index=[n - 1, n - 1])[0])
    reached = float(drawn.sum()) + n * most
    bound = (network.total - reached / 2) / 2 - SAFE * network.total
    return max(bound, 0.0), _cut(matrix, vectors, chance)


def _cut(
    matrix: NDArray[np.float64], vectors: NDArray[np.float64], chance: np.random.Generator
) -> list[Split]:
    """Splits by random planes, the best first."""
    sides = np.where(vectors @ chance.standard_normal((vectors.shape[1], PLANES)) < 0, -1.0, 1.0)
    worth = np.einsum("ij,ij->j", sides, matrix @ sides)
    return [(sides[:, plane] < 0).astype(np.int64) for plane in np.argsort(-worth, kind="stable").tolist()]
