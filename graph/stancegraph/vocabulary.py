"""Prefixes and terms: the only Python file that spells an IRI."""

from __future__ import annotations

from typing import Final

from stancegraph.errors import UsageError

BASE: Final = "https://w3id.org/stancegraph/"
NS: Final = BASE + "ns#"
ID: Final = BASE + "id/"
GRAPH: Final = BASE + "graph/"
"""Shipped file `data/actors.ttl` is loaded into the graph `GRAPH + "data/actors"`."""
UNOWNED: Final = "https://dna.invalid/"
"""Where imported names are minted until somebody gives a base of theirs: `.invalid` is nobody's (RFC 2606)."""

RESULTS: Final = "http://www.w3.org/ns/formats/"
"""What the names of formats begin with, in the description of a service."""
ANNOTATIONS: Final = "http://www.w3.org/ns/anno.jsonld"
"""The context of Web Annotations in JSON-LD."""

PREFIXES: Final[dict[str, str]] = {
    "stance": NS,
    "act": ID + "act/",
    "actor": ID + "actor/",
    "basis": ID + "basis/",
    "coder": ID + "coder/",
    "count": ID + "count/",
    "document": ID + "document/",
    "event": ID + "event/",
    "figure": ID + "figure/",
    "kind": ID + "kind/",
    "medium": ID + "medium/",
    "membership": ID + "membership/",
    "proposition": ID + "proposition/",
    "report": ID + "report/",
    "role": ID + "role/",
    "shape": BASE + "shapes#",
    "statement": ID + "statement/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefix → namespace, in the order a file declares them; every query may use them undeclared."""
NAMESPACES: Final = {namespace: prefix for prefix, namespace in PREFIXES.items()}
"""Namespace → prefix; each ends in / or #."""

INSECURE_SCHEMA: Final = "http://schema.org/"
"""How the namespace of schema.org is often written; its terms are those of `PREFIXES["schema"]`."""
HOUSEKEEPING: Final = frozenset(
    {
        "http://www.openlinksw.com/schemas/virtrdf#",
        "http://www.w3.org/ns/ldp#",
        "http://localuriqaserver/sparql",
    }
)
"""Graphs that a new Virtuoso holds, beside anybody's data."""

STANCES: Final = {1: "supports", -1: "opposes", 0: "neutral on"}
"""Polarity → the word for the stance."""
SIDES: Final = {1: "for", -1: "against", 0: "open"}
"""Polarity → on which side of a thing it is, as pages draw it."""
FIELDS: Final = {1: "supports", -1: "opposes", 0: "neutral"}
"""Polarity → how the field, the column and the coded value are called."""
INFERRED: Final = ("implied", "attributed")
"""Bases on which a stance is not in the speaker's own words."""

SHAPES: Final = {
    "dot": ("person", ("politician", "cleric", "officer", "official", "journalist", "analyst")),
    "square": ("state or government", ("state", "government", "government body")),
    "triangle": ("armed group", ("armed group",)),
    "diamond": (
        "party, outlet or monitor",
        ("political party or coalition", "media outlet", "monitor or rights group"),
    ),
    "hexagon": ("community, unnamed or other", ()),
    "box": ("proposition", ("proposition",)),
}
"""Shape, in page and picture → its name in the legend and the kinds drawn so; a kind not listed is a hexagon."""
SHAPE_OF: Final = {kind: shape for shape, (_, kinds) in SHAPES.items() for kind in kinds}


def plural(word: str) -> str:
    """The word for a stance after several speakers.

    >>> [plural(word) for word in ("calls for", "denies", "refuses", "for")]
    ['call for', 'deny', 'refuse', 'for']
    """
    verb, blank, rest = word.partition(" ")
    verb = f"{verb[:-3]}y" if verb.endswith("ies") else verb.removesuffix("s")
    return verb + blank + rest


def expand(curie: str) -> str:
    """The IRI a prefixed name stands for.

    >>> expand("stance:speaker")
    'https://w3id.org/stancegraph/ns#speaker'
    """
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in PREFIXES:
        known = ", ".join(PREFIXES)
        raise UsageError(f"unknown prefix in '{curie}': known are {known}")
    return PREFIXES[prefix] + local


def whole(name: str) -> str:
    """The IRI that `compact` gave a name.

    >>> whole("actor:iraq"), whole("https://example.org/ada")
    ('https://w3id.org/stancegraph/id/actor/iraq', 'https://example.org/ada')
    """
    return expand(name) if name.partition(":")[0] in PREFIXES else name


def compact(iri: str) -> str:
    """The prefixed name of an IRI, or the IRI itself where no prefix fits.

    >>> compact("https://w3id.org/stancegraph/id/actor/iraq")
    'actor:iraq'
    """
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix, local = NAMESPACES.get(iri[:end]), iri[end:]
    return f"{prefix}:{local}" if prefix and local else iri


def local_name(iri: str) -> str:
    """The last part of an IRI.

    >>> local_name("https://w3id.org/stancegraph/id/actor/iraq")
    'iraq'
    """
    return iri.rstrip("/#").rpartition("#")[2].rpartition("/")[2]
