"""Changes of a folder's files, each whole or not at all, in a journal that can take them back.

The new files are written beside, then the change is told in one line of the journal, then file after file takes
its place (a write-ahead log: Mohan et al., ARIES, 1992). Until the line stands nothing has happened; from then on
it has, and whoever opens the folder next finishes what was interrupted.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from stancegraph import input as input_
from stancegraph.errors import StanceError
from stancegraph.output import HISTORY

T = TypeVar("T")
PLACE: Final = HISTORY
"""The folder, in the folder it is of, of the journal, the lock and what is being written."""
PATIENCE: Final = 60
"""Seconds a writer waits for another."""
TICK: Final = 100_000_000
"""Nanoseconds within which a file may change twice and bear one time."""
Stamp = tuple[int, ...]
"""What tells whether a file was changed; one that has just been is unlike any other."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A new file, whole on the disk and beside where it is to stand, with the SHA-256 of its bytes."""

    path: Path
    sha256: str


Texts = Mapping[str, tuple[str | None, str | None]]
"""File, by its path below the folder → its text before and after; None where there is no file."""


@dataclass(frozen=True, slots=True)
class Patch:
    """How one file changed: from `at` on, `removed` gave way to `added`; checksums before and after, None: no file."""

    before: str | None
    after: str | None
    at: int
    removed: str
    added: str

    def back(self, text: str) -> str | None:
        """The text before, from the text after."""
        end = self.at + len(self.added)
        return None if self.before is None else text[: self.at] + self.removed + text[end:]


@dataclass(frozen=True, slots=True)
class Entry:
    """A change: its number, when it was made (ISO 8601, UTC), what it was, the entry it takes back, if any."""

    number: int
    when: str
    what: str
    undoes: int | None
    files: dict[str, Patch]


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Where a locked folder's new files are made that are too many to hold in memory; gone at the end."""
    place = folder / PLACE / "staged"
    shutil.rmtree(place, ignore_errors=True)  # left by one who was killed
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def stage(place: Path, number: int, text: str) -> Staged:
    """A new file in the place for staging."""
    path, content = place / str(number), text.encode()
    _write(path, content, "xb")
    return Staged(path, hashlib.sha256(content).hexdigest())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else writes in the folder meanwhile; what was interrupted is finished first.

    Raises StanceError where another writes for longer than `PATIENCE`, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        (folder / PLACE).mkdir(exist_ok=True)
        with FileLock(folder / PLACE / "lock", timeout=PATIENCE, is_singleton=True):
            _finish(folder)
            yield
    except Timeout:
        raise StanceError(
            f"{folder}: another program has been writing for {PATIENCE} s: wait for it"
        ) from None
    except OSError as error:
        raise StanceError(
            f"{folder} cannot be written: {error.strerror or error}: nothing is changed"
        ) from error


def commit(
    folder: Path,
    what: str,
    texts: Texts,
    *,
    staged: Mapping[str, Staged] | None = None,
    undoes: int | None = None,
) -> Entry:
    """Put the files of a change in place, all or none, and tell it in the journal; `staged` are more new files.

    Raises StanceError, with nothing changed, where a file is not as it was `before`, or cannot be written.
    """
    with locked(folder):
        staged = staged or {}
        refuse_changed(folder, {**texts, **dict.fromkeys(staged, (None, None))})
        number = len(entries(folder)) + 1
        when = datetime.now(UTC).isoformat(timespec="seconds")
        patches = {file: _patch(*both) for file, both in texts.items()}
        # To take back a new file, nothing of it need be known.
        patches |= {file: Patch(None, new.sha256, 0, "", "") for file, new in staged.items()}
        entry = Entry(number, when, what, undoes, patches)
        fresh = folder / PLACE / "next"
        try:
            fresh.mkdir()
            for position, file in enumerate(patches):
                _make_room(folder / file)
                new = fresh / f"{number}-{position}"
                if file in staged:
                    staged[file].path.rename(new)
                else:
                    _write(new, (texts[file][1] or "").encode(), "xb")
            _write(folder / PLACE / "journal.jsonl", (json.dumps(asdict(entry)) + "\n").encode(), "ab")
        except OSError:
            _finish(folder)
            if len(entries(folder)) < number:
                raise
        finally:
            _finish(folder)
    return entry


def entries(folder: Path) -> list[Entry]:
    """The changes of a folder, oldest first; none where there is no journal."""
    try:
        lines = (folder / PLACE / "journal.jsonl").read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StanceError(f"{error.filename}: cannot be read: {error.strerror}") from error
    try:
        read = [json.loads(line) for line in lines]
        return [Entry(**{**row, "files": {f: Patch(**p) for f, p in row["files"].items()}}) for row in read]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        where = folder / PLACE / "journal.jsonl"
        raise StanceError(f"{where} is damaged ({error}): move it away; the graph stays as it is") from error


def settled(folders: Sequence[Path], read: Callable[[], T]) -> T:
    """What `read` gives of folders as they stand between two changes, never in the middle of one."""
    journals = [folder for folder in folders if (folder / PLACE).is_dir()]
    while True:
        for folder in journals:
            if (folder / PLACE / "next").exists():
                with locked(folder):
                    pass
        before = [_state(folder) for folder in journals]
        try:
            found = read()
        except StanceError:
            if [_state(folder) for folder in journals] == before:
                raise
            continue
        if [_state(folder) for folder in journals] == before:
            return found


def text_of(file: Path) -> str | None:
    """The text of a file, to the byte; None where there is none."""
    try:
        return input_.decode(file.read_bytes(), file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StanceError(f"{file}: cannot be read: {error.strerror}") from error


def stamp(file: Path) -> Stamp | None:
    """The stamp of a file, to be taken before it is read; None of no file."""
    try:
        about = file.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StanceError(f"{file}: cannot be read: {error.strerror}") from error
    now, changed = time.time_ns(), max(about.st_mtime_ns, about.st_ctime_ns)
    told = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
    return told if now - changed > TICK else (*told, now)


def refuse_changed(folder: Path, texts: Texts) -> None:
    """Raise StanceError where a file is not as the change found it: somebody has edited it meanwhile."""
    for file, (before, _) in texts.items():
        if text_of(folder / file) != before:
            raise StanceError(f"{folder / file} was changed meanwhile, and is left as it is: try again")


def _state(folder: Path) -> tuple[int, bool]:
    journal = folder / PLACE / "journal.jsonl"
    return (journal.stat().st_size if journal.exists() else 0, (folder / PLACE / "next").exists())


def checksum(text: str | None) -> str | None:
    """The SHA-256 of a text; None of no file."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def _patch(before: str | None, after: str | None) -> Patch:
    """The patch from one text to another: all between their common beginning and their common end."""
    old, new = before or "", after or ""
    at = _shared(old, new)
    end = _shared(old[at:][::-1], new[at:][::-1])
    return Patch(checksum(before), checksum(after), at, old[at : len(old) - end], new[at : len(new) - end])


def _shared(a: str, b: str) -> int:
    """Characters that two texts begin with in common."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[low:middle] == b[low:middle] else (low, middle - 1)
    return low


def _write(file: Path, content: bytes, mode: str) -> None:
    with file.open(mode) as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _make_room(file: Path) -> None:
    """The folder of a file, where it can be written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(file.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file.parent))


def _finish(folder: Path) -> None:
    """Put in place what the journal tells, and clear away what it does not."""
    fresh = folder / PLACE / "next"
    if not fresh.exists():
        return
    journal = folder / PLACE / "journal.jsonl"
    content = journal.read_bytes() if journal.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(journal, len(whole))
    if done := entries(folder):
        _put_in_place(folder, done[-1])
    shutil.rmtree(fresh)


def _put_in_place(folder: Path, entry: Entry) -> None:
    """Let each new file take its place; where somebody edited one since, it is left, and the others go back."""
    fresh = folder / PLACE / "next"
    waiting = {
        file: new
        for position, file in enumerate(entry.files)
        if (new := fresh / f"{entry.number}-{position}").exists()
    }
    patches = entry.files
    if any(checksum(text_of(folder / f)) not in {patches[f].before, patches[f].after} for f in waiting):
        _take_back(folder, entry)
        return
    for file, new in waiting.items():
        target = folder / file
        if entry.files[file].after is None:
            target.unlink(missing_ok=True)
            new.unlink()
        else:
            if target.exists():
                new.chmod(target.stat().st_mode & 0o7777)
            new.replace(target)


def _take_back(folder: Path, entry: Entry) -> None:
    """Undo the part of an interrupted change that is in place, and strike the change from the journal."""
    for file, patch in entry.files.items():
        text = text_of(folder / file)
        if checksum(text) == patch.after and text is not None:
            before = patch.back(text)
            if before is None:
                (folder / file).unlink()
            else:
                (folder / PLACE / "back").write_bytes(before.encode())
                (folder / PLACE / "back").replace(folder / file)
    journal = folder / PLACE / "journal.jsonl"
    os.truncate(journal, journal.read_bytes().rstrip(b"\n").rfind(b"\n") + 1)
