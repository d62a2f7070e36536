"""Graphs that are well-formed and odd: a day with a zone, a number that is none, a node without a name."""

from __future__ import annotations

from pathlib import Path

import pytest

import hostile
from conftest import Run
from stancegraph import store, validation
from stancegraph.errors import StanceError
from stancegraph.statements import catalogue

COMMANDS = (("said", "ann", "--format", "csv"), ("said", "--format", "ttl"), ("network", "--format", "csv"))
CHECKED = (
    "a day with a zone",
    "hexBinary of an odd length",
    "literals of every type that are none",
    "a gist that is a node",
    "a position that is a node",
)


def _written(folder: Path, name: str) -> Path:
    file = folder / "odd.ttl"
    file.write_text(hostile.ODD_HEAD + hostile.GOOD + hostile.ODD[name], encoding="utf-8")
    return file


@pytest.mark.parametrize("name", hostile.ODD)
def test_an_odd_graph_is_answered_or_refused_in_one_line(name: str, tmp_path: Path, run: Run) -> None:
    file = str(_written(tmp_path, name))
    for command in COMMANDS:
        done = run(*command, "--data", file)
        assert done.returncode in (0, 3), (command, done.stderr)
        if done.returncode == 3:
            assert done.stderr.startswith("error: ")
            assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", CHECKED)
def test_an_odd_graph_can_be_checked(name: str, tmp_path: Path) -> None:
    """Rdflib spells such literals anew, and then did not find them."""
    assert validation.check(store.open(_written(tmp_path, name))).statements >= 2


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("a day that is text", "shape:said-on"),
        ("a confidence that is no number", "shape:confidence"),
        ("a position that is a node", "shape:start"),
        ("a polarity that is no number", "polarity-is-a-sign"),
        ("a day with a zone", "day-has-no-zone"),
        ("an actor without a label", "shape:actor-label"),
        ("a quote without a passage", "quote-is-a-passage"),
    ],
)
def test_check_names_what_is_odd(name: str, rule: str, tmp_path: Path) -> None:
    odd = validation.check(store.open(_written(tmp_path, name))).findings
    whole = validation.check(store.open(_written(tmp_path, "nothing"))).findings
    assert rule in {finding.rule for finding in set(odd) - set(whole)}


def test_an_actor_without_a_label_is_listed_by_the_last_part_of_its_iri(tmp_path: Path) -> None:
    graph = store.open(_written(tmp_path, "an actor without a label"))
    found = {row["actor"]: row["statements"] for row in catalogue.actors(graph)}
    assert found["mute"] == 1


MALFORMED = {
    "a polarity that is no number": "odd/edge: stance:polarity 'for' is none of 1, -1 and 0: what is held by it",
    "a confidence that is no number": "odd/odd: stance:confidence 'sure' is not a number: it counts as 0",
    "a position that is a node": "is not a number: the passage has no place",
    "figures that are no numbers": "odd/good: schema:minValue 'few' is not a number: the figure is left out",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_one_malformed_value_does_not_end_the_answer_and_is_named(
    name: str, tmp_path: Path, run: Run
) -> None:
    file = str(_written(tmp_path, name))
    done = run("said", "ann", "--data", file)
    assert done.returncode == 0
    assert "odd/good" in done.stdout
    assert "“the words”" in done.stdout
    _, *lines, hint = done.stderr.splitlines()
    assert any(MALFORMED[name] in line for line in lines)
    assert hint == "`stancegraph check` finds all that is to be mended"
    whole = validation.check(store.open(_written(tmp_path, "nothing"))).findings
    assert {*validation.check(store.open(file)).findings} - {*whole}


def test_many_malformed_values_are_told_in_few_lines(tmp_path: Path, run: Run) -> None:
    odd = hostile.ODD["a confidence that is no number"].partition("[] a")[0]
    file = tmp_path / "odd.ttl"
    file.write_text(
        hostile.ODD_HEAD + hostile.GOOD + "".join(odd.replace(":odd", f":odd{n}") for n in range(40)),
        encoding="utf-8",
    )
    done = run("said", "--data", str(file))
    assert done.returncode == 0
    assert done.stderr.count("counts as 0") == 5
    assert "35 more are like that" in done.stderr


def test_a_deep_chain_is_exported_as_far_as_the_format_can(tmp_path: Path, run: Run) -> None:
    file = str(_written(tmp_path, "a chain of 400 blank nodes on a statement"))
    done = run("export", "--data", file, "-o", str(tmp_path / "out.ttl"))
    assert "nest more than 64 deep" in done.stderr
    assert run("export", "--data", file, "-o", str(tmp_path / "out.nq")).returncode == 0


def test_labels_no_order_is_defined_between_end_no_process(tmp_path: Path, run: Run) -> None:
    """The engine's sort panics over these: in a worker, that is an error."""
    days = ['"2024-12-01-14:00"^^xsd:date'] * 11 + ['"2024-12-01T12:00:00"^^xsd:dateTime'] * 10
    days[4] = '"2024-12-02+14:00"^^xsd:date'
    text = "".join(f":day{n} dcterms:issued {day} .\n" for n, day in enumerate(days))
    (tmp_path / "days.ttl").write_text(hostile.ODD_HEAD + text, encoding="utf-8")
    query = "SELECT ?day { ?x dcterms:issued ?day } ORDER BY ?day"
    done = run("ask", query, "--data", str(tmp_path / "days.ttl"))
    assert done.returncode in (0, 2, 3)


def test_a_triple_in_a_cell_is_its_text() -> None:
    import pyoxigraph

    from stancegraph.store import sparql

    engine = pyoxigraph.Store()
    engine.load(hostile.quoted(1).encode(), pyoxigraph.RdfFormat.TURTLE)
    found = sparql.answer(engine.query("SELECT ?o { ?s ?p ?o }"))
    assert isinstance(found, sparql.Table)
    assert found.rows[0]["o"].value.startswith(f"<<( {hostile.TRIPLE}")
    assert sparql.tuples(engine.query("SELECT ?o { ?s ?p ?o }")) == [(found.rows[0]["o"].value,)]


def test_a_blank_node_where_an_iri_is_needed_is_told() -> None:
    from stancegraph.store import sparql

    with pytest.raises(StanceError, match="'b0' is a blank node or a literal"):
        sparql.node("b0")
