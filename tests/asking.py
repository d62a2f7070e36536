"""Questions asked of a graph, for tests: the answer's columns as plain text; and small graphs made up for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from stancegraph.statements import questions
from stancegraph.store import Store
from stancegraph.vocabulary import ID

Rows = list[tuple[str, ...]]
Ask = Callable[..., Rows]

NEW_REGION: Final = "Pro-Iran Iraqi faction calls for international action to protect Alawites in Syria"
SHIFTS: Final = "[Iraq shifts its approach to the crisis in Syria]"
CONDENSED: Final = "[Iraqi officials on the violence in Syria after the taking of Aleppo]"
GULAN: Final = "Iraq Warns of Regional Instability Amid Escalating Violence in Syria"
THREAT: Final = "The conflict in Syria threatens Iraq's security."
KILLED: Final = "Forces of Syria's transitional authorities have killed civilians."
STAYS_OUT: Final = "Iraq should stay out of the conflict in Syria."
AMMAN: Final = ("Iraq", "Jordan", "Lebanon", "Syria", "Türkiye")


def of(graph: Store) -> Ask:
    """`ask("said-by", {"actor": "khazali"}, "day", "statement")`: those columns, an unbound one empty."""

    def call(name: str, settings: Mapping[str, str | list[str]], *columns: str, where: Store = graph) -> Rows:
        listed = {key: [value] if isinstance(value, str) else value for key, value in settings.items()}
        variables, rows = questions.answer(where, questions.question(name), listed)
        assert set(columns) <= set(variables)
        return [tuple(short(row[each].value) if each in row else "" for each in columns) for row in rows]

    return call


def short(value: str) -> str:
    """The last part of an IRI of the shipped graph; other text as it is."""
    return value.rpartition("/")[2] if value.startswith(ID) else value


def only(rows: Rows) -> list[str]:
    """The one column asked for."""
    return [value for (value,) in rows]


PREFIXES: Final = """
@prefix : <https://example.org/id/> .
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix act: <https://w3id.org/stancegraph/id/act/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ACCUSED: Final = (
    PREFIXES
    + """
:rival a stance:Actor ; skos:prefLabel "Rival"@en .
:government a stance:Actor ; skos:prefLabel "Government"@en .
:ministry a stance:Actor ; skos:prefLabel "Ministry"@en ; org:subOrganizationOf :cabinet .
:cabinet a stance:Actor ; skos:prefLabel "Cabinet"@en ; org:subOrganizationOf :government .
:loots a stance:Proposition ; skos:prefLabel "It loots."@en ; schema:about :government .
:lies a stance:Proposition ; skos:prefLabel "It lies."@en ; schema:about :government .
:looting a stance:Statement ; stance:speaker :rival ; stance:act act:condemn ; stance:supports :loots ;
    stance:saidOn "2025-05-10"^^xsd:date .
:denial a stance:Statement ; stance:speaker :ministry ; stance:act act:deny ; stance:opposes :loots ;
    stance:saidOn "2025-05-12"^^xsd:date .
:lying a stance:Statement ; stance:speaker :rival ; stance:act act:accuse ; stance:supports :lies ;
    stance:saidOn "2025-05-20"^^xsd:date .
:before a stance:Statement ; stance:speaker :government ; stance:act act:deny ; stance:opposes :lies ;
    stance:saidOn "2025-05-01"^^xsd:date .
"""
)
QUOTED: Final = (
    PREFIXES
    + """
:one a stance:Actor ; skos:prefLabel "One"@en .
:two a stance:Actor ; skos:prefLabel "Two"@en .
:first a stance:Statement ; stance:speaker :one .
:second a stance:Statement ; stance:speaker :two .
:paper a schema:NewsArticle ; dcterms:title "Paper"@en .
:a stance:reports :first ; stance:document :paper ; stance:quote "Never again"@en .
:b stance:reports :second ; stance:document :paper ; stance:quote "never again"@en .
"""
)
ABSTAINED: Final = (
    PREFIXES
    + """
:one a stance:Actor ; skos:prefLabel "One"@en .
:two a stance:Actor ; skos:prefLabel "Two"@en .
:it a stance:Proposition ; skos:prefLabel "It is so."@en .
:that a stance:Proposition ; skos:prefLabel "That is so."@en .
:first a stance:Statement ; stance:speaker :one ; stance:neutralOn :it .
:second a stance:Statement ; stance:speaker :two ; stance:neutralOn :it ; stance:supports :that .
"""
)
LIKE: Final = (
    PREFIXES
    + """
@prefix medium: <https://w3id.org/stancegraph/id/medium/> .
:one a stance:Actor ; skos:prefLabel "One"@en .
:morning a stance:Actor ; skos:prefLabel "Morning"@en .
:evening a stance:Actor ; skos:prefLabel "Evening"@en .
:first a stance:Statement ; stance:speaker :one ; stance:medium medium:speech ; stance:saidOn "2025-05-01"^^xsd:date ;
    stance:gist "Says it." ; skos:closeMatch :second .
:second a stance:Statement ; stance:speaker :one ; stance:medium medium:interview ;
    stance:saidOn "2025-05-01"^^xsd:date ; stance:gist "Says it again." .
:early a schema:NewsArticle ; dcterms:title "Early" ; dcterms:publisher :morning .
:late a schema:NewsArticle ; dcterms:title "Late" ; dcterms:publisher :evening .
:a stance:reports :first ; stance:document :early ; stance:quote "it is so"@en .
:b stance:reports :second ; stance:document :late .
"""
)
COUNTED: Final = (
    PREFIXES
    + """
@prefix count: <https://w3id.org/stancegraph/id/count/> .
:one a stance:Actor ; skos:prefLabel "One"@en .
:storm a schema:Event ; skos:prefLabel "Storm"@en .
:first a stance:Statement ; stance:speaker :one ; stance:claims :ten, :dead ; stance:saidOn "2025-05-01"^^xsd:date .
:second a stance:Statement ; stance:speaker :one ; stance:claims :twenty ; stance:saidOn "2025-05-02"^^xsd:date .
:third a stance:Statement ; stance:speaker :one ; stance:claims :above ; stance:saidOn "2025-05-03"^^xsd:date .
:ten stance:counted count:people-killed ; schema:observationAbout :storm ; schema:minValue 10 .
:dead stance:counted count:civilians-killed ; schema:observationAbout :storm ; schema:minValue 5 .
:twenty stance:counted count:people-killed ; schema:observationAbout :storm ; schema:minValue 20 ;
    stance:exclusive false .
:above stance:counted count:people-killed ; schema:observationAbout :storm ; schema:minValue 20 ;
    stance:exclusive true .
"""
)
