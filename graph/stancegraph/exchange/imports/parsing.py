"""A file of others as a sheet of rows: the one way in for every format, parsed in a worker that can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange import brat, qdpx, sheets, webannotation
from stancegraph.exchange.roles import Left, Sheet
from stancegraph.store import untrusted

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


def read(kind: str, file: Path, *, encoding: str = "") -> Sheet:
    """The rows of a file of a `kind` (`imports.FORMATS`), as they come.

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
