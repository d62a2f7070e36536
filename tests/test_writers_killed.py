"""A command that writes a graph is killed at any instant: the graph is the old or the new, and is written to again."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path
from typing import Final

import pytest

from conftest import Run, Shell
from killing import kill_everywhere

COMMANDS: Final = {
    "add": ["add", "actor", "Cy", "--kind", "cleric"],
    "rename": ["rename", "Ada", "Adah", "--iri", "adah"],
    "merge": ["merge", "Ada", "Bo"],
    "undo": ["undo"],
}


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.ttl")}


@pytest.fixture
def whole(run: Run, tmp_path: Path) -> Path:
    """A graph of two actors."""
    place = tmp_path / "whole"
    assert run("init", str(place), "--base", "https://example.org/id/").returncode == 0
    for name in ("Ada", "Bo"):
        done = run("add", "actor", name, "--kind", "politician", "--data", str(place))
        assert done.returncode == 0, done.stderr
    return place


@pytest.mark.parametrize("name", COMMANDS)
def test_a_writer_killed_at_any_instant_leaves_the_old_graph_or_the_new(
    name: str, whole: Path, run: Run, tmp_path: Path
) -> None:
    graph = tmp_path / "graph"
    command = [*COMMANDS[name], "--data", str(graph)]

    def prepare() -> None:
        shutil.rmtree(graph, ignore_errors=True)
        shutil.copytree(whole, graph)

    prepare()
    old = files(graph)
    done = run(*command)
    assert done.returncode == 0, done.stderr
    new = files(graph)
    assert new != old

    def check(where: str) -> None:
        assert run("actors", "--data", str(graph)).returncode == 0, where
        assert files(graph) in (old, new), where
        assert run("add", "actor", "Di", "--kind", "cleric", "--data", str(graph)).returncode == 0, where
        assert run("undo", "--data", str(graph)).returncode == 0, where
        assert files(graph) in (old, new), where

    kill_everywhere(command, prepare, check, events=())


def test_what_a_killed_import_left_is_cleared_by_the_next_and_nothing_else(
    shell: Shell, run: Run, tmp_path: Path
) -> None:
    table = tmp_path / "votes.csv"
    table.write_text("speaker,target,stance,date\nAda,a dam,supports,2024-02-01\n", encoding="utf-8")
    mine = tmp_path / ".graph.abcdefgh"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear", encoding="utf-8")
    before = set(tmp_path.iterdir())
    killed = """
import os, signal, sys
from pathlib import Path
from stancegraph.store.folders import new_folder
with new_folder(Path(sys.argv[1])) as folder:
    (folder / "actors.ttl").write_text("half of it")
    os.kill(os.getpid(), signal.SIGKILL)"""
    assert shell(sys.executable, "-c", killed, tmp_path / "graph").returncode == -signal.SIGKILL
    assert len(set(tmp_path.iterdir()) - before) == 1
    done = run("import", str(table), "-o", str(tmp_path / "graph"))
    assert done.returncode == 0, done.stderr
    assert set(tmp_path.iterdir()) - before == {tmp_path / "graph"}
    assert (mine / "letter.txt").read_text(encoding="utf-8") == "dear"
