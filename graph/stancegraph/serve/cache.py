"""Drawn pages in the user's cache folder: what was drawn of the same files by the same program is not drawn again.

A page is known by a checksum of all it is made of, so that none is ever older than its graph. Losing one loses
nothing: it is drawn again.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import stancegraph
from stancegraph import output, store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MARK: Final = b"stancegraph page 1 "
"""What a kept page begins with; the checksum of the rest and a line's end follow."""
NAMED: Final = re.compile(r"[0-9a-f]{64}\.page")
MOST: Final = 64 << 20
"""Bytes of pages that are kept; the oldest go first."""
DRAWN_BY: Final = ("highspy", "jinja2", "networkx", "numpy", "pyoxigraph", "pyvis", "scipy")


def folder() -> Path:
    """Where pages are kept, as each system has it for what may be lost; raises RuntimeError for a user without home."""
    if sys.platform == "win32":
        told, plain = os.environ.get("LOCALAPPDATA", ""), Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        told, plain = "", Path.home() / "Library" / "Caches"
    else:
        told, plain = os.environ.get("XDG_CACHE_HOME", ""), Path.home() / ".cache"
    return (Path(told) if Path(told).is_absolute() else plain) / "stancegraph" / "pages"


def key(sums: Mapping[Path, bytes]) -> str:
    """What the page of files with these checksums is known by, drawn by this program as it is installed."""
    found = hashlib.sha256(sys.version.encode())
    for name in DRAWN_BY:
        found.update(f"{name} {metadata.version(name)}\n".encode())
    for file, changed, size in sorted(_program()):
        found.update(f"{file}\0{changed}\0{size}\n".encode())
    for path, content in sorted(sums.items()):
        found.update(f"{path}\0{content.hex()}\n".encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def _program() -> Iterator[tuple[str, int, int]]:
    """Each file of the program and of the vocabulary: its name, when it was changed, its size."""
    for root in (Path(stancegraph.__file__).parent, store.ontology()):
        for place, _, names in os.walk(root):
            for name in names if not place.endswith("__pycache__") else ():
                found = (file := Path(place, name)).stat()
                yield str(file), found.st_mtime_ns, found.st_size


def read(known: str) -> bytes | None:
    """The page that was kept; None where there is none, or it is not as it was written."""
    if not known:
        return None
    try:
        head, _, content = (folder() / f"{known}.page").read_bytes().partition(b"\n")
    except (OSError, RuntimeError):
        return None
    return content if head == _head(content) else None


def keep(known: str, content: bytes) -> None:
    """Keep a page where that can be, for this user alone, and let go of the oldest beyond MOST bytes."""
    with suppress(OSError, RuntimeError):
        if not known:
            return
        place = folder()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        output.replace(place / f"{known}.page", _head(content) + b"\n" + content)
        ours = [
            (file.stat(), file) for file in place.iterdir() if NAMED.fullmatch(file.name) and _is_ours(file)
        ]
        left = MOST
        for found, file in sorted(ours, key=lambda each: each[0].st_mtime_ns, reverse=True):
            left -= found.st_size
            if left < 0:
                file.unlink(missing_ok=True)


def _is_ours(file: Path) -> bool:
    """Whether a file bears the mark of a kept page: nothing else is let go of, whatever its name."""
    with file.open("rb") as opened:
        return opened.read(len(MARK)) == MARK


def _head(content: bytes) -> bytes:
    return MARK + hashlib.sha256(content).hexdigest().encode()
