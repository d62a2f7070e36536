"""The signed network of actors: blocs as places, ties by sign and strength."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import networkx as nx

from stancegraph import network
from stancegraph.plot import blocs, lettering, places, style, subject, ties
from stancegraph.plot.frame import framed
from stancegraph.plot.places import Node
from stancegraph.records import Named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from stancegraph.network.options import Recipe
    from stancegraph.plot.blocs import Blocs
    from stancegraph.plot.subject import Subject
    from stancegraph.store import Store
    from stancegraph.table import Table

TITLE: Final = "Who agrees with whom"
ACTORS: Final = 150
TIES: Final = 600
"""The strongest that are drawn; more make wool."""


def figure(
    source: Store | Table, *, width: float | None = None, labels: str = "en", **choices: Any
) -> Figure:
    """The signed network as a figure; takes the choices and filters of `network.agreement`.

    Positive ties are solid and blue, negative ones dashed and orange, as wide as they are strong; a tie against
    the split in two blocs bears a diamond. Actors without a tie are named below, not drawn.
    """
    about = subject.read(source, choices, labels=labels)
    whole = signed(about.rows, about.recipe)
    drawn = strongest(whole)
    split = blocs.split(drawn)
    wide = (width or natural(len(drawn))) * style.INCH - 2 * style.MARGIN
    plan = places.planned(drawn, split, _nodes(about, drawn), wide)
    counts = about.recipe.aggregation
    keys = ties.keys(plan, drawn, split, counts, kinds=bool(about.kinds))
    sheet, top = framed(TITLE, plan.wide, plan.high, keys=keys, notes=_notes(about, whole, drawn, split))
    ties.draw(sheet, plan.moved(style.MARGIN, top), drawn, split, counts)
    return sheet.figure


def natural(actors: int) -> float:
    """Inches across that so many actors fill well."""
    return min(max(6.5, 4.0 + 0.95 * math.sqrt(actors)), 16.0)


def signed(rows: Table, recipe: Recipe) -> nx.Graph[str]:
    """The network of the recipe with all who speak; where it counts conflict, conflict is negative."""
    graph = network.build(network.countable(rows, recipe), recipe)
    speakers = (rows.actor.values[code] for code in rows.actor.present())
    graph.add_nodes_from((one.iri, {"label": one.label}) for one in speakers if one.iri not in graph)
    if recipe.aggregation == "conflict":
        for _, _, data in graph.edges(data=True):
            data["weight"] = -data["weight"]
    return graph


def strongest(graph: nx.Graph[str]) -> nx.Graph[str]:
    """What is drawn of a network: all of it, or the actors with most weight and the strongest ties among them."""
    if len(graph) <= ACTORS and graph.number_of_edges() <= TIES:
        return graph
    strength: dict[str, float] = defaultdict(float)
    for a, b, weight in blocs.weighted(graph):
        strength[a] += abs(weight)
        strength[b] += abs(weight)
    kept = sorted(strength, key=lambda iri: (-strength[iri], iri))[:ACTORS]
    among = graph.subgraph(kept or sorted(graph)[:ACTORS])
    most = sorted(blocs.weighted(among), key=lambda tie: (-abs(tie[2]), tie))[:TIES]
    drawn: nx.Graph[str] = nx.Graph()
    met = {end for a, b, _ in most for end in (a, b)} or set(among)
    drawn.add_nodes_from((iri, data) for iri, data in graph.nodes(data=True) if iri in met)
    drawn.add_weighted_edges_from(most)
    return drawn


def _nodes(about: Subject, graph: nx.Graph[str]) -> dict[str, Node]:
    rows = about.rows
    spoken = Counter(
        actor for actor, _ in set(zip(rows.actor.codes.tolist(), rows.statement.codes.tolist(), strict=True))
    )
    number = {rows.actor.values[code].iri: count for code, count in spoken.items()}
    nodes = {}
    for iri, data in graph.nodes(data=True):
        words = lettering.wrapped(about.label(Named(iri, data["label"])), style.LABEL, 86, 3)
        shape = ties.SHAPE_OF.get(about.kinds.get(iri, ""), "hexagon" if about.kinds else "dot")
        nodes[iri] = Node(iri, words, min(2.7 + 1.35 * math.sqrt(number.get(iri, 0)), 13.0), shape)
    return nodes


TIED: Final = {
    "subtract": "common minus contrary stances",
    "congruence": "common stances",
    "conflict": "contrary stances",
    "ignore": "stances",
}
SHARED: Final = {
    "none": "",
    "average": ", over the mean number of stances of the two",
    "jaccard": ", over those of either (Jaccard)",
    "cosine": ", over the geometric mean of the stances of the two (cosine)",
    "activity": ", over the product of the numbers of stances of the two",
}


def _notes(about: Subject, whole: nx.Graph[str], drawn: nx.Graph[str], split: Blocs) -> list[str]:
    """The caption: what a tie is, how the blocs were found, what is not drawn, and where it all comes from."""
    recipe = about.recipe
    directly = " plus stances on each other" if recipe.direct else ""
    tie = f"Tie: {TIED[recipe.aggregation]} on shared targets{SHARED[recipe.divisor]}{directly}."
    found = ""
    if split.against or len(split.sides) > 1:
        least = "the least possible" if split.proved else "the least found"
        found = (
            f"Blocs: the split in two with the least weight of ties against it, "
            f"{split.cost:.2f} of {split.total:.2f} ({least})."
        )
    missing = {
        iri: about.label(Named(iri, data["label"]))
        for iri, data in whole.nodes(data=True)
        if not whole.degree(iri)
    }
    if not split.sides:
        missing = {}
    none = "" if split.sides else "There are no ties: nobody takes a stance on what another does."
    alone = f"Not drawn, without a tie: {subject.listed(sorted(missing.values()))}." if missing else ""
    left = len(set(whole) - set(drawn) - set(missing))
    fewer = whole.number_of_edges() - drawn.number_of_edges()
    cut = (
        f"Left out, the weakest: {subject.counted(left, 'actor')} and {subject.counted(fewer, 'tie')}; "
        "the blocs are of those drawn."
        if left or fewer
        else ""
    )
    return [f"{tie} {found}", f"Size of a mark: statements. {none}{alone} {cut}", about.caption()]
