"""The canvas of every picture: what is drawn on it, its look and letters, axes, marks of stances, legend and caption.

Everything is set in DejaVu Sans, which matplotlib carries with it: Latin and Arabic, joined and from right to left.
"""

from __future__ import annotations

import io
import math
import unicodedata
from bisect import bisect
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font
from matplotlib.legend_handler import HandlerLine2D, HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox

from stancegraph import network
from stancegraph.dates import spell
from stancegraph.errors import UsageError
from stancegraph.output import quantity
from stancegraph.statements import reader
from stancegraph.statements.filters import in_words
from stancegraph.vocabulary import STANCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.transforms import Transform
    from numpy.typing import ArrayLike, NDArray

    from stancegraph.network import Method
    from stancegraph.records import Named
    from stancegraph.store import Store
    from stancegraph.table import Table

    Key = tuple[Artist | tuple[Artist, ...], str]


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
NARROWEST: Final = 320.0
"""Points across at least, so that title and caption can be read."""
LEADING: Final = 1.2
"""From one line of letters to the next, in font sizes."""
LONGEST: Final = 400
"""Letters of a label that are looked at: what is longer is cut long before they end."""
UNKNOWN: Final = "\ufffd"
JOINERS: Final = "\u200c\u200d"
"""They say whether letters join; other marks without a shape are dropped, those that turn the direction too."""
MARK_COLOURS: Final = {1: POSITIVE, -1: NEGATIVE, 0: PAPER}
AROUND: Final = (1, 0, -1)
"""The signs of a split mark, from the top against the clock."""
SMALLEST: Final = 4.2
"""Radius of the mark of one statement: the sign in it can still be read."""
EVEN: Final = 5
"""Two statements look no larger than this allows where no mark stands for many."""
STROKES: Final = {1: ((-1, 0), (1, 0), (0, -1), (0, 1)), -1: ((-1, 0), (1, 0))}
"""The ends of the lines of a plus and a minus, about the origin."""

FACE: Final = "DejaVu Sans"
STYLE: Final[dict[str, object]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "stancegraph",
    "path.simplify": False,
    "text.parse_math": False,
    "text.hinting": "no_hinting",  # letters are as wide at every resolution
    "text.color": INK,
    "font.family": [FACE, "sans-serif"],
    "font.size": LABEL,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.spines.bottom": False,
    "axes.axisbelow": True,
    "grid.color": HAIR,
    "grid.linewidth": 0.6,
    "xtick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.major.size": 0,
    "ytick.major.pad": 6,
    "ytick.minor.size": 0,
    "xtick.color": FAINT,
    "xtick.labelcolor": SOFT,
    "xtick.labelsize": SMALL,
    "ytick.labelcolor": INK,
    "ytick.labelsize": LABEL,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "legend.borderpad": 0,
    "legend.borderaxespad": 0,
    "lines.solid_capstyle": "butt",
    "legend.handletextpad": 0.7,
    "legend.columnspacing": 2.2,
}
UNSAID: Final[dict[str, dict[str, str | None]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
}
"""Each format, and what matplotlib would say there of itself and the hour, left unsaid."""
DESCRIPTION: Final = {"pdf": "Subject"}
"""What a format calls a description."""


class Picture(Figure):
    """A figure that shows itself in a notebook without pyplot."""

    def _repr_png_(self) -> bytes:
        return encode(self, "png", SCREEN)


class Beside(tuple["Artist", ...]):
    """Samples of a legend that stand side by side; those of a plain tuple lie on each other."""

    __slots__ = ()


class Span(Line2D):
    """A sample of a legend that is a line with its marker at either end."""


@contextmanager
def style() -> Iterator[None]:
    """Our settings of matplotlib within, whatever the reader's are; the reader's again afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)  # type: ignore[arg-type]  # the keys are of a closed list
        yield


def encode(figure: Figure, form: str, dpi: int = DPI) -> bytes:
    """The picture as the bytes of a file, with its title and caption: `form` is png, svg or pdf."""
    words = {"Title": figure.get_label(), DESCRIPTION.get(form, "Description"): figure.axes[0].get_label()}
    file = io.BytesIO()
    with style():
        figure.savefig(file, format=form, dpi=dpi, metadata={**UNSAID[form], **words})
    return file.getvalue()


def stack(wide: float, heights: Sequence[float], gap: float = 0.0) -> tuple[Figure, list[Axes]]:
    """A picture that is nothing but axes one below the other: so wide and high, so far apart, in points."""
    high = sum(heights) + gap * (len(heights) - 1)
    figure = Picture(figsize=(wide / INCH, high / INCH), dpi=SCREEN, facecolor=PAPER)
    FigureCanvasAgg(figure)
    apart = gap / (sum(heights) / len(heights))
    figure.subplots_adjust(left=0, right=1, bottom=0, top=1, hspace=apart)
    found = figure.subplots(len(heights), 1, squeeze=False, gridspec_kw={"height_ratios": heights})
    return figure, list(found[:, 0])


def plate(colour: str) -> dict[str, object]:
    """The `bbox` of a text under which lines may run, in the colour of the ground.

    Not an outline about the letters, for which an SVG file would hold shapes instead of words.
    """
    return {"facecolor": colour, "edgecolor": "none", "alpha": 0.75, "pad": 0.4}


def surround(
    figure: Figure,
    title: str,
    *,
    keys: Sequence[Sequence[Key]] = (),
    notes: Sequence[str] = (),
    width: float | None = None,
    widest: float = 0.0,
) -> Figure:
    """Sets title, legend and caption about the axes that `stack` made, and makes the picture as large as it all is.

    The axes keep their size; where the picture is to be `width` inches they are stretched as far as `widest` points.
    Each group of `keys` (sample and words) begins a row of the legend, each of `notes` a line of the caption.
    """
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]  # that of Agg
    wide, high = (side * INCH for side in figure.get_size_inches())
    whole = Bbox.union([box for axes in figure.axes if (box := axes.get_tightbbox(renderer))])
    ends = figure.dpi_scale_trans.inverted().transform(whole) * INCH
    left, right = max(-ends[0][0], 0.0), max(ends[1][0] - wide, 0.0)
    below, above = max(-ends[0][1], 0.0), max(ends[1][1] - high, 0.0)
    asked = (width or 0.0) * INCH
    wide = max(wide, min(asked - 2 * MARGIN - left - right, widest))
    across = max(asked, 2 * MARGIN + left + wide + right, NARROWEST)
    # Of the figure, not of its dots: what is saved of it alone, as notebooks do, would move against its words.
    sheet = Affine2D().scale(*(1 / (side * INCH) for side in figure.get_size_inches()))
    points = sheet + figure.transFigure
    y = MARGIN
    text = "\n".join(wrap(note, SMALL, across - 2 * MARGIN, 6, even=False) for note in notes if note)
    if text:
        caption = figure.text(
            MARGIN, y, text, transform=points, va="bottom", size=SMALL, color=SOFT, linespacing=1.42
        )
        y += caption.get_window_extent(renderer).height / figure.dpi * INCH + 12
    for group in [group for group in keys if group][::-1]:
        key = _legend(figure, group, across - 2 * MARGIN, (MARGIN, y), points)
        y += key.get_window_extent(renderer).height / figure.dpi * INCH + 6
    bottom = y + 8 + below
    tall = bottom + high + above + 12 + TITLE + MARGIN
    figure.set_size_inches(across / INCH, tall / INCH)
    sheet.clear().scale(1 / across, 1 / tall)
    at = (MARGIN + left) / across, (MARGIN + left + wide) / across
    figure.subplots_adjust(left=at[0], right=at[1], bottom=bottom / tall, top=(bottom + high) / tall)
    figure.text(MARGIN, tall - MARGIN, title, transform=points, va="top", size=TITLE, weight="bold")
    figure.set_label(title)
    figure.axes[0].set_label(" ".join(notes))
    return figure


def _legend(
    figure: Figure, keys: Sequence[Key], room: float, corner: tuple[float, float], points: Transform
) -> Legend:
    """A legend with its lower left corner at a place, in one row or in as many as it takes to fit."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    handlers = {
        tuple: HandlerTuple(ndivide=1, pad=0),
        Beside: HandlerTuple(ndivide=None, pad=0.4),
        Span: HandlerLine2D(numpoints=2, marker_pad=0),
    }
    samples, words = zip(*keys, strict=True)
    parts = [part for sample in samples for part in (sample if isinstance(sample, tuple) else (sample,))]
    marks = all(isinstance(part, Line2D) and part.get_linestyle() == "None" for part in parts)
    for columns in range(len(keys), 0, -1):
        legend = figure.legend(
            samples,
            words,
            ncols=columns,
            handlelength=1.9 if marks else 2.6,
            handler_map=handlers,
            loc="lower left",
            bbox_to_anchor=corner,
            bbox_transform=points,
        )
        if columns == 1 or legend.get_window_extent(renderer).width / figure.dpi * INCH <= room:
            break
        legend.remove()
    return legend


def annotate(
    axes: Axes, words: str, corner: tuple[int, int], offset: tuple[int, int], **look: object
) -> None:
    """Writes words so many points from a corner of the axes (0 or 1), small and soft unless told otherwise."""
    axes.annotate(
        words,
        corner,
        xycoords="axes fraction",
        xytext=offset,
        textcoords="offset points",
        **{"size": SMALL, "color": SOFT, **look},  # type: ignore[arg-type]
    )


def sentences(notes: Iterable[str]) -> str:
    """Notes, phrases without a full stop, as sentences of a caption."""
    return " ".join(f"{note[:1].upper()}{note[1:]}." for note in notes)


def write_totals(axes: Axes, places: ArrayLike, numbers: Iterable[int]) -> None:
    """Writes the number of each row at its right."""
    totals = axes.secondary_yaxis("right")
    totals.set_yticks(places, [f"{number:,}" for number in numbers])
    totals.tick_params(labelsize=SMALL, labelcolor=SOFT)
    totals.spines[:].set_visible(False)


@cache
def _letters() -> frozenset[int]:
    """The letters that both weights have."""
    faces = (FT2Font(findfont(FontProperties(family=FACE, weight=weight))) for weight in ("normal", "bold"))
    plain, bold = (frozenset(face.get_charmap()) for face in faces)
    return plain & bold


def clean(text: object) -> str:
    """The text on one line, with U+FFFD for what has no letter in the face, and not longer than any label is drawn.

    >>> clean("a" + chr(0) + "b  $x$")
    'a\ufffdb $x$'
    """
    known = _letters()
    composed = unicodedata.normalize("NFC", " ".join(str(text)[: 4 * LONGEST].split()))
    seen = [c for c in composed if c in JOINERS or unicodedata.category(c) != "Cf"]
    shown = "".join(c if ord(c) in known and ord(c) >= 32 else UNKNOWN for c in seen[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else shown[:LONGEST] + "…"


@lru_cache(maxsize=8192)
def measure(text: str, size: float, bold: bool = False) -> float:
    """How wide the text is in points, its longest line if there are several."""
    face = FontProperties(family=FACE, size=size, weight="bold" if bold else "normal")
    lines = [line for line in text.split("\n") if line]
    return max(
        (float(text_to_path.get_text_width_height_descent(s, face, False)[0]) for s in lines), default=0
    )


def wrap(text: str, size: float, most: float, lines: int, *, even: bool = True) -> str:
    """The text on at most `lines` lines no wider than `most` points, cut with an ellipsis; evenly filled.

    >>> wrap("Iraq should stay out of the conflict in Syria.", 8, 120, 2)
    'Iraq should stay out of\\nthe conflict in Syria.'
    """
    rows = _fill(text, size, most, lines)
    if len(rows) > lines:
        last = rows[lines - 1]
        while last and measure(last + "…", size) > most:
            # A word goes whole where another stays.
            last = last.rpartition(" ")[0] or last[:-1]
        return "\n".join([*rows[: lines - 1], last + "…"])
    if even and len(rows) > 1:
        # The narrowest measure that breaks no word and still takes as many lines leaves none of them short.
        low, high = min(most, max(measure(word, size) for word in text.split())), most
        for _ in range(8):
            middle = (low + high) / 2
            low, high = (
                (low, middle) if len(_fill(text, size, middle, lines)) == len(rows) else (middle, high)
            )
        rows = _fill(text, size, high, lines)
    return "\n".join(rows)


def _fill(text: str, size: float, most: float, lines: int) -> list[str]:
    """The words on as few lines as hold them, one too many where `lines` do not; a word too long is broken."""
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if measure(longer, size) <= most:
            rows[-1] = longer
            continue
        rows.append(word)
        while measure(rows[-1], size) > most and len(rows[-1]) > 1:
            long = rows.pop()
            cut = max(1, bisect(range(len(long)), most, 2, key=lambda n: measure(long[:n], size)) - 1)
            rows += [long[:cut], long[cut:]]
            if len(rows) > lines + 1:
                break
        if len(rows) > lines + 1:
            break
    return rows if rows[0] or len(rows) == 1 else rows[1:]


# The mark of a stance: a disc with a plus, a minus or nothing in it, split where stances of several signs meet


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a mark is on its axes, its radius in points, and the signs of the stances it stands for."""

    x: float
    y: float
    radius: float
    signs: frozenset[int]


def mark_radius(number: int, largest: int, most: float) -> float:
    """Radius of the mark of so many statements, of `largest` that of `most` points: its area grows with them."""
    return SMALLEST + (most - SMALLEST) * math.sqrt((number - 1) / max(largest - 1, EVEN))


def draw_marks(axes: Axes, marks: Iterable[Mark]) -> None:
    """Draws the marks, those of the same signs as collections named for each sign."""
    alike: dict[frozenset[int], list[Mark]] = defaultdict(list)
    for mark in marks:
        alike[mark.signs].append(mark)
    for signs, own in sorted(alike.items(), key=lambda item: sorted(item[0])):
        x, y, areas = [m.x for m in own], [m.y for m in own], [4 * m.radius**2 for m in own]
        for path, face, edge, thick, name in _parts(signs):
            look = {"facecolor": face, "edgecolor": edge, "linewidth": thick, "label": name}
            axes.scatter(x, y, s=areas, marker=path, zorder=3, **look)  # type: ignore[arg-type]  # a path is one too


def _parts(signs: frozenset[int]) -> list[tuple[Path, str, str, float, str]]:
    """Outline, colours of face and edge, thickness and name of what makes up a mark: the sectors and their signs.

    Of two sectors the first is the left half.
    """
    present = [sign for sign in AROUND if sign in signs]
    step = 360 / len(present)
    parts = []
    for i, sign in enumerate(present):
        low, turn = 90 + i * step, math.radians(90 + (i + 0.5) * step)
        disc, x, y, reach = Path.wedge(low, low + step), 0.52 * math.cos(turn), 0.52 * math.sin(turn), 0.3
        if len(present) == 1:
            disc, x, y, reach = Path.unit_circle(), 0.0, 0.0, 0.5
        edge, thick = (PAPER, 0.5) if sign else (NEUTRAL, 1.0)
        parts.append((disc, MARK_COLOURS[sign], edge, thick, STANCES[sign]))
        if sign:
            ends = [(x + reach * a, y + reach * b) for a, b in STROKES[sign]]
            # A marker is scaled to its farthest point: one to which nothing is drawn keeps the strokes in place.
            codes = [Path.MOVETO, *[Path.MOVETO, Path.LINETO] * (len(ends) // 2)]
            parts.append((Path([(1.0, 1.0), *ends], codes), "none", PAPER, 1.0, "sign"))
    return parts


def mark_keys(seen: Mapping[frozenset[int], int]) -> list[Key]:
    """Entries of the legend for the marks that occur, each with how often."""
    single = [frozenset({sign}) for sign in STANCES]
    mixed = sorted((signs for signs in seen if len(signs) > 1), key=lambda signs: (len(signs), sorted(signs)))
    return [
        (
            _sample(signs, 4.6),
            f"{' and '.join(STANCES[sign] for sign in STANCES if sign in signs)} ({number:,})",
        )
        for signs in [*single, *mixed]
        if (number := seen.get(signs, 0))
    ]


def size_keys(largest: int, most: float) -> list[Key]:
    """Entries that say how many statements marks of a few sizes stand for; none where all stand for one."""
    numbers = sorted({1, max(2, largest // 4), largest}) if largest > 1 else []
    neutral = frozenset({0})
    return [(_sample(neutral, mark_radius(n, largest, most)), quantity(n, "statement", ",")) for n in numbers]


def _sample(signs: frozenset[int], radius: float) -> tuple[Line2D, ...]:
    """A mark for the legend."""
    return tuple(
        Line2D([], [], ls="", marker=path, ms=2 * radius, mfc=face, mec=edge, mew=thick)
        for path, face, edge, thick, _ in _parts(signs)
    )


# What is drawn: rows, how networks are made of them, the language of the names, and the caption


ARABIC: Final = 'SELECT ?x ?label WHERE { ?x skos:prefLabel ?label FILTER(LANG(?label) = "ar") }'
LANGUAGES: Final = ("en", "ar")
CLOSE: Final = 31
"""A statement counts as dated where its day is bounded to so many days."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that pass the filters, neutral and repeated ones too, and how networks are made of them.

    `arabic` has the Arabic label of an IRI, where that language is asked for; `kinds` its kind.
    """

    rows: Table
    method: Method
    arabic: Mapping[str, str]
    kinds: Mapping[str, str]

    def label(self, thing: Named) -> str:
        """The name in the language asked for, where it is known, fit to be drawn."""
        return clean(self.arabic.get(thing.iri) or thing.label) or UNKNOWN

    def signs(self) -> NDArray[np.int64]:
        """1, 0 or -1 for each row; raises UsageError for categories, which have none."""
        if self.rows.scale.kind == "categorical":
            raise UsageError(
                f"--level {self.rows.scale.name} has categories, not signs: choose another level for this picture"
            )
        return np.sign(self.rows.scale.signs(self.rows.level)).astype(np.int64)

    def dated(self) -> NDArray[np.bool_]:
        """Which rows have a day, or one within a month of days."""
        return self.rows.latest - self.rows.earliest < CLOSE

    def caption(self) -> str:
        """How many statements of whom, from which documents and days, under which filters."""
        rows, dated = self.rows, self.dated()
        statements, actors, documents = (
            quantity(len(column.present()), noun, ",")
            for column, noun in (
                (rows.statement, "statement"),
                (rows.actor, "actor"),
                (rows.document, "document"),
            )
        )
        days = ""
        if dated.any():
            first, last = int(rows.earliest[dated].min()), int(rows.latest[dated].max())
            days = f", {spell(first)}" + (f" – {spell(last)}" if last != first else "")
        chosen = f" {clean(f'Only: {in_words(rows.filters.given)}')}." if rows.filters else ""
        return f"{statements} by {actors} in {documents}{days}.{chosen}"


def select(source: Store | Table, choices: dict[str, object], *, labels: str = "en") -> Selection:
    """What is to be shown of a store or table; raises UsageError where a name is wrong or no statement matches."""
    if labels not in LANGUAGES:
        raise UsageError(f"--labels '{str(labels)[:20]}': choose one of {', '.join(LANGUAGES)}")
    rows, method = network.prepare(source, "agreement", choices)
    if not len(rows):
        raise UsageError("no statements match: nothing to draw; loosen the filters")
    known = reader.actors(rows.store) if rows.store else {}
    named = rows.store.tuples(ARABIC) if rows.store and labels == "ar" else ()
    arabic = {row[0]: row[1] for row in named}
    return Selection(rows, method, arabic, {iri: kind for iri, (kind, _) in known.items()})
