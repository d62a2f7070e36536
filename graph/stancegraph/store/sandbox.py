"""A typed query in a worker: judged there, run there, and stopped past its limits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph
import rdflib.plugins.sparql.parser  # noqa: F401  once here, not in every fork
from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import database, sparql_json, worker
from stancegraph.store import sparql as sparql
from stancegraph.store.results import Table

if TYPE_CHECKING:
    from stancegraph.store.results import Answer
    from stancegraph.store.sparql import Query

CELLS: Final = 2_000_000
"""Rows × variables a query not trusted may answer."""
Source = pyoxigraph.Store | tuple[Path, ...]


def ask(source: Source, query: Query, *, timeout: float, judged: bool = False) -> Answer:
    """The answer of a query not trusted, unless it is `judged`; a store in memory needs a fork, paths do not.

    Raises UsageError for a query that is refused, is not SPARQL, or takes or answers too much.
    """
    body = _confined(source, query, timeout, judged=judged)
    if query.form not in ("select", "ask"):
        return [quad.triple for quad in pyoxigraph.parse(body, RdfFormat.N_TRIPLES)]
    _refuse_large(body.count(b"{") // 2)  # one for each row, one for each cell
    try:
        found = sparql_json.table(body)
    except ValueError as error:
        raise StanceError(f"the answer cannot be read: {error}") from None
    if isinstance(found, Table):
        _refuse_large(len(found.rows) * max(len(found.variables), 1))
    return found


def _refuse_large(cells: int) -> None:
    if cells > CELLS:
        raise UsageError(f"the answer has more than {CELLS:,} cells: add LIMIT, or ask for fewer variables")


def judge(query: Query, *, timeout: float) -> None:
    """Raise what `ask` would for a query that is not to run here."""
    _confined(None, query, timeout)


def _confined(source: Source | None, query: Query, timeout: float, *, judged: bool = False) -> bytes:
    """The answer of a worker that judges the query and runs it."""
    opens = isinstance(source, tuple)
    task = partial(_answer, source, query, judged=judged)
    try:
        fork = worker.FORKS and not opens
        return b"".join(worker.run(task, seconds=timeout, fork=fork, closed=not opens))
    except worker.Broken as error:
        raise StanceError(f"the query {error}: ask it in another way") from None
    except worker.Stopped as error:
        raise UsageError(
            f"the query {error} and was stopped; ask for less, or say more in each pattern"
        ) from None


def _answer(source: Source | None, query: Query, *, judged: bool) -> Iterator[bytes]:
    """In the worker: the body of the answer."""
    opened = None
    try:
        opened = database.opened(*source) if isinstance(source, tuple) else source
        store = opened.triples if isinstance(opened, database.Database) else opened
        if not judged:
            sparql.refuse(query)
        if store is None:
            return
        answer = store.query(query.text, use_default_graph_as_union=not query.dataset)
        if isinstance(answer, QueryTriples):
            yield answer.serialize(format=RdfFormat.N_TRIPLES) or b""
        else:
            yield answer.serialize(format=QueryResultsFormat.JSON) or b""
    except SyntaxError as error:
        raise sparql.syntax(error, query) from None
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(opened, database.Database):
            raise opened.failed(error) from None
        raise StanceError(f"the query failed: {error}") from None
