"""The worker that does what is not ours: every end it can meet is an error here, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import worker


def _abort() -> Iterator[bytes]:
    yield b"half"
    os.abort()


def _recurse(depth: int = 0) -> Iterator[bytes]:
    yield from _recurse(depth + 1)


def _compute() -> Iterator[bytes]:
    while True:
        pass
    yield b""


def _allocate() -> Iterator[bytes]:
    yield bytes(worker.MEMORY + (1 << 30))


def _flood() -> Iterator[bytes]:
    while True:
        yield bytes(1 << 20)


def _misuse() -> Iterator[bytes]:
    yield b"half"
    raise UsageError("wrong")


def _fail() -> Iterator[bytes]:
    raise StanceError("unreadable")
    yield b""


def _panic() -> Iterator[bytes]:
    raise type("PanicException", (BaseException,), {})("total order")
    yield b""


@pytest.mark.parametrize(
    ("task", "kind", "message"),
    [
        (_abort, worker.Stopped, "needs more than 4 GiB of memory, or nests too deeply"),
        (_recurse, worker.Stopped, "nests too deeply"),
        (_compute, worker.Stopped, "ran longer than 0.3 s"),
        (_allocate, worker.Stopped, "needs more than 4 GiB of memory"),
        (_flood, worker.Stopped, "gives more than 8 MiB"),
        (_misuse, UsageError, "wrong"),
        (_fail, StanceError, "unreadable"),
        (_panic, worker.Broken, "PanicException: total order"),
    ],
)
def test_every_end_of_a_worker_is_an_error_of_its_kind(
    task: Callable[[], Iterator[bytes]], kind: type[StanceError], message: str
) -> None:
    with pytest.raises(kind, match=message) as caught:
        list(worker.run(task, seconds=0.3 if task is _compute else 120, largest=8 << 20))
    assert type(caught.value) is kind


def test_the_parts_of_a_worker_come_in_order_and_whole() -> None:
    parts = [b"", b"a" * (3 << 20), b"", b"b"]
    assert list(worker.run(lambda: parts, seconds=20)) == parts


def test_the_time_the_parts_are_used_is_not_the_workers() -> None:
    for _ in worker.run(lambda: [b"a", b"b", b"c"], seconds=2):
        time.sleep(0.8)


def test_a_worker_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, time\n"
        "from stancegraph.store import worker\n"
        "def task():\n"
        f"    pathlib.Path({str(tmp_path / 'id')!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(60); yield b''\n"
        "list(worker.run(task, seconds=60))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program])
    _wait(lambda: (tmp_path / "id").exists() and (tmp_path / "id").read_text() != "")
    child = int((tmp_path / "id").read_text())
    parent.kill()
    parent.wait()
    _wait(lambda: not _lives(child))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def _wait(holds: Callable[[], bool]) -> None:
    """Wait until a thing is so; the test fails where it never is."""
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_worker_is_gone_once_its_parts_are_thrown_away() -> None:
    parts = worker.run(lambda: [str(os.getpid()).encode(), *[b"more"] * 1000], seconds=20)
    child = int(next(parts))
    parts.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, signal.SIGCONT)
