"""A bound for networks too dense for cutting planes, and splits to begin with: the semidefinite relaxation.

Each node's side, 1 or -1, becomes a unit vector, and every tie counts the product of its two. What the vectors
reach is no less than any split does (Goemans & Williamson 1995, J. ACM 42, 1115-1145); they are turned one at a time to
where their ties draw them (Wang, Chang & Kolter 2017, arXiv:1706.00476). The bound itself is of the dual, and holds
however far they have come: for any y, where all eigenvalues of A - diag(y) are at most m, no split has more than
Σy + nm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import eigvalsh

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stancegraph.balance.partition import Network, Split

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
