"""The networks of the flat table as networkx graphs: nodes with labels and kinds, ties with weights.

Each is made from a store and filters, or from a table (`table.stances`), and remembers its rows, so that
`ties.evidence` finds the statements and words behind a tie.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Unpack

from stancegraph.errors import UsageError
from stancegraph.network import periods
from stancegraph.network.method import CHOICES, Method, NetworkOptions
from stancegraph.network.projection import Projection, project
from stancegraph.network.temporal import Moment, kernels, windows
from stancegraph.output import note_on
from stancegraph.records import Statement
from stancegraph.statements import reader
from stancegraph.store import Store
from stancegraph.table import selection as flat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

    from stancegraph.records import Named
    from stancegraph.table import Table

TARGET: Final = " (target)"
"""What the name of a node ends with that is a target, in a network in which the same actor speaks too."""


class SeriesOptions(NetworkOptions, total=False):
    """Options of networks over time."""

    window: str | None
    step: str | None
    start: date | None
    kernel: str | None
    width: int | None
    at: Iterable[date | str] | None
    of: str


def stances(source: Store | Table, **options: Unpack[NetworkOptions]) -> nx.MultiDiGraph[str]:
    """The stance network: one edge per actor, target and statement, keyed by the statement's IRI.

    Nodes are IRIs with `label`, `label_ar`, `kind` (an actor kind, or "proposition"); edges carry `polarity`
    (1, -1, 0; `level` where a variable is asked for), `documents`, `date`, `act`, `medium`, `basis`, `confidence`,
    `gist`, `quotes` and `reports`. Takes the filters of `statements.said`.

    >>> from stancegraph import store
    >>> graph = stances(store.open(), actor="khazali")
    >>> sorted(polarity for *_, polarity in graph.edges(data="polarity"))
    [1, 1, 1, 1, 1]
    """
    table, method = prepare(source, "stances", options)
    return stance_network(countable(table, method), method)


def agreement(source: Store | Table, **options: Unpack[NetworkOptions]) -> nx.Graph[str]:
    """The network of actors, by default signed: common minus contrary stances, over the pair's mean activity.

    Options are those of `NetworkOptions`: how it is made, and the filters of `statements.said`. Edges carry
    `weight`: with the defaults -1..1 where nobody is counted twice on a target (Leifeld 2017). A pair of weight 0
    has no edge.

    >>> from stancegraph import store
    >>> graph = agreement(store.open(), about="fall of Aleppo")
    >>> sorted(label for _, label in graph.nodes(data="label") if "Popular" in label)
    ['unnamed leaders of the Popular Mobilization Forces']
    """
    return graph(source, "agreement", **options)


def targets(source: Store | Table, **options: Unpack[NetworkOptions]) -> nx.Graph[str]:
    """The network of propositions and actors spoken of, tied by those who speak of both; as `agreement`."""
    return graph(source, "targets", **options)


def two_mode(source: Store | Table, **options: Unpack[NetworkOptions]) -> nx.Graph[str]:
    """The network between actors (node attribute `bipartite` 0) and targets (1); `weight` as the method says.

    An actor that is a target too has two nodes: the target's is named by its IRI and " (target)".
    """
    return graph(source, "two-mode", **options)


def matrix(
    source: Store | Table, kind: str = "agreement", /, **options: Unpack[NetworkOptions]
) -> Projection:
    """The same network as a sparse matrix with the codes of its rows and columns; no graph is built."""
    table, method = prepare(source, kind, options)
    return project(countable(table, method), method)


def graph(
    source: Store | Table, kind: str = "agreement", /, **options: Unpack[NetworkOptions]
) -> nx.Graph[str]:
    """The network of a kind (one of `options.KINDS`), by the options that `agreement` takes."""
    if kind == "stances":
        return stances(source, **options)
    table, method = prepare(source, kind, options)
    return build(countable(table, method), method)


def series(source: Store | Table, **options: Unpack[SeriesOptions]) -> Iterator[tuple[Moment, nx.Graph[str]]]:
    """A network for each window (`window`, `step`, `start`; see `windows`), or around each day (see `kernels`).

    Options are those of `moments`, and of the network `of`. Of equal stances the first of each window counts;
    isolates are those of the moment.
    """
    for moment, method in moments(source, **options):
        yield moment, build(moment.rows, method, moment.weights)


def moments(
    source: Store | Table,
    *,
    window: str | None = None,
    step: str | None = None,
    start: date | None = None,
    kernel: str | None = None,
    width: int | None = None,
    at: Iterable[date | str] | None = None,
    of: str = "agreement",
    **options: Unpack[NetworkOptions],
) -> Iterator[tuple[Moment, Method]]:
    """The rows that count in each network of a series, and how it is made of them."""
    if (window is None) == (kernel is None):
        raise UsageError(
            "a series is either of windows (--window 4w) or of kernel weights (--kernel, --width)"
        )
    if kernel and width is None:
        raise UsageError(f"--kernel {kernel} needs --width: over how many days it spreads")
    table, method = prepare(source, of, options)
    if window:
        for moment in windows(table, window, step=step, start=start):
            yield replace(moment, rows=countable(moment.rows, method)), method
    else:
        for moment in kernels(
            countable(table, method), str(kernel), 1 if width is None else width, at=at, step=step or "1d"
        ):
            yield moment, method


def prepare(source: Store | Table, kind: str, options: Mapping[str, Any]) -> tuple[Table, Method]:
    """The rows of a store that pass the filters (or a table as it is), repetitions too, and the method.

    Raises UsageError for options that no network of this kind has, and for filters on a table.
    """
    method = Method.of(kind, {name: value for name, value in options.items() if name in CHOICES})
    filters = {name: value for name, value in options.items() if name not in CHOICES}
    if isinstance(source, Store):
        source = flat.stances(source, level=method.level, **filters)
    elif filters:
        raise UsageError("a table is filtered already: filter where it is made (table.stances)")
    if kind in {"agreement", "targets"} and source.period is None:
        source = periods.assign(source, method.period, source.store)
    return source, method


def countable(table: Table, method: Method) -> Table:
    """The rows that count under a method: neutral ones only if asked for, of equal ones the first, inside a period."""
    kept = table if method.neutral or method.kind == "stances" else table.without_neutral()
    if method.kind != "stances" and method.aggregation != "ignore":
        kept = kept.without_empty()
    if method.kind in {"agreement", "targets"} and not method.undertakings and kept.bound is not None:
        left_out = int(kept.bound.sum())
        said = "left out: demands that bind the speaker (--undertakings counts them)"
        kept = kept[~kept.bound].with_notes(note_on(left_out, "row", said))
    kept = kept.deduplicate(method.duplicates, levels=method.aggregation != "ignore")
    return kept if method.kind not in {"agreement", "targets"} else inside(kept)


def inside(table: Table) -> Table:
    """The rows that fall into one period, where there are periods."""
    if table.period is None:
        return table
    kept = table[table.period >= 0]
    said = "left out: the days straddle two periods, or an end is open"
    return kept.with_notes(note_on(len(table) - len(kept), "row", said))


def build(
    table: Table, method: Method, weights: NDArray[np.float64] | None = None, *, words: bool = True
) -> nx.Graph[str]:
    """The graph a method makes of the rows that count (see `countable`), weighted where a kernel gives weights.

    Without `words` the edges of a stance network carry level and documents alone, for those who only count.
    """
    if method.kind == "stances":
        return stance_network(table, method, words=words)
    made = project(table, method, weights)
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    own, other = (table.actor, table.target) if method.kind != "targets" else (table.target, table.target)
    _add_nodes(graph, table, [own.values[code] for code in made.rows])
    names = [own.values[code].iri for code in made.rows]
    across = names
    if method.kind == "two-mode":
        nx.set_node_attributes(graph, dict.fromkeys(graph, 0), "bipartite")
        across = _add_targets(graph, table, [other.values[code] for code in made.columns])
    cells = made.matrix.tocoo()
    i, j = cells.coords
    once = slice(None) if method.kind == "two-mode" else i < j
    graph.add_weighted_edges_from(
        (names[a], across[b], float(w)) for a, b, w in zip(i[once], j[once], cells.data[once], strict=True)
    )
    if method.direct:
        _add_direct(graph, table)
    if not method.isolates:
        graph.remove_nodes_from(list(nx.isolates(graph)))
    graph.graph.update(rows=table, method=method, filters=table.filters, notes=table.notes)
    return graph


def _add_nodes(graph: nx.Graph[str], table: Table, named: Iterable[Named]) -> None:
    known = reader.actors(table.store) if table.store else {}
    for thing in named:
        kind, arabic = known.get(thing.iri, ("proposition" if table.store else "", None))
        graph.add_node(thing.iri, label=thing.label, label_ar=arabic, kind=kind)


def _add_targets(graph: nx.Graph[str], table: Table, named: Iterable[Named]) -> list[str]:
    """Nodes of the second mode; where an actor is spoken of too, its name as a target says so."""
    import networkx as nx

    held: nx.Graph[str] = nx.Graph()
    _add_nodes(held, table, named)
    across = [iri + TARGET if iri in graph else iri for iri in held]
    for name, data in zip(across, held.nodes.values(), strict=True):
        graph.add_node(name, **data, bipartite=1)
    return across


def _add_direct(graph: nx.Graph[str], table: Table) -> None:
    """Adds stances of actors on each other: the sum of both directions, one for each document."""
    for a, b, level, target in _direct(table):
        if b not in graph:
            _add_nodes(graph, table, [target])
        graph.add_edge(a, b, weight=weight_of(graph, a, b) + level)
    graph.remove_edges_from([(a, b) for a, b in graph.edges if weight_of(graph, a, b) == 0])


def _direct(table: Table) -> Iterator[tuple[str, str, float, Named]]:
    """Actor, actor spoken of, level: of each document one."""
    actors = {thing.iri for thing in table.actor.values} | (
        set(reader.actors(table.store)) if table.store else set()
    )
    for row in table.deduplicate("document"):
        if row.target.iri in actors and row.target.iri != row.actor.iri:
            yield row.actor.iri, row.target.iri, float(row.level), row.target


def weights_of(table: Table, method: Method, iri: str) -> dict[str, float]:
    """Everyone tied to one actor in the network of agreement that a method makes of the rows → the weight."""
    made = project(table, method)
    names = [table.actor.values[code].iri for code in made.rows]
    weights: dict[str, float] = {}
    if iri in names:
        row = made.matrix[[names.index(iri)]].tocoo()
        weights = {names[j]: float(w) for j, w in zip(row.coords[1].tolist(), row.data.tolist(), strict=True)}
    for a, b, level, _ in _direct(table) if method.direct else ():
        if iri in (a, b):
            other = b if a == iri else a
            weights[other] = weights.get(other, 0.0) + level
    return {other: weight for other, weight in weights.items() if weight}


def stance_network(table: Table, method: Method, *, words: bool = True) -> nx.MultiDiGraph[str]:
    """One edge for each row, keyed by the statement; with `words`, and what the statement says and where."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    coded = table.records() if words else {}
    rows = list(table)
    _add_nodes(graph, table, dict.fromkeys(thing for row in rows for thing in (row.actor, row.target)))
    name = "polarity" if table.scale.kind == "polarity" else "level"
    start, reported = table.reports.start, table.reports.documents
    for row, run in zip(rows, table.shown.tolist(), strict=True):
        codes = reported[start[run] : start[run + 1]].tolist()
        documents = tuple(table.document.values[code].iri for code in codes)
        about = _words(coded[row.statement], row.target) if row.statement in coded else {}
        data = {name: row.level, "documents": documents, **about}
        graph.add_edge(row.actor.iri, row.target.iri, key=row.statement, **data)
    graph.graph.update(rows=table, method=method, filters=table.filters, notes=table.notes)
    return graph


def _words(statement: Statement, target: Named) -> dict[str, Any]:
    """What an edge of the stance network carries: the statement, and what is coded of this target."""
    own = next((t for t in statement.targets if t.thing.iri == target.iri), statement)
    shown = {r.document.iri for r in statement.reports} if isinstance(own, Statement) else {*own.documents}
    return {
        "stance": None if isinstance(own, Statement) else own.word,
        "date": statement.date,
        "act": statement.act,
        "medium": statement.medium,
        "basis": own.basis,
        "confidence": own.confidence,
        "gist": statement.gist,
        "quotes": statement.quotes,
        "reports": tuple(r.document.row() for r in statement.reports if r.document.iri in shown),
    }


def weight_of(graph: nx.Graph[str], a: str, b: str) -> float:
    """The weight of a tie, 0 where there is none."""
    return float(graph.edges[a, b]["weight"]) if graph.has_edge(a, b) else 0.0
