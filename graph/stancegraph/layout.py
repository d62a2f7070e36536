"""Where each node is drawn: seeded, so that the same network always has the same picture, and without overlaps.

Each connected component is laid out by stress: the drawn distance of two nodes nears the length of the shortest path
between them (Zheng, Pawar & Goodman 2018, "Graph drawing by stochastic gradient descent"). Boxes that overlap are
then pushed apart and off the lines of others. `positions` packs the components into each other's gaps; `bands` keeps
two blocs apart, each in a band of its own.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    Pairs = Iterable[tuple[int, int]]
    Point = list[float]
    Place = tuple[int, float, float]
    Rectangle = tuple[float, float, float, float]

SEED: Final = 1954
LARGE: Final = 200
"""Components of more nodes are laid out sooner and looser, from the distances to a sample of nodes."""
ROUNDS, ROUNDS_IF_LARGE = 40, 15
PIVOTS: Final = 80
FAR: Final = 2.2
"""How much longer the ties are of those who oppose each other."""
ACROSS: Final = 1.2
"""How much longer a tie between two bands is than one within."""

GAP: Final = 12.0
"""Between any two boxes."""
BETWEEN: Final = 46.0
"""Between two bands."""
EDGE: Final = 10.0
"""Between a box and the edge of its band."""
FILL, FILL_IF_LARGE, FILL_OF_BANDS = 0.6, 0.25, 0.42
"""The share of a rectangle that its boxes cover before overlaps are removed."""
EVENNESS, EVENNESS_OF_BANDS = 0.6, 0.75
"""How far points are moved to an even spread along an axis: the crowded middle opens, the corners fill."""
SPREAD: Final = 1.35
"""How much wider than high a layout becomes: screens are."""
CLEARED: Final = 60_000
"""Boxes are moved off foreign lines where boxes × lines are at most so many."""
CLEARINGS: Final = 60
SHRINK: Final = 0.97


@dataclass(frozen=True, slots=True)
class Box:
    """What a node and its label cover: half the width, and the reach above and below the node's centre."""

    half: float
    up: float
    down: float


@dataclass(frozen=True, slots=True)
class Bands:
    """Places of the boxes, the left and right end of each band, and the height that holds them; from (0, 0)."""

    places: list[tuple[float, float]]
    spans: list[tuple[float, float]]
    height: float


def positions(
    boxes: Sequence[Box], ties: Pairs, *, far: Collection[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """Integer x and y of each box about the origin; y grows downwards. `ties` are pairs of indices into `boxes`.

    Ties that are `far` too (smaller index first) are drawn longer. Nodes without ties stand in a grid below.

    >>> positions([Box(50, 10, 10), Box(50, 10, 10)], [])
    [(-56, 0), (56, 0)]
    """
    if not boxes:
        return []
    graph = _graph(len(boxes), ties, far)
    parts = [sorted(part) for part in nx.connected_components(graph)]
    components = [_component(part, boxes, graph) for part in parts if len(part) > 1]
    components.sort(key=lambda places: (-len(places), places[0][0]))
    packed = _pack(components, boxes)
    packed += _grid([part[0] for part in parts if len(part) == 1], boxes, packed)
    left, top, right, bottom = _bounds(packed, boxes)
    return [(round(x - (left + right) / 2), round(y - (top + bottom) / 2)) for _, x, y in sorted(packed)]


def bands(boxes: Sequence[Box], ties: Sequence[tuple[int, int]], sides: Sequence[int], width: float) -> Bands:
    """Where the boxes of one connected component go: those of side 0 on the left, of side 1 on the right.

    No two overlap, and none leaves its band; `width` is exceeded only where a box is wider. Without side 1 there
    is one band.

    >>> bands([Box(50, 10, 10), Box(50, 10, 10)], [(0, 1)], [0, 1], 300).spans
    [(0.0, 127.0), (173.0, 300.0)]
    """
    graph = _graph(len(boxes), ties)
    for a, b in ties:
        if sides[a] != sides[b]:
            graph[a][b]["length"] += ACROSS
    at = _stress(range(len(boxes)), graph) if len(boxes) > 1 else [[0.0, 0.0]]
    members = [[i for i, side in enumerate(sides) if side == one] for one in sorted(set(sides))]
    if len(members) > 1:
        _turn(at, *(_mean([at[i] for i in own]) for own in members))
    spans, height = _spans(boxes, members, width)
    for span, own in zip(spans, members, strict=True):
        _stretch(at, own, 0, span)
        _stretch(at, own, 1, (0.0, height))
    _settle(at, boxes, ties, [spans[side if len(spans) > 1 else 0] for side in sides])
    top = min(y - box.up for (_, y), box in zip(at, boxes, strict=True)) - EDGE
    foot = max(y + box.down for (_, y), box in zip(at, boxes, strict=True)) + EDGE
    return Bands([(round(x, 1), round(y - top, 1)) for x, y in at], spans, round(foot - top, 1))


def extent(boxes: Sequence[Box], places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Width and height of a rectangle about the origin that holds all boxes."""
    x, y = 0.0, 0.0
    for box, place in zip(boxes, places, strict=True):
        x = max(x, abs(place[0]) + box.half)
        y = max(y, box.up - place[1], box.down + place[1])
    return math.ceil(2 * x), math.ceil(2 * y)


# ---- stress ----------------------------------------------------------------------------------------------------------


def _graph(count: int, ties: Pairs, far: Collection[tuple[int, int]] = ()) -> nx.Graph[int]:
    """The ties with the `length` to be drawn: longer at hubs, that what hangs on them has room, and of pairs `far`."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from((a, b) for a, b in ties if a != b)
    for a, b, data in graph.edges(data=True):
        hubs = math.sqrt(graph.degree(min(a, b))) + math.sqrt(graph.degree(max(a, b)))
        data["length"] = (0.6 + 0.2 * hubs) * (FAR if (min(a, b), max(a, b)) in far else 1)
    return graph


def _stress(part: Sequence[int], graph: nx.Graph[int]) -> list[Point]:
    """Places of the nodes of `part`, which is connected and has two or more, in units of a tie's length."""
    draw = random.Random(SEED)
    at = [[draw.random() * 3, draw.random() * 3] for _ in part]
    large = len(part) > LARGE
    sources = sorted(draw.sample(range(len(part)), PIVOTS)) if large else range(len(part))
    ties = nx.to_scipy_sparse_array(graph, nodelist=list(part), weight="length", format="csr")
    terms = [
        (source, node, length)
        for source, lengths in zip(sources, dijkstra(ties, indices=list(sources)), strict=True)
        for node, length in _nearest_first(lengths)
        if node > source or (large and node != source)
    ]
    if large:
        index = {node: i for i, node in enumerate(part)}
        terms += [
            (index[a], index[b], graph[a][b]["length"]) for a in part for b in sorted(graph[a]) if a < b
        ]
    longest, shortest = max(term[2] for term in terms), min(term[2] for term in terms)
    step = longest**2
    rounds = ROUNDS_IF_LARGE if large else ROUNDS
    cooling = (0.05 * shortest**2 / step) ** (1 / (rounds - 1))
    for _ in range(rounds):
        draw.shuffle(terms)
        for i, j, length in terms:
            p, q = at[i], at[j]
            dx, dy = p[0] - q[0], p[1] - q[1]
            apart = math.sqrt(dx * dx + dy * dy) or 1e-9
            move = min(1.0, step / length**2) * (apart - length) / (2 * apart)
            p[0] -= move * dx
            p[1] -= move * dy
            q[0] += move * dx
            q[1] += move * dy
        step *= cooling
    return at


def _nearest_first(lengths: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Iterable[tuple[int, float]]:
    order = np.argsort(lengths, kind="stable")
    return zip(order.tolist(), lengths[order].tolist(), strict=True)


# ---- one component ---------------------------------------------------------------------------------------------------


def _component(part: list[int], boxes: Sequence[Box], graph: nx.Graph[int]) -> list[Place]:
    """The nodes of one component with their places, rid of overlaps."""
    at = _stress(part, graph)
    cx, cy = _mean(at)
    for point in at:
        point[0] -= cx
        point[1] -= cy
    xx, yy, xy = (sum(p[a] * p[b] for p in at) for a, b in ((0, 0), (1, 1), (0, 1)))
    angle = math.atan2(2 * xy, xx - yy) / 2  # of the longest spread, which is to lie level
    _rotate(at, math.cos(angle), math.sin(angle))
    for axis in (0, 1):
        for point, value in zip(at, _even_out([p[axis] for p in at], EVENNESS), strict=True):
            point[axis] = value
    wide, high = (max(p[axis] for p in at) - min(p[axis] for p in at) + 0.3 for axis in (0, 1))
    fill = FILL_IF_LARGE if len(part) > LARGE else FILL
    scale = math.sqrt(_area(boxes[node] for node in part) / fill / (wide * high))
    for point in at:
        point[0] *= scale * math.sqrt(SPREAD * high / wide) if high > wide / SPREAD else scale
        point[1] *= scale
    own = [boxes[node] for node in part]
    index = {node: i for i, node in enumerate(part)}
    lines = [(index[a], index[b]) for a in part for b in sorted(graph[a]) if a < b]
    _separate(at, own)
    if len(part) * len(lines) <= CLEARED:
        for _ in range(CLEARINGS):
            _grow(at, SHRINK)
            _clear(at, own, lines)
            _separate(at, own)
    return [(node, x, y) for node, (x, y) in zip(part, at, strict=True)]


def _mean(at: Sequence[Point]) -> tuple[float, float]:
    return sum(p[0] for p in at) / len(at), sum(p[1] for p in at) / len(at)


def _rotate(at: list[Point], cos: float, sin: float) -> None:
    for p in at:
        p[0], p[1] = p[0] * cos + p[1] * sin, p[1] * cos - p[0] * sin


def _even_out(values: Sequence[float], share: float) -> list[float]:
    """The values moved part of the way to an even spread, in the same order."""
    order = sorted(range(len(values)), key=lambda i: (values[i], i))
    low, high = values[order[0]], values[order[-1]]
    moved = list(values)
    for rank, i in enumerate(order):
        even = low + (high - low) * rank / max(len(values) - 1, 1)
        moved[i] += share * (even - moved[i])
    return moved


def _area(boxes: Iterable[Box]) -> float:
    return sum((2 * box.half + GAP) * (box.up + box.down + GAP) for box in boxes)


def _grow(at: list[Point], factor: float) -> None:
    """Moves all points away from the origin by a factor, or towards it."""
    for point in at:
        point[0] *= factor
        point[1] *= factor


# ---- overlaps --------------------------------------------------------------------------------------------------------


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


def _push_apart(at: list[Point], pairs: Iterable[tuple[int, int, float, float]]) -> None:
    """Moves both boxes of each pair half of the shorter way out."""
    for i, j, dx, dy in pairs:
        axis, way = (0, dx) if abs(dx) <= abs(dy) else (1, dy)
        at[i][axis] -= way / 2
        at[j][axis] += way / 2


def _separate(at: list[Point], boxes: Sequence[Box]) -> None:
    """Pushes overlapping boxes apart, with a little more room at each round that fails."""
    for attempt in range(1, 2000):
        pairs = _overlaps(at, boxes)
        if not pairs:
            return
        _push_apart(at, pairs)
        if attempt % 25 == 0:
            _grow(at, 1.03)


def _clear(at: list[Point], boxes: Sequence[Box], lines: Iterable[tuple[int, int]]) -> None:
    """Moves each box a step off the lines that run under it to other boxes."""
    for a, b in lines:
        dx, dy = at[b][0] - at[a][0], at[b][1] - at[a][1]
        long = math.sqrt(dx * dx + dy * dy) or 1e-9
        nx_, ny = -dy / long, dx / long
        for i, box in enumerate(boxes):
            if i in (a, b):
                continue
            high = (box.up + box.down) / 2
            x, y = at[i][0] - at[a][0], at[i][1] + (box.down - box.up) / 2 - at[a][1]
            if not 0 < x * dx + y * dy < long * long:
                continue
            off = x * nx_ + y * ny
            need = box.half * abs(nx_) + high * abs(ny) + 4 - abs(off)
            if need > 0:
                step = min(need, 12.0) * (0.35 if off >= 0 else -0.35)
                at[i][0] += step * nx_
                at[i][1] += step * ny


# ---- packing ---------------------------------------------------------------------------------------------------------


def _pack(components: list[list[Place]], boxes: Sequence[Box]) -> list[Place]:
    """The largest component first, each further one in the first free spot that keeps the whole small."""
    placed = components[0] if components else []
    for component in components[1:]:
        left, top, right, bottom = _bounds(component, boxes)
        taken = [_bounds([place], boxes) for place in placed]
        x0, y0, x1, y1 = _bounds(placed, boxes)
        spots = []
        for row in range(21):
            for column in range(21):
                dx = x0 - left + (x1 - x0 - right + left) * column / 20
                dy = y0 - top + (y1 + 2 * GAP - y0) * row / 20
                moved = (left + dx - GAP, top + dy - GAP, right + dx + GAP, bottom + dy + GAP)
                if not any(_meet(moved, box) for box in taken):
                    spots.append((max(0.0, bottom + dy - y1), -abs(column - 10), dx, dy))
        _, _, dx, dy = min(spots)
        placed = placed + [(n, x + dx, y + dy) for n, x, y in component]
    return placed


def _grid(alone: list[int], boxes: Sequence[Box], placed: list[Place]) -> list[Place]:
    """Nodes without ties, in rows below everything else."""
    if not alone:
        return []
    left, _, right, bottom = _bounds(placed, boxes) if placed else (0.0, 0.0, 0.0, -3 * GAP)
    cell = max(2 * boxes[n].half for n in alone) + GAP
    line = max(boxes[n].up + boxes[n].down for n in alone) + GAP
    columns = max(int((right - left) // cell), math.ceil(math.sqrt(len(alone))))
    top = bottom + 3 * GAP + max(boxes[n].up for n in alone)
    return [(n, left + (i % columns + 0.5) * cell, top + i // columns * line) for i, n in enumerate(alone)]


def _bounds(places: list[Place], boxes: Sequence[Box]) -> Rectangle:
    """Left, top, right and bottom of what the boxes cover."""
    return (
        min(x - boxes[n].half for n, x, _ in places),
        min(y - boxes[n].up for n, _, y in places),
        max(x + boxes[n].half for n, x, _ in places),
        max(y + boxes[n].down for n, _, y in places),
    )


def _meet(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


# ---- bands -----------------------------------------------------------------------------------------------------------


def _turn(at: list[Point], first: tuple[float, float], second: tuple[float, float]) -> None:
    """Turns the points until the middle of the second bloc lies to the right of the first's."""
    dx, dy = second[0] - first[0], second[1] - first[1]
    long = math.sqrt(dx * dx + dy * dy) or 1.0
    if dx or dy:
        _rotate(at, dx / long, dy / long)


def _spans(
    boxes: Sequence[Box], members: Sequence[Sequence[int]], width: float
) -> tuple[list[tuple[float, float]], float]:
    """A band for each bloc, as wide as its boxes' share of the room, and the height they come to."""
    areas = [_area(boxes[i] for i in own) for own in members]
    least = [2 * (max(boxes[i].half for i in own) + EDGE) for own in members]
    room = width - BETWEEN * (len(members) - 1)
    widths = [room]
    if len(members) > 1:
        second = min(max(room * areas[1] / sum(areas), least[1]), room - least[0])
        widths = [room - second, second]
    widths = [max(own, low) for own, low in zip(widths, least, strict=True)]
    spans, left = [], 0.0
    for own in widths:
        spans.append((left, left + own))
        left += own + BETWEEN
    return spans, max(area / FILL_OF_BANDS / own for area, own in zip(areas, widths, strict=True))


def _stretch(at: list[Point], own: Sequence[int], axis: int, over: tuple[float, float]) -> None:
    """Stretches some of the points along one axis over a range, the crowded middle opened."""
    values = _even_out([at[i][axis] for i in own], EVENNESS_OF_BANDS)
    first, last = min(values), max(values)
    low, high = over
    inset = (high - low) * 0.08
    for i, value in zip(own, values, strict=True):
        share = (value - first) / (last - first) if last > first else 0.5
        at[i][axis] = low + inset + share * (high - low - 2 * inset)


def _settle(
    at: list[Point], boxes: Sequence[Box], lines: Sequence[tuple[int, int]], spans: list[tuple[float, float]]
) -> None:
    """Parts the boxes within their bands; as long as there are not too many, draws them together and off lines."""
    parted = _separate_within(at, boxes, spans)
    for _ in range(CLEARINGS if parted and len(boxes) * len(lines) <= CLEARED else 0):
        kept = [list(point) for point in at]
        for point in at:
            point[1] *= SHRINK
        _clear(at, boxes, lines)
        if not _separate_within(at, boxes, spans):
            at[:] = kept
            return
    if not parted:
        _stack(at, boxes)


def _separate_within(at: list[Point], boxes: Sequence[Box], spans: list[tuple[float, float]]) -> bool:
    """Pushes overlapping boxes apart, never out of their bands; False where that does not come to an end."""
    for attempt in range(1, 1200):
        for point, box, (left, right) in zip(at, boxes, spans, strict=True):
            point[0] = min(max(point[0], left + box.half + EDGE), right - box.half - EDGE)
        pairs = _overlaps(at, boxes)
        if not pairs:
            return True
        _push_apart(at, pairs)
        if attempt % 20 == 0:
            for point in at:
                point[1] *= 1.03
    return False


def _stack(at: list[Point], boxes: Sequence[Box]) -> None:
    """Moves each box down past all that are above it and in its way."""
    done: list[int] = []
    for i in sorted(range(len(at)), key=lambda i: (at[i][1], i)):
        for j in sorted(done, key=lambda j: at[j][1] + boxes[j].down):
            near = abs(at[i][0] - at[j][0]) < boxes[i].half + boxes[j].half + GAP
            top, foot = at[j][1] - boxes[j].up, at[j][1] + boxes[j].down + GAP
            if near and at[i][1] - boxes[i].up < foot and at[i][1] + boxes[i].down + GAP > top:
                at[i][1] = foot + boxes[i].up
        done.append(i)
