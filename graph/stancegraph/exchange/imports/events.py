"""The events that rows are about, and the figures they claim, checked before anything of them is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from stancegraph.curate.fields import ENTRIES, literal
from stancegraph.errors import UsageError
from stancegraph.exchange.imports.days import Days, days

if TYPE_CHECKING:
    from stancegraph.exchange.imports.names import Names
    from stancegraph.exchange.imports.statements import Coded

FIELDS: Final = {name: field for name, field in ENTRIES["figure"].items() if name != "statement"}
"""What a file tells of a figure: the role is `figure_` and the name."""
LONGEST_WORDING: Final = 100
"""Characters, as the shapes have it."""


class Figure(NamedTuple):
    """A number claimed: what it counts (a prefixed name), its event (the name, once taken the IRI), its bounds."""

    counted: str
    event: str
    wording: str
    least: str
    greatest: str
    exclusive: str
    day: str
    comment: str
    id: str


class Told(NamedTuple):
    """The event that a row is about, its days where the row gives them, and the figure it claims."""

    about: str
    days: Days | None
    figure: Figure | None


_NOTHING: Final = Told("", None, None)


class Events:
    """The events of a file, by `names`, and its figures, where its `roles` are of any.

    `concept` finds what is counted, `form` is how days in numbers are written.
    """

    def __init__(
        self, names: Names, roles: Iterable[str], concept: Callable[[str, str], str | None], form: str
    ) -> None:
        self.names, self._concept, self._form = names, concept, form
        self._any = any(role.startswith(("about", "figure_")) for role in roles)

    def told(self, cell: Callable[[str], str]) -> Told:
        """What a row says of events and figures; raises ValueError, saying why it cannot be taken."""
        if not self._any:
            return _NOTHING
        about = _plain(cell("about"))
        when = days(cell("about_date"), self._form) if cell("about_date") else None
        if when and not about:
            raise ValueError("about_date without an event in about")
        new = self.names.new.get(self.names.key(about)) if about else None
        if new and when and new.days not in (None, when):
            raise ValueError(f"an earlier row gives the event '{about[:60]}' another day")
        cells = {name: _plain(cell(f"figure_{name}")) for name in FIELDS}
        return Told(about, when, self._figure(cells, about, cell("figure_id")))

    def take(self, told: Told, coded: Coded, document: str) -> None:
        """Add the event and the figure of a row to its statement, the events made where they are new."""
        if told.about:
            coded.about[self.take_event(told.about, document, told.days)] = None
        if told.figure:
            event = self.take_event(told.figure.event, document)
            coded.figures[told.figure._replace(event=event)] = None

    def take_event(self, name: str, document: str, when: Days | None = None) -> str:
        """The IRI of an event, made where it is new, of which the document says something."""
        iri = self.names.take(name)
        if new := self.names.new.get(self.names.key(name)):
            new.days = new.days or when
            new.documents[document] = None
        return iri

    def _figure(self, cells: dict[str, str], about: str, id: str) -> Figure | None:
        if not any(cells.values()):
            return None
        event, wording = cells["event"] or about, cells["wording"]
        if not (cells["counted"] and event and wording and (cells["min"] or cells["max"])):
            raise ValueError(
                "a figure needs figure_counted, figure_event, figure_wording and figure_min or _max"
            )
        if len(wording) > LONGEST_WORDING:
            raise ValueError(f"figure_wording is longer than {LONGEST_WORDING} characters")
        counted = self._concept("count", cells["counted"])
        if counted is None:
            raise ValueError(f"nothing counted is called '{cells['counted'][:40]}'")
        least, greatest, exclusive = (_value(name, cells[name]) for name in ("min", "max", "exclusive"))
        if (least and int(least) < 0) or (least and greatest and int(least) > int(greatest)):
            raise ValueError("figure_min is below 0 or above figure_max")
        day, last = days(cells["date"], self._form) if cells["date"] else ("", "")
        if day != last:
            raise ValueError(f"figure_date '{cells['date'][:40]}' is more than one day")
        return Figure(counted, event, wording, least, greatest, exclusive, day, cells["comment"], id)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _value(name: str, text: str) -> str:
    try:
        return literal(FIELDS[name], text).value if text else ""
    except UsageError as error:
        raise ValueError(f"figure_{str(error).removeprefix('--')}") from None
