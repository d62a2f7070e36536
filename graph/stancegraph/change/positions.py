"""Who held which position when: what actors have said themselves, and what others have said they hold.

A line is what one actor has said on one target, or what one other has said of it; the two are never mixed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph import statements
from stancegraph.dates import EARLIEST, LATEST
from stancegraph.errors import StanceError
from stancegraph.records import Named
from stancegraph.statements import reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stancegraph.records import Statement
    from stancegraph.statements.filters import Filters
    from stancegraph.store import Store, Term
    from stancegraph.table import Table

    Line = list["Position"]

ASCRIBED: Final = """SELECT DISTINCT ?s ?position ?holder ?target ?sign ?on ?from ?to WHERE {
    ?s stance:ascribes ?position . ?position stance:holder ?holder ; ?edge ?target .
    ?edge stance:polarity ?sign .
    OPTIONAL { ?position stance:saidOn ?on } OPTIONAL { ?position stance:saidNotBefore ?from }
    OPTIONAL { ?position stance:saidNotAfter ?to } }"""
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
        """ISO day, or `earliest/latest`."""
        first, last = (date.fromordinal(day).isoformat() for day in (self.earliest, self.latest))
        return first if first == last else f"{first}/{last}"

    def surely_before(self, other: Position) -> bool:
        """Whether every day possible is before every day possible for the other."""
        return self.latest < other.earliest


def own(table: Table) -> list[Line]:
    """The lines of a flat table that have more than one level, each oldest first."""
    if not len(table):
        return []
    key = table.actor.codes.astype(np.int64) * len(table.target.values) + table.target.codes
    _, line = np.unique(key, return_inverse=True)
    low, high = (np.full(int(line.max()) + 1, fill) for fill in (np.inf, -np.inf))
    np.minimum.at(low, line, table.level)
    np.maximum.at(high, line, table.level)
    changing = high > low
    found: dict[int, Line] = defaultdict(list)
    for row in np.flatnonzero(changing[line]).tolist():
        found[int(line[row])].append(
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


def ascribed(store: Store, chosen: Filters) -> list[Line]:
    """The lines of what one actor has said another holds, each oldest first.

    Filters on speaker and target are on the holder and the position ascribed, all others (but `min_count`) on
    the statement that ascribes it. A position is of the day of that statement, unless it is dated itself.
    """
    rows = store.select(ASCRIBED)
    if not rows:
        return []
    told = statements.by_iri(store, _telling(chosen, {row["s"].value for row in rows}))
    passes = chosen.row_test().passes
    label = reader.labels(store, NAMED)
    found: dict[tuple[str, str, str], Line] = defaultdict(list)
    for row in rows:
        if row["s"].value not in told:
            continue
        statement = told[row["s"].value]
        holder, target = (Named(row[end].value, label[row[end].value]) for end in ("holder", "target"))
        sign = int(row["sign"].value)
        if passes(holder, target, sign):
            first, last = _days(row, statement)
            for by in statement.organisations if chosen.organisation else statement.speakers:
                position = Position(holder, target, sign, first, last, statement.iri, by)
                found[by.iri, holder.iri, target.iri].append(position)
    return [sorted(line, key=lambda p: (p.earliest, p.latest, p.statement)) for line in found.values()]


def _telling(chosen: Filters, ascribing: set[str]) -> set[str]:
    """Of the statements that ascribe something, those the filters on statements let pass."""
    passing = chosen.on_statements.statements()
    return ascribing if passing is None else ascribing.intersection(passing)


def _days(row: Mapping[str, Term], statement: Statement) -> tuple[int, int]:
    """First and last possible day of a position ascribed."""
    on, first, last = (row[name].value if name in row else None for name in ("on", "from", "to"))
    ends = (on or first or "0001-01-01", on or last or "9999-12-31")
    if not (on or first or last):
        ends = (statement.earliest, statement.latest)
    try:
        earliest, latest = (date.fromisoformat(end[:10]).toordinal() for end in ends)
    except ValueError:
        raise StanceError(
            f"{statement.iri}: '{ends[0][:20]}' or '{ends[1][:20]}' is not a day: mend it "
            "(`stancegraph check` finds all)"
        ) from None
    return earliest, latest
