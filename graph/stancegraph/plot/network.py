"""The signed network of actors: blocs as places, ties by sign and strength."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from math import fsum
from typing import TYPE_CHECKING, Final

import networkx as nx
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch
from matplotlib.transforms import Bbox

from stancegraph import layout, network
from stancegraph.balance.frustration import frustration_index
from stancegraph.output import quantity
from stancegraph.plot import canvas
from stancegraph.records import Named
from stancegraph.vocabulary import SHAPE_OF, SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stancegraph.balance import Frustration
    from stancegraph.network import Method
    from stancegraph.plot.canvas import Key, Selection
    from stancegraph.store import Store
    from stancegraph.table import Table

    Point = tuple[float, float]
    Tie = tuple[str, str, float]

TITLE: Final = "Who agrees with whom"
ACTORS: Final = 150
TIES: Final = 600
"""The strongest that are drawn; more make wool."""
SECONDS: Final = 20.0
"""The search for a better split, or for the proof that there is none, ends after so long."""

NAMED: Final = 6
"""So many actors without a tie are named, more are counted."""
DASHES: Final = (3.2, 1.8)
MARKERS: Final = {
    "dot": ("o", 2.0),
    "square": ("s", 1.77),
    "triangle": ("^", 2.2),
    "diamond": ("D", 1.62),
    "hexagon": ("H", 2.05),
}
"""Shape → matplotlib's marker, and its side for a radius of 1."""

CLEAR: Final = 2.5
"""Points between a node and its name."""
HEADING: Final = 14.0
STRIP: Final = 34.0
"""Height of the headings of the blocs; of what parts the groups without a tie to them, their heading included."""
SIDES: Final = ((0, 1), (0, -1), (1, 0), (-1, 0))
"""Where a name can stand: below, above, right, left."""
ALONG: Final = (0.5, 0.44, 0.56, 0.38, 0.62, 0.3, 0.7, 0.22, 0.78)
"""Where on a tie its diamond can stand, best first."""


def figure(
    source: Store | Table, *, width: float | None = None, labels: str = "en", **choices: object
) -> Figure:
    """The signed network as a figure; takes the choices and filters of `network.agreement`.

    Positive ties are solid and blue, negative ones dashed and orange, as wide as they are strong; a tie against
    the split in two blocs bears a diamond. Actors without a tie are named below, not drawn.
    """
    selection = canvas.select(source, choices, labels=labels)
    whole = signed(selection.rows, selection.method)
    drawn = strongest(whole)
    split = divide(drawn)
    inches = width or min(max(6.5, 4.0 + 0.95 * math.sqrt(len(drawn))), 16.0)
    plan = _plan(drawn, split, _nodes(selection, drawn), inches * canvas.INCH - 2 * canvas.MARGIN)
    picture, (axes,) = canvas.stack(plan.wide, [plan.high])
    axes.set(xlim=(0, plan.wide), ylim=(plan.high, 0))
    axes.set_axis_off()
    _draw(axes, plan, drawn, split, selection.method.aggregation)
    keys = _keys(plan, drawn, split, selection)
    return canvas.surround(
        picture, TITLE, keys=keys, notes=_notes(selection, whole, drawn, split), width=width
    )


def signed(rows: Table, method: Method) -> nx.Graph[str]:
    """The network of the method with all who speak; where it counts conflict, conflict is negative."""
    graph = network.build(network.countable(rows, method), method)
    speakers = (rows.actor.values[code] for code in rows.actor.present())
    graph.add_nodes_from((one.iri, {"label": one.label}) for one in speakers if one.iri not in graph)
    if method.aggregation == "conflict":
        for _, _, data in graph.edges(data=True):
            data["weight"] = -data["weight"]
    return graph


def weighted(graph: nx.Graph[str]) -> list[Tie]:
    """Both ends and the weight of each tie, in an order that does not depend on how the graph was made."""
    return sorted((min(a, b), max(a, b), float(data["weight"])) for a, b, data in graph.edges(data=True))


def strongest(graph: nx.Graph[str]) -> nx.Graph[str]:
    """What is drawn of a network: all of it, or the actors with most weight and the strongest ties among them."""
    if len(graph) <= ACTORS and graph.number_of_edges() <= TIES:
        return graph
    strength: dict[str, float] = defaultdict(float)
    for a, b, weight in weighted(graph):
        strength[a] += abs(weight)
        strength[b] += abs(weight)
    kept = sorted(strength, key=lambda iri: (-strength[iri], iri))[:ACTORS]
    among = graph.subgraph(kept or sorted(graph)[:ACTORS])
    most = sorted(weighted(among), key=lambda tie: (-abs(tie[2]), tie))[:TIES]
    met = {end for a, b, _ in most for end in (a, b)} or set(among)
    drawn: nx.Graph[str] = nx.Graph()
    drawn.add_nodes_from((iri, data) for iri, data in graph.nodes(data=True) if iri in met)
    drawn.add_weighted_edges_from(most)
    return drawn


@dataclass(frozen=True, slots=True)
class Split:
    """The blocs of a signed network.

    `blocs` are the two of the largest group of actors tied together (one, where it has no negative tie), the larger
    first; `apart` are the groups without a tie to it, whose side nothing says; `alone` have no tie. `found` is the
    split of the largest group, `total` the weight of its ties.
    """

    blocs: tuple[tuple[str, ...], ...]
    apart: tuple[tuple[str, ...], ...]
    alone: tuple[str, ...]
    found: Frustration[str]
    total: float

    @property
    def against(self) -> frozenset[frozenset[str]]:
        """The ties that run against the split, each as its two ends."""
        return frozenset(frozenset(tie[:2]) for tie in self.found.frustrated)


def divide(graph: nx.Graph[str]) -> Split:
    """The two blocs of a signed network with the least weight of ties against them."""
    groups = sorted(
        (tuple(sorted(group)) for group in nx.connected_components(graph)), key=lambda g: (-len(g), g)
    )
    tied = [group for group in groups if len(group) > 1]
    largest = graph.subgraph(tied[0] if tied else ())
    found = frustration_index(largest, blocs=2, seconds=SECONDS)
    blocs = sorted((tuple(sorted(bloc)) for bloc in found.blocs if bloc), key=lambda b: (-len(b), b))
    alone = tuple(sorted(group[0] for group in groups if len(group) == 1))
    total = fsum(abs(weight) for *_, weight in weighted(largest))
    return Split(tuple(blocs), tuple(tied[1:]), alone, found, total)


# Where actors stand, and on which side of each its name


@dataclass(frozen=True, slots=True)
class Node:
    """An actor as drawn: the radius of its mark, its name on one or more lines, and where both are, in points."""

    iri: str
    name: str
    radius: float
    shape: str
    at: Point = (0.0, 0.0)
    side: Point = (0, 1)

    @property
    def size(self) -> Point:
        """Width and height of the name."""
        lines = self.name.count("\n") + 1
        return canvas.measure(self.name, canvas.LABEL), canvas.LABEL * (1 + canvas.LEADING * (lines - 1))

    @property
    def box(self) -> layout.Box:
        """What node and name cover together, the name below."""
        wide, high = self.size
        return layout.Box(max(wide / 2, self.radius), self.radius, self.radius + CLEAR + high)

    @property
    def name_at(self) -> Point:
        """The middle of the name."""
        (x, y), (wide, high), away = self.at, self.size, self.radius + CLEAR
        return x + self.side[0] * (away + wide / 2), y + self.side[1] * (away + high / 2)

    @property
    def name_box(self) -> Bbox:
        """Where the name is."""
        (x, y), (wide, high) = self.name_at, self.size
        return Bbox.from_extents(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)

    @property
    def mark_box(self) -> Bbox:
        """Where the mark is."""
        (x, y), r = self.at, self.radius
        return Bbox.from_extents(x - r, y - r, x + r, y + r)


@dataclass(frozen=True, slots=True)
class Plan:
    """The nodes in their places, the room of each bloc, where the groups apart begin, and how large it all is."""

    nodes: dict[str, Node]
    panels: tuple[Bbox, ...]
    apart: float | None
    wide: float
    high: float


def _nodes(selection: Selection, graph: nx.Graph[str]) -> dict[str, Node]:
    """Every actor with its name and its mark, whose area grows with the number of its statements; not yet placed."""
    rows, kinds = selection.rows, selection.kinds
    pairs = set(zip(rows.actor.codes.tolist(), rows.statement.codes.tolist(), strict=True))
    number = Counter(rows.actor.values[actor].iri for actor, _ in pairs)
    nodes = {}
    for iri, data in graph.nodes(data=True):
        name = canvas.wrap(selection.label(Named(iri, data["label"])), canvas.LABEL, 86, 3)
        shape = SHAPE_OF.get(kinds.get(iri, ""), "hexagon" if kinds else "dot")
        nodes[iri] = Node(iri, name, min(2.7 + 1.35 * math.sqrt(number[iri]), 13.0), shape)
    return nodes


def _plan(graph: nx.Graph[str], split: Split, nodes: dict[str, Node], wide: float) -> Plan:
    """Blocs side by side, the groups without a tie to them below; where nobody has a tie, everybody in rows."""
    placed: dict[str, Node] = {}
    rooms: dict[str, Bbox] = {}
    panels: tuple[Bbox, ...] = ()
    high, apart = 0.0, None
    if split.blocs:
        order = [iri for bloc in split.blocs for iri in bloc]
        sides = [side for side, bloc in enumerate(split.blocs) for _ in bloc]
        faced = layout.bands([nodes[iri].box for iri in order], _numbered(graph, order), sides, wide)
        high = HEADING + faced.height
        panels = tuple(Bbox.from_extents(left, HEADING, right, high) for left, right in faced.spans)
        for iri, side, (x, y) in zip(order, sides, faced.places, strict=True):
            placed[iri], rooms[iri] = replace(nodes[iri], at=(x, y + HEADING)), panels[side]
        wide = max(wide, faced.spans[-1][1])
    groups = split.apart if split.blocs else tuple((one,) for one in split.alone)
    if groups:
        apart = high + STRIP - 10 if split.blocs else None
        high = _shelve(graph, groups, nodes, (placed, rooms), (wide, high + (STRIP if split.blocs else 0.0)))
    return Plan(_name(placed, graph, rooms), panels, apart, wide, high)


def _shelve(
    graph: nx.Graph[str],
    groups: Iterable[Sequence[str]],
    nodes: Mapping[str, Node],
    into: tuple[dict[str, Node], dict[str, Bbox]],
    start: Point,
) -> float:
    """Places each group by itself `into` nodes and rooms, in rows of a width and from a height on; gives their foot."""
    wide, top = start
    x, deep = 0.0, 0.0
    for group in groups:
        boxes = [nodes[iri].box for iri in group]
        at = layout.positions(boxes, _numbered(graph, group))
        across, tall = layout.extent(boxes, at)
        over = max(nodes[iri].size[1] for iri in group) + 2 * CLEAR if len(group) > 2 else 0.0
        down: float = tall + over
        if x and x + across > wide:
            x, top, deep = 0.0, top + deep + 14, 0.0
        for iri, (dx, dy) in zip(group, at, strict=True):
            into[0][iri] = replace(nodes[iri], at=(x + across / 2 + dx, top + (down + over) / 2 + dy))
            into[1][iri] = Bbox.from_bounds(x, top, across, down)
        x, deep = x + across + 26, max(deep, down)
    return top + deep


def _numbered(graph: nx.Graph[str], members: Sequence[str]) -> list[tuple[int, int]]:
    """The ties among some actors, as pairs of their places in the list; by the names of their ends."""
    number = {iri: i for i, iri in enumerate(members)}
    return [(number[a], number[b]) for a, b, _ in weighted(graph) if a in number]


def _name(nodes: dict[str, Node], graph: nx.Graph[str], rooms: Mapping[str, Bbox]) -> dict[str, Node]:
    """The nodes, each name on the side where the least of lines runs under it and nothing else is."""
    lines = [(nodes[a].at, nodes[b].at) for a, b, _ in weighted(graph)]
    chosen = dict(nodes)
    marks = {iri: node.mark_box for iri, node in nodes.items()}
    names = {iri: node.name_box for iri, node in nodes.items()}
    for iri in sorted(nodes, key=lambda iri: (-graph.degree(iri), iri)):
        others = [box for boxes in (marks, names) for other, box in boxes.items() if other != iri]
        tried = [replace(nodes[iri], side=side) for side in SIDES]
        free = [node for node in tried if _is_free(node.name_box, rooms[iri], others)]
        if free:
            chosen[iri] = min(free, key=lambda n: round(sum(_under(line, n.name_box) for line in lines), 3))
            names[iri] = chosen[iri].name_box
    return chosen


def _is_free(name: Bbox, room: Bbox, others: Sequence[Bbox]) -> bool:
    """Whether a name is within its room and touches nothing."""
    inside = room.x0 <= name.x0 and name.x1 <= room.x1 and room.y0 + 2 <= name.y0 and name.y1 <= room.y1
    return inside and not (others and name.padded(3, 2).count_overlaps(others))


def _under(line: tuple[Point, Point], box: Bbox) -> float:
    """How much of a line runs through a rectangle, in points (Liang & Barsky 1984)."""
    (x, y), (x1, y1) = line
    dx, dy = x1 - x, y1 - y
    enter, leave = 0.0, 1.0
    for step, room in ((-dx, x - box.x0), (dx, box.x1 - x), (-dy, y - box.y0), (dy, box.y1 - y)):
        if step == 0:
            if room < 0:
                return 0.0
        elif step < 0:
            enter = max(enter, room / step)
        else:
            leave = min(leave, room / step)
    return max(leave - enter, 0.0) * math.hypot(dx, dy)


# What is drawn


def _draw(axes: Axes, plan: Plan, graph: nx.Graph[str], split: Split, aggregation: str) -> None:
    heading = {"size": canvas.HEADING, "weight": "bold", "color": canvas.SOFT}
    for number, (panel, bloc) in enumerate(zip(plan.panels, split.blocs, strict=True), start=1):
        shape = "round,pad=0,rounding_size=9"
        axes.add_patch(
            FancyBboxPatch(panel.min, panel.width, panel.height, boxstyle=shape, fc=canvas.GROUND, ec="none")
        )
        words = f"Bloc {number} · {quantity(len(bloc), 'actor', ',')}"
        axes.text(panel.x0 + 9, panel.y0 - 5, words, **heading)  # type: ignore[arg-type]
    if plan.apart is not None:
        number = sum(map(len, split.apart))
        words = f"Apart · {quantity(number, 'actor', ',')} without a tie to the blocs"
        axes.text(9, plan.apart, words, **heading)  # type: ignore[arg-type]
    _draw_ties(axes, plan, graph, split, aggregation)
    blocs = {iri for bloc in split.blocs for iri in bloc}
    looks: dict[tuple[str, bool], list[Node]] = defaultdict(list)
    for node in plan.nodes.values():
        plate = canvas.plate(canvas.GROUND if node.iri in blocs else canvas.PAPER)
        axes.text(*node.name_at, node.name, ha="center", va="center", bbox=plate)
        looks[node.shape, node.iri in split.found.either].append(node)
    for (shape, either), own in sorted(looks.items()):
        marker, side = MARKERS[shape]
        x, y = zip(*(node.at for node in own), strict=True)
        axes.scatter(
            x,
            y,
            s=[(side * node.radius) ** 2 for node in own],
            marker=marker,
            facecolor=canvas.PAPER if either else canvas.NODE,
            edgecolor=canvas.NODE if either else canvas.PAPER,
            linewidth=1.4 if either else 0.8,
            zorder=4,
            label=SHAPES[shape][0],
        )


def _draw_ties(axes: Axes, plan: Plan, graph: nx.Graph[str], split: Split, aggregation: str) -> None:
    ties = sorted(weighted(graph), key=lambda tie: (abs(tie[2]), tie))
    scale = max((abs(weight) for *_, weight in ties), default=1.0)
    covered = [box.padded(4) for node in plan.nodes.values() for box in (node.mark_box, node.name_box)]
    for sign in (1, -1):
        own = [tie for tie in ties if tie[2] * sign > 0]
        if not own:
            continue
        colour, dashes, name = _look(sign, aggregation)
        lines = LineCollection(
            [(plan.nodes[a].at, plan.nodes[b].at) for a, b, _ in own],
            colors=colour,
            linewidths=[_thickness(abs(weight) / scale, len(ties)) for *_, weight in own],
            linestyles=(0, dashes) if dashes else "solid",
            capstyle="butt" if dashes else "round",
            alpha=0.6,
            label=name,
            zorder=1,
        )
        axes.add_collection(lines, autolim=False)
        against = [
            _free(plan.nodes[a].at, plan.nodes[b].at, covered)
            for a, b, _ in own
            if frozenset((a, b)) in split.against
        ]
        if against:
            x, y = zip(*against, strict=True)
            axes.scatter(
                x,
                y,
                s=22,
                marker="D",
                facecolor=canvas.PAPER,
                edgecolor=colour,
                linewidth=1.1,
                zorder=2,
                label="against the split",
            )


def _thickness(share: float, number: int) -> float:
    """Points across of a tie with such a share of the strongest one's weight; where there are many, all are thin."""
    return 0.5 + min(2.7, 27 / math.sqrt(number)) * share


def _look(sign: int, aggregation: str) -> tuple[str, tuple[float, ...], str]:
    """Colour, dashes and name of the ties of one sign."""
    if aggregation == "ignore":
        return canvas.NEUTRAL, (), "speak of the same"
    return (canvas.POSITIVE, (), "agree") if sign > 0 else (canvas.NEGATIVE, DASHES, "disagree")


def _free(a: Point, b: Point, covered: Sequence[Bbox]) -> Point:
    """A place on a tie that no node and no name covers, the middle if it can be."""
    spots = [(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for t in ALONG]
    return next((spot for spot in spots if not any(box.contains(*spot) for box in covered)), spots[0])


def _keys(plan: Plan, graph: nx.Graph[str], split: Split, selection: Selection) -> list[list[Key]]:
    """The legend: ties of each sign and those against the split, shapes of actors, each with how many there are."""
    weights = [weight for *_, weight in weighted(graph)]
    of_ties: list[Key] = []
    for sign in (1, -1):
        colour, dashes, name = _look(sign, selection.method.aggregation)
        if number := sum(weight * sign > 0 for weight in weights):
            line = Line2D([], [], color=colour, lw=1.8, ls=(0, dashes) if dashes else "-", alpha=0.75)
            of_ties.append((line, f"{name} ({number:,})"))
    if split.against:
        diamond = Line2D([], [], ls="", marker="D", ms=4.7, mfc=canvas.PAPER, mec=canvas.NEUTRAL, mew=1.1)
        of_ties.append((diamond, f"against the split ({len(split.against):,})"))
    if weights:
        low, high = (f"{end:.2g}" for end in (min(map(abs, weights)), max(map(abs, weights))))
        widths = [_thickness(share, len(weights)) for share in (0.1, 0.5, 1.0)]
        lines = canvas.Beside(Line2D([], [], color=canvas.NEUTRAL, lw=width, alpha=0.75) for width in widths)
        of_ties.append((lines, f"strength, {low} to {high}" if low != high else f"strength {high}"))
    shapes = Counter(node.shape for node in plan.nodes.values())
    looks = {"ls": "", "mfc": canvas.NODE, "mec": canvas.PAPER, "mew": 0.8}
    of_actors: list[Key] = [
        (Line2D([], [], marker=marker, ms=4.2 * side, **looks), f"{SHAPES[shape][0]} ({shapes[shape]:,})")  # type: ignore[arg-type]
        for shape, (marker, side) in MARKERS.items()
        if selection.kinds and shapes[shape]
    ]
    if split.found.either:
        hollow = Line2D([], [], ls="", marker="o", ms=8.4, mfc=canvas.PAPER, mec=canvas.NODE, mew=1.4)
        of_actors.append((hollow, f"fits either bloc ({len(split.found.either):,})"))
    return [of_ties, of_actors]


def _notes(selection: Selection, whole: nx.Graph[str], drawn: nx.Graph[str], split: Split) -> list[str]:
    """The caption: what a tie is, how the blocs were found, what is not drawn, and where it all comes from."""
    method = selection.method
    tie = f"Tie: {method.weighed}."
    found = ""
    if split.against or len(split.blocs) > 1:
        least = "the least possible" if split.found.exact else "the least found"
        found = (
            f"Blocs: the split in two with the least weight of ties against it, "
            f"{split.found.index:.2f} of {split.total:.2f} ({least})."
        )
    alone = [iri for iri in whole if split.blocs and not whole.degree(iri)]
    names = sorted(selection.label(Named(iri, whole.nodes[iri]["label"])) for iri in alone)
    none = "" if split.blocs else "There are no ties: nobody takes a stance on what another does."
    missing = ", ".join(names) if len(names) <= NAMED else quantity(len(names), "actor", ",")
    missing = f"Not drawn, without a tie: {missing}." if names else ""
    left = len(set(whole) - set(drawn) - set(alone))
    fewer = whole.number_of_edges() - drawn.number_of_edges()
    weak = f"{quantity(left, 'actor', ',')} and {quantity(fewer, 'tie', ',')}"
    cut = f"Left out, the weakest: {weak}; the blocs are of those drawn." if left or fewer else ""
    counted = canvas.sentences(whole.graph["notes"])
    return [
        f"{tie} {found}",
        f"Size of a mark: statements. {none}{missing} {cut}",
        canvas.clean(f"{selection.caption()} {counted}"),
    ]
