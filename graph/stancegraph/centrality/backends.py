"""The networkx backends a user may name, and what their functions give for our networks."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np

from stancegraph.errors import StanceError, UsageError
from stancegraph.network.signed import ROUNDING

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

FAILURES: Final = (nx.NetworkXException, ImportError, RuntimeError, TypeError, ValueError)
"""What a backend may raise; that it lacks a function is a RuntimeError too."""

SMALL: Final = 1000
"""Denominators looked for in distances: agreement's are twice the number of common stances at most."""

EXACT: Final = 2**53
"""Whole numbers up to which floating point holds each."""


def installed() -> list[str]:
    """Names that `backend` may have: networkx itself, and every backend registered with it."""
    return ["networkx", *sorted(set(nx.config.backends) - {"networkx"})]


def check(backend: str | None) -> None:
    """Raises UsageError, with the names there are, for a backend that is not installed."""
    if backend is not None and backend not in installed():
        raise UsageError(
            f"no networkx backend is called '{backend}'; installed are: {', '.join(installed())}. "
            "Install the backend, or leave it out"
        )


def run(
    function: str, matrix: csr_array, *, directed: bool, backend: str, **options: Any
) -> NDArray[np.float64]:
    """What a networkx function gives for each row of a matrix of ties, through a backend.

    Edges carry `weight`, the matrix's entry; `distance`, 1/weight; and `length`, the distance in some unit, in
    which it is a whole number where one can be found: sums of them are exact, and equal ones compare as equal.
    Raises UsageError where the backend cannot run the function, StanceError where it gives no numbers.
    """
    graph = _graph(matrix, directed)
    try:
        scores = getattr(nx, function)(graph, backend=backend, **options)
    except nx.PowerIterationFailedConvergence as error:
        raise StanceError(
            f"{function} does not converge in backend '{backend}'; leave the backend out"
        ) from error
    except FAILURES as error:
        raise UsageError(
            f"backend '{backend}' cannot run {function}: {error}; leave the backend out"
        ) from error
    values = np.array([float(scores[place]) for place in range(matrix.shape[0])])
    if not np.isfinite(values).all():
        raise StanceError(f"backend '{backend}' gives {function} that are no numbers; leave the backend out")
    return values


def _graph(matrix: csr_array, directed: bool) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(matrix.shape[0]))
    ties = matrix.tocoo()
    lengths = _lengths(1 / ties.data)
    columns = (part.tolist() for part in (ties.row, ties.col, ties.data, lengths))
    for i, j, weight, length in zip(*columns, strict=True):
        graph.add_edge(i, j, weight=weight, distance=1 / weight, length=length)
    return graph


def _lengths(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances in the unit of their least common denominator, or as they are where there is no small one.

    None is so short that it would be lost in a sum, as in `measures`.
    """
    if not distances.size:
        return distances
    distances = np.maximum(distances, ROUNDING * distances.max())
    different, places = np.unique(distances, return_inverse=True)
    fractions = [Fraction(distance).limit_denominator(SMALL) for distance in different.tolist()]
    near = np.allclose([float(fraction) for fraction in fractions], different, rtol=ROUNDING, atol=0)
    unit = math.lcm(*(fraction.denominator for fraction in fractions))
    longest = math.ceil(different.max()) * distances.size
    if not near or unit * longest > EXACT:
        return distances
    return np.array([float(fraction * unit) for fraction in fractions])[places]
