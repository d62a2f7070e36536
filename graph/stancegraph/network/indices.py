"""Graph-level indices: density, reciprocity, and how far ties keep to actors of one kind, beside what chance makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

import numpy as np

from stancegraph import network
from stancegraph.errors import UsageError
from stancegraph.network.method import NetworkOptions
from stancegraph.network.signed import of_rows
from stancegraph.records import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from stancegraph.network.signed import SignedNetwork
    from stancegraph.store import Store
    from stancegraph.table import Table

    Labels = NDArray[np.int64]
    Ends = tuple[Labels, Labels]

SHUFFLES: Final = 999
"""Times the kinds are dealt to the actors at random."""
NO_ACTOR: Final = "proposition"


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
    if kind not in {"agreement", "stances"}:
        raise UsageError(f"indices are of networks of actors, agreement or stances, not of '{kind}'")
    table, method = network.prepare(source, kind, options)
    rows = network.countable(table, method)
    whole = of_rows(rows, method)
    actors = whole
    if kind == "stances":
        kept = np.array([at for at, what in enumerate(whole.kinds) if what != NO_ACTOR], np.int64)
        ties = np.flatnonzero(np.isin(whole.a, kept) & np.isin(whole.b, kept))
        actors = whole.part(kept, ties)
    return Rows([*_cohesion(actors), *_mixing(actors, np.random.default_rng(seed))], notes=rows.notes)


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
    drawn = np.array([of(ends, chance.permutation(kind)) for _ in range(SHUFFLES)], float)
    mean = float(np.nanmean(drawn))
    far = np.abs(drawn - mean) >= abs(seen - mean) - 1e-12
    return mean, round((1 + int(far.sum())) / (1 + SHUFFLES), 4)
