"""The graph served: the page, every entry at its address, rows as JSON, and how the service starts and ends."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import html
import json
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat

from conftest import Run
from february import FIVE
from serving import STANCEGRAPH, Service, serving
from stancegraph import page
from stancegraph.serve import live
from stancegraph.serve.application import Service as Answering
from stancegraph.serve.application import application
from stancegraph.store import Store, ontology

KHAZALI = NamedNode("https://w3id.org/stancegraph/id/actor/qais-al-khazali")
ENTRIES = {
    "actor/qais-al-khazali": ("iri", "https://w3id.org/stancegraph/id/actor/qais-al-khazali"),
    "statement/khazali-condemns-international-silence": (
        "statement",
        "https://w3id.org/stancegraph/id/statement/khazali-condemns-international-silence",
    ),
}
ROWS: list[tuple[list[str], str, list[tuple[str, str]]]] = [
    (["said"], "said", []),
    (["said", "--actor", "khazali"], "said", [("actor", "khazali")]),
    (
        ["said", "--actor", "khazali", "--actor", "sadr", "--quoted", "--min-confidence", "0.8"],
        "said",
        [("actor", "khazali"), ("actor", "sadr"), ("quoted", "true"), ("min_confidence", "0.8")],
    ),
    (["search", "great", "concern", "--limit", "3"], "search", [("words", "great concern"), ("limit", "3")]),
    (["actors", "الصدر"], "actors", [("text", "الصدر")]),
    (["compare", "khazali", "sadr"], "compare", [("a", "khazali"), ("b", "sadr")]),
    (
        ["network", "--kind", "two-mode", "--since", "2025-03-01"],
        "network",
        [("kind", "two-mode"), ("since", "2025-03-01")],
    ),
    (["shifts"], "shifts", []),
    (["shifts", "--blocs"], "shifts", [("blocs", "true")]),
    (["actor", "Maliki"], "actor", [("name", "Maliki")]),
]


@pytest.mark.parametrize(("command", "name", "query"), ROWS, ids=[" ".join(row[0]) for row in ROWS])
def test_rows_are_those_the_command_prints(
    run: Run, service: Service, command: list[str], name: str, query: list[tuple[str, str]]
) -> None:
    answered = service.get(f"/api/{name}?{urlencode(query)}")
    assert answered.status_code == 200, answered.text
    assert answered.text == run(*command, "--format", "json").stdout


def test_notes_stand_beside_the_rows(service: Service) -> None:
    answered = service.get("/api/search?words=syria&limit=1")
    assert any("there are more" in note for note in json.loads(answered.headers["stancegraph-notes"]))


def test_the_front_is_the_page(service: Service, shipped: Store) -> None:
    front = service.get("/")
    lists = r'<nav class="trail".*?</nav>'
    assert re.sub(lists, "", front.text, flags=re.DOTALL) == page.html(shipped)
    assert 'href="statement/"' in front.text
    assert "frame-ancestors 'none'" in front.headers["content-security-policy"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_has_four_formats_by_suffix_and_by_negotiation(service: Service, entry: str) -> None:
    key, iri = ENTRIES[entry]
    kinds = {
        "html": "text/html",
        "json": "application/json",
        "ttl": "text/turtle",
        "jsonld": "application/ld+json",
    }
    for suffix, media in kinds.items():
        by_suffix = service.get(f"/{entry}.{suffix}")
        by_negotiation = service.get(f"/{entry}", accept=f"{media}, */*;q=0.1")
        assert by_suffix.status_code == 200, by_suffix.text
        assert by_suffix.headers["content-type"].partition(";")[0] == media
        assert by_suffix.content == by_negotiation.content
        assert by_negotiation.headers["vary"] == "Accept"
    assert service.get(f"/{entry}.json").json()[key] == iri
    turtle, linked = (
        {q.triple for q in pyoxigraph.parse(service.get(f"/{entry}.{suffix}").content, form)}
        for suffix, form in (("ttl", RdfFormat.TURTLE), ("jsonld", RdfFormat.JSON_LD))
    )
    assert len(turtle) == len(linked) > 5
    assert any(triple.subject == NamedNode(iri) for triple in turtle)


def test_what_a_list_names_has_an_address(service: Service) -> None:
    for kind in ("actor", "proposition", "document", "event", "statement"):
        rows = service.get(f"/{kind}/", accept="application/json").json()
        assert rows
        for row in rows[::20]:
            iri = row.get("iri") or row[kind]
            for suffix in ("html", "ttl") if kind != "statement" else ("html",):
                found = service.get(f"/{kind}/{iri.rpartition('/')[2]}.{suffix}")
                assert found.status_code == 200, (iri, found.text)


def test_a_page_of_an_entry_tells_its_words_and_leads_to_its_document(service: Service) -> None:
    told = service.get("/actor/qais-al-khazali.html").text
    assert "“unacceptable”" in told
    assert 'href="../document/' in told
    assert "https://thenewregion.com/posts/1740" in told


def test_who_holds_a_proposition_is_marked_where_no_words_say_so(run: Run, service: Service) -> None:
    rows = json.loads(run("ask", "stand-on", "--set", "about=iraq-stays-out", "--format", "json").stdout)
    page_ = service.get("/proposition/iraq-stays-out.html").text.partition("</dl>")[0]
    shown = re.findall(r'<li class="(for|against)( inferred)?"><a [^>]*><bdi>(.*?)</bdi>', page_)
    sides = {"undertakes": "for", "calls for": "for", "refuses": "against", "rejects": "against"}
    assert len(rows) == len(shown) == 6
    assert {(side, inferred == "", html.unescape(name)) for side, inferred, name in shown} == {
        (sides[row["stance"]], row["basis"] == "said", row["speaker"]) for row in rows
    }


def test_agreement_on_an_actors_page_is_told_as_counted_and_leads_to_its_statements(service: Service) -> None:
    told = service.get("/actor/qais-al-khazali.html").text.partition("<h2>Spoke of the same</h2>")[2]
    shared = told.partition("Syrian Observatory for Human Rights")[2].partition("</tr>")[0]
    assert 'have killed civilians. <span class="quiet">(one of them not in its own words)' in shared
    assert 'href="../statement/khazali-concerned-over-escalation"' in shared
    assert "ally" not in told.lower()
    assert "allies" not in told.lower()


def test_what_is_known_is_not_sent_again(service: Service) -> None:
    first = service.get("/api/said?actor=khazali")
    again = service.get("/api/said?actor=khazali", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert service.get("/api/said?actor=sadr", if_none_match=first.headers["etag"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/said?actor=nobody%20at%20all", 400, "no actor is called"),
        ("/api/said?actors=khazali", 400, "takes no 'actors'"),
        ("/api/said?since=yesterday", 400, "since"),
        ("/api/said?since=2024-12-01&since=2024-12-02", 400, "one value"),
        ("/api/said?min_confidence=2", 400, "at most 1"),
        ("/api/search", 400, "needs words"),
        ("/api/search?words=x&limit=0", 400, "at least 1"),
        ("/api/said?actor=%ff", 400, "UTF-8"),
        ("/api/load", 404, "there is"),
        ("/actor/nobody", 404, "nothing stands at"),
        ("/nothing/", 404, "nothing stands at"),
    ],
)
def test_a_wrong_request_is_told_what_and_how_to_mend_it(
    service: Service, path: str, status: int, words: str
) -> None:
    answered = service.get(path)
    assert answered.status_code == status
    assert answered.headers["content-type"] == "application/problem+json"
    assert words in answered.json()["detail"]


def test_what_a_client_takes_nothing_of_is_refused(service: Service) -> None:
    assert service.get("/actor/qais-al-khazali", accept="image/png").status_code == 406
    assert service.get("/api/said", accept="text/html").status_code == 406


def test_methods_that_are_not_there_are_refused(service: Service) -> None:
    for path in ("/", "/api/said", "/actor/qais-al-khazali"):
        assert service.client.delete(path).status_code == 405
        assert service.client.post(path).status_code == 405
    assert service.client.head("/api/said").status_code == 200


def test_openapi_describes_each_operation_with_the_options_of_its_command(run: Run, service: Service) -> None:
    described: dict[str, Any] = service.get("/openapi.json").json()
    assert described["openapi"].startswith("3.")
    for name in ("said", "search", "actors", "compare", "network", "shifts"):
        operation = described["paths"][f"/api/{name}"]["get"]
        named = {parameter["name"] for parameter in operation["parameters"]}
        options = run(name, "--help", env={"COLUMNS": "200"}).stdout
        shared = {"data", "format", "output"}
        for option in {line.split()[1][2:] for line in options.splitlines() if line.startswith("│ --")}:
            known = option.replace("-", "_").partition("/")[0] in named | shared | {"help"}
            assert known, (name, option)
    (limit,) = (p for p in described["paths"]["/api/search"]["get"]["parameters"] if p["name"] == "limit")
    assert limit["schema"] == {"type": "integer", "minimum": 1, "default": 20}


def test_an_edit_of_a_file_is_answered_from_after_it(tmp_path: Path) -> None:
    copy = tmp_path / "five.ttl"
    shutil.copyfile(FIVE, copy)
    shutil.copyfile(ontology() / "stance.ttl", tmp_path / "stance.ttl")
    with serving("--data", copy) as running:
        before = len(running.get("/api/said").json())
        text = copy.read_text("utf-8")
        copy.write_text("this is no Turtle", "utf-8")
        time.sleep(1.2)
        assert len(running.get("/api/said").json()) == before, "a broken file takes nothing away"
        copy.write_text(text.replace("a stance:Statement", "a stance:Statement, stance:Note", 1), "utf-8")
        for _ in range(600):  # it looks at the files once a second
            if running.ask("ASK { ?s a stance:Note }").json()["boolean"]:
                break
            time.sleep(0.1)
        else:
            raise AssertionError("the edit is not answered from")


def test_a_port_in_use_is_said(run: Run, service: Service) -> None:
    ended = run("serve", "--port", str(service.port))
    assert ended.returncode == 3
    assert "another program answers there" in ended.stderr
    assert "--port 0" in ended.stderr


def test_a_host_that_is_none_is_said(run: Run) -> None:
    ended = run("serve", "--host", "not a host", "--port", "0")
    assert ended.returncode == 2
    assert "no address of this machine" in ended.stderr
    ended = run("serve", "--host", "192.0.2.1", "--port", "0")
    assert ended.returncode == 3
    assert "this machine has no such address: give --host" in ended.stderr


def test_a_folder_that_is_no_graph_is_said(run: Run, tmp_path: Path) -> None:
    ended = run("serve", "--data", str(tmp_path / "missing"), "--port", "0")
    assert ended.returncode in (2, 3)
    assert "missing" in ended.stderr


def test_ctrl_c_ends_it_quietly() -> None:
    process = subprocess.Popen(
        [STANCEGRAPH, "serve", "--port", "0", "--data", str(FIVE)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    assert process.stdout
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\n", process.stdout.readline())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (130, "", "")


def test_a_browser_is_told_that_the_page_is_being_drawn_until_it_is() -> None:
    service = Answering([FIVE], (), patience=0)

    async def visits() -> list[httpx.Response]:
        drawing = httpx.ASGITransport(application(service))
        async with httpx.AsyncClient(transport=drawing, base_url="http://127.0.0.1", timeout=60) as client:
            browser = {"accept": "text/html,*/*;q=0.8"}
            first = await client.get("/", headers=browser)
            service.patience = 60
            return [first, await client.get("/"), await client.get("/", headers=browser)]

    told, waited, shown = asyncio.run(visits())
    assert (told.status_code, told.headers["cache-control"]) == (202, "no-store")
    assert '<meta http-equiv="refresh"' in told.text
    assert 'href="actor/"' in told.text
    assert waited.status_code == shown.status_code == 200
    assert waited.content == shown.content
    assert b"<h1" in shown.content


def front(service: Answering, **headers: str) -> httpx.Response:
    """The front page of a service in this process, as it is sent."""

    async def visit() -> httpx.Response:
        transport = httpx.ASGITransport(application(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(
                "/", headers={name.replace("_", "-"): text for name, text in headers.items()}
            )

    return asyncio.run(visit())


def test_the_page_is_kept_and_never_shown_of_another_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    graph = tmp_path / "five.ttl"
    shutil.copyfile(FIVE, graph)

    def shown() -> bytes:
        return front(Answering([graph], (), kept=True)).content

    drawn = shown()
    (file,) = (tmp_path / "cache" / "stancegraph" / "pages").iterdir()
    assert file.parent.stat().st_mode & 0o777 == 0o700, "it is nobody else's to read"
    whole = file.read_bytes()
    other = gzip.compress(b"as it was kept")
    file.write_bytes(b"stancegraph page 1 " + hashlib.sha256(other).hexdigest().encode() + b"\n" + other)
    assert shown() == b"as it was kept"
    for damaged in (whole[:-1], whole + b"x", b""):
        file.write_bytes(damaged)
        assert shown() == drawn
        assert file.read_bytes() == whole
    graph.write_text(graph.read_text("utf-8").replace("Alpha", "Zora"), "utf-8")
    assert b"Zora" not in drawn
    assert b"Zora" in shown()


def test_beyond_the_room_for_pages_only_those_with_the_mark_of_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(live, "PAGES", 0)
    strange = tmp_path / "stancegraph" / "pages" / f"{'0' * 64}.page"
    strange.parent.mkdir(parents=True)
    strange.write_bytes(b"a stranger's")
    live.keep_page("1" * 64, b"a page")
    assert list(strange.parent.iterdir()) == [strange]


def test_the_page_is_sent_packed_to_who_takes_that_and_has_a_mark_of_its_own_so() -> None:
    service = Answering([FIVE], ())
    packed, plain = front(service), front(service, accept_encoding="gzip;q=0, identity")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert front(service, if_none_match=packed.headers["etag"]).status_code == 304
    assert front(service, accept_encoding="", if_none_match=packed.headers["etag"]).status_code == 200


def test_a_page_that_was_looked_at_is_drawn_anew_once_an_edit_is_seen(tmp_path: Path) -> None:
    graph = tmp_path / "five.ttl"
    shutil.copyfile(FIVE, graph)
    service = Answering([graph], (), patience=60)

    async def look() -> bool:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(application(service)), base_url="http://127.0.0.1", timeout=60
        ) as client:
            await client.get("/")
            graph.write_text(graph.read_text("utf-8").replace("Alpha", "Zora"), "utf-8")
            await asyncio.to_thread(service.live.refresh)
            await client.get("/actor/")
            for _ in range(600):
                if service.live.now.kept("page"):
                    return "Zora" in (await client.get("/")).text
                await asyncio.sleep(0.1)
            return False

    assert asyncio.run(look())
