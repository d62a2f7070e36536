"""The timeline: every statement by day, with its words."""

from __future__ import annotations

from typing import Any

import pytest

from february import Graph, quoted, says, slug
from stancegraph import statements, table
from stancegraph.statements.catalogue import timeline
from stancegraph.store import Store
from test_codings import BOTH


def test_a_timeline_has_a_row_for_each_statement_and_target_oldest_first(five: Store) -> None:
    rows = [(r["date"], r["actor"], r["stance"], r["target"], slug(r["statement"])) for r in timeline(five)]
    first, second = "The first thing is so.", "The second thing is so."
    assert rows == [
        ("2024-12-01", "Alpha", "supports", first, "alpha-once"),
        ("2024-12-02", "Alpha", "supports", first, "alpha-again"),
        ("2024-12-02", "Alpha", "opposes", second, "alpha-denies"),
        ("2024-12-03", "Beta", "supports", first, "beta-once"),
        ("2025-03-01/2025-03-09", "Beta", "supports", second, "beta-later"),
        ("2025-03-02", "Gamma", "opposes", first, "gamma-denies"),
        ("2025-03-02", "Gamma", "neutral on", second, "gamma-waits"),
        ("2025-03-03", "Delta", "for", "Echo", "delta-accuses"),
        ("2025-03-03", "Delta", "against", "Alpha", "delta-accuses"),
    ]


def test_a_row_of_a_timeline_carries_words_documents_and_events(graph: Graph) -> None:
    own = graph(says("a", "ada", "4", "+bridge", "schema:about :flood ;"), quoted("a", "Let it stay"))
    assert timeline(own) == [
        {
            "date": "2020-02-04",
            "actor": "Ada",
            "iri": "https://example.org/id/ada",
            "act": "assert",
            "stance": "supports",
            "target": "The bridge should stay open.",
            "target_iri": "https://example.org/id/bridge",
            "quotes": ["Let it stay"],
            "gist": "Gist of a.",
            "basis": "said",
            "confidence": 1.0,
            "documents": ["The bridge"],
            "statement": "https://example.org/id/a",
            "event": ["Flood"],
        }
    ]


def test_a_row_names_the_documents_that_show_its_stance_and_the_actor_may_come_first(graph: Graph) -> None:
    own = graph(*BOTH, says("b", "bo", "5", "-bridge"))
    assert [(row["actor"], row["documents"]) for row in timeline(own, "Ada")] == [
        ("Ada", ["The bridge", "The dam"]),
        ("Ada", ["The dam"]),
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["Ada+bridge", "Ada-dam", "Bo+bridge", "Bo-dam", "Ada", "Bo", "Cy+dam"]),
        ({"actor": "Bo"}, ["Bo+bridge", "Bo-dam", "Bo"]),
        ({"not_actor": "Ada"}, ["Bo+bridge", "Bo-dam", "Bo", "Cy+dam"]),
        ({"target": "The dam should be built."}, ["Ada-dam", "Bo-dam", "Cy+dam"]),
        ({"not_target": "The dam should be built."}, ["Ada+bridge", "Bo+bridge", "Ada", "Bo"]),
        (
            {"not_supports": "The dam should be built."},
            ["Ada+bridge", "Ada-dam", "Bo+bridge", "Bo-dam", "Ada", "Bo"],
        ),
        ({"kind": "politician", "supports": "The dam should be built."}, ["Cy+dam"]),
        ({"min_count": 2}, ["Ada+bridge", "Ada-dam", "Bo+bridge", "Bo-dam", "Ada", "Bo"]),
        ({"joint": True, "since": "2020-02-02"}, ["Ada", "Bo"]),
        ({"as_": "organisation", "actor": "Council"}, ["Council"]),
    ],
)
def test_statements_without_stance_and_joint_ones_are_on_the_timeline_of_each_speaker(
    graph: Graph, filters: dict[str, Any], expected: list[str]
) -> None:
    own = graph(
        says("a", "ada bo", "1", "+bridge -dam"),
        says("b", "ada bo", "4", "", "stance:onBehalfOf :council ;"),
        says("c", "cy", "9", "+dam"),
    )
    signs = {"supports": "+", "opposes": "-", None: ""}
    rows = timeline(own, **filters)
    assert [row["actor"] + signs[row["stance"]] + slug(row["target_iri"] or "") for row in rows] == expected


def test_the_shipped_timeline_has_every_statement_once_for_each_speaker_and_target(shipped: Store) -> None:
    rows = timeline(shipped)
    told = statements.said(shipped)
    assert len(rows) == sum(len(s.speakers) * max(len(s.targets), 1) for s in told)
    assert {row["statement"] for row in rows} == {s.iri for s in told}
    assert sorted(row["date"] for row in rows) == [row["date"] for row in rows]
    stances = [row for row in rows if row["target"] is not None]
    assert len(stances) == len(table.stances(shipped))
