"""Rows of an answer with what is to be said about them, and the day of an event."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from stancegraph import names
from stancegraph.errors import StanceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stancegraph.store import Store

STANCES: Final = {1: "supports", -1: "opposes", 0: "neutral on"}
"""Level → the stance in words."""


class Listing(list[dict[str, Any]]):
    """Rows, ready for CSV or JSON; `notes` say in sentences what was left out and why."""

    def __init__(self, rows: Iterable[dict[str, Any]] = (), *, notes: Iterable[str] = ()) -> None:
        super().__init__(rows)
        self.notes = tuple(note for note in notes if note)


def counted(number: int, noun: str, said: str) -> str:
    """A note on so many things; empty for none.

    >>> counted(1, "statement", "left out"), counted(0, "statement", "left out")
    ('1 statement left out', '')
    """
    return f"{number} {noun}{'s' * (number != 1)} {said}" if number else ""


def day_of(store: Store, event: str) -> tuple[str, date]:
    """What an event is called and the day it began; `event` is one of its names, or a day itself.

    Raises UnknownName for a name that is no event's, UsageError for an event without a day or no day of the
    calendar, StanceError where the graph's day is none.

    >>> from stancegraph import store
    >>> day_of(store.open(), "fall of Assad")
    ('Fall of the Assad government', datetime.date(2024, 12, 8))
    """
    if re.fullmatch(r"\s*\d{4}-\d\d?-\d\d?\s*", event):
        try:
            return event.strip(), date.fromisoformat(event.strip())
        except ValueError:
            raise UsageError(
                f"--event '{event.strip()}' is not a day of the calendar: write it as 2024-12-31"
            ) from None
    entry = names.index(store, "event").resolve(event, "event")
    query = "SELECT ?day WHERE { ?event schema:startDate ?day }"
    days = sorted(row["day"].value for row in store.select(query, {"event": [NamedNode(entry.iri)]}))
    if not days:
        raise UsageError(f"{entry.label} has no day in this graph: give the day itself, as 2024-12-31")
    try:
        return entry.label, date.fromisoformat(days[0][:10])
    except ValueError:
        raise StanceError(
            f"{entry.iri}: schema:startDate '{days[0][:40]}' is not a day: mend it "
            "(`stancegraph check` finds all)"
        ) from None
