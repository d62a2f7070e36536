"""The flat table over time: sliding windows of days, weeks, months, years or statements, and kernel weights.

A row is in a window that its days overlap, as a date filter has it; one bounded more loosely than the window is
left out, with a note. Ties on a day keep the order of the table: document, position, statement.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph.dates import calendar_day
from stancegraph.errors import UsageError
from stancegraph.output import note_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from stancegraph.table import Table

UNITS: Final = {"d": "days", "w": "weeks", "m": "months", "y": "years", "s": "statements"}
MOST: Final = 100_000
"""Windows, or moments of a kernel, at most."""


WIDEST: Final = 36_525
"""Days a kernel may spread over: a century."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The rows of one window or around one day: from `since` to `until`; `weights` are K(u), None in a window."""

    since: date
    until: date
    rows: Table
    weights: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """So many days, weeks, months, years or statements."""

    number: int
    unit: str

    @classmethod
    def of(cls, text: str, option: str = "window") -> Length:
        """From `4w`, `28d`, `3m`, `1y`, `50s`; raises UsageError for anything else.

        >>> Length.of("4w")
        Length(number=4, unit='w')
        """
        found = re.fullmatch(r"([1-9]\d{0,5})([dwmys])", text.strip())
        if not found:
            raise UsageError(
                f"--{option} '{text[:20]}' is no length: write 28d, 4w, 3m, 1y, or 50s for 50 statements"
            )
        return cls(int(found[1]), found[2])

    @property
    def days(self) -> int:
        """The most days it can be; those of statements are not counted."""
        return self.number * {"d": 1, "w": 7, "m": 31, "y": 366}.get(self.unit, 0)

    def after(self, day: date, times: int = 1) -> date:
        """The day so much later: of months the same day or their last; past the calendar its last day."""
        try:
            if self.unit in "dw":
                return date.fromordinal(
                    day.toordinal() + times * self.number * (7 if self.unit == "w" else 1)
                )
            months = day.year * 12 + day.month - 1 + times * self.number * (12 if self.unit == "y" else 1)
            year, month = divmod(months, 12)
            return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        except (OverflowError, ValueError):
            return date.max


def windows(
    table: Table, length: str, *, step: str | None = None, start: date | None = None
) -> Iterator[Moment]:
    """The rows of each window of `length` (`4w`, `28d`, `3m`, `1y`, `50s`), `step` (default `length`) apart.

    The first begins on `start` or on the first day there is, the last holds the last day. The rows are those of
    the table, repetitions too: `graphs.build(graphs.countable(rows, method), method)` is the network of one.
    """
    wide = Length.of(length)
    apart = Length.of(step, "step") if step else wide
    if (apart.unit == "s") != (wide.unit == "s"):
        raise UsageError(
            "--window and --step: count both in statements, or both in days, weeks, months, years"
        )
    if wide.unit == "s":
        yield from _by_statements(table, wide.number, apart.number)
        return
    rows = _close(table, wide.days, "the window")
    if not len(rows):
        return
    begin = start or date.fromordinal(int(rows.earliest[0]))
    last = int(rows.latest.max())

    def span(number: int) -> tuple[date, date]:
        since = apart.after(begin, number)
        return since, date.fromordinal(max(wide.after(since).toordinal() - 1, since.toordinal()))

    if span(MOST - 1)[1].toordinal() < last:
        raise UsageError(f"--step {step or length} makes more than {MOST} windows: take a longer one")
    for since, until in map(span, range(MOST)):
        near = rows[
            slice(*np.searchsorted(rows.earliest, (since.toordinal() - wide.days, until.toordinal() + 1)))
        ]
        yield Moment(since, until, near[near.latest >= since.toordinal()])
        if until.toordinal() >= last:
            return


def _close(table: Table, days: int, what: str) -> Table:
    """The rows bounded to so many days or fewer."""
    rows = table[table.latest - table.earliest < days]
    said = f"left out: the day is bounded more loosely than {what}"
    return rows.with_notes(note_on(len(table) - len(rows), "row", said))


def _by_statements(table: Table, number: int, step: int) -> Iterator[Moment]:
    """Windows of so many statements, in the order of the table; a note counts those at the end that fill none."""
    _, first, place = np.unique(table.statement.codes, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))[place]
    total = len(first)
    begins = range(0, max(total - number, 0) + 1 if total else 0, step)
    left = total - (begins[-1] + number) if begins else 0
    note = (
        f"the last {left} statements left out: they do not fill a window of {number}"
        if left > 1
        else f"the last 1 statement left out: it does not fill a window of {number}"
        if left == 1
        else f"the only window holds {total} of {number} statements"
        if left < 0
        else ""
    )
    for at in begins:
        rows = table[(rank >= at) & (rank < at + number)].with_notes(note)
        yield Moment(_day(rows.earliest.min()), _day(rows.latest.max()), rows)


def _day(ordinal: np.int32) -> date:
    return date.fromordinal(int(ordinal))


KERNELS: Final[dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = {
    "epanechnikov": lambda u: np.where(np.abs(u) <= 1, 0.75 * (1 - u**2), 0),
    "triangular": lambda u: np.where(np.abs(u) <= 1, 1 - np.abs(u), 0),
    "uniform": lambda u: np.where(np.abs(u) <= 1, 0.5, 0),
    "gaussian": lambda u: np.where(np.abs(u) <= 3, np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi), 0),
}


def kernels(
    table: Table, kernel: str, width: int, *, at: Iterable[date | str] | None = None, step: str = "1d"
) -> Iterator[Moment]:
    """The rows with a weight above 0 at each moment t: K(u), u = 2 (day - t) / `width` in days.

    Moments are the days `at`, or every `step` from the first day to the last. A row bounded to several days
    counts on the middle one; rows bounded more loosely than `width` are left out, with a note.
    """
    if kernel not in KERNELS:
        raise UsageError(f"--kernel '{kernel}': choose one of {', '.join(KERNELS)}")
    if not 1 <= width <= WIDEST:
        raise UsageError(f"--width {width}: a kernel spans 1 to {WIDEST} days")
    rows = _close(table, width, "the kernel")
    middle = (rows.earliest.astype(float) + rows.latest) / 2
    for day in _moments(rows, step) if at is None else (calendar_day(day, "at") for day in at):
        weights = KERNELS[kernel](2 * (middle - day.toordinal()) / width)
        heavy = weights > 0
        yield Moment(day, day, rows[heavy], weights[heavy])


def _moments(rows: Table, step: str) -> Iterator[date]:
    apart = Length.of(step, "step")
    if apart.unit == "s":
        raise UsageError("--step: the moments of a kernel are days apart, not statements")
    if not len(rows):
        return
    begin, last = _day(rows.earliest.min()), _day(rows.latest.max())
    if apart.after(begin, MOST) <= last:
        raise UsageError(f"--step {step} makes more than {MOST} moments: take a longer one")
    for number in range(MOST):
        day = apart.after(begin, number)
        if day > last:
            return
        yield day
