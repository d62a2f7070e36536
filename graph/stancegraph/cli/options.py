"""The options commands share, declared once: data and printing, the filters, the recipe of a network."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import typer

from stancegraph.errors import UsageError
from stancegraph.statements.filters import TESTS, FilterOptions

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
    for name, hint in get_type_hints(FilterOptions, include_extras=True).items():
        of, text = name.rstrip("_").removeprefix("not_"), hint.__metadata__[0]
        flag = "--" + name.rstrip("_").replace("_", "-")
        if of in TESTS:
            made = typer.Option(flag, metavar="NAME", help=text, autocompletion=complete(*TESTS[of].kinds))
            annotation: Any = Annotated[list[str] | None, made]
        elif of in SWITCHES:
            annotation = Annotated[bool | None, typer.Option(SWITCHES[of], help=text)]
        elif of == "min_confidence":
            annotation = Annotated[float | None, typer.Option(flag, help=text, min=0, max=1)]
        elif of == "min_count":
            annotation = Annotated[int | None, typer.Option(flag, metavar="N", help=text, min=1)]
        elif of == "as":
            annotation = Annotated[Literal["person", "organisation"], typer.Option(flag, help=text)]
        else:
            annotation = Annotated[str | None, typer.Option(flag, metavar="DAY", help=text)]
        parameters.append(option(name, "person" if of == "as" else None, annotation))
    return parameters


def recipe_options(*, kinds: bool) -> list[inspect.Parameter]:
    """One option per choice of a network, from their own declaration; with `kinds`, `--kind` names a network too."""
    from stancegraph.network.options import CHOICES, KINDS, NetworkOptions, Recipe, allowed

    parameters = []
    if kinds:
        text = f"Which network: {', '.join(KINDS)}; or, as everywhere, what sort of actor speaks."
        made = typer.Option("--kind", metavar="KIND", help=text)
        parameters.append(option("kind", None, Annotated[list[str] | None, made]))
    hints = get_type_hints(NetworkOptions, include_extras=True)
    for name in CHOICES:
        text, default = hints[name].__metadata__[0], getattr(Recipe(), name)
        if isinstance(default, bool):
            annotation: Any = Annotated[bool, typer.Option(f"--{name}/--no-{name}", help=text)]
        elif words := allowed(name):
            annotation = Annotated[Literal[words] | None, typer.Option(f"--{name}", help=text)]
        else:
            annotation = Annotated[str | None, typer.Option(f"--{name}", metavar="NAME", help=text)]
        parameters.append(option(name, default if isinstance(default, bool) else None, annotation))
    return parameters


def split_kinds(given: list[str] | None) -> tuple[str | None, list[str]]:
    """What `--kind` was given, as the network named (or None) and the kinds of actor; they share no word."""
    from stancegraph.network.options import KINDS

    networks = [kind for kind in given or () if kind in KINDS]
    if len(networks) > 1:
        raise UsageError(f"--kind {' --kind '.join(networks)}: name one network")
    return next(iter(networks), None), [kind for kind in given or () if kind not in KINDS]


def option(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    """An option as the parameter of a function, for Typer to read."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
