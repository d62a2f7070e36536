"""The stochastic degree sequence model: degrees kept on average, chances against enumeration and against drawing."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import scipy

from conftest import Run
from stancegraph import network, table
from stancegraph.errors import UsageError
from stancegraph.network.backbone import chances_to_share, probabilities, tail
from stancegraph.network.ties import Edges


def of_cells(taken: np.ndarray) -> np.ndarray:
    """The probability of each cell, every row and column being told by itself."""
    rows, columns = (np.ones(number, np.int64) for number in taken.shape)
    return probabilities(taken.sum(axis=1), rows, taken.sum(axis=0), columns)


def test_every_row_and_column_has_its_degree_on_average() -> None:
    dice = np.random.default_rng(1)
    taken = (dice.random((20, 30)) < np.outer(dice.random(20), dice.random(30))).astype(int)
    rows, columns = taken.sum(axis=1), taken.sum(axis=0)
    taken = taken[rows > 0][:, columns > 0]
    found = of_cells(taken)
    assert found.sum(axis=1) == pytest.approx(taken.sum(axis=1), abs=1e-6)
    assert found.sum(axis=0) == pytest.approx(taken.sum(axis=0), abs=1e-6)
    odds = found / (1 - found)
    assert odds / odds[:, :1] == pytest.approx((odds / odds[:, :1])[[0]].repeat(len(odds), axis=0))


def test_a_tail_is_the_sum_over_all_ways_chances_come_true() -> None:
    p = [0.9, 0.2, 0.2, 0.5, 0.05]
    for least in range(7):
        ways = [
            np.prod([q if hit else 1 - q for q, hit in zip(p, way, strict=True)])
            for way in product((0, 1), repeat=5)
            if sum(way) >= least
        ]
        assert tail(np.array([0.9, 0.2, 0.5, 0.05]), np.array([1, 2, 1, 1]), least) == pytest.approx(
            sum(ways)
        )
    assert tail(np.array([0.3]), np.array([40]), 20) == pytest.approx(scipy.stats.binom.sf(19, 40, 0.3))


@pytest.mark.parametrize("kind", ["congruence", "conflict", "ignore"])
def test_the_chance_of_a_pair_is_how_often_drawing_gives_as_much(kind: str) -> None:
    """Drawn 20,000 times from the model's own probabilities, to three standard errors."""
    dice = np.random.default_rng(2)
    taken = (dice.random((6, 20)) < 0.4).astype(float)
    p = of_cells(taken.astype(int))
    a, b = np.array([0, 1, 2]), np.array([3, 4, 5])
    found = chances_to_share(scipy.sparse.csr_array(taken), 2, a, b, kind)
    facing = {"congruence": np.eye(2), "conflict": 1 - np.eye(2), "ignore": np.ones((2, 2))}[kind]

    def shared(cells: np.ndarray) -> np.ndarray:
        levels = cells.reshape(*cells.shape[:-1], 10, 2)
        return np.asarray(
            np.einsum("...jk,kl,...jl->...", levels[..., a, :, :], facing, levels[..., b, :, :])
        )

    drawn = shared(dice.random((20_000, 6, 20)) < p)
    share = (drawn >= shared(taken)).mean(axis=0)
    # Both levels of one target taken at once make what conflicts and what is ignored a little dependent.
    assert found == pytest.approx(share, abs=0.011 if kind == "congruence" else 0.04)


def test_two_who_share_what_hardly_anybody_says_are_tied_and_the_talkative_are_not() -> None:
    dice = np.random.default_rng(1)
    rows = [(f"talker {i}", f"common {j}", 1) for i in range(20) for j in dice.permutation(16)[:8]]
    rows += [(f"sect {i}", f"rare {j}", 1) for i in range(2) for j in range(8)]
    actors, targets, levels = zip(*rows, strict=True)
    made = table.of(actors, targets, levels)
    method = network.Method.of("agreement", {})
    edges = Edges.of(network.countable(made, method), method)
    kept = [(tie["a"], tie["b"]) for tie in edges.degree_sequence_backbone(0.02).rows()]
    assert len(edges) > 150
    assert kept == [("sect 0", "sect 1")]
    two_mode = network.Method.of("two-mode", {})
    with pytest.raises(UsageError, match="sdsm is of networks of actors"):
        Edges.of(made, two_mode).degree_sequence_backbone(0.05)


def test_the_command_keeps_what_is_more_than_chance(run: Run) -> None:
    every = run("network", "--format", "csv").stdout.splitlines()
    kept = run("network", "--backbone", "sdsm", "--alpha", "0.2", "--format", "csv").stdout.splitlines()
    assert 1 < len(kept) < len(every)
    assert set(kept) <= set(every)
    assert run("network", "--backbone", "sdsm", "--kind", "stances").returncode == 2
