"""Who said what: records, filters, and the flat table, on five actors worked out by hand and on the shipped graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from asking import PREFIXES
from february import Graph, opened, says, slug
from stancegraph import statements, store, table
from stancegraph.errors import UnknownName, UsageError
from stancegraph.statements.filters import FILTERS, FilterOptions, Filters, check, in_words
from stancegraph.store import Store

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"


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
        ({"not_act": "request", "actor": "Beta"}, ["beta-once"]),
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
        ("unidentified outlet", 2),
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


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Ada for herself and for the council, Bo in between, both together, Cy on no known day, Di not surely."""
    return opened(
        tmp_path_factory.mktemp("council"),
        says("own", "ada", "4", "+bridge -dam"),
        says("for-council", "ada", "5", "+dam", "stance:onBehalfOf :council ;"),
        says("later", "bo", "6..9", "0bridge"),
        says("together", "ada bo", "10", "-bridge"),
        says("undated", "cy", "", "+bridge"),
        says("unsure", "di", "12", "+dam").replace("1.0", "0.8"),
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"min_confidence": 0.8}, {"own", "for-council", "later", "together", "undated", "unsure"}),
        ({"min_confidence": 0.81}, {"own", "for-council", "later", "together", "undated"}),
        ({"min_confidence": 1}, {"own", "for-council", "later", "together", "undated"}),
        ({"min_confidence": 0, "actor": "Di"}, {"unsure"}),
        ({"since": "2020-02-09"}, {"later", "together", "unsure"}),
        ({"since": "2020-02-10"}, {"together", "unsure"}),
        ({"until": "2020-02-06"}, {"own", "for-council", "later"}),
        ({"until": "2020-02-05"}, {"own", "for-council"}),
        ({"since": "2020-02-07", "until": "2020-02-07"}, {"later"}),
        ({"joint": True}, {"together"}),
        ({"joint": False}, {"own", "for-council", "later", "undated", "unsure"}),
        ({"actor": "Ada"}, {"own", "for-council", "together"}),
        ({"actor": "Ada", "as_": "person"}, {"own", "for-council", "together"}),
        ({"actor": "Ada", "as_": "organisation"}, {"own", "together"}),
        ({"actor": "Council", "as_": "organisation"}, {"for-council"}),
        ({"not_actor": "Ada"}, {"later", "undated", "unsure"}),
        ({"not_actor": "Ada", "as_": "organisation"}, {"for-council", "later", "undated", "unsure"}),
        ({"actor": "Council", "act": "assert", "as_": "organisation"}, {"for-council"}),
        ({"kind": "government body", "as_": "organisation"}, {"for-council"}),
        ({"not_kind": ["politician", "official"], "as_": "organisation"}, {"for-council"}),
        ({"not_kind": ["politician"]}, {"later"}),
        ({"target": "bridge", "not_supports": "bridge"}, {"later", "together"}),
        ({"supports": ["bridge", "dam"], "opposes": "dam"}, {"own"}),
        ({"actor": [], "joint": None, "since": "2020-02-12"}, {"unsure"}),
        ({"since": "9999-12-31"}, set()),
    ],
)
def test_bounds_are_inclusive_and_speakers_those_they_count_as(
    council: Store, filters: dict[str, Any], expected: set[str]
) -> None:
    assert set(slugs(council, **filters)) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": "politician", "joint": True}, {("Ada", "bridge", -1)}),
        ({"not_kind": "politician"}, {("Bo", "bridge", 0), ("Bo", "bridge", -1)}),
        ({"not_actor": "Bo", "joint": True}, {("Ada", "bridge", -1)}),
        ({"kind": "politician", "not_actor": "Ada"}, {("Cy", "bridge", 1), ("Di", "dam", 1)}),
        ({"actor": ["Ada", "Bo"], "kind": "official"}, {("Bo", "bridge", 0), ("Bo", "bridge", -1)}),
        ({"actor": "Ada", "until": "2020-02-04", "not_supports": "bridge"}, {("Ada", "dam", -1)}),
        ({"actor": "Ada", "until": "2020-02-04", "not_opposes": "dam"}, {("Ada", "bridge", 1)}),
        ({"actor": "Ada", "until": "2020-02-04", "not_target": ["dam", "bridge"]}, set()),
        ({"supports": "bridge"}, {("Ada", "bridge", 1), ("Cy", "bridge", 1)}),
        ({"opposes": "bridge"}, {("Ada", "bridge", -1), ("Bo", "bridge", -1)}),
        ({"target": "bridge", "actor": "Bo"}, {("Bo", "bridge", 0), ("Bo", "bridge", -1)}),
        ({"target": "bridge", "opposes": "bridge"}, {("Ada", "bridge", -1), ("Bo", "bridge", -1)}),
        ({"target": "dam", "actor": "Ada"}, {("Ada", "dam", -1), ("Ada", "dam", 1)}),
        ({"supports": ["bridge", "dam"], "until": "2020-02-04"}, {("Ada", "bridge", 1)}),
        ({"not_actor": "Ada", "about": "dam"}, {("Di", "dam", 1)}),
        ({"actor": "Council", "as_": "organisation"}, {("Council", "dam", 1)}),
        ({"kind": "government body", "as_": "organisation"}, {("Council", "dam", 1)}),
    ],
)
def test_filters_on_speaker_and_target_choose_rows(
    council: Store, filters: dict[str, Any], expected: set[tuple[str, str, int]]
) -> None:
    rows = table.stances(council, **filters)
    assert {(row.actor.label, slug(row.target.iri), row.level) for row in rows} == expected


def test_filters_are_told_as_they_were_typed() -> None:
    typed = {
        "joint": False,
        "quoted": True,
        "as_": "organisation",
        "not_actor": "Bo",
        "actor": ["Ada", "Cy"],
        "min_confidence": 0.8,
        "since": None,
    }
    assert in_words(check(typed)) == (
        "actor Ada or Cy; quoted yes; joint no; min confidence 0.8; as organisation; not actor Bo"
    )


def test_filters_can_be_taken_away_with_what_they_stand_for(council: Store) -> None:
    chosen = Filters.of(council, {"actor": "Ada", "not_target": "dam", "min_count": 2})
    assert chosen
    assert not Filters.of(council, {"actor": None})
    left = chosen.without("actor", "min_count")
    assert left.given == {"not_target": ("dam",)}
    assert {name: [slug(iri) for iri in iris] for name, iris in left.meant.items()} == {"not_target": ["dam"]}
    assert set(map(slug, left.statements() or [])) == {"later", "together", "undated"}


def test_each_filter_looks_among_things_of_its_own_kind(council: Store) -> None:
    assert slugs(council, actor="Ada", opposes="dam") == ["own"]
    with pytest.raises(UnknownName, match="no actor is called 'dam'"):
        statements.said(council, actor="dam", opposes="dam")


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"speaker": "Ada"}, f"no filter is called 'speaker'; there are: {', '.join(sorted(FILTERS))}"),
        (
            {"since": "2020-02-02", "until": "2020-02-01"},
            "--since 2020-02-02 is after --until 2020-02-01: no day lies between them",
        ),
        ({"min_confidence": 1.5}, "--min-confidence 1.5 is outside 0 to 1"),
        ({"min_confidence": -0.5}, "--min-confidence -0.5 is outside 0 to 1"),
        ({"min_count": 0}, "--min-count 0: a speaker left has at least 1 statement"),
        ({"as_": "crowd"}, "--as crowd: speakers count as 'person' or as 'organisation'"),
        ({"words": " "}, "--words is empty: give a word to look for"),
        ({"words": "a \udcff"}, "--words holds bytes that are no UTF-8: write it in that encoding"),
        ({"words": "a " * 21}, "--words takes at most 20 words, these are 21"),
    ],
)
def test_a_wrong_filter_is_told_with_its_value_and_its_mend(filters: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(filters)
    assert str(caught.value) == message


def test_words_are_found_in_gists_quotations_and_the_names_of_targets(shipped: Store) -> None:
    """Each found by hand: the gist, the quotation and the target of three statements."""

    def found(words: str) -> set[str]:
        return {statement.iri.rpartition("/")[2] for statement in statements.said(shipped, words=words)}

    every = statements.said(shipped)
    for words in ("genocide", "GENOCIDE", "stay out of the conflict", "unacceptable"):
        expected = {
            statement.iri.rpartition("/")[2]
            for statement in every
            if all(
                any(
                    word.casefold() in text.casefold()
                    for text in (
                        statement.gist,
                        *statement.quotes,
                        *(target.thing.label for target in statement.targets),
                    )
                )
                for word in words.split()
            )
        }
        assert found(words) == expected != set()
    assert "khazali-condemns-international-silence" in found("unacceptable")
    assert found("unacceptable xyzzy") == set()
    assert found('" } { "') == set()


def test_as_many_words_as_there_may_be_are_taken() -> None:
    assert check({"words": "a " * 20}) == {"words": "a " * 20}


@pytest.mark.parametrize("end", ["since", "until"])
def test_a_day_that_is_none_is_told_with_the_end_it_was_given_for(end: str) -> None:
    with pytest.raises(UsageError, match=f"{end}.*2020-02-30"):
        check({end: "2020-02-30"})


def test_what_one_filter_leaves_out_another_does_not_keep(graph: Graph) -> None:
    """Ada's statement is for the bridge by one property and against the dam by another."""
    own = graph(says("a", "ada", "4", "+bridge -dam"), says("b", "bo", "5", "+bridge"))
    by_target = statements.said(own, target="bridge", not_target="dam")
    by_subject = statements.said(own, about="bridge", not_about="dam")
    assert [[slug(s.iri) for s in found] for found in (by_target, by_subject)] == [["b"], ["b"]]


def test_a_statement_of_two_speakers_is_joint_and_no_other_is(graph: Graph) -> None:
    own = graph(says("a", "ada bo cy", "4", "+bridge"), says("b", "bo", "5", "+bridge"))
    assert [slug(s.iri) for s in statements.said(own, joint=True)] == ["a"]
    assert [slug(s.iri) for s in statements.said(own, joint=False)] == ["b"]


def test_what_was_coded_with_no_confidence_passes_no_least_one(graph: Graph) -> None:
    own = graph(says("a", "ada", "4", "+dam"), says("b", "bo", "4", "+dam").replace("confidence 1.0", "x 1"))
    assert [slug(s.iri) for s in statements.said(own)] == ["a", "b"]
    assert [slug(s.iri) for s in statements.said(own, min_confidence=0)] == ["a"]


def test_words_quoted_without_a_place_are_told_like_those_with_one(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "4", "+bridge"),
        ":elsewhere a stance:Report ; stance:reports :a ; stance:document :paper ; stance:quote 'so it is'@en .",
        ":paper a schema:NewsArticle ; dcterms:title 'The paper' ; dcterms:issued '2020-02-05'^^xsd:date .",
    )
    (said,) = statements.said(own, quoted=True)
    assert said.quotes == ("so it is",)
    shown = {report["document"]: report["passages"] for report in said.row()["reports"]}
    (passages,) = (of for iri, of in shown.items() if iri.endswith("/paper"))
    assert passages == [{"start": None, "end": None, "quote": "so it is"}]


def test_statements_read_a_few_days_at_a_time_are_those_read_at_once_in_the_same_order(
    shipped: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases: list[FilterOptions] = [{"kind": "politician"}, {"until": "2025-02-01"}, {"basis": "said"}]
    at_once = [statements.said(shipped, **options) for options in cases]
    monkeypatch.setattr(statements, "CHUNK", 3)
    assert [statements.said(shipped, **options) for options in cases] == at_once
    assert min(map(len, at_once)) > 3
