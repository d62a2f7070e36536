"""The SPARQL protocol: a query posted to an endpoint, its answer, or what it did instead."""

from __future__ import annotations

import re
import time
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pyoxigraph import RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import results
from stancegraph.store import sparql as sparql
from stancegraph.store.results import Answer, Table
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from stancegraph.store.sparql import Query, Term, Values

Dataset = list[tuple[str, str]]
"""Parameters of the protocol that name the graphs a query is about; empty: the endpoint's own choice."""
_TRIPLES: Final = {
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
"""Content types of triples asked for: they have an end, so an answer cut short cannot look whole."""


def ask(address: str, query: Query, *, dataset: Dataset, timeout: float) -> Answer:
    """The answer to a query over a dataset; raises UsageError where the endpoint refuses the query."""
    try:
        answer = results.read(*_post(address, query, dataset, timeout))
        if isinstance(answer, Table) and (missing := _asked(query) - set(answer.variables)):
            raise ValueError(f"it lacks the variable ?{min(missing)}")
        return answer
    except (SyntaxError, ValueError) as error:
        raise StanceError(
            f"{address}: the answer is cut short or is not a SPARQL answer ({error}): ask for less, "
            "or check that this is the endpoint's query address"
        ) from None


def _asked(query: Query) -> set[str]:
    """The variables named in the head of a SELECT."""
    head = re.match(r"(?is).*?\bselect\b(.*?)(?:\bwhere\b|\{|\bfrom\b)", query.plain)
    flat = re.sub(r"\([^()]*\)", "", head[1]) if head and query.form == "select" else ""
    return set(re.findall(r"[?$](\w+)", flat)) if "(" not in flat else set()


def union(address: str, *, timeout: float) -> Dataset:
    """The dataset to name with a query: nothing where the default graph is the union, else all graphs.

    Raises StanceError where that would leave out what stands in the default graph alone: no dataset can name it.
    """

    def rows(text: str, values: Values | None = None) -> list[dict[str, Term]]:
        answer = ask(address, sparql.prepare(text, values), dataset=[], timeout=timeout)
        return answer.rows if isinstance(answer, Table) else []

    def apart(kind: str) -> bool:
        """Whether things of a kind stand in named graphs, and not in the default graph."""
        typed = f"?s <{expand('rdf:type')}> <{expand(kind)}>"
        named = rows(f"SELECT ?s {{ GRAPH ?g {{ {typed} }} FILTER(isIRI(?s)) }} LIMIT 1")
        if not named or rows(f"SELECT ?s {{ {typed} }} LIMIT 1", {"s": named[0]["s"]}):
            return False
        if rows(f"SELECT ?s {{ {typed} FILTER NOT EXISTS {{ GRAPH ?g {{ {typed} }} }} }} LIMIT 1"):
            what = kind.partition(":")[2].lower()
            raise StanceError(
                f"{address}: its default graph is not the union of its graphs, and holds a {what} that none of them "
                "has: serve it with --union-default-graph (Oxigraph), or what your server calls that"
            )
        return True

    # A graph of things that are yet to be spoken of has actors alone.
    if not any(map(apart, ("stance:Statement", "stance:Actor", "stance:Proposition"))):
        return []
    graphs = sorted(row["g"].value for row in rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"))
    return [(key, graph) for key in ("default-graph-uri", "named-graph-uri") for graph in graphs]


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: the address named is the one that is asked."""

    def redirect_request(self, *call: Any) -> Any:
        request, answer, *_, elsewhere = call
        answer.close()
        raise StanceError(f"{request.full_url} redirects to {elsewhere}: name that address if you trust it")


def _post(address: str, query: Query, dataset: Dataset, timeout: float) -> tuple[bytes, RdfFormat | None]:
    """An endpoint's answer and its format (None: SPARQL JSON); StanceError says what it did instead."""
    table = query.form in ("select", "ask")
    accept = "application/sparql-results+json" if table else "application/ld+json, application/rdf+xml;q=0.9"
    form = urlencode([("query", query.text), *dataset]).encode()
    end = time.monotonic() + timeout
    try:
        request = Request(address, form, {"Accept": accept, "User-Agent": "stancegraph"})  # noqa: S310
        with build_opener(_Stay).open(request, timeout=timeout) as response:
            kind = response.headers.get_content_type()
            body = _body(response, address, end)
    except HTTPError as error:
        with error:
            said = " ".join(error.read(2000).decode("utf-8", "replace").split())[:200]
        wrong = UsageError if error.code == 400 else StanceError
        raise wrong(f"{address} answered {error.code} {error.reason}: {said}") from None
    except TimeoutError:
        raise StanceError(f"{address} did not answer within {timeout:g} s: ask for less") from None
    except (URLError, OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise StanceError(f"{address} cannot be asked ({reason}): is the endpoint running there?") from None
    if (table and "json" not in kind) or not (table or kind in _TRIPLES):
        raise StanceError(f"{address} answered {kind}, not SPARQL: is this the endpoint's query address?")
    return body, None if table else _TRIPLES[kind]


def _body(response: Any, address: str, end: float) -> bytes:
    """All an endpoint sends, within its time and size; `end` is on the monotonic clock."""
    body = bytearray()
    while chunk := response.read1(1 << 16):
        body += chunk
        if len(body) > results.LARGEST:
            raise StanceError(
                f"{address}: the answer is larger than {results.LARGEST >> 20} MiB: ask for less"
            )
        if time.monotonic() > end:
            raise TimeoutError
    if response.length:
        raise OSError(f"the answer stopped {response.length} bytes early")
    return bytes(body)
