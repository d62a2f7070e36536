"""The disparity filter: p-values worked out by hand, and what it leaves untouched."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import networkx as nx
import pytest

from stancegraph.errors import UsageError
from stancegraph.network import stances
from stancegraph.network.backbone import backbone
from stancegraph.store import Store


def network(*ties: tuple[str, str, float], kind: Any = nx.Graph) -> Any:
    graph = kind()
    graph.add_weighted_edges_from(ties)
    return graph


def chances(graph: nx.Graph[Any]) -> dict[str, float]:
    return {f"{a}{b}": tie["alpha"] for a, b, tie in graph.edges(data=True)}


STAR = (("h", "a", 6), ("h", "b", 2), ("h", "c", 1), ("h", "d", 1))
"""Four ties, ten in weight: p is .4³, .8³, .9³ and .9³."""


def test_a_tie_of_a_star_has_the_p_value_of_its_centre() -> None:
    assert chances(backbone(network(*STAR), 1)) == {
        "ha": pytest.approx(0.064),
        "hb": pytest.approx(0.512),
        "hc": pytest.approx(0.729),
        "hd": pytest.approx(0.729),
    }


@pytest.mark.parametrize(
    ("alpha", "kept"), [(0.05, ""), (0.07, "a"), (0.6, "ab"), (0.73, "abcd"), (1, "abcd")]
)
def test_ties_below_alpha_are_kept_and_all_nodes(alpha: float, kept: str) -> None:
    filtered = backbone(network(*STAR), alpha)
    assert set(filtered["h"]) == set(kept)
    assert set(filtered) == set("habcd")


def test_a_p_value_of_just_alpha_is_not_below_it() -> None:
    """Two ties of equal weight: p is exactly ½."""
    graph = network(("h", "a", 1), ("h", "b", 1))
    assert backbone(graph, 0.5).number_of_edges() == 0
    assert backbone(graph, 0.500001).number_of_edges() == 2


def test_the_end_where_a_tie_is_more_than_chance_decides() -> None:
    """At h, with eleven ties of weight 2, p of ha is (20/22)¹⁰; at a, with ties 2 and .5, it is 1 − .8."""
    graph = network(*[("h", leaf, 2) for leaf in "abcdefijklm"], ("a", "z", 0.5))
    found = chances(backbone(graph, 1))
    assert found["ha"] == pytest.approx(0.2)
    assert found["hb"] == pytest.approx((20 / 22) ** 10)
    assert found["az"] == pytest.approx(0.8)
    assert set(chances(backbone(graph, 0.21))) == {"ha"}


def test_two_actors_tied_to_nobody_else_are_parted_but_by_alpha_1() -> None:
    graph = network(("a", "b", 100))
    assert backbone(graph, 0.999).number_of_edges() == 0
    assert chances(backbone(graph, 1)) == {"ab": 1}


def test_negative_ties_count_by_their_strength_and_keep_their_sign() -> None:
    filtered = backbone(network(("h", "a", -6), ("h", "b", 2), ("h", "c", -1), ("h", "d", 1)), 0.07)
    assert list(filtered.edges(data=True)) == [("h", "a", {"weight": -6, "alpha": pytest.approx(0.064)})]


def test_a_directed_tie_is_tested_where_it_goes_out_and_where_it_comes_in() -> None:
    """Out of a: 3 of 4, p = ¼. Into c: 3 of 9 and 6 of 9, p = ⅔ and ⅓. One tie out of b, one into d, say nothing."""
    graph = network(("a", "c", 3), ("a", "d", 1), ("b", "c", 6), ("c", "a", 5), kind=nx.DiGraph)
    found = chances(backbone(graph, 1))
    assert found == {
        "ac": pytest.approx(1 / 4),
        "ad": pytest.approx(3 / 4),
        "bc": pytest.approx(1 / 3),
        "ca": 1,
    }
    assert set(chances(backbone(graph, 0.3))) == {"ac"}
    assert backbone(graph).is_directed()


def test_parallel_ties_are_added_tested_as_one_and_kept_together() -> None:
    """Between h and a: 4 + 3 − 1 = 6 of ten."""
    graph = network(*STAR[1:], ("h", "a", 4), ("a", "h", 3), ("h", "a", -1), kind=nx.MultiGraph)
    filtered = backbone(graph, 0.07)
    assert [tie["weight"] for _, _, tie in filtered.edges(data=True)] == [4, 3, -1]
    assert [tie["alpha"] for _, _, tie in filtered.edges(data=True)] == pytest.approx([0.064] * 3)


def test_self_ties_and_ties_of_weight_0_are_neither_counted_nor_kept() -> None:
    graph = network(*STAR, ("h", "h", 50), ("h", "z", 0), ("x", "y", 1))
    assert chances(backbone(graph, 1))["ha"] == pytest.approx(0.064)
    assert {frozenset(pair) for pair in backbone(graph, 1).edges} == {
        *(frozenset(("h", leaf)) for leaf in "abcd"),
        frozenset("xy"),
    }
    both_ways = network(("a", "b", 0), ("b", "a", 1), kind=nx.DiGraph)
    assert list(backbone(both_ways, 1).edges) == [("b", "a")]


def test_the_minimum_drops_light_ties_without_changing_p_values() -> None:
    graph = network(("h", "a", -6), *STAR[1:])
    assert chances(backbone(graph, 1, minimum=2)) == {"ha": pytest.approx(0.064), "hb": pytest.approx(0.512)}
    assert backbone(graph, 0.07, minimum=6.5).number_of_edges() == 0


def test_the_minimum_may_be_of_another_number_or_of_the_length_of_a_list() -> None:
    graph = network(*STAR)
    for leaf, count in zip("abcd", (1, 2, 3, 4), strict=True):
        graph.edges["h", leaf].update(statements=["s"] * count, reports=count, title="long enough")
    graph.add_edge("h", "h", weight=1)
    for by in ("statements", "reports"):
        assert set(backbone(graph, 1, minimum=3, by=by)["h"]) == {"c", "d"}
    for by in ("title", "nothing"):
        with pytest.raises(UsageError, match=f"h - a has no number or list '{by}'"):
            backbone(graph, 1, minimum=3, by=by)


def test_numbers_of_parallel_ties_are_added_for_the_minimum() -> None:
    graph = network(*STAR, ("a", "h", 1), kind=nx.MultiGraph)
    for _, _, tie in graph.edges(data=True):
        tie["reports"] = 1
    assert {frozenset(pair[:2]) for pair in backbone(graph, 1, minimum=2, by="reports").edges} == {
        frozenset("ah")
    }


def test_a_minimum_of_the_weight_is_held_against_the_sum_of_parallel_ties() -> None:
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_weighted_edges_from([("a", "b", 5), ("a", "b", -4), ("a", "c", 3)])
    assert {frozenset(edge) for edge in backbone(graph, 1, minimum=2).edges()} == {frozenset("ac")}
    assert backbone(graph, 1, by="documents").number_of_edges() == 3


def test_ties_that_are_none_need_nothing_to_hold_a_minimum_against() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edge("a", "a", weight=1)
    graph.add_edge("a", "b", weight=0)
    graph.add_edge("a", "c", weight=2, documents=["p", "q"])
    graph.add_edge("a", "d", weight=2, documents=["p"])
    assert list(backbone(graph, 1, minimum=2, by="documents").edges()) == [("a", "c")]


def test_all_attributes_are_kept_and_the_graph_is_left_as_it_was() -> None:
    graph = network(*STAR)
    graph.graph["method"] = "subtract"
    graph.add_node("z", label="Zed")
    graph.edges["h", "a"]["agree"] = ["unity"]
    filtered = backbone(graph, 0.07)
    assert filtered.graph == {"method": "subtract"}
    assert filtered.nodes["z"] == {"label": "Zed"}
    assert filtered.edges["h", "a"]["agree"] == ["unity"]
    assert graph.number_of_edges() == 4
    assert not nx.get_edge_attributes(graph, "alpha")


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_the_backbone_of_nothing_is_nothing_of_its_kind(kind: Any) -> None:
    filtered = backbone(kind())
    assert type(filtered) is kind
    assert len(filtered) == 0


@pytest.mark.parametrize("alpha", [0, -0.1, 1.01, nan, inf, "0.05", True])
def test_an_alpha_that_is_no_probability_is_refused(alpha: Any) -> None:
    with pytest.raises(UsageError, match="give a number above 0 and at most 1"):
        backbone(network(*STAR), alpha)


@pytest.mark.parametrize("minimum", [nan, inf, "2"])
def test_a_minimum_that_is_no_number_is_refused(minimum: Any) -> None:
    with pytest.raises(UsageError, match="give a finite number"):
        backbone(network(*STAR), minimum=minimum)


@pytest.mark.parametrize("weight", [nan, inf, None, "3"])
def test_a_weight_that_is_no_finite_number_is_refused_with_its_tie(weight: Any) -> None:
    with pytest.raises(UsageError, match=r"h - e .*finite number"):
        backbone(network(*STAR, ("h", "e", weight)))


def test_a_network_without_weights_has_no_backbone(shipped: Store) -> None:
    with pytest.raises(UsageError, match="a backbone needs a weighted network"):
        backbone(stances(shipped), 0.05)
