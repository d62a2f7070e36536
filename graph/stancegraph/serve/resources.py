"""One actor, statement, proposition, document or event as a page, as JSON, as Turtle, as JSON-LD; and lists of them."""

from __future__ import annotations

import json
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import jinja2
from pyoxigraph import BlankNode, NamedNode, Quad, Triple

import stancegraph
from stancegraph import names, statements
from stancegraph.cells import escaped
from stancegraph.exchange import rdf
from stancegraph.statements import catalogue, reader
from stancegraph.vocabulary import SIDES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from stancegraph.records import Named, Statement
    from stancegraph.store import Store

Row = dict[str, Any]
FORMATS: Final = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
}
"""Suffix of an address → media type of what stands there."""
STYLES: Final = {
    "page.css": Path(stancegraph.__file__).parent / "page" / "page.css",
    "site.css": Path(__file__).parent / "static" / "site.css",
}
"""The style sheets of the pages, by name."""
LISTS: Final[dict[str, Callable[[Store], list[Row]]]] = {
    "actor": catalogue.actors,
    "proposition": catalogue.propositions,
    "document": catalogue.documents,
    "event": catalogue.events,
    "statement": lambda store: [statement.row() for statement in statements.said(store)],
}
PLURAL: Final = {kind: f"{kind}s" for kind in LISTS}
AROUND: Final = """SELECT ?s ?p ?o WHERE { { BIND(?here AS ?s) } UNION { ?s org:member ?here }
    UNION { ?statement stance:speaker|stance:supports|stance:opposes|stance:neutralOn|schema:about ?here
            BIND(?statement AS ?s) }
    UNION { ?report stance:document ?here BIND(?report AS ?s) }
    ?s ?p ?o FILTER(?s = ?here || ?o = ?here || EXISTS { ?s org:member ?here }) }"""
"""What is said of an entry, the roles it has, and what points at it."""
NESTED: Final = "SELECT ?s ?p ?o WHERE { ?s ?p ?o FILTER(isBlank(?s)) }"


class Addresses:
    """Where entries are found, seen from a page: `suffix` is that of files, empty where a service chooses."""

    def __init__(self, kind_of: Mapping[str, tuple[str, str]], suffix: str = "") -> None:
        self._kind_of, self.suffix = kind_of, suffix

    def __call__(self, iri: str, root: str, suffix: str | None = None) -> str:
        """The address of an entry relative to a page; empty where it has none."""
        kind, name = self._kind_of.get(iri, ("", ""))
        return f"{root}{kind}/{quote(name)}{self.suffix if suffix is None else suffix}" if kind else ""


@cache
def environment() -> jinja2.Environment:
    """The templates, which escape all they are given."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(version=stancegraph.__version__, plural=PLURAL, sides=SIDES)
    made.filters["safe_link"] = lambda url: (
        url if str(url).lower().startswith(("http://", "https://")) else ""
    )
    made.filters["when"] = _when
    for name in made.list_templates():
        made.get_template(name)
    return made


def front(store: Store, index: str = "") -> bytes:
    """The page of all, with links to the lists: to files of the name `index`, or to what a service answers."""
    from stancegraph import page

    links = [(name, f"{kind}/{index}") for kind, name in PLURAL.items()]
    return page.html(store, links=links if index else [*links, ("query", "query")]).encode("utf-8", "replace")


class Entry:
    """One entry in each format; what its page and its JSON say is read once.

    Of many entries the statements are better `known`, by IRI, than read for each.
    """

    def __init__(
        self, store: Store, kind: str, iri: str, known: Mapping[str, Statement] | None = None
    ) -> None:
        self._store, self._kind, self._iri, self._known = store, kind, iri, known

    @cached_property
    def _told(self) -> tuple[Row, Sequence[Statement]]:
        if self._kind == "statement":
            found = self._statements([self._iri])[self._iri]
            return found.row(), [found]
        return _read(self._store, self._kind, self._iri)

    @cached_property
    def _triples(self) -> Sequence[Triple]:
        if self._kind == "statement":
            return [quad.triple for quad in statements.described(self._store, self._told[1])]
        return _triples(self._store, self._iri)

    def _statements(self, iris: Collection[str]) -> Mapping[str, Statement]:
        """Statements by IRI: these, or all that are known."""
        return statements.by_iri(self._store, iris) if self._known is None else self._known

    def content(self, suffix: str, address: Addresses) -> bytes:
        """The entry in the format of a suffix."""
        if suffix == "jsonld":
            labelled = rdf.label_blank_nodes(Quad(*triple) for triple in self._triples)
            return rdf.jsonld([quad.triple for quad in labelled])
        if suffix == "ttl":
            return escaped(rdf.turtle(self._triples).decode()).encode()
        row, told = self._told
        if suffix == "json":
            return as_json(row)
        template = environment().get_template("entry.html")
        shown: Row = {"kind": self._kind, "iri": self._iri, "row": row, "statements": told}
        if self._kind == "actor":
            shown["shared"] = self._shared()
        if self._kind == "proposition":
            shown["held"] = _held(told, self._iri)
        drawn = template.render(**shown, address=address, root="../", suffix=address.suffix)
        return drawn.encode("utf-8", "replace")

    def _shared(self) -> list[Row]:
        """Who took a stance on the same as an actor: on which side, whether by inference, and by which statements."""
        from stancegraph import balance

        allies = balance.allies(self._store, self._iri)
        told = self._statements({iri for other in allies for iri in other["statements"]})
        rows: list[Row] = []
        for other in allies:
            behind = [told[iri] for iri in other["statements"]]
            inferred = {t.thing.label for s in behind for t in s.targets if t.basis != "said"}
            sides = {
                side: [(label, label in inferred) for label in other[side]] for side in ("agree", "disagree")
            }
            named = {"iri": other["iri"], "label": other["actor"]}
            rows.append({"other": named, "statements": other["statements"], **sides})
        return rows


def _held(told: Iterable[Statement], iri: str) -> dict[int, dict[Named, bool]]:
    """Sign → who holds it of a proposition, by name, and whether that is nowhere in the speaker's own words."""
    found: dict[int, dict[Named, bool]] = {}
    for statement in told:
        for target in statement.targets:
            for who in statement.speakers if target.thing.iri == iri else ():
                side = found.setdefault(target.sign, {})
                side[who] = side.get(who, True) and target.basis != "said"
    return {sign: dict(sorted(side.items(), key=lambda each: each[0].label)) for sign, side in found.items()}


def _when(day: str) -> str:
    """A day or a span of days as a reader says it.

    >>> _when("2024-12-03"), _when("../2024-12-03"), _when("2024-12-03/2024-12-06")
    ('2024-12-03', 'until 2024-12-03', '2024-12-03 to 2024-12-06')
    """
    first, _, last = str(day).partition("/")
    if first in ("", "..") or last == "..":
        return f"until {last}" if first in ("", "..") and last else f"from {first}"
    return f"{first} to {last}" if last else first


def listing(store: Store, kind: str, suffix: str, address: Addresses) -> bytes:
    """All entries of a kind, as JSON or as a page."""
    rows = LISTS[kind](store)
    if suffix == "json":
        return as_json(rows)
    drawn = environment().get_template("list.html").render(kind=kind, rows=rows, address=address, root="../")
    return drawn.encode("utf-8", "replace")


def as_json(value: object) -> bytes:
    """JSON in UTF-8; a lone surrogate becomes a question mark."""
    return (escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n").encode("utf-8", "replace")


def _read(store: Store, kind: str, iri: str) -> tuple[Row, Sequence[Statement]]:
    """What JSON says of an entry, and the statements a page tells."""
    if kind == "actor":
        from stancegraph import balance

        return dict(balance.profile(store, iri)), statements.said(store, actor=iri)
    if kind == "document":
        told = statements.said(store, document=iri)
        document = reader.documents(store, {iri})[iri]
        row = {"document": iri} | {
            key: getattr(document, key) for key in ("title", "publisher", "issued", "url")
        }
    else:
        told = statements.said(store, about=iri)
        row = next(row for row in LISTS[kind](store) if row["iri"] == iri)
        row["aliases"] = [
            name for e in names.index(store, kind).entries(kind) if e.iri == iri for name in e.aliases
        ]
    return row | {"statements": [statement.iri for statement in told]}, told


def _triples(store: Store, iri: str) -> list[Triple]:
    """What the graph says of an entry, with what is nested in it."""
    rows = store.select(AROUND, {"here": NamedNode(iri)})
    found = _as_triples(rows)
    nodes = {triple.object for triple in found if isinstance(triple.object, BlankNode)}
    inner: dict[object, list[Triple]] = {}
    if nodes:
        for triple in _as_triples(store.select(NESTED)):
            inner.setdefault(triple.subject, []).append(triple)
    while nodes:
        more = [triple for node in nodes for triple in inner.pop(node, ())]
        found += more
        nodes = {triple.object for triple in more if isinstance(triple.object, BlankNode)}
    return [triple for triple in dict.fromkeys(found) if not _is_loose(triple, found)]


def _is_loose(triple: Triple, found: Iterable[Triple]) -> bool:
    """Whether a triple ends in a blank node of which nothing is said here."""
    inside = isinstance(triple.object, BlankNode)
    return inside and not any(each.subject == triple.object for each in found)


def _as_triples(rows: Iterable[Mapping[str, Any]]) -> list[Triple]:
    return [Triple(row["s"], row["p"], row["o"]) for row in rows]
