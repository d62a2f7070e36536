"""What a network rests on: drawn anew (other statements, other documents, codings that err), or a document left out.

Without a document the signed network is not made again as a whole: of many stances only what it touches is.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from stancegraph.errors import UsageError
from stancegraph.network.graphs import countable
from stancegraph.network.signed import SignedNetwork, of_rows
from stancegraph.table.arrays import renumber

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stancegraph.network import Method
    from stancegraph.table import Table

    Rows = NDArray[np.int64]

Number = TypeVar("Number", int, float)


def resample_statements(table: Table, chance: random.Random) -> Table:
    """The rows of as many statements as there are, drawn with replacement: all, some twice, some not at all."""
    return _resampled(table, table.statement.codes, chance)


def resample_documents(table: Table, chance: random.Random) -> Table:
    """The same of documents: statements of one stay together, the cluster bootstrap.

    Davison & Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    return _resampled(table, table.buckets_of_documents(), chance)


def _resampled(table: Table, codes: NDArray[Any], chance: random.Random) -> Table:
    distinct, code = renumber(codes)
    drawn = chance.choices(range(len(distinct)), k=len(distinct))
    times = np.bincount(np.array(drawn, np.int64), minlength=len(distinct))
    return table[np.repeat(np.arange(len(table)), times[code])]


def draw_codings(table: Table, chance: np.random.Generator, disagreement: float = 0.0) -> Table:
    """The rows whose coding is right in this draw: a statement's are, up to their confidence, right or wrong together.

    With `disagreement` that share of the rows left takes another level, drawn as often as the table has it: how a
    second coder would have coded them. Raises UsageError for a share outside 0..1.
    """
    if not 0 <= disagreement <= 1:
        raise UsageError(f"--disagreement {disagreement}: give a share from 0 to 1")
    drawn = table[chance.random(len(table.statement.values))[table.statement.codes] < table.confidence]
    levels, number = np.unique(table.level, return_counts=True)
    if not disagreement or len(levels) < 2:
        return drawn
    odds = np.tile(number.astype(float), (len(levels), 1))
    np.fill_diagonal(odds, 0)
    up_to = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    own = np.searchsorted(levels, drawn.level)
    other = (up_to[own] < chance.random((len(drawn), 1))).sum(axis=1)
    turned = chance.random(len(drawn)) < disagreement
    return replace(drawn, level=np.where(turned, levels[np.minimum(other, len(levels) - 1)], drawn.level))


def interval(values: Sequence[Number | None]) -> tuple[Number, Number] | None:
    """The central 95 % of what was drawn (the percentile interval); None where nothing was, or it is undefined."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    low, high = np.quantile(known, (0.025, 0.975), method="inverted_cdf").tolist()
    return low, high


class Jackknife:
    """The network that a method makes of all rows, `whole`, and that of all but one document's (Efron & Stein 1981).

    In the stance network a tie rests on the rows of its own actor and target alone: without a document the ties of
    those pairs are counted anew that it reports. A network of agreement is made again from its rows.
    """

    def __init__(self, table: Table, method: Method) -> None:
        self.table, self.method = table, method
        self.counted = countable(table, method)
        self.whole = of_rows(self.counted, method)

    def without(self, code: int) -> SignedNetwork[str]:
        """The network without the document of this code in the table."""
        if self.method.kind != "stances" or self.table.scale.kind != "polarity":
            return of_rows(countable(self.table.without_document(code), self.method), self.method)
        rows = self.table[self._touched(code)]
        before, after = (countable(each, self.method) for each in (rows, rows.without_document(code)))
        made = self._exchanged(of_rows(before, self.method), of_rows(after, self.method))
        present = self._numbers > self._number(before) - self._number(after)
        return made if present.all() else made.part(np.flatnonzero(present))

    @cached_property
    def _place(self) -> dict[str, int]:
        return {iri: place for place, iri in enumerate(self.whole.nodes)}

    @cached_property
    def _places(self) -> tuple[Rows, Rows]:
        """The place among the nodes of each actor and each target, -1 where it is none."""
        actor, target = (
            np.array([self._place.get(thing.iri, -1) for thing in column.values], np.int64)
            for column in (self.table.actor, self.table.target)
        )
        return actor, target

    @cached_property
    def _pair(self) -> Rows:
        """A number for the actor and the target of each row."""
        actor, target = self._places
        pair: Rows = actor[self.table.actor.codes] * (self.whole.n + 1) + target[self.table.target.codes]
        return pair

    @cached_property
    def _order(self) -> tuple[Rows, Rows]:
        """The rows by the pair of their actor and target, and the pairs in that order."""
        order = np.argsort(self._pair, kind="stable")
        return order, self._pair[order]

    @cached_property
    def _reporting(self) -> tuple[Rows, Rows, Rows, Rows]:
        """Reports by their documents, and where each document's begin; rows by what is shown of them, and the same."""
        reports, runs = self.table.reports, len(self.table.reports.start) - 1
        run = np.repeat(np.arange(runs), np.diff(reports.start))
        found: list[Rows] = []
        for keys, values, number in (
            (reports.documents, run, len(self.table.document.values)),
            (self.table.shown, np.arange(len(self.table)), runs),
        ):
            found += [
                values[np.argsort(keys, kind="stable")],
                np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=number)))),
            ]
        return found[0], found[1], found[2], found[3]

    def _touched(self, code: int) -> Rows:
        """The rows of all pairs of an actor and a target on which a document reports anything, in order."""
        run, run_starts, row, row_starts = self._reporting
        runs = run[run_starts[code] : run_starts[code + 1]]
        rows = _ranges(row, row_starts[runs], row_starts[runs + 1])
        order, pairs = self._order
        wanted = np.unique(self._pair[rows])
        starts, ends = (np.searchsorted(pairs, wanted, side=side) for side in ("left", "right"))
        return np.sort(_ranges(order, starts, ends))

    def _number(self, rows: Table) -> Rows:
        """How often each node stands in some rows."""
        ends = (
            places[column.codes]
            for places, column in zip(self._places, (rows.actor, rows.target), strict=True)
        )
        return np.bincount(np.concatenate(tuple(ends)), minlength=self.whole.n)

    @cached_property
    def _numbers(self) -> Rows:
        return self._number(self.counted)

    def _exchanged(self, before: SignedNetwork[str], after: SignedNetwork[str]) -> SignedNetwork[str]:
        """The whole network with some of its ties exchanged for others."""
        whole, n = self.whole, self.whole.n
        keys = (whole.a * n + whole.b) * 3 + whole.sign
        removed, new = (self._keys(part) for part in (before, after))
        kept = np.ones(len(keys), np.bool_)
        kept[np.searchsorted(keys, removed)] = False
        keys = np.concatenate((keys[kept], new))
        order = np.argsort(keys, kind="stable")
        size = np.concatenate((whole.size[kept], after.size))[order]
        sign = np.concatenate((whole.sign[kept], after.sign))[order]
        a, b = (
            np.concatenate((side[kept], self._at(part, own)))[order]
            for side, own, part in ((whole.a, after.a, after), (whole.b, after.b, after))
        )
        return SignedNetwork(whole.nodes, a, b, size, sign, whole.directed, whole.labels, whole.kinds)

    def _at(self, part: SignedNetwork[str], ends: Rows) -> Rows:
        """The places in the whole network of the ends of ties."""
        return np.array([self._place[iri] for iri in part.nodes], np.int64)[ends]

    def _keys(self, part: SignedNetwork[str]) -> Rows:
        a, b = self._at(part, part.a), self._at(part, part.b)
        keys: Rows = (a * self.whole.n + b) * 3 + part.sign
        return keys


def _ranges(values: NDArray[Any], starts: Rows, ends: Rows) -> Rows:
    """The values from each start to its end."""
    lengths = ends - starts
    at = np.arange(int(lengths.sum())) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    found: Rows = values[at].astype(np.int64)
    return found
