"""The measures of who matters: by name, with the network each is meant for, and the scores it gives on any."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from stancegraph.centrality import backends, paths, spectral, ties
from stancegraph.centrality.brokerage import ROLES, brokered
from stancegraph.centrality.degrees import Direction, Sign, degrees
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

Network = Literal["stances", "agreement"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure; `on` is the network it is meant for, `help` one line that says what it tells, and whose it is.

    `values` gives its numbers for a network's ties, in the order of their nodes; `by_backend` says whether
    networkx has the measure too, so that a named backend can reckon it.
    """

    name: str
    on: Network
    help: str
    values: Callable[..., NDArray[np.float64]] = field(repr=False)
    by_backend: bool = False

    def scores(self, graph: nx.Graph[Any], backend: str | None = None) -> dict[Any, float]:
        """Every node's score, a finite number, in the order of their names; {} for an empty graph.

        The graph may be any of the networks, or a plain networkx graph with `weight`; `ties.read` says how it is
        read and what it refuses. Where networkx has the measure it is reckoned through the `backend` named, with
        networkx's functions. Raises UsageError for a backend that is not installed or cannot.

        >>> import networkx as nx
        >>> MEASURES["betweenness"].scores(nx.star_graph(3))
        {0: 1.0, 1: 0.0, 2: 0.0, 3: 0.0}
        """
        backends.check(backend)
        network = ties.read(graph)
        if not network.nodes:
            return {}
        values = self.values(network, backend) if self.by_backend else self.values(network)
        return dict(zip(network.nodes, (values + 0.0).tolist(), strict=True))  # + 0.0 makes -0.0 a plain 0


def named(name: str) -> Measure:
    """The measure of this name. Raises UsageError, with the names there are, where there is none."""
    if name not in MEASURES:
        raise UsageError(f"no measure is called '{name}'; there are: {', '.join(MEASURES)}")
    return MEASURES[name]


def _degrees() -> Iterator[Measure]:
    """Degree and strength for each sign and direction, the plain ones first."""
    signs: tuple[tuple[Sign, str], ...] = (("", ""), ("positive-", "positive "), ("negative-", "negative "))
    ways: tuple[tuple[Direction, str], ...] = (
        ("", "taken by it and on it"),
        ("in-", "taken on it"),
        ("out-", "taken by it"),
    )
    for sign, kind in signs:
        for way, said in ways:
            yield Measure(
                f"{sign}{way}degree",
                "stances",
                f"How many others it is tied to by {kind}stances {said} (Freeman 1979).",
                partial(degrees, direction=way, sign=sign, weighted=False),
            )
            yield Measure(
                f"{sign}{way}strength",
                "stances",
                f"Documents behind the {kind}stances {said} (Barrat et al. 2004).",
                partial(degrees, direction=way, sign=sign, weighted=True),
            )


def _on_agreement() -> Iterator[Measure]:
    for name, values, told in (
        ("betweenness", paths.betweenness, "Share of shortest paths of agreement through it (Freeman 1977)."),
        (
            "closeness",
            paths.closeness,
            "How near all others are by agreement (Freeman 1979, Wasserman & Faust 1994).",
        ),
        ("eigenvector", spectral.eigenvector, "Agreement with those whom many agree with (Bonacich 1972)."),
        ("pagerank", spectral.pagerank, "Time a walk along agreement spends at it (Page et al. 1999)."),
        ("katz", spectral.katz, "Walks along agreement to it, long ones counting less (Katz 1953)."),
    ):
        yield Measure(name, "agreement", told, values, by_backend=True)
    yield Measure(
        "pn",
        "agreement",
        "Agreement with the agreed with, disagreement twice against it (Everett & Borgatti 2014).",
        spectral.pn,
    )


def _on_stances() -> Iterator[Measure]:
    hits = {"hub": "Stances on what the busiest speak of", "authority": "Stances on it by the busiest"}
    for name, said in hits.items():
        yield Measure(name, "stances", f"{said} (Kleinberg 1999).", getattr(spectral, name), by_backend=True)
    whose = "(Gould & Fernandez 1989)"
    yield Measure(
        "brokerage",
        "stances",
        f"Pairs of actors that only meet through others, it among them {whose}.",
        brokered,
    )
    for role, said in ROLES.items():
        yield Measure(role, "stances", f"Brokerage where {said} {whose}.", partial(brokered, role=role))


MEASURES: Final[dict[str, Measure]] = {
    measure.name: measure for make in (_degrees, _on_agreement, _on_stances) for measure in make()
}
"""All measures by name: {positive-,negative-,}{in-,out-,}{degree,strength}, and those named for themselves."""
