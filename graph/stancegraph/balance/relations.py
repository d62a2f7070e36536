"""Who stands with whom: the allies and opponents of one actor, and the actor's profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from stancegraph import names, network, statements
from stancegraph.network.method import NetworkOptions
from stancegraph.records import Rows
from stancegraph.statements import catalogue
from stancegraph.store.results import node

if TYPE_CHECKING:
    from stancegraph.network.ties import Shared
    from stancegraph.records import Named
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
    rows = [
        _row(other, shared, table[behind], weights.get(other.iri, 0.0))
        for other, shared, behind in network.sharing(table, method, iri)
        if shared.agree or shared.disagree or other.iri in weights
    ]
    order = ("ally", "mixed", "opponent")
    rows.sort(key=lambda row: (order.index(row["relation"]), -abs(row["weight"]), row["actor"], row["iri"]))
    return Rows(rows, notes=table.notes)


def _row(other: Named, shared: Shared, behind: Table, weight: float) -> Relation:
    target = behind.target.values
    return {
        "actor": other.label,
        "iri": other.iri,
        "relation": "ally" if weight > 0 else "opponent" if weight < 0 else "mixed",
        "weight": round(weight, 4),
        "agree": sorted({target[code].label for code in shared.agree}),
        "disagree": sorted({target[code].label for code in shared.disagree}),
        "statements": sorted(set(behind.statement.to_list())),
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
    speaking_of = store.select(SPEAKING_OF, {"actor": node(entry.iri)})
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
