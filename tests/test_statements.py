"""Who said what: records, filters, and the flat table, on five actors worked out by hand and on the shipped graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from asking import PREFIXES
from stancegraph import statements, store, table
from stancegraph.errors import UnknownName, UsageError
from stancegraph.store import Store

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"


@pytest.fixture(scope="module")
def five() -> Store:
    return store.open(FIVE)


def slugs(graph: Store, **filters: Any) -> list[str]:
    return [s.iri.rpartition("/")[2] for s in statements.said(graph, **filters)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"actor": "Alpha"}, ["alpha-once", "alpha-again", "alpha-denies"]),
        ({"actor": ["Alpha", "Delta"], "opposes": "Alpha"}, ["delta-accuses"]),
        ({"supports": "The first thing is so."}, ["alpha-once", "alpha-again", "beta-once"]),
        ({"opposes": "The first thing is so."}, ["gamma-denies"]),
        ({"about": "The second thing is so."}, ["alpha-denies", "beta-later", "gamma-waits"]),
        ({"about": "Echo"}, ["delta-accuses"]),
        ({"act": "request"}, ["beta-later"]),
        ({"quoted": True}, ["alpha-once", "beta-once", "gamma-denies"]),
        ({"quoted": False, "actor": "Alpha"}, ["alpha-again", "alpha-denies"]),
        ({"document": "Document two", "act": "deny"}, ["gamma-denies"]),
        ({"not_document": "Document two", "act": "deny"}, ["alpha-denies"]),
        ({"not_actor": "Alpha", "until": "2024-12-31"}, ["beta-once"]),
        ({"not_act": ["assert", "deny"], "since": "2025-03-03"}, ["beta-later", "delta-accuses"]),
        ({"since": "2025-03-09"}, ["beta-later"]),
        ({"since": "2025-03-10"}, []),
        ({"until": "2025-02-28", "since": "2024-12-03"}, ["beta-once"]),
        ({"kind": "other", "act": "accuse"}, ["delta-accuses"]),
        ({"not_kind": "other"}, []),
        ({"basis": "implied"}, []),
        ({"min_confidence": 0.8, "act": "urge"}, ["beta-later"]),
    ],
)
def test_filters_keep_what_they_say(five: Store, filters: dict[str, Any], expected: list[str]) -> None:
    assert slugs(five, **filters) == expected


def test_a_day_known_as_an_interval_is_given_as_one(five: Store) -> None:
    (later,) = statements.said(five, actor="Beta", act="urge")
    assert later.date == "2025-03-01/2025-03-09"


def test_the_flat_table_has_a_row_for_each_speaker_and_target(five: Store) -> None:
    rows = table.stances(five, actor="Delta")
    assert {(r.actor.label, r.target.label, r.level) for r in rows} == {
        ("Delta", "Alpha", -1),
        ("Delta", "Echo", 1),
    }
    joint = table.stances(store.open(), about="ISIS", act="agree")
    assert {row.actor.label for row in joint} == {"Iraq", "Jordan", "Lebanon", "Syria", "Türkiye"}
    assert len(joint) == 5 * 2


def test_statements_can_be_counted_by_the_organisation_spoken_for(shipped: Store) -> None:
    found = statements.said(shipped, actor="Iraqi armed forces", as_="organisation")
    assert {s.speakers[0].label for s in found} == {"Iraqi armed forces"}
    spoken = {s.iri.rpartition("/")[2] for s in found}
    assert {"rasool-says-defences-are-strong", "iraqi-military-officials-step-up-measures"} <= spoken
    leader_of = {"actor": "Asaib Ahl al-Haq"}
    (spoken_for,) = slugs(shipped, **leader_of)
    assert spoken_for == "khazali-calls-for-outside-action"
    in_the_role = {"khazali-concerned-over-escalation", "khazali-condemns-international-silence"}
    assert set(slugs(shipped, **leader_of, as_="organisation")) == {spoken_for, *in_the_role}


def test_one_statement_can_have_two_reports_and_keeps_both(shipped: Store) -> None:
    (call,) = statements.said(shipped, actor="sudani", quoted=True, opposes="iraq-stays-out")
    assert [(r.document.publisher, len(r.quotes)) for r in call.reports] == [
        ("unidentified outlet", 3),
        ("unidentified site condensing Voice of America", 0),
    ]
    assert call.date == "2024-12-03"


def test_an_ascribed_position_is_not_a_stance_of_its_holder(shipped: Store) -> None:
    shammari = statements.said(shipped, actor="al-Shammari")
    assert {label for s in shammari for label in s.on(1)} == {"Iraq has taken the Assad government's side."}
    assert not [
        s for s in statements.said(shipped, actor="Iraq", supports="Assad government") if "shammari" in s.iri
    ]


def test_about_an_event_includes_what_happened_within_it(shipped: Store) -> None:
    within, whole = slugs(shipped, about="fall of Aleppo"), slugs(shipped, about="rebel-offensive")
    assert within
    assert set(within) < set(whole)


def test_turtle_of_statements_carries_reports_and_passages(shipped: Store) -> None:
    found = statements.said(shipped, actor="khazali", act="condemn")
    triples = list(parse(input=statements.turtle(shipped, found), format=RdfFormat.TURTLE))
    exact = [t.object.value for t in triples if t.predicate.value.endswith("#exact")]
    assert exact == ["unacceptable"]


@pytest.mark.parametrize("actor", ["khazali", "sudani", "SOHR", "al-Shammari", "turkiye"])
def test_a_selection_in_turtle_tells_the_same_when_it_is_opened(
    shipped: Store, tmp_path: Path, actor: str
) -> None:
    found = statements.said(shipped, actor=actor)
    file = tmp_path / "selection.ttl"
    file.write_text(statements.turtle(shipped, found), encoding="utf-8")
    assert [s.row() for s in statements.said(store.open(file))] == [s.row() for s in found]


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"since": "2024-13-01"}, "2024-13-01"),
        ({"until": "yesterday"}, "yesterday"),
        ({"since": "20241201"}, "20241201"),
        ({"since": "2025-01-02", "until": "2025-01-01"}, "after"),
        ({"min_confidence": 2}, "outside"),
        ({"as_": "crowd"}, "organisation"),
        ({"speaker": "khazali"}, "speaker"),
    ],
)
def test_wrong_filters_are_refused_with_the_mend(five: Store, filters: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        statements.said(five, **filters)


def test_an_unknown_name_is_never_somebody_else(shipped: Store) -> None:
    with pytest.raises(UnknownName):
        statements.said(shipped, actor="Barham Salih")


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("actor", ["Iran", "Qais al-Khazali"]),
        ("kind", ["politician", "cleric"]),
        ("about", ["fall of Aleppo", "unity"]),
        ("supports", ["unity", "Assad government"]),
        ("opposes", ["Islamic State", "iraq-stays-out"]),
        ("target", ["unity", "Islamic State"]),
        ("act", ["warning", "condemn"]),
        ("medium", ["post on X", "phone call"]),
    ],
)
def test_leaving_out_two_things_leaves_out_what_either_leaves_out(
    shipped: Store, option: str, values: list[str]
) -> None:
    every = {s.iri for s in statements.said(shipped)}
    asked: list[dict[str, Any]] = [{option: value} for value in values]
    held = [{s.iri for s in statements.said(shipped, **each)} for each in asked]
    assert all(held)
    excluded: dict[str, Any] = {f"not_{option}": values}
    left = {s.iri for s in statements.said(shipped, **excluded)}
    assert left == every - held[0] - held[1]


def test_leaving_out_two_bases_keeps_what_has_a_target_on_the_third(shipped: Store) -> None:
    """Three bases there are: a statement stays while one of its targets, or its lack of any, is said."""
    left = statements.said(shipped, not_basis=["attributed", "implied"])
    assert [s.row() for s in left] == [s.row() for s in statements.said(shipped, basis="said")]
    assert {t.basis for s in left for t in s.targets} == {"said"}
    promise = next(s for s in left if s.iri.endswith("/syrian-defence-ministry-promises-trials"))
    assert promise.on(1) == ("Members of Syria's forces who exceed their orders should face trial.",)


def test_leaving_out_two_documents_keeps_what_a_third_reports(shipped: Store) -> None:
    out = ["gulan-iraq-warns", "voa-condensed-iraqi-concerns"]
    left = {s.iri for s in statements.said(shipped, not_document=out)}
    expected = {
        s.iri
        for s in statements.said(shipped)
        if any(report.document.iri.rpartition("/")[2] not in out for report in s.reports)
    }
    assert left == expected
    assert len(left) < len({s.iri for s in statements.said(shipped)})
    rows = table.stances(shipped, not_document=out)
    counted = {rows.document.values[code].iri.rpartition("/")[2] for code in rows.reports.documents.tolist()}
    assert counted.isdisjoint(out)


@pytest.mark.parametrize(
    ("label", "shown"), [('skos:prefLabel "مجلس"@ar', "council"), ('skos:prefLabel "Council"', "Council")]
)
def test_an_organisation_without_an_english_label_speaks_too(tmp_path: Path, label: str, shown: str) -> None:
    (tmp_path / "graph.ttl").write_text(
        PREFIXES
        + f"""
        :ada a stance:Actor ; skos:prefLabel "Ada"@en .
        :council a stance:Actor ; {label} .
        :head a org:Membership ; org:member :ada ; org:organization :council .
        :one a stance:Statement ; stance:speaker :ada ; stance:inRole :head ; stance:opposes :ada .
        """,
        "utf-8",
    )
    (one,) = statements.said(store.open(tmp_path), as_="organisation")
    assert [speaker.label for speaker in one.speakers] == [shown]
