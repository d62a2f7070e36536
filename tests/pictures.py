"""What the tests of pictures share: invented tables, and what a figure shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import Collection, LineCollection
from matplotlib.text import Text

from stancegraph import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    from stancegraph.table import Table

POSITIVE, NEGATIVE, INK, FAINT = "#0072b2", "#d55e00", "#1f2328", "#b4bac2"

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


def texts(figure: Figure) -> list[str]:
    """All that is written, each on one line: labels of the axes, names, legend, caption."""
    figure.draw_without_rendering()
    return [text.get_text().replace("\n", " ") for text in _written(figure)]


def words(figure: Figure) -> str:
    return " ".join(texts(figure))


def find(figure: Figure, label: str) -> list[Text]:
    return [text for text in _written(figure) if text.get_text().replace("\n", " ") == label]


def _written(figure: Figure) -> list[Text]:
    found: list[Text] = figure.findobj(Text)
    return [text for text in found if text.get_visible() and text.get_text()]


def boxes(figure: Figure, labels: Iterable[str]) -> list[tuple[str, Bbox]]:
    """Where each of the labels is written, in dots from the lower left corner."""
    figure.draw_without_rendering()
    return [(label, text.get_window_extent()) for label in labels for text in find(figure, label)]


def middle(figure: Figure, label: str) -> tuple[float, float]:
    """The middle of a label that is written once, in dots from the lower left corner."""
    ((_, box),) = boxes(figure, [label])
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def named(figure: Figure, label: str) -> list[Collection]:
    """What is drawn under a name; the samples of the legend are none of it."""
    found: list[Collection] = figure.findobj(Collection)
    return [item for item in found if item.get_label() == label]


def lines(figure: Figure, label: str) -> list[tuple[tuple[float, float], ...]]:
    """The lines drawn under a name, in the units of their axes."""
    found = [item for item in named(figure, label) if isinstance(item, LineCollection)]
    return [tuple((float(x), float(y)) for x, y in line) for item in found for line in item.get_segments()]


def spots(figure: Figure, label: str) -> list[tuple[float, float]]:
    """Where the marks drawn under a name are, in the units of their axes."""
    found = [item for item in named(figure, label) if not isinstance(item, LineCollection)]
    return [(float(x), float(y)) for item in found for x, y in np.asarray(item.get_offsets())]


def discs(figure: Figure, label: str) -> set[tuple[float, float, float]]:
    """Place and radius of the marks drawn under a name, in dots from the lower left corner."""
    figure.draw_without_rendering()
    found = set()
    for item in named(figure, label):
        places = np.asarray(item.get_offset_transform().transform(item.get_offsets())).tolist()
        areas = np.broadcast_to(item.get_sizes(), len(places)).tolist()  # type: ignore[attr-defined]
        radii = [area**0.5 / 2 * figure.dpi / 72 for area in areas]
        found |= {(round(x, 3), round(y, 3), r) for (x, y), r in zip(places, radii, strict=True)}
    return found
