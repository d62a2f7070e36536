"""What is odd or broken in a coding: it comes through, or is left out and counted, and breaks no rule."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from coding import AGREEMENT, CONCEPT, DAY, FRAME, ORGANIZATION, RATING, STANCES, Coding, rows
from stancegraph import statements, store
from stancegraph.exchange import dna
from stancegraph.validation import check


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
    with coding.connect() as connection:
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
    small_coding: Coding, out: Path, values: dict[int, Any], why: str
) -> None:
    small_coding.add("ENTITIES", 10, ORGANIZATION, "", None)
    small_coding.add("ENTITIES", 20, CONCEPT, "", None)
    small_coding.statement(8, {**values, AGREEMENT: 1})
    done = dna.convert(small_coding.file, out)
    assert done.statements == 3
    assert f"1 statement: {why}" in done.left_out
    assert not [row for row in rows(out, "SELECT ?s { ?s ?p ?o }") if row == ("8",)]


def test_actors_and_targets_without_statements_are_kept(coding: Coding, out: Path) -> None:
    done = dna.convert(coding.file, out)
    assert (done.statements, done.actors, done.targets) == (0, 2, 2)
    assert rows(out, "SELECT ?x { ?x a stance:Proposition ; skos:editorialNote ?why }") == [("21",), ("22",)]
    assert check(store.open(out)).findings == ()
    assert not (out / "statements").exists()


def test_the_scale_observed_is_declared_where_what_is_left_out_hides_it(
    small_coding: Coding, out: Path
) -> None:
    small_coding.statement(8, {CONCEPT: 21, RATING: 9})
    done = dna.convert(small_coding.file, out)
    scale = "SELECT ?low ?high { ?v rdfs:label 'rating' ; schema:minValue ?low ; schema:maxValue ?high }"
    assert rows(out, scale) == [("-2", "9")]
    assert any(note.startswith("rating has the scale -2 to 9") for note in done.notes)
    small_coding.run("DELETE FROM STATEMENTS WHERE ID = 8")
    dna.convert(small_coding.file, out.with_name("whole"))
    assert rows(out.with_name("whole"), scale) == []


def test_a_further_value_of_a_variable_is_left_out_and_counted(small_coding: Coding, out: Path) -> None:
    small_coding.run(
        "INSERT INTO DATASHORTTEXT(StatementId, VariableId, Entity) VALUES (5, 3, 22), (5, 2, 12)"
    )
    done = dna.convert(small_coding.file, out)
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


def test_what_hangs_on_nothing_is_left_out_and_counted(small_coding: Coding, out: Path) -> None:
    small_coding.statement(8, {ORGANIZATION: 11, CONCEPT: 21, AGREEMENT: 1}, document=99)
    small_coding.statement(9, {ORGANIZATION: 11, CONCEPT: 21, AGREEMENT: 1}, document=None)
    small_coding.statement(10, {}, statement_type=77)
    small_coding.add("ENTITIES", 90, 66, "of nothing", None)
    small_coding.add("ATTRIBUTEVALUES", 1, 11, 5, "no name")
    small_coding.run(
        "INSERT INTO DATABOOLEAN(StatementId, VariableId, Value) VALUES (4711, 4, 1), (5, 3, 1), (5, NULL, 1)"
    )
    done = dna.convert(small_coding.file, out)
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
    small_coding: Coding, out: Path
) -> None:
    small_coding.run(
        """ALTER TABLE ENTITIES ADD COLUMN Red integer; ALTER TABLE ENTITIES ADD COLUMN Green integer;
        CREATE TABLE REGEXES(Label text); INSERT INTO REGEXES VALUES ('peace'), ('war');
        CREATE TABLE "odd ""table" (x); INSERT INTO "odd ""table" VALUES (1); CREATE TABLE USERSETTINGS(x);
        CREATE TABLE STATEMENTLINKS(a, b); INSERT INTO STATEMENTLINKS VALUES (5, 6)"""
    )
    left_out = dna.convert(small_coding.file, out).left_out
    assert "6 rows of ENTITIES: without what stands in Red, Green" in left_out
    assert "2 rows of REGEXES: the table has no place in the graph" in left_out
    assert '1 row of ODD "TABLE: the table has no place in the graph' in left_out
    assert "1 row of STATEMENTLINKS: links between statements have no counterpart here" in left_out
    assert not [line for line in left_out if "USERSETTINGS" in line or line.startswith("0 ")]


def test_another_statement_type_is_named_and_the_rest_is_counted(small_coding: Coding, out: Path) -> None:
    small_coding.add("STATEMENTTYPES", 2, "Annotation")
    small_coding.run(
        "INSERT INTO VARIABLES VALUES (50, 'note', 'short text', 2), (51, 'topic', 'short text', 2)"
    )
    small_coding.run("INSERT INTO ENTITIES VALUES (60, 50, 'A', NULL), (61, 51, 'B', NULL)")
    small_coding.add("STATEMENTS", 70, 2, 1, 0, 5, 1)
    small_coding.run(
        "INSERT INTO DATASHORTTEXT(StatementId, VariableId, Entity) VALUES (70, 50, 60), (70, 51, 61)"
    )
    usual = dna.convert(small_coding.file, out)
    assert usual.statements == 3
    assert {
        "1 statement: of another statement type, 'Annotation'",
        "2 entities: of variables of another statement type",
    } <= set(usual.left_out)
    other = dna.convert(small_coding.file, out.with_name("other"), statement_type="annotation")
    assert rows(out.with_name("other"), STANCES) == [("70", "A", "stanceOn", "B", "2020-03-01")]
    assert other.variables == 2
    assert "3 statements: of another statement type, 'DNA Statement'" in other.left_out
