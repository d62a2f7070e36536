"""What a query answers: a table, a truth or triples, in memory or in the body of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    Triple,
)

from stancegraph.errors import StanceError

if TYPE_CHECKING:
    import pyarrow as pa

    from stancegraph.store.sparql import Term

LARGEST: Final = 256 << 20
"""Bytes an endpoint may answer."""
TRIPLE_TERM: Final = "it holds a triple about a triple (RDF 1.2), which is not read"


@dataclass(frozen=True, slots=True)
class Table:
    """A SELECT's answer: `variables` in the query's order; in `rows` an unbound variable is absent."""

    variables: tuple[str, ...]
    rows: list[dict[str, Term]]


Answer = Table | bool | list[Triple]


def cell(term: Term | Triple) -> Term:
    """A term as it stands in a row; a triple (RDF 1.2), which no question here asks for, as its text."""
    return Literal(f"<<( {term} )>>") if isinstance(term, Triple) else term


def node(iri: str) -> NamedNode:
    """The node of an IRI that stands in a row as text; raises StanceError for what is none."""
    try:
        return NamedNode(iri)
    except ValueError:
        raise StanceError(
            f"'{iri[:80]}' is a blank node or a literal where an IRI is needed: give it an IRI in the data"
        ) from None


def answer(found: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    """The whole of what pyoxigraph found: a table, a truth, or triples.

    An error lets go of what was found: it may be thrown away in this thread alone, an error in any.
    """
    try:
        return _whole(found)
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        del found
        raise error.with_traceback(None) from None


def tuples(found: QuerySolutions | QueryBoolean | QueryTriples) -> list[tuple[str, ...]]:
    """The rows of a table as plain text: without terms in between a long answer takes a third of the time."""
    try:
        return [
            tuple(["" if x is None else cell(x).value if type(x) is Triple else x.value for x in row])
            for row in found  # type: ignore[union-attr]
        ]
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        del found
        raise error.with_traceback(None) from None


def columns(found: QuerySolutions) -> list[pa.Array]:
    """The columns of a table as Arrow arrays of plain text: no term becomes an object of Python."""
    import pyarrow as pa
    from pyarrow import csv

    names = [variable.value for variable in found.variables]
    try:
        content = found.serialize(format=QueryResultsFormat.CSV)
    except (OSError, RuntimeError) as error:
        del found
        raise error.with_traceback(None) from None
    options = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    read = csv.read_csv(
        pa.BufferReader(content),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=options,
    )
    return [read.column(name).combine_chunks() for name in names]


def _whole(found: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    if isinstance(found, QueryBoolean):
        return bool(found)
    if isinstance(found, QueryTriples):
        return list(found)
    names = tuple(variable.value for variable in found.variables)
    rows = (zip(names, row, strict=True) for row in found)
    return Table(names, [{name: cell(term) for name, term in row if term is not None} for row in rows])
