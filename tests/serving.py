"""A real service on loopback, for tests, and requests sent to it byte by byte."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

STANCEGRAPH = str(Path(sys.executable).with_name("stancegraph"))


@dataclass(frozen=True)
class Service:
    """A service that runs: the address it printed, its process, and a client."""

    address: str
    process: subprocess.Popen[str]
    client: httpx.Client

    @property
    def port(self) -> int:
        port = urlsplit(self.address).port
        assert port
        return port

    def get(self, path: str, **headers: str) -> httpx.Response:
        """What stands at a path; `accept="text/turtle"` and the like are headers."""
        return self.client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def ask(self, query: str, accept: str = "application/sparql-results+json") -> httpx.Response:
        return self.get(f"/sparql?query={quote(query)}", accept=accept)

    def send(self, *parts: bytes, wait: float = 10) -> bytes:
        """What comes back until the service closes the connection, or nothing has come for a while."""
        with socket.create_connection(("127.0.0.1", self.port), wait) as connection:
            received = b""
            try:
                for part in parts:
                    connection.sendall(part)
                while got := connection.recv(1 << 16):
                    received += got
            except (TimeoutError, ConnectionError):
                pass
            return received

    def workers(self) -> set[int]:
        """The processes of its own."""
        listed = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return {int(pid) for file in listed for pid in file.read_text("ascii").split()}

    def computing(self) -> set[int]:
        """Those of its processes that do not wait to be asked, at each of many looks."""
        busy = self.workers()
        for _ in range(100):
            states = {pid: Path(f"/proc/{pid}/stat") for pid in busy & self.workers()}
            busy = {pid for pid, file in states.items() if ") S " not in file.read_text("ascii")}
            if not busy:
                break
            time.sleep(0.05)
        return busy


@contextmanager
def serving(*options: str | Path) -> Iterator[Service]:
    """`stancegraph serve` at a free port, while the block runs; it ends by SIGTERM, its workers with it."""
    process = subprocess.Popen(
        [STANCEGRAPH, "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), process.communicate(timeout=10)
        with httpx.Client(base_url=address.partition("/desk")[0], timeout=150) as client:
            running = Service(address, process, client)
            yield running
            workers = running.workers()
            process.terminate()
            assert process.wait(60) == 0
            for _ in range(100):  # who is killed takes a moment to go
                if not any(Path(f"/proc/{pid}").exists() for pid in workers):
                    break
                time.sleep(0.1)
            else:
                raise AssertionError(f"workers left: {workers}")
    finally:
        process.kill()
        process.communicate(timeout=20)
