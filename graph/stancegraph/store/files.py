"""Files of RDF: which are found where, and the graph each is loaded into."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import parser
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
NAMED_ONLY: Final = frozenset({".xml", ".json"})
"""Suffixes read when the file is named, but passed over in a folder: few such files are RDF."""
IN_MEMORY: Final = 2 << 30
"""Bytes of files that may be opened in memory."""

SMALL: Final = 16 << 20
"""Bytes up to which a file is loaded into memory faster without the machinery for bulk."""


def ontology() -> Path:
    """The folder of the shipped graph: in the package (a wheel), else beside it (a checkout)."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "ontology"
    return inside if inside.is_dir() else package.parents[1] / "ontology"


def existing(where: str | Path) -> Path:
    """The path; raises StanceError when nothing is there that can be opened."""
    path = Path(where)
    try:
        path.stat()
    except FileNotFoundError:
        why = "is a link to nothing" if path.is_symlink() else "does not exist"
    except (OSError, ValueError) as error:
        raise StanceError(f"{str(where)[:200]!r} cannot be opened: {error}"[:400]) from None
    else:
        return path
    raise StanceError(f"{path} {why}: name a file or folder of RDF, an Oxigraph database or an endpoint")


def in_memory(*paths: Path) -> pyoxigraph.Store:
    """A store of the files at the paths and the vocabulary; raises UsageError past `IN_MEMORY`."""
    files = [pair for path in paths for pair in found(path)]
    refuse_twice(files)
    size = sum(file.stat().st_size for file, _ in files)
    if size > IN_MEMORY:
        raise UsageError(
            f"{' and '.join(map(str, paths))} hold {size >> 20} MiB of RDF: `stancegraph load` that, "
            "and open the database"
        )
    store = pyoxigraph.Store()
    fill(store, files)
    fill_vocabulary(store)
    return store


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
    """The RDF files at a path, sorted, each with its graph; raises StanceError when there are none.

    A graph is named by the file's path below the parent of `path` (`file:///statements/a.ttl`), a shipped
    one as the vocabulary says: no path of this computer shows, and relative IRIs stay within what was opened.
    """
    here, shipped = path.resolve(), ontology()
    paths = sorted(_walk(here)) if here.is_dir() else [here]
    for file in paths:
        if file.suffix.lower() not in FORMATS:
            raise StanceError(f"{file} has no suffix of RDF: give it one of {' '.join(FORMATS)}")
        if not file.is_file():
            raise StanceError(f"{file} is not a file that can be read: remove it, or mend the link")
        if file.is_relative_to(shipped):
            yield file, GRAPH + _quoted(file.relative_to(shipped).with_suffix(""))
        else:
            yield file, "file:///" + _quoted(file.relative_to(here.parent))
    if not paths:
        looked = " ".join(suffix for suffix in FORMATS if suffix not in NAMED_ONLY)
        raise StanceError(f"no RDF files in {path}: looked for {looked}")


def _quoted(path: Path) -> str:
    """A path as part of an IRI: its bytes, which need not be UTF-8."""
    return quote(os.fsencode(path.as_posix()))


def _walk(folder: Path) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        raise StanceError(f"{error.filename}: cannot be read: {error.strerror}")

    for here, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            suffix = Path(name).suffix.lower()
            if not name.startswith(".") and suffix in FORMATS and suffix not in NAMED_ONLY:
                yield Path(here, name)


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
        kind = FORMATS[file.suffix.lower()]
        (ours if file.is_relative_to(shipped) else others).append((file, graph, kind))
    for file, graph, given in chain(parser.plain(ours), parser.parsed(others)):
        if progress is not None:
            progress(str(file))
        load = store.bulk_load if bulk or file.stat().st_size > SMALL else store.load
        with parser.reading(file):
            load(**given, to_graph=NamedNode(graph))


def graphs_of(file: Path, graph: str) -> set[NamedNode]:
    """The graphs a file writes: its own, and those its quads name."""
    return parser.graphs_of(file, graph, FORMATS[file.suffix.lower()])


def fill_vocabulary(store: pyoxigraph.Store) -> None:
    """Add the shipped vocabulary to a graph that lacks it: queries ask it which properties are stances."""
    supports, below = NamedNode(expand("stance:supports")), NamedNode(expand("rdfs:subPropertyOf"))
    if next(store.quads_for_pattern(supports, below, None), None) is None:
        fill(store, [(ontology() / f"{name}.ttl", GRAPH + name) for name in ("stance", "schemes")], bulk=True)
