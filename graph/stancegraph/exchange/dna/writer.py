"""A coding written as a folder of Turtle: whole, or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stancegraph import store
from stancegraph.exchange.dna import triples
from stancegraph.exchange.dna.offsets import Offsets
from stancegraph.exchange.dna.variables import Categories, merge_entities
from stancegraph.store import turtle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import NamedNode, Triple

    from stancegraph.exchange.dna.sqlite import Database, Document, Entity, Statement, Variable
    from stancegraph.exchange.dna.triples import Namespace
    from stancegraph.exchange.dna.variables import Roles

PER_FILE: Final = 2_000
"""Statements in a file."""
NO_OUTLET: Final = "unidentified outlet"
KINDS: Final = "SELECT ?kind ?label { ?kind skos:inScheme stance:actorKinds ; skos:prefLabel ?label }"


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
        """Write everything of the statement type chosen."""
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
        rows = store.open(store.ontology() / "schemes.ttl").select(KINDS)
        kinds = {row["label"].value.casefold(): row["kind"].value for row in rows}
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
