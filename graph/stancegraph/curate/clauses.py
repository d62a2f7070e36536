"""Sentences of a news text as tokens, each quotation one of them, and the noun phrases beside its verbs of saying.

No grammar of English: closed classes of words, capitals and punctuation tell where a subject begins and ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from stancegraph.curate.texts import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stancegraph.curate.texts import Paragraph, Quotation
    from stancegraph.curate.verbs import Verb, Verbs


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PERSONAL: Final = _set("he she they i we it you")
DETERMINERS: Final = _set(
    "the a an his her their its my our this that these those another some several many one two three four both "
    "all each every no most other few any such"
)
PREPOSITIONS: Final = _set(
    "of in on at for with from by to about against into over under after before during through between among "
    "without within as since until upon near amid despite toward towards via per like outside inside behind "
    "across around beyond regarding concerning following including unlike than throughout off up down out"
)
JOINING: Final = _set("of for from at with")
SUBORDINATORS: Final = _set(
    "when while after before because if although though since as once until whereas where whether unless"
)
CONJUNCTIONS: Final = _set("and but or nor yet so")
RELATIVES: Final = _set("who which whom whose that")
AUXILIARIES: Final = _set(
    "has have had is was were are am be been being will would did does do could may might can should must shall "
    "’s ’d ’ve ’ll isn’t wasn’t didn’t doesn’t don’t hasn’t hadn’t won’t wouldn’t couldn’t can’t cannot"
)
DAYS: Final = frozenset(WEEKDAYS)
BE: Final = _set("is was were are am be been being get got gets")
ADVERBS: Final = (
    _set(
        "also then later again still even just once now earlier yesterday today too instead repeatedly often never "
        "always already soon first further furthermore however meanwhile moreover thus therefore afterward afterwards "
        "simply not only perhaps maybe almost much more elsewhere here there ever long flatly tonight rather quite "
        "finally"
    )
    | DAYS
)
COMMON: Final = _set(
    "held met made took gave came went got left sent won lost ran led put set kept brought began became stood saw "
    "faces holds makes takes gives comes goes gets wins runs leads wants needs knows"
)
"""Verbs that no rule of spelling tells from nouns; after a name they end it."""
_AROUND: Final = PREPOSITIONS | SUBORDINATORS | RELATIVES | AUXILIARIES | PERSONAL
"""Words that stand around a noun phrase and never in it."""
_AFTER: Final = _AROUND | ADVERBS
"""Words that end one before them."""
ABBREVIATIONS: Final = _set(
    "mr mrs ms dr sen gov rep reps sens gen col lt sgt capt st jr sr prof rev hon adm maj pres jan feb mar apr "
    "jun jul aug sept sep oct nov dec vs no u.s u.n u.k d.c e.g i.e inc corp co ltd calif fla mass pa va wis ill "
    "mich minn ariz conn ga tenn tex ala ark colo del ind kan ky la md miss mo mont neb nev okla ore wash wyo ft "
    "n.y n.j n.h n.c s.c n.d s.d w.va r.i n.m a.m p.m al ph.d"
)
_ENDS: Final = frozenset(".!?…؟")
_TOKEN: Final = re.compile(
    r"(?:[^\W\d_]\.){2,}|[@#]?\w+(?:[’'.\-&/]\w+)*|--+|[,.;:!?…()\[\]—–―؛،؟]|-(?=\s)", re.UNICODE
)
_LONGEST: Final = 400  # tokens of a sentence; a longer one is cut, so that time grows with the text alone
REACH: Final = 80  # tokens to each side of a quotation that are looked at


class Token(NamedTuple):
    """A word, a mark of punctuation, or a quotation, which is then `quotation`; `lower` is the word folded."""

    text: str
    lower: str
    start: int
    end: int
    quotation: Quotation | None
    verbs: Sequence[Verb]

    @property
    def is_word(self) -> bool:
        return self.quotation is None and (self.text[0].isalnum() or self.text[0] in "@#")

    @property
    def is_name(self) -> bool:
        first = self.text[1:2] if self.text[0] in "@#" else self.text[:1]
        return self.quotation is None and (first.isupper() or self.text[0] == "@")

    @property
    def begins(self) -> bool:
        """Whether a sentence can begin with it: with a capital, or a letter of a script that has none."""
        first = self.text[0]
        return self.is_name or (first.isalpha() and first.upper() == first.lower())


_APPOSITION: Final = re.compile(
    r",\s+((?:the\s+)?[^\W\d_a-z][\w.’'\-]*(?:\s+(?:(?:of|for|and|the|al|bin|ibn|de|van|von|der)\s+)*[^\W\d_a-z][\w’'\-]*)*)\s*,"
)


def apposition(text: str, end: int) -> tuple[int, int] | None:
    """Where the name stands that follows a phrase between commas: their association, the Western Guild, said.

    >>> apposition("Their director, Ada Lovelace, said", 14)
    (16, 28)
    """
    found = _APPOSITION.match(text, end)
    return found.span(1) if found else None


class Phrase(NamedTuple):
    """A noun phrase: tokens `first` to `last` (inclusive)."""

    first: int
    last: int


def read(text: str, paragraph: Paragraph, verbs: Verbs) -> list[Sentence]:
    """The sentences of a paragraph, its outermost quotations among their tokens."""
    tokens = list(_tokens(text, paragraph, verbs))
    found, begin = [], 0
    for i, token in enumerate(tokens):
        if i + 1 == len(tokens) or i - begin >= _LONGEST or _ends_sentence(text, tokens, i, token):
            found.append(Sentence(tokens, begin, i + 1))
            begin = i + 1
    return found


def _tokens(text: str, paragraph: Paragraph, verbs: Verbs) -> Iterator[Token]:
    at = paragraph.start
    for quotation in paragraph.quotations:
        if quotation.depth or quotation.opening < at:
            continue
        yield from _words(text, at, quotation.opening, verbs)
        yield Token("\u201c", "\u201c", quotation.opening, quotation.closing, quotation, ())
        at = quotation.closing
    yield from _words(text, at, paragraph.end, verbs)


def _words(text: str, start: int, end: int, verbs: Verbs) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, start, end):
        word = match.group()
        lower = word.casefold()
        known: Sequence[Verb] = verbs.forms.get(lower, ()) if word[0].isalpha() else ()
        if known:
            known = _matching(known, text, match.end(), end)
        yield Token(word, lower, match.start(), match.end(), None, known)


def _matching(known: Sequence[Verb], text: str, at: int, end: int) -> Sequence[Verb]:
    """Those of a form's verbs whose other words follow: "out" after "pointed"."""
    if not any(verb.rest for verb in known):
        return known
    following = tuple(text[at : min(end, at + 30)].casefold().split())
    return [verb for verb in known if following[: len(verb.rest)] == verb.rest]


def _ends_sentence(text: str, tokens: Sequence[Token], i: int, token: Token) -> bool:
    following = tokens[i + 1]
    if token.quotation is not None:
        last = text[token.quotation.end - 1]
        if last not in _ENDS or not (following.begins or following.quotation):
            return False
        return last in ".…" or not _attributes(tokens, i + 1)
    if token.text not in _ENDS:
        return False
    if not (following.begins or following.quotation or following.text[0].isdigit()):
        return False
    before = tokens[i - 1] if i else None
    if token.text != "." or before is None or before.end != token.start:
        return True
    return not (before.lower in ABBREVIATIONS or (len(before.text) == 1 and before.text.isupper()))


def _attributes(tokens: Sequence[Token], i: int) -> bool:
    """Whether what begins here tells at once who said what stands before: Name asked."""
    for token in tokens[i : i + 7]:
        if token.quotation or token.text in _ENDS:
            return False
        if token.verbs and token.text[0].islower():
            return True
    return False


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: tokens `first` to `end` (exclusive) of a paragraph, and the phrases in it."""

    tokens: Sequence[Token]
    first: int
    end: int

    @property
    def words(self) -> Sequence[Token]:
        """Its own tokens."""
        return self.tokens[self.first : self.end]

    def phrase_before(self, i: int, floor: int) -> Phrase | None:
        """The noun phrase that ends just before token `i`, the subject of a verb there; none before `floor`."""
        last = self.skip_back(i - 1, floor)
        if last < floor:
            return None
        token = self.tokens[last]
        if token.text in ",)—–-" or token.lower == "--":
            return self._before_apposition(last, floor)
        if token.lower in {"who", "which"}:
            return self._before_relative(last, floor)
        if token.quotation or not token.is_word or not _may_end(token):
            return None
        return self._outside(self._grow_back(last, floor), floor)

    def _outside(self, phrase: Phrase, floor: int) -> Phrase | None:
        """The phrase before those that hang on prepositions: X in a post on the platform."""
        while phrase.first > floor and self.tokens[phrase.first - 1].lower in PREPOSITIONS - JOINING:
            last = phrase.first - 2
            if last < floor:  # In Ohio Ali said; not: In a text posted online
                return phrase if self.tokens[phrase.last].is_name else None
            if not (self.tokens[last].is_word or self.tokens[last].text == ","):
                return phrase
            if not (self.tokens[last].is_word and _may_end(self.tokens[last])):
                return self.phrase_before(last + 1, floor) or phrase
            phrase = self._grow_back(last, floor)
        return phrase

    def _before_apposition(self, last: int, floor: int) -> Phrase | None:
        """What stands before ", the leader of the party," and before "(R-Ohio)"."""
        closing = self.tokens[last].text
        wanted = "(" if closing == ")" else closing
        for i in range(last - 1, max(floor, last - 40) - 1, -1):
            if self.tokens[i].text == wanted:
                before = self.skip_back(i - 1, floor)
                if before < floor:
                    return None
                token = self.tokens[before]
                if token.text in ",)":
                    return self._before_apposition(before, floor)
                if not (token.is_word and _may_end(token)):
                    return None
                phrase = self._grow_back(before, floor)
                comma = phrase.first - 1
                apposed = comma > floor and self.tokens[comma].text == "," and self.tokens[comma - 1].is_name
                if apposed and not self.tokens[phrase.first].is_name:
                    return self._grow_back(comma - 1, floor)
                return phrase
        return None

    def _before_relative(self, last: int, floor: int) -> Phrase | None:
        before = last - 1
        if before >= floor and self.tokens[before].text == ",":
            before -= 1
        if before < floor:
            return None
        if self.tokens[before].text in ",)":
            return self._before_apposition(before, floor)
        return self._grow_back(before, floor) if _may_end(self.tokens[before]) else None

    def skip_back(self, i: int, floor: int) -> int:
        """The token before adverbs, auxiliaries and days that end at `i`."""
        while i >= floor:
            token = self.tokens[i]
            if not (token.lower in ADVERBS or token.lower in AUXILIARIES or is_adverb(token)):
                if token.lower in {"on", "of"} and self.tokens[i + 1].lower in DAYS:
                    i -= 1
                    continue
                break
            i -= 1
        return i

    def _grow_back(self, last: int, floor: int) -> Phrase:
        """The noun phrase that ends at `last`."""
        tokens = self.tokens
        if tokens[last].lower in PERSONAL:
            return Phrase(last, last)
        first = last
        while first > floor and last - first < 12:
            token = tokens[first - 1]
            if token.quotation or not (token.is_word or token.text == "."):
                break
            if token.text == "." and not (first - 2 >= floor and tokens[first - 2].end == token.start):
                break
            if _stops(token, tokens[first]):
                break
            if token.lower in JOINING and not self._joins(first - 1, floor):
                break
            first -= 1
            if token.lower in DETERMINERS and first - 1 >= floor and tokens[first - 1].lower not in JOINING:
                break
        while first < last and (tokens[first].lower in _LEADING or not tokens[first].is_word):
            first += 1
        return self._without_lead(first, last)

    def _joins(self, i: int, floor: int) -> bool:
        """Whether a preposition hangs on a noun before it: a spokesman for …"""
        if i - 1 < floor:
            return False
        before = self.tokens[i - 1]
        return before.is_word and not _stops(before, self.tokens[i]) and before.lower not in ADVERBS

    def _without_lead(self, first: int, last: int) -> Phrase:
        """Without a place or time that leads the sentence: In Ohio Ali …"""
        if self.tokens[first].lower in PREPOSITIONS or _is_lead(self.tokens[first]):
            name = last
            while (
                name > first
                and self.tokens[name - 1].is_name
                and self.tokens[name - 1].lower not in PREPOSITIONS
            ):
                name -= 1
            return Phrase(name, last)
        return Phrase(first, last)

    def phrase_at(self, i: int, limit: int) -> Phrase | None:
        """The noun phrase that begins at token `i`, at the latest before `limit`."""
        tokens = self.tokens
        while i < limit and (tokens[i].lower in ADVERBS or tokens[i].text in ","):
            i += 1
        if i >= limit or not tokens[i].is_word:
            return None
        if tokens[i].lower in PERSONAL:
            return Phrase(i, i)
        if tokens[i].lower in _OUTSIDE and not tokens[i].is_name:
            return None
        last = i
        while last + 1 < limit and last - i < 14:
            token, before = tokens[last + 1], tokens[last]
            if token.text == "." and before.end == token.start and before.lower in ABBREVIATIONS:
                last += 1
                continue
            if not token.is_word or _ends_phrase(token, before):
                break
            last += 1
        while last > i and (tokens[last].lower in _TRAILING or not tokens[last].is_word):
            last -= 1
        return Phrase(i, last)

    def subject(self, limit: int) -> Phrase | None:
        """The noun phrase the sentence begins with, after what leads it in; none at or after token `limit`."""
        tokens, i = self.tokens, self.first
        while i < limit and not tokens[i].quotation:
            token = tokens[i]
            if token.lower in CONJUNCTIONS or token.lower in ADVERBS or is_adverb(token) or not token.is_word:
                i += 1
            elif token.lower in PREPOSITIONS or token.lower in SUBORDINATORS or _is_lead(token):
                comma = next((k for k in range(i + 1, limit) if tokens[k].text == ","), None)
                if comma is None:
                    break
                i = comma + 1
            elif later := self._time_lead(i, limit):
                i = later + 1
            else:
                break
        if i >= limit or tokens[i].quotation:
            return None
        return self.phrase_at(i, limit)

    def _time_lead(self, i: int, limit: int) -> int | None:
        """The comma that ends "Hours later, …"."""
        comma = next((k for k in range(i + 1, min(i + 7, limit)) if self.tokens[k].text == ","), None)
        return comma if comma and self.tokens[comma - 1].lower in {"later", "ago", "earlier"} else None


_OUTSIDE: Final = PREPOSITIONS | CONJUNCTIONS | SUBORDINATORS | AUXILIARIES
"""Words that no noun phrase begins with, or ends in."""
_LEADING: Final = CONJUNCTIONS | RELATIVES | SUBORDINATORS | ADVERBS
_TRAILING: Final = CONJUNCTIONS | DETERMINERS | JOINING | ADVERBS


def is_adverb(token: Token) -> bool:
    """Whether a word ends like an adverb."""
    return token.lower.endswith("ly") and len(token.lower) > 4 and not token.is_name


def _is_lead(token: Token) -> bool:
    """Whether a sentence's first word begins a participle clause: Speaking in Ohio, …"""
    return token.lower.endswith(("ing", "ed")) and token.text[:1].isupper() and len(token.text) > 5


def _may_end(token: Token) -> bool:
    """Whether a noun phrase can end in this word."""
    return token.is_word and token.lower not in _OUTSIDE


def _stops(token: Token, following: Token) -> bool:
    """Whether a noun phrase that is read backwards cannot contain this word."""
    word = token.lower
    if token.is_name and word not in PERSONAL:
        return False
    if word in JOINING:
        return False
    return (
        word in _AROUND
        or (word in CONJUNCTIONS and not following.is_name)
        or any(verb.form in {"past", "present", "participle"} for verb in token.verbs)
        or is_adverb(token)
    )


def _ends_phrase(token: Token, before: Token) -> bool:
    """Whether a noun phrase that is read forwards ends before this word."""
    word = token.lower
    if word in CONJUNCTIONS:
        return not before.is_name
    if word in JOINING:
        return before.lower in DAYS
    past = word.endswith("ed") and token.text[0].islower() and "-" not in token.text
    if before.is_name and before.lower not in DETERMINERS and (word in COMMON or past):
        return True
    return (
        word in _AFTER
        or is_adverb(token)
        or (not token.is_name and any(verb.form != "base" for verb in token.verbs))
    )
