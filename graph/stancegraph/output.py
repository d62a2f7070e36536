"""Where answers go: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Final, TextIO

from stancegraph.cells import printable
from stancegraph.errors import StanceError, UsageError

SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""What UTF-8 cannot hold."""


def note(text: str, *, error: bool = False) -> None:
    """One line for the person, on stderr, that no text in it can break; nothing where stderr cannot be written."""
    if sys.stderr is None:
        return
    try:
        print(f"{'error: ' * error}{printable(text)}", file=sys.stderr, flush=True)
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


def silence_where_broken(stream: TextIO) -> None:
    """Let a stream that can no longer be written to not fail again when the program ends."""
    try:
        stream.flush()
    except (OSError, ValueError):
        _silence(stream)


def _silence(stream: TextIO) -> None:
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return
