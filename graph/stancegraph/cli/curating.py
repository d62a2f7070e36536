"""Commands that curate a graph of one's own: it is begun, added to, by options or by questions, and changed."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from inspect import Parameter, Signature
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from typer import Argument, Option

from stancegraph import output
from stancegraph.cli.commands import Base, Family, Request, command, complete_names, keyword, places
from stancegraph.errors import StanceError, UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from stancegraph.curate.changes import Change
    from stancegraph.curate.fields import Field
    from stancegraph.curate.folder import Folder

    Values = dict[str, list[str]]
    Adding = Callable[[str, Values], str]

Answer = Literal["table", "json"]
DryRun = Annotated[bool, Option("--dry-run", help="Print what would change, and write nothing.")]
Entry = Annotated[str, Argument(help="Its name, as you would type it, or its IRI.")]
Assignments = list[str] | None
SHOWN: Final = 2_000
"""Lines of a change that are shown; one that takes back an import has millions."""
CLEAR: Final = "-"
"""The answer that takes out what Enter would keep."""


@command("init", data=False, formats=None, output=False)
def init(
    _: Request,
    folder: Annotated[Path, Argument(metavar="DIR", help="The folder to make.")],
    title: Annotated[str | None, Option(help="What the graph is called.")] = None,
    base: Base = None,
    language: Annotated[str, Option(help="The language of its gists.")] = "en",
    licence: Annotated[str | None, Option(metavar="IRI", help="The address of its licence.")] = None,
) -> None:
    """Begin a graph of your own: a folder of Turtle that the other commands add to."""
    from stancegraph.curate import folder as folders

    made = folders.init(folder, title=title, base=base, language=language, licence=licence)
    output.note(f"{folder} is a graph; its names begin with {made.base}")
    output.note(f"use it with --data {folder}, or: export STANCEGRAPH_DATA={folder}")
    if base is None:
        output.note("that base is nobody's address: begin again with --base before you publish")


Family(
    "add",
    "Add a document, an actor, a proposition, an event, a statement or another report, a membership, a figure.",
)


class Add:
    """The command that adds a kind of entry; its options are made from the entry's fields when it is called."""

    def __init__(self, kind: str, help_: str) -> None:
        self._kind, self.__doc__ = kind, help_

    def __call__(self, request: Request, **options: Any) -> None:
        from stancegraph.curate.fields import ENTRIES

        given = {
            name: [value] if isinstance(value, str) else list(value)
            for name in ENTRIES[self._kind]
            if (value := options.pop(_parameter(name)))
        }
        _add(request, self._kind, given, **options)

    @property
    def __signature__(self) -> Signature:
        from stancegraph.curate.fields import ENTRIES, UNNAMED

        kind, fields = self._kind, ENTRIES[self._kind].values()
        named = [] if kind in UNNAMED else list(fields)[:1]
        made = [_option(field, argument=field in named) for field in fields]
        iri = Option("--iri", metavar="NAME", help="The last part of its IRI; default: made of its words.")
        made.append(keyword("iri", None, Annotated[str | None, iri]))
        if kind in ("document", "statement", "report"):
            text = Option("--text", metavar="FILE", help="The document's text, UTF-8; git ignores its copy.")
            made.append(keyword("text", None, Annotated[Path | None, text]))
        if kind == "statement":
            coder = Option("--coder", metavar="NUMBER", help="Who coded it, by number.")
            made.append(keyword("coder", "1", Annotated[str, coder]))
        elif kind not in UNNAMED:
            new = Option("--new", help="It is another than who bears a similar name.")
            made.append(keyword("new", False, Annotated[bool, new]))
        ask = Option("--ask", help="Be asked for what is missing, and before it is written.")
        made += [keyword("ask", False, Annotated[bool, ask]), keyword("dry_run", False, DryRun)]
        request = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD)
        return Signature([request, *made])


def _parameter(field: str) -> str:
    """The name a field has as a parameter of Python."""
    return f"{field}_" if iskeyword(field) else field


def _option(field: Field, *, argument: bool) -> Parameter:
    """A field as an option, or as the argument that names the entry."""
    if argument:
        made: Any = Argument(metavar=f"[{field.name.upper()}]", help=field.help)
    else:
        complete = complete_names(*field.kinds) if field.names_entry else None
        metavar = field.values.upper().replace(" ", "-")
        made = Option(f"--{field.option}", metavar=metavar, help=field.help, autocompletion=complete)
    wanted = list[str] | None if field.many else str | None
    return keyword(_parameter(field.name), None, Annotated[wanted, made])


for _kind, _help in {
    "document": "Add a source: its title, outlet and day; with --text its checksum and length.",
    "actor": "Add someone who can take a position, or be the target of one.",
    "proposition": "Add a sentence that one can affirm or reject.",
    "event": "Add something that happened, or an occasion something was said on.",
    "statement": "Add what somebody said: its words are found in the document's text.",
    "report": "Add where another document reports a statement there is.",
    "membership": "Add a role that somebody holds or held.",
    "figure": "Add a number that a statement claims.",
}.items():
    command(f"add {_kind}", formats=Answer, output=False)(Add(_kind, _help))


def _add(
    request: Request, kind: str, given: dict[str, list[str]], *, ask: bool, dry_run: bool, **options: Any
) -> None:
    from stancegraph.curate import entries

    if not ask:
        _write(request, lambda folder: entries.add(folder, kind, given, **options), dry_run=dry_run)
        return
    answers = dict(given)
    try:
        folder = folder_of(request)
        change = interview(folder, kind, answers, dry_run=dry_run, **options)
    except UsageError:  # nobody answers twice
        output.note(f"your answers, to mend: {_call(kind, answers)}")
        raise
    if change is None:
        raise UsageError("nothing is written")
    if dry_run:
        output.emit(change.diff())
    else:
        _tell(request, folder, change)


def _call(kind: str, given: dict[str, list[str]]) -> str:
    """The command that adds an entry by options."""
    from stancegraph.curate.fields import UNNAMED

    values = [(name, value) for name, values in given.items() for value in values]
    options = [part for name, value in values for part in (f"--{name.replace('_', '-')}", value)]
    if kind not in UNNAMED:
        options = options[1:]
    return shlex.join(["stancegraph", "add", kind, *options])


@command("edit", formats=Answer, output=False)
def edit(
    request: Request,
    entry: Entry,
    set_: Annotated[
        Assignments, Option("--set", metavar="FIELD=VALUE", help="Replace a field: gist=…")
    ] = None,
    add: Annotated[Assignments, Option("--add", metavar="FIELD=VALUE", help="Add a value: alias=…")] = None,
    remove: Annotated[
        Assignments, Option("--remove", metavar="FIELD[=VALUE]", help="Take a value out, or all of a field.")
    ] = None,
    text: Annotated[Path | None, Option(metavar="FILE", help="The document's text, for a quote.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Change the fields of an entry; they are named as the options of `add`."""
    from stancegraph.curate import references

    if not (set_ or add or remove):
        raise UsageError("nothing to change: give --set, --add or --remove")
    changes = {
        "replace": _assigned(set_, "set"),
        "add": _assigned(add, "add"),
        "remove": _assigned(remove, "remove", bare=True),
    }
    _write(request, lambda folder: references.edit(folder, entry, text=text, **changes), dry_run=dry_run)


def _assigned(assignments: Assignments, option: str, *, bare: bool = False) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for assignment in assignments or ():
        name, equals, value = assignment.partition("=")
        if not equals and not bare:
            raise UsageError(f"--{option} '{assignment[:60]}': write FIELD=VALUE")
        found.setdefault(name.strip(), []).extend([value] if equals else [])
    return found


@command("rename", formats=Answer, output=False)
def rename(
    request: Request,
    entry: Entry,
    name: Annotated[str | None, Argument(help="Its new name; the old one still finds it.")] = None,
    iri: Annotated[str | None, Option(metavar="NAME", help="The new last part of its IRI.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Give an entry another name or IRI: every reference follows, and the old IRI still leads to it."""
    from stancegraph.curate import references

    _write(request, lambda folder: references.rename(folder, entry, name=name, iri=iri), dry_run=dry_run)


@command("merge", formats=Answer, output=False)
def merge(
    request: Request,
    entry: Entry,
    into: Annotated[str, Argument(metavar="INTO", help="The one that stays.")],
    dry_run: DryRun = False,
) -> None:
    """Make one of two actors or propositions: names and references of the first become the second's."""
    from stancegraph.curate import references

    _write(request, lambda folder: references.merge(folder, entry, into), dry_run=dry_run)


@command("remove", formats=Answer, output=False)
def remove(
    request: Request,
    entry: Entry,
    with_references: Annotated[bool, Option("--references", help="Take out too what points at it.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Take an entry out, a statement with its reports; refused while something points at it."""
    from stancegraph.curate import references

    _write(
        request, lambda folder: references.remove(folder, entry, references=with_references), dry_run=dry_run
    )


@command("undo", formats=Answer, output=False)
def undo(request: Request, dry_run: DryRun = False) -> None:
    """Take back the last change that a command made, and the one before when it is called again."""
    from stancegraph.curate import changes

    _write(request, changes.undo, dry_run=dry_run)


@command("history")
def history(
    request: Request, entry: Annotated[str | None, Argument(help="Of which entry; default: of all.")] = None
) -> None:
    """What changed when, from what to what, the latest first: as git has it, else the folder's own journal."""
    from stancegraph.curate import changes

    rows = changes.history(folder_of(request), entry)
    request.show(rows, ["when", "by", "what", "entry", "property", "before", "after"], "change")


def folder_of(request: Request) -> Folder:
    """The folder to write to: one, named."""
    from stancegraph.curate.folder import Folder

    named = places(request.data)
    if len(named) != 1:
        raise UsageError("name the folder to write to by --data DIR; `stancegraph init DIR` makes one")
    if named[0].lower().startswith(("http://", "https://")):
        raise UsageError(f"{named[0]} is an endpoint, and only read: name a folder")
    return Folder(named[0])


def _write(request: Request, build: Callable[[Folder], Change], *, dry_run: bool) -> None:
    """Make a change, check it, and write it; or only print it."""
    from stancegraph.curate import changes

    folder = folder_of(request)
    if dry_run:
        change = build(folder)
        changes.refuse(folder, change)
        output.emit(change.diff())
        return
    with folder.writing():
        change = build(folder)
        changes.apply(folder, change)
    show(change)
    _tell(request, folder, change)


def _tell(request: Request, folder: Folder, change: Change) -> None:
    """What was made: the IRI, for a person or a program."""
    from stancegraph.curate import changes

    if request.format == "json":
        output.emit(output.as_json({"iri": change.iri, "change": change.what, "files": sorted(change.texts)}))
    else:
        output.emit(f"{changes.shown(change.iri, folder) if change.iri else change.what}\n")


def show(change: Change) -> None:
    """What is written, for the person to see."""
    if not change.texts:
        output.note("nothing changes: it is said already")
    output.note(*change.diff(SHOWN).splitlines())


# An entry asked for on a terminal, field by field; an answer that does not do is asked for again.


def interview(
    folder: Folder,
    kind: str,
    given: dict[str, list[str]],
    *,
    only: Collection[str] | None = None,
    kept: Mapping[str, list[str]] | None = None,
    hints: Mapping[str, str] | None = None,
    dry_run: bool = False,
    **options: Any,
) -> Change | None:
    """Ask for an entry's fields until they make a change that breaks no rule, show it, and write it if it is agreed to.

    `given` are not asked for, and take in the answers; Enter keeps what is `kept`; `only` some are asked for at first,
    else those that are not rare; `hints` are names that a text has. None where the person does not want it. Raises
    UsageError where the answers end.
    """
    from stancegraph.curate import changes, entries
    from stancegraph.curate.fields import ENTRIES

    def add(other: str, values: dict[str, list[str]]) -> str:
        needed = [field.name for field in ENTRIES[other].values() if field.required]
        made = interview(folder, other, {}, only=needed, kept=values)
        if made is None:
            raise UsageError(f"no {other} is added: give another name")
        return made.iri

    fields = ENTRIES[kind].values()
    values = dict(given)
    only = only or [field.name for field in fields if not field.rare]
    while True:
        try:
            _ask(folder, kind, values, only, kept or {}, hints or {}, None if dry_run else add)
        finally:
            given |= values
        try:
            change = entries.add(folder, kind, values, **options)
            changes.refuse(folder, change)
        except UsageError as error:
            output.note(str(error))
            named = {field.name for field in fields if f"--{field.option} " in f"{error} "}
            usual = {field.name for field in fields if not field.rare}
            only, kept, values = usual | values.keys() | named, values, {}
            continue
        if dry_run:
            return change
        show(change)
        answer = _line("Write it? [Y/n, c to change] ")
        if answer.casefold() == "c":
            only, kept, values = [field.name for field in fields], values, {}
        elif answer.casefold() not in ("", "y", "yes"):
            return None
        else:
            with folder.writing():
                change = entries.add(folder, kind, values, **options)
                changes.apply(folder, change)
            return change


def _ask(
    folder: Folder,
    kind: str,
    answers: Values,
    only: Collection[str],
    kept: Mapping[str, list[str]],
    hints: Mapping[str, str],
    add: Adding | None,
) -> None:
    """Fill `answers` with what is `kept` and with the answers to `only` some fields that they lack.

    An empty answer keeps what is kept of a field, else leaves it out, or ends one of several values. A field's hint is
    a name that a text has for it: who that may be is offered. `add` makes an entry of a kind that is not there yet,
    and gives its IRI; without it such a name is asked for again.
    """
    from stancegraph.curate.fields import ENTRIES

    for field in ENTRIES[kind].values():
        if field.name in answers:
            continue
        values = list(kept.get(field.name, []))
        if field.name in only:
            values = _values(folder, field, values, hints.get(field.name, ""), add)
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


class _Ended(UsageError):
    """The answers ended before the questions."""

    def __init__(self) -> None:
        super().__init__("the answers ended before the questions: nothing is written")


def _line(prompt: str) -> str:
    """A line from the person; raises _Ended where there is none any more."""
    answer = line(prompt)
    if answer is None:
        raise _Ended
    return answer


def _values(folder: Folder, field: Field, kept: Sequence[str], hint: str, add: Adding | None) -> list[str]:
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


def _answer(folder: Folder, field: Field, *, optional: bool, hint: str, add: Adding | None) -> str:
    """One value that does; empty where there is none."""
    from stancegraph.curate.fields import BUILT, pairs

    _complete(folder, field)
    offers: list[Callable[[], str]] = []
    if hint:
        try:
            list(pairs(folder, field, hint))
        except UnknownName as error:
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
            offers = _offers(field, answer, error, add)
        except _Ended:
            raise
        except StanceError as error:
            output.note(str(error))
        else:
            return answer


def _offers(field: Field, answer: str, error: UnknownName, add: Adding | None) -> list[Callable[[], str]]:
    """Says what is wrong, and what a number stands for: the nearest entries, then new ones of that name."""
    from stancegraph.curate.fields import ENTRIES

    output.note(str(error))
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
