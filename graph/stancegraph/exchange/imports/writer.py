"""What an import writes: statements as Turtle, and what becomes of columns without a role.

The Turtle is to the byte as `store.turtle.write` writes it; of a million statements, too many to be triples first.
Columns become coded variables, notes on actors or targets, or nothing, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph.curate.entries import slug
from stancegraph.dates import BEGINNING, END
from stancegraph.exchange import column_roles
from stancegraph.store import turtle
from stancegraph.store.turtle import describe, english, term
from stancegraph.vocabulary import expand, local_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stancegraph.exchange.column_roles import Ascription
    from stancegraph.exchange.imports.names import Figure, Names
    from stancegraph.exchange.imports.statements import Coded, Place
    from stancegraph.store.turtle import Nested

TRUTHS: Final = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}
WHOLE: Final = re.compile(r"-?\d{1,9}", re.ASCII)
CATEGORIES: Final = 50
"""The most values a variable of categories has."""
SHARE: Final = 0.5
"""The most of all rows that may have a value, or a name, of their own where it says something of others."""
_DERIVED: Final = expand("prov:wasDerivedFrom")
VERBS: Final = {
    "stance:supports": "supports",
    "stance:opposes": "opposes",
    "stance:neutralOn": "is neutral on",
}
GIST: Final = 300
"""Characters of a gist; a longer one is a comment too."""


class Writer:
    """Writes statements of one file: whose IRIs begin with `base`, whose import and coder these are.

    `variables` are the properties of coded variables, by column.
    """

    def __init__(self, base: str, source: str, coder: str, variables: Mapping[int, str]) -> None:
        self._base, self._variables = base, variables
        self._iri = lru_cache(1 << 16)(lambda iri: turtle.name(iri, base))
        self._source, self._coder = self._iri(source), self._iri(coder)
        self._statement_name, self._report_name = self._named("statement"), self._named("report")
        self._figure_name = self._named("figure")

    def blocks(self, coded: Coded) -> list[tuple[tuple[object, ...], str]]:
        """The statement, its figures and reports, each with its place in a file, which is that of `turtle.place_of`."""
        here = self._statement_name(coded.local)
        found: list[tuple[tuple[object, ...], str]] = [
            ((coded.local, ()), turtle.layout(here, self._statement(coded)))
        ]
        for local, figure in _figures(coded).items():
            place = (False, *turtle.place_of(local)[-1:])
            found.append(
                ((coded.local, place), turtle.layout(self._figure_name(local), self._figure(figure)))
            )
        for document, places in coded.reports.items():
            local = _report(coded, document)
            place = (True, *turtle.place_of(local)[-1:]) if len(coded.reports) > 1 else (True,)
            text = turtle.layout(
                self._report_name(local), self._report(here, document, places, coded.via.get(document, ()))
            )
            found.append(((coded.local, place), text))
        return found

    def _named(self, kind: str) -> Callable[[str], str]:
        """Writes the IRI of an entry of a kind, from its last part."""
        before, _, after = turtle.name(f"{self._base}{kind}/x", self._base).rpartition("x")
        return lambda local: f"{before}{local}{after}"

    def _statement(self, coded: Coded) -> Nested:
        gist = _gist(coded)
        first = next(iter(coded.sides.values()))
        basis, confidence = first.basis, first.confidence
        said: Nested = [
            ("a", ["stance:Statement"]),
            ("stance:speaker", [*map(self._iri, coded.speakers)]),
            *(self._others(coded) if coded.others or coded.more else ()),
            *_one("stance:act", coded.act),
            *_one("stance:medium", coded.medium),
            *_several("stance:occasion", coded.occasions and map(self._iri, coded.occasions)),
            *_days(coded),
            *_one(
                "stance:gist", _english(gist if len(gist) <= GIST else gist[: GIST - 1] + "…") if gist else ""
            ),
            *_one("stance:condition", _english(coded.condition) if coded.condition else ""),
            *_several("schema:about", coded.about and map(self._iri, coded.about)),
        ]
        edges = {side.edge for side in coded.sides.values()}
        for edge in VERBS:
            if edge in edges:
                targets = (self._iri(iri) for iri, side in coded.sides.items() if side.edge == edge)
                said.append((edge, [*targets]))
        if coded.ascriptions:
            said.append(("stance:ascribes", [*map(self._ascription, coded.ascriptions)]))
        if codings := self._codings(coded, basis, confidence) if len(coded.sides) > 1 else ():
            said.append(("stance:coding", [*codings]))
        if coded.figures:
            said += _several("stance:claims", map(self._figure_name, _figures(coded)))
        said += [("stance:basis", [basis]), ("stance:confidence", [confidence])]
        more = self._more(coded) if coded.more else {}
        comments = [_english(gist)] if len(gist) > GIST else []
        said += _several("rdfs:comment", [*comments, *more.get("rdfs:comment", ())])
        said += _several("dcterms:source", more.get("dcterms:source", ()))
        said += _several("stance:coder", more.get("stance:coder", (self._coder,)))
        said += _several("dcterms:created", more.get("dcterms:created", ()))
        # What the order of a file does not name stands last, by IRI.
        last: list[tuple[str, str, list[str | Nested]]] = [(_DERIVED, "prov:wasDerivedFrom", [self._source])]
        if matches := more.get("skos:closeMatch"):
            last.append((expand("skos:closeMatch"), "skos:closeMatch", [*matches]))
        if "stance:stanceOn" in edges:
            bare = (self._iri(iri) for iri, side in coded.sides.items() if side.edge == "stance:stanceOn")
            last.append((expand("stance:stanceOn"), "stance:stanceOn", [*bare]))
        last += [
            (self._variables[at], self._iri(self._variables[at]), [value])
            for at, value in coded.variables.items()
        ]
        return said + [(name, values) for _, name, values in sorted(last, key=lambda each: each[0])]

    def _others(self, coded: Coded) -> Nested:
        """On whose behalf it is said, and to whom."""
        behalf, addressee = (
            _several(column_roles.APART[role], map(self._iri, coded.others.get(role, ())))
            for role in column_roles.OTHERS
        )
        return [*behalf, *_several("stance:inRole", self._more(coded).get("stance:inRole", ())), *addressee]

    def _more(self, coded: Coded) -> dict[str, list[str]]:
        """Property → its values, of what else is said."""
        return {
            edge: [
                self._iri(each.value) if isinstance(each, NamedNode) else _literal(each) for each in values
            ]
            for edge, values in coded.more.items()
            if values
        }

    def _ascription(self, ascription: Ascription) -> Nested:
        holder, stances = ascription
        told = {edge: [self._iri(iri) for word, iri in stances if word == edge] for edge, _ in stances}
        found: Nested = [(edge, [*iris]) for edge, iris in told.items()]
        return [*found, ("stance:holder", [self._iri(holder)])]

    def _codings(self, coded: Coded, basis: str, confidence: str) -> list[Nested]:
        """What differs for one target from the statement's basis, confidence and documents."""
        made: list[Nested] = []
        for iri, side in coded.sides.items():
            shown = [document for document in side.documents if len(side.documents) < len(coded.reports)]
            own: Nested = [("a", ["stance:Coding"]), ("stance:of", [self._iri(iri)])]
            own += [("stance:basis", [side.basis])] if side.basis != basis else []
            own += [("stance:confidence", [side.confidence])] if side.confidence != confidence else []
            if shown:
                reports = (_report(coded, each) for each in shown)
                own.append(("stance:shownBy", [*map(self._report_name, reports)]))
            if len(own) > 2 and iri:
                made.append(own)
        return made

    def _report(
        self, statement: str, document: str, places: Mapping[Place, None], via: Iterable[str]
    ) -> Nested:
        told: Nested = [
            ("a", ["stance:Report"]),
            ("stance:reports", [statement]),
            ("stance:document", [self._iri(document)]),
            *_several("stance:via", map(self._iri, via)),
        ]
        quotes = dict.fromkeys(_quoted(place) for place in places if place.quote)
        if quotes:
            told.append(("stance:quote", [*quotes]))
        if places:
            told.append(("stance:passage", [self._passage(document, place) for place in places]))
        return told

    def _figure(self, figure: Figure) -> Nested:
        return [
            ("a", ["stance:Figure"]),
            ("stance:counted", [figure.counted]),
            ("schema:observationAbout", [self._iri(figure.event)]),
            *_one("schema:observationDate", _day(figure.day) if figure.day else ""),
            *_one("schema:minValue", figure.least),
            *_one("schema:maxValue", figure.greatest),
            *_one("stance:exclusive", figure.exclusive),
            ("stance:wording", [_english(figure.wording)]),
            *_one(
                "rdfs:comment",
                _literal(column_roles.read_cell(figure.comment, "text", "")) if figure.comment else "",
            ),
        ]

    def _passage(self, document: str, place: Place) -> Nested:
        selectors: list[str | Nested] = []
        if place.start >= 0:
            position: Nested = [
                ("a", ["oa:TextPositionSelector"]),
                ("oa:start", [str(place.start)]),
                ("oa:end", [str(place.end)]),
            ]
            selectors.append(position)
        if place.quote:
            words: Nested = [("a", ["oa:TextQuoteSelector"]), ("oa:exact", [_quoted(place)])]
            around = (("oa:prefix", place.prefix), ("oa:suffix", place.suffix))
            words += [(name, [str(Literal(text))]) for name, text in around if text]
            selectors.append(words)
        return [
            ("a", ["oa:SpecificResource"]),
            ("oa:hasSource", [self._iri(document)]),
            ("oa:hasSelector", selectors),
        ]


def _one(name: str, value: str) -> Nested:
    return [(name, [value])] if value else []


def _several(name: str, values: Iterable[str]) -> Nested:
    found: list[str | Nested] = [*values]
    return [(name, found)] if found else []


def _report(coded: Coded, document: str) -> str:
    """Last part of the IRI of a document's report of the statement."""
    one = coded.local if len(coded.reports) == 1 else f"{local_name(document)}--{coded.local}"
    return coded.report_ids.get(document, one)


def _figures(coded: Coded) -> dict[str, Figure]:
    """Last part of a figure's IRI → the figure: the statement's, and what is counted."""
    found: dict[str, Figure] = {}
    for figure in coded.figures:
        local = figure.id or f"{coded.local}--{local_name(expand(figure.counted))}"
        alike = sum(other.counted == figure.counted for other in found.values())
        found[f"{local}-{alike + 1}" if alike and not figure.id else local] = figure
    return found


def _gist(coded: Coded) -> str:
    """The coder's words; where the speaker's are quoted there need be none, else what is coded stands for them."""
    if coded.gist or any(place.quote for places in coded.reports.values() for place in places):
        return coded.gist
    who = ", ".join(dict.fromkeys(coded.speakers.values()))
    told = (f"{VERBS.get(side.edge, 'on')} {coded.labels[iri]}" for iri, side in coded.sides.items() if iri)
    return f"{who} {', '.join(told) or 'is quoted'}."


def _days(coded: Coded) -> Nested:
    earliest, latest = coded.days or (BEGINNING, END)
    if earliest == latest:
        return [("stance:saidOn", [_day(earliest)])]
    standing = not coded.act and next(iter(coded.sides.values())).basis == "basis:attributed"
    latest = coded.latest if latest == END and not standing else latest
    ends = (("stance:saidNotBefore", earliest, BEGINNING), ("stance:saidNotAfter", latest, END))
    told = [(name, iso) for name, iso, open_ in ends if not (standing and iso == open_)]
    return [(name, [_day(iso)]) for name, iso in told or [(name, iso) for name, iso, _ in ends]]


@lru_cache(1 << 14)
def _day(iso: str) -> str:
    return f'"{iso}"^^xsd:date'


def _literal(value: NamedNode | Literal) -> str:
    is_day = isinstance(value, Literal) and value.datatype == term("xsd:date")
    return _day(value.value) if is_day else str(value)


def _english(text: str) -> str:
    return f"{Literal(text)}@en"


def _quoted(place: Place) -> str:
    return f"{Literal(place.quote)}@{place.language}"


# Columns without a role


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
        elif not header.startswith(column_roles.VARIABLE) and (on := _depends_on(at, roles, rows)):
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
    told, header = header.startswith(column_roles.VARIABLE), header.removeprefix(column_roles.VARIABLE)
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
    values = class_ if categories else term("xsd:integer" if variable.scale else "xsd:boolean")
    above = "skos:Concept" if categories else ""
    scale = variable.scale
    yield from column_roles.declare_variable(here, variable.header, values, source, above=above, scale=scale)
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
