"""Ideal points: intervals against simulated truth, points against an integral, and what cannot be told untold."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
import scipy

from conftest import Run
from stancegraph import table
from stancegraph.balance import item_response
from stancegraph.balance.scaling import ideal_points
from stancegraph.errors import UsageError
from stancegraph.store import Store
from stancegraph.table import Table


def simulated(
    actors: int, targets: int, dimensions: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True points, the answers the model gives them, and which three in four are known."""
    dice = np.random.default_rng(seed)
    points = dice.standard_normal((actors, dimensions))
    linear = points @ dice.normal(0, 1.5, (targets, dimensions)).T + dice.normal(0, 1, targets)
    support = dice.random((actors, targets)) < 1 / (1 + np.exp(-linear))
    return points, support.astype(float), (dice.random((actors, targets)) < 0.75).astype(float)


def held(actors: int, targets: int, dimensions: int, tables: range) -> float:
    """The share of true points that the intervals of simulated tables hold."""
    shares = []
    for seed in tables:
        truth, support, weight = simulated(actors, targets, dimensions, seed)
        found = item_response.fit(support, weight, dimensions)
        turn, _ = scipy.linalg.orthogonal_procrustes(
            truth, found.points
        )  # the mirror image, or any turn, is as true
        shares.append(((found.low <= truth @ turn) & (truth @ turn <= found.high)).mean())
    return float(np.mean(shares))


def test_intervals_of_95_percent_hold_the_true_point_93_to_97_times_of_a_hundred() -> None:
    """Of 4,000 true points in each number of dimensions `scripts/bench positions` tells the share."""
    assert 0.93 <= held(40, 20, 1, range(12)) <= 0.97


def test_points_on_a_plane_are_within_their_intervals_too() -> None:
    assert 0.9 <= held(30, 20, 2, range(2)) <= 1


def test_where_answers_are_many_intervals_are_narrow_and_still_hold_the_point() -> None:
    """Each point holds the slopes and they the point, so that draws must move all at once; one by one, few are held."""
    assert held(40, 200, 1, range(1)) > 0.8


def test_a_point_is_the_integral_over_what_an_actor_may_be() -> None:
    """Where slopes and intercepts are sure, for there are many actors, only the point is to be integrated out."""
    _, support, weight = simulated(1000, 3, 1, 5)
    weight[:] = 1
    found = item_response.fit(support, weight)

    def likelihood(x: float, answers: tuple[float, ...], power: int) -> float:
        chance = 1 / (1 + np.exp(-(found.slopes[:, 0] * x + found.intercepts)))
        own = np.where(np.array(answers) == 1, chance, 1 - chance)
        return float(x**power * np.prod(own) * np.exp(-(x**2) / 2))

    for answers in product((0.0, 1.0), repeat=3):
        here = np.flatnonzero((support == answers).all(axis=1))
        if here.size:
            whole, moment = (
                scipy.integrate.quad(likelihood, -8, 8, args=(answers, power))[0] for power in (0, 1)
            )
            assert found.points[here[0], 0] == pytest.approx(moment / whole, abs=0.05)


def camps(disputed: int) -> Table:
    """Six on either side of so many targets, one who speaks of no disputed target, and one target all support."""
    rows = [
        (f"{camp} {i}", f"target {j}", sign, f"{camp} {i} {j}")
        for camp, sign in (("pro", 1), ("contra", -1))
        for i in range(6)
        for j in range(disputed)
    ]
    rows += [(f"pro {i}", "sunshine", 1, f"sun {i}") for i in range(6)] + [("bystander", "sunshine", 1, "by")]
    actors, targets, levels, documents = zip(*rows, strict=True)
    return table.of(actors, targets, levels, documents=documents)


def test_camps_stand_apart_and_what_nobody_disputes_says_nothing() -> None:
    found = ideal_points(camps(12))
    sides = {row["actor"].split()[0]: row["side"] for row in found.actors}
    assert set(sides.values()) == {"above the middle", "below the middle"}
    assert sides["pro"] != sides["contra"]
    assert len(found.actors) == 12
    assert {row["target"] for row in found.targets} == {f"target {j}" for j in range(12)}
    for row in found.targets:
        assert row["supporters"] == [f"pro {i}" for i in range(6)]
        assert row["opponents"] == [f"contra {i}" for i in range(6)]
    assert (found.classified, found.by_majority) == (1.0, 0.5)
    assert "1 actors left out: they speak of no disputed target" in found.notes


def test_where_most_support_a_target_the_majority_is_right_of_them() -> None:
    rows = [(f"{i}", f"target {j}", 1 if i % 4 else -1) for i in range(8) for j in range(3)]
    actors, targets, levels = zip(*rows, strict=True)
    assert ideal_points(table.of(actors, targets, levels)).by_majority == 0.75


def test_too_few_disputed_targets_give_no_position_but_the_reason() -> None:
    found = ideal_points(camps(2))
    assert not found.actors
    assert not found.targets
    assert found.notes[-1] == "no positions: 2 targets are disputed, by 12 actors; 3 of each are needed"
    with pytest.raises(UsageError, match="1 or 2"):
        ideal_points(camps(3), dimensions=3)


def test_of_the_few_statements_of_five_documents_nothing_can_be_told(run: Run, shipped: Store) -> None:
    found = json.loads(run("ideal-points", "--format", "json").stdout)
    rows = {row.statement for row in table.stances(shipped)}
    assert {row["side"] for row in found["actors"]} == {"nothing can be told"}
    assert {row["position"] for row in found["actors"]} == {None}
    for row in (*found["actors"], *found["targets"]):
        assert row["statements"]
        assert set(row["statements"]) <= rows
    shown = run("ideal-points")
    assert "likelier" not in shown.stdout
    assert "nothing can be told" in shown.stderr
