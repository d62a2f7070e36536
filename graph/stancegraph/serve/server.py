"""The service run: bound to an address, announced in one line, stopped gracefully."""

from __future__ import annotations

import asyncio
import errno
import logging
import multiprocessing
import secrets
import signal
import socket
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import h11
import uvicorn
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from stancegraph import output
from stancegraph.curate.folder import Folder
from stancegraph.errors import StanceError, UsageError
from stancegraph.serve.application import Service, application, desk_routes
from stancegraph.serve.desk import Desk
from stancegraph.serve.guard import HEADERS, Guard, is_loopback, problem
from stancegraph.serve.operations import PROBLEM
from stancegraph.serve.settlement import Blind

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import FrameType

    from stancegraph.serve.live import Limits
    from stancegraph.serve.operations import Operation

ARRIVING: Final = 20
"""Seconds in which a request has to arrive, and a client to take what it was sent, at most."""
IDLE: Final = 5
"""Seconds a connection is kept for the next request."""
CONNECTIONS: Final = 400
LEAVING: Final = 3
"""Seconds that answers begun may take when the service is stopped."""


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
        before = {number: signal.signal(number, self._stop) for number in heeded}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if signal.SIGINT in self._captured_signals:
            signal.raise_signal(signal.SIGINT)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.handle_exit(number, frame)

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
