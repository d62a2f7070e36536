"""How fragile blocs are: small cases by hand, and documents of the shipped graph really left out."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from stancegraph import balance, store, table
from stancegraph.balance.blocs import Pair
from stancegraph.errors import UsageError
from stancegraph.network.resampling import interval
from stancegraph.statements import catalogue
from stancegraph.table import Table


def of(*rows: tuple[str, str, int, str]) -> Table:
    """Rows of actor, target, level and document."""
    actors, targets, levels, documents = zip(*rows, strict=True)
    return table.of(actors, targets, levels, documents=documents)


def pairs(rows: Table) -> dict[tuple[str, str], Pair]:
    found = balance.alliances(rows)
    return {(pair.a, pair.b): pair for bloc in found.blocs for pair in bloc.pairs}


def test_a_pair_stays_together_without_a_document_that_is_not_all_that_binds_it() -> None:
    """Ada and Bo share the bridge in one document and the dam in another; Cy is with them by the second alone."""
    found = pairs(
        of(
            ("Ada", "bridge", 1, "first"),
            ("Bo", "bridge", 1, "first"),
            ("Ada", "dam", 1, "second"),
            ("Bo", "dam", 1, "second"),
            ("Cy", "dam", 1, "second"),
        )
    )
    assert {two: (pair.without_document, pair.parted_by) for two, pair in found.items()} == {
        ("Ada", "Cy"): (0.5, ("second",)),
        ("Bo", "Cy"): (0.5, ("second",)),
        ("Ada", "Bo"): (1.0, ()),
    }
    assert list(found)[-1] == ("Ada", "Bo")


def test_a_pair_that_another_split_as_good_parts_does_not_stay_together() -> None:
    """Without the second document Ada agrees with Bo and with Cy as strongly as these two disagree."""
    rows = [
        ("Ada", "bridge", 1, "first"),
        ("Bo", "bridge", 1, "first"),
        ("Ada", "dam", 1, "first"),
        ("Cy", "dam", 1, "first"),
        ("Bo", "lake", 1, "first"),
        ("Cy", "lake", -1, "first"),
    ]
    tied = pairs(of(*rows, ("Ada", "well", 1, "second"), ("Bo", "well", 1, "second")))
    assert tied["Ada", "Bo"].parted_by == ("second",)


def test_what_rests_on_one_document_falls_with_it_though_many_statements_bind_it() -> None:
    rows = [(actor, f"target {i}", 1, "only") for actor in ("Ada", "Bo") for i in range(30)]
    found = pairs(of(*rows))["Ada", "Bo"]
    assert (found.without_document, found.bootstrap, found.parted_by) == (0.0, 1.0, ("only",))


def test_the_bootstrap_parts_as_often_as_chance_draws_no_common_statement() -> None:
    """Of two statements drawn twice, both are drawn in half of the samples: 40 of them within four deviations."""
    found = pairs(of(("Ada", "bridge", 1, "first"), ("Bo", "bridge", 1, "second")))["Ada", "Bo"]
    assert 0.5 - 4 * 0.079 < found.bootstrap < 0.5 + 4 * 0.079
    assert found.parted_by == ("first", "second")


def test_the_same_rows_give_the_same_shares() -> None:
    rows = [(actor, f"target {i}", 1, f"document {i % 3}") for i in range(5) for actor in ("Ada", "Bo")]
    rows += [("Cy", "target 1", 1, "document 1"), ("Di", "target 4", 1, "document 2")]
    assert pairs(of(*rows)) == pairs(of(*rows))


def test_a_document_left_out_is_as_if_it_were_not_in_the_graph(shipped: store.Store) -> None:
    found = balance.alliances(shipped)
    documents = [row["title"] for row in catalogue.documents(shipped)]
    assert found.left_out == len(documents) == 5
    without = {}
    for title in documents:
        split = balance.alliances(shipped, not_document=title, robustness=False).split
        without[title] = {
            frozenset(two) for members in split.together for two in combinations(sorted(members), 2)
        }
    for bloc in found.blocs:
        iri = {label: node for node, label in bloc.actors}
        for pair in bloc.pairs:
            two = frozenset((iri[pair.a], iri[pair.b]))
            assert set(pair.parted_by) == {title for title in documents if two not in without[title]}
            assert pair.without_document == pytest.approx(1 - len(pair.parted_by) / 5)


def test_blocs_of_a_graph_that_has_no_documents_say_nothing_of_fragility() -> None:
    graph = of(("Ada", "bridge", 1, "first"), ("Bo", "bridge", 1, "first"))
    found = balance.alliances(graph, robustness=False)
    assert found.left_out is None
    assert found.blocs[0].pairs == ()


def test_where_it_is_not_told_how_fragile_blocs_are_a_note_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = table.of(["a", "b", "c"], ["x", "x", "x"], [1, -1, 1])
    assert not [note for note in balance.alliances(rows).notes if "fragile" in note]
    late = balance.alliances(rows, seconds=1e-9)
    assert late.left_out is None
    assert late.notes[-1] == "how fragile the blocs are is not told, as time was up (--seconds)"
    monkeypatch.setattr("stancegraph.balance.blocs.LARGEST", 2)
    told = balance.alliances(rows).notes[-1]
    assert told == "how fragile the blocs are is not told, of more than 2 actors"


def test_an_interval_leaves_two_and_a_half_percent_out_at_either_end() -> None:
    assert interval([float(value) for value in range(40, 0, -1)]) == (1, 39)
    assert interval([float(value) for value in range(1, 41)] * 2) == (1, 39)
    assert interval([float(value) for value in range(1, 101)]) == (3, 98)
    assert interval([0.5]) == (0.5, 0.5)
    assert interval([]) is interval([0.5, None]) is None


def test_ten_documents_tell_an_interval_and_nine_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each document alone has Ada and Bo against Cy on its own bridge: however they are drawn, 1 * 2 * 1/3."""
    rows = [
        (actor, f"bridge {i}", sign, f"document {i}")
        for i in range(10)
        for actor, sign in (("Ada", 1), ("Bo", 1), ("Cy", -1))
    ]
    for name, few in (("BY_DOCUMENT", 10), ("RESAMPLES", 2)):
        monkeypatch.setattr(f"stancegraph.balance.blocs.{name}", few)
    found = balance.alliances(of(*rows))
    assert found.polarisation_interval == pytest.approx((2 / 3, 2 / 3))
    assert found.row()["polarisation_interval"] == list(found.polarisation_interval or ())
    assert (found.codings, found.row()["codings"], found.left_out) == (None, None, 10)
    assert balance.alliances(of(*rows[:-3])).polarisation_interval is None
    assert balance.alliances(of(*rows), blocs=None).polarisation_interval is None


def test_of_many_documents_some_are_left_out_and_shares_are_of_those(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada and Bo share a bridge in each of nine documents: without any of the four drawn they stay together."""
    monkeypatch.setattr("stancegraph.balance.blocs.DOCUMENTS", 4)
    rows = [(actor, f"bridge {i}", 1, f"document {i}") for i in range(9) for actor in ("Ada", "Bo", "Cy")]
    one = ("Cy", "Di"), (("Cy", "well", 1, "document 4"), ("Di", "well", 1, "document 4"))
    found = balance.alliances(of(*rows, *one[1]))
    assert found.left_out == 4
    (pair,) = (pair for pair in found.blocs[0].pairs if (pair.a, pair.b) == one[0])
    assert pair.parted_by in {(), ("document 4",)}
    assert pair.without_document == 1 - len(pair.parted_by) / 4
    assert {pair.without_document for pair in found.blocs[0].pairs if "Di" not in (pair.a, pair.b)} == {1}


def test_codings_are_drawn_by_their_confidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three enemies, each two on a target of theirs: an index of 1/2 where all six codings are right, else 0.

    They are so in .95^6 = .74 of the draws. Where one tie is left it polarises wholly, 1; two share an end, 2/3; three
    leave one within a bloc, (2/3) * (2/3) at the least.
    """
    stances = [(a, f"{a}{b}", 1) for a, b in ("ab", "bc", "ca")] + [
        (b, f"{a}{b}", -1) for a, b in ("ab", "bc", "ca")
    ]
    monkeypatch.setattr("stancegraph.balance.blocs.RESAMPLES", 2)
    sure = table.of(*zip(*stances, strict=True))
    rows = replace(sure, own_confidence=np.full(6, 0.95))
    found = balance.alliances(rows, draws=40)
    assert found.codings is not None
    assert (found.codings.draws, found.codings.frustration) == (40, (0, 0.5))
    low, high = found.codings.polarisation or (0, 0)
    assert low == pytest.approx(4 / 9)
    assert high == pytest.approx(2 / 3) or high == 1
    assert found.row()["codings"] == {
        "draws": 40,
        "frustration": found.codings.frustration,
        "polarisation": found.codings.polarisation,
    }
    certain = balance.alliances(sure, draws=3, robustness=False).codings
    assert certain is not None
    assert (certain.draws, certain.frustration) == (3, (0.5, 0.5))
    assert balance.alliances(sure, blocs=None, draws=3).codings == balance.blocs.Codings(3, (0, 0), None)
    with pytest.raises(UsageError, match="--disagreement 2: give a share from 0 to 1"):
        balance.alliances(rows, draws=1, disagreement=2)


def test_pairs_say_in_how_many_codings_they_stay_together() -> None:
    """Ada and Bo agree where both codings are right, one in four; nobody contradicts them."""
    rows = replace(of(("Ada", "well", 1, "one"), ("Bo", "well", 1, "two")), own_confidence=np.full(2, 0.5))
    (pair,) = balance.alliances(rows, draws=100, robustness=False).blocs[0].pairs
    assert pair.codings == pytest.approx(0.25, abs=4 * np.sqrt(3 / 16 / 100))
    (pair,) = balance.alliances(rows).blocs[0].pairs
    assert pair.codings is None


def test_the_most_fragile_pairs_stand_first_and_equal_ones_by_name() -> None:
    rows = [(actor, f"bridge {i}", 1, f"document {i}") for i in range(3) for actor in ("Cy", "Bo", "Ada")]
    found = list(pairs(of(*rows, ("Di", "bridge 0", 1, "document 0"))))
    assert found == [("Ada", "Di"), ("Bo", "Di"), ("Cy", "Di"), ("Ada", "Bo"), ("Ada", "Cy"), ("Bo", "Cy")]
