"""What is no coding, or cannot be written: refused in one line, and nothing is left behind."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from coding import CONCEPT, Coding, rows
from conftest import Shell
from stancegraph import store
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange import dna
from stancegraph.store import worker


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"actor": "orgnization"},
            "--actor 'orgnization': there is none such; there are: person, organization, concept, frame",
        ),
        ({"actor": "rating"}, "--actor rating: it is integer; choose a short text"),
        ({"target": "nothing"}, "--target 'nothing': there is none such; there are: person, "),
        ({"actor": "person", "target": "person"}, "cannot be both"),
        (
            {"level": "memo"},
            "--level 'memo': there is none such; there are: person, agreement, rating, frame",
        ),
        ({"level": "concept"}, "--level 'concept': there is none such"),
        (
            {"statement_type": "x"},
            "--statement-type 'x': there is none such; there are: DNA Statement: 3 statements",
        ),
        ({"base": "not an iri"}, "--base 'not an iri' is no IRI"),
        ({"base": ""}, "--base '' is no IRI"),
        ({"base": "https://w3id.org/stancegraph/id/"}, "is a namespace of others"),
        ({"base": "http://www.w3.org/ns/prov#"}, "is a namespace of others"),
    ],
)
def test_a_name_there_is_none_of_is_refused_and_nothing_is_written(
    small_coding: Coding, out: Path, options: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError) as raised:
        dna.convert(small_coding.file, out, **options)  # type: ignore[arg-type]
    assert message in str(raised.value)
    assert not out.exists()


def test_no_statement_type_or_none_with_variables_is_refused(tmp_path: Path, out: Path) -> None:
    empty = Coding(tmp_path / "empty.dna", {})
    with pytest.raises(UsageError, match="has no short text, so no speaker and no target"):
        dna.convert(empty.file, out)
    empty.run("DELETE FROM STATEMENTTYPES; INSERT INTO STATEMENTTYPES VALUES (3, 'A'), (4, 'B')")
    with pytest.raises(UsageError, match=r"no statement type stands out: .*A: 0 statements; B: 0 statements"):
        dna.convert(empty.file, out)
    empty.run("DELETE FROM STATEMENTTYPES")
    with pytest.raises(UsageError, match="no statement type stands out"):
        dna.convert(empty.file, out)
    one = Coding(tmp_path / "one.dna", {1: ("who", "short text"), 2: ("n", "integer"), 3: ("x", "drawing")})
    with pytest.raises(UsageError, match=r"choose two short texts .*\(who\)"):
        dna.convert(one.file, out)


def _as_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _as_another(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE x(y)")


DAMAGED: Final[dict[str, tuple[Callable[[Path], object], str]]] = {
    "missing": (lambda file: file.unlink(), "does not exist"),
    "a folder": (_as_folder, "is not a file"),
    "empty": (lambda file: file.write_bytes(b""), "is empty"),
    "text": (lambda file: file.write_text("ID,Title\n"), "is no SQLite database"),
    "zip": (lambda file: file.write_bytes(b"PK\x03\x04" + bytes(99)), "is no SQLite database"),
    "DNA 1": (
        lambda file: file.write_text("\n<?xml version='1.0'?><discourse/>"),
        "is XML, as DNA 1 wrote it",
    ),
    "cut short": (lambda file: file.write_bytes(file.read_bytes()[:9000]), "cut short or damaged"),
    "only a head": (lambda file: file.write_bytes(file.read_bytes()[:100]), "cut short or damaged"),
    "overwritten": (
        lambda file: file.write_bytes(file.read_bytes()[:4096] + bytes(file.stat().st_size - 4096)),
        "cut short or damaged",
    ),
    "another program's": (
        _as_another,
        "is not of DNA: it lacks STATEMENTTYPES, VARIABLES, DOCUMENTS, STATEMENTS …",
    ),
    "in use": (
        lambda file: file.with_name(file.name + "-wal").write_bytes(b"x"),
        r"is open in another program, or was left unfinished \(peace.dna-wal stands beside it\)",
    ),
    "left unfinished": (
        lambda file: file.with_name(file.name + "-journal").write_bytes(bytes.fromhex("d9d505f920a163d7")),
        "peace.dna-journal stands beside it",
    ),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_file_that_is_no_coding_of_dna_3_is_refused_and_nothing_is_written(
    small_coding: Coding, out: Path, kind: str
) -> None:
    damage, message = DAMAGED[kind]
    damage(small_coding.file)
    with pytest.raises(StanceError, match=message):
        dna.convert(small_coding.file, out)
    assert {path.name for path in out.parent.iterdir()} <= {"peace.dna", "peace.dna-wal", "peace.dna-journal"}


def test_a_coding_of_dna_2_is_refused_and_what_it_lacks_is_said(small_coding: Coding, out: Path) -> None:
    small_coding.run("DROP TABLE ENTITIES; ALTER TABLE DATASHORTTEXT RENAME COLUMN Entity TO Value")
    with pytest.raises(
        StanceError, match=r"another version of DNA: it lacks ENTITIES, DATASHORTTEXT.Entity, which"
    ):
        dna.convert(small_coding.file, out)


@pytest.mark.parametrize("number", [21, None, "x"])
def test_rows_without_a_number_of_their_own_are_refused(small_coding: Coding, out: Path, number: Any) -> None:
    small_coding.run(
        "ALTER TABLE ENTITIES RENAME TO OLD; CREATE TABLE ENTITIES AS SELECT * FROM OLD; DROP TABLE OLD"
    )
    small_coding.add("ENTITIES", number, CONCEPT, "x", None)
    with pytest.raises(StanceError, match=r"1 row of ENTITIES without a number of its own \(ID\)"):
        dna.convert(small_coding.file, out)
    assert not out.exists()


def test_columns_and_tables_that_older_files_lack_are_done_without(small_coding: Coding, out: Path) -> None:
    small_coding.run(
        """DROP TABLE ATTRIBUTEVALUES; DROP TABLE ATTRIBUTEVARIABLES; DROP TABLE SETTINGS; DROP TABLE CODERS;
        ALTER TABLE ENTITIES DROP COLUMN ChildOf; ALTER TABLE STATEMENTS DROP COLUMN Coder;
        ALTER TABLE DOCUMENTS DROP COLUMN Section; ALTER TABLE DOCUMENTS DROP COLUMN Author;
        ALTER TABLE DOCUMENTS DROP COLUMN Coder"""
    )
    done = dna.convert(small_coding.file, out)
    assert (done.statements, done.left_out) == (3, ())
    assert rows(out, "SELECT DISTINCT ?label { ?s stance:coder/rdfs:label ?label }") == [("coder unknown",)]


def test_a_folder_that_holds_something_is_refused_and_left_as_it_is(small_coding: Coding, out: Path) -> None:
    out.mkdir()
    dna.convert(small_coding.file, out)
    before = {file: file.read_bytes() for file in out.rglob("*.ttl")}
    assert before
    with pytest.raises(UsageError, match="exists and is not an empty folder"):
        dna.convert(small_coding.file, out)
    assert {file: file.read_bytes() for file in out.rglob("*.ttl")} == before
    with pytest.raises(UsageError, match="is not an empty folder"):
        dna.convert(small_coding.file, small_coding.file)
    with pytest.raises(StanceError, match="cannot be written"):
        dna.convert(small_coding.file, small_coding.file / "below")
    with pytest.raises(UsageError, match="no folder is named"):
        dna.convert(small_coding.file, "")


def test_an_empty_folder_keeps_its_mode_and_a_database_is_none(
    small_coding: Coding, out: Path, tmp_path: Path
) -> None:
    out.mkdir(0o700)
    dna.convert(small_coding.file, out)
    assert out.stat().st_mode & 0o777 == 0o700
    store.load([out], tmp_path / "database")
    with pytest.raises(UsageError, match="inside the database"):
        dna.convert(small_coding.file, tmp_path / "database" / "coding")


def test_nothing_stays_where_the_folder_cannot_be_written_whole(
    small_coding: Coding, out: Path, shell: Shell
) -> None:
    """In a process of its own that may write no file longer than a block."""
    limited = 'ulimit -f 1 && exec python -m stancegraph import dna "$0" -o "$1"'
    for number in range(2, 40):
        small_coding.document(number, f"text {number}")
    done = shell("bash", "-c", limited, small_coding.file, out)
    assert done.returncode == 3
    assert "cannot be written: File too large" in done.stderr
    assert [path.name for path in out.parent.iterdir()] == ["peace.dna"]


def test_nothing_stays_where_the_file_turns_out_to_be_damaged(small_coding: Coding, out: Path) -> None:
    for number in range(2, 60):
        small_coding.document(number, f"text {number} " * 300)
    with closing(sqlite3.connect(small_coding.file)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    raw = bytearray(small_coding.file.read_bytes())
    at = raw.rfind(b"text 30 text 30") // size * size
    raw[at : at + size] = b"\xff" * size
    small_coding.file.write_bytes(raw)
    with pytest.raises(StanceError, match="may be cut short or damaged"):
        dna.convert(small_coding.file, out)
    assert [path.name for path in out.parent.iterdir()] == ["peace.dna"]


@pytest.mark.parametrize("bytes_lost", [1, 100, 1024, 4096, 5000])
def test_a_file_that_lacks_its_end_is_refused(small_coding: Coding, out: Path, bytes_lost: int) -> None:
    whole = small_coding.file.read_bytes()
    small_coding.file.write_bytes(whole[:-bytes_lost])
    with pytest.raises(StanceError, match=f"cut short.* {bytes_lost} bytes?; copy it again"):
        dna.convert(small_coding.file, out)
    assert not out.exists()


def test_a_file_cannot_make_sqlite_work_without_end(small_coding: Coding, out: Path) -> None:
    """A generated column is computed for each row that is read."""
    small_coding.run("ALTER TABLE DOCUMENTS ADD COLUMN Author2 TEXT AS (hex(zeroblob(900000000)))")
    small_coding.run("ALTER TABLE DOCUMENTS RENAME COLUMN Author TO Old")
    small_coding.run("ALTER TABLE DOCUMENTS RENAME COLUMN Author2 TO Author")
    with pytest.raises(StanceError, match="string or blob too big"):
        dna.convert(small_coding.file, out)


def test_a_file_that_takes_more_memory_than_a_coding_does_ends_in_one_line(
    small_coding: Coding, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads the file is a process of its own: its end is an error here, and nothing stays."""
    small_coding.document(2, "x" * (64 << 20))  # too large for what the process has freed and kept
    monkeypatch.setattr(worker, "MEMORY", 16 << 20)
    with pytest.raises(StanceError, match=r"peace\.dna: reading it needs more than .* memory"):
        dna.convert(small_coding.file, out, texts=True)
    assert [path.name for path in out.parent.iterdir()] == ["peace.dna"]


def test_a_file_larger_than_any_coding_is_refused_unread(small_coding: Coding, out: Path) -> None:
    os.truncate(small_coding.file, (4 << 30) + 1)
    with pytest.raises(StanceError, match="has more than 4 GiB"):
        dna.convert(small_coding.file, out)
    assert not out.exists()
