"""The blocks of a signed network, parts that meet in single nodes: each is split alone, and the splits are joined."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from stancegraph.balance.solver import Solution, solve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from stancegraph.balance.partition import Network, Split

LEAST_SHARE: Final = 0.2
"""Part of the time left that even a small block may take."""
DENSE: Final = 8
"""Ties to a node beyond which blocks are looked for in fewer of them."""


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
    for members, ties in sorted(find(network), key=lambda part: len(part.members)):
        left = seconds - (time.monotonic() - start)
        share = left * max(len(ties) / max(work, 1), LEAST_SHARE)
        work -= len(ties)
        block = network.part(members, ties)
        found.append(Block(members, block, solve(block, free=free, seconds=share if work else left)))
    return found


def join_blocks(n: int, blocks: Iterable[Block], *, free: bool) -> Split:
    """One split of all n nodes from those of the blocks; of two blocs -1 for nodes without a tie."""
    solutions = [(block.members, block.solution) for block in blocks]
    return _merge_free(n, solutions) if free else _merge_two(n, solutions)


class Part(NamedTuple):
    """The places of the nodes and of the ties of a part of a network, in order."""

    members: NDArray[np.int64]
    ties: NDArray[np.int64]


def find(network: Network) -> list[Part]:
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


def _merge_free(n: int, solutions: Iterable[tuple[NDArray[np.int64], Solution]]) -> Split:
    """One split of all nodes from those of the blocks, which meet in single nodes."""
    blocs = nx.utils.UnionFind(range(n))
    for members, part in solutions:
        first: dict[int, int] = {}
        for node, bloc in zip(members.tolist(), part.split.tolist(), strict=True):
            blocs.union(first.setdefault(bloc, node), node)
    return np.array([blocs[node] for node in range(n)], np.int64)


def _merge_two(n: int, solutions: Iterable[tuple[NDArray[np.int64], Solution]]) -> Split:
    """The same of two blocs: a block is turned round where it meets another; -1 for nodes without a tie."""
    blocks = list(solutions)
    split = np.full(n, -1, np.int64)
    at: dict[int, list[int]] = defaultdict(list)
    for number, (members, _) in enumerate(blocks):
        for node in members.tolist():
            at[node].append(number)
    waiting, placed = [], set()
    for number in range(len(blocks)):
        waiting.append(number)
        while waiting:
            here = waiting.pop()
            if here in placed:
                continue
            placed.add(here)
            members, part = blocks[here]
            known = np.flatnonzero(split[members] >= 0)
            turned = int(split[members[known[0]]] != part.split[known[0]]) if len(known) else 0
            split[members] = part.split ^ turned
            waiting += [other for node in members.tolist() for other in at[node] if other not in placed]
    return split
