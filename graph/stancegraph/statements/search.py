"""Full-text search: words in names, gists, quotations and conditions, in either script, ranked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from itertools import chain
from math import log
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from stancegraph import names
from stancegraph.dates import span
from stancegraph.errors import UsageError
from stancegraph.names import spelling
from stancegraph.store import remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from stancegraph.store import Store

    Scores = NDArray[np.float64]
    Marks = NDArray[np.bool_]

Row = dict[str, Any]
NAMED: Final = ("actor", "proposition", "event", "document")
"""Kinds of things found by their names."""
TEXTS: Final = {
    "quotation": "SELECT DISTINCT ?s ?text WHERE { ?report stance:quote ?text ; stance:reports ?s }",
    "gist": "SELECT DISTINCT ?s ?text WHERE { ?s stance:gist ?text }",
    "condition": "SELECT DISTINCT ?s ?text WHERE { ?s stance:condition ?text }",
}
"""Where the words of a statement are → the texts there, with the statement of each."""
TOLD: Final = """SELECT DISTINCT ?s ?name ?on ?from ?to WHERE { ?s a stance:Statement .
    OPTIONAL { ?s stance:speaker/skos:prefLabel ?name FILTER(LANG(?name) IN ("en", "")) }
    OPTIONAL { ?s stance:saidOn ?on }
    OPTIONAL { ?s stance:saidNotBefore ?from } OPTIONAL { ?s stance:saidNotAfter ?to } }"""
QUOTED, PHRASE, ALL, BELOW = 3.0, 2.0, 1.0, 0.8
"""Scores of the words as one phrase in a quotation, in another text; of all words; the most of some."""
BEGINNING: Final = 0.1
"""What a score loses where a word typed is only the beginning of the word found."""
ARABIC: Final = re.compile(r"[\u0600-\u06ff]")
LONGEST: Final = 200  # characters that may be searched for


class Text(NamedTuple):
    """One text that can be found: what it is a text of, where it stands there, and as it is written."""

    kind: str
    iri: str
    found_in: str
    text: str


def search(store: Store, words: str, *, limit: int | None = None) -> list[Row]:
    """`kind, label, iri, found_in, text, score` of what the words are found in, best first; `limit` rows at most.

    `kind` is actor, proposition, event, document or statement, `found_in` name, quotation, gist or condition, `text`
    the text that fits best of each thing. `score` is 3 where a quotation has the words as one phrase, 2 where another
    text has, 1 where a text has all of them; below 1 the share found, a rare word counting more (by the logarithm of
    how many texts have it). A word may be the beginning of the one found, which takes 0.1 off. Case, accents,
    articles and forms of Arabic letters make no difference. What is indexed is kept with the store: a graph that
    changes is opened anew. Raises UsageError where there is no word.

    >>> from stancegraph import store
    >>> [(row["kind"], row["found_in"]) for row in search(store.open(), "unacceptable")]
    [('statement', 'quotation')]
    """
    if len(words) > LONGEST:
        raise UsageError(f"search takes at most {LONGEST} characters, these are {len(words)}")
    asked = spelling.plain(words)
    if not spelling.WORD.search(asked):
        raise UsageError("nothing to search for: give a word")
    index = _index(store)
    best = index.best(asked, limit)
    labels = index.labels | _told(store, {index.texts[i].iri for i, _ in best})
    return [
        {
            "kind": found.kind,
            "label": labels.get(found.iri, found.iri),
            "iri": found.iri,
            "found_in": found.found_in,
            "text": found.text,
            "score": score,
        }
        for found, score in ((index.texts[i], score) for i, score in best)
    ]


@remembered
def _index(store: Store) -> _Index:
    known = names.index(store, *NAMED)
    entries = [entry for kind in NAMED for entry in known.entries(kind)]
    texts = [Text(e.kind, e.iri, "name", name) for e in entries for name in (*e.aliases, *e.weak)]
    for found_in, query in TEXTS.items():
        texts += [Text("statement", s, found_in, text) for s, text in store.tuples(query)]
    # Of equal scores the shorter text is nearer to what was typed, and stands first.
    texts.sort(key=lambda text: (len(text.text), text))
    return _Index(texts, {entry.iri: entry.label for entry in entries})


def _told(store: Store, iris: Iterable[str]) -> dict[str, str]:
    """Statement → who spoke, and when."""
    from stancegraph.store.results import node

    speakers: dict[str, set[str]] = defaultdict(set)
    days: dict[str, str] = {}
    asked = [node(iri) for iri in sorted(iris)]
    for s, name, on, first, last in store.tuples(TOLD, {"s": asked}) if asked else ():
        speakers[s].add(name or "(no speaker)")
        days[s] = span(on or first or "0001-01-01", on or last or "9999-12-31")
    return {s: f"{', '.join(sorted(speakers[s]))}, {days[s]}" for s in speakers}


class _Index:
    """Texts by their words: an inverted index in the order of the words, so that a beginning is one run of it."""

    def __init__(self, texts: Sequence[Text], labels: dict[str, str]) -> None:
        import numpy as np

        self.texts = texts
        self.labels = labels
        self.plain = [f" {spelling.plain(text.text)} " for text in texts]
        self.quotation = np.array([text.found_in == "quotation" for text in texts], np.bool_)
        bearers: dict[str, list[int]] = defaultdict(list)
        for i, plain in enumerate(self.plain):
            for word in set(plain.split()):
                bearers[word].append(i)
        self.words = sorted(bearers)
        self.bearers = np.fromiter(chain.from_iterable(bearers[word] for word in self.words), np.int32)
        self.start = np.cumsum([0, *(len(bearers[word]) for word in self.words)])
        self.arabic = [i for i, word in enumerate(self.words) if ARABIC.search(word)]

    def best(self, asked: str, limit: int | None) -> list[tuple[int, float]]:
        """The number and the score of the best text of each thing, the best first; `limit` at most."""
        import numpy as np

        count = len(self.texts)
        share = np.zeros(count)
        complete, begun = np.ones(count, np.bool_), np.zeros(count, np.bool_)
        most = 0.0
        for word in dict.fromkeys(asked.split()):
            whole, found = self._bearing(word)
            weight = log(1 + count / (1 + np.count_nonzero(found)))
            share[found] += weight
            most += weight
            complete &= found
            begun |= found & ~whole
        score = np.minimum(share / most, BELOW)
        score[complete] = ALL - BEGINNING * begun[complete]
        self._raise_phrases(asked, complete, score)
        return self._of_each_thing(score, limit)

    def _bearing(self, word: str) -> tuple[Marks, Marks]:
        """The texts that have a word, and those that have it or a longer one.

        A longer one begins with it; in Arabic, which writes and, for, in as one with the word, it holds it.
        """
        import numpy as np

        whole, found = (np.zeros(len(self.texts), np.bool_) for _ in range(2))
        first, last = bisect_left(self.words, word), bisect_left(self.words, word + "\U0010ffff")
        if first < last and self.words[first] == word:
            whole[self._run(first, first + 1)] = True
        found[self._run(first, last)] = True
        if ARABIC.search(word):
            for i in self.arabic:
                if word in self.words[i]:
                    found[self._run(i, i + 1)] = True
        return whole, found

    def _run(self, first: int, last: int) -> NDArray[np.int32]:
        return self.bearers[self.start[first] : self.start[last]]

    def _raise_phrases(self, asked: str, complete: Marks, score: Scores) -> None:
        """Raise the score of the texts, among those that have all words, that have them as one phrase."""
        import numpy as np

        phrase, plain = f" {asked}", self.plain
        among = complete.nonzero()[0]
        hits = among[np.fromiter((phrase in plain[i] for i in among.tolist()), np.bool_, len(among))]
        score[hits] += PHRASE - ALL
        score[hits[self.quotation[hits]]] += QUOTED - PHRASE

    def _of_each_thing(self, score: Scores, limit: int | None) -> list[tuple[int, float]]:
        import numpy as np

        best: dict[str, int] = {}
        for level in np.unique(score[score > 0])[::-1]:
            for i in (score == level).nonzero()[0]:
                if len(best) == limit:
                    break
                best.setdefault(self.texts[i].iri, int(i))
        return [(i, round(float(score[i]), 3)) for i in best.values()]
