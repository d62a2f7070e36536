"""What every command is given: where the data is, which statements and which network are meant, how to print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal as Value
from pyoxigraph import Triple

from stancegraph import output
from stancegraph.cli import terminal
from stancegraph.errors import UsageError
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stancegraph.store import Store, Term


@dataclass
class Request:
    """The data, the form of the answer, the filters, and the recipe of a network, as options gave them."""

    data: str | None
    format: str
    output: str
    filters: dict[str, Any]
    recipe: dict[str, Any]
    network: str | None = None

    @cached_property
    def store(self) -> Store:
        from stancegraph import store

        return store.open(self.data)

    @property
    def choices(self) -> dict[str, Any]:
        """The recipe of a network, and the filters of what it is made from."""
        return {**self.filters, **self.recipe}

    def but(self, name: str) -> dict[str, Any]:
        """The filters but one."""
        return {key: value for key, value in self.filters.items() if key != name}

    def without(self, name: str) -> dict[str, Any]:
        """The choices but one, which the command's own argument stands for."""
        return {key: value for key, value in self.choices.items() if key != name}

    def show(
        self,
        rows: Sequence[dict[str, Any]],
        columns: Sequence[str],
        noun: str,
        table: Callable[[], str] | None = None,
    ) -> None:
        """Print rows, and their number on stderr; `table` makes a better table than the plain one."""
        made = table() if table and self.format == "table" else terminal.rows_as(self.format, rows, columns)
        output.emit(made, self.output)
        count = f"{len(rows)} {noun}{'' if len(rows) == 1 else 's'}"
        output.note(count if rows else f"no {noun}s")

    def show_terms(self, variables: Sequence[str], rows: Sequence[Mapping[str, Term]]) -> None:
        """Print a query's answer: IRIs and values as text, numbers and truth values as such in JSON."""
        if self.format == "ttl":
            output.emit(_turtle(rows), self.output)
        else:
            plain = [{name: _value(row.get(name)) for name in variables} for row in rows]
            self.show(plain, variables, "row")


def _value(term: Term | None) -> Any:
    if not isinstance(term, Value):
        return None if term is None else term.value
    kind = local_name(term.datatype.value)
    if kind == "boolean":
        return term.value in {"true", "1"}
    try:
        return int(term.value) if kind == "integer" else float(term.value) if kind in NUMBERS else term.value
    except ValueError:
        return term.value


def _turtle(rows: Sequence[Mapping[str, Term]]) -> str:
    from stancegraph.store import turtle

    columns = ("subject", "predicate", "object")
    if any(set(row) != set(columns) for row in rows):
        raise UsageError(
            "--format ttl is for CONSTRUCT and DESCRIBE; a SELECT answers a table, as json or csv"
        )
    return turtle.write(Triple(*(row[column] for column in columns)) for row in rows)  # type: ignore[arg-type]


NUMBERS = frozenset({"decimal", "double", "float"})
