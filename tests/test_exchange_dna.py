"""Codings of the Discourse Network Analyzer as graphs of ours: who says what, in which words, by which names."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from coding import CONCEPT, ORGANIZATION, STANCES, Coding, rows
from stancegraph import names, statements, store
from stancegraph.exchange import dna
from stancegraph.store import turtle
from stancegraph.validation import check


def test_a_boolean_level_is_who_supports_and_who_opposes_what(small_coding: Coding, out: Path) -> None:
    done = dna.convert(small_coding.file, out)
    assert rows(out, STANCES) == [
        ("5", "Alpha", "supports", "peace", "2020-03-01"),
        ("6", "Beta", "opposes", "peace", "2020-03-01"),
        ("7", "Alpha", "supports", "Law and order", "2020-03-01"),
    ]
    assert (done.statements, done.documents, done.actors, done.targets, done.variables) == (3, 1, 2, 2, 7)
    assert str(done) == "3 statements, 1 document, 2 actors, 2 targets and 7 variables"


def test_the_folder_keeps_every_rule_and_its_words_stand_in_its_texts(
    small_coding: Coding, out: Path
) -> None:
    dna.convert(small_coding.file, out, texts=True)
    result = check(store.open(out), sources=out / "texts")
    assert result.findings == ()
    assert (result.statements, result.passages, result.documents) == (3, 6, 1)


@pytest.mark.parametrize("level", ["rating", "frame"])
def test_a_level_that_is_not_boolean_leaves_the_target_without_polarity(
    small_coding: Coding, out: Path, level: str
) -> None:
    dna.convert(small_coding.file, out, level=level)
    assert {row[2] for row in rows(out, STANCES)} == {"stanceOn"}
    assert len(rows(out, STANCES)) == 3
    assert check(store.open(out)).findings == ()


def test_every_variable_is_declared_with_its_range(small_coding: Coding, out: Path) -> None:
    dna.convert(small_coding.file, out)
    declared = rows(
        out,
        """SELECT ?label ?range { ?v rdfs:domain stance:Statement ; rdfs:label ?label ; rdfs:range ?range ;
            prov:wasDerivedFrom ?coding }""",
    )
    assert declared == [
        ("agreement", "boolean"),
        ("concept", "concept"),
        ("frame", "frame"),
        ("memo", "string"),
        ("organization", "organization"),
        ("person", "person"),
        ("rating", "integer"),
    ]
    classes = rows(
        out,
        "SELECT ?class ?above { ?class a owl:Class ; rdfs:subClassOf ?above ; prov:wasDerivedFrom ?coding }",
    )
    assert classes == [
        ("concept", "Proposition"),
        ("frame", "Concept"),
        ("organization", "Actor"),
        ("person", "Concept"),
    ]


def test_every_other_variable_is_a_value_of_the_statement(small_coding: Coding, out: Path) -> None:
    dna.convert(small_coding.file, out)
    coded = (
        "SELECT ?s ?v ?value { ?s a stance:Statement ; ?v ?value FILTER(CONTAINS(STR(?v), '/variable/')) }"
    )
    assert rows(out, coded) == [
        ("5", "agreement", "true"),
        ("5", "frame", "31"),
        ("5", "memo", "aha"),
        ("5", "person", "1"),
        ("5", "rating", "4"),
        ("6", "agreement", "false"),
        ("6", "frame", "31"),
        ("6", "person", "1"),
        ("6", "rating", "-2"),
        ("7", "agreement", "true"),
        ("7", "frame", "31"),
        ("7", "person", "1"),
        ("7", "rating", "0"),
    ]
    assert rows(out, "SELECT ?label { ?c skos:prefLabel ?label . ?c a ?t . ?t rdfs:label 'frame' }") == [
        ("moral",)
    ]


def test_the_statement_says_who_coded_it_and_what_in_our_own_words(small_coding: Coding, out: Path) -> None:
    small_coding.add("CODERS", 1, "Nadia Named")
    done = dna.convert(small_coding.file, out)
    first, second, _ = statements.said(store.open(out))
    assert (first.gist, first.basis, first.confidence) == (
        "Alpha supports peace, as coded in peace.dna.",
        "said",
        1.0,
    )
    assert second.gist == "Beta opposes peace, as coded in peace.dna."
    assert rows(out, "SELECT ?s ?label { ?s stance:coder/rdfs:label ?label }") == [
        ("5", "coder 1"),
        ("6", "coder 1"),
        ("7", "coder 2"),
    ]
    assert not [file for file in out.rglob("*.ttl") if "Nadia" in file.read_text(encoding="utf-8")]
    assert "1 row of CODERS: coders are numbered here, not named" in done.left_out


def test_words_are_quoted_without_what_closes_them_and_the_stretch_is_kept(
    small_coding: Coding, out: Path
) -> None:
    dna.convert(small_coding.file, out)
    found = statements.said(store.open(out))[0].reports[0].passages
    # the text is: Alpha says: “We want peace.” Beta does not.
    assert [(p.start, p.end, p.quote) for p in found] == [(12, 28, None), (13, 26, "We want peace")]


def test_speaker_and_target_are_chosen_by_name_and_case_is_forgiven(small_coding: Coding, out: Path) -> None:
    done = dna.convert(small_coding.file, out, actor="PERSON", target="organization", level="agreement")
    assert rows(out, STANCES) == [
        ("5", "Ann", "supports", "Alpha", "2020-03-01"),
        ("6", "Ann", "opposes", "Beta", "2020-03-01"),
        ("7", "Ann", "supports", "Alpha", "2020-03-01"),
    ]
    assert rows(out, "SELECT ?class { ?x skos:prefLabel 'Ann'@en ; a ?class }") == [
        ("Actor",),
        ("Person",),
        ("person",),
    ]
    assert done.notes[0].startswith(
        "statement type 'DNA Statement': the speaker is person, the target organization, "
    )


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            {"person": "short text", "concept": "short text"},
            "the speaker is person, the target concept, without",
        ),
        ({"concept": "short text", "who": "short text"}, "the speaker is who, the target concept, without"),
        (
            {"who": "short text", "what": "short text", "for": "boolean"},
            "the speaker is who, the target what, supported where for is 1",
        ),
        (
            {"a": "short text", "b": "short text", "x": "boolean", "y": "boolean"},
            "the target b, without polarity",
        ),
        (
            {"Organization": "short text", "Concept": "short text", "Agreement": "integer"},
            "the speaker is Organization, the target Concept, without polarity, at a level of Agreement",
        ),
    ],
)
def test_what_the_names_of_variables_suggest_is_taken(
    tmp_path: Path, out: Path, variables: dict[str, str], expected: str
) -> None:
    coding = Coding(tmp_path / "other.dna", dict(enumerate(variables.items(), 1)))
    assert expected in dna.convert(coding.file, out).notes[0]


def test_the_file_is_only_read(small_coding: Coding, out: Path) -> None:
    os.utime(small_coding.file, (1, 1))
    before = small_coding.file.read_bytes()
    small_coding.file.chmod(0o444)
    dna.convert(small_coding.file, out)
    assert small_coding.file.read_bytes() == before
    assert small_coding.file.stat().st_mtime == 1
    assert sorted(path.name for path in small_coding.file.parent.iterdir()) == ["graph", "peace.dna"]


def test_a_file_in_write_ahead_mode_that_was_closed_is_read_without_a_trace(
    small_coding: Coding, out: Path
) -> None:
    small_coding.run("PRAGMA journal_mode = WAL; DELETE FROM STATEMENTS WHERE ID = 7")
    assert dna.convert(small_coding.file, out).statements == 2
    assert sorted(path.name for path in small_coding.file.parent.iterdir()) == ["graph", "peace.dna"]


def test_a_file_of_any_name_is_found(small_coding: Coding, out: Path) -> None:
    strange = small_coding.file.rename(small_coding.file.with_name("a%20b?c#d=é;mode=rw.dna"))
    assert dna.convert(strange, out).statements == 3
    assert rows(out, "SELECT ?title { ?x a prov:Entity ; dcterms:title ?title }") == [
        ("a%20b?c#d=é;mode=rw.dna",)
    ]
    assert rows(out, "SELECT ?x { ?x a prov:Entity }") == [("database",)]


def test_the_same_file_gives_the_same_bytes_as_turtle_writes_them(small_coding: Coding, out: Path) -> None:
    again = out.with_name("again")
    dna.convert(small_coding.file, out, texts=True)
    dna.convert(small_coding.file, again, texts=True)
    first = {file.relative_to(out): file.read_bytes() for file in out.rglob("*") if file.is_file()}
    assert first == {
        file.relative_to(again): file.read_bytes() for file in again.rglob("*") if file.is_file()
    }
    assert {file.as_posix() for file in first} == {
        "vocabulary.ttl",
        "actors.ttl",
        "targets.ttl",
        "categories.ttl",
        "documents.ttl",
        "statements/0001.ttl",
        "texts/1.txt",
    }
    for file, raw in first.items():
        if file.suffix == ".ttl":
            assert (
                turtle.write(quad.triple for quad in parse(input=raw, format=RdfFormat.TURTLE)).encode()
                == raw
            )


def test_many_statements_are_spread_over_files(coding: Coding, out: Path) -> None:
    with coding.connect() as connection:
        for number in range(1, 4002):
            connection.execute("INSERT INTO STATEMENTS VALUES (?, 1, 1, 0, 5, 1)", (number,))
            for variable, entity in ((ORGANIZATION, 11), (CONCEPT, 21)):
                connection.execute(
                    "INSERT INTO DATASHORTTEXT(StatementId, VariableId, Entity) VALUES (?, ?, ?)",
                    (number, variable, entity),
                )
    dna.convert(coding.file, out)
    files = sorted((out / "statements").iterdir())
    assert [file.name for file in files] == ["0001.ttl", "0002.ttl", "0003.ttl"]
    assert rows(out, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a stance:Statement }") == [("4001",)]


def test_names_begin_with_a_base_and_are_found_by_name_number_and_iri(
    small_coding: Coding, out: Path
) -> None:
    done = dna.convert(small_coding.file, out, base="https://example.org/peace")
    assert not [note for note in done.notes if "nobody's" in note]
    index = names.index(store.open(out), "actor")
    alpha = "https://example.org/peace/entity/11"
    assert {index.resolve(text, "actor").iri for text in ("Alpha", "alpha", "11", alpha)} == {alpha}
    default = dna.convert(small_coding.file, out.with_name("default"))
    mine = "https://dna.invalid/peace/entity/11"
    assert names.index(store.open(out.with_name("default")), "actor").resolve(mine, "actor").iri == mine
    assert any("https://dna.invalid/peace/" in note and "--base" in note for note in default.notes)


@pytest.mark.parametrize("base", ["urn:example:peace:", "https://example.org/x#", "tag:example.org,2020:x/"])
def test_any_kind_of_base_keeps_the_rules(small_coding: Coding, out: Path, base: str) -> None:
    dna.convert(small_coding.file, out, base=base)
    assert rows(
        out, f"SELECT ?x {{ ?x a stance:Statement FILTER(STRSTARTS(STR(?x), '{base}statement/')) }}"
    ) == [("5",), ("6",), ("7",)]


def test_a_variable_of_any_name_is_a_property_of_its_own(tmp_path: Path, out: Path) -> None:
    kinds = {
        1: ("who", "short text"),
        2: ("what", "short text"),
        3: ("a b/c", "boolean"),
        4: ("a-b-c", "boolean"),
    }
    coding = Coding(
        tmp_path / "x.dna",
        {**kinds, 5: ("Übereinstimmung", "boolean"), 6: ("!?", "boolean"), 7: ("", "integer")},
    )
    coding.run("DELETE FROM ENTITIES; INSERT INTO ENTITIES VALUES (1, 1, 'A', NULL), (2, 2, 'B', NULL)")
    coding.statement(1, {1: 1, 2: 2, 3: 1, 4: 0, 5: 1, 6: 0, 7: 3})
    dna.convert(coding.file, out)
    query = "SELECT ?label ?v ?value { ?s a stance:Statement ; ?v ?value . ?v rdfs:label ?label }"
    found = [row for row in rows(out, query) if row[2] in {"true", "false", "3"}]
    assert found == [
        ("!?", "variable", "false"),
        ("a b/c", "a-b-c", "true"),
        ("a-b-c", "a-b-c-4", "false"),
        ("variable 7", "variable-7", "3"),
        ("Übereinstimmung", "Übereinstimmung", "true"),
    ]


def test_a_whole_coding_gives_the_stances_that_its_database_has(dna_sample: Path, out: Path) -> None:
    mini = dna_sample / "mini.dna"
    done = dna.convert(mini, out, texts=True)
    query = """SELECT o.Value, c.Value, b.Value, count(*) FROM STATEMENTS s
        JOIN DATASHORTTEXT x ON x.StatementId = s.ID JOIN ENTITIES o ON o.ID = x.Entity AND o.VariableId = 2
        JOIN DATASHORTTEXT y ON y.StatementId = s.ID JOIN ENTITIES c ON c.ID = y.Entity AND c.VariableId = 3
        JOIN DATABOOLEAN b ON b.StatementId = s.ID WHERE o.Value != '' AND c.Value != '' GROUP BY 1, 2, 3"""
    with closing(sqlite3.connect(f"{mini.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        coded = {(who, what, sign): number for who, what, sign, number in connection.execute(query)}
    graph = store.open(out)
    stances = graph.select(
        """SELECT ?s ?who ?what ?sign { ?s stance:speaker/skos:prefLabel ?who ; ?edge ?held .
        ?held skos:prefLabel ?what . ?edge stance:polarity ?polarity BIND(IF(?polarity = 1, 1, 0) AS ?sign) }"""
    )
    found = Counter((row["who"].value, row["what"].value, int(row["sign"].value)) for row in stances)
    assert found == coded
    assert sum(coded.values()) == done.statements
    result = check(graph, sources=out / "texts")
    assert result.findings == ()
    assert (result.statements, result.passages, result.documents) == (done.statements, done.statements, 60)
