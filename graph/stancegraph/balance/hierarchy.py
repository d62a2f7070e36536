"""Hierarchical clustering: who joins whom first, and at which mean agreement groups of actors still join.

Two groups are as near as their members agree on average (average linkage; Sokal & Michener 1958, University of Kansas
Science Bulletin). Only what agrees more than it disagrees is joined, so that groups which nothing ties never seem one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, Unpack, get_args

import networkx as nx
import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from stancegraph import network
from stancegraph.errors import UsageError
from stancegraph.network.method import NetworkOptions
from stancegraph.network.signed import Node, of_rows, read
from stancegraph.records import Rows

if TYPE_CHECKING:
    from stancegraph.network.signed import SignedNetwork
    from stancegraph.store import Store
    from stancegraph.table import Table

Linkage = Literal["average", "single", "complete"]
LARGEST: Final = 3_000
"""Actors at most: each pair has a distance."""


class Joining(TypedDict):
    """One step: two groups of actors (labels) that join, and the agreement at which they do.

    `agreement` is the mean weight of the ties between them (0 where there is none), of single linkage the strongest, of
    complete linkage the weakest.
    """

    step: int
    agreement: float
    group: list[str]
    joins: list[str]


def hierarchy(
    source: Store | Table | nx.Graph[Node], by: Linkage = "average", **options: Unpack[NetworkOptions]
) -> Rows[Joining]:
    """The steps by which actors join into groups, the strongest agreement first.

    Of a store or table (by `network.agreement`, which takes `options`), or any graph with edge attribute `weight`.
    Raises UsageError for another linkage, and for more than 3,000 actors with ties.

    >>> import networkx as nx
    >>> graph = nx.Graph([("a", "b", {"weight": 0.9}), ("b", "c", {"weight": 0.4}), ("c", "d", {"weight": -1})])
    >>> [(row["agreement"], row["group"], row["joins"]) for row in hierarchy(graph)]
    [(0.9, ['a'], ['b']), (0.2, ['a', 'b'], ['c'])]
    """
    if by not in get_args(Linkage):
        raise UsageError(f"--hierarchy '{by}': choose one of {', '.join(get_args(Linkage))}")
    notes: tuple[str, ...] = ()
    signed: SignedNetwork[Any]
    if isinstance(source, nx.Graph):
        signed = read(source).tied()
    else:
        table, method = network.prepare(source, "agreement", options)
        rows = network.countable(table, method)
        signed, notes = of_rows(rows, method).tied(), rows.notes
    if signed.n > LARGEST:
        raise UsageError(
            f"{signed.n:,} actors have more pairs than can be held: choose {LARGEST:,} (--min-count)"
        )
    if signed.n < 2:
        return Rows(notes=notes)
    weight = signed.matrix.toarray()
    most = float(weight.max(initial=0.0))
    apart = most - weight
    np.fill_diagonal(apart, 0)
    groups = {place: [label] for place, label in enumerate(signed.labels)}
    found: list[Joining] = []
    for step, (a, b, height, _) in enumerate(linkage(squareform(apart, checks=False), by).tolist(), 1):
        one, other = sorted((groups.pop(int(a)), groups.pop(int(b))), key=lambda group: (-len(group), group))
        groups[signed.n + step - 1] = sorted((*one, *other))
        agreement = round(most - height, 9)
        if agreement > 0:
            found.append({"step": step, "agreement": agreement, "group": one, "joins": other})
    return Rows(found, notes=notes)
