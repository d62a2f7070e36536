"""Projected networks: every aggregation and normalisation against the formulas written out, and by hand."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product
from math import exp, pi, sqrt
from typing import Any

import pytest

from stancegraph import network, table
from stancegraph.errors import UsageError
from stancegraph.table import Scale, Table

THREE = Scale("rating", "scaled", (0.0, 1.0, 2.0, 3.0), 0.0, 3.0)
ONE_MODE = ("ignore", "congruence", "conflict", "subtract")
SCALES = {
    "polarity": (table.POLARITY, [-1, 1], 2.0),
    "boolean": (Scale("sure", "boolean", (0.0, 1.0), 0.0, 1.0), [0, 1], 1.0),
    "declared": (Scale("rating", "scaled", (), -5.0, 5.0), [-3, -1, 0, 2, 5], 10.0),
    "observed": (Scale("rating", "scaled"), [-3, -1, 0, 2], 5.0),
    "categorical": (
        Scale("frame", "categorical", (0.0, 1.0, 2.0), labels=("env", "law", "war")),
        [0, 1, 2],
        None,
    ),
}


def chance(kind: str, rows: int = 60) -> tuple[Table, Counter[tuple[str, str, float]]]:
    """A table of chance over a scale, and A[actor, target, level] counted by itself."""
    dice = random.Random(kind)
    scale, levels, _ = SCALES[kind]
    drawn = [(dice.choice("abcde"), dice.choice("uvwxyz"), dice.choice(levels)) for _ in range(rows)]
    made = table.of(*(list(column) for column in zip(*drawn, strict=True)), scale=scale)
    return made, Counter((a, t, float(level)) for a, t, level in drawn)


def worth(kind: str, aggregation: str, k: float, other: float) -> float:
    """What two rows at these levels add to a tie."""
    span = SCALES[kind][2]
    apart = float(k != other) if span is None else abs(k - other) / span
    return {"ignore": 1, "congruence": 1 - apart, "conflict": apart, "subtract": 1 - 2 * apart}[aggregation]


@pytest.mark.parametrize("kind", SCALES)
@pytest.mark.parametrize("aggregation", ONE_MODE)
@pytest.mark.parametrize("normalisation", ["none", "average", "jaccard", "cosine", "activity"])
@pytest.mark.parametrize("of", ["agreement", "targets"])
def test_a_one_mode_network_is_the_formula_written_out(
    kind: str, aggregation: Any, normalisation: Any, of: str
) -> None:
    rows, counted = chance(kind)
    if of == "targets":
        counted = Counter({(t, a, k): n for (a, t, k), n in counted.items()})
    make = network.agreement if of == "agreement" else network.targets
    graph = make(rows, aggregation=aggregation, normalisation=normalisation, duplicates="include")
    own = sorted({i for i, _, _ in counted})
    assert sorted(graph) == own
    for a, b in product(own, own):
        weight = _kernel(kind, aggregation, counted, a, b)
        by = _divisor(kind, aggregation, normalisation, counted, a, b)
        expected = 0.0 if a == b or by == 0 else weight / by
        assert graph.get_edge_data(a, b, {}).get("weight", 0.0) == pytest.approx(expected, abs=1e-12)


def _kernel(kind: str, aggregation: str, counted: Counter[tuple[str, str, float]], a: str, b: str) -> float:
    return sum(
        n * m * worth(kind, aggregation, k, other)
        for (i, j, k), n in counted.items()
        for (i2, j2, other), m in counted.items()
        if i == a and i2 == b and j == j2
    )


def _divisor(
    kind: str, aggregation: Any, normalisation: Any, counted: Counter[tuple[str, str, float]], a: str, b: str
) -> float:
    active = {x: sum(n for (i, _, _), n in counted.items() if i == x) for x in (a, b)}
    if normalisation == "none":
        return 1
    if normalisation == "average":
        return (active[a] + active[b]) / 2
    if normalisation == "activity":
        return active[a] * active[b]
    if normalisation == "cosine":
        own = "ignore" if aggregation == "ignore" else "congruence"
        return sqrt(_kernel(kind, own, counted, a, a) * _kernel(kind, own, counted, b, b))
    cells = {(j, k) for _, j, k in counted}
    first = sum(counted[a, j, k] * (counted[b, j, k] == 0) for j, k in cells)
    second = sum(counted[b, j, k] * (counted[a, j, k] == 0) for j, k in cells)
    return first + second + sum(counted[a, j, k] * counted[b, j, k] for j, k in cells)


@pytest.mark.parametrize("kind", SCALES)
@pytest.mark.parametrize("normalisation", ["none", "activity", "prominence"])
@pytest.mark.parametrize("aggregation", ["ignore", "subtract"])
def test_a_two_mode_network_is_the_formula_written_out(
    kind: str, aggregation: Any, normalisation: Any
) -> None:
    if (kind, aggregation) == ("categorical", "subtract"):
        with pytest.raises(UsageError, match="frame has categories"):
            network.two_mode(chance(kind)[0], aggregation=aggregation, normalisation=normalisation)
        return
    rows, counted = chance(kind)
    graph = network.two_mode(rows, aggregation=aggregation, normalisation=normalisation, duplicates="include")
    for a, t in product("abcde", "uvwxyz"):
        weight = sum(
            n * (1 if aggregation == "ignore" else 2 * k - 1 if kind == "boolean" else k)
            for (i, j, k), n in counted.items()
            if (i, j) == (a, t)
        )
        row = sum(n for (i, _, _), n in counted.items() if i == a)
        column = sum(n for (_, j, _), n in counted.items() if j == t)
        by = {"none": 1, "activity": row, "prominence": column}[normalisation]
        assert graph.get_edge_data(a, t, {}).get("weight", 0.0) == pytest.approx(weight / by, abs=1e-12)


def test_combine_tells_supporters_from_opposers_and_those_who_do_both() -> None:
    rows = table.of(["a", "b", "c", "c"], ["x"] * 4, [1, -1, 1, -1])
    assert cells(rows, aggregation="combine") == {("a", "x"): 1, ("b", "x"): 2, ("c", "x"): 3}
    assert cells(rows, aggregation="combine", normalisation="prominence") == {
        ("a", "x"): 1 / 3,
        ("b", "x"): 2 / 3,
        ("c", "x"): 1,
    }


def test_combine_of_a_scale_writes_one_digit_for_each_level_observed() -> None:
    """Levels -2, 0, 5: the lowest is the most significant of three binary digits."""
    rows = table.of(["a", "a", "b"], ["x"] * 3, [-2, 5, 0], scale=Scale("r", "scaled"))
    assert cells(rows, aggregation="combine") == {("a", "x"): 0b101, ("b", "x"): 0b010}


def test_combine_counts_the_levels_a_scale_knows_though_none_takes_them() -> None:
    assert cells(table.of(["b"], ["x"], [-1]), aggregation="combine") == {("b", "x"): 2}
    assert cells(table.of(["b"], ["x"], [0]), aggregation="combine", neutral=True) == {("b", "x"): 2}


def test_combine_of_as_many_levels_as_a_number_holds_is_taken() -> None:
    rows = table.of(["a"] * 52, ["x"] * 52, range(52), scale=Scale("r", "scaled"))
    assert cells(rows, aggregation="combine") == {("a", "x"): 2**52 - 1}


def test_combine_of_more_levels_than_a_number_holds_is_refused() -> None:
    rows = table.of(["a"] * 53, ["x"] * 53, range(53), scale=Scale("r", "scaled"))
    with pytest.raises(UsageError, match="has 53"):
        network.two_mode(rows, aggregation="combine")


def cells(rows: Table, **choices: Any) -> dict[tuple[str, str], float]:
    graph = network.two_mode(rows, **choices)
    return {(a, b): data["weight"] for a, b, data in graph.edges(data=True)}


def test_one_observed_level_is_full_agreement_and_never_nan() -> None:
    rows = table.of(["a", "b"], ["x", "x"], [3, 3], scale=Scale("rating", "scaled"))
    assert network.agreement(rows, normalisation="none").edges["a", "b"]["weight"] == 1
    assert network.agreement(rows, aggregation="conflict").number_of_edges() == 0


def test_categories_conflict_by_the_product_of_counts() -> None:
    """Two of env against three of law on one target: six pairs, not five."""
    rows = table.of(list("aabbb"), ["x"] * 5, [0, 0, 1, 1, 1], scale=SCALES["categorical"][0])
    graph = network.agreement(rows, aggregation="conflict", normalisation="none", duplicates="include")
    assert graph.edges["a", "b"]["weight"] == 6


def test_cosine_of_equal_actors_is_one_and_activity_is_not() -> None:
    rows = table.of(list("aabb"), list("xyxy"), [1, -1, 1, -1])
    assert network.agreement(rows, aggregation="congruence", normalisation="cosine").edges["a", "b"][
        "weight"
    ] == pytest.approx(1)
    assert network.agreement(rows, aggregation="congruence", normalisation="activity").edges["a", "b"][
        "weight"
    ] == pytest.approx(0.5)


def test_neutral_rows_count_only_when_asked_for() -> None:
    rows = table.of(["a", "b", "b"], ["x", "x", "y"], [1, 0, 1])
    assert network.agreement(rows).number_of_edges() == 0
    neutral = network.agreement(rows, neutral=True, aggregation="congruence", normalisation="none")
    assert neutral.edges["a", "b"]["weight"] == 0.5


def test_ties_that_cancel_out_are_no_ties_and_isolates_can_go() -> None:
    rows = table.of(list("aabbc"), list("xyxyz"), [1, 1, 1, -1, 1])
    assert sorted(network.agreement(rows)) == ["a", "b", "c"]
    assert network.agreement(rows).number_of_edges() == 0
    assert not network.agreement(rows, isolates=False)


def test_an_actor_spoken_of_has_two_nodes_in_the_two_mode_network() -> None:
    graph = network.two_mode(table.of(["a", "b"], ["b", "a"], [1, -1]))
    assert {node: data["bipartite"] for node, data in graph.nodes(data=True)} == {
        "a": 0,
        "b": 0,
        "a (target)": 1,
        "b (target)": 1,
    }
    assert graph.edges["a", "b (target)"]["weight"] == 1


@pytest.mark.parametrize(
    ("kernel", "at_half", "reach"),
    [
        ("epanechnikov", 0.75 * 0.75, 1),
        ("triangular", 0.5, 1),
        ("uniform", 0.5, 1),
        ("gaussian", exp(-1 / 8) / sqrt(2 * pi), 3),
    ],
)
def test_a_kernel_weighs_rows_by_their_distance_in_time(kernel: str, at_half: float, reach: int) -> None:
    """Width 20 days: five days off is u = 1/2; ten days off u = 1, thirty-one u = 3.1."""
    days = ["2025-03-11", "2025-03-16", "2025-03-26", "2025-04-11"]
    rows = table.of(list("abcd"), ["x"] * 4, [1] * 4, days=days)
    (moment,) = network.kernels(rows, kernel, 20, at=["2025-03-11"])
    assert moment.weights is not None
    weight = dict(zip((a.label for a in moment.rows.actor.to_list()), moment.weights, strict=True))
    assert weight["b"] == pytest.approx(at_half)
    assert ("c" in weight, "d" in weight) == (reach == 3, False)


def test_in_a_kernel_network_a_pair_weighs_the_root_of_both_weights_and_nobody_meets_itself() -> None:
    """Triangular, width 20: K = 1 on the day and 1/2 five days later; the pair's weight is sqrt(1 * 1/2)."""
    rows = table.of(["a", "b", "b"], ["x"] * 3, [1] * 3, days=["2025-03-11", "2025-03-16", "2025-05-01"])
    ((_, graph),) = network.series(
        rows, kernel="triangular", width=20, at=["2025-03-11"], aggregation="congruence", normalisation="none"
    )
    assert list(graph.edges(data="weight")) == [("a", "b", pytest.approx(sqrt(0.5)))]


def test_a_sum_over_windows_recounts_nothing_and_forgets_nothing() -> None:
    """Each of 52 windows of four weeks is the network of its rows alone."""
    dice = random.Random(7)
    days = sorted(f"2025-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}" for _ in range(300))
    rows = table.of(
        [dice.choice("abcd") for _ in days], [dice.choice("xyz") for _ in days], [1] * 300, days=days
    )
    for moment, graph in network.series(
        rows, window="4w", step="1w", aggregation="congruence", normalisation="none", period="none"
    ):
        there = [i for i, day in enumerate(days) if str(moment.since) <= day <= str(moment.until)]
        assert len(moment.rows) == len(there)
        alone = network.agreement(
            rows[there[0] : there[-1] + 1], aggregation="congruence", normalisation="none"
        )
        assert dict(graph.edges) == dict(alone.edges)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"aggregation": "combine"}, "not defined for --kind agreement"),
        ({"normalisation": "prominence"}, "not defined for --kind agreement"),
        ({"aggregation": "sum"}, "choose one of ignore"),
        ({"duplicates": "day"}, "choose one of include"),
        ({"direct": True, "level": "rating"}, "--direct"),
        ({"colour": "red"}, "filtered already"),
    ],
)
def test_a_method_that_is_not_defined_says_what_is(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        network.agreement(table.of(["a"], ["x"], [1]), **choices)


@pytest.mark.parametrize("level", [float("nan"), float("inf"), 2, -1.5])
def test_a_level_that_is_not_on_the_scale_is_refused(level: float) -> None:
    with pytest.raises(UsageError, match="row 2 is not on the scale of polarity"):
        table.of(["a", "b"], ["x", "x"], [1, level])


def test_what_rounding_leaves_of_a_sum_that_cancels_is_no_tie() -> None:
    """On a scale of 0 to 3 levels 1 and 2 weigh 1 - 2/3 = 1/3, three times; 0 and 3 weigh -1, once."""
    rows = table.of(list("ab") * 4, list("xxyyzzww"), [1, 2, 1, 2, 1, 2, 0, 3], scale=THREE)
    assert network.agreement(rows, normalisation="none").number_of_edges() == 0
    assert network.agreement(rows[:6], normalisation="none").edges["a", "b"]["weight"] == pytest.approx(1)


@pytest.mark.parametrize("normalisation", ["none", "average", "jaccard", "cosine", "activity"])
def test_actors_who_share_nothing_have_no_ties_under_any_normalisation(normalisation: Any) -> None:
    rows = table.of(["a", "b"], ["x", "y"], [1, 1])
    assert network.agreement(rows, normalisation=normalisation).number_of_edges() == 0


def test_an_empty_table_makes_empty_networks() -> None:
    rows = table.of([], [], [])
    for make in (network.agreement, network.targets, network.two_mode, network.stances):
        assert make(rows).number_of_nodes() == 0
    assert list(network.windows(rows, "1w")) == []
    assert list(network.windows(rows, "5s")) == []
    assert list(network.kernels(rows, "uniform", 5)) == []
