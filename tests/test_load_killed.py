"""A load that is killed, or runs beside others, loses nothing: the database is the old or the new one."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from conftest import Run, Shell
from killing import kill_everywhere
from stancegraph import store
from stancegraph.errors import StanceError
from stancegraph.store import folders

STATEMENT = (
    "@prefix : <http://x/> . @prefix stance: <https://w3id.org/stancegraph/ns#> .\n"
    ":{name} a stance:Statement ; stance:speaker :a ; stance:supports :p .\n"
)
SAID = "SELECT DISTINCT ?s { ?s a stance:Statement }"


def write(file: Path, *names: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(STATEMENT.format(name=name) for name in names), encoding="utf-8")
    return file


def said(database: Path) -> set[str]:
    return {row["s"].value.rpartition("/")[2] for row in store.open(database).select(SAID)}


@pytest.mark.parametrize("swaps", [True, False], ids=["one step", "two steps"])
def test_a_load_killed_anywhere_leaves_the_old_database_or_the_new(swaps: bool, tmp_path: Path) -> None:
    whole, work, database = tmp_path / "whole", tmp_path / "work", tmp_path / "work" / "database"
    old, new = write(tmp_path / "old.ttl", "old"), write(tmp_path / "new.ttl", "new")
    store.load([old], whole)

    def prepare() -> None:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        shutil.copytree(whole, database)

    def check(where: str) -> None:
        assert said(database) in ({"old"}, {"old", "new"}), where
        store.load([new], database)
        assert said(database) == {"old", "new"}, where
        assert [each.name for each in work.iterdir()] == ["database"], where

    kills = kill_everywhere(["load", str(new), "--into", str(database)], prepare, check, swaps=swaps)
    assert kills >= 6


def test_a_load_killed_as_it_begins_or_ends_leaves_nothing_for_good(tmp_path: Path) -> None:
    """Killed before it marks the folder it works in, or after: an empty one goes, what holds anything stays."""
    one = write(tmp_path / "one.ttl", "one")
    for name in (".database.a1b2c3_4", ".database.x5y6z7w8", ".database.backup", ".database.holds_it"):
        (tmp_path / name).mkdir()
    (tmp_path / ".database.x5y6z7w8" / folders.MARK).touch()
    (tmp_path / ".database.holds_it" / "mine").touch()
    store.load([one], tmp_path / "database")
    assert {path.name for path in tmp_path.iterdir()} == {
        *("one.ttl", "database", ".database.backup", ".database.holds_it")
    }


def test_loads_at_one_time_into_one_place_lose_nothing(tmp_path: Path) -> None:
    files = [write(tmp_path / f"f{number}.ttl", f"s{number}") for number in range(4)]
    start = [sys.executable, "-m", "stancegraph", "load", "--into", str(tmp_path / "database")]
    loads = [subprocess.Popen([*start, str(file)], stderr=subprocess.DEVNULL) for file in files]
    assert [load.wait() for load in loads] == [0] * len(files)
    assert said(tmp_path / "database") == {f"s{number}" for number in range(4)}
    assert not list(tmp_path.glob(".*"))


def test_a_reader_meets_a_whole_database_whatever_is_loaded_meanwhile(tmp_path: Path) -> None:
    one, database = write(tmp_path / "one.ttl", "one"), tmp_path / "database"
    store.load([one], database)
    before = store.open(database)
    done, seen = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            seen.append(frozenset(said(database)))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(4):
        store.load([write(tmp_path / "more.ttl", f"s{number}")], database)
    done.set()
    reader.join()
    assert set(seen) <= {frozenset({"one"}), *(frozenset({"one", f"s{number}"}) for number in range(4))}
    assert len(before.select(SAID)) == 1
    assert list(tmp_path.glob(".*"))  # what it reads is kept for it
    del before
    store.load([one], database)
    assert not list(tmp_path.glob(".*"))


def test_a_database_that_another_program_has_open_is_refused(run: Run, tmp_path: Path) -> None:
    one, database = write(tmp_path / "one.ttl", "one"), tmp_path / "database"
    store.load([one], database)
    writer = "import pyoxigraph, sys; store = pyoxigraph.Store(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", writer, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        refused = run("load", str(one), "--into", str(database))
        assert (refused.returncode, refused.stderr.count("\n")) == (3, 1)
        assert "is open in another program" in refused.stderr
        other.communicate(b"\n")
    mine = pyoxigraph.Store(str(database))
    with pytest.raises(StanceError, match="is open in another program"):
        store.load([one], database)
    del mine
    store.load([one], database)


def test_what_another_program_wrote_and_did_not_flush_stays(shell: Shell, tmp_path: Path) -> None:
    """The other program is killed: what it wrote last stands in the database's log alone."""
    database = tmp_path / "database"
    code = """
import os, sys
from pyoxigraph import Literal, NamedNode, Quad, Store
store = Store(sys.argv[1])
for number in range(50):
    store.add(Quad(NamedNode("x:w"), NamedNode("x:p"), Literal(str(number)), NamedNode("x:g")))
store.add(Quad(NamedNode("x:w"), NamedNode("x:p"), Literal("default")))
os._exit(9)"""
    one = write(tmp_path / "one.ttl", "one")
    for _ in range(2):
        assert shell(sys.executable, "-c", code, database).returncode == 9
        store.load([one], database)
        rows = store.open(database).select("SELECT ?o { <x:w> <x:p> ?o }")
        assert {row["o"].value for row in rows} == {*map(str, range(50)), "default"}
        assert said(database) == {"one"}


def test_a_graph_that_another_program_added_to_keeps_what_it_holds(tmp_path: Path) -> None:
    one, database, notes = write(tmp_path / "one.ttl", "one"), tmp_path / "database", list[str]()
    store.load([one], database)
    theirs = Quad(NamedNode("x:w"), NamedNode("x:p"), Literal("1"), NamedNode("file:///one.ttl"))
    pyoxigraph.Store(str(database)).add(theirs)
    write(one, "two")
    store.load([one], database, note=notes.append)
    assert "<file:///one.ttl> was changed by another program" in notes[0]
    assert said(database) == {"one", "two"}
    write(one, "three")
    store.load([one], database)
    assert said(database) == {"one", "three"}
    assert theirs in pyoxigraph.Store.read_only(str(database))


def test_a_full_disk_leaves_the_database_as_it_was(shell: Shell, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: RocksDB meets the same error."""
    one, database = write(tmp_path / "one.ttl", "one"), tmp_path / "database"
    store.load([one], database)
    many = write(tmp_path / "many.ttl", *(f"s{number}" for number in range(20_000)))
    limited = f'ulimit -f 200; trap "" XFSZ; exec stancegraph load {many} --into {database}'
    done = shell("bash", "-c", limited)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "cannot be written" in done.stderr
    assert said(database) == {"one"}
    assert not list(tmp_path.glob(".*"))


def test_a_load_leaves_the_mode_of_the_folder_and_waits_for_nobody_in_vain(tmp_path: Path) -> None:
    one, database = write(tmp_path / "one.ttl", "one"), tmp_path / "database"
    database.mkdir(mode=0o700)
    store.load([one], database)
    store.load([one], database)
    assert database.stat().st_mode & 0o777 == 0o700
    held = os.open(tmp_path / "one.ttl", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    store.load([one], database)
    os.close(held)
