"""Ranks, and how far the absence of one document can move each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from stancegraph.records import Named

Node = TypeVar("Node", bound="Hashable")

DECIMALS = 12
"""To which scores must be equal to share a rank."""


@dataclass(frozen=True, slots=True)
class Place:
    """A score, its rank, and the ranks it takes when each document is left out in turn.

    `best` and `worst` include `rank` itself. `moved_most_by` is the title of the document whose absence moves
    the rank most, "absent without" the document where the node goes with it, None where nothing moves it.
    """

    score: float
    rank: int
    best: int
    worst: int
    moved_most_by: str | None


def ranks(scores: Mapping[Node, float]) -> dict[Node, int]:
    """1 for the highest score; equal ones (to twelve decimals) share a rank, and the next rank skips them.

    >>> ranks({"a": 0.5, "b": 0.1 + 0.2, "c": 0.3, "d": 0.1})
    {'a': 1, 'b': 2, 'c': 2, 'd': 4}
    """
    level = {node: round(score, DECIMALS) for node, score in scores.items()}
    first: dict[float, int] = {}
    for place, score in enumerate(sorted(level.values(), reverse=True), 1):
        first.setdefault(score, place)
    return {node: first[score] for node, score in level.items()}


def robust(
    make: Callable[[Named | None], Mapping[Node, float]], documents: Iterable[Named]
) -> dict[Node, Place]:
    """Every node's place in the scores that `make(None)` gives, highest first.

    `make(document)` gives the scores when that document is left out; it is called once for each. Nodes that
    only appear when a document is left out have no place. Of documents that move a rank equally far the first
    by title is named.
    """
    scores = make(None)
    rank = ranks(scores)
    taken: dict[Node, list[tuple[int, str]]] = {node: [] for node in scores}
    absent: dict[Node, list[str]] = {node: [] for node in scores}
    for document in sorted(documents, key=lambda document: (document.label, document.iri)):
        without = ranks(make(document))
        for node in scores:
            if node in without:
                taken[node].append((without[node], document.label))
            else:
                absent[node].append(document.label)
    return {
        node: _place(scores[node], rank[node], taken[node], absent[node])
        for node in sorted(scores, key=lambda node: (rank[node], str(node)))
    }


def _place(score: float, rank: int, taken: list[tuple[int, str]], absent: list[str]) -> Place:
    places = [rank, *(place for place, _ in taken)]
    decisive: str | None = None
    if absent:
        decisive = f"absent without {absent[0]}" + _others(len(absent) - 1)
    elif max(places) != min(places):
        decisive = max(taken, key=lambda move: abs(move[0] - rank))[1]
    return Place(score=score, rank=rank, best=min(places), worst=max(places), moved_most_by=decisive)


def _others(count: int) -> str:
    return "" if count == 0 else " or 1 other" if count == 1 else f" or any of {count} others"
