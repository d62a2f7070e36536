"""Counts of stances projected onto actors, onto targets, or left between them, as sparse matrices.

A[i, j, k] is the number of rows of actor i on target j at level k, s_i its sum over j and k. Definitions are those
of the Discourse Network Analyzer (Leifeld 2017), but for the faults the manual of this project lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

from stancegraph.errors import UsageError
from stancegraph.table.arrays import renumber

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from stancegraph.network.method import Method
    from stancegraph.table import Table
    from stancegraph.table.scales import Scale

    Vector = NDArray[np.float64]

DENSE: Final = 60.0
"""Multiplying in full is worth while up to so many times the work of a sparse product."""
LARGEST: Final = 40_000_000
"""Cells a full matrix may have."""
RESIDUE: Final = 1e-12
"""Part of all that is added and taken away below which what is left is nothing."""
LETTERS: Final = 52
"""Levels whose binary word a float holds exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """`matrix` holds the weights, `rows` and `columns` the codes of the actors or targets they are of.

    A one-mode matrix is symmetric with diagonal 0; its `columns` are its `rows`.
    """

    matrix: csr_array
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """A as one matrix: a row for each actor (or target), `len(levels)` columns for each target (or actor)."""

    matrix: csr_array
    levels: Vector
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]


def project(table: Table, method: Method, weights: Vector | None = None) -> Projection:
    """The network a method makes of the rows (repetitions are left out before); `weights` count rows by K(u)."""
    return of_counts(count(table, weights, kind=method.kind), table.scale, method)


def of_counts(counts: Counts, scale: Scale, method: Method) -> Projection:
    """The network a method makes of what is counted."""
    if method.kind == "two-mode":
        return _two_mode(counts, scale, method)
    return Projection(_one_mode(counts, scale, method), counts.rows, counts.rows)


def count(table: Table, weights: Vector | None = None, *, kind: str = "agreement") -> Counts:
    """A, with the actors (or the targets) as rows; a row weighs 1, or the square root of its kernel weight.

    In a network of one mode the columns are targets (or actors) in each period.
    """
    sides = [table.actor.codes, table.target.codes]
    own, other = sides[::-1] if kind == "targets" else sides
    if kind != "two-mode" and table.period is not None:
        other = other.astype(np.int64) * (int(table.period.max(initial=0)) + 1) + table.period
    rows, i = renumber(own)
    columns, j = renumber(other)
    levels, k = np.unique(table.level, return_inverse=True)
    shape = (len(rows), len(columns) * len(levels))
    data = np.ones(len(table)) if weights is None else np.sqrt(weights)
    matrix = sparse.coo_array((data, (i, j * len(levels) + k)), shape=shape).tocsr()
    return Counts(matrix, levels, rows, columns)


def _one_mode(counts: Counts, scale: Scale, method: Method) -> csr_array:
    a, depth = counts.matrix, len(counts.levels)
    similar = scale.similarity(counts.levels)
    kernels = {
        "ignore": np.ones((depth, depth)),
        "congruence": similar,
        "conflict": 1 - similar,
        "subtract": 2 * similar - 1,
    }
    kernel = kernels[method.aggregation]
    product = _product(_levels_mixed(a, kernel), a)
    if not (_whole(kernel) and _whole(a.data)):
        product = _without_residue(product, _product(_levels_mixed(a, np.abs(kernel)), a))
    own = kernels["ignore"] if method.aggregation == "ignore" else similar
    return _normalised(product, a, own, method.divisor)


def _whole(numbers: NDArray[np.float64]) -> bool:
    return bool(np.all(numbers == np.round(numbers)))


def _without_residue(weights: csr_array, gross: csr_array) -> csr_array:
    """The weights but for those that only rounding has left of a sum that cancels out."""
    if not weights.nnz:
        return weights
    whole = np.asarray(gross.tocsr()[weights.nonzero()]).ravel()
    cells = weights.tocoo()
    kept = np.abs(cells.data) > RESIDUE * whole
    i, j = (side[kept] for side in cells.coords)
    return sparse.csr_array((cells.data[kept], (i, j)), shape=weights.shape)


def _levels_mixed(a: csr_array, kernel: NDArray[np.float64]) -> csr_array:
    """A with each level replaced by what it is worth to each level."""
    depth = len(kernel)
    if np.array_equal(kernel, np.eye(depth)):
        return a
    mixed = sparse.kron(sparse.eye_array(a.shape[1] // max(depth, 1)), sparse.csr_array(kernel), format="csr")
    product: csr_array = (a @ mixed).tocsr()
    return product


def _product(left: csr_array, right: csr_array) -> csr_array:
    """`left` times `right` transposed without its diagonal, in full where that is less work."""
    n, m = left.shape
    work = float(np.bincount(left.indices, minlength=m) @ np.bincount(right.indices, minlength=m))
    if n and n * n <= LARGEST and n * n * m < DENSE * work:
        full = left.toarray() @ right.toarray().T
        np.fill_diagonal(full, 0)
        return sparse.csr_array(full)
    product = (left @ right.T).tocsr()
    i = np.repeat(np.arange(n), np.diff(product.indptr))
    kept = (i != product.indices) & (product.data != 0)
    start = np.concatenate(([0], np.cumsum(np.bincount(i[kept], minlength=n))))
    return sparse.csr_array((product.data[kept], product.indices[kept], start), shape=(n, n))


def _normalised(product: csr_array, a: csr_array, own: NDArray[np.float64], divisor: str) -> csr_array:
    """Each weight over N of its pair, 0 where N is."""
    if divisor == "none":
        return product
    i = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))
    j = product.indices
    active = np.asarray(a.sum(axis=1)).ravel()
    if divisor == "average":
        by = (active[i] + active[j]) / 2
    elif divisor == "activity":
        by = active[i] * active[j]
    elif divisor == "cosine":
        itself = np.asarray(_levels_mixed(a, own).multiply(a).sum(axis=1)).ravel()
        by = np.sqrt(itself[i] * itself[j])
    else:
        by = active[i] + active[j] + _shared(product, a)
    data = np.divide(product.data, by, out=np.zeros_like(product.data), where=by != 0)
    return sparse.csr_array((data, product.indices, product.indptr), shape=product.shape)


def _shared(product: csr_array, a: csr_array) -> Vector:
    """What Jaccard's N has beyond s_i + s_i', for each stored pair: rows in common, less those that are shared."""
    if not product.nnz:
        return np.zeros(0)
    present = a.sign()
    crossed = _product(a, present)
    common = _product(a, a) - crossed - crossed.T
    found: Vector = np.asarray(common.tocsr()[product.nonzero()]).ravel()
    return found


def _two_mode(counts: Counts, scale: Scale, method: Method) -> Projection:
    depth = len(counts.levels)
    each = sparse.eye_array(len(counts.columns))
    total = counts.matrix @ sparse.kron(each, np.ones((depth, 1)))
    if method.aggregation == "combine":
        letters = _letters(scale, counts.levels)
        worth = 2.0 ** (len(letters) - 1 - np.searchsorted(letters, counts.levels))
        value = counts.matrix.sign() @ sparse.kron(each, worth[:, None])
        total = total.sign()
    else:
        worth = _signs(scale, counts.levels) if method.aggregation == "subtract" else np.ones(depth)
        value = (counts.matrix @ sparse.kron(each, worth[:, None])).tocsr()
        value = _without_residue(value, counts.matrix @ sparse.kron(each, np.abs(worth)[:, None]))
    cells = value.tocoo()
    i, j = cells.coords
    sums = {"activity": (1, i), "prominence": (0, j)}
    data = cells.data
    if method.divisor != "none":
        axis, at = sums[method.divisor]
        data = data / np.asarray(total.sum(axis=axis)).ravel()[at]
    kept = data != 0
    matrix = sparse.csr_array((data[kept], (i[kept], j[kept])), shape=value.shape)
    return Projection(matrix, counts.rows, counts.columns)


def _signs(scale: Scale, levels: Vector) -> Vector:
    if scale.kind == "categorical":
        raise UsageError(
            f"--aggregation subtract needs levels that have an order, and {scale.name} has categories: "
            "choose ignore or combine"
        )
    return scale.signs(levels)


def _letters(scale: Scale, observed: Vector) -> Vector:
    """The levels that are letters of a binary word, lowest first: those of the scale, neutral only if there."""
    known = [q for q in scale.levels if q != 0 or not scale.neutral]
    letters: Vector = np.union1d(known, observed)
    if len(letters) > LETTERS:
        raise UsageError(
            f"--aggregation combine writes one digit for each level, and {scale.name} has {len(letters)}: "
            f"it can for {LETTERS}; choose ignore or subtract"
        )
    return letters
