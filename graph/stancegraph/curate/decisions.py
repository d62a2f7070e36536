"""Differences of two codings settled one by one, into a third that remembers who said what.

The third coding is a JSON array of units like the two, each with `settled`: what the first and the second had,
which was taken, by whom and on which day. A unit with a difference nobody has decided yet says what is `open`, and
one that was left out that it is `dropped`; neither counts as coded, and the next run goes on from there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from stancegraph import input as input_
from stancegraph.curate.comparison import (
    COLUMNS,
    LARGEST,
    SIGNS,
    Comparison,
    Difference,
    Said,
    Unit,
    as_written,
    local_name_of,
    named,
)
from stancegraph.dates import interval
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import untrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from stancegraph.names import Names

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
        for *known, taken in untrusted.values(partial(_taken, file), file, MEND)
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


def earlier(file: Path) -> Decisions:
    """The decisions that a third coding remembers; none where there is no such file yet."""
    if not file.exists():
        return {}
    try:
        return {
            tuple(as_text(settled[name]) for name in COLUMNS): Decision(
                settled["taken"], settled["by"], settled["on"]
            )
            for unit in as_written(file)
            for settled in unit["settled"]
        }
    except (StanceError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file} is there, and no coding that was settled here: name another with -o"
        ) from error


def refuse_wrong(difference: Difference, taken: str, names: Names) -> None:
    """Raise UsageError, UnknownName for one of a name, where what is taken is no way to settle the difference."""
    _value(difference, taken, names)


def third(compared: Comparison, decisions: Mapping[Identity, Decision], names: Names) -> list[dict[str, Any]]:
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
    row, settled, waiting = record(unit), [], []
    for difference in differences:
        decision = decisions.get(identity(difference))
        if decision is None:
            waiting.append(difference.what)
            continue
        settled.append({**difference.row(), "taken": decision.taken, "by": decision.by, "on": decision.on})
        value = _value(difference, decision.taken, names)
        if difference.what == "unit":
            row |= {"dropped": True} if decision.taken == NEITHER else {}
        elif decision.taken == SECOND and other is not None:
            theirs = record(other)
            for key in _FOLLOWS[difference.what]:
                row.pop(key, None)
                row |= {key: theirs[key]} if key in theirs else {}
        elif decision.taken != FIRST:
            row[_FOLLOWS[difference.what][0]] = value
    if "codings" in row:
        row["codings"] = {t: coding for t, coding in row["codings"].items() if t in row["stances"]}
    return {**row, "settled": settled, **({"open": waiting} if waiting else {})}


def record(unit: Unit) -> dict[str, Any]:
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


def _value(difference: Difference, taken: str, names: Names) -> object:
    """What was taken, as a unit holds it; None where that is one of the two, or neither."""
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
        return stances(taken, names)
    if taken == "none" and difference.what == "act":
        return None
    if difference.what == "act":
        return _meant(taken, names, "act")
    return names.resolve(taken, "basis").label


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def stances(text: str, names: Names) -> dict[str, int]:
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


def waiting(compared: Comparison, decided: Mapping[Identity, Decision]) -> list[Difference]:
    """The differences that are not decided yet, in order."""
    return [each for each in compared.differences if identity(each) not in decided]
