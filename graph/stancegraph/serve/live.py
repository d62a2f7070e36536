"""The graph as it stands, opened anew when its files change, and the answers computed of it and kept.

Drawn pages are kept in the user's cache folder too, known by a checksum of all they are made of, so that none is ever
older than its graph. Losing one loses nothing: it is drawn again.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import signal
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

import stancegraph
from stancegraph import names, output, store
from stancegraph.errors import StanceError
from stancegraph.store import files, journal, worker
from stancegraph.store.database import is_database
from stancegraph.vocabulary import expand, local_name

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence

    from pyoxigraph import Quad

    from stancegraph.serve.settlement import Blind

KEPT: Final = 128 << 20
"""Bytes of answers that are kept, those asked for last."""
EVERY: Final = 0.5
"""Seconds between two looks at the files."""
KINDS: Final = ("actor", "statement", "proposition", "document", "event")
"""Kinds of entries that have an address, as it begins."""
ABOVE: Final = NamedNode(expand("rdfs:subPropertyOf"))
WORKERS: Final = 4
"""Answers that are computed at a time."""
LONG: Final = 2
"""Answers that are computed beside them, which were not quick."""
QUICK: Final = 0.1
"""Seconds that an answer may compute before it stands back for those that take less."""
WAITING: Final = 256
"""Answers that may wait to be computed."""
_MARK: Final = b"stancegraph page 1 "
"""What a kept page begins with; the checksum of the rest and a line's end follow."""
_NAMED: Final = re.compile(r"[0-9a-f]{64}\.page")
PAGES: Final = 64 << 20
"""Bytes of pages that are kept; the oldest go first."""
_DRAWN_BY: Final = ("highspy", "jinja2", "networkx", "numpy", "pyoxigraph", "pyvis", "scipy")


@dataclass(frozen=True, slots=True)
class Body:
    """What is answered: its bytes, its media type, its mark for a cache, and the notes beside it."""

    content: bytes
    media: str
    tag: str
    notes: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that are its own; it is packed where they say `content-encoding`."""

    @classmethod
    def of(
        cls, content: bytes, media: str, notes: Sequence[str] = (), headers: Mapping[str, str] | None = None
    ) -> Body:
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        return cls(content, media, tag, tuple(notes), headers or {})


class Busy(StanceError):
    """More is asked than can wait."""


class Late(StanceError):
    """An answer took more time or memory than it may."""


class Past(StanceError):
    """The graph changed before the answer was computed of it."""


@dataclass
class Limits:
    """What one answer may take: seconds, bytes of memory beyond what the graph takes, and seconds of computing."""

    seconds: float = 30
    memory: int = 1 << 30
    cpu: float | None = None
    eager: float = 0
    """Seconds that what may compute for long does so before it stands back behind others."""


class Snapshot:
    """One state of the graph, and what was computed of it; once it is `past`, nothing is."""

    def __init__(self, places: Sequence[str | Path] | str | None) -> None:
        self.local = local(places)
        opened = store.open(places)
        if opened.tabular:
            raise opened.lacks("what is served")
        # A copy is as the endpoint was; asked through, each lookup here would be dozens of queries there.
        self.store = opened.copied()
        self._begin()

    def _begin(self) -> None:
        self.mark = secrets.token_hex(8)
        """What tells this state from every other."""
        self.past = False
        self.sums: Mapping[Path, bytes] | None = None
        """The checksums of the files this was read from, where nothing else is in it."""
        self._kept: OrderedDict[Hashable, Body] = OrderedDict()
        self._size = 0

    def amended(self, gone: Collection[Quad], come: Collection[Quad]) -> Snapshot:
        """The next state, without some quads and with others: the triples are changed in place, and this is past."""
        made = copy(self)
        with worker.FORKING:
            made.store = self.store.amended(gone, come)
            self.past = True
        made._begin()
        named = any({quad.predicate, quad.object} & names.MADE_OF for quad in (*gone, *come))
        for computed in ("entries", "addresses", "kind_of", *(("names", "labels") if named else ())):
            made.__dict__.pop(computed, None)
        if not named:
            kept = {key: found for key, found in self.store.memory.items() if isinstance(found, names.Names)}
            made.store.memory.update(kept)
        return made

    @cached_property
    def names(self) -> names.Names:
        return names.index(self.store)

    @cached_property
    def labels(self) -> dict[str, str]:
        """IRI → name of an entry, and of what the vocabulary holds."""
        return {entry.iri: entry.label for kind in names.KINDS for entry in self.names.entries(kind)}

    def labels_of(self, values: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """IRI → name of what stands in the fields of an entry."""
        iris = (each for some in values.values() for each in some)
        return {iri: self.labels[iri] for iri in iris if iri in self.labels}

    @cached_property
    def entries(self) -> set[tuple[str, str]]:
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
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: Hashable, body: Body) -> None:
        if len(body.content) > KEPT // 8:
            return
        self._kept[key] = body
        self._size += len(body.content)
        while self._size > KEPT:
            self._size -= len(self._kept.popitem(last=False)[1].content)

    def compute(self, task: Callable[[], tuple[bytes, str, list[str]]], limits: Limits) -> Body:
        """What a task gives in a worker that ends when it is late; of a database on disk, in this process.

        Raises Late where it took too long or too much, Past where the triples are no longer as this state has them,
        and the StanceError that the task raises.
        """
        if not self.store.forks:
            content, media, notes = task()
            return Body.of(content, media, notes)
        try:
            parts = list(
                worker.run(
                    partial(_parts, task, limits.eager if limits.cpu is None else None),
                    seconds=limits.seconds,
                    memory=limits.memory,
                    closed=False,
                    cpu=limits.cpu,
                    begin=self._refuse_past,
                )
            )
        except worker.Broken:
            raise
        except worker.Stopped as error:
            raise Late(f"the answer {error} and was stopped: ask for less") from None
        media, *notes = (part.decode() for part in parts[1:])
        return Body.of(parts[0], media, notes)

    def _refuse_past(self) -> None:
        if self.past:
            raise Past("the graph was changed meanwhile: ask again")


def _parts(task: Callable[[], tuple[bytes, str, list[str]]], eager: float | None) -> Iterator[bytes]:
    """In the worker: the body, its media type, each note; it stands back after `eager` seconds, if ever."""
    if eager:
        signal.signal(signal.SIGVTALRM, lambda *_: os.nice(worker.LONG))
        signal.setitimer(signal.ITIMER_VIRTUAL, eager)
    elif eager is not None:
        os.nice(worker.LONG)
    content, media, notes = task()
    yield content
    yield media.encode()
    yield from (note.encode("utf-8", "replace") for note in notes)


def local(places: Sequence[str | Path] | str | None) -> list[Path]:
    """The files and folders among the places."""
    told = [places] if isinstance(places, str) else places or [store.ontology()]
    return [Path(each) for each in told if "://" not in str(each)]


def stamps(places: Sequence[str | Path] | str | None) -> dict[Path, journal.Stamp]:
    """What tells whether the files of a graph changed; nothing of an endpoint."""
    here = local(places)
    listed = [path for path in here if is_database(path)]
    for path in (path for path in here if not is_database(path)):
        listed += files.listed(files.existing(path).resolve())
    return {path: found for path in listed if (found := journal.stamp(path))}


@dataclass
class Live:
    """The graph as its files say now; `prepare` is called with each state that was read from all files anew.

    With `in_place`, of a folder that is edited, what changed in a file is changed in the running store, and nothing
    else is read. `blind` takes out what is not to be seen yet.
    """

    places: Sequence[str | Path] | str | None
    limits: Limits
    prepare: Callable[[Snapshot], None]
    in_place: bool = False
    blind: Blind | None = None
    now: Snapshot = field(init=False)
    error: str = ""
    changed: Callable[[], None] = lambda: None
    """Called once the graph is seen to have changed."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while the graph is brought up to date: who asks of one state more than once holds it too."""
    _stamps: dict[Path, journal.Stamp] = field(default_factory=dict)
    _sums: dict[Path, bytes] = field(default_factory=dict)
    _looked: float = 0
    _seen: str = ""
    _running: dict[Hashable, asyncio.Future[Body]] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WORKERS))
    _long: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LONG))
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WORKERS + LONG))

    def __post_init__(self) -> None:
        self.now = self._opened()
        self._seen = self.now.mark

    def _opened(self) -> Snapshot:
        # Before they are read: what is written meanwhile is seen at the next look.
        found = stamps(self.places)
        sums = {file: _sum(file) for file in found}
        made = Snapshot(self.places)
        if self.blind is None and found and all(file.is_file() for file in found):
            # What was written meanwhile may be in it or not.
            made.sums = sums if sums == {file: _sum(file) for file in found} else None
        if self.blind is not None:
            self.blind.forget()
            made = made.amended(self.blind.hidden(made.store), ())
        self.prepare(made)
        self._stamps, self._sums = found, sums
        return made

    def refresh(self) -> None:
        """Bring the graph up to date where files changed.

        Where they cannot be read, what was read stays, and `error` says why.
        """
        with self.lock:
            self._looked = time.monotonic()
            try:
                self._refresh()
                self.error = ""
            except (StanceError, OSError) as error:
                if str(error) != self.error:
                    output.note(f"the graph as it was is answered from: {error}", error=True)
                self.error = str(error)

    def _refresh(self) -> None:
        if self.blind is not None and self.blind.is_past():
            self.now = self._opened()
            return
        found = stamps(self.places)
        changed = [file for file in {**self._stamps, **found} if self._stamps.get(file) != found.get(file)]
        if not changed:
            return
        sums = {file: _sum(file) for file in changed if file in found}
        changed = [file for file in changed if self._sums.get(file, b"") != sums.get(file)]
        if changed and not (self.in_place and self._amend(changed)):
            self.now = self._opened()
            return
        self._stamps, self._sums = found, self._sums | sums
        for file in self._sums.keys() - found.keys():
            del self._sums[file]

    def _amend(self, changed: Sequence[Path]) -> bool:
        """Change in the running store what changed in files; False where all are to be read anew."""
        (root,) = (path.resolve() for path in local(self.places))
        graphs = {file: files.graph_of(file, root, root.name) for file in changed}
        if any(file.suffix.lower() not in files.ONE_GRAPH for file in changed):
            return False
        read = journal.settled([root], lambda: files.alone([(f, g) for f, g in graphs.items() if f.exists()]))
        come = set(read)
        gone = {quad for graph in graphs.values() for quad in self.now.store.quads(graph=graph)}
        if any(quad.predicate == ABOVE for quad in gone ^ come):
            return False  # it may be the vocabulary
        if self.blind is not None:
            come -= self.blind.hidden(store.Local.over(read, str(root)))
        self.now = self.now.amended(gone - come, come - gone)
        return True

    async def current(self) -> Snapshot:
        """The graph now: files are looked at again after a while."""
        if time.monotonic() - self._looked > EVERY:
            self._looked = time.monotonic()
            await asyncio.to_thread(self.refresh)
        if self._seen != self.now.mark:
            self._seen = self.now.mark
            self.changed()
        return self.now

    async def answer(self, key: Hashable, compute: Callable[[Snapshot, Limits], Body]) -> Body:
        """An answer of the graph now, kept or computed; who asks for the same waits for the same.

        Raises Busy where too many wait.
        """
        while True:
            snapshot = await self.current()
            if found := snapshot.kept(key):
                return found
            whole = (snapshot.mark, key)
            if (running := self._running.get(whole)) is None:
                if len(self._running) >= WAITING:
                    raise Busy("too much is asked at a time: ask again in a while")
                running = asyncio.ensure_future(self._compute(snapshot, compute))
                self._running[whole] = running
                running.add_done_callback(lambda _, key=whole: self._running.pop(key, None))  # type: ignore[misc]
            try:
                body = await asyncio.shield(running)
            except Past:
                continue
            snapshot.keep(key, body)
            return body

    async def _compute(self, snapshot: Snapshot, compute: Callable[[Snapshot, Limits], Body]) -> Body:
        """What is computed: at once where that is quick, else after others that take long.

        Nobody can tell the one from the other before: what does not end would hold up all lookups. The limit is that
        of waiting and computing together; who asks is told after that time.
        """
        run = asyncio.get_running_loop().run_in_executor
        end = time.monotonic() + self.limits.seconds
        try:
            async with self._turn(self._slots, end) as left:
                limits = replace(self.limits, seconds=left, cpu=QUICK)
                return await run(self._threads, compute, snapshot, limits)
        except Late:
            if time.monotonic() >= end:
                raise
        async with self._turn(self._long, end) as left:
            try:
                return await run(self._threads, compute, snapshot, replace(self.limits, seconds=left))
            except Late as error:
                raise Late(f"{error} (the limit is {self.limits.seconds:g} s, with waiting)") from None

    @asynccontextmanager
    async def _turn(self, slots: asyncio.Semaphore, end: float) -> AsyncIterator[float]:
        """One of the slots, and the seconds that are left then; raises Late where none are."""
        late = Late(
            f"it waited for others longer than {self.limits.seconds:g} s, the limit: ask again in a while"
        )
        try:
            await asyncio.wait_for(slots.acquire(), max(0, end - time.monotonic()))
        except TimeoutError:
            raise late from None
        try:
            if (left := end - time.monotonic()) <= 0:
                raise late
            yield left
        finally:
            slots.release()


def _sum(file: Path) -> bytes:
    """What the content of a file is known by; of a database, which is a folder, its stamp."""
    content = file.read_bytes() if file.is_file() else repr(journal.stamp(file)).encode()
    return hashlib.sha256(content).digest()


def _page_folder() -> Path:
    """Where pages are kept, as each system has it for what may be lost; raises RuntimeError for a user without home."""
    if sys.platform == "win32":
        told, plain = os.environ.get("LOCALAPPDATA", ""), Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        told, plain = "", Path.home() / "Library" / "Caches"
    else:
        told, plain = os.environ.get("XDG_CACHE_HOME", ""), Path.home() / ".cache"
    return (Path(told) if Path(told).is_absolute() else plain) / "stancegraph" / "pages"


def page_key(sums: Mapping[Path, bytes]) -> str:
    """What the page of files with these checksums is known by, drawn by this program as it is installed."""
    found = hashlib.sha256(sys.version.encode())
    for name in _DRAWN_BY:
        found.update(f"{name} {metadata.version(name)}\n".encode())
    for file, changed, size in sorted(_program()):
        found.update(f"{file}\0{changed}\0{size}\n".encode())
    for path, content in sorted(sums.items()):
        found.update(f"{path}\0{content.hex()}\n".encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def _program() -> Iterator[tuple[str, int, int]]:
    """Each file of the program and of the vocabulary: its name, when it was changed, its size."""
    for root in (Path(stancegraph.__file__).parent, store.ontology()):
        for place, _, inside in os.walk(root):
            for name in inside if not place.endswith("__pycache__") else ():
                found = (file := Path(place, name)).stat()
                yield str(file), found.st_mtime_ns, found.st_size


def read_page(known: str) -> bytes | None:
    """The page that was kept; None where there is none, or it is not as it was written."""
    if not known:
        return None
    try:
        head, _, content = (_page_folder() / f"{known}.page").read_bytes().partition(b"\n")
    except (OSError, RuntimeError):
        return None
    return content if head == _head(content) else None


def keep_page(known: str, content: bytes) -> None:
    """Keep a page where that can be, for this user alone, and let go of the oldest beyond PAGES bytes."""
    with suppress(OSError, RuntimeError):
        if not known:
            return
        place = _page_folder()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        output.replace(place / f"{known}.page", _head(content) + b"\n" + content)
        ours = [
            (file.stat(), file) for file in place.iterdir() if _NAMED.fullmatch(file.name) and _is_ours(file)
        ]
        left = PAGES
        for found, file in sorted(ours, key=lambda each: each[0].st_mtime_ns, reverse=True):
            left -= found.st_size
            if left < 0:
                file.unlink(missing_ok=True)


def _is_ours(file: Path) -> bool:
    """Whether a file bears the mark of a kept page: nothing else is let go of, whatever its name."""
    with file.open("rb") as opened:
        return opened.read(len(_MARK)) == _MARK


def _head(content: bytes) -> bytes:
    return _MARK + hashlib.sha256(content).hexdigest().encode()
