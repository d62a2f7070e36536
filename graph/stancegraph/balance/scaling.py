"""Ideal points: where actors stand on one or two dimensions, by what they support and oppose, and how sure that is.

Targets that only find support, or only opposition, say nothing of how actors differ, and are left out. A target is one
answer to each actor in each period, however many documents report it; who is reported on both sides counts for half.

The model is one of item response with two parameters: actor i supports target j with probability
1 / (1 + exp(-(slope_j · x_i + intercept_j))), the model of Clinton, Jackman & Rivers (2004, American Political Science
Review 98, 355-370) with a logistic link. Points have the prior N(0, 1); slopes and intercepts have N(0, s²), and their
s² inverse gamma priors of shape and scale 1. The posterior is sampled in two blocks that are drawn nearly independently
of what they were: all points at once from a grid (exactly, given slopes and intercepts), and for each target slope and
intercept from the normal approximation around where they are likeliest, accepted as Metropolis & Hastings have it
(Tierney 1994, Annals of Statistics 22, 1701-1762). A few hundred rounds then do what a general sampler needs thousands
of gradients a round for.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

import numpy as np
from scipy import sparse

from stancegraph import network
from stancegraph.errors import UsageError
from stancegraph.network import NetworkOptions
from stancegraph.network.graphs import by_period
from stancegraph.output import note_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stancegraph.store import Store
    from stancegraph.table import Table

    Numbers = NDArray[np.float64]

FEWEST: Final = 3
"""Disputed targets, and actors who speak of them, below which no position is reckoned."""
LARGEST: Final = 20_000_000
"""Cells of the table of answers at most."""
UNTOLD: Final = "nothing can be told"
REACH: Final = 4.0
"""How far from the middle points are sought, in standard deviations of the prior."""
NODES: Final = {1: (61, 301), 2: (27, 41)}
"""Fewest and most nodes of the grid along each dimension; the more answers, the more."""
CLIMB: Final = 40
"""Rounds in which a mode is sought to begin with."""
NEWTON: Final = 2
"""Steps from there to where slopes and intercepts are likeliest, given points."""
FIRST: Final = 50
"""Rounds before any is kept."""
KEPT: Final = 200
"""Rounds kept."""
WORK: Final = 4e10
"""Products reckoned at most; of large tables fewer rounds are kept, but no fewer than 40."""


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
    """Positions of actors with 95 % intervals, by the item response model of `fit`.

    Takes the choices of `network.agreement` that say which rows count. There are none, and a note says so, where
    fewer than three targets are disputed or fewer than three actors speak of them. Raises UsageError for other than
    one or two dimensions, and for levels that have no order.

    >>> from stancegraph import store
    >>> found = ideal_points(store.open())
    >>> {row["side"] for row in found.actors} <= {"above the middle", "below the middle", "nothing can be told"}
    True
    """
    if dimensions not in NODES:
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
    found = fit(answers.support, answers.weight, dimensions)
    actors = _positions(table, answers, found)
    unsure = sum(row["side"] == UNTOLD and row["dimension"] == 1 for row in actors)
    majority = (answers.support * answers.weight).sum(axis=0) / answers.weight.sum(axis=0)
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
        _right(answers, np.broadcast_to(majority, answers.support.shape)),
        (*table.notes, *(note for note in notes if note)),
    )


def _answers(table: Table) -> _Answers:
    """The answers on disputed targets; a row that is on none has -1 for its column."""
    items, column = np.unique(by_period(table.target.codes, table.period), return_inverse=True)
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


def _positions(table: Table, answers: _Answers, found: Fit) -> list[Position]:
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


def _disputes(table: Table, answers: _Answers, found: Fit) -> list[Dispute]:
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


def _right(answers: _Answers, probability: NDArray[np.float64]) -> float:
    """The share of answers on the side that is held the likelier; who is on both sides counts for half."""
    right = np.where(probability >= 0.5, answers.support, 1 - answers.support)
    return round(float((right * answers.weight).sum() / answers.weight.sum()), 4)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Points, n × d, with the ends of their 95 % intervals; slopes, m × d, and intercepts, m.

    `probability`, n × m, is that of support by the model. Dimensions stand in the order of how much they explain.
    """

    points: Numbers
    low: Numbers
    high: Numbers
    slopes: Numbers
    intercepts: Numbers
    probability: Numbers


def fit(support: Numbers, weight: Numbers, dimensions: int = 1, *, seed: int = 0) -> Fit:
    """The model of an n × m table: the share of support, 0..1, of each actor for each target, and what it weighs.

    A weight of 0 is no answer. The mirror image fits as well, and in two dimensions every turn: of these the first
    actor of most answers stands above the middle, and axes are those along which slopes spread most.
    """
    nodes, prior = _grid(dimensions, float(weight.sum(axis=1).max(initial=1)))
    chain = _Chain(support, weight, nodes, prior, np.random.default_rng(seed))
    chain.climb()
    reference = _turned(chain.theta)
    first = int(np.argmax(weight.sum(axis=1)))
    above = _posterior(support, weight, reference, nodes, prior)[first] @ nodes
    reference[:, :dimensions] *= np.where(above < 0, -1.0, 1.0)
    chain.theta = reference.copy()
    pooled, theta = np.zeros((len(support), len(nodes))), np.zeros_like(reference)
    kept = int(np.clip(WORK / max(2 * support.size * len(nodes), 1), 40, KEPT))
    for number in range(-FIRST if kept == KEPT else -kept // 4, kept):
        posterior = chain.round()
        if number >= 0:
            turn = _alignment(chain.theta, reference)
            pooled += _moved(posterior, nodes, turn) / kept
            theta += np.column_stack((chain.theta[:, :-1] @ turn, chain.theta[:, -1])) / kept
    low, high = _interval(pooled, nodes)
    points, slopes, intercepts = pooled @ nodes, theta[:, :dimensions], theta[:, dimensions]
    return Fit(points, low, high, slopes, intercepts, _logistic(points @ slopes.T + intercepts))


def _grid(dimensions: int, answers: float) -> tuple[Numbers, Numbers]:
    """Nodes, Q × d, and the prior's part of each."""
    fewest, most = NODES[dimensions]
    axis = np.linspace(-REACH, REACH, int(np.clip(8 * answers**0.5, fewest, most)))
    nodes = np.array(list(product(axis, repeat=dimensions)))
    prior = np.exp(-(nodes**2).sum(axis=1) / 2)
    return nodes, prior / prior.sum()


def _logistic(x: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -700, 700))))


def _design(nodes: Numbers) -> Numbers:
    """Nodes with a column of ones, for the intercept."""
    return np.column_stack((nodes, np.ones(len(nodes))))


def _posterior(support: Numbers, weight: Numbers, theta: Numbers, nodes: Numbers, prior: Numbers) -> Numbers:
    """The posterior of each point over the nodes, n × Q."""
    linear = _design(nodes) @ theta.T
    against = np.logaddexp(0, linear)
    found = (weight * support) @ linear.T - weight @ against.T + np.log(prior)
    found = np.exp(found - found.max(axis=1, keepdims=True))
    return np.asarray(found / found.sum(axis=1, keepdims=True))


class _Chain:
    """Slopes and intercepts (`theta`, m × (d + 1)) on their way through the posterior, and how far they spread."""

    def __init__(
        self, support: Numbers, weight: Numbers, nodes: Numbers, prior: Numbers, chance: np.random.Generator
    ) -> None:
        self.yes, self.weight, self.support = weight * support, weight, support
        self.nodes, self.prior, self.chance = nodes, prior, chance
        d = nodes.shape[1]
        self.theta: Numbers = np.zeros((support.shape[1], d + 1))
        self.theta[:, :d] = _start(support, weight, d)
        self.spread: Numbers = np.full(d + 1, 1.5)
        self.mode: Numbers = self.theta

    def climb(self) -> None:
        """Go to the mode, the points integrated out (Bock & Aitkin 1981, Psychometrika 46, 443-459)."""
        design = _design(self.nodes)
        for _ in range(CLIMB):
            posterior = _posterior(self.support, self.weight, self.theta, self.nodes, self.prior)
            step, _ = self._newton(self.theta, design, self.yes.T @ posterior, self.weight.T @ posterior)
            self.theta = self.theta + np.clip(step, -1, 1)
        self.mode = self.theta

    def round(self) -> Numbers:
        """Draw points, slopes and intercepts, and spreads; the posterior of the points, n × Q, they were drawn from."""
        posterior = _posterior(self.support, self.weight, self.theta, self.nodes, self.prior)
        drawn = self.chance.random((len(posterior), 1))
        place = (np.cumsum(posterior, axis=1) < drawn).sum(axis=1)
        design = _design(self._regroup(self.nodes[np.minimum(place, len(self.nodes) - 1)]))
        yes, weight = self.yes.T, self.weight.T
        around = self.mode
        for _ in range(NEWTON):
            step, _ = self._newton(around, design, yes, weight)
            around = around + np.clip(step, -2, 2)
        _, information = self._newton(around, design, yes, weight)
        upper = np.asarray(np.linalg.cholesky(information).transpose(0, 2, 1), np.float64)
        normal: Numbers = self.chance.standard_normal(self.theta.shape)
        new = around + np.linalg.solve(upper, normal[:, :, None])[:, :, 0]
        back = (upper @ (self.theta - around)[:, :, None])[:, :, 0]
        gain = self._likelihood(new, design) - self._likelihood(self.theta, design)
        gain += ((normal**2).sum(axis=1) - (back**2).sum(axis=1)) / 2
        accepted = np.log(self.chance.random(len(gain))) < gain
        self.theta = np.where(accepted[:, None], new, self.theta)
        self._draw_spread()
        return posterior

    def _regroup(self, points: Numbers) -> Numbers:
        """Shift and stretch points together with slopes and intercepts, which the answers cannot tell from before.

        Draw by draw neither moves far where answers are many, as each holds the other (Liu & Sabatti 2000, Biometrika
        87, 353-369). Here the shift is normal, the stretch squared inverse chi-squared but for the prior of spreads.
        """
        slopes, intercepts = self.theta[:, :-1], self.theta[:, -1]
        precision = len(points) * np.eye(slopes.shape[1]) + slopes.T @ slopes / self.spread[-1] ** 2
        mean = np.linalg.solve(precision, points.sum(axis=0) - slopes.T @ intercepts / self.spread[-1] ** 2)
        shift = mean + np.linalg.solve(
            np.linalg.cholesky(precision).T, self.chance.standard_normal(len(mean))
        )
        points = points - shift
        self.theta = np.column_stack((slopes, intercepts + slopes @ shift))
        square = float((points**2).sum()) / self.chance.chisquare(points.size)
        gain = -np.log(square) - (1 / square - 1) / self.spread[0] ** 2
        if np.log(self.chance.random()) < gain:
            stretch = np.sqrt(square)
            self.theta[:, :-1] *= stretch
            self.spread = np.concatenate((self.spread[:-1] * stretch, self.spread[-1:]))
            points = points / stretch
        return points

    def _draw_spread(self) -> None:
        squares, (m, width) = (self.theta**2).sum(axis=0), self.theta.shape
        slopes = squares[:-1].sum()
        parts = np.array([slopes] * (width - 1) + [squares[-1]])
        shapes = np.array([m * (width - 1)] * (width - 1) + [m])
        drawn = 1 / self.chance.gamma(1 + shapes[[0, -1]] / 2, 1 / (1 + parts[[0, -1]] / 2))
        self.spread = np.sqrt(np.array([drawn[0]] * (width - 1) + [drawn[1]]))

    def _likelihood(self, theta: Numbers, design: Numbers) -> Numbers:
        """Of each target the logarithm of its posterior density, but for a constant."""
        linear = theta @ design.T
        told = self.yes.T * linear - self.weight.T * np.logaddexp(0, linear)
        return np.asarray(told.sum(axis=1) - (theta**2 / self.spread**2).sum(axis=1) / 2)

    def _newton(
        self, theta: Numbers, design: Numbers, yes: Numbers, weight: Numbers
    ) -> tuple[Numbers, Numbers]:
        """The step to where slopes and intercepts are likeliest, and their information, m × (d + 1) × (d + 1)."""
        chance = _logistic(theta @ design.T)
        gradient = (yes - weight * chance) @ design - theta / self.spread**2
        products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
        width = theta.shape[1]
        information = ((weight * chance * (1 - chance)) @ products).reshape(-1, width, width)
        information = information + np.diag(1 / self.spread**2)
        step = np.asarray(np.linalg.solve(information, gradient[:, :, None])[:, :, 0], np.float64)
        return step, information


def _start(support: Numbers, weight: Numbers, dimensions: int) -> Numbers:
    """Slopes to begin with: the leading directions of what differs from the average of each target."""
    answered = weight.sum(axis=0)
    mean = (weight * support).sum(axis=0) / np.where(answered > 0, answered, 1)
    centred = (weight > 0) * (support - mean)
    _, size, right = np.linalg.svd(centred, full_matrices=False)
    found = np.zeros((support.shape[1], dimensions))
    kept = min(dimensions, int((size > 1e-9).sum()))
    largest = np.abs(right[:kept]).max(axis=1, initial=1e-9)
    found[:, :kept] = (right[:kept] / largest[:, None]).T
    return found


def _turned(theta: Numbers) -> Numbers:
    """The same model with its axes along which the slopes spread most."""
    d = theta.shape[1] - 1
    _, _, right = np.linalg.svd(theta[:, :d], full_matrices=False)
    return np.column_stack((theta[:, :d] @ right.T, theta[:, d]))


def _alignment(theta: Numbers, reference: Numbers) -> Numbers:
    """The mirror or turn, d × d, by which slopes lie nearest to those of reference.

    Schönemann (1966), Psychometrika 31, 1-10.
    """
    d = theta.shape[1] - 1
    left, _, right = np.linalg.svd(theta[:, :d].T @ reference[:, :d])
    return np.asarray(left @ right)


def _moved(posterior: Numbers, nodes: Numbers, turn: Numbers) -> Numbers:
    """The posterior of points mirrored or turned, each node's part going to the nearest node."""
    axis = np.unique(nodes[:, 0])
    place = np.rint((nodes @ turn - axis[0]) / (axis[1] - axis[0])).astype(np.int64)
    place = np.clip(place, 0, len(axis) - 1)
    to = place[:, 0] if place.shape[1] == 1 else place[:, 0] * len(axis) + place[:, 1]
    moves = sparse.csr_array((np.ones(len(to)), (to, np.arange(len(to)))), shape=(len(to), len(to)))
    return np.asarray((moves @ posterior.T).T)


def _interval(posterior: Numbers, nodes: Numbers) -> tuple[Numbers, Numbers]:
    """The ends of the central 95 % of each point along each dimension."""
    n, d = len(posterior), nodes.shape[1]
    axis = np.unique(nodes[:, 0])
    ends = np.zeros((2, n, d))
    middle = np.concatenate((axis - (axis[1] - axis[0]) / 2, [axis[-1] + (axis[1] - axis[0]) / 2]))
    for dimension in range(d):
        where = np.searchsorted(axis, nodes[:, dimension])
        below = np.zeros((n, len(axis)))
        np.add.at(below.T, where, posterior.T)
        steps = np.column_stack((np.zeros(n), np.cumsum(below, axis=1)))
        for i in range(n):
            ends[:, i, dimension] = np.interp((0.025, 0.975), steps[i], middle)
    return ends[0], ends[1]
