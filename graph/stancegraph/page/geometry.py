"""How a node of pyvis's own network is drawn and where: its shape says its kind, its label is wrapped."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final, TypedDict

from stancegraph import layout
from stancegraph.vocabulary import SHAPE_OF

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stancegraph.page.content import Entity

    Pair = tuple[int, int]
    Curve = dict[str, object] | bool

LETTER: Final = 0.52
"""Mean width of a letter of a sans-serif face, in ems."""


Line = TypedDict("Line", {"id": int, "from": int, "to": int, "sign": int})
"""A line between two entities."""


class Node(TypedDict):
    """A node as drawn."""

    id: int
    label: str
    shape: str
    size: int
    font: dict[str, int]


def wrap(text: str, width: int, lines: int) -> str:
    """The text on at most `lines` lines of about `width` letters, cut with an ellipsis; too long a word is hyphenated.

    >>> wrap("Iraq should stay out of the conflict in Syria.", 18, 2)
    'Iraq should stay\\nout of the…'
    >>> wrap("State Administration Coalition", 12, 3)
    'State\\nAdministrat-\\nion…'
    """
    rows = [""]
    words = [part for word in text.split() for part in _hyphenate(word, width)]
    for word in words:
        longer = f"{rows[-1]} {word}".strip()
        if count_letters(longer) <= width or not rows[-1]:
            rows[-1] = longer
        elif len(rows) == lines:
            rows[-1] = (rows[-1][:-1] if count_letters(rows[-1]) >= width else rows[-1]) + "…"
            break
        else:
            rows.append(word)
    return "\n".join(rows)


def _hyphenate(word: str, width: int) -> list[str]:
    if len(word) <= width:
        return [word]
    each = max(width - 1, 1)
    parts = [word[at : at + each] for at in range(0, len(word), each)]
    return [f"{part}-" for part in parts[:-1]] + parts[-1:]


def count_letters(text: str) -> int:
    """How many letters wide a text is: East Asian ones count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def shape_nodes(entities: Sequence[Entity], ties: Iterable[Line]) -> list[Node]:
    """The nodes as drawn: shape says the kind, size its ties."""
    met = Counter(end for tie in ties for end in {tie["from"], tie["to"]})
    drawn: list[Node] = []
    for i, entity in enumerate(entities):
        shape = SHAPE_OF.get(entity["kind"], "hexagon")
        plain = shape == "box"
        font = 13 if plain else 13 + min(4, met[i] // 3)
        size = round(6 + 2.2 * math.sqrt(met[i]))
        label = wrap(entity["label"], 23, 4) if plain else wrap(entity["label"], 20, 2)
        drawn.append({"id": i, "label": label, "shape": shape, "size": size, "font": {"size": font}})
    return drawn


def curve(bend: float) -> Curve:
    """How a line bends aside, given how many places it stands from the middle of its pair's lines."""
    if not bend:
        return False
    kind = "curvedCW" if bend > 0 else "curvedCCW"
    return {"enabled": True, "type": kind, "roundness": round(min(0.3 * abs(bend), 0.9), 2)}


def place(nodes: Sequence[Node], lines: Sequence[Line]) -> list[Pair]:
    """Places of the nodes: of two with a line far apart where it is negative."""
    pairs = [_pair(line) for line in lines]
    near = {_pair(line) for line in lines if line["sign"] >= 0}
    return layout.positions([_box(node) for node in nodes], pairs, far={*pairs} - near)


def _box(node: Node) -> layout.Box:
    """The rectangle of a node with its label: around it where the label stands inside, else below it."""
    font, size = node["font"]["size"], 0 if node["shape"] == "box" else node["size"]
    rows = node["label"].split("\n")
    half = max(count_letters(row) for row in rows) * font * LETTER / 2
    high = len(rows) * font * 1.05
    if not size:
        return layout.Box(half + 7, high / 2 + 5, high / 2 + 5)
    return layout.Box(max(half, size), size, size + high + 6)


def _pair(line: Line) -> Pair:
    return (min(line["from"], line["to"]), max(line["from"], line["to"]))
