"""Annotations of brat in standoff format (Stenetorp et al., 2012) as rows: a folder of NAME.txt with NAME.ann.

An event, or a relation, is a row: its type in the column `type`, the words of each argument in the column of its role,
its attributes and notes in theirs; `start`, `end` and `quote` are those of an argument called quote, content or target,
else of the trigger. Where a text has neither, each of its spans is a row. Positions count code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stancegraph import input as input_
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange.roles import Left, Sheet

LARGEST: Final = 64 << 20
QUOTED: Final = ("quote", "content", "target")
_SPAN: Final = re.compile(r"(\S+) (\d{1,9}) (?:\d{1,9};\d{1,9} )*(\d{1,9})", re.ASCII)


@dataclass(slots=True)
class _Annotated:
    """The annotations of one text, by their identifiers."""

    spans: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    links: dict[str, tuple[int, str, str, dict[str, str]]] = field(default_factory=dict)
    more: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def read(folder: Path) -> Sheet:
    """The annotations of a folder, or of one .ann with its .txt beside it.

    Raises UsageError where there are none, StanceError for a text that cannot be read. A line that says nothing is
    left, with the reason.
    """
    files = sorted(folder.glob("**/*.ann")) if folder.is_dir() else [folder.with_suffix(".ann")]
    if not files:
        raise UsageError(f"{folder} holds no .ann: name a folder of brat's, NAME.txt beside NAME.ann")
    rows: list[tuple[int, dict[str, str]]] = []
    left: Left = []
    texts = {}
    for file in files:
        text = _text(file.with_suffix(".txt"))
        texts[file.stem] = text
        found = _read(file, text, left)
        rows += [(line, {"document": file.stem, **row}) for line, row in _rows(found, text)]
    if not rows:
        raise UsageError(f"{folder} holds no annotations that are rows")
    sheet = Sheet.of(rows)
    sheet.left, sheet.texts = left, texts
    return sheet


def _text(file: Path) -> str:
    try:
        return input_.read(file, LARGEST, "let the .txt stand beside its .ann").decode()
    except UnicodeDecodeError as error:
        raise StanceError(f"{file}, byte {error.start}: not UTF-8: save it so") from None


def _read(file: Path, text: str, left: Left) -> _Annotated:
    """What the lines of a file say; those that say nothing are left."""
    found = _Annotated()
    for number, line in enumerate(_text(file).split("\n"), 1):
        name, _, told = line.rstrip("\r").partition("\t")
        if not name:
            continue
        try:
            _take(found, number, name, told, len(text))
        except (ValueError, KeyError) as error:
            left.append((number, f"{file.name}: {error}", [line[:200]]))
    return found


def _take(found: _Annotated, number: int, name: str, told: str, length: int) -> None:
    head, _, rest = told.partition("\t")
    found.lines[name] = number
    if name[0] == "T":
        span = _SPAN.match(head)
        if not span or not 0 <= int(span[2]) < int(span[3]) <= length:
            raise ValueError("no span of the text")
        found.spans[name] = (span[1], int(span[2]), int(span[3]))
    elif name[0] in "ER":
        type_, *arguments = head.split()
        trigger = ""
        if name[0] == "E":
            type_, _, trigger = type_.partition(":")
        named = dict(argument.partition(":")[::2] for argument in arguments)
        found.links[name] = (number, type_, trigger, named)
    elif name[0] in "AM":
        key, of, *value = head.split()
        found.more.setdefault(of, {})[key] = " ".join(value) or "true"
    elif name[0] == "#":
        _, of = head.split()[:2]
        found.more.setdefault(of, {})["note"] = rest
    elif name[0] not in "N*":
        raise ValueError("no line of brat's")


def _rows(found: _Annotated, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for name, (line, type_, trigger, arguments) in found.links.items():
        row, place = {"type": type_}, found.spans.get(trigger)
        for role, of in arguments.items():
            span = found.spans.get(of) or found.spans.get(found.links[of][2] if of in found.links else "")
            if span is None:
                continue
            words = text[span[1] : span[2]]
            row[_column(role)] = words if _column(role) in QUOTED else " ".join(words.split())
            place = span if _column(role) in QUOTED else place
        yield line, {**row, **_place(place, text), **_more(found, name, trigger, *arguments.values())}
    if not found.links:
        for name, span in found.spans.items():
            yield found.lines[name], {"type": span[0], **_place(span, text), **_more(found, name)}


def _place(span: tuple[str, int, int] | None, text: str) -> dict[str, str]:
    if span is None:
        return {}
    return {"start": str(span[1]), "end": str(span[2]), "quote": text[span[1] : span[2]]}


def _more(found: _Annotated, *names: str) -> dict[str, str]:
    return {_column(key): value for name in names for key, value in found.more.get(name, {}).items()}


def _column(role: str) -> str:
    """The column of a role; brat numbers those that an event has several of."""
    return role.rstrip("0123456789").casefold() if not role.startswith("Arg") else role.casefold()
