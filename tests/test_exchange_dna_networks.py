"""Networks of an imported coding are those the Discourse Network Analyzer prints, where its definitions are sound."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any, Final, Literal

import pytest

from coding import CONCEPT, FRAME, ORGANIZATION, Coding
from conftest import Run
from stancegraph import network, store, table, validation
from stancegraph.exchange import dna
from stancegraph.store import Store

NORMALISATIONS: Final = {"no": "none", "cosine": "activity"}
"""What its words mean: its cosine is the product of activities."""
Cells = dict[tuple[str, str], float]


@pytest.fixture(scope="module")
def expected(dna_sample: Path) -> dict[tuple[str, ...], Cells]:
    """Network, aggregation, normalisation, duplicates → the cells that are not 0."""
    found: dict[tuple[str, ...], Cells] = defaultdict(dict)
    with (dna_sample / "mini_expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["network"], row["aggregation"], row["normalisation"], row["duplicates"])
            pair = (row["a"], row["b"])
            found[key][pair if row["network"] == "twomode" else _sorted(pair)] = float(row["value"])
    assert len(found) == 96
    return found


@pytest.fixture(scope="module")
def imported(dna_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("imported") / "mini"
    dna.convert(dna_sample / "mini.dna", folder)
    return store.open(folder)


def _sorted(pair: tuple[str, str]) -> tuple[str, str]:
    return min(pair), max(pair)


@pytest.mark.parametrize("level", ["polarity", "agreement"])
def test_every_network_is_the_one_dna_prints(
    imported: Store, expected: dict[tuple[Any, ...], Cells], level: str
) -> None:
    rows = table.stances(imported, level=level)
    for (kind, aggregation, normalisation, duplicates), cells in expected.items():
        graph = network.graph(
            rows,
            {"onemode": "agreement", "twomode": "two-mode"}[kind],
            aggregation=aggregation,
            normalisation=NORMALISATIONS.get(normalisation, normalisation),
            duplicates={"acrossrange": "ever"}.get(duplicates, duplicates),
            level=level,
            period="none",
        )
        ties = {(row["a"], row["b"]): row["weight"] for row in network.edge_list(graph)}
        assert ties == pytest.approx(cells, abs=1e-9), (kind, aggregation, normalisation, duplicates)


def test_the_command_prints_the_same_network(
    run: Run, dna_sample: Path, expected: dict[tuple[Any, ...], Cells], tmp_path: Path
) -> None:
    folder = str(tmp_path / "mini")
    done = run("import", "dna", str(dna_sample / "mini.dna"), "-o", folder, "--target", "concept")
    assert done.returncode == 0
    assert "138 statements: its organization is empty" in done.stderr
    printed = run(
        *f"network --data {folder} --kind agreement --aggregation congruence --normalisation jaccard".split(),
        *"--duplicates year --period none --format csv".split(),
    )
    rows = list(csv.DictReader(printed.stdout.splitlines()))
    assert list(rows[0]) == ["a", "b", "weight", "statements"]
    cells = expected["onemode", "congruence", "jaccard", "year"]
    assert {(row["a"], row["b"]): float(row["weight"]) for row in rows} == pytest.approx(cells, abs=1e-9)
    assert all(int(row["statements"]) >= 2 for row in rows)


def test_rows_with_an_empty_category_share_no_level_and_count_where_levels_are_ignored(
    coding: Coding, out: Path
) -> None:
    """Hand-worked: Alpha and Beta share frame 31 on the first concept; on the second both frames are empty."""
    coding.add("ENTITIES", 39, FRAME, "", None)
    for number, actor, concept, frame in ((5, 11, 21, 31), (6, 12, 21, 31), (7, 11, 22, 39), (8, 12, 22, 39)):
        coding.statement(number, {ORGANIZATION: actor, CONCEPT: concept, FRAME: frame})
    dna.convert(coding.file, out, level="frame")
    assert validation.check(store.open(out)).findings == ()
    rows = table.stances(store.open(out), level="frame")

    def weight(aggregation: Literal["congruence", "ignore"]) -> float:
        graph = network.agreement(
            rows,
            level="frame",
            aggregation=aggregation,
            normalisation="none",
            duplicates="include",
            period="none",
        )
        return next((float(row["weight"]) for row in network.edge_list(graph)), 0.0)

    assert weight("congruence") == 1
    assert weight("ignore") == 2
    graph = network.graph(rows, "two-mode", level="frame", aggregation="combine", normalisation="none")
    assert {(row["a"], row["b"]) for row in network.edge_list(graph)} == {
        ("Alpha", "peace"),
        ("Beta", "peace"),
    }
    assert any("2 rows left out: frame is empty" in note for note in graph.graph["notes"])
