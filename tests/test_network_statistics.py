"""Indices of whole networks against networkx and by hand, and the quadratic assignment against every way to deal."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Final

import networkx as nx
import numpy as np
import pytest
import scipy
from numpy.typing import NDArray

from conftest import Run
from february import Graph, says
from stancegraph import network, table
from stancegraph.errors import UsageError
from stancegraph.network.statistics import associations, assortativity, ei_index, indices, qap
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


def test_every_index_of_a_network_of_three_kinds_is_worked_out_by_hand(graph: Graph) -> None:
    """Ada and Bo agree, the council is against both, Cy is tied to nobody; no two of those tied are of one kind.

    However kinds are dealt to three, each tie is between two. One tie: e is 1/2 either way, (0 - 1/2)/(1 - 1/2). Two
    that share an end: ends are of three kinds, 1/2, 1/4 and 1/4 of them, (0 - 3/8)/(1 - 3/8).
    """
    own = graph(
        says("a", "ada", "1", "+bridge"),
        says("b", "bo", "2", "+bridge"),
        says("c", "council", "3", "-bridge"),
    )
    of_pairs = "of all pairs the share so tied, 0 to 1"
    ei = "-1: all within one kind, 1: all between kinds (Krackhardt & Stern 1988)"
    mixing = "1: all within one kind, 0: as by chance, below: between kinds (Newman 2003)"
    assert [tuple(row.values()) for row in indices(own)] == [
        ("actors", 3, None, None, "how many there are"),
        ("ties", 3, None, None, "how many of their pairs are tied"),
        ("density", 1, None, None, of_pairs),
        ("density of positive ties", 0.333333, None, None, of_pairs),
        ("density of negative ties", 0.666667, None, None, of_pairs),
        ("E-I index of positive ties", 1, 1, 1, ei),
        ("assortativity by kind of positive ties", -1, -1, 1, mixing),
        ("E-I index of negative ties", 1, 1, 1, ei),
        ("assortativity by kind of negative ties", -0.6, -0.6, 1, mixing),
    ]
    assert list(indices(own)[0]) == ["index", "value", "expected", "p", "tells"]
    assert indices(table.of(["a"], ["x"], [1]))[2]["value"] is None
    with pytest.raises(
        UsageError, match=r"^indices are of networks of actors, agreement or stances, not of 'tar"
    ):
        indices(own, "targets")


def test_what_chance_makes_of_one_tie_within_a_kind_is_that_of_three_deals(graph: Graph) -> None:
    """Ada and Cy are of one kind, the council of another: of three deals one has the tie within, -1, two between, 1."""
    own = graph(
        says("a", "ada", "1", "+bridge"), says("c", "cy", "2", "+bridge"), says("d", "council", "3", "-dam")
    )
    row = next(row for row in indices(own) if row["index"] == "E-I index of positive ties")
    assert row["value"] == -1
    assert row["expected"] == pytest.approx(1 / 3, abs=4 * np.sqrt(8 / 9 / 999))
    assert row["p"] == pytest.approx(1 / 3, abs=4 * np.sqrt(2 / 9 / 999))


def test_stances_of_actors_on_each_other_may_be_answered(graph: Graph) -> None:
    """Of Ada and Bo either speaks of the other; Cy's stance on Ada stays unanswered, and the bridge is no actor."""
    own = graph(
        says("a", "ada", "1", "+bo +bridge"), says("b", "bo", "2", "-ada"), says("c", "cy", "3", "+ada")
    )
    told = {row["index"]: (row["value"], row["tells"]) for row in indices(own, "stances")}
    answered = "of the stances on each other the share that is answered by any stance"
    assert told["reciprocity"] == (0.666667, answered)
    assert (told["actors"][0], told["ties"][0]) == (3, 3)
    assert told["density"][0] == 3 / 6
    assert told["density of negative ties"][0] == pytest.approx(1 / 6, abs=1e-6)
    # Both positive ties lead from or to a politician: Ada to Bo, an official, and Cy to Ada.
    assert told["E-I index of positive ties"][0] == 0
    assert told["assortativity by kind of positive ties"][0] == 0
    nobody = {
        row["index"]: row["value"] for row in indices(graph(says("a", "ada", "1", "+bridge")), "stances")
    }
    assert (nobody["actors"], nobody["density"], nobody["reciprocity"]) == (1, None, None)


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


def test_with_others_accounted_for_a_network_is_judged_by_its_t() -> None:
    """What the others leave of it is dealt in all 720 ways, and t reckoned by the textbook's normal equations."""
    dice = np.random.default_rng(8)
    y, x, z = (np.triu(dice.random((6, 6)) ** 3, 1) for _ in range(3))
    y, x, z = (each + each.T for each in (y + 0.6 * x + z, x + z, z))
    pairs = np.triu_indices(6, 1)
    rest = np.column_stack((np.ones(15), z[pairs]))
    left = np.zeros((6, 6))
    left[pairs] = x[pairs] - rest @ np.linalg.solve(rest.T @ rest, rest.T @ x[pairs])
    left = left + left.T

    def t(dealt: NDArray[np.float64]) -> float:
        design = np.column_stack((dealt[pairs], rest))
        inverse = np.linalg.inv(design.T @ design)
        fitted = inverse @ design.T @ y[pairs]
        residual = y[pairs] - design @ fitted
        return float(fitted[0] / np.sqrt(residual @ residual / (15 - 3) * inverse[0, 0]))

    far = [
        abs(t(left[np.ix_(order, order)])) >= abs(t(left)) - 1e-9
        for order in map(list, permutations(range(6)))
    ]
    found, _ = qap(y, {"x": x, "z": z})
    assert found["p"] == pytest.approx(np.mean(far), abs=3 * np.sqrt(np.mean(far) / 999))


def test_ties_with_a_direction_are_compared_both_ways() -> None:
    dice = np.random.default_rng(5)
    y, x = dice.random((6, 6)), dice.random((6, 6))
    (found,) = qap(y, {"x": x}, directed=True, deals=9)
    every = ~np.eye(6, dtype=bool)
    assert found["correlation"] == pytest.approx(np.corrcoef(x[every], y[every])[0, 1], abs=1e-6)


SIX: Final = (
    says("a", "ada", "1", "+bridge +dam -bo"),
    says("b", "bo", "2", "+bridge -dam +ada"),
    says("c", "cy", "3", "+bridge +dam"),
    says("d", "di", "4", "-bridge +dam +ada"),
    says("e", "council", "5", "-bridge -dam -cy"),
)


@pytest.mark.parametrize("kind", ["agreement", "stances"])
def test_a_network_is_held_against_kinds_stances_and_others_actor_by_actor(kind: str, graph: Graph) -> None:
    """The matrices are filled cell by cell from the graphs that networkx has."""
    own = graph(*SIX)
    one = network.graph(own, kind)
    names = sorted(node for node, data in one.nodes(data=True) if data["kind"] != "proposition")
    said = network.stances(own)
    other: nx.DiGraph[str] = nx.DiGraph()
    other.add_weighted_edges_from([("Ada", "Di", 2), ("Di", "Ada", 1), ("Cy", "Council", -1)])
    label: dict[str, str] = {node: data["label"] for node, data in one.nodes(data=True)}

    def filled(of: Callable[[str, str], float]) -> NDArray[np.float64]:
        return np.array([[of(a, b) if a != b else 0.0 for b in names] for a in names])

    def heard(a: str, b: str) -> float:
        return sum(float(data["polarity"]) for *ends, data in said.edges(data=True) if ends == [a, b])

    def tie(a: str, b: str) -> float:
        return float(other.edges[label[a], label[b]]["weight"]) if other.has_edge(label[a], label[b]) else 0.0

    both = kind == "agreement"
    ties = (
        filled(lambda a, b: one.get_edge_data(a, b, default={"weight": 0})["weight"])
        if both
        else filled(heard)
    )
    expected = qap(
        ties,
        {
            "kind": filled(lambda a, b: float(one.nodes[a]["kind"] == one.nodes[b]["kind"])),
            "stances": filled(lambda a, b: heard(a, b) + (heard(b, a) if both else 0)),
            "other": filled(lambda a, b: tie(a, b) + (tie(b, a) if both else 0)),
        },
        directed=not both,
        deals=1,
    )
    found = associations(own, {"kind": None, "stances": None, "other": other}, kind)
    assert [row["network"] for row in found] == ["kind", "stances", "other"]
    for row, same in zip(found, expected, strict=True):
        if row["network"] == "stances" and not both:
            assert row["correlation"] == 1
        assert row["correlation"] == same["correlation"]
        assert row["coefficient"] == pytest.approx(same["coefficient"], abs=1e-6)
    assert f"1 of {len(names)} actors are not in other: without a tie there" in found.notes


def test_what_cannot_be_compared_is_told(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    own = graph(*SIX)
    with pytest.raises(
        UsageError, match=r"^--qap is of networks of actors, agreement or stances, not of 'targets'"
    ):
        associations(own, {"kind": None}, "targets")
    monkeypatch.setattr("stancegraph.network.statistics.LARGEST", 4)
    with pytest.raises(
        UsageError, match=r"^5 actors are too many to change places: choose 4 \(--min-count, --kin"
    ):
        associations(own, {"kind": None})
    for ties, other in ((np.ones((6, 6)), np.ones((5, 6))), (np.ones((6, 5)), np.ones((6, 6)))):
        with pytest.raises(UsageError, match=r"^networks can only be compared that are of the same actors$"):
            qap(ties, {"other": other})
    few = qap(np.ones((4, 4)), {"other": np.ones((4, 4))})
    assert (list(few), few.notes) == ([], ("nothing can be told of 4 actors: 5 are needed",))


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
    nothing = {"network": "flat", "correlation": None, "coefficient": None, "p": None}
    assert list(qap(y, {"flat": np.ones((14, 14))}, deals=9)) == [nothing]
    assert list(qap(np.ones((14, 14)), {"flat": y}, deals=9)) == [nothing]


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
