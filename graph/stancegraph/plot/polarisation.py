"""Polarisation and balance over time, with how many actors and ties each window has to measure them on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby, islice, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from stancegraph import network
from stancegraph.balance.frustration import frustration_index
from stancegraph.balance.scores import line_balance, polarisation, polarisation_range
from stancegraph.dates import spell
from stancegraph.errors import UsageError
from stancegraph.output import quantity
from stancegraph.plot import canvas
from stancegraph.plot.network import SECONDS, signed, weighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stancegraph.network import Moment
    from stancegraph.plot.canvas import Key, Selection
    from stancegraph.store import Store
    from stancegraph.table import Table

    Span = tuple[float, float]

TITLE: Final = "How far apart, over time"
MOST: Final = 400
WIDTH: Final = 7.5
UNITS: Final = {"d": "day", "w": "week", "m": "month", "y": "year", "s": "statement"}
FEW: Final = 10
"""A window of fewer statements is drawn in grey."""
MEASURES: Final = (("balance", "#00785a", "s"), ("polarisation", canvas.INK, "o"))
"""Field, colour and marker; squares are hollow."""
CURVES: Final = 190.0
BARS: Final = 44.0
"""Heights of the axes in points, and from one to the next."""
BETWEEN: Final = 14.0
EVERY: Final = 68.0
"""Points that one label of time needs."""
NARROW: Final = 14.0
NUMBERED: Final = 24.0
"""Where windows are narrower, marks are small and without their days; values are written from the second on."""


@dataclass(frozen=True, slots=True)
class Window:
    """One window (first and last day as ordinals): what it holds, and its two measures, None without a tie.

    `polarisation` is the lowest of all optimal splits, `highest` the highest of them (of one split alone, its own).
    """

    since: int
    until: int
    statements: int
    actors: int
    agree: int
    disagree: int
    polarisation: float | None
    highest: float | None
    balance: float | None


def figure(
    source: Store | Table,
    *,
    width: float | None = None,
    labels: str = "en",
    window: str = "4w",
    step: str | None = None,
    **choices: object,
) -> Figure:
    """Polarisation and balance of each window as a figure; takes the choices and filters of `network.agreement`.

    A window without a tie has neither and is left blank; one of fewer than ten statements is grey. Below stand
    the numbers of actors with a tie and of ties of each sign.
    """
    selection = canvas.select(source, choices, labels=labels)
    if selection.method.aggregation == "ignore":
        raise UsageError(
            "--aggregation ignore has no signs, so no polarisation: choose another for this picture"
        )
    by_statements = window.strip().endswith("s")
    windows, notes = _windows(selection, window, step, by_statements)
    wide = max((width or WIDTH) * canvas.INCH - 2 * canvas.MARGIN - 54, 240.0)
    spans = _spans(windows, by_statements)
    ends = spans[0][0], spans[-1][1]
    picture, (curves, actors, ties) = canvas.stack(wide, [CURVES, BARS, BARS], BETWEEN)
    for axes in (curves, actors, ties):
        axes.set_xlim(ends)
        axes.tick_params(labelbottom=False, labelsize=canvas.SMALL, labelcolor=canvas.SOFT)
    _draw_curves(curves, windows, spans, days=not by_statements)
    _draw_bars(actors, "actors", [([w.actors for w in windows], canvas.NODE)], spans)
    signs = [([w.agree for w in windows], canvas.POSITIVE), ([-w.disagree for w in windows], canvas.NEGATIVE)]
    _draw_bars(ties, "ties", signs, spans)
    _label_time(ties, windows, spans)
    several = any(w.highest != w.polarisation for w in windows)
    words = [_words(window, step, several=several), f"{selection.caption()} {notes}".rstrip()]
    return canvas.surround(
        picture, TITLE, keys=[_keys(windows)], notes=words, width=width or WIDTH, widest=math.inf
    )


def _windows(
    selection: Selection, window: str, step: str | None, by_statements: bool
) -> tuple[list[Window], str]:
    """The windows, and what is left out, in sentences."""
    rows = selection.rows[selection.dated()] if by_statements else selection.rows
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
    left = len(selection.rows) - len(rows)
    loose = f"{quantity(left, 'row', ',')} left out: the day is bounded more loosely than a month"
    notes = list(moments[0].rows.notes) or ([loose] if left else [])
    return [_window(selection, moment) for moment in moments], canvas.sentences(notes)


def _window(selection: Selection, moment: Moment) -> Window:
    graph = signed(moment.rows, selection.method)
    tied = graph.subgraph([node for node in graph if graph.degree(node)])
    weights = [weight for *_, weight in weighted(tied)]
    found = frustration_index(tied, blocs=2, seconds=SECONDS) if weights else None
    lowest = highest = None
    if found:
        own = polarisation(tied, found.blocs)
        lowest, highest = polarisation_range(tied, found) or (own, own)
    return Window(
        moment.since.toordinal(),
        moment.until.toordinal(),
        len(moment.rows.statement.present()),
        len(tied),
        sum(weight > 0 for weight in weights),
        sum(weight < 0 for weight in weights),
        lowest,
        highest,
        line_balance(tied, found.index) if found else None,
    )


def _spans(windows: Sequence[Window], by_statements: bool) -> list[Span]:
    """From where to where each window stands, in days; where they overlap, about its middle.

    Windows of statements stand side by side, whatever their days.
    """
    if by_statements:
        return [(i, i + 1) for i in range(len(windows))]
    spans = [(float(w.since), w.until + 1.0) for w in windows]
    if all(a[1] <= b[0] for a, b in pairwise(spans)):
        return spans
    middles = [(low + high) / 2 for low, high in spans]
    edges = [(a + b) / 2 for a, b in pairwise(middles)]
    return list(pairwise([2 * middles[0] - edges[0], *edges, 2 * middles[-1] - edges[-1]]))


def _room(axes: Axes, spans: Sequence[Span]) -> float:
    """How wide the narrowest window is, in points."""
    low, high = axes.get_xlim()
    wide = axes.get_window_extent().width / axes.figure.dpi * canvas.INCH
    return min(last - first for first, last in spans) / (high - low) * wide


def _draw_curves(axes: Axes, windows: Sequence[Window], spans: Sequence[Span], *, days: bool) -> None:
    """Both measures: a mark in the middle of each window, joined to the next; over its `days`, if spans are such."""
    room = _room(axes, spans)
    axes.set_ylim(-0.09, 1.1)
    shares = (0, 0.25, 0.5, 0.75, 1)
    axes.set_yticks(shares, [f"{share:g}" for share in shares])
    axes.grid(True, axis="y")
    axes.axhline(0, color=canvas.FAINT, linewidth=0.8, zorder=0.8)
    _mark_gaps(axes, windows, spans)
    middles = [(low + high) / 2 for low, high in spans]
    weak = np.array([window.statements < FEW for window in windows])
    for name, colour, marker in MEASURES:
        values = np.array([getattr(window, name) for window in windows], float)  # None is no number: a gap
        axes.plot(middles, values, color=colour, linewidth=1.1, alpha=0.7, label=name, zorder=2)
        for own, shade in ((~weak, colour), (weak, canvas.FAINT)):
            there = own & ~np.isnan(values)
            at, level = np.array(middles)[there], values[there]
            if days and room >= NARROW:
                inset = 3 / room * min(high - low for low, high in spans)
                low, high = np.array(spans)[there].T
                axes.hlines(level, low + inset, high - inset, color=shade, linewidth=1.6, zorder=2)
            axes.scatter(
                at,
                level,
                s=12 if room < NARROW else 34,
                marker=marker,
                facecolor=canvas.PAPER if marker == "s" else shade,
                edgecolor=shade,
                linewidth=1.3,
                zorder=3,
                clip_on=False,
                label=name,
            )
    for window, x in zip(windows, middles, strict=True):
        if window.polarisation is not None and window.highest is not None:
            ends = window.polarisation, window.highest
            axes.vlines(x, *ends, color=canvas.INK, linewidth=3, alpha=0.35, zorder=2.5)
    if room >= NUMBERED:
        _write_values(axes, windows, middles)


def _mark_gaps(axes: Axes, windows: Sequence[Window], spans: Sequence[Span]) -> None:
    """A pale field with a word where there is nothing to measure."""
    cells = list(zip(windows, spans, strict=True))
    for empty, run in groupby(cells, key=lambda cell: cell[0].balance is None):
        own = list(run)
        low, high = own[0][1][0], own[-1][1][1]
        if not empty:
            continue
        axes.axvspan(low, high, color=canvas.GROUND, linewidth=0, zorder=0.4)
        words = "no ties" if any(window.statements for window, _ in own) else "no statements"
        room = _room(axes, [(low, high)])
        if room > canvas.SMALL + 3:
            upright = room < canvas.measure(words, canvas.SMALL) + 8
            look = {"size": canvas.SMALL, "color": canvas.SOFT, "ha": "center", "va": "center"}
            turn = {"rotation": 90 if upright else 0, "rotation_mode": "anchor"}
            axes.text((low + high) / 2, 0.55, words, **look, **turn)  # type: ignore[arg-type]


def _write_values(axes: Axes, windows: Sequence[Window], middles: Sequence[float]) -> None:
    """The values at their marks, the higher above and the lower below."""
    for window, x in zip(windows, middles, strict=True):
        if window.polarisation is None or window.balance is None:
            continue
        for name, colour, _ in MEASURES:
            value: float = getattr(window, name)
            above = (name == "balance") == (window.balance >= window.polarisation)
            most = window.highest if name == "polarisation" else None
            axes.annotate(
                f"{value:.2f}" if most in {None, value} else f"{value:.2f}–{most:.2f}",
                (x, value),
                xytext=(0, 5 if above else -5),
                textcoords="offset points",
                ha="center",
                va="bottom" if above else "top",
                color=canvas.SOFT if window.statements < FEW else colour,
                bbox=canvas.plate(canvas.PAPER),
            )


def _draw_bars(axes: Axes, name: str, series: Sequence[tuple[list[int], str]], spans: Sequence[Span]) -> None:
    """A row of bars, upwards for numbers above 0 and downwards for those below, with their numbers where they fit."""
    middles = [(low + high) / 2 for low, high in spans]
    room = _room(axes, spans)
    thick = min(0.64, 22 / room) * min(high - low for low, high in spans)
    for numbers, colour in series:
        bars = axes.bar(middles, numbers, thick, color=colour, label=name)
        if room >= NUMBERED - 6:
            words = [f"{abs(number):,}" if number else "" for number in numbers]
            axes.bar_label(bars, words, padding=2, size=canvas.SMALL, color=canvas.SOFT)
    axes.axhline(0, color=canvas.FAINT, linewidth=0.8, clip_on=False)
    most = max(1, *(number for numbers, _ in series for number in numbers))
    least = min(0, *(number for numbers, _ in series for number in numbers))
    above, below = 12, 10 if least else 0
    unit = (most - least) / (BARS - above - below)
    axes.set_ylim(least - below * unit, most + above * unit)
    axes.set_yticks([0], [name])


def _label_time(axes: Axes, windows: Sequence[Window], spans: Sequence[Span]) -> None:
    """First and last day below as many windows as there is room for."""
    every = math.ceil(EVERY / _room(axes, spans))
    days = [(spell(w.since, short=True), spell(w.until, short=True)) for w in windows[::every]]
    axes.set_xticks(
        [(low + high) / 2 for low, high in spans[::every]],
        [f"{first} –\n{last}" if first != last else first for first, last in days],
    )
    axes.tick_params(axis="x", labelbottom=True, length=3, pad=2)


def _keys(windows: Sequence[Window]) -> list[Key]:
    """The legend: the measures, what is weak, and the ties of each sign."""

    def sample(colour: str, marker: str) -> Line2D:
        fill = canvas.PAPER if marker == "s" else colour
        return Line2D([], [], color=colour, lw=1.6, marker=marker, ms=5.5, mfc=fill, mec=colour, mew=1.3)

    keys: list[Key] = [(sample(colour, marker), name) for name, colour, marker in reversed(MEASURES)]
    if any(window.statements < FEW and window.balance is not None for window in windows):
        keys.append((sample(canvas.FAINT, "o"), f"fewer than {FEW} statements"))
    keys.append((Patch(color=canvas.POSITIVE), "ties: agree"))
    keys.append((Patch(color=canvas.NEGATIVE), "disagree, downwards"))
    return keys


def _words(window: str, step: str | None, *, several: bool) -> str:
    """What is drawn, in words; `several` optimal splits that polarise otherwise are explained."""
    range_ = "Where several splits are as good it is the lowest, and a bar goes up to the highest. "
    size = _length(window) + (f", one every {_length(step)}" if step else "")
    return (
        "Polarisation: 1 where two blocs of equal size have every negative tie between them and no positive one. "
        f"{range_ if several else ''}"
        "Balance: 1 where no tie runs against the best split in two. "
        f"Windows of {size}; without a tie neither is defined, and a gap is no zero."
    )


def _length(text: str) -> str:
    return quantity(int(text.strip()[:-1]), UNITS[text.strip()[-1]], ",")
