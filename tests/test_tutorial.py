"""The tutorial does what it says, in an empty folder: each of its ten commands is run, and what it shows is printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from conftest import ROOT, Run
from stancegraph import store
from stancegraph.statements import said

TUTORIAL = (ROOT / "graph" / "TUTORIAL.md").read_text(encoding="utf-8")
CALL = re.compile(
    r"\$ (?P<call>[^\n]*?)(?: <<'(?P<mark>\w+)'\n(?P<answers>.*?)\n(?P=mark))?\n(?P<shown>(?:(?!\$ )[^\n]*\n)*)",
    re.DOTALL,
)


def test_from_an_empty_folder_to_a_page(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (article,) = re.findall(r"```text\n(.*?)```", TUTORIAL, re.DOTALL)
    Path("weir.txt").write_bytes(article.encode())
    commands = 0
    for block in re.findall(r"```console\n(.*?)```", TUTORIAL, re.DOTALL):
        for match in CALL.finditer(block):
            program, *arguments = shlex.split(match["call"])
            if program == "export":
                name, _, value = arguments[0].partition("=")
                monkeypatch.setenv(name, value)
                continue
            assert program == "stancegraph"
            done = run(*arguments, stdin=f"{match['answers']}\n" if match["answers"] else None)
            assert done.returncode == 0, (match["call"], done.stderr)
            printed = done.stdout if arguments[0] != "check" else done.stdout + done.stderr
            assert printed.startswith(match["shown"]), match["call"]
            commands += 1
    assert commands == 10
    assert len(list(said(store.open("valley")))) == 2
    page = Path("valley.html").read_text("utf-8")
    assert "The weir should open every spring." in page
    assert "Our fields will be dust by June" in page
