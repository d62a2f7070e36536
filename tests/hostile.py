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
        f"@prefix p: <{S}{'x' * 200_000}> ." + "".join(f"p:{n} p:{n} 1 ." for n in range(5_000))
    ),
    "base-bomb.ttl": lambda: (
        f"@base <{S}{'x' * 200_000}/> ." + "".join(f"<{n}> <{n}> 1 ." for n in range(5_000))
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
