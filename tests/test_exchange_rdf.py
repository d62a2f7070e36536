"""Statements as N-Quads, Turtle and JSON-LD: the same graph again, whatever read it."""

from __future__ import annotations

import json
import random
import warnings
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, RdfFormat
from rdflib.compare import isomorphic

from stancegraph import exchange, statements, store
from stancegraph.errors import StanceError
from stancegraph.store import Store


def canonical(quads: Any) -> Dataset:
    """Quads to compare: blank nodes named as the W3C recommendation says."""
    made = Dataset(quads)
    made.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return made


def merged(quads: Any) -> Dataset:
    """The same without graphs."""
    return canonical(Quad(*quad.triple) for quad in quads)


@pytest.mark.parametrize("filters", [{}, {"actor": "khazali"}])
def test_n_quads_are_the_quads_of_the_store_in_their_graphs(
    shipped: Store, tmp_path: Path, filters: dict[str, Any]
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
    shipped: Store, tmp_path: Path, filters: dict[str, Any]
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
    [(NESTED, ("nq", "jsonld", "ttl")), (DISTANT, ("nq", "jsonld", "ttl")), (ALIKE, ("nq", "jsonld"))],
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
