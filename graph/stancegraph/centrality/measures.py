"""The measures of who matters: by name, with the network each is meant for, and the scores it gives on any.

Betweenness and closeness go by the positive ties, each 1/weight long. What networkx has too, any backend registered
with it can reckon.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Literal

import networkx as nx
import numpy as np
from scipy.linalg import eigh
from scipy.sparse import block_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from stancegraph.errors import StanceError, UsageError
from stancegraph.network.graphs import PROPOSITION
from stancegraph.network.signed import ROUNDING, Node, read

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from numpy.typing import NDArray

    from stancegraph.network.signed import SignedNetwork


Direction = Literal["", "in-", "out-"]
Sign = Literal["", "positive-", "negative-"]

LEAST: Final = 1e-100
MOST: Final = 1e100
"""Sizes a tie may have: sums of them and distances 1/weight stay finite."""

ROLES: Final = {
    "coordinator": "all three are of one kind",
    "consultant": "the outer two are of one kind and it, an itinerant broker, of another",
    "gatekeeper": "it lets in from another kind to its own",
    "representative": "it carries out from its own kind to another",
    "liaison": "all three are of different kinds",
}
"""The five roles of brokerage; every brokered pair makes exactly one."""

TELLS: Final = {
    "betweenness": "Share of shortest paths of agreement through it (Freeman 1977).",
    "closeness": "How near all others are by agreement (Freeman 1979, Wasserman & Faust 1994).",
    "eigenvector": "Agreement with those whom many agree with (Bonacich 1972).",
    "pagerank": "Time a walk along agreement spends at it (Page et al. 1999).",
    "katz": "Walks along agreement to it, long ones counting less (Katz 1953).",
    "pn": "Agreement with the agreed with, disagreement twice against it (Everett & Borgatti 2014).",
    "hub": "Stances on what the busiest speak of (Kleinberg 1999).",
    "authority": "Stances on it by the busiest (Kleinberg 1999).",
    "brokerage": "Pairs of actors that only meet through others, it among them (Gould & Fernandez 1989).",
}
"""What the measures named for themselves tell."""

BLOCK: Final = 2**22
"""Distances held at a time."""
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
FAILURES: Final = (nx.NetworkXException, ImportError, RuntimeError, TypeError, ValueError)
"""What a backend may raise; that it lacks a function is a RuntimeError too."""
SMALL: Final = 1000
"""Denominators looked for in distances: agreement's are twice the number of common stances at most."""
EXACT: Final = 2**53
"""Whole numbers up to which floating point holds each."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure; `on` is the network it is meant for, `help` one line that says what it tells, and whose it is.

    `values` gives its numbers for a signed network, in the order of its nodes; `by_backend` says whether
    networkx has the measure too, so that a named backend can reckon it.
    """

    name: str
    on: Literal["stances", "agreement"]
    help: str
    values: Callable[..., NDArray[np.float64]] = field(repr=False)
    by_backend: bool = False

    def scores(
        self, graph: nx.Graph[Node] | SignedNetwork[Node], backend: str | None = None
    ) -> dict[Node, float]:
        """Every node's score, a finite number, in the order of their names; {} for an empty graph.

        The graph may be any of the networks, or a plain networkx graph with `weight`, read loosely (see
        `signed.read`). Where networkx has the measure it is reckoned through the `backend` named, with networkx's
        functions. Raises UsageError for a weight or polarity that is not a finite number, a weight outside 1e-100
        .. 1e100, and a backend that is not installed or cannot.

        >>> import networkx as nx
        >>> MEASURES["betweenness"].scores(nx.star_graph(3))
        {0: 1.0, 1: 0.0, 2: 0.0, 3: 0.0}
        """
        if backend not in {None, "networkx", *nx.config.backends}:
            there = ", ".join(["networkx", *sorted({*nx.config.backends} - {"networkx"})])
            raise UsageError(
                f"no networkx backend is called '{backend}'; installed are: {there}. "
                "Install the backend, or leave it out"
            )
        network = read(graph, directed=True, loose=True)
        for tie in np.flatnonzero((network.size < LEAST) | (network.size > MOST)).tolist():
            a, b = network.nodes[network.a[tie]], network.nodes[network.b[tie]]
            raise UsageError(
                f"the tie {a} - {b} has {network.weight[tie]} for its weight: only sizes of 1e-100 to 1e100 are "
                "reckoned with"
            )
        if not network.nodes:
            return {}
        values = self.values(network, backend) if self.by_backend else self.values(network)
        return dict(zip(network.nodes, (values + 0.0).tolist(), strict=True))  # + 0.0 makes -0.0 a plain 0


def named(name: str) -> Measure:
    """The measure of this name. Raises UsageError, with the names there are, where there is none."""
    if name not in MEASURES:
        raise UsageError(f"no measure is called '{name}'; there are: {', '.join(MEASURES)}")
    return MEASURES[name]


def degree(
    network: SignedNetwork[Node], direction: Direction = "", sign: Sign = "", *, weighted: bool
) -> NDArray[np.float64]:
    """Neighbours of each node, or the weight of its ties to them; of one direction or sign where one is given.

    Both directions of a directed network are added: whom one meets both ways counts twice. Neutral ties count
    only where no sign is given. Freeman (1979), Social Networks 1, 215-239; strength: Barrat et al. (2004),
    PNAS 101, 3747-3752.
    """
    matrix = {"": network.unsigned, "positive-": network.positive, "negative-": network.negative}[sign]
    counted = matrix if weighted else (matrix > 0).astype(np.float64)
    outgoing, incoming = (np.asarray(counted.sum(axis=axis), dtype=np.float64) for axis in (1, 0))
    if direction == "in-":
        return incoming
    return outgoing + incoming if network.directed and direction == "" else outgoing


def brokerage(network: SignedNetwork[Node], role: str | None = None) -> NDArray[np.float64]:
    """For each node b the pairs a, c with ties a to b and b to c and none from a to c; of one role, or of all.

    Gould & Fernandez (1989), Sociological Methodology 19, 89-126, raw counts; the groups are the kinds of the
    nodes, those without a kind being one group. Neither weight nor sign matters. Propositions take no part; a
    tie without direction goes both ways.
    """
    kinds = network.kinds
    out: dict[int, set[int]] = {place: set() for place, kind in enumerate(kinds) if kind != PROPOSITION}
    into: dict[int, set[int]] = {place: set() for place in out}
    pairs = network.unsigned.tocoo()
    for a, b in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True):
        if a in out and b in out:
            out[a].add(b)
            into[b].add(a)
    counts = np.zeros(network.n)
    for broker in out:
        roles = Counter(
            _role(kinds[a], kinds[broker], kinds[c]) for a in into[broker] for c in out[broker] - out[a] - {a}
        )
        counts[broker] = roles.total() if role is None else roles[role]
    return counts


def _role(a: Hashable, broker: Hashable, c: Hashable) -> str:
    if a == c:
        return "coordinator" if a == broker else "consultant"
    if broker == c:
        return "gatekeeper"
    return "representative" if broker == a else "liaison"


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
        return _run("betweenness_centrality", backend, network.positive, network.directed, weight=weight)
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
        return _run("closeness_centrality", backend, network.positive, network.directed, distance="distance")
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
        return _run("pagerank", backend, network.positive, network.directed, alpha=DAMPING, **ITERATED)
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
    both = (network.positive + network.positive.T).tocsr() / 2
    attenuation = DAMPING / _strongest(both)[0] if both.nnz else 0.0
    if backend is not None:
        options = {**ITERATED, "alpha": attenuation}
        return _run("katz_centrality", backend, network.positive, network.directed, **options)
    scores = _solve(attenuation * network.positive.T, np.ones(size))
    return scores / np.linalg.norm(scores)


def hits(
    network: SignedNetwork[Node], backend: str | None = None, *, pointed_at: bool
) -> NDArray[np.float64]:
    """How much each node points at authorities (hub), or how much hubs point at it (authority); adds to 1.

    Kleinberg (1999), Journal of the ACM 46, 604-632: the leading singular vectors of the weights, signs left
    aside. Reckoned as `eigenvector` centrality in the network of 2n nodes where each stands once as pointing and
    once as pointed at, and so of its largest component only.
    """
    matrix = network.unsigned
    scores = _leading(block_array([[None, matrix], [matrix.T, None]], format="csr"), backend)
    found = scores[network.n :] if pointed_at else scores[: network.n]
    return found / found.sum() if scores.any() else found


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
        scores[members] = _run("eigenvector_centrality", backend, part, **ITERATED)
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


def _run(
    function: str, backend: str, matrix: csr_array, directed: bool = False, **options: Any
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
    lengths = _whole_lengths(1 / ties.data)
    columns = (part.tolist() for part in (ties.row, ties.col, ties.data, lengths))
    for i, j, weight, length in zip(*columns, strict=True):
        graph.add_edge(i, j, weight=weight, distance=1 / weight, length=length)
    return graph


def _whole_lengths(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances in the unit of their least common denominator, or as they are where there is no small one.

    None is so short that it would be lost in a sum, as in `_dependencies`.
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


def _degrees() -> Iterator[Measure]:
    """Degree and strength for each sign and direction, the plain ones first."""
    signs: tuple[tuple[Sign, str], ...] = (("", ""), ("positive-", "positive "), ("negative-", "negative "))
    directions: tuple[tuple[Direction, str], ...] = (
        ("", "taken by it and on it"),
        ("in-", "taken on it"),
        ("out-", "taken by it"),
    )
    for sign, kind in signs:
        for direction, whose in directions:
            yield Measure(
                f"{sign}{direction}degree",
                "stances",
                f"Ties by {kind}stances {whose}, one each way for every other (Freeman 1979)."
                if not direction
                else f"How many others it is tied to by {kind}stances {whose} (Freeman 1979).",
                partial(degree, direction=direction, sign=sign, weighted=False),
            )
            yield Measure(
                f"{sign}{direction}strength",
                "stances",
                f"Documents behind the {kind}stances {whose} (Barrat et al. 2004).",
                partial(degree, direction=direction, sign=sign, weighted=True),
            )


def _others() -> Iterator[Measure]:
    """Those on agreement, then those on stances."""
    for values in (betweenness, closeness, eigenvector, pagerank, katz):
        name = values.__name__
        yield Measure(name, "agreement", TELLS[name], values, by_backend=True)
    yield Measure("pn", "agreement", TELLS["pn"], pn)
    for name, pointed_at in (("hub", False), ("authority", True)):
        yield Measure(name, "stances", TELLS[name], partial(hits, pointed_at=pointed_at), by_backend=True)
    yield Measure("brokerage", "stances", TELLS["brokerage"], brokerage)
    for role, where in ROLES.items():
        tells = f"Brokerage where {where} (Gould & Fernandez 1989)."
        yield Measure(role, "stances", tells, partial(brokerage, role=role))


MEASURES: Final[dict[str, Measure]] = {
    measure.name: measure for make in (_degrees, _others) for measure in make()
}
"""All measures by name: {positive-,negative-,}{in-,out-,}{degree,strength}, and those named for themselves."""
