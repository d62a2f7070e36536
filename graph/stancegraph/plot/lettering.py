"""What letters can be drawn, how wide they are in points, and where a line of them breaks.

Everything is set in DejaVu Sans, which matplotlib carries with it: Latin and Arabic, joined and from right to left.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import text_to_path

LONGEST: Final = 400
"""Letters of a label that are looked at: what is longer is cut long before they end."""
LEADING: Final = 1.2
"""From one line of letters to the next, in font sizes."""
UNKNOWN: Final = "\ufffd"

JOINERS: Final = "\u200c\u200d"
"""They say whether letters join; other marks without a shape are dropped, those that turn the direction too."""


@cache
def font(bold: bool = False) -> FontProperties:
    """The face, from matplotlib's own files: one installed elsewhere may differ."""
    return FontProperties(fname=_file(bold))


@cache
def _file(bold: bool) -> str:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name)


@cache
def _letters() -> frozenset[int]:
    """The letters that both weights have."""
    plain, bold = (frozenset(FT2Font(_file(weight)).get_charmap()) for weight in (False, True))
    return plain & bold


def clean(text: object) -> str:
    """The text on one line, with U+FFFD for what has no letter in the face, and not longer than any label is drawn.

    >>> clean("a" + chr(0) + "b  $x$")
    'a\ufffdb $x$'
    """
    known = _letters()
    composed = unicodedata.normalize("NFC", " ".join(str(text)[: 4 * LONGEST].split()))
    seen = [c for c in composed if c in JOINERS or unicodedata.category(c) != "Cf"]
    shown = "".join(c if ord(c) in known and ord(c) >= 32 else UNKNOWN for c in seen[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else shown[:LONGEST] + "…"


@lru_cache(maxsize=8192)
def width(text: str, size: float, bold: bool = False) -> float:
    """How wide the text is in points, its longest line if there are several."""
    if not text:
        return 0.0
    face = font(bold).copy()
    face.set_size(size)
    lines = text.split("\n")
    return max(float(text_to_path.get_text_width_height_descent(line, face, False)[0]) for line in lines)


def wrapped(text: str, size: float, most: float, lines: int, *, bold: bool = False, even: bool = True) -> str:
    """The text on at most `lines` lines no wider than `most` points, cut with an ellipsis; evenly filled.

    >>> wrapped("Iraq should stay out of the conflict in Syria.", 8, 120, 2)
    'Iraq should stay out of\\nthe conflict in Syria.'
    """
    rows, cut = _broken(text, size, most, lines, bold)
    if cut or not even or len(rows) < 2:
        return "\n".join(rows)
    # The narrowest measure that still takes as many lines leaves none of them short.
    low, high = 0.0, most
    for _ in range(8):
        middle = (low + high) / 2
        tried, cut = _broken(text, size, middle, len(rows), bold)
        low, high = (
            (middle, high) if cut or any(width(r, size, bold) > middle for r in tried) else (low, middle)
        )
    return "\n".join(_broken(text, size, high, len(rows), bold)[0])


def _broken(text: str, size: float, most: float, lines: int, bold: bool) -> tuple[list[str], bool]:
    """The lines, and whether something had to be left out."""
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if width(longer, size, bold) <= most:
            rows[-1] = longer
            continue
        if rows[-1]:
            rows.append("")
        rows[-1] = word
        while width(rows[-1], size, bold) > most and len(rows) <= lines:
            fits = _fitting(rows[-1], size, most, bold)
            rows[-1:] = [rows[-1][:fits], rows[-1][fits:]]
        if len(rows) > lines:
            break
    if len(rows) <= lines:
        return rows, False
    last = rows[lines - 1]
    while last and width(last + "…", size, bold) > most:
        # A word goes whole where another stays.
        last = last.rpartition(" ")[0] or last[:-1]
    return [*rows[: lines - 1], last + "…"], True


def _fitting(word: str, size: float, most: float, bold: bool) -> int:
    """How many letters of a word fit, at least one."""
    count = 1
    while count < len(word) and width(word[: count + 1], size, bold) <= most:
        count += 1
    return count
