"""Turtle as the curated files are kept."""

from __future__ import annotations

import random
from itertools import permutations
from urllib.parse import quote

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from stancegraph import store
from stancegraph.errors import StanceError
from stancegraph.store import turtle

EX = "https://example.org/"


def test_the_order_of_triples_makes_no_difference() -> None:
    path = store.ontology() / "data" / "statements" / "gulan-iraq-warns.ttl"
    triples = [quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE)]
    shuffled = random.Random(7).sample(triples, len(triples))
    assert turtle.write(shuffled) == turtle.write(triples)


def test_subjects_without_a_name_stand_in_the_order_of_what_is_said_of_them() -> None:
    """Each reading of a file calls its blank nodes otherwise."""
    said = [Literal(letter) for letter in "abc"]
    written = {
        turtle.write(
            Triple(BlankNode(f"n{name}"), NamedNode(EX + "p"), text)
            for name, text in zip(names, said, strict=True)
        )
        for names in permutations(range(3))
    }
    assert written == {f'\n[] <{EX}p> "a" .\n\n[] <{EX}p> "b" .\n\n[] <{EX}p> "c" .\n'}


@pytest.mark.parametrize(
    "text", ['say "no"', "line\nbreak", "back\\slash", "محمد", "tab\there", "]] ; .", ""]
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    triple = Triple(NamedNode(EX + "s"), NamedNode(EX + "p"), Literal(text, language="en"))
    (back,) = parse(input=turtle.write([triple]), format=RdfFormat.TURTLE)
    assert back.object == triple.object


def test_a_shared_blank_node_is_refused_not_split() -> None:
    node = BlankNode("x")
    triples = [Triple(NamedNode(EX + s), NamedNode(EX + "p"), node) for s in "ab"]
    with pytest.raises(StanceError, match="give it an IRI"):
        turtle.write(triples)


def test_blank_nodes_in_a_circle_are_refused_not_lost() -> None:
    a, b = BlankNode("a"), BlankNode("b")
    with pytest.raises(StanceError, match="circle"):
        turtle.write([Triple(a, NamedNode(EX + "p"), b), Triple(b, NamedNode(EX + "p"), a)])


@pytest.mark.parametrize(
    "local", ["", "actor/ada", "a:b", "/x", "//x", "a/../b", "?q", "#f", "actor/ادا", "a b"]
)
def test_an_iri_below_a_base_means_the_same_when_it_comes_back(local: str) -> None:
    triple = Triple(NamedNode(EX + quote(local, safe=":/?#")), NamedNode(EX + "p"), Literal(1))
    text = turtle.write([triple], base=EX)
    (back,) = parse(input=text, format=RdfFormat.TURTLE)
    assert back.triple == triple
    assert (f"<{local}> <p> 1" in text) == (local in ("", "actor/ada"))
