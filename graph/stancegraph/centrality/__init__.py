"""Who matters: rank by a measure on a network, and how far one document can move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import networkx as nx

from stancegraph import network, statements
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stancegraph.records import Stance
    from stancegraph.store import Store

Scores = dict[str, float]


def _stance_degree(rows: Sequence[Stance], given: bool, received: bool) -> Scores:
    """Distinct targets an actor takes a stance on, and distinct actors that take one on it."""
    pairs = {(row.actor.iri, row.target.iri) for row in rows}
    actors = {row.actor.iri for row in rows}
    return {
        actor: float(given * sum(a == actor for a, _ in pairs) + received * sum(t == actor for _, t in pairs))
        for actor in actors
    }


def _agreeing(rows: Sequence[Stance]) -> nx.Graph[str]:
    """The positive part of agreement, with `distance` 1/weight."""
    graph = network.agreement(rows)
    positive: nx.Graph[str] = nx.Graph()
    positive.add_nodes_from(graph)
    for a, b, tie in graph.edges(data=True):
        if tie["weight"] > 0:
            positive.add_edge(a, b, distance=1 / tie["weight"])
    return positive


MEASURES: Final[dict[str, Callable[[Sequence[Stance]], Scores]]] = {
    "degree": lambda rows: _stance_degree(rows, True, True),
    "out-degree": lambda rows: _stance_degree(rows, True, False),
    "in-degree": lambda rows: _stance_degree(rows, False, True),
    "betweenness": lambda rows: nx.betweenness_centrality(_agreeing(rows), weight="distance"),
    "closeness": lambda rows: nx.closeness_centrality(_agreeing(rows), distance="distance"),
}
"""Degrees are on the stance network; betweenness (Freeman 1977) and closeness on the positive part of agreement."""


def rank(store: Store, by: str = "degree", **filters: Any) -> list[dict[str, Any]]:
    """`actor, iri, score, rank, best, worst, moved_most_by`: every speaker by a measure of `MEASURES`.

    Rank 1 is the highest score; ties share a rank. `best` and `worst` are the ranks the actor takes when each
    document is left out in turn, `moved_most_by` the title of the document whose absence moves it most (None
    where none does); an actor who only that document lets speak is "absent without" it.

    >>> from stancegraph import store
    >>> top = rank(store.open())[0]
    >>> top["rank"], top["best"] <= top["rank"] <= top["worst"]
    (1, True)
    """
    if by not in MEASURES:
        raise UsageError(f"no measure is called '{by}'; there are: {', '.join(MEASURES)}")
    rows = statements.stances(store, **filters)
    label = {row.actor.iri: row.actor.label for row in rows}
    scores = MEASURES[by](rows)
    ranks = _ranks(scores)
    without = {
        title: _ranks(MEASURES[by](_leaving_out(rows, iri)))
        for iri, title in sorted(
            {(r.document.iri, r.document.title) for row in rows for r in row.statement.reports}
        )
    }
    table = [
        {"actor": label[actor], "iri": actor, "score": round(scores[actor], 6), "rank": place}
        | _robustness(actor, place, without)
        for actor, place in ranks.items()
    ]
    return sorted(table, key=lambda row: (row["rank"], row["actor"], row["iri"]))


def _leaving_out(rows: Sequence[Stance], document: str) -> list[Stance]:
    return [row for row in rows if any(report.document.iri != document for report in row.statement.reports)]


def _ranks(scores: Scores) -> dict[str, int]:
    level = {actor: round(score, 12) for actor, score in scores.items()}
    ordered = sorted(level.values(), reverse=True)
    first = {score: place for place, score in reversed(list(enumerate(ordered, 1)))}
    return {actor: first[score] for actor, score in level.items()}


def _robustness(actor: str, place: int, without: dict[str, dict[str, int]]) -> dict[str, Any]:
    present = {title: ranks[actor] for title, ranks in without.items() if actor in ranks}
    absent = sorted(title for title in without if title not in present)
    places = [place, *present.values()]
    moved = min(present, key=lambda title: (-abs(present[title] - place), title), default=None)
    if absent:
        decisive: str | None = f"absent without {absent[0]}"
    else:
        decisive = moved if moved is not None and present[moved] != place else None
    return {"best": min(places), "worst": max(places), "moved_most_by": decisive}
