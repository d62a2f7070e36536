"""Whose words an Arabic quotation is: the verb of saying stands before its speaker, or a source is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from stancegraph.curate.clauses import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stancegraph.curate.clauses import Sentence, Token
    from stancegraph.curate.verbs import Verb, Verbs

SCRIPT: Final = re.compile("[\u0600-\u06ff]")
_JOINED: Final = frozenset("وف")
"""And, then: written as one word with the verb."""
_SOURCES: Final = frozenset({"بحسب", "حسب", "وفق", "وفقا", "وفقاً", "نقلا", "نقلاً"})
_STOPS: Final = frozenset(
    "إن أن إنه أنه إنها أنها إنهم بأن بأنه بأنها في على خلال عن من إلى عبر أمس اليوم مساء صباح يوم قائلا قائلاً "
    "قائلة مضيفا مؤكدا أمام لدى بعد قبل ضمن حول بشأن ردا إثر عقب".split()
)
_REACH: Final = 40  # tokens
_LONGEST: Final = 8  # words of a speaker


def verb(word: str, verbs: Verbs) -> Verb | None:
    """The verb of saying a word is, with or without a conjunction written as one word with it."""
    bare = _plain(word)
    return verbs.arabic.get(bare) or (verbs.arabic.get(bare[1:]) if bare[:1] in _JOINED else None)


class Spoken(NamedTuple):
    """The speaker, the token of the cue, and its verb, which is None where a source is named.

    No speaker where the verb alone tells of one: and she added that.
    """

    speaker: Phrase | None
    cue: int
    verb: Verb | None


def speaker(s: Sentence, at: int, verbs: Verbs) -> Spoken | None:
    """Who says the quotation at token `at`, by the nearest verb before it; behind it, where a comma follows."""
    tokens = s.tokens
    before = range(at - 1, max(s.first, at - _REACH) - 1, -1)
    after = range(at + 1, min(s.end, at + _REACH))
    ends_in_comma = at + 1 < s.end and tokens[at + 1].text in {"،", ","}
    for places in (after, before) if ends_in_comma else (before, after):
        for i in places:
            if tokens[i].quotation:
                break
            word = _plain(tokens[i].text)
            found = verb(tokens[i].text, verbs)
            source = word in _SOURCES or (word[:1] in _JOINED and word[1:] in _SOURCES)
            if found or source:
                phrase = _phrase(tokens, i + 1, s.end, source=source)
                return Spoken(phrase, i, found)
    return None


def _phrase(tokens: Sequence[Token], i: int, end: int, *, source: bool) -> Phrase | None:
    """The words from token `i` on that name a speaker; after a source "ل" and "عن" lead in."""
    if source and i < end and tokens[i].text == "عن":
        i += 1
    last = i - 1
    while last + 1 < min(end, i + _LONGEST):
        token = tokens[last + 1]
        if not token.is_word or _plain(token.text) in _STOPS or not SCRIPT.match(token.text):
            break
        last += 1
    return Phrase(i, last) if last >= i else None


def _plain(word: str) -> str:
    """Without the signs for vowels and the line that stretches a word."""
    return re.sub("[\u064b-\u0652\u0640]", "", word)
