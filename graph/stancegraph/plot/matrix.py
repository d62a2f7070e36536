"""Actors × propositions: who has taken which stance on what, ordered by bloc."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph.errors import UsageError
from stancegraph.output import quantity
from stancegraph.plot import canvas
from stancegraph.plot.network import divide, signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from stancegraph.plot.canvas import Selection
    from stancegraph.store import Store
    from stancegraph.table import Table

    Cells = dict[tuple[int, int], dict[int, int]]
    Groups = list[tuple[str, list[int]]]

TITLE: Final = "Who stands where"
ROWS: Final = 120
COLUMNS: Final = 80
"""Those with most statements that are drawn."""
ROW: Final = 14.5
COLUMN: Final = 17.0
FOLDED: Final = 25.0
BETWEEN: Final = 22.0
"""Points from one actor and one target (of one line, of two) to the next; between blocs."""
NAME: Final = 232.0
"""Points of the longest name of an actor, and of the longest line of a target."""
ANGLE: Final = 58.0
LARGEST: Final = 6.8
ROUNDS: Final = 30


@dataclass(frozen=True, slots=True)
class Grid:
    """What is drawn: groups of actors by their codes, targets by theirs, statements of each sign in each cell."""

    groups: Groups
    targets: list[int]
    cells: Cells
    notes: str


def figure(
    source: Store | Table,
    *,
    width: float | None = None,
    labels: str = "en",
    least: int | None = None,
    **choices: object,
) -> Figure:
    """The matrix as a figure; takes the choices and filters of `network.agreement`.

    A cell is a mark of the sign (+, − or open), its area growing with the number of statements, split where an
    actor's stances differ. Targets that fewer than `least` actors speak of are left out, and counted below:
    by default those of one actor, where there are others.
    """
    if least is not None and least < 1:
        raise UsageError(f"--least {least}: a target drawn has at least 1 actor")
    selection = canvas.select(source, choices, labels=labels)
    grid = _grid(selection, least)
    target = selection.rows.target.values
    names = [canvas.wrap(selection.label(target[j]), canvas.SMALL, NAME, 2) for j in grid.targets]
    edges = np.cumsum([0.0, *(FOLDED if "\n" in name else COLUMN for name in names)])
    picture, panels = canvas.stack(edges[-1], [ROW * len(own) for _, own in grid.groups], BETWEEN)
    largest = max(sum(signs.values()) for signs in grid.cells.values())
    for axes, group in zip(panels, grid.groups, strict=True):
        axes.set(facecolor=canvas.GROUND, xlim=(0, edges[-1]))
        axes.set_xticks((edges[1:] + edges[:-1]) / 2)
        axes.tick_params(labelbottom=False)
        axes.grid(True)
        _draw(axes, grid, group, selection, largest)
    _head(panels[0], names)
    speakers = Counter(j for _, j in grid.cells)
    totals = panels[-1].secondary_xaxis("bottom")
    totals.set_xticks(panels[-1].get_xticks(), [f"{speakers[j]:,}" for j in grid.targets])
    totals.spines[:].set_visible(False)
    canvas.annotate(panels[-1], "actors", (0, 0), (-6, -4), ha="right", va="top")
    seen = Counter(frozenset(signs) for signs in grid.cells.values())
    keys = [canvas.mark_keys(seen) + canvas.size_keys(largest, LARGEST)]
    notes = [f"Size of a mark: statements. {grid.notes}", selection.caption()]
    return canvas.surround(picture, TITLE, keys=keys, notes=notes, width=width, widest=2 * edges[-1])


def _grid(selection: Selection, least: int | None) -> Grid:
    rows = selection.rows
    found: dict[tuple[int, int], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    columns = (rows.actor.codes, rows.target.codes, selection.signs(), rows.statement.codes)
    for i, j, sign, statement in zip(*(column.tolist() for column in columns), strict=True):
        found[i, j][sign].add(statement)
    cells = {cell: {sign: len(own) for sign, own in sorted(signs.items())} for cell, signs in found.items()}
    speakers = Counter(j for _, j in cells)
    least = least or (2 if max(speakers.values()) > 1 else 1)
    few = {j for j, number in speakers.items() if number < least}
    if len(few) == len(speakers):
        raise UsageError(f"--least {least}: no target has so many actors; lower it")
    targets = _frequent({cell: n for cell, n in cells.items() if cell[1] not in few}, 1, COLUMNS)
    actors = _frequent({cell: n for cell, n in cells.items() if cell[1] in targets}, 0, ROWS)
    drawn = {cell: n for cell, n in cells.items() if cell[0] in actors and cell[1] in targets}
    groups, targets = _order(selection, actors, targets, drawn)
    silent = len(rows.actor.present()) - len({i for i, j in cells if j in targets})
    rare = len(speakers) - len(few) - len(targets), len(rows.actor.present()) - len(actors) - silent
    return Grid(groups, targets, drawn, _left_out(dict(groups), least, len(few), rare, silent))


def _frequent(cells: Cells, side: int, most: int) -> list[int]:
    """The codes with most statements, those first."""
    number: Counter[int] = Counter()
    for cell, signs in cells.items():
        number[cell[side]] += sum(signs.values())
    return sorted(number, key=lambda code: (-number[code], code))[:most]


def _left_out(groups: Mapping[str, object], least: int, few: int, rare: tuple[int, int], silent: int) -> str:
    """What is not drawn, in sentences."""
    found = ["Apart: actors without a tie to the blocs."] if "Apart" in groups else []
    if few:
        fewer = "only one actor speaks" if least == 2 else f"fewer than {least} actors speak"
        found.append(f"Left out: {quantity(few, 'target', ',')} of which {fewer}.")
    if any(rare):
        both = f"{quantity(rare[0], 'target', ',')} and {quantity(rare[1], 'actor', ',')}"
        found.append(f"Left out, with the fewest statements: {both}.")
    if silent:
        found.append(f"Left out, with nothing to show here: {quantity(silent, 'actor', ',')}.")
    return " ".join(found)


def _order(
    selection: Selection, actors: list[int], targets: list[int], cells: Cells
) -> tuple[Groups, list[int]]:
    """Actors by bloc and by what they hold, targets by who holds them."""
    code = {selection.rows.actor.values[i].iri: i for i in actors}
    graph = signed(selection.rows, selection.method)
    split = divide(graph.subgraph([iri for iri in graph if iri in code]))
    named = [(f"Bloc {number}", bloc) for number, bloc in enumerate(split.blocs, start=1)]
    named.append(("Apart", tuple(iri for group in split.apart for iri in group)))
    groups = [(name, [code[iri] for iri in bloc]) for name, bloc in named]
    placed = {i for _, own in groups for i in own}
    groups.append(("No tie", [i for i in actors if i not in placed]))
    groups = [(name, sorted(own, key=actors.index)) for name, own in groups if own]
    weight = np.zeros((len(selection.rows.actor.values), len(selection.rows.target.values)))
    for cell, signs in cells.items():
        weight[cell] = sum(sign * number for sign, number in signs.items())
    rows, targets = _seriate([own for _, own in groups], targets, weight)
    return [(name, own) for (name, _), own in zip(groups, rows, strict=True)], targets


def _seriate(
    groups: Sequence[Sequence[int]], columns: Sequence[int], weight: NDArray[np.float64]
) -> tuple[list[list[int]], list[int]]:
    """Rows (each group in its place) and columns by reciprocal averaging (Hill 1973) of a signed matrix.

    A row or column goes to the mean place of what it is positive on, mirrored where it is negative, until nothing
    moves; what has the same mean keeps its order.
    """
    rows, across = [list(group) for group in groups], list(columns)
    for _ in range(ROUNDS):
        before = rows, across
        across = _by_mean(across, [row for group in rows for row in group], weight.T)
        rows = [_by_mean(group, across, weight) for group in rows]
        if (rows, across) == before:
            break
    return rows, across


def _by_mean(order: list[int], others: list[int], weight: NDArray[np.float64]) -> list[int]:
    """Rows of a matrix by the mean place, from -1 to 1, of the columns in `others`."""
    place = np.linspace(-1, 1, len(others)) if len(others) > 1 else np.zeros(1)
    among = weight[np.ix_(order, others)]
    mass = np.maximum(np.abs(among).sum(axis=1), 1)
    return [order[i] for i in np.argsort(np.round(among @ place / mass, 9), kind="stable")]


def _draw(axes: Axes, grid: Grid, group: tuple[str, list[int]], selection: Selection, largest: int) -> None:
    """The rows of one group, with their names at the left and how many statements each holds at the right."""
    name, own = group
    actor = selection.rows.actor.values
    axes.set_ylim(len(own) - 0.5, -0.5)
    axes.set_yticks(
        range(len(own)), [canvas.wrap(selection.label(actor[i]), canvas.LABEL, NAME, 1) for i in own]
    )
    held = (sum(sum(signs.values()) for (one, _), signs in grid.cells.items() if one == i) for i in own)
    canvas.write_totals(axes, range(len(own)), held)
    words = f"{name} · {quantity(len(own), 'actor', ',')}"
    canvas.annotate(axes, words, (0, 1), (-6, 5), ha="right", size=canvas.HEADING, weight="bold")
    places = axes.get_xticks().tolist()
    canvas.draw_marks(
        axes,
        [
            canvas.Mark(x, y, canvas.mark_radius(sum(signs.values()), largest, LARGEST), frozenset(signs))
            for y, i in enumerate(own)
            for x, j in zip(places, grid.targets, strict=True)
            if (signs := grid.cells.get((i, j)))
        ],
    )


def _head(axes: Axes, names: Sequence[str]) -> None:
    """The names of the targets, slanted above the first group, and the heading of the totals at the right."""
    slant = {"rotation": ANGLE, "ha": "left", "va": "center", "rotation_mode": "anchor"}
    axes.tick_params(axis="x", labeltop=True, labelcolor=canvas.INK, pad=7)
    axes.set_xticklabels(names, **slant)  # type: ignore[arg-type]
    canvas.annotate(axes, "stances", (1, 1), (8, 7), **slant)
