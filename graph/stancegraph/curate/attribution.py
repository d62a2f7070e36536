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

Which actor of a graph the words for the speaker mean, the resolver says, of a pronoun through the name it stands for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
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
from stancegraph.curate.verbs import arabic_cue, cues_before, finite_verb, is_arabic, leads_to, main_cue
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stancegraph.curate.clauses import Token
    from stancegraph.curate.texts import Paragraph, Quotation
    from stancegraph.curate.verbs import Verb, Verbs
    from stancegraph.names import Entry, Names

_DASHES: Final = frozenset({"—", "–", "―", "-", "--"})
_SEPARATES: Final = _DASHES | {","}
_NO_NAMES: Final = DETERMINERS | PERSONAL | PREPOSITIONS | ADVERBS | CONJUNCTIONS
_NO_BEGINNING: Final = CONJUNCTIONS | PREPOSITIONS | RELATIVES | AUXILIARIES | SUBORDINATORS
PERSONS: Final = frozenset({"he", "she"})
GROUPS: Final = frozenset({"it"})
UNSETTLED: Final = frozenset("i we you they who which us them one".split())
_WORD: Final = re.compile(r"[^\W\d_][\w’'\-]*")
_ANOTHER: Final = re.compile(
    r"(?:^(?:an?|his|her|their|its)\b)|(?:\b[a-z]\w+ (?:for|of|to|from|at|with|in)\b)|\band\b"
)
"""What makes a phrase mean somebody beside the name in it: a spokesman for …"""
_LEAD: Final = re.compile(
    r"^(?:(?:the|this|that|former|then|[\w’']+-(?:based|backed|led))\s+)+", re.IGNORECASE
)
_MENTIONS: Final = 50
"""So many names before a description are looked through for its words."""
_MOST: Final = 8  # names that end in one family name
_OFFICE: Final = frozenset(
    """activist adviser advisor admiral ambassador analyst author brigadier captain chairman chairwoman chancellor chief
    colonel commander deputy director doctor dr economist engineer envoy farmer fisherman general governor historian
    journalist judge lawmaker lawyer leader legislator lieutenant major mayor minister mp mr mrs ms parliamentarian pm
    premier president professor representative researcher scientist secretary senator spokesman spokesperson spokeswoman
    student teacher undersecretary""".split()
)
"""Words in which an office, a rank or a trade before a person's name ends; a sheikh or a king is called so."""
_NO_PERSON: Final = frozenset(
    """agency alliance army association authority bloc board bureau cabinet coalition command commission committee
    company corporation council court department directorate forces front government group guard headquarters
    house institute media ministry movement network office organisation organization palace parliament party
    press secretariat service staff syndicate union university""".split()
)
"""Words that no person's name ends in, or has."""
_NAME: Final = re.compile(
    r"[^\W\d_a-z][\w.’'\-]*|(?:al|el|ul|an|ar|as|ash|at)-\w[\w’'\-]*|al|bin|ibn|bint|abu|de|van|von|der"
)
_PLAIN: Final = frozenset("the this that these those".split())
_SAYINGS: Final = frozenset(
    """announcement communique communiqué declaration decree document letter memo message note post release report
    resolution statement text tweet""".split()
)
"""What is said or written, and so is somebody's: the statement said."""


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


class Attributor:
    """Goes through a text paragraph by paragraph; `mentions` are the names met so far, in the order of the text."""

    def __init__(self, text: str, verbs: Verbs) -> None:
        self._text = text
        self._verbs = verbs
        self._before: Sequence[Sentence] = ()  # of the paragraph before
        self._number = 0  # of the paragraph
        self._last: tuple[int, Attribution] | None = None  # who spoke last, in which paragraph
        self.mentions: list[Mention] = []

    def read(self, paragraph: Paragraph) -> Iterator[tuple[Quotation, Attribution | None]]:
        """The outermost quotations of the next paragraph, each with whose it is."""
        sentences = clauses.read(self._text, paragraph, self._verbs)
        here: Attribution | None = None
        for number, sentence in enumerate(sentences):
            self._remember_subjects(sentence)
            for at in range(sentence.first, sentence.end):
                quotation = sentence.tokens[at].quotation
                if quotation is None:
                    continue
                found = self._attribute(sentence, at)
                if found is None and here is not None:
                    found = here._replace(rule="carried")
                if found is None:
                    found = self._go_on(sentences, number, quotation)
                if found is not None:
                    here = found
                    self._last = self._number, found
                    start, end = found.speaker
                    if _is_named([token for token in sentence.words if start <= token.start < end]):
                        self.mentions.append(Mention(start, end, speaks=True))
                yield quotation, found
        self._before = sentences
        self._number += 1

    def _attribute(self, s: Sentence, at: int) -> Attribution | None:
        """By the sentence the quotation stands in."""
        if is_arabic(s):
            return self._arabic(s, at)
        rules = (self._after_comma, self._label, self._introduced, self._after, self._in_clause)
        return next((found for rule in rules if (found := rule(s, at))), None)

    def _arabic(self, s: Sentence, at: int) -> Attribution | None:
        cue = arabic_cue(s, at, self._verbs)
        if cue is None:
            return None
        rule = "according-to" if cue.verb is None else "introduced" if cue.at < at else "verb-subject"
        found = self._made(rule, s, cue.subject, cue.at, cue.verb)
        if cue.subject == (cue.at, cue.at):
            return found._replace(rule="carried", speaker=self._last[1].speaker) if self._last else None
        return found

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

    def _go_on(self, sentences: Sequence[Sentence], number: int, quotation: Quotation) -> Attribution | None:
        """By the sentence before, or the speaker before."""
        if quotation.continued and self._last:
            return self._last[1]._replace(rule="continued")
        if number:
            return self._told(sentences[number - 1])
        if any(token.is_word for token in sentences[0].words):
            return None  # it tells whose they are, in words that no rule knows
        if self._before:
            quoted = any(token.quotation for token in self._before[-1].words)
            goes_on = quoted and self._last is not None and self._last[0] == self._number - 1
            if not goes_on and (found := self._told(self._before[-1])):
                return found
        return self._last[1]._replace(rule="previous") if self._last else None

    def _told(self, s: Sentence) -> Attribution | None:
        """Who speaks in a sentence that leads to a quotation in the next."""
        if is_arabic(s):
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


class Found(NamedTuple):
    """Who is meant: an actor's IRI or None, the name a pronoun or description stands for, and which it was."""

    actor: str | None
    antecedent: str | None = None
    mark: str = ""


def bare_name(words: str) -> str:
    """A name as it would be put into a graph: without an article, and without an office where a person's name follows.

    >>> bare_name("Deputy Harbour Minister Ada Lovelace"), bare_name("the Harbour Council")
    ('Ada Lovelace', 'Harbour Council')
    >>> bare_name("Harbour Minister Press Office"), bare_name("Minister Lovelace")
    ('Harbour Minister Press Office', 'Minister Lovelace')

    What names nobody gives no name:

    >>> bare_name("the statement"), bare_name("A spokesman for the Harbour Council"), bare_name("She")
    ('', '', '')
    """
    if not _names_somebody(words):
        return ""
    parts = re.sub(r"^the\s+", "", words, flags=re.IGNORECASE).split()
    offices = [i for i, part in enumerate(parts) if _words(part)[-1:] and _words(part)[-1] in _OFFICE]
    name = parts[offices[-1] + 1 :] if offices else []
    is_person = len(name) > 1 and all(_NAME.fullmatch(part) for part in name)
    if is_person and _NO_PERSON.isdisjoint(word for part in name for word in _words(part)):
        return " ".join(name)
    return " ".join(parts)


def _names_somebody(words: str) -> bool:
    """Whether words name somebody: no pronoun, no "a spokesman", and with a capital where the script has any."""
    first, _, rest = words.partition(" ")
    if words.casefold() in PERSONS | GROUPS | UNSETTLED:
        return False
    determined = first.casefold() in clauses.DETERMINERS
    if determined and first.casefold() not in _PLAIN:
        return False
    shown = rest if determined else words
    return shown.lower() == shown.upper() or shown != shown.lower()


def _words(part: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", part.casefold())


class Speakers:
    """Resolves the speakers of one text."""

    def __init__(self, text: str, names: Names | None) -> None:
        self._text = text
        self._names = names
        self._known: dict[str, Entry | None] = {}

    def find(self, start: int, end: int, mentions: Sequence[Mention]) -> Found:
        """Who text[start:end] is; `mentions` are the names met so far."""
        words = self._text[start:end]
        folded = words.casefold()
        if folded in UNSETTLED:
            return Found(None)
        if folded in PERSONS | GROUPS:
            return self._behind_pronoun(start, person=folded in PERSONS, mentions=mentions)
        if not _names_somebody(words) and (named := clauses.apposition(self._text, end)):
            name = self._text[slice(*named)]
            entry = self._entry(name)
            return Found(entry.iri if entry else None, name)
        entry = self._entry(words)
        if entry is None and folded.split()[-1] in _SAYINGS and not _names_somebody(words):
            return self._behind_saying(start, folded.split()[-1], mentions)
        if entry is None and folded.split()[0] in _PLAIN and folded[4:]:
            return self._behind_description(start, folded, mentions)
        return Found(entry.iri if entry else None)

    def _behind_pronoun(self, at: int, *, person: bool, mentions: Sequence[Mention]) -> Found:
        """The last named speaker, unless another is the subject of a sentence in between."""
        last = _last(at, mentions, speaking=True)
        if last is None:
            return Found(None, None, "pronoun")
        name = self._text[last[0] : last[1]]
        entry = self._entry(name)
        between = _last(at, mentions, speaking=False)
        other = between and between[0] > last[0] and self._text[between[0] : between[1]]
        if other and other.split()[-1] != name.split()[-1]:
            return Found(None, None, "pronoun")
        if entry is not None and entry.person != person:
            return Found(None, None, "pronoun")
        return Found(entry.iri if entry else None, name, "pronoun")

    def _behind_saying(self, at: int, saying: str, mentions: Sequence[Mention]) -> Found:
        """The last named speaker of the paragraph, if it tells of the statement since: said in a statement."""
        last = _last(at, mentions, speaking=True)
        since = self._text[last[1] : at] if last else ""
        if last is None or "\n" in since or not re.search(rf"\b{saying}\b", since, re.IGNORECASE):
            return Found(None)
        name = self._text[slice(*last)]
        entry = self._entry(name)
        return Found(entry.iri if entry else None, name, "description")

    def _behind_description(self, at: int, folded: str, mentions: Sequence[Mention]) -> Found:
        """The last named speaker, if every word of the description is one of it or says what sort of actor it is."""
        from stancegraph.names import spelling

        last = _last(at, mentions, speaking=True)
        name = self._text[slice(*last)] if last else ""
        entry = self._entry(name) if last else None
        if entry is None:
            return Found(None)
        words = set(spelling.DESCRIPTIONS.get(entry.actor_kind, ()))
        for start, end, _ in mentions[-_MENTIONS:]:
            if end <= at and self._entry(self._text[start:end]) is entry:
                words.update(spelling.words(spelling.plain(self._text[start:end])))
        said = spelling.words(spelling.plain(folded.partition(" ")[2]))
        described = all(any(spelling.likeness(each, word) > spelling.SAME for word in words) for each in said)
        return Found(entry.iri, name, "description") if said and described else Found(None)

    def _entry(self, words: str) -> Entry | None:
        if words not in self._known:
            self._known[words] = self._resolve(words)
        return self._known[words]

    def _resolve(self, words: str) -> Entry | None:
        if self._names is None or _ANOTHER.search(words):
            return None
        bare = _LEAD.sub("", words)
        parts = bare.split()
        if (
            len(parts) == 1
            and bare[:1].isupper()
            and bare == words
            and (full := self._full_names.get(_family(bare)))
        ):
            entries = [self._resolve(name) for name in full[:_MOST]]
            found = {entry.iri for entry in entries if entry}
            return entries[0] if len(found) == 1 and entries[0] else None
        if entry := self._actor(words) or (self._actor(bare) if bare != words else None):
            return entry
        for first in range(1, len(parts) - 1):  # titles and descriptions before a person's name
            entry = self._actor(" ".join(parts[first:]))
            if entry and entry.person:
                return entry
        return None

    def _actor(self, name: str) -> Entry | None:
        try:
            return self._names.resolve(name, "actor") if self._names and name else None
        except UsageError:
            return None

    @cached_property
    def _full_names(self) -> dict[str, list[str]]:
        """Family name, folded → the names of two or more words in the text that end in it, the first first."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        run: list[re.Match[str]] = []
        for match in _WORD.finditer(self._text):
            word = match.group()
            name = word[0].isupper() or word[:3] in {"al-", "el-"}
            if run and not (name and self._text[run[-1].end() : match.start()] == " "):
                _keep(found, run)
                run = []
            if name:
                run.append(match)
        _keep(found, run)
        return {family: list(names) for family, names in found.items()}


def _keep(found: dict[str, dict[str, None]], run: Sequence[re.Match[str]]) -> None:
    if 1 < len(run) < 8:
        words = [match.group() for match in run]
        words[-1] = re.sub(r"['’]s?$", "", words[-1])
        found[_family(words[-1])].setdefault(" ".join(words))


def _family(word: str) -> str:
    return re.sub(r"^[ae]l-|['’]s?$", "", word.casefold())


def _last(at: int, mentions: Sequence[Mention], *, speaking: bool) -> tuple[int, int] | None:
    """The last named phrase before a place that is the subject of a verb of saying, or that is not."""
    for start, end, speaks in reversed(mentions[-_MENTIONS:]):
        if end <= at and speaks == speaking:
            return start, end
    return None
