"""Who held which position when: what actors have said themselves, and what others have said they hold.

A series is what one actor has said on one target, or what one other has said of it; the two are never mixed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph import statements
from stancegraph.dates import BEGINNING, EARLIEST, END, LATEST, span
from stancegraph.records import Named
from stancegraph.statements import reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stancegraph.records import Statement
    from stancegraph.statements.filters import Filters
    from stancegraph.store import Store, Term
    from stancegraph.table import Table

    Series = list["Position"]

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
    found = statements.by_iri(store, _ascribing(chosen, {row["s"].value for row in rows}))
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


def _ascribing(chosen: Filters, iris: set[str]) -> set[str]:
    """Of the statements that ascribe something, those the filters on statements let pass."""
    passing = chosen.on_statements.statements()
    return iris if passing is None else iris.intersection(passing)


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
