"""Files of RDF: which are found where, the graph each is loaded into, and what is wrong with one, where."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.vocabulary import GRAPH, expand

FORMATS: Final[dict[str, RdfFormat | str]] = {
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

SMALL: Final = 1 << 20
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
    for file, graph in files:
        fill(store, file, graph)
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
            yield file, GRAPH + quote(file.relative_to(shipped).with_suffix("").as_posix())
        else:
            yield file, "file:///" + quote(file.relative_to(here.parent).as_posix())
    if not paths:
        looked = " ".join(suffix for suffix in FORMATS if suffix not in NAMED_ONLY)
        raise StanceError(f"no RDF files in {path}: looked for {looked}")


def _walk(folder: Path) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        raise StanceError(f"{error.filename}: cannot be read: {error.strerror}")

    for here, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            suffix = Path(name).suffix.lower()
            if not name.startswith(".") and suffix in FORMATS and suffix not in NAMED_ONLY:
                yield Path(here, name)


def fill(store: pyoxigraph.Store, file: Path, graph: str, *, bulk: bool = False) -> None:
    """Load a file into its graph; quads that name a graph keep it; `bulk` for a store on disk."""
    kind = FORMATS[file.suffix.lower()]
    with _reading(file):
        if isinstance(kind, RdfFormat):
            load = store.bulk_load if bulk or file.stat().st_size > SMALL else store.load
            load(path=str(file), format=kind, base_iri=graph, to_graph=NamedNode(graph))
            return
    import warnings

    from rdflib import Dataset, URIRef

    dataset = Dataset()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of rdflib, in its own parsers
            dataset.parse(data=file.read_bytes(), format=kind, publicID=graph)
    except Exception as error:  # rdflib's parsers raise whatever their libraries do
        raise StanceError(f"{file}: not {kind} that rdflib can read ({error}): mend the file") from error
    for part in dataset.graphs():
        own = isinstance(part.identifier, URIRef) and not part.identifier.startswith("urn:x-rdflib:")
        name = NamedNode(str(part.identifier) if own else graph)
        store.bulk_load(part.serialize(format="nt", encoding="utf-8"), RdfFormat.N_TRIPLES, to_graph=name)


def graphs_of(file: Path, graph: str) -> set[NamedNode]:
    """The graphs a file writes: its own, and those its quads name."""
    kind = FORMATS[file.suffix.lower()]
    named = set()
    if isinstance(kind, RdfFormat) and kind.supports_datasets:
        with _reading(file):
            quads = pyoxigraph.parse(path=str(file), format=kind, base_iri=graph)
            named = {quad.graph_name for quad in quads if isinstance(quad.graph_name, NamedNode)}
    return {NamedNode(graph), *named}


@contextmanager
def _reading(file: Path) -> Iterator[None]:
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
    except (OSError, RuntimeError, ValueError) as error:
        raise StanceError(f"{file}: cannot be read: {error}") from error


def fill_vocabulary(store: pyoxigraph.Store) -> None:
    """Add the shipped vocabulary to a graph that lacks it: queries ask it which properties are stances."""
    supports, below = NamedNode(expand("stance:supports")), NamedNode(expand("rdfs:subPropertyOf"))
    if next(store.quads_for_pattern(supports, below, None), None) is None:
        for name in ("stance", "schemes"):
            fill(store, ontology() / f"{name}.ttl", GRAPH + name, bulk=True)
