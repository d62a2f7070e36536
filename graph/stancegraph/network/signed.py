"""Any graph read as a signed network: the weights of parallel ties added up, self-ties and sums of 0 left out."""

from __future__ import annotations

import reprlib
from collections.abc import Hashable
from math import fsum, isfinite
from numbers import Real
from typing import Any, Final

import networkx as nx

from stancegraph.errors import UsageError

NOISE: Final = 1e-12  # share of the weights: what rounding leaves of 0.1 + 0.2 - 0.3 is no tie

Pair = tuple[Hashable, Hashable]


def added(graph: nx.Graph[Any], *, directed: bool = False) -> dict[Pair, float]:
    """Every pair of nodes with a tie → its weight: parallel ties added, self-ties and sums of 0 left out.

    Both directions are one pair, named as it is first met, unless `directed`. What rounding leaves of weights
    that cancel out counts as 0. Raises UsageError, naming the tie, where `weight` is not a finite number.

    >>> added(nx.MultiDiGraph([("a", "b", {"weight": 2}), ("b", "a", {"weight": -0.5})]))
    {('a', 'b'): 1.5}
    """
    found: dict[Pair, list[float]] = {}
    for a, b, tie in graph.edges(data=True):
        value = finite(tie.get("weight"))
        if value is None:
            said = _said(tie.get("weight"))
            raise UsageError(f"the tie {a} - {b} has {said} for its weight: give it a finite number")
        if a != b:
            pair = (b, a) if not directed and (b, a) in found else (a, b)
            found.setdefault(pair, []).append(value)
    sums = {pair: summed(weights, f"the tie {pair[0]} - {pair[1]}") for pair, weights in found.items()}
    if sum(map(abs, sums.values())) > 1e300:
        raise UsageError("the weights add up to more than can be counted: divide them all by one number")
    return {pair: weight for pair, weight in sums.items() if weight}


def finite(value: object) -> float | None:
    """`value` as a number; None where it is none, not finite, or a truth value.

    >>> finite(2), finite(float("nan")), finite(10**400), finite("2"), finite(True)
    (2.0, None, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _said(value: object) -> str:
    # Python refuses to spell integers of more than 4,300 digits.
    return "nothing" if value is None else "too large a number" if type(value) is int else reprlib.repr(value)


def summed(weights: list[float], name: str) -> float:
    """The sum of the weights of one tie, `name` in a message; what rounding leaves of weights that cancel out is 0."""
    try:
        total = fsum(weights)
        return total if abs(total) > NOISE * fsum(map(abs, weights)) else 0.0
    except OverflowError as error:
        raise UsageError(
            f"{name}: the weights add up to more than can be counted; divide them all by one number"
        ) from error
