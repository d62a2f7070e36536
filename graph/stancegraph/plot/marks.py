"""The mark of a stance: a disc with a plus, a minus or nothing in it, split where stances of several signs meet."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.lines import Line2D
from matplotlib.path import Path

from stancegraph.output import quantity
from stancegraph.plot import canvas
from stancegraph.vocabulary import STANCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.axes import Axes

    from stancegraph.plot.canvas import Key

"""What the legends call a stance of each sign, in their order."""
COLOURS: Final = {1: canvas.POSITIVE, -1: canvas.NEGATIVE, 0: canvas.PAPER}
AROUND: Final = (1, 0, -1)
"""The signs of a split mark, from the top against the clock."""
LEAST: Final = 4.2
"""Radius of the mark of one statement: the sign in it can still be read."""
EVEN: Final = 5
"""Two statements look no larger than this allows where no mark stands for many."""
STROKES: Final = {1: ((-1, 0), (1, 0), (0, -1), (0, 1)), -1: ((-1, 0), (1, 0))}
"""The ends of the lines of a plus and a minus, about the origin."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a mark is on its axes, its radius in points, and the signs of the stances it stands for."""

    x: float
    y: float
    radius: float
    signs: frozenset[int]


def radius(number: int, largest: int, most: float) -> float:
    """Radius of the mark of so many statements, of `largest` that of `most` points: its area grows with them."""
    return LEAST + (most - LEAST) * math.sqrt((number - 1) / max(largest - 1, EVEN))


def draw(axes: Axes, marks: Iterable[Mark]) -> None:
    """Draws the marks, those of the same signs as collections named for each sign."""
    alike: dict[frozenset[int], list[Mark]] = defaultdict(list)
    for mark in marks:
        alike[mark.signs].append(mark)
    for signs, own in sorted(alike.items(), key=lambda item: sorted(item[0])):
        x, y, areas = [m.x for m in own], [m.y for m in own], [4 * m.radius**2 for m in own]
        for path, face, edge, thick, name in _parts(signs):
            look = {"facecolor": face, "edgecolor": edge, "linewidth": thick, "label": name}
            axes.scatter(x, y, s=areas, marker=path, zorder=3, **look)  # type: ignore[arg-type]  # a path is one too


def _parts(signs: frozenset[int]) -> list[tuple[Path, str, str, float, str]]:
    """Outline, colours of face and edge, thickness and name of what makes up a mark: the sectors and their signs.

    Of two sectors the first is the left half.
    """
    present = [sign for sign in AROUND if sign in signs]
    step = 360 / len(present)
    parts = []
    for i, sign in enumerate(present):
        low, turn = 90 + i * step, math.radians(90 + (i + 0.5) * step)
        disc, x, y, reach = Path.wedge(low, low + step), 0.52 * math.cos(turn), 0.52 * math.sin(turn), 0.3
        if len(present) == 1:
            disc, x, y, reach = Path.unit_circle(), 0.0, 0.0, 0.5
        edge, thick = (canvas.PAPER, 0.5) if sign else (canvas.NEUTRAL, 1.0)
        parts.append((disc, COLOURS[sign], edge, thick, STANCES[sign]))
        if sign:
            ends = [(x + reach * a, y + reach * b) for a, b in STROKES[sign]]
            # A marker is scaled to its farthest point: one to which nothing is drawn keeps the strokes in place.
            codes = [Path.MOVETO, *[Path.MOVETO, Path.LINETO] * (len(ends) // 2)]
            parts.append((Path([(1.0, 1.0), *ends], codes), "none", canvas.PAPER, 1.0, "sign"))
    return parts


def keys(seen: Mapping[frozenset[int], int]) -> list[Key]:
    """Entries of the legend for the marks that occur, each with how often."""
    single = [frozenset({sign}) for sign in STANCES]
    mixed = sorted((signs for signs in seen if len(signs) > 1), key=lambda signs: (len(signs), sorted(signs)))
    return [
        (
            _sample(signs, 4.6),
            f"{' and '.join(STANCES[sign] for sign in STANCES if sign in signs)} ({number:,})",
        )
        for signs in [*single, *mixed]
        if (number := seen.get(signs, 0))
    ]


def sizes(largest: int, most: float) -> list[Key]:
    """Entries that say how many statements marks of a few sizes stand for; none where all stand for one."""
    numbers = sorted({1, max(2, largest // 4), largest}) if largest > 1 else []
    neutral = frozenset({0})
    return [(_sample(neutral, radius(n, largest, most)), quantity(n, "statement", ",")) for n in numbers]


def _sample(signs: frozenset[int], radius: float) -> tuple[Line2D, ...]:
    """A mark for the legend."""
    return tuple(
        Line2D([], [], ls="", marker=path, ms=2 * radius, mfc=face, mec=edge, mew=thick)
        for path, face, edge, thick, _ in _parts(signs)
    )
