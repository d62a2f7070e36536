"""Full-text search: words in names, gists, quotations and conditions, in either script, ranked; and their index.

The index of a graph in memory is made when asked for, that of a database kept beside it. What is kept bears the
database's fingerprint and a sum of its own: one of another graph, of another version, or damaged is made anew. Losing
it loses nothing but the time to make it.
"""

from __future__ import annotations

import json
import os
import re
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections import defaultdict
from itertools import chain
from math import log
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from stancegraph import dates, names, output
from stancegraph.dates import span
from stancegraph.errors import UsageError
from stancegraph.names import spelling
from stancegraph.store import Local, remembered

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from stancegraph.store import Store

    Scores = NDArray[np.float64]
    Marks = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

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
FILE: Final = "stancegraph-words.arrow"
VERSION: Final = 1
HEAD: Final = 256
"""Bytes of the first line of the file: its version, what it is of, where its parts begin, their sum."""
NAMED: Final = ("actor", "proposition", "event", "document")
"""Kinds of things found by their names."""
TEXTS: Final = {
    "quotation": ("?report stance:quote ?text", "?report stance:reports ?s"),
    "gist": ("?s stance:gist ?text",),
    "condition": ("?s stance:condition ?text",),
}
"""Where the words of a statement are → the patterns of texts there, with the statement of each."""
ARABIC: Final = re.compile(r"[\u0600-\u06ff]")


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
    texts = index(store)
    best = [(texts.text(i), texts.label(i), score) for i, score in _best(texts, asked, limit)]
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
    from stancegraph.store.sparql import node

    speakers: dict[str, set[str]] = defaultdict(set)
    days: dict[str, str] = {}
    asked = [node(iri) for iri in sorted(iris)]
    for s, name, on, first, last in store.tuples(TOLD, {"s": asked}) if asked else ():
        speakers[s].add(name or "(no speaker)")
        days[s] = span(on or first or dates.BEGINNING, on or last or dates.END)
    return {s: f"{', '.join(sorted(speakers[s]))}, {days[s]}" for s in speakers}


def _best(texts: Words, asked: str, limit: int | None) -> list[tuple[int, float]]:
    """The number and the score of the best text of each thing, the best first; `limit` at most."""
    import numpy as np

    count = len(texts)
    share = np.zeros(count)
    complete, begun = np.ones(count, np.bool_), np.zeros(count, np.bool_)
    most = 0.0
    for word in dict.fromkeys(asked.split()):
        whole, found = texts.bearing(word)
        weight = log(1 + count / (1 + np.count_nonzero(found)))
        share[found] += weight
        most += weight
        complete &= found
        begun |= found & ~whole
    score = np.minimum(share / most, BELOW)
    score[complete] = ALL - BEGINNING * begun[complete]
    among = complete.nonzero()[0]
    phrases = among[texts.holding(f" {asked}", among)]
    score[phrases] += PHRASE - ALL
    score[phrases[texts.quotation[phrases]]] += QUOTED - PHRASE
    return _of_each_thing(texts, score, limit)


def _of_each_thing(texts: Words, score: Scores, limit: int | None) -> list[tuple[int, float]]:
    import numpy as np

    best: dict[str, int] = {}
    levels = np.unique(score[score > 0])[::-1]
    for i in chain.from_iterable((score == level).nonzero()[0].tolist() for level in levels):
        if len(best) == limit:
            break
        best.setdefault(texts.text(i).iri, i)
    return [(i, round(float(score[i]), 3)) for i in best.values()]


class Text(NamedTuple):
    """One text that can be found: what it is a text of, where it stands there, and as it is written."""

    kind: str
    iri: str
    found_in: str
    text: str


class Words(ABC):
    """Texts by their words: an inverted index in the order of the words, so that a beginning is one run of it.

    Texts stand by their length: of equal scores the shorter is nearer to what was typed. The texts that bear word w
    are `bearers[start[w]:start[w + 1]]`; `quotation` says which are quoted; `arabic` are the words in that script.
    """

    quotation: Marks
    start: Numbers
    bearers: NDArray[np.int32]
    arabic: Numbers

    def __len__(self) -> int:
        return len(self.quotation)

    @abstractmethod
    def text(self, number: int) -> Text:
        """The text of this number."""

    @abstractmethod
    def label(self, number: int) -> str | None:
        """The name of what the text of this number names; None of a statement."""

    @abstractmethod
    def word(self, number: int) -> str:
        """The word of this number."""

    @abstractmethod
    def holding(self, phrase: str, among: Numbers) -> Marks:
        """Which of these texts, folded, a space at either end, hold a phrase."""

    def bearing(self, word: str) -> tuple[Marks, Marks]:
        """The texts that have a word, and those that have it or a longer one.

        A longer one begins with it; in Arabic, which writes and, for, in as one with the word, it holds it.
        """
        import numpy as np

        whole, found = (np.zeros(len(self), np.bool_) for _ in range(2))
        every = range(len(self.start) - 1)
        first, last = (bisect_left(every, end, key=self.word) for end in (word, word + "\U0010ffff"))
        if first < last and self.word(first) == word:
            whole[self._run(first, first + 1)] = True
        found[self._run(first, last)] = True
        if ARABIC.search(word):
            for i in self.arabic.tolist():
                if word in self.word(i):
                    found[self._run(i, i + 1)] = True
        return whole, found

    def _run(self, first: int, last: int) -> NDArray[np.int32]:
        return self.bearers[self.start[first] : self.start[last]]


@remembered
def index(store: Store) -> Words:
    """The index of a graph; that of a database is read from its folder, or made and left there."""
    if not isinstance(store, Local) or store.folder is None:
        return InMemory(store)
    file = store.folder / FILE
    found = _opened(file, store.fingerprint)
    if found is None:
        output.note(
            f"making the index of words in {store.where}, once: a minute or so for a million statements"
        )
        texts, words = _made(store)
        _keep(file, store.fingerprint, texts, words)
        found = Kept(texts, words)
    return found


def _names(store: Store) -> dict[Text, str]:
    """The names of things → what each is called."""
    known = names.index(store, *NAMED)
    entries = (entry for kind in NAMED for entry in known.entries(kind))
    return {Text(e.kind, e.iri, "name", name): e.label for e in entries for name in (*e.aliases, *e.weak)}


class InMemory(Words):
    """The index of a graph that is asked for its texts."""

    def __init__(self, store: Store) -> None:
        import numpy as np

        named = _names(store)
        texts = dict.fromkeys(named)
        for found_in, patterns in TEXTS.items():
            query = f"SELECT DISTINCT ?s ?text WHERE {{ {' . '.join(patterns)} }}"
            texts |= dict.fromkeys(Text("statement", s, found_in, text) for s, text in store.tuples(query))
        self._texts = sorted(texts, key=lambda text: (len(text.text), text))
        self._labels = {text.iri: label for text, label in named.items()}
        self._plain = [f" {spelling.plain(text.text)} " for text in self._texts]
        self.quotation = np.array([text.found_in == "quotation" for text in self._texts], np.bool_)
        bearers: dict[str, list[int]] = defaultdict(list)
        for i, plain in enumerate(self._plain):
            for word in set(plain.split()):
                bearers[word].append(i)
        self._words = sorted(bearers)
        self.bearers = np.fromiter(chain.from_iterable(bearers[word] for word in self._words), np.int32)
        self.start = np.cumsum([0, *(len(bearers[word]) for word in self._words)])
        self.arabic = np.array([i for i, word in enumerate(self._words) if ARABIC.search(word)], np.int64)

    def text(self, number: int) -> Text:
        return self._texts[number]

    def label(self, number: int) -> str | None:
        return self._labels.get(self._texts[number].iri)

    def word(self, number: int) -> str:
        return self._words[number]

    def holding(self, phrase: str, among: Numbers) -> Marks:
        import numpy as np

        return np.fromiter((phrase in self._plain[i] for i in among.tolist()), np.bool_, len(among))


class Kept(Words):
    """An index as a file has it; nothing of it is read before it is asked for."""

    def __init__(self, texts: pa.Table, words: pa.Table) -> None:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        self._texts = {name: _whole(texts[name]) for name in texts.column_names}
        self._words = _whole(words["word"])
        lists = _whole(words["bearers"])
        self.start = np.asarray(lists.offsets)
        self.bearers = np.asarray(lists.values)
        self.arabic = np.flatnonzero(np.asarray(_whole(words["arabic"])))
        self.quotation = np.asarray(
            pc.equal(self._texts["found_in"], pa.scalar("quotation")).cast(pa.uint8())
        ).astype(np.bool_)

    def text(self, number: int) -> Text:
        return Text(*(self._texts[name][number].as_py() for name in Text._fields))

    def label(self, number: int) -> str | None:
        label: str | None = self._texts["label"][number].as_py()
        return label

    def word(self, number: int) -> str:
        word: str = self._words[number].as_py()
        return word

    def holding(self, phrase: str, among: Numbers) -> Marks:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        held = pc.match_substring(self._texts["plain"].take(pa.array(among)), phrase)
        return np.asarray(held.cast(pa.uint8())).astype(np.bool_)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _made(store: Local) -> tuple[pa.Table, pa.Table]:
    """The texts of a database with what they are folded to, and the words with the numbers of their texts."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    named = _names(store)
    columns = {name: [text[i] for text in named] for i, name in enumerate(Text._fields)}
    columns["label"] = [*named.values()]
    parts = [pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})]
    for found_in, patterns in TEXTS.items():
        read = [_read(store, pattern) for pattern in patterns]
        joined = read[0] if len(read) == 1 else read[0].join(read[1], "report", join_type="inner")
        joined = joined.select(["s", "text"]).group_by(["s", "text"]).aggregate([])
        same = {"kind": "statement", "found_in": found_in, "label": None}
        constants = {
            name: pa.repeat(pa.scalar(value, pa.string()), len(joined)) for name, value in same.items()
        }
        parts.append(
            pa.table({**constants, "iri": joined["s"], "text": joined["text"]}).select(parts[0].column_names)
        )
    texts = pa.concat_tables(parts)
    texts = texts.append_column("length", pc.utf8_length(texts["text"]))
    order = [(name, "ascending") for name in ("length", *Text._fields)]
    texts = texts.sort_by(order).drop_columns("length").combine_chunks()
    folded = pa.array([spelling.plain(text) for text in texts["text"].to_pylist()], pa.string())
    texts = texts.append_column("plain", pc.binary_join_element_wise("", folded, "", " "))
    split = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(folded))
    coded = split.values.dictionary_encode()
    found = coded.dictionary.take(pc.sort_indices(coded.dictionary))
    rank = np.asarray(pc.index_in(coded.dictionary, found)).astype(np.int64)
    of = np.asarray(pc.list_parent_indices(split)).astype(np.int64)
    keys = np.sort(rank[np.asarray(coded.indices)] * len(texts) + of)
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)]]
    start = np.searchsorted(keys, np.arange(len(found) + 1) * len(texts))
    lists = pa.LargeListArray.from_arrays(
        pa.array(start), pa.array((keys % max(len(texts), 1)).astype(np.int32))
    )
    arabic = pc.match_substring_regex(found, ARABIC.pattern.replace(r"\u0600-\u06ff", "\u0600-\u06ff"))
    return texts, pa.table({"word": found, "bearers": lists, "arabic": arabic.cast(pa.uint8())})


def _read(store: Local, pattern: str) -> pa.Table:
    """The pairs that a pattern of one property binds."""
    import pyarrow as pa

    variables = re.findall(r"\?(\w+)", pattern)
    asked = " ".join(f"?{variable}" for variable in variables)
    return pa.table(dict(zip(variables, store.columns(f"SELECT {asked} WHERE {{ {pattern} }}"), strict=True)))


def _opened(file: Path, fingerprint: str | None) -> Kept | None:
    """What is kept, where it is of this graph and whole."""
    import google_crc32c
    import pyarrow as pa

    try:
        content = pa.memory_map(str(file)).read_buffer()
        told: dict[str, Any] = json.loads(content.slice(0, HEAD).to_pybytes())
        if (told["version"], told["of"]) != (VERSION, fingerprint):
            return None
        parts = content.slice(HEAD)
        if google_crc32c.value(parts) != told["sum"]:
            return None
        return Kept(*(pa.ipc.open_stream(parts.slice(at)).read_all() for at in (0, told["words"])))
    except (OSError, ValueError, LookupError, TypeError):  # Arrow's errors are ValueErrors
        return None


def _keep(file: Path, fingerprint: str | None, *tables: pa.Table) -> None:
    """Leave an index beside a database, if its folder can be written."""
    import google_crc32c
    import pyarrow as pa

    if not os.access(file.parent, os.W_OK):
        return
    buffers = []
    for table in tables:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        buffers.append(sink.getvalue())
    total = 0
    for buffer in buffers:
        total = google_crc32c.extend(total, buffer)
    told = {"version": VERSION, "of": fingerprint, "words": buffers[0].size, "sum": total}
    try:
        with output.replacing(file) as made:
            made.write(json.dumps(told).encode().ljust(HEAD))
            for buffer in buffers:
                made.write(buffer)
    except OSError as error:
        output.note(f"the index of words cannot be kept beside a database: {error.strerror or error}")
