"""Commands that count: who agrees with whom, who stands together, who matters, who changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from stancegraph import output
from stancegraph.cli import telling, terminal
from stancegraph.cli.lookups import ActorArgument
from stancegraph.cli.options import complete
from stancegraph.cli.program import command
from stancegraph.cli.request import Request
from stancegraph.cli.root import app
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from stancegraph.network import Moment
    from stancegraph.records import Statement

OptionalActor = Annotated[
    list[str] | None,
    typer.Argument(metavar="ACTOR", help="Of whom; default: all.", autocompletion=complete("actor")),
]
Edges = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Somebody else's network instead: CSV with a,b,weight or a,b,sign."),
]

Window = Annotated[
    str | None,
    typer.Option(metavar="LENGTH", help="A network for each window: 4w, 28d, 3m, 1y, or 50s (statements)."),
]
Step = Annotated[
    str | None, typer.Option(metavar="LENGTH", help="How far apart windows begin; default: their length.")
]
Kernel = Annotated[
    Literal["epanechnikov", "triangular", "uniform", "gaussian"] | None,
    typer.Option(help="Weigh stances by their distance in time from each day."),
]
Width = Annotated[int | None, typer.Option(metavar="DAYS", help="Over how many days a kernel spreads.")]
At = Annotated[
    list[str] | None, typer.Option(metavar="DAY", help="The days of a kernel; default: every step.")
]
Alpha = Annotated[
    float | None,
    typer.Option(metavar="P", help="Keep the backbone: ties significant at this level (disparity filter)."),
]
MinWeight = Annotated[
    float | None, typer.Option(metavar="W", help="Keep ties at least this strong, of either sign.")
]
MinStatements = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Keep ties with at least so many statements.")
]


def measure_names(incomplete: str) -> list[str]:
    """Shell completion with the names of the measures."""
    from stancegraph.centrality import MEASURES

    return [name for name in MEASURES if name.startswith(incomplete)]


@command(app, "compare", filters=True)
def compare(request: Request, a: ActorArgument, b: ActorArgument) -> None:
    """Where two actors agree, where they disagree, and on what only one has spoken."""
    from stancegraph import network

    rows = network.compare(request.store, a, b, **request.without("actor"))
    columns = ["target", "relation", "a", "b", "statements_a", "statements_b"]
    request.show(rows, columns, "target", lambda: telling.compared_as_table(rows, _named(request, rows)))


@command(app, "allies", filters=True, recipe="agreement")
def allies(request: Request, actor: ActorArgument) -> None:
    """Who stands with an actor and who against, over the targets they share; the closest first."""
    from stancegraph import balance

    rows = balance.allies(request.store, actor, **request.without("actor"))
    columns = ["actor", "iri", "relation", "weight", "agree", "disagree", "statements"]
    request.show(rows, columns, "actor", lambda: telling.allies_as_table(rows, _named(request, rows)))


@command(app, "network", filters=True, recipe="any network")
def network(
    request: Request,
    window: Window = None,
    step: Step = None,
    kernel: Kernel = None,
    width: Width = None,
    at: At = None,
    alpha: Alpha = None,
    min_weight: MinWeight = None,
    min_statements: MinStatements = None,
) -> None:
    """The ties of a network: who is tied to whom, how strongly, and by how many statements."""
    from stancegraph import network

    columns = ["a", "b", "weight", "statements"]
    time: dict[str, Any] = {
        "window": window,
        "step": step,
        "kernel": kernel,
        "width": width,
        "at": at or None,
    }
    moments = _moments(request, time)
    rows, notes = [], []
    for moment, graph in moments:
        cut = alpha is not None or min_weight is not None
        kept = network.backbone(graph, 1 if alpha is None else alpha, minimum=min_weight) if cut else graph
        span = {"since": str(moment.since), "until": str(moment.until)} if moment is not None else {}
        rows += [{**span, **tie} for tie in network.ties(kept) if tie["statements"] >= (min_statements or 0)]
        notes += graph.graph["notes"]
    request.show(rows, ["since", "until", *columns] if window or kernel else columns, "tie")
    for note in dict.fromkeys(notes):
        output.note(note)


@command(app, "alliances", filters=True, recipe="agreement")
def alliances(
    request: Request,
    edges: Edges = None,
    blocs: Annotated[Literal["2", "free"], typer.Option(help="Two blocs, or as many as serve (free).")] = "2",
    seconds: Annotated[
        float, typer.Option(metavar="S", min=0.1, max=3600, help="How long to search for the proof.")
    ] = 60,
) -> None:
    """Which blocs there are, proved, what holds each together and contradicts it; balance and polarisation."""
    from stancegraph import balance, statements

    source = request.store if edges is None else _read(request, edges)
    number = 2 if blocs == "2" else None
    choices = request.choices if edges is None else {}
    found = balance.alliances(source, blocs=number, seconds=seconds, **choices)
    if request.format == "json":
        output.emit(terminal.as_json(found.row()), request.output)
        return
    iris = {iri for bloc in found.blocs for held in bloc.holds for iri in held.statements}
    iris |= {iri for bloc in found.blocs for tie in bloc.contradicted for iri in tie.statements}
    columns = ["actor", "iri", "bloc", "community", "either"]
    request.show(
        found.members(),
        columns,
        "actor",
        lambda: telling.alliances_as_table(found, statements.by_iri(request.store, iris) if iris else {}),
    )


@command(app, "rank", filters=True, recipe="any network")
def rank(
    request: Request,
    by: Annotated[
        str, typer.Option(metavar="MEASURE", help="By what: --list shows all.", autocompletion=measure_names)
    ] = "degree",
    list_: Annotated[bool, typer.Option("--list", help="List the measures.")] = False,
    edges: Edges = None,
    robust: Annotated[
        bool, typer.Option("--robust/--no-robust", help="Leave out each document in turn.")
    ] = True,
    backend: Annotated[
        str | None, typer.Option(metavar="NAME", help="An installed backend of networkx to reckon with.")
    ] = None,
) -> None:
    """Who matters, by a measure, and how far the rank moves when any one document is left out."""
    from stancegraph import centrality

    if list_:
        rows = [{"measure": m.name, "on": m.on, "tells": m.help} for m in centrality.MEASURES.values()]
        request.show(rows, ["measure", "on", "tells"], "measure")
        return
    columns = ["actor", "score", "rank", "best", "worst", "moved_most_by"]
    if edges is None:
        rows = centrality.rank(
            request.store, by, on=request.network, backend=backend, robustness=robust, **request.choices
        )
    else:
        rows = centrality.rank(_read(request, edges), by, backend=backend)
    request.show(rows, columns, "actor")


SHIFT = (
    "actor iri target target_iri change before day_before quotes_before gist_before basis_before statement_before "
    "document_before after day_after quotes_after gist_after basis_after statement_after document_after certain "
    "ascribed_by"
).split()
MOMENT = (
    "moment since until actors statements ties frustration lower_bound exact polarisation blocs moved"
).split()
TIMELINE = (
    "date actor iri act stance target target_iri quotes gist basis confidence documents statement event"
).split()


@command(app, "shifts", filters=True, recipe="agreement")
def shifts(
    request: Request,
    who: OptionalActor = None,
    event: Annotated[
        str | None, typer.Option(metavar="EVENT|DAY", help="Only from before this to after it.")
    ] = None,
    blocs: Annotated[
        bool, typer.Option("--blocs", help="Blocs and polarisation instead: by month, or across --event.")
    ] = False,
) -> None:
    """Who changed position on what, when, and between which words; or how blocs and polarisation changed."""
    if blocs:
        from stancegraph.change.realignment import blocs_over_time

        if who:
            raise UsageError("--blocs is of the whole network: leave the actor out, or choose by --actor")
        rows = blocs_over_time(request.store, event=event, **request.choices)
        request.show(rows, MOMENT, "moment")
    else:
        from stancegraph.change.shifts import shifts

        rows = shifts(request.store, _who(request, who), event=event, **request.but("actor"))
        request.show(rows, SHIFT, "shift", lambda: telling.shifts_as_table(rows))
    for note in rows.notes:
        output.note(note)


@command(app, "timeline", filters=True)
def timeline(request: Request, who: OptionalActor = None) -> None:
    """What was said, day by day: the stance taken, the words, the source."""
    from stancegraph.change.timeline import timeline

    rows = timeline(request.store, _who(request, who), **request.but("actor"))
    request.show(rows, TIMELINE, "row", lambda: telling.timeline_as_table(rows))
    for note in rows.notes:
        output.note(note)


def _moments(request: Request, time: dict[str, Any]) -> Iterator[tuple[Moment | None, nx.Graph[str]]]:
    """The network asked for, at every moment of a series."""
    from stancegraph import network

    of = request.network or "agreement"
    if time["window"] or time["kernel"]:
        yield from network.series(request.store, of=of, **time, **request.choices)
    elif any(time.values()):
        raise UsageError("--step, --width and --at are of a series: choose --window or --kernel too")
    else:
        yield None, network.network(request.store, of, **request.choices)


def _who(request: Request, who: list[str] | None) -> list[str] | None:
    """The actors meant: the argument, and those of --actor."""
    return [*([" ".join(who)] if who else ()), *request.filters.get("actor", ())] or None


def _read(request: Request, edges: Path) -> nx.Graph[str]:
    """Somebody else's network, with a note of what was mended in it; the options of ours have no place then."""
    from stancegraph.exchange import edges as lists
    from stancegraph.network.options import Recipe
    from stancegraph.statements.filters import Filters

    if Filters.of(request.filters) != Filters() or Recipe.of(request.recipe) != Recipe() or request.network:
        raise UsageError("--edges reads a network as it is: leave out the options of filters and recipe")
    found = lists.read(edges)
    for note in found.notes:
        output.note(note)
    return found.graph


def _named(request: Request, rows: list[dict[str, Any]]) -> dict[str, Statement]:
    """The statements whose IRIs stand in `rows`."""
    from stancegraph import statements

    columns = ("statements", "statements_a", "statements_b")
    return statements.by_iri(
        request.store, {iri for row in rows for column in columns for iri in row.get(column, ())}
    )
