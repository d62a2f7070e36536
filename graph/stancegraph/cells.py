"""Text of the data where people and programs read it: on a terminal, in Markdown, in CSV, escaped in JSON and Turtle.

None of it commands a terminal, turns the direction of what follows, breaks out of its cell, or is run by a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls but tabs and ends of lines; embeddings, overrides and isolates; annotations and tags; surrogates."""
BREAKS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
"""What ends a line for some program or other, beside a line feed."""
INVISIBLE: Final = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff]")
"""Marks without a shape: where a terminal shows text, direction is told by isolates."""
RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ISOLATE: Final = "\u2068"
END: Final = "\u2069"
UNKNOWN: Final = "\ufffd"
FORMULA: Final = re.compile(
    rf"(?:\s|{INVISIBLE.pattern}|[\u200c\u200d{UNKNOWN}])*[=+\-@＝＋－＠﹢﹣﹦﹫−]|[\t\n]"
)
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")


def printable(text: str) -> str:
    r"""Text as one line that a terminal can do nothing but show; right-to-left runs are kept apart.

    >>> printable("two\nlines, \x1b[2J\u202eand \u200fmarks")
    'two lines, �[2J�and marks'
    """
    if text.isascii() and text.isprintable():
        return text
    text = UNSAFE.sub(UNKNOWN, BREAKS.sub(" ", text).replace("\n", " ").replace("\t", " "))
    text = INVISIBLE.sub("", text)
    return f"{ISOLATE}{text}{END}" if RIGHT_TO_LEFT.search(text) else text


def printable_lines(text: str) -> str:
    """Text of several lines, each `printable`."""
    return "\n".join(printable(line) for line in text.split("\n"))


def in_markdown(text: str) -> str:
    r"""Text that Markdown and HTML show as it is, in a cell of a table.

    >>> in_markdown("a|b *c* <img src=x> &lt;")
    'a\\|b \\*c\\* &lt;img src=x&gt; &amp;lt;'
    """
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\|*_`~$\[\]])", r"\\\1", text)


def in_csv(value: object) -> str:
    r"""What stands in a cell of CSV: no control characters, lines that end in `\n`, and nothing that is a formula.

    What a spreadsheet would take for one, numbers aside, begins with an apostrophe. None is empty.

    >>> in_csv("=HYPERLINK(1)"), in_csv(-0.5), in_csv("-2+3+cmd|' /C calc'!A0"), in_csv("\ufeff ＝1")
    ("'=HYPERLINK(1)", '-0.5', "'-2+3+cmd|' /C calc'!A0", "'\ufeff ＝1")
    """
    return _in_csv("" if value is None else str(value))


@lru_cache(maxsize=1 << 13)
def _in_csv(text: str) -> str:
    if NUMBER.fullmatch(text):
        return text
    text = UNSAFE.sub(UNKNOWN, BREAKS.sub("\n", text))
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def from_csv(text: str) -> str:
    """What a cell held before `in_csv` put an apostrophe before it."""
    return text[1:] if text.startswith("'") and _is_formula(text.lstrip("'")) else text


def _is_formula(text: str) -> bool:
    return bool(FORMULA.match(text) and not NUMBER.fullmatch(text))


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    r"""Rows as CSV (RFC 4180, but `\n` between lines), each cell as `in_csv` has it.

    >>> as_csv([["a", "one\rtwo"], ["=b", 2]])
    'a,"one\ntwo"\n\'=b,2\n'
    """
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([in_csv(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def escaped(text: str) -> str:
    r"""JSON or Turtle in which what could command a terminal is written by its number, and means the same.

    >>> escaped('"\x9b2J \u202e"')
    '"\\u009b2J \\u202e"'
    """
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}" if found[0] <= "\uffff" else found[0], text)
