"""What a query answers: a table, a truth or triples, in memory or in the body of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Triple

if TYPE_CHECKING:
    from stancegraph.store.sparql import Term

LARGEST: Final = 256 << 20
"""Bytes an endpoint may answer."""
TRIPLE_TERM: Final = "it holds a triple about a triple (RDF 1.2), which is not read"


@dataclass(frozen=True, slots=True)
class Table:
    """A SELECT's answer: `variables` in the query's order; in `rows` an unbound variable is absent."""

    variables: tuple[str, ...]
    rows: list[dict[str, Term]]


Answer = Table | bool | list[Triple]


def answer(found: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    """The whole of what pyoxigraph found: a table, a truth, or triples.

    An error lets go of what was found: it may be thrown away in this thread alone, an error in any.
    """
    try:
        return _whole(found)
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        del found
        raise error.with_traceback(None) from None


def tuples(found: QuerySolutions | QueryBoolean | QueryTriples) -> list[tuple[str, ...]]:
    """The rows of a table as plain text: without terms in between a long answer takes a third of the time."""
    try:
        return [tuple(["" if term is None else term.value for term in row]) for row in found]  # type: ignore[union-attr]
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        del found
        raise error.with_traceback(None) from None


def _whole(found: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    if isinstance(found, QueryBoolean):
        return bool(found)
    if isinstance(found, QueryTriples):
        return list(found)
    names = tuple(variable.value for variable in found.variables)
    rows = (zip(names, row, strict=True) for row in found)
    return Table(
        names, [{name: cast("Term", term) for name, term in row if term is not None} for row in rows]
    )
