"""Ranks, and how far one document moves each: small cases by hand, and the document really removed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from stancegraph import centrality, network
from stancegraph.centrality import Place, ranks, robust_ranks
from stancegraph.network import NetworkOptions
from stancegraph.network.resampling import Jackknife
from stancegraph.network.signed import of_rows
from stancegraph.records import Named
from stancegraph.store import Store


def test_equal_scores_share_a_rank_and_the_next_skips() -> None:
    assert ranks({"a": 1, "b": 0.1 + 0.2, "c": 0.3, "d": -1}) == {"a": 1, "b": 2, "c": 2, "d": 4}
    assert ranks({}) == {}


def test_scores_tie_by_their_digits_at_any_scale() -> None:
    """One sum in two orders ties; a third more does not, however small the scores are."""
    for scale in (1e-13, 1.0, 1e6):
        scores = {"a": (0.1 + 0.2 + 0.3) * scale, "b": (0.3 + 0.2 + 0.1) * scale, "c": 0.8 * scale}
        assert ranks(scores) == {"c": 1, "a": 2, "b": 2}
    assert ranks({"a": 300000.1 + 0.2, "b": 300000.3}) == {"a": 1, "b": 1}


def left_out(titles: Mapping[str, str], scored: Mapping[str | None, Mapping[str, float]]) -> dict[str, Place]:
    """The places where leaving out a document, by its IRI, gives the scores listed (all else as with none)."""
    documents = [Named(iri, title) for iri, title in titles.items()]

    def make(document: Named | None) -> Mapping[str, float]:
        return scored.get(document.iri if document else None, scored[None])

    return robust_ranks(make, documents)


def test_a_place_carries_the_ranks_each_document_could_make_of_it() -> None:
    """Without `first` B falls behind C; without `second` C leads and A is third."""
    places = left_out(
        {"second": "Second", "first": "First", "third": "Third"},
        {
            None: {"A": 3, "B": 2, "C": 1},
            "first": {"A": 3, "B": 1, "C": 2},
            "second": {"A": 1, "B": 2, "C": 3},
        },
    )
    assert places == {
        "A": Place(3, 1, 1, 3, "Second"),
        "B": Place(2, 2, 2, 3, "First"),
        "C": Place(1, 3, 1, 3, "Second"),
    }
    assert list(places) == ["A", "B", "C"]


def test_a_rank_that_nothing_moves_names_no_document() -> None:
    places = left_out({"first": "First"}, {None: {"A": 1, "B": 1}})
    assert places == {"A": Place(1, 1, 1, 1, None), "B": Place(1, 1, 1, 1, None)}
    assert left_out({}, {None: {"A": 1}}) == {"A": Place(1, 1, 1, 1, None)}


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        (["2"], "absent without Gamma"),
        (["2", "4"], "absent without Alpha or 1 other"),
        (["1", "2", "3"], "absent without Beta or any of 2 others"),
    ],
)
def test_an_actor_who_goes_with_a_document_is_absent_without_it(gone: list[str], expected: str) -> None:
    """B goes with it; A keeps its place, and so the best and worst that B takes are its own rank."""
    titles = {"1": "Delta", "2": "Gamma", "3": "Beta", "4": "Alpha"}
    places = left_out(titles, {None: {"A": 2, "B": 1}} | {iri: {"A": 2} for iri in gone})
    assert places["B"] == Place(1, 2, 2, 2, expected)
    assert places["A"] == Place(2, 1, 1, 1, None)


def test_two_documents_of_one_title_are_two() -> None:
    places = left_out(
        {"first": "Statement", "second": "Statement"},
        {None: {"A": 2, "B": 1}, "first": {"A": 0, "B": 1}, "second": {"A": 2}},
    )
    assert places["A"] == Place(2, 1, 1, 2, "Statement")
    assert places["B"] == Place(1, 2, 1, 2, "absent without Statement")


def test_of_documents_that_move_a_rank_as_far_the_first_by_title_is_named() -> None:
    """Without `last` and without `first` alike A falls from the first place to the second."""
    behind = {"A": 1, "B": 2}
    titles = {"last": "Zeitung", "first": "Anzeiger"}
    places = left_out(titles, {None: {"A": 3, "B": 2}, "last": behind, "first": behind})
    assert places["A"] == Place(3, 1, 1, 2, "Anzeiger")
    absent = left_out(titles, {None: {"A": 3, "B": 2}, "last": {"A": 3}, "first": {"A": 3}})
    assert absent["B"].moved_most_by == "absent without Anzeiger or 1 other"


def test_of_many_documents_a_stated_sample_is_left_out(
    shipped: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {row["iri"]: row for row in centrality.rank(shipped)}
    monkeypatch.setattr(centrality, "DOCUMENTS", 4)
    monkeypatch.setattr(centrality, "SAMPLE", 3)
    rows = centrality.rank(shipped)
    assert any("3 of 5 documents, drawn by chance" in note for note in rows.notes)
    assert rows == centrality.rank(shipped)
    for row in rows:
        of_all = whole[row["iri"]]
        assert row["rank"] == of_all["rank"]
        assert (of_all["best"] or 0) <= (row["best"] or 0) <= (row["worst"] or 0) <= (of_all["worst"] or 0)


@pytest.mark.parametrize("choices", [{}, {"duplicates": "week"}, {"since": "2025-01-01"}])
def test_the_network_without_a_document_is_that_of_the_rows_without_it(
    shipped: Store, choices: NetworkOptions
) -> None:
    """What the document touches is made anew, or all: nodes, ties, labels and kinds are the same."""
    rows, method = network.prepare(shipped, "stances", choices)
    knife = Jackknife(rows, method)
    for code in rows.reporting().tolist():
        quick = knife.without(code)
        whole = of_rows(network.countable(rows.without_document(code), method), method)
        assert quick.nodes == whole.nodes
        assert (quick.labels, quick.kinds) == (whole.labels, whole.kinds)
        for ties in ("a", "b", "size", "sign"):
            assert np.array_equal(getattr(quick, ties), getattr(whole, ties))
