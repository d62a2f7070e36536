"""What becomes of columns without a role: notes on actors or targets, coded variables, or nothing, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph.curate.entries import slug
from stancegraph.exchange.roles import VARIABLE
from stancegraph.store import turtle
from stancegraph.store.terms import describe, english, term

if TYPE_CHECKING:
    from stancegraph.exchange.imports.names import Names

TRUTHS: Final = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}
WHOLE: Final = re.compile(r"-?\d{1,9}", re.ASCII)
CATEGORIES: Final = 50
"""The most values a variable of categories has."""
SHARE: Final = 0.5
"""The most of all rows that may have a value, or a name, of their own where it says something of others."""


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
        ("rdf:type", term("owl:ObjectProperty" if categories else "owl:DatatypeProperty")),
        ("rdfs:label", Literal(variable.header)),
        ("rdfs:comment", english("A variable of the coding.")),
        ("rdfs:domain", term("stance:Statement")),
        ("rdfs:range", range_),
        ("prov:wasDerivedFrom", source),
    )
    if variable.scale:
        least, greatest = variable.scale
        yield from describe(here, ("schema:minValue", Literal(least)), ("schema:maxValue", Literal(greatest)))
    if categories:
        yield from describe(
            class_,
            ("rdf:type", term("owl:Class")),
            ("rdfs:label", Literal(variable.header)),
            ("rdfs:subClassOf", term("skos:Concept")),
            ("prov:wasDerivedFrom", source),
        )
    for cell, category in categories.items():
        yield from describe(
            category,
            ("rdf:type", class_),
            ("rdf:type", term("skos:Concept")),
            ("skos:prefLabel", english(cell)),
            ("prov:wasDerivedFrom", source),
        )


def note(names: Names, header: str, values: Mapping[str, str]) -> None:
    """Note on each new entry what its rows say of it in a column."""
    for name, value in values.items():
        if value and (new := names.new.get(names.key(" ".join(name.split())))):
            new.notes[f"{header}: {value}"] = None
