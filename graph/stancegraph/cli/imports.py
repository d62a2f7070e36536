"""The command that takes other programs' files into a graph."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import typer

from stancegraph import output
from stancegraph.cli import progress
from stancegraph.cli.options import Base, Request
from stancegraph.cli.program import command
from stancegraph.errors import UsageError
from stancegraph.exchange.roles import ROLES


@command("import", data=False, formats=None, output=False)
def import_(
    _: Request,
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="[FORMAT] FILE",
            help="csv, tsv, jsonl, xlsx, qdpx (REFI-QDA), brat (a folder), webannotation, dna (the Discourse Network "
            "Analyzer's), or proposals (a program's, one JSON object to a line); without it, as the suffix says.",
        ),
    ],
    into: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="The folder to make, or a graph to add to.")
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE=HEADER", help=f"What a column says, else guessed. Roles: {', '.join(ROLES)}."
        ),
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STANCE=CELL", help="Which cells mean supports, opposes, neutral: supports=yes."
        ),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Columns, cells and names, as saved.")
    ] = None,
    save_mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Where to save how the file was read, to reuse.")
    ] = None,
    dates: Annotated[
        Literal["iso", "dmy", "mdy", "excel-1900", "excel-1904"] | None,
        typer.Option(help="How days in numbers are written, where the column does not show it."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of text that is not UTF-8: cp1256, latin-1 …")
    ] = None,
    base: Base = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be written, and write nothing.")
    ] = False,
    statement_type: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of dna: which statements.")
    ] = None,
    actor: Annotated[
        str | None, typer.Option(metavar="VARIABLE", help="Of dna: the variable that says who.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="VARIABLE", help="Of dna: the variable that says on what.")
    ] = None,
    level: Annotated[
        str | None, typer.Option(metavar="VARIABLE", help="Of dna: the variable that says for or against.")
    ] = None,
    texts: Annotated[bool, typer.Option("--texts", help="Of dna: write the documents' texts too.")] = False,
    document: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of proposals: the document of all that name none.")
    ] = None,
    maker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of proposals: the program that made them.")
    ] = None,
) -> None:
    """Make a graph of another program's file, or add it to one: statements, words, documents, every variable.

    Columns get their roles from the options, a mapping or their headers; rows with an `entry` describe one, as `export`
    writes them. What is doubtful is not taken: each row left
    out is listed with its line and the reason, and names that may be somebody's of the graph are yours to decide.
    Proposals of a program are kept as drafts, in no answer, until `code` has walked a coder through them.
    """
    from stancegraph.exchange import imports
    from stancegraph.exchange.mapping import read as reading_of

    kind, file = imports.format_of(what)
    coded = {"statement_type": statement_type, "actor": actor, "target": target, "level": level}
    tables = {"column": column, "value": value, "mapping": mapping, "save_mapping": save_mapping}
    _refuse_others(
        kind,
        {
            "tables": {**tables, "dates": dates, "encoding": encoding, "dry_run": dry_run or None},
            "dna": coded | {"texts": texts or None},
            "proposals": {"document": document, "maker": maker},
        },
    )
    if kind == "proposals":
        _keep_drafts(file, into, document, maker)
        return
    if kind == "dna":
        from stancegraph.exchange import dna

        made = dna.convert(file, into, **coded, base=base, texts=texts)
        _tell(f"{made} in {into}; use it with --data {into}", *made.left_out, *made.notes)
        return
    reading = reading_of(column or (), value or (), file=mapping, dates=dates or "", encoding=encoding or "")
    done, used = imports.read(
        kind, file, into, reading, guess=mapping is None, base=base, dry_run=dry_run, progress=progress.share
    )
    if save_mapping is not None:
        output.write(save_mapping, used.toml().encode(), [file])
    output.emit(done.diff)
    where = "would be written" if dry_run else f"in {into}; use it with --data {into}"
    _tell(f"{done} {where}", *done.notes)


def _tell(*lines: str) -> None:
    for line in lines:
        output.note(line)


def _refuse_others(kind: str, options: Mapping[str, Mapping[str, object]]) -> None:
    """Raise UsageError where an option is given that a format does not take."""
    own = kind if kind in options else "tables"
    for whose, values in options.items():
        if whose != own and (given := [name for name, value in values.items() if value is not None]):
            raise UsageError(f"--{given[0].replace('_', '-')} is of {whose}, not of {kind}: leave it out")


def _keep_drafts(file: Path, into: Path, document: str | None, maker: str | None) -> None:
    """Keep a program's proposals as drafts, and list each line that is not taken."""
    from stancegraph.curate import drafts
    from stancegraph.curate.folder import Folder

    done = drafts.keep(Folder(into), file, document=document, maker=maker)
    for line, why in done.refused:
        output.note(f"line {line}: {why}")
    output.note(
        f"{output.quantity(done.kept, 'draft')} kept; `stancegraph code TEXT --data {into}` walks through them"
    )
