"""The SPARQL 1.1 Query Results JSON Format, as servers write it: checked cell by cell, and bounded.

Oxigraph's own reader refuses what others send (blank nodes labelled `nodeID://b1`), and dies of triples nested deep.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode

from stancegraph.store.results import TRIPLE_TERM, Table
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from stancegraph.store.sparql import Term

    Cell = dict[str, str]  # as it should be
    Decoded = bool | tuple[tuple[str, ...], Iterable[dict[str, Cell]]]
    """The truth, or the variables and the rows, their cells yet to be checked."""

MOST: Final = 20_000_000
"""Braces, brackets and commas an answer may have: about five million cells, or ten million empty rows."""
BOOLEAN: Final = expand("xsd:boolean")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\\ud800-\udfff]*")
_ODD: Final = re.compile(r"[^A-Za-z0-9]")
_TRIPLES: Final = ("triple", "statement")
_SPELLINGS: Final = {"1": "true", "0": "false"}
"""Other spellings of truths: Virtuoso's. Oxigraph keeps the value of a literal and so spells it in one way."""


def table(body: bytes) -> Table | bool:
    """The table or the truth in a body; raises ValueError for what is not an answer."""
    return table_of(decoded(body))


def table_of(found: Decoded) -> Table | bool:
    """The table or the truth that was decoded; raises ValueError for a cell that is none."""
    if isinstance(found, bool):
        return found
    names, rows = found
    return Table(names, [{name: _term(cell) for name, cell in row.items()} for row in rows])


def tuples(body: bytes, order: tuple[str, ...] = ()) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A table's variables, and its rows as plain text in the order given, by default its own; unbound is empty."""
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
