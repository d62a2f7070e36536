"""Where each node is drawn: seeded, in integers, without overlaps, and without NumPy.

Each connected component is laid out by stress. Boxes that overlap are then pushed apart and off the lines of others,
the components packed into each other's gaps, and nodes without ties set in a grid below.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from stancegraph.layout import stress
from stancegraph.layout.facing import CLEARED, SHRINK, Facing, evened, facing
from stancegraph.layout.room import GAP, Box, clear, grow, separate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from stancegraph.layout.stress import Neighbours, Point

    Place = tuple[int, float, float]

__all__ = ["Box", "Facing", "extent", "facing", "positions"]

FILL, FILL_IF_LARGE = 0.6, 0.25
"""The share of a component's rectangle that its boxes cover before overlaps are removed."""
EVENNESS = 0.6
SPREAD = 1.35
"""How much wider than high a layout becomes: screens are."""


def positions(
    boxes: Sequence[Box], ties: Iterable[tuple[int, int]], *, far: Collection[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """Integer x and y of each box; y grows downwards. `ties` are pairs of indices into `boxes`.

    Ties that are `far` too (smaller index first) are drawn longer.

    >>> positions([Box(50, 10, 10), Box(50, 10, 10)], [])
    [(-56, 0), (56, 0)]
    """
    if not boxes:
        return []
    beside = stress.neighbours(len(boxes), ties, far)
    parts = _components(beside)
    blocks = [_component(part, boxes, beside) for part in parts if len(part) > 1]
    blocks.sort(key=lambda block: (-len(block), block[0][0]))
    alone = [part[0] for part in parts if len(part) == 1]
    placed = _packed(blocks, boxes)
    placed += _grid(alone, boxes, placed)
    return _centred(placed, boxes)


def extent(boxes: Sequence[Box], places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Width and height of a rectangle about the origin that holds all boxes."""
    x, y = 0.0, 0.0
    for box, place in zip(boxes, places, strict=True):
        x = max(x, abs(place[0]) + box.half)
        y = max(y, box.up - place[1], box.down + place[1])
    return math.ceil(2 * x), math.ceil(2 * y)


def _components(beside: Neighbours) -> list[list[int]]:
    seen: set[int] = set()
    found = []
    for start in range(len(beside)):
        if start in seen:
            continue
        seen.add(start)
        part = [start]
        for node in part:
            fresh = [near for near in beside[node] if near not in seen]
            seen.update(fresh)
            part += fresh
        found.append(sorted(part))
    return found


def _component(part: list[int], boxes: Sequence[Box], beside: Neighbours) -> list[Place]:
    """The nodes of one component with their places, rid of overlaps."""
    at = stress.placed(part, beside)
    _turn(at)
    _even(at)
    area = sum((2 * boxes[node].half + GAP) * (boxes[node].up + boxes[node].down + GAP) for node in part)
    wide, high = (max(p[axis] for p in at) - min(p[axis] for p in at) + 0.3 for axis in (0, 1))
    scale = math.sqrt(area / (FILL_IF_LARGE if len(part) > stress.LARGE else FILL) / (wide * high))
    for point in at:
        point[0] *= scale * math.sqrt(SPREAD * high / wide) if high > wide / SPREAD else scale
        point[1] *= scale
    own = [boxes[node] for node in part]
    index = {node: i for i, node in enumerate(part)}
    lines = [(index[a], index[b]) for a in part for b in beside[a] if a < b]
    separate(at, own)
    if len(part) * len(lines) <= CLEARED:
        for _ in range(60):
            grow(at, SHRINK)
            clear(at, own, lines)
            separate(at, own)
    return [(node, x, y) for node, (x, y) in zip(part, at, strict=True)]


def _turn(at: list[Point]) -> None:
    """Turns the points about their centre until the longest spread lies level."""
    cx, cy = (sum(p[axis] for p in at) / len(at) for axis in (0, 1))
    for p in at:
        p[0] -= cx
        p[1] -= cy
    xx, yy, xy = (sum(p[a] * p[b] for p in at) for a, b in ((0, 0), (1, 1), (0, 1)))
    angle = math.atan2(2 * xy, xx - yy) / 2
    cos, sin = math.cos(angle), math.sin(angle)
    for p in at:
        p[0], p[1] = p[0] * cos + p[1] * sin, p[1] * cos - p[0] * sin


def _even(at: list[Point]) -> None:
    """Moves the points half way to an even spread along each axis: the crowded middle opens, the corners fill."""
    for axis in (0, 1):
        moved = evened([point[axis] for point in at], EVENNESS)
        for point, value in zip(at, moved, strict=True):
            point[axis] = value


def _packed(blocks: list[list[Place]], boxes: Sequence[Box]) -> list[Place]:
    """The largest component first, each further one in the first free spot that keeps the whole small."""
    placed = blocks[0] if blocks else []
    for block in blocks[1:]:
        left, top, right, bottom = _extent(block, boxes)
        taken = [_extent([place], boxes) for place in placed]
        x0, y0, x1, y1 = _extent(placed, boxes)
        spots = []
        for row in range(21):
            for column in range(21):
                dx = x0 - left + (x1 - x0 - right + left) * column / 20
                dy = y0 - top + (y1 + 2 * GAP - y0) * row / 20
                moved = (left + dx - GAP, top + dy - GAP, right + dx + GAP, bottom + dy + GAP)
                if not any(_meet(moved, box) for box in taken):
                    spots.append((max(0.0, bottom + dy - y1), -abs(column - 10), dx, dy))
        _, _, dx, dy = min(spots)
        placed = placed + [(n, x + dx, y + dy) for n, x, y in block]
    return placed


def _grid(alone: list[int], boxes: Sequence[Box], placed: list[Place]) -> list[Place]:
    """Nodes without ties, in rows below everything else."""
    if not alone:
        return []
    left, _, right, bottom = _extent(placed, boxes) if placed else (0.0, 0.0, 0.0, -3 * GAP)
    cell = max(2 * boxes[n].half for n in alone) + GAP
    line = max(boxes[n].up + boxes[n].down for n in alone) + GAP
    columns = max(int((right - left) // cell), math.ceil(math.sqrt(len(alone))))
    top = bottom + 3 * GAP + max(boxes[n].up for n in alone)
    return [(n, left + (i % columns + 0.5) * cell, top + i // columns * line) for i, n in enumerate(alone)]


def _extent(places: list[Place], boxes: Sequence[Box]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what the boxes cover."""
    return (
        min(x - boxes[n].half for n, x, _ in places),
        min(y - boxes[n].up for n, _, y in places),
        max(x + boxes[n].half for n, x, _ in places),
        max(y + boxes[n].down for n, _, y in places),
    )


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _centred(places: list[Place], boxes: Sequence[Box]) -> list[tuple[int, int]]:
    left, top, right, bottom = _extent(places, boxes)
    return [(round(x - (left + right) / 2), round(y - (top + bottom) / 2)) for _, x, y in sorted(places)]
