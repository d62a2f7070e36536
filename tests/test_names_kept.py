"""Many names are kept beside a database, and answer as the graph does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stancegraph import store
from stancegraph.names import index

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run
    from stancegraph.store import Store


def test_a_database_keeps_many_names_and_answers_as_its_file_does(tmp_path: Path, run: Run) -> None:
    """Also where what is kept is damaged or of another graph: then it is made anew."""
    file = tmp_path / "many.ttl"
    file.write_text(
        "@prefix : <https://example.org/> . @prefix stance: <https://w3id.org/stancegraph/ns#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
        + "".join(
            f':a{i} a stance:Actor , foaf:Person ; skos:prefLabel "Given{i} al-Weir{i}"@en ; skos:altLabel "W{i}" ;'
            f' stance:weakAlias "the {i}th" .\n'
            for i in range(1_000)
        )
        + ':b a stance:Proposition ; skos:prefLabel "The weir opens."@en .\n',
        "utf-8",
    )
    place = tmp_path / "database"
    assert run("load", str(file), "--into", str(place)).returncode == 0

    def answers(of: Store) -> list[object]:
        known = index(of, "actor", "proposition")
        return [*known.entries("actor"), *known.entries("proposition"), known.resolve("W17")]

    expected = answers(store.open(file))
    assert len(expected) == 1_002
    kept = place / "stancegraph-names-actor.json"
    content = kept.read_bytes()
    assert answers(store.open(place)) == expected
    assert not (place / "stancegraph-names-proposition.json").exists(), "few are asked for"
    for harm in (content[:-9], content.replace(b"Given17 ", b"Given18 "), b"", b"[]"):
        kept.write_bytes(harm)
        assert answers(store.open(place)) == expected
        assert kept.read_bytes() == content
    file.write_text(file.read_text("utf-8").replace("Given17 ", "Other17 "), "utf-8")
    store.load([file], place)
    assert answers(store.open(place)) == answers(store.open(file)) != expected
