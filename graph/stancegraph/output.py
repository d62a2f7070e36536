"""Where answers go: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from stancegraph.errors import StanceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMULA: Final = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""What UTF-8 cannot hold."""
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


def note(text: str) -> None:
    """A line for the person, on stderr; nothing where stderr cannot be written."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _silence(sys.stderr)


def quantity(number: int, noun: str) -> str:
    """A number with its noun.

    >>> quantity(1, "entity"), quantity(2, "row of CODERS")
    ('1 entity', '2 rows of CODERS')
    """
    word, space, rest = noun.partition(" ")
    plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{number} {noun if number == 1 else plural + space + rest}"


def emit(text: str, output: str | Path = "-") -> None:
    """`text` as UTF-8 to stdout ("-") or to a file; raises StanceError where it cannot be written."""
    if str(output) != "-":
        write(Path(output), text.encode("utf-8", "replace"))
        return
    if sys.stdout is None:
        raise StanceError("standard output is closed: open it, or name a file with -o")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        _silence(sys.stdout)
        raise StanceError(
            f"standard output cannot be written: {_reason(error)}; name a file with -o"
        ) from error


def write(path: Path, content: bytes) -> None:
    """Write a file: what stood there stays until the new is whole, and a device or a pipe is written to.

    Raises UsageError for an empty name, StanceError where the file cannot be written.
    """
    if str(path) in {"", "."}:
        raise UsageError("-o names no file: give a name, or - for standard output")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            _replace(path.resolve(), content)
    except (OSError, ValueError) as error:
        raise StanceError(f"cannot write {path}: {_reason(error)}; name another file with -o") from error


def inert(cell: str) -> str:
    """A cell no spreadsheet takes for a formula: one that begins like it gets an apostrophe, numbers do not.

    >>> inert("=HYPERLINK(1)"), inert("-0.5"), inert("-2+3+cmd|' /C calc'!A0")
    ("'=HYPERLINK(1)", '-0.5', "'-2+3+cmd|' /C calc'!A0")
    """
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    r"""Rows as CSV, `\n` between them; text is `inert`, and quoted where a line could end in it.

    >>> as_csv([["a", "one\rtwo"], ["=b", 2]])
    'a,"one\rtwo"\n\'=b,2\n'
    """
    buffer = io.StringIO()
    # What ends a line decides what is quoted; a bare carriage return ends one for many a spreadsheet.
    writer = csv.writer(buffer, lineterminator="\r\n")
    lines = []
    for row in rows:
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
        lines.append(buffer.getvalue().removesuffix("\r\n"))
        buffer.seek(0)
        buffer.truncate()
    return "".join(f"{line}\n" for line in lines)


def use_utf8() -> None:
    """Make both streams write UTF-8, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _replace(path: Path, content: bytes) -> None:
    """A new file takes the old one's name and permissions once it is whole."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with fresh.open("xb") as file:
            file.write(content)
        if path.exists():
            fresh.chmod(path.stat().st_mode & 0o7777)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _reason(error: Exception) -> object:
    return getattr(error, "strerror", None) or error


def _silence(stream: TextIO) -> None:
    """Let nothing that is still buffered fail again when the program ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return
