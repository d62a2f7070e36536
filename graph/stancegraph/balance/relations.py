"""Who stands with whom: the allies and opponents of one actor, and the actor's profile."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import numpy as np
from pyoxigraph import NamedNode

from stancegraph import names, network, statements
from stancegraph.network.method import NetworkOptions
from stancegraph.records import Rows
from stancegraph.statements import catalogue

if TYPE_CHECKING:
    from stancegraph.records import Stance
    from stancegraph.store import Store
    from stancegraph.table import Table

SPEAKING_OF: Final = """SELECT DISTINCT ?speaker WHERE {
    { ?s ?edge ?actor . ?edge stance:polarity ?sign } UNION { ?s stance:addressee ?actor }
    UNION { ?s ?edge ?held . ?edge stance:polarity ?sign . ?held a stance:Proposition ; schema:about ?actor }
    ?s stance:speaker/skos:prefLabel ?speaker . FILTER(LANG(?speaker) = "en") }"""


class Relation(TypedDict):
    """How one actor stands to another, on which targets they share, by which statements (IRIs)."""

    actor: str
    iri: str
    relation: str
    weight: float
    agree: list[str]
    disagree: list[str]
    statements: list[str]


def allies(store: Store, actor: str, /, **options: Unpack[NetworkOptions]) -> Rows[Relation]:
    """`actor, iri, relation, weight, agree, disagree, statements`: everyone `actor` shares a target with.

    `relation` is "ally" (weight above 0), "opponent" (below) or "mixed" (0); allies first, opponents last, each
    the strongest first. The weight is that of `network.agreement`, which takes the same options. Who
    shares no target is not listed, unless `direct` adds stances of the two on each other.

    >>> from stancegraph import store
    >>> [row["actor"] for row in allies(store.open(), "al-Mukhtar") if row["relation"] == "opponent"][0]
    'Government of Iraq'
    """
    iri = names.index(store, "actor").resolve(actor, "actor").iri
    every, method = network.prepare(store, "agreement", options)
    table = network.countable(every, method)
    weights = network.weights_of(table, method, iri)
    found = _common_targets(table, iri, {*weights} if method.direct else set())
    rows = [_row(other, common, weights.get(other, 0.0)) for other, common in found.items()]
    order = ("ally", "mixed", "opponent")
    rows.sort(key=lambda row: (order.index(row["relation"]), -abs(row["weight"]), row["actor"], row["iri"]))
    return Rows(rows, notes=table.notes)


@dataclass(slots=True)
class _Common:
    """What two actors have both taken a stance on."""

    label: str
    agree: set[str] = field(default_factory=set)
    disagree: set[str] = field(default_factory=set)
    statements: set[str] = field(default_factory=set)


def _common_targets(table: Table, iri: str, tied: set[str]) -> dict[str, _Common]:
    """Other actor → the targets it shares with the one in one period, at the same level and at another.

    Where the two are `tied` by stances on each other, these are among the statements.
    """
    mine: dict[tuple[str, int], list[Stance]] = defaultdict(list)
    period = table.period if table.period is not None else np.zeros(len(table), np.int32)
    rows = list(zip(table, period.tolist(), strict=True))
    for row, when in rows:
        if row.actor.iri == iri:
            mine[row.target.iri, when].append(row)
    found: dict[str, _Common] = {}
    for row, when in rows:
        if row.actor.iri != iri and (row.target.iri, when) in mine:
            common = found.setdefault(row.actor.iri, _Common(row.actor.label))
            for own in mine[row.target.iri, when]:
                (common.agree if own.level == row.level else common.disagree).add(row.target.label)
                common.statements |= {own.statement, row.statement}
        for one, other in ((row.actor, row.target), (row.target, row.actor)):
            if one.iri == iri and other.iri in tied:
                found.setdefault(other.iri, _Common(other.label)).statements.add(row.statement)
    return found


def _row(other: str, common: _Common, weight: float) -> Relation:
    return {
        "actor": common.label,
        "iri": other,
        "relation": "ally" if weight > 0 else "opponent" if weight < 0 else "mixed",
        "weight": round(weight, 4),
        "agree": sorted(common.agree),
        "disagree": sorted(common.disagree),
        "statements": sorted(common.statements),
    }


class Taken(TypedDict):
    """A stance of an actor as coded, with the word for it and the day."""

    date: str
    stance: str
    target: str
    basis: str
    confidence: float
    statement: str


class Profile(TypedDict):
    """What is known of one actor; `members` hold a role in it, `spoken_of` speak of it, of a claim on it, or to it."""

    actor: str
    iri: str
    kind: str | None
    aliases: list[str]
    roles: list[str]
    members: list[str]
    statements: int
    supports: list[str]
    opposes: list[str]
    stances: list[Taken]
    allies: list[str]
    opponents: list[str]
    spoken_of: list[str]


def profile(store: Store, actor: str) -> Profile:
    """What is known of one actor, as `Profile` lists it.

    `statements` is their number; `members` are those with a role in the actor, or a part of it; `spoken_of` names
    those who take a stance on the actor or on a proposition about it, or who address it.

    >>> from stancegraph import store
    >>> profile(store.open(), "مقتدى الصدر")["roles"], profile(store.open(), "Qais al-Khazali")["roles"]
    ([], ['leader, Asaib Ahl al-Haq'])
    """
    entry = names.index(store, "actor").resolve(actor, "actor")
    kind = next(row["kind"] for row in catalogue.actors(store, entry.label) if row["iri"] == entry.iri)
    own = statements.said(store, actor=entry.iri)
    ties = allies(store, entry.iri)
    speaking_of = store.select(SPEAKING_OF, {"actor": NamedNode(entry.iri)})
    return {
        "actor": entry.label,
        "iri": entry.iri,
        "kind": kind,
        "aliases": sorted({*entry.aliases, *entry.weak} - {entry.label}),
        "roles": catalogue.roles(store, entry.iri),
        "members": catalogue.members(store, entry.iri),
        "statements": len(own),
        "supports": sorted({label for s in own for label in s.on(1)}),
        "opposes": sorted({label for s in own for label in s.on(-1)}),
        "stances": [
            {
                "date": s.date,
                "stance": t.word,
                "target": t.thing.label,
                "basis": t.basis,
                "confidence": t.confidence,
                "statement": s.iri,
            }
            for s in own
            for t in s.targets
        ],
        "allies": [row["actor"] for row in ties if row["relation"] == "ally"],
        "opponents": [row["actor"] for row in ties if row["relation"] == "opponent"],
        "spoken_of": sorted({row["speaker"].value for row in speaking_of} - {entry.label}),
    }
