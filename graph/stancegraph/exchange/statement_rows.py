"""Statements as rows: one for each speaker, target and stretch of a document, as `import` reads them back.

What they name (actors, propositions, events, documents, roles) has rows of its own, by the fields of each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product, zip_longest
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from stancegraph import statements
from stancegraph.curate.entries import slug
from stancegraph.curate.fields import BOUNDS, CLASSES, TYPES
from stancegraph.exchange import column_roles
from stancegraph.statements.reader import in_parts
from stancegraph.store import sparql
from stancegraph.store.turtle import term
from stancegraph.vocabulary import FIELDS, compact, local_name

if TYPE_CHECKING:
    from stancegraph.curate.fields import Field
    from stancegraph.records import Report, Statement
    from stancegraph.statements.filters import Filters
    from stancegraph.store import Store, Values
    from stancegraph.store.sparql import Term

    Properties = dict[str, list[Term]]

_KINDS: Final = 'SELECT ?x ?kind { ?x stance:actorKind/skos:prefLabel ?kind FILTER(LANG(?kind) = "en") }'
_TYPES: Final = (
    "SELECT ?x ?type { ?x a stance:Proposition, ?type FILTER(?type IN (stance:Claim, stance:Demand)) }"
)
_BARE: Final = """SELECT ?s ?target ?label {
  ?s stance:stanceOn ?target . ?target skos:prefLabel ?label FILTER(LANG(?label) = "en") }"""
_TEXTS: Final = """SELECT ?document ?language ?sha256 ?length { ?document a schema:NewsArticle
  OPTIONAL { ?document dcterms:language ?language } OPTIONAL { ?document stance:sha256 ?sha256 }
  OPTIONAL { ?document stance:length ?length } }"""
_FIGURES: Final = """SELECT DISTINCT ?s ?event ?figure ?counted ?wording ?min ?max ?exclusive ?date {
  ?s stance:claims ?figure . ?figure stance:counted/skos:prefLabel ?counted ; schema:observationAbout ?event ;
    stance:wording ?wording
  OPTIONAL { ?figure schema:minValue ?min } OPTIONAL { ?figure schema:maxValue ?max }
  OPTIONAL { ?figure stance:exclusive ?exclusive } OPTIONAL { ?figure schema:observationDate ?date }
  FILTER(LANG(?counted) = "en" && (BOUND(?min) || BOUND(?max))) }"""
_FIGURE: Final = [f"figure_{name}" for name in ("counted", "wording", "min", "max", "exclusive", "date")]
_WORDS: Final = """SELECT ?report ?start ?exact ?prefix ?suffix (LANG(?exact) AS ?language) {
  ?report stance:reports ?s ; stance:passage ?passage . ?passage oa:hasSelector ?words . ?words oa:exact ?exact
  OPTIONAL { ?passage oa:hasSelector/oa:start ?start }
  OPTIONAL { ?words oa:prefix ?prefix } OPTIONAL { ?words oa:suffix ?suffix } }"""
_APART: Final = """SELECT ?s ?p ?o ?graph { ?s a stance:Statement . GRAPH ?graph { ?s ?p ?o }
  FILTER(?p NOT IN (dcterms:source, stance:ascribes) && CONTAINS(STR(?graph), "background")) }"""
_VARIABLES: Final = "SELECT ?variable ?label { ?variable rdfs:domain stance:Statement ; rdfs:label ?label }"
_CATEGORIES: Final = """SELECT DISTINCT ?category ?label {
  ?s ?variable ?category . ?category skos:prefLabel ?label }"""
_ASCRIBED: Final = "SELECT ?s ?node ?p ?o { ?s stance:ascribes ?node . ?node ?p ?o }"
_OTHER: Final = """SELECT DISTINCT ?s ?node ?p ?o {
  { ?s a stance:Statement BIND(?s AS ?node) } UNION { ?node stance:reports ?s }
  UNION { ?s stance:coding ?node } UNION { ?s stance:claims ?node }
  ?node ?p ?o FILTER(?p NOT IN (rdf:type, prov:wasDerivedFrom, stance:ascribes, stance:speaker, stance:onBehalfOf,
    stance:addressee, stance:act, stance:medium, stance:saidOn, stance:saidNotBefore, stance:saidNotAfter, stance:gist,
    stance:condition, schema:about, stance:supports, stance:opposes, stance:neutralOn, stance:stanceOn, stance:basis,
    stance:confidence, stance:coding, stance:claims, stance:reports, stance:document, stance:quote, stance:passage,
    stance:of, stance:shownBy, stance:counted, schema:observationAbout, stance:wording, schema:minValue,
    schema:maxValue, stance:exclusive, schema:observationDate)) }"""
"""What is said of a statement, its reports, codings and figures beside what their records hold."""


_QUADS: Final = """SELECT DISTINCT ?s ?p ?o ?graph {{ VALUES ?class {{ {} }} ?s a ?class
  {{ GRAPH ?graph {{ ?s ?p ?o }} }} UNION {{ ?s ?p ?o FILTER NOT EXISTS {{ GRAPH ?other {{ ?s ?p ?o }} }} }} }}"""


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows, each with a cell for each of `columns`, of so many statements; `note` says what they do not hold."""

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
    confidence: float | None
    documents: frozenset[str]


def rows(filters: Filters, *, whole: bool = False) -> Taken:
    """The statements that pass the filters as rows, oldest first; then all they name, or with `whole` all there is."""
    found = statements.select(filters)
    flat = _Flat(filters.store, found, whole=whole)
    made = [row for each in found for row in flat.rows(each)]
    made += flat.entries.rows(None if whole else flat.named)
    full = {"statement", "speaker", *(role for row in made for role, cell in row.items() if cell)}
    coded = sorted(role for role in full if role.startswith(column_roles.VARIABLE))
    held = [role for role in (*column_roles.ROLES, *coded, *column_roles.COLUMNS) if role in full]
    beyond = flat.beyond + flat.entries.beyond
    told = ", ".join(f"{name} ({number})" for name, number in sorted(beyond.items()))
    return Taken(
        tuple(held),
        tuple(tuple(row.get(role, "") for role in held) for row in made),
        len(found),
        f"rows do not hold {told}: a file in .ttl does" if told else "",
    )


class _Flat:
    """What rows need beside the statements: names that are one's alone, kinds, texts, what is said else."""

    def __init__(self, store: Store, found: Sequence[Statement], *, whole: bool) -> None:
        self._parts: list[Values | None] = [None] if whole else [*in_parts(each.iri for each in found)]
        bases = Counter(each.iri.rpartition("statement/")[0] for each in found)
        self._base = max(bases, key=lambda base: bases[base], default="")
        self.entries = Entries(store, self._base)
        self.beyond: Counter[str] = Counter()
        self.named: set[str] = set()
        """The IRIs that the rows made so far name."""
        self._kinds = {row[0]: row[1] for row in store.tuples(_KINDS)}
        self._types = {iri: local_name(type_).lower() for iri, type_ in store.tuples(_TYPES)} | self._kinds
        self._texts = {iri: told for iri, *told in store.tuples(_TEXTS)}
        self._bare: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for iri, target, label in self._tuples(store, _BARE):
            self._bare[iri].append((target, label))
        self._words = {
            (report, start, exact): (prefix, suffix, language)
            for report, start, exact, prefix, suffix, language in self._tuples(store, _WORDS)
        }
        self._name = self._names(found)
        titled = {(r.document.iri, r.document.title, r.document.url) for each in found for r in each.reports}
        self._title = _apart((iri, title, f"{title} {url or ''}") for iri, title, url in titled)
        self._figures: dict[str, list[dict[str, str]]] = defaultdict(list)
        self._figure: dict[str, dict[str, str]] = {}
        for iri, of, figure, *told in sorted(self._tuples(store, _FIGURES)):
            if of in self._name:
                own = {"figure_id": self._own(figure, "figure"), "figure_event": self._call(of)}
                self._figure[figure] = own | dict(zip(_FIGURE, told, strict=True))
                self._figures[iri].append(self._figure[figure])
        roles = {edge: role for role, edge in column_roles.APART.items()}
        self._apart: dict[str, set[tuple[str, str]]] = defaultdict(set)
        """Statement → role and value (an IRI, or a text) of what stands in the background."""
        for row in self._select(store, _APART):
            if role := roles.get(compact(row["p"].value)):
                self._apart[row["s"].value].add((role, row["o"].value))
            else:
                self.beyond[f"what the background says of {compact(row['p'].value)}"] += 1
        self._other: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._behind: dict[str, list[dict[str, str]]] = defaultdict(list)
        wanted = {each.iri for each in found}
        self._read_other(store, wanted)
        self._read_ascriptions(store, wanted)

    def _select(self, store: Store, query: str) -> Iterator[dict[str, Term]]:
        """What is said of the statements; of all at once where all there are are wanted."""
        for part in self._parts:
            yield from store.select(query, part)

    def _tuples(self, store: Store, query: str) -> Iterator[tuple[str, ...]]:
        for part in self._parts:
            yield from store.tuples(query, part)

    def _names(self, found: Sequence[Statement]) -> dict[str, str]:
        """IRI → what the rows call it."""
        named = {(who.iri, who.label) for each in found for who in each.speakers}
        named |= {(who.iri, who.label) for each in found for who in (*each.on_behalf_of, *each.addressees)}
        named |= {(t.thing.iri, t.thing.label) for each in found for t in each.targets}
        named |= {bare for targets in self._bare.values() for bare in targets}
        labels = dict(named) | {iri: self.entries.label(iri) or local_name(iri) for iri in self.entries.kind}
        kinds = self.entries.kind
        return _apart((iri, label, f"{kinds.get(iri)} {label.casefold()}") for iri, label in labels.items())

    def _own(self, iri: str, kind: str) -> str:
        """The name of what no name is told of: the last part of its IRI."""
        if iri.rpartition("/")[0] != f"{self._base}{kind}":
            self.beyond[f"the IRI of a {kind}"] += 1
        return local_name(iri)

    def _variables(self, store: Store) -> tuple[dict[str, str], dict[str, str]]:
        """Coded variable → its column; category → its name."""
        found = {
            iri: f"{column_roles.VARIABLE}{label}"
            for iri, label in store.tuples(_VARIABLES)
            if iri == f"{self._base}variable/{slug(label, digits=True)}"
        }
        named = store.tuples(_CATEGORIES, {"variable": [sparql.node(iri) for iri in found]}) if found else []
        categories = {category: label for category, label, *_ in named}
        return {compact(iri): column for iri, column in found.items()}, categories

    def _read_other(self, store: Store, found: set[str]) -> None:
        """What a statement or a report has of a role, in the spelling of cells; what has none is counted."""
        edges = {each.edge: role for role, each in column_roles.STATEMENT.items()}
        variables, categories = self._variables(store)
        for row in self._select(store, _OTHER):
            iri, node, edge = row["s"].value, row["node"].value, compact(row["p"].value)
            if iri not in found:
                continue
            value, role, cell = row["o"], edges.get(edge, ""), None
            self.named.add(value.value)
            if edge in variables:
                role, cell = variables[edge], categories.get(value.value, value.value)
            elif edge in ("stance:occasion", "stance:via"):
                role, cell = edge.removeprefix("stance:"), self._name.get(value.value)
            elif (
                edge == "rdfs:comment" and node in self._figure and "figure_comment" not in self._figure[node]
            ):
                self._figure[node]["figure_comment"] = (
                    column_roles.spell_cell(value, "text", self._base) or ""
                )
                continue
            elif role and node == iri:
                cell = column_roles.spell_cell(value, column_roles.STATEMENT[role].values, self._base)
            if cell is None:
                self.beyond[edge] += 1
            elif (role, value.value) in self._apart[iri]:
                self._behind[iri].append({role: cell, "background": role})
            else:
                self._other[node][role].append(cell)

    def _read_ascriptions(self, store: Store, found: set[str]) -> None:
        """What a statement ascribes to others, in the spelling of cells."""
        nodes: dict[tuple[str, str], list[tuple[str, Term]]] = defaultdict(list)
        for row in self._select(store, _ASCRIBED):
            if row["s"].value in found:
                nodes[row["s"].value, str(row["node"])].append((compact(row["p"].value), row["o"]))
                self.named.add(row["o"].value)
        for (iri, _), said in nodes.items():
            cell = column_roles.spell_ascription(said, self._base)
            if cell is None:
                self.beyond["stance:ascribes"] += 1
            else:
                self._other[iri]["ascribes"].append(cell)

    def rows(self, statement: Statement) -> Iterator[Mapping[str, str]]:
        """The rows of one statement; what holds of all its targets stands first."""
        own = {
            "statement": self._own(statement.iri, "statement"),
            "gist": statement.gist,
            "condition": statement.condition or "",
            "act": statement.act or "",
            "medium": statement.medium or "",
            "date": "" if statement.date == "../.." else statement.date,
        }
        named = {role for role, _ in self._apart[statement.iri]} & {"act", "medium"}
        own["background"] = " ".join(sorted(named))
        whole = _Aim("", "", "", statement.basis, statement.confidence, frozenset())
        aims = self._aims(statement)
        alike = [aim for aim in aims if (aim.basis, aim.confidence) == (whole.basis, whole.confidence)]
        ordered = [*alike, *(aim for aim in aims if aim not in alike)] if alike else [whole, *aims]
        if any(not aim.basis or aim.confidence is None for aim in ordered):
            self.beyond["that no basis or confidence is coded"] += 1  # an empty cell is read as plainly said
        made = list(self._told(statement, own, ordered, whole))
        yield from _beside(made, self._others(statement))

    def _others(self, statement: Statement) -> list[list[dict[str, str]]]:
        """What one row each has one of: whom it is for and to, what it is about, the figures, what is said else."""
        actors = zip(column_roles.OTHERS, (statement.on_behalf_of, statement.addressees), strict=True)
        found = [
            [
                {
                    role: self._call(who.iri),
                    f"{role}_kind": self._kinds.get(who.iri, ""),
                    "background": role if (role, who.iri) in self._apart[statement.iri] else "",
                }
                for who in those
            ]
            for role, those in actors
        ]
        about = [{"about": self._call(each.iri)} for each in statement.about if each.iri in self._name]
        other = spread({role: sorted(cells) for role, cells in self._other[statement.iri].items()})
        return [*found, about, self._figures.get(statement.iri, []), [*other, *self._behind[statement.iri]]]

    def _call(self, iri: str) -> str:
        self.named.add(iri)
        return self._name[iri]

    def _told(
        self, statement: Statement, own: Mapping[str, str], ordered: list[_Aim], whole: _Aim
    ) -> Iterator[dict[str, str]]:
        """A row for each speaker, target and stretch of each document."""
        for report in statement.reports:
            shown = [aim for aim in ordered if not aim.documents or report.document.iri in aim.documents]
            document = self._document(report)
            made = [
                {
                    **own,
                    **document,
                    **place,
                    "speaker": self._call(speaker.iri),
                    "speaker_kind": self._kinds.get(speaker.iri, ""),
                    "target": aim.name,
                    "target_kind": aim.kind,
                    "stance": aim.stance,
                    "basis": aim.basis,
                    "confidence": "" if aim.confidence is None else f"{aim.confidence:.1f}",
                }
                for speaker, aim, place in product(
                    statement.speakers, shown or [whole], self._places(report, document["language"])
                )
            ]
            yield from _beside(made, [spread(self._other[report.iri])])

    def _places(self, report: Report, language: str) -> list[dict[str, str]]:
        placed = [(str(p.start), str(p.end), p.quote or "") for p in report.passages]
        made = []
        for start, end, quote in (*placed, *(("", "", words) for words in report.unplaced)):
            prefix, suffix, told = self._words.get((report.iri, start, quote), ("", "", language))
            own = {"start": start, "end": end, "quote": quote, "prefix": prefix, "suffix": suffix}
            made.append(own | {"quote_language": "" if told == language else told})
        return made or [{}]

    def _aims(self, statement: Statement) -> list[_Aim]:
        aims = [
            (each.thing.iri, FIELDS[each.sign], each.basis, each.confidence, frozenset(each.documents))
            for each in statement.targets
        ]
        bare = self._bare.get(statement.iri, ())
        aims += [(iri, "on", statement.basis, statement.confidence, frozenset()) for iri, _ in bare]
        return [
            _Aim(self._call(iri), self._types.get(iri, "proposition"), stance, basis, confidence, shown)
            for iri, stance, basis, confidence, shown in aims
        ]

    def _document(self, report: Report) -> dict[str, str]:
        document = report.document
        self.named.add(document.iri)
        language, sha256, length = self._texts.get(document.iri, ("", "", ""))
        return {
            "report_id": self._own(report.iri, "report"),
            "document": self._title[document.iri],
            "publisher": document.publisher,
            "url": document.url or "",
            "document_date": document.issued,
            "language": language,
            "sha256": sha256,
            "length": length,
        }


def _beside(
    rows: list[dict[str, str]], others: Sequence[Sequence[dict[str, str]]]
) -> Iterator[dict[str, str]]:
    """The rows, each with the next of each of the others; the last again where there are more of those."""
    for number in range(max(len(rows), *map(len, others))):
        row = {**rows[min(number, len(rows) - 1)]}
        for those in others:
            if number < len(those):
                apart = (row.get("background", ""), those[number].get("background", ""))
                row |= those[number] | {"background": " ".join(filter(None, apart))}
        yield row


def _apart(named: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """IRI → its name, with the end of the IRI where another has the same (by the third of each)."""
    named = list(named)
    borne = Counter(key for _, _, key in named)
    return {iri: name if borne[key] == 1 else f"{name} ({local_name(iri)})" for iri, name, key in named}


# What statements name


class Entries:
    """What a store says of its entries; IRIs that begin with `base` are spelt without it."""

    def __init__(self, store: Store, base: str) -> None:
        self._base = base
        self._about: dict[tuple[str, bool], Properties] = defaultdict(lambda: defaultdict(list))
        for row in store.select(_QUADS.format(" ".join(column_roles.KINDS.values()))):
            subject, edge = row["s"], compact(row["p"].value)
            if isinstance(subject, NamedNode):
                apart = "graph" in row and local_name(row["graph"].value).startswith("background")
                self._about[subject.value, apart][edge].append(row["o"])
        self.kind: dict[str, str] = {}
        for (iri, _), said in self._about.items():
            found = {compact(each.value) for each in said["rdf:type"] if isinstance(each, NamedNode)}
            for kind in (kind for kind, class_ in column_roles.KINDS.items() if class_ in found):
                self.kind.setdefault(iri, kind)
        self.beyond: Counter[str] = Counter()

    def rows(self, of: Collection[str] | None) -> Iterator[dict[str, str]]:
        """The rows of all entries, or of these and those that they name; what no cell holds is counted in `beyond`."""
        wanted = None if of is None else self._reached(of)
        order = [*column_roles.KINDS]
        for iri, apart in sorted(self._about, key=lambda each: (order.index(self.kind[each[0]]), each)):
            if wanted is None or iri in wanted:
                cells = self._cells(self.kind[iri], self._about[iri, apart])
                own = {"entry": self.kind[iri], "entry_id": column_roles.spell_iri(iri, self._base) or iri}
                own |= {"entry_in": "background"} if apart else {}
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
        fields, cells = column_roles.ENTRY_FIELDS[kind], defaultdict(list)
        told: set[str] = set()
        for days in (each for each in fields.values() if each.values == "days"):
            edges = BOUNDS.get(days.edge, ("schema:startDate", "schema:endDate"))
            if cell := _days(days, said, edges):
                cells[f"{column_roles.ENTRY}_{days.name}"] = [cell]
                told |= {days.edge, *edges}
        for edge, values in said.items():
            for value in () if edge in told else values:
                for column, cell in self._cell(kind, edge, value):
                    cells[column].append(cell)
        return {column: sorted({*found}) for column, found in cells.items()}

    def _cell(self, kind: str, edge: str, value: Term) -> Iterator[tuple[str, str]]:
        own = column_roles.ENTRY_FIELDS[kind].get(edge)
        if edge == "rdf:type":
            word = next((w for w, name in (CLASSES | TYPES).items() if name == compact(value.value)), "")
            if own and word:
                yield f"{column_roles.ENTRY}_{own.name}", word
            elif compact(value.value) != column_roles.KINDS[kind]:
                self.beyond[compact(value.value)] += 1
        elif own and (cell := column_roles.spell_cell(value, own.values, self._base)) is not None:
            yield f"{column_roles.ENTRY}_{own.name}", cell
        elif edge == "prov:wasDerivedFrom":
            yield column_roles.TAKEN_OVER, "true"
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
