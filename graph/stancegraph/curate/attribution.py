"""Whose words a quotation is: by the verb of saying beside it, by what stands before it, or carried on.

The rules in the order they are tried; each proposal names its own:

    subject-verb    "…," the minister said            verb-subject    "…," said the minister
    according-to    "…," according to the minister    signature       "…" — the minister
    label           The minister: "…"                 introduced      The minister said that "…"
    clause          a verb of saying farther off in the same sentence, on either side
    subject         no verb of saying: the subject of the sentence
    carried         the quotation before it, in the same paragraph, has this speaker
    continued       it goes on a quotation that the paragraph before left open
    previous        the sentence before tells of a speaker, or the last speaker goes on
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from stancegraph.curate import clauses
from stancegraph.curate.clauses import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    PERSONAL,
    PREPOSITIONS,
    REACH,
    RELATIVES,
    SUBORDINATORS,
    Phrase,
    Sentence,
    is_adverb,
)
from stancegraph.curate.verbs import cues_before, finite_verb, leads_to, main_cue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stancegraph.curate.clauses import Clauses, Token
    from stancegraph.curate.texts import Paragraph, Quotation
    from stancegraph.curate.verbs import Verb, Verbs


_DASHES: Final = frozenset({"—", "–", "―", "-", "--"})
_SEPARATES: Final = _DASHES | {","}
_NO_NAMES: Final = DETERMINERS | PERSONAL | PREPOSITIONS | ADVERBS | CONJUNCTIONS
_NO_BEGINNING: Final = CONJUNCTIONS | PREPOSITIONS | RELATIVES | AUXILIARIES | SUBORDINATORS
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_JOINED: Final = frozenset("وف")
"""And, then: written as one word with the verb."""
_SOURCES: Final = frozenset({"بحسب", "حسب", "وفق", "وفقا", "وفقاً", "نقلا", "نقلاً"})
_STOPS: Final = frozenset(
    "إن أن إنه أنه إنها أنها إنهم بأن بأنه بأنها في على خلال عن من إلى عبر أمس اليوم مساء صباح يوم قائلا قائلاً "
    "قائلة مضيفا مؤكدا أمام لدى بعد قبل ضمن حول بشأن ردا إثر عقب".split()
)
_REACH: Final = 40  # tokens
_LONGEST: Final = 8  # words of a speaker


class Attribution(NamedTuple):
    """Who says it, in code points of the text; `cue` is where the verb stands, `around` the sentence that tells."""

    rule: str
    speaker: tuple[int, int]
    cue: tuple[int, int] | None
    verb: Verb | None
    around: tuple[int, int]


class Mention(NamedTuple):
    """A phrase with a name in it, text[start:end]; whether it is the subject of a verb of saying."""

    start: int
    end: int
    speaks: bool


@dataclass(slots=True)
class _Memory:
    """What later paragraphs may go on: the paragraph before, and who spoke last, in which paragraph."""

    before: Clauses | None = None
    last: Attribution | None = None
    last_paragraph: int = -1
    number: int = 0


class Attributor:
    """Goes through a text paragraph by paragraph; `mentions` are the names met so far, in the order of the text."""

    def __init__(self, text: str, verbs: Verbs) -> None:
        self._text = text
        self._verbs = verbs
        self._memory = _Memory()
        self.mentions: list[Mention] = []

    def read(self, paragraph: Paragraph) -> Iterator[tuple[Quotation, Attribution | None]]:
        """The outermost quotations of the next paragraph, each with whose it is."""
        read = clauses.read(self._text, paragraph, self._verbs)
        memory = self._memory
        here: Attribution | None = None
        for number, (first, end) in enumerate(read.sentences):
            sentence = Sentence(read.tokens, first, end)
            self._remember_subjects(sentence)
            for at in range(first, end):
                quotation = read.tokens[at].quotation
                if quotation is None:
                    continue
                found = self._attribute(sentence, at)
                if found is None and here is not None:
                    found = here._replace(rule="carried")
                if found is None:
                    found = self._go_on(read, number, quotation)
                if found is not None:
                    here = memory.last = found
                    memory.last_paragraph = memory.number
                    self._remember_speaker(read.tokens[first:end], found)
                yield quotation, found
        memory.before = read
        memory.number += 1

    def _attribute(self, s: Sentence, at: int) -> Attribution | None:
        """By the sentence the quotation stands in."""
        if self._is_arabic(s):
            return self._arabic(s, at)
        rules = (self._after_comma, self._label, self._introduced, self._after, self._in_clause)
        return next((found for rule in rules if (found := rule(s, at))), None)

    def _is_arabic(self, s: Sentence) -> bool:
        return any(token.is_word and _ARABIC.match(token.text) for token in s.tokens[s.first : s.end])

    def _arabic(self, s: Sentence, at: int) -> Attribution | None:
        found = _arabic_speaker(s, at, self._verbs)
        if found is None:
            return None
        if found.speaker is None:
            last = self._memory.last
            here = self._made("carried", s, Phrase(found.cue, found.cue), found.cue, found.verb)
            return here._replace(speaker=last.speaker) if last else None
        rule = "according-to" if found.verb is None else "introduced" if found.cue < at else "verb-subject"
        return self._made(rule, s, found.speaker, found.cue, found.verb)

    # behind the quotation

    def _after_comma(self, s: Sentence, at: int) -> Attribution | None:
        """What stands behind a comma, inside the marks or outside."""
        i = _behind(s, at)
        quotation = s.tokens[at].quotation
        if quotation is None or (i == at + 1 and self._text[quotation.end - 1] not in ",?!-—…"):
            return None
        return self._beside(s, at, i, strict=True)

    def _after(self, s: Sentence, at: int) -> Attribution | None:
        return self._beside(s, at, _behind(s, at), strict=False)

    def _beside(self, s: Sentence, at: int, i: int, *, strict: bool) -> Attribution | None:
        """By the words from token `i` on; `strict` where a comma says that they are about the quotation."""
        tokens = s.tokens
        limit = min(s.end, at + REACH)
        limit = next((k for k in range(i, limit) if tokens[k].quotation), limit)
        if i >= limit:
            return None
        if tokens[i].lower == "according" and i + 2 < limit and tokens[i + 1].lower == "to":
            subject = s.phrase_at(i + 2, limit)
            return self._made("according-to", s, subject, i, None) if subject else None
        if tokens[i - 1].text in _DASHES and (subject := _signature(s, i, limit)):
            return self._made("signature", s, subject, None, None)
        return self._inverted(s, i, limit, strict=strict) or self._direct(s, i, limit, strict=strict)

    def _inverted(self, s: Sentence, i: int, limit: int, *, strict: bool) -> Attribution | None:
        """By verb and subject: said the minister."""
        tokens = s.tokens
        while i < limit and (tokens[i].lower in ADVERBS or is_adverb(tokens[i])):
            i += 1
        if i >= limit or not tokens[i].text[0].islower():
            return None
        verb = next((verb for verb in tokens[i].verbs if verb.form in {"past", "present"}), None)
        if verb is None and not (strict and not tokens[i].verbs and tokens[i].lower.endswith("ed")):
            return None
        subject = s.phrase_at(i + 1 + len(verb.rest if verb else ()), limit)
        if subject is None or not _is_nominal(tokens, subject):
            return None
        if verb is None and not tokens[subject.first].is_name:
            return None
        return self._made("verb-subject", s, subject, i, verb)

    def _direct(self, s: Sentence, i: int, limit: int, *, strict: bool) -> Attribution | None:
        """By subject and verb: the minister said."""
        tokens = s.tokens
        first = tokens[i]
        if not first.is_word or first.lower in _NO_BEGINNING:
            return None
        if first.lower.endswith("ing") and not first.is_name:
            return None
        for k in range(i + 1, min(limit, i + 40)):
            verb = finite_verb(s, k, i) if tokens[k].verbs else None
            subject = s.phrase_before(k, i) if verb else None
            if subject and (strict or subject.first <= i + 1):
                return self._made("subject-verb", s, subject, k, verb)
        if strict and (first.is_name or first.lower in PERSONAL):  # by a verb that no table has: he chuckled
            subject = s.phrase_at(i, limit)
            if subject and subject.last + 1 < limit and tokens[subject.last + 1].is_word:
                return self._made("subject-verb", s, subject, None, None)
        return None

    # before the quotation

    def _label(self, s: Sentence, at: int) -> Attribution | None:
        """Name: "…", as in an interview."""
        tokens = s.tokens
        if at - 2 < s.first or tokens[at - 1].text != ":":
            return None
        if (whole := s.subject(at - 1)) and whole == (s.first, at - 2):
            return self._made("label", s, whole, None, None)
        if not tokens[at - 2].is_name:
            return None
        first = at - 2
        while first > s.first and (tokens[first - 1].is_name or tokens[first - 1].text == "."):
            first -= 1
        if first > s.first and tokens[first - 1].text not in _DASHES and tokens[first - 1].lower != "from":
            return None
        return self._made("label", s, Phrase(first, at - 2), None, None)

    def _introduced(self, s: Sentence, at: int) -> Attribution | None:
        found = list(cues_before(s, at))
        if not found or not leads_to(s, found[0], at):
            return None
        cue = found[0]
        if cue.doubtful:  # he said he hopes "…"
            sure = [other for other in found if other.verb and not other.doubtful]
            cue = main_cue(s, sure, at) if sure else cue
        return self._made("introduced", s, cue.subject, cue.at, cue.verb)

    def _in_clause(self, s: Sentence, at: int) -> Attribution | None:
        found = list(cues_before(s, at))
        sure = [cue for cue in found if not cue.doubtful]
        if not sure and (later := self._later(s, at)):
            return later
        if found:
            cue = main_cue(s, sure or found, at)
            return self._made("clause", s, cue.subject, cue.at, cue.verb)
        subject = s.subject(at)
        return self._made("subject", s, subject, None, None) if subject else None

    def _later(self, s: Sentence, at: int) -> Attribution | None:
        """A verb of saying that ends the sentence: "…" for the victory, the senator said."""
        for comma in range(at + 1, min(s.end, at + REACH)):
            if s.tokens[comma].quotation:
                return None
            if s.tokens[comma].text == ",":
                found = self._beside(s, comma, comma + 1, strict=False)
                if found and found.cue:
                    return found._replace(rule="clause")
        return None

    # what was said before

    def _go_on(self, read: Clauses, number: int, quotation: Quotation) -> Attribution | None:
        """By the sentence before, or the speaker before."""
        memory = self._memory
        if quotation.continued and memory.last:
            return memory.last._replace(rule="continued")
        if number:
            return self._told(Sentence(read.tokens, *read.sentences[number - 1]))
        if any(token.is_word for token in read.tokens[slice(*read.sentences[0])]):
            return None  # it tells whose they are, in words that no rule knows
        before = memory.before
        if before and before.sentences:
            first, end = before.sentences[-1]
            quoted = any(token.quotation for token in before.tokens[first:end])
            goes_on = quoted and memory.last_paragraph == memory.number - 1
            if not goes_on and (found := self._told(Sentence(before.tokens, first, end))):
                return found
        return memory.last._replace(rule="previous") if memory.last else None

    def _told(self, s: Sentence) -> Attribution | None:
        """Who speaks in a sentence that leads to a quotation in the next."""
        if self._is_arabic(s):
            found = self._arabic(s, s.end)
            return found._replace(rule="previous") if found else None
        sure = [cue for cue in cues_before(s, s.end) if not cue.doubtful]
        if sure:
            cue = main_cue(s, sure, s.end)
            return self._made("previous", s, cue.subject, cue.at, cue.verb)
        subject = s.subject(s.end)
        return self._made("previous", s, subject, None, None) if subject else None

    def _remember_subjects(self, s: Sentence) -> None:
        """The names that are subjects in a sentence: of a verb of saying, or only of the sentence."""
        spoke = [cue.subject for cue in cues_before(s, s.end)]
        within = any(s.tokens[phrase.first].lower in {"he", "she"} for phrase in spoke)
        speaks = dict.fromkeys(spoke, True)
        if whole := s.subject(s.end):
            speaks.setdefault(whole, within)  # the minister rejected what he called …
        for phrase in sorted(speaks):
            start, end = s.tokens[phrase.first].start, s.tokens[phrase.last].end
            if _is_named(s.tokens[phrase.first : phrase.last + 1]):
                self.mentions.append(Mention(start, end, speaks[phrase]))
            elif named := clauses.apposition(self._text, end):
                self.mentions.append(Mention(*named, speaks[phrase]))

    def _remember_speaker(self, tokens: Sequence[Token], found: Attribution) -> None:
        start, end = found.speaker
        if _is_named([token for token in tokens if start <= token.start < end]):
            self.mentions.append(Mention(start, end, speaks=True))

    def _made(
        self, rule: str, s: Sentence, speaker: Phrase, cue: int | None, verb: Verb | None
    ) -> Attribution:
        tokens = s.tokens
        span = None
        if cue is not None:
            more = len(verb.rest) if verb else int(tokens[cue].lower == "according")
            span = tokens[cue].start, tokens[min(cue + more, s.end - 1)].end
        around = tokens[s.first].start, tokens[s.end - 1].end
        return Attribution(rule, (tokens[speaker.first].start, tokens[speaker.last].end), span, verb, around)


def _behind(s: Sentence, at: int) -> int:
    """The first token behind a quotation and the comma or dash after it."""
    i = at + 1
    while i < s.end and s.tokens[i].text in _SEPARATES:
        i += 1
    return i


def _signature(s: Sentence, i: int, limit: int) -> Phrase | None:
    """A name alone, from token `i` to the end of the sentence."""
    last = i
    while last + 1 < limit and (s.tokens[last + 1].is_name or s.tokens[last + 1].lower in {"of", "."}):
        last += 1
    ends = last + 1 >= limit or s.tokens[last + 1].text in ",("
    while s.tokens[last].text == ".":
        last -= 1
    return Phrase(i, last) if s.tokens[i].is_name and ends else None


def _is_nominal(tokens: Sequence[Token], phrase: Phrase) -> bool:
    """Whether a phrase behind a verb can be its subject."""
    first = tokens[phrase.first]
    known = first.is_name or first.lower in DETERMINERS or first.lower in PERSONAL
    return known or phrase.last > phrase.first or first.lower.endswith("s")


def _is_named(tokens: Sequence[Token]) -> bool:
    return any(token.is_name and token.lower not in _NO_NAMES for token in tokens)


def _arabic_verb(word: str, verbs: Verbs) -> Verb | None:
    """The verb of saying a word is, with or without a conjunction written as one word with it."""
    bare = _unvowelled(word)
    return verbs.arabic.get(bare) or (verbs.arabic.get(bare[1:]) if bare[:1] in _JOINED else None)


class _Spoken(NamedTuple):
    """The speaker, the token of the cue, and its verb, which is None where a source is named.

    No speaker where the verb alone tells of one: and she added that.
    """

    speaker: Phrase | None
    cue: int
    verb: Verb | None


def _arabic_speaker(s: Sentence, at: int, verbs: Verbs) -> _Spoken | None:
    """Who says the quotation at token `at`, by the nearest verb before it; behind it, where a comma follows."""
    tokens = s.tokens
    before = range(at - 1, max(s.first, at - _REACH) - 1, -1)
    after = range(at + 1, min(s.end, at + _REACH))
    ends_in_comma = at + 1 < s.end and tokens[at + 1].text in {"،", ","}
    for places in (after, before) if ends_in_comma else (before, after):
        for i in places:
            if tokens[i].quotation:
                break
            word = _unvowelled(tokens[i].text)
            found = _arabic_verb(tokens[i].text, verbs)
            source = word in _SOURCES or (word[:1] in _JOINED and word[1:] in _SOURCES)
            if found or source:
                phrase = _arabic_phrase(tokens, i + 1, s.end, source=source)
                return _Spoken(phrase, i, found)
    return None


def _arabic_phrase(tokens: Sequence[Token], i: int, end: int, *, source: bool) -> Phrase | None:
    """The words from token `i` on that name a speaker; after a source "ل" and "عن" lead in."""
    if source and i < end and tokens[i].text == "عن":
        i += 1
    last = i - 1
    while last + 1 < min(end, i + _LONGEST):
        token = tokens[last + 1]
        if not token.is_word or _unvowelled(token.text) in _STOPS or not _ARABIC.match(token.text):
            break
        last += 1
    return Phrase(i, last) if last >= i else None


def _unvowelled(word: str) -> str:
    """Without the signs for vowels and the line that stretches a word."""
    return re.sub("[\u064b-\u0652\u0640]", "", word)
