"""Where answers go and how they look: spreadsheets, terminals, files, pipes, a full disk."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import get_args

import pytest

from conftest import Run, Shell
from stancegraph.cli.commands import RdfFormat
from stancegraph.cli.lookups import CitationFormat
from stancegraph.vocabulary import compact

FIVE = str(Path(__file__).parent / "fixtures" / "five.ttl")


def test_no_label_is_a_formula_to_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hostile.ttl"
    hostile = Path(FIVE).read_text(encoding="utf-8").replace('"Alpha"', "'=HYPERLINK(1)'")
    file.write_text(hostile, encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(run("actors", "--data", str(file), "--format", "csv").stdout)))
    assert "'=HYPERLINK(1)" in {row["actor"] for row in rows}
    asked = run("allies", "Gamma", "--data", FIVE, "--period", "none", "--format", "csv")
    ties = list(csv.DictReader(io.StringIO(asked.stdout)))
    assert float(ties[0]["weight"]) < 0


def test_a_carriage_return_in_a_label_opens_no_cell_of_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    """To a spreadsheet a bare carriage return ends a row; what follows it would begin a cell, and run."""
    for begin in ("one\\r+cmd|x", "\\u00a0=cmd|x", "\\ufeff=cmd|x"):
        file = tmp_path / "hostile.ttl"
        file.write_text(
            Path(FIVE).read_text(encoding="utf-8").replace('"Alpha"', f'"{begin}"'), encoding="utf-8"
        )
        ties, nodes = tmp_path / "ties.csv", tmp_path / "nodes.csv"
        assert run("export", "--data", str(file), "-o", str(ties), "--nodes", str(nodes)).returncode == 0
        written = [path.read_bytes().decode() for path in (ties, nodes)]
        for text in (run("actors", "--data", str(file), "--format", "csv").stdout, *written):
            cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
            hostile = [cell for cell in cells if "cmd|x" in cell]
            assert hostile
            assert all(cell.startswith("'") or cell == "one\n+cmd|x" for cell in hostile)
            assert "\r" not in text


def test_right_to_left_text_is_kept_whole_and_apart(run: Run) -> None:
    out = run("actor", "sadr").stdout
    assert "\u2068مقتدى الصدر\u2069" in out


def test_hostile_labels_cannot_command_the_terminal(run: Run, tmp_path: Path) -> None:
    hostile = Path(FIVE).read_text(encoding="utf-8").replace('"Alpha"', '"Al\\u001B[2J\\u202Epha"')
    hostile = hostile.replace('"once said"', '"once\\u009B2J\\u202E said"')
    file = tmp_path / "hostile.ttl"
    file.write_text(hostile, encoding="utf-8")
    shown = [run("actors", "--data", str(file)).stdout]
    shown += [run("said", "--data", str(file), "--format", form).stdout for form in get_args(RdfFormat)]
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    shown.append(run("ask", query, "--data", str(file), "--format", "ttl").stdout)
    one = json.loads(run("said", "Alpha", "--quoted", "--data", str(file), "--format", "json").stdout)[0]
    for form in get_args(CitationFormat):
        shown.append(run("cite", one["statement"], "--data", str(file), "--format", form).stdout)
    for out in shown:
        assert out
        assert not {"\x1b", "\x9b", "\u202e"} & {*out}
    assert "Al\ufffd" in shown[0]
    assert one["quotes"] == ["once\x9b2J\u202e said"]


def test_no_line_is_wider_than_the_terminal(run: Run) -> None:
    out = run("said", env={"COLUMNS": "60"}).stdout
    words = [line for line in out.splitlines() if len(line.replace("\u2068", "").replace("\u2069", "")) > 60]
    # An identifier is never cut: another command takes it only whole.
    assert not [line for line in words if not line.strip().startswith("statement:")]


@pytest.mark.parametrize("width", ["40", "60", "80", "120", "300"])
def test_no_word_of_a_table_is_broken_or_lost(run: Run, width: str) -> None:
    """The longest are identifiers, which another command takes only whole."""
    acts = "SELECT ?statement ?act { ?statement stance:act ?act } ORDER BY ?statement LIMIT 20"
    gists = "SELECT ?statement ?gist { ?statement stance:gist ?gist } ORDER BY ?statement LIMIT 20"
    for command in (["ask", acts], ["ask", gists], ["events"], ["documents"], ["ask", "--list"]):
        table = run(*command, env={"COLUMNS": width}).stdout.replace("\u2068", "").replace("\u2069", "")
        rows = csv.DictReader(io.StringIO(run(*command, "--format", "csv").stdout))
        cells = [compact(row[column]) for row in rows for column in row if column != "iri"]
        assert set(" ".join(cells).split()) <= set(table.split())
        fit = max(40, min(int(width), 120))
        assert not [line for line in table.splitlines() if len(line) > fit and len(line.split()) > 2]


def test_a_table_is_aligned_in_columns_or_set_in_blocks_where_it_is_too_wide(
    run: Run, tmp_path: Path
) -> None:
    ties = tmp_path / "ties.csv"
    ties.write_text("a,b,weight\nnorth,south,1\nsouth,east-of-the-hills,-1\n", "utf-8")
    wide = run("rank", "--edges", str(ties)).stdout.splitlines()
    assert wide[0] == "actor              score  rank  best  worst  moved_most_by"
    assert wide[1] == "south              2      1"
    assert [line[:17].rstrip() for line in wide[2:]] == ["east-of-the-hills", "north"]
    narrow = run("rank", "--edges", str(ties), env={"COLUMNS": "40"}).stdout
    assert narrow.split("\n\n")[0].splitlines() == [
        "actor          south",
        "score          2",
        "rank           1",
    ]


def test_a_number_of_things_agrees_with_its_noun(run: Run) -> None:
    assert run("actor", "Delta", "--data", FIVE).stdout.splitlines()[0].endswith(", 1 statement")
    assert run("said", "Delta", "--data", FIVE).stderr.splitlines()[0] == "1 statement"
    assert run("actor", "Gamma", "--data", FIVE).stdout.splitlines()[0].endswith("s")


def test_markdown_is_a_table_whose_cells_cannot_break_it(run: Run) -> None:
    lines = run("documents", "--format", "md").stdout.splitlines()
    assert {line.replace("\\|", "").count("|") for line in lines} == {7}


def test_an_answer_goes_to_a_file_whole(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "said.json"
    done = run("said", "khazali", "--format", "json", "-o", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(file.read_text(encoding="utf-8"))
    assert [path.name for path in tmp_path.iterdir()] == ["said.json"]


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


@pytest.mark.parametrize("name", ["who.pdf", "who.PNG", "who.svg"])
def test_a_page_is_not_written_under_the_name_of_a_picture(run: Run, tmp_path: Path, name: str) -> None:
    ended = run("page", "-o", str(tmp_path / name), "--actor", "khazali")
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"error: '{name}' is no page")
    assert ".html" in ended.stderr
    assert not list(tmp_path.iterdir())


def test_a_closed_pipe_is_no_error(shell: Shell) -> None:
    done = shell("bash", "-c", "set -o pipefail; stancegraph said | head -n 1")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_of_names_leaves_iris_to_the_forms_that_machines_read(run: Run) -> None:
    iri = "https://example.org/id/alpha"
    shown = run("actors", "Alpha", "--data", FIVE).stdout
    assert "Alpha" in shown
    assert "example.org" not in shown
    assert run("actors", "Alpha", "--data", FIVE, "--format", "csv").stdout.splitlines() == [
        "actor,iri,kind,statements",
        f"Alpha,{iri},other,3",
    ]
    alone = "SELECT ?iri ?label { ?iri a stance:Actor ; skos:prefLabel ?label FILTER(STR(?label) = 'Alpha') }"
    assert iri in run("ask", alone, "--data", FIVE).stdout
