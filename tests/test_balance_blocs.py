"""Blocs with what holds and contradicts them, on rows of stances whose every number is worked out by hand."""

from __future__ import annotations

import time
from random import Random

import networkx as nx
import pytest

from signed import network
from stancegraph import network as networks
from stancegraph import table
from stancegraph.balance import Alliances, alliances, triad_census, walk_balance
from stancegraph.table import Scale, Table


@pytest.fixture
def rows() -> Table:
    """Ada and Bo against Cy and Di on the bridge; Ada and Cy agree on dam and lake, Eve and Fay on the tower.

    Ties are common less contrary stances over the mean number of stances: Ada-Bo 1/2, Ada-Cy (2 - 1)/3, Ada-Di -1/2,
    Bo-Cy -1/2, Bo-Di -1, Cy-Di 1/2, Eve-Fay 1.
    """
    stances = [
        ("Ada", "bridge", 1),
        ("Bo", "bridge", 1),
        ("Cy", "bridge", -1),
        ("Di", "bridge", -1),
        ("Ada", "dam", 1),
        ("Cy", "dam", 1),
        ("Ada", "lake", -1),
        ("Cy", "lake", -1),
        ("Eve", "tower", 1),
        ("Fay", "tower", 1),
        ("Gus", "well", 1),
    ]
    return table.of(*zip(*stances, strict=True))


@pytest.fixture
def found(rows: Table) -> Alliances:
    return alliances(rows)


def test_blocs_are_those_that_leave_least_against_them(found: Alliances) -> None:
    assert [[label for _, label in bloc.actors] for bloc in found.blocs] == [
        ["Ada", "Bo"],
        ["Cy", "Di"],
        ["Eve", "Fay"],
    ]
    assert [(bloc.number, bloc.part) for bloc in found.blocs] == [(1, 1), (2, 1), (3, 2)]
    assert found.split.index == pytest.approx(1 / 3)
    assert found.split.exact


def test_a_bloc_names_the_stances_that_two_of_it_share_and_their_statements(found: Alliances) -> None:
    held = [
        [(shared.target, shared.stance, shared.actors, shared.statements) for shared in bloc.holds]
        for bloc in found.blocs
    ]
    assert held == [
        [("bridge", "supports", ("Ada", "Bo"), ("row 1", "row 2"))],
        [("bridge", "opposes", ("Cy", "Di"), ("row 3", "row 4"))],
        [("tower", "supports", ("Eve", "Fay"), ("row 9", "row 10"))],
    ]


def test_a_tie_between_blocs_contradicts_both_with_all_that_was_said(found: Alliances) -> None:
    assert found.blocs[2].contradicted == ()
    for bloc in found.blocs[:2]:
        (tie,) = bloc.contradicted
        assert (tie.a, tie.b) == ("Ada", "Cy")
        assert tie.weight == pytest.approx(1 / 3)
        assert tie.statements == ("row 1", "row 3", "row 5", "row 6", "row 7", "row 8")


def test_measures_of_the_whole_are_of_the_ties_there_are(found: Alliances) -> None:
    """Ties weigh 13/3 in all; of 4 triangles two, those with Ada and Cy, have one negative tie, the others two.

    Positive weight is 1/2 + 1/2 + 1/3 + 1, of which 1/3 runs between the blocs of four and two.
    """
    assert (found.actors, found.positive, found.negative, found.parts) == (6, 4, 3, 2)
    assert found.untied == ("Gus",)
    assert found.either == ()
    assert found.balance == pytest.approx(1 - 2 / 13)
    assert found.triads["+--"] + found.triads["++-"] == 4
    assert found.triangles == found.triads["+--"] / 4 == 2 / 4
    assert found.polarisation == pytest.approx((1 - 1 / 7) * 2 * 2 / 6)
    assert sorted(found.communities, key=lambda members: members[0])[-1] == ("Eve", "Fay")
    assert found.modularity is not None


def test_rows_and_members_tell_the_same(found: Alliances) -> None:
    row = found.row()
    assert row["blocs"][1] == {
        "bloc": 2,
        "part": 1,
        "actors": ["Cy", "Di"],
        "holds": [
            {
                "target": "bridge",
                "stance": "opposes",
                "actors": ["Cy", "Di"],
                "statements": ["row 3", "row 4"],
            }
        ],
        "contradicted": [
            {
                "a": "Ada",
                "b": "Cy",
                "weight": pytest.approx(1 / 3),
                "statements": ["row 1", "row 3", "row 5", "row 6", "row 7", "row 8"],
            }
        ],
        # Without what Cy says of the bridge, Cy stands with Ada; without what Di says of it, Di has no tie.
        "pairs": [
            {
                "a": "Cy",
                "b": "Di",
                "without_document": pytest.approx(9 / 11, abs=1e-4),
                "bootstrap": found.blocs[1].pairs[0].bootstrap,
                "parted_by": ("document 3", "document 4"),
                "codings": None,
            }
        ],
    }
    assert (row["actors"], row["positive"], row["negative"], row["parts"]) == (6, 4, 3, 2)
    assert (row["frustration"], row["lower_bound"]) == (found.split.index, found.split.lower_bound)
    assert (row["gap"], row["exact"], row["seconds"]) == (0, True, round(found.split.seconds, 3))
    for name in ("balance", "triangles", "walks", "polarisation", "modularity", "triads"):
        assert row[name] == getattr(found, name)
    assert row["polarisation_range"] == pytest.approx([(1 - 1 / 7) * 2 * 2 / 6] * 2)
    assert row["splits"] == 2
    assert (row["untied"], row["either"]) == (["Gus"], [])
    assert row["communities"] == [list(members) for members in found.communities]
    members = {member["actor"]: member for member in found.members()}
    assert members["Cy"] == {
        "actor": "Cy",
        "iri": "Cy",
        "bloc": 2,
        "part": 1,
        "community": 1 + next(i for i, names in enumerate(found.communities) if "Cy" in names),
        "either": False,
        "frustration": [0.25, 0.25],  # 1/3 with Ada, of 1/3, 1/2 with Di and -1/2 with Bo
    }
    assert set(members) == {"Ada", "Bo", "Cy", "Di", "Eve", "Fay"}


def test_free_blocs_may_be_more_than_two_and_the_measures_stay_those_of_two() -> None:
    """Three who oppose each other: none stays against three blocs, one of three ties against two."""
    enemies = network(("a", "b", -1), ("b", "c", -1), ("a", "c", -1))
    found = alliances(enemies, blocs=None)
    assert (found.split.index, len(found.blocs)) == (0, 3)
    assert found.balance == pytest.approx(1 - 2 / 3)
    assert found.polarisation == pytest.approx(2 / 3 * 2 / 3)
    assert found.communities == (("a",), ("b",), ("c",))


def test_who_could_stand_on_either_side_is_told_by_label() -> None:
    graph = network(
        ("a", "b", 2), ("c", "d", 2), ("a", "c", -2), ("b", "d", -2), ("x", "a", 1), ("x", "c", 1)
    )
    graph.nodes["x"]["label"] = "Xenia"
    found = alliances(graph)
    assert found.either == ("Xenia",)
    assert [member["either"] for member in found.members() if member["iri"] == "x"] == [True]
    (tie,) = found.blocs[0].contradicted
    assert {tie.a, tie.b} == {"Xenia", "a" if "a" not in dict(found.blocs[0].actors) else "c"}
    assert tie.statements == ()


def test_stronger_contradictions_and_wider_agreement_stand_first() -> None:
    graph = network(
        ("a", "b", 5), ("b", "c", 5), ("c", "d", 5), ("a", "c", -1), ("b", "d", -2), ("a", "d", 9)
    )
    (bloc,) = alliances(graph).blocs
    assert [(tie.a, tie.b, tie.weight) for tie in bloc.contradicted] == [("b", "d", -2), ("a", "c", -1)]
    three = table.of(
        ["a", "b", "c", "a", "b", "a", "b"],
        ["wide", "wide", "wide", "near", "near", "far", "far"],
        [1] * 5 + [-1] * 2,
    )
    (bloc,) = alliances(three).blocs
    assert [(held.target, held.stance, len(held.actors)) for held in bloc.holds] == [
        ("wide", "supports", 3),
        ("far", "opposes", 2),
        ("near", "supports", 2),
    ]


def test_all_ties_that_contradict_a_bloc_are_told_however_many() -> None:
    """Sixty actors who stand by Ann, and not quite so much against Bob, who stands by Ann himself."""
    crowd = [f"c{number:02}" for number in range(60)]
    ties = [("Ann", "Bob", 99), *(("Ann", each, 2) for each in crowd), *(("Bob", each, -1) for each in crowd)]
    (bloc,) = alliances(network(*ties)).blocs
    assert [(tie.a, tie.b, tie.weight) for tie in bloc.contradicted] == [("Bob", each, -1) for each in crowd]


def test_the_choices_of_agreement_are_taken(rows: Table) -> None:
    """Undivided, Ada and Cy agree by 2 - 1, and the cheapest split leaves that."""
    assert alliances(rows, normalisation="none").split.index == 1
    assert alliances(rows, duplicates="ever", isolates=False).untied == ()


def test_a_network_that_remembers_its_rows_tells_what_holds_its_blocs(rows: Table, found: Alliances) -> None:
    made = networks.agreement(rows)
    again = alliances(made)
    assert [(bloc.holds, bloc.contradicted) for bloc in again.blocs] == [
        (bloc.holds, bloc.contradicted) for bloc in found.blocs
    ]
    assert (again.left_out, {bloc.pairs for bloc in again.blocs}) == (None, {()})
    del made.graph["method"]
    assert {bloc.holds for bloc in alliances(made).blocs} == {()}


def test_levels_of_a_coded_variable_are_told_with_its_name() -> None:
    scale = Scale("threat", "scaled", low=0, high=4)
    rows = table.of(["a", "b", "c"], ["storm"] * 3, [3, 3, 0], scale=scale)
    (bloc, _) = alliances(rows).blocs
    assert [(held.stance, held.actors) for held in bloc.holds] == [("threat 3", ("a", "b"))]


def test_members_stand_by_label_and_then_by_name() -> None:
    graph = network(("a", "b", 1), ("b", "c", 1), ("c", "d", 1))
    for node, label in (("a", "Zoe"), ("b", "Yan"), ("c", "Yan"), ("d", "Ali")):
        graph.nodes[node]["label"] = label
    (bloc,) = alliances(graph).blocs
    assert bloc.actors == (("d", "Ali"), ("b", "Yan"), ("c", "Yan"), ("a", "Zoe"))


def test_a_network_of_nobody_has_no_blocs() -> None:
    found = alliances(nx.Graph())
    assert (found.actors, found.blocs, found.balance, found.polarisation, found.parts) == (0, (), None, 0, 0)


@pytest.mark.parametrize("blocs", [2, None])
def test_the_seconds_given_bound_the_whole_of_it(blocs: int | None) -> None:
    """A thousand contradictory stances of chance, which no search proves; the ties ignored keep their statements."""
    dice = Random(1)
    rows = table.of(
        [dice.randrange(150) for _ in range(1500)],
        [dice.randrange(100) for _ in range(1500)],
        [dice.choice((-1, 1)) for _ in range(1500)],
    )
    alliances(rows[:50])
    start = time.process_time()
    found = alliances(rows, blocs=blocs, seconds=0.5)
    assert time.process_time() - start < 5  # of the processor: the clock runs on where others have it
    assert not found.split.exact
    assert all(tie.statements for bloc in found.blocs for tie in bloc.contradicted)


def triangles(names: str) -> nx.Graph[str]:
    """Two triangles of friends, tied by one friendship and one enmity: they stand together or opposed."""
    a, b, c, d, e, f = list(names)
    friends = [(a, b), (b, c), (a, c), (d, e), (e, f), (d, f), (a, d)]
    return network(*((x, y, 1) for x, y in friends), (b, e, -1))


def test_what_optimal_splits_leave_open_is_a_range_under_any_names() -> None:
    """Together all six are one bloc, 0; opposed all enmity is between them and one friendship of seven, 1 - 1/7."""
    for names in ("abcdef", "fedcba", "dafbec", "cfadbe"):
        found = alliances(triangles(names))
        assert found.polarisation_range == pytest.approx((0, 6 / 7))
        assert (found.polarisation, found.splits, found.either) == (0, 2, tuple("abcdef"))


def test_parts_that_no_tie_connects_may_stand_either_way() -> None:
    """Two enemies, and a pair of friends; a friend of one enemy: sizes 2 and 1 with 2 on this side or on that."""
    found = alliances(network(("a", "b", -1), ("a", "c", 1), ("d", "e", 1)))
    assert found.polarisation_range == pytest.approx((2 / 5, 4 / 5))
    assert (found.splits, found.either) == (2, ())
    assert [[label for _, label in bloc.actors] for bloc in found.blocs] == [["a", "c"], ["b"], ["d", "e"]]


def test_walks_and_triads_are_those_of_the_same_network_asked_alone() -> None:
    graph = network(("a", "b", -1), ("b", "c", 1), ("a", "c", 1))
    graph.add_nodes_from(["x", "y"])
    found = alliances(graph)
    assert (found.walks, found.triads) == (walk_balance(graph), triad_census(graph))
    assert sum(found.triads.values()) == 10
