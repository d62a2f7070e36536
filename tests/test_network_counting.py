"""Cells counted where the rows lie, by DuckDB and by Spark: those that the table in memory has."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

import synthetic
from conftest import Run
from february import opened, quoted, says
from stancegraph import network, store
from stancegraph.errors import StanceError, UsageError
from stancegraph.network import counting
from stancegraph.network.ties import Edges
from stancegraph.store import Store
from stancegraph.table import snapshot

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table")  # of ibis, in its own engine
STARTS: Final = tuple(date(2024, month, 1) for month in range(1, 5))
CASES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "agreement": ("agreement", {"period": "month"}),
    "congruence of all": (
        "agreement",
        {"period": "none", "aggregation": "congruence", "duplicates": "include"},
    ),
    "two-mode": ("two-mode", {"neutral": True, "duplicates": "ever"}),
    "targets": ("targets", {"period": "month", "duplicates": "month", "normalisation": "jaccard"}),
    "filters": (
        "agreement",
        {
            "period": "none",
            "duplicates": "week",
            "since": "2024-01-05",
            "until": "2024-02-20",
            "basis": "said",
            "not_act": "accuse",
            "not_actor": "al-Name3",
            "min_confidence": 0.7,
        },
    ),
    "what the graph is asked": (
        "agreement",
        {"period": "month", "words": "number 1", "not_about": "proposition0", "min_count": 3},
    ),
    "documents": (
        "agreement",
        {"period": "none", "not_document": ["Document 1", "Document 7"], "min_count": 2},
    ),
    "one document": ("two-mode", {"document": ["Document 3", "Document 5"], "duplicates": "include"}),
    "ignoring levels": ("agreement", {"period": "none", "aggregation": "ignore", "supports": "proposition2"}),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("counted")
    store.load([synthetic.write(place / "turtle", 800)], place / "database")
    network.agreement(store.open(place / "database"))
    return place / "database"


def ties(projected: Any, rows: list[str], columns: list[str]) -> dict[tuple[str, str], float]:
    cells = projected.matrix.tocoo()
    i, j = cells.coords
    kept = cells.data != 0
    return {
        (rows[a], columns[b]): round(float(w), 9)
        for a, b, w in zip(i[kept], j[kept], cells.data[kept], strict=True)
    }


def in_memory(graph: Store, kind: str, options: dict[str, Any]) -> dict[tuple[str, str], float]:
    table, method = network.prepare(graph, kind, options)
    made = network.project(network.countable(table, method), method)
    own, other = (table.target, table.target) if kind == "targets" else (table.actor, table.actor)
    other = table.target if kind == "two-mode" else other
    return ties(
        made, [own.values[code].iri for code in made.rows], [other.values[code].iri for code in made.columns]
    )


def counted(rows: Any, graph: Store, kind: str, options: dict[str, Any]) -> dict[tuple[str, str], float]:
    starts = STARTS if options.get("period") == "month" else ()
    cells = counting.counts(rows, graph, kind, starts=starts, **options).to_pyarrow()
    filters = network.Method.split(kind, options)[1]
    choices = {name: value for name, value in options.items() if name not in filters}
    return ties(*counting.project(cells, kind, **choices))


@pytest.mark.parametrize("case", CASES)
def test_duckdb_counts_what_the_table_in_memory_has(loaded: Path, case: str) -> None:
    rows = counting.read(loaded / "stancegraph-person.parquet")
    graph = store.open(loaded)
    assert counted(rows, graph, *CASES[case]) == in_memory(graph, *CASES[case]) != {}


def test_of_a_statement_in_two_documents_the_one_that_is_asked_for_counts(tmp_path: Path) -> None:
    journal = ':journal a schema:NewsArticle ; dcterms:title "The dam"@en ; dcterms:issued "2020-03-01"^^xsd:date .\n'
    reports = "".join(
        f":{name} a stance:Report ; stance:reports :{said} ; stance:document :journal .\n"
        for name, said in (("first", "a"), ("second", "b"))
    )
    (tmp_path / "turtle").mkdir()
    opened(
        tmp_path / "turtle",
        journal,
        says("a", "ada", "4", "+bridge"),
        says("b", "ada", "5", "+bridge"),
        quoted("a"),
        reports,
    )
    store.load([tmp_path / "turtle"], tmp_path / "database")
    graph = store.open(tmp_path / "database")
    assert snapshot.keep(graph)
    rows = counting.read(tmp_path / "database" / "stancegraph-person.parquet")
    asked = "two-mode", {"document": "The dam", "duplicates": "document"}
    once = {("https://example.org/id/ada", "https://example.org/id/bridge"): 1.0}
    assert counted(rows, graph, *asked) == in_memory(graph, *asked) == once


@pytest.mark.parametrize("case", CASES)
def test_cells_make_the_ties_that_rows_do_with_the_number_of_their_statements(
    loaded: Path, case: str
) -> None:
    kind, options = CASES[case]
    rows = counting.read(loaded / "stancegraph-person.parquet")
    graph = store.open(loaded)
    cells, method = counting.tabulate(rows, graph, kind, options)
    assert {*cells.statement.values} == {""}, "each has one row, and needs no name"
    there = Edges.of(cells, method).rows()
    table, method = network.prepare(graph, kind, options)
    assert [*there] == [*Edges.of(network.countable(table, method), method).rows()] != []


def test_what_is_not_counted_on_spark_says_so_before_spark_is_asked(run: Run, loaded: Path) -> None:
    table = loaded / "stancegraph-person.parquet"
    for command, said in {
        ("network", "--data", "spark://127.0.0.1:1"): "write spark://host:port/path/to/tables",
        ("network", "--data", "spark://127.0.0.1/tables"): "write spark://host:port/path/to/tables",
        ("alliances", "--data", f"spark://127.0.0.1:1{table}"): f"give --data {table}",
        ("network", "--kind", "stances", "--data", f"spark://127.0.0.1:1{table}"): f"give --data {table}",
        ("said", "--data", f"spark://127.0.0.1:1{table}"): "give --data the database, files or endpoint",
    }.items():
        done = run(*command)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert said in line


def test_a_folder_of_files_is_counted_as_one(loaded: Path, tmp_path: Path) -> None:
    from pyarrow import parquet

    whole = parquet.read_table(loaded / "stancegraph-person.parquet")
    for part in range(3):
        parquet.write_table(whole.slice(part * 300, 300), tmp_path / f"{part}.parquet")
    graph = store.open(loaded)
    rows = counting.read(tmp_path / "*.parquet")
    assert counted(rows, graph, *CASES["agreement"]) == in_memory(graph, *CASES["agreement"])


def test_what_is_no_table_is_an_error_that_names_it(loaded: Path) -> None:
    with pytest.raises(UsageError, match="CURRENT: cannot be read as Parquet"):
        counting.read(loaded / "CURRENT")
    rows = counting.read(loaded / "stancegraph-person.parquet")
    with pytest.raises(UsageError, match=r"read those, and leave out --as"):
        counting.counts(rows, store.open(loaded), as_="organisation")


def test_what_the_columns_cannot_tell_is_refused(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, graph = counting.read([loaded / "stancegraph-person.parquet"]), store.open(loaded)
    monkeypatch.setattr(counting, "MOST", 3)
    assert "number" in counting.counts(rows, graph, starts=STARTS[:3]).columns
    for options, said in (
        ({"level": "figure"}, "--level is not counted where the rows lie: load them into a database"),
        ({"direct": True}, "--direct is not counted where the rows lie: load them into a database"),
        ({"starts": STARTS}, "4 periods: at most 3 are told apart where the rows lie"),
        (
            {"duplicates": "day"},
            "--duplicates 'day': choose one of include, document, week, month, year, ever",
        ),
    ):
        with pytest.raises(UsageError) as caught:
            counting.counts(rows, graph, **options)
        assert str(caught.value) == said
    with pytest.raises(
        UsageError, match=r"^nowhere\.parquet, none\.parquet: cannot be read as Parquet: \S.{9,199}$"
    ):
        counting.read(["nowhere.parquet", "none.parquet"])
    with pytest.raises(StanceError, match=r": the cells could not be counted: Conversion Error\b.{0,183}$"):
        counting.tabulate(rows.mutate(level=rows.statement.cast("int64")), graph, "agreement", {})


def test_speakers_are_counted_as_organisations_where_the_rows_have_them_so(
    shipped: Store, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Last, DuckDB counts in Spark's place: of its answer only who counts is another."""
    store.load([store.ontology()], tmp_path / "database")
    graph = store.open(tmp_path / "database")
    assert snapshot.whole(graph, organisation=True) is not None
    file = tmp_path / "database" / "stancegraph-organisation.parquet"
    rows = counting.read(file)
    options = {"period": "none", "as_": "organisation"}
    assert (
        counted(rows, graph, "agreement", {"period": "none"})
        == in_memory(shipped, "agreement", options)
        != {}
    )
    asked = ("network", "--as", "organisation", "--format", "json", "--data")
    monkeypatch.setattr(counting, "connect", lambda _: None)
    there = run(*asked, f"spark://127.0.0.1:1{file}")
    assert (there.returncode, there.stdout) == (0, run(*asked, str(file)).stdout)


def test_spark_without_java_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match=r"Spark needs Java|pyspark is not installed"):
        counting.connect("spark://127.0.0.1:1")


SPARK: Final = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
ABSENT: Final = "Spark is not counted with: it needs Java, and .venv/bin/pip install -e '.[spark]'"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A connection to a master with two workers, all on this machine, that start soon rather than run fast."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port, shown = (_free_port() for _ in range(2))
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    environment |= {"PYSPARK_PYTHON": sys.executable, "SPARK_NO_DAEMONIZE": "1"}
    soon = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    environment |= {"SPARK_DAEMON_JAVA_OPTS": soon, "SPARK_LAUNCHER_OPTS": soon}
    conf = tmp_path_factory.mktemp("conf")
    settings = {
        "executor.extraJavaOptions": soon,
        "sql.shuffle.partitions": 2,
        "sql.codegen.wholeStage": "false",
    }
    lines = [f"spark.{name} {value}\n" for name, value in settings.items()]
    (conf / "spark-defaults.conf").write_text("".join(lines), "utf-8")
    start = [str(home / "bin" / "spark-class")]
    master = f"spark://127.0.0.1:{port}"
    commands = [
        [
            "org.apache.spark.deploy.master.Master",
            *f"--host 127.0.0.1 --port {port} --webui-port {shown}".split(),
        ],
        *[["org.apache.spark.deploy.worker.Worker", *"--cores 1 --memory 1g --webui-port 0".split(), master]]
        * 2,
    ]
    running = [
        subprocess.Popen(
            [*start, *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in commands
    ]
    os.environ.update(SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable, SPARK_LAUNCHER_OPTS=soon)
    os.environ["SPARK_CONF_DIR"] = str(conf)
    try:
        _wait(port)
        made = counting.connect(master)
        try:
            yield made
        finally:
            made._session.stop()
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait(20)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the master did not start in a minute")


@pytest.mark.skipif(not SPARK, reason=ABSENT)
def test_an_address_where_no_master_answers_is_an_error_before_java_starts() -> None:
    with pytest.raises(
        UsageError, match=r"no master of Spark answers there \(Connection refused\): start it"
    ):
        counting.connect(f"spark://127.0.0.1:{_free_port()}")


@pytest.mark.skipif(not SPARK, reason=ABSENT)
@pytest.mark.filterwarnings("ignore")
def test_spark_on_two_workers_counts_what_duckdb_counts(run: Run, loaded: Path, spark: Any) -> None:
    graph = store.open(loaded)
    rows = counting.read(loaded / "stancegraph-person.parquet", spark)
    assert spark._session.sparkContext.master.startswith("spark://")
    for kind, options in CASES.values():
        assert counted(rows, graph, kind, options) == in_memory(graph, kind, options)
    table = loaded / "stancegraph-person.parquet"
    there = run("network", "--data", f"{spark._session.sparkContext.master}{table}", "--format", "json")
    assert there.stdout == run("network", "--data", str(table), "--format", "json").stdout
    assert "WARN" not in there.stderr.upper()
    executors = spark._session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert executors == 3  # the driver's and two workers'
