"""Networks over time: lengths, where windows begin and end, what is too loose for them, and kernels."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Any

import numpy as np
import pytest

from february import Graph, says, slug
from stancegraph import network, table
from stancegraph.errors import UsageError
from stancegraph.network.temporal import Length
from stancegraph.table import Table


def dated(*days: str) -> Table:
    """One row for each day, by actors a, b, c …"""
    return table.of(list("abcdefgh")[: len(days)], ["x"] * len(days), [1] * len(days), days=list(days))


def cut(rows: Table, length: str, **more: Any) -> list[tuple[str, str, str]]:
    """First and last day of each window, and its actors."""
    return [
        (str(w.since), str(w.until), "".join(row.actor.label for row in w.rows))
        for w in network.windows(rows, length, **more)
    ]


@pytest.mark.parametrize(
    ("length", "day", "times", "after"),
    [
        ("1d", "2024-02-28", 1, "2024-02-29"),
        ("3d", "2024-02-28", 2, "2024-03-05"),
        ("2w", "2024-02-01", 1, "2024-02-15"),
        ("1m", "2024-01-31", 1, "2024-02-29"),
        ("1m", "2024-01-31", 2, "2024-03-31"),
        ("1m", "2024-12-15", 1, "2025-01-15"),
        ("1m", "2024-11-30", 1, "2024-12-30"),
        ("5m", "2024-10-31", 1, "2025-03-31"),
        ("1y", "2024-02-29", 1, "2025-02-28"),
        ("2y", "2024-06-30", 2, "2028-06-30"),
        ("1m", "9999-12-01", 1, "9999-12-31"),
        ("999999d", "9999-01-01", 1, "9999-12-31"),
        ("4d", "2024-02-28", 0, "2024-02-28"),
    ],
)
def test_a_length_after_a_day_is_the_same_day_or_the_last_of_its_month(
    length: str, day: str, times: int, after: str
) -> None:
    assert str(Length.of(length).after(date.fromisoformat(day), times)) == after


def test_a_length_without_a_number_of_times_is_taken_once() -> None:
    assert Length.of(" 2w ").after(date(2024, 2, 1)) == date(2024, 2, 15)


@pytest.mark.parametrize(
    ("length", "days"), [("5d", 5), ("2w", 14), ("3m", 93), ("2y", 732), ("7s", 0), ("123456d", 123_456)]
)
def test_the_most_days_of_a_length(length: str, days: int) -> None:
    assert Length.of(length).days == days


def test_a_length_that_is_none_is_told_with_its_option_and_shortened() -> None:
    mend = "is no length: write 28d, 4w, 3m, 1y, or 50s for 50 statements"
    for option, said in (({}, "window"), ({"step": "x" * 21}, "step")):
        with pytest.raises(UsageError) as caught:
            list(network.windows(dated("2024-02-01"), "1w" if option else "y" * 21, **option))  # type: ignore[arg-type]
        assert str(caught.value) == f"--{said} '{('x' if option else 'y') * 20}' {mend}"
    with pytest.raises(UsageError, match="1234567d"):
        Length.of("1234567d")


def test_windows_begin_on_the_first_day_and_end_with_the_one_that_holds_the_last() -> None:
    rows = dated("2024-02-01", "2024-02-07", "2024-02-08", "2024-02-14", "2024-02-15")
    assert cut(rows, "1w") == [
        ("2024-02-01", "2024-02-07", "ab"),
        ("2024-02-08", "2024-02-14", "cd"),
        ("2024-02-15", "2024-02-21", "e"),
    ]
    assert cut(rows[:4], "1w") == [("2024-02-01", "2024-02-07", "ab"), ("2024-02-08", "2024-02-14", "cd")]


def test_windows_may_overlap_or_leave_days_out() -> None:
    rows = dated("2024-02-01", "2024-02-04", "2024-02-06", "2024-02-09")
    assert cut(rows, "4d", step="2d") == [
        ("2024-02-01", "2024-02-04", "ab"),
        ("2024-02-03", "2024-02-06", "bc"),
        ("2024-02-05", "2024-02-08", "c"),
        ("2024-02-07", "2024-02-10", "d"),
    ]
    assert cut(rows, "1d", step="4d") == [
        ("2024-02-01", "2024-02-01", "a"),
        ("2024-02-05", "2024-02-05", ""),
        ("2024-02-09", "2024-02-09", "d"),
    ]
    assert cut(rows, "1w", start=date(2024, 1, 30)) == [
        ("2024-01-30", "2024-02-05", "ab"),
        ("2024-02-06", "2024-02-12", "cd"),
    ]


def test_the_last_window_ends_with_the_calendar() -> None:
    assert cut(dated("9999-12-30"), "1w") == [("9999-12-30", "9999-12-30", "a")]
    assert cut(dated("9999-12-31"), "1w") == [("9999-12-31", "9999-12-31", "a")]


def test_a_row_of_several_days_is_in_each_window_it_overlaps_unless_it_is_wider(graph: Graph) -> None:
    rows = table.stances(
        graph(
            says("a", "ada", "1", "+dam"),
            says("b", "bo", "6..9", "+dam"),
            says("c", "cy", "1..7", "+dam"),
            says("d", "di", "1..8", "+dam"),
            says("e", "di", "2..9", "+dam"),
        )
    )
    found = list(network.windows(rows, "1w"))
    told = [{slug(iri) for iri in window.rows.statement.to_list()} for window in found]
    assert told == [{"a", "b", "c"}, {"b"}]
    assert found[1].rows.notes == ("2 rows left out: the day is bounded more loosely than the window",)
    fewer = rows[np.array([slug(iri) != "e" for iri in rows.statement.to_list()])]
    (one,) = network.windows(fewer, "1w", start=date(2020, 2, 5))
    assert one.rows.notes == ("1 row left out: the day is bounded more loosely than the window",)
    (moment,) = network.kernels(rows, "uniform", 7, at=["2020-02-03"])
    assert {slug(iri) for iri in moment.rows.statement.to_list()} == {"a", "c"}
    assert moment.rows.notes == ("2 rows left out: the day is bounded more loosely than the kernel",)


def test_windows_of_statements_keep_all_rows_of_each(graph: Graph) -> None:
    rows = table.stances(
        graph(
            says("a", "ada bo", "1", "+dam"),
            says("b", "cy", "2", "+dam -bridge"),
            says("c", "di", "3..5", "+dam"),
            says("d", "di", "6", "+dam"),
        )
    )
    found = [
        (str(w.since), str(w.until), [slug(iri) for iri in w.rows.statement.to_list()])
        for w in network.windows(rows, "2s", step="1s")
    ]
    assert found == [
        ("2020-02-01", "2020-02-02", ["a", "a", "b", "b"]),
        ("2020-02-02", "2020-02-05", ["b", "b", "c"]),
        ("2020-02-03", "2020-02-06", ["c", "d"]),
    ]
    assert [len(w.rows) for w in network.windows(rows, "9s")] == [6]
    assert [len(w.rows) for w in network.windows(rows, "4s", step="1s")] == [6]
    assert [len(w.rows) for w in network.windows(rows, "3s", step="3s")] == [5]


@pytest.mark.parametrize(
    ("days", "length", "step", "note"),
    [
        (5, "2s", "2s", "the last 1 statement left out: it does not fill a window of 2"),
        (5, "3s", "3s", "the last 2 statements left out: they do not fill a window of 3"),
        (4, "2s", "2s", None),
        (3, "2s", "1s", None),
        (2, "3s", "1s", "the only window holds 2 of 3 statements"),
    ],
)
def test_windows_of_statements_say_what_fills_none(
    days: int, length: str, step: str, note: str | None
) -> None:
    rows = dated(*(f"2024-02-0{day}" for day in range(1, days + 1)))
    found = list(network.windows(rows, length, step=step))
    assert {window.rows.notes for window in found} == {(note,) if note else ()}
    assert list(network.windows(rows[:0], length)) == []


def test_of_one_step_in_statements_and_one_in_days_neither_is_guessed() -> None:
    for window, step in (("5s", "1w"), ("1w", "5s")):
        with pytest.raises(UsageError) as caught:
            list(network.windows(dated("2024-02-01"), window, step=step))
        assert str(caught.value) == (
            "--window and --step: count both in statements, or both in days, weeks, months, years"
        )


def test_more_windows_or_moments_than_a_hundred_thousand_are_refused_before_the_first() -> None:
    rows = dated("1000-01-01", "1300-01-01")
    with pytest.raises(UsageError) as caught:
        next(network.windows(rows, "2d", step="1d"))
    assert str(caught.value) == "--step 1d makes more than 100000 windows: take a longer one"
    with pytest.raises(UsageError) as caught:
        next(network.kernels(rows, "uniform", 1))
    assert str(caught.value) == "--step 1d makes more than 100000 moments: take a longer one"


def test_the_moments_of_a_kernel_go_from_the_first_day_to_the_last() -> None:
    rows = dated("2024-02-01", "2024-02-03", "2024-02-05")
    assert [str(m.since) for m in network.kernels(rows, "uniform", 1)] == [
        f"2024-02-0{day}" for day in range(1, 6)
    ]
    moments = list(network.kernels(rows, "uniform", 4, step="3d"))
    assert [(str(m.since), str(m.until), len(m.rows)) for m in moments] == [
        ("2024-02-01", "2024-02-01", 2),
        ("2024-02-04", "2024-02-04", 2),
    ]


def test_a_kernel_reaches_half_its_width_to_either_side_and_counts_the_middle_of_a_span(graph: Graph) -> None:
    """Width 8: u is a quarter of the days. 6 to 9 counts as 7.5: of day 10, u = 2.5 / 4."""
    rows = table.stances(
        graph(
            says("a", "ada", "6", "+dam"),
            says("b", "bo", "6..9", "+dam"),
            says("c", "cy", "12", "+dam"),
            says("d", "di", "15", "+dam"),
        )
    )

    def weights(kernel: str) -> dict[str, float]:
        (moment,) = network.kernels(rows, kernel, 8, at=[date(2020, 2, 10)])
        assert moment.weights is not None
        return dict(zip(map(slug, moment.rows.statement.to_list()), moment.weights.tolist(), strict=True))

    assert weights("triangular") == {"b": 1 - 2.5 / 4, "c": 0.5}
    assert weights("uniform") == {"a": 0.5, "b": 0.5, "c": 0.5}
    assert weights("epanechnikov") == {"b": pytest.approx(0.75 * (1 - 0.625**2)), "c": 0.5625}
    normal = {
        s: float(np.exp(-u * u / 2) / np.sqrt(2 * np.pi))
        for s, u in zip("abcd", (1, 0.625, 0.5, 1.25), strict=True)
    }
    assert weights("gaussian") == pytest.approx(normal)


@pytest.mark.parametrize(
    ("kernel", "width", "more", "message"),
    [
        ("box", 5, {}, "--kernel 'box': choose one of epanechnikov, triangular, uniform, gaussian"),
        ("uniform", 0, {}, "--width 0: a kernel spans 1 to 36525 days"),
        ("uniform", 36_526, {}, "--width 36526: a kernel spans 1 to 36525 days"),
        ("uniform", 5, {"step": "2s"}, "--step: the moments of a kernel are days apart, not statements"),
        (
            "uniform",
            5,
            {"step": "2"},
            "--step '2' is no length: write 28d, 4w, 3m, 1y, or 50s for 50 statements",
        ),
        ("uniform", 5, {"at": ["soon"]}, "--at 'soon' is not a day of the calendar: write it as 2024-12-31"),
    ],
)
def test_a_kernel_that_is_none_is_refused(
    kernel: str, width: int, more: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        list(network.kernels(dated("2024-02-01"), kernel, width, **more))
    assert str(caught.value) == message


def test_the_narrowest_and_the_widest_kernel_are_taken() -> None:
    for width in (1, 36_525):
        assert len(list(islice(network.kernels(dated("2024-02-01"), "uniform", width), 2))) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "a series is either of windows (--window 4w) or of kernel weights (--kernel, --width)"),
        (
            {"window": "1w", "kernel": "uniform", "width": 3},
            "a series is either of windows (--window 4w) or of kernel weights (--kernel, --width)",
        ),
        ({"kernel": "uniform"}, "--kernel uniform needs --width: over how many days it spreads"),
        (
            {"window": "1w", "actor": "a"},
            "a table is filtered already: filter where it is made (table.stances)",
        ),
    ],
)
def test_a_series_is_of_windows_or_of_kernels(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        list(network.series(dated("2024-02-01"), **options))
    assert str(caught.value) == message


def test_a_series_is_a_network_for_each_window_of_the_kind_asked_for() -> None:
    rows = table.of(
        list("abab"),
        list("xxyy"),
        [1, 1, 1, -1],
        days=["2024-02-01", "2024-02-02", "2024-02-08", "2024-02-09"],
    )
    by_week = list(network.series(rows, window="1w", normalisation="none"))
    assert [graph.edges["a", "b"]["weight"] for _, graph in by_week] == [1, -1]
    assert [str(moment.since) for moment, _ in by_week] == ["2024-02-01", "2024-02-08"]
    began = list(network.series(rows, window="1w", step="5d", start=date(2024, 2, 2), of="stances"))
    assert [(str(moment.since), graph.number_of_edges()) for moment, graph in began] == [
        ("2024-02-02", 2),
        ("2024-02-07", 2),
    ]
    around = list(network.series(rows, kernel="uniform", width=2, step="7d", of="two-mode"))
    assert [(str(moment.since), graph.number_of_edges()) for moment, graph in around] == [
        ("2024-02-01", 2),
        ("2024-02-08", 2),
    ]
    daily = [str(moment.since) for moment, _ in network.series(rows, kernel="uniform", width=2)]
    assert daily == [f"2024-02-0{day}" for day in range(1, 10)]
    ((moment, graph),) = network.series(rows, kernel="uniform", width=2, at=["2024-02-08"], of="two-mode")
    assert (str(moment.since), sorted(graph.edges)) == ("2024-02-08", [("a", "y"), ("b", "y")])
