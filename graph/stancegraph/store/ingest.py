"""Files into an on-disk database: all or nothing, one load at a time, and nothing of anybody else's is removed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Final

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import database, files, folders, journal, parser
from stancegraph.store.database import Database, Given, Manifest, digest, surrounding

OWN: Final = re.compile(
    r"CURRENT|IDENTITY|LOCK|LOG(\..*)?|(MANIFEST|OPTIONS)-.*|.*\.(sst|log|blob|dbtmp)|\.[0-9a-f]{16}\.tmp|"
    rf"{re.escape(database.SUMS)}|{re.escape(database.MANIFEST)}|"
    r"stancegraph-((person|organisation)\.parquet|words\.arrow|names-[a-z-]+\.json)(\..*)?"
)
"""Names of the files of a database: RocksDB's, a load's, those kept beside them, and what was left half-written."""
Tell = Callable[[str], None]
"""Is told a line for the person."""
Beside = Callable[[pyoxigraph.Store], Callable[[Path], None]]
"""Is handed what was loaded while it is still compacted, and gives what is to be called with its folder, once whole."""
Found = Mapping[Path, Sequence[Path]]
"""What was named → the files of RDF there."""


def _ignore(_: str) -> None:
    """Tell nobody."""


def load(
    sources: Sequence[str | Path],
    into: str | Path,
    *,
    progress: Tell | None = None,
    note: Tell | None = None,
    beside: Beside | None = None,
) -> int:
    """Build or extend the on-disk database `into`, all or nothing; the number of quads it then holds.

    What a file or folder gave when it was loaded from the same place before is replaced, and what is no longer in a
    folder goes; what other files and other programs gave stays. `note` is told what a user may not expect; `beside`
    keeps something in the new folder before it takes its place. Raises StanceError, also where another program has
    the database open or it is damaged, and leaves `into` as it was.
    """
    if not str(into).strip():
        raise UsageError("--into '': name the folder of the database")
    roots = [files.existing(source).resolve() for source in sources]
    target = Path(os.path.realpath(into))
    # A change of several files that comes between is loaded whole.
    return journal.settled(roots, lambda: _load(roots, target, progress or _ignore, note or _ignore, beside))


def _load(roots: Sequence[Path], target: Path, progress: Tell, note: Tell, beside: Beside | None) -> int:
    """Load what stands at the roots now; the number of quads in the database."""
    found = _found(roots)
    _refuse_elsewhere(target)
    try:
        with ExitStack() as held:
            waiting = f"waiting for another load into {target}, or to a place beside it"
            held.enter_context(folders.exclusive(target, lambda: note(waiting)))
            _refuse_elsewhere(target)
            before = target if database.is_database(target) else None
            if before is not None:
                held.enter_context(folders.unwritten(target))
            workshop = held.enter_context(folders.workshop(target))
            total = _build(workshop / folders.NEW, before, found, progress, note, beside)
            folders.replace(workshop, target)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error).rpartition(": ")[2]
        raise StanceError(f"{target} cannot be written: {reason}: what stood there is as it was") from error
    return total


def _found(roots: Iterable[Path]) -> Found:
    """The files at the roots, each once."""
    found: dict[Path, list[Path]] = {}
    seen = set()
    for root in roots:
        for file in files.listed(root):
            real = os.path.realpath(file)
            if real not in seen:
                found.setdefault(root, []).append(file)
            seen.add(real)
    return found


def _refuse_elsewhere(target: Path) -> None:
    """Only a new folder, or a database and nothing but it, is written over."""
    if inside := next((folder for folder in target.parents if database.is_database(folder)), None):
        raise UsageError(f"{target} lies inside the database {inside}: name a folder outside it")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UsageError(f"{target} exists and is not an Oxigraph database: name another, or remove it")
    if not target.exists():
        return
    if not os.access(target, os.W_OK):
        raise StanceError(f"{target} cannot be written: it is read-only: name another, or change its mode")
    own = database.is_database(target)
    foreign = [each.name for each in target.iterdir() if not own or not OWN.fullmatch(each.name)]
    if foreign and not own:
        raise UsageError(f"{target} exists and is not an Oxigraph database: name another, or remove it")
    if foreign:
        raise UsageError(f"{target} holds {foreign[0]}, which is not of the database: move it away first")


def _build(
    new: Path, before: Path | None, found: Found, progress: Tell, note: Tell, beside: Beside | None
) -> int:
    """Make a database of what was there before and the files found; the number of its quads."""
    record = Manifest() if before is None else Manifest.read(before)
    store = _fill(new, before, record, found, progress, note)
    progress("the index, and the table of the statements")
    # Each of the two takes one processor, and neither is in Python for long.
    with ThreadPoolExecutor(1) as pool:
        compacted, counted = pool.submit(store.optimize), pool.submit(_sizes, store)
        keep = None if beside is None else beside(store)
        compacted.result()
        sizes = counted.result()
    store.flush()
    total = sum(sizes.values())
    del store
    with Database(new) as made:
        if len(made.triples) != total:
            raise StanceError(
                f"{len(made.triples)} of {total} triples reached the disk: is it full, or broken?"
            )
    for given in record.files.values():
        given.graphs = {graph: sizes.get(graph, 0) for graph in given.graphs}
    record.write(new)
    database.write_sums(new)
    if keep is not None:
        keep(new)
    folders.sync(new)
    return total


def _fill(
    new: Path, before: Path | None, record: Manifest, found: Found, progress: Tell, note: Tell
) -> pyoxigraph.Store:
    """Fill a new database, and tell the manifest what is of which file."""
    store = pyoxigraph.Store(str(new)) if before is None else _copy(before, new, record, note)
    known = {key: given.graph for key, given in record.files.items()}
    # What was in the folders and is there no more goes, and what was found is given anew.
    _remove(
        store,
        record,
        {key for root, each in found.items() for key in (*record.below(root), *map(_key, each))},
    )
    graphs = _named(store, record, found, known, note)
    owners = {graph: given for given in record.files.values() for graph in given.graphs}
    alone = [pair for pair in graphs.items() if _is_alone(store, owners, *pair)]
    for file, graph in alone:
        record.files[_key(file)] = Given(graph, surrounding(file), {f"<{graph}>": 0})
        owners[f"<{graph}>"] = record.files[_key(file)]
    files.fill(store, alone, bulk=True, progress=progress)
    for file, graph in graphs.items():
        if (file, graph) not in alone:
            progress(str(file))
            record.files[_key(file)] = _add(store, record, owners, file, graph)
    for graph in files.fill_vocabulary(store):
        record.files[graph] = Given(graph, graphs={f"<{graph}>": 0})
    record.prune()
    return store


def _copy(before: Path, new: Path, record: Manifest, note: Tell) -> pyoxigraph.Store:
    """A copy of a database, to go on with.

    One that another program has written to is read over: what that did not flush is in its logs alone, which the
    engine's own copies leave out, and a table that is damaged shows where it is read.
    """
    with Database(before, thorough=True) as old:
        if old.untouched:
            old.triples.backup(str(new))
            return pyoxigraph.Store(str(new))
        store = pyoxigraph.Store(str(new))
        store.bulk_extend(old.triples)
        for graph in old.triples.named_graphs():
            store.add_graph(graph)
        if len(store) != len(old.triples):
            raise StanceError(f"{before}: {len(store)} of its {len(old.triples)} triples could be read")
        sizes = _sizes(store)
    for given in record.files.values():
        for changed in [name for name, size in given.graphs.items() if sizes.get(name, 0) not in (0, size)]:
            del given.graphs[changed]
            note(f"{changed} was changed by another program: what it holds stays")
    return store


def _remove(store: pyoxigraph.Store, record: Manifest, keys: set[str]) -> None:
    """Take from a database what files gave it, unless another file gave it too."""
    gone = [record.files.pop(key) for key in keys if key in record.files]
    for given in gone:
        for name in given.graphs:
            store.remove_graph(_graph(name))
    kept = {quad for given in record.files.values() for quad in given.quads}
    lines = "".join(f"{quad} .\n" for given in gone for quad in given.quads if quad not in kept)
    for quad in pyoxigraph.parse(lines, RdfFormat.N_QUADS):
        store.remove(quad)


def _named(
    store: pyoxigraph.Store, record: Manifest, found: Found, known: Mapping[str, str], note: Tell
) -> dict[Path, str]:
    """The graph of each file: the one it had, or one that nothing is in; two places of one name are told apart."""
    graphs = {file: known[_key(file)] for each in found.values() for file in each if _key(file) in known}
    used = {*graphs.values(), *(given.graph for given in record.files.values())}

    def taken(graph: str) -> bool:
        return graph in used or store.contains_named_graph(NamedNode(graph))

    for root, each in found.items():
        if new := [file for file in each if file not in graphs]:
            name = _free_name(root, new, record, taken, note)
            graphs |= {file: files.graph_of(file, root, name) for file in new}
            used.update(graphs.values())
    return graphs


def _free_name(
    root: Path, new: Sequence[Path], record: Manifest, taken: Callable[[str], bool], note: Tell
) -> str:
    """What the graphs of new files below a folder begin with, so that none is anybody else's."""
    here, plain = digest(root), root.name
    name = record.names.get(here, plain)
    others = {other for key, other in record.names.items() if key != here}
    theirs = [file for file in new if not files.shipped(file)]
    for number in count(2):
        if name not in others and not any(taken(files.graph_of(file, root, name)) for file in theirs):
            break
        name = f"{Path(plain).stem}.{number}{Path(plain).suffix}"
    if name != record.names.get(here, plain):
        note(f"the database has another {plain}, which stays: graphs of {root} begin with {name}")
    record.names[here] = name
    return name


def _add(
    store: pyoxigraph.Store, record: Manifest, owners: dict[str, Given], file: Path, graph: str
) -> Given:
    """Load a file, and say what is its alone; `owners` are the files that have a graph for themselves."""
    given = Given(graph, surrounding(file))
    # In a new database there is nothing to share a graph with, nor any need to read the file twice.
    named = (
        parser.graphs_of(file, graph, files.FORMATS[files.suffix(file)])
        if owners or any(True for _ in store.named_graphs())
        else set()
    )
    shared = {name for name in named if str(name) in owners or store.contains_named_graph(name)}
    if shared:
        _share(store, record, owners, given, file, shared)
    else:
        before = set(store.named_graphs())
        files.fill(store, [(file, graph)], bulk=True)
        given.graphs = {str(name): 0 for name in {NamedNode(graph), *named, *store.named_graphs()} - before}
    owners.update(dict.fromkeys(given.graphs, given))
    return given


def _share(
    store: pyoxigraph.Store,
    record: Manifest,
    owners: dict[str, Given],
    given: Given,
    file: Path,
    shared: set[NamedNode],
) -> None:
    """Load a file that writes to graphs of others: of those, it is kept quad by quad what each file gave."""
    for name in shared:
        if owner := owners.pop(str(name), None):
            del owner.graphs[str(name)]
            owner.quads += map(str, store.quads_for_pattern(None, None, None, name))
    claimed = {quad for other in record.files.values() for quad in other.quads}
    scratch = pyoxigraph.Store()
    files.fill(scratch, [(file, given.graph)])
    for quad in scratch.quads_for_pattern(None, None, None):
        if quad.graph_name in shared and (str(quad) in claimed or quad not in store):
            given.quads.append(str(quad))
    given.graphs = {str(name): 0 for name in {*scratch.named_graphs(), NamedNode(given.graph)} - shared}
    store.bulk_extend(scratch)


def _key(file: Path) -> str:
    """How the manifest knows a file: a shipped one by its graph, wherever the package is."""
    return files.shipped(file) or digest(Path(os.path.realpath(file)))


def _graph(name: str) -> NamedNode | BlankNode:
    """The graph of a name in N-Triples."""
    return NamedNode(name[1:-1]) if name.startswith("<") else BlankNode(name[2:])


def _is_alone(store: pyoxigraph.Store, owners: Mapping[str, Given], file: Path, graph: str) -> bool:
    """Whether a file fills one graph, in which nothing else is."""
    other = f"<{graph}>" in owners or store.contains_named_graph(NamedNode(graph))
    return files.suffix(file) in files.ONE_GRAPH and not other


def _sizes(store: pyoxigraph.Store) -> dict[str, int]:
    """The number of quads in each named graph, and of those in none, by the empty name."""
    rows = store.query(
        """SELECT ?graph (COUNT(*) AS ?n) { { GRAPH ?graph { ?s ?p ?o } } UNION { ?s ?p ?o } } GROUP BY ?graph"""
    )
    return {str(row["graph"] or ""): int(row["n"].value) for row in rows}  # type: ignore[union-attr]
