"""Who stands where: on each target who is for, who is against, who leaves it open, and whether that is a dispute.

A target is disputed where, in one and the same period, one actor is for it and another against: who said of the
rebels in one war what somebody denies of the army in the next does not contradict them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stancegraph.network.periods import overlaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Span = tuple[int, int]


class Taken(NamedTuple):
    """One stance: of an actor on a target (each by number), its sign, its first and last possible day (None: open).

    `said` where the words themselves say it, rather than the coder's inference or the author's attribution.
    """

    actor: int
    target: int
    sign: int
    earliest: int | None
    latest: int | None
    said: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """An actor on one side, with the numbers of its stances there; `said` where the words of one of them say so."""

    actor: int
    stances: tuple[int, ...]
    said: bool


@dataclass(frozen=True, slots=True)
class Sides:
    """The actors on each side of a target; `periods` has, for each period spoken in, how many are against and for."""

    target: int
    against: tuple[Stand, ...]
    supporting: tuple[Stand, ...]
    open: tuple[Stand, ...]
    periods: tuple[tuple[int, int, int], ...]
    disputed: bool

    @property
    def evenness(self) -> tuple[float, int]:
        """The smaller side's share of the larger, 0..1, and how many stand on either: rows are sorted by these."""
        sizes = sorted((len(self.against), len(self.supporting)))
        return (sizes[0] / sizes[1] if sizes[1] else 0.0, sum(sizes))


def arrange(stances: Sequence[Taken], spans: Sequence[Span], labels: Sequence[str]) -> list[Sides]:
    """The sides of every target spoken of: the most even split first, then the larger; `labels` of actors, targets.

    `spans` are the first and last day of each period; a stance is of each that its days may fall into. Without
    periods all stances are of one.

    >>> yes, no = Taken(0, 2, 1, 5, 5, True), Taken(1, 2, -1, 9, 9, True)
    >>> [row.disputed for spans in ([(1, 9)], [(1, 5), (6, 9)]) for row in arrange([yes, no], spans, "abc")]
    [True, False]
    """
    behind: dict[int, list[int]] = defaultdict(list)
    for number, stance in enumerate(stances):
        behind[stance.target].append(number)
    rows = [_sides(target, own, stances, spans, labels) for target, own in behind.items()]

    def order(row: Sides) -> tuple[float, int, str, int]:
        share, size = row.evenness
        return (-share, -size, labels[row.target], row.target)

    return sorted(rows, key=order)


def _sides(
    target: int, own: Iterable[int], stances: Sequence[Taken], spans: Sequence[Span], labels: Sequence[str]
) -> Sides:
    held: dict[int, dict[int, list[int]]] = {
        -1: defaultdict(list),
        1: defaultdict(list),
        0: defaultdict(list),
    }
    met: dict[int, dict[int, set[int]]] = defaultdict(lambda: {-1: set(), 1: set(), 0: set()})
    for number in own:
        stance = stances[number]
        held[stance.sign][stance.actor].append(number)
        within = [i for i, span in enumerate(spans) if overlaps(stance.earliest, stance.latest, span)]
        for period in within if spans else [0]:
            met[period][stance.sign].add(stance.actor)
    against, supporting, left_open = (_stand(held[sign], stances, labels) for sign in (-1, 1, 0))
    return Sides(
        target,
        against,
        supporting,
        left_open,
        tuple((period, len(met[period][-1]), len(met[period][1])) for period in sorted(met)),
        any(_contradict(each[-1], each[1]) for each in met.values()),
    )


def _contradict(against: set[int], supporting: set[int]) -> bool:
    """Whether two actors are on different sides: one alone on both contradicts nobody."""
    return bool(against and supporting) and len(against | supporting) > 1


def _stand(held: dict[int, list[int]], stances: Sequence[Taken], labels: Sequence[str]) -> tuple[Stand, ...]:
    """The actors of one side: those whose words say it first, then by name."""
    stands = [Stand(a, tuple(own), any(stances[i].said for i in own)) for a, own in held.items()]
    return tuple(
        sorted(stands, key=lambda stand: (not stand.said, labels[stand.actor].casefold(), stand.actor))
    )
