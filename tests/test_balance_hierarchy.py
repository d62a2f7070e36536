"""Who joins whom: by hand, by each linkage, and never by disagreement or silence."""

from __future__ import annotations

import json

import pytest

from conftest import Run
from signed import network
from stancegraph.balance.hierarchy import Linkage, hierarchy
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


def test_the_command_prints_each_step(run: Run) -> None:
    rows = json.loads(run("alliances", "--hierarchy", "average", "--format", "json").stdout)
    heights = [row["agreement"] for row in rows]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] > 0
    assert run("alliances", "--hierarchy", "average", "--blocs", "free").returncode == 2
    with pytest.raises(UsageError, match="choose one of average, single, complete"):
        hierarchy(network(("a", "b", 1)), "ward")  # type: ignore[arg-type]
