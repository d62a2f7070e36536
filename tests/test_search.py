"""Words are found where they stand, in either script, the nearest first; and soon, in a graph of many statements."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

import synthetic
from conftest import Run
from stancegraph import store
from stancegraph.errors import UsageError
from stancegraph.statements.search import search
from stancegraph.store import Store

FOUND = """
@prefix : <https://example.org/id/> .
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:one a stance:Actor ; skos:prefLabel "River Guard"@en , "حرس النهر"@ar ; skos:altLabel "Wardens"@en .
:dam a stance:Proposition ; skos:prefLabel "The dam should open."@en .
:flood a schema:Event ; skos:prefLabel "Flood of the dam"@en .
:paper a schema:NewsArticle ; dcterms:title "Waters rise"@en ; dcterms:publisher :one .
:quoted a stance:Statement ; stance:speaker :one ; stance:saidOn "2025-05-01"^^xsd:date ;
    stance:gist "Speaks of water." .
:told a stance:Statement ; stance:speaker :one ; stance:saidOn "2025-05-02"^^xsd:date ;
    stance:gist "Wants the dam to open at once." ; stance:condition "If rain falls." .
:both a stance:Statement ; stance:speaker :one ; stance:saidOn "2025-05-03"^^xsd:date ;
    stance:gist "Says that an open gate is a danger for the dam." .
:a stance:reports :quoted ; stance:document :paper ; stance:quote "open the dam"@en .
"""


@pytest.fixture
def found(tmp_path: Path) -> Store:
    (tmp_path / "found.ttl").write_text(FOUND, encoding="utf-8")
    return store.open(tmp_path / "found.ttl")


def test_a_phrase_in_a_quotation_stands_before_all_words_and_those_before_some(found: Store) -> None:
    rows = search(found, "Open the DAM")
    assert [(row["iri"].rpartition("/")[2], row["found_in"], int(row["score"])) for row in rows[:1]] == [
        ("quoted", "quotation", 3)
    ]
    everything = {row["iri"].rpartition("/")[2]: row["score"] for row in rows}
    assert {name for name, score in everything.items() if score == 1} == {"told", "both", "dam"}
    assert 0 < everything["flood"] < 0.9
    assert set(everything) == {"quoted", "told", "both", "dam", "flood"}
    assert [row["score"] for row in rows] == sorted(everything.values(), reverse=True)


def test_of_some_words_the_rare_one_counts_more(found: Store) -> None:
    """The word dam stands in five texts, rain in one."""
    rows = search(found, "dam rain")
    assert rows[0]["text"] == "If rain falls."
    assert (rows[0]["found_in"], rows[0]["label"]) == ("condition", "River Guard, 2025-05-02")


def test_names_are_found_in_either_script_and_by_their_beginnings(found: Store) -> None:
    for words in ("river", "riv", "warden", "النهر", "نهر", "حرس النهر"):
        rows = search(found, words)
        assert [(row["kind"], row["label"]) for row in rows if row["kind"] == "actor"] == [
            ("actor", "River Guard")
        ], words
    assert search(found, "river")[0]["score"] == search(found, "riv")[0]["score"] + 0.1 == 2


def test_each_thing_is_listed_once_with_the_text_that_fits_best(shipped: Store) -> None:
    rows = search(shipped, "alawi")
    assert len({row["iri"] for row in rows}) == len(rows) > 5
    for row in rows:
        assert "alawi" in row["text"].casefold()
    assert {"statement", "actor", "document"} == {row["kind"] for row in rows}
    assert search(shipped, "alawi", limit=3) == rows[:3]


def test_nothing_to_search_for_is_refused_and_nothing_found_is_no_fault(found: Store, run: Run) -> None:
    for words in ("", "  ", "?!"):
        with pytest.raises(UsageError, match="nothing to search for"):
            search(found, words)
    assert search(found, "xyzzy") == []
    done = run("search", "xyzzy")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no hits" in done.stderr


def test_the_command_prints_rows_with_the_documented_keys_and_names_other_commands_take(run: Run) -> None:
    rows = json.loads(run("search", "unacceptable", "--format", "json").stdout)
    assert [list(row) for row in rows] == [["kind", "label", "iri", "found_in", "text", "score"]]
    assert rows[0]["label"] == "Qais al-Khazali, 2025-03-08"
    shown = run("search", "unacceptable").stdout
    assert "“unacceptable”" in shown
    assert "statement:" + rows[0]["iri"].rpartition("/")[2] in shown
    cut = run("search", "Syria", "--limit", "2")
    assert "there are more" in cut.stderr


def test_a_search_of_a_large_graph_answers_at_once_when_it_is_warm(tmp_path: Path) -> None:
    """In a twentieth of the computing the first search takes, which reads the texts; it is about a hundredth."""
    graph = store.open(synthetic.write(tmp_path / "many", 5_000))

    def seconds(words: str, times: int = 7) -> float:
        taken = []
        for _ in range(times):
            start = time.process_time()
            assert len(search(graph, words, limit=20)) == 20
            taken.append(time.process_time() - start)
        return min(taken)

    cold = seconds("says number", times=1)
    assert seconds("words 77 said") < cold / 20
    assert seconds("says that number") < cold / 20


@pytest.mark.usefixtures("found")
def test_a_database_keeps_its_words_and_answers_as_its_file_does(tmp_path: Path) -> None:
    """Also where what is kept is damaged, of another graph, or no such thing: it is made anew."""
    place = tmp_path / "database"
    store.load([tmp_path / "found.ttl", store.ontology()], place)
    whole = store.open([tmp_path / "found.ttl", store.ontology()])
    asked = ("open the dam", "dam rain", "wat", "نهر", "وحرس النهر", "ope da", "unacceptable", "...")

    def answers(of: Store) -> list[object]:
        return [search(of, words) for words in asked[:-1]]

    expected = answers(whole)
    assert all(expected)
    file = place / "stancegraph-words.arrow"
    assert answers(store.open(place)) == expected
    kept = file.read_bytes()
    assert answers(store.open(place)) == expected
    assert file.read_bytes() == kept
    for harm in (
        kept[:-9],
        kept[:5000] + b"x" + kept[5001:],
        b"",
        b'{"version": 1}',
        kept.replace(b'"of": "', b'"of": "0'),
    ):
        file.write_bytes(harm)
        assert answers(store.open(place)) == expected
        assert file.read_bytes() == kept
    store.load([tmp_path / "found.ttl"], place)
    assert answers(store.open(place)) == expected


def test_an_empty_database_has_no_words(tmp_path: Path) -> None:
    (tmp_path / "none.ttl").write_text("<https://example.org/a> <https://example.org/b> 1 .", "utf-8")
    store.load([tmp_path / "none.ttl"], tmp_path / "database")
    assert search(store.open(tmp_path / "database"), "dam") == []
