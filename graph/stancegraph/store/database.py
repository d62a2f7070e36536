"""An on-disk Oxigraph database: verified and opened as it stands, and what a load keeps in its folder.

Beside RocksDB's files stand a manifest, of what each file that was loaded gave, and the sums of what was written.
RocksDB verifies the blocks of its tables as it reads them. Its two kinds of logs (what was written last, and which
tables there are) it reads up to the first record that is damaged, and says nothing: those are verified here.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyoxigraph

from stancegraph import output
from stancegraph.errors import StanceError
from stancegraph.store import files
from stancegraph.store.folders import CURRENT, Reader

MANIFEST: Final = "stancegraph-files.json"
SUMS: Final = "stancegraph-sums.json"
"""File of `[SHA-256, bytes, time of the last change in ns, inode]` of each file a load wrote."""
DATA: Final = r"CURRENT|MANIFEST-\d+|\d+\.(sst|log|blob)|stancegraph-files\.json"
"""Names of files without which an answer would be another."""
KEPT: Final = r"\d+\.(sst|blob)|stancegraph-files\.json"
"""Names of those that no program changes, though RocksDB may remove its own."""
BLOCK: Final = 32768
"""Bytes of a block of a log: a record that does not fit in one goes on in the next."""
Sums = dict[str, tuple[str, int, int, int]]


class Database:
    """The database in a folder as it stands now, also when a load puts another there; for reading.

    Raises StanceError where it is damaged or cannot be read. A file that was not written to since its load is not
    read again to verify it, unless `thorough`.
    """

    untouched: bool
    """Whether it is as a load left it; else another program has written to it."""
    triples: pyoxigraph.Store

    def __init__(self, path: Path, *, thorough: bool = False) -> None:
        self.path = path
        self._reader: Reader | None = None
        try:
            self._reader = Reader(path)
            self.untouched = verify(self._reader.path, thorough=thorough)
            self.triples = pyoxigraph.Store.read_only(str(self._reader.path))
        except StanceError as error:
            self.close()
            raise self._damaged(str(error)) from None
        except (OSError, RuntimeError, ValueError) as error:
            self.close()
            raise self.failed(error) from error

    def failed(self, error: Exception) -> StanceError:
        """What to say where opening it or a query raised this."""
        if isinstance(error, PermissionError):
            return StanceError(f"{self.path} cannot be read: {error.strerror or error}")
        if hasattr(self, "triples") and not re.search("Corruption|IO error|No such file", str(error)):
            return StanceError(f"{self.path}: the query failed: {error}")
        return self._damaged(str(error).partition(" in /")[0].partition("  The file ")[0])

    def _damaged(self, how: str) -> StanceError:
        shown = " ".join(how.split())
        if self._reader is not None:
            shown = shown.replace(f"{self._reader.path}/", "")
        return StanceError(
            f"{self.path} is a damaged Oxigraph database, or one that cannot be read ({shown}): "
            "load its files into a new one with `stancegraph load`, or copy it again from where it is whole"
        )

    @property
    def folder(self) -> Path | None:
        """The folder itself, whatever a load puts in its place, where it is as a load left it; None otherwise."""
        return self._reader.path if self._reader is not None and self.untouched else None

    def close(self) -> None:
        """Let a load remove what it has replaced."""
        if self._reader is not None:
            self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if kind is not None and issubclass(kind, OSError | RuntimeError) and "Corruption" in str(error):
            raise self._damaged(str(error)) from error


def is_database(path: Path) -> bool:
    """Whether a folder holds an Oxigraph database."""
    try:
        return (path / CURRENT).is_file() or (path / MANIFEST).is_file()
    except OSError as error:
        raise StanceError(f"{path}: cannot be read: {error.strerror}") from error


def opened(*paths: Path) -> tuple[pyoxigraph.Store, Database | None]:
    """The triples at a path, and the database they are in, if not in files; of several paths, files alone."""
    if not is_database(paths[0]):
        return files.in_memory(*paths), None
    found = Database(paths[0])
    return found.triples, found


@dataclass(slots=True)
class Given:
    """What one file gave."""

    graph: str
    """The graph of its own: an IRI."""
    within: list[str] = field(default_factory=list)
    """Digests of the folders it lies in."""
    graphs: dict[str, int] = field(default_factory=dict)
    """Graphs that hold what it gave and nothing else, as N-Triples writes them, with their number of triples."""
    quads: list[str] = field(default_factory=list)
    """What it gave to graphs that hold something else too, in N-Quads."""


@dataclass(slots=True)
class Manifest:
    """What a database holds of which file; what is not told here is of another program, and never removed."""

    files: dict[str, Given] = field(default_factory=dict)
    """Digest of where a file is, or the graph of a shipped one → what it gave."""
    names: dict[str, str] = field(default_factory=dict)
    """Digest of where a file or folder is that was named → what the names of its graphs begin with."""

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest in a database's folder, empty where there is none; raises StanceError."""
        try:
            told = json.loads((folder / MANIFEST).read_bytes())
            return cls({key: Given(**given) for key, given in told["files"].items()}, told["names"])
        except FileNotFoundError:
            return cls()
        except (ValueError, LookupError, TypeError, AttributeError):
            raise StanceError(
                f"{folder} is a damaged database ({MANIFEST}): load its files into a new one"
            ) from None

    def write(self, folder: Path) -> None:
        """Leave the manifest in a database's folder, on the disk."""
        told = {"files": {key: asdict(given) for key, given in self.files.items()}, "names": self.names}
        output.replace(folder / MANIFEST, json.dumps(told, indent=0).encode())

    def below(self, folder: Path) -> Iterator[str]:
        """The keys of the files that were loaded from a folder or below it."""
        here = digest(folder)
        return (key for key, given in self.files.items() if here in given.within)

    def prune(self) -> None:
        """Forget the names of places of which nothing is left."""
        left = set(self.files).union(*(set(given.within) for given in self.files.values()))
        self.names = {here: name for here, name in self.names.items() if here in left}


def digest(path: Path) -> str:
    """What the manifest keeps of a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def surrounding(file: Path) -> list[str]:
    """Digests of the folders a file lies in."""
    return [digest(folder) for folder in file.parents]


def write_sums(folder: Path) -> None:
    """Leave the sums of a database's files in it, on the disk."""
    from concurrent.futures import ThreadPoolExecutor

    files = _data(folder)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sums = {
            file.name: (found, *_state(file))
            for file, found in zip(files, pool.map(_sum, files), strict=True)
        }
    output.replace(folder / SUMS, json.dumps(sums, indent=0).encode())


def verify(folder: Path, *, thorough: bool = False) -> bool:
    """Whether a database is as a load left it; False: another program has written to it, and its logs are whole.

    That a log of another program lacks its last records, or is missing, cannot be known: it is a log of less.
    A file that has not been written to since its load is not read again, unless `thorough`. Raises StanceError,
    whose message is a clause about the database, where a file is damaged or missing.
    """
    try:
        sums: Sums = json.loads((folder / SUMS).read_bytes())
        ours = not _differs(folder / CURRENT, sums[CURRENT], thorough)
    except FileNotFoundError as error:
        if (folder / MANIFEST).exists() or not (folder / CURRENT).exists():
            raise StanceError(f"{Path(error.filename).name} is missing") from None
        sums, ours = {}, False
    except (ValueError, LookupError, TypeError, AttributeError):
        raise StanceError(f"{SUMS} is damaged") from None
    for name, expected in sums.items():
        file = folder / name
        if ours and not file.is_file():
            raise StanceError(f"{name} is missing")
        if (ours or (re.fullmatch(KEPT, name) and file.is_file())) and _differs(file, expected, thorough):
            raise StanceError(f"{name} is damaged: it is not what was written")
    if not ours:
        for file in _data(folder):
            if file.suffix == ".log" or file.name.startswith("MANIFEST-"):
                _verify_log(file)
    return ours


def fingerprint(folder: Path) -> str:
    """A digest of what a load left in a database's folder, the same of every copy; raises OSError, ValueError."""
    sums: Sums = json.loads((folder / SUMS).read_bytes())
    return hashlib.sha256(
        json.dumps(sorted((name, told[0]) for name, told in sums.items())).encode()
    ).hexdigest()


def _data(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if re.fullmatch(DATA, each.name))


def _state(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def _sum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _differs(file: Path, expected: tuple[str, int, int, int], thorough: bool) -> bool:
    digest, *state = expected
    found = _state(file)
    if found[0] != state[0]:
        return True
    return (thorough or list(found) != state) and _sum(file) != digest


def _verify_log(file: Path) -> None:
    """Raise StanceError where a log of RocksDB has a record that is damaged or cut short.

    Source: https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format
    """
    import struct

    import google_crc32c

    within = False
    with file.open("rb") as log:
        for number, block in enumerate(iter(lambda: log.read(BLOCK), b"")):
            at = 0
            # A record that goes on is never begun where its head alone would fill the block: noughts do.
            while block[at:].strip(b"\0") or at < min(len(block), BLOCK - 10):
                head = 11 if block[at + 6 : at + 7] in (b"\5", b"\6", b"\7", b"\10") else 7
                masked, length = struct.unpack_from("<IH", block.ljust(at + 6), at)
                end = at + head + length
                turned = (masked - 0xA282EAD8) & 0xFFFFFFFF
                value = (turned >> 17 | turned << 15) & 0xFFFFFFFF
                kind = (block[at + 6] - 1) % 4 if len(block) > at + 6 and 0 < block[at + 6] < 9 else 0
                begins = kind in (0, 1)
                if end > len(block) or google_crc32c.value(block[at + 6 : end]) != value or begins == within:
                    raise StanceError(f"{file.name} is damaged or cut short at byte {number * BLOCK + at}")
                within = kind in (1, 2)
                at = end
    if within:
        raise StanceError(f"{file.name} is cut short")
