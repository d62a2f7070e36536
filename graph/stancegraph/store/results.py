"""What a query answers: a table, a truth or triples, in memory or in the body of a message.

The SPARQL 1.1 Query Results JSON Format is read as servers write it, checked cell by cell, and bounded: Oxigraph's own
reader refuses what others send (blank nodes labelled `nodeID://b1`), and dies of triples nested deep.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import (
    BaseDirection,
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    Triple,
)

from stancegraph.errors import StanceError
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    import pyarrow as pa

    from stancegraph.store.sparql import Term

    Cell = dict[str, str]  # as it should be
    Decoded = bool | tuple[tuple[str, ...], Iterable[dict[str, Cell]]]
    """The truth, or the variables and the rows, their cells yet to be checked."""

LARGEST: Final = 256 << 20
"""Bytes an endpoint may answer."""
TRIPLE_TERM: Final = "it holds a triple about a triple (RDF 1.2), which is not read"
MOST: Final = 20_000_000
"""Braces, brackets and commas an answer may have: about five million cells, or ten million empty rows."""
BOOLEAN: Final = expand("xsd:boolean")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\\ud800-\udfff]*")
_ODD: Final = re.compile(r"[^A-Za-z0-9]")
_TRIPLES: Final = ("triple", "statement")
_SPELLINGS: Final = {"1": "true", "0": "false"}
"""Other spellings of truths: Virtuoso's. Oxigraph keeps the value of a literal and so spells it in one way."""


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


def json_table(body: bytes) -> Table | bool:
    """The table or the truth in a body; raises ValueError for what is not an answer."""
    return table_of(decoded(body))


def table_of(found: Decoded) -> Table | bool:
    """The table or the truth that was decoded; raises ValueError for a cell that is none."""
    if isinstance(found, bool):
        return found
    names, rows = found
    return Table(names, [{name: _term(cell) for name, cell in row.items()} for row in rows])


def json_tuples(body: bytes, order: tuple[str, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A table's variables, and its rows as plain text in the order given, else its own; unbound is empty."""
    found = decoded(body)
    if isinstance(found, bool):
        raise ValueError("it is a truth where a table was asked for")
    names, rows = found
    return names, [tuple([_text(row[n]) if n in row else "" for n in order or names]) for row in rows]


def decoded(body: bytes) -> Decoded:
    """What is in a body; raises ValueError for what is not an answer."""
    if sum(map(body.count, (b"{", b"[", b","))) > MOST:
        raise ValueError(f"it has more than {MOST // 4:,} values")
    try:
        whole = json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    match whole:
        case {"boolean": bool(truth)}:
            return truth
        case {"head": {"vars": list(names)}, "results": {"bindings": list(rows)}}:
            if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
                raise ValueError("its variables are not names")
            return tuple(names), _rows(rows, set(names))
    raise ValueError("it has neither rows nor a truth")


def _rows(rows: list[object], names: set[str]) -> Iterator[dict[str, Cell]]:
    for row in rows:
        if not isinstance(row, dict) or not row.keys() <= names:
            raise ValueError("a row is not of its variables")
        yield row


def _text(cell: Cell) -> str:
    """The text of a cell; of a blank node a label that any reader takes."""
    try:
        kind, text = cell["type"], cell["value"]
        if kind in _TRIPLES:
            raise ValueError(TRIPLE_TERM)
        text.encode()
    except (AttributeError, KeyError, TypeError):
        kind = text = ""
    if kind == "uri" and _IRI.fullmatch(text):
        return text
    if kind in ("literal", "typed-literal"):
        return _SPELLINGS.get(text, text) if cell.get("datatype") == BOOLEAN else text
    if kind == "bnode" and text:
        return _ODD.sub(lambda odd: f"_{ord(odd[0]):x}_", text)
    raise ValueError(f"a cell is not a term: {json.dumps(cell)[:60]}")


def _term(cell: Cell) -> Term:
    text, kind = _text(cell), cell["type"]
    if kind == "uri":
        return NamedNode(text)
    if kind == "bnode":
        return BlankNode(text)
    if language := cell.get("xml:lang"):
        direction = cell.get("its:dir")
        return Literal(text, language=language, direction=BaseDirection(direction) if direction else None)
    datatype = cell.get("datatype")
    return Literal(text, datatype=_datatype(datatype)) if datatype else Literal(text)


@lru_cache(maxsize=64)
def _datatype(iri: str) -> NamedNode:
    return NamedNode(iri)
