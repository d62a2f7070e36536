"""What is not ours, read where nothing in it does harm: in a worker, bounded by its size, unless it is plain Turtle.

Of RDF are refused a document type (its entities grow without bound), rules and quoted formulas of N3 (they are not
asserted), triples about triples (RDF 1.2, which no question here asks for), and what expands beyond all measure.
Anything else comes back as plain values. What nests without end, aborts or never ends is one error.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, NoReturn, Required, TypedDict, cast

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple

from stancegraph import input as input_
from stancegraph.errors import StanceError

Kind = RdfFormat | str
"""A format of Oxigraph, or the name of rdflib's where only rdflib reads it."""
Source = tuple[Path, str, Kind]
"""A file, the graph it is read into, and what it is."""
BATCH: Final = 1_000
"""Quads in one part."""
LONGEST_QUAD: Final = 16 << 20
"""Bytes one quad may have; the engine reads no longer ones."""
TURTLES: Final = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
EXPANSION: Final = 128
"""Bytes that may be made of one byte of a file, beyond `UNCOUNTED`: prefixes shorten no more than that."""
UNCOUNTED: Final = 256 << 20
OFTEN: Final = 16 << 10
"""Bytes of a file after which the memory taken is looked at: that costs as much as parsing 2 kB."""
SECONDS: Final = 20
"""Seconds a worker has for anything, and a further one for each `PACE` bytes of it, or `RDF_PACE` of RDF."""
RDF_PACE: Final = 256 << 10
IN_RDFLIB: Final = 200 << 20
"""Bytes of a file that rdflib may read: it keeps all of it in memory."""
STATM: Final = Path("/proc/self/statm")
"""Where Linux tells what memory a process takes now: what it took once may be free, and hide what a file takes."""
NESTED: Final = 1_000
"""How deep XML and JSON may nest: time to read them grows with the square of that."""
BRACKET: Final = rb'(?s)"(?:[^"\\]|\\.)*+"|([\[{])|[\]}]'
"""A text of JSON, or a bracket, opening in group 1."""
Parse = Callable[[], Iterable[object]]
"""Gives values that JSON has. Where a worker does not fork, it is pickled."""
PACE: Final = 1 << 20
MEMORY: Final = 1 << 30
"""Bytes of memory any file may take, and `GROWTH` for each byte of it."""
GROWTH: Final = 2
PACKED: Final = 16
"""Times its size that a packed file counts: text packs to about that."""
ROOM: Final = 512 << 20
"""Bytes that any file may come to, and `SPELT` for each byte of it: an empty cell is three characters more."""
SPELT: Final = 4
PART: Final = 1 << 20
"""Bytes that are sent at a time, as near as can be."""
LONGEST_VALUE: Final = 256 << 20
"""Bytes of one value."""
MOST: Final = 4_096
"""Values that are sent at a time."""
_encoder: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=lambda _: None)


class Body:
    """N-Quads of one file as they come from a worker, to be read once."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._rest, self._at = b"", 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        if self._at >= len(self._rest):
            self._rest, self._at = next(self._parts, b""), 0
        self._at += size
        return self._rest[self._at - size : self._at]


class Watched:
    """A file that is read as long as what is made of it here grows in proportion."""

    def __init__(self, file: Path, content: BinaryIO) -> None:
        self._file, self._content = file, content
        self._most = _memory() + UNCOUNTED
        self._unwatched = 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end. Raises StanceError where names grow beyond measure."""
        part = self._content.read(size)
        self._most += EXPANSION * len(part)
        self._unwatched += len(part)
        if part and self._unwatched < OFTEN:
            return part
        self._unwatched = 0
        if _memory() > self._most:
            _refuse(self._file, "names that grow without bound when written out", "shorten its prefixes")
        return part


def _memory() -> int:
    """Bytes this process takes, or took at most where only that is told; 0 where neither can be known."""
    with suppress(OSError):
        return int(STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if sys.platform == "darwin" else 10)


class Input(TypedDict, total=False):
    """What Oxigraph's parsers take: something to read or the path of it, its format, and what IRIs are relative to."""

    input: IO[bytes]
    path: str
    format: Required[RdfFormat]
    base_iri: Required[str]


def trusted(sources: Sequence[Source]) -> Iterator[tuple[Path, str, Input]]:
    """Each file of ours with its graph and what Oxigraph reads of it: nothing in it is watched for."""
    for file, graph, kind in sources:
        if isinstance(kind, RdfFormat):
            yield file, graph, {"path": str(file), "format": kind, "base_iri": graph}


def untrusted(sources: Sequence[Source]) -> Iterator[tuple[Path, str, Input]]:
    """Each file with its graph and what of it Oxigraph may read here, which is to be read before the next is taken.

    Turtle and its kin are read here where they hold nothing of RDF 1.2: their parser neither recurses nor looks back,
    and what prefixes grow to is watched. Everything else is read by a worker, which gives N-Quads: a seventh of the
    time of opening ten thousand statements in Turtle would go to that.
    Raises StanceError where a file cannot be read; what of it was read is to be thrown away.
    """
    others = []
    for file, graph, kind in sources:
        if kind not in TURTLES or isinstance(kind, str) or _is_of_rdf_12(file):
            others.append((file, graph, kind))
            continue
        with input_.unpack(file) as content, reading(file):
            _skip_mark(content)
            yield (
                file,
                graph,
                {"input": cast("IO[bytes]", Watched(file, content)), "format": kind, "base_iri": graph},
            )
    if not others:
        return
    from stancegraph.store import worker

    size = sum(file.stat().st_size for file, *_ in others)
    parts = worker.run(
        partial(_parse, others), seconds=SECONDS + size / RDF_PACE, largest=UNCOUNTED + EXPANSION * size
    )
    with closing(parts):
        for file, graph, _ in others:
            own = _parts(parts, f"{file}: reading it", "it is no graph that can be read here")
            body = Body(own)
            yield (
                file,
                graph,
                {"input": cast("IO[bytes]", body), "format": RdfFormat.N_QUADS, "base_iri": graph},
            )


def _is_of_rdf_12(file: Path) -> bool:
    """Whether a file may hold triples about triples, which are refused, and of which deep ones end the process.

    One with NULs is hardly text, and may be endless where it is sparse: it is not read to its end to know.
    """
    last = b""
    with input_.unpack(file) as content:
        while part := content.read(1 << 20):
            if any(mark in last + part for mark in (b"<<", b"{|", b"~", b"\0")):
                return True
            last = part[-1:]
    return False


def _parts(parts: Iterator[bytes], what: str, mend: str) -> Iterator[bytes]:
    """What a worker gives, up to an empty part; where it is stopped, an error that begins with what was done."""
    from stancegraph.store import worker

    try:
        yield from iter(lambda: next(parts, b""), b"")
    except worker.Stopped as error:
        raise StanceError(f"{what} {error}: {mend}") from None


def triples(body: bytes, kind: RdfFormat, *, name: str, seconds: float) -> list[Triple]:
    """The triples in what a server sent, its `name` for messages, read by a worker; raises StanceError."""
    from stancegraph.store import worker

    parts = worker.run(partial(_nquads, name, BytesIO(body), name, kind), seconds=seconds)
    whole = b"".join(_parts(parts, f"{name}: reading its answer", "ask for less"))
    return [quad.triple for quad in pyoxigraph.parse(whole, RdfFormat.N_QUADS)]


def graphs_of(file: Path, graph: str, kind: Kind) -> set[NamedNode]:
    """The graphs a file writes: its own, and those its quads name."""
    if not (isinstance(kind, str) or kind.supports_datasets):
        return {NamedNode(graph)}
    named = set()
    for _, _, given in untrusted([(file, graph, kind)]):
        with reading(file):
            named = {quad.graph_name for quad in pyoxigraph.parse(**given)}
    return {NamedNode(graph), *(name for name in named if isinstance(name, NamedNode))}


def _parse(sources: Sequence[Source]) -> Iterator[bytes]:
    """In the worker: the N-Quads of each file, and an empty part after them."""
    for file, graph, kind in sources:
        with input_.unpack(file) as content:
            yield from _nquads(file, content, graph, kind)
        yield b""


def _nquads(file: Path | str, content: BinaryIO, graph: str, kind: Kind) -> Iterator[bytes]:
    """In the worker: N-Quads of a file or of what was sent, some at a time, each part of whole lines."""
    with reading(file):
        _skip_mark(content)
        if kind in (RdfFormat.RDF_XML, "trix"):
            _refuse_xml(file, content)
        if kind == RdfFormat.JSON_LD:
            _refuse_nested(file, content)
        quads: Iterator[Quad]
        if isinstance(kind, str):
            quads = _by_rdflib(file, content, graph, kind)
        else:
            quads = pyoxigraph.parse(content, kind, base_iri=graph)
        if kind == RdfFormat.N3:
            quads = _plain(file, quads)
        while part := pyoxigraph.serialize(islice(quads, BATCH), format=RdfFormat.N_QUADS):
            _refuse_odd(file, part)
            yield part


def _skip_mark(content: BinaryIO) -> None:
    """Go past a byte order mark, which is no part of the text."""
    content.seek(3 if content.read(3) == b"\xef\xbb\xbf" else 0)


def _refuse_odd(file: Path | str, part: bytes) -> None:
    """Raise StanceError for a triple about a triple, and for one that is too long to be read again."""
    if len(part) > LONGEST_QUAD and max(map(len, part.splitlines())) > LONGEST_QUAD:
        _refuse(file, f"a literal or a name of more than {LONGEST_QUAD >> 20} MiB", "shorten it")
    # Text may look like it too.
    if b"<<(" in part and any(
        isinstance(q.object, Triple) for q in pyoxigraph.parse(part, RdfFormat.N_QUADS)
    ):
        _refuse(file, "a triple about a triple (RDF 1.2)", "say it in plain triples")


def _plain(file: Path | str, quads: Iterator[Quad]) -> Iterator[Quad]:
    """The quads of N3; raises StanceError for what N3 says without asserting it."""
    for quad in quads:
        if isinstance(quad.graph_name, BlankNode) or quad.predicate.value.endswith("log#implies"):
            _refuse(file, "a rule or a quoted formula of N3", "write what is so in Turtle")
        yield quad


def _by_rdflib(file: Path | str, content: BinaryIO, graph: str, kind: str) -> Iterator[Quad]:
    import logging
    import warnings

    from rdflib import Dataset, URIRef

    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    data = content.read(IN_RDFLIB + 1)
    if len(data) > IN_RDFLIB:
        _refuse(file, f"more than {IN_RDFLIB >> 20} MiB", "write it as N-Quads")
    dataset = Dataset()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of rdflib, in its own parsers
            dataset.parse(data=data, format=kind, publicID=graph)
            parts = [
                (part.identifier, part.serialize(format="nt", encoding="utf-8")) for part in dataset.graphs()
            ]
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # rdflib's parsers raise whatever their libraries do
        raise StanceError(f"{file}: not {kind} that rdflib can read ({error}): mend the file") from error
    for identifier, triples in parts:
        own = isinstance(identifier, URIRef) and not identifier.startswith("urn:x-rdflib:")
        name = NamedNode(str(identifier) if own else graph)
        for quad in pyoxigraph.parse(triples, RdfFormat.N_TRIPLES):
            yield Quad(quad.subject, quad.predicate, quad.object, name)


def _refuse_xml(file: Path | str, content: BinaryIO) -> None:
    """Raise StanceError for XML that is not well-formed, has a document type, or nests too deep."""
    from xml.parsers import expat

    start, depth = content.tell(), 0

    def deeper(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > NESTED:
            _refuse(file, f"elements nested more than {NESTED} deep", "write it as Turtle")

    def up(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def typed(*_: object) -> None:
        _refuse(
            file, "a document type (DOCTYPE)", "take it out, and write its entities as what they stand for"
        )

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = deeper, up
    parser.StartDoctypeDeclHandler = typed
    try:
        parser.ParseFile(content)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise StanceError(
            f"{file}, line {error.lineno}, column {error.offset}: {what}: "
            "the file may be cut short: copy it again, or mend it there"
        ) from None
    content.seek(start)


def _refuse_nested(file: Path | str, content: BinaryIO) -> None:
    """Raise StanceError for JSON that nests too deep."""
    start, depth = content.tell(), 0
    for found in re.finditer(BRACKET, content.read()):
        if found[1]:
            depth += 1
            if depth > NESTED:
                _refuse(file, f"values nested more than {NESTED} deep", "write it as Turtle")
        elif not found[0].startswith(b'"'):
            depth -= 1
    content.seek(start)


def _refuse(file: Path | str, what: str, mend: str) -> NoReturn:
    raise StanceError(f"{file}: it holds {what}, which is not read: {mend}")


@contextmanager
def reading(file: Path | str) -> Iterator[None]:
    """Wrap what pyoxigraph raises about a file: what is wrong, where, how to mend it."""
    try:
        yield
    except SyntaxError as error:
        where = f", line {error.lineno}, column {error.offset}" if error.lineno else ""
        what = re.sub(r"^Parser error at [^:]*: ", "", error.msg)
        mend = "mend the file there"
        if prefix := re.search(r"The prefix (\S*:) has not been declared", what):
            mend = f"declare it: @prefix {prefix[1]} <…> ."
        elif "end" in what.lower() or "before" in what:
            mend = "the file may be cut short: copy it again, or mend it there"
        elif "LoadDocumentCallback" in what:
            what, mend = "its JSON-LD context is on the network", "write the context into the file"
        what = "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in what)
        raise StanceError(f"{file}{where}: {what}: {mend}") from None
    except MemoryError as error:
        if "buffer" not in str(error):
            raise
        _refuse(file, f"a literal or a name of more than {LONGEST_QUAD >> 20} MiB", "shorten it")
    except (OSError, RuntimeError, ValueError) as error:
        if str(error).startswith("IO error"):  # of the database that is written
            raise
        raise StanceError(f"{file}: cannot be read: {error}") from error


def values(parse: Parse, file: Path, mend: str, *, packed: bool = False) -> Iterator[Any]:
    """What `parse` makes of a file or a folder in a worker, in its order; what JSON has no value for is None.

    Raises what `parse` raises of StanceErrors; StanceError, which ends with how to `mend` it, past a limit.
    """
    size = _size(file) * (PACKED if packed else 1)
    yield from parsed(parse, f"{file}: reading it", mend, size=size, seconds=SECONDS + size / PACE)


def parsed(
    parse: Parse, what: str, mend: str, *, size: int, seconds: float, growth: int = GROWTH
) -> Iterator[Any]:
    """What `parse` makes of `size` bytes in a worker within so many `seconds`; `what` is done begins its error.

    It may take `growth` bytes of memory for each byte, beside those that anything may take.
    """
    from stancegraph.store import worker

    memory = min(MEMORY + growth * size, worker.MEMORY)
    task = partial(_encoded, parse)
    parts = worker.run(task, seconds=seconds, memory=memory, largest=ROOM + SPELT * size)
    for part in _parts(parts, what, mend):
        yield from json.loads(part)


def value(parse: Callable[[], object], file: Path, mend: str) -> Any:
    """The one value that `parse` makes of a file in a worker, as of `values`."""
    return next(values(partial(_single, parse), file, mend))


def decode(text: str | bytes) -> Any:
    """The value of a text in JSON (RFC 8259); raises ValueError that says what is wrong. For a worker alone."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (RecursionError, ValueError) as error:
        raise ValueError(reason(error)) from None


def reason(error: Exception) -> str:
    """What is wrong with a text, by what its decoder raised."""
    if isinstance(error, RecursionError):
        return "it nests too deeply"
    if "integer string conversion" in str(error):
        return f"a number of more than {sys.get_int_max_str_digits()} digits"
    return str(error)


def _single(parse: Callable[[], object]) -> Iterator[object]:
    yield parse()


def _size(place: Path) -> int:
    """Bytes of a file, or of all files in a folder; 0 of what is not there, of which its reader tells."""
    try:
        if place.is_dir():
            return sum(each.stat().st_size for each in place.rglob("*") if each.is_file())
        return place.stat().st_size
    except (OSError, ValueError):
        return 0


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _encoded(parse: Parse) -> Iterator[bytes]:
    """In the worker: arrays of values, each of about `PART` bytes."""
    given = iter(parse())
    many = 1
    while batch := list(islice(given, many)):
        size = 0
        for part in _fitting(batch):
            size += len(part)
            yield part
        if size > PART:
            many = max(many // 2, 1)
        elif size < PART // 4:
            many = min(many * 2, MOST)


def _fitting(batch: list[object]) -> Iterator[bytes]:
    """A batch as few arrays, none of which is too long; raises StanceError for one value that is."""
    part = _encoder.encode(batch).encode("utf-8", "surrogatepass")
    if len(part) <= LONGEST_VALUE:
        yield part
    elif len(batch) > 1:
        half = len(batch) // 2
        yield from _fitting(batch[:half])
        yield from _fitting(batch[half:])
    else:
        from stancegraph.store import worker

        raise worker.Stopped(f"gives one value of more than {LONGEST_VALUE >> 20} MiB")
