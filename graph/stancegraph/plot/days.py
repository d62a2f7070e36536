"""A broken axis of time: days, weeks, months or years in which something happened, long gaps between closed up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from stancegraph.plot import style
from stancegraph.plot.lettering import width
from stancegraph.plot.subject import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stancegraph.plot.sheet import Sheet

MOST: Final = 64
"""So many days, weeks, months … side by side at most; of more the next larger unit is taken."""
GAPS: Final = 8
"""So many stretches at most, for the same reason."""
CLOSED: Final = 4
"""A gap of more empty ones than this is closed up."""
NEAR: Final = 3
GAP: Final = 30.0
NARROWEST: Final = 8.0
"""Points from one to the next below which not each is labelled."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A bucket of days: its number of a day (an ordinal), the day it begins on, and its two labels."""

    name: str
    number: Callable[[int], int]
    begin: Callable[[int], date]
    minor: Callable[[date], str]
    major: Callable[[date], str]


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


UNITS: Final = (
    Unit(
        "day",
        lambda day: day,
        date.fromordinal,
        lambda d: str(d.day),
        lambda d: f"{MONTHS[d.month - 1]} {d.year}",
    ),
    Unit(
        "week",
        lambda day: (day - 1) // 7,
        lambda week: date.fromordinal(week * 7 + 1),
        lambda d: str(d.day),
        lambda d: f"{MONTHS[d.month - 1][:3]} {d.year}",
    ),
    Unit(
        "month",
        lambda day: date.fromordinal(day).year * 12 + date.fromordinal(day).month - 1,
        _month,
        lambda d: MONTHS[d.month - 1][:3],
        lambda d: str(d.year),
    ),
    Unit(
        "year",
        lambda day: date.fromordinal(day).year,
        lambda y: date(y, 1, 1),
        lambda d: str(d.year),
        lambda _: "",
    ),
)


@dataclass(frozen=True, slots=True)
class Axis:
    """Stretches of buckets (first, last) from left to right, `pitch` points each, over `left` to `right`."""

    unit: Unit
    stretches: tuple[tuple[int, int], ...]
    left: float
    right: float

    @property
    def number(self) -> int:
        """How many buckets are drawn."""
        return sum(last - first + 1 for first, last in self.stretches)

    @property
    def pitch(self) -> float:
        """How wide each is."""
        return (self.right - self.left - GAP * (len(self.stretches) - 1)) / self.number

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

    def moved(self, dx: float) -> Axis:
        """The same axis, so much further right."""
        return replace(self, left=self.left + dx, right=self.right + dx)

    def starts(self) -> list[float]:
        """Where each stretch begins."""
        places = [self.left]
        for first, last in self.stretches[:-1]:
            places.append(places[-1] + (last - first + 1) * self.pitch + GAP)
        return places

    def x(self, day: int) -> float:
        """Middle of the bucket of a day; of one in a gap the middle of the gap, beyond the ends an end."""
        bucket = self.unit.number(day)
        if bucket < self.stretches[0][0]:
            return self.left
        for start, (first, last) in zip(self.starts(), self.stretches, strict=True):
            if bucket < first:
                return start - GAP / 2
            if bucket <= last:
                return start + (bucket - first + 0.5) * self.pitch
        return self.right

    def closed(self, x: float) -> bool:
        """Whether a place is in a gap."""
        return any(start - GAP < x < start for start in self.starts()[1:])

    def holds(self, day: int) -> bool:
        """Whether the bucket of a day is drawn."""
        bucket = self.unit.number(day)
        return any(first <= bucket <= last for first, last in self.stretches)


def axis(days: Iterable[tuple[int, int]], near: Iterable[int], left: float, right: float) -> Axis:
    """An axis that shows the spans of `days` (ordinals, first and last), and those `near` that are close to them."""
    spans = sorted(set(days))
    also = sorted(set(near))
    stretches: list[tuple[int, int]] = []
    for unit in UNITS:
        stretches = _stretches(
            [(unit.number(a), unit.number(b)) for a, b in spans], [unit.number(d) for d in also]
        )
        if len(stretches) <= GAPS and sum(last - first + 1 for first, last in stretches) <= MOST:
            break
    return Axis(unit, tuple(stretches), left, right)


def _stretches(spans: list[tuple[int, int]], near: list[int]) -> list[tuple[int, int]]:
    """Spans joined where no long gap is between; stretched to what is near an end."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first - joined[-1][1] <= CLOSED + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    for i, (first, last) in enumerate(joined):
        ends = [first, last, *(n for n in near if first - NEAR <= n <= last + NEAR)]
        joined[i] = (min(ends), max(ends))
    merged = joined[:1]
    for first, last in joined[1:]:
        if first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def draw(sheet: Sheet, shown: Axis, top: float, foot: float) -> None:
    """Draws the ground of each stretch with its divisions, their labels below `foot`, and says what a gap spans."""
    pitch = shown.pitch
    for start, (first, last) in zip(shown.starts(), shown.stretches, strict=True):
        end = start + (last - first + 1) * pitch
        sheet.box((start, top), end - start, foot - top)
        if pitch >= NARROWEST:
            inner = [start + i * pitch for i in range(1, last - first + 1)]
            sheet.lines([[(x, top), (x, foot)] for x in inner], style.PAPER, 0.9, level=0.4)
        _label(sheet, shown.unit, range(first, last + 1), start, pitch, foot)
    for start, ((_, last), (first, _)) in zip(shown.starts()[1:], pairwise(shown.stretches), strict=True):
        words = f"{first - last - 1:,} {shown.unit.name}s left out"
        at = (start - GAP / 2, (top + foot) / 2)
        sheet.text(at, words, size=style.SMALL, colour=style.SOFT, across="center", up="center", angle=90)
        for x in (start - GAP / 2 - 2.5, start - GAP / 2 + 2.5):
            sheet.lines([[(x - 2, foot + 4), (x + 2, foot - 4)]], style.SOFT, 0.8)


def _label(sheet: Sheet, unit: Unit, buckets: range, start: float, pitch: float, foot: float) -> None:
    """Labels of each bucket of a stretch, or of every second, fifth … where there is no room; below them the wider."""
    room = width("00", style.SMALL) if unit.name in {"day", "week"} else width("0000", style.SMALL)
    every = next((n for n in (1, 2, 5, 10) if n * pitch >= room + 3), 20)
    for bucket in buckets[::every]:
        at = (start + (bucket - buckets[0] + 0.5) * pitch, foot + 10)
        sheet.text(at, unit.minor(unit.begin(bucket)), size=style.SMALL, across="center", colour=style.SOFT)
    for words, own in groupby(buckets, key=lambda bucket: unit.major(unit.begin(bucket))):
        members = list(own)
        x = start + (members[0] - buckets[0]) * pitch
        wide = len(members) * pitch + (GAP if members[-1] == buckets[-1] else 0)
        month, _, year = words.partition(" ")
        tried = (words, f"{month[:3]} {year}".strip(), month[:3] if year else "")
        told = next((one for one in tried if width(one, style.SMALL, bold=True) + 4 <= wide), "")
        sheet.text((x + 2, foot + 21), told, size=style.SMALL, bold=True, colour=style.SOFT)
