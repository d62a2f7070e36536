"""The frustration index: against brute force, published values and a second programme, with honest proofs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import networkx as nx
import numpy as np
import pytest
import scipy

from signed import HIGHLAND, planted
from stancegraph.balance import Frustration, frustration_index, polarisation
from stancegraph.balance.partition import pack_cycles
from stancegraph.errors import UsageError
from stancegraph.network.signed import read


def chance(n: int, share: float, seed: int, *, whole: bool) -> nx.Graph[int]:
    """A signed network of chance: each pair tied with probability `share`, either sign, weights 1 to 3 or real."""
    dice = random.Random(f"{n} {share} {seed}")
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n))
    for a, b in combinations(range(n), 2):
        if dice.random() < share:
            size = dice.randint(1, 3) if whole else dice.uniform(0.1, 1)
            graph.add_edge(a, b, weight=size * dice.choice([-1, 1]))
    return graph


def ignored(graph: nx.Graph[Any], split: Mapping[Any, int]) -> float:
    ties = [(a, b, data["weight"]) for a, b, data in graph.edges(data=True)]
    return sum(abs(float(weight)) for a, b, weight in ties if (split[a] == split[b]) != (weight > 0))


def partitions(n: int) -> Iterator[tuple[int, ...]]:
    """Every way to put n nodes into blocs."""

    def grow(split: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(split) == n:
            yield split
            return
        for bloc in range(max(split, default=-1) + 2):
            yield from grow((*split, bloc))

    return grow(())


def consistent(graph: nx.Graph[int], found: Frustration[int]) -> None:
    """The blocs hold every node once, and the ties they ignore weigh what the index says."""
    assert sorted(node for bloc in found.blocs for node in bloc) == sorted(graph)
    split = {node: number for number, bloc in enumerate(found.blocs) for node in bloc}
    assert ignored(graph, split) == pytest.approx(found.index)
    assert sum(abs(weight) for *_, weight in found.frustrated) == pytest.approx(found.index)
    assert found.lower_bound <= found.index
    assert found.gap == pytest.approx(found.index - found.lower_bound)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("n", "share"), [(5, 0.9), (8, 0.5), (10, 0.8), (12, 0.35), (14, 0.3), (14, 0.9)])
def test_two_blocs_are_as_good_as_any_of_all_splits(n: int, share: float, *, whole: bool) -> None:
    for seed in range(3):
        graph = chance(n, share, seed, whole=whole)
        pairs = np.array([(a, b) for a, b in graph.edges]).reshape(-1, 2)
        weights = np.array([data["weight"] for *_, data in graph.edges(data=True)])
        splits = np.array(list(product([0, 1], repeat=n - 1)))
        sides = np.hstack([np.zeros((len(splits), 1), int), splits])
        together = sides[:, pairs[:, 0]] == sides[:, pairs[:, 1]]
        least = ((together != (weights > 0)) * np.abs(weights)).sum(axis=1).min()
        found = frustration_index(graph)
        assert found.index == pytest.approx(least)
        assert found.exact
        consistent(graph, found)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("n", "share"), [(5, 0.9), (7, 0.6), (8, 0.9), (9, 0.5)])
def test_free_blocs_are_as_good_as_any_partition(n: int, share: float, *, whole: bool) -> None:
    for seed in range(3):
        graph = chance(n, share, seed, whole=whole)
        least = min(ignored(graph, dict(enumerate(split))) for split in partitions(n))
        found = frustration_index(graph, None)
        assert found.index == pytest.approx(least)
        assert found.exact
        consistent(graph, found)


def test_the_highland_tribes_have_the_published_index() -> None:
    """Read 1954: seven ties are frustrated; in free blocs, of which there are three, two."""
    two, free = frustration_index(HIGHLAND), frustration_index(HIGHLAND, blocs=None)
    assert (two.index, two.lower_bound, two.exact) == (7, 7, True)
    assert (free.index, free.exact, len(free.blocs)) == (2, True, 3)


def test_a_programme_of_another_make_finds_the_same_index() -> None:
    """The compact programme of Aref, Mason & Wilson (2018), solved whole, on fifty nodes."""
    graph = planted(50, 150, 0.2, seed=3)
    edges = [(a, b, data["weight"]) for a, b, data in graph.edges(data=True)]
    n, m = len(graph), len(edges)
    rows = []  # f >= |x_a - x_b| on positive ties, f >= |1 - x_a - x_b| on negative ones
    for e, (a, b, weight) in enumerate(edges):
        if weight > 0:
            rows += [({n + e: 1, a: -1, b: 1}, 0), ({n + e: 1, a: 1, b: -1}, 0)]
        else:
            rows += [({n + e: 1, a: 1, b: 1}, 1), ({n + e: 1, a: -1, b: -1}, -1)]
    cells = [(i, j, value) for i, (row, _) in enumerate(rows) for j, value in row.items()]
    i, j, values = zip(*cells, strict=True)
    matrix = scipy.sparse.coo_array((values, (i, j)), shape=(len(rows), n + m)).tocsr()
    cost = np.concatenate([np.zeros(n), np.ones(m)])
    solution = scipy.optimize.milp(
        cost,
        constraints=scipy.optimize.LinearConstraint(matrix, np.array([least for _, least in rows]), np.inf),
        integrality=np.ones(n + m),
        bounds=scipy.optimize.Bounds(0, 1),
    )
    assert frustration_index(graph).index == round(solution.fun)


@pytest.mark.parametrize(("blocs", "index"), [(2, 4), (None, 0)])
def test_all_against_all_leaves_the_pairs_within_the_best_halves(blocs: int | None, index: int) -> None:
    """Five enemies in two blocs of three and two: 3 + 1 pairs within."""
    graph = nx.complete_graph(5)
    nx.set_edge_attributes(graph, dict.fromkeys(graph.edges, -1), "weight")
    assert frustration_index(graph, blocs).index == index


def test_a_tree_and_a_balanced_network_are_free_of_frustration() -> None:
    tree = nx.random_labeled_tree(40, seed=1)
    nx.set_edge_attributes(tree, {edge: (-1) ** i for i, edge in enumerate(tree.edges)}, "weight")
    assert frustration_index(tree).index == 0
    found = frustration_index(planted(40, 200, 0, seed=2))
    assert (found.index, found.exact, len(found.blocs)) == (0, True, 2)


def test_parts_and_blocks_that_meet_in_one_node_add_up() -> None:
    """Three frustrated triangles: two share node 2, the third stands apart; a bridge hangs on."""
    graph: nx.Graph[int] = nx.Graph()
    for a, b, c in ((0, 1, 2), (2, 3, 4), (6, 7, 8)):
        graph.add_weighted_edges_from([(a, b, -1), (b, c, -1), (a, c, -1)])
    graph.add_edge(4, 5, weight=-2)
    assert (frustration_index(graph).index, frustration_index(graph, None).index) == (3, 0)
    consistent(graph, frustration_index(graph))
    consistent(graph, frustration_index(graph, None))


def test_pieces_join_by_their_larger_sides_and_even_ones_by_who_comes_first() -> None:
    """Enemies a and b, c and d against e, f against g and h: no tie says which sides belong together."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from((a, b, -1) for a, b in ("ab", "ce", "de", "fg", "fh"))
    graph.add_weighted_edges_from([("c", "d", 1), ("g", "h", 1)])
    assert frustration_index(graph).blocs == (frozenset("acdgh"), frozenset("bef"))


def test_nothing_to_split_is_not_an_error() -> None:
    empty: nx.Graph[str] = nx.Graph()
    assert frustration_index(empty).blocs == ()
    alone: nx.Graph[str] = nx.Graph()
    alone.add_nodes_from("ab")
    assert frustration_index(alone).blocs == (frozenset("ab"),)
    assert set(frustration_index(alone, None).blocs) == {frozenset("a"), frozenset("b")}
    friends: nx.Graph[str] = nx.Graph()
    friends.add_weighted_edges_from([("a", "b", 1), ("c", "d", 0.5)])
    assert frustration_index(friends).blocs == (frozenset("abcd"),)
    assert (frustration_index(friends).index, frustration_index(friends).exact) == (0, True)


def test_parallel_ties_are_added_and_self_ties_dropped() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_weighted_edges_from(
        [("a", "b", 1), ("b", "a", -3), ("a", "a", -5), ("b", "c", 2), ("a", "c", 1)]
    )
    graph.add_weighted_edges_from([("d", "a", 1), ("a", "d", -1)])
    found = frustration_index(graph)
    assert (found.index, found.frustrated) == (1, (("a", "c", 1),))
    assert graph.number_of_edges() == 7


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), None, "strong", 1j])
def test_a_weight_that_is_no_finite_number_is_named_with_its_tie(weight: object) -> None:
    with pytest.raises(UsageError, match=r"the tie Iran - Iraq has .* for its weight"):
        frustration_index(nx.Graph([("Iran", "Iraq", {"weight": weight})]))


def test_three_blocs_are_not_defined() -> None:
    with pytest.raises(UsageError, match="2, or for as many as serve"):
        frustration_index(HIGHLAND, 3)


def test_who_could_stand_on_either_side_is_named() -> None:
    """Node x has one friend on either side of two camps."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from(
        [("a", "b", 2), ("c", "d", 2), ("a", "c", -2), ("b", "d", -2), ("x", "a", 1), ("x", "c", 1)]
    )
    assert frustration_index(graph).either == {"x"}


def every_optimum(graph: nx.Graph[int], *, free: bool) -> list[tuple[int, ...]]:
    n = len(graph)
    splits = list(partitions(n)) if free else [(0, *rest) for rest in product([0, 1], repeat=n - 1)]
    costs = [ignored(graph, dict(enumerate(split))) for split in splits]
    return [split for split, cost in zip(splits, costs, strict=True) if cost == min(costs)]


def movers(graph: nx.Graph[int], optima: list[tuple[int, ...]], *, free: bool) -> set[int]:
    """Nodes not of the larger of two groups that stand now so, now otherwise to each other, in all of `optima`."""
    pieces: list[set[int]] = list(map(set, nx.connected_components(graph)))
    part = {node: i for i, nodes in enumerate(pieces) for node in nodes}
    near = {(x, y) for x in graph for y in graph if part[x] == part[y]}
    seen = {(x, y): {split[x] == split[y] for split in optima} for x, y in near}
    one = {pair for pair in near if seen[pair] == {True} or (not free and len(seen[pair]) == 1)}
    size = {x: sum((x, y) in one for y in graph) for x in graph}
    return {x for x, y in near - one if len(seen[x, y]) == 2 and size[x] <= size[y]}


def companies(graph: nx.Graph[int], optima: list[tuple[int, ...]]) -> set[frozenset[int]]:
    """The nodes of each connected part that stand in one bloc in all of `optima`, where they are several."""
    found = {
        frozenset(y for y in part if all(split[x] == split[y] for split in optima))
        for part in nx.connected_components(graph)
        for x in part
    }
    return {members for members in found if len(members) > 1}


@pytest.mark.parametrize("most", [14, 3])
def test_either_side_and_the_number_of_splits_are_those_of_all_splits(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all are gone through, and where each node is forced, as it is in larger networks."""
    monkeypatch.setattr("stancegraph.balance.frustration.WHOLE", most)
    for seed in range(60):
        n = 3 + seed % 6
        graph = chance(n, 0.5, seed, whole=True)
        graph.remove_nodes_from([node for node in list(graph) if not graph.degree(node)])
        graph = nx.relabel_nodes(graph, {node: i for i, node in enumerate(graph)})
        if not graph:
            continue
        found, optima = frustration_index(graph), every_optimum(graph, free=False)
        assert found.either == movers(graph, optima, free=False)
        assert set(found.together) == companies(graph, optima)
        assert found.splits in {len(optima)} | ({None} if most == 3 else set())
        if found.splits:
            values = [polarisation(graph, [[v for v in graph if s[v] == k] for k in (0, 1)]) for s in optima]
            assert found.polarisation == pytest.approx((min(values), max(values)), abs=1e-9)
        if n < 8:
            free = frustration_index(graph, None)
            optima = every_optimum(graph, free=True)
            assert free.either == movers(graph, optima, free=True)
            assert set(free.together) == companies(graph, optima)


def test_of_a_part_too_large_those_are_named_who_alone_could_change_at_no_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each node is put into every other bloc, of free blocs into one of its own too, and the cost added up anew."""
    for name in ("WHOLE", "FORCED"):
        monkeypatch.setattr(f"stancegraph.balance.frustration.{name}", 2)
    some = 0
    for seed in range(20):
        graph = chance(8, 0.5, seed, whole=seed % 2 == 0)
        for blocs in (2, None):
            found = frustration_index(graph, blocs)
            if found.splits or not any(graph.degree(node) for node in graph):
                continue
            split = {node: number for number, bloc in enumerate(found.blocs) for node in bloc}
            near = {
                node: {split[other] for other in nx.node_connected_component(graph, node)} for node in graph
            }
            alone = len(found.blocs)
            expected = {
                node
                for node in graph
                for bloc in ({0, 1} if blocs else near[node] | {alone}) - {split[node]}
                if graph.degree(node) and not (bloc == alone and len(found.blocs[split[node]]) == 1)
                if ignored(graph, split | {node: bloc}) == pytest.approx(found.index)
            }
            assert found.either == expected
            some += len(expected)
    assert some > 20


def test_an_actor_that_could_join_a_bloc_it_has_no_tie_to_is_named() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", -1), ("b", "c", -1)])
    assert frustration_index(graph, None).either == {"a", "c"}


def test_the_answer_does_not_depend_on_the_order_of_the_ties() -> None:
    graph = planted(40, 120, 0.15, seed=5)
    edges = list(graph.edges(data=True))
    random.Random(1).shuffle(edges)
    other: nx.Graph[int] = nx.Graph()
    other.add_edges_from((b, a, data) for a, b, data in edges)
    other.add_nodes_from(graph)
    for blocs in (2, None):
        one, two = frustration_index(graph, blocs), frustration_index(other, blocs)
        assert (one.index, one.blocs, one.either) == (two.index, two.blocs, two.either)


def test_without_time_the_answer_is_a_split_with_an_honest_gap() -> None:
    graph = chance(100, 0.12, 1, whole=True)
    hurried = frustration_index(graph, seconds=0.05)
    consistent(graph, hurried)
    assert not hurried.exact
    assert hurried.gap > 0
    patient = frustration_index(graph, seconds=1.5)
    assert hurried.lower_bound <= patient.lower_bound <= patient.index <= hurried.index


def test_planted_camps_are_found_and_proved() -> None:
    graph = planted(300, 1500, 0.1, seed=4)
    found = frustration_index(graph)
    assert found.exact
    assert found.index <= sum(graph.graph["noise"][edge] for edge in graph.graph["noise"])
    consistent(graph, found)


def least_ignored(graph: nx.Graph[int], splits: Iterator[tuple[int, ...]]) -> Fraction:
    """Of all `splits` the least weight ignored, added up as fractions."""
    ties = [(a, b, Fraction(data["weight"])) for a, b, data in graph.edges(data=True)]
    return min(
        sum((abs(w) for a, b, w in ties if (split[a] == split[b]) != (w > 0)), Fraction()) for split in splits
    )


SIZES: dict[str, Callable[[random.Random], float]] = {
    "whole": lambda dice: dice.randint(1, 9),
    "mixed": lambda dice: dice.choice([1e6, 0.5, 3, 2.5e6]),
    "real": lambda dice: dice.uniform(0.1, 1),
    "real and mixed": lambda dice: dice.choice([1e6, 1]) * dice.uniform(0.1, 1),
    "averages": lambda dice: dice.randint(1, 9) / dice.randint(1, 9),
}


@pytest.mark.parametrize("sizes", SIZES)
def test_at_any_scale_of_weights_what_is_proved_is_the_least_of_all_splits(sizes: str) -> None:
    for seed in range(50):
        dice = random.Random(f"{sizes} {seed}")
        scale, n = 10.0 ** dice.randint(-12, 12), dice.randint(4, 7)
        graph: nx.Graph[int] = nx.empty_graph(n)
        for a, b in combinations(range(n), 2):
            if dice.random() < 0.75:
                graph.add_edge(a, b, weight=dice.choice([-1, 1]) * SIZES[sizes](dice) * scale)
        two, free = frustration_index(graph), frustration_index(graph, None)
        assert (two.exact, free.exact) == (True, True)
        assert two.index == pytest.approx(float(least_ignored(graph, product([0, 1], repeat=n))), 1e-12, 0)
        if n < 7:
            assert free.index == pytest.approx(float(least_ignored(graph, partitions(n))), 1e-12, 0)


def test_weights_too_far_apart_to_decide_are_not_called_proved_unless_they_are() -> None:
    for seed in range(25):
        dice = random.Random(seed)
        graph: nx.Graph[int] = nx.empty_graph(6)
        for a, b in combinations(range(6), 2):
            graph.add_edge(a, b, weight=dice.choice([-1, 1]) * 10 ** dice.uniform(-12, 12))
        found = frustration_index(graph, seconds=1)
        least = float(least_ignored(graph, product([0, 1], repeat=6)))
        assert found.lower_bound <= least * (1 + 1e-12)
        assert not found.exact or found.index == pytest.approx(least, 1e-12, 0)


def test_ties_of_a_billionth_are_split_as_well_as_those_of_one() -> None:
    names = [(0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, -7), (1, 2, 5), (1, 3, 7), (1, 4, 7), (2, 3, -7)]
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from((a, b, float(f"{weight}e-9")) for a, b, weight in names)
    found = frustration_index(graph)
    assert found.index == found.lower_bound == pytest.approx(1.1e-8, 1e-12, 0)
    assert found.exact


def test_great_whole_weights_are_proved() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", -3_000_000), ("b", "c", -3_000_000), ("a", "c", -3_000_000)])
    found = frustration_index(graph)
    assert (found.index, found.lower_bound, found.exact) == (3_000_000, 3_000_000, True)


def test_of_great_whole_weights_one_more_decides() -> None:
    """Of two friends and an enmity as great but for one and two, only the enmity can be ignored for the least."""
    great = 10**12
    graph = nx.Graph([("a", "b", {"weight": -great}), ("b", "c", {"weight": great + 1})])
    graph.add_edge("a", "c", weight=great + 2)
    found = frustration_index(graph)
    assert (found.index, found.splits, found.either) == (great, 1, frozenset())


@pytest.mark.parametrize("whole", [True, False])
def test_cycles_that_share_no_weight_bound_the_index_from_below(*, whole: bool) -> None:
    for seed in range(20):
        graph = read(chance(12, 0.5, seed, whole=whole))
        best = frustration_index(graph)
        side = np.array([node in best.blocs[0] for node in graph.nodes])
        ignored = (side[graph.a] == side[graph.b]) != (graph.sign > 0)
        bound, cycles = pack_cycles(graph, ignored, lambda: False)
        assert 0 < bound <= best.index + 1e-9
        for cycle in cycles:
            ends = np.bincount(np.concatenate((graph.a[list(cycle)], graph.b[list(cycle)])))
            assert set(ends.tolist()) <= {0, 2}
            assert (graph.sign[list(cycle)] < 0).sum() % 2
        if whole:
            assert bound >= len(cycles)


def test_the_packing_comes_near_the_index_before_any_programme_is_solved() -> None:
    graph = planted(400, 4_000, 0.1, seed=3)
    noise = read(graph)
    turned = np.array(
        [
            graph.graph["noise"].get((a, b), False) or graph.graph["noise"].get((b, a), False)
            for a, b in zip(noise.a.tolist(), noise.b.tolist(), strict=True)
        ]
    )
    bound, _ = pack_cycles(noise, turned, lambda: False)
    assert 0.95 * turned.sum() <= bound <= turned.sum()


def test_frustration_of_each_actor_is_that_of_every_optimal_split_gone_through() -> None:
    known = 0
    for seed in range(12):
        graph = chance(8, 0.6, seed, whole=True)
        found = frustration_index(graph)
        shares: dict[int, list[float]] = {node: [] for node in graph}
        for split in product((0, 1), repeat=8):
            sides = dict(enumerate(split))
            if ignored(graph, sides) != pytest.approx(found.index):
                continue
            for node in graph:
                ties = graph.edges(node, data=True)
                against = [
                    abs(tie["weight"]) for a, b, tie in ties if (sides[a] == sides[b]) != (tie["weight"] > 0)
                ]
                shares[node].append(sum(against) / (sum(abs(tie["weight"]) for *_, tie in ties) or 1))
        if found.by_actor is not None:
            known += 1
            for node, seen in shares.items():
                assert found.by_actor[node] == pytest.approx((min(seen), max(seen)))
    assert known == 12
