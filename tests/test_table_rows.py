"""Rows of the flat table: their order, their columns, the days that bound them, and anybody's own rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from february import Graph, says, slug
from stancegraph import centrality, network, statements, store, table
from stancegraph.errors import UsageError
from stancegraph.table import Column, Scale, Table

EVERY_DAY = (date.min.toordinal(), date.max.toordinal())


def told(rows: Table) -> list[str]:
    return [slug(iri) for iri in rows.statement.to_list()]


def reported(name: str, statement: str, document: str, *starts: int) -> str:
    """A report of a statement whose passages begin there."""
    passages = "".join(
        f" ; stance:passage [ oa:hasSelector [ oa:start {start} ; oa:end {start + 1} ] ]" for start in starts
    )
    return (
        f":{name} a stance:Report ; stance:reports :{statement} ; stance:document :{document}{passages} .\n"
    )


def article(slug: str, issued: str) -> str:
    return f':{slug} a schema:NewsArticle ; dcterms:title "{slug.title()}"@en ; dcterms:issued "{issued}" .\n'


def test_rows_are_ordered_by_day_document_place_statement_speaker_and_target(graph: Graph) -> None:
    own = graph(
        article("herald", "2020-03-02"),
        article("mirror", "2020-03-02"),
        says("m", "bo ada", "5", "+dam -bridge"),
        says("b", "ada", "5", "+dam"),
        says("a", "ada", "5", "+dam"),
        says("c", "ada", "5", "+dam"),
        says("d", "ada", "5", "+dam"),
        says("z", "ada", "4", "+dam"),
        says("early", "ada", "5", "+dam"),
        reported("1", "m", "mirror", 3),
        reported("2", "b", "herald", 70, 7),
        reported("3", "a", "herald", 9),
        reported("4", "d", "herald", 8),
        reported("5", "c", "herald", 8),
    )
    rows = table.stances(own)
    assert told(rows) == ["z", "early", "b", "c", "d", "a", "m", "m", "m", "m"]
    assert [(row.actor.label, slug(row.target.iri), row.level) for row in rows][-4:] == [
        ("Ada", "bridge", -1),
        ("Ada", "dam", 1),
        ("Bo", "bridge", -1),
        ("Bo", "dam", 1),
    ]
    documents = [document.label for document in rows.document.to_list()]
    assert documents == ["(no document)"] * 2 + ["Herald"] * 4 + ["Mirror"] * 4


def test_rows_of_one_day_that_nothing_reports_are_ordered_by_statement_whatever_else_is_reported(
    graph: Graph,
) -> None:
    said = [says(each, "ada", "4", "+bridge") for each in "abcd"]
    own = graph(*said, reported("r1", "b", "gazette", 50), reported("r2", "d", "gazette", 10))
    assert told(table.stances(own)) == ["a", "c", "d", "b"]


def test_a_place_whose_end_nothing_tells_orders_rows_of_a_file_as_of_a_database(
    graph: Graph, tmp_path: Path
) -> None:
    own = graph(
        article("herald", "2020-03-02"),
        says("a", "ada", "5", "+dam"),
        says("b", "ada", "5", "+dam"),
        reported("1", "a", "herald", 9),
        reported("2", "b", "herald", 7).replace(" ; oa:end 8", ""),
        reported("3", "a", "herald", 11).replace(" ; oa:end 12", ""),
    )
    store.load(own.inputs, tmp_path / "database")
    for each in (own, store.open(tmp_path / "database")):
        assert told(table.stances(each)) == ["b", "a"]
        first = statements.by_iri(each, [table.stances(each).statement.to_list()[0]])
        assert [report.passages for each in first.values() for report in each.reports] == [()]


def test_a_row_stands_in_the_document_issued_first_at_its_earliest_place(graph: Graph) -> None:
    own = graph(
        article("herald", "2020-03-03"),
        article("mirror", "2020-03-02/2020-03-09"),
        article("times", "2020-03-02"),
        says("both", "ada", "5", "+dam"),
        says("other", "bo", "5", "+dam"),
        reported("1", "both", "herald", 1),
        reported("2", "both", "mirror", 40),
        reported("3", "both", "mirror", 20),
        reported("4", "both", "times", 60),
        reported("5", "other", "mirror", 30),
    )
    rows = table.stances(own)
    assert told(rows) == ["both", "other"]
    assert [document.label for document in rows.document.to_list()] == ["Mirror", "Mirror"]
    of_first = slice(rows.reports.start[0], rows.reports.start[1])
    inside = [rows.document.values[code].label for code in rows.reports.documents[of_first]]
    assert inside == ["Mirror", "Times", "Herald"]
    assert rows.reports.positions[of_first].tolist() == [20, 60, 1]
    left = rows.without_document([document.label for document in rows.document.values].index("Mirror"))
    assert [
        (row.actor.label, document.label) for row, document in zip(left, left.document.to_list(), strict=True)
    ] == [("Ada", "Times")]
    assert left.reports.positions.tolist() == [60, 1]


def test_only_reports_in_the_documents_asked_for_count(graph: Graph) -> None:
    reported = "".join(
        f':{paper} a schema:NewsArticle ; dcterms:title "{paper.title()}"@en ; dcterms:issued "2020-03-0{day}" .\n'
        f":in-{paper} a stance:Report ; stance:reports :own ; stance:document :{paper} .\n"
        for day, paper in enumerate(("herald", "mirror", "times"), 1)
    )
    own = graph(says("own", "ada", "4", "+bridge"), reported)
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"document": "mirror"}, ["Mirror"]),
        ({"document": ["times", "mirror"]}, ["Mirror", "Times"]),
        ({"not_document": "herald"}, ["Mirror", "Times"]),
        ({"document": ["times", "herald"], "not_document": "herald"}, ["Times"]),
    ]
    for filters, expected in cases:
        rows = table.stances(own, **filters)
        assert [document.label for document in rows.document.to_list()] == expected[:1]
        counted = [rows.document.values[code].label for code in rows.reports.documents.tolist()]
        assert counted == expected


def test_a_report_without_a_place_stands_at_the_beginning_of_its_document(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "5", "+dam"),
        says("b", "bo", "5", "+dam"),
        reported("1", "a", "gazette"),
        reported("2", "b", "gazette", 0),
    )
    assert told(table.stances(own)) == ["a", "b"]


def test_a_statement_that_nobody_says_makes_no_row(graph: Graph) -> None:
    own = graph(":x a stance:Statement ; stance:supports :dam .", says("a", "ada", "5", "+dam"))
    assert told(table.stances(own)) == ["a"]
    assert told(table.stances(own, as_="organisation")) == ["a"]


def test_rows_left_keep_their_days_when_others_are_left_out(graph: Graph) -> None:
    own = graph(*(says(f"s{i}", "ada" if i % 2 else "bo", str(i), "+dam") for i in range(1, 9)))
    for left_out, days in (("Ada", [2, 4, 6, 8]), ("Bo", [1, 3, 5, 7])):
        rows = table.stances(own, not_actor=left_out)
        assert [date.fromordinal(day).day for day in rows.earliest.tolist()] == days
        assert rows.latest.tolist() == rows.earliest.tolist()


def test_columns_tell_what_is_coded_of_each_row(graph: Graph) -> None:
    own = graph(
        says(
            "a", "ada bo", "5", "+dam", "stance:medium <https://w3id.org/stancegraph/id/medium/interview> ;"
        ),
        says("b", "cy", "6", "-dam").replace("1.0", "0.6").replace("basis:said", "basis:implied"),
        says("c", "di", "7", "0dam").replace("stance:act act:assert ;", ""),
        ':in-gazette stance:reports :b ; stance:document :gazette ; stance:quote "no" .',
    )
    rows = table.stances(own)
    assert told(rows) == ["a", "a", "b", "c"]
    assert rows.act.to_list() == ["assert", "assert", "assert", None]
    assert rows.medium.to_list() == ["interview", "interview", None, None]
    assert rows.basis.to_list() == ["said", "said", "implied", "said"]
    assert rows.quoted.tolist() == [False, False, True, False]
    assert rows.joint.tolist() == [True, True, False, False]
    assert rows.confidence.tolist() == [1, 1, 0.6, 1]
    assert rows.level.tolist() == [1, 1, -1, 0]
    assert told(rows.without_neutral()) == ["a", "a", "b"]
    assert {slug(iri): record.gist for iri, record in rows[2:].records().items()} == {
        "b": "Gist of b.",
        "c": "Gist of c.",
    }
    assert len(rows[rows.joint]) == 2
    assert rows.filters is not None
    assert rows.store is own


def test_days_that_are_none_count_as_none_and_are_told(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "", "+dam", 'stance:saidOn "some day in the long winter of the many floods" ;'),
        says("b", "bo", "", "+dam", 'stance:saidNotBefore "2020-02-05" ;'),
        says("c", "cy", "", "+dam", 'stance:saidNotAfter "2020-02-06" ;'),
        says("d", "di", "", "+dam"),
        ':nobody stance:saidOn "never" .',
    )
    rows = table.stances(own)
    known = {
        slug(s): (first, last)
        for s, first, last in zip(
            rows.statement.to_list(), rows.earliest.tolist(), rows.latest.tolist(), strict=True
        )
    }
    assert known == {
        "a": EVERY_DAY,
        "b": (date(2020, 2, 5).toordinal(), EVERY_DAY[1]),
        "c": (EVERY_DAY[0], date(2020, 2, 6).toordinal()),
        "d": EVERY_DAY,
    }
    (note,) = rows.notes
    assert note == (
        "https://example.org/id/a: stance:saidOn 'some day in the long winter of the many ' is not a day, "
        "and counts as none"
    )


@pytest.mark.parametrize(
    ("per", "kept", "left_out"),
    [
        ("week", "4..10", "4..11"),
        ("month", "02-01..03-02", "02-01..03-03"),
        ("year", "01-01..12-31", "01-01..12-32"),
    ],
)
def test_a_span_as_long_as_the_period_counts_and_a_longer_one_is_left_out(
    graph: Graph, per: str, kept: str, left_out: str
) -> None:
    """4 to 10 February are 7 days; 1 February to 2 March 2020 are 31; 2020 has 366, and 2021 begins the day after."""
    longer = says("b", "bo", left_out, "+dam").replace("2020-12-32", "2021-01-01")
    rows = table.stances(graph(says("a", "ada", kept, "+dam"), longer)).deduplicate(per)
    assert told(rows) == ["a"]
    assert rows.notes == (f"1 row left out: the day is bounded more loosely than a {per}",)


def test_rows_left_out_of_a_period_are_counted(graph: Graph) -> None:
    parts = [says(name, "ada", "1..20", "+dam") for name in "abc"]
    rows = table.stances(graph(*parts, says("d", "bo", "3", "+dam"), says("e", "bo", "4", "+dam")))
    assert rows.deduplicate("week").notes == ("3 rows left out: the day is bounded more loosely than a week",)
    assert told(rows.deduplicate("month")) == ["a", "d"]
    assert rows.deduplicate("month").notes == ()


def test_where_every_row_is_left_out_of_a_period_none_is_equal(graph: Graph) -> None:
    rows = table.stances(graph(says("a", "ada", "1..20", "+dam"))).deduplicate("week")
    assert len(rows) == 0
    assert rows.notes == ("1 row left out: the day is bounded more loosely than a week",)


def test_more_combinations_than_63_bits_number_are_told_apart() -> None:
    """2^17 actors, targets, documents and levels make 2^68: the last row differs from the first by 2^13 levels."""
    number = 1 << 17
    names = [f"{i:06}" for i in range(number)] + ["000000"]
    levels = [*map(float, range(number)), float(1 << 13)]
    rows = table.of(names, names, levels, documents=names, scale=Scale("r", "scaled"))
    assert len(rows.deduplicate()) == number + 1
    assert len(rows.deduplicate(levels=False)) == number


def test_rows_of_other_actors_in_other_documents_are_not_equal() -> None:
    rows = table.of(list("abcdabcdabcd"), ["x"] * 12, [1] * 12, documents=list("ppppqqqqrrrr"))
    assert len(rows.deduplicate()) == 12
    assert len(rows.deduplicate("ever")) == 4


def test_a_repeat_that_no_report_is_known_of_counts_in_every_network(graph: Graph) -> None:
    """Twice in one document and twice without a report: three, as the documents that weigh the stance network."""
    own = graph(
        article("herald", "2020-03-02"),
        *(says(name, "ada bo", "3", "+dam") for name in "abcd"),
        *(reported(f"r{name}", name, "herald") for name in "ab"),
    )
    assert told(table.stances(own, actor="Ada").deduplicate()) == ["c", "d", "a"]
    (place,) = (each for each in centrality.rank(own, "out-strength") if each["actor"] == "Ada")
    assert place["score"] == 3
    ties = network.agreement(own, normalisation="none", isolates=False)
    assert [data["weight"] for *_, data in ties.edges.data()] == [9]


def test_equal_rows_are_of_one_actor_target_and_level_unless_levels_do_not_count() -> None:
    rows = table.of(
        ["a", "a", "a", "b", "a", "a"],
        ["x", "x", "y", "x", "x", "x"],
        [1, -1, 1, 1, 1, -1],
        days=["2020-02-01", "2020-02-02", "2020-02-03", "2020-02-04", "2020-02-05", "2020-02-06"],
        documents=["p", "p", "p", "p", "q", "p"],
    )
    assert told(rows.deduplicate()) == ["row 1", "row 2", "row 3", "row 4", "row 5"]
    assert told(rows.deduplicate("ever")) == ["row 1", "row 2", "row 3", "row 4"]
    assert told(rows.deduplicate(levels=False)) == ["row 1", "row 3", "row 4", "row 5"]
    assert told(rows.deduplicate("ever", levels=False)) == ["row 1", "row 3", "row 4"]
    assert told(rows.deduplicate("include")) == [f"row {i}" for i in range(1, 7)]
    for per in table.DUPLICATES:
        assert len(rows[:0].deduplicate(per)) == 0
    assert rows.deduplicate().notes == rows.deduplicate("ever").notes == ()
    with pytest.raises(UsageError) as caught:
        rows.deduplicate("day")
    assert str(caught.value) == (
        "--duplicates 'day': choose one of include, document, week, month, year, ever"
    )


def test_few_statements_are_counted_among_the_rows_left_and_each_once(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "1", "+dam +bridge"),
        says("b", "bo", "2", "+dam"),
        says("c", "bo", "3", "-dam"),
        says("d", "cy", "4", "+dam"),
        says("e", "cy", "5", "+bridge"),
    )
    assert told(table.stances(own, min_count=2)) == ["b", "c", "d", "e"]
    assert told(table.stances(own, min_count=2, target="dam")) == ["b", "c"]
    assert told(table.stances(own, min_count=1, target="bridge")) == ["a", "e"]


def test_a_speaker_counts_as_the_organisation_of_its_role_or_spoken_for(graph: Graph) -> None:
    own = graph(
        ":mayor a org:Membership ; org:member :ada ; org:organization :council .",
        ":clerk a org:Membership ; org:member :bo ; org:organization :council .",
        says("a", "ada bo", "1", "+dam", "stance:inRole :mayor ;"),
        says("b", "cy di", "2", "+dam", "stance:onBehalfOf :council ;"),
        says("c", "cy", "3", "+dam"),
        says("d", "ada bo", "4", "+dam", "stance:inRole :mayor , :clerk ;"),
    )
    rows = table.stances(own, as_="organisation")
    assert [(slug(row.statement), row.actor.label) for row in rows] == [
        ("a", "Bo"),
        ("a", "Council"),
        ("b", "Council"),
        ("c", "Cy"),
        ("d", "Council"),
    ]
    assert [row.actor.label for row in table.stances(own)] == ["Ada", "Bo", "Cy", "Di", "Cy", "Ada", "Bo"]


def test_labels_without_a_language_are_labels(graph: Graph) -> None:
    own = graph(
        ':eve a stance:Actor ; skos:prefLabel "Eve Adams" ; stance:actorKind kind:politician .',
        ':toll a stance:Proposition ; skos:prefLabel "The toll should fall." .',
        says("a", "eve", "1", "+toll"),
        says("b", "ada", "2", "+toll"),
    )
    for chosen in ({}, {"until": "2020-02-01"}):
        first = next(iter(table.stances(own, **chosen)))  # type: ignore[arg-type]
        assert (first.actor.label, first.target.label) == ("Eve Adams", "The toll should fall.")
        said = statements.said(own, **chosen)[0]  # type: ignore[arg-type]
        assert [speaker.label for speaker in said.speakers] == ["Eve Adams"]


def test_rows_of_ones_own_are_said_surely_each_in_a_document_of_its_own() -> None:
    rows = table.of(["b", "a"], ["x", 7], [1, -1])
    assert [(row.actor, row.target, row.level, row.statement) for row in rows] == [
        (("b", "b"), ("x", "x"), 1, "row 1"),
        (("a", "a"), ("7", "7"), -1, "row 2"),
    ]
    assert [tuple(document) for document in rows.document.to_list()] == [
        ("document 1",) * 2,
        ("document 2",) * 2,
    ]
    assert len(rows.document.values) == 2
    assert list(zip(rows.earliest.tolist(), rows.latest.tolist(), strict=True)) == [EVERY_DAY] * 2
    assert (rows.act.to_list(), rows.medium.to_list()) == ([None, None], [None, None])
    assert rows.basis.to_list() == ["said", "said"]
    assert (rows.quoted.tolist(), rows.joint.tolist()) == ([False, False], [False, False])
    assert rows.confidence.tolist() == [1, 1]
    assert rows.records() == {}
    assert (rows.store, rows.filters, rows.notes) == (None, None, ())


def test_columns_have_the_types_they_promise(graph: Graph) -> None:
    stored = table.stances(graph(says("a", "ada", "5", "+dam"), says("b", "bo", "", "-dam")))
    own = (table.of(["a"], ["x"], [1]), table.of(["a"], ["x"], [1], days=["2020-02-01"], documents=["p"]))
    for rows in (stored, *own):
        codes: list[Column[Any]] = [
            rows.actor,
            rows.target,
            rows.statement,
            rows.document,
            rows.act,
            rows.basis,
        ]
        narrow = [*(column.codes for column in codes), rows.earliest, rows.latest, rows.reports.documents]
        assert {str(column.dtype) for column in narrow} == {"int32"}
        assert {str(column.dtype) for column in (rows.reports.start, rows.reports.positions)} == {"int64"}
        assert {str(column.dtype) for column in (rows.level, rows.confidence)} == {"float64"}
        assert {str(column.dtype) for column in (rows.quoted, rows.joint)} == {"bool"}


def test_rows_of_ones_own_are_ordered_by_day_and_then_as_given() -> None:
    rows = table.of(
        ["a", "b", "c", "d"],
        ["x"] * 4,
        [1] * 4,
        days=["2020-02-03", date(2020, 2, 1), "2020-02-03", "2020-02-01"],
        documents=["q", "p", "p", "p"],
    )
    assert [row.actor.label for row in rows] == ["b", "d", "a", "c"]
    assert [document.label for document in rows.document.to_list()] == ["p", "p", "q", "p"]
    assert rows.earliest.tolist() == rows.latest.tolist()
    left = rows.without_document([document.label for document in rows.document.values].index("p"))
    assert [row.actor.label for row in left] == ["a"]
    left = rows.without_document([document.label for document in rows.document.values].index("q"))
    assert [row.actor.label for row in left] == ["b", "d", "c"]
    assert rows[2:].actor.present().tolist() == [0, 2]


@pytest.mark.parametrize(
    ("per", "days", "first"),
    [
        (
            "month",
            ["2020-01-31", "2020-02-01", "2020-02-29", "2020-03-01", "2020-03-31", "2020-04-01"],
            [0, 1, 3, 5],
        ),
        (
            "year",
            ["2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01", "2021-12-31", "2022-01-01"],
            [0, 1, 3, 5],
        ),
        (
            "week",
            ["2020-02-02", "2020-02-03", "2020-02-09", "2020-02-10", "2020-02-16", "2020-02-17"],
            [0, 1, 3, 5],
        ),
    ],
)
def test_months_and_years_begin_with_their_first_and_weeks_with_monday(
    per: str, days: list[str], first: list[int]
) -> None:
    rows = table.of(["a"] * 6, ["x"] * 6, [1] * 6, days=days)
    assert told(rows.deduplicate(per)) == [f"row {i + 1}" for i in first]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"actors": ["a"]}, "1 actors for 2 levels: give one for each row"),
        ({"targets": ["x"] * 3}, "3 targets for 2 levels: give one for each row"),
        ({"days": []}, "0 days for 2 levels: give one for each row"),
        ({"documents": ["p"]}, "1 documents for 2 levels: give one for each row"),
        (
            {"levels": [1, 2]},
            "level 2 in row 2 is not on the scale of polarity, which runs from -1 to 1: mend the row",
        ),
        (
            {"levels": [-1.5, 1]},
            "level -1.5 in row 1 is not on the scale of polarity, which runs from -1 to 1: mend the row",
        ),
        (
            {"levels": [1, float("nan")], "scale": Scale("r", "scaled")},
            "level nan in row 2 is not on the scale of r: mend the row",
        ),
        (
            {"levels": [float("inf"), 1], "scale": Scale("r", "scaled", low=0.0)},
            "level inf in row 1 is not on the scale of r: mend the row",
        ),
    ],
)
def test_rows_of_ones_own_that_do_not_fit_are_refused_with_their_place(
    columns: dict[str, Any], message: str
) -> None:
    given: dict[str, Any] = {"actors": ["a", "b"], "targets": ["x", "x"], "levels": [1, -1]} | columns
    with pytest.raises(UsageError) as caught:
        table.of(**given)
    assert str(caught.value) == message


def test_notes_are_added_and_empty_ones_are_not() -> None:
    rows = table.of(["a"], ["x"], [1]).with_notes("one", "").with_notes("", "two")
    assert rows.notes == ("one", "two")
