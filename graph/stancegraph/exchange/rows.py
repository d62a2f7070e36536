"""Statements as rows by role: one for each speaker, target and stretch of a document, as `import` reads them back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from stancegraph import statements
from stancegraph.dates import BEGINNING, END, span
from stancegraph.exchange.roles import ROLES
from stancegraph.vocabulary import FIELDS, local_name

if TYPE_CHECKING:
    from stancegraph.records import Report, Statement
    from stancegraph.statements.filters import Filters
    from stancegraph.store import Store

_KINDS: Final = (
    """SELECT ?x ?kind { ?x stance:actorKind ?of . ?of skos:prefLabel ?kind FILTER(LANG(?kind) = "en") }"""
)
_TYPES: Final = (
    "SELECT ?x ?type { ?x a stance:Proposition ; a ?type FILTER(?type IN (stance:Claim, stance:Demand)) }"
)
_BARE: Final = """SELECT ?s ?target ?label {
  ?s stance:stanceOn ?target . ?target skos:prefLabel ?label FILTER(LANG(?label) = "en") }"""
_TEXTS: Final = """SELECT ?document ?language ?sha256 ?length { ?document a schema:NewsArticle
  OPTIONAL { ?document dcterms:language ?language } OPTIONAL { ?document stance:sha256 ?sha256 }
  OPTIONAL { ?document stance:length ?length } }"""

_EVENTS: Final = """SELECT ?event ?label ?start ?end { ?event a schema:Event ; skos:prefLabel ?label
  FILTER(LANG(?label) = "en")
  OPTIONAL { ?event schema:startDate ?start } OPTIONAL { ?event schema:endDate ?end } }"""
_FIGURES: Final = """SELECT DISTINCT ?s ?event ?counted ?wording ?min ?max ?exclusive ?date {
  ?s stance:claims ?figure . ?figure stance:counted/skos:prefLabel ?counted ; schema:observationAbout ?event ;
    stance:wording ?wording
  OPTIONAL { ?figure schema:minValue ?min } OPTIONAL { ?figure schema:maxValue ?max }
  OPTIONAL { ?figure stance:exclusive ?exclusive } OPTIONAL { ?figure schema:observationDate ?date }
  FILTER(LANG(?counted) = "en" && (BOUND(?min) || BOUND(?max))) }"""
_BEYOND: Final = """SELECT DISTINCT ?s ?what {
  { VALUES (?p ?what) { (stance:inRole "role") (stance:occasion "occasion") (stance:ascribes "ascribed")
      (rdfs:comment "comment") (dcterms:source "source") }
    ?s a stance:Statement ; ?p ?any }
  UNION { ?report stance:reports ?s ; stance:via ?any BIND("via" AS ?what) } }"""
BEYOND: Final = {
    "role": "in which role it was said",
    "occasion": "on which occasion",
    "ascribed": "what it ascribes to others",
    "via": "through whom it was reported",
    "source": "the background it rests on",
    "comment": "the coders' comments",
}
"""What a statement may have that no row holds."""
_FIGURE: Final = [f"figure_{name}" for name in ("counted", "wording", "min", "max", "exclusive", "date")]


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows, each with a cell for each of `columns`, of so many statements; `note` says what rows do not hold."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    statements: int
    note: str


@dataclass(frozen=True, slots=True)
class _Aim:
    """A target of a statement: its name and kind, the stance, its basis and confidence, the documents that show it."""

    name: str
    kind: str
    stance: str
    basis: str
    confidence: float
    documents: frozenset[str]


def rows(filters: Filters) -> Taken:
    """The statements that pass the filters as rows, oldest first."""
    found = statements.select(filters)
    flat = _Flat(filters.store, found)
    made = tuple(tuple(row.get(role, "") for role in ROLES) for each in found for row in flat.rows(each))
    return Taken(tuple(ROLES), made, len(found), _beyond(filters.store, {each.iri for each in found}))


def _beyond(store: Store, found: set[str]) -> str:
    """What some of the statements have that no row holds, and how many; empty where none has."""
    number = Counter(what for iri, what in store.tuples(_BEYOND) if iri in found)
    told = ", ".join(f"{said} ({number[what]})" for what, said in BEYOND.items() if number[what])
    return f"rows do not hold {told}: a file in .ttl does" if told else ""


class _Flat:
    """What rows need beside the statements: names that are one's alone, kinds, and texts of documents."""

    def __init__(self, store: Store, found: Iterable[Statement]) -> None:
        self._kinds = {row[0]: row[1] for row in store.tuples(_KINDS)}
        self._types = {iri: local_name(type_).lower() for iri, type_ in store.tuples(_TYPES)}
        self._texts = {iri: told for iri, *told in store.tuples(_TEXTS)}
        self._bare: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for iri, target, label in store.tuples(_BARE):
            self._bare[iri].append((target, label))
        events = {iri: told for iri, *told in sorted(store.tuples(_EVENTS))}
        event = _apart((iri, label, label.casefold()) for iri, (label, *_) in events.items())
        self._about = {
            iri: {
                "about": event[iri],
                "about_date": span(start or BEGINNING, end or END) if start or end else "",
            }
            for iri, (_, start, end) in events.items()
        }
        self._figures: dict[str, list[dict[str, str]]] = defaultdict(list)
        for iri, of, *told in sorted(store.tuples(_FIGURES)):
            if of in event:
                self._figures[iri].append(
                    {"figure_event": event[of], **dict(zip(_FIGURE, told, strict=True))}
                )
        named = {(who.iri, who.label) for each in found for who in each.speakers}
        named |= {(who.iri, who.label) for each in found for who in (*each.on_behalf_of, *each.addressees)}
        named |= {(t.thing.iri, t.thing.label) for each in found for t in each.targets}
        named |= {bare for targets in self._bare.values() for bare in targets}
        titled = {(r.document.iri, r.document.title, r.document.url) for each in found for r in each.reports}
        self._name = _apart((iri, label, label.casefold()) for iri, label in named)
        self._title = _apart((iri, title, f"{title} {url or ''}") for iri, title, url in titled)

    def rows(self, statement: Statement) -> Iterator[Mapping[str, str]]:
        """The rows of one statement; what holds of all its targets stands first."""
        own = {
            "statement": local_name(statement.iri),
            "gist": statement.gist,
            "condition": statement.condition or "",
            "act": statement.act or "",
            "medium": statement.medium or "",
            "date": "" if statement.date == "../.." else statement.date,
        }
        whole = _Aim("", "", "", statement.basis, statement.confidence, frozenset())
        aims = self._aims(statement)
        alike = [aim for aim in aims if (aim.basis, aim.confidence) == (whole.basis, whole.confidence)]
        ordered = [*alike, *(aim for aim in aims if aim not in alike)] if alike else [whole, *aims]
        made = list(self._told(statement, own, ordered, whole))
        others = self._others(statement)
        for number in range(max(len(made), *map(len, others))):
            row = {**made[min(number, len(made) - 1)]}
            for those in others:
                if number < len(those):
                    row |= those[number]
            yield row

    def _others(self, statement: Statement) -> list[list[dict[str, str]]]:
        """What one row each has one of: whom it is for and to, the events it is about, the figures it claims."""
        actors = {"on_behalf_of": statement.on_behalf_of, "addressee": statement.addressees}
        found = [
            [{role: self._name[who.iri], f"{role}_kind": self._kinds.get(who.iri, "")} for who in those]
            for role, those in actors.items()
        ]
        about = [self._about[each.iri] for each in statement.about if each.iri in self._about]
        return [*found, about, self._figures.get(statement.iri, [])]

    def _told(
        self, statement: Statement, own: Mapping[str, str], ordered: list[_Aim], whole: _Aim
    ) -> Iterator[dict[str, str]]:
        """A row for each speaker, target and stretch of each document."""
        for report in statement.reports:
            shown = [aim for aim in ordered if not aim.documents or report.document.iri in aim.documents]
            document = self._document(report)
            for speaker, aim, place in product(statement.speakers, shown or [whole], _places(report)):
                yield {
                    **own,
                    **document,
                    **place,
                    "speaker": self._name[speaker.iri],
                    "speaker_kind": self._kinds.get(speaker.iri, ""),
                    "target": aim.name,
                    "target_kind": aim.kind,
                    "stance": aim.stance,
                    "basis": aim.basis,
                    "confidence": f"{aim.confidence:.1f}",
                }

    def _aims(self, statement: Statement) -> list[_Aim]:
        aims = [
            _Aim(
                self._name[target.thing.iri],
                self._kind(target.thing.iri),
                FIELDS[target.sign],
                target.basis,
                target.confidence,
                frozenset(target.documents),
            )
            for target in statement.targets
        ]
        bare = self._bare.get(statement.iri, ())
        return aims + [
            _Aim(self._name[iri], self._kind(iri), "on", statement.basis, statement.confidence, frozenset())
            for iri, _ in bare
        ]

    def _kind(self, iri: str) -> str:
        return self._kinds.get(iri) or self._types.get(iri, "proposition")

    def _document(self, report: Report) -> dict[str, str]:
        document = report.document
        language, sha256, length = self._texts.get(document.iri, ("", "", ""))
        return {
            "document": self._title[document.iri],
            "publisher": document.publisher,
            "url": document.url or "",
            "document_date": document.issued,
            "language": language,
            "sha256": sha256,
            "length": length,
        }


def _places(report: Report) -> list[dict[str, str]]:
    places = [{"start": str(p.start), "end": str(p.end), "quote": p.quote or ""} for p in report.passages]
    return places + [{"quote": words} for words in report.unplaced] or [{}]


def _apart(named: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """IRI → its name, with the end of the IRI where another has the same (by the third of each)."""
    named = list(named)
    borne = Counter(key for _, _, key in named)
    return {iri: name if borne[key] == 1 else f"{name} ({local_name(iri)})" for iri, name, key in named}
