"""How fragile blocs are: small cases by hand, and documents of the shipped graph really left out."""

from __future__ import annotations

from itertools import combinations

import pytest

from stancegraph import balance, store, table
from stancegraph.balance.fragility import Pair
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
    for module in ("blocs", "fragility"):
        monkeypatch.setattr(f"stancegraph.balance.{module}.LARGEST", 2)
    told = balance.alliances(rows).notes[-1]
    assert told == "how fragile the blocs are is not told, of more than 2 actors"
