"""Codings of the Discourse Network Analyzer (DNA 3; Leifeld 2017) as graphs of ours: `stancegraph import dna`.

sqlite     what a file of DNA 3 holds, and what of it is left out
variables  which of them are speaker, target and level; the categories of a short text
offsets    positions in a text, in code points
triples    the same as RDF
writer     the files it is written to
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange.dna.sqlite import open_database, seconds_for
from stancegraph.exchange.dna.triples import Namespace, slug
from stancegraph.exchange.dna.variables import choose_roles
from stancegraph.exchange.dna.writer import Writer
from stancegraph.output import quantity
from stancegraph.store import worker
from stancegraph.store.folders import new_folder
from stancegraph.vocabulary import BASE, PREFIXES, UNOWNED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stancegraph.exchange.dna.sqlite import Database
    from stancegraph.exchange.dna.variables import Roles

__all__ = ["Conversion", "convert"]


LONGEST_ACCOUNT: Final = 16 << 20
"""Bytes in which the worker may tell what it wrote."""


@dataclass(frozen=True, slots=True)
class Conversion:
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
        parts = [quantity(getattr(self, name), noun) for name, noun in nouns.items()]
        return f"{', '.join(parts)} and {quantity(self.variables, 'variable')}"


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
) -> Conversion:
    """Write the coding in a file of DNA 3 as a folder of Turtle that `store.open` opens and `check` passes.

    A statement's speaker is its `actor`, its target a proposition labelled as coded: supported or opposed where
    `level` is boolean, else a bare `stance:stanceOn`; every other variable is a property of the statement. IRIs
    begin with `base`. `texts` writes the documents too, for `check --sources`. The same file always gives the
    same bytes; it is only read, and `into` is written whole or not at all.

    Raises UsageError for a name there is none of, a folder that is not empty or a base that is none, StanceError
    for a file that is no database of DNA 3 or takes more time or memory than one does, and where nothing can be
    written.
    """
    file, into = Path(file), Path(into)
    start = _base(base) if base is not None else f"{UNOWNED}{slug(file.stem) or 'coding'}/"
    roles = partial(choose_roles, statement_type=statement_type, actor=actor, target=target, level=level)
    with new_folder(into) as place:
        task = partial(_write, file, place, into, start, roles, texts=texts, owned=base is not None)
        try:
            told = b"".join(worker.run(task, seconds=seconds_for(file), largest=LONGEST_ACCOUNT))
        except worker.Stopped as error:
            raise StanceError(f"{file}: reading it {error}: it is no coding that can be read here") from None
    account = json.loads(told)
    left_out, notes = (tuple(account.pop(name)) for name in ("left_out", "notes"))
    return Conversion(**account, left_out=left_out, notes=notes)


def _write(
    file: Path,
    place: Path,
    into: Path,
    start: str,
    choose: Callable[[Database], Roles],
    *,
    texts: bool,
    owned: bool,
) -> Iterator[bytes]:
    """In the worker: write the coding below `place`, and give the Conversion as JSON."""
    with open_database(file) as database:
        roles = choose(database)
        namespace = Namespace(database.name, start, roles.variables)
        writer = Writer(place, database, namespace, roles, texts=texts)
        try:
            writer.write()
        except OSError as error:
            raise StanceError(
                f"{into} cannot be written: {error.strerror or error}; name another folder"
            ) from error
        database.count_left_out(roles.statement_type)
        made = Conversion(
            writer.statements,
            writer.documents,
            len(writer.categories[roles.actor.id].entities),
            len(writer.categories[roles.target.id].entities),
            len(roles.variables),
            database.left_out.lines(),
            tuple(_notes(roles, database, writer, start, owned=owned)),
        )
    yield json.dumps(asdict(made)).encode()


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


def _notes(roles: Roles, database: Database, writer: Writer, base: str, *, owned: bool) -> Iterator[str]:
    yield str(roles)
    yield "basis said and confidence 1.0 stand on every statement: the file says neither"
    yield "names and labels are marked as English, whatever they are in: the file does not say"
    yield "the words each coder marked are in the folder: publish it only where you may publish them"
    if not owned:
        yield f"IRIs begin with {base}, an address that is nobody's: give one of yours with --base"
    for number, noun, note in (
        (database.milliseconds, "date", ": in milliseconds, as DNA 2 wrote them, and read so"),
        (database.repaired, "text", ": not whole Unicode; the broken characters are now U+FFFD"),
        (writer.shared_names, "name", " of an outlet or author: an actor's too, and taken for that actor"),
    ):
        if number:
            yield f"{quantity(number, noun)}{note}"
    for variable in roles.variables:
        if scale := writer.scale(variable):
            observed = f"{variable.name} has the scale {scale[0]} to {scale[1]}, observed in the whole file"
            yield f"{observed}: some at its ends are left out"
    for variable in (roles.actor, roles.target):
        if values := writer.categories[variable.id].differing_in_case():
            some = ", ".join(value[:40] for value in values[:6]) + (" …" if len(values) > 6 else "")
            yield f"values of {variable.name} that differ only in case stay apart, as in DNA: {some}"
