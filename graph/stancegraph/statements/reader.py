"""The reader of statements: what a graph says of some of them or of all, asked for once, as records or as columns.

Few statements are asked about by name, in one query that gives all their properties. Where all of a large graph are
wanted, each property is read alone: one scan of its own index, without a join.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite, nan
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import NamedNode

from stancegraph.dates import BEGINNING, END, span
from stancegraph.records import Document, Figure, Named, Passage, Report, Statement, Target
from stancegraph.store import remembered
from stancegraph.store.sparql import node
from stancegraph.vocabulary import expand, local_name

if TYPE_CHECKING:
    from stancegraph.store import Store, Term, Values

    Column = dict[str, dict[str, set[str]]]

FEW: Final = 5_000
"""Statements up to which a graph is asked about those alone; past it, about all."""
MANY: Final = 50_000
"""The same of a graph that is not light: each statement named costs as much as two that a scan passes."""
CHUNK: Final = 500
"""Statements named in one query."""
SIGNS: Final = {"1": 1, "-1": -1, "0": 0}
"""What a stance:polarity may be."""

REPORTS: Final = """SELECT DISTINCT ?s ?report ?document ?passage ?start ?end ?exact WHERE {
    ?report stance:reports ?s
    { ?report stance:document ?document }
    UNION { ?report stance:passage ?passage . ?passage oa:hasSelector ?selector
            { ?selector oa:start ?start ; oa:end ?end }
            UNION { ?selector oa:start ?start FILTER NOT EXISTS { ?selector oa:end ?anywhere } }
            UNION { ?selector oa:exact ?exact } }
    UNION { ?report stance:quote ?exact } }"""
"""A row for the document of each report, for each place of a passage, for its words, and for each quotation."""
DETAILS: Final = """SELECT DISTINCT
    ?s ?figure ?counted ?event ?min ?max ?exclusive ?wording ?speaker ?organisation ?label WHERE {
    { ?s stance:claims ?figure . ?figure stance:counted/skos:prefLabel ?counted ; stance:wording ?wording .
      OPTIONAL { ?figure schema:observationAbout/skos:prefLabel ?event FILTER(LANG(?event) = "en") }
      OPTIONAL { ?figure schema:minValue ?min } OPTIONAL { ?figure schema:maxValue ?max }
      OPTIONAL { ?figure stance:exclusive ?exclusive } }
    UNION { ?s stance:inRole ?role . ?role org:member ?speaker ; org:organization ?organisation .
      OPTIONAL { ?organisation skos:prefLabel ?label FILTER(LANG(?label) IN ("en", "")) } } }"""
"""A row for each figure claimed, and for each role spoken in with its organisation."""
DOCUMENTS: Final = """SELECT ?document ?title ?publisher ?issued ?from ?to ?url WHERE {
    ?document dcterms:title ?title .
    OPTIONAL { ?document dcterms:publisher/skos:prefLabel ?publisher FILTER(LANG(?publisher) = "en") }
    OPTIONAL { ?document dcterms:issued ?issued }
    OPTIONAL { ?document stance:issuedNotBefore ?from } OPTIONAL { ?document stance:issuedNotAfter ?to }
    OPTIONAL { ?document schema:url ?url } }"""
LABELS: Final = """SELECT DISTINCT ?x ?label WHERE {{ {about} ?x skos:prefLabel ?label
    FILTER(LANG(?label) IN ("en", "")) }}"""
NAMES: Final = """SELECT DISTINCT ?x ?label ?type WHERE {{ {about}
    {{ ?x skos:prefLabel ?label FILTER(LANG(?label) IN ("en", "")) }}
    UNION {{ ?x a ?type FILTER(?type IN (stance:Actor, stance:Claim, stance:Demand)) }} }}"""
CODING: Final = expand("stance:coding")
PLAIN: Final = frozenset(
    expand(f"stance:{name}")
    for name in ("gist", "condition", "saidOn", "saidNotBefore", "saidNotAfter", "confidence")
)
"""Properties of statements whose values are literals."""
EVERYTHING: Final = """{ ?x a stance:Actor } UNION { ?x a stance:Proposition } UNION { ?x a skos:Concept }
    UNION { ?x a schema:Event }"""
WORDS: Final = """SELECT ?edge ?sign ?label ?for ?word WHERE { ?edge stance:polarity ?sign ; rdfs:label ?label
    OPTIONAL { ?edge ?for ?word FILTER(LANG(?word) = "en" && ?for IN (
        stance:wordForActor, stance:wordForClaim, stance:wordForDemand, stance:wordForUndertaking)) } }"""
BOUND: Final = """SELECT DISTINCT ?demand ?who WHERE { ?demand stance:binds ?bound
    { ?who (org:subOrganizationOf|^foaf:member)* ?bound } UNION { ?bound org:subOrganizationOf+ ?who } }"""
"""Who a demand binds: the actor named, its parts and members, and the wholes it is part of."""
CODINGS: Final = "SELECT ?s ?p ?value ?coding WHERE { ?s stance:coding ?coding . ?coding ?p ?value }"
PROPERTIES: Final = "SELECT ?s ?p ?value WHERE {{ {about}?s ?p ?value }}"
WITH_CODINGS: Final = """SELECT ?s ?p ?value ?coding WHERE {{ {about}{{ ?s ?p ?value }}
    UNION {{ ?s stance:coding ?coding . ?coding ?p ?value }} }}"""
"""In the same breath where each question takes its time; to look for codings that are not there takes as long."""
QUOTED: Final = "SELECT DISTINCT ?s WHERE { ?report stance:reports ?s ; stance:quote ?words }"


@dataclass(frozen=True, slots=True)
class Edge:
    """A property that is a stance: its sign, and the words for it, by the sort of target it has."""

    sign: int
    words: Mapping[str, str]

    def word(self, sort: str) -> str:
        """The word for a target of a sort: actor, claim, demand, undertaking, or anything else."""
        return self.words.get(sort, self.words[""])


@remembered
def edges(store: Store) -> dict[str, Edge]:
    """Property → the sign and the words of the stance, as the vocabulary in the graph says."""
    words: dict[str, dict[str, str]] = defaultdict(dict)
    signs: dict[str, int] = {}
    for edge, text, label, sort, word in store.tuples(WORDS):
        sign = polarity(store, edge, text, instead="what is held by it is left out")
        if sign is None:
            continue
        signs[edge] = sign
        words[edge][""] = label
        if sort:
            words[edge][local_name(sort).removeprefix("wordFor").lower()] = word
    if not signs:
        raise store.without_vocabulary()
    return {edge: Edge(sign, words[edge]) for edge, sign in signs.items()}


def polarity(store: Store, iri: str, text: str, *, instead: str) -> int | None:
    """The sign of a property that is a stance; None where the data gives none, and the store notes it."""
    if text in SIGNS:
        return SIGNS[text]
    store.left_out[f"{iri}: stance:polarity '{text[:40]}' is none of 1, -1 and 0: {instead}"] = None
    return None


class Labels(dict[str, str]):
    """IRI → English label; the last part of the IRI where the graph has none."""

    def __missing__(self, iri: str) -> str:
        return local_name(iri)


def labels(store: Store, about: str) -> Labels:
    """English label of everything that the pattern `about` binds to ?x."""
    return Labels((x, label) for x, label in store.tuples(LABELS.format(about=about + " .")))


class Description(NamedTuple):
    """What sort of actor one is, and its Arabic name if there is one."""

    kind: str
    arabic: str | None


@remembered
def actors(store: Store) -> dict[str, Description]:
    """IRI → description of every actor whose kind the graph tells."""
    rows = store.tuples(
        """SELECT ?actor ?kind ?arabic WHERE { ?actor stance:actorKind/skos:prefLabel ?kind .
             OPTIONAL { ?actor skos:prefLabel ?arabic FILTER(LANG(?arabic) = "ar") } }"""
    )
    return {actor: Description(kind, arabic or None) for actor, kind, arabic in rows}


def documents(store: Store, iris: Collection[str] | None = None) -> dict[str, Document]:
    """Records of the documents named, or of all that have a title, by IRI."""
    if iris is not None and not iris:
        return {}
    record = {iri: Document(iri, local_name(iri), "", "") for iri in sorted(iris or ())}
    asked = None if iris is None or len(iris) > FEW else {"document": [node(iri) for iri in sorted(iris)]}
    for iri, title, publisher, issued, first, last, url in store.tuples(DOCUMENTS, asked):
        if iris is None or iri in record:
            day = issued or (span(first or BEGINNING, last or END) if first or last else "")
            record[iri] = Document(iri, title, publisher, day, url or None)
    return record


def number(store: Store, iri: str, predicate: str, text: str, *, instead: str) -> float | None:
    """A number the data gives; None where it gives none, and the store notes it: "`instead`" says what is done."""
    try:
        value = float(text)
    except ValueError:
        value = nan
    if isfinite(value):
        return value
    store.left_out[f"{iri}: {predicate} '{text[:40]}' is not a number: {instead}"] = None
    return None


def in_parts(iris: Iterable[str]) -> Iterator[Values]:
    """Statements some hundred at a time, as what ?s of a query about them is bound to."""
    nodes = [node(iri) for iri in iris]
    return ({"s": nodes[at : at + CHUNK]} for at in range(0, len(nodes), CHUNK))


def read_confidence(store: Store, iri: str, text: str | None) -> float | None:
    """A confidence the data gives, None where it gives none; 0, which nobody takes for sure, of what is no number."""
    if text is None:
        return None
    return number(store, iri, "stance:confidence", text, instead="it counts as 0") or 0.0


@remembered
def bound(store: Store) -> dict[str, frozenset[str]]:
    """Demand → the actors who would have to act for it to be met."""
    found: dict[str, set[str]] = defaultdict(set)
    for demand, who in store.tuples(BOUND):
        found[demand].add(who)
    return {demand: frozenset(actors) for demand, actors in found.items()}


@remembered
def _rows_of_all(store: Store) -> list[tuple[str, ...]]:
    """What NAMES tells of everything that a statement may name."""
    return store.tuples(NAMES.format(about=EVERYTHING + " ."))


@remembered
def _named(store: Store) -> dict[str, list[tuple[str, ...]]]:  # noqa: ARG001  it is kept with the store
    """IRI → what NAMES tells of it, of those asked for so far."""
    return {}


class Coding(NamedTuple):
    """What is coded of one target alone; None, or no reports, where it is as the statement says."""

    basis: str | None = None
    confidence: float | None = None
    shown: frozenset[str] = frozenset()


NO_CODING: Final = Coding()


class Reader:
    """What a graph says of the statements with the IRIs `chosen`, or of all (None)."""

    def __init__(self, store: Store, chosen: Collection[str] | None = None) -> None:
        self.store = store
        self.chosen = None if chosen is None else frozenset(chosen)
        few = FEW if store.light else MANY
        self._named = chosen is not None and (len(chosen) <= few or store.tabular)
        self.at_once = self._named or store.light
        """Whether all properties are read in one query, and not each in a scan of its own."""
        self._columns: dict[str, dict[str, set[str]]] = {}

    def ask(
        self, text: str, values: Mapping[str, Sequence[Term] | Term] | None = None
    ) -> list[tuple[str, ...]]:
        """The rows of a query whose first variable is ?s, about the statements chosen."""
        if self._named:
            return [
                row
                for chunk in self._chunks
                for row in self.store.tuples(text, {**(values or {}), "s": chunk})
            ]
        rows = self.store.tuples(text, values)
        return rows if self.chosen is None else [row for row in rows if row[0] in self.chosen]

    @cached_property
    def _chunks(self) -> list[list[NamedNode]]:
        """The statements chosen, as many as one question names; a table is read once for all of them."""
        iris = [node(iri) for iri in sorted(self.chosen or ())]
        size = max(len(iris), 1) if self.store.tabular else CHUNK
        return [iris[at : at + size] for at in range(0, len(iris), size)]

    def values(self, curie: str) -> Mapping[str, set[str]]:
        """Statement → its values of a property (a prefixed name or an IRI); one that has none is missing."""
        if curie not in self._columns:
            iri = curie if "://" in curie else expand(curie)
            self._columns[curie] = self._properties.get(iri, {}) if self.at_once else self._column(iri)
        return self._columns[curie]

    def _column(self, iri: str) -> dict[str, set[str]]:
        column: dict[str, set[str]] = defaultdict(set)
        for s, value in self.ask(f"SELECT ?s ?value WHERE {{ ?s <{iri}> ?value }}"):
            column[s].add(value)
        return dict(column)

    def value(self, curie: str) -> dict[str, str]:
        """Statement → its value of a property, the least where there are several."""
        return {s: min(values) for s, values in self.values(curie).items()}

    @property
    def _properties(self) -> Column:
        """Property → statement → values."""
        return self._all_properties[0]

    @cached_property
    def _all_properties(self) -> tuple[Column, dict[tuple[str, str], dict[str, set[str]]]]:
        """Property → statement → values; statement and coding → property → values."""
        found: Column = defaultdict(lambda: defaultdict(set))
        coded: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        about = "" if self._named else "?s a stance:Statement . "
        rows = self.ask((WITH_CODINGS if self.store.light else PROPERTIES).format(about=about))
        if not self.store.light and CODING in {row[1] for row in rows}:
            rows += self.ask(CODINGS)
        for s, p, value, *coding in rows:
            if coding and coding[0]:
                coded[s, coding[0]][p].add(value)
            else:
                found[p][s].add(value)
        return {p: dict(values) for p, values in found.items()}, coded

    @cached_property
    def codings(self) -> dict[tuple[str, str], Coding]:
        """Statement and target → what is coded of that target alone."""
        if self.at_once:
            coded = self._all_properties[1]
        else:
            coded = defaultdict(lambda: defaultdict(set))
            for s, p, value, coding in self.ask(CODINGS):
                coded[s, coding][p].add(value)
        return {
            (s, target): self._coding(s, values)
            for (s, _), values in coded.items()
            for target in values.get(expand("stance:of"), ())
        }

    def _coding(self, s: str, values: Mapping[str, set[str]]) -> Coding:
        basis, sure = (
            min(values.get(expand(curie), ()), default=None)
            for curie in ("stance:basis", "stance:confidence")
        )
        return Coding(
            None if basis is None else self.labels[basis],
            read_confidence(self.store, s, sure),
            frozenset(values.get(expand("stance:shownBy"), ())),
        )

    @cached_property
    def iris(self) -> list[str]:
        """The statements there are, sorted."""
        if self.at_once:
            return sorted(set().union(*(column.keys() for column in self._properties.values())))
        return (
            sorted(self.values("rdf:type"))
            if self.chosen
            else sorted(
                s for s, types in self.values("rdf:type").items() if expand("stance:Statement") in types
            )
        )

    @cached_property
    def edges(self) -> dict[str, Edge]:
        """Property that is a stance → its sign and words."""
        return edges(self.store)

    @cached_property
    def labels(self) -> Labels:
        """English labels of what the statements name: speakers, targets, acts, events …"""
        return self._names[0]

    @cached_property
    def _names(self) -> tuple[Labels, dict[str, str]]:
        """Labels, and the sort of what can be a target: actor, claim or demand; of many statements, of everything."""
        few = self._named and len(self.chosen or ()) <= 2 * CHUNK
        rows = self._rows_of_named() if few else _rows_of_all(self.store)
        sorts = {x: local_name(sort).lower() for x, _, sort in rows if sort}
        return Labels((x, label) for x, label, _ in rows if label), sorts

    def _rows_of_named(self) -> list[tuple[str, ...]]:
        """What NAMES tells of the things that the statements name; of each IRI a store is asked once."""
        properties, coded = self._all_properties
        things = {text for each in coded.values() for text in each.get(expand("stance:basis"), ())}
        for p, column in properties.items():
            if p not in PLAIN:
                things.update(*column.values())
        known, new, nameless = _named(self.store), list[NamedNode](), False
        for thing in things - known.keys():
            try:
                new.append(NamedNode(thing))
                known[thing] = []
            except ValueError:  # a blank node, or a literal
                nameless = True
        for at in range(0, len(new), CHUNK):
            for row in self.store.tuples(NAMES.format(about=""), {"x": new[at : at + CHUNK]}):
                known.setdefault(row[0], []).append(row)  # an endpoint may tell of what it was not asked
        rows = [row for thing in things for row in known.get(thing, ())]
        if nameless:
            about = "?s ?p ?x FILTER(isBlank(?x))"
            rows += [row[1:] for row in self.ask(NAMES.replace("?x", "?s ?x", 1).format(about=about))]
        return rows

    @cached_property
    def bound(self) -> Mapping[str, frozenset[str]]:
        """Demand → everyone it binds."""
        return bound(self.store) if "demand" in self._names[1].values() else {}

    def sort(self, iri: str, target: str) -> str:
        """What a target is to a statement: actor, claim, demand, undertaking (a demand that binds a speaker), or ""."""
        sort = self._names[1].get(target, "")
        if sort == "demand" and self.binds(iri, target, self.values("stance:speaker").get(iri, ())):
            return "undertaking"
        return sort

    def word(self, target: str, sign: int) -> str:
        """The word for a stance of a sign on a target that does not bind the actor."""
        return next(edge.word(self.sort("", target)) for edge in self.edges.values() if edge.sign == sign)

    def binds(self, iri: str, target: str, speakers: Iterable[str]) -> bool:
        """Whether a demand binds one of the speakers, those they speak for, or those in whose role they speak."""
        if not (bound := self.bound.get(target)):
            return False
        behalf = self.values("stance:onBehalfOf").get(iri, set())
        roles = self.roles.get(iri, {})
        return any(bound & {one, *behalf, *((roles[one].iri,) if one in roles else ())} for one in speakers)

    @cached_property
    def _details(self) -> list[tuple[str, ...]]:
        """Figures claimed and roles spoken in."""
        asked = self.values("stance:claims") or self.values("stance:inRole")
        return self.ask(DETAILS) if asked else []

    @cached_property
    def roles(self) -> dict[str, dict[str, Named]]:
        """Statement → speaker → the organisation of the role the speaker spoke in."""
        found: dict[str, dict[str, Named]] = defaultdict(dict)
        for s, *_, speaker, iri, label in self._details:
            if speaker:
                found[s][speaker] = Named(iri, label or local_name(iri))
        return found

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """The records, by IRI."""
        reports, figures = self._reports, self._figures
        return {s: self._statement(s, reports.get(s, ()), figures.get(s, ())) for s in self.iris}

    def _statement(self, iri: str, reports: Sequence[Report], figures: Sequence[Figure]) -> Statement:
        speakers, behalf = self._things(iri, "stance:speaker"), self._things(iri, "stance:onBehalfOf")
        role = self.roles.get(iri, {})
        on = self._text(iri, "stance:saidOn")
        basis = self._concept(iri, "stance:basis") or ""
        sure = read_confidence(self.store, iri, self._text(iri, "stance:confidence"))
        return Statement(
            iri=iri,
            speakers=speakers,
            organisations=behalf or tuple(dict.fromkeys(role.get(s.iri, s) for s in speakers)),
            on_behalf_of=behalf,
            addressees=self._things(iri, "stance:addressee"),
            act=self._concept(iri, "stance:act"),
            medium=self._concept(iri, "stance:medium"),
            basis=basis,
            earliest=on or self._text(iri, "stance:saidNotBefore") or BEGINNING,
            latest=on or self._text(iri, "stance:saidNotAfter") or END,
            gist=self._text(iri, "stance:gist") or "",
            condition=self._text(iri, "stance:condition"),
            targets=self._targets(iri, reports, basis, sure),
            about=self._things(iri, "schema:about"),
            figures=tuple(sorted(figures, key=lambda f: (f.counted, f.wording))),
            confidence=sure,
            reports=tuple(sorted(reports, key=lambda r: (not r.quotes, r.document.issued, r.document.iri))),
        )

    def _targets(
        self, iri: str, reports: Sequence[Report], basis: str, sure: float | None
    ) -> tuple[Target, ...]:
        documents = sorted((r.document.issued, r.document.iri, r.iri) for r in reports)
        found = []
        for edge, stance in sorted(self.edges.items(), key=lambda pair: (-pair[1].sign, pair[0])):
            for thing in self._things(iri, edge):
                coding = self.codings.get((iri, thing.iri), NO_CODING)
                sort = self.sort(iri, thing.iri)
                shown = [each for _, each, report in documents if not coding.shown or report in coding.shown]
                found.append(
                    Target(
                        thing,
                        stance.sign,
                        basis if coding.basis is None else coding.basis,
                        sure if coding.confidence is None else coding.confidence,
                        tuple(dict.fromkeys(shown)),
                        stance.word(sort),
                        sort == "undertaking",
                    )
                )
        return tuple(found)

    def _things(self, iri: str, curie: str) -> tuple[Named, ...]:
        if not (given := self.values(curie).get(iri)):
            return ()
        found = [Named(x, self.labels[x]) for x in given]
        return tuple(sorted(found, key=lambda thing: (thing.label, thing.iri)) if len(found) > 1 else found)

    def _concept(self, iri: str, curie: str) -> str | None:
        given = self.values(curie).get(iri)
        return min(self.labels[x] for x in given) if given else None

    def _text(self, iri: str, curie: str) -> str | None:
        given = self.values(curie).get(iri)
        return min(given) if given else None

    @cached_property
    def reported(self) -> list[tuple[str, str, str]]:
        """Statement, report, document: a row for each report."""
        if self.at_once:
            return [(s, report, document) for s, report, document, *_ in self._report_rows if document]
        document = self._pairs("stance:document")
        rows = self.ask("SELECT ?s ?report WHERE { ?report stance:reports ?s }")
        return [(s, report, document[report]) for s, report in rows if report in document]

    @cached_property
    def _report_rows(self) -> list[tuple[str, ...]]:
        return self.ask(REPORTS)

    @cached_property
    def documents(self) -> dict[str, Document]:
        """Records of the documents that report the statements, by IRI."""
        return documents(self.store, {document for *_, document in self.reported})

    @cached_property
    def positions(self) -> dict[str, int]:
        """Report → the code point at which its first passage begins; one without passages is missing."""
        found: dict[str, int] = {}
        for report, start in self._starts():
            begin = self._place(report, "start", start)
            if begin is not None:
                found[report] = min(begin, found.get(report, begin))
        return found

    def _starts(self) -> Iterator[tuple[str, str]]:
        if self.at_once:
            yield from ((report, start) for _, report, _, _, start, *_ in self._report_rows if start)
            return
        start = self._pairs("oa:start")
        begins = {
            passage: start[selector]
            for passage, selector in self.store.tuples("SELECT ?x ?y WHERE { ?x oa:hasSelector ?y }")
            if selector in start
        }
        for report, passage in self.store.tuples("SELECT ?x ?y WHERE { ?x stance:passage ?y }"):
            if passage in begins:
                yield report, begins[passage]

    def _pairs(self, curie: str) -> dict[str, str]:
        return {row[0]: row[1] for row in self.store.tuples(f"SELECT ?x ?y WHERE {{ ?x {curie} ?y }}")}

    @cached_property
    def quoted(self) -> set[str]:
        """The statements some report of which has verbatim words."""
        if self.at_once:
            return {s for (s,) in self.ask(QUOTED)}
        quoting = {
            report for (report,) in self.store.tuples("SELECT ?report WHERE { ?report stance:quote ?words }")
        }
        return {s for s, report, _ in self.reported if report in quoting}

    @cached_property
    def _reports(self) -> dict[str, list[Report]]:
        """Statement → its reports, the passages of each in the order of the text."""
        places: dict[tuple[str, str], set[tuple[int, int]]] = defaultdict(set)
        words: dict[tuple[str, str], set[str]] = defaultdict(set)
        quoted: dict[str, set[str]] = defaultdict(set)
        for _, report, _, passage, start, end, exact in self._report_rows:
            if start and end:
                first, last = self._place(report, "start", start), self._place(report, "end", end)
                if first is not None and last is not None:
                    places[report, passage].add((first, last))
            elif exact:
                quoted[report].add(exact)
                if passage:
                    words[report, passage].add(exact)
        passages: dict[str, set[Passage]] = defaultdict(set)
        for (report, passage), spans in places.items():
            for quote in words.get((report, passage)) or (None,):
                passages[report] |= {Passage(first, last, quote) for first, last in spans}
        found: dict[str, list[Report]] = defaultdict(list)
        for s, report, source in self.reported:
            ordered = sorted(passages[report], key=lambda p: (p.start, p.end, p.quote or ""))
            unplaced = quoted[report] - {passage.quote for passage in ordered}
            found[s].append(Report(report, self.documents[source], tuple(ordered), tuple(sorted(unplaced))))
        return found

    def _place(self, report: str, side: str, text: str) -> int | None:
        """The start or the end of a passage; None where it is no number."""
        place = number(self.store, report, f"oa:{side}", text, instead="the passage has no place")
        return None if place is None else int(place)

    @cached_property
    def _figures(self) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = defaultdict(list)
        for s, figure, counted, event, least, most, exclusive, wording, *_ in self._details:
            if not figure:
                continue
            ends = [
                number(self.store, s, f"schema:{end}Value", text, instead="the figure is left out")
                for end, text in (("min", least), ("max", most))
                if text
            ]
            if None not in ends:
                low, high = (int(float(text)) if text else None for text in (least, most))
                found[s].append(Figure(counted, event, low, high, exclusive in {"true", "1"}, wording))
        return found
