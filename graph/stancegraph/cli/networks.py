"""Commands that count: who agrees with whom, who stands together, who matters, who changed."""

from __future__ import annotations

from itertools import chain, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from typer import Option

from stancegraph import output
from stancegraph.cli import printing
from stancegraph.cli.commands import Actor, OptionalActor, Request, but, command
from stancegraph.errors import UsageError
from stancegraph.records import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

    from stancegraph.network import Method, Moment
    from stancegraph.records import Statement
    from stancegraph.store import Store
    from stancegraph.table import Table

Edges = Annotated[
    Path | None,
    Option(metavar="FILE", help="Somebody else's network instead: CSV with a,b,weight or a,b,sign."),
]

Step = Annotated[
    str | None, Option(metavar="LENGTH", help="How far apart windows begin; default: their length.")
]
Draws = Annotated[
    int,
    Option(
        metavar="N",
        min=0,
        max=10_000,
        help="Draw the codings N times, each kept as often as its confidence says.",
    ),
]
Disagreement = Annotated[
    str,
    Option(
        metavar="P|FILE",
        help="Share of --draws that a second coder would code otherwise, or the JSON that `agreement A B` gives it in.",
    ),
]


def complete_measures(incomplete: str) -> list[str]:
    """Shell completion with the names of the measures."""
    from stancegraph.centrality import MEASURES

    return [name for name in MEASURES if name.startswith(incomplete)]


@command("compare", filters=True, words=False)
def compare(
    request: Request,
    a: Actor,
    b: Actor,
    period: Annotated[
        str | None,
        Option(
            metavar="PERIOD",
            help="Stances meet in a period: auto, none, week, month, quarter, year, DAYS, or cut at EVENT,EVENT.",
        ),
    ] = None,
) -> None:
    """Where two actors agree, where they disagree, and on what only one has spoken."""
    from stancegraph.network.relations import Comparison, comparison

    rows, found = comparison(request.store, a, b, period=period, **but(request.filters, "actor"))
    request.show(rows, Comparison, "target", lambda: printing.comparison(rows, found))


@command("allies", filters=True, network="agreement", words=False)
def allies(
    request: Request,
    actor: Actor,
    limit: Annotated[
        int,
        Option(
            metavar="N",
            min=1,
            help="The most targets and statements listed of each, and actors of each relation in full.",
        ),
    ] = 20,
) -> None:
    """Who stands with an actor and who against, over the targets they share; the closest first."""
    from stancegraph.network.relations import MORE, Relation, Shortened, allies

    rows = allies(request.store, actor, limit=limit, **but(request.choices, "actor"))
    short = any(row.get(name) for row in rows for name in MORE)
    full = [row for _, each in groupby(rows, lambda row: row["relation"]) for row in islice(each, limit)]
    request.show(
        rows,
        Shortened if short else Relation,
        "actor",
        lambda: printing.allies(rows, _statements(request, full), {row["iri"] for row in full}),
    )
    if short or (request.format == "table" and len(full) < len(rows)):
        output.note(
            f"of each the most telling is listed, and how much more there is: --limit {limit * 2} lists more"
        )


@command("network", filters=True, network="any", words=False)
def network(
    request: Request,
    window: Annotated[
        str | None,
        Option(metavar="LENGTH", help="A network for each window: 4w, 28d, 3m, 1y, or 50s (statements)."),
    ] = None,
    step: Step = None,
    kernel: Annotated[
        Literal["epanechnikov", "triangular", "uniform", "gaussian"] | None,
        Option(help="Weigh stances by their distance in time from each day."),
    ] = None,
    width: Annotated[int | None, Option(metavar="DAYS", help="Over how many days a kernel spreads.")] = None,
    at: Annotated[
        list[str] | None, Option(metavar="DAY", help="The days of a kernel; default: every step.")
    ] = None,
    alpha: Annotated[
        float | None,
        Option(
            metavar="P", help="Keep the backbone: ties significant at this level; default of --backbone: .05."
        ),
    ] = None,
    backbone: Annotated[
        Literal["disparity", "sdsm"] | None,
        Option(help="By the disparity filter, or by the stochastic degree sequence model (for projections)."),
    ] = None,
    min_weight: Annotated[
        float | None, Option(metavar="W", help="Keep ties at least this strong, of either sign.")
    ] = None,
    min_statements: Annotated[
        int | None, Option(metavar="N", min=1, help="Keep ties with at least so many statements.")
    ] = None,
    summary: Annotated[
        bool, Option("--summary", help="Density, reciprocity, E-I index and assortativity by kind instead.")
    ] = False,
    qap: Annotated[
        list[str] | None,
        Option(
            metavar="kind|stances|FILE",
            help="Does it go with actors being of one kind, their stances on each other, or ties in CSV? (QAP)",
        ),
    ] = None,
) -> None:
    """The ties of a network: who is tied to whom, how strongly, and by how many statements; or what it is like."""
    from stancegraph.network.ties import Tie

    time = {"window": window, "step": step, "kernel": kernel, "width": width, "at": at}
    if summary or qap:
        if any(
            value not in (None, []) for value in (*time.values(), alpha, backbone, min_weight, min_statements)
        ):
            raise UsageError(
                "--summary and --qap are of the whole network: leave out windows, kernels, backbones"
            )
        _whole(request, qap or [])
        return
    alpha = 0.05 if alpha is None and backbone else alpha
    alpha = 1 if alpha is None and min_weight is not None else alpha
    found: list[Sequence[Mapping[str, object]]] = []
    notes: list[str] = []
    for moment, rows, method in _moments(request, time):
        weights = moment.weights if moment else None
        ties = _ties(rows, method, weights, alpha, min_weight, min_statements or 0, model=backbone)
        if moment is not None:
            ties = [{"since": str(moment.since), "until": str(moment.until), **tie} for tie in ties]
        found.append(ties)
        notes += rows.notes
    if window or kernel:
        columns = ["since", "until", *Tie.__annotations__]
        request.show(Rows(chain(*found), notes=notes), columns, "tie")
    else:
        request.show(found[0], Tie, "tie", notes=notes)


def _whole(request: Request, qap: Sequence[str]) -> None:
    """Print the indices of a network, or what it goes with."""
    from stancegraph.network import statistics

    of = request.network or "agreement"
    if not qap:
        found = statistics.indices(request.store, of, **request.choices)
        request.show(found, statistics.Index, "measure")
        return
    others = {
        Path(name).name: None if name in statistics.OWN else _ties_of(request, Path(name)) for name in qap
    }
    rows = statistics.associations(request.store, others, of, **request.choices)
    request.show(rows, statistics.Association, "association")


def _ties(
    rows: Table,
    method: Method,
    weights: NDArray[np.float64] | None,
    alpha: float | None,
    least: float | None,
    statements: int,
    *,
    model: str | None,
) -> Sequence[Mapping[str, object]]:
    """The ties of one network, sorted; of its backbone where `alpha` is given."""
    from stancegraph import network
    from stancegraph.network.backbone import backbone
    from stancegraph.network.ties import Edges

    if model == "sdsm":
        if method.kind == "stances" or method.direct or weights is not None:
            raise UsageError(
                "--backbone sdsm is of what actors share, each stance once: no --direct, no --kernel"
            )
        return Edges.of(rows, method).degree_sequence_backbone(alpha or 0.05, least).rows(statements)
    if method.kind != "stances" and not method.direct:
        edges = Edges.of(rows, method, weights)
        return (edges if alpha is None else edges.backbone(alpha, least)).rows(statements)
    graph = network.build(rows, method, weights, words=False)
    graph = graph if alpha is None else backbone(graph, alpha, minimum=least)
    return [tie for tie in network.edge_list(graph) if tie["statements"] >= statements]


@command("alliances", filters=True, network="agreement", words=False)
def alliances(
    request: Request,
    edges: Edges = None,
    blocs: Annotated[Literal["2", "free"], Option(help="Two blocs, or as many as serve (free).")] = "2",
    seconds: Annotated[
        float, Option(metavar="S", min=0.1, max=3600, help="How long to search for the proof.")
    ] = 60,
    robust: Annotated[
        bool, Option("--robust/--no-robust", help="Leave out each document in turn, and some statements.")
    ] = True,
    draws: Draws = 0,
    disagreement: Disagreement = "0",
    chance: Annotated[
        int,
        Option(metavar="N", min=0, max=10_000, help="Deal the signs at random N times: is balance chance?"),
    ] = 0,
    hierarchy: Annotated[
        Literal["average", "single", "complete"] | None,
        Option(help="Who joins whom instead, step by step: hierarchical clustering by this linkage."),
    ] = None,
) -> None:
    """Which blocs there are, proved, what holds, contradicts and parts each; balance and polarisation."""
    from stancegraph import balance, statements
    from stancegraph.balance.blocs import Member

    if hierarchy:
        if blocs != "2" or draws or chance:
            raise UsageError(
                "--hierarchy is another way to group actors: leave out --blocs, --draws and --chance"
            )
        from stancegraph.balance import communities

        source, choices = _source(request, edges)
        joinings = communities.hierarchy(source, hierarchy, **choices)
        request.show(joinings, communities.Joining, "step")
        return
    number = 2 if blocs == "2" else None
    source, choices = _drawn(request, edges, robust, draws, disagreement)
    found = balance.alliances(source, blocs=number, seconds=seconds, chance=chance, **choices)
    evidence = {iri for bloc in found.blocs for held in bloc.holds for iri in held.statements}
    evidence |= {iri for bloc in found.blocs for tie in bloc.contradicted for iri in tie.statements}
    request.show(
        Rows(found.members(), notes=found.notes),
        Member,
        "actor",
        lambda: printing.alliances(found, statements.by_iri(request.store, evidence) if evidence else {}),
        whole=found.row,
    )


@command("ideal-points", filters=True, network="agreement", words=False)
def ideal_points(
    request: Request,
    dimensions: Annotated[
        int, Option("--dimensions", metavar="1|2", min=1, max=2, help="On a line, or on a plane.")
    ] = 1,
) -> None:
    """Where actors stand by what they support and oppose, with 95 % intervals; and of whom nothing can be told."""
    from stancegraph.balance.scaling import Position, ideal_points

    found = ideal_points(request.store, dimensions=dimensions, **request.choices)
    rows = Rows(found.actors, notes=found.notes)
    request.show(rows, Position, "position", lambda: printing.ideal_points(found), whole=found.row)


@command("rank", filters=True, network="any", words=False)
def rank(
    request: Request,
    by: Annotated[
        str, Option(metavar="MEASURE", help="By what: --list shows all.", autocompletion=complete_measures)
    ] = "degree",
    list_: Annotated[bool, Option("--list", help="List the measures.")] = False,
    edges: Edges = None,
    robust: Annotated[bool, Option("--robust/--no-robust", help="Leave out each document in turn.")] = True,
    backend: Annotated[
        str | None, Option(metavar="NAME", help="An installed backend of networkx to reckon with.")
    ] = None,
    draws: Draws = 0,
    disagreement: Disagreement = "0",
) -> None:
    """Who matters, by a measure, and how far the rank moves when any one document is left out."""
    from stancegraph import centrality

    if list_:
        measures = [{"measure": m.name, "on": m.on, "tells": m.help} for m in centrality.MEASURES.values()]
        request.show(measures, ["measure", "on", "tells"], "measure")
        return
    source, choices = _drawn(request, edges, robust, draws, disagreement)
    rows = centrality.rank(source, by, on=request.network, backend=backend, **choices)
    columns = ["actor", "score", "rank", "best", "worst", "moved_most_by"]
    request.show(rows, columns + (["low", "high", "present"] if draws else []), "actor")


def _differing(request: Request, edges: Path | None, draws: int, disagreement: str) -> float:
    """The share of codings drawn that a second coder would code otherwise: as typed, or as two coders differ."""
    if draws and edges is not None:
        raise UsageError("--draws draws codings, and --edges has none: leave one out")
    try:
        share = float(disagreement)
    except ValueError:
        from stancegraph.curate import reliability

        file = Path(disagreement)
        request.files.append(file)
        share, told = reliability.disagreement(file)
        output.note(told)
    if not 0 <= share <= 1:
        raise UsageError(f"--disagreement {disagreement}: give a share from 0 to 1, or a file")
    if share and not draws:
        raise UsageError("--disagreement is of codings drawn: choose --draws too, such as --draws 200")
    return share


def _drawn(
    request: Request, edges: Path | None, robust: bool, draws: int, disagreement: str
) -> tuple[Store | nx.Graph[str], dict[str, Any]]:
    """The graph or network asked and its choices, and how far what is found of it is tried."""
    differing = _differing(request, edges, draws, disagreement)
    source, choices = _source(request, edges)
    return source, choices | {"robustness": robust, "draws": draws, "disagreement": differing}


@command("shifts", filters=True, network="agreement", words=False)
def shifts(
    request: Request,
    who: OptionalActor = None,
    event: Annotated[
        str | None, Option(metavar="EVENT|DAY", help="Only from before this to after it.")
    ] = None,
    blocs: Annotated[
        bool, Option("--blocs", help="Blocs and polarisation instead: by month, or across --event.")
    ] = False,
    phases: Annotated[
        str | None,
        Option(
            metavar="LENGTH",
            help="Phases of the debate instead, by windows of this length: 4w, 28d, 3m, 50s.",
        ),
    ] = None,
    step: Step = None,
    distance: Annotated[
        Literal["absolute", "spectral"],
        Option(help="How far windows of --phases are apart: by all stances, or by the spectra of agreement."),
    ] = "absolute",
) -> None:
    """Who changed position on what, when, and between which words; or how blocs changed, or the whole debate."""
    if phases:
        _phases(request, phases, step, distance, alone=not (who or event or blocs))
    elif step:
        raise UsageError("--step is of windows: choose --phases too")
    elif blocs:
        from stancegraph.change.realignment import BlocsThen, blocs_over_time

        if who:
            raise UsageError("--blocs is of the whole network: leave the actor out, or choose by --actor")
        moments = blocs_over_time(request.store, event=event, **request.choices)
        request.show(moments, BlocsThen, "moment")
    else:
        from stancegraph.change.shifts import Shift, shifts

        filters = but(request.filters, "actor")
        rows = shifts(request.store, request.speakers(who) or None, event=event, **filters)
        request.show(rows, Shift, "shift", lambda: printing.shifts(rows))


def _phases(
    request: Request, window: str, step: str | None, distance: Literal["absolute", "spectral"], *, alone: bool
) -> None:
    """Print the phases of the debate, and the stances that turned between them."""
    from stancegraph.change.phases import Turn, phases

    if not alone:
        raise UsageError("--phases is of the whole debate: leave out the actor, --event and --blocs")
    found = phases(request.store, window, step=step, distance=distance, **request.choices)
    rows = Rows(found.turns(), notes=found.notes)
    columns = ["last", "first", "phase_before", "phase_after", *Turn.__annotations__]
    request.show(
        rows,
        columns,
        "turned stance",
        lambda: printing.phases(found, _statements(request, rows)),
        whole=found.row,
    )


@command("timeline", filters=True)
def timeline(request: Request, who: OptionalActor = None) -> None:
    """What was said, day by day: the stance taken, the words, the source."""
    from stancegraph.statements.catalogue import Said, timeline

    rows = timeline(request.store, request.speakers(who) or None, **but(request.filters, "actor"))
    request.show(rows, Said, "row", lambda: printing.timeline(rows))


def _moments(request: Request, time: Mapping[str, Any]) -> Iterator[tuple[Moment | None, Table, Method]]:
    """The rows that count in the network asked for and how it is made, or those of every moment of a series."""
    from stancegraph import network

    of = request.network or "agreement"
    if time["window"] or time["kernel"]:
        for moment, method in network.moments(request.store, of=of, **time, **request.choices):
            yield moment, moment.rows, method
    elif any(value not in (None, []) for value in time.values()):
        raise UsageError("--step, --width and --at are of a series: choose --window or --kernel too")
    else:
        from stancegraph.network import counting

        yield None, *counting.countable(request.store, of, request.choices)


def _source(request: Request, edges: Path | None) -> tuple[Store | nx.Graph[str], dict[str, Any]]:
    """The graph asked with its choices; or somebody else's network, with which those are refused."""
    from stancegraph.network import Method
    from stancegraph.statements.filters import check

    if edges is None:
        return request.store, request.choices
    ours = check(request.filters) or Method.of("agreement", request.projection) != Method()
    if ours or request.network:
        raise UsageError("--edges reads a network as it is: leave out the options of filters and network")
    return _ties_of(request, edges), {}


def _ties_of(request: Request, file: Path) -> nx.Graph[str]:
    """The ties of a file, with a note of what was mended in it."""
    from stancegraph.exchange import network_files

    request.files.append(file)
    found = network_files.read(file)
    output.note(*found.notes)
    return found.graph


def _statements(request: Request, rows: Iterable[Mapping[str, Any]]) -> dict[str, Statement]:
    """IRI → the statement, of all that stand in `rows`."""
    from stancegraph import statements

    columns = ("statements", "statements_a", "statements_b", "statements_before", "statements_after")
    return statements.by_iri(
        request.store, {iri for row in rows for column in columns for iri in row.get(column, ())}
    )
