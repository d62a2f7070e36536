"""Full-text search: words in names, gists, quotations and conditions, in either script, ranked."""

from __future__ import annotations

from collections import defaultdict
from math import log
from typing import TYPE_CHECKING, Any, Final

from stancegraph.dates import span
from stancegraph.errors import UsageError
from stancegraph.names import spelling
from stancegraph.statements.words import index as words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from stancegraph.statements.words import Words
    from stancegraph.store import Store

    Scores = NDArray[np.float64]
    Marks = NDArray[np.bool_]

Row = dict[str, Any]
TOLD: Final = """SELECT DISTINCT ?s ?name ?on ?from ?to WHERE { ?s a stance:Statement .
    OPTIONAL { ?s stance:speaker/skos:prefLabel ?name FILTER(LANG(?name) IN ("en", "")) }
    OPTIONAL { ?s stance:saidOn ?on }
    OPTIONAL { ?s stance:saidNotBefore ?from } OPTIONAL { ?s stance:saidNotAfter ?to } }"""
QUOTED, PHRASE, ALL, BELOW = 3.0, 2.0, 1.0, 0.8
"""Scores of the words as one phrase in a quotation, in another text; of all words; the most of some."""
BEGINNING: Final = 0.1
"""What a score loses where a word typed is only the beginning of the word found."""
LONGEST: Final = 200  # characters that may be searched for


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
    index = words_of(store)
    best = [(index.text(i), index.label(i), score) for i, score in _best(index, asked, limit)]
    told = _told(store, {found.iri for found, _, _ in best})
    return [
        {
            "kind": found.kind,
            "label": label or told.get(found.iri, found.iri),
            "iri": found.iri,
            "found_in": found.found_in,
            "text": found.text,
            "score": score,
        }
        for found, label, score in best
    ]


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


def _best(index: Words, asked: str, limit: int | None) -> list[tuple[int, float]]:
    """The number and the score of the best text of each thing, the best first; `limit` at most."""
    import numpy as np

    count = len(index)
    share = np.zeros(count)
    complete, begun = np.ones(count, np.bool_), np.zeros(count, np.bool_)
    most = 0.0
    for word in dict.fromkeys(asked.split()):
        whole, found = index.bearing(word)
        weight = log(1 + count / (1 + np.count_nonzero(found)))
        share[found] += weight
        most += weight
        complete &= found
        begun |= found & ~whole
    score = np.minimum(share / most, BELOW)
    score[complete] = ALL - BEGINNING * begun[complete]
    _raise_phrases(index, asked, complete, score)
    return _of_each_thing(index, score, limit)


def _raise_phrases(index: Words, asked: str, complete: Marks, score: Scores) -> None:
    """Raise the score of the texts, among those that have all words, that have them as one phrase."""
    among = complete.nonzero()[0]
    hits = among[index.holding(f" {asked}", among)]
    score[hits] += PHRASE - ALL
    score[hits[index.quotation[hits]]] += QUOTED - PHRASE


def _of_each_thing(index: Words, score: Scores, limit: int | None) -> list[tuple[int, float]]:
    import numpy as np

    best: dict[str, int] = {}
    for level in np.unique(score[score > 0])[::-1]:
        for i in (score == level).nonzero()[0]:
            if len(best) == limit:
                return _scored(best, score)
            best.setdefault(index.text(int(i)).iri, int(i))
    return _scored(best, score)


def _scored(best: dict[str, int], score: Scores) -> list[tuple[int, float]]:
    return [(i, round(float(score[i]), 3)) for i in best.values()]
