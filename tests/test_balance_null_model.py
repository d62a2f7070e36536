"""Signs dealt at random: the mean over all ways to deal them, a published network, one that chance cannot change."""

from __future__ import annotations

import json
from itertools import combinations
from math import sqrt
from pathlib import Path
from statistics import fmean, pstdev

import networkx as nx
import pytest

from conftest import Run
from signed import HIGHLAND, network
from stancegraph.balance.scores import NullModel, Score, null_model
from stancegraph.errors import UsageError


def test_chance_is_the_mean_over_every_way_to_deal_the_signs() -> None:
    """Six ties among four, three of them negative: twenty ways, each split tried by hand."""
    pairs = list(combinations(range(4), 2))
    least, balanced = [], []
    for negative in combinations(range(6), 3):
        sign = {pair: -1 if i in negative else 1 for i, pair in enumerate(pairs)}
        splits = [[(code >> node) & 1 for node in range(4)] for code in range(8)]
        least.append(min(sum((s[a] == s[b]) != (sign[a, b] > 0) for a, b in pairs) for s in splits))
        threes = [sign[a, b] * sign[b, c] * sign[a, c] for a, b, c in combinations(range(4), 3)]
        balanced.append(threes.count(1) / 4)
    graph = nx.Graph([(a, b, {"weight": -1 if i in (0, 1, 2) else 1}) for i, (a, b) in enumerate(pairs)])
    found = null_model(graph, 100)
    assert found is not None
    assert found.triangles is not None
    assert found.frustration.mean == pytest.approx(fmean(least), abs=0.15)
    assert found.frustration.sd == pytest.approx(pstdev(least), abs=0.1)
    assert found.triangles.mean == pytest.approx(fmean(balanced), abs=0.08)
    assert found.triangles.sd == pytest.approx(pstdev(balanced), abs=0.06)
    assert found.proved == 1
    seen = [sum((s[a] == s[b]) != (i > 2) for i, (a, b) in enumerate(pairs)) for s in splits]
    assert found.frustration.observed == min(seen)
    for drawn in (found.frustration, found.triangles):
        assert drawn.z == pytest.approx((drawn.observed - drawn.mean) / drawn.sd)
    share = fmean(value <= min(seen) for value in least)
    assert found.frustration.p == pytest.approx(share, abs=4 * sqrt(share * (1 - share) / 100) + 0.01)
    threes = [sum(a == 0 for a, _ in combinations(three, 2)) for three in combinations(range(4), 3)]
    assert found.triangles.observed == fmean(number % 2 == 0 for number in threes)
    share = fmean(value >= found.triangles.observed for value in balanced)
    assert found.triangles.p == pytest.approx(share, abs=4 * sqrt(share * (1 - share) / 100) + 0.01)


def test_highland_tribes_are_far_more_balanced_than_chance() -> None:
    found = null_model(HIGHLAND, 20)
    assert found is not None
    assert found.triangles is not None
    assert found.frustration.observed == 7
    assert found.frustration.z is not None
    assert found.frustration.z < -4
    assert found.triangles.z is not None
    assert found.triangles.z > 4
    assert found.frustration.p == found.triangles.p == 1 / 21


def test_where_chance_makes_always_the_same_there_is_no_score() -> None:
    found = null_model(network(("a", "b", 1), ("b", "c", 1), ("a", "c", -1)), 20)
    assert found is not None
    assert found == NullModel(20, 1, Score(1, 1, 0, None, 1), Score(0, 0, 0, None, 1))
    halves = null_model(network(("a", "b", 0.5), ("b", "c", 0.5), ("a", "c", -0.5)))
    assert halves == NullModel(100, 1, Score(0.5, 0.5, 0, None, 1), Score(0, 0, 0, None, 1))
    path = null_model(network(("a", "b", 1), ("b", "c", -1)), 20)
    assert path == NullModel(20, 1, Score(0, 0, 0, None, 1), None)
    assert null_model(HIGHLAND, 20, seconds=1e-9) is None
    with pytest.raises(UsageError, match="20 or more"):
        null_model(HIGHLAND, 5)
    with pytest.raises(UsageError, match="without ties"):
        null_model(nx.Graph())


def test_alliances_say_whether_chance_would_make_as_much_balance(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ties.csv"
    file.write_text("a,b,weight\nAda,Bo,1\nBo,Cy,-1\nAda,Cy,-1\n", "utf-8")
    told = run("alliances", "--edges", str(file), "--chance", "20")
    assert "frustration 0; with signs dealt at random 0.00 ± 0.00 in 20 samples" in told.stdout
    assert run("alliances", "--edges", str(file), "--chance", "3").returncode == 2
    told = json.loads(run("alliances", "--edges", str(file), "--chance", "20", "--format", "json").stdout)
    nothing = {"observed": 0, "mean": 0, "sd": 0, "z": None, "p": 1}
    balanced = nothing | {"observed": 1, "mean": 1}
    assert told["chance"] == {"samples": 20, "proved": 1, "frustration": nothing, "triangles": balanced}
