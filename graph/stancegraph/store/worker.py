"""A process of its own for what is not ours: bounded in time and memory, and killed where it does not end.

A parser or an engine can be made to abort, to run for ever or to eat all memory; there, that is an error.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stancegraph.errors import StanceError, UsageError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

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


class Stopped(StanceError):
    """A worker was stopped; the message says why in a clause without its subject: "ran longer than 30 s"."""


class Broken(Stopped):
    """What a worker ran broke down for a reason of its own, and not for a limit."""


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
    memory = MEMORY if memory is None else memory
    given = (task, seconds, cpu, memory, closed, os.getpid())
    receiver, worker = _started(_work, given, fork=fork, begin=begin)
    try:
        yield from _parts(receiver, worker, seconds, memory, largest)
    finally:
        worker.kill()
        worker.join()
        receiver.close()


class Kept:
    """A worker that is asked again and again, as long as each answer is within its limits.

    It has what is in memory when it is made, where it forks, and else what is pickled of `answer`; of that it calls
    with what it is asked. A fork costs as much as a dozen lookups.
    """

    def __init__(
        self, answer: Callable[..., Iterable[bytes]], *, memory: int, fork: bool, closed: bool
    ) -> None:
        self._memory, self._left = memory, OFTEN
        given = (answer, memory, closed, os.getpid())
        self._pipe, self._worker = _started(_work_on, given, fork=fork)

    def run(
        self, arguments: dict[str, Any], *, seconds: float, cpu: float, largest: int
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


def _started(
    target: Callable[..., None],
    arguments: tuple[object, ...],
    *,
    fork: bool,
    begin: Callable[[], None] | None = None,
) -> tuple[Connection, BaseProcess]:
    """A process that runs `target` with a pipe and the arguments, and the other end of the pipe."""
    context: Any = multiprocessing.get_context("fork" if fork else "spawn")
    here, there = context.Pipe()
    worker = context.Process(target=target, args=(there, *arguments), daemon=True)
    with warnings.catch_warnings(), FORKING, _uninterrupted():
        warnings.simplefilter("ignore", DeprecationWarning)  # the worker takes no lock of another thread
        if begin is not None:
            begin()
        worker.start()
    there.close()
    return here, worker


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
    pipe: Connection, task: Task, seconds: float, cpu: float | None, memory: int, closed: bool, parent: int
) -> None:
    """In the worker: one answer."""
    if _confined(pipe, seconds, memory, parent, closed=closed):
        _bound(cpu)
        _give(pipe, task, memory)


def _work_on(
    pipe: Connection, answer: Callable[..., Iterable[bytes]], memory: int, closed: bool, parent: int
) -> None:
    """In a worker that is kept: answers until the pipe is closed."""
    if not _confined(pipe, None, memory, parent, closed=closed):
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
