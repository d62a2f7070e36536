"""Statistics of whole networks of actors: graph-level indices, and what a network goes with, each beside chance.

How far ties keep to actors of one kind is held against kinds dealt to the actors at random. What another network has
in common with this one, the quadratic assignment procedure tells: ties of one actor depend on each other, so that no
textbook test holds, and what is left of one network when the others are accounted for is dealt to the actors anew
(double semi-partialing; Dekker, Krackhardt & Snijders 2007, Psychometrika 72, 563-581); with one network alone this is
the plain test of a correlation (Krackhardt 1988, Social Networks 10, 359-381).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

import numpy as np

from stancegraph import network
from stancegraph.errors import UsageError
from stancegraph.network import Method, NetworkOptions
from stancegraph.network.graphs import PROPOSITION
from stancegraph.network.signed import of_rows, read
from stancegraph.records import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.network.signed import SignedNetwork
    from stancegraph.store import Store
    from stancegraph.table import Table

    Labels = NDArray[np.int64]
    Ends = tuple[Labels, Labels]
    Numbers = NDArray[np.float64]


OWN: Final = ("kind", "stances")
"""What a network is held against that the graph itself tells."""
LARGEST: Final = 1_000
"""Actors at most."""
FEWEST: Final = 5
"""Actors with fewer of whom places are changed too few ways to tell anything."""
DEALS: Final = 999
"""Times kinds are dealt to the actors, or the actors change places, at random."""


class Index(TypedDict):
    """One index of a network: its value (None where undefined), what it tells; what chance makes, where that is known.

    `expected` is the mean over kinds dealt to the actors at random, `p` the share of such deals as far from it.
    """

    index: str
    value: float | None
    expected: float | None
    p: float | None
    tells: str


def indices(
    source: Store | Table, kind: str = "agreement", /, *, seed: int = 0, **options: Unpack[NetworkOptions]
) -> Rows[Index]:
    """The indices of a network of actors: `agreement` (without direction) or `stances` (of actors on each other).

    Ties count, not their weights. Raises UsageError for other networks.

    >>> from stancegraph import store
    >>> {row["index"] for row in indices(store.open())} >= {"density", "E-I index of positive ties"}
    True
    """
    _, rows, actors = _of_actors("indices are", source, kind, options)
    return Rows([*_cohesion(actors), *_mixing(actors, np.random.default_rng(seed))], notes=rows.notes)


def _of_actors(
    asked: str, source: Store | Table, kind: str, options: Mapping[str, Any]
) -> tuple[Table, Table, SignedNetwork[str]]:
    """All rows, those that count, and the network they make between actors; UsageError where it is of no actors."""
    if kind not in {"agreement", "stances"}:
        raise UsageError(f"{asked} of networks of actors, agreement or stances, not of '{kind}'")
    table, method = network.prepare(source, kind, options)
    rows = network.countable(table, method)
    whole = of_rows(rows, method)
    kept = np.array([at for at, what in enumerate(whole.kinds) if what != PROPOSITION], np.int64)
    return table, rows, whole.part(kept, np.flatnonzero(np.isin(whole.a, kept) & np.isin(whole.b, kept)))


def _row(index: str, value: float | None, tells: str, chance: tuple[float, float] | None = None) -> Index:
    expected, p = chance or (None, None)
    shown = None if value is None else round(value, 6)
    return {
        "index": index,
        "value": shown,
        "expected": None if expected is None else round(expected, 6),
        "p": p,
        "tells": tells,
    }


def _cohesion(actors: SignedNetwork[Any]) -> Iterator[Index]:
    """How many of the ties there could be there are, and how many stances are answered."""
    possible = actors.n * (actors.n - 1) / (1 if actors.directed else 2)
    pairs = np.unique(np.column_stack((actors.a, actors.b)), axis=0)
    yield _row("actors", actors.n, "how many there are")
    yield _row("ties", len(pairs), "how many of their pairs are tied")
    for sign, name in ((None, ""), (1, " of positive ties"), (-1, " of negative ties")):
        chosen = pairs if sign is None else np.flatnonzero(actors.sign == sign)
        share = len(chosen) / possible if possible else None
        yield _row(f"density{name}", share, "of all pairs the share so tied, 0 to 1")
    if actors.directed:
        tied = actors.unsigned.astype(bool)
        share = float((tied.multiply(tied.T)).sum() / tied.sum()) if len(pairs) else None
        yield _row(
            "reciprocity", share, "of the stances on each other the share that is answered by any stance"
        )


def _mixing(actors: SignedNetwork[Any], chance: np.random.Generator) -> Iterator[Index]:
    """How far ties of either sign keep to actors of one kind."""
    _, kind = np.unique([str(what) for what in actors.kinds or ("",) * actors.n], return_inverse=True)
    for sign, name in ((1, "positive"), (-1, "negative")):
        ties = np.flatnonzero(actors.sign == sign)
        ends = actors.a[ties], actors.b[ties]
        yield _row(
            f"E-I index of {name} ties",
            ei_index(ends, kind),
            "-1: all within one kind, 1: all between kinds (Krackhardt & Stern 1988)",
            _against_chance(ei_index, ends, kind, chance),
        )

        def coefficient(ends: Ends, kind: Labels) -> float | None:
            return assortativity(ends, kind, directed=actors.directed)

        yield _row(
            f"assortativity by kind of {name} ties",
            coefficient(ends, kind),
            "1: all within one kind, 0: as by chance, below: between kinds (Newman 2003)",
            _against_chance(coefficient, ends, kind, chance),
        )


def ei_index(ends: Ends, kind: Labels) -> float | None:
    """(External − internal ties) / all ties, -1..1; None without ties.

    Krackhardt & Stern (1988), Social Psychology Quarterly 51, 123-140.
    """
    external = int((kind[ends[0]] != kind[ends[1]]).sum())
    return (2 * external - len(ends[0])) / len(ends[0]) if len(ends[0]) else None


def assortativity(ends: Ends, kind: Labels, *, directed: bool = False) -> float | None:
    """Newman's coefficient (2003, Physical Review E 67, 026126): (Σe_ii − Σa_i b_i) / (1 − Σa_i b_i); None if 0/0."""
    number = int(kind.max(initial=0)) + 1
    mixing = np.zeros((number, number))
    np.add.at(mixing, (kind[ends[0]], kind[ends[1]]), 1)
    if not directed:
        mixing = mixing + mixing.T
    if not mixing.sum():
        return None
    mixing /= mixing.sum()
    expected = float(mixing.sum(axis=0) @ mixing.sum(axis=1))
    return (float(np.trace(mixing)) - expected) / (1 - expected) if expected < 1 - 1e-12 else None


def _against_chance(
    of: Callable[[Ends, Labels], float | None], ends: Ends, kind: Labels, chance: np.random.Generator
) -> tuple[float, float] | None:
    """The mean with kinds dealt at random, and the share of deals as far from it as what is seen, that counted in."""
    seen = of(ends, kind)
    if seen is None:
        return None
    drawn = np.array([of(ends, chance.permutation(kind)) for _ in range(DEALS)], float)
    mean = float(np.nanmean(drawn))
    far = np.abs(drawn - mean) >= abs(seen - mean) - 1e-12
    return mean, round((1 + int(far.sum())) / (1 + DEALS), 4)


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
    table, rows, actors = _of_actors("--qap is", source, kind, options)
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
        row: Association = {"network": name, "correlation": None, "coefficient": None, "p": None}
        rows.append(row)
        if np.allclose(left, 0, atol=1e-9) or np.ptp(y) == 0:
            continue
        whole, seen = _fit(y, left[pairs], rest)
        far = 0
        for _ in range(deals):
            order = chance.permutation(n)
            far += abs(_fit(y, left[np.ix_(order, order)][pairs], rest)[1]) >= abs(seen) - 1e-9
        row["correlation"] = round(float(np.corrcoef(x, y)[0, 1]), 6)
        row["coefficient"], row["p"] = round(whole, 6), round((1 + far) / (1 + deals), 4)
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
