"""The reader of statements: what a graph says of some of them or of all, asked for once, as records or as columns.

Few statements are asked about by name, in one query that gives all their properties. Where all of a large graph are
wanted, each property is read alone: one scan of its own index, without a join.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from math import isfinite, nan
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import NamedNode

from stancegraph.errors import StanceError
from stancegraph.records import Document, Figure, Named, Passage, Report, Statement
from stancegraph.vocabulary import expand, local_name

if TYPE_CHECKING:
    from stancegraph.store import Store, Term

FEW: Final = 5_000
"""Statements up to which a graph is asked about those alone; past it, about all."""
CHUNK: Final = 500
"""Statements named in one query."""

REPORTS: Final = """SELECT DISTINCT ?s ?report ?document ?passage ?start ?end ?exact WHERE {
    ?report stance:reports ?s
    { ?report stance:document ?document }
    UNION { ?report stance:passage ?passage . ?passage oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end }
    UNION { ?report stance:passage ?passage . ?passage oa:hasSelector ?words . ?words oa:exact ?exact } }"""
"""A row for the document of each report, for each place of a passage, and for its words."""
FIGURES: Final = """SELECT DISTINCT ?s ?figure ?counted ?event ?min ?max ?exclusive ?wording WHERE {
    ?s stance:claims ?figure . ?figure stance:counted/skos:prefLabel ?counted ; stance:wording ?wording .
    OPTIONAL { ?figure schema:observationAbout/skos:prefLabel ?event FILTER(LANG(?event) = "en") }
    OPTIONAL { ?figure schema:minValue ?min } OPTIONAL { ?figure schema:maxValue ?max }
    OPTIONAL { ?figure stance:exclusive ?exclusive } }"""
ROLES: Final = """SELECT DISTINCT ?s ?speaker ?organisation ?label WHERE {
    ?s stance:inRole ?role . ?role org:member ?speaker ; org:organization ?organisation .
    ?organisation skos:prefLabel ?label FILTER(LANG(?label) = "en") }"""
DOCUMENTS: Final = """SELECT ?document ?title ?publisher ?issued ?from ?to ?url WHERE {
    ?document dcterms:title ?title .
    OPTIONAL { ?document dcterms:publisher/skos:prefLabel ?publisher FILTER(LANG(?publisher) = "en") }
    OPTIONAL { ?document dcterms:issued ?issued }
    OPTIONAL { ?document stance:issuedNotBefore ?from } OPTIONAL { ?document stance:issuedNotAfter ?to }
    OPTIONAL { ?document schema:url ?url } }"""
LABELS: Final = """SELECT DISTINCT ?x ?label WHERE {{ {about} ?x skos:prefLabel ?label
    FILTER(LANG(?label) IN ("en", "")) }}"""
EVERYTHING: Final = """{ ?x a stance:Actor } UNION { ?x a stance:Proposition } UNION { ?x a skos:Concept }
    UNION { ?x a schema:Event }"""
QUOTED: Final = "SELECT DISTINCT ?s WHERE { ?report stance:reports ?s ; stance:quote ?words }"


def polarities(store: Store) -> dict[str, int]:
    """Edge property → sign, as the vocabulary in the graph says."""
    rows = store.tuples("SELECT ?edge ?sign WHERE { ?edge stance:polarity ?sign }")
    if not rows:
        raise StanceError(
            f"{store.where} lacks the vocabulary that says which properties are stances: "
            "load ontology/stance.ttl beside it"
        )
    return {edge: int(sign) for edge, sign in rows}


class Labels(dict[str, str]):
    """IRI → English label; the last part of the IRI where the graph has none."""

    def __missing__(self, iri: str) -> str:
        return local_name(iri)


def labels(store: Store, about: str, values: Mapping[str, Sequence[Term]] | None = None) -> Labels:
    """English label of everything that the pattern `about` binds to ?x."""
    return Labels((x, label) for x, label in store.tuples(LABELS.format(about=about + " ."), values))


class Description(NamedTuple):
    """What sort of actor one is, and its Arabic name if there is one."""

    kind: str
    arabic: str | None


@lru_cache(maxsize=4)
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
    asked = (
        None if iris is None or len(iris) > FEW else {"document": [NamedNode(iri) for iri in sorted(iris)]}
    )
    for iri, title, publisher, issued, first, last, url in store.tuples(DOCUMENTS, asked):
        if iris is None or iri in record:
            day = issued or "/".join(end for end in (first, last) if end)
            record[iri] = Document(iri, title, publisher, day, url or None)
    return record


def number(iri: str, predicate: str, text: str) -> float:
    """A number the data gives; raises StanceError naming where one is none."""
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not isfinite(value):
        raise StanceError(
            f"{iri}: {predicate} '{text[:40]}' is not a number: mend it (`stancegraph check` finds all)"
        )
    return value


class Reader:
    """What a graph says of the statements with the IRIs `chosen`, or of all (None)."""

    def __init__(self, store: Store, chosen: Collection[str] | None = None) -> None:
        self.store = store
        self.chosen = None if chosen is None else frozenset(chosen)
        self._named = chosen is not None and len(chosen) <= FEW
        self._columns: dict[str, dict[str, set[str]]] = {}

    def ask(
        self, text: str, values: Mapping[str, Sequence[Term] | Term] | None = None
    ) -> list[tuple[str, ...]]:
        """The rows of a query whose first variable is ?s, about the statements chosen."""
        if self._named:
            iris = [NamedNode(iri) for iri in sorted(self.chosen or ())]
            chunks = (iris[at : at + CHUNK] for at in range(0, len(iris), CHUNK))
            return [
                row for chunk in chunks for row in self.store.tuples(text, {**(values or {}), "s": chunk})
            ]
        rows = self.store.tuples(text, values)
        return rows if self.chosen is None else [row for row in rows if row[0] in self.chosen]

    @property
    def at_once(self) -> bool:
        """Whether all properties are read in one query, and not each in a scan of its own."""
        return self._named or self.store.light

    def values(self, curie: str) -> Mapping[str, set[str]]:
        """Statement → its values of a property (a prefixed name or an IRI); one that has none is missing."""
        iri = curie if "://" in curie else expand(curie)
        if self.at_once:
            return self._properties.get(iri, {})
        if iri not in self._columns:
            column: dict[str, set[str]] = defaultdict(set)
            for s, value in self.ask(f"SELECT ?s ?value WHERE {{ ?s <{iri}> ?value }}"):
                column[s].add(value)
            self._columns[iri] = dict(column)
        return self._columns[iri]

    def value(self, curie: str) -> dict[str, str]:
        """Statement → its value of a property, the least where there are several."""
        return {s: min(values) for s, values in self.values(curie).items()}

    @cached_property
    def _properties(self) -> dict[str, dict[str, set[str]]]:
        """Property → statement → values."""
        about = "" if self._named else "?s a stance:Statement . "
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for s, p, value in self.ask(f"SELECT ?s ?p ?value WHERE {{ {about}?s ?p ?value }}"):
            found[p][s].add(value)
        return {p: dict(values) for p, values in found.items()}

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
    def polarities(self) -> dict[str, int]:
        """Edge property → sign."""
        return polarities(self.store)

    @cached_property
    def labels(self) -> Labels:
        """English labels of what the statements name: speakers, targets, acts, events …"""
        if not self._named:
            return labels(self.store, EVERYTHING)
        rows = self.ask(
            """SELECT DISTINCT ?s ?x ?label WHERE { ?s ?p ?x . ?x skos:prefLabel ?label
               FILTER(LANG(?label) IN ("en", "")) }"""
        )
        return Labels((x, label) for _, x, label in rows)

    @cached_property
    def roles(self) -> dict[str, dict[str, Named]]:
        """Statement → speaker → the organisation of the role the speaker spoke in."""
        found: dict[str, dict[str, Named]] = defaultdict(dict)
        for s, speaker, iri, label in self.ask(ROLES) if self.values("stance:inRole") else ():
            found[s][speaker] = Named(iri, label)
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
        return Statement(
            iri=iri,
            speakers=speakers,
            organisations=behalf or tuple(dict.fromkeys(role.get(s.iri, s) for s in speakers)),
            on_behalf_of=behalf,
            addressees=self._things(iri, "stance:addressee"),
            act=self._concept(iri, "stance:act"),
            medium=self._concept(iri, "stance:medium"),
            basis=self._concept(iri, "stance:basis") or "",
            earliest=on or self._text(iri, "stance:saidNotBefore") or "0001-01-01",
            latest=on or self._text(iri, "stance:saidNotAfter") or "9999-12-31",
            gist=self._text(iri, "stance:gist") or "",
            condition=self._text(iri, "stance:condition"),
            targets=tuple(
                (target, sign)
                for edge, sign in sorted(self.polarities.items(), key=lambda pair: (-pair[1], pair[0]))
                for target in self._things(iri, edge)
            ),
            about=self._things(iri, "schema:about"),
            figures=tuple(sorted(figures, key=lambda f: (f.counted, f.wording))),
            confidence=number(iri, "stance:confidence", self._text(iri, "stance:confidence") or "0"),
            reports=tuple(sorted(reports, key=lambda r: (not r.quotes, r.document.issued, r.document.iri))),
        )

    def _things(self, iri: str, curie: str) -> tuple[Named, ...]:
        found = (Named(x, self.labels[x]) for x in self.values(curie).get(iri, ()))
        return tuple(sorted(found, key=lambda thing: (thing.label, thing.iri)))

    def _concept(self, iri: str, curie: str) -> str | None:
        return next((found.label for found in self._things(iri, curie)), None)

    def _text(self, iri: str, curie: str) -> str | None:
        return min(self.values(curie).get(iri, ()), default=None)

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
            begin = int(number(report, "oa:start", start))
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
        for _, report, _, passage, start, end, exact in self._report_rows:
            if start:
                first, last = (
                    int(number(report, f"oa:{side}", text)) for side, text in (("start", start), ("end", end))
                )
                places[report, passage].add((first, last))
            elif passage:
                words[report, passage].add(exact)
        passages: dict[str, set[Passage]] = defaultdict(set)
        for (report, passage), spans in places.items():
            for quote in words.get((report, passage)) or (None,):
                passages[report] |= {Passage(first, last, quote) for first, last in spans}
        found: dict[str, list[Report]] = defaultdict(list)
        for s, report, source in self.reported:
            ordered = sorted(passages[report], key=lambda p: (p.start, p.end, p.quote or ""))
            found[s].append(Report(self.documents[source], tuple(ordered)))
        return found

    @cached_property
    def _figures(self) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = defaultdict(list)
        rows = self.ask(FIGURES) if self.values("stance:claims") else ()
        for s, figure, counted, event, least, most, exclusive, wording in rows:
            low, high = (
                int(number(figure, f"schema:{end}Value", text)) if text else None
                for end, text in (("min", least), ("max", most))
            )
            found[s].append(Figure(counted, event, low, high, exclusive in {"true", "1"}, wording))
        return found
