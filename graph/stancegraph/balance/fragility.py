"""How fragile blocs are: who stays together, and how polarised they are, when what is known had been otherwise.

A pair of actors stays together in a split where both have ties, a path of ties connects them, and they stand in one
bloc in every optimal split. Documents are left out one at a time (the jackknife); the bootstrap (Efron 1979) draws
as many statements as there are, with replacement, of those that count, or as many documents; and codings are drawn by
how confident they are.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph import network
from stancegraph.balance.frustration import frustration_index
from stancegraph.balance.scores import polarisation, polarisation_range
from stancegraph.network.resampling import draw_codings, resample_documents, resample_statements
from stancegraph.network.signed import of_rows

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stancegraph.network import Method
    from stancegraph.network.signed import SignedNetwork
    from stancegraph.table import Table

DOCUMENTS: Final = 60
"""Documents left out at most: of more, so many are drawn."""
RESAMPLES: Final = 40
"""Samples of statements."""
BY_DOCUMENT: Final = 100
"""Samples of documents, for the interval of polarisation."""
FEWEST: Final = 10
"""Documents below which samples of them tell no interval."""
LARGEST: Final = 1_000
"""Actors of which pairs are counted at most."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members of a bloc (labels): the shares, 0..1, of splits in which they stay together.

    `without_document` is of those with a document left out, `parted_by` the titles of the documents without which
    they do not stay; `bootstrap` of those of the bootstrap, `codings` of those of codings drawn, None where none were.
    """

    a: str
    b: str
    without_document: float
    bootstrap: float
    parted_by: tuple[str, ...]
    codings: float | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """One split: the sets of nodes that stay together, what it ignores, and its polarisation (None of free blocs)."""

    together: tuple[frozenset[Hashable], ...]
    frustration: float
    polarisation: float | None


@dataclass(frozen=True, slots=True)
class Fragility:
    """The splits without each document (`documents` their titles, `of` how many there are), and those drawn."""

    documents: tuple[str, ...]
    of: int
    without: tuple[Split, ...]
    statements: tuple[Split, ...]
    by_document: tuple[Split, ...] = ()
    codings: tuple[Split, ...] = ()

    def pairs(self, members: Sequence[tuple[Hashable, str]]) -> tuple[Pair, ...]:
        """Every two members of a bloc, as (node, label), the most fragile first."""
        place = {node: i for i, (node, _) in enumerate(members)}
        without, statements, codings = (
            _companies(splits, place) for splits in (self.without, self.statements, self.codings)
        )
        found = []
        for i, j in combinations(range(len(members)), 2):
            both = without[:, i] == without[:, j]
            parted = tuple(title for title, stays in zip(self.documents, both, strict=True) if not stays)
            drawn = _share(codings[:, i] == codings[:, j]) if self.codings else None
            sampled = _share(statements[:, i] == statements[:, j])
            found.append(Pair(members[i][1], members[j][1], _share(both), sampled, parted, drawn))
        return tuple(sorted(found, key=lambda p: (p.without_document, p.bootstrap, p.a, p.b)))


def _companies(splits: Sequence[Split], place: Mapping[Hashable, int]) -> NDArray[np.int64]:
    """Of each split (row) a number for each member, the same for those who stay together."""
    stay = np.zeros((len(splits), len(place)), np.int64)
    for row, split in zip(stay, splits, strict=True):
        row[:] = -1 - np.arange(len(place))  # with nobody
        for number, one in enumerate(split.together):
            row[[place[node] for node in one if node in place]] = number
    return stay


def _share(stays: NDArray[np.bool_]) -> float:
    return round(float(stays.mean()), 4) if len(stays) else 1.0


def interval(values: Sequence[float | None]) -> tuple[float, float] | None:
    """The central 95 % of what was drawn (the percentile interval); None where nothing was, or it is undefined."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    low, high = np.quantile(known, (0.025, 0.975), method="inverted_cdf").tolist()
    return low, high


def fragility(
    table: Table,
    method: Method,
    blocs: int | None,
    *,
    seconds: float,
    seed: int = 0,
    draws: int = 0,
    disagreement: float = 0.0,
) -> Fragility | None:
    """How fragile the blocs of a network of agreement are; None where time does not suffice, or for too many actors.

    `blocs` is as for `frustration_index`. Of more than 60 documents a sample is left out, one at a time; the
    bootstrap takes 40 samples of statements, and 100 of documents where there are ten; `draws` are those of codings
    (see `resampling.draw_codings`). All are drawn by `seed`; what time does not suffice for of the last two is left
    out.
    """
    until = time.monotonic() + seconds
    chance = random.Random(seed)
    counted = network.countable(table, method)
    if len(counted.actor.present()) > LARGEST:
        return None
    codes = sorted(table.reporting().tolist(), key=lambda code: (table.document.values[code].label, code))
    if len(codes) > DOCUMENTS:
        codes = [codes[i] for i in sorted(chance.sample(range(len(codes)), DOCUMENTS))]

    def splits(tables: Iterable[Table]) -> tuple[Split, ...] | None:
        found = []
        for rows in tables:
            left = until - time.monotonic()
            if left <= 0:
                return None
            found.append(_split(of_rows(rows, method).tied(), blocs, left))
        return tuple(found)

    without = splits(network.countable(table.without_document(code), method) for code in codes)
    statements = splits(resample_statements(counted, chance) for _ in range(RESAMPLES))
    if without is None or statements is None:
        return None
    documents = len(np.unique(counted.buckets_of_documents()))
    samples = BY_DOCUMENT if documents >= FEWEST and blocs == 2 else 0
    by_document = splits(resample_documents(counted, chance) for _ in range(samples))
    drawing = np.random.default_rng(seed)
    codings = splits(
        network.countable(draw_codings(table, drawing, disagreement), method) for _ in range(draws)
    )
    titles = tuple(table.document.values[code].label for code in codes)
    return Fragility(titles, len(table.reporting()), without, statements, by_document or (), codings or ())


def _split(tied: SignedNetwork[str], blocs: int | None, seconds: float) -> Split:
    found = frustration_index(tied, blocs, seconds=seconds)
    extent = polarisation_range(tied, found)
    lowest = extent[0] if extent else polarisation(tied, found.blocs) if blocs == 2 else None
    return Split(found.together, found.index, lowest)
