"""Two dated statements of one actor on one target, at different levels: who has changed position.

A change is between the last statement at one level and the first at another. Statements of one and the same day (or
interval) that contradict each other are no change. Where the days possible for the two overlap, one is taken to be
before the other if neither its first nor its last day is later; where one interval lies within the other nothing is
listed. Of the same two runs of statements those are given that surely are in this order, if there are any.

A series is what one actor has said on one target, or what one other has said of it; the two are never compared.
Where nobody speaks of a target on two days, because each is voted on once, a change is from one target to the next:
who votes otherwise than before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import accumulate, product
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack, cast

import numpy as np

from stancegraph import statements
from stancegraph.dates import BEGINNING, EARLIEST, END, LATEST, span
from stancegraph.network.temporal import event_day
from stancegraph.output import note_on
from stancegraph.records import Named, Rows
from stancegraph.statements import reader
from stancegraph.statements.filters import FilterOptions, Filters
from stancegraph.table import selection as flat
from stancegraph.vocabulary import STANCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stancegraph.records import Statement
    from stancegraph.store import Store, Term
    from stancegraph.table import Table

    Series = list["Position"]
    Pair = tuple["Position", "Position"]

ASCRIBED: Final = """SELECT DISTINCT ?s ?position ?holder ?target ?sign ?on ?from ?to WHERE {
    ?s stance:ascribes ?position . ?position stance:holder ?holder ; ?edge ?target .
    ?edge stance:polarity ?sign .
    OPTIONAL { ?position stance:saidOn ?on } OPTIONAL { ?position stance:saidNotBefore ?from }
    OPTIONAL { ?position stance:saidNotAfter ?to } }"""
VOTERS: Final = 3
"""The fewest actors that vote on something."""
NAMED: Final = "?s stance:ascribes ?position . ?position ?says ?x"


@dataclass(frozen=True, slots=True)
class Position:
    """One actor at one level on one target; days are `date.toordinal()`, the first and the last possible.

    `ascribed_by` is who says so, None where the actor does.
    """

    holder: Named
    target: Named
    level: int
    earliest: int
    latest: int
    statement: str
    ascribed_by: Named | None = None

    @property
    def dated(self) -> bool:
        """Whether anything is known of the day."""
        return self.earliest > EARLIEST or self.latest < LATEST

    @property
    def day(self) -> str:
        """ISO day, or `earliest/latest`, an open end as ".."."""
        return span(*(date.fromordinal(day).isoformat() for day in (self.earliest, self.latest)))

    def surely_before(self, other: Position) -> bool:
        """Whether every day possible is before every day possible for the other."""
        return self.latest < other.earliest


def own_positions(table: Table, *, votes: bool = False) -> list[Series]:
    """The series of a flat table that have more than one level, each oldest first; of `votes`, over all targets."""
    if not len(table):
        return []
    key = table.actor.codes.astype(np.int64)
    if not votes:
        key = key * len(table.target.values) + table.target.codes
    _, series = np.unique(key, return_inverse=True)
    low, high = (np.full(int(series.max()) + 1, fill) for fill in (np.inf, -np.inf))
    np.minimum.at(low, series, table.level)
    np.maximum.at(high, series, table.level)
    changing = high > low
    found: dict[int, Series] = defaultdict(list)
    for row in np.flatnonzero(changing[series]).tolist():
        found[int(series[row])].append(
            Position(
                holder=table.actor.values[table.actor.codes[row]],
                target=table.target.values[table.target.codes[row]],
                level=int(table.level[row]),
                earliest=int(table.earliest[row]),
                latest=int(table.latest[row]),
                statement=table.statement.values[table.statement.codes[row]],
            )
        )
    return list(found.values())


def are_votes(table: Table) -> bool:
    """Whether all targets are such that one votes on once: several, each of one day, the same for all who voted."""
    if not len(table):
        return False
    target, actor = table.target.codes, table.actor.codes.astype(np.int64)
    days = np.full(len(table.target.values), -1, dtype=np.int64)
    days[target] = table.earliest
    of_one_day = (table.earliest == table.latest).all() and (days[target] == table.earliest).all()
    pairs = np.unique(actor * len(days) + target) % len(days)
    _, voters = np.unique(pairs, return_counts=True)
    return bool(of_one_day and len(voters) > 1 and voters.min() >= VOTERS)


def ascribed_positions(store: Store, chosen: Filters) -> list[Series]:
    """The series of what one actor has said another holds, each oldest first.

    Filters on speaker and target are on the holder and the position ascribed, all others (but `min_count`) on
    the statement that ascribes it. A position is of the day of that statement, unless it is dated itself.
    """
    rows = store.select(ASCRIBED)
    if not rows:
        return []
    passing = chosen.on_statements.statements()
    iris = {row["s"].value for row in rows}
    found = statements.by_iri(store, iris if passing is None else iris.intersection(passing))
    passes = chosen.row_test().passes
    label = reader.labels(store, NAMED)
    series: dict[tuple[str, str, str], Series] = defaultdict(list)
    for row in rows:
        if row["s"].value not in found:
            continue
        statement = found[row["s"].value]
        holder, target = (Named(row[end].value, label[row[end].value]) for end in ("holder", "target"))
        left_out = "the position it ascribes is left out"
        sign = reader.polarity(store, statement.iri, row["sign"].value, instead=left_out)
        if sign is not None and passes(holder, target, sign):
            try:
                first, last = _days(row, statement)
            except ValueError as error:
                store.left_out[f"{statement.iri}: {error}: {left_out}"] = None
                continue
            for by in statement.organisations if chosen.organisation else statement.speakers:
                position = Position(holder, target, sign, first, last, statement.iri, by)
                series[by.iri, holder.iri, target.iri].append(position)
    return [sorted(one, key=lambda p: (p.earliest, p.latest, p.statement)) for one in series.values()]


def _days(row: Mapping[str, Term], statement: Statement) -> tuple[int, int]:
    """First and last possible day of a position ascribed; raises ValueError where one is none of the calendar."""
    on, first, last = (row[name].value if name in row else None for name in ("on", "from", "to"))
    ends = (on or first or BEGINNING, on or last or END)
    if not (on or first or last):
        ends = (statement.earliest, statement.latest)
    try:
        earliest, latest = (date.fromisoformat(end[:10]).toordinal() for end in ends)
    except ValueError:
        raise ValueError(f"'{ends[0][:20]}' or '{ends[1][:20]}' is not a day") from None
    return earliest, latest


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
        "target": ", then ".join(dict.fromkeys((before.target.label, after.target.label))),
        "target_iri": after.target.iri,
        "change": change,
        **_side("before", before, found[before.statement]),
        **_side("after", after, found[after.statement]),
        "certain": before.surely_before(after),
        "ascribed_by": after.ascribed_by.label if after.ascribed_by else None,
    }
    return cast("Shift", row)  # the names of what is before and after are made of them


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
