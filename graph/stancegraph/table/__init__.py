"""The flat table of stances, by columns: one row per statement, speaker and target; every network is made of it.

Table      the rows, oldest first, with the store and the filters they came from
Column     one column of things or words, as codes into its values
Scale      what the level of a row can be: the polarity, or a coded variable
read       the table of a store; of      the table of anybody's own rows
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np

from stancegraph.errors import UsageError
from stancegraph.records import Named, Stance
from stancegraph.table.scale import POLARITY, Scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from stancegraph.statements.filters import Filters
    from stancegraph.store import Store

    Codes = NDArray[np.int32]
    Days = NDArray[np.int32]
    Numbers = NDArray[np.float64]
    Marks = NDArray[np.bool_]

__all__ = ["DUPLICATES", "POLARITY", "Column", "Reports", "Scale", "Table", "of"]

V = TypeVar("V")
DUPLICATES: Final = ("include", "document", "week", "month", "year", "ever")
"""Which of equal rows (same actor, target and level) count: all, or the first in each of these."""
EARLIEST: Final = date.min.toordinal()
LATEST: Final = date.max.toordinal()
WIDEST: Final = {"week": 7, "month": 31, "year": 366}


@dataclass(frozen=True, slots=True, eq=False)
class Column(Generic[V]):
    """One column: a code for each row, and the value each code stands for."""

    codes: Codes
    values: tuple[V, ...]

    def __getitem__(self, rows: Any) -> Column[V]:
        return Column(self.codes[rows], self.values)

    def __len__(self) -> int:
        return len(self.codes)

    def listed(self) -> list[V]:
        """The value of each row."""
        return [self.values[code] for code in self.codes]

    def present(self) -> Codes:
        """The codes that occur, in order."""
        return np.unique(self.codes)


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Which documents report each statement: those of statement `s` are `documents[start[s]:start[s + 1]]`.

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


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of stances, oldest first: by earliest day, document, position and statement.

    `level` is a number on `scale`; days are `date.toordinal()`, the first and the last that are possible;
    `confidence` is 0..1. `document` is that of the statement's earliest report, all stand in `reports`.
    """

    actor: Column[Named]
    target: Column[Named]
    level: Numbers
    earliest: Days
    latest: Days
    statement: Column[str]
    document: Column[Named]
    reports: Reports
    act: Column[str | None]
    medium: Column[str | None]
    basis: Column[str]
    quoted: Marks
    joint: Marks
    confidence: Numbers
    scale: Scale = POLARITY
    store: Store | None = None
    filters: Filters | None = None
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.level)

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
            self.actor.listed(), self.target.listed(), self.level, self.statement.listed(), strict=True
        ):
            yield Stance(actor, target, self.scale.shown(float(level)), statement)

    def noting(self, *notes: str) -> Table:
        """The same rows, with more said about them."""
        return replace(self, notes=(*self.notes, *(note for note in notes if note)))

    def ordered(self, positions: NDArray[np.int64]) -> Table:
        """The rows in the table's order, each row's first report beginning at its position."""
        return self[
            np.lexsort(
                (
                    _places(self.target.values)[self.target.codes],
                    _places(self.actor.values)[self.actor.codes],
                    _places(self.statement.values)[self.statement.codes],
                    positions,
                    _places(self.document.values)[self.document.codes],
                    self.earliest,
                )
            )
        ]

    def decided(self) -> Table:
        """The rows without those that withhold judgement; coded variables have none such."""
        return self[self.level != 0] if self.scale.neutral else self

    def without_document(self, code: int) -> Table:
        """What is left when one document is: a statement stays while another reports it."""
        return self.in_documents(np.arange(len(self.document.values)) != code)

    def in_documents(self, kept: Marks) -> Table:
        """What these documents report, a mark for each: statements with another report alone are left out."""
        reports = self.reports.within(kept)
        statement = self.statement.codes
        left = reports.start[statement] < reports.start[statement + 1]
        rows = replace(self[left], reports=reports)
        first = reports.start[rows.statement.codes]
        rows = replace(rows, document=Column(reports.documents[first], self.document.values))
        return rows.ordered(reports.positions[first])

    def unrepeated(self, per: str = "document", *, levels: bool = True) -> Table:
        """The first of equal rows (same actor, target and level) in each document, week, month, year or ever.

        Without `levels` rows are equal whatever their level, as where a network ignores it.

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
            note = _left_out(len(self) - len(rows), f"a {per}")
        bucket = rows.document.codes if per == "document" else _buckets(rows.earliest, per)
        _, level = np.unique(rows.level, return_inverse=True)
        key = level.astype(np.int64) * levels
        for codes in (rows.actor.codes, rows.target.codes, bucket):
            key = _paired(key, codes)
        _, first = np.unique(key, return_index=True)
        return (rows if len(first) == len(rows) else rows[np.sort(first)]).noting(note)


def _left_out(number: int, wider: str) -> str:
    rows = "1 row" if number == 1 else f"{number} rows"
    return f"{rows} left out: the day is bounded more loosely than {wider}" if number else ""


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
    epoch = date(1970, 1, 1).toordinal()
    unit = {"month": "M", "year": "Y"}[per]
    dated = (days.astype(np.int64) - epoch).astype("datetime64[D]")
    numbers: NDArray[np.int64] = dated.astype(f"datetime64[{unit}]").astype(np.int64)
    return numbers


def _places(values: Sequence[Any]) -> NDArray[np.int64]:
    """Place of each value among them all, sorted."""
    places = np.empty(len(values), np.int64)
    places[sorted(range(len(values)), key=values.__getitem__)] = np.arange(len(values))
    return places


def of(
    actors: Sequence[Any],
    targets: Sequence[Any],
    levels: Sequence[float],
    *,
    days: Sequence[date | str] | None = None,
    documents: Sequence[Any] | None = None,
    scale: Scale = POLARITY,
) -> Table:
    """A table of anybody's own rows: undated without `days`, each in a document of its own without `documents`.

    >>> len(of(["a", "b", "b"], ["x", "x", "x"], [1, -1, -1], documents=["p", "q", "q"]).unrepeated("document"))
    2
    """
    number = len(levels)
    _check_lengths(number, actors=actors, targets=targets, days=days, documents=documents)
    level = scale.checked(np.asarray(levels, float))
    first, last = _dated(days, number)
    every = np.arange(number, dtype=np.int32)
    document = Column(every, _numbered(number)) if documents is None else _coded(documents)
    empty: Column[str | None] = Column(every * 0, (None,))
    rows = Table(
        actor=_coded(actors),
        target=_coded(targets),
        level=level,
        earliest=first,
        latest=last,
        statement=Column(every, tuple(f"row {i + 1}" for i in range(number))),
        document=document,
        reports=Reports(np.arange(number + 1), document.codes, every.astype(np.int64)),
        act=empty,
        medium=empty,
        basis=Column(every * 0, ("said",)),
        quoted=every < 0,
        joint=every < 0,
        confidence=np.ones(number),
        scale=scale.over(level),
    )
    return rows[np.lexsort((every, rows.earliest))]


def _check_lengths(number: int, **columns: Sequence[Any] | None) -> None:
    for name, values in columns.items():
        if values is not None and len(values) != number:
            raise UsageError(f"{len(values)} {name} for {number} levels: give one for each row")


def _coded(values: Sequence[Any]) -> Column[Named]:
    distinct, codes = np.unique(np.asarray(values).astype(str), return_inverse=True)
    return Column(codes.astype(np.int32), tuple(Named(str(v), str(v)) for v in distinct))


def _numbered(number: int) -> tuple[Named, ...]:
    return tuple(Named(f"document {i}", f"document {i}") for i in range(1, number + 1))


def _dated(days: Sequence[date | str] | None, number: int) -> tuple[Days, Days]:
    """First and last possible day of each row; all of time where none are given."""
    if days is None:
        return np.full(number, EARLIEST, np.int32), np.full(number, LATEST, np.int32)
    known = np.array([_ordinal(day) for day in days], np.int32)
    return known, known


def _ordinal(day: date | str) -> int:
    try:
        return (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()
    except (AttributeError, ValueError):
        raise UsageError(f"'{str(day)[:40]}' is not a day of the calendar: write it as 2024-12-31") from None
