"""A process of its own for what is not ours: bounded in time and memory, and killed where it does not end.

A parser or an engine can be made to abort, to run for ever or to eat all memory; there, that is an error. So a query
that is typed is judged there, and run there.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph
from pyoxigraph import NamedNode, QueryResultsFormat, QueryTriples, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import sparql
from stancegraph.store.sparql import Table
from stancegraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from stancegraph.store.database import Database
    from stancegraph.store.sparql import Answer, Query


Task = Callable[[], Iterable[bytes]]
"""What a worker does: it gives bytes, in as many parts as it likes. Where a worker does not fork, it is pickled."""
MEMORY: Final = 4 << 30
"""Bytes a worker may take."""
LARGEST: Final = 256 << 20
"""Bytes a worker may give, unless it is told otherwise."""
OFTEN: Final = 1_000
"""How often a worker is asked that is kept: what it holds on to goes with it."""
KILLS: Final = {getattr(signal, name, None) for name in ("SIGXCPU", "SIGPROF", "SIGKILL")}
"""Signals by which a system ends what computes too long, or takes memory that others need."""
FORKS: Final = hasattr(os, "fork")
FORKING: Final = threading.RLock()
"""Held while a worker is forked, and by who changes what workers inherit: none inherits half a change."""
CELLS: Final = 2_000_000
"""Rows × variables a query not trusted may answer."""
LARGEST_ANSWER: Final = 64 << 20
"""Bytes an answer may have that is passed on."""
JUDGES: Final = "rdflib.plugins.sparql.parser"
"""The module by which a query is judged."""
LONG: Final = 15
"""How far a computation of seconds stands back behind others (nice)."""
BEGINNING: Final = 2.0
"""Seconds more that a worker may compute for its first query where it has to import and open what it asks first."""
CELL: Final = {
    "application/sparql-results+json": b'{"type":',
    "application/sparql-results+xml": b"<binding ",
    "text/csv": b"\n",
    "text/tab-separated-values": b"\n",
}
"""Media type of tables → what each cell begins with, or at least each row ends with."""
Source = pyoxigraph.Store | Callable[[], "tuple[pyoxigraph.Store, Database | None]"]
"""What a query is asked of: what is in memory, which a fork inherits, or what a worker calls to open a database."""
Dataset = Sequence[tuple[str, str]]


class Stopped(StanceError):
    """A worker was stopped; the message says why in a clause without its subject: "ran longer than 30 s"."""


class Broken(Stopped):
    """What a worker ran broke down for a reason of its own, and not for a limit."""


class Exceeded(UsageError):
    """A query took more time or memory than it may."""


@cache
def inherit(module: str) -> None:
    """Import what workers need here, once and not in each; none is forked while it is imported half."""
    if FORKS:
        with FORKING:
            import_module(module)


def run(
    task: Task,
    *,
    seconds: float,
    largest: int = LARGEST,
    memory: int | None = None,
    fork: bool = FORKS,
    closed: bool = False,
    cpu: float | None = None,
    begin: Callable[[], None] | None = None,
) -> Generator[bytes, None, None]:
    """The parts a worker gives, as they come; it is waited for `seconds` in all, not counting what is done between.

    It may take `memory` bytes (MEMORY), and compute for `cpu` seconds where that is less. With `fork` it has all that
    is in memory here; `closed` forbids it to open a file or a socket, and takes those from it that are open here;
    `begin` is called while nothing it inherits can change, and may raise. Raises Stopped past a limit, Broken where
    the task breaks down, and the StanceError or UsageError that it raises.
    """
    if multiprocessing.current_process().daemon:  # which may have no children: this is a worker itself
        yield from task()
        return
    kept = Kept(
        task, memory=MEMORY if memory is None else memory, fork=fork, closed=closed, cpu=seconds, begin=begin
    )
    try:
        yield from kept.run({}, seconds=seconds, cpu=cpu, largest=largest)
    finally:
        kept.close()


class Kept:
    """A worker that is asked again and again, as long as each answer is within its limits.

    It has what is in memory when it is made, where it forks, and else what is pickled of `answer`; of that it calls
    with what it is asked. A fork costs as much as a dozen lookups.
    """

    def __init__(
        self,
        answer: Callable[..., Iterable[bytes]],
        *,
        memory: int,
        fork: bool,
        closed: bool,
        cpu: float | None = None,
        begin: Callable[[], None] | None = None,
    ) -> None:
        self._memory, self._left = memory, OFTEN
        context: Any = multiprocessing.get_context("fork" if fork else "spawn")
        self._pipe, there = context.Pipe()
        given = (there, answer, cpu, memory, closed, os.getpid())
        self._worker = context.Process(target=_work, args=given, daemon=True)
        with warnings.catch_warnings(), FORKING, _uninterrupted():
            warnings.simplefilter("ignore", DeprecationWarning)  # the worker takes no lock of another thread
            if begin is not None:
                begin()
            self._worker.start()
        there.close()

    def run(
        self, arguments: dict[str, Any], *, seconds: float, cpu: float | None, largest: int
    ) -> Generator[bytes, None, None]:
        """The parts of an answer, as `run` gives them; where it is stopped or left alone, the worker is no more."""
        self._left -= 1
        ended = False
        try:
            self._pipe.send((arguments, cpu))
            yield from _parts(self._pipe, self._worker, seconds, self._memory, largest)
            ended = True
        except OSError:  # it was ended from elsewhere
            raise Stopped("lost the process that computed it") from None
        except Stopped:
            raise
        except StanceError:
            ended = True
            raise
        finally:
            if not ended:
                self.close()

    @property
    def lives(self) -> bool:
        """Whether it can be asked again."""
        return self._left > 0 and self._worker.is_alive()

    def close(self) -> None:
        self._left = 0
        self._worker.kill()
        self._worker.join()
        self._pipe.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits, in this process until the block ends, in one begun within it until that ignores it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _parts(
    receiver: Connection, worker: BaseProcess, seconds: float, memory: int, largest: int
) -> Generator[bytes, None, None]:
    """What a worker sends of one answer; raises what it tells of, and Stopped past a limit."""
    left, given = seconds, 0
    while True:
        since = time.monotonic()
        if not receiver.poll(max(left, 0)):
            raise Stopped(f"ran longer than {seconds:.3g} s")
        part = _received(receiver, worker, seconds, memory)
        left -= time.monotonic() - since
        given += len(part) - 1
        if part[:1] == b".":
            return
        if part[:1] != b"+":
            raise _error(part[:1], part[1:].decode())
        if given > largest:
            raise Stopped(f"gives more than {largest >> 20} MiB")
        yield part[1:]


def _received(receiver: Connection, worker: BaseProcess, seconds: float, memory: int) -> bytes:
    """The next message of a worker; raises Stopped where there is none."""
    try:
        return receiver.recv_bytes()
    except EOFError:
        worker.join()
    if -(worker.exitcode or 0) in KILLS:
        raise Stopped(f"computed for more than {seconds:.3g} s, or took too much memory")
    raise Stopped(
        f"needs more than {memory / (1 << 30):g} GiB of memory, or nests too deeply "
        f"(the worker ended with {worker.exitcode})"
    )


def _error(kind: bytes, message: str) -> StanceError:
    return {b"?": UsageError, b"!": Broken, b"#": Stopped}.get(kind, StanceError)(message)


def _work(
    pipe: Connection,
    answer: Callable[..., Iterable[bytes]],
    seconds: float | None,
    memory: int,
    closed: bool,
    parent: int,
) -> None:
    """In the worker: answers until the pipe is closed."""
    if not _confined(pipe, seconds, memory, parent, closed=closed):
        return
    with suppress(EOFError, OSError):
        while True:
            arguments, cpu = pipe.recv()
            _bound(cpu)
            _give(pipe, partial(answer, **arguments), memory)
            _bound(0)


def _bound(cpu: float | None) -> None:
    """End this process after so many seconds of computing, whatever computes; 0 lifts that."""
    if cpu is not None and hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, cpu)


def _confined(pipe: Connection, seconds: float | None, memory: int, parent: int, *, closed: bool) -> bool:
    """Bound this process; False where that failed, which is told."""
    try:
        _confine(seconds, memory, parent, pipe.fileno() if closed else None)
    except Exception as error:  # noqa: BLE001  whatever it is, nothing is run unbound
        pipe.send_bytes(f"!cannot be bound ({type(error).__name__}: {error})".encode())
        return False
    return True


def _give(pipe: Connection, task: Task, memory: int) -> None:
    """Send each part after a +, a full stop after the last, an error after a ?, -, # or !."""
    try:
        for part in task():
            pipe.send_bytes(b"+" + part)
        pipe.send_bytes(b".")
    except BrokenPipeError:  # nobody waits any more
        return
    except UsageError as error:
        pipe.send_bytes(b"?" + _encoded(error))
    except StanceError as error:
        pipe.send_bytes((b"#" if isinstance(error, Stopped) else b"-") + _encoded(error))
    except MemoryError:
        pipe.send_bytes(f"#needs more than {memory / (1 << 30):g} GiB of memory".encode())
    except RecursionError:
        pipe.send_bytes(b"#nests too deeply")
    except BaseException as error:  # noqa: BLE001  a panic of the engine is no Exception
        pipe.send_bytes(f"!broke down ({type(error).__name__}: ".encode() + _encoded(error)[:200] + b")")


def _encoded(error: BaseException) -> bytes:
    return str(error).encode("utf-8", "replace")


def _confine(seconds: float | None, memory: int, parent: int, only: int | None) -> None:
    """Bound this process: no output, no Ctrl-C of its own, an end with its parent's, little time and memory.

    Of what is open it keeps `only` that one, if any: a socket of the parent's would stay open as long as it runs.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        import resource
    except ImportError:  # Windows: the time limit alone
        return
    _end_with(parent)
    limits = [(resource.RLIMIT_CORE, 0)]
    if seconds is not None:
        limits.append((resource.RLIMIT_CPU, int(seconds) + 2))
    with suppress(OSError):
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        limits.append((resource.RLIMIT_AS, used + memory))
    if only is not None:
        os.closerange(3, only)
        os.closerange(only + 1, _most_open())
        limits.append((resource.RLIMIT_NOFILE, 0))
    for kind, most in limits:
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _most_open() -> int:
    """One more than the highest number that a file open here has."""
    try:
        return max(int(each.name) for each in Path("/proc/self/fd").iterdir()) + 1
    except OSError:
        return 1024


def _end_with(parent: int) -> None:
    """Have Linux kill this process once its parent has ended; elsewhere its limits end it."""
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)


def ask(source: Source, query: Query, *, timeout: float, judged: bool = False) -> Answer:
    """The answer of a query not trusted, unless it is `judged`; a store in memory needs a fork.

    Raises UsageError for a query that is refused, is not SPARQL, or takes or answers too much.
    """
    table = query.form in ("select", "ask")
    form = QueryResultsFormat.JSON if table else RdfFormat.N_TRIPLES
    task = partial(_answer, source, query, form.media_type, judged=judged)
    body = _whole(run(task, seconds=timeout, **_ways(source)))
    if not table:
        return [quad.triple for quad in pyoxigraph.parse(body, RdfFormat.N_TRIPLES)]
    _refuse_large(body.count(b"{") // 2)  # one for each row, one for each cell
    try:
        found = sparql.table_of(sparql.decoded(body))
    except ValueError as error:
        raise StanceError(f"the answer cannot be read: {error}") from None
    if isinstance(found, Table):
        _refuse_large(len(found.rows) * max(len(found.variables), 1))
    return found


class Workers:
    """What answers queries of one store that are not trusted, as bodies to be passed on.

    For quick ones workers are kept, as many as there are at a time: they wait for others less than one that may
    compute for long.
    """

    def __init__(self, source: Source, memory: int) -> None:
        self._source, self._memory = source, memory
        self._idle: list[Kept] = []
        self._ended = False

    def serialize(
        self,
        query: Query,
        media: str,
        *,
        timeout: float,
        dataset: Dataset = (),
        judged: bool = False,
        cpu: float | None = None,
    ) -> bytes:
        """The answer of a query, of a media type; raises as `ask` does.

        A `dataset` of the protocol takes the place of the query's own. It is quick where it may compute for `cpu`
        seconds alone, which are less than the `timeout`.
        """
        asked: dict[str, Any] = {"query": query, "media": media, "dataset": tuple(dataset), "judged": judged}
        if cpu is None:
            task = partial(_answer, self._source, **asked, nice=LONG)
            ways = _ways(self._source)
            body = _whole(run(task, seconds=timeout, largest=LARGEST_ANSWER, memory=self._memory, **ways))
        else:
            body = _whole(self._run(asked, seconds=timeout, cpu=cpu))
        _refuse_large(body.count(CELL[media]) if media in CELL else 0)
        return body

    def _run(self, asked: dict[str, Any], *, seconds: float, cpu: float) -> Iterator[bytes]:
        """The parts of the answer of one that is kept."""
        kept = None
        while self._idle and (kept is None or not kept.lives):
            kept = self._idle.pop()
        if kept is None or not kept.lives:
            ways = _ways(self._source)
            kept = Kept(partial(_answer, self._source), memory=self._memory, **ways)
            cpu += 0 if ways["fork"] else BEGINNING
        try:
            yield from kept.run(asked, seconds=seconds, cpu=cpu, largest=LARGEST_ANSWER)
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


def _refuse_large(cells: int) -> None:
    if cells > CELLS:
        raise UsageError(f"the answer has more than {CELLS:,} cells: add LIMIT, or ask for fewer variables")


def judge(query: Query, *, timeout: float) -> None:
    """Raise what `ask` would for a query that is not to run here."""
    task = partial(_answer, None, query, QueryResultsFormat.JSON.media_type, judged=False)
    _whole(run(task, seconds=timeout, **_ways(None)))


def _ways(source: Source | None) -> dict[str, Any]:
    """How a worker comes by a source: it inherits what is in memory, and opens what is not, which needs files."""
    inherit(JUDGES)
    opens = callable(source)
    return {"fork": FORKS and not opens, "closed": not opens}


def _whole(parts: Iterator[bytes]) -> bytes:
    try:
        return b"".join(parts)
    except Broken as error:
        raise StanceError(f"the query {error}: ask it in another way") from None
    except Stopped as error:
        raise Exceeded(
            f"the query {error} and was stopped; ask for less, or say more in each pattern"
        ) from None


def _answer(
    source: Source | None, query: Query, media: str, *, judged: bool, dataset: Dataset = (), nice: int = 0
) -> Iterator[bytes]:
    """In the worker: the body of the answer."""
    database = None
    os.nice(nice)
    try:
        store, database = source() if callable(source) else (source, None)
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
        if database is not None:
            raise database.failed(error) from None
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
