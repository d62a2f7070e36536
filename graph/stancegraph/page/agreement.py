"""Who stands with whom, as the page shows it: ties of agreement with what they rest on, blocs, the matrix.

All of it is computed under the filters the graph was made with; filters in the page hide and recount only.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any, Final, TypedDict

import networkx as nx
import numpy as np

from stancegraph import balance, network

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from stancegraph.network import Method, Projection
    from stancegraph.page.content import Entity, Stance
    from stancegraph.table import Table

    Shared = tuple[int, int, list[int], list[int]]
    """Target, 1 or -1 for of one sign or of contrary ones, the stances of either side."""
    Weighted = tuple[int, int, float]

KEPT: Final = 2000
"""Ties of agreement the page holds, at most; the strongest are kept."""
PROVABLE: Final = 300
"""Ties up to which blocs are those of least frustration; beyond, communities of agreement."""
SECONDS: Final = 20.0
DRAWN: Final = 4000
"""Ties that communities are found in, at most: the strongest."""
ROWS, COLUMNS, HELD = 150, 80, 12
"""At most: actors and targets of the matrix, stances that hold a bloc together."""
WORDS: Final = {
    "subtract": {"1": "agrees with", "-1": "disagrees with"},
    "congruence": {"1": "agrees with"},
    "conflict": {"-1": "disagrees with"},
    "ignore": {"1": "speaks of the same as"},
}
"""What a tie of each sign means, by the aggregation that made it."""

Line = TypedDict("Line", {"id": int, "from": int, "to": int, "sign": int})
"""A line between two entities."""


class AgreementTie(Line):
    """A tie of agreement with its weight, and what it rests `on`."""

    weight: float
    on: list[Shared]


class Held(TypedDict):
    """A stance that so many `actors` of a bloc share."""

    target: int
    sign: int
    stances: list[int]
    actors: int


class Bloc(TypedDict):
    """The members of a bloc, two or more, and what holds it together, the stances of most members first."""

    id: int
    members: list[int]
    holds: list[Held]


class Matrix(TypedDict):
    """Actors and targets in the order shown, and how many of either are left out."""

    rows: list[int]
    columns: list[int]
    left_out: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """`ties` of agreement, `blocs` and `how` they were found, `matrix`; what a tie is `weighed` by.

    Stances `unmet` by anybody's are undertaken or of no one period; `left_out` is the number of ties too weak.
    """

    ties: list[AgreementTie]
    blocs: list[Bloc]
    matrix: Matrix
    how: str
    weighed: str
    words: Mapping[str, str]
    unmet: list[int]
    left_out: int


def compute(
    table: Table | None,
    stances: Sequence[Stance],
    entities: Sequence[Entity],
    number: Mapping[str, int],
    choices: Mapping[str, Any],
) -> Agreement:
    """What the rows of a stance network say of who agrees; each entity learns the number of its bloc."""
    if table is None or not len(table):
        how = "This graph does not remember its rows: no agreement was computed."
        return Agreement([], [], _matrix(stances, entities), how, "", {}, [], 0)
    rows, method = network.prepare(table, "agreement", choices)
    counted = network.countable(rows, method)
    made = network.project(counted, method)
    numbers = [number[counted.actor.values[code].iri] for code in made.rows]
    weighted = _weighted(made, numbers, method)
    parts, how = _split(sorted(numbers), weighted)
    periods, unmet = _periods(rows, stances, number, method)
    ties = _explain(weighted[:KEPT], stances, periods)
    blocs = _blocs(parts, stances, periods)
    for bloc in blocs:
        for member in bloc["members"]:
            entities[member]["bloc"] = bloc["id"]
    matrix, left_out = _matrix(stances, entities), len(weighted) - len(ties)
    return Agreement(ties, blocs, matrix, how, method.weighed, WORDS[method.aggregation], unmet, left_out)


def _weighted(made: Projection, numbers: Sequence[int], method: Method) -> list[Weighted]:
    """The ties by the numbers of their ends, the strongest first; those of conflict are negative."""
    cells = made.matrix.tocoo()
    i, j = cells.coords
    upper = i < j
    weights = cells.data[upper].astype(float) * (-1 if method.aggregation == "conflict" else 1)
    ends = np.array(numbers, np.int64)
    a, b = ends[i[upper]], ends[j[upper]]
    a, b = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((b, a, -np.abs(np.round(weights, 9))))
    rows = zip(a[order].tolist(), b[order].tolist(), weights[order].tolist(), strict=True)
    return [(x, y, weight) for x, y, weight in rows if weight]


def _periods(
    rows: Table, stances: Sequence[Stance], number: Mapping[str, int], method: Method
) -> tuple[dict[int, int], list[int]]:
    """Stance for or against → the period in which it meets others'; and those that meet none: what is undertaken, or
    may be of either of two periods."""
    period = [0] * len(rows) if rows.period is None else rows.period.tolist()
    bound = [False] * len(rows) if rows.bound is None or method.undertakings else rows.bound.tolist()
    periods = {
        (row.statement, number[row.actor.iri], number[row.target.iri]): when
        for row, when, undertaken in zip(rows, period, bound, strict=True)
        if when >= 0 and not undertaken
    }
    keys = [(stance["iri"], stance["speaker"], stance["target"]) for stance in stances]
    signed = [i for i, stance in enumerate(stances) if stance["sign"]]
    met = {i: periods[keys[i]] for i in signed if keys[i] in periods}
    return met, [i for i in signed if i not in met]


def _explain(
    weighted: Iterable[Weighted], stances: Sequence[Stance], periods: Mapping[int, int]
) -> list[AgreementTie]:
    """The ties, each with the stances of both sides on what they share in one period."""
    held: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, period in periods.items():
        held[stances[i]["speaker"]][stances[i]["target"], period].append(i)
    ties: list[AgreementTie] = []
    for i, (a, b, weight) in enumerate(weighted):
        line: Line = {"id": i, "from": a, "to": b, "sign": 1 if weight > 0 else -1}
        ties.append({**line, "weight": round(weight, 4), "on": _shared(held[a], held[b], stances)})
    return ties


def _shared(
    mine: Mapping[tuple[int, int], list[int]],
    theirs: Mapping[tuple[int, int], list[int]],
    stances: Sequence[Stance],
) -> list[Shared]:
    """What two actors both take a stance on: stances of one sign first, then contrary ones, target by target."""
    found = []
    for key in sorted(mine.keys() & theirs.keys()):
        for agree in (1, -1):
            pairs = [
                (x, y)
                for x in mine[key]
                for y in theirs[key]
                if stances[x]["sign"] * stances[y]["sign"] == agree
            ]
            if pairs:
                found.append((key[0], agree, sorted({x for x, _ in pairs}), sorted({y for _, y in pairs})))
    return found


def _split(numbers: Iterable[int], weighted: Sequence[Weighted]) -> tuple[Iterable[Collection[int]], str]:
    """The blocs, and how they were found; nothing here depends on the clock of a small graph."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(numbers)
    graph.add_weighted_edges_from(weighted[:DRAWN])
    if len(weighted) <= PROVABLE:
        found = balance.frustration_index(graph, None, seconds=SECONDS)
        if found.exact:
            total = fsum(abs(weight) for *_, weight in weighted)
            share = f"{100 * found.index / total:.0f} %" if total else "nothing"
            how = (
                f"{share} of the weight of all ties stands against this split ({found.index:.2f} of {total:.2f}: ties "
                "of disagreement inside a bloc, or of agreement between two); no other split leaves less, which is "
                "proved (frustration index)."
            )
            return found.blocs, how
    among = f"the {DRAWN:,} strongest ties" if len(weighted) > DRAWN else "ties of agreement"
    how = f"There are too many ties to prove a best split: these are communities found in {among} (Louvain, seeded)."
    return balance.louvain_communities(graph), how


def _blocs(
    parts: Iterable[Collection[int]], stances: Sequence[Stance], periods: Mapping[int, int]
) -> list[Bloc]:
    """Blocs of two members or more, larger first, with what holds each together."""
    sides = [sorted(part) for part in parts if len(part) > 1]
    sides.sort(key=lambda members: (-len(members), members))
    bloc_of = {member: i for i, members in enumerate(sides) for member in members}
    own: list[dict[tuple[int, int, int], list[int]]] = [defaultdict(list) for _ in sides]
    for i, period in periods.items():
        if (bloc := bloc_of.get(stances[i]["speaker"])) is not None:
            own[bloc][stances[i]["target"], stances[i]["sign"], period].append(i)
    return [{"id": i, "members": members, "holds": _held(own[i], stances)} for i, members in enumerate(sides)]


def _held(shared: Mapping[tuple[int, int, int], list[int]], stances: Sequence[Stance]) -> list[Held]:
    """Stances that two members or more share in one period; those of most members first."""
    met: dict[tuple[int, int], list[int]] = defaultdict(list)
    for (target, sign, _), own in shared.items():
        if len({stances[i]["speaker"] for i in own}) > 1:
            met[target, sign] += own
    rows: list[Held] = [
        {
            "target": target,
            "sign": sign,
            "stances": sorted(own),
            "actors": len({stances[i]["speaker"] for i in own}),
        }
        for (target, sign), own in met.items()
    ]
    return sorted(rows, key=lambda row: (-row["actors"], row["target"], -row["sign"]))[:HELD]


def _matrix(stances: Sequence[Stance], entities: Sequence[Entity]) -> Matrix:
    """Actors by bloc, then by how much they said; targets (actors first) by how many spoke of them."""
    spoken: dict[int, set[int]] = defaultdict(set)
    heard: dict[int, set[int]] = defaultdict(set)
    for stance in stances:
        spoken[stance["speaker"]].add(stance["target"])
        heard[stance["target"]].add(stance["speaker"])
    strongest = sorted(spoken, key=lambda i: (-len(spoken[i]), i))[:ROWS]

    def order(i: int) -> tuple[int, int, str, int]:
        bloc = entities[i]["bloc"]
        return (len(entities) if bloc is None else bloc, -len(spoken[i]), entities[i]["label"], i)

    def sort(i: int) -> tuple[bool, int, str, int]:
        return (entities[i]["kind"] == "proposition", -len(heard[i]), entities[i]["label"], i)

    busiest = sorted(heard, key=lambda i: (-len(heard[i]), entities[i]["label"], i))[:COLUMNS]
    rows, columns = sorted(strongest, key=order), sorted(busiest, key=sort)
    left_out = len(spoken) - len(rows), max(len(heard) - len(columns), 0)
    return {"rows": rows, "columns": columns, "left_out": left_out}
