"""What stands at an address: entries and lists of them, the rows of commands, and what is said of a wrong request.

One actor, statement, proposition, document or event is a page, JSON, Turtle or JSON-LD. Operations with typed
parameters give a command's rows as JSON, with OpenAPI made of them; they are declared where the command line's options
are (`cli.exchange` hands them over), so that a command and its address take the same and answer the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from http import HTTPStatus
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

import jinja2
from pyoxigraph import BlankNode, NamedNode, Quad, Triple

import stancegraph
from stancegraph import names, output, statements
from stancegraph.errors import UsageError
from stancegraph.exchange import rdf
from stancegraph.output import escaped
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
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""What a page of ours may load: its own files alone, no inline script or style."""
FIELDS: Final = 1_000
"""Parameters an address may have."""
LONGEST: Final = 2_000
"""Characters of one value."""
TRUTHS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
PROBLEM: Final = "application/problem+json"
LICENCE: Final = {"name": "MIT (code), CC BY 4.0 (vocabulary and coding)"}
PROBLEMS: Final = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
    "required": ["title", "status", "detail"],
}
"""A problem as RFC 9457 has it."""


class Refusal(Exception):
    """A request that is not answered, with the status and the reason."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def problem(status: int, detail: str) -> bytes:
    """A problem as RFC 9457 has it, in ASCII."""
    title = HTTPStatus(status).phrase
    return (json.dumps({"title": title, "status": status, "detail": detail}) + "\n").encode()


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


def drawn(name: str, **shown: object) -> bytes:
    """The page that a template makes of what is shown, in UTF-8."""
    return environment().get_template(f"{name}.html").render(**shown).encode("utf-8", "replace")


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
        shown: Row = {"kind": self._kind, "iri": self._iri, "row": row, "statements": told}
        if self._kind == "actor":
            shown["shared"] = self._shared()
        if self._kind == "proposition":
            shown["held"] = _held(told, self._iri)
        return drawn("entry", **shown, address=address, root="../", suffix=address.suffix)

    def _shared(self) -> list[Row]:
        """Who took a stance on the same as an actor: on which side, whether by inference, and by which statements."""
        from stancegraph import network

        allies = network.allies(self._store, self._iri)
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
    return drawn("list", kind=kind, rows=rows, address=address, root="../")


def as_json(value: object) -> bytes:
    """JSON in UTF-8, as the command prints it."""
    return output.as_json(value).encode("utf-8", "replace")


def _read(store: Store, kind: str, iri: str) -> tuple[Row, Sequence[Statement]]:
    """What JSON says of an entry, and the statements a page tells."""
    if kind == "actor":
        from stancegraph import network

        return dict(network.profile(store, iri)), statements.said(store, actor=iri)
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
    described = {
        triple.subject for triple in found
    }  # no triple ends in a blank node of which nothing is said here
    return [t for t in dict.fromkeys(found) if not isinstance(t.object, BlankNode) or t.object in described]


def _as_triples(rows: Iterable[Mapping[str, Any]]) -> list[Triple]:
    return [Triple(row["s"], row["p"], row["o"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address: the option of the same name, with what it takes."""

    name: str
    type: Literal["string", "integer", "number", "boolean"]
    help: str
    many: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: object = None

    @property
    def shown(self) -> str:
        """As it is written in an address: `as`, `min_confidence`."""
        return self.name.rstrip("_")

    def read(self, values: Sequence[str]) -> object:
        """What the text given for it stands for; raises UsageError."""
        if len(values) > 1 and not self.many:
            raise UsageError(f"{self.shown} is given {len(values)} times: it takes one value")
        if any(len(value) > LONGEST for value in values):
            raise UsageError(f"{self.shown} is longer than {LONGEST} characters")
        read = [self._value(value) for value in values]
        return read if self.many else read[0]

    def _value(self, text: str) -> object:
        if self.choices and text not in self.choices:
            raise UsageError(f"{self.shown} '{text[:60]}': choose one of {', '.join(self.choices)}")
        if self.type == "boolean":
            if text.lower() not in TRUTHS:
                raise UsageError(f"{self.shown} '{text[:60]}': write true or false")
            return TRUTHS[text.lower()]
        return text if self.type == "string" else self._number(text)

    def _number(self, text: str) -> float | int:
        try:
            number = int(text[:20]) if self.type == "integer" else float(text)
        except ValueError:
            raise UsageError(f"{self.shown} '{text[:60]}' is no {self.type}") from None
        if not isfinite(number):
            raise UsageError(f"{self.shown} '{text[:60]}' is no {self.type}")
        if self.minimum is not None and number < self.minimum:
            raise UsageError(f"{self.shown} {text[:60]}: it is at least {self.minimum:g}")
        if self.maximum is not None and number > self.maximum:
            raise UsageError(f"{self.shown} {text[:60]}: it is at most {self.maximum:g}")
        return number

    def schema(self) -> dict[str, Any]:
        """As OpenAPI describes it."""
        one: dict[str, Any] = {"type": self.type}
        if self.choices:
            one["enum"] = list(self.choices)
        one |= {"minimum": self.minimum} if self.minimum is not None else {}
        one |= {"maximum": self.maximum} if self.maximum is not None else {}
        if self.type == "string" and not self.choices:
            one["maxLength"] = LONGEST
        schema: dict[str, Any] = {"type": "array", "items": one} if self.many else one
        if self.default is not None:
            schema["default"] = self.default
        described: dict[str, Any] = {"name": self.shown, "in": "query", "description": self.help}
        return described | {"required": self.required, "schema": schema}


@dataclass(frozen=True, slots=True)
class Operation:
    """A command's rows at `/api/NAME`: `answer` gives the JSON of a store and the notes, as the command prints them."""

    name: str
    help: str
    parameters: tuple[Parameter, ...]
    answer: Callable[[Store, dict[str, Any]], tuple[str, list[str]]]

    def read(self, query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The values an address gives, by parameter; raises UsageError for what it does not take, or lacks."""
        known = {parameter.shown: parameter for parameter in self.parameters}
        for name in query:
            if name.replace("-", "_") not in known:
                raise UsageError(f"{self.name} takes no '{name[:60]}'; it takes: {', '.join(known)}")
        given = {name.replace("-", "_"): values for name, values in query.items()}
        if missing := [p.shown for p in self.parameters if p.required and p.shown not in given]:
            raise UsageError(f"{self.name} needs {', '.join(missing)}")
        return {p.name: p.read(given[p.shown]) if p.shown in given else p.default for p in self.parameters}

    def body(self, store: Store, given: Mapping[str, Any]) -> tuple[bytes, list[str]]:
        """The JSON in UTF-8, and the notes."""
        text, notes = self.answer(store, dict(given))
        return text.encode("utf-8", "replace"), notes


def openapi(operations: Sequence[Operation]) -> dict[str, Any]:
    """The description of the service (OpenAPI 3.1)."""
    problem = {
        "description": "What is wrong, and how to mend it.",
        "content": {PROBLEM: {"schema": PROBLEMS}},
    }
    paths: dict[str, Any] = {}
    for operation in operations:
        rows: dict[str, Any] = {
            "description": "The rows `--format json` prints.",
            "content": {"application/json": {"schema": {}}},
        }
        paths[f"/api/{operation.name}"] = {
            "get": {
                "operationId": operation.name,
                "summary": operation.help,
                "parameters": [parameter.schema() for parameter in operation.parameters],
                "responses": {"200": rows} | dict.fromkeys(("400", "406", "500", "503"), problem),
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "stancegraph", "version": stancegraph.__version__, "license": LICENCE},
        "paths": paths,
    }
