"""Commands that write a graph are killed, run out of room, and meet: nothing is lost, and nothing is half written."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from random import Random

import pytest

import writing
from conftest import Run, Shell


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ("killed", "undo"),
        ("killed", "import"),
        ("killed", "code"),
        ("without-room", "merge"),
        ("without-room", "import"),
        ("at-once", "edit"),
    ],
)
def test_what_is_left_is_the_old_graph_or_the_new(how: str, name: str, tmp_path: Path) -> None:
    """A few of the attacks that `scripts/attack` makes as often as one likes."""
    with writing.stages(tmp_path) as stage_of:
        stage = stage_of(list(writing.WRITERS).index(name))
        assert list(writing.ATTACKS[how](stage, Random(1))) == []
        assert stage.states[0] != stage.states[-1], "it writes"


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
