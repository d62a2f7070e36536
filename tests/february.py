"""Small graphs of statements in February 2020, whose changes can be counted on the fingers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from stancegraph import store
from stancegraph.change.shifts import Shift
from stancegraph.store import Store

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
HEAD = """
@prefix : <https://example.org/id/> .
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix act: <https://w3id.org/stancegraph/id/act/> .
@prefix basis: <https://w3id.org/stancegraph/id/basis/> .
@prefix kind: <https://w3id.org/stancegraph/id/kind/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:ada a stance:Actor ; skos:prefLabel "Ada"@en ; stance:actorKind kind:politician .
:bo a stance:Actor ; skos:prefLabel "Bo"@en ; stance:actorKind kind:official .
:cy a stance:Actor ; skos:prefLabel "Cy"@en ; stance:actorKind kind:politician .
:di a stance:Actor ; skos:prefLabel "Di"@en ; stance:actorKind kind:politician .
:council a stance:Actor, org:Organization ; skos:prefLabel "Council"@en ; stance:actorKind kind:government-body .
:bridge a stance:Proposition ; skos:prefLabel "The bridge should stay open."@en .
:dam a stance:Proposition ; skos:prefLabel "The dam should be built."@en .
:flood a schema:Event ; skos:prefLabel "Flood"@en ; schema:startDate "2020-02-10"^^xsd:date ;
    schema:endDate "2020-02-12"^^xsd:date .
:drought a schema:Event ; skos:prefLabel "Drought"@en .
:gazette a schema:NewsArticle ; dcterms:title "The bridge"@en ; dcterms:issued "2020-03-01"^^xsd:date .
"""
EDGES = {"+": "supports", "-": "opposes", "0": "neutralOn"}

Graph = Callable[..., Store]


def day(text: str) -> str:
    """Days of 2020, in February unless they say: "4", "4..9", "03-04"; "" for none."""
    ends = [
        f'"2020-{end if "-" in end else f"02-{int(end):02}"}"^^xsd:date' for end in text.split("..") if end
    ]
    if len(ends) == 2:
        return f"stance:saidNotBefore {ends[0]} ; stance:saidNotAfter {ends[1]} ;"
    return f"stance:saidOn {ends[0]} ;" if ends else ""


def says(slug: str, who: str, when: str, stances: str, more: str = "") -> str:
    """One statement: `says("a", "ada", "4..9", "+bridge -dam")`."""
    held = " ".join(f"stance:{EDGES[one[0]]} :{one[1:]} ;" for one in stances.split())
    speakers = " , ".join(f":{one}" for one in who.split())
    return (
        f":{slug} a stance:Statement ; stance:speaker {speakers} ; {day(when)} {held} {more} stance:act act:assert ; "
        f'stance:basis basis:said ; stance:confidence 1.0 ; stance:gist "Gist of {slug}."@en .\n'
    )


def quoted(slug: str, *words: str) -> str:
    """A report of a statement with verbatim words."""
    passages = "".join(
        f" ; stance:passage [ oa:hasSelector [ oa:start {i} ; oa:end {i + 1} ] , [ oa:exact {text!r} ] ]"
        for i, text in enumerate(words)
    )
    return f":report-{slug} a stance:Report ; stance:reports :{slug} ; stance:document :gazette{passages} .\n"


def line(*said: str, who: str = "ada", target: str = "bridge") -> str:
    """What one says of one thing: `line("+4", "-4..9")`; the statements are s0, s1 …"""
    return "".join(says(f"s{i}", who, one[1:], one[0] + target) for i, one in enumerate(said))


def opened(folder: Path, *parts: str) -> Store:
    """A graph of these statements."""
    (folder / "said.ttl").write_text(HEAD + "".join(parts), encoding="utf-8")
    return store.open(folder / "said.ttl")


def slug(iri: str) -> str:
    return iri.rpartition("/")[2]


def between(rows: Iterable[Shift]) -> list[tuple[str, str, bool]]:
    """Which statements each row is between, and whether that is certain."""
    return [(slug(row["statement_before"]), slug(row["statement_after"]), row["certain"]) for row in rows]


def ascribes(holder: str, stance: str, when: str = "") -> str:
    return (
        f"stance:ascribes [ stance:holder :{holder} ; {day(when)} stance:{EDGES[stance[0]]} :{stance[1:]} ] ;"
    )
