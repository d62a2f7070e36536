"""A real SPARQL endpoint on loopback, for tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serve(directory: Path, *, union: bool, timeout: int | None = None) -> Iterator[str]:
    """The query address of `oxigraph serve-read-only` over a database, while the block runs."""
    beside = Path(sys.executable).with_name("oxigraph")
    binary = str(beside) if beside.exists() else shutil.which("oxigraph")
    assert binary, "the oxigraph server is not installed: it is in the dev dependencies"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [binary, "serve-read-only", "--location", str(directory), "--bind", f"127.0.0.1:{port}"]
    command += ["--union-default-graph"] if union else []
    command += ["--timeout-s", str(timeout)] if timeout else []
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            assert server.poll() is None, "the oxigraph server ended at once"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        server.terminate()
        server.wait()
