"""Any graph, or the rows of the flat table, read as a signed network: the only place that adds up ties and their signs.

Balance and centrality compute on the `SignedNetwork` it gives: nodes in a fixed order, ties as arrays and as sparse
matrices.
"""

from __future__ import annotations

import reprlib
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import fsum, isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np
from scipy.sparse import csr_array

from stancegraph.errors import UsageError
from stancegraph.network.graphs import PROPOSITION, build, project, sides_of
from stancegraph.statements import reader
from stancegraph.table.arrays import distinct

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.network import Method
    from stancegraph.records import Named
    from stancegraph.table import Table

    Ends = NDArray[np.int64]
    Cells = tuple[list[Named], Ends, Ends, NDArray[np.int8], NDArray[np.float64]]

Node = TypeVar("Node", bound=Hashable)
Node_co = TypeVar("Node_co", bound=Hashable, covariant=True)
Pair = tuple[Hashable, Hashable]

ROUNDING: Final = 1e-12
"""Relative difference up to which two numbers are equal: what is left of 0.1 + 0.2 - 0.3 is no tie."""
MOST: Final = 1e300
"""All weights together stay below this, so that nothing overflows."""


@dataclass(frozen=True, eq=False)
class SignedNetwork(Generic[Node_co]):
    """Nodes in order and their ties: tie t joins nodes[a[t]] and nodes[b[t]], weighs `size[t]` > 0, has `sign[t]`.

    The sign is 1, -1 or 0 (neutral); ties are sorted by `a`, `b` and sign, each standing once, and none leads from a
    node to itself. In an undirected network a < b. `labels` and `kinds` are those of the nodes, a kind None where a
    node has none. Matrices are n×n and sparse, row i holding the ties that go out from node i; those of an
    undirected network are symmetric.
    """

    nodes: tuple[Node_co, ...]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    size: NDArray[np.float64]
    sign: NDArray[np.int8]
    directed: bool = False
    labels: tuple[str, ...] = ()
    kinds: tuple[Hashable, ...] = ()

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.nodes)

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """Size times sign of each tie."""
        return self.size * self.sign

    @cached_property
    def total(self) -> float:
        """The sizes of all ties, added."""
        return fsum(self.size.tolist())

    @cached_property
    def whole(self) -> bool:
        """Whether every weight is a whole number."""
        return bool(np.all(self.size == np.round(self.size)))

    @cached_property
    def positive(self) -> csr_array:
        """The sizes of the positive ties."""
        return self._matrix(self.sign > 0)

    @cached_property
    def negative(self) -> csr_array:
        """The sizes of the negative ties."""
        return self._matrix(self.sign < 0)

    @cached_property
    def unsigned(self) -> csr_array:
        """The sizes of all ties, of either sign and of none."""
        return self._matrix(self.sign == self.sign)

    @cached_property
    def matrix(self) -> csr_array:
        """The weights: positive less negative sizes."""
        return self._matrix(self.sign != 0, self.weight)

    def _matrix(self, chosen: NDArray[np.bool_], data: NDArray[np.float64] | None = None) -> csr_array:
        a, b, data = self.a[chosen], self.b[chosen], (self.size if data is None else data)[chosen]
        if not self.directed:
            a, b, data = np.concatenate((a, b)), np.concatenate((b, a)), np.concatenate((data, data))
        return csr_array((data, (a, b)), shape=(self.n, self.n))

    def both_ways(self, matrix: csr_array) -> csr_array:
        """The matrix of an undirected network: the directions of a directed one are added."""
        return (matrix + matrix.T).tocsr() if self.directed else matrix

    def signs(self) -> csr_array:
        """1, -1 or no entry for each pair, either direction: the sign of positive less negative weight."""
        positive, negative = self.both_ways(self.positive), self.both_ways(self.negative)
        net = positive - negative
        return net.sign().multiply((abs(net) - ROUNDING * (positive + negative)) > 0).tocsr()

    def ties(self) -> Iterator[tuple[int, int, float]]:
        """The places of both ends, and the weight, of each tie."""
        return zip(self.a.tolist(), self.b.tolist(), self.weight.tolist(), strict=True)

    def part(
        self, members: NDArray[np.int64], ties: NDArray[np.int64] | slice = slice(None)
    ) -> SignedNetwork[Node_co]:
        """The network of some nodes, by their places in order, and of some ties that lead between them."""
        a, b = (np.searchsorted(members, ends[ties]) for ends in (self.a, self.b))

        def of(values: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(values[place] for place in members.tolist()) if values else ()

        found = self.size[ties], self.sign[ties], self.directed
        return SignedNetwork(of(self.nodes), a, b, *found, of(self.labels), of(self.kinds))

    def tied(self) -> SignedNetwork[Node_co]:
        """The network without the nodes that have no tie."""
        return self.part(np.unique(np.concatenate((self.a, self.b))))


def read(
    graph: nx.Graph[Node] | SignedNetwork[Node], *, directed: bool = False, loose: bool = False
) -> SignedNetwork[Node]:
    """The signed network of any graph with edge attribute `weight`; one that is read already is given back.

    Parallel ties are added, and both directions unless a `directed` network is asked for; self-ties and sums of 0
    are dropped (0 but for rounding, too). Nodes stand in the order of their type and name, so that the order in
    which a graph was filled makes no difference. A `loose` reading takes what other programs write: a tie without
    weight weighs 1, a number may be text, and an edge with `polarity` is a stance, positive, negative or neutral
    (0), that weighs the number of distinct `documents` it is taken in (one more for each edge without any).

    Raises UsageError, naming the tie, where a weight or polarity is not a finite number.

    >>> import networkx as nx
    >>> read(nx.MultiDiGraph([("a", "b", {"weight": 2}), ("b", "a", {"weight": -5})])).matrix.toarray().tolist()
    [[0.0, -3.0], [-3.0, 0.0]]
    """
    if isinstance(graph, SignedNetwork):
        return graph
    directed = directed and graph.is_directed()
    nodes = tuple(sorted(graph, key=_order))
    place: dict[Hashable, int] = {node: i for i, node in enumerate(nodes)}
    sizes: dict[tuple[int, int, int], float] = defaultdict(float)

    def add(a: Hashable, b: Hashable, sign: int, size: float) -> None:
        i, j = place[a], place[b]
        sizes[(i, j, sign) if directed or i < j else (j, i, sign)] += size

    for (a, b), weight in tie_weights(graph, directed=directed, loose=loose).items():
        add(a, b, 1 if weight > 0 else -1, abs(weight))
    if loose:
        for (a, b, sign), number in _stances(graph, directed=directed).items():
            add(a, b, sign, number)
    cells = sorted(sizes.items())
    ends = np.array([cell for cell, _ in cells], np.int64).reshape(-1, 3)
    return SignedNetwork(
        nodes,
        ends[:, 0],
        ends[:, 1],
        np.array([size for _, size in cells], np.float64),
        ends[:, 2].astype(np.int8),
        directed,
        tuple(str(graph.nodes[node].get("label", node)) for node in nodes),
        tuple(graph.nodes[node].get("kind") for node in nodes),
    )


def tie_weights(graph: nx.Graph[Node], *, directed: bool = False, loose: bool = False) -> dict[Pair, float]:
    """Every pair of nodes with a tie → its weight: parallel ties added, self-ties and sums of 0 left out.

    Both directions are one pair, named as it is first met, unless `directed`. What rounding leaves of weights
    that cancel out counts as 0. Raises UsageError, naming the tie, where `weight` is not a finite number; for
    `loose` see `read` (stances are left out here).

    >>> import networkx as nx
    >>> tie_weights(nx.MultiDiGraph([("a", "b", {"weight": 2}), ("b", "a", {"weight": -0.5})]))
    {('a', 'b'): 1.5}
    """
    found: dict[Pair, list[float]] = {}
    for a, b, tie in graph.edges(data=True):
        if loose and tie.get("polarity") is not None:
            continue
        value = _number(a, b, "weight", tie.get("weight", 1 if loose else None), loose=loose)
        if a != b:
            pair = (b, a) if not directed and (b, a) in found else (a, b)
            found.setdefault(pair, []).append(value)
    sums = {pair: net_weight(weights, f"the tie {pair[0]} - {pair[1]}") for pair, weights in found.items()}
    if sum(map(abs, sums.values())) > MOST:
        raise UsageError("the weights add up to more than can be counted: divide them all by one number")
    return {pair: weight for pair, weight in sums.items() if weight}


def net_weight(weights: Sequence[float], name: str) -> float:
    """The sum of the weights of one tie, `name` in a message; what rounding leaves of weights that cancel out is 0."""
    try:
        total = fsum(weights)
        return total if abs(total) > ROUNDING * fsum(map(abs, weights)) else 0.0
    except OverflowError as error:
        raise UsageError(
            f"{name}: the weights add up to more than can be counted; divide them all by one number"
        ) from error


def finite_number(value: object) -> float | None:
    """`value` as a number; None where it is none, not finite, or a truth value.

    >>> finite_number(2), finite_number(float("nan")), finite_number(10**400), finite_number(True)
    (2.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _stances(graph: nx.Graph[Node], *, directed: bool) -> dict[tuple[Node, Node, int], int]:
    """Both ends and the sign of stances → the number of documents they are taken in."""
    documents: dict[tuple[Node, Node, int], set[object]] = defaultdict(set)
    for a, b, data in graph.edges(data=True):
        if data.get("polarity") is None:
            continue
        level = _number(a, b, "polarity", data["polarity"], loose=True)
        sign = (level > 0) - (level < 0)
        if a != b:
            ends = (b, a, sign) if not directed and (b, a, sign) in documents else (a, b, sign)
            documents[ends].update(data.get("documents") or (object(),))
    return {ends: len(found) for ends, found in documents.items()}


def _number(a: object, b: object, name: str, value: object, *, loose: bool) -> float:
    if loose and isinstance(value, str):
        with suppress(ValueError):
            value = float(value)
    number = finite_number(value)
    if number is None:
        # Python refuses to spell integers of more than 4,300 digits.
        what = "too large a number" if type(value) is int else reprlib.repr(value)
        what = "nothing" if value is None else what
        raise UsageError(f"the tie {a} - {b} has {what} for its {name}: give it a finite number")
    return number


def _order(node: Hashable) -> tuple[str, Any]:
    """By type, then by value: nodes of different types cannot be compared, nor can all values be."""
    return type(node).__name__, node if isinstance(node, (int, float, str)) else str(node)


def of_rows(rows: Table, method: Method) -> SignedNetwork[str]:
    """The network a method makes of the rows that count (`graphs.countable`), as a loose reading of its graph has it.

    The stance network is directed. The quick way where no graph is wanted: only a two-mode network, one with direct
    stances, and stances on a coded variable are made as graphs first.
    """
    stances = method.kind == "stances"
    if method.kind == "two-mode" or method.direct or (stances and rows.scale.kind != "polarity"):
        return read(build(rows, method, words=False), directed=True, loose=True)
    things, a, b, sign, size = _stance_cells(rows) if stances else _agreement_cells(rows, method)
    known = reader.actors(rows.store) if rows.store else {}
    nameless = PROPOSITION if rows.store else ""
    order = np.lexsort((sign, b, a))
    return SignedNetwork(
        tuple(thing.iri for thing in things),
        a[order],
        b[order],
        size[order].astype(np.float64),
        sign[order].astype(np.int8),
        stances,
        tuple(thing.label for thing in things),
        tuple(known.get(thing.iri, (nameless, None))[0] for thing in things),
    )


def _stance_cells(rows: Table) -> Cells:
    """Of the stance network the things, and of each tie its ends, sign, and number of documents."""
    things = sorted(
        {column.values[code] for column in (rows.actor, rows.target) for code in column.present()}
    )
    place = {thing.iri: i for i, thing in enumerate(things)}
    a, b = (
        np.array([place.get(thing.iri, -1) for thing in column.values], np.int64)[column.codes]
        for column in (rows.actor, rows.target)
    )
    _, pair = np.unique(a * len(things) + b, return_inverse=True)
    # As the graph has one edge for each pair and statement, of several levels the last counts.
    edge = (pair * len(rows.statement.values) + rows.statement.codes)[::-1]
    last = len(edge) - 1 - np.unique(edge, return_index=True)[1]
    last = last[a[last] != b[last]]
    sign = np.sign(rows.level[last]).astype(np.int64)
    _, first, cell = np.unique(pair[last] * 3 + sign, return_index=True, return_inverse=True)
    run = rows.shown[last]
    start, end = rows.reports.start[run], rows.reports.start[run + 1]
    report = np.arange(int((end - start).sum())) + np.repeat(end - np.cumsum(end - start), end - start)
    found = distinct(
        np.repeat(cell, end - start) * (len(rows.document.values) + 1) + rows.reports.documents[report]
    )
    size = np.bincount(found // (len(rows.document.values) + 1), minlength=len(first))
    size += np.bincount(cell[start == end], minlength=len(first))
    ends = last[first]
    return things, a[ends], b[ends], sign[first].astype(np.int8), size.astype(np.float64)


def _agreement_cells(rows: Table, method: Method) -> Cells:
    """The same of a network of actors, or of targets."""
    made = project(rows, method)
    own = sides_of(rows, method.kind)[0].values
    cells = made.matrix.tocoo()
    i, j = cells.coords
    kept = np.arange(len(made.rows)) if method.isolates else np.unique(np.concatenate((i, j)))
    place = np.full(len(made.rows), -1, np.int64)
    place[sorted(kept.tolist(), key=lambda at: own[int(made.rows[at])])] = np.arange(len(kept))
    once = (i < j) & (cells.data != 0)
    ends = np.sort(np.column_stack((place[i[once]], place[j[once]])), axis=1)
    things = sorted(own[code] for code in made.rows[kept].tolist())
    weight = cells.data[once]
    return things, ends[:, 0], ends[:, 1], np.sign(weight).astype(np.int8), np.abs(weight)
