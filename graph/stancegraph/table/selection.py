"""The rows of the flat table that pass filters: of a snapshot by its columns, of any other store by questions to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Final, Unpack

import numpy as np

from stancegraph import output
from stancegraph.dates import BEGINNING, END, EPOCH, calendar_day
from stancegraph.statements.filters import SIGNS, TRIPLES, FilterOptions, Filters
from stancegraph.statements.reader import Reader
from stancegraph.store import remembered
from stancegraph.table import rows, snapshot
from stancegraph.table.arrays import Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stancegraph.records import Named
    from stancegraph.store import Store
    from stancegraph.table.columns import Marks, Table


def stances(store: Store, *, level: str = "polarity", **options: Unpack[FilterOptions]) -> Table:
    """The flat table: one row per statement, speaker and target that passes the filters, oldest first.

    Columns: actor, target, level (the polarity, or a coded variable), first and last day, document, act, medium,
    basis, quoted, joint, confidence, statement. Filters on speaker and target choose rows.

    Raises UsageError for a name that is not one thing's. A statement whose value is no level, or outside the scale
    declared, is left out, and stands in `store.left_out`.

    >>> from stancegraph import store
    >>> rows = stances(store.open(), actor="al-Araji", supports="unity")
    >>> [(row.actor.label, row.target.label, row.level) for row in rows][-1]
    ('Qasim al-Araji', "Syria's unity should be preserved.", 1)
    """
    return select(Filters.of(store, options), level)


def select(filters: Filters, level: str = "polarity") -> Table:
    """The flat table of the rows that pass filters already resolved."""
    if filters.store.tabular and level != "polarity":
        raise filters.store.lacks(f"--level {level}")
    kept = _kept(filters) if level == "polarity" else None
    if kept is not None:
        return _of_snapshot(*kept, filters)
    return _read(filters, level) if filters else replace(_whole(filters.store, level), filters=filters)


def _kept(filters: Filters) -> tuple[Table, snapshot.Snapshot] | None:
    """What a snapshot has of the days that pass, or all of it."""
    given, store, organisation = filters.given, filters.store, filters.organisation
    if given.keys().isdisjoint({"since", "until"}):
        return snapshot.whole(store, organisation=organisation)
    since, until = calendar_day(given.get("since", BEGINNING)), calendar_day(given.get("until", END))
    return snapshot.of_days(store, since, until, organisation=organisation)


@remembered
def _whole(store: Store, level: str) -> Table:
    return _read(Filters.of(store, {}), level)


def _read(filters: Filters, level: str) -> Table:
    reader = Reader(filters.store, filters.statements(rows=True))
    found = rows.read(reader, level, organisation=filters.organisation)
    table = found.table
    cells: dict[str, Callable[[], Any]] = {
        **{name: partial(_things, table, name) for name in ("actor_iri", "target_iri")},
        "level": lambda: found.sign,
        "basis": lambda: Texts(table.basis),
        "confidence": lambda: table.confidence,
    }
    column = lambda name: cells[name]()  # noqa: E731
    tests = [*_on_rows(column, filters), *_on_codings(column, filters)]
    table = _chosen((table[reduce(and_, tests)] if tests else table).sort(), filters)
    return table.with_notes(output.note_on(found.unrated, f"row without {level}", "left out"))


def _of_snapshot(table: Table, found: snapshot.Snapshot, filters: Filters) -> Table:
    cells = {name: _cells(table, found, name) for name in COLUMNS}
    tests = passing(lambda name: cells[name](), filters, found.about["several"])
    if not {"document", "not_document"}.isdisjoint(filters.meant):
        tests.append(_reported(table, filters))
    return _chosen(table[reduce(and_, tests)] if tests else table, filters)


def _chosen(table: Table, filters: Filters) -> Table:
    """Of rows that pass, those of actors with enough statements and of the reports that count."""
    if filters.min_count > 1:
        table = _frequent(table, filters.min_count)
    return _in_documents(replace(table.compact(), filters=filters), filters)


def _in_documents(table: Table, filters: Filters) -> Table:
    """The rows with the reports that count under filters on documents; those left with none are left out."""
    if {"document", "not_document"}.isdisjoint(filters.meant):
        return table
    counted = [filters.counts_report(document.iri) for document in table.document.values]
    return table.in_documents(np.array(counted, np.bool_))


def _reported(table: Table, filters: Filters) -> Marks:
    """The rows of statements that a document which counts reports, be it for the sake of another target."""
    within = _in_documents(table, filters).statement.codes
    marks: Marks = np.isin(table.statement.codes, within)
    return marks


def passing(column: Callable[[str], Any], filters: Filters, several: Collection[str] = ()) -> list[Any]:
    """What rows must meet to pass the filters, all of it, in terms of columns named as in `arrays.to_arrow`.

    `column` gives a column by its name, with `isin`, `fill_null` and comparisons; tests are joined by `&`, `|` and
    `~`. Days stand open at a null. Left to others: `min_count`, and which reports count (`document`). `several` are
    the filters that the columns cannot tell, and that the graph is asked about.
    """
    given, meant = filters.given, filters.meant
    asked = {
        name for name in given if name.removeprefix("not_") in TRIPLES or name.removeprefix("not_") in several
    }
    asked |= {"min_confidence"} if given.get("min_confidence") == 0 else set()
    targets = given.keys() & {"target", *SIGNS}
    asked |= targets if len(targets) > 1 else set()
    tests = [*_on_rows(column, filters)]
    for name in {"act", "not_act", "medium", "not_medium"} & given.keys() - asked:
        of = name.removeprefix("not_")
        spanned = sorted(i for iri in meant[name] for i in filters.spanned(of, iri))
        held = column(f"{of}_iri").fill_null("").isin(spanned)
        tests.append(held if name == of else ~held)
    tests += _on_codings(column, filters)
    tests += _on_days(column, {name: given[name] for name in {"since", "until"} & given.keys() - asked})
    tests += [column(name) == given[name] for name in ("quoted", "joint") if name in given]
    if asked:
        named = filters.without(*(given.keys() - asked)).statements(rows=True)
        tests += [column("statement").isin(named)] if named is not None else []
    return tests


def _on_rows(column: Callable[[str], Any], filters: Filters) -> Iterable[Any]:
    """Tests of speaker and target; those asked for of targets are alternatives."""
    test = filters.row_test()
    for side, is_left in ((test.kept, False), (test.left, True)):
        for name in ("actor", "kind"):
            if name in side:
                spoken = column("actor_iri").isin(sorted(side[name]))
                yield ~spoken if is_left else spoken
        held = [_held(column, name, side[name]) for name in ("target", *SIGNS) if name in side]
        if held:
            yield ~reduce(or_, held) if is_left else reduce(or_, held)


def _held(column: Callable[[str], Any], name: str, iris: Collection[str]) -> Any:
    on = column("target_iri").isin(sorted(iris))
    return on & (column("level") == SIGNS[name]) if name in SIGNS else on


def _on_codings(column: Callable[[str], Any], filters: Filters) -> Iterable[Any]:
    """Tests of the basis and the confidence of each row."""
    for name in ("basis", "not_basis"):
        if name in filters.meant:
            known = (
                column("basis")
                .fill_null("")
                .isin(sorted({filters.labels[iri] for iri in filters.meant[name]}))
            )
            yield ~known if name == "not_basis" else known
    if "min_confidence" in filters.given:
        yield column("confidence") >= filters.given["min_confidence"]


def _on_days(column: Callable[[str], Any], given: dict[str, str]) -> list[Any]:
    """Tests of the days: those of a row may fall within, and are not open at both ends."""
    if not given:
        return []
    first = column("earliest").fill_null(date.fromisoformat(BEGINNING))
    last = column("latest").fill_null(date.fromisoformat(END))
    tests = [(first > date.fromisoformat(BEGINNING)) | (last < date.fromisoformat(END))]
    if "since" in given:
        tests.append(last >= calendar_day(given["since"]))
    if "until" in given:
        tests.append(first <= calendar_day(given["until"]))
    return tests


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A column of texts in memory, to be tested."""

    column: Column[Any]

    def isin(self, texts: Iterable[str]) -> Marks:
        wanted = set(texts)
        marks: Marks = np.array([value in wanted for value in self.column.values], np.bool_)[
            self.column.codes
        ]
        return marks

    def fill_null(self, text: str) -> Texts:
        return Texts(Column(self.column.codes, tuple(text if v is None else v for v in self.column.values)))


class Days(np.ndarray[Any, np.dtype[np.datetime64]]):
    """A column of days in memory, to be tested; an open end stands as the first or the last of all."""

    @classmethod
    def of(cls, ordinals: NDArray[np.int32]) -> Days:
        """The days of these ordinals."""
        return (ordinals - EPOCH).astype("datetime64[D]").view(cls)

    def fill_null(self, _: date) -> Days:
        return self


COLUMNS: Final = (
    *("actor_iri", "target_iri", "act_iri", "medium_iri", "basis", "statement"),
    *("level", "quoted", "joint", "confidence", "earliest", "latest"),
)


def _cells(table: Table, found: snapshot.Snapshot, name: str) -> Callable[[], Any]:
    """What gives a column of a snapshot, to be tested."""
    if name in {"actor_iri", "target_iri"}:
        return partial(_things, table, name)
    if name == "statement":
        return lambda: Texts(table.statement)
    if name in {"earliest", "latest"}:
        return lambda: Days.of(getattr(table, name))
    if name in {"act_iri", "medium_iri", "basis"}:
        return lambda: Texts(found.texts(name))
    return lambda: found.numbers(name)


def _things(table: Table, name: str) -> Texts:
    """The IRIs of a column of things."""
    things: Column[Named] = getattr(table, name.removesuffix("_iri"))
    return Texts(Column(things.codes, tuple(thing.iri for thing in things.values)))


def _frequent(table: Table, least: int) -> Table:
    """The rows of actors with at least so many statements among them."""
    pairs = np.unique(
        table.actor.codes.astype(np.int64) * len(table.statement.values) + table.statement.codes
    )
    spoken = np.bincount(pairs // len(table.statement.values), minlength=len(table.actor.values))
    return table[spoken[table.actor.codes] >= least]
