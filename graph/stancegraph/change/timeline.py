"""Everything said, oldest first, one row for each speaker and target."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypedDict, Unpack

from stancegraph import statements
from stancegraph.records import Rows
from stancegraph.statements.filters import ROWS, FilterOptions, Filters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stancegraph.records import Named, Statement, Target
    from stancegraph.store import Store


class Said(TypedDict):
    """One statement by one speaker on one target, in words.

    `date` is ISO, or earliest/latest; `stance` its word ("calls for", "against"), None like `target` where none is
    taken; `quotes` are verbatim, perhaps none, `gist` the coder's words; `confidence` is 0..1; `documents` are
    titles, `event` the labels of what it is about.
    """

    date: str
    actor: str
    iri: str
    act: str | None
    stance: str | None
    target: str | None
    target_iri: str | None
    quotes: list[str]
    gist: str
    basis: str
    confidence: float
    documents: list[str]
    statement: str
    event: list[str]


def timeline(
    store: Store, actor: str | Sequence[str] | None = None, /, **options: Unpack[FilterOptions]
) -> Rows[Said]:
    """What was said, oldest first: one row for each statement, speaker and target.

    A statement without stance has one row for each speaker. Takes the filters of `statements.said`; those on speaker
    and target choose rows. Raises UnknownName where a name is not one thing's.

    >>> from stancegraph import store
    >>> [(row["date"], row["stance"]) for row in timeline(store.open(), "khazali", act="condemn")]
    [('2025-03-08', 'calls for')]
    """
    if actor is not None:
        options["actor"] = actor
    chosen = Filters.of(store, options)
    passes = chosen.row_test().passes
    found = [
        (statement, speaker, stance)
        for statement in statements.select(_on_statements(chosen))
        for speaker in statement.speakers
        for stance in statement.targets or (None,)
        if passes(speaker, *(stance[:2] if stance else (None, None)))
    ]
    spoken: dict[Named, set[str]] = defaultdict(set)
    for statement, speaker, *_ in found:
        spoken[speaker].add(statement.iri)
    least = chosen.min_count
    return Rows(_row(*each) for each in found if len(spoken[each[1]]) >= least)


def _on_statements(chosen: Filters) -> Filters:
    """The filters by which statements are found, some rows of which pass them all."""
    return chosen.without("min_count", *(f"not_{name}" for name in ROWS))


def _row(statement: Statement, speaker: Named, stance: Target | None) -> Said:
    documents = {r.document.iri: r.document.title for r in statement.reports}
    shown = documents.values() if stance is None else (documents[iri] for iri in stance.documents)
    return {
        "date": statement.date,
        "actor": speaker.label,
        "iri": speaker.iri,
        "act": statement.act,
        "stance": stance.word if stance else None,
        "target": stance.thing.label if stance else None,
        "target_iri": stance.thing.iri if stance else None,
        "quotes": list(statement.quotes),
        "gist": statement.gist,
        "basis": (stance or statement).basis,
        "confidence": (stance or statement).confidence,
        "documents": list(dict.fromkeys(shown)),
        "statement": statement.iri,
        "event": [event.label for event in statement.about],
    }
