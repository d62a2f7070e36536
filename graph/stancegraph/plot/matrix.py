"""Actors × propositions: who has taken which stance on what, ordered by bloc."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from stancegraph.errors import UsageError
from stancegraph.plot import blocs, lettering, marks, seriation, style, subject
from stancegraph.plot.frame import Key, framed
from stancegraph.plot.marks import Mark
from stancegraph.plot.network import signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from stancegraph.plot.sheet import Sheet
    from stancegraph.plot.subject import Subject
    from stancegraph.store import Store
    from stancegraph.table import Table

    Cells = dict[tuple[int, int], dict[int, int]]

TITLE: Final = "Who stands where"
ROWS: Final = 120
COLUMNS: Final = 80
"""Those with most statements that are drawn."""
ROW: Final = 14.5
COLUMN: Final = 17.0
FOLDED: Final = 25.0
HEADING: Final = 17.0
BETWEEN: Final = 5.0
"""Points from one actor and one target (of one line, of two) to the next, for the name of a bloc, between two."""
HEADER: Final = 232.0
ANGLE: Final = 58.0
NAMES: Final = 232.0
LARGEST: Final = 6.8


@dataclass(frozen=True, slots=True)
class Grid:
    """What is drawn: groups of actors by their codes, targets by theirs, statements of each sign in each cell."""

    groups: tuple[tuple[str, list[int]], ...]
    targets: list[int]
    cells: Cells
    notes: tuple[str, ...]

    @property
    def largest(self) -> int:
        """The most statements in a cell."""
        return max(sum(signs.values()) for signs in self.cells.values())


def figure(
    source: Store | Table,
    *,
    width: float | None = None,
    labels: str = "en",
    least: int | None = None,
    **choices: Any,
) -> Figure:
    """The matrix as a figure; takes the choices and filters of `network.agreement`.

    A cell is a mark of the sign (+, − or open), its area growing with the number of statements, split where an
    actor's stances differ. Targets that fewer than `least` actors speak of are left out, and counted below:
    by default those of one actor, where there are others.
    """
    if least is not None and least < 1:
        raise UsageError(f"--least {least}: a target drawn has at least 1 actor")
    about = subject.read(source, choices, labels=labels)
    grid = _grid(about, least)
    place = _placed(about, grid, width)
    notes = [f"Size of a mark: statements. {' '.join(grid.notes)}", about.caption()]
    sheet, top = framed(TITLE, place.wide, place.high, head=12.0, keys=[_keys(grid)], notes=notes)
    _draw(sheet, grid, place, top)
    return sheet.figure


def _grid(about: Subject, least: int | None) -> Grid:
    rows = about.rows
    said: dict[tuple[int, int], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    columns = (rows.actor.codes, rows.target.codes, about.signs(), rows.statement.codes)
    for i, j, sign, statement in zip(*(column.tolist() for column in columns), strict=True):
        said[i, j][sign].add(statement)
    cells = {
        cell: {sign: len(found) for sign, found in sorted(signs.items())} for cell, signs in said.items()
    }
    speakers = Counter(j for _, j in cells)
    least = least or (2 if max(speakers.values()) > 1 else 1)
    few = {j for j, number in speakers.items() if number < least}
    if len(few) == len(speakers):
        raise UsageError(f"--least {least}: no target has so many actors; lower it")
    targets = _frequent({cell: n for cell, n in cells.items() if cell[1] not in few}, 1, COLUMNS)
    actors = _frequent({cell: n for cell, n in cells.items() if cell[1] in targets}, 0, ROWS)
    drawn = {cell: n for cell, n in cells.items() if cell[0] in actors and cell[1] in targets}
    groups, targets = _ordered(about, actors, targets, drawn)
    silent = len(rows.actor.present()) - len({i for i, j in cells if j in targets})
    rare = len(speakers) - len(few) - len(targets), len(rows.actor.present()) - len(actors) - silent
    notes = _notes(dict(groups), least, len(few), rare, silent)
    return Grid(groups, targets, drawn, notes)


def _frequent(cells: Cells, side: int, most: int) -> list[int]:
    """The codes with most statements, those first."""
    number: Counter[int] = Counter()
    for cell, signs in cells.items():
        number[cell[side]] += sum(signs.values())
    return sorted(number, key=lambda code: (-number[code], code))[:most]


def _notes(
    groups: Mapping[str, object], least: int, few: int, rare: tuple[int, int], silent: int
) -> tuple[str, ...]:
    """What is left out, in sentences."""
    said = ["Apart: actors without a tie to the blocs."] if "Apart" in groups else []
    if few:
        fewer = "only one actor speaks" if least == 2 else f"fewer than {least} actors speak"
        said.append(f"Left out: {subject.counted(few, 'target')} of which {fewer}.")
    if any(rare):
        both = subject.counted(rare[0], "target"), subject.counted(rare[1], "actor")
        said.append(f"Left out, with the fewest statements: {' and '.join(both)}.")
    if silent:
        said.append(f"Left out, with nothing to show here: {subject.counted(silent, 'actor')}.")
    return tuple(said)


def _ordered(
    about: Subject, actors: list[int], targets: list[int], cells: Cells
) -> tuple[tuple[tuple[str, list[int]], ...], list[int]]:
    """Actors by bloc and by what they hold, targets by who holds them."""
    code = {about.rows.actor.values[i].iri: i for i in actors}
    graph = signed(about.rows, about.recipe)
    split = blocs.split(graph.subgraph([iri for iri in graph if iri in code]))
    named = [(f"Bloc {number}", bloc) for number, bloc in enumerate(split.sides, start=1)]
    named.append(("Apart", tuple(iri for group in split.apart for iri in group)))
    groups = [(name, [code[iri] for iri in bloc if iri in code]) for name, bloc in named]
    placed = {i for _, own in groups for i in own}
    groups.append(("No tie", [i for i in actors if i not in placed]))
    groups = [(name, sorted(own, key=actors.index)) for name, own in groups if own]
    weight = {cell: float(sum(sign * n for sign, n in signs.items())) for cell, signs in cells.items()}
    rows, across = seriation.ordered([own for _, own in groups], targets, weight)
    return tuple((name, own) for (name, _), own in zip(groups, rows, strict=True)), across


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are, in points from the corner of the picture: names, columns, rows, headings, and the size."""

    left: float
    columns: list[float]
    right: float
    top: float
    rows: dict[int, float]
    headings: tuple[float, ...]
    actors: dict[int, str]
    targets: dict[int, str]
    wide: float
    high: float


def _placed(about: Subject, grid: Grid, width: float | None) -> Places:
    actor, target = about.rows.actor.values, about.rows.target.values
    actors = {
        i: lettering.wrapped(about.label(actor[i]), style.LABEL, NAMES, 1)
        for _, own in grid.groups
        for i in own
    }
    targets = {j: lettering.wrapped(about.label(target[j]), style.SMALL, HEADER, 2) for j in grid.targets}
    left = max(118.0, *(lettering.width(words, style.LABEL) for words in actors.values())) + 10
    turn = math.radians(ANGLE)
    longest = max(lettering.width(words, style.SMALL) for words in targets.values())
    top = longest * math.sin(turn) + 2 * style.SMALL * math.cos(turn) + 8
    wides = [FOLDED if "\n" in targets[j] else COLUMN for j in grid.targets]
    if width:
        asked = width * style.INCH - 2 * style.MARGIN - left - longest * math.cos(turn) - COLUMN
        wides = [wide * min(max(asked / sum(wides), 1.0), 2.0) for wide in wides]
    edges = [left + sum(wides[:i]) for i in range(len(wides) + 1)]
    columns = [(low + high) / 2 for low, high in pairwise(edges)]
    y, rows, headings = top, {}, []
    for _, own in grid.groups:
        headings.append(y + HEADING - 5)
        y += HEADING
        for i in own:
            rows[i] = y + ROW / 2
            y += ROW
        y += BETWEEN
    reach = max(
        x + lettering.width(targets[j], style.SMALL) * math.cos(turn)
        for x, j in zip(columns, grid.targets, strict=True)
    )
    wide = max(reach + 8, edges[-1] + 40)
    return Places(left, columns, edges[-1], top, rows, tuple(headings), actors, targets, wide, y + 2)


def _draw(sheet: Sheet, grid: Grid, place: Places, top: float) -> None:
    x0 = style.MARGIN
    right = x0 + place.right
    for (name, own), y in zip(grid.groups, place.headings, strict=True):
        words = f"{name} · {subject.counted(len(own), 'actor')}"
        sheet.text((x0, top + y), words, size=style.HEADING, bold=True, colour=style.SOFT)
        ends = place.rows[own[0]] - ROW / 2, place.rows[own[-1]] + ROW / 2
        sheet.box((x0 + place.left, top + ends[0]), right - x0 - place.left, ends[1] - ends[0])
        across = [[(x0 + place.left, top + place.rows[i]), (right, top + place.rows[i])] for i in own]
        down = [[(x0 + x, top + ends[0]), (x0 + x, top + ends[1])] for x in place.columns]
        sheet.lines([*across, *down], style.HAIR, 0.6, level=0.5)
    for i, y in place.rows.items():
        at = (x0 + place.left - 6, top + y)
        sheet.text(at, place.actors[i], across="right", up="center_baseline")
    for x, code in zip(place.columns, grid.targets, strict=True):
        at = (x0 + x, top + place.top)
        sheet.text(at, place.targets[code], size=style.SMALL, up="center", angle=ANGLE)
    _draw_totals(sheet, grid, place, top, max(place.rows.values()) + ROW / 2)
    largest = grid.largest
    drawn = [
        Mark(
            x0 + place.columns[grid.targets.index(j)],
            top + place.rows[i],
            marks.radius(sum(n.values()), largest, LARGEST),
            frozenset(n),
        )
        for (i, j), n in sorted(grid.cells.items())
    ]
    marks.draw(sheet, drawn)


def _draw_totals(sheet: Sheet, grid: Grid, place: Places, top: float, foot: float) -> None:
    """How many statements each row holds, and how many actors each column."""
    x = style.MARGIN + place.right + COLUMN / 2
    small: dict[str, Any] = {"size": style.SMALL, "colour": style.SOFT}
    for i, y in place.rows.items():
        number = sum(sum(n.values()) for (actor, _), n in grid.cells.items() if actor == i)
        sheet.text((x, top + y), f"{number:,}", across="center", up="center_baseline", **small)
    for at, j in zip(place.columns, grid.targets, strict=True):
        number = sum(target == j for _, target in grid.cells)
        where = (style.MARGIN + at, top + foot + 9)
        sheet.text(where, f"{number:,}", across="center", up="center_baseline", **small)
    sheet.text((x, top + place.top), "stances", up="center", angle=ANGLE, **small)
    sheet.text(
        (style.MARGIN + place.left - 6, top + foot + 9),
        "actors",
        across="right",
        up="center_baseline",
        **small,
    )


def _keys(grid: Grid) -> list[Key]:
    """The marks that occur, with the number of cells of each, and what their size says."""
    seen = Counter(frozenset(signs) for signs in grid.cells.values())
    return marks.keys(seen) + marks.sizes(grid.largest, LARGEST)
