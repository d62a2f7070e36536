"""Everything that can go wrong on purpose.

    StanceError            could not run: unreadable data, dead endpoint, cannot write    exit 3
    └── UsageError         wrong usage: bad option or date, query refused or malformed    exit 2
        ├── NotInstalled   a library that only some installs have; says which extra has it
        └── UnknownName    a name nobody, or more than one, bears; carries the nearest    exit 2

A message says what is wrong, where (file and line, or IRI), and how to mend it. Errors of third-party
libraries are wrapped once, in the module that owns the library.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class StanceError(Exception):
    """Base of every error raised on purpose; `exit_code` is what the command line ends with."""

    exit_code = 3


class UsageError(StanceError):
    """The request itself is wrong; asking differently mends it."""

    exit_code = 2


class NotInstalled(UsageError):
    """A `library` is not there that comes with an `extra` of the project."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f"{library} is not installed: pip install 'stancegraph[{extra}]'")


@contextmanager
def of_extra(extra: str, library: str = "") -> Iterator[None]:
    """For imports of what comes with an extra: raises NotInstalled, naming the `library` or what is missing of it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise NotInstalled(library or str(error.name).partition(".")[0], extra) from error


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry near to what was typed; `score` 0..100, 100 = its name."""

    iri: str
    label: str
    kind: str
    score: float


class UnknownName(UsageError):
    """No single actor, proposition, event … is meant; `candidates` are the nearest, best first."""

    def __init__(self, message: str, candidates: Sequence[Candidate] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)

    @property
    def ambiguous(self) -> bool:
        """Whether what was typed is the name of more than one."""
        return sum(candidate.score == 100 for candidate in self.candidates) > 1
