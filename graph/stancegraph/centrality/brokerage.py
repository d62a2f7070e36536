"""Who stands between actors of one kind or of several that take no stance on each other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from stancegraph.centrality.ties import Ties

ROLES: Final = {
    "coordinator": "all three are of one kind",
    "consultant": "the outer two are of one kind and it, an itinerant broker, of another",
    "gatekeeper": "it lets in from another kind to its own",
    "representative": "it carries out from its own kind to another",
    "liaison": "all three are of different kinds",
}
"""The five roles; every brokered pair makes exactly one."""

NO_BROKER: Final = "proposition"


def brokered(ties: Ties, role: str | None = None) -> NDArray[np.float64]:
    """For each node b the pairs a, c with ties a to b and b to c and none from a to c; of one role, or of all.

    Gould & Fernandez (1989), Sociological Methodology 19, 89-126, raw counts; the groups are the kinds of the
    nodes, those without a kind being one group. Neither weight nor sign matters. Propositions take no part; a
    tie without direction goes both ways.
    """
    actors = [kind != NO_BROKER for kind in ties.kinds]
    out: dict[int, set[int]] = {place: set() for place, acts in enumerate(actors) if acts}
    into: dict[int, set[int]] = {place: set() for place in out}
    pairs = ties.unsigned.tocoo()
    for a, b in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True):
        if actors[a] and actors[b]:
            out[a].add(b)
            into[b].add(a)
    counts = np.zeros(len(ties.nodes))
    for broker in out:
        found = _roles(broker, into, out, ties.kinds)
        counts[broker] = found.total() if role is None else found[role]
    return counts


def _roles(
    broker: int, into: Mapping[int, set[int]], out: Mapping[int, set[int]], kinds: Sequence[Any]
) -> Counter[str]:
    found: Counter[str] = Counter()
    for a in into[broker]:
        for c in out[broker] - out[a] - {a}:
            found[_role(kinds[a], kinds[broker], kinds[c])] += 1
    return found


def _role(a: Any, broker: Any, c: Any) -> str:
    if a == c:
        return "coordinator" if a == broker else "consultant"
    if broker == c:
        return "gatekeeper"
    return "representative" if broker == a else "liaison"
