"""Files of RDF: which are found where, and the graph each is loaded into."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.input import PACKED
from stancegraph.store import folders, parser
from stancegraph.vocabulary import GRAPH, expand

FORMATS: Final[dict[str, parser.Kind]] = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".json-ld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
    ".n3": RdfFormat.N3,
    ".trix": "trix",
    ".hext": "hext",
}
"""Suffix → Oxigraph's format, or the name of rdflib's where only rdflib reads it."""
ONE_GRAPH: Final = frozenset(
    suffix for suffix, kind in FORMATS.items() if isinstance(kind, RdfFormat) and not kind.supports_datasets
)
"""Suffixes of formats in which no graph can be named."""
NAMED_ONLY: Final = frozenset({".xml", ".json"})
"""Suffixes read when the file is named, but passed over in a folder: few such files are RDF."""
IN_MEMORY: Final = 2 << 30
"""Bytes of files that may be opened in memory."""
UNPACKED: Final = 10
"""Bytes that are reckoned with for each byte of a compressed file."""

VOCABULARY: Final = ("stance", "schemes")
"""Files of the shipped graph that say what its terms mean."""
SMALL: Final = 16 << 20
"""Bytes up to which a file is loaded into memory faster without the machinery for bulk."""
LITTLE: Final = 1 << 19
"""The same of a database on disk, where each file loaded in bulk leaves seven tables of its own."""


@cache
def ontology() -> Path:
    """The folder of the shipped graph: in the package (a wheel), else beside it (a checkout)."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "ontology"
    return inside if inside.is_dir() else package.parents[1] / "ontology"


def suffix(file: str | Path) -> str:
    """The suffix that says what a file holds, in lower case: that before `.gz` or `.zst` of a compressed one."""
    path = Path(file)
    return Path(path.stem if path.suffix.lower() in PACKED else path).suffix.lower()


def existing(where: str | Path) -> Path:
    """The path; raises StanceError when nothing is there that can be opened."""
    path = Path(where)
    try:
        if not os.path.lexists(path):
            folders.recover(path)
        path.stat()
    except FileNotFoundError:
        why = "is a link to nothing" if path.is_symlink() else "does not exist"
    except (OSError, ValueError) as error:
        raise StanceError(f"{str(where)[:200]!r} cannot be opened: {error}"[:400]) from None
    else:
        return path
    raise StanceError(
        f"{path} {why}: name a file or folder of RDF, an Oxigraph database, a table or an endpoint"
    )


def in_memory(*paths: Path) -> pyoxigraph.Store:
    """A store of the files at the paths and the vocabulary; raises UsageError past `IN_MEMORY`."""
    files = [pair for path in paths for pair in found(path)]
    refuse_twice(files)
    size = sum(_size(file) for file, _ in files)
    if size > IN_MEMORY:
        raise UsageError(
            f"{' and '.join(map(str, paths))}: {size >> 20} MiB of RDF, too much for memory: `stancegraph load` that, "
            "and open the database"
        )
    store = pyoxigraph.Store()
    fill(store, files)
    fill_vocabulary(store)
    return store


def _size(file: Path) -> int:
    """Bytes of a file, or about those of what is in a compressed one."""
    return file.stat().st_size * (UNPACKED if file.suffix.lower() in PACKED else 1)


def refuse_twice(files: Sequence[tuple[Path, str]]) -> None:
    """Raise UsageError where two files would fill one graph, in which what is whose could not be told."""
    first: dict[str, Path] = {}
    for file, graph in files:
        if graph in first:
            raise UsageError(
                f"two files would fill one graph, {graph} ({first[graph]} and {file}): rename one of their folders"
            )
        first[graph] = file


def found(path: Path) -> Iterator[tuple[Path, str]]:
    """The RDF files at a path, sorted, each with its graph; raises StanceError when there are none."""
    here = path.resolve()
    return ((file, graph_of(file, here, here.name)) for file in listed(here))


def graph_of(file: Path, root: Path, name: str) -> str:
    """The graph of a file at `root` or below it: its path with `name` for the root (`file:///statements/a.ttl`).

    A shipped file has the graph the vocabulary says. No path of this computer shows, and relative IRIs stay within
    what was opened.
    """
    below = os.fspath(file)[len(os.fspath(root)) :].lstrip(os.sep)
    return shipped(file) or "file:///" + _quoted(Path(name, below))


def shipped(file: Path) -> str | None:
    """The graph of a file of the shipped ontology; None of any other."""
    folder = ontology()
    if not os.fspath(file).startswith(f"{folder}{os.sep}"):
        return None
    return GRAPH + _quoted(file.relative_to(folder).with_suffix(""))


def _quoted(path: Path) -> str:
    """A path as part of an IRI: its bytes, which need not be UTF-8."""
    return quote(os.fsencode(path.as_posix()))


def listed(here: Path) -> list[Path]:
    """The RDF files at a resolved path, sorted, each once; raises StanceError when there are none.

    Links to folders are followed, unless they lead into a circle, which is an error.
    """
    paths = sorted(_walk(here)) if here.is_dir() else [here]
    real = {file for file in paths if not file.is_symlink()}
    read = []
    for file in paths:
        if suffix(file) not in FORMATS:
            raise StanceError(f"{file} has no suffix of RDF: give it one of {' '.join(FORMATS)}")
        if not file.is_file():
            raise StanceError(f"{file} is not a file that can be read: remove it, or mend the link")
        if file in real or (end := file.resolve()) not in real:
            real.add(file if file in real else end)
            read.append(file)
    if not read:
        looked = " ".join(kind for kind in FORMATS if kind not in NAMED_ONLY)
        tables = any(here.glob("*.parquet"))
        more = ", and what needs words or triples cannot be told of its tables alone" if tables else ""
        raise StanceError(f"no RDF files in {here}: looked for {looked}{more}")
    return read


def has_rdf(folder: Path) -> bool:
    """Whether any file in a folder may be RDF."""
    return next(_walk(folder), None) is not None


def _walk(folder: Path) -> Iterator[Path]:
    """The files in a folder that may be RDF; what a link leads to after what stands there, and each folder once."""

    def unreadable(error: OSError) -> None:
        raise StanceError(f"{error.filename}: cannot be read: {error.strerror}")

    seen, pending = set[tuple[int, int]](), [folder]
    while pending:
        for place, below, names in os.walk(pending.pop(0), onerror=unreadable):
            here = Path(place)
            state = here.stat()
            if (state.st_dev, state.st_ino) in seen:
                below.clear()
                continue
            seen.add((state.st_dev, state.st_ino))
            below[:] = sorted(name for name in below if not name.startswith("."))
            pending += [_linked(here / name) for name in below if (here / name).is_symlink()]
            for name in names:
                kind = suffix(name)
                if name.startswith("."):
                    continue
                if kind in FORMATS and kind not in NAMED_ONLY:
                    yield here / name
                elif not kind and (here / name).is_symlink() and not (here / name).exists():
                    raise StanceError(f"{here / name} is a link to nothing: remove it, or mend it")


def _linked(link: Path) -> Path:
    """A link to a folder; raises StanceError where that holds the link."""
    if link.parent.resolve().is_relative_to(link.resolve()):
        raise StanceError(f"{link} is a link to a folder that it lies in itself: remove it")
    return link


def fill(
    store: pyoxigraph.Store,
    found: Sequence[tuple[Path, str]],
    *,
    bulk: bool = False,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Load files into their graphs; quads that name a graph keep it; `bulk` for a store on disk.

    Those of the shipped graph are read as they are. Raises StanceError for one that cannot be read.
    """
    shipped = ontology()
    ours: list[parser.Source] = []
    others: list[parser.Source] = []
    for file, graph in found:
        kind = FORMATS[suffix(file)]
        (ours if file.is_relative_to(shipped) else others).append((file, graph, kind))
    for file, graph, given in chain(parser.trusted(ours), parser.untrusted(others)):
        if progress is not None:
            progress(str(file))
        load = store.bulk_load if _size(file) > (LITTLE if bulk else SMALL) else store.load
        with parser.reading(file):
            load(**given, to_graph=NamedNode(graph))


def alone(found: Sequence[tuple[Path, str]]) -> pyoxigraph.Store:
    """A store of files and nothing else; raises StanceError for one that cannot be read."""
    store = pyoxigraph.Store()
    fill(store, found)
    return store


def fill_vocabulary(store: pyoxigraph.Store) -> list[str]:
    """Add the shipped vocabulary to a graph that lacks it: queries ask it which properties are stances.

    Gives the graphs that were filled.
    """
    supports, below = NamedNode(expand("stance:supports")), NamedNode(expand("rdfs:subPropertyOf"))
    if next(store.quads_for_pattern(supports, below, None), None) is not None:
        return []
    fill(store, [(ontology() / f"{name}.ttl", GRAPH + name) for name in VOCABULARY], bulk=True)
    return [GRAPH + name for name in VOCABULARY]
