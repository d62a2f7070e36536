"""Two codings of the same documents compared: units matched by where they lie, then how far what they say agrees.

Units are matched by overlapping passages alone (largest overlap over union first, one to one), so that what is
compared plays no part in the matching.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stancegraph import input as input_
from stancegraph import statements, store
from stancegraph.curate import reliability
from stancegraph.curate.reliability import Coefficient, Labels, Section
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import untrusted
from stancegraph.vocabulary import compact, local_name

if TYPE_CHECKING:
    from stancegraph.store import Store

LARGEST: Final = 64 << 20
FIELDS: Final = ("speaker", "act", "stances", "basis", "day")
"""What is compared of matched units, one difference each."""
SIGNS: Final = {1: "+", -1: "−", 0: "0"}
MEASURES: Final = ("speaker", "act", "polarity", "target", "basis")
COLUMNS: Final = ("document", "start", "end", "what", "first", "second")
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
    """Two codings, their matched units (`pairs`), and `lengths` of documents in code points where they are known."""

    def __init__(
        self, first: Sequence[Unit], second: Sequence[Unit], lengths: Mapping[str, int] | None = None
    ) -> None:
        self.first, self.second, self._lengths = first, second, lengths or {}
        self.pairs = matched(first, second)

    @property
    def share(self) -> Coefficient:
        """Units that both found, of all that either found."""
        return reliability.share(len(self.pairs), len(self.first) + len(self.second) - len(self.pairs))

    @cached_property
    def labels(self) -> dict[str, Labels]:
        """Name of a measure → the pairs of labels it is taken from.

        Of speakers (all of a unit together), acts and bases of matched units; of the targets of a unit as sets, at
        MASI's distance, where either coded one; of polarity and of the basis of each target that both coded.
        """
        pairs = self.pairs
        sets = [(frozenset(a.stances), frozenset(b.stances)) for a, b in pairs if a.stances or b.stances]

        def of_units(label: Callable[[Unit], object]) -> Labels:
            return Labels([[(label(a), label(b))] for a, b in pairs])

        def of_targets(label: Callable[[Unit, str], object]) -> Labels:
            common = [(a, b, sorted(a.stances.keys() & b.stances.keys())) for a, b in pairs]
            return Labels([[(label(a, t), label(b, t)) for t in targets] for a, b, targets in common])

        return {
            "speaker": of_units(lambda unit: unit.speaker),
            "act": of_units(lambda unit: unit.act),
            "polarity": of_targets(lambda unit, target: unit.stances[target]),
            "target": Labels([[pair] for pair in sets], reliability.masi),
            "basis": of_units(lambda unit: unit.basis),
            "basis of each target": of_targets(Unit.rests_on),
        }

    def unitising(self) -> Coefficient:
        """alpha-U of where the two coders found anything, the documents laid one after another."""
        documents = sorted({unit.document for unit in (*self.first, *self.second)})
        at, sections = 0, ([], [])  # type: tuple[int, tuple[list[Section], list[Section]]]
        for document in documents:
            last = 0
            for coder, units in zip(sections, (self.first, self.second), strict=True):
                for start, end in (p for unit in units if unit.document == document for p in unit.passages):
                    coder.append((at + start, at + end))
                    last = max(last, end)
            at += max(self._lengths.get(document, 0), last)
        return reliability.unitising(*sections, at)

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

    def summary(self) -> dict[str, object]:
        """The whole comparison as one object: `low` and `high` are the 95 % interval of kappa."""
        found: dict[str, object] = {
            "units_a": len(self.first),
            "units_b": len(self.second),
            "both": len(self.pairs),
            "share": self.share.value,
        }
        for name in MEASURES:
            kappa, alpha = self.labels[name].kappa(), self.labels[name].alpha()
            found[name] = {
                "n": kappa.n,
                "kappa": kappa.value,
                "alpha": alpha.value,
                "low": kappa.low,
                "high": kappa.high,
            }
        return {**found, "differences": [difference.row() for difference in self.differences]}

    def measures(self) -> list[dict[str, object]]:
        """One row for each coefficient: `what` it is of, its name, `n`, `value`, `low` and `high` (95 %)."""
        target = [(a.stances.keys(), b.stances.keys()) for a, b in self.pairs if a.stances or b.stances]
        speakers = sum(a.speaker == b.speaker for a, b in self.pairs)
        rows = [
            ("units", "found by both, of all found", self.share),
            ("units", "alpha-U of where they lie", self.unitising()),
            ("speaker", "share the same", reliability.share(speakers, len(self.pairs))),
            (
                "target",
                "share with one in common",
                reliability.share(sum(bool(a & b) for a, b in target), len(target)),
            ),
            ("target", "share the same", reliability.share(sum(a == b for a, b in target), len(target))),
        ]
        for what, labels in self.labels.items():
            by = " by MASI" if what == "target" else ""
            rows += [(what, f"kappa{by}", labels.kappa()), (what, f"alpha{by}", labels.alpha())]
        order = ("units", *self.labels)
        rows.sort(key=lambda row: order.index(row[0]))
        return [{"what": what, "coefficient": name, **asdict(found)} for what, name, found in rows]


def disagreement(file: Path) -> tuple[float, str]:
    """The share of the stances both coders coded in which they differ, of a `summary` in JSON, and that in words.

    Raises StanceError for another file, UsageError where the two have coded no target in common.
    """
    try:
        found = untrusted.decode(input_.read(file, LARGEST).decode())
        number = int(found["polarity"]["n"])
        turned = sum(
            _turned(row["first"], row["second"]) for row in found["differences"] if row["what"] == "stances"
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise StanceError(
            f"{file} is no comparison of two codings ({type(error).__name__}): "
            "give what `stancegraph agreement A B --format json -o FILE` writes"
        ) from None
    if number < 1 or turned > number:
        raise UsageError(
            f"{file}: the two coders have no target in common: nothing says how often they differ"
        )
    share = turned / number
    told = f"of {number} stances that both coders coded they differ in {turned}: --disagreement {share:.4g}"
    return share, told


def _turned(first: Sequence[str], second: Sequence[str]) -> int:
    """How many targets two lists of stances have with another sign."""
    signs = [dict(each.split(" ", 1)[::-1] for each in side) for side in (first, second)]
    return sum(signs[0][target] != signs[1][target] for target in signs[0].keys() & signs[1].keys())


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
    mine, theirs = (reliability.sections(unit.passages) for unit in (a, b))
    both = sum(max(0, min(end, until) - max(start, since)) for start, end in mine for since, until in theirs)
    return both / (sum(end - start for start, end in (*mine, *theirs)) - both)


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


def as_written(file: Path) -> Iterator[Any]:
    """The units of a coding in JSON as they stand there, yet to be checked; raises StanceError where it is none."""
    return untrusted.values(partial(_items, file), file, "split it")


def _items(file: Path) -> list[object]:
    """In the worker: what is in an array of JSON."""
    try:
        items = untrusted.decode(input_.read(file, LARGEST).decode())
    except ValueError as error:
        raise StanceError(f"{file} is no JSON in UTF-8 ({error}): give a coding or a graph") from None
    if not isinstance(items, list):
        raise StanceError(
            f"{file} is no array of units: give a coding like those in ontology/coding, or a graph"
        )
    return items


def _array(file: Path) -> Iterator[Unit]:
    for number, row in enumerate(as_written(file), 1):
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
        wanted = {iri for (iri,) in graph.tuples(f"SELECT ?s {{ ?s stance:coder <{coder}> }}")}
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
