"""Rows of the flat table: of statements that a reader has asked for, or anybody's own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from stancegraph.dates import EARLIEST, LATEST, calendar_day, ordinal
from stancegraph.errors import UsageError
from stancegraph.records import Named
from stancegraph.statements import by_iri
from stancegraph.statements.filters import Filters
from stancegraph.statements.reader import NO_CODING, Coding, Reader, read_confidence
from stancegraph.table import scales
from stancegraph.table.columns import Column, Reports, Table, encode
from stancegraph.table.scales import POLARITY, Scale
from stancegraph.vocabulary import STANCES, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from stancegraph.records import Statement
    from stancegraph.table.columns import Days

UNKNOWN: Final = Named("", "(no document)")


class Row(NamedTuple):
    """One row before it is columns; `sign` is None where the target is coded without polarity."""

    statement: str
    actor: Named
    target: Named
    sign: int | None
    level: float
    coding: Coding = NO_CODING
    bound: bool = False


def read(reader: Reader, filters: Filters, level: str = "polarity") -> Table:
    """The flat table of those rows of a reader's statements that pass filters."""
    variable = None if level == "polarity" else scales.find_variable(filters.store, level)
    coded = scales.levels(variable, reader.values(variable.iri), filters.store) if variable else None
    rows, unrated = _rows(reader, coded, organisation=filters.organisation)
    if (test := filters.row_test()).asks:
        rows = [row for row in rows if test.passes(row.actor, row.target, row.sign)]
    if not {"basis", "not_basis", "min_confidence"}.isdisjoint(filters.given):
        rows = [row for row in rows if _counts(filters, reader, row)]
    rows = _frequent(rows, filters.min_count) if filters.min_count > 1 else rows
    table = in_documents(_table(reader, rows, variable.scale if variable else POLARITY, filters), filters)
    return table.with_notes(f"{unrated} rows have no {level}, and are left out" if unrated else "")


def in_documents(table: Table, filters: Filters) -> Table:
    """The rows with the reports that count under filters on documents; those left with none are left out."""
    if {"document", "not_document"}.isdisjoint(filters.meant):
        return table
    counted = [filters.counts_report(document.iri) for document in table.document.values]
    return table.in_documents(np.array(counted, np.bool_))


def _rows(reader: Reader, coded: Mapping[str, float] | None, *, organisation: bool) -> tuple[list[Row], int]:
    """The rows of all statements asked about, and how many a coded variable says nothing of."""
    signs: dict[str, int | None] = {edge: stance.sign for edge, stance in reader.edges.items()}
    if coded is not None:
        signs[expand("stance:stanceOn")] = None
    things = _Things(reader.labels)
    held: dict[str, dict[str, int | None]] = {}
    for edge, sign in signs.items():
        for s, values in reader.values(edge).items():
            on = held.setdefault(s, {})
            for target in values:
                if on.get(target) is None:
                    on[target] = sign
    voices, codings = _voices(reader, things, organisation), reader.codings
    rows, unrated = [], 0
    for s, targets in held.items():
        known = coded is None or s in coded
        for actor in voices(s):
            for target, sign in targets.items():
                unrated += not known
                if known and (level := sign if coded is None else coded[s]) is not None:
                    coding = codings.get((s, target), NO_CODING)
                    bound = target in reader.bound and reader.binds(s, target, (actor.iri,))
                    rows.append(Row(s, actor, things[target], sign, level, coding, bound))
    return rows, unrated


def _counts(filters: Filters, reader: Reader, row: Row) -> bool:
    """Whether the basis and the confidence of a row pass."""
    basis, confidence = row.coding.basis, row.coding.confidence
    if basis is None:
        basis = reader.labels[min(reader.values("stance:basis").get(row.statement, {""}))]
    if confidence is None:
        text = min(reader.values("stance:confidence").get(row.statement, {"0"}))
        confidence = read_confidence(reader.store, row.statement, text)
    return filters.without("document", "not_document").counts_coding(basis, confidence, ())


class _Things(dict[str, Named]):
    """IRI → the thing with its label."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__()
        self._labels = labels

    def __missing__(self, iri: str) -> Named:
        return self.setdefault(iri, Named(iri, self._labels[iri]))


def _voices(reader: Reader, things: _Things, organisation: bool) -> Callable[[str], Iterable[Named]]:
    """Function of a statement: who it counts for, its speakers or those they speak for."""
    speakers = reader.values("stance:speaker")
    if not organisation:
        return lambda s: sorted(things[iri] for iri in speakers.get(s, ()))
    principals, roles = reader.values("stance:onBehalfOf"), reader.roles

    def spoken_for(s: str) -> Iterable[Named]:
        if s in principals:
            return sorted(things[iri] for iri in principals[s])
        role = roles.get(s, {})
        return dict.fromkeys(role.get(iri, things[iri]) for iri in sorted(speakers.get(s, ())))

    return spoken_for


def _frequent(rows: list[Row], least: int) -> list[Row]:
    """The rows of actors with at least so many statements among them."""
    spoken: dict[Named, set[str]] = defaultdict(set)
    for row in rows:
        spoken[row.actor].add(row.statement)
    return [row for row in rows if len(spoken[row.actor]) >= least]


def _table(reader: Reader, rows: Sequence[Row], scale: Scale, filters: Filters) -> Table:
    """The rows as columns, in order."""
    statements = tuple(sorted({row.statement for row in rows}))
    place = {s: i for i, s in enumerate(statements)}
    of = np.array([place[row.statement] for row in rows], np.int32)
    earliest, latest, notes = _days(reader, place)
    reports, named, shown = _reports(reader, place, rows)
    start = reports.start[shown]
    first = np.where(start < reports.start[shown + 1], start, len(reports.documents))
    document = np.append(reports.documents, len(named)).astype(np.int32)[first]
    table = Table(
        actor=_coded([row.actor for row in rows]),
        target=_coded([row.target for row in rows]),
        level=np.array([row.level for row in rows], float),
        earliest=earliest[of],
        latest=latest[of],
        statement=Column(of, statements),
        document=Column(document, (*named, UNKNOWN)),
        reports=reports,
        shown=shown,
        details=Coded(reader, statements),
        **_own_codings(rows),
        scale=scale,
        store=reader.store,
        filters=filters,
    )
    return table.sort(np.append(reports.positions, 0)[first]).with_notes(*notes)


def _days(reader: Reader, place: Mapping[str, int]) -> tuple[Days, Days, list[str]]:
    """First and last possible day of each statement, all of time where none is given; and what is no day."""
    earliest = np.full(len(place), EARLIEST, np.int32)
    latest = np.full(len(place), LATEST, np.int32)
    notes = []
    for curie, sides in (
        ("stance:saidNotBefore", (earliest,)),
        ("stance:saidNotAfter", (latest,)),
        ("stance:saidOn", (earliest, latest)),
    ):
        for s, text in reader.value(curie).items():
            if s not in place:
                continue
            day = ordinal(text)
            for side in sides:
                side[place[s]] = side[place[s]] if day is None else day
            if day is None:
                notes.append(f"{s}: {curie} '{text[:40]}' is not a day, and counts as none")
    return earliest, latest, notes


def _own_codings(rows: Sequence[Row]) -> dict[str, Any]:
    """The columns of what is coded of single targets; none where nothing is."""
    found: dict[str, Any] = {"bound": np.array([row.bound for row in rows], np.bool_)}
    if any(row.coding.basis is not None for row in rows):
        found["own_basis"] = encode([row.coding.basis for row in rows])
    if any(row.coding.confidence is not None for row in rows):
        own = [np.nan if row.coding.confidence is None else row.coding.confidence for row in rows]
        found["own_confidence"] = np.array(own, float)
    return found


def _reports(
    reader: Reader, place: Mapping[str, int], rows: Sequence[Row]
) -> tuple[Reports, list[Named], NDArray[np.int32]]:
    """The runs of reports, one a document, in the order issued; the documents they are in; and the run of each row."""
    runs = {(row.statement, row.coding.shown): 0 for row in rows if row.coding.shown}
    runs = {
        run: len(place) + i for i, run in enumerate(sorted(runs, key=lambda run: (run[0], sorted(run[1]))))
    }
    partial: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for (s, shown), at in runs.items():
        partial[s].append((at, shown))
    found: list[dict[str, int]] = [{} for _ in range(len(place) + len(runs))]
    positions = reader.positions
    for s, report, document in reader.reported:
        if s not in place:
            continue
        begin = positions.get(report, 0)
        for at in (place[s], *(at for at, shown in partial.get(s, ()) if report in shown)):
            found[at][document] = min(begin, found[at].get(document, begin))
    shown_by = [runs.get((row.statement, row.coding.shown), place[row.statement]) for row in rows]
    iris = sorted({document for reports in found for document in reports})
    record = reader.documents
    code = {iri: i for i, iri in enumerate(iris)}
    issued = {iri: record[iri].issued.partition("/")[0] for iri in iris}
    ordered = [sorted((issued[iri], iri, at) for iri, at in reports.items()) for reports in found]
    start = np.concatenate(([0], np.cumsum([len(reports) for reports in ordered], dtype=np.int64)))
    flat = [report for reports in ordered for report in reports]
    reports = Reports(
        start.astype(np.int64),
        np.array([code[iri] for _, iri, _ in flat], np.int32),
        np.array([position for *_, position in flat], np.int64),
    )
    return reports, [Named(iri, record[iri].title) for iri in iris], np.array(shown_by, np.int32)


def _coded(values: Sequence[Named]) -> Column[Named]:
    distinct = sorted(set(values))
    code = {value: i for i, value in enumerate(distinct)}
    return Column(np.array([code[value] for value in values], np.int32), tuple(distinct))


@dataclass(frozen=True)
class Coded:
    """What else a store says of some statements, each column read when asked for."""

    reader: Reader
    statements: tuple[str, ...]

    @cached_property
    def act(self) -> Column[str | None]:
        return self._concepts("stance:act")

    @cached_property
    def medium(self) -> Column[str | None]:
        return self._concepts("stance:medium")

    @cached_property
    def basis(self) -> Column[str | None]:
        return self._concepts("stance:basis")

    @cached_property
    def quoted(self) -> NDArray[np.bool_]:
        return np.array([s in self.reader.quoted for s in self.statements], np.bool_)

    @cached_property
    def joint(self) -> NDArray[np.bool_]:
        speakers = self.reader.values("stance:speaker")
        return np.array([len(speakers.get(s, ())) > 1 for s in self.statements], np.bool_)

    @cached_property
    def confidence(self) -> NDArray[np.float64]:
        given = self.reader.value("stance:confidence")
        store = self.reader.store
        return np.array([read_confidence(store, s, given.get(s, "0")) for s in self.statements], float)

    def records(self) -> dict[str, Statement]:
        return self.reader.statements if self.reader.at_once else by_iri(self.reader.store, self.statements)

    def word(self, target: str, sign: int) -> str:
        return word(self.reader, target, sign)

    def _concepts(self, curie: str) -> Column[str | None]:
        given, label = self.reader.value(curie), self.reader.labels
        return encode([label[given[s]] if s in given else None for s in self.statements])


def word(reader: Reader, target: str, sign: int) -> str:
    """The word for a stance of a sign on a target that does not bind the actor."""
    return next(edge.word(reader.sort("", target)) for edge in reader.edges.values() if edge.sign == sign)


@dataclass(frozen=True)
class Uncoded:
    """Nothing else known of so many rows: all said, each by one, with full confidence."""

    number: int

    @property
    def act(self) -> Column[str | None]:
        return Column(np.zeros(self.number, np.int32), (None,))

    medium = act

    @property
    def basis(self) -> Column[str | None]:
        return Column(np.zeros(self.number, np.int32), ("said",))

    @property
    def quoted(self) -> NDArray[np.bool_]:
        return np.zeros(self.number, np.bool_)

    joint = quoted

    @property
    def confidence(self) -> NDArray[np.float64]:
        return np.ones(self.number)

    def records(self) -> dict[str, Statement]:
        return {}

    def word(self, target: str, sign: int) -> str:  # noqa: ARG002  nothing is known of anybody's own targets
        return STANCES[sign]


def of(
    actors: Sequence[object],
    targets: Sequence[object],
    levels: Sequence[float],
    *,
    days: Sequence[date | str] | None = None,
    documents: Sequence[object] | None = None,
    scale: Scale = POLARITY,
) -> Table:
    """A table of anybody's own rows: undated without `days`, each in a document of its own without `documents`.

    >>> len(of(["a", "b", "b"], ["x", "x", "x"], [1, -1, -1], documents=["p", "q", "q"]).deduplicate("document"))
    2
    """
    number = len(levels)
    _check_lengths(number, actors=actors, targets=targets, days=days, documents=documents)
    level = scale.check(np.asarray(levels, float))
    first, last = _dated(days, number)
    every = np.arange(number, dtype=np.int32)
    document = Column(every, _numbered(number)) if documents is None else _distinct(documents)
    rows = Table(
        actor=_distinct(actors),
        target=_distinct(targets),
        level=level,
        earliest=first,
        latest=last,
        statement=Column(every, tuple(f"row {i + 1}" for i in range(number))),
        document=document,
        reports=Reports(np.arange(number + 1), document.codes, every.astype(np.int64)),
        shown=every,
        details=Uncoded(number),
        scale=scale.over(level),
    )
    return rows[np.lexsort((every, rows.earliest))]


def _check_lengths(number: int, **columns: Sequence[object] | None) -> None:
    for name, values in columns.items():
        if values is not None and len(values) != number:
            raise UsageError(f"{len(values)} {name} for {number} levels: give one for each row")


def _distinct(values: Sequence[object]) -> Column[Named]:
    # No array of strings: each of its cells would be as wide as the longest label.
    labels = [str(value) for value in values]
    distinct = {label: code for code, label in enumerate(sorted(set(labels)))}
    codes = np.fromiter((distinct[label] for label in labels), np.int32, len(labels))
    return Column(codes, tuple(Named(label, label) for label in distinct))


def _numbered(number: int) -> tuple[Named, ...]:
    return tuple(Named(f"document {i}", f"document {i}") for i in range(1, number + 1))


def _dated(days: Sequence[date | str] | None, number: int) -> tuple[Days, Days]:
    """First and last possible day of each row; all of time where none are given."""
    if days is None:
        return np.full(number, EARLIEST, np.int32), np.full(number, LATEST, np.int32)
    known = np.array([calendar_day(day).toordinal() for day in days], np.int32)
    return known, known
