"""Whether the files of a database are what was written: by the sums a load leaves in it, by RocksDB's own in its logs.

RocksDB verifies the blocks of its tables as it reads them. Its two kinds of logs (what was written last, and which
tables there are) it reads up to the first record that is damaged, and says nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
from pathlib import Path
from typing import Final

from stancegraph.errors import StanceError
from stancegraph.store import manifest

SUMS: Final = "stancegraph-sums.json"
"""File of `[SHA-256, bytes, time of the last change in ns, inode]` of each file a load wrote."""
CURRENT: Final = "CURRENT"
"""File that names RocksDB's list of tables: another one after any program has opened the database to write."""
DATA: Final = re.compile(r"CURRENT|MANIFEST-\d+|\d+\.(sst|log|blob)|stancegraph-files\.json")
"""Files without which an answer would be another."""
KEPT: Final = re.compile(r"\d+\.(sst|blob)|stancegraph-files\.json")
"""Files that no program changes, though RocksDB may remove its own."""
BLOCK: Final = 32768
"""Bytes of a block of a log: a record that does not fit in one goes on in the next."""
Sums = dict[str, tuple[str, int, int, int]]


def write(folder: Path) -> None:
    """Leave the sums of a database's files in it, on the disk."""
    from concurrent.futures import ThreadPoolExecutor

    files = _data(folder)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sums = {
            file.name: (found, *_state(file))
            for file, found in zip(files, pool.map(_sum, files), strict=True)
        }
    with (folder / SUMS).open("x", encoding="utf-8") as file:
        json.dump(sums, file, indent=0)
        file.flush()
        os.fsync(file.fileno())


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
        if (folder / manifest.FILE).exists() or not (folder / CURRENT).exists():
            raise StanceError(f"{Path(error.filename).name} is missing") from None
        sums, ours = {}, False
    except (ValueError, LookupError, TypeError, AttributeError):
        raise StanceError(f"{SUMS} is damaged") from None
    for name, expected in sums.items():
        file = folder / name
        if ours and not file.is_file():
            raise StanceError(f"{name} is missing")
        if (ours or (KEPT.fullmatch(name) and file.is_file())) and _differs(file, expected, thorough):
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
    return sorted(each for each in folder.iterdir() if DATA.fullmatch(each.name))


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
