"""Measures that solve for all nodes at once: eigenvector, PageRank, Katz, hubs and authorities, PN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import block_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from stancegraph.centrality import backends

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stancegraph.network.signed import Node, SignedNetwork

DAMPING: Final = 0.85
"""PageRank's probability of following a tie; Katz's part of the greatest attenuation that converges."""

DENSE: Final = 1000
"""Nodes up to which dense methods are used: exact, and the same each time."""

EQUAL: Final = 1e-9
"""Relative difference up to which two components are equally strong."""

STEPS: Final = 1000
"""Steps of a larger system's solution: far more than double precision needs."""

ITERATED: Final[dict[str, Any]] = {"weight": "weight", "max_iter": 100_000, "tol": 1e-13}
"""What named backends are told, which iterate."""

SURE: Final = 1e-15
"""Change of a node's score below which an iteration ends: what is left is less than 1e-14."""


def eigenvector(network: SignedNetwork[Node], backend: str | None = None) -> NDArray[np.float64]:
    """Each node's score is proportional to the sum of its neighbours', by weight; squares add to 1.

    Bonacich (1972), Journal of Mathematical Sociology 2, 113-120. A network in pieces has no one answer: scored
    is the largest component, 0 elsewhere; of several as large the one of the greatest eigenvalue, or all of
    those, as power iteration from equal scores would. Directions are added; 0 for all without positive ties.
    """
    return _leading(network.both_ways(network.positive), backend)


def pagerank(network: SignedNetwork[Node], backend: str | None = None) -> NDArray[np.float64]:
    """Share of time a surfer spends at each node who follows positive ties by weight, or jumps (.15); adds to 1.

    Page, Brin, Motwani & Winograd (1999), Stanford InfoLab 1999-66. From a node without ties it jumps anywhere.
    """
    if backend is not None:
        options = {**ITERATED, "alpha": DAMPING}
        return backends.run(
            "pagerank", network.positive, directed=network.directed, backend=backend, **options
        )
    sums = np.asarray(network.positive.sum(axis=1)).ravel()
    followed = diags_array(np.divide(1, sums, out=np.zeros_like(sums), where=sums > 0)) @ network.positive
    score = np.full(network.n, 1 / network.n)
    for _ in range(ITERATED["max_iter"]):
        before = score
        jumping = (1 - DAMPING + DAMPING * before[sums == 0].sum()) / network.n
        score = DAMPING * (before @ followed) + jumping
        if np.abs(score - before).sum() < network.n * SURE:
            break
    return np.asarray(score)


def katz(network: SignedNetwork[Node], backend: str | None = None) -> NDArray[np.float64]:
    """Walks over positive ties that end at each node, the longer the less; squares add to 1.

    Katz (1953), Psychometrika 18, 39-43: x = (I - a A')^-1 1, with a = .85 over the greatest eigenvalue of
    (A + A')/2, which for an undirected network is A's own and for any network lets the sum converge. All are
    equal without positive ties.
    """
    size = network.n
    largest = _greatest((network.positive + network.positive.T).tocsr() / 2)
    attenuation = DAMPING / largest if largest > 0 else 0.0
    if backend is not None:
        options = {**ITERATED, "alpha": attenuation}
        return backends.run(
            "katz_centrality", network.positive, directed=network.directed, backend=backend, **options
        )
    scores = _solve(attenuation * network.positive.T, np.ones(size))
    return scores / np.linalg.norm(scores)


def hub(network: SignedNetwork[Node], backend: str | None = None) -> NDArray[np.float64]:
    """How much each node points at authorities, and `authority` how much hubs point at it; each adds to 1.

    Kleinberg (1999), Journal of the ACM 46, 604-632: the leading singular vectors of the weights, signs left
    aside. Reckoned as `eigenvector` centrality in the network of 2n nodes where each stands once as pointing and
    once as pointed at, and so of its largest component only.
    """
    return _hits(network, backend)[0]


def authority(network: SignedNetwork[Node], backend: str | None = None) -> NDArray[np.float64]:
    """How much hubs point at each node; see `hub`."""
    return _hits(network, backend)[1]


def pn(network: SignedNetwork[Node]) -> NDArray[np.float64]:
    """Who has positive ties, to those who have them, and no negative ones: (I - (P - 2N)/(2n - 2))^-1 1.

    Everett & Borgatti (2014), Social Networks 38, 111-120; P and N hold the signs, whatever the weights, and
    directions are added. 2 where all ties are there and positive, 1 without ties, 1/2 where all are there and
    negative: so too for two opponents alone, for whom the matrix has no inverse.
    """
    size = network.n
    signs = network.signs()
    if size == 1:
        return np.ones(1)
    if size == 2 and signs.sum() < 0:
        return np.full(2, 0.5)
    return _solve((signs - (signs < 0).astype(np.float64)) / (2 * size - 2), np.ones(size))


def _hits(
    network: SignedNetwork[Node], backend: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    size, matrix = network.n, network.unsigned
    scores = _leading(block_array([[None, matrix], [matrix.T, None]], format="csr"), backend)
    hubs, authorities = scores[:size], scores[size:]
    if not scores.any():
        return hubs, authorities
    return hubs / hubs.sum(), authorities / authorities.sum()


def _solve(factor: csr_array, right: NDArray[np.float64]) -> NDArray[np.float64]:
    """The vector x with (I - factor) x = right."""
    if factor.shape[0] <= DENSE:
        return np.linalg.solve(np.eye(factor.shape[0]) - factor.toarray(), right)
    # Half steps: factor's eigenvalues are at most .85 (.75 for PN), so that each leaves less than .93 of the error,
    # and may be as low as -1 for PN, where whole steps would swing forever.
    solution = right
    for _ in range(STEPS):
        step = (right + factor @ solution - solution) / 2
        solution = solution + step
        if np.abs(step).max() <= np.finfo(np.float64).eps * np.abs(solution).max():
            break
    return np.asarray(solution)


def _leading(matrix: csr_array, backend: str | None) -> NDArray[np.float64]:
    """The leading eigenvector, of length 1, of a symmetric matrix's leading component; 0 outside it."""
    scores = np.zeros(matrix.shape[0])
    if not matrix.nnz:
        return scores
    _, component = connected_components(matrix, directed=False)
    sizes = np.bincount(component)
    found = []
    for label in np.flatnonzero(sizes == sizes.max()):
        within = np.flatnonzero(component == label)
        found.append((*_strongest(matrix[within][:, within]), within))
    top = max(strength for strength, _, _ in found)
    for strength, vector, within in found:
        if strength >= top * (1 - EQUAL):
            scores[within] = vector * vector.sum()
    if backend is not None:
        members = np.flatnonzero(scores)
        part = matrix[members][:, members]
        options = {"directed": False, "backend": backend, **ITERATED}
        scores[members] = backends.run("eigenvector_centrality", part, **options)
    return np.asarray(scores / np.linalg.norm(scores))


def _strongest(matrix: csr_array) -> tuple[float, NDArray[np.float64]]:
    """Greatest eigenvalue of a symmetric, connected matrix without negative entries, and its vector."""
    size = matrix.shape[0]
    if size > DENSE:
        try:
            values, vectors = eigsh(matrix, k=1, which="LA", v0=np.ones(size))
        except ArpackNoConvergence:
            values, vectors = eigh(matrix.toarray(), subset_by_index=[size - 1, size - 1])
    else:
        values, vectors = eigh(matrix.toarray(), subset_by_index=[size - 1, size - 1])
    vector = np.abs(vectors[:, -1])
    return float(values[-1]), vector / np.linalg.norm(vector)


def _greatest(matrix: csr_array) -> float:
    return _strongest(matrix)[0] if matrix.nnz else 0.0
