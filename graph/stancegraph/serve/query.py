"""The page on which SPARQL is typed: an editor, the shipped questions beside it, results that lead to entries.

The editor is YASGUI, which is vendored as it was released (`vendor/`); it asks nothing but this service.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from stancegraph.serve import guard, resources
from stancegraph.statements import questions
from stancegraph.store import sparql
from stancegraph.vocabulary import PREFIXES, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stancegraph.store import Store

YASGUI: Final = {
    name: Path(__file__).parent / "vendor" / name for name in ("yasgui.min.js", "yasgui.min.css")
}
"""The files of the editor, by name."""
POLICY: Final = guard.POLICY.replace(
    "style-src 'self'", "style-src 'self' 'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
)
"""What the page may load: as any, and the one style sheet that the editor inserts, for the widths of columns."""
MEDIA: Final = "application/sparql-query"
STEMS: Final = 200
"""Beginnings of entries' IRIs that the page is told, at most."""
LISTED: Final = tuple(resources.LISTS)
"""Kinds of parameters whose names can be offered, as there is a list of them."""


def html(iris: Iterable[str]) -> bytes:
    """The page; results whose IRIs begin as one of these `iris` lead to an entry."""
    stems = sorted({iri.removesuffix(local_name(iri)) for iri in iris} - {""})[:STEMS]
    template = resources.environment().get_template("query.html")
    drawn = template.render(
        root="",
        kind="query",
        questions=questions.questions(),
        listed=LISTED,
        examples=questions.KINDS,
        settings={"prefixes": PREFIXES, "stems": stems},
    )
    return drawn.encode("utf-8", "replace")


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
