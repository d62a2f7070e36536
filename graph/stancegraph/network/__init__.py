"""The flat table of stances as networkx graphs: who takes which stance, who agrees with whom.

    stances      directed, one edge per statement, speaker and target, keyed by the statement
    two_mode     actors and targets, an edge for what an actor has said of a target
    agreement    actors, tied by how they stand on the targets they share
    targets      targets, tied by how the actors they share stand on them

Each is made from a store and filters, or from a table (`statements.stances`), and remembers its rows: `evidence`
gives the statements and words behind a tie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stancegraph import statements
from stancegraph.errors import UsageError
from stancegraph.network.backbone import backbone
from stancegraph.network.comparison import compare
from stancegraph.network.graphs import counting, make, stance_network, tied_to
from stancegraph.network.options import Recipe
from stancegraph.network.projection import Projection, projection
from stancegraph.network.temporal import Moment, kernels, windows
from stancegraph.network.ties import behind, evidence, numbers, supported, ties
from stancegraph.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    import networkx as nx

    from stancegraph.table import Table

__all__ = [
    "Moment",
    "Projection",
    "Recipe",
    "agreement",
    "asked",
    "backbone",
    "begun",
    "behind",
    "compare",
    "counting",
    "evidence",
    "kernels",
    "make",
    "matrix",
    "network",
    "numbers",
    "projection",
    "series",
    "stances",
    "supported",
    "targets",
    "tied_to",
    "ties",
    "two_mode",
    "windows",
]

CHOICES: Final = frozenset(Recipe.__dataclass_fields__) - {"kind"}


def stances(source: Store | Table, **filters: Any) -> nx.MultiDiGraph[str]:
    """The stance network: one edge per actor, target and statement, keyed by the statement's IRI.

    Nodes are IRIs with `label`, `label_ar`, `kind` (an actor kind, or "proposition"); edges carry `polarity`
    (1, -1, 0; `level` where a variable is asked for), `documents`, `date`, `act`, `medium`, `basis`, `confidence`,
    `gist`, `quotes` and `reports`. Takes the filters of `statements.said`.

    >>> from stancegraph import store
    >>> graph = stances(store.open(), actor="khazali")
    >>> sorted(polarity for *_, polarity in graph.edges(data="polarity"))
    [-1, 1, 1, 1, 1, 1]
    """
    table, recipe = begun(source, "stances", filters)
    return stance_network(counting(table, recipe), recipe)


def agreement(source: Store | Table, **choices: Any) -> nx.Graph[str]:
    """The network of actors, by default signed: common minus contrary stances, over the pair's mean activity.

    Choices are those of `recipe.Recipe` (aggregation, normalisation, duplicates, level, neutral, isolates, direct)
    and the filters of `statements.said`. Edges carry `weight`: with the defaults -1..1 where nobody is counted
    twice on a target (Leifeld 2017). A pair of weight 0 has no edge.

    >>> from stancegraph import store
    >>> graph = agreement(store.open(), about="fall of Aleppo")
    >>> sorted(label for _, label in graph.nodes(data="label") if "Popular" in label)
    ['unnamed leaders of the Popular Mobilization Forces']
    """
    return network(source, "agreement", **choices)


def targets(source: Store | Table, **choices: Any) -> nx.Graph[str]:
    """The network of propositions and actors spoken of, tied by those who speak of both; as `agreement`."""
    return network(source, "targets", **choices)


def two_mode(source: Store | Table, **choices: Any) -> nx.Graph[str]:
    """The network between actors (node attribute `bipartite` 0) and targets (1); `weight` as the recipe says.

    An actor that is a target too has two nodes: the target's is named by its IRI and " (target)".
    """
    return network(source, "two-mode", **choices)


def matrix(source: Store | Table, of: str = "agreement", /, **choices: Any) -> Projection:
    """The same network as a sparse matrix with the codes of its rows and columns; no graph is built."""
    table, recipe = begun(source, of, choices)
    return projection(counting(table, recipe), recipe)


def network(source: Store | Table, of: str = "agreement", /, **choices: Any) -> nx.Graph[str]:
    """One of `recipe.KINDS`, by the choices and filters that `agreement` takes (`kind` is one: of actors)."""
    if of == "stances":
        return stances(source, **choices)
    table, recipe = begun(source, of, choices)
    return make(counting(table, recipe), recipe)


def series(
    source: Store | Table,
    *,
    window: str | None = None,
    step: str | None = None,
    start: date | None = None,
    kernel: str | None = None,
    width: int | None = None,
    at: Iterable[date | str] | None = None,
    of: str = "agreement",
    **choices: Any,
) -> Iterator[tuple[Moment, nx.Graph[str]]]:
    """A network for each window (`window`, `step`, `start`; see `windows`), or around each day (see `kernels`).

    Of equal stances the first of each window counts; isolates are those of the moment.
    """
    if (window is None) == (kernel is None):
        raise UsageError(
            "a series is either of windows (--window 4w) or of kernel weights (--kernel, --width)"
        )
    if kernel and width is None:
        raise UsageError(f"--kernel {kernel} needs --width: over how many days it spreads")
    table, recipe = begun(source, of, choices)
    if window:
        for moment in windows(table, window, step=step, start=start):
            yield moment, make(counting(moment.rows, recipe), recipe)
    else:
        rows = counting(table, recipe)
        for moment in kernels(rows, str(kernel), width or 1, at=at, step=step or "1d"):
            yield moment, make(moment.rows, recipe, moment.weights)


def asked(of: str, choices: dict[str, Any]) -> tuple[Recipe, dict[str, Any]]:
    """Choices told apart: the recipe of a network of that kind, and the filters."""
    every = {"duplicates": "include"} if of == "stances" else {}
    chosen = {name: value for name, value in choices.items() if name in CHOICES and value is not None}
    filters = {name: value for name, value in choices.items() if name not in CHOICES}
    return Recipe.of({**every, **chosen, "kind": of}), filters


def begun(source: Store | Table, of: str, choices: dict[str, Any]) -> tuple[Table, Recipe]:
    """The rows of a store that pass the filters (or a table as it is), repetitions too, and the recipe."""
    recipe, filters = asked(of, choices)
    if isinstance(source, Store):
        return statements.stances(source, level=recipe.level, **filters), recipe
    if filters:
        raise UsageError("a table is filtered already: filter where it is made (statements.stances)")
    return source, recipe
