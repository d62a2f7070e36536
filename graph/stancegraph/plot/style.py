"""How every picture looks: its colours, sizes and marks, and matplotlib's settings, whatever the reader's are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl

if TYPE_CHECKING:
    from collections.abc import Iterator

POSITIVE: Final = "#0072B2"
NEGATIVE: Final = "#D55E00"
NEUTRAL: Final = "#666666"
INK: Final = "#1f2328"
SOFT: Final = "#5c6570"
FAINT: Final = "#b4bac2"
HAIR: Final = "#e3e6ea"
NODE: Final = "#3b4450"
GROUND: Final = "#f4f6f8"
PAPER: Final = "#ffffff"

DPI: Final = 300
SCREEN: Final = 100
"""Dots per inch of a PNG file, and of what a notebook shows."""
INCH: Final = 72.0
"""Points in one."""
MARGIN: Final = 18.0
TITLE: Final = 11.5
HEADING: Final = 8.0
LABEL: Final = 7.5
SMALL: Final = 6.75
"""Sizes of letters in points."""

SETTINGS: Final[dict[str, Any]] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "stancegraph",
    "path.simplify": False,
}


@contextmanager
def settled() -> Iterator[None]:
    """The defaults of matplotlib within, the reader's again afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)  # type: ignore[arg-type]  # the keys are of a closed list
        yield
