"""A coding as triples: its names, variables and categories, its documents, who takes which stance, and where.

DNA counts positions in UTF-16 code units, a graph in Unicode code points.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph.curate import texts
from stancegraph.dates import BEGINNING, END
from stancegraph.exchange.column_roles import CLASSES, declare_variable
from stancegraph.store.turtle import day, decimal, describe, english, term
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stancegraph.exchange.dna import Categories
    from stancegraph.exchange.dna.sqlite import Document, Entity, LeftOut, Statement, Variable

MARKS: Final = frozenset('"“”„«»')
STOPS: Final = frozenset(".,;:")


class Span(NamedTuple):
    """Positions in code points, end exclusive; not `exact` where those of the file are not all in the text."""

    start: int
    end: int
    exact: bool = True


class Offsets:
    """A text measured in both units.

    >>> Offsets("a😀b").span(1, 4)
    Span(start=1, end=3, exact=True)
    """

    def __init__(self, text: str) -> None:
        wide = [] if text.isascii() else [at for at, character in enumerate(text) if character > "\uffff"]
        self._wide = [at + before for before, at in enumerate(wide)]
        self._length = len(text)

    def span(self, start: object, stop: object) -> Span | None:
        """What stands between two UTF-16 positions, as far as it lies in the text; none of an empty text.

        Where nothing of it does, it is the whole text: all that is known of the words is that they stand there.
        """
        if not self._length:
            return None
        if isinstance(start, int) and isinstance(stop, int):
            first, last = max(start, 0), min(stop, self._length + len(self._wide))
            if first < last:
                exact = (first, last) == (start, stop)
                return Span(self._code_point(first), self._code_point(last, up=True), exact)
        return Span(0, self._length, exact=False)

    def _code_point(self, unit: int, *, up: bool = False) -> int:
        """Code points before a UTF-16 position; one within a character is its start, or (`up`) its end."""
        before = bisect_left(self._wide, unit)
        within = before > 0 and self._wide[before - 1] + 1 == unit
        return unit - before + (up and within)


def quotation(text: str, span: Span) -> Span | None:
    """The words of a span without blanks and quotation marks around them, and without closing punctuation.

    >>> quotation('He said: "Never." Then', Span(8, 17))
    Span(start=10, end=15, exact=True)
    """
    start, end, _ = span
    while start < end and (text[start].isspace() or text[start] in MARKS):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in MARKS | STOPS):
        end -= 1
    return Span(start, end) if start < end else None


RANGES: Final = {"long text": "xsd:string", "integer": "xsd:integer", "boolean": "xsd:boolean"}
EXPECTED: Final = {
    "short text": "entity of it",
    "integer": "whole number",
    "boolean": "0 or 1",
    "long text": "text",
}
"""Data type of a variable → what its values are, in a phrase."""
LONGEST: Final = 600
"""Characters of words that are stored; of longer ones the position alone is."""


def shorten(text: str, most: int = 100) -> str:
    """A name on one line, cut to `most` characters."""
    flat = " ".join(text[: 4 * most].split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def slug(name: str) -> str:
    """A name as the last part of an IRI: words joined by hyphens."""
    return re.sub(r"\W+", "-", name).strip("-")[:80]


class Namespace:
    """Mints the IRIs of one coding: `name` is its file's, `base` what they begin with."""

    def __init__(self, name: str, base: str, variables: Iterable[Variable]) -> None:
        self.name, self.base = name, base
        self.database = NamedNode(f"{base}database")
        self._key: dict[int, str] = {}
        for variable in variables:
            key = slug(variable.name) or "variable"
            self._key[variable.id] = f"{key}-{variable.id}" if key in self._key.values() else key

    def iri(self, kind: str, key: object) -> NamedNode:
        """The IRI of a thing of some kind, by its number or key."""
        return NamedNode(f"{self.base}{kind}/{key}")

    def property(self, variable: Variable) -> NamedNode:
        """The property a variable is on statements."""
        return self.iri("variable", self._key[variable.id])

    def category_class(self, variable: Variable) -> NamedNode:
        """The class the categories of a short text are of."""
        return self.iri("class", self._key[variable.id])

    def coder(self, number: int | None) -> NamedNode:
        """The IRI of a coder, who has no name."""
        return self.iri("coder", "unknown" if number is None else number)


def provenance(namespace: Namespace, statement_type: str, coders: Iterable[int | None]) -> Iterator[Triple]:
    """The database itself, and its coders by number."""
    yield from describe(
        namespace.database,
        ("rdf:type", "prov:Entity"),
        ("dcterms:title", Literal(namespace.name)),
        ("dcterms:description", english(f"Discourse Network Analyzer, statement type {statement_type}.")),
    )
    for number in coders:
        label = Literal(f"coder {'unknown' if number is None else number}")
        yield from describe(namespace.coder(number), ("rdf:type", "prov:Agent"), ("rdfs:label", label))


def variable(
    namespace: Namespace, declared: Variable, superclass: str, *, scale: tuple[int, int] | None
) -> Iterator[Triple]:
    """The declaration of a variable, with its scale; `superclass` is what the categories of a short text are."""
    short = declared.kind == "short text"
    values = namespace.category_class(declared) if short else term(RANGES[declared.kind])
    role = {"stance:Actor": ", written as stance:speaker", "stance:Proposition": ", written as the target"}
    return declare_variable(
        namespace.property(declared),
        declared.name,
        values,
        namespace.database,
        told=f": {declared.kind}{role.get(superclass, '')}",
        above=superclass if short else "",
        scale=scale,
    )


def category(namespace: Namespace, variable: Variable, entity: Entity, *types: str) -> Iterator[Triple]:
    """A value of a short text: labelled as coded, with its attributes as notes."""
    here = namespace.iri("entity", entity.id)
    yield from describe(
        here,
        *(("rdf:type", type_) for type_ in types),
        ("rdf:type", namespace.category_class(variable)),
        ("skos:prefLabel", english(entity.value or "(empty)")),
        *(() if entity.value else [("skos:notation", Literal(""))]),
        *(("skos:note", Literal(f"{name}: {value}")) for name, value in entity.attributes),
        ("prov:wasDerivedFrom", namespace.database),
    )
    if entity.parent is not None:
        yield from describe(here, ("skos:broader", namespace.iri("entity", entity.parent)))


def actor(
    namespace: Namespace, variable: Variable, entity: Entity, kinds: Mapping[str, str]
) -> Iterator[Triple]:
    """An actor; its kind is that of an attribute called type or kind, where there is a kind so named."""
    class_ = CLASSES.get(variable.name.casefold(), "foaf:Group")
    types = [value.casefold() for name, value in entity.attributes if name.casefold() in {"type", "kind"}]
    kind = next((kinds[name] for name in types if name in kinds), expand("kind:other"))
    if kind == expand("kind:unnamed-group") and class_ != "foaf:Group":
        kind = expand("kind:other")
    yield from category(namespace, variable, entity, "stance:Actor", class_)
    yield from describe(namespace.iri("entity", entity.id), ("stance:actorKind", NamedNode(kind)))


def proposition(namespace: Namespace, variable: Variable, entity: Entity, *, used: bool) -> Iterator[Triple]:
    """A target; one that is not used says that it is kept."""
    here = namespace.iri("entity", entity.id)
    yield from category(namespace, variable, entity, "stance:Proposition")
    coding = shorten(namespace.name)
    note = f"A category of {shorten(variable.name)} in {coding}, under its coders' own label."
    yield from describe(here, ("skos:scopeNote", english(note)))
    if not used:
        kept = f"Kept as a category of {coding}; no statement taken over is on it."
        yield from describe(here, ("skos:editorialNote", english(kept)))


def publisher_or_author(namespace: Namespace, name: str, *, outlet: bool) -> tuple[NamedNode, list[Triple]]:
    """The IRI of an outlet or an author known by name only, and its triples."""
    key = quote(name, safe="")
    if len(key) > 80 or not key.strip("."):
        key = hashlib.sha256(name.encode()).hexdigest()[:16]
    here = namespace.iri("outlet" if outlet else "author", key)
    triples = describe(
        here,
        ("rdf:type", "stance:Actor"),
        ("rdf:type", "org:Organization" if outlet else "foaf:Group"),
        ("skos:prefLabel", english(name)),
        ("stance:actorKind", "kind:media-outlet" if outlet else "kind:other"),
        ("prov:wasDerivedFrom", namespace.database),
    )
    return here, list(triples)


def document(
    namespace: Namespace, source: Document, outlet: NamedNode, author: NamedNode | None
) -> Iterator[Triple]:
    """A document, by the checksum and length of its text."""
    here = namespace.iri("document", source.id)
    yield from describe(
        here,
        ("rdf:type", "schema:NewsArticle"),
        ("dcterms:title", Literal(source.title or f"[document {source.id}]")),
        ("dcterms:publisher", outlet),
        ("dcterms:language", Literal("und")),
        *texts.facts(source.text).items(),
        *([("dcterms:creator", author)] if author is not None else []),
    )
    yield from _days(here, source, "stance:issued", "dcterms:issued")
    if not source.day:
        yield from describe(here, ("rdfs:comment", english("Undated: the bounds are those of the calendar.")))
    notes = {"schema:articleSection": source.section, "schema:genre": source.type, "skos:note": source.notes}
    yield from describe(here, *((edge, Literal(text)) for edge, text in notes.items() if text))


def statement(
    namespace: Namespace, coded: Statement, source: Document, actor: Entity, target: Entity, *, stance: str
) -> Iterator[Triple]:
    """A statement: who takes which stance on what, when, by whose coding; without its other variables."""
    verb = {"stance:supports": "supports", "stance:opposes": "opposes"}.get(stance, "on")
    gist = (
        f"{shorten(actor.value)} {verb} {shorten(target.value)}, as coded in {shorten(namespace.name, 60)}."
    )
    here = namespace.iri("statement", coded.id)
    yield from describe(
        here,
        ("rdf:type", "stance:Statement"),
        ("stance:speaker", namespace.iri("entity", actor.id)),
        (stance, namespace.iri("entity", target.id)),
        ("stance:gist", english(gist)),
        ("stance:basis", "basis:said"),
        ("stance:confidence", decimal(1.0)),
        ("stance:coder", namespace.coder(coded.coder)),
        ("prov:wasDerivedFrom", namespace.database),
    )
    yield from _days(here, source, "stance:said", "stance:saidOn")


def _days(here: NamedNode, source: Document, bounds: str, one: str) -> Iterator[Triple]:
    """A document's day; where there is none, it is bounded by the calendar."""
    days = (
        {one: source.day.isoformat()}
        if source.day
        else {f"{bounds}NotBefore": BEGINNING, f"{bounds}NotAfter": END}
    )
    yield from describe(here, *((name, day(iso)) for name, iso in days.items()))


def value(
    namespace: Namespace,
    coded: Statement,
    variable: Variable,
    categories: Categories | None,
    left_out: LeftOut,
) -> Iterator[Triple]:
    """The value of a variable, where the statement has one that is of its kind."""
    stored = coded.values.get(variable.id)
    if stored is None:
        return
    found: NamedNode | Literal | None = None
    if categories is not None:
        entity = categories.get(stored)
        found = namespace.iri("entity", entity.id) if entity else None
    elif variable.kind == "long text":
        found = Literal(str(stored))
    elif variable.kind == "boolean":
        found = Literal(bool(stored)) if stored in (0, 1) else None
    elif isinstance(stored, int) or (
        isinstance(stored, float) and abs(stored) < 1 << 53 and stored.is_integer()
    ):
        found = Literal(int(stored))
    if found is None:
        left_out["value", f"of {variable.name[:60]!r}, and no {EXPECTED[variable.kind]}"] += 1
    elif found != Literal(""):
        yield Triple(namespace.iri("statement", coded.id), namespace.property(variable), found)


def report(
    namespace: Namespace, coded: Statement, source: Document, offsets: Offsets, left_out: LeftOut
) -> Iterator[Triple]:
    """Where in a document's text a statement stands, with the words marked there."""
    here, document_ = namespace.iri("report", coded.id), namespace.iri("document", source.id)
    yield from describe(
        here,
        ("rdf:type", "stance:Report"),
        ("stance:reports", namespace.iri("statement", coded.id)),
        ("stance:document", document_),
    )
    span = offsets.span(coded.start, coded.stop)
    if span is None:
        left_out["position", "the text of its document is empty"] += 1
        return
    if not span.exact:
        why = "no stretch of the text: what of it lies in the text is kept, else the whole text"
        left_out["position", why] += 1
    words = quotation(source.text, span) if span.exact else None
    if words and words.end - words.start > LONGEST:
        left_out["quotation", f"longer than {LONGEST} characters: its position is kept"] += 1
        words = None
    if words is None or words[:2] != span[:2]:
        yield from texts.passage_triples(here, document_, texts.Span(span.start, span.end))
    if words is not None:
        quoted = Literal(source.text[words.start : words.end], language="und")
        yield from texts.quote_triples(here, document_, texts.Span(words.start, words.end), quoted, None)
