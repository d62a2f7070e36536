"""The picture of the signed network: blocs as places, ties by sign and strength, names that can be read."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.colors import to_hex

from pictures import NEGATIVE, POSITIVE, boxes, camps, discs, find, lines, middle, named, spots, texts, words
from stancegraph import layout, network, plot, store, table
from stancegraph.balance.frustration import frustration_index
from stancegraph.vocabulary import SHAPES

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@pytest.fixture(scope="module")
def drawn() -> Figure:
    """The network of the shipped graph."""
    return plot.figure(store.open())


def test_each_tie_of_the_network_is_drawn_once_in_the_colour_of_its_sign(drawn: Figure) -> None:
    graph = network.agreement(store.open())
    weights = [float(data["weight"]) for _, _, data in graph.edges(data=True)]
    for name, sign, colour in (("agree", 1, POSITIVE), ("disagree", -1, NEGATIVE)):
        assert len(lines(drawn, name)) == sum(weight * sign > 0 for weight in weights)
        (collection,) = named(drawn, name)
        assert {to_hex(shade) for shade in np.atleast_2d(collection.get_edgecolor())} == {colour}
    (solid,), (dashed,) = named(drawn, "agree"), named(drawn, "disagree")
    patterns = [list(np.asarray(c.get_linestyle(), object)[0])[1] for c in (solid, dashed)]
    assert patterns[0] is None
    assert patterns[1] is not None


def test_ties_end_at_nodes_and_the_stronger_is_the_wider() -> None:
    figure = plot.figure(camps())
    nodes = {tuple(np.round(place, 3)) for place in spots(figure, "person")}
    assert len(nodes) == 6
    ends = {end for name in ("agree", "disagree") for line in lines(figure, name) for end in line}
    assert {tuple(np.round(end, 3)) for end in ends} == nodes
    widths = sorted(
        width
        for name in ("agree", "disagree")
        for c in named(figure, name)
        for width in np.atleast_1d(c.get_linewidth()).tolist()
    )
    # Half a point, and 2.7 more for the strongest, of weight 1.
    weights = [1 / 4, 1 / 3, 1 / 3, 1 / 2, 2 / 3, 2 / 3, 1]
    assert widths == pytest.approx([0.5 + 2.7 * weight for weight in weights])


def test_blocs_stand_apart_and_the_tie_against_them_is_marked_and_counted() -> None:
    figure = plot.figure(camps())
    x = {name: middle(figure, name)[0] for name in ("Ann", "Ben", "Cat", "Dan")}
    assert max(x["Ann"], x["Ben"]) < min(x["Cat"], x["Dan"]) or max(x["Cat"], x["Dan"]) < min(
        x["Ann"], x["Ben"]
    )
    assert len(spots(figure, "against the split")) == 1
    written = words(figure)
    assert "0.25 of 2.75 (the least possible)" in written
    assert "against the split (1)" in written
    assert "agree (4)" in written
    assert "disagree (3)" in written
    assert written.count("· 2 actors") == 3
    assert "Apart · 2 actors without a tie to the blocs" in written


def test_diamonds_are_as_many_as_the_ties_the_split_ignores(drawn: Figure) -> None:
    """Of the whole time, where December meets March, the split leaves some; inside periods it may leave none."""
    whole = plot.figure(store.open(), period="none")
    for figure, period in ((drawn, "auto"), (whole, "none")):
        ignored = frustration_index(network.agreement(store.open(), period=period), blocs=2).frustrated
        assert len(spots(figure, "against the split")) == len(ignored)
    assert ignored


def test_actors_without_a_tie_are_named_below_and_not_drawn() -> None:
    figure = plot.figure(camps())
    assert "Not drawn, without a tie: Eve, Fay." in words(figure)
    assert not find(figure, "Eve")
    assert not find(figure, "Fay")


def test_where_nobody_has_a_tie_everybody_is_drawn_without() -> None:
    figure = plot.figure(table.of(["Ann", "Ben"], ["x", "y"], [1, 1]))
    assert find(figure, "Ann")
    assert find(figure, "Ben")
    assert "There are no ties" in words(figure)


def test_no_name_in_the_network_overlaps_another_or_a_node(drawn: Figure) -> None:
    graph = network.agreement(store.open(), isolates=False)
    names = boxes(drawn, [label for _, label in graph.nodes(data="label")])  # type: ignore[misc]
    assert len(names) == len(graph)
    for (one, a), (other, b) in itertools.combinations(names, 2):
        assert not a.overlaps(b), (one, other)
    places = {place for kind, _ in SHAPES.values() for place in discs(drawn, kind)}
    assert len(places) == len(graph)
    for x, y, _ in places:
        assert not [name for name, box in names if box.contains(x, y)]


def test_conflict_is_drawn_as_disagreement_and_without_signs_there_is_one_colour() -> None:
    conflict = plot.figure(camps(), aggregation="conflict", normalisation="none")
    # Ann and Ben each against Cat and Dan, on x.
    assert len(lines(conflict, "disagree")) == 4
    assert len(lines(conflict, "agree")) == 0
    both = plot.figure(camps(), aggregation="ignore")
    assert len(lines(both, "speak of the same")) == 7
    assert "Bloc 2" not in words(both)


def test_of_very_many_actors_the_strongest_are_drawn_and_the_rest_counted() -> None:
    actors = [f"actor {i:03}" for i in range(200)]
    # Neighbours in a row share a target each; each third pair says so three times.
    rows = [
        (actors[i + j], f"target {i}", 1)
        for i in range(199)
        for j in (0, 1)
        for _ in range(1 + 2 * (i % 3 == 0))
    ]
    figure = plot.figure(table.of(*zip(*rows, strict=True)))
    shown = sum(text in set(actors) for text in texts(figure))
    assert shown == 150
    assert "Left out, the weakest: 50 actors and" in words(figure)


def test_two_blocs_face_each_other_and_no_box_overlaps_or_leaves_its_band() -> None:
    held = [layout.Box(30 + i % 5 * 8, 6 + i % 3 * 3, 16 + i % 4 * 5) for i in range(60)]
    sides = [int(i % 3 == 0) for i in range(60)]
    faced = layout.bands(
        held, [(i, (i * i + 7) % 60) for i in range(1, 60)] + [(0, i) for i in range(1, 60, 7)], sides, 700
    )
    assert faced.spans[0][1] < faced.spans[1][0]
    for i, (x, y) in enumerate(faced.places):
        left, right = faced.spans[sides[i]]
        assert left <= x - held[i].half
        assert x + held[i].half <= right
        assert y - held[i].up >= 0
        assert y + held[i].down <= faced.height
        for j, (u, v) in enumerate(faced.places[:i]):
            a, b = held[i], held[j]
            assert abs(x - u) >= a.half + b.half or y - a.up >= v + b.down or v - b.up >= y + a.down, (i, j)
