"""Blocs and polarisation at several times side by side, and who stands with others than before.

Two actors can be told to stand together or apart only where a chain of ties leads from one to the other. Of actors of
whom it can at both times, those have moved who are the fewer; all of them, where two halves are as large. Who does
not stand on one side in every optimal split has not: one split says nothing of them.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import networkx as nx
import numpy as np

from stancegraph import network
from stancegraph.balance.frustration import frustration_index
from stancegraph.balance.scores import polarisation, polarisation_range
from stancegraph.dates import calendar_day
from stancegraph.errors import UsageError
from stancegraph.network import NetworkOptions
from stancegraph.network.temporal import event_day
from stancegraph.output import note_on
from stancegraph.records import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stancegraph.balance.frustration import Frustration
    from stancegraph.store import Store
    from stancegraph.table import Table

    Window = tuple[str, str | None, str | None]
    Blocs = tuple[frozenset[str], ...]

MONTH: Final = 31
"""Days of the longest month: what is dated more loosely is in none."""


class BlocsThen(TypedDict):
    """Blocs and polarisation of one moment; `actors`, `statements` and `ties` are how many there are.

    `frustration` is the least weight of ties to be ignored for two blocs, `exact` whether the `lower_bound` meets
    it. `polarisation`, 0..1, is the lowest of all optimal splits, `polarisation_range` the lowest and highest of them
    (None where only one is known), `either` those who do not stand on one side in all of them. `blocs` are labels
    of actors with a tie, those that a chain of ties connects one after the other, the most first: who is connected
    by none is in no bloc of theirs; of each two, the first is the one most like the first of the row before.
    `moved` are those, of the actors in this row and the last, who stand with others than before; None in the first.
    """

    moment: str
    since: str | None
    until: str | None
    actors: int
    statements: int
    ties: int
    frustration: float
    lower_bound: float
    exact: bool
    polarisation: float
    polarisation_range: list[float] | None
    either: list[str]
    blocs: list[list[str]]
    moved: list[str] | None


@dataclass(frozen=True, slots=True)
class _Period:
    """One moment before it is looked at: its days, and whether a row must lie in it whole."""

    label: str
    since: date
    until: date
    whole: bool = False

    def rows(self, table: Table) -> Table:
        """The rows of it; the notes say how many may be, but are dated too loosely to tell."""
        since, until = self.since.toordinal(), self.until.toordinal()
        meets = (table.earliest <= until) & (table.latest >= since)
        inside = (table.earliest >= since) & (table.latest <= until)
        kept = (
            inside if self.whole else meets & (inside | (table.latest - table.earliest < until - since + 1))
        )
        loose = note_on(
            int(np.count_nonzero(meets & ~kept)), "row", f"left out of {self.label}: dated too loosely"
        )
        return replace(table[kept], notes=(loose,))


@dataclass(frozen=True, slots=True)
class _Split:
    """The blocs of one moment, aligned with the moment before, and the part of the network each actor is tied in."""

    blocs: Blocs
    either: frozenset[str]
    part: Mapping[str, int]
    side: Mapping[str, int]
    label: Mapping[str, str]


def blocs_over_time(
    store: Store,
    windows: Sequence[Window] | None = None,
    *,
    event: str | None = None,
    **options: Unpack[NetworkOptions],
) -> Rows[BlocsThen]:
    """Blocs and polarisation of the network of agreement at each of several times, one row for each.

    `windows` are (label, first day, last day), ISO days or None for open ends; without them, before and after
    `event` (a name or a day: up to the day before its first, and from there on); without either, each calendar
    month in which something surely was said. A window counts a row whose days overlap it, unless they are bounded
    more loosely than the window; to be before or after an event a row must be so whole. `notes` counts the rest.

    Takes the choices of `network.agreement`. Raises UsageError for a wrong day, or windows and an event both.
    """
    table, method = network.prepare(store, "agreement", options)
    periods, notes = _periods(store, table, windows, event)
    last: _Split | None = None
    rows = []
    for period in periods:
        graph = network.build(network.countable(period.rows(table), method), method)
        row, last = _measure(period, graph, last)
        rows.append(row)
        notes += graph.graph["notes"]
    return Rows(rows, notes=(*table.notes, *notes))


def _measure(period: _Period, graph: nx.Graph[str], last: _Split | None) -> tuple[BlocsThen, _Split]:
    """The row of one moment, and its blocs."""
    found = frustration_index(graph)
    extent = polarisation_range(graph, found)
    split = _split(graph, found, last)
    size = Counter(split.part.values())
    connected = (
        [actor for actor in bloc if split.part[actor] == part]
        for part in sorted(size, key=lambda part: (-size[part], part))
        for bloc in split.blocs
    )
    moved = None if last is None else sorted(split.label[actor] for actor in _moved(last, split))
    return {
        "moment": period.label,
        "since": None if period.since == date.min else period.since.isoformat(),
        "until": None if period.until == date.max else period.until.isoformat(),
        "actors": graph.number_of_nodes(),
        "statements": len(graph.graph["rows"].statement.present()),
        "ties": graph.number_of_edges(),
        "frustration": found.index,
        "lower_bound": found.lower_bound,
        "exact": found.exact,
        "polarisation": polarisation(graph, found.blocs) if extent is None else extent[0],
        "polarisation_range": None if extent is None else list(extent),
        "either": sorted(split.label[actor] for actor in split.either),
        "blocs": [sorted(split.label[actor] for actor in bloc) for bloc in connected if bloc],
        "moved": moved,
    }, split


def _periods(
    store: Store, table: Table, windows: Sequence[Window] | None, event: str | None
) -> tuple[list[_Period], list[str]]:
    if windows is not None and event is not None:
        raise UsageError("windows and an event both say which moments are meant: give one of them")
    if windows is not None:
        return [_window(*window) for window in windows], []
    if event is None:
        return _months(table)
    label, day = event_day(store, event)
    if day == date.min:
        raise UsageError(f"--event {label}: no day is before it")
    eve = date.fromordinal(day.toordinal() - 1)
    return [
        _Period(f"before {label}", date.min, eve, whole=True),
        _Period(f"after {label}", day, date.max, whole=True),
    ], []


def _window(label: str, since: str | None, until: str | None) -> _Period:
    first, last = _end(label, since, date.min), _end(label, until, date.max)
    if first > last:
        raise UsageError(f"{label}: {since} is after {until}: no day lies between them")
    return _Period(label, first, last, whole=since is None or until is None)


def _end(label: str, day: str | None, unbounded: date) -> date:
    try:
        return unbounded if day is None else calendar_day(day)
    except UsageError as error:
        raise UsageError(f"{label}: {error}") from None


def _months(table: Table) -> tuple[list[_Period], list[str]]:
    """The months in which some row surely falls; those in which some only may are named in a note."""
    sure: set[tuple[int, int]] = set()
    possible: set[tuple[int, int]] = set()
    close = table.latest - table.earliest < MONTH
    for ends in np.unique(np.column_stack((table.earliest, table.latest))[close], axis=0).tolist():
        first, last = (date.fromordinal(day) for day in ends)
        months = {(first.year, first.month), (last.year, last.month)}
        possible |= months
        sure |= months if len(months) == 1 else set()
    skipped = ", ".join(f"{year:04}-{month:02}" for year, month in sorted(possible - sure))
    periods = [
        _Period(f"{year:04}-{month:02}", date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        for year, month in sorted(sure)
    ]
    return periods, [f"months left out, as nothing surely falls in them: {skipped}"] if skipped else []


def _split(graph: nx.Graph[str], found: Frustration[str], last: _Split | None) -> _Split:
    """The two blocs without those who have no tie, the larger first, or in the order most like those before."""
    part = {
        actor: number
        for number, actors in enumerate(nx.connected_components(graph))
        for actor in actors
        if len(actors) > 1
    }
    label = {actor: str(data["label"]) for actor, data in graph.nodes(data=True)}
    tied = [frozenset(actor for actor in bloc if actor in part) for bloc in (*found.blocs, (), ())[:2]]
    if last is not None and _alike(last, tied[::-1]) > _alike(last, tied):
        tied.reverse()
    side = {actor: number for number, bloc in enumerate(tied) for actor in bloc}
    return _Split(tuple(tied), found.either, part, side, label)


def _alike(last: _Split, blocs: Sequence[frozenset[str]]) -> int:
    """How many actors are in the bloc of the same number."""
    return sum(len(before & now) for before, now in zip(last.blocs, blocs, strict=True))


def _moved(last: _Split, now: _Split) -> Iterator[str]:
    """The actors who stand with others than before: of those tied to one another at both times, the fewer."""
    sets: dict[tuple[int, int], tuple[list[str], list[str]]] = {}
    for actor in (last.part.keys() & now.part.keys()) - last.either - now.either:
        stayed, crossed = sets.setdefault((last.part[actor], now.part[actor]), ([], []))
        (stayed if last.side[actor] == now.side[actor] else crossed).append(actor)
    for stayed, crossed in sets.values():
        if stayed and len(stayed) <= len(crossed):
            yield from stayed
        if crossed and len(crossed) <= len(stayed):
            yield from crossed
