"""The sheet a picture is drawn on: a figure measured in points from its upper left corner, and the bytes it becomes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle
from matplotlib.patheffects import withStroke

from stancegraph.plot import lettering, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.patches import Patch
    from matplotlib.text import Text

    Segment = Sequence[tuple[float, float]]

BARE: Final[dict[str, dict[str, Any]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
}
"""What matplotlib would say of itself and the hour, left unsaid."""

SUBJECT: Final = {"pdf": "Subject"}
"""What a format calls a description."""


class Picture(Figure):
    """A figure that shows itself in a notebook without pyplot."""

    def _repr_png_(self) -> bytes:
        return encoded(self, "png", style.SCREEN)


class Sheet:
    """A figure `wide` and `high` in points; y grows downwards, as one reads."""

    def __init__(self, wide: float, high: float) -> None:
        size = (wide / style.INCH, high / style.INCH)
        self.wide, self.high = wide, high
        self.figure = Picture(figsize=size, dpi=style.SCREEN, facecolor=style.PAPER)
        FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, wide)
        self.axes.set_ylim(high, 0)

    def describe(self, title: str, words: str) -> None:
        """Says what the picture is and what its caption says, for who cannot see it: files carry both."""
        self.figure.set_label(title)
        self.axes.set_label(words)

    def text(
        self,
        at: tuple[float, float],
        words: str,
        *,
        size: float = style.LABEL,
        colour: str = style.INK,
        bold: bool = False,
        across: str = "left",
        up: str = "baseline",
        angle: float = 0.0,
        halo: str = "",
        level: float = 5,
    ) -> Text:
        """Words, never read as mathematics; `across` and `up` say which part of them is at the place.

        `halo` is the colour of the ground, where lines may run under them.
        """
        drawn = self.axes.text(
            *at,
            words,
            fontproperties=lettering.font(bold),
            fontsize=size,
            color=colour,
            ha=across,
            va=up,
            multialignment=across,
            rotation=angle,
            rotation_mode="anchor",
            linespacing=lettering.LEADING,
            parse_math=False,
            zorder=level,
        )
        if halo:
            drawn.set_path_effects([withStroke(linewidth=2.2, foreground=halo, alpha=0.85)])
        return drawn

    def lines(
        self,
        segments: Sequence[Segment],
        colour: str,
        widths: float | Sequence[float] = 0.5,
        *,
        dashes: tuple[float, ...] = (),
        opaque: float = 1.0,
        name: str = "",
        level: float = 1,
    ) -> LineCollection:
        """Polylines of one colour; `name` says what they are to who inspects the figure."""
        drawn = LineCollection(
            [np.asarray(segment, float) for segment in segments],
            colors=colour,
            linewidths=widths,
            linestyles=(0, dashes) if dashes else "solid",
            alpha=opaque,
            capstyle="butt" if dashes else "round",
            label=name,
            zorder=level,
        )
        self.axes.add_collection(drawn, autolim=False)
        return drawn

    def box(
        self,
        corner: tuple[float, float],
        wide: float,
        high: float,
        *,
        fill: str = style.GROUND,
        round: float = 0.0,
        edge: str = "none",
        level: float = 0,
    ) -> Patch:
        """A filled rectangle, its corners rounded by so many points."""
        shape: Patch
        if round:
            shape = FancyBboxPatch(corner, wide, high, boxstyle=f"round,pad=0,rounding_size={round}")
        else:
            shape = Rectangle(corner, wide, high)
        shape.set(facecolor=fill, edgecolor=edge, linewidth=0.6, zorder=level)
        self.axes.add_patch(shape)
        return shape

    def disc(
        self,
        at: tuple[float, float],
        radius: float,
        *,
        fill: str,
        edge: str = style.PAPER,
        thick: float = 0.6,
        level: float = 3,
    ) -> Patch:
        """A filled circle."""
        shape = Circle(at, radius, facecolor=fill, edgecolor=edge, linewidth=thick, zorder=level)
        self.axes.add_patch(shape)
        return shape


def encoded(figure: Figure, form: str, dpi: int = style.DPI) -> bytes:
    """The picture as the bytes of a file, with its title and caption: `form` is png, svg or pdf."""
    told = {"Title": figure.get_label(), SUBJECT.get(form, "Description"): figure.axes[0].get_label()}
    file = io.BytesIO()
    with style.settled():
        figure.savefig(file, format=form, dpi=dpi, metadata={**BARE[form], **told})
    return file.getvalue()
