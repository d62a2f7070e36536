"""Who matters: scores worked out by hand, by a published value, or by a second, slower method."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from importlib.util import find_spec
from itertools import combinations, permutations, product
from typing import Any

import networkx as nx
import numpy as np
import pytest

from centralities import drawn, networks, said, scores, weighted
from stancegraph.centrality.measures import MEASURES, named
from stancegraph.errors import UsageError

# Degree and strength


def test_degree_and_strength_come_in_every_direction_and_sign() -> None:
    names = {
        "".join(parts)
        for parts in product(("", "positive-", "negative-"), ("", "in-", "out-"), ("degree", "strength"))
    }
    assert len(names) == 18
    assert names <= set(MEASURES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("degree", {"A": 3, "B": 2, "C": 0, "claim": 1}),
        ("out-degree", {"A": 2, "B": 1, "C": 0, "claim": 0}),
        ("in-degree", {"A": 1, "B": 1, "C": 0, "claim": 1}),
        ("positive-degree", {"A": 1, "B": 0, "C": 0, "claim": 1}),
        ("negative-out-degree", {"A": 1, "B": 1, "C": 0, "claim": 0}),
        ("negative-in-degree", {"A": 1, "B": 0, "C": 0, "claim": 1}),
        ("out-strength", {"A": 4, "B": 1, "C": 0, "claim": 0}),
        ("in-strength", {"A": 1, "B": 1, "C": 0, "claim": 3}),
        ("strength", {"A": 5, "B": 2, "C": 0, "claim": 3}),
        ("positive-strength", {"A": 2, "B": 0, "C": 0, "claim": 2}),
        ("negative-strength", {"A": 2, "B": 1, "C": 0, "claim": 1}),
    ],
)
def test_degree_counts_others_and_strength_documents(name: str, expected: dict[str, int]) -> None:
    """Document two reports both statements of A for the claim, so two documents stand behind that stance."""
    assert scores(name, said()) == expected


def test_on_weighted_ties_degree_goes_by_their_sign_and_strength_by_their_size() -> None:
    graph = weighted([("a", "b", 2), ("a", "c", -3), ("b", "c", 0)])
    assert scores("degree", graph) == {"a": 2, "b": 1, "c": 1}
    assert scores("positive-degree", graph) == {"a": 1, "b": 1, "c": 0}
    assert scores("strength", graph) == {"a": 5, "b": 2, "c": 3}
    assert (
        scores("negative-in-strength", graph)
        == scores("negative-out-strength", graph)
        == {"a": 3, "b": 0, "c": 3}
    )


def test_parallel_ties_are_added_and_may_cancel() -> None:
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_weighted_edges_from(
        [("a", "b", 0.1), ("b", "a", 0.2), ("a", "b", -0.3), ("b", "c", 1), ("b", "c", 2)]
    )
    assert scores("degree", graph) == {"a": 0, "b": 1, "c": 1}
    assert scores("strength", graph) == {"a": 0, "b": 3, "c": 3}


def test_a_tie_read_from_a_file_may_have_its_weight_as_text_or_none() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edge("a", "b", weight="2.5")
    graph.add_edge("b", "c")
    assert scores("out-strength", graph) == {"a": 2.5, "b": 1, "c": 0}


# Betweenness and closeness


def test_the_centre_of_a_star_is_between_all_and_its_leaves_between_none() -> None:
    """Freeman (1977): the point of a star lies between every pair of others."""
    assert scores("betweenness", nx.star_graph(4)) == {0: 1, 1: 0, 2: 0, 3: 0, 4: 0}


def test_betweenness_of_a_path_and_of_a_circle() -> None:
    """Of six pairs of others, three pass the second node of a path of five and four the third.

    In a circle of four each node is on one of the two shortest paths of one of three pairs.
    """
    assert scores("betweenness", nx.path_graph(5)) == pytest.approx(
        {0: 0, 1: 3 / 6, 2: 4 / 6, 3: 3 / 6, 4: 0}
    )
    assert scores("betweenness", nx.cycle_graph(4)) == pytest.approx(dict.fromkeys(range(4), 1 / 6))


@pytest.mark.parametrize(("direct", "between"), [(0.4, 1), (0.5, 0.5), (0.6, 0)])
def test_agreeing_strongly_by_a_third_is_nearer_than_agreeing_weakly(direct: float, between: float) -> None:
    """By b it is 1/1 + 1/1 = 2 far, directly 2.5, 2 or 1.67."""
    graph = weighted([("a", "b", 1), ("b", "c", 1), ("a", "c", direct)])
    assert scores("betweenness", graph) == {"a": 0, "b": between, "c": 0}


def test_lengths_that_differ_by_rounding_only_are_equal() -> None:
    """0.1 + 0.2 is not 0.3 in floating point."""
    assert 1 / 10 + 1 / 5 != 0.3
    graph = weighted([("a", "b", 10), ("b", "c", 5), ("a", "c", 1 / 0.3)])
    assert scores("betweenness", graph) == {"a": 0, "b": 0.5, "c": 0}


def test_a_tie_too_short_to_add_to_a_distance_is_still_on_the_path() -> None:
    """On a path of four each inner node is between two of three pairs, and 1 + 1e-20 is 1 in floating point."""
    graph = weighted([("w", "x", 1), ("x", "y", 1e20), ("y", "z", 1)])
    assert scores("betweenness", graph) == pytest.approx({"w": 0, "x": 2 / 3, "y": 2 / 3, "z": 0})


def every_path(graph: nx.Graph[Any]) -> dict[Any, Fraction]:
    """Betweenness by listing all paths there are, in exact fractions."""
    total = dict.fromkeys(graph, Fraction(0))
    for source, target in permutations(graph, 2):
        lengths = {
            tuple(path): sum(
                (Fraction(1, graph.edges[step]["weight"]) for step in nx.utils.pairwise(path)), Fraction(0)
            )
            for path in nx.all_simple_paths(graph, source, target)
        }
        shortest = [path for path, length in lengths.items() if length == min(lengths.values())]
        for path in shortest:
            for node in path[1:-1]:
                total[node] += Fraction(1, len(shortest))
    pairs = (len(graph) - 1) * (len(graph) - 2)
    return {node: score / pairs for node, score in total.items()}


@pytest.mark.parametrize("directed", [False, True])
def test_betweenness_is_that_of_all_paths_listed_one_by_one(directed: bool) -> None:
    for seed in range(12):
        graph = drawn(seed, nodes=7, ties=22 if directed else 12, directed=directed)
        expected = {node: float(score) for node, score in every_path(graph).items()}
        assert scores("betweenness", graph) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("directed", [False, True])
def test_ties_of_one_length_give_the_same_betweenness_by_all_three_ways(directed: bool) -> None:
    """By rustworkx, by networkx, and by lengths: a pair apart with a shorter tie makes the lengths differ."""
    assert find_spec("rustworkx"), "rustworkx is one of this project's development dependencies"
    graph: nx.Graph[Any] = nx.gnm_random_graph(60, 150, seed=3, directed=directed)
    quick = scores("betweenness", graph)
    assert quick == pytest.approx(scores("betweenness", graph, "networkx"), abs=1e-9)
    apart = graph.copy()
    apart.add_edge("x", "y", weight=2)
    by_lengths = scores("betweenness", apart)
    pairs, more = 59 * 58, 61 * 60
    assert {node: by_lengths[node] * more / pairs for node in graph} == pytest.approx(quick, abs=1e-9)


def test_closeness_divides_by_distance_and_by_those_out_of_reach() -> None:
    """On the path a-b-c with d apart: a reaches 2 of 3 at distances 1 and 2; ties twice as strong halve them."""
    graph, stronger = (weighted([("a", "b", weight), ("b", "c", weight)]) for weight in (1, 2))
    graph.add_node("d")
    stronger.add_node("d")
    assert scores("closeness", graph) == pytest.approx(
        {"a": 2 / 3 * 2 / 3, "b": 2 / 2 * 2 / 3, "c": 4 / 9, "d": 0}
    )
    assert scores("closeness", stronger) == pytest.approx({"a": 8 / 9, "b": 4 / 3, "c": 8 / 9, "d": 0})


def test_closeness_in_a_directed_network_is_of_the_ways_in() -> None:
    graph = weighted([("a", "b", 1), ("b", "c", 1)], directed=True)
    assert scores("closeness", graph) == pytest.approx({"a": 0, "b": 1 / 2, "c": 2 / 3})


# Eigenvector, PageRank, Katz, HITS


def dense(graph: nx.Graph[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return nx.to_numpy_array(graph, nodelist=sorted(graph))


def test_eigenvector_of_a_path_of_three() -> None:
    assert scores("eigenvector", nx.path_graph(3)) == pytest.approx({0: 1 / 2, 1: math.sqrt(2) / 2, 2: 1 / 2})


def test_eigenvector_scores_the_largest_component_only_however_strong_the_others() -> None:
    graph = weighted([("a", "b", 1), ("b", "c", 1), ("x", "y", 100), ("c", "x", -1)])
    half, rest = 1 / 2, math.sqrt(2) / 2
    assert scores("eigenvector", graph) == pytest.approx({"a": half, "b": rest, "c": half, "x": 0, "y": 0})


def test_eigenvector_of_components_as_large_goes_by_their_strength_and_is_shared_where_equal() -> None:
    equal = weighted([("a", "b", 1), ("x", "y", 1)])
    assert scores("eigenvector", equal) == pytest.approx(dict.fromkeys("abxy", 1 / 2))
    stronger = weighted([("a", "b", 1), ("x", "y", 2)])
    half = math.sqrt(1 / 2)
    assert scores("eigenvector", stronger) == pytest.approx({"a": 0, "b": 0, "x": half, "y": half})


def test_eigenvector_of_unlike_components_as_large_and_as_strong_is_where_power_iteration_ends() -> None:
    """A triangle, and a path with ties of sqrt 2, both have the eigenvalue 2; equal scores have the share 1 of the
    triangle's (1, 1, 1) and (2 + sqrt 2) / 4 of the path's (1, sqrt 2, 1)."""
    root = math.sqrt(2)
    ties = [("a", "b", 1), ("b", "c", 1), ("a", "c", 1), ("x", "y", root), ("y", "z", root)]
    share = (2 + root) / 4
    limit = [1, 1, 1, share, share * root, share]
    expected = [score / math.hypot(*limit) for score in limit]
    assert list(scores("eigenvector", weighted(ties)).values()) == pytest.approx(expected)
    assert list(scores("eigenvector", weighted(ties), "networkx").values()) == pytest.approx(expected)


def test_eigenvector_is_that_of_the_dense_matrix() -> None:
    graph = drawn(5, nodes=12, ties=30)
    assert nx.is_connected(graph)
    vector = np.abs(np.linalg.eigh(dense(graph))[1][:, -1])
    assert scores("eigenvector", graph) == pytest.approx(dict(enumerate(vector)))


@pytest.mark.parametrize("directed", [False, True])
def test_pagerank_is_where_a_surfer_is_after_many_steps(directed: bool) -> None:
    graph = drawn(7, nodes=11, ties=20, directed=directed)
    graph.add_node(11)
    matrix, size = dense(graph), 12
    given = matrix.sum(axis=1)
    assert (given == 0).any()
    step = np.array(
        [row / total if total else np.full(size, 1 / size) for row, total in zip(matrix, given, strict=True)]
    )
    place = np.full(size, 1 / size)
    for _ in range(400):
        place = 0.15 / size + 0.85 * place @ step
    assert scores("pagerank", graph) == pytest.approx(dict(enumerate(place)), abs=1e-12)


def test_katz_is_the_inverse_with_eighty_five_hundredths_of_the_greatest_attenuation() -> None:
    graph = drawn(9, nodes=10, ties=18)
    matrix = dense(graph)
    attenuation = 0.85 / np.linalg.eigvalsh(matrix)[-1]
    walks = np.linalg.inv(np.eye(10) - attenuation * matrix) @ np.ones(10)
    assert scores("katz", graph) == pytest.approx(dict(enumerate(walks / np.linalg.norm(walks))))


def test_katz_counts_walks_that_end_at_a_node_even_where_none_ever_returns() -> None:
    """Of a to b to c the symmetric part is a path with eigenvalue 1/sqrt 2, so walks lose by .85 sqrt 2 a step."""
    graph = weighted([("a", "b", 1), ("b", "c", 1)], directed=True)
    step = 0.85 * math.sqrt(2)
    walks = [1, 1 + step, 1 + step + step**2]
    expected = [walk / math.hypot(*walks) for walk in walks]
    assert list(scores("katz", graph).values()) == pytest.approx(expected)


def test_hubs_and_authorities_are_the_leading_singular_vectors() -> None:
    graph = drawn(11, nodes=9, ties=40, directed=True)
    left, _, right = np.linalg.svd(dense(graph))
    for name, vector in (("hub", np.abs(left[:, 0])), ("authority", np.abs(right[0]))):
        assert scores(name, graph) == pytest.approx(dict(enumerate(vector / vector.sum())))


def test_hubs_speak_and_authorities_are_spoken_of() -> None:
    """The weights of A are 3 on the claim and 1 on B; of B 1 on A, which is another component of two, not four."""
    graph = said()
    assert scores("hub", graph) == pytest.approx({"A": 1, "B": 0, "C": 0, "claim": 0})
    assert scores("authority", graph) == pytest.approx({"A": 0, "B": 1 / 4, "C": 0, "claim": 3 / 4})


def test_in_a_star_without_directions_hubs_are_authorities() -> None:
    """The eigenvector has sqrt 4 at the centre for 1 at each leaf."""
    expected = {0: 2 / 6, 1: 1 / 6, 2: 1 / 6, 3: 1 / 6, 4: 1 / 6}
    assert scores("hub", nx.star_graph(4)) == pytest.approx(expected)
    assert scores("authority", nx.star_graph(4)) == pytest.approx(expected)


def test_a_star_of_more_nodes_than_dense_matrices_are_used_for() -> None:
    """In closed form, with a centre c and k leaves l.

    Katz: c = 1 + a k l and l = 1 + a c, with a = .85 / sqrt k. PageRank: c = .15/n + .85 k l and
    l = .15/n + .85 c/k. PN: as Katz, with a = 1 / 2k.
    """
    k = 1500
    graph = nx.star_graph(k)
    a = 0.85 / math.sqrt(k)
    centre = (1 + a * k) / (1 - a * a * k)
    length = math.sqrt(centre**2 + k * (1 + a * centre) ** 2)
    surfers = 0.15 / (k + 1) * (1 + 0.85 * k) / (1 - 0.85**2)
    positive = (1 + 1 / 2) / (1 - 1 / (4 * k))
    for name, at_centre, at_leaf in (
        ("eigenvector", math.sqrt(1 / 2), math.sqrt(1 / (2 * k))),
        ("katz", centre / length, (1 + a * centre) / length),
        ("pagerank", surfers, 0.15 / (k + 1) + 0.85 * surfers / k),
        ("pn", positive, 1 + positive / (2 * k)),
        ("hub", 1 / (1 + math.sqrt(k)), 1 / (k + math.sqrt(k))),
    ):
        found = scores(name, graph)
        assert (found[0], found[1], found[k]) == pytest.approx((at_centre, at_leaf, at_leaf)), name


# PN


def test_pn_of_three_is_the_inverse_of_the_published_formula() -> None:
    """A and B agree, both oppose C: with b = 1/4, x = 1 + x/4 - y/2 and y = 1 - x."""
    graph = weighted([("A", "B", 0.2), ("A", "C", -3), ("B", "C", -0.7)])
    signs = np.array([[0, 1, -2], [1, 0, -2], [-2, -2, 0]])
    inverse = np.linalg.inv(np.eye(3) - signs / 4) @ np.ones(3)
    x = Fraction(1, 2) / Fraction(1, 4)
    assert inverse == pytest.approx([float(x), float(x), float(1 - x)])
    assert list(scores("pn", graph).values()) == pytest.approx(inverse)


def test_pn_meets_the_values_that_signnet_publishes() -> None:
    """Ten nodes with as many positive as negative ties each; the R package's vignette on centrality."""
    rows = """0+0+000--0 +0+-+--000 0+0+-000-0 +-+0+--000 0+-+0+0-0- 0-0-+0+0+- 0-0-0+0+-+ -000-0+0+0
              -0-00+-+0+ 0000--+0+0"""
    graph: nx.Graph[int] = nx.Graph()
    for i, row in enumerate(rows.split()):
        graph.add_weighted_edges_from(
            (i, j, 1 if sign == "+" else -1) for j, sign in enumerate(row) if sign != "0"
        )
    published = (
        "0.9009747 0.8613482 0.9076997 0.8613482 0.8410658 0.8496558 0.8617321 0.9015909 0.8509848 0.9072930"
    )
    assert list(scores("pn", graph).values()) == pytest.approx(
        [float(x) for x in published.split()], abs=5e-8
    )


@pytest.mark.parametrize(("sign", "expected"), [(1, 2), (-1, 1 / 2)])
@pytest.mark.parametrize("nodes", [2, 3, 6])
def test_pn_of_unanimity_and_of_war_of_all_against_all(nodes: int, sign: int, expected: float) -> None:
    graph = weighted((a, b, sign) for a, b in combinations(range(nodes), 2))
    assert scores("pn", graph) == pytest.approx(dict.fromkeys(range(nodes), expected))


def test_pn_of_stances_adds_both_directions() -> None:
    """A accuses B, and B praises A in two documents: positive on the whole, so PN is 2 for the two of them."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_edge("A", "B", polarity=-1, documents=("one",))
    graph.add_edge("B", "A", polarity=1, documents=("one", "two"))
    assert scores("pn", graph) == pytest.approx({"A": 2, "B": 2})


# Brokerage


def mediated() -> nx.DiGraph[str]:
    """Kinds by first letter: s(tates), m(edia), g(roups); and a proposition that all speak of."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    ties = "s1-m1 s2-m1 m1-s2 m1-g1 g1-g2 s2-g1 g2-s1 g2-g3 s1-p1 g1-p1 m1-p1"
    for tie in ties.split():
        graph.add_edge(*tie.split("-"))
    for node in graph:
        graph.nodes[node]["kind"] = "proposition" if node == "p1" else node[0]
    return graph


def test_brokerage_counts_open_two_step_ties_by_the_kinds_of_the_three() -> None:
    """By broker, all pairs of who ties to it and whom it ties to:

    m1: s1-s2 consultant, s1-g1 liaison; s2-g1 is tied itself.   s2: m1-g1 is tied itself.
    g1: m1-g2 and s2-g2 gatekeeper.   g2: g1-s1 representative, g1-g3 coordinator.   s1: g2-m1 liaison.
    """
    expected = {
        "coordinator": {"g2": 1},
        "consultant": {"m1": 1},
        "gatekeeper": {"g1": 2},
        "representative": {"g2": 1},
        "liaison": {"m1": 1, "s1": 1},
        "brokerage": {"m1": 2, "g1": 2, "g2": 2, "s1": 1},
    }
    found = {role: scores(role, mediated()) for role in expected}
    assert {
        role: {node: n for node, n in by_node.items() if n} for role, by_node in found.items()
    } == expected
    assert found["brokerage"]["p1"] == 0


def test_without_kinds_or_directions_every_open_pair_is_coordinated_both_ways() -> None:
    """Three leaves of a star make three pairs, each in two directions."""
    assert (
        scores("coordinator", nx.star_graph(3))
        == scores("brokerage", nx.star_graph(3))
        == {0: 6, 1: 0, 2: 0, 3: 0}
    )


# Any network


@pytest.mark.parametrize("network", networks())
@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_gives_every_network_a_finite_score_for_every_node(name: str, network: str) -> None:
    graph = networks()[network]
    found = scores(name, graph)
    assert set(found) == set(graph)
    assert all(type(score) is float and math.isfinite(score) for score in found.values())


@pytest.mark.parametrize("name", MEASURES)
def test_the_order_in_which_a_graph_was_filled_makes_no_difference(name: str) -> None:
    chance = random.Random(1)
    parallel: nx.MultiGraph[int] = nx.MultiGraph()
    parallel.add_weighted_edges_from((i % 4, i % 3 + 1, chance.random() - 0.4) for i in range(60))
    directed = drawn(4, nodes=15, ties=60, directed=True)
    graphs: list[nx.Graph[Any]] = [said(), parallel, drawn(4, nodes=15, ties=40), directed]
    for graph in graphs:
        other = graph.__class__()
        other.add_nodes_from(chance.sample(list(graph.nodes(data=True)), len(graph)))
        ties = [
            (b, a, data) if not graph.is_directed() else (a, b, data) for a, b, data in graph.edges(data=True)
        ]
        other.add_edges_from(chance.sample(ties, len(ties)))
        assert list(scores(name, graph).items()) == list(scores(name, other).items())


@pytest.mark.parametrize("weight", [math.nan, math.inf, -math.inf, "many", None, 1e-200, 1e200, 10**400])
def test_a_weight_that_is_no_number_to_reckon_with_is_refused_with_its_tie(weight: Any) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edge("Alpha", "Beta", weight=weight)
    with pytest.raises(UsageError, match=r"the tie Alpha - Beta has .* for its weight"):
        scores("degree", graph)


def test_a_polarity_that_is_no_number_is_refused() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_edge("Alpha", "Beta", polarity=math.nan)
    with pytest.raises(UsageError, match="has nan for its polarity: give it a finite number"):
        scores("pagerank", graph)


def test_an_unknown_measure_names_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no measure is called 'fame'; there are: degree, .*liaison"):
        named("fame")
    assert named("pn") is MEASURES["pn"]


def test_every_measure_says_what_it_tells_in_one_line_with_its_source() -> None:
    for name, measure in MEASURES.items():
        assert measure.name == name
        assert "\n" not in measure.help
        assert measure.help.rstrip(".").endswith(")"), name
        assert any(year in measure.help for year in map(str, range(1950, 2020))), name
