"""Who stands where: sides, disputes and their order, worked out by hand."""

from __future__ import annotations

import pytest

from stancegraph.network.relations import Taken, arrange
from stancegraph.network.temporal import overlaps

NAMES = ["Ann", "Ben", "Cid", "the bridge", "the dam", "the road"]
ANN, BEN, CID, BRIDGE, DAM, ROAD = range(6)
JUNE, JULY = (1, 30), (31, 61)


def test_those_for_and_against_stand_on_their_sides_those_whose_words_say_so_first() -> None:
    rows = [
        Taken(BEN, BRIDGE, 1, 5, 5, False),
        Taken(CID, BRIDGE, 1, 5, 5, True),
        Taken(ANN, BRIDGE, -1, 5, 5, False),
        Taken(BEN, BRIDGE, 1, 9, 9, False),
        Taken(ANN, BRIDGE, 0, 7, 7, True),
    ]
    (row,) = arrange(rows, [], NAMES)
    assert [(stand.actor, stand.stances, stand.said) for stand in row.supporting] == [
        (CID, (1,), True),
        (BEN, (0, 3), False),
    ]
    assert [(stand.actor, stand.said) for stand in row.against] == [(ANN, False)]
    assert [stand.actor for stand in row.open] == [ANN]
    assert row.disputed


def test_an_actor_alone_on_both_sides_disputes_nothing() -> None:
    own = [Taken(ANN, BRIDGE, 1, 5, 5, True), Taken(ANN, BRIDGE, -1, 6, 6, True)]
    assert not arrange(own, [], NAMES)[0].disputed
    assert arrange([*own, Taken(BEN, BRIDGE, 1, 6, 6, True)], [], NAMES)[0].disputed


def test_sides_taken_in_different_periods_are_no_dispute() -> None:
    rows = [Taken(ANN, BRIDGE, 1, 5, 5, True), Taken(BEN, BRIDGE, -1, 40, 40, True)]
    (row,) = arrange(rows, [JUNE, JULY], NAMES)
    assert not row.disputed
    assert row.periods == ((0, 0, 1), (1, 1, 0))


@pytest.mark.parametrize(
    ("earliest", "latest", "disputed"),
    [(None, 31, True), (20, 40, True), (45, None, True), (None, 30, False), (None, None, False)],
)
def test_days_that_are_bounded_or_open_count_in_each_period_they_may_fall_into(
    earliest: int | None, latest: int | None, disputed: bool
) -> None:
    rows = [Taken(ANN, BRIDGE, 1, 40, 40, True), Taken(BEN, BRIDGE, -1, earliest, latest, True)]
    assert arrange(rows, [JUNE, JULY], NAMES)[0].disputed is disputed
    assert overlaps(earliest, latest, JULY) is disputed


def test_the_most_even_split_comes_first_then_the_larger_then_by_name() -> None:
    rows = [
        *[Taken(actor, DAM, 1, 1, 1, True) for actor in (ANN, BEN)],
        *[Taken(actor, ROAD, -1, 1, 1, True) for actor in (ANN, BEN, CID)],
        Taken(ANN, BRIDGE, 1, 1, 1, True),
        Taken(BEN, BRIDGE, -1, 1, 1, True),
    ]
    assert [row.target for row in arrange(rows, [], NAMES)] == [BRIDGE, ROAD, DAM]
