"""How far a signed network falls into two camps: balance, triads, polarisation, and whether it is more than chance.

Against chance the same ties have their signs dealt at random: who is tied to whom, the sizes of the ties and the number
of either sign stay, and only which tie has which sign is chance (Aref & Wilson 2018, Journal of Complex Networks 6,
566-595, compare networks with such).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from math import comb, exp, fsum, isclose, sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from stancegraph.balance import partition
from stancegraph.balance.solver import meets, solve_blocks
from stancegraph.errors import UsageError
from stancegraph.network.signed import Node, read

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence

    import networkx as nx
    from numpy.typing import NDArray

    from stancegraph.balance.frustration import Frustration
    from stancegraph.network.signed import SignedNetwork


EFFORTS: Final = ((16, 500), (64, 3_000))
"""Tried in turn, per component: so many of its largest eigenvalues, or all where it has at most so many actors."""
RESTARTS: Final = 30  # of the solver; eigenvalues that stand apart need fewer
CLOSE: Final = 1e-9  # how narrowly the walk balance must be enclosed to be told
WORK: Final = 10_000_000  # paths of two ties held in memory at once
FULL: Final = 20  # pairs to a tie up to which a network is dense
LARGEST: Final = 6_000  # actors whose pairs are held at once
PATIENCE: Final = 5
"""How many times its share of the time left one sample may take."""
FEWEST: Final = 20
"""Samples below which nothing is told."""


def line_balance(graph: nx.Graph[Node] | SignedNetwork[Node], index: float) -> float | None:
    """Line balance 1 − 2L/Σ|w|, 0..1: 1 = a split into two blocs that costs nothing; None without ties.

    `index` is L, the frustration index of the graph for two blocs (Aref & Wilson 2018). It never passes half the
    weight of all ties; raises UsageError where it does, or is negative or no number.
    """
    total = read(graph).total
    if not 0 <= index <= total / 2 * (1 + CLOSE):
        raise UsageError(
            f"{index} cannot be the frustration index of ties that weigh {total:g} together:"
            f" give a number from 0 to {total / 2:g}"
        )
    return max(0.0, 1 - index / total * 2) if total else None


def triangle_share(graph: nx.Graph[Node] | SignedNetwork[Node]) -> float | None:
    """Share of triangles that are balanced, 0..1: those with no or two negative ties; None without triangles.

    Signs count, not weights (Cartwright & Harary 1956).
    """
    none, one, two, three = _triangles(read(graph))
    triangles = none + one + two + three
    return (none + two) / triangles if triangles else None


def triad_census(graph: nx.Graph[Node] | SignedNetwork[Node]) -> dict[str, int]:
    """Signs of the ties among three actors → number of such threes; `+++, ++-, +--, ---` are closed.

    `++, +-, --` have two ties and an open side, `+, -` one tie, `empty` none. All nodes count, those without ties
    too, so that the numbers add up to n(n − 1)(n − 2)/6. For undirected signs what the census of Holland &
    Leinhardt (1970) is for directed ties.

    >>> import networkx as nx
    >>> census = triad_census(nx.Graph([(1, 2, {"weight": 1}), (2, 3, {"weight": -4})]))
    >>> {signs: number for signs, number in census.items() if number}
    {'+-': 1}
    """
    network = read(graph)
    none, one, two, three = _triangles(network)
    census = {"+++": none, "++-": one, "+--": two, "---": three}
    above, below = (np.diff(part.indptr).tolist() for part in (network.positive, network.negative))
    # Each actor is the middle of as many pairs of its ties; those whose ends are tied are taken off again.
    census["++"] = sum(comb(positive, 2) for positive in above) - 3 * none - one
    census["+-"] = sum(p * n for p, n in zip(above, below, strict=True)) - 2 * one - 2 * two
    census["--"] = sum(comb(negative, 2) for negative in below) - two - 3 * three
    # Each tie meets n − 2 third actors; threes with more ties are taken off, once for each tie of the sign.
    for sign, ends in (("+", above), ("-", below)):
        more = sum(signs.count(sign) * number for signs, number in census.items() if len(signs) > 1)
        census[sign] = sum(ends) // 2 * (network.n - 2) - more
    return census | {"empty": comb(network.n, 3) - sum(census.values())}


def walk_balance(graph: nx.Graph[Node] | SignedNetwork[Node]) -> float | None:
    """Σe^λ of the signed over Σe^λ of the unsigned adjacency matrix, 0..1: 1 = all closed walks are balanced.

    Signs count, not weights (Estrada & Benzi 2014). Actors without ties count, 1 in either sum, and so draw it to 1.
    Exact to 9 decimals, or None: without ties, and where a component of more than 3,000 actors is not balanced and
    its ties are so evenly spread that no few eigenvalues settle the sum, while all are too many to find.
    """
    network = read(graph)
    if not network.size.size:
        return None
    matrix = network.matrix.sign()
    balanced = _is_balanced(matrix)
    if balanced.all():
        return 1.0
    components = partition.pieces(matrix)
    alone = Spectrum(np.zeros(sum(len(part) == 1 for part in components)))
    larger = [(matrix[part][:, part], balanced[part[0]]) for part in components if len(part) > 1]
    degree = abs(matrix).sum(axis=1)
    rows, columns = matrix.nonzero()
    bound = sqrt((degree[rows] * degree[columns]).max())
    for largest, all_up_to in EFFORTS:
        # No eigenvalue passes the bound (Berman & Zhang 2001); where it is low, each of the others counts.
        sizes = [part.shape[0] for part, _ in larger if part.shape[0] > all_up_to]
        if any(size * exp(-bound) > CLOSE for size in sizes):
            continue
        try:
            below = [_spectrum(abs(part), largest, all_up_to) for part, _ in larger]
            above = [
                unsigned if even else _spectrum(part, largest, all_up_to)
                for (part, even), unsigned in zip(larger, below, strict=True)
            ]
        except ArpackNoConvergence:
            continue
        least, most = _ratio([alone, *above], [alone, *below])
        if most - least <= CLOSE:
            return min(1.0, (least + most) / 2)
    return None


def polarisation(graph: nx.Graph[Node] | SignedNetwork[Node], blocs: Sequence[Collection[Node]]) -> float:
    """How far two blocs oppose each other, 0..1: 1 = equal in size, all enmity between, all amity within them.

    (Share of the negative weight that runs between `blocs` − share of the positive weight that does) ×
    2·min(sizes)/n, floored at 0. `blocs` is the optimal split, two sets of nodes or one. Actors without ties stand
    in no bloc, whether they are given or not: they count neither in the sizes nor in n. 0 without negative ties or
    without a second bloc.

    Raises UsageError where `blocs` are more than two, overlap, or do not hold each actor with ties.
    """
    network = read(graph)
    if len(blocs) > 2:
        raise UsageError(f"polarisation is between two blocs, not {len(blocs)}: split the actors in two")
    place = sides(network, blocs)
    sizes = [int((place == bloc).sum()) for bloc in range(2)]
    apart = place[network.a] != place[network.b]
    shares = []
    for own in (network.sign <= 0, network.sign > 0):
        within, between = (fsum(network.size[own & (apart == side)].tolist()) for side in (False, True))
        shares.append(between / (within + between) if within + between else 0.0)
    enmity, amity = shares
    return max(0.0, enmity - amity) * 2 * min(sizes) / sum(sizes) if sum(sizes) else 0.0


def polarisation_range(
    graph: nx.Graph[Node] | SignedNetwork[Node], found: Frustration[Node]
) -> tuple[float, float] | None:
    """The lowest and highest polarisation of all optimal splits in two; None where only one of them is known.

    >>> import networkx as nx
    >>> from stancegraph.balance.frustration import frustration_index
    >>> graph = nx.Graph([("a", "b", {"weight": -1}), ("c", "d", {"weight": 1})])
    >>> polarisation_range(graph, frustration_index(graph))
    (0.5, 0.5)
    """
    if found.polarisation is None:
        return None
    own = polarisation(graph, found.blocs)  # reckoned in other steps, it may differ in the last digits
    low, high = (own if isclose(end, own, abs_tol=1e-9) else end for end in found.polarisation)
    return low, high


def sides(network: SignedNetwork[Node], partition: Sequence[Collection[Hashable]]) -> NDArray[np.int64]:
    """The place in `partition` of each actor's set, -1 for actors without ties; UsageError unless it is in just one."""
    number: dict[Hashable, int] = {node: place for place, node in enumerate(network.nodes)}
    side: dict[int, int] = {}
    for place, members in enumerate(partition):
        for member in set(members):
            if member not in number:
                raise UsageError(f"{member} is in a bloc but not in the graph: take it out of the bloc")
            if side.setdefault(number[member], place) != place:
                raise UsageError(f"{member} is in two blocs: leave it in one")
    tied = np.unique(np.concatenate((network.a, network.b))).tolist()
    missing = next((network.nodes[node] for node in tied if node not in side), None)
    if missing is not None:
        raise UsageError(f"{missing} has ties and is in no bloc: put it in one")
    found = np.full(network.n, -1)
    found[tied] = [side[node] for node in tied]
    return found


def _triangles(network: SignedNetwork[Node]) -> tuple[int, int, int, int]:
    """Number of triangles with no, one, two and three negative ties.

    Ties lead from the actor with fewer to the one with more, so that no actor has more than √(2m) onwards; actors
    are taken in portions, so that paths do not fill the memory. A dense network is multiplied in full.
    """
    if not network.size.size:
        return (0, 0, 0, 0)
    if network.n**2 <= FULL * len(network.size) and network.n <= LARGEST:
        return _triangles_in_full(network)
    order = np.argsort(
        np.bincount(np.concatenate((network.a, network.b)), minlength=network.n), kind="stable"
    )
    place = np.empty(network.n, np.int64)
    place[order] = np.arange(network.n)
    lower, higher = np.sort((place[network.a], place[network.b]), axis=0)
    onward = [
        csr_array((np.ones(chosen.sum(), np.int64), (lower[chosen], higher[chosen])), shape=(network.n,) * 2)
        for chosen in (network.sign > 0, network.sign < 0)
    ]
    every = onward[0] + onward[1]
    work = np.cumsum(every @ every.sum(axis=1))
    ends = [*np.searchsorted(work, np.arange(WORK, work[-1], WORK)).tolist(), network.n]
    closed = [0, 0, 0, 0]
    for start, end in zip([0, *ends], ends, strict=False):
        for first in (0, 1):
            for second in (0, 1):
                paths = onward[first][start:end] @ onward[second]
                for third in (0, 1):
                    closed[first + second + third] += int(paths.multiply(onward[third][start:end]).sum())
    return (closed[0], closed[1], closed[2], closed[3])


def _triangles_in_full(network: SignedNetwork[Node]) -> tuple[int, int, int, int]:
    """The same by matrices in which each pair has its cell."""
    above, below = ((part > 0).toarray().astype(np.float32) for part in (network.positive, network.negative))
    paths = above @ above  # numbers of paths, whole and below 2^24
    none, one = (int((paths * side).sum(dtype=np.float64)) for side in (above, below))
    paths = below @ below
    two, three = (int((paths * side).sum(dtype=np.float64)) for side in (above, below))
    return none // 6, one // 2, two // 2, three // 6


def _is_balanced(matrix: csr_array) -> NDArray[np.bool_]:
    """Of each actor, whether two sides explain every sign of its component: walks back to it are all positive.

    Then the signed spectrum of the component is the unsigned one (Acharya 1980). In the signed double cover an
    actor stands twice; the two are apart where no closed walk is negative.
    """
    positive, negative = matrix > 0, matrix < 0
    cover = block_array([[positive, negative], [negative, positive]])
    _, label = connected_components(cover, directed=False)
    size = matrix.shape[0]
    return np.asarray(label[:size] != label[size:])


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The largest eigenvalues of a matrix; of the others their number, their sum and that of their squares."""

    found: NDArray[np.float64]
    others: int = 0
    total: float = 0.0
    squares: float = 0.0

    def bounds(self, shift: float) -> tuple[float, float]:
        """The least and the most that Σe^(λ − shift) can be."""
        known = float(np.exp(self.found - shift).sum())
        if not self.others:
            return known, known
        # Jensen below; above e^x ≤ 1 + x + cx² for x ≤ edge, c = (e^edge − 1 − edge)/edge² growing with edge.
        least = self.others * exp(self.total / self.others - shift)
        edge = max(float(self.found.min()), 1.0)
        steep = (exp(edge - shift) - (1 + edge) * exp(-shift)) / edge**2
        most = (self.others + self.total) * exp(-shift) + steep * self.squares
        return known + least, known + max(least, most)


def _spectrum(matrix: csr_array, largest: int, all_up_to: int) -> Spectrum:
    size = matrix.shape[0]
    if size <= all_up_to:
        return Spectrum(np.linalg.eigvalsh(matrix.toarray()))
    start = np.random.default_rng(0).random(size)  # else the solver draws one, and no two runs agree
    found = eigsh(matrix, k=largest, which="LA", v0=start, maxiter=RESTARTS, return_eigenvectors=False)
    # The trace is 0; that of the square counts both ends of each tie.
    squares = max(0.0, matrix.nnz - float(found @ found))
    return Spectrum(found, size - largest, -float(found.sum()), squares)


def _ratio(above: list[Spectrum], below: list[Spectrum]) -> tuple[float, float]:
    """The least and the most that the sum over `above` can be of that over `below`."""
    shift = max(float(spectrum.found.max(initial=0.0)) for spectrum in below)  # no e^λ overflows
    numerator, denominator = ([spectrum.bounds(shift) for spectrum in part] for part in (above, below))
    return (
        fsum(least for least, _ in numerator) / fsum(most for _, most in denominator),
        fsum(most for _, most in numerator) / fsum(least for least, _ in denominator),
    )


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
