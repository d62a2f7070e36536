"""Ties of one part of a signed network, splits of it into blocs, and better splits found by moving nodes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Split = NDArray[np.int64]

EVEN: Final = 1e-9
"""Gains below this part of all weight are none."""


@dataclass(frozen=True, eq=False)
class Ties:
    """`n` nodes, 0 to n - 1, and their ties: ends `a` and `b`, weights `w` of either sign; no pair twice."""

    n: int
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    w: NDArray[np.float64]

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """The weights, symmetric."""
        ends = (np.concatenate((self.a, self.b)), np.concatenate((self.b, self.a)))
        return sparse.csr_array((np.concatenate((self.w, self.w)), ends), shape=(self.n, self.n))

    @cached_property
    def whole(self) -> bool:
        """Whether every weight is a whole number."""
        return bool(np.all(self.w == np.round(self.w)))

    @property
    def even(self) -> float:
        return EVEN * float(np.abs(self.w).sum())

    def against(self, split: Split) -> NDArray[np.bool_]:
        """The ties a split has to ignore: positive between blocs, negative within."""
        ignored: NDArray[np.bool_] = (split[self.a] == split[self.b]) != (self.w > 0)
        return ignored

    def cost(self, split: Split) -> float:
        """Weight of the ties a split ignores."""
        return float(np.abs(self.w[self.against(split)]).sum())


def rounded(ties: Ties, f: NDArray[np.float64], *, free: bool) -> Split:
    """The split of a solution of the linear programme: ties least ignored are followed first."""
    if free:
        near = (f < 0.5) & (ties.w > 0)
        graph = sparse.csr_array(
            (np.ones(int(near.sum())), (ties.a[near], ties.b[near])), shape=(ties.n, ties.n)
        )
        _, part = csgraph.connected_components(graph, directed=False)
        return np.asarray(part, np.int64)
    tree = csgraph.minimum_spanning_tree(
        sparse.csr_array((f + 1e-6, (ties.a, ties.b)), shape=(ties.n, ties.n))
    )
    return _followed(ties, tree)


def _followed(ties: Ties, tree: sparse.csr_array) -> Split:
    """Two blocs that satisfy every tie of a spanning tree."""
    order, before = csgraph.breadth_first_order(tree, 0, directed=False)
    sign = ties.matrix.sign()
    signs = np.asarray(sign[before[order[1:]], order[1:]]).ravel()
    side = np.ones(ties.n)
    for node, above, s in zip(order[1:].tolist(), before[order[1:]].tolist(), signs.tolist(), strict=True):
        side[node] = side[above] * s
    return (side < 0).astype(np.int64)


def beginnings(ties: Ties, *, free: bool) -> Iterator[Split]:
    """Splits to begin with: the signs of the leading eigenvector; for free blocs also each node alone."""
    two = _flipped(ties, _leading(ties), lambda: False, 0)
    yield two
    if free:
        yield np.arange(ties.n)


def _leading(ties: Ties) -> Split:
    if ties.n < 20:
        return np.zeros(ties.n, np.int64)
    start = np.cos(np.arange(ties.n))
    try:
        _, vector = sparse.linalg.eigsh(ties.matrix, k=1, which="LA", v0=start, maxiter=500, tol=1e-3)
    except sparse.linalg.ArpackError as stopped:
        vector = getattr(stopped, "eigenvectors", np.empty((0, 0)))
        if not vector.size:
            return np.zeros(ties.n, np.int64)
    return np.asarray(vector[:, 0] < 0, np.int64)


def improved(ties: Ties, split: Split, *, free: bool, late: Callable[[], bool], steps: int = 0) -> Split:
    """A split at least as good, by moving one node at a time; `steps` of a tabu search go on past the first end."""
    if free:
        return _gathered(ties, split, late)
    return _flipped(ties, split, late, steps)


def _flipped(ties: Ties, split: Split, late: Callable[[], bool], steps: int) -> Split:
    """Flip the node that gains most; past a local optimum the one that loses least, not the same again soon."""
    matrix, even = ties.matrix, ties.even
    side = np.where(split == 0, 1.0, -1.0)
    loss = side * (matrix @ side)
    cost = best = 0.0
    found = side.copy()
    free_at = np.zeros(ties.n, np.int64)
    tenure = 7 + ties.n // 50
    idle = 0
    for step in range(100 * ties.n + steps):
        allowed = np.where(free_at <= step, loss, np.inf) if steps else loss
        node = int(np.argmin(allowed))
        if not steps and loss[node] >= -even:
            break
        if steps and (idle > steps or (step % 64 == 0 and late())):
            break
        cost += float(loss[node])
        near = slice(matrix.indptr[node], matrix.indptr[node + 1])
        others = matrix.indices[near]
        side[node] = -side[node]
        loss[others] += 2 * side[node] * side[others] * matrix.data[near]
        loss[node] = -loss[node]
        free_at[node] = step + tenure + (step * 7919) % 5
        idle += 1
        if cost < best - even:
            best, found, idle = cost, side.copy(), 0
    return (found < 0).astype(np.int64)


def _gathered(ties: Ties, split: Split, late: Callable[[], bool]) -> Split:
    """Move each node to the bloc, or to one of its own, that it is drawn to most; then join blocs drawn together."""
    matrix, even = ties.matrix, ties.even
    bloc = split.copy()
    moved = True
    while moved and not late():
        moved = False
        for node in range(ties.n):
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
        joined = _joined(ties, bloc)
        moved |= ties.cost(joined) < ties.cost(bloc) - even
        bloc = joined
    return np.unique(bloc, return_inverse=True)[1].astype(np.int64)


def _joined(ties: Ties, bloc: Split) -> Split:
    """The blocs, each pair joined that more positive than negative weight is between, strongest first."""
    _, bloc = np.unique(bloc, return_inverse=True)
    k = int(bloc.max(initial=0)) + 1
    between = sparse.coo_array((ties.w, (bloc[ties.a], bloc[ties.b])), shape=(k, k)).tocsr()
    cells = (between + between.T).tocoo()
    i, j = cells.coords
    strong = np.flatnonzero((i < j) & (cells.data > ties.even))
    taken: set[int] = set()
    for at in strong[np.argsort(-cells.data[strong], kind="stable")].tolist():
        a, b = int(i[at]), int(j[at])
        if not {a, b} & taken:
            bloc = np.where(bloc == b, a, bloc)
            taken |= {a, b}
    return bloc.astype(np.int64)
