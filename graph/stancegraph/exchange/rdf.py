"""Statements as RDF: one set of quads, in N-Quads as they are, in Turtle and JSON-LD without their graphs.

Blank nodes are named by what is said of them, so that the same statements give the same bytes, whatever read them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Unpack

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple

from stancegraph import statements
from stancegraph.errors import StanceError
from stancegraph.statements.filters import FilterOptions, check
from stancegraph.store import Store
from stancegraph.store.turtle import write as write_turtle
from stancegraph.vocabulary import HOUSEKEEPING, PREFIXES, compact, expand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    Spelling = tuple[
        str | int, ...
    ]  # the terms of a quad: blank nodes by their numbers, others as they are written
    Quads = Mapping[int, list[Spelling]]  # blank node → the quads it stands in
    Ranks = dict[int, int]

EVERY: Final = """{ { GRAPH ?graph { ?s ?p ?o } }
    UNION { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?other { ?s ?p ?o } } } }"""
TYPE: Final = NamedNode(expand("rdf:type"))
STATEMENT: Final = NamedNode(expand("stance:Statement"))
STRING: Final = NamedNode(expand("xsd:string"))
LARGEST: Final = 1_000
"""Blank nodes that may hang together: the time to name them grows with the square of that."""


def quads(store: Store, **filters: Unpack[FilterOptions]) -> list[Quad]:
    """The statements that pass the filters with all that telling them needs, in the graphs that say so.

    Without filters, everything in the store, but for what a server keeps for itself. Raises StanceError where an
    endpoint answers in part.
    """
    if check(filters):
        return statements.described(store, statements.said(store, **filters))
    rows = store.select(f"SELECT ?s ?p ?o ?graph WHERE {EVERY}")
    if store.remote:
        (count,) = store.select(f"SELECT (COUNT(*) AS ?n) WHERE {EVERY}")
        if int(count["n"].value) != len(rows):
            raise StanceError(
                f"{store.where} gave {len(rows)} of {count['n'].value} quads: choose fewer statements by filters"
            )
        rows = [row for row in rows if "graph" not in row or row["graph"].value not in HOUSEKEEPING]
    try:
        return [Quad(row["s"], row["p"], row["o"], row.get("graph")) for row in rows]  # type: ignore[arg-type]
    except TypeError:
        raise StanceError(
            f"{store.where} gave a literal for a subject, property or graph: mend it there"
        ) from None


def count_statements(triples: Iterable[Triple]) -> int:
    """How many statements the triples tell of."""
    return sum(triple.predicate == TYPE and triple.object == STATEMENT for triple in triples)


def nquads(quads: Iterable[Quad]) -> bytes:
    """Canonical N-Quads, the lines sorted."""
    lines = pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS) or b""
    return b"".join(sorted(lines.splitlines(keepends=True)))


def turtle(triples: Iterable[Triple]) -> bytes:
    """Turtle as the curated files are kept; raises StanceError for blank nodes it cannot nest."""
    try:
        return write_turtle(triples).encode()
    except StanceError as error:
        raise StanceError(f"{error}; or write .nq or .jsonld, which can name it") from error


def jsonld(triples: Collection[Triple]) -> bytes:
    """JSON-LD 1.1: a context of the prefixes used, and an object for each subject, all sorted.

    No context is on the network. A literal keeps its spelling, its datatype and its language.
    """
    terms = [term for triple in triples for term in triple]
    iris = {term.value for term in terms if isinstance(term, NamedNode)}
    iris |= {term.datatype.value for term in terms if isinstance(term, Literal)}
    # An IRI whose scheme is spelled like a prefix would be read as a name of that prefix.
    free = PREFIXES.keys() - {iri.partition(":")[0] for iri in iris}
    used = set()

    def name(term: NamedNode | BlankNode | Triple) -> str:
        """An IRI, as a prefixed name where there is one; a blank node by its label."""
        if not isinstance(term, NamedNode):
            return str(term)
        short = compact(term.value)
        prefix = short.partition(":")[0]
        if short == term.value or prefix not in free:
            return term.value
        used.add(prefix)
        return short

    def value(term: NamedNode | BlankNode | Literal | Triple) -> str | dict[str, str]:
        if not isinstance(term, Literal):
            return {"@id": name(term)}
        if term.language:
            direction = {"@direction": term.direction.value} if term.direction else {}
            return {"@value": term.value, "@language": term.language, **direction}
        if term.datatype == STRING:
            return term.value
        return {"@value": term.value, "@type": name(term.datatype)}

    subjects: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for triple in sorted(triples, key=str):
        properties = subjects[name(triple.subject)]
        if triple.predicate == TYPE and not isinstance(triple.object, Literal):
            properties["@type"].append(name(triple.object))
        else:
            properties[name(triple.predicate)].append(value(triple.object))
    graph = [
        {
            "@id": subject,
            **{key: found if found[1:] else found[0] for key, found in sorted(properties.items())},
        }
        for subject, properties in sorted(subjects.items())
    ]
    context = {prefix: namespace for prefix, namespace in PREFIXES.items() if prefix in used}
    whole = {"@context": {"@version": 1.1, **context}, "@graph": graph}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def label_blank_nodes(quads: Iterable[Quad]) -> list[Quad]:
    """The quads, each once, with labels for blank nodes that depend on nothing but the quads.

    RDF Dataset Canonicalization would do, but nine blank nodes that all point at each other keep that algorithm
    busy for minutes, twelve for days. Here each group of blank nodes that stand in one quad is named by a hash of
    what is said of it, its nodes ordered by colour refinement (Hogan 2017, Canonical Forms for Isomorphic and
    Equivalent RDF Graphs). Of nodes that what is said cannot tell apart, and that are not alike either, labels may
    differ from one reading to the next; no graph of statements has such.
    Raises StanceError for a triple about a triple, and for more than `LARGEST` blank nodes that hang together.
    """
    quads = list(dict.fromkeys(quads))
    numbers: dict[BlankNode, int] = {}
    about: dict[int, list[Spelling]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.object, Triple):
            raise StanceError(f"{quad} is about a triple, which is not exported: say it in plain triples")
        spelling = tuple(
            numbers.setdefault(term, len(numbers)) if isinstance(term, BlankNode) else str(term)
            for term in quad
        )
        for node in {term for term in spelling if isinstance(term, int)}:
            about[node].append(spelling)
    labels = _labels(about)
    label = {node: BlankNode(labels[number]) for node, number in numbers.items()}
    return [
        Quad(*(label[term] if isinstance(term, BlankNode) else term for term in quad))  # type: ignore[arg-type]
        for quad in quads
    ]


def _labels(about: Quads) -> dict[int, str]:
    """Node → its label: the hash of what is said of its group, which of equal groups, and its place there."""
    from networkx.utils import UnionFind

    groups = UnionFind(about)
    for quads in about.values():
        for quad in quads:
            groups.union(*(term for term in quad if isinstance(term, int)))
    labels: dict[int, str] = {}
    copies: Counter[str] = Counter()
    for group in groups.to_sets():
        if len(group) > LARGEST:
            raise StanceError(
                f"{len(group)} blank nodes hang together, and cannot be named: give some of them IRIs"
            )
        ranks = _order(sorted(group), about)
        form = "\n".join(sorted({_line(quad, ranks) for node in group for quad in about[node]}))
        name = sha256(form.encode()).hexdigest()[:16]
        labels |= {node: f"b{name}c{copies[name]}n{place}" for node, place in ranks.items()}
        copies[name] += 1
    return labels


def _order(group: list[int], about: Quads) -> Ranks:
    """Each node's place in its group; where nothing tells nodes apart, one of them is put first, and so on."""
    ranks = _refine(dict.fromkeys(group, 0), about)
    while len(set(ranks.values())) < len(group):
        counts = Counter(ranks.values())
        tied = min(rank for rank, count in counts.items() if count > 1)
        first = next(node for node in group if ranks[node] == tied)
        ranks = _refine({node: 2 * rank - (node == first) for node, rank in ranks.items()}, about)
    return ranks


def _refine(ranks: Ranks, about: Quads) -> Ranks:
    """Ranks that tell apart all nodes of which different things are said, or things of nodes of different ranks."""
    number = 0
    while number < len(ranks):
        colours = {
            node: (rank, tuple(sorted(_line(quad, ranks, node) for quad in about[node])))
            for node, rank in ranks.items()
        }
        places = {colour: place for place, colour in enumerate(sorted(set(colours.values())))}
        ranks = {node: places[colour] for node, colour in colours.items()}
        if len(places) == number:
            break
        number = len(places)
    return ranks


def _line(quad: Spelling, ranks: Ranks, itself: int = -1) -> str:
    """A quad as text, its blank nodes by their ranks."""
    return " ".join(
        term if isinstance(term, str) else "_:*" if term == itself else f"_:{ranks[term]:09}" for term in quad
    )
