"""Which statement type of a coding is taken, and which of its variables are speaker, target and polarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from stancegraph.errors import UsageError
from stancegraph.exchange.dna.schema import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stancegraph.exchange.dna.database import Database, Variable

T = TypeVar("T")
USUAL: Final = "DNA Statement"
ACTORS: Final = ("organization", "organisation", "person")
TARGET: Final = "concept"
LEVEL: Final = "agreement"


@dataclass(frozen=True, slots=True)
class Choice:
    """A statement type with its variables; `actor` and `target` are short texts, `level` may be none."""

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


def chosen(
    database: Database,
    *,
    statement_type: str | None = None,
    actor: str | None = None,
    target: str | None = None,
    level: str | None = None,
) -> Choice:
    """What is asked for, or what the names of DNA's own statement type suggest; UsageError where neither decides."""
    types = database.types()
    number = _statement_type(types, statement_type)
    variables = database.variables(number)
    texts = [variable for variable in variables if variable.kind == "short text"]
    if not texts:
        raise UsageError(
            f"statement type {types[number][0]!r} of {database.name} has no short text, so no speaker and no "
            f"target: choose another with --statement-type ({_listed(types)})"
        )
    speaker = _short_text(variables, "--actor", actor) if actor is not None else None
    held = _short_text(variables, "--target", target) if target is not None else None
    if speaker is None:
        free = [variable for variable in texts if variable != held]
        speaker = _called(free, *ACTORS) or next((v for v in free if v.name.casefold() != TARGET), None)
    if held is None:
        held = _called([variable for variable in texts if variable != speaker], TARGET) or next(
            (variable for variable in texts if variable != speaker), None
        )
    if speaker is None or held is None or speaker == held:
        what = "cannot be both" if speaker == held else "are not both there"
        raise UsageError(
            f"the speaker and the target {what}: choose two short texts with --actor and --target "
            f"({_named(texts)})"
        )
    return Choice(
        number, types[number][0], tuple(variables), speaker, held, _level(variables, level, {speaker, held})
    )


def _statement_type(types: Mapping[int, tuple[str, int]], asked: str | None) -> int:
    if asked is not None:
        return _asked(list(types), lambda number: types[number][0], "--statement-type", asked, _listed(types))
    if usual := [number for number, (label, _) in types.items() if label == USUAL or len(types) == 1]:
        return usual[0]
    most = max((uses for _, uses in types.values()), default=0)
    found = [number for number, (_, uses) in types.items() if uses == most > 0]
    if len(found) != 1:
        raise UsageError(f"no statement type stands out: choose one with --statement-type ({_listed(types)})")
    return found[0]


def _short_text(variables: Sequence[Variable], option: str, asked: str) -> Variable:
    texts = [variable for variable in variables if variable.kind == "short text"]
    found = _asked(variables, lambda variable: variable.name, option, asked, _named(texts))
    if found.kind != "short text":
        raise UsageError(f"{option} {found.name}: it is {found.kind}; choose a short text ({_named(texts)})")
    return found


def _level(variables: Sequence[Variable], asked: str | None, taken: set[Variable]) -> Variable | None:
    possible = [each for each in variables if each.kind != "long text" and each not in taken]
    if asked is not None:
        return _asked(possible, lambda variable: variable.name, "--level", asked, _named(possible))
    booleans = [variable for variable in possible if variable.kind == "boolean"]
    return _called(possible, LEVEL) or (booleans[0] if len(booleans) == 1 else None)


def _asked(things: Sequence[T], name: Callable[[T], str], option: str, asked: str, there: str) -> T:
    exact = [thing for thing in things if name(thing) == asked]
    found = exact or [thing for thing in things if name(thing).casefold() == asked.casefold()]
    if not found:
        raise UsageError(f"{option} {asked[:60]!r}: there is none such; there are: {there or 'none'}")
    return found[0]


def _called(variables: Sequence[Variable], *names: str) -> Variable | None:
    return next((v for name in names for v in variables if v.name.casefold() == name), None)


def _named(variables: Sequence[Variable]) -> str:
    return ", ".join(variable.name[:60] for variable in variables)


def _listed(types: Mapping[int, tuple[str, int]]) -> str:
    return "; ".join(f"{label[:60]}: {counted(uses, 'statement')}" for label, uses in types.values())
