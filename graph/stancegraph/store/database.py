"""An on-disk Oxigraph database: opened for reading, and built from files, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import pyoxigraph

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import files

_OWN: Final = re.compile(r"CURRENT|IDENTITY|LOCK|LOG(\..*)?|(MANIFEST|OPTIONS)-.*|.*\.(sst|log|blob|dbtmp)")
"""Names RocksDB gives its files."""
MARK: Final = "stancegraph-load"
"""File that marks a folder as one a load works in, and holds the name of the database it is for."""


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


def triples(*paths: Path) -> pyoxigraph.Store:
    """What stands at a path: a database, or files in memory; of several paths, files alone."""
    return read_only(paths[0]) if is_database(paths[0]) else files.in_memory(*paths)


def load(
    sources: Sequence[str | Path], into: str | Path, *, progress: Callable[[str], None] | None = None
) -> int:
    """Build or extend the on-disk database `into`, all or nothing; the number of quads it then holds.

    A file's graph replaces the graph of the same name. Raises StanceError and leaves `into` as it was.
    """
    found = [pair for source in sources for pair in files.found(files.existing(source))]
    files.refuse_twice(found)
    if not str(into).strip():
        raise UsageError("--into '': name the folder of the database")
    target = Path(into).resolve()
    before = is_database(target)
    _refuse_elsewhere(target, before)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        workshop, held = _workshop(target)
    except OSError as error:
        raise StanceError(f"{target.parent}: cannot be written: {error.strerror}") from error
    try:
        count = _build(workshop / "new", found, target if is_database(target) else None, progress)
        if target.exists():
            target.rename(workshop / "old")
        (workshop / "new").rename(target)
    except (OSError, RuntimeError) as error:
        raise StanceError(f"{target}: cannot be written: {error}") from error
    finally:
        _clear(workshop, target)
        held.close()
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


def _workshop(target: Path) -> tuple[Path, IO[str]]:
    """A new folder beside the database to build in, and its mark, open: who can lock the mark has it alone."""
    import tempfile

    workshop = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    held = (workshop / MARK).open("x", encoding="utf-8")
    lock(held)
    held.write(target.name)
    held.flush()
    return workshop, held


def _sweep(target: Path) -> None:
    """Clear what a load into this database that was killed left beside it; nothing without a mark of ours inside."""
    for beside in sorted(target.parent.iterdir()):
        mark = beside / MARK
        if not beside.name.startswith(".") or beside.is_symlink() or not mark.is_file():
            continue
        with mark.open("r+", encoding="utf-8") as held:
            if held.read() == target.name and lock(held):
                _clear(beside, target)


def _clear(workshop: Path, target: Path) -> None:
    """Remove a workshop; a database that was taken out of the way and has no successor goes back to its place."""
    import shutil

    old = workshop / "old"
    if old.exists() and not target.exists():
        old.rename(target)
    for part in (old, workshop / "new"):
        shutil.rmtree(part, ignore_errors=True)
    if old.exists() or (workshop / "new").exists():  # still written to: by its mark the next load knows it
        return
    (workshop / MARK).unlink(missing_ok=True)
    with suppress(OSError):  # something of somebody else's has been put there
        workshop.rmdir()


def lock(file: IO[str]) -> bool:
    """Whether the open file could be locked; the lock ends with the process at the latest."""
    try:
        import fcntl
    except ImportError:  # Windows, where what is open cannot be removed either
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
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
    files.fill(database, found, bulk=True, progress=progress)
    files.fill_vocabulary(database)
    database.optimize()
    database.flush()
    return len(database)
