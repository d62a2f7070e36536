"""How far two codings agree beyond chance: Cohen's kappa, Krippendorff's alpha, and alpha-U of where units lie.

Sources: Cohen, Educational and Psychological Measurement 20 (1960) 37; Cohen, Psychological Bulletin 70 (1968) 213
(disagreements weighted); Krippendorff, Computing Krippendorff's Alpha-Reliability (2011); Krippendorff, Sociological
Methodology 25 (1995) 47, and Content Analysis, 2nd ed. (2004) 253-254 (alpha-U); Passonneau, LREC 2006 (MASI).
"""

from __future__ import annotations

import itertools
import math
import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from stancegraph import input as input_
from stancegraph.curate.codings import LARGEST, Unit, sections
from stancegraph.dates import joined
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import parser

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import TypeAlias

    from numpy.typing import NDArray

    from stancegraph.curate.codings import Comparison, Section

    Floats: TypeAlias = NDArray[np.float64]

Value = TypeVar("Value")
DRAWS: Final = 2000
"""Bootstrap samples; fewer of more than `DRAWN` / `DRAWS` units, down to a tenth."""
DRAWN: Final = 4_000_000
"""Units drawn, over all samples."""
CELLS: Final = 20_000_000
"""Cells (pairs by values by values) that the library for alpha may fill in memory."""
SEED: Final = 1960
MEASURES: Final = ("speaker", "act", "polarity", "target", "basis")
"""What a summary has kappa and alpha of."""
PART: Final = 0.95
"""The share of the bootstrap samples that an interval holds."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient over `n` pairs of labels (or units), -1..1, with its 95 % interval; None where there is nothing.

    It is 1 where nothing differs, though there be no variation that chance could disagree on.
    """

    n: int
    value: float | None
    low: float | None
    high: float | None


def masi(a: frozenset[str], b: frozenset[str]) -> float:
    """The distance of two sets, 0..1: Jaccard's, heavier where neither holds the other (Passonneau 2006).

    >>> [round(masi(frozenset("ab"), frozenset(other)), 2) for other in ("ab", "abc", "bc", "cd")]
    [0.0, 0.56, 0.89, 1.0]
    """
    if a == b:
        return 0.0
    monotonicity = 2 / 3 if a <= b or b <= a else 1 / 3 if a & b else 0.0
    return 1 - monotonicity * len(a & b) / len(a | b)


def share(hits: int, n: int) -> Coefficient:
    """A share with its 95 % interval (Wilson 1927)."""
    if not n:
        return Coefficient(0, None, None, None)
    z, p = 1.959964, hits / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return Coefficient(n, p, (middle - half) / whole, (middle + half) / whole)


class Labels:
    """Pairs of values by which two coders labelled the same units; `units` has the pairs of one unit together.

    Samples are of whole units, as pairs of one unit hang together. `distance` of two values is 0..1; without it any two
    that differ are 1 apart.
    """

    def __init__(
        self,
        units: Sequence[Sequence[tuple[Value, Value]]],
        distance: Callable[[Value, Value], float] | None = None,
    ) -> None:
        self._units = [unit for unit in units if unit]
        pairs = [pair for unit in self._units for pair in unit]
        values = list(dict.fromkeys(value for pair in pairs for value in pair))
        place = {value: position for position, value in enumerate(values)}
        self._of = np.array([i for i, unit in enumerate(self._units) for _ in unit], dtype=int)
        self._first, self._second = (
            np.array([place[pair[side]] for pair in pairs], dtype=int) for side in (0, 1)
        )
        self._distances = 1 - np.eye(len(values))
        if distance is not None:
            for i, a in enumerate(values):
                self._distances[i, :i] = self._distances[:i, i] = [distance(a, b) for b in values[:i]]
        self.n = len(pairs)

    def kappa(self) -> Coefficient:
        """Cohen's kappa; weighted by the distance where that is not nominal."""
        return self._coefficient(self._kappas)

    def alpha(self) -> Coefficient:
        """Krippendorff's alpha, nominal or by the distance of the values."""
        found = self._coefficient(self._alphas)
        return Coefficient(self.n, self._alpha() if self.n else None, found.low, found.high)

    def _alpha(self) -> float:
        import krippendorff

        if not self._distances[self._first, self._second].any():
            return 1.0
        if self.n * len(self._distances) ** 2 > CELLS:
            return float(self._alphas(np.ones((1, len(self._units))))[0])
        counts = np.zeros((self.n, len(self._distances)), dtype=int)
        np.add.at(counts, (np.arange(self.n), self._first), 1)
        np.add.at(counts, (np.arange(self.n), self._second), 1)
        distances = self._distances

        def metric(*_: object, i1: NDArray[np.int_], i2: NDArray[np.int_], **__: object) -> Floats:
            return np.asarray(distances[i1, i2])

        return float(krippendorff.alpha(value_counts=counts, level_of_measurement=metric))

    def _coefficient(self, statistic: Callable[[Floats], Floats]) -> Coefficient:
        if not self.n:
            return Coefficient(0, None, None, None)
        size = len(self._units)
        low, high = _interval(statistic(_samples(size)))
        return Coefficient(self.n, float(statistic(np.ones((1, size)))[0]), low, high)

    def _kappas(self, times: Floats) -> Floats:
        """Kappa of each sample, `times` telling how often it has each unit."""
        weights = times[:, self._of]
        n = weights.sum(axis=1)
        first, second = self._marginals(weights)
        chance = np.einsum("dk,kl,dl->d", first, self._distances, second, optimize=True) / n**2
        return _beyond(self._observed(weights) / n, chance)

    def _alphas(self, times: Floats) -> Floats:
        weights = times[:, self._of]
        n = weights.sum(axis=1)
        both = np.add(*self._marginals(weights))
        chance = np.einsum("dk,kl,dl->d", both, self._distances, both, optimize=True)
        return _beyond(self._observed(weights) / n, chance / (2 * n * (2 * n - 1)))

    def _observed(self, weights: Floats) -> Floats:
        return np.asarray(weights @ self._distances[self._first, self._second])

    def _marginals(self, weights: Floats) -> tuple[Floats, Floats]:
        """How often each coder gave each value, by sample."""
        each = np.eye(len(self._distances))
        return np.asarray(weights @ each[self._first]), np.asarray(weights @ each[self._second])


@lru_cache(maxsize=4)
def _samples(size: int) -> Floats:
    """How often each of `size` units is in each bootstrap sample, drawn with replacement."""
    draw = random.Random(SEED)
    draws = max(DRAWS // 10, min(DRAWS, DRAWN // size))
    return np.array(
        [np.bincount(draw.choices(range(size), k=size), minlength=size) for _ in range(draws)], float
    )


def _beyond(observed: Floats, chance: Floats) -> Floats:
    """1 less the observed disagreement as a part of that by chance; 1 where chance leaves none."""
    part = np.divide(observed, chance, out=np.zeros_like(observed), where=chance > 0)
    return np.asarray(1 - part)


def _interval(draws: Floats) -> tuple[float, float]:
    """The interval of percentiles that holds `PART` of the samples."""
    ordered = np.sort(draws)
    outside = round(len(ordered) * (1 - PART) / 2)
    return float(ordered[outside - 1]), float(ordered[len(ordered) - outside - 1])


def alpha_u(first: Sequence[Section], second: Sequence[Section], length: int) -> float | None:
    """Krippendorff's alpha-U of two coders' sections, one category, of a text of `length` code points.

    Each coder's sections must not overlap (`sections` sees to it). None where neither marked anything.
    """
    coders = (sorted(first), sorted(second))
    lengths = [end - start for coder in coders for start, end in coder]
    if not lengths:
        return None
    gaps = sorted(g for coder in coders for g in _gaps(coder, length))
    longer = [0, *itertools.accumulate(reversed(gaps))]  # the sums of the longest gaps
    total = 2 * length
    expected = 0.0
    for size in lengths:
        crossing = (len(lengths) - 1) / 3 * (2 * size**3 - 3 * size**2 + size)
        wide = len(gaps) - bisect_left(gaps, size)
        expected += crossing + size**2 * (longer[wide] - wide * (size - 1))
    expected *= 2 / length / (total * (total - 1) - sum(size * (size - 1) for size in lengths))
    observed = _unlike(*coders) / length**2
    return 1.0 if not observed else 1 - observed / expected


def _gaps(sections: Sequence[Section], length: int) -> list[int]:
    """The lengths of what lies between sections, before and after them."""
    ends = [0, *(end for _, end in sections)]
    starts = [*(start for start, _ in sections), length]
    return [start - end for start, end in zip(starts, ends, strict=True) if start > end]


def _unlike(first: Sequence[Section], second: Sequence[Section]) -> int:
    """The squared differences of sections that overlap, and the squared lengths of those that meet none."""
    total, met, begin = 0, set(), 0
    for a in first:
        alone = True
        while begin < len(second) and second[begin][1] <= a[0]:
            begin += 1
        for b in second[begin:]:
            if b[0] >= a[1]:
                break
            total += (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
            met.add(b)
            alone = False
        total += (a[1] - a[0]) ** 2 * alone
    return total + sum((b[1] - b[0]) ** 2 for b in second if b not in met)


def unitising(compared: Comparison, lengths: Mapping[str, int]) -> Coefficient:
    """alpha-U of where the two coders found anything, with its interval; the documents laid one after another.

    Sampled are the stretches of the text between which no section of either lies; `n` is their number. Sections of one
    coder are cut where they overlap. `lengths` of documents are in code points, where they are known.
    """
    at, marked = 0, ([], [])  # type: tuple[int, tuple[list[Section], list[Section]]]
    for document in sorted({unit.document for unit in (*compared.first, *compared.second)}):
        last = 0
        for coder, units in zip(marked, (compared.first, compared.second), strict=True):
            for start, end in (p for unit in units if unit.document == document for p in unit.passages):
                coder.append((at + start, at + end))
                last = max(last, end)
        at += max(lengths.get(document, 0), last)
    one, other = map(sections, marked)
    value = alpha_u(one, other, at)
    if value is None:
        return Coefficient(0, None, None, None)
    stretches = _stretches(one, other, at)
    draw, found = random.Random(SEED), []
    for _ in range(max(DRAWS // 20, min(DRAWS // 4, DRAWN // 40 // len(stretches)))):
        at, mine, theirs = 0, [], []
        for start, end, a, b in draw.choices(stretches, k=len(stretches)):
            mine += [(s - start + at, e - start + at) for s, e in a]
            theirs += [(s - start + at, e - start + at) for s, e in b]
            at += end - start
        if (drawn := alpha_u(mine, theirs, at)) is not None:
            found.append(drawn)
    return Coefficient(len(stretches), value, *_interval(np.array(found)))


def _stretches(
    first: Sequence[Section], second: Sequence[Section], length: int
) -> list[tuple[int, int, list[Section], list[Section]]]:
    """The text cut at the middle of every gap that both coders leave: start, end, and the sections of each."""
    groups = joined(sorted([*first, *second]), -1)  # ends are exclusive: those that overlap
    cuts = [0, *((a[1] + b[0]) // 2 for a, b in itertools.pairwise(groups)), length]
    return [
        (start, end, *([s for s in coder if start <= s[0] < end] for coder in (first, second)))  # type: ignore[misc]
        for start, end in itertools.pairwise(cuts)
    ]


def labels_of(compared: Comparison) -> dict[str, Labels]:
    """Name of a measure → the pairs of labels it is taken from.

    Of speakers (all of a unit together), acts and bases of matched units; of the targets of a unit as sets, at
    MASI's distance, where either coded one; of polarity and of the basis of each target that both coded.
    """
    pairs = compared.pairs
    sets = [(frozenset(a.stances), frozenset(b.stances)) for a, b in pairs if a.stances or b.stances]

    def of_units(label: Callable[[Unit], object]) -> Labels:
        return Labels([[(label(a), label(b))] for a, b in pairs])

    def of_targets(label: Callable[[Unit, str], object]) -> Labels:
        common = [(a, b, sorted(a.stances.keys() & b.stances.keys())) for a, b in pairs]
        return Labels([[(label(a, t), label(b, t)) for t in targets] for a, b, targets in common])

    return {
        "speaker": of_units(lambda unit: unit.speaker),
        "act": of_units(lambda unit: unit.act),
        "polarity": of_targets(lambda unit, target: unit.stances[target]),
        "target": Labels([[pair] for pair in sets], masi),
        "basis": of_units(lambda unit: unit.basis),
        "basis of each target": of_targets(Unit.rests_on),
    }


def summary(compared: Comparison) -> dict[str, object]:
    """The whole comparison as one object: `low` and `high` are the 95 % interval of kappa."""
    found: dict[str, object] = {
        "units_a": len(compared.first),
        "units_b": len(compared.second),
        "both": len(compared.pairs),
        "share": _shared(compared).value,
    }
    labels = labels_of(compared)
    for name in MEASURES:
        kappa, alpha = labels[name].kappa(), labels[name].alpha()
        values = {"n": kappa.n, "kappa": kappa.value, "alpha": alpha.value}
        found[name] = values | {"low": kappa.low, "high": kappa.high}
    return {**found, "differences": [difference.row() for difference in compared.differences]}


def measures(compared: Comparison, lengths: Mapping[str, int]) -> list[dict[str, object]]:
    """One row for each coefficient: `what` it is of, its name, `n`, `value`, `low` and `high` (95 %)."""
    target = [(a.stances.keys(), b.stances.keys()) for a, b in compared.pairs if a.stances or b.stances]
    speakers = sum(a.speaker == b.speaker for a, b in compared.pairs)
    rows = [
        ("units", "found by both, of all found", _shared(compared)),
        ("units", "alpha-U of where they lie", unitising(compared, lengths)),
        ("speaker", "share the same", share(speakers, len(compared.pairs))),
        ("target", "share with one in common", share(sum(bool(a & b) for a, b in target), len(target))),
        ("target", "share the same", share(sum(a == b for a, b in target), len(target))),
    ]
    labelled = labels_of(compared)
    for what, labels in labelled.items():
        by = " by MASI" if what == "target" else ""
        rows += [(what, f"kappa{by}", labels.kappa()), (what, f"alpha{by}", labels.alpha())]
    order = ("units", *labelled)
    rows.sort(key=lambda row: order.index(row[0]))
    return [{"what": what, "coefficient": name, **asdict(found)} for what, name, found in rows]


def _shared(compared: Comparison) -> Coefficient:
    """Units that both found, of all that either found."""
    both = len(compared.pairs)
    return share(both, len(compared.first) + len(compared.second) - both)


def disagreement(file: Path) -> tuple[float, str]:
    """The share of the stances both coders coded in which they differ, of a `summary` in JSON, and that in words.

    Raises StanceError for another file, UsageError where the two have coded no target in common.
    """
    try:
        found = parser.decode(input_.read(file, LARGEST).decode())
        number = int(found["polarity"]["n"])
        turned = sum(
            _turned(row["first"], row["second"]) for row in found["differences"] if row["what"] == "stances"
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise StanceError(
            f"{file} is no comparison of two codings ({type(error).__name__}): "
            "give what `stancegraph agreement A B --format json -o FILE` writes"
        ) from None
    if number < 1 or turned > number:
        raise UsageError(
            f"{file}: the two coders have no target in common: nothing says how often they differ"
        )
    told = f"of {number} stances that both coders coded they differ in {turned}: --disagreement {turned / number:.4g}"
    return turned / number, told


def _turned(first: Sequence[str], second: Sequence[str]) -> int:
    """How many targets two lists of stances have with another sign."""
    signs = [dict(each.split(" ", 1)[::-1] for each in side) for side in (first, second)]
    return sum(signs[0][target] != signs[1][target] for target in signs[0].keys() & signs[1].keys())
