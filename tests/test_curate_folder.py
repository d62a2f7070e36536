"""Only what changes in a file is written anew: the order, the comments and all other bytes stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from stancegraph import store
from stancegraph.curate.folder import TurtleFile
from stancegraph.errors import StanceError

FILES = sorted((store.ontology() / "data").rglob("*.ttl"))
HAND = """# People of the valley.
@prefix ex: <https://example.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://example.org/> .

# The mayor.
ex:mayor skos:prefLabel "Mayor"@en ; # since the flood
   skos:altLabel "a. b <c> # d"@en , '''long
" text'''@en . # her office

# Those who work for her.

ex:clerk a ex:Person ; skos:note [ ex:of 1.5 ] .
<gardener> a ex:Person.
[] a ex:Nobody .
"""
MAYOR, CLERK = "https://example.org/mayor", "https://example.org/clerk"


def label(subject: str, text: str) -> Triple:
    edge = NamedNode("http://www.w3.org/2004/02/skos/core#altLabel")
    return Triple(NamedNode(subject), edge, Literal(text, language="en"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_put_as_it_was_changes_no_byte(path: Path) -> None:
    text = path.read_text("utf-8")
    file = TurtleFile(text, "file.ttl")
    assert len(file.subjects) > 4
    for subject in sorted(file.subjects):
        file.put(subject, file.description(subject))
        assert file.text == text, subject


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_taken_out_and_put_back_stands_where_it_stood(path: Path) -> None:
    text = path.read_text("utf-8")
    for subject in sorted(TurtleFile(text, "file.ttl").subjects):
        file = TurtleFile(text, "file.ttl")
        said = file.description(subject)
        if any(triple.predicate.value.endswith("#claims") for triple in said):
            continue  # without it nobody claims its figures, and they stand by their own names
        file.put(subject, ())
        assert subject not in TurtleFile(file.text, "file.ttl").subjects
        file.put(subject, said)
        assert file.text == text, subject


def test_comments_of_a_hand_edited_file_survive_a_change_beside_them_and_in_their_entry() -> None:
    file = TurtleFile(HAND, "hand.ttl")
    file.put(MAYOR, [*file.description(MAYOR), label(MAYOR, "Ada")])
    for comment in (
        "# People of the valley.\n@prefix",
        "\n# The mayor.\n",
        "# since the flood\n",
        ". # her office\n",
        "\n# Those who work for her.\n",
    ):
        assert comment in file.text
    assert file.text.endswith(HAND[HAND.index("\n# Those") :])
    assert label(MAYOR, "Ada") in TurtleFile(file.text, "hand.ttl").description(MAYOR)


def test_an_entry_taken_out_takes_the_comment_on_it_along_and_leaves_those_apart_from_it() -> None:
    file = TurtleFile(HAND, "hand.ttl")
    file.put(MAYOR, ())
    assert "The mayor" not in file.text
    assert "her office" not in file.text
    file.put(CLERK, ())
    assert "# Those who work for her." in file.text
    assert "# People of the valley." in file.text
    assert {subject.rpartition("/")[2] for subject in TurtleFile(file.text, "").subjects} == {"gardener"}


def test_a_new_entry_is_written_in_the_prefixes_of_the_file() -> None:
    file = TurtleFile(HAND, "hand.ttl")
    file.put("https://example.org/ada", [label("https://example.org/ada", "Ada")])
    assert '\nex:ada skos:altLabel "Ada"@en .\n' in file.text


def test_a_prefix_is_declared_with_its_first_use_and_goes_with_its_last() -> None:
    text = "@base <https://example.org/> .\n\n<a> a <B> .\n"
    file = TurtleFile(text, "a.ttl")
    file.put("https://example.org/b", [label("https://example.org/b", "Ada")])
    assert "@prefix skos:" in file.text
    file.put("https://example.org/b", ())
    assert file.text == text


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True, min_size=1), st.text(max_size=8))
def test_entries_come_in_the_order_of_their_names_however_they_are_added(names: list[str], text: str) -> None:
    file = TurtleFile("# A comment.\n", "a.ttl", base="https://example.org/")
    for name in names:
        file.put(f"https://example.org/{name}", [label(f"https://example.org/{name}", text)])
    other = TurtleFile("# A comment.\n", "a.ttl", base="https://example.org/")
    for name in sorted(names):
        other.put(f"https://example.org/{name}", [label(f"https://example.org/{name}", text)])
    assert file.text == other.text
    assert TurtleFile(file.text, "a.ttl").text == file.text


@pytest.mark.parametrize("text", ["<a> <b> ", "@prefix a: <x:> .\n<a> 'b", "a:b c:d e:f . }"])
def test_what_cannot_be_edited_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(StanceError, match=r"bad\.ttl, after line 1"):
        TurtleFile(text, "bad.ttl")


def test_a_node_that_two_entries_share_is_not_torn_apart() -> None:
    file = TurtleFile(
        "@prefix ex: <https://example.org/> .\nex:mayor ex:p _:n .\nex:clerk ex:p _:n .\n_:n ex:q 1 .\n",
        "n.ttl",
    )
    before = file.text
    with pytest.raises(StanceError, match="give it an IRI"):
        file.put(MAYOR, [*file.description(MAYOR), label(MAYOR, "Ada")])
    assert file.text == before
