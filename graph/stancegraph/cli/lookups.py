"""Commands that look up: who said what, who and what is in the graph, and any other question."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from stancegraph import output
from stancegraph.cli import printing
from stancegraph.cli.commands import ACTOR, Actor, RdfFormat, Request, command
from stancegraph.errors import UsageError
from stancegraph.output import escaped, printable_lines
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stancegraph.records import Statement
    from stancegraph.store import Term

SAID: Final = (
    "statement speakers speaker_iris on_behalf_of addressees act medium basis date quotes gist condition "
    "supports opposes neutral_on targets about figures confidence reports"
).split()
GRACE: Final = 0.5
"""Seconds after which a time-out is told here that a worker or an endpoint could have told better."""
NUMBERS: Final = frozenset({"decimal", "double", "float"})
TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}


def complete_questions(incomplete: str) -> list[str]:
    """Shell completion with the names of the shipped questions."""
    from stancegraph.statements import questions

    return [question.name for question in questions.questions() if question.name.startswith(incomplete)]


@command("said", filters=True, formats=RdfFormat)
def said(
    request: Request,
    who: Annotated[
        list[str] | None, typer.Argument(help="Who spoke: a name, as you would type it, or several.", **ACTOR)
    ] = None,
) -> None:
    """Who said what: statements with their words, day and source, grouped by speaker, oldest first."""
    from stancegraph import statements
    from stancegraph.statements.filters import Filters

    filters = {**request.filters, "actor": request.speakers(who)}
    found: list[Statement] = []

    def read() -> Iterator[Statement]:
        for statement in statements.stream(Filters.of(request.store, filters)):
            found.append(statement)
            yield statement

    if request.format == "ttl":
        request.emit(escaped(statements.turtle(request.store, list(read()))))
        return
    if request.format == "table":
        request.pour(printing.statements(read()))
    elif request.format == "csv":
        request.pour(printing.csv_each((s.row() for s in read()), SAID))
    else:
        request.emit(printing.format_rows(request.format, [s.row() for s in read()], SAID))
    output.note(output.quantity(len(found), "statement") if found else "no statements")
    if not found:
        from stancegraph.statements import suggest

        output.note(*suggest(request.store, filters))
    if any(statement.quotes for statement in found):
        output.note("quotations stand as the documents print them; many are translations")


@command("actors")
def actors(
    request: Request,
    text: Annotated[str | None, typer.Argument(help="Part of a name, in any script.")] = None,
) -> None:
    """Who is in the graph, with the number of their statements."""
    from stancegraph.statements import catalogue

    request.show(catalogue.actors(request.store, text), ["actor", "iri", "kind", "statements"], "actor")


@command("actor")
def actor(request: Request, name: Actor) -> None:
    """One actor: names, roles, stances, allies and opponents, and who speaks of it."""
    from stancegraph import network

    row = network.profile(request.store, name)
    request.show([row], list(row), "actor", lambda: printing.profile(row), whole=lambda: row)


@command("propositions")
def propositions(request: Request) -> None:
    """What stances are about, with the number of actors on either side; the most disputed first."""
    from stancegraph.statements import catalogue

    rows = catalogue.propositions(request.store)
    request.show(rows, ["proposition", "iri", "supporters", "opposers"], "proposition")


@command("documents")
def documents(request: Request) -> None:
    """The sources, with the number of statements each reports; the oldest first."""
    from stancegraph.statements import catalogue

    rows = catalogue.documents(request.store)
    request.show(rows, ["document", "title", "publisher", "issued", "url", "statements"], "document")


@command("events")
def events(request: Request) -> None:
    """What happened, and the occasions things were said on; the oldest first."""
    from stancegraph.statements import catalogue

    rows = catalogue.events(request.store)
    request.show(rows, ["event", "iri", "date", "location", "within", "statements"], "event")


@command("figures", filters=True)
def figures(request: Request) -> None:
    """Numbers claimed, by source over time, with the least and the most the words allow."""
    from stancegraph.statements import catalogue

    rows = catalogue.figures(request.store, **request.filters)
    columns = "speaker counted event min max exclusive date document wording statement".split()
    request.show(rows, columns, "figure")


@command("search")
def search(
    request: Request,
    words: Annotated[list[str], typer.Argument(help="Words, in either script; beginnings of words do.")],
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="The most that is listed.")] = 20,
) -> None:
    """Where words stand: names, gists, quotations, conditions, propositions; the best first."""
    from stancegraph.statements.search import search as find

    rows = find(request.store, " ".join(words), limit=limit + 1)
    columns = ["kind", "label", "iri", "found_in", "text", "score"]
    request.show(rows[:limit], columns, "hit", lambda: printing.hits(rows[:limit]))
    if len(rows) > limit:
        output.note(f"there are more: --limit {limit * 2} lists them")


CitationFormat = Literal["text", "bibtex", "csl", "ttl"]


@command("cite", formats=CitationFormat, default_format="text")
def cite(
    request: Request,
    statement: Annotated[
        str, typer.Argument(help="A statement's name, as said and search print it, or its IRI.")
    ],
) -> None:
    """Cite a statement: its words, its document and the document's address, to paste or for a bibliography."""
    from stancegraph.statements import citation

    found = citation.cite(request.store, statement, request.format)
    request.emit(printable_lines(found) if request.format == "text" else escaped(found))


@command("ask", formats=RdfFormat)
def ask(
    request: Request,
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="QUERY",
            help="A shipped question's name, an .rq file, or SPARQL text.",
            autocompletion=complete_questions,
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
    if query.endswith(".rq"):
        request.files.append(Path(query))
    asked, store = questions.find(query), request.store
    with _ending(timeout):
        variables, found = questions.answer(store, asked, questions.settings(set_ or ()), timeout=timeout)
        if request.format == "ttl":
            text = escaped(_turtle(found))
        else:
            values = [{name: _value(row.get(name)) for name in variables} for row in found]
            text = printing.format_rows(request.format, values, variables)
    request.emit(text)
    if request.format != "ttl":
        output.note(output.quantity(len(found), "row") if found else "no rows")


@contextmanager
def _ending(seconds: float) -> Iterator[None]:
    """Raise UsageError where what is done inside takes longer: also what is done to an answer has an end."""

    def end(*_: object) -> None:
        raise UsageError(f"the query ran longer than {seconds:g} s and was stopped; ask for less")

    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, end)
    # Again and again: an error raised amid a clean-up of Python's own is lost.
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE, GRACE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _value(term: Term | None) -> object:
    """IRIs and values as text; whole and other numbers and truth values as such, where they are written like some."""
    from pyoxigraph import BlankNode, Literal, NamedNode

    if isinstance(term, NamedNode | BlankNode) or term is None:
        return term and term.value
    if not isinstance(term, Literal):  # a triple
        return str(term)
    kind = local_name(term.datatype.value)
    if kind == "boolean":
        return TRUTH.get(term.value, term.value)
    try:
        number = int(term.value) if kind == "integer" else float(term.value) if kind in NUMBERS else inf
    except ValueError:
        return term.value
    return number if isinstance(number, int) or isfinite(number) else term.value


def _turtle(rows: Sequence[Mapping[str, Term]]) -> str:
    from pyoxigraph import Triple

    from stancegraph.store import turtle

    columns = ("subject", "predicate", "object")
    if any(set(row) != set(columns) for row in rows):
        raise UsageError(
            "--format ttl is for CONSTRUCT and DESCRIBE; a SELECT answers a table, as json or csv"
        )
    return turtle.write(Triple(*(row[column] for column in columns)) for row in rows)  # type: ignore[arg-type]
