"""The verbs of saying in a sentence, each with its subject: said, accused, "according to"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from stancegraph.curate.clauses import (
    ADVERBS,
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    PERSONAL,
    PREPOSITIONS,
    REACH,
    SUBORDINATORS,
    Phrase,
    is_adverb,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stancegraph.curate.clauses import Sentence
    from stancegraph.curate.verbs import Verb

NOUNS: Final = frozenset(
    "answer appeal attack back blame call charge claim comment counter cry demand fear hope insult issue joke label "
    "mention message note offer plan post praise promise question quote refer remark reply report rip show state "
    "support talk text tweet view warning worry".split()
)
"""Verbs whose base and present forms are nouns as often: they are verbs only beside a name or a pronoun."""
_TURNS: Final = frozenset({"but", "while", "whereas", ";"})
_ANOTHERS: Final = SUBORDINATORS | {"what", "despite", "asked"}
"""Before a subject, what makes its clause lead to the words of somebody else: when he asked, …"""
_PASSIVE: Final = frozenset({"quote", "cite", "hear"})
"""Verbs whose subject speaks where they are passive: X was quoted."""


class Cue(NamedTuple):
    """A verb of saying at token `at` and its subject; no verb where it is "according to"."""

    at: int
    verb: Verb | None
    subject: Phrase

    @property
    def doubtful(self) -> bool:
        """Whether the verb means other things too."""
        return self.verb is not None and self.verb.doubtful


def cues(s: Sentence, at: int) -> Iterator[Cue]:
    """The verbs of saying before token `at` with their subjects, the nearest first."""
    tokens = s.tokens
    for i in range(at - 1, max(s.first, at - REACH) - 1, -1):
        token = tokens[i]
        if token.lower == "according" and i + 2 < at and tokens[i + 1].lower == "to":
            if subject := s.phrase_at(i + 2, at):
                yield Cue(i, None, subject)
        elif token.verbs and (token.text[0].islower() or i == s.first):
            for verb in token.verbs:
                if subject := _subject(s, i, verb, at):
                    yield Cue(i, verb, subject)
                    break


def main(s: Sentence, found: Sequence[Cue], at: int) -> Cue:
    """Of the cues before token `at`, the nearest first, that of the main clause it stands in."""
    for turn in range(at - 1, s.first, -1):
        if s.tokens[turn].lower in _TURNS:
            later = [cue for cue in found if cue.subject.first > turn]
            if later:
                return later[-1]
    leading = [cue for cue in found if not _is_subordinate(s, cue)]
    return (leading or found)[-1]


def leads_to(s: Sentence, cue: Cue, at: int) -> bool:
    """Whether a verb of saying leads to the quotation at token `at` itself, and to no clause between."""
    gap = s.tokens[max(cue.at, cue.subject.last if cue.subject.first > cue.at else 0) + 1 : at]
    if len(gap) > 12 or any(token.quotation for token in gap):
        return False
    if cue.verb is None:
        return len(gap) <= 2
    if cue.doubtful:
        return len(gap) <= 1 or gap[-1].text == ":"
    introduced = bool(gap) and gap[-1].text in ":,"
    return introduced or not any(token.lower in AUXILIARIES or token.lower in PERSONAL for token in gap)


def finite(s: Sentence, i: int, floor: int) -> Verb | None:
    """The verb of saying at token `i`, if it can be the finite verb of a clause after token `floor` and no noun."""
    token = s.tokens[i]
    before = s.tokens[i - 1] if i > floor else None
    if not token.text[0].islower():
        return None
    for verb in token.verbs:
        if verb.form == "participle":
            if before and before.lower in BE:
                return verb
        elif verb.form == "past":
            if not (before and before.lower in DETERMINERS):
                return verb
        elif before and not before.lower.endswith(("’s", "'s")):
            certain = before.is_name or before.lower in _BEFORE_VERBS
            noun = verb.base in NOUNS or not before.is_word or before.lower in _BEFORE_NOUNS
            if certain or not noun:
                return verb
    return None


_BEFORE_VERBS: Final = PERSONAL | AUXILIARIES | ADVERBS | {"who", "which", "to", ","}
_BEFORE_NOUNS: Final = DETERMINERS | PREPOSITIONS | CONJUNCTIONS


def _is_subordinate(s: Sentence, cue: Cue) -> bool:
    first = cue.subject.first
    return first > s.first and s.tokens[first - 1].lower in _ANOTHERS


def _subject(s: Sentence, i: int, verb: Verb, limit: int) -> Phrase | None:
    tokens = s.tokens
    before = tokens[i - 1].lower if i > s.first else ""
    if before in DETERMINERS:
        return None
    if verb.form == "participle":
        return s.phrase_before(i, s.first) if before in BE else _agent(s, i)
    if before == "to" or before in CONJUNCTIONS:
        return _agent(s, i)
    if verb.form == "past":
        k = i - 1
        while k > s.first and (tokens[k].lower in ADVERBS or is_adverb(tokens[k])):
            k -= 1
        if k >= s.first and tokens[k].lower in BE:
            return _passive(s, i, verb, limit)
    elif not finite(s, i, s.first):
        return None
    return s.phrase_before(i, s.first)


def _passive(s: Sentence, i: int, verb: Verb, limit: int) -> Phrase | None:
    """Who speaks where the verb is passive: described by …; X was quoted."""
    by = next((k for k in range(i + 1, limit) if s.tokens[k].lower == "by"), None)
    if by is not None:
        return s.phrase_at(by + 1, limit)
    return s.phrase_before(i, s.first) if verb.base in _PASSIVE else None


def _agent(s: Sentence, i: int) -> Phrase | None:
    """Whose a participle or infinitive is: the subject of the sentence's first verb of saying, or of the sentence."""
    tokens = s.tokens
    own = s.phrase_before(i, s.first) if i > s.first and tokens[i - 1].is_word else None
    if own and own.first > s.first and tokens[own.first - 1].lower == "with":
        return own
    for k in range(s.first + 1, i):
        verb = finite(s, k, s.first) if tokens[k].verbs else None
        if verb is None or verb.doubtful or tokens[k - 1].lower in CONJUNCTIONS | {"to"}:
            continue
        if subject := s.phrase_before(k, s.first):
            return subject
    return s.subject(i)
