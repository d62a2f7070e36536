"""What a picture shows: the rows, how networks are made of them, the language of the names, and the caption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stancegraph import network
from stancegraph.dates import spell
from stancegraph.errors import UsageError
from stancegraph.output import quantity
from stancegraph.plot import canvas
from stancegraph.statements import reader
from stancegraph.statements.filters import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from stancegraph.network.method import Method
    from stancegraph.records import Named
    from stancegraph.store import Store
    from stancegraph.table import Table

ARABIC: Final = 'SELECT ?x ?label WHERE { ?x skos:prefLabel ?label FILTER(LANG(?label) = "ar") }'
LANGUAGES: Final = ("en", "ar")
CLOSE: Final = 31
"""A statement counts as dated where its day is bounded to so many days."""
NAMED: Final = 6
"""So many actors that are left out are named, more are counted."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that pass the filters, neutral and repeated ones too, and how networks are made of them.

    `arabic` has the Arabic label of an IRI, where that language is asked for; `kinds` its kind.
    """

    rows: Table
    method: Method
    arabic: Mapping[str, str]
    kinds: Mapping[str, str]

    def label(self, thing: Named) -> str:
        """The name in the language asked for, where it is known, fit to be drawn."""
        return canvas.clean(self.arabic.get(thing.iri) or thing.label) or canvas.UNKNOWN

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
        rows, dated = self.rows, self.dated()
        statements, actors, documents = (
            quantity(len(column.present()), noun, ",")
            for column, noun in (
                (rows.statement, "statement"),
                (rows.actor, "actor"),
                (rows.document, "document"),
            )
        )
        days = ""
        if dated.any():
            first, last = int(rows.earliest[dated].min()), int(rows.latest[dated].max())
            days = f", {spell(first)}" + (f" – {spell(last)}" if last != first else "")
        return f"{statements} by {actors} in {documents}{days}. {self._filters()}".strip()

    def _filters(self) -> str:
        """The filters that are set, as they were typed."""
        chosen = self.rows.filters
        return canvas.clean(f"Only: {in_words(chosen.given)}") + "." if chosen else ""


def select(source: Store | Table, choices: dict[str, object], *, labels: str = "en") -> Selection:
    """What is to be shown of a store or table; raises UsageError where a name is wrong or no statement matches."""
    if labels not in LANGUAGES:
        raise UsageError(f"--labels '{str(labels)[:20]}': choose one of {', '.join(LANGUAGES)}")
    rows, method = network.prepare(source, "agreement", choices)
    if not len(rows):
        raise UsageError("no statements match: nothing to draw; loosen the filters")
    known = reader.actors(rows.store) if rows.store else {}
    arabic: dict[str, str] = {}
    if rows.store and labels == "ar":
        arabic.update((iri, label) for iri, label in rows.store.tuples(ARABIC))
    return Selection(rows, method, arabic, {iri: kind for iri, (kind, _) in known.items()})


def enumerate_names(names: Sequence[str]) -> str:
    """A few names of actors in full, more of them as a number."""
    return ", ".join(names) if len(names) <= NAMED else quantity(len(names), "actor", ",")
