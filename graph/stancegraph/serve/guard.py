"""What stands before every request: whom the service answers, how much it reads, and what a browser may do with it.

A page of somebody else's, open in the same browser, can send requests here and point a name of its own at this
machine (DNS rebinding). So the name asked for must be this service's, a request sent by another page is refused, and
where anything can be written each request must bear the token that stood in the address printed at the start.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from stancegraph import output
from stancegraph.serve.operations import PROBLEM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""What a page of ours may load: its own files alone, no inline script or style."""
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
FIELDS: Final = 1_000
"""Parameters an address may have."""


class Refusal(Exception):
    """A request that is not answered, with the status and the reason."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def problem(status: int, detail: str) -> bytes:
    """A problem as RFC 9457 has it, in ASCII."""
    title = HTTPStatus(status).phrase
    return (json.dumps({"title": title, "status": status, "detail": detail}) + "\n").encode()


@dataclass(frozen=True)
class Guard:
    """An ASGI application behind its guard; `token` is None where nothing can be written."""

    app: ASGIApp
    host: str
    port: int
    token: str | None = None
    origins: frozenset[str] = field(default_factory=frozenset)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = _Answer(send)
        try:
            request = _Request(scope)
            answer.shared = self._shared_with(request.origin)
            self._judge(request)
            if self._cross_asked(request):
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

    def _cross_asked(self, request: _Request) -> bool:
        wanted = "access-control-request-method" in request.headers
        return request.method == "OPTIONS" and wanted and request.origin in self.origins


PREFLIGHT: Final = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "Accept, Content-Type",
    "access-control-max-age": "600",
}


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

    @property
    def cookies(self) -> dict[str, str]:
        parts = (part.partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name.strip(): value.strip() for name, _, value in parts}


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
            there = {name.lower() for name, _ in message["headers"]}
            added = HEADERS | {"content-security-policy": POLICY} | self.shared
            message["headers"] = [
                *message["headers"],
                *((k.encode(), v.encode("latin-1")) for k, v in added.items() if k.encode() not in there),
            ]
        await self._send(message)

    async def plain(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """A short answer, unless another has begun."""
        if self._begun:
            return
        told = {"content-type": PROBLEM, "cache-control": "no-store"} if body else {}
        told |= (
            {"content-length": str(len(body)), **(headers or {})} if status != 204 else dict(headers or {})
        )
        pairs: Any = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
        await self({"type": "http.response.start", "status": status, "headers": pairs})
        await self._send({"type": "http.response.body", "body": body})
