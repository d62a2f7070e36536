"""Whether a graph keeps its rules: SHACL shapes, queries for what shapes cannot say, words against sources.

A shape is named by its IRI (`shape:gist`), a rule by its file in `ontology/rules/` (`statement-is-reported`),
a check against the sources by its key in `SOURCE_RULES` (`words-stand-there`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from pyoxigraph import NamedNode

from stancegraph import input as input_
from stancegraph.errors import StanceError, UsageError
from stancegraph.output import quantity
from stancegraph.store import Endpoint, Store, ontology
from stancegraph.vocabulary import GRAPH, compact

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from stancegraph.store import Term

LARGEST: Final = 64 << 20
"""Bytes a source text may have."""
RUN: Final = 8
"""Words in a row that our own texts may share with a document."""

SOURCE_RULES: Final = {
    "source-is-found": ("A document's text is among the sources", "add its file, or correct stance:sha256"),
    "source-is-text": ("A source is UTF-8", "convert the file, and count its positions again"),
    "length-is-true": ("A document is as long as it says", "correct stance:length, in code points"),
    "passage-is-in-the-text": ("A passage lies within the text", "count its position again"),
    "words-stand-there": ("Quoted words stand at their position", "count again, or correct oa:exact"),
    "surroundings-stand-there": ("Prefix and suffix stand around the words", "copy them from the text"),
    "words-are-quoted": ("Quoted words stand in quotation marks", "keep the position, and say it in a gist"),
    "narration-is-not-stored": (
        f"Our own texts share at most {RUN} words in a row with a document, quotes apart",
        "say it in your own words",
    ),
}
"""Name of a check against the sources → what must hold, how to mend it."""

_DOCUMENTS: Final = "SELECT * { ?document stance:sha256 ?sha256 ; stance:length ?length }"
_PASSAGES: Final = """
SELECT ?report ?document ?start ?end ?exact ?prefix ?suffix ?coding {
  ?report stance:passage ?passage .
  OPTIONAL { ?report stance:reports/prov:wasDerivedFrom ?coding }
  ?passage oa:hasSource ?document ; oa:hasSelector ?position .
  ?position oa:start ?start ; oa:end ?end .
  FILTER(ISNUMERIC(?start) && ISNUMERIC(?end))
  FILTER(DATATYPE(?start) = xsd:integer && DATATYPE(?end) = xsd:integer)
  OPTIONAL {
    ?passage oa:hasSelector ?words . ?words oa:exact ?exact .
    OPTIONAL { ?words oa:prefix ?prefix }
    OPTIONAL { ?words oa:suffix ?suffix }
  }
}"""
_OWN_TEXTS: Final = """
SELECT DISTINCT ?subject ?text {
  VALUES ?property { stance:gist stance:condition stance:wording rdfs:comment skos:prefLabel skos:scopeNote }
  ?subject ?property ?text .
  FILTER(ISIRI(?subject))
  OPTIONAL { ?subject prov:wasDerivedFrom ?coding }
  FILTER(!BOUND(?coding))
}"""
_PAIRS: Final = (("“", "”"), ("„", "“"), ("«", "»"), ("‹", "›"), ("「", "」"))


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One rule broken by one subject: where it stands, what is wrong, how to mend it."""

    file: str
    subject: str
    rule: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found, sorted, and how much it looked at; `notes` say what could not be checked."""

    findings: tuple[Finding, ...]
    statements: int
    passages: int = 0
    documents: int = 0
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = quantity(self.statements, "statement")
        if not self.documents:
            return said
        passages, documents = quantity(self.passages, "passage"), quantity(self.documents, "document")
        return f"{said}, {passages} verified against {documents}"


@dataclass(frozen=True, slots=True)
class _Fault:
    """A finding before it is known in which graph its subject stands."""

    subject: str
    rule: str
    message: str
    mend: str
    graph: str = ""
    other: str = ""
    """The second entry it is about, where the rule tells one."""


def check(
    store: Store,
    *,
    sources: Path | None = None,
    subjects: Collection[str] | None = None,
    shaped: Collection[str] | None = None,
) -> Result:
    """What in the graph breaks a shape, a rule or, with a folder of `sources`, what its documents say.

    Of `subjects`, where they are given, and of nothing else; shapes of those alone that are `shaped`. At an endpoint
    the shapes are left out, and a note says so. Raises UsageError for a folder without files.

    >>> from stancegraph import store
    >>> print(check(store.open()))
    93 statements
    """
    texts = None if sources is None else hashed(sources)
    faults, notes = list(_broken_rules(store)), []
    if isinstance(store, Endpoint):
        notes.append("the shapes were not checked: they need the whole graph, not an endpoint")
    else:
        faults += _broken_shapes(store, subjects if shaped is None else shaped)
    (count,) = store.select("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a stance:Statement }")
    passages = documents = 0
    if texts is not None:
        broken, passages, documents = _unlike_sources(store, texts)
        faults += broken
    if subjects is not None:
        faults = [fault for fault in faults if fault.subject in subjects or fault.other in subjects]
    return Result(tuple(_located(store, faults)), int(count["n"].value), passages, documents, tuple(notes))


def _broken_rules(store: Store) -> Iterator[_Fault]:
    for name, text in _rules().items():
        rule, mend = (line.removeprefix("# ").removeprefix("mend: ") for line in text.split("\n", 2)[:2])
        for row in store.select(text):
            told = {name: term.value for name, term in row.items()}
            said = _said(rule, told.get("detail"))
            other = told.get("detail", "").rpartition("also ")[2]
            yield _Fault(told["subject"], name, said, mend.removesuffix("."), told.get("graph", ""), other)


@cache
def _rules() -> dict[str, str]:
    """Name of a rule → its query."""
    files = sorted((ontology() / "rules").glob("*.rq"))
    return {file.stem: file.read_text(encoding="utf-8") for file in files}


def _said(rule: str, detail: str | None) -> str:
    """The rule, and in at most 80 characters what breaks it."""
    shown = "" if detail is None else f": {compact(detail)}"
    return rule.removesuffix(".") + (shown if len(shown) <= 80 else shown[:79] + "…")


def _broken_shapes(store: Store, subjects: Collection[str] | None) -> Iterator[_Fault]:
    import logging

    from pyshacl import validate
    from rdflib import SH, BNode, Graph, URIRef

    # A value that is not of its datatype is a finding here, not a traceback in the log.
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    shapes, blank = _shapes(), URIRef("_:")
    compared = {
        each
        for less in (SH.lessThan, SH.lessThanOrEquals)
        for shape, other in shapes.subject_objects(less)
        for each in (other, shapes.value(shape, SH.path))
    }
    data = Graph(bind_namespaces="none")
    whole = store.graph()
    # A plain copy: pySHACL does not run over oxrdflib's graph.
    for subject, path, term in whole if subjects is None else _around(whole, subjects):
        # Nor does it compare blank nodes: one that stands where a number should is a finding all the same.
        data.add((subject, path, blank if path in compared and isinstance(term, BNode) else term))
    _, report, _ = validate(data, shacl_graph=shapes, inference="none")
    if not isinstance(report, Graph):
        raise StanceError(f"{store.where}: the shapes could not be checked: {report!r}")
    for result in report.objects(None, SH.result):
        shape, focus = report.value(result, SH.sourceShape), report.value(result, SH.focusNode)
        value = report.value(result, SH.value)
        detail = None if value in (None, focus, blank) or isinstance(value, BNode) else str(value)
        what = str(shapes.value(shape, SH.message))
        mend = str(shapes.value(shape, SH.description)).removesuffix(".")
        yield _Fault(_owner(focus, data), compact(str(shape)), _said(what, detail), mend)


@cache
def _shapes() -> Graph:
    from rdflib import Graph

    return Graph(bind_namespaces="none").parse(ontology() / "shapes.ttl")


def _around(graph: Graph, subjects: Collection[str]) -> Iterator[tuple[Node, Node, Node]]:
    """What is said of subjects, of all that is nested in them, and of what that refers to; and the classes."""
    from rdflib import RDFS, BNode, URIRef

    yield from graph.triples((None, RDFS.subClassOf, None))
    todo: list[tuple[Node, bool]] = [(URIRef(subject), True) for subject in subjects]
    seen = set(todo)
    while todo:
        node, inner = todo.pop()
        for triple in graph.triples((node, None, None)):
            yield triple
            value = triple[2]
            step = (value, isinstance(value, BNode))
            if (isinstance(value, BNode) or (inner and isinstance(value, URIRef))) and step not in seen:
                seen.add(step)
                todo.append(step)


def _owner(node: Node | None, data: Graph) -> str:
    """The IRI a blank node hangs on; [] for one that hangs on none."""
    from rdflib import BNode

    seen = set()
    while isinstance(node, BNode) and node not in seen:
        seen.add(node)
        node = next(data.subjects(None, node), None)
    return "[]" if node is None or isinstance(node, BNode) else str(node)


def _located(store: Store, faults: Iterable[_Fault]) -> list[Finding]:
    """Findings in order, each with the file its subject is declared in, else described in, else named in."""
    faults = list(faults)
    graphs: dict[str, str] = {}
    for pattern in ("?subject a ?class", "?subject ?property ?value", "?other ?property ?subject"):
        wanted = sorted({fault.subject for fault in faults if not fault.graph} - graphs.keys())
        iris = [NamedNode(iri) for iri in wanted if re.match(r"[A-Za-z][\w+.-]*:", iri)]
        if iris:
            query = f"SELECT ?subject (MIN(STR(?graph)) AS ?name) {{ GRAPH ?graph {{ {pattern} }} }}"
            rows = store.select(query + " GROUP BY ?subject", {"subject": iris})
            graphs |= {row["subject"].value: row["name"].value for row in rows if "name" in row}
    found = set()
    for fault in faults:
        file = _file(fault.graph or graphs.get(fault.subject, ""))
        found.add(Finding(file, compact(fault.subject), fault.rule, fault.message, fault.mend))
    return sorted(found)


def _file(graph: str) -> str:
    """The file a graph was loaded from, as store names graphs; the graph's own name where it is no file."""
    if graph.startswith(GRAPH):
        return unquote(graph.removeprefix(GRAPH)) + ".ttl"
    return unquote(graph.removeprefix("file:///")) if graph.startswith("file:///") else graph


def hashed(folder: Path) -> dict[str, Path]:
    """SHA-256 of each file in a folder → the file."""
    if not folder.is_dir():
        why = "is not a folder" if folder.exists() else "does not exist"
        raise UsageError(f"{folder} {why}: name the folder of the texts the documents were coded from")
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    if not files:
        raise UsageError(f"{folder} is empty: put the texts the documents were coded from into it")
    mend = "let the folder hold the texts alone"
    return {hashlib.sha256(input_.read(file, LARGEST, mend)).hexdigest(): file for file in files}


def _unlike_sources(store: Store, files: dict[str, Path]) -> tuple[list[_Fault], int, int]:
    """Where the graph says of its documents what is not so; the passages and the documents verified."""
    texts: dict[Term, str] = {}
    faults = list(_read(store.select(_DOCUMENTS), files, texts))
    rows = [row for row in store.select(_PASSAGES) if row["document"] in texts]
    verified = 0
    for row in rows:
        broken = list(_misplaced(row, texts[row["document"]]))
        verified += not broken
        faults += (_fault(row["report"], rule, detail) for rule, detail in broken)
    told = {run for text in texts.values() for run in _runs(text)}
    told -= {run for row in rows if "exact" in row for run in _runs(row["exact"].value)}
    for row in store.select(_OWN_TEXTS):
        if shared := next((run for run in _runs(row["text"].value) if run in told), None):
            faults.append(_fault(row["subject"], "narration-is-not-stored", " ".join(shared)))
    return faults, verified, len(texts)


def _fault(subject: Term, rule: str, detail: str | None = None) -> _Fault:
    message, mend = SOURCE_RULES[rule]
    return _Fault(subject.value, rule, _said(message, detail), mend)


def _read(rows: list[dict[str, Term]], files: dict[str, Path], texts: dict[Term, str]) -> Iterator[_Fault]:
    """Fill `texts` with each document's text, where it is among the files and is text."""
    for row in rows:
        document, file = row["document"], files.get(row["sha256"].value)
        if file is None:
            yield _fault(document, "source-is-found")
            continue
        try:
            text = texts[document] = input_.read(file, LARGEST).decode("utf-8")
        except UnicodeDecodeError as error:
            yield _fault(document, "source-is-text", f"{file.name}, byte {error.start}")
            continue
        if str(len(text)) != row["length"].value:
            yield _fault(document, "length-is-true", f"{file.name} has {len(text)} code points")


def _misplaced(row: dict[str, Term], text: str) -> Iterator[tuple[str, str]]:
    """The rules a passage breaks, each with what shows it."""
    start, end = int(row["start"].value), int(row["end"].value)
    if not 0 <= start < end <= len(text):
        yield "passage-is-in-the-text", f"{start} to {end} of {len(text)}"
        return
    if "exact" not in row:
        return
    exact, prefix, suffix = (row[key].value if key in row else "" for key in ("exact", "prefix", "suffix"))
    if text[start:end] != exact:
        yield "words-stand-there", exact
        return
    if not (text[:start].endswith(prefix) and text[end:].startswith(suffix)):
        yield "surroundings-stand-there", exact
    if "coding" not in row and not quoted(text, start, end):  # there, a coder marked them
        yield "words-are-quoted", exact


def quoted(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is a quotation, or a part of one, that opens in its own line."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    words = text[start:end]
    if before.endswith(("‘", "'", "‚")) or (before.count('"') % 2 and '"' not in words):
        return True
    return any(
        before.rfind(opening) > before.rfind(closing) and words.count(opening) == words.count(closing)
        for opening, closing in _PAIRS
    )


def _runs(text: str) -> Iterator[Sequence[str]]:
    """Every run of one word more than may be shared, in lower case and without punctuation."""
    words = re.findall(r"\w+(?:['-]\w+)*", text.replace("’", "'").casefold())
    return (tuple(words[i : i + RUN + 1]) for i in range(len(words) - RUN))
