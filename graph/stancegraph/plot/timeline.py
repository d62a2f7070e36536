"""Who spoke when: the statements of each actor by day, with what happened meanwhile."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.collections import LineCollection

from stancegraph.dates import EARLIEST, LATEST, MONTHS, joined, ordinal
from stancegraph.errors import UsageError
from stancegraph.output import quantity
from stancegraph.plot import canvas
from stancegraph.statements import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from stancegraph.plot.canvas import Key, Selection
    from stancegraph.store import Store
    from stancegraph.table import Table

    Stretch = tuple[int, int]

TITLE: Final = "Who spoke when"
MOST: Final = 20
"""Actors with a row of their own, where nothing else is said."""
ROWS: Final = 200
WIDTH: Final = 10.0
NAME: Final = 190.0
LANE: Final = 13.0
PAD: Final = 3.0
NARROWEST: Final = 300.0
NUMBERS: Final = 26.0
BROAD: Final = 48.0
"""Points: of the longest name; high is a lane, and what is above and below all; of axis and names at least; of the
totals at the right; of one day at most, where no width is asked for."""
REST: Final = -1
"""Stands for all actors without a row of their own."""
LARGEST: Final = 6.2
APART: Final = 1.2
INSET: Final = 2.5
"""Radius of the largest mark; between two marks; from the edge of a day to the end of a bar."""
SPAN: Final = "some day in this span"
EVENTS: Final = 24
"""The events with most statements that are drawn."""
ANGLE: Final = 40.0
EVENT: Final = 118.0
"""Points of the longest line of the name of an event."""


def figure(
    source: Store | Table,
    *,
    width: float | None = None,
    labels: str = "en",
    most: int = MOST,
    **choices: object,
) -> Figure:
    """The timeline as a figure; takes the filters of `statements.said`.

    The `most` actors with most statements have a row each, all others one together. A statement of a known day is
    a mark, one of which only the span is known a bar, with an arrow where that reaches beyond the axis. Events are
    those of the store that fall on the axis.
    """
    if not 1 <= most <= ROWS:
        raise UsageError(f"--most {most}: from 1 to {ROWS} actors have a row of their own")
    selection = canvas.select(source, choices, labels=labels)
    undated = (selection.rows.earliest <= EARLIEST) & (selection.rows.latest >= LATEST)
    if undated.all():
        raise UsageError("no statement that matches has a day: nothing to draw over time; loosen the filters")
    batches = _batches(selection, ~undated, most)
    actors = selection.rows.actor
    names = {
        actor: quantity(len(actors.present()) - len(batches) + 1, "other actor", ",")
        if actor == REST
        else canvas.wrap(selection.label(actors.values[actor]), canvas.LABEL, NAME, 1)
        for actor in batches
    }
    left = max(canvas.measure(name, canvas.LABEL) for name in names.values()) + 6
    wide = max((width or WIDTH) * canvas.INCH - 2 * canvas.MARGIN, NARROWEST) - left - NUMBERS
    axis, events = _axis(selection, wide, max(NARROWEST - NUMBERS, 200.0), fixed=width is not None)
    merged = {actor: merge(own, axis) for actor, own in batches.items()}
    largest = max(batch.number for own in merged.values() for batch in own)
    rows = [Row(names[actor], place(own, axis, largest)) for actor, own in merged.items()]
    picture, (axes,) = canvas.stack(axis.wide, [sum(row.high for row in rows)])
    axes.set(xlim=(0, axis.wide), ylim=(sum(row.high for row in rows), 0))
    axis.draw(axes)
    _draw_events(axes, events, axis)
    _draw_rows(axes, rows)
    if REST in batches:
        axes.get_yticklabels()[-1].set_color(canvas.SOFT)
    notes = [_note(selection, rows, axis, undated), selection.caption()]
    return canvas.surround(picture, TITLE, keys=_keys(rows), notes=notes, width=width)


# A broken axis of time: days, weeks, months or years in which something happened, long gaps between closed up


COLUMNS: Final = 64
"""So many days, weeks, months … side by side at most; of more the next larger unit is taken."""
GAPS: Final = 8
"""So many stretches at most, for the same reason."""
CLOSED: Final = 4
"""A gap of more empty ones than this is closed up."""
NEAR: Final = 3
GAP: Final = 30.0
DIVIDED: Final = 8.0
"""How near an end of a stretch what else is shown stretches it; points across a gap; across a column, below which not
each is divided from the next."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A bucket of days: its number of a day (an ordinal), the day it begins on, and its two labels."""

    name: str
    number: Callable[[int], int]
    begin: Callable[[int], date]
    minor: Callable[[date], str]
    major: Callable[[date], str]


def _label(day: bool = False, month: int = 0, year: bool = False) -> Callable[[date], str]:
    """What writes of a date the day, so many letters of the month, and the year."""
    return lambda then: " ".join(
        [str(then.day)] * day + [MONTHS[then.month - 1][:month]] * (month > 0) + [str(then.year)] * year
    )


DAY, MONTH, YEAR = _label(day=True), _label(month=3), _label(year=True)
BOTH, IN_FULL = _label(month=3, year=True), _label(month=9, year=True)
UNITS: Final = (
    Unit("day", int, date.fromordinal, DAY, IN_FULL),
    Unit("week", lambda day: (day - 1) // 7, lambda n: date.fromordinal(n * 7 + 1), DAY, BOTH),
    Unit(
        "month",
        lambda day: (then := date.fromordinal(day)).year * 12 + then.month - 1,
        lambda n: date(n // 12, n % 12 + 1, 1),
        MONTH,
        YEAR,
    ),
    Unit("year", lambda day: date.fromordinal(day).year, lambda n: date(n, 1, 1), YEAR, _label()),
)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Stretches of buckets (first, last) from left to right, `pitch` points each, over so `wide` an axis.

    matplotlib has no broken axis: it breaks one into axes side by side, and no bar could then reach over a gap.
    """

    unit: Unit
    stretches: tuple[Stretch, ...]
    wide: float

    @classmethod
    def over(cls, days: Iterable[Stretch], near: Iterable[int], wide: float) -> TimeAxis:
        """An axis that shows the spans of `days` (ordinals, first and last), and those `near` that are close."""
        spans, also = sorted(set(days)), sorted(set(near))
        stretches: list[Stretch] = []
        for unit in UNITS:
            numbered = [(unit.number(first), unit.number(last)) for first, last in spans]
            stretches = _stretches(numbered, [unit.number(day) for day in also])
            if len(stretches) <= GAPS and sum(last - first + 1 for first, last in stretches) <= COLUMNS:
                break
        return cls(unit, tuple(stretches), wide)

    @property
    def number(self) -> int:
        """How many buckets are drawn."""
        return sum(last - first + 1 for first, last in self.stretches)

    @property
    def pitch(self) -> float:
        """How wide each is."""
        return (self.wide - GAP * (len(self.stretches) - 1)) / self.number

    @property
    def first(self) -> int:
        """The first day, as an ordinal."""
        return self.unit.begin(self.stretches[0][0]).toordinal()

    @property
    def last(self) -> int:
        """The last day."""
        try:
            return self.unit.begin(self.stretches[-1][1] + 1).toordinal() - 1
        except (OverflowError, ValueError):
            return date.max.toordinal()

    def starts(self) -> list[float]:
        """Where each stretch begins."""
        places = [0.0]
        for first, last in self.stretches[:-1]:
            places.append(places[-1] + (last - first + 1) * self.pitch + GAP)
        return places

    def x(self, day: int) -> float:
        """Middle of the bucket of a day; of one in a gap the middle of the gap, beyond the ends an end."""
        bucket = self.unit.number(day)
        if bucket < self.stretches[0][0]:
            return 0.0
        for start, (first, last) in zip(self.starts(), self.stretches, strict=True):
            if bucket < first:
                return start - GAP / 2
            if bucket <= last:
                return start + (bucket - first + 0.5) * self.pitch
        return self.wide

    def closed(self, x: float) -> bool:
        """Whether a place is in a gap."""
        return any(start - GAP < x < start for start in self.starts()[1:])

    def holds(self, day: int) -> bool:
        """Whether the bucket of a day is drawn."""
        bucket = self.unit.number(day)
        return any(first <= bucket <= last for first, last in self.stretches)

    def draw(self, axes: Axes) -> None:
        """Sets ticks and labels, the ground of each stretch and its divisions, and says what a gap spans."""
        ticks: list[tuple[float, str]] = []
        wider: list[tuple[float, str]] = []
        pitch = self.pitch
        for start, (first, last) in zip(self.starts(), self.stretches, strict=True):
            end = start + (last - first + 1) * pitch
            axes.axvspan(start, end, color=canvas.GROUND, linewidth=0, zorder=0)
            if pitch >= DIVIDED:
                inner = [start + i * pitch for i in range(1, last - first + 1)]
                axes.vlines(inner, *axes.get_ylim(), color=canvas.PAPER, linewidth=0.9, zorder=0.4)
            ticks += self._minor(range(first, last + 1), start)
            wider += self._major(range(first, last + 1), start)
        axes.xaxis.remove_overlapping_locs = False
        axes.set_xticks([x for x, _ in ticks], [words for _, words in ticks], minor=True)
        axes.set_xticks([x for x, _ in wider], [words for _, words in wider], ha="left", weight="bold")
        axes.tick_params(axis="x", pad=15)
        look: dict[str, object] = {"ha": "center", "va": "center", "color": canvas.SOFT}
        look["bbox"] = canvas.plate(canvas.PAPER)
        foot, top = axes.get_ylim()
        for start, ((_, last), (first, _)) in zip(self.starts()[1:], pairwise(self.stretches), strict=True):
            words, x = f"{first - last - 1:,} {self.unit.name}s left out", start - GAP / 2
            turn = {"rotation": 90, "rotation_mode": "anchor", "size": canvas.SMALL}
            axes.text(x, (top + foot) / 2, words, **look, **turn)  # type: ignore[arg-type]
            axes.text(x, foot, "//", **look)  # type: ignore[arg-type]

    def _minor(self, buckets: range, start: float) -> list[tuple[float, str]]:
        """Place and label of each bucket of a stretch, or of every second, fifth … where there is no room."""
        room = canvas.measure("00" if self.unit.name in {"day", "week"} else "0000", canvas.SMALL) + 3
        every = next((n for n in (1, 2, 5, 10) if n * self.pitch >= room), 20)
        return [
            (start + (bucket - buckets[0] + 0.5) * self.pitch, self.unit.minor(self.unit.begin(bucket)))
            for bucket in buckets[::every]
        ]

    def _major(self, buckets: range, start: float) -> list[tuple[float, str]]:
        """Where each month or year begins, and its name, as long as there is room for it."""
        found = []
        for words, own in groupby(buckets, key=lambda bucket: self.unit.major(self.unit.begin(bucket))):
            members = list(own)
            wide = len(members) * self.pitch + (GAP if members[-1] == buckets[-1] else 0)
            month, _, year = words.partition(" ")
            tried = (words, f"{month[:3]} {year}".strip(), month[:3] if year else "")
            fits = (one for one in tried if canvas.measure(one, canvas.SMALL, bold=True) + 4 <= wide)
            found.append((start + (members[0] - buckets[0]) * self.pitch + 2, next(fits, "")))
        return found


def _stretches(spans: list[Stretch], near: list[int]) -> list[Stretch]:
    """Spans joined where no long gap is between; stretched to what is near an end."""
    stretched = []
    for first, last in joined(spans, CLOSED + 1):
        ends = [first, last, *(n for n in near if first - NEAR <= n <= last + NEAR)]
        stretched.append((min(ends), max(ends)))
    return joined(stretched, 1)


# What is drawn


@dataclass(frozen=True, slots=True)
class Batch:
    """Statements of one actor, of the same signs and days: how many, first and last day (ordinals)."""

    first: int
    last: int
    signs: frozenset[int]
    number: int


@dataclass(frozen=True, slots=True)
class Placed:
    """What is drawn of a batch: the place of the mark, its lane, the ends of the bar under it, and which are open."""

    batch: Batch
    x: float
    radius: float
    lane: int = 0
    bar: tuple[float, float] | None = None
    open: tuple[bool, bool] = (False, False)

    @property
    def reach(self) -> tuple[float, float]:
        """Left and right end."""
        low, high = self.bar or (self.x, self.x)
        return min(low, self.x - self.radius), max(high, self.x + self.radius)


@dataclass(frozen=True, slots=True)
class Row:
    """One actor, or all others together: the name, and the statements in their places."""

    name: str
    placed: list[Placed]

    @property
    def number(self) -> int:
        """How many statements there are."""
        return sum(one.batch.number for one in self.placed)

    @property
    def high(self) -> float:
        """Points that all its lanes take."""
        return LANE * (1 + max(one.lane for one in self.placed)) + 2 * PAD


def _batches(selection: Selection, dated: NDArray[np.bool_], most: int) -> dict[int, list[Batch]]:
    """Actor (or REST) → each statement; by the middle of the days they speak on, REST last."""
    rows = selection.rows
    signs: dict[tuple[int, int], set[int]] = defaultdict(set)
    span: dict[int, tuple[int, int]] = {}
    columns = (rows.actor.codes, rows.statement.codes, selection.signs(), rows.earliest, rows.latest)
    for actor, statement, sign, first, last in zip(*(c[dated].tolist() for c in columns), strict=True):
        signs[actor, statement].add(sign)
        span[statement] = first, last
    spoken = Counter(actor for actor, _ in signs)
    own = set(sorted(spoken, key=lambda actor: (-spoken[actor], actor))[:most])
    if len(spoken) == most + 1:
        own = set(spoken)
    found: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for (actor, statement), several in signs.items():
        found[actor if actor in own else REST][statement] |= several
    middle = {actor: float(np.mean([sum(span[s]) / 2 for s in said])) for actor, said in found.items()}
    order = sorted(found, key=lambda actor: (actor == REST, middle[actor], actor))
    return {
        actor: [Batch(*span[s], frozenset(several), 1) for s, several in found[actor].items()]
        for actor in order
    }


def _axis(selection: Selection, wide: float, least: float, *, fixed: bool) -> tuple[TimeAxis, list[Event]]:
    """The axis and the events on it; of few days it is narrower, unless `fixed`, and of names that lean out too."""
    known = _dated_events(selection.rows.store)
    axis = TimeAxis.over(_spans(selection), [event.first for event in known], wide)
    if axis.pitch > BROAD and not fixed:
        axis = replace(axis, wide=max(wide - (axis.pitch - BROAD) * axis.number, least))
    events = _placed_events(known, axis)
    over = max((event.reach - axis.wide - NUMBERS for event in events), default=0.0)
    if over > 0:
        axis = replace(axis, wide=max(axis.wide - over, 200.0))
        events = _placed_events(known, axis)
    return axis, events


def _spans(selection: Selection) -> list[tuple[int, int]]:
    """The days the axis is to show: those of the dated statements, or, without any, the bounds that are known."""
    rows, dated = selection.rows, selection.dated()
    if dated.any():
        return list(zip(rows.earliest[dated].tolist(), rows.latest[dated].tolist(), strict=True))
    bounds = {*rows.earliest[rows.earliest > EARLIEST].tolist(), *rows.latest[rows.latest < LATEST].tolist()}
    return [(day, day) for day in sorted(bounds)]


# Statements in their places: marks side by side in their day, bars over a span, none over another


def merge(batches: Iterable[Batch], axis: TimeAxis) -> list[Batch]:
    """What falls on the same days, weeks … and has the same signs as one; by day, the positive first."""
    merged: dict[tuple[int, int, frozenset[int]], Batch] = {}
    for one in batches:
        key = (axis.unit.number(one.first), axis.unit.number(one.last), one.signs)
        before = merged.get(key, replace(one, number=0))
        ends = min(one.first, before.first), max(one.last, before.last)
        merged[key] = Batch(*ends, one.signs, before.number + one.number)
    return sorted(merged.values(), key=lambda b: (b.first, b.last, sorted(b.signs, reverse=True)))


def place(merged: Sequence[Batch], axis: TimeAxis, largest: int) -> list[Placed]:
    """The batches of one row, each in the first lane in which it meets no other; lanes count from 0.

    `merged` is what `merge` gives, `largest` the most statements of any mark in the picture.
    """
    spans: dict[tuple[int, int], list[Batch]] = defaultdict(list)
    for one in merged:
        spans[axis.unit.number(one.first), axis.unit.number(one.last)].append(one)
    groups: list[list[Placed]] = []
    for (first, last), own in spans.items():
        radii = [canvas.mark_radius(one.number, largest, LARGEST) for one in own]
        if first == last and axis.holds(own[0].first):
            groups += _side_by_side(own, radii, axis)
        else:
            groups.append(_on_bar(own, radii, axis))
    reach = [(min(p.reach[0] for p in group), max(p.reach[1] for p in group)) for group in groups]
    ends: list[float] = []
    done = []
    for (low, high), group in sorted(zip(reach, groups, strict=True), key=lambda g: (g[0][0], -g[0][1])):
        lane = next((i for i, end in enumerate(ends) if end + APART <= low), len(ends))
        ends[lane:] = [high, *ends[lane + 1 :]]
        done += [replace(one, lane=lane) for one in group]
    return done


def _side_by_side(own: Sequence[Batch], radii: Sequence[float], axis: TimeAxis) -> list[list[Placed]]:
    """The marks of one day in rows as wide as the day, or one by one where it is narrow."""
    step = 2 * max(radii) + APART
    fits = max(int((axis.pitch - APART) // step), 1)
    rows = []
    for at in range(0, len(own), fits):
        some = list(zip(own, radii, strict=True))[at : at + fits]
        left = axis.x(own[0].first) - (len(some) - 1) / 2 * step
        rows.append([Placed(one, left + i * step, radius) for i, (one, radius) in enumerate(some)])
    return rows


def _on_bar(own: Sequence[Batch], radii: Sequence[float], axis: TimeAxis) -> list[Placed]:
    """A bar over a span, the marks of all that was said some day in it side by side on it."""
    half = axis.pitch / 2 - INSET
    first, last = own[0].first, own[0].last
    low = axis.x(first) - (half if axis.holds(first) else 0)
    high = axis.x(last) + (half if axis.holds(last) else 0)
    step = 2 * max(radii) + APART
    least = len(own) * step + 10
    if high - low < least:
        low, high = (high - least, high) if high >= axis.wide else (low, low + least)
    across = (len(own) - 1) * step
    spots = (low + share * (high - low) - across / 2 for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8))
    clear = (x for x in spots if not axis.closed(x) and not axis.closed(x + across))
    at = next(clear, (low + high - across) / 2)
    ends = first < axis.first, last > axis.last
    bars = [(low, high), *([None] * (len(own) - 1))]
    return [
        Placed(one, at + i * step, radius, 0, bar, ends)
        for i, (one, radius, bar) in enumerate(zip(own, radii, bars, strict=True))
    ]


def _draw_rows(axes: Axes, rows: Sequence[Row]) -> None:
    """Draws the names, the statements of each row, how many there are, and what parts it from the next."""
    feet = np.cumsum([0.0, *(row.high for row in rows)])
    middles = (feet[1:] + feet[:-1]) / 2
    axes.set_yticks(middles, [row.name for row in rows])
    axes.set_yticks(feet[1:-1], minor=True)
    axes.grid(True, axis="y", which="minor")
    canvas.write_totals(axes, middles, (row.number for row in rows))
    placed = [
        (one, top + PAD + (one.lane + 0.5) * LANE)
        for row, top in zip(rows, feet, strict=False)
        for one in row.placed
    ]
    bars = [(*one.bar, y, *one.open) for one, y in placed if one.bar]
    ends: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for low, high, y, before, after in bars:
        ends["<" if before else "|"].append((low, y))
        ends[">" if after else "|"].append((high, y))
    look = {"color": canvas.FAINT, "zorder": 1}
    lows, highs, at = ([bar[i] for bar in bars] for i in range(3))
    axes.hlines(at, lows, highs, linewidth=1.6, label=SPAN, **look)  # type: ignore[arg-type]
    for marker, own in ends.items():
        x, y = zip(*own, strict=True)
        axes.plot(x, y, marker, markersize=3.8, markeredgewidth=1.2, clip_on=False, **look)  # type: ignore[arg-type]
    canvas.draw_marks(axes, [canvas.Mark(one.x, y, one.radius, one.batch.signs) for one, y in placed])


# Events


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with its first and last day (ordinals), and where its name begins."""

    first: int
    last: int
    name: str
    statements: int
    x: float = 0.0

    @property
    def reach(self) -> float:
        """How far right the name goes."""
        return self.x + 6 + canvas.measure(self.name, canvas.SMALL) * math.cos(math.radians(ANGLE))

    @property
    def thick(self) -> float:
        """How much of the width the lines of the name take."""
        lines = self.name.count("\n") + 1
        return lines * canvas.SMALL * canvas.LEADING / math.sin(math.radians(ANGLE))


def _dated_events(store: Store | None) -> list[Event]:
    """Every event of the store that has a day, by day."""
    found = []
    for row in catalogue.events(store) if store else ():
        begin, _, end = (row["date"] or "").partition("/")
        first, last = ordinal(begin), ordinal(end or begin)
        if first is not None and last is not None:
            found.append(Event(first, last, canvas.clean(row["event"]), int(row["statements"])))
    return sorted(found, key=lambda event: (event.first, event.last, event.name, event.statements))


def _placed_events(known: Sequence[Event], axis: TimeAxis) -> list[Event]:
    """Those that begin on a day the axis shows, most spoken of first where there are too many; by day.

    Each name begins at its day, or where the one before leaves room.
    """
    there = [event for event in known if axis.holds(event.first)]
    kept = sorted(there, key=lambda event: -event.statements)[:EVENTS]
    events: list[Event] = []
    for event in [event for event in there if event in kept]:
        name = canvas.wrap(event.name, canvas.SMALL, EVENT, 2)
        new = replace(event, name=name, x=axis.x(event.first) - axis.pitch / 2)
        if events:
            clear = events[-1].x + (events[-1].thick + new.thick) / 2 + 1
            new = replace(new, x=max(new.x, clear))
        events.append(new)
    return events


def _draw_events(axes: Axes, events: Sequence[Event], axis: TimeAxis) -> None:
    """A line down from where each begins, a bar over its days, its name slanted above."""
    if not events:
        return
    half = axis.pitch / 2
    begin = [axis.x(event.first) - half for event in events]
    end = [axis.x(event.last if axis.holds(event.last) else event.first) + half - 1.5 for event in events]
    dotted = {"linewidth": 0.7, "linestyle": (0, (1.0, 2.2)), "zorder": 0.8}
    axes.vlines(begin, *axes.get_ylim(), color=canvas.SOFT, label="event", **dotted)  # type: ignore[arg-type]
    axes.hlines([0] * len(events), begin, end, color=canvas.SOFT, linewidth=1.6, zorder=0.9, clip_on=False)
    leaders = [[(x, 0), (event.x, -7)] for x, event in zip(begin, events, strict=True)]
    axes.add_collection(
        LineCollection(leaders, colors=canvas.SOFT, linewidths=0.6, clip_on=False), autolim=False
    )
    slant = {"rotation": ANGLE, "rotation_mode": "anchor", "va": "center", "size": canvas.SMALL}
    for event in events:
        axes.text(event.x + 3, -11, event.name, **slant)  # type: ignore[arg-type]


# What is said of it


def _keys(rows: Sequence[Row]) -> list[list[Key]]:
    """The marks that occur with the number of statements of each (a joint one counts for each row), and bars."""
    number: Counter[frozenset[int]] = Counter()
    placed = [one for row in rows for one in row.placed]
    for one in placed:
        number[one.batch.signs] += one.batch.number
    sample = canvas.Span([], [], color=canvas.FAINT, lw=1.6, marker="|", ms=3.6, mew=1.2)
    bar: list[Key] = [(sample, SPAN)] if any(one.bar for one in placed) else []
    sizes = canvas.size_keys(max(one.batch.number for one in placed), LARGEST)
    return [[*canvas.mark_keys(number), *bar], sizes]


def _note(selection: Selection, rows: Sequence[Row], axis: TimeAxis, undated: NDArray[np.bool_]) -> str:
    """What is not drawn, and what is drawn vaguely."""
    words = ["A joint statement stands with each speaker, one that takes several sides bears several signs."]
    if any(any(one.open) for row in rows for one in row.placed):
        words.append("An arrow: the span goes on beyond the axis.")
    left = len(np.unique(selection.rows.statement.codes[undated]))
    if left:
        words.append(f"Not drawn, without a day: {quantity(left, 'statement', ',')}.")
    if axis.unit.name != "day":
        words.append(f"Each column is a {axis.unit.name}.")
    return " ".join(words)
