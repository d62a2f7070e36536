"""A command that writes a graph is killed at any instant: the graph is the old or the new, and is written to again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from conftest import Run
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
