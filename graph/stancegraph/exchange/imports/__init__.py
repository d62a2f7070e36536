"""Files of other people's programs as a graph of one's own: `stancegraph import csv FILE -o DIR`, and its like.

importer    one file on its way into a folder
names       whose names the cells are, a doubtful one nobody's; the events, figures and documents of rows
statements  what a row says, checked; rows of one statement joined
writer      statements as Turtle, many of them
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange import brat, qdpx, sheets, webannotation
from stancegraph.exchange.imports.importer import Imported, take
from stancegraph.exchange.imports.statements import UNWRITABLE
from stancegraph.exchange.roles import Left, Sheet
from stancegraph.store import untrusted

if TYPE_CHECKING:
    from stancegraph.exchange.mapping import Reading

__all__ = ["FORMATS", "Imported", "format_of", "read"]

FORMATS: Final = ("csv", "tsv", "jsonl", "xlsx", "qdpx", "brat", "webannotation")
"""What can be read as rows."""
SUFFIXES: Final = {f".{kind}": kind for kind in ("csv", "tsv", "jsonl", "xlsx", "qdpx", "dna")} | {
    ".tab": "tsv",
    ".ndjson": "jsonl",
    ".ann": "brat",
    ".jsonld": "webannotation",
}
"""How files of a format are called."""
OTHERS: Final[Mapping[str, Callable[[Path], Sheet]]] = {
    "qdpx": qdpx.read,
    "brat": brat.read,
    "webannotation": webannotation.read,
}
"""Formats that are no sheets → what reads them."""
PACKED: Final = ("xlsx", "qdpx")
MENDS: Final = {"xlsx": "save the sheet as CSV", "qdpx": "export the project anew"}
CELLS: Final = 50_000_000
"""Rows times columns that are kept in memory."""
LONGEST: Final = 4 << 20
"""Characters of a cell: in UTF-8 it is no longer than a literal that can be read back."""


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
    sheet = sheet_of(kind, file, encoding=reading.encoding)
    if guess:
        reading = reading.complete(sheet.columns)
    if broken := [number for number, name in enumerate(sheet.columns, 1) if UNWRITABLE.search(name)]:
        raise UsageError(f"{file}: the header of column {broken[0]} holds a control character: rename it")
    reading.refuse(sheet.columns, str(file))
    return take(sheet, file, into, reading, base=base, dry_run=dry_run, progress=progress), reading


def sheet_of(kind: str, file: Path, *, encoding: str = "") -> Sheet:
    """The rows of a file of a `kind` (one of `FORMATS`) as they come, parsed in a worker that can be stopped.

    Raises StanceError where it cannot be read, or would take too much of time or memory, UsageError where it holds no
    columns that can be told apart; on the way too.
    """
    if encoding and kind in OTHERS:
        raise UsageError(f"--encoding is of csv and tsv, not of {kind}: leave it out")
    given = untrusted.values(
        partial(_values, kind, file, encoding), file, MENDS.get(kind, "split it"), packed=kind in PACKED
    )
    columns, notes, texts = next(given)
    sheet = Sheet(columns, iter(()), texts=dict(next(given) for _ in range(texts)), notes=notes)
    sheet.rows = _rows(given, sheet.left)
    return sheet


def _rows(given: Iterator[Any], left: Left) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows as they come, those that are none put aside."""
    for line, *told in given:
        if len(told) == 1:
            yield line, told[0]
        else:
            left.append((line, *told))


def _values(kind: str, file: Path, encoding: str) -> Iterator[object]:
    """In the worker: what there is beside rows, each text, each row with its line, then those that are none."""
    sheet = OTHERS[kind](file) if kind in OTHERS else sheets.read(file, kind, encoding=encoding)
    yield sheet.columns, sheet.notes, len(sheet.texts)
    yield from sheet.texts.items()
    most = CELLS // max(len(sheet.columns), 1)
    for number, (line, row) in enumerate(sheet.rows, 1):
        if number > most:
            raise StanceError(
                f"{file} has more than {most:,} rows of {len(sheet.columns)} columns: split it, or drop columns"
            )
        if max(map(len, row), default=0) > LONGEST:
            sheet.left.append(
                (line, f"a cell of more than {LONGEST:,} characters", [cell[:1000] for cell in row])
            )
        else:
            yield line, row
    yield from sheet.left
