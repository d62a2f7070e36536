"""How fragile blocs are: who stays together when a document is left out, or when other statements had come in.

A pair of actors stays together in a split where both have ties, a path of ties connects them, and they stand in one
bloc in every optimal split. Documents are left out one at a time (the jackknife); the bootstrap (Efron 1979) draws
as many statements as there are, with replacement, of those that count.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from itertools import chain, combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph import network
from stancegraph.balance.frustration import frustration_index
from stancegraph.network.signed import of_rows

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from stancegraph.network import Method
    from stancegraph.table import Table

DOCUMENTS: Final = 60
"""Documents left out at most: of more, so many are drawn."""
RESAMPLES: Final = 40
"""Samples of the bootstrap."""
LARGEST: Final = 1_000
"""Actors of which pairs are counted at most."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members of a bloc (labels): the shares, 0..1, of splits in which they stay together.

    `without_document` is of those with a document left out, `parted_by` the titles of the documents without which
    they do not stay; `bootstrap` of those of the bootstrap.
    """

    a: str
    b: str
    without_document: float
    bootstrap: float
    parted_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fragility:
    """In how many splits pairs were sought, and the sets of nodes that stay together in each.

    `documents` are the titles of those left out, `of` how many there are; after them come the samples of the bootstrap.
    """

    documents: tuple[str, ...]
    of: int
    _together: tuple[tuple[frozenset[Hashable], ...], ...]

    def pairs(self, members: Sequence[tuple[Hashable, str]]) -> tuple[Pair, ...]:
        """Every two members of a bloc, as (node, label), the most fragile first."""
        place = {node: i for i, (node, _) in enumerate(members)}
        stay = np.zeros((len(self._together), len(members)), np.int64)
        for row, sets in zip(stay, self._together, strict=True):
            row[:] = -1 - np.arange(len(members))  # with nobody
            for number, one in enumerate(sets):
                row[[place[node] for node in one if node in place]] = number
        left = len(self.documents)
        found = []
        for i, j in combinations(range(len(members)), 2):
            both = stay[:, i] == stay[:, j]
            parted = tuple(
                title for title, stays in zip(self.documents, both[:left], strict=True) if not stays
            )
            a, b = members[i][1], members[j][1]
            found.append(Pair(a, b, _share(both[:left]), _share(both[left:]), parted))
        return tuple(sorted(found, key=lambda p: (p.without_document, p.bootstrap, p.a, p.b)))


def _share(stays: NDArray[np.bool_]) -> float:
    return round(float(stays.mean()), 4) if len(stays) else 1.0


def fragility(
    table: Table, method: Method, blocs: int | None, *, seconds: float, seed: int = 0
) -> Fragility | None:
    """How fragile the blocs of a network of agreement are; None where time does not suffice, or for too many actors.

    `blocs` is as for `frustration_index`. Of more than 60 documents a sample is left out, one at a time; the
    bootstrap takes 40 samples. Both are drawn by `seed`.
    """
    until = time.monotonic() + seconds
    chance = random.Random(seed)
    counted = network.countable(table, method)
    if len(counted.actor.present()) > LARGEST:
        return None
    codes = sorted(table.reporting().tolist(), key=lambda code: (table.document.values[code].label, code))
    if len(codes) > DOCUMENTS:
        codes = [codes[i] for i in sorted(chance.sample(range(len(codes)), DOCUMENTS))]
    found: list[tuple[frozenset[Hashable], ...]] = []
    for rows in chain(
        (network.countable(table.without_document(code), method) for code in codes),
        (_resample(counted, chance) for _ in range(RESAMPLES)),
    ):
        left = until - time.monotonic()
        if left <= 0:
            return None
        found.append(frustration_index(of_rows(rows, method).tied(), blocs, seconds=left).together)
    titles = tuple(table.document.values[code].label for code in codes)
    return Fragility(titles, len(table.reporting()), tuple(found))


def _resample(counted: Table, chance: random.Random) -> Table:
    """The rows of as many statements as there are, drawn with replacement: all, some twice, some not at all."""
    statements = counted.statement.present().tolist()
    times = np.zeros(len(counted.statement.values), np.int64)
    np.add.at(times, chance.choices(statements, k=len(statements)), 1)
    return counted[np.repeat(np.arange(len(counted)), times[counted.statement.codes])]
