"""Codings of the Discourse Network Analyzer as graphs of ours: made by hand with SQLite, converted, and asked."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from pyoxigraph import RdfFormat, parse

from conftest import Shell
from stancegraph import names, statements, store
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange import dna
from stancegraph.store import turtle
from stancegraph.validation import check
from stancegraph.vocabulary import local_name

TABLES: Final = """
CREATE TABLE DOCUMENTS(ID integer primary key, Title text, Text text, Coder integer, Author text default '',
    Source text default '', Section text default '', Notes text default '', Type text default '', Date integer);
CREATE TABLE STATEMENTTYPES(ID integer primary key, Label text);
CREATE TABLE VARIABLES(ID integer primary key, Variable text, DataType text, StatementTypeId integer);
CREATE TABLE STATEMENTS(ID integer primary key, StatementTypeId integer, DocumentId integer, Start integer,
    Stop integer, Coder integer);
CREATE TABLE ENTITIES(ID integer primary key, VariableId integer, Value text, ChildOf integer);
CREATE TABLE DATABOOLEAN(ID integer primary key, StatementId integer, VariableId integer, Value integer);
CREATE TABLE DATAINTEGER(ID integer primary key, StatementId integer, VariableId integer, Value integer);
CREATE TABLE DATASHORTTEXT(ID integer primary key, StatementId integer, VariableId integer, Entity integer);
CREATE TABLE DATALONGTEXT(ID integer primary key, StatementId integer, VariableId integer, Value text);
CREATE TABLE ATTRIBUTEVARIABLES(ID integer primary key, VariableId integer, AttributeVariable text);
CREATE TABLE ATTRIBUTEVALUES(ID integer primary key, EntityId integer, AttributeVariableId integer,
    AttributeValue text);
CREATE TABLE SETTINGS(Property text primary key, Value text);
CREATE TABLE CODERS(ID integer primary key, Name text);
"""
VALUES: Final = {
    "short text": ("DATASHORTTEXT", "Entity"),
    "long text": ("DATALONGTEXT", "Value"),
    "integer": ("DATAINTEGER", "Value"),
    "boolean": ("DATABOOLEAN", "Value"),
}
PERSON, ORGANIZATION, CONCEPT, AGREEMENT, RATING, FRAME, MEMO = range(1, 8)
USUAL: Final = {
    PERSON: ("person", "short text"),
    ORGANIZATION: ("organization", "short text"),
    CONCEPT: ("concept", "short text"),
    AGREEMENT: ("agreement", "boolean"),
    RATING: ("rating", "integer"),
    FRAME: ("frame", "short text"),
    MEMO: ("memo", "long text"),
}
DAY: Final = 1583020800
"""1 March 2020 at midnight, in seconds."""


class Coding:
    """A file of DNA 3 with one document, an actor Alpha (11), an actor Beta (12) and two concepts (21, 22)."""

    def __init__(self, file: Path, variables: dict[int, tuple[str, str]] = USUAL) -> None:
        self.file, self._kinds = file, dict(variables)
        self.run(TABLES)
        self.add("STATEMENTTYPES", 1, "DNA Statement")
        for number, (name, kind) in variables.items():
            self.add("VARIABLES", number, name, kind, 1)
        self.document(1, "Alpha says: “We want peace.” Beta does not.", title="Peace")
        for number, variable, value in (
            (1, PERSON, "Ann"),
            (11, ORGANIZATION, "Alpha"),
            (12, ORGANIZATION, "Beta"),
            (21, CONCEPT, "peace"),
            (22, CONCEPT, "Law and order"),
            (31, FRAME, "moral"),
        ):
            self.add("ENTITIES", number, variable, value, None)

    def run(self, script: str) -> None:
        with self.opened() as connection:
            connection.executescript(script)

    def add(self, table: str, *row: Any) -> None:
        self._insert(table, row)

    def document(self, number: int, text: Any, *, title: Any = "", date: Any = DAY, **more: Any) -> None:
        columns = {"ID": number, "Text": text, "Title": title, "Date": date, "Coder": 1, **more}
        self._insert(f"DOCUMENTS({', '.join(columns)})", tuple(columns.values()))

    def statement(
        self,
        number: int,
        values: dict[int, Any],
        *,
        document: Any = 1,
        span: tuple[Any, Any] = (12, 28),
        coder: Any = 1,
        statement_type: int = 1,
    ) -> None:
        """Add a statement, with the value of each variable by its number; short texts by that of the entity."""
        self.add("STATEMENTS", number, statement_type, document, *span, coder)
        for variable, value in values.items():
            table, column = VALUES[self._kinds[variable][1]]
            self._insert(f"{table}(StatementId, VariableId, {column})", (number, variable, value))

    def _insert(self, where: str, row: Sequence[Any]) -> None:
        query = f"INSERT INTO {where} VALUES ({', '.join('?' * len(row))})"  # noqa: S608
        with self.opened() as connection:
            connection.execute(query, row)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """The file open for writing, without a wait for the disk."""
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            yield connection
            connection.commit()


@pytest.fixture
def coding(tmp_path: Path) -> Coding:
    """A coding without statements."""
    return Coding(tmp_path / "peace.dna")


@pytest.fixture
def small(coding: Coding) -> Coding:
    """Three statements: Alpha for peace and for law, Beta against peace."""
    coding.statement(
        5, {PERSON: 1, ORGANIZATION: 11, CONCEPT: 21, AGREEMENT: 1, RATING: 4, FRAME: 31, MEMO: "aha"}
    )
    coding.statement(
        6, {PERSON: 1, ORGANIZATION: 12, CONCEPT: 21, AGREEMENT: 0, RATING: -2, FRAME: 31, MEMO: ""}
    )
    coding.statement(
        7, {PERSON: 1, ORGANIZATION: 11, CONCEPT: 22, AGREEMENT: 1, RATING: 0, FRAME: 31}, coder=2
    )
    return coding


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "graph"


def rows(folder: Path, query: str) -> list[tuple[str, ...]]:
    """The values of a query's rows, sorted; IRIs as their last part."""
    found = store.open(folder).select(query)
    return sorted(
        tuple(local_name(term.value) if str(term).startswith("<") else term.value for term in row.values())
        for row in found
    )


STANCES: Final = """SELECT ?s ?actor ?edge ?target ?day { ?s a stance:Statement ; stance:speaker/skos:prefLabel ?actor ;
    ?edge ?held ; stance:saidOn ?day . ?edge rdfs:subPropertyOf* stance:stanceOn . ?held skos:prefLabel ?target }"""


def test_a_boolean_level_is_who_supports_and_who_opposes_what(small: Coding, out: Path) -> None:
    done = dna.convert(small.file, out)
    assert rows(out, STANCES) == [
        ("5", "Alpha", "supports", "peace", "2020-03-01"),
        ("6", "Beta", "opposes", "peace", "2020-03-01"),
        ("7", "Alpha", "supports", "Law and order", "2020-03-01"),
    ]
    assert (done.statements, done.documents, done.actors, done.targets, done.variables) == (3, 1, 2, 2, 7)
    assert str(done) == "3 statements, 1 document, 2 actors, 2 targets and 7 variables"


def test_the_folder_keeps_every_rule_and_its_words_stand_in_its_texts(small: Coding, out: Path) -> None:
    dna.convert(small.file, out, texts=True)
    result = check(store.open(out), sources=out / "texts")
    assert result.findings == ()
    assert (result.statements, result.passages, result.documents) == (3, 6, 1)


@pytest.mark.parametrize("level", ["rating", "frame"])
def test_a_level_that_is_not_boolean_leaves_the_target_without_polarity(
    small: Coding, out: Path, level: str
) -> None:
    dna.convert(small.file, out, level=level)
    assert {row[2] for row in rows(out, STANCES)} == {"stanceOn"}
    assert len(rows(out, STANCES)) == 3
    assert check(store.open(out)).findings == ()


def test_every_variable_is_declared_with_its_range(small: Coding, out: Path) -> None:
    dna.convert(small.file, out)
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


def test_every_other_variable_is_a_value_of_the_statement(small: Coding, out: Path) -> None:
    dna.convert(small.file, out)
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


def test_the_statement_says_who_coded_it_and_what_in_our_own_words(small: Coding, out: Path) -> None:
    small.add("CODERS", 1, "Nadia Named")
    done = dna.convert(small.file, out)
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


def test_words_are_quoted_without_what_closes_them_and_the_stretch_is_kept(small: Coding, out: Path) -> None:
    dna.convert(small.file, out)
    found = statements.said(store.open(out))[0].reports[0].passages
    # the text is: Alpha says: “We want peace.” Beta does not.
    assert [(p.start, p.end, p.quote) for p in found] == [(12, 28, None), (13, 26, "We want peace")]


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("a😀b peace now", (5, 10), [(4, 9, "peace")]),
        ("😀😀😀😀", (2, 6), [(1, 3, "😀😀")]),
        ("😀😀😀😀", (3, 5), [(1, 3, "😀😀")]),
        ("𐍈word𐍈", (0, 8), [(0, 6, "𐍈word𐍈")]),
        ("x" * 700, (0, 600), [(0, 600, "x" * 600)]),
        ("x" * 700, (0, 601), [(0, 601, None)]),
        ("She said „no“!", (9, 13), [(9, 13, None), (10, 12, "no")]),
        (" .,; ", (0, 5), [(0, 5, None)]),
        ("سلام الآن", (0, 4), [(0, 4, "سلام")]),
    ],
    ids=[
        "after an emoji",
        "emojis",
        "halves of emojis",
        "around",
        "600",
        "601",
        "marks",
        "no words",
        "Arabic",
    ],
)
def test_utf_16_positions_become_code_points(
    coding: Coding, out: Path, text: str, span: tuple[int, int], expected: list[tuple[int, int, str | None]]
) -> None:
    coding.document(2, text)
    coding.statement(1, {ORGANIZATION: 11, CONCEPT: 21, AGREEMENT: 1}, document=2, span=span)
    done = dna.convert(coding.file, out)
    (statement,) = statements.said(store.open(out))
    passages = [(p.start, p.end, p.quote) for p in statement.reports[0].passages]
    assert passages == expected
    assert all(text[start:end] == words for start, end, words in passages if words is not None)
    long = [line for line in done.left_out if line.startswith("1 quotation: longer than 600 characters")]
    assert len(long) == (span == (0, 601))


@pytest.mark.parametrize(
    ("span", "kept"),
    [
        ((None, None), (0, 10)),
        ((4, 4), (0, 10)),
        ((7, 3), (0, 10)),
        ((-3, 4), (0, 4)),
        ((6, 99), (6, 10)),
        ((50, 60), (0, 10)),
        (("a", "b"), (0, 10)),
        ((-(2**62), 2**62), (0, 10)),
    ],
)
def test_a_broken_stretch_leaves_out_the_words_and_keeps_the_statement(
    coding: Coding, out: Path, span: tuple[Any, Any], kept: tuple[int, int]
) -> None:
    coding.document(2, "0123456789")
    coding.statement(1, {ORGANIZATION: 11, CONCEPT: 21, AGREEMENT: 1}, document=2, span=span)
    done = dna.convert(coding.file, out)
    (statement,) = statements.said(store.open(out))
    assert [(p.start, p.end, p.quote) for p in statement.reports[0].passages] == [(*kept, None)]
    assert any(line.startswith("1 position: no stretch of the text") for line in done.left_out)


def odd(file: Path) -> Coding:
    """A coding with everything that is odd, each of which must leave a graph that keeps the rules."""
    coding = Coding(file)
    both = {ORGANIZATION: 11, CONCEPT: 21, AGREEMENT: 1}
    coding.document(2, "", title="No text")
    coding.document(3, "Undated words.", date=None)
    coding.document(4, "Words.", date="soon", title=None, Author=None, Source=None, Notes=None)
    coding.document(5, None, date=10**30 * 1.0)
    coding.document(
        6, "Ärger. " * 3, Author="Alpha", Source="The Times", Section="Page 1", Type="news", Notes="n"
    )
    coding.document(7, "Words.", Author="..", Source="The TIMES")
    for number, document in enumerate((2, 3, 4, 5, 6, 7), start=100):
        coding.statement(number, both, document=document, span=(0, 5))
    coding.statement(120, {**both, AGREEMENT: None}, coder=None)
    coding.statement(121, {**both, RATING: "many", FRAME: 999, AGREEMENT: 7})
    coding.statement(122, {**both, FRAME: 32, RATING: 2.5})
    coding.statement(123, {ORGANIZATION: 13, CONCEPT: 24, AGREEMENT: 0})
    for number, variable, value, parent in (
        (13, ORGANIZATION, "alpha", 11),
        (14, ORGANIZATION, "", None),
        (15, ORGANIZATION, "Alpha", 12),
        (24, CONCEPT, "Peace", 25),
        (25, CONCEPT, "harmony", 26),
        (26, CONCEPT, "concord", 24),
        (27, CONCEPT, "narcissism", 27),
        (28, CONCEPT, "orphan", 4711),
        (32, FRAME, "", None),
        (41, ORGANIZATION, "tab\tand\nbreak", None),
        (42, ORGANIZATION, 'say "no" \\ ', None),
        (43, ORGANIZATION, "nul\0 and \x01 and \x7f", None),
        (44, ORGANIZATION, "\u202eمحمد\ufeff", None),
        (45, ORGANIZATION, "long " * 200_000, None),
        (46, ORGANIZATION, 5, None),
        (47, ORGANIZATION, None, None),
        (48, ORGANIZATION, b"\xff\xfe raw", None),
    ):
        coding.add("ENTITIES", number, variable, value, parent)
    coding.statement(124, {ORGANIZATION: 45, CONCEPT: 21, AGREEMENT: 1})
    coding.add("ATTRIBUTEVARIABLES", 1, ORGANIZATION, "Type")
    coding.add("ATTRIBUTEVALUES", 1, 11, 1, "Unnamed group")
    coding.add("ATTRIBUTEVALUES", 2, 12, 1, "Political party or coalition")
    coding.add("ATTRIBUTEVALUES", 3, 12, 1, "")
    return coding


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> tuple[dna.Conversion, Path]:
    """The odd coding, converted with its texts."""
    place = tmp_path_factory.mktemp("odd")
    return dna.convert(odd(place / "odd.dna").file, place / "graph", texts=True), place / "graph"


def test_what_is_odd_in_a_coding_breaks_no_rule(strange: tuple[dna.Conversion, Path]) -> None:
    done, folder = strange
    assert check(store.open(folder), sources=folder / "texts").findings == ()
    assert done.statements == 11


@pytest.mark.parametrize(
    "text",
    [
        "tab\tand\nbreak",
        'say "no" \\ ',
        "nul\0 and \x01 and \x7f",
        "\u202eمحمد\ufeff",
        "long " * 200_000,
        "5",
    ],
    ids=["blanks", "marks", "control", "right to left", "a million letters", "a number"],
)
def test_any_name_comes_through_as_it_was(strange: tuple[dna.Conversion, Path], text: str) -> None:
    assert (text,) in rows(strange[1], "SELECT ?label { ?x a stance:Actor ; skos:prefLabel ?label }")


def test_what_an_attribute_says_is_a_note_and_its_type_a_kind_where_there_is_one(
    strange: tuple[dna.Conversion, Path],
) -> None:
    kinds = rows(strange[1], "SELECT ?x ?kind ?note { ?x stance:actorKind ?kind ; skos:note ?note }")
    assert kinds == [
        ("11", "other", "Type: Unnamed group"),
        ("12", "party", "Type: Political party or coalition"),
    ]


def test_equal_values_are_one_and_case_keeps_them_apart(strange: tuple[dna.Conversion, Path]) -> None:
    done, folder = strange
    labels = [
        label for _, label in rows(folder, "SELECT ?x ?label { ?x a stance:Actor ; skos:prefLabel ?label }")
    ]
    assert labels.count("Alpha") == labels.count("alpha") == 1
    assert "" not in labels
    assert any(
        "organization that differ only in case stay apart, as in DNA: Alpha, alpha" in n for n in done.notes
    )
    assert any(
        "concept that differ only in case stay apart, as in DNA: Peace, peace" in n for n in done.notes
    )


def test_parents_are_broader_without_circles(strange: tuple[dna.Conversion, Path]) -> None:
    done, folder = strange
    # 24 → 25 → 26 → 24 is a circle, 27 its own parent, 28's is nowhere, and 15 is the 11 that 13 is below
    assert rows(folder, "SELECT ?x ?above { ?x skos:broader ?above ; prov:wasDerivedFrom ?coding }") == [
        ("11", "12"),
        ("13", "11"),
        ("24", "25"),
        ("25", "26"),
    ]
    assert "2 links to a parent: it would close a circle" in done.left_out
    assert "1 link to a parent: the parent is no value of the same variable" in done.left_out


def test_an_undated_document_is_bounded_by_the_calendar(strange: tuple[dna.Conversion, Path]) -> None:
    done, folder = strange
    bounds = rows(
        folder, "SELECT ?d ?from ?to { ?d stance:issuedNotBefore ?from ; stance:issuedNotAfter ?to }"
    )
    assert bounds == [(number, "0001-01-01", "9999-12-31") for number in "345"]
    said = rows(folder, "SELECT ?s { ?s stance:saidNotBefore ?from ; stance:saidNotAfter ?to }")
    assert said == [("101",), ("102",), ("103",)]
    assert "1 date: it is no number of seconds" in done.left_out
    assert "1 date: it is outside the years 1 to 9999" in done.left_out


def test_a_document_keeps_what_the_file_says_of_it(strange: tuple[dna.Conversion, Path]) -> None:
    _, folder = strange
    found = rows(
        folder,
        """SELECT ?title ?outlet ?author ?section ?genre ?note ?length ?sha256 {
            ?d schema:genre ?genre ; dcterms:title ?title ; dcterms:publisher/skos:prefLabel ?outlet ;
            dcterms:creator ?author ; schema:articleSection ?section ; skos:note ?note ; stance:length ?length ;
            stance:sha256 ?sha256 }""",
    )
    digest = hashlib.sha256(("Ärger. " * 3).encode()).hexdigest()
    # the author is called as an actor of the coding, so it is that actor
    assert found == [("[document 6]", "The Times", "11", "Page 1", "news", "n", "21", digest)]
    titles = rows(
        folder, "SELECT ?title ?outlet { ?d dcterms:title ?title ; dcterms:publisher/skos:prefLabel ?outlet }"
    )
    assert ("[document 4]", "unidentified outlet") in titles
    assert ("[document 7]", "The TIMES") in titles


def test_values_of_another_kind_are_left_out_and_counted(strange: tuple[dna.Conversion, Path]) -> None:
    done, folder = strange
    assert "2 values: of 'rating', and no whole number" in done.left_out
    assert "1 value: of 'frame', and no entity of it" in done.left_out
    assert "1 value: of 'agreement', and no 0 or 1" in done.left_out
    assert any(line.startswith("2 polarities: agreement is neither 0 nor 1") for line in done.left_out)
    bare = rows(folder, "SELECT ?s { ?s stance:stanceOn ?x }")
    assert bare == [("120",), ("121",)]
    assert rows(
        folder,
        "SELECT ?label { ?s a stance:Statement ; ?v ?x . ?v rdfs:label 'frame' . ?x skos:prefLabel ?label }",
    ) == [("(empty)",)]


def test_a_text_that_is_not_unicode_is_mended_and_counted(coding: Coding, out: Path) -> None:
    with coding.opened() as connection:
        half = b"half \xed\xa0\xbd."  # a half of a surrogate pair, as some programs write it
        pair = b"\xed\xa0\xbd\xed\xb8\x80 whole"
        for number, raw in ((51, half), (52, pair), (53, b"\xffbyte")):
            connection.execute("INSERT INTO ENTITIES VALUES (?, 2, CAST(? AS TEXT), NULL)", (number, raw))
        connection.execute("INSERT INTO DOCUMENTS(ID, Text) VALUES (2, CAST(? AS TEXT))", (half + b" peace",))
    coding.statement(1, {ORGANIZATION: 51, CONCEPT: 21, AGREEMENT: 1}, document=2, span=(8, 13))
    done = dna.convert(coding.file, out, texts=True)
    labels = {label for (label,) in rows(out, "SELECT ?label { ?x a stance:Actor ; skos:prefLabel ?label }")}
    assert {"half \ufffd.", "\U0001f600 whole", "\ufffdbyte"} <= labels
    assert any(note.startswith("4 texts: not whole Unicode") for note in done.notes)
    assert statements.said(store.open(out))[0].quotes == ("peace",)
    assert (out / "texts" / "2.txt").read_text(encoding="utf-8") == "half \ufffd. peace"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({ORGANIZATION: 10, CONCEPT: 21}, "its organization is empty or missing"),
        ({CONCEPT: 21}, "its organization is empty or missing"),
        ({ORGANIZATION: 4711, CONCEPT: 21}, "its organization is empty or missing"),
        ({ORGANIZATION: 21, CONCEPT: 21}, "its organization is empty or missing"),
        ({ORGANIZATION: "x", CONCEPT: 21}, "its organization is empty or missing"),
        ({ORGANIZATION: 11, CONCEPT: 20}, "its concept is empty or missing"),
        ({ORGANIZATION: 11}, "its concept is empty or missing"),
        ({}, "its organization is empty or missing"),
    ],
)
def test_a_statement_without_actor_or_target_is_left_out_and_counted(
    small: Coding, out: Path, values: dict[int, Any], why: str
) -> None:
    small.add("ENTITIES", 10, ORGANIZATION, "", None)
    small.add("ENTITIES", 20, CONCEPT, "", None)
    small.statement(8, {**values, AGREEMENT: 1})
    done = dna.convert(small.file, out)
    assert done.statements == 3
    assert f"1 statement: {why}" in done.left_out
    assert not [row for row in rows(out, "SELECT ?s { ?s ?p ?o }") if row == ("8",)]


def test_actors_and_targets_without_statements_are_kept(coding: Coding, out: Path) -> None:
    done = dna.convert(coding.file, out)
    assert (done.statements, done.actors, done.targets) == (0, 2, 2)
    assert rows(out, "SELECT ?x { ?x a stance:Proposition ; skos:editorialNote ?why }") == [("21",), ("22",)]
    assert check(store.open(out)).findings == ()
    assert not (out / "statements").exists()


def test_the_scale_observed_is_declared_where_what_is_left_out_hides_it(small: Coding, out: Path) -> None:
    small.statement(8, {CONCEPT: 21, RATING: 9})
    done = dna.convert(small.file, out)
    scale = "SELECT ?low ?high { ?v rdfs:label 'rating' ; schema:minValue ?low ; schema:maxValue ?high }"
    assert rows(out, scale) == [("-2", "9")]
    assert any(note.startswith("rating has the scale -2 to 9") for note in done.notes)
    small.run("DELETE FROM STATEMENTS WHERE ID = 8")
    dna.convert(small.file, out.with_name("whole"))
    assert rows(out.with_name("whole"), scale) == []


def test_a_further_value_of_a_variable_is_left_out_and_counted(small: Coding, out: Path) -> None:
    small.run("INSERT INTO DATASHORTTEXT(StatementId, VariableId, Entity) VALUES (5, 3, 22), (5, 2, 12)")
    done = dna.convert(small.file, out)
    assert ("5", "Alpha", "supports", "peace", "2020-03-01") in rows(out, STANCES)
    assert len(rows(out, STANCES)) == 3
    assert [
        line for line in done.left_out if line.startswith("2 values: a statement has one for each variable")
    ]


def test_dates_in_milliseconds_are_recognised_and_days_are_of_utc(coding: Coding, out: Path) -> None:
    for number, date in ((2, DAY * 1000 + 86_399_999), (3, -1), (4, DAY - 1), (5, 0)):
        coding.document(number, "x", date=date)
    done = dna.convert(coding.file, out)
    assert rows(out, "SELECT ?d ?day { ?d dcterms:issued ?day }") == [
        ("1", "2020-03-01"),
        ("2", "2020-03-01"),
        ("3", "1969-12-31"),
        ("4", "2020-02-29"),
        ("5", "1970-01-01"),
    ]
    assert any(note.startswith("1 date: in milliseconds") for note in done.notes)


def test_what_hangs_on_nothing_is_left_out_and_counted(small: Coding, out: Path) -> None:
    small.statement(8, {ORGANIZATION: 11, CONCEPT: 21, AGREEMENT: 1}, document=99)
    small.statement(9, {ORGANIZATION: 11, CONCEPT: 21, AGREEMENT: 1}, document=None)
    small.statement(10, {}, statement_type=77)
    small.add("ENTITIES", 90, 66, "of nothing", None)
    small.add("ATTRIBUTEVALUES", 1, 11, 5, "no name")
    small.run(
        "INSERT INTO DATABOOLEAN(StatementId, VariableId, Value) VALUES (4711, 4, 1), (5, 3, 1), (5, NULL, 1)"
    )
    done = dna.convert(small.file, out)
    assert done.statements == 3
    assert set(done.left_out) == {
        "2 statements: its document is not in the file",
        "1 statement: of no statement type",
        "1 entity: of no variable",
        "1 attribute: of no entity, or without a name",
        "3 values: in DATABOOLEAN, of no statement or no boolean of its statement type",
        "1 row of DOCUMENTS: without what stands in Coder",
    }


def test_tables_and_columns_that_are_not_read_are_listed_where_they_hold_something(
    small: Coding, out: Path
) -> None:
    small.run(
        """ALTER TABLE ENTITIES ADD COLUMN Red integer; ALTER TABLE ENTITIES ADD COLUMN Green integer;
        CREATE TABLE REGEXES(Label text); INSERT INTO REGEXES VALUES ('peace'), ('war');
        CREATE TABLE "odd ""table" (x); INSERT INTO "odd ""table" VALUES (1); CREATE TABLE USERSETTINGS(x);
        CREATE TABLE STATEMENTLINKS(a, b); INSERT INTO STATEMENTLINKS VALUES (5, 6)"""
    )
    left_out = dna.convert(small.file, out).left_out
    assert "6 rows of ENTITIES: without what stands in Red, Green" in left_out
    assert "2 rows of REGEXES: the table has no place in the graph" in left_out
    assert '1 row of ODD "TABLE: the table has no place in the graph' in left_out
    assert "1 row of STATEMENTLINKS: links between statements have no counterpart here" in left_out
    assert not [line for line in left_out if "USERSETTINGS" in line or line.startswith("0 ")]


def test_another_statement_type_is_named_and_the_rest_is_counted(small: Coding, out: Path) -> None:
    small.add("STATEMENTTYPES", 2, "Annotation")
    small.run("INSERT INTO VARIABLES VALUES (50, 'note', 'short text', 2), (51, 'topic', 'short text', 2)")
    small.run("INSERT INTO ENTITIES VALUES (60, 50, 'A', NULL), (61, 51, 'B', NULL)")
    small.add("STATEMENTS", 70, 2, 1, 0, 5, 1)
    small.run("INSERT INTO DATASHORTTEXT(StatementId, VariableId, Entity) VALUES (70, 50, 60), (70, 51, 61)")
    usual = dna.convert(small.file, out)
    assert usual.statements == 3
    assert {
        "1 statement: of another statement type, 'Annotation'",
        "2 entities: of variables of another statement type",
    } <= set(usual.left_out)
    other = dna.convert(small.file, out.with_name("other"), statement_type="annotation")
    assert rows(out.with_name("other"), STANCES) == [("70", "A", "stanceOn", "B", "2020-03-01")]
    assert other.variables == 2
    assert "3 statements: of another statement type, 'DNA Statement'" in other.left_out


def test_speaker_and_target_are_chosen_by_name_and_case_is_forgiven(small: Coding, out: Path) -> None:
    done = dna.convert(small.file, out, actor="PERSON", target="organization", level="agreement")
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"actor": "orgnization"},
            "--actor 'orgnization': there is none such; there are: person, organization, concept, frame",
        ),
        ({"actor": "rating"}, "--actor rating: it is integer; choose a short text"),
        ({"target": "nothing"}, "--target 'nothing': there is none such; there are: person, "),
        ({"actor": "person", "target": "person"}, "cannot be both"),
        (
            {"level": "memo"},
            "--level 'memo': there is none such; there are: person, agreement, rating, frame",
        ),
        ({"level": "concept"}, "--level 'concept': there is none such"),
        (
            {"statement_type": "x"},
            "--statement-type 'x': there is none such; there are: DNA Statement: 3 statements",
        ),
        ({"base": "not an iri"}, "--base 'not an iri' is no IRI"),
        ({"base": ""}, "--base '' is no IRI"),
        ({"base": "https://w3id.org/stancegraph/id/"}, "is a namespace of others"),
        ({"base": "http://www.w3.org/ns/prov#"}, "is a namespace of others"),
    ],
)
def test_a_name_there_is_none_of_is_refused_and_nothing_is_written(
    small: Coding, out: Path, options: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError) as raised:
        dna.convert(small.file, out, **options)  # type: ignore[arg-type]
    assert message in str(raised.value)
    assert not out.exists()


def test_no_statement_type_or_none_with_variables_is_refused(tmp_path: Path, out: Path) -> None:
    empty = Coding(tmp_path / "empty.dna", {})
    with pytest.raises(UsageError, match="has no short text, so no speaker and no target"):
        dna.convert(empty.file, out)
    empty.run("DELETE FROM STATEMENTTYPES; INSERT INTO STATEMENTTYPES VALUES (3, 'A'), (4, 'B')")
    with pytest.raises(UsageError, match=r"no statement type stands out: .*A: 0 statements; B: 0 statements"):
        dna.convert(empty.file, out)
    empty.run("DELETE FROM STATEMENTTYPES")
    with pytest.raises(UsageError, match="no statement type stands out"):
        dna.convert(empty.file, out)
    one = Coding(tmp_path / "one.dna", {1: ("who", "short text"), 2: ("n", "integer"), 3: ("x", "drawing")})
    with pytest.raises(UsageError, match=r"choose two short texts .*\(who\)"):
        dna.convert(one.file, out)


def _as_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _as_another(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE x(y)")


DAMAGED: Final[dict[str, tuple[Callable[[Path], object], str]]] = {
    "missing": (lambda file: file.unlink(), "does not exist"),
    "a folder": (_as_folder, "is not a file"),
    "empty": (lambda file: file.write_bytes(b""), "is empty"),
    "text": (lambda file: file.write_text("ID,Title\n"), "is no SQLite database"),
    "zip": (lambda file: file.write_bytes(b"PK\x03\x04" + bytes(99)), "is no SQLite database"),
    "DNA 1": (
        lambda file: file.write_text("\n<?xml version='1.0'?><discourse/>"),
        "is XML, as DNA 1 wrote it",
    ),
    "cut short": (lambda file: file.write_bytes(file.read_bytes()[:9000]), "cut short or damaged"),
    "only a head": (lambda file: file.write_bytes(file.read_bytes()[:100]), "cut short or damaged"),
    "overwritten": (
        lambda file: file.write_bytes(file.read_bytes()[:4096] + bytes(file.stat().st_size - 4096)),
        "cut short or damaged",
    ),
    "another program's": (
        _as_another,
        "is not of DNA: it lacks STATEMENTTYPES, VARIABLES, DOCUMENTS, STATEMENTS …",
    ),
    "in use": (
        lambda file: file.with_name(file.name + "-wal").write_bytes(b"x"),
        r"is open in another program, or was left unfinished \(peace.dna-wal stands beside it\)",
    ),
    "left unfinished": (
        lambda file: file.with_name(file.name + "-journal").write_bytes(bytes.fromhex("d9d505f920a163d7")),
        "peace.dna-journal stands beside it",
    ),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_file_that_is_no_coding_of_dna_3_is_refused_and_nothing_is_written(
    small: Coding, out: Path, kind: str
) -> None:
    damage, message = DAMAGED[kind]
    damage(small.file)
    with pytest.raises(StanceError, match=message):
        dna.convert(small.file, out)
    assert {path.name for path in out.parent.iterdir()} <= {"peace.dna", "peace.dna-wal", "peace.dna-journal"}


def test_a_coding_of_dna_2_is_refused_and_what_it_lacks_is_said(small: Coding, out: Path) -> None:
    small.run("DROP TABLE ENTITIES; ALTER TABLE DATASHORTTEXT RENAME COLUMN Entity TO Value")
    with pytest.raises(
        StanceError, match=r"another version of DNA: it lacks ENTITIES, DATASHORTTEXT.Entity, which"
    ):
        dna.convert(small.file, out)


@pytest.mark.parametrize("number", [21, None, "x"])
def test_rows_without_a_number_of_their_own_are_refused(small: Coding, out: Path, number: Any) -> None:
    small.run(
        "ALTER TABLE ENTITIES RENAME TO OLD; CREATE TABLE ENTITIES AS SELECT * FROM OLD; DROP TABLE OLD"
    )
    small.add("ENTITIES", number, CONCEPT, "x", None)
    with pytest.raises(StanceError, match=r"1 row of ENTITIES without a number of its own \(ID\)"):
        dna.convert(small.file, out)
    assert not out.exists()


def test_columns_and_tables_that_older_files_lack_are_done_without(small: Coding, out: Path) -> None:
    small.run(
        """DROP TABLE ATTRIBUTEVALUES; DROP TABLE ATTRIBUTEVARIABLES; DROP TABLE SETTINGS; DROP TABLE CODERS;
        ALTER TABLE ENTITIES DROP COLUMN ChildOf; ALTER TABLE STATEMENTS DROP COLUMN Coder;
        ALTER TABLE DOCUMENTS DROP COLUMN Section; ALTER TABLE DOCUMENTS DROP COLUMN Author;
        ALTER TABLE DOCUMENTS DROP COLUMN Coder"""
    )
    done = dna.convert(small.file, out)
    assert (done.statements, done.left_out) == (3, ())
    assert rows(out, "SELECT DISTINCT ?label { ?s stance:coder/rdfs:label ?label }") == [("coder unknown",)]


def test_the_file_is_only_read(small: Coding, out: Path) -> None:
    os.utime(small.file, (1, 1))
    before = small.file.read_bytes()
    small.file.chmod(0o444)
    dna.convert(small.file, out)
    assert small.file.read_bytes() == before
    assert small.file.stat().st_mtime == 1
    assert sorted(path.name for path in small.file.parent.iterdir()) == ["graph", "peace.dna"]


def test_a_file_in_write_ahead_mode_that_was_closed_is_read_without_a_trace(small: Coding, out: Path) -> None:
    small.run("PRAGMA journal_mode = WAL; DELETE FROM STATEMENTS WHERE ID = 7")
    assert dna.convert(small.file, out).statements == 2
    assert sorted(path.name for path in small.file.parent.iterdir()) == ["graph", "peace.dna"]


def test_a_file_of_any_name_is_found(small: Coding, out: Path) -> None:
    strange = small.file.rename(small.file.with_name("a%20b?c#d=é;mode=rw.dna"))
    assert dna.convert(strange, out).statements == 3
    assert rows(out, "SELECT ?title { ?x a prov:Entity ; dcterms:title ?title }") == [
        ("a%20b?c#d=é;mode=rw.dna",)
    ]
    assert rows(out, "SELECT ?x { ?x a prov:Entity }") == [("database",)]


def test_the_same_file_gives_the_same_bytes_as_turtle_writes_them(small: Coding, out: Path) -> None:
    again = out.with_name("again")
    dna.convert(small.file, out, texts=True)
    dna.convert(small.file, again, texts=True)
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
    with coding.opened() as connection:
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


def test_names_begin_with_a_base_and_are_found_by_name_number_and_iri(small: Coding, out: Path) -> None:
    done = dna.convert(small.file, out, base="https://example.org/peace")
    assert not [note for note in done.notes if "nobody's" in note]
    index = names.index(store.open(out), "actor")
    alpha = "https://example.org/peace/entity/11"
    assert {index.resolve(text, "actor").iri for text in ("Alpha", "alpha", "11", alpha)} == {alpha}
    default = dna.convert(small.file, out.with_name("default"))
    mine = "https://dna.invalid/peace/entity/11"
    assert names.index(store.open(out.with_name("default")), "actor").resolve(mine, "actor").iri == mine
    assert any("https://dna.invalid/peace/" in note and "--base" in note for note in default.notes)


@pytest.mark.parametrize("base", ["urn:example:peace:", "https://example.org/x#", "tag:example.org,2020:x/"])
def test_any_kind_of_base_keeps_the_rules(small: Coding, out: Path, base: str) -> None:
    dna.convert(small.file, out, base=base)
    assert rows(
        out, f"SELECT ?x {{ ?x a stance:Statement FILTER(STRSTARTS(STR(?x), '{base}statement/')) }}"
    ) == [
        ("5",),
        ("6",),
        ("7",),
    ]


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


def test_a_folder_that_holds_something_is_refused_and_left_as_it_is(small: Coding, out: Path) -> None:
    out.mkdir()
    dna.convert(small.file, out)
    before = {file: file.read_bytes() for file in out.rglob("*.ttl")}
    assert before
    with pytest.raises(UsageError, match="exists and is not an empty folder"):
        dna.convert(small.file, out)
    assert {file: file.read_bytes() for file in out.rglob("*.ttl")} == before
    with pytest.raises(UsageError, match="is not an empty folder"):
        dna.convert(small.file, small.file)
    with pytest.raises(StanceError, match="cannot be written"):
        dna.convert(small.file, small.file / "below")
    with pytest.raises(UsageError, match="names no folder"):
        dna.convert(small.file, "")


def test_nothing_stays_where_the_folder_cannot_be_written_whole(
    small: Coding, out: Path, shell: Shell
) -> None:
    """In a process of its own that may write no file longer than a block."""
    limited = 'ulimit -f 1 && exec python -m stancegraph import dna "$0" -o "$1"'
    for number in range(2, 40):
        small.document(number, f"text {number}")
    done = shell("bash", "-c", limited, small.file, out)
    assert done.returncode == 3
    assert "cannot be written: File too large" in done.stderr
    assert [path.name for path in out.parent.iterdir()] == ["peace.dna"]


def test_nothing_stays_where_the_file_turns_out_to_be_damaged(small: Coding, out: Path) -> None:
    for number in range(2, 60):
        small.document(number, f"text {number} " * 300)
    with closing(sqlite3.connect(small.file)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    raw = bytearray(small.file.read_bytes())
    at = raw.rfind(b"text 30 text 30") // size * size
    raw[at : at + size] = b"\xff" * size
    small.file.write_bytes(raw)
    with pytest.raises(StanceError, match="may be cut short or damaged"):
        dna.convert(small.file, out)
    assert [path.name for path in out.parent.iterdir()] == ["peace.dna"]


def test_a_whole_coding_gives_the_stances_that_its_database_has(dna_sample: Path | None, out: Path) -> None:
    if dna_sample is None:
        return  # the run's last lines say that nothing was verified
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
