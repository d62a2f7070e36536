"""Indices of whole networks against networkx and by hand, and the quadratic assignment against every way to deal."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import scipy
from numpy.typing import NDArray

from conftest import Run
from stancegraph import network, table
from stancegraph.errors import UsageError
from stancegraph.network.indices import assortativity, ei_index, indices
from stancegraph.network.qap import associations, qap
from stancegraph.store import Store


def test_indices_of_the_shipped_stances_are_those_of_networkx(shipped: Store) -> None:
    found = {row["index"]: row for row in indices(shipped, "stances")}
    graph = network.stances(shipped)
    kinds = {node: data["kind"] for node, data in graph.nodes(data=True)}
    actors: nx.DiGraph[str] = nx.DiGraph()
    actors.add_nodes_from(node for node, kind in kinds.items() if kind != "proposition")
    actors.add_edges_from((a, b) for a, b in graph.edges() if {a, b} <= set(actors) and a != b)
    assert found["density"]["value"] == pytest.approx(nx.density(actors), abs=1e-6)
    assert found["reciprocity"]["value"] == pytest.approx(nx.overall_reciprocity(actors), abs=1e-6)
    agreement = network.agreement(shipped)
    told = {row["index"]: row for row in indices(shipped)}
    for sign, name in ((1, "positive"), (-1, "negative")):
        ties = agreement.edge_subgraph(
            [(a, b) for a, b, tie in agreement.edges(data=True) if tie["weight"] * sign > 0]
        )
        assert told[f"assortativity by kind of {name} ties"]["value"] == pytest.approx(
            nx.attribute_assortativity_coefficient(ties, "kind"), abs=1e-6
        )
        within = sum(kinds[a] == kinds[b] for a, b in ties.edges)
        size = ties.number_of_edges()
        assert told[f"E-I index of {name} ties"]["value"] == pytest.approx(
            (size - 2 * within) / size, abs=1e-6
        )


def test_ties_within_kinds_alone_and_between_them_alone_are_the_ends_of_the_scale() -> None:
    kind = np.array([0, 0, 0, 1, 1, 1])
    within = np.array([0, 1, 3, 4]), np.array([1, 2, 4, 5])
    between = np.array([0, 1, 2]), np.array([3, 4, 5])
    assert (ei_index(within, kind), ei_index(between, kind)) == (-1, 1)
    assert (assortativity(within, kind), assortativity(between, kind)) == (1, -1)
    nobody = np.zeros(0, np.int64), np.zeros(0, np.int64)
    assert ei_index(nobody, kind) is assortativity(nobody, kind) is None
    assert assortativity(within, np.zeros(6, np.int64)) is None
    with pytest.raises(UsageError, match="agreement or stances"):
        indices(table.of(["a"], ["b"], [1]), "two-mode")


def test_a_correlation_is_judged_by_every_way_actors_can_change_places() -> None:
    """Five actors change places in 120 ways; 999 random ones come as near as three standard errors."""
    dice = np.random.default_rng(3)
    y, x = (np.triu(dice.random((5, 5)), 1) for _ in range(2))
    y, x = y + y.T, x + x.T + 0.8 * (y + y.T)
    pairs = np.triu_indices(5, 1)
    (found,) = qap(y, {"x": x})
    line = scipy.stats.linregress(x[pairs], y[pairs])
    assert found["correlation"] == pytest.approx(line.rvalue, abs=1e-6)
    assert found["coefficient"] == pytest.approx(line.slope, abs=1e-6)
    far = [
        abs(np.corrcoef(x[np.ix_(order, order)][pairs], y[pairs])[0, 1]) >= abs(line.rvalue) - 1e-9
        for order in permutations(range(5))
    ]
    assert found["p"] is not None
    assert abs(found["p"] - np.mean(far)) < 3 * np.sqrt(0.25 / 999)


def test_ties_with_a_direction_are_compared_both_ways() -> None:
    dice = np.random.default_rng(5)
    y, x = dice.random((6, 6)), dice.random((6, 6))
    (found,) = qap(y, {"x": x}, directed=True, deals=9)
    every = ~np.eye(6, dtype=bool)
    assert found["correlation"] == pytest.approx(np.corrcoef(x[every], y[every])[0, 1], abs=1e-6)


def test_of_actors_a_network_does_not_name_their_number_is_told(shipped: Store) -> None:
    first, *others = (label for _, label in network.agreement(shipped).nodes(data="label"))
    known: nx.Graph[str] = nx.Graph()
    known.add_node("a", label=first)
    found = associations(shipped, {"known.csv": known})
    assert (
        f"{len(others)} of {len(others) + 1} actors are not in known.csv: without a tie there" in found.notes
    )
    known.nodes["a"]["label"] = "Nobody"
    with pytest.raises(UsageError, match=r"known\.csv names none of"):
        associations(shipped, {"known.csv": known})


def test_kinds_dealt_at_random_say_whether_ties_keep_to_them(shipped: Store) -> None:
    """The same as 400 deals of our own, by four standard errors."""
    told = {row["index"]: row for row in indices(shipped)}
    graph = network.agreement(shipped)
    kinds = [data["kind"] for _, data in graph.nodes(data=True)]
    place = {node: i for i, node in enumerate(graph)}
    ties = np.array([(place[a], place[b]) for a, b, tie in graph.edges(data=True) if tie["weight"] > 0]).T
    dice = np.random.default_rng(6)

    def external(kind: NDArray[np.str_]) -> float:
        return float(np.mean(kind[ties[0]] != kind[ties[1]]))

    drawn = np.array([external(dice.permutation(kinds)) for _ in range(400)])
    far = np.abs(drawn - drawn.mean()) >= abs(external(np.array(kinds)) - drawn.mean()) - 1e-12
    p = told["E-I index of positive ties"]["p"]
    assert p is not None
    assert abs(p - far.mean()) < 4 * np.sqrt(0.25 / 400)


def test_of_two_networks_only_that_counts_which_adds_something() -> None:
    dice = np.random.default_rng(4)
    cause, noise = (np.triu(dice.random((14, 14)), 1) for _ in range(2))
    cause, noise = cause + cause.T, noise + noise.T
    shadow = cause + noise
    y = 2 * cause + 0.05 * np.outer(np.arange(14), np.arange(14)) / 14
    found = {row["network"]: row for row in qap(y, {"cause": cause, "shadow": shadow}, deals=199)}
    pairs = np.triu_indices(14, 1)
    design = np.column_stack((np.ones(len(pairs[0])), cause[pairs], shadow[pairs]))
    expected = np.linalg.lstsq(design, y[pairs], rcond=None)[0]
    assert [found[name]["coefficient"] for name in ("cause", "shadow")] == pytest.approx(
        expected[1:], abs=1e-6
    )
    assert found["cause"]["p"] == 0.005
    assert found["shadow"]["correlation"] > 0.5  # type: ignore[operator]
    assert found["shadow"]["p"] > 0.05  # type: ignore[operator]
    (same,) = qap(y, {"flat": np.ones((14, 14))}, deals=9)
    assert (same["correlation"], same["p"]) == (None, None)


def test_the_command_prints_indices_and_what_goes_with_what(run: Run, tmp_path: Path) -> None:
    told = json.loads(run("network", "--summary", "--format", "json").stdout)
    assert {"density", "E-I index of positive ties"} <= {row["index"] for row in told}
    ties = run("network", "--format", "csv").stdout
    (tmp_path / "same.csv").write_text(
        "".join(",".join(line.split(",")[:3]) + "\n" for line in ties.splitlines() if '"' not in line),
        "utf-8",
    )
    found = json.loads(
        run("network", "--qap", str(tmp_path / "same.csv"), "--qap", "kind", "--format", "json").stdout
    )
    assert [row["network"] for row in found] == ["same.csv", "kind"]
    assert found[0]["correlation"] == 1
    assert found[0]["p"] == 0.001
    for wrong in ("--qap nowhere.csv", "--summary --window 4w", "--qap kind --kind two-mode"):
        assert run("network", *wrong.split()).returncode in {2, 3}
