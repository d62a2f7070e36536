"""The table of stances alone, in files of Parquet: it counts what its graph does, and says what it lacks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from pyarrow import parquet

from conftest import Run
from stancegraph import store, table
from stancegraph.statements import by_iri, reader
from stancegraph.statements.filters import FilterOptions
from stancegraph.store import Store
from stancegraph.store.tables import VERSION
from test_everywhere import FILTERS
from test_table_snapshot import told

COMMANDS: Final = [
    ["network"],
    ["network", "--kind", "two-mode", "--as", "organisation", "--since", "2025-03-08"],
    ["network", "--kind", "targets", "--kind", "cleric", "--period", "fall of Assad"],
    ["network", "--kind", "stances", "--act", "accuse", "--not-document", "gulan-iraq-warns"],
    ["network", "--summary"],
    ["allies", "al-Khanjar"],
    ["shifts", "--blocs"],
]
ANSWERED: Final = [given for given in FILTERS if not {"about", "not_about", "words"} & given.keys()]
WANTING: Final = [
    ["said", "khazali"],
    ["search", "Alawites"],
    ["cite", "khazali"],
    ["ask", "ASK { ?s ?p ?o }"],
    ["check"],
    ["network", "--about", "Syria"],
    ["network", "--not-about", "Syria"],
    ["network", "--words", "fear"],
    ["network", "--min-confidence", "0"],
    ["network", "--level", "figure"],
]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the shipped graph, alone in a folder; in reading order organisations come first."""
    place = tmp_path_factory.mktemp("tables")
    store.load([store.ontology()], place / "database")
    for who in ("person", "organisation"):
        table.stances(store.open(place / "database"), as_=who)
    (place / "alone").mkdir()
    for file in (place / "database").glob("*.parquet"):
        shutil.copy(file, place / "alone")
    shutil.rmtree(place / "database")
    return place / "alone"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_table_answers_what_its_graph_does(run: Run, tables: Path, command: list[str]) -> None:
    here = run(*command, "--format", "json")
    there = run(*command, "--format", "json", "--data", str(tables))
    assert there.returncode == 0, there.stderr
    assert json.loads(there.stdout) == json.loads(here.stdout) != []
    assert "has no words: they lie in the database or files" in there.stderr


def test_a_table_tells_of_more_statements_than_a_question_names(
    tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [stance.statement for stance in table.stances(store.open(tables))]
    few = by_iri(store.open(tables), found)
    monkeypatch.setattr(reader, "FEW", 5)
    assert by_iri(store.open(tables), found) == few != {}


@pytest.mark.parametrize("given", [{}, {"as_": "organisation"}, *ANSWERED], ids=str)
def test_every_filter_on_columns_passes_the_same_rows(
    shipped: Store, tables: Path, given: FilterOptions
) -> None:
    assert [*told(table.stances(store.open(tables), **given))] == [*told(table.stances(shipped, **given))]


def test_stances_keep_their_statements_days_and_documents(run: Run, tables: Path) -> None:
    here, there = (
        run("compare", "al-Mukhtar", "Sudani", *data, "--format", "json")
        for data in ([], ["--data", str(tables)])
    )
    words = {"a", "b"}  # the words for a stance lie in the graph
    assert [{k: v for k, v in row.items() if k not in words} for row in json.loads(there.stdout)] == [
        {k: v for k, v in row.items() if k not in words} for row in json.loads(here.stdout)
    ]
    shown = run("allies", "al-Khanjar", "--data", str(tables)).stdout
    assert "Khamis al-Khanjar, 2024-11-27/2024-12-06 — [Iraq shifts its approach" in " ".join(shown.split())


@pytest.mark.parametrize("command", WANTING, ids=" ".join)
def test_what_needs_words_or_triples_says_in_a_line_where_they_are(
    run: Run, tables: Path, command: list[str]
) -> None:
    done = run(*command, "--data", str(tables))
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "give --data the database, files or endpoint it was made of" in line
    if command[0] == "network" and "--min-confidence" not in command:
        assert f" {' '.join(command[1:2])} " in line


def rewritten(file: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change what a table says that it is of."""
    rows = parquet.read_table(file)
    about = change(json.loads(rows.schema.metadata[b"stancegraph.snapshot"]))
    metadata = {**rows.schema.metadata, b"stancegraph.snapshot": json.dumps(about).encode()}
    parquet.write_table(rows.replace_schema_metadata(metadata), file)


def cut(folder: Path, *parts: tuple[int, int]) -> None:
    """Leave the table of persons in parts, each from a row on and so many rows long."""
    (folder / "stancegraph-organisation.parquet").unlink()
    whole = parquet.read_table(folder / "stancegraph-person.parquet")
    (folder / "stancegraph-person.parquet").unlink()
    for number, part in enumerate(parts):
        parquet.write_table(whole.slice(*part), folder / f"{number}.parquet")


def test_parts_of_a_table_are_read_as_one(shipped: Store, tables: Path, tmp_path: Path) -> None:
    shutil.copytree(tables, tmp_path / "parts")
    cut(tmp_path / "parts", (0, 100), (100, 7), (107, 10_000))
    assert [*told(table.stances(store.open(tmp_path / "parts")))] == [*told(table.stances(shipped))]


PERSON: Final = "stancegraph-person.parquet"
DAMAGE: Final[dict[str, tuple[Callable[[Path], object], int, str]]] = {
    "empty folder": (cut, 3, "no RDF files in"),
    "not ours": (
        lambda at: parquet.write_table(
            parquet.read_table(at / PERSON).replace_schema_metadata({}), at / PERSON
        ),
        3,
        "is Parquet, but no table of stances",
    ),
    "newer": (
        lambda at: rewritten(at / PERSON, lambda about: about | {"version": VERSION + 1}),
        3,
        "newer version",
    ),
    "older": (
        lambda at: rewritten(at / PERSON, lambda about: {"version": 1, "of": about["of"]}),
        3,
        "left by an earlier version of stancegraph: load the data again",
    ),
    "without names": (
        lambda at: parquet.write_table(
            (rows := parquet.read_table(at / PERSON)).replace_schema_metadata(
                {name: told for name, told in rows.schema.metadata.items() if name != b"stancegraph.names"}
            ),
            at / PERSON,
        ),
        3,
        "names more than a table can bear",
    ),
    "cut short": (
        lambda at: (at / PERSON).write_bytes((at / PERSON).read_bytes()[:-9]),
        3,
        "cannot be read as Parquet",
    ),
    "flipped": (
        lambda at: (at / PERSON).write_bytes(
            (data := (at / PERSON).read_bytes())[:90] + b"\0\0\0\0" + data[94:]
        ),
        3,
        "is damaged",
    ),
    "of two graphs": (
        lambda at: rewritten(at / PERSON, lambda about: about | {"of": "another"}),
        3,
        "are tables of different graphs",
    ),
    "a part missing": (lambda at: cut(at, (0, 100), (107, 10_000)), 3, "parts of the table are missing"),
    "a part twice": (lambda at: cut(at, (0, 100), (100, 10_000), (0, 100)), 3, "some stand there twice"),
    "one side alone": (lambda at: (at / PERSON).unlink(), 2, "has no stancegraph-person.parquet"),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_what_is_no_whole_table_of_one_graph_is_an_error_of_one_line(
    run: Run, tables: Path, tmp_path: Path, how: str
) -> None:
    shutil.copytree(tables, tmp_path / "mine")
    damage, code, said = DAMAGE[how]
    damage(tmp_path / "mine")
    done = run("network", "--data", str(tmp_path / "mine"))
    assert (done.returncode, done.stdout) == (code, "")
    (line,) = done.stderr.splitlines()
    assert said in line


def test_a_table_is_not_joined_with_another_place(run: Run, tables: Path) -> None:
    done = run("network", "--data", str(tables), "--data", str(store.ontology()))
    assert done.returncode == 2
    assert "is a table, and is not read together with another place" in done.stderr


def test_a_network_is_never_written_over_its_table(run: Run, tables: Path) -> None:
    file = tables / PERSON
    before = file.read_bytes()
    done = run("network", "--data", str(file), "-o", str(file))
    assert done.returncode != 0
    assert file.read_bytes() == before
