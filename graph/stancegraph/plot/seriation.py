"""The order of rows and columns in which who holds the same stands together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROUNDS: Final = 30


def ordered(
    groups: Sequence[Sequence[int]], columns: Sequence[int], weight: Mapping[tuple[int, int], float]
) -> tuple[list[list[int]], list[int]]:
    """Rows (each group in its place) and columns by reciprocal averaging (Hill 1973) of a signed matrix.

    A row or column goes to the mean place of what it is positive on, mirrored where it is negative, until nothing
    moves; what has the same mean keeps its order.

    >>> ordered([[0, 1, 2]], [0, 1], {(0, 0): 1, (1, 1): 1, (2, 0): 1})
    ([[0, 2, 1]], [0, 1])
    """
    rows = [list(group) for group in groups]
    across = list(columns)
    for _ in range(ROUNDS):
        before = [list(group) for group in rows], list(across)
        place = _places([row for group in rows for row in group])
        across = _by_mean(across, place, {(column, row): w for (row, column), w in weight.items()})
        place = _places(across)
        rows = [_by_mean(group, place, weight) for group in rows]
        if (rows, across) == before:
            break
    return rows, across


def _places(order: Sequence[int]) -> dict[int, float]:
    """Place of each, from -1 to 1."""
    return {one: (2 * i / (len(order) - 1) - 1) if len(order) > 1 else 0.0 for i, one in enumerate(order)}


def _by_mean(
    order: Sequence[int], place: Mapping[int, float], weight: Mapping[tuple[int, int], float]
) -> list[int]:
    total = dict.fromkeys(order, 0.0)
    mass = dict.fromkeys(order, 0.0)
    for (one, other), w in weight.items():
        if one in total and other in place:
            total[one] += w * place[other]
            mass[one] += abs(w)
    mean = {one: total[one] / mass[one] if mass[one] else 0.0 for one in order}
    return sorted(order, key=lambda one: round(mean[one], 9))
