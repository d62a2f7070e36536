"""What is in the graph as rows of plain values: actors, propositions, documents, events, figures, all that was said."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from stancegraph import names, statements
from stancegraph.dates import BEGINNING, span
from stancegraph.records import Rows
from stancegraph.statements import reader
from stancegraph.statements.filters import ROWS, FilterOptions, Filters
from stancegraph.store.sparql import node

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stancegraph.records import Named, Statement, Target
    from stancegraph.store import Store

Row = dict[str, Any]
ROLES: Final = """SELECT ?role ?name ?start ?end WHERE {
    ?membership org:member ?member ; org:role/skos:prefLabel ?role ; org:organization ?organisation .
    ?SHOWN skos:prefLabel ?name . FILTER(LANG(?name) = "en" && LANG(?role) IN ("en", ""))
    OPTIONAL { ?membership schema:startDate ?start } OPTIONAL { ?membership schema:endDate ?end } }"""
PARTS: Final = """SELECT DISTINCT ?name WHERE {
    { ?whole foaf:member ?part } UNION { ?part org:subOrganizationOf ?whole }
    ?part skos:prefLabel ?name . FILTER(LANG(?name) = "en") }"""


def actors(store: Store, text: str | None = None) -> list[Row]:
    """`actor, iri, kind, statements` of every actor, or of those with `text` in a name; most statements first.

    >>> from stancegraph import store
    >>> [row["actor"] for row in actors(store.open(), "الشهداء")]
    ["Kata'ib Sayyid al-Shuhada"]
    """
    counts = store.tuples(
        """SELECT ?actor (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s stance:speaker ?actor } GROUP BY ?actor"""
    )
    number = {iri: int(n) for iri, n in counts}
    kinds = store.tuples("SELECT ?actor ?kind { ?actor stance:actorKind/skos:prefLabel ?kind }")
    kind = {iri: label for iri, label in kinds}  # noqa: C416  the rows are of no fixed length to a checker
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
    found = store.tuples(
        """SELECT ?iri ?proposition WHERE {
             ?iri a stance:Proposition ; skos:prefLabel ?proposition . FILTER(LANG(?proposition) = "en") }"""
    )
    rows: dict[str, Row] = {
        iri: {"proposition": label, "iri": iri, "supporters": 0, "opposers": 0}
        for iri, label in sorted(found, reverse=True)
    }
    for side, sign in (("supporters", 1), ("opposers", -1)):
        # Each property by its name: where it is a variable, all that is said of anything is gone through.
        path = "|".join(str(node(iri)) for iri, edge in reader.edges(store).items() if edge.sign == sign)
        counted = f"?s {path} ?iri ; stance:speaker ?actor"
        counts = f"SELECT ?iri (COUNT(DISTINCT ?actor) AS ?n) WHERE {{ {counted} }} GROUP BY ?iri"
        for iri, number in store.tuples(counts) if path else ():
            if iri in rows:
                rows[iri][side] = int(number)
    return sorted(rows.values(), key=lambda r: (-r["opposers"], -r["supporters"], r["proposition"]))


def documents(store: Store) -> list[Row]:
    """`document, title, publisher, issued, url, statements` of every source, oldest first.

    >>> from stancegraph import store
    >>> [row["statements"] for row in documents(store.open()) if row["publisher"] == "Cumhuriyet"]
    [8]
    """
    counts = store.tuples(
        """SELECT ?document (COUNT(DISTINCT ?s) AS ?n)
           WHERE { ?report stance:document ?document ; stance:reports ?s } GROUP BY ?document"""
    )
    number = {iri: int(n) for iri, n in counts}
    iris = {iri for (iri,) in store.tuples("SELECT ?document { ?document a schema:NewsArticle }")}
    found = reader.documents(store, iris).values()
    rows = [{**document.row(), "statements": number.get(document.iri, 0)} for document in found]
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
             OPTIONAL { ?iri schema:superEvent/skos:prefLabel ?within . FILTER(LANG(?within) = "en") }
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
                "date": span(start or BEGINNING, end) if end else start,
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
    asked = "SELECT DISTINCT ?s WHERE { ?s a stance:Statement ; stance:claims ?figure }"
    claiming = {iri for (iri,) in store.tuples(asked)}
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
        for statement in statements.select(Filters.of(store, filters), claiming)
        for figure in statement.figures
        for speaker in statement.speakers
        for report in statement.reports
    ]
    return sorted(
        rows, key=lambda row: (row["speaker"], row["event"], row["counted"], row["date"], row["document"])
    )


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
    spans: dict[str, set[str]] = defaultdict(set)
    for text, start, end in rows:
        days = " ".join(f"{word} {day}" for word, day in (("from", start), ("until", end)) if day)
        spans[text].add(f" ({days})" if days else "")
    return sorted(text + days for text, known in spans.items() for days in known if days or len(known) == 1)


class Said(TypedDict):
    """One statement by one speaker on one target, in words.

    `date` is ISO, or earliest/latest; `stance` its word ("calls for", "against"), None like `target` where none is
    taken; `quotes` are verbatim, perhaps none, `gist` the coder's words; `confidence` is 0..1 or None; `documents` are
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
    confidence: float | None
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
    # A statement with one row that is left out may have another that passes.
    on_statements = chosen.without(*(f"not_{name}" for name in ROWS))
    found = [
        (statement, speaker, stance)
        for statement in statements.select(on_statements)
        for speaker in statement.speakers
        for stance in statement.targets or (None,)
        if passes(speaker, *(stance[:2] if stance else (None, None)))
    ]
    spoken: dict[Named, set[str]] = defaultdict(set)
    for statement, speaker, *_ in found:
        spoken[speaker].add(statement.iri)
    least = chosen.min_count
    return Rows(_row(*each) for each in found if len(spoken[each[1]]) >= least)


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
