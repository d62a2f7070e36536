"""Allies, opponents and mixed relations of one actor, and an actor's profile, on five actors and a few statements."""

from __future__ import annotations

from typing import Any

from february import Graph, quoted, says, slug
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


BUSY = (
    ':tower a stance:Proposition ; skos:prefLabel "A tower should be built."@en .\n',
    *(says(f"ada{i}", "ada", str(2 * i), "+bridge") for i in (1, 2, 3)),
    *(says(f"bo{i}", "bo", str(2 * i + 1), "+bridge") for i in (1, 2, 3)),
    says("ada4", "ada", "8", "+dam"),
    says("bo4", "bo", "9", "-dam"),
    says("ada5", "ada", "10", "+tower +road"),
    says("bo5", "bo", "11", "+road"),
    says("cy1", "cy", "12", "+bridge"),
    says("di1", "di", "12", "+dam"),
    *(f'{quoted(name)[:-2]} ; stance:quote "open"@en .\n' for name in ("ada1", "bo2")),
)
"""Ada and Bo are for the bridge thrice and the road once, and at odds over the dam; of the tower Ada alone spoke."""


def test_of_many_statements_those_are_listed_that_tell_most_of_either_side(graph: Graph) -> None:
    """Quoted words before gists, the tie's own side first, and two on one thing, never of two."""
    own = graph(*BUSY)
    every = allies(own, "Ada")
    for limit, agreed, statements in (
        (1, ["The bridge should stay open."], ["ada1"]),
        (2, ["The bridge should stay open.", "road"], ["ada1", "bo2"]),
        (4, ["The bridge should stay open.", "road"], ["ada1", "bo2", "ada5", "bo5"]),
        (6, ["The bridge should stay open.", "road"], ["ada1", "bo2", "ada5", "bo5", "ada4", "bo4"]),
        (7, ["The bridge should stay open.", "road"], ["ada1", "bo2", "ada5", "bo5", "ada4", "bo4", "ada2"]),
    ):
        bo = next(row for row in allies(own, "Ada", limit=limit) if row["actor"] == "Bo")
        assert [slug(iri) for iri in bo["statements"]] == statements
        assert bo == {
            **bo,
            "relation": "ally",
            "agree": agreed,
            "disagree": ["The dam should be built."],
            "more_agree": 2 - len(agreed),
            "more_disagree": 0,
            "more_statements": 10 - len(statements),
        }
    whole = allies(own, "Ada", limit=10)
    assert whole == [{**row, "more_agree": 0, "more_disagree": 0, "more_statements": 0} for row in every]


def test_a_limit_changes_nobodys_relation_or_weight(graph: Graph) -> None:
    own = graph(*BUSY)
    for options in ({}, {"direct": True}, {"aggregation": "congruence"}, {"aggregation": "conflict"}):
        every = allies(own, "Ada", **options)
        for limit in (1, 3, 100):
            short = allies(own, "Ada", limit=limit, **options)
            pairs: zip[tuple[Any, Any]] = zip(every, short, strict=True)
            for row, cut in pairs:
                for name in ("actor", "relation", "weight"):
                    assert cut[name] == row[name]
                for name in ("agree", "disagree", "statements"):
                    assert set(cut[name]) <= set(row[name])
                    assert len(cut[name]) + cut[f"more_{name}"] == len(row[name])


def test_of_an_opponent_what_they_differ_on_is_told_first(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "1", "+bridge"),
        says("b", "bo", "2", "+bridge"),
        says("c", "ada", "3", "+dam +road"),
        says("d", "bo", "4", "-dam -road"),
    )
    (row,) = allies(own, "Ada", limit=2)
    assert (row["relation"], row["disagree"]) == ("opponent", ["The dam should be built.", "road"])
    assert [slug(iri) for iri in row["statements"]] == ["c", "d"]
