"""What writes is for who has the token alone, takes entries alone, and loses nothing when it is killed."""

from __future__ import annotations

import json
import multiprocessing
import resource
import signal
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import NamedNode

from conftest import Run
from desks import made, served
from killing import INSTANTS
from serving import Service
from stancegraph import store, validation
from stancegraph.curate.folder import Folder
from stancegraph.errors import StanceError
from stancegraph.serve.desk import Desk
from stancegraph.serve.live import Limits, Live

__all__ = ["served"]

HEADERS = {"content-type": "application/json"}
NEWS = {"title": ["News"], "publisher": ["Harbour Herald"], "date": ["2025-03-08"]}


def test_without_the_token_nothing_is_shown_and_nothing_written(served: tuple[Service, Folder]) -> None:
    running, folder = served
    before = {file: file.read_bytes() for file in folder.path.rglob("*.ttl")}
    token = running.address.partition("token=")[2]
    body = json.dumps({"kind": "actor", "values": {"name": ["Mallory"], "kind": ["politician"]}})
    wrong: list[tuple[str, dict[str, str]]] = [
        ("", {}),
        ("?token=", {}),
        ("?token=" + token[:-1], {}),
        ("?token=" + "x" * len(token), {}),
        ("", {"authorization": "Bearer " + token[::-1]}),
        ("", {"authorization": "Basic " + token}),
        ("", {"cookie": f"stancegraph-{running.port}=x"}),
        ("", {"cookie": f"stancegraph-{running.port + 1}={token}"}),
    ]
    for query, headers in wrong:
        for path in ("/", "/desk", "/desk/overview", "/api/said", "/sparql", "/static/desk.js"):
            assert running.client.get(path + query, headers=headers).status_code == 403, (path, query)
        for name in ("add", "edit", "remove", "undo", "skip"):
            sent = running.client.post(f"/desk/{name}{query}", content=body, headers=HEADERS | headers)
            assert sent.status_code == 403, (name, query)
    assert {file: file.read_bytes() for file in folder.path.rglob("*.ttl")} == before


def test_with_the_token_a_page_of_another_origin_still_writes_nothing(served: tuple[Service, Folder]) -> None:
    running, folder = served
    before = {file: file.read_bytes() for file in folder.path.rglob("*.ttl")}
    cookie = {"cookie": f"stancegraph-{running.port}={running.address.partition('token=')[2]}"}
    body = json.dumps({"kind": "actor", "values": {"name": ["Mallory"], "kind": ["politician"]}})
    foreign: list[dict[str, str]] = [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"http://localhost:{running.port + 1}"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        {"host": "evil.example"},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
    ]
    for headers in foreign:
        sent = running.client.post("/desk/add", content=body, headers=HEADERS | cookie | headers)
        assert sent.status_code in (403, 415, 421), headers
        assert "set-cookie" not in sent.headers
    assert {file: file.read_bytes() for file in folder.path.rglob("*.ttl")} == before


def test_the_token_leaves_the_address_and_opens_the_desk_by_cookie(served: tuple[Service, Folder]) -> None:
    running, _ = served
    first = running.client.get(running.address, headers={"accept": "text/html"})
    assert first.status_code == 303
    assert first.headers["location"] == "/desk"
    assert "HttpOnly; SameSite=Strict" in first.headers["set-cookie"]
    cookie = first.headers["set-cookie"].partition(";")[0]
    running.client.cookies.clear()
    assert running.client.get("/desk", headers={"cookie": cookie}).status_code == 200
    elsewhere = running.client.get(
        f"//evil.example/x?{running.address.partition('?')[2]}", headers={"accept": "text/html"}
    )
    assert not elsewhere.headers.get("location", "/").startswith("//")


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        "{}",
        '{"kind": "actor"}',
        '{"kind": "actor", "values": {"name": "x"}}',
        '{"kind": "../x", "values": {}}',
        '{"kind": "document", "values": {"title": ["x"], "publisher": ["Harbour Herald"], "date": ["2025-03-08"]}}',
        '{"kind": "statement", "values": {"document": ["nothing"]}, "marks": [[0, 1]]}',
        '{"kind": "statement", "values": {"speaker": ["Ada Lovelace"]}, "marks": [[5, 1]]}',
        "[" * 100_000,
        '{"kind": "actor", "values": {"name": ["a\\u0000b"], "kind": ["politician"]}}',
        '{"kind": "actor", "values": {"name": ["a\\ud800b"], "kind": ["politician"]}}',
        '{"kind": "actor", "values": {"name": ["a\\u001b[31mb"], "kind": ["politician"]}}',
        json.dumps({"kind": "document", "values": NEWS, "text": "a\0b"}),
        json.dumps({"kind": "document", "values": NEWS, "text": "a\ud800b"}),
        json.dumps(
            {"kind": "document", "values": {**NEWS, "title": ["A" * 1_000_000]}, "text": "It said so."}
        ),
    ],
    ids=lambda body: body[:60],
)
def test_what_is_no_entry_is_refused_and_nothing_written(served: tuple[Service, Folder], body: str) -> None:
    running, folder = served
    before = {file: file.read_bytes() for file in folder.path.rglob("*.ttl")}
    bearer = {"authorization": f"Bearer {running.address.partition('token=')[2]}"}
    sent = running.client.post("/desk/add", content=body, headers=HEADERS | bearer)
    assert sent.status_code == 400, sent.text
    assert {file: file.read_bytes() for file in folder.path.rglob("*.ttl")} == before


ADA = "https://mine.example/actor/ada-lovelace"


def desk_over(folder: Path) -> Desk:
    return Desk(Live([folder], Limits(), lambda _: None, in_place=True), folder, "1")


def number(folder: Path) -> int:
    """The number that the comment on Ada Lovelace tells."""
    opened = store.open(folder)
    rows = opened.tuples("SELECT ?t { ?ada rdfs:comment ?t }", {"ada": NamedNode(ADA)})
    return int(rows[0][0].split()[1]) if rows else 0


def save(desk: Desk, told: int) -> None:
    desk.edit(
        {"entry": ADA, "seen": desk.entry(ADA)["seen"], "values": {"comment": [f"Number {told} is it."]}}
    )


def saving(folder: Path, told: int, answers: Connection) -> None:
    """Save one number after the other, and answer each."""
    desk = desk_over(folder)
    while True:
        save(desk, told)
        answers.send(told)
        told += 1


def test_killed_at_any_instant_of_saving_it_has_what_it_answered(tmp_path: Path) -> None:
    """A graph of numbers: what stands there is what was answered last, or what was being saved; nothing between."""
    folder, dice, process = made(tmp_path).path, Random(9), multiprocessing.get_context("fork")
    for _ in range(2 * INSTANTS):
        receiver, sender = process.Pipe(duplex=False)
        child = process.Process(target=saving, args=(folder, number(folder) + 1, sender))
        child.start()
        sender.close()
        answered = receiver.recv()
        time.sleep(dice.uniform(0, 0.12))
        child.kill()
        child.join()
        with suppress(EOFError):
            while True:
                answered = receiver.recv()
        assert number(folder) in (answered, answered + 1)
        assert not (folder / ".stancegraph" / "next").exists()
    assert validation.check(store.open(folder)).findings == ()


def test_a_full_disk_is_told_and_nothing_lost(tmp_path: Path) -> None:
    """No file may grow beyond so many bytes: what is beyond is not written, as where the disk is full."""
    folder = made(tmp_path).path
    desk = desk_over(folder)
    save(desk, 1)
    before = {file: file.read_bytes() for file in folder.rglob("*.ttl")}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, limits[1]))
    try:
        with pytest.raises(StanceError, match=r"cannot be written.*nothing is changed"):
            save(desk, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert {file: file.read_bytes() for file in folder.rglob("*.ttl")} == before
    save(desk, 3)
    assert number(folder) == 3


def test_what_cannot_be_served_is_told_in_one_line(
    served: tuple[Service, Folder], run: Run, tmp_path: Path
) -> None:
    running, folder = served
    (tmp_path / "empty").mkdir()
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    for options, told in (
        (["--edit", str(folder.path), "--port", str(running.port)], "another program answers there"),
        (["--edit", str(tmp_path / "empty")], "make a folder with `stancegraph init`"),
        (["--edit", str(tmp_path / "none")], "does not exist"),
        (["--edit", str(tmp_path / "letter.txt")], "is no folder of Turtle"),
    ):
        done = run("serve", *options)
        assert (done.returncode, done.stdout) in ((2, ""), (3, "")), options
        assert told in done.stderr, (options, done.stderr)
        assert done.stderr.strip().count("\n") == 0, done.stderr
