"""How the columns and cells of a file are read: given by options or a file of TOML, guessed, shown, saved, reused.

Columns without a role become notes on actors or targets, coded variables, or nothing, and why.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph import input as input_
from stancegraph.curate.entries import slug
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange.entry_rows import COLUMNS
from stancegraph.exchange.roles import ROLES, VARIABLE, guess
from stancegraph.store import turtle, untrusted
from stancegraph.store.terms import describe, english, term

if TYPE_CHECKING:
    from stancegraph.exchange.imports.names import Names

LARGEST: Final = 10 << 20
DATES: Final = ("iso", "dmy", "mdy", "excel-1900", "excel-1904")
STANCES: Final = {
    "supports": "supports support yes for pro agree approve favour favor positive true 1 +1 +",
    "opposes": "opposes oppose no against contra con disagree reject negative false -1 -",
    "neutral": "neutral abstain abstention neutralon 0",
    "on": "on",
}
"""Stance → the cells that mean it where nobody says which do; `on` is a target without polarity."""
TRUTHS: Final = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}
WHOLE: Final = re.compile(r"-?\d{1,9}", re.ASCII)
CATEGORIES: Final = 50
"""The most values a variable of categories has."""
SHARE: Final = 0.5
"""The most of all rows that may have a value, or a name, of their own where it says something of others."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Role → header; cell → stance; name → the IRI or name it stands for, or "new"; how days are written."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    encoding: str = ""

    def stance(self, cell: str) -> str | None:
        """The stance a cell means; None where it means none."""
        if self.values:
            return self.values.get(cell.casefold())
        return _USUAL.get(cell.casefold())

    def complete(self, columns: Sequence[str]) -> Reading:
        """The mapping with the roles that the headers plainly name."""
        entries = {name: name for name in columns if name in COLUMNS}
        return replace(self, columns={**entries, **self.columns, **guess(columns, self.columns)})

    def refuse(self, columns: Sequence[str], where: str) -> None:
        """Raise UsageError where a column is not there, or what a statement needs is not said."""
        for role, header in self.columns.items():
            if header not in columns:
                raise UsageError(f"{where} has no column '{header[:60]}' for {role}; it has {shown(columns)}")
        if "speaker" not in self.columns:
            raise UsageError(f"which column of {where} says who? --column speaker=HEADER: {shown(columns)}")
        if not {"target", "gist", "quote"} & self.columns.keys():
            raise UsageError(
                f"which column of {where} says on what? --column target=HEADER: {shown(columns)}"
            )

    def toml(self) -> str:
        """The mapping as a file to reuse."""
        values: dict[str, list[str]] = {}
        for cell, stance in self.values.items():
            values.setdefault(stance, []).append(cell)
        settings = {"dates": self.dates, "encoding": self.encoding}
        lines = [f"{name} = {_quoted(value)}" for name, value in settings.items() if value]
        lines += ["", "[columns]", *(f"{role} = {_quoted(name)}" for role, name in self.columns.items())]
        meant = (f"{stance} = [{', '.join(map(_quoted, cells))}]" for stance, cells in values.items())
        lines += ["", "[values]", *meant]
        lines += ["", "[names]", *(f"{_quoted(name)} = {_quoted(iri)}" for name, iri in self.names.items())]
        return "\n".join(lines).lstrip("\n") + "\n"


_USUAL: Final = {cell: stance for stance, cells in STANCES.items() for cell in cells.split()}


def shown(columns: Sequence[str]) -> str:
    """Headers in a message."""
    return ", ".join(column[:40] for column in columns[:30]) + (" …" if len(columns) > 30 else "")


def read(
    columns: Sequence[str] = (),
    values: Sequence[str] = (),
    *,
    file: Path | None = None,
    dates: str = "",
    encoding: str = "",
) -> Reading:
    """The mapping that ROLE=HEADER and STANCE=CELL give over that of a file; raises UsageError, StanceError."""
    saved = _load(file) if file else Reading()
    roles = dict(_pairs(columns, "column", ROLES))
    stances = {cell.casefold(): stance for stance, cell in _pairs(values, "value", STANCES)}
    return Reading(
        {**{r: h for r, h in saved.columns.items() if h not in roles.values()}, **roles},
        stances or saved.values,
        saved.names,
        dates or saved.dates,
        encoding or saved.encoding,
    )


def _pairs(texts: Sequence[str], option: str, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise UsageError(
                f"--{option} '{text[:60]}': write {'ROLE=HEADER' if option == 'column' else 'STANCE=CELL'}"
            )
        if name not in known:
            raise UsageError(f"--{option} '{text[:60]}': '{name[:40]}' is none of {', '.join(known)}")
        yield name, value


def _load(file: Path) -> Reading:
    told = untrusted.value(partial(_toml, file), file, "--save-mapping writes a mapping")
    columns, values, names = (_table(file, told, name) for name in ("columns", "values", "names"))
    settings = {name: told.get(name, "") for name in ("dates", "encoding")}
    _refuse_unknown(file, told, [*settings, "columns", "values", "names"])
    _refuse_unknown(file, columns, {**ROLES, **COLUMNS})
    _refuse_unknown(file, values, STANCES)
    cells = {
        str(cell).casefold(): stance
        for stance, said in values.items()
        for cell in (said if isinstance(said, list) else [said])
    }
    if not all(isinstance(text, str) for text in (*columns.values(), *names.values(), *settings.values())):
        raise UsageError(f"{file}: what stands for a role or a name is no text: put it in quotation marks")
    if settings["dates"] not in ("", *DATES):
        raise UsageError(f"{file}: dates = '{settings['dates'][:40]}': write one of {', '.join(DATES)}")
    return Reading(columns, cells, names, **settings)


def _toml(file: Path) -> dict[str, Any]:
    """In the worker: what is in a file of TOML."""
    try:
        return tomllib.loads(input_.read(file, LARGEST).decode())
    except (ValueError, RecursionError) as error:
        raise StanceError(
            f"{file} is no TOML: {untrusted.reason(error)}; --save-mapping writes one"
        ) from None


def _table(file: Path, told: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = told.get(name, {})
    if not isinstance(table, dict):
        raise UsageError(f"{file}: {name} is no table: write [{name}] and lines below it")
    return table


def _refuse_unknown(
    file: Path, table: Mapping[str, object], known: Sequence[str] | Mapping[str, str]
) -> None:
    if unknown := [name for name in table if name not in known]:
        raise UsageError(f"{file}: '{unknown[0][:40]}' is none of {', '.join(known)}")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@dataclass(frozen=True, slots=True)
class Variable:
    """A coded variable: the column it stands in, its property, its values in Turtle by cell, its range."""

    column: int
    header: str
    iri: str
    values: Mapping[str, str]
    scale: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Variables; by column the role whose names it has notes on, by name; columns left, with the reason."""

    variables: tuple[Variable, ...]
    notes: Mapping[str, tuple[str, Mapping[str, str]]]
    left: tuple[str, ...]


def sort_out(
    headers: Sequence[str],
    roles: Mapping[str, int],
    rows: Sequence[Sequence[str]],
    base: str,
    taken: set[str],
) -> Columns:
    """What becomes of each column without a role."""
    variables, notes, left = [], {}, []
    for at, header in enumerate(headers):
        if at in roles.values():
            continue
        values = {cell.strip() for cell in {row[at] for row in rows}} - {""}
        if not values:
            left.append(f"column {header} is empty")
        elif not header.startswith(VARIABLE) and (on := _depends_on(at, roles, rows)):
            notes[header] = on
        elif variable := _variable(at, header, values, len(rows), base, taken):
            variables.append(variable)
        else:
            left.append(f"column {header} has no role and too many values for a variable: left")
    return Columns(tuple(variables), notes, tuple(left))


def _depends_on(
    at: int, roles: Mapping[str, int], rows: Sequence[Sequence[str]]
) -> tuple[str, Mapping[str, str]] | None:
    """The role on whose names alone the values of a column depend, and the value of each name."""
    for role in ("speaker", "target"):
        if role not in roles:
            continue
        found: dict[str, str] = {}
        place = roles[role]
        pairs = {(name.strip(), cell.strip()) for name, cell in {(row[place], row[at]) for row in rows}}
        depends = all(found.setdefault(name, cell) == cell for name, cell in pairs)
        if depends and len(found) <= SHARE * len(rows):
            return role, found
    return None


def _variable(
    at: int, header: str, values: set[str], rows: int, base: str, taken: set[str]
) -> Variable | None:
    told, header = header.startswith(VARIABLE), header.removeprefix(VARIABLE)
    name = slug(header, digits=True) or f"column-{at + 1}"
    while f"{base}variable/{name}" in taken:
        name += "-b"
    iri = f"{base}variable/{name}"
    taken.add(iri)
    if {value.casefold() for value in values} <= ({"true", "false"} if told else TRUTHS.keys()):
        return Variable(at, header, iri, {value: TRUTHS[value.casefold()] for value in values})
    if all(map(WHOLE.fullmatch, values)):
        numbers = [int(value) for value in values]
        return Variable(at, header, iri, {v: str(int(v)) for v in values}, (min(numbers), max(numbers)))
    if not told and len(values) > min(CATEGORIES, max(2, SHARE * rows)):
        return None
    made: dict[str, str] = {}
    for value in sorted(values):
        local = f"{base}category/{name}-{slug(value, digits=True) or 'value'}"
        while local in made.values():
            local += "-b"
        made[value] = local
    return Variable(at, header, iri, {value: turtle.name(local, base) for value, local in made.items()})


def describe_variable(variable: Variable, base: str, source: NamedNode) -> Iterator[Triple]:
    """The declaration of a variable, and its categories."""
    here = NamedNode(variable.iri)
    categories = {
        cell: NamedNode(base + text[1:-1]) for cell, text in variable.values.items() if text.startswith("<")
    }
    class_ = NamedNode(variable.iri.replace("/variable/", "/class/"))
    range_ = class_ if categories else term("xsd:integer" if variable.scale else "xsd:boolean")
    yield from describe(
        here,
        ("rdf:type", "owl:ObjectProperty" if categories else "owl:DatatypeProperty"),
        ("rdfs:label", Literal(variable.header)),
        ("rdfs:comment", english("A variable of the coding.")),
        ("rdfs:domain", "stance:Statement"),
        ("rdfs:range", range_),
        ("prov:wasDerivedFrom", source),
    )
    if variable.scale:
        least, greatest = variable.scale
        yield from describe(here, ("schema:minValue", Literal(least)), ("schema:maxValue", Literal(greatest)))
    if categories:
        yield from describe(
            class_,
            ("rdf:type", "owl:Class"),
            ("rdfs:label", Literal(variable.header)),
            ("rdfs:subClassOf", "skos:Concept"),
            ("prov:wasDerivedFrom", source),
        )
    for cell, category in categories.items():
        yield from describe(
            category,
            ("rdf:type", class_),
            ("rdf:type", "skos:Concept"),
            ("skos:prefLabel", english(cell)),
            ("prov:wasDerivedFrom", source),
        )


def note(names: Names, header: str, values: Mapping[str, str]) -> None:
    """Note on each new entry what its rows say of it in a column."""
    for name, value in values.items():
        if value and (new := names.new.get(names.key(" ".join(name.split())))):
            new.notes[f"{header}: {value}"] = None
