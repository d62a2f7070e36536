"""The flat table: its rows and order, its filters row by row, which of equal rows count, and windows in time."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from stancegraph import network, statements, store, table
from stancegraph.errors import UsageError
from stancegraph.store import Store
from stancegraph.table import Table

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
EX = "https://example.org/id/"
PREFIXES = """
@prefix stance: <https://w3id.org/stancegraph/ns#> . @prefix org: <http://www.w3.org/ns/org#> .
@prefix kind: <https://w3id.org/stancegraph/id/kind/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix basis: <https://w3id.org/stancegraph/id/basis/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix ex: <https://example.org/id/> .
"""


def named(rows: Table) -> list[tuple[str, str, float | str]]:
    return [(row.actor.label, row.target.iri.removeprefix(EX), row.level) for row in rows]


def test_the_table_has_a_row_for_each_statement_speaker_and_target_oldest_first(five: Store) -> None:
    rows = table.stances(five)
    assert [(row.statement.removeprefix(EX), row.target.iri.removeprefix(EX), row.level) for row in rows] == [
        ("alpha-once", "first", 1),
        ("alpha-again", "first", 1),
        ("alpha-denies", "second", -1),
        ("beta-once", "first", 1),
        ("beta-later", "second", 1),
        ("gamma-denies", "first", -1),
        ("gamma-waits", "second", 0),
        ("delta-accuses", "alpha", -1),
        ("delta-accuses", "echo", 1),
    ]


def test_columns_tell_day_document_act_quotation_and_confidence(five: Store) -> None:
    rows = table.stances(five, actor="Beta")
    assert [date.fromordinal(int(d)).isoformat() for d in rows.earliest] == ["2024-12-03", "2025-03-01"]
    assert [date.fromordinal(int(d)).isoformat() for d in rows.latest] == ["2024-12-03", "2025-03-09"]
    assert [document.label for document in rows.document.to_list()] == ["Document one", "Document two"]
    assert rows.act.to_list() == ["assert", "urge"]
    assert rows.quoted.tolist() == [True, False]
    assert rows.confidence.tolist() == [1, 1]


def test_filters_on_speaker_and_target_choose_rows_of_a_joint_statement(tmp_path: Path) -> None:
    joint = store.open(
        graph(
            tmp_path,
            """ex:s a stance:Statement ; stance:speaker ex:a, ex:b ; stance:supports ex:p ; stance:opposes ex:q ;
                stance:saidOn "2025-03-01"^^xsd:date ; stance:basis basis:said ; stance:confidence 1.0 .""",
        )
    )
    assert named(table.stances(joint, not_actor="A")) == [("B", "p", 1), ("B", "q", -1)]
    assert named(table.stances(joint, actor="A", supports="p is so")) == [("A", "p", 1)]
    assert named(table.stances(joint, actor="A", not_target="p is so")) == [("A", "q", -1)]
    assert named(table.stances(joint, actor="B", supports="p is so", opposes="q is so")) == [
        ("B", "p", 1),
        ("B", "q", -1),
    ]
    assert len(table.stances(joint, joint=True)) == 4
    assert len(table.stances(joint, joint=False)) == 0
    assert [s.iri for s in statements.said(joint, joint=True)] == [EX + "s"]


def test_a_speaker_with_few_statements_can_be_left_out(five: Store) -> None:
    assert {row.actor.label for row in table.stances(five, min_count=2)} == {"Alpha", "Beta", "Gamma"}
    assert {s.speakers[0].label for s in statements.said(five, min_count=3)} == {"Alpha"}
    with pytest.raises(UsageError, match="min-count"):
        table.stances(five, min_count=0)


def test_of_equal_rows_the_first_counts_in_each_document_and_period(five: Store) -> None:
    rows = table.stances(five, actor="Alpha")
    assert [len(rows.deduplicate(per)) for per in ("include", "document", "ever")] == [3, 2, 2]
    kept = rows.deduplicate("document")
    assert [iri.removeprefix(EX) for iri in kept.statement.to_list()] == ["alpha-once", "alpha-denies"]
    with pytest.raises(UsageError, match="fortnight"):
        rows.deduplicate("fortnight")


def test_weeks_and_months_remember_their_year() -> None:
    """2020-01-06 and 2021-01-04 are Mondays of ISO weeks 2 of 2020 and 1 of 2021; 2021-01-01 is in week 53 of 2020."""
    days = ["2020-01-06", "2020-01-12", "2020-01-13", "2021-01-01", "2021-01-03", "2021-01-04"]
    rows = table.of(["a"] * 6, ["x"] * 6, [1] * 6, days=days)
    assert kept(rows, "week") == ["2020-01-06", "2020-01-13", "2021-01-01", "2021-01-04"]
    assert kept(rows, "month") == ["2020-01-06", "2021-01-01"]
    assert kept(rows, "year") == ["2020-01-06", "2021-01-01"]
    assert kept(rows, "ever") == ["2020-01-06"]


def kept(rows: Table, per: str) -> list[str]:
    return [date.fromordinal(int(day)).isoformat() for day in rows.deduplicate(per).earliest]


def test_a_loosely_dated_row_is_left_out_of_weeks_with_a_note(five: Store) -> None:
    rows = table.stances(five, actor="Beta").deduplicate("week")
    assert named(rows) == [("Beta", "first", 1)]
    assert rows.notes == ("1 row left out: the day is bounded more loosely than a week",)
    assert len(table.stances(five, actor="Beta").deduplicate("month")) == 2


def test_large_level_values_are_duplicates_too() -> None:
    rows = table.of(
        ["a"] * 3, ["x"] * 3, [200, 200, -200], documents=["d"] * 3, scale=table.Scale("r", "scaled")
    )
    assert [row.level for row in rows.deduplicate()] == [200, -200]


def test_leaving_a_document_out_keeps_what_another_reports(tmp_path: Path) -> None:
    both = store.open(
        graph(
            tmp_path,
            """ex:one dcterms:title "One" ; dcterms:issued "2025-03-02"^^xsd:date .
               ex:two dcterms:title "Two" ; dcterms:issued "2025-03-03"^^xsd:date .
               ex:s a stance:Statement ; stance:speaker ex:a ; stance:supports ex:p ;
                 stance:saidOn "2025-03-01"^^xsd:date ; stance:basis basis:said ; stance:confidence 1.0 .
               ex:t a stance:Statement ; stance:speaker ex:b ; stance:supports ex:p ;
                 stance:saidOn "2025-03-01"^^xsd:date ; stance:basis basis:said ; stance:confidence 1.0 .
               ex:r1 stance:reports ex:s ; stance:document ex:one . ex:r2 stance:reports ex:s ; stance:document ex:two .
               ex:r3 stance:reports ex:t ; stance:document ex:one .""",
        )
    )
    rows = table.stances(both)
    assert [d.label for d in rows.document.to_list()] == ["One", "One"]
    left = rows.without_document([d.label for d in rows.document.values].index("One"))
    assert [(row.actor.label, d.label) for row, d in zip(left, left.document.to_list(), strict=True)] == [
        ("A", "Two")
    ]


def test_a_coded_variable_can_be_the_level(tmp_path: Path) -> None:
    rated = store.open(
        graph(
            tmp_path,
            """ex:rating rdfs:label "rating" ; rdfs:range xsd:integer ; schema:minValue -5 ; schema:maxValue 5 .
               ex:frame rdfs:label "frame" ; rdfs:range ex:Frame . ex:law skos:prefLabel "law"@en .
               ex:sure rdfs:label "sure" ; rdfs:range xsd:boolean .
               ex:s a stance:Statement ; stance:speaker ex:a ; stance:stanceOn ex:p ; ex:rating 3 ; ex:frame ex:law ;
                 ex:sure true ; stance:saidOn "2025-03-01"^^xsd:date ; stance:basis basis:said ; stance:confidence 1.0 .
               ex:t a stance:Statement ; stance:speaker ex:b ; stance:opposes ex:p ; ex:sure false ;
                 stance:saidOn "2025-03-01"^^xsd:date ; stance:basis basis:said ; stance:confidence 1.0 .""",
        )
    )
    ratings = table.stances(rated, level="rating")
    assert named(ratings) == [("A", "p", 3)]
    assert ratings.scale.span == 10
    assert ratings.notes == ("1 row without rating left out",)
    assert named(table.stances(rated, level="FRAME")) == [("A", "p", "law")]
    assert named(table.stances(rated, level="sure")) == [("A", "p", 1), ("B", "p", 0)]
    assert named(table.stances(rated)) == [("B", "p", -1)]
    with pytest.raises(UsageError, match="frame, rating, sure"):
        table.stances(rated, level="tone")


def test_a_value_outside_its_scale_is_left_out_and_its_statement_named(tmp_path: Path) -> None:
    text = """ex:rating rdfs:label "rating" ; rdfs:range xsd:integer ; schema:minValue -5 ; schema:maxValue 5 .
              ex:s a stance:Statement ; stance:speaker ex:a ; stance:stanceOn ex:p ; ex:rating {} ."""
    for value, words in (("7", "outside the scale, -5 to 5"), ('"many"', "not a number")):
        path = graph(tmp_path, text.format(value))
        opened = store.open(path)
        assert not len(table.stances(opened, level="rating"))
        assert re.fullmatch(
            f".*id/s: rating .*{words}.*: the statement is left out", "".join(opened.left_out)
        )


def graph(folder: Path, text: str) -> Path:
    actors = "".join(
        f'ex:{a} a stance:Actor, org:Organization ; skos:prefLabel "{a.upper()}"@en ; stance:actorKind kind:other .\n'
        for a in "ab"
    )
    held = "".join(f'ex:{p} a stance:Proposition ; skos:prefLabel "{p} is so"@en .\n' for p in "pq")
    path = folder / "graph.ttl"
    path.write_text(PREFIXES + actors + held + text, "utf-8")
    return path


def test_windows_slide_over_days_weeks_and_statements(five: Store) -> None:
    rows = table.stances(five)
    months = [(str(w.since), str(w.until), len(w.rows)) for w in network.windows(rows, "1m")]
    assert months == [
        ("2024-12-01", "2024-12-31", 4),
        ("2025-01-01", "2025-01-31", 0),
        ("2025-02-01", "2025-02-28", 0),
        ("2025-03-01", "2025-03-31", 5),
    ]
    by_statement = [
        {iri.removeprefix(EX) for iri in w.rows.statement.to_list()}
        for w in network.windows(rows, "7s", step="1s")
    ]
    assert len(by_statement) == 2
    assert by_statement[0] ^ by_statement[1] == {"alpha-once", "delta-accuses"}


def test_statements_at_the_end_that_fill_no_window_are_counted_in_a_note() -> None:
    rows = table.of(list("abcdefg"), ["dam"] * 7, [1] * 7)
    found = {
        length: [(len(w.rows), w.rows.notes) for w in network.windows(rows, length)]
        for length in ("3s", "5s", "7s", "9s")
    }
    alone = "the last 1 statement left out: it does not fill a window of 3"
    assert found["3s"] == [(3, (alone,)), (3, (alone,))]
    assert found["5s"] == [(5, ("the last 2 statements left out: they do not fill a window of 5",))]
    assert found["7s"] == [(7, ())]
    assert found["9s"] == [(7, ("the only window holds 7 of 9 statements",))]


def test_a_window_is_what_the_date_filters_give(five: Store) -> None:
    rows = table.stances(five)
    found = list(network.windows(rows, "10d", step="3d", start=date(2025, 2, 20)))
    assert found[2].since == date(2025, 2, 26)
    for window in found:
        filtered = table.stances(five, since=str(window.since), until=str(window.until))
        assert named(window.rows) == named(filtered)


def test_a_window_leaves_out_what_is_dated_more_loosely(five: Store) -> None:
    """Beta's later word is of some day from 1 to 9 March: it is in no window of a week."""
    found = list(network.windows(table.stances(five, actor="Beta"), "1w"))
    assert [len(w.rows) for w in found] == [1]
    assert found[0].rows.notes == ("1 row left out: the day is bounded more loosely than the window",)


@pytest.mark.parametrize("length", ["", "4", "w", "0d", "-1w", "4 weeks", "1e9d"])
def test_a_length_that_is_none_is_an_error(five: Store, length: str) -> None:
    with pytest.raises(UsageError, match="write 28d, 4w, 3m, 1y"):
        next(network.windows(table.stances(five), length))
