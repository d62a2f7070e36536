"""The picture of actors × propositions: a mark for each cell, rows by bloc, totals that add up."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from pictures import boxes, camps, find, middle, spots, texts, words
from stancegraph import plot, store, table

if TYPE_CHECKING:
    from stancegraph.table import Table


def counted(rows: Table) -> dict[tuple[str, str], Counter[int]]:
    cells: dict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    for row in rows:
        cells[row.actor.label, row.target.label].add((int(row.level), row.statement))
    return {cell: Counter(sign for sign, _ in found) for cell, found in cells.items()}


def test_the_matrix_has_a_mark_for_each_cell_of_what_several_speak_of() -> None:
    cells = counted(table.stances(store.open()))
    speakers = Counter(target for _, target in cells)
    shared = {cell: signs for cell, signs in cells.items() if speakers[cell[1]] > 1}
    figure = plot.figure(store.open(), "matrix")
    for name, sign in (("supports", 1), ("opposes", -1), ("neutral on", 0)):
        assert len(spots(figure, name)) == sum(sign in signs for signs in shared.values()), name
    for actor in {actor for actor, _ in shared}:
        assert len(find(figure, actor)) >= 1, actor
    for target in {target for _, target in shared}:
        assert len(find(figure, target)) >= 1, target
    alone = sum(count == 1 for count in speakers.values())
    assert f"Left out: {alone} targets of which only one actor speaks." in words(figure)


def test_a_mark_stands_in_the_row_of_its_actor_and_the_column_of_its_target() -> None:
    rows = table.of(["Ann", "Ben", "Ann", "Ben"], ["x", "x", "y", "z"], [1, -1, 1, 0])
    figure = plot.figure(rows, "matrix", least=1)
    stands = {}
    for axes in figure.axes:
        row = {
            place: label.get_text()
            for place, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
        }
        names = [label.get_text() for label in figure.axes[0].get_xticklabels()]
        column = dict(zip(axes.get_xticks(), names, strict=True))
        for item in axes.collections:
            for x, y in np.asarray(item.get_offsets()).tolist():
                if item.get_label() != "sign":
                    stands[row[y], column[x]] = item.get_label()
    assert stands == {
        ("Ann", "x"): "supports",
        ("Ben", "x"): "opposes",
        ("Ann", "y"): "supports",
        ("Ben", "z"): "neutral on",
    }


def test_least_1_shows_every_target_and_a_mixed_cell_is_split() -> None:
    rows = table.of(["Ann", "Ann", "Ben"], ["x", "x", "y"], [1, -1, 1])
    figure = plot.figure(rows, "matrix", least=1)
    assert find(figure, "x")
    assert find(figure, "y")
    assert len(spots(figure, "supports")) == 2
    assert len(spots(figure, "opposes")) == 1
    assert "supports and opposes (1)" in words(figure)
    assert "Left out" not in words(figure)


def test_rows_of_the_matrix_stand_by_bloc_and_their_names_do_not_overlap() -> None:
    figure = plot.figure(camps(), "matrix")
    # From the top down.
    y = {name: -middle(figure, name)[1] for name in ("Ann", "Ben", "Cat", "Dan", "Gus", "Hal", "Eve")}
    first, second = sorted(([y["Ann"], y["Ben"]], [y["Cat"], y["Dan"]]))
    assert (
        max(first) < min(second) < max(second) < min(y["Gus"], y["Hal"]) < max(y["Gus"], y["Hal"]) < y["Eve"]
    )
    for (one, a), (other, b) in itertools.combinations(boxes(figure, y), 2):
        assert not a.overlaps(b), (one, other)
    assert not find(figure, "Fay")
    assert "1 target of which only one actor speaks. Left out, with nothing to show here: 1 actor." in words(
        figure
    )


def test_who_holds_the_same_stands_together_and_so_does_what_they_hold() -> None:
    actors, targets = ["Ann", "Ben", "Cat"] * 2, ["x", "y", "x", "w", "w", "w"]
    figure = plot.figure(table.of(actors, targets, [1] * 6), "matrix", least=1)
    # By hand: at first all columns lie at 0, which moves Ann and Cat to -1/2 and Ben to 0; then x lies at -1/2, w at
    # 0 and y at 1, and nothing moves any more.
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["Ann", "Cat", "Ben"]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["x", "w", "y"]


def test_the_totals_of_the_matrix_are_sums_of_its_cells() -> None:
    figure = plot.figure(camps(), "matrix")
    level = middle(figure, "Ben")[1]
    beside = [
        text
        for text, box in boxes(figure, set(texts(figure)))
        if abs((box.y0 + box.y1) / 2 - level) < 3 and text != "Ben"
    ]
    assert beside == ["4"]
    (foot,) = figure.axes[-1].child_axes[-1:]
    speakers = {"x": 5, "y": 2, "z": 2, "u": 2, "v": 2, "q": 2}
    names = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert [label.get_text() for label in foot.get_xticklabels()] == [str(speakers[name]) for name in names]
