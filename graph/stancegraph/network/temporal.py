"""Networks over time: periods in which stances meet, sliding windows, and kernel weights.

Agreement is agreement at one time, so rows on one target meet only inside a period:

auto                          cuts where nobody in the whole graph said anything for 30 days; a stretch longer
                              than a quarter is cut by calendar quarters too
week, month, quarter, year    calendar periods (weeks of ISO 8601)
90                            so many days each, from the first day there is
fall of Assad, 2025-03-06     cuts on the first day of each event, or on days
none                          no periods, as in the Discourse Network Analyzer

A row is in a window (of days, weeks, months, years or statements) that its days overlap, as a date filter has it; one
bounded more loosely than the window is left out, with a note. Ties on a day keep the order of the table: document,
position, statement.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, takewhile
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph import names
from stancegraph.dates import EARLIEST, LATEST, calendar_day, joined, spell, spell_months
from stancegraph.errors import StanceError, UsageError
from stancegraph.output import note_on, quantity
from stancegraph.store.sparql import node
from stancegraph.table import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from stancegraph.network import Method
    from stancegraph.store import Store
    from stancegraph.table import Table

    Days = list[tuple[int, int]]


SILENCE: Final = 30
"""Days in which nobody says anything, after which another period begins."""
QUARTER: Final = 92
"""Days of the longest quarter."""
CALENDAR: Final = {"week": "1w", "month": "1m", "quarter": "3m", "year": "1y"}
"""Calendar periods and how long they are."""
PERIODS: Final = 10_000
"""Periods at most."""
MOMENTS: Final = 100_000
"""Windows, or moments of a kernel, at most."""
WIDEST: Final = 36_525
"""Days a kernel may spread over: a century."""
KERNELS: Final[dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = {
    "epanechnikov": lambda u: np.where(np.abs(u) <= 1, 0.75 * (1 - u**2), 0),
    "triangular": lambda u: np.where(np.abs(u) <= 1, 1 - np.abs(u), 0),
    "uniform": lambda u: np.where(np.abs(u) <= 1, 0.5, 0),
    "gaussian": lambda u: np.where(np.abs(u) <= 3, np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi), 0),
}


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


@dataclass(frozen=True, slots=True)
class Periods:
    """The first day of each period, and the days (ordinals) from and to which something was said, where it was."""

    starts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def codes(self, earliest: NDArray[np.int32], latest: NDArray[np.int32]) -> NDArray[np.int32]:
        """The period each row falls into, -1 where its days straddle two or an end is open; of one period, all do."""
        if len(self.starts) < 2:
            return np.zeros(len(earliest), np.int32)
        first = np.searchsorted(self.starts, earliest, side="right") - 1
        last = np.searchsorted(self.starts, latest, side="right") - 1
        inside = (first == last) & (first >= 0) & (earliest > EARLIEST) & (latest < LATEST)
        return np.where(inside, first, -1).astype(np.int32)

    def label(self, place: int) -> str:
        """The days on which something was said in a period: "2024-11-27…2024-12-08"."""
        start = self.starts[place]
        return next(
            (_shown(*each) for each in self.spans if bisect_right(self.starts, each[0]) - 1 == place),
            _shown(start, start),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of each."""
        return tuple(map(self.label, range(len(self.starts))))

    def __str__(self) -> str:
        """In words: "2 periods: 2024-11-27…2024-12-08, 2025-03-06…2025-03-16"."""
        shown = [_shown(since, until) for since, until in self.spans]
        if len(shown) > 8:
            shown = [*shown[:4], "…", *shown[-3:]]
        return f"{quantity(len(self.spans), 'period')}: {', '.join(shown)}"


def _shown(since: int, until: int) -> str:
    first, last = date.fromordinal(since), date.fromordinal(until)
    return f"{first}…{last}" if until > since else str(first)


def assign(table: Table, period: str, store: Store | None) -> Table:
    """The rows with the period each falls into, and a note of which periods were used."""
    if period == "none" or not len(table):
        return table
    found = find(table, period, store)
    if len(found.spans) == 1 and period == "auto":
        return table
    codes = found.codes(table.earliest, table.latest)
    return replace(table, period=codes, periods=found.labels).with_notes(str(found))


def of_network(method: Method, store: Store) -> Periods | None:
    """The periods in which rows of a graph meet under a method; None where all do."""
    if not method.one_mode or method.period == "none":
        return None
    found = periods(method.period, snapshot.days(store), store)
    return None if len(found.starts) < 2 else found


def find(table: Table, period: str, store: Store | None) -> Periods:
    """The periods of the graph that a table is of; of rows of nobody's graph, their own."""
    own = zip(table.earliest.tolist(), table.latest.tolist(), strict=True)
    return periods(period, own if store is None else snapshot.days(store), store)


def periods(period: str, days: Iterable[tuple[int, int]], store: Store | None = None) -> Periods:
    """The periods of a graph in which something was said on these days, each from the first possible to the last.

    Raises UsageError for what is no period, UnknownName for a name that is no event's.

    >>> day = date(2024, 12, 1).toordinal()
    >>> str(periods("auto", [(day, day), (day + 5, day + 7), (day + 100, day + 101)]))
    '2 periods: 2024-12-01…2024-12-08, 2025-03-11…2025-03-12'
    """
    dated = sorted((first, last) for first, last in days if first > EARLIEST and last < LATEST)
    if not dated:
        return Periods((EARLIEST,), ((EARLIEST, LATEST),))
    begin, end = dated[0][0], max(last for _, last in dated)
    if period == "auto":
        starts = [start for stretch in _stretches(dated) for start in _quarters(*stretch)]
    elif period in CALENDAR:
        starts = list(_calendar(period, begin, end))
    elif re.fullmatch(r"[1-9]\d{0,4}", period):
        starts = list(range(begin, end + 1, int(period)))
    else:
        starts = _cuts(period, begin, store)
    if len(starts) > PERIODS:
        raise UsageError(f"--period {period} makes {len(starts)} periods: take a longer one")
    return Periods(tuple(starts), tuple(each for _, each in sorted(_spans(starts, dated).items())))


def name_spans(
    spans: Iterable[tuple[int, int]], days: Iterable[tuple[int | None, int | None]]
) -> dict[tuple[int, int], str]:
    """Names of the spans that any of these days may fall into: the months in which something was surely said.

    Where two would have one name they are named by their days. Days with an open end (None) make no name.

    >>> first, last = (date(2024, *day).toordinal() for day in ((11, 27), (12, 7)))
    >>> [*name_spans([(first, last)], [(first, last), (last, last)]).values()]
    ['December 2024']
    """
    known = [(first, last) for first, last in days if first is not None and last is not None]
    found = {}
    for span in spans:
        if span[0] > EARLIEST and any(overlaps(*day, span) for day in known):
            inside = [day for day in known if span[0] <= day[0] and day[1] <= span[1]]
            sure = [
                d for day in inside if len({str(date.fromordinal(d))[:7] for d in day}) == 1 for d in day
            ] or [*span]
            found[span] = spell_months(min(sure), max(sure))
    often = Counter(found.values())
    return {
        span: name if often[name] == 1 else " – ".join(dict.fromkeys(spell(day, short=True) for day in span))
        for span, name in found.items()
    }


def overlaps(earliest: int | None, latest: int | None, span: tuple[int, int]) -> bool:
    """Whether days that may be open at one end, but not at both, may fall into a span."""
    if earliest is None and latest is None:
        return False
    return (earliest is None or earliest <= span[1]) and (latest is None or latest >= span[0])


def _stretches(dated: Days) -> Days:
    """The first and the last day of each stretch without so many days in which nobody says anything.

    What is dated more loosely than that ends no silence it may lie on either side of, but breaks one that it
    surely lies amid.
    """
    close = [each for each in dated if each[1] - each[0] < SILENCE]
    stretches = joined(close, SILENCE)
    amid = [
        each
        for each in dated
        if each[1] - each[0] >= SILENCE
        and all(each[0] - until > SILENCE or since - each[1] > SILENCE for since, until in stretches)
    ]
    return joined(sorted(close + amid), SILENCE) if amid else stretches


def _quarters(since: int, until: int) -> list[int]:
    """The first day of a stretch, and that of each calendar quarter in it where it is longer than one."""
    inner = [day for day in _calendar("quarter", since, until) if day > since]
    return [since, *inner] if until - since + 1 > QUARTER else [since]


def _calendar(unit: str, begin: int, end: int) -> Iterable[int]:
    """The first day of every calendar period from that of one day to that of another."""
    day = date.fromordinal(begin)
    day = {
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "quarter": date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        "year": date(day.year, 1, 1),
    }[unit]
    apart = Length.of(CALENDAR[unit])
    days = (apart.after(day, number).toordinal() for number in count())
    return takewhile(lambda start: start <= end, days)


def _cuts(period: str, begin: int, store: Store | None) -> list[int]:
    """The first day of all, and the first day of each event or the day named."""
    starts = {begin}
    for text in (part.strip() for part in period.split(",")):
        if re.fullmatch(r"\d{4}-\d\d?-\d\d?", text):
            starts.add(calendar_day(text, "period").toordinal())
        elif store is None or not text:
            words = ", ".join(("auto", "none", *CALENDAR))
            raise UsageError(f"--period '{period[:60]}': write {words}, a number of days, or days and events")
        else:
            starts.add(event_day(store, text)[1].toordinal())
    return sorted(starts)


def event_day(store: Store, event: str) -> tuple[str, date]:
    """What an event is called and the day it began; `event` is one of its names, or a day itself.

    Raises UnknownName for a name that is no event's, UsageError for an event without a day or no day of the
    calendar, StanceError where the graph's day is none.

    >>> from stancegraph import store
    >>> event_day(store.open(), "fall of Assad")
    ('Fall of the Assad government', datetime.date(2024, 12, 8))
    """
    if re.fullmatch(r"\s*\d{4}-\d\d?-\d\d?\s*", event):
        return event.strip(), calendar_day(event.strip(), "event")
    entry = names.index(store, "event").resolve(event, "event")
    query = "SELECT ?day WHERE { ?event schema:startDate ?day }"
    days = sorted(row["day"].value for row in store.select(query, {"event": [node(entry.iri)]}))
    if not days:
        raise UsageError(f"{entry.label} has no day in this graph: give the day itself, as 2024-12-31")
    try:
        return entry.label, date.fromisoformat(days[0][:10])
    except ValueError:
        raise StanceError(
            f"{entry.iri}: schema:startDate '{days[0][:40]}' is not a day: mend it "
            "(`stancegraph check` finds all)"
        ) from None


def _spans(starts: Sequence[int], dated: Days) -> dict[int, tuple[int, int]]:
    """Number of each period in which something was surely said → the first and the last possible day of that."""
    found: dict[int, tuple[int, int]] = {}
    for first, last in dated:
        place = bisect_right(starts, first) - 1
        if place >= 0 and bisect_right(starts, last) - 1 == place:
            since, until = found.get(place, (first, last))
            found[place] = (min(since, first), max(until, last))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The rows of one window or around one day: from `since` to `until`; `weights` are K(u), None in a window."""

    since: date
    until: date
    rows: Table
    weights: NDArray[np.float64] | None = None


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

    if span(MOMENTS - 1)[1].toordinal() < last:
        raise UsageError(f"--step {step or length} makes more than {MOMENTS} windows: take a longer one")
    for since, until in map(span, range(MOMENTS)):
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
    if apart.after(begin, MOMENTS) <= last:
        raise UsageError(f"--step {step} makes more than {MOMENTS} moments: take a longer one")
    for number in range(MOMENTS):
        day = apart.after(begin, number)
        if day > last:
            return
        yield day
