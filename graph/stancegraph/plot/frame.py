"""What stands around a picture: its title above, the key to its marks and the caption below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stancegraph.plot import lettering, style
from stancegraph.plot.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    Draw = Callable[[Sheet, float, float], None]

ROW: Final = 15.0
BETWEEN: Final = 16.0
AFTER: Final = 5.0
HEAD: Final = 40.0
"""Height of the title with the room below it."""


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the legend: what draws its sample about a place, how wide that is, and its words."""

    draw: Draw
    wide: float
    words: str


def framed(
    title: str,
    wide: float,
    high: float,
    *,
    head: float = HEAD,
    keys: Sequence[Sequence[Key]] = (),
    notes: Sequence[str] = (),
) -> tuple[Sheet, float]:
    """A sheet with title, legend and caption, and where on it the `wide` by `high` points of the picture begin.

    `head` is the height of the title. Each group of `keys` begins a row, each of `notes` a line; both are broken to
    the width.
    """
    room = wide
    rows = [row for group in keys if group for row in _rows(group, room)]
    lines = [line for note in notes if note for line in _lines(note, room)]
    leading = style.SMALL * 1.42
    foot = (len(rows) * ROW + 12 if rows else 0) + (len(lines) * leading + 8 if lines else 0)
    sheet = Sheet(wide + 2 * style.MARGIN, style.MARGIN + head + high + foot + style.MARGIN)
    sheet.describe(title, " ".join(notes))
    top = style.MARGIN + head
    sheet.text((style.MARGIN, style.MARGIN + style.TITLE), title, size=style.TITLE, bold=True)
    y = top + high + (12 + ROW / 2 if rows else 0)
    for row in rows:
        for key, x in row:
            key.draw(sheet, style.MARGIN + x + key.wide / 2, y)
            at = (style.MARGIN + x + key.wide + AFTER, y)
            sheet.text(at, key.words, size=style.SMALL, up="center_baseline")
        y += ROW
    for sample in sheet.axes.collections:
        sample.set_label("legend")
    y = sheet.high - style.MARGIN - (len(lines) - 1) * leading
    for line in lines:
        sheet.text((style.MARGIN, y), line, size=style.SMALL, colour=style.SOFT)
        y += leading
    return sheet, top


def _rows(keys: Sequence[Key], room: float) -> list[list[tuple[Key, float]]]:
    """The entries with their places, as many in a row as fit."""
    rows: list[list[tuple[Key, float]]] = [[]]
    x = 0.0
    for key in keys:
        long = key.wide + AFTER + lettering.width(key.words, style.SMALL)
        if rows[-1] and x + long > room:
            rows.append([])
            x = 0.0
        rows[-1].append((key, x))
        x += long + BETWEEN
    return rows


def _lines(note: str, room: float) -> list[str]:
    return lettering.wrapped(note, style.SMALL, room, 6, even=False).split("\n")
