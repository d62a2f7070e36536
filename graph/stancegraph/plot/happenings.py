"""Events drawn over an axis of time: a line on the day each begins, its name slanted above."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from stancegraph.plot import lettering, style
from stancegraph.statements import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stancegraph.plot.days import Axis
    from stancegraph.plot.sheet import Sheet
    from stancegraph.store import Store

MOST: Final = 24
"""The events with most statements that are drawn."""
ANGLE: Final = 40.0
LONGEST: Final = 118.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with its first and last day (ordinals), and where its name begins."""

    words: str
    first: int
    last: int
    x: float

    @property
    def reach(self) -> float:
        """How far right the name goes."""
        return self.x + 6 + lettering.width(self.words, style.SMALL) * math.cos(math.radians(ANGLE))

    @property
    def thick(self) -> float:
        """How much of the width the lines of the name take."""
        lines = self.words.count("\n") + 1
        return lines * style.SMALL * lettering.LEADING / math.sin(math.radians(ANGLE))


def dated(store: Store | None) -> list[tuple[int, int, str, int]]:
    """First day, last day, name and number of statements of every event of the store that has a day."""
    found = []
    for row in catalogue.events(store) if store else ():
        first, _, last = (row["date"] or "").partition("/")
        try:
            ends = (
                date.fromisoformat(first[:10]).toordinal(),
                date.fromisoformat((last or first)[:10]).toordinal(),
            )
        except ValueError:
            continue
        found.append((*ends, lettering.clean(row["event"]), int(row["statements"])))
    return sorted(found)


def on(shown: Axis, known: Sequence[tuple[int, int, str, int]]) -> list[Event]:
    """Those that begin on a day the axis shows, most spoken of first where there are too many; by day.

    Each name begins at its day, or where the one before leaves room.
    """
    there = [event for event in known if shown.holds(event[0])]
    kept = sorted(there, key=lambda event: (-event[3], event))[:MOST]
    events: list[Event] = []
    for first, last, words, _ in sorted(kept):
        event = Event(
            lettering.wrapped(words, style.SMALL, LONGEST, 2), first, last, shown.x(first) - shown.pitch / 2
        )
        if events:
            clear = events[-1].x + (events[-1].thick + event.thick) / 2 + 1
            event = replace(event, x=max(event.x, clear))
        events.append(event)
    return events


def high(events: Sequence[Event]) -> float:
    """How much room the names need above the picture."""
    if not events:
        return 0.0
    turn = math.radians(ANGLE)
    longest = max(lettering.width(event.words, style.SMALL) for event in events)
    return longest * math.sin(turn) + 2 * style.SMALL * math.cos(turn) + 14


def draw(sheet: Sheet, events: Sequence[Event], shown: Axis, top: float, foot: float) -> None:
    """Draws the events: a line down to `foot` where each begins, a bar at `top` over its days, its name above."""
    for event in events:
        x = shown.x(event.first) - shown.pitch / 2
        end = shown.x(event.last if shown.holds(event.last) else event.first) + shown.pitch / 2
        sheet.lines([[(x, top), (x, foot)]], style.SOFT, 0.7, dashes=(1.0, 2.2), name="event", level=0.8)
        sheet.lines([[(x, top), (end - 1.5, top)]], style.SOFT, 1.6, level=0.8)
        sheet.lines([[(x, top), (event.x, top - 7)]], style.SOFT, 0.6, level=0.8)
        sheet.text((event.x + 3, top - 11), event.words, size=style.SMALL, angle=ANGLE, up="center")
