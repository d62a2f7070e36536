"""Rows of the flat table: statements and their values, a property at a time, joined by columns throughout.

What a reader is told of some statements is objects; of all that a large database says each property is scanned into
columns of Arrow, and no cell of them becomes an object of Python.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np

from stancegraph.dates import EARLIEST, LATEST, ordinal
from stancegraph.errors import StanceError
from stancegraph.output import NUMBER
from stancegraph.records import Named
from stancegraph.statements import by_iri
from stancegraph.statements.reader import NO_CODING, Coding, Labels, Reader, documents, read_confidence
from stancegraph.table import scales
from stancegraph.table.arrays import (
    Column,
    Strings,
    array,
    distinct,
    encode,
    marks,
    numbers,
    renumber,
    strings,
    texts,
)
from stancegraph.table.columns import Details, Reports, Table
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from stancegraph.records import Document, Statement
    from stancegraph.store import Local
    from stancegraph.table.columns import Days, Marks, Numbers

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
UNKNOWN: Final = Named("", "(no document)")
WITHOUT_POLARITY: Final = "stance:stanceOn"
"""The property of targets that are coded without a sign; they have a level where that is another variable."""


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


class Answers:
    """What a reader is told of the statements that have any of some properties; each is its place among all, sorted."""

    def __init__(self, reader: Reader, properties: Collection[str]) -> None:
        self.reader = reader
        self.statements = sorted(set[str]().union(*map(reader.values, properties)))
        self._place = {s: place for place, s in enumerate(self.statements)}

    def pairs(self, curie: str) -> Pairs:
        """The statements with their values of a property (a prefixed name or an IRI)."""
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
        """Places of statements among all; -1 for what is none."""
        return np.array([self._place.get(iri, -1) for iri in iris], np.int64)

    def names(self, places: Codes) -> Sequence[str]:
        """The IRIs of some statements."""
        return tuple(self.statements[place] for place in places.tolist())

    def quoted(self) -> Codes:
        """The statements some report of which has verbatim words."""
        return self.places(sorted(self._place.keys() & self.reader.quoted))

    def reported(self) -> Reported:
        """The reports of all statements; those of no known place begin at 0."""
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
        """Records of documents."""
        return self.reader.documents


class _Codes(dict[str, int]):
    """Text → its number, in the order met."""

    def __missing__(self, text: str) -> int:
        return self.setdefault(text, len(self))


class Scan:
    """What a database says of all its statements, told as by `Answers`."""

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
        return self._places(strings(iris))

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


Source = Answers | Scan


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


class Rows(NamedTuple):
    """Rows in no order, the sign of each (nan where its target is coded without), and how many have no level."""

    table: Table
    sign: Numbers
    unrated: int


def read(reader: Reader, level: str = "polarity", *, organisation: bool = False) -> Rows:
    """The rows of a reader's statements; a speaker counts as a person, or as the organisation spoken for."""
    if level == "polarity":
        return combine(Answers(reader, reader.edges), organisation=organisation)
    variable = scales.find_variable(reader.store, level)
    coded = scales.levels(variable, reader.values(variable.iri), reader.store)
    source = Answers(reader, [*reader.edges, expand(WITHOUT_POLARITY)])
    levels = np.array([coded.get(s, np.nan) for s in source.statements])
    found = combine(source, levels, organisation=organisation)
    return found._replace(table=replace(found.table, scale=variable.scale))


def combine(source: Source, levels: Numbers | None = None, *, organisation: bool = False) -> Rows:
    """A row for every speaker of a statement with every target of it that has a level: its sign, or the statement's."""
    targets, sign = _targets(source, coded=levels is not None)
    speakers, organisations = source.pairs("stance:speaker"), dict[str, str]()
    if organisation:
        speakers, organisations = _spoken_for(source, speakers)
    spoken = np.bincount(speakers.of, minlength=len(source.statements))
    times = spoken[targets.of]
    row = np.repeat(np.arange(len(times)), times)
    first = np.cumsum(spoken) - spoken
    voice = first[targets.of[row]] + np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    level = sign[row] if levels is None else levels[targets.of[row]]
    known = ~np.isnan(level)
    row, voice = row[known], voice[known]
    s = targets.of[row]
    labels = source.reader.labels
    voices = Labels(organisations | labels) if organisations else labels
    actor = named(speakers.value[voice], speakers.values, voices)
    target = named(targets.value[row], targets.values, labels)
    return Rows(_table(source, s, actor, target, level[known]), sign[row], int((~known).sum()))


def _table(source: Source, s: Codes, actor: Column[Named], target: Column[Named], level: Numbers) -> Table:
    said = np.zeros(len(source.statements), np.bool_)
    said[s] = True
    present, place = np.flatnonzero(said), np.cumsum(said) - 1
    codings = _codings(source, s, target)
    reports, shown, documents = _reports(source, s, said, codings)
    start = reports.start[shown]
    first = np.where(start < reports.start[shown + 1], start, len(reports.documents))
    earliest, latest = days(source)
    return Table(
        actor=actor,
        target=target,
        level=level,
        earliest=earliest[s],
        latest=latest[s],
        statement=Column(place[s].astype(np.int32), source.names(present)),
        document=Column(
            np.append(reports.documents, len(documents)).astype(np.int32)[first], (*documents, UNKNOWN)
        ),
        reports=reports,
        shown=shown,
        details=Coded(source, present),
        bound=_bound(source, s, actor, target),
        store=source.reader.store,
        notes=tuple(_undated(source, said)),
        **_own(codings, len(s)),
    )


def _targets(source: Source, *, coded: bool) -> tuple[Pairs, Numbers]:
    """The targets of statements, and their signs: of one taken twice that of the first property."""
    found = [(source.pairs(edge), float(stance.sign)) for edge, stance in source.reader.edges.items()]
    if coded:
        found.append((source.pairs(WITHOUT_POLARITY), np.nan))
    every = _together([pairs for pairs, _ in found])
    signs = np.concatenate([np.full(len(pairs.of), sign) for pairs, sign in found])
    _, first = np.unique(every.of * (len(every.values) + 1) + every.value, return_index=True)
    return Pairs(every.of[first], every.value[first], every.values), signs[first]


def _together(parts: Sequence[Pairs]) -> Pairs:
    """The pairs of all, one after the other, under one numbering of values."""
    values = sorted({text for part in parts for text in part.values})
    code = {text: i for i, text in enumerate(values)}
    renamed = [np.array([code[text] for text in part.values], np.int64)[part.value] for part in parts]
    return Pairs(np.concatenate([part.of for part in parts]), np.concatenate(renamed), values)


def _spoken_for(source: Source, speakers: Pairs) -> tuple[Pairs, dict[str, str]]:
    """Who statements count for: those spoken for, else the organisation of a speaker's role, else the speaker.

    With them the labels of the organisations of roles.
    """
    principals, roles = source.pairs("stance:onBehalfOf"), source.reader.roles
    own = ~np.isin(speakers.of, principals.of)
    of, value = speakers.of[own], speakers.value[own]
    in_role = np.flatnonzero(np.isin(of, source.places(sorted(roles))))
    organisation: list[tuple[int, str]] = []
    labels: dict[str, str] = {}
    for at, s in zip(in_role.tolist(), source.names(of[in_role]), strict=True):
        if (named := roles[s].get(speakers.values[value[at]])) is not None:
            organisation.append((at, named.iri))
            labels[named.iri] = named.label
    held = np.ones(len(of), np.bool_)
    held[[at for at, _ in organisation]] = False
    names = sorted(labels)
    of_roles = Pairs(of[~held], np.array([names.index(iri) for _, iri in organisation], np.int64), names)
    return Pairs.distinct(
        *_together([Pairs(of[held], value[held], speakers.values), principals, of_roles])
    ), labels


def named(codes: NDArray[Any], iris: Sequence[str], labels: Mapping[str, str]) -> Column[Named]:
    """Things with their labels, sorted."""
    present, place = renumber(codes)
    things = [Named(iris[code], labels[iris[code]]) for code in present.tolist()]
    order = sorted(range(len(things)), key=things.__getitem__)
    rank = np.empty(len(things), np.int32)
    rank[order] = np.arange(len(things), dtype=np.int32)
    return Column(rank[place], tuple(things[i] for i in order))


def _undated(source: Source, said: Marks) -> Iterator[str]:
    """What is to be said of days that are none."""
    for curie in DAYS:
        least = source.pairs(curie).least(len(source.statements))
        wrong = [code for code, text in enumerate(least.values[:-1]) if ordinal(text or "") is None]
        for at in np.flatnonzero(np.isin(least.codes, wrong) & said).tolist():
            text = str(least.values[least.codes[at]])[:40]
            yield f"{source.statements[at]}: {curie} '{text}' is not a day, and counts as none"


def _codings(source: Source, s: Codes, target: Column[Named]) -> dict[int, Coding]:
    """Row → what is coded of its target alone."""
    codings = source.reader.codings
    iris = sorted({iri for iri, _ in codings})
    places = source.places(iris)
    name = dict(zip(places.tolist(), iris, strict=True))
    rows = np.flatnonzero(np.isin(s, places)).tolist()
    found = ((row, codings.get((name[int(s[row])], target.values[target.codes[row]].iri))) for row in rows)
    return {row: coding for row, coding in found if coding is not None}


def _own(codings: Mapping[int, Coding], number: int) -> dict[str, Any]:
    """The columns of what is coded of single targets; none where nothing is."""
    found: dict[str, Any] = {}
    if any(coding.basis is not None for coding in codings.values()):
        found["own_basis"] = encode([codings.get(row, NO_CODING).basis for row in range(number)])
    if any(coding.confidence is not None for coding in codings.values()):
        own = np.full(number, np.nan)
        for row, coding in codings.items():
            own[row] = np.nan if coding.confidence is None else coding.confidence
        found["own_confidence"] = own
    return found


def _bound(source: Source, s: Codes, actor: Column[Named], target: Column[Named]) -> Marks:
    """Whether the target of each row is a demand that binds its actor."""
    marks = np.zeros(len(s), np.bool_)
    binding = np.array([thing.iri in source.reader.bound for thing in target.values], np.bool_)
    for row in np.flatnonzero(binding[target.codes]).tolist():
        iri, one = source.statements[int(s[row])], actor.values[actor.codes[row]].iri
        marks[row] = source.reader.binds(iri, target.values[target.codes[row]].iri, (one,))
    return marks


def _reports(
    source: Source, s: Codes, said: Marks, codings: Mapping[int, Coding]
) -> tuple[Reports, NDArray[np.int32], list[Named]]:
    """The runs of reports: one a statement, one for what only some reports show; the run of each row; documents."""
    found = source.reported()
    kept = np.flatnonzero(said[found.of])
    run, held, begin = found.of[kept], found.document[kept], found.begin[kept]
    shown, runs = s.astype(np.int32), dict[tuple[int, frozenset[str]], int]()
    for row, coding in codings.items():
        if coding.shown:
            key = int(s[row]), coding.shown
            shown[row] = runs.setdefault(key, len(said) + len(runs))
    parts = [(run, held, begin)]
    for (place, iris), number in runs.items():
        those = np.flatnonzero(run == place)
        mine = those[[found.report[int(kept[each])] in iris for each in those]]
        parts.append((np.full(len(mine), number), held[mine], begin[mine]))
    run, held, begin = (np.concatenate(column) for column in zip(*parts, strict=True))
    documents = sorted(found.documents[code] for code in np.unique(held).tolist())
    record = source.documents(documents)
    place_of = {iri: i for i, iri in enumerate(documents)}
    code = np.array([place_of.get(iri, -1) for iri in found.documents], np.int64)[held]
    issued = [(record[iri].issued.partition("/")[0], iri) for iri in documents]
    ranked = sorted(range(len(issued)), key=issued.__getitem__)
    reports = _ordered(run, code, begin, np.argsort(ranked), len(said) + len(runs))
    return reports, shown, [Named(iri, record[iri].title) for iri in documents]


def _ordered(run: Codes, code: Codes, begin: Codes, rank: Codes, number: int) -> Reports:
    """The reports of each of so many runs by the rank of their document, one a document, with its first position."""
    order = np.lexsort((begin, rank[code], run))
    run, code, begin = run[order], code[order], begin[order]
    first = np.ones(len(run), np.bool_)
    first[1:] = (run[1:] != run[:-1]) | (code[1:] != code[:-1])
    start = np.concatenate(([0], np.cumsum(np.bincount(run[first], minlength=number))))
    return Reports(start.astype(np.int64), code[first].astype(np.int32), begin[first])


@dataclass(frozen=True)
class Coded(Details):
    """What else is said of some statements (their places), each column read when asked for."""

    source: Source
    present: Codes

    def __getitem__(self, statements: Any) -> Coded:
        return Coded(self.source, self.present[statements])

    def texts(self, name: str) -> Column[str | None]:
        given, labels = self.concept(f"stance:{name}"), self.source.reader.labels
        return Column(given.codes, [None if iri is None else labels[iri] for iri in given.values])

    def numbers(self, name: str) -> NDArray[Any]:
        if name == "confidence":
            return self._confidence()
        number = len(self.source.statements)
        if name == "joint":
            return (np.bincount(self.source.pairs("stance:speaker").of, minlength=number) > 1)[self.present]
        marks = np.zeros(number, np.bool_)
        marks[self.source.quoted()] = True
        return marks[self.present]

    def _confidence(self) -> Numbers:
        given = self.concept("stance:confidence")
        value = np.full(len(given.values), np.nan)
        for code in given.present().tolist():
            if (text := given.values[code]) is None:
                continue
            at = np.flatnonzero(given.codes == code)
            for place in at if not NUMBER.fullmatch(text) else at[:1]:
                iri = self.source.statements[int(self.present[place])]
                value[code] = read_confidence(self.source.reader.store, iri, text)
        return value[given.codes]

    def records(self, statements: Collection[str]) -> Mapping[str, Statement]:
        reader = self.source.reader
        return reader.statements if reader.at_once else by_iri(reader.store, statements)

    def word(self, target: str, sign: int) -> str:
        return self.source.reader.word(target, sign)

    def concept(self, curie: str) -> Column[str | None]:
        """The value of a property for each statement, the least where there are several."""
        return self.source.pairs(curie).least(len(self.source.statements))[self.present]
