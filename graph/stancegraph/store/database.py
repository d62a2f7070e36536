"""An on-disk Oxigraph database, opened for reading as it stands, and verified first."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pyoxigraph

from stancegraph.errors import StanceError
from stancegraph.store import files
from stancegraph.store.manifest import FILE as MANIFEST

if TYPE_CHECKING:
    from stancegraph.store.folders import Reader


class Database:
    """The database in a folder as it stands now, also when a load puts another there; for reading.

    Raises StanceError where it is damaged or cannot be read. A file that was not written to since its load is not
    read again to verify it, unless `thorough`.
    """

    untouched: bool
    """Whether it is as a load left it; else another program has written to it."""
    triples: pyoxigraph.Store

    def __init__(self, path: Path, *, thorough: bool = False) -> None:
        from stancegraph.store import checksums, folders

        self.path = path
        self._reader: Reader | None = None
        try:
            self._reader = folders.Reader(path)
            self.untouched = checksums.verify(self._reader.path, thorough=thorough)
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
        return (path / "CURRENT").is_file() or (path / MANIFEST).is_file()
    except OSError as error:
        raise StanceError(f"{path}: cannot be read: {error.strerror}") from error


def opened(*paths: Path) -> Database | pyoxigraph.Store:
    """What stands at a path: a database, or files in memory; of several paths, files alone."""
    return Database(paths[0]) if is_database(paths[0]) else files.in_memory(*paths)
