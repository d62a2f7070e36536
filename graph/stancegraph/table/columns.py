"""The flat table of stances, by columns: one row per statement, speaker and target; every network is made of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from stancegraph.dates import EARLIEST, EPOCH, LATEST, calendar_day
from stancegraph.errors import UsageError, of_extra
from stancegraph.output import note_on
from stancegraph.records import Named, Stance
from stancegraph.table.arrays import Column, Strings, encode
from stancegraph.table.scales import POLARITY, Scale
from stancegraph.vocabulary import STANCES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from pathlib import Path

    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray

    from stancegraph.records import Statement
    from stancegraph.statements.filters import Filters
    from stancegraph.store import Store

    Codes = NDArray[np.int32]
    Days = NDArray[np.int32]
    Numbers = NDArray[np.float64]
    Marks = NDArray[np.bool_]

V = TypeVar("V")
DUPLICATES: Final = ("include", "document", "week", "month", "year", "ever")
"""Which of equal rows (same actor, target and level) count: all, or the first in each of these."""
WIDEST: Final = {"week": 7, "month": 31, "year": 366}


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Which documents report what: those of a row are `documents[start[s]:start[s + 1]]`, s being its `shown`.

    A statement has one such run, and another for each target that only some of its reports show.

    They stand in the order issued; `positions` are the code points at which each report begins.
    """

    start: NDArray[np.int64]
    documents: Codes
    positions: NDArray[np.int64]

    def within(self, documents: Marks) -> Reports:
        """The reports in the documents marked."""
        kept = documents[self.documents]
        before = np.concatenate(([0], np.cumsum(kept)))
        return Reports(before[self.start], self.documents[kept], self.positions[kept])


class Details(ABC):
    """What else is coded of each statement, in the order of the table's `statement.values`; read when asked for."""

    @abstractmethod
    def texts(self, name: str) -> Column[str | None]:
        """The act, the medium or the basis."""

    @abstractmethod
    def numbers(self, name: str) -> NDArray[Any]:
        """Whether it is `quoted` or `joint`, or the confidence."""

    @abstractmethod
    def __getitem__(self, statements: Any) -> Details:
        """The same of some of the statements."""

    @cached_property
    def act(self) -> Column[str | None]:
        return self.texts("act")

    @cached_property
    def medium(self) -> Column[str | None]:
        return self.texts("medium")

    @cached_property
    def basis(self) -> Column[str | None]:
        return self.texts("basis")

    @cached_property
    def quoted(self) -> Marks:
        return self.numbers("quoted")

    @cached_property
    def joint(self) -> Marks:
        return self.numbers("joint")

    @cached_property
    def confidence(self) -> Numbers:
        return self.numbers("confidence")

    @abstractmethod
    def records(self, statements: Collection[str]) -> Mapping[str, Statement]:
        """These statements themselves, by IRI, others perhaps too; none where the rows are anybody's own."""

    @abstractmethod
    def word(self, target: str, sign: int) -> str:
        """The word for a stance on a target (an IRI) that does not bind the actor."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of stances, oldest first: by earliest day, document, position and statement.

    `period` is the number of the period each row falls into, -1 where in none, None where there are no periods.
    `level` is a number on `scale`; days are `date.toordinal()`, the first and the last that are possible;
    `confidence` is 0..1, NaN where none is coded. `document` is that of the statement's earliest report, all stand
    in `reports`.
    """

    actor: Column[Named]
    target: Column[Named]
    level: Numbers
    earliest: Days
    latest: Days
    statement: Column[str]
    document: Column[Named]
    reports: Reports
    shown: Codes
    details: Details
    own_basis: Column[str | None] | None = None
    own_confidence: Numbers | None = None
    bound: Marks | None = None
    period: Codes | None = None
    periods: tuple[str, ...] = ()
    scale: Scale = POLARITY
    store: Store | None = None
    filters: Filters | None = None
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.level)

    @property
    def inputs(self) -> Sequence[Path]:
        """The files its store was read from."""
        return self.store.inputs if self.store else ()

    @property
    def act(self) -> Column[str | None]:
        """What is done with the words, None where the text has lost its verb."""
        return self.details.act[self.statement.codes]

    @property
    def medium(self) -> Column[str | None]:
        """The channel."""
        return self.details.medium[self.statement.codes]

    @property
    def basis(self) -> Column[str | None]:
        """What the coding rests on: that of the target where it has its own, else that of the statement."""
        base = self.details.basis[self.statement.codes]
        if self.own_basis is None:
            return base
        pairs = zip(self.own_basis.to_list(), base.to_list(), strict=True)
        return encode([own if own is not None else whole for own, whole in pairs])

    @property
    def quoted(self) -> Marks:
        """Whether a report has verbatim words."""
        return self.details.quoted[self.statement.codes]

    @property
    def joint(self) -> Marks:
        """Whether several speak together."""
        return self.details.joint[self.statement.codes]

    @property
    def confidence(self) -> Numbers:
        """Of the coding, 0..1 or NaN: that of the target where it has its own, else that of the statement."""
        base = self.details.confidence[self.statement.codes]
        if self.own_confidence is None:
            return base
        return np.where(np.isnan(self.own_confidence), base, self.own_confidence)

    def __getitem__(self, rows: Any) -> Table:
        """The rows a mask, a slice or indices choose, in the table's order."""
        chosen = {
            item.name: getattr(self, item.name)[rows]
            for item in fields(self)
            if isinstance(getattr(self, item.name), Column | np.ndarray)
        }
        return replace(self, **chosen)

    def __iter__(self) -> Iterator[Stance]:
        for actor, target, level, statement in zip(
            self.actor.to_list(), self.target.to_list(), self.level, self.statement.to_list(), strict=True
        ):
            yield Stance(actor, target, self.scale.shown(float(level)), statement)

    def records(self) -> dict[str, Statement]:
        """The statements of the table with their words, by IRI; none where its rows are anybody's own."""
        wanted = dict.fromkeys(self.statement.to_list())
        found = self.details.records(wanted)
        return {s: found[s] for s in wanted if s in found}

    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table, its columns those of the Parquet file (`table.arrays.to_arrow`)."""
        from stancegraph.table import arrays

        return arrays.to_arrow(self)

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame, columns as `to_arrow` has them; raises UsageError where pandas is missing."""
        _import("pandas")
        return self.to_arrow().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """The rows as a polars DataFrame, columns as `to_arrow` has them; raises UsageError where polars is missing."""
        frame: pl.DataFrame = _import("polars").from_arrow(self.to_arrow())
        return frame

    def with_notes(self, *notes: str) -> Table:
        """The same rows, with more said about them."""
        return replace(self, notes=(*self.notes, *(note for note in notes if note)))

    def sort(self) -> Table:
        """The rows in the table's order; what no report is known of stands at the beginning of its document."""
        start = self.reports.start[self.shown]
        first = np.where(start < self.reports.start[self.shown + 1], start, -1)
        positions = np.append(self.reports.positions, 0)[first]
        return self[
            np.lexsort(
                (
                    _ranks(self.target.values)[self.target.codes],
                    _ranks(self.actor.values)[self.actor.codes],
                    _ranks(self.statement.values)[self.statement.codes],
                    positions,
                    _ranks(self.document.values)[self.document.codes],
                    self.earliest,
                )
            )
        ]

    def compact(self) -> Table:
        """The rows with actors, targets and statements numbered anew, as if nothing else had been read."""
        table = replace(self, actor=_renumbered(self.actor), target=_renumbered(self.target))
        present = self.statement.present()
        if len(present) == len(self.statement.values):
            return table
        statement = _renumbered(self.statement)
        known = set(statement.values) if self.notes else set()
        notes = tuple(note for note in self.notes if note.partition(": ")[0] in known)
        return replace(table, statement=statement, details=self.details[present], notes=notes)

    def without_neutral(self) -> Table:
        """The rows without those that withhold judgement; coded variables have none such."""
        return self[self.level != 0] if self.scale.neutral else self

    def without_empty(self) -> Table:
        """The rows that have a level: a category that says nothing was coded is none, and two such do not agree."""
        empty = self.scale.empty
        if empty is None:
            return self
        coded = self.level != empty
        scale = replace(self.scale, levels=tuple(q for q in self.scale.levels if q != empty), empty=None)
        number = len(self) - int(coded.sum())
        said = f"left out: {self.scale.name} is empty (--aggregation ignore counts them)"
        return replace(self[coded], scale=scale).with_notes(note_on(number, "row", said))

    def reporting(self) -> Codes:
        """The codes of the documents that report any of the rows, in order."""
        reports = self.reports
        runs = np.unique(self.shown)
        ranges = [reports.documents[reports.start[run] : reports.start[run + 1]] for run in runs]
        return np.unique(np.concatenate(ranges)) if ranges else np.zeros(0, np.int32)

    def without_document(self, code: int) -> Table:
        """What is left when one document is: a statement stays while another reports it."""
        return self.in_documents(np.arange(len(self.document.values)) != code)

    def in_documents(self, kept: Marks) -> Table:
        """What these documents report, a mark for each: statements with another report alone are left out."""
        reports = self.reports.within(kept)
        left = reports.start[self.shown] < reports.start[self.shown + 1]
        rows = replace(self[left], reports=reports)
        first = reports.start[rows.shown]
        document = Column(reports.documents[first], self.document.values)
        before = self.reports.start[rows.shown]
        rows = replace(rows, document=document)
        if self.store is not None and (
            np.array_equal(self.reports.documents[before], document.codes)
            and np.array_equal(self.reports.positions[before], reports.positions[first])
        ):
            return rows  # in order, as what they are ordered by is what it was
        return rows.sort()

    def buckets_of_documents(self) -> Codes:
        """A number for each row's document; without a report nothing says that two statements stand in one."""
        unreported = self.reports.start[self.shown] == self.reports.start[self.shown + 1]
        return np.where(unreported, len(self.document.values) + self.statement.codes, self.document.codes)

    def deduplicate(self, per: str = "document", *, levels: bool = True) -> Table:
        """The first of equal rows (same actor, target and level) in each document, week, month, year or ever.

        Without `levels` rows are equal whatever their level, as where a network ignores it. A statement that no
        report is known of stands in a document of its own.

        Weeks are those of ISO 8601 with their year, months have theirs. A row whose days span more than a
        week, month or year is left out where these count, with a note. Raises UsageError for another word.
        """
        if per not in DUPLICATES:
            raise UsageError(f"--duplicates '{per}': choose one of {', '.join(DUPLICATES)}")
        if per == "include" or not len(self):
            return self
        rows, note = self, ""
        if per in WIDEST:
            dated = self.latest - self.earliest < WIDEST[per]
            rows = self[dated]
            note = note_on(
                len(self) - len(rows), "row", f"left out: the day is bounded more loosely than a {per}"
            )
        bucket = rows.buckets_of_documents() if per == "document" else _buckets(rows.earliest, per)
        _, level = np.unique(rows.level, return_inverse=True)
        key = level.astype(np.int64) * levels
        for codes in (rows.actor.codes, rows.target.codes, bucket):
            key = _paired(key, codes)
        _, first = np.unique(key, return_index=True)
        return (rows if len(first) == len(rows) else rows[np.sort(first)]).with_notes(note)


@dataclass(frozen=True)
class Uncoded(Details):
    """Nothing else known of so many rows: all said, each by one, with full confidence."""

    number: int

    def __getitem__(self, statements: Any) -> Uncoded:
        return Uncoded(len(statements))

    def texts(self, name: str) -> Column[str | None]:
        return Column(np.zeros(self.number, np.int32), ("said" if name == "basis" else None,))

    def numbers(self, name: str) -> NDArray[Any]:
        return np.full(self.number, name == "confidence", float if name == "confidence" else np.bool_)

    def records(self, statements: Collection[str]) -> Mapping[str, Statement]:  # noqa: ARG002  nor of statements
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
    columns = {"actors": actors, "targets": targets, "days": days, "documents": documents}
    for name, values in columns.items():
        if values is not None and len(values) != number:
            raise UsageError(f"{len(values)} {name} for {number} levels: give one for each row")
    level = scale.check(np.asarray(levels, float))
    first, last = _dated(days, number)
    every = np.arange(number, dtype=np.int32)
    document = (
        Column(every, tuple(Named(f"document {i}", f"document {i}") for i in range(1, number + 1)))
        if documents is None
        else _distinct(documents)
    )
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


def _distinct(values: Sequence[object]) -> Column[Named]:
    # No array of strings: each of its cells would be as wide as the longest label.
    labels = [str(value) for value in values]
    distinct = {label: code for code, label in enumerate(sorted(set(labels)))}
    codes = np.fromiter((distinct[label] for label in labels), np.int32, len(labels))
    return Column(codes, tuple(Named(label, label) for label in distinct))


def _dated(days: Sequence[date | str] | None, number: int) -> tuple[Days, Days]:
    """First and last possible day of each row; all of time where none are given."""
    if days is None:
        return np.full(number, EARLIEST, np.int32), np.full(number, LATEST, np.int32)
    known = np.array([calendar_day(day).toordinal() for day in days], np.int32)
    return known, known


def _renumbered(column: Column[V]) -> Column[V]:
    """The same column with no value that does not occur."""
    present = column.present()
    if len(present) == len(column.values):
        return column
    place = np.zeros(len(column.values), np.int32)
    place[present] = np.arange(len(present))
    values: Sequence[Any] = column.values
    kept = values.take(present) if isinstance(values, Strings) else tuple(values[i] for i in present.tolist())
    return Column(place[column.codes], kept)


def _import(library: str) -> Any:
    with of_extra("frames", library):
        return import_module(library)


def _paired(key: NDArray[np.int64], codes: NDArray[Any]) -> NDArray[np.int64]:
    """One number for each pair; counted anew first where the pairs could overrun 63 bits."""
    codes = codes.astype(np.int64)
    codes -= codes.min(initial=0)
    width = int(codes.max(initial=0)) + 1
    if (int(key.max(initial=0)) + 1) * width >= 1 << 62:
        _, key = np.unique(key, return_inverse=True)
    pairs: NDArray[np.int64] = key * width + codes
    return pairs


def _buckets(days: Days, per: str) -> NDArray[np.int64]:
    """Number of the week (1 January of year 1 was a Monday), month or year each day is in."""
    if per == "week":
        return (days.astype(np.int64) - 1) // 7
    if per == "ever":
        return np.zeros(len(days), np.int64)
    unit = {"month": "M", "year": "Y"}[per]
    dated = (days.astype(np.int64) - EPOCH).astype("datetime64[D]")
    numbers: NDArray[np.int64] = dated.astype(f"datetime64[{unit}]").astype(np.int64)
    return numbers


def _ranks(values: Sequence[Any]) -> NDArray[np.int64]:
    """Rank of each value among them all, sorted."""
    if isinstance(values, Strings):
        return values.ranks
    ranks = np.empty(len(values), np.int64)
    ranks[sorted(range(len(values)), key=values.__getitem__)] = np.arange(len(values))
    return ranks
