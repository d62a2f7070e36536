"""Verbs of saying, the act each suggests, and where in a sentence one leads to a quotation.

The shipped table of them, and whatever a user adds to it in a TOML file.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from stancegraph import input as input_
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
from stancegraph.errors import UsageError
from stancegraph.store import parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stancegraph.curate.clauses import Sentence, Token

Form = Literal["base", "present", "past", "participle"]
SHIPPED: Final = Path(__file__).with_name("verbs.toml")
_LARGEST: Final = 1 << 20  # bytes of a table
_VOWELS: Final = frozenset("aeiou")
NOUNS: Final = frozenset(
    "answer appeal attack back blame call charge claim comment counter cry demand fear hope insult issue joke label "
    "mention message note offer plan post praise promise question quote refer remark reply report rip show state "
    "support talk text tweet view warning worry".split()
)
"""Verbs whose base and present forms are nouns as often: they are verbs only beside a name or a pronoun."""
_TURNS: Final = frozenset({"but", "while", "whereas", ";"})
_ANOTHERS: Final = SUBORDINATORS | {"what", "despite", "asked"}
"""Before a subject, what makes its clause lead to the words of somebody else: when he asked, …"""
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_JOINED: Final = frozenset("وف")
"""And, then: written as one word with the verb."""
_SOURCES: Final = frozenset({"بحسب", "حسب", "وفق", "وفقا", "وفقاً", "نقلا", "نقلاً"})
_ENDS_NAME: Final = frozenset(
    "إن أن إنه أنه إنها أنها إنهم بأن بأنه بأنها في على خلال عن من إلى عبر أمس اليوم مساء صباح يوم قائلا قائلاً "
    "قائلة مضيفا مؤكدا أمام لدى بعد قبل ضمن حول بشأن ردا إثر عقب".split()
)
_FARTHEST: Final = 40  # tokens from an Arabic quotation to its verb
_LONGEST: Final = 8  # words of an Arabic speaker
_PASSIVE: Final = frozenset({"quote", "cite", "hear"})
"""Verbs whose subject speaks where they are passive: X was quoted."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One form of a verb of saying: "warned" is the past of "warn", which suggests `act`, local name "warning"."""

    base: str
    form: Form
    act: str
    rest: tuple[str, ...] = ()  # the words that follow it: "out" of "point out"
    doubtful: bool = False  # whether it counts only directly beside a quotation


class Verbs:
    """The forms of verbs of saying, in lower case; Arabic ones, which stand before their speaker, apart."""

    def __init__(self, tables: Mapping[str, Mapping[str, list[str]]]) -> None:
        self.forms: dict[str, list[Verb]] = {}
        self.arabic: dict[str, Verb] = {}
        for name in ("acts", "doubtful"):
            for act, listed in tables.get(name, {}).items():
                for verb in listed:
                    for written, form in _inflect(verb, act, name == "doubtful"):
                        self.forms.setdefault(written, []).append(form)
        for act, written_forms in tables.get("arabic", {}).items():
            for written in written_forms:
                self.arabic[written] = Verb(written, "past", act)
        for several in self.forms.values():
            several.sort(key=lambda verb: -len(verb.rest))


def read_verbs(extra: Path | None = None) -> Verbs:
    """The shipped table, with the verbs of the file `extra`, which leave the act they had.

    Raises UsageError where the file is not such a table, StanceError where it cannot be read.

    >>> read_verbs().forms["warned"][0].act
    'warning'
    """
    if extra is None:
        return _shipped()
    added = parser.value(partial(_read, extra), extra, "name fewer verbs")
    taken = {_base(verb) for acts in added.values() for listed in acts.values() for verb in listed}
    tables = {
        name: {act: [verb for verb in listed if _base(verb) not in taken] for act, listed in acts.items()}
        for name, acts in _read(SHIPPED).items()
    }
    for name, acts in added.items():
        for act, listed in acts.items():
            tables.setdefault(name, {}).setdefault(act, []).extend(listed)
    return Verbs(tables)


@cache
def _shipped() -> Verbs:
    return Verbs(_read(SHIPPED))


def _read(file: Path) -> dict[str, dict[str, list[str]]]:
    try:
        tables = tomllib.loads(input_.read(file, _LARGEST).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: is not TOML: {parser.reason(error)}") from error
    shape = 'write [acts], then lines such as warning = ["warn", "foresee foresaw foreseen"]'
    for name, acts in tables.items():
        if name not in {"acts", "doubtful", "arabic"} or not isinstance(acts, dict):
            raise UsageError(f"{file}: knows no table [{name}]: {shape}")
        for act, listed in acts.items():
            if not isinstance(listed, list) or not all(isinstance(v, str) and v.split() for v in listed):
                raise UsageError(f"{file}: {act} is not a list of verbs: {shape}")
    return tables


def _inflect(verb: str, act: str, doubtful: bool) -> Iterator[tuple[str, Verb]]:
    """The forms of "warn", of "write wrote written", of "point out", each with what it is."""
    base, *rest = _base(verb)
    irregular = () if rest else tuple(verb.casefold().split()[1:])
    past = irregular[0] if irregular else _past(base)
    yield base, Verb(base, "base", act, tuple(rest), doubtful)
    yield _present(base), Verb(base, "present", act, tuple(rest), doubtful)
    for written in dict.fromkeys((past, *irregular)):
        yield written, Verb(base, "past", act, tuple(rest), doubtful)
    yield _participle(base, past), Verb(base, "participle", act, tuple(rest), doubtful)


def _base(verb: str) -> tuple[str, ...]:
    """The base form, and the words that follow it in every form: ("point", "out"), ("write",)."""
    first, *others = verb.casefold().split()
    return (first, *others) if others and others[0] in _PARTICLES else (first,)


_PARTICLES: Final = frozenset("out to for on upon off it of at against that like as in concern back".split())


def _present(base: str) -> str:
    if base.endswith(("s", "sh", "ch", "x", "z", "o")):
        return base + "es"
    return base[:-1] + "ies" if base.endswith("y") and base[-2:-1] not in _VOWELS else base + "s"


def _past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    return base[:-1] + "ied" if base.endswith("y") and base[-2:-1] not in _VOWELS else base + "ed"


def _participle(base: str, past: str) -> str:
    if past.endswith(f"{base[-1]}ed") and len(past) == len(base) + 3:  # the last letter is doubled: admitted
        return f"{base}{base[-1]}ing"
    return (base[:-1] if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) else base) + "ing"


class Cue(NamedTuple):
    """A verb of saying at token `at` and its subject; no verb where it is "according to"."""

    at: int
    verb: Verb | None
    subject: Phrase

    @property
    def doubtful(self) -> bool:
        """Whether the verb means other things too."""
        return self.verb is not None and self.verb.doubtful


def cues_before(s: Sentence, at: int) -> Iterator[Cue]:
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


def main_cue(s: Sentence, found: Sequence[Cue], at: int) -> Cue:
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


def finite_verb(s: Sentence, i: int, floor: int) -> Verb | None:
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
    elif not finite_verb(s, i, s.first):
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
        verb = finite_verb(s, k, s.first) if tokens[k].verbs else None
        if verb is None or verb.doubtful or tokens[k - 1].lower in CONJUNCTIONS | {"to"}:
            continue
        if subject := s.phrase_before(k, s.first):
            return subject
    return s.subject(i)


def is_arabic(s: Sentence) -> bool:
    """Whether a sentence has a word in Arabic letters."""
    return any(token.is_word and _ARABIC.match(token.text) for token in s.words)


def arabic_cue(s: Sentence, at: int, verbs: Verbs) -> Cue | None:
    """Who says the quotation at token `at`, by the nearest verb before it; behind it, where a comma follows.

    The subject is the verb itself where that alone tells of one: and she added that.
    """
    tokens = s.tokens
    before = range(at - 1, max(s.first, at - _FARTHEST) - 1, -1)
    after = range(at + 1, min(s.end, at + _FARTHEST))
    ends_in_comma = at + 1 < s.end and tokens[at + 1].text in {"،", ","}
    for places in (after, before) if ends_in_comma else (before, after):
        for i in places:
            if tokens[i].quotation:
                break
            word = _unvowelled(tokens[i].text)
            bare = word[1:] if word[:1] in _JOINED else ""
            verb = verbs.arabic.get(word) or verbs.arabic.get(bare)
            source = word in _SOURCES or bare in _SOURCES
            if verb or source:
                return Cue(i, verb, _arabic_phrase(tokens, i + 1, s.end, source=source) or Phrase(i, i))
    return None


def _arabic_phrase(tokens: Sequence[Token], i: int, end: int, *, source: bool) -> Phrase | None:
    """The words from token `i` on that name a speaker; after a source "ل" and "عن" lead in."""
    if source and i < end and tokens[i].text == "عن":
        i += 1
    last = i - 1
    while last + 1 < min(end, i + _LONGEST):
        token = tokens[last + 1]
        if not token.is_word or _unvowelled(token.text) in _ENDS_NAME or not _ARABIC.match(token.text):
            break
        last += 1
    return Phrase(i, last) if last >= i else None


def _unvowelled(word: str) -> str:
    """Without the signs for vowels and the line that stretches a word."""
    return re.sub("[\u064b-\u0652\u0640]", "", word)
