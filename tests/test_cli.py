"""The command as people meet it: what it answers, in which formats, with which keys; stdout carries data only."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import Run, Shell
from stancegraph.vocabulary import expand

FIVE = str(Path(__file__).parent / "fixtures" / "five.ttl")
KEYS = (
    "statement speakers speaker_iris on_behalf_of addressees act medium basis date quotes gist condition supports "
    "opposes neutral_on targets about figures confidence reports"
).split()


def test_said_json_has_one_row_for_each_statement_with_the_documented_keys(run: Run) -> None:
    (row,) = json.loads(run("said", "Gamma", "--act", "deny", "--data", FIVE, "--format", "json").stdout)
    assert list(row) == KEYS
    assert row["speakers"] == ["Gamma"]
    assert row["speaker_iris"] == ["https://example.org/id/gamma"]
    assert row["date"] == "2025-03-02"
    assert row["quotes"] == ["not so"]
    assert row["opposes"] == ["The first thing is so."]
    assert row["targets"] == [
        {
            "target": "The first thing is so.",
            "iri": "https://example.org/id/first",
            "stance": "opposes",
            "polarity": -1,
            "basis": "said",
            "confidence": 1.0,
            "documents": ["https://example.org/id/two"],
        }
    ]
    (report,) = row["reports"]
    assert list(report) == "document title publisher issued url passages".split()
    assert report["url"] is None
    assert (report["title"], report["publisher"], report["issued"]) == ("Document two", "Echo", "2025-03-10")
    assert report["passages"] == [
        {"start": 20, "end": 26, "quote": "not so"},
        {"start": 20, "end": 35, "quote": None},
    ]


def test_csv_has_the_same_columns_as_json_with_arrays_joined(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("said", "--data", FIVE, "--format", "csv").stdout)))
    assert list(rows[0]) == KEYS
    assert rows[0]["reports"] == "Document one"
    (delta,) = [row for row in rows if row["speakers"] == "Delta"]
    assert (delta["supports"], delta["opposes"]) == ("Echo", "Alpha")
    assert delta["targets"] == "for: Echo; against: Alpha"


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (["actors"], ["actor", "iri", "kind", "statements"]),
        (["propositions"], ["proposition", "iri", "supporters", "opposers"]),
        (["documents"], ["document", "title", "publisher", "issued", "url", "statements"]),
        (["rank"], ["actor", "score", "rank", "best", "worst", "moved_most_by"]),
    ],
)
def test_rows_have_the_documented_keys(run: Run, command: list[str], keys: list[str]) -> None:
    rows = json.loads(run(*command, "--data", FIVE, "--format", "json").stdout)
    assert rows
    assert all(list(row)[: len(keys)] == keys or set(keys) <= set(row) for row in rows)
    header = run(*command, "--data", FIVE, "--format", "csv").stdout.splitlines()[0]
    assert header == ",".join(keys)


def test_figures_and_profile_have_the_documented_keys(run: Run) -> None:
    figures = json.loads(run("figures", "--format", "json").stdout)
    assert {"speaker", "counted", "event", "min", "max", "date", "document"} <= set(figures[0])
    profile = json.loads(run("actor", "khazali", "--format", "json").stdout)
    assert list(profile) == (
        "actor iri kind aliases roles members statements supports opposes stances allies opponents spoken_of".split()
    )
    listed = json.loads(run("ask", "--list", "--format", "json").stdout)
    assert {"name", "question", "variables"} == set(listed[0])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("said khaz", "khazali"),
        ("actor khaz", "khazali"),
        ("compare sadr khaz", "khazali"),
        ("timeline khaz", "khazali"),
        ("said --about khaz", "khazali"),
        ("ask figures-", "figures-rose"),
        ("said --format m", "md"),
        ("sa", "said"),
    ],
)
def test_the_shell_completes_names_and_loads_nothing_heavy_for_it(
    shell: Shell, words: str, expected: str
) -> None:
    env = {
        "_STANCEGRAPH_COMPLETE": "complete_bash",
        "COMP_WORDS": f"stancegraph {words}",
        "COMP_CWORD": str(len(words.split())),
        "PYTHONPROFILEIMPORTTIME": "1",
    }
    done = shell("stancegraph", env=env)
    assert expected in done.stdout.splitlines()
    assert "stancegraph.cli.commands\n" in done.stderr
    assert not re.findall(
        r"\| +(numpy|networkx|scipy|rdflib|pyarrow|pydantic|rich)$", done.stderr, re.MULTILINE
    )


def test_the_shell_completes_measures(shell: Shell) -> None:
    env = {
        "_STANCEGRAPH_COMPLETE": "complete_bash",
        "COMP_WORDS": "stancegraph rank --by betw",
        "COMP_CWORD": "3",
    }
    assert shell("stancegraph", env=env).stdout.splitlines() == ["betweenness"]


def test_a_table_line_with_words_carries_source_and_day(run: Run) -> None:
    out = run("said", "Gamma", "--act", "deny", "--data", FIVE).stdout
    assert "“not so” — Echo, 2025-03-10" in out
    assert "2025-03-02 · deny · Echo, 2025-03-10" in out


def test_the_reader_is_told_that_quotations_may_be_translations(run: Run) -> None:
    assert "translations" in run("said", "khazali", "--quoted").stderr
    assert "translations" not in run("said", "khazali", "--not-quoted").stderr


def test_nothing_found_is_no_fault_and_is_said_on_stderr(run: Run) -> None:
    done = run("said", "khazali", "--until", "2024-01-01", "--format", "csv")
    assert done.returncode == 0
    assert done.stdout.strip() == ",".join(KEYS)
    assert "no statements" in done.stderr


def test_the_place_can_come_from_the_environment(run: Run) -> None:
    assert "Alpha" in run("actors", env={"STANCEGRAPH_DATA": FIVE}).stdout


def test_the_version_is_printed(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.startswith("stancegraph ")) == (0, True)


def test_describe_needs_no_braces(run: Run) -> None:
    done = run("ask", "DESCRIBE actor:iraq", "--format", "ttl")
    assert done.returncode == 0, done.stderr
    assert "actor:iraq a " in done.stdout


def test_a_value_that_is_not_what_its_type_says_stays_as_it_is_written(run: Run) -> None:
    written = {
        "great": '"1e999"^^xsd:double',
        "none": '"NaN"^^xsd:double',
        "doubt": '"maybe"^^xsd:boolean',
        "word": '"x"^^xsd:integer',
        "yes": '"1"^^xsd:boolean',
        "half": "0.5",
        "iri": "stance:Statement",
    }
    values = " ".join(f"({value})" for value in written.values())
    query = f"SELECT ?v {{ VALUES (?v) {{ {values} }} }}"
    rows = json.loads(run("ask", query, "--data", FIVE, "--format", "json").stdout)
    assert [row["v"] for row in rows][2:] == ["maybe", "x", True, 0.5, expand("stance:Statement")]
    assert [row["v"] for row in rows][:2] == ["INF", "NaN"]


def test_options_take_numbers_words_and_several_values(run: Run) -> None:
    def said(*options: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(run("said", "--format", "json", *options).stdout)
        return rows

    every = said()
    sure = said("--min-confidence", "0.9")
    coded = {
        row["statement"]: [target for target in row["targets"] if target["confidence"] >= 0.9]
        for row in every
        if row["targets"] or row["confidence"] >= 0.9
    }
    without = {row["statement"] for row in every if not row["targets"]}
    assert {row["statement"]: row["targets"] for row in sure} == {
        iri: targets for iri, targets in coded.items() if targets or iri in without
    }
    assert 0 < len(sure) < len(every)
    five = said("--data", FIVE)
    both = [row for row in five if {"Alpha", "Delta"} & set(row["speakers"])]
    assert said("--data", FIVE, "--actor", "Alpha", "--actor", "Delta") == both != five
    three = [row for row in five if sum(row["speakers"] == other["speakers"] for other in five) >= 3]
    assert said("--data", FIVE, "--min-count", "3") == three != five
    assert said("--as", "organisation") != every


def test_help_names_exit_codes_and_every_command_has_a_sentence(run: Run) -> None:
    out = " ".join(run("--help").stdout.split())
    assert "Exit codes" in out
    commands = (
        "said actors actor propositions documents events figures compare allies rank page ask check load"
    )
    for command in commands.split():
        assert run(command, "--help").returncode == 0
        assert command in out
