"""Shapes of SHACL Core (W3C, 2017) over the triples of a store, as far as ours go.

pySHACL finds the same, as a test shows, but takes longer to import than adding a statement may take.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from stancegraph.errors import StanceError
from stancegraph.store.turtle import term
from stancegraph.vocabulary import PREFIXES

Node = NamedNode | BlankNode | Literal | Triple
Path_ = NamedNode | tuple[bool, tuple["Path_", ...]]
"""A property, or several paths: whether one of them leads on, or all in a row, and which."""
Constraint = Callable[["_Run", Node, list[Node]], Iterable[Node | None]]
"""The values of a focus node that are wrong; None where not one of them is to blame."""

_SH: Final = PREFIXES["sh"]
_TYPE, _BELOW = term("rdf:type"), term("rdfs:subClassOf")
_KINDS: Final = {"IRI": NamedNode, "BlankNode": BlankNode, "Literal": Literal}
_NUMBERS: Final = frozenset(term(f"xsd:{name}") for name in ("integer", "decimal", "double", "float"))
_FORMS: Final = {
    term(f"xsd:{name}"): re.compile(form, re.ASCII)
    for name, form in {
        "boolean": r"true|false|1|0",
        "date": r"-?\d{4,}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?",
        "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
        "integer": r"[+-]?\d+",
    }.items()
}
"""Datatype → how its values are written (XML Schema 1.1, part 2); any other takes every text."""


class Violation(NamedTuple):
    """A shape that a focus node breaks; by which value and on which property, where there is one."""

    shape: Node
    focus: Node
    value: Node | None
    path: NamedNode | None


@dataclass(frozen=True, slots=True)
class _Shape:
    """A shape in parts; `path` is a property shape's."""

    node: Node
    path: Path_ | None
    constraints: tuple[Constraint, ...]
    properties: tuple[_Shape, ...]


class Shapes:
    """The shapes of a Turtle file; raises StanceError where one says what is not understood here."""

    def __init__(self, file: Path) -> None:
        self._file, self._made = file, dict[Node, _Shape]()
        self._said: dict[Node, dict[str, list[Node]]] = {}
        for quad in pyoxigraph.parse(path=str(file), format=RdfFormat.TURTLE):
            name = quad.predicate.value
            name = name.removeprefix(_SH) if name.startswith(_SH) else name.rpartition("#")[2]
            self._said.setdefault(quad.subject, {}).setdefault(name, []).append(quad.object)

    def violations(
        self, data: pyoxigraph.Store, among: Collection[Node] | None = None
    ) -> Iterator[Violation]:
        """What targets of the shapes break in the union of all graphs; only those `among` the nodes, if given."""
        run = _Run(data)
        for node, said in self._said.items():
            for name, (all_of, is_one) in _TARGETS.items():
                for target in said.get(name, ()):
                    shape = self.shape(node)
                    nodes = all_of(run, target) if among is None else among
                    for focus in nodes:
                        if among is None or is_one(run, focus, target):
                            yield from run.broken(shape, focus)

    def text(self, shape: Node, name: str) -> str:
        """What a shape says as its `message` or `description`; empty where it says nothing."""
        return "".join(each.value for each in self.values(shape, name) if isinstance(each, Literal))

    def shape(self, node: Node) -> _Shape:
        """A shape, with those it is made of."""
        if node not in self._made:
            said = self._said[node]
            if unknown := said.keys() - _CONSTRAINTS.keys() - _TARGETS.keys() - _ASIDE:
                raise StanceError(f"{self._file}: {node} says {min(unknown)}, which is not understood")
            self._made[node] = _Shape(
                node,
                next(map(self._path, self.values(node, "path")), None),
                tuple(
                    build(self, node, value)
                    for name, build in _CONSTRAINTS.items()
                    for value in said.get(name, ())
                ),
                tuple(map(self.shape, self.values(node, "property"))),
            )
        return self._made[node]

    def values(self, node: Node, name: str) -> list[Node]:
        """What a shape says by a term of SHACL."""
        return self._said.get(node, {}).get(name, [])

    def number(self, node: Node, name: str) -> int | None:
        """The number a shape says by a term of SHACL."""
        return next((int(_text(each)) for each in self.values(node, name)), None)

    def members(self, node: Node) -> Iterator[Node]:
        """The members of a list."""
        while first := self.values(node, "first"):
            yield first[0]
            (node,) = self.values(node, "rest")

    def _path(self, node: Node) -> Path_:
        if isinstance(node, NamedNode):
            return node
        choice = self.values(node, "alternativePath")
        return bool(choice), tuple(map(self._path, self.members(choice[0] if choice else node)))


class _Run:
    """One look at a graph; what is said of a node is asked once."""

    def __init__(self, data: pyoxigraph.Store) -> None:
        self._data = data
        self._said: dict[Node, dict[NamedNode, list[Node]]] = {}
        self._below: dict[Node, frozenset[Node]] = {}

    def broken(self, shape: _Shape, focus: Node) -> Iterator[Violation]:
        """What a focus node breaks of a shape."""
        values = [focus] if shape.path is None else self.along(shape.path, focus)
        path = shape.path if isinstance(shape.path, NamedNode) else None
        for constraint in shape.constraints:
            for value in constraint(self, focus, values):
                yield Violation(shape.node, focus, value, path)
        for nested in shape.properties:
            for value in values:
                yield from self.broken(nested, value)

    def conforms(self, shape: _Shape, node: Node) -> bool:
        """Whether a node breaks nothing of a shape."""
        return next(self.broken(shape, node), None) is None

    def along(self, path: Path_, node: Node) -> list[Node]:
        """The nodes that a path leads to, each once."""
        if isinstance(path, NamedNode):
            return self.said(node).get(path, [])
        is_choice, parts = path
        if is_choice:
            return list(dict.fromkeys(value for part in parts for value in self.along(part, node)))
        found = [node]
        for part in parts:
            found = list(dict.fromkeys(value for each in found for value in self.along(part, each)))
        return found

    def said(self, node: Node) -> dict[NamedNode, list[Node]]:
        """What is said of a node: property → values, each once."""
        if node not in self._said:
            found = dict[NamedNode, list[Node]]()
            quads = () if isinstance(node, Literal) else self._data.quads_for_pattern(node, None, None)
            for triple in dict.fromkeys(quad.triple for quad in quads):
                found.setdefault(triple.predicate, []).append(triple.object)
            self._said[node] = found
        return self._said[node]

    def is_a(self, node: Node, class_: Node) -> bool:
        """Whether a node is an instance of a class, or of one below it."""
        return not self._classes(class_).isdisjoint(self.said(node).get(_TYPE, ()))

    def instances(self, class_: Node) -> Iterator[Node]:
        """The instances of a class and of those below it."""
        for each in self._classes(class_):
            yield from (quad.subject for quad in self._matching(_TYPE, each))

    def subjects(self, property_: Node) -> Iterator[Node]:
        """The nodes of which a property says something."""
        return (quad.subject for quad in self._matching(property_))

    def objects(self, property_: Node) -> Iterator[Node]:
        """The nodes that a property leads to."""
        return (quad.object for quad in self._matching(property_))

    def is_subject(self, node: Node, property_: Node) -> bool:
        """Whether a property says something of a node."""
        return property_ in self.said(node)

    def is_object(self, node: Node, property_: Node) -> bool:
        """Whether a property leads to a node."""
        return next(self._matching(property_, node), None) is not None

    def _matching(self, property_: Node, value: Node | None = None) -> Iterator[pyoxigraph.Quad]:
        return self._data.quads_for_pattern(None, property_, value)  # type: ignore[arg-type]

    def _classes(self, class_: Node) -> frozenset[Node]:
        """A class and all below it."""
        if class_ not in self._below:
            found = [class_]
            for each in found:
                found += {quad.subject for quad in self._matching(_BELOW, each)}.difference(found)
            self._below[class_] = frozenset(found)
        return self._below[class_]


def _wrong(is_right: Callable[[_Run, Node], bool]) -> Constraint:
    """The constraint that each value is right."""
    return lambda run, _, values: (value for value in values if not is_right(run, value))


def _counted(low: float, high: float, counts: Callable[[_Run, Node], bool] = lambda *_: True) -> Constraint:
    """The constraint that so many values count."""
    return lambda run, _, values: (
        () if low <= sum(counts(run, value) for value in values) <= high else (None,)
    )


def _of_datatype(_: Shapes, __: Node, datatype: Node) -> Constraint:
    return _wrong(
        lambda _, value: isinstance(value, Literal) and value.datatype == datatype and _is_well_formed(value)
    )


def _is_well_formed(value: Literal) -> bool:
    """Whether a literal is written as its datatype is; a date is one of the calendar, from the year 1 to 9999."""
    form = _FORMS.get(value.datatype)
    if form is None:
        return True
    if not form.fullmatch(value.value):
        return False
    try:
        return value.datatype != term("xsd:date") or bool(date.fromisoformat(value.value[:10]))
    except ValueError:
        return False


def _of_kind(_: Shapes, __: Node, kind: Node) -> Constraint:
    kinds = _KINDS[_text(kind).removeprefix(_SH)]
    return _wrong(lambda _, value: isinstance(value, kinds))


def _of_pattern(shapes: Shapes, node: Node, pattern: Node) -> Constraint:
    flags = re.DOTALL if "s" in map(_text, shapes.values(node, "flags")) else re.NOFLAG
    sought = re.compile(_text(pattern), flags)
    return _wrong(lambda _, value: not isinstance(value, BlankNode) and bool(sought.search(_text(value))))


def _of_length(low: float, high: float) -> Constraint:
    return _wrong(lambda _, value: not isinstance(value, BlankNode) and low <= len(_text(value)) <= high)


def _in_languages(shapes: Shapes, _: Node, tags: Node) -> Constraint:
    allowed = tuple(map(_text, shapes.members(tags)))
    return _wrong(
        lambda _, value: (
            isinstance(value, Literal)
            and any(f"{value.language or ''}-".startswith(f"{tag}-") for tag in allowed)
        )
    )


def _one_a_language(_: Shapes, __: Node, ___: Node) -> Constraint:
    def constraint(_: _Run, __: Node, values: list[Node]) -> list[None]:
        tags = [value.language for value in values if isinstance(value, Literal) and value.language]
        return [None for tag in set(tags) if tags.count(tag) > 1]

    return constraint


def _with_value(_: Shapes, __: Node, wanted: Node) -> Constraint:
    return lambda _, __, values: () if wanted in values else (None,)


def _not_below(_: Shapes, __: Node, least: Node) -> Constraint:
    return _wrong(lambda _, value: _is_less(least, value, equal=True))


def _less(other: Node, *, equal: bool) -> Constraint:
    return lambda run, focus, values: (
        value
        for value in values
        for above in run.along(other, focus)  # type: ignore[arg-type]
        if not _is_less(value, above, equal=equal)
    )


def _is_less(small: Node, large: Node, *, equal: bool) -> bool:
    """Whether a number is less than another; False of what is no number."""
    if not all(isinstance(each, Literal) and each.datatype in _NUMBERS for each in (small, large)):
        return False
    try:
        a, b = Decimal(_text(small)), Decimal(_text(large))
        return a < b or (equal and a == b)
    except InvalidOperation:
        return False


def _qualified(shapes: Shapes, node: Node, wanted: Node) -> Constraint:
    shape = shapes.shape(wanted)
    low, high = shapes.number(node, "qualifiedMinCount"), shapes.number(node, "qualifiedMaxCount")
    return _counted(low or 0, float("inf") if high is None else high, lambda run, v: run.conforms(shape, v))


def _conforming(shapes: Shapes, wanted: Iterable[Node], is_right: Callable[[int], bool]) -> Constraint:
    """The constraint that each value conforms to so many of some shapes."""
    these = tuple(map(shapes.shape, wanted))
    return _wrong(lambda run, value: is_right(sum(run.conforms(shape, value) for shape in these)))


def _text(node: Node) -> str:
    return "" if isinstance(node, Triple) else node.value


_TARGETS: Final = {
    "targetClass": (_Run.instances, _Run.is_a),
    "targetSubjectsOf": (_Run.subjects, _Run.is_subject),
    "targetObjectsOf": (_Run.objects, _Run.is_object),
}
"""Kind of target → its nodes, and whether a node is one of them."""
_CONSTRAINTS: Final[dict[str, Callable[[Shapes, Node, Node], Constraint]]] = {
    "and": lambda s, _, v: _conforming(s, (m := tuple(s.members(v))), len(m).__eq__),
    "class": lambda _, __, v: _wrong(lambda run, value: run.is_a(value, v)),
    "datatype": _of_datatype,
    "hasValue": _with_value,
    "languageIn": _in_languages,
    "lessThan": lambda _, __, v: _less(v, equal=False),
    "lessThanOrEquals": lambda _, __, v: _less(v, equal=True),
    "maxCount": lambda _, __, v: _counted(0, int(_text(v))),
    "maxLength": lambda _, __, v: _of_length(0, int(_text(v))),
    "minCount": lambda _, __, v: _counted(int(_text(v)), float("inf")),
    "minInclusive": _not_below,
    "minLength": lambda _, __, v: _of_length(int(_text(v)), float("inf")),
    "node": lambda s, _, v: _conforming(s, [v], bool),
    "nodeKind": _of_kind,
    "not": lambda s, _, v: _conforming(s, [v], (0).__eq__),
    "or": lambda s, _, v: _conforming(s, s.members(v), bool),
    "pattern": _of_pattern,
    "qualifiedValueShape": _qualified,
    "uniqueLang": _one_a_language,
    "xone": lambda s, _, v: _conforming(s, s.members(v), (1).__eq__),
}
"""Term of SHACL → the constraint it makes, of a shape and its value."""
_ASIDE: Final = frozenset(
    "type comment isDefinedBy message description path property flags qualifiedMinCount qualifiedMaxCount".split()
)
"""What shapes say that is no constraint of its own."""
