"""The options commands share, declared once: data and printing, the filters, the recipe of a network."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from stancegraph.errors import UsageError
from stancegraph.network.options import KINDS, Recipe
from stancegraph.statements.filters import TESTS, Filters

if TYPE_CHECKING:
    from collections.abc import Callable

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


SWITCHES = {"quoted": "--quoted/--not-quoted", "joint": "--joint/--alone"}


def complete(*kinds: str) -> Callable[[str], list[str]]:
    """Shell completion with names of these kinds from the shipped graph."""

    def names_beginning(incomplete: str) -> list[str]:
        from stancegraph import names, store

        return names.index(store.open(), *kinds).complete(incomplete, *kinds)

    return names_beginning


def filter_options() -> list[inspect.Parameter]:
    """One option per filter, from the filters' own declaration."""
    parameters = []
    for item in fields(Filters):
        name = item.name.rstrip("_")
        flag = "--" + name.replace("_", "-")
        text = item.metadata["help"]
        if name in SWITCHES:
            annotation: Any = Annotated[bool | None, typer.Option(SWITCHES[name], help=text)]
        elif name == "min_confidence":
            annotation = Annotated[float | None, typer.Option(flag, help=text, min=0, max=1)]
        elif name == "min_count":
            annotation = Annotated[int | None, typer.Option(flag, metavar="N", help=text, min=1)]
        elif name == "as":
            annotation = Annotated[Literal["person", "organisation"], typer.Option(flag, help=text)]
        elif item.default == ():
            kinds = TESTS[name.removeprefix("not_")].kinds
            made = typer.Option(flag, metavar="NAME", help=text, autocompletion=complete(*kinds))
            annotation = Annotated[list[str] | None, made]
        else:
            annotation = Annotated[str | None, typer.Option(flag, metavar="DAY", help=text)]
        default = None if item.default == () else item.default
        parameters.append(option(item.name, default, annotation))
    return parameters


def recipe_options(*, kinds: bool) -> list[inspect.Parameter]:
    """One option per choice of a recipe, from its own declaration; with `kinds`, `--kind` names a network too."""
    parameters = []
    for item in fields(Recipe):
        text, flag = item.metadata["help"], f"--{item.name}"
        if item.name == "kind":
            if not kinds:
                continue
            text = f"Which network: {', '.join(KINDS)}; or, as everywhere, what sort of actor speaks."
            annotation: Any = Annotated[list[str] | None, typer.Option(flag, metavar="KIND", help=text)]
        elif isinstance(item.default, bool):
            annotation = Annotated[bool, typer.Option(f"{flag}/--no-{item.name}", help=text)]
        elif item.metadata["options"]:
            annotation = Annotated[Literal[item.metadata["options"]] | None, typer.Option(flag, help=text)]
        else:
            annotation = Annotated[str | None, typer.Option(flag, metavar="NAME", help=text)]
        default = item.default if isinstance(item.default, bool) else None
        parameters.append(option(item.name, default, annotation))
    return parameters


def split_kinds(given: list[str] | None) -> tuple[str | None, list[str]]:
    """What `--kind` was given, as the network named (or None) and the kinds of actor; they share no word."""
    networks = [kind for kind in given or () if kind in KINDS]
    if len(networks) > 1:
        raise UsageError(f"--kind {' --kind '.join(networks)}: name one network")
    return next(iter(networks), None), [kind for kind in given or () if kind not in KINDS]


def option(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    """An option as the parameter of a function, for Typer to read."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
