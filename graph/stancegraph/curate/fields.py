"""What is said of each kind of entry, declared once: for options, questions, edits and imports; values as typed."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Flag, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from stancegraph import names
from stancegraph.curate.folder import is_address
from stancegraph.dates import BEGINNING, END, MONTHS, interval
from stancegraph.errors import UnknownName, UsageError
from stancegraph.store.sparql import Term
from stancegraph.store.turtle import day, decimal, english, object_value, term
from stancegraph.vocabulary import compact, expand, local_name

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from stancegraph.curate.folder import Folder

CLASSES: Final = {"person": "foaf:Person", "organisation": "org:Organization", "group": "foaf:Group"}
TYPES: Final = {"claim": "stance:Claim", "demand": "stance:Demand"}
WORDS: Final = {"class": CLASSES, "type": TYPES}
"""Kind of value that is a class → the words for it."""
LEVELS: Final = ("0.4", "0.6", "0.8", "1.0")


class Takes(Flag):
    """How many values a field takes, and when it is asked for."""

    MANY = auto()
    REQUIRED = auto()
    RARE = auto()


ONE, (MANY, REQUIRED, RARE) = Takes(0), Takes
MORE: Final = MANY | RARE


@dataclass(frozen=True, slots=True)
class Field:
    """One thing said of an entry: its name, the property (`edge`), what its values are, how many it takes."""

    name: str
    edge: str
    values: str
    """A kind of entry (`actor`, `act` …), or `target`, `source`, `text`, `name`, `labels`, `days`, `level`, `address`,
    `iri`, `number`, `truth`, `word` (plain), `class`, `type`, `role`, `quote`, `passage`, `coding`, `ascription`."""
    help: str
    takes: Takes = ONE

    @property
    def many(self) -> bool:
        return MANY in self.takes

    @property
    def required(self) -> bool:
        return REQUIRED in self.takes

    @property
    def rare(self) -> bool:
        return RARE in self.takes

    @property
    def option(self) -> str:
        """As an option of a command: `on-behalf-of`."""
        return self.name.replace("_", "-")

    @property
    def kinds(self) -> tuple[str, ...]:
        return {"target": ("actor", "proposition"), "source": ("document",)}.get(self.values, (self.values,))

    @property
    def names_entry(self) -> bool:
        """Whether its values are names, to be resolved and completed."""
        return self.kinds[0] in names.KINDS | names.APART


_NAMED: Final = (
    Field("label", "skos:prefLabel", "labels", "A name in another language: ar=….", MORE),
    Field("alias", "skos:altLabel", "name", "Another name it is found by.", MORE),
)
_COMMENT: Final = Field(
    "comment", "rdfs:comment", "text", "What a reader should know, in your own words.", MORE
)
_ANCHORED: Final = (
    Field(
        "quote", "stance:quote", "quote", "Words in quotation marks, found in the text; or START:WORDS.", MANY
    ),
    Field(
        "passage", "stance:passage", "passage", "Where it stands: START:END, or its words (not stored).", MANY
    ),
    Field("via", "stance:via", "actor", "The office, agency or outlet the document cites.", MORE),
)
_DOCUMENT: Final = (
    Field("title", "dcterms:title", "word", "Its headline.", REQUIRED),
    Field("publisher", "dcterms:publisher", "actor", "The outlet.", REQUIRED | MANY),
    Field("date", "dcterms:issued", "days", "Its day, or FROM/TO where it is undated.", REQUIRED),
    Field("author", "dcterms:creator", "actor", "Who wrote it.", MORE),
    Field("language", "dcterms:language", "word", "Its language, as en.", RARE),
    Field("url", "schema:url", "address", "Its address."),
    _COMMENT,
)
_ACTOR: Final = (
    Field("name", "skos:prefLabel", "name", "Its name in English.", REQUIRED),
    Field(
        "kind",
        "stance:actorKind",
        "actor kind",
        "What it is: cleric, armed group, state …; a company, a union, a citizen: other.",
        REQUIRED,
    ),
    Field("class", "rdf:type", "class", "Of the kind other: a person, an organisation or a group.", RARE),
    *_NAMED,
    Field("hidden_alias", "skos:hiddenLabel", "name", "A misspelling it is found by, never shown.", MORE),
    Field("weak_alias", "stance:weakAlias", "word", "A name that others bear too: it only suggests.", MORE),
    Field("part_of", "org:subOrganizationOf", "actor", "The larger organisation; with its source.", MORE),
    Field("member", "foaf:member", "actor", "Of a group: who is in it; with its source.", MORE),
    Field("source", "dcterms:source", "source", "The document that says so, or an address.", MORE),
    Field("identity", "skos:exactMatch", "iri", "The same in another data set, by its IRI.", MORE),
    Field("replaces", "dcterms:replaces", "actor", "Whom it came after.", MORE),
    Field("replaced_by", "dcterms:isReplacedBy", "actor", "Who came after it.", MORE),
    _COMMENT,
)
_PROPOSITION: Final = (
    Field("sentence", "skos:prefLabel", "name", "A full English sentence, ending in a full stop.", REQUIRED),
    Field("type", "rdf:type", "type", "claim: something is so; demand: somebody should act.", REQUIRED),
    Field("note", "skos:scopeNote", "text", "Who could affirm it, and who could reject it.", REQUIRED),
    Field("binds", "stance:binds", "actor", "Of a demand: who would have to act.", MANY),
    Field("about", "schema:about", "actor", "The actor it is about.", MORE),
    Field("broader", "skos:broader", "proposition", "What it entails.", MORE),
    *_NAMED,
    _COMMENT,
)
_EVENT: Final = (
    Field("name", "skos:prefLabel", "name", "Its name in English.", REQUIRED),
    Field(
        "source", "dcterms:source", "source", "The document that states it, or an address.", REQUIRED | MANY
    ),
    Field("date", "schema:startDate", "days", "Its day, or FROM/TO."),
    Field("location", "schema:location", "text", "Where."),
    Field("within", "schema:superEvent", "event", "The larger event.", RARE),
    *_NAMED,
    _COMMENT,
)
_STATEMENT: Final = (
    Field(
        "gist",
        "stance:gist",
        "text",
        "What is said, in one sentence of your own words; needed where no words are quoted.",
    ),
    Field("document", "stance:document", "document", "The document that reports it.", REQUIRED),
    Field("speaker", "stance:speaker", "actor", "Who spoke.", REQUIRED | MANY),
    Field("on_behalf_of", "stance:onBehalfOf", "actor", "For whom.", MORE),
    Field("addressee", "stance:addressee", "actor", "To whom.", MORE),
    Field("role", "stance:inRole", "membership", "The membership it was said in, by name.", MORE),
    Field("act", "stance:act", "act", "By which act: warning, condemn, urge …"),
    Field("medium", "stance:medium", "medium", "Where: speech, interview, phone call …"),
    Field("occasion", "stance:occasion", "event", "The event it was said on.", RARE),
    Field("date", "stance:saidOn", "days", "Its day, FROM/TO, or ../TO where an end is open.", REQUIRED),
    Field("supports", "stance:supports", "target", "An actor or a proposition it is for.", MANY),
    Field("opposes", "stance:opposes", "target", "An actor or a proposition it is against.", MANY),
    Field("neutral", "stance:neutralOn", "target", "What it explicitly takes no side on.", MANY),
    Field("basis", "stance:basis", "basis", "said, implied, or attributed by the author."),
    Field(
        "confidence", "stance:confidence", "level", "1.0 explicit, 0.8 clear paraphrase, 0.6 inferred, 0.4."
    ),
    Field("coding", "stance:coding", "coding", "Where one target differs: TARGET=implied,0.6,REPORT.", MORE),
    Field(
        "ascribes",
        "stance:ascribes",
        "ascription",
        "A position it says another has: HOLDER supports|opposes|neutral TARGET.",
        MORE,
    ),
    Field("about", "schema:about", "event", "The event it is about.", MORE),
    Field("match", "skos:closeMatch", "statement", "One that may be the same; say why in a comment.", MORE),
    Field("source", "dcterms:source", "source", "What a derived day or an addressee rests on.", MORE),
    Field("condition", "stance:condition", "text", "What it hangs on, in your own words.", RARE),
    *_ANCHORED,
    _COMMENT,
)
_REPORT: Final = (
    Field("statement", "stance:reports", "statement", "What another document reports too.", REQUIRED),
    Field("document", "stance:document", "document", "The document.", REQUIRED),
    *_ANCHORED,
)
_MEMBERSHIP: Final = (
    Field("member", "org:member", "actor", "Who holds the role.", REQUIRED),
    Field("role", "org:role", "role", "What the role is called, as prime minister.", REQUIRED),
    Field("organisation", "org:organization", "actor", "Of what.", REQUIRED),
    Field("source", "dcterms:source", "source", "The document that says so, or an address.", REQUIRED | MANY),
    Field("date", "schema:startDate", "days", "From when to when: FROM/TO, an open end as ../TO."),
    _COMMENT,
)
_FIGURE: Final = (
    Field("statement", "stance:claims", "statement", "The statement that claims it.", REQUIRED),
    Field("counted", "stance:counted", "count", "What is counted: people killed …", REQUIRED),
    Field("event", "schema:observationAbout", "event", "The event it is of.", REQUIRED),
    Field("wording", "stance:wording", "text", "How the document words it.", REQUIRED),
    Field("min", "schema:minValue", "number", "The least it may be."),
    Field("max", "schema:maxValue", "number", "The most it may be."),
    Field("exclusive", "stance:exclusive", "truth", "true for 'more than', false for 'at least'."),
    Field("date", "schema:observationDate", "days", "The day it is as of.", RARE),
    _COMMENT,
)
_ROLE: Final = (Field("name", "skos:prefLabel", "name", "Its name in English.", REQUIRED), _NAMED[0])
ENTRIES: Final = {
    kind: {field.name: field for field in fields}
    for kind, fields in {
        "document": _DOCUMENT,
        "actor": _ACTOR,
        "proposition": _PROPOSITION,
        "event": _EVENT,
        "statement": _STATEMENT,
        "report": _REPORT,
        "membership": _MEMBERSHIP,
        "figure": _FIGURE,
        "role": _ROLE,
    }.items()
}
"""Kind of entry → its fields by name, in the order they are asked for; the first names it."""
UNNAMED: Final = ("statement", "report", "membership", "figure")
"""Kinds of entry that no field names."""
FOUND: Final = ("statement", "membership")
"""Kinds of value that are found by their IRI."""
BUILT: Final = ("quote", "passage", "coding", "ascription", "role")
"""Kinds of value that are more than a property and a term."""
REPORTED: Final = ("document", "quote", "passage", "via")
"""Fields of a statement that its report has."""
BOUNDS: Final = {
    "dcterms:issued": ("stance:issuedNotBefore", "stance:issuedNotAfter"),
    "stance:saidOn": ("stance:saidNotBefore", "stance:saidNotAfter"),
}
"""Property of one day → those of a first and a last."""

Pair = tuple[NamedNode, Term]
_ISO: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
_WORDS: Final = re.compile(r"(?:(\d{1,2})\.? +)?([A-Za-z]{3,9})\.?(?: +(\d{1,2}),?)? +(\d{4})", re.ASCII)
_SERIAL: Final = re.compile(r"\d{4,6}(?:\.0*)?", re.ASCII)
_EPOCHS: Final = {"excel-1900": date(1899, 12, 30), "excel-1904": date(1904, 1, 1)}
"""Day 0 of a spreadsheet's serial numbers; that of 1900 counts a 29 February that there was not (ECMA-376, 18.17.4)."""

Days = tuple[str, str]
"""The first and the last day possible, ISO; an open end is `dates.BEGINNING` or `dates.END`."""


def pairs(folder: Folder, field: Field, text: str) -> Iterator[Pair]:
    """The properties and values that a text stands for; raises UsageError or UnknownName, naming the option."""
    if not text.strip():
        raise UsageError(f"--{field.option} is empty: give it a value, or leave it out")
    if field.values == "days":
        yield from _day_pairs(field, text)
    else:
        yield term(field.edge), value(folder, field, text)


def value(folder: Folder, field: Field, text: str) -> Term:
    """The one term that a text stands for."""
    text = " ".join(text.split())
    if field.values in ("text", "name"):
        return english(text)
    if field.values in ("word", "number", "truth"):
        return literal(field, text)
    if field.values in WORDS:
        return term(one_of(text, WORDS[field.values], field.option))
    if field.values == "labels":
        language, equals, label = text.partition("=")
        if not (equals and label.strip() and language.isascii() and language.replace("-", "").isalnum()):
            raise UsageError(f"--{field.option} '{text[:60]}': write a language and the name, as ar=…")
        return Literal(label.strip(), language=language)
    if field.values == "level":
        return decimal(float(one_of(text, {level: level for level in LEVELS} | {"1": "1.0"}, field.option)))
    if field.values in ("address", "iri") or (field.values == "source" and "://" in text):
        if not is_address(text):
            raise UsageError(f"--{field.option} '{text[:80]}' is no address: write it as https://…")
        return Literal(text, datatype=term("xsd:anyURI")) if field.values == "address" else NamedNode(text)
    return NamedNode(resolve(folder, field, text))


def literal(field: Field, text: str) -> Literal:
    """A plain text, a whole number, or true or false; raises UsageError, naming the option."""
    if field.values == "word":
        return Literal(text)
    if field.values == "truth":
        return Literal(one_of(text, {"true": "true", "false": "false"}, field.option) == "true")
    plain = text.replace(",", "").replace("_", "")
    if not (plain.isascii() and plain.removeprefix("-").isdigit() and len(plain) < 16):
        raise UsageError(f"--{field.option} '{text[:40]}' is no whole number: write it in digits")
    return Literal(int(plain))


def resolve(folder: Folder, field: Field, text: str) -> str:
    """The IRI of the entry meant; raises UnknownName, with the command that makes one."""
    try:
        return folder.find(text) if field.values in FOUND else folder.find(text, *field.kinds)
    except UnknownName as error:
        add = " or ".join(f"`stancegraph add {kind}`" for kind in field.kinds if kind in ENTRIES)
        mend = f"; {add} makes one" if add else ""
        raise UnknownName(f"--{field.option}: {error}{mend}", error.candidates) from None


def one_of(text: str, words: dict[str, str], option: str) -> str:
    """The value of a word, as it is typed or begun; raises UsageError."""
    found = {meaning for word, meaning in words.items() if word == text.casefold()}
    if len(found) != 1:
        raise UsageError(f"--{option} '{text[:40]}': write one of {', '.join(words)}")
    return found.pop()


def _day_pairs(field: Field, text: str) -> Iterator[Pair]:
    earliest, latest = interval(text, field.option)
    if field.edge == "schema:startDate":
        ends = (("schema:startDate", earliest), ("schema:endDate", latest))
    elif earliest == latest:
        ends = ((field.edge, earliest), ("", None))
    elif field.edge not in BOUNDS:
        raise UsageError(f"--{field.option} '{text[:40]}': write one day, as 2024-12-31")
    else:
        first, last = BOUNDS[field.edge]
        ends = ((first, earliest), (last, latest))
    for name, iso in ends:
        if iso:
            yield term(name), day(iso)


def properties(field: Field) -> Sequence[NamedNode]:
    """All properties a field may set."""
    if field.edge == "schema:startDate":
        return term("schema:startDate"), term("schema:endDate")
    return tuple(map(term, (field.edge, *BOUNDS.get(field.edge, ()))))


def typed(kind: str, iri: str, said: Iterable[Triple]) -> dict[str, list[str]]:
    """Field → its values as a person would type them, of an entry of which this is said; the opposite of `pairs`.

    A statement's quotes and passages are found where its report is told too. Fields without value are left out.
    """
    about: dict[Term, dict[str, list[str]]] = {}
    said = sorted(said, key=str)
    labels = [
        (triple.object.language, triple.object.value)
        for triple in said
        if triple.subject == NamedNode(iri)
        and triple.predicate == term("skos:prefLabel")
        and isinstance(triple.object, Literal)
        and triple.object.language
    ]
    for triple in said:
        if isinstance(triple.subject, NamedNode | BlankNode):
            node = about.setdefault(triple.subject, {})
            node.setdefault(compact(triple.predicate.value), []).append(object_value(triple))
    own = about.get(NamedNode(iri), {})
    told = [own, *(node for node in about.values() if iri in node.get("stance:reports", ()))]
    found: dict[str, list[str]] = {}
    for field in ENTRIES[kind].values():
        edges = own if field.name not in REPORTED else {k: v for each in told for k, v in each.items()}
        if field.values == "days":
            found[field.name] = _typed_days(field, own)
        elif words := WORDS.get(field.values):
            found[field.name] = [word for word, name in words.items() if expand(name) in own["rdf:type"]]
        elif field.values == "coding":
            found[field.name] = sorted(_typed_coding(node) for node in about.values() if "stance:of" in node)
        elif field.values == "ascription":
            held = (node for node in about.values() if "stance:holder" in node)
            found[field.name] = sorted(each for node in held for each in _typed_ascriptions(node))
        elif field.values == "level":
            found[field.name] = [_typed_level(each) for each in own.get(field.edge, ())]
        elif field.edge == "skos:prefLabel":
            found[field.name] = [
                label if language == "en" else f"{language}={label}"
                for language, label in labels
                if (language == "en") == (field.values != "labels")
            ]
        elif field.values not in ("quote", "passage"):
            found[field.name] = edges.get(field.edge, [])
    if "quote" in ENTRIES[kind]:
        found |= _typed_places(about)
    return {name: values for name, values in found.items() if values}


def _typed_days(field: Field, own: Mapping[str, Sequence[str]]) -> list[str]:
    first, last = BOUNDS.get(field.edge, ("schema:startDate", "schema:endDate"))
    if field.edge in own and field.edge != "schema:startDate":
        return [own[field.edge][0]]
    ends = [own.get(name, [".."])[0] for name in (first, last)]
    return [] if ends == ["..", ".."] else ["/".join(dict.fromkeys(ends))]


def _typed_coding(node: Mapping[str, Sequence[str]]) -> str:
    differs = [*map(local_name, node.get("stance:basis", ()))]
    differs += map(_typed_level, node.get("stance:confidence", ()))
    differs += sorted(node.get("stance:shownBy", ()))
    return f"{node['stance:of'][0]}={','.join(differs)}"


def _typed_ascriptions(node: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for stance in ("supports", "opposes", "neutral"):
        for target in node.get(ENTRIES["statement"][stance].edge, ()):
            yield f"{node['stance:holder'][0]} {stance} {target}"


def _typed_level(number: str) -> str:
    """A confidence as it is typed: an engine may spell 1.0 as 1."""
    return f"{float(number):.1f}" if number.replace(".", "", 1).isdigit() else number


def _typed_places(about: Mapping[Term, Mapping[str, Sequence[str]]]) -> dict[str, list[str]]:
    """The quotes and passages of a report, each by where it begins."""
    found: dict[str, list[tuple[int, str]]] = {"quote": [], "passage": []}
    for node in about.values():
        told: dict[str, str] = {}
        for label in node.get("oa:hasSelector", ()):
            told |= {name: values[0] for name, values in about.get(BlankNode(label), {}).items()}
        if "oa:start" in told:
            kind, words = ("quote", told["oa:exact"]) if "oa:exact" in told else ("passage", told["oa:end"])
            found[kind].append((int(told["oa:start"]), words))
    return {kind: [f"{start}:{words}" for start, words in sorted(each)] for kind, each in found.items()}


def day_form(cells: Iterable[str]) -> str:
    """How the days of a column are written where they show it: "dmy" or "mdy"; empty where nothing does, or both."""
    found = set()
    for cell in cells:
        if numbers := _NUMBERS.fullmatch(cell.strip()):
            first, second = int(numbers[1]), int(numbers[3])
            if first > 12 >= second:
                found.add("dmy")
            elif second > 12 >= first:
                found.add("mdy")
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=1 << 16)
def days_of(cell: str, form: str) -> Days:
    """The days a cell means, where days in numbers have the `form`; raises ValueError, saying why it means none.

    >>> days_of("2024-12", ""), days_of("9 March 2025", ""), days_of("45718", "excel-1900")
    (('2024-12-01', '2024-12-31'), ('2025-03-09', '2025-03-09'), ('2025-03-02', '2025-03-02'))
    """
    first, slash, last = cell.partition("/")
    if slash and (_ISO.fullmatch(first) or first == "..") and (_ISO.fullmatch(last) or last == ".."):
        earliest = BEGINNING if first == ".." else _days(first, form)[0]
        latest = END if last == ".." else _days(last, form)[1]
        if earliest > latest or first == last == "..":
            raise ValueError(f"'{cell[:40]}' is no time from one day to another")
        return earliest, latest
    return _days(cell, form)


def _days(cell: str, form: str) -> Days:
    try:
        found = _written(cell, form)
    except (ValueError, OverflowError) as error:
        if isinstance(error, ValueError) and str(error).startswith("'"):
            raise
        found = None
    if found is None:
        raise ValueError(f"'{cell[:40]}' is no day: write it as 2024-12-31")
    return found[0].isoformat(), found[1].isoformat()


def _written(cell: str, form: str) -> tuple[date, date] | None:
    if _SERIAL.fullmatch(cell) and (form in _EPOCHS or len(cell) > 4):
        return _counted(cell, form)
    if iso := _ISO.fullmatch(cell):
        year, month, day = (int(part) if part else None for part in iso.groups())
        if day:
            return (date(year or 0, month or 0, day),) * 2
        first, last = (month, month) if month else (1, 12)
        return date(year or 0, first, 1), date(year or 0, last, monthrange(year or 0, last)[1])
    if numbers := _NUMBERS.fullmatch(cell):
        first, second, year = int(numbers[1]), int(numbers[3]), int(numbers[4])
        if form not in ("dmy", "mdy") and first != second:
            raise ValueError(f"'{cell}' may be two days: say --dates dmy, or mdy")
        return (date(year, first, second) if form == "mdy" else date(year, second, first),) * 2
    if words := _WORDS.fullmatch(cell):
        return _named(words)
    return None


def _named(words: re.Match[str]) -> tuple[date, date] | None:
    """The day that a name of a month is in, or the month."""
    months = [n for n, name in enumerate(MONTHS, 1) if name.casefold().startswith(words[2].casefold())]
    if len(months) != 1 or (words[1] and words[3]):
        return None
    year, day = int(words[4]), words[1] or words[3]
    if day:
        return (date(year, months[0], int(day)),) * 2
    return date(year, months[0], 1), date(year, months[0], monthrange(year, months[0])[1])


def _counted(cell: str, form: str) -> tuple[date, date]:
    serial = int(float(cell))
    if form in _EPOCHS:
        return (_EPOCHS[form] + timedelta(days=serial),) * 2
    may = " or ".join(f"{day + timedelta(days=serial)} (--dates {name})" for name, day in _EPOCHS.items())
    raise ValueError(f"'{cell}' is a spreadsheet's number of a day, {may}: say which")
