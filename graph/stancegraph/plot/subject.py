"""What is pictured: the rows, the recipe, the language of the labels, and what a caption says of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stancegraph import network
from stancegraph.dates import EARLIEST, LATEST
from stancegraph.errors import UsageError
from stancegraph.network.options import Recipe
from stancegraph.plot import lettering
from stancegraph.statements import reader
from stancegraph.statements.filters import in_words
from stancegraph.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stancegraph.records import Named
    from stancegraph.table import Table

LANGUAGES: Final = ("en", "ar")
CLOSE: Final = 31
"""A statement counts as dated where its day is bounded to so many days."""
NAMED: Final = 6
"""So many actors that are left out are named, more are counted."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The rows that pass the filters, neutral and repeated ones too, and how networks are made of them."""

    rows: Table
    recipe: Recipe
    arabic: dict[str, str]
    kinds: dict[str, str]

    def label(self, thing: Named) -> str:
        """The name in the language asked for, where it is known, fit to be drawn."""
        return lettering.clean(self.arabic.get(thing.iri) or thing.label) or lettering.UNKNOWN

    def signs(self) -> NDArray[np.int64]:
        """1, 0 or -1 for each row; raises UsageError for categories, which have none."""
        if self.rows.scale.kind == "categorical":
            raise UsageError(
                f"--level {self.rows.scale.name} has categories, not signs: choose another level for this picture"
            )
        return np.sign(self.rows.scale.signs(self.rows.level)).astype(np.int64)

    def dated(self) -> NDArray[np.bool_]:
        """Which rows have a day, or one within a month of days."""
        return self.rows.latest - self.rows.earliest < CLOSE

    def caption(self) -> str:
        """How many statements of whom, from which documents and days, under which filters."""
        rows = self.rows
        dated = self.dated()
        told = (
            f"{counted(rows.statement, 'statement')} by {counted(rows.actor, 'actor')} "
            f"in {counted(rows.document, 'document')}"
        )
        if dated.any():
            first, last = (
                date.fromordinal(int(day)) for day in (rows.earliest[dated].min(), rows.latest[dated].max())
            )
            told += f", {spelled(first)}" + (f" – {spelled(last)}" if last != first else "")
        return f"{told}. {self._filters()}".strip()

    def _filters(self) -> str:
        """The filters that are set, as they were typed."""
        chosen = self.rows.filters
        return lettering.clean(f"Only: {in_words(chosen.given)}") + "." if chosen else ""


def read(source: Store | Table, choices: dict[str, Any], *, labels: str = "en") -> Subject:
    """The subject of a picture; raises UsageError where a name is wrong or no statement matches."""
    if labels not in LANGUAGES:
        raise UsageError(f"--labels '{str(labels)[:20]}': choose one of {', '.join(LANGUAGES)}")
    source, recipe = network.prepare(source, "agreement", choices)
    if not len(source):
        raise UsageError("no statements match: nothing to draw; loosen the filters")
    known = reader.actors(source.store) if source.store else {}
    arabic = {iri: name for iri, (_, name) in known.items() if name} if labels == "ar" else {}
    return Subject(source, recipe, arabic, {iri: kind for iri, (kind, _) in known.items()})


def counted(column: Any, noun: str) -> str:
    """How many different values a column has, or how many things a number says: "1 actor", "2,000 actors"."""
    number = column if isinstance(column, int) else len(column.present())
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(labels: Sequence[str]) -> str:
    """A few names in full, more of them as a number."""
    return ", ".join(labels) if len(labels) <= NAMED else counted(len(labels), "actor")


def spelled(day: date) -> str:
    """A day in full: "9 March 2025"; words of our own, whatever the locale.

    >>> spelled(date(2025, 3, 9))
    '9 March 2025'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS: Final = (
    "January February March April May June July August September October November December".split()
)


def undated(rows: Table) -> NDArray[np.bool_]:
    """Which rows have neither a first nor a last day."""
    found: NDArray[np.bool_] = (rows.earliest <= EARLIEST) & (rows.latest >= LATEST)
    return found


def _typed(value: Any) -> str:
    if isinstance(value, tuple):
        return " or ".join(str(one) for one in value)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
