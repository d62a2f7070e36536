"""Splits of a signed network into blocs: what they cost, better ones by moving nodes, and how little any can cost.

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

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import fsum, gcd
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse
from scipy.linalg import eigvalsh
from scipy.sparse import csgraph

from stancegraph.network.signed import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from numpy.typing import NDArray

    from stancegraph.network.signed import SignedNetwork

    Network = SignedNetwork[Hashable]
    Split = NDArray[np.int64]
    Neighbours = list[dict[int, int]]


EVEN: Final = 1e-12
"""Of weights that are not whole numbers: gains below this part of all weight are none."""
SLIGHT: Final = 1e-3
"""The part of the least weight that is none in any case."""
MOST: Final = 2**52
"""Up to this sum doubles hold whole numbers, and halves of them, exactly."""
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


def tolerance(network: Network) -> float:
    """Weight below which a gain is one of rounding: less than any tie has."""
    least = float(network.size.min(initial=np.inf))
    return 0.25 if network.whole else min(EVEN * network.total, SLIGHT * least)


def scaled(network: SignedNetwork[Node]) -> tuple[SignedNetwork[Node], float]:
    """The network with weights in whole multiples of the greatest unit they have in common, and that unit.

    Weights are read as the decimals they are written with. Where the multiples are more than doubles can add up
    exactly, the unit is twice the greatest weight, and the weights are at most 1/2.
    """
    if not len(network.size):
        return network, 1.0
    sizes, place = np.unique(network.size, return_inverse=True)
    unit = Fraction(0)
    for size in sizes.tolist():
        unit = _common(unit, Fraction(repr(size)))
        if network.total > 2 * MOST * unit:  # with more of them it only gets less
            break
    else:
        whole = np.array([int(Fraction(repr(size)) / unit) for size in sizes.tolist()], object)
        if int(whole @ np.bincount(place).astype(object)) <= MOST:
            return replace(network, size=whole.astype(np.float64)[place]), float(unit)
    greatest = float(network.size.max())
    return replace(network, size=network.size / (2 * greatest)), 2 * greatest


def _common(a: Fraction, b: Fraction) -> Fraction:
    """The greatest number that both are whole multiples of."""
    return Fraction(
        gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator
    )


def pieces(matrix: sparse.csr_array) -> list[NDArray[np.intp]]:
    """The nodes of each connected part, in order."""
    _, part = csgraph.connected_components(matrix, directed=False)
    return np.split(np.argsort(part, kind="stable"), np.cumsum(np.bincount(part)))[:-1]


def ignored_ties(network: Network, split: Split) -> NDArray[np.bool_]:
    """Whether a split has to ignore each tie: positive between blocs, negative within."""
    ignored: NDArray[np.bool_] = (split[network.a] == split[network.b]) != (network.sign > 0)
    return ignored


def cost(network: Network, split: Split) -> float:
    """Weight of the ties a split ignores."""
    return float(network.size[ignored_ties(network, split)].sum())


def round_to_split(network: Network, f: NDArray[np.float64], *, free: bool) -> Split:
    """The split of a solution of the linear programme: ties least ignored are followed first."""
    if free:
        near = (f < 0.5) & (network.weight > 0)
        graph = sparse.csr_array(
            (np.ones(int(near.sum())), (network.a[near], network.b[near])), shape=(network.n, network.n)
        )
        _, part = csgraph.connected_components(graph, directed=False)
        return np.asarray(part, np.int64)
    tree = csgraph.minimum_spanning_tree(
        sparse.csr_array((f + 1e-6, (network.a, network.b)), shape=(network.n, network.n))
    )
    return _follow_tree(network, tree)


def _follow_tree(network: Network, tree: sparse.csr_array) -> Split:
    """Two blocs that satisfy every tie of a spanning tree."""
    order, before = csgraph.breadth_first_order(tree, 0, directed=False)
    sign = network.matrix.sign()
    signs = np.asarray(sign[before[order[1:]], order[1:]]).ravel()
    side = np.ones(network.n)
    for node, above, s in zip(order[1:].tolist(), before[order[1:]].tolist(), signs.tolist(), strict=True):
        side[node] = side[above] * s
    return (side < 0).astype(np.int64)


def initial_splits(network: Network, *, free: bool) -> Iterator[Split]:
    """Splits to begin with: the signs of the leading eigenvector; for free blocs also each node alone."""
    two = _flip_nodes(network, _leading(network), lambda: False, 0)
    yield two
    if free:
        yield np.arange(network.n)


def _leading(network: Network) -> Split:
    if network.n < 20:
        return np.zeros(network.n, np.int64)
    start = np.cos(np.arange(network.n))
    try:
        _, vector = sparse.linalg.eigsh(network.matrix, k=1, which="LA", v0=start, maxiter=500, tol=1e-3)
    except sparse.linalg.ArpackError as stopped:
        vector = getattr(stopped, "eigenvectors", np.empty((0, 0)))
        if not vector.size:
            return np.zeros(network.n, np.int64)
    return np.asarray(vector[:, 0] < 0, np.int64)


def improve(network: Network, split: Split, *, free: bool, late: Callable[[], bool], steps: int = 0) -> Split:
    """A split at least as good, by moving one node at a time; `steps` of a tabu search go on past the first end."""
    if free:
        return _move_nodes(network, split, late)
    return _flip_nodes(network, split, late, steps)


def _flip_nodes(network: Network, split: Split, late: Callable[[], bool], steps: int) -> Split:
    """Flip the node that gains most; past a local optimum the one that loses least, not the same again soon."""
    matrix, even = network.matrix, tolerance(network)
    side = np.where(split == 0, 1.0, -1.0)
    loss = side * (matrix @ side)
    change = best = 0.0
    found = side.copy()
    free_at = np.zeros(network.n, np.int64)
    tenure = 7 + network.n // 50
    idle = 0
    for step in range(100 * network.n + steps):
        allowed = np.where(free_at <= step, loss, np.inf) if steps else loss
        node = int(np.argmin(allowed))
        if not steps and loss[node] >= -even:
            break
        if steps and (idle > steps or (step % 64 == 0 and late())):
            break
        change += float(loss[node])
        near = slice(matrix.indptr[node], matrix.indptr[node + 1])
        others = matrix.indices[near]
        side[node] = -side[node]
        loss[others] += 2 * side[node] * side[others] * matrix.data[near]
        loss[node] = -loss[node]
        free_at[node] = step + tenure + (step * 7919) % 5
        idle += 1
        if change < best - even:
            best, found, idle = change, side.copy(), 0
    return (found < 0).astype(np.int64)


def _move_nodes(network: Network, split: Split, late: Callable[[], bool]) -> Split:
    """Move each node to the bloc, or to one of its own, that it is drawn to most; then join blocs drawn together."""
    matrix, even = network.matrix, tolerance(network)
    bloc = split.copy()
    moved = True
    while moved and not late():
        moved = False
        for node in range(network.n):
            near = slice(matrix.indptr[node], matrix.indptr[node + 1])
            pull: dict[int, float] = {}
            for other, weight in zip(
                bloc[matrix.indices[near]].tolist(), matrix.data[near].tolist(), strict=True
            ):
                pull[other] = pull.get(other, 0.0) + weight
            here = pull.get(int(bloc[node]), 0.0)
            new = max(pull, key=lambda other: (pull[other], -other), default=int(bloc[node]))
            if pull.get(new, 0.0) <= even:
                new = int(bloc.max()) + 1
            if max(pull.get(new, 0.0), 0.0) > here + even:
                bloc[node], moved = new, True
        joined = _join_blocs(network, bloc)
        moved |= cost(network, joined) < cost(network, bloc) - even
        bloc = joined
    return np.unique(bloc, return_inverse=True)[1].astype(np.int64)


def _join_blocs(network: Network, bloc: Split) -> Split:
    """The blocs, each pair joined that more positive than negative weight is between, strongest first."""
    _, bloc = np.unique(bloc, return_inverse=True)
    k = int(bloc.max(initial=0)) + 1
    between = sparse.coo_array((network.weight, (bloc[network.a], bloc[network.b])), shape=(k, k)).tocsr()
    cells = (between + between.T).tocoo()
    i, j = cells.coords
    strong = np.flatnonzero((i < j) & (cells.data > tolerance(network)))
    taken: set[int] = set()
    for at in strong[np.argsort(-cells.data[strong], kind="stable")].tolist():
        a, b = int(i[at]), int(j[at])
        if not {a, b} & taken:
            bloc = np.where(bloc == b, a, bloc)
            taken |= {a, b}
    return bloc.astype(np.int64)


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
    even = tolerance(network)
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
