"""Statements placed on an axis of time: marks side by side in their day, bars over a span, none over another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from stancegraph.plot import marks, style
from stancegraph.plot.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stancegraph.plot.days import Axis
    from stancegraph.plot.sheet import Sheet

LARGEST: Final = 6.2
APART: Final = 1.2
INSET: Final = 2.5
"""From the edge of a day to the end of a bar."""


@dataclass(frozen=True, slots=True)
class Said:
    """Statements of one actor, of the same signs and days: how many, first and last day (ordinals)."""

    first: int
    last: int
    signs: frozenset[int]
    number: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What is drawn of it: the place of the mark, its lane, the ends of the bar under it and whether they are open."""

    said: Said
    x: float
    radius: float
    lane: int = 0
    bar: tuple[float, float] | None = None
    beyond: tuple[bool, bool] = (False, False)

    @property
    def reach(self) -> tuple[float, float]:
        """Left and right end."""
        low, high = self.bar or (self.x, self.x)
        return min(low, self.x - self.radius), max(high, self.x + self.radius)


def placed(merged: Sequence[Said], shown: Axis, largest: int) -> list[Piece]:
    """The pieces of one row, each in the first lane in which it meets no other; lanes count from 0.

    `merged` is what `merge` gives, `largest` the most statements of any mark in the picture.
    """
    spans: dict[tuple[int, int], list[Said]] = defaultdict(list)
    for one in merged:
        spans[shown.unit.number(one.first), shown.unit.number(one.last)].append(one)
    groups: list[list[Piece]] = []
    for (first, last), own in spans.items():
        day = first == last and shown.holds(own[0].first)
        groups += _side_by_side(own, shown, largest) if day else [_bar(own, shown, largest)]
    groups.sort(key=lambda group: (min(p.reach[0] for p in group), -max(p.reach[1] for p in group)))
    ends: list[float] = []
    done = []
    for group in groups:
        low, high = min(p.reach[0] for p in group), max(p.reach[1] for p in group)
        lane = next((i for i, end in enumerate(ends) if end + APART <= low), len(ends))
        ends[lane:] = [high, *ends[lane + 1 :]]
        done += [replace(piece, lane=lane) for piece in group]
    return done


def merge(said: Iterable[Said], shown: Axis) -> list[Said]:
    """What falls on the same days, weeks … and has the same signs as one; by day, the positive first."""
    merged: dict[tuple[int, int, frozenset[int]], Said] = {}
    for one in said:
        key = (shown.unit.number(one.first), shown.unit.number(one.last), one.signs)
        before = merged.get(key, Said(one.first, one.last, one.signs, 0))
        ends = min(one.first, before.first), max(one.last, before.last)
        merged[key] = Said(*ends, one.signs, before.number + one.number)
    return sorted(merged.values(), key=lambda s: (s.first, s.last, sorted(s.signs, reverse=True)))


def _side_by_side(own: Sequence[Said], shown: Axis, largest: int) -> list[list[Piece]]:
    """The marks of one day in rows as wide as the day, or one by one where it is narrow."""
    radii = [marks.radius(one.number, largest, LARGEST) for one in own]
    widest = 2 * max(radii) + APART
    fits = max(int((shown.pitch - APART) // widest), 1)
    centre = shown.x(own[0].first)
    rows = []
    for at in range(0, len(own), fits):
        chunk = list(zip(own, radii, strict=True))[at : at + fits]
        left = centre - (len(chunk) - 1) / 2 * widest
        rows.append([Piece(one, left + i * widest, radius) for i, (one, radius) in enumerate(chunk)])
    return rows


def _bar(own: Sequence[Said], shown: Axis, largest: int) -> list[Piece]:
    """A bar over a span, the marks of all that was said some day in it side by side on it."""
    half = shown.pitch / 2 - INSET
    first, last = own[0].first, own[0].last
    low = shown.x(first) - (half if shown.holds(first) else 0)
    high = shown.x(last) + (half if shown.holds(last) else 0)
    radii = [marks.radius(one.number, largest, LARGEST) for one in own]
    step = 2 * max(radii) + APART
    least = len(own) * step + 10
    if high - low < least:
        low, high = (high - least, high) if high >= shown.right else (low, low + least)
    across = (len(own) - 1) * step
    spots = (low + share * (high - low) - across / 2 for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8))
    at = next(
        (x for x in spots if not shown.closed(x) and not shown.closed(x + across)), (low + high - across) / 2
    )
    beyond = first < shown.first, last > shown.last
    bars = [(low, high), *([None] * (len(own) - 1))]
    return [
        Piece(one, at + i * step, radius, 0, bar, beyond)
        for i, (one, radius, bar) in enumerate(zip(own, radii, bars, strict=True))
    ]


def draw(sheet: Sheet, pieces: Sequence[tuple[Piece, float]]) -> None:
    """Draws pieces at their heights: bars, the arrows at open ends, the marks over them."""
    bars, tips = [], []
    for piece, y in pieces:
        if piece.bar is None:
            continue
        bars.append([(piece.bar[0], y), (piece.bar[1], y)])
        for open_, x, way in zip(piece.beyond, piece.bar, (1, -1), strict=True):
            if open_:
                tips.append([(x + 3.2 * way, y - 2.6), (x, y), (x + 3.2 * way, y + 2.6)])
            else:
                tips.append([(x, y - 1.8), (x, y + 1.8)])
    sheet.lines(bars, style.FAINT, 1.6, name="some day in this span", level=1)
    sheet.lines(tips, style.FAINT, 1.2, level=1)
    marks.draw(sheet, [Mark(piece.x, y, piece.radius, piece.said.signs) for piece, y in pieces])


def sample(sheet: Sheet, x: float, y: float) -> None:
    """A bar for the legend."""
    ends = [
        [(x - 11, y), (x + 11, y)],
        [(x - 11, y - 1.8), (x - 11, y + 1.8)],
        [(x + 11, y - 1.8), (x + 11, y + 1.8)],
    ]
    sheet.lines(ends, style.FAINT, 1.6)
