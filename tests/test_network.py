"""Who takes which stance, and who agrees with whom: numbers worked out by hand on five actors."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import networkx as nx
import pytest

from february import opened, says
from stancegraph import centrality, network
from stancegraph.errors import UsageError
from stancegraph.store import Store

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
EX = "https://example.org/id/"


def test_the_stance_network_has_one_edge_for_each_statement_and_target(five: Store) -> None:
    graph = network.stances(five)
    edges = {
        (a.removeprefix(EX), b.removeprefix(EX), key.removeprefix(EX)): graph.edges[a, b, key]["polarity"]
        for a, b, key in graph.edges(keys=True)
    }
    assert edges == {
        ("alpha", "first", "alpha-once"): 1,
        ("alpha", "first", "alpha-again"): 1,
        ("alpha", "second", "alpha-denies"): -1,
        ("beta", "first", "beta-once"): 1,
        ("beta", "second", "beta-later"): 1,
        ("gamma", "first", "gamma-denies"): -1,
        ("gamma", "second", "gamma-waits"): 0,
        ("delta", "alpha", "delta-accuses"): -1,
        ("delta", "echo", "delta-accuses"): 1,
    }
    assert graph.nodes[EX + "first"]["kind"] == "proposition"
    assert graph.edges[EX + "gamma", EX + "first", EX + "gamma-denies"]["quotes"] == ("not so",)


def test_agreement_is_common_minus_contrary_stances_over_mean_activity(five: Store) -> None:
    """Alpha has two rows (its repetition in one document counts once), Beta two, Gamma one (neutral is left out).

    Alpha and Beta agree on the first and differ on the second thing: their tie cancels out, and is none.
    """
    graph = network.agreement(five, period="none")
    assert weights(graph) == {
        ("alpha", "gamma"): pytest.approx(-1 / 1.5),
        ("beta", "gamma"): pytest.approx(-1 / 1.5),
    }
    assert {iri.removeprefix(EX) for iri in graph} == {"alpha", "beta", "gamma", "delta"}
    assert weights(network.agreement(five, aggregation="congruence", period="none")) == {
        ("alpha", "beta"): 0.5
    }


def test_direct_adds_stances_of_actors_on_each_other(five: Store) -> None:
    """Delta opposes Alpha and supports Echo, who never speaks: each one document, weight 1."""
    graph = network.agreement(five, direct=True, period="none")
    assert weights(graph) == {
        ("alpha", "gamma"): pytest.approx(-1 / 1.5),
        ("beta", "gamma"): pytest.approx(-1 / 1.5),
        ("alpha", "delta"): -1,
        ("delta", "echo"): 1,
    }
    assert evidence(graph, "Delta", "Alpha") == ["delta-accuses"]


def test_every_tie_leads_to_the_statements_behind_it(five: Store) -> None:
    whole = partial(network.agreement, five, period="none")
    assert evidence(whole(), "Alpha", "Gamma") == ["alpha-once", "gamma-denies"]
    everything = whole(aggregation="ignore")
    assert evidence(everything, "Alpha", "Beta") == ["alpha-once", "alpha-denies", "beta-once", "beta-later"]
    agreed = whole(aggregation="congruence")
    assert evidence(agreed, EX + "alpha", EX + "beta") == ["alpha-once", "beta-once"]
    conflict = whole(aggregation="conflict")
    assert evidence(conflict, "Alpha", "Beta") == ["alpha-denies", "beta-later"]
    assert evidence(network.two_mode(five), "Beta", "The first thing is so.") == ["beta-once"]
    both = network.targets(five, aggregation="ignore", period="none")
    assert evidence(both, "The first thing is so.", "The second thing is so.") == [
        "alpha-once",
        "alpha-denies",
        "beta-once",
        "beta-later",
    ]
    assert evidence(network.stances(five), "Delta", "Echo") == ["delta-accuses"]


def test_those_without_a_tie_have_no_evidence_and_strangers_are_named(five: Store) -> None:
    graph = network.agreement(five, period="none")
    assert evidence(graph, "Alpha", "Beta") == []
    assert evidence(graph, "Alpha", "Delta") == []
    with pytest.raises(UsageError, match="Omega"):
        network.evidence(graph, "Alpha", "Omega")
    with pytest.raises(UsageError, match="does not remember"):
        network.evidence(nx.Graph(), "Alpha", "Beta")


def test_ties_are_listed_with_the_number_of_their_statements(five: Store) -> None:
    assert network.edge_list(network.agreement(five, normalisation="none", period="none")) == [
        {"a": "Alpha", "b": "Gamma", "weight": -1, "statements": 2},
        {"a": "Beta", "b": "Gamma", "weight": -1, "statements": 2},
    ]
    assert network.edge_list(network.stances(five, actor="Alpha")) == [
        {"a": "Alpha", "b": "The first thing is so.", "weight": 1, "statements": 2},
        {"a": "Alpha", "b": "The second thing is so.", "weight": -1, "statements": 1},
    ]


def test_every_number_of_statements_is_what_evidence_shows(shipped: Store) -> None:
    for kind in ("agreement", "targets", "two-mode"):
        graph = network.graph(shipped, kind, aggregation="ignore")
        for a, b, _, number in network.statement_counts(graph):
            assert number == len(network.evidence(graph, a, b)) > 0


def weights(graph: nx.Graph[str]) -> dict[tuple[str, ...], float]:
    ends = {(a, b): tuple(sorted((a.removeprefix(EX), b.removeprefix(EX)))) for a, b in graph.edges}
    return {pair: graph.edges[edge]["weight"] for edge, pair in ends.items()}


def evidence(graph: nx.Graph[str], a: str, b: str) -> list[str]:
    return [statement.iri.removeprefix(EX) for statement in network.evidence(graph, a, b)]


def test_allies_leaves_out_actors_with_no_shared_proposition(five: Store) -> None:
    rows = network.allies(five, "Gamma", period="none")
    assert [(row["actor"], row["relation"]) for row in rows] == [("Alpha", "opponent"), ("Beta", "opponent")]
    assert network.allies(five, "Delta") == []
    assert network.allies(five, "Echo") == []


def test_compare_tells_agreement_from_contradiction_and_from_silence(five: Store) -> None:
    rows = {row["target"]: row for row in network.compare(five, "Alpha", "Gamma", period="none")}
    assert {target: row["relation"] for target, row in rows.items()} == {
        "The first thing is so.": "disagree",
        "The second thing is so.": "open",
    }
    assert {row["relation"] for row in network.compare(five, "Alpha", "Delta")} == {"never met"}
    first = rows["The first thing is so."]
    assert (first["period"], first["a"], first["b"]) == ("", "supports", "opposes")
    assert first["statements_b"] == [EX + "gamma-denies"]


def test_what_is_said_three_months_apart_is_neither_agreement_nor_contradiction(five: Store) -> None:
    """Alpha and Beta speak in December, Gamma and again Beta in March: 88 silent days lie between.

    Alpha and Beta agree on the first thing in December; each has two rows.
    """
    graph = network.agreement(five)
    assert weights(graph) == {("alpha", "beta"): pytest.approx(1 / 2)}
    assert graph.graph["notes"] == ("2 periods: 2024-12-01…2024-12-03, 2025-03-01…2025-03-09",)
    assert evidence(graph, "Alpha", "Beta") == ["alpha-once", "beta-once"]
    rows = network.compare(five, "Alpha", "Gamma")
    assert {(row["target"], row["period"], row["relation"]) for row in rows} == {
        ("The first thing is so.", "2024-12-01…2024-12-03", "never met"),
        ("The first thing is so.", "2025-03-01…2025-03-09", "never met"),
        ("The second thing is so.", "2024-12-01…2024-12-03", "never met"),
        ("The second thing is so.", "2025-03-01…2025-03-09", "never met"),
    }
    assert network.allies(five, "Gamma") == []


@pytest.mark.parametrize(
    ("ada", "bo", "relation"),
    [
        ("+", "+", "agree"),
        ("-", "-", "agree"),
        ("+", "-", "disagree"),
        ("0", "0", "open"),
        ("0", "+", "open"),
        ("0+", "0-", "disagree"),
        ("0+", "0", "open"),
        ("+-", "+", "both"),
        ("+-", "0", "open"),
        ("+", "", "never met"),
        ("", "0", "never met"),
    ],
)
def test_two_who_withhold_judgement_neither_agree_nor_disagree(
    tmp_path: Path, ada: str, bo: str, relation: str
) -> None:
    own = opened(
        tmp_path,
        *(says(f"a{i}", "ada", "1", f"{sign}bridge") for i, sign in enumerate(ada)),
        *(says(f"b{i}", "bo", "2", f"{sign}bridge") for i, sign in enumerate(bo)),
        says("c", "cy", "3", "+bridge"),
    )
    assert [row["relation"] for row in network.compare(own, "Ada", "Bo")] == [relation]


def test_a_rank_says_how_far_one_document_moves_it(five: Store) -> None:
    """Degrees: Alpha 3 (two targets, and Delta on Alpha), Beta, Gamma and Delta 2, Echo (spoken of) 1.

    Without document one Alpha is only spoken of (1), and Beta keeps 1 target.
    """
    rows = {row["actor"]: row for row in centrality.rank(five, "degree")}
    assert {name: (row["score"], row["rank"]) for name, row in rows.items()} == {
        "Alpha": (3, 1),
        "Beta": (2, 2),
        "Gamma": (2, 2),
        "Delta": (2, 2),
        "Echo": (1, 5),
    }
    assert (rows["Beta"]["best"], rows["Beta"]["worst"], rows["Beta"]["moved_most_by"]) == (
        2,
        3,
        "Document one",
    )
    assert (rows["Alpha"]["best"], rows["Alpha"]["worst"]) == (1, 3)
    assert rows["Echo"]["moved_most_by"] == "absent without Document two"
    assert (rows["Gamma"]["best"], rows["Gamma"]["worst"]) == (1, 2)


def test_betweenness_reads_the_positive_part_of_agreement(five: Store) -> None:
    assert {row["score"] for row in centrality.rank(five, "betweenness")} == {0}


def test_an_unknown_measure_names_those_there_are(five: Store) -> None:
    with pytest.raises(UsageError, match="betweenness"):
        centrality.rank(five, "fame")


def test_an_empty_selection_gives_empty_answers(five: Store) -> None:
    assert centrality.rank(five, since="2025-04-01") == []
    assert network.stances(five, since="2025-04-01").number_of_nodes() == 0
    assert network.allies(five, "Alpha", since="2025-04-01") == []


def test_profile_gathers_what_the_graph_knows_of_an_actor(five: Store) -> None:
    row = network.profile(five, "Alpha")
    assert row["statements"] == 3
    assert row["supports"] == ["The first thing is so."]
    assert (row["allies"], row["opponents"]) == (["Beta"], [])
    assert row["spoken_of"] == ["Delta"]
