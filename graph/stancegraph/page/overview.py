"""The first screen: one sentence on all there is, and a row for each thing with who is against and who is for it.

The script words the same rows anew when filters hide some of what stands here; both say it in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, TypedDict

from stancegraph.dates import EPOCH
from stancegraph.network import relations, temporal
from stancegraph.output import quantity
from stancegraph.vocabulary import INFERRED, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stancegraph.network.relations import Sides, Stand
    from stancegraph.page.content import Entity, Stance

CHIPS: Final = 10
OPEN: Final = 3
"""Actors on one side of a row at first sight, and of those who leave it open; the rest unfolds."""
ROWS: Final = 15
"""Rows of a group at first sight."""
FOLDED: Final = 60
"""Rows of things nobody disputes that stand in the page before its script runs."""
NAMED: Final = 3
"""Periods named one by one."""


class Period(TypedDict):
    """A time in which something was said: its name, and its first and last day, ISO."""

    name: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Chip:
    """An actor on one side; `inferred` where no words of its own say so."""

    actor: int
    label: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A thing, when it was spoken of, and on each side the actors under the verb of their stance.

    `more` counts those on either side that stand behind "and so many more".
    """

    target: int
    title: str
    when: str
    against: list[tuple[str, list[Chip]]]
    supporting: list[tuple[str, list[Chip]]]
    open: list[tuple[str, list[Chip]]]
    more: dict[str, int]


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """The sentence; rows on actors, on what is disputed and on what is not; how many propositions are undisputed."""

    sentence: str
    actors: list[Row]
    disputed: list[Row]
    undisputed: list[Row]
    unfolding: dict[str, int]


def list_periods(spans: Sequence[tuple[int, int]], stances: Iterable[Stance]) -> list[Period]:
    """The spans (ordinals) in which something was said, by their names."""
    days = [(s["since"], s["until"]) for s in stances]
    dated = [(None if a is None else a + EPOCH, None if b is None else b + EPOCH) for a, b in days]
    named = temporal.name_spans(spans, dated)
    return [
        {
            "name": name,
            "since": date.fromordinal(since).isoformat(),
            "until": date.fromordinal(until).isoformat(),
        }
        for (since, until), name in named.items()
    ]


def compose(
    entities: Sequence[Entity], stances: Sequence[Stance], times: Sequence[Period], documents: int
) -> FirstScreen:
    """The first screen of these stances."""
    taken = [
        relations.Taken(
            s["speaker"], s["target"], s["sign"], s["since"], s["until"], s["basis"] not in INFERRED
        )
        for s in stances
    ]
    labels = [entity["label"] for entity in entities]
    rows = relations.arrange(taken, [*map(days_of, times)] if len(times) > 1 else [], labels)
    names = [period["name"] for period in times]
    made = [(row, _row(row, entities, stances, names)) for row in rows]
    propositions = [(row, shown) for row, shown in made if entities[row.target]["kind"] == "proposition"]
    actors = [shown for row, shown in made if entities[row.target]["kind"] != "proposition"]
    disputed = [shown for row, shown in propositions if row.disputed]
    calm = [shown for row, shown in propositions if not row.disputed]
    counts = len({s["statement"] for s in stances}), len({s["speaker"] for s in stances}), documents
    return FirstScreen(
        phrase(*counts, _name_sure(stances, times), len(disputed), len(propositions)),
        actors[:ROWS],
        disputed[:ROWS],
        calm[:FOLDED],
        {"actors": len(actors), "disputed": len(disputed), "undisputed": len(calm)},
    )


def days_of(period: Period) -> tuple[int, int]:
    """The first and the last day of a period, since 1970."""
    since, until = (date.fromisoformat(period[end]).toordinal() - EPOCH for end in ("since", "until"))
    return since, until


def phrase(
    statements: int, speakers: int, documents: int, when: str, disputed: int, propositions: int
) -> str:
    """The sentence that says how much there is, and how much of it is disputed.

    >>> phrase(2, 2, 1, "March 2025", 0, 1)
    '2 statements that take a stance, by 2 speakers in 1 document, March 2025. They dispute none of 1 proposition.'
    """
    takes = "takes" if statements == 1 else "take"
    written = f" in {quantity(documents, 'document', ',')}" if documents else ""
    dated = f", {when}" if when else ""
    by = quantity(speakers, "speaker", ",")
    first = f"{quantity(statements, 'statement', ',')} that {takes} a stance, by {by}{written}{dated}."
    if not propositions or speakers < 2:
        return first
    if not disputed:
        return f"{first} They dispute none of {quantity(propositions, 'proposition', ',')}."
    return (
        f"{first} On {disputed} of {quantity(propositions, 'proposition', ',')} they contradict each other."
    )


def _name_sure(stances: Sequence[Stance], times: Sequence[Period]) -> str:
    """The periods in which something was surely said."""
    held = []
    for period in times:
        since, until = days_of(period)
        if any(
            s["since"] is not None and s["until"] is not None and since <= s["since"] and s["until"] <= until
            for s in stances
        ):
            held.append(period["name"])
    return join_names(held)


def join_names(names: Sequence[str]) -> str:
    """Names in a row, "a, b and c"; of many periods the first and the last."""
    if len(names) > NAMED:
        return f"{names[0]} to {names[-1]}"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _row(row: Sides, entities: Sequence[Entity], stances: Sequence[Stance], names: Sequence[str]) -> Row:
    against, supporting = (
        _side(stands[:CHIPS], entities, stances) for stands in (row.against, row.supporting)
    )
    left_open = _side(row.open[:OPEN], entities, stances)
    more = {
        "against": max(len(row.against) - CHIPS, 0),
        "supporting": max(len(row.supporting) - CHIPS, 0),
        "open": max(len(row.open) - OPEN, 0),
    }
    title = entities[row.target]["label"].removesuffix(".")
    when = tell_when(row, names)
    if both := {stand.actor for stand in row.against} & {stand.actor for stand in row.supporting}:
        who = entities[next(iter(both))]["label"] if len(both) == 1 else f"{len(both)} actors"
        when += f" · {who} on both sides"  # where they are counted on each
    return Row(row.target, title, when, against, supporting, left_open, more)


def _side(
    stands: Sequence[Stand], entities: Sequence[Entity], stances: Sequence[Stance]
) -> list[tuple[str, list[Chip]]]:
    """The first actors of a side, each group with the word for their first stances."""
    verbs: dict[str, list[Chip]] = {}
    for stand in stands:
        chip = Chip(stand.actor, entities[stand.actor]["label"], not stand.said)
        verbs.setdefault(stances[stand.stances[0]]["word"], []).append(chip)
    return [(word if len(chips) == 1 else plural(word), chips) for word, chips in verbs.items()]


def tell_when(row: Sides, names: Sequence[str]) -> str:
    """When a thing was spoken of, and how many were against how many in each period where both were."""
    against, supporting = len(row.against), len(row.supporting)
    known = [(names[i], a, s) for i, a, s in row.periods if i < len(names)]
    if not (against and supporting):
        return join_names([name for name, *_ in known])
    if len(known) < 2:
        when = f"{known[0][0]} · " if known else ""
        return f"{when}{against} against {supporting}"
    told = [f"{name}: {a} against {s}" for name, a, s in known[:NAMED]]
    rest = len(known) - NAMED
    return " · ".join([*told, f"{rest} more periods"] if rest > 0 else told)
