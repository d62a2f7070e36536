"""Where actors stand in the picture of a network, and on which side of each its name is written."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from stancegraph import layout
from stancegraph.plot import style
from stancegraph.plot.lettering import LEADING
from stancegraph.plot.lettering import width as letters_wide

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import networkx as nx

    from stancegraph.plot.blocs import Blocs

    Point = tuple[float, float]
    Rectangle = tuple[float, float, float, float]

CLEAR: Final = 2.5
"""Between a node and its name."""
STRIP: Final = 34.0
"""Height of what parts the groups without a tie to the blocs from them, their heading included."""
SIDES: Final = ((0, 1), (0, -1), (1, 0), (-1, 0))
"""Where a name can stand: below, above, right, left."""


@dataclass(frozen=True, slots=True)
class Node:
    """An actor as drawn: the radius of its mark, its name on one or more lines, and where both are."""

    iri: str
    words: str
    radius: float
    shape: str
    at: Point = (0.0, 0.0)
    side: Point = (0, 1)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the name."""
        lines = self.words.count("\n") + 1
        return letters_wide(self.words, style.LABEL), style.LABEL * (1 + LEADING * (lines - 1))

    @property
    def box(self) -> layout.Box:
        """What node and name cover together, the name below."""
        wide, high = self.size
        return layout.Box(max(wide / 2, self.radius), self.radius, self.radius + CLEAR + high)

    @property
    def disc(self) -> Rectangle:
        """Left, top, right and bottom of the mark."""
        (x, y), r = self.at, self.radius
        return (x - r, y - r, x + r, y + r)

    @property
    def name(self) -> Rectangle:
        """Left, top, right and bottom of the name."""
        wide, high = self.size
        away = self.radius + CLEAR
        x = self.at[0] + self.side[0] * (away + wide / 2)
        y = self.at[1] + self.side[1] * (away + high / 2)
        return (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


@dataclass(frozen=True, slots=True)
class Plan:
    """The nodes in their places, the rectangle of each bloc, where the groups apart begin, and how large it all is."""

    nodes: dict[str, Node]
    panels: tuple[Rectangle, ...]
    apart: Point | None
    wide: float
    high: float

    def moved(self, dx: float, dy: float) -> Plan:
        """The same, so much further right and down."""
        nodes = {i: replace(n, at=(n.at[0] + dx, n.at[1] + dy)) for i, n in self.nodes.items()}
        panels = tuple((x + dx, y + dy, right + dx, foot + dy) for x, y, right, foot in self.panels)
        apart = (self.apart[0] + dx, self.apart[1] + dy) if self.apart else None
        return replace(self, nodes=nodes, panels=panels, apart=apart)


def planned(graph: nx.Graph[str], blocs: Blocs, nodes: Mapping[str, Node], wide: float) -> Plan:
    """Blocs side by side, the groups without a tie to them below; where nobody has a tie, everybody in rows."""
    placed: dict[str, Node] = {}
    panels: tuple[Rectangle, ...] = ()
    high, apart = 0.0, None
    if blocs.sides:
        placed, panels, wide, high = _faced(graph, blocs.sides, nodes, wide)
    rooms = {iri: panel for panel, bloc in zip(panels, blocs.sides, strict=True) for iri in bloc}
    groups = blocs.apart or (() if blocs.sides else tuple((one,) for one in blocs.alone))
    if groups:
        apart = (0.0, high + STRIP - 10) if blocs.sides else None
        high += STRIP if blocs.sides else 0.0
        more, around, high = _shelved(graph, groups, nodes, wide, high)
        placed |= more
        rooms |= around
    return Plan(_named(placed, graph, rooms), panels, apart, wide, high)


def _faced(
    graph: nx.Graph[str], sides: Sequence[Sequence[str]], nodes: Mapping[str, Node], wide: float
) -> tuple[dict[str, Node], tuple[Rectangle, ...], float, float]:
    order = [iri for bloc in sides for iri in bloc]
    number = {iri: i for i, iri in enumerate(order)}
    side = [i for i, bloc in enumerate(sides) for _ in bloc]
    ties = [(number[a], number[b]) for a, b in _ties(graph) if a in number]
    faced = layout.bands([nodes[iri].box for iri in order], ties, side, wide)
    placed = {iri: replace(nodes[iri], at=at) for iri, at in zip(order, faced.places, strict=True)}
    panels = tuple((left, 0.0, right, faced.height) for left, right in faced.spans)
    return placed, panels, max(wide, faced.spans[-1][1]), faced.height


def _shelved(
    graph: nx.Graph[str], groups: Iterable[Sequence[str]], nodes: Mapping[str, Node], wide: float, top: float
) -> tuple[dict[str, Node], dict[str, Rectangle], float]:
    """Each group laid out by itself, in rows from left to right; the room of each, and where the last row ends."""
    placed: dict[str, Node] = {}
    rooms: dict[str, Rectangle] = {}
    x, deep = 0.0, 0.0
    for group in groups:
        number = {iri: i for i, iri in enumerate(group)}
        boxes = [nodes[iri].box for iri in group]
        ties = [(number[a], number[b]) for a, b in _ties(graph) if a in number]
        at = layout.positions(boxes, ties)
        across, tall = layout.extent(boxes, at)
        over = max(nodes[iri].size[1] for iri in group) + 2 * CLEAR if len(group) > 2 else 0.0
        down: float = tall + over
        if x and x + across > wide:
            x, top, deep = 0.0, top + deep + 14, 0.0
        for iri, (dx, dy) in zip(group, at, strict=True):
            placed[iri] = replace(nodes[iri], at=(x + across / 2 + dx, top + (down + over) / 2 + dy))
            rooms[iri] = (x, top, x + across, top + down)
        x, deep = x + across + 26, max(deep, down)
    return placed, rooms, top + deep


def _ties(graph: nx.Graph[str]) -> list[tuple[str, str]]:
    return sorted((min(a, b), max(a, b)) for a, b in graph.edges)


def _named(nodes: dict[str, Node], graph: nx.Graph[str], rooms: Mapping[str, Rectangle]) -> dict[str, Node]:
    """The nodes, each name on the side where the fewest lines run under it and nothing else is."""
    ends = [(nodes[a].at, nodes[b].at) for a, b in _ties(graph)]
    chosen = dict(nodes)
    for iri in sorted(nodes, key=lambda iri: (-graph.degree(iri), iri)):
        others = [r for other, n in chosen.items() if other != iri for r in (n.disc, n.name)]
        tried = [replace(nodes[iri], side=side) for side in SIDES]
        free = [
            n
            for n in tried
            if not any(_meet(n.name, other) for other in others) and _within(n.name, rooms[iri])
        ]
        if free:
            chosen[iri] = min(free, key=lambda n: round(sum(under(line, n.name) for line in ends), 3))
    return chosen


def _meet(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] + 3 and b[0] < a[2] + 3 and a[1] < b[3] + 2 and b[1] < a[3] + 2


def _within(a: Rectangle, room: Rectangle) -> bool:
    return a[0] >= room[0] and a[2] <= room[2] and a[1] >= room[1] + 2 and a[3] <= room[3]


def under(line: tuple[Point, Point], box: Rectangle) -> float:
    """How much of a line runs through a rectangle, in points (Liang & Barsky 1984)."""
    (x, y), (x1, y1) = line
    dx, dy = x1 - x, y1 - y
    enter, leave = 0.0, 1.0
    for step, room in ((-dx, x - box[0]), (dx, box[2] - x), (-dy, y - box[1]), (dy, box[3] - y)):
        if step == 0:
            if room < 0:
                return 0.0
        elif step < 0:
            enter = max(enter, room / step)
        else:
            leave = min(leave, room / step)
    return max(leave - enter, 0.0) * math.hypot(dx, dy)
