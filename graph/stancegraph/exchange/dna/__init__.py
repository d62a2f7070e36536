"""Codings of the Discourse Network Analyzer (DNA 3; Leifeld 2017) as graphs of ours: `stancegraph import dna`.

Of the variables of a coding some are speaker, target and level; the values of a short text are categories.

sqlite     what a file of DNA 3 holds, and what of it is left out
triples    the same as RDF, positions in code points
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pyoxigraph import NamedNode

from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange.column_roles import actor_kinds
from stancegraph.exchange.dna import triples
from stancegraph.exchange.dna.sqlite import open_database, seconds_for
from stancegraph.exchange.dna.triples import Namespace, Offsets, slug
from stancegraph.output import quantity
from stancegraph.store import turtle, worker
from stancegraph.store.folders import new_folder
from stancegraph.vocabulary import BASE, PREFIXES, UNOWNED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pyoxigraph import Triple

    from stancegraph.exchange.dna.sqlite import Database, Document, Entity, LeftOut, Statement, Variable

__all__ = ["Conversion", "convert"]

T = TypeVar("T")
LONGEST_ACCOUNT: Final = 16 << 20
"""Bytes in which the worker may tell what it wrote."""
PER_FILE: Final = 2_000
"""Statements in a file."""
NO_OUTLET: Final = "unidentified outlet"
STATEMENT_TYPE: Final = "DNA Statement"
ACTORS: Final = ("organization", "organisation", "person")
TARGET: Final = "concept"
LEVEL: Final = "agreement"
"""Names that DNA's own statement type and its variables have."""


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
    return Conversion(**account | {name: tuple(account[name]) for name in ("left_out", "notes")})


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
        roles, namespace, kinds = self._roles, self._namespace, actor_kinds()
        self._put("documents", list(self._write_statements()))
        actors = (triples.actor(namespace, roles.actor, each, kinds) for each in self._values(roles.actor))
        self._put("actors", chain(*actors, self._more_actors))
        targets = (
            triples.proposition(namespace, roles.target, each, used=each.id in self._targets)
            for each in self._values(roles.target)
        )
        self._put("targets", chain(*targets))
        categories = (
            triples.category(namespace, variable, each, "skos:Concept")
            for variable in roles.others
            for each in self._values(variable)
        )
        self._put("categories", chain(*categories))
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


# Which variables are speaker, target and level


@dataclass(frozen=True, slots=True)
class Roles:
    """A statement type and the roles of its variables; `actor` and `target` are short texts, `level` may be none."""

    statement_type: int
    label: str
    variables: tuple[Variable, ...]
    actor: Variable
    target: Variable
    level: Variable | None

    @property
    def others(self) -> list[Variable]:
        """The variables written as values: all but speaker and target."""
        return [variable for variable in self.variables if variable not in (self.actor, self.target)]

    def __str__(self) -> str:
        if self.level is None:
            polarity = "without polarity"
        elif self.level.kind == "boolean":
            polarity = f"supported where {self.level.name} is 1, opposed where it is 0"
        else:
            polarity = f"without polarity, at a level of {self.level.name}"
        return (
            f"statement type {self.label!r}: the speaker is {self.actor.name}, the target {self.target.name}, "
            f"{polarity}"
        )


def choose_roles(
    database: Database,
    *,
    statement_type: str | None = None,
    actor: str | None = None,
    target: str | None = None,
    level: str | None = None,
) -> Roles:
    """What the options name, or what the names of DNA's own statement type suggest.

    Raises UsageError for a name there is none of, and where neither decides.
    """
    types = database.types()
    number = _choose_type(types, statement_type)
    label, variables = types[number][0], database.variables(number)
    texts = [variable for variable in variables if variable.kind == "short text"]
    if not texts:
        raise UsageError(
            f"statement type {label!r} of {database.name} has no short text, so no speaker and no target: "
            f"choose another with --statement-type ({_list_types(types)})"
        )
    who = _find_short_text(variables, "--actor", actor) if actor is not None else None
    what = _find_short_text(variables, "--target", target) if target is not None else None
    if who is None:
        free = [variable for variable in texts if variable != what]
        who = _first(free, *ACTORS) or next((v for v in free if v.name.casefold() != TARGET), None)
    if what is None:
        free = [variable for variable in texts if variable != who]
        what = _first(free, TARGET) or next(iter(free), None)
    if who is None or what is None or who == what:
        why = "cannot be both" if who == what else "are not both there"
        raise UsageError(
            f"the speaker and the target {why}: choose two short texts with --actor and --target "
            f"({_list_names(texts)})"
        )
    possible = [v for v in variables if v.kind != "long text" and v not in (who, what)]
    return Roles(number, label, tuple(variables), who, what, _choose_level(possible, level))


def _choose_type(types: Mapping[int, tuple[str, int]], name: str | None) -> int:
    if name is not None:
        return _find([*types], lambda number: types[number][0], "--statement-type", name, _list_types(types))
    if usual := [n for n, (label, _) in types.items() if label == STATEMENT_TYPE or len(types) == 1]:
        return usual[0]
    most = max((uses for _, uses in types.values()), default=0)
    found = [number for number, (_, uses) in types.items() if uses == most > 0]
    if len(found) != 1:
        raise UsageError(
            f"no statement type stands out: choose one with --statement-type ({_list_types(types)})"
        )
    return found[0]


def _find_short_text(variables: Sequence[Variable], option: str, name: str) -> Variable:
    texts = _list_names(variable for variable in variables if variable.kind == "short text")
    found = _find(variables, lambda variable: variable.name, option, name, texts)
    if found.kind != "short text":
        raise UsageError(f"{option} {found.name}: it is {found.kind}; choose a short text ({texts})")
    return found


def _choose_level(variables: Sequence[Variable], name: str | None) -> Variable | None:
    if name is not None:
        return _find(variables, lambda variable: variable.name, "--level", name, _list_names(variables))
    booleans = [variable for variable in variables if variable.kind == "boolean"]
    return _first(variables, LEVEL) or (booleans[0] if len(booleans) == 1 else None)


def _find(items: Sequence[T], name_of: Callable[[T], str], option: str, name: str, known: str) -> T:
    found = [item for item in items if name_of(item) == name]
    found += [item for item in items if name_of(item).casefold() == name.casefold()]
    if not found:
        raise UsageError(f"{option} {name[:60]!r}: there is none such; there are: {known or 'none'}")
    return found[0]


def _first(variables: Iterable[Variable], *names: str) -> Variable | None:
    """The first of the names that a variable has."""
    by_name = {variable.name.casefold(): variable for variable in reversed([*variables])}
    return next((by_name[name] for name in names if name in by_name), None)


def _list_names(variables: Iterable[Variable]) -> str:
    return ", ".join(variable.name[:60] for variable in variables)


def _list_types(types: Mapping[int, tuple[str, int]]) -> str:
    return "; ".join(f"{label[:60]}: {quantity(uses, 'statement')}" for label, uses in types.values())


# The categories of a short text


@dataclass(frozen=True, slots=True)
class Categories:
    """The categories by number, and the number of the category each entity of the file is."""

    entities: Mapping[int, Entity]
    of: Mapping[int, int]

    def get(self, number: object) -> Entity | None:
        """The category of the entity with a number; none where there is none."""
        return self.entities[self.of[number]] if isinstance(number, int) and number in self.of else None

    def differing_in_case(self) -> list[str]:
        """Values of which another differs only in case, sorted."""
        same: dict[str, list[str]] = defaultdict(list)
        for entity in self.entities.values():
            same[entity.value.casefold()].append(entity.value)
        return sorted(value for values in same.values() if len(values) > 1 for value in values)


def merge_entities(entities: Iterable[Entity], left_out: LeftOut, *, empty: bool) -> Categories:
    """Categories of a variable's entities: those with equal values are one, as in DNA's networks.

    The empty value is a category only where `empty`. A parent that is none of these values, and one that
    would close a circle, is left out and counted.
    """
    first: dict[str, int] = {}
    same: dict[int, list[Entity]] = defaultdict(list)
    of = {}
    for entity in entities:
        if entity.value or empty:
            of[entity.id] = first.setdefault(entity.value, entity.id)
            same[of[entity.id]].append(entity)
    found = {}
    for number, equal in same.items():
        attributes = tuple(dict.fromkeys(pair for entity in equal for pair in entity.attributes))
        parents = [entity.parent for entity in equal if entity.parent is not None]
        known = list(dict.fromkeys(of[parent] for parent in parents if parent in of))
        left_out["link to a parent", "the parent is no value of the same variable"] += sum(
            parent not in of for parent in parents
        )
        left_out["link to a parent", "an equal value has another parent"] += len(known[1:])
        found[number] = replace(equal[0], parent=next(iter(known), None), attributes=attributes)
    for number in _circle_ends(found):
        left_out["link to a parent", "it would close a circle"] += 1
        found[number] = replace(found[number], parent=None)
    return Categories(found, of)


def _circle_ends(entities: Mapping[int, Entity]) -> list[int]:
    """Of each circle the entity whose parent closes it, walking up from the lowest number."""
    ends = []
    done: set[int] = set()
    for start in sorted(entities):
        path: dict[int, None] = {}
        at: int | None = start
        while at is not None and at not in done and at not in path:
            path[at] = None
            at = entities[at].parent
        if at is not None and at in path:
            ends.append(next(reversed(path)))
        done |= path.keys()
    return ends
