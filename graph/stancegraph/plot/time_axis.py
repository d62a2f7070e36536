"""A broken axis of time: days, weeks, months or years in which something happened, long gaps between closed up.

matplotlib has no broken axis: it breaks one into axes side by side, and no bar could then reach over a gap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from stancegraph.dates import MONTHS
from stancegraph.plot import canvas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    Stretch = tuple[int, int]

MOST: Final = 64
"""So many days, weeks, months … side by side at most; of more the next larger unit is taken."""
GAPS: Final = 8
"""So many stretches at most, for the same reason."""
CLOSED: Final = 4
"""A gap of more empty ones than this is closed up."""
NEAR: Final = 3
GAP: Final = 30.0
NARROWEST: Final = 8.0
"""Points from one to the next below which not each is divided from the next."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A bucket of days: its number of a day (an ordinal), the day it begins on, and its two labels."""

    name: str
    number: Callable[[int], int]
    begin: Callable[[int], date]
    minor: Callable[[date], str]
    major: Callable[[date], str]


def _month(day: int) -> int:
    then = date.fromordinal(day)
    return then.year * 12 + then.month - 1


def _label(day: bool = False, month: int = 0, year: bool = False) -> Callable[[date], str]:
    """What writes of a date the day, so many letters of the month, and the year."""
    return lambda then: " ".join(
        [str(then.day)] * day + [MONTHS[then.month - 1][:month]] * (month > 0) + [str(then.year)] * year
    )


DAY, MONTH, YEAR = _label(day=True), _label(month=3), _label(year=True)
UNITS: Final = (
    Unit("day", int, date.fromordinal, DAY, _label(month=9, year=True)),
    Unit(
        "week",
        lambda day: (day - 1) // 7,
        lambda n: date.fromordinal(n * 7 + 1),
        DAY,
        _label(month=3, year=True),
    ),
    Unit("month", _month, lambda n: date(n // 12, n % 12 + 1, 1), MONTH, YEAR),
    Unit("year", lambda day: date.fromordinal(day).year, lambda n: date(n, 1, 1), YEAR, _label()),
)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Stretches of buckets (first, last) from left to right, `pitch` points each, over so `wide` an axis."""

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
            if len(stretches) <= GAPS and sum(last - first + 1 for first, last in stretches) <= MOST:
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
            if pitch >= NARROWEST:
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
    for first, last in _join(spans, CLOSED):
        ends = [first, last, *(n for n in near if first - NEAR <= n <= last + NEAR)]
        stretched.append((min(ends), max(ends)))
    return _join(stretched, 0)


def _join(spans: Iterable[Stretch], gap: int) -> list[Stretch]:
    """Spans, by their first, as one where no more than `gap` are between."""
    joined: list[Stretch] = []
    for first, last in spans:
        if joined and first - joined[-1][1] <= gap + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
