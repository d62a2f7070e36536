"""Lists of edges and nodes in CSV, and the flat table in Parquet."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports import EX, FIRST, SECOND, ex, read_csv, read_network
from stancegraph import exchange, statements, table
from stancegraph.errors import StanceError
from stancegraph.store import Store
from stancegraph.table.scales import Scale


def test_ties_of_actors_name_what_they_agree_and_disagree_on(five: Store, tmp_path: Path) -> None:
    """Alpha: + first, - second; Beta: + first, + second; Gamma: - first (its neutral stance is left out)."""
    note = exchange.write(
        five, tmp_path / "ties.csv", of="agreement", aggregation="ignore", normalisation="none", period="none"
    )
    assert note == "3 edges, 4 nodes; the nodes are in ties-nodes.csv"
    assert (tmp_path / "ties.csv").read_text(encoding="utf-8").splitlines() == [
        "source,target,source_label,target_label,weight,statements,agree,disagree,statement_iris",
        f"{EX}alpha,{EX}beta,Alpha,Beta,2.0,4,{FIRST},{SECOND},"
        + ex("alpha-once", "alpha-denies", "beta-once", "beta-later"),
        f"{EX}alpha,{EX}gamma,Alpha,Gamma,1.0,2,,{FIRST}," + ex("alpha-once", "gamma-denies"),
        f"{EX}beta,{EX}gamma,Beta,Gamma,1.0,2,,{FIRST}," + ex("beta-once", "gamma-denies"),
    ]
    assert (tmp_path / "ties-nodes.csv").read_text(encoding="utf-8").splitlines() == [
        "id,label,label_ar,kind,iri,statements",
        f"{EX}alpha,Alpha,,other,{EX}alpha,2",
        f"{EX}beta,Beta,,other,{EX}beta,2",
        f"{EX}delta,Delta,,other,{EX}delta,1",
        f"{EX}gamma,Gamma,,other,{EX}gamma,1",
    ]


def test_who_takes_both_sides_agrees_and_disagrees_and_alone_does_neither(tmp_path: Path) -> None:
    said = [("a", "both", 1), ("a", "both", -1), ("b", "both", 1), ("a", "alike", 1), ("b", "alike", 1)]
    said += [("a", "apart", 1), ("b", "apart", -1), ("a", "alone", 1), ("a", "alone", -1)]
    who, what, sign = (list(column) for column in zip(*said, strict=True))
    rows = table.of(who, what, sign, documents=[str(i) for i in range(len(said))])
    exchange.write(rows, tmp_path / "x.csv", of="agreement", aggregation="ignore", normalisation="none")
    (tie,) = read_csv(tmp_path / "x.csv")
    assert (tie["agree"], tie["disagree"], tie["statements"]) == ("alike; both", "apart; both", "7")


def test_a_negative_weight_stays_a_number_in_csv(five: Store, tmp_path: Path) -> None:
    exchange.write(five, tmp_path / "x.csv", of="agreement", period="none")
    assert {round(float(row["weight"]), 4) for row in read_csv(tmp_path / "x.csv")} == {-0.6667}


def test_both_lists_of_csv_are_written_or_neither(five: Store, tmp_path: Path) -> None:
    nodes = tmp_path / "x-nodes.csv"
    nodes.write_text("of before", encoding="utf-8")
    (tmp_path / "x.csv").symlink_to(tmp_path / "nowhere" / "x.csv")
    with pytest.raises(StanceError, match="cannot write"):
        exchange.write(five, tmp_path / "x.csv", nodes=nodes)
    assert nodes.read_text(encoding="utf-8") == "of before"
    nodes.unlink()
    with pytest.raises(StanceError, match="cannot write"):
        exchange.write(five, tmp_path / "x.csv")
    assert not nodes.exists()


def test_a_device_and_standard_output_get_the_edges_alone(
    five: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "only the edges" in exchange.write(five, "/dev/null", format="csv")
    assert not Path("/dev/null-nodes").exists()
    assert "only the edges" in exchange.write(five, "-", format="csv")
    assert len(list(csv.DictReader(io.StringIO(capsys.readouterr().out)))) == 9


def test_parquet_is_the_flat_table(five: Store, tmp_path: Path) -> None:
    assert exchange.write(five, tmp_path / "x.parquet") == "9 rows"
    found = pq.read_table(tmp_path / "x.parquet")
    assert found.schema.metadata == {b"stancegraph.schema": b"1", b"stancegraph.level": b"polarity"}
    assert found.schema.field("level").type == pa.int8()
    assert found.schema.field("earliest").type == pa.date32()
    assert found.schema.field("documents").type == pa.list_(pa.string())
    assert pa.types.is_dictionary(found.schema.field("actor").type)
    rows = {(row["statement"], row["target_iri"]): row for row in found.to_pylist()}
    assert rows[ex("beta-later"), ex("second")] == {
        "actor": "Beta",
        "actor_iri": ex("beta"),
        "target": SECOND,
        "target_iri": ex("second"),
        "level": 1,
        "earliest": date(2025, 3, 1),
        "latest": date(2025, 3, 9),
        "document": "Document two",
        "document_iri": ex("two"),
        "documents": [ex("two")],
        "act": "urge",
        "medium": None,
        "basis": "said",
        "quoted": False,
        "joint": False,
        "confidence": 1.0,
        "statement": ex("beta-later"),
    }


def test_parquet_names_the_documents_that_show_a_target_and_no_others(shipped: Store, tmp_path: Path) -> None:
    exchange.write(shipped, tmp_path / "x.parquet", actor="sudani")
    found = pq.read_table(tmp_path / "x.parquet")
    said = {each.iri: each for each in statements.said(shipped, actor="sudani")}
    for row in found.to_pylist():
        (target,) = (t for t in said[row["statement"]].targets if t.thing.iri == row["target_iri"])
        assert row["documents"] == list(target.documents)
    refusal = "sudani-says-iraq-will-not-stand-still"
    shown = {
        row["target_iri"].rpartition("/")[2]: sorted(iri.rpartition("/")[2] for iri in row["documents"])
        for row in found.to_pylist()
        if row["statement"].endswith(refusal)
    }
    assert shown == {
        "attacked-for-sect": ["unidentified-iraq-shifts"],
        "threat-to-iraq": ["unidentified-iraq-shifts"],
        "iraq-stays-out": ["unidentified-iraq-shifts", "voa-condensed-iraqi-concerns"],
    }
    names = found.column("actor").combine_chunks().dictionary.to_pylist()
    assert names == ["Mohammed Shia' al-Sudani"]


def test_days_that_are_open_are_left_out(tmp_path: Path) -> None:
    rows = table.of(["a"], ["x"], [1])
    exchange.write(rows, tmp_path / "x.parquet")
    (row,) = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert (row["earliest"], row["latest"]) == (None, None)
    exchange.write(rows, tmp_path / "x.graphml")
    ((*_, data),) = read_network(tmp_path / "x.graphml", "stances").edges(data=True)
    assert not {"date", "earliest", "latest"} & set(data)


@pytest.mark.parametrize(
    ("scale", "kind", "levels", "shown"),
    [
        (Scale("strength", "scaled"), pa.float64(), [1, 2.5], [1.0, 2.5]),
        (Scale("true", "boolean", (0.0, 1.0), 0.0, 1.0), pa.int8(), [0, 1], [0, 1]),
        (
            Scale("frame", "categorical", (0.0, 1.0), labels=("fear", "hope")),
            pa.dictionary(pa.int32(), pa.string()),
            [0, 1],
            ["fear", "hope"],
        ),
    ],
)
def test_a_level_has_one_type_whatever_its_values(
    tmp_path: Path, scale: Scale, kind: Any, levels: list[float], shown: list[Any]
) -> None:
    rows = table.of(["a", "b"], ["x", "x"], levels, scale=scale)
    exchange.write(rows, tmp_path / "x.parquet")
    found = pq.read_table(tmp_path / "x.parquet")
    assert found.schema.field("level").type == kind
    assert found.column("level").to_pylist() == shown
    for suffix in ("graphml", "gexf"):
        exchange.write(rows, tmp_path / f"x.{suffix}")
        assert (tmp_path / f"x.{suffix}").read_text(encoding="utf-8").count('"level"') == 1
        graph: Any = (
            nx.read_gexf(tmp_path / "x.gexf") if suffix == "gexf" else nx.read_graphml(tmp_path / "x.graphml")
        )
        assert [data for *_, data in graph.edges(data="level")] == shown
