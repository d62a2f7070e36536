"""The variables of a coding: which are speaker, target and level, and the categories of a short text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from stancegraph.errors import UsageError
from stancegraph.output import quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stancegraph.exchange.dna.sqlite import Database, Entity, LeftOut, Variable

T = TypeVar("T")
STATEMENT_TYPE: Final = "DNA Statement"
ACTORS: Final = ("organization", "organisation", "person")
TARGET: Final = "concept"
LEVEL: Final = "agreement"
"""Names that DNA's own statement type and its variables have."""


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
