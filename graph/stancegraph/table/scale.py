"""What the level of a stance can be: its polarity, or a variable somebody coded, with the range declared for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS: Final = ("polarity", "boolean", "scaled", "categorical")


@dataclass(frozen=True, slots=True)
class Scale:
    """`kind` is one of `KINDS`; `levels` the values that occur or are declared; `span` R, the range of the scale.

    The level of a categorical variable is a place in `labels`, and has no order. `low` and `high` are the
    bounds declared, None where none are; then R is the range observed before filtering.
    """

    name: str
    kind: str
    levels: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    labels: tuple[str, ...] = ()

    @property
    def span(self) -> float:
        """R: 2 for polarity, 1 for a boolean, else the declared or the observed range."""
        if self.low is not None and self.high is not None:
            return self.high - self.low
        return max(self.levels) - min(self.levels) if self.levels else 0.0

    @property
    def neutral(self) -> bool:
        """Whether level 0 is a stance withheld, as in polarity, and not a level like others."""
        return self.kind == "polarity"

    def shown(self, level: float) -> float | str:
        """A level as people read it: the label of a category, else a number, whole where it is."""
        if self.kind == "categorical":
            return self.labels[int(level)]
        return int(level) if level.is_integer() else level

    def signs(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Q of each level in a two-mode difference: a boolean's are -1 and 1."""
        return levels * 2 - 1 if self.kind == "boolean" else levels

    def similarity(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 - d(k, l) of each pair of levels, d = |q_k - q_l| / R; of categories 1 where they are the same."""
        if self.kind == "categorical":
            same: NDArray[np.float64] = (levels[:, None] == levels[None, :]).astype(float)
            return same
        apart = np.abs(levels[:, None] - levels[None, :])
        return 1 - apart / self.span if self.span else np.ones_like(apart)

    def checked(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """The levels, all finite and on the scale; raises UsageError naming the first that is not."""
        wrong = ~np.isfinite(levels)
        if self.low is not None and self.high is not None:
            wrong |= (levels < self.low) | (levels > self.high)
        if wrong.any():
            at = int(np.argmax(wrong))
            bounds = "" if self.low is None else f", which runs from {self.low:g} to {self.high:g}"
            raise UsageError(
                f"level {levels[at]:g} in row {at + 1} is not on the scale of {self.name}{bounds}: mend the row"
            )
        return levels

    def over(self, observed: NDArray[np.float64]) -> Scale:
        """The scale with the levels observed, where it does not know its levels."""
        return self if self.levels else replace(self, levels=tuple(float(q) for q in np.unique(observed)))


POLARITY: Final = Scale("polarity", "polarity", (-1.0, 0.0, 1.0), -1.0, 1.0)
"""Supports 1, opposes -1; 0 is explicit abstention."""
