"""A statement as it is cited: its words, who spoke and when, and the document it stands in, with its address.

BibTeX entries are articles of the document's publisher, read by BibTeX and biblatex; CSL-JSON is that of citeproc 1.0.2
(https://github.com/citation-style-language/schema). A statement that several documents report has an entry for each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from stancegraph import statements
from stancegraph.dates import BEGINNING, END
from stancegraph.errors import Candidate, UnknownName, UsageError
from stancegraph.records import doubt
from stancegraph.vocabulary import PREFIXES, compact, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stancegraph.records import Document, Report, Statement
    from stancegraph.store import Store

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LATEX: Final = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    mark: f"\\{mark}" for mark in "&%$#_{}"
}
AUTHORS: Final = """SELECT DISTINCT ?document ?author WHERE { ?document dcterms:creator/skos:prefLabel ?author
    FILTER(LANG(?author) IN ("en", "")) }"""
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def find(store: Store, text: str) -> Statement:
    """The statement a text names: an IRI, `statement:local-name`, or the local name alone.

    Raises UnknownName where none is named so, or more than one.

    >>> from stancegraph import store
    >>> find(store.open(), "khazali-condemns-international-silence").quotes
    ('unacceptable',)
    """
    if not text.strip():
        raise UsageError("the statement's name is empty")
    prefix, colon, local = text.strip().partition(":")
    iri = PREFIXES[prefix] + local if colon and prefix in PREFIXES else text.strip()
    # An IRI that was replaced still names its statement.
    rows = store.tuples(
        """SELECT DISTINCT ?iri ?s WHERE { { ?s a stance:Statement BIND(?s AS ?iri) }
           UNION { ?iri dcterms:isReplacedBy+ ?s . ?s a stance:Statement } }"""
    )
    every = {row[0]: row[1] for row in rows}
    meant = (
        [every[iri]] if iri in every else sorted({s for old, s in every.items() if local_name(old) == iri})
    )
    if len(meant) == 1:
        return statements.by_iri(store, meant)[meant[0]]
    raise _unknown(text, iri, meant, list(every.values()))


def _unknown(text: str, iri: str, meant: list[str], every: list[str]) -> UnknownName:
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extract

    shown = "".join(c if c.isprintable() else "\ufffd" for c in text[:100])
    names = {s: local_name(s) for s in meant or every}
    found = extract(local_name(iri) or iri, names, scorer=ratio, score_cutoff=0 if meant else 50, limit=5)
    near = [Candidate(s, compact(s), "statement", score) for _, score, s in found]
    if meant:
        which = ", ".join(sorted(compact(s) for s in meant))
        return UnknownName(f"'{shown}' is a name of {len(meant)} statements; say which: {which}", near)
    hint = f"did you mean: {', '.join(each.label for each in near)}" if near else "said and search print them"
    return UnknownName(f"no statement is called '{shown}'; {hint}", near)


def cite(store: Store, statement: str, form: str = "text") -> str:
    """A citation of a statement, as `find` finds it, in a form: "text", "bibtex", "csl" (JSON) or "ttl".

    Each has the words and the document's address; what is coded is never given as more than it is: without quoted
    words a paraphrase stands in brackets, and a basis other than said, or a doubt, is named. Raises UnknownName,
    UsageError for another form.

    >>> from stancegraph import store
    >>> print(cite(store.open(), "khazali-condemns-international-silence"))  # doctest: +ELLIPSIS
    Qais al-Khazali (2025-03-08): “unacceptable” [Condemns the silence of the international community.] ...
    """
    forms = {"text": _text, "bibtex": _bibtex, "csl": _csl}
    if form == "ttl":
        return statements.turtle(store, [find(store, statement)])
    if form not in forms:
        raise UsageError(f"'{form}' is no form of a citation: choose text, bibtex, csl or ttl")
    found = find(store, statement)
    authors: dict[str, list[str]] = defaultdict(list)
    for document, author in store.tuples(AUTHORS):
        authors[document].append(_line(author))
    return forms[form](found, {document: sorted(names) for document, names in authors.items()})


def _text(statement: Statement, authors: Mapping[str, list[str]]) -> str:
    if not statement.reports:
        return f"{_said(statement, ())} {_coded(statement)}\n"
    return "".join(
        f"{_said(statement, report.quotes)} {_source(report.document, authors)} {_coded(statement)}\n"
        for report in statement.reports
    )


def _source(document: Document, authors: Mapping[str, list[str]]) -> str:
    by = f"{', '.join(authors[document.iri])}, " if document.iri in authors else ""
    parts = [f"In: {by}“{_line(document.title)}”"]
    parts += [_line(each) for each in (document.publisher, _issued(document), document.url) if each]
    return f"{', '.join(parts)}."


def _said(statement: Statement, quotes: tuple[str, ...]) -> str:
    who = ", ".join(_line(speaker.label) for speaker in statement.speakers) or "(no speaker)"
    behalf = ", ".join(_line(each.label) for each in statement.on_behalf_of)
    words = " … ".join(f"“{_line(quote)}”" for quote in quotes)
    gist = f"[{_line(statement.gist)}]" if statement.gist else ""
    told = " ".join(filter(None, (words, gist)))
    return f"{who}{f' for {behalf}' if behalf else ''} ({statement.date}): {told}"


def _coded(statement: Statement) -> str:
    """The statement's IRI, and on what its coding rests where the words do not plainly say it."""
    from stancegraph import __version__

    told = doubt(statement.basis, statement.confidence)
    return f"{statement.iri}{f'; coded as {told}' if told else ''} (stancegraph {__version__})."


def _issued(document: Document) -> str:
    first, _, last = document.issued.partition("/")
    return f"between {first} and {last}" if first and last else first


def _bibtex(statement: Statement, authors: Mapping[str, list[str]]) -> str:
    entries = []
    for key, report in _keys(statement):
        document = report.document
        author = authors.get(document.iri, [])
        fields = {
            "author": " and ".join(f"{{{_latex(name)}}}" for name in author),
            "title": f"{{{_latex(document.title)}}}",
            "journal": _latex(document.publisher),
            "date": document.issued,
            **_year_and_month(document.issued),
            "url": _url(document),
            "note": _latex(f"{_said(statement, report.quotes)} {_coded(statement)}"),
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        kind = "article" if document.publisher else "misc"
        entries.append("\n".join([f"@{kind}{{{key},", *lines, "}"]) + "\n")
    return "\n".join(entries) or _nowhere(statement)


def _year_and_month(issued: str) -> dict[str, str]:
    """What BibTeX reads in place of biblatex's `date`: as much as is the same on every possible day."""
    first, last = issued.partition("/")[0], issued.rpartition("/")[2]
    if not (DAY.fullmatch(first) and first[:4] == last[:4]):
        return {}
    return {"year": first[:4]} | ({"month": str(int(first[5:7]))} if first[:7] == last[:7] else {})


def _csl(statement: Statement, authors: Mapping[str, list[str]]) -> str:
    import json

    items = []
    for key, report in _keys(statement):
        document = report.document
        item: dict[str, Any] = {
            "id": key,
            "type": "article-newspaper" if document.publisher else "document",
            "title": _line(document.title),
            "author": [{"literal": name} for name in authors.get(document.iri, ())],
            "container-title": _line(document.publisher),
            "issued": _date(document.issued),
            "URL": _url(document),
            "note": f"{_said(statement, report.quotes)} {_coded(statement)}",
        }
        items.append({name: value for name, value in item.items() if value})
    return (json.dumps(items, ensure_ascii=False, indent=2) + "\n") if items else _nowhere(statement)


def _nowhere(statement: Statement) -> str:
    raise UsageError(f"{compact(statement.iri)} has no document to cite: --format text gives what is known")


def _keys(statement: Statement) -> Iterator[tuple[str, Report]]:
    """A key for each report: of several, each with its document's name."""
    name = re.sub(r"[^\w-]", "-", local_name(statement.iri), flags=re.ASCII)
    for report in statement.reports:
        of = re.sub(r"[^\w-]", "-", local_name(report.document.iri), flags=re.ASCII)
        yield (name if len(statement.reports) == 1 else f"{name}-{of}"), report


def _date(issued: str) -> dict[str, Any]:
    """A day, or the first and the last possible as a range that is only about right."""
    days = [day for day in issued.split("/") if DAY.fullmatch(day) and day not in {BEGINNING, END}]
    parts = [[int(part) for part in day.split("-")] for day in days]
    return {"date-parts": parts} | ({"circa": True} if len(parts) > 1 else {}) if parts else {}


def _url(document: Document) -> str:
    """The address, where it is one: what stands in a citation is clicked on, and ends where TeX's braces do."""
    url = document.url or ""
    return url if re.fullmatch(r"https?://[^\s{}\\<>\"^`|]+", url) else ""


def _latex(text: str) -> str:
    return "".join(LATEX.get(c, c) for c in _line(text))


def _line(text: str) -> str:
    """One line, without control characters."""
    return " ".join(CONTROL.sub(" ", text).split())
