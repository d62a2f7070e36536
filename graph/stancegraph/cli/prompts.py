"""Questions on a terminal, one for each field; an answer that does not do is asked for again."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from stancegraph import output
from stancegraph.curate.fields import BUILT, ENTRIES, Field, pairs
from stancegraph.errors import StanceError, UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from stancegraph.curate.folder import Folder

CLEAR: Final = "-"
"""The answer that takes out what Enter would keep."""
Values = dict[str, list[str]]


def ask(
    folder: Folder,
    kind: str,
    answers: Values,
    *,
    only: Collection[str] | None = None,
    kept: Mapping[str, list[str]] | None = None,
    hints: Mapping[str, str] | None = None,
    add: Callable[[str, Values], str] | None = None,
) -> None:
    """Fill `answers` with what is `kept` and with the answers to what they lack, or to `only` some fields of it.

    An empty answer keeps what is kept of a field, else leaves it out, or ends one of several values. A field's hint is
    a name that a text has for it: who that may be is offered. `add` makes an entry of a kind that is not there yet,
    and gives its IRI; without it such a name is asked for again.
    """
    before = kept or {}
    for field in ENTRIES[kind].values():
        if field.name in answers:
            continue
        values = list(before.get(field.name, []))
        if only is None or field.name in only:
            values = _values(folder, field, values, (hints or {}).get(field.name, ""), add)
        if values:
            answers[field.name] = values


def line(prompt: str) -> str | None:
    """A line from the person; None where there is none any more."""
    output.fall_silent()
    print(prompt, end="", file=sys.stderr, flush=True)
    try:
        return input().strip()
    except EOFError:
        output.note("")
        return None


class Ended(UsageError):
    """The answers ended before the questions."""

    def __init__(self) -> None:
        super().__init__("the answers ended before the questions: nothing is written")


def _line(prompt: str) -> str:
    """A line from the person; raises Ended where there is none any more."""
    answer = line(prompt)
    if answer is None:
        raise Ended
    return answer


def _values(
    folder: Folder, field: Field, kept: Sequence[str], hint: str, add: Callable[[str, Values], str] | None
) -> list[str]:
    """The values of a field; those `kept` where the person presses Enter."""
    told = f" [{'; '.join(_shown(folder, field, value) for value in kept)}; {CLEAR} for none]" if kept else ""
    output.note(f"{field.option}: {field.help}{told}")
    values: list[str] = []
    while field.many or not values:
        if values:
            output.note(f"{field.option}: another, or Enter")
        optional = bool(values or kept) or not field.required
        answer = _answer(folder, field, optional=optional, hint="" if values or kept else hint, add=add)
        if not answer:
            return values or list(kept)
        if answer == CLEAR and kept and not values:
            return []
        values.append(answer)
    return values


def _shown(folder: Folder, field: Field, value: str) -> str:
    """A value as a person reads it: an entry by its label."""
    if field.names_entry:
        with suppress(UnknownName):
            return folder.names.resolve(value, *field.kinds).label
    return value


def _answer(
    folder: Folder, field: Field, *, optional: bool, hint: str, add: Callable[[str, Values], str] | None
) -> str:
    """One value that does; empty where there is none."""
    _complete(folder, field)
    offers: list[Callable[[], str]] = []
    if hint:
        try:
            list(pairs(folder, field, hint))
        except UnknownName as error:
            output.note(str(error))
            offers = _offers(field, hint, error, add)
    while True:
        answer = _line("> ")
        if not answer or (answer == CLEAR and optional):
            if optional:
                return answer
            output.note(f"{field.option} is needed")
            continue
        try:
            if answer.isdigit() and 0 < int(answer) <= len(offers):
                answer = offers[int(answer) - 1]()
            list(pairs(folder, field, answer) if field.values not in BUILT else ())
        except UnknownName as error:
            output.note(str(error))
            offers = _offers(field, answer, error, add)
        except Ended:
            raise
        except StanceError as error:
            output.note(str(error))
        else:
            return answer


def _offers(
    field: Field, answer: str, error: UnknownName, add: Callable[[str, Values], str] | None
) -> list[Callable[[], str]]:
    """What a number stands for: the nearest entries, then new ones of that name."""
    offers: list[Callable[[], str]] = []
    for candidate in error.candidates:
        offers.append(lambda iri=candidate.iri: iri)  # type: ignore[misc]
        output.note(f"  {len(offers)}  {candidate.label}")
    kinds = reversed(field.kinds) if answer.endswith(".") else field.kinds  # a sentence is a proposition
    for kind in kinds if add and answer else ():
        if kind in ("actor", "proposition", "event"):
            first = next(iter(ENTRIES[kind]))
            offers.append(lambda kind=kind, first=first: add(kind, {first: [answer]}))  # type: ignore[misc]
            output.note(f"  {len(offers)}  add the {kind} '{answer}'")
    return offers


def _complete(folder: Folder, field: Field) -> None:
    """Let the tab key complete the names a field takes, where the terminal can."""
    with suppress(ImportError):  # no readline on Windows
        import readline

        readline.set_completer_delims("")
        readline.set_completer(lambda text, state: [*folder.names.complete(text, *field.kinds), None][state])
        readline.parse_and_bind("tab: complete")
