"""Commands that look up: who said what, who and what is in the graph, and any other question."""

from __future__ import annotations

from typing import Annotated

import typer

from stancegraph import output
from stancegraph.cli import telling, terminal
from stancegraph.cli.options import FormTtl, complete
from stancegraph.cli.program import command
from stancegraph.cli.request import Request
from stancegraph.cli.root import app
from stancegraph.errors import UsageError


def question_names(incomplete: str) -> list[str]:
    """Shell completion with the names of the shipped questions."""
    from stancegraph.statements import questions

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
    request.show([s.row() for s in found], SAID, "statement", lambda: telling.said_as_table(found))
    if any(statement.quotes for statement in found):
        output.note("quotations stand as the documents print them; many are translations")


@command(app, "actors")
def actors(
    request: Request,
    text: Annotated[str | None, typer.Argument(help="Part of a name, in any script.")] = None,
) -> None:
    """Who is in the graph, with the number of their statements."""
    from stancegraph.statements import catalogue

    request.show(catalogue.actors(request.store, text), ["actor", "iri", "kind", "statements"], "actor")


@command(app, "actor")
def actor(request: Request, name: ActorArgument) -> None:
    """One actor: names, roles, stances, allies and opponents, and who speaks of it."""
    from stancegraph import balance

    row = balance.profile(request.store, name)
    if request.format == "json":
        output.emit(terminal.as_json(row), request.output)
        return
    request.show([row], list(row), "actor", lambda: telling.profile_as_table(row))


@command(app, "propositions")
def propositions(request: Request) -> None:
    """What stances are about, with the number of actors on either side; the most disputed first."""
    from stancegraph.statements import catalogue

    rows = catalogue.propositions(request.store)
    request.show(rows, ["proposition", "iri", "supporters", "opposers"], "proposition")


@command(app, "documents")
def documents(request: Request) -> None:
    """The sources, with the number of statements each reports; the oldest first."""
    from stancegraph.statements import catalogue

    rows = catalogue.documents(request.store)
    request.show(rows, ["document", "title", "publisher", "issued", "statements"], "document")


@command(app, "events")
def events(request: Request) -> None:
    """What happened, and the occasions things were said on; the oldest first."""
    from stancegraph.statements import catalogue

    rows = catalogue.events(request.store)
    request.show(rows, ["event", "iri", "date", "location", "within", "statements"], "event")


@command(app, "figures", filters=True)
def figures(request: Request) -> None:
    """Numbers claimed, by source over time, with the least and the most the words allow."""
    from stancegraph.statements import catalogue

    rows = catalogue.figures(request.store, **request.filters)
    columns = ["speaker", "counted", "event", "min", "max", "date", "document", "wording", "statement"]
    request.show(rows, columns, "figure")


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
    from stancegraph.statements import questions

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
