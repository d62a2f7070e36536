"""Phases of a debate: a turn that was planted is found on its day, with its statements; of noise none is told."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import pytest

from conftest import Run
from february import Graph, says
from stancegraph import table
from stancegraph.change import phases as module
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
    assert len(transition.turned) == 10
    turned = {turn["actor"] for turn in transition.turned}
    assert turned <= {f"actor {i}" for i in range(4)}
    for turn in transition.turned:
        assert turn["before"] > 0 > turn["after"]
        assert turn["statements_before"]
        assert turn["statements_after"]
        assert not set(turn["statements_before"]) & set(turn["statements_after"])


def test_a_debate_in_which_nobody_turns_has_one_phase() -> None:
    rows = debate(10, None)
    found = phases(rows, "1w")
    assert {row["phase"] for row in found.windows} == {1}
    assert not found.transitions
    assert found.p is not None
    assert found.p > 0.05
    assert found.notes == (
        f"no phases can be told from chance (p = {found.p:.2f}): statements dealt at random part as well",
    )
    assert found.turns() == []
    windows = [(row["since"], row["until"]) for row in found.windows]
    assert found.modularity == pytest.approx(by_hand(rows, windows, "absolute"), abs=1e-4) != 0


def by_hand(rows: Table, windows: list[tuple[str, str]], distance: str) -> float:
    """The best modularity of two to six clusters of windows, each step done as the papers tell it, one by one."""
    networks = []
    for since, until in windows:
        cells = np.zeros((8, 5))
        for row, day in zip(rows, rows.earliest.tolist(), strict=True):
            if since <= date.fromordinal(day).isoformat() <= until:
                cells[int(row.actor.label[-1]), int(row.target.label[-1])] += float(row.level)
        networks.append(cells / np.abs(cells).sum())
    points = [cells.ravel() for cells in networks]
    if distance == "spectral":
        agree = [np.maximum(cells @ cells.T, 0) * (1 - np.eye(8)) for cells in networks]
        points = [np.sort(nx.laplacian_spectrum(nx.from_numpy_array(one))) for one in agree]
        points = [one / one.sum() for one in points]
    order = 1 if distance == "absolute" else 2
    apart = np.array([[np.linalg.norm(a - b, order) for b in points] for a in points])
    likeness = nx.from_numpy_array((1 - apart / apart.max()) * (1 - np.eye(len(points))))
    clusters = [[place] for place in range(len(points))]
    found = []
    while len(clusters) > 2:
        one, other = min(combinations(clusters, 2), key=lambda two: apart[np.ix_(*two)].mean())
        clusters = [each for each in clusters if each not in (one, other)] + [one + other]
        if len(clusters) <= 6:
            found.append(nx.community.modularity(likeness, [set(one) for one in clusters]))
    return max(found)


@pytest.mark.parametrize("distance", ["absolute", "spectral"])
def test_phases_are_as_far_apart_as_each_step_done_by_hand_makes_them(distance: str) -> None:
    rows = debate(8, 5)
    found = phases(rows, "1w", distance=distance)  # type: ignore[arg-type]
    windows = [(row["since"], row["until"]) for row in found.windows]
    assert found.modularity == pytest.approx(by_hand(rows, windows, distance), abs=1e-4)


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
    with pytest.raises(UsageError, match=r"^--distance 'near': choose one of absolute, spectral$"):
        phases(debate(3, 1), "1w", distance="near")  # type: ignore[arg-type]
    told = json.loads(run("shifts", "--phases", "2d", "--format", "json").stdout)
    assert {row["phase"] for row in told["windows"]} == {1}
    assert all(a["until"] < b["since"] for a, b in pairwise(told["windows"]))
    refused = run("shifts", "--phases", "soon")
    assert (refused.returncode, refused.stdout) == (2, "")


def turning() -> Table:
    """Each week Ada speaks four times, Bo four and Cy two; nobody in the fifth, and then Ada and Cy have turned."""
    rows = [
        (actor, target, sign if week < 4 else after, START + timedelta(7 * week + day), f"{week} {day}")
        for week in (0, 1, 2, 3, 5, 6, 7)
        for actor, target, sign, after, days in (
            ("Ada", "bridge", 1, -1, (0, 1, 2, 4)),
            ("Bo", "dam", 1, 1, (0, 1, 2, 4)),
            ("Cy", "dam", -1, 1, (3, 4)),
        )
        for day in days
    ]
    actors, targets, levels, days, documents = zip(*rows, strict=True)
    return table.of(actors, targets, levels, days=days, documents=documents)


def test_a_transition_tells_of_each_stance_its_share_and_the_statements_on_either_side() -> None:
    """Of all that is said .4 is Ada's and .2 Cy's: .8 and .4 of a change of 1.2.

    Four weeks alike and three alike are two cliques, of six and three ties: 1 - (12/18)^2 - (6/18)^2 = 4/9.
    """
    rows = turning()
    found = phases(rows, "1w")
    told = found.row()
    assert told["windows"] == [
        {
            "since": str(START + timedelta(7 * week)),
            "until": str(START + timedelta(7 * week + 6)),
            "statements": 10,
            "phase": 1 + (week > 3),
        }
        for week in (0, 1, 2, 3, 5, 6, 7)
    ]
    assert (told["modularity"], told["p"], found.notes) == (0.4444, 0.01, ())
    said = {
        (name, late): sorted(
            row.statement
            for row, day in zip(rows, rows.earliest.tolist(), strict=True)
            if row.actor.label == name and (day >= date(2024, 2, 5).toordinal()) == late
        )
        for name in ("Ada", "Cy")
        for late in (False, True)
    }
    turns = [
        {
            "actor": name,
            "iri": name,
            "target": target,
            "target_iri": target,
            "before": before,
            "after": -before,
            "share": share,
            "statements_before": said[name, False],
            "statements_after": said[name, True],
        }
        for name, target, before, share in (("Ada", "bridge", 0.4, 0.6667), ("Cy", "dam", -0.2, 0.3333))
    ]
    days = {"last": "2024-01-28", "first": "2024-02-05"}
    assert told["transitions"] == [{**days, "before": 1, "after": 2, "turned": tuple(turns)}]
    assert found.turns() == [{**days, "phase_before": 1, "phase_after": 2, **turn} for turn in turns]


def test_where_windows_overlap_a_phase_ends_on_the_eve_of_the_next() -> None:
    found = phases(turning(), "2w", step="1w")
    assert {window["phase"]: window["since"] for window in reversed(found.windows)}[1] == "2024-01-01"
    assert len(found.transitions) == len({window["phase"] for window in found.windows}) - 1 > 0
    for one in found.transitions:
        assert date.fromisoformat(one.first) - date.fromisoformat(one.last) == timedelta(1)
        assert one.first in {window["since"] for window in found.windows}


def test_where_all_windows_are_alike_every_shuffle_is_as_good() -> None:
    rows = table.of(
        ["Ada"] * 8, ["bridge"] * 8, [1] * 8, days=[START + timedelta(7 * week) for week in range(8)]
    )
    for distance in ("absolute", "spectral"):
        found = phases(rows, "1w", distance=distance)
        assert (found.modularity, found.p) == (0, 1)
        assert found.notes == (
            "no phases can be told from chance (p = 1.00): statements dealt at random part as well",
        )


def test_windows_too_few_to_part_are_told_with_what_is_in_none(graph: Graph) -> None:
    own = graph(
        *(says(f"s{day}", "ada", str(day), "+bridge -dam") for day in (3, 10, 17)),
        says("loose", "ada", "3..17", "+bridge"),
    )
    found = phases(own, "1w")
    assert [(window["statements"], window["phase"]) for window in found.windows] == [(1, 1)] * 3
    assert found.row() == {"windows": [*found.windows], "transitions": [], "modularity": None, "p": None}
    assert found.notes == (
        "1 row left out: the day is bounded more loosely than the window",
        "no phases: 3 windows have statements, 4 are needed; take a shorter --phases",
    )


def test_what_is_too_much_to_compare_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three pairs of actor and target in seven windows; all that could be, by which spectra are made, are six."""
    monkeypatch.setattr(module, "LARGEST", 3 * 7)
    monkeypatch.setattr(module, "ACTORS", 3)
    assert phases(turning(), "1w").p == 0.01
    too_much = r"^there is too much to compare: take longer windows, or fewer actors \(--min-count\)$"
    with pytest.raises(UsageError, match=too_much):
        phases(turning(), "1w", distance="spectral")
    monkeypatch.setattr(module, "LARGEST", 3 * 7 - 1)
    with pytest.raises(UsageError, match=too_much):
        phases(turning(), "1w")
    monkeypatch.setattr(module, "LARGEST", 6 * 7)
    assert phases(turning(), "1w", distance="spectral").p is not None
    monkeypatch.setattr(module, "ACTORS", 2)
    with pytest.raises(UsageError, match=r"^--distance spectral is for 2 actors at most, and here are 3$"):
        phases(turning(), "1w", distance="spectral")
