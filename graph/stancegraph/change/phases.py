"""Phases of a debate: windows in which actors stand alike, where one phase turns into the next, and by which words.

The networks of all windows are compared two by two and clustered (Masuda & Holme 2019, Scientific Reports 9, 795), as
the phase transitions of the Discourse Network Analyzer are; clusters are as many as make the modularity of their
likeness greatest. Whether they are more than chance is told by dealing the statements to the windows at random.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, Unpack, get_args

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform

from stancegraph import network
from stancegraph.errors import UsageError
from stancegraph.network import NetworkOptions
from stancegraph.network.temporal import windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stancegraph.store import Store
    from stancegraph.table import Table

    Numbers = NDArray[np.float64]

Distance = Literal["absolute", "spectral"]
FEWEST: Final = 4
"""Windows with statements below which no phase is sought."""
MOST: Final = 6
"""Phases at most."""
SHUFFLES: Final = 99
"""Times the statements are dealt at random."""
SURE: Final = 0.05
"""Up to this chance phases are told."""
LARGEST: Final = 50_000_000
"""Cells, windows times pairs of actor and target, compared at most."""
ACTORS: Final = 500
"""Actors of whose networks spectra are reckoned at most."""
TURNED: Final = 10
"""Stances told of each transition."""


class Window(TypedDict):
    """One window with statements: its days (ISO), their number, and the phase it is in, numbered as they come."""

    since: str
    until: str
    statements: int
    phase: int


class Turn(TypedDict):
    """How an actor's stances on a target changed: their mean share of all said before and after, negative if against.

    `share` is the part of the whole transition it makes, 0..1; statements are IRIs.
    """

    actor: str
    iri: str
    target: str
    target_iri: str
    before: float
    after: float
    share: float
    statements_before: list[str]
    statements_after: list[str]


@dataclass(frozen=True, slots=True)
class Transition:
    """From one phase to another: the last day of the one, the first of the other, the stances that make most of it."""

    last: str
    first: str
    before: int
    after: int
    turned: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Phases:
    """Windows in order and the transitions between them; one phase and none where they may be chance.

    `modularity` is that of the clusters found, `p` the share of shuffles that have it as high; None where there are
    too few windows to look.
    """

    windows: tuple[Window, ...]
    transitions: tuple[Transition, ...]
    modularity: float | None
    p: float | None
    notes: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "windows": list(self.windows),
            "transitions": [asdict(one) for one in self.transitions],
            "modularity": self.modularity,
            "p": self.p,
        }

    def turns(self) -> list[dict[str, Any]]:
        """A row for each stance that turned, with its transition."""
        return [
            {
                "last": one.last,
                "first": one.first,
                "phase_before": one.before,
                "phase_after": one.after,
                **turn,
            }
            for one in self.transitions
            for turn in one.turned
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Debate:
    """Which rows are in which window, and each row's cell (actor × target) with its level."""

    table: Table
    inside: sparse.csr_array
    cells: sparse.csr_array
    shape: tuple[int, int]

    def networks(self, order: NDArray[np.int64] | slice = slice(None)) -> Numbers:
        """The two-mode network of each window as a row: supports less opposes, over all that are counted in it."""
        found = (self.inside @ self.cells[order]).toarray()
        return np.asarray(found / np.maximum(np.abs(found).sum(axis=1, keepdims=True), 1e-12))


def phases(
    source: Store | Table,
    window: str,
    *,
    step: str | None = None,
    distance: Distance = "absolute",
    seed: int = 0,
    **options: Unpack[NetworkOptions],
) -> Phases:
    """The phases of a debate cut into windows of a length (`4w`, `28d`, `3m`, `1y`, `50s`), `step` apart.

    Networks of who stands how on what, each adding up to 1, are as far apart as all their cells together (absolute);
    or as the spectra of the Laplacians of who agrees with whom (spectral), each adding up to 1. Windows without a
    statement are passed over. Takes the choices of `network.agreement` that say which rows count. Raises UsageError
    for no length, another distance, and more than can be compared.
    """
    if distance not in get_args(Distance):
        raise UsageError(f"--distance '{distance}': choose one of {', '.join(get_args(Distance))}")
    table, method = network.prepare(source, "agreement", options)
    table = network.countable(table, method)
    moments = [one for one in windows(table, window, step=step) if len(one.rows)]
    notes = tuple(dict.fromkeys((*table.notes, *(note for one in moments for note in one.rows.notes))))
    days = [(one.since, one.until) for one in moments]
    numbers = [len(one.rows.statement.present()) for one in moments]
    plain = np.ones(len(moments), np.int64)
    if len(moments) < FEWEST:
        note = (
            f"no phases: {len(moments)} windows have statements, {FEWEST} are needed; take a shorter --phases"
        )
        return Phases(_windows(days, numbers, plain), (), None, None, (*notes, note))
    debate = _debate(table, moments, distance)
    chance = np.random.default_rng(seed)
    found, height = _cluster(debate.networks(), debate.shape, distance)
    shuffled = (
        _cluster(debate.networks(chance.permutation(len(table))), debate.shape, distance)[1]
        for _ in range(SHUFFLES)
    )
    p = (1 + sum(other >= height - 1e-12 for other in shuffled)) / (1 + SHUFFLES)
    if p > SURE:
        note = f"no phases can be told from chance (p = {p:.2f}): statements dealt at random part as well"
        return Phases(_windows(days, numbers, plain), (), round(height, 4), p, (*notes, note))
    return Phases(
        _windows(days, numbers, found), tuple(_transitions(debate, days, found)), round(height, 4), p, notes
    )


def _windows(
    days: list[tuple[date, date]], numbers: list[int], phase: NDArray[np.int64]
) -> tuple[Window, ...]:
    return tuple(
        {"since": since.isoformat(), "until": until.isoformat(), "statements": number, "phase": of}
        for (since, until), number, of in zip(days, numbers, phase.tolist(), strict=True)
    )


def _debate(table: Table, moments: list[network.Moment], distance: Distance) -> _Debate:
    """Which rows are in which window: those of the same statement, actor and target."""
    actors, actor = np.unique(table.actor.codes, return_inverse=True)
    targets, target = np.unique(table.target.codes, return_inverse=True)
    shape = (len(actors), len(targets))
    pairs, cell = np.unique(actor * shape[1] + target, return_inverse=True)
    spectral = distance == "spectral"
    if spectral and shape[0] > ACTORS:
        raise UsageError(f"--distance spectral is for {ACTORS} actors at most, and here are {shape[0]:,}")
    width = shape[0] * shape[1] if spectral else len(pairs)
    if width * len(moments) > LARGEST:
        raise UsageError("there is too much to compare: take longer windows, or fewer actors (--min-count)")
    number = {key: place for place, key in enumerate(_keys(table))}
    inside = [(at, number[key]) for at, one in enumerate(moments) for key in _keys(one.rows)]
    rows, columns = np.array(inside).T
    return _Debate(
        table,
        sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(moments), len(table))),
        sparse.csr_array(
            (table.scale.signs(table.level), (np.arange(len(table)), pairs[cell] if spectral else cell)),
            shape=(len(table), width),
        ),
        shape,
    )


def _keys(table: Table) -> list[tuple[int, ...]]:
    """What tells one row of a table from another that was cut from the same."""
    columns = (table.statement.codes, table.actor.codes, table.target.codes, table.document.codes)
    return list(zip(*(column.tolist() for column in columns), table.level.tolist(), strict=True))


def _cluster(
    networks: Numbers, shape: tuple[int, int], distance: Distance
) -> tuple[NDArray[np.int64], float]:
    """The phase of each network, numbered as they come, and the modularity: the best of two to six, average linkage."""
    points = networks if distance == "absolute" else _spectra(networks.reshape(-1, *shape))
    apart = pdist(points, "cityblock" if distance == "absolute" else "euclidean")
    apart = apart / (apart.max() or 1.0)
    likeness = 1 - squareform(apart)
    np.fill_diagonal(likeness, 0)
    tree = linkage(apart, "average")
    best = np.ones(len(networks), np.int64), 0.0
    for number in range(2, min(MOST, len(networks) - 1) + 1):
        members = fcluster(tree, number, "maxclust")
        height = _modularity(likeness, members)
        if height > best[1] + 1e-12:
            _, first, place = np.unique(members, return_index=True, return_inverse=True)
            best = 1 + np.argsort(np.argsort(first))[place], height
    return best


def _modularity(likeness: Numbers, members: NDArray[np.int64]) -> float:
    """Newman's modularity (2004, Physical Review E 70, 056131) of clusters of a weighted graph."""
    strength, total = likeness.sum(axis=1), likeness.sum()
    if not total:
        return 0.0
    same = members[:, None] == members[None, :]
    return float((likeness - np.outer(strength, strength) / total)[same].sum() / total)


def _spectra(networks: Numbers) -> Numbers:
    """Of each network between actors and targets the eigenvalues of the Laplacian of who agrees, adding up to 1."""
    found = []
    for between in networks:
        agree = np.maximum(between @ between.T, 0)
        np.fill_diagonal(agree, 0)
        values = np.linalg.eigvalsh(np.diag(agree.sum(axis=1)) - agree)
        found.append(values / (values.sum() or 1.0))
    return np.array(found)


def _transitions(
    debate: _Debate, days: list[tuple[date, date]], phase: NDArray[np.int64]
) -> list[Transition]:
    """Where the phase is another than in the window before."""
    networks = debate.networks()
    cuts = [0, *(np.flatnonzero(np.diff(phase)) + 1).tolist(), len(phase)]
    found = []
    for start, at, end in zip(cuts, cuts[1:], cuts[2:], strict=False):
        means = [networks[start:at].mean(axis=0), networks[at:end].mean(axis=0)]
        change = np.abs(means[1] - means[0])
        rows = [np.flatnonzero(debate.inside[a:b].sum(axis=0)) for a, b in ((start, at), (at, end))]
        turned = []
        for cell in np.argsort(-change, kind="stable")[:TURNED].tolist():
            if change[cell] > 1e-12:
                share = float(change[cell] / change.sum())
                turned.append(
                    _turn(debate, cell, rows, (float(means[0][cell]), float(means[1][cell])), share)
                )
        last = min(days[at - 1][1], days[at][0] - timedelta(1))
        found.append(
            Transition(
                last.isoformat(), days[at][0].isoformat(), int(phase[at - 1]), int(phase[at]), tuple(turned)
            )
        )
    return found


def _turn(
    debate: _Debate, cell: int, rows: list[NDArray[np.int64]], means: tuple[float, float], share: float
) -> Turn:
    here = debate.cells[:, [cell]].nonzero()[0]
    table = debate.table
    actor = table.actor.values[table.actor.codes[here[0]]]
    target = table.target.values[table.target.codes[here[0]]]
    before, after = (
        sorted(
            {
                table.statement.values[code]
                for code in table.statement.codes[np.intersect1d(here, side)].tolist()
            }
        )
        for side in rows
    )
    return {
        "actor": actor.label,
        "iri": actor.iri,
        "target": target.label,
        "target_iri": target.iri,
        "before": round(means[0], 4),
        "after": round(means[1], 4),
        "share": round(share, 4),
        "statements_before": before,
        "statements_after": after,
    }
