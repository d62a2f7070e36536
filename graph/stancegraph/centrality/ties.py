"""Any network as the measures read it: nodes in a fixed order and one matrix of tie weights for each sign."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse import csr_array

from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import networkx as nx

LEAST: Final = 1e-100
MOST: Final = 1e100
"""Magnitudes a tie's weight may have: sums of them and distances 1/weight stay finite."""

ROUNDING: Final = 1e-12
"""Relative difference up to which two numbers are equal: 0.1 + 0.2 is 0.3, and three thirds are one."""

Cells = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Ties:
    """A network of n nodes; each matrix is n×n, sparse, never negative, and zero on the diagonal.

    Row i holds the ties that go out from node i; of an undirected network the matrices are symmetric.
    """

    nodes: tuple[Any, ...]
    kinds: tuple[Any, ...]
    directed: bool
    positive: csr_array
    negative: csr_array
    neutral: csr_array

    @property
    def unsigned(self) -> csr_array:
        """Weights of either sign and of none, added."""
        return self.positive + self.negative + self.neutral

    def both_ways(self, matrix: csr_array) -> csr_array:
        """The matrix of an undirected network: the directions of a directed one are added."""
        return (matrix + matrix.T).tocsr() if self.directed else matrix

    def signs(self) -> csr_array:
        """1, -1 or no entry for each pair, either direction: the sign of positive less negative weight."""
        positive, negative = self.both_ways(self.positive), self.both_ways(self.negative)
        net = positive - negative
        return net.sign().multiply((abs(net) - ROUNDING * (positive + negative)) > 0).tocsr()


def read(graph: nx.Graph[Any]) -> Ties:
    """The ties of a stance network, of an agreement or two-mode network, or of any graph with `weight`.

    An edge with `polarity` is a stance: positive, negative or neutral (0), and its tie weighs the number of
    distinct `documents` in which it is taken (an edge without documents counts as one more). Any other edge
    has the sign of its `weight` (1 where it has none); parallel ones are added. A weight of 0 is no tie, and
    self-ties are dropped. The order in which the graph was filled makes no difference. Raises UsageError where
    a weight or polarity is not a finite number, or a weight is not 0 and its size outside 1e-100 .. 1e100.

    >>> import networkx as nx
    >>> ties = read(nx.Graph([("a", "b", {"weight": -2})]))
    >>> ties.nodes, ties.positive.nnz, ties.negative.toarray().tolist()
    (('a', 'b'), 0, [[0.0, 2.0], [2.0, 0.0]])
    """
    nodes = tuple(sorted(graph, key=_order))
    directed = graph.is_directed()
    positive, negative, neutral = _cells(graph, {node: place for place, node in enumerate(nodes)})

    def matrix(cells: Cells) -> csr_array:
        filled = sorted(cells.items())
        rows, columns = ([pair[side] for pair, _ in filled] for side in (0, 1))
        shape = (len(nodes), len(nodes))
        one_way = csr_array((np.array([weight for _, weight in filled]), (rows, columns)), shape=shape)
        return one_way if directed else (one_way + one_way.T).tocsr()

    return Ties(
        nodes=nodes,
        kinds=tuple(graph.nodes[node].get("kind") for node in nodes),
        directed=directed,
        positive=matrix(positive),
        negative=matrix(negative),
        neutral=matrix(neutral),
    )


def _order(node: Any) -> tuple[str, Any]:
    """By type, then by value: nodes of different types cannot be compared, nor can all values be."""
    return type(node).__name__, node if isinstance(node, (int, float, str)) else str(node)


def _cells(graph: nx.Graph[Any], index: Mapping[Any, int]) -> tuple[Cells, Cells, Cells]:
    """Weights by pair of places: positive, negative, neutral; an undirected pair stands once, lower place first."""
    documents: dict[tuple[int, int, int], set[Any]] = defaultdict(set)
    weights: dict[tuple[int, int], list[float]] = defaultdict(list)
    for a, b, data in graph.edges(data=True):
        if a == b:
            continue
        i, j = index[a], index[b]
        pair = (i, j) if graph.is_directed() or i < j else (j, i)
        if data.get("polarity") is not None:
            level = _number(data["polarity"], "polarity", a, b)
            documents[(*pair, (level > 0) - (level < 0))].update(data.get("documents") or (object(),))
        else:
            weights[pair].append(_weight(data.get("weight", 1), a, b))
    cells: dict[int, Cells] = {1: {}, -1: {}, 0: {}}
    for (i, j, sign), found in documents.items():
        cells[sign][i, j] = float(len(found))
    for (i, j), parts in weights.items():
        net = _net(parts)
        if net:
            side = cells[1 if net > 0 else -1]
            side[i, j] = side.get((i, j), 0.0) + abs(net)
    return cells[1], cells[-1], cells[0]


def _net(parts: Iterable[float]) -> float:
    """The sum, the same in any order; 0 where the parts cancel but for rounding."""
    parts = tuple(parts)
    net = math.fsum(parts)
    return net if abs(net) > ROUNDING * math.fsum(map(abs, parts)) else 0.0


def _weight(value: Any, a: Any, b: Any) -> float:
    weight = _number(value, "weight", a, b)
    if weight and not LEAST <= abs(weight) <= MOST:
        raise UsageError(
            f"the tie of {a} and {b} has weight {weight}: only sizes of 1e-100 to 1e100 are reckoned with"
        )
    return weight


def _number(value: Any, name: str, a: Any, b: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"the tie of {a} and {b} has {name} {value!r:.40}: give every tie a finite number")
    return number
