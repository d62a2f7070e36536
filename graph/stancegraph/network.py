"""Statements as networkx graphs: who takes which stance, and who agrees with whom."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

import networkx as nx

from stancegraph import statements
from stancegraph.names import index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stancegraph.records import Stance, Statement
    from stancegraph.store import Store


def stances(store: Store, **filters: Any) -> nx.MultiDiGraph[str]:
    """The stance network: one edge per actor, target and statement, keyed by the statement's IRI.

    Nodes are IRIs with `label`, `label_ar`, `kind` (an actor kind, or "proposition"); edges carry `polarity`
    (1, -1, 0), `date`, `act`, `medium`, `basis`, `confidence`, `gist`, `quotes` and `reports`. Takes the
    filters of `statements.said`.

    >>> from stancegraph import store
    >>> graph = stances(store.open(), actor="khazali")
    >>> sorted(polarity for *_, polarity in graph.edges(data="polarity"))
    [-1, 1, 1, 1, 1, 1]
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    rows = statements.stances(store, **filters)
    described = _described(store)
    for row in rows:
        for node in (row.actor, row.target):
            kind, arabic = described.get(node.iri, ("proposition", None))
            graph.add_node(node.iri, label=node.label, label_ar=arabic, kind=kind)
    for row in rows:
        graph.add_edge(
            row.actor.iri, row.target.iri, key=row.statement.iri, **_evidence(row.statement, row.polarity)
        )
    return graph


def _evidence(statement: Statement, polarity: int) -> dict[str, Any]:
    return {
        "polarity": polarity,
        "date": statement.date,
        "act": statement.act,
        "medium": statement.medium,
        "basis": statement.basis,
        "confidence": statement.confidence,
        "gist": statement.gist,
        "quotes": statement.quotes,
        "reports": tuple(
            {
                "document": report.document.iri,
                "title": report.document.title,
                "publisher": report.document.publisher,
                "issued": report.document.issued,
                "url": report.document.url,
            }
            for report in statement.reports
        ),
    }


def _described(store: Store) -> dict[str, tuple[str, str | None]]:
    """Actor → its kind and its Arabic label."""
    rows = store.select(
        """SELECT ?actor ?kind ?arabic WHERE { ?actor stance:actorKind/skos:prefLabel ?kind .
             OPTIONAL { ?actor skos:prefLabel ?arabic FILTER(LANG(?arabic) = "ar") } }"""
    )
    return {
        row["actor"].value: (row["kind"].value, row["arabic"].value if "arabic" in row else None)
        for row in rows
    }


def agreement(rows: Iterable[Stance]) -> nx.Graph[str]:
    """The signed network of actors over `rows`: common minus contrary stances, over the pair's mean activity.

    One-mode `subtract` with `average` normalisation (Leifeld 2017): of an actor's rows with the same target and
    sign one is kept per document; neutral rows are left out. Edges carry `weight` (-1..1 where nobody is counted
    twice on a target), `agree` and `disagree` (labels of targets) and `statements` (IRIs of both sides); a pair
    whose stances cancel out keeps its edge with weight 0, a pair with no target in common has none.

    >>> from stancegraph import store, statements
    >>> graph = agreement(statements.stances(store.open(), about="fall of Aleppo"))
    >>> labels = nx.get_node_attributes(graph, "label")
    >>> sorted(labels[n] for n in graph if labels[n].startswith("unnamed PMF") or "Popular" in labels[n])
    ['unnamed leaders of the Popular Mobilization Forces']
    """
    graph: nx.Graph[str] = nx.Graph()
    counts: dict[str, dict[tuple[str, int], list[Stance]]] = defaultdict(lambda: defaultdict(list))
    seen = set()
    for row in rows:
        if row.polarity == 0:
            continue
        graph.add_node(row.actor.iri, label=row.actor.label)
        cell = counts[row.actor.iri][row.target.iri, row.polarity]
        document = min(((r.document.issued, r.document.iri) for r in row.statement.reports), default=None)
        mark = (row.actor.iri, row.target.iri, row.polarity, document)
        if mark not in seen:
            seen.add(mark)
            cell.append(row)
    activity = {actor: sum(map(len, cells.values())) for actor, cells in counts.items()}
    for a, b in combinations(sorted(counts), 2):
        _tie(graph, a, b, counts, (activity[a] + activity[b]) / 2)
    return graph


def _tie(
    graph: nx.Graph[str], a: str, b: str, counts: dict[str, dict[tuple[str, int], list[Stance]]], norm: float
) -> None:
    total = 0
    agree: set[str] = set()
    disagree: set[str] = set()
    evidence: set[str] = set()
    for (target, sign), mine in counts[a].items():
        for level, kind in ((sign, agree), (-sign, disagree)):
            theirs = counts[b].get((target, level), ())
            if theirs:
                total += len(mine) * len(theirs) * (1 if level == sign else -1)
                kind.add(mine[0].target.label)
                evidence |= {row.statement.iri for row in (*mine, *theirs)}
    if evidence:
        graph.add_edge(
            a,
            b,
            weight=total / norm,
            agree=sorted(agree),
            disagree=sorted(disagree),
            statements=sorted(evidence),
        )


def compare(store: Store, a: str, b: str, **filters: Any) -> list[dict[str, Any]]:
    """`target, relation, a, b, statements_a, statements_b`: where two actors agree, disagree, and never met.

    `relation` is "agree", "disagree", "both" (stances of either sign), "open" (one withholds judgement),
    or "never met" (only one has spoken of the target); `a` and `b` are the stances in words.
    """
    resolver = index(store, "actor")
    sides = [
        _sides(statements.stances(store, **{**filters, "actor": (resolver.resolve(name, "actor").iri,)}))
        for name in (a, b)
    ]
    rows = []
    for target in {**sides[0], **sides[1]}:
        mine, theirs = (side.get(target, {}) for side in sides)
        rows.append(
            {
                "target": target,
                "relation": _relation(set(mine), set(theirs)),
                "a": _in_words(mine),
                "b": _in_words(theirs),
                "statements_a": sorted({iri for iris in mine.values() for iri in iris}),
                "statements_b": sorted({iri for iris in theirs.values() for iri in iris}),
            }
        )
    order = ("agree", "disagree", "both", "open", "never met")
    return sorted(rows, key=lambda row: (order.index(row["relation"]), row["target"]))


def _sides(rows: Iterable[Stance]) -> dict[str, dict[int, list[str]]]:
    sides: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        sides[row.target.label][row.polarity].append(row.statement.iri)
    return sides


def _relation(mine: set[int], theirs: set[int]) -> str:
    if not mine or not theirs:
        return "never met"
    agree, disagree = mine & theirs - {0}, {-sign for sign in mine} & theirs - {0}
    if agree and disagree:
        return "both"
    return "agree" if agree else "disagree" if disagree else "open"


def _in_words(side: dict[int, list[str]]) -> str:
    words = {1: "supports", -1: "opposes", 0: "neutral on"}
    return " and ".join(words[sign] for sign in (1, -1, 0) if sign in side)
