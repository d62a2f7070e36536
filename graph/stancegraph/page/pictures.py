"""What the page's network shows at first sight: blocs with the ties between them, and who takes which stance.

Each is drawn for three widths, and for each period alone; where there is more than can be told apart, the strongest
is drawn and the rest counted. A drawing has two banks of names with all lines between them, so that none runs under a
foreign name: a bank is a column of cards, a bloc or another group of names in each; a name stands outside its dot, and
every line leaves the dot inwards: to the other bank as an S, to the same bank as a bow. Who faces whom, and in which
order, is chosen so that few lines cross. What is drawn is checked: a line that would still touch another's dot or label
is left out, and counted.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict

import numpy as np

from stancegraph.network.temporal import overlaps
from stancegraph.page.overview import days_of
from stancegraph.vocabulary import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stancegraph.page.agreement import Agreement, AgreementTie, Bloc
    from stancegraph.page.content import Entity, Stance, Tie
    from stancegraph.page.overview import Period

    Point = tuple[float, float]
    Box = tuple[float, float, float, float]


DOT: Final = 5
"""Radius of a dot in pixels."""
GAP: Final = 7
"""From a dot to its label."""
LETTER: Final = 0.6
"""Mean width of a letter of a sans-serif face, in ems; generous, for the face is the reader's."""
LEADING: Final = 1.2
"""From one line of a label to the next, in ems."""
PAD: Final = 10
"""Within a card, at each side."""
APART: Final = 16
"""Between two cards."""
HEAD: Final = 20
"""The title of a card."""
SMALL: Final = 11
"""Letters of the second line of a title."""
CLEAR: Final = 1.5
"""Between a line and what it is not of."""
SWEEPS: Final = 12
STEPS: Final = 48
"""Points at which a line is looked at."""


class Format(NamedTuple):
    """How wide a drawing is, how wide its banks, how large its letters (pixels), on how many lines a name may stand."""

    width: int
    bank: int
    font: int
    rows: int


CAPTION: Final = 8
"""Lines that what a card's names share may take: it is never cut to a sentence nobody said."""
FORMATS: Final[dict[str, Format]] = {
    "wide": Format(1080, 330, 13, 2),
    "middle": Format(690, 230, 12, 2),
    "narrow": Format(340, 122, 13, 4),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Names that stand in one card: its title, what else is said there, and the bloc it is (None: no bloc).

    `total` counts its names that are not drawn too; a `side` that is given is kept.
    """

    title: str
    subtitle: str
    members: list[int]
    bloc: int | None
    total: int
    side: int | None = None


class Link(NamedTuple):
    """A line to be drawn: its number, the names it joins (by number), whether it is drawn only in the fuller mode."""

    id: int
    tail: int
    head: int
    fuller: bool = False


class Card(TypedDict):
    """A card as drawn: left, top, width, height, and the lines of its title."""

    bloc: int | None
    total: int
    box: Box
    title: str
    subtitle: list[str]
    members: list[int]


class Picture(TypedDict):
    """A drawing from (0, 0): `nodes` are number, x, y, side (-1 left, 1 right) and label.

    `lines` are number, type, roundness and whether they belong to the fuller mode; `left_out` counts those that would
    touch what is not theirs.
    """

    width: int
    height: int
    font: int
    nodes: list[tuple[int, int, int, int, str]]
    cards: list[Card]
    lines: list[tuple[int, str, float, bool]]
    left_out: int


NAMES, BLOCS = 60, 6
"""Names at most in a drawing of blocs, and blocs where not all names are drawn."""
BANK: Final = 45
"""Names at most on either side in a drawing of stances."""
LINES: Final = {"blocs": 120, "stances": 240}
"""Lines at most; half of those of blocs may run inside them."""
OWN: Final = 6
"""Periods that have drawings of their own, at most."""


class Drawn(TypedDict):
    """A drawing in each format, and the names that could have no line in it."""

    formats: dict[str, Picture]
    alone: list[int]


Pictures = dict[str, dict[str, Drawn]]
"""Mode → "all" or the number of a period → the drawing."""


def compose(
    entities: Sequence[Entity],
    stances: Sequence[Stance],
    ties: Sequence[Tie],
    agreement: Agreement,
    periods: Sequence[Period],
) -> Pictures:
    """The drawings of blocs (where there is agreement) and of stances."""
    found: Pictures = {"stances": {}}
    if agreement.ties:
        found["blocs"] = {}
    common = [_say_common(bloc, entities, stances) for bloc in agreement.blocs]
    for key, passes in _times(stances, periods):
        chosen = [stance for i, stance in enumerate(stances) if passes(i)]
        found["stances"][key] = _stances(entities, chosen, ties)
        if agreement.ties:
            found["blocs"][key] = _blocs(entities, chosen, agreement, common, passes)
    return found


def _times(
    stances: Sequence[Stance], periods: Sequence[Period]
) -> Iterable[tuple[str, Callable[[int], bool]]]:
    """All of time, and each period: with a test for whether the stance of a number may be of it."""
    yield "all", lambda _: True
    for number, period in enumerate(periods if 1 < len(periods) <= OWN else ()):
        inside = {i for i, s in enumerate(stances) if overlaps(s["since"], s["until"], days_of(period))}
        yield str(number), inside.__contains__


def _blocs(
    entities: Sequence[Entity],
    stances: Sequence[Stance],
    agreement: Agreement,
    common: Sequence[str],
    passes: Callable[[int], bool],
) -> Drawn:
    """Each bloc as a card, those of none in another; lines where a tie runs between cards, or is of disagreement."""
    shown = [
        tie
        for tie in agreement.ties
        if any(any(map(passes, mine)) and any(map(passes, theirs)) for *_, mine, theirs in tie["on"])
    ]
    bloc = {end: entities[end]["bloc"] for tie in shown for end in (tie["from"], tie["to"])}
    names = _choose(shown, bloc)
    kept = [tie for tie in shown if {tie["from"], tie["to"]} <= names]
    links = [
        Link(tie["id"], a, b, tie["sign"] > 0 and bloc[a] is not None and bloc[a] == bloc[b])
        for tie in kept
        for a, b in [(tie["from"], tie["to"])]
    ]
    outer = [link for link in links if not link.fuller][: LINES["blocs"]]
    inner = [link for link in links if link.fuller][: LINES["blocs"]]
    speakers = {stance["speaker"] for stance in stances}
    groups = []
    for each in agreement.blocs:
        if own := [i for i in each["members"] if i in names]:
            number, every = each["id"], [i for i in each["members"] if i in speakers]
            groups.append(Group(f"Bloc {number + 1}", common[number], own, number, len(every)))
    if apart := sorted(i for i in names if bloc[i] is None):
        groups.append(Group("In no bloc", "", apart, None, sum(each is None for each in bloc.values())))
    unmet = set() if agreement.left_out else speakers - bloc.keys()
    alone = sorted(unmet, key=lambda i: (entities[i]["label"].casefold(), i))
    return _drawn(groups, outer + inner, {i: entities[i]["label"] for i in names}, alone)


def _choose(ties: Iterable[AgreementTie], bloc: Mapping[int, int | None]) -> set[int]:
    """All names that have a tie; of more than can be drawn, those in the largest blocs that disagree most across."""
    if len(bloc) <= NAMES:
        return {*bloc}
    sizes = Counter(each for each in bloc.values() if each is not None)
    largest = sorted(sizes, key=lambda each: (-sizes[each], each))[:BLOCS]
    kept: list[int | None] = [*largest] or [None]
    room = dict.fromkeys(kept, NAMES // len(kept))
    chosen: set[int] = set()
    across = sorted(ties, key=lambda tie: tie["sign"] > 0 or bloc[tie["from"]] == bloc[tie["to"]])
    for tie in across:
        for end in (tie["from"], tie["to"]):
            if end not in chosen and room.get(bloc[end], 0):
                room[bloc[end]] -= 1
                chosen.add(end)
    return chosen


def _say_common(bloc: Bloc, entities: Sequence[Entity], stances: Sequence[Stance]) -> str:
    """What more than half of a bloc share, and how many they are: no caption puts it in the mouths of all."""
    held = next(iter(bloc["holds"]), None)
    if held is None or 2 * held["actors"] <= len(bloc["members"]):
        return ""
    thing, word = entities[held["target"]], stances[held["stances"][0]]["word"]
    label = thing["label"].removesuffix(".")
    of = f"{held['actors']} of {len(bloc['members'])}"
    return f"{of} {plural(word)}: {label}" if thing["kind"] == "proposition" else f"{of} {word} {label}"


def _stances(entities: Sequence[Entity], stances: Sequence[Stance], ties: Sequence[Tie]) -> Drawn:
    """Who speaks at the left; at the right of whom, and of what."""
    present = Counter(stance["tie"] for stance in stances)
    heard: Counter[int] = Counter()
    spoken: Counter[int] = Counter()
    for tie in ties:
        if present[tie["id"]]:
            heard[tie["to"]] += 1
            spoken[tie["from"]] += 1
    shown = sorted(
        (tie for tie in ties if present[tie["id"]]),
        key=lambda tie: (-tie["documents"], -heard[tie["to"]] - spoken[tie["from"]], tie["id"]),
    )
    left: set[int] = set()
    right: set[int] = set()
    links: list[Link] = []
    for tie in shown:
        a, b = tie["from"], tie["to"]
        if len(left | {a}) <= BANK and len(right | {b}) <= BANK and len(links) < LINES["stances"]:
            left.add(a)
            right.add(b)
            # A target has a number of its own: who speaks may be spoken of too.
            links.append(Link(tie["id"], a, b + len(entities)))
    actors = sorted(i for i in right if entities[i]["kind"] != "proposition")
    things = sorted(i for i in right if entities[i]["kind"] == "proposition")
    groups = [
        Group(title, "", [i + shift for i in own], None, len(own), side)
        for title, own, shift, side in (
            ("Who speaks", sorted(left), 0, -1),
            ("Of whom", actors, len(entities), 1),
            ("Of what", things, len(entities), 1),
        )
        if own
    ]
    labels = {i: entities[i]["label"] for i in left} | {
        i + len(entities): entities[i]["label"].removesuffix(".") for i in right
    }
    return _drawn(groups, links, labels, [])


def _drawn(
    groups: Sequence[Group], links: Sequence[Link], labels: Mapping[int, str], alone: list[int]
) -> Drawn:
    formats = {name: draw(groups, links, labels, form) for name, form in FORMATS.items()}
    return {"formats": formats, "alone": alone}


# ---- a drawing -------------------------------------------------------------------------------------------------------


def draw(groups: Sequence[Group], lines: Sequence[Link], labels: Mapping[int, str], form: Format) -> Picture:
    """Places the names of the groups and the lines between them; a number stands in one group only."""
    sides = _choose_sides(groups, lines)
    banks = {
        side: [group for group, own in zip(groups, sides, strict=True) if own == side] for side in (-1, 1)
    }
    banks = _order(banks, lines)
    nodes, cards, height = _place(banks, labels, form)
    at = {number: (x, y, side) for number, x, y, side, _ in nodes}
    taken = np.array([box for node in nodes for box in boxes_of(node, form.font)]).reshape(-1, 4)
    taken += (-CLEAR, -CLEAR, CLEAR, CLEAR)
    owner = np.array([node[0] for node in nodes for _ in (0, 1)])
    drawn: list[tuple[int, str, float, bool]] = []
    beside: Counter[frozenset[int]] = Counter()
    for line in lines:
        a, b = at[line.tail], at[line.head]
        pair = frozenset((line.tail, line.head))
        others = taken[(owner != line.tail) & (owner != line.head)]
        for kind, roundness in _curves(a, b, form, beside[pair]):
            path = points(a[:2], b[:2], kind, roundness)
            if not _touches(path, others):
                drawn.append((line.id, kind, roundness, line.fuller))
                beside[pair] += 1
                break
    return {
        "width": form.width,
        "height": height,
        "font": form.font,
        "nodes": nodes,
        "cards": cards,
        "lines": drawn,
        "left_out": len(lines) - len(drawn),
    }


def boxes_of(node: tuple[int, int, int, int, str], font: int) -> tuple[Box, Box]:
    """Left, top, right and bottom of a node's dot and of its label."""
    _, x, y, side, label = node
    rows = label.split("\n")
    wide, high = max(map(count_letters, rows)) * font * LETTER, len(rows) * font * LEADING
    near = x + side * (DOT + GAP)
    far = near + side * wide
    return (x - DOT, y - DOT, x + DOT, y + DOT), (min(near, far), y - high / 2, max(near, far), y + high / 2)


def points(a: Point, b: Point, kind: str, roundness: float) -> NDArray[np.float64]:
    """The x and the y of points along a line, as the drawing library draws a smooth edge of that type and roundness."""
    (x1, y1), (x2, y2) = a, b
    if kind == "cubicBezier":
        bend = roundness * (x2 - x1)
        corners = [(x1, y1), (x1 + bend, y1), (x2 - bend, y2), (x2, y2)]
    else:
        turn = 1 if kind == "curvedCW" else -1
        angle = math.atan2(y1 - y2, x2 - x1) + (turn * roundness / 2 + 0.5) * math.pi
        reach = (roundness / 2 + 0.5) * math.hypot(x2 - x1, y2 - y1)
        corners = [(x1, y1), (x1 + reach * math.sin(angle), y1 + reach * math.cos(angle)), (x2, y2)]
    weights = _bernstein(len(corners) - 1)
    # Added up one by one, and not by a library's product of matrices: the same bits on every machine.
    return sum((weights[i] * np.array(corner)[:, None] for i, corner in enumerate(corners)), np.zeros((2, 1)))


@cache
def _bernstein(n: int) -> NDArray[np.float64]:
    """What each of n + 1 corners of a Bézier curve weighs (a row each), at each step along it."""
    steps = [i / STEPS for i in range(STEPS + 1)]
    return np.array([[math.comb(n, i) * t**i * (1 - t) ** (n - i) for t in steps] for i in range(n + 1)])


def _curves(
    a: tuple[int, int, int], b: tuple[int, int, int], form: Format, nth: int
) -> Iterable[tuple[str, float]]:
    """The curves a line may take, the best first; the second line of a pair bends another way."""
    if a[2] != b[2]:
        for roundness in ((0.5, 0.4, 0.62), (0.72, 0.3, 0.8))[nth > 0]:
            yield "cubicBezier", roundness
        return
    long = abs(a[1] - b[1]) or 1
    room = form.width - 2 * form.bank
    down = b[1] > a[1]
    kind = "curvedCW" if down == (a[2] < 0) else "curvedCCW"
    for share in (0.3, 0.5, 0.75):
        bulge = min(8 + long * share, room * 0.46) + 5 * nth
        # The control point of such a curve stands about π/4 of roundness × length beside the middle.
        yield kind, round(min(2 * bulge / (0.785 * long), 0.95), 3)


def _touches(path: NDArray[np.float64], taken: NDArray[np.float64]) -> bool:
    """Whether a line runs through one of the boxes (left, top, right, bottom): the names that are no end of it."""
    x, y = path
    near = (
        (taken[:, 1] < y.max()) & (taken[:, 3] > y.min()) & (taken[:, 0] < x.max()) & (taken[:, 2] > x.min())
    )
    left, top, right, bottom = taken[near].T[:, :, None]
    return bool(((left < x) & (x < right) & (top < y) & (y < bottom)).any())


def wrap(text: str, width: int, lines: int) -> str:
    """The text on at most `lines` lines of about `width` letters, cut with an ellipsis; too long a word is hyphenated.

    >>> wrap("Iraq should stay out of the conflict in Syria.", 18, 2)
    'Iraq should stay\\nout of the…'
    >>> wrap("State Administration Coalition", 12, 3)
    'State\\nAdministrat-\\nion…'
    """
    rows = [""]
    words = [part for word in text.split() for part in _hyphenate(word, width)]
    for word in words:
        longer = f"{rows[-1]} {word}".strip()
        if count_letters(longer) <= width or not rows[-1]:
            rows[-1] = longer
        elif len(rows) == lines:
            rows[-1] = (rows[-1][:-1] if count_letters(rows[-1]) >= width else rows[-1]) + "…"
            break
        else:
            rows.append(word)
    return "\n".join(rows)


def _hyphenate(word: str, width: int) -> list[str]:
    if len(word) <= width:
        return [word]
    each = max(width - 1, 1)
    parts = [word[at : at + each] for at in range(0, len(word), each)]
    return [f"{part}-" for part in parts[:-1]] + parts[-1:]


def count_letters(text: str) -> int:
    """How many letters wide a text is: East Asian ones count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


# ---- who faces whom --------------------------------------------------------------------------------------------------


def _choose_sides(groups: Sequence[Group], lines: Iterable[Link]) -> list[int]:
    """A side for each group: many lines are to run across, and the banks to be of about one height."""
    group_of = {number: i for i, group in enumerate(groups) for number in group.members}
    across: Counter[tuple[int, int]] = Counter()
    for line in lines:
        a, b = group_of[line.tail], group_of[line.head]
        if a != b:
            across[a, b] += 1
            across[b, a] += 1
    size = {i: len(group.members) + 2 for i, group in enumerate(groups)}
    height = {-1: 0, 1: 0}
    sides = [0] * len(groups)
    joined = sorted(
        range(len(groups)), key=lambda i: (-sum(across[i, j] for j in range(len(groups))), -size[i], i)
    )
    for i in joined:

        def cost(side: int, i: int = i) -> tuple[float, int]:
            same = sum(across[i, j] for j in range(len(groups)) if sides[j] == side)
            return (3 * same + height[side], side)

        side = groups[i].side or min((-1, 1), key=cost)
        sides[i] = side
        height[side] += size[i]
    return sides


def _order(banks: Mapping[int, Sequence[Group]], lines: Sequence[Link]) -> dict[int, list[Group]]:
    """Groups, and the names in them, in the order of the mean place of what they are joined to (barycentres)."""
    near: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        near[line.tail].append(line.head)
        near[line.head].append(line.tail)
    ordered = {side: list(bank) for side, bank in banks.items()}
    for _ in range(SWEEPS):
        for side in (1, -1):
            place = _shares(ordered)

            def mean(number: int, place: dict[int, float] = place) -> float:
                others = [place[other] for other in near[number]]
                return sum(others) / len(others) if others else place[number]

            def middle(group: Group, place: dict[int, float] = place) -> float:
                joined = [mean(number, place) for number in group.members if near[number]]
                return sum(joined) / len(joined) if joined else 2.0

            ordered[side] = [
                replace(g, members=sorted(g.members, key=lambda n: (not near[n], mean(n), n)))
                for g in sorted(ordered[side], key=middle)
            ]
    return ordered


def _shares(banks: Mapping[int, Sequence[Group]]) -> dict[int, float]:
    """Number → how far down its bank it stands, 0..1."""
    found = {}
    for bank in banks.values():
        numbers = [number for group in bank for number in group.members]
        found.update({number: (i + 0.5) / len(numbers) for i, number in enumerate(numbers)})
    return found


# ---- where they stand ------------------------------------------------------------------------------------------------


def _place(
    banks: Mapping[int, Sequence[Group]], labels: Mapping[int, str], form: Format
) -> tuple[list[tuple[int, int, int, int, str]], list[Card], int]:
    """The names, the cards, and the height that holds both banks; the shorter one stands in the middle."""
    letters = int((form.bank - DOT - GAP - PAD) / (form.font * LETTER))
    small = int((form.bank - 2 * PAD) / (SMALL * LETTER))
    nodes: list[tuple[int, int, int, int, str]] = []
    cards: list[Card] = []
    ends = {}
    for side, bank in banks.items():
        x = form.bank - DOT if side < 0 else form.width - form.bank + DOT
        y = 0.0
        for group in bank:
            top = y
            subtitle = wrap(group.subtitle, small, CAPTION).split("\n") if group.subtitle else []
            title = wrap(group.title, small, 1)
            y += HEAD + PAD / 2 + len(subtitle) * SMALL * 1.25 + (4 if subtitle else 0)
            for number in group.members:
                label = wrap(labels[number], letters, form.rows)
                high = (label.count("\n") + 1) * form.font * LEADING + 5
                nodes.append((number, x, round(y + high / 2), side, label))
                y += high
            y += PAD / 2
            box = (0.0 if side < 0 else form.width - form.bank, round(top), form.bank, round(y - top))
            cards.append(
                {
                    "bloc": group.bloc,
                    "total": group.total,
                    "box": box,
                    "title": title,
                    "subtitle": subtitle,
                    "members": group.members,
                }
            )
            y += APART
        ends[side] = max(y - APART, 0.0)
    height = max(ends.values(), default=0.0)
    down = {side: round((height - end) / 2) for side, end in ends.items()}
    nodes = [(number, x, y + down[side], side, label) for number, x, y, side, label in nodes]
    for card in cards:
        left, top, wide, high = card["box"]
        card["box"] = (left, top + down[-1 if left == 0 else 1], wide, high)
    return nodes, cards, math.ceil(height)
