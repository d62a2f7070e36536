"""Who stands with whom, as the page shows it: ties of agreement with what they rest on, blocs, the matrix.

All of it is computed under the filters the graph was made with; filters in the page hide and recount only.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from math import fsum
from typing import TYPE_CHECKING, Any, Final

from stancegraph import balance, network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import networkx as nx

    from stancegraph.table import Table

    Row = dict[str, Any]

KEPT: Final = 2000
"""Ties of agreement the page holds, at most; the strongest are kept."""
PROVABLE: Final = 300
"""Ties up to which blocs are those of least frustration; beyond, communities of agreement."""
SECONDS: Final = 20.0
ROWS, COLUMNS, SHOWN = 150, 60, 400


@dataclass(frozen=True, slots=True)
class Standing:
    """`ties` of agreement, `blocs` (two members or more), `matrix` (`rows` and `columns` by thing), and `how`.

    `left_out` counts the ties of agreement too weak to be kept.
    """

    ties: list[Row]
    blocs: list[Row]
    matrix: Row
    how: str
    left_out: int = 0


def standing(
    table: Table | None, number: Mapping[str, int], stances: list[Row], things: list[Row]
) -> Standing:
    """What the rows of a stance network say of who agrees; each thing learns the number of its bloc."""
    if table is None or not len(table):
        matrix = _matrix(stances, things)
        return Standing([], [], matrix, "This graph does not remember its rows: no agreement was computed.")
    graph = network.agreement(table)
    ties = _ties(graph, number, stances)
    parts, how = _parts(graph)
    blocs = _blocs(parts, number, stances, things)
    left_out = graph.number_of_edges() - len(ties)
    return Standing(ties, blocs, _matrix(stances, things), how, left_out)


def computed(filters: Any) -> str:
    """The filters something was computed under, in words.

    >>> computed(None)
    'all statements of the graph'
    """
    chosen = []
    for item in fields(filters) if filters is not None else ():
        value = getattr(filters, item.name)
        if value != item.default and value not in ((), None):
            told = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            chosen.append(f"{item.name.rstrip('_').replace('_', ' ')}: {told}")
    return "; ".join(chosen) or "all statements of the graph"


def _ties(graph: nx.Graph[str], number: Mapping[str, int], stances: list[Row]) -> list[Row]:
    """The strongest ties, each with the targets both spoke of: the target, the weight there, both sides' stances."""
    held: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, stance in enumerate(stances):
        if stance["sign"]:
            held[stance["speaker"]][stance["target"]].append(i)
    rows = []
    for tail, head, tie in graph.edges(data=True):
        one, other = sorted((number[tail], number[head]))
        rows.append((one, other, float(tie["weight"])))
    rows.sort(key=lambda row: (-abs(row[2]), row[:2]))
    kept = []
    for i, (a, b, weight) in enumerate(rows[:KEPT]):
        on = []
        for target in sorted(held[a].keys() & held[b].keys()):
            mine, theirs = held[a][target], held[b][target]
            for agree in (1, -1):
                pairs = [
                    (x, y) for x in mine for y in theirs if stances[x]["sign"] * stances[y]["sign"] == agree
                ]
                if pairs:
                    on.append([target, agree, sorted({x for x, _ in pairs}), sorted({y for _, y in pairs})])
        sign = 1 if weight > 0 else -1
        kept.append(
            {
                "id": i,
                "from": a,
                "to": b,
                "weight": round(weight, 4),
                "sign": sign,
                "on": on,
                "first": i < SHOWN,
            }
        )
    return kept


def _parts(graph: nx.Graph[str]) -> tuple[Sequence[Any], str]:
    """The blocs as sets of IRIs, and how they were found; nothing here depends on the clock of a small graph."""
    ties = graph.number_of_edges()
    if ties <= PROVABLE:
        found = balance.frustration_index(graph, None, seconds=SECONDS)
        if found.exact:
            total = fsum(abs(float(tie["weight"])) for *_, tie in graph.edges(data=True))
            share = f"{found.index:.2f} of {total:.2f}"
            how = (
                "Blocs are the split in which the least weight of ties stands against it (frustration index, proved "
                f"least): {share} is negative within a bloc or positive between two."
            )
            return found.blocs, how
    how = "Blocs are communities of actors who agree (Louvain on positive ties): too many ties to prove a best split."
    return balance.louvain_communities(graph), how


def _blocs(
    parts: Sequence[Any], number: Mapping[str, int], stances: list[Row], things: list[Row]
) -> list[Row]:
    """Blocs of two members or more, larger first, with what holds each together."""
    sides = [sorted(number[iri] for iri in part) for part in parts if len(part) > 1]
    sides.sort(key=lambda members: (-len(members), members))
    for i, members in enumerate(sides):
        for member in members:
            things[member]["bloc"] = i
    return [
        {"id": i, "members": members, "holds": _holds(members, stances)} for i, members in enumerate(sides)
    ]


def _holds(members: list[int], stances: list[Row]) -> list[Row]:
    """Stances that two members or more share: target, sign, the stances; those of most members first."""
    inside = set(members)
    shared: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, stance in enumerate(stances):
        if stance["speaker"] in inside and stance["sign"]:
            shared[stance["target"], stance["sign"]].append(i)
    rows: list[Row] = [
        {"target": target, "sign": sign, "stances": own, "actors": len({stances[i]["speaker"] for i in own})}
        for (target, sign), own in shared.items()
    ]
    rows = [row for row in rows if row["actors"] > 1]
    return sorted(rows, key=lambda row: (-row["actors"], row["target"], -row["sign"]))[:12]


def _matrix(stances: list[Row], things: list[Row]) -> Row:
    """Actors by bloc, then by how much they said; targets by how many spoke of them. Both strongest first."""
    spoken: dict[int, set[int]] = defaultdict(set)
    heard: dict[int, set[int]] = defaultdict(set)
    told_apart = any(thing["kind"] == "proposition" for thing in things)
    for stance in stances:
        if not told_apart or things[stance["target"]]["kind"] == "proposition":
            spoken[stance["speaker"]].add(stance["target"])
            heard[stance["target"]].add(stance["speaker"])
    strongest = sorted(spoken, key=lambda i: (-len(spoken[i]), i))[:ROWS]
    last = len(things)
    rows = sorted(
        strongest,
        key=lambda i: (
            last if things[i]["bloc"] is None else things[i]["bloc"],
            -len(spoken[i]),
            things[i]["label"],
            i,
        ),
    )
    columns = sorted(heard, key=lambda i: (-len(heard[i]), things[i]["label"], i))
    return {
        "rows": rows,
        "columns": columns[:COLUMNS],
        "left_out": [len(spoken) - len(rows), max(len(columns) - COLUMNS, 0)],
    }
