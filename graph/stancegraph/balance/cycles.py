"""Cycles that no split satisfies: every one holds a tie to be ignored. They are the cuts of the linear programme.

For two blocs these are the cycles with an odd number of negative ties, the paths from (v, +) to (v, -) in the
signed double cover (Barahona & Mahjoub 1986); for free blocs those with exactly one negative tie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from stancegraph.balance.partition import Ties

    Cut = tuple[int, ...]

ZERO: Final = 1e-7
"""A tie ignored by less is not ignored."""
SHORT: Final = 1 - 1e-6
"""A cycle of this length or more is not violated."""
HOP: Final = 1e-5
"""What each tie adds to a length, so that of equally short cycles that of fewer ties is found."""
SOURCES: Final = 400
"""Shortest paths sought at once."""


class Cover:
    """The graph in which paths are sought: the signed double cover, or the positive ties alone."""

    def __init__(self, ties: Ties, *, free: bool) -> None:
        self.ties, self.free = ties, free
        n, a, b, odd = ties.n, ties.a, ties.b, ties.w < 0
        if free:
            chosen = np.flatnonzero(~odd)
            self.tail = np.concatenate((a[chosen], b[chosen]))
            self.head = np.concatenate((b[chosen], a[chosen]))
            self.tie = np.concatenate((chosen, chosen))
            self.size = n
            self.closing = np.flatnonzero(odd)
        else:
            far = np.where(odd, n, 0)
            ends = [(a, b + far), (b, a + far), (a + n, b + n - far), (b + n, a + n - far)]
            self.tail = np.concatenate([tail for tail, _ in ends])
            self.head = np.concatenate([head for _, head in ends])
            self.tie = np.tile(np.arange(len(a)), 4)
            self.size = 2 * n
            self.closing = np.arange(len(a))
        order = np.lexsort((self.head, self.tail))
        self.tail, self.head, self.tie = (part[order] for part in (self.tail, self.head, self.tie))
        self.between = {
            (int(t), int(h)): int(e) for t, h, e in zip(self.tail, self.head, self.tie, strict=True)
        }

    def graph(self, lengths: NDArray[np.float64], kept: NDArray[np.bool_]) -> sparse.csr_array:
        """The ties kept, with their lengths."""
        here = kept[self.tie]
        data = lengths[self.tie[here]] + HOP
        return sparse.csr_array((data, (self.tail[here], self.head[here])), shape=(self.size, self.size))

    def ends(self, tie: int) -> tuple[int, int]:
        """Where a path begins and ends that this tie closes to a violated cycle."""
        a, b = int(self.ties.a[tie]), int(self.ties.b[tie])
        if self.free:
            return a, b
        return a, b + (0 if self.ties.w[tie] < 0 else self.ties.n)

    def path(self, before: NDArray[np.int32], end: int) -> list[int]:
        """The ties on the path to `end` in a tree of predecessors."""
        found = []
        while before[end] >= 0:
            found.append(self.between[int(before[end]), end])
            end = int(before[end])
        return found


def through_nothing(cover: Cover, f: NDArray[np.float64], most: int) -> list[Cut]:
    """Violated cycles of one tie that is ignored less than wholly, and others that are not ignored at all.

    One search by breadth for each end; few ties to a cycle.
    """
    kept = f < ZERO
    graph = cover.graph(np.zeros_like(f), kept)
    wanted: dict[int, list[tuple[int, int]]] = {}
    for tie in cover.closing[f[cover.closing] < SHORT]:
        begin, end = cover.ends(int(tie))
        wanted.setdefault(begin, []).append((end, int(tie)))
    _, part = csgraph.connected_components(graph, directed=False)
    cuts: dict[Cut, float] = {}
    for begin in sorted(wanted):
        ends = [(end, tie) for end, tie in wanted[begin] if part[end] == part[begin]]
        if not ends:
            continue
        _, before = csgraph.breadth_first_order(graph, begin, directed=True)
        for end, tie in ends:
            _add(cuts, [*cover.path(before, end), tie], f)
        if len(cuts) > 3 * most:
            break
    return _best(cuts, most)


def shortest(cover: Cover, f: NDArray[np.float64], most: int) -> list[Cut]:
    """Violated cycles by shortest paths under the weights f, from the ends of ties partly ignored."""
    graph = cover.graph(f, f < SHORT)
    partly = np.flatnonzero((f > ZERO) & (f < SHORT))
    cuts: dict[Cut, float] = {}
    for sources, targets in _journeys(cover, f, partly):
        for at in range(0, len(sources), SOURCES):
            some = sources[at : at + SOURCES]
            far, before = csgraph.dijkstra(graph, indices=some, limit=1.0, return_predecessors=True)
            for row, begin in enumerate(some.tolist()):
                for end, tie in targets[begin]:
                    closing = 0.0 if tie is None else f[tie]
                    if far[row, end] + closing < SHORT:
                        _add(cuts, [*cover.path(before[row], end), *(() if tie is None else (tie,))], f)
            if len(cuts) > 3 * most:
                return _best(cuts, most)
    return _best(cuts, most)


def _journeys(
    cover: Cover, f: NDArray[np.float64], partly: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], dict[int, list[tuple[int, int | None]]]]]:
    """Where shortest paths begin, and where each may end: with the tie that closes it, or None."""
    if cover.free:
        wanted: dict[int, list[tuple[int, int | None]]] = {}
        for tie in cover.closing[f[cover.closing] < SHORT].tolist():
            begin, end = cover.ends(tie)
            wanted.setdefault(begin, []).append((end, tie))
        yield np.array(sorted(wanted), np.intp), wanted
        return
    nodes = np.unique(np.concatenate((cover.ties.a[partly], cover.ties.b[partly])))
    yield nodes.astype(np.intp), {int(v): [(int(v) + cover.ties.n, None)] for v in nodes}


def _add(cuts: dict[Cut, float], cycle: Iterable[int], f: NDArray[np.float64]) -> None:
    """Keep a closed walk; a tie passed twice says nothing, so that what is left is a cycle or several."""
    listed = list(cycle)
    once = tuple(sorted(tie for tie in set(listed) if listed.count(tie) % 2))
    if once and (length := float(f[list(once)].sum())) < SHORT:
        cuts[once] = length + HOP * len(once)


def _best(cuts: dict[Cut, float], most: int) -> list[Cut]:
    """The shortest cuts, and then those of fewest ties."""
    return sorted(cuts, key=lambda cut: (round(cuts[cut], 3), len(cut), cut))[:most]
