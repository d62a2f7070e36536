"""The backbone of a network: the ties that say more than chance would, at one of their ends or given what both do.

By the stochastic degree sequence model: whoever speaks of much shares much with everybody, and on what all speak of all
meet. The model (Neal 2014, Social Networks 39, 84-97) lets each actor take each stance with a probability of its own,
such that every actor takes as many, and every stance is taken by as many, as is seen on average. Those probabilities
are the ones of most entropy (Saracco, Di Clemente, Gabrielli & Squartini 2015, Scientific Reports 5, 10595); what two
share is a sum of independent chances, levels on one target being taken as independent too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from functools import cache
from math import fsum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

from stancegraph.errors import UsageError
from stancegraph.network.signed import Pair, finite_number, tie_weights

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Numbers = NDArray[np.float64]
    Indices = NDArray[np.int64]
ROUNDS: Final = 10_000
CLOSE: Final = 1e-10
"""Relative change below which the probabilities are found."""


def backbone(
    graph: nx.Graph[Any], alpha: float = 0.05, *, minimum: float | None = None, by: str = "weight"
) -> nx.Graph[Any]:
    """A new graph of all nodes and the ties whose p-value is below `alpha`, with the p-value as edge attribute `alpha`.

    The disparity filter (Serrano, Boguñá & Vespignani 2009, equation 2) on |weight|: for an end with k ties of
    strength s, p = (1 − w/s)^(k − 1). In an undirected graph the smaller p of both ends is taken, in a directed one
    that of the tail among its outgoing and of the head among its incoming ties. At an end with one tie p is 1,
    so that the other end decides, as in the paper; two actors tied to nobody else are parted. `alpha` 1 keeps
    every tie, with its p-value.

    `minimum` also drops ties whose attribute `by` (its absolute value; the length of a list) is smaller; it does
    not change p-values. Parallel ties are added, tested as one and kept or dropped together; self-ties and ties
    of weight 0 are dropped. All attributes are kept.

    Raises UsageError where `alpha` is not above 0 and at most 1, or a weight is not a finite number.

    >>> import networkx as nx
    >>> star = nx.Graph([("hub", leaf, {"weight": weight}) for leaf, weight in (("a", 8), ("b", 1), ("c", 1))])
    >>> [(leaf, round(p, 4)) for _, leaf, p in backbone(star, 0.05).edges(data="alpha")]
    [('a', 0.04)]
    """
    check(alpha, minimum)
    ties = [data for *_, data in graph.edges(data=True)]
    if ties and not any("weight" in data for data in ties):
        raise UsageError(
            "a backbone needs a weighted network, and the ties of this one have no weight: "
            "take that of agreement, targets or two-mode"
        )
    weights = tie_weights(graph, directed=graph.is_directed())
    chances = _chances(weights, graph.is_directed())
    amounts = weights if minimum is None or by == "weight" else _amounts(graph, by, weights)
    result = graph.copy()
    for *edge, tie in list(_edges(result)):
        pair = _pair(graph, edge, weights)
        p = chances.get(pair, 1.0)
        if pair in chances and (p < alpha or alpha == 1) and abs(amounts[pair]) >= (minimum or 0):
            tie["alpha"] = p
        else:
            result.remove_edge(*edge)
    return result


def check(alpha: float, minimum: float | None = None) -> None:
    """Raise UsageError for a level or a least weight that none can be."""
    if finite_number(alpha) is None or not 0 < alpha <= 1:
        raise UsageError(f"alpha is {alpha}: give a number above 0 and at most 1, such as 0.05")
    if minimum is not None and finite_number(minimum) is None:
        raise UsageError(f"minimum is {minimum}: give a finite number")


def _chances(weights: dict[Pair, float], directed: bool) -> dict[Pair, float]:
    """Each tie → how likely one as heavy is, at the end where it is less so, were weights spread by chance."""
    ties: dict[tuple[str, Hashable], list[float]] = defaultdict(list)
    ends = {pair: (("out", pair[0]), ("in" if directed else "out", pair[1])) for pair in weights}
    for pair, weight in weights.items():
        for end in ends[pair]:
            ties[end].append(abs(weight))
    strength = {end: fsum(parts) for end, parts in ties.items()}
    return {
        pair: min((1 - abs(weight) / strength[end]) ** (len(ties[end]) - 1) for end in ends[pair])
        for pair, weight in weights.items()
    }


def _amounts(graph: nx.Graph[Any], by: str, weights: dict[Pair, float]) -> dict[Pair, float]:
    parts: dict[Pair, list[float]] = defaultdict(list)
    for *edge, tie in _edges(graph):
        pair = _pair(graph, edge, weights)
        if pair not in weights:
            continue
        value = tie.get(by)
        listed = isinstance(value, Collection) and not isinstance(value, str | bytes)
        amount = finite_number(len(value) if listed else value)
        if amount is None:
            raise UsageError(
                f"the tie {edge[0]} - {edge[1]} has no number or list '{by}' to hold a minimum against"
            )
        parts[pair].append(abs(amount))
    return {pair: fsum(values) for pair, values in parts.items()}


def _edges(graph: Any) -> Any:
    """Every edge as networkx has it: ends, in a multigraph the key, attributes."""
    return graph.edges(keys=True, data=True) if graph.is_multigraph() else graph.edges(data=True)


def _pair(graph: nx.Graph[Any], edge: Sequence[Hashable], weights: dict[Pair, float]) -> Pair:
    """The name under which `weights` has the ends of an edge."""
    pair = (edge[0], edge[1])
    return pair if pair in weights or graph.is_directed() else (edge[1], edge[0])


def probabilities(r: Indices, r_times: Indices, c: Indices, c_times: Indices) -> Numbers:
    """The probability of a cell of each row's and each column's degree that gives all their degrees on average.

    Rows of one degree have one probability: of each degree that occurs, `r` and `c`, it is told how often.

    >>> probabilities(np.array([1, 2]), np.array([2, 1]), np.array([2]), np.array([2])).round(3).tolist()
    [[0.5], [1.0]]
    """
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


def chances_to_share(taken: csr_array, depth: int, a: Indices, b: Indices, kind: str) -> Numbers:
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
    cells[np.ix_(r > 0, c > 0)] = probabilities(r[r > 0], r_times[r > 0], c[c > 0], c_times[c > 0])
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
