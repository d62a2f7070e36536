"""What is in the graph: its actors, propositions, documents, events and figures, as rows of plain values."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Unpack

from stancegraph import names, statements
from stancegraph.statements import reader
from stancegraph.store.results import node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stancegraph.statements.filters import FilterOptions
    from stancegraph.store import Store

Row = dict[str, Any]


def actors(store: Store, text: str | None = None) -> list[Row]:
    """`actor, iri, kind, statements` of every actor, or of those with `text` in a name; most statements first.

    >>> from stancegraph import store
    >>> [row["actor"] for row in actors(store.open(), "الشهداء")]
    ["Kata'ib Sayyid al-Shuhada"]
    """
    counts = store.select(
        """SELECT ?actor (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s stance:speaker ?actor } GROUP BY ?actor"""
    )
    number = {row["actor"].value: int(row["n"].value) for row in counts}
    kind = {
        row["actor"].value: row["kind"].value
        for row in store.select("SELECT ?actor ?kind { ?actor stance:actorKind/skos:prefLabel ?kind }")
    }
    rows = [
        {"actor": e.label, "iri": e.iri, "kind": kind.get(e.iri), "statements": number.get(e.iri, 0)}
        for e in names.index(store, "actor").entries("actor", text)
    ]
    return sorted(rows, key=lambda row: (-row["statements"], row["actor"], row["iri"]))


def propositions(store: Store) -> list[Row]:
    """`proposition, iri, supporters, opposers` (numbers of actors), most disputed and most held first.

    >>> from stancegraph import store
    >>> propositions(store.open())[0]["proposition"]
    'Iraq should stay out of the conflict in Syria.'
    """
    found = store.select(
        """SELECT ?iri ?proposition ?sign (COUNT(DISTINCT ?actor) AS ?n) WHERE {
             ?iri a stance:Proposition ; skos:prefLabel ?proposition . FILTER(LANG(?proposition) = "en")
             OPTIONAL { ?s ?edge ?iri ; stance:speaker ?actor . ?edge stance:polarity ?sign } }
           GROUP BY ?iri ?proposition ?sign"""
    )
    rows: dict[str, Row] = {}
    for row in found:
        iri = row["iri"].value
        entry = rows.setdefault(
            iri, {"proposition": row["proposition"].value, "iri": iri, "supporters": 0, "opposers": 0}
        )
        side = {"1": "supporters", "-1": "opposers"}.get(row["sign"].value if "sign" in row else "")
        if side:
            entry[side] = int(row["n"].value)
    return sorted(rows.values(), key=lambda r: (-r["opposers"], -r["supporters"], r["proposition"]))


def documents(store: Store) -> list[Row]:
    """`document, title, publisher, issued, url, statements` of every source, oldest first.

    >>> from stancegraph import store
    >>> [row["statements"] for row in documents(store.open()) if row["publisher"] == "Cumhuriyet"]
    [8]
    """
    counts = store.select(
        """SELECT ?document (COUNT(DISTINCT ?s) AS ?n)
           WHERE { ?report stance:document ?document ; stance:reports ?s } GROUP BY ?document"""
    )
    number = {row["document"].value: int(row["n"].value) for row in counts}
    iris = {iri for (iri,) in store.tuples("SELECT ?document { ?document a schema:NewsArticle }")}
    rows = [
        {
            "document": d.iri,
            "title": d.title,
            "publisher": d.publisher,
            "issued": d.issued,
            "url": d.url,
            "statements": number.get(d.iri, 0),
        }
        for d in reader.documents(store, iris).values()
    ]
    return sorted(rows, key=lambda row: (row["issued"], row["document"]))


def events(store: Store) -> list[Row]:
    """`event, iri, date, location, within, statements` of every event, oldest first; undated ones last.

    >>> from stancegraph import store
    >>> [row["date"] for row in events(store.open()) if row["location"] == "Aleppo"]
    ['2024-11-29/2024-11-30']
    """
    found = store.select(
        """SELECT ?iri ?event ?start ?end ?location ?within (COUNT(DISTINCT ?s) AS ?n) WHERE {
             ?iri a schema:Event ; skos:prefLabel ?event . FILTER(LANG(?event) = "en")
             OPTIONAL { ?iri schema:startDate ?start } OPTIONAL { ?iri schema:endDate ?end }
             OPTIONAL { ?iri schema:location ?location }
             OPTIONAL { ?iri schema:superEvent/skos:prefLabel ?within }
             OPTIONAL { ?s schema:about ?iri } }
           GROUP BY ?iri ?event ?start ?end ?location ?within"""
    )
    rows = []
    for row in found:
        value = {name: term.value for name, term in row.items()}
        start, end = value.get("start"), value.get("end")
        rows.append(
            {
                "event": value["event"],
                "iri": value["iri"],
                "date": start if end in {None, start} else f"{start}/{end}",
                "location": value.get("location"),
                "within": value.get("within"),
                "statements": int(value["n"]),
            }
        )
    return sorted(rows, key=lambda row: (row["date"] or "9999", row["iri"]))


def figures(store: Store, **filters: Unpack[FilterOptions]) -> list[Row]:
    """`speaker, counted, event, min, max, exclusive, date, document` of every number claimed, by speaker and time.

    Takes the filters of `statements.said`. A figure two documents report has two rows.

    >>> from stancegraph import store
    >>> [row["min"] for row in figures(store.open(), actor="SOHR", document="gulan-iraq-warns")]
    [500, 1000]
    """
    rows = [
        {
            "speaker": speaker.label,
            "counted": figure.counted,
            "event": figure.event,
            "min": figure.min,
            "max": figure.max,
            "exclusive": figure.exclusive,
            "date": statement.date,
            "document": report.document.title,
            "wording": figure.wording,
            "statement": statement.iri,
        }
        for statement in statements.said(store, **filters)
        for figure in statement.figures
        for speaker in statement.speakers
        for report in statement.reports
    ]
    return sorted(
        rows, key=lambda row: (row["speaker"], row["event"], row["counted"], row["date"], row["document"])
    )


ROLES: Final = """SELECT ?role ?name ?start ?end WHERE {
    ?membership org:member ?member ; org:role/skos:prefLabel ?role ; org:organization ?organisation .
    ?SHOWN skos:prefLabel ?name . FILTER(LANG(?name) = "en" && LANG(?role) IN ("en", ""))
    OPTIONAL { ?membership schema:startDate ?start } OPTIONAL { ?membership schema:endDate ?end } }"""
PARTS: Final = """SELECT DISTINCT ?name WHERE {
    { ?whole foaf:member ?part } UNION { ?part org:subOrganizationOf ?whole }
    ?part skos:prefLabel ?name . FILTER(LANG(?name) = "en") }"""


def roles(store: Store, iri: str) -> list[str]:
    """The roles of one actor as text: "leader, State of Law Coalition (until 2025-01-29)"."""
    found = store.tuples(ROLES.replace("SHOWN", "organisation"), {"member": node(iri)})
    return _with_spans((f"{role}, {name}", start, end) for role, name, start, end in found)


def members(store: Store, iri: str) -> list[str]:
    """Who has a role in an organisation, as text, "Nouri al-Maliki, leader"; then what is part of it, by name."""
    found = store.tuples(ROLES.replace("SHOWN", "member"), {"organisation": node(iri)})
    parts = store.tuples(PARTS, {"whole": node(iri)})
    in_roles = _with_spans((f"{name}, {role}", start, end) for role, name, start, end in found)
    return in_roles + sorted(name for (name,) in parts)


def _with_spans(rows: Iterable[tuple[str, str, str]]) -> list[str]:
    texts: dict[str, str] = defaultdict(str)
    for text, start, end in rows:
        span = [f"{word} {day}" for word, day in (("from", start), ("until", end)) if day]
        texts[text] = f" ({' '.join(span)})" if span else texts[text]
    return sorted(text + span for text, span in texts.items())
