"""Which statements are meant: the filters every command, function and page shares, and the query they make.

A filter on speaker or target chooses statements where statements are told, and rows where the flat table is made:
there `--not-actor` drops one speaker of a joint statement and leaves the others' rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from stancegraph import names
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stancegraph.store import Store, Term

TARGET = ("actor", "proposition")


@dataclass(frozen=True, slots=True)
class Test:
    """How a filter on a named thing is met: the kinds of thing it names, and the pattern binding statement ?s."""

    kinds: tuple[str, ...]
    pattern: str


ABOUT = """{ ?s schema:about ?about } UNION { ?s schema:about/schema:superEvent+ ?about }
    UNION { ?s ?edge ?about . ?edge stance:polarity ?sign }
    UNION { ?s ?edge ?held . ?edge stance:polarity ?sign . ?held a stance:Proposition ; schema:about ?about }"""
ORGANISATION = """{ ?s stance:onBehalfOf ?actor }
    UNION { ?s stance:inRole/org:organization ?actor MINUS { ?s stance:onBehalfOf ?principal } }
    UNION { ?s stance:speaker ?actor MINUS { ?s stance:onBehalfOf ?principal }
            MINUS { ?s stance:inRole ?role . ?role org:member ?actor } }"""
COUNTED = {
    "actor": ORGANISATION,
    "kind": f"{ORGANISATION.replace('?actor', '?counted')} ?counted stance:actorKind ?kind",
}
"""Patterns of filters on the speaker where organisations are counted as such."""

TESTS = {
    "actor": Test(("actor",), "?s stance:speaker ?actor"),
    "kind": Test(("actor kind",), "?s stance:speaker/stance:actorKind ?kind"),
    "about": Test(("actor", "proposition", "event"), ABOUT),
    "supports": Test(TARGET, "?s stance:supports ?supports"),
    "opposes": Test(TARGET, "?s stance:opposes ?opposes"),
    "target": Test(TARGET, "?s ?stance ?target . ?stance rdfs:subPropertyOf* stance:stanceOn"),
    "act": Test(("act",), "?s stance:act/skos:broader* ?act"),
    "medium": Test(("medium",), "?s stance:medium ?medium"),
    "basis": Test(("basis",), "?s stance:basis ?basis"),
    "document": Test(("document",), "?report stance:reports ?s ; stance:document ?document"),
}


def _names(help: str) -> Any:
    return field(default=(), metadata={"help": help})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is asked for, as typed; several values of one filter are alternatives, several filters all hold.

    Names may be anything `names.Names.resolve` takes, days are ISO 8601 (`2025-03-08`). A statement dated only
    to an interval passes `since` and `until` when the interval overlaps them. `--act accuse` includes the
    narrower acts, `--about` an event includes the events within it, `--about` an actor the propositions on it.
    """

    actor: tuple[str, ...] = _names("Who speaks.")
    kind: tuple[str, ...] = _names("What sort of actor speaks: politician, armed group, state …")
    about: tuple[str, ...] = _names("Actor, proposition or event the statement is about.")
    supports: tuple[str, ...] = _names("Actor or proposition it supports.")
    opposes: tuple[str, ...] = _names("Actor or proposition it opposes.")
    target: tuple[str, ...] = _names("Actor or proposition it takes any stance on.")
    act: tuple[str, ...] = _names("What is done with the words: accuse, urge, warning …")
    medium: tuple[str, ...] = _names("The channel: post on X, televised speech …")
    basis: tuple[str, ...] = _names("What the coding rests on: said, implied or attributed.")
    document: tuple[str, ...] = _names("Document that reports it: its title, or the end of its IRI.")
    since: str | None = field(default=None, metadata={"help": "First day, as 2024-12-01."})
    until: str | None = field(default=None, metadata={"help": "Last day, as 2024-12-31."})
    quoted: bool | None = field(
        default=None, metadata={"help": "Only statements with verbatim words, or without."}
    )
    joint: bool | None = field(
        default=None, metadata={"help": "Only statements of several speakers together, or of one alone."}
    )
    min_confidence: float | None = field(
        default=None, metadata={"help": "Least confidence of the coding, 0 to 1."}
    )
    min_count: int | None = field(
        default=None,
        metadata={"help": "Leave out speakers with fewer statements than this among those left."},
    )
    as_: str = field(
        default="person", metadata={"help": "Count a speaker as person, or as organisation spoken for."}
    )
    not_actor: tuple[str, ...] = _names("Leave out this speaker.")
    not_kind: tuple[str, ...] = _names("Leave out this sort of actor.")
    not_about: tuple[str, ...] = _names("Leave out what is about this.")
    not_supports: tuple[str, ...] = _names("Leave out what supports this.")
    not_opposes: tuple[str, ...] = _names("Leave out what opposes this.")
    not_target: tuple[str, ...] = _names("Leave out stances on this.")
    not_act: tuple[str, ...] = _names("Leave out this act.")
    not_medium: tuple[str, ...] = _names("Leave out this channel.")
    not_basis: tuple[str, ...] = _names("Leave out codings on this basis.")
    not_document: tuple[str, ...] = _names("Leave out what this document reports, unless another does too.")

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Filters:
        """Filters from keyword arguments; a single name stands for a tuple of one. Checks days and numbers."""
        known = {item.name for item in fields(cls)}
        for name in options:
            if name not in known:
                raise UsageError(f"no filter is called '{name}'; there are: {', '.join(sorted(known))}")
        given: dict[str, Any] = {}
        for name, value in options.items():
            listed = name.removeprefix("not_") in TESTS
            given[name] = ((value,) if isinstance(value, str) else tuple(value or ())) if listed else value
        chosen = cls(**given)
        for end in ("since", "until"):
            _check_day(end, getattr(chosen, end))
        if chosen.since and chosen.until and chosen.since > chosen.until:
            raise UsageError(
                f"--since {chosen.since} is after --until {chosen.until}: no day lies between them"
            )
        if chosen.min_confidence is not None and not 0 <= chosen.min_confidence <= 1:
            raise UsageError(f"--min-confidence {chosen.min_confidence} is outside 0 to 1")
        if chosen.min_count is not None and chosen.min_count < 1:
            raise UsageError(f"--min-count {chosen.min_count}: a speaker left has at least 1 statement")
        if chosen.as_ not in {"person", "organisation"}:
            raise UsageError(f"--as {chosen.as_}: speakers count as 'person' or as 'organisation'")
        return chosen


def _check_day(option: str, text: str | None) -> None:
    if text is None:
        return
    try:
        valid = re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        valid = False
    if not valid:
        raise UsageError(f"--{option} '{text[:40]}' is not a day of the calendar: write it as 2024-12-31")


ROWS = frozenset({"actor", "kind", "supports", "opposes", "target"})
"""Filters that choose rows of the flat table: of a statement of several speakers or targets, not all may pass."""


def matching(store: Store, filters: Filters, *, rows: bool = False) -> list[Term]:
    """IRIs of the statements that pass, in no order; for `rows`, of those of which a row may pass."""
    patterns = ["?s a stance:Statement ."]
    values: dict[str, list[Term]] = {}
    asked = [
        (option, name)
        for name in TESTS
        for option in (name, f"not_{name}")
        if getattr(filters, option) and not (rows and option == f"not_{name}" and name in ROWS)
    ]
    kinds = sorted({kind for _, name in asked for kind in TESTS[name].kinds})
    known = names.index(store, *kinds) if kinds else names.Names(())
    for option, name in asked:
        pattern = TESTS[name].pattern
        if filters.as_ == "organisation":
            pattern = COUNTED.get(name, pattern)
        meant = [NamedNode(known.resolve(text, *TESTS[name].kinds).iri) for text in getattr(filters, option)]
        if option == name:
            patterns.append(f"{{ {pattern} }}")
            values[name] = list(meant)
        else:
            patterns.append(_without(name, pattern, len(meant)))
            values |= {f"not_{name}_{i}": [iri] for i, iri in enumerate(meant)}
    patterns += _ranges(filters, values)
    return [row["s"] for row in store.select(f"SELECT DISTINCT ?s WHERE {{ {' '.join(patterns)} }}", values)]


def _without(name: str, pattern: str, number: int) -> str:
    """What leaves out each of so many values: of statements those that meet it, of documents their reports.

    Each has a variable of its own: values of one variable would each leave in what another leaves out.
    """
    held = "?report stance:document ?document" if name == "document" else pattern
    parts = [re.sub(rf"\?{name}\b", f"?not_{name}_{i}", f"MINUS {{ {held} }}") for i in range(number)]
    if name != "document":
        return " ".join(parts)
    return f"{{ SELECT DISTINCT ?s WHERE {{ ?report stance:reports ?s {' '.join(parts)} }} }}"


def _ranges(filters: Filters, values: dict[str, list[Term]]) -> list[str]:
    """Patterns for days, quotation and confidence; days compare as ISO text, which any SPARQL engine can."""
    patterns = []
    if filters.since or filters.until:
        patterns.append(
            "OPTIONAL { ?s stance:saidOn ?on } OPTIONAL { ?s stance:saidNotBefore ?from } "
            "OPTIONAL { ?s stance:saidNotAfter ?to }"
        )
    if filters.since:
        patterns.append("FILTER(STR(COALESCE(?on, ?to)) >= ?since)")
        values["since"] = [Literal(filters.since)]
    if filters.until:
        patterns.append("FILTER(STR(COALESCE(?on, ?from)) <= ?until)")
        values["until"] = [Literal(filters.until)]
    if filters.quoted is not None:
        wanted = "{ SELECT DISTINCT ?s WHERE { ?report stance:reports ?s ; stance:quote ?words } }"
        patterns.append(wanted if filters.quoted else f"MINUS {wanted}")
    if filters.joint is not None:
        wanted = "{ SELECT ?s WHERE { ?s stance:speaker ?one } GROUP BY ?s HAVING(COUNT(DISTINCT ?one) > 1) }"
        patterns.append(wanted if filters.joint else f"MINUS {wanted}")
    if filters.min_confidence is not None:
        patterns.append("?s stance:confidence ?confidence FILTER(?confidence >= ?least)")
        values["least"] = [Literal(filters.min_confidence)]
    return patterns
