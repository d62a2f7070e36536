"""Questions on a terminal, one for each field; an answer that does not do is asked for again."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from stancegraph import output
from stancegraph.curate.fields import ENTRIES, Field, pairs
from stancegraph.errors import Candidate, UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stancegraph.curate.folder import Folder


def ask(folder: Folder, kind: str, given: dict[str, list[str]]) -> dict[str, list[str]]:
    """`given` and the answers to what it lacks; an empty answer leaves a field out, or ends one of several values."""
    answers = dict(given)
    for field in ENTRIES[kind].values():
        if field.name in answers:
            continue
        values: list[str] = []
        while (field.many or not values) and (answer := _answer(folder, field, bool(values))):
            values.append(answer)
        if values:
            answers[field.name] = values
    return answers


def confirm(question: str) -> bool:
    """Whether the person agrees; Enter does."""
    return _line(f"{question} [Y/n] ").casefold() in ("", "y", "yes")


def _answer(folder: Folder, field: Field, more: bool) -> str:
    """One value that does; empty where there is none."""
    _complete(folder, field)
    near: Sequence[Candidate] = ()
    output.note(f"{field.option}: {field.help}" if not more else f"{field.option}: another, or Enter")
    while True:
        answer = _line("> ")
        if not answer and (more or not field.required):
            return ""
        if answer.isdigit() and 0 < int(answer) <= len(near):
            answer = near[int(answer) - 1].iri
        try:
            if field.values not in ("quote", "passage", "coding"):
                list(pairs(folder, field, answer))
        except UnknownName as error:
            near = error.candidates
            output.note(str(error))
            for number, candidate in enumerate(near, 1):
                output.note(f"  {number}  {candidate.label}")
        except UsageError as error:
            output.note(str(error))
        else:
            return answer


def line(prompt: str) -> str | None:
    """A line from the person; None where there is none any more."""
    print(prompt, end="", file=sys.stderr, flush=True)
    try:
        return input().strip()
    except EOFError:
        output.note("")
        return None


def _line(prompt: str) -> str:
    """A line from the person; raises UsageError where there is none any more."""
    answer = line(prompt)
    if answer is None:
        raise UsageError("the answers ended before the questions: nothing is written")
    return answer


def _complete(folder: Folder, field: Field) -> None:
    """Let the tab key complete the names a field takes, where the terminal can."""
    with suppress(ImportError):  # no readline on Windows
        import readline

        readline.set_completer_delims("")
        readline.set_completer(lambda text, state: [*folder.names.complete(text, *field.kinds), None][state])
        readline.parse_and_bind("tab: complete")
