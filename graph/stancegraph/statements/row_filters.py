"""The filters on speaker and target, which choose rows: of the flat table, of ascribed positions, of a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from stancegraph import names
from stancegraph.statements import things
from stancegraph.statements.filters import ROWS, TESTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stancegraph.names import Entry
    from stancegraph.records import Named
    from stancegraph.statements.filters import Filters
    from stancegraph.store import Store

SIGNS: Final = {"supports": 1, "opposes": -1}
OPEN: Final[dict[str, Any]] = {option: () for name in sorted(ROWS) for option in (name, f"not_{name}")}
"""These filters, asking for nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters resolved: those that keep and those that leave out, by name, each with the IRIs meant.

    Filters on targets are alternatives, as a row has one target; a row without target passes where none is asked
    for.
    """

    keep: dict[str, set[str]]
    leave: dict[str, set[str]]

    @classmethod
    def of(cls, store: Store, chosen: Filters) -> Asked:
        """Resolved in a store; raises UnknownName for a name that is not one thing's."""
        asked = {option: getattr(chosen, option) for option in OPEN if getattr(chosen, option)}
        if not asked:
            return cls({}, {})
        kinds = {kind for option in asked for kind in TESTS[option.removeprefix("not_")].kinds}
        known = names.index(store, *sorted(kinds))
        sides: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})
        for option, texts in asked.items():
            name = option.removeprefix("not_")
            meant = [known.resolve(text, *TESTS[name].kinds) for text in texts]
            iris = _of_kinds(store, meant) if name == "kind" else {entry.iri for entry in meant}
            sides[option != name][name] = iris
        return cls(*sides)

    def passes(self, actor: Named, target: Named | None, sign: int | None) -> bool:
        """Whether all filters let a row pass."""
        if any(actor.iri not in self.keep[name] for name in ("actor", "kind") if name in self.keep):
            return False
        if any(actor.iri in self.leave.get(name, ()) for name in ("actor", "kind")):
            return False
        wished = self.keep.keys() & {"target", *SIGNS}
        held = (self._held(self.keep, name, target, sign) for name in wished)
        left = (self._held(self.leave, name, target, sign) for name in self.leave.keys() & {"target", *SIGNS})
        return (not wished or any(held)) and not any(left)

    @staticmethod
    def _held(side: dict[str, set[str]], name: str, target: Named | None, sign: int | None) -> bool:
        return target is not None and target.iri in side[name] and SIGNS.get(name, sign) == sign


def _of_kinds(store: Store, meant: Iterable[Entry]) -> set[str]:
    """The actors of some kinds."""
    labels = {entry.label for entry in meant}
    return {iri for iri, (kind, _) in things.described(store).items() if kind in labels}
