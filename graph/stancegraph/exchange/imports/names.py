"""Whose names the cells of a file are: entries of the graph there is, or new ones; a doubtful one is nobody's.

Of events also the days, and the figures that rows claim of them, checked before anything of them is taken. Documents
are known by title and address, or where rows name none, there is one for each target and day. An entry may also be
described by rows of its own.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph import names
from stancegraph.curate import fields
from stancegraph.curate.entries import GROUPS, PERSONS, slug
from stancegraph.curate.fields import CLASSES, ENTRIES, Days, Field, days_of, literal, pairs
from stancegraph.curate.folder import is_address
from stancegraph.dates import BEGINNING, END
from stancegraph.errors import UnknownName, UsageError
from stancegraph.exchange import column_roles
from stancegraph.names import spelling
from stancegraph.store.turtle import day, describe, english, object_value, term

if TYPE_CHECKING:
    from stancegraph.curate.folder import Folder
    from stancegraph.errors import Candidate
    from stancegraph.exchange.imports.statements import Coded
    from stancegraph.store.sparql import Term

NEW: Final = "new"
"""What a person writes for a name that is another than all there are."""
TYPES: Final = {**fields.TYPES, "proposition": "", "actor": ""}
"""Kind of target → the class of its own, where it has one."""
LONGEST: Final = 500
"""Characters of a name."""
FIGURE_FIELDS: Final = {name: field for name, field in ENTRIES["figure"].items() if name != "statement"}
"""What a file tells of a figure: the role is `figure_` and the name."""
LONGEST_WORDING: Final = 100
"""Characters, as the shapes have it."""
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", re.ASCII)
CHECKSUM: Final = re.compile(r"[0-9a-f]{64}")
Key = tuple[str, str, str]
"""Title and address, or target and day, of a document."""


def mint(base: str, words: str, other: str, taken: set[str]) -> str:
    """An IRI of the words, or of `other` where they are none in Latin letters, with a number where it is `taken`."""
    first = found = f"{base}{slug(words, digits=True) or other}"
    number = 1
    while found in taken:
        number += 1
        found = f"{first}-{number}"
    taken.add(found)
    return found


class Doubtful(Exception):
    """A name that may be an entry's, or not."""


@dataclass(slots=True)
class New:
    """An entry that the file brings: its labels, its kind, for an actor its class.

    An event has the days that the file gives it, and the documents by which something is said of it.
    """

    iri: str
    label: str
    kind: str = ""
    class_: str = ""
    raw: str = ""
    days: Days | None = None
    documents: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Doubt:
    """A name of a role that waits for a person: the entries it may be, and the rows it stands in."""

    candidates: tuple[Candidate, ...]
    lines: list[int] = field(default_factory=list)


class Names:
    """The entries of one kind (actor, proposition, event) by the names a file has for them.

    `known` are those of the graph there is, None where it is new; `decided` says of a name what it stands for.
    """

    def __init__(
        self,
        kind: str,
        base: str,
        known: names.Names | None,
        decided: Mapping[str, str],
        taken: Collection[str],
    ) -> None:
        self.kind, self._base, self._known, self._decided = kind, f"{base}{kind}/", known, decided
        self.new: dict[str, New] = {}
        self.doubts: dict[str, Doubt] = {}
        self._taken = {iri for iri in taken if iri.startswith(self._base)}
        self._iri: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def declare(self, iri: str, name: str) -> None:
        """Let a name, as cells spell it, be that of an entry the file describes."""
        self._iri[name] = iri

    def key(self, name: str) -> str:
        """What the spellings of one name have in common: all but case. More alike may be another's."""
        if name not in self._keys:
            self._keys[name] = unicodedata.normalize("NFC", spelling.repaired(name)).casefold()
        return self._keys[name]

    @property
    def used(self) -> set[str]:
        """The IRIs of all entries whose names stand in the file."""
        return {*self._iri.values()}

    def alike(self) -> Iterator[list[str]]:
        """Labels of new entries that sound the same, and may be one's."""
        same: dict[str, list[str]] = {}
        for new in self.new.values():
            same.setdefault(spelling.plain(new.label), []).append(new.label)
        return (sorted(labels) for labels in same.values() if len(labels) > 1)

    def known(self, name: str) -> bool:
        """Whether the graph there is has an entry of the name."""
        return bool(self._known and self._known.bearers(name[: names.LONGEST], (self.kind,)))

    def look_up(self, name: str) -> str | None:
        """The IRI of the entry that a name is, None of a new one; raises Doubtful."""
        if name in self._iri:
            return self._iri[name]
        if name in self.doubts:
            raise Doubtful
        if self._known is None or self.key(name) in self.new or self._decided.get(name) == NEW:
            return None
        wanted = self._decided.get(name, name)
        try:
            bearers = self._known.bearers(wanted[: names.LONGEST], (self.kind,))
            near = () if bearers else self._known.nearest(wanted[: names.LONGEST], self.kind)
        except UnknownName:
            bearers, near = [], ()
        if len(bearers) == 1:
            self._iri[name] = bearers[0].iri
            return bearers[0].iri
        near = [each for each in near if each.score >= names.ACCEPTED]
        if bearers or near or wanted != name:
            near = near or self._known.nearest(wanted[: names.LONGEST], self.kind)
            self.doubts[name] = Doubt(tuple(near))
            raise Doubtful
        return None

    def take(self, name: str, kind: str = "", class_: str = "") -> str:
        """The IRI of the entry that a name is, made where it is new; `look_up` has found it not doubtful."""
        if name in self._iri:
            return self._iri[name]
        if found := self.look_up(name):
            return found
        key = self.key(name)
        if key not in self.new:
            label = spelling.repaired(name)
            iri = mint(self._base, label, self.kind, self._taken)
            self.new[key] = New(iri, label, kind, class_, raw=name if name != label else "")
        elif name != self.new[key].label:
            self.new[key].others[name] = None
        self._iri[name] = self.new[key].iri
        return self._iri[name]


def describe_actor(new: New, source: NamedNode, kinds: Mapping[str, str]) -> Iterator[Triple]:
    """An actor that a file brings, of the kind it says."""
    kind = new.kind or "other"
    told = "person" if kind in PERSONS else "group" if kind in (*GROUPS, "other") else "organisation"
    class_ = ("rdf:type", new.class_ or CLASSES[told])
    return _describe(
        new, source, ("rdf:type", "stance:Actor"), class_, ("stance:actorKind", NamedNode(kinds[kind]))
    )


def describe_proposition(new: New, source: NamedNode, title: str) -> Iterator[Triple]:
    """A proposition that a file brings, under its label there."""
    note = english(f"A target in {title}, under its own label there.")
    types = [("rdf:type", type_) for type_ in ("stance:Proposition", TYPES.get(new.kind, "")) if type_]
    return _describe(new, source, *types, ("skos:scopeNote", note))


def describe_event(new: New, source: NamedNode) -> Iterator[Triple]:
    """An event that a file brings, with its days where the file gives them."""
    first, last = new.days or (BEGINNING, END)
    ends = (("schema:startDate", first, BEGINNING), ("schema:endDate", last, END))
    return _describe(
        new,
        source,
        ("rdf:type", "schema:Event"),
        *(("dcterms:source", NamedNode(document)) for document in new.documents),
        *([("rdfs:comment", english("Its days are those of the file."))] if new.days else []),
        *((name, day(iso)) for name, iso, open_ in ends if iso != open_),
    )


def _describe(new: New, source: NamedNode, *told: tuple[str, str | Term]) -> Iterator[Triple]:
    return describe(
        NamedNode(new.iri),
        *told,
        ("skos:prefLabel", english(new.label)),
        *([("skos:hiddenLabel", Literal(new.raw))] if new.raw else []),
        *(("skos:altLabel", english(other)) for other in new.others),
        *(("skos:note", Literal(note)) for note in new.notes),
        ("prov:wasDerivedFrom", source),
    )


class Figure(NamedTuple):
    """A number claimed: what it counts (a prefixed name), its event (the name, once taken the IRI), its bounds."""

    counted: str
    event: str
    wording: str
    least: str
    greatest: str
    exclusive: str
    day: str
    comment: str
    id: str


class Told(NamedTuple):
    """The event that a row is about, its days where the row gives them, and the figure it claims."""

    about: str
    days: Days | None
    figure: Figure | None


_NOTHING: Final = Told("", None, None)


class Events:
    """The events of a file, by `names`, and its figures, where its `roles` are of any.

    `concept` finds what is counted, `form` is how days in numbers are written.
    """

    def __init__(
        self, names: Names, roles: Iterable[str], concept: Callable[[str, str], str | None], form: str
    ) -> None:
        self.names, self._concept, self._form = names, concept, form
        self._any = any(role.startswith(("about", "figure_")) for role in roles)

    def told(self, cell: Callable[[str], str]) -> Told:
        """What a row says of events and figures; raises ValueError, saying why it cannot be taken."""
        if not self._any:
            return _NOTHING
        about = _plain(cell("about"))
        when = days_of(cell("about_date"), self._form) if cell("about_date") else None
        if when and not about:
            raise ValueError("about_date without an event in about")
        new = self.names.new.get(self.names.key(about)) if about else None
        if new and when and new.days not in (None, when):
            raise ValueError(f"an earlier row gives the event '{about[:60]}' another day")
        cells = {name: _plain(cell(f"figure_{name}")) for name in FIGURE_FIELDS}
        return Told(about, when, self._figure(cells, about, cell("figure_id")))

    def take(self, told: Told, coded: Coded, document: str) -> None:
        """Add the event and the figure of a row to its statement, the events made where they are new."""
        if told.about:
            coded.about[self.take_event(told.about, document, told.days)] = None
        if told.figure:
            event = self.take_event(told.figure.event, document)
            coded.figures[told.figure._replace(event=event)] = None

    def take_event(self, name: str, document: str, when: Days | None = None) -> str:
        """The IRI of an event, made where it is new, of which the document says something."""
        iri = self.names.take(name)
        if new := self.names.new.get(self.names.key(name)):
            new.days = new.days or when
            new.documents[document] = None
        return iri

    def _figure(self, cells: dict[str, str], about: str, id: str) -> Figure | None:
        if not any(cells.values()):
            return None
        event, wording = cells["event"] or about, cells["wording"]
        if not (cells["counted"] and event and wording and (cells["min"] or cells["max"])):
            raise ValueError(
                "a figure needs figure_counted, figure_event, figure_wording and figure_min or _max"
            )
        if len(wording) > LONGEST_WORDING:
            raise ValueError(f"figure_wording is longer than {LONGEST_WORDING} characters")
        counted = self._concept("count", cells["counted"])
        if counted is None:
            raise ValueError(f"nothing counted is called '{cells['counted'][:40]}'")
        least, greatest, exclusive = (_value(name, cells[name]) for name in ("min", "max", "exclusive"))
        if (least and int(least) < 0) or (least and greatest and int(least) > int(greatest)):
            raise ValueError("figure_min is below 0 or above figure_max")
        day, last = days_of(cells["date"], self._form) if cells["date"] else ("", "")
        if day != last:
            raise ValueError(f"figure_date '{cells['date'][:40]}' is more than one day")
        return Figure(counted, event, wording, least, greatest, exclusive, day, cells["comment"], id)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _value(name: str, text: str) -> str:
    try:
        return literal(FIGURE_FIELDS[name], text).value if text else ""
    except UsageError as error:
        raise ValueError(f"figure_{str(error).removeprefix('--')}") from None


@dataclass(slots=True)
class Source:
    """A document as its rows tell it; `latest` is the last day that one of its statements is of."""

    key: Key
    title: str
    url: str
    issued: Days | None
    language: str
    sha256: str
    length: int | None
    text: str | None = None
    iri: str = ""
    latest: str = BEGINNING
    publishers: dict[str, None] = field(default_factory=dict)
    publisher: str = ""


class Documents:
    """The documents of a file; `known` are those of the graph there is, by title, address and, where known, day."""

    def __init__(
        self,
        base: str,
        outlets: Names,
        known: dict[tuple[str, str], str],
        texts: Mapping[str, str],
        form: str,
        taken: Collection[str],
    ) -> None:
        self._base, self._outlets, self._known, self._texts, self._form = base, outlets, known, texts, form
        self.new: dict[Key, Source] = {}
        self._all: dict[Key, Source] = {}
        self._taken = set(taken)

    def declare(self, iri: str, title: str, url: str) -> None:
        """Let a title and an address, as cells spell them, be those of a document the file describes."""
        self._known[title, url] = iri

    def source(self, cell: Callable[[str], str], target: str, said: Days | None) -> Source:
        """The document a row stands in, as known so far; raises ValueError, with nothing taken."""
        title, url = " ".join(cell("document").split()), cell("url")
        told = _issued(cell, self._form)
        if title or url:
            key: Key = ("", title, url)
        elif target:
            key = (target, *(said or ("", "")))[:3]
        else:
            key = ("", "", "")
        found = self._all.get(key)
        if found is None:
            issued = said if told is None and target and key[0] and said and said[0] == said[1] else told
            found = self._described(cell, key, title, url, issued)
        else:
            _complete(found, told, cell("sha256"), _length(cell))
        if said and found.issued and said[1] > found.issued[1] and said[1] != END:
            raise ValueError(f"said on {said[1]}, after its document of {found.issued[1]}")
        known = (found.title, url) in self._known
        found.publisher = "" if known else " ".join(cell("publisher").split())
        return found

    def take(self, source: Source, said: Days | None) -> str:
        """The IRI of a document, made where it is new."""
        if not source.iri:
            source.iri = self._known.get((source.title, source.url), "")
            if not source.iri:
                words = source.title or source.url or "source"
                source.iri = mint(f"{self._base}document/", words, "document", self._taken)
                self.new[source.key] = source
            self._all[source.key] = source
        if said and said[1] != END:
            source.latest = max(source.latest, said[1])
        if source.publisher:
            source.publishers[self._outlets.take(source.publisher, "media outlet")] = None
        return source.iri

    def _described(
        self, cell: Callable[[str], str], key: Key, title: str, url: str, issued: Days | None
    ) -> Source:
        language, sha256, length = cell("language") or "und", cell("sha256"), _length(cell)
        if url and not is_address(url):
            raise ValueError(f"'{url[:60]}' is no address: https://…")
        if not LANGUAGE.fullmatch(language):
            raise ValueError(f"'{language[:20]}' is no language: en, ar …")
        if sha256 and not CHECKSUM.fullmatch(sha256):
            raise ValueError(f"'{sha256[:20]}' is no SHA-256")
        if not title:
            shown = ", ".join(filter(None, (key[0], key[1]))) if key[0] else url or "source not named"
            title = f"[{shown}]"
        text = self._texts.get(title)
        if text is not None:
            sha256, length = hashlib.sha256(text.encode()).hexdigest(), len(text)
        return Source(key, title, url, issued, language, sha256, length, text)


def describe_document(source: Source, derived: NamedNode) -> Iterator[Triple]:
    """A document that a file names; one without a day is no older than what it reports."""
    first, last = source.issued or (source.latest, END)
    days = [("dcterms:issued", day(first))]
    if first != last:
        days = [("stance:issuedNotBefore", day(first)), ("stance:issuedNotAfter", day(last))]
        why = "Undated in the file: not before what it reports."
        days.append(("rdfs:comment", english("The bounds are those of the file." if source.issued else why)))
    url = Literal(source.url, datatype=term("xsd:anyURI"))
    return describe(
        NamedNode(source.iri),
        ("rdf:type", "schema:NewsArticle"),
        ("dcterms:title", Literal(source.title)),
        ("dcterms:language", Literal(source.language)),
        *(("dcterms:publisher", NamedNode(iri)) for iri in source.publishers),
        *days,
        *([("schema:url", url)] if source.url else []),
        *([("stance:sha256", Literal(source.sha256))] if source.sha256 else []),
        *([("stance:length", Literal(source.length))] if source.length is not None else []),
        ("prov:wasDerivedFrom", derived),
    )


def _issued(cell: Callable[[str], str], form: str) -> Days | None:
    told = cell("document_date")
    if told == "../..":  # of a document that a graph leaves open at both ends
        return BEGINNING, END
    return days_of(told, form) if told else None


def _length(cell: Callable[[str], str]) -> int | None:
    told = cell("length")
    if told and not re.fullmatch(r"\d{1,9}", told, re.ASCII):
        raise ValueError(f"'{told[:20]}' is no length in code points")
    return int(told) if told else None


def _complete(source: Source, issued: Days | None, sha256: str, length: int | None) -> None:
    """Add what another row tells of a document; raises ValueError where it tells otherwise."""
    for told, had, what in (
        (issued, source.issued, "day"),
        (sha256, source.sha256, "checksum"),
        (length, source.length, "length"),
    ):
        if told and had and told != had:
            raise ValueError(f"an earlier row gives its document another {what}")
    source.issued, source.sha256 = source.issued or issued, source.sha256 or sha256
    source.length = length if source.length is None else source.length


# Entries that rows describe


@dataclass(slots=True)
class Described:
    """An entry as rows describe it: its name, a document's address, and by file what is said of it."""

    kind: str
    name: str = ""
    url: str = ""
    taken_over: bool = False
    said: dict[str, dict[Triple, None]] = field(default_factory=lambda: defaultdict(dict))


def describe_entry(found: dict[str, Described], row: Mapping[str, str], folder: Folder) -> None:
    """Add what a row says to the entries `found`, by IRI; raises ValueError or UsageError, saying why it cannot be."""
    kind, base = row[column_roles.ENTRY], folder.base
    if kind not in column_roles.KINDS:
        raise ValueError(f"'{kind[:40]}' is no kind of entry: {', '.join(column_roles.KINDS)}")
    name = row.get(f"{column_roles.ENTRY}_id", "")
    if column_roles.is_name(name) and not name.startswith(f"{kind}/"):
        raise ValueError(f"'{name[:60]}' is no name of this kind: write {kind}/…")
    here = NamedNode(column_roles.read_iri(name, base))
    said = [*_said(here, column_roles.ENTRY_FIELDS[kind].values(), row, folder)]
    entry = found.setdefault(here.value, Described(kind))
    if entry.kind != kind:
        raise ValueError(f"{row[f'{column_roles.ENTRY}_id'][:60]} is another kind of entry in an earlier row")
    file = (
        column_roles.BACKGROUND
        if row.get(f"{column_roles.ENTRY}_in")
        else column_roles.FILES.get(kind, "actors")
    )
    if not entry.said or file != column_roles.BACKGROUND:
        for other in entry.said.values():
            other.pop(Triple(here, term("rdf:type"), term(column_roles.KINDS[kind])), None)
        said.append(Triple(here, term("rdf:type"), term(column_roles.KINDS[kind])))
    entry.said[file] |= dict.fromkeys(said)
    entry.taken_over |= bool(row.get(column_roles.TAKEN_OVER))
    for triple in said:
        if triple.predicate in (term("skos:prefLabel"), term("dcterms:title")) and isinstance(
            triple.object, Literal
        ):
            if triple.object.language in (None, "en"):
                entry.name = triple.object.value
        elif triple.predicate == term("schema:url"):
            entry.url = object_value(triple)


def _said(
    here: NamedNode, fields: Iterable[Field], row: Mapping[str, str], folder: Folder
) -> Iterator[Triple]:
    for each in fields:
        cell = row.get(f"{column_roles.ENTRY}_{each.name}")
        if cell and each.values in ("days", "class", "type"):
            yield from (Triple(here, *pair) for pair in pairs(folder, each, cell))
        elif cell:
            yield Triple(here, term(each.edge), column_roles.read_cell(cell, each.values, folder.base))
