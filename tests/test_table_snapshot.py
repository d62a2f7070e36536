"""The table kept beside a database: the same rows as the graph's own, for every filter, and never another graph's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow
import pyoxigraph
import pytest
from pyarrow import parquet

import synthetic
from conftest import Run
from february import opened, says
from stancegraph import network, store, table
from stancegraph.statements.filters import FilterOptions
from stancegraph.store import Store
from stancegraph.table import Table, snapshot
from test_everywhere import FILTERS

MORE: Final[list[FilterOptions]] = [
    {},
    {"as_": "organisation"},
    {"act": ["accuse", "urge"], "medium": "interview", "as_": "organisation"},
    {"not_medium": "interview", "not_basis": "implied"},
    {"since": "2025-03-08", "until": "2025-03-09"},
    {"supports": "threat-to-iraq", "opposes": "Israel"},
    {"min_count": 3},
    {"min_confidence": 0.0},
    {"document": "gulan-iraq-warns", "min_count": 2},
    {"actor": ["sadr", "sudani"], "not_act": "accuse", "words": "Iraq"},
]
COLUMNS: Final = "earliest latest quoted joint confidence level bound".split()
CODED: Final = "actor target act medium basis document".split()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("kept") / "database"
    store.load([store.ontology()], into)
    return into


@pytest.fixture(scope="module")
def kept(loaded: Path) -> Store:
    return store.open(loaded)


@pytest.fixture
def mine(loaded: Path, tmp_path: Path) -> Path:
    """A database of one's own to change, with its table."""
    into = tmp_path / "mine"
    shutil.copytree(loaded, into)
    assert len(table.stances(store.open(into)))
    assert file(into).is_file()
    return into


def file(database: Path) -> Path:
    return database / "stancegraph-person.parquet"


def told(rows: Table) -> Iterator[Any]:
    """All that a table says."""
    yield list(rows)
    yield [str(getattr(rows, name).tolist()) for name in COLUMNS]  # as text, in which nan is nan
    yield [str(getattr(rows, name).dtype) for name in COLUMNS]
    yield [getattr(rows, name).to_list() for name in CODED]
    for column in (rows.actor, rows.target, rows.statement, rows.document):
        yield np.unique(column.codes, return_inverse=True)[1].tolist()
    start, reports = rows.reports.start, rows.reports
    yield [
        [rows.document.values[code].iri for code in reports.documents[start[run] : start[run + 1]]]
        for run in rows.shown.tolist()
    ]
    yield [reports.positions[start[run] : start[run + 1]].tolist() for run in rows.shown.tolist()]
    yield sorted(rows.notes)


@pytest.mark.parametrize("options", [*FILTERS, *MORE], ids=str)
def test_rows_come_out_of_the_file_as_out_of_the_graph(
    kept: Store, shipped: Store, options: FilterOptions
) -> None:
    rows = table.stances(kept, **options)
    assert isinstance(rows.details, snapshot.Kept)
    for mine, theirs in zip(told(rows), told(table.stances(shipped, **options)), strict=True):
        assert mine == theirs


def notes(run: Run, *command: str | Path) -> str:
    result = run(*map(str, command))
    assert result.returncode == 0
    return result.stderr


def test_every_command_prints_the_same_with_the_table_and_without(run: Run, mine: Path) -> None:
    for command in (
        ["network", "--format", "csv"],
        ["network", "--kind", "two-mode", "--since", "2025-01-01"],
        ["alliances", "--seconds", "3000"],
        ["rank"],
        ["shifts"],
        ["timeline", "sadr"],
        ["compare", "al-Mukhtar", "Sudani"],
        ["allies", "al-Khanjar"],
    ):
        (mine / "stancegraph-person.parquet").unlink(missing_ok=True)
        of_files, made, kept = (
            run(*command, "--data", str(place)) for place in (store.ontology(), mine, mine)
        )
        assert of_files.returncode == made.returncode == kept.returncode == 0
        assert of_files.stdout == made.stdout == kept.stdout


def test_load_leaves_the_table_beside_the_triples(run: Run, tmp_path: Path) -> None:
    folder = synthetic.write(tmp_path / "turtle", 40)
    notes(run, "load", folder, "--into", tmp_path / "db")
    left = file(tmp_path / "db").read_bytes()
    rows = table.stances(store.open(tmp_path / "db"))
    assert isinstance(rows.details, snapshot.Kept)
    assert list(rows) == list(table.stances(store.open(folder)))
    assert file(tmp_path / "db").read_bytes() == left


def test_a_table_of_another_graph_is_made_anew(mine: Path, tmp_path: Path) -> None:
    folder = synthetic.write(tmp_path / "turtle", 40)
    before = file(mine).read_bytes()
    store.load([folder], mine)
    assert not file(mine).exists()
    file(mine).write_bytes(before)
    rows = table.stances(store.open(mine))
    assert len(rows) == 40 + len(table.stances(store.open()))
    assert file(mine).read_bytes() != before


def test_a_copy_of_a_database_keeps_its_table(mine: Path, tmp_path: Path) -> None:
    before = file(mine).read_bytes()
    shutil.copytree(mine, tmp_path / "copy")
    (tmp_path / "copy").chmod(0o555)
    rows = table.stances(store.open(tmp_path / "copy"))
    assert isinstance(rows.details, snapshot.Kept)
    assert file(tmp_path / "copy").read_bytes() == before


@pytest.mark.parametrize(("at", "is_told"), [(100, True), (-100, False), (0, False)])
def test_a_damaged_table_is_never_read(
    run: Run, mine: Path, shipped: Store, capsys: pytest.CaptureFixture[str], at: int, is_told: bool
) -> None:
    """A page that is harmed is told and taken away; what is no table any more is made anew."""
    whole = file(mine).read_bytes()
    content = bytearray(whole)
    content[at] ^= 255
    file(mine).write_bytes(content)
    capsys.readouterr()
    rows = table.stances(store.open(mine))
    assert list(rows) == list(table.stances(shipped))
    told = capsys.readouterr().err
    why = "could not verify page integrity, CRC checksum verification failed for page_ordinal 0"
    expected = f"{mine}: the table kept beside it is damaged ({why}), and is not read"
    assert told.split("\n")[:-1] == ([expected] if is_told else [])
    assert file(mine).exists() is not is_told
    assert notes(run, "network", "--data", mine).count("table") == 0
    assert parquet.read_table(file(mine)).equals(parquet.read_table(pyarrow.BufferReader(whole)))


def test_a_table_of_a_newer_version_is_left_as_it_is(run: Run, mine: Path) -> None:
    read = parquet.read_table(file(mine))
    about = json.loads(read.schema.metadata[b"stancegraph.snapshot"])
    newer = {**read.schema.metadata, b"stancegraph.snapshot": json.dumps({**about, "version": 99})}
    parquet.write_table(read.replace_schema_metadata(newer), file(mine))
    before = file(mine).read_bytes()
    told = f"{mine}: the table kept beside it is of a newer version of stancegraph, and is not read\n"
    assert told in notes(run, "network", "--data", mine)
    assert file(mine).read_bytes() == before


def test_a_table_that_cannot_be_kept_is_told_and_its_rows_are_the_graphs(
    mine: Path, shipped: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    file(mine).unlink()
    file(mine).mkdir()
    before = {*mine.iterdir()}
    capsys.readouterr()
    assert list(table.stances(store.open(mine))) == list(table.stances(shipped))
    told = "the table of its statements cannot be kept beside a database: Is a directory\n"
    assert capsys.readouterr().err == told
    assert {*mine.iterdir()} == before


def test_what_another_program_writes_is_in_the_rows(mine: Path, shipped: Store) -> None:
    line = (
        "<https://w3id.org/stancegraph/id/statement/new> <https://w3id.org/stancegraph/ns#supports> "
        "<https://w3id.org/stancegraph/id/proposition/threat-to-iraq> ; a <https://w3id.org/stancegraph/ns#Statement> ;"
        "<https://w3id.org/stancegraph/ns#speaker> <https://w3id.org/stancegraph/id/actor/muqtada-al-sadr> ."
    )
    database = pyoxigraph.Store(str(mine))
    database.load(line, format=pyoxigraph.RdfFormat.TURTLE)
    database.flush()
    del database
    rows = table.stances(store.open(mine))
    assert len(rows) == len(table.stances(shipped)) + 1
    assert not isinstance(rows.details, snapshot.Kept)


def test_rows_of_the_file_lead_to_their_words(kept: Store, shipped: Store) -> None:
    graph = network.agreement(kept)
    for a, b in list(graph.edges)[:5]:
        mine, theirs = (network.evidence(made, a, b) for made in (graph, network.agreement(shipped)))
        assert mine == theirs != []


@pytest.mark.parametrize(
    "days",
    [
        {"since": "2024-12-09", "until": "2024-12-12"},
        {"since": "2024-12-09", "until": "2024-12-12", "as_": "organisation", "min_count": 2},
        {"since": "2025-03-10"},
    ],
    ids=str,
)
def test_of_few_days_few_rows_are_read_and_none_is_missed(
    monkeypatch: pytest.MonkeyPatch, mine: Path, shipped: Store, days: FilterOptions
) -> None:
    monkeypatch.setattr(snapshot, "GROUP", 8)
    for kept in mine.glob("*.parquet"):
        kept.unlink()
    rows = table.stances(store.open(mine), **days)
    assert isinstance(rows.details, snapshot.Kept)
    assert len(rows.details.snapshot) < len(table.stances(store.open(mine)))
    for ours, theirs in zip(told(rows), told(table.stances(shipped, **days)), strict=True):
        assert ours == theirs


ODD: Final = (
    ':herald a schema:NewsArticle ; dcterms:title "The herald"@en ; dcterms:issued "2020-02-20" .\n',
    ":mayor a org:Membership ; org:member :ada ; org:organization :council .\n",
    ":flooding a schema:Event ; skos:prefLabel 'Flooding'@en ; schema:superEvent :flood .\n",
    says("both", "ada bo", "4", "+bridge -bridge", "stance:act act:deny ; stance:medium :wire , :radio ;"),
    says("twice", "ada", "9", "-dam", 'stance:inRole :mayor ; stance:saidOn "2020-02-03"^^xsd:date ;'),
    says("never", "bo", "", "+dam", f'stance:saidOn "{"x" * 41}" ;'),
    says("from", "cy", "", "0dam", 'stance:saidNotBefore "2020-02-11"^^xsd:date ;'),
    says(
        "until", "cy", "", "+bridge", 'stance:saidNotAfter "2020-02-02"^^xsd:date ; schema:about :flooding ;'
    ),
    says("hour", "di", "", "+dam", 'stance:saidOn "2020-02-12T08:00:00"^^xsd:dateTime ;'),
    says("for", "cy di", "5", "+dam", "stance:onBehalfOf :council , :bo ;").replace("1.0", "0.5"),
    says("unsigned", "di", "5", "", "stance:stanceOn :dam ;"),
    says("sure", "bo", "7", "-dam").replace("1.0", "'sure'"),
    says("unsaid", "bo", "6", "+bridge -dam").replace("stance:confidence 1.0 ;", ""),
    ":unsaid stance:coding [ a stance:Coding ; stance:of :bridge ; stance:confidence 0.5 ] .\n",
    says("uncoded", "cy", "6", "-dam -bridge").replace("stance:basis basis:said ;", ""),
    ":uncoded stance:coding [ a stance:Coding ; stance:of :bridge ; stance:basis basis:implied ] .\n",
    ":wire a skos:Concept ; skos:inScheme stance:media ; skos:prefLabel 'Wire'@en .\n",
    ":radio a skos:Concept ; skos:inScheme stance:media ; skos:prefLabel 'Radio'@en .\n",
    """:for stance:coding [ a stance:Coding ; stance:of :dam ; stance:basis basis:implied ; stance:confidence 0.25 ;
        stance:shownBy :second ] .
    :first a stance:Report ; stance:reports :for , :both ; stance:document :gazette ; stance:quote 'so'@en ;
        stance:passage [ oa:hasSelector [ oa:start 70 ; oa:end 71 ] ] , [ oa:hasSelector [ oa:start 7 ; oa:end 8 ] ] .
    """,
    """:second a stance:Report ; stance:reports :for , :twice ; stance:document :herald ;
        stance:passage [ oa:hasSelector [ oa:exact "so" ] ] .
    :third a stance:Report ; stance:document :herald ; stance:passage [ oa:hasSelector [ oa:start 3 ; oa:end 4 ] ] .
    """,
)
"""What the shipped graph has none of: several values of one property, days that are none, hours, open ends."""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    """The same statements in a file and in a database."""
    folder = tmp_path_factory.mktemp("odd")
    of_file = opened(folder, *ODD)
    store.load([folder / "said.ttl"], folder / "database")
    return of_file, store.open(folder / "database")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"as_": "organisation"},
        {"act": "deny"},
        {"not_act": "deny"},
        {"medium": "radio"},
        {"not_medium": ["radio", "wire"]},
        {"since": "2020-02-04"},
        {"until": "2020-02-04", "as_": "organisation"},
        {"since": "2020-02-12", "until": "2020-02-12"},
        {"about": "flood"},
        {"not_about": "flood", "min_count": 2},
        {"min_confidence": 0.5},
        {"min_confidence": 0},
        {"basis": "implied"},
        {"not_basis": "implied", "quoted": True},
        {"document": "gazette"},
        {"not_document": "gazette"},
        {"joint": True, "not_opposes": "bridge"},
        {"supports": "bridge", "opposes": "bridge"},
        {"not_kind": "official", "target": ["dam", "bridge"]},
    ],
    ids=str,
)
def test_odd_statements_come_out_of_the_file_as_out_of_the_graph(
    odd: tuple[Store, Store], options: FilterOptions
) -> None:
    theirs, mine = (table.stances(each, **options) for each in odd)
    assert isinstance(mine.details, snapshot.Kept)
    for ours, expected in zip(told(mine), told(theirs), strict=True):
        assert ours == expected
    assert len(mine)


def test_a_day_that_is_none_is_told_once_and_counts_as_none(odd: tuple[Store, Store]) -> None:
    for each in odd:
        rows = table.stances(each)
        never = rows[np.array([iri.endswith("/never") for iri in rows.statement.to_list()])]
        assert (never.earliest.tolist(), never.latest.tolist()) == ([1], [date.max.toordinal()])
        assert rows.notes == (
            f"https://example.org/id/never: stance:saidOn '{'x' * 40}' is not a day, and counts as none",
        )
        assert table.stances(each, actor="Di").notes == ()


def test_days_of_the_file_are_held_against_the_first_and_the_last_asked_for(tmp_path: Path) -> None:
    """What is of no known day is of none that is asked for; an open end reaches as far as is asked."""
    opened(
        tmp_path,
        says("day", "ada", "4", "+dam"),
        says("never", "ada", "", "+dam"),
        says("from", "ada", "", "+dam", 'stance:saidNotBefore "2020-02-11"^^xsd:date ;'),
        says("until", "ada", "", "+dam", 'stance:saidNotAfter "2020-02-02"^^xsd:date ;'),
    )
    store.load([tmp_path / "said.ttl"], tmp_path / "database")
    place = store.open(tmp_path / "database")
    for since, until, expected in (
        ("2020-02-04", None, {"day", "from"}),
        ("2020-02-05", None, {"from"}),
        (None, "2020-02-04", {"day", "until"}),
        (None, "2020-02-03", {"until"}),
        ("2020-02-02", "2020-02-02", {"until"}),
        ("2020-02-03", "2020-02-10", {"day"}),
        (None, "2020-02-11", {"day", "until", "from"}),
        (None, None, {"day", "until", "from", "never"}),
    ):
        rows = table.stances(place, since=since, until=until)
        assert isinstance(rows.details, snapshot.Kept)
        assert {iri.rpartition("/")[2] for iri in rows.statement.to_list()} == expected


def test_a_database_in_which_nobody_takes_a_stance_has_a_table_without_rows(tmp_path: Path) -> None:
    opened(tmp_path, says("a", "ada", "4", ""))
    store.load([tmp_path / "said.ttl"], tmp_path / "database")
    rows = table.stances(store.open(tmp_path / "database"))
    assert isinstance(rows.details, snapshot.Kept)
    assert (list(rows), rows.basis.to_list(), rows.deduplicate().notes) == ([], [], ())
