"""Who matters: rank by a measure on a network, and how far one document can move each rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from stancegraph import network
from stancegraph.centrality.measures import MEASURES, Measure, named
from stancegraph.centrality.robustness import Place, ranks, robust
from stancegraph.errors import UsageError
from stancegraph.network.options import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stancegraph.records import Named
    from stancegraph.store import Store
    from stancegraph.table import Table

__all__ = ["MEASURES", "Measure", "Place", "named", "rank", "ranks", "robust"]


def rank(
    source: Store | Table | nx.Graph[Any],
    by: str = "degree",
    *,
    on: str | None = None,
    backend: str | None = None,
    robustness: bool = True,
    **choices: Any,
) -> list[dict[str, Any]]:
    """`actor, iri, score, rank, best, worst, moved_most_by`: everyone by a measure of `MEASURES`, highest first.

    The network is `on` (one of `recipe.KINDS`; default: the one the measure is meant for), made with `choices` of
    recipe and filters; or any networkx graph. Rank 1 is the highest score; ties share a rank. `best` and `worst` are
    the ranks taken when each document is left out in turn, `moved_most_by` the title of the document whose absence
    moves it most (None where none does); who only one document lets appear is "absent without" it. Without
    `robustness`, or for a graph that has no documents, these are None.

    >>> from stancegraph import store
    >>> top = rank(store.open())[0]
    >>> top["rank"], top["best"] <= top["rank"] <= top["worst"]
    (1, True)
    """
    measure = named(by)
    if isinstance(source, nx.Graph):
        if choices or on:
            raise UsageError("a graph is made already: choose network, recipe and filters where it is made")
        return _listed(source, {n: _alone(p) for n, p in _places(measure.scores(source, backend)).items()})
    table, recipe = network.prepare(source, on or measure.on, choices)
    whole = _graph(table, recipe)
    shown = _shown(whole, recipe)

    def scores(document: Named | None) -> Mapping[str, float]:
        graph = whole if document is None else _graph(table.without_document(code[document]), recipe)
        found = measure.scores(graph, backend)
        return {node: score for node, score in found.items() if node in shown}

    code = {document: code for code, document in enumerate(table.document.values)}
    if not robustness:
        return _listed(whole, {node: _alone(place) for node, place in _places(scores(None)).items()})
    return _listed(whole, {node: _told(place) for node, place in robust(scores, _documents(table)).items()})


def _graph(table: Table, recipe: Recipe) -> nx.Graph[str]:
    return network.build(network.countable(table, recipe), recipe, words=False)


def _shown(graph: nx.Graph[str], recipe: Recipe) -> set[str]:
    """Of the stance network its actors are ranked, of the others every node."""
    if recipe.kind != "stances":
        return set(graph)
    return {node for node, data in graph.nodes(data=True) if data["kind"] != "proposition"}


def _documents(table: Table) -> list[Named]:
    """The documents that report any statement of the table."""
    reports = table.reports
    there = np.zeros(len(table.document.values), np.bool_)
    for run in np.unique(table.shown):
        there[reports.documents[reports.start[run] : reports.start[run + 1]]] = True
    return [document for document, named_ in zip(table.document.values, there, strict=True) if named_]


def _places(scores: Mapping[Any, float]) -> dict[Any, tuple[float, int]]:
    return {node: (scores[node], place) for node, place in ranks(scores).items()}


def _alone(place: tuple[float, int]) -> dict[str, Any]:
    score, rank = place
    return {"score": score, "rank": rank, "best": None, "worst": None, "moved_most_by": None}


def _told(place: Place) -> dict[str, Any]:
    return {
        "score": place.score,
        "rank": place.rank,
        "best": place.best,
        "worst": place.worst,
        "moved_most_by": place.moved_most_by,
    }


def _listed(graph: nx.Graph[Any], places: Mapping[Any, dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [
        {"actor": str(graph.nodes[node].get("label", node)), "iri": str(node)}
        | {**place, "score": round(place["score"], 9)}
        for node, place in places.items()
    ]
    return sorted(rows, key=lambda row: (row["rank"], row["actor"], row["iri"]))
