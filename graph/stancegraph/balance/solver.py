"""The linear programme of the frustration index: cuts are added while a solution violates them, then branched on.

A network falls apart into blocks that meet in single nodes: each is solved alone, and the splits are joined.

The cuts are cycles that no split satisfies: every one holds a tie to be ignored. For two blocs these are the cycles
with an odd number of negative ties, the paths from (v, +) to (v, -) in the signed double cover (Barahona & Mahjoub
1986); for free blocs those with exactly one negative tie.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import highspy
import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from stancegraph.balance import partition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stancegraph.balance.partition import Network, Split

    Cut = tuple[int, ...]

CUTS: Final = 4000
"""Most cuts added at once."""
ENOUGH: Final = 200
"""Cuts of the cheap kind with which the dear kind is not sought."""
SAFE: Final = 2e-7
"""Part of all weight that a programme's value is lowered by to be a bound: the solver's own accuracy."""
TRUSTED: Final = 1_000_000
"""Weight of all ties, in whole numbers, up to which that accuracy tells one whole number from the next."""
HIGHEST: Final = 1e4
"""Greatest cost in a programme of other weights; the solver's tolerances are absolute."""
FINE: Final = 1e-10
"""The solver's tolerance for these, the least it takes."""
STEPS: Final = 2**60
"""Whole steps of the total in which a bound of such a programme is reckoned."""
ZERO: Final = 1e-7
"""A tie ignored by less is not ignored."""
SHORT: Final = 1 - 1e-6
"""A cycle of this length or more is not violated."""
HOP: Final = 1e-5
"""What each tie adds to a length, so that of equally short cycles that of fewer ties is found."""
PROGRAMMED: Final = 200_000
"""Ties up to which there is a programme; of more, bounds come from elsewhere."""
STARTS: Final = 5
"""Splits of the semidefinite relaxation that are bettered by moves."""
SOURCES: Final = 400
"""Shortest paths sought at once."""
LEAST_SHARE: Final = 0.2
"""Part of the time left that even a small block may take."""
DENSE: Final = 8
"""Ties to a node beyond which blocks are looked for in fewer of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The best split found, what it costs, and the least that any split does."""

    split: Split
    cost: float
    bound: float


def solve(network: Network, *, free: bool, seconds: float) -> Solution:
    """The split of one block of ties, with its bound; both as good as `seconds` allow."""
    search = _Search(network, free=free, until=time.monotonic() + seconds)
    for split in partition.initial_splits(network, free=free):
        search.keep_better(split, steps=0 if free else min(20 * network.n, 20_000))
    if not search.cost:
        return Solution(search.best, search.cost, 0.0)
    if not free and partition.fits(network):
        bound, splits = partition.relax(network, search.late)
        search.raise_bound(bound)
        for split in splits[:STARTS]:
            search.keep_better(split, steps=network.n)
    if len(network.size) <= PROGRAMMED:
        search.add_first_cuts()
        search.relax()
        search.branch()
    elif not search.bound:
        search.pack()
    return Solution(search.best, search.cost, min(search.bound, search.cost))


class _Search:
    """A programme, its cuts, the best split and the best bound so far."""

    def __init__(self, network: Network, *, free: bool, until: float) -> None:
        self.network, self.free, self.until = network, free, until
        self.best: Split = np.zeros(network.n, np.int64)
        self.cost = partition.cost(network, self.best)
        self.total = float(network.size.sum())
        self.trusted = network.whole and self.total <= TRUSTED
        self.bound = 0.0
        self.whole_bound = 0.0
        self.known: set[Cut] = set()
        self.unit = 1.0 if self.trusted else float(network.size.max(initial=0.0)) / HIGHEST or 1.0
        self.rows: list[Cut] = []
        self.low, self.high = np.zeros(len(network.size)), np.ones(len(network.size))

    @cached_property
    def cover(self) -> Cover:
        """The graph in which cycles are sought."""
        return Cover(self.network, free=self.free)

    @cached_property
    def highs(self) -> highspy.Highs:
        """The programme."""
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.silent()
        highs.setOptionValue("threads", 1)
        highs.cbMipInterrupt.subscribe(self._stop)
        m = len(self.network.size)
        highs.addVars(m, np.zeros(m), np.ones(m))
        highs.changeColsCost(m, np.arange(m, dtype=np.int32), self.network.size / self.unit)
        if not self.trusted:
            highs.setOptionValue("primal_feasibility_tolerance", FINE)
            highs.setOptionValue("dual_feasibility_tolerance", FINE)
        return highs

    def pack(self) -> list[Cut]:
        """Raise the bound to that of a packing of cycles (see `partition`), which are given."""
        ignored = partition.ignored_ties(self.network, self.best)
        bound, cycles = partition.pack_cycles(
            self.network, self.network.sign < 0 if self.free else ignored, self.late
        )
        self.bound = max(self.bound, bound)
        return cycles

    def add_first_cuts(self) -> None:
        """Begin with a packing of cycles, a bound by itself, and of two blocs with more short ones."""
        ignored = partition.ignored_ties(self.network, self.best)
        cycles = self.pack()
        if not (self.free or self.proved()):
            self.add(cycles)
            self.add(zero_cycles(self.cover, np.where(ignored, 0.5, 0.0), self.late))

    def late(self) -> bool:
        return time.monotonic() > self.until

    def _stop(self, event: Any) -> None:
        """End a programme in whole numbers in time, its own limit not being kept to; its bound is lost then."""
        self.whole_bound = max(self.whole_bound, float(event.data_out.mip_dual_bound))
        if self.late():
            event.interrupt()

    def keep_better(self, split: Split, *, steps: int = 0) -> None:
        """Keep this split, moved to where no move betters it, if it is the best."""
        moved = partition.improve(self.network, split, free=self.free, late=self.late)
        if steps and partition.cost(self.network, moved):
            moved = partition.improve(self.network, moved, free=self.free, late=self.late, steps=steps)
        cost = partition.cost(self.network, moved)
        if cost < self.cost:
            self.best, self.cost = moved, cost

    def keep_rounded(self, f: NDArray[np.float64]) -> None:
        """Keep the split that a solution of the programme is nearest to, if it is the best."""
        self.keep_better(partition.round_to_split(self.network, f, free=self.free))

    def proved(self) -> bool:
        """Whether the bound meets the cost."""
        return meets(self.network, self.bound, self.cost)

    def add(self, cuts: Iterable[Cut]) -> bool:
        """Add the cuts that are new; whether there were any."""
        fresh = [cut for cut in cuts if cut not in self.known]
        if fresh:
            self.known.update(fresh)
            self.rows += fresh
            starts = np.cumsum([0, *(len(cut) for cut in fresh[:-1])], dtype=np.int32)
            index = np.concatenate([np.array(cut, np.int32) for cut in fresh])
            ones, infinite = np.ones(len(fresh)), np.full(len(fresh), highspy.kHighsInf)
            self.highs.addRows(len(fresh), ones, infinite, len(index), starts, index, np.ones(len(index)))
        return bool(fresh)

    def run(self) -> NDArray[np.float64] | None:
        """The solution of the programme as it stands; None where time ran out."""
        self.highs.setOptionValue("time_limit", max(self.until - time.monotonic(), 0.01))
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.highs.getSolution().col_value)

    def raise_bound(self, value: float) -> None:
        """Of whole weights a bound is the next whole number."""
        self.bound = max(self.bound, float(np.ceil(value)) if self.network.whole else value)

    def relaxed_bound(self) -> float:
        """What the programme just solved proves: its value, or of weights it cannot be trusted with the dual's.

        Any prices y >= 0 of the cuts prove Σy + Σ min over f of (w - Σ y of its cuts) f (Neumaier & Shcherbina
        2004, Math. Programming 99, 283-296); reckoned in whole numbers, so that no rounding makes it too high.
        """
        if self.trusted:
            return float(self.highs.getObjectiveValue()) - SAFE * self.total
        step = STEPS / self.total
        left = [int(size * step) for size in self.network.size.tolist()]
        value = 0
        for cut, price in zip(self.rows, self.highs.getSolution().row_dual, strict=True):
            if price > 0:
                dear = int(price * self.unit * step)
                value += dear
                for tie in cut:
                    left[tie] -= dear
        value += sum(
            rest * int(high if rest < 0 else low)
            for rest, low, high in zip(left, self.low.tolist(), self.high.tolist(), strict=True)
        )
        return (value - 1) / step * (1 - math.copysign(4e-16, value))

    def relax(self) -> None:
        """Solve and cut until no cycle is violated, or the bound meets the cost."""
        while not (self.proved() or self.late()):
            f = self.run()
            if f is None:
                return
            self.raise_bound(self.relaxed_bound())
            if self.proved():
                return
            self.keep_rounded(f)
            if self.proved() or not self.cut(f):
                return

    def cut(self, f: NDArray[np.float64]) -> bool:
        """Add cycles this solution violates; whether there were any."""
        cuts = zero_cycles(self.cover, f, self.late)
        if len(cuts) < ENOUGH and not self.late():
            cuts += shortest_cycles(self.cover, f, self.late)
        return self.add(cuts)

    def branch(self) -> None:
        """The programme in whole numbers, cut again while its solution violates a cycle."""
        if self.proved() or self.late():
            return
        if not self.trusted:
            self.divide()
            return
        m = len(self.network.size)
        kinds = np.full(m, highspy.HighsVarType.kInteger)
        self.highs.changeColsIntegrality(m, np.arange(m, dtype=np.int32), kinds)
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        self.highs.setOptionValue("mip_abs_gap", 0.999)
        while not (self.proved() or self.late()):
            f = self.run()
            proved = (self.highs.getInfo().mip_dual_bound, self.whole_bound)
            self.raise_bound(max(bound for bound in proved if np.isfinite(bound)) - SAFE * self.total)
            if f is None:
                return
            self.keep_rounded(f)
            if self.proved() or not self.cut(np.round(f)):
                return

    def divide(self) -> None:
        """Branch and bound by what the duals prove: one tie ignored or not at a time, the lowest bound first."""
        ticket = count()
        waiting: list[tuple[float, int, NDArray[np.float64], NDArray[np.float64]]] = [
            (self.bound, next(ticket), self.low, self.high)
        ]
        while waiting and not self.late():
            self.bound = max(self.bound, min(waiting[0][0], self.cost))
            if self.proved():
                return
            bound, _, low, high = heappop(waiting)
            tie, bound = self.descend(bound, low, high)
            if meets(self.network, bound, self.cost):
                continue
            if tie is None:  # out of time, or all ties are decided and the split is not as good as its bound
                heappush(waiting, (bound, next(ticket), low, high))
                return
            for value in (0.0, 1.0):
                one, other = low.copy(), high.copy()
                one[tie] = other[tie] = value
                heappush(waiting, (bound, next(ticket), one, other))
        if not waiting:
            self.bound = self.cost

    def descend(
        self, bound: float, low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> tuple[int | None, float]:
        """The tie to branch on where some are decided already, and the bound there."""
        m = len(low)
        self.low, self.high = low, high
        self.highs.changeColsBounds(m, np.arange(m, dtype=np.int32), low, high)
        while not self.late():
            if any(not high[list(cut)].any() for cut in self.rows):
                return None, np.inf
            f = self.run()
            if f is None:
                return None, bound
            found = self.relaxed_bound()
            bound = max(bound, float(np.ceil(found)) if self.network.whole else found)
            if meets(self.network, bound, self.cost):
                return None, bound
            self.keep_rounded(f)
            if meets(self.network, bound, self.cost):
                return None, bound
            if not self.cut(f):
                open_ = np.flatnonzero(low < high)
                doubt = np.minimum(f, 1 - f)[open_] * self.network.size[open_]
                return (int(open_[np.argmax(doubt)]) if len(open_) else None), bound
        return None, bound


def meets(network: Network, bound: float, cost: float) -> bool:
    """Whether nothing lies between bound and cost: no whole number, or only what rounding may leave."""
    return cost - bound <= (0.5 if network.whole else partition.tolerance(network))


class Cover:
    """The graph in which paths are sought: the signed double cover, or the positive ties alone."""

    def __init__(self, network: Network, *, free: bool) -> None:
        self.network, self.free = network, free
        n, a, b, odd = network.n, network.a, network.b, network.weight < 0
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
        a, b = int(self.network.a[tie]), int(self.network.b[tie])
        if self.free:
            return a, b
        return a, b + (0 if self.network.weight[tie] < 0 else self.network.n)

    def journeys(self, f: NDArray[np.float64]) -> dict[int, list[tuple[int, int]]]:
        """Where a path begins → where it may end, with the tie, not wholly ignored, that closes it."""
        found: dict[int, list[tuple[int, int]]] = {}
        for tie in self.closing[f[self.closing] < SHORT].tolist():
            begin, end = self.ends(tie)
            found.setdefault(begin, []).append((end, tie))
        return found

    def path(self, before: NDArray[np.int32], end: int) -> list[int]:
        """The ties on the path to `end` in a tree of predecessors."""
        found = []
        while before[end] >= 0:
            found.append(self.between[int(before[end]), end])
            end = int(before[end])
        return found


def zero_cycles(cover: Cover, f: NDArray[np.float64], late: Callable[[], bool]) -> list[Cut]:
    """Violated cycles of one tie that is ignored less than wholly, and others that are not ignored at all.

    One search by breadth for each end, until it is `late`; few ties to a cycle.
    """
    graph = cover.graph(np.zeros_like(f), f < ZERO)
    wanted = cover.journeys(f)
    _, part = csgraph.connected_components(graph, directed=False)
    cuts: dict[Cut, float] = {}
    for begin in sorted(wanted):
        ends = [(end, tie) for end, tie in wanted[begin] if part[end] == part[begin]]
        if not ends:
            continue
        _, before = csgraph.breadth_first_order(graph, begin, directed=True)
        for end, tie in ends:
            _add(cuts, [*cover.path(before, end), tie], f)
        if len(cuts) > 3 * CUTS or late():
            break
    return _best(cuts)


def shortest_cycles(cover: Cover, f: NDArray[np.float64], late: Callable[[], bool]) -> list[Cut]:
    """Violated cycles by shortest paths under the weights f, from the ends of ties partly ignored; until `late`."""
    graph = cover.graph(f, f < SHORT)
    partly = np.flatnonzero((f > ZERO) & (f < SHORT))
    cuts: dict[Cut, float] = {}
    wanted: Mapping[int, Sequence[tuple[int, int | None]]] = cover.journeys(f) if cover.free else {}
    if not cover.free:
        nodes = np.unique(np.concatenate((cover.network.a[partly], cover.network.b[partly])))
        wanted = {node: [(node + cover.network.n, None)] for node in nodes.tolist()}
    sources = np.array(sorted(wanted), np.intp)
    for at in range(0, len(sources), SOURCES):
        some = sources[at : at + SOURCES]
        far, before = csgraph.dijkstra(graph, indices=some, limit=1.0, return_predecessors=True)
        for row, begin in enumerate(some.tolist()):
            for end, tie in wanted[begin]:
                closing = 0.0 if tie is None else f[tie]
                if far[row, end] + closing < SHORT:
                    _add(cuts, [*cover.path(before[row], end), *(() if tie is None else (tie,))], f)
        if len(cuts) > 3 * CUTS or late():
            break
    return _best(cuts)


def _add(cuts: dict[Cut, float], cycle: Iterable[int], f: NDArray[np.float64]) -> None:
    """Keep a closed walk; a tie passed twice says nothing, so that what is left is a cycle or several."""
    listed = list(cycle)
    once = tuple(sorted(tie for tie in set(listed) if listed.count(tie) % 2))
    if once and (length := float(f[list(once)].sum())) < SHORT:
        cuts[once] = length + HOP * len(once)


def _best(cuts: dict[Cut, float]) -> list[Cut]:
    """The shortest cuts, and then those of fewest ties."""
    return sorted(cuts, key=lambda cut: (round(cuts[cut], 3), len(cut), cut))[:CUTS]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The places of its nodes in the whole network, its own ties, and its solution."""

    members: NDArray[np.int64]
    network: Network
    solution: Solution


def solve_blocks(network: Network, *, free: bool, seconds: float) -> list[Block]:
    """The blocks with their solutions, smaller ones first; a larger one has the more of the time."""
    start = time.monotonic()
    found: list[Block] = []
    work = len(network.size)
    for members, ties in sorted(find_blocks(network), key=lambda part: len(part.members)):
        left = seconds - (time.monotonic() - start)
        share = left * max(len(ties) / max(work, 1), LEAST_SHARE)
        work -= len(ties)
        block = network.part(members, ties)
        found.append(Block(members, block, solve(block, free=free, seconds=share if work else left)))
    return found


class Part(NamedTuple):
    """The places of the nodes and of the ties of a part of a network, in order."""

    members: NDArray[np.int64]
    ties: NDArray[np.int64]


def find_blocks(network: Network) -> list[Part]:
    """Nodes and ties of each block: parts that no single node cuts in two."""
    kept = _certificate(network)
    graph: nx.Graph[int] = nx.Graph(zip(network.a[kept].tolist(), network.b[kept].tolist(), strict=True))
    found = cast("Iterable[set[int]]", nx.biconnected_components(graph))
    parts = sorted(sorted(nodes) for nodes in found)
    of: dict[int, set[int]] = defaultdict(set)
    for one, members in enumerate(parts):
        for node in members:
            of[node].add(one)
    # Two blocks share one node at most: what stands in one block alone says which its ties are of.
    alone = np.full(network.n, -1, np.int64)
    for node, numbers in of.items():
        if len(numbers) == 1:
            alone[node] = next(iter(numbers))
    block = np.maximum(alone[network.a], alone[network.b])
    for tie in np.flatnonzero(block < 0).tolist():
        block[tie] = (of[int(network.a[tie])] & of[int(network.b[tie])]).pop()
    ties = np.split(np.argsort(block, kind="stable"), np.cumsum(np.bincount(block)))
    return [Part(np.array(members, np.int64), own) for members, own in zip(parts, ties, strict=False)]


def _certificate(network: Network) -> NDArray[np.int64]:
    """Ties that have the blocks of all: of a dense network those of two forests searched by breadth.

    The second is of what the first leaves (Cheriyan, Kao & Thurimella 1993, SIAM J. Comput. 22, 157-174).
    """
    left = np.arange(len(network.size))
    if len(left) <= DENSE * network.n:
        return left
    n, found = network.n, []
    for _ in range(2):
        a, b = network.a[left], network.b[left]
        _, part = csgraph.connected_components(sparse.csr_array((np.ones(len(a)), (a, b)), (n, n)))
        roots = np.unique(part, return_index=True)[1]
        tails, heads = np.concatenate((a, b, np.full(len(roots), n))), np.concatenate((b, a, roots))
        graph = sparse.csr_array((np.ones(len(tails)), (tails, heads)), (n + 1, n + 1))
        _, before = csgraph.breadth_first_order(graph, n)
        nodes = np.flatnonzero((before[:n] >= 0) & (before[:n] < n))
        low, high = np.sort((nodes, before[nodes]), axis=0).astype(np.int64)
        at = np.searchsorted(a * n + b, low * n + high)
        found.append(left[at])
        left = np.delete(left, at)
    return np.concatenate(found)


def join_blocks(n: int, blocks: Sequence[Block], *, free: bool) -> Split:
    """One split of all n nodes from those of the blocks, which meet in single nodes.

    Of two blocs a block is turned round where it meets another, and nodes without a tie have -1.
    """
    return _join_free(n, blocks) if free else _join_two(n, blocks)


def _join_free(n: int, blocks: Iterable[Block]) -> Split:
    blocs = nx.utils.UnionFind(range(n))
    for block in blocks:
        first: dict[int, int] = {}
        for node, bloc in zip(block.members.tolist(), block.solution.split.tolist(), strict=True):
            blocs.union(first.setdefault(bloc, node), node)
    return np.array([blocs[node] for node in range(n)], np.int64)


def _join_two(n: int, blocks: Sequence[Block]) -> Split:
    split = np.full(n, -1, np.int64)
    at: dict[int, list[int]] = defaultdict(list)
    for number, block in enumerate(blocks):
        for node in block.members.tolist():
            at[node].append(number)
    waiting, placed = [], set()
    for number in range(len(blocks)):
        waiting.append(number)
        while waiting:
            here = waiting.pop()
            if here in placed:
                continue
            placed.add(here)
            members, part = blocks[here].members, blocks[here].solution.split
            known = np.flatnonzero(split[members] >= 0)
            turned = int(split[members[known[0]]] != part[known[0]]) if len(known) else 0
            split[members] = part ^ turned
            waiting += [other for node in members.tolist() for other in at[node] if other not in placed]
    return split
