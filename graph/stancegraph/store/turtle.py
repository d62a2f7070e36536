"""Terms and triples in a few letters, and the Turtle that curated files are kept in.

The same triples always give the same bytes, in an order people read. A report stands under the statement it reports
and a figure above both; properties run from who and when to how it was coded; blank nodes are nested. Libraries order
by internal identifiers and hashes, which a reviewer reading a diff of living people's words cannot follow.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph.errors import StanceError
from stancegraph.vocabulary import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stancegraph.store.sparql import Term

    Nested = list[tuple[str, list["str | Nested"]]]  # properties and their values in Turtle
    Properties = dict[str, list[Term]]

ORDER: Final = """
    rdf:type skos:prefLabel rdfs:label dcterms:title skos:altLabel skos:hiddenLabel stance:weakAlias skos:inScheme
    skos:topConceptOf skos:broader stance:actorKind org:member org:role org:organization org:subOrganizationOf
    stance:reports stance:document stance:via stance:quote
    stance:speaker stance:onBehalfOf stance:inRole stance:addressee stance:act stance:medium stance:occasion
    stance:saidOn stance:saidNotBefore stance:saidNotAfter stance:gist stance:condition schema:about stance:binds
    stance:supports stance:opposes stance:neutralOn stance:ascribes stance:holder stance:coding stance:of stance:claims
    stance:basis stance:confidence stance:shownBy
    stance:counted schema:observationAbout schema:observationDate schema:minValue schema:maxValue stance:exclusive
    stance:wording
    oa:hasSource oa:hasSelector oa:start oa:end oa:exact oa:prefix oa:suffix
    dcterms:publisher dcterms:creator dcterms:issued stance:issuedNotBefore stance:issuedNotAfter dcterms:language
    schema:url schema:startDate schema:endDate schema:location schema:superEvent
    skos:definition skos:scopeNote skos:example rdfs:comment stance:passage dcterms:source
    stance:coder dcterms:created rdfs:isDefinedBy
""".split()
RANK: Final = {expand(name): rank for rank, name in enumerate(ORDER)}
TYPE: Final = expand("rdf:type")
REPORTS: Final = expand("stance:reports")
CLAIMS: Final = expand("stance:claims")
WHOLE: Final = re.compile(r"[+-]?\d+", re.ASCII)
PLAIN: Final = {
    expand("xsd:integer"): WHOLE,
    expand("xsd:decimal"): re.compile(r"[+-]?\d*\.\d+", re.ASCII),
    expand("xsd:boolean"): re.compile("true|false"),
}
"""Datatype → the literals that Turtle reads as of that type when they stand alone."""
LOCAL: Final = re.compile(r"[\w][\w-]*", re.ASCII)
BELOW: Final = re.compile(r"(?!/)(?:[\w-]+(?:/[\w-]+)*)?", re.ASCII)
"""What may follow a base without changing what the IRI means."""
WIDTH: Final = 120
DEEPEST: Final = 64
"""Blank nodes one inside the other."""


@cache
def term(curie: str) -> NamedNode:
    """The IRI of a prefixed name."""
    return NamedNode(expand(curie))


def describe(subject: NamedNode | BlankNode, *pairs: tuple[str | NamedNode, str | Term]) -> Iterator[Triple]:
    """Triples of one subject, of its properties and their values; both may be told by a prefixed name."""
    for predicate, value in pairs:
        edge = term(predicate) if isinstance(predicate, str) else predicate
        yield Triple(subject, edge, term(value) if isinstance(value, str) else value)


def english(text: str) -> Literal:
    """A text marked as English."""
    return Literal(text, language="en")


def day(iso: str) -> Literal:
    """A day of the calendar."""
    return Literal(iso, datatype=term("xsd:date"))


def decimal(number: float) -> Literal:
    """A number with a point, as a confidence is written."""
    return Literal(str(float(number)), datatype=term("xsd:decimal"))


def object_value(triple: Triple) -> str:
    """The IRI or the text that a triple ends in; empty where it is another triple."""
    return "" if isinstance(triple.object, Triple) else triple.object.value


def values_of(said: Iterable[Triple], edge: str) -> set[str]:
    """The IRIs and texts that triples of a property end in."""
    return {object_value(triple) for triple in said if triple.predicate == term(edge)}


def write(triples: Iterable[Triple], base: str = "") -> str:
    """Turtle text of `triples` (UTF-8 when encoded, `\\n` endings), with the prefixes it uses.

    IRIs below `base` are written relative to it. Raises StanceError for a blank node that is shared or stands in a
    circle: it cannot be nested.
    """
    body = "\n".join(f"{block}\n" for block in blocks(triples, base).values())
    return f"{heading(prefixes_used(body), base)}\n{body}" if body else heading((), base)


def heading(prefixes: Iterable[str], base: str = "") -> str:
    """The declarations that a file begins with."""
    wanted = set(prefixes)
    head = "".join(
        f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items() if prefix in wanted
    )
    return f"@base <{base}> .\n{head}" if base else head


def prefixes_used(body: str) -> set[str]:
    """The prefixes of ours that stand in Turtle text."""
    return {p for p in PREFIXES if _stands(p, body)}


def _stands(prefix: str, body: str) -> bool:
    if f"{prefix}:" not in body:
        return False
    longer = [p for p in PREFIXES if p != prefix and p.endswith(prefix)]
    if longer and body.count(f"{prefix}:") == sum(body.count(f"{p}:") for p in longer):
        return False
    # Looking for what begins with the prefix, and then before it, is many times quicker than looking behind everywhere.
    found = re.finditer(rf"{prefix}:\w", body)
    return any(not re.match(r"[\w<\"]", body[at.start() - 1 : at.start()]) for at in found)


def blocks(
    triples: Iterable[Triple], base: str = "", prefixes: Mapping[str, str] = PREFIXES
) -> dict[Term, str]:
    """Subject → its block of text, all that is nested in it included, in the order of a file."""
    about: dict[Term, Properties] = defaultdict(lambda: defaultdict(list))
    uses: dict[Term, int] = defaultdict(int)
    for triple in set(triples):
        if not isinstance(triple.subject, (NamedNode, BlankNode)) or isinstance(triple.object, Triple):
            raise StanceError(f"{triple} is not a plain triple: Turtle is written without quoted triples")
        about[triple.subject][triple.predicate.value].append(triple.object)
        if isinstance(triple.object, BlankNode):
            uses[triple.object] += 1
    for node, count in uses.items():
        if count > 1:
            raise StanceError(f"blank node {node} is used {count} times: give it an IRI")
    _refuse_circles(about, uses)
    owner = _owners(about)
    named = [node for node in about if isinstance(node, NamedNode)]
    loose = [node for node in about if isinstance(node, BlankNode) and not uses[node]]
    place = {
        node: place_of(node.value, owner.get(node.value), term("owl:Ontology") in about[node].get(TYPE, ()))
        for node in named
    }
    text = _Text(about, base, prefixes)
    found: dict[Term, str] = {node: text.block(node) for node in sorted(named, key=place.__getitem__)}
    found |= sorted(((node, text.block(node)) for node in loose), key=itemgetter(1))
    return found


def place_of(subject: str, owner: str | None = None, ontology: bool = False) -> tuple[object, ...]:
    """Sort key of a subject in a file: what describes the file first, what belongs to an `owner` under it."""
    return (not ontology, owner or subject, owner is not None and owner != subject, _natural(subject))


def _refuse_circles(about: dict[Term, Properties], uses: dict[Term, int]) -> None:
    """A blank node no named subject leads to would be written nowhere; nobody reads one nested without end."""
    reached: set[Term] = set()
    todo = [(node, 0) for node in about if isinstance(node, NamedNode) or not uses[node]]
    while todo:
        node, depth = todo.pop()
        if depth > DEEPEST:
            raise StanceError(f"blank nodes nest more than {DEEPEST} deep: give some of them an IRI")
        reached.add(node)
        inside = (term for terms in about[node].values() for term in terms if isinstance(term, BlankNode))
        todo += [(term, depth + 1) for term in inside]
    if lost := sorted(str(node) for node in about if node not in reached):
        raise StanceError(f"blank nodes {', '.join(lost[:3])} stand in a circle: give one of them an IRI")


def _owners(about: dict[Term, Properties]) -> dict[str, str]:
    """Report and figure IRI → IRI of the statement they belong to."""
    owner: dict[str, str] = {}
    for node, properties in about.items():
        if REPORTS in properties:
            owner[node.value] = min(term.value for term in properties[REPORTS])
        for figure in properties.get(CLAIMS, ()):
            owner[figure.value] = node.value
    return owner


def name(iri: str, base: str = "", prefixes: Mapping[str, str] = PREFIXES) -> str:
    """An IRI as Turtle writes it: prefixed, below the base, or whole."""
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace) and LOCAL.fullmatch(local := iri.removeprefix(namespace)):
            return f"{prefix}:{local}"
    below = iri.removeprefix(base) if base else iri
    return f"<{below}>" if below != iri and BELOW.fullmatch(below) else f"<{iri}>"


def layout(subject: str, properties: Nested) -> str:
    """The block of a subject, from properties and values written already, in the order wanted; values are sorted."""
    return f"{subject} {_lines(properties, '    ')} ."


def _lines(properties: Nested, indent: str) -> str:
    lines = []
    for name, values in properties:
        if len(values) == 1 and isinstance(values[0], str):
            lines.append(f"{name} {values[0]}")
            continue
        objects = [each if isinstance(each, str) else _nested(each, indent) for each in values]
        if len(objects) == 1:
            lines.append(f"{name} {objects[0]}")
            continue
        objects.sort(key=_natural)
        line = f"{name} {', '.join(objects)}"
        if len(indent + line) > WIDTH or "\n" in line:
            line = f"{name}\n{indent}    " + f",\n{indent}    ".join(objects)
        lines.append(line)
    return f" ;\n{indent}".join(lines)


def _nested(properties: Nested, indent: str) -> str:
    if not properties:
        return "[]"
    inner = _lines(properties, indent + "      ")
    flat = re.sub(r"\n\s*", " ", inner)
    return f"[ {flat if len(flat) + len(indent) <= WIDTH - 16 else inner} ]"


class _Text:
    """Descriptions as text: what is `about` each node, IRIs below `base` relative to it."""

    def __init__(self, about: dict[Term, Properties], base: str, prefixes: Mapping[str, str]) -> None:
        self._about, self._base, self._prefixes = about, base, prefixes

    def block(self, node: Term) -> str:
        """The block of one subject."""
        subject = self._iri(node.value) if isinstance(node, NamedNode) else "[]"
        return layout(subject, self._properties(self._about[node]))

    def _properties(self, properties: Properties) -> Nested:
        ordered = sorted(properties, key=lambda p: (RANK.get(p, len(RANK)), p))
        return [
            ("a" if predicate == TYPE else self._iri(predicate), [*map(self._object, properties[predicate])])
            for predicate in ordered
        ]

    def _object(self, term: Term) -> str | Nested:
        if isinstance(term, Literal):
            return self._literal(term)
        return self._iri(term.value) if isinstance(term, NamedNode) else self._properties(self._about[term])

    def _literal(self, term: Literal) -> str:
        datatype = term.datatype.value
        if datatype in PLAIN and PLAIN[datatype].fullmatch(term.value):
            return term.value
        # Oxigraph keeps the decimal 1.0 as 1, which alone would be an integer.
        if datatype == expand("xsd:decimal") and WHOLE.fullmatch(term.value):
            return f"{term.value}.0"
        text = str(Literal(term.value))
        if term.language:
            return f"{text}@{term.language}"
        if datatype == expand("xsd:string"):
            return text
        return f"{text}^^{self._iri(datatype)}"

    def _iri(self, iri: str) -> str:
        return name(iri, self._base, self._prefixes)


def _natural(text: str) -> tuple[object, ...]:
    """Sort key by which `oa:start 300` comes before `oa:start 1200`."""
    return tuple(part.zfill(12) if part.isdigit() else part for part in re.split(r"(\d+)", text))
