"""Ties and what is behind them: the rows and statements a weight is made of, and how many they are.

Where only the ties are wanted, or of many, they come by columns straight from the matrix of a network (`Edges`), and
the statements behind them are counted by products of sparse matrices; no graph is built.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict

import numpy as np
from scipy import sparse

from stancegraph import statements
from stancegraph.errors import UsageError
from stancegraph.network import Method
from stancegraph.network.backbone import chances_to_share, check
from stancegraph.network.graphs import DENSE, LARGEST, TARGET, by_period, count, locate, project, sides_of
from stancegraph.table.arrays import distinct, sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.records import Named, Statement
    from stancegraph.table import Table
    from stancegraph.table.scales import Scale

    Held = dict[int, dict[float, list[int]]]
    Indices = NDArray[np.int64]
    Vector = NDArray[np.float64]

BLOCK: Final = 512
"""Rows of a matrix, or thousands of pairs, that are worked on at once."""


def evidence(graph: nx.Graph[str], a: str, b: str) -> list[Statement]:
    """The statements behind the tie of `a` and `b` (IRIs or labels), oldest first, with words and documents.

    Empty where the two have no tie. Raises UsageError for a name that is no node's, or a graph that was not
    made from a store.

    >>> from stancegraph import network, store
    >>> graph = network.agreement(store.open())
    >>> {s.date for s in evidence(graph, "Jordan", "Türkiye")}
    {'2025-03-09'}
    """
    behind = supporting_rows(graph, a, b)
    if behind.store is None:
        raise UsageError(
            "this network was made from rows of your own: ties.supporting_rows gives those of a tie"
        )
    found = statements.by_iri(behind.store, set(behind.statement.to_list()))
    return [found[iri] for iri in dict.fromkeys(behind.statement.to_list())]


def supporting_rows(graph: nx.Graph[str], a: str, b: str) -> Table:
    """The rows of the flat table behind the tie of `a` and `b`; none where the two have no tie."""
    table, method = graph.graph.get("rows"), graph.graph.get("method")
    if table is None or method is None:
        raise UsageError("this graph does not remember its statements: make it with stancegraph.network")
    pair = _named(graph, a), _named(graph, b)
    rows = _behind(table, method, pair)(*pair) if graph.has_edge(*pair) else ()
    chosen: Table = table[np.array(sorted(rows), np.intp)]
    return chosen


def statements_behind(
    table: Table, method: Method, pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, ...]]:
    """The IRIs of the statements behind each of these ties, oldest first; the rows are paired once for all."""
    behind = _behind(table, method, {name for pair in pairs for name in pair})
    for pair in pairs:
        yield tuple(
            dict.fromkeys(table.statement.values[table.statement.codes[row]] for row in sorted(behind(*pair)))
        )


def tie_rows(graph: nx.Graph[str]) -> Iterator[tuple[str, str, dict[str, Any], list[int]]]:
    """Every tie with its two nodes, its data and the rows behind it, as places in the graph's table, in order.

    In a two-mode network the actor comes first.
    """
    table, method = graph.graph["rows"], graph.graph["method"]
    behind = _behind(table, method)
    actors = {thing.iri for thing in table.actor.values}
    for a, b, data in graph.edges(data=True):
        ends = (b, a) if method.kind == "two-mode" and a not in actors else (a, b)
        yield *ends, data, sorted(behind(*ends))


class Shared(NamedTuple):
    """What both ends of a tie speak of in one period: at the same level, and at another. Codes of what faces them."""

    agree: set[int]
    disagree: set[int]


def shared(table: Table, method: Method, rows: Iterable[int], end: int) -> Shared:
    """What the two ends of a tie share, by the `rows` behind it; `end` is the code of either."""
    own, facing = (column.codes for column in sides_of(table, method.kind))
    levels: dict[tuple[int, int], tuple[set[float], set[float]]] = defaultdict(lambda: (set(), set()))
    for row in rows:
        period = 0 if table.period is None else int(table.period[row])
        levels[int(facing[row]), period][int(own[row] == end)].add(float(table.level[row]))
    both = {key: sides for key, sides in levels.items() if all(sides)}
    return Shared(
        {thing for (thing, _), (a, b) in both.items() if a & b},
        {thing for (thing, _), (a, b) in both.items() if len(a | b) > 1},
    )


class Cell(NamedTuple):
    """The rows of one actor on one target in one period at one level.

    `alone` is how many of their statements have no row elsewhere, `others` are the codes of those that have one.
    """

    target: int
    level: float
    rows: list[int]
    alone: int
    others: set[int]


class Meeting(NamedTuple):
    """A row of either of two actors on one target in one period, of each level the most telling; `alike`: of one level.

    Meetings are sorted by the weaker side: what is said in so many words before what is implied, quotations before
    paraphrases, then by confidence; of equal ones the latest tells most.
    """

    telling: tuple[float, int]
    alike: bool
    target: int
    mine: int
    theirs: int


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """What one actor has in common with another: what both speak of, and the cells that make their tie, in pairs.

    `direct` are the rows of stances of the two on each other, where these count.
    """

    other: Named
    shared: Shared
    pairs: list[tuple[Cell, Cell]]
    direct: set[int]
    telling: Telling

    @property
    def rows(self) -> list[int]:
        """The rows behind the tie, in order."""
        return sorted(self.direct.union(*(cell.rows for cell in chain(*self.pairs))))

    @property
    def statements(self) -> int:
        """The number of statements behind the tie."""
        if self.direct:
            return len({self.telling.statement[row] for row in self.rows})
        cells = {id(cell): cell for cell in chain(*self.pairs)}.values()
        return sum(cell.alone for cell in cells) + len(set[int]().union(*(cell.others for cell in cells)))

    @property
    def meetings(self) -> list[Meeting]:
        """One for each target, period and pair of levels that makes the tie, the most telling first."""
        best, score = self.telling.best, self.telling.score
        found = []
        for one, another in self.pairs:
            a, b = best(one), best(another)
            telling = min(score[a], score[b]), max(a, b)
            found.append(Meeting(telling, one.level == another.level, one.target, a, b))
        return sorted(found, reverse=True)


class Telling:
    """How much each row of a table tells to who asks for evidence (see `Meeting`)."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._best: dict[int, int] = {}
        self.statement: list[int] = table.statement.codes.tolist()

    @cached_property
    def score(self) -> list[float]:
        """Of each row."""
        basis, sure = self._table.basis, np.nan_to_num(self._table.confidence, nan=-1)
        said = np.array([word == "said" for word in basis.values], np.bool_)[basis.codes]
        scores: list[float] = (8 * said + 4 * self._table.quoted + sure).tolist()
        return scores

    def best(self, cell: Cell) -> int:
        """The most telling of the rows of a cell, of equal ones the latest."""
        if id(cell) not in self._best:
            self._best[id(cell)] = max(cell.rows, key=lambda row: (self.score[row], row))
        return self._best[id(cell)]


def sharing(table: Table, method: Method, iri: str) -> Iterator[Common]:
    """What an actor has in common with all who share a target with it, or are spoken of by it where that counts."""
    me = next((code for code, thing in enumerate(table.actor.values) if thing.iri == iri), -1)
    cells = _cells(table, me)
    direct: dict[Named, set[int]] = defaultdict(set)
    if method.direct:
        for row, ends in enumerate(zip(table.actor.to_list(), table.target.to_list(), strict=True)):
            for thing in ends if iri in (ends[0].iri, ends[1].iri) else ():
                direct[thing].add(row)
    meets, telling = _meeting(table.scale, method.aggregation), Telling(table)
    code = {table.actor.values[i]: i for i in cells}
    for other in sorted(code.keys() | direct.keys()):
        mine, theirs = cells.get(me, {}), cells.get(code.get(other, -1), {})
        both = Shared(set(), set())
        pairs: list[tuple[Cell, Cell]] = []
        for key in theirs.keys() & mine.keys() if other.iri != iri else ():
            met = [(a, b) for a in mine[key] for b in theirs[key] if meets(a.level, b.level)]
            levels = [{cell.level for cell in side} for side in zip(*met, strict=True)]
            if met and levels[0] & levels[1]:
                both.agree.add(met[0][0].target)
            if met and len(levels[0] | levels[1]) > 1:
                both.disagree.add(met[0][0].target)
            pairs += met
        found = Common(other, both, pairs, direct[other], telling)
        if direct[other] and other.iri != iri:
            found = replace(found, shared=shared(table, method, found.rows, me))
        if other.iri != iri and (pairs or direct[other]):
            yield found


def _cells(table: Table, me: int) -> dict[int, dict[int, list[Cell]]]:
    """Actor → target and period → cells, of what the actor of this code speaks of."""
    own = table.actor.codes
    key = by_period(table.target.codes, table.period)
    _, level = np.unique(table.level, return_inverse=True)
    _, cell = np.unique(_keys(_keys(own, key), level), return_inverse=True)
    pairs = _paired(table.statement.codes, cell)
    alone = (np.bincount(pairs[:, 0]) == 1)[table.statement.codes]
    near = np.flatnonzero(np.isin(key, key[own == me]))
    near = near[np.argsort(cell[near], kind="stable")]
    starts = np.flatnonzero(np.diff(cell[near], prepend=-1)).tolist()
    rows, statement, single = near.tolist(), table.statement.codes[near].tolist(), alone[near].tolist()
    found: dict[int, dict[int, list[Cell]]] = defaultdict(dict)
    first = near[starts]
    columns = (column[first].tolist() for column in (own, key, table.target.codes, table.level))
    for start, stop, i, j, target, height in zip(starts, [*starts, len(rows)][1:], *columns, strict=True):
        by = list(zip(statement[start:stop], single[start:stop], strict=True))
        made = Cell(
            target,
            height,
            rows[start:stop],
            len({s for s, is_alone in by if is_alone}),
            {s for s, is_alone in by if not is_alone},
        )
        found[i].setdefault(j, []).append(made)
    return found


def statement_counts(graph: nx.Graph[str]) -> Iterator[tuple[str, str, dict[str, Any], int]]:
    """Every tie with its two nodes, its data and the number of statements behind it."""
    statement = graph.graph["rows"].statement.codes
    for a, b, data, rows in tie_rows(graph):
        yield a, b, data, len({int(statement[row]) for row in rows})


class Tie(TypedDict):
    """The labels of both ends of a tie, its weight (in the stance network the level), the number of statements."""

    a: str
    b: str
    weight: float | str
    statements: int


def edge_list(graph: nx.Graph[str]) -> list[Tie]:
    """`a, b, weight, statements`: every tie by the labels of its ends, and how many statements are behind it.

    Undirected pairs once, sorted. In the stance network a row is an actor, a target and a level.
    """
    label = {node: str(data.get("label", node)) for node, data in graph.nodes(data=True)}
    found: list[tuple[str, str, Any, int]]
    if graph.is_multigraph():
        levels = Counter((a, b, d.get("polarity", d.get("level"))) for a, b, d in graph.edges(data=True))
        found = [(label[a], label[b], level, number) for (a, b, level), number in levels.items()]
    else:
        found = [
            (label[a], label[b], data["weight"], number) for a, b, data, number in statement_counts(graph)
        ]
    if graph.graph["method"].one_mode:
        found = [(min(a, b), max(a, b), weight, number) for a, b, weight, number in found]
    numeric = all(isinstance(row[2], int | float) for row in found)
    found.sort(key=lambda row: (row[0], row[1], row[2] if numeric else str(row[2])))
    return [{"a": a, "b": b, "weight": weight, "statements": number} for a, b, weight, number in found]


def _named(graph: nx.Graph[str], name: str) -> str:
    if name in graph:
        return name
    bearers = [node for node, data in graph.nodes(data=True) if data.get("label") == name]
    if len(bearers) != 1:
        raise UsageError(f"'{name[:60]}' names {len(bearers) or 'no'} nodes of this network: give an IRI")
    return bearers[0]


def _behind(
    table: Table, method: Method, names: Iterable[str] | None = None
) -> Callable[[str, str], set[int]]:
    """Function of two nodes: the rows behind their tie, the actor first; of some nodes alone, where these are told."""
    own, other = sides_of(table, method.kind)
    mine = {thing.iri: code for code, thing in enumerate(own.values)}
    theirs = mine if method.one_mode else {thing.iri: code for code, thing in enumerate(other.values)}
    rows = np.arange(len(table))
    if names is not None:
        rows = np.flatnonzero(np.isin(own.codes, [mine[name] for name in names if name in mine]))
    faced = by_period(other.codes, table.period if method.one_mode else None)
    held: dict[int, Held] = defaultdict(dict)
    columns = (column[rows].tolist() for column in (own.codes, faced, table.level))
    for row, i, j, level in zip(rows.tolist(), *columns, strict=True):
        held[i].setdefault(j, {}).setdefault(level, []).append(row)
    meets = _meeting(table.scale, method.aggregation)
    direct: dict[frozenset[str], set[int]] = defaultdict(set)
    if method.direct:
        for row, ends in enumerate(zip(table.actor.to_list(), table.target.to_list(), strict=True)):
            direct[frozenset(end.iri for end in ends)].add(row)

    def behind(a: str, b: str) -> set[int]:
        i, j = mine.get(a, -1), theirs.get(b.removesuffix(TARGET), -1)
        if not method.one_mode:
            return {row for rows in held[i].get(j, {}).values() for row in rows}
        return _meetings(held[i], held[j], meets) | direct.get(frozenset((a, b)), set())

    return behind


def _meetings(mine: Held, theirs: Held, meets: Callable[[float, float], bool]) -> set[int]:
    """Rows of two actors on targets they share, of levels that count for the tie."""
    found: set[int] = set()
    for j in mine.keys() & theirs.keys():
        for level, rows in mine[j].items():
            for other, facing in theirs[j].items():
                if meets(level, other):
                    found.update(rows, facing)
    return found


def _meeting(scale: Scale, aggregation: str) -> Callable[[float, float], bool]:
    """Whether two levels on one target add to (or take from) a tie."""

    def similar(a: float, b: float) -> float:
        return float(scale.similarity(np.array([a, b]))[0, 1])

    known: dict[tuple[float, float], bool] = {}

    def meets(a: float, b: float) -> bool:
        if (a, b) not in known:
            worth = {"congruence": similar(a, b) > 0, "conflict": similar(a, b) < 1}
            known[a, b] = worth.get(aggregation, True)
        return known[a, b]

    return meets


@dataclass(frozen=True, eq=False)
class Edges:
    """Ties `a[i]`–`b[i]` of `weight[i]`, both ends as codes of the table's actors or targets; undirected pairs once."""

    table: Table
    method: Method
    a: Indices
    b: Indices
    weight: Vector

    @classmethod
    def of(cls, table: Table, method: Method, weights: Vector | None = None) -> Edges:
        """The ties that a method other than "stances" makes of the rows that count, stances on each other aside."""
        made = project(table, method, weights)
        cells = made.matrix.tocoo()
        i, j = cells.coords
        kept = (cells.data != 0) & ((i < j) | (method.kind == "two-mode"))
        ends = made.rows[i[kept]].astype(np.int64), made.columns[j[kept]].astype(np.int64)
        return cls(table, method, *ends, cells.data[kept])

    def __len__(self) -> int:
        return len(self.weight)

    def __getitem__(self, chosen: Any) -> Edges:
        return replace(self, a=self.a[chosen], b=self.b[chosen], weight=self.weight[chosen])

    def backbone(self, alpha: float, minimum: float | None = None) -> Edges:
        """Those that `backbone.backbone` keeps: significant at one of their ends, and at least as strong."""
        check(alpha, minimum)
        size = np.abs(self.weight)
        if self.method.kind == "two-mode":
            p = np.minimum(_by_chance(self.a, size), _by_chance(self.b, size))
        else:
            both = _by_chance(np.concatenate((self.a, self.b)), np.concatenate((size, size)))
            p = np.minimum(*np.split(both, 2))
        return self[((p < alpha) | (alpha == 1)) & (size >= (minimum or 0))]

    def degree_sequence_backbone(self, alpha: float, minimum: float | None = None) -> Edges:
        """Those that are more than chance by the stochastic degree sequence model (see `backbone`).

        A positive tie is held against the stances both share, a negative one against those on which they differ; where
        levels are ignored, a tie against all they both speak of. Raises UsageError for a network of two modes.
        """
        check(alpha, minimum)
        if self.method.kind == "two-mode":
            raise UsageError(
                "--backbone sdsm is of networks of actors or of targets: choose one, or disparity"
            )
        counts = count(self.table, kind=self.method.kind)
        rows = [np.searchsorted(counts.rows, end) for end in (self.a, self.b)]
        p = np.ones(len(self))
        for sign, kind in ((1, "congruence"), (-1, "conflict")):
            here = np.flatnonzero(np.sign(self.weight) == sign)
            of = kind if self.method.aggregation == "subtract" else self.method.aggregation
            if len(here):
                p[here] = chances_to_share(
                    counts.matrix, len(counts.levels), rows[0][here], rows[1][here], of
                )
        return self[((p < alpha) | (alpha == 1)) & (np.abs(self.weight) >= (minimum or 0))]

    @cached_property
    def statements(self) -> Indices:
        """The number of statements behind each tie."""
        own, other = self.table.actor.codes, self.table.target.codes
        if self.method.kind == "two-mode":
            each = _paired(_keys(own, other), self.table.statement.codes)[:, 0]
            names, counts = np.unique(each, return_counts=True)
            wanted = self.a * (int(other.max(initial=0)) + 1) + self.b
            return counts[np.searchsorted(names, wanted)]
        return _Behind(self).counts()

    def rows(self, least: int = 0) -> TieRows:
        """The ties by the labels of their ends, sorted; those with at least so many statements."""
        kept = np.flatnonzero(self.statements >= least)
        own, _ = sides_of(self.table, self.method.kind)
        other = self.table.target if self.method.kind == "two-mode" else own
        labels = sorted({thing.label for column in (own, other) for thing in column.values})
        place = {label: i for i, label in enumerate(labels)}
        a, b = (
            np.array([place[thing.label] for thing in column.values], np.int64)[codes]
            for column, codes in ((own, self.a[kept]), (other, self.b[kept]))
        )
        if self.method.kind != "two-mode":
            a, b = np.minimum(a, b), np.maximum(a, b)
        order = np.lexsort((self.weight[kept], b, a))
        return TieRows(labels, a[order], b[order], self.weight[kept][order], self.statements[kept][order])


@dataclass(frozen=True, eq=False)
class TieRows(Sequence[Tie]):
    """The rows of `ties.edge_list`, each made when it is looked at."""

    labels: Sequence[str]
    a: Indices
    b: Indices
    weight: Vector
    statements: Indices

    def __len__(self) -> int:
        return len(self.a)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            columns = (getattr(self, name)[at] for name in ("a", "b", "weight", "statements"))
            return TieRows(self.labels, *columns)
        return next(iter(self[at : at + 1 or None]))

    def __iter__(self) -> Iterator[Tie]:
        columns = (getattr(self, name).tolist() for name in ("a", "b", "weight", "statements"))
        for a, b, weight, number in zip(*columns, strict=True):
            yield {"a": self.labels[a], "b": self.labels[b], "weight": weight, "statements": number}


def _paired(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.int64]:
    """The distinct pairs of two columns, sorted."""
    width = int(second.max(initial=0)) + 1
    keys = distinct(first.astype(np.int64) * width + second)
    return np.column_stack((keys // width, keys % width))


class _Behind:
    """The statements behind ties of one mode: those of either end on what the other speaks of, at a level that counts.

    A row of one end lies in a cell: what it is on, in its period, at its level. It is behind the tie if the other end
    has a row that faces the cell. Most statements have one row of an end; the others are looked at one by one, and
    what both ends say together counts once.
    """

    def __init__(self, edges: Edges) -> None:
        table, method = edges.table, edges.method
        places = locate(table, method.kind)
        self.size, width = places.shape
        self.pairs = np.searchsorted(places.rows, edges.a), np.searchsorted(places.rows, edges.b)
        meets, levels = _meeting(table.scale, method.aggregation), places.levels.tolist()
        facing = sparse.csr_array(np.array([[meets(x, y) for y in levels] for x in levels], float))
        present = sparse.csr_array((np.ones(len(table)), (places.i, places.cell)), shape=places.shape)
        mixed = sparse.kron(sparse.eye_array(len(places.columns)), facing, format="csr")
        self.faced = (present @ mixed).sign().tocsr()
        self._group(places.i, places.cell, table.statement.codes, width)

    def _group(self, own: NDArray[Any], cell: NDArray[Any], statement: NDArray[Any], width: int) -> None:
        """What each statement says of each end: in `single` where it is one cell, else a row of `several`."""
        keys = _paired(_keys(statement, own), cell)
        groups, first, number = np.unique(keys[:, 0], return_index=True, return_counts=True)
        owner, said = groups % (int(own.max(initial=0)) + 1), groups // (int(own.max(initial=0)) + 1)
        _, place, often = np.unique(said, return_inverse=True, return_counts=True)
        alone = (number == 1) & (often[place] == 1)
        self.single = sparse.csr_array(
            (np.ones(int(alone.sum())), (owner[alone], keys[first[alone], 1])), shape=(self.size, width)
        )
        rows = np.repeat(~alone, number)
        place = np.cumsum(~alone) - 1
        at = np.repeat(place, number)[rows]
        self.owner, self.said = owner[~alone], said[~alone]
        self.several = sparse.csr_array(
            (np.ones(len(at)), (at, keys[rows, 1])), shape=(len(self.owner), width)
        )

    def counts(self) -> Indices:
        """The number for each pair."""
        a, b = self.pairs
        found = self._met(self.single, a, b) + self._met(self.single, b, a)
        if len(self.owner):
            both = self._several()
            found += both[a, b] + both[b, a] - self._together()[a, b]
        return np.rint(found).astype(np.int64)

    def _met(self, cells: sparse.csr_array, ends: Indices, others: Indices) -> Vector:
        """The statements of one end on what the other end faces, for each pair."""
        found = np.zeros(len(ends))
        n, m = self.faced.shape
        work = len(ends) * (cells.nnz + self.faced.nnz) / max(n, 1)
        if n * m <= LARGEST and n * n * m < DENSE * work:
            faced = self.faced.toarray().T
            for start in range(0, n, BLOCK):
                here = np.flatnonzero((ends >= start) & (ends < start + BLOCK))
                product = cells[start : start + BLOCK].toarray() @ faced
                found[here] = product[ends[here] - start, others[here]]
            return found
        for start in range(0, len(ends), BLOCK * 50):
            at = slice(start, start + BLOCK * 50)
            found[at] = cells[ends[at]].multiply(self.faced[others[at]]).sum(axis=1)
        return found

    def _several(self) -> NDArray[np.float64]:
        """How many of the statements with several cells one end says of what another faces, for all pairs."""
        found = np.zeros((self.size, self.size))
        for start in range(0, len(self.owner), BLOCK):
            met = (self.several[start : start + BLOCK] @ self.faced.T).toarray() > 0
            np.add.at(found, self.owner[start : start + BLOCK], met)
        return found

    def _together(self) -> NDArray[np.float64]:
        """How many statements both ends of a pair make, each on what the other faces."""
        found = np.zeros((self.size, self.size))
        for apart in range(1, int(np.bincount(np.unique(self.said, return_inverse=True)[1]).max())):
            first = np.flatnonzero(self.said[:-apart] == self.said[apart:])
            ends, others = self.owner[first], self.owner[first + apart]
            mine = self.several[first].multiply(self.faced[others]).sum(axis=1)
            theirs = self.several[first + apart].multiply(self.faced[ends]).sum(axis=1)
            both = (mine > 0) & (theirs > 0)
            np.add.at(found, (ends[both], others[both]), 1)
            np.add.at(found, (others[both], ends[both]), 1)
        return found


def _keys(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.int64]:
    """A number for each pair of codes."""
    keys: NDArray[np.int64] = first.astype(np.int64) * (int(second.max(initial=0)) + 1) + second
    return keys


def _by_chance(end: Indices, size: Vector) -> Vector:
    """How likely each tie would be as strong, were the strength of its end shared out at random among its ties."""
    return (1 - size / sums(end, size)[end]) ** (np.bincount(end)[end] - 1)
