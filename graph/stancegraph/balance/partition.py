"""Splits of a signed network into blocs, what they cost, and better splits found by moving nodes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from stancegraph.network.signed import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from numpy.typing import NDArray

    from stancegraph.network.signed import SignedNetwork

    Network = SignedNetwork[Hashable]
    Split = NDArray[np.int64]


EVEN: Final = 1e-12
"""Of weights that are not whole numbers: gains below this part of all weight are none."""
SLIGHT: Final = 1e-3
"""The part of the least weight that is none in any case."""
MOST: Final = 2**52
"""Up to this sum doubles hold whole numbers, and halves of them, exactly."""


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
