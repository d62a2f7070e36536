"""Who matters: ranks by a measure on a network, and how far the absence of one document can move each."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict, Unpack, cast

import networkx as nx
import numpy as np

from stancegraph import network
from stancegraph.centrality.measures import MEASURES, Measure, named
from stancegraph.errors import UsageError
from stancegraph.network import NetworkOptions
from stancegraph.network.graphs import PROPOSITION
from stancegraph.network.resampling import Jackknife, draw_codings, interval
from stancegraph.network.signed import Node, of_rows, read
from stancegraph.records import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stancegraph.network.signed import SignedNetwork
    from stancegraph.records import Named
    from stancegraph.store import Store
    from stancegraph.table import Table


__all__ = ["MEASURES", "Measure", "Place", "named", "rank", "ranks", "robust_ranks"]

DIGITS: Final = 12
"""Significant digits to which scores must be equal to share a rank."""
DOCUMENTS: Final = 1_000
"""Documents that are left out in turn, every one of them; of more, `SAMPLE` are drawn by chance."""
SAMPLE, FEWEST = 100, 10
"""So many; fewer of a network of agreement of more ties than this, down to the fewest."""
TIES: Final = 10_000_000
"""Ties that are weighed anew in all."""


@dataclass(frozen=True, slots=True)
class Place:
    """A score, its rank, and the ranks it takes when each document is left out in turn.

    `best` and `worst` include `rank` itself. `moved_most_by` is the title of the document whose absence moves
    the rank most, "absent without" the document where the node goes with it, None where nothing moves it. All
    three are None where no document was left out.
    """

    score: float
    rank: int
    best: int | None = None
    worst: int | None = None
    moved_most_by: str | None = None


class Rank(TypedDict):
    """One row of `rank`: the score, its rank, and the ranks taken when each document is left out in turn."""

    actor: str
    iri: str
    score: float
    rank: int
    best: int | None
    worst: int | None
    moved_most_by: str | None
    low: NotRequired[int | None]
    high: NotRequired[int | None]
    present: NotRequired[float]


def rank(
    source: Store | Table | nx.Graph[Node],
    by: str = "degree",
    *,
    on: str | None = None,
    backend: str | None = None,
    robustness: bool = True,
    draws: int = 0,
    disagreement: float = 0.0,
    **options: Unpack[NetworkOptions],
) -> Rows[Rank]:
    """`actor, iri, score, rank, best, worst, moved_most_by`: everyone by a measure of `MEASURES`, highest first.

    The network is `on` (one of `network.KINDS`; default: the one the measure is meant for), made with the
    `options` of `network.agreement`; or any networkx graph. Rank 1 is the highest score; ties share a rank.
    `best` and `worst` are the ranks taken when each document is left out in turn, `moved_most_by` the title of the
    document whose absence moves it most (None where none does); who only one document lets appear is "absent
    without" it. Of more than a thousand documents a hundred are drawn (for dense networks of agreement fewer, down to
    ten), always the same, and a note says so. Without `robustness`, or for a graph that has no documents, these are
    None. `draws` draws the codings so many
    times, each right as often as its confidence says, and a share of `disagreement` otherwise (see
    `resampling.draw_codings`): `low` and `high` are then the central 95 % of the ranks, `present` the share of draws
    in which the actor is there at all.

    >>> from stancegraph import store
    >>> top = rank(store.open())[0]
    >>> top["rank"], top["best"] <= top["rank"] <= top["worst"]
    (1, True)
    """
    measure = named(by)
    if isinstance(source, nx.Graph):
        if options or on or draws:
            raise UsageError("a graph is made already: choose network and options where it is made")
        graph = read(source, directed=True, loose=True)
        return Rows(_rows(graph, _places(measure.scores(graph, backend))))
    table, method = network.prepare(source, on or measure.on, options)
    knife = Jackknife(table, method)
    whole = knife.whole
    # Of the stance network its actors are ranked, of the others every node.
    shown = {
        node
        for node, kind in zip(whole.nodes, whole.kinds, strict=True)
        if method.kind != "stances" or kind != PROPOSITION
    }

    def scores_of(graph: SignedNetwork[str]) -> Mapping[str, float]:
        return {node: score for node, score in measure.scores(graph, backend).items() if node in shown}

    def scores(document: Named | None) -> Mapping[str, float]:
        return scores_of(whole if document is None else knife.without(code[document]))

    code = {document: code for code, document in enumerate(table.document.values)}
    documents = [table.document.values[code] for code in table.reporting().tolist()]
    notes = knife.counted.notes
    if robustness and len(documents) > DOCUMENTS:
        ties = len(whole.size) if method.kind != "stances" else 1  # and so the same on every machine
        sample = min(SAMPLE, max(FEWEST, TIES // max(ties, 1)))
        notes = (
            *notes,
            f"best and worst without each of {sample} of {len(documents)} documents, drawn by chance",
        )
        documents = random.Random(0).sample(documents, sample)
    places = robust_ranks(scores, documents) if robustness else _places(scores(None))
    rows = _rows(whole, places)
    if draws:
        chance = np.random.default_rng(0)
        codings = (network.countable(draw_codings(table, chance, disagreement), method) for _ in range(draws))
        _add_draws(rows, [ranks(scores_of(of_rows(coding, method))) for coding in codings])
    return Rows(rows, notes=notes)


def _add_draws(rows: Iterable[Rank], drawn: Sequence[Mapping[str, int]]) -> None:
    """Give each row the central 95 % of the ranks drawn, and the share of draws that have it."""
    for row in rows:
        taken = [found[row["iri"]] for found in drawn if row["iri"] in found]
        row["low"], row["high"] = interval(taken) or (None, None)
        row["present"] = round(len(taken) / len(drawn), 4)


def ranks(scores: Mapping[Node, float]) -> dict[Node, int]:
    """1 for the highest score; equal ones (to twelve significant digits) share a rank, and the next rank skips them.

    >>> ranks({"a": 0.5, "b": 0.1 + 0.2, "c": 0.3, "d": 0.1})
    {'a': 1, 'b': 2, 'c': 2, 'd': 4}
    """
    level = {node: float(f"{score:.{DIGITS - 1}e}") for node, score in scores.items()}
    first: dict[float, int] = {}
    for place, score in enumerate(sorted(level.values(), reverse=True), 1):
        first.setdefault(score, place)
    return {node: first[score] for node, score in level.items()}


def robust_ranks(
    make: Callable[[Named | None], Mapping[Node, float]], documents: Iterable[Named]
) -> dict[Node, Place]:
    """Every node's place in the scores that `make(None)` gives, highest first.

    `make(document)` gives the scores when that document is left out; it is called once for each. Nodes that
    only appear when a document is left out have no place. Of documents that move a rank equally far the first
    by title is named.
    """
    scores = make(None)
    rank = ranks(scores)
    titles: list[str] = []
    taken: list[NDArray[np.int32]] = [np.array(list(rank.values()), np.int32)]
    for document in sorted(documents, key=lambda document: (document.label, document.iri)):
        without = ranks(make(document))
        taken.append(np.array([without.get(node, 0) for node in rank], np.int32))
        titles.append(document.label)
    columns = np.array(taken).T
    places = {node: _place(scores[node], column, titles) for node, column in zip(rank, columns, strict=True)}
    return {node: places[node] for node in sorted(rank, key=lambda node: (rank[node], str(node)))}


def _place(score: float, ranks: NDArray[np.int32], titles: list[str]) -> Place:
    """The place of a node of its rank and those without each document in turn, 0 where it goes with it."""
    present = ranks[ranks > 0]
    moves = np.abs(ranks[1:] - ranks[0])
    absent = np.flatnonzero(ranks[1:] == 0)
    decisive: str | None = None
    if absent.size:
        more = absent.size - 1
        others = "" if not more else " or 1 other" if more == 1 else f" or any of {more} others"
        decisive = f"absent without {titles[absent[0]]}{others}"
    elif moves.any():
        decisive = titles[int(moves.argmax())]
    return Place(score, int(ranks[0]), int(present.min()), int(present.max()), decisive)


def _places(scores: Mapping[Node, float]) -> dict[Node, Place]:
    return {node: Place(scores[node], place) for node, place in ranks(scores).items()}


def _rows(graph: SignedNetwork[Node], places: Mapping[Node, Place]) -> list[Rank]:
    label = dict(zip(graph.nodes, graph.labels, strict=True))
    rows = [
        cast(
            "Rank", {"actor": label[node], "iri": str(node), **asdict(place), "score": round(place.score, 9)}
        )
        for node, place in places.items()
    ]
    return sorted(rows, key=lambda row: (row["rank"], row["actor"], row["iri"]))
