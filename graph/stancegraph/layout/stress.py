"""Places by stress: the drawn distance of two nodes nears the length of the shortest path between them.

Zheng, Pawar, Goodman 2018, "Graph drawing by stochastic gradient descent".
"""

from __future__ import annotations

import heapq
import math
import random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    Point = list[float]
    Neighbours = list[dict[int, float]]

SEED = 1954
LARGE = 200
"""Components of more nodes are laid out sooner and looser, from the distances to a sample of nodes."""
ROUNDS, ROUNDS_IF_LARGE = 40, 15
PIVOTS = 80


FAR: Final = 2.2
"""How much longer the ties are of those who oppose each other."""


def neighbours(
    count: int, ties: Iterable[tuple[int, int]], far: Collection[tuple[int, int]] = ()
) -> Neighbours:
    """Neighbour → length of the tie: longer at hubs, that what hangs on them has room, and of pairs `far`."""
    met: list[set[int]] = [set() for _ in range(count)]
    for a, b in ties:
        if a != b:
            met[a].add(b)
            met[b].add(a)
    return [
        {
            b: (0.6 + 0.2 * (math.sqrt(len(met[a])) + math.sqrt(len(met[b]))))
            * (FAR if (min(a, b), max(a, b)) in far else 1)
            for b in sorted(met[a])
        }
        for a in range(count)
    ]


def placed(part: list[int], beside: Neighbours) -> list[Point]:
    """Places of the nodes of `part`, which is connected and has two or more, in units of a tie's length."""
    draw = random.Random(SEED)
    index = {node: i for i, node in enumerate(part)}
    at = [[draw.random() * 3, draw.random() * 3] for _ in part]
    large = len(part) > LARGE
    sources = sorted(draw.sample(part, PIVOTS)) if large else part
    terms = [
        (index[source], index[node], length)
        for source in sources
        for node, length in _lengths(source, beside).items()
        if node != source and (node > source or large)
    ]
    if large:
        terms += [(index[a], index[b], length) for a in part for b, length in beside[a].items() if a < b]
    longest, shortest = max(term[2] for term in terms), min(term[2] for term in terms)
    step = longest**2
    rounds = ROUNDS_IF_LARGE if large else ROUNDS
    cooling = (0.05 * shortest**2 / step) ** (1 / (rounds - 1))
    for _ in range(rounds):
        draw.shuffle(terms)
        for i, j, length in terms:
            p, q = at[i], at[j]
            dx, dy = p[0] - q[0], p[1] - q[1]
            apart = math.sqrt(dx * dx + dy * dy) or 1e-9
            move = min(1.0, step / length**2) * (apart - length) / (2 * apart)
            p[0] -= move * dx
            p[1] -= move * dy
            q[0] += move * dx
            q[1] += move * dy
        step *= cooling
    return at


def _lengths(source: int, beside: Neighbours) -> dict[int, float]:
    """Length of the shortest path to every node that `source` reaches (Dijkstra)."""
    done: dict[int, float] = {}
    queue = [(0.0, source)]
    while queue:
        length, node = heapq.heappop(queue)
        if node in done:
            continue
        done[node] = length
        for near, step in beside[node].items():
            if near not in done:
                heapq.heappush(queue, (length + step, near))
    return done
