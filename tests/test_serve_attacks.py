"""Attacks on the real service, sent byte by byte where a client would not: none gets through, and it goes on."""

from __future__ import annotations

import re
import socket
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crowd import Crowd
from serving import Service

PASSWORDS = b"root:x:0:0"
"""What /etc/passwd begins with."""
TRAVERSALS = [
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/../../../../../../etc/passwd",
    "/static/..%2f..%2f..%2f..%2f..%2fetc/passwd",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%252f..%252fetc%252fpasswd",
    "/static/..\\..\\..\\etc\\passwd",
    "/static//etc/passwd",
    "/static/application.py",
    "/static/page.css%00.html",
    "/actor/..%2f..%2factors.ttl",
    "//etc/passwd",
    "/api/..%2f..%2fdata",
    "/file:///etc/passwd",
    "/api/network?qap=/etc/passwd",
    "/api/network?qap=kind&qap=../../../../etc/passwd",
]
HOSTS = [
    "evil.example",
    "evil.example:{port}",
    "127.0.0.1.evil.example",
    "localhost.evil.example:{port}",
    "127.0.0.1@evil.example",
    "evil.example#127.0.0.1",
    "192.168.0.1",
    "[::ffff:8.8.8.8]",
    "",
    "127.0.0.1:{port}, evil.example",
]
FOREIGN = [
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "https://127.0.0.1:{port}"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "http://127.0.0.1:{port}.evil.example"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
]


def request(service: Service, line: str = "GET / HTTP/1.1", *headers: str, body: bytes = b"") -> bytes:
    """A request as it stands, with a Host of its own unless one is given."""
    here = [] if any(h.lower().startswith("host:") for h in headers) else [f"Host: 127.0.0.1:{service.port}"]
    head = "\r\n".join([line, *here, *headers, "Connection: close", "", ""])
    return head.encode("latin-1") + body


def status(answer: bytes) -> int:
    """The status of an answer; 0 where the connection was closed without one."""
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found[1]) if found else 0


@pytest.fixture(autouse=True)
def still_answering(service: Service) -> Iterator[None]:
    """After each attack the service answers as before, and no worker of it is left."""
    yield
    assert service.get("/api/said?actor=khazali").status_code == 200
    assert service.process.poll() is None


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_to_a_file_of_the_disk(service: Service, path: str) -> None:
    answer = service.send(request(service, f"GET {path} HTTP/1.1"))
    assert status(answer) in (400, 404), answer[:200]
    assert PASSWORDS not in answer


@pytest.mark.parametrize("host", HOSTS)
def test_a_name_pointed_at_this_machine_is_not_answered(service: Service, host: str) -> None:
    answer = service.send(
        request(service, "GET /api/said HTTP/1.1", f"Host: {host.format(port=service.port)}")
    )
    assert status(answer) in (400, 421), answer[:200]
    assert b"khazali" not in answer


def test_two_hosts_are_one_too_many(service: Service) -> None:
    twice = request(service, "GET / HTTP/1.1", f"Host: 127.0.0.1:{service.port}", "Host: evil.example")
    assert status(service.send(twice)) == 400
    assert status(service.send(b"GET / HTTP/1.1\r\n\r\n")) == 400


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_page_of_another_origin_is_not_answered(service: Service, headers: dict[str, str]) -> None:
    told = [f"{name}: {value.format(port=service.port)}" for name, value in headers.items()]
    for line in ("GET /api/said HTTP/1.1", "GET /sparql?query=ASK%7B%7D HTTP/1.1", "POST /sparql HTTP/1.1"):
        answer = service.send(request(service, line, *told))
        assert status(answer) == 403, answer[:200]
        assert b"access-control-allow-origin" not in answer.lower()


def test_a_preflight_grants_nothing(service: Service) -> None:
    answer = service.send(
        request(
            service,
            "OPTIONS /sparql HTTP/1.1",
            "Origin: http://evil.example",
            "Access-Control-Request-Method: POST",
        )
    )
    assert status(answer) == 403
    assert b"access-control-allow" not in answer.lower()


def test_a_link_from_elsewhere_is_followed(service: Service) -> None:
    walk = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
    assert status(service.send(request(service, "GET /actor/ HTTP/1.1", *walk))) == 200


def test_every_answer_forbids_what_a_page_does_not_need(service: Service) -> None:
    for path in ("/", "/actor/", "/api/said", "/sparql", "/nothing/at/all", "/static/page.css"):
        headers = service.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert headers["cross-origin-resource-policy"] == "same-origin", path
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/actor/%0d%0aX-Hacked:%201",
        "/api/said?actor=%0d%0aX-Hacked:%201",
        "/actor/x%0d%0a%0d%0a<script>alert(1)</script>",
        "/api/search?words=syria%0d%0aX-Hacked:%201&limit=1",
    ],
)
def test_no_line_end_in_an_address_becomes_a_header(service: Service, path: str) -> None:
    answer = service.send(request(service, f"GET {path} HTTP/1.1"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"X-Hacked" not in head
    assert b"text/html" not in head or b"<script>" not in body


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: b\nX: y\r\n\x00\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"G\xc3\x8bT / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET  /  HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nquery=",
        b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(service: Service, raw: bytes) -> None:
    answer = service.send(raw, wait=3)
    assert status(answer) not in range(200, 400), answer[:200]
    assert not answer or b"content-type: application/problem+json" in answer.lower()


def test_a_request_smuggled_behind_another_is_not_run_as_part_of_it(service: Service) -> None:
    both = request(
        service,
        "POST /sparql HTTP/1.1",
        "Content-Length: 6",
        "Transfer-Encoding: chunked",
        body=b"0\r\n\r\nGET /api/said HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    )
    answer = service.send(both, wait=3)
    assert b"khazali" not in answer


def test_headers_without_end_are_refused(service: Service) -> None:
    many = request(service, "GET / HTTP/1.1", *(f"X-{n}: {'a' * 100}" for n in range(5_000)))
    assert status(service.send(many)) in (0, 400)
    assert status(service.send(request(service, f"GET /{'a' * 100_000} HTTP/1.1"))) in (0, 400, 414)


def test_giant_bodies_are_refused_however_they_are_sent(service: Service) -> None:
    told = request(
        service, "POST /sparql HTTP/1.1", "Content-Length: 99999999999999", "Content-Type: text/plain"
    )
    assert status(service.send(told)) == 413
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    dripped = request(
        service,
        "POST /sparql HTTP/1.1",
        "Transfer-Encoding: chunked",
        "Content-Type: application/sparql-query",
    )
    assert status(service.send(dripped, *[chunk] * 40, b"0\r\n\r\n")) in (0, 413)


def test_parameters_without_end_are_refused(service: Service) -> None:
    assert service.get("/api/said?" + "&".join(["actor=x"] * 1_100)).status_code == 400
    assert service.get("/api/said?actor=" + "x" * 3_000).status_code == 400
    assert service.get("/api/network?window=1d&step=0d&kernel=uniform").status_code == 400
    assert service.get("/api/search?words=" + "a" * 500).status_code == 400


def test_requests_that_drip_hold_nobody_up(service: Service) -> None:
    """A hundred clients that send a byte now and then; the others are answered meanwhile."""
    dripping = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(100)]
    try:
        for number, connection in enumerate(dripping):
            post = b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\nq"
            connection.sendall(post if number % 2 else b"GET /")
        for _ in range(20):
            assert service.get("/api/said?actor=khazali").status_code == 200
    finally:
        for connection in dripping:
            connection.close()


def test_a_request_that_drips_is_ended(service: Service) -> None:
    def is_ended(begin: bytes) -> bool:
        with socket.create_connection(("127.0.0.1", service.port), 60) as connection:
            connection.settimeout(1)
            connection.sendall(begin)
            for _ in range(100):
                try:
                    connection.sendall(b"a")
                    if not connection.recv(1000):
                        return True
                except TimeoutError:
                    continue
                except ConnectionError:
                    return True
            return False

    begins = [
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
        b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\n",
    ]
    with ThreadPoolExecutor() as threads:
        assert all(threads.map(is_ended, begins))


def test_lookups_are_answered_while_others_ask_what_never_ends(hurried: Service) -> None:
    """Twice as many as are computed for long at a time; `scripts/bench service` asks for a minute."""
    tally = Crowd(hurried).run(clients=10, deadly=4, seconds=1)
    assert tally.wrong == []
    deadly = tally.seconds["queries of death"]
    assert len(deadly) >= 4
    assert statistics.median(tally.seconds["lookups, new"]) < min(deadly)
    assert tally.memory < 1 << 30
    assert hurried.computing() == set()


def test_memory_is_bounded(hurried: Service) -> None:
    eating = (
        'SELECT (GROUP_CONCAT(?x; separator="") AS ?y) '
        "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(CONCAT(STR(?a), STR(?d)) AS ?x) }"
    )
    assert hurried.ask(eating).status_code == 503
    status_ = Path(f"/proc/{hurried.process.pid}/status").read_text("ascii")
    resident = int(re.search(r"VmRSS:\s+(\d+) kB", status_)[1])  # type: ignore[index]
    assert resident < 1_000_000


def test_an_answer_too_large_is_an_error_and_not_a_part(hurried: Service) -> None:
    wide = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 600000"
    for accept in ("application/sparql-results+json", "text/csv"):
        answered = hurried.ask(wide, accept)
        assert answered.status_code in (400, 503)
        assert answered.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/actor/<script>alert(1)</script>",
        "/<script>/",
        "/api/<svg onload=alert(1)>",
        "/api/said?actor=<script>alert(1)</script>",
    ],
)
def test_what_is_asked_is_not_echoed_as_a_page(service: Service, path: str) -> None:
    answered = service.get(path)
    assert answered.status_code in (400, 404)
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.headers["x-content-type-options"] == "nosniff"


def test_nothing_can_be_written_by_any_method(service: Service) -> None:
    for method in ("PUT", "PATCH", "DELETE", "POST", "TRACE", "PROPFIND", "MKCOL"):
        for path in ("/", "/actor/qais-al-khazali", "/api/said", "/desk/statements"):
            answer = service.send(request(service, f"{method} {path} HTTP/1.1"))
            assert status(answer) in (400, 404, 405), (method, path, answer[:100])


def test_an_upgrade_is_not_made(service: Service) -> None:
    answer = service.send(
        request(service, "GET / HTTP/1.1", "Upgrade: websocket", "Sec-WebSocket-Key: x"), wait=3
    )
    assert status(answer) != 101
