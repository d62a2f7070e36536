"""The program as Typer knows it: all commands, its version, its help."""

from __future__ import annotations

import os
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from stancegraph import __version__, output

# The order of these is the order of the commands in the help: look up, count, hand on.
# isort: off
from stancegraph.cli import lookups, networks, exchange, coding, curating, serving  # noqa: F401
from stancegraph.cli.commands import COMMANDS, coerce_little
from stancegraph.errors import UsageError

# isort: on

EPILOG: Final = (
    "Exit codes: 0 done, also when nothing matched; 1 check found faults; "
    "2 wrong usage: bad option or date, unknown or ambiguous name, query refused; "
    "3 could not run: unreadable data, dead endpoint, cannot write; 130 interrupted. "
    "With STANCEGRAPH_TRACEBACK=1 in the environment, what could not run shows where."
)
COMPLETION: Final = "_STANCEGRAPH_COMPLETE"
"""Variable by which a shell asks for completions."""
WrongUsage: Any = typer.BadParameter.__base__
"""What the command line raises where a call does not fit a command's options and arguments."""


class Group(TyperGroup):
    """All commands; what a call does wrong is a UsageError, and no error ends the process here."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands.update(COMMANDS)

    def get_params(self, ctx: Any) -> list[Any]:
        """Its parameters, the one for help among them."""
        return coerce_little(super().get_params(ctx))

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
            if COMPLETION in os.environ:
                raise UsageError(f"the shell does not say what to complete: {error}") from None
            raise


app = typer.Typer(
    cls=Group,
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
        bool,
        typer.Option("--version", help="Print the version and exit.", callback=print_version, is_eager=True),
    ] = False,
) -> None:
    """Who said what, about whom, when, and where is it written."""
