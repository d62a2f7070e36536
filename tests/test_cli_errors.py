"""What goes wrong is one clear line on stderr and an exit code: bad options, names, files, statements."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from conftest import Run, Shell

FIVE = str(Path(__file__).parent / "fixtures" / "five.ttl")
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
    (["import"], 2, "FILE"),
    (["import", "dna"], 2, "-o"),
    (["import", "csv", "x.csv", "-o", "y"], 3, "cannot read x.csv"),
    (["import", "docx", "x.docx", "-o", "y"], 2, "docx"),
    (["load"], 2, "SOURCE"),
    (["nonsense"], 2, "nonsense"),
    (["sayd"], 2, "Did you mean 'said'?"),
    (["said", "--min-confidence", "high"], 2, "--min-confidence"),
    (["said", "--min-confidence", "2"], 2, "less than or equal to 1"),
    (["said", "--min-count", "0"], 2, "greater than or equal to 1"),
    (["said", "--as", "group"], 2, "'person', 'organisation'"),
    (["network", "--width", "1.5"], 2, "--width"),
    (["network", "--alpha", "x"], 2, "--alpha"),
    (["alliances", "--blocs", "3"], 2, "'2', 'free'"),
    (["alliances", "--seconds", "soon"], 2, "--seconds"),
    (["ask", "figures-rose", "--timeout", "0"], 2, "--timeout"),
    (["plot", "--what", "pie", "-o", "pie.png"], 2, "--what"),
    (["shifts", "--blocs", "sadr"], 2, "whole network"),
    (["page", "--view", "ego"], 2, "one --actor"),
    (["check", "twice"], 2, "twice"),
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
    assert list(found[0]) == "file line subject rule message why mend command".split()
    assert any("bare" in row["subject"] for row in found)
    assert any("undated" in row["subject"] for row in found)


WRONG_NUMBERS = [("confidence 1.0", 'confidence "high"'), ("confidence 1.0", 'confidence "NaN"^^xsd:double')]


@pytest.mark.parametrize(("right", "wrong"), WRONG_NUMBERS)
@pytest.mark.parametrize("command", ["said", "timeline", "page"])
def test_a_number_that_is_none_is_named_with_its_statement(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, right: str, wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "wrong.ttl"
    file.write_text(Path(FIVE).read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    done = run(command, "--data", str(file))
    assert done.returncode == 0
    assert "alpha-once" in done.stderr
    assert "stance:confidence" in done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("network --aggregation combine", "not defined for --kind agreement"),
        ("network --kind two-mode --normalisation jaccard", "not defined for --kind two-mode"),
        ("network --level tone", "no level is called 'tone'"),
        ("network --kernel uniform", "needs --width"),
        ("network --window soon", "write 28d, 4w"),
        ("network --alpha 2", "alpha"),
        ("alliances --edges nowhere.csv", "nowhere.csv"),
        ("alliances --edges x.csv --actor sadr", "leave out the options"),
        ("rank --by fame", "betweenness"),
        ("network --step 3d", "choose --window or --kernel"),
        ("network --kernel uniform --width 99999999", "a kernel spans 1 to"),
        ("network --kernel uniform --width 0", "a kernel spans 1 to"),
        ("network --width 0", "choose --window or --kernel"),
        ("network --kind stances --normalisation jaccard", "not defined for --kind stances"),
    ],
)
def test_a_wrong_option_is_answered_in_a_sentence(run: Run, options: str, words: str) -> None:
    done = run(*options.split())
    assert done.returncode == (3 if "nowhere" in options else 2)
    assert done.stderr.startswith("error: ")
    assert words in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,weight\nx,y,nan\n", "line 2"),
        ("a,b\nx,y\n", "weight"),
        ("a,b,weight\nx,,1\n", "line 2"),
        ("", "empty"),
    ],
)
def test_a_broken_list_of_ties_says_where(run: Run, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "ties.csv"
    file.write_text(text, "utf-8")
    for command in ("alliances", "rank"):
        done = run(command, "--edges", str(file))
        assert done.returncode in {2, 3}
        assert words in done.stderr


@pytest.mark.parametrize(
    ("library", "extra", "arguments"),
    [
        ("matplotlib", "plot", ["plot", "-o", "x.png"]),
        ("trafilatura", "articles", ["code", "page.html", "--propose"]),
    ],
)
def test_a_library_that_is_not_installed_is_one_line_with_the_extra_that_has_it(
    shell: Shell, tmp_path: Path, library: str, extra: str, arguments: list[str]
) -> None:
    (tmp_path / "page.html").write_text("<html><body><p>So it is.</p></body></html>", encoding="utf-8")
    without = (
        f"import sys; sys.modules[{library!r}] = None; sys.argv = ['stancegraph', *sys.argv[1:]]; "
        "from stancegraph.cli.boundary import main; main()"
    )
    done = shell(sys.executable, "-c", without, *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {library} is not installed: pip install 'stancegraph[{extra}]'\n"
