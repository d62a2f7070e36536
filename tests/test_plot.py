"""The still pictures: what is drawn is what the data says, reads well, and has the same bytes wherever it is made."""

from __future__ import annotations

import hashlib
import itertools
import os
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.image
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.textpath import text_to_path

from pages import HOSTILE
from stancegraph import layout, network, plot, statements, store, table
from stancegraph.balance.frustration import frustration_index
from stancegraph.errors import StanceError, UsageError
from stancegraph.page.shapes import SHAPE_OF
from stancegraph.plot import days, lettering, style, ties
from stancegraph.statements import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.collections import Collection
    from matplotlib.figure import Figure
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

    from stancegraph.store import Store
    from stancegraph.table import Table

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"

# Ann and Ben against Cat and Dan; Ben and Cat agree on two things all the same. Gus and Hal are apart, Eve is neutral,
# Fay alone with what she says. Worked out by hand, weights over mean activity:
#   ann-ben 2/3, cat-dan 2/3, gus-hal 1, ben-cat (2 - 1)/4 = 1/4; ann-dan -1/2, ann-cat -1/3, ben-dan -1/3
#   The best split ignores ben-cat, 0.25 of 2.75.
CAMPS = [
    *[("Ann", "x", 1), ("Ben", "x", 1), ("Cat", "x", -1), ("Dan", "x", -1)],
    *[("Ann", "y", 1), ("Ben", "y", 1), ("Cat", "z", 1), ("Dan", "z", 1)],
    *[("Ben", "u", 1), ("Cat", "u", 1), ("Ben", "v", 1), ("Cat", "v", 1)],
    *[("Gus", "q", 1), ("Hal", "q", 1), ("Eve", "x", 0), ("Fay", "solo", 1)],
]


def camps(**more: Any) -> Table:
    actors, targets, levels = zip(*CAMPS, strict=True)
    return table.of(actors, targets, levels, **more)


@pytest.fixture(scope="module")
def drawn() -> dict[str, Figure]:
    """Each picture of the shipped graph."""
    graph = store.open()
    return {kind: plot.figure(graph, kind) for kind in plot.KINDS}


def texts(figure: Figure) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in figure.axes[0].texts]


def words(figure: Figure) -> str:
    return " ".join(texts(figure))


def find(figure: Figure, label: str) -> list[Text]:
    return [text for text in figure.axes[0].texts if text.get_text().replace("\n", " ") == label]


def named(figure: Figure, label: str) -> list[Collection]:
    """What is drawn under a name, the samples of the legend not."""
    return [collection for collection in figure.axes[0].collections if collection.get_label() == label]


def number(figure: Figure, label: str) -> int:
    return sum(len(collection.get_paths()) for collection in named(figure, label))


def lines(figure: Figure, label: str) -> list[tuple[tuple[float, float], ...]]:
    found = [c for c in named(figure, label) if isinstance(c, LineCollection)]
    return [tuple((x, y) for x, y in segment) for c in found for segment in c.get_segments()]


def boxes(figure: Figure, labels: Iterable[str]) -> list[tuple[str, Bbox]]:
    canvas = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    return [(label, text.get_window_extent(renderer)) for label in labels for text in find(figure, label)]


def labels(graph: Any) -> list[str]:
    return [label for _, label in graph.nodes(data="label")]


# The files


@pytest.mark.parametrize("kind", plot.KINDS)
def test_a_png_is_a_picture_and_not_blank(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture.png"
    plot.write(camps(days=["2024-12-01"] * len(CAMPS)), path, kind)
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    pixels = matplotlib.image.imread(path)
    ink = np.any(pixels[..., :3] < 0.9, axis=2)
    assert 0.002 < ink.mean() < 0.5
    edge = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    assert not edge.any(), "something is cut at the edge of the sheet"


@pytest.mark.parametrize("kind", plot.KINDS)
def test_an_svg_is_well_formed_and_runs_nothing(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture.svg"
    rows = [(text, HOSTILE[i // 2], (1, -1, 0)[i % 3]) for i, text in enumerate(HOSTILE)]
    actors, targets, levels = zip(*rows, strict=True)
    plot.write(table.of(actors, targets, levels, days=["2024-12-01"] * len(rows)), path, kind)
    tree = ET.fromstring(path.read_bytes())  # noqa: S314 - written a moment ago
    assert tree.tag.endswith("}svg")
    for element in tree.iter():
        assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "image", "a", "text"}
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert not name.endswith("href") or value.startswith("#")


def test_a_pdf_is_one_and_says_nothing_of_the_hour(tmp_path: Path) -> None:
    path = tmp_path / "picture.PDF"
    plot.write(camps(), path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"CreationDate" not in content


def test_a_file_carries_title_and_caption_for_who_cannot_see_it(tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    plot.write(camps(), path)
    told = path.read_text("utf-8")
    assert "<title>Who agrees with whom</title>" in told
    assert "16 statements by 8 actors" in told


def digests(folder: Path) -> list[str]:
    """Of each picture of the shipped graph as SVG, and of one as PNG."""
    graph = store.open()
    for kind in plot.KINDS:
        plot.write(graph, folder / f"{kind}.svg", kind)
    plot.write(graph, folder / "arabic.png", "timeline", labels="ar", actor="Muqtada al-Sadr")
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())]


SCRIPT = """
import sys
from pathlib import Path
from test_plot import digests
print(digests(Path(sys.argv[1])), "matplotlib.pyplot" in sys.modules)
"""


def test_the_bytes_depend_on_no_process_locale_zone_or_matplotlibrc(tmp_path: Path) -> None:
    settings = tmp_path / "matplotlibrc"
    settings.write_text(
        "font.size: 30\nsvg.fonttype: none\nlines.linewidth: 9\naxes.facecolor: red\n", "utf-8"
    )
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    surroundings = {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "Asia/Baghdad", "MATPLOTLIBRC": str(settings)}
    surroundings["PYTHONPATH"] = os.pathsep.join(sys.path)
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(there)],
        env={**os.environ, **surroundings},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        expected = digests(here)
        told, _ = process.communicate(timeout=120)
    assert told.strip() == f"{expected} False"
    assert len(set(expected)) == 5


def test_a_notebook_shows_a_figure_as_a_png_no_larger_than_a_screen() -> None:
    picture = plot.figure(camps())
    shown = picture._repr_png_()  # type: ignore[attr-defined]  # what IPython asks for
    assert shown.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", shown[16:24])
    assert wide == pytest.approx(picture.get_figwidth() * 100, abs=1)
    assert high == pytest.approx(picture.get_figheight() * 100, abs=1)


def test_settings_of_the_reader_neither_change_a_picture_nor_are_changed(tmp_path: Path) -> None:
    plain, other = tmp_path / "plain.svg", tmp_path / "other.svg"
    plot.write(camps(), plain, "matrix")
    with mpl.rc_context({"font.size": 33, "path.sketch": (3, 50, 5), "savefig.bbox": "tight"}):
        plot.write(camps(), other, "matrix")
        assert mpl.rcParams["font.size"] == 33
    assert plain.read_bytes() == other.read_bytes()


# The network


def test_each_tie_of_the_network_is_drawn_once_in_the_colour_of_its_sign(drawn: dict[str, Figure]) -> None:
    graph = network.agreement(store.open())
    weights = [float(data["weight"]) for _, _, data in graph.edges(data=True)]
    for name, sign, colour in (("agree", 1, style.POSITIVE), ("disagree", -1, style.NEGATIVE)):
        assert number(drawn["network"], name) == sum(weight * sign > 0 for weight in weights)
        (collection,) = named(drawn["network"], name)
        assert {to_hex(shade) for shade in np.atleast_2d(collection.get_edgecolor())} == {colour.lower()}
    (solid,), (dashed,) = named(drawn["network"], "agree"), named(drawn["network"], "disagree")
    patterns = [list(np.asarray(c.get_linestyle(), object)[0])[1] for c in (solid, dashed)]
    assert patterns[0] is None
    assert patterns[1] is not None


def test_ties_end_at_nodes_and_the_stronger_is_the_wider() -> None:
    figure = plot.figure(camps())
    nodes = {
        tuple(place) for c in named(figure, "person") for place in np.round(np.asarray(c.get_offsets()), 3)
    }
    assert len(nodes) == 6
    ends = {end for name in ("agree", "disagree") for line in lines(figure, name) for end in line}
    assert {tuple(np.round(end, 3)) for end in ends} == nodes
    widths = sorted(
        width
        for name in ("agree", "disagree")
        for c in named(figure, name)
        for width in np.atleast_1d(c.get_linewidth()).tolist()
    )
    weights = [1 / 4, 1 / 3, 1 / 3, 1 / 2, 2 / 3, 2 / 3, 1]
    assert widths == pytest.approx([ties.thickness(weight, 7) for weight in weights])
    assert widths[0] < widths[1] < widths[3] < widths[4] < widths[6]


def test_blocs_stand_apart_and_the_tie_against_them_is_marked_and_counted() -> None:
    figure = plot.figure(camps())
    x = {name: find(figure, name)[0].get_position()[0] for name in ("Ann", "Ben", "Cat", "Dan")}
    assert max(x["Ann"], x["Ben"]) < min(x["Cat"], x["Dan"]) or max(x["Cat"], x["Dan"]) < min(
        x["Ann"], x["Ben"]
    )
    assert len(np.asarray(named(figure, "against the split")[0].get_offsets())) == 1
    told = words(figure)
    assert "0.25 of 2.75 (the least possible)" in told
    assert "against the split (1)" in told
    assert "agree (4)" in told
    assert "disagree (3)" in told
    assert told.count("· 2 actors") == 3
    assert "Apart · 2 actors without a tie to the blocs" in told


def test_diamonds_are_as_many_as_the_ties_the_split_ignores(drawn: dict[str, Figure]) -> None:
    graph = network.agreement(store.open())
    ignored = frustration_index(graph, blocs=2).frustrated
    diamonds = sum(len(np.asarray(c.get_offsets())) for c in named(drawn["network"], "against the split"))
    assert diamonds == len(ignored) > 0


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


def test_no_name_in_the_network_overlaps_another_or_a_node(drawn: dict[str, Figure]) -> None:
    figure = drawn["network"]
    graph = network.agreement(store.open(), isolates=False)
    names = boxes(figure, labels(graph))
    assert len(names) == len(graph)
    for (one, a), (other, b) in itertools.combinations(names, 2):
        assert not a.overlaps(b), (one, other)
    scale = figure.dpi / 72
    kinds = {name for *_, name in ties.SHAPES.values()}
    places = [
        at for c in figure.axes[0].collections if c.get_label() in kinds for at in np.asarray(c.get_offsets())
    ]
    assert len(places) == len(graph)
    for x, y in places:
        at = (x * scale, figure.bbox.height - y * scale)
        assert not [name for name, box in names if box.contains(*at)]


def test_all_of_a_picture_is_on_its_sheet(drawn: dict[str, Figure]) -> None:
    for kind, figure in drawn.items():
        for label, box in boxes(figure, set(texts(figure)) - {""}):
            assert box.x0 >= 0, (kind, label)
            assert box.y0 >= 0, (kind, label)
            assert box.x1 <= figure.bbox.width, (kind, label)
            assert box.y1 <= figure.bbox.height, (kind, label)


def test_shapes_say_the_same_kinds_as_on_the_page() -> None:
    assert {kind: shape for kind, shape in SHAPE_OF.items() if kind != "proposition"} == ties.SHAPE_OF


def test_conflict_is_drawn_as_disagreement_and_without_signs_there_is_one_colour() -> None:
    conflict = plot.figure(camps(), aggregation="conflict", normalisation="none")
    # Ann and Ben each against Cat and Dan, on x.
    assert number(conflict, "disagree") == 4
    assert number(conflict, "agree") == 0
    both = plot.figure(camps(), aggregation="ignore")
    assert number(both, "speak of the same") == 7
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


# The matrix


def counted(rows: Table) -> dict[tuple[str, str], Counter[int]]:
    cells: dict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    for row in rows:
        cells[row.actor.label, row.target.label].add((int(row.level), row.statement))
    return {cell: Counter(sign for sign, _ in found) for cell, found in cells.items()}


def test_the_matrix_has_a_mark_for_each_cell_of_what_several_speak_of(drawn: dict[str, Figure]) -> None:
    cells = counted(statements.stances(store.open()))
    speakers = Counter(target for _, target in cells)
    shared = {cell: signs for cell, signs in cells.items() if speakers[cell[1]] > 1}
    figure = drawn["matrix"]
    for name, sign in (("supports", 1), ("opposes", -1), ("neutral", 0)):
        assert number(figure, name) == sum(sign in signs for signs in shared.values()), name
    for actor in {actor for actor, _ in shared}:
        assert len(find(figure, actor)) >= 1, actor
    for target in {target for _, target in shared}:
        assert len(find(figure, target)) >= 1, target
    alone = sum(count == 1 for count in speakers.values())
    assert f"Left out: {alone} targets of which only one actor speaks." in words(figure)


def test_least_1_shows_every_target_and_a_mixed_cell_is_split() -> None:
    rows = table.of(["Ann", "Ann", "Ben"], ["x", "x", "y"], [1, -1, 1])
    figure = plot.figure(rows, "matrix", least=1)
    assert find(figure, "x")
    assert find(figure, "y")
    assert number(figure, "supports") == 2
    assert number(figure, "opposes") == 1
    assert "supports and opposes (1)" in words(figure)
    assert "Left out" not in words(figure)


def test_rows_of_the_matrix_stand_by_bloc_and_their_names_do_not_overlap() -> None:
    figure = plot.figure(camps(), "matrix")
    y = {
        name: find(figure, name)[0].get_position()[1]
        for name in ("Ann", "Ben", "Cat", "Dan", "Gus", "Hal", "Eve")
    }
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


def test_the_totals_of_the_matrix_are_sums_of_its_cells() -> None:
    figure = plot.figure(camps(), "matrix")
    row = find(figure, "Ben")[0].get_position()[1]
    (total,) = (
        text for text in figure.axes[0].texts if text.get_position()[1] == row and text.get_text() != "Ben"
    )
    assert total.get_text() == "4"


# The timeline


def test_a_long_gap_is_closed_up_and_says_how_long_it_is() -> None:
    rows = table.of(
        ["Ann", "Ben", "Ann"], ["x"] * 3, [1, -1, 1], days=["2024-12-01", "2024-12-02", "2025-03-10"]
    )
    figure = plot.figure(rows, "timeline")
    # 29 days of December, 31, 28, and 9 of March.
    assert find(figure, "97 days left out")
    assert [text for text in texts(figure) if text in {"1", "2", "10"}] == ["1", "2", "10", "1", "2"]
    months = [text for text in texts(figure) if text.endswith((" 2024", " 2025"))]
    assert [text[:3] for text in months] == ["Dec", "Mar"]
    assert (number(figure, "supports"), number(figure, "opposes")) == (2, 1)


def test_a_statement_of_which_only_the_span_is_known_is_a_bar_over_its_days() -> None:
    figure = plot.figure(store.open(FIVE), "timeline")
    (bar,) = lines(figure, "some day in this span")
    # From 1 to 9 March: the label of the first is the last "1" below the axis, December having another.
    below = max(text.get_position()[1] for text in find(figure, "9"))
    first, last = (
        max(t.get_position()[0] for t in find(figure, day) if t.get_position()[1] == below)
        for day in ("1", "9")
    )
    half = (last - first) / 8 / 2
    assert first - half <= bar[0][0] < first < last < bar[1][0] <= last + half


def test_alike_statements_of_a_day_are_one_mark_and_other_actors_one_row() -> None:
    who = ["Ann"] * 4 + ["Ben"] * 3 + ["Cat", "Dan"]
    figure = plot.figure(table.of(who, ["x"] * 9, [1] * 9, days=["2024-12-01"] * 9), "timeline", most=2)
    assert find(figure, "2 other actors")
    assert number(figure, "supports") == 3
    assert "supports (9)" in words(figure)
    widths = [path.get_extents().width for c in named(figure, "supports") for path in c.get_paths()]
    ann, ben, others = widths
    assert ann > ben > others


def test_the_shipped_timeline_names_the_events_of_its_days(drawn: dict[str, Figure]) -> None:
    shown = [("2024-11-27", "2024-12-08"), ("2025-03-06", "2025-03-09")]
    known = catalogue.events(store.open())
    names = [e["event"] for e in known if e["date"] and any(a <= e["date"][:10] <= b for a, b in shown)]
    assert len(names) > 5
    assert set(names) <= set(texts(drawn["timeline"]))
    assert number(drawn["timeline"], "event") == len(names)
    assert find(drawn["timeline"], "87 days left out")


def test_neither_marks_nor_bars_of_the_timeline_lie_on_each_other(drawn: dict[str, Figure]) -> None:
    bars = lines(drawn["timeline"], "some day in this span")
    assert len(bars) > 10
    for ((a, y), (b, _)), ((c, z), (d, _)) in itertools.combinations(bars, 2):
        assert y != z or b < c or d < a
    extents = [
        path.get_extents()
        for name in ("supports", "opposes", "neutral")
        for collection in named(drawn["timeline"], name)
        for path in collection.get_paths()
    ]
    discs = [
        ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, box.width / 2)
        for box in extents
        if box.width == pytest.approx(box.height, rel=0.01)
    ]
    assert len(discs) > 40
    for (x, y, r), (u, v, s) in itertools.combinations(discs, 2):
        assert (x - u) ** 2 + (y - v) ** 2 >= (r + s) ** 2


def test_names_of_the_timeline_do_not_overlap(drawn: dict[str, Figure]) -> None:
    actors = {row.actor.label for row in statements.stances(store.open())}
    names = boxes(drawn["timeline"], actors)
    assert len(names) == 20
    for (one, a), (other, b) in itertools.combinations(names, 2):
        assert not a.overlaps(b), (one, other)


def test_years_of_statements_are_drawn_by_larger_units() -> None:
    when = [f"{year}-{month:02}-15" for year in range(2001, 2005) for month in range(1, 13)]
    rows = table.of(["Ann"] * 48, ["x"] * 48, [1] * 48, days=when)
    figure = plot.figure(rows, "timeline")
    assert "Each column is a month." in words(figure)
    assert number(figure, "supports") == 48
    assert [text for text in texts(figure) if text.isdigit() and len(text) == 4] == [
        "2001",
        "2002",
        "2003",
        "2004",
    ]


def test_an_axis_holds_what_is_near_and_closes_what_is_far() -> None:
    axis = days.axis([(100, 102), (104, 104), (300, 300)], [106, 290], 0, 300)
    assert axis.stretches == ((100, 106), (300, 300))
    assert axis.pitch == (300 - days.GAP) / 8
    assert axis.x(100) == axis.pitch / 2
    assert axis.x(300) == 300 - axis.pitch / 2
    assert not axis.holds(290)
    assert axis.closed(axis.x(200))


# Polarisation


@pytest.fixture
def weeks() -> Table:
    """Two opposed pairs in one week, three times over; nobody in the next; two of one mind in the third."""
    first = [("Ann", 1), ("Ben", 1), ("Cat", -1), ("Dan", -1)] * 3
    third = [("Ann", 1), ("Ben", 1)]
    when = ["2024-12-01"] * 12 + ["2024-12-15", "2024-12-21"]
    actors, levels = zip(*first, *third, strict=True)
    return table.of(actors, ["x"] * 14, levels, days=when)


def levels_of(figure: Figure, name: str) -> list[float]:
    """The values a measure is drawn at, read off the scale at the left."""
    nil, one = (find(figure, digit)[0].get_position()[1] for digit in ("0", "1"))
    spots = [
        tuple(at)
        for c in named(figure, name)
        if not isinstance(c, LineCollection)
        for at in np.asarray(c.get_offsets())
    ]
    return [(nil - y) / (nil - one) for _, y in sorted(spots)]


def test_polarisation_is_1_for_two_opposed_pairs_and_0_for_unanimity(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="1w")
    assert levels_of(figure, "polarisation") == pytest.approx([1, 0])
    assert levels_of(figure, "balance") == pytest.approx([1, 1])


def test_a_week_without_statements_is_a_gap_and_no_zero(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="1w")
    assert len(find(figure, "no statements")) == 1
    assert lines(figure, "polarisation") == []
    assert "8 Dec 2024 – 14 Dec 2024" in texts(figure)


def test_windows_of_few_statements_are_grey(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="1w")
    spots = [c for c in named(figure, "polarisation") if not isinstance(c, LineCollection)]
    colours = [
        to_hex(np.atleast_2d(c.get_edgecolor())[0].tolist())
        for c in sorted(spots, key=lambda c: float(np.asarray(c.get_offsets())[0][0]))
    ]
    assert colours == [style.INK, style.FAINT]
    assert "fewer than 10 statements" in words(figure)


def test_bars_say_how_many_actors_and_ties_a_window_has(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="1w")
    foot = find(figure, "actors")[0].get_position()[1]
    numbers = [text.get_text() for text in figure.axes[0].texts if text.get_position()[1] > foot - 45]
    # Actors 4 and 2; ties within the pairs 2, then 1; between them 4.
    assert [text for text in numbers if text.isdigit()] == ["4", "2", "2", "1", "4"]


def test_windows_of_statements_are_drawn_side_by_side(weeks: Table) -> None:
    figure = plot.figure(weeks, "polarisation", window="4s", step="4s")
    assert levels_of(figure, "polarisation") == pytest.approx([1, 1, 1])


# Letters


def test_arabic_is_joined_and_runs_from_right_to_left() -> None:
    apart = sum(lettering.width(letter, 100) for letter in "مقتدى")
    assert lettering.width("مقتدى", 100) < 0.95 * apart
    # Alef, the first letter, is the tall one: it stands on the right.
    points = np.asarray(text_to_path.get_text_path(lettering.font(), "اس")[0])
    assert points[np.argmax(points[:, 1])][0] > points[:, 0].mean()


def test_arabic_names_are_drawn_where_known_and_english_ones_elsewhere() -> None:
    graph = store.open()
    for kind in ("network", "matrix", "timeline"):
        shown = texts(plot.figure(graph, kind, labels="ar"))
        assert "مقتدى الصدر" in shown, kind
        assert "Muqtada al-Sadr" not in shown, kind
    assert "unnamed Iraqi officials" in shown


def test_mathematics_and_markup_in_a_name_are_letters(tmp_path: Path) -> None:
    names = ["$x^2$", r"\alpha_{1}", "<b>bold</b>", "50% & more", "$"]
    rows = table.of(names, ["x"] * 5, [1, 1, 1, -1, -1], days=["2024-12-01"] * 5)
    for kind in ("network", "matrix", "timeline"):
        figure = plot.figure(rows, kind)
        assert set(names) <= set(texts(figure)), kind
        assert not any(text.get_parse_math() for text in figure.axes[0].texts), kind
        plot.write(rows, tmp_path / "picture.png", kind)


def test_letters_the_face_lacks_are_boxes_and_long_names_are_cut(tmp_path: Path) -> None:
    names = [
        "漢字",
        "a" + chr(0) + chr(7) + "b",
        "\U000f0000",
        "x" * 1_000_000,
        "\u202eright",
        "  ",
        "\ud800",
    ]
    rows = table.of(names, ["x"] * 7, [1] * 7, days=["2024-12-01"] * 7)
    for kind in ("network", "matrix", "timeline"):
        plot.write(rows, tmp_path / "picture.png", kind)
    shown = texts(plot.figure(rows, "matrix"))
    box = "\ufffd"
    assert {2 * box, f"a{2 * box}b", box, "right"} <= set(shown)
    assert [text for text in shown if text.startswith("xxx") and text.endswith("…") and len(text) < 100]


# What is wrong


@pytest.mark.parametrize(
    ("kind", "choices", "message"),
    [
        ("pie", {}, "choose one of network, matrix, timeline, polarisation"),
        ("network", {"width": 1}, "3 to 60 inches"),
        ("network", {"width": float("nan")}, "3 to 60 inches"),
        ("network", {"labels": "fr"}, "choose one of en, ar"),
        ("network", {"aggregation": "sum"}, "choose one of"),
        ("network", {"actor": "Ann"}, "filtered already"),
        ("matrix", {"least": 0}, "at least 1 actor"),
        ("matrix", {"least": 9}, "no target has so many actors"),
        ("timeline", {"most": 0}, "from 1 to"),
        ("timeline", {}, "no statement that matches has a day"),
        ("polarisation", {}, "dated closely enough"),
        ("polarisation", {"window": "soon"}, "is no length"),
        ("polarisation", {"aggregation": "ignore"}, "no signs"),
    ],
)
def test_a_wrong_request_is_refused_with_what_mends_it(
    tmp_path: Path, kind: str, choices: dict[str, Any], message: str
) -> None:
    path = tmp_path / "picture.png"
    with pytest.raises(UsageError, match=message):
        plot.write(camps(), path, kind, **choices)
    assert not path.exists()


def test_a_name_that_ends_in_nothing_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.png, \.svg, \.pdf"):
        plot.write(camps(), tmp_path / "picture.jpeg")


def test_where_nothing_matches_the_old_file_stays(shipped: Store, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"old")
    for kind in plot.KINDS:
        with pytest.raises(UsageError, match="no statements match: nothing to draw"):
            plot.write(shipped, path, kind, since="1950-01-01", until="1950-01-02")
    assert path.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StanceError, match="cannot write"):
        plot.write(camps(), tmp_path / "nowhere" / "picture.png")


def test_more_windows_than_a_picture_holds_are_refused() -> None:
    rows = table.of(["Ann", "Ben"], ["x", "x"], [1, 1], days=["2000-01-01", "2024-12-31"])
    with pytest.raises(UsageError, match="more than 400 windows"):
        plot.figure(rows, "polarisation", window="1d")


def test_categories_have_no_signs_to_draw() -> None:
    scale = table.Scale("stage", "categorical", (0.0, 1.0), labels=("first", "second"))
    rows = table.of(["Ann", "Ben"], ["x", "x"], [0, 1], scale=scale)
    with pytest.raises(UsageError, match="categories, not signs"):
        plot.figure(rows, "matrix")


def test_filters_stand_in_the_caption(shipped: Store) -> None:
    told = words(plot.figure(shipped, "matrix", actor="khazali", since="2025-03-01"))
    assert "Only: actor khazali; since 2025-03-01." in told
    assert "5 statements by 1 actor in 1 document, 8 March 2025." in told


@pytest.mark.parametrize("kind", plot.KINDS)
def test_one_actor_is_enough_for_a_picture(kind: str) -> None:
    assert plot.figure(table.of(["Ann"], ["x"], [1], days=["2024-12-01"]), kind).axes


# The layout


def test_two_blocs_face_each_other_and_no_box_overlaps_or_leaves_its_band() -> None:
    held = [layout.Box(30 + i % 5 * 8, 6 + i % 3 * 3, 16 + i % 4 * 5) for i in range(60)]
    sides = [int(i % 3 == 0) for i in range(60)]
    faced = layout.facing(
        held, [(i, (i * i + 7) % 60) for i in range(1, 60)] + [(0, i) for i in range(1, 60, 7)], sides, 700
    )
    assert faced.bands[0][1] < faced.bands[1][0]
    for i, (x, y) in enumerate(faced.places):
        left, right = faced.bands[sides[i]]
        assert left <= x - held[i].half
        assert x + held[i].half <= right
        assert y - held[i].up >= 0
        assert y + held[i].down <= faced.high
        for j, (u, v) in enumerate(faced.places[:i]):
            a, b = held[i], held[j]
            assert abs(x - u) >= a.half + b.half or y - a.up >= v + b.down or v - b.up >= y + a.down, (i, j)
