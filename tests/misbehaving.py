"""A SPARQL endpoint on loopback that misbehaves in ways with names: `serve` gives its address, the path says which.

It is a process of its own, started as `python misbehaving.py`, and speaks through raw sockets: no library mends what it
says. Below `/later/` what is asked to get to know an endpoint is answered well, and only what comes after it is not.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from itertools import repeat
from typing import Final
from urllib.parse import unquote, unquote_plus

from endpoint import served_by

Sent = Iterator[bytes | float]
"""What is sent, in order; a number is a pause in seconds, and at the end the connection is closed."""
Behaviour = Callable[[], Sent]

PAUSE: Final = 0.02
JSON: Final = "application/sparql-results+json"
XML: Final = "application/rdf+xml"
LD: Final = "application/ld+json"
A: Final = {"type": "uri", "value": "http://x/a"}
OK: Final = b"HTTP/1.1 200 OK\r\n"
TYPE: Final = b"Content-Type: application/sparql-results+json\r\n"
CHUNKED: Final = OK + TYPE + b"Transfer-Encoding: chunked\r\n\r\n"


def table(*rows: object, names: object = ("s",)) -> bytes:
    """An answer of these rows."""
    return json.dumps({"head": {"vars": names}, "results": {"bindings": rows}}).encode()


def whole(body: bytes, kind: str = JSON, status: str = "200 OK", *headers: str) -> bytes:
    """A response as it should be."""
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


RIGHT: Final = whole(table({"s": A}))


def at_once(*sent: bytes) -> Behaviour:
    """Sends all of it and closes."""
    return lambda: iter(sent)


def dripping(start: bytes, part: bytes = b"x") -> Behaviour:
    """Sends a part now and then, without end."""

    def behave() -> Sent:
        yield start
        while True:
            yield part
            yield PAUSE

    return behave


def endless(start: bytes, part: bytes) -> Behaviour:
    """Sends a part as fast as it is taken, without end."""

    def behave() -> Sent:
        yield start
        yield from repeat(part)

    return behave


def slowly(body: bytes) -> Behaviour:
    """Sends all of it, in six pieces."""

    def behave() -> Sent:
        for at in range(0, len(body), len(body) // 5):
            yield body[at : at + len(body) // 5]
            yield PAUSE

    return behave


def silence() -> Sent:
    """Sends nothing, and does not close."""
    yield 3600.0


def answer(body: bytes, kind: str = JSON, *headers: str) -> Behaviour:
    """Answers with a body, in time and in full."""
    return at_once(whole(body, kind, "200 OK", *headers))


def cell(**term: object) -> Behaviour:
    """Answers with a table of one cell."""
    return answer(table({"s": term}))


def nested(depth: int) -> bytes:
    """A table with a triple term about a triple term, and so on."""
    a = json.dumps(A).encode()
    start = b'{"type":"triple","value":{"subject":' + a + b',"predicate":' + a + b',"object":'
    return (
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":' + start * depth + a + b"}}" * depth + b"}]}}"
    )


SLOW: Final = "did not answer within"
CUT: Final = "cut short or is not a SPARQL answer"
DEAD: Final = "cannot be asked"
TABLES: Final[dict[str, tuple[Behaviour, str]]] = {
    "says nothing": (silence, SLOW),
    "hangs up": (at_once(), DEAD),
    "resets the connection": (at_once(b"RESET"), DEAD),
    "drips the status line": (dripping(b"HTTP/1.1 200 "), SLOW),
    "drips a header": (dripping(OK + b"X-Header: "), SLOW),
    "drips headers": (dripping(OK, b"X: y\r\n"), f"{SLOW}|{DEAD}"),
    "headers without end": (endless(OK, b"X: y\r\n"), DEAD),
    "a header without end": (endless(OK + b"X: ", b"y" * 1000), DEAD),
    "100 Continue without end": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), SLOW),
    "drips 100 Continue": (dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), SLOW),
    "drips the body": (dripping(OK + TYPE + b"\r\n{"), SLOW),
    "drips the length of a chunk": (dripping(CHUNKED, b"0"), SLOW),
    "drips chunks": (dripping(CHUNKED, b"1\r\n \r\n"), SLOW),
    "drips the trailers": (dripping(CHUNKED + b"1\r\n{\r\n0\r\n", b"X: y\r\n"), f"{SLOW}|{CUT}"),
    "trailers without end": (endless(CHUNKED + b"1\r\n{\r\n0\r\n", b"X: y\r\n" * 99), f"{SLOW}|{CUT}"),
    "drips the body of an error": (dripping(b"HTTP/1.1 500 No\r\n\r\n"), SLOW),
    "a body without end": (endless(OK + TYPE + b"\r\n", b" " * 65536), f"{SLOW}|is larger than 256 MiB"),
    "stops in the middle": (lambda: iter((whole(b" " * 999)[:500], 3600.0)), SLOW),
    "a chunk length that is none": (at_once(CHUNKED + b"zz\r\n{}\r\n"), DEAD),
    "a chunk length below nothing": (at_once(CHUNKED + b"-5\r\n{}\r\n"), f"{DEAD}|{CUT}"),
    "fewer bytes than told": (at_once(RIGHT[:-9]), f"{DEAD}|{CUT}"),
    "fewer bytes than a chunk": (at_once(CHUNKED + b"ff\r\n{}"), f"{DEAD}|{CUT}"),
    "more bytes than told": (at_once(OK + TYPE + b"Content-Length: 9\r\n\r\n" + table()), CUT),
    "speaks another protocol": (at_once(b"SSH-2.0-OpenSSH_9\r\n"), DEAD),
    "no status line": (at_once(table()), DEAD),
    "a status that is no number": (at_once(b"HTTP/1.1 fine\r\n\r\n"), DEAD),
    "a redirect": (at_once(whole(b"", JSON, "302 Found", "Location: http://127.0.0.2:1/x")), "redirects to"),
    "a redirect to a file": (
        at_once(whole(b"", JSON, "307 No", "Location: file:///etc/passwd")),
        "redirects to",
    ),
    "a redirect to nowhere": (at_once(whole(b"", JSON, "301 Gone")), "redirects to"),
    "refuses the query": (at_once(whole(b"no \x1b[31m", "text/plain", "400 Bad Request")), "answered 400"),
    "its own trouble": (
        at_once(whole(b"try \n later" * 999, "text/plain", "503 No")),
        "answered 503 No: try later",
    ),
    "wants a password": (at_once(whole(b"", JSON, "401 No", "WWW-Authenticate: Basic")), "answered 401"),
    "part of an answer": (at_once(whole(table(), JSON, "206 Partial Content")), "answered 206"),
    "a web page": (answer(b"<html>", "text/html"), "answered text/html, not SPARQL"),
    "a bomb of gzip": (answer(gzip.compress(b" " * 9_999_999), JSON, "Content-Encoding: gzip"), CUT),
    "half an answer": (answer(table({"s": A})[:-9]), CUT),
    "an empty answer": (answer(b""), CUT),
    "no text": (answer(b"\xff\xfe\xfd"), CUT),
    "a list": (answer(b"[]"), CUT),
    "nested deep": (answer(b'{"head":' + b"[" * 999_999), CUT),
    "a number of a million digits": (answer(b"1" * 1_000_000), CUT),
    "twelve million empty rows": (
        answer(table()[:-3] + b"{}," * 12_000_000 + b"{}]}}"),
        "more than 5,000,000 values",
    ),
    "other variables": (answer(table({"x": A}, names=["x"])), r"its variables are \?x, not \?s"),
    "a variable twice": (answer(table({"s": A}, names=["s", "s"])), CUT),
    "variables that are none": (answer(table(names=[1, None])), CUT),
    "a cell of no variable": (answer(table({"x": A})), CUT),
    "without rows": (answer(b'{"head":{"vars":["s"]},"results":{}}'), "neither rows nor a truth"),
    "a row that is none": (answer(table([A])), CUT),
    "a truth": (answer(b'{"head":{},"boolean":true}'), "truth|another kind of answer"),
    "a cell that is none": (answer(table({"s": ["uri", "http://x/a"]})), "a cell is not a term"),
    "a cell without a value": (cell(type="uri"), "a cell is not a term"),
    "a value that is no text": (cell(type="literal", value=5), "a cell is not a term"),
    "a name with blanks": (cell(type="uri", value="http://x/a b"), "a cell is not a term"),
    "a name with an escape": (cell(type="uri", value="http://x/\x1b[31m"), "a cell is not a term"),
    "half a character": (answer(table({"s": A}).replace(b"/a", b"/\\ud800")), CUT),
    "a triple term": (
        cell(type="triple", value={"subject": A, "predicate": A, "object": A}),
        "a triple about a triple",
    ),
    "triple terms nested deep": (answer(nested(200)), f"{CUT}|a triple about a triple"),
    "a table cut by Virtuoso": (answer(table({"s": A}), JSON, "X-SPARQL-MaxRows: 1"), "gives no more"),
    "a table out of Virtuoso's time": (
        answer(table({"s": A}), JSON, "X-SQL-State: S1TAT"),
        "had no more time",
    ),
    "slow, and right": (slowly(RIGHT), ""),
    "in chunks, and right": (
        at_once(CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(table({"s": A})), table({"s": A}))),
        "",
    ),
    "a row without its cell": (answer(table({})), ""),
    "a blank node of its own label": (cell(type="bnode", value="nodeID://b1/é"), ""),
}
"""Name → what is done where a table of `?s` is asked for, and what is said of it; nothing where the answer is right."""

RDF: Final = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">'
ENTITIES: Final = b"".join(b'<!ENTITY e%d "%b">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
TRIPLES: Final[dict[str, tuple[Behaviour, str]]] = {
    "a billion laughs": (
        answer(b'<!DOCTYPE x [<!ENTITY e0 "ha">' + ENTITIES + b"]>" + RDF + b"&e11;</rdf:RDF>", XML),
        "DOCTYPE",
    ),
    "an entity of a file": (
        answer(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + RDF + b"&e;</rdf:RDF>", XML),
        "DOCTYPE",
    ),
    "elements nested deep": (
        answer(RDF + b"<rdf:Description><x:p>" * 99_999, XML),
        "nested more than 1000 deep",
    ),
    "RDF/XML cut short": (answer(RDF, XML), "cut short"),
    "objects nested deep": (
        answer(b'{"http://x/p":' * 9_999 + b"1" + b"}" * 9_999, LD),
        "nested more than 1000 deep",
    ),
    "a context elsewhere": (
        answer(b'{"@context": "http://127.0.0.1:1/c", "http://x/p": 1}', LD),
        "context is on the network",
    ),
    "JSON-LD cut short": (answer(b'{"@id": "http://x/a", "http://x/p": ', LD), "cut short"),
    "a table for triples": (answer(table()), "not SPARQL"),
}
"""Name → what is done where triples are asked for, and what is said of it."""


def serve() -> AbstractContextManager[str]:
    """The address below which every name (quoted) is an endpoint, while the block runs."""
    return served_by(__file__)


def _known(query: str) -> bytes | None:
    """What a good endpoint without data of ours answers to the questions it is got to know by."""
    if "ASK" in query:
        return whole(b'{"head":{},"boolean":true}')
    if "COUNT" in query:
        return whole(table(names=["kind", "n"]))
    return None


def _handle(sock: socket.socket) -> None:
    """Read a request, and misbehave."""
    with sock, sock.makefile("rb") as request:
        path = request.readline().split()[1].decode()
        length = 0
        while (line := request.readline().strip()) != b"":
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        query = unquote_plus(request.read(length).decode())
        name = unquote(path.removeprefix("/later").removeprefix("/"))
        known = _known(query) if path.startswith("/later/") else None
        behave = at_once(known) if known else (TABLES | TRIPLES)[name][0]
        for sent in behave():
            if sent == b"RESET":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif isinstance(sent, bytes):
                sock.sendall(sent)
            else:
                time.sleep(sent)


def _try(sock: socket.socket) -> None:
    with suppress(OSError):  # who asked has hung up
        _handle(sock)


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=_try, args=(listening.accept()[0],), daemon=True).start()
