"""A SPARQL endpoint: a query is posted to it by the protocol, and its answer read, or what it did instead told.

Each request has one deadline, from the name of the host to the last byte, however slowly a server answers: a time-out
of urllib's begins anew with each byte that arrives; here what is left of the time bounds every wait. (The system's own
search for the host's address, which no program can cut short, comes on top.)
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPErrorProcessor, HTTPHandler, HTTPSHandler, Request, build_opener

import pyoxigraph
from pyoxigraph import RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import Local, Store, parser, sparql
from stancegraph.store.sparql import Answer, Table, Term
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rdflib import Graph

    from stancegraph.store.sparql import Query

Dataset = list[tuple[str, str]]
"""Parameters of the protocol that name the graphs a query is about; empty: the endpoint's own choice."""
COPIED: Final = 1_000_000
"""Triples that are copied at most."""
GRAPHS: Final = 10_000
"""Graphs that are named with a query at most."""
KINDS: Final = ("stance:Statement", "stance:Report", "stance:Actor", "stance:Claim", "stance:Demand")
"""What has to stand in the default graph of an endpoint if it is the union of its graphs."""
TABLE: Final = "application/sparql-results+json"
TRIPLES: Final = {"application/ld+json": RdfFormat.JSON_LD, "application/rdf+xml": RdfFormat.RDF_XML}
"""Content types of triples asked for: they have an end, so an answer cut short cannot look whole."""
SMALL: Final = 16 << 20
"""Bytes of an answer that is parsed here: whatever is in it, that takes a second and 400 MB at the most."""
GROWTH: Final = 12
"""Bytes of memory for each byte of an answer: a cell is a dictionary while it is read."""
TRUTH: Final = ("__ASK_RETVAL",)
"""Variables of the table, one number, in which Virtuoso answers an ASK."""


class Endpoint(Store):
    """A SPARQL 1.1 endpoint; each query waits `timeout` seconds at most."""

    remote = True

    def __init__(self, address: str, timeout: float = 60) -> None:
        try:
            host = urlsplit(address).hostname
        except ValueError:
            host = None
        if not host or any(c.isspace() or not c.isprintable() for c in address):
            raise UsageError(
                f"'{address}' is not the address of an endpoint: write http(s)://host:port/query"
            )
        self.where = address
        self.timeout = timeout
        self._dataset: Dataset | None = None

    def graph(self) -> Graph:
        """A copy in memory of the union of all graphs; StanceError past a million triples."""
        return self.copied().graph()

    def copied(self) -> Local:
        """The same as a store in memory; StanceError past a million triples."""
        rows = self.select(f"SELECT DISTINCT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {COPIED + 1}")
        if len(rows) > COPIED:
            raise StanceError(f"{self.where}: more than {COPIED} triples: query it instead of copying it")
        copy = pyoxigraph.Store()
        copy.extend(pyoxigraph.Quad(row["s"], row["p"], row["o"]) for row in rows)  # type: ignore[arg-type]
        return Local.over(copy, self.where)

    @cached_property
    def is_virtuoso(self) -> bool:
        """Whether the server says that it is one."""
        message = self._post(sparql.prepare("ASK { ?s ?p ?o }"), [], Deadline(self.timeout))
        return (message.headers.get("Server") or "").startswith("Virtuoso")

    def _ask(self, query: Query, timeout: float = 60) -> Answer:
        """The answer; raises Refused where the endpoint takes the query for wrong."""
        deadline = Deadline(min(timeout, self.timeout))
        return self._answer(query, self._named(query, deadline), deadline)

    def _ask_confined(self, query: Query, timeout: float, *, judged: bool = False) -> Answer:
        from stancegraph.store import worker

        deadline = Deadline(min(timeout, self.timeout))
        if not judged:
            worker.judge(query, timeout=timeout)
        dataset = self._named(query, deadline)
        try:
            return self._answer(query, dataset, deadline)
        except Refused as error:
            raise UsageError(str(error)) from None

    def _answer(self, query: Query, dataset: Dataset, deadline: Deadline) -> Answer:
        message = self._post(query, dataset, deadline)
        with _reading(self.where):
            if query.form not in ("select", "ask"):
                kind = TRIPLES[message.kind]
                return parser.triples(message.body, kind, name=self.where, seconds=deadline.left())
            answer = sparql.table_of(_decoded(self.where, message.body, deadline))
            if isinstance(answer, bool):
                return answer
            if query.form == "ask" and answer.variables == TRUTH:
                return any(row[TRUTH[0]].value == "1" for row in answer.rows)  # none, where it is false
            _refuse_other(answer.variables, query)
            _refuse_partial(message, len(answer.rows))
            return Table(answer.variables, [_Row(self.where, row) for row in answer.rows])

    def _tuples(self, query: Query) -> list[tuple[str, ...]]:
        deadline = Deadline(self.timeout)
        return self._rows(query, self._named(query, deadline), deadline)

    def _rows(self, query: Query, dataset: Dataset, deadline: Deadline) -> list[tuple[str, ...]]:
        """The rows of a SELECT over a dataset, as `tuples` has them."""
        message = self._post(query, dataset, deadline)
        with _reading(self.where):
            if len(message.body) <= SMALL:
                variables, rows = sparql.json_tuples(message.body, query.variables)
            else:
                task = partial(_as_text, self.where, message.body, query.variables)
                first, *given = _parsed(self.where, task, message.body, deadline)
                variables, rows = tuple(first), [tuple(row) for row in given]
            _refuse_other(variables, query)
            _refuse_partial(message, len(rows))
            return rows

    def _named(self, query: Query, deadline: Deadline) -> Dataset:
        """The graphs to name with a query: its own (Oxigraph with the union heeds no FROM), or those of the union."""
        if query.dataset:
            return list(query.dataset)
        if self._dataset is None:
            self._dataset = self._union(deadline)
        return self._dataset

    def _union(self, deadline: Deadline) -> Dataset:
        """The dataset to name with a query: nothing where the default graph is the union, else all graphs.

        Raises StanceError where that would leave out what stands in the default graph alone: no dataset can name it.
        """

        def rows(text: str) -> list[tuple[str, ...]]:
            return self._rows(sparql.prepare(text), [], deadline)

        def counts(pattern: str) -> dict[str, str]:
            kinds = " ".join(KINDS)
            text = f"SELECT ?kind (COUNT(DISTINCT ?s) AS ?n) {{ VALUES ?kind {{ {kinds} }} {pattern} }} GROUP BY ?kind"
            return {kind: n for kind, n in rows(text) if n != "0"}

        every = counts("{ ?s a ?kind } UNION { GRAPH ?g { ?s a ?kind } }")
        default = counts("?s a ?kind")
        if default == every:
            return []
        named = counts("GRAPH ?g { ?s a ?kind }")
        graphs = sorted(
            graph for (graph,) in rows(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {GRAPHS + 1}")
        )
        apart = [curie for curie in KINDS if named.get(expand(curie)) != every.get(expand(curie))]
        if apart or len(graphs) > GRAPHS:
            what = (
                f"holds a {apart[0].partition(':')[2].lower()} that none of them has"
                if apart
                else f"they are more than the {GRAPHS} that can be named"
            )
            raise StanceError(
                f"{self.where}: its default graph is not the union of its graphs, and {what}: "
                "serve it with --union-default-graph (Oxigraph), or what your server calls that"
            )
        return [(key, graph) for key in ("default-graph-uri", "named-graph-uri") for graph in graphs]

    def _post(self, query: Query, dataset: Dataset, deadline: Deadline) -> Message:
        """An endpoint's answer, whatever is in it; raises Refused where it takes the query for wrong."""
        table = query.form in ("select", "ask")
        accept = TABLE if table else ", ".join(TRIPLES)
        message = post(
            self.where,
            [("query", query.text), *dataset],
            accept=accept,
            most=sparql.LARGEST,
            deadline=deadline,
        )
        if message.status != 200:
            said = shown(message.body[:2000].decode("utf-8", "replace"))
            wrong = Refused if message.status == 400 else StanceError
            raise wrong(f"{self.where} answered {message.status} {shown(message.reason, 60)}: {said}")
        if (table and "json" not in message.kind) or not (table or message.kind in TRIPLES):
            raise StanceError(
                f"{self.where} answered {shown(message.kind, 60)}, not SPARQL: is this the endpoint's query address?"
            )
        return message


class Refused(StanceError):
    """The endpoint does not take the query, which may be wrong."""


class _Row(dict[str, Term]):
    """A row that an endpoint answered: it may lack what every row should have."""

    def __init__(self, address: str, row: dict[str, Term]) -> None:
        super().__init__(row)
        self._address = address

    def __missing__(self, variable: str) -> Term:
        raise StanceError(
            f"{self._address}: a row of the answer has no ?{variable}: check that this is the query address "
            "of an endpoint that answers in full"
        )


def _decoded(address: str, body: bytes, deadline: Deadline) -> sparql.Decoded:
    """What is in an answer, the rows as they come; a long one is parsed in a worker."""
    if len(body) <= SMALL:
        return sparql.decoded(body)
    parsed = _parsed(address, partial(_as_written, address, body), body, deadline)
    first = next(parsed)
    return first if isinstance(first, bool) else (tuple(first), parsed)


def _parsed(address: str, parse: parser.Parse, body: bytes, deadline: Deadline) -> Iterator[Any]:
    """What a worker makes of an answer by the deadline."""
    what, mend = f"{address}: reading its answer", "ask for less"
    return parser.parsed(parse, what, mend, size=len(body), seconds=deadline.left(), growth=GROWTH)


def _as_written(address: str, body: bytes) -> Iterator[object]:
    """In the worker: the truth, or the variables and each row."""
    with _reading(address):
        found = sparql.decoded(body)
        if isinstance(found, bool):
            yield found
        else:
            yield found[0]
            yield from found[1]


def _as_text(address: str, body: bytes, order: tuple[str, ...]) -> Iterator[object]:
    """In the worker: the variables, and each row as plain text."""
    with _reading(address):
        variables, rows = sparql.json_tuples(body, order)
        yield variables
        yield from rows


@contextmanager
def _reading(address: str) -> Iterator[None]:
    """Tell of what is no answer whose it is."""
    try:
        yield
    except (SyntaxError, TypeError, ValueError) as error:
        raise StanceError(
            f"{address}: the answer is cut short or is not a SPARQL answer ({error}): ask for less, "
            "or check that this is the endpoint's query address"
        ) from None


def _refuse_other(variables: tuple[str, ...], query: Query) -> None:
    """A table must be of the variables asked for, in whatever order."""
    if query.variables and set(variables) != set(query.variables):
        told = ", ".join(f"?{shown(name, 30)}" for name in variables[:5]) or "none"
        asked = ", ".join(f"?{name}" for name in query.variables)
        raise ValueError(f"its variables are {told}, not {asked}")


def _refuse_partial(message: Message, rows: int) -> None:
    """A table that the server says it cut (as Virtuoso does, with status 200) must not look whole."""
    most = message.headers.get("X-SPARQL-MaxRows", "")
    if "X-SQL-State" in message.headers or (most.isascii() and most.isdigit() and rows >= int(most)):
        raise ValueError(f"it has {rows} rows, and the server says that it gives no more or had no more time")


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
