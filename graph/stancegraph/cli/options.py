"""The options commands share, declared once: data and printing, the filters, the choices of a network."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, get_type_hints

import typer

from stancegraph import output
from stancegraph.cli import printing
from stancegraph.errors import UnknownName, UsageError
from stancegraph.records import Rows
from stancegraph.statements.filters import TESTS, FilterOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stancegraph.names import Entry
    from stancegraph.store import Store

T = TypeVar("T")
FEW: Final = 5
"""Malformed parts of the data that are told one by one."""
Data = Annotated[
    list[str] | None,
    typer.Option(
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
    str | None,
    typer.Option(metavar="IRI", help="What the names of things begin with, at an address of yours."),
]
Output = Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Where to; - is stdout.")]
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
Actor = Annotated[str, typer.Argument(help="A name, as you would type it.", **ACTOR)]
OptionalActor = Annotated[list[str] | None, typer.Argument(help="Of whom; default: all.", **ACTOR)]


@dataclass
class Request:
    """What the shared options ask for: which data, how and where to print, which statements, which network."""

    data: list[str] | None
    format: str
    output: str
    filters: dict[str, Any]
    projection: dict[str, Any]
    network: str | None = None
    files: list[Path] = field(default_factory=list)
    """What is read beside the data, and not to be written over."""
    needing: str | None = None
    """The command, where it needs words or sources, which a table of stances has not."""

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
            self.emit(printing.as_json(whole()))
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


def but(options: Mapping[str, T], name: str) -> dict[str, T]:
    """The options but one, which the command's own argument stands for."""
    return {key: value for key, value in options.items() if key != name}


def printing_options(*, data: bool, formats: Any, default: str, output: bool) -> list[Parameter]:
    """The options that say where the data is, how to print, and where to."""
    shared = [_keyword("data", None, Data)] if data else []
    if formats is not None:
        annotation = Annotated[formats, typer.Option("--format", help="How to print.")]
        shared.append(_keyword("format", default, annotation))
    return [*shared, _keyword("output", "-", Output)] if output else shared


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
        annotation = Annotated[wanted, typer.Option(flag, help=hint.__metadata__[0], **details)]
        parameters.append(_keyword(filter_, "person" if name == "as" else None, annotation))
    return parameters


def network_options(*, kinds: bool) -> list[Parameter]:
    """One option for each choice of a network, from its declaration; with `kinds`, `--kind` names one too."""
    from stancegraph.network.method import CHOICES, KINDS, Method, NetworkOptions

    parameters = []
    if kinds:
        text = f"Which network: {', '.join(KINDS)}; or, as everywhere, what sort of actor speaks."
        annotation: object = Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help=text)]
        parameters.append(_keyword("kind", None, annotation))
    hints = get_type_hints(NetworkOptions, include_extras=True)
    for name in CHOICES:
        wanted, text = hints[name].__origin__, hints[name].__metadata__[0]
        switch = wanted is bool
        flag = f"--{name}/--no-{name}" if switch else f"--{name}"
        metavar = "NAME" if wanted == str | None else None
        annotation = Annotated[wanted, typer.Option(flag, help=text, metavar=metavar)]
        parameters.append(_keyword(name, getattr(Method(), name) if switch else None, annotation))
    return parameters


def split_kinds(given: Sequence[str]) -> tuple[str | None, list[str]]:
    """What `--kind` was given, as the network named (or None) and the kinds of actor; they share no word."""
    from stancegraph.network.method import KINDS

    networks = [kind for kind in given if kind in KINDS]
    if len(networks) > 1:
        raise UsageError(f"--kind {' --kind '.join(networks)}: name one network")
    return next(iter(networks), None), [kind for kind in given if kind not in KINDS]


def _keyword(name: str, default: object, annotation: object) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
