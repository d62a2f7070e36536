"""Rows as statements: what a row says, checked before anything of it is taken; rows of one statement joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import NamedNode

from stancegraph.curate import fields
from stancegraph.curate.entries import slug
from stancegraph.curate.fields import Days, days_of
from stancegraph.curate.texts import LONGEST, STOPS
from stancegraph.dates import END
from stancegraph.exchange import column_roles
from stancegraph.exchange.imports.names import LANGUAGE, TYPES, Doubtful, Events
from stancegraph.exchange.imports.names import LONGEST as LONGEST_NAME
from stancegraph.names import spelling
from stancegraph.store.turtle import term

if TYPE_CHECKING:
    from pyoxigraph import Literal

    from stancegraph.exchange.column_roles import Ascription, Reading
    from stancegraph.exchange.imports.names import Documents, Figure, Names, Source

Cell = Callable[[str], str]
"""The cell of a role in a row."""
UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What is in no text: controls, and halves of characters."""
LEVELS: Final = {"1": "1.0"} | {cell: level for level in fields.LEVELS for cell in (level, level.lstrip("0"))}
"""Cell → the confidence it means."""
IDS: Final = {"report_id": "report", "figure_id": "figure"}
"""Role of a name → the kind of what it names."""
EVENTS: Final = ("about", "figure_event", "occasion")
"""Roles of events."""
NAMED: Final = re.compile(r"[A-Za-z0-9][\w.~-]{0,119}", re.ASCII)
"""What the last part of an IRI may be."""
AROUND_LONGEST: Final = 32
"""Characters of what stands before or after quoted words."""
LONGEST_TEXT: Final = 300
"""Characters of a condition."""
WORDS: Final = frozenset({"quote", "prefix", "suffix"})
"""Roles of words, whose blanks say something."""
AROUND: Final = ' \n\t"“”„«»'
"""What stands around a quotation, and is none of it."""


class NotTaken(Exception):
    """Why a row is not taken, in a clause."""


class Place(NamedTuple):
    """Where words stand in a document, in code points, and the words if they are quoted; -1 where no place is told."""

    start: int
    end: int
    quote: str
    language: str
    prefix: str = ""
    suffix: str = ""


class More(NamedTuple):
    """What else a row says of its statement: properties and values, and a position of somebody else."""

    terms: Sequence[tuple[str, NamedNode | Literal]] = ()
    ascription: Ascription | None = None
    apart: frozenset[str] = frozenset()


@dataclass(slots=True)
class Side:
    """A stance on one target: its property, basis and confidence, and the documents that show it."""

    edge: str
    basis: str
    confidence: str
    documents: dict[str, None]


@dataclass(slots=True)
class Coded:
    """A statement as the rows that share its name tell it."""

    local: str
    line: int
    days: Days | None
    act: str
    medium: str
    gist: str
    condition: str = ""
    latest: str = END
    """The last day possible by its documents."""
    speakers: dict[str, str] = field(default_factory=dict)
    others: dict[str, dict[str, None]] = field(default_factory=dict)
    """Role of other actors than speakers → those who have it."""
    about: dict[str, None] = field(default_factory=dict)
    occasions: dict[str, None] = field(default_factory=dict)
    figures: dict[Figure, None] = field(default_factory=dict)
    sides: dict[str, Side] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    reports: dict[str, dict[Place, None]] = field(default_factory=dict)
    variables: dict[int, str] = field(default_factory=dict)
    more: dict[str, dict[NamedNode | Literal, None]] = field(default_factory=dict)
    """Property → what else is said of the statement."""
    ascriptions: dict[Ascription, None] = field(default_factory=dict)
    apart: dict[tuple[str, NamedNode | Literal], None] = field(default_factory=dict)
    """Roles and values that no document states."""
    report_ids: dict[str, str] = field(default_factory=dict)
    via: dict[str, dict[str, None]] = field(default_factory=dict)
    """Document → whom its report cites."""

    def refuse_conflict(self, **told: object) -> None:
        """Raise NotTaken where another row tells otherwise."""
        for name, value in told.items():
            if value and (had := getattr(self, name)) and value != had:
                raise NotTaken(
                    f"line {self.line} gives the statement of this name another {name.removesuffix('s')}"
                )


_NOTHING: Final = More()
_EMPTY: Final = dict.fromkeys(column_roles.ROLES, "")
_repaired = lru_cache(1 << 16)(spelling.repaired)


class Rows:
    """Takes rows one by one; `roles` says at which place of a row the cell of a role stands.

    `names` are those of actors, propositions and events; these and `documents` fill as rows are taken.
    """

    def __init__(
        self,
        reading: Reading,
        roles: Mapping[str, int],
        names: Sequence[Names],
        documents: Documents,
        speakers: set[str],
        base: str,
        taken: Collection[str],
    ) -> None:
        self._reading, self._roles, self._speakers = reading, roles, speakers
        self.actors, self.propositions, events = names
        self._concept, self._base, self._taken = column_roles.concepts(), base, taken
        self.events, self.documents = Events(events, roles, self._concept, reading.dates), documents
        self._more = [
            role
            for role in (*column_roles.STATEMENT, "background", "occasion", "ascribes", *IDS, "via")
            if role in roles
        ]
        named = ("speaker", "target", "publisher", "document", "via", *column_roles.OTHERS, *EVENTS)
        self._names = [role for role in named if role in roles]
        self._others = [role for role in ("via", *column_roles.OTHERS) if role in roles]
        self._events = [role for role in EVENTS if role in roles]
        self._worded = not {"prefix", "suffix", "quote_language"}.isdisjoint(roles)
        self._claimed: dict[str, str] = {}
        self.coders: dict[str, str] = {}
        """IRI → the name of a coder that cells name otherwise than by an IRI."""
        self._header_kind, self._header_class = speaker_kind(reading.columns.get("speaker", ""))

    def take(self, line: int, row: Sequence[str], into: Coded | None) -> Coded:
        """A row as a statement, or as more of one; raises NotTaken, with nothing taken of it."""
        cell = self._cells(row)
        said = self._said(cell)
        basis = self._named(cell, "basis") or "basis:said"
        confidence = self._confidence(cell, basis)
        target, edge, kind = self._target(cell)
        name = " ".join(cell("speaker").split())
        if kind == "actor" and self.actors.key(name) == self.actors.key(target):
            raise NotTaken("the speaker is its own target")
        try:
            events = self.events.told(cell)
            source = self.documents.source(cell, target, said)
        except ValueError as error:
            raise NotTaken(str(error)) from None
        place = self._place(cell, basis, source)
        more = self._told(cell) if self._more else _NOTHING
        act, medium = self._named(cell, "act"), self._named(cell, "medium")
        gist = " ".join(cell("gist").split())
        if not (target or gist or place.quote):
            raise NotTaken("no target, no words and no gist")
        condition = _condition(cell)
        coded = into or Coded("", line, said, act, medium, gist, condition)
        if into is not None:
            into.refuse_conflict(days=said, act=act, medium=medium, gist=gist, condition=condition)
        speaker = self._look_up(cell("speaker"), self.actors, "speaker", line)
        those = self.actors if kind == "actor" else self.propositions
        aim = self._look_up(target, those, "target", line) if target else None
        self._look_up_others(cell, line, source.publisher)
        if aim and into and aim in into.sides and into.sides[aim].edge != edge:
            raise NotTaken("another stance on this target in an earlier row of the statement")
        actor = speaker or self._actor(cell, "speaker")
        document = self.documents.take(source, said)
        coded.latest = min(coded.latest, source.issued[1] if source.issued else END)
        coded.speakers[actor] = _repaired(cell("speaker"))
        for role in self._others:
            if role != "via" and cell(role):
                coded.others.setdefault(role, {})[self._actor(cell, role)] = None
        self.events.take(events, coded, document)
        if target:
            aim = aim or (
                self._actor(cell, "target") if kind == "actor" else self.propositions.take(target, kind)
            )
            side = coded.sides.setdefault(aim, Side(edge, basis, confidence, {}))
            side.documents[document] = None
            coded.labels[aim] = _repaired(target)
        elif not coded.sides:
            coded.sides.setdefault("", Side("", basis, confidence, {}))
        if self._more:
            self._add(more, cell, coded, document)
        places = coded.reports.setdefault(document, {})
        if place.quote or place.start >= 0:
            places[place] = None
        return coded

    def _cells(self, row: Sequence[str]) -> Cell:
        """The cells of a row by role, empty where there is none; only words stand with the blanks around them."""
        cells = _EMPTY.copy()
        for role, place in self._roles.items():
            cells[role] = row[place] if role in WORDS else row[place].strip()
        if not cells["speaker"]:
            raise NotTaken("nobody is named as its speaker")
        for role in self._names:
            if len(cells[role]) > LONGEST_NAME:
                raise NotTaken(f"the {role} is longer than {LONGEST_NAME} characters")
        return cells.__getitem__

    def _said(self, cell: Cell) -> Days | None:
        if not cell("date"):
            return None
        earliest, latest = _days(cell("date"), self._reading.dates)
        if until := cell("date_until"):
            latest = _days(until, self._reading.dates)[1]
            if earliest > latest:
                raise NotTaken("it ends before it begins")
        return earliest, latest

    def _confidence(self, cell: Cell, basis: str) -> str:
        told = cell("confidence")
        if told and told not in LEVELS:
            raise NotTaken(f"'{told[:20]}' is no confidence: 1.0, 0.8, 0.6 or 0.4")
        return LEVELS[told] if told else "1.0" if basis == "basis:said" else "0.8"

    def _target(self, cell: Cell) -> tuple[str, str, str]:
        """The name of the target, the property of the stance on it, and whether it is an actor or what proposition."""
        target = " ".join(cell("target").split())
        if not target:
            return "", "", ""
        edge = "on"
        if "stance" in self._roles:
            told = cell("stance")
            meant = self._reading.stance(told)
            if meant is None:
                raise NotTaken(
                    f"'{told[:40]}' means no stance: --value says which cells do" if told else "no stance"
                )
            edge = meant
        kind = cell("target_kind").casefold()
        if not kind:
            is_actor = self.actors.key(target) in self._speakers or (
                not self.propositions.known(target) and self.actors.known(target)
            )
            return target, column_roles.EDGES[edge], "actor" if is_actor else "proposition"
        if kind not in TYPES and self._concept("actor kind", kind) is None:
            raise NotTaken(f"'{kind[:40]}' is no kind of target: actor, claim, demand, proposition")
        return target, column_roles.EDGES[edge], kind if kind in TYPES and kind != "actor" else "actor"

    def _place(self, cell: Cell, basis: str, source: Source) -> Place:
        """Where the words stand, and the words without the marks around them."""
        quote = cell("quote").strip()
        start, end = (_position(cell(role), role) for role in ("start", "end"))
        bare = quote.strip(AROUND).rstrip(AROUND + STOPS)
        if cell("report_id"):  # as `export` writes them
            bare = quote = cell("quote")
        if len(bare) > LONGEST:
            raise NotTaken(f"the quotation is longer than {LONGEST} characters: quote less of it")
        if bare and basis == "basis:attributed":
            raise NotTaken("what an author attributes has no quotation: its basis is said or implied")
        if start is None and end is None:
            return Place(-1, -1, bare, *self._around(cell, bare, source))
        if start is not None and end is None and quote:
            end = start + len(quote)
        if start is None or end is None or start >= end:
            raise NotTaken("the words begin or end nowhere: give start and end, in code points")
        if bare and end - start == len(quote):  # with the marks around them
            start += quote.index(bare)
            end = start + len(bare)
        if bare and end - start != len(bare):
            raise NotTaken(f"the quotation has {len(bare)} characters, from start to end are {end - start}")
        if source.length is not None and end > source.length:
            raise NotTaken(f"the words end at {end}, the document at {source.length}")
        if source.text is not None and bare and source.text[start:end] != bare:
            raise NotTaken("the quotation does not stand there in the text")
        return Place(start, end, bare, *self._around(cell, bare, source))

    def _around(self, cell: Cell, quote: str, source: Source) -> tuple[str, str, str]:
        """The language of quoted words, and what stands before and after them."""
        if not (quote and self._worded):
            return source.language, "", ""
        prefix, suffix = cell("prefix"), cell("suffix")
        if max(len(prefix), len(suffix)) > AROUND_LONGEST:
            raise NotTaken(f"prefix and suffix have at most {AROUND_LONGEST} characters")
        language = cell("quote_language") or source.language
        if not LANGUAGE.fullmatch(language):
            raise NotTaken(f"'{language[:20]}' is no language: en, ar …")
        return language, prefix, suffix

    def _named(self, cell: Cell, role: str) -> str:
        told = cell(role)
        found = self._concept(role, told) if told else ""
        if found is None:
            raise NotTaken(f"no {role} is called '{told[:40]}'")
        return found

    def _look_up(self, name: str, names: Names, role: str, line: int) -> str | None:
        name = " ".join(name.split())
        try:
            return names.look_up(name)
        except Doubtful:
            names.doubts[name].lines.append(line)
            raise NotTaken(f"the {role} '{name[:60]}' may be somebody of the graph, or not") from None

    def _told(self, cell: Cell) -> More:
        """What else a row says; raises NotTaken where it cannot be taken."""
        terms: list[tuple[str, NamedNode | Literal]] = []
        try:
            for role, field_ in column_roles.STATEMENT.items():
                if told := cell(role):
                    told = self._coder(told) if role == "coder" else told
                    told = _day(told, self._reading.dates) if role == "created" else told
                    terms.append((role, column_roles.read_cell(told, field_.values, self._base)))
            ascribed = cell("ascribes")
            ascription = column_roles.read_ascription(ascribed, self._base) if ascribed else None
        except ValueError as error:
            raise NotTaken(str(error)) from None
        for role, kind in IDS.items():
            self._claim(cell, role, kind)
        return More(terms, ascription, frozenset(cell("background").split()))

    def _coder(self, told: str) -> str:
        """The name of a coder as a cell names an entry."""
        if column_roles.is_name(told):
            return told
        name = f"coder/{slug(told, digits=True) or 'coder'}"
        self.coders[self._base + name] = told
        return name

    def _claim(self, cell: Cell, role: str, kind: str) -> None:
        """Take the name of a report or a figure for one; raise NotTaken where it is another's."""
        if not (told := cell(role)):
            return
        statement = cell("statement")
        of = f"{statement}\n{cell('document')}\n{cell('url')}" if kind == "report" else statement
        if not statement or not NAMED.fullmatch(told):
            raise NotTaken(
                f"{role} '{told[:40]}' is no name of letters, digits and hyphens, of a named statement"
            )
        iri = f"{self._base}{kind}/{told}"
        if iri in self._taken or self._claimed.setdefault(iri, of) != of:
            raise NotTaken(f"another {kind} is called '{told[:60]}' already")

    def _add(self, more: More, cell: Cell, coded: Coded, document: str) -> None:
        for role, value in more.terms:
            coded.more.setdefault(column_roles.STATEMENT[role].edge, {})[value] = None
            if role in more.apart:
                coded.apart[role, value] = None
        for role in {"act", "medium"} & more.apart:
            coded.apart[role, term(self._named(cell, role))] = None
        for role in {*column_roles.OTHERS} & more.apart:
            coded.apart[role, NamedNode(self._actor(cell, role))] = None
        if more.ascription:
            coded.ascriptions[more.ascription] = None
        if occasion := cell("occasion"):
            event = self.events.take_event(occasion, document)
            coded.occasions[event] = None
            if "occasion" in more.apart:
                coded.apart["occasion", NamedNode(event)] = None
        if report := cell("report_id"):
            coded.report_ids[document] = report
        if cell("via"):
            coded.via.setdefault(document, {})[self._actor(cell, "via")] = None

    def _look_up_others(self, cell: Cell, line: int, publisher: str) -> None:
        """Raise NotTaken where an event, or an actor beside speaker and target, is doubtful."""
        if publisher:
            self._look_up(publisher, self.actors, "publisher", line)
        for role in self._others:
            if cell(role):
                self._look_up(cell(role), self.actors, role.replace("_", " "), line)
        for role in self._events:
            if cell(role):
                self._look_up(cell(role), self.events.names, "event", line)

    def _actor(self, cell: Cell, role: str) -> str:
        """The IRI of who has a role, made where it is new: of the kind that the row, or the speakers' header, says."""
        told = cell(f"{role}_kind")
        kind = self._concept("actor kind", told) or "" if told else ""
        usual = (self._header_kind, self._header_class) if role == "speaker" and not kind else (kind, "")
        return self.actors.take(" ".join(cell(role).split()), *usual)


def _condition(cell: Cell) -> str:
    condition = " ".join(cell("condition").split())
    if len(condition) > LONGEST_TEXT:
        raise NotTaken(f"the condition is longer than {LONGEST_TEXT} characters")
    return condition


def _position(text: str, role: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise NotTaken(f"{role} '{text[:20]}' is no number of code points")
    return int(text)


def _days(cell: str, form: str) -> Days:
    try:
        return days_of(cell, form)
    except ValueError as error:
        raise NotTaken(str(error)) from None


def _day(cell: str, form: str) -> str:
    first, last = _days(cell, form)
    if first != last:
        raise NotTaken(f"'{cell[:40]}' is more than one day")
    return first


def speaker_kind(header: str) -> tuple[str, str]:
    """The kind and the class of the actors in a column of this name, as far as the name says them."""
    plain = header.casefold()
    if plain in ("country", "state", "nation", "member state"):
        return "state", ""
    if plain in ("party", "political party"):
        return "political party or coalition", ""
    return "", column_roles.CLASSES.get(plain, "")
