"""The SPARQL protocol: a query posted to an endpoint, its answer, or what it did instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import RdfFormat

from stancegraph.errors import StanceError
from stancegraph.store import http, parser, results, sparql_json, untrusted, worker
from stancegraph.store import sparql as sparql
from stancegraph.store.http import Deadline
from stancegraph.store.results import Answer, Table
from stancegraph.store.terms import Term
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from stancegraph.store.http import Message
    from stancegraph.store.sparql import Query
    from stancegraph.store.untrusted import Parse

Dataset = list[tuple[str, str]]
"""Parameters of the protocol that name the graphs a query is about; empty: the endpoint's own choice."""
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


def ask(address: str, query: Query, *, dataset: Dataset, deadline: Deadline) -> Answer:
    """The answer to a query over a dataset; raises Refused where the endpoint takes it for wrong."""
    message = _post(address, query, dataset, deadline)
    with _reading(address):
        if query.form not in ("select", "ask"):
            kind = TRIPLES[message.kind]
            return parser.triples(message.body, kind, name=address, seconds=deadline.left())
        answer = sparql_json.table_of(_decoded(address, message.body, deadline))
        if isinstance(answer, bool):
            return answer
        if query.form == "ask" and answer.variables == TRUTH:
            return any(row[TRUTH[0]].value == "1" for row in answer.rows)  # none, where it is false
        _refuse_other(answer.variables, query)
        _refuse_partial(message, len(answer.rows))
        return Table(answer.variables, [_Row(address, row) for row in answer.rows])


def tuples(address: str, query: Query, *, dataset: Dataset, deadline: Deadline) -> list[tuple[str, ...]]:
    """The rows of a SELECT as plain text, in the order of its variables; what is unbound is empty."""
    message = _post(address, query, dataset, deadline)
    with _reading(address):
        if len(message.body) <= SMALL:
            variables, rows = sparql_json.tuples(message.body, query.variables)
        else:
            task = partial(_as_text, address, message.body, query.variables)
            first, *given = _parsed(address, task, message.body, deadline)
            variables, rows = tuple(first), [tuple(row) for row in given]
        _refuse_other(variables, query)
        _refuse_partial(message, len(rows))
        return rows


def _decoded(address: str, body: bytes, deadline: Deadline) -> sparql_json.Decoded:
    """What is in an answer, the rows as they come; a long one is parsed in a worker."""
    if len(body) <= SMALL:
        return sparql_json.decoded(body)
    parsed = _parsed(address, partial(_as_written, address, body), body, deadline)
    first = next(parsed)
    return first if isinstance(first, bool) else (tuple(first), parsed)


def _parsed(address: str, parse: Parse, body: bytes, deadline: Deadline) -> Iterator[Any]:
    """What a worker makes of an answer by the deadline."""
    try:
        yield from untrusted.parsed(parse, len(body), deadline.left(), GROWTH)
    except worker.Stopped as error:
        raise StanceError(f"{address}: reading its answer {error}: ask for less") from None


def _as_written(address: str, body: bytes) -> Iterator[object]:
    """In the worker: the truth, or the variables and each row."""
    with _reading(address):
        found = sparql_json.decoded(body)
        if isinstance(found, bool):
            yield found
        else:
            yield found[0]
            yield from found[1]


def _as_text(address: str, body: bytes, order: tuple[str, ...]) -> Iterator[object]:
    """In the worker: the variables, and each row as plain text."""
    with _reading(address):
        variables, rows = sparql_json.tuples(body, order)
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
        told = ", ".join(f"?{http.shown(name, 30)}" for name in variables[:5]) or "none"
        asked = ", ".join(f"?{name}" for name in query.variables)
        raise ValueError(f"its variables are {told}, not {asked}")


def _refuse_partial(message: Message, rows: int) -> None:
    """A table that the server says it cut (as Virtuoso does, with status 200) must not look whole."""
    most = message.headers.get("X-SPARQL-MaxRows", "")
    if "X-SQL-State" in message.headers or (most.isascii() and most.isdigit() and rows >= int(most)):
        raise ValueError(f"it has {rows} rows, and the server says that it gives no more or had no more time")


def union(address: str, *, deadline: Deadline) -> Dataset:
    """The dataset to name with a query: nothing where the default graph is the union, else all graphs.

    Raises StanceError where that would leave out what stands in the default graph alone: no dataset can name it.
    """

    def rows(text: str) -> list[tuple[str, ...]]:
        return tuples(address, sparql.prepare(text), dataset=[], deadline=deadline)

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
            f"{address}: its default graph is not the union of its graphs, and {what}: "
            "serve it with --union-default-graph (Oxigraph), or what your server calls that"
        )
    return [(key, graph) for key in ("default-graph-uri", "named-graph-uri") for graph in graphs]


def software(address: str, deadline: Deadline) -> str:
    """What the server calls itself; empty where it does not say."""
    message = _post(address, sparql.prepare("ASK { ?s ?p ?o }"), [], deadline)
    return message.headers.get("Server") or ""


def _post(address: str, query: Query, dataset: Dataset, deadline: Deadline) -> Message:
    """An endpoint's answer, whatever is in it; raises Refused where it takes the query for wrong."""
    table = query.form in ("select", "ask")
    accept = TABLE if table else ", ".join(TRIPLES)
    message = http.post(
        address, [("query", query.text), *dataset], accept=accept, most=results.LARGEST, deadline=deadline
    )
    if message.status != 200:
        said = http.shown(message.body[:2000].decode("utf-8", "replace"))
        wrong = Refused if message.status == 400 else StanceError
        raise wrong(f"{address} answered {message.status} {http.shown(message.reason, 60)}: {said}")
    if (table and "json" not in message.kind) or not (table or message.kind in TRIPLES):
        raise StanceError(
            f"{address} answered {http.shown(message.kind, 60)}, not SPARQL: is this the endpoint's query address?"
        )
    return message
