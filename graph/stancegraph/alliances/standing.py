"""Who stands with whom: the allies and opponents of one actor, and the actor's profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from stancegraph import catalogue, names, network, statements

if TYPE_CHECKING:
    from stancegraph.store import Store

SPEAKING_OF: Final = """SELECT DISTINCT ?speaker WHERE {
    { ?s ?edge ?actor . ?edge stance:polarity ?sign } UNION { ?s stance:addressee ?actor }
    ?s stance:speaker/skos:prefLabel ?speaker . FILTER(LANG(?speaker) = "en") }"""


def allies(store: Store, actor: str, **filters: Any) -> list[dict[str, Any]]:
    """`actor, iri, relation, weight, agree, disagree, statements`: everyone `actor` shares a target with.

    `relation` is "ally" (weight above 0), "opponent" (below) or "mixed" (0); allies first, opponents last, each
    the strongest first. The weight is that of `network.agreement`. Who shares no target is not listed.

    >>> from stancegraph import store
    >>> [row["actor"] for row in allies(store.open(), "al-Mukhtar") if row["relation"] == "opponent"][0]
    'Government of Iraq'
    """
    iri = names.index(store, "actor").resolve(actor, "actor").iri
    graph = network.agreement(statements.stances(store, **filters))
    rows = [
        {
            "actor": graph.nodes[other]["label"],
            "iri": other,
            "relation": "ally" if tie["weight"] > 0 else "opponent" if tie["weight"] < 0 else "mixed",
            "weight": round(tie["weight"], 4),
            "agree": tie["agree"],
            "disagree": tie["disagree"],
            "statements": tie["statements"],
        }
        for other, tie in (graph[iri].items() if iri in graph else ())
    ]
    order = ("ally", "mixed", "opponent")
    return sorted(
        rows, key=lambda row: (order.index(row["relation"]), -abs(row["weight"]), row["actor"], row["iri"])
    )


def profile(store: Store, actor: str) -> dict[str, Any]:
    """One actor: `actor, iri, kind, aliases, roles, statements, supports, opposes, allies, opponents, spoken_of`.

    `statements` is their number, `spoken_of` names those who take a stance on the actor or address it.

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
        "statements": len(own),
        "supports": sorted({label for s in own for label in s.on(1)}),
        "opposes": sorted({label for s in own for label in s.on(-1)}),
        "allies": [row["actor"] for row in ties if row["relation"] == "ally"],
        "opponents": [row["actor"] for row in ties if row["relation"] == "opponent"],
        "spoken_of": sorted({row["speaker"].value for row in speaking_of}),
    }
