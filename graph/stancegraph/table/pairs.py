"""Statements and their values, a property at a time, as codes: of a reader's answers, or of a whole database.

What a reader is told of some statements is objects; of all that a large database says each property is scanned into
columns of Arrow, and no cell of them becomes an object of Python.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeVar

import numpy as np

from stancegraph.dates import EARLIEST, LATEST, ordinal
from stancegraph.errors import StanceError
from stancegraph.statements.reader import Reader, documents
from stancegraph.table.arrays import Strings, array, distinct, marks, numbers, texts
from stancegraph.table.columns import Column
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from stancegraph.records import Document
    from stancegraph.store import Local
    from stancegraph.table.columns import Days

    Codes = NDArray[np.int64]

T = TypeVar("T")
STATEMENTS: Final = "SELECT ?s WHERE { ?s a stance:Statement }"
DAYS: Final = ("stance:saidNotBefore", "stance:saidNotAfter", "stance:saidOn")
CODED: Final = ("stance:speaker", "stance:act", "stance:medium", "stance:basis", "stance:confidence")
REPORTED: Final = tuple(
    f"SELECT ?x ?y WHERE {{ ?x {curie} ?y }}"
    for curie in ("stance:document", "stance:passage", "oa:hasSelector", "oa:start")
)
"""What is read of every report: its document, and where in that it begins."""


class Pairs(NamedTuple):
    """Statements (places among all, sorted) and a value of each, as a code and the texts that the codes stand for."""

    of: Codes
    value: Codes
    values: Sequence[str]

    @classmethod
    def distinct(cls, of: Codes, value: Codes, values: Sequence[str]) -> Pairs:
        """Each pair once, in order."""
        keys = distinct(of * len(values) + value)
        return cls(keys // max(len(values), 1), keys % max(len(values), 1), values)

    @property
    def is_several(self) -> bool:
        """Whether any statement has more than one value."""
        return bool((self.of[1:] == self.of[:-1]).any())  # sorted, as they are distinct

    def least(self, number: int) -> Column[str | None]:
        """The least value of each of so many statements, None where there is none."""
        ranked = sorted(range(len(self.values)), key=self.values.__getitem__)
        rank = np.empty(len(ranked), np.int64)
        rank[ranked] = np.arange(len(ranked))
        found = np.full(number, len(ranked), np.int64)
        np.minimum.at(found, self.of, rank[self.value])
        return Column(found.astype(np.int32), (*(self.values[i] for i in ranked), None))


class Reported(NamedTuple):
    """Reports in documents: the statement of each, the document as a code, and where its first passage begins."""

    of: Codes
    report: Sequence[str]
    document: Codes
    begin: Codes
    documents: Sequence[str]


class Source(Protocol):
    """What is said of statements, each of which is its place among all, sorted by their IRIs."""

    @property
    def reader(self) -> Reader: ...
    @property
    def statements(self) -> Sequence[str]: ...

    def pairs(self, curie: str) -> Pairs:
        """The statements with their values of a property (a prefixed name or an IRI)."""

    def places(self, iris: Sequence[str]) -> Codes:
        """Places of statements among all; -1 for what is none."""

    def names(self, places: Codes) -> Sequence[str]:
        """The IRIs of some statements."""

    def quoted(self) -> Codes:
        """The statements some report of which has verbatim words."""

    def reported(self) -> Reported:
        """The reports of all statements; those of no known place begin at 0."""

    def documents(self, iris: Collection[str]) -> Mapping[str, Document]:
        """Records of documents."""


class Answers:
    """What a reader is told of the statements that have any of some properties."""

    def __init__(self, reader: Reader, properties: Collection[str]) -> None:
        self.reader = reader
        self.statements = sorted(set[str]().union(*map(reader.values, properties)))
        self._place = {s: place for place, s in enumerate(self.statements)}

    def pairs(self, curie: str) -> Pairs:
        code = _Codes()
        found = [
            (self._place[s], code[value])
            for s, values in self.reader.values(curie).items()
            if s in self._place
            for value in values
        ]
        of, value = np.array(found, np.int64).reshape(-1, 2).T
        return Pairs.distinct(of, value, tuple(code))

    def places(self, iris: Sequence[str]) -> Codes:
        return np.array([self._place.get(iri, -1) for iri in iris], np.int64)

    def names(self, places: Codes) -> Sequence[str]:
        return tuple(self.statements[place] for place in places.tolist())

    def quoted(self) -> Codes:
        return self.places(sorted(self._place.keys() & self.reader.quoted))

    def reported(self) -> Reported:
        code, begins = _Codes(), self.reader.positions
        found = [each for each in self.reader.reported if each[0] in self._place]
        return Reported(
            self.places([s for s, *_ in found]),
            [report for _, report, _ in found],
            np.array([code[document] for *_, document in found], np.int64),
            np.array([begins.get(report, 0) for _, report, _ in found], np.int64),
            tuple(code),
        )

    def documents(self, iris: Collection[str]) -> Mapping[str, Document]:  # noqa: ARG002  the reader knows its own
        return self.reader.documents


class _Codes(dict[str, int]):
    """Text → its number, in the order met."""

    def __missing__(self, text: str) -> int:
        return self.setdefault(text, len(self))


class Scan:
    """What a database says of all its statements."""

    def __init__(self, store: Local) -> None:
        import pyarrow.compute as pc

        self.store = store
        self.reader = Reader(store)
        (found,) = store.columns(STATEMENTS)
        found = pc.unique(found)
        self._iris: pa.Array = found.take(pc.sort_indices(found))
        self.statements = Strings(self._iris)
        self._pairs: dict[str, Pairs] = {}
        _at_once(self.pairs, (*self.reader.edges, *CODED, *DAYS))

    def pairs(self, curie: str) -> Pairs:
        if curie not in self._pairs:
            iri = curie if "://" in curie else expand(curie)
            s, value = self.store.columns(f"SELECT ?s ?value WHERE {{ ?s <{iri}> ?value }}")
            of, coded = self._places(s), texts(value)
            names = tuple(str(text) for text in coded.values[:-1])
            self._pairs[curie] = Pairs.distinct(of[of >= 0], coded.codes[of >= 0].astype(np.int64), names)
        return self._pairs[curie]

    def places(self, iris: Sequence[str]) -> Codes:
        import pyarrow as pa

        return self._places(pa.array(iris, pa.string()))

    def _places(self, iris: pa.Array) -> Codes:
        import pyarrow.compute as pc

        return numbers(pc.index_in(iris, self._iris), -1).astype(np.int64)

    def names(self, places: Codes) -> Sequence[str]:
        return Strings(self._iris.take(array(places)))

    def several(self) -> list[str]:
        """Filters that no column can answer: of a property with several values, of days not written as days are."""
        found = [name for name in ("act", "medium") if self.pairs(f"stance:{name}").is_several]
        plain = (
            not pairs.is_several and all(len(text) == 10 and ordinal(text) for text in pairs.values)
            for pairs in map(self.pairs, DAYS)
        )
        return found if all(plain) else [*found, "since", "until"]

    def quoted(self) -> Codes:
        import pyarrow.compute as pc

        (quoting,) = self.store.columns("SELECT ?report WHERE { ?report stance:quote ?words }")
        report, of = self._reports
        quoted: Codes = of[numbers(pc.is_in(report, quoting))]
        return quoted

    @cached_property
    def _reports(self) -> tuple[pa.Array, Codes]:
        """Reports, and the statement of each."""
        report, s = self.store.columns("SELECT ?report ?s WHERE { ?report stance:reports ?s }")
        of = self._places(s)
        return report.filter(marks(of >= 0)), of[of >= 0]

    def reported(self) -> Reported:
        import pyarrow.compute as pc

        report, of = self._reports
        (there, document), *places = _at_once(self.store.columns, REPORTED)
        at, coded = numbers(pc.index_in(report, there), -1), texts(document)
        kept = at >= 0
        held = coded.codes[at[kept]].astype(np.int64)
        names = [str(text) for text in coded.values[:-1]]
        return Reported(
            of[kept], Strings(report.filter(marks(kept))), held, _begins(report, *places)[kept], names
        )

    def documents(self, iris: Collection[str]) -> Mapping[str, Document]:
        return documents(self.store, set(iris))


def _at_once(read: Callable[[str], T], asked: Iterable[str]) -> list[T]:
    """What `read` gives of each, two at a time: the engine answers without Python's lock."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(read, asked))


def _begins(report: pa.Array, *places: list[pa.Array]) -> Codes:
    """The code point at which the first passage of each report begins, 0 where none is known.

    `places` are reports with their passages, passages with their selectors, and selectors with their starts.
    """
    import pyarrow.compute as pc

    (reporting, shown), (passage, selected), (selector, start) = places
    value = texts(start)
    if wrong := [text for text in value.values if text is not None and not text.isdecimal()]:
        raise StanceError(f"oa:start '{wrong[0][:40]}' is not a number")
    place = np.array([int(text or 0) for text in value.values])[value.codes]
    at = numbers(pc.index_in(selected, selector), -1)
    placed, begins = passage.filter(marks(at >= 0)), place[at[at >= 0]]
    known = pc.unique(placed)
    least = np.full(len(known), np.iinfo(np.int64).max)
    np.minimum.at(least, numbers(pc.index_in(placed, known)), begins)
    at, of = numbers(pc.index_in(shown, known), -1), numbers(pc.index_in(reporting, report), -1)
    both = (at >= 0) & (of >= 0)
    found = np.full(len(report), np.iinfo(np.int64).max)
    np.minimum.at(found, of[both], least[at[both]])
    # A report of several statements stands there more than once.
    found = found[numbers(pc.index_in(report, report))]
    return np.where(found == np.iinfo(np.int64).max, 0, found)


def days(source: Source) -> tuple[Days, Days]:
    """First and last possible day of each statement, all of time where none is given."""
    number = len(source.statements)
    sides = np.full(number, EARLIEST, np.int32), np.full(number, LATEST, np.int32)
    for curie, ends in zip(DAYS, ((0,), (1,), (0, 1)), strict=True):
        least = source.pairs(curie).least(number)
        days = [ordinal(text or "") for text in least.values]
        known = np.array([day is not None for day in days])[least.codes]
        for end in ends:
            sides[end][known] = np.array([day or 0 for day in days], np.int32)[least.codes[known]]
    return sides
