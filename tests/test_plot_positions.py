"""The rows of the first screen as a still picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matplotlib.patches import FancyBboxPatch

from pictures import camps, middle, texts, words
from stancegraph import network, page, plot

if TYPE_CHECKING:
    from pathlib import Path

    from stancegraph.store import Store


def test_names_stand_on_their_sides_of_what_they_are_for_or_against(shipped: Store) -> None:
    picture = plot.figure(shipped, "positions", target="Iraq should stay out of the conflict in Syria.")
    centre, _ = middle(picture, "Iraq should stay out of the conflict in Syria")
    for name, way in (("Osman al-Mukhtar", 1), ("Mohammed Shia' al-Sudani", -1)):
        x, _ = middle(picture, name)
        assert (x - centre) * way > 0
    assert "December 2024 · 3 against 3" in texts(picture)


def test_the_picture_has_the_rows_of_the_page(shipped: Store) -> None:
    shown = " ".join(texts(plot.figure(shipped, "positions")))
    html = page.html(network.stances(shipped))
    rows = re.findall(r'<div class="row".*?<bdi>(.*?)</bdi>', html.split('id="undisputed-group"')[0])
    assert len(rows) > 8
    for title in rows:
        assert title.replace("&#39;", "'") in shown


def test_a_name_not_in_its_own_words_has_a_dashed_frame(shipped: Store) -> None:
    picture = plot.figure(shipped, "positions", target="Jabhat al-Nusra")
    (frame,) = picture.findobj(FancyBboxPatch)
    assert isinstance(frame, FancyBboxPatch)
    assert frame.get_linestyle() != "-"
    assert "Yahya Rasool" in words(picture)


def test_where_nothing_is_disputed_what_is_not_is_shown() -> None:
    picture = plot.figure(camps()[:2], "positions")
    assert "Ann" in words(picture)
    assert "Ben" in words(picture)


def test_propositions_are_named_in_arabic_and_text_stays_text(shipped: Store, tmp_path: Path) -> None:
    path = tmp_path / "rows.svg"
    plot.write(shipped, path, "positions", labels="ar")
    text = path.read_text("utf-8")
    assert "ينبغي" in text
    assert text.count("<text") > 60
