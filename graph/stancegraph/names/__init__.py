"""A spelling a person types → the actor, proposition, event, document or concept meant, or "did you mean".

An IRI, prefixed name or local name decides; then a curated name, folded (case, accents, articles, forms of
Arabic letters, mis-encoding); then the sound of its words. By sound a name is taken only if every word typed
is one of its words: better to ask back than to answer about somebody else.

The entries of a large database are kept beside it, a file for each kind: asking for two thousand takes a while. A
file bears the database's fingerprint and a sum of its own: one of another graph or version, or damaged, is made anew.
"""

from __future__ import annotations

import json
import os
import zlib
from collections import defaultdict
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cached_property
from heapq import nlargest
from itertools import chain, product
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from stancegraph import output
from stancegraph.errors import Candidate, UnknownName, UsageError
from stancegraph.names import spelling
from stancegraph.store import Local, remembered
from stancegraph.vocabulary import PREFIXES, compact, expand, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from stancegraph.store import Store

KINDS: Final = {
    "actor": "?x a stance:Actor",
    "proposition": "?x a stance:Proposition",
    "event": "?x a schema:Event",
    "document": "?x a schema:NewsArticle",
    "act": "?x a skos:Concept ; skos:inScheme stance:acts",
    "medium": "?x a skos:Concept ; skos:inScheme stance:media",
    "basis": "?x a skos:Concept ; skos:inScheme stance:bases",
    "actor kind": "?x a skos:Concept ; skos:inScheme stance:actorKinds",
}
"""Kind of entry → the pattern that finds those entries."""
CONCEPTS: Final = ("act", "medium", "basis", "actor kind")
"""Kinds of entry that a graph brings with it: one chooses among them."""
MADE_OF: Final = frozenset(
    NamedNode(expand(name))
    for name in "dcterms:title skos:prefLabel skos:altLabel skos:hiddenLabel stance:weakAlias dcterms:publisher "
    "stance:actorKind dcterms:isReplacedBy skos:inScheme stance:Actor stance:Proposition schema:Event "
    "schema:NewsArticle skos:Concept foaf:Person".split()
)
"""Properties, and classes, of what names are read from: where a change touches none of them, they stay as they are."""
APART: Final = {"count": "?x a skos:Concept ; skos:inScheme stance:counts"}
"""Kinds of entry that are looked for only where they are named."""

VERSION: Final = 1
"""Version of the files that are kept."""
LARGE: Final = 1_000
"""The fewest entries of a kind that are kept."""
LONGEST: Final = 200  # characters of a typed name
ACCEPTED, AHEAD = 90.0, 5.0  # a name is taken from this score on, with the next entry this far behind
UNSURE: Final = 89.0  # the most a name scores that shares only some of its words with what was typed
WEAK: Final = 84.0  # the most a weak alias scores: it suggests, it never decides
FEW: Final = 30  # so many names are all listed where none is near
SUGGESTED: Final = 40.0  # the least that "did you mean" offers
DESCRIBED: Final = 95.0  # the most a name scores beside a word for what bears it: Islamic State group


@dataclass(frozen=True, slots=True)
class Entry:
    """Something with names: `aliases` (the label among them) decide alone, `weak` ones only suggest."""

    iri: str
    label: str
    kind: str
    aliases: tuple[str, ...]
    weak: tuple[str, ...] = ()
    person: bool = False  # known by a family name, the last word of a name
    actor_kind: str = ""  # of an actor, the last part of its kind's IRI: armed-group
    former: tuple[str, ...] = ()  # IRIs it had before it was renamed, and those of entries merged into it

    @classmethod
    def of(cls, fields: Iterable[Any]) -> Entry:
        """The entry of these fields, lists standing for tuples."""
        values: list[Any] = [tuple(each) if isinstance(each, list) else each for each in fields]
        return cls(*values)


@remembered
def index(store: Store, *kinds: str) -> Names:
    """The names in a graph of the `kinds` wanted (none: of all): actors, events, acts … as in `KINDS`.

    >>> from stancegraph import store
    >>> index(store.open()).resolve("Moqtada Sadr").label
    'Muqtada al-Sadr'
    """
    found: list[Entry] = []
    asked: list[str] = []
    for kind in kinds or tuple(KINDS):
        entries = _kept(store, kind)
        found += map(Entry.of, entries or ())
        asked += [kind] * (entries is None)
    if asked:
        made = list(_entries(store, asked))
        for kind in asked:
            _keep(store, kind, [astuple(entry) for entry in made if entry.kind == kind])
        found += made
    return Names(sorted(found, key=lambda entry: (entry.kind, entry.iri)))


TOLD: Final = (
    "?x ?p ?name FILTER(?p IN (dcterms:title, skos:prefLabel, skos:altLabel, skos:hiddenLabel, stance:weakAlias))",
    "?x dcterms:publisher/skos:prefLabel ?name BIND(stance:weakAlias AS ?p)",
    "?x stance:actorKind ?of BIND(stance:actorKind AS ?p) BIND(STR(?of) AS ?name)",
    "?name dcterms:isReplacedBy+ ?x FILTER NOT EXISTS { ?name a ?any } BIND(dcterms:isReplacedBy AS ?p)",
    '?x a foaf:Person BIND(rdf:type AS ?p) BIND("person" AS ?name)',
    'BIND(rdf:subject AS ?p) BIND("" AS ?name)',
)
"""What is told of each ?x: each asked of the things themselves, or an engine would join it with all there is."""


def _entries(store: Store, kinds: Sequence[str]) -> Iterator[Entry]:
    named: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    patterns = " UNION ".join(f'{{ {(KINDS | APART)[kind]} BIND("{kind}" AS ?kind) }}' for kind in kinds)
    things = f"{{ SELECT DISTINCT ?kind ?x WHERE {{ {patterns} FILTER(isIRI(?x)) }} }}"
    told = " UNION ".join(f"{{ {things} {pattern} }}" for pattern in TOLD)
    rows = store.tuples(f"SELECT DISTINCT ?kind ?x ?p ?name (LANG(?name) AS ?language) WHERE {{ {told} }}")
    for kind, iri, predicate, name, _ in sorted(
        rows, key=lambda r: (r[0], r[1], r[4] not in ("en", ""), r[3])
    ):
        named[kind, iri][local_name(predicate)].append(name)
    for (kind, iri), names in named.items():
        local = [local_name(iri)]
        titles = names["title"] if kind == "document" else []
        labels = titles + names["prefLabel"] or local
        strong = labels + names["altLabel"] + names["hiddenLabel"] + (local if kind == "document" else [])
        yield Entry(
            iri,
            labels[0],
            kind,
            tuple(dict.fromkeys(strong)),
            tuple(names["weakAlias"]),
            person="type" in names,
            actor_kind=local_name(next(iter(names["actorKind"]), "")),
            former=tuple(names["isReplacedBy"]),
        )


def _kept(store: Store, kind: str) -> list[list[Any]] | None:
    """The fields of each entry of a kind, sorted by IRI; None where none are kept of this graph."""
    if not isinstance(store, Local) or store.folder is None:
        return None
    try:
        told, _, content = _file(store.folder, kind).read_bytes().partition(b"\n")
        if json.loads(told) != [VERSION, store.fingerprint, zlib.crc32(content)]:
            return None
        found: list[list[Any]] = json.loads(content)
    except (OSError, ValueError):  # none, or none that can be read
        return None
    return found


def _keep(store: Store, kind: str, entries: Sequence[Sequence[Any]]) -> None:
    """Leave the fields of all entries of a kind beside a database, if they are many and it can be written."""
    if len(entries) < LARGE or not isinstance(store, Local) or store.folder is None:
        return
    if not os.access(store.folder, os.W_OK):
        return
    content = json.dumps(entries, separators=(",", ":")).encode()
    told = json.dumps([VERSION, store.fingerprint, zlib.crc32(content)]).encode()
    with suppress(OSError):  # on a full disk the next who asks waits as long
        output.replace(_file(store.folder, kind), told + b"\n" + content)


def _file(folder: Path, kind: str) -> Path:
    return folder / f"stancegraph-names-{kind.replace(' ', '-')}.json"


class Names:
    """Finds entries by what people call them; how names sound is worked out when first needed."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._by_iri: dict[str, list[Entry]] = defaultdict(list)
        self._by_name: dict[str, list[Entry]] = defaultdict(list)
        for entry in self._entries:
            iris = (entry.iri, *entry.former)
            for iri in iris:
                self._by_iri[iri].append(entry)
            for name in {spelling.plain(each) for each in (*map(local_name, iris), *entry.aliases)}:
                self._by_name[name].append(entry)

    def resolve(self, text: str, *kinds: str) -> Entry:
        """The one entry meant, of the `kinds` asked for (none: of any); else UnknownName, with the nearest.

        `text` is an IRI, `actor:iraq`, the last part of an IRI, or a name in any usual spelling.
        """
        bearers = self.bearers(text, kinds)
        if len(bearers) == 1:
            return bearers[0]
        near = self._near(text, kinds)
        best, second = [*(score for score, _ in near), 0.0, 0.0][:2]
        weak = any(spelling.plain(text) in map(spelling.plain, entry.weak) for _, entry in near)
        if best >= ACCEPTED and best - second >= AHEAD and not (bearers or weak or _iri(text)):
            return near[0][1]
        shown = "".join(c if c.isprintable() else "�" for c in text[:60]) + "…" * (len(text) > 60)
        if bearers:
            which = ", ".join(f"{entry.label} ({compact(entry.iri)})" for entry in bearers)
            message = f"'{shown}' is a name of {len(bearers)}; say which: {which}"
        else:
            meant = ", ".join(f"{entry.label} ({int(score)})" for score, entry in near[:5])
            message = f"no {' or '.join(kinds) or 'entry'} is called '{shown}'"
            few = sorted(entry.label for entry in self._entries if kinds and _asked(entry, kinds))
            if meant:
                message += f"; did you mean: {meant}"
            elif 0 < len(few) <= FEW:
                message += f"; there are: {', '.join(few)}"
        raise UnknownName(message, _candidates(near[:5]))

    def nearest(self, text: str, *kinds: str, limit: int = 5) -> list[Candidate]:
        """The entries most like `text`, best first, then by label."""
        return _candidates(self._near(text, kinds)[:limit])

    def entries(self, kind: str, text: str | None = None) -> list[Entry]:
        """All entries of a kind, or those with `text` in one of their names, however its letters are typed."""
        part = spelling.plain(text) if text else ""
        found = [entry for entry in self._entries if entry.kind == kind]
        return [
            entry for entry in found if any(part in spelling.plain(n) for n in entry.aliases + entry.weak)
        ]

    def complete(self, prefix: str, *kinds: str) -> list[str]:
        """Names of one word, local names of IRIs among them, that continue `prefix` as it is typed, sorted."""
        found = (entry for entry in self._entries if _asked(entry, kinds))
        names = (name for e in found for name in (local_name(e.iri), *e.aliases) if " " not in name)
        return sorted(
            {prefix + n[len(prefix) :] for n in names if n.casefold().startswith(prefix.casefold())}
        )

    def bearers(self, text: str, kinds: Sequence[str]) -> list[Entry]:
        """Entries whose IRI or strong name this is."""
        if not text.strip():
            raise UsageError("the name is empty")
        found = self._by_iri.get(_iri(text))
        if found is None and len(text) > LONGEST:
            raise UsageError(f"a name has at most {LONGEST} characters, this one {len(text)}")
        if found is None:
            found = self._by_name.get(spelling.plain(text), [])
        return [entry for entry in found if _asked(entry, kinds)]

    def _near(self, text: str, kinds: Sequence[str]) -> list[tuple[float, Entry]]:
        best = dict.fromkeys(self.bearers(text, kinds), 100.0)
        for score, entry in self._sounds.nearest(spelling.plain(local_name(_iri(text)) or text), kinds):
            best[entry] = max(round(score, 1), best.get(entry, 0.0))
        near = [(score, entry) for entry, score in best.items() if score >= SUGGESTED]
        return sorted(near, key=lambda pair: (-pair[0], pair[1].label, pair[1].iri))

    @cached_property
    def _sounds(self) -> _Sounds:
        return _Sounds(self._entries)


def _iri(text: str) -> str:
    """The IRI that `text` is or abbreviates; empty where it is a name."""
    prefix, colon, local = text.strip().partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return text.strip() if "://" in text else ""


def _asked(entry: Entry, kinds: Sequence[str]) -> bool:
    return not kinds or entry.kind in kinds


def _candidates(near: Iterable[tuple[float, Entry]]) -> list[Candidate]:
    return [Candidate(entry.iri, entry.label, entry.kind, score) for score, entry in near]


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of an entry as its words, words that may be added to it, and the most it may score."""

    entry: Entry
    words: list[str]
    added: frozenset[str]
    most: float


class _Sounds:
    """The names of entries, found by the sound of their words."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._names: list[_Name] = []
        self._bearers: dict[str, list[int]] = defaultdict(list)
        self._said: dict[str, list[str]] = defaultdict(list)
        self._written: dict[tuple[str, bool], list[str]] = defaultdict(list)
        self._blocks: dict[str, list[str]] = defaultdict(list)
        for entry in entries:
            strong = dict.fromkeys(map(spelling.plain, entry.aliases), 100.0)
            most = {spelling.plain(each): WEAK for each in entry.weak} | strong
            added = _added(entry, strong)
            for plain, score in most.items():
                words = spelling.untitled(spelling.words(plain)) if entry.person else spelling.words(plain)
                for word in set(words):
                    self._bearers[word].append(len(self._names))
                self._names.append(_Name(entry, words, added, score))
        for word in self._bearers:
            heard = spelling.hear(word)
            self._written[heard.bones, heard.vowelless].append(word)
            for form in heard.forms:
                if form not in self._said:
                    for block in spelling.blocks(heard.bones):
                        self._blocks[block].append(form)
                self._said[form].append(word)

    def nearest(self, plain: str, kinds: Sequence[str], among: int = 40) -> Iterator[tuple[float, Entry]]:
        """Score and entry of the names `among` which most is shared with `plain`, in no order."""
        words = spelling.words(plain)
        like = {word: self._like(word) for word in words}
        shared: dict[int, float] = defaultdict(float)
        for near in like.values():
            for word, likeness in near.items():
                for number in self._bearers[word]:
                    shared[number] += likeness
        names = self._names  # of two that share as much, the shorter is nearer
        most = {number: share - len(names[number].words) / 1000 for number, share in shared.items()}
        wanted = [n for n in most if _asked(names[n].entry, kinds)] if kinds else most
        found = [names[number] for number in nlargest(among, wanted, key=most.__getitem__)]
        for initial in (word for word in words if len(word) == 1):
            like[initial] = {w: spelling.OTHER for name in found for w in name.words if w[0] == initial}
        of_another = spelling.is_of_another(plain)
        for name in found:
            entry = name.entry
            asked = spelling.untitled(words, entry.actor_kind) if entry.person else words
            score = _score(name, asked, like)
            yield min(score, UNSURE) if entry.person and of_another else score, entry

    def _like(self, word: str) -> dict[str, float]:
        """Words of names that may be spellings of `word`, with or without an article in it, and their likeness."""
        joined = spelling.JOINED.match(word)
        bare = self._alike(word[joined.end() :]) if joined else {}
        whole = self._alike(word)
        return {other: max(bare.get(other, 0.0), whole.get(other, 0.0)) for other in {**bare, **whole}}

    def _alike(self, word: str, among: int = 16) -> dict[str, float]:
        """Words of names that may be spellings of `word`, with their likeness."""
        from rapidfuzz.distance import JaroWinkler
        from rapidfuzz.process import extract

        heard = spelling.hear(word)
        near: dict[str, float] = {}
        for block, form in product(spelling.blocks(heard.bones), heard.forms):
            forms = self._blocks.get(block, ())
            found = extract(form, forms, scorer=JaroWinkler.similarity, score_cutoff=0.75, limit=among)
            near.update((other, alike) for other, alike, _ in found)
        said = chain.from_iterable(self._said[form] for form in nlargest(among, near, key=near.__getitem__))
        other_script = self._written.get((heard.bones, not heard.vowelless), ())
        return {
            other: alike
            for other in {*said, *other_script}
            if (alike := spelling.likeness(word, other)) > 0.7
        }


def _added(entry: Entry, names: Iterable[str]) -> frozenset[str]:
    """Words that, added to a name of an actor, leave it the same actor's: what it is, and its other `names`."""
    if entry.kind != "actor" or entry.person:
        return frozenset()
    return spelling.DESCRIPTIONS.get(entry.actor_kind, frozenset()).union(n for n in names if " " not in n)


def _score(name: _Name, asked: Sequence[str], like: Mapping[str, Mapping[str, float]]) -> float:
    """0..100: how surely the words asked are this name, alone or with words that describe what bears it."""
    score = _share(name, asked, like)
    telling = [word for word in asked if word in name.words or word not in name.added]
    if 0 < len(telling) < len(asked):
        score = max(score, min(_share(name, telling, like), DESCRIBED))
    return min(score, name.most)


def _share(name: _Name, asked: Sequence[str], like: Mapping[str, Mapping[str, float]]) -> float:
    """0..100: words are paired one to one, the likest first; their likeness squared, so that one doubt tells."""
    pairs = [(like[a].get(b, 0.0), -i, -j) for i, a in enumerate(asked) for j, b in enumerate(name.words)]
    paired: dict[int, int] = {}
    likeness: dict[int, float] = {}
    for alike, i, j in sorted(pairs, reverse=True):
        if alike and -i not in paired and -j not in likeness:
            paired[-i], likeness[-j] = -j, alike
    share = 100 * sum(alike * alike for alike in likeness.values()) / len(asked)
    missed = len(name.words) - len(likeness)
    sure = len(paired) == len(asked) and min(likeness.values()) >= spelling.SAME
    if name.entry.person:
        sure = sure and _is_person(name.words, likeness)
    else:  # in a sentence, order tells who threatens whom
        order = [paired[i] for i in sorted(paired)]
        sure = sure and not missed and (name.entry.kind == "actor" or order == sorted(order))
    return share if sure else min(share * (1 - 0.4 * missed / len(name.words)), UNSURE)


def _is_person(words: Sequence[str], likeness: Mapping[int, float]) -> bool:
    """Whether the words paired mean this person: the family name, alone only if rare, and no other given name."""
    last = len(words) - 1
    if likeness.get(last, 0.0) <= spelling.FAMILY:
        return False
    common = [j for j in likeness if spelling.hear(words[j]).given]
    return len(likeness) == len(words) or (last not in common and (0 in likeness or not common))
