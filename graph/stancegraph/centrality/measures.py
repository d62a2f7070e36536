"""The measures of who matters: by name, with the network each is meant for, and the scores it gives on any.

Degree, strength and brokerage are counted here; the others are solved in `paths` and `spectral`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from stancegraph.centrality import backends, paths, spectral
from stancegraph.errors import UsageError
from stancegraph.network.signed import Node, read

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.network.signed import SignedNetwork

Direction = Literal["", "in-", "out-"]
Sign = Literal["", "positive-", "negative-"]

LEAST: Final = 1e-100
MOST: Final = 1e100
"""Sizes a tie may have: sums of them and distances 1/weight stay finite."""

ROLES: Final = {
    "coordinator": "all three are of one kind",
    "consultant": "the outer two are of one kind and it, an itinerant broker, of another",
    "gatekeeper": "it lets in from another kind to its own",
    "representative": "it carries out from its own kind to another",
    "liaison": "all three are of different kinds",
}
"""The five roles of brokerage; every brokered pair makes exactly one."""

NO_BROKER: Final = "proposition"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure; `on` is the network it is meant for, `help` one line that says what it tells, and whose it is.

    `values` gives its numbers for a signed network, in the order of its nodes; `by_backend` says whether
    networkx has the measure too, so that a named backend can reckon it.
    """

    name: str
    on: Literal["stances", "agreement"]
    help: str
    values: Callable[..., NDArray[np.float64]] = field(repr=False)
    by_backend: bool = False

    def scores(
        self, graph: nx.Graph[Node] | SignedNetwork[Node], backend: str | None = None
    ) -> dict[Node, float]:
        """Every node's score, a finite number, in the order of their names; {} for an empty graph.

        The graph may be any of the networks, or a plain networkx graph with `weight`, read loosely (see
        `signed.read`). Where networkx has the measure it is reckoned through the `backend` named, with networkx's
        functions. Raises UsageError for a weight or polarity that is not a finite number, a weight outside 1e-100
        .. 1e100, and a backend that is not installed or cannot.

        >>> import networkx as nx
        >>> MEASURES["betweenness"].scores(nx.star_graph(3))
        {0: 1.0, 1: 0.0, 2: 0.0, 3: 0.0}
        """
        backends.check(backend)
        network = read(graph, directed=True, loose=True)
        _check_sizes(network)
        if not network.nodes:
            return {}
        values = self.values(network, backend) if self.by_backend else self.values(network)
        return dict(zip(network.nodes, (values + 0.0).tolist(), strict=True))  # + 0.0 makes -0.0 a plain 0


def named(name: str) -> Measure:
    """The measure of this name. Raises UsageError, with the names there are, where there is none."""
    if name not in MEASURES:
        raise UsageError(f"no measure is called '{name}'; there are: {', '.join(MEASURES)}")
    return MEASURES[name]


def _check_sizes(network: SignedNetwork[Node]) -> None:
    for tie in np.flatnonzero((network.size < LEAST) | (network.size > MOST)).tolist():
        a, b = network.nodes[network.a[tie]], network.nodes[network.b[tie]]
        raise UsageError(
            f"the tie {a} - {b} has {network.weight[tie]} for its weight: only sizes of 1e-100 to 1e100 are "
            "reckoned with"
        )


def degree(
    network: SignedNetwork[Node], direction: Direction = "", sign: Sign = "", *, weighted: bool
) -> NDArray[np.float64]:
    """Neighbours of each node, or the weight of its ties to them; of one direction or sign where one is given.

    Both directions of a directed network are added: whom one meets both ways counts twice. Neutral ties count
    only where no sign is given. Freeman (1979), Social Networks 1, 215-239; strength: Barrat et al. (2004),
    PNAS 101, 3747-3752.
    """
    matrix = {"": network.unsigned, "positive-": network.positive, "negative-": network.negative}[sign]
    counted = matrix if weighted else (matrix > 0).astype(np.float64)
    outgoing, incoming = (np.asarray(counted.sum(axis=axis), dtype=np.float64) for axis in (1, 0))
    if direction == "in-":
        return incoming
    return outgoing + incoming if network.directed and direction == "" else outgoing


def brokerage(network: SignedNetwork[Node], role: str | None = None) -> NDArray[np.float64]:
    """For each node b the pairs a, c with ties a to b and b to c and none from a to c; of one role, or of all.

    Gould & Fernandez (1989), Sociological Methodology 19, 89-126, raw counts; the groups are the kinds of the
    nodes, those without a kind being one group. Neither weight nor sign matters. Propositions take no part; a
    tie without direction goes both ways.
    """
    kinds = network.kinds
    out: dict[int, set[int]] = {place: set() for place, kind in enumerate(kinds) if kind != NO_BROKER}
    into: dict[int, set[int]] = {place: set() for place in out}
    pairs = network.unsigned.tocoo()
    for a, b in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True):
        if a in out and b in out:
            out[a].add(b)
            into[b].add(a)
    counts = np.zeros(network.n)
    for broker in out:
        roles = Counter(
            _role(kinds[a], kinds[broker], kinds[c]) for a in into[broker] for c in out[broker] - out[a] - {a}
        )
        counts[broker] = roles.total() if role is None else roles[role]
    return counts


def _role(a: Hashable, broker: Hashable, c: Hashable) -> str:
    if a == c:
        return "coordinator" if a == broker else "consultant"
    if broker == c:
        return "gatekeeper"
    return "representative" if broker == a else "liaison"


def _degrees() -> Iterator[Measure]:
    """Degree and strength for each sign and direction, the plain ones first."""
    signs: tuple[tuple[Sign, str], ...] = (("", ""), ("positive-", "positive "), ("negative-", "negative "))
    directions: tuple[tuple[Direction, str], ...] = (
        ("", "taken by it and on it"),
        ("in-", "taken on it"),
        ("out-", "taken by it"),
    )
    for sign, kind in signs:
        for direction, whose in directions:
            yield Measure(
                f"{sign}{direction}degree",
                "stances",
                f"Ties by {kind}stances {whose}, one each way for every other (Freeman 1979)."
                if not direction
                else f"How many others it is tied to by {kind}stances {whose} (Freeman 1979).",
                partial(degree, direction=direction, sign=sign, weighted=False),
            )
            yield Measure(
                f"{sign}{direction}strength",
                "stances",
                f"Documents behind the {kind}stances {whose} (Barrat et al. 2004).",
                partial(degree, direction=direction, sign=sign, weighted=True),
            )


def _on_agreement() -> Iterator[Measure]:
    for name, values, tells in (
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
        yield Measure(name, "agreement", tells, values, by_backend=True)
    yield Measure(
        "pn",
        "agreement",
        "Agreement with the agreed with, disagreement twice against it (Everett & Borgatti 2014).",
        spectral.pn,
    )


def _on_stances() -> Iterator[Measure]:
    hits = {"hub": "Stances on what the busiest speak of", "authority": "Stances on it by the busiest"}
    for name, tells in hits.items():
        yield Measure(name, "stances", f"{tells} (Kleinberg 1999).", getattr(spectral, name), by_backend=True)
    whose = "(Gould & Fernandez 1989)"
    yield Measure(
        "brokerage",
        "stances",
        f"Pairs of actors that only meet through others, it among them {whose}.",
        brokerage,
    )
    for role, where in ROLES.items():
        yield Measure(role, "stances", f"Brokerage where {where} {whose}.", partial(brokerage, role=role))


MEASURES: Final[dict[str, Measure]] = {
    measure.name: measure for make in (_degrees, _on_agreement, _on_stances) for measure in make()
}
"""All measures by name: {positive-,negative-,}{in-,out-,}{degree,strength}, and those named for themselves."""
