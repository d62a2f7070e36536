"""The mark of a stance: a disc with a plus, a minus or nothing in it, split where stances of several signs meet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from matplotlib.collections import PatchCollection
from matplotlib.patches import Circle, Patch, Wedge

from stancegraph.plot import style
from stancegraph.plot.frame import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stancegraph.plot.sheet import Sheet

NAMES: Final = {1: "supports", -1: "opposes", 0: "neutral"}
COLOURS: Final = {1: style.POSITIVE, -1: style.NEGATIVE, 0: style.PAPER}
ORDER: Final = (1, 0, -1)
LEAST: Final = 4.2
"""Radius of the mark of one statement: the sign in it can still be read."""
EVEN: Final = 5
"""Two statements look no larger than this allows where no mark stands for many."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a mark is, how large, and the signs of the stances it stands for."""

    x: float
    y: float
    radius: float
    signs: frozenset[int]


def radius(number: int, largest: int, most: float) -> float:
    """Radius of the mark of so many statements, of `largest` that of `most` points: its area grows with them."""
    return LEAST + (most - LEAST) * math.sqrt((number - 1) / max(largest - 1, EVEN))


def draw(sheet: Sheet, marks: Iterable[Mark], *, level: float = 3) -> None:
    """Draws the marks, all of one look as one collection named for its sign."""
    listed = list(marks)
    for sign in ORDER:
        whole = [mark for mark in listed if mark.signs == {sign}]
        parts = [
            piece for mark in listed if len(mark.signs) > 1 for piece in _sectors(mark) if piece[0] == sign
        ]
        shapes: list[Patch] = [Circle((m.x, m.y), m.radius) for m in whole]
        shapes += [Wedge((m.x, m.y), m.radius, low, high) for _, m, low, high in parts]
        if not shapes:
            continue
        collection = PatchCollection(
            shapes,
            facecolor=COLOURS[sign],
            edgecolor=style.PAPER if sign else style.NEUTRAL,
            linewidth=0.5 if sign else 1.0,
            label=NAMES[sign],
            zorder=level,
        )
        sheet.axes.add_collection(collection, autolim=False)
        strokes = [stroke for m in whole for stroke in _strokes(sign, m.x, m.y, 0.5 * m.radius)]
        for _, m, low, high in parts:
            turn = math.radians((low + high) / 2)
            at = (m.x + 0.52 * m.radius * math.cos(turn), m.y + 0.52 * m.radius * math.sin(turn))
            strokes += _strokes(sign, *at, 0.3 * m.radius)
        sheet.lines(strokes, style.PAPER, 1.0, level=level + 0.1)


def _sectors(mark: Mark) -> list[tuple[int, Mark, float, float]]:
    """Sign, mark, and from where to where the sector of each sign runs: of two the first is the left half."""
    present = [sign for sign in ORDER if sign in mark.signs]
    step = 360 / len(present)
    return [(sign, mark, 90 + i * step, 90 + (i + 1) * step) for i, sign in enumerate(present)]


def _strokes(sign: int, x: float, y: float, reach: float) -> list[list[tuple[float, float]]]:
    """The lines of a plus or a minus."""
    level = [(x - reach, y), (x + reach, y)]
    return {1: [level, [(x, y - reach), (x, y + reach)]], -1: [level]}.get(sign, [])


def keys(seen: Mapping[frozenset[int], int]) -> list[Key]:
    """Entries of the legend for the marks that occur, each with how often."""
    single = [frozenset({sign}) for sign in (1, -1, 0)]
    mixed = sorted((signs for signs in seen if len(signs) > 1), key=lambda signs: (len(signs), sorted(signs)))
    return [
        Key(partial(_sample, radius=4.6, signs=signs), 10, f"{_words(signs)} ({seen[signs]:,})")
        for signs in [*single, *mixed]
        if seen.get(signs)
    ]


def sizes(largest: int, most: float) -> list[Key]:
    """Entries that say how many statements marks of a few sizes stand for; none where all stand for one."""
    numbers = sorted({1, max(2, largest // 4), largest}) if largest > 1 else []
    radii = {number: radius(number, largest, most) for number in numbers}
    neutral = frozenset({0})
    return [
        Key(partial(_sample, radius=r, signs=neutral), 2 * r, f"{n:,} statement" + ("s" if n > 1 else ""))
        for n, r in radii.items()
    ]


def _words(signs: frozenset[int]) -> str:
    return " and ".join(NAMES[sign] for sign in (1, -1, 0) if sign in signs)


def _sample(sheet: Sheet, x: float, y: float, *, radius: float, signs: frozenset[int]) -> None:
    draw(sheet, [Mark(x, y, radius, signs)])
