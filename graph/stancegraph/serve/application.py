"""The service as an ASGI application: which address gives what."""

from __future__ import annotations

import asyncio
import gzip
import html
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from stancegraph import validation
from stancegraph.errors import StanceError, UsageError
from stancegraph.serve import protocol, resources
from stancegraph.serve.desk import LONGEST, Conflict, Desk, told
from stancegraph.serve.live import Body, Busy, Late, Limits, Live, Snapshot, keep_page, page_key, read_page
from stancegraph.serve.resources import PROBLEM, Operation, Refusal, openapi, problem
from stancegraph.store import sparql, worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from stancegraph.serve.settlement import Blind

HERE: Final = Path(__file__).parent
STYLE, SCRIPT = "text/css; charset=utf-8", "text/javascript; charset=utf-8"
FILES: Final = {
    **{name: (file, STYLE) for name, file in resources.STYLES.items()},
    "desk.css": (HERE / "static" / "desk.css", STYLE),
    **{
        f"{name}.js": (HERE / "static" / f"{name}.js", SCRIPT)
        for name in ("desk", "text", "form", "completion", "entries", "settle", "service", "query")
    },
    "query.css": (HERE / "static" / "query.css", STYLE),
    **{name: (file, SCRIPT if file.suffix == ".js" else STYLE) for name, file in protocol.YASGUI.items()},
}
"""The files of the service's own pages, by name: nothing else of the disk has an address."""
HTML: Final = resources.FORMATS["html"]
CHECKING: Final = Limits(seconds=900)
"""What the check of a whole graph may take."""
DRAWING: Final = Limits(seconds=300, eager=10)
"""What the front page may take."""
QUIET: Final = 1.0
"""Seconds without a change after which a front page that was shown is drawn anew."""
FEW: Final = 50_000
"""Triples of a graph whose page is drawn so soon that the address can wait for it."""
PAGE: Final = "stancegraph.page"
POLICY: Final = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
"""Where the front page says what it may load."""
UNPACKED: Final = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")
"""What a client sends that knows gzip and does not want it."""


@dataclass
class Service:
    """A graph with its answers; `operations` are those at `/api/…`."""

    places: Sequence[str | Path] | str | None
    operations: Sequence[Operation]
    limits: Limits = field(default_factory=Limits)
    in_place: bool = False
    blind: Blind | None = None
    kept: bool = False
    """Whether pages are kept in the user's cache folder."""
    patience: float = 0.4
    """Seconds a browser waits for the front page before it is told that it is being drawn."""

    def __post_init__(self) -> None:
        self._looked_at = False
        self._drawing: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None
        self._judged = protocol.Judged()
        self._operations = {operation.name: operation for operation in self.operations}
        self.live = Live(self.places, self.limits, self._warm, self.in_place, self.blind)
        self.live.changed = self._redraw

    def _warm(self, snapshot: Snapshot) -> None:
        """Make here what every worker would make again: the index of names, and that of words."""
        from stancegraph.statements import search

        resources.environment()
        _ = snapshot.kind_of
        search.search(snapshot.store, "a", limit=1)

    async def draw(self) -> None:
        """Have the front page ready; what is wrong with it is told who asks for it."""
        with suppress(StanceError):
            await self._drawn()

    async def draw_first(self) -> None:
        """Begin to draw the front page, and wait for it where that is soon."""
        self._begin_drawing()
        graph = self.live.now.store
        if self._drawing and graph.forks and len(graph.triples) < FEW:
            await self._drawing

    def _redraw(self) -> None:
        """Draw the front page anew once nothing has changed for a while, where somebody looks at it."""
        if self._later is not None:
            self._later.cancel()
        if self._looked_at:
            self._later = asyncio.get_running_loop().call_later(QUIET, self._begin_drawing)

    def _begin_drawing(self) -> None:
        self._drawing = asyncio.create_task(self.draw())

    async def _drawn(self) -> Body:
        return await self.live.answer("page", partial(_page, kept=self.kept))

    async def import_rest(self) -> None:
        """Import what most answers need, so that no worker has to: once the service answers, as it takes seconds."""
        for module in (PAGE, "stancegraph.change", worker.JUDGES):
            await asyncio.to_thread(worker.inherit, module)

    def routes(self) -> list[Route]:
        return [
            Route("/", self._front),
            Route("/sparql", self._sparql, methods=["GET", "POST"]),
            Route("/query", self._query),
            Route("/question/{name}", self._question),
            Route("/entry", self._found),
            Route("/openapi.json", self._openapi),
            Route("/api/{name}", self._api),
            Route("/static/{name}", self._file),
            Route("/{kind}/", self._list),
            Route("/{kind}/{name}", self._entry),
        ]

    async def _front(self, request: Request) -> Response:
        drawing_ = asyncio.ensure_future(self._drawn())
        if "text/html" in request.headers.get(
            "accept", ""
        ):  # a browser; who asks for anything wants the page itself
            await asyncio.wait({drawing_}, timeout=self.patience)
            if not drawing_.done():
                drawing_.add_done_callback(lambda done: done.cancelled() or done.exception())
                told = resources.drawn("waiting", root="", kind="", front="")
                return Response(told, 202, media_type=HTML, headers={"cache-control": "no-store"})
        body = await drawing_
        self._looked_at = True
        return _respond(request, body)

    async def _api(self, request: Request) -> Response:
        operation = self._operations.get(request.path_params["name"].removesuffix(".json"))
        if operation is None:
            raise Refusal(404, f"there is {', '.join(f'/api/{name}' for name in self._operations)}")
        _media(request, ["application/json"])
        given = operation.read(_query(request))
        key = ("api", operation.name, json.dumps(given, sort_keys=True))
        body = await self.live.answer(key, partial(_rows, operation, given))
        return _respond(request, body)

    async def _openapi(self, request: Request) -> Response:
        described = openapi(self.operations)
        return _respond(request, Body.of(resources.as_json(described), "application/json"))

    async def _sparql(self, request: Request) -> Response:
        body = await request.body()
        kind = request.headers.get("content-type", "")
        question = protocol.read(request.method, request.scope["query_string"], kind, body)
        accept = ",".join(request.headers.getlist("accept"))
        if question is None:
            address = str(request.url.replace(query=""))
            snapshot = await self.live.current()
            return _respond(request, protocol.description(snapshot, address, accept), VARIES)
        query = protocol.prepare(question)
        media = protocol.media_for(query.form, accept)
        key = ("sparql", query.plain, question.dataset, media)
        answer = partial(self._judged.answer, query=query, question=question, media=media)
        return _respond(request, await self.live.answer(key, answer), VARIES)

    async def _query(self, request: Request) -> Response:
        snapshot = await self.live.current()
        body = Body.of(protocol.html(snapshot.kind_of), HTML)
        return _respond(request, body, {"content-security-policy": protocol.POLICY})

    async def _question(self, request: Request) -> Response:
        name, given = request.path_params["name"], _query(request)
        body = await self.live.answer(("question", name, str(given)), partial(_bound, name, given))
        self._judged.trust(sparql.prepare(body.content.decode()))
        return _respond(request, body)

    async def _found(self, request: Request) -> Response:
        iris = _query(request).get("iri", [])
        snapshot = await self.live.current()
        where = resources.Addresses(snapshot.kind_of)(iris[0], "") if len(iris) == 1 else ""
        if not where:
            raise Refusal(
                404, "no entry has this IRI: give the parameter iri that of an actor, a statement …"
            )
        return Response(status_code=303, headers={"location": where, "cache-control": "no-store"})

    async def _entry(self, request: Request) -> Response:
        kind, name = request.path_params["kind"], request.path_params["name"]
        if name in ("index.html", "index.json"):
            return await self._listing(request, kind, name.rpartition(".")[2])
        snapshot = await self.live.current()
        name, suffix = _named(request, kind, name, snapshot)
        iri = snapshot.addresses.get((kind, name))
        if iri is None:
            raise Refusal(404, f"nothing stands at {request.url.path[:200]}")
        body = await self.live.answer((kind, name, suffix), partial(_entry, kind, iri, suffix))
        return _respond(request, body, VARIES)

    async def _list(self, request: Request) -> Response:
        media = _media(request, [HTML, resources.FORMATS["json"]])
        return await self._listing(request, request.path_params["kind"], "html" if media == HTML else "json")

    async def _listing(self, request: Request, kind: str, suffix: str) -> Response:
        if kind not in resources.LISTS:
            raise Refusal(404, f"nothing stands at {request.url.path[:200]}")
        body = await self.live.answer((kind, suffix), partial(_listed, kind, suffix))
        return _respond(request, body, VARIES)

    async def _file(self, request: Request) -> Response:
        file, media = FILES.get(request.path_params["name"], (None, ""))
        if file is None:
            raise Refusal(404, "there is no such file")
        return _respond(request, Body.of(file.read_bytes(), media))


def desk_routes(live: Live, desk: Desk) -> list[Route]:
    """The addresses of the desk: what it shows, and what it writes."""
    shown: dict[str, Callable[[Request], object]] = {
        "overview": lambda _: desk.overview(),
        "state": lambda _: {"state": desk.state(), "error": live.error},
        "faults": lambda asked: desk.faults(asked.query_params.get("name", "")),
        "entry": lambda asked: desk.entry(asked.query_params.get("iri", "")),
        "settling": lambda asked: desk.settling(asked.query_params.get("name", "")),
        "complete": lambda asked: desk.complete(
            asked.query_params.get("q", ""), asked.query_params.getlist("kind")
        ),
        "place": lambda asked: desk.place(*_place(asked)),
        "borrowed": lambda asked: desk.borrowed(
            asked.query_params.get("name", ""), asked.query_params.get("text", "")[:LONGEST]
        ),
        "document": lambda asked: desk.document(asked.query_params.get("name", "")),
    }
    coding = (desk.add, desk.edit, desk.remove, desk.merge, desk.undo, desk.skip, desk.take)
    written = {act.__name__: act for act in (*coding, desk.begin, desk.settle, desk.conclude)}

    async def front(_: Request) -> Response:
        page_ = resources.drawn("desk", root="", kind="", front="", index="")
        return Response(page_, media_type=HTML, headers={"cache-control": "no-store"})

    async def show(request: Request) -> Response:
        await live.current()
        return _json(await asyncio.to_thread(read, shown[request.url.path.rpartition("/")[2]], request))

    def read(show: Callable[[Request], object], request: Request) -> object:
        with desk.lock, live.lock:  # all of one state
            return show(request)

    async def findings(request: Request) -> Response:
        texts, state = desk.texts()
        return _respond(request, await live.answer(("findings", state), partial(_findings, texts)))

    async def write(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise Refusal(415, "send JSON")
        try:
            given = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise Refusal(400, "what was sent is not JSON") from None
        if not isinstance(given, dict):
            raise Refusal(400, "send an object")
        try:
            found = await asyncio.to_thread(written[request.url.path.rpartition("/")[2]], given)
        except Conflict as conflict:
            return _json({"detail": str(conflict), "now": conflict.now}, 409)
        return _json(found)

    return [
        Route("/desk", front),
        Route("/desk/findings", findings),
        *(Route(f"/desk/{name}", show) for name in shown),
        *(Route(f"/desk/{name}", write, methods=["POST"]) for name in written),
    ]


def _place(asked: Request) -> tuple[str, int, int]:
    """The document and the stretch of its text that are asked about."""
    name, *ends = (asked.query_params.get(each, "") for each in ("name", "start", "end"))
    if not all(each.isdecimal() and len(each) < 10 for each in ends):
        raise UsageError("start and end are no place in a text: count code points, end exclusive")
    start, end = map(int, ends)
    return name, start, end


def _json(value: object, status: int = 200) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(resources.as_json(value), status, media_type="application/json", headers=headers)


VARIES: Final = {"vary": "Accept"}


def application(service: Service, more: Sequence[Route] = ()) -> Starlette:
    """The application of a service, without its guard; `more` routes come first."""
    handlers: Any = dict.fromkeys((Refusal, HTTPException, StanceError, Exception), _failed)
    made = Starlette(routes=[*more, *service.routes()], exception_handlers=handlers)
    made.router.redirect_slashes = False
    return made


def _page(snapshot: Snapshot, _: Limits, *, kept: bool) -> Body:
    """The front page, packed: as it was kept, or drawn, which takes its time."""
    known = "" if snapshot.sums is None or not kept else page_key(snapshot.sums)
    packed = read_page(known)
    if packed is None:
        worker.inherit(PAGE)
        drawn = snapshot.compute(
            lambda: (gzip.compress(resources.front(snapshot.store), mtime=0), HTML, []), DRAWING
        )
        packed = drawn.content
        keep_page(known, packed)
    told = POLICY.search(gzip.decompress(packed))
    policy = html.unescape(told[1].decode()) if told else "default-src 'none'"
    headers = {"content-security-policy": f"{policy}; frame-ancestors 'none'", "content-encoding": "gzip"}
    return Body.of(packed, HTML, headers=headers)


def _entry(kind: str, iri: str, suffix: str, snapshot: Snapshot, limits: Limits) -> Body:
    address, media = resources.Addresses(snapshot.kind_of), resources.FORMATS[suffix]
    entry = resources.Entry(snapshot.store, kind, iri)
    return snapshot.compute(lambda: (entry.content(suffix, address), media, []), limits)


def _bound(name: str, given: dict[str, list[str]], snapshot: Snapshot, limits: Limits) -> Body:
    return snapshot.compute(lambda: (protocol.bound(snapshot.store, name, given), protocol.MEDIA, []), limits)


def _listed(kind: str, suffix: str, snapshot: Snapshot, limits: Limits) -> Body:
    address, media = resources.Addresses(snapshot.kind_of), resources.FORMATS[suffix]
    return snapshot.compute(
        lambda: (resources.listing(snapshot.store, kind, suffix, address), media, []), limits
    )


def _rows(operation: Operation, given: dict[str, Any], snapshot: Snapshot, limits: Limits) -> Body:
    def task() -> tuple[bytes, str, list[str]]:
        content, notes = operation.body(snapshot.store, given)
        return content, "application/json", notes

    return snapshot.compute(task, limits)


def _findings(texts: Path | None, snapshot: Snapshot, limits: Limits) -> Body:
    """What `check` finds in the whole graph and against its texts, which of a large one takes its time."""

    def task() -> tuple[bytes, str, list[str]]:
        found = validation.check(snapshot.store, sources=texts, partial=True).findings
        reported = snapshot.store.select("SELECT ?report ?s { ?report stance:reports ?s }")
        of = {row["report"].value: row["s"].value for row in reported}
        rows = [told(finding, of) for finding in found]
        return resources.as_json(rows), "application/json", []

    return snapshot.compute(task, CHECKING if limits.cpu is None else limits)


def _named(request: Request, kind: str, name: str, snapshot: Snapshot) -> tuple[str, str]:
    """The name of the entry asked for and the suffix of the format: told, or the one the client likes best."""
    bare, dot, suffix = name.rpartition(".")
    if dot and suffix in resources.FORMATS and (kind, name) not in snapshot.addresses:
        return bare, suffix
    media = _media(request, list(resources.FORMATS.values()))
    return name, next(suffix for suffix, each in resources.FORMATS.items() if each == media)


def _media(request: Request, offers: Sequence[str]) -> str:
    """The media type the client likes best of those there are; raises Refusal for 406."""
    plain = {offer.partition(";")[0]: offer for offer in offers}
    chosen = protocol.choose(",".join(request.headers.getlist("accept")), list(plain))
    if chosen is None:
        raise Refusal(406, f"there is {', '.join(plain)}")
    return plain[chosen]


def _query(request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in protocol.parameters(request.scope["query_string"]):
        if name != "token":
            found.setdefault(name, []).append(value)
    return found


def _respond(request: Request, body: Body, more: dict[str, str] | None = None) -> Response:
    """An answer a client may keep, and ask of again whether it still stands."""
    headers = {"etag": body.tag, "cache-control": "no-cache", **body.headers, **(more or {})}
    content = body.content
    if "content-encoding" in headers:
        headers["vary"] = "Accept-Encoding"
        wanted = request.headers.get("accept-encoding", "")
        if "gzip" not in wanted or UNPACKED.search(wanted):
            content = gzip.decompress(content)
            headers["etag"] = f'{body.tag[:-1]}-plain"'
            del headers["content-encoding"]
    if body.notes:
        headers["stancegraph-notes"] = json.dumps(body.notes)[:4000]
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if request.method in ("GET", "HEAD") and (headers["etag"] in known or "*" in known):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=body.media, headers=headers)


async def _failed(_: Request, error: Exception) -> Response:
    """A wrong request, or what could not be answered, as the command line would tell it."""
    status, detail, headers = 500, str(error), dict[str, str]()
    if isinstance(error, Refusal):
        status, headers = error.status, error.headers
    elif isinstance(error, HTTPException):  # by routing
        status, detail, headers = error.status_code, error.detail, dict(error.headers or {})
    elif isinstance(error, UsageError):
        status = 400
    elif isinstance(error, Late | Busy):
        status, headers = 503, {"retry-after": "5"}
    elif not isinstance(error, StanceError):  # not foreseen; the guard tells it where the service runs
        detail = "this is a bug of stancegraph"
    headers = {**headers, "cache-control": "no-store"}
    return Response(problem(status, detail), status, headers, media_type=PROBLEM)
