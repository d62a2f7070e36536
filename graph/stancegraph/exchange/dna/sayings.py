"""Documents and statements of a coding, as triples: who takes which stance, and where in a text it is marked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph.exchange.dna.naming import english, facts, short, term
from stancegraph.exchange.dna.stretch import LONGEST, Ruler, Stretch, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stancegraph.exchange.dna.categories import Categories
    from stancegraph.exchange.dna.database import Coded, Document, Entity, Variable
    from stancegraph.exchange.dna.naming import Naming, Pair
    from stancegraph.exchange.dna.schema import Tally

EARLIEST: Final = "0001-01-01"
LATEST: Final = "9999-12-31"
WRONG: Final = {
    "short text": "entity of it",
    "integer": "whole number",
    "boolean": "0 or 1",
    "long text": "text",
}


def document(
    naming: Naming, source: Document, outlet: NamedNode, author: NamedNode | None
) -> Iterator[Triple]:
    """A document, by the checksum and length of its text."""
    here = naming.iri("document", source.id)
    yield from facts(
        here,
        ("rdf:type", term("schema:NewsArticle")),
        ("dcterms:title", Literal(source.title or f"[document {source.id}]")),
        ("dcterms:publisher", outlet),
        ("dcterms:language", Literal("und")),
        ("stance:length", Literal(len(source.text))),
        ("stance:sha256", Literal(hashlib.sha256(source.text.encode()).hexdigest())),
    )
    if author is not None:
        yield from facts(here, ("dcterms:creator", author))
    if source.day:
        yield from facts(here, ("dcterms:issued", _date(source.day.isoformat())))
    else:
        yield from facts(here, *_undated("stance:issuedNotBefore", "stance:issuedNotAfter"))
        yield from facts(here, ("rdfs:comment", english("Undated: the bounds are those of the calendar.")))
    for predicate, text in (
        ("schema:articleSection", source.section),
        ("schema:genre", source.type),
        ("skos:note", source.notes),
    ):
        if text:
            yield from facts(here, (predicate, Literal(text)))


def statement(
    naming: Naming, coded: Coded, source: Document, actor: Entity, target: Entity, *, stance: str
) -> Iterator[Triple]:
    """A statement: who takes which stance on what, when, by whose coding; without its other variables."""
    verb = {"stance:supports": "supports", "stance:opposes": "opposes"}.get(stance, "on")
    said = f"{short(actor.value)} {verb} {short(target.value)}, as coded in {short(naming.name, 60)}."
    here = naming.iri("statement", coded.id)
    yield from facts(
        here,
        ("rdf:type", term("stance:Statement")),
        ("stance:speaker", naming.iri("entity", actor.id)),
        (stance, naming.iri("entity", target.id)),
        ("stance:gist", english(said)),
        ("stance:basis", term("basis:said")),
        ("stance:confidence", Literal("1.0", datatype=term("xsd:decimal"))),
        ("stance:coder", naming.coder(coded.coder)),
        ("prov:wasDerivedFrom", naming.database),
    )
    if source.day:
        yield from facts(here, ("stance:saidOn", _date(source.day.isoformat())))
    else:
        yield from facts(here, *_undated("stance:saidNotBefore", "stance:saidNotAfter"))


def value(
    naming: Naming, coded: Coded, variable: Variable, categories: Categories | None, left_out: Tally
) -> Iterator[Triple]:
    """The value of a variable, where the statement has one that is of its kind."""
    if variable.id not in coded.values:
        return
    stored = coded.values[variable.id]
    found: NamedNode | Literal | None = None
    if categories is not None:
        entity = categories.get(stored)
        found = naming.iri("entity", entity.id) if entity else None
    elif variable.kind == "long text":
        found = Literal(str(stored))
    elif variable.kind == "boolean":
        found = Literal(bool(stored)) if stored in (0, 1) else None
    elif isinstance(stored, int) or (
        isinstance(stored, float) and abs(stored) < 1 << 53 and stored.is_integer()
    ):
        found = Literal(int(stored))
    if found is None:
        left_out["value", f"of {variable.name[:60]!r}, and no {WRONG[variable.kind]}"] += 1
    elif found != Literal(""):
        yield Triple(naming.iri("statement", coded.id), naming.property(variable), found)


def report(naming: Naming, coded: Coded, source: Document, ruler: Ruler, left_out: Tally) -> Iterator[Triple]:
    """Where in a document's text a statement stands, with the words marked there."""
    here, document_ = naming.iri("report", coded.id), naming.iri("document", source.id)
    yield from facts(
        here,
        ("rdf:type", term("stance:Report")),
        ("stance:reports", naming.iri("statement", coded.id)),
        ("stance:document", document_),
    )
    stretch = ruler.stretch(coded.start, coded.stop)
    if stretch is None:
        left_out["position", "the text of its document is empty"] += 1
        return
    if not stretch.as_coded:
        left_out[
            "position", "no stretch of the text: what of it lies in the text is kept, else the whole text"
        ] += 1
    marked = words(source.text, stretch) if stretch.as_coded else None
    if marked and marked.end - marked.start > LONGEST:
        left_out["quotation", f"longer than {LONGEST} characters: its position is kept"] += 1
        marked = None
    if marked is None or marked[:2] != stretch[:2]:
        yield from _passage(here, document_, stretch)
    if marked is not None:
        quoted = Literal(source.text[marked.start : marked.end], language="und")
        yield from facts(here, ("stance:quote", quoted))
        yield from _passage(here, document_, marked, quoted)


def _passage(
    report: NamedNode, source: NamedNode, stretch: Stretch, quoted: Literal | None = None
) -> Iterator[Triple]:
    passage, position, selector = BlankNode(), BlankNode(), BlankNode()
    yield from facts(report, ("stance:passage", passage))
    yield from facts(
        passage,
        ("rdf:type", term("oa:SpecificResource")),
        ("oa:hasSource", source),
        ("oa:hasSelector", position),
    )
    yield from facts(
        position,
        ("rdf:type", term("oa:TextPositionSelector")),
        ("oa:start", Literal(stretch.start)),
        ("oa:end", Literal(stretch.end)),
    )
    if quoted is not None:
        yield from facts(passage, ("oa:hasSelector", selector))
        yield from facts(selector, ("rdf:type", term("oa:TextQuoteSelector")), ("oa:exact", quoted))


def _date(text: str) -> Literal:
    return Literal(text, datatype=term("xsd:date"))


def _undated(before: str, after: str) -> tuple[Pair, ...]:
    return ((before, _date(EARLIEST)), (after, _date(LATEST)))
