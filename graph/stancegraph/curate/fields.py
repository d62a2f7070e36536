"""What is said of each kind of entry, declared once: for options, questions, edits and imports alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from stancegraph import names
from stancegraph.curate.folder import is_address
from stancegraph.dates import interval
from stancegraph.errors import UnknownName, UsageError
from stancegraph.store.terms import Term, day, decimal, english, term

if TYPE_CHECKING:
    from stancegraph.curate.folder import Folder

CLASSES: Final = {"person": "foaf:Person", "organisation": "org:Organization", "group": "foaf:Group"}
TYPES: Final = {"claim": "stance:Claim", "demand": "stance:Demand"}
LEVELS: Final = ("0.4", "0.6", "0.8", "1.0")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing said of an entry: its name, the property (`edge`), what its values are, how many it takes."""

    name: str
    edge: str
    values: str
    """A kind of entry (`actor`, `act` …), or `target`, `source`, `text`, `name`, `labels`, `days`, `level`, `address`,
    `word` (plain), `class`, `type`, `passage`."""
    help: str
    many: bool = False
    required: bool = False

    @property
    def option(self) -> str:
        """As an option of a command: `on-behalf-of`."""
        return self.name.replace("_", "-")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of entry its values may be."""
        return {"target": ("actor", "proposition"), "source": ("document",)}.get(self.values, (self.values,))

    @property
    def names_entry(self) -> bool:
        """Whether its values are names, to be resolved and completed."""
        return self.kinds[0] in names.KINDS


def _fields(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


_NAMED: Final = (
    Field("label", "skos:prefLabel", "labels", "A name in another language: ar=….", many=True),
    Field("alias", "skos:altLabel", "name", "Another name it is found by.", many=True),
)
_COMMENT: Final = Field(
    "comment", "rdfs:comment", "text", "What a reader should know, in your own words.", many=True
)
_ANCHORED: Final = (
    Field(
        "quote",
        "stance:quote",
        "quote",
        "Words in quotation marks, found in the text; or START:WORDS.",
        many=True,
    ),
    Field(
        "passage",
        "stance:passage",
        "passage",
        "Where it stands: START:END, or its words (not stored).",
        many=True,
    ),
    Field("via", "stance:via", "actor", "The office, agency or outlet the document cites.", many=True),
)
ENTRIES: Final[dict[str, dict[str, Field]]] = {
    "document": _fields(
        Field("title", "dcterms:title", "word", "Its headline.", required=True),
        Field("publisher", "dcterms:publisher", "actor", "The outlet.", required=True, many=True),
        Field("date", "dcterms:issued", "days", "Its day, or FROM/TO where it is undated.", required=True),
        Field("author", "dcterms:creator", "actor", "Who wrote it.", many=True),
        Field("language", "dcterms:language", "word", "Its language, as en."),
        Field("url", "schema:url", "address", "Its address."),
        _COMMENT,
    ),
    "actor": _fields(
        Field("name", "skos:prefLabel", "name", "Its name in English.", required=True),
        Field(
            "kind",
            "stance:actorKind",
            "actor kind",
            "What it is: cleric, armed group, state …",
            required=True,
        ),
        Field("class", "rdf:type", "class", "Where the kind does not say: person, organisation or group."),
        *_NAMED,
        Field(
            "hidden_alias",
            "skos:hiddenLabel",
            "name",
            "A misspelling it is found by, never shown.",
            many=True,
        ),
        Field(
            "weak_alias",
            "stance:weakAlias",
            "word",
            "A name that others bear too: it only suggests.",
            many=True,
        ),
        Field(
            "part_of",
            "org:subOrganizationOf",
            "actor",
            "The larger organisation; with its source.",
            many=True,
        ),
        Field("source", "dcterms:source", "document", "The document that says so.", many=True),
        _COMMENT,
    ),
    "proposition": _fields(
        Field(
            "sentence",
            "skos:prefLabel",
            "name",
            "A full English sentence, ending in a full stop.",
            required=True,
        ),
        Field(
            "type", "rdf:type", "type", "claim: something is so; demand: somebody should act.", required=True
        ),
        Field(
            "note", "skos:scopeNote", "text", "Who could affirm it, and who could reject it.", required=True
        ),
        Field("binds", "stance:binds", "actor", "Of a demand: who would have to act.", many=True),
        Field("about", "schema:about", "actor", "The actor it is about.", many=True),
        Field("broader", "skos:broader", "proposition", "What it entails.", many=True),
        *_NAMED,
        _COMMENT,
    ),
    "event": _fields(
        Field("name", "skos:prefLabel", "name", "Its name in English.", required=True),
        Field(
            "source",
            "dcterms:source",
            "source",
            "The document that states it, or an address.",
            required=True,
            many=True,
        ),
        Field("date", "schema:startDate", "days", "Its day, or FROM/TO."),
        Field("location", "schema:location", "text", "Where."),
        Field("within", "schema:superEvent", "event", "The larger event."),
        *_NAMED,
        _COMMENT,
    ),
    "statement": _fields(
        Field(
            "gist", "stance:gist", "text", "What is said, in one sentence of your own words.", required=True
        ),
        Field("document", "stance:document", "document", "The document that reports it.", required=True),
        Field("speaker", "stance:speaker", "actor", "Who spoke.", required=True, many=True),
        Field("on_behalf_of", "stance:onBehalfOf", "actor", "For whom.", many=True),
        Field("addressee", "stance:addressee", "actor", "To whom.", many=True),
        Field("act", "stance:act", "act", "By which act: warning, condemn, urge …"),
        Field("medium", "stance:medium", "medium", "Where: speech, interview, phone call …"),
        Field("occasion", "stance:occasion", "event", "The event it was said on."),
        Field(
            "date", "stance:saidOn", "days", "Its day, FROM/TO, or ../TO where an end is open.", required=True
        ),
        Field("supports", "stance:supports", "target", "An actor or a proposition it is for.", many=True),
        Field("opposes", "stance:opposes", "target", "An actor or a proposition it is against.", many=True),
        Field("neutral", "stance:neutralOn", "target", "What it explicitly takes no side on.", many=True),
        Field("basis", "stance:basis", "basis", "said, implied, or attributed by the author."),
        Field(
            "confidence",
            "stance:confidence",
            "level",
            "1.0 explicit, 0.8 clear paraphrase, 0.6 inferred, 0.4.",
        ),
        Field(
            "coding", "stance:coding", "coding", "Where one target differs: TARGET=implied,0.6.", many=True
        ),
        Field("about", "schema:about", "event", "The event it is about.", many=True),
        Field("condition", "stance:condition", "text", "What it hangs on, in your own words."),
        *_ANCHORED,
        _COMMENT,
    ),
    "report": _fields(
        Field(
            "statement", "stance:reports", "statement", "What another document reports too.", required=True
        ),
        Field("document", "stance:document", "document", "The document.", required=True),
        *_ANCHORED,
    ),
}
"""Kind of entry → its fields by name, in the order they are asked for; the first names it."""
REPORTED: Final = ("document", "quote", "passage", "via")
"""Fields of a statement that its report has."""
BOUNDS: Final = {
    "dcterms:issued": ("stance:issuedNotBefore", "stance:issuedNotAfter"),
    "stance:saidOn": ("stance:saidNotBefore", "stance:saidNotAfter"),
}
"""Property of one day → those of a first and a last."""

Pair = tuple[NamedNode, Term]


def pairs(folder: Folder, field: Field, text: str) -> Iterator[Pair]:
    """The properties and values that a text stands for; raises UsageError or UnknownName, naming the option."""
    if not text.strip():
        raise UsageError(f"--{field.option} is empty: give it a value, or leave it out")
    if field.values == "days":
        yield from _days(field, text)
    else:
        yield term(field.edge), value(folder, field, text)


def value(folder: Folder, field: Field, text: str) -> Term:
    """The one term that a text stands for."""
    text = " ".join(text.split())
    made: dict[str, Term | None] = {"text": english(text), "name": english(text), "word": Literal(text)}
    if found := made.get(field.values):
        return found
    if field.values in ("class", "type"):
        return term(one_of(text, CLASSES if field.values == "class" else TYPES, field.option))
    if field.values == "labels":
        language, equals, label = text.partition("=")
        if not (equals and label.strip() and language.isascii() and language.replace("-", "").isalnum()):
            raise UsageError(f"--{field.option} '{text[:60]}': write a language and the name, as ar=…")
        return Literal(label.strip(), language=language)
    if field.values == "level":
        return decimal(float(one_of(text, {level: level for level in LEVELS} | {"1": "1.0"}, field.option)))
    if field.values == "address" or (field.values == "source" and "://" in text):
        if not is_address(text):
            raise UsageError(f"--{field.option} '{text[:80]}' is no address: write it as https://…")
        return Literal(text, datatype=term("xsd:anyURI")) if field.values == "address" else NamedNode(text)
    return NamedNode(resolve(folder, field, text))


def resolve(folder: Folder, field: Field, text: str) -> str:
    """The IRI of the entry meant; raises UnknownName, with the command that makes one."""
    try:
        return folder.find(text) if field.values == "statement" else folder.find(text, *field.kinds)
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


def _days(field: Field, text: str) -> Iterator[Pair]:
    earliest, latest = interval(text, field.option)
    if field.edge == "schema:startDate":
        ends = (("schema:startDate", earliest), ("schema:endDate", latest))
    elif earliest == latest:
        ends = ((field.edge, earliest), ("", None))
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
