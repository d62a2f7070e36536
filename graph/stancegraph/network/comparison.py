"""Two actors side by side: where they agree, where they disagree, and what only one has spoken of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from stancegraph import statements
from stancegraph.names import index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stancegraph.records import Stance
    from stancegraph.store import Store


def compare(store: Store, a: str, b: str, **filters: Any) -> list[dict[str, Any]]:
    """`target, relation, a, b, statements_a, statements_b`: where two actors agree, disagree, and never met.

    `relation` is "agree", "disagree", "both" (stances of either sign), "open" (one withholds judgement),
    or "never met" (only one has spoken of the target); `a` and `b` are the stances in words.
    """
    resolver = index(store, "actor")
    sides = [
        _sides(statements.stances(store, **{**filters, "actor": (resolver.resolve(name, "actor").iri,)}))
        for name in (a, b)
    ]
    rows = []
    for target in {**sides[0], **sides[1]}:
        mine, theirs = (side.get(target, {}) for side in sides)
        rows.append(
            {
                "target": target,
                "relation": _relation(set(mine), set(theirs)),
                "a": _in_words(mine),
                "b": _in_words(theirs),
                "statements_a": sorted({iri for iris in mine.values() for iri in iris}),
                "statements_b": sorted({iri for iris in theirs.values() for iri in iris}),
            }
        )
    order = ("agree", "disagree", "both", "open", "never met")
    return sorted(rows, key=lambda row: (order.index(row["relation"]), row["target"]))


def _sides(rows: Iterable[Stance]) -> dict[str, dict[int, list[str]]]:
    sides: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        sides[row.target.label][int(row.level)].append(row.statement)
    return sides


def _relation(mine: set[int], theirs: set[int]) -> str:
    if not mine or not theirs:
        return "never met"
    agree, disagree = mine & theirs - {0}, {-sign for sign in mine} & theirs - {0}
    if agree and disagree:
        return "both"
    return "agree" if agree else "disagree" if disagree else "open"


def _in_words(side: dict[int, list[str]]) -> str:
    words = {1: "supports", -1: "opposes", 0: "neutral on"}
    return " and ".join(words[sign] for sign in (1, -1, 0) if sign in side)
