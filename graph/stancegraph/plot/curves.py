"""Curves over windows of time, their gaps left open, and bars below for what they rest on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from stancegraph.plot import lettering, style
from stancegraph.plot.frame import Key
from stancegraph.plot.subject import MONTHS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.collections import PathCollection

    from stancegraph.plot.polarisation import Point
    from stancegraph.plot.sheet import Sheet

    Place = tuple[float, float]
    Value = Callable[[Point], float | None]

CURVE: Final = 190.0
BARS: Final = 40.0
BETWEEN: Final = 18.0
FOOT: Final = 30.0
"""Heights in points: of the curves, of each row of bars, between them, of the labels of time."""
HIGH: Final = CURVE + 2 * (BARS + BETWEEN) + FOOT
LEFT: Final = 40.0
EVERY: Final = 68.0
"""Room one label of time needs."""
NARROW: Final = 14.0
NUMBERED: Final = 24.0
"""Where windows are narrower, marks are small and without their days; values are written from the second on."""
BALANCE: Final = "#00785a"


def draw(
    sheet: Sheet, points: Sequence[Point], corner: tuple[float, float], wide: float, *, even: bool
) -> None:
    """Draws the curves and the bars; `even` sets windows side by side, else each stands on its days."""
    left, right, top = corner[0] + LEFT, corner[0] + wide - EVERY / 4, corner[1]
    cells = _cells(points, left, right, even=even)
    _ground(sheet, points, cells, (left, right, top))
    for value, colour, marker in ((_balance, BALANCE, "s"), (_polarisation, style.INK, "o")):
        _curve(sheet, points, cells, top, (value, colour, marker, not even))
    _numbers(sheet, points, cells, top)
    y = top + CURVE + BETWEEN
    _bars(sheet, points, cells, (left, right, y), "actors", [(lambda p: p.actors, style.NODE)])
    y += BARS + BETWEEN
    signs = [(lambda p: p.agree, style.POSITIVE), (lambda p: -p.disagree, style.NEGATIVE)]
    _bars(sheet, points, cells, (left, right, y), "ties", signs)
    _time(sheet, points, cells, y + BARS)


def _polarisation(point: Point) -> float | None:
    return point.polarisation


def _balance(point: Point) -> float | None:
    return point.balance


def _cells(points: Sequence[Point], left: float, right: float, *, even: bool) -> list[Place]:
    """Left and right end of what belongs to each window; where windows overlap, of the middle of each."""
    if even:
        step = (right - left) / len(points)
        return [(left + i * step, left + (i + 1) * step) for i in range(len(points))]
    begin, end = points[0].since, max(point.until for point in points) + 1
    scale = (right - left) / (end - begin)
    spans = [(left + (p.since - begin) * scale, left + (p.until + 1 - begin) * scale) for p in points]
    if all(a[1] <= b[0] + 0.01 for a, b in pairwise(spans)):
        return spans
    middles = [(low + high) / 2 for low, high in spans]
    edges = [(a + b) / 2 for a, b in pairwise(middles)]
    first, last = 2 * middles[0] - edges[0], 2 * middles[-1] - edges[-1]
    return list(pairwise([first, *edges, last]))


def _ground(
    sheet: Sheet, points: Sequence[Point], cells: Sequence[Place], ends: tuple[float, float, float]
) -> None:
    """The scale from 0 to 1, and a pale field with a word where there is nothing to measure."""
    left, right, top = ends
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _height(share, top)
        sheet.lines([[(left, y), (right, y)]], style.HAIR if share else style.FAINT, 0.7, level=0.6)
        told = f"{share:g}"
        sheet.text(
            (left - 7, y), told, size=style.SMALL, across="right", up="center_baseline", colour=style.SOFT
        )
    at = 0
    for empty, own in groupby(points, key=lambda point: point.balance is None):
        number = len(list(own))
        low, high = cells[at][0], cells[at + number - 1][1]
        silent = not any(point.statements for point in points[at : at + number])
        at += number
        if not empty:
            continue
        sheet.box((low, top + 10), high - low, CURVE - 10)
        words = "no statements" if silent else "no ties"
        upright = high - low < lettering.width(words, style.SMALL) + 8
        if high - low > style.SMALL + 3:
            where = ((low + high) / 2, top + 10 + (CURVE - 10) / 2)
            sheet.text(
                where,
                words,
                size=style.SMALL,
                across="center",
                up="center",
                angle=90 if upright else 0,
                colour=style.SOFT,
            )


def _height(value: float, top: float) -> float:
    return top + CURVE - 6 - value * (CURVE - 30)


def _curve(
    sheet: Sheet,
    points: Sequence[Point],
    cells: Sequence[Place],
    top: float,
    look: tuple[Value, str, str, bool],
) -> None:
    """One measure: a mark in the middle of each window over its days, joined to the next where that has one."""
    value, colour, marker, spans = look
    name = value.__name__.strip("_")
    levels = [value(point) for point in points]
    at = [
        None if level is None else ((low + high) / 2, _height(level, top))
        for level, (low, high) in zip(levels, cells, strict=True)
    ]
    joined = [[a, b] for a, b in pairwise(at) if a is not None and b is not None]
    sheet.lines(joined, colour, 1.1, opaque=0.7, name=name, level=2)
    narrow = min(high - low for low, high in cells) < NARROW
    for weak in (False, True):
        own = [
            (place, cell)
            for place, cell, point in zip(at, cells, points, strict=True)
            if place and point.weak == weak
        ]
        shade = style.FAINT if weak else colour
        if spans and not narrow:
            level = [[(low + 3, y), (high - 3, y)] for (_, y), (low, high) in own]
            sheet.lines(level, shade, 1.6, level=2)
        if own:
            _spots(sheet, [place for place, _ in own], shade, marker, 12 if narrow else 34).set_label(name)


def _spots(sheet: Sheet, places: Sequence[Place], colour: str, marker: str, size: float) -> PathCollection:
    """Marks of one measure; squares are hollow."""
    x, y = zip(*places, strict=True)
    fill = style.PAPER if marker == "s" else colour
    return sheet.axes.scatter(
        x, y, s=size, marker=marker, facecolor=fill, edgecolor=colour, linewidth=1.3, zorder=3
    )


def _numbers(sheet: Sheet, points: Sequence[Point], cells: Sequence[Place], top: float) -> None:
    """The values at their marks, the higher above and the lower below."""
    if min(high - low for low, high in cells) < NUMBERED:
        return
    for point, (low, high) in zip(points, cells, strict=True):
        if point.polarisation is None or point.balance is None:
            continue
        x = (low + high) / 2
        above = point.balance >= point.polarisation
        for value, colour, up in (
            (point.balance, BALANCE, above),
            (point.polarisation, style.INK, not above),
        ):
            at = (x, _height(value, top) + (-6 if up else 6))
            shade = style.SOFT if point.weak else colour
            sheet.text(
                at,
                f"{value:.2f}",
                across="center",
                up="bottom" if up else "top",
                colour=shade,
                halo=style.PAPER,
            )


def _bars(
    sheet: Sheet,
    points: Sequence[Point],
    cells: Sequence[Place],
    ends: tuple[float, float, float],
    name: str,
    series: Sequence[tuple[Callable[[Point], int], str]],
) -> None:
    """A row of bars, upwards for numbers above 0 and downwards for those below, with their numbers where they fit."""
    numbers = [
        (value(point), x, colour) for value, colour in series for point, x in zip(points, cells, strict=True)
    ]
    left, right, top = ends
    most, least = max(1, *(n for n, *_ in numbers)), min(0, *(n for n, *_ in numbers))
    room = BARS - 10 - (8 if least else 0)
    zero = top + 10 + room * most / (most - least)
    half = min(min(high - low for low, high in cells) * 0.32, 11.0)
    sheet.text((left - 7, zero), name, size=style.SMALL, across="right", colour=style.SOFT)
    sheet.lines([[(left, zero), (right, zero)]], style.FAINT, 0.7, level=1)
    for number, (low, high), colour in numbers:
        x, tall = (low + high) / 2, abs(number) * room / (most - least)
        if number:
            sheet.box((x - half, zero - tall if number > 0 else zero), 2 * half, tall, fill=colour, level=0.9)
        if number and high - low >= NUMBERED - 6:
            at = (x, zero - tall - 2 if number > 0 else zero + tall + 2)
            sheet.text(
                at,
                f"{abs(number):,}",
                size=style.SMALL,
                across="center",
                up="bottom" if number > 0 else "top",
                colour=style.SOFT,
            )


def _time(sheet: Sheet, points: Sequence[Point], cells: Sequence[Place], y: float) -> None:
    """First and last day below as many windows as there is room for."""
    clear = -1.0
    for point, (low, high) in zip(points, cells, strict=True):
        x = (low + high) / 2
        if x - EVERY / 2 < clear:
            continue
        clear = x + EVERY / 2
        first, last = (date.fromordinal(day) for day in (point.since, point.until))
        words = f"{_short(first)} –\n{_short(last)}" if first != last else _short(first)
        sheet.lines([[(x, y + 4), (x, y + 7)]], style.FAINT, 0.7)
        sheet.text((x, y + 10), words, size=style.SMALL, across="center", up="top", colour=style.SOFT)


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def keys(points: Sequence[Point], few: int) -> list[Key]:
    """Entries of the legend."""
    found = [
        Key(partial(_sample, colour=style.INK, marker="o"), 22, "polarisation"),
        Key(partial(_sample, colour=BALANCE, marker="s"), 22, "balance"),
    ]
    if any(point.weak and point.balance is not None for point in points):
        found.append(
            Key(partial(_sample, colour=style.FAINT, marker="o"), 22, f"fewer than {few} statements")
        )
    found.append(Key(partial(_swatch, colour=style.POSITIVE), 8, "ties: agree"))
    found.append(Key(partial(_swatch, colour=style.NEGATIVE), 8, "disagree, downwards"))
    return found


def _sample(sheet: Sheet, x: float, y: float, *, colour: str, marker: str) -> None:
    sheet.lines([[(x - 10, y), (x + 10, y)]], colour, 1.6, level=2)
    _spots(sheet, [(x, y)], colour, marker, 30)


def _swatch(sheet: Sheet, x: float, y: float, *, colour: str) -> None:
    sheet.box((x - 4, y - 4), 8, 8, fill=colour)
