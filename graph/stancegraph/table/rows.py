"""Rows of the flat table: of what is said of statements, by columns throughout, or anybody's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from stancegraph.cells import NUMBER
from stancegraph.dates import EARLIEST, LATEST, calendar_day, ordinal
from stancegraph.errors import UsageError
from stancegraph.records import Named
from stancegraph.statements import by_iri
from stancegraph.statements.reader import NO_CODING, Coding, Labels, Reader, read_confidence
from stancegraph.table import pairs, scales
from stancegraph.table.arrays import renumber
from stancegraph.table.columns import Column, Details, Reports, Table, encode
from stancegraph.table.pairs import Pairs, Source
from stancegraph.table.scales import POLARITY, Scale
from stancegraph.vocabulary import STANCES, expand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from stancegraph.records import Statement
    from stancegraph.table.columns import Days, Marks, Numbers

    Codes = NDArray[np.int64]

UNKNOWN: Final = Named("", "(no document)")
WITHOUT_POLARITY: Final = "stance:stanceOn"
"""The property of targets that are coded without a sign; they have a level where that is another variable."""


class Rows(NamedTuple):
    """Rows in no order, the sign of each (nan where its target is coded without), and how many have no level."""

    table: Table
    sign: Numbers
    unrated: int


def read(reader: Reader, level: str = "polarity", *, organisation: bool = False) -> Rows:
    """The rows of a reader's statements; a speaker counts as a person, or as the organisation spoken for."""
    if level == "polarity":
        return combine(pairs.Answers(reader, reader.edges), organisation=organisation)
    variable = scales.find_variable(reader.store, level)
    coded = scales.levels(variable, reader.values(variable.iri), reader.store)
    source = pairs.Answers(reader, [*reader.edges, expand(WITHOUT_POLARITY)])
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
    actor = _named(speakers.value[voice], speakers.values, voices)
    target = _named(targets.value[row], targets.values, labels)
    return Rows(_table(source, s, actor, target, level[known]), sign[row], int((~known).sum()))


def _table(source: Source, s: Codes, actor: Column[Named], target: Column[Named], level: Numbers) -> Table:
    said = np.zeros(len(source.statements), np.bool_)
    said[s] = True
    present, place = np.flatnonzero(said), np.cumsum(said) - 1
    codings = _codings(source, s, target)
    reports, shown, documents = _reports(source, s, said, codings)
    start = reports.start[shown]
    first = np.where(start < reports.start[shown + 1], start, len(reports.documents))
    earliest, latest = pairs.days(source)
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


def _named(codes: Codes, iris: Sequence[str], labels: Mapping[str, str]) -> Column[Named]:
    """Things with their labels, sorted."""
    present, place = renumber(codes)
    things = [Named(iris[code], labels[iris[code]]) for code in present.tolist()]
    order = sorted(range(len(things)), key=things.__getitem__)
    rank = np.empty(len(things), np.int32)
    rank[order] = np.arange(len(things), dtype=np.int32)
    return Column(rank[place], tuple(things[i] for i in order))


def _undated(source: Source, said: Marks) -> Iterator[str]:
    """What is to be said of days that are none."""
    for curie in pairs.DAYS:
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
        value = np.zeros(len(given.values))
        for code in given.present().tolist():
            text, at = given.values[code] or "0", np.flatnonzero(given.codes == code)
            for place in at if not NUMBER.fullmatch(text) else at[:1]:
                iri = self.source.statements[int(self.present[place])]
                value[code] = read_confidence(self.source.reader.store, iri, text)
        return value[given.codes]

    def records(self, statements: Collection[str]) -> Mapping[str, Statement]:
        reader = self.source.reader
        return reader.statements if reader.at_once else by_iri(reader.store, statements)

    def word(self, target: str, sign: int) -> str:
        return word(self.source.reader, target, sign)

    def concept(self, curie: str) -> Column[str | None]:
        """The value of a property for each statement, the least where there are several."""
        return self.source.pairs(curie).least(len(self.source.statements))[self.present]


def word(reader: Reader, target: str, sign: int) -> str:
    """The word for a stance of a sign on a target that does not bind the actor."""
    return next(edge.word(reader.sort("", target)) for edge in reader.edges.values() if edge.sign == sign)


@dataclass(frozen=True)
class Uncoded(Details):
    """Nothing else known of so many rows: all said, each by one, with full confidence."""

    number: int

    def __getitem__(self, statements: Any) -> Uncoded:
        return Uncoded(len(statements))

    def texts(self, name: str) -> Column[str | None]:
        return Column(np.zeros(self.number, np.int32), ("said" if name == "basis" else None,))

    def numbers(self, name: str) -> NDArray[Any]:
        return np.full(self.number, name == "confidence", float if name == "confidence" else np.bool_)

    def records(self, statements: Collection[str]) -> Mapping[str, Statement]:  # noqa: ARG002  nor of statements
        return {}

    def word(self, target: str, sign: int) -> str:  # noqa: ARG002  nothing is known of anybody's own targets
        return STANCES[sign]


def of(
    actors: Sequence[object],
    targets: Sequence[object],
    levels: Sequence[float],
    *,
    days: Sequence[date | str] | None = None,
    documents: Sequence[object] | None = None,
    scale: Scale = POLARITY,
) -> Table:
    """A table of anybody's own rows: undated without `days`, each in a document of its own without `documents`.

    >>> len(of(["a", "b", "b"], ["x", "x", "x"], [1, -1, -1], documents=["p", "q", "q"]).deduplicate("document"))
    2
    """
    number = len(levels)
    _check_lengths(number, actors=actors, targets=targets, days=days, documents=documents)
    level = scale.check(np.asarray(levels, float))
    first, last = _dated(days, number)
    every = np.arange(number, dtype=np.int32)
    document = Column(every, _numbered(number)) if documents is None else _distinct(documents)
    rows = Table(
        actor=_distinct(actors),
        target=_distinct(targets),
        level=level,
        earliest=first,
        latest=last,
        statement=Column(every, tuple(f"row {i + 1}" for i in range(number))),
        document=document,
        reports=Reports(np.arange(number + 1), document.codes, every.astype(np.int64)),
        shown=every,
        details=Uncoded(number),
        scale=scale.over(level),
    )
    return rows[np.lexsort((every, rows.earliest))]


def _check_lengths(number: int, **columns: Sequence[object] | None) -> None:
    for name, values in columns.items():
        if values is not None and len(values) != number:
            raise UsageError(f"{len(values)} {name} for {number} levels: give one for each row")


def _distinct(values: Sequence[object]) -> Column[Named]:
    # No array of strings: each of its cells would be as wide as the longest label.
    labels = [str(value) for value in values]
    distinct = {label: code for code, label in enumerate(sorted(set(labels)))}
    codes = np.fromiter((distinct[label] for label in labels), np.int32, len(labels))
    return Column(codes, tuple(Named(label, label) for label in distinct))


def _numbered(number: int) -> tuple[Named, ...]:
    return tuple(Named(f"document {i}", f"document {i}") for i in range(1, number + 1))


def _dated(days: Sequence[date | str] | None, number: int) -> tuple[Days, Days]:
    """First and last possible day of each row; all of time where none are given."""
    if days is None:
        return np.full(number, EARLIEST, np.int32), np.full(number, LATEST, np.int32)
    known = np.array([calendar_day(day).toordinal() for day in days], np.int32)
    return known, known
