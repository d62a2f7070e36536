"""Which statements are meant: the filters every command, function and page shares, declared and resolved once.

A filter on speaker or target chooses statements where statements are told, and rows where the flat table is made:
there `--not-actor` drops one speaker of a joint statement and leaves the others' rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypedDict

from pyoxigraph import Literal as Value

from stancegraph import names
from stancegraph.dates import END, calendar_day
from stancegraph.errors import UsageError
from stancegraph.output import SURROGATE
from stancegraph.store.sparql import node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stancegraph.records import Named
    from stancegraph.store import Store, Term

Several = str | Sequence[str] | None
"""A name, or several that are alternatives."""


class FilterOptions(TypedDict, total=False):
    """What is asked for, as typed; several values of one filter are alternatives, several filters all hold.

    Names may be anything `names.Names.resolve` takes, days are ISO 8601 (`2025-03-08`). A statement dated only
    to an interval passes `since` and `until` when the interval overlaps them. `act="accuse"` includes the
    narrower acts, `about` an event the events within it, `about` an actor the propositions on it.
    """

    actor: Annotated[Several, "Who speaks."]
    kind: Annotated[Several, "What sort of actor speaks: politician, armed group, state …"]
    about: Annotated[Several, "Actor, proposition or event the statement is about."]
    supports: Annotated[Several, "Actor or proposition it supports."]
    opposes: Annotated[Several, "Actor or proposition it opposes."]
    target: Annotated[Several, "Actor or proposition it takes any stance on."]
    act: Annotated[Several, "What is done with the words: accuse, urge, warning …"]
    medium: Annotated[Several, "The channel: post on X, televised speech …"]
    basis: Annotated[Several, "What the coding rests on: said, implied or attributed."]
    document: Annotated[Several, "Document that reports it: its title, or the end of its IRI."]
    words: Annotated[str | None, "Words in the gist, a quotation or the name of a target; all of them."]
    since: Annotated[str | None, "First day, as 2024-12-01."]
    until: Annotated[str | None, "Last day, as 2024-12-31."]
    quoted: Annotated[bool | None, "Only statements with verbatim words, or without."]
    joint: Annotated[bool | None, "Only statements of several speakers together, or of one alone."]
    min_confidence: Annotated[float | None, "Least confidence of the coding, 0 to 1."]
    min_count: Annotated[int | None, "Leave out speakers with fewer statements than this among those left."]
    as_: Annotated[
        Literal["person", "organisation"], "Count a speaker as person, or as organisation spoken for."
    ]
    not_actor: Annotated[Several, "Leave out this speaker."]
    not_kind: Annotated[Several, "Leave out this sort of actor."]
    not_about: Annotated[Several, "Leave out what is about this."]
    not_supports: Annotated[Several, "Leave out what supports this."]
    not_opposes: Annotated[Several, "Leave out what opposes this."]
    not_target: Annotated[Several, "Leave out stances on this."]
    not_act: Annotated[Several, "Leave out this act."]
    not_medium: Annotated[Several, "Leave out this channel."]
    not_basis: Annotated[Several, "Leave out codings on this basis."]
    not_document: Annotated[Several, "Leave out what this document reports, unless another does too."]


FILTERS: Final = tuple(FilterOptions.__annotations__)
"""The names of all filters, in the order they are shown."""


@dataclass(frozen=True, slots=True)
class Test:
    """How a filter on a named thing is met: the kinds of thing it names, and the pattern binding statement ?s."""

    kinds: tuple[str, ...]
    pattern: str


TARGET: Final = ("actor", "proposition")
ABOUT: Final = """{ ?s schema:about ?about } UNION { ?s schema:about/schema:superEvent+ ?about }
    UNION { ?s ?edge ?about . ?edge stance:polarity ?sign }
    UNION { ?s ?edge ?held . ?edge stance:polarity ?sign . ?held a stance:Proposition ; schema:about ?about }"""
ORGANISATION: Final = """{ ?s stance:onBehalfOf ?actor }
    UNION { ?s stance:inRole/org:organization ?actor MINUS { ?s stance:onBehalfOf ?principal } }
    UNION { ?s stance:speaker ?actor MINUS { ?s stance:onBehalfOf ?principal }
            MINUS { ?s stance:inRole ?role . ?role org:member ?actor } }"""
COUNTED: Final = {
    "actor": ORGANISATION,
    "kind": f"{ORGANISATION.replace('?actor', '?counted')} ?counted stance:actorKind ?kind",
}
"""Patterns of filters on the speaker where organisations are counted as such."""
TESTS: Final = {
    "actor": Test(("actor",), "?s stance:speaker|stance:onBehalfOf ?actor"),
    "kind": Test(("actor kind",), "?s stance:speaker/stance:actorKind ?kind"),
    "about": Test(("actor", "proposition", "event"), ABOUT),
    "supports": Test(TARGET, "?s stance:supports ?supports"),
    "opposes": Test(TARGET, "?s stance:opposes ?opposes"),
    "target": Test(TARGET, "?s ?stance ?target . ?stance stance:polarity ?sign"),
    "act": Test(("act",), "?s stance:act ?act"),
    "medium": Test(("medium",), "?s stance:medium ?medium"),
    "basis": Test(("basis",), "{ ?s stance:basis ?basis } UNION { ?s stance:coding/stance:basis ?basis }"),
    "document": Test(("document",), "?report stance:reports ?s ; stance:document ?document"),
}
"""Filter on a named thing → how it is met; each has a `not_` too."""
TRIPLES: Final = frozenset({"about", "words"})
"""Filters on what no column of the flat table holds."""
SIGNS: Final = {"supports": 1, "opposes": -1}
ROWS: Final = frozenset({"actor", "kind", "target", *SIGNS})
"""Filters that choose rows of the flat table: of a statement of several speakers or targets, not all may pass."""
CODED: Final = frozenset({"basis", "not_basis", "min_confidence", "document", "not_document"})
"""Filters on what may be coded of one target alone."""


MOST_WORDS: Final = 20
WORDS: Final = """{{ ?s stance:gist ?text_{n} }} UNION {{ ?report_{n} stance:reports ?s ; stance:quote ?text_{n} }}
    UNION {{ ?s ?edge_{n} ?target_{n} . ?edge_{n} stance:polarity ?sign_{n} . ?target_{n} skos:prefLabel ?text_{n} }}
    FILTER(CONTAINS(LCASE(STR(?text_{n})), ?words_{n}))"""
"""A text of a statement, and that it has the word of this number."""


def check(options: Mapping[str, Any]) -> dict[str, Any]:
    """The filters that ask for something, in order, names in tuples; raises UsageError for what none can mean.

    >>> check({"actor": "khazali", "since": None, "as_": "person"})
    {'actor': ('khazali',)}
    """
    for name in options:
        if name not in FILTERS:
            raise UsageError(f"no filter is called '{name}'; there are: {', '.join(sorted(FILTERS))}")
    given: dict[str, Any] = {}
    for name in (each for each in FILTERS if each in options):
        value: Any = options[name]
        if name.removeprefix("not_") in TESTS:
            value = (value,) if isinstance(value, str) else tuple(value or ())
        if value is not None and value != () and (name, value) != ("as_", "person"):
            given[name] = value
    if "words" in given:
        _check_words(given["words"].split())
    for end in ("since", "until"):
        if end in given:
            calendar_day(given[end], end)
    since, until = given.get("since", ""), given.get("until", END)
    if since > until:
        raise UsageError(f"--since {since} is after --until {until}: no day lies between them")
    _check_numbers(given)
    return given


def _check_numbers(given: Mapping[str, Any]) -> None:
    if not 0 <= given.get("min_confidence", 0) <= 1:
        raise UsageError(f"--min-confidence {given['min_confidence']} is outside 0 to 1")
    if given.get("min_count", 1) < 1:
        raise UsageError(f"--min-count {given['min_count']}: a speaker left has at least 1 statement")
    if given.get("as_", "organisation") != "organisation":
        raise UsageError(f"--as {given['as_']}: speakers count as 'person' or as 'organisation'")


def _check_words(words: Sequence[str]) -> None:
    if not words:
        raise UsageError("--words is empty: give a word to look for")
    if any(SURROGATE.search(word) for word in words):
        raise UsageError("--words holds bytes that are no UTF-8: write it in that encoding")
    if len(words) > MOST_WORDS:
        raise UsageError(f"--words takes at most {MOST_WORDS} words, these are {len(words)}")


def in_words(given: Mapping[str, Any]) -> str:
    """Filters as they were typed: "actor khazali; since 2025-03-01"."""
    return "; ".join(f"{name.rstrip('_').replace('_', ' ')} {typed(value)}" for name, value in given.items())


def typed(value: object, between: str = " or ") -> str:
    """The value of an option in words: truths are yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return between.join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one request, resolved in one store: `given` as typed, `meant` the IRIs each name stands for."""

    store: Store
    given: dict[str, Any]
    meant: dict[str, tuple[str, ...]]
    labels: dict[str, str]

    @classmethod
    def of(cls, store: Store, options: Mapping[str, Any]) -> Filters:
        """Checked, and every name resolved; raises UsageError, UnknownName for a name that is not one thing's."""
        given = check(options)
        if store.tabular and (
            lacking := next((name for name in given if name.removeprefix("not_") in TRIPLES), None)
        ):
            raise store.lacks(f"--{lacking.replace('_', '-')}")
        named = {n: TESTS[of].kinds for n in given if (of := n.removeprefix("not_")) in TESTS}
        if not named:
            return cls(store, given, {}, {})
        known = names.index(store, *sorted({kind for kinds in named.values() for kind in kinds}))
        found = {name: [known.resolve(text, *kinds) for text in given[name]] for name, kinds in named.items()}
        meant = {name: tuple(entry.iri for entry in entries) for name, entries in found.items()}
        return cls(store, given, meant, {e.iri: e.label for entries in found.values() for e in entries})

    def __bool__(self) -> bool:
        return bool(self.given)

    @property
    def organisation(self) -> bool:
        """Whether a speaker counts as the organisation spoken for."""
        return "as_" in self.given

    @property
    def min_count(self) -> int:
        """The fewest statements a speaker is counted with."""
        return int(self.given.get("min_count", 1))

    def without(self, *left_out: str) -> Filters:
        """These filters but for some."""
        given = {name: value for name, value in self.given.items() if name not in left_out}
        meant = {name: iris for name, iris in self.meant.items() if name in given}
        return Filters(self.store, given, meant, self.labels)

    @property
    def on_statements(self) -> Filters:
        """The filters that rows of one statement cannot differ in."""
        return self.without("min_count", "as_", *ROWS, *(f"not_{name}" for name in ROWS))

    def statements(self, *, rows: bool = False) -> list[str] | None:
        """IRIs of the statements that pass, in no order, or None for all; with `rows`, those a row of which may."""
        body, values = self.pattern(rows=rows)
        if not body:
            return None
        body = f"?s a stance:Statement . {body}"
        return [s for (s,) in self.store.tuples(f"SELECT DISTINCT ?s WHERE {{ {body} }}", values)]

    def pattern(self, *, rows: bool) -> tuple[str, dict[str, list[Term]]]:
        """What statements ?s that pass meet, in SPARQL, with the values of its variables; empty where all pass."""
        # What is coded of one target alone is tested where the targets are known.
        left_out = {"not_basis", *(f"not_{name}" for name in ROWS if rows)}
        patterns: list[str] = []
        values: dict[str, list[Term]] = {}
        for name in sorted(self.meant, key=lambda each: [*TESTS].index(each.removeprefix("not_"))):
            if name in left_out:
                continue
            of = name.removeprefix("not_")
            iris: list[Term] = [node(i) for iri in self.meant[name] for i in self.spanned(of, iri)]
            pattern = COUNTED.get(of, TESTS[of].pattern) if self.organisation else TESTS[of].pattern
            if name == of:
                patterns.append(f"{{ {pattern} }}")
                values[name] = iris
            else:
                patterns.append(_without(of, pattern, len(iris)))
                values |= {f"not_{of}_{i}": [iri] for i, iri in enumerate(iris)}
        patterns += _ranges(self.given, values)
        return " ".join(patterns), values

    def spanned(self, name: str, iri: str) -> list[str]:
        """What a name stands for in a filter: an act for the narrower ones too, however many steps below it.

        They are asked for apart: Virtuoso leaves nothing out by a MINUS in which a path has no end.
        """
        if name != "act":
            return [iri]
        below = self.store.tuples("SELECT DISTINCT ?below { ?below skos:broader+ ?act }", {"act": node(iri)})
        return [iri, *(narrower for (narrower,) in below if narrower != iri)]

    def row_test(self) -> RowTest:
        """What tells whether a row of the flat table passes the filters on speaker and target."""
        kept, left = (
            {name: set(self.meant[prefix + name]) for name in ROWS if prefix + name in self.meant}
            for prefix in ("", "not_")
        )
        for side in (kept, left):
            if "kind" in side:
                kinds: list[Term] = [node(iri) for iri in sorted(side["kind"])]
                of_kind = self.store.tuples("SELECT ?x { ?x stance:actorKind ?kind }", {"kind": kinds})
                side["kind"] = {iri for (iri,) in of_kind}
        return RowTest(kept, left)

    @property
    def on_codings(self) -> bool:
        """Whether any filter is on what may be coded of one target alone."""
        return not CODED.isdisjoint(self.given)

    def counts_coding(self, basis: str, confidence: float | None, documents: Iterable[str]) -> bool:
        """Whether a stance on this basis, with this confidence, in these documents passes."""
        wanted, left = (
            {self.labels[iri] for iri in self.meant.get(name, ())} for name in ("basis", "not_basis")
        )
        if (wanted and basis not in wanted) or basis in left:
            return False
        least = self.given.get("min_confidence")
        if least is not None and (confidence is None or confidence < least):
            return False
        asked = "document" in self.meant or "not_document" in self.meant
        return not asked or any(map(self.counts_report, documents))

    def counts_report(self, document: str) -> bool:
        """Whether reports in a document count."""
        wanted = self.meant.get("document", (document,))
        return document in wanted and document not in self.meant.get("not_document", ())


@dataclass(frozen=True, slots=True)
class RowTest:
    """Filters on speaker and target: those that keep and those that leave out, by name, each with the IRIs meant.

    Filters on targets are alternatives, as a row has one target; a row without target passes where none is asked
    for.
    """

    kept: dict[str, set[str]]
    left: dict[str, set[str]]

    def passes(self, actor: Named, target: Named | None, sign: int | None) -> bool:
        """Whether all filters let a row pass."""
        if any(actor.iri not in self.kept[name] for name in ("actor", "kind") if name in self.kept):
            return False
        if any(actor.iri in self.left.get(name, ()) for name in ("actor", "kind")):
            return False
        left = (_held(self.left, name, target, sign) for name in self.left.keys() & {"target", *SIGNS})
        return self.takes(target, sign) and not any(left)

    def takes(self, target: Named | None, sign: int | None) -> bool:
        """Whether a stance is one of those asked for."""
        wished = self.kept.keys() & {"target", *SIGNS}
        return not wished or any(_held(self.kept, name, target, sign) for name in wished)


def _held(side: dict[str, set[str]], name: str, target: Named | None, sign: int | None) -> bool:
    return target is not None and target.iri in side[name] and SIGNS.get(name, sign) == sign


def _without(name: str, pattern: str, number: int) -> str:
    """What leaves out each of so many values: of statements those that meet it, of documents their reports.

    Each has variables of its own: values of one variable would each leave in what another leaves out, and what meets
    a filter by one property and this one by another would not be left out if they shared the property's.
    """
    shared, held = ("report", "?report stance:document ?document") if name == "document" else ("s", pattern)
    parts = [_minus(held, shared, name, f"not_{name}_{i}") for i in range(number)]
    if name != "document":
        return " ".join(parts)
    return f"{{ SELECT DISTINCT ?s WHERE {{ ?report stance:reports ?s {' '.join(parts)} }} }}"


def _minus(pattern: str, shared: str, name: str, own: str) -> str:
    """What leaves out what meets a pattern, all its variables but the `shared` one renamed; that of `name` to `own`."""

    def renamed(variable: re.Match[str]) -> str:
        return f"?{own}" if variable[1] == name else f"?{own}_{variable[1]}"

    return f"MINUS {{ {re.sub(rf'[?](?!{shared}[^a-z])([a-z]+)', renamed, pattern + ' ')}}}"


def _ranges(given: Mapping[str, Any], values: dict[str, list[Term]]) -> list[str]:
    """Patterns for words, days, quotation and confidence; days compare as ISO text, which any SPARQL engine can."""
    patterns = []
    for n, word in enumerate(given.get("words", "").lower().split()):
        patterns.append(WORDS.format(n=n))
        values[f"words_{n}"] = [Value(word)]
    if "since" in given or "until" in given:
        patterns.append(
            "OPTIONAL { ?s stance:saidOn ?on } OPTIONAL { ?s stance:saidNotBefore ?from } "
            "OPTIONAL { ?s stance:saidNotAfter ?to } FILTER(BOUND(?on) || BOUND(?from) || BOUND(?to))"
        )
    if "since" in given:
        patterns.append("FILTER(STR(COALESCE(?on, ?to, ?since)) >= ?since)")
        values["since"] = [Value(given["since"])]
    if "until" in given:
        patterns.append("FILTER(STR(COALESCE(?on, ?from, ?until)) <= ?until)")
        values["until"] = [Value(given["until"])]
    if "quoted" in given:
        wanted = "{ SELECT DISTINCT ?s WHERE { ?report stance:reports ?s ; stance:quote ?words } }"
        patterns.append(wanted if given["quoted"] else f"MINUS {wanted}")
    if "joint" in given:
        several = "{ ?s stance:speaker ?one . ?s stance:speaker ?two FILTER(STR(?one) < STR(?two)) }"
        patterns.append(several if given["joint"] else f"MINUS {several}")
    if "min_confidence" in given:
        patterns.append(
            "?s stance:confidence|stance:coding/stance:confidence ?confidence FILTER(?confidence >= ?least)"
        )
        values["least"] = [Value(given["min_confidence"])]
    return patterns
