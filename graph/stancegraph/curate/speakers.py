"""Which actor of a graph the words for a speaker mean: by the resolver, and through the name a pronoun stands for."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from stancegraph.curate import clauses
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stancegraph.curate.attribution import Mention
    from stancegraph.names import Entry, Names

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
    if not is_name(words):
        return ""
    parts = re.sub(r"^the\s+", "", words, flags=re.IGNORECASE).split()
    offices = [i for i, part in enumerate(parts) if _words(part)[-1:] and _words(part)[-1] in _OFFICE]
    name = parts[offices[-1] + 1 :] if offices else []
    is_person = len(name) > 1 and all(_NAME.fullmatch(part) for part in name)
    if is_person and _NO_PERSON.isdisjoint(word for part in name for word in _words(part)):
        return " ".join(name)
    return " ".join(parts)


def is_name(words: str) -> bool:
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
        if not is_name(words) and (named := clauses.apposition(self._text, end)):
            name = self._text[slice(*named)]
            entry = self._entry(name)
            return Found(entry.iri if entry else None, name)
        entry = self._entry(words)
        if entry is None and folded.split()[-1] in _SAYINGS and not is_name(words):
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
