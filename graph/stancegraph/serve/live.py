"""The graph as it stands, opened anew when its files change, and what was computed of it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stancegraph import names, output, store
from stancegraph.errors import StanceError
from stancegraph.store import files, worker
from stancegraph.store.database import is_database
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from stancegraph.store import Local

KEPT: Final = 128 << 20
"""Bytes of answers that are kept, those asked for last."""
EVERY: Final = 0.5
"""Seconds between two looks at the files."""
KINDS: Final = ("actor", "statement", "proposition", "document", "event")
"""Kinds of entries that have an address, as it begins."""
WORKERS: Final = 4
"""Answers that are computed at a time."""
WAITING: Final = 256
"""Answers that may wait to be computed."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is answered: its bytes, its media type, its mark for a cache, and the notes beside it."""

    content: bytes
    media: str
    tag: str
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: bytes, media: str, notes: Sequence[str] = ()) -> Body:
        return cls(content, media, f'"{hashlib.sha256(content).hexdigest()[:32]}"', tuple(notes))


class Busy(StanceError):
    """More is asked than can wait."""


@dataclass
class Limits:
    """What one answer may take: seconds, and bytes of memory beyond what the graph takes."""

    seconds: float = 30
    memory: int = 1 << 30


class Snapshot:
    """One state of the graph: it never changes, and what is computed of it is kept."""

    def __init__(self, places: Sequence[str | Path] | str | None, limits: Limits) -> None:
        # Before they are read: what is written meanwhile is seen at the next look.
        self.state = state(places)
        self.local = local(places)
        opened = store.open(places)
        # A copy is as the endpoint was; asked through, each lookup here would be dozens of queries there.
        self.store: Local = opened.copied() if isinstance(opened, store.Endpoint) else opened  # type: ignore[assignment]
        self._limits = limits
        self._kept: OrderedDict[Hashable, Body] = OrderedDict()
        self._size = 0

    @cached_property
    def names(self) -> names.Names:
        """The names of all entries, and of the vocabulary."""
        return names.index(self.store)

    @cached_property
    def labels(self) -> dict[str, str]:
        """IRI → name of an entry, and of what the vocabulary holds."""
        return {entry.iri: entry.label for kind in names.KINDS for entry in self.names.entries(kind)}

    @cached_property
    def entries(self) -> set[tuple[str, str]]:
        """Kind and IRI of each entry."""
        found = {(kind, entry.iri) for kind in KINDS for entry in self.names.entries(kind)}
        found |= {
            ("statement", iri) for (iri,) in self.store.tuples("SELECT DISTINCT ?s { ?s a stance:Statement }")
        }
        return found

    @cached_property
    def addresses(self) -> dict[tuple[str, str], str]:
        """Kind and last part of the address → the IRI of the entry; of two alike the first has it."""
        return {(kind, local_name(iri)): iri for kind, iri in sorted(self.entries, reverse=True)}

    @cached_property
    def kind_of(self) -> dict[str, tuple[str, str]]:
        """IRI → kind and last part of its address."""
        return {iri: address for address, iri in self.addresses.items()}

    def kept(self, key: Hashable) -> Body | None:
        """An answer that was computed already."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: Hashable, body: Body) -> None:
        """Keep an answer while there is room for it."""
        if len(body.content) > KEPT // 8:
            return
        self._kept[key] = body
        self._size += len(body.content)
        while self._size > KEPT:
            self._size -= len(self._kept.popitem(last=False)[1].content)

    def compute(self, task: Callable[[], tuple[bytes, str, list[str]]]) -> Body:
        """What a task gives in a worker that ends when it is late; of a database on disk, in this process.

        Raises Late where it took too long or too much, and the StanceError that the task raises.
        """
        if not self.store.forks:
            content, media, notes = task()
            return Body.of(content, media, notes)
        try:
            parts = list(
                worker.run(
                    partial(_parts, task),
                    seconds=self._limits.seconds,
                    memory=self._limits.memory,
                    closed=False,
                )
            )
        except worker.Broken:
            raise
        except worker.Stopped as error:
            raise Late(f"the answer {error} and was stopped: ask for less") from None
        media, *notes = (part.decode() for part in parts[1:])
        return Body.of(parts[0], media, notes)


class Late(StanceError):
    """An answer took more time or memory than it may."""


def _parts(task: Callable[[], tuple[bytes, str, list[str]]]) -> Iterator[bytes]:
    """In the worker: the body, its media type, each note; computed when nobody else wants the machine."""
    os.nice(5)
    content, media, notes = task()
    yield content
    yield media.encode()
    yield from (note.encode("utf-8", "replace") for note in notes)


def local(places: Sequence[str | Path] | str | None) -> list[Path]:
    """The files and folders among the places."""
    told = [places] if isinstance(places, str) else places or [store.ontology()]
    return [Path(each) for each in told if "://" not in str(each)]


def state(places: Sequence[str | Path] | str | None) -> tuple[tuple[str, int, int], ...]:
    """What tells whether the files of a graph changed: their names, times and sizes; nothing of an endpoint."""
    here = local(places)
    listed = [path for path in here if is_database(path)]
    listed += [
        file for path in here if not is_database(path) for file, _ in files.found(files.existing(path))
    ]
    return tuple((str(path), about.st_mtime_ns, about.st_size) for path in listed for about in [path.stat()])


@dataclass
class Live:
    """The graph as its files say now; `prepare` is called with each new state before it is answered from."""

    places: Sequence[str | Path] | str | None
    limits: Limits
    prepare: Callable[[Snapshot], None]
    now: Snapshot = field(init=False)
    error: str = ""
    _looked: float = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: dict[Hashable, asyncio.Future[Body]] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WORKERS))

    def __post_init__(self) -> None:
        self.now = self._opened()

    def _opened(self) -> Snapshot:
        made = Snapshot(self.places, self.limits)
        self.prepare(made)
        return made

    def refresh(self) -> None:
        """Open the files anew if they changed; where they cannot be read, what was read stays, and `error` says why."""
        with self._lock:
            self._looked = time.monotonic()
            try:
                if state(self.places) == self.now.state:
                    return
                self.now = self._opened()
                self.error = ""
            except (StanceError, OSError) as error:
                if str(error) != self.error:
                    output.note(f"the graph as it was is answered from: {error}", error=True)
                self.error = str(error)

    async def current(self) -> Snapshot:
        """The graph now: files are looked at again after a while."""
        if time.monotonic() - self._looked > EVERY:
            self._looked = time.monotonic()
            await asyncio.to_thread(self.refresh)
        return self.now

    async def answer(self, key: Hashable, compute: Callable[[Snapshot], Body]) -> Body:
        """An answer of the graph now, kept or computed; who asks for the same waits for the same.

        Raises Busy where too many wait.
        """
        snapshot = await self.current()
        if found := snapshot.kept(key):
            return found
        whole = (id(snapshot), key)
        if (running := self._running.get(whole)) is None:
            if len(self._running) >= WAITING:
                raise Busy("too much is asked at a time: ask again in a while")
            running = asyncio.ensure_future(self._compute(snapshot, compute))
            self._running[whole] = running
            running.add_done_callback(lambda _: self._running.pop(whole, None))
        body = await asyncio.shield(running)
        snapshot.keep(key, body)
        return body

    async def _compute(self, snapshot: Snapshot, compute: Callable[[Snapshot], Body]) -> Body:
        async with self._slots:
            return await asyncio.to_thread(compute, snapshot)
