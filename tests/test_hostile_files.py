"""Files of RDF made to break their reader: each is read, or refused in one line that names it; nothing is asserted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import hostile
from stancegraph import store
from stancegraph.errors import StanceError


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_a_hostile_file_is_one_line_that_names_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(hostile.content(name))
    with pytest.raises(StanceError) as caught:
        store.open(file)
    assert caught.value.exit_code == 3
    assert str(caught.value).startswith(str(file))
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 400 + len(str(file))


@pytest.mark.parametrize("name", hostile.READ)
def test_a_file_that_is_odd_and_well_formed_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(hostile.content(name))
    found = store.open(tmp_path / name).ask(f"ASK {{ ?s <{hostile.S}p> ?o }}")
    assert found is not name.startswith("empty")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("billion-laughs.rdf", "DOCTYPE"),
        ("doctype-utf-16.rdf", "DOCTYPE"),
        ("rule.n3", "a rule or a quoted formula"),
        ("reifier.ttl", "a triple about a triple"),
        ("annotation.ttl", "a triple about a triple"),
        ("nested-deep.rdf", "more than 1000 deep"),
        ("huge-literal.ttl", "more than 16 MiB"),
        ("quoted-deep.nq", "nests too deeply"),
        ("unclosed.rdf", "cut short"),
    ],
)
def test_the_line_says_what_is_wrong(name: str, what: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(hostile.content(name))
    with pytest.raises(StanceError, match=what):
        store.open(tmp_path / name)


def test_no_database_is_left_of_a_hostile_file(tmp_path: Path) -> None:
    for name in ("quoted-deep.nt", "billion-laughs.trix", "prefix-bomb.ttl"):
        (tmp_path / name).write_bytes(hostile.content(name))
        with pytest.raises(StanceError, match=name):
            store.load([tmp_path / name], tmp_path / "db")
        assert not (tmp_path / "db").exists()


def test_anything_but_a_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ttl")
    (tmp_path / "device.ttl").symlink_to("/dev/zero")
    for name, told in (("pipe.ttl", "pipe.ttl is not a file"), ("device.ttl", "/dev/zero")):
        with pytest.raises(StanceError, match=told):
            store.open(tmp_path / name)
    with (tmp_path / "sparse.ttl").open("wb") as file:
        file.truncate(20 << 30)
    with pytest.raises(StanceError, match="20480 MiB"):
        store.open(tmp_path / "sparse.ttl")
    with pytest.raises(StanceError, match="line 1, column 1"):  # which is not read to its end for that
        store.load([tmp_path / "sparse.ttl"], tmp_path / "database")


def test_a_file_is_read_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    for suffix in (b"ttl", b"trix", b"hext", b"rdf"):
        name = os.fsdecode(b"a\xff\xfe." + suffix)
        (tmp_path / name).write_bytes(hostile.content(f"plain.{suffix.decode()}"))
    assert len(store.open(tmp_path).select(f"SELECT * {{ GRAPH ?g {{ <{hostile.S}s> ?p ?o }} }}")) == 4


def test_the_same_blank_node_label_in_two_files_is_two_nodes(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt", "c.trix"):
        text = f"_:a <{hostile.S}p> _:b .\n"
        if name == "c.trix":
            text = hostile.trix("x").replace(f"<uri>{hostile.S}s</uri>", "<id>a</id>")
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(store.open(tmp_path).select(f"SELECT DISTINCT ?s {{ ?s <{hostile.S}p> ?o }}")) == 3
