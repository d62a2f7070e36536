"""`stancegraph code FILE --data DIR`: a coder walked through the proposals of an article, by pipe and on a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import Run
from stancegraph import store
from stancegraph.curate.folder import Folder, init
from stancegraph.statements import said
from stancegraph.validation import check
from valley import BASE, contents

ARTICLE = (
    "The weir of the lower valley\n\n"
    "😀 “The weir will open every spring,” the River Authority said on Monday. Farmers rejected the plan: “Our fields "
    "will be dust by June,” the Farmers’ Union warned.\n"
)
DOCUMENT = ("", "Valley Gazette", "1", "", "media outlet", "y", "", "2024-03-06", "", "y")
"""The first line is the title; the outlet is new, of that name and kind; no second one; the day; no address."""
FIRST = ("a", "Announces an open weir.", "1", "", "government body", "y", "")
"""Taken: a gist; the speaker is new, of the name and kind; no second one."""
SIDES = ("The weir should open.", "1", "", "demand", "Fishers could affirm it.", "y", "", "", "", "y")
"""Supports a proposition that is new, and nothing else; opposes nothing; is neutral on nothing; write it."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    init(tmp_path / "graph", base=BASE)
    (tmp_path / "article.txt").write_bytes(ARTICLE.encode())
    return tmp_path / "graph"


def code(run: Run, place: Path, *answers: str, options: tuple[str, ...] = ()) -> str:
    """What the command says of an article, by these answers."""
    article = str(place.with_name("article.txt"))
    done = run("code", article, "--data", str(place), *options, stdin="".join(f"{a}\n" for a in answers))
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_an_article_is_coded_from_nothing_by_answers_alone(run: Run, place: Path) -> None:
    told = code(run, place, *DOCUMENT, *FIRST, *SIDES, "s")
    assert "⟦The weir will open every spring,⟧” the River Authority said" in told
    assert "proposed by rules: the speaker is named beside the words (“" in told
    assert "right 95 times in 100" in told
    assert '+    stance:quote "The weir will open every spring"@en ;' in told
    assert "1 statement added; 0 to be decided" in told
    (statement,) = said(store.open(place))
    assert [speaker.label for speaker in statement.speakers] == ["River Authority"]
    assert (statement.act, statement.date, statement.on(1)) == (
        "assert",
        "2024-03-04",
        ("The weir should open.",),
    )
    (passage,) = statement.reports[0].passages
    assert ARTICLE[passage.start : passage.end] == passage.quote == "The weir will open every spring"
    assert check(store.open(place), sources=place / "texts").findings == ()


def test_who_stops_goes_on_from_there_and_nothing_unreviewed_is_in_an_answer(run: Run, place: Path) -> None:
    assert "2 to be decided" in code(run, place, *DOCUMENT, "q")
    assert list(said(store.open(place))) == []
    assert "1 of 2" in code(run, place, "s", "q")
    again = code(run, place, "q")
    assert "2 proposals, 1 of them to be decided" in again
    assert "⟦Our fields will be dust by June,⟧" in again
    assert "2 proposals, 2 of them to be decided" in code(run, place, "q", options=("--coder", "2"))


def test_a_statement_taken_back_is_proposed_again(run: Run, place: Path) -> None:
    code(run, place, *DOCUMENT, *FIRST, *SIDES, "q")
    assert "1 of them to be decided" in code(run, place, "q")
    assert run("undo", "--data", str(place)).returncode == 0
    assert "2 of them to be decided" in code(run, place, "q")


def test_answers_that_end_leave_what_was_written_and_nothing_half(run: Run, place: Path) -> None:
    code(run, place, *DOCUMENT, "q")
    before = contents(place)
    told = code(run, place, "a", "Announces it.")
    assert "the answers ended before the questions: nothing is written" in told
    assert contents(place) == before


def test_what_breaks_a_rule_is_asked_for_again_with_the_answers_kept(run: Run, place: Path) -> None:
    code(run, place, *DOCUMENT, *FIRST[:-1], "", "", "", "", "n", "q")
    # Changed: a day after the document's is refused; then everything again, Enter keeping each answer.
    change = ["c", "Announces it.", "", "River Authority", "", "", "", "2024-03-09", *[""] * 7]
    told = code(run, place, *change, *[""] * 5, "2024-03-05", *[""] * 7, "y", "q")
    assert "no later than each document" in told
    (statement,) = said(store.open(place))
    assert (statement.date, statement.gist) == ("2024-03-05", "Announces it.")


def test_a_page_is_coded_by_the_text_taken_from_it(run: Run, place: Path) -> None:
    page = place.with_name("page.html")
    page.write_text(
        "<!doctype html><html><head><title>Weir</title><script>alert(1)</script></head><body><article>"
        "<p>The river towns waited all morning for news of the talks on the weir and its long-promised repair.</p>"
        "<p>“The weir will open every spring,” the River Authority said on Monday, after a night of talks.</p>"
        "</article></body></html>",
        encoding="utf-8",
    )
    answers = ("Weir", *DOCUMENT[1:], *FIRST, "", "", "", "y")
    done = run("code", str(page), "--data", str(place), stdin="".join(f"{a}\n" for a in answers))
    assert done.returncode == 0, done.stderr
    (statement,) = said(store.open(place))
    assert statement.quotes == ("The weir will open every spring",)
    assert check(store.open(place), sources=place / "texts").findings == ()
    assert "alert" not in next((place / "texts").iterdir()).read_text("utf-8")


def test_on_a_terminal_it_is_the_same_conversation(place: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "stancegraph", "code", str(place.with_name("article.txt"))]
    process = subprocess.Popen(
        [*command, "--data", str(place)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm"},
        start_new_session=True,
    )
    os.close(slave)
    shown = ""
    try:
        for answer in (*DOCUMENT, *FIRST, "", "", "", "y", "s"):
            shown += _until_asked(master)
            os.write(master, f"{answer}\n".encode())
        shown += _rest(master)
    finally:
        os.close(master)
        process.wait(timeout=60)
    assert process.returncode == 0, shown
    assert "1 statement added; 0 to be decided" in shown
    assert "statement/river-authority-announces-open-weir" in shown
    assert len(list(said(store.open(place)))) == 1


def _until_asked(terminal: int) -> str:
    """What is shown until a prompt stands at the end, and nothing follows for a moment."""
    shown, end = "", time.monotonic() + 300
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.2 if shown.endswith(("> ", "] ")) else 60)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")
        elif shown.endswith(("> ", "] ")):
            return shown
    raise AssertionError(f"nothing is asked: {shown}")


def _rest(terminal: int) -> str:
    shown = ""
    try:
        while part := os.read(terminal, 4096):
            shown += part.decode(errors="replace")
    except OSError:  # Linux says so at the end
        pass
    return shown


def test_drafts_of_anybodys_program_are_walked_through_and_their_maker_is_named(
    run: Run, place: Path
) -> None:
    code(run, place, *DOCUMENT, "q")
    drafts = place.with_name("drafts.jsonl")
    start = ARTICLE.index("Farmers rejected")
    rows: list[object] = [
        {
            "document": "valley-weir-lower",
            "start": start,
            "end": start + 25,
            "quote": "Farmers rejected the plan",
            "act": "reject",
        },
        {"document": "valley-weir-lower", "start": start, "end": 9999},
        {"document": "valley-weir-lower", "start": start, "end": start + 7, "quote": "Fishers"},
        {"document": "valley-weir-lower", "start": start, "end": start + 7, "date": "Monday"},
        {"start": 1, "end": 2},
        ["no object"],
    ]
    drafts.write_text("".join(f"{json.dumps(row)}\n" for row in rows) + "{\n", encoding="utf-8")
    nobody = run("import", "proposals", str(drafts), "-o", str(place))
    assert nobody.returncode == 2
    assert f"{drafts} holds no line that can be taken" in nobody.stderr
    assert "line 1: names no maker" in nobody.stderr
    done = run("import", "proposals", str(drafts), "-o", str(place), "--maker", "finder 2.0")
    assert done.returncode == 0, done.stderr
    assert "1 draft kept" in done.stderr
    for line, why in (
        (2, "the text is"),
        (3, "the text has 'Farmers'"),
        (4, "'Monday' is not a day of the calendar"),
        (5, "names no document"),
        (6, "is no object"),
        (7, "no JSON"),
    ):
        assert any(each.startswith(f"line {line}: ") and why in each for each in done.stderr.splitlines())
    assert list(said(store.open(place))) == []
    told = code(
        run, place, "s", "a", "Farmers oppose it.", "Valley Gazette", "", "2024-03-05", *[""] * 4, "q"
    )
    assert "proposed by finder 2.0: imported: 0.5 sure, by its maker’s account" in told
    (statement,) = said(store.open(place))
    assert (statement.act, statement.quotes) == ("reject", ())
    assert [(p.start, p.end) for p in statement.reports[0].passages] == [(start, start + 25)]


def test_drafts_lie_where_neither_git_nor_an_answer_reads_them(run: Run, place: Path) -> None:
    code(run, place, *DOCUMENT, "s", "q")
    ignored = (place / ".gitignore").read_text("utf-8").split()
    assert ".stancegraph/" in ignored
    assert [path.name for path in (place / ".stancegraph" / "drafts" / "valley-weir-lower").iterdir()] == [
        "coder-1.json"
    ]
    assert len(Folder(place).file_names) == 6
