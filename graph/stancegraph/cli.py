"""The command line: each command parses, calls one function, prints."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stancegraph import __version__, output, terminal
from stancegraph.errors import UsageError
from stancegraph.options import App, FormTtl, Group, Request, command, complete

if TYPE_CHECKING:
    from stancegraph.records import Statement

EPILOG = (
    "Exit codes: 0 done, also when nothing matched; 1 check found faults; "
    "2 wrong usage: bad option or date, unknown or ambiguous name, query refused; "
    "3 could not run: unreadable data, dead endpoint, cannot write."
)


app = App(
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


def question_names(incomplete: str) -> list[str]:
    """Shell completion with the names of the shipped questions."""
    from stancegraph import questions

    return [question.name for question in questions.questions() if question.name.startswith(incomplete)]


ActorArgument = Annotated[
    str,
    typer.Argument(metavar="ACTOR", help="A name, as you would type it.", autocompletion=complete("actor")),
]
SAID = (
    "statement speakers speaker_iris on_behalf_of addressees act medium basis date quotes gist condition "
    "supports opposes neutral_on about figures confidence reports"
).split()


@command(app, "said", filters=True, formats=FormTtl)
def said(
    request: Request,
    who: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ACTOR",
            help="Who spoke: a name, as you would type it; several actors by --actor.",
            autocompletion=complete("actor"),
        ),
    ] = None,
) -> None:
    """Who said what: statements with their words, day and source, grouped by speaker, oldest first."""
    from stancegraph import statements

    speakers = [*([" ".join(who)] if who else ()), *request.filters.get("actor", ())]
    found = statements.said(request.store, **{**request.filters, "actor": speakers})
    if request.format == "ttl":
        output.emit(statements.turtle(request.store, found), request.output)
        return
    request.show([s.row() for s in found], SAID, "statement", lambda: terminal.said_as_table(found))
    if any(statement.quotes for statement in found):
        output.note("quotations stand as the documents print them; many are translations")


@command(app, "actors")
def actors(
    request: Request,
    text: Annotated[str | None, typer.Argument(help="Part of a name, in any script.")] = None,
) -> None:
    """Who is in the graph, with the number of their statements."""
    from stancegraph import catalogue

    request.show(catalogue.actors(request.store, text), ["actor", "iri", "kind", "statements"], "actor")


@command(app, "actor")
def actor(request: Request, name: ActorArgument) -> None:
    """One actor: names, roles, stances, allies and opponents, and who speaks of it."""
    from stancegraph import alliances

    row = alliances.profile(request.store, name)
    if request.format == "json":
        output.emit(terminal.as_json(row), request.output)
        return
    request.show([row], list(row), "actor", lambda: terminal.profile_as_table(row))


@command(app, "propositions")
def propositions(request: Request) -> None:
    """What stances are about, with the number of actors on either side; the most disputed first."""
    from stancegraph import catalogue

    rows = catalogue.propositions(request.store)
    request.show(rows, ["proposition", "iri", "supporters", "opposers"], "proposition")


@command(app, "documents")
def documents(request: Request) -> None:
    """The sources, with the number of statements each reports; the oldest first."""
    from stancegraph import catalogue

    rows = catalogue.documents(request.store)
    request.show(rows, ["document", "title", "publisher", "issued", "statements"], "document")


@command(app, "events")
def events(request: Request) -> None:
    """What happened, and the occasions things were said on; the oldest first."""
    from stancegraph import catalogue

    rows = catalogue.events(request.store)
    request.show(rows, ["event", "iri", "date", "location", "within", "statements"], "event")


@command(app, "figures", filters=True)
def figures(request: Request) -> None:
    """Numbers claimed, by source over time, with the least and the most the words allow."""
    from stancegraph import catalogue

    rows = catalogue.figures(request.store, **request.filters)
    columns = ["speaker", "counted", "event", "min", "max", "date", "document", "wording", "statement"]
    request.show(rows, columns, "figure")


@command(app, "compare", filters=True)
def compare(request: Request, a: ActorArgument, b: ActorArgument) -> None:
    """Where two actors agree, where they disagree, and on what only one has spoken."""
    from stancegraph import network

    rows = network.compare(request.store, a, b, **request.without("actor"))
    columns = ["target", "relation", "a", "b", "statements_a", "statements_b"]
    request.show(rows, columns, "target", lambda: terminal.compared_as_table(rows, _named(request, rows)))


@command(app, "allies", filters=True)
def allies(request: Request, actor: ActorArgument) -> None:
    """Who stands with an actor and who against, over the targets they share; the closest first."""
    from stancegraph import alliances

    rows = alliances.allies(request.store, actor, **request.without("actor"))
    columns = ["actor", "iri", "relation", "weight", "agree", "disagree", "statements"]
    request.show(rows, columns, "actor", lambda: terminal.allies_as_table(rows, _named(request, rows)))


@command(app, "rank", filters=True)
def rank(
    request: Request,
    by: Annotated[
        str, typer.Option(metavar="MEASURE", help="degree, out-degree, in-degree, betweenness, closeness.")
    ] = "degree",
) -> None:
    """Who matters, by a measure, and how far the rank moves when any one document is left out."""
    from stancegraph import centrality

    rows = centrality.rank(request.store, by, **request.filters)
    request.show(rows, ["actor", "score", "rank", "best", "worst", "moved_most_by"], "actor")


@command(app, "page", filters=True, formats=None, output=False)
def page(
    request: Request,
    file: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The HTML file to write.")
    ] = Path("stance-network.html"),
) -> None:
    """Write the stance network as one HTML file that opens anywhere, offline."""
    from stancegraph import network, page

    graph = network.stances(request.store, **request.filters)
    page.write(graph, file)
    nodes = graph.number_of_nodes()
    output.note(f"wrote {file}: {graph.number_of_edges()} stances among {nodes} actors and propositions")


@command(app, "ask", formats=FormTtl)
def ask(
    request: Request,
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="QUERY",
            help="A shipped question's name, an .rq file, or SPARQL text.",
            autocompletion=question_names,
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Bind a variable; names resolve as everywhere."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the shipped questions.")] = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, max=3600, help="Stop a query that runs longer.")
    ] = 30,
) -> None:
    """Ask a shipped question, or any SPARQL query; queries only read, and never reach the network."""
    from stancegraph import questions

    if list_:
        rows = [question.row() for question in questions.questions()]
        request.show(rows, ["name", "question", "variables"], "question")
        return
    if query is None:
        raise UsageError(
            "no question asked: name one (stancegraph ask --list shows them) or give SPARQL text"
        )
    question = questions.find(query)
    variables, terms = questions.answer(
        request.store, question, questions.settings(set_ or ()), timeout=timeout
    )
    request.show_terms(variables, terms)


@command(app, "check")
def check(
    request: Request,
    sources: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the source texts, to verify every passage against."),
    ] = None,
) -> None:
    """Check shapes, rules and, with --sources, every quotation against the text it was coded from."""
    from stancegraph import check as checking

    result = checking.check(request.store, sources=sources)
    rows = [asdict(finding) for finding in result.findings]
    request.show(
        rows, ["file", "subject", "rule", "message", "mend"], "fault", lambda: terminal.faults_as_table(rows)
    )
    for line in (*result.notes, str(result)):
        output.note(line)
    if rows:
        raise typer.Exit(1)


@command(app, "load", data=False, formats=None, output=False)
def load(
    _: Request,
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE...", help="RDF files or folders of them.")],
    into: Annotated[Path, typer.Option(metavar="DIR", help="The database to make or add to.")],
) -> None:
    """Load RDF into an on-disk database, all or nothing; a file loaded again replaces what it gave before."""
    from stancegraph import store

    progress = output.note if sys.stderr.isatty() else None
    count = store.load(sources, into, progress=progress)
    output.note(f"{count} triples in {into}; use it with --data {into}")


def _named(request: Request, rows: list[dict[str, Any]]) -> dict[str, Statement]:
    """The statements whose IRIs stand in `rows`."""
    from stancegraph import statements

    columns = ("statements", "statements_a", "statements_b")
    return statements.by_iri(
        request.store, {iri for row in rows for column in columns for iri in row.get(column, ())}
    )
