"""Allies, opponents and mixed relations of one actor, and an actor's profile, on five actors and a few statements."""

from __future__ import annotations

from february import Graph, says
from stancegraph.network import allies, profile
from stancegraph.store import Store

EX = "https://example.org/id/"


def test_who_agrees_as_often_as_not_is_neither_ally_nor_opponent(five: Store) -> None:
    """Alpha and Beta agree on the first thing and differ on the second: 1 - 1."""
    rows = allies(five, "Alpha", period="none")
    assert [(row["actor"], row["relation"], row["weight"]) for row in rows] == [
        ("Beta", "mixed", 0),
        ("Gamma", "opponent", round(-1 / 1.5, 4)),
    ]
    assert rows[0] == {
        "actor": "Beta",
        "iri": EX + "beta",
        "relation": "mixed",
        "weight": 0,
        "agree": ["The first thing is so."],
        "disagree": ["The second thing is so."],
        "statements": [EX + name for name in ("alpha-denies", "alpha-once", "beta-later", "beta-once")],
    }


def test_allies_stand_first_the_closest_before_the_others_and_opponents_last(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "1", "+bridge +dam"),
        says("b", "bo", "2", "+bridge +dam"),
        says("c", "cy", "3", "+bridge"),
        says("d", "di", "4", "-bridge -dam"),
        says("e", "council", "5", "-bridge"),
    )
    rows = allies(own, "Ada")
    assert [(row["actor"], row["relation"], row["weight"]) for row in rows] == [
        ("Bo", "ally", 1),
        ("Cy", "ally", round(1 / 1.5, 4)),
        ("Di", "opponent", -1),
        ("Council", "opponent", round(-1 / 1.5, 4)),
    ]
    assert [row["agree"] for row in rows[:2]] == [
        ["The bridge should stay open.", "The dam should be built."],
        ["The bridge should stay open."],
    ]
    assert rows[2]["disagree"] == ["The bridge should stay open.", "The dam should be built."]
    assert [name.rpartition("/")[2] for name in rows[2]["statements"]] == ["a", "d"]


def test_who_changed_their_minds_together_agree_in_either_period(graph: Graph) -> None:
    """Ada and Bo are for the bridge in February and against it in June; Cy was against it and then for it."""
    own = graph(
        *(
            says(f"{slug}{i}", who, day, f"{sign}bridge")
            for slug, who, signs in (("a", "ada", "+-"), ("b", "bo", "+-"), ("c", "cy", "-+"))
            for i, (sign, day) in enumerate(zip(signs, ("1", "06-01"), strict=True))
        )
    )
    bridge = ["The bridge should stay open."]
    assert [(row["actor"], row["weight"], row["agree"], row["disagree"]) for row in allies(own, "Ada")] == [
        ("Bo", 1, bridge, []),
        ("Cy", -1, [], bridge),
    ]
    mixed = allies(own, "Ada", period="none")
    assert [(row["actor"], row["agree"], row["disagree"]) for row in mixed] == [
        ("Bo", bridge, bridge),
        ("Cy", bridge, bridge),
    ]


def test_direct_stances_tie_those_who_share_no_target(five: Store) -> None:
    assert allies(five, "Delta") == []
    rows = allies(five, "Delta", direct=True)
    assert [(row["actor"], row["relation"], row["weight"]) for row in rows] == [
        ("Echo", "ally", 1),
        ("Alpha", "opponent", -1),
    ]
    assert [row["statements"] for row in rows] == [[EX + "delta-accuses"]] * 2
    assert [row["agree"] + row["disagree"] for row in rows] == [[], []]
    (back,) = (row for row in allies(five, "Alpha", direct=True) if row["actor"] == "Delta")
    assert (back["relation"], back["statements"]) == ("opponent", [EX + "delta-accuses"])


def test_stances_on_each_other_are_no_evidence_unless_they_count(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "1", "+bridge"), says("b", "bo", "2", "+bridge"), says("c", "bo", "3", "+ada")
    )
    for direct, weight, statements in (
        (False, round(1 / 1.5, 4), ["a", "b"]),
        (True, round(1 / 1.5 + 1, 4), ["a", "b", "c"]),
    ):
        (row,) = allies(own, "Ada", direct=direct)
        assert row["weight"] == weight
        assert [iri.rpartition("/")[2] for iri in row["statements"]] == statements


def test_filters_and_choices_of_agreement_are_taken(five: Store) -> None:
    (row,) = allies(five, "Alpha", not_actor="Gamma", normalisation="none", aggregation="congruence")
    assert (row["actor"], row["relation"], row["weight"]) == ("Beta", "ally", 1)


def test_a_profile_gathers_stances_relations_and_those_who_speak_of_one(five: Store) -> None:
    row = profile(five, "Alpha")
    assert list(row) == (
        "actor iri kind aliases roles members statements supports opposes stances allies opponents spoken_of".split()
    )
    assert (row["actor"], row["iri"], row["statements"]) == ("Alpha", EX + "alpha", 3)
    assert row["supports"] == ["The first thing is so."]
    assert row["opposes"] == ["The second thing is so."]
    assert (row["allies"], row["opponents"], row["spoken_of"]) == (["Beta"], [], ["Delta"])
    assert row["stances"][0] == {
        "date": "2024-12-01",
        "stance": "supports",
        "target": "The first thing is so.",
        "basis": "said",
        "confidence": 1.0,
        "statement": EX + "alpha-once",
    }
    assert [(taken["stance"], taken["statement"].removeprefix(EX)) for taken in row["stances"][1:]] == [
        ("supports", "alpha-again"),
        ("opposes", "alpha-denies"),
    ]


def test_a_profile_names_allies_aliases_and_who_addresses_one(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "1", "+bridge"),
        says("b", "bo", "2", "+bridge"),
        says("c", "cy", "3", "-bridge", "stance:addressee :ada ;"),
        ':ada skos:altLabel "Ada the Elder"@en .\n',
    )
    row = profile(own, "Ada the Elder")
    assert (row["actor"], row["kind"], row["aliases"], row["roles"]) == (
        "Ada",
        "politician",
        ["Ada the Elder"],
        [],
    )
    assert (row["allies"], row["opponents"], row["spoken_of"]) == (["Bo"], ["Cy"], ["Cy"])


def test_a_profile_names_roles_members_and_those_who_speak_of_what_is_said_of_one(graph: Graph) -> None:
    """Ada holds a seat in the council; Bo speaks of a claim about it, Cy of it, Di of the bridge alone."""
    own = graph(
        ":seat a org:Membership ; org:member :ada ; org:organization :council ; org:role :member . "
        ':member a org:Role ; skos:prefLabel "member"@en .\n',
        ':claim a stance:Proposition ; skos:prefLabel "The council sleeps."@en ; schema:about :council .\n',
        says("a", "ada", "1", "+bridge"),
        says("b", "bo", "2", "-claim"),
        says("c", "cy", "3", "+council"),
        says("d", "di", "4", "+bridge"),
        says("e", "council", "5", "-claim 0bridge", "stance:addressee :ada ;"),
    )
    row = profile(own, "Council")
    assert (row["actor"], row["kind"], row["members"]) == ("Council", "government body", ["Ada, member"])
    assert (row["spoken_of"], row["opposes"], row["supports"]) == (["Bo", "Cy"], ["The council sleeps."], [])
    assert (row["allies"], row["opponents"]) == (["Bo"], [])
    ada = profile(own, "Ada")
    assert (ada["roles"], ada["members"], ada["spoken_of"]) == (["member, Council"], [], ["Council"])
