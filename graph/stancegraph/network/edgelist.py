"""The ties of a network by columns, straight from its matrix: no graph is built where only the ties are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

from stancegraph.errors import UsageError
from stancegraph.network.backbone import chances_to_share, check
from stancegraph.network.method import Method
from stancegraph.network.projection import DENSE, LARGEST, count, project
from stancegraph.network.ties import Tie, meeting
from stancegraph.table.arrays import distinct, renumber, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stancegraph.table import Table

    Indices = NDArray[np.int64]
    Vector = NDArray[np.float64]

BLOCK: Final = 512
"""Rows of a matrix, or thousands of pairs, that are worked on at once."""


@dataclass(frozen=True, eq=False)
class Edges:
    """Ties `a[i]`–`b[i]` of `weight[i]`, both ends as codes of the table's actors or targets; undirected pairs once."""

    table: Table
    method: Method
    a: Indices
    b: Indices
    weight: Vector

    @classmethod
    def of(cls, table: Table, method: Method, weights: Vector | None = None) -> Edges:
        """The ties that a method other than "stances" makes of the rows that count, stances on each other aside."""
        made = project(table, method, weights)
        cells = made.matrix.tocoo()
        i, j = cells.coords
        kept = (cells.data != 0) & ((i < j) | (method.kind == "two-mode"))
        ends = made.rows[i[kept]].astype(np.int64), made.columns[j[kept]].astype(np.int64)
        return cls(table, method, *ends, cells.data[kept])

    def __len__(self) -> int:
        return len(self.weight)

    def __getitem__(self, chosen: Any) -> Edges:
        return replace(self, a=self.a[chosen], b=self.b[chosen], weight=self.weight[chosen])

    def backbone(self, alpha: float, minimum: float | None = None) -> Edges:
        """Those that `backbone.backbone` keeps: significant at one of their ends, and at least as strong."""
        check(alpha, minimum)
        size = np.abs(self.weight)
        if self.method.kind == "two-mode":
            p = np.minimum(_by_chance(self.a, size), _by_chance(self.b, size))
        else:
            both = _by_chance(np.concatenate((self.a, self.b)), np.concatenate((size, size)))
            p = np.minimum(*np.split(both, 2))
        return self[((p < alpha) | (alpha == 1)) & (size >= (minimum or 0))]

    def degree_sequence_backbone(self, alpha: float, minimum: float | None = None) -> Edges:
        """Those that are more than chance by the stochastic degree sequence model (see `backbone`).

        A positive tie is held against the stances both share, a negative one against those on which they differ; where
        levels are ignored, a tie against all they both speak of. Raises UsageError for a network of two modes.
        """
        check(alpha, minimum)
        if self.method.kind == "two-mode":
            raise UsageError(
                "--backbone sdsm is of networks of actors or of targets: choose one, or disparity"
            )
        counts = count(self.table, kind=self.method.kind)
        rows = [np.searchsorted(counts.rows, end) for end in (self.a, self.b)]
        p = np.ones(len(self))
        for sign, kind in ((1, "congruence"), (-1, "conflict")):
            here = np.flatnonzero(np.sign(self.weight) == sign)
            of = kind if self.method.aggregation == "subtract" else self.method.aggregation
            if len(here):
                p[here] = chances_to_share(
                    counts.matrix, len(counts.levels), rows[0][here], rows[1][here], of
                )
        return self[((p < alpha) | (alpha == 1)) & (np.abs(self.weight) >= (minimum or 0))]

    @cached_property
    def statements(self) -> Indices:
        """The number of statements behind each tie."""
        own, other = self.table.actor.codes, self.table.target.codes
        if self.method.kind == "two-mode":
            each = _paired(_keys(own, other), self.table.statement.codes)[:, 0]
            names, counts = np.unique(each, return_counts=True)
            wanted = self.a * (int(other.max(initial=0)) + 1) + self.b
            return counts[np.searchsorted(names, wanted)]
        return _Behind(self).counts()

    def rows(self, least: int = 0) -> TieRows:
        """The ties by the labels of their ends, sorted; those with at least so many statements."""
        kept = np.flatnonzero(self.statements >= least)
        own = self.table.target if self.method.kind == "targets" else self.table.actor
        other = self.table.target if self.method.kind == "two-mode" else own
        labels = sorted({thing.label for column in (own, other) for thing in column.values})
        place = {label: i for i, label in enumerate(labels)}
        a, b = (
            np.array([place[thing.label] for thing in column.values], np.int64)[codes]
            for column, codes in ((own, self.a[kept]), (other, self.b[kept]))
        )
        if self.method.kind != "two-mode":
            a, b = np.minimum(a, b), np.maximum(a, b)
        order = np.lexsort((self.weight[kept], b, a))
        return TieRows(labels, a[order], b[order], self.weight[kept][order], self.statements[kept][order])


@dataclass(frozen=True, eq=False)
class TieRows(Sequence[Tie]):
    """The rows of `ties.edge_list`, each made when it is looked at."""

    labels: Sequence[str]
    a: Indices
    b: Indices
    weight: Vector
    statements: Indices

    def __len__(self) -> int:
        return len(self.a)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            columns = (getattr(self, name)[at] for name in ("a", "b", "weight", "statements"))
            return TieRows(self.labels, *columns)
        return next(iter(self[at : at + 1 or None]))

    def __iter__(self) -> Iterator[Tie]:
        columns = (getattr(self, name).tolist() for name in ("a", "b", "weight", "statements"))
        for a, b, weight, statements in zip(*columns, strict=True):
            yield {"a": self.labels[a], "b": self.labels[b], "weight": weight, "statements": statements}


def _paired(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.int64]:
    """The distinct pairs of two columns, sorted."""
    width = int(second.max(initial=0)) + 1
    keys = distinct(first.astype(np.int64) * width + second)
    return np.column_stack((keys // width, keys % width))


class _Behind:
    """The statements behind ties of one mode: those of either end on what the other speaks of, at a level that counts.

    A row of one end lies in a cell: what it is on, in its period, at its level. It is behind the tie if the other end
    has a row that faces the cell. Most statements have one row of an end; the others are looked at one by one, and
    what both ends say together counts once.
    """

    def __init__(self, edges: Edges) -> None:
        table, method = edges.table, edges.method
        own, other = table.actor.codes, table.target.codes.astype(np.int64)
        if method.kind == "targets":
            own, other = table.target.codes, table.actor.codes.astype(np.int64)
        if table.period is not None:
            other = other * (int(table.period.max(initial=0)) + 1) + table.period
        things, i = renumber(own)
        columns, j = renumber(other)
        levels, k = np.unique(table.level, return_inverse=True)
        self.size = len(things)
        self.pairs = np.searchsorted(things, edges.a), np.searchsorted(things, edges.b)
        meets = meeting(table.scale, method.aggregation)
        facing = np.array([[meets(x, y) for y in levels.tolist()] for x in levels.tolist()], float)
        cell = j * len(levels) + k
        shape = (self.size, len(columns) * len(levels))
        present = sparse.csr_array((np.ones(len(i)), (i, cell)), shape=shape)
        mixed = sparse.kron(sparse.eye_array(len(columns)), sparse.csr_array(facing), format="csr")
        self.faced = (present @ mixed).sign().tocsr()
        self._group(i, cell, table.statement.codes, shape[1])

    def _group(self, own: NDArray[Any], cell: NDArray[Any], statement: NDArray[Any], width: int) -> None:
        """What each statement says of each end: in `single` where it is one cell, else a row of `several`."""
        keys = _paired(_keys(statement, own), cell)
        groups, first, number = np.unique(keys[:, 0], return_index=True, return_counts=True)
        owner, said = groups % (int(own.max(initial=0)) + 1), groups // (int(own.max(initial=0)) + 1)
        alone = (number == 1) & ~_repeated(said)
        self.single = sparse.csr_array(
            (np.ones(int(alone.sum())), (owner[alone], keys[first[alone], 1])), shape=(self.size, width)
        )
        rows = np.repeat(~alone, number)
        place = np.cumsum(~alone) - 1
        at = np.repeat(place, number)[rows]
        self.owner, self.said = owner[~alone], said[~alone]
        self.several = sparse.csr_array(
            (np.ones(len(at)), (at, keys[rows, 1])), shape=(len(self.owner), width)
        )

    def counts(self) -> Indices:
        """The number for each pair."""
        a, b = self.pairs
        found = self._met(self.single, a, b) + self._met(self.single, b, a)
        if len(self.owner):
            both = self._several()
            found += both[a, b] + both[b, a] - self._together()[a, b]
        return np.rint(found).astype(np.int64)

    def _met(self, cells: sparse.csr_array, ends: Indices, others: Indices) -> Vector:
        """The statements of one end on what the other end faces, for each pair."""
        found = np.zeros(len(ends))
        n, m = self.faced.shape
        work = len(ends) * (cells.nnz + self.faced.nnz) / max(n, 1)
        if n * m <= LARGEST and n * n * m < DENSE * work:
            faced = self.faced.toarray().T
            for start in range(0, n, BLOCK):
                here = np.flatnonzero((ends >= start) & (ends < start + BLOCK))
                product = cells[start : start + BLOCK].toarray() @ faced
                found[here] = product[ends[here] - start, others[here]]
            return found
        for start in range(0, len(ends), BLOCK * 50):
            at = slice(start, start + BLOCK * 50)
            found[at] = cells[ends[at]].multiply(self.faced[others[at]]).sum(axis=1)
        return found

    def _several(self) -> NDArray[np.float64]:
        """How many of the statements with several cells one end says of what another faces, for all pairs."""
        found = np.zeros((self.size, self.size))
        for start in range(0, len(self.owner), BLOCK):
            met = (self.several[start : start + BLOCK] @ self.faced.T).toarray() > 0
            np.add.at(found, self.owner[start : start + BLOCK], met)
        return found

    def _together(self) -> NDArray[np.float64]:
        """How many statements both ends of a pair make, each on what the other faces."""
        found = np.zeros((self.size, self.size))
        for apart in range(1, int(np.bincount(np.unique(self.said, return_inverse=True)[1]).max())):
            first = np.flatnonzero(self.said[:-apart] == self.said[apart:])
            ends, others = self.owner[first], self.owner[first + apart]
            mine = self.several[first].multiply(self.faced[others]).sum(axis=1)
            theirs = self.several[first + apart].multiply(self.faced[ends]).sum(axis=1)
            both = (mine > 0) & (theirs > 0)
            np.add.at(found, (ends[both], others[both]), 1)
            np.add.at(found, (others[both], ends[both]), 1)
        return found


def _keys(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.int64]:
    """A number for each pair of codes."""
    keys: NDArray[np.int64] = first.astype(np.int64) * (int(second.max(initial=0)) + 1) + second
    return keys


def _repeated(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which values stand more than once."""
    _, place, number = np.unique(values, return_inverse=True, return_counts=True)
    return number[place] > 1


def _by_chance(end: Indices, size: Vector) -> Vector:
    """How likely each tie would be as strong, were the strength of its end shared out at random among its ties."""
    return (1 - size / sums(end, size)[end]) ** (np.bincount(end)[end] - 1)
