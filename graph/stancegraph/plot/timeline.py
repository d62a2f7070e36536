"""Who spoke when: the statements of each actor by day, with what happened meanwhile."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stancegraph.dates import EARLIEST, LATEST
from stancegraph.errors import UsageError
from stancegraph.plot import days, happenings, lanes, lettering, marks, style, subject
from stancegraph.plot.frame import Key, framed
from stancegraph.plot.lanes import Said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from stancegraph.plot.days import Axis
    from stancegraph.plot.happenings import Event
    from stancegraph.plot.lanes import Piece
    from stancegraph.plot.sheet import Sheet
    from stancegraph.plot.subject import Subject
    from stancegraph.store import Store
    from stancegraph.table import Table

TITLE: Final = "Who spoke when"
MOST: Final = 20
"""Actors with a row of their own, where nothing else is said."""
ROWS: Final = 200
WIDTH: Final = 10.0
NAMES: Final = 190.0
LANE: Final = 13.0
PAD: Final = 3.0
NARROWEST: Final = 300.0
NUMBERS: Final = 26.0
BROAD: Final = 48.0
"""Points one day is wide at most, where no width is asked for."""
REST: Final = -1
"""Stands for all actors without a row of their own."""
FOOT: Final = 26.0
"""Height of the labels of days."""


@dataclass(frozen=True, slots=True)
class Row:
    """One actor, or all others together: the name and what was said, placed."""

    words: str
    pieces: list[Piece]
    rest: bool = False

    @property
    def number(self) -> int:
        return sum(piece.said.number for piece in self.pieces)

    @property
    def high(self) -> float:
        return LANE * (1 + max(piece.lane for piece in self.pieces)) + 2 * PAD


def figure(
    source: Store | Table, *, width: float | None = None, labels: str = "en", most: int = MOST, **choices: Any
) -> Figure:
    """The timeline as a figure; takes the filters of `statements.said`.

    The `most` actors with most statements have a row each, all others one together. A statement of a known day is
    a mark, one of which only the span is known a bar, with an arrow where that reaches beyond the axis. Events are
    those of the store that fall on the axis.
    """
    if not 1 <= most <= ROWS:
        raise UsageError(f"--most {most}: from 1 to {ROWS} actors have a row of their own")
    about = subject.read(source, choices, labels=labels)
    undated = subject.undated(about.rows)
    if undated.all():
        raise UsageError("no statement that matches has a day: nothing to draw over time; loosen the filters")
    said = _said(about, ~undated, most)
    names = {actor: _name(about, actor, said) for actor in said}
    wide = max((width or WIDTH) * style.INCH - 2 * style.MARGIN, NARROWEST)
    left = max(90.0, *(lettering.width(words, style.LABEL) for words in names.values())) + 12
    shown, events, wide = _axis(about, left, wide, fixed=width is not None)
    merged = {actor: lanes.merge(own, shown) for actor, own in said.items()}
    largest = max(one.number for own in merged.values() for one in own)
    rows = [
        Row(names[actor], lanes.placed(own, shown, largest), actor == REST) for actor, own in merged.items()
    ]
    head = max(happenings.high(events), 8.0)
    high = head + sum(row.high for row in rows) + FOOT
    notes = [_note(about, rows, shown), about.caption()]
    sheet, top = framed(TITLE, wide, high, head=24.0, keys=_keys(rows), notes=notes)
    _draw(sheet, rows, events, shown, (top + head, top + high - FOOT))
    return sheet.figure


def _axis(about: Subject, left: float, wide: float, *, fixed: bool) -> tuple[Axis, list[Event], float]:
    """The axis from `left` on, the events on it, and how wide the picture becomes: less for a few days."""
    known = happenings.dated(about.rows.store)
    spans, near = _spans(about), [event[0] for event in known]
    shown = days.axis(spans, near, left, wide - NUMBERS)
    if shown.pitch > BROAD and not fixed:
        wide = max(wide - (shown.pitch - BROAD) * shown.number, left + NARROWEST)
        shown = replace(shown, right=wide - NUMBERS)
    shown = shown.moved(style.MARGIN)
    events = happenings.on(shown, known)
    over = max((event.reach - style.MARGIN - wide for event in events), default=0.0)
    if over > 0:
        # The last names lean out to the right: the axis makes room for them as far as it can.
        shown = replace(shown, right=max(shown.right - over, shown.left + 200))
        events = happenings.on(shown, known)
        wide = max(wide, *(event.reach - style.MARGIN for event in events))
    return shown, events, wide


def _said(about: Subject, dated: NDArray[np.bool_], most: int) -> dict[int, list[Said]]:
    """Actor (or REST) → each statement; by the middle of the days they speak on, REST last."""
    rows = about.rows
    signs: dict[tuple[int, int], set[int]] = defaultdict(set)
    span: dict[int, tuple[int, int]] = {}
    columns = (rows.actor.codes, rows.statement.codes, about.signs(), rows.earliest, rows.latest)
    for actor, statement, sign, first, last in zip(*(c[dated].tolist() for c in columns), strict=True):
        signs[actor, statement].add(sign)
        span[statement] = first, last
    spoken = Counter(actor for actor, _ in signs)
    own = set(sorted(spoken, key=lambda actor: (-spoken[actor], actor))[:most])
    if len(spoken) == most + 1:
        own = set(spoken)
    told: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for (actor, statement), found in signs.items():
        told[actor if actor in own else REST][statement] |= found
    middle = {actor: float(np.mean([sum(span[s]) / 2 for s in found])) for actor, found in told.items()}
    order = sorted(told, key=lambda actor: (actor == REST, middle[actor], actor))
    return {
        actor: [Said(*span[s], frozenset(signs), 1) for s, signs in told[actor].items()] for actor in order
    }


def _name(about: Subject, actor: int, said: Mapping[int, object]) -> str:
    if actor == REST:
        number = len(about.rows.actor.present()) - len(said) + 1
        return subject.counted(number, "other actor")
    return lettering.wrapped(about.label(about.rows.actor.values[actor]), style.LABEL, NAMES, 1)


def _spans(about: Subject) -> list[tuple[int, int]]:
    """The days the axis is to show: those of the dated statements, or, without any, the bounds that are known."""
    rows, dated = about.rows, about.dated()
    if dated.any():
        return list(zip(rows.earliest[dated].tolist(), rows.latest[dated].tolist(), strict=True))
    bounds = {*rows.earliest[rows.earliest > EARLIEST].tolist(), *rows.latest[rows.latest < LATEST].tolist()}
    return [(day, day) for day in sorted(bounds)]


def _draw(
    sheet: Sheet, rows: Sequence[Row], events: Sequence[Event], shown: Axis, ends: tuple[float, float]
) -> None:
    top, foot = ends
    days.draw(sheet, shown, top, foot)
    happenings.draw(sheet, events, shown, top, foot)
    y = top
    pieces = []
    for row in rows:
        middle = y + row.high / 2
        at = (shown.left - 8, middle)
        strong = style.SOFT if row is rows[-1] and row.rest else style.INK
        sheet.text(at, row.words, across="right", up="center_baseline", colour=strong)
        where = (shown.right + 8, middle)
        sheet.text(where, f"{row.number:,}", size=style.SMALL, up="center_baseline", colour=style.SOFT)
        pieces += [(piece, y + PAD + (piece.lane + 0.5) * LANE) for piece in row.pieces]
        y += row.high
        if row is not rows[-1]:
            sheet.lines([[(shown.left - 4, y), (shown.right, y)]], style.HAIR, 0.7, level=0.6)
    lanes.draw(sheet, pieces)


def _keys(rows: Sequence[Row]) -> list[list[Key]]:
    """The marks that occur with the number of statements of each (a joint one counts for each row), and bars."""
    number: Counter[frozenset[int]] = Counter()
    pieces = [piece for row in rows for piece in row.pieces]
    for piece in pieces:
        number[piece.said.signs] += piece.said.number
    bar = [Key(lanes.sample, 22, "some day in this span")] if any(piece.bar for piece in pieces) else []
    sizes = marks.sizes(max(piece.said.number for piece in pieces), lanes.LARGEST)
    return [[*marks.keys(number), *bar], sizes]


def _note(about: Subject, rows: Sequence[Row], shown: Axis) -> str:
    """What is not drawn, and what is drawn vaguely."""
    told = ["A joint statement stands with each speaker, one that takes several sides bears several signs."]
    if any(any(piece.beyond) for row in rows for piece in row.pieces):
        told.append("An arrow: the span goes on beyond the axis.")
    left = len(np.unique(about.rows.statement.codes[subject.undated(about.rows)]))
    if left:
        told.append(f"Not drawn, without a day: {subject.counted(left, 'statement')}.")
    if shown.unit.name != "day":
        told.append(f"Each column is a {shown.unit.name}.")
    return " ".join(told)
