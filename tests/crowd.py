"""Many clients of one service at a time, some with queries that never end: what they are answered, and how soon."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

from held import call
from serving import Service
from stancegraph import store

DEATHS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?h",
    """SELECT (GROUP_CONCAT(?x; separator="") AS ?y)
    { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(CONCAT(STR(?a), STR(?d)) AS ?x) }""",
)
"""Queries that would compute for ever, or take all memory."""
SPOKEN = "SELECT ?s { ?s stance:speaker <%s> } ORDER BY ?s LIMIT %d"


@dataclass
class Tally:
    """What the clients saw: seconds of each answer by kind, and what was wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    memory: int = 0
    """Most bytes that the service and its workers held at a time."""
    lasted: float = 0

    def row(self, kind: str) -> str:
        """A line about a kind of answer."""
        times = sorted(self.seconds[kind])
        if not times:
            return f"{kind}: none"
        late = times[int(len(times) * 0.95)]
        return (
            f"{kind}: {len(times)} ({len(times) / self.lasted:.0f} a second), median "
            f"{statistics.median(times) * 1000:.0f} ms, 95 % within {late * 1000:.0f} ms"
        )


class Client:
    """A connection that is kept, as a browser's."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of what stands at a path."""
        for attempt in (1, 2):
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n\r\n".encode())
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                break
            except (asyncio.IncompleteReadError, ConnectionError):
                self.close()
                if attempt == 2:
                    raise
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        return int(head.split(" ", 2)[1]), await reader.readexactly(length)

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


class Crowd:
    """Clients of the shipped graph; what is right is worked out without the service, by the commands and the store."""

    def __init__(self, service: Service) -> None:
        self._service, self._fresh = service, count(1_000)
        graph = store.open()
        rows = graph.tuples("SELECT DISTINCT ?who { ?s stance:speaker ?who } ORDER BY ?who")
        self._speakers = [who for (who,) in rows]
        # Each is asked for once before, and kept.
        self._said = {
            f"/api/said?actor={quote(who)}": call("said", "--actor", who, "--format", "json").stdout.encode()
            for who in self._speakers
        }
        for path in self._said:
            service.get(path)
        self._spoken = {who: [s for (s,) in graph.tuples(SPOKEN % (who, 1_000))] for who in self._speakers}

    def run(self, *, clients: int, deadly: int, seconds: float, fresh: float = 0.5) -> Tally:
        """Ask for so long; `deadly` of the clients ask what never ends, the others look things up.

        A share `fresh` of the lookups was never asked before, so that it has to be computed.
        """
        return asyncio.run(self._run(clients, deadly, seconds, fresh))

    async def _run(self, clients: int, deadly: int, seconds: float, fresh: float) -> Tally:
        tally, begin = Tally(), time.monotonic()
        end = begin + seconds
        watched = asyncio.create_task(self._watch(tally, end))
        await asyncio.gather(
            *(self._kill(tally, end, number) for number in range(deadly)),
            *(self._look_up(tally, end, random.Random(number), fresh) for number in range(clients - deadly)),
        )
        tally.lasted = time.monotonic() - begin
        await watched
        return tally

    async def _look_up(self, tally: Tally, end: float, chance: random.Random, fresh: float) -> None:
        client = Client(self._service.port)
        while time.monotonic() < end:
            who = chance.choice(self._speakers)
            new = chance.random() < fresh
            path = f"/api/said?actor={quote(who)}"
            if new:
                path = f"/sparql?query={quote(SPOKEN % (who, next(self._fresh)))}"
            begin = time.monotonic()
            status, body = await client.get(path)
            taken = time.monotonic() - begin
            if status == 503:  # where the machine is busy, any answer may take too long
                tally.seconds["lookups, stopped"].append(taken)
                continue
            tally.seconds["lookups, new" if new else "lookups, asked before"].append(taken)
            tally.seconds["lookups"].append(taken)
            right = self._is_right(who, body) if new else body == self._said[path]
            if status != 200 or not right:
                tally.wrong.append(f"{status} {path}: {body[:200]!r}")
        client.close()

    def _is_right(self, who: str, body: bytes) -> bool:
        return [line for line in body.decode().split('"') if "/id/statement/" in line] == self._spoken[who]

    async def _kill(self, tally: Tally, end: float, number: int) -> None:
        client = Client(self._service.port)
        while time.monotonic() < end:
            query = f"{DEATHS[number % len(DEATHS)]} LIMIT {next(self._fresh)}"
            begin = time.monotonic()
            status, body = await client.get(f"/sparql?query={quote(query)}")
            tally.seconds["queries of death"].append(time.monotonic() - begin)
            if status != 503:
                tally.wrong.append(f"{status} {query}: {body[:200]!r}")
        client.close()

    async def _watch(self, tally: Tally, end: float) -> None:
        while time.monotonic() < end:
            pids = [self._service.process.pid, *self._service.workers()]
            tally.memory = max(tally.memory, sum(map(_private, pids)))
            await asyncio.sleep(0.5)


def _private(pid: int) -> int:
    """Bytes of memory that a process shares with no other."""
    try:
        lines: Sequence[str] = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
