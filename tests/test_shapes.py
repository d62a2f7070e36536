"""The shapes are read as pySHACL reads them, on graphs mutated by chance; and as SHACL says where it errs."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyoxigraph
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

import mutating
from stancegraph import store
from stancegraph.errors import StanceError
from stancegraph.store import Local
from stancegraph.store.shacl import Shapes
from stancegraph.vocabulary import expand

SHAPES = store.ontology() / "shapes.ttl"
BASE = Path(__file__).parent / "fixtures" / "check" / "base.ttl"
TEXTS = [text for text in mutating.TEXTS if text.strip() == text and "\x00" not in text]
"""Texts that rdflib, by which pySHACL reads, takes as they stand."""
COMPARED = {expand(name) for name in ("oa:start", "oa:end", "schema:minValue", "schema:maxValue")}
"""Properties whose values are held against others."""

Found = tuple[str, str, str]


def mutated(chance: Random, graph: list[Quad]) -> list[Quad]:
    """A graph in which a few triples are gone, doubled, or say something else."""
    quads = list(graph)
    subjects, objects = ([getattr(q, part) for q in graph] for part in ("subject", "object"))
    for _ in range(chance.randrange(1, 60)):
        place = chance.randrange(len(quads))
        quad = quads[place]
        text = chance.choice([*TEXTS, "5", "0.6", "2024-12-01", "2024-02-30"])
        datatype = NamedNode(expand(chance.choice(["xsd:integer", "xsd:decimal", "xsd:date", "xsd:string"])))
        value = chance.choice(
            [
                Literal(text, language=chance.choice(["en", "ar", "en-us"])),
                Literal(text, datatype=datatype),
                chance.choice(objects),
                BlankNode(),
            ]
        )
        node = chance.choice([quad.subject, quad.subject, chance.choice(subjects)])
        other = Quad(node, quad.predicate, value)
        quads[place : place + 1] = chance.choice([[], [quad, other], [other]])
    return quads


def by_pyshacl(data: pyoxigraph.Store) -> set[Found]:
    """Shape, focus node and property of each violation; of anonymous nodes only that they are."""
    from pyshacl import validate
    from rdflib import SH, BNode, Graph

    plain = Graph(bind_namespaces="none")
    for subject, edge, value in Local.over(data, "").graph():
        # What is no number is a finding, but pySHACL ends where a blank node is to be less than another.
        is_compared = str(edge) in COMPARED and isinstance(value, BNode)
        plain.add((subject, edge, SH.this if is_compared else value))
    _, report, _ = validate(plain, shacl_graph=Graph().parse(SHAPES), inference="none")
    assert isinstance(report, Graph)

    def named(node: object) -> str:
        return "" if node is None or isinstance(node, BNode) else str(node)

    rows = (
        [report.value(each, part) for part in (SH.sourceShape, SH.focusNode, SH.resultPath)]
        for each in report.objects(None, SH.result)
    )
    return {(named(shape), named(focus), named(path)) for shape, focus, path in rows}


def by_us(data: pyoxigraph.Store) -> set[Found]:
    def named(node: object) -> str:
        return "" if node is None or isinstance(node, BlankNode) else str(getattr(node, "value", node))

    return {(named(v.shape), named(v.focus), named(v.path)) for v in Shapes(SHAPES).violations(data)}


@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
def test_what_is_found_is_what_pyshacl_finds() -> None:
    base = list(pyoxigraph.parse(path=str(BASE), format=RdfFormat.TURTLE))
    used = {quad.object for quad in base}
    for name in ("stance", "schemes"):
        quads = pyoxigraph.parse(path=str(store.ontology() / f"{name}.ttl"), format=RdfFormat.TURTLE)
        base += (q for q in quads if q.subject in used or q.predicate.value == expand("rdfs:subClassOf"))
    broken = set[str]()
    for seed in range(8):
        data = pyoxigraph.Store()
        data.extend(mutated(Random(seed), base))
        found = by_us(data)
        assert found == by_pyshacl(data), f"mutation {seed}"
        broken |= {shape for shape, _, _ in found}
    assert len(broken) > 30, "the mutations break many shapes"


@pytest.mark.parametrize(
    ("value", "is_right"),
    [
        ('"2024-02-29"^^xsd:date', True),
        ('"2023-02-29"^^xsd:date', False),
        ('"2024-12-01Z"^^xsd:date', True),
        ('"2024-12-1"^^xsd:date', False),
        ('"2024-12-01"', False),
        ('"20241201"^^xsd:date', False),
    ],
)
def test_a_date_is_a_day_of_the_calendar(value: str, is_right: bool) -> None:
    data = pyoxigraph.Store()
    prefixes = "".join(f"PREFIX {p}: <{expand(p + ':')}> " for p in ("schema", "xsd"))
    data.load(f"{prefixes} <urn:e> a schema:Event ; schema:startDate {value} .".encode(), RdfFormat.TURTLE)
    told = {str(violation.path) for violation in Shapes(SHAPES).violations(data)}
    assert (f"<{expand('schema:startDate')}>" not in told) == is_right


def test_only_the_nodes_asked_for_are_looked_at() -> None:
    data = pyoxigraph.Store()
    data.load(
        f"<urn:a> a <{expand('stance:Actor')}> . <urn:b> a <{expand('stance:Actor')}> .".encode(),
        RdfFormat.TURTLE,
    )
    told = {violation.focus for violation in Shapes(SHAPES).violations(data, [NamedNode("urn:b")])}
    assert told == {NamedNode("urn:b")}


def test_a_constraint_that_is_not_understood_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<urn:s> a sh:NodeShape ; sh:targetClass <urn:C> ; sh:closed true .\n",
        "utf-8",
    )
    data = pyoxigraph.Store()
    data.load(b"<urn:x> a <urn:C> .", RdfFormat.TURTLE)
    with pytest.raises(StanceError, match="says closed, which is not understood"):
        list(Shapes(file).violations(data))
