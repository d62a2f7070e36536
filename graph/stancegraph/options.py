"""What commands share: the request they are given, and the options they all take, declared once."""

from __future__ import annotations

import inspect
import os
import sys
from dataclasses import dataclass, fields
from functools import cached_property, partial, wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer
from pyoxigraph import Literal as Value
from pyoxigraph import Triple
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandInfo

from stancegraph import output, terminal
from stancegraph.errors import StanceError, UsageError
from stancegraph.selection import TESTS, Filters
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stancegraph.store import Store, Term


@dataclass
class Request:
    """What every command is given: where the data is, how to print, and which statements are meant."""

    data: str | None
    format: str
    output: str
    filters: dict[str, Any]

    @cached_property
    def store(self) -> Store:
        from stancegraph import store

        return store.open(self.data)

    def without(self, name: str) -> dict[str, Any]:
        """The filters but one, which the command's own argument stands for."""
        return {key: value for key, value in self.filters.items() if key != name}

    def show(
        self,
        rows: Sequence[dict[str, Any]],
        columns: Sequence[str],
        noun: str,
        table: Callable[[], str] | None = None,
    ) -> None:
        """Print rows, and their number on stderr; `table` makes a better table than the plain one."""
        made = table() if table and self.format == "table" else terminal.rows_as(self.format, rows, columns)
        output.emit(made, self.output)
        count = f"{len(rows)} {noun}{'' if len(rows) == 1 else 's'}"
        output.note(count if rows else f"no {noun}s")

    def show_terms(self, variables: Sequence[str], rows: Sequence[Mapping[str, Term]]) -> None:
        """Print a query's answer: IRIs and values as text, numbers and truth values as such in JSON."""
        if self.format == "ttl":
            output.emit(_turtle(rows), self.output)
        else:
            plain = [{name: _value(row.get(name)) for name in variables} for row in rows]
            self.show(plain, variables, "row")


def _value(term: Term | None) -> Any:
    if not isinstance(term, Value):
        return None if term is None else term.value
    kind = local_name(term.datatype.value)
    if kind == "boolean":
        return term.value in {"true", "1"}
    try:
        return int(term.value) if kind == "integer" else float(term.value) if kind in NUMBERS else term.value
    except ValueError:
        return term.value


def _turtle(rows: Sequence[Mapping[str, Term]]) -> str:
    from stancegraph import turtle

    columns = ("subject", "predicate", "object")
    if any(set(row) != set(columns) for row in rows):
        raise UsageError(
            "--format ttl is for CONSTRUCT and DESCRIBE; a SELECT answers a table, as json or csv"
        )
    return turtle.write(Triple(*(row[column] for column in columns)) for row in rows)  # type: ignore[arg-type]


NUMBERS = frozenset({"decimal", "double", "float"})

Data = Annotated[
    str | None,
    typer.Option(
        "--data",
        envvar="STANCEGRAPH_DATA",
        metavar="PATH|URL",
        help="File, folder, database or SPARQL endpoint; default: the shipped graph.",
    ),
]
Form = Annotated[Literal["table", "json", "csv", "md"], typer.Option("--format", help="How to print.")]
FormTtl = Annotated[
    Literal["table", "json", "csv", "md", "ttl"], typer.Option("--format", help="How to print.")
]
Output = Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Where to; - is stdout.")]


def complete(*kinds: str) -> Callable[[str], list[str]]:
    """Shell completion with names of these kinds from the shipped graph."""

    def names_beginning(incomplete: str) -> list[str]:
        from stancegraph import names, store

        return names.index(store.open(), *kinds).complete(incomplete, *kinds)

    return names_beginning


def _filter_options() -> list[inspect.Parameter]:
    """One option per filter, from the filters' own declaration."""
    parameters = []
    for item in fields(Filters):
        name = item.name.rstrip("_")
        flag = "--" + name.replace("_", "-")
        text = item.metadata["help"]
        if name == "quoted":
            annotation: Any = Annotated[bool | None, typer.Option("--quoted/--not-quoted", help=text)]
        elif name == "min_confidence":
            annotation = Annotated[float | None, typer.Option(flag, help=text, min=0, max=1)]
        elif name == "as":
            annotation = Annotated[Literal["person", "organisation"], typer.Option(flag, help=text)]
        elif item.default == ():
            kinds = TESTS[name.removeprefix("not_")].kinds
            option = typer.Option(flag, metavar="NAME", help=text, autocompletion=complete(*kinds))
            annotation = Annotated[list[str] | None, option]
        else:
            annotation = Annotated[str | None, typer.Option(flag, metavar="DAY", help=text)]
        default = None if item.default == () else item.default
        parameters.append(_option(item.name, default, annotation))
    return parameters


def _option(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def coercing_little(parameters: list[Any]) -> list[Any]:
    """The parameters, made to coerce only what needs it: the library behind that costs more than a lookup."""
    for parameter in parameters:
        if "process_value" not in vars(parameter):
            parameter.process_value = partial(_value_of, parameter, parameter.process_value)
    return parameters


class Command(TyperCommand):
    """A command that is read without what it does not need."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its parameters, the one for help among them."""
        return coercing_little(super().get_params(ctx))


def _value_of(parameter: Any, coerced: Callable[[Any, Any], Any], ctx: Any, value: Any) -> Any:
    """The value of a parameter; what is absent, a default, plain text or a known choice is so already."""
    wanted = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if (value is None or value == ()) and not parameter.required:
        return parameter.callback(ctx, parameter, None) if parameter.callback else None
    if value == parameter.default or (wanted is str and isinstance(value, str)):
        return value
    if wanted == list[str]:
        return list(value)
    if get_origin(wanted) is Literal and value in get_args(wanted):
        return value
    return coerced(ctx, value)


class Group(TyperGroup):
    """Turns every error raised on purpose into one line on stderr and its exit code."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its parameters, the one for help among them."""
        return coercing_little(super().get_params(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        output.use_utf8()
        try:
            return super().invoke(ctx)
        except StanceError as error:
            output.note(f"error: {terminal.visible(str(error))}")
            raise typer.Exit(error.exit_code) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None


class App(typer.Typer):
    """Commands worked out when they are asked for: a lookup does not pay for the options of all others."""

    def __init__(self, **options: Any) -> None:
        self.waiting: dict[str, Callable[[], None]] = {}
        super().__init__(**options)

    def __call__(self, *args: Any, **options: Any) -> Any:
        asked = self.waiting.get(sys.argv[1]) if len(sys.argv) > 1 else None
        if asked:
            self.waiting = {}
            asked()
        return super().__call__(*args, **options)

    @property
    def registered_commands(self) -> list[CommandInfo]:
        """Typer's own list, with every command that still waited."""
        waiting, self.waiting = self.waiting, {}
        for register in waiting.values():
            register()
        return self._commands

    @registered_commands.setter
    def registered_commands(self, commands: list[CommandInfo]) -> None:
        self._commands = commands


def command(
    app: App,
    name: str,
    *,
    filters: bool = False,
    data: bool = True,
    formats: Any = Form,
    output: bool = True,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Announce a command whose first argument is the Request made from the options all commands share."""

    def announce(function: Callable[..., None]) -> Callable[..., None]:
        def register() -> None:
            shared = [_option("data", None, Data)] if data else []
            shared += [_option("format", "table", formats)] if formats is not None else []
            shared += [_option("output", "-", Output)] if output else []
            app.command(name, cls=Command)(
                _requesting(function, _filter_options() if filters else [], shared)
            )

        app.waiting[name] = register
        return function

    return announce


def _requesting(
    function: Callable[..., None], chosen: list[inspect.Parameter], shared: list[inspect.Parameter]
) -> Callable[..., None]:
    """`function` with the options of filters and request as parameters of its own, for Typer to read."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    chosen = [p for p in chosen if p.name not in {parameter.name for parameter in own}]

    @wraps(function)
    def run(**options: Any) -> None:
        given = {p.name: options.pop(p.name) for p in chosen}
        request = Request(
            options.pop("data", None),
            options.pop("format", "table"),
            options.pop("output", "-"),
            {k: v for k, v in given.items() if v is not None},
        )
        function(request, **options)

    keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
    parameters = [*keyword, *chosen, *shared]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run
