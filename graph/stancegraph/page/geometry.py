"""How each node is drawn and where: its shape says its kind, its label is wrapped, its place never moves by itself."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final, TypedDict

from stancegraph import layout
from stancegraph.vocabulary import SHAPE_OF, SHAPES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from stancegraph.page.agreement import Agreement
    from stancegraph.page.content import Entity

    Pair = tuple[int, int]
    Curve = dict[str, object] | bool
    Places = list[Pair | None]
    Rectangle = tuple[int, int, int, int]

LETTER: Final = 0.52
"""Mean width of a letter of a sans-serif face, in ems."""
MARGIN, HEAD, BETWEEN = 26, 30, 48
"""Around the members of a bloc, above them for its name, and between two blocs."""
WIDER: Final = 1.5


Line = TypedDict("Line", {"id": int, "from": int, "to": int, "sign": int, "first": bool})
"""A line between two entities; `first` whether it is drawn at first sight."""


class Node(TypedDict):
    """A node as drawn."""

    id: int
    label: str
    shape: str
    size: int
    font: dict[str, int]


class Region(TypedDict):
    """The place of a bloc (None: of those in none): left, top, width and height, and how many stand in it."""

    bloc: int | None
    box: Rectangle
    actors: int


class Positions(TypedDict, total=False):
    """View → x and y of each node (None where it is not in the view); `regions` are the places of the blocs."""

    stances: Places
    all: Places
    agreement: Places
    blocs: Places
    regions: list[Region]


def wrap(text: str, width: int, lines: int) -> str:
    """The text on at most `lines` lines of about `width` letters, cut with an ellipsis.

    >>> wrap("Iraq should stay out of the conflict in Syria.", 18, 2)
    'Iraq should stay\\nout of the…'
    """
    rows = [""]
    words = [word[at : at + width] for word in text.split() for at in range(0, len(word), width)]
    for word in words:
        longer = f"{rows[-1]} {word}".strip()
        if _letters(longer) <= width or not rows[-1]:
            rows[-1] = longer
        elif len(rows) == lines:
            rows[-1] = (rows[-1][:-1] if _letters(rows[-1]) >= width else rows[-1]) + "…"
            break
        else:
            rows.append(word)
    return "\n".join(rows)


def _letters(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def shape_nodes(entities: Sequence[Entity], ties: Iterable[Line]) -> list[Node]:
    """The nodes as drawn: shape says the kind, size the ties at first sight."""
    met = Counter(end for tie in ties if tie["first"] for end in {tie["from"], tie["to"]})
    drawn: list[Node] = []
    for i, entity in enumerate(entities):
        shape = SHAPE_OF.get(entity["kind"], "hexagon")
        plain = shape == "box"
        font = 13 if plain else 13 + min(4, met[i] // 3)
        size = round(6 + 2.2 * math.sqrt(met[i]))
        label = wrap(entity["label"], 23, 4) if plain else wrap(entity["label"], 20, 2)
        drawn.append({"id": i, "label": label, "shape": shape, "size": size, "font": {"size": font}})
    return drawn


def count_shapes(entities: Iterable[Entity]) -> list[tuple[str, str, int]]:
    """Shape, its name, how many nodes have it; shapes nobody has are left out."""
    shown = Counter(SHAPE_OF.get(entity["kind"], "hexagon") for entity in entities)
    return [(shape, name, shown[shape]) for shape, (name, _) in SHAPES.items() if shown[shape]]


def curve(bend: float) -> Curve:
    """How a line bends aside, given how many places it stands from the middle of its pair's lines."""
    if not bend:
        return False
    kind = "curvedCW" if bend > 0 else "curvedCCW"
    return {"enabled": True, "type": kind, "roundness": round(min(0.3 * abs(bend), 0.9), 2)}


def place_views(
    nodes: Sequence[Node], entities: Sequence[Entity], ties: Sequence[Line], agreement: Agreement
) -> Positions:
    """The places of each view; `all` only where not everything is shown at first sight."""
    chosen = [i for i, entity in enumerate(entities) if entity["first"]]
    placed: Positions = {"stances": place(nodes, [tie for tie in ties if tie["first"]], chosen)}
    if len(chosen) < len(entities):
        placed["all"] = place(nodes, ties)
    if agreement.ties:
        strongest = [tie for tie in agreement.ties if tie["first"]]
        tied = sorted({end for tie in agreement.ties for end in (tie["from"], tie["to"])})
        placed["agreement"] = place(nodes, strongest, tied)
        placed["blocs"], placed["regions"] = _place_blocs(nodes, entities, strongest, tied, agreement)
    return placed


def place(nodes: Sequence[Node], lines: Sequence[Line], chosen: Sequence[int] | None = None) -> Places:
    """Places of the chosen nodes (of all), None for the others: of two with a line far apart where it is negative."""
    near = {_pair(line) for line in lines if line["sign"] >= 0}
    pairs = [_pair(line) for line in lines]
    return _place(nodes, range(len(nodes)) if chosen is None else chosen, pairs, {*pairs} - near)


def _place(
    nodes: Sequence[Node], chosen: Sequence[int], pairs: Iterable[Pair], far: Collection[Pair]
) -> Places:
    index = {node: i for i, node in enumerate(chosen)}
    own = [(index[a], index[b]) for a, b in pairs if a in index and b in index]
    apart = {(index[a], index[b]) for a, b in far if a in index and b in index}
    at: Places = [None] * len(nodes)
    for i, spot in zip(
        chosen, layout.positions([_box(nodes[i]) for i in chosen], own, far=apart), strict=True
    ):
        at[i] = spot
    return at


def _box(node: Node) -> layout.Box:
    """The rectangle of a node with its label: around it where the label stands inside, else below it."""
    font, size = node["font"]["size"], 0 if node["shape"] == "box" else node["size"]
    rows = node["label"].split("\n")
    half = max(_letters(row) for row in rows) * font * LETTER / 2
    high = len(rows) * font * 1.05
    if not size:
        return layout.Box(half + 7, high / 2 + 5, high / 2 + 5)
    return layout.Box(max(half, size), size, size + high + 6)


def _pair(line: Line) -> Pair:
    return (min(line["from"], line["to"]), max(line["from"], line["to"]))


def _place_blocs(
    nodes: Sequence[Node],
    entities: Sequence[Entity],
    lines: Sequence[Line],
    tied: Sequence[int],
    agreement: Agreement,
) -> tuple[Places, list[Region]]:
    """Each bloc laid out alone, the blocs side by side; those of no bloc have a place of their own."""
    ends = set(tied)
    groups: list[tuple[int | None, list[int]]] = [
        (bloc["id"], [i for i in bloc["members"] if i in ends]) for bloc in agreement.blocs
    ]
    groups.append((None, [i for i in tied if entities[i]["bloc"] is None]))
    groups = [(bloc, members) for bloc, members in groups if members]
    pairs = [_pair(line) for line in lines if line["sign"] > 0]
    local: Places = [None] * len(nodes)
    sizes = []
    for bloc, members in groups:
        own = [] if bloc is None else [pair for pair in pairs if {*members}.issuperset(pair)]
        spots = _place(nodes, members, own, ())
        for i in members:
            local[i] = spots[i]
        wide, high = layout.extent([_box(nodes[i]) for i in members], [spots[i] or (0, 0) for i in members])
        sizes.append((wide + 2 * MARGIN, high + 2 * MARGIN + HEAD))
    at: Places = [None] * len(nodes)
    regions: list[Region] = []
    for (bloc, members), (wide, high), (x, y) in zip(groups, sizes, _pack(sizes), strict=True):
        for i in members:
            dx, dy = local[i] or (0, 0)
            at[i] = (x + wide // 2 + dx, y + (high + HEAD) // 2 + dy)
        regions.append({"bloc": bloc, "box": (x, y, wide, high), "actors": len(members)})
    return at, regions


def _pack(sizes: Iterable[Pair]) -> list[Pair]:
    """Left and top of each block: each beside or below one before it, where the whole stays smallest."""
    taken: list[Rectangle] = []
    for wide, high in sizes:
        spots = [(x + w + BETWEEN, y) for x, y, w, _ in taken] + [
            (x, y + h + BETWEEN) for x, y, _, h in taken
        ]
        free = [
            spot for spot in spots or [(0, 0)] if not any(_meet((*spot, wide, high), box) for box in taken)
        ]
        right, bottom = _ends(taken)
        *_, x, y = min((max(max(right, x + wide) / WIDER, bottom, y + high), x + y, x, y) for x, y in free)
        taken.append((x, y, wide, high))
    right, bottom = _ends(taken)
    return [(x - right // 2, y - bottom // 2) for x, y, *_ in taken]


def _ends(boxes: Collection[Rectangle]) -> Pair:
    """The right and the lower end of all boxes."""
    return max((x + w for x, _, w, _ in boxes), default=0), max((y + h for _, y, _, h in boxes), default=0)


def _meet(a: Rectangle, b: Rectangle) -> bool:
    """Whether two blocks (left, top, width, height) are nearer than blocs may be."""
    return all(a[i] < b[i] + b[i + 2] + BETWEEN and b[i] < a[i] + a[i + 2] + BETWEEN for i in (0, 1))
