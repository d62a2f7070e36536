"""Networks as GraphML, GEXF and for Cytoscape: opened by other programs, with everything in them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest

from exports import EX, FIRST, PREFIXES, SECOND, ex, read_csv, read_network
from stancegraph import exchange, network, statements, store
from stancegraph.store import Store

KINDS = ("stances", "two-mode", "agreement", "targets")


def records(graph: Store, **filters: Any) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What the records of statements say of every edge of the stance network."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for said in statements.said(graph, **filters):
        attributes = {
            "date": said.date,
            "earliest": "" if said.date.startswith("../") else said.earliest,
            "latest": said.latest,
            "act": said.act,
            "medium": said.medium,
            "basis": said.basis,
            "confidence": said.confidence,
            "gist": said.gist,
            "quotes": " … ".join(said.quotes),
            "statement": said.iri,
        }
        known = {name: value for name, value in attributes.items() if value}
        for speaker in said.speakers:
            for stance in said.targets:
                shown = [r.document for r in said.reports if r.document.iri in stance.documents]
                found[speaker.iri, stance.thing.iri, said.iri] = {
                    **known,
                    "polarity": stance.sign,
                    "stance": stance.word,
                    "basis": stance.basis,
                    "confidence": stance.confidence,
                    "reports": "; ".join(document.title for document in shown),
                    "documents": "; ".join(document.iri for document in shown),
                }
    return found


@pytest.mark.parametrize("suffix", ["graphml", "gexf"])
def test_networkx_opens_the_stance_network_with_every_attribute(
    shipped: Store, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"stances.{suffix}"
    exchange.write(shipped, file)
    graph = read_network(file, "stances")
    assert {(a, b, key): data for a, b, key, data in graph.edges(keys=True, data=True)} == records(shipped)
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
    graph = read_network(file, kind)
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
    edges = read_network(tmp_path / "x.graphml", "stances").edges
    assert edges[EX + "gamma", EX + "first", EX + "gamma-denies"] == {
        "polarity": -1,
        "stance": "opposes",
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
    (tie,) = read_csv(tmp_path / "x.csv")
    assert (tie["agree"], tie["disagree"]) == ("It is so.", "")
    assert tie["statement_iris"] == ex("s0", "s1", "s2", "s3")


def test_ties_of_targets_name_the_actors_that_join_and_part_them(five: Store, tmp_path: Path) -> None:
    exchange.write(
        five, tmp_path / "x.csv", of="targets", aggregation="ignore", normalisation="none", period="none"
    )
    ties = {(row["source"], row["target"]): row for row in read_csv(tmp_path / "x.csv")}
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
    made = {row["id"]: row["statements"] for row in read_csv(tmp_path / "x-nodes.csv")}
    assert made == {ex("alpha"): "2", ex("echo"): "0", ex("first"): "", ex("second"): ""}


@pytest.mark.parametrize("suffix", ["csv", "cyjs"])
def test_edges_between_two_modes_run_from_the_actor(five: Store, tmp_path: Path, suffix: str) -> None:
    exchange.write(five, tmp_path / f"x.{suffix}", of="two-mode")
    if suffix == "csv":
        edges: list[Any] = read_csv(tmp_path / "x.csv")
        nodes: list[Any] = read_csv(tmp_path / "x-nodes.csv")
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
    spelled = Counter(data.text for data in root.iter(f"{tag}data") if data.get("key") == key.get("id"))
    assert spelled == {"false": 4, "true": 4}
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
