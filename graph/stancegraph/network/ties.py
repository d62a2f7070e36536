"""Ties and what stands behind them: the rows and statements a weight is made of; two actors side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict, Unpack

import numpy as np

from stancegraph import statements
from stancegraph.errors import UsageError
from stancegraph.network.graphs import TARGET, prepare
from stancegraph.network.method import NetworkOptions
from stancegraph.records import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.network.method import Method
    from stancegraph.records import Named, Statement
    from stancegraph.store import Store
    from stancegraph.table import Table
    from stancegraph.table.scales import Scale

    Indices = NDArray[np.intp]
    Held = Mapping[int, list[tuple[float, int]]]


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
    codes = [_code(table, method, name, side) for side, name in enumerate(pair)]
    found = _pairwise(table, method, codes)(*codes)
    if not graph.has_edge(*pair):
        found = set()
    chosen: Table = table[np.array(sorted(found | _direct(table, method, *pair)), np.intp)]
    return chosen


def statements_behind(
    table: Table, method: Method, pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, ...]]:
    """The IRIs of the statements behind each of these ties, oldest first; the rows are paired once for all."""
    codes = [{thing.iri: code for code, thing in enumerate(side.values)} for side in _sides(table, method)]
    ends = [(codes[0].get(a, -1), codes[1].get(b.removesuffix(TARGET), -1)) for a, b in pairs]
    rows_of = _pairwise(table, method, {end for pair in ends for end in pair})
    direct: dict[frozenset[str], set[int]] = defaultdict(set)
    if method.direct:
        for row, (actor, target) in enumerate(
            zip(table.actor.to_list(), table.target.to_list(), strict=True)
        ):
            direct[frozenset((actor.iri, target.iri))].add(row)
    for pair, (a, b) in zip(ends, pairs, strict=True):
        rows = sorted(rows_of(*pair) | direct.get(frozenset((a, b)), set()))
        yield tuple(dict.fromkeys(table.statement.values[table.statement.codes[row]] for row in rows))


def tie_rows(graph: nx.Graph[str]) -> Iterator[tuple[str, str, dict[str, Any], list[int]]]:
    """Every tie with its two nodes, its data and the rows behind it, as places in the graph's table, in order.

    In a two-mode network the actor comes first.
    """
    table, method = graph.graph["rows"], graph.graph["method"]
    rows_of = _pairwise(table, method)
    codes = [{thing.iri: code for code, thing in enumerate(side.values)} for side in _sides(table, method)]
    for a, b, data in graph.edges(data=True):
        first, second = (a, b) if a in codes[0] or method.kind != "two-mode" else (b, a)
        ends = codes[0].get(first, -1), codes[1].get(second.removesuffix(TARGET), -1)
        yield first, second, data, sorted(rows_of(*ends) | _direct(table, method, first, second))


class Shared(NamedTuple):
    """What both ends of a tie speak of in one period: at the same level, and at another. Codes of what faces them."""

    agree: set[int]
    disagree: set[int]


def shared(table: Table, method: Method, rows: Iterable[int], end: int) -> Shared:
    """What the two ends of a tie share, by the `rows` behind it; `end` is the code of either."""
    own, facing = table.actor.codes, table.target.codes
    if method.kind == "targets":
        own, facing = facing, own
    levels: dict[tuple[int, int], tuple[set[float], set[float]]] = defaultdict(lambda: (set(), set()))
    for row in rows:
        period = 0 if table.period is None else int(table.period[row])
        levels[int(facing[row]), period][int(own[row] == end)].add(float(table.level[row]))
    both = {key: sides for key, sides in levels.items() if all(sides)}
    return Shared(
        {thing for (thing, _), (a, b) in both.items() if a & b},
        {thing for (thing, _), (a, b) in both.items() if len(a | b) > 1},
    )


def sharing(table: Table, method: Method, iri: str) -> Iterator[tuple[Named, Shared, list[int]]]:
    """Everyone who shares a target with one actor, or is spoken of by it where the method counts that; the rows too."""
    rows_of = _pairwise(table, method)
    things = table.actor.values
    me = next((code for code, thing in enumerate(things) if thing.iri == iri), -1)
    other = table.target.codes.astype(np.int64)
    if table.period is not None:
        other = other * (int(table.period.max(initial=0)) + 1) + table.period
    meeting = np.isin(other, other[table.actor.codes == me])
    found = {
        things[code]: rows_of(me, code)
        for code in np.unique(table.actor.codes[meeting]).tolist()
        if code != me
    }
    if method.direct:
        for row, ends in enumerate(zip(table.actor.to_list(), table.target.to_list(), strict=True)):
            if iri in (ends[0].iri, ends[1].iri) and ends[0].iri != ends[1].iri:
                found.setdefault(ends[ends[0].iri == iri], set()).add(row)
    for thing, rows in sorted(found.items()):
        if rows:
            yield thing, shared(table, method, rows, me), sorted(rows)


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
    if graph.graph["method"].kind in {"agreement", "targets"}:
        found = [(min(a, b), max(a, b), weight, number) for a, b, weight, number in found]
    numeric = all(isinstance(row[2], int | float) for row in found)
    found.sort(key=lambda row: (row[0], row[1], row[2] if numeric else str(row[2])))
    return [{"a": a, "b": b, "weight": weight, "statements": number} for a, b, weight, number in found]


def _sides(table: Table, method: Method) -> tuple[Any, Any]:
    """The columns the two ends of a tie are of."""
    own = table.target if method.kind == "targets" else table.actor
    return own, (own if method.kind in {"agreement", "targets"} else table.target)


def _named(graph: nx.Graph[str], name: str) -> str:
    if name in graph:
        return name
    bearers = [node for node, data in graph.nodes(data=True) if data.get("label") == name]
    if len(bearers) != 1:
        raise UsageError(f"'{name[:60]}' names {len(bearers) or 'no'} nodes of this network: give an IRI")
    return bearers[0]


def _code(table: Table, method: Method, name: str, side: int) -> int:
    values = _sides(table, method)[side].values
    return next((code for code, thing in enumerate(values) if thing.iri == name.removesuffix(TARGET)), -1)


def _pairwise(
    table: Table, method: Method, ends: Iterable[int] | None = None
) -> Callable[[int, int], set[int]]:
    """Function of two codes: the rows behind their tie; of some `ends` alone, where these are told."""
    held: dict[int, dict[int, list[tuple[float, int]]]] = defaultdict(lambda: defaultdict(list))
    own, other = table.actor.codes, table.target.codes
    if method.kind == "targets":
        own, other = other, own
    if table.period is not None and method.kind in {"agreement", "targets"}:
        other = other.astype(np.int64) * (int(table.period.max(initial=0)) + 1) + table.period
    rows = np.arange(len(own)) if ends is None else np.flatnonzero(np.isin(own, list(ends)))
    columns = (column[rows].tolist() for column in (own, other, table.level))
    for row, i, j, level in zip(rows.tolist(), *columns, strict=True):
        held[i][j].append((level, row))
    if method.kind in {"stances", "two-mode"}:
        return lambda a, b: {row for _, row in held[a].get(b, ())}
    meets = meeting(table.scale, method.aggregation)
    return lambda a, b: set(_meetings(held[a], held[b], meets))


def _meetings(mine: Held, theirs: Held, meets: Callable[[float, float], bool]) -> Iterator[int]:
    """Rows of two actors on targets they share, of levels that count for the tie."""
    fewer, more = sorted((mine, theirs), key=len)
    for j, rows in fewer.items():
        for level, row in rows:
            for other, facing in more.get(j, ()):
                if meets(level, other):
                    yield row
                    yield facing


def meeting(scale: Scale, aggregation: str) -> Callable[[float, float], bool]:
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


def _direct(table: Table, method: Method, a: str, b: str) -> set[int]:
    """Rows of either actor on the other, where a method counts them."""
    if not method.direct:
        return set()
    code = {thing.iri: i for i, thing in enumerate(table.actor.values) if thing.iri in (a, b)}
    held = {thing.iri: i for i, thing in enumerate(table.target.values) if thing.iri in (a, b)}
    found: set[int] = set()
    for one, other in ((a, b), (b, a)):
        both = (table.actor.codes == code.get(one, -1)) & (table.target.codes == held.get(other, -1))
        found |= set(np.flatnonzero(both).tolist())
    return found


STRADDLES: Final = "days in two periods"
"""What a comparison calls the period of rows that fall into none."""


class Comparison(TypedDict):
    """How two actors stand on one target: in words, with the statements (IRIs) of each."""

    target: str
    period: str
    relation: str
    a: str
    b: str
    statements_a: list[str]
    statements_b: list[str]


def compare(store: Store, a: str, b: str, **options: Unpack[NetworkOptions]) -> list[Comparison]:
    """`target, period, relation, a, b, statements_a, statements_b`: where two actors agree, disagree, never met.

    `relation` is "agree", "disagree", "both" (stances of either sign), "open" (one withholds judgement),
    or "never met" (only one has spoken of the target); `a` and `b` are the stances in words.
    """
    return comparison(store, a, b, **options)[0]


def comparison(
    store: Store, a: str, b: str, **options: Unpack[NetworkOptions]
) -> tuple[Rows[Comparison], dict[str, Statement]]:
    """The rows of `compare`, and the statements they name by IRI."""
    table, _ = prepare(store, "agreement", {**options, "actor": (a, b)})
    actors = table.filters.meant["actor"] if table.filters else ()
    sides = [_levels_on_targets(table, iri) for iri in actors]
    records = table.records()
    found: list[Comparison] = []
    for target, period in {**sides[0], **sides[1]}:
        mine, theirs = (side.get((target, period), {}) for side in sides)
        found.append(
            {
                "target": target,
                "period": period,
                "relation": "never met" if period == STRADDLES else _relation(set(mine), set(theirs)),
                "a": _in_words(mine, target, records),
                "b": _in_words(theirs, target, records),
                "statements_a": sorted({iri for iris in mine.values() for iri in iris}),
                "statements_b": sorted({iri for iris in theirs.values() for iri in iris}),
            }
        )
    order = ("agree", "disagree", "both", "open", "never met")
    found.sort(key=lambda row: (order.index(row["relation"]), row["target"], row["period"]))
    return Rows(found, notes=table.notes), records


def _levels_on_targets(table: Table, iri: str) -> dict[tuple[str, str], dict[int, list[str]]]:
    """Target and period → level → statements of one actor."""
    held: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    labels = (*table.periods, STRADDLES)
    period = [""] * len(table) if table.period is None else [labels[code] for code in table.period.tolist()]
    for row, when in zip(table, period, strict=True):
        if row.actor.iri == iri:
            held[row.target.label, when][int(row.level)].append(row.statement)
    return held


def _relation(mine: set[int], theirs: set[int]) -> str:
    if not mine or not theirs:
        return "never met"
    agree, disagree = mine & theirs - {0}, {-sign for sign in mine} & theirs - {0}
    if agree and disagree:
        return "both"
    return "agree" if agree else "disagree" if disagree else "open"


def _in_words(side: Mapping[int, list[str]], target: str, records: Mapping[str, Statement]) -> str:
    """The words for the stances one actor has taken on a target."""
    words = (
        t.word
        for sign in (1, -1, 0)
        for iri in side.get(sign, ())
        for t in records[iri].targets
        if t.sign == sign and t.thing.label == target
    )
    return " and ".join(dict.fromkeys(words))
