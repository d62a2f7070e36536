"""Terms and triples in a few letters, for what writes a graph."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph.store.sparql import Term as Term
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def term(curie: str) -> NamedNode:
    """The IRI of a prefixed name."""
    return NamedNode(expand(curie))


def describe(subject: NamedNode | BlankNode, *pairs: tuple[str | NamedNode, str | Term]) -> Iterator[Triple]:
    """Triples of one subject, of its properties and their values; both may be told by a prefixed name."""
    for predicate, value in pairs:
        edge = term(predicate) if isinstance(predicate, str) else predicate
        yield Triple(subject, edge, term(value) if isinstance(value, str) else value)


def english(text: str) -> Literal:
    """A text marked as English."""
    return Literal(text, language="en")


def day(iso: str) -> Literal:
    """A day of the calendar."""
    return Literal(iso, datatype=term("xsd:date"))


def decimal(number: float) -> Literal:
    """A number with a point, as a confidence is written."""
    return Literal(str(float(number)), datatype=term("xsd:decimal"))


def object_value(triple: Triple) -> str:
    """The IRI or the text that a triple ends in; empty where it is another triple."""
    return "" if isinstance(triple.object, Triple) else triple.object.value
