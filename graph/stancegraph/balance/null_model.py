"""Is it more balanced than chance? The same ties with their signs dealt at random, as often as one likes.

Who is tied to whom, the sizes of the ties and the number of either sign stay; only which tie has which sign is chance
(Aref & Wilson 2018, Journal of Complex Networks 6, 566-595, compare networks with such).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stancegraph.balance import partition
from stancegraph.balance.scores import triangle_share
from stancegraph.balance.solver import meets, solve_blocks
from stancegraph.errors import UsageError
from stancegraph.network.signed import Node, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    import networkx as nx

    from stancegraph.network.signed import SignedNetwork


PATIENCE: Final = 5
"""How many times its share of the time left one sample may take."""
FEWEST: Final = 20
"""Samples below which nothing is told."""


@dataclass(frozen=True, slots=True)
class Score:
    """What is seen, and the mean and standard deviation of what chance makes.

    `z` is by how many standard deviations they differ, None where chance always makes the same; `p` the share of
    samples as balanced as what is seen or more so, the seen one counted in.
    """

    observed: float
    mean: float
    sd: float
    z: float | None
    p: float


@dataclass(frozen=True, slots=True)
class NullModel:
    """Frustration (less is more balanced) and balanced triangles (None without any) against so many samples.

    Frustration of a sample that is not proved counts as its lower bound, so that no network seems the more balanced
    for want of time; `proved` is the share of samples that are.
    """

    samples: int
    proved: float
    frustration: Score
    triangles: Score | None


def null_model(
    graph: nx.Graph[Node] | SignedNetwork[Node], samples: int = 100, *, seed: int = 0, seconds: float = 60.0
) -> NullModel | None:
    """A signed network against its own ties with signs dealt at random; None where time leaves fewer than 20 samples.

    Raises UsageError for fewer than 20 samples asked for, and where there is no tie.

    >>> import networkx as nx
    >>> camps = nx.complete_graph(6)
    >>> for a, b in camps.edges:
    ...     camps.edges[a, b]["weight"] = 1 if (a < 3) == (b < 3) else -1
    >>> found = null_model(camps, 50)
    >>> found.frustration.observed, found.frustration.z < -3, found.triangles.z > 3
    (0.0, True, True)
    """
    if samples < FEWEST:
        raise UsageError(f"{samples} samples say too little of chance: take {FEWEST} or more")
    until = time.monotonic() + seconds
    network: SignedNetwork[Any] = read(graph).tied()
    if not len(network.size):
        raise UsageError("a network without ties cannot be compared with chance")
    chance = np.random.default_rng(seed)
    scaled, unit = partition.scaled(network)
    own = _least(scaled, seconds / 4)[1] * unit
    triangles = triangle_share(network)
    frustration, shares, proved = [], [], 0
    for number in range(samples):
        left = until - time.monotonic()
        if left <= 0:
            break
        dealt = replace(scaled, sign=chance.permutation(network.sign))
        bound, cost = _least(dealt, left / (samples - number) * PATIENCE)
        frustration.append(bound * unit)
        proved += meets(dealt, bound, cost)
        if triangles is not None:
            shares.append(triangle_share(dealt) or 0.0)
    if len(frustration) < FEWEST:
        return None
    return NullModel(
        len(frustration),
        proved / len(frustration),
        _score(own, frustration, less=True),
        None if triangles is None else _score(triangles, shares, less=False),
    )


def _least(network: SignedNetwork[Any], seconds: float) -> tuple[float, float]:
    """The bound and the cost of the best split in two; a bound that is proved is the cost."""
    solutions = [block.solution for block in solve_blocks(network, free=False, seconds=seconds)]
    bound, cost = (sum(getattr(one, name) for one in solutions) for name in ("bound", "cost"))
    return (cost if meets(network, bound, cost) else bound), cost


def _score(observed: float, drawn: Sequence[float], *, less: bool) -> Score:
    mean, sd = fmean(drawn), stdev(drawn)
    even = 1e-9 * max(1.0, abs(mean))
    as_balanced = sum(value <= observed + even if less else value >= observed - even for value in drawn)
    z = (observed - mean) / sd if sd > even else None
    return Score(observed, mean, sd, z, (1 + as_balanced) / (1 + len(drawn)))
