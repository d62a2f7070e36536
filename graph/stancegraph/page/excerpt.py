"""What a page shows of more stances than a browser opens: the latest of those who say most, on what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph.network import stances

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.table import Table

MOST: Final = 50_000
"""Stances a page may have: half a kilobyte each, all of which a browser reads before it shows the first."""
ACTORS, TARGETS = 50, 30
"""Those with most stances of more than that, and of what they speak of."""
SHOWN: Final = ACTORS * TARGETS * 2
"""Stances of an excerpt, at most where each actor has one for and one against each target."""


def network_of(rows: Table) -> nx.MultiDiGraph[str]:
    """The stance network of the rows, or of an excerpt that a page can show; `excerpt` of the graph says of what."""
    chosen, told = excerpt(rows)
    graph = stances(chosen)
    graph.graph["excerpt"] = told
    return graph


def excerpt(rows: Table) -> tuple[Table, str]:
    """The rows, if they are not too many for a page, else some of them; and which, in words that follow "only:"."""
    if len(rows) <= MOST:
        return rows, ""
    actors = _busiest(rows.actor.codes, ACTORS)
    spoken = np.isin(rows.actor.codes, actors)
    targets = _busiest(rows.target.codes[spoken], TARGETS)
    held = np.flatnonzero(spoken & np.isin(rows.target.codes, targets))
    _, level = np.unique(rows.level[held], return_inverse=True)
    key = rows.actor.codes[held].astype(np.int64) * len(rows.target.values) + rows.target.codes[held]
    nth = _from_the_last(key * (int(level.max(initial=0)) + 1) + level)
    per = np.cumsum(np.bincount(nth))
    number = max(int(np.searchsorted(per, SHOWN, side="right")), 1)
    chosen = rows[held[nth < number]]
    latest = "latest" if number == 1 else f"{number} latest"
    return chosen, (
        f"of {len(rows):,} stances {len(chosen):,}, the {latest} on either side of each of the {len(actors)} actors "
        f"with most of them on each of the {len(targets)} things they speak of most"
    )


def _busiest(codes: NDArray[np.int32], most: int) -> NDArray[np.intp]:
    """The codes that occur most often."""
    number = np.bincount(codes)
    order = np.argsort(-number, kind="stable")[:most]
    return order[number[order] > 0]


def _from_the_last(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many rows of the same key come after each."""
    order = np.argsort(keys, kind="stable")[::-1]
    first = np.concatenate(([True], keys[order][1:] != keys[order][:-1]))
    place = np.arange(len(keys))
    found = np.empty(len(keys), np.int64)
    found[order] = place - np.maximum.accumulate(np.where(first, place, 0))
    return found
