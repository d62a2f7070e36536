"""Codings of the same documents: read, matched by where units lie, compared, and settled into a third.

Units are matched by overlapping passages alone (largest overlap over union first, one to one), so that what is
compared plays no part in the matching.

The third coding is a JSON array of units like the two, each with `settled`: what the first and the second had,
which was taken, by whom and on which day. A unit with a difference nobody has decided yet says what is `open`, and
one that was left out that it is `dropped`; neither counts as coded, and the next run goes on from there.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stancegraph import input as input_
from stancegraph import statements, store
from stancegraph.dates import interval
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import parser
from stancegraph.store.sparql import node
from stancegraph.vocabulary import compact, local_name

if TYPE_CHECKING:
    from stancegraph.names import Names
    from stancegraph.store import Store

Section = tuple[int, int]
"""A stretch of a text that a coder marked: start and end in code points, end exclusive."""
LARGEST: Final = 64 << 20
FIELDS: Final = ("speaker", "act", "stances", "basis", "day")
"""What is compared of matched units, one difference each."""
SIGNS: Final = {1: "+", -1: "−", 0: "0"}
COLUMNS: Final = ("document", "start", "end", "what", "first", "second")
MEND: Final = (
    "write the table with --differences --format csv, and fill a column named taken with first, second, neither "
    "or a value"
)
FIRST: Final = "first"
SECOND: Final = "second"
NEITHER: Final = "neither"
_FOLLOWS: Final = {
    "speaker": ("speakers", "on_behalf_of"),
    "act": ("act",),
    "stances": ("stances", "codings"),
    "basis": ("basis", "confidence"),
    "day": ("day",),
}
"""What differs → the keys of a unit that go with it."""
_SIGNED: Final = {sign: polarity for polarity, sign in SIGNS.items()} | {"-": -1}
Identity = tuple[str, ...]
"""What a difference is known by from one run to the next: the cells of its row."""
Said = str | list[str] | None
"""A field of a unit as it is told: the act or the basis, the speakers, or the targets each with its sign."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement as one document reports it: where it stands, and what was coded.

    Documents are named by the last part of their IRI, all else as `actor:iraq`; `record` is the coding's own.
    """

    document: str
    passages: tuple[Section, ...]
    speaker: frozenset[str]
    act: str | None
    stances: Mapping[str, int]
    basis: str
    bases: Mapping[str, str] = field(default_factory=dict)
    """Target → its own basis, where it has one."""
    name: str = ""
    day: str | None = None
    """The day as a graph has it, or its bounds; None where a coding tells none."""
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """Where it begins, in code points."""
        return min((start for start, _ in self.passages), default=0)

    @property
    def end(self) -> int:
        return max((end for _, end in self.passages), default=0)

    def said(self, what: str) -> Said:
        """One of `FIELDS` as it is told."""
        if what == "stances":
            return [f"{SIGNS[sign]} {local_name_of(target)}" for target, sign in sorted(self.stances.items())]
        if what == "speaker":
            return sorted(map(local_name_of, self.speaker))
        if what == "day":
            return self.day
        value = self.act if what == "act" else self.basis
        return None if value is None else local_name_of(value)

    def rests_on(self, target: str) -> str:
        """What the coding of one target rests on."""
        return self.bases.get(target, self.basis)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two codings differ: in one of `FIELDS` of a matched unit, or in a `unit` that one of them alone has."""

    what: str
    first: Unit | None
    second: Unit | None

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in (self.first, self.second) if unit)

    def row(self) -> dict[str, object]:
        first, second = (self._told(unit) for unit in (self.first, self.second))
        start, end = min(u.start for u in self.units), max(u.end for u in self.units)
        what = self.what if self.what != "unit" else "only the first" if self.first else "only the second"
        return dict(zip(COLUMNS, (self.units[0].document, start, end, what, first, second), strict=True))

    def _told(self, unit: Unit | None) -> Said:
        return None if unit is None else unit.said("stances" if self.what == "unit" else self.what)


class Comparison:
    """Two codings, and their matched units (`pairs`)."""

    def __init__(self, first: Sequence[Unit], second: Sequence[Unit]) -> None:
        self.first, self.second = first, second
        self.pairs = matched(first, second)

    @cached_property
    def differences(self) -> list[Difference]:
        """Where the codings differ, by document and place; units that one alone has come last."""
        found = [
            Difference(what, a, b)
            for a, b in sorted(self.pairs, key=lambda pair: (pair[0].document, pair[0].passages))
            for what in FIELDS
            if a.said(what) != b.said(what) and (what != "day" or None not in (a.day, b.day))
        ]
        matched_ = {id(unit) for pair in self.pairs for unit in pair}
        found += [Difference("unit", unit, None) for unit in self.first if id(unit) not in matched_]
        found += [Difference("unit", None, unit) for unit in self.second if id(unit) not in matched_]
        return found


def local_name_of(name: str) -> str:
    """A prefixed name without its prefix."""
    return name.partition(":")[2] or name


def matched(first: Sequence[Unit], second: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    """Pairs of units that overlap, the largest overlap first, each unit in one pair at most."""
    by_document: dict[str, list[int]] = defaultdict(list)
    for j, unit in enumerate(second):
        by_document[unit.document].append(j)
    scored = [
        (-score, i, j)
        for i, unit in enumerate(first)
        for j in by_document[unit.document]
        if (score := overlap(unit, second[j])) > 0
    ]
    pairs, left, right = [], set(), set()
    for _, i, j in sorted(scored):
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            pairs.append((first[i], second[j]))
    return pairs


def overlap(a: Unit, b: Unit) -> float:
    """Code points that both units cover over those that either covers, 0..1."""
    if a.document != b.document or a.end <= b.start or b.end <= a.start:
        return 0.0
    mine, theirs = (sections(unit.passages) for unit in (a, b))
    both = sum(max(0, min(end, until) - max(start, since)) for start, end in mine for since, until in theirs)
    return both / (sum(end - start for start, end in (*mine, *theirs)) - both)


def sections(passages: Sequence[Section]) -> list[Section]:
    """Passages that may overlap, cut where one begins or ends, so that none does.

    >>> sections([(0, 10), (5, 15), (20, 30)])
    [(0, 5), (5, 10), (10, 15), (20, 30)]
    """
    bounds = sorted({bound for passage in passages for bound in passage})
    reach = 0
    found = []
    starts = sorted(passages)
    for start, end in itertools.pairwise(bounds):
        while starts and starts[0][0] <= start:
            reach = max(reach, starts.pop(0)[1])
        if reach >= end:
            found.append((start, end))
    return found


def read(place: str | Path) -> list[Unit]:
    """The units of a coding: a JSON array of units as in `ontology/coding`, or a graph of statements.

    Raises StanceError or UsageError where it cannot be read, or holds no unit that stands anywhere.
    """
    file = Path(place)
    is_array = file.suffix.casefold() == ".json" and not file.is_dir()
    units = list(_array(file)) if is_array else units_of(store.open(place))
    if not units:
        raise StanceError(f"{place} codes nothing that has a place in a document: nothing can be compared")
    return units


def _as_written(file: Path) -> Iterator[Any]:
    """The units of a coding in JSON as they stand there, yet to be checked; raises StanceError where it is none."""
    return parser.values(partial(_items, file), file, "split it")


def _items(file: Path) -> list[object]:
    """In the worker: what is in an array of JSON."""
    try:
        items = parser.decode(input_.read(file, LARGEST).decode())
    except ValueError as error:
        raise StanceError(f"{file} is no JSON in UTF-8 ({error}): give a coding or a graph") from None
    if not isinstance(items, list):
        raise StanceError(
            f"{file} is no array of units: give a coding like those in ontology/coding, or a graph"
        )
    return items


def _array(file: Path) -> Iterator[Unit]:
    for number, row in enumerate(_as_written(file), 1):
        try:
            yield from () if row.get("open") or row.get("dropped") else (_unit(row),)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            why = f"lacks {error}" if isinstance(error, KeyError) else f"cannot be read ({error})"
            raise StanceError(
                f"{file}: unit {number} {why}: it has document, passages, speakers, act, stances and basis"
            ) from None


def _unit(row: Mapping[str, Any]) -> Unit:
    stances = {str(target): int(sign) for target, sign in row["stances"].items()}
    if not set(stances.values()) <= SIGNS.keys():
        raise ValueError("a stance is 1, -1 or 0")
    codings = row.get("codings", {})
    passages = tuple((int(start), int(end)) for start, end in row["passages"])
    if not all(0 <= start < end <= LARGEST for start, end in passages):
        raise ValueError("a passage is a start and an end, in code points")
    return Unit(
        str(row["document"]),
        passages,
        frozenset(map(str, row["speakers"])),
        None if row["act"] is None else str(row["act"]),
        stances,
        str(row["basis"]),
        {str(target): str(coding["basis"]) for target, coding in codings.items() if "basis" in coding},
        str(row.get("name", "")),
        None if row.get("day") is None else str(row["day"]),
        row,
    )


def units_of(graph: Store, coder: str | None = None, document: str | None = None) -> list[Unit]:
    """The statements of a graph as units, one for each report with a place; of one `coder` or `document`, by IRI."""
    wanted = None
    if coder is not None:
        wanted = {
            iri for (iri,) in graph.tuples("SELECT ?s { ?s stance:coder ?coder }", {"coder": node(coder)})
        }
    return [
        Unit(
            local_name(report.document.iri),
            tuple((passage.start, passage.end) for passage in report.passages),
            frozenset(named(speaker.iri) for speaker in statement.speakers),
            None if statement.act is None else f"act:{statement.act.replace(' ', '-')}",
            {named(target.thing.iri): target.sign for target in statement.targets},
            statement.basis,
            {named(target.thing.iri): target.basis for target in statement.targets},
            compact(statement.iri),
            statement.date,
        )
        for statement in statements.said(graph, document=document)
        if wanted is None or statement.iri in wanted
        for report in statement.reports
        if report.passages and document in (None, report.document.iri)
    ]


def named(iri: str) -> str:
    """An entry by kind and name, whatever its base: `actor:ada`."""
    kind = iri.rstrip("/").rpartition("/")[0].rpartition("/")[2]
    return compact(iri) if compact(iri) != iri else f"{kind}:{local_name(iri)}"


def lengths(graph: Store) -> dict[str, int]:
    """Document → the length of its text in code points, where the graph says one."""
    rows = graph.tuples("SELECT ?document ?length { ?document stance:length ?length }")
    return {local_name(document): int(length) for document, length in rows if length.isdigit()}


def texts(graph: Store, folder: Path) -> dict[str, str]:
    """Document → its text, where a file of the folder has the checksum that the graph says of it."""
    from stancegraph.validation import hashed

    files = hashed(folder)
    rows = graph.tuples("SELECT ?document ?sha256 { ?document stance:sha256 ?sha256 }")
    found = ((local_name(document), files[sum_]) for document, sum_ in rows if sum_ in files)
    return {name: file.read_bytes().decode("utf-8", "replace") for name, file in found}


def beside(difference: Difference, third: Iterable[Unit]) -> str:
    """What a third coding has where a difference lies, by the same speakers, with a target of theirs if any has one."""
    units = difference.units
    speakers = {name for unit in units for name in unit.speaker}
    targets = {target for unit in units for target in unit.stances}
    here = [k for k in third if k.speaker & speakers and any(overlap(k, unit) > 0 for unit in units)]
    sharing = [k for k in here if k.stances.keys() & targets]
    here = sharing or (here if not targets or difference.what != "unit" else [])
    return "; ".join(_told(k, difference.what) for k in here) or "not taken over"


def _told(unit: Unit, what: str) -> str:
    name = unit.name or f"{unit.document}, {unit.start}"
    if what == "unit":
        return name
    said = unit.said(what)
    return f"{name}: {(', '.join(said) if isinstance(said, list) else said) or 'none'}"


def pick(place: str, graph: Store) -> list[Unit]:
    """The coding that a place, or a coder of the graph by number or name, stands for; raises UsageError for none."""
    if (
        Path(place).exists()
        or place.casefold().startswith(("http://", "https://"))
        or place.endswith(".json")
    ):
        return read(place)
    coders = [iri for (iri,) in graph.tuples("SELECT DISTINCT ?coder { ?s stance:coder ?coder }")]
    meant = [coder for coder in coders if place.removeprefix("coder:") in (coder, local_name(coder))]
    if len(meant) != 1:
        told = ", ".join(sorted(map(local_name, coders)))
        known = f"; the graph has the coders {told}" if told else ""
        raise UsageError(
            f"'{place[:80]}' is no coding (a JSON file or a graph), and no coder of the graph{known}"
        )
    return units_of(graph, meant[0])


@dataclass(frozen=True, slots=True)
class Decision:
    """How a difference was settled: `first`, `second`, `neither` (of a unit that one alone has), or another value.

    `by` is who settled it, `on` the day (ISO 8601).
    """

    taken: str
    by: str
    on: str


Decisions = dict[Identity, Decision]


def identity(difference: Difference) -> Identity:
    """What a difference is known by."""
    return tuple(as_text(value) for value in difference.row().values())


def as_text(value: object) -> str:
    """A cell as text: several values joined by semicolons."""
    return "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def read_decisions(file: Path, by: str, on: str) -> Decisions:
    """The decisions in a CSV of differences with a column `taken`; empty cells are left open.

    Raises StanceError where the file is no such table.
    """
    return {
        tuple(known): Decision(taken, by, on)
        for *known, taken in parser.values(partial(_taken, file), file, MEND)
    }


def _taken(file: Path) -> Iterator[list[str]]:
    """In the worker: of each row that is decided, what a difference is known by, and what is taken."""
    text = input_.read(file, LARGEST).decode("utf-8-sig", "replace")
    wanted = (*COLUMNS, "taken")
    try:
        reader = csv.DictReader(io.StringIO(text))
        missing = [name for name in wanted if name not in (reader.fieldnames or wanted)]
        # An apostrophe keeps a spreadsheet from taking a cell for a formula.
        told = [] if missing else reader
        rows = [[(row[name] or "").strip().removeprefix("'") for name in wanted] for row in told]
    except csv.Error as error:
        raise StanceError(f"{file}, line {reader.line_num}: {error}: {MEND}") from None
    if missing or not rows:
        raise StanceError(f"{file} lacks {', '.join(missing) or 'rows'}: {MEND}")
    yield from (row for row in rows if row[-1])


def decisions_in(file: Path) -> Decisions:
    """The decisions that a third coding remembers; none where there is no such file yet."""
    if not file.exists():
        return {}
    try:
        return {
            tuple(as_text(settled[name]) for name in COLUMNS): Decision(
                settled["taken"], settled["by"], settled["on"]
            )
            for unit in _as_written(file)
            for settled in unit["settled"]
        }
    except (StanceError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file} is there, and no coding that was settled here: name another with -o"
        ) from error


def third_coding(
    compared: Comparison, decisions: Mapping[Identity, Decision], names: Names
) -> list[dict[str, Any]]:
    """The units of the third coding, in the order of the documents, as JSON has them."""
    differing: dict[int, list[Difference]] = {}
    for difference in compared.differences:
        differing.setdefault(id(difference.units[0]), []).append(difference)
    partner = {id(a): b for a, b in compared.pairs}
    followers = {id(b) for _, b in compared.pairs}
    units = [*compared.first, *(unit for unit in compared.second if id(unit) not in followers)]
    return [
        _settled(unit, partner.get(id(unit)), differing.get(id(unit), ()), decisions, names)
        for unit in sorted(units, key=lambda each: (each.document, each.passages))
    ]


def _settled(
    unit: Unit,
    other: Unit | None,
    differences: Iterable[Difference],
    decisions: Mapping[Identity, Decision],
    names: Names,
) -> dict[str, Any]:
    row, settled, waiting = _record(unit), [], []
    for difference in differences:
        decision = decisions.get(identity(difference))
        if decision is None:
            waiting.append(difference.what)
            continue
        settled.append({**difference.row(), "taken": decision.taken, "by": decision.by, "on": decision.on})
        value = taken_value(difference, decision.taken, names)
        if difference.what == "unit":
            row |= {"dropped": True} if decision.taken == NEITHER else {}
        elif decision.taken == SECOND and other is not None:
            theirs = _record(other)
            for key in _FOLLOWS[difference.what]:
                row.pop(key, None)
                row |= {key: theirs[key]} if key in theirs else {}
        elif decision.taken != FIRST:
            row[_FOLLOWS[difference.what][0]] = value
    if "codings" in row:
        row["codings"] = {t: coding for t, coding in row["codings"].items() if t in row["stances"]}
    return {**row, "settled": settled, **({"open": waiting} if waiting else {})}


def _record(unit: Unit) -> dict[str, Any]:
    """A unit as JSON has it; one of a graph with what is compared."""
    if unit.record:
        return {key: value for key, value in unit.record.items() if key not in ("settled", "open", "dropped")}
    differing = {target: basis for target, basis in unit.bases.items() if basis != unit.basis}
    return {
        "document": unit.document,
        "passages": [list(passage) for passage in unit.passages],
        "speakers": sorted(unit.speaker),
        "act": unit.act,
        "stances": dict(sorted(unit.stances.items())),
        "basis": unit.basis,
        **({} if unit.day is None else {"day": unit.day}),
        **(
            {"codings": {target: {"basis": basis} for target, basis in differing.items()}}
            if differing
            else {}
        ),
        "name": unit.name,
    }


def taken_value(difference: Difference, taken: str, names: Names) -> object:
    """What was taken, as a unit holds it; None where that is one of the two, or neither.

    Raises UsageError, UnknownName for one of a name, where it is no way to settle the difference.
    """
    if difference.what == "unit":
        kept = FIRST if difference.first else SECOND
        if taken not in (kept, NEITHER):
            raise UsageError(
                f"'{taken[:60]}' settles no unit that one coder alone has: {kept} keeps it, {NEITHER} drops it"
            )
        return None
    if taken in (FIRST, SECOND):
        return None
    if taken == NEITHER:
        raise UsageError(f"{NEITHER} is for units that one coder alone has: give first, second, or the value")
    if difference.what == "day":
        interval(taken, "day")  # or refuse it
        return taken.strip()
    if difference.what == "speaker":
        return [_meant(name, names, "actor") for name in _parts(taken)]
    if difference.what == "stances":
        return read_stances(taken, names)
    if taken == "none" and difference.what == "act":
        return None
    if difference.what == "act":
        return _meant(taken, names, "act")
    return names.resolve(taken, "basis").label


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def read_stances(text: str, names: Names) -> dict[str, int]:
    """Target → polarity of stances as they are typed, as a unit holds them; raises UsageError, UnknownName."""
    return dict(_stance(part, names) for part in _parts(text)) if text != "none" else {}


def _stance(part: str, names: Names) -> tuple[str, int]:
    sign, _, target = part.partition(" ")
    if sign not in _SIGNED or not target.strip():
        raise UsageError(
            f"'{part[:60]}' is no stance: write + TARGET, - TARGET or 0 TARGET, several by semicolons"
        )
    return _meant(target.strip(), names, "actor", "proposition"), _SIGNED[sign]


def _meant(text: str, names: Names, *kinds: str) -> str:
    """An entry as a coding names it."""
    return named(names.resolve(text, *kinds).iri)


def choices(difference: Difference, said: Callable[[Unit, str], Said] = Unit.said) -> dict[str, str]:
    """What can be taken, each as a person reads it; `said` gives a field of a unit in words."""
    if difference.what != "unit":
        told = [as_text(said(unit, difference.what)) or "none" for unit in difference.units]
        return dict(zip((FIRST, SECOND), told, strict=True))
    (unit,) = difference.units
    parts = (as_text(said(unit, what)) for what in ("speaker", "act", "stances", "basis"))
    whole = " · ".join(filter(None, parts)) or local_name_of(unit.document)
    return {FIRST if difference.first else SECOND: whole}


def undecided(compared: Comparison, decided: Mapping[Identity, Decision]) -> list[Difference]:
    """The differences that are not decided yet, in order."""
    return [each for each in compared.differences if identity(each) not in decided]
