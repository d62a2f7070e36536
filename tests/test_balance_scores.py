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

from signed import HIGHLAND, network, random_signed, simplified
from stancegraph.balance.communities import louvain_communities, signed_modularity
from stancegraph.balance.scores import (
    Spectrum,
    line_balance,
    polarisation,
    triad_census,
    triangle_share,
    walk_balance,
)
from stancegraph.errors import UsageError


def triangles(number: int, rim: float) -> nx.Graph[int]:
    """`number` triangles that share the actor 0 and no other; the tie opposite to it weighs `rim`."""
    graph: nx.Graph[int] = nx.Graph()
    for left in range(1, 2 * number, 2):
        graph.add_weighted_edges_from([(0, left, 1.0), (0, left + 1, 1.0), (left, left + 1, rim)])
    return graph


def test_the_highland_tribes_have_their_published_values() -> None:
    assert triangle_share(HIGHLAND) == pytest.approx(0.8676471, abs=5e-8)
    assert walk_balance(HIGHLAND) == pytest.approx(0.3575761, abs=5e-8)
    assert line_balance(HIGHLAND, 7) == pytest.approx(0.7586207, abs=5e-8)


def test_where_there_is_nothing_to_measure_measures_are_undefined() -> None:
    empty: nx.Graph[str] = nx.Graph()
    strangers = nx.empty_graph(3)
    cancelled = network(("a", "b", 0))
    for graph in (empty, strangers, cancelled):
        assert triangle_share(graph) is None
        assert walk_balance(graph) is None
        assert line_balance(graph, 0) is None
        assert signed_modularity(graph, [set(graph)]) is None
        assert polarisation(graph, [set(graph)]) == 0
    assert louvain_communities(empty) == ()
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
    graph = random_signed(seed)
    simple = simplified(graph)
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
    assert all(isinstance(number, int) for number in census.values())


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


def test_eigenvalues_that_are_not_known_are_bounded_by_their_sum_and_their_squares() -> None:
    """3 and 2 are known, two others add up to 2 and their squares to 4: both 1 at the least, 0 and 2 at the most."""
    spectrum = Spectrum(np.array([3.0, 2.0]), 2, 2.0, 4.0)
    known = exp(3) + exp(2)
    for shift in (0, 3):
        assert spectrum.bounds(shift) == pytest.approx(
            ((known + 2 * exp(1)) * exp(-shift), (known + 1 + exp(2)) * exp(-shift))
        )
    assert Spectrum(np.array([3.0, 2.0])).bounds(1) == pytest.approx((known / exp(1), known / exp(1)))


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
    assert line_balance(graph, 1) == pytest.approx(2 / 3)
    assert line_balance(graph, 0) == 1
    assert line_balance(graph, 3) == 0


@pytest.mark.parametrize("index", [-1, 3.01, nan, inf])
def test_an_index_no_split_can_have_is_refused(index: float) -> None:
    graph = network(("a", "b", 2), ("b", "c", 3), ("a", "c", -1))
    with pytest.raises(UsageError, match="give a number from 0 to 3"):
        line_balance(graph, index)


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


def test_as_much_enmity_within_as_between_still_counts() -> None:
    """Of two enmities one runs between the blocs, of amity none does: 1/2 of the enmity, times 2 * 1/3."""
    graph = network(
        ("a", "b", 1), ("b", "c", -1), ("a", "c", 1), ("a", "d", -1), ("c", "d", 1), ("b", "d", 1)
    )
    assert polarisation(graph, [{"a", "b", "c"}, {"d"}]) == 0
    assert polarisation(network(("a", "b", -1), ("b", "c", -1)), [{"a", "b"}, {"c"}]) == pytest.approx(
        1 / 2 * 2 / 3
    )


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
    graph, random = random_signed(seed), Random(seed)
    for _ in range(20):
        first = {node for node in graph if random.random() < 0.5}
        assert 0 <= polarisation(graph, [first, set(graph) - first]) <= 1
