"""Agreement is agreement at one time: where periods are cut, who meets inside them, and what falls in none."""

from __future__ import annotations

from datetime import date
from itertools import chain

import pytest

from conftest import Run
from february import Graph, says
from stancegraph import network, statements, table
from stancegraph.dates import EARLIEST, LATEST
from stancegraph.errors import StanceError, UnknownName, UsageError
from stancegraph.network import Method
from stancegraph.network.temporal import event_day, name_spans, of_network, overlaps, periods
from stancegraph.store import Store
from stancegraph.table import Table

STRADDLING = "1 row left out: the days straddle two periods, or an end is open"
MARCH = ("2024-11-27…2024-12-07", "2025-03-06…2025-03-09")


def on(*days: str) -> Table:
    """Somebody new says the same on each of these days."""
    return table.of([f"a{i}" for i in range(len(days))], ["x"] * len(days), [1] * len(days), days=days)


def met(rows: Table | Store, period: str | None = None) -> set[str]:
    """Pairs of those who agree: "a0 a1"."""
    made = network.agreement(rows, period=period)
    label = {node: data["label"] for node, data in made.nodes(data=True)}
    return {" ".join(sorted((label[a], label[b]))) for a, b in made.edges}


def notes(rows: Table | Store, period: str | None = None) -> tuple[str, ...]:
    found: tuple[str, ...] = network.agreement(rows, period=period).graph["notes"]
    return found


def test_thirty_silent_days_begin_another_period_and_twenty_nine_do_not() -> None:
    """From 1 to 31 January 29 days lie between, from 1 January to 1 February 30."""
    assert met(on("2025-01-01", "2025-01-31")) == {"a0 a1"}
    assert notes(on("2025-01-01", "2025-01-31")) == ()
    assert met(on("2025-01-01", "2025-02-01")) == set()
    assert notes(on("2025-01-01", "2025-02-01")) == ("2 periods: 2025-01-01, 2025-02-01",)


def test_silence_is_that_of_the_whole_graph_whoever_is_asked_about(graph: Graph) -> None:
    """Ada and Bo are 33 days apart; Cy speaks of something else in between, and takes no stance."""
    two = (says("a", "ada", "4", "+bridge"), says("b", "bo", "03-08", "+bridge"))
    assert met(graph(*two)) == set()
    assert met(graph(*two, says("c", "cy", "20", ""))) == {"Ada Bo"}
    alone = network.agreement(graph(*two, says("c", "cy", "20", "")), not_actor="Cy")
    assert alone.number_of_edges() == 1


def test_a_stretch_longer_than_a_quarter_is_cut_by_calendar_quarters() -> None:
    """10 January to 11 April are 92 days, to 12 April 93: cut on 1 April."""
    until = ("2025-01-10", "2025-02-05", "2025-03-03", "2025-03-29")
    assert notes(on(*until, "2025-04-11")) == ()
    assert met(on(*until, "2025-04-11")) >= {"a0 a4", "a3 a4"}
    assert notes(on(*until, "2025-04-12")) == ("2 periods: 2025-01-10…2025-03-29, 2025-04-12",)
    assert {pair for pair in met(on(*until, "2025-04-12")) if "a4" in pair} == set()


def test_what_is_dated_loosely_bridges_no_silence_and_is_in_no_period(graph: Graph) -> None:
    """Between 10 January and 1 March nobody surely spoke; Cy may have, on any of 61 days."""
    own = graph(
        says("a", "ada", "01-10", "+bridge"),
        says("b", "bo", "03-01", "+bridge"),
        says("c", "cy", "01-05..03-05", "+bridge"),
    )
    assert notes(own) == ("2 periods: 2020-01-10, 2020-03-01", STRADDLING)
    assert met(own) == set()


def test_what_is_dated_loosely_amid_silence_is_a_period_of_its_own(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "01-10", "+bridge"),
        says("b", "bo", "03-01..04-15", "+bridge"),
        says("c", "cy", "03-10..04-20", "+bridge"),
    )
    assert notes(own) == ("2 periods: 2020-01-10, 2020-03-01…2020-04-20",)
    assert met(own) == {"Bo Cy"}


@pytest.mark.parametrize(
    ("period", "pairs"),
    [
        ("none", {"a0 a1", "a0 a2", "a0 a3", "a1 a2", "a1 a3", "a2 a3"}),
        ("year", {"a0 a1", "a0 a2", "a1 a2"}),
        ("quarter", {"a0 a1", "a0 a2", "a1 a2"}),
        ("month", {"a0 a1"}),
        ("week", set()),
        ("10", {"a1 a2"}),
        ("11", {"a0 a1"}),
        ("2025-03-20", {"a1 a2", "a1 a3", "a2 a3"}),
        ("2025-03-20, 2025-04-01", {"a2 a3"}),
    ],
)
def test_periods_are_calendar_ones_so_many_days_or_cut_on_days(period: str, pairs: set[str]) -> None:
    """Thursday 13 and Sunday 23 March in weeks of their own; counted in tens and elevens from 13 March.

    Tens begin on 13 and 23 March and 2 April: 23 March and 1 April share one. Elevens begin on 13 and 24 March.
    """
    days = {"year": ("2025-03-13", "2025-03-23", "2025-04-01", "2026-01-01")}
    days["quarter"] = ("2025-01-13", "2025-03-23", "2025-03-31", "2025-04-01")
    rows = on(*days.get(period, ("2025-03-13", "2025-03-23", "2025-04-01", "2025-06-30")))
    assert met(rows, period) == pairs


def test_whose_days_straddle_two_periods_is_left_out_with_a_note(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "20", "+bridge"),
        says("b", "bo", "25..03-05", "+bridge"),
        says("c", "cy", "03-10", "+bridge"),
    )
    assert notes(own, "month") == ("2 periods: 2020-02-20, 2020-03-10", STRADDLING)
    assert met(own, "month") == set()
    assert met(own, "none") == {"Ada Bo", "Ada Cy", "Bo Cy"}


def test_an_open_end_overlaps_every_range_and_falls_in_no_period(graph: Graph) -> None:
    open_end = 'stance:saidNotAfter "2020-02-05"^^xsd:date ;'
    parts = (says("a", "ada", "", "+bridge", open_end), says("b", "bo", "4", "+bridge"))
    own = graph(*parts)
    for days, there in (
        ({"until": "1900-01-01"}, True),
        ({"since": "2010-01-01", "until": "2010-12-31"}, True),
        ({"since": "2020-02-05"}, True),
        ({"since": "2020-02-06"}, False),
    ):
        assert bool(statements.said(own, actor="Ada", **days)) is there  # type: ignore[arg-type]
    (said,) = statements.said(own, actor="Ada")
    assert said.date == "../2020-02-05"
    assert met(own) == {"Ada Bo"}  # one period only: all time is in it
    cut = graph(*parts, says("c", "cy", "05-04", "+bridge"))
    assert notes(cut) == ("2 periods: 2020-02-04, 2020-05-04", STRADDLING)
    assert met(cut) == set()


def test_an_open_beginning_is_an_open_end_too(graph: Graph) -> None:
    since = 'stance:saidNotBefore "2020-02-05"^^xsd:date ;'
    own = graph(says("a", "ada", "", "+bridge", since))
    assert len(statements.said(own, since="2100-01-01")) == 1
    assert statements.said(own, until="2020-02-04") == []
    assert statements.said(own)[0].date == "2020-02-05/.."


def test_an_event_cuts_on_its_first_day(graph: Graph, shipped: Store) -> None:
    """The flood begins on 10 February."""
    own = graph(
        says("a", "ada", "9", "+bridge"), says("b", "bo", "10", "+bridge"), says("c", "cy", "11", "+bridge")
    )
    assert met(own, "Flood") == {"Bo Cy"}
    assert notes(own, "Flood") == ("2 periods: 2020-02-09, 2020-02-10…2020-02-11",)
    with pytest.raises(UsageError, match="Drought has no day"):
        network.agreement(own, period="Drought")
    first, *_ = network.agreement(shipped, period="fall of Assad").graph["notes"]
    assert first == "2 periods: 2024-11-27…2024-12-07, 2024-12-08…2025-03-09"


def test_what_is_no_period_is_told(graph: Graph, run: Run) -> None:
    own = graph(says("a", "ada", "4", "+bridge"))
    with pytest.raises(UnknownName, match="no event is called 'fall of Babylon'"):
        network.agreement(own, period="fall of Babylon")
    with pytest.raises(UsageError, match="--period '2020-02-30' is not a day"):
        network.agreement(own, period="2020-02-30")
    with pytest.raises(UsageError, match="write auto, none, week, month"):
        network.agreement(on("2025-01-01"), period="fall of Assad")
    with pytest.raises(UsageError, match="take a longer one"):
        network.agreement(on("1900-01-01", "2025-01-01"), period="1")
    done = run("network", "--period", "fall of Babylon")
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: no event is called 'fall of Babylon'" in done.stderr


def test_every_answer_about_agreement_takes_a_period(run: Run) -> None:
    """In December al-Sudani said of Syria's rebels, that people are killed for their sect; al-Sadr in March."""
    assert f"2 periods: {', '.join(MARCH)}" in run("network").stderr
    for command in ("allies al-Sadr", "network --kind agreement", "alliances", "compare al-Sadr al-Sudani"):
        done = run(*command.split(), "--format", "json")
        whole = run(*command.split(), "--period", "none", "--format", "json")
        assert "periods" not in whole.stderr
        assert whole.stdout != done.stdout, command


def test_comparing_two_says_in_which_period(shipped: Store) -> None:
    rows = network.compare(shipped, "al-Sadr", "al-Sudani")
    sect = "People in Syria are being targeted for the community they belong to."
    assert [
        (row["period"], row["relation"], row["a"], row["b"]) for row in rows if row["target"] == sect
    ] == [(MARCH[0], "never met", "", "says"), (MARCH[1], "never met", "says", "")]
    (whole,) = (
        r for r in network.compare(shipped, "al-Sadr", "al-Sudani", period="none") if r["target"] == sect
    )
    assert (whole["period"], whole["relation"], whole["a"], whole["b"]) == ("", "agree", "says", "says")


def test_al_sadr_is_no_ally_of_those_he_accuses_nor_of_what_was_said_of_others(shipped: Store) -> None:
    """His six targets are one row each; the ministry's two are its restraint, which binds it, and the trials.

    Counted with its undertaking the ministry shares one of them: 1 over (6 + 2)/2.
    """

    def allied(**choices: bool | str) -> dict[str, float]:
        rows = network.allies(shipped, "al-Sadr", **choices)  # type: ignore[arg-type]
        return {row["actor"]: row["weight"] for row in rows if row["relation"] == "ally"}

    assert not {"Syrian Defence Ministry", "Mohammed Shia' al-Sudani"} & allied().keys()
    assert "Syrian Observatory for Human Rights" in allied()
    ministry = {name: weight for name, weight in allied(undertakings=True).items() if "efen" in name}
    assert list(ministry.values()) == [pytest.approx(1 / 4)]
    assert "Mohammed Shia' al-Sudani" in allied(period="none")


def test_targets_and_actors_meet_in_the_same_periods() -> None:
    """Of x and y one speaks on both days, in different periods; in the whole time x and y are tied by her."""
    rows = table.of(["a", "a"], ["x", "y"], [1, 1], days=["2025-01-01", "2025-06-01"])
    assert list(network.targets(rows).edges) == []
    assert len(network.targets(rows, period="none").edges) == 1
    twice = chain(network.two_mode(rows).edges, network.stances(rows).edges)
    assert len(list(twice)) == 4, "two-mode and stance networks know no periods"


def ordinals(*days: str) -> list[tuple[int, int]]:
    """First and last days: "2024-12-01" or "2024-12-01..2024-12-06"."""
    ends = ((day.split("..")[0], day.split("..")[-1]) for day in days)
    return [
        (date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()) for first, last in ends
    ]


@pytest.mark.parametrize(
    ("spans", "days", "names"),
    [
        # The seventh is surely December; what may have been said on either side of the month's end names neither.
        (["2024-11-27..2024-12-07"], ["2024-11-27..2024-12-07", "2024-12-07"], ["December 2024"]),
        (["2024-11-27..2025-01-07"], ["2024-12-07", "2025-01-02"], ["December 2024 – January 2025"]),
        (["2024-11-27..2024-12-07"], ["2024-11-28..2024-12-02"], ["November–December 2024"]),
        # Said in part before the span, it may have been said in it, but does not tell its month.
        (["2024-12-05..2025-01-07"], ["2024-12-04..2024-12-05", "2025-01-07"], ["January 2025"]),
        (["2024-12-01..2024-12-07"], ["2024-12-08", "2024-11-30"], [None]),
        (["2024-12-01..2024-12-07"], ["2024-12-07..2024-12-08"], ["December 2024"]),
        (
            ["2024-12-01..2024-12-07", "2024-12-20", "2025-01-01"],
            ["2024-12-01", "2024-12-20", "2025-01-01"],
            ["1 Dec 2024 – 7 Dec 2024", "20 Dec 2024", "January 2025"],
        ),
    ],
)
def test_a_span_is_named_by_the_months_in_which_something_was_surely_said(
    spans: list[str], days: list[str], names: list[str | None]
) -> None:
    of = ordinals(*spans)
    open_ends = [(None, of[0][0]), (of[0][0], None), (None, None)]
    found = name_spans(of, [*ordinals(*days), *open_ends])
    assert [found.get(span) for span in of] == names
    assert not overlaps(None, None, of[0])
    assert name_spans([(1, of[0][1])], ordinals(*days)) == {}, "of what has no beginning no month is told"


def test_more_than_eight_periods_are_told_by_the_first_four_and_the_last_three() -> None:
    months = [f"2025-{month:02}-03" for month in range(1, 10)]
    nine = periods("month", ordinals(*months))
    assert str(nine) == f"9 periods: {', '.join(months[:4])}, …, {', '.join(months[-3:])}"
    assert str(periods("month", ordinals(*months[:8]))) == f"8 periods: {', '.join(months[:8])}"


def test_a_period_in_which_nothing_was_said_is_told_by_its_first_day() -> None:
    found = periods("month", ordinals("2025-01-03..2025-01-09", "2025-03-30..2025-04-02", "2025-04-02"))
    assert [found.label(place) for place in range(4)] == [
        "2025-01-03…2025-01-09",
        "2025-02-01",
        "2025-03-01",
        "2025-04-02",
    ]
    assert str(found) == "2 periods: 2025-01-03…2025-01-09, 2025-04-02"


def test_days_with_an_open_end_make_no_period() -> None:
    known = ordinals("2025-01-03", "2025-03-04")
    for ends in ((EARLIEST, known[0][1]), (known[1][0], LATEST), (EARLIEST, LATEST)):
        assert str(periods("60", [ends, *known])) == "2 periods: 2025-01-03, 2025-03-04"


def test_an_event_is_its_first_day_or_a_day_itself(graph: Graph) -> None:
    """The second flood has two days, of which the earlier counts; an hour of it is no matter."""
    own = graph(
        ':second a schema:Event ; skos:prefLabel "Second flood"@en ; schema:startDate "2020-03-09"^^xsd:date ,',
        ' "2020-03-08T10:00:00Z"^^xsd:dateTime .',
        ':wrong a schema:Event ; skos:prefLabel "Wrong"@en ; schema:startDate "soon" .',
    )
    assert event_day(own, "Flood") == ("Flood", date(2020, 2, 10))
    assert event_day(own, "Second flood") == ("Second flood", date(2020, 3, 8))
    assert event_day(own, " 2020-02-03 ") == ("2020-02-03", date(2020, 2, 3))
    with pytest.raises(UsageError, match=r"^--event '2020-02-31' is not a day of the calendar"):
        event_day(own, "2020-02-31")
    with pytest.raises(
        UsageError, match=r"^Drought has no day in this graph: give the day itself, as 2024-12-31$"
    ):
        event_day(own, "Drought")
    said = r"^https://example\.org/id/wrong: schema:startDate 'soon' is not a day: mend it \(`stancegraph check` f"
    with pytest.raises(StanceError, match=said):
        event_day(own, "Wrong")


def test_a_network_has_periods_where_not_all_rows_meet_in_one(graph: Graph) -> None:
    own = graph(says("a", "ada", "1", "+bridge"), says("b", "bo", "03-01", "+bridge"))
    for method, number in (
        (Method(), 0),
        (Method(period="month"), 2),
        (Method(kind="targets", period="month"), 2),
        (Method(period="none"), 0),
        (Method(kind="two-mode", period="month"), 0),
    ):
        found = of_network(method, own)
        assert (len(found.starts) if found else 0) == number


def test_ten_thousand_periods_are_the_most() -> None:
    first = date(1990, 1, 1).toordinal()
    assert len(periods("1", [(first, first), (first + 9_999, first + 9_999)]).starts) == 10_000
    with pytest.raises(UsageError, match=r"^--period 1 makes 10001 periods: take a longer one$"):
        periods("1", [(first, first), (first + 10_000, first + 10_000)])
    words = "auto, none, week, month, quarter, year, a number of days, or days and events"
    with pytest.raises(UsageError, match=f"^--period 'a{'b' * 59}': write {words}$"):
        periods("a" + "b" * 80, [(first, first)])
