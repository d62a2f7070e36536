"""The entries of a large database, kept beside it, a file for each kind: asking for two thousand takes a while.

A file bears the database's fingerprint and a sum of its own: one of another graph, of another version, or damaged is
made anew. Losing it loses nothing but the time to make it.
"""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from stancegraph.store import Local

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from stancegraph.store import Store

VERSION: Final = 1
LARGE: Final = 1_000
"""The fewest entries of a kind that are kept."""


def read(store: Store, kind: str) -> list[list[Any]] | None:
    """The fields of each entry of a kind, sorted by IRI; None where none are kept of this graph."""
    if not isinstance(store, Local) or store.folder is None:
        return None
    try:
        told, _, content = _file(store.folder, kind).read_bytes().partition(b"\n")
        if json.loads(told) != [VERSION, store.fingerprint, zlib.crc32(content)]:
            return None
        found: list[list[Any]] = json.loads(content)
    except (OSError, ValueError):  # none, or none that can be read
        return None
    return found


def keep(store: Store, kind: str, entries: Iterable[Sequence[Any]]) -> None:
    """Leave the fields of all entries of a kind beside a database, if they are many and it can be written."""
    if not isinstance(store, Local) or store.folder is None or not os.access(store.folder, os.W_OK):
        return
    fields = list(entries)
    if len(fields) < LARGE:
        return
    content = json.dumps(fields, separators=(",", ":")).encode()
    told = json.dumps([VERSION, store.fingerprint, zlib.crc32(content)]).encode()
    file = _file(store.folder, kind)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError), fresh.open("xb") as made:  # on a full disk the next who asks waits as long
        try:
            made.write(told + b"\n" + content)
            made.flush()
            os.fsync(made.fileno())
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)


def _file(folder: Path, kind: str) -> Path:
    return folder / f"stancegraph-names-{kind.replace(' ', '-')}.json"
