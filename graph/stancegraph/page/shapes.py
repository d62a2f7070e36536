"""How each thing is drawn: its shape says its kind, its label is wrapped, its box is what it covers."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from stancegraph import layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    Row = dict[str, Any]

SHAPES: Final = {
    "dot": ("person", ("politician", "cleric", "officer", "official", "journalist", "analyst")),
    "square": ("state or government", ("state", "government", "government body")),
    "triangle": ("armed group", ("armed group",)),
    "diamond": (
        "party, outlet or monitor",
        ("political party or coalition", "media outlet", "monitor or rights group"),
    ),
    "hexagon": ("community, unnamed or other", ()),
    "box": ("proposition", ("proposition",)),
}
"""Shape → its name in the legend and the kinds drawn so; a kind not listed is a hexagon."""
SHAPE_OF: Final = {kind: shape for shape, (_, kinds) in SHAPES.items() for kind in kinds}

_LETTER = 0.52
"""Mean width of a letter of a sans-serif face, in ems."""


def wrapped(text: str, width: int, lines: int) -> str:
    """The text on at most `lines` lines of about `width` letters, cut with an ellipsis.

    >>> wrapped("Iraq should stay out of the conflict in Syria.", 18, 2)
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


def nodes(things: list[Row], ties: list[Row]) -> list[Row]:
    """The nodes as drawn: shape says the kind, size the ties at first sight."""
    met = Counter(end for tie in ties if tie["first"] for end in {tie["from"], tie["to"]})
    drawn = []
    for i, thing in enumerate(things):
        shape = SHAPE_OF.get(thing["kind"], "hexagon")
        plain = shape == "box"
        font = 13 if plain else 13 + min(4, met[i] // 3)
        size = round(6 + 2.2 * math.sqrt(met[i]))
        label = wrapped(thing["label"], 23, 4) if plain else wrapped(thing["label"], 20, 2)
        drawn.append({"id": i, "label": label, "shape": shape, "size": size, "font": {"size": font}})
    return drawn


def smooth(bend: float) -> bool | Row:
    """How a line bends aside, given how many places it stands from the middle of its pair's lines."""
    if not bend:
        return False
    kind = "curvedCW" if bend > 0 else "curvedCCW"
    return {"enabled": True, "type": kind, "roundness": round(min(0.3 * abs(bend), 0.9), 2)}


def box(node: Row) -> layout.Box:
    """The rectangle of a node with its label: around it where the label stands inside, else below it."""
    font, size = node["font"]["size"], 0 if node["shape"] == "box" else node["size"]
    rows = node["label"].split("\n")
    half = max(_letters(row) for row in rows) * font * _LETTER / 2
    high = len(rows) * font * 1.05
    if not size:
        return layout.Box(half + 7, high / 2 + 5, high / 2 + 5)
    return layout.Box(max(half, size), size, size + high + 6)


def counted(things: Iterable[Row]) -> list[tuple[str, str, int]]:
    """Shape, its name, how many nodes have it; shapes nobody has are left out."""
    shown = Counter(SHAPE_OF.get(thing["kind"], "hexagon") for thing in things)
    return [(shape, name, shown[shape]) for shape, (name, _) in SHAPES.items() if shown[shape]]
