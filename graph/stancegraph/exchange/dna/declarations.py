"""What a coding consists of, as triples: its variables, the categories of each, its actors and its targets."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from stancegraph.exchange.dna.naming import english, facts, short, term
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Triple

    from stancegraph.exchange.dna.database import Entity, Variable
    from stancegraph.exchange.dna.naming import Naming

RANGES: Final = {"long text": "xsd:string", "integer": "xsd:integer", "boolean": "xsd:boolean"}
CLASSES: Final = {
    "person": "foaf:Person",
    "organization": "org:Organization",
    "organisation": "org:Organization",
}
"""Name of the actor variable → what its values are; of any other name, a foaf:Group."""


def origin(naming: Naming, statement_type: str, coders: Iterable[int | None]) -> Iterator[Triple]:
    """The database itself, and its coders by number."""
    yield from facts(
        naming.database,
        ("rdf:type", term("prov:Entity")),
        ("dcterms:title", Literal(naming.name)),
        ("dcterms:description", english(f"Discourse Network Analyzer, statement type {statement_type}.")),
    )
    for number in coders:
        label = f"coder {'unknown' if number is None else number}"
        yield from facts(
            naming.coder(number), ("rdf:type", term("prov:Agent")), ("rdfs:label", Literal(label))
        )


def variable(
    naming: Naming, declared: Variable, is_: str, *, scale: tuple[int, int] | None
) -> Iterator[Triple]:
    """The declaration of a variable; `is_` says what its categories are, and how they are written."""
    values = term(RANGES.get(declared.kind, "skos:Concept"))
    kind = "Object" if declared.kind == "short text" else "Datatype"
    if declared.kind == "short text":
        values = naming.category_class(declared)
        yield from facts(
            values,
            ("rdf:type", term("owl:Class")),
            ("rdfs:label", Literal(declared.name)),
            ("rdfs:subClassOf", term(is_)),
            ("prov:wasDerivedFrom", naming.database),
        )
    written = {"stance:Actor": ", written as stance:speaker", "stance:Proposition": ", written as the target"}
    yield from facts(
        naming.property(declared),
        ("rdf:type", term(f"owl:{kind}Property")),
        ("rdfs:label", Literal(declared.name)),
        ("rdfs:comment", english(f"A variable of the coding: {declared.kind}{written.get(is_, '')}.")),
        ("rdfs:domain", term("stance:Statement")),
        ("rdfs:range", values),
        ("prov:wasDerivedFrom", naming.database),
    )
    if scale is not None:
        bounds = zip(("schema:minValue", "schema:maxValue"), map(Literal, scale), strict=True)
        yield from facts(naming.property(declared), *bounds)


def category(naming: Naming, variable: Variable, entity: Entity, *types: str) -> Iterator[Triple]:
    """A value of a short text: labelled as coded, with its attributes as notes."""
    here = naming.iri("entity", entity.id)
    yield from facts(
        here,
        *(("rdf:type", term(type_)) for type_ in types),
        ("rdf:type", naming.category_class(variable)),
        ("skos:prefLabel", english(entity.value or "(empty)")),
        *(("skos:note", Literal(f"{name}: {value}")) for name, value in entity.attributes),
        ("prov:wasDerivedFrom", naming.database),
    )
    if entity.parent is not None:
        yield from facts(here, ("skos:broader", naming.iri("entity", entity.parent)))


def actor(naming: Naming, variable: Variable, entity: Entity, kinds: Mapping[str, str]) -> Iterator[Triple]:
    """An actor; its kind is that of an attribute called type or kind, where there is a kind so named."""
    class_ = CLASSES.get(variable.name.casefold(), "foaf:Group")
    named = [value.casefold() for name, value in entity.attributes if name.casefold() in {"type", "kind"}]
    kind = next((kinds[name] for name in named if name in kinds), expand("kind:other"))
    if kind == expand("kind:unnamed-group") and class_ != "foaf:Group":
        kind = expand("kind:other")
    yield from category(naming, variable, entity, "stance:Actor", class_)
    yield from facts(naming.iri("entity", entity.id), ("stance:actorKind", NamedNode(kind)))


def proposition(naming: Naming, variable: Variable, entity: Entity, *, used: bool) -> Iterator[Triple]:
    """A target; one that is not used says that it is kept."""
    here = naming.iri("entity", entity.id)
    yield from category(naming, variable, entity, "stance:Proposition")
    note = f"A category of {short(variable.name)} in {short(naming.name)}, under its coders' own label."
    yield from facts(here, ("skos:scopeNote", english(note)))
    if not used:
        kept = f"Kept as a category of {short(naming.name)}; no statement taken over is on it."
        yield from facts(here, ("skos:editorialNote", english(kept)))


def named(naming: Naming, name: str, *, outlet: bool) -> tuple[NamedNode, list[Triple]]:
    """An outlet or an author, known by name only."""
    key = quote(name, safe="")
    if len(key) > 80 or not key.strip("."):
        key = hashlib.sha256(name.encode()).hexdigest()[:16]
    here = naming.iri("outlet" if outlet else "author", key)
    return here, list(
        facts(
            here,
            ("rdf:type", term("stance:Actor")),
            ("rdf:type", term("org:Organization" if outlet else "foaf:Group")),
            ("skos:prefLabel", english(name)),
            ("stance:actorKind", term("kind:media-outlet" if outlet else "kind:other")),
            ("prov:wasDerivedFrom", naming.database),
        )
    )
