"""What the page says: a stance network as plain JSON values, cleaned, sorted, and with every tie drawn once.

Entities (actors and propositions), ties, stances and documents are numbered, so no IRI and no label serves the
drawing library as a key.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict

import numpy as np

from stancegraph import names, network
from stancegraph.dates import EPOCH, ordinal
from stancegraph.errors import UsageError
from stancegraph.network import temporal
from stancegraph.page import agreement, overview, pictures
from stancegraph.statements.filters import in_words
from stancegraph.statements.reader import in_parts
from stancegraph.vocabulary import SHAPE_OF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.page.agreement import Agreement
    from stancegraph.page.overview import FirstScreen, Period
    from stancegraph.page.pictures import Pictures
    from stancegraph.store import Store
    from stancegraph.table import Table

    Edge = tuple[str, str, str, dict[str, Any]]
    Curve = dict[str, object] | bool

VIEWS: Final = ("positions", "blocs", "agreement", "stances", "ego", "matrix", "timeline", "statements")
WORDS: Final = {1: "for", -1: "against", 0: "leaves open"}
"""The words for a stance where the graph has no vocabulary of them."""
DASHES: Final[dict[str, list[int] | bool]] = {"1": False, "-1": [9, 6], "0": [2, 5]}
"""Dash and gap of a line of each sign in pyvis's own network, in pixels; False for a whole one."""

MOST: Final = 50_000
"""Stances a page may have: half a kilobyte each, all of which a browser reads before it shows the first."""
ACTORS, TARGETS = 50, 30
"""Those with most stances of more than that, and of what they speak of."""
SHOWN: Final = ACTORS * TARGETS * 2
"""Stances of an excerpt, at most where each actor has one for and one against each target."""
LABEL: Final = 300
"""A longer label is cut: it names a thing, and is repeated wherever the thing is."""
QUOTED: Final = """SELECT DISTINCT ?words WHERE { ?report stance:reports ?s .
    ?report stance:passage/oa:hasSelector/oa:exact ?words }"""
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Entity(TypedDict):
    """An actor or a proposition; `bloc` is the number of its bloc."""

    iri: str
    label: str
    arabic: str | None
    aliases: list[str]
    kind: str
    bloc: int | None


class Stance(TypedDict):
    """What one speaker says of one target in one statement; entities, ties, documents by number.

    `day` is ISO or `earliest/latest`, `since` and `until` are the same as days since 1970; a quote comes with its
    language.
    """

    iri: str
    statement: int
    speaker: int
    target: int
    sign: int
    word: str
    tie: int
    gist: str | None
    quotes: list[tuple[str, str | None]]
    day: str
    since: int | None
    until: int | None
    act: str | None
    medium: str | None
    basis: str
    confidence: float | None
    documents: list[int]


class Document(TypedDict):
    """A source, as the page names it."""

    iri: str
    title: str | None
    publisher: str | None
    issued: str | None
    url: str | None


class Tie(agreement.Line):
    """The stances of one sign of one speaker on one target, in so many `documents`, drawn as one line."""

    smooth: Curve
    documents: int


@dataclass(frozen=True, slots=True)
class Stances:
    """A stance network as rows: who and what it is about, what was said, where, and the lines that show it."""

    entities: list[Entity]
    stances: list[Stance]
    documents: list[Document]
    ties: list[Tie]


@dataclass(frozen=True, slots=True)
class Content(Stances):
    """Everything the template and the script read."""

    agreement: Agreement
    periods: list[Period]
    first: FirstScreen
    pictures: Pictures
    filters: str
    view: str
    ego: int | None

    @property
    def issued(self) -> str:
        """The last day any of the documents was issued on."""
        days = [
            day for row in self.documents for day in (row["issued"] or "").split("/") if day not in {"", ".."}
        ]
        return max(days, default="")

    @property
    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What can be chosen as a filter: (value, text) pairs."""
        kinds = sorted({entity["kind"] for entity in self.entities if entity["kind"] != "proposition"})
        acts = sorted({stance["act"] for stance in self.stances if stance["act"]})
        bases = sorted({stance["basis"] for stance in self.stances})
        targets = sorted({s["target"] for s in self.stances}, key=lambda t: (self.entities[t]["label"], t))
        papers = sorted(self.documents, key=lambda row: (row["title"] or "", row["iri"]))
        return {
            "stance": [
                ("for", "for, says, calls for"),
                ("against", "against, denies, rejects"),
                ("open", "open"),
            ],
            "basis": [(basis, basis) for basis in bases],
            "kind": [(kind, kind) for kind in kinds],
            "act": [(act, act) for act in acts],
            "target": [(self.entities[target]["iri"], self.entities[target]["label"]) for target in targets],
            "document": [(paper["iri"], name_document(paper)) for paper in papers],
        }

    @property
    def data(self) -> dict[str, object]:
        """What the page's script is given."""
        return {
            "entities": self.entities,
            "stances": self.stances,
            "documents": self.documents,
            "ties": [{key: tie[key] for key in ("id", "from", "to", "sign")} for tie in self.ties],
            "agreement": self.agreement.ties,
            "blocs": self.agreement.blocs,
            "matrix": self.agreement.matrix,
            "pictures": self.pictures,
            "periods": self.periods,
            "words": {"agreement": self.agreement.words},
            "unmet": self.agreement.unmet,
            "shapes": SHAPE_OF,
            "limits": {
                "chips": overview.CHIPS,
                "open": overview.OPEN,
                "rows": overview.ROWS,
                "named": overview.NAMED,
            },
            "filters": self.filters,
            "view": self.view,
            "ego": self.ego,
        }


def describe(
    graph: nx.MultiDiGraph[str], view: str = "positions", ego: str | None = None, **choices: object
) -> Content:
    """All that the page says of a graph of `network.stances`; the same graph gives the same rows in the same order.

    `choices` are of the network of agreement, its period too. Raises UsageError for a view that is none, an `ego`
    that is no node, and a coded variable for a polarity.
    """
    if view not in VIEWS:
        raise UsageError(f"--view '{str(view)[:40]}': choose one of {', '.join(VIEWS)}")
    rows = list_stances(graph)
    table, chosen = graph.graph.get("rows"), graph.graph.get("filters")
    agreed = agreement.compute(table, rows.stances, rows.entities, _numbers(graph), choices)
    period = str(choices.get("period") or "auto")
    times = overview.list_periods(_spans(table, rows.stances, period), rows.stances)
    return Content(
        entities=rows.entities,
        stances=rows.stances,
        documents=rows.documents,
        ties=rows.ties,
        agreement=agreed,
        periods=times,
        first=overview.compose(rows.entities, rows.stances, times, len(rows.documents)),
        pictures=pictures.compose(rows.entities, rows.stances, rows.ties, agreed, times),
        filters="; ".join(
            filter(None, (in_words(chosen.given) if chosen else "", graph.graph.get("excerpt")))
        ),
        view=view,
        ego=None if ego is None else _find(ego, graph, None if table is None else table.store),
    )


def _spans(table: Table | None, stances: Sequence[Stance], period: str) -> Sequence[tuple[int, int]]:
    """The first and last day of each period, as ordinals; one for all of time where there are none."""
    if table is not None and len(table):
        return temporal.find(table, "auto" if period == "none" else period, table.store).spans
    days = [(s["since"], s["until"]) for s in stances]
    known = [(a + EPOCH, b + EPOCH) for a, b in days if a is not None and b is not None]
    return temporal.periods("auto", known).spans


def network_of(rows: Table) -> nx.MultiDiGraph[str]:
    """The stance network of the rows, or of an excerpt that a page can show; `excerpt` of the graph says of what."""
    chosen, told = excerpt(rows)
    graph = network.stances(chosen)
    graph.graph["excerpt"] = told
    return graph


def excerpt(rows: Table) -> tuple[Table, str]:
    """The rows, if they are not too many for a page, else some of them; and which, in words that follow "only:"."""
    if len(rows) <= MOST:
        return rows, ""
    actors = _busiest(rows.actor.codes, ACTORS)
    spoken = np.isin(rows.actor.codes, actors)
    targets = _busiest(rows.target.codes[spoken], TARGETS)
    held = np.flatnonzero(spoken & np.isin(rows.target.codes, targets))
    _, level = np.unique(rows.level[held], return_inverse=True)
    key = rows.actor.codes[held].astype(np.int64) * len(rows.target.values) + rows.target.codes[held]
    nth = _from_the_last(key * (int(level.max(initial=0)) + 1) + level)
    per = np.cumsum(np.bincount(nth))
    number = max(int(np.searchsorted(per, SHOWN, side="right")), 1)
    chosen = rows[held[nth < number]]
    latest = "latest" if number == 1 else f"{number} latest"
    return chosen, (
        f"of {len(rows):,} stances {len(chosen):,}, the {latest} on either side of each of the {len(actors)} actors "
        f"with most of them on each of the {len(targets)} things they speak of most"
    )


def _busiest(codes: NDArray[np.int32], most: int) -> NDArray[np.intp]:
    """The codes that occur most often."""
    number = np.bincount(codes)
    order = np.argsort(-number, kind="stable")[:most]
    return order[number[order] > 0]


def _from_the_last(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many rows of the same key come after each."""
    order = np.argsort(keys, kind="stable")[::-1]
    first = np.concatenate(([True], keys[order][1:] != keys[order][:-1]))
    place = np.arange(len(keys))
    found = np.empty(len(keys), np.int64)
    found[order] = place - np.maximum.accumulate(np.where(first, place, 0))
    return found


def list_stances(graph: nx.MultiDiGraph[str]) -> Stances:
    """The entities, stances, documents and ties of a graph of `network.stances`, and the lines that show them.

    Raises UsageError for a graph of a coded variable.
    """
    edges = sorted(graph.edges(keys=True, data=True), key=lambda edge: (edge[0], edge[1], str(edge[2])))
    if any("polarity" not in data for *_, data in edges):
        raise UsageError("the page shows polarity, not a coded variable: leave out --level")
    table = graph.graph.get("rows")
    store = None if table is None else table.store
    documents, stances = _read(
        edges, _numbers(graph), _languages(store, {str(key) for _, _, key, _ in edges})
    )
    return Stances(list_entities(graph, _aliases(store)), stances, documents, _tie(stances))


def list_entities(graph: nx.Graph[str], aliases: Mapping[str, tuple[str, ...]]) -> list[Entity]:
    """The nodes of any graph of `stancegraph.network`, by their IRIs."""
    return [_entity(iri, graph.nodes[iri], aliases.get(iri, ())) for iri in _numbers(graph)]


def clean(text: object) -> str:
    """The text with what no page can hold (control characters, lone surrogates) shown as U+FFFD.

    >>> clean("a" + chr(0) + "b")
    'a\ufffdb'
    """
    return _UNPRINTABLE.sub("\ufffd", str(text))


def name_document(document: Document) -> str:
    """Title, publisher and day of issue, as far as they are known."""
    named = (document["title"], document["publisher"], document["issued"])
    return " · ".join(_cut(part) for part in named if part)


def _cut(text: object) -> str:
    """A cleaned label, cut where it is too long to be read again and again."""
    label = clean(text)
    return label if len(label) <= LABEL else label[:LABEL] + "…"


def _numbers(graph: nx.Graph[str]) -> dict[str, int]:
    """Node → its number in the page."""
    return {iri: i for i, iri in enumerate(sorted(graph.nodes))}


def _aliases(store: Store | None) -> dict[str, tuple[str, ...]]:
    """IRI → the names it goes by beside its label."""
    if store is None:
        return {}
    index = names.index(store, "actor", "proposition")
    entries = [*index.entries("actor"), *index.entries("proposition")]
    return {entry.iri: tuple(sorted({*entry.aliases, *entry.weak} - {entry.label})) for entry in entries}


def _languages(store: Store | None, statements: Iterable[str]) -> dict[str, str]:
    """Words quoted of some statements → their language, where they have one."""
    found: dict[str, set[str]] = {}
    for part in in_parts(sorted(statements)) if store is not None else ():
        for row in store.select(QUOTED, part) if store is not None else ():
            words = row["words"]
            found.setdefault(words.value, set()).add(getattr(words, "language", None) or "")
    return {words: min(tags) for words, tags in found.items() if len(tags) == 1 and min(tags)}


def _find(ego: str, graph: nx.MultiDiGraph[str], store: Store | None) -> int:
    """The number of the node an IRI, a label or, in a graph from a store, any spelling names."""
    number = _numbers(graph)
    if ego in number:
        return number[ego]
    bearers = [iri for iri in graph if graph.nodes[iri].get("label") == ego]
    if len(bearers) != 1 and store is not None:
        bearers = [names.index(store, "actor").resolve(ego, "actor").iri]
    if len(bearers) != 1 or bearers[0] not in number:
        raise UsageError(f"'{ego[:60]}' is in no statement shown: widen the filters or name another actor")
    return number[bearers[0]]


def _entity(iri: str, data: Mapping[str, Any], aliases: Iterable[str]) -> Entity:
    arabic = data.get("label_ar")
    return {
        "iri": _cut(iri),
        "label": _cut(data.get("label", iri)),
        "arabic": clean(arabic)[:LABEL] if arabic else None,
        "aliases": [_cut(alias) for alias in aliases if alias != arabic],
        "kind": _cut(data.get("kind") or "other"),
        "bloc": None,
    }


def _read(
    edges: list[Edge], number: Mapping[str, int], languages: Mapping[str, str]
) -> tuple[list[Document], list[Stance]]:
    """The documents and the stances they hold."""
    found: dict[str, Document] = {}
    for *_, data in edges:
        for report in data.get("reports", ()):
            document = Document(
                iri=clean(report["document"]),
                title=_text(report.get("title")),
                publisher=_text(report.get("publisher")),
                issued=_text(report.get("issued")),
                url=_text(report.get("url")),
            )
            found.setdefault(str(report["document"]), document)
    documents = {iri: i for i, iri in enumerate(sorted(found))}
    statements = {iri: i for i, iri in enumerate(sorted({str(key) for _, _, key, _ in edges}))}
    stances = [
        _stance((number[a], number[b]), str(key), statements[str(key)], data, documents, languages)
        for a, b, key, data in edges
    ]
    return [found[iri] for iri in documents], stances


def _stance(
    ends: tuple[int, int],
    iri: str,
    statement: int,
    data: Mapping[str, Any],
    documents: Mapping[str, int],
    languages: Mapping[str, str],
) -> Stance:
    day = clean(data.get("date") or "")
    return {
        "iri": clean(iri),
        "statement": statement,
        "speaker": ends[0],
        "target": ends[1],
        "sign": int(data["polarity"]),
        "word": _cut(data.get("stance") or WORDS[int(data["polarity"])]),
        "tie": -1,
        "gist": _text(data.get("gist")),
        "quotes": [(clean(quote), languages.get(quote)) for quote in data.get("quotes", ())],
        "day": day,
        "since": _day(day.split("/")[0]),
        "until": _day(day.split("/")[-1]),
        "act": _cut(data["act"]) if data.get("act") else None,
        "medium": _cut(data["medium"]) if data.get("medium") else None,
        "basis": clean(data.get("basis") or "unknown"),
        "confidence": None if (sure := data.get("confidence", 1)) is None else float(sure),
        "documents": sorted({documents[str(report["document"])] for report in data.get("reports", ())}),
    }


def _day(text: str) -> int | None:
    """Days since 1 January 1970; None where it is no day."""
    found = ordinal(text)
    return None if found is None else found - EPOCH


def _text(value: object) -> str | None:
    return clean(value) if value else None


def _tie(stances: list[Stance]) -> list[Tie]:
    """One drawn line per speaker, target and sign; each stance learns the number of its tie."""
    rows: dict[tuple[int, int, int], list[Stance]] = {}
    for stance in stances:
        rows.setdefault((stance["speaker"], stance["target"], -stance["sign"]), []).append(stance)
    beside = Counter(frozenset(key[:2]) for key in rows)
    seen: Counter[frozenset[int]] = Counter()
    ties: list[Tie] = []
    for i, (a, b, sign) in enumerate(sorted(rows)):
        same = rows[a, b, sign]
        for stance in same:
            stance["tie"] = i
        pair = frozenset((a, b))
        seen[pair] += 1
        # Lines of one pair fan out; a line the other way bends to its own other side.
        bend = (seen[pair] - (beside[pair] + 1) / 2) * (1 if a < b else -1)
        documents = len({document for stance in same for document in stance["documents"]})
        line: agreement.Line = {"id": i, "from": a, "to": b, "sign": -sign}
        ties.append({**line, "smooth": _curve(bend if a != b else 0), "documents": documents})
    return ties


def _curve(bend: float) -> Curve:
    """How a line bends aside, given how many places it stands from the middle of its pair's lines."""
    if not bend:
        return False
    kind = "curvedCW" if bend > 0 else "curvedCCW"
    return {"enabled": True, "type": kind, "roundness": round(min(0.3 * abs(bend), 0.9), 2)}
