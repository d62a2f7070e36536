"""`stancegraph code FILE --propose`: what it reads, prints and writes, and what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conftest import Run

ARTICLE = (
    "The Harbour Ministry met on Friday.\n\n“We will open the road again,” the minister said on Saturday.\n"
)
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Road to open</title>
<meta property="article:published_time" content="2024-12-30T10:00:00Z">
<script>document.write("“Never,” the script said.")</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Road to open</h1>
<p>The harbour town waited all morning for news of the talks, which went on behind closed doors until noon.</p>
<p>“We will open the road again,” the minister said on Saturday, after the last of the ships had left the quay.</p>
<p>The union’s chair, who had left early, called the plan “nothing but a promise on paper” and asked all to wait.</p>
</article><footer>All rights reserved</footer></body></html>
"""
KEYS = (
    "start end quote speaker speaker_start speaker_end actor cue act date rule confidence antecedent".split()
)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "article.txt"
    file.write_text(ARTICLE, encoding="utf-8")
    return file


def test_json_has_one_row_for_each_proposal(run: Run, article: Path) -> None:
    done = run("code", str(article), "--propose", "--date", "2024-12-31", "--format", "json")
    assert done.returncode == 0
    (row,) = json.loads(done.stdout)
    assert list(row) == KEYS
    assert ARTICLE[row["start"] : row["end"]] == row["quote"] == "We will open the road again,"
    assert ARTICLE[row["speaker_start"] : row["speaker_end"]] == row["speaker"] == "the minister"
    assert (row["actor"], row["cue"], row["act"], row["date"]) == (None, "said", "assert", "2024-12-28")
    assert (row["rule"], row["antecedent"]) == ("subject-verb", None)
    assert 0 < row["confidence"] <= 1
    assert "1 proposal" in done.stderr


def test_csv_has_the_same_columns_and_a_table_tells_them(run: Run, article: Path, tmp_path: Path) -> None:
    file = tmp_path / "proposals.csv"
    assert run("code", str(article), "--propose", "--format", "csv", "-o", str(file)).returncode == 0
    header, row = file.read_text("utf-8").splitlines()
    assert header == ",".join(KEYS)
    assert '"We will open the road again,"' in row
    told = run("code", str(article), "--propose").stdout
    assert "“We will open the road again,”\n  the minister → (no actor of the graph)\n  said · assert" in told


def test_without_its_day_a_document_leaves_weekdays_open(run: Run, article: Path) -> None:
    done = run("code", str(article), "--propose", "--format", "json")
    assert json.loads(done.stdout)[0]["date"] is None
    assert "--date DAY settles them" in done.stderr


def test_actors_are_those_of_the_graph_given(run: Run, tmp_path: Path) -> None:
    graph, file = tmp_path / "actors.ttl", tmp_path / "article.txt"
    graph.write_text(
        "@prefix stance: <https://w3id.org/stancegraph/ns#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<https://example.org/harbours> a stance:Actor ; skos:prefLabel "Harbour Ministry"@en .\n',
        encoding="utf-8",
    )
    file.write_text("“We wait for spring,” the Harbour Ministry said.", encoding="utf-8")
    done = run("code", str(file), "--propose", "--data", str(graph), "--format", "json")
    assert json.loads(done.stdout)[0]["actor"] == "https://example.org/harbours"


@pytest.mark.parametrize(
    ("name", "before"), [("page.html", ""), ("page", "\n<!-- saved -->\n"), ("page.txt", "\ufeff")]
)
def test_of_a_page_only_the_article_is_read_and_its_day_is_the_pages(
    run: Run, tmp_path: Path, name: str, before: str
) -> None:
    page, text = tmp_path / name, tmp_path / "words"
    page.write_text(before + PAGE, encoding="utf-8")
    done = run("code", str(page), "--propose", "--format", "json", "--text", str(text))
    first, second = json.loads(done.stdout)
    read = text.read_bytes().decode("utf-8")
    assert read[first["start"] : first["end"]] == "We will open the road again,"
    assert read[second["start"] : second["end"]] == "nothing but a promise on paper"
    assert first["date"] == "2024-12-28"
    assert "script" not in read
    assert "--text FILE writes it" in run("code", str(page), "--propose").stderr


def test_an_article_without_quotations_has_no_proposals(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "plain.txt"
    file.write_text("The road is open.\n", encoding="utf-8")
    done = run("code", str(file), "--propose", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert "no proposals" in done.stderr


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("caf\xe9".encode("latin-1"), "line 1: not UTF-8"),
        ("“We wait,” he said.".encode("utf-16"), "line 1: not UTF-8"),
        (b"PK\x03\x04\x00\x00", "not text"),
        (b" \n\n", "holds no article"),
        (b"<html><body></body></html>", "holds no article"),
        (b"<html><script>1</script>" + b"<div>" * 5000, "holds no article"),
        (b"a" * (10 << 20) + b"a", "over 10 MiB"),
    ],
)
def test_what_is_no_article_is_refused_in_one_line(
    run: Run, tmp_path: Path, content: bytes, why: str
) -> None:
    file = tmp_path / "article"
    file.write_bytes(content)
    done = run("code", str(file), "--propose")
    assert (done.returncode, done.stdout) == (3, "")
    assert why in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_is_no_file_is_refused(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path / "none.txt", tmp_path, pipe):
        done = run("code", str(path), "--propose")
        assert done.returncode == 3
        assert "cannot read" in done.stderr


def test_wrong_usage_says_how_to_mend_it(run: Run, article: Path) -> None:
    for options, why in (
        ([], "name the folder to write to by --data DIR"),
        (["--propose", "--date", "Saturday"], "write it as 2024-12-31"),
        (["--propose", "--verbs", str(article)], "is not TOML"),
    ):
        done = run("code", str(article), *options)
        assert done.returncode == 2
        assert why in done.stderr
