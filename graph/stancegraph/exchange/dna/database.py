"""A coding of the Discourse Network Analyzer (DNA 3) as records, read from its SQLite database.

A statement has a stretch of a document, counted in UTF-16 code units, and one value for each variable of its
statement type; short texts are entities, listed apart, with attributes. A statement's day is its document's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from stancegraph.exchange.dna import remainder
from stancegraph.exchange.dna.schema import ATTRIBUTES, KINDS, MORE, Columns, Tally, columns, has, opened

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

MILLISECONDS: Final = 10**11
"""A date from here on is in milliseconds, as DNA 2 wrote them: in seconds it would be past the year 5000."""
TYPES: Final = """SELECT ID, Label, (SELECT count(*) FROM STATEMENTS s WHERE s.StatementTypeId = t.ID)
    FROM STATEMENTTYPES t ORDER BY ID"""
VARIABLES: Final = "SELECT ID, Variable, DataType FROM VARIABLES WHERE StatementTypeId = :type ORDER BY ID"
ENTITIES: Final = "SELECT ID, Value, {ChildOf} FROM ENTITIES WHERE VariableId = :variable ORDER BY ID"
ATTRIBUTED: Final = """SELECT e.ID, a.AttributeVariable, v.AttributeValue FROM ATTRIBUTEVALUES v
    JOIN ATTRIBUTEVARIABLES a ON a.ID = v.AttributeVariableId JOIN ENTITIES e ON e.ID = v.EntityId
    WHERE e.VariableId = :variable AND v.AttributeValue != '' ORDER BY e.ID, a.ID, v.rowid"""
DOCUMENTS: Final = """SELECT ID, Title, Text, Date, {Author}, {Source}, {Section}, {Notes}, {Type}
    FROM DOCUMENTS ORDER BY ID"""
STATEMENTS: Final = """SELECT s.DocumentId, s.ID, s.Start, s.Stop, {Coder}, v.VariableId, v.Value
    FROM STATEMENTS s LEFT JOIN ({values}) v ON v.StatementId = s.ID
    WHERE s.StatementTypeId = :type AND s.DocumentId IN (SELECT ID FROM DOCUMENTS)
    ORDER BY s.DocumentId, s.ID, v.VariableId, v.Row"""
OBSERVED: Final = """SELECT min(d.Value), max(d.Value) FROM DATAINTEGER d JOIN STATEMENTS s ON s.ID = d.StatementId
    JOIN VARIABLES v ON v.ID = d.VariableId AND v.StatementTypeId = s.StatementTypeId
    WHERE v.ID = :variable AND typeof(d.Value) = 'integer'"""
VALUES: Final = """SELECT rowid AS Row, StatementId, VariableId, {value} AS Value FROM {table} WHERE VariableId
    IN (SELECT ID FROM VARIABLES WHERE StatementTypeId = :type AND DataType = '{kind}')"""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a statement type; `kind` is one of `KINDS`."""

    id: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A value of a short text; `parent` is the entity it is a child of, `attributes` are (name, value)."""

    id: int
    value: str
    parent: int | None = None
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its text; `day` is None where the file gives none."""

    id: int
    title: str
    text: str
    day: date | None
    author: str
    source: str
    section: str
    notes: str
    type: str


@dataclass(frozen=True, slots=True)
class Coded:
    """A statement: its stretch in UTF-16 code units, its coder, and the values of its variables as stored."""

    id: int
    start: Any
    stop: Any
    coder: int | None
    values: dict[int, Any]


@contextmanager
def reading(file: Path) -> Iterator[Database]:
    """The coding in a file; raises StanceError where it is none of DNA 3, is in use or damaged."""
    with opened(file) as connection:
        yield Database(file, connection)


class Database:
    """One coding; `left_out` counts what could not be taken, `mended` the texts with what no RDF can hold."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self.name = _whole(file.name)
        self.left_out = Tally()
        self.mended = self.milliseconds = 0
        self._connection = connection
        connection.text_factory = self._decoded
        self._there: Columns = columns(file, connection)

    def types(self) -> dict[int, tuple[str, int]]:
        """Statement types: number → label, and how many statements there are."""
        return {
            number: (self._text(label) or f"type {number}", uses) for number, label, uses in self._rows(TYPES)
        }

    def variables(self, statement_type: int) -> list[Variable]:
        """The variables of a statement type, in the order of their numbers."""
        found = []
        for number, name, kind in self._rows(VARIABLES, type=statement_type):
            if kind in KINDS:
                found.append(Variable(number, self._text(name) or f"variable {number}", kind))
            else:
                self.left_out[
                    "variable", f"its data type is {self._text(kind)[:40]!r}, which DNA 3 has not"
                ] += 1
        return found

    def entities(self, variable: int) -> list[Entity]:
        """The values of a short text, used or not, in the order of their numbers."""
        attributes = self._attributes(variable)
        rows = self._rows(ENTITIES, variable=variable)
        return [
            Entity(number, self._text(value), _integer(parent), tuple(attributes.get(number, ())))
            for number, value, parent in rows
        ]

    def _attributes(self, variable: int) -> dict[int, list[tuple[str, str]]]:
        found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        if has(self._there, ATTRIBUTES):
            for entity, name, value in self._rows(ATTRIBUTED, variable=variable):
                found[entity].append((self._text(name), self._text(value)))
        return found

    def documents(self, statement_type: int) -> Iterator[tuple[Document, list[Coded]]]:
        """Each document with its statements of a type, both in the order of their numbers."""
        coded = self._coded(statement_type)
        number, statements = next(coded, (None, []))
        for row in self._rows(DOCUMENTS):
            document = self._document(*row)
            if number != document.id:
                yield document, []
            else:
                yield document, statements
                number, statements = next(coded, (None, []))

    def _document(self, number: int, title: Any, text: Any, when: Any, *details: Any) -> Document:
        author, source, section, notes, type_ = map(self._text, details)
        return Document(
            number,
            self._text(title),
            self._text(text),
            self._day(when),
            author=author,
            source=source,
            section=section,
            notes=notes,
            type=type_,
        )

    def _coded(self, statement_type: int) -> Iterator[tuple[int, list[Coded]]]:
        """The statements of each document that has some, in the order of its number."""
        values = " UNION ALL ".join(
            VALUES.format(table=table, kind=kind, value="Entity" if kind == "short text" else "Value")
            for kind, table in KINDS.items()
        )
        rows = self._rows(STATEMENTS.replace("{values}", values), type=statement_type)
        for document, of_document in groupby(rows, key=itemgetter(0)):
            yield (
                int(document),
                [self._statement(list(g)) for _, g in groupby(of_document, key=itemgetter(1))],
            )

    def _statement(self, rows: list[tuple[Any, ...]]) -> Coded:
        """The first value of each variable, where one has several."""
        found: dict[int, Any] = {}
        for *_, variable, value in rows:
            if variable in found:
                self.left_out["value", "a statement has one for each variable, this is a further one"] += 1
            elif variable is not None and value is not None:
                found[variable] = value
        _, number, start, stop, coder, *_ = rows[0]
        return Coded(number, start, stop, _integer(coder), found)

    def observed(self, variable: int) -> tuple[int, int] | None:
        """The least and the greatest value of an integer, among all statements of its type."""
        ((least, greatest),) = self._rows(OBSERVED, variable=variable)
        return None if least is None else (least, greatest)

    def count_the_rest(self, statement_type: int) -> None:
        """Count in `left_out` what there is beside the documents, the entities and the statements of a type."""
        for number, (label, uses) in self.types().items():
            if number != statement_type:
                self.left_out["statement", f"of another statement type, {label[:60]!r}"] += uses
        for noun, why, number in remainder.counts(self._connection, self._there, statement_type):
            self.left_out[noun, why] += number

    def _rows(self, query: str, **values: int) -> sqlite3.Cursor:
        """The rows of a query, in which a column the file lacks is NULL."""
        columns = {
            name: name if name.upper() in self._there[table] else "NULL"
            for table, names in MORE.items()
            for name in names
        }
        return self._connection.execute(query.format_map(columns), values)

    def _day(self, value: Any) -> date | None:
        """The day of a date in seconds since 1970, in UTC."""
        if not isinstance(value, int | float):
            if value is not None:
                self.left_out["date", "it is no number of seconds"] += 1
            return None
        seconds = value
        if abs(value) >= MILLISECONDS:
            seconds = value / 1000
            self.milliseconds += 1
        try:
            return date(1970, 1, 1) + timedelta(days=seconds // 86400)
        except (OverflowError, ValueError):
            self.left_out["date", "it is outside the years 1 to 9999"] += 1
            return None

    def _text(self, value: Any) -> str:
        """A value as text; none is the empty text."""
        return value if isinstance(value, str) else "" if value is None else self._decoded(value)

    def _decoded(self, raw: Any) -> str:
        """Text as SQLite keeps it; a half of a surrogate pair, and what is no UTF-8, becomes U+FFFD."""
        if not isinstance(raw, bytes):
            return str(raw)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.mended += 1
            return _whole(
                raw.decode("utf-8", "surrogatepass") if _is_wtf(raw) else raw.decode("utf-8", "replace")
            )


def _whole(text: str) -> str:
    """Text in which pairs of surrogates are one character, and half pairs U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_wtf(raw: bytes) -> bool:
    try:
        raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) else None
