"""Two dated statements of one actor on one target, at different levels: who has changed position.

A change is between the last statement at one level and the first at another. Statements of one and the same day (or
interval) that contradict each other are no change. Where the days possible for the two overlap, one is taken to be
before the other if neither its first nor its last day is later; where one interval lies within the other nothing is
listed. Of the same two runs of statements those are given that surely are in this order, if there are any.

What an actor says and what others say of it are never compared. Where nobody speaks of a target on two days, because
each is voted on once, a change is from one target to the next: who votes otherwise than before.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, product
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

from stancegraph import statements
from stancegraph.change.positions import are_votes, ascribed_positions, own_positions
from stancegraph.network.periods import event_day
from stancegraph.output import note_on
from stancegraph.records import Rows
from stancegraph.statements.filters import FilterOptions, Filters
from stancegraph.table import selection as flat
from stancegraph.vocabulary import STANCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stancegraph.change.positions import Position, Series
    from stancegraph.records import Statement
    from stancegraph.store import Store

    Pair = tuple[Position, Position]


class Shift(TypedDict):
    """A change of position: the stance in words, day, words, basis, statement (IRI) and documents before and after.

    `change` is "reversal" (for and against), "takes a side" (after neutral) or "leaves a side"; days are ISO, or
    earliest/latest; `quotes` are verbatim, perhaps none, `gist` the coder's words; `certain` is whether every day
    possible for the words before is earlier than those for the words after; `ascribed_by` who says so, None where
    it is the actor's own words.
    """

    actor: str
    iri: str
    target: str
    target_iri: str
    change: str
    before: str
    day_before: str
    quotes_before: list[str]
    gist_before: str
    basis_before: str
    statement_before: str
    document_before: list[str]
    after: str
    day_after: str
    quotes_after: list[str]
    gist_after: str
    basis_after: str
    statement_after: str
    document_after: list[str]
    certain: bool
    ascribed_by: str | None


def shifts(
    store: Store,
    actor: str | Sequence[str] | None = None,
    /,
    *,
    event: str | None = None,
    **options: Unpack[FilterOptions],
) -> Rows[Shift]:
    """Who changed position, one row for each change: actor, target, and the words before and after.

    What actors have said themselves comes first (`ascribed_by` None), then what others have said of them. With
    `event` (a name, or a day) only changes across its first day: before it, and on or after it. `notes` counts
    the stances set aside because they may be of either side, or of any day. Takes the filters of
    `statements.said`; those on actor and target are, of a position ascribed, on its holder and its target.

    Raises UnknownName where a name is not one thing's, UsageError for a wrong day.

    >>> from stancegraph import store
    >>> [(row["actor"], row["change"], row["certain"]) for row in shifts(store.open())]
    [('Iraq', 'reversal', False)]
    """
    if actor is not None:
        options["actor"] = actor
    chosen = Filters.of(store, options)
    day = event_day(store, event)[1].toordinal() if event is not None else None
    table = flat.select(chosen)
    undated = aside = 0
    pairs: dict[Pair, None] = {}
    all_series = [*own_positions(table), *ascribed_positions(store, chosen)]
    votes = not all_series and are_votes(flat.select(Filters.of(store, {})))
    for series in own_positions(table, votes=True) if votes else all_series:
        dated = [position for position in series if position.dated]
        kept = dated if day is None else [p for p in dated if p.latest < day or p.earliest >= day]
        undated, aside = undated + len(series) - len(dated), aside + len(dated) - len(kept)
        pairs |= dict.fromkeys(_changes_in(kept, day))
    found = statements.by_iri(store, {position.statement for pair in pairs for position in pair})
    rows = [_row(*pair, found) for pair in sorted(pairs, key=partial(_order, by_day=votes))]
    notes = (
        note_on(undated, "stance", "left out: no day is known"),
        note_on(aside, "stance", "left out: the day may be before the event or after"),
        "each target is voted on once: changes are from one to the next" if votes else "",
    )
    return Rows(rows, notes=(*table.notes, *notes))


def _changes_in(series: Series, day: int | None) -> Iterator[Pair]:
    """The changes in a series, or those across one day."""
    onwards, back = _Sequence.of(series, 1), _Sequence.of(series[::-1], -1)
    for pair in _pairs(onwards):
        if day is not None and pair[0].latest < day <= pair[1].earliest:
            yield pair
        elif day is None:
            runs = product(onwards.run(pair[0]), back.run(pair[1])) if not _sure(pair) else ()
            yield min(filter(_sure, runs), key=lambda both: both[1].latest - both[0].earliest, default=pair)


def _order(pair: Pair, *, by_day: bool) -> tuple[Any, ...]:
    before, after = pair
    by = after.ascribed_by or ()
    ends = (before.earliest, before.latest, after.earliest, after.latest, before.level, after.level)
    target = () if by_day else after.target
    return (by != (), after.holder.label, after.holder.iri, target, by, *ends)


def _row(before: Position, after: Position, found: dict[str, Statement]) -> Shift:
    change = "reversal"
    if 0 in {before.level, after.level}:
        change = "leaves a side" if after.level == 0 else "takes a side"
    row = {
        "actor": after.holder.label,
        "iri": after.holder.iri,
        "target": _target(before, after),
        "target_iri": after.target.iri,
        "change": change,
        **_side("before", before, found[before.statement]),
        **_side("after", after, found[after.statement]),
        "certain": before.surely_before(after),
        "ascribed_by": after.ascribed_by.label if after.ascribed_by else None,
    }
    return cast("Shift", row)  # the names of what is before and after are made of them


def _target(before: Position, after: Position) -> str:
    labels = dict.fromkeys((before.target.label, after.target.label))
    return ", then ".join(labels)


def _side(when: str, position: Position, statement: Statement) -> dict[str, object]:
    held = (position.target, position.level)
    own = next((t for t in statement.targets if t[:2] == held and position.ascribed_by is None), None)
    titles = {report.document.iri: report.document.title for report in statement.reports}
    return {
        when: own.word if own else STANCES[position.level],
        f"day_{when}": position.day,
        f"quotes_{when}": list(statement.quotes),
        f"gist_{when}": statement.gist,
        f"basis_{when}": (own or statement).basis,
        f"statement_{when}": statement.iri,
        f"document_{when}": list(
            dict.fromkeys(titles[iri] for iri in (own.documents if own else titles) if iri in titles)
        ),
    }


@dataclass(frozen=True, slots=True)
class _Interval:
    """What was said on one day, or in one interval: level → the positions, in the order of their series."""

    ends: tuple[int, int]
    levels: dict[int, Series]


@dataclass(frozen=True, slots=True)
class _Sequence:
    """The intervals of a series in the order of days (`sign` 1), or of a series turned round against it (-1).

    One is before another where neither of its ends is later, and one is earlier. `furthest` is the last end of any
    interval up to each: what lies that far back on a walk is behind everything still to come.
    """

    sign: int
    intervals: list[_Interval]
    furthest: list[int]

    @classmethod
    def of(cls, series: Series, sign: int) -> _Sequence:
        """The sequence of the positions given."""
        found: dict[tuple[int, int], dict[int, Series]] = {}
        for position in series:
            levels = found.setdefault((sign * position.earliest, sign * position.latest), {})
            levels.setdefault(position.level, []).append(position)
        ordered = sorted(found)
        furthest = list(accumulate((last for _, last in ordered), max))
        return cls(sign, [_Interval(ends, found[ends]) for ends in ordered], furthest)

    def just_before(self, at: int) -> Iterator[_Interval]:
        """The intervals before the one at `at` with none between, the one that ends last at the end."""
        reached: int | None = None
        for place in range(at - 1, -1, -1):
            if reached is not None and self.furthest[place] <= reached:
                return
            last = self.intervals[place].ends[1]
            if last <= self.intervals[at].ends[1] and (reached is None or last > reached):
                reached = last
                yield self.intervals[place]

    def run(self, end: Position) -> Iterator[Position]:
        """Positions of one level before `end`, and itself, with no other level between."""
        mine = (self.sign * end.earliest, self.sign * end.latest)
        broken: int | None = None
        for place in range(bisect_right(self.intervals, mine, key=lambda o: o.ends) - 1, -1, -1):
            if broken is not None and self.furthest[place] <= broken:
                return
            (_, last), levels = self.intervals[place].ends, self.intervals[place].levels
            if last > mine[1]:
                continue
            if levels.keys() - {end.level}:
                broken = last if broken is None else max(broken, last)
            if end.level in levels and (broken is None or last > broken):
                yield levels[end.level][-1]


def _pairs(sequence: _Sequence) -> Iterable[Pair]:
    """The changes: two positions of different level, the one before the other, none between."""
    changes: dict[tuple[Position, int], Pair] = {}
    for at, after in enumerate(sequence.intervals):
        nearest: dict[tuple[int, int], Pair] = {}
        for before in sequence.just_before(at):
            for old, new in product(before.levels, after.levels.keys() - before.levels.keys()):
                _keep(nearest, (old, new), (before.levels[old][-1], after.levels[new][0]))
        for pair in nearest.values():
            _keep(changes, (pair[0], pair[1].level), pair)
    return changes.values()


def _keep(pairs: dict[Any, Pair], key: Any, pair: Pair) -> None:
    """Of pairs that tell one change (an interval can lie within another) keep the first that is sure, or the first."""
    if key not in pairs or _sure(pair) > _sure(pairs[key]):
        pairs[key] = pair


def _sure(pair: Pair) -> bool:
    return pair[0].surely_before(pair[1])
