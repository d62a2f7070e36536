"""Two blocs that face each other: each in a band of its own, as wide as it needs, across the width there is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stancegraph.layout import stress
from stancegraph.layout.room import GAP, Box, clear, overlaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stancegraph.layout.stress import Point

CLEARED: Final = 60_000
"""Boxes are moved off foreign lines where boxes × lines are at most so many."""
EVENNESS: Final = 0.75
FILL: Final = 0.42
"""The share of the bands that the boxes cover before overlaps are removed."""
ACROSS: Final = 1.2
"""How much longer a tie between the blocs is than one within."""
BETWEEN: Final = 46.0
EDGE: Final = 10.0
"""Room between the bands, and between a box and the edge of its band."""
ROUNDS: Final = 60
SHRINK: Final = 0.97


@dataclass(frozen=True, slots=True)
class Facing:
    """Places of the boxes, the left and right end of each band, and the height that holds them; from (0, 0)."""

    places: list[tuple[float, float]]
    bands: list[tuple[float, float]]
    high: float


def facing(
    boxes: Sequence[Box], ties: Sequence[tuple[int, int]], sides: Sequence[int], wide: float
) -> Facing:
    """Where the boxes of one connected component go: those of side 0 on the left, of side 1 on the right.

    No two overlap, and none leaves its band; `wide` is exceeded only where a box is wider. Without side 1 there
    is one band.

    >>> facing([Box(50, 10, 10), Box(50, 10, 10)], [(0, 1)], [0, 1], 300).bands
    [(0.0, 127.0), (173.0, 300.0)]
    """
    beside = stress.neighbours(len(boxes), ties)
    for a, b in ties:
        if sides[a] != sides[b]:
            beside[a][b] += ACROSS
            beside[b][a] += ACROSS
    at = stress.placed(list(range(len(boxes))), beside) if len(boxes) > 1 else [[0.0, 0.0]]
    members = [[i for i, side in enumerate(sides) if side == one] for one in sorted(set(sides))]
    _level(at, members)
    bands, high = _bands(boxes, members, wide)
    for (left, right), own in zip(bands, members, strict=True):
        _spread(at, own, 0, left, right)
        _spread(at, own, 1, 0.0, high)
    bounds = [(left, right) for side in sides for left, right in [bands[side if len(bands) > 1 else 0]]]
    _settle(at, boxes, ties, bounds)
    top = min(y - box.up for (_, y), box in zip(at, boxes, strict=True)) - EDGE
    foot = max(y + box.down for (_, y), box in zip(at, boxes, strict=True)) + EDGE
    return Facing([(round(x, 1), round(y - top, 1)) for x, y in at], bands, round(foot - top, 1))


def _level(at: list[Point], members: Sequence[Sequence[int]]) -> None:
    """Turns the points until the second bloc lies to the right of the first."""
    if len(members) < 2:
        return
    ends = [[sum(at[i][axis] for i in own) / len(own) for axis in (0, 1)] for own in members]
    dx, dy = (ends[1][axis] - ends[0][axis] for axis in (0, 1))
    long = math.sqrt(dx * dx + dy * dy) or 1.0
    cos, sin = (dx / long, dy / long) if dx or dy else (1.0, 0.0)
    for point in at:
        point[0], point[1] = point[0] * cos + point[1] * sin, point[1] * cos - point[0] * sin


def _bands(
    boxes: Sequence[Box], members: Sequence[Sequence[int]], wide: float
) -> tuple[list[tuple[float, float]], float]:
    """A band for each bloc, as wide as its boxes' share of the room, and the height they come to."""
    areas = [
        sum((2 * boxes[i].half + GAP) * (boxes[i].up + boxes[i].down + GAP) for i in own) for own in members
    ]
    least = [2 * (max(boxes[i].half for i in own) + EDGE) for own in members]
    room = wide - BETWEEN * (len(members) - 1)
    widths = [room]
    if len(members) > 1:
        second = min(max(room * areas[1] / sum(areas), least[1]), room - least[0])
        widths = [room - second, second]
    widths = [max(width, low) for width, low in zip(widths, least, strict=True)]
    bands, left = [], 0.0
    for width in widths:
        bands.append((left, left + width))
        left += width + BETWEEN
    return bands, max(area / FILL / width for area, width in zip(areas, widths, strict=True))


def _spread(at: list[Point], own: Sequence[int], axis: int, low: float, high: float) -> None:
    """Stretches some of the points along one axis over a range, the crowded middle opened."""
    values = evened([at[i][axis] for i in own], EVENNESS)
    first, last = min(values), max(values)
    inset = (high - low) * 0.08
    for i, value in zip(own, values, strict=True):
        share = (value - first) / (last - first) if last > first else 0.5
        at[i][axis] = low + inset + share * (high - low - 2 * inset)


def evened(values: Sequence[float], share: float) -> list[float]:
    """The values moved part of the way to an even spread, in the same order."""
    order = sorted(range(len(values)), key=lambda i: (values[i], i))
    low, high = values[order[0]], values[order[-1]]
    moved = list(values)
    for rank, i in enumerate(order):
        even = low + (high - low) * rank / max(len(values) - 1, 1)
        moved[i] += share * (even - moved[i])
    return moved


def _settle(
    at: list[Point],
    boxes: Sequence[Box],
    lines: Sequence[tuple[int, int]],
    bounds: Sequence[tuple[float, float]],
) -> None:
    """Parts the boxes within their bands; as long as there are not too many, draws them together and off lines."""
    parted = _part(at, boxes, bounds)
    for _ in range(ROUNDS if parted and len(boxes) * len(lines) <= CLEARED else 0):
        kept = [list(point) for point in at]
        for point in at:
            point[1] *= SHRINK
        clear(at, boxes, list(lines))
        if not _part(at, boxes, bounds):
            at[:] = kept
            return
    if not parted:
        _stack(at, boxes)


def _part(at: list[Point], boxes: Sequence[Box], bounds: Sequence[tuple[float, float]]) -> bool:
    """Pushes overlapping boxes apart, never out of their bands; False where that does not come to an end."""
    for attempt in range(1, 1200):
        for point, box, (left, right) in zip(at, boxes, bounds, strict=True):
            point[0] = min(max(point[0], left + box.half + EDGE), right - box.half - EDGE)
        pairs = overlaps(at, boxes)
        if not pairs:
            return True
        for i, j, dx, dy in pairs:
            axis, way = (0, dx) if abs(dx) <= abs(dy) else (1, dy)
            at[i][axis] -= way / 2
            at[j][axis] += way / 2
        if attempt % 20 == 0:
            for point in at:
                point[1] *= 1.03
    return False


def _stack(at: list[Point], boxes: Sequence[Box]) -> None:
    """Moves each box down past all that are above it and in its way."""
    order = sorted(range(len(at)), key=lambda i: (at[i][1], i))
    done: list[int] = []
    for i in order:
        for j in sorted(done, key=lambda j: at[j][1] + boxes[j].down):
            near = abs(at[i][0] - at[j][0]) < boxes[i].half + boxes[j].half + GAP
            foot = at[j][1] + boxes[j].down + GAP
            if (
                near
                and at[i][1] - boxes[i].up < foot
                and at[i][1] + boxes[i].down + GAP > at[j][1] - boxes[j].up
            ):
                at[i][1] = foot + boxes[i].up
        done.append(i)
