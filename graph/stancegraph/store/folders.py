"""Folders that give way to others in one step: one writer at a time, and readers keep what they opened.

The locks are the system's own, on the folder and on a file in it: nothing is left lying about, and they end with
the process that holds them.
"""

from __future__ import annotations

import errno
import os
import re
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from stancegraph import output
from stancegraph.errors import StanceError, UsageError

LOCKS: Final = os.name == "posix"
"""Whether folders can be locked; on Windows what is open can be neither renamed nor removed."""
MARK: Final = "stancegraph-load"
"""File that marks a folder as one a load works in, and holds the name of the folder it is for."""
NEW: Final = "new"
OLD: Final = "old"
PAST: Final = "past"
"""In a workshop: what is built; what was taken out of the way for it; what the built one has replaced."""
LONGEST: Final = 60
"""Characters of a folder's name that its workshop's has."""
CURRENT: Final = "CURRENT"
"""File of a database that names its tables: another one after any program has opened it to write; readers lock it."""


class Reader:
    """A database's folder as it stands now: it is kept for this reader, whatever a load puts in its place."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self._open: list[int] = []
        weakref.finalize(self, _close, self._open).atexit = False
        while LOCKS:
            here = os.open(folder, os.O_RDONLY)
            self._open.append(here)
            try:
                file = os.open(CURRENT, os.O_RDONLY, dir_fd=here)
                self._open.append(file)
                with suppress(OSError):  # a file system without locks
                    _lock(file, shared=True, wait=True)
                if os.fstat(file).st_nlink:
                    break
            except FileNotFoundError:
                if os.path.samestat(os.fstat(here), folder.stat()):
                    raise
            self.close()  # a load has just removed it: another stands in its place
        if self._open and (stable := Path(f"/proc/self/fd/{self._open[0]}")).exists():
            self.path = stable

    def close(self) -> None:
        """Give the folder up."""
        _close(self._open)


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())


@contextmanager
def exclusive(target: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """While the block runs nobody else is in a block for `target`; others queue, and so does who makes a neighbour.

    `waiting` is called before this one queues. Raises OSError where the folder cannot be made or locked.
    """
    if not LOCKS:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
        return
    told = False
    while True:
        recover(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        there = target.exists()
        try:
            held = os.open(target if there else target.parent, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            if not _lock(held):
                if not told:
                    waiting()
                told = True
                _lock(held, wait=True)
            if _stands(held, target) if there else not target.exists():
                yield
                return
        finally:
            os.close(held)


@contextmanager
def new_folder(into: Path) -> Iterator[Path]:
    """A folder to fill that takes the name `into` once it is whole; nothing of it stays where it is not.

    What one that was killed left is cleared. Raises UsageError where `into` holds something already, StanceError
    where nothing can be written.
    """
    if str(into) in {"", "."} or "\0" in str(into):
        raise UsageError("no folder is named: give a name")
    output.refuse_input(into, ())
    try:
        target = into.resolve()
        _refuse_filled(into, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with workshop(target) as shop:
            (shop / NEW).mkdir()
            yield shop / NEW
            with exclusive(target, lambda: None):
                _refuse_filled(into, target)
                replace(shop, target)
    except OSError as error:
        why = error.strerror or str(error)
        raise StanceError(f"{into} cannot be written: {why}; name another folder") from error


def _refuse_filled(into: Path, target: Path) -> None:
    if os.path.lexists(target) and _holds(target):
        raise UsageError(f"{into} exists and is not an empty folder: name another, or empty it")


@contextmanager
def workshop(target: Path) -> Iterator[Path]:
    """A folder beside `target` to build in, cleared afterwards, as is what a killed one left; call it exclusively."""
    import shutil
    import tempfile

    for left in _workshops(target):
        with suppress(FileNotFoundError), (left / MARK).open("rb") as mark:
            if _lock(mark.fileno()):
                _clear(left, target)
    _remove_begun(target)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name[:LONGEST]}.", dir=target.parent))
    with (folder / MARK).open("xb", buffering=0) as mark:
        _lock(mark.fileno())
        try:
            mark.write(os.fsencode(target.name))
        except OSError:  # the disk is full: without its mark nobody would clear it
            shutil.rmtree(folder, ignore_errors=True)
            raise
        try:
            yield folder
        finally:
            _clear(folder, target)


def replace(workshop: Path, target: Path) -> None:
    """Put the workshop's new folder in the place of `target`, whose mode it takes; in one step where there is one."""
    import shutil

    new, old = workshop / NEW, workshop / OLD
    if not target.exists():
        new.rename(target)
        sync(target.parent)
        return
    shutil.copystat(target, new)
    if swap(new, target):
        new.rename(workshop / PAST)
    else:
        target.rename(old)
        new.rename(target)
        old.rename(workshop / PAST)
    sync(target.parent)


def swap(one: Path, other: Path) -> bool:
    """Exchange two names in one step; whether the system and the file system can."""
    if os.name != "posix":
        return False
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    here, exchange = -100, ctypes.c_uint(2)  # AT_FDCWD; RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
    names = os.fsencode(one), os.fsencode(other)
    if hasattr(libc, "renameat2"):
        failed = libc.renameat2(here, names[0], here, names[1], exchange)
    elif hasattr(libc, "renamex_np"):
        failed = libc.renamex_np(*names, exchange)
    else:
        return False
    if failed and (code := ctypes.get_errno()) not in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        raise OSError(code, os.strerror(code), str(other))
    return not failed


def recover(target: Path) -> None:
    """Put back what a load took out of the way before it was killed, where nothing stands in its place."""
    if not LOCKS or _holds(target):
        return
    for folder in _workshops(target):
        with suppress(OSError):
            held = os.open(folder / OLD, os.O_RDONLY)
            try:
                _lock(held, wait=True)  # a load that lives is done at once, and holds it until then
                _restore(folder, target)
            finally:
                os.close(held)


def sync(folder: Path) -> None:
    """Have the names in a folder written to the disk."""
    with suppress(OSError):  # not every system can
        held = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)


@contextmanager
def unwritten(database: Path) -> Iterator[None]:
    """While the block runs no program has the RocksDB database open for writing; raises StanceError if one has."""
    lock = database / "LOCK"
    if not LOCKS or not lock.exists():
        yield
        return
    import fcntl

    busy = StanceError(
        f"{database} is open in another program that may write to it: stop that one (an Oxigraph server?) first"
    )
    # The locks of RocksDB are those of a process: to this one its own are none, and closing the file frees them.
    for each in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):
            if each.samefile(lock):
                raise busy
    with lock.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise busy from None
        yield


def _stands(held: int, target: Path) -> bool:
    """Whether an open folder is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(held), target.stat())
    except FileNotFoundError:
        return False


def _lock(file: int, *, shared: bool = False, wait: bool = False) -> bool:
    """Whether an open file could be locked; the lock ends with the process at the latest."""
    if not LOCKS:
        return True
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _workshops(target: Path) -> list[Path]:
    """The folders beside `target` in which a load into it works, or worked."""
    found = []
    with suppress(OSError):
        for beside in sorted(target.parent.iterdir()):
            mark = beside / MARK
            if beside.name.startswith(".") and not beside.is_symlink() and mark.is_file():
                with suppress(OSError):
                    if mark.read_bytes() == os.fsencode(target.name):
                        found.append(beside)
    return found


def _remove_begun(target: Path) -> None:
    """Remove workshops of a load that was killed before it marked them, or after: nothing is in them."""
    begun = re.compile(re.escape(f".{target.name}.") + "[a-z0-9_]{8}")
    with suppress(OSError):
        for beside in sorted(target.parent.iterdir()) if len(target.name) <= LONGEST else ():
            if begun.fullmatch(beside.name) and not beside.is_symlink():
                mark = beside / MARK
                with suppress(OSError):
                    if mark.is_file() and not mark.stat().st_size and len(list(beside.iterdir())) == 1:
                        mark.unlink()
                    beside.rmdir()  # which leaves alone what holds anything


def _holds(folder: Path) -> bool:
    """Whether anything but an empty folder stands there."""
    try:
        return any(folder.iterdir())
    except FileNotFoundError:
        return folder.is_symlink()
    except OSError:
        return True


def _restore(folder: Path, target: Path) -> None:
    if (folder / OLD).exists() and not _holds(target):
        with suppress(FileNotFoundError):
            target.rmdir()
        (folder / OLD).rename(target)


def _clear(folder: Path, target: Path) -> None:
    """Remove a workshop, unless somebody reads what stands in it: by its mark a later load knows it."""
    with suppress(OSError):
        _restore(folder, target)
    if (folder / OLD).exists() and (folder / NEW).exists():  # something else has come to stand in its place
        return
    for part in (folder / NEW, folder / OLD, folder / PAST):
        if part.exists() and not _removed(part):
            return
    (folder / MARK).unlink(missing_ok=True)
    with suppress(OSError):  # something of somebody else's has been put there
        folder.rmdir()


def _removed(part: Path) -> bool:
    """Whether a folder could be removed: not while it has a reader."""
    import shutil

    held = -1
    try:
        with suppress(FileNotFoundError):  # not whole
            held = os.open(part / CURRENT, os.O_RDONLY)
            if not _lock(held):
                return False
        shutil.rmtree(part, ignore_errors=True)
        if part.exists():  # the engine of a load that failed has just put another file there
            shutil.rmtree(part)
    except OSError:
        return False
    finally:
        if held >= 0:
            os.close(held)
    return True
