"""Ideal points: intervals against simulated truth, points against an integral, and what cannot be told untold."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
import scipy

from conftest import Run
from stancegraph import table
from stancegraph.balance import scaling
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
        found = scaling.fit(support, weight, dimensions)
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
    found = scaling.fit(support, weight)

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


def test_points_slopes_and_intercepts_are_those_of_the_posterior_found_another_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Importance sampling: from a t about the mode, weighed by the density, with spreads and points integrated out.

    A spread whose square is inverse gamma of shape and scale 1 makes of m normal parts a t of 2 degrees: their density
    goes with (1 + their squares / 2) to the power of -(1 + m / 2).
    """
    counts = dict.fromkeys(product((1, 0), repeat=3), 4) | {(1, 1, 1): 18, (0, 0, 0): 10, (1, 1, 0): 6}
    answers, times = np.array(list(counts), float), np.array(list(counts.values()))
    nodes = np.linspace(-5, 5, 41)
    prior = np.exp(-(nodes**2) / 2) / np.exp(-(nodes**2) / 2).sum()

    def likelihood(theta: np.ndarray) -> np.ndarray:
        """Of each draw, answers and node."""
        linear = theta[:, :3, None] * nodes + theta[:, 3:, None]
        yes, no = -np.logaddexp(0, -linear), -np.logaddexp(0, linear)
        log = np.einsum("pm,dmq->dpq", answers, yes) + np.einsum("pm,dmq->dpq", 1 - answers, no)
        return np.asarray(np.exp(log) * prior)

    def density(theta: np.ndarray, cells: np.ndarray) -> np.ndarray:
        spread = sum(np.log1p((part**2).sum(axis=1) / 2) for part in (theta[:, :3], theta[:, 3:]))
        return np.asarray(np.log(cells.sum(axis=2)) @ times - (1 + 3 / 2) * spread)

    start = np.array([1.0, 1, 1, 0.5, 0.5, 0.5])
    mode = scipy.optimize.minimize(lambda t: -density(t[None], likelihood(t[None]))[0], start)
    about = scipy.stats.multivariate_t(mode.x, 2 * mode.hess_inv, df=4, seed=1)
    drawn = about.rvs(12_000)
    drawn = drawn[drawn[:, :3].sum(axis=1) > 0]  # the others are mirror images
    cells = likelihood(drawn)
    weight = density(drawn, cells) - about.logpdf(drawn)
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    cells /= cells.sum(axis=2, keepdims=True)
    posterior = np.einsum("d,dpq->pq", weight, cells)
    edges = nodes + (nodes[1] - nodes[0]) / 2
    ends = np.array([np.interp((0.025, 0.975), np.cumsum(each), edges) for each in posterior])

    monkeypatch.setattr(scaling, "KEPT", 1_000)
    support = np.repeat(answers, times, axis=0)
    found = scaling.fit(support, np.ones_like(support))
    first = np.cumsum(times) - times
    assert found.points[first, 0] == pytest.approx(posterior @ nodes, abs=0.15)
    assert found.low[first, 0] == pytest.approx(ends[:, 0], abs=0.2)
    assert found.high[first, 0] == pytest.approx(ends[:, 1], abs=0.2)
    assert found.slopes.mean() == pytest.approx((weight @ drawn[:, :3]).mean(), rel=0.15)
    assert found.intercepts == pytest.approx(weight @ drawn[:, 3:], abs=0.1)
    linear = found.points @ found.slopes.T + found.intercepts
    assert found.probability == pytest.approx(1 / (1 + np.exp(-linear)))


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
    assert found.notes == (
        "0 is the middle of these actors, not neutrality; what a direction means only the targets say",
        "1 actor left out: they speak of no disputed target",
    )
    numbers = [end for point in found.actors for end in (point["low"], point["high"])]
    for number in (*numbers, *(slope for target in found.targets for slope in target["slopes"])):
        assert number == round(number, 2) != round(number)
    places = [row["position"] or 0 for row in found.actors]
    assert places == sorted(places, reverse=True)
    one = next(row for row in found.actors if row["actor"] == "contra 0")
    assert (one["iri"], one["dimension"], one["answers"]) == ("contra 0", 1, 12)
    assert 0 < one["low"] < (one["position"] or 0) < one["high"]  # of most answers, and the first of such
    assert one["statements"] == sorted(f"row {number}" for number in range(73, 85))
    slopes = [abs(row["slopes"][0]) for row in found.targets]
    assert slopes == sorted(slopes, reverse=True)
    first = next(row for row in found.targets if row["target"] == "target 0")
    assert (first["iri"], first["period"]) == ("target 0", None)
    assert first["statements"] == sorted(f"row {number}" for number in range(1, 145, 12))
    assert found.row() == {
        "dimensions": 1,
        "classified": 1.0,
        "by_majority": 0.5,
        "actors": list(found.actors),
        "targets": list(found.targets),
    }


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


def test_two_dimensions_have_a_row_for_each_actor_in_either() -> None:
    found = ideal_points(camps(4), dimensions=2)
    assert [row["dimension"] for row in found.actors] == [1] * 12 + [2] * 12
    assert {len(row["slopes"]) for row in found.targets} == {2}
    assert (found.dimensions, found.row()["dimensions"], len(found.targets)) == (2, 2, 4)


def test_what_is_said_in_two_periods_is_no_dispute() -> None:
    """Of three targets Ada and Bo differ in either year; of a fourth Ada speaks in one year, and Bo in the next."""
    rows = [
        (actor, f"target {j}", sign * (1 if j else -1), year)
        for year in ("2023-01-01", "2024-06-01")
        for j in range(3)
        for actor, sign in (("Ada", 1), ("Bo", -1), ("Cy", 1 if j else -1))
    ]
    rows += [("Ada", "fourth", 1, "2023-01-01"), ("Bo", "fourth", -1, "2024-06-01")]
    actors, targets, levels, days = zip(*rows, strict=True)
    made = table.of(actors, targets, levels, days=days)
    found = ideal_points(made)
    assert {(row["target"], row["period"]) for row in found.targets} == {
        (f"target {j}", year) for j in range(3) for year in ("2023-01-01", "2024-06-01")
    }
    assert {row["answers"] for row in found.actors} == {6}
    assert {row["target"] for row in ideal_points(made, period="none").targets} == {*targets}


def test_who_is_reported_on_both_sides_counts_for_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Ada, Bo and Cy on three targets Ada is for all; Bo against; Cy is reported for and against each."""
    rows = [
        (actor, f"target {j}", sign)
        for j in range(3)
        for actor, sign in (("Ada", 1), ("Bo", -1), ("Cy", 1), ("Cy", -1))
    ]
    made = table.of(*zip(*rows, strict=True))
    found = ideal_points(made)
    assert found.by_majority == 0.5
    assert found.classified == pytest.approx(2.5 / 3, abs=1e-4)
    assert found.notes[-1] == "3 of 3 actors: nothing can be told, their intervals hold the middle"
    assert [row["actor"] for row in found.actors] == ["Ada", "Bo", "Cy"]
    monkeypatch.setattr("stancegraph.balance.scaling.LARGEST", 8)
    with pytest.raises(
        UsageError,
        match=r"^3 actors and 3 disputed targets are more than positions can be reckoned of: choose",
    ):
        ideal_points(made)
    parties = table.Scale("party", "categorical", labels=("left", "right"))
    with pytest.raises(
        UsageError, match=r"^positions need levels that have an order, and party has categories$"
    ):
        ideal_points(table.of(["a"], ["x"], [1], scale=parties))


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
