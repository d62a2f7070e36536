"""Polarisation and balance over time, with how many actors and ties each window has to measure them on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from stancegraph import network
from stancegraph.balance.frustration import frustration_index
from stancegraph.balance.scores import line_balance, polarisation
from stancegraph.errors import UsageError
from stancegraph.plot import curves, style, subject
from stancegraph.plot.blocs import SECONDS, weighted
from stancegraph.plot.frame import framed
from stancegraph.plot.network import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from stancegraph.network import Moment
    from stancegraph.plot.subject import Subject
    from stancegraph.store import Store
    from stancegraph.table import Table

TITLE: Final = "How far apart, over time"
MOST: Final = 400
WIDTH: Final = 7.5
UNITS: Final = {"d": "day", "w": "week", "m": "month", "y": "year", "s": "statement"}
FEW: Final = 10
"""A window of fewer statements is drawn in grey."""


@dataclass(frozen=True, slots=True)
class Point:
    """One window (first and last day as ordinals): what it holds, and its two measures, None without a tie."""

    since: int
    until: int
    statements: int
    actors: int
    agree: int
    disagree: int
    polarisation: float | None
    balance: float | None

    @property
    def weak(self) -> bool:
        return self.statements < FEW


def figure(
    source: Store | Table,
    *,
    width: float | None = None,
    labels: str = "en",
    window: str = "4w",
    step: str | None = None,
    **choices: Any,
) -> Figure:
    """Polarisation and balance of each window as a figure; takes the choices and filters of `network.agreement`.

    A window without a tie has neither and is left blank; one of fewer than ten statements is grey. Below stand
    the numbers of actors with a tie and of ties of each sign.
    """
    about = subject.read(source, choices, labels=labels)
    if about.recipe.aggregation == "ignore":
        raise UsageError(
            "--aggregation ignore has no signs, so no polarisation: choose another for this picture"
        )
    points, notes = _points(about, window, step)
    wide = max((width or WIDTH) * style.INCH - 2 * style.MARGIN, 300.0)
    words = [_words(window, step), " ".join([about.caption(), *notes])]
    sheet, top = framed(TITLE, wide, curves.HIGH, head=24.0, keys=[curves.keys(points, FEW)], notes=words)
    curves.draw(sheet, points, (style.MARGIN, top), wide, even=window.strip().endswith("s"))
    return sheet.figure


def _points(about: Subject, window: str, step: str | None) -> tuple[list[Point], list[str]]:
    rows = about.rows[about.dated()] if window.strip().endswith("s") else about.rows
    moments = list(islice(network.windows(rows, window, step=step), MOST + 1))
    if not moments:
        raise UsageError(
            f"no statement that matches is dated closely enough for a window of {window}: "
            "nothing to draw; take longer ones, or loosen the filters"
        )
    if len(moments) > MOST:
        raise UsageError(
            f"--window {window} makes more than {MOST} windows: a picture holds no more; take a longer one"
        )
    left = len(about.rows) - len(rows)
    loose = f"{subject.counted(left, 'row')} left out: the day is bounded more loosely than a month"
    notes = list(moments[0].rows.notes) or ([loose] if left else [])
    return [_point(about, moment) for moment in moments], [
        note[:1].upper() + note[1:] + "." for note in notes
    ]


def _point(about: Subject, moment: Moment) -> Point:
    graph = signed(moment.rows, about.recipe)
    tied = graph.subgraph([node for node in graph if graph.degree(node)])
    weights = [weight for _, _, weight in weighted(tied)]
    found = frustration_index(tied, blocs=2, seconds=SECONDS) if weights else None
    return Point(
        moment.since.toordinal(),
        moment.until.toordinal(),
        len(moment.rows.statement.present()),
        len(tied),
        sum(weight > 0 for weight in weights),
        sum(weight < 0 for weight in weights),
        polarisation(tied, found.blocs) if found else None,
        line_balance(tied, found.index) if found else None,
    )


def _words(window: str, step: str | None) -> str:
    """What is drawn, in words."""
    size = _length(window) + (f", one every {_length(step)}" if step else "")
    return (
        "Polarisation: 1 where two blocs of equal size have every negative tie between them and no positive one. "
        "Balance: 1 where no tie runs against the best split in two. "
        f"Windows of {size}; without a tie neither is defined, and a gap is no zero."
    )


def _length(text: str) -> str:
    number, unit = int(text.strip()[:-1]), UNITS[text.strip()[-1]]
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
