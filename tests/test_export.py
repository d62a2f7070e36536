"""Networks, the flat table and statements as files: opened again by other programs, with everything in them."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import subprocess
import sys
import warnings
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph
import pytest
import rdflib
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, RdfFormat
from rdflib.compare import isomorphic

import endpoint
from stancegraph import exchange, network, statements, store, table
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import Store
from stancegraph.table.scale import Scale

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
EX = "https://example.org/id/"
FIRST, SECOND = "The first thing is so.", "The second thing is so."
KINDS = ("stances", "two-mode", "agreement", "targets")
PREFIXES = """
@prefix stance: <https://w3id.org/stancegraph/ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix kind: <https://w3id.org/stancegraph/id/kind/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix basis: <https://w3id.org/stancegraph/id/basis/> . @prefix ex: <https://example.org/id/> .
"""


@pytest.fixture(scope="module")
def five() -> Store:
    return store.open(FIVE)


def ex(*names: str) -> str:
    return "; ".join(EX + name for name in names)


def opened(path: Path, kind: str) -> Any:
    """The network in a file, as networkx reads it, without what only its format adds."""
    graph: Any
    if path.suffix == ".gexf":
        graph = nx.read_gexf(path)
        for *_, data in graph.edges(data=True):
            del data["id"]
        return graph
    graph = nx.read_graphml(path, force_multigraph=kind == "stances")
    for *_, key, data in graph.edges(keys=True, data=True) if kind == "stances" else ():
        assert data.pop("key") == key
    return graph


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def canonical(quads: Any) -> Dataset:
    """Quads to compare: blank nodes named as the W3C recommendation says."""
    made = Dataset(quads)
    made.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return made


def merged(quads: Any) -> Dataset:
    """The same without graphs."""
    return canonical(Quad(*quad.triple) for quad in quads)


def told(graph: Store, **filters: Any) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What the records of statements say of every edge of the stance network."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for said in statements.said(graph, **filters):
        attributes = {
            "date": said.date,
            "earliest": said.earliest,
            "latest": said.latest,
            "act": said.act,
            "medium": said.medium,
            "basis": said.basis,
            "confidence": said.confidence,
            "gist": said.gist,
            "quotes": " … ".join(said.quotes),
            "reports": "; ".join(report.document.title for report in said.reports),
            "documents": "; ".join(report.document.iri for report in said.reports),
            "statement": said.iri,
        }
        known = {name: value for name, value in attributes.items() if value}
        for speaker in said.speakers:
            for target, sign in said.targets:
                found[speaker.iri, target.iri, said.iri] = {"polarity": sign, **known}
    return found


@pytest.mark.parametrize("suffix", ["graphml", "gexf"])
def test_networkx_opens_the_stance_network_with_every_attribute(
    shipped: Store, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"stances.{suffix}"
    exchange.write(shipped, file)
    graph = opened(file, "stances")
    assert {(a, b, key): data for a, b, key, data in graph.edges(keys=True, data=True)} == told(shipped)
    made: Any = network.stances(shipped)
    own = {
        node: {name: value for name, value in data.items() if value is not None}
        for node, data in made.nodes(data=True)
    }
    counts = {
        speaker: len({key for a, _, key in made.edges(keys=True) if a == speaker})
        for speaker, kind in made.nodes(data="kind")
        if kind != "proposition"
    }
    assert dict(graph.nodes(data=True)) == {
        node: {**data, "iri": node, **({"statements": counts[node]} if node in counts else {})}
        for node, data in own.items()
    }


@pytest.mark.parametrize("suffix", ["graphml", "gexf"])
@pytest.mark.parametrize("kind", KINDS[1:])
def test_networkx_opens_every_other_network_with_its_weights_and_evidence(
    shipped: Store, tmp_path: Path, kind: str, suffix: str
) -> None:
    file = tmp_path / f"ties.{suffix}"
    exchange.write(shipped, file, of=kind)
    graph = opened(file, kind)
    made = {"two-mode": network.two_mode, "agreement": network.agreement, "targets": network.targets}[kind](
        shipped
    )
    assert set(graph) == set(made)
    assert {frozenset(edge) for edge in graph.edges} == {frozenset(edge) for edge in made.edges}
    for a, b, data in graph.edges(data=True):
        assert data["weight"] == made.edges[a, b]["weight"]
    for a, b, data in list(graph.edges(data=True))[::10]:
        behind = [said.iri for said in network.evidence(made, a, b)]
        assert data["statement_iris"].split("; ") == behind
        assert data["statements"] == len(behind)


def test_an_edge_of_the_stance_network_tells_what_was_coded(five: Store, tmp_path: Path) -> None:
    exchange.write(five, tmp_path / "x.graphml", actor=["Beta", "Gamma"])
    edges = opened(tmp_path / "x.graphml", "stances").edges
    assert edges[EX + "gamma", EX + "first", EX + "gamma-denies"] == {
        "polarity": -1,
        "date": "2025-03-02",
        "earliest": "2025-03-02",
        "latest": "2025-03-02",
        "act": "deny",
        "basis": "said",
        "confidence": 1.0,
        "gist": "What Gamma said, in short: gamma-denies.",
        "quotes": "not so",
        "reports": "Document two",
        "documents": ex("two"),
        "statement": ex("gamma-denies"),
    }
    later = edges[EX + "beta", EX + "second", EX + "beta-later"]
    assert (later["date"], later["earliest"], later["latest"]) == (
        "2025-03-01/2025-03-09",
        "2025-03-01",
        "2025-03-09",
    )
    assert "quotes" not in later


def test_ties_of_actors_name_what_they_agree_and_disagree_on(five: Store, tmp_path: Path) -> None:
    """Alpha: + first, - second; Beta: + first, + second; Gamma: - first (its neutral stance is left out)."""
    note = exchange.write(
        five, tmp_path / "ties.csv", of="agreement", aggregation="ignore", normalisation="none"
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


def test_who_speaks_of_the_other_neither_agrees_nor_disagrees_by_it(tmp_path: Path) -> None:
    """A has taken both sides on B; the two share one stance, on p."""
    lines = [PREFIXES, 'ex:p a stance:Proposition ; skos:prefLabel "It is so."@en .']
    lines += [
        f'ex:{n} a stance:Actor ; skos:prefLabel "{n}"@en ; stance:actorKind kind:other .' for n in "ab"
    ]
    said = [("a", "supports", "b"), ("a", "opposes", "b"), ("a", "supports", "p"), ("b", "supports", "p")]
    lines += [
        f"ex:s{i} a stance:Statement ; stance:speaker ex:{who} ; stance:{edge} ex:{what} ; stance:basis basis:said ."
        for i, (who, edge, what) in enumerate(said)
    ]
    (tmp_path / "g.ttl").write_text("\n".join(lines), encoding="utf-8")
    exchange.write(store.open(tmp_path / "g.ttl"), tmp_path / "x.csv", of="agreement", direct=True)
    (tie,) = rows_of(tmp_path / "x.csv")
    assert (tie["agree"], tie["disagree"]) == ("It is so.", "")
    assert tie["statement_iris"] == ex("s0", "s1", "s2", "s3")


def test_ties_of_targets_name_the_actors_that_join_and_part_them(five: Store, tmp_path: Path) -> None:
    exchange.write(five, tmp_path / "x.csv", of="targets", aggregation="ignore", normalisation="none")
    ties = {(row["source"], row["target"]): row for row in rows_of(tmp_path / "x.csv")}
    assert set(ties) == {(ex("first"), ex("second")), (ex("alpha"), ex("echo"))}
    both = ties[ex("first"), ex("second")]
    assert (both["weight"], both["agree"], both["disagree"]) == ("2.0", "Beta", "Alpha")
    other = ties[ex("alpha"), ex("echo")]
    assert (other["weight"], other["agree"], other["disagree"], other["statements"]) == (
        "1.0",
        "",
        "Delta",
        "1",
    )
    made = {row["id"]: row["statements"] for row in rows_of(tmp_path / "x-nodes.csv")}
    assert made == {ex("alpha"): "2", ex("echo"): "0", ex("first"): "", ex("second"): ""}


@pytest.mark.parametrize("suffix", ["csv", "cyjs"])
def test_edges_between_two_modes_run_from_the_actor(five: Store, tmp_path: Path, suffix: str) -> None:
    exchange.write(five, tmp_path / f"x.{suffix}", of="two-mode")
    if suffix == "csv":
        edges: list[Any] = rows_of(tmp_path / "x.csv")
        nodes: list[Any] = rows_of(tmp_path / "x-nodes.csv")
    else:
        elements = json.loads((tmp_path / "x.cyjs").read_bytes())["elements"]
        edges, nodes = ([each["data"] for each in elements[part]] for part in ("edges", "nodes"))
    spoken = ex("alpha") + " (target)"
    assert {(row["source"], row["target"], float(row["weight"])) for row in edges} == {
        (ex("alpha"), ex("first"), 1),
        (ex("alpha"), ex("second"), -1),
        (ex("beta"), ex("first"), 1),
        (ex("beta"), ex("second"), 1),
        (ex("gamma"), ex("first"), -1),
        (ex("delta"), spoken, -1),
        (ex("delta"), ex("echo"), 1),
    }
    (node,) = (row for row in nodes if row["id"] == spoken)
    assert (node["label"], node["iri"], int(node["bipartite"])) == ("Alpha", ex("alpha"), 1)
    assert not node.get("statements")
    assert {row["id"] for row in nodes if int(row["bipartite"]) == 0} == {
        ex(name) for name in ("alpha", "beta", "gamma", "delta")
    }


def test_graphml_of_two_modes_has_the_type_by_which_igraph_knows_them(five: Store, tmp_path: Path) -> None:
    file = tmp_path / "x.graphml"
    exchange.write(five, file, of="two-mode")
    types = dict(nx.read_graphml(file).nodes(data="type"))
    assert {node for node, target in types.items() if target is True} == {
        *(EX + name for name in ("first", "second", "echo")),
        EX + "alpha (target)",
    }
    assert {node for node, target in types.items() if target is False} == {
        EX + name for name in ("alpha", "beta", "gamma", "delta")
    }
    tag = "{http://graphml.graphdrawing.org/xmlns}"
    root = ElementTree.parse(file).getroot()  # noqa: S314
    (key,) = (key for key in root.iter(f"{tag}key") if key.get("attr.name") == "type")
    assert (key.get("for"), key.get("attr.type")) == ("node", "boolean")
    spelled = [data.text for data in root.iter(f"{tag}data") if data.get("key") == key.get("id")]
    assert sorted(spelled) == ["false"] * 4 + ["true"] * 4
    for kind in ("stances", "agreement", "targets"):
        exchange.write(five, file, of=kind)
        assert b'"type"' not in file.read_bytes()


def test_cytoscape_gets_numbers_as_numbers_and_lists_as_lists(five: Store, tmp_path: Path) -> None:
    exchange.write(five, tmp_path / "x.json")
    whole = json.loads((tmp_path / "x.json").read_bytes())
    nodes = [node["data"] for node in whole["elements"]["nodes"]]
    edges = [edge["data"] for edge in whole["elements"]["edges"]]
    assert {node["name"] for node in nodes} == {"Alpha", "Beta", "Gamma", "Delta", "Echo", FIRST, SECOND}
    ids = [each["id"] for each in nodes + edges]
    assert len(set(ids)) == len(ids) == 7 + 9
    assert {edge["source"] for edge in edges} | {edge["target"] for edge in edges} == {n["id"] for n in nodes}
    (once,) = (edge for edge in edges if edge["statement"] == ex("alpha-once"))
    assert once["quotes"] == ["once said"]
    assert once["documents"] == [ex("one")]
    assert (once["polarity"], once["confidence"]) == (1, 1.0)


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


def test_parquet_names_all_documents_of_a_statement_and_none_of_others(
    shipped: Store, tmp_path: Path
) -> None:
    exchange.write(shipped, tmp_path / "x.parquet", actor="sudani")
    found = pq.read_table(tmp_path / "x.parquet")
    said = {each.iri: each for each in statements.said(shipped, actor="sudani")}
    for row in found.to_pylist():
        assert set(row["documents"]) == {report.document.iri for report in said[row["statement"]].reports}
    assert max(len(row["documents"]) for row in found.to_pylist()) == 2
    names = found.column("actor").combine_chunks().dictionary.to_pylist()
    assert names == sorted({speaker.label for each in said.values() for speaker in each.speakers})


@pytest.mark.parametrize("suffix", ["parquet", "cyjs", "graphml"])
def test_nobody_is_named_whose_rows_are_not_exported(tmp_path: Path, suffix: str) -> None:
    rows = table.of(["known", "private"], ["x", "y"], [1, 1], documents=["d", "secret"])
    exchange.write(rows[[0]], tmp_path / f"x.{suffix}")
    content = (tmp_path / f"x.{suffix}").read_bytes()
    assert b"known" in content
    assert b"private" not in content
    assert b"secret" not in content


def test_days_that_are_open_are_left_out(tmp_path: Path) -> None:
    rows = table.of(["a"], ["x"], [1])
    exchange.write(rows, tmp_path / "x.parquet")
    (row,) = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert (row["earliest"], row["latest"]) == (None, None)
    exchange.write(rows, tmp_path / "x.graphml")
    ((*_, data),) = opened(tmp_path / "x.graphml", "stances").edges(data=True)
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


@pytest.mark.parametrize("form", sorted(exchange.FORMATS))
def test_an_empty_selection_is_a_whole_file_of_its_format(five: Store, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"x.{form}"
    note = exchange.write(five, file, since="2026-01-01")
    assert note.startswith("0 ")
    if form in {"graphml", "gexf"}:
        assert len(opened(file, "stances")) == 0
    elif form == "csv":
        assert rows_of(file) == rows_of(tmp_path / "x-nodes.csv") == []
        assert file.read_text(encoding="utf-8").startswith("source,target,")
    elif form == "parquet":
        assert pq.read_table(file).num_rows == 0
    elif form in {"cyjs", "json"}:
        assert json.loads(file.read_bytes())["elements"] == {"nodes": [], "edges": []}
    else:
        kind = {"ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "nq": RdfFormat.N_QUADS}[form]
        assert list(pyoxigraph.parse(path=str(file), format=kind)) == []


HOSTILE = {
    "<script>alert(1)</script>": None,
    "]]> <![CDATA[ &amp; &#0;": None,
    "a\x01b\x1fc": "a\ufffdb\ufffdc",
    "\ufffe and \uffff": "\ufffd and \ufffd",
    "\u202egnp.exe\u202c": None,
    "one\r\ntwo\ttabs \u0085 \u2028 end ": None,
    '"quoted", and; split': None,
    "x" * 100_000: None,
    "=HYPERLINK(1)": None,
    "-2+3+cmd|' /C calc'!A0": None,
    "-5": None,
    " ": None,
}
"""Label → what files that hold no control characters say instead, where it is not the same."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Actors with hostile labels, who say hostile things of one proposition."""
    lines = [PREFIXES, 'ex:p a stance:Proposition ; skos:prefLabel "It is so."@en .']
    for i, text in enumerate(HOSTILE):
        words = Literal(text, language="en")
        lines.append(
            f"ex:a{i} a stance:Actor ; skos:prefLabel {words} ; stance:actorKind kind:other .\n"
            f"ex:s{i} a stance:Statement ; stance:speaker ex:a{i} ; stance:supports ex:p ; stance:gist {words} ; "
            f'stance:basis basis:said ; stance:confidence 0.5 ; stance:saidOn "2024-12-01"^^xsd:date .'
        )
    file = tmp_path_factory.mktemp("hostile") / "hostile.ttl"
    file.write_text("\n".join(lines), encoding="utf-8", newline="")
    return store.open(file)


@pytest.mark.parametrize("suffix", ["graphml", "gexf", "cyjs", "parquet"])
def test_hostile_words_come_back_or_are_replaced_as_documented(
    hostile: Store, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"x.{suffix}"
    exchange.write(hostile, file)
    kept = suffix in {"cyjs", "parquet"}
    expected = {f"{EX}a{i}": (t if kept else r or t) for i, (t, r) in enumerate(HOSTILE.items())}
    if suffix == "parquet":
        found = {row["actor_iri"]: row["actor"] for row in pq.read_table(file).to_pylist()}
    elif suffix == "cyjs":
        elements = json.loads(file.read_bytes())["elements"]
        found = {node["data"]["id"]: node["data"]["label"] for node in elements["nodes"]}
        assert {e["data"]["source"]: e["data"]["gist"] for e in elements["edges"]} == expected
    else:
        graph = opened(file, "stances")
        found = dict(graph.nodes(data="label"))
        assert {a: gist for a, _, gist in graph.edges(data="gist")} == expected
    found.pop(EX + "p", None)
    assert found == expected


def test_no_cell_of_csv_is_a_formula_and_all_others_come_back(hostile: Store, tmp_path: Path) -> None:
    exchange.write(hostile, tmp_path / "x.csv")
    formulas = {"=HYPERLINK(1)", "-2+3+cmd|' /C calc'!A0"}
    expected = {
        f"{EX}a{i}": f"'{text}" if text in formulas else other or text
        for i, (text, other) in enumerate(HOSTILE.items())
    }
    edges = rows_of(tmp_path / "x.csv")
    assert {row["source"]: row["source_label"] for row in edges} == expected
    assert {row["source"]: row["gist"] for row in edges} == expected
    nodes = {row["id"]: row["label"] for row in rows_of(tmp_path / "x-nodes.csv")}
    assert nodes == {**expected, EX + "p": "It is so."}


def test_a_negative_weight_stays_a_number_in_csv(five: Store, tmp_path: Path) -> None:
    exchange.write(five, tmp_path / "x.csv", of="agreement")
    assert {round(float(row["weight"]), 4) for row in rows_of(tmp_path / "x.csv")} == {-0.6667}


@pytest.mark.parametrize("suffix", ["graphml", "gexf", "csv", "cyjs", "parquet"])
def test_a_surrogate_without_partner_is_replaced(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"x.{suffix}"
    exchange.write(table.of(["a\ud800"], ["x"], [1]), file)
    if suffix == "parquet":
        (actor,) = pq.read_table(file).column("actor").to_pylist()
    elif suffix == "cyjs":
        actor = json.loads(file.read_bytes())["elements"]["edges"][0]["data"]["source"]
    elif suffix == "csv":
        actor = rows_of(file)[0]["source"]
    else:
        ((actor, *_),) = opened(file, "stances").edges
    assert actor == "a\ufffd"


@pytest.mark.parametrize(
    ("suffix", "names"), [("graphml", ("a\x01", "a\x02")), ("cyjs", ("a\ud800", "a\ud801"))]
)
def test_two_actors_never_become_one(tmp_path: Path, suffix: str, names: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="mend the names"):
        exchange.write(table.of(names, ["x", "x"], [1, 1]), tmp_path / f"x.{suffix}")
    assert list(tmp_path.iterdir()) == []


WRITING = """
import sys
from stancegraph import store
from stancegraph import exchange
graph = store.open()
for kind in ("stances", "two-mode", "agreement", "targets"):
    for form in ("graphml", "gexf", "csv", "cyjs"):
        exchange.write(graph, f"{sys.argv[1]}/{kind}.{form}", of=kind)
for form in ("parquet", "ttl", "jsonld", "nq"):
    exchange.write(graph, f"{sys.argv[1]}/whole.{form}")
    exchange.write(graph, f"{sys.argv[1]}/some.{form}", actor="khazali")
"""


def test_the_same_data_gives_the_same_bytes_in_every_format(tmp_path: Path) -> None:
    files = []
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        command = [sys.executable, "-c", WRITING, str(tmp_path / seed)]
        files.append((tmp_path / seed, subprocess.Popen(command, env={**os.environ, "PYTHONHASHSEED": seed})))
    assert [process.wait() for _, process in files] == [0, 0]
    one, two = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder, _ in files)
    assert len(one) == 4 * 5 + 4 * 2
    assert one == two


@pytest.mark.parametrize("suffix", ["graphml", "gexf"])
def test_no_id_stands_twice_in_a_file(five: Store, tmp_path: Path, suffix: str) -> None:
    """One statement of Delta has two targets, and so two edges."""
    exchange.write(five, tmp_path / f"x.{suffix}")
    elements = [
        (element.tag.rpartition("}")[2], element.get("id"))
        for element in ElementTree.parse(tmp_path / f"x.{suffix}").iter()  # noqa: S314
        if element.get("id")
    ]
    assert len([tag for tag, _ in elements if tag == "node"]) == 7
    assert len(set(elements)) == len(elements)


@pytest.mark.parametrize("suffix", ["graphml", "gexf"])
def test_no_file_tells_when_or_by_which_version_it_was_written(
    five: Store, tmp_path: Path, suffix: str
) -> None:
    exchange.write(five, tmp_path / f"x.{suffix}")
    text = (tmp_path / f"x.{suffix}").read_text(encoding="utf-8")
    assert "lastmodified" not in text
    assert "NetworkX" not in text


@pytest.mark.parametrize("suffix", ["graphml", "gexf", "cyjs"])
def test_a_network_says_how_it_was_made(five: Store, tmp_path: Path, suffix: str) -> None:
    exchange.write(five, tmp_path / f"x.{suffix}", of="agreement", kind="other", since="2024-12-01")
    text = (tmp_path / f"x.{suffix}").read_text(encoding="utf-8")
    assert "aggregation subtract, normalisation average" in text
    assert "kind other; since 2024-12-01" in text


@pytest.mark.parametrize("filters", [{}, {"actor": "khazali"}])
def test_n_quads_are_the_quads_of_the_store_in_their_graphs(
    shipped: Store, tmp_path: Path, filters: dict[str, str]
) -> None:
    note = exchange.write(shipped, tmp_path / "x.nq", **filters)
    lines = (tmp_path / "x.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    assert lines == sorted(lines)
    found = list(pyoxigraph.parse(path=str(tmp_path / "x.nq"), format=RdfFormat.N_QUADS))
    assert note.endswith(f" {len(found)} quads")
    rows = shipped.select("SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }")
    whole = [Quad(row["s"], row["p"], row["o"], row["g"]) for row in rows]  # type: ignore[arg-type]
    if not filters:
        assert canonical(found) == canonical(whole)
        return
    plain = {str(quad) for quad in whole if "_:" not in str(quad)}
    assert {str(quad) for quad in found if "_:" not in str(quad)} < plain
    graphs = {str(quad.graph_name).rpartition("/")[2] for quad in found}
    assert {"new-region-khazali-calls>", "actors>", "propositions>", "documents>"} <= graphs
    assert "shapes>" not in graphs


def test_each_file_of_a_folder_is_a_graph_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.ttl").write_text("<urn:s> <urn:p> 'a' , [ <urn:q> 1 ] .", encoding="utf-8")
    (folder / "b.ttl").write_text("<urn:s> <urn:p> 'a' .", encoding="utf-8")
    exchange.write(store.open(folder), tmp_path / "x.nq")
    found = pyoxigraph.parse(path=str(tmp_path / "x.nq"), format=RdfFormat.N_QUADS)
    graphs = [str(quad.graph_name) for quad in found if "urn:" in str(quad)]
    assert sorted(graphs) == ["<file:///mine/a.ttl>"] * 3 + ["<file:///mine/b.ttl>"]


def test_what_is_in_no_graph_stays_in_none(tmp_path: Path) -> None:
    quad = Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal("o"))
    named = Quad(quad.subject, quad.predicate, Literal("other"), NamedNode("urn:g"))
    database = pyoxigraph.Store(str(tmp_path / "db"))
    database.extend([quad, named])
    database.flush()
    del database
    exchange.write(store.open(tmp_path / "db"), tmp_path / "x.nq")
    found = pyoxigraph.parse(path=str(tmp_path / "x.nq"), format=RdfFormat.N_QUADS)
    assert set(found) == {quad, named}


@pytest.mark.parametrize("filters", [{}, {"actor": "sudani"}])
def test_turtle_and_json_ld_hold_the_triples_of_the_n_quads(
    shipped: Store, tmp_path: Path, filters: dict[str, str]
) -> None:
    for suffix in ("nq", "ttl", "jsonld"):
        exchange.write(shipped, tmp_path / f"x.{suffix}", **filters)
    quads = merged(pyoxigraph.parse(path=str(tmp_path / "x.nq"), format=RdfFormat.N_QUADS))
    assert merged(pyoxigraph.parse(path=str(tmp_path / "x.jsonld"), format=RdfFormat.JSON_LD)) == quads
    # A store spells decimals in one way, so what is compared is what a store makes of the file.
    loaded = pyoxigraph.Store()
    loaded.load(path=str(tmp_path / "x.ttl"), format=RdfFormat.TURTLE)
    assert merged(loaded) == quads


def test_rdflib_reads_the_same_graph_from_json_ld(shipped: Store, tmp_path: Path) -> None:
    for suffix in ("jsonld", "nq"):
        exchange.write(shipped, tmp_path / f"x.{suffix}", actor="khazali")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of rdflib, in its own parser
        graph = rdflib.Graph().parse(tmp_path / "x.jsonld", format="json-ld")
    quads = pyoxigraph.parse(path=str(tmp_path / "x.nq"), format=RdfFormat.N_QUADS)
    triples = pyoxigraph.serialize([quad.triple for quad in quads], format=RdfFormat.N_TRIPLES)
    assert len(graph) > 200
    assert isomorphic(graph, rdflib.Graph().parse(data=triples, format="nt"))
    context = json.loads((tmp_path / "x.jsonld").read_bytes())["@context"]
    assert context["stance"] == "https://w3id.org/stancegraph/ns#"


def test_a_selection_tells_the_same_when_its_file_is_opened(shipped: Store, tmp_path: Path) -> None:
    found = [said.row() for said in statements.said(shipped, actor="sudani")]
    for suffix in ("nq", "ttl", "jsonld"):
        note = exchange.write(shipped, tmp_path / f"x.{suffix}", actor="sudani")
        assert note.startswith(f"{len(found)} statements, ")
        assert [said.row() for said in statements.said(store.open(tmp_path / f"x.{suffix}"))] == found


ODD = """
@prefix stance: <https://w3id.org/stancegraph/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:s> a <https://w3id.org/stancegraph/id/event/storm>, stance:Actor ;
    <urn:p> 1.0 , 1 , "1"^^xsd:decimal , "1.5"^^xsd:integer , "true"^^xsd:integer , "yes"^^xsd:boolean , true ;
    <urn:p> "+1"^^xsd:integer , "٣"^^xsd:integer , "a"@en , "a"@ar , "a" , "1"^^<event:datatype> , <event:storm> ;
    <urn:p> <kind:x> , "line\\nbreak \\u0001" ;
    <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "a literal" ;
    stance:list ( 1 [ <urn:q> () ] "three" ) .
"""


@pytest.mark.parametrize("suffix", ["nq", "ttl", "jsonld"])
def test_odd_terms_stay_what_they_are(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "odd.ttl").write_text(ODD, encoding="utf-8")
    graph = store.open(tmp_path / "odd.ttl")
    exchange.write(graph, tmp_path / f"x.{suffix}")
    reread = store.open(tmp_path / f"x.{suffix}")
    every = "SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }"
    before, after = (
        canonical(Quad(row["s"], row["p"], row["o"]) for row in each.select(every))  # type: ignore[arg-type]
        for each in (graph, reread)
    )
    assert len(before) > 20
    assert before == after


NESTED = """<urn:r> <urn:p> _:a .
<urn:r> <urn:p> _:b .
_:a <urn:s> _:c .
_:a <urn:s> _:d .
_:b <urn:s> _:e .
_:c <urn:at> 1 .
_:d <urn:at> 2 .
_:e <urn:at> 1 .
_:f <urn:at> 1 .
_:g <urn:at> 1 ."""
"""Two passages of one report, their selectors alike but for one; and two nodes of which the same is said."""
DISTANT = "\n".join(
    f"_:r{n} <urn:p> _:a{n} .\n_:r{n} <urn:p> _:b{n} .\n_:a{n} <urn:s> _:c{n} .\n_:b{n} <urn:s> _:d{n} .\n"
    f"_:c{n} <urn:at> {n} .\n_:d{n} <urn:at> {n + 100} ."
    for n in range(8)
)
"""Passages that only what is said of their selectors tells apart."""
ALIKE = "\n".join(
    f"_:r{n} <urn:p> _:a{n} .\n_:r{n} <urn:p> _:b{n} .\n_:r{n} <urn:q> _:c{n} .\n_:r{n} <urn:q> _:d{n} .\n"
    f"_:a{n} <urn:s> _:c{n} .\n_:b{n} <urn:s> _:d{n} .\n_:r{n} <urn:at> {n} ."
    for n in range(8)
)
"""Nothing tells the a from the b, nor the c from the d; but which c goes with which a does matter."""


@pytest.mark.parametrize(
    ("text", "suffixes"),
    [
        (NESTED, ("nq", "jsonld", "ttl")),
        (DISTANT, ("nq", "jsonld", "ttl")),
        (ALIKE, ("nq", "jsonld")),
    ],
)
def test_blank_nodes_have_one_name_whatever_read_them(
    tmp_path: Path, text: str, suffixes: tuple[str, ...]
) -> None:
    lines = text.splitlines()
    made = []
    for seed in range(4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        shuffled = random.Random(seed).sample(lines, len(lines))
        (folder / "g.ttl").write_text("\n".join(shuffled), encoding="utf-8")
        graph = store.open(folder / "g.ttl")
        for suffix in suffixes:
            exchange.write(graph, folder / f"x.{suffix}")
        made.append([(folder / f"x.{suffix}").read_bytes() for suffix in suffixes])
    assert all(each == made[0] for each in made)
    found = list(pyoxigraph.parse(input=made[0][0], format=RdfFormat.N_QUADS))
    assert sum("urn:" in str(quad.predicate) for quad in found) == len(lines)


def test_blank_nodes_that_all_point_at_each_other_are_written_too(tmp_path: Path) -> None:
    nodes = [f"_:n{i}" for i in range(12)]
    text = "".join(f"{a} <urn:p> {b} .\n" for a in nodes for b in nodes if a != b)
    (tmp_path / "g.ttl").write_text(text, encoding="utf-8")
    graph = store.open(tmp_path / "g.ttl")
    for suffix, kind in (("nq", RdfFormat.N_QUADS), ("jsonld", RdfFormat.JSON_LD)):
        exchange.write(graph, tmp_path / f"x.{suffix}")
        found = pyoxigraph.parse(path=str(tmp_path / f"x.{suffix}"), format=kind)
        assert sum(quad.predicate.value == "urn:p" for quad in found) == 12 * 11
    with pytest.raises(StanceError, match=r"write \.nq"):
        exchange.write(graph, tmp_path / "x.ttl")
    assert not (tmp_path / "x.ttl").exists()


def test_an_endpoint_exports_what_its_files_would(tmp_path: Path) -> None:
    store.load([FIVE], tmp_path / "db")
    with endpoint.serve(tmp_path / "db", union=False) as address:
        for where, name in ((store.open(address), "far"), (store.open(tmp_path / "db"), "near")):
            for filters in ({}, {"actor": "Delta"}):
                exchange.write(where, tmp_path / f"{name}-{len(filters)}.nq", **filters)
            exchange.write(where, tmp_path / f"{name}.gexf")
    for end in ("-0.nq", "-1.nq", ".gexf"):
        assert (tmp_path / f"far{end}").read_bytes() == (tmp_path / f"near{end}").read_bytes()
    assert "file:///five.ttl" in (tmp_path / "far-1.nq").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("x.xlsx", {}, ".graphml, .gexf, .csv, .parquet"),
        ("x", {}, "no suffix"),
        ("x.csv", {"format": "dot"}, "dot"),
        ("x.ttl", {"of": "agreement"}, "not a network"),
        ("x.nq", {"duplicates": "week"}, "not a network"),
        ("x.parquet", {"of": "targets"}, "flat table"),
        ("x.csv", {"of": "friends"}, "two-mode"),
        ("x.csv", {"of": "agreement", "aggregation": "combine"}, "not defined"),
        ("x.csv", {"speaker": "Alpha"}, "no filter"),
        ("x.nq", {"since": "yesterday"}, "day"),
        ("x.csv", {"actor": "Nobody"}, "Nobody"),
        ("-", {"format": "parquet"}, "no text"),
    ],
)
def test_what_cannot_be_exported_is_refused_and_nothing_is_written(
    five: Store, tmp_path: Path, name: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        exchange.write(five, tmp_path / name if name != "-" else name, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_table_is_exported_as_it_is(tmp_path: Path) -> None:
    rows = table.of(["a", "b"], ["x", "x"], [1, -1], documents=["d", "d"])
    assert exchange.write(rows, tmp_path / "x.gexf", of="agreement") == "1 edge, 2 nodes"
    ((*_, data),) = nx.read_gexf(tmp_path / "x.gexf").edges(data=True)
    assert (data["weight"], data["disagree"], data["statement_iris"]) == (-1.0, "x", "row 1; row 2")
    with pytest.raises(UsageError, match="filtered already"):
        exchange.write(rows, tmp_path / "y.gexf", actor="a")
    with pytest.raises(UsageError, match="statements"):
        exchange.write(rows, tmp_path / "y.nq")


def test_the_note_says_which_rows_were_left_out(five: Store, tmp_path: Path) -> None:
    """Beta's stance of 1 to 9 March is bounded more loosely than a week."""
    for name, count in (("x.gexf", "8 edges, 7 nodes"), ("x.parquet", "8 rows")):
        note = exchange.write(five, tmp_path / name, duplicates="week", level="polarity")
        assert note.startswith(f"{count}; 1 row left out")


def test_kinds_of_actor_choose_rows_beside_the_kind_of_network(shipped: Store, tmp_path: Path) -> None:
    exchange.write(shipped, tmp_path / "x.csv", of="agreement", kind="politician")
    nodes = rows_of(tmp_path / "x-nodes.csv")
    assert {row["kind"] for row in nodes} == {"politician"}
    made = network.agreement(statements.stances(shipped, kind="politician"))
    assert {row["id"] for row in nodes} == set(made)


def test_both_lists_of_csv_are_written_or_neither(five: Store, tmp_path: Path) -> None:
    nodes = tmp_path / "x-nodes.csv"
    nodes.write_text("of before", encoding="utf-8")
    (tmp_path / "x.csv").symlink_to(tmp_path / "nowhere" / "x.csv")
    with pytest.raises(StanceError, match="cannot write"):
        exchange.write(five, tmp_path / "x.csv")
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
