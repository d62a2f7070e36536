"""Ideal points: where actors stand on one or two dimensions, by what they support and oppose, and how sure that is.

Targets that only find support, or only opposition, say nothing of how actors differ, and are left out. A target is one
answer to each actor in each period, however many documents report it; who is reported on both sides counts for half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

import numpy as np

from stancegraph import network
from stancegraph.balance import item_response
from stancegraph.errors import UsageError
from stancegraph.network.method import NetworkOptions
from stancegraph.output import note_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stancegraph.store import Store
    from stancegraph.table import Table

FEWEST: Final = 3
"""Disputed targets, and actors who speak of them, below which no position is reckoned."""
LARGEST: Final = 20_000_000
"""Cells of the table of answers at most."""
UNTOLD: Final = "nothing can be told"


class Position(TypedDict):
    """An actor's point along one dimension, with the ends of its 95 % interval, and what it rests on.

    0 is the middle of these actors, 1 their standard deviation: no point is neutral, nor is any left or right of
    politics. `side` is "above the middle" or "below the middle" where the whole interval is; else "nothing can be
    told", and `position` is None. `answers` counts the disputed targets the actor speaks of, in `statements` (IRIs).
    """

    actor: str
    iri: str
    dimension: int
    side: str
    position: float | None
    low: float
    high: float
    answers: int
    statements: list[str]


class Dispute(TypedDict):
    """A disputed target in a period: slopes are how much likelier, in log-odds, who stands higher by 1 supports it."""

    target: str
    iri: str
    period: str | None
    slopes: list[float]
    supporters: list[str]
    opponents: list[str]
    statements: list[str]


@dataclass(frozen=True, slots=True)
class IdealPoints:
    """Actors in each dimension, the highest first, and disputed targets, those that part actors most first.

    `classified` is the share of answers the model puts on the right side, `by_majority` the share that the larger
    side of each target is: how much the dimensions add. Both None where there are no positions.
    """

    dimensions: int
    actors: tuple[Position, ...]
    targets: tuple[Dispute, ...]
    classified: float | None
    by_majority: float | None
    notes: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "dimensions": self.dimensions,
            "classified": self.classified,
            "by_majority": self.by_majority,
            "actors": list(self.actors),
            "targets": list(self.targets),
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """The share of support of each actor (row) for each disputed target (column), and which rows of the table tell."""

    support: NDArray[np.float64]
    weight: NDArray[np.float64]
    actors: NDArray[np.int64]
    items: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]


def ideal_points(
    source: Store | Table, *, dimensions: int = 1, **options: Unpack[NetworkOptions]
) -> IdealPoints:
    """Positions of actors with 95 % intervals, by the item response model of `item_response`.

    Takes the choices of `network.agreement` that say which rows count. There are none, and a note says so, where
    fewer than three targets are disputed or fewer than three actors speak of them. Raises UsageError for other than
    one or two dimensions, and for levels that have no order.

    >>> from stancegraph import store
    >>> found = ideal_points(store.open())
    >>> {row["side"] for row in found.actors} <= {"above the middle", "below the middle", "nothing can be told"}
    True
    """
    if dimensions not in item_response.NODES:
        raise UsageError(f"{dimensions} dimensions: positions are on 1 or 2")
    table, method = network.prepare(source, "agreement", options)
    table = network.countable(table, method)
    if table.scale.kind == "categorical":
        raise UsageError(f"positions need levels that have an order, and {table.scale.name} has categories")
    table = table[table.scale.signs(table.level) != 0]
    answers = _answers(table)
    if len(answers.items) < FEWEST or len(answers.actors) < FEWEST:
        note = (
            f"no positions: {len(answers.items)} targets are disputed, by {len(answers.actors)} actors; "
            f"{FEWEST} of each are needed"
        )
        return IdealPoints(dimensions, (), (), None, None, (*table.notes, note))
    found = item_response.fit(answers.support, answers.weight, dimensions)
    actors = _positions(table, answers, found)
    unsure = sum(row["side"] == UNTOLD and row["dimension"] == 1 for row in actors)
    of = len(answers.actors)
    alone = len(table.actor.present()) - of
    notes = (
        "0 is the middle of these actors, not neutrality; what a direction means only the targets say",
        f"{unsure} of {of} actors: nothing can be told, their intervals hold the middle" if unsure else "",
        note_on(alone, "actor", "left out: they speak of no disputed target"),
    )
    return IdealPoints(
        dimensions,
        tuple(actors),
        tuple(_disputes(table, answers, found)),
        _right(answers, found.probability),
        _right(answers, np.broadcast_to(_majority(answers), answers.support.shape)),
        (*table.notes, *(note for note in notes if note)),
    )


def _answers(table: Table) -> _Answers:
    """The answers on disputed targets; a row that is on none has -1 for its column."""
    periods = np.zeros(len(table), np.int64) if table.period is None else table.period.astype(np.int64)
    item = table.target.codes.astype(np.int64) * (int(periods.max(initial=0)) + 1) + periods
    items, column = np.unique(item, return_inverse=True)
    above = table.scale.signs(table.level) > 0
    sides = np.zeros((2, len(items)), np.int64)
    np.add.at(sides, (above.astype(np.int64), column), 1)
    place = np.full(len(items), -1, np.int64)
    kept = np.flatnonzero((sides > 0).all(axis=0))
    place[kept] = np.arange(len(kept))
    column = place[column]
    told = column >= 0
    actors, row = np.unique(table.actor.codes[told].astype(np.int64), return_inverse=True)
    shape = (len(actors), len(kept))
    if shape[0] * shape[1] > LARGEST:
        raise UsageError(
            f"{shape[0]:,} actors and {shape[1]:,} disputed targets are more than positions can be reckoned of: "
            "choose some (--min-count, --kind, --since)"
        )
    number, yes = np.zeros(shape), np.zeros(shape)
    np.add.at(number, (row, column[told]), 1)
    np.add.at(yes, (row, column[told]), above[told])
    rows = np.full(len(table), -1, np.int64)
    rows[told] = row
    support = np.divide(yes, number, out=np.zeros(shape), where=number > 0)
    return _Answers(support, (number > 0).astype(float), actors, items[kept], rows, column)


def _positions(table: Table, answers: _Answers, found: item_response.Fit) -> list[Position]:
    """A row for each dimension and actor: those surely above the middle, of whom nothing can be told, and below."""
    rows: list[Position] = []
    for place, code in enumerate(answers.actors.tolist()):
        actor = table.actor.values[code]
        points = np.round(np.column_stack((found.points[place], found.low[place], found.high[place])), 2)
        for dimension, (point, low, high) in enumerate(points.tolist(), 1):
            side = "above the middle" if low > 0 else "below the middle" if high < 0 else UNTOLD
            rows.append(
                {
                    "actor": actor.label,
                    "iri": actor.iri,
                    "dimension": dimension,
                    "side": side,
                    "position": None if side == UNTOLD else point,
                    "low": low,
                    "high": high,
                    "answers": int(answers.weight[place].sum()),
                    "statements": _statements(table, answers.row == place),
                }
            )
    return sorted(rows, key=lambda row: (row["dimension"], -(row["position"] or 0), row["actor"], row["iri"]))


def _disputes(table: Table, answers: _Answers, found: item_response.Fit) -> list[Dispute]:
    """A row for each target, that of the steepest slope first."""
    rows: list[Dispute] = []
    above = table.scale.signs(table.level) > 0
    for place, slopes in enumerate(found.slopes):
        here = answers.column == place
        first = int(np.argmax(here))
        target = table.target.values[table.target.codes[first]]
        period = None if table.period is None else table.periods[table.period[first]]
        labels = [
            sorted({table.actor.values[code].label for code in table.actor.codes[here & side].tolist()})
            for side in (above, ~above)
        ]
        rows.append(
            {
                "target": target.label,
                "iri": target.iri,
                "period": period,
                "slopes": np.round(slopes, 2).tolist(),
                "supporters": labels[0],
                "opponents": labels[1],
                "statements": _statements(table, here),
            }
        )
    return sorted(rows, key=lambda row: (-max(map(abs, row["slopes"])), row["target"], row["period"] or ""))


def _statements(table: Table, rows: NDArray[np.bool_]) -> list[str]:
    return sorted({table.statement.values[code] for code in table.statement.codes[rows].tolist()})


def _majority(answers: _Answers) -> NDArray[np.float64]:
    """The share of support for each target."""
    return np.asarray((answers.support * answers.weight).sum(axis=0) / answers.weight.sum(axis=0))


def _right(answers: _Answers, probability: NDArray[np.float64]) -> float:
    """The share of answers on the side that is held the likelier; who is on both sides counts for half."""
    right = np.where(probability >= 0.5, answers.support, 1 - answers.support)
    return round(float((right * answers.weight).sum() / answers.weight.sum()), 4)
