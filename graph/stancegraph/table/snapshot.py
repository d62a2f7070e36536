"""The flat table of a database in Parquet beside its triples: what analysis reads instead of asking the engine.

It is made of the database alone and bears its fingerprint: one of another graph is never read, and one of a newer
version of this program is left as it is. Losing it loses nothing: it is made again where the folder can be written.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

from stancegraph import output
from stancegraph.dates import EARLIEST, LATEST, ordinal
from stancegraph.errors import StanceError, UsageError
from stancegraph.names import KINDS, MADE_OF
from stancegraph.records import Named
from stancegraph.statements import by_iri
from stancegraph.statements.filters import Filters
from stancegraph.statements.reader import Reader
from stancegraph.store import Local, database, remembered, tables
from stancegraph.store.tables import Tables
from stancegraph.table import rows
from stancegraph.table.arrays import (
    Column,
    Strings,
    array,
    dictionary,
    first_rows,
    marks,
    numbers,
    of_reports,
    texts,
    to_arrow,
)
from stancegraph.table.columns import Details, Reports, Table
from stancegraph.table.rows import Scan
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    import pyarrow as pa
    from numpy.typing import NDArray

    from stancegraph.records import Statement
    from stancegraph.store import Store
    from stancegraph.table.columns import Days

GROUP: Final = 1 << 17
"""Rows in a group of the file: of those whose days cannot be within a time asked for, nothing is read."""
TYPE: Final = NamedNode(expand("rdf:type"))
NAMING: Final = MADE_OF | {NamedNode(expand(curie)) for curie in ("skos:broader", "schema:startDate")}
"""Properties of things that a table bears with it."""
DAYS: Final = """SELECT DISTINCT ?first ?last WHERE { { ?s stance:saidOn ?first BIND(?first AS ?last) }
    UNION { ?s stance:saidNotBefore ?first ; stance:saidNotAfter ?last } }"""


class Snapshot:
    """A file of rows, or its parts, columns read when asked for; raises OSError or ValueError for another file."""

    def __init__(self, *files: Path, groups: Sequence[tuple[int, int]] | None = None) -> None:
        from pyarrow.parquet import ParquetFile

        self._paths = files
        self._files = [ParquetFile(file, memory_map=True, page_checksum_verification=True) for file in files]
        every = [
            (part, at) for part, file in enumerate(self._files) for at in range(file.metadata.num_row_groups)
        ]
        self.is_whole = groups is None
        """Whether all groups of rows are read."""
        self._groups = every if groups is None else groups
        told = self._files[0].schema_arrow.metadata or {}
        self.about: dict[str, Any] = json.loads(told.get(tables.ABOUT, b"{}"))
        self._read: dict[str, Any] = {}

    def __len__(self) -> int:
        return sum(self._files[part].metadata.row_group(at).num_rows for part, at in self._groups)

    def is_of(self, store: Local) -> bool:
        """Whether it was made of a graph, by this version."""
        return self.about.get("version") == tables.VERSION and self.about["of"] == store.fingerprint

    def within(self, since: date, until: date) -> Snapshot:
        """The groups of rows some of which may be of these days; itself where that is most of it."""
        kept = [group for group in self._groups if self._may_be_of(*group, since, until)]
        return Snapshot(*self._paths, groups=kept) if 0 < len(kept) <= len(self._groups) // 2 else self

    def _may_be_of(self, part: int, group: int, since: date, until: date) -> bool:
        columns = self._files[part].metadata.row_group(group)
        told = {
            (column := columns.column(place)).path_in_schema: column.statistics
            for place in range(columns.num_columns)
        }
        first, last = told["earliest"], told["latest"]
        if not all(side and side.has_min_max and side.null_count == 0 for side in (first, last)):
            return True
        return bool(first.min <= until and last.max >= since)

    def column(self, name: str) -> pa.Array:
        """A column as one Arrow array."""
        if name not in self._read:
            import pyarrow as pa

            # Lists of texts can be read of one group at a time alone.
            parts = [self._files[part].read_row_group(at, [name]).column(0) for part, at in self._groups]
            chunks = [chunk for part in parts for chunk in part.chunks]
            kind = self._files[0].schema_arrow.field(name).type
            column = pa.chunked_array(chunks, kind).unify_dictionaries().combine_chunks()
            if isinstance(column, pa.ChunkedArray):
                column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
            self._read[name] = column
        return self._read[name]

    def numbers(self, name: str, missing: int = 0) -> NDArray[Any]:
        """A column of numbers, days as ordinals, or truths."""
        return numbers(self.column(name), missing)

    def texts(self, name: str) -> Column[str | None]:
        """A column of texts as codes; where one is missing, its code is that of None, the last."""
        return texts(self.column(name))

    def strings(self, name: str, at: NDArray[np.intp]) -> Strings:
        """The texts of some rows."""
        return Strings(lambda: self.column(name).take(array(at.astype(np.int64))), len(at))


@remembered
def whole(store: Store, *, organisation: bool = False) -> tuple[Table, Snapshot] | None:
    """The table of all a database says, with the file it was read from; None of any other store.

    The file is made first where it is missing and can be written. None too where it cannot be, or is not to be
    trusted; a note says why, unless the database is merely another user's.
    """
    if not isinstance(store, Local):
        return None
    found = _kept(store, organisation)
    try:
        return None if found is None else (_table(store, found, organisation), found)
    except (OSError, ValueError, LookupError) as error:
        if isinstance(store, Tables):
            raise StanceError(f"{store.where} is damaged ({tables.short(error)}): copy it again") from None
        output.note(
            f"{store.where}: the table kept beside it is damaged ({tables.short(error)}), and is not read"
        )
        (store.folder / tables.FILES[organisation]).unlink(missing_ok=True)  # type: ignore[operator]
        return None


def of_days(
    store: Store, since: date, until: date, *, organisation: bool = False
) -> tuple[Table, Snapshot] | None:
    """The same with all rows of these days and some others: of few days, little is read."""
    if isinstance(store, Local) and (found := _kept(store, organisation)) is not None:
        part = found.within(since, until)
        if part is not found and {"since", "until"}.isdisjoint(found.about["several"]):
            with suppress(OSError, ValueError, LookupError):  # damaged: who reads all of it says so
                return _table(store, part, organisation), part
    return whole(store, organisation=organisation)


@remembered
def _kept(store: Local, organisation: bool) -> Snapshot | None:
    """The snapshot of a database, made first where it is missing and can be written; or tables themselves."""
    if isinstance(store, Tables):
        if store.cluster:
            raise UsageError(
                "on Spark the ties of `network` are counted, but for --direct, series and indices: "
                f"give --data {store.path}"
            )
        return Snapshot(*store.files_of(organisation=organisation))
    if store.folder is None:
        return None
    file = store.folder / tables.FILES[organisation]
    found = _open(file)
    if found is not None and found.is_of(store):
        return found
    return _open(file) if keep(store, organisation=organisation) else None


def days(store: Store) -> list[tuple[int, int]]:
    """First and last possible day (ordinals) of every statement of a graph, whether it takes a stance or not."""
    about = store.about if isinstance(store, Tables) else None
    if about is None and isinstance(store, Local) and (found := _kept(store, False)) is not None:
        about = found.about
    if about is not None:
        return [(first, last) for first, last in about["days"]]
    pairs = [(ordinal(first), ordinal(last)) for first, last in store.tuples(DAYS)]
    return [(first, last) for first, last in pairs if first is not None and last is not None]


def _open(file: Path) -> Snapshot | None:
    """The snapshot in a file; None where there is none, or none that can be read."""
    try:
        return Snapshot(file)
    except (OSError, ValueError):
        return None


def keep(store: Store, *, organisation: bool = False) -> bool:
    """Leave the table of a database beside it; whether it could be: not in a folder that cannot be written.

    Where the disk is full a note says so. What the graph has wrong is told by whoever reads its rows.
    """
    folder = store.folder if isinstance(store, Local) else None
    if not isinstance(store, Local) or folder is None or not os.access(folder, os.W_OK):
        return False
    file = folder / tables.FILES[organisation]
    if (found := _open(file)) is not None and int(found.about.get("version", 0)) > tables.VERSION:
        output.note(
            f"{store.where}: the table kept beside it is of a newer version of stancegraph, and is not read"
        )
        return False
    try:
        made = _made(store, organisation)
    except StanceError:
        return False
    return _put(made, file, store.fingerprint)


def beside(triples: pyoxigraph.Store) -> Callable[[Path], None]:
    """Makes the table of what is being loaded; what is given leaves it in the folder of the database, once whole."""
    store = Local.over(triples, "the database")
    store.light = False
    try:
        made: pa.Table | None = _made(store, organisation=False)
    except StanceError:
        made = None
    finally:
        store.close()

    def put(folder: Path) -> None:
        if made is not None:
            _put(made, folder / tables.FILES[False], database.fingerprint(folder))

    return put


def _put(made: pa.Table, file: Path, fingerprint: str | None) -> bool:
    """Write a table, with the fingerprint of what it was made of; whether it could be written."""
    from pyarrow import parquet

    metadata = dict(made.schema.metadata)
    about = json.loads(metadata[tables.ABOUT]) | {"of": fingerprint}
    coded = [field.name for field in made.schema if str(field.type).startswith("dictionary")]
    try:
        with output.replacing(file) as sink:
            parquet.write_table(
                made.replace_schema_metadata({**metadata, tables.ABOUT: json.dumps(about)}),
                sink,
                row_group_size=GROUP,
                compression="zstd",
                use_dictionary=[*coded, "documents.list.element", "titles.list.element"],
                column_encoding={"statement": "DELTA_BYTE_ARRAY"},
                dictionary_pagesize_limit=1 << 28,
                write_page_checksum=True,
            )
    except OSError as error:
        output.note(f"the table of its statements cannot be kept beside a database: {tables.short(error)}")
        return False
    return True


def _made(store: Local, organisation: bool) -> pa.Table:
    """All rows of a store, as `to_arrow` has them, and what else making the table of it again needs.

    `number` is the place of the statement among all, sorted; `documents`, `titles` and `positions` are of every
    report; `act_iri` and `medium_iri` the concepts themselves; `bound` whether the target binds the actor.
    """
    noted = len(store.left_out)
    source = Scan(store)
    table = rows.combine(source, organisation=organisation).table.sort()
    concepts: rows.Coded = table.details  # type: ignore[assignment]
    titles = dictionary(table.reports.documents, [document.label for document in table.document.values])
    more = {
        "titles": of_reports(table, titles),
        "positions": of_reports(table, array(table.reports.positions)),
    }
    for name in ("act", "medium"):
        iris = concepts.concept(f"stance:{name}").to_list()
        more[f"{name}_iri"] = dictionary(table.statement.codes, iris)
    more |= {"bound": marks(np.asarray(table.bound)), "number": array(table.statement.codes)}
    made = to_arrow(table)
    for name, values in more.items():
        made = made.append_column(name, values)
    about = {
        "version": tables.VERSION,
        "own": table.own_basis is not None or table.own_confidence is not None,
        "days": _bounded(*rows.days(source)),
        "several": source.several(),
        "notes": table.notes,
        "left_out": [*store.left_out][noted:],
        "rows": len(table),
        "organisation": organisation,
    }
    names = _names(store, table)
    borne = {tables.NAMES: names} if len(names) <= tables.MOST_NAMES else {}
    return made.replace_schema_metadata(
        {**(made.schema.metadata or {}), tables.ABOUT: json.dumps(about), **borne}
    )


def _names(store: Local, table: Table) -> bytes:
    """Names, kinds and days of the targets in a table, of all actors, events and concepts, as N-Triples."""
    things = {thing.iri for thing in table.target.values}
    every = " UNION ".join(
        f"{{ {pattern} }}" for pattern in (KINDS["actor"], KINDS["event"], "?x a skos:Concept")
    )
    listed = f"SELECT DISTINCT ?x {{ {every} }}"
    things.update(iri for (iri,) in store.tuples(listed))
    triples = {
        quad.triple
        for thing in things
        for quad in store.quads(NamedNode(thing))
        if quad.predicate in NAMING or (quad.predicate == TYPE and quad.object in MADE_OF)
    }
    return pyoxigraph.serialize(sorted(triples, key=str), format=RdfFormat.N_TRIPLES) or b""


def _bounded(earliest: Days, latest: Days) -> list[tuple[int, int]]:
    """First and last possible day, where both are known; each pair once."""
    found = np.unique(np.column_stack((earliest, latest)), axis=0)
    known = found[(found[:, 0] > EARLIEST) & (found[:, 1] < LATEST)]
    return [(first, last) for first, last in known.tolist()]


def _table(store: Local, found: Snapshot, organisation: bool) -> Table:
    """The table a snapshot was made of."""
    store.left_out.update(dict.fromkeys(found.about["left_out"]))
    number = found.numbers("number")
    if not found.is_whole:
        number = np.unique(number, return_inverse=True)[1].astype(np.int32)
    first = first_rows(number, int(number.max(initial=-1)) + 1)
    documents = _named(*(texts(found.column(name).values) for name in ("documents", "titles")))
    start = numbers(found.column("documents").offsets).astype(np.int64)
    code = np.append(documents.codes, len(documents.values)).astype(np.int32)[
        np.where(np.diff(start) > 0, start[:-1], len(documents))
    ]
    names = found.strings("statement", first)
    notes = found.about["notes"]
    if notes and not found.is_whole:
        known = set(names)
        notes = [note for note in notes if note.partition(": ")[0] in known]
    own: dict[str, Any] = {}
    if found.about["own"]:
        own = {"own_basis": found.texts("basis"), "own_confidence": found.numbers("confidence")}
    return Table(
        actor=_named(found.texts("actor_iri"), found.texts("actor")),
        target=_named(found.texts("target_iri"), found.texts("target")),
        level=found.numbers("level").astype(float),
        earliest=found.numbers("earliest", EARLIEST),
        latest=found.numbers("latest", LATEST),
        statement=Column(number, names),
        document=Column(code, (*documents.values, rows.UNKNOWN)),
        reports=Reports(start, documents.codes, numbers(found.column("positions").values)),
        shown=np.arange(len(number), dtype=np.int32),
        details=Kept(store, found, first),
        bound=found.numbers("bound"),
        store=store,
        filters=Filters.of(store, {"as_": "organisation"} if organisation else {}),
        notes=tuple(notes),
        **own,
    )


def _named(iris: Column[str | None], labels: Column[str | None]) -> Column[Named]:
    """A column of things, their IRIs sorted."""
    first = first_rows(iris.codes, len(iris.values))
    names = list(map(str, iris.values))
    present = np.flatnonzero(first >= 0).tolist()
    label = {names[code]: str(labels.values[labels.codes[first[code]]]) for code in present}
    return rows.named(iris.codes, names, label)


@dataclass(frozen=True)
class Kept(Details):
    """What else a snapshot says of statements, each by the row of the file that is its first."""

    store: Store
    snapshot: Snapshot
    first: NDArray[np.int64]

    def __getitem__(self, statements: Any) -> Kept:
        return replace(self, first=self.first[statements])

    def texts(self, name: str) -> Column[str | None]:
        if name == "basis" and self.snapshot.about["own"]:  # each row tells its own
            return Column(np.zeros(len(self.first), np.int32), (None,))
        return self.snapshot.texts(name)[self.first]

    def numbers(self, name: str) -> NDArray[Any]:
        if name == "confidence" and self.snapshot.about["own"]:
            return np.full(len(self.first), np.nan)
        return self.snapshot.numbers(name)[self.first]

    def records(self, statements: Collection[str]) -> Mapping[str, Statement]:
        return by_iri(self.store, statements)

    def word(self, target: str, sign: int) -> str:
        return self._reader.word(target, sign)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.store)
