"""Measures of a signed network: published values, values worked out by hand, and brute force."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from math import comb, cos, exp, inf, nan, pi, sqrt
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pytest

from conftest import Shell
from stancegraph.balance.communities import communities, signed_modularity
from stancegraph.balance.scores import (
    balance,
    polarisation,
    signed,
    triad_census,
    triangle_share,
    walk_balance,
)
from stancegraph.errors import UsageError

HIGHLAND_TRIBES = """
    Gavev +Kotun -Ove -Alika -Nagam -Gahuk -Asaro +Nagad +Gama
    Kotun -Ove -Nagam -Gahuk -Notoh -Kohik +Nagad +Gama
    Ove +Alika +Gahuk +Masil +Ukudz
    Alika +Ukudz
    Nagam +Masil +Notoh +Seuve -Nagad -Gama
    Gahuk +Masil +Ukudz -Notoh +Geham +Asaro -Uheto -Gama
    Masil +Ukudz +Geham +Asaro +Uheto
    Ukudz +Geham +Asaro -Seuve
    Notoh +Kohik -Geham +Uheto -Nagad
    Kohik -Geham +Uheto -Nagad
    Geham +Asaro -Uheto -Nagad -Gama
    Asaro -Seuve -Nagad -Gama
    Uheto +Seuve -Nagad -Gama
    Seuve -Gama
    Nagad +Gama
"""
"""Alliances and enmities of sixteen peoples of the New Guinea Highlands (Read 1954)."""


def weights(graph: nx.Graph[Any]) -> list[tuple[Any, Any, float]]:
    return [(a, b, tie["weight"]) for a, b, tie in graph.edges(data=True)]


def network(*ties: tuple[str, str, float]) -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from(ties)
    return graph


def chance(seed: int, *, nodes: int = 12, ties: int = 40) -> nx.MultiDiGraph[int]:
    """Directed and parallel ties, self-ties and cancelling ties among them."""
    random = Random(seed)
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(nodes))
    for _ in range(ties):
        graph.add_edge(random.randrange(nodes), random.randrange(nodes), weight=random.choice((-2, -1, 1, 2)))
    return graph


def triangles(number: int, rim: float) -> nx.Graph[int]:
    """`number` triangles that share the actor 0 and no other; the tie opposite to it weighs `rim`."""
    graph: nx.Graph[int] = nx.Graph()
    for left in range(1, 2 * number, 2):
        graph.add_weighted_edges_from([(0, left, 1.0), (0, left + 1, 1.0), (left, left + 1, rim)])
    return graph


@pytest.fixture(scope="module")
def tribes() -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    for line in HIGHLAND_TRIBES.strip().splitlines():
        people, *others = line.split()
        for other in others:
            graph.add_edge(people, other[1:], weight=1 if other[0] == "+" else -1)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (16, 58)
    return graph


def test_the_highland_tribes_have_their_published_values(tribes: nx.Graph[str]) -> None:
    assert triangle_share(tribes) == pytest.approx(0.8676471, abs=5e-8)
    assert walk_balance(tribes) == pytest.approx(0.3575761, abs=5e-8)
    assert balance(tribes, 7) == pytest.approx(0.7586207, abs=5e-8)


def test_signed_adds_both_directions_and_parallel_ties() -> None:
    ties = [("a", "b", 2), ("b", "a", -5), ("b", "c", 1), ("b", "c", 1), ("c", "d", 1), ("d", "c", -1)]
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_weighted_edges_from([*ties, ("a", "a", 9), ("d", "a", 0)])
    simple = signed(graph)
    assert type(simple) is nx.Graph
    assert {frozenset((a, b)): weight for a, b, weight in weights(simple)} == {
        frozenset("ab"): -3,
        frozenset("bc"): 2,
    }
    assert set(simple) == set("abcd")


def test_signed_keeps_attributes_and_leaves_the_graph_as_it_was() -> None:
    graph = network(("a", "b", 1))
    graph.add_node("c", label="See")
    graph.graph["name"] = "Council"
    simple = signed(graph)
    simple.add_edge("a", "c", weight=1)
    simple.nodes["c"]["label"] = "Sea"
    assert graph.nodes["c"] == {"label": "See"}
    assert list(graph.edges) == [("a", "b")]
    assert signed(graph).nodes["c"] == {"label": "See"}
    assert simple.graph == {"name": "Council"}


def test_weights_that_cancel_out_but_for_rounding_are_no_tie() -> None:
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_weighted_edges_from(("a", "b", weight) for weight in (0.1, 0.2, -0.3))
    assert signed(graph).number_of_edges() == 0
    graph.add_edge("a", "b", weight=1e-9)
    assert signed(graph).number_of_edges() == 1


@pytest.mark.parametrize("weight", [nan, inf, -inf, "1", None, True, 1j, 10**400, np.float64("nan"), [1]])
def test_a_weight_that_is_no_finite_number_is_refused_with_its_tie(weight: Any) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edge("Hadi", "Masud", weight=weight)
    for measure in (signed, triangle_share, triad_census, walk_balance, communities):
        with pytest.raises(UsageError, match=r"Hadi - Masud .*finite number"):
            measure(graph)


def test_a_weight_of_more_digits_than_can_be_spelt_is_refused() -> None:
    with pytest.raises(UsageError, match="a - b has too large a number"):
        signed(network(("a", "b", 10**5000)))


def test_a_tie_without_a_weight_is_refused() -> None:
    with pytest.raises(UsageError, match="a - b has nothing for its weight"):
        signed(nx.Graph([("a", "b")]))


@pytest.mark.parametrize("ties", [["ab", "ab"], ["ab", "cd"]])
def test_weights_too_large_to_add_are_refused(ties: list[str]) -> None:
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_weighted_edges_from((pair[0], pair[1], 1e308) for pair in ties)
    with pytest.raises(UsageError, match="divide them all"):
        signed(graph)


def test_any_real_number_is_a_weight() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edge("a", "b", weight=np.int64(-2))
    graph.add_edge("b", "c", weight=np.float32(0.5))
    assert {weight for *_, weight in weights(signed(graph))} == {-2, 0.5}


def test_where_there_is_nothing_to_measure_measures_are_undefined() -> None:
    empty: nx.Graph[str] = nx.Graph()
    strangers = nx.empty_graph(3)
    cancelled = network(("a", "b", 0))
    for graph in (empty, strangers, cancelled):
        assert triangle_share(graph) is None
        assert walk_balance(graph) is None
        assert balance(graph, 0) is None
        assert signed_modularity(graph, [set(graph)]) is None
        assert polarisation(graph, [set(graph)]) == 0
    assert communities(empty) == ()
    assert triangle_share(network(("a", "b", 1), ("b", "c", -1))) is None


@pytest.mark.parametrize(
    ("signs", "share"), [((1, 1, 1), 1), ((1, 1, -1), 0), ((1, -1, -1), 1), ((-1, -1, -1), 0)]
)
def test_a_triangle_is_balanced_with_no_or_two_negative_ties(signs: tuple[int, int, int], share: int) -> None:
    first, second, third = signs
    assert (
        triangle_share(network(("a", "b", 0.1 * first), ("b", "c", 7 * second), ("a", "c", third))) == share
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_triad_census_is_what_looking_at_every_three_actors_finds(seed: int) -> None:
    graph = chance(seed)
    simple = signed(graph)
    found = Counter(
        "".join(
            sorted(
                "+" if simple.edges[pair]["weight"] > 0 else "-"
                for pair in combinations(three, 2)
                if simple.has_edge(*pair)
            )
        )
        or "empty"
        for three in combinations(simple, 3)
    )
    census = triad_census(graph)
    assert list(census) == ["+++", "++-", "+--", "---", "++", "+-", "--", "+", "-", "empty"]
    assert Counter(census) == found
    assert sum(census.values()) == comb(12, 3)


def test_the_triad_census_of_fewer_than_three_actors_is_all_zero() -> None:
    for graph in (nx.Graph(), nx.empty_graph(1), network(("a", "b", -1))):
        assert set(triad_census(graph).values()) == {0}


def test_the_triad_census_counts_triangles_of_a_crowd_by_portions() -> None:
    """A complete graph of 480 actors in two camps of 240: 18 million paths of two ties, taken in two portions."""
    graph = nx.complete_graph(480)
    for a, b, tie in graph.edges(data=True):
        tie["weight"] = 1 if (a < 240) == (b < 240) else -1
    census = triad_census(graph)
    assert {signs: number for signs, number in census.items() if number} == {
        "+++": 2 * comb(240, 3),
        "+--": comb(480, 3) - 2 * comb(240, 3),
    }


def test_walk_balance_of_three_mutual_enemies() -> None:
    """Eigenvalues −2, 1, 1 with signs and 2, −1, −1 without; a lone actor adds e⁰ to both sums."""
    enemies = network(("a", "b", -1), ("b", "c", -2), ("a", "c", -3))
    above, below = exp(-2) + 2 * exp(1), exp(2) + 2 * exp(-1)
    assert walk_balance(enemies) == pytest.approx(above / below)
    enemies.add_node("d")
    assert walk_balance(enemies) == pytest.approx((above + 1) / (below + 1))
    enemies.add_edge("e", "f", weight=-1)
    pair = exp(1) + exp(-1)
    assert walk_balance(enemies) == pytest.approx((above + 1 + pair) / (below + 1 + pair))


def test_walk_balance_is_1_exactly_where_two_sides_explain_every_sign() -> None:
    assert walk_balance(network(("a", "b", -1), ("b", "c", -1), ("a", "c", 1), ("d", "e", -1))) == 1


def test_walk_balance_of_a_large_crowd_does_not_overflow() -> None:
    """The eigenvalue 719 of 720 friends is too large to be an exponent; three enemies elsewhere weigh nothing."""
    crowd: nx.Graph[Any] = nx.Graph()
    crowd.add_edges_from(combinations(range(720), 2), weight=1)
    crowd.add_edges_from([("a", "b"), ("b", "c"), ("a", "c")], weight=-1)
    assert walk_balance(crowd) == pytest.approx(1)


@pytest.mark.parametrize("number", [20, 600, 2000])
def test_walk_balance_of_many_actors_is_settled_by_a_few_eigenvalues(number: int) -> None:
    """Triangles around one actor, the far tie negative: n of 41, 1,201 and 4,001 actors.

    Unsigned eigenvalues are (1 ± r)/2, k − 1 times 1, k times −1; signed ones the negatives of the last, and
    (−1 ± r)/2; r = √(1 + 8k).
    """
    r, k = sqrt(1 + 8 * number), number
    above = [(-1 + r) / 2, (-1 - r) / 2, *[-1] * (k - 1), *[1] * k]
    below = [(1 + r) / 2, (1 - r) / 2, *[1] * (k - 1), *[-1] * k]
    expected = sum(exp(value - r / 2) for value in above) / sum(exp(value - r / 2) for value in below)
    assert walk_balance(triangles(number, -1)) == pytest.approx(expected, abs=2e-9)


def test_walk_balance_adds_the_components_of_a_network() -> None:
    """A ring of 600 friends, eigenvalues 2cos(2πj/600), beside 20 unbalanced triangles; neither is negligible."""
    graph = triangles(20, -1)
    graph.add_edges_from(pairwise([*range(100, 700), 100]), weight=1)
    r = sqrt(1 + 8 * 20)
    ring = sum(exp(2 * cos(2 * pi * j / 600)) for j in range(600))
    above = exp((-1 + r) / 2) + exp((-1 - r) / 2) + 19 * exp(-1) + 20 * exp(1)
    below = exp((1 + r) / 2) + exp((1 - r) / 2) + 19 * exp(1) + 20 * exp(-1)
    assert walk_balance(graph) == pytest.approx((above + ring) / (below + ring))


def test_walk_balance_is_undefined_where_a_large_network_is_too_even_to_be_settled() -> None:
    ring: nx.Graph[int] = nx.Graph()
    ring.add_edges_from(pairwise([*range(3_001), 0]), weight=1)
    assert walk_balance(ring) == 1
    ring.edges[0, 1]["weight"] = -1
    assert walk_balance(ring) is None


def test_walk_balance_is_undefined_where_the_largest_eigenvalues_leave_too_much_open() -> None:
    """One actor amid 375 circles of eight friends: the 375 eigenvalues near 7 are more than are looked at."""
    graph: nx.Graph[int] = nx.Graph()
    for first in range(1, 3_001, 8):
        graph.add_edges_from(combinations(range(first, first + 8), 2), weight=1)
        graph.add_edge(0, first, weight=1)
    graph.add_edge(1, 2, weight=-1)
    assert walk_balance(graph) is None


def test_balance_is_what_the_cheapest_split_leaves() -> None:
    """Of ties weighing 2 + 3 + 1 one of weight 1 is ignored: 1 − 2/6."""
    graph = network(("a", "b", 2), ("b", "c", 3), ("a", "c", -1))
    assert balance(graph, 1) == pytest.approx(2 / 3)
    assert balance(graph, 0) == 1
    assert balance(graph, 3) == 0


@pytest.mark.parametrize("index", [-1, 3.01, nan, inf])
def test_an_index_no_split_can_have_is_refused(index: float) -> None:
    graph = network(("a", "b", 2), ("b", "c", 3), ("a", "c", -1))
    with pytest.raises(UsageError, match="give a number from 0 to 3"):
        balance(graph, index)


def test_two_equal_blocs_that_agree_within_and_oppose_without_are_wholly_polarised() -> None:
    graph = network(("a", "b", 1), ("c", "d", 5), ("a", "c", -2), ("b", "d", -1), ("a", "d", -1))
    assert polarisation(graph, [{"a", "b"}, {"c", "d"}]) == 1
    assert polarisation(graph, [{"a", "c"}, {"b", "d"}]) == 0


def test_two_enemies_without_friends_are_wholly_polarised() -> None:
    assert polarisation(network(("a", "b", -1)), [{"a"}, {"b"}]) == 1


def test_unanimity_is_not_polarised() -> None:
    graph = network(("a", "b", 1), ("b", "c", 1))
    assert polarisation(graph, [set("abc")]) == 0
    assert polarisation(graph, [set("abc"), set()]) == 0
    assert polarisation(graph, [{"a"}, {"b", "c"}]) == 0
    assert polarisation(network(("a", "b", -1), ("b", "c", -1)), [set("abc")]) == 0


def test_polarisation_weighs_ties_and_sizes() -> None:
    """Between the blocs runs 3 of 4 of the enmity and 1 of 5 of the amity; two of five actors are the smaller bloc."""
    graph = network(
        ("a", "b", 2),
        ("c", "d", 1),
        ("d", "e", 1),
        ("b", "c", 1),
        ("a", "c", -2),
        ("a", "e", -1),
        ("c", "e", -1),
    )
    assert polarisation(graph, [{"a", "b"}, {"c", "d", "e"}]) == pytest.approx((3 / 4 - 1 / 5) * 4 / 5)


def test_actors_without_ties_neither_polarise_nor_dilute() -> None:
    graph = network(("a", "b", -1), ("a", "c", 1))
    alone = polarisation(graph, [{"a", "c"}, {"b"}])
    graph.add_nodes_from("wxyz")
    graph.add_edge("w", "w", weight=-1)
    graph.add_edge("x", "y", weight=0)
    assert alone == pytest.approx(2 / 3)
    assert polarisation(graph, [{"a", "c"}, {"b", *"wxyz"}]) == alone
    assert polarisation(graph, [{"a", "c"}, {"b"}]) == alone


@pytest.mark.parametrize(
    ("blocs", "message"),
    [
        ([{"a"}, {"b"}, {"c"}], "not 3"),
        ([{"a"}, {"b"}], "c has ties and is in no bloc"),
        ([{"a", "b"}, {"b", "c"}], "b is in two blocs"),
        ([{"a", "b"}, {"c", "Zed"}], "Zed is in a bloc but not in the graph"),
        ([], "is in no bloc"),
    ],
)
def test_blocs_that_do_not_part_the_actors_are_refused(blocs: list[set[str]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        polarisation(network(("a", "b", -1), ("a", "c", 1)), blocs)


@pytest.mark.parametrize("seed", range(5))
def test_polarisation_stays_between_0_and_1(seed: int) -> None:
    graph, random = chance(seed), Random(seed)
    for _ in range(20):
        first = {node for node in graph if random.random() < 0.5}
        assert 0 <= polarisation(graph, [first, set(graph) - first]) <= 1


def test_communities_are_of_positive_ties_largest_first() -> None:
    """Four and three friends, with one amity and two enmities between them, and one who has only enemies."""
    graph = network(*((a, b, 1) for group in ("abc", "defg") for a, b in combinations(group, 2)))
    graph.add_weighted_edges_from([("a", "d", 0.5), ("b", "e", -9), ("c", "f", -9), ("z", "a", -1)])
    assert communities(graph) == (frozenset("defg"), frozenset("abc"), frozenset("z"))


def test_communities_weigh_their_ties() -> None:
    """In a ring of four, the two heavy ties are the two communities."""
    ring = network(("a", "b", 1), ("b", "c", 9), ("c", "d", 1), ("d", "a", 9))
    assert set(communities(ring)) == {frozenset("bc"), frozenset("ad")}


@pytest.mark.parametrize("scale", [1e-300, 1e290])
def test_communities_do_not_depend_on_the_unit_of_weight(scale: float) -> None:
    graph = network(
        ("a", "b", 1 * scale), ("b", "c", 9 * scale), ("c", "d", 1 * scale), ("d", "a", 9 * scale)
    )
    assert set(communities(graph)) == {frozenset("bc"), frozenset("ad")}
    assert signed_modularity(graph, communities(graph)) == pytest.approx(18 / 20 - 1 / 2)


@pytest.mark.parametrize("seed", range(5))
def test_communities_do_not_depend_on_the_order_of_nodes_and_ties(seed: int) -> None:
    graph = chance(seed, nodes=30, ties=90)
    random = Random(seed)
    nodes, ties = list(graph), weights(graph)
    random.shuffle(nodes)
    random.shuffle(ties)
    other: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    other.add_nodes_from(nodes)
    other.add_weighted_edges_from((b, a, weight) for a, b, weight in ties)
    assert communities(other) == communities(graph)


def test_communities_do_not_depend_on_the_hash_seed(shell: Shell) -> None:
    """Nodes and ties go in as a set of names gives them, in an order that changes with the hash seed."""
    code = (
        "import networkx as nx\n"
        "from stancegraph.balance.communities import communities\n"
        "ties = {(f'actor {a}', f'actor {b}') for a, b in nx.gnm_random_graph(40, 80, seed=1).edges}\n"
        "print(next(iter(ties)))\n"
        "graph = nx.Graph()\n"
        "graph.add_edges_from(ties, weight=1)\n"
        "print([sorted(community) for community in communities(graph)])\n"
    )
    runs = [shell("python", "-c", code, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2", "3")]
    assert not any(run.returncode for run in runs), runs[0].stderr
    firsts, found = zip(*(run.stdout.splitlines() for run in runs), strict=True)
    assert len(set(firsts)) > 1
    assert len(set(found)) == 1


def test_modularity_of_positive_ties_is_that_of_newman() -> None:
    graph: nx.Graph[int] = nx.karate_club_graph()
    split = [{node for node in graph if graph.nodes[node]["club"] == club} for club in ("Mr. Hi", "Officer")]
    assert signed_modularity(graph, split) == pytest.approx(nx.community.modularity(graph, split))


@pytest.mark.parametrize("seed", range(5))
def test_signed_modularity_is_its_definition_summed_over_all_pairs(seed: int) -> None:
    graph, random = chance(seed), Random(seed)
    place = {node: random.randrange(3) for node in graph}
    partition = [{node for node in graph if place[node] == number} for number in range(3)]
    matrix = nx.to_numpy_array(signed(graph), nodelist=list(range(12)))
    parts = [matrix.clip(min=0), -matrix.clip(max=0)]
    totals = [part.sum() for part in parts]
    expected = sum(
        matrix[i, j]
        - parts[0][i].sum() * parts[0][j].sum() / totals[0]
        + parts[1][i].sum() * parts[1][j].sum() / totals[1]
        for i in range(12)
        for j in range(12)
        if place[i] == place[j]
    ) / sum(totals)
    assert signed_modularity(graph, partition) == pytest.approx(expected)


def test_signed_modularity_is_0_for_one_set_of_all() -> None:
    graph = network(("a", "b", 1), ("b", "c", -2), ("c", "d", 3))
    assert signed_modularity(graph, [set("abcd")]) == pytest.approx(0)


def test_signed_modularity_of_two_opposed_pairs() -> None:
    """Positive 2w⁺ = 4, each pair 2: 1 − ½; negative 2w⁻ = 4, each pair 2: 0 − ½; (4·½ + 4·½)/8."""
    graph = network(("a", "b", 1), ("c", "d", 1), ("a", "c", -1), ("b", "d", -1))
    assert signed_modularity(graph, [{"a", "b"}, {"c", "d"}]) == pytest.approx(1 / 2)
    with pytest.raises(UsageError, match="is in no bloc"):
        signed_modularity(graph, [{"a", "b"}])
