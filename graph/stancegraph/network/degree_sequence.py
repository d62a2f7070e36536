"""The stochastic degree sequence model: how likely two actors share so much by chance, being as active as they are.

Whoever speaks of much shares much with everybody, and on what all speak of all meet. The model (Neal 2014, Social
Networks 39, 84-97) lets each actor take each stance with a probability of its own, such that every actor takes as many,
and every stance is taken by as many, as is seen on average. Those probabilities are the ones of most entropy (Saracco,
Di Clemente, Gabrielli & Squartini 2015, Scientific Reports 5, 10595); what two share is a sum of independent chances,
levels on one target being taken as independent too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Numbers = NDArray[np.float64]
    Indices = NDArray[np.int64]

ROUNDS: Final = 10_000
CLOSE: Final = 1e-10
"""Relative change below which the probabilities are found."""


def probabilities(rows: Indices, columns: Indices) -> Numbers:
    """The probability of a cell of each row's and each column's degree, n × m, that gives all their degrees on average.

    >>> probabilities(np.array([1, 1, 2]), np.array([2, 2])).round(3).tolist()
    [[0.5, 0.5], [0.5, 0.5], [1.0, 1.0]]
    """
    r, row, r_times = np.unique(rows, return_inverse=True, return_counts=True)
    c, column, c_times = np.unique(columns, return_inverse=True, return_counts=True)
    return _by_degree(r, r_times, c, c_times)[np.ix_(row, column)]


def _by_degree(r: Indices, r_times: Indices, c: Indices, c_times: Indices) -> Numbers:
    """The same for each degree that occurs, and as often: rows of one degree have one probability."""
    total = max(float(r @ r_times), 1.0)
    x, y = r / np.sqrt(total), c / np.sqrt(total)
    for _ in range(ROUNDS):
        new = r / ((y * c_times) / (1 + np.outer(x, y))).sum(axis=1)
        y = c / ((new * r_times) / (1 + np.outer(y, new))).sum(axis=1)
        change = np.abs(new / np.where(x > 0, x, 1) - 1).max(initial=0)
        x = new
        if change < CLOSE:
            break
    odds = np.outer(x, y)
    return np.asarray(odds / (1 + odds))


def chances(taken: csr_array, depth: int, a: Indices, b: Indices, kind: str) -> Numbers:
    """For each pair of rows the probability to share as much by chance, or more.

    `taken` has a row for each actor and `depth` columns (levels) for each target, 1 where a stance is taken. What is
    shared are stances of one level (`congruence`), of different levels on one target (`conflict`), or both (`ignore`).
    """
    taken = (taken != 0).astype(np.float64).tocsr()
    width = taken.shape[1] // depth
    merged = taken @ sparse.kron(sparse.eye_array(width), np.ones((depth, 1)), format="csr")
    same, every = (np.asarray(m[a].multiply(m[b]).sum(axis=1)).ravel() for m in (taken, merged))
    shared = {"congruence": same, "conflict": every - same, "ignore": every}[kind].astype(np.int64)
    degrees = np.asarray(taken.sum(axis=1)).ravel().astype(np.int64)
    r, row, r_times = np.unique(degrees, return_inverse=True, return_counts=True)
    c, column, c_times = np.unique(
        np.asarray(taken.sum(axis=0)).ravel().astype(np.int64), return_inverse=True, return_counts=True
    )
    cells = np.zeros((len(r), len(c)))
    cells[np.ix_(r > 0, c > 0)] = _by_degree(r[r > 0], r_times[r > 0], c[c > 0], c_times[c > 0])
    facing = {"congruence": np.eye(depth), "conflict": 1 - np.eye(depth), "ignore": np.ones((depth, depth))}
    k, other = np.nonzero(facing[kind])
    by_target = column.reshape(width, depth)
    meetings = np.column_stack((by_target[:, k].ravel(), by_target[:, other].ravel()))
    meetings, times = np.unique(meetings, axis=0, return_counts=True)

    @cache
    def chance(i: int, j: int, least: int) -> float:
        return tail(cells[i, meetings[:, 0]] * cells[j, meetings[:, 1]], times, least)

    ends = np.sort(np.column_stack((row[a], row[b])), axis=1)
    return np.array([chance(*key) for key in zip(*ends.T.tolist(), shared.tolist(), strict=True)], np.float64)


def tail(chances: Numbers, times: Indices, least: int) -> float:
    """The probability that of independent chances, each so many times, at least so many come true (Poisson binomial).

    >>> round(tail(np.array([0.5, 0.1]), np.array([2, 1]), 2), 3)
    0.3
    """
    from scipy.special import gammaln, xlog1py, xlogy

    below = np.zeros(max(least, 1))
    below[0] = 1.0
    for p, n in zip(chances.tolist(), times.tolist(), strict=True):
        if p > 0 and least:
            k = np.arange(min(n + 1, least))
            log = (
                gammaln(n + 1)
                - gammaln(k + 1)
                - gammaln(n - k + 1)
                + xlogy(k, p)
                + xlog1py(n - k, -min(p, 1 - 1e-16))
            )
            below = np.convolve(below, np.exp(log))[:least]
    return float(np.clip(1 - below.sum(), 0, 1)) if least else 1.0
