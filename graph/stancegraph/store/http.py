"""One HTTP request with one deadline: from the name of the host to the last byte, however slowly a server answers.

A time-out of urllib's begins anew with each byte that arrives; here what is left of the time bounds every wait. (The
system's own search for the host's address, which no program can cut short, comes on top.)
"""

from __future__ import annotations

import io
import socket
import time
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import HTTPErrorProcessor, HTTPHandler, HTTPSHandler, Request, build_opener

from stancegraph.errors import StanceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Deadline:
    """A moment so many `seconds` from now, by which all of something has to be done."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left; raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"it did not answer within {self.seconds:g} s")
        return left


@dataclass(frozen=True, slots=True)
class Message:
    """What a server answered; `kind` is the media type of the body, without its parameters."""

    status: int
    reason: str
    kind: str
    headers: Mapping[str, str]
    body: bytes


def shown(text: object, most: int = 200) -> str:
    """What a server says as one line for a message, cut, and without what a terminal would obey."""
    line = " ".join(str(text)[: 10 * most].split())
    return "".join(c if c.isprintable() else "\ufffd" for c in line)[:most]


def post(
    address: str, form: Sequence[tuple[str, str]], *, accept: str, most: int, deadline: Deadline
) -> Message:
    """What the server at an http(s) address answers to a form; no redirect is followed.

    Raises StanceError for a server that cannot be reached, has not sent all by the deadline, or sends more than
    `most` bytes.
    """
    headers = {"Accept": accept, "User-Agent": "stancegraph"}
    try:
        request = Request(address, urlencode(form).encode(), headers)  # noqa: S310  the store takes http(s) alone
        with build_opener(_Open(deadline), _Every).open(request, timeout=deadline.left()) as response:
            if 300 <= response.status < 400:
                elsewhere = shown(response.headers.get("Location", "nowhere"))
                raise StanceError(f"{address} redirects to {elsewhere}: name that address if you trust it")
            kind = response.headers.get_content_type()
            body = _body(response, address, most)
            return Message(response.status, response.reason, kind, response.headers, body)
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            said = f"did not answer within {deadline.seconds:g} s: ask for less"
        else:
            said = f"cannot be asked ({shown(reason)}): is the endpoint running there?"
        raise StanceError(f"{address} {said}") from None


def _body(response: HTTPResponse, address: str, most: int) -> bytes:
    """All that a server sends, up to its end."""
    body = bytearray()
    while chunk := response.read1(1 << 16):
        body += chunk
        if len(body) > most:
            raise StanceError(f"{address}: the answer is larger than {most >> 20} MiB: ask for less")
    if response.length:
        raise OSError(f"the answer stopped {response.length} bytes early")
    return bytes(body)


class _Every(HTTPErrorProcessor):
    """Leaves every answer to the caller, whatever its status."""

    def http_response(self, request: Request, response: HTTPResponse) -> HTTPResponse:  # noqa: ARG002
        return response

    https_response = http_response


class _Open(HTTPHandler, HTTPSHandler):
    """Opens connections that have until a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self.deadline = deadline

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_Connection, deadline=self.deadline), req)

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_SecureConnection, deadline=self.deadline), req)


class _Connection(HTTPConnection):
    """A connection that waits for nothing longer than until a deadline."""

    def __init__(self, *place: Any, deadline: Deadline, **options: Any) -> None:
        super().__init__(*place, **options)
        self.deadline = deadline
        self._create_connection = self._reach
        self.response_class = partial(_Response, deadline=deadline)  # type: ignore[assignment]

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self.deadline.left())

    def _reach(self, place: tuple[str, int], *_: object) -> socket.socket:
        """A connection to the first address of a host that takes one."""
        error: OSError = ConnectionError("its name has no address")
        for found in socket.getaddrinfo(*place, type=socket.SOCK_STREAM):
            try:
                sock = socket.create_connection((str(found[4][0]), place[1]), self.deadline.left())
                sock.settimeout(self.deadline.left())
                return sock
            except OSError as refused:
                error = refused
        raise error


class _SecureConnection(_Connection, HTTPSConnection):
    """The same, encrypted, with the server's certificate checked."""


class _Response(HTTPResponse):
    """A response read until a deadline."""

    def __init__(self, sock: socket.socket, *args: Any, deadline: Deadline, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Timed(sock, self.fp.detach(), deadline))


class _Timed(io.RawIOBase):
    """What a socket gives until a deadline."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, deadline: Deadline) -> None:
        self._sock, self._raw, self._deadline = sock, raw, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
