"""What a file of DNA 3 consists of, and how one is opened so that it stays as it was."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from stancegraph.errors import StanceError

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
    "DATASHORTTEXT": ("StatementId", "VariableId", "Entity"),
    "DATALONGTEXT": ("StatementId", "VariableId", "Value"),
    "DATAINTEGER": ("StatementId", "VariableId", "Value"),
    "DATABOOLEAN": ("StatementId", "VariableId", "Value"),
}
MORE: Final = {
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
NUMBERED: Final = """SELECT count(*) - count(DISTINCT CASE WHEN typeof(ID) = 'integer' THEN ID END)
    FROM {table}"""
"""How many rows have no number, or that of another."""
HOT: Final = bytes.fromhex("d9d505f920a163d7")
"""How a journal begins that holds an unfinished change."""

Columns = Mapping[str, Mapping[str, str]]
"""Table → column → the column as the file spells it; the keys are in capitals."""


class Tally(Counter[tuple[str, str]]):
    """How many of what, and why they are left out."""

    def lines(self) -> tuple[str, ...]:
        """One line for each kind of thing, in the order met."""
        return tuple(f"{counted(number, noun)}: {why}" for (noun, why), number in self.items() if number)


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "entity"), counted(2, "row of CODERS")
    ('1 entity', '2 rows of CODERS')
    """
    word, space, rest = noun.partition(" ")
    plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{number} {noun if number == 1 else plural + space + rest}"


def quoted(name: str) -> str:
    """The name of a table or column for SQL."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write; raises StanceError where there is no SQLite, or it is in use or damaged.

    SQLite is told that nobody changes the file (`immutable`), so that it leaves no lock and no journal.
    """
    _refuse_other_files(file)
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            yield connection
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:  # a message may quote what is damaged
        raise StanceError(
            f"{file}: SQLite cannot read it ({error}): it may be cut short or damaged; copy it again"
        ) from error


def _refuse_other_files(file: Path) -> None:
    try:
        if not file.is_file():
            why = "is not a file" if file.exists() else "does not exist"
            raise StanceError(f"{file} {why}: name the .dna file of the Discourse Network Analyzer")
        head = _start(file, 64)
        wal, journal = (file.with_name(file.name + end) for end in ("-wal", "-journal"))
        busy = [wal] if wal.is_file() and wal.stat().st_size else []
        busy += [journal] if journal.is_file() and _start(journal, len(HOT)) == HOT else []
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise StanceError(f"{str(file)[:200]!r} cannot be read: {why}") from error
    if not head:
        raise StanceError(f"{file} is empty: copy it again")
    if not head.startswith(b"SQLite format 3\0"):
        xml = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
        what = "is XML, as DNA 1 wrote it" if xml else "is no SQLite database"
        raise StanceError(f"{file} {what}: a file of DNA 3 is needed; DNA 3 itself imports older ones")
    if busy:
        raise StanceError(
            f"{file} is open in another program, or was left unfinished ({busy[0].name} stands beside it): "
            "close it there, then import it"
        )


def _start(file: Path, length: int) -> bytes:
    with file.open("rb") as content:
        return content.read(length)


def columns(file: Path, connection: sqlite3.Connection) -> Columns:
    """The tables of the file and their columns; raises StanceError where those of DNA 3 are missing."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {
        name.upper(): {
            row[1].upper(): row[1] for row in connection.execute(f"PRAGMA table_info({quoted(name)})")
        }
        for name in sorted(names)
    }
    missing = [table for table in NEEDED if table not in found]
    for table, wanted in NEEDED.items():
        there = found.get(table)
        missing += [f"{table}.{name}" for name in wanted if there is not None and name.upper() not in there]
    if missing:
        older = (
            "is of another version of DNA" if {"STATEMENTS", "DOCUMENTS"} & found.keys() else "is not of DNA"
        )
        some = ", ".join(missing[:4]) + (" …" if len(missing) > 4 else "")
        raise StanceError(
            f"{file} {older}: it lacks {some}, which files of DNA 3 have; DNA 3 itself imports older ones"
        )
    for table in ("STATEMENTTYPES", "VARIABLES", "DOCUMENTS", "STATEMENTS", "ENTITIES"):
        (number,) = connection.execute(NUMBERED.format(table=table)).fetchone()
        if number:
            raise StanceError(
                f"{file}: {counted(number, f'row of {table}')} without a number of its own (ID): "
                "DNA numbers them, so the file is damaged, or not of DNA; take a copy that is whole"
            )
    return found


def has(there: Columns, wanted: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the tables are there, with these columns."""
    return all(
        {name.upper() for name in names} <= there.get(table, {}).keys() for table, names in wanted.items()
    )
