"""Statements of chance, as many as one likes, as the model has them: for tests of size and for what is measured."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Final

PREFIXES: Final = """@prefix : <https://example.org/> .
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix act: <https://w3id.org/stancegraph/id/act/> .
@prefix medium: <https://w3id.org/stancegraph/id/medium/> .
@prefix basis: <https://w3id.org/stancegraph/id/basis/> .
@prefix kind: <https://w3id.org/stancegraph/id/kind/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
"""
EDGES: Final = ("supports", "opposes", "neutralOn")


def write(folder: Path, statements: int, *, whole: bool = True) -> Path:
    """A folder of Turtle, 24 triples a statement: up to 2,000 speakers and 500 propositions, the first the busiest.

    Unless `whole`, eight: who said what about whom when, on which basis, in which words of which document.

    Speakers are called "Speaker 5 al-Name5", propositions "Proposition 5 holds."; ten statements share a document,
    one of a day of 2024.
    """
    folder.mkdir(parents=True, exist_ok=True)
    speakers, propositions = (min(most, max(20, statements // 20)) for most in (2_000, 500))
    dice = random.Random(1)
    with (folder / "things.ttl").open("w", encoding="utf-8") as file:
        file.write(PREFIXES + ':paper a stance:Actor ; skos:prefLabel "Paper"@en .\n')
        for i in range(speakers):
            kind = dice.choice(["politician", "state", "cleric"])
            file.write(
                f':speaker{i} a stance:Actor , foaf:Person ; skos:prefLabel "Speaker {i} al-Name{i}"@en ;'
                f" stance:actorKind kind:{kind} .\n"
            )
        for i in range(propositions):
            label = f'"Proposition {i} holds."@en'
            file.write(f":proposition{i} a stance:Proposition , skos:Concept ; skos:prefLabel {label} .\n")
        for i in range(statements // 10):
            file.write(
                f':document{i} a schema:NewsArticle ; dcterms:title "Document {i}"@en ; dcterms:publisher :paper ;'
                f' dcterms:issued "{_day(i)}"^^xsd:date ; stance:length 5000 .\n'
            )
    said_by, said_on = (
        dice.choices(
            range(number), cum_weights=list(accumulate(1 / (i + 1) for i in range(number))), k=statements
        )
        for number in (speakers, propositions)
    )
    with (folder / "statements.ttl").open("w", encoding="utf-8") as file:
        file.write(PREFIXES)
        for i, (speaker, target) in enumerate(zip(said_by, said_on, strict=True)):
            file.write((_statement if whole else _bare)(i, speaker, target, dice))
    return folder


def rows(number: int) -> str:
    """A CSV of stances of 200 speakers on matters of 200 rows each, a matter a day."""
    dice = random.Random(1)
    lines = (
        f"Speaker {i % 200},Matter {i // 200},{dice.choice(EDGES[:2])},{_day(i // 200)}\n"
        for i in range(number)
    )
    return "speaker,target,stance,date\n" + "".join(lines)


def curated(folder: Path, statements: int, per_file: int) -> Path:
    """The same as a folder that commands add to, so many statements in a file, and an article with a quotation.

    The article is the document "Article", its text `article.txt` beside the folder.
    """
    from stancegraph.curate import changes, entries
    from stancegraph.curate.folder import init

    raw = write(folder.with_name(f"{folder.name}-raw"), statements)
    graph = init(folder, base="https://example.org/")
    (raw / "things.ttl").rename(folder / "things.ttl")
    blocks = (raw / "statements.ttl").read_text("utf-8").removeprefix(PREFIXES).split(":statement")[1:]
    # A statement and its report name it: every second part begins where the report refers to it.
    whole = [f":statement{a}:statement{b}" for a, b in zip(blocks[::2], blocks[1::2], strict=True)]
    for at in range(0, statements, per_file):
        text = PREFIXES + "".join(whole[at : at + per_file])
        (folder / "statements" / f"part-{at // per_file}.ttl").write_text(text, "utf-8")
    article = folder.with_name("article.txt")
    article.write_text("Speaker 5 said: “It must stay open, whatever it costs”.\n", "utf-8")
    values = {"title": "Article", "publisher": "Paper", "date": "2024-12-30"}
    changes.apply(graph, entries.add(graph, "document", values, text=article), checked=True)
    return folder


def _day(document: int) -> date:
    return date(2024, 1, 1) + timedelta(days=document % 364)


def _statement(i: int, speaker: int, target: int, dice: random.Random) -> str:
    edge, start = dice.choices(EDGES, [48, 48, 4])[0], dice.randrange(4000)
    act, basis = dice.choice(["urge", "accuse", "condemn"]), dice.choice(["said", "implied"])
    confidence = dice.choice(["1.0", "0.8", "0.6"])
    return f""":statement{i} a stance:Statement ; stance:speaker :speaker{speaker} ; stance:act act:{act} ;
  stance:medium medium:interview ; stance:saidOn "{_day(i // 10)}"^^xsd:date ; stance:basis basis:{basis} ;
  stance:confidence {confidence} ; stance:gist "Says that number {i} is so."@en ; stance:{edge} :proposition{target} .
:report{i} a stance:Report ; stance:reports :statement{i} ; stance:document :document{i // 10} ;
  stance:quote "words {i} said"@en ; stance:passage [ a oa:SpecificResource ; oa:hasSource :document{i // 10} ;
    oa:hasSelector [ a oa:TextPositionSelector ; oa:start {start} ; oa:end {start + 20} ] ,
      [ a oa:TextQuoteSelector ; oa:exact "words {i} said"@en ] ] .
"""


def _bare(i: int, speaker: int, target: int, dice: random.Random) -> str:
    edge, basis = dice.choices(EDGES, [48, 48, 4])[0], dice.choice(["said", "implied"])
    return f""":statement{i} a stance:Statement ; stance:speaker :speaker{speaker} ; stance:basis basis:{basis} ;
  stance:saidOn "{_day(i // 10)}"^^xsd:date ; stance:{edge} :proposition{target} .
:report{i} stance:reports :statement{i} ; stance:document :document{i // 10} ; stance:quote "words {i} said"@en .
"""
