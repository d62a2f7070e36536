"""The rows of the page's first screen as a still picture: who is against, what it is, who is for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from matplotlib.patches import FancyBboxPatch

from stancegraph.dates import EARLIEST, LATEST
from stancegraph.network import relations, temporal
from stancegraph.output import quantity
from stancegraph.plot import canvas
from stancegraph.statements import reader
from stancegraph.vocabulary import INFERRED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stancegraph.network.relations import Sides, Stand
    from stancegraph.plot.canvas import Selection
    from stancegraph.store import Store
    from stancegraph.table import Table

TITLE: Final = "Who stands where"
WIDTH: Final = 7.5
"""Inches across, where none are asked for."""
NARROWEST: Final = 300.0
MIDDLE: Final = 0.31
"""Part of the width that names what it is about."""
ROWS: Final = 40
CHIPS: Final = 12
"""Rows, and actors on one side of one, that are drawn."""
BOLD: Final = 0.86
"""How wide letters are beside bold ones."""
CHIP, LEADING, GAP, PAD = 12.0, 14.5, 3.5, 5.0
"""Points: height of a name's frame, from one line of names to the next, between two, inside one."""
HEAD: Final = 26.0
NOTE: Final = (
    "Left: against it, deny, reject or refuse it; right: for it, say so, call for it, undertake it. A dashed frame: "
    "the coder's inference or the author's attribution, not the speaker's words."
)
HEADINGS: Final = ("For and against whom", "What they dispute", "What nobody disputes")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as drawn: the lines of its title, when, the names on either side, and how high it is in points."""

    title: str
    when: str
    against: list[list[tuple[str, bool, float]]]
    supporting: list[list[tuple[str, bool, float]]]
    high: float


def figure(
    source: Store | Table, *, width: float | None = None, labels: str = "en", **choices: object
) -> Figure:
    """The rows as a figure; takes the filters of `statements.said`.

    Actors and disputed propositions have a row each, the most even split first; where there are neither, the
    propositions that nobody disputes have. A name in a dashed frame is not in the speaker's own words.
    """
    selection = canvas.select(source, choices, labels=labels)
    wide = max((width or WIDTH) * canvas.INCH - 2 * canvas.MARGIN, NARROWEST)
    rows, names = _arrange(selection)
    known = reader.actors(selection.rows.store) if selection.rows.store else {}
    things = selection.rows.target.values
    actors = [row for row in rows if things[row.target].iri in known]
    others = [row for row in rows if things[row.target].iri not in known]
    disputed, calm = ([row for row in others if row.disputed == sort] for sort in (True, False))
    groups = [(HEADINGS[0], actors), (HEADINGS[1], disputed)]
    if not (actors or disputed):
        groups = [(HEADINGS[2], calm)]
    shown = [
        (heading, [_line(row, selection, names, wide) for row in own[:ROWS]])
        for heading, own in groups
        if own
    ]
    heights = [HEAD + sum(line.high for line in lines) for _, lines in shown]
    picture, panels = canvas.stack(wide, heights, 10.0)
    for axes, (heading, lines), high in zip(panels, shown, heights, strict=True):
        axes.set(xlim=(0, wide), ylim=(high, 0), xticks=[], yticks=[])
        _draw(axes, heading, lines, wide)
    calm = calm if actors or disputed else []
    left_out = [f"{quantity(len(calm), 'proposition', ',')} that nobody disputes"] if calm else []
    left_out += [
        f"{quantity(len(own) - ROWS, 'row', ',')} of “{heading}”"
        for heading, own in groups
        if len(own) > ROWS
    ]
    notes = [NOTE, f"Left out: {'; '.join(left_out)}." if left_out else "", selection.caption()]
    return canvas.surround(picture, TITLE, notes=notes, width=width, widest=wide)


def _arrange(selection: Selection) -> tuple[list[Sides], list[str]]:
    """The sides of every target, and the names of the periods they count in."""
    rows = selection.rows
    basis = rows.basis.to_list()
    days = zip(rows.earliest.tolist(), rows.latest.tolist(), strict=True)
    taken = [
        relations.Taken(
            int(actor),
            int(target),
            int(sign),
            None if first == EARLIEST else first,
            None if last == LATEST else last,
            based not in INFERRED,
        )
        for actor, target, sign, (first, last), based in zip(
            rows.actor.codes, rows.target.codes, selection.signs(), days, basis, strict=True
        )
    ]
    labels = [selection.label(thing) for thing in (*rows.actor.values, *rows.target.values)]
    shift = len(rows.actor.values)
    numbered = [stance._replace(target=stance.target + shift) for stance in taken]
    named = temporal.name_spans(
        temporal.find(rows, "auto", rows.store).spans, [(s.earliest, s.latest) for s in taken]
    )
    found = relations.arrange(numbered, [*named] if len(named) > 1 else [], labels)
    return [replace(row, target=row.target - shift) for row in found], [*named.values()]


def _line(row: Sides, selection: Selection, names: Sequence[str], wide: float) -> Line:
    thing = selection.rows.target.values[row.target]
    middle = wide * MIDDLE
    title = canvas.wrap(selection.label(thing).removesuffix("."), canvas.LABEL, (middle - 10) * BOLD, 3)
    told = [names[period] for period, *_ in row.periods if period < len(names)]
    when = " and ".join(told) if len(told) < 3 else f"{told[0]} to {told[-1]}"
    if row.against and row.supporting:
        when = f"{when} · {len(row.against)} against {len(row.supporting)}".removeprefix(" · ")
    room = (wide - middle) / 2 - 6
    against, supporting = (_fill(stands, selection, room) for stands in (row.against, row.supporting))
    centre = (title.count("\n") + 1) * canvas.LABEL * canvas.LEADING + canvas.SMALL * canvas.LEADING
    high = max(len(against), len(supporting)) * LEADING
    return Line(
        title, canvas.wrap(when, canvas.SMALL, middle - 8, 1), against, supporting, max(high, centre) + 9
    )


def _fill(stands: Sequence[Stand], selection: Selection, room: float) -> list[list[tuple[str, bool, float]]]:
    """Names with whether they are in the speaker's words and how wide their frame is, on as many lines as it takes."""
    lines: list[list[tuple[str, bool, float]]] = [[]]
    used = 0.0
    shown = [(selection.label(selection.rows.actor.values[each.actor]), each.said) for each in stands[:CHIPS]]
    if len(stands) > CHIPS:
        shown.append((f"and {len(stands) - CHIPS} more", True))
    for label, said in shown:
        text = canvas.wrap(label, canvas.SMALL, room - 2 * PAD - 2, 1)
        wide = canvas.measure(text, canvas.SMALL) + 2 * PAD
        if lines[-1] and used + wide > room:
            lines.append([])
            used = 0.0
        lines[-1].append((text, said, wide))
        used += wide + GAP
    return lines if lines[0] else []


def _draw(axes: Axes, heading: str, lines: Iterable[Line], wide: float) -> None:
    """The heading and the rows of a group."""
    middle, half = wide / 2, wide * MIDDLE / 2
    centre = {"ha": "center", "va": "center"}
    strong = {"size": canvas.HEADING, "weight": "bold", "va": "center"}
    axes.text(middle, HEAD / 2 - 2, heading, ha="center", **strong)  # type: ignore[arg-type]
    axes.text(middle - half - 4, HEAD / 2 - 2, "against", ha="right", color=canvas.NEGATIVE, **strong)  # type: ignore[arg-type]
    axes.text(middle + half + 4, HEAD / 2 - 2, "for", ha="left", color=canvas.POSITIVE, **strong)  # type: ignore[arg-type]
    axes.plot([0, wide], [HEAD - 5, HEAD - 5], color=canvas.FAINT, lw=0.8)
    y = HEAD
    for line in lines:
        rows = line.title.count("\n") + 1
        tall = rows * canvas.LABEL * canvas.LEADING
        top = y + (line.high - tall - canvas.SMALL * canvas.LEADING) / 2 - 1
        title = {"size": canvas.LABEL, "weight": "bold", "linespacing": canvas.LEADING}
        axes.text(middle, top + tall / 2, line.title, **centre, **title)  # type: ignore[arg-type]
        when = {"size": canvas.SMALL, "color": canvas.SOFT}
        axes.text(middle, top + tall + canvas.SMALL * 0.75, line.when, **centre, **when)  # type: ignore[arg-type]
        for names, side in ((line.against, -1), (line.supporting, 1)):
            _draw_names(axes, names, side, middle + side * (half + 4), y + line.high / 2)
        y += line.high
        axes.plot([0, wide], [y - 3, y - 3], color=canvas.HAIR, lw=0.6)


def _draw_names(
    axes: Axes, lines: Sequence[Sequence[tuple[str, bool, float]]], side: int, edge: float, centre: float
) -> None:
    """Names in their frames, from the middle outwards or, at the left, up to it."""
    colour = canvas.POSITIVE if side > 0 else canvas.NEGATIVE
    rounded = f"round,pad=0,rounding_size={CHIP / 2}"
    for i, names in enumerate(lines):
        y = centre + (i - (len(lines) - 1) / 2) * LEADING - 3
        total = sum(wide for *_, wide in names) + GAP * (len(names) - 1)
        x = edge if side > 0 else edge - total
        for text, said, wide in names:
            dashes = "-" if said else (0, (3, 2))
            look = {"facecolor": canvas.PAPER, "edgecolor": colour, "linewidth": 0.9, "linestyle": dashes}
            axes.add_patch(FancyBboxPatch((x, y - CHIP / 2), wide, CHIP, boxstyle=rounded, **look))  # type: ignore[arg-type]
            axes.text(x + wide / 2, y, text, ha="center", va="center_baseline", size=canvas.SMALL)
            x += wide + GAP
