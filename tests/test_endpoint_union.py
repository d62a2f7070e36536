"""An endpoint whose default graph is not the union of its graphs is asked about all of them, or says what it hides."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from conftest import Run
from endpoint import serve
from stancegraph import store
from stancegraph.statements import catalogue

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
