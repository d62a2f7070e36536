"""The names a coding is given in a graph: IRIs below a base of its own, by the numbers of its database."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph.vocabulary import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stancegraph.exchange.dna.database import Variable

    Term = NamedNode | BlankNode | Literal
    Pair = tuple[str | NamedNode, Term]


@cache
def term(curie: str) -> NamedNode:
    """The IRI of a prefixed name."""
    return NamedNode(expand(curie))


def facts(subject: NamedNode | BlankNode, *pairs: Pair) -> Iterator[Triple]:
    """Triples of one subject."""
    for predicate, value in pairs:
        yield Triple(subject, term(predicate) if isinstance(predicate, str) else predicate, value)


def english(text: str) -> Literal:
    """A text marked as English."""
    return Literal(text, language="en")


def short(text: str, most: int = 100) -> str:
    """A name on one line, cut to `most` characters."""
    flat = " ".join(text[: 4 * most].split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def local(name: str) -> str:
    """A name as the last part of an IRI: words joined by hyphens."""
    return re.sub(r"\W+", "-", name).strip("-")[:80]


class Naming:
    """Mints the IRIs of one coding: `name` is its file's, `base` what they begin with."""

    def __init__(self, name: str, base: str, variables: Iterable[Variable]) -> None:
        self.name, self.base = name, base
        self.database = NamedNode(f"{base}database")
        self._key: dict[int, str] = {}
        for variable in variables:
            key = local(variable.name) or "variable"
            self._key[variable.id] = f"{key}-{variable.id}" if key in self._key.values() else key

    def iri(self, kind: str, key: object) -> NamedNode:
        """The IRI of a thing of some kind, by its number or key."""
        return NamedNode(f"{self.base}{kind}/{key}")

    def property(self, variable: Variable) -> NamedNode:
        """The property a variable is on statements."""
        return self.iri("variable", self._key[variable.id])

    def category_class(self, variable: Variable) -> NamedNode:
        """The class the categories of a short text are of."""
        return self.iri("class", self._key[variable.id])

    def coder(self, number: int | None) -> NamedNode:
        """The IRI of a coder, who has no name."""
        return self.iri("coder", "unknown" if number is None else number)
