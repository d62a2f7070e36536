"""Which blocs a signed network falls into, what holds each together, what contradicts it, and how sure that is."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

import networkx as nx
from scipy.sparse.csgraph import connected_components

from stancegraph import network
from stancegraph.balance import scores
from stancegraph.balance.communities import louvain_communities, signed_modularity
from stancegraph.balance.fragility import fragility, interval
from stancegraph.balance.frustration import Frustration, frustration_index
from stancegraph.balance.null_model import null_model
from stancegraph.network.method import NetworkOptions
from stancegraph.network.signed import read
from stancegraph.network.ties import statements_behind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stancegraph.balance.fragility import Fragility, Pair
    from stancegraph.balance.null_model import NullModel
    from stancegraph.network.method import Method
    from stancegraph.network.signed import SignedNetwork
    from stancegraph.records import Named
    from stancegraph.store import Store
    from stancegraph.table import Table

Node = TypeVar("Node", bound="Hashable")


@dataclass(frozen=True, slots=True)
class SharedStance:
    """A stance that members of a bloc share: who of them (labels, at least two), in which statements (IRIs)."""

    target: str
    stance: str
    actors: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A tie that speaks against the blocs: negative within one, or positive between two; with its statements."""

    a: str
    b: str
    weight: float
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bloc:
    """Actors that stand together, as (node, label); the stances they share; the ties that contradict it.

    `part` is the number of the connected part of the network it is a bloc of: what no tie connects is no bloc.
    `pairs` says of every two members how surely they stay together, the most fragile first (see `Fragility`).
    """

    number: int
    part: int
    actors: tuple[tuple[Hashable, str], ...]
    holds: tuple[SharedStance, ...]
    contradicted: tuple[Contradiction, ...]
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Codings:
    """What codings drawn by their confidence make of the measures: in how many draws, and the central 95 % of them."""

    draws: int
    frustration: tuple[float, float] | None
    polarisation: tuple[float, float] | None


class Member(TypedDict):
    """An actor and the numbers of its bloc, part and community; `either` whether it may stand on another side.

    `frustration` is the lowest and highest share of the weight of its ties that contradicts the blocs, 0..1, over all
    optimal splits; None where these are not all known.
    """

    actor: str
    iri: Hashable
    bloc: int
    part: int
    community: int | None
    either: bool
    frustration: list[float] | None


@dataclass(frozen=True, slots=True)
class Alliances:
    """Blocs and measures of a signed network; measures that are undefined are None.

    `split` carries the index with its proof. `balance` (1 - 2L/sum of weights) and `polarisation` (0..1) are of
    the optimal splits in two: `polarisation` is the lowest of all `splits`, `polarisation_range` the lowest and
    highest, unconnected parts turned either way; where those are too many to be gone through, or the split is not
    proved, it is that of one split, and the others are None. `triangles` and `walks` are shares of balance,
    `modularity` that of the `communities`; `walks` and `triads` count actors without a tie too. `either` are actors
    that do not stand on one side in every optimal split (see `Frustration`), `untied` those without a tie, `parts`
    the number of pieces no tie connects: their sides do not depend on each other, and each has blocs of its own.
    `left_out` is the number of documents left out in turn to see how fragile the blocs are, None where that was not
    done. `polarisation_interval` is the 95 % interval of the bootstrap over documents, None for fewer than ten;
    `codings` how far frustration and polarisation go when codings are drawn by their confidence, `chance`
    how they compare with signs dealt at random. `notes` say which periods were used and what was left out.
    """

    actors: int
    positive: int
    negative: int
    split: Frustration[Any]
    balance: float | None
    triangles: float | None
    walks: float | None
    polarisation: float
    polarisation_range: tuple[float, float] | None
    splits: int | None
    triads: dict[str, int]
    communities: tuple[tuple[str, ...], ...]
    modularity: float | None
    blocs: tuple[Bloc, ...]
    either: tuple[str, ...]
    untied: tuple[str, ...]
    parts: int
    left_out: int | None
    notes: tuple[str, ...]
    polarisation_interval: tuple[float, float] | None = None
    codings: Codings | None = None
    chance: NullModel | None = None

    def row(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "actors": self.actors,
            "positive": self.positive,
            "negative": self.negative,
            "frustration": self.split.index,
            "lower_bound": self.split.lower_bound,
            "gap": self.split.gap,
            "exact": self.split.exact,
            "seconds": round(self.split.seconds, 3),
            "balance": self.balance,
            "triangles": self.triangles,
            "walks": self.walks,
            "polarisation": self.polarisation,
            "polarisation_range": None if self.polarisation_range is None else list(self.polarisation_range),
            "polarisation_interval": None
            if self.polarisation_interval is None
            else list(self.polarisation_interval),
            "codings": None if self.codings is None else asdict(self.codings),
            "chance": None if self.chance is None else asdict(self.chance),
            "splits": self.splits,
            "modularity": self.modularity,
            "triads": self.triads,
            "parts": self.parts,
            "blocs": [
                {
                    "bloc": bloc.number,
                    "part": bloc.part,
                    "actors": [label for _, label in bloc.actors],
                    "holds": [
                        {"target": h.target, "stance": h.stance}
                        | {"actors": list(h.actors), "statements": list(h.statements)}
                        for h in bloc.holds
                    ],
                    "contradicted": [
                        {"a": c.a, "b": c.b, "weight": c.weight, "statements": list(c.statements)}
                        for c in bloc.contradicted
                    ],
                    "pairs": [asdict(pair) for pair in bloc.pairs],
                }
                for bloc in self.blocs
            ],
            "members": self.members(),
            "communities": [list(members) for members in self.communities],
            "either": list(self.either),
            "untied": list(self.untied),
            "left_out": self.left_out,
        }

    def members(self) -> list[Member]:
        """A row for each actor with a tie."""
        community = {label: i for i, members in enumerate(self.communities, 1) for label in members}
        return [
            {
                "actor": label,
                "iri": node,
                "bloc": bloc.number,
                "part": bloc.part,
                "community": community.get(label),
                "either": label in self.either,
                "frustration": None if self.split.by_actor is None else list(self.split.by_actor[node]),
            }
            for bloc in self.blocs
            for node, label in bloc.actors
        ]


def alliances(
    source: Store | Table | nx.Graph[Node],
    *,
    blocs: int | None = 2,
    seconds: float = 60,
    robustness: bool = True,
    draws: int = 0,
    disagreement: float = 0.0,
    chance: int = 0,
    **options: Unpack[NetworkOptions],
) -> Alliances:
    """The blocs of a store or table (by `network.agreement`, which takes `options`), or of any signed graph.

    `blocs` is 2, or None for as many as serve; `seconds` limits the whole search for splits and their proof (free
    blocs leave half of it to the split in two, which balance and polarisation are of). With `robustness` the blocs of
    a store or table say how fragile they are, if there is time left; `draws` draws their codings so many times, each
    right as often as its confidence says, and a share of `disagreement` otherwise (`resampling.draw_codings`).
    `chance` deals the signs of the ties at random so many times (see `null_model`).

    >>> from stancegraph import store
    >>> found = alliances(store.open())
    >>> found.split.exact, 0 <= found.polarisation <= 1
    (True, True)
    """
    until = time.monotonic() + seconds
    rows: tuple[Table, Method] | None = None
    if isinstance(source, nx.Graph):
        graph: nx.Graph[Any] = source
    else:
        rows = network.prepare(source, "agreement", options)
        graph = network.build(network.countable(*rows), rows[1])
    signed = read(graph)
    tied = signed.tied()
    label = dict(zip(signed.nodes, signed.labels, strict=True))
    left = until - time.monotonic()
    two = frustration_index(tied, 2, seconds=left if blocs == 2 else left / 2)
    split = two if blocs == 2 else frustration_index(tied, blocs, seconds=until - time.monotonic())
    communities = louvain_communities(tied)
    extent = scores.polarisation_range(tied, two)
    frail = None
    if rows and (robustness or draws):
        left = until - time.monotonic()
        frail = fragility(*rows, blocs, seconds=left, draws=draws, disagreement=disagreement)
    return Alliances(
        actors=tied.n,
        positive=int((tied.sign > 0).sum()),
        negative=int((tied.sign < 0).sum()),
        split=split,
        balance=scores.line_balance(tied, two.index),
        triangles=scores.triangle_share(tied),
        walks=scores.walk_balance(signed),
        polarisation=scores.polarisation(tied, two.blocs) if extent is None else extent[0],
        polarisation_range=extent,
        splits=two.splits,
        triads=scores.triad_census(signed),
        communities=tuple(tuple(sorted(label[node] for node in members)) for members in communities),
        modularity=signed_modularity(tied, communities),
        blocs=_blocs(graph, split, tied, label, frail),
        either=tuple(sorted(label[node] for node in split.either)),
        untied=tuple(sorted(label[node] for node in set(signed.nodes) - set(tied.nodes))),
        parts=int(connected_components(tied.matrix, directed=False)[0]),
        left_out=None if frail is None else len(frail.documents),
        notes=tuple(graph.graph.get("notes", ())),
        polarisation_interval=None
        if frail is None
        else interval([s.polarisation for s in frail.by_document]),
        codings=_codings(frail),
        chance=null_model(tied, chance, seconds=seconds) if chance and tied.n else None,
    )


def _codings(frail: Fragility | None) -> Codings | None:
    if frail is None or not frail.codings:
        return None
    return Codings(
        len(frail.codings),
        interval([split.frustration for split in frail.codings]),
        interval([split.polarisation for split in frail.codings]),
    )


def _blocs(
    graph: nx.Graph[Any],
    split: Frustration[Any],
    tied: SignedNetwork[Any],
    label: Mapping[Hashable, str],
    frail: Fragility | None,
) -> tuple[Bloc, ...]:
    """The blocs of each connected part; the larger part, and in it the larger bloc, first."""
    _, places = connected_components(tied.matrix, directed=False)
    part = dict(zip(tied.nodes, places.tolist(), strict=True))
    found: dict[tuple[int, int], list[Hashable]] = defaultdict(list)
    for number, members in enumerate(split.blocs):
        for node in members:
            found[part[node], number].append(node)
    size = Counter(part.values())
    order = sorted(found, key=lambda key: (-size[key[0]], key[0], -len(found[key]), key[1]))
    rank = {one: number for number, one in enumerate(dict.fromkeys(one for one, _ in order), 1)}
    listed = [(number, rank[key[0]], found[key]) for number, key in enumerate(order, 1)]
    side = {node: number for number, _, members in listed for node in members}
    against: dict[int, list[Contradiction]] = defaultdict(list)
    statements = statements_behind(graph, [(a, b) for a, b, _ in split.frustrated])
    for (a, b, weight), evidence in zip(split.frustrated, statements, strict=True):
        first, second = sorted((label[a], label[b]))
        tie = Contradiction(first, second, weight, evidence)
        for number in sorted({side[a], side[b]}):
            against[number].append(tie)
    table: Table | None = graph.graph.get("rows")
    blocs = []
    for number, one, standing in listed:
        actors = tuple(
            sorted(((node, label[node]) for node in standing), key=lambda pair: (pair[1], pair[0]))
        )
        holds = () if table is None else _shared_stances(table, standing)
        contradicted = sorted(against[number], key=lambda tie: (-abs(tie.weight), tie.a, tie.b))
        pairs = frail.pairs(actors) if frail else ()
        blocs.append(Bloc(number, one, actors, holds, tuple(contradicted), pairs))
    return tuple(blocs)


def _shared_stances(table: Table, members: Collection[Hashable]) -> tuple[SharedStance, ...]:
    """Stances that at least two members share in one period, those of most members first."""
    actors: dict[tuple[Named, float | str, int], set[str]] = defaultdict(set)
    statements: dict[tuple[Named, float | str, int], list[str]] = defaultdict(list)
    period = [0] * len(table) if table.period is None else table.period.tolist()
    for row, when in zip(table, period, strict=True):
        if row.actor.iri in members:
            key = (row.target, row.level, when)
            actors[key].add(row.actor.label)
            statements[key].append(row.statement)
    polar = table.scale.kind == "polarity"
    shared = [
        SharedStance(
            key[0].label,
            table.details.word(key[0].iri, int(key[1])) if polar else f"{table.scale.name} {key[1]}",
            tuple(sorted(names)),
            tuple(dict.fromkeys(statements[key])),
        )
        for key, names in actors.items()
        if len(names) > 1
    ]
    return tuple(sorted(shared, key=lambda held: (-len(held.actors), held.target, held.stance)))
