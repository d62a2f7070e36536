"""Who stands with whom, as the page shows it: ties of agreement with what they rest on, blocs, the matrix.

All of it is computed under the filters the graph was made with; filters in the page hide and recount only.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Final, TypedDict

from stancegraph import balance, network
from stancegraph.page.geometry import Line

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

    import networkx as nx

    from stancegraph.page.content import Entity, Stance
    from stancegraph.table import Table

    Shared = tuple[int, int, list[int], list[int]]
    """Target, 1 or -1 for of one sign or of contrary ones, the stances of either side."""

KEPT: Final = 2000
"""Ties of agreement the page holds, at most; the strongest are kept."""
PROVABLE: Final = 300
"""Ties up to which blocs are those of least frustration; beyond, communities of agreement."""
SECONDS: Final = 20.0
ROWS, COLUMNS, SHOWN, HELD = 150, 60, 400, 12
"""At most: actors and targets of the matrix, ties at first sight, stances that hold a bloc together."""


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
    """`ties` of agreement, `blocs`, `matrix`, and `how` the blocs were found; `left_out` counts ties too weak."""

    ties: list[AgreementTie]
    blocs: list[Bloc]
    matrix: Matrix
    how: str
    left_out: int = 0


def compute(
    table: Table | None, stances: Sequence[Stance], entities: Sequence[Entity], number: Mapping[str, int]
) -> Agreement:
    """What the rows of a stance network say of who agrees; each entity learns the number of its bloc."""
    if table is None or not len(table):
        how = "This graph does not remember its rows: no agreement was computed."
        return Agreement([], [], _matrix(stances, entities), how)
    rows, method = network.prepare(table, "agreement", {})
    graph = network.build(network.countable(rows, method), method)
    parts, how = _split(graph)
    periods = _periods(rows, stances, number)
    ties = _strongest(graph, stances, number, periods)
    blocs = _blocs(([number[str(iri)] for iri in part] for part in parts), stances, periods)
    for bloc in blocs:
        for member in bloc["members"]:
            entities[member]["bloc"] = bloc["id"]
    return Agreement(ties, blocs, _matrix(stances, entities), how, graph.number_of_edges() - len(ties))


def _periods(rows: Table, stances: Sequence[Stance], number: Mapping[str, int]) -> dict[int, int]:
    """Stance for or against → the period in which it meets others; none where it meets nobody's."""
    period = [0] * len(rows) if rows.period is None else rows.period.tolist()
    bound = [False] * len(rows) if rows.bound is None else rows.bound.tolist()
    periods = {
        (row.statement, number[row.actor.iri], number[row.target.iri]): when
        for row, when, undertaken in zip(rows, period, bound, strict=True)
        if when >= 0 and not undertaken
    }
    keys = ((stance["iri"], stance["speaker"], stance["target"]) for stance in stances)
    return {i: periods[key] for i, key in enumerate(keys) if stances[i]["sign"] and key in periods}


def _strongest(
    graph: nx.Graph[str],
    stances: Sequence[Stance],
    number: Mapping[str, int],
    periods: Mapping[int, int],
) -> list[AgreementTie]:
    """The strongest ties, each with the stances of both sides on what they share in one period."""
    held: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, period in periods.items():
        held[stances[i]["speaker"]][stances[i]["target"], period].append(i)
    rows = []
    for tail, head, data in graph.edges(data=True):
        a, b = sorted((number[tail], number[head]))
        rows.append((a, b, float(data["weight"])))
    rows.sort(key=lambda row: (-abs(row[2]), row[:2]))
    ties: list[AgreementTie] = []
    for i, (a, b, weight) in enumerate(rows[:KEPT]):
        line: Line = {"id": i, "from": a, "to": b, "sign": 1 if weight > 0 else -1, "first": i < SHOWN}
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


def _split(graph: nx.Graph[str]) -> tuple[Iterable[Collection[Hashable]], str]:
    """The blocs, and how they were found; nothing here depends on the clock of a small graph."""
    if graph.number_of_edges() <= PROVABLE:
        found = balance.frustration_index(graph, None, seconds=SECONDS)
        if found.exact:
            total = fsum(abs(float(data["weight"])) for *_, data in graph.edges(data=True))
            how = (
                "Blocs are the split in which the least weight of ties stands against it (frustration index, proved "
                f"least): {found.index:.2f} of {total:.2f} is negative within a bloc or positive between two."
            )
            return found.blocs, how
    how = "Blocs are communities of actors who agree (Louvain on positive ties): too many ties to prove a best split."
    return balance.louvain_communities(graph), how


def _blocs(
    parts: Iterable[Collection[int]], stances: Sequence[Stance], periods: Mapping[int, int]
) -> list[Bloc]:
    """Blocs of two members or more, larger first, with what holds each together."""
    sides = [sorted(part) for part in parts if len(part) > 1]
    sides.sort(key=lambda members: (-len(members), members))
    return [
        {"id": i, "members": members, "holds": _held({*members}, stances, periods)}
        for i, members in enumerate(sides)
    ]


def _held(members: Collection[int], stances: Sequence[Stance], periods: Mapping[int, int]) -> list[Held]:
    """Stances that two members or more share in one period; those of most members first."""
    shared: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for i, period in periods.items():
        if (stance := stances[i])["speaker"] in members:
            shared[stance["target"], stance["sign"], period].append(i)
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
    """Actors by bloc, then by how much they said; targets by how many spoke of them. Both strongest first."""
    spoken: dict[int, set[int]] = defaultdict(set)
    heard: dict[int, set[int]] = defaultdict(set)
    propositions = any(entity["kind"] == "proposition" for entity in entities)
    for stance in stances:
        if not propositions or entities[stance["target"]]["kind"] == "proposition":
            spoken[stance["speaker"]].add(stance["target"])
            heard[stance["target"]].add(stance["speaker"])
    strongest = sorted(spoken, key=lambda i: (-len(spoken[i]), i))[:ROWS]

    def order(i: int) -> tuple[int, int, str, int]:
        bloc = entities[i]["bloc"]
        return (len(entities) if bloc is None else bloc, -len(spoken[i]), entities[i]["label"], i)

    rows = sorted(strongest, key=order)
    columns = sorted(heard, key=lambda i: (-len(heard[i]), entities[i]["label"], i))
    left_out = len(spoken) - len(rows), max(len(columns) - COLUMNS, 0)
    return {"rows": rows, "columns": columns[:COLUMNS], "left_out": left_out}
