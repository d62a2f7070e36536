"""Statements: who said what, as coded, with the reports and the words each is anchored to, read from a store.

A statement is what one speaker did with words on one occasion; each carries its reports, each report its
passages, so that whatever is made of a statement leads back to words in a document. Where no statement passes the
filters, `suggest` says which of them leaves all out, and where the words do stand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, Unpack

from pyoxigraph import BlankNode, Quad

from stancegraph.dates import BEGINNING, END
from stancegraph.errors import StanceError
from stancegraph.names import spelling
from stancegraph.output import quantity
from stancegraph.statements.filters import MOST_WORDS, FilterOptions, Filters, check, in_words
from stancegraph.statements.reader import CHUNK, Reader, in_parts
from stancegraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set

    from stancegraph.records import Statement
    from stancegraph.store import Store, Term

DAY: Final = "SELECT ?s ?on WHERE { ?s stance:saidOn ?on }"
SPAN: Final = """SELECT ?s ?since ?until WHERE { { ?s stance:saidNotBefore ?since }
    UNION { ?s stance:saidNotAfter ?until } }"""
DESCRIBED: Final = """SELECT DISTINCT ?node ?p ?o ?graph WHERE {
    { BIND(?s AS ?node) } UNION { ?s stance:claims|stance:ascribes|stance:coding ?node }
    UNION { ?node stance:reports ?s } UNION { ?report stance:reports ?s ; stance:passage ?node }
    UNION { ?report stance:reports ?s ; stance:passage ?passage . ?passage oa:hasSelector ?node }
    UNION { ?report stance:reports ?s ; stance:document ?node }
    UNION { ?report stance:reports ?s ; stance:document ?document . ?document dcterms:publisher ?node }
    UNION { ?s stance:claims ?figure . ?figure schema:observationAbout ?node }
    UNION { ?s stance:inRole ?role . ?role ?part ?node . FILTER(?part IN (org:role, org:organization)) }
    UNION { ?s stance:speaker ?voice . ?voice (org:subOrganizationOf|^foaf:member)+ ?node }
    UNION { ?s stance:onBehalfOf ?voice . ?voice (org:subOrganizationOf|^foaf:member)+ ?node }
    UNION { ?s stance:inRole/org:organization ?voice . ?voice (org:subOrganizationOf|^foaf:member)+ ?node }
    UNION { ?s ?edge ?demand . ?demand stance:binds/org:subOrganizationOf* ?node }
    UNION { ?s ?link ?node . FILTER(isIRI(?node) && ?link != rdf:type && ?link != skos:closeMatch)
            MINUS { ?node skos:inScheme ?scheme } }
    ?node ?p ?o OPTIONAL { GRAPH ?graph { ?node ?p ?o } } }"""
"""A statement, and what telling it needs: its codings, reports, words, names, and who is bound by what it demands."""

TARGETS: Final = ("about", "supports", "opposes", "target")
"""Filters on what a statement is coded as being about, which may be named in it though it is not."""


def said(store: Store, **options: Unpack[FilterOptions]) -> list[Statement]:
    """The statements that pass the filters, oldest first.

    Raises UnknownName where a name is not one thing's, UsageError for a wrong date or number.

    >>> from stancegraph import store
    >>> [s.quotes for s in said(store.open(), actor="khazali", act="condemn")]
    [('unacceptable',)]
    """
    return select(Filters.of(store, options))


def select(filters: Filters, among: Set[str] | None = None) -> list[Statement]:
    """The statements that pass filters already resolved, oldest first; `among` some alone, where these are told."""
    return [s for s in stream(filters, among) if among is None or s.iri in among]


def stream(filters: Filters, among: Set[str] | None = None) -> Iterator[Statement]:
    """As `select`, each given as soon as those said up to its day are read."""
    chosen = filters.statements()
    if among is not None and filters.min_count <= 1:  # else it matters how many others pass
        chosen = sorted(among if chosen is None else among & set(chosen))
    if chosen is None or len(chosen) <= CHUNK or filters.min_count > 1:
        yield from _read(filters, chosen)
        return
    for part in _by_days(filters.store, chosen):
        yield from _read(filters, part)


def _by_days(store: Store, chosen: Collection[str]) -> Iterator[list[str]]:
    """Some hundred statements, then some thousand at a time, oldest first, those of one day together."""
    on, since, until = (dict[str, str]() for _ in range(3))
    for s, said in _asked(store, DAY, chosen):
        on[s] = min(said, on.get(s, said))
    for s, first, last in _asked(store, SPAN, set(chosen) - on.keys()):
        for found, text in ((since, first), (until, last)):
            if text:
                found[s] = min(text, found.get(s, text))

    def day(s: str) -> tuple[str, str]:
        return on.get(s) or since.get(s) or BEGINNING, on.get(s) or until.get(s) or END

    part, size = list[str](), CHUNK
    for _, same in groupby(sorted(chosen, key=day), key=day):
        part += same
        if len(part) >= size:
            yield part
            part, size = [], 8 * CHUNK  # few wait for the first, and of many the names are read once
    yield part


def _asked(store: Store, text: str, chosen: Collection[str]) -> Iterator[tuple[str, ...]]:
    """The rows of a query about some statements, some hundred named at a time."""
    for part in in_parts(sorted(chosen)):
        yield from store.tuples(text, part)


def _read(filters: Filters, chosen: Collection[str] | None) -> list[Statement]:
    """Of some statements (None: of all) those that pass, oldest first."""
    found = list(Reader(filters.store, chosen).statements.values())
    if filters.on_codings:
        found = [kept for statement in found if (kept := _as_coded(statement, filters)) is not None]
    if filters.organisation:
        found = [replace(statement, speakers=statement.organisations) for statement in found]
    if filters.min_count > 1:
        spoken = Counter(speaker for statement in found for speaker in statement.speakers)
        found = [s for s in found if any(spoken[one] >= filters.min_count for one in s.speakers)]
    return sorted(found, key=_order)


def _as_coded(statement: Statement, filters: Filters) -> Statement | None:
    """The statement with the targets whose own coding passes; None where none does that was asked for.

    A document that reports a statement without showing any of its targets reports it none the less.
    """
    if not statement.targets:
        documents = [report.document.iri for report in statement.reports]
        passes = filters.counts_coding(statement.basis, statement.confidence, documents)
        return statement if passes else None
    test = filters.row_test()
    anywhere = filters.without("document", "not_document")
    coded = [t for t in statement.targets if anywhere.counts_coding(t.basis, t.confidence, ())]
    targets = tuple(t for t in coded if filters.counts_coding(t.basis, t.confidence, t.documents))
    passes = any(test.takes(t.thing, t.sign) for t in targets) or (bool(coded) and test.takes(None, None))
    return replace(statement, targets=targets) if passes else None


def _order(statement: Statement) -> tuple[str, str, str, int, str]:
    """By day, then as the first document has it."""
    first = min(((r.document.iri, p.start) for r in statement.reports for p in r.passages), default=("", 0))
    return (statement.earliest, statement.latest, *first, statement.iri)


def described(store: Store, found: Sequence[Statement]) -> list[Quad]:
    """The statements as quads, with all that telling them needs: reports, passages, documents, names, figures.

    Each is in the graph that says it; in the default graph where the store does not tell.
    """
    quads: dict[Quad, None] = {}
    for number, part in enumerate(in_parts(statement.iri for statement in found)):
        # The label of a blank node holds within one answer of an endpoint, and may mean another node in the next.
        scope = f"x{number}" if store.remote and len(found) > CHUNK else ""
        for row in store.select(DESCRIBED, part):
            node, p, o = (_scoped(row[name], scope) for name in ("node", "p", "o"))
            try:
                quads[Quad(node, p, o, row.get("graph"))] = None  # type: ignore[arg-type]
            except TypeError:
                raise StanceError(
                    f"{store.where}: it answers with what is no triple: {node} {p} {o}"
                ) from None
    return list(quads)


def _scoped(term: Term, scope: str) -> Term:
    return BlankNode(term.value + scope) if scope and isinstance(term, BlankNode) else term


def turtle(store: Store, found: Sequence[Statement]) -> str:
    """The statements in Turtle, with all that telling them needs."""
    from stancegraph.store.turtle import write

    return write(quad.triple for quad in described(store, found))


def by_iri(store: Store, iris: Iterable[str]) -> dict[str, Statement]:
    """Records of the statements with these IRIs."""
    return Reader(store, frozenset(iris)).statements


def suggest(store: Store, options: Mapping[str, Any]) -> list[str]:
    """A line for what was searched, and one for each change of the filters that finds statements.

    >>> from stancegraph import store
    >>> suggest(store.open(), {"actor": "khazali", "until": "2024-01-01"})[0]
    'searched: actor khazali; until 2024-01-01'
    """
    given = check(options)
    if not given:
        return ["the graph has no statements"]
    lines = [f"searched: {in_words(given)}"]
    unsaid = {key: value for key, value in given.items() if key != "actor"}
    for actor in given.get("actor", ()):
        if number := _count(store, unsaid | {"about": (*given.get("about", ()), actor)}):
            verb = "is" if number == 1 else "are"
            lines.append(
                f"{quantity(number, 'statement')} {verb} about {actor}: try --about {_quoted(actor)}"
            )
    for target in (each for each in ("actor", *TARGETS) if each in given):
        for text in given[target]:
            lines += _named_in(store, given, target, text)
    for name in given if len(given) > 1 else ():
        rest = {key: value for key, value in given.items() if key != name}
        if name != "as_" and (number := _count(store, rest)):
            without = "of anybody" if name == "actor" else f"without --{name.rstrip('_').replace('_', '-')}"
            lines.append(f"{quantity(number, 'statement')} {without}")
    return lines


def _named_in(store: Store, given: Mapping[str, Any], name: str, text: str) -> Iterator[str]:
    """The statements that have the words of a name, though they are not coded as being about it."""
    words = [word for word in _as_typed(text).split() if word.casefold() not in spelling.ARTICLES]
    if not 0 < len(words) <= MOST_WORDS:
        return
    typed = " ".join(words)
    rest = {key: value for key, value in given.items() if key != name}
    if number := _count(store, rest | {"words": f"{given.get('words', '')} {typed}"}):
        verb = "names" if number == 1 else "name"
        place = "gist, quotation or target"
        yield f"{quantity(number, 'statement')} {verb} {typed} in {place}: try --words {_quoted(typed)}"


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _as_typed(text: str) -> str:
    """The words of a name that may be the last part of an IRI."""
    prefix, colon, local = text.partition(":")
    if "://" in text:
        return text.rstrip("/#").rpartition("/")[2].rpartition("#")[2].replace("-", " ")
    return local.replace("-", " ") if colon and prefix in PREFIXES else text


def _count(store: Store, options: Mapping[str, Any]) -> int:
    filters = Filters.of(store, options)
    if filters.on_codings or filters.min_count > 1:
        return len(select(filters))
    found = filters.statements()
    if found is None:
        rows = store.tuples("SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a stance:Statement }")
        return int(rows[0][0])
    return len(found)
