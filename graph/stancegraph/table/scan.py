"""The whole table of a large database, a scan for each property: columns throughout, no row is an object of Python.

The rows are those of `rows.read` without a filter; what a few statements have of their own (codings of single
targets, demands that bind) is looked up one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from stancegraph.cells import NUMBER
from stancegraph.dates import EARLIEST, LATEST, ordinal
from stancegraph.errors import StanceError
from stancegraph.records import Named
from stancegraph.statements.reader import NO_CODING, Reader, documents, read_confidence
from stancegraph.table.arrays import Strings, array, distinct, marks, numbers, texts
from stancegraph.table.columns import Column, Reports, Table, encode
from stancegraph.table.rows import UNKNOWN, word
from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from stancegraph.records import Statement
    from stancegraph.statements.reader import Coding
    from stancegraph.store import Local
    from stancegraph.table.columns import Days, Marks, Numbers

    Codes = NDArray[np.int64]

STATEMENTS: Final = "SELECT ?s WHERE { ?s a stance:Statement }"
DAYS: Final = ("stance:saidNotBefore", "stance:saidNotAfter", "stance:saidOn")


class Pairs(NamedTuple):
    """Statements (places among all, sorted) and a value of each, as a code and the texts that the codes stand for."""

    of: Codes
    value: Codes
    values: tuple[str, ...]

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


class Targets(NamedTuple):
    """Statements, the target of each as a code, the sign of the stance, and what the codes stand for."""

    of: Codes
    value: Codes
    sign: Codes
    values: Sequence[str]


@dataclass(frozen=True)
class Scanned:
    """What else is said of the statements that take a stance, in their order."""

    scan: Scan
    present: Codes

    @cached_property
    def act(self) -> Column[str | None]:
        return self._labels("stance:act")

    @cached_property
    def medium(self) -> Column[str | None]:
        return self._labels("stance:medium")

    @cached_property
    def basis(self) -> Column[str | None]:
        return self._labels("stance:basis")

    @cached_property
    def quoted(self) -> Marks:
        marks = np.zeros(self.scan.number, np.bool_)
        marks[self.scan.quoted()] = True
        return marks[self.present]

    @cached_property
    def joint(self) -> Marks:
        pairs = self.scan.pairs("stance:speaker")
        joint: Marks = (np.bincount(pairs.of, minlength=self.scan.number) > 1)[self.present]
        return joint

    @cached_property
    def confidence(self) -> Numbers:
        given = self.scan.pairs("stance:confidence").least(self.scan.number)[self.present]
        value = np.zeros(len(given.values))
        for code in given.present().tolist():
            text, at = given.values[code] or "0", np.flatnonzero(given.codes == code)
            for place in at if not NUMBER.fullmatch(text) else at[:1]:
                iri = str(self.scan.statements[int(self.present[place])])
                value[code] = read_confidence(self.scan.store, iri, text)
        return value[given.codes]

    def records(self) -> dict[str, Statement]:
        return {}

    def word(self, target: str, sign: int) -> str:
        return word(self.scan.reader, target, sign)

    def _labels(self, curie: str) -> Column[str | None]:
        given, labels = self.scan.concept(curie)[self.present], self.scan.reader.labels
        return Column(given.codes, [None if iri is None else labels[iri] for iri in given.values])


class Scan:
    """What a database says of all its statements, a property at a time."""

    def __init__(self, store: Local) -> None:
        import pyarrow.compute as pc

        self.store = store
        self.reader = Reader(store)
        (found,) = store.columns(STATEMENTS)
        found = pc.unique(found)
        self.statements: pa.Array = found.take(pc.sort_indices(found))
        self.number = len(self.statements)
        self.present: Codes = np.zeros(0, np.int64)
        """The statements that take a stance, once the table is made."""
        self._pairs: dict[str, Pairs] = {}

    def pairs(self, curie: str) -> Pairs:
        """The statements with their values of a property (a prefixed name or an IRI), each once."""
        if curie not in self._pairs:
            iri = curie if "://" in curie else expand(curie)
            s, value = self.store.columns(f"SELECT ?s ?value WHERE {{ ?s <{iri}> ?value }}")
            of, coded = self._places(s), texts(value)
            keys = distinct(of[of >= 0] * len(coded.values) + coded.codes[of >= 0])
            names = tuple(str(text) for text in coded.values[:-1])
            self._pairs[curie] = Pairs(keys // len(coded.values), keys % len(coded.values), names)
        return self._pairs[curie]

    def _places(self, iris: pa.Array) -> Codes:
        """Places of statements among all; -1 for what is none."""
        import pyarrow.compute as pc

        return numbers(pc.index_in(iris, self.statements), -1).astype(np.int64)

    def several(self) -> list[str]:
        """Filters that no column can answer: of a property with several values, of days not written as days are."""
        found = [name for name in ("act", "medium") if self.pairs(f"stance:{name}").is_several]
        plain = (
            not pairs.is_several and all(len(text) == 10 and ordinal(text) for text in pairs.values)
            for pairs in map(self.pairs, DAYS)
        )
        return found if all(plain) else [*found, "since", "until"]

    def days(self) -> list[tuple[int, int]]:
        """First and last possible day of all statements, where both are known; each pair once."""
        found = np.unique(np.column_stack(self._days()), axis=0)
        known = found[(found[:, 0] > EARLIEST) & (found[:, 1] < LATEST)]
        return [(first, last) for first, last in known.tolist()]

    def table(self) -> Table:
        """The table, oldest first."""
        targets = self._targets()
        speakers = self.pairs("stance:speaker")
        # Every speaker of a statement with every target of it.
        spoken = np.bincount(speakers.of, minlength=self.number)
        times = spoken[targets.of]
        row = np.repeat(np.arange(len(times)), times)
        first = np.cumsum(spoken) - spoken
        within = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
        s = targets.of[row]
        actor = self._things(speakers.value[first[s] + within], speakers.values)
        target = self._things(targets.value[row], targets.values)
        said = np.zeros(self.number, np.bool_)
        said[s] = True
        self.present, place = np.flatnonzero(said), np.cumsum(said) - 1
        codings = self._codings(s, target)
        reports, shown, named = self._reports(s, codings)
        start = reports.start[shown]
        at = np.where(start < reports.start[shown + 1], start, len(reports.documents))
        document = np.append(reports.documents, len(named)).astype(np.int32)[at]
        earliest, latest = self._days()
        table = Table(
            actor=actor,
            target=target,
            level=targets.sign[row].astype(float),
            earliest=earliest[s],
            latest=latest[s],
            statement=Column(place[s].astype(np.int32), Strings(self.statements.take(array(self.present)))),
            document=Column(document, (*named, UNKNOWN)),
            reports=reports,
            shown=shown,
            details=Scanned(self, self.present),
            bound=self._bound(s, actor, target),
            store=self.store,
            notes=tuple(self._undated(said)),
            **_own(codings, len(s)),
        )
        return table.sort(np.append(reports.positions, 0)[at])

    def concept(self, curie: str) -> Column[str | None]:
        """The IRI of a concept for each statement, the least where there are several."""
        return self.pairs(curie).least(self.number)

    def _targets(self) -> Targets:
        """The targets of statements with their signs: of one taken twice that of the first property."""
        found = [(self.pairs(edge), stance.sign) for edge, stance in self.reader.edges.items()]
        values = sorted({text for pairs, _ in found for text in pairs.values})
        code = {text: i for i, text in enumerate(values)}
        of = np.concatenate([pairs.of for pairs, _ in found])
        value = np.concatenate(
            [np.array([code[text] for text in pairs.values], np.int64)[pairs.value] for pairs, _ in found]
        )
        sign = np.concatenate([np.full(len(pairs.of), sign) for pairs, sign in found])
        _, first = np.unique(of * (len(values) + 1) + value, return_index=True)
        return Targets(of[first], value[first], sign[first], tuple(values))

    def _things(self, codes: Codes, iris: Sequence[str]) -> Column[Named]:
        labels = self.reader.labels
        present, place = np.unique(codes, return_inverse=True)
        things = [Named(iris[code], labels[iris[code]]) for code in present.tolist()]
        order = sorted(range(len(things)), key=things.__getitem__)
        rank = np.empty(len(things), np.int32)
        rank[order] = np.arange(len(things), dtype=np.int32)
        return Column(rank[place], tuple(things[i] for i in order))

    def _days(self) -> tuple[Days, Days]:
        """First and last possible day of each statement, all of time where none is given."""
        sides = np.full(self.number, EARLIEST, np.int32), np.full(self.number, LATEST, np.int32)
        for curie, ends in zip(DAYS, ((0,), (1,), (0, 1)), strict=True):
            least = self.pairs(curie).least(self.number)
            days = [ordinal(text or "") for text in least.values]
            known = np.array([day is not None for day in days])[least.codes]
            for end in ends:
                sides[end][known] = np.array([day or 0 for day in days], np.int32)[least.codes[known]]
        return sides

    def _undated(self, said: Marks) -> Iterator[str]:
        """What is to be said of days that are none."""
        for curie in DAYS:
            least = self.pairs(curie).least(self.number)
            wrong = [code for code, text in enumerate(least.values[:-1]) if ordinal(text or "") is None]
            for at in np.flatnonzero(np.isin(least.codes, wrong) & said).tolist():
                text = str(least.values[least.codes[at]])[:40]
                yield f"{self.statements[at]}: {curie} '{text}' is not a day, and counts as none"

    def _codings(self, s: Codes, target: Column[Named]) -> dict[int, Coding]:
        """Row → what is coded of its target alone."""
        codings = self.reader.codings
        coded = self._rows_of(s, {iri for iri, _ in codings})
        found = ((row, codings.get((iri, target.values[target.codes[row]].iri))) for row, iri in coded)
        return {row: coding for row, coding in found if coding is not None}

    def _rows_of(self, s: Codes, statements: Collection[str]) -> Iterator[tuple[int, str]]:
        """The rows of some statements, with the statement of each."""
        import pyarrow as pa

        iris = sorted(statements)
        places = self._places(pa.array(iris, pa.string())) if iris else np.zeros(0, np.int64)
        name = dict(zip(places.tolist(), iris, strict=True))
        for row in np.flatnonzero(np.isin(s, places)).tolist():
            yield row, name[int(s[row])]

    def _bound(self, s: Codes, actor: Column[Named], target: Column[Named]) -> Marks:
        """Whether the target of each row is a demand that binds its actor."""
        marks = np.zeros(len(s), np.bool_)
        binding = np.array([thing.iri in self.reader.bound for thing in target.values], np.bool_)
        for row in np.flatnonzero(binding[target.codes]).tolist():
            iri, one = str(self.statements[int(s[row])]), actor.values[actor.codes[row]].iri
            marks[row] = self.reader.binds(iri, target.values[target.codes[row]].iri, (one,))
        return marks

    def quoted(self) -> Codes:
        """The statements some report of which has verbatim words."""
        (quoting,) = self.store.columns("SELECT ?report WHERE { ?report stance:quote ?words }")
        report, of = self._reported
        import pyarrow.compute as pc

        quoted: Codes = of[numbers(pc.is_in(report, quoting))]
        return quoted

    @cached_property
    def _reported(self) -> tuple[pa.Array, Codes]:
        """Reports, and the statement of each."""
        report, s = self.store.columns("SELECT ?report ?s WHERE { ?report stance:reports ?s }")
        of = self._places(s)
        return report.filter(marks(of >= 0)), of[of >= 0]

    def _reports(
        self, s: Codes, codings: Mapping[int, Coding]
    ) -> tuple[Reports, NDArray[np.int32], list[Named]]:
        """The runs of reports: one a statement, one for what only some reports show; the run of each row; documents."""
        import pyarrow.compute as pc

        report, of = self._reported
        there, document = self.store.columns(
            "SELECT ?report ?document WHERE { ?report stance:document ?document }"
        )
        at, coded = numbers(pc.index_in(report, there), -1), texts(document)
        taken = np.zeros(self.number, np.bool_)
        taken[s] = True
        kept = (at >= 0) & taken[of]
        begin = self._begins(report)[kept]
        report, run, held = report.filter(marks(kept)), of[kept], coded.codes[at[kept]].astype(np.int64)
        shown, runs = s.astype(np.int32), dict[tuple[int, frozenset[str]], int]()
        for row, coding in codings.items():
            if coding.shown:
                key = int(s[row]), coding.shown
                shown[row] = runs.setdefault(key, self.number + len(runs))
        parts = [(run, held, begin)]
        for (place, iris), number_ in runs.items():
            those = np.flatnonzero(run == place)
            mine = those[[str(report[int(each)]) in iris for each in those]]
            parts.append((np.full(len(mine), number_), held[mine], begin[mine]))
        run, held, begin = (np.concatenate(column) for column in zip(*parts, strict=True))
        return self._ordered(run, held, begin, coded, self.number + len(runs), shown)

    def _ordered(
        self,
        run: Codes,
        held: Codes,
        begin: Codes,
        coded: Column[str | None],
        number_: int,
        shown: NDArray[np.int32],
    ) -> tuple[Reports, NDArray[np.int32], list[Named]]:
        """The reports of each run in the order issued, one a document, with its first position."""
        iris = sorted(str(coded.values[code]) for code in np.unique(held).tolist())
        record = documents(self.store, set(iris))
        place = {iri: i for i, iri in enumerate(iris)}
        code = np.array([place.get(str(text), -1) for text in coded.values], np.int64)[held]
        ranked = sorted(range(len(iris)), key=lambda i: (record[iris[i]].issued.partition("/")[0], iris[i]))
        rank = np.empty(len(iris), np.int64)
        rank[ranked] = np.arange(len(iris))
        order = np.lexsort((begin, rank[code], run))
        run, code, begin = run[order], code[order], begin[order]
        first = np.ones(len(run), np.bool_)
        first[1:] = (run[1:] != run[:-1]) | (code[1:] != code[:-1])
        start = np.concatenate(([0], np.cumsum(np.bincount(run[first], minlength=number_))))
        reports = Reports(start.astype(np.int64), code[first].astype(np.int32), begin[first])
        return reports, shown, [Named(iri, record[iri].title) for iri in iris]

    def _begins(self, report: pa.Array) -> Codes:
        """The code point at which the first passage of each report begins, 0 where none is known."""
        import pyarrow.compute as pc

        selector, start = self.store.columns("SELECT ?x ?y WHERE { ?x oa:start ?y }")
        passage, selected = self.store.columns("SELECT ?x ?y WHERE { ?x oa:hasSelector ?y }")
        reporting, shown = self.store.columns("SELECT ?x ?y WHERE { ?x stance:passage ?y }")
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


def _own(codings: Mapping[int, Coding], number_: int) -> dict[str, Any]:
    """The columns of what is coded of single targets; none where nothing is."""
    found: dict[str, Any] = {}
    if any(coding.basis is not None for coding in codings.values()):
        found["own_basis"] = encode([codings.get(row, NO_CODING).basis for row in range(number_)])
    if any(coding.confidence is not None for coding in codings.values()):
        own = np.full(number_, np.nan)
        for row, coding in codings.items():
            own[row] = np.nan if coding.confidence is None else coding.confidence
        found["own_confidence"] = own
    return found
