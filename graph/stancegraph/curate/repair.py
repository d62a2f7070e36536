"""What `check` finds, mended: the command for each fault, and at once those mends that nobody need decide.

A document whose text changed since it was coded has its passages found again by their words, where those are unique.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph import input as input_
from stancegraph import store, validation
from stancegraph.curate import fields, texts
from stancegraph.curate.changes import Change, Edit
from stancegraph.curate.fields import ENTRIES, properties
from stancegraph.errors import UsageError
from stancegraph.store import journal
from stancegraph.store.turtle import object_value, term, values_of
from stancegraph.validation import quoted
from stancegraph.vocabulary import INSECURE_SCHEMA, PREFIXES, compact, local_name, whole

if TYPE_CHECKING:
    from stancegraph.curate.folder import Folder
    from stancegraph.curate.texts import Span
    from stancegraph.validation import Finding

Said = frozenset[Triple]


def with_commands(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each with the whole command that mends it where there is one."""
    return [replace(each, command=_command(each)) for each in findings]


def _command(finding: Finding) -> str:
    subject = finding.subject
    if compact(subject) == subject and "://" in subject:
        subject = "/".join(subject.rstrip("/").rsplit("/", 2)[1:])
    template = finding.command
    if not template and finding.property:
        field = _field(re.split("[:/]", subject)[0], finding.property)
        template = f"edit SUBJECT --set {field}=…" if field else ""
    return f"stancegraph {template.replace('SUBJECT', subject)}" if template else ""


def _field(kind: str, property_: str) -> str:
    """The field of a kind of entry that sets a property; empty where none does."""
    if kind == "report":  # as a statement's
        kind = "statement"
    fields = ENTRIES.get(kind, {}).values()
    return next(
        (f.option for f in fields if property_ in {compact(node.value) for node in properties(f)}), ""
    )


def fix(folder: Folder, sources: Path | None = None) -> Change:
    """The change that mends what nobody need decide; `sources` are the texts, else those in the folder's texts/.

    Positions, prefixes and suffixes of quoted words that stand in the text once; a document's length, and its
    checksum where texts/ has its text; owl:sameAs, http://schema.org/; the note of propositions without a statement.
    """
    sources = sources or validation.own_texts(folder.path)
    making = Edit(folder)
    documents = folder.store.tuples("SELECT DISTINCT ?document { ?document a schema:NewsArticle }")
    mended = sum(_describe_text(making, document) for (document,) in documents)
    for finding in validation.check(store.open(folder.path), sources=sources).findings:
        subject = whole(finding.subject)
        if finding.rule in _FIXES:
            mend, files = _FIXES[finding.rule], folder.describing(subject)
            mended += max([_mended(making, file, subject, mend, sources) for file in files], default=False)
    return making.change(f"mend {mended} of what check finds")


def _mended(
    making: Edit,
    file: str,
    subject: str,
    mend: Callable[[Edit, Said, Path | None], Iterable[Triple]] | None,
    sources: Path | None,
) -> bool:
    now = making.file(file).description(subject)
    wanted = frozenset(mend(making, now, sources)) if mend else now
    if mend is None or wanted != now:
        making.put(file, subject, wanted)
    return mend is None or wanted != now


def _describe_text(making: Edit, document: str) -> bool:
    """Give a document the checksum and the length it lacks, where texts/ has a text of its name or checksum."""
    text = making.folder.path / "texts" / f"{local_name(document)}.txt"
    for file, said in making.folder.description(document).items():
        if term("schema:NewsArticle") not in {t.object for t in said}:
            continue
        known = {name: values_of(said, name) for name in ("stance:sha256", "stance:length")}
        if all(known.values()) or not text.is_file():
            return False
        try:
            told = texts.facts(input_.read(text, validation.LARGEST).decode())
        except UnicodeDecodeError:
            return False
        if any(told[term(name)].value != value for name, values in known.items() for value in values):
            return False
        making.put(file, document, {*said, *(Triple(NamedNode(document), *each) for each in told.items())})
        return True
    return False


def _text(making: Edit, said: Said, sources: Path | None) -> str | None:
    """The text of the document that a report, or the document itself, is of."""
    if sources is None:
        return None
    documents = values_of(said, "stance:document")
    named = (making.folder.values(each, "stance:sha256") for each in documents)
    sums = values_of(said, "stance:sha256").union(*named)
    found = [file for checksum, file in validation.hashed(sources).items() if checksum in sums]
    return input_.read(found[0], validation.LARGEST).decode("utf-8", "replace") if len(found) == 1 else None


def _length(making: Edit, said: Said, sources: Path | None) -> Iterable[Triple]:
    """A document with the length its text has."""
    text, length = _text(making, said, sources), term("stance:length")
    if text is None:
        return said
    return (Triple(t.subject, length, Literal(len(text))) if t.predicate == length else t for t in said)


def _anchored(making: Edit, said: Said, sources: Path | None) -> Iterator[Triple]:
    """A report whose quoted words stand where the text has them, if it has them once in quotation marks."""
    text = _text(making, said, sources)
    if text is None:
        yield from said
        return
    passage_of = {t.object: t.subject for t in said if t.predicate == term("oa:hasSelector")}
    moved: dict[object, texts.Span] = {}
    for triple in said:
        if triple.predicate == term("oa:exact"):
            places = [p for p in texts.places(text, object_value(triple)) if validation.quoted(text, *p)]
            exact = [p for p in places if text[p.start : p.end] == object_value(triple)]
            if len(exact) == 1:
                moved |= {
                    node: exact[0] for node, of in passage_of.items() if of == passage_of[triple.subject]
                }
    around = {
        term("oa:start"): lambda span: Literal(span.start),
        term("oa:end"): lambda span: Literal(span.end),
        term("oa:prefix"): lambda span: Literal(text[max(0, span.start - texts.AROUND) : span.start]),
        term("oa:suffix"): lambda span: Literal(text[span.end : span.end + texts.AROUND]),
    }
    for triple in said:
        if triple.subject in moved and triple.predicate in around:
            yield Triple(triple.subject, triple.predicate, around[triple.predicate](moved[triple.subject]))
        else:
            yield triple


def _matched(_: Edit, said: Said, __: Path | None) -> Iterator[Triple]:
    """An entry that is no longer the same as another, but matches it exactly."""
    same, match = term("owl:sameAs"), term("skos:exactMatch")
    return (Triple(t.subject, match if t.predicate == same else t.predicate, t.object) for t in said)


def _secure(_: Edit, said: Said, __: Path | None) -> Iterator[Triple]:
    """An entry whose terms of schema.org begin with https."""
    for triple in said:
        parts = [
            NamedNode(each.value.replace(INSECURE_SCHEMA, PREFIXES["schema"], 1))
            if isinstance(each, NamedNode) and each.value.startswith(INSECURE_SCHEMA)
            else each
            for each in (triple.predicate, triple.object)
        ]
        yield Triple(triple.subject, *parts)  # type: ignore[arg-type]


_FIXES: Final = {
    "length-is-true": _length,
    "passage-is-in-the-text": _anchored,
    "words-stand-there": _anchored,
    "surroundings-stand-there": _anchored,
    "words-fit-their-position": _anchored,
    "passage-is-within-the-document": _anchored,
    "identity-is-exact-match": _matched,
    "schema-org-is-https": _secure,
    "proposition-is-used": None,
}
"""Rule → what an entry that breaks it should say; None where its change is marked by itself."""


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
    telling = (name for name in folder.file_names if "sha256" in (folder.text(name) or ""))
    sums = {value for name in telling for value in values_of(folder.file(name).triples(), "stance:sha256")}
    return None if text is None or journal.checksum(text) in sums else text


def places(folder: Folder, document: str, text: str) -> dict[str, list[Place]]:
    """Statement → the places of its words that the document's report of it tells, and where the text has them now."""
    before = _coded_text(folder, document)
    found: dict[str, list[Place]] = {}
    for statement, report, said in _reports(folder, document):
        values = fields.typed("report", report, said)
        told = found.setdefault(statement, [])
        for start, words in _told(values.get("quote", ())):
            now = [span for span in texts.places(text, words) if quoted(text, *span)]
            told.append(Place(start, start + len(words), words, tuple(now)))
        for start, end in _told(values.get("passage", ())):
            stretch = None if before is None else before[start : int(end)]
            now = texts.places(text, stretch) if stretch else []
            told.append(Place(start, int(end), stretch, tuple(now)))
    return found


def take_text(
    folder: Folder, document: str, text: str, spans: Mapping[str, Sequence[tuple[int, int]]]
) -> Change:
    """The change by which a document is as its text is now, its statements where `spans` says, all of them.

    Raises UsageError where a statement is left out, or its words lie without the text.
    """
    making, here = Edit(folder), NamedNode(document)
    for file, said in folder.description(document).items():
        new = texts.facts(text)
        making.put(file, document, {Triple(here, t.predicate, new.get(t.predicate, t.object)) for t in said})
    language = min(values_of(said, "dcterms:language"), default="en")
    for statement, report, said in _reports(folder, document):
        where = spans.get(statement, ())
        if not where or not all(0 <= start < end <= len(text) for start, end in where):
            raise UsageError(f"{local_name(statement)}: mark its words in the text as it is now")
        node = NamedNode(report)
        kept = {t for t in said if t.subject == node and t.predicate not in _ANCHORS}
        for start, end in sorted(where):
            span = texts.Span(start, end)
            if quoted(text, start, end) and end - start <= texts.LONGEST:
                words = Literal(text[start:end], language=language)
                kept |= set(texts.quote_triples(node, here, span, words, text))
            else:
                kept |= set(texts.passage_triples(node, here, span))
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
    sums = folder.values(document, "stance:sha256")
    file = f"texts/{local_name(document)}.txt"
    for entry in reversed(journal.entries(folder.path)):
        patch = entry.files.get(file)
        if patch is not None and patch.before is None and patch.after in sums:
            return patch.added
    return None
