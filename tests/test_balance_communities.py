"""Communities of positive ties and signed modularity: by hand, by definition, and whatever the order of the ties."""

from __future__ import annotations

from itertools import combinations
from random import Random

import networkx as nx
import pytest

from conftest import Shell
from signed import network, random_signed, simplified
from stancegraph.balance.communities import louvain_communities, signed_modularity
from stancegraph.errors import UsageError


def test_communities_are_of_positive_ties_largest_first() -> None:
    """Four and three friends, with one amity and two enmities between them, and one who has only enemies."""
    graph = network(*((a, b, 1) for group in ("abc", "defg") for a, b in combinations(group, 2)))
    graph.add_weighted_edges_from([("a", "d", 0.5), ("b", "e", -9), ("c", "f", -9), ("z", "a", -1)])
    found = louvain_communities(graph)
    assert found == (frozenset("defg"), frozenset("abc"), frozenset("z"))


def test_communities_weigh_their_ties() -> None:
    """In a ring of four, the two heavy ties are the two communities, whichever two they are."""
    ring = network(("a", "b", 1), ("b", "c", 9), ("c", "d", 1), ("d", "a", 9))
    assert set(louvain_communities(ring)) == {frozenset("bc"), frozenset("ad")}
    turned = network(("a", "b", 9), ("b", "c", 1), ("c", "d", 9), ("d", "a", 1))
    assert set(louvain_communities(turned)) == {frozenset("ab"), frozenset("cd")}


@pytest.mark.parametrize("scale", [1e-300, 1e290])
def test_communities_do_not_depend_on_the_unit_of_weight(scale: float) -> None:
    graph = network(
        ("a", "b", 1 * scale), ("b", "c", 9 * scale), ("c", "d", 1 * scale), ("d", "a", 9 * scale)
    )
    assert set(louvain_communities(graph)) == {frozenset("bc"), frozenset("ad")}
    assert signed_modularity(graph, louvain_communities(graph)) == pytest.approx(18 / 20 - 1 / 2)


@pytest.mark.parametrize("seed", range(5))
def test_communities_do_not_depend_on_the_order_of_nodes_and_ties(seed: int) -> None:
    graph = random_signed(seed, nodes=30, ties=90)
    random = Random(seed)
    nodes, ties = list(graph), [(a, b, tie["weight"]) for a, b, tie in graph.edges(data=True)]
    random.shuffle(nodes)
    random.shuffle(ties)
    other: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    other.add_nodes_from(nodes)
    other.add_weighted_edges_from((b, a, weight) for a, b, weight in ties)
    assert louvain_communities(other) == louvain_communities(graph)


def test_communities_do_not_depend_on_the_hash_seed(shell: Shell) -> None:
    """Nodes and ties go in as a set of names gives them, in an order that changes with the hash seed."""
    code = (
        "import networkx as nx\n"
        "from stancegraph.balance.communities import louvain_communities\n"
        "ties = {(f'actor {a}', f'actor {b}') for a, b in nx.gnm_random_graph(40, 80, seed=1).edges}\n"
        "print(next(iter(ties)))\n"
        "graph = nx.Graph()\n"
        "graph.add_edges_from(ties, weight=1)\n"
        "print([sorted(community) for community in louvain_communities(graph)])\n"
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
    graph, random = random_signed(seed), Random(seed)
    place = {node: random.randrange(3) for node in graph}
    partition = [{node for node in graph if place[node] == number} for number in range(3)]
    matrix = nx.to_numpy_array(simplified(graph), nodelist=list(range(12)))
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
