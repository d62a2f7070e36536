"""What the page says: the stance graph as plain JSON values, cleaned, sorted, and with every tie drawn once.

Nodes, ties, statements and documents are numbered, so no IRI and no label serves the drawing library as a key.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from stancegraph.errors import UsageError
from stancegraph.page import naming, places, shapes, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import networkx as nx

    Row = dict[str, Any]

LABEL: Final = 300
"""A longer label is cut: it names a thing, and is repeated wherever the thing is."""
SIGNS: Final = {1: "supports", -1: "opposes", 0: "neutral"}
VIEWS: Final = ("stances", "agreement", "blocs", "matrix", "ego")
ACTORS, TIES = 150, 400
"""Actors and lines at first sight, at most; the rest is shown when asked for."""
MANY: Final = 2000
"""Things from which on the page warns of drawing all."""
EPOCH: Final = date(1970, 1, 1).toordinal()
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the template and the script read.

    `data` goes to the script as JSON; `nodes` and `edges` in it are what the drawing library is given, with
    places by view in `places`.
    """

    nodes: list[Row]
    edges: list[Row]
    things: list[Row]
    stances: list[Row]
    documents: list[Row]
    places: Row
    standing: standing.Standing
    signs: list[tuple[str, int]]
    shapes: list[tuple[str, str, int]]
    statements: int
    days: tuple[str, str] | None
    issued: tuple[str, str] | None
    computed: str
    view: str
    ego: int | None

    @property
    def actors(self) -> int:
        return sum(shown for shape, _, shown in self.shapes if shape != "box")

    @property
    def kept(self) -> int:
        return sum(tie["first"] for tie in self.edges)

    @property
    def agreed(self) -> int:
        return sum(tie["first"] for tie in self.standing.ties)

    @property
    def left_out(self) -> int:
        """Lines and actors that are not shown at first sight."""
        rows = (*self.edges, *self.things, *self.standing.ties)
        return sum(not row["first"] for row in rows)

    @property
    def choices(self) -> Row:
        """What can be chosen in the filter bar: (value, text) pairs."""
        kinds = sorted({thing["kind"] for thing in self.things if thing["kind"] != "proposition"})
        acts = sorted({stance["act"] for stance in self.stances if stance["act"]})
        targets = sorted({s["target"] for s in self.stances}, key=lambda t: (self.things[t]["label"], t))
        papers = sorted(range(len(self.documents)), key=lambda d: (self.documents[d]["title"] or "", d))
        return {
            "kind": [(kind, kind) for kind in kinds],
            "act": [(act, act) for act in acts],
            "target": [(target, self.things[target]["label"]) for target in targets],
            "document": [(paper, _titled(self.documents[paper])) for paper in papers],
        }

    @property
    def data(self) -> Row:
        return {
            "nodes": self.nodes,
            "edges": self.edges,
            "things": self.things,
            "stances": self.stances,
            "documents": self.documents,
            "places": self.places,
            "agreement": self.standing.ties,
            "blocs": self.standing.blocs,
            "matrix": self.standing.matrix,
            "view": self.view,
            "ego": self.ego,
            "many": MANY,
        }


def told(graph: nx.MultiDiGraph[str], view: str = "stances", ego: str | None = None) -> Content:
    """The graph of `network.stances`, told as rows; the same graph gives the same rows in the same order.

    Raises UsageError for a view that is none, an `ego` that is no node, and a coded variable for a polarity.
    """
    if view not in VIEWS:
        raise UsageError(f"--view '{str(view)[:40]}': choose one of {', '.join(VIEWS)}")
    order = sorted(graph.nodes)
    number = {iri: i for i, iri in enumerate(order)}
    edges = sorted(graph.edges(keys=True, data=True), key=lambda edge: (edge[0], edge[1], str(edge[2])))
    if any("polarity" not in data for *_, data in edges):
        raise UsageError("the page shows polarity, not a coded variable: leave out --level")
    table = graph.graph.get("rows")
    store = table.store if table is not None else None
    documents, stances = _spoken(edges, number, naming.languages(store))
    ties = _ties(stances)
    aliases = naming.aliases(store)
    things = [_thing(iri, graph.nodes[iri], aliases.get(iri, ())) for iri in order]
    stands = standing.standing(table, number, stances, things)
    _choose_first(things, ties)
    nodes = shapes.nodes(things, ties)
    return Content(
        nodes=nodes,
        edges=ties,
        things=things,
        stances=stances,
        documents=documents,
        places=places.of(nodes, things, ties, stands),
        standing=stands,
        signs=[(name, sum(s["sign"] == sign for s in stances)) for sign, name in SIGNS.items()],
        shapes=shapes.counted(things),
        statements=len({stance["statement"] for stance in stances}),
        days=_span(stance["day"] for stance in stances),
        issued=_span(row["issued"] for row in documents),
        computed=standing.computed(graph.graph.get("filters")),
        view=view,
        ego=None if ego is None else naming.thing_named(ego, graph, number, store),
    )


def _spoken(
    edges: list[Any], number: Mapping[str, int], languages: Mapping[str, str]
) -> tuple[list[Row], list[Row]]:
    """The documents and the stances they hold."""
    documents, place = _documents(edges)
    statement = {iri: i for i, iri in enumerate(sorted({str(key) for _, _, key, _ in edges}))}
    return documents, [
        _stance((number[a], number[b]), str(key), statement, data, place, languages)
        for a, b, key, data in edges
    ]


def _span(days: Iterable[str | None]) -> tuple[str, str] | None:
    """The first and the last of days and of intervals of days."""
    each = [day for interval in days for day in (interval or "").split("/") if day]
    return (min(each), max(each)) if each else None


def clean(text: object) -> str:
    """The text with what no page can hold (control characters, lone surrogates) shown as U+FFFD.

    >>> clean("a" + chr(0) + "b")
    'a\ufffdb'
    """
    return _UNPRINTABLE.sub("\ufffd", str(text))


def cut(text: object) -> str:
    """A cleaned label, cut where it is too long to be read again and again."""
    label = clean(text)
    return label if len(label) <= LABEL else label[:LABEL] + "…"


def _titled(document: Row) -> str:
    return " · ".join(cut(document[name]) for name in ("title", "publisher", "issued") if document[name])


def _thing(iri: str, data: Mapping[str, Any], aliases: tuple[str, ...]) -> Row:
    arabic = data.get("label_ar")
    return {
        "iri": cut(iri),
        "label": cut(data["label"]),
        "arabic": clean(arabic)[:LABEL] if arabic else None,
        "aliases": [cut(alias) for alias in aliases if alias != arabic],
        "kind": cut(data.get("kind") or "other"),
        "bloc": None,
        "first": True,
    }


def _documents(edges: list[Any]) -> tuple[list[Row], dict[str, int]]:
    """The documents, and the number of each by its IRI."""
    found: dict[str, Row] = {}
    for *_, data in edges:
        for report in data.get("reports", ()):
            named = {name: _text(report.get(name)) for name in ("title", "publisher", "issued", "url")}
            found.setdefault(str(report["document"]), named)
    place = {iri: i for i, iri in enumerate(sorted(found))}
    return [found[iri] for iri in place], place


def _stance(
    ends: tuple[int, int],
    iri: str,
    statement: Mapping[str, int],
    data: Mapping[str, Any],
    place: Mapping[str, int],
    languages: Mapping[str, str],
) -> Row:
    day = clean(data.get("date") or "")
    first, last = (_day(text) for text in (day.split("/")[0], day.split("/")[-1]))
    return {
        "iri": clean(iri),
        "statement": statement[iri],
        "speaker": ends[0],
        "target": ends[1],
        "sign": int(data["polarity"]),
        "gist": _text(data.get("gist")),
        "quotes": [[clean(quote), languages.get(quote)] for quote in data.get("quotes", ())],
        "day": day,
        "since": first,
        "until": last,
        "act": cut(data["act"]) if data.get("act") else None,
        "medium": cut(data["medium"]) if data.get("medium") else None,
        "basis": clean(data.get("basis") or "unknown"),
        "confidence": float(data.get("confidence", 1)),
        "documents": sorted({place[str(report["document"])] for report in data.get("reports", ())}),
    }


def _day(text: str) -> int | None:
    """Days since 1 January 1970; None where it is no day."""
    try:
        return date.fromisoformat(text).toordinal() - EPOCH
    except ValueError:
        return None


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
            {"id": i, "from": a, "to": b, "sign": -sign, "smooth": shapes.smooth(bend if a != b else 0)}
            | {"documents": len({document for stance in same for document in stance["documents"]})}
            | {"first": True}
        )
    return ties


def _choose_first(things: list[Row], ties: list[Row]) -> None:
    """Marks what is shown at first sight: the strongest lines, as many as can be told apart."""
    actors = sum(thing["kind"] != "proposition" for thing in things)
    if actors <= ACTORS and len(ties) <= TIES:
        return
    heard: Counter[int] = Counter()
    for tie in ties:
        for end in {tie["from"], tie["to"]}:
            heard[end] += max(tie["documents"], 1)
    shown: set[int] = set()
    kept = seen = 0
    for tie in sorted(
        ties, key=lambda tie: (-tie["documents"], -heard[tie["from"]] - heard[tie["to"]], tie["id"])
    ):
        fresh = {tie["from"], tie["to"]} - shown
        more = sum(things[i]["kind"] != "proposition" for i in fresh)
        tie["first"] = kept < TIES and seen + more <= ACTORS
        if tie["first"]:
            shown |= fresh
            kept, seen = kept + 1, seen + more
    for i, thing in enumerate(things):
        thing["first"] = i in shown
