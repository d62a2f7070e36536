"""Statements proposed from a text by rules: quoted words, whose they are, by which verb and on which day.

A proposal is a draft for a person to take, change or drop; no answer rests on one. No model and no network: the
rules are in `attribution`, the verbs in `verbs.toml`. Names go through the resolver, which never guesses.

Drafts of anybody's program are kept in the folder's own place (`store.journal.PLACE`), which neither git nor any answer
reads: a JSON Lines file for each document and maker, and for each document and coder what has been decided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, Final

from stancegraph import input as input_
from stancegraph.curate import texts
from stancegraph.curate.attribution import (
    GROUPS,
    PERSONS,
    UNSETTLED,
    Attribution,
    Attributor,
    Mention,
    Speakers,
    bare_name,
)
from stancegraph.curate.folder import keep_beside
from stancegraph.curate.texts import day_in, paragraphs
from stancegraph.curate.verbs import read_verbs
from stancegraph.dates import calendar_day
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import journal, parser
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stancegraph.curate.folder import Folder
    from stancegraph.curate.texts import Paragraph, Quotation
    from stancegraph.curate.verbs import Verbs
    from stancegraph.names import Names

CONFIDENCE: Final = {
    "subject-verb": (0.95, "the speaker is named beside the words"),
    "verb-subject": (0.95, "the speaker is named beside the words"),
    "carried": (0.95, "the words before, in the same paragraph, are this speaker’s"),
    "introduced": (0.9, "the speaker is named before the words"),
    "clause": (0.9, "the speaker is named farther off in the sentence"),
    "label": (0.9, "the speaker is named before a colon"),
    "according-to": (0.9, "the words are according to the speaker"),
    "signature": (0.9, "the speaker’s name is set under the words"),
    "continued": (0.65, "the words go on from the paragraph before"),
    "previous": (0.6, "the speaker is named in a sentence before"),
    "subject": (0.6, "the sentence is about the speaker, without a verb of saying"),
    "unattributed": (0.3, "the text names nobody who says it"),
}
"""Rule → how often it names the right source, 0..1, of the quotations of PolNeAR (train and dev) it decides; how the
speaker was found, for a coder."""
DOUBTS: Final = {
    "pronoun": (0.9, "by a pronoun, taken for the last name"),
    "description": (0.9, "by a description, taken for the last name"),
    "nested": (0.8, "in a quotation inside another"),
}
"""What is added to a rule's name → what the confidence is multiplied by, and how the speaker was found."""
_STRONG: Final = frozenset(CONFIDENCE) - {"subject", "previous", "continued", "carried", "unattributed"}
_FIRST_PERSON: Final = frozenset("i we you us me it they he she who which".split())
_TITLED: Final = re.compile(
    r"(?:titled|entitled|called|named|dubbed|nicknamed|known as|so-called|film|movie|book|novel|song|album|series|"
    r"show|program|programme|magazine|newspaper|hashtag|podcast|band|play|documentary|word|term|phrase|tag)\s*,?\s*$",
    re.IGNORECASE,
)
_NAMING: Final = frozenset("call dub label term title name nickname".split())
_SMALL: Final = frozenset("a an and as at but by for from in into of on or the to vs with".split())
_MARKS: Final = re.compile(r"[“”„«»\"]")
_CLAUSE_ENDS: Final = re.compile(r"[“”„«»\"]|\bthat\b|[;:]\s|(?<!\b[A-Z][a-z]{2})(?<!Sept)\.\s")
_FAR: Final = 100  # code points from the verb or its subject in which a day is looked for
RULES: Final = "rules"
"""The maker of what `proposals` finds."""
SKIPPED: Final = "skipped"
LARGEST: Final = 100 << 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """One quotation and whose it seems to be; positions are code points of the text, ends exclusive.

    `quote` is all that stands between the marks, a closing comma too; `speaker` the words that name the speaker, and
    `antecedent` the name they stand for where they are a pronoun or a mere description ("the ministry"). `actor` is
    an IRI, `act` the label of an act, `date` an ISO day; each None where the text or the graph does not settle it.
    `rule` is one of `CONFIDENCE`, with ", pronoun", ", description" or ", nested"; `confidence` 0..1.
    """

    start: int
    end: int
    quote: str
    speaker: str | None = None
    speaker_start: int | None = None
    speaker_end: int | None = None
    actor: str | None = None
    cue: str | None = None
    act: str | None = None
    date: str | None = None
    rule: str = "unattributed"
    confidence: float = CONFIDENCE["unattributed"][0]
    antecedent: str | None = None

    @property
    def how(self) -> str:
        """How the speaker was found, and how sure that is, in a coder's words.

        >>> Proposal(0, 1, "x", "Ada", cue="said", rule="subject-verb", confidence=0.95).how
        'the speaker is named beside the words (“said”): right 95 times in 100'
        >>> Proposal(0, 1, "x", "the mayor", cue="said", rule="subject-verb", confidence=0.95).how
        'the speaker is named beside the words (“said”): but this names nobody'
        """
        rule, *marks = self.rule.split(", ")
        if rule not in CONFIDENCE:
            return f"{self.rule}: {self.confidence:g} sure, by its maker’s account"
        if self.speaker is None:
            return CONFIDENCE[rule][1]
        by = f" (“{self.cue}”)" if self.cue else ""
        told = ", ".join([CONFIDENCE[rule][1] + by, *(DOUBTS[mark][1] for mark in marks)])
        if not self.named and self.actor is None:
            return f"{told}: but this names nobody"
        return f"{told}: right {round(100 * self.confidence)} times in 100"

    @property
    def named(self) -> str:
        """What a new actor would be called: as the text names the speaker, without an article or an office."""
        return bare_name(self.antecedent or self.speaker or "")

    @property
    def source(self) -> tuple[str, str] | None:
        """The words for the speaker, and the name behind them; None of a pronoun that stands for no name."""
        speaker, antecedent = self.speaker or "", self.antecedent or ""
        known = antecedent or speaker.casefold() not in PERSONS | GROUPS | UNSETTLED
        return (speaker.casefold(), antecedent) if known else None

    def row(self) -> dict[str, object]:
        return asdict(self)


def propose(
    text: str, names: Names | None = None, *, issued: date | None = None, verbs: Verbs | None = None
) -> list[Proposal]:
    """The statements proposed from a text, in its order.

    `names` are the actors a speaker may be (none: every `actor` is None), `issued` the document's day, without
    which a weekday stays open.

    >>> [p.speaker for p in propose('“We will talk,” the minister said.')]
    ['the minister']
    """
    found = _Reading(text, names, issued, verbs or read_verbs()).proposals()
    return sorted(found, key=lambda proposal: (proposal.start, -proposal.end))


class _Reading:
    """One text, read from its beginning to its end."""

    def __init__(self, text: str, names: Names | None, issued: date | None, verbs: Verbs) -> None:
        self._text, self._issued, self._verbs = text, issued, verbs
        self._attributor, self._speakers = Attributor(text, verbs), Speakers(text, names)

    def proposals(self) -> Iterator[Proposal]:
        for paragraph in paragraphs(self._text):
            for quotation, attribution in self._attributor.read(paragraph):
                words = self._text[quotation.start : quotation.end]
                if attribution is not None:
                    if _is_statement(self._text, quotation, attribution):
                        yield self._proposal(quotation, attribution, self._attributor.mentions)
                elif _is_sentence(words) and not _is_name(words):
                    yield Proposal(quotation.start, quotation.end, words)
            yield from self._nested(paragraph)

    def _nested(self, paragraph: Paragraph) -> Iterator[Proposal]:
        """Quotations inside quotations, where the words around them plainly say whose they are."""
        for inner in paragraph.nested():
            for quotation, attribution in Attributor(self._text, self._verbs).read(inner):
                if attribution is None or attribution.rule not in _STRONG or attribution.cue is None:
                    continue
                if self._text[slice(*attribution.speaker)].casefold() in _FIRST_PERSON:
                    continue
                if _is_statement(self._text, quotation, attribution):
                    yield self._proposal(quotation, attribution, (), "nested")

    def _proposal(
        self, quotation: Quotation, attribution: Attribution, mentions: Sequence[Mention], *marks: str
    ) -> Proposal:
        text, (start, end), cue = self._text, attribution.speaker, attribution.cue
        who = self._speakers.find(start, end, mentions)
        act = attribution.verb.act if attribution.verb else "assert" if cue else None
        day = _day(text, attribution, self._issued)
        doubts = [*filter(None, (who.mark,)), *marks]
        return Proposal(
            quotation.start,
            quotation.end,
            text[quotation.start : quotation.end],
            text[start:end],
            start,
            end,
            who.actor,
            text[slice(*cue)] if cue else None,
            act.replace("-", " ") if act else None,
            day.isoformat() if day else None,
            ", ".join([attribution.rule, *doubts]),
            round(prod((CONFIDENCE[attribution.rule][0], *(DOUBTS[each][0] for each in doubts))), 2),
            who.antecedent,
        )


def _is_statement(text: str, quotation: Quotation, attribution: Attribution) -> bool:
    """Whether somebody says the words, and they are no title, no name and no word held at arm's length."""
    words = text[quotation.start : quotation.end]
    spoken = words[-1] in ",?!…" or attribution.rule in {"subject-verb", "verb-subject", "signature", "label"}
    lead = text[max(0, quotation.opening - 24) : quotation.opening]
    if not spoken and _is_name(words) and (_TITLED.search(lead) or attribution.rule not in {"introduced"}):
        return False
    if _names_something(text, quotation, attribution):
        return False
    told_here = attribution.around[0] <= quotation.opening < attribution.around[1]
    return (attribution.cue is not None and told_here) or _is_sentence(words)


def _names_something(text: str, quotation: Quotation, attribution: Attribution) -> bool:
    """Whether the verb gives something a name: a plan called “…”; not: what he called “…”."""
    cue, verb = attribution.cue, attribution.verb
    if (
        not cue
        or not verb
        or verb.base not in _NAMING
        or cue[1] + 1 < quotation.opening
        or cue[1] > quotation.start
    ):
        return False
    before = text[max(attribution.around[0], attribution.speaker[0] - 12) : attribution.speaker[0]].split()
    return not before or before[-1].casefold() not in {"what", "which", "that", "as", "whom"}


def _is_name(words: str) -> bool:
    """Whether several words are written like a title: Each With a Capital."""
    parts = words.split()
    long = [part for part in parts if part.casefold() not in _SMALL and part[0].isalpha()]
    return (
        len(parts) > 1 and len(long) > 1 and all(part[0].isupper() for part in long) and words[-1] not in ".,"
    )


def _is_sentence(words: str) -> bool:
    """Whether words can stand alone: a capital at the beginning, an end, or many of them."""
    return len(words.split()) > 5 or (len(words.split()) > 1 and (words[-1] in ".,?!…" or words[0].isupper()))


def _day(text: str, attribution: Attribution, issued: date | None) -> date | None:
    """The day named beside the verb or before its subject, outside quotation marks."""
    begin, end = attribution.around
    first, last = attribution.speaker
    if attribution.cue:
        first, last = min(first, attribution.cue[0]), max(last, attribution.cue[1])
    after = _CLAUSE_ENDS.split(text[last : min(end, last + _FAR)], maxsplit=1)[0]
    before = _MARKS.split(text[max(begin, first - _FAR) : first])[-1]
    return day_in(text[first:last], issued) or day_in(after, issued) or day_in(before, issued)


_KEYS: Final = frozenset(field.name for field in fields(Proposal))


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal and the program that made it."""

    proposal: Proposal
    maker: str = RULES

    @property
    def key(self) -> str:
        """What a decision on it is remembered by."""
        return f"{self.maker}:{self.proposal.start}-{self.proposal.end}"


@dataclass(frozen=True, slots=True)
class Kept:
    """How many drafts were kept, and each line that was not, with the reason."""

    kept: int
    refused: tuple[tuple[int, str], ...]


def keep_drafts(folder: Folder, file: Path, *, document: str | None = None, maker: str | None = None) -> Kept:
    """Keep the proposals in a JSON Lines file as drafts of documents of the folder.

    A line is an object with `start`, `end` and any other key of `code --propose`; `document` and `maker` may stand in
    it, or be given for all. One kept again replaces that of the same maker and place. Raises StanceError where the
    file is not readable, UsageError where nobody is named as its maker.
    """
    found: dict[tuple[str, str], dict[str, Draft]] = {}
    refused = []
    texts: dict[str, str | None] = {}
    for number, (row, why) in enumerate(parser.values(partial(_rows, file), file, "split it"), 1):
        try:
            if row is None:
                raise UsageError(why)
            name, who = _of(folder, row, document, maker)
            if name not in texts:
                texts[name] = text_of(folder, name)
            draft = Draft(_read_proposal(folder, row, texts[name]), who)
            found.setdefault((name, who), {})[draft.key] = draft
        except UsageError as error:
            refused.append((number, str(error)))
    for (name, who), drafts in found.items():
        place = _place(folder, name, who)
        kept = {draft.key: draft for draft in _read(place)} | drafts
        rows = ({**draft.proposal.row(), "maker": who} for draft in kept.values())
        keep_beside(place, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return Kept(sum(map(len, found.values())), tuple(refused))


def _rows(file: Path) -> Iterator[tuple[dict[str, object] | None, str]]:
    """In the worker: the object of each line that is not empty, or none and why."""
    for line in _lines(file):
        try:
            row = parser.decode(line)
        except ValueError as error:
            yield None, f"no JSON: {error}"
        else:
            yield (row, "") if isinstance(row, dict) else (None, "is no object")


def _lines(file: Path) -> list[str]:
    lines = [line for line in input_.text(file, LARGEST).split("\n") if line.strip()]
    if not lines:
        raise StanceError(f"{file} holds no proposal: write one JSON object to a line")
    return lines


def _of(folder: Folder, row: dict[str, Any], document: str | None, maker: str | None) -> tuple[str, str]:
    """The document and the maker of a row."""
    named, who = row.get("document", document), row.get("maker", maker)
    if not isinstance(named, str) or not named.strip():
        raise UsageError("names no document: write it in the line, or give --document")
    if not isinstance(who, str) or not who.strip():
        raise UsageError("names no maker: write it in the line, or give --maker")
    return folder.find(named, "document"), " ".join(who.split())[:60]


def _read_proposal(folder: Folder, row: dict[str, Any], text: str | None) -> Proposal:
    """The proposal of a row; raises UsageError where it is none of the text."""
    start, end = row.get("start"), row.get("end")
    if (
        not isinstance(start, int)
        or not isinstance(end, int)
        or isinstance(start, bool)
        or not 0 <= start < end
    ):
        raise UsageError("start and end are no place in a text: count code points, end exclusive")
    if text is not None and end > len(text):
        raise UsageError(f"ends at {end}, and the text is {len(text)} code points long")
    quote = row.get("quote") or ("" if text is None else text[start:end])
    if text is not None and text[start:end] != quote:
        raise UsageError(f"says '{str(quote)[:40]}', and the text has '{text[start:end][:40]}' there")
    known = {key: value for key, value in row.items() if key in _KEYS and value is not None}
    told = {key: str(value)[:600] for key, value in known.items() if isinstance(value, str)}
    told |= {"quote": str(quote), "rule": str(row.get("rule", "imported"))[:60]}
    if "date" in told:
        calendar_day(told["date"])
    confidence = row.get("confidence", 0.5)
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not 0 <= confidence <= 1:
        raise UsageError("confidence is no number from 0 to 1")
    if actor := told.pop("actor", None):
        told["actor"] = folder.find(actor, "actor")
    return Proposal(start, end, confidence=float(confidence), **told)  # type: ignore[arg-type]


def drafts_of(folder: Folder, document: str) -> list[Draft]:
    """The drafts of a document (its IRI) that programs have made, by place and maker."""
    files = sorted((_drafts(folder, document)).glob("*.jsonl"))
    return [draft for file in files for draft in _read(file)]


def _read(file: Path) -> list[Draft]:
    if not file.exists():
        return []
    try:
        rows = [json.loads(line) for line in _lines(file)]
        return [Draft(maker=row.pop("maker"), proposal=Proposal(**row)) for row in rows]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StanceError(f"{file} is damaged ({error}): move it away, and import the drafts again") from None


class Review:
    """What a coder has decided about the drafts of a document, remembered from one run to the next."""

    def __init__(self, folder: Folder, document: str, coder: str) -> None:
        self._folder = folder
        name = re.sub(r"[^\w-]", "-", coder)
        self._file = _drafts(folder, document) / f"coder-{name}.json"
        self._decided: dict[str, str] = {}
        if self._file.exists():
            try:
                self._decided = {str(k): str(v) for k, v in json.loads(self._file.read_bytes()).items()}
            except (ValueError, AttributeError) as error:
                raise StanceError(f"{self._file} is damaged ({error}): move it away") from None

    def waiting(self, drafts: Iterable[Draft]) -> list[Draft]:
        """The drafts to be decided yet, in the order of the text; one whose statement is gone waits again."""
        found = [each for each in drafts if not self._holds(self._decided.get(each.key, ""))]
        return sorted(found, key=lambda each: (each.proposal.start, each.proposal.end, each.maker))

    def outcome(self, draft: Draft) -> str:
        """What became of a draft: the IRI of its statement, or `SKIPPED`; empty where nobody has decided."""
        return self._decided.get(draft.key, "")

    def decide(self, key: str, outcome: str) -> None:
        """Remember what became of a draft, by its key: the IRI of its statement, or `SKIPPED`."""
        self._decided[key] = outcome
        keep_beside(self._file, json.dumps(self._decided, indent=1, ensure_ascii=False) + "\n")

    def _holds(self, outcome: str) -> bool:
        return outcome == SKIPPED or (bool(outcome) and bool(self._folder.describing(outcome)))


def _drafts(folder: Folder, document: str) -> Path:
    """Where the drafts of a document are kept, and what was decided about them."""
    return folder.path / journal.PLACE / "drafts" / local_name(document)


def _place(folder: Folder, document: str, maker: str) -> Path:
    name = re.sub(r"[^\w.-]", "-", maker)
    return _drafts(folder, document) / f"{name}.jsonl"


def text_of(folder: Folder, document: str) -> str | None:
    """The text of a document of the folder, where it is at hand."""
    checksums = folder.values(document, "stance:sha256")
    return folder.source_text(min(checksums)) if checksums else None


def marked(start: int, end: int, text: str) -> dict[str, list[str]]:
    """A stretch of a text as a field of a statement: its words as a quote where they stand in quotation marks."""
    from stancegraph.validation import quoted

    bare = text[start:end].lstrip(f"{texts.MARKS} \n")
    if bare and quoted(text, end - len(bare), end) and len(bare) <= texts.LONGEST:
        return {"quote": [f"{end - len(bare)}:{bare}"]}
    return {"passage": [f"{start}:{end}"]}


def draft_values(draft: Draft, document: str, text: str) -> dict[str, list[str]]:
    """What a draft says, as fields of a statement."""
    proposal = draft.proposal
    found = {"document": [document], **marked(proposal.start, proposal.end, text)}
    for name, value in (("speaker", proposal.actor), ("act", proposal.act), ("date", proposal.date)):
        if value:
            found[name] = [value]
    return found
