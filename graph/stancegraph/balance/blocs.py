"""Which blocs a signed network falls into, what holds each together, what contradicts it, and how fragile it is.

A pair of actors stays together in a split where both have ties, a path of ties connects them, and they stand in one
bloc in every optimal split. How often they do is told of what is known had it been otherwise: documents are left out
one at a time (the jackknife); the bootstrap (Efron 1979) draws as many statements as there are, with replacement, of
those that count, or as many documents; and codings are drawn by how confident they are.
"""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import asdict, dataclass
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import connected_components

from stancegraph import network
from stancegraph.balance import scores
from stancegraph.balance.communities import louvain_communities, signed_modularity
from stancegraph.balance.frustration import Frustration, frustration_index
from stancegraph.network import NetworkOptions
from stancegraph.network.graphs import by_period
from stancegraph.network.resampling import draw_codings, interval, resample_documents, resample_statements
from stancegraph.network.signed import Node, of_rows, read
from stancegraph.network.ties import statements_behind
from stancegraph.table.arrays import distinct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stancegraph.network import Method
    from stancegraph.network.signed import SignedNetwork
    from stancegraph.store import Store
    from stancegraph.table import Table


MANY: Final = 20_000
"""Stances that count beyond which not all that is behind a bloc is listed."""
SHARED, AGAINST, EARLIEST = 20, 50, 3
"""What is listed then: stances a bloc shares, ties that contradict it, statements of each."""
DOCUMENTS: Final = 60
"""Documents left out at most: of more, so many are drawn."""
RESAMPLES: Final = 40
"""Samples of statements."""
BY_DOCUMENT: Final = 100
"""Samples of documents, for the interval of polarisation."""
FEWEST: Final = 10
"""Documents below which samples of them tell no interval."""
LARGEST: Final = 1_000
"""Actors of which pairs are counted at most."""


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
class Pair:
    """Two members of a bloc (labels): the shares, 0..1, of splits in which they stay together.

    `without_document` is of those with a document left out, `parted_by` the titles of the documents without which
    they do not stay; `bootstrap` of those of the bootstrap, `codings` of those of codings drawn, None where none were.
    """

    a: str
    b: str
    without_document: float
    bootstrap: float
    parted_by: tuple[str, ...]
    codings: float | None = None


@dataclass(frozen=True, slots=True)
class Bloc:
    """Actors that stand together, as (node, label); the stances they share; the ties that contradict it.

    `part` is the number of the connected part of the network it is a bloc of: what no tie connects is no bloc.
    `pairs` says of every two members how surely they stay together, the most fragile first (see `Pair`).
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
    chance: scores.NullModel | None = None

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
            "polarisation_range": self.polarisation_range and list(self.polarisation_range),
            "polarisation_interval": self.polarisation_interval and list(self.polarisation_interval),
            "codings": self.codings and asdict(self.codings),
            "chance": self.chance and asdict(self.chance),
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
    `chance` deals the signs of the ties at random so many times (see `scores.null_model`).

    >>> from stancegraph import store
    >>> found = alliances(store.open())
    >>> found.split.exact, 0 <= found.polarisation <= 1
    (True, True)
    """
    until = time.monotonic() + seconds
    rows: tuple[Table, Method] | None = None
    counted: tuple[Table, Method] | None = None
    if isinstance(source, nx.Graph):
        signed: SignedNetwork[Any] = read(source)
        if "rows" in source.graph and "method" in source.graph:
            counted = source.graph["rows"], source.graph["method"]
    else:
        rows = network.prepare(source, "agreement", options)
        counted = network.countable(*rows), rows[1]
        signed = of_rows(*counted)
    tied = signed.tied()
    label = dict(zip(signed.nodes, signed.labels, strict=True))
    left = until - time.monotonic()
    two = frustration_index(tied, 2, seconds=left if blocs == 2 else left / 2)
    split = two if blocs == 2 else frustration_index(tied, blocs, seconds=until - time.monotonic())
    communities = louvain_communities(tied)
    extent = scores.polarisation_range(tied, two)
    frail, untold = None, ""
    if rows and (robustness or draws):
        left = until - time.monotonic()
        frail = _fragility(*rows, blocs, seconds=left, draws=draws, disagreement=disagreement)
        why = f"of more than {LARGEST:,} actors" if signed.n > LARGEST else "as time was up (--seconds)"
        untold = f"how fragile the blocs are is not told, {why}" if frail is None else ""
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
        blocs=_blocs(counted, split, tied, label, frail),
        either=tuple(sorted(label[node] for node in split.either)),
        untied=tuple(sorted(label[node] for node in set(signed.nodes) - set(tied.nodes))),
        parts=int(connected_components(tied.matrix, directed=False)[0]),
        left_out=None if frail is None else len(frail.documents),
        notes=tuple(filter(None, (*_notes(counted), untold))),
        polarisation_interval=None
        if frail is None
        else interval([s.polarisation for s in frail.by_document]),
        codings=Codings(
            len(frail.codings),
            interval([drawn.frustration for drawn in frail.codings]),
            interval([drawn.polarisation for drawn in frail.codings]),
        )
        if frail and frail.codings
        else None,
        chance=scores.null_model(tied, chance, seconds=seconds) if chance and tied.n else None,
    )


def _notes(counted: tuple[Table, Method] | None) -> tuple[str, ...]:
    """What is said of the rows that count, and that not all of many is listed."""
    if counted is None:
        return ()
    if len(counted[0]) <= MANY:
        return counted[0].notes
    brief = (
        f"of {len(counted[0])} stances that count, each bloc shows the {SHARED} shared by most members and the "
        f"{AGAINST} ties that contradict it most, each with its {EARLIEST} earliest statements: `said ACTOR` and "
        "`compare ACTOR ACTOR` show the others"
    )
    return (*counted[0].notes, brief)


def _blocs(
    counted: tuple[Table, Method] | None,
    split: Frustration[Any],
    tied: SignedNetwork[Any],
    label: Mapping[Hashable, str],
    frail: _Fragility | None,
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
    against = _contradictions(counted, split, side, label)
    blocs = []
    for number, one, standing in listed:
        actors = tuple(
            sorted(((node, label[node]) for node in standing), key=lambda pair: (pair[1], pair[0]))
        )
        holds = () if counted is None else _shared_stances(counted[0], standing)
        pairs = frail.pairs(actors) if frail else ()
        blocs.append(Bloc(number, one, actors, holds, tuple(against[number]), pairs))
    return tuple(blocs)


def _contradictions(
    counted: tuple[Table, Method] | None,
    split: Frustration[Any],
    side: Mapping[Hashable, int],
    label: Mapping[Hashable, str],
) -> dict[int, list[Contradiction]]:
    """Number of each bloc → the ties that contradict it, the strongest first; of many stances the first of them."""
    many = counted is not None and len(counted[0]) > MANY
    chosen: dict[int, list[int]] = defaultdict(list)
    for tie in sorted(range(len(split.frustrated)), key=lambda tie: -abs(split.frustrated[tie][2])):
        a, b, _ = split.frustrated[tie]
        for number in {side[a], side[b]}:
            if not many or len(chosen[number]) < AGAINST:
                chosen[number].append(tie)
    listed = sorted({tie for ties in chosen.values() for tie in ties})
    pairs = [split.frustrated[tie][:2] for tie in listed]
    behind: Iterable[tuple[str, ...]] = statements_behind(*counted, pairs) if counted else ((),) * len(pairs)
    found = {}
    for tie, evidence in zip(listed, behind, strict=True):
        a, b, weight = split.frustrated[tie]
        first, second = sorted((label[a], label[b]))
        found[tie] = Contradiction(first, second, weight, evidence[: EARLIEST if many else None])
    return defaultdict(
        list,
        {
            number: sorted((found[tie] for tie in ties), key=lambda tie: (-abs(tie.weight), tie.a, tie.b))
            for number, ties in chosen.items()
        },
    )


def _shared_stances(table: Table, members: Collection[Hashable]) -> tuple[SharedStance, ...]:
    """Stances that at least two members share in one period, those of most members first; of many the first."""
    many = len(table) > MANY
    inside = np.array([thing.iri in members for thing in table.actor.values], np.bool_)
    rows = np.flatnonzero(inside[table.actor.codes])
    period = None if table.period is None else table.period[rows] + 1
    levels, level = np.unique(table.level[rows], return_inverse=True)
    key = by_period(table.target.codes[rows].astype(np.int64) * len(levels) + level, period)
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    actors = len(table.actor.values)
    pairs = distinct(group * np.int64(actors) + table.actor.codes[rows])
    number = np.bincount(pairs // actors, minlength=len(first))
    order = np.argsort(group, kind="stable")
    stops = np.cumsum(np.bincount(group, minlength=len(first)))
    said = np.split(pairs % actors, np.cumsum(number)[:-1])
    polar = table.scale.kind == "polarity"

    def shared(at: int) -> SharedStance:
        row = int(rows[first[at]])
        target, coded = table.target.values[int(table.target.codes[row])], float(table.level[row])
        behind = rows[order[stops[at - 1] if at else 0 : stops[at]]]
        statements = dict.fromkeys(table.statement.codes[behind].tolist())
        return SharedStance(
            target.label,
            table.details.word(target.iri, int(coded))
            if polar
            else f"{table.scale.name} {table.scale.shown(coded)}",
            tuple(sorted({table.actor.values[code].label for code in said[at].tolist()})),
            tuple(table.statement.values[code] for code in islice(statements, EARLIEST if many else None)),
        )

    chosen = np.flatnonzero(number > 1)
    chosen = chosen[np.argsort(first[chosen])]
    if many:
        chosen = chosen[np.argsort(-number[chosen], kind="stable")[:SHARED]]
    found = map(shared, chosen.tolist())
    return tuple(sorted(found, key=lambda held: (-len(held.actors), held.target, held.stance)))


@dataclass(frozen=True, slots=True)
class _Split:
    """One split: the sets of nodes that stay together, what it ignores, and its polarisation (None of free blocs)."""

    together: tuple[frozenset[Hashable], ...]
    frustration: float
    polarisation: float | None


@dataclass(frozen=True, slots=True)
class _Fragility:
    """The splits without each document (`documents` their titles), and those drawn."""

    documents: tuple[str, ...]
    without: tuple[_Split, ...]
    statements: tuple[_Split, ...]
    by_document: tuple[_Split, ...] = ()
    codings: tuple[_Split, ...] = ()

    def pairs(self, members: Sequence[tuple[Hashable, str]]) -> tuple[Pair, ...]:
        """Every two members of a bloc, as (node, label), the most fragile first."""
        place = {node: i for i, (node, _) in enumerate(members)}
        without, statements, codings = (
            _companies(splits, place) for splits in (self.without, self.statements, self.codings)
        )
        found = []
        for i, j in combinations(range(len(members)), 2):
            both = without[:, i] == without[:, j]
            parted = tuple(title for title, stays in zip(self.documents, both, strict=True) if not stays)
            drawn = _share(codings[:, i] == codings[:, j]) if self.codings else None
            sampled = _share(statements[:, i] == statements[:, j])
            found.append(Pair(members[i][1], members[j][1], _share(both), sampled, parted, drawn))
        return tuple(sorted(found, key=lambda p: (p.without_document, p.bootstrap, p.a, p.b)))


def _companies(splits: Sequence[_Split], place: Mapping[Hashable, int]) -> NDArray[np.int64]:
    """Of each split (row) a number for each member, the same for those who stay together."""
    stay = np.zeros((len(splits), len(place)), np.int64)
    for row, split in zip(stay, splits, strict=True):
        row[:] = -1 - np.arange(len(place))  # with nobody
        for number, one in enumerate(split.together):
            row[[place[node] for node in one if node in place]] = number
    return stay


def _share(stays: NDArray[np.bool_]) -> float:
    return round(float(stays.mean()), 4) if len(stays) else 1.0


def _fragility(
    table: Table,
    method: Method,
    blocs: int | None,
    *,
    seconds: float,
    draws: int = 0,
    disagreement: float = 0.0,
) -> _Fragility | None:
    """How fragile the blocs of a network of agreement are; None where time does not suffice, or for too many actors.

    `blocs` is as for `frustration_index`. Of more than 60 documents a sample is left out, one at a time; the
    bootstrap takes 40 samples of statements, and 100 of documents where there are ten; `draws` are those of codings
    (see `resampling.draw_codings`). What time does not suffice for of the last two is left out.
    """
    until = time.monotonic() + seconds
    chance = random.Random(0)
    counted = network.countable(table, method)
    if len(counted.actor.present()) > LARGEST:
        return None
    codes = sorted(table.reporting().tolist(), key=lambda code: (table.document.values[code].label, code))
    if len(codes) > DOCUMENTS:
        codes = [codes[i] for i in sorted(chance.sample(range(len(codes)), DOCUMENTS))]

    def splits(tables: Iterable[Table]) -> tuple[_Split, ...] | None:
        found = []
        for rows in tables:
            left = until - time.monotonic()
            if left <= 0:
                return None
            tied = of_rows(rows, method).tied()
            one = frustration_index(tied, blocs, seconds=left)
            extent = scores.polarisation_range(tied, one)
            lowest = extent[0] if extent else scores.polarisation(tied, one.blocs) if blocs == 2 else None
            found.append(_Split(one.together, one.index, lowest))
        return tuple(found)

    without = splits(network.countable(table.without_document(code), method) for code in codes)
    statements = splits(resample_statements(counted, chance) for _ in range(RESAMPLES))
    if without is None or statements is None:
        return None
    documents = len(np.unique(counted.buckets_of_documents()))
    samples = BY_DOCUMENT if documents >= FEWEST and blocs == 2 else 0
    by_document = splits(resample_documents(counted, chance) for _ in range(samples))
    drawing = np.random.default_rng(0)
    codings = splits(
        network.countable(draw_codings(table, drawing, disagreement), method) for _ in range(draws)
    )
    titles = tuple(table.document.values[code].label for code in codes)
    return _Fragility(titles, without, statements, by_document or (), codings or ())
