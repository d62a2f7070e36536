"""What a command is: declared by a function, and read no further than a call needs."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from stancegraph.cli.options import (
    Format,
    Request,
    filter_options,
    network_options,
    printing_options,
    split_kinds,
)
from stancegraph.output import elapsed

if TYPE_CHECKING:
    from collections.abc import Callable


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
            own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
            taken = {parameter.name for parameter in own}
            choosing = network_options(kinds=network == "any") if network else []
            choosing = [p for p in choosing if p.name not in taken]
            taken |= {parameter.name for parameter in choosing}
            filtering = [p for p in filter_options() if p.name not in taken] if filters else []
            shared = printing_options(data=data, formats=formats, default=default_format, output=output)
            keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
            return Options(keyword, choosing, filtering, shared, name if words else None)

        family, _, last = name.rpartition(" ")
        members = COMMANDS[family].commands if family else COMMANDS
        members[last] = Command(last, function, options, name)
        return function

    return declare


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a command: its `own`, those that choose a network, those that filter, those of printing."""

    own: list[inspect.Parameter]
    choosing: list[inspect.Parameter]
    filtering: list[inspect.Parameter]
    shared: list[inspect.Parameter]
    needing: str | None = None
    """The command, where it needs words or sources."""

    @property
    def every(self) -> list[inspect.Parameter]:
        """All, in the order of the help."""
        return [*self.own, *self.choosing, *self.filtering, *self.shared]

    def split(self, given: dict[str, Any]) -> tuple[Request, dict[str, Any]]:
        """What values for all of them ask for, and the values of the command's own."""
        filters, projection = (
            {p.name: value for p in part if (value := given.pop(p.name)) is not None}
            for part in (self.filtering, self.choosing)
        )
        network = None
        if "kind" in projection:
            network, filters["kind"] = split_kinds(projection.pop("kind"))
        shared: dict[str, Any] = {"data": None, "format": "table", "output": "-"}
        shared |= {p.name: given.pop(p.name) for p in self.shared}
        request = Request(**shared, filters=filters, projection=projection, network=network)
        request.needing = self.needing
        return request, given


def _requesting(function: Callable[..., None], name: str, options: Options) -> Callable[..., None]:
    """`function` with the options of a Request as parameters of its own, for Typer to read."""

    @wraps(function)
    def run(**given: Any) -> None:
        request, own = options.split(given)
        with elapsed(f"stancegraph {name}"):
            function(request, **own)
        request.note_left_out()

    run.__signature__ = inspect.Signature(options.every)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in options.every}
    return run


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
        if value == param.default or wanted is str or value in _words(wanted):
            return value
        if wanted == list[str]:
            return list(value)
        return self.typers_own().coerce(value, param=param, ctx=ctx)


def _words(wanted: Any) -> tuple[Any, ...]:
    return get_args(wanted) if get_origin(wanted) is Literal else ()


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
        super().__init__(name, help=inspect.getdoc(function))
        self.function, self.options, self.path = function, options, path

    def get_params(self, ctx: Any) -> list[Any]:
        """Its parameters, the one for help among them."""
        if self.callback is None:
            alone = typer.Typer(add_completion=False)
            alone.command()(_requesting(self.function, self.path, self.options()))
            made = get_command(alone)
            self.callback, self.params = made.callback, made.params
        return coerce_little(super().get_params(ctx))


class Family(TyperGroup):
    """Commands of one verb, as `add actor` and `add document`."""

    def __init__(self, name: str, help: str) -> None:
        super().__init__(name=name, help=help, no_args_is_help=True)
        COMMANDS[name] = self

    def get_params(self, ctx: Any) -> list[Any]:
        """Its parameters, the one for help among them."""
        return coerce_little(super().get_params(ctx))


COMMANDS: Final[dict[str, Any]] = {}
"""The commands by name, in the order of the help; a family holds its own."""
