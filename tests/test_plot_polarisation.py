"""Polarisation and balance over time: values on their scale, gaps left open, what they rest on below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.colors import to_hex

from pictures import FAINT, INK, find, named, spots, texts, words
from stancegraph import plot, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from stancegraph.table import Table


@pytest.fixture
def weeks() -> Table:
    """Two opposed pairs in one week, three times over; nobody in the next; two of one mind in the third."""
    first = [("Ann", 1), ("Ben", 1), ("Cat", -1), ("Dan", -1)] * 3
    third = [("Ann", 1), ("Ben", 1)]
    when = ["2024-12-01"] * 12 + ["2024-12-15", "2024-12-21"]
    actors, levels = zip(*first, *third, strict=True)
    return table.of(actors, ["x"] * 14, levels, days=when)


def levels(figure: Figure, name: str) -> list[float]:
    """The values a measure is drawn at, from left to right, on a scale from 0 to 1."""
    axis = figure.axes[0].yaxis
    labels = [label.get_text() for label in axis.get_ticklabels()]
    scale = dict(zip(labels, axis.get_ticklocs().tolist(), strict=True))
    return [(y - scale["0"]) / (scale["1"] - scale["0"]) for _, y in sorted(spots(figure, name))]


def test_polarisation_is_1_for_two_opposed_pairs_and_0_for_unanimity(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="1w")
    assert levels(figure, "polarisation") == pytest.approx([1, 0])
    assert levels(figure, "balance") == pytest.approx([1, 1])


def test_a_week_without_statements_is_a_gap_and_no_zero(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="1w")
    assert len(find(figure, "no statements")) == 1
    (line,) = (line for line in figure.axes[0].lines if line.get_label() == "polarisation")
    assert np.isnan(np.asarray(line.get_ydata(), float)).tolist() == [False, True, False]
    assert "8 Dec 2024 – 14 Dec 2024" in texts(figure)


def test_windows_of_few_statements_are_grey(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="1w")
    marks = [item for item in named(figure, "polarisation") if np.size(item.get_offsets())]
    colours = [
        to_hex(np.atleast_2d(item.get_edgecolor())[0].tolist())
        for item in sorted(marks, key=lambda item: float(np.asarray(item.get_offsets())[0][0]))
    ]
    assert colours == [INK, FAINT]
    assert "fewer than 10 statements" in words(figure)


def test_bars_say_how_many_actors_and_ties_a_window_has(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="1w")
    _, actors, ties = figure.axes
    numbers = [[text.get_text() for text in axes.texts if text.get_text()] for axes in (actors, ties)]
    # Actors 4 and 2; ties within the pairs 2, then 1; between them 4.
    assert numbers == [["4", "2"], ["2", "1", "4"]]
    heights = [patch.get_height() for patch in ties.patches]  # type: ignore[attr-defined]
    assert heights == [2, 0, 1, -4, 0, 0]


def test_windows_of_statements_are_drawn_side_by_side(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="4s", step="4s")
    assert levels(figure, "polarisation") == pytest.approx([1, 1, 1])
    places = sorted(x for x, _ in spots(figure, "polarisation"))
    assert np.diff(places) == pytest.approx([1, 1])
