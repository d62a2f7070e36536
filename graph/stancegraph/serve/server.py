"""The service run: bound to an address, announced in one line, guarded, stopped gracefully.

A page of somebody else's, open in the same browser, can send requests here and point a name of its own at this
machine (DNS rebinding). So the name asked for must be this service's, a request sent by another page is refused, and
where anything can be written each request must bear the token that stood in the address printed at the start.
"""

from __future__ import annotations

import asyncio
import errno
import hmac
import ipaddress
import logging
import multiprocessing
import secrets
import signal
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import h11
import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from stancegraph import output
from stancegraph.curate.folder import Folder
from stancegraph.errors import StanceError, UsageError
from stancegraph.serve.application import Service, application, desk_routes
from stancegraph.serve.desk import Desk
from stancegraph.serve.resources import FIELDS, POLICY, PROBLEM, Refusal, problem
from stancegraph.serve.settlement import Blind

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from stancegraph.serve.live import Limits
    from stancegraph.serve.resources import Operation

ARRIVING: Final = 20
"""Seconds in which a request has to arrive, and a client to take what it was sent, at most."""
IDLE: Final = 5
"""Seconds a connection is kept for the next request."""
CONNECTIONS: Final = 400
LEAVING: Final = 3
"""Seconds that answers begun may take when the service is stopped."""
HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST: Final = 1 << 20
"""Bytes a body may have, unless the desk is sent a text."""
TEXTS: Final = 16 << 20
"""Bytes of what the desk is sent."""
PATH: Final = 2_000
PREFLIGHT: Final = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "Accept, Content-Type",
    "access-control-max-age": "600",
}


def run(
    places: Sequence[str | Path] | str | None,
    operations: Sequence[Operation],
    *,
    host: str,
    port: int,
    limits: Limits,
    origins: Sequence[str] = (),
    edit: str | Path | None = None,
    coder: str | None = None,
) -> None:
    """Answer at an address until Ctrl-C or SIGTERM; prints the address to open.

    With a folder to `edit` the desk is there too, and each request must bear the token of the address. A `coder` who is
    named codes blind: what others coded is shown once their differences are settled.

    Raises UsageError for a host that is none, StanceError where the port cannot be had or the graph not be read.
    """
    listening = _bound(host, port)
    with listening:
        port = listening.getsockname()[1]
        if edit is None:
            service, desk = Service(places, operations, limits, kept=True), list[Route]()
        else:
            _ = Folder(edit).base  # or say what is wrong with it before anything is opened
            blind = Blind.of(edit, coder) if coder else None
            service = Service([edit], operations, limits, in_place=True, blind=blind, kept=True)
            desk = desk_routes(service.live, Desk(service.live, edit, coder or "1"))
        token = None if edit is None else secrets.token_urlsafe(32)
        guard = Guard(application(service, desk), host, port, token, frozenset(origins))
        shown = f"[{host}]" if ":" in host else host
        server = _Server(
            f"http://{shown}:{port}/" + (f"desk?token={token}" if token else ""),
            service,
            draws=edit is None,  # of a folder that is edited the page is past with the first change
            config=uvicorn.Config(
                guard,
                http=partial(_Protocol, min(ARRIVING, limits.seconds)),  # type: ignore[arg-type]
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                limit_concurrency=CONNECTIONS,
                timeout_keep_alive=IDLE,
                timeout_graceful_shutdown=LEAVING,
            ),
        )
        if not is_loopback(host):
            who = "with the token " if token else ""
            output.note(
                f"anybody {who}who reaches this machine can {'change' if token else 'read'} the graph"
            )
        logging.getLogger("uvicorn.error").disabled = True
        server.run(sockets=[listening])


def _bound(host: str, port: int) -> socket.socket:
    """A socket bound to the address."""
    if not 0 <= port < 1 << 16:
        raise UsageError(f"--port {port}: write 0 (any) to 65535")
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise UsageError(f"--host '{host[:60]}' is no address of this machine") from None
    made = socket.socket(family, kind, number)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # who does not read is not waited for
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, ARRIVING * 1000)
        made.bind(address)
        made.listen(128)
    except OSError as error:
        made.close()
        port_mends = "choose another port, or --port 0 for a free one"
        why, mend = {
            errno.EADDRINUSE: ("another program answers there", port_mends),
            errno.EACCES: ("ports below 1024 are the system's", port_mends),
            errno.EADDRNOTAVAIL: ("this machine has no such address", "give --host one that it has"),
        }.get(error.errno or 0, (error.strerror, port_mends))
        raise StanceError(f"cannot answer at {host}:{port}: {why}: {mend}") from None
    return made


class _Server(uvicorn.Server):
    """Says its address once it answers, and has the page drawn; stops on Ctrl-C and SIGTERM, its workers with it."""

    def __init__(self, address: str, service: Service, *, draws: bool, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._address, self._service, self._draws = address, service, draws

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._draws:
            await self._service.draw_first()
        output.emit(f"{self._address}\n")
        self._importing = asyncio.create_task(self._service.import_rest())

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        heeded = [s for s in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(s) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self.handle_exit) for number in heeded}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if signal.SIGINT in self._captured_signals:
            signal.raise_signal(signal.SIGINT)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for worker in multiprocessing.active_children():
            with suppress(ValueError):  # it has just ended
                worker.kill()
        await super().shutdown(sockets)


class _Protocol(H11Protocol):
    """A connection whose requests have to arrive in time: one that drips holds no place for long."""

    def __init__(self, arriving: float, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._arriving = arriving
        self._late: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        state = str(self.conn.their_state)
        if state in ("SEND_BODY",) or (state == "IDLE" and self.conn.trailing_data[0]):
            self._wait()
        elif self._late is not None:
            self._late.cancel()
            self._late = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  "Invalid HTTP request received."
        body = problem(400, "this is no request of HTTP/1.1, or its head is longer than 64 KiB")
        told = {"content-type": PROBLEM, "content-length": str(len(body)), "connection": "close"}
        headers = [(name.encode(), value.encode()) for name, value in (HEADERS | told).items()]
        for event in (
            h11.Response(status_code=400, headers=headers),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self._arriving, self._abandon)

    def _abandon(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()


@dataclass(frozen=True)
class Guard:
    """An ASGI application behind its guard; `token` is None where nothing can be written."""

    app: ASGIApp
    host: str
    port: int
    token: str | None = None
    origins: frozenset[str] = field(default_factory=frozenset)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = _Answer(send)
        try:
            request = _Request(scope)
            answer.shared = self._shared_with(request.origin)
            self._judge(request)
            wanted = "access-control-request-method" in request.headers
            if request.method == "OPTIONS" and wanted and request.origin in self.origins:
                await answer.plain(204, b"", PREFLIGHT)
            elif moved := self._signed_in(request):
                await answer.plain(303, b"", moved)
            else:
                await self.app(scope, _bounded(receive, request), answer)
        except Refusal as refusal:
            await answer.plain(refusal.status, problem(refusal.status, refusal.detail), refusal.headers)
        except Exception as error:  # noqa: BLE001  one request's bug is not the service's end
            output.note(
                f"{scope['method']} {scope['path'][:200]}: {type(error).__name__}: {error}", error=True
            )
            await answer.plain(500, problem(500, "this is a bug of stancegraph"))

    def _judge(self, request: _Request) -> None:
        """Raise Refusal for a request that no page of ours and no program asked here would send."""
        if not self._is_here(request.hosts):
            raise Refusal(421, "the Host asked for is not this service's")
        if request.version not in ("1.0", "1.1"):
            raise Refusal(505, "HTTP/1.1 is spoken here")
        if len(request.path) > PATH:
            raise Refusal(414, f"a path has at most {PATH} characters")
        if request.length > request.most:
            raise Refusal(413, f"a body has at most {request.most >> 20} MiB")
        own = f"http://{request.hosts[0].lower()}"
        if request.origin and request.origin.lower() != own and request.origin not in self.origins:
            raise Refusal(403, "a page of another origin asks: it is not answered")
        if request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            walks = request.headers.get("sec-fetch-mode") == "navigate" and request.method in SAFE
            shown = request.headers.get("sec-fetch-dest") in {None, "document"}
            if not (walks and shown) and request.origin not in self.origins:
                raise Refusal(403, "a page of another site asks: it is not answered")
        if self.token is not None and not self._knows(request):
            raise Refusal(
                403, "open the address that was printed at the start: its token is missing or wrong"
            )

    def _is_here(self, hosts: list[str]) -> bool:
        """Whether the one Host is a name of this service, or an address of the machine."""
        if len(hosts) != 1:
            return False
        try:
            asked = urlsplit(f"//{hosts[0]}")
            name = (asked.hostname or "").rstrip(".")
            _ = asked.port
        except ValueError:
            return False
        if asked.netloc != hosts[0] or asked.username is not None:
            return False
        if name in {"localhost", self.host.lower()}:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not is_loopback(self.host)

    def _knows(self, request: _Request) -> bool:
        """Whether a request bears the token: in its address, its cookie, or as a bearer's."""
        told = [request.query.get("token"), request.cookies.get(self._cookie)]
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        told.append(bearer.strip() if scheme.lower() == "bearer" else None)
        token = (self.token or "").encode()
        return any(hmac.compare_digest(each.encode("utf-8", "replace"), token) for each in told if each)

    def _signed_in(self, request: _Request) -> dict[str, str] | None:
        """Where a browser that came with the token goes next, without it; None for any other request."""
        wants_page = "text/html" in request.headers.get("accept", "")
        if self.token is None or "token" not in request.query or request.method != "GET" or not wants_page:
            return None
        rest = urlencode([pair for pair in request.pairs if pair[0] != "token"])
        cookie = f"{self._cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"
        path = "/" + request.path.lstrip("/\\")
        return {"location": f"{path}?{rest}" if rest else path, "set-cookie": cookie}

    @property
    def _cookie(self) -> str:
        """Cookies of one host are shared by its ports: each service has its own."""
        return f"stancegraph-{self.port}"

    def _shared_with(self, origin: str) -> dict[str, str]:
        shared = {"access-control-allow-origin": origin, "cross-origin-resource-policy": "cross-origin"}
        return shared | {"vary": "Origin"} if origin and origin in self.origins else {}


def is_loopback(host: str) -> bool:
    """Whether a service bound to this host is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class _Request:
    """What of a request its judge looks at."""

    def __init__(self, scope: Scope) -> None:
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        self.headers = dict(pairs)
        self.hosts = [value for name, value in pairs if name == "host"]
        self.origin = self.headers.get("origin", "")
        self.method: str = scope["method"]
        self.version: str = scope["http_version"]
        self.path: str = scope["raw_path"].decode("latin-1")
        self.most = TEXTS if scope["path"].startswith("/desk/") else LARGEST
        told = self.headers.get("content-length", "0")
        self.length = int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0
        query = scope["query_string"].decode("latin-1")
        try:
            self.pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=FIELDS)
        except ValueError:
            raise Refusal(400, f"an address has at most {FIELDS} parameters") from None
        self.query = dict(self.pairs)
        parts = (part.partition("=") for part in self.headers.get("cookie", "").split(";"))
        self.cookies = {name.strip(): value.strip() for name, _, value in parts}


def _bounded(receive: Receive, request: _Request) -> Receive:
    """What a request sends, no more than may be; a body sent in chunks does not tell its length before."""
    left = request.most

    async def read() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise Refusal(413, f"a body has at most {request.most >> 20} MiB", {"connection": "close"})
        return message

    return read


class _Answer:
    """Sends an answer with the headers that each has."""

    def __init__(self, send: Send) -> None:
        self._send, self._begun = send, False
        self.shared: dict[str, str] = {}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            headers = MutableHeaders(scope=message)
            for name, value in (HEADERS | {"content-security-policy": POLICY} | self.shared).items():
                headers.setdefault(name, value)
        await self._send(message)

    async def plain(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """A short answer, unless another has begun."""
        if self._begun:
            return
        told = {"content-type": PROBLEM, "cache-control": "no-store"} if body else {}
        told |= ({"content-length": str(len(body))} if status != 204 else {}) | dict(headers or {})
        pairs: Any = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
        await self({"type": "http.response.start", "status": status, "headers": pairs})
        await self._send({"type": "http.response.body", "body": body})
