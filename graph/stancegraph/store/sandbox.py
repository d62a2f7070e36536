"""A typed query in a process of its own: judged there, run there, and stopped past its limits."""

from __future__ import annotations

import multiprocessing
import os
import signal
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph
import rdflib.plugins.sparql.parser  # noqa: F401  once here, not in every fork
from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import database, results
from stancegraph.store import sparql as sparql

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from stancegraph.store.results import Answer
    from stancegraph.store.sparql import Query

WORKING: Final = 4 << 30
"""Bytes of memory a typed query may take."""


def ask(source: pyoxigraph.Store | tuple[Path, ...], query: Query, *, timeout: float) -> Answer:
    """The answer of a query not trusted; a store in memory needs a fork, paths are opened by the worker.

    Raises UsageError for a query that is refused, is not SPARQL, or takes or answers too much.
    """
    body = _confined(source, query, timeout)
    return results.read(body, None if query.form in ("select", "ask") else RdfFormat.N_TRIPLES)


def judge(query: Query, *, timeout: float) -> None:
    """Raise what `ask` would for a query that is not to run here."""
    _confined(None, query, timeout)


def _confined(source: pyoxigraph.Store | tuple[Path, ...] | None, query: Query, timeout: float) -> bytes:
    """The answer of a worker process that judges the query, runs it, and is killed past its limits."""
    method = "spawn" if isinstance(source, tuple) or not hasattr(os, "fork") else "fork"
    context: Any = multiprocessing.get_context(method)
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(sender, source, query, timeout), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the worker takes no lock of another thread
        worker.start()
    sender.close()
    try:
        if not receiver.poll(timeout):
            raise UsageError(
                f"the query ran longer than {timeout:g} s and was stopped; "
                "ask for less, or say more in each pattern"
            )
        answer = bytes(receiver.recv_bytes(results.LARGEST))
    except EOFError:
        worker.join()
        raise UsageError(
            f"the query was stopped: it needs more than {WORKING >> 30} GiB of memory, or nests too deeply "
            f"(the worker ended with {worker.exitcode}); ask for less"
        ) from None
    except OSError:
        raise UsageError(
            f"the query's answer is larger than {results.LARGEST >> 20} MiB; ask for less"
        ) from None
    finally:
        worker.kill()
        worker.join()
        receiver.close()
    if answer[:1] == b"+":
        return answer[1:]
    raise (UsageError if answer[:1] == b"?" else StanceError)(answer[1:].decode())


def _work(
    pipe: Connection, source: pyoxigraph.Store | tuple[Path, ...] | None, query: Query, timeout: float
) -> None:
    """In the worker: judge the query, run it, send the answer after a +, or the error after a ? or -."""
    try:
        store = _open_worker(source)
        _limit(timeout, sockets=isinstance(source, tuple))
        sparql.refuse(query)
        body = b""
        if store is not None:
            answer = store.query(query.text, use_default_graph_as_union=True)
            if isinstance(answer, QueryTriples):
                body = answer.serialize(format=RdfFormat.N_TRIPLES) or b""
            else:
                body = answer.serialize(format=QueryResultsFormat.JSON) or b""
        pipe.send_bytes(b"+" + body)
    except SyntaxError as error:
        pipe.send_bytes(b"?" + str(sparql.syntax(error, query)).encode())
    except UsageError as error:
        pipe.send_bytes(b"?" + str(error).encode())
    except (StanceError, OSError, RuntimeError, ValueError) as error:
        pipe.send_bytes(b"-" + f"the query failed: {error}".encode())


def _open_worker(source: pyoxigraph.Store | tuple[Path, ...] | None) -> pyoxigraph.Store | None:
    """The store a worker asks; its standard error goes nowhere, and Ctrl-C is its parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    return database.triples(*source) if isinstance(source, tuple) else source


def _limit(timeout: float, *, sockets: bool) -> None:
    """Bound this process's time and memory, and unless `sockets` forbid it to open any file or socket."""
    try:
        import resource
    except ImportError:  # Windows: the time limit alone
        return
    seconds = int(timeout) + 2
    limits = [(resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)]
    with suppress(OSError):
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        limits.append((resource.RLIMIT_AS, used + WORKING))
    if not sockets:  # a database opens its files as it reads them
        limits.append((resource.RLIMIT_NOFILE, 0))
    for kind, most in limits:
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
