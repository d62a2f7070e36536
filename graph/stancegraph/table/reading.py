"""The flat table of a store: asked for whole, a few columns at a time, then filtered row by row."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyoxigraph import NamedNode

from stancegraph import names
from stancegraph.records import Named
from stancegraph.statements import things
from stancegraph.statements.filters import Filters, matching
from stancegraph.statements.row_filters import Asked
from stancegraph.table import POLARITY, Table, variables
from stancegraph.table.columns import Columns, Row
from stancegraph.vocabulary import expand, local_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stancegraph.store import Store, Term

    Ask = Callable[[str], list[dict[str, Term]]]

FEW: Final = 5_000
"""Statements up to which a store is asked about those alone; past it, about all."""
CHUNK: Final = 500
ROW: Final = "SELECT DISTINCT ?s ?edge ?target WHERE { ?s ?edge ?target }"


def read(store: Store, filters: Filters, level: str = "polarity") -> Table:
    """The rows that pass `filters`, with the polarity as level, or a coded variable of that name.

    Raises UsageError for a name that is not one thing's or a level there is not, StanceError for data in
    which a level or a day is none, or a level is outside the scale declared for it.
    """
    variable = None if level == "polarity" else variables.named(store, level)
    chosen = None if filters == Filters() else matching(store, filters, rows=True)
    ask = partial(_asked, store, chosen)
    coded = variables.values(variable, ask) if variable else None
    rows, unrated = _rows(store, ask, coded, organisation=filters.as_ == "organisation")
    passes = Asked.of(store, filters).passes
    rows = [row for row in rows if passes(row.actor, row.target, row.sign)]
    rows = _frequent(rows, filters.min_count) if filters.min_count else rows
    table = Columns(store, ask, rows).table(variable.scale if variable else POLARITY, filters)
    if filters.document or filters.not_document:
        table = table.in_documents(_documents(store, table, filters))
    return table.noting(f"{unrated} rows have no {level}, and are left out" if unrated else "")


def _documents(store: Store, table: Table, filters: Filters) -> NDArray[np.bool_]:
    """Whether the filters let the reports of each document count."""
    known = names.index(store, "document")
    wanted, left = (
        {known.resolve(text, "document").iri for text in texts}
        for texts in (filters.document, filters.not_document)
    )
    every = [document.iri for document in table.document.values]
    return np.array([(not wanted or iri in wanted) and iri not in left for iri in every], np.bool_)


def _asked(
    store: Store, chosen: Sequence[Term] | None, text: str, values: Mapping[str, Any] | None = None
) -> list[dict[str, Term]]:
    """The rows of a query about ?s, for the statements chosen."""
    if chosen is None:
        return store.select(text, values)
    if len(chosen) > FEW:
        wanted = {term.value for term in chosen}
        return [row for row in store.select(text, values) if row["s"].value in wanted]
    parts = [chosen[at : at + CHUNK] for at in range(0, len(chosen), CHUNK)]
    return [row for part in parts for row in store.select(text, {**(values or {}), "s": part})]


def _rows(
    store: Store, ask: Any, coded: Mapping[str, float] | None, *, organisation: bool
) -> tuple[list[Row], int]:
    """The rows of all statements asked about, and how many a coded variable says nothing of."""
    signs: dict[str, int | None] = {**things.polarities(store)}
    if coded is not None:
        signs[expand("stance:stanceOn")] = None
    edges = [*signs, expand("stance:speaker"), expand("stance:onBehalfOf")]
    label = _Labels(store)
    speakers: dict[str, dict[str, list[Named]]] = defaultdict(lambda: defaultdict(list))
    held: dict[str, dict[Named, int | None]] = defaultdict(dict)
    for row in ask(ROW, {"edge": [NamedNode(edge) for edge in edges]}):
        s, edge, thing = row["s"].value, row["edge"].value, label[row["target"].value]
        if edge not in signs:
            speakers[s][local_name(edge)].append(thing)
        elif held[s].get(thing) is None:
            held[s][thing] = signs[edge]
    roles = things.organisations(store) if organisation else {}
    rows, unrated = [], 0
    for s, targets in held.items():
        known = coded is None or s in coded
        for actor in _voices(speakers[s], roles.get(s, {}), organisation):
            for target, sign in targets.items():
                unrated += not known
                if known and (level := sign if coded is None else coded[s]) is not None:
                    rows.append(Row(s, actor, target, sign, level))
    return rows, unrated


def _voices(
    speakers: Mapping[str, list[Named]], roles: Mapping[str, Named], organisation: bool
) -> Iterable[Named]:
    """Who a statement counts for: its speakers, or those they speak for."""
    named = sorted(speakers["speaker"])
    if not organisation:
        return named
    return sorted(speakers["onBehalfOf"]) or dict.fromkeys(roles.get(one.iri, one) for one in named)


class _Labels(dict[str, Named]):
    """IRI → the thing with its label; asked for once, for actors and propositions together."""

    def __init__(self, store: Store) -> None:
        kinds = "{ ?x a stance:Actor } UNION { ?x a stance:Proposition }"
        super().__init__((iri, Named(iri, text)) for iri, text in things.labels(store, kinds).items())

    def __missing__(self, iri: str) -> Named:
        return self.setdefault(iri, Named(iri, local_name(iri)))


def _frequent(rows: list[Row], least: int) -> list[Row]:
    """The rows of actors with at least so many statements among them."""
    spoken: dict[Named, set[str]] = defaultdict(set)
    for row in rows:
        spoken[row.actor].add(row.statement)
    return [row for row in rows if len(spoken[row.actor]) >= least]
