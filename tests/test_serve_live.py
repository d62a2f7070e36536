"""A folder that is edited, served while it changes: the running store is what a fresh opening would be."""

from __future__ import annotations

import asyncio
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset

from desks import OPENED, made, with_article
from stancegraph import names, store
from stancegraph.curate import changes, entries, references
from stancegraph.curate.folder import Folder
from stancegraph.serve.desk import Desk
from stancegraph.serve.live import Body, Late, Limits, Live, Past, Snapshot
from stancegraph.store import Local, ontology


def canonical(graph: Local) -> set[str]:
    """The quads of a graph, its blank nodes named by what is said of them."""
    dataset = Dataset(graph.quads())
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def opened(folder: Folder) -> Local:
    found = store.open(folder.path)
    assert isinstance(found, Local)
    return found


def live_of(folder: Folder) -> Live:
    return Live([folder.path], Limits(), lambda _: None, in_place=True)


def write(folder: Folder, change: changes.Change) -> str:
    changes.apply(folder, change)
    return change.iri


def said(folder: Folder, document: str, gist: str) -> str:
    """The IRI of one more statement."""
    values = {"document": document, "speaker": "Karl Weber", "gist": gist, "date": "2025-03-08"}
    quote = "nothing but a promise on paper"
    with folder.writing():
        return write(folder, entries.add(folder, "statement", {**values, "opposes": OPENED, "quote": quote}))


class Editor:
    """What commands and a text editor do to a folder, by chance."""

    def __init__(self, folder: Folder, dice: Random) -> None:
        self.folder, self.dice = folder, dice
        self.documents = [with_article(folder, f"Harbour {word}") for word in ("one", "two")]
        self.statements: list[str] = []

    def by_hand(self, file: Path, old: str, new: str) -> None:
        file.write_bytes(file.read_bytes().replace(old.encode(), new.encode()))

    def add(self) -> None:
        letters = "".join(self.dice.choices("abcdefghij", k=6))
        self.statements.append(said(self.folder, self.dice.choice(self.documents), f"Calls it {letters}."))

    def edit(self) -> None:
        with self.folder.writing():
            chosen = self.dice.choice(self.statements)
            write(self.folder, references.edit(self.folder, chosen, replace={"gist": ["Says no."]}))

    def remove(self) -> None:
        with self.folder.writing():
            gone = self.statements.pop(self.dice.randrange(len(self.statements)))
            write(self.folder, references.remove(self.folder, gone))

    def take_back(self) -> None:
        self.add()
        self.statements.pop()
        with self.folder.writing():
            write(self.folder, changes.undo(self.folder))

    def rewrite(self) -> None:
        self.by_hand(self.dice.choice([*self.folder.path.glob("statements/*.ttl")]), "Calls it", "Names it")

    def rename(self) -> None:
        self.by_hand(self.folder.path / "actors.ttl", *self.dice.sample(["Karl Weber", "Karl M. Weber"], 2))

    def put_a_file_there(self) -> None:
        text = f"<https://mine.example/x{self.dice.randrange(99)}> <https://mine.example/p> [ a [] ] .\n"
        (self.folder.path / "more.ttl").write_text(text, "utf-8")

    def take_the_file_away(self) -> None:
        (self.folder.path / "more.ttl").unlink(missing_ok=True)


def test_the_running_store_is_what_a_fresh_opening_gives_whatever_was_edited(tmp_path: Path) -> None:
    editor = Editor(folder := made(tmp_path), Random(13))
    live = live_of(folder)
    first = live.now
    editor.add()
    editor.add()
    doings = [
        getattr(editor, name)
        for name in vars(Editor)
        if callable(vars(Editor)[name]) and name not in ("__init__", "by_hand")
    ]
    for doing in editor.dice.sample(doings, k=len(doings)):
        doing()
        if len(editor.statements) < 2:
            editor.add()
        live.refresh()
        assert live.error == ""
        assert canonical(live.now.store) == canonical(opened(folder)), doing.__name__
    fresh = names.index(opened(folder))
    assert {e.iri: e.aliases for e in live.now.names.entries("actor")} == {
        e.iri: e.aliases for e in fresh.entries("actor")
    }
    assert {iri for kind, iri in live.now.entries if kind == "statement"} == {*editor.statements}
    assert first.past
    assert canonical(first.store) == canonical(live.now.store), "the store itself was changed, none opened"


def test_files_that_cannot_be_read_leave_the_graph_as_it_was_and_are_told(tmp_path: Path) -> None:
    folder = made(tmp_path)
    live = live_of(folder)
    before, file = canonical(live.now.store), folder.path / "propositions.ttl"
    whole = file.read_bytes()
    file.write_bytes(whole + b"<x> <y> .")
    live.refresh()
    assert "propositions.ttl" in live.error
    assert canonical(live.now.store) == before
    file.write_bytes(whole.replace(b"opened again", b"opened for good"))
    live.refresh()
    assert live.error == ""
    assert canonical(live.now.store) == canonical(opened(folder)) != before


def test_a_file_touched_or_written_twice_at_once_is_seen_once_it_differs(tmp_path: Path) -> None:
    folder = made(tmp_path)
    live, file = live_of(folder), folder.path / "propositions.ttl"
    mark, text = live.now.mark, file.read_text("utf-8")
    file.touch()
    live.refresh()
    assert live.now.mark == mark, "its content is as it was"
    for word in ("opened", "closed", "opened", "closed"):  # of one length, and within one tick of the clock
        file.write_text(text.replace("opened", word), "utf-8")
        live.refresh()
        assert word in str(live.now.store.select("SELECT ?t { ?p a stance:Proposition ; skos:prefLabel ?t }"))


def test_no_worker_answers_from_half_a_change(tmp_path: Path) -> None:
    """Two triples change together; workers forked all the while see both or neither."""
    folder = made(tmp_path)
    file = folder.path / "pair.ttl"
    file.write_text('<urn:a> <urn:p> "0" . <urn:b> <urn:p> "0" .', "utf-8")
    live = live_of(folder)
    stop = threading.Event()

    def edit() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            file.write_text(f'<urn:a> <urn:p> "{number}" . <urn:b> <urn:p> "{number}" .', "utf-8")
            live.refresh()

    def both() -> tuple[bytes, str, list[str]]:
        rows = live.now.store.tuples("SELECT ?v { ?s <urn:p> ?v }")
        return " ".join(value for (value,) in rows).encode(), "text/plain", []

    editor = threading.Thread(target=edit)
    editor.start()
    found = list[list[bytes]]()
    try:
        while len(found) < 6:
            with suppress(Past):
                found.append(live.now.compute(both, Limits()).content.split())
    finally:
        stop.set()
        editor.join()
    assert all(len(pair) == 2 and pair[0] == pair[1] for pair in found), found
    assert len({pair[0] for pair in found}) > 1


def test_a_worker_is_not_forked_of_a_state_that_is_past(tmp_path: Path) -> None:
    folder = made(tmp_path)
    live = live_of(folder)
    before = live.now
    (folder.path / "more.ttl").write_text("<urn:a> <urn:p> <urn:b> .", "utf-8")
    live.refresh()
    with pytest.raises(Past):
        before.compute(lambda: (b"", "", []), Limits())
    assert live.now.compute(lambda: (b"x", "", []), Limits()).content == b"x"


def test_an_answer_that_takes_long_waits_and_computes_within_one_limit(tmp_path: Path) -> None:
    live = Live([made(tmp_path).path], Limits(seconds=60), lambda _: None)
    given = list[float]()
    tried, begun, end = threading.Semaphore(0), threading.Semaphore(0), threading.Event()

    def compute(_: Snapshot, limits: Limits) -> Body:
        if limits.cpu is not None:
            tried.release()
            raise Late("it is not quick")
        given.append(limits.seconds)
        begun.release()
        end.wait()
        raise Late("it took too long")

    async def ask() -> list[str]:
        asked = [asyncio.create_task(live.answer(number, compute)) for number in range(3)]
        for each in (tried, tried, tried, begun, begun):
            await asyncio.to_thread(each.acquire)
        await asyncio.sleep(0.2)
        end.set()
        return [str(each) for each in await asyncio.gather(*asked, return_exceptions=True)]

    told = asyncio.run(ask())
    assert told == ["it took too long (the limit is 60 s, with waiting)"] * 3
    assert given[2] <= 60 - 0.2, "what waited has that much less to compute in"


def test_who_waits_for_others_is_refused_once_the_limit_is_over(tmp_path: Path) -> None:
    live = Live([made(tmp_path).path], Limits(seconds=0.3), lambda _: None)
    end = threading.Event()

    def compute(_: Snapshot, limits: Limits) -> Body:
        if limits.cpu is not None:
            raise Late("it is not quick")
        end.wait()
        return Body.of(b"", "text/plain")

    async def ask() -> str:
        asked = [asyncio.create_task(live.answer(number, compute)) for number in range(3)]
        done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        end.set()
        await asyncio.gather(*asked, return_exceptions=True)
        (refused,) = done
        return str(refused.exception())

    assert asyncio.run(ask()) == "it waited for others longer than 0.3 s, the limit: ask again in a while"


def test_the_figure_that_a_statement_claims_is_looked_for_where_it_stands(tmp_path: Path) -> None:
    shutil.copytree(ontology() / "data", place := tmp_path / "graph")
    desk = Desk(Live([place], Limits(), lambda _: None, in_place=True), place, "1")
    claimed = "figure:syrian-observatory-deaths-on-coast a stance:Figure"
    file = place / "statements" / "gulan-iraq-warns.ttl"
    text = file.read_text("utf-8")
    assert claimed in text
    assert desk.faults("gulan-iraq-warns") == []
    file.write_text(text.replace(claimed, "figure:another a stance:Figure"), "utf-8")
    assert "declared figure" in desk.faults("gulan-iraq-warns")[0]["message"]
