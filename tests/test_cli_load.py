"""`load` as people meet it: what is not its own stays, and what a killed one left is swept."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from conftest import Run, Shell

FIVE = str(Path(__file__).parent / "fixtures" / "five.ttl")


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
