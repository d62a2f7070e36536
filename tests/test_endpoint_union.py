"""An endpoint whose default graph is not the union of its graphs is asked about all of them, or says what it hides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pyoxigraph
import pytest

from conftest import Run
from endpoint import serve
from stancegraph import store
from stancegraph.statements import catalogue

PLACES = ["on disk", "served", "served with the union"]
PREFIXES = """@prefix : <https://example.org/id/> . @prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
ACTORS = (
    PREFIXES
    + ':one a stance:Actor ; skos:prefLabel "One"@en . :two a stance:Actor ; skos:prefLabel "Two"@en .'
)
STATEMENT = PREFIXES + ":said a stance:Statement ; stance:speaker :one ."


def test_a_graph_of_actors_alone_is_found_without_the_union(tmp_path: Path) -> None:
    (tmp_path / "actors.ttl").write_text(ACTORS, encoding="utf-8")
    store.load([tmp_path / "actors.ttl"], tmp_path / "database")
    with serve(tmp_path / "database", union=False) as address:
        assert [row["actor"] for row in catalogue.actors(store.open(address))] == ["One", "Two"]


@pytest.mark.parametrize("union", [True, False])
def test_statements_in_the_default_graph_beside_named_ones_are_never_left_out_in_silence(
    run: Run, tmp_path: Path, union: bool
) -> None:
    database = tmp_path / "database"
    (tmp_path / "named.ttl").write_text(ACTORS + STATEMENT.removeprefix(PREFIXES), encoding="utf-8")
    store.load([tmp_path / "named.ttl"], database)
    own = pyoxigraph.Store(str(database))
    own.load(STATEMENT.replace(":said", ":alone").encode(), pyoxigraph.RdfFormat.TURTLE)
    own.flush()
    del own
    with serve(database, union=union) as address:
        done = run("said", "--data", address, "--format", "csv")
    if union:
        assert done.returncode == 0
        assert len(done.stdout.splitlines()) == 3
    else:
        assert (done.returncode, done.stdout) == (3, "")
        assert (
            "its default graph is not the union of its graphs, and holds a statement that none" in done.stderr
        )
        assert "--union-default-graph" in done.stderr


def written(database: Path, *graphs: tuple[str, str | None]) -> None:
    """A database that another program made: Turtle, each in a graph of this name or in the default graph."""
    own = pyoxigraph.Store(str(database))
    for text, name in graphs:
        graph = pyoxigraph.NamedNode(name) if name else pyoxigraph.DefaultGraph()
        own.load(text.encode(), pyoxigraph.RdfFormat.TURTLE, to_graph=graph)
    own.flush()


@contextmanager
def place(database: Path, kind: str) -> Iterator[str]:
    """Where the data is, opened itself or served."""
    if kind == "on disk":
        yield str(database)
    else:
        with serve(database, union="union" in kind) as address:
            yield address


def test_a_default_graph_that_has_some_of_the_statements_is_not_taken_for_all(
    run: Run, tmp_path: Path
) -> None:
    vocabulary = (store.ontology() / "stance.ttl").read_text(encoding="utf-8")
    other = STATEMENT.replace(":said", ":also")
    written(
        tmp_path / "db",
        (ACTORS, "x:g"),
        (vocabulary, "x:v"),
        (STATEMENT, "x:g"),
        (other, "x:h"),
        (STATEMENT, None),
    )
    with serve(tmp_path / "db", union=False) as address:
        done = run("actors", "--data", address, "--format", "json")
    assert {row["actor"]: row["statements"] for row in json.loads(done.stdout)} == {"One": 2, "Two": 0}


@pytest.mark.parametrize("kind", PLACES)
def test_codings_without_the_vocabulary_are_not_nothing(run: Run, tmp_path: Path, kind: str) -> None:
    written(tmp_path / "db", (ACTORS + STATEMENT.removeprefix(PREFIXES), None))
    with place(tmp_path / "db", kind) as where:
        for command in ("propositions", "said", "rank", "actors"):
            done = run(command, "--data", where)
            assert (done.returncode, done.stdout) == (3, "")
            assert f"{where} lacks the vocabulary" in done.stderr
        typed = run("ask", "SELECT ?s { ?s a stance:Statement }", "--data", where, "--format", "csv")
        assert typed.stdout.split() == ["s", "https://example.org/id/said"]


@pytest.mark.parametrize("kind", ["in memory", *PLACES])
def test_a_query_has_the_graphs_it_names_and_no_others(run: Run, tmp_path: Path, kind: str) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.ttl").write_text(STATEMENT.replace(":said", f":{name}"), encoding="utf-8")
    files = [tmp_path / "one.ttl", tmp_path / "two.ttl"]
    store.load(files, tmp_path / "db")
    head, tail = "SELECT (COUNT(?s) AS ?n) ?where", "GROUP BY ?where"
    default, named = "{ ?s a stance:Statement }", "{ GRAPH ?where { ?s a stance:Statement } }"
    with place(tmp_path / "db", kind) if kind != "in memory" else nullcontext("") as where:
        data = ["--data", where] if where else [part for file in files for part in ("--data", str(file))]
        for dataset, pattern, rows in (
            ("", default, ["2,"]),
            ("FROM <file:///one.ttl>", default, ["1,"]),
            ("FROM <file:///one.ttl> FROM <file:///two.ttl>", default, ["2,"]),
            ("FROM NAMED <file:///two.ttl>", named, ["1,file:///two.ttl"]),
            ("FROM NAMED <file:///two.ttl>", default, []),
        ):
            done = run("ask", f"{head} {dataset} {pattern} {tail}", *data, "--format", "csv")
            assert done.stdout.splitlines() == ["n,where", *rows], (dataset, done.stderr)
        done = run("ask", f"{head} FROM <x:nowhere> {default} {tail}", *data)
        assert (done.returncode, done.stdout) == (2, "")
        assert "has no graph <x:nowhere>" in done.stderr
