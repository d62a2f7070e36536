"""An on-disk Oxigraph database: opened for reading, and built from files, all or nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import files

_OWN: Final = re.compile(r"CURRENT|IDENTITY|LOCK|LOG(\..*)?|(MANIFEST|OPTIONS)-.*|.*\.(sst|log|blob|dbtmp)")
"""Names RocksDB gives its files."""


def is_database(path: Path) -> bool:
    """Whether a folder holds an Oxigraph database."""
    try:
        return (path / "CURRENT").is_file()
    except OSError as error:
        raise StanceError(f"{path}: cannot be read: {error.strerror}") from error


def read_only(path: Path) -> pyoxigraph.Store:
    """The database in a folder, opened for reading; raises StanceError."""
    try:
        return pyoxigraph.Store.read_only(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise StanceError(
            f"{path} is a damaged Oxigraph database, or one that cannot be read ({error}): "
            "build it again with `stancegraph load`"
        ) from error


def triples(path: Path) -> pyoxigraph.Store:
    """What stands at a path: a database, or files in memory."""
    return read_only(path) if is_database(path) else files.in_memory(path)


def load(
    sources: Sequence[str | Path], into: str | Path, *, progress: Callable[[str], None] | None = None
) -> int:
    """Build or extend the on-disk database `into`, all or nothing; the number of quads it then holds.

    A file's graph replaces the graph of the same name. Raises StanceError and leaves `into` as it was.
    """
    import shutil
    import tempfile

    found = [pair for source in sources for pair in files.found(files.existing(source))]
    graphs = [graph for _, graph in found]
    if twice := next((graph for graph in graphs if graphs.count(graph) > 1), None):
        raise UsageError(f"two files would fill one graph, {twice}: rename one of their folders")
    target = Path(into).resolve()
    before = is_database(target)
    _refuse_elsewhere(target, before)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.{os.getpid()}.", dir=target.parent))
    except OSError as error:
        raise StanceError(f"{target.parent}: cannot be written: {error.strerror}") from error
    try:
        count = _build(beside / "new", found, target if before else None, progress)
        if target.exists():
            target.rename(beside / "old")
        (beside / "new").rename(target)
    except (OSError, RuntimeError) as error:
        raise StanceError(f"{target}: cannot be written: {error}") from error
    finally:
        if (beside / "old").exists() and not target.exists():
            (beside / "old").rename(target)
        shutil.rmtree(beside, ignore_errors=True)
    return count


def _refuse_elsewhere(target: Path, before: bool) -> None:
    """Only a new folder, or a database and nothing but it, is written over."""
    if inside := next((folder for folder in target.parents if is_database(folder)), None):
        raise UsageError(f"{target} lies inside the database {inside}: name a folder outside it")
    if not target.exists():
        return
    if not target.is_dir() or (not before and any(target.iterdir())):
        raise UsageError(f"{target} exists and is not an Oxigraph database: name another, or remove it")
    if before and (foreign := [each.name for each in target.iterdir() if not _OWN.fullmatch(each.name)]):
        raise UsageError(f"{target} holds {foreign[0]}, which is not of the database: move it away first")


def _sweep(target: Path) -> None:
    """Remove what a load that was killed left beside the database."""
    import shutil

    for stale in target.parent.glob(f".{target.name}.*.*"):
        owner = stale.name.split(".")[-2]
        if owner.isdigit() and stale.is_dir() and not _runs(int(owner)):
            shutil.rmtree(stale, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _build(
    new: Path, found: list[tuple[Path, str]], before: Path | None, progress: Callable[[str], None] | None
) -> int:
    """Fill a database in a folder of its own: what was there before, without the graphs that are replaced."""
    if before is not None:
        read_only(before).backup(str(new))
    database = pyoxigraph.Store(str(new))
    if before is not None:
        for name in {name for file, graph in found for name in files.graphs_of(file, graph)}:
            database.remove_graph(name)
    for file, graph in found:
        if progress is not None:
            progress(str(file))
        files.fill(database, file, graph, bulk=True)
    files.fill_vocabulary(database)
    database.optimize()
    database.flush()
    return len(database)
