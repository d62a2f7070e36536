"""Statements as RDF: one set of quads, in N-Quads as they are, in Turtle and JSON-LD without their graphs."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

from stancegraph import statements
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange.blanks import labelled
from stancegraph.statements.filters import checked
from stancegraph.store import Endpoint, Store, turtle
from stancegraph.vocabulary import PREFIXES, compact, expand

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import Triple

    Subject = NamedNode | BlankNode | Triple
    from stancegraph.table import Table

EVERY: Final = """{ { GRAPH ?graph { ?s ?p ?o } }
    UNION { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?other { ?s ?p ?o } } } }"""
TYPE: Final = expand("rdf:type")
STATEMENT: Final = NamedNode(expand("stance:Statement"))


def files(
    source: Store | Table, path: Path, form: str, filters: dict[str, Any]
) -> tuple[list[tuple[Path, bytes]], str]:
    """The file in one of the formats of RDF, and a note on what it holds."""
    if not isinstance(source, Store):
        raise UsageError(f".{form} holds statements, and a table has none: export the store it was made from")
    found = labelled(quads(source, **filters))
    triples = {quad.triple for quad in found}
    told = sum(t.predicate.value == TYPE and t.object == STATEMENT for t in triples)
    note = f"{told} statement{'' if told == 1 else 's'}, "
    if form == "nq":
        return [(path, nquads(found))], f"{note}{len(found)} quads"
    return [(path, (in_turtle if form == "ttl" else jsonld)(triples))], f"{note}{len(triples)} triples"


def quads(store: Store, **filters: Any) -> list[Quad]:
    """The statements that pass the filters with all that telling them needs, in the graphs that say so.

    Without filters, everything in the store. Raises StanceError where an endpoint answers in part.
    """
    if checked(filters):
        return statements.described(store, statements.said(store, **filters))
    rows = store.select(f"SELECT ?s ?p ?o ?graph WHERE {EVERY}")
    if isinstance(store, Endpoint):
        (count,) = store.select(f"SELECT (COUNT(*) AS ?n) WHERE {EVERY}")
        if int(count["n"].value) != len(rows):
            raise StanceError(
                f"{store.where} gave {len(rows)} of {count['n'].value} quads: choose fewer statements by filters"
            )
    return [Quad(row["s"], row["p"], row["o"], row.get("graph")) for row in rows]  # type: ignore[arg-type]


def nquads(found: Iterable[Quad]) -> bytes:
    """Canonical N-Quads, the lines sorted."""
    lines = pyoxigraph.serialize(found, format=RdfFormat.N_QUADS) or b""
    return b"".join(sorted(lines.splitlines(keepends=True)))


def in_turtle(triples: Iterable[Triple]) -> bytes:
    """Turtle as the curated files are kept; raises StanceError for blank nodes it cannot nest."""
    try:
        return turtle.write(triples).encode()
    except StanceError as error:
        raise StanceError(f"{error}; or write .nq or .jsonld, which can name it") from error


def jsonld(triples: Iterable[Triple]) -> bytes:
    """JSON-LD 1.1: a context of the prefixes used, and an object for each subject, all sorted.

    No context is on the network.
    """
    about: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    ordered = sorted(triples, key=str)
    terms = _Terms(ordered)
    for triple in ordered:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if predicate == TYPE and not isinstance(value, Literal):
            about[terms.name(subject)]["@type"].append(terms.name(value))
        else:
            about[terms.name(subject)][terms.name(triple.predicate)].append(terms.value(value))
    graph = [
        {"@id": subject, **{name: _single(properties[name]) for name in sorted(properties)}}
        for subject, properties in sorted(about.items())
    ]
    whole = {"@context": {"@version": 1.1, **terms.context()}, "@graph": graph}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


class _Terms:
    """Names and values as JSON-LD writes them, and the prefixes they used."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        iris = {
            term.datatype.value if isinstance(term, Literal) else term.value
            for triple in triples
            for term in triple
            if isinstance(term, NamedNode | Literal)
        }
        # An IRI whose scheme is spelled like a prefix would be read as a name of that prefix.
        schemes = {iri.partition(":")[0] for iri in iris}
        self._free = PREFIXES.keys() - schemes
        self._used: set[str] = set()

    def context(self) -> dict[str, str]:
        """The prefixes used so far."""
        return {prefix: PREFIXES[prefix] for prefix in PREFIXES if prefix in self._used}

    def name(self, term: Subject) -> str:
        """An IRI, as a prefixed name where there is one; a blank node by its label."""
        if not isinstance(term, NamedNode):
            return str(term)
        short = compact(term.value)
        prefix = short.partition(":")[0]
        if short == term.value or prefix not in self._free:
            return term.value
        self._used.add(prefix)
        return short

    def value(self, term: Subject | Literal) -> Any:
        """The object of a triple; a literal keeps its spelling, its datatype and its language."""
        if not isinstance(term, Literal):
            return {"@id": self.name(term)}
        if term.language:
            direction = {"@direction": term.direction.value} if term.direction else {}
            return {"@value": term.value, "@language": term.language, **direction}
        if term.datatype.value == expand("xsd:string"):
            return term.value
        return {"@value": term.value, "@type": self.name(term.datatype)}


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
