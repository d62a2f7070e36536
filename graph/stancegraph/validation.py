"""Whether a graph keeps its rules: SHACL shapes, queries for what shapes cannot say, words against sources.

A shape is named by its IRI (`shape:gist`), a rule by its file in `ontology/rules/` (`statement-is-reported`),
a check against the sources by its key in `SOURCE_RULES` (`words-stand-there`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode

from stancegraph import input as input_
from stancegraph.errors import UsageError
from stancegraph.output import quantity
from stancegraph.store import Local, Store, ontology
from stancegraph.store.shacl import Node, Shapes
from stancegraph.vocabulary import GRAPH, compact

if TYPE_CHECKING:
    from stancegraph.store import Term

LARGEST: Final = 64 << 20
"""Bytes a source text may have."""
RUN: Final = 8
"""Words in a row that our own texts may share with a document."""


class Rule(NamedTuple):
    """What must hold, how to mend it, why it matters, and the command that mends it for a SUBJECT."""

    message: str
    mend: str
    why: str
    command: str = ""


SOURCE_RULES: Final = {
    "source-is-found": Rule(
        "A document's text is among the sources",
        "add its file, or correct stance:sha256",
        "without the text nobody can check that the words stand there",
    ),
    "source-is-text": Rule(
        "A source is UTF-8",
        "convert the file, and count its positions again",
        "positions count characters, which bytes alone do not tell",
    ),
    "length-is-true": Rule(
        "A document is as long as it says",
        "correct stance:length, in code points",
        "a wrong length lets passages end behind the text",
        "check --fix",
    ),
    "passage-is-in-the-text": Rule(
        "A passage lies within the text",
        "count its position again",
        "the words cannot be found again",
        "edit SUBJECT --set quote=…",
    ),
    "words-stand-there": Rule(
        "Quoted words stand at their position",
        "count again, or correct oa:exact",
        "the document does not say there what is told of somebody",
        "check --fix",
    ),
    "surroundings-stand-there": Rule(
        "Prefix and suffix stand around the words",
        "copy them from the text",
        "by them the words are found again when the text moves",
        "check --fix",
    ),
    "words-are-quoted": Rule(
        "Quoted words stand in quotation marks",
        "keep the position, and say it in a gist",
        "a document's own words would be told as somebody's",
        "edit SUBJECT --remove quote=…",
    ),
    "narration-is-not-stored": Rule(
        f"Our own texts share at most {RUN} words in a row with a document, quotes apart",
        "say it in your own words",
        "a document's sentences are its owner's",
        "edit SUBJECT --set gist=…",
    ),
}
"""Name of a check against the sources → what must hold, how to mend it, why it matters, the command."""
_NARRATION: Final = "narration-is-not-stored"
_THEMES: Final = {
    "words that cannot be found again in their document are no evidence": "stance:passage stance:quote "
    "stance:document stance:reports oa:hasSource oa:hasSelector oa:start oa:end oa:exact oa:prefix oa:suffix "
    "stance:sha256 stance:length",
    "periods, chronologies and changes are counted by days": "stance:saidOn stance:saidNotBefore stance:saidNotAfter "
    "dcterms:issued stance:issuedNotBefore stance:issuedNotAfter schema:startDate schema:endDate dcterms:created",
    "networks and numbers are counted from stances": "stance:supports stance:opposes stance:neutralOn stance:stanceOn "
    "stance:ascribes stance:holder stance:coding stance:of stance:binds skos:broader",
    "by basis and confidence a reader tells what was said from what was inferred": "stance:basis stance:confidence",
    "a statement is found and told by the names of who made it": "stance:speaker stance:onBehalfOf stance:addressee "
    "stance:inRole skos:prefLabel skos:altLabel skos:hiddenLabel stance:weakAlias stance:actorKind org:member",
}
"""Why the shapes of these properties matter."""
_FORM: Final = "what has another form than the vocabulary's is missed by questions, in silence"
_WHY: Final = {name: why for why, names in _THEMES.items() for name in names.split()}
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
    """One rule broken by one subject: where it stands, what is wrong, how to mend it, and why that matters.

    `line` is where the subject is described in a file of text; `property` the one that a shape is of; `command` what
    mends it, with an ellipsis or capitals for what the curator knows; each None or empty where that is not told.
    """

    file: str
    subject: str
    rule: str
    message: str
    mend: str
    line: int | None = field(default=None, compare=False)
    why: str = field(default="", compare=False)
    command: str = field(default="", compare=False)
    property: str = field(default="", compare=False)


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
    name: str
    message: str
    rule: Rule
    graph: str = ""
    other: str = ""
    """The second entry it is about, where the rule tells one."""
    property: str = ""


def check(
    store: Store,
    *,
    sources: Path | None = None,
    subjects: Collection[str] | None = None,
    partial: bool = False,
) -> Result:
    """What in the graph breaks a shape, a rule or, with a folder of `sources`, what its documents say.

    Of `subjects`, where they are given, and of nothing else. Where the sources are `partial`, a document whose text is
    not among them is no fault: a note counts them. At an endpoint the shapes are left out, and a note says so. Raises
    UsageError for a folder without files.

    >>> from stancegraph import store
    >>> print(check(store.open()))
    93 statements
    """
    texts = None if sources is None else hashed(sources)
    faults, notes = list(_broken_rules(store)), []
    if not isinstance(store, Local):
        notes.append("the shapes were not checked: they need the whole graph, not an endpoint")
    else:
        faults += _broken_shapes(store, subjects)
    (count,) = store.select("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a stance:Statement }")
    passages = documents = 0
    if texts is not None:
        broken, passages, documents = _unlike_sources(store, texts)
        if partial and (lacking := sum(fault.name == "source-is-found" for fault in broken)):
            broken = [fault for fault in broken if fault.name != "source-is-found"]
            notes.append(f"{quantity(lacking, 'document')} not verified: no text in {sources}")
        faults += broken
    if subjects is not None:
        faults = [fault for fault in faults if fault.subject in subjects or fault.other in subjects]
    return Result(tuple(_located(store, faults)), int(count["n"].value), passages, documents, tuple(notes))


def _broken_rules(store: Store) -> Iterator[_Fault]:
    for name, (rule, text) in _rules().items():
        for row in store.select(text):
            told = {name: term.value for name, term in row.items()}
            said = _said(rule.message, told.get("detail"))
            other = told.get("detail", "").rpartition("also ")[2]
            yield _Fault(told["subject"], name, said, rule, told.get("graph", ""), other)


@cache
def _rules() -> dict[str, tuple[Rule, str]]:
    """Name of a rule → what the comments at its head say, and its query."""
    files = sorted((ontology() / "rules").glob("*.rq"))
    return {file.stem: _rule(file.read_text(encoding="utf-8")) for file in files}


def _rule(text: str) -> tuple[Rule, str]:
    head = [line.removeprefix("# ") for line in text.partition("\n\n")[0].split("\n")]
    said = dict(line.split(": ", 1) for line in head[1:])
    return Rule(head[0], said["mend"].rstrip("."), said["why"].rstrip("."), said.get("with", "")), text


def _said(rule: str, detail: str | None) -> str:
    """The rule, and in at most 80 characters what breaks it."""
    shown = "" if detail is None else f": {compact(detail)}"
    return rule.removesuffix(".") + (shown if len(shown) <= 80 else shown[:79] + "…")


def _broken_shapes(store: Local, subjects: Collection[str] | None) -> Iterator[_Fault]:
    shapes, data = _shapes(), store.triples
    among: set[Node] | None = None
    if subjects is not None:
        among = {*map(NamedNode, subjects)}
        quads = [quad for iri in subjects for quad in store.description(NamedNode(iri))]
        among |= {node for q in quads for node in (q.subject, q.object) if isinstance(node, BlankNode)}
    for shape, focus, value, path in shapes.violations(data, among):
        shown = value is not None and value != focus and not isinstance(value, BlankNode)
        edge = "" if path is None else compact(path.value)
        rule = Rule(
            shapes.text(shape, "message"),
            shapes.text(shape, "description").removesuffix("."),
            _WHY.get(edge, _FORM),
        )
        told = _said(rule.message, str(getattr(value, "value", value)) if shown else None)
        yield _Fault(
            _owner(focus, data), compact(str(getattr(shape, "value", ""))), told, rule, property=edge
        )


@cache
def _shapes() -> Shapes:
    return Shapes(ontology() / "shapes.ttl")


def _owner(node: Node, data: pyoxigraph.Store) -> str:
    """The IRI that a node is, or hangs on; [] for one that hangs on none."""
    seen = set[Node]()
    while not isinstance(node, NamedNode):
        above = next(data.quads_for_pattern(None, None, node), None)
        if above is None or node in seen:
            return "[]"
        seen.add(node)
        node = above.subject
    return node.value


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
    places = store.files if isinstance(store, Local) else {}
    texts: dict[str, str] = {}
    found = {}
    for fault in faults:
        graph = fault.graph or graphs.get(fault.subject, "")
        if graph in places and graph not in texts:
            texts[graph] = places[graph].read_bytes().decode("utf-8", "replace")
        finding = Finding(
            _file(graph),
            compact(fault.subject),
            fault.name,
            fault.message,
            fault.rule.mend,
            line_of(texts[graph], fault.subject) if graph in texts else None,
            fault.rule.why,
            fault.rule.command,
            fault.property,
        )
        found[finding] = finding
    return sorted(found)


def line_of(text: str, iri: str) -> int | None:
    """The line of a file of RDF that begins to describe an IRI, else the first that names it; None where none does."""
    declared = re.findall(r"(?i)(?:^|\s)@?(?:prefix\s+(\S*:)|base)\s*<([^>\s]*)>", text)
    names = [f"<{iri}>"]
    for prefix, namespace in declared:
        if namespace and iri.startswith(namespace):
            local = iri.removeprefix(namespace)
            names.append(f"{prefix}{local}" if prefix else f"<{local}>")
    named = "|".join(map(re.escape, names))
    match = re.search(rf"^(?:{named})(?=\s)", text, re.MULTILINE)
    match = match or re.search(rf"(?<![\w:/])(?:{named}|{re.escape(iri)})(?![\w/-])", text)
    return text.count("\n", 0, match.start()) + 1 if match else None


def _file(graph: str) -> str:
    """The file a graph was loaded from, as store names graphs; the graph's own name where it is no file."""
    if graph.startswith(GRAPH):
        return unquote(graph.removeprefix(GRAPH)) + ".ttl"
    return unquote(graph.removeprefix("file:///")) if graph.startswith("file:///") else graph


def own_texts(folder: str | Path) -> Path | None:
    """The texts that a folder keeps beside its graph, in texts/; None where there are none."""
    kept = Path(folder) / "texts"
    return kept if any(file.is_file() for file in kept.rglob("*")) else None


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
    told = narration(texts.values(), (row["exact"].value for row in rows if "exact" in row))
    for row in store.select(_OWN_TEXTS):
        if shared := borrowed(row["text"].value, told):
            faults.append(_Fault(row["subject"].value, _NARRATION, shared, SOURCE_RULES[_NARRATION]))
    return faults, verified, len(texts)


def narration(texts: Iterable[str], quotes: Iterable[str]) -> set[Sequence[str]]:
    """Every run of words that texts of our own may not have: those of documents, their quotations apart."""
    told = {run for text in texts for run in _runs(text)}
    return told - {run for words in quotes for run in _runs(words)}


def borrowed(text: str, told: Collection[Sequence[str]]) -> str | None:
    """What is wrong with a text of our own that repeats a document's words; None where it does not.

    >>> borrowed("So it is: one two three four five six seven eight nine ten!",
    ...     narration(["one two three four five six seven eight nine ten"], []))
    '10 words in a row stand in the document: one two three four five six seven eight nine ten'
    """
    shared: list[str] = []
    for run in _runs(text):
        if run in told:
            shared += run[-1:] if shared else run
        elif shared:
            break
    return _said(f"{len(shared)} words in a row stand in the document", " ".join(shared)) if shared else None


def _fault(subject: Term, rule: str, detail: str | None = None) -> _Fault:
    broken = SOURCE_RULES[rule]
    return _Fault(subject.value, rule, _said(broken.message, detail), broken)


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
