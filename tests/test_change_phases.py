"""Phases of a debate: a turn that was planted is found on its day, with its statements; of noise none is told."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from conftest import Run
from stancegraph import table
from stancegraph.change.phases import _modularity, phases
from stancegraph.errors import UsageError
from stancegraph.table import Table

START = date(2024, 1, 1)


def debate(weeks: int, turn: int | None, seed: int = 0) -> Table:
    """Eight actors and five targets, 250 stances a week; from week `turn` on half of the actors change sides."""
    dice = random.Random(seed)
    rows = []
    for week in range(weeks):
        for number in range(250):
            actor, target = dice.randrange(8), dice.randrange(5)
            turned = turn is not None and week >= turn and actor < 4
            level = (1 if actor < 4 else -1) * (-1 if turned else 1)
            day = START + timedelta(7 * week + dice.randrange(7))
            rows.append((f"actor {actor}", f"target {target}", level, day, f"document {week} {number}"))
    actors, targets, levels, days, documents = zip(*rows, strict=True)
    return table.of(actors, targets, levels, days=days, documents=documents)


@pytest.mark.parametrize("distance", ["absolute", "spectral"])
def test_a_planted_turn_is_found_in_its_week_with_those_who_turned(distance: str) -> None:
    found = phases(debate(10, 6), "1w", distance=distance)  # type: ignore[arg-type]
    assert [row["phase"] for row in found.windows] == [1] * 6 + [2] * 4
    (transition,) = found.transitions
    first = min(date.fromisoformat(row["since"]) for row in found.windows)
    assert date.fromisoformat(transition.first) == first + timedelta(42)
    assert found.p == 0.01
    turned = {turn["actor"] for turn in transition.turned}
    assert turned <= {f"actor {i}" for i in range(4)}
    for turn in transition.turned:
        assert turn["before"] > 0 > turn["after"]
        assert turn["statements_before"]
        assert turn["statements_after"]
        assert not set(turn["statements_before"]) & set(turn["statements_after"])


def test_a_debate_in_which_nobody_turns_has_one_phase() -> None:
    found = phases(debate(10, None), "1w")
    assert {row["phase"] for row in found.windows} == {1}
    assert not found.transitions
    assert found.p is not None
    assert found.p > 0.05
    assert "no phases can be told from chance" in found.notes[-1]


def test_modularity_is_that_of_networkx() -> None:
    dice = np.random.default_rng(3)
    likeness = np.triu(dice.random((9, 9)), 1)
    likeness += likeness.T
    members = dice.integers(1, 4, 9)
    groups = [set(np.flatnonzero(members == one).tolist()) for one in np.unique(members)]
    expected = nx.community.modularity(nx.from_numpy_array(likeness), groups)
    assert _modularity(likeness, members) == pytest.approx(expected)


def test_few_windows_have_no_phases_and_wrong_words_are_refused(run: Run) -> None:
    found = phases(debate(3, 1), "1w")
    assert found.p is None
    assert found.notes[-1].startswith("no phases: 3 windows have statements, 4 are needed")
    with pytest.raises(UsageError, match="choose one of absolute, spectral"):
        phases(debate(3, 1), "1w", distance="near")  # type: ignore[arg-type]
    told = json.loads(run("shifts", "--phases", "2d", "--format", "json").stdout)
    assert {row["phase"] for row in told["windows"]} == {1}
    assert all(a["until"] < b["since"] for a, b in pairwise(told["windows"]))
    refused = run("shifts", "--phases", "soon")
    assert (refused.returncode, refused.stdout) == (2, "")
