"""The records everything is told in: actors' statements, the reports that give them, the words, the documents."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from stancegraph.dates import span

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = TypeVar("Row")


class Named(NamedTuple):
    """A thing of the graph: its IRI and its English label."""

    iri: str
    label: str


class Rows(list[Row]):
    """Rows of an answer, ready for CSV or JSON; `notes` say in sentences what they rest on, and what was left out."""

    def __init__(self, rows: Iterable[Row] = (), *, notes: Iterable[str] = ()) -> None:
        super().__init__(rows)
        self.notes = tuple(dict.fromkeys(note for note in notes if note))


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document's decoded text: code points `start` to `end` (exclusive), and its words if quoted."""

    start: int
    end: int
    quote: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """One source; `issued` is an ISO day, or `earliest/latest` where the document is undated."""

    iri: str
    title: str
    publisher: str
    issued: str
    url: str | None = None

    def row(self) -> dict[str, Any]:
        """The document as rows have it."""
        return {
            "document": self.iri,
            "title": self.title,
            "publisher": self.publisher,
            "issued": self.issued,
            "url": self.url,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """One document's report of one statement, its passages in the order of the text.

    `unplaced` are words quoted of which the graph does not say where they stand.
    """

    iri: str
    document: Document
    passages: tuple[Passage, ...]
    unplaced: tuple[str, ...] = ()

    @property
    def quotes(self) -> tuple[str, ...]:
        placed = (passage.quote for passage in self.passages if passage.quote is not None)
        return (*placed, *self.unplaced)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number claimed: what is counted, of which event, the bounds, and the document's wording of it."""

    counted: str
    event: str
    min: int | None
    max: int | None
    exclusive: bool
    wording: str


def doubt(basis: str, confidence: float | None) -> str:
    """What stands behind a coding where the words do not plainly say it, as "implied, confidence 0.6".

    Nothing is told of what the data does not say: a basis of no name, no confidence.
    """
    plain = confidence is None or (basis, confidence) == ("said", 1)
    told = "" if plain else f"confidence {confidence:g}"
    return ", ".join(filter(None, (basis if told or basis != "said" else "", told)))


class Target(NamedTuple):
    """What one statement takes a stance on, as coded for this target: its own basis and confidence where it has any.

    `word` is the word for the stance ("calls for"), `documents` the IRIs of those whose reports show it; `bound`
    whether a demand binds a speaker, who then undertakes or refuses it.
    """

    thing: Named
    sign: int
    basis: str
    confidence: float | None
    documents: tuple[str, ...]
    word: str
    bound: bool = False

    @property
    def mark(self) -> str:
        """What stands behind the target (see `doubt`), in brackets after a space; empty where there is nothing."""
        told = doubt(self.basis, self.confidence)
        return f" [{told}]" if told else ""


class Stance(NamedTuple):
    """One row of the flat table: an actor's stance on a target in one statement.

    `level` is the polarity (1, -1, 0) or the value of a coded variable; `statement` is the statement's IRI.
    """

    actor: Named
    target: Named
    level: float | str
    statement: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Who said what, as coded; `earliest` and `latest` are ISO days, equal where the day is known."""

    iri: str
    speakers: tuple[Named, ...]
    organisations: tuple[Named, ...]
    on_behalf_of: tuple[Named, ...]
    addressees: tuple[Named, ...]
    act: str | None
    medium: str | None
    basis: str
    earliest: str
    latest: str
    gist: str
    condition: str | None
    targets: tuple[Target, ...]
    about: tuple[Named, ...]
    figures: tuple[Figure, ...]
    confidence: float | None
    reports: tuple[Report, ...]

    @property
    def date(self) -> str:
        """ISO day, or `earliest/latest`."""
        return span(self.earliest, self.latest)

    @property
    def quotes(self) -> tuple[str, ...]:
        """The verbatim words of all reports, each once, in the order of the reports."""
        return tuple(dict.fromkeys(quote for report in self.reports for quote in report.quotes))

    def on(self, polarity: int) -> tuple[str, ...]:
        """Labels of the targets supported (1), opposed (-1) or left open (0)."""
        return tuple(target.thing.label for target in self.targets if target.sign == polarity)

    def row(self) -> dict[str, Any]:
        """The statement as one row of `said`: strings, numbers and arrays of them."""
        return {
            "statement": self.iri,
            "speakers": [speaker.label for speaker in self.speakers],
            "speaker_iris": [speaker.iri for speaker in self.speakers],
            "on_behalf_of": [principal.label for principal in self.on_behalf_of],
            "addressees": [addressee.label for addressee in self.addressees],
            "act": self.act,
            "medium": self.medium,
            "basis": self.basis,
            "date": self.date,
            "quotes": list(self.quotes),
            "gist": self.gist,
            "condition": self.condition,
            "supports": list(self.on(1)),
            "opposes": list(self.on(-1)),
            "neutral_on": list(self.on(0)),
            "targets": [
                {
                    "target": target.thing.label,
                    "iri": target.thing.iri,
                    "stance": target.word,
                    "polarity": target.sign,
                    "basis": target.basis,
                    "confidence": target.confidence,
                    "documents": list(target.documents),
                }
                for target in self.targets
            ],
            "about": [event.label for event in self.about],
            "figures": [asdict(figure) for figure in self.figures],
            "confidence": self.confidence,
            "reports": [
                {
                    **report.document.row(),
                    "passages": [{"start": p.start, "end": p.end, "quote": p.quote} for p in report.passages]
                    + [{"start": None, "end": None, "quote": words} for words in report.unplaced],
                }
                for report in self.reports
            ],
        }
