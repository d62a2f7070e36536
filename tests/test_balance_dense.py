"""Networks in which nearly everybody is tied to everybody: bounds, blocks, communities and counts found otherwise."""

from __future__ import annotations

import random
from typing import Any

import networkx as nx
import numpy as np
import pytest

from signed import planted
from stancegraph import balance, table
from stancegraph.balance import communities, partition, scores, solver
from stancegraph.balance.frustration import frustration_index
from stancegraph.network.signed import read


def complete(nodes: int, noise: float, seed: int) -> nx.Graph[int]:
    """Two camps of which everybody is tied to everybody, so many of the signs turned."""
    dice = random.Random(seed)
    graph: nx.Graph[int] = nx.Graph()
    for a in range(nodes):
        for b in range(a):
            right = 1 if a % 2 == b % 2 else -1
            graph.add_edge(a, b, weight=-right if dice.random() < noise else right)
    return graph


@pytest.mark.parametrize("seed", range(4))
def test_the_semidefinite_bound_is_below_what_every_split_must_ignore(seed: int) -> None:
    graph = nx.gnm_random_graph(16, 90, seed=seed)
    for a, b in graph.edges:
        graph.edges[a, b]["weight"] = random.Random(a * 100 + b + seed).choice([-3, -1, 1, 2])
    exact = frustration_index(graph)
    assert exact.exact
    bound, splits = partition.relax(read(graph), lambda: False)
    assert 0.8 * exact.index < bound <= exact.index
    assert partition.cost(read(graph), splits[0]) <= 1.2 * exact.index


def test_two_camps_of_a_dense_network_are_found_with_a_bound_near_the_index(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solver, "PROGRAMMED", 1_000)
    found = frustration_index(complete(110, 0.1, 1), seconds=30)
    assert {frozenset(range(0, 110, 2)), frozenset(range(1, 110, 2))} == set(found.blocs)
    assert found.lower_bound > 0.75 * found.index
    free = frustration_index(complete(110, 0.1, 1), None, seconds=30)
    assert 0 < free.lower_bound <= free.index <= found.index


def test_blocks_of_a_dense_network_are_those_of_all_its_ties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "DENSE", 1)
    for seed in range(30):
        graph = nx.gnm_random_graph(14, 10 + seed, seed=seed)
        nx.set_edge_attributes(graph, dict.fromkeys(graph.edges, 1), "weight")
        network = read(graph)
        found = {
            frozenset(frozenset((int(network.a[tie]), int(network.b[tie]))) for tie in block.ties.tolist())
            for block in solver.find_blocks(network)
        }
        assert found == {frozenset(map(frozenset, edges)) for edges in nx.biconnected_component_edges(graph)}


def test_blocks_share_the_time_by_their_ties_and_the_last_has_all_that_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 3, 5 and 10 ties and ten seconds, by a clock that only searches move, each for as long as it may.

    3/18 are less than the fifth that each has; of 8 seconds 5/15, as three ties are solved; the last has the rest.
    """
    graph = nx.disjoint_union_all(
        [nx.complete_graph(5), nx.complete_graph(3), nx.Graph([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])]
    )
    nx.set_edge_attributes(graph, dict.fromkeys(graph.edges, -1), "weight")
    now: list[float] = [0.0]
    taken: list[Any] = []

    def solve(network: Any, *, seconds: float, **_: bool) -> solver.Solution:
        taken.append((len(network.size), seconds))
        now[0] += seconds
        return solver.Solution(np.zeros(network.n, np.int64), 0.0, 0.0)

    monkeypatch.setattr(solver, "solve", solve)
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    solver.solve_blocks(read(graph), free=False, seconds=10)
    monkeypatch.undo()
    assert taken == [(3, pytest.approx(2)), (5, pytest.approx(8 / 3)), (10, pytest.approx(16 / 3))]


@pytest.mark.parametrize(("seconds", "spent", "left"), [(10, 2, 3), (10, 4, 4), (5, 4, 1), (60, 20, 20)])
def test_other_optimal_splits_are_sought_for_three_seconds_or_as_long_as_the_first(
    monkeypatch: pytest.MonkeyPatch, seconds: float, spent: float, left: float
) -> None:
    """By a clock that only the first search moves; never longer than there is time in all."""
    now, until = [1000.0], []

    def solve(network: Any, **_: object) -> solver.Solution:
        now[0] += spent
        return solver.Solution(np.zeros(network.n, np.int64), 0.0, 0.0)

    def every_split(*_: object, **options: Any) -> None:
        until.append(options["until"] - now[0])

    monkeypatch.setattr(solver, "solve", solve)
    monkeypatch.setattr("stancegraph.balance.frustration.AT_LEAST", 3.0)
    monkeypatch.setattr("stancegraph.balance.frustration.every_split", every_split)
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    found = frustration_index(nx.Graph([("a", "b", {"weight": 1})]), seconds=seconds)
    monkeypatch.undo()
    assert (found.seconds, until) == (spent, [left])


def test_communities_by_rows_are_as_good_as_those_of_networkx(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = planted(60, 600, 0.05, seed=3)
    plain = balance.louvain_communities(graph)
    monkeypatch.setattr(communities, "MANY", 100)
    by_rows = balance.louvain_communities(graph)
    assert by_rows == balance.louvain_communities(graph)
    assert set().union(*by_rows) == set(graph)
    ours, theirs = (balance.signed_modularity(graph, found) for found in (by_rows, plain))
    assert ours is not None
    assert theirs is not None
    assert ours >= theirs - 0.01


def test_triangles_of_a_dense_network_are_counted_as_in_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = complete(20, 0.3, 2)
    dense = scores.triad_census(graph)
    monkeypatch.setattr(scores, "FULL", 0)
    assert dense == scores.triad_census(graph)
    assert sum(dense.values()) == 1140


def test_of_many_stances_the_first_behind_each_bloc_are_listed_and_a_note_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    actors = [f"actor {i % 6}" for i in range(60)]
    targets = [f"target {i // 6}" for i in range(60)]
    levels = [1 if (i % 6 < 3) == (i // 6 % 2 == 0) else -1 for i in range(60)]
    levels[7] = levels[20] = levels[33] = -levels[7]
    rows = table.of(actors, targets, levels)
    whole: Any = balance.alliances(rows, robustness=False)
    for name, value in (("MANY", 10), ("SHARED", 2), ("AGAINST", 1), ("EARLIEST", 1)):
        monkeypatch.setattr(f"stancegraph.balance.blocs.{name}", value)
    brief = balance.alliances(rows, robustness=False)
    assert [bloc.actors for bloc in brief.blocs] == [bloc.actors for bloc in whole.blocs]
    for few, every in zip(brief.blocs, whole.blocs, strict=True):
        assert len(few.holds) == 2
        assert {(held.target, held.actors) for held in few.holds} <= {
            (held.target, held.actors) for held in every.holds
        }
        assert all(len(held.statements) == 1 for held in few.holds)
        assert [(tie.a, tie.b) for tie in few.contradicted] == [
            (tie.a, tie.b) for tie in every.contradicted[:1]
        ]
    assert "of 60 stances that count, each bloc shows the 2 shared by most members" in brief.notes[-1]
    assert np.isclose(brief.split.index, whole.split.index)


def test_of_many_stances_the_strongest_contradictions_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four agree on five matters; of more, a and b differ on six, c and d on seven."""
    rows = [(actor, f"matter {i}", 1) for actor in "abcd" for i in range(5)]
    for (one, other), number in (("ab", 6), ("cd", 7)):
        rows += [(who, f"{one}{i}", level) for i in range(number) for who, level in ((one, 1), (other, -1))]
    monkeypatch.setattr("stancegraph.balance.blocs.MANY", 10)
    monkeypatch.setattr("stancegraph.balance.blocs.AGAINST", 1)
    actors, targets, levels = (list(column) for column in zip(*rows, strict=True))
    found: Any = balance.alliances(table.of(actors, targets, levels), normalisation="none", robustness=False)
    (bloc,) = found.blocs
    assert [(tie.a, tie.b, tie.weight) for tie in bloc.contradicted] == [("c", "d", -2)]
