"""Room for every box: those that overlap are pushed apart, and off the lines that run under them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stancegraph.layout.stress import Point

GAP = 12.0
"""Between any two boxes."""


@dataclass(frozen=True, slots=True)
class Box:
    """What a node and its label cover: half the width, and the reach above and below the node's centre."""

    half: float
    up: float
    down: float


def separate(at: list[Point], boxes: Sequence[Box]) -> None:
    """Pushes overlapping boxes apart along the shorter way out, with a little more room at each round that fails."""
    for attempt in range(1, 2000):
        pairs = overlaps(at, boxes)
        if not pairs:
            return
        for i, j, dx, dy in pairs:
            axis, way = (0, dx) if abs(dx) <= abs(dy) else (1, dy)
            at[i][axis] -= way / 2
            at[j][axis] += way / 2
        if attempt % 25 == 0:
            grow(at, 1.03)


def grow(at: list[Point], factor: float) -> None:
    """Moves all points away from the origin by a factor, or towards it."""
    for point in at:
        point[0] *= factor
        point[1] *= factor


def overlaps(at: list[Point], boxes: Sequence[Box]) -> list[tuple[int, int, float, float]]:
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


def clear(at: list[Point], boxes: Sequence[Box], lines: list[tuple[int, int]]) -> None:
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
