"""What is in a graph, as rows: actors, propositions, documents, events, figures, and who has which role where."""

from __future__ import annotations

import pytest

from february import Graph, quoted, says
from stancegraph.statements import catalogue
from stancegraph.store import Store

ID = "https://example.org/id/"
MORE = """
@prefix count: <https://w3id.org/stancegraph/id/count/> .
@prefix role: <https://w3id.org/stancegraph/id/role/> .
role:chair a skos:Concept ; skos:prefLabel "chair"@en .
:council skos:prefLabel "المجلس"@ar .
:first a org:Membership ; org:member :ada ; org:role role:chair ; org:organization :council ;
    schema:startDate "2010-01-01"^^xsd:date ; schema:endDate "2012-12-31"^^xsd:date .
:second a org:Membership ; org:member :ada ; org:role role:chair ; org:organization :council ;
    schema:startDate "2018-01-01"^^xsd:date .
:third a org:Membership ; org:member :bo ; org:role role:chair ; org:organization :council .
:fourth a org:Membership ; org:member :di ; org:role role:chair ; org:organization :office .
:desk a stance:Actor, org:Organization ; skos:prefLabel "Desk"@en ; org:subOrganizationOf :office .
:tower a stance:Proposition ; skos:prefLabel "A tower should be built."@en .
:road a stance:Proposition ; skos:prefLabel "A road should be built."@en .
:office a stance:Actor, org:Organization ; skos:prefLabel "Office"@en ; org:subOrganizationOf :council .
:journal a schema:NewsArticle ; dcterms:title "The dam"@en ; dcterms:publisher :office ;
    stance:issuedNotBefore "2020-02-20"^^xsd:date ; stance:issuedNotAfter "2020-02-25"^^xsd:date ;
    schema:url "https://example.org/dam"^^xsd:anyURI .
:leaflet a schema:NewsArticle ; dcterms:title "No news"@en ; dcterms:issued "2020-03-02"^^xsd:date .
:shower a schema:Event ; skos:prefLabel "Shower"@en ; schema:startDate "2020-02-11"^^xsd:date ;
    schema:location "North"@en ; schema:superEvent :flood .
:flood skos:prefLabel "فيضان"@ar .
:thaw a schema:Event ; skos:prefLabel "Thaw"@en ; schema:endDate "2020-02-09"^^xsd:date .
:homes a stance:Figure ; stance:counted count:people-displaced ; schema:observationAbout :flood ;
    schema:minValue 30 ; schema:maxValue 40 ; stance:exclusive false ; stance:wording "30 to 40 people"@en .
:people a stance:Figure ; stance:counted count:people-killed ; schema:observationAbout :flood ;
    schema:minValue 2 ; stance:exclusive true ; stance:wording "more than two"@en .
"""
COUNTS = """
count:people-displaced a skos:Concept ; skos:prefLabel "people displaced"@en .
count:people-killed a skos:Concept ; skos:prefLabel "people killed"@en .
"""


@pytest.fixture
def told(graph: Graph) -> Store:
    """Ada is for the bridge, and claims two figures that two documents report; Bo and Cy are against it."""
    return graph(
        MORE,
        COUNTS,
        says("a", "ada", "4", "+bridge -dam", "schema:about :flood ; stance:claims :people , :homes ;"),
        says("b", "bo cy", "5", "-bridge"),
        says("c", "cy", "6", "0dam"),
        says("d", "cy", "3", "+dam +tower", "schema:about :shower ;"),
        quoted("a"),
        ":report-a2 a stance:Report ; stance:reports :a ; stance:document :journal .",
        quoted("b"),
    )


def test_actors_come_with_their_kind_and_their_statements_most_first(told: Store) -> None:
    assert catalogue.actors(told) == [
        {"actor": "Cy", "iri": f"{ID}cy", "kind": "politician", "statements": 3},
        {"actor": "Ada", "iri": f"{ID}ada", "kind": "politician", "statements": 1},
        {"actor": "Bo", "iri": f"{ID}bo", "kind": "official", "statements": 1},
        {"actor": "Council", "iri": f"{ID}council", "kind": "government body", "statements": 0},
        {"actor": "Desk", "iri": f"{ID}desk", "kind": None, "statements": 0},
        {"actor": "Di", "iri": f"{ID}di", "kind": "politician", "statements": 0},
        {"actor": "Office", "iri": f"{ID}office", "kind": None, "statements": 0},
    ]
    assert [row["actor"] for row in catalogue.actors(told, "المجلس")] == ["Council"]


def test_propositions_come_with_how_many_actors_are_for_and_against_the_disputed_first(told: Store) -> None:
    rows = catalogue.propositions(told)
    assert list(rows[0]) == ["proposition", "iri", "supporters", "opposers"]
    assert [tuple(row.values()) for row in rows] == [
        ("The bridge should stay open.", f"{ID}bridge", 1, 2),
        ("The dam should be built.", f"{ID}dam", 1, 1),
        ("A tower should be built.", f"{ID}tower", 1, 0),
        ("A road should be built.", f"{ID}road", 0, 0),
    ]


def test_documents_come_oldest_first_one_without_a_day_by_the_first_it_may_be_of(told: Store) -> None:
    assert catalogue.documents(told) == [
        {
            "document": f"{ID}journal",
            "title": "The dam",
            "publisher": "Office",
            "issued": "2020-02-20/2020-02-25",
            "url": "https://example.org/dam",
            "statements": 1,
        },
        {
            "document": f"{ID}gazette",
            "title": "The bridge",
            "publisher": "",
            "issued": "2020-03-01",
            "url": None,
            "statements": 2,
        },
        {
            "document": f"{ID}leaflet",
            "title": "No news",
            "publisher": "",
            "issued": "2020-03-02",
            "url": None,
            "statements": 0,
        },
    ]


def test_events_come_once_oldest_first_an_open_beginning_is_shown_and_the_undated_are_last(
    told: Store,
) -> None:
    rows = catalogue.events(told)
    assert list(rows[0]) == ["event", "iri", "date", "location", "within", "statements"]
    assert [tuple(row.values()) for row in rows] == [
        ("Thaw", f"{ID}thaw", "../2020-02-09", None, None, 0),
        ("Flood", f"{ID}flood", "2020-02-10/2020-02-12", None, None, 1),
        ("Shower", f"{ID}shower", "2020-02-11", "North", "Flood", 1),
        ("Drought", f"{ID}drought", None, None, None, 0),
    ]


def test_a_figure_has_a_row_for_each_document_that_reports_it(told: Store) -> None:
    rows = catalogue.figures(told)
    assert list(rows[0]) == (
        "speaker counted event min max exclusive date document wording statement".split()
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Ada", counted, "Flood", *bounds, "2020-02-04", title, wording, f"{ID}a")
        for counted, bounds, wording in (
            ("people displaced", (30, 40, False), "30 to 40 people"),
            ("people killed", (2, None, True), "more than two"),
        )
        for title in ("The bridge", "The dam")
    ]
    assert catalogue.figures(told, actor="Bo") == []


def test_a_role_held_twice_is_told_with_both_its_times(told: Store) -> None:
    assert catalogue.roles(told, f"{ID}ada") == [
        "chair, Council (from 2010-01-01 until 2012-12-31)",
        "chair, Council (from 2018-01-01)",
    ]
    assert catalogue.members(told, f"{ID}council") == [
        "Ada, chair (from 2010-01-01 until 2012-12-31)",
        "Ada, chair (from 2018-01-01)",
        "Bo, chair",
        "Office",
    ]


def test_figures_of_frequent_speakers_count_also_what_they_say_without_a_figure(told: Store) -> None:
    """Ada has one statement, with both figures; Cy has three without any."""
    assert len(catalogue.figures(told, min_count=1)) == 4
    assert catalogue.figures(told, min_count=2) == []


def test_figures_are_found_of_a_speaker_with_other_statements(graph: Graph) -> None:
    own = graph(
        MORE,
        COUNTS,
        says("a", "ada", "4", "+bridge"),
        says("b", "ada", "5", "+dam", "stance:claims :people ;"),
        quoted("b"),
    )
    for filters in ({"actor": "Ada"}, {"min_count": 2}, {"supports": "dam"}):
        assert [row["min"] for row in catalogue.figures(own, **filters)] == [2]
    assert catalogue.figures(own, supports="bridge") == []


def test_sides_of_a_proposition_count_an_actor_once_over_all_properties_of_one_sign(graph: Graph) -> None:
    """Ada supports and demands the bridge, Bo demands it, Cy is against it and withholds judgement on the dam."""
    own = graph(
        ':demandsIt stance:polarity 1 ; <http://www.w3.org/2000/01/rdf-schema#label> "demands"@en .\n',
        says("a", "ada", "4", "+bridge"),
        says("b", "ada bo", "5", "", ":demandsIt :bridge ;"),
        says("c", "cy", "6", "-bridge 0dam"),
    )
    rows = {row["proposition"]: row for row in catalogue.propositions(own)}
    bridge, dam = rows["The bridge should stay open."], rows["The dam should be built."]
    assert (bridge["supporters"], bridge["opposers"]) == (2, 1)
    assert (dam["supporters"], dam["opposers"]) == (0, 0)
