"""The linear programme of the frustration index: cuts are added while a solution violates them, then branched on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import highspy
import numpy as np

from stancegraph.balance import partition as splits
from stancegraph.balance.cycles import Cover, shortest, through_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from stancegraph.balance.cycles import Cut
    from stancegraph.balance.partition import Split, Ties

CUTS: Final = 4000
"""Most cuts added at once."""
ENOUGH: Final = 200
"""Cuts of the cheap kind with which the dear kind is not sought."""
ACCURACY: Final = 1e-6
"""Of weights that are not whole numbers: the part of all weight within which bound and cost are one."""
SAFE: Final = 2e-7
"""Part of all weight that a programme's value is lowered by to be a bound: the solver's own accuracy."""


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The best split found, what it costs, and the least that any split does."""

    split: Split
    cost: float
    bound: float


def solved(ties: Ties, *, free: bool, seconds: float) -> Solved:
    """The split of one block of ties, with its bound; both as good as `seconds` allow."""
    search = _Search(ties, free=free, until=time.monotonic() + seconds)
    for beginning in splits.beginnings(ties, free=free):
        search.better(beginning, steps=0 if free else min(20 * ties.n, 20_000))
    if search.cost <= ties.even:
        return Solved(search.best, search.cost, 0.0)
    search.begin()
    search.relax()
    search.branch()
    return Solved(search.best, search.cost, min(search.bound, search.cost))


class _Search:
    """A programme, its cuts, the best split and the best bound so far."""

    def __init__(self, ties: Ties, *, free: bool, until: float) -> None:
        self.ties, self.free, self.until = ties, free, until
        self.cover = Cover(ties, free=free)
        self.best: Split = np.zeros(ties.n, np.int64)
        self.cost = ties.cost(self.best)
        self.total = float(np.abs(ties.w).sum())
        self.bound = 0.0
        self.whole_bound = 0.0
        self.known: set[Cut] = set()
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self.highs.silent()
        self.highs.setOptionValue("threads", 1)
        self.highs.cbMipInterrupt.subscribe(self._stop)
        m = len(ties.w)
        self.highs.addVars(m, np.zeros(m), np.ones(m))
        self.highs.changeColsCost(m, np.arange(m, dtype=np.int32), np.abs(ties.w))

    def begin(self) -> None:
        """Begin with short cycles: of two blocs, those the best split closes by a tie it ignores."""
        ignored = self.ties.against(self.best) & (not self.free)
        self.add(through_nothing(self.cover, np.where(ignored, 0.5, 0.0), CUTS))

    def late(self) -> bool:
        return time.monotonic() > self.until

    def _stop(self, event: Any) -> None:
        """End a programme in whole numbers in time, its own limit not being kept to; its bound is lost then."""
        self.whole_bound = max(self.whole_bound, float(event.data_out.mip_dual_bound))
        if self.late():
            event.interrupt()

    def better(self, split: Split, *, steps: int = 0) -> None:
        """Keep this split, moved to where no move betters it, if it is the best."""
        moved = splits.improved(self.ties, split, free=self.free, late=self.late)
        if steps:
            moved = splits.improved(self.ties, moved, free=self.free, late=self.late, steps=steps)
        cost = self.ties.cost(moved)
        if cost < self.cost:
            self.best, self.cost = moved, cost

    def proved(self) -> bool:
        """Whether the bound meets the cost; between whole numbers nothing lies."""
        if self.ties.whole:
            return self.bound > self.cost - 0.5
        return self.cost - self.bound <= ACCURACY * self.total

    def add(self, cuts: Iterable[Cut]) -> bool:
        """Add the cuts that are new; whether there were any."""
        fresh = [cut for cut in cuts if cut not in self.known]
        if fresh:
            self.known.update(fresh)
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

    def raised(self, value: float) -> None:
        """A programme's value is a bound, less its accuracy; of whole weights the next whole number."""
        value -= SAFE * self.total
        self.bound = max(self.bound, float(np.ceil(value)) if self.ties.whole else value)

    def relax(self) -> None:
        """Solve and cut until no cycle is violated, or the bound meets the cost."""
        while not self.late():
            f = self.run()
            if f is None:
                return
            self.raised(self.highs.getObjectiveValue())
            if self.proved():
                return
            self.better(splits.rounded(self.ties, f, free=self.free))
            if self.proved() or not self.cut(f):
                return

    def cut(self, f: NDArray[np.float64]) -> bool:
        """Add cycles this solution violates; whether there were any."""
        cuts = through_nothing(self.cover, f, CUTS)
        if len(cuts) < ENOUGH and not self.late():
            cuts += shortest(self.cover, f, CUTS)
        return self.add(cuts)

    def branch(self) -> None:
        """The programme in whole numbers, cut again while its solution violates a cycle."""
        if self.proved() or self.late():
            return
        m = len(self.ties.w)
        kinds = np.full(m, highspy.HighsVarType.kInteger)
        self.highs.changeColsIntegrality(m, np.arange(m, dtype=np.int32), kinds)
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        self.highs.setOptionValue("mip_abs_gap", 0.999 if self.ties.whole else SAFE * self.total)
        while not (self.proved() or self.late()):
            f = self.run()
            bounds = (self.highs.getInfo().mip_dual_bound, self.whole_bound)
            self.raised(max(bound for bound in bounds if np.isfinite(bound)))
            if f is None:
                return
            self.better(splits.rounded(self.ties, f, free=self.free))
            if self.proved() or not self.cut(np.round(f)):
                return
