"""Graphs from the rows that count: nodes with their labels and kinds, ties with their weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

from stancegraph import statements
from stancegraph.network.projection import projection
from stancegraph.statements import things

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from stancegraph.network.options import Recipe
    from stancegraph.records import Named, Statement
    from stancegraph.table import Table

TARGET = " (target)"
"""What the name of a node ends with that is a target, in a network in which the same actor speaks too."""


def counting(table: Table, recipe: Recipe) -> Table:
    """The rows that count under a recipe: neutral ones only if asked for, of equal ones the first."""
    kept = table if recipe.neutral or recipe.kind == "stances" else table.decided()
    return kept.unrepeated(recipe.duplicates, levels=recipe.aggregation != "ignore")


def make(
    table: Table, recipe: Recipe, weights: NDArray[np.float64] | None = None, *, words: bool = True
) -> nx.Graph[str]:
    """The graph a recipe makes of the rows that count (see `counting`), weighted where a kernel gives weights.

    Without `words` the edges of a stance network carry level and documents alone, for those who only count.
    """
    if recipe.kind == "stances":
        return stance_network(table, recipe, words=words)
    made = projection(table, recipe, weights)
    graph: nx.Graph[str] = nx.Graph()
    own, other = (table.actor, table.target) if recipe.kind != "targets" else (table.target, table.target)
    _add_nodes(graph, table, [own.values[code] for code in made.rows])
    names = [own.values[code].iri for code in made.rows]
    across = names
    if recipe.kind == "two-mode":
        nx.set_node_attributes(graph, dict.fromkeys(graph, 0), "bipartite")
        across = _add_targets(graph, table, [other.values[code] for code in made.columns])
    cells = made.matrix.tocoo()
    i, j = cells.coords
    once = slice(None) if recipe.kind == "two-mode" else i < j
    graph.add_weighted_edges_from(
        (names[a], across[b], float(w)) for a, b, w in zip(i[once], j[once], cells.data[once], strict=True)
    )
    if recipe.direct:
        _add_direct(graph, table)
    if not recipe.isolates:
        graph.remove_nodes_from(list(nx.isolates(graph)))
    graph.graph.update(rows=table, recipe=recipe, filters=table.filters, notes=table.notes)
    return graph


def _add_nodes(graph: nx.Graph[str], table: Table, things_: Iterable[Named]) -> None:
    known = things.described(table.store) if table.store else {}
    for thing in things_:
        kind, arabic = known.get(thing.iri, ("proposition" if table.store else "", None))
        graph.add_node(thing.iri, label=thing.label, label_ar=arabic, kind=kind)


def _add_targets(graph: nx.Graph[str], table: Table, named: Iterable[Named]) -> list[str]:
    """Nodes of the second mode; where an actor is spoken of too, its name as a target says so."""
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
        set(things.described(table.store)) if table.store else set()
    )
    for row in table.unrepeated("document"):
        if row.target.iri in actors and row.target.iri != row.actor.iri:
            yield row.actor.iri, row.target.iri, float(row.level), row.target


def tied_to(table: Table, recipe: Recipe, iri: str) -> dict[str, float]:
    """Everyone tied to one actor in the network of agreement that a recipe makes of the rows → the weight."""
    made = projection(table, recipe)
    names = [table.actor.values[code].iri for code in made.rows]
    weights: dict[str, float] = {}
    if iri in names:
        row = made.matrix[[names.index(iri)]].tocoo()
        weights = {names[j]: float(w) for j, w in zip(row.coords[1].tolist(), row.data.tolist(), strict=True)}
    for a, b, level, _ in _direct(table) if recipe.direct else ():
        if iri in (a, b):
            other = b if a == iri else a
            weights[other] = weights.get(other, 0.0) + level
    return {other: weight for other, weight in weights.items() if weight}


def stance_network(table: Table, recipe: Recipe, *, words: bool = True) -> nx.MultiDiGraph[str]:
    """One edge for each row, keyed by the statement; with `words`, and what the statement says and where."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    told = statements.by_iri(table.store, set(table.statement.listed())) if words and table.store else {}
    rows = list(table)
    _add_nodes(graph, table, dict.fromkeys(thing for row in rows for thing in (row.actor, row.target)))
    name = "polarity" if table.scale.kind == "polarity" else "level"
    start, reported = table.reports.start, table.reports.documents
    for row, statement in zip(rows, table.statement.codes.tolist(), strict=True):
        codes = reported[start[statement] : start[statement + 1]].tolist()
        documents = tuple(table.document.values[code].iri for code in codes)
        about = _told(told[row.statement]) if row.statement in told else {}
        data = {name: row.level, "documents": documents, **about}
        graph.add_edge(row.actor.iri, row.target.iri, key=row.statement, **data)
    graph.graph.update(rows=table, recipe=recipe, filters=table.filters, notes=table.notes)
    return graph


def _told(statement: Statement) -> dict[str, Any]:
    return {
        "date": statement.date,
        "act": statement.act,
        "medium": statement.medium,
        "basis": statement.basis,
        "confidence": statement.confidence,
        "gist": statement.gist,
        "quotes": statement.quotes,
        "reports": tuple(
            {
                "document": report.document.iri,
                "title": report.document.title,
                "publisher": report.document.publisher,
                "issued": report.document.issued,
                "url": report.document.url,
            }
            for report in statement.reports
        ),
    }


def weight_of(graph: nx.Graph[str], a: str, b: str) -> float:
    """The weight of a tie, 0 where there is none."""
    return float(graph.edges[a, b]["weight"]) if graph.has_edge(a, b) else 0.0
