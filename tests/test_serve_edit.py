"""What writes is for who has the token alone, takes entries alone, and loses nothing when it is killed."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from desks import made, served
from serving import Service, serving
from stancegraph import store, validation
from stancegraph.curate.folder import Folder
from stancegraph.statements import catalogue

__all__ = ["served"]

HEADERS = {"content-type": "application/json"}


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


def test_killed_while_it_saves_it_loses_nothing(tmp_path: Path) -> None:
    """However it is killed, each file is as before or after a whole change, and what was answered is there."""
    folder = made(tmp_path)
    answered: list[str] = []
    for attempt in range(2):
        with serving("--edit", folder.path) as running:
            bearer = {"authorization": f"Bearer {running.address.partition('token=')[2]}"}
            killer = threading.Timer(0.03 + 0.11 * attempt, running.process.kill)
            with suppress(httpx.TransportError):
                for number in range(1_000):
                    name = f"Person {'abcdefghijklmnopqrstuvwxyz'[attempt]}{number}"
                    values = {"name": [name], "kind": ["politician"]}
                    body = json.dumps(
                        {"kind": "actor", "values": values, "new": True, "iri": f"p{attempt}-{number}"}
                    )
                    sent = running.client.post("/desk/add", content=body, headers=HEADERS | bearer)
                    assert sent.status_code == 200, sent.text
                    answered.append(name)
                    if number == 2:
                        killer.start()
            killer.join()
    opened = store.open(folder.path)
    assert validation.check(opened).findings == ()
    known = {row["actor"] for row in catalogue.actors(opened)}
    assert answered
    assert set(answered) <= known
