"""A coding written as a folder of Turtle: whole, or not at all."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stancegraph import store
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange.dna import declarations, sayings
from stancegraph.exchange.dna.categories import Categories, joined
from stancegraph.exchange.dna.stretch import Ruler
from stancegraph.store import turtle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import NamedNode, Triple

    from stancegraph.exchange.dna.choice import Choice
    from stancegraph.exchange.dna.database import Coded, Database, Document, Entity, Variable
    from stancegraph.exchange.dna.naming import Naming

PER_FILE: Final = 2_000
"""Statements in a file."""
NO_OUTLET: Final = "unidentified outlet"
KINDS: Final = "SELECT ?kind ?label { ?kind skos:inScheme stance:actorKinds ; skos:prefLabel ?label }"


@contextmanager
def written(into: Path) -> Iterator[Path]:
    """A folder beside `into` that takes its name once it is whole; nothing of it stays where it is not.

    Raises UsageError where `into` holds something already, StanceError where nothing can be written.
    """
    if str(into) in {"", "."} or "\0" in str(into):
        raise UsageError("-o names no folder: give a name")
    try:
        target = into.resolve()
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UsageError(f"{into} exists and is not an empty folder: name another, or empty it")
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        fresh.mkdir()
        try:
            yield fresh
            if target.exists():
                target.rmdir()
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise StanceError(f"{into} cannot be written: {why}; name another folder with -o") from error


class Folder:
    """Writes one coding below `place`; `statements` and `documents` count what is written.

    `joined` counts the outlets and authors that bear the name of an actor.
    """

    def __init__(
        self, place: Path, database: Database, naming: Naming, choice: Choice, *, texts: bool
    ) -> None:
        self.statements = self.documents = self.joined = 0
        self._place, self._database, self._naming, self._choice = place, database, naming, choice
        self._texts = texts
        self._categories: dict[int, Categories] = {}
        self._people: dict[str, NamedNode] = {}
        self._unmet: set[str] = set()
        self._actors: list[Triple] = []
        self._used: set[int] = set()
        self._coders: set[int | None] = set()
        self._values: dict[int, set[int]] = defaultdict(set)

    def write(self) -> None:
        """Write everything of the statement type chosen."""
        choice = self._choice
        for variable in choice.variables:
            if variable.kind == "short text":
                self._categories[variable.id] = joined(
                    self._database.entities(variable.id),
                    self._database.left_out,
                    empty=variable in choice.others,
                )
        for entity in self.categories(choice.actor):
            self._people[entity.value] = self._naming.iri("entity", entity.id)
        self._unmet = set(self._people)
        self._put("documents", list(self._write_statements()))
        self._put("actors", self._described_actors())
        self._put("targets", self._described_targets())
        self._put("categories", self._described_categories())
        self._put("vocabulary", self._vocabulary())

    def categories(self, variable: Variable) -> list[Entity]:
        """The categories of a short text."""
        return list(self._categories[variable.id].entities.values())

    def alike(self, variable: Variable) -> list[str]:
        """Values of a short text that differ only in case."""
        return self._categories[variable.id].alike()

    def scale(self, variable: Variable) -> tuple[int, int] | None:
        """The scale of an integer, where the statements written no longer show what all of them do.

        Agreement is measured on the scale, and the file declares none: the one observed must not shrink.
        """
        observed = self._database.observed(variable.id) if variable.kind == "integer" else None
        shown = self._values[variable.id]
        return None if shown and observed == (min(shown), max(shown)) else observed

    def _write_statements(self) -> Iterator[Triple]:
        """Write the statements, so many in a file; the triples of their documents."""
        batch: list[Triple] = []
        for document, coded in self._database.documents(self._choice.statement_type):
            yield from self._document(document)
            ruler = Ruler(document.text if coded else "")
            for each in coded:
                if found := list(self._statement(each, document)):
                    batch += found
                    batch += sayings.report(self._naming, each, document, ruler, self._database.left_out)
                    self.statements += 1
                    if self.statements % PER_FILE == 0:
                        self._put(f"statements/{self.statements // PER_FILE:04}", batch)
                        batch = []
        self._put(f"statements/{self.statements // PER_FILE + 1:04}", batch)

    def _statement(self, coded: Coded, document: Document) -> Iterator[Triple]:
        """The triples of a statement; none where it lacks an actor or a target."""
        choice, left_out = self._choice, self._database.left_out
        sides = []
        for side in (choice.actor, choice.target):
            entity = self._categories[side.id].get(coded.values.get(side.id))
            if entity is None:
                left_out["statement", f"its {side.name[:60]} is empty or missing"] += 1
                return
            sides.append(entity)
        speaker, held = sides
        self._used.add(held.id)
        self._coders.add(coded.coder)
        stance = self._stance(coded)
        yield from sayings.statement(self._naming, coded, document, speaker, held, stance=stance)
        for variable in choice.others:
            categories = self._categories.get(variable.id)
            yield from sayings.value(self._naming, coded, variable, categories, left_out)
            if variable.kind == "integer" and isinstance(coded.values.get(variable.id), int):
                self._values[variable.id].add(coded.values[variable.id])

    def _stance(self, coded: Coded) -> str:
        level = self._choice.level
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
            file = self._place / "texts" / f"{document.id}.txt"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(document.text.encode())
        outlet = self._named(document.source or NO_OUTLET, outlet=True)
        author = self._named(document.author, outlet=False) if document.author else None
        yield from sayings.document(self._naming, document, outlet, author)

    def _named(self, name: str, *, outlet: bool) -> NamedNode:
        """What a document names as its outlet or author: an actor of the coding, where one is called so."""
        if name not in self._people:
            self._people[name], triples = declarations.named(self._naming, name, outlet=outlet)
            self._actors += triples
        elif name in self._unmet:
            self._unmet.remove(name)
            self.joined += 1
        return self._people[name]

    def _described_actors(self) -> Iterator[Triple]:
        rows = store.open(store.ontology() / "schemes.ttl").select(KINDS)
        kinds = {row["label"].value.casefold(): row["kind"].value for row in rows}
        for entity in self.categories(self._choice.actor):
            yield from declarations.actor(self._naming, self._choice.actor, entity, kinds)
        yield from self._actors

    def _described_targets(self) -> Iterator[Triple]:
        for entity in self.categories(self._choice.target):
            used = entity.id in self._used
            yield from declarations.proposition(self._naming, self._choice.target, entity, used=used)

    def _described_categories(self) -> Iterator[Triple]:
        for variable in self._choice.others:
            if variable.id in self._categories:
                for entity in self.categories(variable):
                    yield from declarations.category(self._naming, variable, entity, "skos:Concept")

    def _vocabulary(self) -> Iterator[Triple]:
        choice = self._choice
        coders = sorted(self._coders, key=lambda number: (number is None, number or 0))
        yield from declarations.origin(self._naming, choice.label, coders)
        for variable in choice.variables:
            is_ = {choice.actor: "stance:Actor", choice.target: "stance:Proposition"}.get(
                variable, "skos:Concept"
            )
            yield from declarations.variable(self._naming, variable, is_, scale=self.scale(variable))

    def _put(self, name: str, triples: Iterable[Triple]) -> None:
        if text := turtle.write(triples):
            file = self._place / f"{name}.ttl"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text.encode())
