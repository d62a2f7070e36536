"""The command as people meet it: formats, exit codes, wrong input; stdout carries data only."""

from __future__ import annotations

import csv
import io
import json
import signal
import sys
from pathlib import Path

import pytest

from conftest import Run, Shell

FIVE = str(Path(__file__).parent / "fixtures" / "five.ttl")
KEYS = (
    "statement speakers speaker_iris on_behalf_of addressees act medium basis date quotes gist condition supports "
    "opposes neutral_on about figures confidence reports"
).split()


def test_said_json_has_one_row_for_each_statement_with_the_documented_keys(run: Run) -> None:
    (row,) = json.loads(run("said", "Gamma", "--act", "deny", "--data", FIVE, "--format", "json").stdout)
    assert list(row) == KEYS
    assert row["speakers"] == ["Gamma"]
    assert row["speaker_iris"] == ["https://example.org/id/gamma"]
    assert row["date"] == "2025-03-02"
    assert row["quotes"] == ["not so"]
    assert row["opposes"] == ["The first thing is so."]
    (report,) = row["reports"]
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


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (["actors"], ["actor", "iri", "kind", "statements"]),
        (["propositions"], ["proposition", "iri", "supporters", "opposers"]),
        (["documents"], ["document", "title", "publisher", "issued", "statements"]),
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
        "actor iri kind aliases roles statements supports opposes allies opponents spoken_of".split()
    )
    listed = json.loads(run("ask", "--list", "--format", "json").stdout)
    assert {"name", "question", "variables"} == set(listed[0])


def test_the_shell_completes_names_of_actors_and_questions(shell: Shell) -> None:
    for words, expected in (
        ("stancegraph said khaz", "khazali"),
        ("stancegraph ask figures-", "figures-rose"),
    ):
        env = {"_STANCEGRAPH_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "2"}
        assert expected in shell("stancegraph", env=env).stdout.splitlines()


def test_a_table_line_with_words_carries_source_and_day(run: Run) -> None:
    out = run("said", "Gamma", "--act", "deny", "--data", FIVE).stdout
    assert "“not so” — Echo, 2025-03-10" in out
    assert "2025-03-02 · deny · Echo, 2025-03-10" in out


def test_the_reader_is_told_that_quotations_may_be_translations(run: Run) -> None:
    assert "translations" in run("said", "khazali", "--quoted").stderr
    assert "translations" not in run("said", "khazali", "--not-quoted").stderr


def test_no_label_is_a_formula_to_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hostile.ttl"
    hostile = Path(FIVE).read_text(encoding="utf-8").replace('"Alpha"', "'=HYPERLINK(1)'")
    file.write_text(hostile, encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(run("actors", "--data", str(file), "--format", "csv").stdout)))
    assert "'=HYPERLINK(1)" in {row["actor"] for row in rows}
    ties = list(csv.DictReader(io.StringIO(run("allies", "Gamma", "--data", FIVE, "--format", "csv").stdout)))
    assert float(ties[0]["weight"]) < 0


def test_right_to_left_text_is_kept_whole_and_apart(run: Run) -> None:
    out = run("actor", "sadr").stdout
    assert "\u2068مقتدى الصدر\u2069" in out


def test_no_line_is_wider_than_the_terminal(run: Run) -> None:
    out = run("said", env={"COLUMNS": "60"}).stdout
    words = [line for line in out.splitlines() if len(line.replace("\u2068", "").replace("\u2069", "")) > 60]
    assert not words


def test_markdown_is_a_table_whose_cells_cannot_break_it(run: Run) -> None:
    lines = run("documents", "--format", "md").stdout.splitlines()
    assert {line.replace("\\|", "").count("|") for line in lines} == {6}


def test_an_answer_goes_to_a_file_whole(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "said.json"
    done = run("said", "khazali", "--format", "json", "-o", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(file.read_text(encoding="utf-8"))
    assert [path.name for path in tmp_path.iterdir()] == ["said.json"]


def test_nothing_found_is_no_fault_and_is_said_on_stderr(run: Run) -> None:
    done = run("said", "khazali", "--until", "2024-01-01", "--format", "csv")
    assert done.returncode == 0
    assert done.stdout.strip() == ",".join(KEYS)
    assert "no statements" in done.stderr


def test_the_place_can_come_from_the_environment(run: Run) -> None:
    assert "Alpha" in run("actors", env={"STANCEGRAPH_DATA": FIVE}).stdout


WRONG = [
    (["said", "Barham Salih"], 2, "no actor"),
    (["said", "x" * 10_000], 2, "at most 200"),
    (["said", "Mohammed"], 2, "did you mean"),
    (["said", "kha\0zali"], 2, ""),
    (["said", "--since", "2024-02-30"], 2, "2024-02-30"),
    (["said", "--since", "soon"], 2, "not a day"),
    (["said", "--format", "xml"], 2, ""),
    (["said", "--nonsense"], 2, "--nonsense"),
    (["actor"], 2, "ACTOR"),
    (["allies"], 2, "ACTOR"),
    (["compare", "sadr"], 2, "ACTOR"),
    (["plot"], 2, "-o"),
    (["export"], 2, "-o"),
    (["import"], 2, "dna"),
    (["import", "dna"], 2, "FILE"),
    (["import", "csv", "x.csv", "-o", "y"], 2, "'csv' is not"),
    (["load"], 2, "SOURCE"),
    (["nonsense"], 2, "nonsense"),
    (["rank", "--by", "fame"], 2, "betweenness"),
    (["ask", "no-such-question"], 2, "no shipped question"),
    (["ask"], 2, "--list"),
    (["ask", "said-by"], 2, "--set actor=khazali"),
    (["ask", "said-by", "--set", "actor"], 2, "NAME=VALUE"),
    (["ask", "said-by", "--set", "actor=Nobody At All"], 2, "no actor"),
    (["ask", "said-about", "--set", "about=iraq", "--set", "since=May"], 2, "since"),
    (["ask", "SELECT * WHERE { ?s ?p }"], 2, ""),
    (["ask", "SELECT * WHERE { ?s nope:p ?o }"], 2, "nope"),
    (["ask", "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], 2, "SERVICE"),
    (["ask", "LOAD <http://127.0.0.1:9/x.ttl>\n"], 2, "read"),
    (["ask", "DELETE WHERE { ?s ?p ?o }"], 2, "read"),
    (["ask", "missing.rq"], 2, "missing.rq"),
    (["check", "--sources", "nowhere"], 2, "nowhere"),
    (["said", "--data", "nowhere.ttl"], 3, "nowhere.ttl"),
    (["said", "--data", "http://127.0.0.1:9/query"], 3, "127.0.0.1:9"),
    (["said", "khazali", "-o", "no/such/folder/x.json"], 3, "no/such/folder"),
    (["page", "-o", "no/such/folder/x.html"], 3, "no/such/folder"),
    (["load", "nowhere.ttl", "--into", "somewhere"], 3, "nowhere.ttl"),
    (["said", "--data", ""], 2, "empty"),
    (["said", "khazali", "-o", ""], 2, "-o names no file"),
    (["said", "--act", "rej"], 2, "there are: accuse"),
    (["ask", "said-about", "--set", "about=iraq", "--set", "since=stance:Statement"], 2, "not a date"),
    (["ask", "coded-with-doubt", "--set", "most=\u0663"], 2, "not a number"),
    (["ask", "everything-about", "--set", "statement=sadr-warns-of-cleansing"], 2, "did you mean"),
]


@pytest.mark.parametrize(
    ("command", "code", "words"), WRONG, ids=[" ".join(c)[:50].replace("\0", "") for c, *_ in WRONG]
)
def test_wrong_input_gets_a_clear_error(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*command)
    assert done.returncode == code, done.stderr
    assert words in " ".join(done.stderr.split())
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "command", ["actor", "allies", "compare sadr", "plot", "export", "import dna", "load"]
)
def test_a_missing_argument_is_one_line_and_a_hint(shell: Shell, tmp_path: Path, command: str) -> None:
    done = shell("stancegraph", *command.split(), cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"`stancegraph {command.split()[0]} --help`" in done.stderr


def test_a_carriage_return_in_a_label_opens_no_cell_of_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    """To a spreadsheet a bare carriage return ends a row; what follows it would begin a cell, and run."""
    for begin in ("one\\r+cmd|x", "\\u00a0=cmd|x", "\\ufeff=cmd|x"):
        file = tmp_path / "hostile.ttl"
        file.write_text(
            Path(FIVE).read_text(encoding="utf-8").replace('"Alpha"', f'"{begin}"'), encoding="utf-8"
        )
        assert run("export", "--data", str(file), "-o", str(tmp_path / "ties.csv")).returncode == 0
        written = [(tmp_path / name).read_bytes().decode() for name in ("ties.csv", "ties-nodes.csv")]
        for text in (run("actors", "--data", str(file), "--format", "csv").stdout, *written):
            cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
            hostile = [cell for cell in cells if "cmd|x" in cell]
            assert hostile
            assert all(cell.startswith("'") or cell == "one\r+cmd|x" for cell in hostile)
            assert "\r" not in text.replace('"one\r+cmd|x"', "")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("cut.ttl", Path(FIVE).read_text(encoding="utf-8")[:2500], "cut.ttl"),
        ("prefix.ttl", "nope:a a nope:B .", "nope"),
        ("binary.ttl", "\x00\x01\x02", "binary.ttl"),
    ],
)
def test_broken_files_are_named_with_the_place(
    run: Run, tmp_path: Path, name: str, text: str, words: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("said", "--data", str(tmp_path / name))
    assert done.returncode == 3
    assert words in done.stderr
    assert "line" in done.stderr
    assert done.stdout == ""


def test_an_empty_folder_is_said_to_be_empty(run: Run, tmp_path: Path) -> None:
    done = run("said", "--data", str(tmp_path))
    assert done.returncode == 3
    assert "no RDF" in done.stderr


MAIMED = """
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/id/> .
ex:bare a stance:Statement .
ex:who a stance:Actor ; <http://www.w3.org/2004/02/skos/core#prefLabel> "who"@en .
ex:other a stance:Actor .
ex:also a stance:Statement ; stance:speaker ex:other ; stance:supports ex:what .
ex:undated a stance:Statement ; stance:speaker ex:who ; stance:saidOn "2025-13-45"^^xsd:date ; stance:supports ex:what .
ex:torn a stance:Report ; stance:reports ex:undated .
"""


@pytest.mark.parametrize(
    "command",
    [
        ["said"],
        ["actor", "who"],
        ["allies", "who"],
        ["actors"],
        ["rank"],
        ["figures"],
        ["documents"],
        ["ask", "stand-on", "--set", "about=<https://example.org/id/what>"],
        ["page", "-o", "page.html"],
    ],
)
def test_a_maimed_statement_breaks_no_command_and_check_finds_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "maimed.ttl"
    file.write_text(MAIMED, encoding="utf-8")
    assert run(*command, "--data", str(file)).returncode in {0, 2}
    done = run("check", "--data", str(file), "--format", "json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert {"file", "subject", "rule", "message", "mend"} == set(found[0])
    assert any("bare" in row["subject"] for row in found)
    assert any("undated" in row["subject"] for row in found)


def test_hostile_labels_cannot_command_the_terminal(run: Run, tmp_path: Path) -> None:
    hostile = Path(FIVE).read_text(encoding="utf-8").replace('"Alpha"', '"Al\\u001B[2J\\u202Epha"')
    file = tmp_path / "hostile.ttl"
    file.write_text(hostile, encoding="utf-8")
    out = run("actors", "--data", str(file)).stdout + run("said", "--data", str(file)).stdout
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "Al\ufffd" in out


WRONG_NUMBERS = [("confidence 1.0", 'confidence "high"'), ("confidence 1.0", 'confidence "NaN"^^xsd:double')]


@pytest.mark.parametrize(("right", "wrong"), WRONG_NUMBERS)
@pytest.mark.parametrize("command", ["said", "rank", "page"])
def test_a_number_that_is_none_is_named_with_its_statement(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, right: str, wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "wrong.ttl"
    file.write_text(Path(FIVE).read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    done = run(command, "--data", str(file))
    assert done.returncode == 3
    assert "alpha-once" in done.stderr
    assert "stance:confidence" in done.stderr


def test_the_version_is_printed(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.startswith("stancegraph ")) == (0, True)


def test_a_file_keeps_its_permissions_and_a_link_stays_a_link(run: Run, tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old", encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    assert run("actors", "--format", "json", "-o", str(link)).returncode == 0
    assert link.is_symlink()
    assert json.loads(real.read_text(encoding="utf-8"))
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_pipe_is_written_to_and_a_full_disk_is_an_error(shell: Shell) -> None:
    done = shell("bash", "-c", "stancegraph actors -o >(cat >&2); sleep 0.5")
    assert done.returncode == 0, done.stderr
    assert "Qais al-Khazali" in done.stderr
    for command in (
        "stancegraph said > /dev/full",
        "stancegraph said -o /dev/full",
        "stancegraph page -o /dev/full",
    ):
        full = shell("bash", "-c", f"{command}; code=$?; test -c /dev/full || exit 9; exit $code")
        assert full.returncode == 3, full.stderr
        assert "No space left" in full.stderr
        assert "Traceback" not in full.stderr


def test_output_is_utf8_whatever_the_locale(shell: Shell) -> None:
    done = shell("stancegraph", "actor", "sadr", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert "مقتدى" in done.stdout


def test_the_page_can_go_to_stdout(run: Run) -> None:
    assert run("page", "--data", FIVE, "-o", "-").stdout.startswith("<!")


def test_describe_needs_no_braces(run: Run) -> None:
    done = run("ask", "DESCRIBE actor:iraq", "--format", "ttl")
    assert done.returncode == 0, done.stderr
    assert "actor:iraq a " in done.stdout


def test_a_load_into_a_database_keeps_what_is_not_its_own(run: Run, tmp_path: Path) -> None:
    database = tmp_path / "database"
    assert run("load", FIVE, "--into", str(database)).returncode == 0
    inside = run("load", FIVE, "--into", str(database / "inner"))
    assert (inside.returncode, "inside" in inside.stderr) == (2, True)
    (database / "notes.txt").write_text("mine", encoding="utf-8")
    beside = run("load", FIVE, "--into", str(database))
    assert (beside.returncode, "notes.txt" in beside.stderr) == (2, True)
    assert (database / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_load_sweeps_what_a_killed_one_left_and_nothing_else(shell: Shell, tmp_path: Path) -> None:
    """A load that is killed at work leaves its folder; a neighbour of a like name is somebody's backup."""
    neighbours = [".database.2024.backup", ".database.99999.x", ".other.99999.x", ".[a-z]*.99999.x"]
    for name in neighbours:
        (tmp_path / name).mkdir()
        (tmp_path / name / "letter.txt").write_text("dear", encoding="utf-8")
    killed = """
import os, signal, sys
from stancegraph import store
store.load([sys.argv[1]], sys.argv[2], progress=lambda _: os.kill(os.getpid(), signal.SIGKILL))"""
    assert shell(sys.executable, "-c", killed, FIVE, tmp_path / "database").returncode == -signal.SIGKILL
    left = {path.name for path in tmp_path.iterdir()} - set(neighbours)
    assert len(left) == 1
    for name in ("database", "[a-z]*", "**"):
        done = shell("stancegraph", "load", FIVE, "--into", tmp_path / name)
        assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {*neighbours, "database", "[a-z]*", "**"}
    assert all((tmp_path / name / "letter.txt").read_text(encoding="utf-8") == "dear" for name in neighbours)


def test_a_database_that_a_killed_load_took_out_of_the_way_comes_back(run: Run, tmp_path: Path) -> None:
    database, workshop = tmp_path / "database", tmp_path / ".database.abc"
    assert run("load", FIVE, "--into", str(database)).returncode == 0
    workshop.mkdir()
    (workshop / "stancegraph-load").write_text("database", encoding="utf-8")
    database.rename(workshop / "old")
    other = tmp_path / "other.ttl"
    other.write_text(Path(FIVE).read_text(encoding="utf-8").replace('"Alpha"', '"Omega"'), encoding="utf-8")
    assert run("load", str(other), "--into", str(database)).returncode == 0
    assert "Alpha" in run("actors", "--data", str(database)).stdout
    assert (
        "Omega"
        in run("ask", "SELECT ?x { ?s ?p ?x FILTER(?x = 'Omega'@en) }", "--data", str(database)).stdout
    )
    assert not workshop.exists()


def test_a_closed_pipe_is_no_error(shell: Shell) -> None:
    done = shell("bash", "-c", "set -o pipefail; stancegraph said | head -n 1")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_exit_codes_and_every_command_has_a_sentence(run: Run) -> None:
    out = " ".join(run("--help").stdout.split())
    assert "Exit codes" in out
    commands = (
        "said actors actor propositions documents events figures compare allies rank page ask check load"
    )
    for command in commands.split():
        assert run(command, "--help").returncode == 0
        assert command in out
