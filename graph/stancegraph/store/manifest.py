"""What each file that was loaded into a database gave it, kept in the database's folder.

A file is known by where it was loaded from, of which the manifest keeps a digest alone: a database that is passed on
shows no path of the computer it was made on.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from stancegraph.errors import StanceError

FILE: Final = "stancegraph-files.json"


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
            told = json.loads((folder / FILE).read_bytes())
            return cls({key: Given(**given) for key, given in told["files"].items()}, told["names"])
        except FileNotFoundError:
            return cls()
        except (ValueError, LookupError, TypeError, AttributeError):
            raise StanceError(
                f"{folder} is a damaged database ({FILE}): load its files into a new one"
            ) from None

    def write(self, folder: Path) -> None:
        """Leave the manifest in a database's folder, on the disk."""
        told = {"files": {key: asdict(given) for key, given in self.files.items()}, "names": self.names}
        with (folder / FILE).open("w", encoding="utf-8") as file:
            json.dump(told, file, indent=0)
            file.flush()
            os.fsync(file.fileno())

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
