"""Which file gave what: a reload is what the files are now, and nothing of anybody else's goes."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pyarrow as pa
import pyoxigraph
import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from conftest import Run
from stancegraph import store
from stancegraph.errors import StanceError
from stancegraph.store import journal
from stancegraph.vocabulary import GRAPH


def write(file: Path, *subjects: str, graph: str = "") -> Path:
    """A file of one triple for each subject; those of `.nq` in a graph."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"<x:{name}> <x:p> <x:o> {graph} .\n" for name in subjects), encoding="utf-8")
    return file


def held(database: Path) -> set[tuple[str, str]]:
    """Subject and graph of each triple that is not the vocabulary's."""
    quads = pyoxigraph.Store.read_only(str(database)).quads_for_pattern(None, NamedNode("x:p"), None)
    return {(str(quad.subject)[3:-1], str(quad.graph_name).strip("<>")) for quad in quads}


def test_a_folder_loaded_again_is_what_its_files_are_now(tmp_path: Path) -> None:
    mine, database = tmp_path / "mine", tmp_path / "database"
    write(mine / "one.ttl", "kept", "deleted")
    gone = write(mine / "sub" / "two.ttl", "gone")
    store.load([mine], database)
    write(mine / "one.ttl", "kept")
    write(mine / "three.ttl", "new")
    gone.unlink()
    store.load([mine], database)
    assert held(database) == {("kept", "file:///mine/one.ttl"), ("new", "file:///mine/three.ttl")}


def test_a_part_of_a_folder_loaded_by_itself_replaces_what_it_gave_and_no_more(tmp_path: Path) -> None:
    mine, database = tmp_path / "mine", tmp_path / "database"
    write(mine / "one.ttl", "1")
    write(mine / "sub" / "two.ttl", "2")
    write(mine / "sub" / "three.ttl", "3")
    store.load([mine], database)
    (mine / "sub" / "three.ttl").unlink()
    store.load([mine / "sub"], database)
    assert held(database) == {("1", "file:///mine/one.ttl"), ("2", "file:///mine/sub/two.ttl")}
    write(mine / "one.ttl", "1 of now".replace(" ", "-"))
    store.load([mine / "one.ttl"], database)
    assert held(database) == {("1-of-now", "file:///mine/one.ttl"), ("2", "file:///mine/sub/two.ttl")}


def test_files_and_folders_of_one_name_from_two_places_both_stay(run: Run, tmp_path: Path) -> None:
    here, there, database = tmp_path / "here" / "mine", tmp_path / "there" / "mine", tmp_path / "database"
    write(here / "one.ttl", "here")
    write(there / "one.ttl", "there")
    both = {("here", "file:///mine/one.ttl"), ("there", "file:///mine.2/one.ttl")}
    store.load([here, there], database)
    assert held(database) == both
    shutil.rmtree(database)
    for place in (here, there, here, there):
        done = run("load", str(place), "--into", str(database))
        assert done.returncode == 0
    assert "another mine, which stays" not in done.stderr
    assert held(database) == both
    for place in (here, there):
        done = run("load", str(place / "one.ttl"), "--into", str(tmp_path / "other"))
    assert "another one.ttl, which stays" in done.stderr
    assert {graph for _, graph in held(tmp_path / "other")} == {"file:///one.ttl", "file:///one.2.ttl"}


def test_a_copied_database_knows_its_files_and_shows_no_path(tmp_path: Path) -> None:
    one = write(tmp_path / "mine" / "one.ttl", "before")
    store.load([one], tmp_path / "made")
    shutil.copytree(tmp_path / "made", tmp_path / "copy")
    write(one, "after")
    store.load([one], tmp_path / "copy")
    assert held(tmp_path / "copy") == {("after", "file:///one.ttl")}
    assert str(tmp_path) not in (tmp_path / "copy" / "stancegraph-files.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("order", [("mine", "quads"), ("quads", "mine")])
def test_a_quad_that_names_the_graph_of_another_file_takes_nothing_from_it(
    order: tuple[str, str], tmp_path: Path
) -> None:
    one, database = write(tmp_path / "mine" / "one.ttl", "one"), tmp_path / "database"
    quads = write(tmp_path / "q.nq", "theirs", "one", graph="<file:///mine/one.ttl>")
    sources = {"mine": one.parent, "quads": quads}
    name = "file:///mine/one.ttl" if order[0] == "mine" else "file:///mine.2/one.ttl"
    stranger = "file:///mine/one.ttl"
    for _ in range(2):
        for source in order:
            store.load([sources[source]], database)
        assert held(database) == {("one", name), ("one", stranger), ("theirs", stranger)}
    write(quads, "one", graph="<file:///mine/one.ttl>")
    store.load([quads], database)
    assert held(database) == {("one", name), ("one", stranger)}
    write(one, "new")
    store.load([one.parent], database)
    assert held(database) == {("new", name), ("one", stranger)}


def test_files_that_share_a_graph_each_replace_their_own_part_of_it(tmp_path: Path) -> None:
    parts, database = tmp_path / "parts", tmp_path / "database"
    write(parts / "a.nq", "a", "both", graph="<x:g>")
    write(parts / "b.trig").write_text("<x:g> { <x:b> <x:p> [ ] . <x:both> <x:p> <x:o> }", encoding="utf-8")
    store.load([parts], database)
    assert held(database) == {("a", "x:g"), ("b", "x:g"), ("both", "x:g")}
    for _ in range(3):
        store.load([parts], database)
    assert len(held(database)) == 3
    (parts / "a.nq").unlink()
    store.load([parts], database)
    assert held(database) == {("b", "x:g"), ("both", "x:g")}


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "a.trig": "_:g { <x:s> <x:p> [ <x:p> [] ] } <x:g> { [] <x:p> <x:o> } [] <x:p> [] .",
        "a.nq": "_:s <x:p> _:o _:g .\n_:s <x:p> _:o .\n",
        "a.trix": '<TriX xmlns="http://www.w3.org/2004/03/trix/trix-1/"><graph><uri>x:g</uri><triple><id>b</id>'
        "<uri>x:p</uri><id>c</id></triple></graph></TriX>",
    }.items(),
)
def test_a_file_loaded_four_times_does_not_grow(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert len({store.load([tmp_path / name], tmp_path / "database") for _ in range(4)}) == 1


def test_the_shipped_graph_is_known_by_its_names_wherever_it_stands(tmp_path: Path) -> None:
    once = store.load([store.ontology()], tmp_path / "database")
    assert store.load([store.ontology()], tmp_path / "database") == once
    one = write(tmp_path / "one.ttl", "one")
    store.load([one], tmp_path / "other")
    assert store.load([store.ontology()], tmp_path / "other") == once + 1
    assert GRAPH + "stance" in {
        str(g)[1:-1] for g in pyoxigraph.Store.read_only(str(tmp_path / "other")).named_graphs()
    }


def test_graphs_of_another_program_are_never_touched(tmp_path: Path) -> None:
    """A graph that has the name a file's would have, a graph a file names, blank and default graphs."""
    database = tmp_path / "database"
    graphs: list[NamedNode | BlankNode | DefaultGraph] = [
        NamedNode("file:///one.ttl"),
        NamedNode("x:g"),
        BlankNode(),
        DefaultGraph(),
    ]
    theirs = [Quad(NamedNode("x:w"), NamedNode("x:p"), Literal("1"), graph) for graph in graphs]
    pyoxigraph.Store(str(database)).extend(theirs)
    one, quads = write(tmp_path / "one.ttl", "one"), write(tmp_path / "q.nq", "q", "w", graph="<x:g>")
    for _ in range(2):
        store.load([one, quads], database)
        assert all(quad in pyoxigraph.Store.read_only(str(database)) for quad in theirs)
        assert ("one", "file:///one.2.ttl") in held(database)
    write(quads, "new", graph="<x:g>")
    store.load([quads], database)
    assert {name for name, graph in held(database) if graph == "x:g"} == {"w", "new"}


def test_links_to_folders_are_read_once_and_circles_are_told(tmp_path: Path) -> None:
    mine, elsewhere = tmp_path / "mine", tmp_path / "elsewhere"
    write(mine / "real" / "one.ttl", "one")
    write(elsewhere / "two.ttl", "two")
    (mine / "a-link").symlink_to(elsewhere)
    (mine / "b-link").symlink_to(elsewhere)
    (mine / "also").symlink_to(mine / "real")
    (mine / "one.ttl").symlink_to(mine / "real" / "one.ttl")
    store.load([mine], tmp_path / "database")
    expected = {("one", "file:///mine/real/one.ttl"), ("two", "file:///mine/a-link/two.ttl")}
    assert held(tmp_path / "database") == expected
    (elsewhere / "two.ttl").unlink()
    store.load([mine], tmp_path / "database")
    assert held(tmp_path / "database") == {("one", "file:///mine/real/one.ttl")}
    (mine / "real" / "circle").symlink_to(mine)
    with pytest.raises(StanceError, match="circle is a link to a folder that it lies in itself"):
        store.open(mine)
    (mine / "real" / "circle").unlink()
    (mine / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StanceError, match="gone is a link to nothing"):
        store.open(mine)


def test_a_link_to_itself_is_no_place_for_a_database(run: Run, tmp_path: Path) -> None:
    one, link = write(tmp_path / "one.ttl", "one"), tmp_path / "link"
    link.symlink_to(link)
    for target in (link, link / "below"):
        done = run("load", str(one), "--into", str(target))
        assert (done.returncode in (2, 3), done.stderr.count("\n")) == (True, 1)


def test_a_change_of_several_files_made_during_a_load_is_loaded_whole(tmp_path: Path) -> None:
    mine, database = tmp_path / "mine", tmp_path / "database"
    files = [write(mine / name, "old") for name in ("one.ttl", "two.ttl")]
    before = files[0].read_text(encoding="utf-8")
    after = before.replace("old", "new")
    journal.commit(mine, "first", {"three.ttl": (None, before)})

    def change(file: str) -> None:
        if file == str(files[0]) and files[0].read_text(encoding="utf-8") == before:
            journal.commit(mine, "second", dict.fromkeys(("one.ttl", "three.ttl"), (before, after)))

    store.load([mine], database, progress=change)
    expected = {("new", "one"), ("new", "three"), ("old", "two")}
    assert held(database) == {(subject, f"file:///mine/{name}.ttl") for subject, name in expected}


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_a_compressed_file_is_read_as_what_is_in_it(codec: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    end = {"gzip": ".gz", "zstd": ".zst"}[codec]
    texts = {
        "one.ttl": "\ufeff<x:1> <x:p> <x:o> .",
        "two.nt": "<x:2> <x:p> <x:o> .",
        "three.nq": "<x:3> <x:p> <x:o> <x:g> .",
        "four.trig": "<x:g2> { <x:4> <x:p> <x:o> }",
        "five.jsonld": '{"@id": "x:5", "x:p": {"@id": "x:o"}}',
        "six.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'rdf:about="x:6"><p xmlns="x:" rdf:resource="x:o"/></rdf:Description></rdf:RDF>',
    }
    for name, text in texts.items():
        (mine / f"{name}{end}").write_bytes(pa.compress(text.encode(), codec, asbytes=True))
    if codec == "gzip":  # what pyarrow calls gzip has a gzip header, as a file has
        assert gzip.decompress((mine / "two.nt.gz").read_bytes()).decode() == texts["two.nt"]
    store.load([mine], tmp_path / "database")
    assert held(tmp_path / "database") == {
        *((str(at), f"file:///mine/{name}{end}") for at, name in ((1, "one.ttl"), (2, "two.nt"))),
        *((("3", "x:g"), ("4", "x:g2"))),
        *((str(at), f"file:///mine/{name}{end}") for at, name in ((5, "five.jsonld"), (6, "six.rdf"))),
    }
    assert store.open(mine).ask("ASK { <x:6> <x:p> <x:o> }")


@pytest.mark.parametrize(
    "content",
    [b"no archive", gzip.compress(b"<x:1> <x:p> <x:o> ." * 9, mtime=0)[:-9]],
    ids=["no archive", "cut short"],
)
def test_a_damaged_compressed_file_is_an_error_that_names_it(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "one.nt.gz").write_bytes(content)
    with pytest.raises(StanceError, match=r"one\.nt\.gz.*: "):
        store.load([tmp_path / "one.nt.gz"], tmp_path / "database")
    assert not (tmp_path / "database").exists()
