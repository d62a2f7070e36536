"""The values of a short text as categories: equal ones joined, each below its parent, without circles."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stancegraph.exchange.dna.database import Entity
    from stancegraph.exchange.dna.schema import Tally


@dataclass(frozen=True, slots=True)
class Categories:
    """The categories by number, and the number of the category each entity of the file is."""

    entities: Mapping[int, Entity]
    of: Mapping[int, int]

    def get(self, number: object) -> Entity | None:
        """The category of the entity with a number; none where there is none."""
        return self.entities[self.of[number]] if isinstance(number, int) and number in self.of else None

    def alike(self) -> list[str]:
        """Values of which another differs only in case, sorted."""
        same: dict[str, list[str]] = defaultdict(list)
        for entity in self.entities.values():
            same[entity.value.casefold()].append(entity.value)
        return sorted(value for values in same.values() if len(values) > 1 for value in values)


def joined(entities: Sequence[Entity], left_out: Tally, *, empty: bool) -> Categories:
    """Categories of a variable's entities: those with equal values are one, as in DNA's networks.

    The empty value is a category only where `empty`. A parent that is none of these values, and one that
    would close a circle, is left out and counted.
    """
    first: dict[str, int] = {}
    same: dict[int, list[Entity]] = defaultdict(list)
    of = {}
    for entity in entities:
        if entity.value or empty:
            of[entity.id] = first.setdefault(entity.value, entity.id)
            same[of[entity.id]].append(entity)
    found = {}
    for number, those in same.items():
        attributes = tuple(dict.fromkeys(pair for entity in those for pair in entity.attributes))
        parents = [entity.parent for entity in those if entity.parent is not None]
        left_out["link to a parent", "the parent is no value of the same variable"] += sum(
            parent not in of for parent in parents
        )
        above = list(dict.fromkeys(of[parent] for parent in parents if parent in of))
        left_out["link to a parent", "an equal value has another parent"] += len(above[1:])
        parent = above[0] if above else None
        found[number] = replace(those[0], parent=parent, attributes=attributes)
    for number in _closing(found):
        left_out["link to a parent", "it would close a circle"] += 1
        found[number] = replace(found[number], parent=None)
    return Categories(found, of)


def _closing(entities: Mapping[int, Entity]) -> list[int]:
    """Of each circle the entity whose parent closes it, walking up from the lowest number."""
    closing = []
    done: set[int] = set()
    for number in sorted(entities):
        path: dict[int, None] = {}
        at: int | None = number
        while at is not None and at not in done and at not in path:
            path[at] = None
            at = entities[at].parent
        if at is not None and at in path:
            closing.append(next(reversed(path)))
        done |= path.keys()
    return closing
