"""Which bloc each actor is drawn in: the split in two that leaves the least weight of ties against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import networkx as nx

from stancegraph.balance.frustration import frustration_index

if TYPE_CHECKING:
    Pair = frozenset[str]

SECONDS: Final = 20.0
"""The search for a better split, or for the proof that there is none, ends after so long."""


@dataclass(frozen=True, slots=True)
class Blocs:
    """The actors by where they stand.

    `sides` are the two blocs of the largest group of actors tied together (one, where it has no negative tie),
    the larger first; `apart` are the groups without a tie to it, whose side nothing tells; `alone` have no tie.
    `against` are the ties of the largest group that run against its split, `either` the actors that could change
    sides at no cost; `cost` is the weight of the ties against, out of `total`; `proved`, whether it is the least.
    """

    sides: tuple[tuple[str, ...], ...]
    apart: tuple[tuple[str, ...], ...]
    alone: tuple[str, ...]
    against: frozenset[Pair]
    either: frozenset[str]
    cost: float
    total: float
    proved: bool


def weighted(graph: nx.Graph[str]) -> list[tuple[str, str, float]]:
    """Both ends and the weight of each tie, in an order that does not depend on how the graph was made."""
    ties = ((min(a, b), max(a, b), float(data["weight"])) for a, b, data in graph.edges(data=True))
    return sorted(ties)


def split(graph: nx.Graph[str]) -> Blocs:
    """The blocs of a signed network, `weight` its sign and strength."""
    groups = sorted(
        (tuple(sorted(group)) for group in nx.connected_components(graph)), key=lambda g: (-len(g), g)
    )
    tied = [group for group in groups if len(group) > 1]
    alone = tuple(sorted(group[0] for group in groups if len(group) == 1))
    if not tied:
        return Blocs((), (), alone, frozenset(), frozenset(), 0.0, 0.0, True)
    largest = graph.subgraph(tied[0])
    found = frustration_index(largest, blocs=2, seconds=SECONDS)
    sides = tuple(sorted((tuple(sorted(bloc)) for bloc in found.blocs if bloc), key=lambda b: (-len(b), b)))
    return Blocs(
        sides,
        tuple(tied[1:]),
        alone,
        frozenset(frozenset(tie[:2]) for tie in found.frustrated),
        found.either,
        found.index,
        sum(abs(weight) for _, _, weight in weighted(largest)),
        found.exact,
    )
