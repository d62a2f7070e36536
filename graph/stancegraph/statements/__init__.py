"""Statements and the flat rows of stances every network is made of, read from a store.

A statement is what one speaker did with words on one occasion; each carries its reports, each report its
passages, so that whatever is made of a statement leads back to words in a document.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from math import isfinite, nan
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, NamedNode, Quad

from stancegraph.errors import StanceError
from stancegraph.records import Document, Figure, Named, Passage, Report, Statement
from stancegraph.statements import things
from stancegraph.statements.filters import Filters, matching
from stancegraph.vocabulary import expand, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stancegraph.store import Store, Term
    from stancegraph.table import Table

CHUNK: Final = 500
DESCRIBED: Final = """SELECT DISTINCT ?node ?p ?o ?graph WHERE {
    { BIND(?s AS ?node) } UNION { ?s stance:claims ?node } UNION { ?s stance:ascribes ?node }
    UNION { ?node stance:reports ?s } UNION { ?report stance:reports ?s ; stance:passage ?node }
    UNION { ?report stance:reports ?s ; stance:passage ?passage . ?passage oa:hasSelector ?node }
    UNION { ?report stance:reports ?s ; stance:document ?node }
    UNION { ?report stance:reports ?s ; stance:document ?document . ?document dcterms:publisher ?node }
    UNION { ?s stance:claims ?figure . ?figure schema:observationAbout ?node }
    UNION { ?s stance:inRole ?role . ?role ?part ?node . FILTER(?part IN (org:role, org:organization)) }
    UNION { ?s ?link ?node . FILTER(isIRI(?node) && ?link != rdf:type && ?link != skos:closeMatch)
            MINUS { ?node skos:inScheme ?scheme } }
    ?node ?p ?o OPTIONAL { GRAPH ?graph { ?node ?p ?o } } }"""


def said(store: Store, **filters: Any) -> list[Statement]:
    """The statements that pass `filters` (those of `filters.Filters`), oldest first.

    Raises UnknownName where a name is not one thing's, UsageError for a wrong date or number.

    >>> from stancegraph import store
    >>> [s.quotes for s in said(store.open(), actor="khazali", act="condemn")]
    [('unacceptable',)]
    """
    chosen = Filters.of(filters)
    found = list(read(store, matching(store, chosen)))
    if chosen.as_ == "organisation":
        found = [replace(statement, speakers=statement.organisations) for statement in found]
    if chosen.min_count:
        spoken = Counter(speaker for statement in found for speaker in statement.speakers)
        found = [s for s in found if any(spoken[one] >= chosen.min_count for one in s.speakers)]
    return sorted(found, key=_order)


def _order(statement: Statement) -> tuple[str, str, str, int, str]:
    """By day, then as the first document has it."""
    first = min(((r.document.iri, p.start) for r in statement.reports for p in r.passages), default=("", 0))
    return (statement.earliest, statement.latest, *first, statement.iri)


def stances(store: Store, *, level: str = "polarity", **filters: Any) -> Table:
    """The flat table: one row per statement, speaker and target, oldest first; takes `said`'s filters.

    Columns: actor, target, level (the polarity, or a coded variable), first and last day, document, act, medium,
    basis, quoted, joint, confidence, statement. Filters on speaker and target choose rows.

    >>> from stancegraph import store
    >>> rows = stances(store.open(), actor="al-Araji", supports="unity")
    >>> [(row.actor.label, row.target.label, row.level) for row in rows][-1]
    ('Qasim al-Araji', "Syria's unity should be preserved.", 1)
    """
    from stancegraph.table import reading  # numpy is for those who count, not for those who look up

    return reading.read(store, Filters.of(filters), level)


def described(store: Store, found: Sequence[Statement]) -> list[Quad]:
    """The statements as quads, with all that telling them needs: reports, passages, documents, names, figures.

    Each is in the graph that says it; in the default graph where the store does not tell.
    """
    from stancegraph.store import Endpoint

    iris = [NamedNode(statement.iri) for statement in found]
    quads: dict[Quad, None] = {}
    for start in range(0, len(iris), CHUNK):
        rows = store.select(DESCRIBED, {"s": iris[start : start + CHUNK]})
        # The label of a blank node holds within one answer of an endpoint, and may mean another node in the next.
        scope = f"x{start}" if isinstance(store, Endpoint) and len(iris) > CHUNK else ""
        for row in rows:
            node, p, o = (_scoped(row[name], scope) for name in ("node", "p", "o"))
            quads[Quad(node, p, o, row.get("graph"))] = None  # type: ignore[arg-type]
    return list(quads)


def _scoped(term: Term, scope: str) -> Term:
    return BlankNode(term.value + scope) if scope and isinstance(term, BlankNode) else term


def turtle(store: Store, found: Sequence[Statement]) -> str:
    """The statements in Turtle, with all that telling them needs."""
    from stancegraph.store.turtle import write

    return write(quad.triple for quad in described(store, found))


def by_iri(store: Store, iris: Iterable[str]) -> dict[str, Statement]:
    """Records of the statements with these IRIs."""
    return {statement.iri: statement for statement in read(store, [NamedNode(iri) for iri in sorted(iris)])}


def read(store: Store, iris: Sequence[Term]) -> Iterable[Statement]:
    """Records of the statements named, in no order."""
    edges = things.polarities(store)
    for start in range(0, len(iris), CHUNK):
        yield from _read_chunk(store, iris[start : start + CHUNK], edges)


def _read_chunk(store: Store, iris: Sequence[Term], edges: Mapping[str, int]) -> Iterable[Statement]:
    properties: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", {"s": iris}):
        properties[row["s"].value][row["p"].value].append(row["o"])
    label = things.labels(store, "?s ?p ?x", {"s": iris})
    reports = _reports(store, iris)
    figures = _figures(store, iris)
    organisations = things.organisations(store, iris)
    for iri, values in properties.items():
        found = _Values(values, label)
        yield _statement(iri, found, edges, reports[iri], figures[iri], organisations[iri])


class _Values:
    """The property values of one statement."""

    def __init__(self, values: Mapping[str, list[Term]], label: Mapping[str, str]) -> None:
        self._values, self._label = values, label

    def named(self, predicate: str) -> tuple[Named, ...]:
        terms = {term.value for term in self._values.get(predicate, ())}
        return tuple(sorted((Named(iri, self._label[iri]) for iri in terms), key=lambda n: (n.label, n.iri)))

    def concept(self, curie: str) -> str | None:
        return next((found.label for found in self.named(expand(curie))), None)

    def text(self, curie: str) -> str | None:
        return min((term.value for term in self._values.get(expand(curie), ())), default=None)


def _statement(
    iri: str,
    values: _Values,
    edges: Mapping[str, int],
    reports: Sequence[Report],
    figures: Sequence[Figure],
    organisation: Mapping[str, Named],
) -> Statement:
    behalf = values.named(expand("stance:onBehalfOf"))
    speakers = values.named(expand("stance:speaker"))
    on = values.text("stance:saidOn")
    return Statement(
        iri=iri,
        speakers=speakers,
        organisations=behalf or tuple(dict.fromkeys(organisation.get(s.iri, s) for s in speakers)),
        on_behalf_of=behalf,
        addressees=values.named(expand("stance:addressee")),
        act=values.concept("stance:act"),
        medium=values.concept("stance:medium"),
        basis=values.concept("stance:basis") or "",
        earliest=on or values.text("stance:saidNotBefore") or "0001-01-01",
        latest=on or values.text("stance:saidNotAfter") or "9999-12-31",
        gist=values.text("stance:gist") or "",
        condition=values.text("stance:condition"),
        targets=tuple(
            (target, sign)
            for edge, sign in sorted(edges.items(), key=lambda pair: (-pair[1], pair[0]))
            for target in values.named(edge)
        ),
        about=values.named(expand("schema:about")),
        figures=tuple(sorted(figures, key=lambda f: (f.counted, f.wording))),
        confidence=_number(iri, "stance:confidence", values.text("stance:confidence") or "0"),
        reports=tuple(sorted(reports, key=lambda r: (not r.quotes, r.document.issued, r.document.iri))),
    )


def _number(iri: str, predicate: str, text: str) -> float:
    """A number the data gives; raises StanceError naming where one is none."""
    try:
        number = float(text)
    except ValueError:
        number = nan
    if not isfinite(number):
        raise StanceError(
            f"{iri}: {predicate} '{text[:40]}' is not a number: mend it (`stancegraph check` finds all)"
        )
    return number


def _reports(store: Store, iris: Sequence[Term]) -> dict[str, list[Report]]:
    rows = store.select(
        """SELECT ?s ?report ?document ?start ?end ?exact WHERE {
             ?report stance:reports ?s ; stance:document ?document .
             OPTIONAL { ?report stance:passage ?passage . ?passage oa:hasSelector ?position .
                        ?position oa:start ?start ; oa:end ?end .
                        OPTIONAL { ?passage oa:hasSelector ?words . ?words oa:exact ?exact } } }""",
        {"s": iris},
    )
    document = documents(store, [row["document"] for row in rows])
    passages: dict[tuple[str, str, str], set[Passage]] = defaultdict(set)
    for row in rows:
        key = (row["s"].value, row["report"].value, row["document"].value)
        here = passages[key]
        if "start" in row:
            words = row["exact"].value if "exact" in row else None
            start, end = (int(_number(key[1], f"oa:{side}", row[side].value)) for side in ("start", "end"))
            here.add(Passage(start, end, words))
    found: dict[str, list[Report]] = defaultdict(list)
    for (iri, _, source), stretches in passages.items():
        ordered = sorted(stretches, key=lambda p: (p.start, p.end, p.quote or ""))
        found[iri].append(Report(document[source], tuple(ordered)))
    return found


def documents(store: Store, iris: Iterable[Term]) -> dict[str, Document]:
    """Records of the documents named, by IRI."""
    iris = sorted(set(iris), key=str)
    if not iris:
        return {}
    found = store.select(
        """SELECT ?document ?title ?publisher ?issued ?from ?to ?url WHERE {
             ?document dcterms:title ?title .
             OPTIONAL { ?document dcterms:publisher/skos:prefLabel ?publisher FILTER(LANG(?publisher) = "en") }
             OPTIONAL { ?document dcterms:issued ?issued }
             OPTIONAL { ?document stance:issuedNotBefore ?from ; stance:issuedNotAfter ?to }
             OPTIONAL { ?document schema:url ?url } }""",
        {"document": iris},
    )
    record = {iri.value: Document(iri.value, local_name(iri.value), "", "") for iri in iris}
    for row in found:
        value = {name: term.value for name, term in row.items()}
        day = value.get("issued") or "/".join(value[end] for end in ("from", "to") if end in value)
        iri = value["document"]
        record[iri] = Document(iri, value["title"], value.get("publisher", ""), day, value.get("url"))
    return record


def _figures(store: Store, iris: Sequence[Term]) -> dict[str, list[Figure]]:
    rows = store.select(
        """SELECT ?s ?figure ?counted ?event ?min ?max ?exclusive ?wording WHERE {
             ?s stance:claims ?figure . ?figure stance:counted/skos:prefLabel ?counted ; stance:wording ?wording .
             OPTIONAL { ?figure schema:observationAbout/skos:prefLabel ?event FILTER(LANG(?event) = "en") }
             OPTIONAL { ?figure schema:minValue ?min } OPTIONAL { ?figure schema:maxValue ?max }
             OPTIONAL { ?figure stance:exclusive ?exclusive } }""",
        {"s": iris},
    )
    found: dict[str, list[Figure]] = defaultdict(list)
    for row in rows:
        value = {name: term.value for name, term in row.items()}
        low, high = (
            int(_number(value["figure"], f"schema:{end}Value", value[end])) if end in value else None
            for end in ("min", "max")
        )
        exclusive = value.get("exclusive") in {"true", "1"}
        figure = Figure(value["counted"], value.get("event", ""), low, high, exclusive, value["wording"])
        found[value["s"]].append(figure)
    return found
