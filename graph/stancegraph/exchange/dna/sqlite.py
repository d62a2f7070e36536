"""A coding of the Discourse Network Analyzer (DNA 3) as records, read from its SQLite database and never changed.

A statement has positions in a document, counted in UTF-16 code units, and one value for each variable of its
statement type; short texts are entities, listed apart, with attributes. A statement's day is its document's.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from stancegraph.errors import StanceError
from stancegraph.output import quantity

if TYPE_CHECKING:
    from pathlib import Path

KINDS: Final = {
    "short text": "DATASHORTTEXT",
    "long text": "DATALONGTEXT",
    "integer": "DATAINTEGER",
    "boolean": "DATABOOLEAN",
}
"""Data type of a variable → the table of its values."""
NEEDED: Final = {
    "STATEMENTTYPES": ("ID", "Label"),
    "VARIABLES": ("ID", "Variable", "DataType", "StatementTypeId"),
    "DOCUMENTS": ("ID", "Title", "Text", "Date"),
    "STATEMENTS": ("ID", "StatementTypeId", "DocumentId", "Start", "Stop"),
    "ENTITIES": ("ID", "VariableId", "Value"),
    **dict.fromkeys(KINDS.values(), ("StatementId", "VariableId", "Value")),
    "DATASHORTTEXT": ("StatementId", "VariableId", "Entity"),
}
OPTIONAL: Final = {
    "DOCUMENTS": ("Author", "Source", "Section", "Notes", "Type"),
    "STATEMENTS": ("Coder",),
    "ENTITIES": ("ChildOf",),
}
"""What is read where it is there."""
ATTRIBUTES: Final = {
    "ATTRIBUTEVARIABLES": ("ID", "AttributeVariable"),
    "ATTRIBUTEVALUES": ("EntityId", "AttributeVariableId", "AttributeValue"),
}
"""Read where both tables are there."""
UNREAD: Final = {
    "CODERS": "coders are numbered here, not named",
    "SETTINGS": "they are of the program, not of the coding",
    "STATEMENTLINKS": "links between statements have no counterpart here",
}
"""Table → why it is not read."""

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
VALUES: Final = """SELECT rowid AS Row, StatementId, VariableId, {column} AS Value FROM {table} WHERE VariableId
    IN (SELECT ID FROM VARIABLES WHERE StatementTypeId = :type AND DataType = '{kind}')"""
RANGE: Final = """SELECT min(d.Value), max(d.Value) FROM DATAINTEGER d JOIN STATEMENTS s ON s.ID = d.StatementId
    JOIN VARIABLES v ON v.ID = d.VariableId AND v.StatementTypeId = s.StatementTypeId
    WHERE v.ID = :variable AND typeof(d.Value) = 'integer'"""
UNNUMBERED: Final = """SELECT count(*) - count(DISTINCT CASE WHEN typeof(ID) = 'integer' THEN ID END)
    FROM {table}"""
"""How many rows have no number, or that of another."""
ORPHAN_VALUES: Final = (
    "{table} d WHERE NOT EXISTS (SELECT 1 FROM STATEMENTS s JOIN VARIABLES v ON v.StatementTypeId = "
    "s.StatementTypeId WHERE s.ID = d.StatementId AND v.ID = d.VariableId AND v.DataType = '{kind}')"
)
ORPHANS: Final = {
    ("entity", "of variables of another statement type"): (
        "ENTITIES e JOIN VARIABLES v ON v.ID = e.VariableId WHERE v.StatementTypeId != :type"
    ),
    ("entity", "of no variable"): "ENTITIES WHERE (VariableId IN (SELECT ID FROM VARIABLES)) IS NOT TRUE",
    ("statement", "of no statement type"): (
        "STATEMENTS WHERE (StatementTypeId IN (SELECT ID FROM STATEMENTTYPES)) IS NOT TRUE"
    ),
    ("statement", "its document is not in the file"): (
        "STATEMENTS WHERE StatementTypeId = :type AND (DocumentId IN (SELECT ID FROM DOCUMENTS)) IS NOT TRUE"
    ),
    **{
        ("value", f"in {table}, of no statement or no {kind} of its statement type"): ORPHAN_VALUES.format(
            table=table, kind=kind
        )
        for kind, table in KINDS.items()
    },
}
"""Noun and why it is left out → the rows that are so."""
ORPHAN_ATTRIBUTES: Final = (
    "ATTRIBUTEVALUES WHERE AttributeValue != '' AND (EntityId IN (SELECT ID FROM ENTITIES) "
    "AND AttributeVariableId IN (SELECT ID FROM ATTRIBUTEVARIABLES)) IS NOT TRUE"
)
LONGEST: Final = 64 << 20
"""Bytes a text in a file may have."""
LARGEST: Final = 4 << 30
"""Bytes a file may have."""
SECONDS: Final = 60
"""Seconds SQLite and what is made of a file may take, and a further one for each `PACE` bytes of it."""
PACE: Final = 64 << 10
MOST_SECONDS: Final = 3600
MILLISECONDS: Final = 10**11
"""A date from here on is in milliseconds, as DNA 2 wrote them: in seconds it would be past the year 5000."""
UNFINISHED: Final = bytes.fromhex("d9d505f920a163d7")
"""How a journal begins that holds an unfinished change."""


class LeftOut(Counter[tuple[str, str]]):
    """How many of what, and why they are left out."""

    def lines(self) -> tuple[str, ...]:
        """One line for each kind of thing, in the order met."""
        return tuple(f"{quantity(number, noun)}: {why}" for (noun, why), number in self.items() if number)


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
class Statement:
    """A statement: its positions in UTF-16 code units, its coder, and the values of its variables as stored."""

    id: int
    start: object
    stop: object
    coder: int | None
    values: dict[int, object]


@contextmanager
def open_database(file: Path) -> Iterator[Database]:
    """The coding in a file; raises StanceError where it is none of DNA 3, is in use or damaged.

    SQLite is told that nobody changes the file (`immutable`), so that it leaves no lock and no journal, and to run
    nothing that stands in the file for longer than its size allows.
    """
    _refuse_other_files(file)
    try:
        _refuse_cut_short(file)
        with closing(
            sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            _confine(connection, seconds_for(file))
            ((found, *_),) = connection.execute("PRAGMA quick_check(1)").fetchmany(1)
            if found != "ok":
                what = " ".join(str(found).split())[:120]
                raise StanceError(f"{file} may be cut short or damaged ({what}): copy it again")
            yield Database(file, connection)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # a message may quote what is damaged
        raise StanceError(
            f"{file}: SQLite cannot read it ({error}): it may be cut short or damaged; copy it again"
        ) from error


def seconds_for(file: Path) -> float:
    """Seconds that all that is made of a file may take; of one that is not there, what is least."""
    try:
        return min(SECONDS + file.stat().st_size / PACE, MOST_SECONDS)
    except (OSError, ValueError):  # whoever opens it says why
        return SECONDS


def _confine(connection: sqlite3.Connection, seconds: float) -> None:
    """Let nothing in a file run functions of SQLite, make endless values, or work without end."""
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, 100_000)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")


def _refuse_cut_short(file: Path) -> None:
    """Raise StanceError for a file that is shorter than its head says (SQLite, Database File Format, 1.3)."""
    head, there = _head(file, 100), file.stat().st_size
    size, count = (int.from_bytes(head[at], "big") for at in (slice(16, 18), slice(28, 32)))
    size = 1 << 16 if size == 1 else max(size, 1)
    counted = count * size if head[24:28] == head[92:96] else 0  # versions before 3.7 did not count
    if lacks := max(counted - there, -there % size):
        raise StanceError(
            f"{file} is cut short or damaged: it lacks {quantity(lacks, 'byte')}; copy it again"
        )


def _refuse_other_files(file: Path) -> None:
    try:
        if not file.is_file():
            why = "is not a file" if file.exists() else "does not exist"
            raise StanceError(f"{file} {why}: name the .dna file of the Discourse Network Analyzer")
        head = _head(file, 64)
        wal, journal = (file.with_name(file.name + end) for end in ("-wal", "-journal"))
        busy = [wal] if wal.is_file() and wal.stat().st_size else []
        busy += [journal] if journal.is_file() and _head(journal, len(UNFINISHED)) == UNFINISHED else []
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise StanceError(f"{str(file)[:200]!r} cannot be read: {why}") from error
    if not head:
        raise StanceError(f"{file} is empty: copy it again")
    if file.stat().st_size > LARGEST:
        raise StanceError(f"{file} has more than {LARGEST >> 30} GiB: no coding has, and none is read")
    if not head.startswith(b"SQLite format 3\0"):
        xml = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
        what = "is XML, as DNA 1 wrote it" if xml else "is no SQLite database"
        raise StanceError(f"{file} {what}: a file of DNA 3 is needed; DNA 3 itself imports older ones")
    if busy:
        raise StanceError(
            f"{file} is open in another program, or was left unfinished ({busy[0].name} stands beside it): "
            "close it there, then import it"
        )


def _head(file: Path, length: int) -> bytes:
    with file.open("rb") as content:
        return content.read(length)


class Database:
    """One coding; `left_out` counts what could not be taken, `repaired` the texts with what no RDF can hold."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self.name = _well_formed(file.name)
        self.left_out = LeftOut()
        self.repaired = self.milliseconds = 0
        self._connection = connection
        connection.text_factory = self._decode
        self._columns = self._find_columns(file)
        """Table → column → the column as the file spells it; the keys are in capitals."""

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
                why = f"its data type is {self._text(kind)[:40]!r}, which DNA 3 has not"
                self.left_out["variable", why] += 1
        return found

    def entities(self, variable: int) -> list[Entity]:
        """The values of a short text, used or not, in the order of their numbers."""
        attributes: dict[int, list[tuple[str, str]]] = defaultdict(list)
        if self._has(ATTRIBUTES):
            for entity, name, value in self._rows(ATTRIBUTED, variable=variable):
                attributes[entity].append((self._text(name), self._text(value)))
        return [
            Entity(number, self._text(value), _integer(parent), tuple(attributes.get(number, ())))
            for number, value, parent in self._rows(ENTITIES, variable=variable)
        ]

    def documents(self, statement_type: int) -> Iterator[tuple[Document, list[Statement]]]:
        """Each document with its statements of a type, both in the order of their numbers."""
        coded = self._statements(statement_type)
        number, statements = next(coded, (None, []))
        for id_, title, text, when, *details in self._rows(DOCUMENTS):
            day = self._day(when)
            document = Document(id_, self._text(title), self._text(text), day, *map(self._text, details))
            if number != id_:
                yield document, []
            else:
                yield document, statements
                number, statements = next(coded, (None, []))

    def _statements(self, statement_type: int) -> Iterator[tuple[int, list[Statement]]]:
        """The statements of each document that has some, in the order of its number."""
        values = " UNION ALL ".join(
            VALUES.format(table=table, kind=kind, column="Entity" if kind == "short text" else "Value")
            for kind, table in KINDS.items()
        )
        rows = self._rows(STATEMENTS.replace("{values}", values), type=statement_type)
        for document, group in groupby(rows, key=itemgetter(0)):
            yield document, [self._statement(list(g)) for _, g in groupby(group, key=itemgetter(1))]

    def _statement(self, rows: list[tuple[Any, ...]]) -> Statement:
        """The first value of each variable, where one has several."""
        values: dict[int, object] = {}
        for *_, variable, value in rows:
            if variable in values:
                self.left_out["value", "a statement has one for each variable, this is a further one"] += 1
            elif variable is not None and value is not None:
                values[variable] = value
        _, number, start, stop, coder, *_ = rows[0]
        return Statement(number, start, stop, _integer(coder), values)

    def observed_range(self, variable: int) -> tuple[int, int] | None:
        """The least and the greatest value of an integer, among all statements of its type."""
        ((least, greatest),) = self._rows(RANGE, variable=variable)
        return None if least is None else (least, greatest)

    def count_left_out(self, statement_type: int) -> None:
        """Count in `left_out` what there is beside the documents, the entities and the statements of a type."""
        for number, (label, uses) in self.types().items():
            if number != statement_type:
                self.left_out["statement", f"of another statement type, {label[:60]!r}"] += uses
        orphans = dict(ORPHANS)
        if self._has(ATTRIBUTES):
            orphans["attribute", "of no entity, or without a name"] = ORPHAN_ATTRIBUTES
        for reason, rows in orphans.items():
            self.left_out[reason] += self._count(rows, type=statement_type)
        for table in self._columns:
            if why := self._why_unread(table):
                self.left_out[f"row of {table}", why] += self._count(_quote(table))

    def _why_unread(self, table: str) -> str:
        """Why a table, or which of its columns, is not read; empty where all of it is."""
        if table.startswith("SQLITE_"):
            return ""
        attributes = ATTRIBUTES.get(table, ()) if self._has(ATTRIBUTES) else ()
        read = {*NEEDED.get(table, ()), *OPTIONAL.get(table, ()), *attributes}
        if not read:
            return UNREAD.get(table, "the table has no place in the graph")
        known = {"ID", *map(str.upper, read)} | ({"VARIABLEID"} if table == "ATTRIBUTEVARIABLES" else set())
        others = [name for key, name in self._columns[table].items() if key not in known]
        return f"without what stands in {', '.join(others)}" if others else ""

    def _find_columns(self, file: Path) -> dict[str, dict[str, str]]:
        """The tables of the file and their columns; raises StanceError where those of DNA 3 are missing."""
        names = [
            row[0] for row in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = {
            name.upper(): {
                row[1].upper(): row[1]
                for row in self._connection.execute(f"PRAGMA table_info({_quote(name)})")
            }
            for name in sorted(names)
        }
        missing = [table for table in NEEDED if table not in found]
        for table, wanted in NEEDED.items():
            if table in found:
                missing += [f"{table}.{name}" for name in wanted if name.upper() not in found[table]]
        if missing:
            dna = {"STATEMENTS", "DOCUMENTS"} & found.keys()
            some = ", ".join(missing[:4]) + (" …" if len(missing) > 4 else "")
            raise StanceError(
                f"{file} is {'of another version' if dna else 'not'} of DNA: it lacks {some}, which files of DNA 3 "
                "have; DNA 3 itself imports older ones"
            )
        for table in ("STATEMENTTYPES", "VARIABLES", "DOCUMENTS", "STATEMENTS", "ENTITIES"):
            ((number,),) = self._connection.execute(UNNUMBERED.format(table=table))
            if number:
                raise StanceError(
                    f"{file}: {quantity(number, f'row of {table}')} without a number of its own (ID): "
                    "DNA numbers them, so the file is damaged, or not of DNA; take a copy that is whole"
                )
        return found

    def _has(self, tables: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether the tables are there, with these columns."""
        return all(
            {name.upper() for name in names} <= self._columns.get(table, {}).keys()
            for table, names in tables.items()
        )

    def _rows(self, query: str, **values: int) -> sqlite3.Cursor:
        """The rows of a query, in which a column the file lacks is NULL."""
        columns = {
            name: name if name.upper() in self._columns[table] else "NULL"
            for table, names in OPTIONAL.items()
            for name in names
        }
        return self._connection.execute(query.format_map(columns), values)

    def _count(self, rows: str, **values: int) -> int:
        ((number,),) = self._connection.execute(f"SELECT count(*) FROM {rows}", values)  # noqa: S608
        return int(number)

    def _day(self, value: object) -> date | None:
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

    def _text(self, value: object) -> str:
        """A value as text; none is the empty text."""
        return self._decode(value) if isinstance(value, bytes) else "" if value is None else str(value)

    def _decode(self, raw: bytes) -> str:
        """Text as SQLite keeps it; a half of a surrogate pair, and what is no UTF-8, becomes U+FFFD."""
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.repaired += 1
        try:
            return _well_formed(raw.decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError:
            return raw.decode("utf-8", "replace")


def _well_formed(text: str) -> str:
    """Text in which pairs of surrogates are one character, and half pairs U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _quote(name: str) -> str:
    """The name of a table or column for SQL."""
    return '"' + name.replace('"', '""') + '"'
