"""The timeline: marks and bars on their days, long gaps closed up, events above, nothing over anything else."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from february import opened, says
from pictures import boxes, discs, find, lines, spots, texts, words
from stancegraph import plot, store, table
from stancegraph.statements import catalogue

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
SPAN = "some day in this span"


@pytest.fixture(scope="module")
def drawn() -> Figure:
    """The timeline of the shipped graph."""
    return plot.figure(store.open(), "timeline")


def ticks(figure: Figure, *, minor: bool) -> list[tuple[float, str]]:
    """Place and label of each day, week …, or of each month or year."""
    axis = figure.axes[0].xaxis
    labels = [label.get_text() for label in axis.get_ticklabels(minor=minor)]
    return list(zip(axis.get_ticklocs(minor=minor).tolist(), labels, strict=True))


def totals(figure: Figure) -> list[str]:
    return [label.get_text() for label in figure.axes[0].child_axes[0].get_yticklabels()]


def test_a_long_gap_is_closed_up_and_says_how_long_it_is() -> None:
    rows = table.of(
        ["Ann", "Ben", "Ann"], ["x"] * 3, [1, -1, 1], days=["2024-12-01", "2024-12-02", "2025-03-10"]
    )
    figure = plot.figure(rows, "timeline")
    # 29 days of December, 31, 28, and 9 of March.
    assert find(figure, "97 days left out")
    assert [label for _, label in ticks(figure, minor=True)] == ["1", "2", "10"]
    assert totals(figure) == ["1", "2"]
    assert [label[:3] for _, label in ticks(figure, minor=False)] == ["Dec", "Mar"]
    assert (len(spots(figure, "supports")), len(spots(figure, "opposes"))) == (2, 1)


def test_a_short_gap_stays_and_days_are_equally_wide() -> None:
    when = ["2024-12-01", "2024-12-03", "2024-12-05", "2024-12-20"]
    figure = plot.figure(table.of(["Ann"] * 4, ["x"] * 4, [1] * 4, days=when), "timeline")
    places, days = zip(*ticks(figure, minor=True), strict=True)
    assert days == ("1", "2", "3", "4", "5", "20")
    pitch = places[1] - places[0]
    assert np.diff(places[:5]) == pytest.approx(pitch)
    # Half a day at either end, six days, and the gap of 30 points.
    left, right = figure.axes[0].get_xlim()
    assert left == 0
    assert right == pytest.approx(6 * pitch + 30)
    assert places[0] == pytest.approx(pitch / 2)
    assert places[-1] == pytest.approx(right - pitch / 2)


@pytest.mark.parametrize(
    ("later", "days"), [("2024-12-06", ["1", "2", "3", "4", "5", "6"]), ("2024-12-07", ["1", "7"])]
)
def test_four_empty_days_stay_and_five_are_closed_up(later: str, days: list[str]) -> None:
    rows = table.of(["Ann", "Ann"], ["x", "x"], [1, 1], days=["2024-12-01", later])
    figure = plot.figure(rows, "timeline")
    assert [label for _, label in ticks(figure, minor=True)] == days
    assert bool(find(figure, "5 days left out")) == (len(days) == 2)


@pytest.mark.parametrize(
    ("event", "days"),
    [
        ("02-13", [str(day) for day in range(10, 14)]),
        ("02-14", ["10"]),
        ("02-07", [str(day) for day in range(7, 11)]),
        ("02-06", ["10"]),
    ],
)
def test_an_event_up_to_three_days_away_is_near(tmp_path: Path, event: str, days: list[str]) -> None:
    fire = f':fire a schema:Event ; skos:prefLabel "Fire"@en ; schema:startDate "2020-{event}"^^xsd:date .'
    own = opened(tmp_path, fire, says("a", "ada", "10", "+dam"))
    assert [label for _, label in ticks(plot.figure(own, "timeline"), minor=True)] == days


def test_a_bar_that_begins_in_a_gap_begins_in_its_middle() -> None:
    when = ["2024-12-01", "2024-12-02", "2025-02-20", "2025-02-20"]
    rows = table.of(["Ann", "Ann", "Ann", "Ben"], ["x"] * 4, [1] * 4, days=when)
    # What Ben said may be of any day from 10 January on: too loose for the axis to show all of them.
    loose = np.where(rows.actor.codes == 1, date(2025, 1, 10).toordinal(), rows.earliest)
    figure = plot.figure(replace(rows, earliest=loose), "timeline")
    (bar,) = lines(figure, SPAN)
    places = {label: place for place, label in ticks(figure, minor=True)}
    assert bar[0][0] == pytest.approx((places["2"] + places["20"]) / 2)
    assert bar[1][0] > places["20"]


def test_a_statement_of_which_only_the_span_is_known_is_a_bar_over_its_days() -> None:
    figure = plot.figure(store.open(FIVE), "timeline")
    (bar,) = lines(figure, SPAN)
    # From 1 to 9 March: the label of the first is the last "1" below the axis, December having another.
    first, last = (max(x for x, label in ticks(figure, minor=True) if label == day) for day in ("1", "9"))
    half = (last - first) / 8 / 2
    assert first - half <= bar[0][0] < first < last < bar[1][0] <= last + half


def test_alike_statements_of_a_day_are_one_mark_and_other_actors_one_row() -> None:
    who = ["Ann"] * 4 + ["Ben"] * 3 + ["Cat", "Dan"]
    figure = plot.figure(table.of(who, ["x"] * 9, [1] * 9, days=["2024-12-01"] * 9), "timeline", most=2)
    assert find(figure, "2 other actors")
    assert len(spots(figure, "supports")) == 3
    assert "supports (9)" in words(figure)
    # From the top down.
    ann, ben, others = (
        radius for _, _, radius in sorted(discs(figure, "supports"), key=lambda disc: -disc[1])
    )
    assert ann > ben > others


def test_the_shipped_timeline_names_the_events_of_its_days(drawn: Figure) -> None:
    shown = [("2024-11-27", "2024-12-08"), ("2025-03-06", "2025-03-09")]
    known = catalogue.events(store.open())
    names = [e["event"] for e in known if e["date"] and any(a <= e["date"][:10] <= b for a, b in shown)]
    assert len(names) > 5
    assert set(names) <= set(texts(drawn))
    assert len(lines(drawn, "event")) == len(names)
    assert find(drawn, "87 days left out")


def test_the_axis_reaches_to_events_that_are_near() -> None:
    # Al-Khazali spoke on 8 March; the violence on the coast began two days before, the fall of Assad long before.
    near = {
        e["event"]: e["date"][:10]
        for e in catalogue.events(store.open())
        if e["date"] and "2025-03-05" <= e["date"][:10] <= "2025-03-11"
    }
    figure = plot.figure(store.open(), "timeline", actor="khazali")
    days = [label for _, label in ticks(figure, minor=True)]
    assert days == [str(day) for day in range(int(min(near.values())[-2:]), int(max(near.values())[-2:]) + 1)]
    assert len(days) > 1
    assert set(near) <= set(texts(figure))
    assert not find(figure, "Fall of the Assad government")


def test_neither_marks_nor_bars_of_the_timeline_lie_on_each_other(drawn: Figure) -> None:
    bars = lines(drawn, SPAN)
    assert len(bars) > 10
    for ((a, y), (b, _)), ((c, z), (d, _)) in itertools.combinations(bars, 2):
        assert y != z or b < c or d < a
    marks = {disc for name in ("supports", "opposes", "neutral") for disc in discs(drawn, name)}
    assert len(marks) > 40
    for (x, y, r), (u, v, s) in itertools.combinations(marks, 2):
        assert (x - u) ** 2 + (y - v) ** 2 >= (r + s) ** 2


def test_bars_that_share_a_day_lie_in_two_lanes_however_narrow_the_days(tmp_path: Path) -> None:
    own = opened(
        tmp_path,
        says("a", "ada", "01-05..01-25", "+dam"),
        says("b", "ada", "01-25..02-14", "-dam"),
        says("c", "ada", "02-15..03-04", "+dam"),
    )
    bars = sorted(lines(plot.figure(own, "timeline"), SPAN))
    lanes = [begin[1] for begin, _ in bars]
    assert lanes[0] != lanes[1]
    assert lanes[2] == lanes[0]


def test_names_of_the_timeline_do_not_overlap(drawn: Figure) -> None:
    actors = {row.actor.label for row in table.stances(store.open())}
    names = boxes(drawn, actors)
    assert len(names) == 20
    for (one, a), (other, b) in itertools.combinations(names, 2):
        assert not a.overlaps(b), (one, other)


def test_years_of_statements_are_drawn_by_larger_units() -> None:
    when = [f"{year}-{month:02}-15" for year in range(2001, 2005) for month in range(1, 13)]
    rows = table.of(["Ann"] * 48, ["x"] * 48, [1] * 48, days=when)
    figure = plot.figure(rows, "timeline")
    assert "Each column is a month." in words(figure)
    assert len(spots(figure, "supports")) == 48
    assert [label for _, label in ticks(figure, minor=False)] == ["2001", "2002", "2003", "2004"]
