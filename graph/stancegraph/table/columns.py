"""Rows made into the columns of the flat table, with what the store knows of their statements and documents."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from pyoxigraph import NamedNode

from stancegraph.records import Named
from stancegraph.statements import things
from stancegraph.table import EARLIEST, LATEST, Column, Reports, Table, variables
from stancegraph.vocabulary import expand, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stancegraph.statements.filters import Filters
    from stancegraph.store import Store, Term

DETAIL: Final = "SELECT ?s ?value WHERE { ?s ?property ?value }"
REPORTS: Final = """SELECT ?s ?document (MIN(?start) AS ?position) (MAX(?words) AS ?quote) WHERE {
    ?report stance:reports ?s ; stance:document ?document .
    OPTIONAL { ?report stance:passage/oa:hasSelector/oa:start ?start }
    OPTIONAL { ?report stance:quote ?quoted BIND(1 AS ?words) } } GROUP BY ?s ?document"""
DOCUMENTS: Final = """SELECT ?document ?title (COALESCE(?on, ?from) AS ?issued) WHERE {
    ?document dcterms:title ?title . OPTIONAL { ?document dcterms:issued ?on }
    OPTIONAL { ?document stance:issuedNotBefore ?from } }"""


class Row(NamedTuple):
    """One row before it is columns; `sign` is None where the target is coded without polarity."""

    statement: str
    actor: Named
    target: Named
    sign: int | None
    level: float


class Columns:
    """Rows made into columns, with what is known of their statements."""

    def __init__(self, store: Store, ask: Any, rows: Sequence[Row]) -> None:
        self.store, self.ask, self.rows = store, ask, rows
        self.statements = sorted({row.statement for row in rows})
        self.place = {s: i for i, s in enumerate(self.statements)}
        self.notes: list[str] = []
        self.of = np.array([self.place[row.statement] for row in rows], np.int32)

    def table(self, scale: Any, filters: Filters) -> Table:
        """The table, in order."""
        reports, documents, quoted = self._reported()
        earliest, latest = self._days()
        start = reports.start[self.of]
        first = np.where(start < reports.start[self.of + 1], start, len(reports.documents))
        document = np.append(reports.documents, len(documents)).astype(np.int32)[first]
        position = np.append(reports.positions, 0)[first]
        speakers: dict[str, set[str]] = defaultdict(set)
        for row in self.ask("SELECT DISTINCT ?s ?speaker WHERE { ?s stance:speaker ?speaker }"):
            speakers[row["s"].value].add(row["speaker"].value)
        unknown = Named("", "(no document)")
        table = Table(
            actor=_coded([row.actor for row in self.rows]),
            target=_coded([row.target for row in self.rows]),
            level=np.array([row.level for row in self.rows], float),
            earliest=earliest[self.of],
            latest=latest[self.of],
            statement=Column(self.of, tuple(self.statements)),
            document=Column(document, (*documents, unknown)),
            reports=reports,
            act=self._concepts("stance:act"),
            medium=self._concepts("stance:medium"),
            basis=self._concepts("stance:basis"),
            quoted=quoted[self.of],
            joint=np.array([len(speakers[row.statement]) > 1 for row in self.rows], np.bool_),
            confidence=self._confidence()[self.of],
            scale=scale,
            store=self.store,
            filters=filters,
        )
        return table.ordered(position).noting(*self.notes)

    def _about(
        self, text: str, values: Mapping[str, Any] | None = None
    ) -> Iterable[tuple[int, dict[str, Term]]]:
        """The answers about statements that have a row, each with the statement's place."""
        for row in self.ask(text, values):
            if (at := self.place.get(row["s"].value)) is not None:
                yield at, row

    def _detail(self, curie: str) -> dict[int, str]:
        """Statement → its value of a property, the least where there are several."""
        found: dict[int, str] = {}
        for at, row in self._about(DETAIL, {"property": NamedNode(expand(curie))}):
            found[at] = min(found.get(at, row["value"].value), row["value"].value)
        return found

    def _concepts(self, curie: str) -> Column[Any]:
        """The label of a concept each statement has, or None."""
        found = self._detail(curie)
        label = things.labels(self.store, f"?s {curie} ?x")
        values = sorted({label[iri] for iri in found.values()})
        code = {text: i for i, text in enumerate(values)}
        codes = np.full(len(self.statements), len(values), np.int32)
        for at, iri in found.items():
            codes[at] = code[label[iri]]
        return Column(codes[self.of], (*values, None))

    def _confidence(self) -> NDArray[np.float64]:
        numbers = np.zeros(len(self.statements))
        for at, text in self._detail("stance:confidence").items():
            numbers[at] = variables.number(self.statements[at], "stance:confidence", text)
        return numbers

    def _days(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """First and last possible day of each statement; all of time where none is given."""
        earliest = np.full(len(self.statements), EARLIEST, np.int32)
        latest = np.full(len(self.statements), LATEST, np.int32)
        for curie, sides in (
            ("stance:saidNotBefore", (earliest,)),
            ("stance:saidNotAfter", (latest,)),
            ("stance:saidOn", (earliest, latest)),
        ):
            for at, text in self._detail(curie).items():
                day = _ordinal(text)
                for side in sides:
                    side[at] = side[at] if day is None else day
                if day is None:
                    self.notes.append(
                        f"{self.statements[at]}: {curie} '{text[:40]}' is not a day, and counts as none"
                    )
        return earliest, latest

    def _reported(self) -> tuple[Reports, list[Named], NDArray[np.bool_]]:
        """The reports of each statement, the documents they are in, and whether any has words."""
        issued = {}
        for row in self.store.select(DOCUMENTS):
            day = row["issued"].value if "issued" in row else ""
            issued[row["document"].value] = (day, row["title"].value)
        found: list[list[tuple[str, str, int]]] = [[] for _ in self.statements]
        quoted = np.zeros(len(self.statements), np.bool_)
        for at, row in self._about(REPORTS):
            iri = row["document"].value
            position = int(float(row["position"].value)) if "position" in row else 0
            found[at].append((issued.get(iri, ("", ""))[0], iri, position))
            quoted[at] |= "quote" in row
        iris = sorted({iri for reports in found for _, iri, _ in reports})
        code = dict(zip(iris, count(), strict=False))
        ordered = [sorted(reports) for reports in found]
        start = np.concatenate(([0], np.cumsum([len(reports) for reports in ordered], dtype=np.int64)))
        flat = [report for reports in ordered for report in reports]
        reports = Reports(
            start.astype(np.int64),
            np.array([code[iri] for _, iri, _ in flat], np.int32),
            np.array([position for *_, position in flat], np.int64),
        )
        titles = [Named(iri, issued.get(iri, ("", local_name(iri)))[1]) for iri in iris]
        return reports, titles, quoted


def _coded(values: Sequence[Named]) -> Column[Named]:
    distinct = sorted(set(values))
    code = {value: i for i, value in enumerate(distinct)}
    return Column(np.array([code[value] for value in values], np.int32), tuple(distinct))


def _ordinal(text: str) -> int | None:
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError:
        return None
