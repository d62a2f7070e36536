"""Who joins whom: by hand, by each linkage, and never by disagreement or silence."""

from __future__ import annotations

import json

import pytest

from conftest import Run
from signed import network
from stancegraph import network as networks
from stancegraph import table
from stancegraph.balance.communities import Linkage, hierarchy
from stancegraph.errors import UsageError


@pytest.mark.parametrize(
    ("by", "last"), [("average", (0.9 + 0.3 + 0.6 + 0) / 4), ("single", 0.9), ("complete", None)]
)
def test_groups_join_at_the_mean_the_strongest_or_the_weakest_of_their_ties(
    by: Linkage, last: float | None
) -> None:
    """Ada and Bo agree most, then Cy and Di; between them .9, .3, .6 and nothing. Eve is against all."""
    graph = network(
        ("Ada", "Bo", 1.5),
        ("Cy", "Di", 1.2),
        ("Ada", "Cy", 0.9),
        ("Ada", "Di", 0.3),
        ("Bo", "Cy", 0.6),
        ("Eve", "Ada", -1),
        ("Eve", "Di", -1),
    )
    steps = [(row["agreement"], row["group"], row["joins"]) for row in hierarchy(graph, by)]
    assert steps[:2] == [(1.5, ["Ada"], ["Bo"]), (1.2, ["Cy"], ["Di"])]
    assert [step[1:] for step in steps[2:]] == ([] if last is None else [(["Ada", "Bo"], ["Cy", "Di"])])
    assert [step[0] for step in steps[2:]] == pytest.approx([] if last is None else [last])
    assert [row["step"] for row in hierarchy(graph, by)] == [1, 2, 3][: len(steps)]
    assert list(hierarchy(graph, by)[0]) == ["step", "agreement", "group", "joins"]


def test_the_larger_group_is_named_first_and_of_equal_ones_the_first_by_name() -> None:
    """Di joins the three who are nearer to each other; who is tied to nobody joins nobody."""
    graph = network(("c", "b", 5), ("c", "a", 4), ("b", "a", 4), ("d", "a", 1), ("d", "b", 1), ("d", "c", 1))
    graph.add_node("alone")
    assert [(row["group"], row["joins"]) for row in hierarchy(graph)] == [
        (["b"], ["c"]),
        (["b", "c"], ["a"]),
        (["a", "b", "c"], ["d"]),
    ]
    assert hierarchy(network(("a", "b", -1))) == hierarchy(network()) == []
    (row,) = hierarchy(network(("a", "b", 0.1)))
    assert row["agreement"] == 0.1


def test_the_steps_of_rows_are_those_of_their_network_of_agreement(monkeypatch: pytest.MonkeyPatch) -> None:
    days = ["2024-01-01"] * 3 + ["2025-01-01"] * 2
    rows = table.of(list("abcab"), list("xxxyy"), [1] * 5, days=days)
    for choices in ({}, {"period": "none"}, {"normalisation": "none"}):
        found, graph = hierarchy(rows, **choices), networks.agreement(rows, **choices)  # type: ignore[arg-type]
        assert found == hierarchy(graph) != []
        assert found.notes == graph.graph["notes"]
    none = hierarchy(rows[:1])
    assert (list(none), none.notes) == ([], ())
    monkeypatch.setattr("stancegraph.balance.communities.LARGEST", 3)
    assert hierarchy(rows)
    monkeypatch.setattr("stancegraph.balance.communities.LARGEST", 2)
    with pytest.raises(
        UsageError, match=r"^3 actors have more pairs than can be held: choose 2 \(--min-count\)$"
    ):
        hierarchy(rows)


def test_the_command_prints_each_step(run: Run) -> None:
    rows = json.loads(run("alliances", "--hierarchy", "average", "--format", "json").stdout)
    heights = [row["agreement"] for row in rows]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] > 0
    assert run("alliances", "--hierarchy", "average", "--blocs", "free").returncode == 2
    with pytest.raises(UsageError, match="choose one of average, single, complete"):
        hierarchy(network(("a", "b", 1)), "ward")  # type: ignore[arg-type]
