"""Mutates what the program reads, by chance that can be repeated: graphs, codings, ties, imports, queries, answers.

Each function takes its chance from a `random.Random`: one of a seed, or Hypothesis's, which looks for the simplest
case. `serve` is a process of its own, started as `python mutating.py`: an endpoint of `five.ttl` whose path is a seed.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import parse_qs
from zipfile import ZipFile

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

import hostile
from endpoint import served_by

HERE: Final = Path(__file__).resolve().parent
FIVE: Final = HERE / "fixtures" / "five.ttl"
ONTOLOGY: Final = HERE.parent / "ontology"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

TEXTS: Final = (
    "", " ", "\n", "a\r\nb", "\t", "=1+1", "-2+3", "@x", "</script><script>alert(1)</script>", "&lt;", "|`*_",
    '"', "'",
    "\x1b[31mred\x07", "\x85", "\u2028", "\u202eevil", "\u200b", "علي", "İıſK", "e\u0301" * 40, "💥",
    "\ufeffx", "\ufffe",
    "x" * 5_000, "../../x", "http://127.0.0.1:1/", "NaN", "-0", "1e999", "9" * 40, "null", "None", "%s{0}",
    "2024-02-30",
    "0000-00-00", "-0044-03-15", "99999-01-01", "2024-12-01T10:00:00Z", "2024-12-01+14:00", "TRUE", "INF",
    "0x1", "\x00",
)  # fmt: skip
"""Texts that some reader or other has stumbled over."""
XSD_TYPES: Final = (
    "string integer decimal double float boolean date dateTime time duration gYear gYearMonth dayTimeDuration "
    "hexBinary base64Binary anyURI"
).split()
TYPES: Final = (*(f"{XSD}{name}" for name in XSD_TYPES), f"{RDF}HTML", "https://example.org/own")
LANGUAGES: Final = ("en", "ar", "EN-us", "ar-Latn", "x-private", "a" * 8)
NODES: Final = (
    "https://example.org/id/alpha", "https://example.org/", "urn:x", "file:///etc/passwd",
    "javascript:alert(1)",
    "https://example.org/%00", "https://example.org/علي", "https://example.org/" + "x" * 2_000, "a:",
    "https://[::1]/#",
    "https://example.org/id/ALPHA", f"{RDF}nil",
)  # fmt: skip
FORMATS: Final = (
    ("ttl", RdfFormat.TURTLE),
    ("nt", RdfFormat.N_TRIPLES),
    ("nq", RdfFormat.N_QUADS),
    ("trig", RdfFormat.TRIG),
    ("rdf", RdfFormat.RDF_XML),
    ("jsonld", RdfFormat.JSON_LD),
)

COMMANDS: Final[Sequence[str]] = (
    "said", "said alpha --format csv", "said --format ttl", "said --format json", "said --since 2024-12-02",
    "actors",
    "actor alpha", "propositions --format md", "documents", "events", "figures", "search thing",
    "search said --format csv",
    "cite alpha-once", "cite alpha-once --format bibtex", "ask said-by --set actor=alpha",
    "ask silent-on --set actor=alpha", "ask contested",
    "ask state-of-coding", "ask stands-by-month --format csv", "compare alpha beta", "allies alpha", "network",
    "network --of conflict --format csv", "network --window 28d", "alliances --no-robust --seconds 1",
    "alliances --no-robust --seconds 1 --blocs free --format json", "rank", "rank --by degree --format csv",
    "shifts --before 2025-01-01", "timeline", "timeline --format csv", "page -o {out}.html",
    "export -o {out}.gexf",
    "export -o {out}.csv", "export -o {out}.ttl", "plot -o {out}.svg", "plot --what timeline -o {out}.svg",
    "check",
    "check --format json", "load {data} --into {out}",
)  # fmt: skip
"""Commands that read a graph; `{out}` is a name to write by, `{data}` the graph. `--data` is added where it is not."""
EDGES: Final = (
    "a,b,weight,source\nAda,Bo,2.5,Times\nBo,Cy,-1,Post\nCy,Ada,-0.5,\nDi,Cy,1,Times\nEd,Di,-2,Post\n"
)
WEIGHTS: Final = ("0", "-0.0", "1e-320", "1e308", "-1e308", "3", "-7.5")
EDGE_COMMANDS: Final = (
    "alliances --seconds 1 --no-robust",
    "alliances --seconds 1 --no-robust --blocs free --format json",
    "rank",
    "rank --by betweenness --format csv",
)
QUERIES: Final = (
    "SELECT ?s ?label { ?s a stance:Actor ; skos:prefLabel ?label } ORDER BY ?label LIMIT 5",
    "SELECT ?day (COUNT(*) AS ?n) { ?s stance:saidOn ?day } GROUP BY ?day HAVING (COUNT(*) > 1) ORDER BY DESC(?n)",
    "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '^A(.*)+$', 'i')) OPTIONAL { ?o stance:gist ?gist } }",
    "SELECT (GROUP_CONCAT(?l; separator=', ') AS ?all) { { ?x skos:prefLabel ?l } UNION { ?x rdfs:label ?l } }",
    "ASK { ?s stance:supports+/skos:prefLabel 'x'@en . MINUS { ?s a stance:Report } }",
    "CONSTRUCT { ?a <urn:with> ?b } { ?a stance:supports ?t . ?b stance:opposes ?t FILTER(?a != ?b) }",
    "DESCRIBE <https://example.org/id/alpha>",
    "SELECT ?x { VALUES (?x ?y) { (1 UNDEF) ('a'@en 2.0) (<urn:x> true) } BIND(?x + ?y AS ?z) } OFFSET 1",
    "SELECT ?s { GRAPH ?g { ?s a/rdfs:subClassOf* ?c } FILTER EXISTS { ?s ?p 1e0 } }",
)
TOKENS: Final = (
    "SELECT", "*", "{", "}", "(", ")", "?s", "?nope", "$x", "a", "/", "^", "+", "|", "!", ";", ",", ".",
    "<urn:x>", "<", ">",
    "nope:x", "stance:", "FILTER", "OPTIONAL", "UNION", "MINUS", "GRAPH", "SERVICE", "BIND", "VALUES",
    "UNDEF", "ORDER BY",
    "LIMIT", "-1", "99999999999999999999", "1e400", "'", '"""', "'x'@en", "'x'^^<urn:t>", "COUNT(*)", "AS",
    "NOT EXISTS",
    "INSERT DATA", "LOAD", "FROM <http://127.0.0.1:1/>", "BASE <x>", "PREFIX", "<< ?s ?p ?o >>",
    "<<( ?s ?p ?o )>>", "#", "\\",
    "\\u0000", "\x1b", "\u202e", "COALESCE(", "STRDT(1, 2)", "REPLACE('a', '(', 'b')", "1/0", "NOW()",
    "RAND()", "[]", "()",
)  # fmt: skip
ALIKE: Final = {
    r"[?$]\w+": ("?s", "?p", "?o", "?x", "?label", "?nope", "$day"),
    r"\d+": ("0", "1", "-1", "2.5", "1e400", "99999999999999999999", "'x'@en", "'NaN'^^xsd:double", "?o"),
    r"\w+:\w+|a": (
        "a",
        "stance:supports",
        "^stance:reports",
        "(!a)*",
        "(a|!a)+",
        "skos:prefLabel?",
        "<urn:x>",
        "?p",
    ),
    r"STR|COUNT|REGEX|EXISTS": (
        "STR",
        "LANG",
        "DATATYPE",
        "YEAR",
        "ABS",
        "SUM",
        "AVG",
        "MIN",
        "SAMPLE",
        "xsd:date",
        "IRI",
    ),
    r"OPTIONAL|MINUS|UNION|GRAPH": ("OPTIONAL", "MINUS", "UNION", "FILTER NOT EXISTS", "SERVICE", "GRAPH"),
}
"""Pattern of a word of a query → what may stand in its place."""
CHANGES: Final = (
    "DROP TABLE {table}",
    "ALTER TABLE {table} DROP COLUMN {column}",
    "ALTER TABLE {table} RENAME COLUMN {column} TO x",
    "DELETE FROM {table}",
)
TERMS: Final[Sequence[Any]] = (
    None, 5, "x", [], {}, {"type": "uri"}, {"type": "uri", "value": ""}, {"type": "literal", "value": None},
    {"type": "bnode", "value": "a b"}, {"type": "triple", "value": {}}, {"type": "literal", "value": "x",
    "xml:lang": "?"},
    {"type": "literal", "value": "x", "datatype": "no iri"}, {"type": "typed-literal", "value": "1",
    "datatype": TYPES[1]},
)  # fmt: skip


def text(chance: Random) -> str:
    """A text that is hard to read, or two of them."""
    return chance.choice(TEXTS) + (chance.choice(TEXTS) if chance.random() < 0.2 else "")


def spoilt(chance: Random, content: bytes) -> bytes:
    """Bytes of which a few were changed, left out, said again or moved, or the end cut off."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(content))
        end = min(len(content), start + chance.choice((1, 1, 2, 20, 300)))
        piece = content[start:end]
        other = chance.choice(
            (
                b"",
                piece * 2,
                piece[::-1],
                bytes([chance.randrange(256)]),
                text(chance).encode("utf-8", "surrogatepass"),
                chance.choice(TOKENS).encode(),
            )
        )
        content = content[:start] + other + content[end:]
    return content[: chance.randint(0, len(content))] if chance.random() < 0.15 else content


@cache
def _quads() -> tuple[Quad, ...]:
    """The quads of `five.ttl` and of `hostile.GOOD`."""
    sources = (FIVE.read_text("utf-8"), hostile.ODD_HEAD + hostile.GOOD)
    return tuple(quad for source in sources for quad in pyoxigraph.parse(source, RdfFormat.TURTLE))


def term(chance: Random, quads: Sequence[Quad]) -> NamedNode | BlankNode | Literal:
    """A term that may stand as an object: of the graph, or one that no reader waits for."""
    kind = chance.randrange(6)
    if kind == 0:
        return NamedNode(chance.choice(NODES))
    if kind == 1:
        return BlankNode(chance.choice("ab"))
    if kind == 2:
        return Literal(text(chance), language=chance.choice(LANGUAGES))
    if kind == 3:
        return Literal(text(chance), datatype=NamedNode(chance.choice(TYPES)))
    found = chance.choice(quads).object if kind == 4 else chance.choice(quads).subject
    assert not isinstance(found, pyoxigraph.Triple)
    return found


def quad(chance: Random, quads: Sequence[Quad]) -> Quad:
    """A quad of the graph with another subject, predicate, object or datatype."""
    old = chance.choice(quads)
    subject, predicate, value = old.subject, old.predicate, old.object
    kind = chance.randrange(8)
    if kind == 0:
        subject = chance.choice(quads).subject
    elif kind == 1:
        predicate = chance.choice(quads).predicate
    elif kind == 2 and isinstance(value, Literal):
        value = Literal(value.value, datatype=NamedNode(chance.choice(TYPES)))
    elif kind == 3 and isinstance(value, Literal):
        value = Literal(value.value + text(chance), language=value.language or "en")
    else:
        value = term(chance, quads)
    return Quad(subject, predicate, value)


def graph(chance: Random) -> tuple[str, bytes]:
    """The suffix and the content of a file of RDF: the fixture's graph, changed term by term, or byte by byte."""
    quads = list(_quads())
    for _ in range(chance.choice((1, 2, 4, 30))):
        kind = chance.randrange(4)
        if kind < 3:
            quads.append(quad(chance, quads))
        if kind > 1:
            quads.pop(chance.randrange(len(quads)))
    suffix, form = chance.choice(FORMATS)
    unnamed = [Quad(each.subject, each.predicate, each.object) for each in quads]
    try:
        content = pyoxigraph.serialize(unnamed, format=form) or b""
    except (ValueError, OSError):  # RDF/XML has no way to write every predicate
        suffix, content = "nt", pyoxigraph.serialize(unnamed, format=RdfFormat.N_TRIPLES) or b""
    return suffix, spoilt(chance, content) if chance.random() < 0.25 else content


def commands(chance: Random, data: str, out: str, number: int = 10) -> list[list[str]]:
    """The arguments of so many commands on a graph, each of another kind."""
    chosen = chance.sample(COMMANDS, number)
    filled = [
        [word.format(data=data, out=f"{out}{n}") for word in line.split()] for n, line in enumerate(chosen)
    ]
    return [line if line[0] == "load" else [*line, "--data", data] for line in filled]


def coding(chance: Random, file: Path) -> None:
    """Change a file of the Discourse Network Analyzer, cell by cell, or byte by byte."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for _ in range(chance.choice((1, 2, 4, 15))):
            with suppress(sqlite3.Error):
                _change(chance, connection, chance.choice(tables))
        connection.commit()
    if chance.random() < 0.2:
        file.write_bytes(spoilt(chance, file.read_bytes()))


def _change(chance: Random, connection: sqlite3.Connection, name: str) -> None:
    """Change a row of a table, or now and then the table."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
    if not columns:  # it was dropped
        return
    column, other = chance.choice(columns), chance.choice(columns)
    if chance.random() < 0.1:
        change = chance.choice(CHANGES)
        connection.execute(change.format(table=name, column=column))
        return
    rows = [row for (row,) in connection.execute(f"SELECT rowid FROM {name}")]  # noqa: S608
    if not rows:
        return
    row = chance.choice(rows)
    if chance.random() < 0.15:
        connection.execute(f"DELETE FROM {name} WHERE rowid = ?", (row,))  # noqa: S608
        return
    value: str | bytes | int | float | None = chance.choice(
        (None, -1, 0, 1, 2**62, -(2**63), 0.5, 1e300, b"\xff\x00", text(chance), text(chance), text(chance))
    )
    if chance.random() < 0.2:
        connection.execute(f"UPDATE {name} SET {column} = {other} WHERE rowid = ?", (row,))  # noqa: S608
    else:
        connection.execute(f"UPDATE {name} SET {column} = ? WHERE rowid = ?", (value, row))  # noqa: S608


def edges(chance: Random) -> bytes:
    """A CSV of ties, changed cell by cell, or byte by byte."""
    rows = [line.split(",") for line in EDGES.splitlines()]
    for _ in range(chance.choice((1, 2, 6))):
        row = chance.choice(rows if chance.random() < 0.1 else rows[1:])
        kind = chance.randrange(12)
        if kind < 3:
            rows.insert(chance.randrange(1, len(rows)), list(row))
        elif kind == 3:
            row.append(text(chance))
        elif kind == 4 and len(row) > 1:
            row.pop(chance.randrange(len(row)))
        else:
            row[chance.randrange(len(row))] = chance.choice(
                (text(chance), chance.choice(chance.choice(rows)))
            )
    delimiter, end = chance.choice(",,;\t"), chance.choice(("\n", "\r\n", "\r"))
    content = end.join(
        delimiter.join(f'"{cell}"' if '"' not in cell else cell for cell in row) for row in rows
    )
    encoded = content.encode(chance.choice(("utf-8",) * 5 + ("utf-8-sig", "utf-16")), "replace")
    return spoilt(chance, encoded) if chance.random() < 0.15 else encoded


MORE: Final[dict[str, str]] = {
    "notes.ann": "T1\tspeaker 0 3\tAda\nT2\tissue 9 19\tthe bridge\nE1\tfor:T1 speaker:T1 issue:T2\n"
    "A1\tFrame E1 money\n#1\tAnnotatorNotes E1\tShe wants it.\n",
    "mapping.toml": 'dates = "iso"\n[columns]\nspeaker = "speaker"\ntarget = "target"\nstance = "stance"\n'
    '[values]\nsupports = ["supports"]\n[names]\n"Alpha" = "new"\n',
    "verbs.toml": '[acts]\nwarning = ["warn", "foresee foresaw foreseen"]\n[doubtful]\nthreat = ["point out"]\n',
    "page.html": '<html><head><meta property="article:published_time" content="2024-12-28"></head><body><article>'
    "<p>“We will open the road,” Ada said on Monday.</p><p>Bo warned of “a promise”.</p></article></body></html>",
    "units.json": '[{"document": "a", "passages": [[0, 9], [12, 20]], "speakers": ["x"], "act": "act:condemn", '
    '"stances": {"y": 1}, "basis": "basis:said", "codings": {"y": {"basis": "basis:implied"}}, "day": "2024-12-01"}]',
    "drafts.jsonl": '{"document": "one", "maker": "a", "start": 0, "end": 9, "confidence": 0.5}\n',
}
"""Files that are read beside those that `export` writes."""


@cache
def files() -> dict[str, bytes]:
    """A file of every format that is imported, named as its format asks."""
    from stancegraph import exchange, store

    graph = store.open(FIVE)
    made = {name: content.encode() for name, content in MORE.items()}
    with TemporaryDirectory() as folder:
        for form in exchange.STATEMENTS:
            place = Path(folder, f"rows.{'jsonld' if form == 'webannotation' else form}")
            exchange.write_statements(graph, place, format=form)
            made[place.name] = place.read_bytes()
    return made


def imported(chance: Random) -> tuple[str, bytes]:
    """A name and the content of a file to import, changed word by word, byte by byte, or in a member of its archive."""
    name = chance.choice(sorted(files()))
    content = files()[name]
    if not name.endswith(("xlsx", "qdpx")) or chance.random() < 0.2:
        return name, spoilt(chance, content) if chance.random() < 0.3 else _reworded(chance, content)
    packed = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(packed, "w") as new:
        aim = chance.choice(old.namelist())
        for member in old.namelist():
            held = old.read(member)
            new.writestr(member, _reworded(chance, held) if member == aim else held)
    return name, packed.getvalue()


def _reworded(chance: Random, content: bytes) -> bytes:
    """A text with some words and marks exchanged, repeated, left out or nested."""
    words = re.split(r"(\w+|\W)", content.decode("utf-8", "replace"))
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(words))
        word = words[at]
        quoted = json.dumps(text(chance))[1:-1] if chance.random() < 0.5 else text(chance)
        words[at] = chance.choice((quoted, quoted, quoted, "", word * 3, word * 2_000, chance.choice(words)))
    return "".join(words).encode(chance.choice(("utf-8",) * 8 + ("utf-16",)), "replace")


def alike(word: str) -> Sequence[str]:
    """What may stand where a word of a query stands, as far as grammar goes; nothing for a mark."""
    return next((others for pattern, others in ALIKE.items() if re.fullmatch(pattern, word)), ())


def query(chance: Random) -> str:
    """A query of SPARQL, changed token by token, or character by character."""
    words = re.findall(r"\s+|[?$\w:-]+|.", chance.choice(QUERIES))
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(words))
        swaps = [(at, others) for at, word in enumerate(words) if (others := alike(word))]
        if swaps and chance.random() < 0.7:
            at, others = chance.choice(swaps)
            words[at] = chance.choice(others)
            continue
        kind = chance.randrange(4)
        if kind == 0:
            words[at] = f" {chance.choice(TOKENS)} "
        elif kind == 1:
            words.insert(at, f" {chance.choice(TOKENS)} ")
        elif kind == 2:
            words[at] = chance.choice(words)
        elif len(words) > 1:
            words.pop(at)
    if chance.random() < 0.1:
        at = chance.randrange(len(words))
        words[at] *= chance.choice((2, 50, 2_000))
    made = "".join(words)
    return spoilt(chance, made.encode()).decode("utf-8", "replace") if chance.random() < 0.2 else made


def answer(chance: Random, body: bytes) -> bytes:
    """An endpoint's answer in JSON, of which a few cells are others, or bytes."""
    if chance.random() < 0.15:
        return spoilt(chance, body)
    try:
        told = json.loads(body)
        rows, names = told["results"]["bindings"], told["head"]["vars"]
    except (ValueError, KeyError):
        return body
    for _ in range(chance.choice((1, 2, 10)) if rows and names else 0):
        row, name = chance.choice(rows), chance.choice(names)
        kind = chance.randrange(6)
        if kind == 0:
            row.pop(name, None)
        elif kind == 1:
            row[name] = chance.choice(TERMS) if chance.random() < 0.2 else chance.choice(rows).get(name)
        elif kind == 2:
            row[name] = {"type": "uri", "value": chance.choice(NODES)}
        elif kind == 3:
            row[name] = {"type": "literal", "value": text(chance), "datatype": chance.choice(TYPES)}
        elif kind == 4:
            row[name] = {"type": "literal", "value": text(chance), "xml:lang": chance.choice(LANGUAGES)}
        else:
            rows.append(dict(row))
        if row.get(name, 0) is None:
            del row[name]
    return json.dumps(told).encode()


def serve() -> AbstractContextManager[str]:
    """The address below which every number is an endpoint that mutates its answers by that seed, for the block."""
    return served_by(__file__)


class _Handler(BaseHTTPRequestHandler):
    """Answers a query over `five.ttl` from the engine, then mutates the answer by the seed that is its path."""

    store = pyoxigraph.Store()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = parse_qs(body).get("query", [body])[0]
        chance = Random(f"{self.path}{asked}")
        found = self.store.query(asked, use_default_graph_as_union=True)
        kind, content = "application/sparql-results+json", b""
        if isinstance(found, pyoxigraph.QueryTriples):
            kind, content = "application/n-triples", found.serialize(format=RdfFormat.N_TRIPLES) or b""
            if chance.random() < 0.3:
                content = spoilt(chance, content)
        else:
            content = found.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b""
            if (
                "COUNT" not in asked and chance.random() < 0.5
            ):  # the rest are right, so that later questions are reached
                content = answer(chance, content)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    for file in (FIVE, ONTOLOGY / "stance.ttl", ONTOLOGY / "schemes.ttl"):
        _Handler.store.load(file.read_bytes(), RdfFormat.TURTLE, to_graph=NamedNode(f"urn:{file.name}"))
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as listening:
        print(listening.server_address[1], flush=True)
        listening.serve_forever()
