"""Whose names the cells of a file are: entries of the graph there is, or new ones; a doubtful one is nobody's."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph import names
from stancegraph.curate.entries import GROUPS, PERSONS, slug
from stancegraph.curate.fields import CLASSES
from stancegraph.dates import BEGINNING, END
from stancegraph.errors import UnknownName
from stancegraph.names import spelling
from stancegraph.store.terms import day, describe, english, term

if TYPE_CHECKING:
    from stancegraph.errors import Candidate
    from stancegraph.exchange.imports.days import Days

NEW: Final = "new"
"""What a person writes for a name that is another than all there are."""
TYPES: Final = {"claim": "stance:Claim", "demand": "stance:Demand", "proposition": "", "actor": ""}
LONGEST: Final = 500
"""Characters of a name."""


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
        self._taken = {iri.removeprefix(self._base) for iri in taken if iri.startswith(self._base)}
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
            self.new[key] = New(self._mint(label), label, kind, class_, raw=name if name != label else "")
        elif name != self.new[key].label:
            self.new[key].others[name] = None
        self._iri[name] = self.new[key].iri
        return self._iri[name]

    def _mint(self, label: str) -> str:
        words = slug(label, digits=True) or self.kind
        local, number = words, 1
        while local in self._taken:
            number += 1
            local = f"{words}-{number}"
        self._taken.add(local)
        return self._base + local


def describe_actor(new: New, source: NamedNode, kinds: Mapping[str, str]) -> Iterator[Triple]:
    """An actor that a file brings, of the kind it says."""
    here = NamedNode(new.iri)
    kind = new.kind or "other"
    told = "person" if kind in PERSONS else "group" if kind in (*GROUPS, "other") else "organisation"
    yield from describe(
        here,
        ("rdf:type", term("stance:Actor")),
        ("rdf:type", term(new.class_ or CLASSES[told])),
        ("stance:actorKind", NamedNode(kinds[kind])),
    )
    yield from _named(new, here, source)


def describe_proposition(new: New, source: NamedNode, title: str) -> Iterator[Triple]:
    """A proposition that a file brings, under its label there."""
    here = NamedNode(new.iri)
    note = f"A target in {title}, under its own label there."
    yield from describe(here, ("rdf:type", term("stance:Proposition")), ("skos:scopeNote", english(note)))
    if TYPES.get(new.kind):
        yield from describe(here, ("rdf:type", term(TYPES[new.kind])))
    yield from _named(new, here, source)


def describe_event(new: New, source: NamedNode) -> Iterator[Triple]:
    """An event that a file brings, with its days where the file gives them."""
    here = NamedNode(new.iri)
    first, last = new.days or (BEGINNING, END)
    yield from describe(here, ("rdf:type", term("schema:Event")))
    for document in new.documents:
        yield from describe(here, ("dcterms:source", NamedNode(document)))
    if new.days:
        yield from describe(here, ("rdfs:comment", english("Its days are those of the file.")))
    for name, iso, open_ in (("schema:startDate", first, BEGINNING), ("schema:endDate", last, END)):
        if iso != open_:
            yield from describe(here, (name, day(iso)))
    yield from _named(new, here, source)


def _named(new: New, here: NamedNode, source: NamedNode) -> Iterator[Triple]:
    yield from describe(here, ("skos:prefLabel", english(new.label)), ("prov:wasDerivedFrom", source))
    if new.raw:
        yield from describe(here, ("skos:hiddenLabel", Literal(new.raw)))
    for other in new.others:
        yield from describe(here, ("skos:altLabel", english(other)))
    for note in new.notes:
        yield from describe(here, ("skos:note", Literal(note)))
