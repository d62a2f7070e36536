"""The quadratic assignment procedure: does one network go with others, more than among actors who changed places?

Ties of one actor depend on each other, so that no textbook test holds. What is left of one network when the others are
accounted for is dealt to the actors anew (double semi-partialing; Dekker, Krackhardt & Snijders 2007, Psychometrika 72,
563-581); with one network alone this is the plain test of a correlation (Krackhardt 1988, Social Networks 10, 359-381).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import numpy as np

from stancegraph import network
from stancegraph.errors import UsageError
from stancegraph.network.indices import NO_ACTOR
from stancegraph.network.method import Method, NetworkOptions
from stancegraph.network.signed import of_rows, read
from stancegraph.records import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.store import Store
    from stancegraph.table import Table

    Numbers = NDArray[np.float64]

OWN: Final = ("kind", "stances")
"""What a network is held against that the graph itself tells."""
LARGEST: Final = 1_000
"""Actors at most."""
FEWEST: Final = 5
"""Actors with fewer of whom places are changed too few ways to tell anything."""
DEALS: Final = 999
"""Times the actors change places."""


class Association(TypedDict):
    """How a network goes with another: by itself (`correlation`, -1..1), and with the others accounted for.

    `coefficient` is by how much a tie is stronger where the other network's is by 1; `p` the share of deals in which
    it is as far from 0, this one counted in. None where all ties of either network weigh the same, or as the others do.
    """

    network: str
    correlation: float | None
    coefficient: float | None
    p: float | None


def associations(
    source: Store | Table,
    others: Mapping[str, nx.Graph[str] | None],
    kind: str = "agreement",
    /,
    **options: Unpack[NetworkOptions],
) -> Rows[Association]:
    """What the network of actors that a store or table makes goes with: agreement, or their stances on each other.

    `others` are networks with edge attribute `weight`, whose nodes are known by label; "kind" (None) is whether two
    actors are of one kind, "stances" (None) what they have said of each other, for less against. Actors another
    network does not name have no tie in it, and a note counts them. Raises UsageError for other kinds of network, and
    where a network names none of the actors.
    """
    if kind not in {"agreement", "stances"}:
        raise UsageError(f"--qap is of networks of actors, agreement or stances, not of '{kind}'")
    table, method = network.prepare(source, kind, options)
    rows = network.countable(table, method)
    whole = of_rows(rows, method)
    kept = np.array([at for at, what in enumerate(whole.kinds) if what != NO_ACTOR], np.int64)
    actors = whole.part(kept, np.flatnonzero(np.isin(whole.a, kept) & np.isin(whole.b, kept)))
    notes = list(rows.notes)
    matrices: dict[str, Numbers] = {}
    for name, other in others.items():
        if other is None and name == "kind":
            kinds = np.array([str(what) for what in actors.kinds])
            matrices[name] = (kinds[:, None] == kinds[None, :]).astype(float)
            continue
        if other is None:
            own = Method.of("stances", {})
            heard = of_rows(network.countable(table, own), own)
            names: tuple[str, ...] = heard.nodes
            wanted: tuple[str, ...] = actors.nodes
        else:
            heard = read(other, directed=kind == "stances", loose=True)
            names, wanted = heard.labels, actors.labels
        place = {label: at for at, label in enumerate(names)}
        found = [place.get(label, -1) for label in wanted]
        if all(at < 0 for at in found):
            raise UsageError(f"{name} names none of the {actors.n} actors: name them as this graph does")
        if other is not None and -1 in found:
            notes.append(f"{found.count(-1)} of {actors.n} actors are not in {name}: without a tie there")
        ties = heard.matrix if actors.directed else heard.both_ways(heard.matrix)
        full = np.zeros((actors.n, actors.n))
        known = np.flatnonzero(np.array(found) >= 0)
        at = np.array(found)[known]
        full[np.ix_(known, known)] = ties[at][:, at].toarray()
        matrices[name] = full
    if actors.n > LARGEST:
        raise UsageError(
            f"{actors.n:,} actors are too many to change places: choose {LARGEST:,} (--min-count, --kind)"
        )
    answer = qap(actors.matrix.toarray(), matrices, directed=actors.directed)
    return Rows(answer, notes=[*notes, *answer.notes])


def qap(
    ties: Numbers, others: Mapping[str, Numbers], *, directed: bool = False, deals: int = DEALS, seed: int = 0
) -> Rows[Association]:
    """A row for each of the `others`; all are n × n matrices of the same actors, diagonals left out.

    Of networks without direction each pair counts once. Raises UsageError where shapes differ.

    >>> import numpy as np
    >>> one = np.array([[abs(i - j) for j in range(6)] for i in range(6)], float)
    >>> [(row["correlation"], row["coefficient"]) for row in qap(2 * one, {"distance": one})]
    [(1.0, 2.0)]
    """
    n = len(ties)
    if any(other.shape != (n, n) for other in others.values()) or ties.shape != (n, n):
        raise UsageError("networks can only be compared that are of the same actors")
    if n < FEWEST:
        return Rows(notes=[f"nothing can be told of {n} actors: {FEWEST} are needed"])
    pairs = np.nonzero(~np.eye(n, dtype=bool)) if directed else np.triu_indices(n, 1)
    y = ties[pairs]
    chance = np.random.default_rng(seed)
    rows: list[Association] = []
    for name, other in others.items():
        rest = np.column_stack([np.ones(len(y)), *(x[pairs] for key, x in others.items() if key != name)])
        x = other[pairs]
        left = np.zeros((n, n))
        left[pairs] = x - rest @ np.linalg.lstsq(rest, x, rcond=None)[0]
        if not directed:
            left = left + left.T
        if np.allclose(left, 0, atol=1e-9) or np.ptp(y) == 0:
            rows.append({"network": name, "correlation": None, "coefficient": None, "p": None})
            continue
        whole, seen = _fit(y, left[pairs], rest)
        far = 0
        for _ in range(deals):
            order = chance.permutation(n)
            far += abs(_fit(y, left[np.ix_(order, order)][pairs], rest)[1]) >= abs(seen) - 1e-9
        correlation = float(np.corrcoef(x, y)[0, 1])
        rows.append(
            {
                "network": name,
                "correlation": round(correlation, 6),
                "coefficient": round(whole, 6),
                "p": round((1 + far) / (1 + deals), 4),
            }
        )
    return Rows(rows)


def _fit(y: Numbers, x: Numbers, rest: Numbers) -> tuple[float, float]:
    """The least-squares coefficient of x beside the rest, and its t."""
    basis, _ = np.linalg.qr(rest)
    x, y = x - basis @ (basis.T @ x), y - basis @ (basis.T @ y)
    square = float(x @ x)
    if square < 1e-18:
        return 0.0, 0.0
    slope = float(x @ y) / square
    residual = float(((y - slope * x) ** 2).sum()) / max(len(y) - rest.shape[1] - 1, 1)
    return slope, slope / np.sqrt(max(residual, 1e-30) / square)
