"""The program and what its commands are: each declared by a function, with the options it shares with others.

An option is declared once: data and printing here, filters and the choices of a network where these are declared. A
call reads no further than it needs.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property, wraps
from inspect import Parameter, Signature, getdoc, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

import typer
from typer import Argument, Option
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from stancegraph import __version__, output
from stancegraph.cli import printing
from stancegraph.errors import UnknownName, UsageError
from stancegraph.output import elapsed
from stancegraph.records import Rows
from stancegraph.statements.filters import TESTS, FilterOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stancegraph.names import Entry
    from stancegraph.store import Store


FEW: Final = 5
"""Malformed parts of the data that are told one by one."""
Data = Annotated[
    list[str] | None,
    Option(
        "--data",
        metavar="PATH|URL",
        help="File, folder, database or SPARQL endpoint; several files and folders are one graph; a table of stances "
        "(Parquet, or spark://host:port/path) for what needs no words; "
        "default: $STANCEGRAPH_DATA, or else the shipped graph.",
    ),
]
Format = Literal["table", "json", "csv", "md"]
RdfFormat = Literal["table", "json", "csv", "md", "ttl"]
Base = Annotated[
    str | None, Option(metavar="IRI", help="What the names of things begin with, at an address of yours.")
]
Output = Annotated[str, Option("-o", "--output", metavar="FILE", help="Where to; - is stdout.")]
DETAILS: Final[dict[str, dict[str, Any]]] = {
    "words": {"metavar": "TEXT"},
    "since": {"metavar": "DAY"},
    "until": {"metavar": "DAY"},
    "min_confidence": {"min": 0, "max": 1},
    "min_count": {"metavar": "N", "min": 1},
}
"""What an option shows or takes beyond what its filter declares."""
MANY: Final = 20_000
"""Rows that are printed at once."""
POURED: Final = 1 << 16
"""Characters that are printed at once of an answer that is made as it is printed."""
SWITCHES: Final = {"quoted": "--quoted/--not-quoted", "joint": "--joint/--alone"}


def places(data: list[str] | None) -> list[str]:
    """Where the data is: as `--data` says, or the variable, which Typer would split at blanks; none: as shipped."""
    return data or [place for place in [os.environ.get("STANCEGRAPH_DATA")] if place]


def complete_names(*kinds: str) -> Callable[[typer.Context, str], list[str]]:
    """Shell completion with names of these kinds from the graph that is asked."""

    def names_beginning(ctx: typer.Context, incomplete: str) -> list[str]:
        from stancegraph import names, store

        return names.index(store.open(places(ctx.params.get("data"))), *kinds).complete(incomplete, *kinds)

    return names_beginning


ACTOR: Final = {"metavar": "ACTOR", "autocompletion": complete_names("actor")}
Actor = Annotated[str, Argument(help="A name, as you would type it.", **ACTOR)]
OptionalActor = Annotated[list[str] | None, Argument(help="Of whom; default: all.", **ACTOR)]


@dataclass
class Request:
    """What the shared options ask for: which data, how and where to print, which statements, which network."""

    filters: dict[str, Any]
    projection: dict[str, Any]
    network: str | None
    needing: str | None
    """The command, where it needs words or sources, which a table of stances has not."""
    data: list[str] | None = None
    format: str = "table"
    output: str = "-"
    files: list[Path] = field(default_factory=list)
    """What is read beside the data, and not to be written over."""

    @cached_property
    def store(self) -> Store:
        from stancegraph import store

        opened = store.open(places(self.data))
        if opened.tabular and self.needing:
            raise opened.lacks(f"`{self.needing}`")
        return opened

    @property
    def folder(self) -> str | None:
        """The folder that is asked, where it is one and no more."""
        named = places(self.data)
        return named[0] if len(named) == 1 and Path(named[0]).is_dir() else None

    @property
    def choices(self) -> dict[str, Any]:
        """The filters, and how a network is made of what passes them."""
        return self.filters | self.projection

    def speakers(self, words: Sequence[str] | None) -> list[str]:
        """The actors meant: the arguments, one name of several words or several names, and those of `--actor`."""
        named = [" ".join(words)] if words else []
        if words and len(words) > 1:
            named = separate_names(self.store, words)
        return [*named, *self.filters.get("actor", ())]

    def show(
        self,
        rows: Sequence[Mapping[str, object]],
        columns: Sequence[str] | type,
        noun: str,
        text: Callable[[], str] | None = None,
        *,
        notes: Sequence[str] = (),
        whole: Callable[[], object] | None = None,
    ) -> None:
        """Print rows, and on stderr their number and notes; `text` makes what reads better than a table.

        `columns` may be the TypedDict that the rows are. Many rows of CSV are printed as they are made. Where the rows
        are only a part of an answer, JSON has the `whole`, without notes.
        """
        if whole is not None and self.format == "json":
            self.emit(output.as_json(whole()))
            return
        columns = list(columns.__annotations__) if isinstance(columns, type) else columns
        as_text = text if self.format == "table" else None
        if self.format == "csv" and self.output == "-":
            for start in range(0, len(rows) or 1, MANY):
                head = [columns] if not start else []
                self.emit(printing.csv_rows(rows[start : start + MANY], columns, head))
        else:
            self.emit(as_text() if as_text else printing.format_rows(self.format, rows, columns))
        output.note(output.quantity(len(rows), noun) if rows else f"no {noun}s")
        output.note(*dict.fromkeys((*notes, *(rows.notes if isinstance(rows, Rows) else ()))))

    def note_left_out(self) -> None:
        """Tell what of the data was malformed, and what was done without it; and what a table of stances lacks."""
        lines = list(self.store.left_out) if "store" in vars(self) else []
        if "store" in vars(self) and self.store.tabular:
            output.note(
                f"{self.store.where} has no words: they lie in the database or files that it was made of"
            )
        output.note(*lines[:FEW])
        if lines:
            more = f"{len(lines) - FEW} more are like that; " if len(lines) > FEW else ""
            output.note(f"{more}`stancegraph check` finds all that is to be mended")

    def pour(self, parts: Iterable[str]) -> None:
        """Write an answer as its parts are made, some thousand characters at a time; to a file at once."""
        if self.output != "-":
            self.emit("".join(parts))
            return
        held: list[str] = []
        size = 0
        for part in parts:
            held.append(part)
            size += len(part)
            if size > POURED:
                self.emit("".join(held))
                held, size = [], 0
        self.emit("".join(held))

    def emit(self, text: str) -> None:
        """Write an answer where `--output` says, though never over what it was made from."""
        data = self.store.inputs if self.output != "-" and "store" in vars(self) else ()
        output.emit(text, self.output, [*self.files, *data])


def separate_names(store: Store, words: Sequence[str]) -> list[str]:
    """The actors that several arguments name: together one, or else each its own, with a note of who is meant.

    A single word is a name of its own only as a family name or in full: "Haider Abadi" is not any Haider and some
    Abadi. Raises UnknownName where it is neither, or more than one actor is meant.
    """
    from stancegraph import names

    known = names.index(store, "actor")
    together = " ".join(words)
    try:
        return [known.resolve(together, "actor").iri]
    except UnknownName as error:
        parts = _with_articles(words)
        if error.ambiguous or len(parts) < 2:
            raise
        try:
            found = [known.resolve(part, "actor") for part in parts]
        except UnknownName as other:
            raise (other if other.ambiguous else error) from None
        if not all(map(_is_a_name_of_its_own, parts, found)):
            raise
    output.note(f"{len(found)} speakers: {', '.join(entry.label for entry in found)}")
    return [entry.iri for entry in found]


def _with_articles(words: Sequence[str]) -> list[str]:
    """The arguments, an article that stands alone joined to what follows: "al", "Sadr" is one name."""
    from stancegraph.names import spelling

    parts: list[str] = []
    article = ""
    for word in words:
        if word.casefold() in spelling.ARTICLES:
            article += f"{word} "
        else:
            parts.append(article + word)
            article = ""
    return [*parts, article.strip()] if article else parts


def _is_a_name_of_its_own(text: str, entry: Entry) -> bool:
    from stancegraph.names import spelling
    from stancegraph.vocabulary import local_name

    asked = spelling.plain(text)
    if not entry.person or " " in asked or ":" in text:
        return True
    aliases = [spelling.plain(name) for name in (local_name(entry.iri), *entry.aliases)]
    return any(
        name == asked or spelling.likeness(asked, name.split()[-1]) > spelling.FAMILY for name in aliases
    )


def but(options: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The options but one, which the command's own argument stands for."""
    return {key: value for key, value in options.items() if key != name}


def printing_options(*, data: bool, formats: Any, default: str, output: bool) -> list[Parameter]:
    """The options that say where the data is, how to print, and where to."""
    shared = [keyword("data", None, Data)] if data else []
    if formats is not None:
        annotation = Annotated[formats, Option("--format", help="How to print.")]
        shared.append(keyword("format", default, annotation))
    return [*shared, keyword("output", "-", Output)] if output else shared


def filter_options() -> list[Parameter]:
    """One option for each filter, from the filters' own declaration."""
    parameters = []
    for filter_, hint in get_type_hints(FilterOptions, include_extras=True).items():
        name = filter_.rstrip("_")
        wanted: Any = hint.__origin__
        flag = SWITCHES.get(name) or f"--{name.replace('_', '-')}"
        details = DETAILS.get(name, {})
        if name.removeprefix("not_") in TESTS:
            kinds = TESTS[name.removeprefix("not_")].kinds
            wanted = list[str] | None
            details = {"metavar": "NAME", "autocompletion": complete_names(*kinds)}
        annotation = Annotated[wanted, Option(flag, help=hint.__metadata__[0], **details)]
        parameters.append(keyword(filter_, "person" if name == "as" else None, annotation))
    return parameters


def network_options(*, kinds: bool) -> list[Parameter]:
    """One option for each choice of a network, from its declaration; with `kinds`, `--kind` names one too."""
    from stancegraph.network import CHOICES, KINDS, Method, NetworkOptions

    parameters = []
    if kinds:
        text = f"Which network: {', '.join(KINDS)}; or, as everywhere, what sort of actor speaks."
        annotation: object = Annotated[list[str] | None, Option("--kind", metavar="KIND", help=text)]
        parameters.append(keyword("kind", None, annotation))
    hints = get_type_hints(NetworkOptions, include_extras=True)
    for name in CHOICES:
        wanted, text = hints[name].__origin__, hints[name].__metadata__[0]
        switch = wanted is bool
        flag = f"--{name}/--no-{name}" if switch else f"--{name}"
        metavar = "NAME" if wanted == str | None else None
        annotation = Annotated[wanted, Option(flag, help=text, metavar=metavar)]
        parameters.append(keyword(name, getattr(Method(), name) if switch else None, annotation))
    return parameters


def keyword(name: str, default: object, annotation: object) -> Parameter:
    """An option as a parameter of a function."""
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


COMMANDS: Final[dict[str, Any]] = {}
"""The commands by name, in the order of the help; a family holds its own."""


def command(
    name: str,
    *,
    filters: bool = False,
    network: Literal["any", "agreement"] | None = None,
    words: bool = True,
    data: bool = True,
    formats: Any = Format,
    default_format: str = "table",
    output: bool = True,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a command: a function of a Request, made of the options asked for here, and of options of its own.

    One that needs no `words` or sources answers of a table of stances too.
    """

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        def options() -> Options:
            own = list(signature(function, eval_str=True).parameters.values())[1:]
            taken = {parameter.name for parameter in own}
            choosing = network_options(kinds=network == "any") if network else []
            choosing = [p for p in choosing if p.name not in taken]
            taken |= {parameter.name for parameter in choosing}
            filtering = [p for p in filter_options() if p.name not in taken] if filters else []
            shared = printing_options(data=data, formats=formats, default=default_format, output=output)
            own = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in own]
            return Options(own, choosing, filtering, shared, name if words else None)

        family, _, last = name.rpartition(" ")
        members = COMMANDS[family].commands if family else COMMANDS
        members[last] = Command(last, function, options, name)
        return function

    return declare


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a command: its `own`, those that choose a network, those that filter, those of printing."""

    own: list[Parameter]
    choosing: list[Parameter]
    filtering: list[Parameter]
    shared: list[Parameter]
    needing: str | None = None
    """The command, where it needs words or sources."""

    @property
    def every(self) -> list[Parameter]:
        """All, in the order of the help."""
        return [*self.own, *self.choosing, *self.filtering, *self.shared]

    def split(self, given: dict[str, Any]) -> tuple[Request, dict[str, Any]]:
        """What values for all of them ask for, and the values of the command's own."""
        filters, projection = (
            {p.name: value for p in part if (value := given.pop(p.name)) is not None}
            for part in (self.filtering, self.choosing)
        )
        networks: list[str] = []
        if "kind" in projection:  # a network or kinds of actor, which share no word
            from stancegraph.network import KINDS

            kinds = projection.pop("kind")
            networks = [kind for kind in kinds if kind in KINDS]
            filters["kind"] = [kind for kind in kinds if kind not in KINDS]
        if len(networks) > 1:
            raise UsageError(f"--kind {' --kind '.join(networks)}: name one network")
        shared = {p.name: given.pop(p.name) for p in self.shared}
        return Request(filters, projection, next(iter(networks), None), self.needing, **shared), given


class Coercion:
    """Makes typed text into values; Typer's own way is loaded only for what is not text or a word of a list.

    The library behind it costs more time than a lookup does.
    """

    def __init__(self, typers_own: Callable[[], Any]) -> None:
        self.typers_own = typers_own

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value of a parameter; raises Typer's BadParameter where the text stands for none."""
        if value is None or value == ():
            return None
        wanted = param.type_descriptor.annotation
        words = get_args(wanted) if get_origin(wanted) is Literal else ()
        if value == param.default or wanted is str or value in words:
            return value
        if wanted == list[str]:
            return list(value)
        return self.typers_own().coerce(value, param=param, ctx=ctx)


def coerce_little(parameters: list[Any]) -> list[Any]:
    """The parameters, each with a `Coercion` in the place of Typer's own."""
    for parameter in parameters:
        own = getattr(parameter, "get_runtime_param", None)
        if own and "get_runtime_param" not in vars(parameter):
            coercion = Coercion(own)
            parameter.get_runtime_param = lambda coercion=coercion: coercion
    return parameters


class Command(TyperCommand):
    """A command whose options are made when it is asked for: a lookup does not pay for those of all others."""

    def __init__(
        self, name: str, function: Callable[..., None], options: Callable[[], Options], path: str
    ) -> None:
        super().__init__(name, help=getdoc(function))
        self.function, self.options, self.path = function, options, path

    def get_params(self, ctx: Any) -> list[Any]:
        """Its parameters, the one for help among them."""
        if self.callback is None:
            options = self.options()

            @wraps(self.function)
            def run(**given: Any) -> None:
                request, own = options.split(given)
                with elapsed(f"stancegraph {self.path}"):
                    self.function(request, **own)
                request.note_left_out()

            run.__signature__ = Signature(options.every)  # type: ignore[attr-defined]
            run.__annotations__ = {p.name: p.annotation for p in options.every}
            alone = typer.Typer(add_completion=False)
            alone.command()(run)
            made = get_command(alone)
            self.callback, self.params = made.callback, made.params
        return coerce_little(super().get_params(ctx))


class Group(TyperGroup):
    """Several commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its parameters, the one for help among them."""
        return coerce_little(super().get_params(ctx))


class Family(Group):
    """Commands of one verb, as `add actor` and `add document`."""

    def __init__(self, name: str, help: str) -> None:
        super().__init__(name=name, help=help, no_args_is_help=True)
        COMMANDS[name] = self


EPILOG: Final = (
    "Exit codes: 0 done, also when nothing matched; 1 check found faults; "
    "2 wrong usage: bad option or date, unknown or ambiguous name, query refused; "
    "3 could not run: unreadable data, dead endpoint, cannot write; 130 interrupted. "
    "With STANCEGRAPH_TRACEBACK=1 in the environment, what could not run shows where."
)
WrongUsage: Any = typer.BadParameter.__base__
"""What the command line raises where a call does not fit a command's options and arguments."""


class Program(Group):
    """All commands; what a call does wrong is a UsageError, and no error ends the process here."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands.update(COMMANDS)

    def main(self, *args: Any, **options: Any) -> int:
        """Run the command that was named; its exit code, 0 unless it asks for another."""
        try:
            return int(super().main(*args, **{**options, "standalone_mode": False}) or 0)
        except WrongUsage as error:
            # Called without anything, the program has printed its help, and there is no message.
            message = " ".join(error.format_message().replace("Value error, ", "").split()).rstrip(".")
            if not message:
                return UsageError.exit_code
            path = error.ctx.command_path if error.ctx else "stancegraph"
            raise UsageError(f"{message}; `{path} --help` shows what it takes") from None
        except SystemExit as error:
            if isinstance(error.__context__, BrokenPipeError):  # Typer would end with 1
                raise error.__context__ from None
            return UsageError.exit_code if error.code else 0  # Typer says of a completion that there is none
        except (KeyError, ValueError) as error:
            if "_STANCEGRAPH_COMPLETE" in os.environ:  # by which a shell asks
                raise UsageError(f"the shell does not say what to complete: {error}") from None
            raise


app = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Who said what, about whom, when, and where is it written.",
    epilog=EPILOG,
)


def print_version(wanted: bool) -> None:
    """Print the version and exit, if that is `wanted`."""
    if wanted:
        output.emit(f"stancegraph {__version__}\n")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, Option("--version", help="Print the version and exit.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Who said what, about whom, when, and where is it written."""
