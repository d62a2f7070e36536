"""Codings of the Discourse Network Analyzer (DNA 3; Leifeld 2017) as graphs of ours: `stancegraph import dna`.

schema         what a file of DNA 3 consists of       categories     values of a short text
database       its records                            stretch        its positions, in code points
choice         speaker, target and polarity           naming         the IRIs
remainder      what has no place here                 declarations, sayings, folder: the triples, and their files
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from stancegraph.errors import UsageError
from stancegraph.exchange.dna.choice import chosen
from stancegraph.exchange.dna.database import reading
from stancegraph.exchange.dna.folder import Folder, written
from stancegraph.exchange.dna.naming import Naming, local
from stancegraph.exchange.dna.schema import counted
from stancegraph.vocabulary import BASE, PREFIXES, UNOWNED

if TYPE_CHECKING:
    from stancegraph.exchange.dna.choice import Choice
    from stancegraph.exchange.dna.database import Database

__all__ = ["Converted", "convert"]


@dataclass(frozen=True, slots=True)
class Converted:
    """How much was written; `left_out` has a line for each kind of thing that was not, `notes` say what to know."""

    statements: int
    documents: int
    actors: int
    targets: int
    variables: int
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        nouns = {"statements": "statement", "documents": "document", "actors": "actor", "targets": "target"}
        parts = [counted(getattr(self, name), noun) for name, noun in nouns.items()]
        return f"{', '.join(parts)} and {counted(self.variables, 'variable')}"


def convert(
    file: str | Path,
    into: str | Path,
    *,
    statement_type: str | None = None,
    actor: str | None = None,
    target: str | None = None,
    level: str | None = None,
    base: str | None = None,
    texts: bool = False,
) -> Converted:
    """Write the coding in a file of DNA 3 as a folder of Turtle that `store.open` opens and `check` passes.

    A statement's speaker is its `actor`, its target a proposition labelled as coded: supported or opposed where
    `level` is boolean, else a bare `stance:stanceOn`; every other variable is a property of the statement. IRIs
    begin with `base`. `texts` writes the documents too, for `check --sources`. The same file always gives the
    same bytes; it is only read, and `into` is written whole or not at all.

    Raises UsageError for a name there is none of, a folder that is not empty or a base that is none, StanceError
    for a file that is no database of DNA 3, and where nothing can be written.
    """
    file, into = Path(file), Path(into)
    begin = _base(base) if base is not None else f"{UNOWNED}{local(file.stem) or 'coding'}/"
    with reading(file) as database:
        choice = chosen(database, statement_type=statement_type, actor=actor, target=target, level=level)
        naming = Naming(database.name, begin, choice.variables)
        with written(into) as place:
            folder = Folder(place, database, naming, choice, texts=texts)
            folder.write()
            database.count_the_rest(choice.statement_type)
            notes = tuple(_notes(choice, database, folder, begin, owned=base is not None))
        return Converted(
            folder.statements,
            folder.documents,
            len(folder.categories(choice.actor)),
            len(folder.categories(choice.target)),
            len(choice.variables),
            database.left_out.lines(),
            notes,
        )


def _base(text: str) -> str:
    """What IRIs begin with, ending as a namespace does."""
    base = text if text.endswith(("/", "#", ":")) else text + "/"
    try:
        NamedNode(base + "statement/1")
    except ValueError:
        base = ""
    if not base.partition(":")[2]:
        raise UsageError(
            f"--base '{text[:80]}' is no IRI: write it as {UNOWNED}coding/, at an address of yours"
        )
    if base.startswith((BASE, *PREFIXES.values())):
        raise UsageError(f"--base '{text[:80]}' is a namespace of others: give an address of yours")
    return base


def _notes(choice: Choice, database: Database, folder: Folder, base: str, *, owned: bool) -> list[str]:
    notes = [
        f"{choice}",
        "basis said and confidence 1.0 stand on every statement: the file says neither",
        "names and labels are marked as English, whatever they are in: the file does not say",
        "the words each coder marked are in the folder: publish it only where you may publish them",
    ]
    if not owned:
        notes.append(f"IRIs begin with {base}, an address that is nobody's: give one of yours with --base")
    if database.milliseconds:
        dates = counted(database.milliseconds, "date")
        notes.append(f"{dates}: in milliseconds, as DNA 2 wrote them, and read so")
    if database.mended:
        notes.append(
            f"{counted(database.mended, 'text')}: not whole Unicode; the broken characters are now U+FFFD"
        )
    if folder.joined:
        notes.append(
            f"{counted(folder.joined, 'name')} of an outlet or author: an actor's too, and taken for that actor"
        )
    scales = {variable.name: folder.scale(variable) for variable in choice.variables}
    notes += [
        f"{name} has the scale {scale[0]} to {scale[1]}, observed in the whole file: some at its ends are left out"
        for name, scale in scales.items()
        if scale is not None
    ]
    for variable in (choice.actor, choice.target):
        if alike := folder.alike(variable):
            some = ", ".join(value[:40] for value in alike[:6]) + (" …" if len(alike) > 6 else "")
            notes.append(f"values of {variable.name} that differ only in case stay apart, as in DNA: {some}")
    return notes
