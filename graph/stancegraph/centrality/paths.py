"""Betweenness and closeness on the positive ties; a tie's length is 1/weight."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from stancegraph.centrality import backends
from stancegraph.network.signed import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from stancegraph.network.signed import Node, SignedNetwork

BLOCK: Final = 2**22
"""Distances held at a time."""


def betweenness(network: SignedNetwork[Node], backend: str | None = None) -> NDArray[np.float64]:
    """Share 0..1 of the shortest paths between other nodes that pass through each node.

    Freeman (1977), Sociometry 40, 35-41, over (n-1)(n-2) ordered pairs; method: Brandes (2001), Journal of
    Mathematical Sociology 25, 163-177. Where all ties are equally long and rustworkx is installed, it counts
    (it knows no lengths); otherwise the distances are scipy's, and paths whose lengths differ by less than one
    part in 10^12 count as equally short; so no tie counts as stronger than 10^12 times the weakest. A named
    backend is given lengths only where they differ, and compares them in its own way.
    """
    size = network.n
    if size < 3 or not network.positive.nnz:
        return np.zeros(size)
    weights = network.positive.data
    equal = weights.max() <= weights.min() * (1 + ROUNDING)
    if backend is not None:
        weight = None if equal else "length"
        return backends.run(
            "betweenness_centrality",
            network.positive,
            directed=network.directed,
            backend=backend,
            weight=weight,
        )
    if equal and find_spec("rustworkx"):
        return _by_rustworkx(network)
    return _dependencies(network.positive) / ((size - 1) * (size - 2))


def closeness(network: SignedNetwork[Node], backend: str | None = None) -> NDArray[np.float64]:
    """Nodes that reach a node over their summed distance to it, times the share of others that do.

    Freeman (1979) with the scaling for unconnected networks of Wasserman & Faust (1994), section 5.2, as in
    networkx; 0 where nobody reaches the node. At least 0; at most the greatest weight.
    """
    size = network.n
    if size < 2 or not network.positive.nnz:
        return np.zeros(size)
    if backend is not None:
        return backends.run(
            "closeness_centrality",
            network.positive,
            directed=network.directed,
            backend=backend,
            distance="distance",
        )
    scores = np.zeros(size)
    for node, distance in _distances(_lengths(network.positive.T.tocsr())):
        met = distance[np.isfinite(distance) & (distance > 0)]
        if met.size:
            scores[node] = met.size / met.sum() * met.size / (size - 1)
    return scores


def _lengths(weights: csr_array) -> csr_array:
    return csr_array((1 / weights.data, weights.indices, weights.indptr), shape=weights.shape)


def _distances(lengths: csr_array) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Each node and the distances from it to all others, infinite where there is no path."""
    size = lengths.shape[0]
    step = max(1, BLOCK // size)
    for first in range(0, size, step):
        sources = np.arange(first, min(first + step, size))
        yield from zip(sources.tolist(), dijkstra(lengths, indices=sources), strict=True)


def _by_rustworkx(network: SignedNetwork[Node]) -> NDArray[np.float64]:
    rustworkx = import_module("rustworkx")
    graph = rustworkx.PyDiGraph() if network.directed else rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(network.n))
    arcs = network.positive.tocoo()
    graph.add_edges_from_no_data(list(zip(arcs.row.tolist(), arcs.col.tolist(), strict=True)))
    # In one thread: several add up in the order they finish, and the last digits would differ each time.
    scores = rustworkx.betweenness_centrality(graph, parallel_threshold=network.n + 1)
    return np.array([scores[place] for place in range(network.n)])


def _dependencies(weights: csr_array) -> NDArray[np.float64]:
    """Brandes' dependencies of all sources on each node, added up; every ordered pair of ends counts once."""
    lengths = _lengths(weights)
    # A shorter tie would be lost in a sum: neither of its ends would be nearer than the other.
    lengths.data = np.maximum(lengths.data, ROUNDING * lengths.data.max())
    arcs = lengths.tocoo()
    total = np.zeros(lengths.shape[0])
    for source, distance in _distances(lengths):
        tail, head = distance[arcs.row], distance[arcs.col]
        on_path = np.flatnonzero((tail < head) & (tail + arcs.data <= head * (1 + ROUNDING)))
        on_path = on_path[np.argsort(tail[on_path], kind="stable")]
        total += _dependency(source, arcs.row[on_path].tolist(), arcs.col[on_path].tolist(), total.size)
    return total


def _dependency(source: int, tails: list[int], heads: list[int], size: int) -> NDArray[np.float64]:
    """Dependency of one source on each node; the arcs of its shortest paths come nearest first."""
    paths = [0] * size  # whole numbers, for they may pass what a float holds
    paths[source] = 1
    for tail, head in zip(tails, heads, strict=True):
        paths[head] += paths[tail]
    dependency = [0.0] * size
    for tail, head in zip(reversed(tails), reversed(heads), strict=True):
        dependency[tail] += paths[tail] / paths[head] * (1 + dependency[head])
    dependency[source] = 0.0
    return np.array(dependency)
