"""The columns of files of rows, for reading and for writing: what each says, how cells are spelt, how headers are read.

A column has a role: what it says of a statement, or of an entry (an actor, a document …) that a row describes. A cell
is the name of an entry (`actor/iran` below the graph's own base, else a prefixed name or an address) or a text. A text
is English, or of no language where its field has none; another begins with its language: `ar=…`. Which headers and
cells mean which is given by options or a file of TOML, guessed, shown, saved, reused.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph import input as input_
from stancegraph import names, store
from stancegraph.curate import fields
from stancegraph.curate.fields import ENTRIES, Field
from stancegraph.curate.folder import is_address
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import files, parser
from stancegraph.store.sparql import Term
from stancegraph.store.turtle import describe, english, term
from stancegraph.vocabulary import PREFIXES, compact, whole

ROLES: Final = {
    "statement": "a name or number of the statement: rows that share it are one",
    "speaker": "who spoke",
    "speaker_kind": "what kind of actor that is: state, cleric …",
    "on_behalf_of": "for whom, of a spokesperson or an office",
    "on_behalf_of_kind": "what kind of actor that is",
    "addressee": "who is spoken to",
    "addressee_kind": "what kind of actor that is",
    "target": "an actor, or a sentence, that a side is taken on",
    "target_kind": "actor (or its kind), claim, demand or proposition",
    "stance": "for, against, neutral",
    "date": "the day, or FROM/TO",
    "date_until": "the last day, where date is the first",
    "quote": "words as they were said",
    "gist": "what is said, in the coder's words",
    "condition": "what it hangs on, in the coder's words",
    "comment": "what a reader should know, in the coder's words",
    "occasion": "the event it was said on",
    "in_role": "the membership it was said in: membership/…",
    "ascribes": "a position it says another has: actor/… supports, opposes or neutral proposition/…",
    "close_match": "one that may be the same: statement/…",
    "background": "the roles of which no document states what the row says: medium comment …",
    "rests_on": "what a derived day or an addressee rests on: document/…, or an address",
    "coder": "who coded it",
    "created": "the day it was coded",
    "act": "by which act: condemn, urge …",
    "medium": "where: speech, interview …",
    "basis": "said, implied or attributed",
    "confidence": "1.0, 0.8, 0.6 or 0.4",
    "about": "the event it is about",
    "about_date": "its day, or FROM/TO, of an event the graph does not have",
    "figure_counted": "what a number claimed counts: people killed …",
    "figure_event": "the event it is of, else that of about",
    "figure_wording": "how the document words it",
    "figure_min": "the least it may be",
    "figure_max": "the most it may be",
    "figure_exclusive": "true for 'more than', false for 'at least'",
    "figure_date": "the day it is as of",
    "figure_comment": "what a reader should know of it",
    "figure_id": "its name",
    "document": "the title of the document",
    "publisher": "its outlet",
    "url": "its address",
    "document_date": "its day, or FROM/TO",
    "language": "its language, as en",
    "sha256": "the checksum of its text",
    "length": "the length of its text, in code points",
    "start": "where the words begin in it, in code points",
    "end": "where they end",
    "prefix": "the characters before quoted words",
    "suffix": "the characters after them",
    "quote_language": "the language of the words, where it is not the document's",
    "report_id": "the name of the document's report, whose words are taken to the letter",
    "via": "the office, agency or outlet the document cites",
    "via_kind": "what kind of actor that is",
}
"""Role of a column → what its cells say, in the order they are written."""
VARIABLE: Final = "variable_"
"""What the header of a column begins with that is a coded variable, whatever its cells look like."""
ENTRY: Final = "entry"
"""The role that says of which kind a row is that describes no statement; what else it says are `entry_…`."""
SYNONYMS: Final = {
    "statement": "statement_id id",
    "speaker": "actor country who person politician organization organisation party state member nation voter",
    "target": "proposition resolution concept issue claim demand bill motion topic",
    "target_kind": "target_type",
    "stance": "vote position polarity agreement sign",
    "date": "day said_on when date_from",
    "date_until": "until date_to",
    "quote": "quotation words exact",
    "gist": "summary paraphrase",
    "comment": "comments note notes",
    "document": "source article headline",
    "publisher": "outlet newspaper",
    "url": "link address href",
    "document_date": "issued published publication_date",
}
"""Role → headers it is guessed from, beside its own name."""
CLASSES: Final = {**fields.CLASSES, "organization": "org:Organization"}
"""Name of a column of actors → what they are, as far as it says so."""


Left = list[tuple[int, str, Sequence[str]]]
"""Rows that are none: the line of each, the reason, its cells."""


@dataclass(slots=True)
class Sheet:
    """A file as rows, each with its line, one cell for each column; `left` are rows that are none, with the reason.

    `texts` are those of documents, by their title; `notes` say what was left out of the file.
    """

    columns: Sequence[str]
    rows: Iterator[tuple[int, Sequence[str]]]
    left: Left = field(default_factory=list)
    texts: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Sheet:
        """Rows by the names of their columns; the columns are all these, roles first."""
        found = dict.fromkeys(name for _, row in rows for name in row)
        columns = [*(role for role in ROLES if role in found), *(name for name in found if name not in ROLES)]
        return cls(columns, ((line, [row.get(name, "") for name in columns]) for line, row in rows))


def guess(columns: Sequence[str], taken: Mapping[str, str]) -> dict[str, str]:
    """Role → column, for the roles that headers plainly name and that are not `taken`.

    >>> guess(["date", "resolution", "Country", "vote"], {"target": "resolution"})
    {'speaker': 'Country', 'stance': 'vote', 'date': 'date'}
    """
    plain = {column: re.sub(r"\W+", "_", column.casefold()).strip("_") for column in columns}
    free = {plain[column]: column for column in reversed(columns) if column not in taken.values()}
    found = {}
    for role in ROLES:
        for header in () if role in taken else (role, *SYNONYMS.get(role, "").split()):
            if header in free and (header == role or header not in ROLES):
                found[role] = free.pop(header)
                break
    return found


def describes(name: str) -> bool:
    """Whether a column of this name is of rows that describe an entry."""
    return name == ENTRY or name.startswith(f"{ENTRY}_")


def is_role(name: str) -> bool:
    """Whether a column of this name says what a role says."""
    return name in ROLES or name.startswith(VARIABLE) or describes(name)


# Fields of entries, and cells


KINDS: Final = {
    "document": "schema:NewsArticle",
    "actor": "stance:Actor",
    "proposition": "stance:Proposition",
    "event": "schema:Event",
    "membership": "org:Membership",
    "role": "org:Role",
    "coder": "prov:Agent",
}
"""Kind of entry → its class; a kind is also where its IRIs stand below the base."""
_NOTES: Final = (
    Field("remark", "skos:note", "word", "A note of an import."),
    Field("editorial_note", "skos:editorialNote", "text", "A note of the curators."),
)
ENTRY_FIELDS: Final = {
    kind: {each.edge: each for each in reversed((*ENTRIES.get(kind, {}).values(), *more, *_NOTES))}
    for kind, more in {
        **dict.fromkeys(KINDS, ()),
        "document": (
            Field("sha256", "stance:sha256", "word", "The checksum of its text."),
            Field("length", "stance:length", "number", "The length of its text."),
        ),
        "coder": (Field("name", "rdfs:label", "name", "What the coder is called."),),
    }.items()
}
"""Kind of entry → its fields, by property; names in all languages are of the first."""
TAKEN_OVER: Final = f"{ENTRY}_taken_over"
COLUMNS: Final = {
    ENTRY: "the kind of entry the row describes",
    f"{ENTRY}_id": "its name",
    f"{ENTRY}_in": "background: no document says so",
    TAKEN_OVER: "true where it was taken over from another coding: now from this one",
    **{f"{ENTRY}_{each.name}": each.help for own in ENTRY_FIELDS.values() for each in own.values()},
}
"""Columns of rows that describe entries → what they say."""
EDGES: Final = {
    **{word: ENTRIES["statement"][word].edge for word in ("supports", "opposes", "neutral")},
    "on": "stance:stanceOn",
}
"""Word of a stance → its property."""
STATEMENT: Final = {
    "comment": ENTRIES["statement"]["comment"],
    "in_role": ENTRIES["statement"]["role"],
    "close_match": ENTRIES["statement"]["match"],
    "rests_on": ENTRIES["statement"]["source"],
    "coder": Field("coder", "stance:coder", "coder", "Who coded it."),
    "created": Field("created", "dcterms:created", "day", "When it was coded."),
}
"""Role → the field of a statement whose cells are spelt as those of entries."""
BACKGROUND: Final = "background"
FILES: Final = {"document": "documents", "proposition": "propositions", "event": "events"}
"""Kind of entry → the file it stands in, where that is not the actors'."""
APART: Final = {role: field.edge for role, field in STATEMENT.items()} | {
    name: ENTRIES["statement"][name].edge
    for name in ("on_behalf_of", "addressee", "act", "medium", "occasion")
}
"""Role → its property, of those whose values may stand in the background."""
OTHERS: Final = ("on_behalf_of", "addressee")
"""Roles of actors beside the speaker and the target, in the order of a file."""
DATATYPES: Final = {
    "number": "xsd:integer",
    "truth": "xsd:boolean",
    "address": "xsd:anyURI",
    "level": "xsd:decimal",
    "day": "xsd:date",
}
LANGUAGES: Final = {"text": "en", "name": "en", "labels": "en", "word": ""}
_WRITTEN: Final = {
    "number": re.compile(r"-?\d{1,15}", re.ASCII),
    "truth": re.compile("true|false"),
    "level": re.compile(r"[01]\.\d", re.ASCII),
    "day": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
}
_TAGGED: Final = re.compile(r"((?:[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)?)=(.*)", re.ASCII | re.DOTALL)
_OWN: Final = re.compile(rf"(?:{'|'.join((*KINDS, *ENTRIES))})/[\w.~-]+", re.ASCII)


def spell_iri(iri: str, base: str) -> str | None:
    """An IRI as a cell; None for one that a cell does not hold."""
    own = iri.removeprefix(base) if base else iri
    if own != iri and _OWN.fullmatch(own):
        return own
    short = compact(iri)
    return short if short != iri or is_address(iri) else None


def is_name(cell: str) -> bool:
    """Whether a cell names an entry below the base."""
    return bool(_OWN.fullmatch(cell))


def read_iri(cell: str, base: str) -> str:
    """The IRI that a cell names; raises ValueError."""
    if is_name(cell):
        return base + cell
    iri = whole(cell)
    if (cell.partition(":")[0] in PREFIXES and re.fullmatch(r"[\w.~-]+:[\w.~-]+", cell)) or is_address(iri):
        return iri
    raise ValueError(f"'{cell[:60]}' names no entry: write actor/…, event/…, or an address")


def spell_cell(value: Term, values: str, base: str) -> str | None:
    """A term as a cell of a field with such `values`; None for one that a cell does not hold."""
    if isinstance(value, NamedNode):
        return None if values in (*DATATYPES, *LANGUAGES) else spell_iri(value.value, base)
    if isinstance(value, BlankNode) or value.value != value.value.strip() or not value.value:
        return None
    if values in DATATYPES:
        return value.value if value.datatype == term(DATATYPES[values]) else None
    if values not in LANGUAGES or (not value.language and value.datatype != term("xsd:string")):
        return None
    language = value.language or ""
    plain = language == LANGUAGES[values] and not _TAGGED.fullmatch(value.value)
    return value.value if plain else f"{language}={value.value}"


def read_cell(cell: str, values: str, base: str) -> NamedNode | Literal:
    """The term that a cell of a field with such `values` stands for; raises ValueError."""
    if values in LANGUAGES:
        tagged = _TAGGED.fullmatch(cell)
        language, text = (tagged[1], tagged[2]) if tagged else (LANGUAGES[values], cell)
        return Literal(text, language=language) if language else Literal(text)
    if values in DATATYPES:
        if values == "address" and not is_address(cell):
            raise ValueError(f"'{cell[:60]}' is no address: https://…")
        if values in _WRITTEN and not _WRITTEN[values].fullmatch(cell):
            raise ValueError(f"'{cell[:60]}' is no {values}")
        return Literal(cell, datatype=term(DATATYPES[values]))
    return NamedNode(read_iri(cell, base))


Ascription = tuple[str, tuple[tuple[str, str], ...]]
"""Whose position another ascribes to it, and the position: property and target."""


def spell_ascription(node: Iterable[tuple[str, Term]], base: str) -> str | None:
    """An ascribed position as `HOLDER supports TARGET …`; None for one that a cell does not hold."""
    words = {edge: word for word, edge in EDGES.items()}
    found = [(words.get(edge, edge), spell_cell(value, "target", base)) for edge, value in node]
    holders = [name for word, name in found if word == "stance:holder"]
    stances = sorted((word, name) for word, name in found if word in EDGES and name)
    if len(holders) != 1 or not holders[0] or len(stances) + 1 != len(found):
        return None
    return " ".join((holders[0], *(part for stance in stances for part in stance)))


def read_ascription(cell: str, base: str) -> Ascription:
    """The position that `HOLDER supports TARGET …` ascribes; raises ValueError."""
    holder, *stances = cell.split()
    if not stances or len(stances) % 2 or not EDGES.keys() >= set(stances[::2]):
        raise ValueError(f"'{cell[:60]}' is no position: write HOLDER supports TARGET, opposes or neutral")
    pairs = zip(stances[::2], stances[1::2], strict=True)
    return read_iri(holder, base), tuple((EDGES[word], read_iri(name, base)) for word, name in pairs)


def declare_variable(
    here: NamedNode,
    label: str,
    values: NamedNode,
    source: NamedNode,
    *,
    told: str = "",
    above: str = "",
    scale: Sequence[int] | None = None,
) -> Iterator[Triple]:
    """The declaration of a coded variable whose range is a datatype, or a class of its own below another (`above`).

    `told` follows what it is, `scale` is its least and its greatest value.
    """
    common = ("rdfs:label", Literal(label)), ("prov:wasDerivedFrom", source)
    if above:
        yield from describe(values, ("rdf:type", "owl:Class"), ("rdfs:subClassOf", above), *common)
    yield from describe(
        here,
        ("rdf:type", f"owl:{'Object' if above else 'Datatype'}Property"),
        ("rdfs:comment", english(f"A variable of the coding{told}.")),
        ("rdfs:domain", "stance:Statement"),
        ("rdfs:range", values),
        *zip(("schema:minValue", "schema:maxValue"), map(Literal, scale or ()), strict=False),
        *common,
    )


@cache
def concepts() -> Callable[[str, str], str | None]:
    """Finds an act, a medium, a basis or a count (its prefixed name), or a kind of actor (its label), or None."""
    known = names.index(
        store.open([store.ontology() / f"{name}.ttl" for name in files.VOCABULARY]),
        *names.CONCEPTS,
        *names.APART,
    )

    @lru_cache(1 << 12)
    def concept(kind: str, text: str) -> str | None:
        found = known.bearers(text[: names.LONGEST], (kind,))
        if len(found) != 1:
            return None
        return found[0].label if kind == "actor kind" else compact(found[0].iri)

    return concept


@cache
def actor_kinds() -> Mapping[str, str]:
    """Label of a kind of actor → its IRI."""
    schemes = store.open(store.ontology() / "schemes.ttl")
    rows = schemes.tuples(
        "SELECT ?label ?kind { ?kind skos:inScheme stance:actorKinds ; skos:prefLabel ?label }"
    )
    return {label.casefold(): kind for label, kind in rows}


# How the headers and cells of one file are read


LARGEST: Final = 10 << 20
DATES: Final = ("iso", "dmy", "mdy", "excel-1900", "excel-1904")
STANCES: Final = {
    "supports": "supports support yes for pro agree approve favour favor positive true 1 +1 +",
    "opposes": "opposes oppose no against contra con disagree reject negative false -1 -",
    "neutral": "neutral abstain abstention neutralon 0",
    "on": "on",
}
"""Stance → the cells that mean it where nobody says which do; `on` is a target without polarity."""


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


def read_mapping(
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
    told = parser.value(partial(_toml, file), file, "--save-mapping writes a mapping")
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
        raise StanceError(f"{file} is no TOML: {parser.reason(error)}; --save-mapping writes one") from None


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
