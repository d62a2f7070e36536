"""Commands that hand a whole graph on, as a page, a picture, files or at an address, that check it or take one in."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin

from typer import Argument, Exit, Option

from stancegraph import output
from stancegraph.cli import printing
from stancegraph.cli.commands import COMMANDS, Base, Command, Request, but, command, places
from stancegraph.errors import StanceError, UsageError, of_extra

if TYPE_CHECKING:
    from stancegraph.serve.resources import Operation, Parameter
    from stancegraph.store import Store


FAULT: Final = "file line subject rule message why mend command".split()
FORMATS: Final = ("csv", "tsv", "jsonl", "xlsx", "qdpx", "brat", "webannotation")
"""What `import` reads as rows."""
SUFFIXES: Final = {f".{kind}": kind for kind in ("csv", "tsv", "jsonl", "xlsx", "qdpx", "dna")} | {
    ".tab": "tsv",
    ".ndjson": "jsonl",
    ".ann": "brat",
    ".jsonld": "webannotation",
}
"""How files of a format are called."""
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


@command("page", filters=True, formats=None, output=False)
def page(
    request: Request,
    file: Annotated[Path, Option("-o", "--output", metavar="FILE", help="The HTML file to write.")] = Path(
        "stance-network.html"
    ),
    title: Annotated[str | None, Option(metavar="TEXT", help="What the page is called.")] = None,
    scope: Annotated[str | None, Option(metavar="TEXT", help="A line below the title.")] = None,
    view: Annotated[
        Literal["positions", "blocs", "agreement", "stances", "ego", "matrix", "timeline", "statements"],
        Option(help="What it opens with; with ego, the one --actor is the centre and filters nothing."),
    ] = "positions",
    period: Annotated[
        str | None, Option(metavar="NAME", help="As of the network of agreement, and what can be chosen.")
    ] = None,
    aggregation: Annotated[
        Literal["ignore", "congruence", "conflict", "subtract"] | None,
        Option(help="How stances on a shared target count as agreement."),
    ] = None,
    embed: Annotated[bool, Option("--embed", help="That view alone, for an iframe.")] = False,
) -> None:
    """Write who stands where as one HTML file that opens anywhere, offline: rows, network, matrix, timeline."""
    from stancegraph import page, table
    from stancegraph.page.content import network_of

    filters, ego = request.filters, None
    if view == "ego":
        filters, actors = but(filters, "actor"), filters.get("actor", ())
        if len(actors) != 1:
            raise UsageError("--view ego shows one actor's neighbourhood: name it with one --actor")
        ego = actors[0]
    output.refuse_input(file, request.store.inputs)
    graph = network_of(table.stances(request.store, **filters))
    page.write(
        graph,
        file,
        view=view,
        ego=ego,
        title=title,
        scope=scope,
        embed=embed,
        period=period,
        aggregation=aggregation,
    )
    nodes = graph.number_of_nodes()
    output.note(f"wrote {file}: {graph.number_of_edges()} stances among {nodes} actors and propositions")
    if graph.graph["excerpt"]:
        output.note(f"{graph.graph['excerpt']}; choose others with --actor, --target or --since")


@command("plot", filters=True, network="agreement", formats=None, output=False)
def plot(
    request: Request,
    file: Annotated[Path, Option("-o", "--output", metavar="FILE", help="The .png, .svg or .pdf to write.")],
    picture: Annotated[
        Literal["positions", "network", "matrix", "timeline", "polarisation"],
        Option("--what", help="Which picture."),
    ] = "network",
    labels: Annotated[Literal["en", "ar"], Option(help="Names in English, or in Arabic where known.")] = "en",
    window: Annotated[str, Option(metavar="LENGTH", help="Of polarisation: windows of this length.")] = "4w",
    step: Annotated[
        str | None, Option(metavar="LENGTH", help="Of polarisation: how far apart windows begin.")
    ] = None,
) -> None:
    """Write a still picture: who stands where, the network, the matrix, the timeline, or polarisation over time."""
    from stancegraph import plot

    moments: dict[str, Any] = {"window": window, "step": step} if picture == "polarisation" else {}
    plot.write(request.store, file, picture, labels=labels, **moments, **request.choices)
    output.note(f"wrote {file}")


@command("export", filters=True, network="any", formats=None, output=False)
def export(
    request: Request,
    what: Annotated[
        Literal["csv", "tsv", "jsonl", "xlsx", "qdpx", "webannotation"] | None,
        Argument(
            metavar="[FORMAT]",
            help="The statements themselves, then all they name in rows of its own, as `import` reads them back: csv, "
            "tsv, jsonl, xlsx, qdpx (REFI-QDA), webannotation.",
        ),
    ] = None,
    *,
    file: Annotated[
        Path,
        Option(
            "-o",
            "--output",
            metavar="FILE",
            help="What to write: .graphml .gexf .csv .parquet .cyjs .json (Cytoscape), or .ttl .jsonld .nq (RDF).",
        ),
    ],
    nodes: Annotated[
        Path | None,
        Option(
            metavar="FILE",
            help="Of .csv: where the nodes are listed; default: beside it as NAME-nodes.csv, if that is not there yet.",
        ),
    ] = None,
) -> None:
    """Write a network, the table of stances, or the statements, as rows or in RDF, for other programs."""
    from stancegraph import exchange
    from stancegraph.network import Method

    if what or file.suffix.lower().removeprefix(".") in ("tsv", "jsonl", "xlsx", "qdpx"):
        if request.network or nodes or Method.of("stances", request.projection) != Method.of("stances", {}):
            raise UsageError("statements are no network: leave out what makes one")
        note = exchange.write_statements(request.store, file, format=what, **request.filters)
        output.note(note)
        return
    of = request.network or "stances"
    output.note(exchange.write(request.store, file, of=of, nodes=nodes, **request.choices))


@command("serve", formats=None, output=False)
def serve(
    request: Request,
    port: Annotated[int, Option(metavar="N", help="The port; 0 is any that is free.")] = 8765,
    host: Annotated[
        str, Option(metavar="ADDRESS", help="The address of this machine; others reach only it.")
    ] = "127.0.0.1",
    edit: Annotated[
        Path | None,
        Option(metavar="DIR", help="Open the desk too, to code in this folder; the address has a token."),
    ] = None,
    coder: Annotated[
        str | None,
        Option(
            metavar="NUMBER",
            help="Who codes at the desk, by number, and sees no other's coding of a document until the two are "
            "settled; without it coder 1, who sees all.",
        ),
    ] = None,
    timeout: Annotated[
        float,
        Option(
            metavar="SECONDS",
            min=0.1,
            max=3600,
            help="Stop an answer that takes longer, waiting for others included.",
        ),
    ] = 30,
    allow_origin: Annotated[
        list[str] | None, Option(metavar="ORIGIN", help="Let pages of this origin ask too, as https://host.")
    ] = None,
) -> None:
    """Answer at an address of this machine: the page, every entry, rows as JSON, SPARQL; Ctrl-C stops it.

    Pages drawn are kept for the next start in your cache folder (on Linux ~/.cache/stancegraph/pages, at most 64 MB).
    """
    with of_extra("serve"):
        from stancegraph.serve import server
        from stancegraph.serve.live import Limits
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
        Option(
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
    from stancegraph.serve.resources import Operation

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
    from stancegraph.serve.resources import Parameter

    wanted, told = get_args(option.annotation)[:2]
    alone = get_origin(wanted) in (None, list, Literal)
    kind = wanted if alone else next(each for each in get_args(wanted) if each is not type(None))
    choices: tuple[str, ...] = ()
    words = (told.metavar or "").split("|")
    if get_origin(kind) is Literal:
        choices = get_args(kind)
    elif FILE in words:  # no address leads to a file of this machine
        choices = tuple(word for word in words if word != FILE)
    required = option.default is inspect.Parameter.empty
    return Parameter(
        option.name,
        TYPES.get(kind, "string"),
        told.help or "",
        many=get_origin(kind) is list,
        required=required,
        choices=choices,
        minimum=told.min,
        maximum=told.max,
        default=None if required else option.default,
    )


@command("check")
def check(
    request: Request,
    sources: Annotated[
        Path | None,
        Option(
            metavar="DIR",
            help="Folder of the source texts, to verify every passage against; else texts/ of the graph's own folder.",
        ),
    ] = None,
    fix: Annotated[
        bool,
        Option(
            "--fix",
            help="Mend what nobody need decide: positions of quoted words that stand in the text once, lengths, "
            "checksums of texts in texts/, owl:sameAs, schema.org without https, notes of unused propositions.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="With --fix: print what would change, and write nothing.")
    ] = False,
) -> None:
    """Check shapes, rules and every quotation against the text it was coded from, where that is at hand.

    Each fault is told with its file and line, why it matters, and the command that mends it.
    """
    from stancegraph import validation
    from stancegraph.curate import repair

    request.files += [sources] if sources else []
    if dry_run and not fix:
        raise UsageError("--dry-run is of --fix: check alone changes nothing")
    if fix and _mend(request, sources, dry_run=dry_run):
        return
    own = validation.own_texts(request.folder) if request.folder and sources is None else None
    result = validation.check(request.store, sources=sources or own, partial=sources is None)
    found = repair.with_commands(result.findings)
    request.show([asdict(finding) for finding in found], FAULT, "fault", lambda: printing.faults(found))
    unread = request.folder and (Path(request.folder) / "texts").is_dir() and not (sources or own)
    unverified = [
        "no words verified: put the documents' texts into texts/, or name their folder by --sources"
    ]
    output.note(*result.notes, *(unverified if unread else ()), str(result))
    if found:
        raise Exit(1)


def _mend(request: Request, sources: Path | None, *, dry_run: bool) -> bool:
    """Mend what is safe, and show it; whether it was only shown."""
    from stancegraph.cli.curating import folder_of, show
    from stancegraph.curate import changes, repair

    folder = folder_of(request)
    if dry_run:
        output.emit(repair.fix(folder, sources).diff())
        return True
    with folder.writing():
        change = repair.fix(folder, sources)
        changes.apply(folder, change)
    if change.texts:
        show(change)
    else:
        output.note("nothing is mended: what is found, if anything, is yours to decide")
    return False


@command("load", data=False, formats=None, output=False)
def load(
    _: Request,
    sources: Annotated[
        list[Path], Argument(metavar="SOURCE...", help="Files of RDF, also packed (.gz, .zst), or folders.")
    ],
    into: Annotated[Path, Option(metavar="DIR", help="The database to make or add to.")],
) -> None:
    """Load RDF into an on-disk database, all or nothing; what else stands in it stays.

    A file or folder loaded again from the same place replaces all it gave before, what is no longer in it too.

    One of the same name at another place, such as a copy, stays beside it, as does what other programs wrote.

    What is damaged in a database made here is told before it answers; of what another program wrote to it, all but
    the loss of the last of it.
    """
    from stancegraph import names, store
    from stancegraph.table import snapshot

    progress = output.note if sys.stderr.isatty() else None
    count = store.load(sources, into, progress=progress, note=output.note, beside=snapshot.beside)
    if count > names.LARGE:
        with suppress(StanceError), closing(store.Local(into.resolve())) as opened:
            names.index(opened, "actor")  # which keeps them: the first who asks need not wait
    output.note(f"{count} triples in {into}; use it with --data {into}")


@command("import", data=False, formats=None, output=False)
def import_(
    _: Request,
    what: Annotated[
        list[str],
        Argument(
            metavar="[FORMAT] FILE",
            help="csv, tsv, jsonl, xlsx, qdpx (REFI-QDA), brat (a folder), webannotation, dna (the Discourse Network "
            "Analyzer's), or proposals (a program's, one JSON object to a line); without it, as the suffix says.",
        ),
    ],
    into: Annotated[
        Path, Option("-o", "--output", metavar="DIR", help="The folder to make, or a graph to add to.")
    ],
    column: Annotated[
        list[str] | None,
        Option(metavar="ROLE=HEADER", help=f"What a column says, else guessed. Roles: {_roles()}."),
    ] = None,
    value: Annotated[
        list[str] | None,
        Option(metavar="STANCE=CELL", help="Which cells mean supports, opposes, neutral: supports=yes."),
    ] = None,
    mapping: Annotated[
        Path | None, Option(metavar="FILE.toml", help="Columns, cells and names, as saved.")
    ] = None,
    save_mapping: Annotated[
        Path | None, Option(metavar="FILE.toml", help="Where to save how the file was read, to reuse.")
    ] = None,
    dates: Annotated[
        Literal["iso", "dmy", "mdy", "excel-1900", "excel-1904"] | None,
        Option(help="How days in numbers are written, where the column does not show it."),
    ] = None,
    encoding: Annotated[
        str | None, Option(metavar="NAME", help="Of text that is not UTF-8: cp1256, latin-1 …")
    ] = None,
    base: Base = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Print what would be written, and write nothing.")
    ] = False,
    statement_type: Annotated[str | None, Option(metavar="NAME", help="Of dna: which statements.")] = None,
    actor: Annotated[
        str | None, Option(metavar="VARIABLE", help="Of dna: the variable that says who.")
    ] = None,
    target: Annotated[
        str | None, Option(metavar="VARIABLE", help="Of dna: the variable that says on what.")
    ] = None,
    level: Annotated[
        str | None, Option(metavar="VARIABLE", help="Of dna: the variable that says for or against.")
    ] = None,
    texts: Annotated[bool, Option("--texts", help="Of dna: write the documents' texts too.")] = False,
    document: Annotated[
        str | None, Option(metavar="NAME", help="Of proposals: the document of all that name none.")
    ] = None,
    maker: Annotated[
        str | None, Option(metavar="NAME", help="Of proposals: the program that made them.")
    ] = None,
) -> None:
    """Make a graph of another program's file, or add it to one: statements, words, documents, every variable.

    Columns get their roles from the options, a mapping or their headers; rows with an `entry` describe one, as `export`
    writes them. What is doubtful is not taken: each row left
    out is listed with its line and the reason, and names that may be somebody's of the graph are yours to decide.
    Proposals of a program are kept as drafts, in no answer, until `code` has walked a coder through them.
    """
    from stancegraph.exchange import imports
    from stancegraph.exchange.column_roles import read_mapping

    kind, file = _format_of(what)
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
        output.note(f"{made} in {into}; use it with --data {into}", *made.left_out, *made.notes)
        return
    reading = read_mapping(
        column or (), value or (), file=mapping, dates=dates or "", encoding=encoding or ""
    )
    done, used = imports.read(
        kind,
        file,
        into,
        reading,
        guess=mapping is None,
        base=base,
        dry_run=dry_run,
        progress=output.show_share,
    )
    if save_mapping is not None:
        output.write(save_mapping, used.toml().encode(), [file])
    output.emit(done.diff)
    where = "would be written" if dry_run else f"in {into}; use it with --data {into}"
    output.note(f"{done} {where}", *done.notes)


def _format_of(words: Sequence[str]) -> tuple[str, Path]:
    """The format and the file of `[FORMAT] FILE`; raises UsageError where neither word nor suffix names one."""
    known = (*FORMATS, "dna", "proposals")
    if len(words) == 1:
        file = Path(words[0])
        found = "brat" if file.is_dir() else SUFFIXES.get(file.suffix.lower(), "")
        if not found:
            raise UsageError(f"of what format is {file}? write it before the file, one of {', '.join(known)}")
        return found, file
    if len(words) != 2 or words[0] not in known:
        what = f"{' '.join(words)!r} is not a format and a file" if words else "nothing to import is named"
        raise UsageError(f"{what}: write [FORMAT] FILE, the format one of {', '.join(known)}")
    return words[0], Path(words[1])


def _roles() -> str:
    from stancegraph.exchange.column_roles import ROLES

    return ", ".join(ROLES)


def _refuse_others(kind: str, options: Mapping[str, Mapping[str, object]]) -> None:
    """Raise UsageError where an option is given that a format does not take."""
    own = kind if kind in options else "tables"
    for whose, values in options.items():
        if whose != own and (given := [name for name, value in values.items() if value is not None]):
            raise UsageError(f"--{given[0].replace('_', '-')} is of {whose}, not of {kind}: leave it out")


def _keep_drafts(file: Path, into: Path, document: str | None, maker: str | None) -> None:
    """Keep a program's proposals as drafts, and list each line that is not taken."""
    from stancegraph.curate import proposals
    from stancegraph.curate.folder import Folder

    done = proposals.keep_drafts(Folder(into), file, document=document, maker=maker)
    for line, why in done.refused:
        output.note(f"line {line}: {why}")
    if done.refused and not done.kept:
        raise UsageError(f"{file} holds no line that can be taken: mend what is told above")
    output.note(
        f"{output.quantity(done.kept, 'draft')} kept; `stancegraph code TEXT --data {into}` walks through them"
    )
