"""A typed query in a worker: judged there, run there, and stopped past its limits."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph
from pyoxigraph import NamedNode, QueryResultsFormat, QueryTriples, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import database, results, worker
from stancegraph.store import sparql as sparql
from stancegraph.store.results import Table
from stancegraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    from stancegraph.store.results import Answer
    from stancegraph.store.sparql import Query

CELLS: Final = 2_000_000
"""Rows × variables a query not trusted may answer."""
LARGEST: Final = 64 << 20
"""Bytes an answer may have that is passed on."""
JUDGES: Final = "rdflib.plugins.sparql.parser"
"""The module by which a query is judged."""
LONG: Final = 15
"""How far a computation of seconds stands back behind others (nice)."""
BEGINNING: Final = 2.0
"""Seconds more that a worker may compute for its first query where it has to import and open what it asks first."""
Source = pyoxigraph.Store | tuple[Path, ...]
Dataset = Sequence[tuple[str, str]]


class Exceeded(UsageError):
    """A query took more time or memory than it may."""


def ask(source: Source, query: Query, *, timeout: float, judged: bool = False) -> Answer:
    """The answer of a query not trusted, unless it is `judged`; a store in memory needs a fork, paths do not.

    Raises UsageError for a query that is refused, is not SPARQL, or takes or answers too much.
    """
    table = query.form in ("select", "ask")
    form = QueryResultsFormat.JSON if table else RdfFormat.N_TRIPLES
    body = _confined(partial(_answer, source, query, form.media_type, judged=judged), source, timeout)
    if not table:
        return [quad.triple for quad in pyoxigraph.parse(body, RdfFormat.N_TRIPLES)]
    _refuse_large(body.count(b"{") // 2)  # one for each row, one for each cell
    try:
        found = results.json_table(body)
    except ValueError as error:
        raise StanceError(f"the answer cannot be read: {error}") from None
    if isinstance(found, Table):
        _refuse_large(len(found.rows) * max(len(found.variables), 1))
    return found


def serialize(
    source: Source,
    query: Query,
    media: str,
    *,
    timeout: float,
    memory: int = worker.MEMORY,
    dataset: Dataset = (),
    judged: bool = False,
    cpu: float | None = None,
    workers: Workers | None = None,
) -> bytes:
    """The answer of a query not trusted, of a media type, to be passed on; raises as `ask` does.

    A `dataset` of the protocol takes the place of the query's own. It may compute for `cpu` seconds where that is
    less than the `timeout`: then one of the `workers` may answer it, and waits for others less than one that may
    compute for long.
    """
    asked: dict[str, Any] = {"query": query, "media": media, "dataset": tuple(dataset), "judged": judged}
    asked["nice"] = LONG if cpu is None else 0
    if workers is None or cpu is None:
        task = partial(_answer, source, **asked)
        ways = _ways(source)
        body = _whole(worker.run(task, seconds=timeout, largest=LARGEST, memory=memory, cpu=cpu, **ways))
    else:
        body = _whole(workers.run(asked, seconds=timeout, cpu=cpu))
    _refuse_large(body.count(CELL[media]) if media in CELL else 0)
    return body


class Workers:
    """Workers that are kept for the quick queries of one store, as many as there are at a time."""

    def __init__(self, source: Source, memory: int) -> None:
        self._source, self._memory = source, memory
        self._idle: list[worker.Kept] = []
        self._ended = False

    def run(self, asked: dict[str, Any], *, seconds: float, cpu: float) -> Iterator[bytes]:
        """The parts of the answer of one of them."""
        kept = None
        while self._idle and (kept is None or not kept.lives):
            kept = self._idle.pop()
        if kept is None or not kept.lives:
            ways = _ways(self._source)
            kept = worker.Kept(partial(_answer, self._source), memory=self._memory, **ways)
            cpu += 0 if ways["fork"] else BEGINNING
        try:
            yield from kept.run(asked, seconds=seconds, cpu=cpu, largest=LARGEST)
        finally:
            if kept.lives and not self._ended:
                self._idle.append(kept)
            else:
                kept.close()

    def close(self) -> None:
        """End them, those that compute once they have."""
        self._ended = True
        while self._idle:
            self._idle.pop().close()

    __del__ = close


CELL: Final = {
    "application/sparql-results+json": b'{"type":',
    "application/sparql-results+xml": b"<binding ",
    "text/csv": b"\n",
    "text/tab-separated-values": b"\n",
}
"""Media type of tables → what each cell begins with, or at least each row ends with."""


def _refuse_large(cells: int) -> None:
    if cells > CELLS:
        raise UsageError(f"the answer has more than {CELLS:,} cells: add LIMIT, or ask for fewer variables")


def judge(query: Query, *, timeout: float) -> None:
    """Raise what `ask` would for a query that is not to run here."""
    _confined(partial(_answer, None, query, QueryResultsFormat.JSON.media_type, judged=False), None, timeout)


def _confined(task: worker.Task, source: Source | None, timeout: float) -> bytes:
    """The answer of a worker that judges the query and runs it."""
    return _whole(worker.run(task, seconds=timeout, memory=worker.MEMORY, **_ways(source)))


def _ways(source: Source | None) -> dict[str, Any]:
    """How a worker comes by a source: it inherits what is in memory, and opens what is not, which needs files."""
    worker.inherit(JUDGES)
    opens = isinstance(source, tuple)
    return {"fork": worker.FORKS and not opens, "closed": not opens}


def _whole(parts: Iterator[bytes]) -> bytes:
    try:
        return b"".join(parts)
    except worker.Broken as error:
        raise StanceError(f"the query {error}: ask it in another way") from None
    except worker.Stopped as error:
        raise Exceeded(
            f"the query {error} and was stopped; ask for less, or say more in each pattern"
        ) from None


def _answer(
    source: Source | None, query: Query, media: str, *, judged: bool, dataset: Dataset = (), nice: int = 0
) -> Iterator[bytes]:
    """In the worker: the body of the answer."""
    opened = None
    os.nice(nice)
    try:
        opened = database.opened(*source) if isinstance(source, tuple) else source
        store = opened.triples if isinstance(opened, database.Database) else opened
        if not judged:
            sparql.refuse(query)
        if store is None:
            return
        answer = store.query(query.text, **_graphs(query, dataset))
        if isinstance(answer, QueryTriples):
            form = RdfFormat.from_media_type(media)
            prefixes = PREFIXES if form == RdfFormat.TURTLE else None
            yield pyoxigraph.serialize(answer, format=form, prefixes=prefixes) or b""
        else:
            yield answer.serialize(format=QueryResultsFormat.from_media_type(media)) or b""
    except SyntaxError as error:
        raise sparql.syntax(error, query) from None
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(opened, database.Database):
            raise opened.failed(error) from None
        raise StanceError(f"the query failed: {error}") from None


def _graphs(query: Query, dataset: Dataset) -> dict[str, Any]:
    """What the engine is told of the graphs a query is about."""
    if not dataset:
        return {"use_default_graph_as_union": not query.dataset}
    default, named = (
        [NamedNode(graph) for key, graph in dataset if key == wanted]
        for wanted in ("default-graph-uri", "named-graph-uri")
    )
    return {"default_graph": default, "named_graphs": named}
