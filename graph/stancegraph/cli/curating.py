"""Commands that curate a graph of one's own: it is begun, added to and changed."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Collection, Mapping
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from stancegraph import output
from stancegraph.cli import printing
from stancegraph.cli.commands import Family, command
from stancegraph.cli.options import Base, Request, complete_names, places
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from stancegraph.curate.changes import Change
    from stancegraph.curate.fields import Field
    from stancegraph.curate.folder import Folder

Answer = Literal["table", "json"]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would change, and write nothing.")]
Entry = Annotated[str, typer.Argument(help="Its name, as you would type it, or its IRI.")]
Assignments = list[str] | None
SHOWN: Final = 2_000
"""Lines of a change that are shown; one that takes back an import has millions."""


@command("init", data=False, formats=None, output=False)
def init(
    _: Request,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    title: Annotated[str | None, typer.Option(help="What the graph is called.")] = None,
    base: Base = None,
    language: Annotated[str, typer.Option(help="The language of its gists.")] = "en",
    licence: Annotated[str | None, typer.Option(metavar="IRI", help="The address of its licence.")] = None,
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
    def __signature__(self) -> inspect.Signature:
        from stancegraph.curate.fields import ENTRIES, UNNAMED

        kind, fields = self._kind, ENTRIES[self._kind].values()
        named = [] if kind in UNNAMED else list(fields)[:1]
        made = [_option(field, argument=field in named) for field in fields]
        iri = typer.Option(
            "--iri", metavar="NAME", help="The last part of its IRI; default: made of its words."
        )
        made.append(_keyword("iri", Annotated[str | None, iri], None))
        if kind in ("document", "statement", "report"):
            text = typer.Option(
                "--text", metavar="FILE", help="The document's text, UTF-8; git ignores its copy."
            )
            made.append(_keyword("text", Annotated[Path | None, text], None))
        if kind == "statement":
            coder = typer.Option("--coder", metavar="NUMBER", help="Who coded it, by number.")
            made.append(_keyword("coder", Annotated[str, coder], "1"))
        elif kind not in UNNAMED:
            new = typer.Option("--new", help="It is another than who bears a similar name.")
            made.append(_keyword("new", Annotated[bool, new], False))
        ask = typer.Option("--ask", help="Be asked for what is missing, and before it is written.")
        made += [_keyword("ask", Annotated[bool, ask], False), _keyword("dry_run", DryRun, False)]
        request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return inspect.Signature([request, *made])


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _parameter(field: str) -> str:
    """The name a field has as a parameter of Python."""
    return f"{field}_" if iskeyword(field) else field


def _option(field: Field, *, argument: bool) -> inspect.Parameter:
    """A field as an option, or as the argument that names the entry."""
    if argument:
        made: Any = typer.Argument(metavar=f"[{field.name.upper()}]", help=field.help)
    else:
        complete = complete_names(*field.kinds) if field.names_entry else None
        metavar = field.values.upper().replace(" ", "-")
        made = typer.Option(f"--{field.option}", metavar=metavar, help=field.help, autocompletion=complete)
    return _keyword(
        _parameter(field.name), Annotated[list[str] | None if field.many else str | None, made], None
    )


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
    from stancegraph.cli import prompts
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
            adding = None if dry_run else add
            prompts.ask(folder, kind, values, only=only, kept=kept, hints=hints, add=adding)
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
        answer = prompts.line("Write it? [Y/n, c to change] ")
        if answer is None:
            raise prompts.Ended
        if answer.casefold() == "c":
            only, kept, values = [field.name for field in fields], values, {}
        elif answer.casefold() not in ("", "y", "yes"):
            return None
        else:
            with folder.writing():
                change = entries.add(folder, kind, values, **options)
                changes.apply(folder, change)
            return change


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
        Assignments, typer.Option("--set", metavar="FIELD=VALUE", help="Replace a field: gist=…")
    ] = None,
    add: Annotated[
        Assignments, typer.Option("--add", metavar="FIELD=VALUE", help="Add a value: alias=…")
    ] = None,
    remove: Annotated[
        Assignments,
        typer.Option("--remove", metavar="FIELD[=VALUE]", help="Take a value out, or all of a field."),
    ] = None,
    text: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The document's text, for a quote.")
    ] = None,
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
    name: Annotated[str | None, typer.Argument(help="Its new name; the old one still finds it.")] = None,
    iri: Annotated[str | None, typer.Option(metavar="NAME", help="The new last part of its IRI.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Give an entry another name or IRI: every reference follows, and the old IRI still leads to it."""
    from stancegraph.curate import references

    _write(request, lambda folder: references.rename(folder, entry, name=name, iri=iri), dry_run=dry_run)


@command("merge", formats=Answer, output=False)
def merge(
    request: Request,
    entry: Entry,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The one that stays.")],
    dry_run: DryRun = False,
) -> None:
    """Make one of two actors or propositions: names and references of the first become the second's."""
    from stancegraph.curate import references

    _write(request, lambda folder: references.merge(folder, entry, into), dry_run=dry_run)


@command("remove", formats=Answer, output=False)
def remove(
    request: Request,
    entry: Entry,
    with_references: Annotated[
        bool, typer.Option("--references", help="Take out too what points at it.")
    ] = False,
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
    request: Request,
    entry: Annotated[str | None, typer.Argument(help="Of which entry; default: of all.")] = None,
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
        output.emit(
            printing.as_json({"iri": change.iri, "change": change.what, "files": sorted(change.texts)})
        )
    else:
        output.emit(f"{changes.shown(change.iri, folder) if change.iri else change.what}\n")


def show(change: Change) -> None:
    """What is written, for the person to see."""
    if not change.texts:
        output.note("nothing changes: it is said already")
    output.note(*change.diff(SHOWN).splitlines())
