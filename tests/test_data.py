"""The shipped graph as data: byte-stable files, and facts of the documents checked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Store, parse

from stancegraph import statements, store, validation
from stancegraph.records import Statement
from stancegraph.store import turtle

FILES = sorted(store.ontology().rglob("*.ttl"))


@pytest.fixture(scope="module")
def every(shipped: store.Store) -> list[Statement]:
    return statements.said(shipped)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_curated_files_round_trip_to_the_same_bytes(path: Path) -> None:
    raw = path.read_bytes()
    assert turtle.write(quad.triple for quad in parse(input=raw, format=RdfFormat.TURTLE)).encode() == raw


# Quoted words as the documents have them, read off the documents: speaker, day (or interval), first words.
QUOTED = [
    ("Iraqi Foreign Ministry", "2025-03-07", "We are following with serious alarm"),
    ("Muqtada al-Sadr", "2025-03-09", "new government"),
    ("Muqtada al-Sadr", "2025-03-09", "sectarian cleansing"),
    ("Muqtada al-Sadr", "2025-03-09", "We urge our Alawite brothers"),
    ("Syrian Observatory for Human Rights", "2025-03-06/2025-03-09", "systematic genocide against Alawites"),
    ("Qais al-Khazali", "2025-03-08", "With great concern, we follow"),
    ("Qais al-Khazali", "2025-03-08", "unacceptable"),
    ("Qais al-Khazali", "2025-03-08", "active and inactive countries"),
    ("Qais al-Khazali", "2025-03-08", "the violations and protect Alawite civilians"),
    ("Syrian Observatory for Human Rights", "2025-03-06/2025-03-08", "public executions"),
    ("Ahmad al-Sharaa", "2025-03-07", "an unforgivable sin"),
    ("Ahmad al-Sharaa", "2025-03-07", "before it is too late"),
    ("Syrian Defence Ministry", "2025-03-08", "closing roads leading to the coast"),
    ("Iraqi Foreign Ministry", "2025-03-06/2025-03-08", "with great concern"),
    ("Iraqi Foreign Ministry", "2025-03-06/2025-03-08", "absolute rejection of targeting"),
    ("Iraqi Foreign Ministry", "2025-03-06/2025-03-08", "peaceful solutions instead"),
    ("Qasim al-Araji", "2025-03-09", "The unity of Syria and the guarantee"),
    ("Qasim al-Araji", "2025-03-09", "a stable Syria, reconciled"),
    ("Qasim al-Araji", "2025-03-09", "stands by its sister nation"),
    ("Mohammed Shia' al-Sudani", "2024-12-04", "escalating regional threats"),
    ("Office of the Prime Minister of Iraq", "2024-12-04/2024-12-06", "policies and measures taken"),
    ("Mohammed Shia' al-Sudani", "2024-12-03", "ethnic cleansing targeting various groups"),
    ("Mohammed Shia' al-Sudani", "2024-12-03", "Iraq will not just stand still"),
    ("Ihsan al-Shammari", "2024-12-03/2024-12-06", "a clear abandonment of neutrality"),
    ("Karwan Yarwais", "2024-11-27/2024-12-06", "These groups have no principles"),
    ("Nouri al-Maliki", "2024-12-04", "foreign interference in Syria"),
    ("Nouri al-Maliki", "2024-12-04", "pivotal role"),
    ("Nouri al-Maliki", "2024-12-04", "We defended Syria in the past"),
    ("Nouri al-Maliki", "2024-12-04", "Defending Syria is also a defence"),
    ("Osman al-Mukhtar", "2024-11-27/2024-12-06", "what is happening in Syria"),
    ("Osman al-Mukhtar", "2024-11-27/2024-12-06", "This is not our battle"),
    ("Yahya Rasool", "2024-11-27/2024-12-06", "Our border defences are strong"),
    ("Khamis al-Khanjar", "2024-11-27/2024-12-06", "Interference in Syria's affairs"),
    ("Syrian rebels", "2024-11-27/2024-12-06", "fight for freedom"),
    ("Abbas Araghchi", "2024-12-01/2024-12-06", "If the Syrian government asks us"),
]


@pytest.mark.parametrize(("speaker", "day", "words"), QUOTED, ids=[words[:24] for *_, words in QUOTED])
def test_quoted_words_are_the_speakers_own(
    every: list[Statement], speaker: str, day: str, words: str
) -> None:
    found = {(s.speakers[0].label, s.date) for s in every if any(q.startswith(words) for q in s.quotes)}
    assert found == {(speaker, day)}


def test_no_other_words_are_quoted(every: list[Statement]) -> None:
    known = [words for *_, words in QUOTED] + ["Having suffered from terrorism"]
    assert not [q for s in every for q in s.quotes if not any(q.startswith(words) for words in known)]


def test_scare_quotes_nobody_spoke_are_not_statements(every: list[Statement]) -> None:
    assert not [s.iri for s in every if any("acts of retaliation" in q for q in s.quotes)]


def test_each_statement_has_a_document_a_passage_and_a_day(every: list[Statement]) -> None:
    assert all(s.reports and all(r.passages for r in s.reports) for s in every)
    assert all("1999-12-08" <= s.earliest <= s.latest <= "2025-03-16" for s in every)


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (
            {"until": "2024-12-31", "since": "2024-12-01"},
            {"The conflict in Syria threatens Iraq's security."},
        ),
        ({"since": "2025-03-01", "about": "coastal violence"}, {"Civilians in Syria should be protected."}),
    ],
)
def test_the_government_of_iraq_speaks_in_both_months(
    shipped: store.Store, month: dict[str, Any], expected: set[str]
) -> None:
    speakers = ["Government of Iraq", "Iraqi Foreign Ministry", "sudani", "al-Araji"]
    found = statements.said(shipped, actor=speakers, **month)
    assert expected <= {label for s in found for label in s.on(1)}


def test_the_foreign_ministrys_words_in_two_documents_are_linked_not_merged(shipped: store.Store) -> None:
    pairs = shipped.select(
        """SELECT ?a ?b WHERE { ?a skos:closeMatch ?b ; stance:speaker ?who ; rdfs:comment ?why .
           ?ra stance:reports ?a ; stance:document ?da . ?rb stance:reports ?b ; stance:document ?db
           FILTER(?da != ?db) }""",
        {"who": every_iri("iraqi-foreign-ministry")},
    )
    assert len(pairs) == 3


def every_iri(name: str) -> Any:
    from pyoxigraph import NamedNode

    from stancegraph.vocabulary import expand

    return NamedNode(expand(f"actor:{name}"))


def test_background_stands_apart_and_names_its_sources() -> None:
    background = Store()
    background.bulk_load(path=store.ontology() / "data" / "background.ttl", format=RdfFormat.TURTLE)
    subjects = {quad.subject for quad in background if str(quad.subject).startswith("<")}
    sourced = {q.subject for q in background if q.predicate.value.endswith("/source")}
    header = {q.subject for q in background if str(q.object).endswith("Ontology>")}
    assert subjects - sourced == header
    others = [
        path for path in FILES if path.parent.name in {"data", "statements"} and path.stem != "background"
    ]
    assert not [path.name for path in others if "@ar" in path.read_text(encoding="utf-8")]


def test_shipped_spans_are_the_documents_own(shipped: store.Store, sources: Path | None) -> None:
    result = validation.check(shipped, sources=sources)
    assert not result.findings
    assert result.statements == 114
    if sources is not None:
        assert result.documents == 5
        assert result.passages > 114
