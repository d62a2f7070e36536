"""What is coded of one target alone, the word each stance has, and undertakings: filtered, counted, printed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from february import Graph, says
from stancegraph import centrality, network, page, statements, table
from stancegraph.serve import resources
from stancegraph.store import Store

SORTS = ":bridge a stance:Demand . :dam a stance:Claim .\n"
TWO_REPORTS = """
:journal a schema:NewsArticle ; dcterms:title "The dam"@en ; dcterms:issued "2020-03-02"^^xsd:date .
:a stance:coding [ a stance:Coding ; stance:of :dam ; stance:basis basis:implied ; stance:confidence 0.6 ;
        stance:shownBy :in-the-journal ] .
:in-the-gazette a stance:Report ; stance:reports :a ; stance:document :gazette .
:in-the-journal a stance:Report ; stance:reports :a ; stance:document :journal .
"""
"""Of Ada's statement the stance on the dam is implied, and shown by the report in the journal alone."""
BOTH = (says("a", "ada", "4", "+bridge -dam"), SORTS, TWO_REPORTS)
BRIDGE, DAM = "The bridge should stay open.", "The dam should be built."
ALL = "bridge dam"


def ends(iri: str) -> str:
    return iri.rpartition("/")[2]


def test_each_target_has_its_own_basis_confidence_and_documents(graph: Graph) -> None:
    own = graph(*BOTH)
    (said,) = statements.said(own)
    assert [
        (t.word, ends(t.thing.iri), t.basis, t.confidence, [*map(ends, t.documents)]) for t in said.targets
    ] == [
        ("calls for", "bridge", "said", 1.0, ["gazette", "journal"]),
        ("denies", "dam", "implied", 0.6, ["journal"]),
    ]
    assert (said.basis, said.confidence, len(said.reports)) == ("said", 1.0, 2)
    rows = table.stances(own)
    assert [ends(iri) for iri in (row.target.iri for row in rows)] == ["bridge", "dam"]
    assert rows.basis.to_list() == ["said", "implied"]
    assert rows.confidence.tolist() == [1.0, 0.6]
    edges = {ends(b): data for _, b, data in network.stances(own).edges(data=True)}
    assert (edges["dam"]["stance"], edges["dam"]["basis"], edges["dam"]["confidence"]) == (
        "denies",
        "implied",
        0.6,
    )
    assert [ends(iri) for iri in edges["dam"]["documents"]] == ["journal"]
    assert [report["title"] for report in edges["dam"]["reports"]] == ["The dam"]
    assert [ends(iri) for iri in edges["bridge"]["documents"]] == ["gazette", "journal"]


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, ALL),
        ({"basis": "said"}, "bridge"),
        ({"basis": "implied"}, "dam"),
        ({"basis": ["said", "implied"]}, ALL),
        ({"basis": "attributed"}, None),
        ({"not_basis": "implied"}, "bridge"),
        ({"not_basis": ["said", "implied"]}, None),
        ({"min_confidence": 0.7}, "bridge"),
        ({"min_confidence": 0.6}, ALL),
        ({"document": "gazette"}, "bridge"),
        ({"document": "journal"}, ALL),
        ({"not_document": "journal"}, "bridge"),
        ({"not_document": "gazette"}, ALL),
        ({"basis": "implied", "document": "gazette"}, ""),
        ({"opposes": "dam"}, ALL),
        ({"opposes": "dam", "basis": "said"}, None),
        ({"opposes": "dam", "not_document": "journal"}, None),
        ({"supports": "bridge", "basis": "implied"}, None),
    ],
)
def test_filters_on_the_coding_choose_targets(
    graph: Graph, filters: dict[str, Any], left: str | None
) -> None:
    """None where no statement is left; a statement that a document reports is, though none of its targets be shown."""
    own = graph(*BOTH)
    found = [" ".join(ends(t.thing.iri) for t in said.targets) for said in statements.said(own, **filters)]
    assert found == ([] if left is None else [left])
    wanted = {ends(row.target.iri) for row in table.stances(own, **filters)}
    chosen = (
        {"dam"} if filters.get("opposes") else {"bridge"} if filters.get("supports") else {"bridge", "dam"}
    )
    assert wanted == set((left or "").split()) & chosen


def test_what_is_coded_of_a_statement_without_a_stance_hides_nothing_of_another(graph: Graph) -> None:
    coded = ":{} stance:coding [ a stance:Coding ; stance:of :{} ; stance:confidence {} ] .\n"
    own = graph(
        *(says(each, "ada", "4", stance) for each, stance in (("a", "+dam"), ("b", "+bridge"), ("c", ""))),
        coded.format("b", "bridge", 0.5),
        coded.format("c", "dam", 0.2),
    )
    for rows in (table.stances(own), table.stances(own, actor="Ada")):
        assert {ends(row.target.iri): sure for row, sure in zip(rows, rows.confidence, strict=True)} == {
            "dam": 1.0,
            "bridge": 0.5,
        }


def test_a_target_goes_with_the_only_document_that_shows_it(graph: Graph) -> None:
    """Bo opposes the dam in the gazette; without the journal Ada is tied to nobody."""
    bo = ":bo-says a stance:Report ; stance:reports :b ; stance:document :gazette .\n"
    own = graph(*BOTH, says("b", "bo", "5", "-dam"), bo)
    rows = table.stances(own)
    without = {
        ends(document.iri): [ends(row.target.iri) for row in rows.without_document(code)]
        for code, document in enumerate(rows.document.values)
        if document.iri
    }
    assert without == {"gazette": ["bridge", "dam"], "journal": ["bridge", "dam"]}
    left = rows.without_document(
        next(i for i, d in enumerate(rows.document.values) if ends(d.iri) == "journal")
    )
    assert [(row.actor.label, ends(row.target.iri)) for row in left] == [("Ada", "bridge"), ("Bo", "dam")]
    ranked = {row["actor"]: row for row in centrality.rank(own, "degree", on="agreement")}
    assert (ranked["Ada"]["score"], ranked["Bo"]["score"]) == (1, 1)
    assert not network.agreement(own, not_document="journal").edges
    assert len(network.agreement(own).edges) == 1


def test_a_document_that_shows_no_target_of_what_it_reports_still_reports_it(
    shipped: Store, run: Run
) -> None:
    """That the violence threatens the region is shown by Gulan's report of the ministry's concern alone."""
    slug = "iraqi-foreign-ministry-concerned-over-coast"
    (there,) = (
        s for s in statements.said(shipped, document="new-region-khazali-calls") if s.iri.endswith(slug)
    )
    assert there.targets == ()
    (said,) = (s for s in statements.said(shipped, document="gulan-iraq-warns") if s.iri.endswith(slug))
    assert said.on(1) == ("The conflict in Syria threatens the stability of the region.",)
    asked = ("said", "Iraqi foreign ministry", "--act", "express-concern")
    printed = run(*asked, "--document", "gulan-iraq-warns").stdout
    assert f"says: {said.on(1)[0]} [said, confidence 0.8]" in " ".join(printed.split())
    assert said.on(1)[0] not in run(*asked, "--document", "new-region-khazali-calls").stdout


def test_what_is_not_plainly_said_is_marked_wherever_it_is_printed(
    graph: Graph, run: Run, tmp_path: Path
) -> None:
    graph(*BOTH, says("b", "bo", "5", "-dam"))
    data = ("--data", str(tmp_path / "said.ttl"))
    marked = f"denies: {DAM} [implied, confidence 0.6]"
    for name in ("said", "actor"):
        lines = [line.strip() for line in run(name, "Ada", *data).stdout.splitlines()]
        assert any(line.endswith(marked) for line in lines), name
        assert any(line.endswith(f"calls for: {BRIDGE}") for line in lines), name
    for command in (("compare", "Ada", "Bo"), ("allies", "Bo")):
        out = run(*command, *data).stdout
        said = " ".join(out.split())
        ada = "Ada, 2020-02-04: Gist of a. — The bridge, 2020-03-01; The dam, 2020-03-02"
        assert f"{ada} [implied, confidence 0.6]" in said, command
        assert said.count("[implied, confidence 0.6]") == 1, command


def test_a_confidence_that_is_not_coded_is_given_nowhere_and_passes_no_least_one(
    graph: Graph, run: Run, tmp_path: Path
) -> None:
    """Bo's stance on the bridge has a confidence of its own, that on the dam none; of Cy's text no number is made."""
    own = graph(
        says("a", "ada", "4", "+dam").replace("stance:confidence 1.0 ;", ""),
        says("b", "bo", "5", "+bridge -dam").replace("stance:confidence 1.0 ;", ""),
        ":b stance:coding [ a stance:Coding ; stance:of :bridge ; stance:confidence 0.5 ] .\n",
        says("c", "cy", "6", "+dam").replace("1.0", "'sure'"),
    )
    data = ("--data", str(tmp_path / "said.ttl"))
    rows = json.loads(run("said", *data, "--format", "json").stdout)
    assert [row["confidence"] for row in rows] == [None, None, 0]
    assert [target["confidence"] for target in rows[1]["targets"]] == [0.5, None]
    shown = csv.DictReader(run("timeline", *data, "--format", "csv").stdout.splitlines())
    assert [row["confidence"] for row in shown] == ["", "0.5", "", "0.0"]
    stances = table.stances(own)
    assert stances.to_arrow()["confidence"].to_pylist() == [None, 0.5, None, 0]
    assert [stance["confidence"] for stance in page.content.describe(network.stances(own)).stances] == [
        *(None, 0.5, None, 0)
    ]
    for least, kept in ((0, ["bridge"]), (0.5, ["bridge"]), (0.6, [])):
        found = statements.said(own, min_confidence=least)
        assert [ends(t.thing.iri) for said in found for t in said.targets] == kept
        assert [ends(row.target.iri) for row in table.stances(own, min_confidence=least)] == kept


def test_the_entry_of_a_statement_without_a_basis_has_no_line_for_it(graph: Graph) -> None:
    bare = says("a", "ada", "4", "+dam").replace("stance:basis basis:said ; stance:confidence 1.0 ;", "")
    own = graph(bare, says("b", "bo", "5", "+dam"))
    shown = [
        resources.Entry(own, "statement", said.iri).content("html", resources.Addresses({}))
        for said in statements.said(own)
    ]
    assert [b"Coded on" in page for page in shown] == [False, True]


GOVERNMENT = """
:council stance:actorKind kind:government-body .
:ministry a stance:Actor, org:Organization ; skos:prefLabel "Ministry"@en ; stance:actorKind kind:government-body ;
    org:subOrganizationOf :council .
:union a stance:Actor ; skos:prefLabel "Union"@en ; stance:actorKind kind:other ;
    <http://xmlns.com/foaf/0.1/member> :cy .
:minister a org:Membership ; org:member :di ; org:organization :ministry .
:land a stance:Actor ; skos:prefLabel "Land"@en ; stance:actorKind kind:other .
:council org:subOrganizationOf :land .
:bridge stance:binds :council . :dam stance:binds :union .
:dam a stance:Demand . :bridge a stance:Demand .
"""
"""The bridge is the council's to keep open, the dam the union's to build."""


@pytest.mark.parametrize(
    ("who", "stance", "more", "word"),
    [
        ("ada", "+bridge", "", "calls for"),
        ("ada", "-bridge", "", "rejects"),
        ("ada", "0bridge", "", "leaves open"),
        ("council", "+bridge", "", "undertakes"),
        ("council", "-bridge", "", "refuses"),
        ("council", "0bridge", "", "leaves open"),
        ("ministry", "+bridge", "", "undertakes"),
        ("land", "+bridge", "", "undertakes"),
        ("di", "+bridge", "", "calls for"),
        ("di", "+bridge", "stance:inRole :minister ;", "undertakes"),
        ("bo", "+bridge", "stance:onBehalfOf :council ;", "undertakes"),
        ("cy", "-dam", "", "refuses"),
        ("council", "+dam", "", "calls for"),
        ("ada council", "+bridge", "", "undertakes"),
        ("ada", "+bo", "", "for"),
        ("ada", "-bo", "", "against"),
        ("ada", "0bo", "", "neutral on"),
        ("council", "-ministry", "", "against"),
    ],
)
def test_a_stance_has_the_word_of_its_target_and_of_who_is_bound(
    graph: Graph, who: str, stance: str, more: str, word: str
) -> None:
    """Bound are the actor named, its parts and members, what it is part of, and who speaks for any of them."""
    own = graph(GOVERNMENT, says("a", who, "4", stance, more))
    (said,) = statements.said(own)
    assert [target.word for target in said.targets] == [word]
    assert said.row()["targets"][0]["stance"] == word


@pytest.mark.parametrize(
    ("stance", "word"),
    [("+dam", "says"), ("-dam", "denies"), ("0dam", "leaves open"), ("+bridge", "supports")],
)
def test_a_claim_is_said_or_denied_and_what_is_neither_claim_nor_demand_supported(
    graph: Graph, stance: str, word: str
) -> None:
    own = graph(":dam a stance:Claim .\n", says("a", "ada", "4", stance))
    assert [target.word for target in statements.said(own)[0].targets] == [word]


def test_an_undertaking_is_no_agreement_unless_it_is_counted(graph: Graph, run: Run, tmp_path: Path) -> None:
    """Ada and Bo call for the bridge; the council promises it. Each has one row."""
    own = graph(GOVERNMENT, *(says(who, who, "4", "+bridge") for who in ("ada", "bo", "council")))

    def pairs(**choices: bool) -> set[str]:
        made = network.agreement(own, **choices)  # type: ignore[arg-type]
        assert {tie["weight"] for tie in network.edge_list(made)} == {1}
        return {" ".join(sorted(map(ends, pair))) for pair in made.edges}

    assert pairs() == {"ada bo"}
    assert pairs(undertakings=True) == {"ada bo", "ada council", "bo council"}
    note = "1 row left out: demands that bind the speaker (--undertakings counts them)"
    assert network.agreement(own).graph["notes"] == (note,)
    assert network.agreement(own, undertakings=True).graph["notes"] == ()
    command = ("network", "--data", str(tmp_path / "said.ttl"), "--format", "csv")
    assert (note in run(*command).stderr, len(run(*command).stdout.splitlines())) == (True, 2)
    assert len(run(*command, "--undertakings").stdout.splitlines()) == 4


def test_of_a_joint_statement_the_row_of_who_is_bound_is_left_out(graph: Graph) -> None:
    own = graph(GOVERNMENT, says("a", "ada council", "4", "+bridge"), says("b", "bo", "4", "+bridge"))
    made = network.agreement(own)
    assert {" ".join(sorted(map(ends, pair))) for pair in made.edges} == {"ada bo"}


def test_counted_by_organisation_an_undertaking_is_the_organisations(graph: Graph) -> None:
    """Di calls for the bridge as minister: the ministry is part of the council that is bound."""
    own = graph(
        GOVERNMENT,
        says("a", "ada", "4", "+bridge"),
        says("b", "di", "4", "+bridge", "stance:inRole :minister ;"),
    )
    assert not network.agreement(own, as_="organisation").edges
    assert len(network.agreement(own, as_="organisation", undertakings=True).edges) == 1


def test_two_mode_and_stance_networks_count_undertakings(graph: Graph) -> None:
    own = graph(GOVERNMENT, says("a", "council", "4", "+bridge"))
    assert network.two_mode(own).number_of_edges() == network.stances(own).number_of_edges() == 1
    (row,) = table.stances(own)
    assert (row.actor.label, row.level) == ("Council", 1)
