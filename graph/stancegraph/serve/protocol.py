"""The SPARQL 1.1 Protocol: a query in an address or a body, its answer in the format a client likes best; and the page.

https://www.w3.org/TR/sparql11-protocol/ and https://www.w3.org/TR/sparql11-service-description/. Queries only read,
and only this graph: what would reach elsewhere or write is refused by its parsed form (`store.sparql`).

The page on which SPARQL is typed has the shipped questions beside its editor, YASGUI, which is vendored as it was
released (`vendor/`) and asks nothing but this service; its results lead to entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.serve import resources
from stancegraph.serve.live import Body, Late
from stancegraph.serve.resources import FIELDS, Refusal
from stancegraph.statements import questions
from stancegraph.store import sparql, worker
from stancegraph.store.turtle import describe
from stancegraph.vocabulary import PREFIXES, RESULTS, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stancegraph.serve.live import Limits, Snapshot
    from stancegraph.store import Store

TABLES: Final = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "text/csv": "text/csv",
    "text/tab-separated-values": "text/tab-separated-values",
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}
"""Media type asked for → that of the format which the rows of a SELECT have then, the best liked first."""
TRIPLES: Final = {
    "text/turtle": "text/turtle",
    "application/n-triples": "application/n-triples",
    "application/ld+json": "application/ld+json",
    "application/rdf+xml": "application/rdf+xml",
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/plain": "application/n-triples",
}
"""The same of the triples of a CONSTRUCT or a DESCRIBE."""
TRUTHS: Final = [media for media, form in TABLES.items() if "sparql-results" in form]
"""Media types of an ASK."""
FORM, DIRECT, UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
GRAPHS: Final = ("default-graph-uri", "named-graph-uri")
RANGES: Final = 64
"""Media ranges of an Accept header that are read."""
JUDGED: Final = 1_000
"""Queries remembered that were found to reach nothing else."""
YASGUI: Final = {
    name: Path(__file__).parent / "vendor" / name for name in ("yasgui.min.js", "yasgui.min.css")
}
"""The files of the editor, by name."""
POLICY: Final = resources.POLICY.replace(
    "style-src 'self'", "style-src 'self' 'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
)
"""What the page may load: as any, and the one style sheet that the editor inserts, for the widths of columns."""
MEDIA: Final = "application/sparql-query"
STEMS: Final = 200
"""Beginnings of entries' IRIs that the page is told, at most."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks: the text, and the graphs it is about, as the protocol's parameters name them."""

    text: str
    dataset: tuple[tuple[str, str], ...]


def read(method: str, query: bytes, content_type: str, body: bytes) -> Question | None:
    """The question of a request, None where it has none (section 2.1); raises Refusal."""
    pairs = parameters(query)
    if method == "POST":
        kind, _, settings = (part.strip().lower() for part in content_type.partition(";"))
        charset = dict(p.strip().partition("=")[::2] for p in settings.split(";")).get("charset", "utf-8")
        if kind not in (FORM, DIRECT, UPDATE):
            raise Refusal(415, f"post a query as {FORM} or {DIRECT}")
        if kind == UPDATE:
            raise Refusal(415, "updates are refused: the graph is only read here")
        if charset.strip('"') not in ("utf-8", "utf8", "us-ascii"):
            raise Refusal(415, "write the query in UTF-8")
        if kind == DIRECT:
            pairs = [*((key, value) for key, value in pairs if key != "query"), ("query", _text(body))]
        else:
            pairs = parameters(body)
    if any(key == "update" for key, _ in pairs):
        raise Refusal(400, "updates are refused: the graph is only read here")
    texts = [value for key, value in pairs if key == "query"]
    if len(texts) > 1:
        raise Refusal(400, "one query at a time")
    if not texts:
        if method == "POST":
            raise Refusal(400, "no query: give it as the parameter query")
        return None
    return Question(texts[0], tuple((key, value) for key, value in pairs if key in GRAPHS))


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, "the query is not UTF-8") from None


def parameters(encoded: bytes) -> list[tuple[str, str]]:
    """The names and values in an address or a body; raises Refusal."""
    try:
        text = encoded.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
    except UnicodeDecodeError:
        raise Refusal(400, "the parameters are not UTF-8, percent-encoded") from None
    except ValueError:
        raise Refusal(400, f"more than {FIELDS} parameters") from None


def prepare(question: Question) -> sparql.Query:
    """The query, ready to be judged and run; raises Refusal for what is none, or an update."""
    try:
        for _, graph in question.dataset:
            NamedNode(graph)
        return sparql.prepare(question.text)
    except (UsageError, ValueError) as error:
        raise Refusal(400, str(error)) from None


def media_for(form: str, accept: str) -> str:
    """The media type of the answer of a query of this form; raises Refusal for 406."""
    offers = {"select": list(TABLES), "ask": TRUTHS}.get(form, list(TRIPLES))
    media = choose(accept, offers)
    if media is None:
        raise Refusal(406, f"{form.upper()} is answered as {', '.join(offers)}")
    return media


class Judged:
    """Remembers which queries were found to read this graph alone, so that none is parsed for that again."""

    def __init__(self) -> None:
        self._known: dict[str, None] = {}

    def answer(
        self, snapshot: Snapshot, limits: Limits, *, query: sparql.Query, question: Question, media: str
    ) -> Body:
        """The answer, whole; raises Refusal where it is none."""
        table = query.form in ("select", "ask")
        try:
            content = snapshot.store.serialize(
                query,
                (TABLES if table else TRIPLES)[media],
                dataset=question.dataset,
                timeout=limits.seconds,
                memory=limits.memory,
                judged=query.plain in self._known,
                cpu=limits.cpu,
            )
        except worker.Exceeded as error:
            raise Late(str(error)) from None
        except UsageError as error:
            raise Refusal(400, str(error)) from None
        self.trust(query)
        return Body.of(content, media)

    def trust(self, query: sparql.Query) -> None:
        """Judge a query no more: one that was found to be good, or is ours."""
        self._known[query.plain] = None
        if len(self._known) > JUDGED:
            self._known.pop(next(iter(self._known)), None)


def description(snapshot: Snapshot, address: str, accept: str) -> Body:
    """The description of the service, in RDF; raises Refusal for 406."""
    media = media_for("construct", accept)
    service, dataset, default = NamedNode(address), BlankNode("dataset"), BlankNode("default")
    formats = "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV".split()
    formats += "Turtle N-Triples JSON-LD RDF_XML".split()
    triples = [
        *describe(
            service,
            ("rdf:type", "sd:Service"),
            ("sd:endpoint", service),
            ("sd:supportedLanguage", "sd:SPARQL11Query"),
            ("sd:feature", "sd:UnionDefaultGraph"),
            ("sd:defaultDataset", dataset),
        ),
        *describe(dataset, ("rdf:type", "sd:Dataset"), ("sd:defaultGraph", default)),
        *describe(default, ("rdf:type", "sd:Graph")),
        *describe(service, *(("sd:resultFormat", NamedNode(RESULTS + name)) for name in formats)),
    ]
    rows = snapshot.store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
    for number, row in enumerate(rows):
        named = BlankNode(f"graph{number}")
        triples += describe(dataset, ("sd:namedGraph", named))
        triples += describe(named, ("rdf:type", "sd:NamedGraph"), ("sd:name", row["g"]))
    form = RdfFormat.from_media_type(TRIPLES[media])
    used = {name: PREFIXES[name] for name in ("sd", "rdf")} if form == RdfFormat.TURTLE else None
    content = pyoxigraph.serialize(triples, format=form, prefixes=used)
    if content is None:
        raise StanceError("the service cannot be described")
    return Body.of(content, media)


def choose(accept: str, offers: Sequence[str]) -> str | None:
    """The media type the client likes best, of equals the first offered; None where it takes none of them.

    Proactive negotiation, RFC 9110, section 12.5.1.

    >>> choose("text/html;q=0.5, text/*;q=0.8, */*;q=0.1", ["text/html", "text/turtle"])
    'text/turtle'
    """
    if not accept.strip():
        return offers[0]
    ranges = list(_ranges(accept))
    best = max(offers, key=lambda offer: (_quality(offer, ranges), -offers.index(offer)))
    return best if _quality(best, ranges) > 0 else None


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """How welcome an offer is, 0..1: as the most specific range that it is in says."""
    family = offer.partition("/")[0]
    for wanted in (offer, f"{family}/*", "*/*"):
        told = [quality for range_, quality in ranges if range_ == wanted]
        if told:
            return max(told)
    return 0.0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(",")[:RANGES]:
        range_, *parameters = (each.strip().lower() for each in part.split(";"))
        quality = 1.0
        for name, _, value in (each.partition("=") for each in parameters):
            if name.strip() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        yield range_, quality


def html(iris: Iterable[str]) -> bytes:
    """The page; results whose IRIs begin as one of these `iris` lead to an entry."""
    stems = sorted({iri.removesuffix(local_name(iri)) for iri in iris} - {""})[:STEMS]
    return resources.drawn(
        "query",
        root="",
        kind="query",
        questions=questions.questions(),
        listed=tuple(resources.LISTS),  # kinds of parameters whose names can be offered
        examples=questions.KINDS,
        settings={"prefixes": PREFIXES, "stems": stems},
    )


def bound(store: Store, name: str, given: Mapping[str, Sequence[str]]) -> bytes:
    """A shipped question as SPARQL with the values `given`; a parameter that has none stays a variable.

    Raises UsageError for a value that is none, UnknownName for a name.
    """
    asked = questions.question(name)
    settings = {key: [value for value in values if value.strip()] for key, values in given.items()}
    prologue, _, text = sparql.prepare(asked.text, questions.bind(store, asked, settings)).text.partition(
        "\n"
    )
    declared = prologue.replace(" PREFIX ", "\nPREFIX ")
    return f"# {asked.question}\n{declared}\n{text.strip()}\n".encode()
