"""What statements name (actors, propositions, events, documents, roles) as rows of their own, by the fields of each.

A cell is the name of an entry (`actor/iran` below the graph's own base, else a prefixed name or an address) or a text.
A text is English, or of no language where its field has none; another begins with its language: `ar=…`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph import store as stores
from stancegraph.curate.fields import BOUNDS, CLASSES, ENTRIES, TYPES, Field, pairs
from stancegraph.curate.folder import is_address
from stancegraph.exchange.roles import ENTRY
from stancegraph.store.terms import Term, object_value, term
from stancegraph.vocabulary import PREFIXES, compact, local_name, whole

if TYPE_CHECKING:
    from stancegraph.curate.folder import Folder
    from stancegraph.store import Store

    Properties = dict[str, list[Term]]

KINDS: Final = {
    "document": "schema:NewsArticle",
    "actor": "stance:Actor",
    "proposition": "stance:Proposition",
    "event": "schema:Event",
    "membership": "org:Membership",
    "role": "org:Role",
    "coder": "prov:Agent",
}
"""Kind of entry → its class; a kind is also where its IRIs stand below the base."""
_NOTES: Final = (
    Field("remark", "skos:note", "word", "A note of an import."),
    Field("editorial_note", "skos:editorialNote", "text", "A note of the curators."),
)
FIELDS: Final = {
    kind: {each.edge: each for each in reversed((*ENTRIES.get(kind, {}).values(), *more, *_NOTES))}
    for kind, more in {
        **dict.fromkeys(KINDS, ()),
        "document": (
            Field("sha256", "stance:sha256", "word", "The checksum of its text."),
            Field("length", "stance:length", "number", "The length of its text."),
        ),
        "coder": (Field("name", "rdfs:label", "name", "What the coder is called."),),
    }.items()
}
"""Kind of entry → its fields, by property; names in all languages are of the first."""
TAKEN_OVER: Final = f"{ENTRY}_taken_over"
COLUMNS: Final = {
    ENTRY: "the kind of entry the row describes",
    **{
        f"{ENTRY}_{name}": what
        for name, what in (("id", "its name"), ("in", "background: no document says so"))
    },
    TAKEN_OVER: "true where it was taken over from another coding: now from this one",
    **{f"{ENTRY}_{each.name}": each.help for fields in FIELDS.values() for each in fields.values()},
}
"""Columns of rows that describe entries → what they say."""
EDGES: Final = {
    **{word: ENTRIES["statement"][word].edge for word in ("supports", "opposes", "neutral")},
    "on": "stance:stanceOn",
}
"""Word of a stance → its property."""
STATEMENT: Final = {
    "comment": ENTRIES["statement"]["comment"],
    "in_role": ENTRIES["statement"]["role"],
    "close_match": ENTRIES["statement"]["match"],
    "rests_on": ENTRIES["statement"]["source"],
    "coder": Field("coder", "stance:coder", "coder", "Who coded it."),
    "created": Field("created", "dcterms:created", "day", "When it was coded."),
}
"""Role → the field of a statement whose cells are spelt as those of entries."""
BACKGROUND: Final = "background"
FILES: Final = {"document": "documents", "proposition": "propositions", "event": "events"}
"""Kind of entry → the file it stands in, where that is not the actors'."""
APART: Final = {role: field.edge for role, field in STATEMENT.items()} | {
    name: ENTRIES["statement"][name].edge
    for name in ("on_behalf_of", "addressee", "act", "medium", "occasion")
}
"""Role → its property, of those whose values may stand in the background."""
DATATYPES: Final = {
    "number": "xsd:integer",
    "truth": "xsd:boolean",
    "address": "xsd:anyURI",
    "level": "xsd:decimal",
    "day": "xsd:date",
}
LANGUAGES: Final = {"text": "en", "name": "en", "labels": "en", "word": ""}
_WRITTEN: Final = {
    "number": re.compile(r"-?\d{1,15}", re.ASCII),
    "truth": re.compile("true|false"),
    "level": re.compile(r"[01]\.\d", re.ASCII),
    "day": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
}
_TAGGED: Final = re.compile(r"((?:[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)?)=(.*)", re.ASCII | re.DOTALL)
_OWN: Final = re.compile(rf"(?:{'|'.join((*KINDS, *ENTRIES))})/[\w.~-]+", re.ASCII)
_CLASSES: Final = CLASSES | TYPES
_NAMES: Final = tuple(map(term, ("skos:prefLabel", "dcterms:title")))
_QUADS: Final = """SELECT DISTINCT ?s ?p ?o ?graph {{ VALUES ?class {{ {} }} ?s a ?class
  {{ GRAPH ?graph {{ ?s ?p ?o }} }} UNION {{ ?s ?p ?o FILTER NOT EXISTS {{ GRAPH ?other {{ ?s ?p ?o }} }} }} }}"""


class Entries:
    """What a store says of its entries; IRIs that begin with `base` are spelt without it."""

    def __init__(self, store: Store, base: str) -> None:
        self._base = base
        self._about: dict[tuple[str, bool], Properties] = defaultdict(lambda: defaultdict(list))
        for row in store.select(_QUADS.format(" ".join(KINDS.values()))):
            subject, edge = row["s"], compact(row["p"].value)
            if isinstance(subject, NamedNode):
                apart = "graph" in row and local_name(row["graph"].value).startswith("background")
                self._about[subject.value, apart][edge].append(row["o"])
        self.kind: dict[str, str] = {}
        for (iri, _), said in self._about.items():
            found = {compact(each.value) for each in said["rdf:type"] if isinstance(each, NamedNode)}
            for kind in (kind for kind, class_ in KINDS.items() if class_ in found):
                self.kind.setdefault(iri, kind)
        self.beyond: Counter[str] = Counter()

    def rows(self, of: Collection[str] | None) -> Iterator[dict[str, str]]:
        """The rows of all entries, or of these and those that they name; what no cell holds is counted in `beyond`."""
        wanted = None if of is None else self._reached(of)
        order = [*KINDS]
        for iri, apart in sorted(self._about, key=lambda each: (order.index(self.kind[each[0]]), each)):
            if wanted is None or iri in wanted:
                cells = self._cells(self.kind[iri], self._about[iri, apart])
                own = {ENTRY: self.kind[iri], f"{ENTRY}_id": spell_iri(iri, self._base) or iri}
                own |= {f"{ENTRY}_in": "background"} if apart else {}
                yield from (own | row for row in spread(cells))

    def label(self, iri: str) -> str:
        """The English name of an entry, or a document's title; empty where there is none."""
        said = [each for apart in (False, True) for each in self._about.get((iri, apart), {}).items()]
        return next(
            (
                each.value
                for edge, values in said
                if edge in ("skos:prefLabel", "dcterms:title")
                for each in values
                if isinstance(each, Literal) and (edge == "dcterms:title" or each.language == "en")
            ),
            "",
        )

    def _reached(self, of: Collection[str]) -> set[str]:
        found, new = set(), {iri for iri in of if iri in self.kind}
        while new:
            found |= new
            named = (self._about.get((iri, apart), {}) for iri in new for apart in (False, True))
            values = (each for said in named for terms in said.values() for each in terms)
            new = {each.value for each in values if isinstance(each, NamedNode)} & self.kind.keys() - found
        return found

    def _cells(self, kind: str, said: Properties) -> dict[str, list[str]]:
        fields, cells = FIELDS[kind], defaultdict(list)
        told: set[str] = set()
        for days in (each for each in fields.values() if each.values == "days"):
            edges = BOUNDS.get(days.edge, ("schema:startDate", "schema:endDate"))
            if cell := _days(days, said, edges):
                cells[f"{ENTRY}_{days.name}"] = [cell]
                told |= {days.edge, *edges}
        for edge, values in said.items():
            for value in () if edge in told else values:
                for column, cell in self._cell(kind, edge, value):
                    cells[column].append(cell)
        return {column: sorted({*found}) for column, found in cells.items()}

    def _cell(self, kind: str, edge: str, value: Term) -> Iterator[tuple[str, str]]:
        own = FIELDS[kind].get(edge)
        if edge == "rdf:type":
            word = next((w for w, name in _CLASSES.items() if name == compact(value.value)), "")
            if own and word:
                yield f"{ENTRY}_{own.name}", word
            elif compact(value.value) != KINDS[kind]:
                self.beyond[compact(value.value)] += 1
        elif own and (cell := spell(value, own.values, self._base)) is not None:
            yield f"{ENTRY}_{own.name}", cell
        elif edge == "prov:wasDerivedFrom":
            yield TAKEN_OVER, "true"
        else:
            self.beyond[edge] += 1


def spread(cells: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Rows of columns that have several values: the first of each, the second of each …"""
    columns = zip_longest(*cells.values(), fillvalue="")
    return [{k: v for k, v in zip(cells, row, strict=True) if v} for row in columns] or [{}]


def _days(days: Field, said: Properties, edges: Iterable[str]) -> str:
    """Days as a person types them; empty where they are no days, or more than a person would type."""
    found = {edge: said[edge] for edge in {days.edge, *edges} if edge in said}
    plain = all(
        len(each) == 1 and isinstance(each[0], Literal) and each[0].datatype == term("xsd:date")
        for each in found.values()
    )
    if not found or not plain:
        return ""
    day = {edge: each[0].value for edge, each in found.items()}
    if days.edge in BOUNDS and days.edge in day:
        return day[days.edge] if len(day) == 1 else ""
    first, last = (day.get(edge, "") for edge in edges)
    return first if first == last else f"{first or '..'}/{last or '..'}"


def spell_iri(iri: str, base: str) -> str | None:
    """An IRI as a cell; None for one that a cell does not hold."""
    own = iri.removeprefix(base) if base else iri
    if own != iri and _OWN.fullmatch(own):
        return own
    short = compact(iri)
    return short if short != iri or is_address(iri) else None


def is_name(cell: str) -> bool:
    """Whether a cell names an entry below the base."""
    return bool(_OWN.fullmatch(cell))


def read_iri(cell: str, base: str) -> str:
    """The IRI that a cell names; raises ValueError."""
    if is_name(cell):
        return base + cell
    iri = whole(cell)
    if (cell.partition(":")[0] in PREFIXES and re.fullmatch(r"[\w.~-]+:[\w.~-]+", cell)) or is_address(iri):
        return iri
    raise ValueError(f"'{cell[:60]}' names no entry: write actor/…, event/…, or an address")


def spell(value: Term, values: str, base: str) -> str | None:
    """A term as a cell of a field with such `values`; None for one that a cell does not hold."""
    if isinstance(value, NamedNode):
        return None if values in (*DATATYPES, *LANGUAGES) else spell_iri(value.value, base)
    if isinstance(value, BlankNode) or value.value != value.value.strip() or not value.value:
        return None
    if values in DATATYPES:
        return value.value if value.datatype == term(DATATYPES[values]) else None
    if values not in LANGUAGES or (not value.language and value.datatype != term("xsd:string")):
        return None
    language = value.language or ""
    plain = language == LANGUAGES[values] and not _TAGGED.fullmatch(value.value)
    return value.value if plain else f"{language}={value.value}"


def read(cell: str, values: str, base: str) -> NamedNode | Literal:
    """The term that a cell of a field with such `values` stands for; raises ValueError."""
    if values in LANGUAGES:
        tagged = _TAGGED.fullmatch(cell)
        language, text = (tagged[1], tagged[2]) if tagged else (LANGUAGES[values], cell)
        return Literal(text, language=language) if language else Literal(text)
    if values in DATATYPES:
        if values == "address" and not is_address(cell):
            raise ValueError(f"'{cell[:60]}' is no address: https://…")
        if values in _WRITTEN and not _WRITTEN[values].fullmatch(cell):
            raise ValueError(f"'{cell[:60]}' is no {values}")
        return Literal(cell, datatype=term(DATATYPES[values]))
    return NamedNode(read_iri(cell, base))


@dataclass(slots=True)
class Described:
    """An entry as rows describe it: its name, a document's address, and by file what is said of it."""

    kind: str
    name: str = ""
    url: str = ""
    taken_over: bool = False
    said: dict[str, dict[Triple, None]] = field(default_factory=lambda: defaultdict(dict))


def describe(found: dict[str, Described], row: Mapping[str, str], folder: Folder) -> None:
    """Add what a row says to the entries `found`, by IRI; raises ValueError or UsageError, saying why it cannot be."""
    kind, base = row[ENTRY], folder.base
    if kind not in KINDS:
        raise ValueError(f"'{kind[:40]}' is no kind of entry: {', '.join(KINDS)}")
    name = row.get(f"{ENTRY}_id", "")
    if is_name(name) and not name.startswith(f"{kind}/"):
        raise ValueError(f"'{name[:60]}' is no name of this kind: write {kind}/…")
    here = NamedNode(read_iri(name, base))
    said = [*_said(here, FIELDS[kind].values(), row, folder)]
    entry = found.setdefault(here.value, Described(kind))
    if entry.kind != kind:
        raise ValueError(f"{row[f'{ENTRY}_id'][:60]} is another kind of entry in an earlier row")
    file = BACKGROUND if row.get(f"{ENTRY}_in") else FILES.get(kind, "actors")
    if not entry.said or file != BACKGROUND:
        for other in entry.said.values():
            other.pop(Triple(here, term("rdf:type"), term(KINDS[kind])), None)
        said.append(Triple(here, term("rdf:type"), term(KINDS[kind])))
    entry.said[file] |= dict.fromkeys(said)
    entry.taken_over |= bool(row.get(TAKEN_OVER))
    for triple in said:
        if triple.predicate in _NAMES and isinstance(triple.object, Literal):
            if triple.object.language in (None, "en"):
                entry.name = triple.object.value
        elif triple.predicate == term("schema:url"):
            entry.url = object_value(triple)


def _said(
    here: NamedNode, fields: Iterable[Field], row: Mapping[str, str], folder: Folder
) -> Iterator[Triple]:
    for each in fields:
        cell = row.get(f"{ENTRY}_{each.name}")
        if cell and each.values in ("days", "class", "type"):
            yield from (Triple(here, *pair) for pair in pairs(folder, each, cell))
        elif cell:
            yield Triple(here, term(each.edge), read(cell, each.values, folder.base))


Ascription = tuple[str, tuple[tuple[str, str], ...]]
"""Whose position another ascribes to it, and the position: property and target."""


def spell_ascription(node: Iterable[tuple[str, Term]], base: str) -> str | None:
    """An ascribed position as `HOLDER supports TARGET …`; None for one that a cell does not hold."""
    words = {edge: word for word, edge in EDGES.items()}
    found = [(words.get(edge, edge), spell(value, "target", base)) for edge, value in node]
    holders = [name for word, name in found if word == "stance:holder"]
    stances = sorted((word, name) for word, name in found if word in EDGES and name)
    if len(holders) != 1 or not holders[0] or len(stances) + 1 != len(found):
        return None
    return " ".join((holders[0], *(part for stance in stances for part in stance)))


def read_ascription(cell: str, base: str) -> Ascription:
    """The position that `HOLDER supports TARGET …` ascribes; raises ValueError."""
    holder, *stances = cell.split()
    if not stances or len(stances) % 2 or not EDGES.keys() >= set(stances[::2]):
        raise ValueError(f"'{cell[:60]}' is no position: write HOLDER supports TARGET, opposes or neutral")
    pairs = zip(stances[::2], stances[1::2], strict=True)
    return read_iri(holder, base), tuple((EDGES[word], read_iri(name, base)) for word, name in pairs)


@cache
def actor_kinds() -> Mapping[str, str]:
    """Label of a kind of actor → its IRI."""
    schemes = stores.open(stores.ontology() / "schemes.ttl")
    rows = schemes.tuples(
        "SELECT ?label ?kind { ?kind skos:inScheme stance:actorKinds ; skos:prefLabel ?label }"
    )
    return {label.casefold(): kind for label, kind in rows}
