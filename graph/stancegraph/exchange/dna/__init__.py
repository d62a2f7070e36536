"""Codings of the Discourse Network Analyzer (DNA 3; Leifeld 2017) as graphs of ours: `stancegraph import dna`.

sqlite     what a file of DNA 3 holds, and what of it is left out
variables  which of them are speaker, target and level; the categories of a short text
triples    the same as RDF, positions in code points
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange.dna import triples
from stancegraph.exchange.dna.sqlite import open_database, seconds_for
from stancegraph.exchange.dna.triples import Namespace, Offsets, slug
from stancegraph.exchange.dna.variables import Categories, choose_roles, merge_entities
from stancegraph.exchange.entry_rows import actor_kinds
from stancegraph.output import quantity
from stancegraph.store import turtle, worker
from stancegraph.store.folders import new_folder
from stancegraph.vocabulary import BASE, PREFIXES, UNOWNED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyoxigraph import Triple

    from stancegraph.exchange.dna.sqlite import Database, Document, Entity, Statement, Variable
    from stancegraph.exchange.dna.variables import Roles

__all__ = ["Conversion", "convert"]


LONGEST_ACCOUNT: Final = 16 << 20
"""Bytes in which the worker may tell what it wrote."""
PER_FILE: Final = 2_000
"""Statements in a file."""
NO_OUTLET: Final = "unidentified outlet"


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


class Writer:
    """Writes one coding below `place`; `statements` and `documents` count what is written.

    `categories` are those of each short text, by the number of the variable; `shared_names` counts the outlets and
    authors that bear the name of an actor.
    """

    def __init__(
        self, place: Path, database: Database, namespace: Namespace, roles: Roles, *, texts: bool
    ) -> None:
        self.statements = self.documents = self.shared_names = 0
        self._place, self._database, self._namespace, self._roles = place, database, namespace, roles
        self._texts = texts
        self.categories: dict[int, Categories] = {
            variable.id: merge_entities(
                database.entities(variable.id), database.left_out, empty=variable in roles.others
            )
            for variable in roles.variables
            if variable.kind == "short text"
        }
        self._actors = {e.value: namespace.iri("entity", e.id) for e in self._values(roles.actor)}
        self._publishers_and_authors: dict[str, NamedNode] = {}
        self._more_actors: list[Triple] = []
        self._targets: set[int] = set()
        self._coders: set[int | None] = set()
        self._integers: dict[int, set[int]] = defaultdict(set)

    def write(self) -> None:
        self._put("documents", list(self._write_statements()))
        self._put("actors", self._describe_actors())
        self._put("targets", self._describe_targets())
        self._put("categories", self._describe_categories())
        self._put("vocabulary", self._describe_variables())

    def scale(self, variable: Variable) -> tuple[int, int] | None:
        """The scale of an integer, where the statements written no longer show what all of them do.

        Agreement is measured on the scale, and the file declares none: the one observed must not shrink.
        """
        observed = self._database.observed_range(variable.id) if variable.kind == "integer" else None
        written = self._integers[variable.id]
        return None if written and observed == (min(written), max(written)) else observed

    def _values(self, variable: Variable) -> Iterable[Entity]:
        """The categories of a short text; of another variable none."""
        return self.categories[variable.id].entities.values() if variable.id in self.categories else ()

    def _write_statements(self) -> Iterator[Triple]:
        """Write the statements, so many in a file; the triples of their documents."""
        batch: list[Triple] = []
        left_out = self._database.left_out
        for document, coded in self._database.documents(self._roles.statement_type):
            yield from self._document(document)
            offsets = Offsets(document.text if coded else "")
            for statement in coded:
                if found := list(self._statement(statement, document)):
                    batch += found
                    batch += triples.report(self._namespace, statement, document, offsets, left_out)
                    self.statements += 1
                    if self.statements % PER_FILE == 0:
                        self._put(f"statements/{self.statements // PER_FILE:04}", batch)
                        batch = []
        self._put(f"statements/{self.statements // PER_FILE + 1:04}", batch)

    def _statement(self, coded: Statement, document: Document) -> Iterator[Triple]:
        """The triples of a statement; none where it lacks an actor or a target."""
        roles, left_out = self._roles, self._database.left_out
        ends = []
        for end in (roles.actor, roles.target):
            entity = self.categories[end.id].get(coded.values.get(end.id))
            if entity is None:
                left_out["statement", f"its {end.name[:60]} is empty or missing"] += 1
                return
            ends.append(entity)
        actor, target = ends
        self._targets.add(target.id)
        self._coders.add(coded.coder)
        stance = self._stance(coded)
        yield from triples.statement(self._namespace, coded, document, actor, target, stance=stance)
        for variable in roles.others:
            categories = self.categories.get(variable.id)
            yield from triples.value(self._namespace, coded, variable, categories, left_out)
            value = coded.values.get(variable.id)
            if variable.kind == "integer" and isinstance(value, int):
                self._integers[variable.id].add(value)

    def _stance(self, coded: Statement) -> str:
        level = self._roles.level
        if level is None or level.kind != "boolean":
            return "stance:stanceOn"
        stored = coded.values.get(level.id)
        if stored in (0, 1):
            return "stance:supports" if stored else "stance:opposes"
        why = f"{level.name[:60]} is neither 0 nor 1; the target is written as stance:stanceOn"
        self._database.left_out["polarity", why] += 1
        return "stance:stanceOn"

    def _document(self, document: Document) -> Iterator[Triple]:
        self.documents += 1
        if self._texts:
            self._save(f"texts/{document.id}.txt", document.text)
        outlet = self._publisher_or_author(document.source or NO_OUTLET, outlet=True)
        author = self._publisher_or_author(document.author, outlet=False) if document.author else None
        yield from triples.document(self._namespace, document, outlet, author)

    def _publisher_or_author(self, name: str, *, outlet: bool) -> NamedNode:
        """What a document names as its outlet or author: an actor of the coding, where one is called so."""
        known = self._publishers_and_authors
        if name not in known:
            if name in self._actors:
                known[name] = self._actors[name]
                self.shared_names += 1
            else:
                known[name], own = triples.publisher_or_author(self._namespace, name, outlet=outlet)
                self._more_actors += own
        return known[name]

    def _describe_actors(self) -> Iterator[Triple]:
        kinds = actor_kinds()
        for entity in self._values(self._roles.actor):
            yield from triples.actor(self._namespace, self._roles.actor, entity, kinds)
        yield from self._more_actors

    def _describe_targets(self) -> Iterator[Triple]:
        for entity in self._values(self._roles.target):
            used = entity.id in self._targets
            yield from triples.proposition(self._namespace, self._roles.target, entity, used=used)

    def _describe_categories(self) -> Iterator[Triple]:
        for variable in self._roles.others:
            for entity in self._values(variable):
                yield from triples.category(self._namespace, variable, entity, "skos:Concept")

    def _describe_variables(self) -> Iterator[Triple]:
        roles = self._roles
        coders = sorted(self._coders, key=lambda number: (number is None, number or 0))
        yield from triples.provenance(self._namespace, roles.label, coders)
        superclasses = {roles.actor: "stance:Actor", roles.target: "stance:Proposition"}
        for variable in roles.variables:
            superclass = superclasses.get(variable, "skos:Concept")
            yield from triples.variable(self._namespace, variable, superclass, scale=self.scale(variable))

    def _put(self, name: str, content: Iterable[Triple]) -> None:
        if text := turtle.write(content):
            self._save(f"{name}.ttl", text)

    def _save(self, name: str, text: str) -> None:
        file = self._place / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode())
