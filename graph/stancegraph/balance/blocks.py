"""The blocks of a signed network, parts that meet in single nodes: each is split alone, and the splits are joined."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import networkx as nx
import numpy as np

from stancegraph.balance.solver import Solution, solve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from stancegraph.balance.partition import Network, Split

LEAST_SHARE: Final = 0.2
"""Part of the time left that even a small block may take."""


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
    for members, ties in sorted(_blocks(network), key=lambda part: len(part[0])):
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


def _blocks(network: Network) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Nodes and ties of each block: parts that no single node cuts in two."""
    graph: nx.Graph[int] = nx.Graph()
    pairs = list(zip(network.a.tolist(), network.b.tolist(), strict=True))
    number = {pair: tie for tie, pair in enumerate(pairs)}
    graph.add_edges_from(pairs)
    found = []
    for edges in nx.biconnected_component_edges(graph):
        listed = sorted({(min(edge), max(edge)) for edge in edges})
        members = np.array(sorted({node for edge in listed for node in edge}), np.int64)
        found.append((members, np.array([number[edge] for edge in listed], np.int64)))
    return sorted(found, key=lambda part: tuple(part[0]))


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
