"""Still pictures for print: who stands where, the signed network, the matrix, the timeline, polarisation over time.

write      a picture as a PNG, SVG or PDF file; the same data gives the same bytes
figure     the same as a matplotlib figure, for a notebook
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stancegraph import output
from stancegraph.errors import UsageError, of_extra

with of_extra("plot", "matplotlib"):
    from stancegraph.plot import canvas

if TYPE_CHECKING:
    import os

    from matplotlib.figure import Figure

    from stancegraph.store import Store
    from stancegraph.table import Table

__all__ = ["FORMS", "KINDS", "figure", "write"]

KINDS: Final = ("positions", "network", "matrix", "timeline", "polarisation")
FORMS: Final = tuple(canvas.UNSAID)
"""What a file name may end in."""
NARROWEST: Final = 3.0
WIDEST: Final = 60.0
"""Inches across."""


def figure(
    source: Store | Table, kind: str = "network", /, *, width: float | None = None, **choices: object
) -> Figure:
    """A picture of a store or table (`table.stances`) as a figure of `width` inches, wider where it must be.

    `choices` are those of `network.agreement` and the filters of `statements.said`; also `labels` ("en", "ar":
    Arabic names where the graph has them), for the matrix `least` (actors who speak of a target), for the timeline
    `most` (actors with a row), for polarisation `window` and `step` (as in `network.windows`).

    Raises UsageError for a kind or choice there is none of, and where there is nothing to draw.

    >>> from stancegraph import store
    >>> picture = figure(store.open(), "matrix", actor="khazali")
    >>> [name.get_text() for name in picture.axes[0].get_yticklabels()]
    ['Qais al-Khazali']
    """
    if kind not in KINDS:
        raise UsageError(f"--kind '{str(kind)[:20]}': choose one of {', '.join(KINDS)}")
    if width is not None and not NARROWEST <= width <= WIDEST:
        raise UsageError(f"--width {width}: a picture is {NARROWEST:g} to {WIDEST:g} inches across")
    module = importlib.import_module(f"stancegraph.plot.{kind}")
    with canvas.style():
        picture: Figure = module.figure(source, width=width, **choices)
    return picture


def write(
    source: Store | Table,
    path: str | os.PathLike[str],
    kind: str = "network",
    /,
    *,
    width: float | None = None,
    **choices: object,
) -> None:
    """Writes a picture to a file ending in .png (300 dots per inch), .svg or .pdf, whole or not at all; see `figure`.

    Raises UsageError as `figure` does and for another ending, StanceError where the file cannot be written.
    """
    form = Path(path).suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise UsageError(
            f"'{Path(path).name[:60]}' does not end in {', '.join(f'.{one}' for one in FORMS)}: name it so"
        )
    output.refuse_input(Path(path), source.inputs)
    output.write(Path(path), canvas.encode(figure(source, kind, width=width, **choices), form))
