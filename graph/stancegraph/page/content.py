"""What the page says: the stance graph as plain JSON values, cleaned, sorted, and with every tie drawn once.

Nodes, ties and documents are numbered, so no IRI and no label serves the drawing library as a key.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from stancegraph import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import networkx as nx

    Row = dict[str, Any]

LABEL: Final = 300
"""A longer label is cut: it names a thing, and is repeated wherever the thing is."""
SIGNS: Final = {1: "supports", -1: "opposes", 0: "neutral"}
DASHES: Final[dict[int, bool | list[int]]] = {1: False, -1: [9, 6], 0: [2, 5]}
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

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LETTER = 0.52
"""Mean width of a letter of a sans-serif face, in ems."""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the template and the script read; `nodes` and `edges` go to the drawing library as they are."""

    nodes: list[Row]
    edges: list[Row]
    extent: tuple[int, int]
    things: list[Row]
    stances: list[Row]
    documents: list[Row]
    signs: list[tuple[str, int]]
    shapes: list[tuple[str, str, int]]
    statements: int
    days: tuple[str, str] | None

    @property
    def actors(self) -> int:
        return sum(shown for shape, _, shown in self.shapes if shape != "box")


def told(graph: nx.MultiDiGraph[str]) -> Content:
    """The graph of `network.stances`, told as rows; the same graph gives the same rows in the same order."""
    order = sorted(graph.nodes)
    number = {iri: i for i, iri in enumerate(order)}
    edges = sorted(graph.edges(keys=True, data=True), key=lambda edge: (edge[0], edge[1], str(edge[2])))
    documents: dict[str, Row] = {}
    for _, _, _, data in edges:
        for report in data["reports"]:
            documents.setdefault(str(report["document"]), _document(report))
    place = {iri: i for i, iri in enumerate(sorted(documents))}
    stances = [_stance(number[a], number[b], str(key), data, place) for a, b, key, data in edges]
    ties = _ties(stances)
    things = [_thing(iri, graph.nodes[iri]) for iri in order]
    nodes, extent = _nodes(things, ties)
    days = [day for stance in stances for day in stance["day"].split("/") if day]
    return Content(
        nodes=nodes,
        edges=ties,
        extent=extent,
        things=things,
        stances=stances,
        documents=[documents[iri] for iri in place],
        signs=[(name, sum(s["sign"] == sign for s in stances)) for sign, name in SIGNS.items()],
        shapes=_shapes(things),
        statements=len({stance["iri"] for stance in stances}),
        days=(min(days), max(days)) if days else None,
    )


def clean(text: object) -> str:
    """The text with what no page can hold (control characters, lone surrogates) shown as U+FFFD.

    >>> clean("a" + chr(0) + "b")
    'a\ufffdb'
    """
    return _UNPRINTABLE.sub("\ufffd", str(text))


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


def _thing(iri: str, data: Mapping[str, Any]) -> Row:
    label = clean(data["label"])
    arabic = data.get("label_ar")
    return {
        "iri": clean(iri),
        "label": label if len(label) <= LABEL else label[:LABEL] + "…",
        "arabic": clean(arabic)[:LABEL] if arabic else None,
        "kind": clean(data.get("kind") or "other"),
    }


def _document(report: Mapping[str, Any]) -> Row:
    return {name: _text(report.get(name)) for name in ("title", "publisher", "issued", "url")}


def _stance(speaker: int, target: int, iri: str, data: Mapping[str, Any], place: Mapping[str, int]) -> Row:
    return {
        "iri": clean(iri),
        "speaker": speaker,
        "target": target,
        "sign": int(data["polarity"]),
        "gist": _text(data.get("gist")),
        "quotes": [clean(quote) for quote in data["quotes"]],
        "day": clean(data["date"]),
        "act": _text(data.get("act")),
        "medium": _text(data.get("medium")),
        "basis": clean(data["basis"]),
        "confidence": float(data["confidence"]),
        "documents": sorted({place[str(report["document"])] for report in data["reports"]}),
    }


def _text(value: object) -> str | None:
    return clean(value) if value else None


def _ties(stances: list[Row]) -> list[Row]:
    """One drawn line per speaker, target and sign; each stance learns the number of its tie."""
    rows: dict[tuple[int, int, int], list[Row]] = {}
    for stance in stances:
        rows.setdefault((stance["speaker"], stance["target"], -stance["sign"]), []).append(stance)
    beside = Counter(frozenset(key[:2]) for key in rows)
    seen: Counter[frozenset[int]] = Counter()
    ties = []
    for i, (a, b, sign) in enumerate(sorted(rows)):
        same = rows[a, b, sign]
        for stance in same:
            stance["tie"] = i
        pair = frozenset((a, b))
        seen[pair] += 1
        # Lines of one pair fan out; a line the other way bends to its own other side.
        bend = (seen[pair] - (beside[pair] + 1) / 2) * (1 if a < b else -1)
        ties.append(
            {
                "id": i,
                "from": a,
                "to": b,
                "sign": -sign,
                "dashes": DASHES[-sign],
                "width": _width(len({document for stance in same for document in stance["documents"]})),
                "smooth": _smooth(bend if a != b else 0),
            }
        )
    return ties


def _width(documents: int) -> float:
    return min(1.4 + 1.3 * (max(documents, 1) - 1), 8.0)


def _smooth(bend: float) -> bool | Row:
    if not bend:
        return False
    kind = "curvedCW" if bend > 0 else "curvedCCW"
    return {"enabled": True, "type": kind, "roundness": round(min(0.3 * abs(bend), 0.9), 2)}


def _nodes(things: list[Row], ties: list[Row]) -> tuple[list[Row], tuple[int, int]]:
    """The nodes as drawn (shape says the kind, size the ties, the place is settled), and how much room they take."""
    met = Counter(end for tie in ties for end in {tie["from"], tie["to"]})
    nodes, boxes = [], []
    for i, thing in enumerate(things):
        shape = SHAPE_OF.get(thing["kind"], "hexagon")
        plain = shape == "box"
        font = 13 if plain else 13 + min(4, met[i] // 3)
        size = round(6 + 2.2 * math.sqrt(met[i]))
        label = wrapped(thing["label"], 23, 4) if plain else wrapped(thing["label"], 20, 2)
        nodes.append({"id": i, "label": label, "shape": shape, "size": size, "font": {"size": font}})
        boxes.append(_box(label, font, 0 if plain else size))
    places = layout.positions(boxes, [(tie["from"], tie["to"]) for tie in ties])
    placed = [node | {"x": x, "y": y} for node, (x, y) in zip(nodes, places, strict=True)]
    return placed, layout.extent(boxes, places)


def _box(label: str, font: int, size: int) -> layout.Box:
    """The label's rectangle: around the node where it stands inside, else below it."""
    rows = label.split("\n")
    half = max(_letters(row) for row in rows) * font * _LETTER / 2
    high = len(rows) * font * 1.05
    if not size:
        return layout.Box(half + 7, high / 2 + 5, high / 2 + 5)
    return layout.Box(max(half, size), size, size + high + 6)


def _shapes(things: Iterable[Row]) -> list[tuple[str, str, int]]:
    """Shape, its name, how many nodes have it; shapes nobody has are left out."""
    shown = Counter(SHAPE_OF.get(thing["kind"], "hexagon") for thing in things)
    return [(shape, name, shown[shape]) for shape, (name, _) in SHAPES.items() if shown[shape]]
