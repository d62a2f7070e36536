"""Where each node is drawn: seeded, in integers, without overlaps, and without NumPy.

Each connected component is laid out by stress. Boxes that overlap are then pushed apart and off the lines of others,
the components packed into each other's gaps, and nodes without ties set in a grid below.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stancegraph.page import stress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stancegraph.page.stress import Neighbours, Point

    Place = tuple[int, float, float]

CLEARED = 60_000
"""Boxes are moved off foreign lines where boxes × lines are at most so many."""
FILL, FILL_IF_LARGE = 0.6, 0.25
"""The share of a component's rectangle that its boxes cover before overlaps are removed."""
EVENNESS = 0.6
SHRINK = 0.97
GAP = 12.0
SPREAD = 1.35
"""How much wider than high a layout becomes: screens are."""


@dataclass(frozen=True, slots=True)
class Box:
    """What a node and its label cover: half the width, and the reach above and below the node's centre."""

    half: float
    up: float
    down: float


def positions(boxes: Sequence[Box], ties: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Integer x and y of each box; y grows downwards. `ties` are pairs of indices into `boxes`.

    >>> positions([Box(50, 10, 10), Box(50, 10, 10)], [])
    [(-56, 0), (56, 0)]
    """
    if not boxes:
        return []
    beside = _neighbours(len(boxes), ties)
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


def _neighbours(count: int, ties: Iterable[tuple[int, int]]) -> Neighbours:
    """Neighbour → length of the tie: longer at hubs, so that what hangs on them has room."""
    met: list[set[int]] = [set() for _ in range(count)]
    for a, b in ties:
        if a != b:
            met[a].add(b)
            met[b].add(a)
    return [
        {b: 0.6 + 0.2 * (math.sqrt(len(met[a])) + math.sqrt(len(met[b]))) for b in sorted(met[a])}
        for a in range(count)
    ]


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
    _part(at, own)
    if len(part) * len(lines) <= CLEARED:
        for _ in range(60):
            _grow(at, SHRINK)
            _clear(at, own, lines)
            _part(at, own)
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
        order = sorted(range(len(at)), key=lambda i: (at[i][axis], i))
        low, high = at[order[0]][axis], at[order[-1]][axis]
        for rank, i in enumerate(order):
            even = low + (high - low) * rank / (len(at) - 1)
            at[i][axis] += EVENNESS * (even - at[i][axis])


def _part(at: list[Point], boxes: Sequence[Box]) -> None:
    """Pushes overlapping boxes apart along the shorter way out, with a little more room at each round that fails."""
    for attempt in range(1, 2000):
        pairs = _overlaps(at, boxes)
        if not pairs:
            return
        for i, j, dx, dy in pairs:
            axis, way = (0, dx) if abs(dx) <= abs(dy) else (1, dy)
            at[i][axis] -= way / 2
            at[j][axis] += way / 2
        if attempt % 25 == 0:
            _grow(at, 1.03)


def _grow(at: list[Point], factor: float) -> None:
    for point in at:
        point[0] *= factor
        point[1] *= factor


def _overlaps(at: list[Point], boxes: Sequence[Box]) -> list[tuple[int, int, float, float]]:
    """Pairs that overlap, with how far the second must move right (x) or down (y), signed, to leave the first."""
    tops = [point[1] - box.up for point, box in zip(at, boxes, strict=True)]
    order = sorted(range(len(at)), key=lambda i: (tops[i], i))
    found = []
    for place, i in enumerate(order):
        x, half = at[i][0], boxes[i].half + GAP
        foot = at[i][1] + boxes[i].down + GAP
        for j in order[place + 1 :]:
            if tops[j] > foot - 1e-6:
                break
            right = x + half - at[j][0] + boxes[j].half
            left = at[j][0] + boxes[j].half - x + half
            if right > 1e-6 and left > 1e-6:
                down = foot - tops[j]
                up = at[j][1] + boxes[j].down + GAP - tops[i]
                found.append((i, j, right if right <= left else -left, down if down <= up else -up))
    return found


def _clear(at: list[Point], boxes: Sequence[Box], lines: list[tuple[int, int]]) -> None:
    """Moves each box a step off the lines that run under it to other boxes."""
    for a, b in lines:
        dx, dy = at[b][0] - at[a][0], at[b][1] - at[a][1]
        long = math.sqrt(dx * dx + dy * dy) or 1e-9
        nx, ny = -dy / long, dx / long
        for i, box in enumerate(boxes):
            if i in (a, b):
                continue
            high = (box.up + box.down) / 2
            x, y = at[i][0] - at[a][0], at[i][1] + (box.down - box.up) / 2 - at[a][1]
            if not 0 < x * dx + y * dy < long * long:
                continue
            off = x * nx + y * ny
            need = box.half * abs(nx) + high * abs(ny) + 4 - abs(off)
            if need > 0:
                step = min(need, 12.0) * (0.35 if off >= 0 else -0.35)
                at[i][0] += step * nx
                at[i][1] += step * ny


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
