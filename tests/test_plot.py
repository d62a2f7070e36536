"""The still pictures as files: what they hold, that their bytes depend on nothing else, and what is refused."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.image
import numpy as np
import pytest
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Bbox

from pages import HOSTILE, chromium
from pictures import CAMPS, boxes, camps, find, texts, words
from stancegraph import plot, store, table
from stancegraph.errors import StanceError, UsageError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from stancegraph.store import Store

__all__ = ["chromium"]  # a fixture


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
        assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "image", "a"}
        assert not element.tag.endswith("}text") or not len(element), "a text holds letters and nothing else"
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert not name.endswith("href") or value.startswith("#")


def test_an_svg_holds_its_words_as_text_in_both_scripts(shipped: Store, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    for kind in ("network", "matrix", "timeline"):
        plot.write(shipped, path, kind, labels="ar")
        found = [e for e in ET.fromstring(path.read_bytes()).iter() if e.tag.endswith("}text")]  # noqa: S314
        written = {e.text for e in found}
        assert {"مقتدى الصدر", "Saif al-Saadi"} <= written, kind
        assert all(e.attrib["style"].rstrip("; ").count("'DejaVu Sans'") == 1 for e in found)
        assert all("sans-serif" in e.attrib["style"] for e in found)


@pytest.mark.parametrize("kind", plot.KINDS)
def test_a_browser_shows_every_word_of_an_svg_on_its_sheet(
    shipped: Store, tmp_path: Path, chromium: Browser, kind: str
) -> None:
    path = tmp_path / "picture.svg"
    plot.write(shipped, path, kind, labels="ar")
    tab = chromium.new_page()
    tab.goto(path.as_uri())
    sheet, placed = tab.evaluate(
        """() => [document.documentElement.getBoundingClientRect(),
                  [...document.querySelectorAll("text")].map(t => [t.textContent, t.getBoundingClientRect()])]"""
    )
    tab.close()
    assert len(placed) > 20
    for text, box in placed:
        assert box["width"] > 0, text
        assert box["left"] >= 0, text
        assert box["top"] >= 0, text
        assert box["right"] <= sheet["width"], text
        assert box["bottom"] <= sheet["height"], text


def test_a_pdf_is_one_and_says_nothing_of_the_hour(tmp_path: Path) -> None:
    path = tmp_path / "picture.PDF"
    plot.write(camps(), path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"CreationDate" not in content


def test_a_file_carries_title_and_caption_for_who_cannot_see_it(tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    plot.write(camps(), path)
    found = path.read_text("utf-8")
    assert "<title>Who agrees with whom</title>" in found
    assert "16 statements by 8 actors" in found.partition("</metadata>")[0]


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
        "font.size: 30\nsvg.fonttype: path\nlines.linewidth: 9\naxes.facecolor: red\n", "utf-8"
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
        printed, _ = process.communicate(timeout=120)
    assert printed.strip() == f"{expected} False"
    assert len(set(expected)) == 6


def test_a_notebook_shows_a_figure_as_a_png_no_larger_than_a_screen() -> None:
    picture = plot.figure(camps())
    shown = picture._repr_png_()  # type: ignore[attr-defined]  # what IPython asks for
    assert shown.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", shown[16:24])
    assert wide == pytest.approx(picture.get_figwidth() * 100, abs=1)
    assert high == pytest.approx(picture.get_figheight() * 100, abs=1)


@pytest.mark.parametrize("kind", plot.KINDS)
def test_a_part_of_a_picture_that_is_saved_alone_is_cut_from_the_whole(kind: str) -> None:
    """Notebooks save the part in which anything stands; words that did not move with it would be cut or displaced."""
    figure = plot.figure(camps(days=["2024-12-01"] * len(CAMPS)), kind)
    wide, high = figure.get_size_inches()

    def pixels(part: Bbox | None) -> Any:
        file = io.BytesIO()
        figure.savefig(file, dpi=100, bbox_inches=part)
        return matplotlib.image.imread(io.BytesIO(file.getvalue()))[..., :3]

    whole, part = pixels(None), pixels(Bbox.from_extents(0.1, 0.1, wide, high))
    rows, columns = min(len(whole) - 10, len(part)), min(whole.shape[1] - 10, part.shape[1])
    assert np.abs(whole[:rows, 10 : 10 + columns] - part[:rows, :columns]).mean() < 0.001
    assert (part < 0.9).any(axis=2).sum() == (whole < 0.9).any(axis=2).sum()


def test_settings_of_the_reader_neither_change_a_picture_nor_are_changed(tmp_path: Path) -> None:
    plain, other = tmp_path / "plain.svg", tmp_path / "other.svg"
    plot.write(camps(), plain, "matrix")
    with mpl.rc_context({"font.size": 33, "path.sketch": (3, 50, 5), "savefig.bbox": "tight"}):
        plot.write(camps(), other, "matrix")
        assert mpl.rcParams["font.size"] == 33
    assert plain.read_bytes() == other.read_bytes()


def test_all_of_a_picture_is_on_its_sheet(shipped: Store) -> None:
    for kind in plot.KINDS:
        figure = plot.figure(shipped, kind)
        for label, box in boxes(figure, set(texts(figure))):
            assert box.x0 >= 0, (kind, label)
            assert box.y0 >= 0, (kind, label)
            assert box.x1 <= figure.bbox.width, (kind, label)
            assert box.y1 <= figure.bbox.height, (kind, label)


@pytest.mark.parametrize("kind", plot.KINDS)
def test_a_picture_is_as_wide_as_asked(shipped: Store, kind: str) -> None:
    assert plot.figure(shipped, kind, width=16).get_figwidth() == pytest.approx(16)


# Letters


def test_actors_of_one_kind_can_be_drawn_alone(shipped: Store, tmp_path: Path) -> None:
    drawn = plot.figure(shipped, "timeline", kind="cleric")
    names = {row.actor.label for row in table.stances(shipped, kind="cleric")}
    others = {row.actor.label for row in table.stances(shipped, not_kind="cleric")}
    assert names <= set(texts(drawn))
    assert others.isdisjoint(texts(drawn))
    plot.write(shipped, tmp_path / "clerics.svg", "timeline", kind="cleric")
    assert (tmp_path / "clerics.svg").stat().st_size > 0


def test_arabic_is_joined_and_runs_from_right_to_left() -> None:
    name = "مقتدى"
    figure = plot.figure(table.of([name, *name, "اس"], ["x"] * 7, [1] * 7), "matrix")
    width = {label: box.width for label, box in boxes(figure, [name, *name])}
    assert width[name] < 0.95 * sum(width[letter] for letter in name)
    # Alef, the first letter, is the tall one: it stands on the right.
    face = find(figure, "اس")[0].get_fontproperties()
    points = np.asarray(text_to_path.get_text_path(face, "اس")[0])
    assert points[np.argmax(points[:, 1])][0] > points[:, 0].mean()


def test_arabic_names_are_drawn_where_known_and_english_ones_elsewhere() -> None:
    graph = store.open()
    for kind in ("network", "matrix", "timeline"):
        shown = texts(plot.figure(graph, kind, labels="ar"))
        assert "مقتدى الصدر" in shown, kind
        assert "Muqtada al-Sadr" not in shown, kind
    assert "Saif al-Saadi" in shown


def test_mathematics_and_markup_in_a_name_are_letters(tmp_path: Path) -> None:
    names = ["$x^2$", r"\alpha_{1}", "<b>bold</b>", "50% & more", "$", "_hidden"]
    rows = table.of(names, ["$y$"] * 6, [1, 1, 1, -1, -1, 1], days=["2024-12-01"] * 6)
    for kind in ("network", "matrix", "timeline"):
        figure = plot.figure(rows, kind)
        assert set(names) <= set(texts(figure)), kind
        assert not any(text.get_parse_math() for name in names for text in find(figure, name)), kind
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
        ("pie", {}, "choose one of positions, network, matrix, timeline, polarisation"),
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
            plot.write(shipped, path, kind, since="2030-01-01", until="2030-01-02")
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
    caption = words(plot.figure(shipped, "matrix", actor="khazali", since="2025-03-01"))
    assert "Only: actor khazali; since 2025-03-01." in caption
    assert "3 statements by 1 actor in 1 document, 8 March 2025." in caption


@pytest.mark.parametrize("kind", plot.KINDS)
def test_one_actor_is_enough_for_a_picture(kind: str) -> None:
    assert plot.figure(table.of(["Ann"], ["x"], [1], days=["2024-12-01"]), kind).axes
