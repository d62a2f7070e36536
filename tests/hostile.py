"""Files made to break what reads them: name → how to make its bytes. A name's suffix is the format it is read as.

Each is small to make; none is a graph anybody would keep. `REFUSED` must be one clear error, `READ` must be read.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Final

S: Final = "https://example.org/"
TRIPLE: Final = f"<{S}s> <{S}p> "
RDF: Final = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">'
)
TRIX: Final = '<TriX xmlns="http://www.w3.org/2004/03/trix/trix-1/"><graph>'
ENTITIES: Final = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
BOMB: Final = f'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{ENTITIES}]>'
QUADRATIC: Final = f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]>'
EXTERNAL: Final = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def rdf_xml(text: str, doctype: str = "") -> str:
    """RDF/XML of one triple whose object is a text."""
    return f'{doctype}{RDF}<rdf:Description rdf:about="{S}s"><e:p>{text}</e:p></rdf:Description></rdf:RDF>'


def trix(text: str, doctype: str = "", subject: str = f"{S}s") -> str:
    """TriX of one triple whose object is a text."""
    triple = f"<triple><uri>{subject}</uri><uri>{S}p</uri><plainLiteral>{text}</plainLiteral></triple>"
    return f"{doctype}{TRIX}{triple}</graph></TriX>"


def hextuple(
    subject: str, value: str = "x", datatype: str = "http://www.w3.org/2001/XMLSchema#string"
) -> str:
    """One line of HexTuples."""
    return json.dumps([subject, f"{S}p", value, datatype, "", ""]) + "\n"


def nested_xml(depth: int) -> str:
    """RDF/XML in which each node is the value of a property of the one around it."""
    return RDF + "<rdf:Description><e:p>" * depth + "</e:p></rdf:Description>" * depth + "</rdf:RDF>"


def quoted(depth: int, before: str = "<<( ", after: str = " )>>") -> str:
    """A triple about a triple about a triple …"""
    return f"{TRIPLE}{f'{before}{TRIPLE}' * depth}1{after * depth} ."


def chain(length: int) -> str:
    """Blank nodes one inside the other."""
    return f"{TRIPLE}{f'[ <{S}p> ' * length}1{' ]' * length} ."


REFUSED: Final[Mapping[str, Callable[[], str | bytes]]] = {
    "billion-laughs.rdf": lambda: rdf_xml("&a9;", BOMB),
    "billion-laughs.trix": lambda: trix("&a9;", BOMB),
    "quadratic-blow-up.rdf": lambda: rdf_xml("&a;" * 20_000, QUADRATIC),
    "quadratic-blow-up.trix": lambda: trix("&a;" * 20_000, QUADRATIC),
    "external-entity.rdf": lambda: rdf_xml("&a;", EXTERNAL),
    "external-entity.trix": lambda: trix("&a;", EXTERNAL),
    "external-subset.rdf": lambda: rdf_xml("x", '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x">'),
    "doctype-utf-16.rdf": lambda: ('<?xml version="1.0" encoding="UTF-16"?>' + rdf_xml("&a9;", BOMB)).encode(
        "utf-16"
    ),
    "nested-deep.rdf": lambda: nested_xml(200_000),
    "nested-deep.trix": lambda: TRIX + "<graph>" * 200_000,
    "nested-deep.jsonld": lambda: '{"https://example.org/p":' * 200_000 + "1" + "}" * 200_000,
    "nested-lists.jsonld": lambda: '{"https://example.org/p":' + "[" * 200_000 + "]" * 200_000 + "}",
    "nested-context.jsonld": lambda: '{"@context":' * 100_000 + "1" + "}" * 100_000,
    "remote-context.jsonld": lambda: '{"@context": "http://127.0.0.1:1/c", "p": 1}',
    "rule.n3": lambda: f"{{ {TRIPLE} 1 }} => {{ {TRIPLE} 2 }} .",
    "rule-backwards.n3": lambda: f"{{ {TRIPLE} 1 }} <= {{ {TRIPLE} 2 }} .",
    "quoted-formula.n3": lambda: f"<{S}a> <{S}said> {{ {TRIPLE} 1 }} .",
    "variable.n3": lambda: f"?x <{S}p> 1 .",
    "triple-term.ttl": lambda: quoted(1),
    "triple-term.nt": lambda: quoted(1).replace("1", '"1"'),
    "triple-term.nq": lambda: quoted(1).replace("1", '"1"'),
    "triple-term.trig": lambda: f"<{S}g> {{ {quoted(1)} }}",
    "reifier.ttl": lambda: f"<< {TRIPLE} 1 >> <{S}q> 2 .",
    "annotation.ttl": lambda: f"{TRIPLE} 1 {{| <{S}q> 2 |}} .",
    "quoted-deep.ttl": lambda: quoted(100_000),
    "quoted-deep.trig": lambda: quoted(100_000),
    "quoted-deep.nt": lambda: quoted(100_000).replace(" 1 ", ' "1" '),
    "quoted-deep.nq": lambda: quoted(100_000).replace(" 1 ", ' "1" '),
    "huge-literal.ttl": lambda: f'{TRIPLE}"{"x" * (17 << 20)}" .',
    "huge-literal.rdf": lambda: rdf_xml("x" * (17 << 20)),
    "huge-literal.jsonld": lambda: f'{{"https://example.org/p": "{"x" * (17 << 20)}"}}',
    "prefix-bomb.ttl": lambda: (
        f"@prefix p: <{S}{'x' * 200_000}> ." + "".join(f"p:{n} p:{n} 1 ." for n in range(20_000))
    ),
    "base-bomb.ttl": lambda: (
        f"@base <{S}{'x' * 200_000}/> ." + "".join(f"<{n}> <{n}> 1 ." for n in range(20_000))
    ),
    "bad-iri.ttl": lambda: f"<{S}a b> <{S}p> 1 .",
    "bad-iri.trix": lambda: trix("x", subject="not an iri"),
    "bad-iri.hext": lambda: hextuple("not an iri"),
    "bad-iri-spaces.hext": lambda: hextuple("https://example.org/a b<c>"),
    "surrogate.hext": lambda: hextuple(f"{S}\ud800", "\udfff"),
    "surrogate-value.hext": lambda: hextuple(f"{S}s", "\udfff"),
    "surrogate.jsonld": lambda: '{"https://example.org/p": "\\ud800"}',
    "short-line.hext": lambda: '["https://example.org/s"]\n',
    "no-array.hext": lambda: '{"a": 1}\nnull\n',
    "not-utf-8.ttl": lambda: TRIPLE.encode() + b'"\xff\xfe" .',
    "not-utf-8.trix": lambda: trix("x").encode() + b"\xff",
    "not-utf-8.hext": lambda: b"\xff\xfe\n",
    "nul.ttl": lambda: b"\0" * 1000,
    "noise.ttl": lambda: random.Random(1).randbytes(10_000),
    "noise.rdf": lambda: random.Random(2).randbytes(10_000),
    "noise.jsonld": lambda: random.Random(3).randbytes(10_000),
    "noise.n3": lambda: random.Random(4).randbytes(10_000),
    "noise.trix": lambda: random.Random(5).randbytes(10_000),
    "noise.hext": lambda: random.Random(6).randbytes(10_000),
    "unclosed.ttl": lambda: f'{TRIPLE}"""' + 'x"' * 1_000_000,
    "unclosed.rdf": lambda: RDF,
    "unclosed-comment.rdf": lambda: RDF + "<!--" + "-" * 1_000_000,
}
"""Files that are refused in one line, exit code 3."""

READ: Final[Mapping[str, Callable[[], str | bytes]]] = {
    "byte-order-mark.ttl": lambda: b"\xef\xbb\xbf" + f"{TRIPLE} 1 .".encode(),
    "byte-order-mark.nt": lambda: b"\xef\xbb\xbf" + f'{TRIPLE} "1" .'.encode(),
    "byte-order-mark.trig": lambda: b"\xef\xbb\xbf" + f"{TRIPLE} 1 .".encode(),
    "byte-order-mark.rdf": lambda: b"\xef\xbb\xbf" + rdf_xml("x").encode(),
    "byte-order-mark.jsonld": lambda: (
        b'\xef\xbb\xbf{"@id": "https://example.org/s", "https://example.org/p": 1}'
    ),
    "byte-order-mark.hext": lambda: b"\xef\xbb\xbf" + hextuple(f"{S}s").encode(),
    "byte-order-mark.trix": lambda: b"\xef\xbb\xbf" + trix("x").encode(),
    "plain.ttl": lambda: f"{TRIPLE} 1 .",
    "plain.rdf": lambda: rdf_xml("x"),
    "plain.n3": lambda: f"{TRIPLE} 1 .",
    "plain.trix": lambda: trix("x"),
    "plain.hext": lambda: hextuple(f"{S}s"),
    "looks-quoted.ttl": lambda: f'{TRIPLE} "<<( a )>> << b >> {{| c |}}" . # <<( d )>>',
    "large-literal.ttl": lambda: f'{TRIPLE}"{"x" * (3 << 20)}" .',
    "blank-chain.ttl": lambda: chain(400),
    "blank-chain-deep.ttl": lambda: chain(20_000),
    "list-deep.ttl": lambda: f"{TRIPLE}{'( ' * 20_000}{')' * 20_000} .",
    "empty.ttl": lambda: "",
    "empty.nq": lambda: "",
}
"""Files that are odd and well-formed."""


def content(name: str) -> bytes:
    """The bytes of a file of either table."""
    made = (REFUSED if name in REFUSED else READ)[name]()
    return made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")


ODD_HEAD: Final = """
@prefix : <https://example.org/odd/> .
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix act: <https://w3id.org/stancegraph/id/act/> .
@prefix basis: <https://w3id.org/stancegraph/id/basis/> .
@prefix kind: <https://w3id.org/stancegraph/id/kind/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:ann a stance:Actor ; skos:prefLabel "Ann"@en ; stance:actorKind kind:politician .
:bob a stance:Actor ; skos:prefLabel "Bob"@en ; stance:actorKind kind:politician .
:peace a stance:Proposition ; skos:prefLabel "Peace holds."@en .
:paper a schema:NewsArticle ; dcterms:title "Paper"@en ; dcterms:issued "2024-12-03"^^xsd:date .
"""


def odd_statement(
    slug: str = ":good",
    day: str = 'stance:saidOn "2024-12-01"^^xsd:date',
    stance: str = "stance:supports :peace",
    confidence: str = "1.0",
    gist: str = '"Says so."@en',
    passage: str = 'oa:start 3 ; oa:end 9 ] , [ oa:exact "the words"@en',
    speaker: str = ":ann",
    more: str = "",
) -> str:
    """A statement with its report, of which one piece or another is odd."""
    return f"""{slug} a stance:Statement ; stance:speaker {speaker} ; stance:act act:assert ; {day} ; {stance} ;
        stance:basis basis:said ; stance:confidence {confidence} ; stance:gist {gist} {more} .
    [] a stance:Report ; stance:reports {slug} ; stance:document :paper ; stance:quote "the words"@en ;
        stance:passage [ oa:hasSource :paper ; oa:hasSelector [ {passage} ] ] .
    """


GOOD: Final = odd_statement() + odd_statement(":good2", speaker=":bob", stance="stance:opposes :peace")
MIXED: Final = (
    '"a"@en', "1", "2.5", '"b"', '"c"^^xsd:date', '"2024-12-01"^^xsd:date', "true", '"d"^^:own', '"NaN"^^xsd:double',
    '"2024-12-01T00:00:00Z"^^xsd:dateTime', '"P1D"^^xsd:duration', '"e"@ar', ":ann", "[]", '""', "-1e0", '"1"',
)  # fmt: skip
"""Literals that no order is defined between."""
ODD: Final[Mapping[str, str]] = {
    "nothing": "",
    "a day with a zone": odd_statement(":odd", 'stance:saidOn "2024-12-01Z"^^xsd:date'),
    "a day with an offset": odd_statement(":odd", 'stance:saidOn "2024-12-01+03:00"^^xsd:date'),
    "a day that is a moment": odd_statement(":odd", 'stance:saidOn "2024-12-01T10:00:00Z"^^xsd:dateTime'),
    "a day that is none": odd_statement(":odd", 'stance:saidOn "2024-13-41"^^xsd:date'),
    "a day that is text": odd_statement(":odd", 'stance:saidOn "last week"'),
    "a day that is an IRI": odd_statement(":odd", "stance:saidOn :ann"),
    "a day before the common era": odd_statement(":odd", 'stance:saidOn "-0044-03-15"^^xsd:date'),
    "a day of the year 99999": odd_statement(":odd", 'stance:saidOn "99999-03-15"^^xsd:date'),
    "an empty day": odd_statement(":odd", 'stance:saidOn ""^^xsd:date'),
    "days out of order": odd_statement(
        ":odd", 'stance:saidNotBefore "2024-12-09"^^xsd:date ; stance:saidNotAfter "2024-12-01"^^xsd:date'
    ),
    "an issue with a zone": ':p2 a schema:NewsArticle ; dcterms:issued "2024-12-01Z"^^xsd:date .',
    "hexBinary of an odd length": ':ann rdfs:comment "0A"^^xsd:hexBinary , "0"^^xsd:hexBinary .',
    "base64Binary that is none": ':ann rdfs:comment "&&&"^^xsd:base64Binary .',
    "literals of every type that are none": " ".join(
        f':ann rdfs:comment "none of it"^^xsd:{kind} .'
        for kind in "integer decimal double float boolean date dateTime time duration gYear gYearMonth gMonthDay "
        "dayTimeDuration yearMonthDuration hexBinary base64Binary anyURI QName NOTATION byte".split()
    ),
    "a number of a hundred thousand digits": f":ann rdfs:comment {'1' * 100_000} .",
    "a polarity that is no number": ':edge rdfs:label "edges"@en ; stance:polarity "for" .',
    "a polarity that is a fraction": ':edge rdfs:label "edges"@en ; stance:polarity 0.5 . ',
    "a polarity that is an IRI": ':edge rdfs:label "edges"@en ; stance:polarity :ann . ',
    "a position that is no number": odd_statement(":odd", passage='oa:start "here" ; oa:end "there"'),
    "a position that is a fraction": odd_statement(":odd", passage="oa:start 1.5 ; oa:end 9"),
    "a position that is a node": odd_statement(
        ":odd", passage="a oa:TextPositionSelector ; oa:start [] ; oa:end :ann"
    ),
    "a position without an end": odd_statement(":odd", passage="oa:start 3"),
    "a position that is infinite": odd_statement(":odd", passage='oa:start "INF"^^xsd:double ; oa:end 9'),
    "a confidence that is no number": odd_statement(":odd", confidence='"sure"'),
    "a confidence that is a node": odd_statement(":odd", confidence="[]"),
    "a confidence that is infinite": odd_statement(":odd", confidence='"NaN"^^xsd:double'),
    "a statement that is a blank node": odd_statement("_:odd"),
    "a speaker that is a blank node": odd_statement(
        ":odd", speaker='[ a stance:Actor ; skos:prefLabel "Nobody"@en ]'
    ),
    "a speaker that is a literal": odd_statement(":odd", speaker='"Ann"'),
    "a target that is a blank node": odd_statement(":odd", stance="stance:supports [ a stance:Proposition ]"),
    "a target that is a literal": odd_statement(":odd", stance='stance:supports "peace"'),
    "a document that is a blank node": (
        ':r2 a stance:Report ; stance:reports :good ; stance:document [ dcterms:title "Blank"@en ] .'
    ),
    "a document that is a literal": ':r2 a stance:Report ; stance:reports :good ; stance:document "Paper" .',
    "a gist that is a node": odd_statement(":odd", gist="[]"),
    "labels of mixed types": " ".join(
        f":x{n} a stance:Actor, stance:Proposition, schema:Event ; skos:prefLabel {label} ; dcterms:title {label} ."
        for n, label in enumerate(random.Random(7).choices(MIXED, k=300))
    ),
    "an actor without a label": ":mute a stance:Actor ; stance:actorKind kind:politician . "
    + odd_statement(":odd", speaker=":mute"),
    "a quote without a passage": odd_statement(":odd").partition("[] a")[0]
    + ':r2 a stance:Report ; stance:reports :odd ; stance:document :paper ; stance:quote "words without a place"@en .',
    "a statement without a report": odd_statement(":odd").partition("[] a")[0],
    "a chain of 400 blank nodes": chain(400),
    "a chain of 20,000 blank nodes": chain(20_000),
    "a chain of 400 blank nodes on a statement": f":good stance:passage {'[ oa:hasSelector ' * 400} 1 {']' * 400} .",
    "a circle of organisations": ":o1 org:subOrganizationOf :o2 . :o2 org:subOrganizationOf :o1 .",
    "a circle of broader things": ":peace skos:broader :war . :war skos:broader :peace .",
    "everything in a circle": ":good stance:about :good ; stance:speaker :good ; stance:supports :good .",
    "figures that are no numbers": ':good stance:claims [ stance:counted kind:politician ; stance:wording "w"@en ; '
    'schema:minValue "few" ; schema:maxValue [] ] .',
    "control characters everywhere": ':ctl a stance:Actor ; skos:prefLabel "\\u001b[31mRed\\u0007\\u202e"@en .',
    "a statement of every class": ":good a stance:Actor , stance:Proposition , stance:Report , schema:NewsArticle .",
}
"""Well-formed Turtle that is odd, to stand beside `ODD_HEAD` and `GOOD`: no command may end in a traceback of it."""
