"""Files of other people's programs as a graph of one's own: `stancegraph import csv FILE -o DIR`, and its like.

parsing     a file as rows, read where it can be stopped
taking      one file on its way into a folder
days        days as people and spreadsheets write them
names       whose names the cells are; a doubtful one is nobody's
documents   the documents that rows stand in
statements  what a row says, checked; rows of one statement joined
unmapped    what becomes of columns without a role
text        statements as Turtle, many of them
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stancegraph.errors import UsageError
from stancegraph.exchange.imports import parsing
from stancegraph.exchange.imports.statements import UNWRITABLE
from stancegraph.exchange.imports.taking import Imported, take

if TYPE_CHECKING:
    from stancegraph.exchange.mapping import Reading

__all__ = ["FORMATS", "Imported", "format_of", "read"]

FORMATS: Final = ("csv", "tsv", "jsonl", "xlsx", "qdpx", "brat", "webannotation")
"""What can be read as rows."""
SUFFIXES: Final = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
    ".qdpx": "qdpx",
    ".ann": "brat",
    ".jsonld": "webannotation",
    ".dna": "dna",
}
"""How files of a format are called."""


def format_of(words: Sequence[str]) -> tuple[str, Path]:
    """The format and the file of `[FORMAT] FILE`; raises UsageError where neither word nor suffix names one."""
    known = (*FORMATS, "dna", "proposals")
    if len(words) == 1:
        file = Path(words[0])
        found = "brat" if file.is_dir() else SUFFIXES.get(file.suffix.lower(), "")
        if not found:
            raise UsageError(f"of what format is {file}? write it before the file, one of {', '.join(known)}")
        return found, file
    if len(words) != 2 or words[0] not in known:
        what = f"{' '.join(words)!r} is not a format and a file" if words else "nothing to import is named"
        raise UsageError(f"{what}: write [FORMAT] FILE, the format one of {', '.join(known)}")
    return words[0], Path(words[1])


def read(
    kind: str,
    file: Path,
    into: Path,
    reading: Reading,
    *,
    guess: bool = True,
    base: str | None = None,
    dry_run: bool = False,
    progress: Callable[[float], None] | None = None,
) -> tuple[Imported, Reading]:
    """Take a file of a format into a folder, made where there is none; what was taken, and how the file was read.

    With `guess`, columns that the reading gives no role get one where their headers name it. Raises UsageError for a
    file without rows that can be taken, StanceError for one that cannot be read; nothing is written then.
    """
    sheet = parsing.read(kind, file, encoding=reading.encoding)
    if guess:
        reading = reading.complete(sheet.columns)
    if broken := [number for number, name in enumerate(sheet.columns, 1) if UNWRITABLE.search(name)]:
        raise UsageError(f"{file}: the header of column {broken[0]} holds a control character: rename it")
    reading.refuse(sheet.columns, str(file))
    return take(sheet, file, into, reading, base=base, dry_run=dry_run, progress=progress), reading
