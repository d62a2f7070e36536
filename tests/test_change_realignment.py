"""Blocs and polarisation over time, and who moved."""

from __future__ import annotations

import pytest

from february import Graph, says
from stancegraph.change.realignment import blocs_over_time
from stancegraph.errors import UsageError

TWO = [("early", "2020-02-01", "2020-02-29"), ("late", "2020-03-01", "2020-03-31")]
HALVES = says("a", "ada bo", "4", "+bridge") + says("b", "cy di", "4", "-bridge")


def test_a_moment_has_the_blocs_of_its_days_and_says_who_moved(graph: Graph) -> None:
    """Two against two is as polarised as can be; three against one is half so: 2 * 1/4, nothing in the way."""
    own = graph(HALVES, says("c", "ada bo cy", "03-04", "+bridge"), says("d", "di", "03-05", "-bridge"))
    early, late = blocs_over_time(own, TWO)
    assert early == {
        "moment": "early",
        "since": "2020-02-01",
        "until": "2020-02-29",
        "actors": 4,
        "statements": 2,
        "ties": 6,
        "frustration": 0,
        "lower_bound": 0,
        "exact": True,
        "polarisation": pytest.approx(1),
        "polarisation_range": pytest.approx([1, 1]),
        "either": [],
        "blocs": [["Ada", "Bo"], ["Cy", "Di"]],
        "moved": None,
    }
    assert late["blocs"] == [["Ada", "Bo", "Cy"], ["Di"]]
    assert late["polarisation"] == pytest.approx(0.5)
    assert (late["statements"], late["moved"]) == (2, ["Cy"])


def test_ties_that_fit_no_two_blocs_are_told_by_their_least_weight(graph: Graph) -> None:
    """Three who contradict each other: each tie is -1 over 2 stances a head, and one of them stays inside a bloc."""
    own = graph(
        says("a", "ada", "4", "+bridge +dam"),
        says("b", "bo", "4", "-bridge +x"),
        says("c", "cy", "4", "-dam -x"),
    )
    (row,) = blocs_over_time(own)
    assert (row["moment"], row["ties"]) == ("2020-02", 3)
    assert (row["frustration"], row["lower_bound"]) == pytest.approx((0.5, 0.5))
    assert row["exact"]
    assert row["polarisation"] == pytest.approx(2 / 3 * 2 / 3)


def test_who_is_tied_by_nothing_to_others_stands_in_no_bloc_with_them(graph: Graph) -> None:
    """Two pairs that never speak of one thing: with whichever of the first the others are, one is against three."""
    own = graph(
        says("a", "ada", "4", "+bridge"), says("b", "bo", "4", "-bridge"), says("c", "cy di", "4", "+dam")
    )
    (row,) = blocs_over_time(own)
    assert row["blocs"] == [["Ada"], ["Bo"], ["Cy", "Di"]]
    assert row["polarisation"] == pytest.approx(2 * 1 / 4)
    assert row["polarisation_range"] == pytest.approx([2 * 1 / 4, 2 * 1 / 4])


def test_several_splits_as_good_give_the_range_of_their_polarisation(graph: Graph) -> None:
    """All enmity is between two, and two others who agree stand with either: one against three is the only split.

    With a fifth and sixth who agree too, both pairs may stand with one (1 against 5) or part (3 against 3).
    """
    more = says("c", "cy di", "4", "+dam") + says("d", "eve fay", "4", "+lake")
    (row,) = blocs_over_time(graph(says("a", "ada", "4", "+bridge"), says("b", "bo", "4", "-bridge"), more))
    assert row["polarisation_range"] == pytest.approx([2 * 1 / 6, 2 * 3 / 6])


def test_blocs_keep_their_place_from_one_moment_to_the_next(graph: Graph) -> None:
    """In March the second bloc is the larger; it stays second, as its actors were second in February."""
    own = graph(HALVES, says("c", "ada", "03-04", "-bridge"), says("d", "cy di", "03-04", "+bridge"))
    early, late = blocs_over_time(own, TWO)
    assert early["blocs"] == [["Ada", "Bo"], ["Cy", "Di"]]
    assert late["blocs"] == [["Ada"], ["Cy", "Di"]]
    assert late["moved"] == []


def test_of_two_who_part_either_may_have_moved(graph: Graph) -> None:
    own = graph(
        says("a", "ada bo", "4", "+bridge"),
        says("c", "ada", "03-04", "+bridge"),
        says("d", "bo", "03-04", "-bridge"),
    )
    assert [row["moved"] for row in blocs_over_time(own, TWO)] == [None, ["Ada", "Bo"]]


def test_who_was_tied_to_none_of_the_others_before_has_not_moved(graph: Graph) -> None:
    """In February two speak of the bridge and two of the dam: that those agree or not, nobody has said."""
    own = graph(
        says("a", "ada bo", "4", "+bridge"),
        says("b", "cy di", "4", "+dam"),
        says("c", "ada bo", "03-04", "+bridge"),
        says("d", "cy di", "03-04", "-bridge"),
    )
    assert [row["moved"] for row in blocs_over_time(own, TWO)] == [None, []]


@pytest.mark.parametrize(("one", "other"), [("ada cy", "di"), ("ada", "cy di")])
def test_who_can_stand_on_either_side_has_not_moved(graph: Graph, one: str, other: str) -> None:
    """In March Cy is tied to either side by 1 over 5/2: whichever it is counted to, the other is as good."""
    own = graph(
        says("a", one, "4", "+bridge"),
        says("b", other, "4", "-bridge"),
        says("c", "ada", "03-04", "+bridge +dam +x"),
        says("d", "di", "03-04", "-bridge -dam +y"),
        says("e", "cy", "03-04", "+x +y"),
    )
    early, late = blocs_over_time(own, TWO)
    assert sorted(map(sorted, early["blocs"])) == sorted(side.title().split() for side in (one, other))
    assert late["frustration"] == pytest.approx(0.4)
    assert late["moved"] == []


def test_who_has_no_tie_is_in_no_bloc(graph: Graph) -> None:
    (row,) = blocs_over_time(graph(HALVES, says("c", "council", "4", "+dam")))
    assert row["actors"] == 5
    assert row["blocs"] == [["Ada", "Bo"], ["Cy", "Di"]]


def test_without_windows_each_month_is_a_moment_in_which_something_surely_was_said(graph: Graph) -> None:
    own = graph(
        HALVES,
        says("c", "ada bo", "27..03-02", "+dam"),
        says("d", "ada", "05-01", "+dam"),
        says("e", "ada", "02-01..06-30", "+dam"),
    )
    rows = blocs_over_time(own)
    assert [(row["moment"], row["since"], row["until"], row["statements"]) for row in rows] == [
        ("2020-02", "2020-02-01", "2020-02-29", 3),
        ("2020-05", "2020-05-01", "2020-05-31", 1),
    ]
    assert rows.notes == (
        "2 periods: 2020-02-04…2020-03-02, 2020-05-01",
        "months left out, as nothing surely falls in them: 2020-03",
        "1 row left out of 2020-02: dated too loosely",
        "1 row left out of 2020-05: dated too loosely",
    )


def test_an_event_splits_what_was_said_before_it_from_the_rest(graph: Graph) -> None:
    own = graph(
        says("a", "ada bo", "9", "+bridge"),
        says("b", "ada", "10", "+bridge"),
        says("c", "bo", "9..10", "-bridge"),
    )
    before, after = blocs_over_time(own, event="flood")
    assert (before["moment"], before["since"], before["until"]) == ("before Flood", None, "2020-02-09")
    assert (after["moment"], after["since"], after["until"]) == ("after Flood", "2020-02-10", None)
    assert (before["statements"], before["ties"]) == (1, 1)
    assert (after["actors"], after["statements"], after["ties"]) == (1, 1, 0)
    assert after["blocs"] == []
    assert blocs_over_time(own, event="flood").notes == (
        "1 row left out of before Flood: dated too loosely",
        "1 row left out of after Flood: dated too loosely",
    )


def test_a_moment_in_which_nobody_speaks_has_nothing_in_it(graph: Graph) -> None:
    (row,) = blocs_over_time(graph(HALVES), [("later", "2021-01-01", None)])
    assert (row["actors"], row["statements"], row["ties"], row["frustration"], row["exact"]) == (
        0,
        0,
        0,
        0,
        True,
    )
    assert blocs_over_time(graph(HALVES), since="2021-01-01") == []


def test_moments_take_the_choices_of_the_network_of_agreement(graph: Graph) -> None:
    (row,) = blocs_over_time(graph(HALVES), not_actor="Di", normalisation="none", isolates=False)
    assert (row["actors"], row["ties"]) == (3, 3)
    with pytest.raises(UsageError, match="--aggregation 'sum'"):
        blocs_over_time(graph(HALVES), aggregation="sum")  # type: ignore[arg-type]


def test_a_window_has_days_in_order_and_an_event_has_none(graph: Graph) -> None:
    own = graph(HALVES)
    with pytest.raises(UsageError, match="2020-03-01 is after 2020-02-01"):
        blocs_over_time(own, [("x", "2020-03-01", "2020-02-01")])
    with pytest.raises(UsageError, match="'2020-02-30' is not a day"):
        blocs_over_time(own, [("x", "2020-02-30", None)])
    with pytest.raises(
        UsageError, match=r"^windows and an event both say which moments are meant: give one of them$"
    ):
        blocs_over_time(own, TWO, event="flood")


def test_a_row_counts_in_a_window_of_as_many_days_as_it_may_be_of(graph: Graph) -> None:
    """Ten days of February: Bo spoke on one of ten that meet them, Cy on one of eleven."""
    own = graph(
        says("a", "ada", "1", "+bridge"),
        says("b", "bo", "8..17", "+bridge"),
        says("c", "cy", "8..18", "+bridge"),
    )
    rows = blocs_over_time(own, [("ten", "2020-02-01", "2020-02-10")])
    assert [row["statements"] for row in rows] == [2]
    assert rows.notes == ("1 row left out of ten: dated too loosely",)
    wide = blocs_over_time(own, [("eighteen", "2020-02-01", "2020-02-18")])
    assert ([row["statements"] for row in wide], wide.notes) == ([3], ())


@pytest.mark.parametrize(
    ("since", "until", "statements"), [(None, "2020-02-10", 1), ("2020-02-10", None, 2), (None, None, 4)]
)
def test_a_window_with_an_open_end_holds_what_is_wholly_in_it(
    graph: Graph, since: str | None, until: str | None, statements: int
) -> None:
    own = graph(
        says("a", "ada", "9", "+bridge"),
        says("b", "bo", "9..11", "+bridge"),
        says("c", "cy", "10..12", "+bridge"),
        says("d", "di", "11", "+bridge"),
    )
    (row,) = blocs_over_time(own, [("open", since, until)])
    assert (row["since"], row["until"], row["statements"]) == (since, until, statements)


def test_a_window_may_be_one_day_and_a_wrong_day_is_told_with_its_window(graph: Graph) -> None:
    own = graph(HALVES)
    assert [row["statements"] for row in blocs_over_time(own, [("day", "2020-02-04", "2020-02-04")])] == [2]
    with pytest.raises(
        UsageError, match=r"^first: '2020-02-30' is not a day of the calendar: write it as 2024-12-31$"
    ):
        blocs_over_time(own, [("first", "2020-02-30", None)])
    with pytest.raises(UsageError, match=r"^last: '2020-02-31' is not a day"):
        blocs_over_time(own, [("last", None, "2020-02-31")])


def test_months_that_only_may_be_meant_are_listed_and_looser_dates_are_not(graph: Graph) -> None:
    """The longest month has 31 days: what is bounded by 32 says nothing of any month.

    Nor has anybody surely spoken between 2 April and 15 May: the network would be cut there.
    """
    own = graph(
        HALVES,
        says("c", "ada", "27..03-02", "+dam"),
        says("d", "ada", "03-28..04-02", "+dam"),
        says("e", "ada", "05-15..06-15", "+dam"),
    )
    rows = blocs_over_time(own)
    assert [row["moment"] for row in rows] == ["2020-02"]
    assert rows.notes[0] == "2 periods: 2020-02-04…2020-04-02, 2020-05-15…2020-06-15"
    assert rows.notes[1] == "months left out, as nothing surely falls in them: 2020-03, 2020-04"
    assert blocs_over_time(graph(HALVES)).notes == ()
    assert blocs_over_time(graph(HALVES, says("c", "ada", "05-15..06-14", "+dam"))).notes == (
        "2 periods: 2020-02-04, 2020-05-15…2020-06-14",
        "months left out, as nothing surely falls in them: 2020-05, 2020-06",
    )


def test_at_first_the_larger_bloc_stands_first(graph: Graph) -> None:
    own = graph(says("a", "ada", "4", "+bridge"), says("b", "bo cy", "4", "-bridge"))
    (row,) = blocs_over_time(own)
    assert row["blocs"] == [["Bo", "Cy"], ["Ada"]]


def test_blocs_of_others_than_before_stand_as_at_first(graph: Graph) -> None:
    new = "".join(
        f':{name.lower()} a stance:Actor ; skos:prefLabel "{name}"@en .\n' for name in ("Eve", "Fay")
    )
    own = graph(HALVES, new, says("c", "eve", "03-04", "+bridge"), says("d", "fay", "03-04", "-bridge"))
    early, late = blocs_over_time(own, TWO)
    assert early["blocs"] == [["Ada", "Bo"], ["Cy", "Di"]]
    assert (late["blocs"], late["moved"]) == ([["Eve"], ["Fay"]], [])


def test_who_has_a_weaker_friend_on_the_other_side_still_has_a_side(graph: Graph) -> None:
    """In March Cy agrees with Ada thrice, over 6, with Di twice, over 11/2; Ada and Di differ four times, over 13/2."""
    contrary = "+r1 +r2 +r3 +r4"
    own = graph(
        HALVES,
        says("c", "ada", "03-04", f"+p1 +p2 +p3 {contrary}"),
        says("d", "cy", "03-04", "+p1 +p2 +p3 +q1 +q2"),
        says("e", "di", "03-04", f"+q1 +q2 {contrary.replace('+', '-')}"),
    )
    _, late = blocs_over_time(own, TWO)
    assert late["frustration"] == pytest.approx(2 / 5.5)
    assert late["moved"] == ["Cy"]


def test_a_variable_nothing_is_coded_with_and_an_event_on_the_first_day_are_refused(graph: Graph) -> None:
    own = graph(HALVES)
    with pytest.raises(UsageError, match="frame"):
        blocs_over_time(own, level="frame")
    with pytest.raises(UsageError, match=r"^--event 0001-01-01: no day is before it$"):
        blocs_over_time(own, event="0001-01-01")
