"""Rows as programs and people read them: JSON, CSV, Markdown, tables that fit a terminal."""

from __future__ import annotations

import json
import shutil
import textwrap
from itertools import chain, zip_longest
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from stancegraph.cells import as_csv, escaped, in_markdown, printable
from stancegraph.vocabulary import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

GAP: Final = "  "
NARROWEST: Final = 40
"""Characters to a line on the narrowest of terminals: whether fewer fit, it need not be asked."""


def format_rows(form: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> str:
    """`rows` as "table", "json", "csv" or "md"; `columns` are their keys, in order."""
    if form == "json":
        return as_json([{column: row.get(column) for column in columns} for row in rows])
    if form == "csv":
        return csv_rows(rows, columns, [columns])
    cells = [[_text(row.get(column), column, _rounded) for column in columns] for row in rows]
    if form == "md":
        head, *lines = ([in_markdown(cell) for cell in row] for row in (columns, *cells))
        lines = [head, ["---"] * len(columns), *lines]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)
    shown = [i for i, column in enumerate(columns) if column != "iri" or len(columns) < 3]
    head, *lines = ([printable(_short(row[i])) for i in shown] for row in (columns, *cells))
    return _table(head, lines)


def csv_rows(
    rows: Sequence[Mapping[str, object]], columns: Sequence[str], head: Sequence[Sequence[str]] = ()
) -> str:
    """Rows as lines of CSV, below those of a head."""
    return as_csv(chain(head, ([_text(row.get(column), column) for column in columns] for row in rows)))


def csv_each(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> Iterator[str]:
    """A line of CSV with the columns' names, and one for each row as it is made."""
    yield csv_rows([], columns, [columns])
    for row in rows:
        yield csv_rows([row], columns)


def as_json(value: object) -> str:
    """JSON text in UTF-8; a lone surrogate becomes a question mark, a number that is none null."""
    return escaped(json.dumps(_jsonable(value), ensure_ascii=False, indent=2)) + "\n"


def fill(text: str, first: int = 0, rest: int | None = None) -> str:
    """Text made safe, folded to the terminal: the first line indented by `first`, the others by `rest`.

    `rest` is `first + 2` where it is not given. No word is broken.
    """
    return _fold(printable(text), " " * first, " " * (first + 2 if rest is None else rest))


def _fold(text: str, first: str, rest: str) -> str:
    if _fits(text, NARROWEST - len(first)) or _fits(text, (width := _width()) - len(first)):
        return first + text
    return textwrap.fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _fits(text: str, width: int) -> bool:
    """Whether folding leaves a text as it is: looking costs a hundredth of folding."""
    return 0 < len(text) <= width and text == text.strip()


def _width() -> int:
    return max(NARROWEST, min(shutil.get_terminal_size((100, 24)).columns, 120))


def _table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Aligned columns that fit the terminal; the widest give way first and wrap between words.

    Where they would have to shrink to well below what they hold, or break a word, each row becomes a block of lines.
    """
    texts = list(zip(columns, *cells, strict=True))
    widths = [max(map(len, column)) for column in texts]
    room = _width() - len(GAP) * len(widths)
    if sum(widths) > room:
        longest = [max(len(word) for text in column for word in text.split() or [""]) for column in texts]
        if cells and (sum(widths) > 1.6 * _width() - len(GAP) * len(widths) or sum(longest) > room):
            return _records(columns, cells)
        while sum(widths) > room and widths != longest:
            spare = [width - least for width, least in zip(widths, longest, strict=True)]
            widths[spare.index(max(spare))] -= 1
    elif all(text == text.strip() for column in texts for text in column):  # nothing is to be folded
        return "".join(GAP.join(map(str.ljust, row, widths)).rstrip() + "\n" for row in (columns, *cells))
    lines: list[str] = []
    for row in (columns, *cells):
        wrapped = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        for parts in zip_longest(*wrapped, fillvalue=""):
            padded = (part.ljust(width) for part, width in zip(parts, widths, strict=True))
            lines.append(GAP.join(padded).rstrip())
    return "\n".join(lines) + "\n"


def _wrapped(cell: str, width: int) -> list[str]:
    """The lines of a cell, one at least."""
    if _fits(cell, width):
        return [cell]
    return textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False) or [""]


def _records(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """A block for each row, a line for each cell that has something to say."""
    name = max(map(len, columns)) + len(GAP)
    blocks = [
        [
            _fold(cell, column.ljust(name), " " * name)
            for column, cell in zip(columns, row, strict=True)
            if cell
        ]
        for row in cells
    ]
    return "\n".join("\n".join(lines) + "\n" for lines in blocks)


def _short(cell: str) -> str:
    """IRIs as prefixed names, which every command takes too."""
    return "; ".join(compact(part) for part in cell.split("; ")) if "://" in cell else cell


def _text(value: Any, column: str, figure: Callable[[float], str] = str) -> str:
    """A cell as text; of a list of lists each inner one ends at a bar."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, dict):
        return _record(value, column, figure)
    if isinstance(value, list):
        between = " | " if value and isinstance(value[0], list) else "; "
        return between.join(_text(item, column, figure) for item in value)
    return str(value)


def _record(value: Mapping[str, Any], column: str, figure: Callable[[float], str]) -> str:
    """What stands for a record in a cell: a report's title, a figure's wording, a stance and its target, or all."""
    if name := value.get("title" if column == "reports" else "wording"):
        return str(name)
    if "stance" in value:
        return f"{value['stance']}: {value['target']}"
    return ", ".join(f"{key} {text}" for key, item in value.items() if (text := _text(item, key, figure)))


def _rounded(value: float) -> str:
    """A number for the eye: four significant figures, which csv and json give in full."""
    if not isfinite(value):
        return str(value)
    return f"{value:.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.4g}"


def _jsonable(value: object) -> object:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
