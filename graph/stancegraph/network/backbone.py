"""The backbone of a network: the ties that say more than chance would at one of their ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from math import fsum
from typing import TYPE_CHECKING, Any

from stancegraph.errors import UsageError
from stancegraph.network.signed import Pair, finite_number, tie_weights

if TYPE_CHECKING:
    import networkx as nx


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
