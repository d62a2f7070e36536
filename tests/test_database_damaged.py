"""A damaged database is said to be damaged: an answer is the right one, or one line and exit code 3."""

from __future__ import annotations

import os
import random
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import google_crc32c
import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat

from conftest import Run, Shell
from stancegraph import store
from stancegraph.errors import StanceError
from stancegraph.store import database
from stancegraph.store.database import BLOCK

FIVE: Final = Path(__file__).parent / "fixtures" / "five.ttl"
PLACES: Final = int(os.environ.get("STANCEGRAPH_DAMAGES", "6"))
"""In how many places each file is damaged in each way: as many as one likes by the variable."""
QUESTIONS: Final = (
    "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?s ?o { ?s stance:speaker ?o }",
    "SELECT ?s { ?s a stance:Statement }",
)

WHOLE, BEGINS, ENDS = 5, 6, 8
"""Kinds of records: those of one part, and the first and the last part of one."""


def flip(content: bytearray, at: int) -> None:
    content[at] ^= 1 << at % 8


def cut(content: bytearray, at: int) -> None:
    del content[at:]


def wipe(content: bytearray, at: int) -> None:
    content[at : at + 64] = bytes(len(content[at : at + 64]))


def damages(database: Path) -> Iterator[str]:
    """Damage each file of a database in several ways and places, mended between; where."""
    chance = random.Random(1)
    ways: tuple[Callable[[bytearray, int], None], ...] = (flip, cut, wipe)
    for file in sorted(database.iterdir()):
        whole = file.read_bytes()
        for way in ways:
            for at in chance.sample(range(len(whole)), min(PLACES, len(whole))):
                content = bytearray(whole)
                way(content, at)
                if content != whole:
                    file.write_bytes(content)
                    yield f"{way.__name__} {file.name} at {at}"
        file.unlink()
        yield f"without {file.name}"
        file.write_bytes(whole)


def answers(database: Path) -> list[set[str]]:
    where = store.open(database)
    return [{str(sorted(row.items())) for row in where.select(question)} for question in QUESTIONS]


def answered(database: Path) -> list[set[str]] | str:
    try:
        return answers(database)
    except StanceError as error:
        return str(error)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    store.load([FIVE], tmp_path / "made")
    return tmp_path / "made"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A database of another program that was killed: what it wrote last stands in its log alone."""
    database = pyoxigraph.Store(str(tmp_path / "written"))
    for file in (FIVE, store.ontology() / "stance.ttl"):
        graph = NamedNode(f"http://x/{file.name}")
        database.load(path=str(file), format=RdfFormat.TURTLE, to_graph=graph, base_iri=graph.value)
    shutil.copytree(tmp_path / "written", tmp_path / "killed")
    return tmp_path / "killed"


@pytest.mark.parametrize("whose", ["made", "written"])
def test_an_answer_of_a_damaged_database_is_whole_or_an_error(
    whose: str, request: pytest.FixtureRequest
) -> None:
    database: Path = request.getfixturevalue(whose)
    right, refused = answers(database), 0
    for damage in damages(database):
        found = answered(database)
        if isinstance(found, str):
            refused += 1
            assert "damaged" in found or "no RDF files" in found, damage
            assert "\n" not in found, damage
        elif whose == "written" and ".log" in damage and not damage.startswith("flip"):
            # Without its end, a log is that of a program that wrote no more: UPSTREAM.md, 6.
            assert all(part <= whole for part, whole in zip(found, right, strict=True)), damage
        else:
            assert found == right, damage
    assert refused > 10
    assert answers(database) == right


def test_every_command_says_in_one_line_that_a_database_is_damaged(run: Run, made: Path) -> None:
    largest = max(made.glob("*.sst"), key=lambda file: file.stat().st_size)
    content = bytearray(largest.read_bytes())
    flip(content, len(content) // 2)
    largest.write_bytes(content)
    for command in (["said"], ["actors"], ["check"], ["ask", QUESTIONS[0]], ["network"]):
        done = run(*command, "--data", str(made))
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1), command
        assert f"{largest.name} is damaged" in done.stderr, command


def test_what_the_engine_finds_damaged_in_the_middle_of_an_answer_is_told_so(run: Run, made: Path) -> None:
    """As if the disk had forgotten: the file looks as it was written, and the engine's own checksums tell."""
    for file in made.glob("*.sst"):
        state, content = file.stat(), bytearray(file.read_bytes())
        content[: len(content) // 2] = bytes(len(content) // 2)
        with file.open("r+b") as table:
            table.write(content)
        os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    for command in (["said"], ["check"], ["ask", QUESTIONS[0]]):
        done = run(*command, "--data", str(made))
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1), command
        assert "is a damaged Oxigraph database" in done.stderr, command


def test_a_load_into_a_damaged_database_is_refused_and_leaves_it(shell: Shell, made: Path) -> None:
    """Also where the file looks as it was written: a load reads all of it."""
    largest = max(made.glob("*.sst"), key=lambda file: file.stat().st_size)
    state, content = largest.stat(), bytearray(largest.read_bytes())
    flip(content, len(content) // 2)
    with largest.open("r+b") as file:
        file.write(content)
    os.utime(largest, ns=(state.st_atime_ns, state.st_mtime_ns))
    done = shell("stancegraph", "load", FIVE, "--into", made)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert f"{largest.name} is damaged" in done.stderr
    assert largest.read_bytes() == content
    assert [each.name for each in made.parent.iterdir()] == [made.name]


@pytest.mark.parametrize("left", [0, 6, 7, 8, 10, 11])
def test_a_log_is_whole_whatever_its_records_leave_of_a_block(tmp_path: Path, left: int) -> None:
    """RocksDB fills with noughts what is too short for a head, which has 11 bytes in a log that is used again."""
    (tmp_path / "CURRENT").touch()
    first = record(WHOLE, BLOCK - 11 - left) + (record(BEGINS, 0) if left == 11 else bytes(left))
    whole = first + record(ENDS if left == 11 else WHOLE, 40)
    log = tmp_path / "000008.log"
    log.write_bytes(whole)
    assert not database.verify(tmp_path)
    damaged = bytearray(whole)
    flip(damaged, -20)
    log.write_bytes(damaged)
    with pytest.raises(StanceError, match=f"at byte {BLOCK}$"):
        database.verify(tmp_path)


def record(kind: int, size: int) -> bytes:
    """A record of so many bytes, in a log that is used again."""
    body = bytes([kind, 1, 0, 0, 0]) + b"x" * size
    value = google_crc32c.value(body)
    masked = ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return struct.pack("<IH", masked, size) + body


def test_a_copied_database_answers_and_another_program_may_write_to_it(made: Path, tmp_path: Path) -> None:
    right = answers(made)
    shutil.copytree(made, tmp_path / "copy")
    assert answers(tmp_path / "copy") == right
    pyoxigraph.Store(str(tmp_path / "copy")).optimize()
    assert answers(tmp_path / "copy") == right
