"""Commands that give the graph addresses: served to browsers, programs and SPARQL clients, or as a folder of files."""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin

import typer

from stancegraph import output
from stancegraph.cli.commands import COMMANDS, Command, command
from stancegraph.cli.options import Request, places
from stancegraph.errors import NotInstalled, UsageError

if TYPE_CHECKING:
    from stancegraph.serve.operations import Operation, Parameter
    from stancegraph.store import Store

SERVED: Final = (
    "said search actors actor propositions documents events figures compare allies network shifts timeline"
).split()
"""Commands whose rows have an address, `/api/NAME`."""
FILE: Final = "FILE"
"""What an option shows that takes a file."""
TYPES: Final[dict[object, Literal["string", "integer", "number", "boolean"]]] = {
    int: "integer",
    float: "number",
    bool: "boolean",
}


@command("serve", formats=None, output=False)
def serve(
    request: Request,
    port: Annotated[int, typer.Option(metavar="N", help="The port; 0 is any that is free.")] = 8765,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address of this machine; others reach only it.")
    ] = "127.0.0.1",
    edit: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Open the desk too, to code in this folder; the address has a token."
        ),
    ] = None,
    coder: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER",
            help="Who codes at the desk, by number, and sees no other's coding of a document until the two are "
            "settled; without it coder 1, who sees all.",
        ),
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0.1,
            max=3600,
            help="Stop an answer that takes longer, waiting for others included.",
        ),
    ] = 30,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN", help="Let pages of this origin ask too, as https://host."),
    ] = None,
) -> None:
    """Answer at an address of this machine: the page, every entry, rows as JSON, SPARQL; Ctrl-C stops it.

    Pages drawn are kept for the next start in your cache folder (on Linux ~/.cache/stancegraph/pages, at most 64 MB).
    """
    try:
        from stancegraph.serve import server
        from stancegraph.serve.live import Limits
    except ModuleNotFoundError as error:
        raise NotInstalled(error.name or "starlette", "serve") from error
    if edit is not None and request.data:
        raise UsageError("--edit names the folder that is served: leave out --data")
    server.run(
        places(request.data),
        [operation(name) for name in SERVED],
        host=host,
        port=port,
        limits=Limits(seconds=timeout),
        origins=allow_origin or (),
        edit=edit,
        coder=coder,
    )


@command("site", formats=None, output=False)
def site(
    request: Request,
    folder: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="A new folder, or one with a site written before and nothing else.",
        ),
    ],
) -> None:
    """Write what `serve` answers as a folder of files, which opens from the disk and from any web server."""
    from stancegraph.serve import site as sites
    from stancegraph.serve.live import Snapshot

    snapshot = Snapshot(places(request.data))
    request.store = snapshot.store
    count = sites.write(snapshot, [operation(name) for name in SERVED], folder)
    output.note(f"wrote {folder}: {count} files; begin at {folder / 'index.html'}")


def operation(name: str) -> Operation:
    """A command as an operation of the service: its options, and what it prints with `--format json`."""
    from stancegraph.serve.operations import Operation

    declared: Command = COMMANDS[name]
    options = declared.options()
    shown = [*options.own, *options.choosing, *options.filtering]
    parameters = tuple(_parameter(each) for each in shown if get_args(each.annotation)[1].metavar != FILE)
    return Operation(name, declared.help or "", parameters, partial(_answer, declared))


def _answer(declared: Command, store: Store, given: dict[str, Any]) -> tuple[str, list[str]]:
    options = declared.options()
    printing = {parameter.name: parameter.default for parameter in options.shared}
    request, own = options.split({**printing, "format": "json", **given})
    request.store = store
    with output.captured() as printed:
        declared.function(request, **own)
    return printed.text, printed.notes


def _parameter(option: inspect.Parameter) -> Parameter:
    """An option of a command as a parameter of an address."""
    from stancegraph.serve.operations import Parameter

    wanted, told = get_args(option.annotation)[:2]
    kinds = [each for each in get_args(wanted) if each is not type(None)] or [wanted]
    choices: tuple[str, ...] = ()
    words = (told.metavar or "").split("|")
    if get_origin(wanted) is Literal:
        choices, kinds = get_args(wanted), [str]
    elif get_origin(kinds[0]) is Literal:
        choices, kinds = get_args(kinds[0]), [str]
    elif FILE in words:  # no address leads to a file of this machine
        choices = tuple(word for word in words if word != FILE)
    many = wanted == list[str] or get_origin(kinds[0]) is list or kinds[0] == list[str]
    required = option.default is inspect.Parameter.empty
    return Parameter(
        option.name,
        TYPES.get(kinds[0], "string"),
        told.help or "",
        many=many,
        required=required,
        choices=choices,
        minimum=told.min,
        maximum=told.max,
        default=None if required else option.default,
    )
