"""Real SPARQL endpoints on loopback, for tests: Oxigraph's server and Virtuoso."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 0
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
VectorSize = 100
ThreadsPerQuery = 1
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = 100000
"""


@contextmanager
def serve(directory: Path, *, union: bool, timeout: int | None = None) -> Iterator[str]:
    """The query address of `oxigraph serve-read-only` over a database, while the block runs."""
    beside = Path(sys.executable).with_name("oxigraph")
    binary = str(beside) if beside.exists() else shutil.which("oxigraph")
    assert binary, "the oxigraph server is not installed: it is in the dev dependencies"
    command = [binary, "serve-read-only", "--location", str(directory)]
    command += ["--union-default-graph"] if union else []
    command += ["--timeout-s", str(timeout)] if timeout else []
    server, port = started(lambda port: [*command, "--bind", f"127.0.0.1:{port}"], directory)
    try:
        yield f"http://127.0.0.1:{port}/query"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def served_by(script: str) -> Iterator[str]:
    """The address at which a script of these tests serves, while the block runs; its first line is its port."""
    server = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.kill()
        server.communicate()


@contextmanager
def virtuoso(home: Path, nquads: bytes) -> Iterator[str]:
    """The query address of a Virtuoso that keeps the quads in a new folder, while the block runs."""
    binary, client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    assert binary, "Virtuoso is not installed: scripts/test does it (Debian's virtuoso-opensource-7-bin)"
    assert client
    home.mkdir()
    (home / "all.nq").write_bytes(nquads)

    def command(http: int) -> list[str]:
        settings = VIRTUOSO.format(sql=free_port(), http=http)
        (home / "virtuoso.ini").write_text(settings, encoding="utf-8")
        return [binary, "-f", "-c", "virtuoso.ini"]

    server, http = started(command, home)
    try:
        sql = re.findall(r"^ServerPort = (.+)$", (home / "virtuoso.ini").read_text("utf-8"), re.MULTILINE)[0]
        load = "EXEC=DB.DBA.TTLP(file_to_string_output('all.nq'), '', 'x:base', 512);"
        done = subprocess.run([client, sql, "dba", "dba", load], capture_output=True, text=True, check=True)
        assert "Done." in done.stdout, done.stderr
        yield f"http://127.0.0.1:{http}/sparql"
    finally:
        server.kill()
        server.wait()


def free_port() -> int:
    """A port of loopback that nothing listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def started(command: Callable[[int], list[str]], home: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server that takes connections, started in a folder, and its port; another may take a free port before it."""
    for _ in range(5):
        port = free_port()
        server = subprocess.Popen(
            command(port), cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 300
        while server.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return server, port
        server.kill()
        server.wait()
    raise AssertionError("the server takes no connections")
