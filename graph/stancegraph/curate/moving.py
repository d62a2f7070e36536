"""A document whose text changed since it was coded: passages found again by their words, where those are unique."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph.curate import fields, passages
from stancegraph.curate.changes import Change, Edit
from stancegraph.errors import UsageError
from stancegraph.store import journal
from stancegraph.store.terms import object_value, term
from stancegraph.validation import quoted
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from stancegraph.curate.folder import Folder
    from stancegraph.curate.passages import Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement's words stood, the words (None where nobody stored them), and every place that has them now."""

    start: int
    end: int
    words: str | None
    now: tuple[Span, ...]


def changed_text(folder: Folder, document: str) -> str | None:
    """The text of a document where it is no longer the one that was coded: a file of its name, with another sum."""
    file = folder.path / "texts" / f"{local_name(document)}.txt"
    text = journal.text_of(file)
    sums = {
        object_value(t)
        for name in folder.file_names
        if name == "documents.ttl" or "sha256" in (folder.text(name) or "")
        for t in folder.file(name).triples()
        if t.predicate == term("stance:sha256")
    }
    return None if text is None or hashlib.sha256(text.encode()).hexdigest() in sums else text


def places(folder: Folder, document: str, text: str) -> dict[str, list[Place]]:
    """Statement → the places of its words that the document's report of it tells, and where the text has them now."""
    before = _coded_text(folder, document)
    found: dict[str, list[Place]] = {}
    for statement, report, said in _reports(folder, document):
        values = fields.typed("report", report, said)
        told = found.setdefault(statement, [])
        for start, words in _told(values.get("quote", ())):
            now = [span for span in passages.places(text, words) if quoted(text, *span)]
            told.append(Place(start, start + len(words), words, tuple(now)))
        for start, end in _told(values.get("passage", ())):
            stretch = None if before is None else before[start : int(end)]
            now = passages.places(text, stretch) if stretch else []
            told.append(Place(start, int(end), stretch, tuple(now)))
    return found


def take(folder: Folder, document: str, text: str, spans: Mapping[str, Sequence[tuple[int, int]]]) -> Change:
    """The change by which a document is as its text is now, its statements where `spans` says, all of them.

    Raises UsageError where a statement is left out, or its words lie without the text.
    """
    making, here = Edit(folder), NamedNode(document)
    for file, said in folder.description(document).items():
        new = {term("stance:length"): Literal(len(text))}
        new[term("stance:sha256")] = Literal(hashlib.sha256(text.encode()).hexdigest())
        making.put(file, document, {Triple(here, t.predicate, new.get(t.predicate, t.object)) for t in said})
    language = next((object_value(t) for t in said if t.predicate == term("dcterms:language")), "en")
    for statement, report, said in _reports(folder, document):
        where = spans.get(statement, ())
        if not where or not all(0 <= start < end <= len(text) for start, end in where):
            raise UsageError(f"{local_name(statement)}: mark its words in the text as it is now")
        node = NamedNode(report)
        kept = {t for t in said if t.subject == node and t.predicate not in _ANCHORS}
        for start, end in sorted(where):
            span = passages.Span(start, end)
            if quoted(text, start, end) and end - start <= passages.LONGEST:
                words = Literal(text[start:end], language=language)
                kept |= set(passages.quote(node, here, span, words, text))
            else:
                kept |= set(passages.passage(node, here, span))
        for file in folder.describing(report):
            making.put(file, report, kept)
    return making.change(f"take the text of {local_name(document)} as it is now", document)


_ANCHORS = (term("stance:quote"), term("stance:passage"))


def _told(values: Sequence[str]) -> Iterator[tuple[int, str]]:
    for start, _, rest in (value.partition(":") for value in values):
        yield int(start), rest


def _reports(folder: Folder, document: str) -> Iterator[tuple[str, str, frozenset[Triple]]]:
    """Each statement that a document reports, the report, and what is said of that."""
    name = local_name(document)
    for file in folder.file_names:
        for subject in folder.file(file).mentioning([name]) if name in (folder.text(file) or "") else ():
            said = folder.file(file).description(subject)
            edges = {t.predicate: object_value(t) for t in said if t.subject == NamedNode(subject)}
            if edges.get(term("stance:document")) == document and term("stance:reports") in edges:
                yield edges[term("stance:reports")], subject, said


def _coded_text(folder: Folder, document: str) -> str | None:
    """The text that was coded, where the journal remembers how it was added."""
    sums = {
        object_value(t)
        for said in folder.description(document).values()
        for t in said
        if t.predicate == term("stance:sha256")
    }
    file = f"texts/{local_name(document)}.txt"
    for entry in reversed(journal.entries(folder.path)):
        patch = entry.files.get(file)
        if patch is not None and patch.before is None and patch.after in sums:
            return patch.added
    return None
