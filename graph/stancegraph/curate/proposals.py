"""Statements proposed from a text by rules: quoted words, whose they are, by which verb and on which day.

A proposal is a draft for a person to take, change or drop; no answer rests on one. No model and no network: the
rules are in `attribution`, the verbs in `verbs.toml`. Names go through the resolver, which never guesses.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from stancegraph.curate.attribution import Attribution, Attributor
from stancegraph.curate.quotations import paragraphs
from stancegraph.curate.speakers import GROUPS, PERSONS, UNSETTLED, Speakers, bare_name
from stancegraph.curate.verbs import read_verbs
from stancegraph.curate.weekdays import day_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from stancegraph.curate.quotations import Paragraph, Quotation
    from stancegraph.curate.verbs import Verbs
    from stancegraph.names import Names

CONFIDENCE: Final = {
    "subject-verb": 0.95,
    "verb-subject": 0.95,
    "carried": 0.95,
    "introduced": 0.9,
    "clause": 0.9,
    "label": 0.9,
    "according-to": 0.9,
    "signature": 0.9,
    "continued": 0.65,
    "previous": 0.6,
    "subject": 0.6,
    "unattributed": 0.3,
}
"""Rule → how often it names the right source, 0..1, of the quotations of PolNeAR (train and dev) it decides."""
_DOUBT: Final = {"pronoun": 0.9, "description": 0.9, "nested": 0.8}
"""What is added to a rule's name → what the confidence is multiplied by."""
_HOW: Final = {
    "subject-verb": "the speaker is named beside the words",
    "verb-subject": "the speaker is named beside the words",
    "carried": "the words before, in the same paragraph, are this speaker’s",
    "introduced": "the speaker is named before the words",
    "clause": "the speaker is named farther off in the sentence",
    "label": "the speaker is named before a colon",
    "according-to": "the words are according to the speaker",
    "signature": "the speaker’s name is set under the words",
    "continued": "the words go on from the paragraph before",
    "previous": "the speaker is named in a sentence before",
    "subject": "the sentence is about the speaker, without a verb of saying",
    "unattributed": "the text names nobody who says it",
    "pronoun": "by a pronoun, taken for the last name",
    "description": "by a description, taken for the last name",
    "nested": "in a quotation inside another",
}
"""Rule, or what is added to its name → how the speaker was found, for a coder."""
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
    confidence: float = CONFIDENCE["unattributed"]
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
            return _HOW[rule]
        by = f" (“{self.cue}”)" if self.cue else ""
        told = ", ".join([_HOW[rule] + by, *(_HOW[mark] for mark in marks)])
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
        """The proposal as one row of `code --propose`."""
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
    table = verbs or read_verbs()
    attributor = Attributor(text, table)
    speakers = Speakers(text, names)
    found: list[Proposal] = []
    for paragraph in paragraphs(text):
        for quotation, attribution in attributor.read(paragraph):
            if attribution is None:
                found += _unattributed(text, quotation)
            elif _is_statement(text, quotation, attribution):
                found.append(_proposal(text, quotation, attribution, speakers, attributor, issued))
        found += _nested(text, paragraph, table, speakers, attributor, issued)
    return sorted(found, key=lambda proposal: (proposal.start, -proposal.end))


def _unattributed(text: str, quotation: Quotation) -> Iterator[Proposal]:
    """A quoted sentence of which the text does not tell whose it is."""
    words = text[quotation.start : quotation.end]
    if _is_sentence(words) and not _is_name(words):
        yield Proposal(quotation.start, quotation.end, words)


def _nested(
    text: str,
    paragraph: Paragraph,
    verbs: Verbs,
    speakers: Speakers,
    attributor: Attributor,
    issued: date | None,
) -> list[Proposal]:
    """Quotations inside quotations, where the words around them plainly say whose they are."""
    found = []
    for inner in paragraph.nested():
        for quotation, attribution in Attributor(text, verbs).read(inner):
            if attribution is None or attribution.rule not in _STRONG or attribution.cue is None:
                continue
            if text[slice(*attribution.speaker)].casefold() in _FIRST_PERSON:
                continue
            if _is_statement(text, quotation, attribution):
                found.append(
                    _proposal(text, quotation, attribution, speakers, attributor, issued, nested=True)
                )
    return found


def _proposal(
    text: str,
    quotation: Quotation,
    attribution: Attribution,
    speakers: Speakers,
    attributor: Attributor,
    issued: date | None,
    *,
    nested: bool = False,
) -> Proposal:
    start, end = attribution.speaker
    who = speakers.find(start, end, [] if nested else attributor.mentions)
    verb = attribution.verb
    act = verb.act if verb else "assert" if attribution.cue else None
    day = _day(text, attribution, issued)
    marks = [mark for mark, holds in ((who.mark, who.mark), ("nested", nested)) if holds]
    confidence = CONFIDENCE[attribution.rule]
    for mark in marks:
        confidence *= _DOUBT[mark]
    return Proposal(
        quotation.start,
        quotation.end,
        text[quotation.start : quotation.end],
        text[start:end],
        start,
        end,
        who.actor,
        text[slice(*attribution.cue)] if attribution.cue else None,
        act.replace("-", " ") if act else None,
        day.isoformat() if day else None,
        ", ".join([attribution.rule, *marks]),
        round(confidence, 2),
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
