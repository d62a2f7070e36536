"""The program as Typer knows it: all commands, its version, its help."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from stancegraph import __version__, output

# The order of these is the order of the commands in the help: look up, count, hand on.
# isort: off
from stancegraph.cli import lookups, networks, exchange, imports, coding, curating, serving  # noqa: F401
from stancegraph.cli.program import Group

# isort: on

EPILOG: Final = (
    "Exit codes: 0 done, also when nothing matched; 1 check found faults; "
    "2 wrong usage: bad option or date, unknown or ambiguous name, query refused; "
    "3 could not run: unreadable data, dead endpoint, cannot write; 130 interrupted. "
    "With STANCEGRAPH_TRACEBACK=1 in the environment, what could not run shows where."
)
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
