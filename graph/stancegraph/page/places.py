"""Where things are drawn in each view: whole numbers, computed once, so that the page never moves by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stancegraph import layout
from stancegraph.page import shapes

if TYPE_CHECKING:
    from stancegraph.page.standing import Standing

    Row = dict[str, Any]
    Pairs = list[tuple[int, int]]

MARGIN, HEAD, BETWEEN = 26, 30, 48
"""Around the members of a bloc, above them for its name, and between two blocs."""
WIDER: Final = 1.5


def of(nodes: list[Row], things: list[Row], ties: list[Row], standing: Standing) -> Row:
    """View → x and y of each node (None where it is not in the view); `regions` are the places of the blocs."""
    placed: Row = {"stances": _by_stances(nodes, things, ties, first=True)}
    if not all(thing["first"] for thing in things):
        placed["all"] = _by_stances(nodes, things, ties, first=False)
    if standing.ties:
        placed["agreement"] = _by_agreement(nodes, standing)
        placed["blocs"], placed["regions"] = _by_bloc(nodes, things, standing)
    return placed


def _by_stances(nodes: list[Row], things: list[Row], ties: list[Row], *, first: bool) -> list[Any]:
    """Who supports a thing stands near it, who only opposes it far; at first sight those shown then alone."""
    chosen = [i for i in range(len(nodes)) if things[i]["first"] or not first]
    kept = [tie for tie in ties if tie["first"] or not first]
    near = {_pair(tie) for tie in kept if tie["sign"] >= 0}
    return _placed(nodes, chosen, [_pair(tie) for tie in kept], {_pair(tie) for tie in kept} - near)


def _by_agreement(nodes: list[Row], standing: Standing) -> list[Any]:
    kept = [tie for tie in standing.ties if tie["first"]]
    chosen = sorted({end for tie in standing.ties for end in (tie["from"], tie["to"])})
    far = {_pair(tie) for tie in kept if tie["sign"] < 0}
    return _placed(nodes, chosen, [_pair(tie) for tie in kept], far)


def _by_bloc(nodes: list[Row], things: list[Row], standing: Standing) -> tuple[list[Any], list[Row]]:
    """Each bloc laid out alone, the blocs side by side; those of no bloc have a place of their own."""
    at: list[Any] = [None] * len(nodes)
    ends = {end for tie in standing.ties for end in (tie["from"], tie["to"])}
    groups = [[i for i in bloc["members"] if i in ends] for bloc in standing.blocs]
    alone = sorted(i for i in ends if things[i]["bloc"] is None)
    inner = [_pair(tie) for tie in standing.ties if tie["first"] and tie["sign"] > 0]
    blocks = []
    for i, members in enumerate([*groups, alone]):
        if not members:
            continue
        number = i if i < len(groups) else None
        inside = set(members)
        own = [] if number is None else [pair for pair in inner if inside.issuperset(pair)]
        local = _placed(nodes, members, own, set())
        boxes = [shapes.box(nodes[i]) for i in members]
        wide, high = layout.extent(boxes, [local[i] for i in members])
        size = (wide + 2 * MARGIN, high + 2 * MARGIN + HEAD)
        blocks.append((number, members, local, size))
    regions = []
    for (number, members, local, (wide, high)), (x, y) in zip(
        blocks, _packed([block[3] for block in blocks]), strict=True
    ):
        for i in members:
            at[i] = [x + wide // 2 + local[i][0], y + (high + HEAD) // 2 + local[i][1]]
        regions.append({"bloc": number, "box": [x, y, wide, high], "actors": len(members)})
    return at, regions


def _packed(sizes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Left and top of each block: each beside or below one before it, where the whole stays smallest."""
    taken: list[tuple[int, int, int, int]] = []
    for wide, high in sizes:
        spots = [(x + w + BETWEEN, y) for x, y, w, _ in taken] + [
            (x, y + h + BETWEEN) for x, y, _, h in taken
        ]
        free = [
            spot for spot in spots or [(0, 0)] if not any(_meet((*spot, wide, high), box) for box in taken)
        ]
        right, bottom = (max((box[i] + box[i + 2] for box in taken), default=0) for i in (0, 1))
        ranked = [(max(max(right, x + wide) / WIDER, bottom, y + high), x + y, x, y) for x, y in free]
        taken.append((*min(ranked)[2:], wide, high))
    right, bottom = (max((box[i] + box[i + 2] for box in taken), default=0) for i in (0, 1))
    return [(x - right // 2, y - bottom // 2) for x, y, *_ in taken]


def _meet(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    """Whether two blocks (left, top, width, height) are nearer than blocs may be."""
    return all(a[i] < b[i] + b[i + 2] + BETWEEN and b[i] < a[i] + a[i + 2] + BETWEEN for i in (0, 1))


def _placed(nodes: list[Row], chosen: list[int], pairs: Pairs, far: set[tuple[int, int]]) -> list[Any]:
    """Places of the chosen nodes; None for the others."""
    index = {node: i for i, node in enumerate(chosen)}
    own = [(index[a], index[b]) for a, b in pairs if a in index and b in index]
    apart = {(index[a], index[b]) for a, b in far if a in index and b in index}
    places = layout.positions([shapes.box(nodes[i]) for i in chosen], own, far=apart)
    at: list[Any] = [None] * len(nodes)
    for i, place in zip(chosen, places, strict=True):
        at[i] = list(place)
    return at


def _pair(tie: Row) -> tuple[int, int]:
    return (min(tie["from"], tie["to"]), max(tie["from"], tie["to"]))
