"""The picture of a network drawn: panels, ties, nodes and names, and the legend that explains them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final

from stancegraph.plot import style, subject
from stancegraph.plot.blocs import weighted
from stancegraph.plot.frame import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import networkx as nx

    from stancegraph.plot.blocs import Blocs
    from stancegraph.plot.places import Node, Plan
    from stancegraph.plot.sheet import Sheet

DASHES: Final = (3.2, 1.8)
SHAPES: Final = {
    "dot": ("o", 2.0, "person"),
    "square": ("s", 1.77, "state or government"),
    "triangle": ("^", 2.2, "armed group"),
    "diamond": ("D", 1.62, "party, outlet or monitor"),
    "hexagon": ("H", 2.05, "community, unnamed or other"),
}
"""Shape → matplotlib's marker, its side for a radius of 1, and its name in the legend."""
KINDS: Final = {
    "dot": ("politician", "cleric", "officer", "official", "journalist", "analyst"),
    "square": ("state", "government", "government body"),
    "triangle": ("armed group",),
    "diamond": ("political party or coalition", "media outlet", "monitor or rights group"),
}
"""Shape → the kinds of actor drawn so, as on the page; a kind not listed is a hexagon."""
SHAPE_OF: Final = {kind: shape for shape, kinds in KINDS.items() for kind in kinds}


def draw(sheet: Sheet, plan: Plan, graph: nx.Graph[str], split: Blocs, aggregation: str) -> None:
    """Draws a planned network on the sheet."""
    for number, (panel, bloc) in enumerate(zip(plan.panels, split.sides, strict=True), start=1):
        left, top, right, foot = panel
        sheet.box((left, top), right - left, foot - top, round=9)
        words = f"Bloc {number} · {subject.counted(len(bloc), 'actor')}"
        sheet.text((left + 9, top - 5), words, size=style.HEADING, bold=True, colour=style.SOFT)
    if plan.apart:
        x, y = plan.apart
        number = sum(map(len, split.apart))
        words = f"Apart · {subject.counted(number, 'actor')} without a tie to the blocs"
        sheet.text((x + 9, y), words, size=style.HEADING, bold=True, colour=style.SOFT)
    _draw_ties(sheet, plan, graph, split, aggregation)
    blocs = {iri for bloc in split.sides for iri in bloc}
    for node in plan.nodes.values():
        ground = style.GROUND if node.iri in blocs else style.PAPER
        sheet.text(_middle(node.name), node.words, across="center", up="center", halo=ground)
    _draw_nodes(sheet, plan.nodes.values(), split.either)


def _draw_ties(sheet: Sheet, plan: Plan, graph: nx.Graph[str], split: Blocs, aggregation: str) -> None:
    ties = sorted(weighted(graph), key=lambda tie: (abs(tie[2]), tie))
    scale = max((abs(w) for *_, w in ties), default=1.0)
    for sign in (1, -1):
        own = [(a, b, w) for a, b, w in ties if w * sign > 0]
        colour, dashes, name = look(sign, aggregation)
        segments = [[plan.nodes[a].at, plan.nodes[b].at] for a, b, _ in own]
        widths = [thickness(abs(w) / scale, len(ties)) for *_, w in own]
        if own:
            sheet.lines(segments, colour, widths, dashes=dashes, opaque=0.6, name=name, level=1)
        against = [
            line for line, (a, b, _) in zip(segments, own, strict=True) if frozenset((a, b)) in split.against
        ]
        marked = [_free(line, plan.nodes.values()) for line in against]
        if marked:
            _diamonds(sheet, marked, colour)


def thickness(share: float, number: int) -> float:
    """Points across of a tie with such a share of the strongest one's weight; where there are many, all are thin."""
    return 0.5 + min(2.7, 27 / math.sqrt(number)) * share


def look(sign: int, aggregation: str) -> tuple[str, tuple[float, ...], str]:
    """Colour, dashes and name of the ties of one sign."""
    if aggregation == "ignore":
        return style.NEUTRAL, (), "speak of the same"
    return (style.POSITIVE, (), "agree") if sign > 0 else (style.NEGATIVE, DASHES, "disagree")


def _free(line: Sequence[tuple[float, float]], nodes: Iterable[Node]) -> tuple[float, float]:
    """A place on a tie that no node and no name covers, the middle if it can be."""
    (x, y), (x1, y1) = line
    boxes = [box for node in nodes for box in (node.disc, node.name)]
    spots = [
        (x + t * (x1 - x), y + t * (y1 - y)) for t in (0.5, 0.44, 0.56, 0.38, 0.62, 0.3, 0.7, 0.22, 0.78)
    ]
    clear = (
        s for s in spots if not any(b[0] - 4 < s[0] < b[2] + 4 and b[1] - 4 < s[1] < b[3] + 4 for b in boxes)
    )
    return next(clear, spots[0])


def _diamonds(sheet: Sheet, places: Sequence[tuple[float, float]], colour: str) -> None:
    x, y = zip(*places, strict=True)
    drawn = sheet.axes.scatter(
        x, y, s=22, marker="D", facecolor=style.PAPER, edgecolor=colour, linewidth=1.1, zorder=2
    )
    drawn.set_label("against the split")


def _draw_nodes(sheet: Sheet, nodes: Iterable[Node], either: frozenset[str]) -> None:
    looks: dict[tuple[str, bool], list[Node]] = defaultdict(list)
    for node in nodes:
        looks[node.shape, node.iri in either].append(node)
    for (shape, hollow), own in sorted(looks.items()):
        _mark(sheet, [node.at for node in own], [node.radius for node in own], shape, hollow=hollow)


def _mark(
    sheet: Sheet, places: Sequence[tuple[float, float]], radii: Sequence[float], shape: str, *, hollow: bool
) -> None:
    marker, side, name = SHAPES[shape]
    x, y = zip(*places, strict=True)
    drawn = sheet.axes.scatter(
        x,
        y,
        s=[(side * radius) ** 2 for radius in radii],
        marker=marker,
        facecolor=style.PAPER if hollow else style.NODE,
        edgecolor=style.NODE if hollow else style.PAPER,
        linewidth=1.4 if hollow else 0.8,
        zorder=3,
    )
    drawn.set_label(name)


def _middle(box: tuple[float, float, float, float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def keys(plan: Plan, graph: nx.Graph[str], split: Blocs, aggregation: str, *, kinds: bool) -> list[list[Key]]:
    """The legend: ties of each sign and those against the split, shapes of actors, each with how many there are."""
    weights = [weight for _, _, weight in weighted(graph)]
    of_ties = []
    for sign in (1, -1):
        colour, dashes, name = look(sign, aggregation)
        if number := sum(weight * sign > 0 for weight in weights):
            of_ties.append(
                Key(partial(_sample_tie, colour=colour, dashes=dashes), 24, f"{name} ({number:,})")
            )
    if split.against:
        of_ties.append(Key(_sample_against, 10, f"against the split ({len(split.against):,})"))
    if weights:
        low, high = (f"{end:.2g}" for end in (min(map(abs, weights)), max(map(abs, weights))))
        words = f"strength, {low} to {high}" if low != high else f"strength {high}"
        of_ties.append(Key(partial(_sample_strength, number=len(weights)), 24, words))
    shapes = Counter(node.shape for node in plan.nodes.values())
    of_actors = [
        Key(partial(_sample_shape, shape=shape), 10, f"{name} ({shapes[shape]:,})")
        for shape, (*_, name) in SHAPES.items()
        if kinds and shapes[shape]
    ]
    if split.either:
        of_actors.append(
            Key(partial(_sample_shape, hollow=True), 10, f"fits either bloc ({len(split.either):,})")
        )
    return [of_ties, of_actors]


def _sample_tie(sheet: Sheet, x: float, y: float, *, colour: str, dashes: tuple[float, ...]) -> None:
    sheet.lines([[(x - 12, y), (x + 12, y)]], colour, 1.8, dashes=dashes, opaque=0.75)


def _sample_strength(sheet: Sheet, x: float, y: float, *, number: int) -> None:
    for i, share in enumerate((0.1, 0.5, 1.0)):
        left = x - 11 + i * 8
        sheet.lines([[(left, y), (left + 5, y)]], style.NEUTRAL, thickness(share, number), opaque=0.75)


def _sample_against(sheet: Sheet, x: float, y: float) -> None:
    _diamonds(sheet, [(x, y)], style.NEUTRAL)


def _sample_shape(sheet: Sheet, x: float, y: float, *, shape: str = "dot", hollow: bool = False) -> None:
    _mark(sheet, [(x, y)], [4.2], shape, hollow=hollow)
