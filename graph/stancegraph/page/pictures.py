"""What the page's network shows at first sight: blocs with the ties between them, and who takes which stance.

Each is drawn for three widths, and for each period alone; where there is more than can be told apart, the strongest
is drawn and the rest counted.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Final, TypedDict

from stancegraph.dates import EPOCH
from stancegraph.network.periods import overlaps
from stancegraph.page import banks
from stancegraph.page.banks import FORMATS, Group, Link
from stancegraph.vocabulary import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stancegraph.page.agreement import Agreement, AgreementTie, Bloc
    from stancegraph.page.banks import Picture
    from stancegraph.page.content import Entity, Stance, Tie
    from stancegraph.page.overview import Period

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
        since, until = (
            date.fromisoformat(day).toordinal() - EPOCH for day in (period["since"], period["until"])
        )
        inside = {i for i, s in enumerate(stances) if overlaps(s["since"], s["until"], (since, until))}
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
    return {
        "formats": _formats(groups, outer + inner, {i: entities[i]["label"] for i in names}),
        "alone": []
        if agreement.left_out
        else sorted(speakers - bloc.keys(), key=lambda i: (entities[i]["label"].casefold(), i)),
    }


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
    return {"formats": _formats(groups, links, labels), "alone": []}


def _formats(groups: Sequence[Group], links: Sequence[Link], labels: dict[int, str]) -> dict[str, Picture]:
    return {name: banks.draw(groups, links, labels, form) for name, form in FORMATS.items()}
