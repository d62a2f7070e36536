"""The program: commands made of functions and shared options, read no further than a call needs."""

from __future__ import annotations

import inspect
import os
import sys
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandInfo

from stancegraph import output
from stancegraph.cli import terminal
from stancegraph.cli.options import Data, Form, Output, filter_options, option, recipe_options, split_kinds
from stancegraph.cli.request import Request
from stancegraph.errors import StanceError

if TYPE_CHECKING:
    from collections.abc import Callable


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
    if value is not None and (value == parameter.default or (wanted is str and isinstance(value, str))):
        return value
    if wanted == list[str]:
        return list(value)
    if get_origin(wanted) is Literal and value in get_args(wanted):
        return value
    return coerced(ctx, value)


WrongUsage: Any = typer.BadParameter.__base__
"""What the command line raises where a call does not fit a command's options and arguments."""


class Group(TyperGroup):
    """Turns every error raised on purpose into one line on stderr and its exit code."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the program; a call that fits no command is one line and exit code 2."""
        try:
            sys.exit(super().main(*args, **{**options, "standalone_mode": False}) or 0)
        except WrongUsage as error:
            # Called without anything, the program has printed its help, and there is no message.
            if message := " ".join(error.format_message().replace("Value error, ", "").split()).rstrip("."):
                path = error.ctx.command_path if error.ctx else "stancegraph"
                output.note(f"error: {terminal.plain(message)}; `{path} --help` shows what it takes")
            sys.exit(error.exit_code)

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
    recipe: Literal["any network", "agreement"] | None = None,
    data: bool = True,
    formats: Any = Form,
    output: bool = True,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Announce a command whose first argument is the Request made from the options all commands share."""

    def announce(function: Callable[..., None]) -> Callable[..., None]:
        def register() -> None:
            shared = [option("data", None, Data)] if data else []
            shared += [option("format", "table", formats)] if formats is not None else []
            shared += [option("output", "-", Output)] if output else []
            chosen = filter_options() if filters else []
            making = recipe_options(kinds=recipe == "any network") if recipe else []
            app.command(name, cls=Command)(_requesting(function, chosen, making, shared))

        app.waiting[name] = register
        return function

    return announce


def _requesting(
    function: Callable[..., None],
    filters: list[inspect.Parameter],
    recipe: list[inspect.Parameter],
    shared: list[inspect.Parameter],
) -> Callable[..., None]:
    """`function` with the options of filters, recipe and request as parameters of its own, for Typer to read."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    taken = {parameter.name for parameter in own}
    recipe = [p for p in recipe if p.name not in taken]
    taken |= {parameter.name for parameter in recipe}
    filters = [p for p in filters if p.name not in taken]

    @wraps(function)
    def run(**options: Any) -> None:
        given, choices = (
            {p.name: v for p in part if (v := options.pop(p.name)) is not None} for part in (filters, recipe)
        )
        network = None
        if "kind" in choices:
            network, given["kind"] = split_kinds(choices.pop("kind"))
        request = Request(
            options.pop("data", None),
            options.pop("format", "table"),
            options.pop("output", "-"),
            given,
            choices,
            network,
        )
        function(request, **options)

    keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
    parameters = [*keyword, *recipe, *filters, *shared]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run
