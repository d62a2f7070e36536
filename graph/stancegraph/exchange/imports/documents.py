"""The documents that rows stand in: by title and address, or where rows name none, one for each target and day."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph.curate.days import Days, days
from stancegraph.curate.folder import is_address
from stancegraph.dates import BEGINNING, END
from stancegraph.exchange.imports.names import mint
from stancegraph.store.terms import day, describe, english, term

if TYPE_CHECKING:
    from stancegraph.exchange.imports.names import Names

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", re.ASCII)
CHECKSUM: Final = re.compile(r"[0-9a-f]{64}")
Key = tuple[str, str, str]
"""Title and address, or target and day, of a document."""


@dataclass(slots=True)
class Source:
    """A document as its rows tell it; `latest` is the last day that one of its statements is of."""

    key: Key
    title: str
    url: str
    issued: Days | None
    language: str
    sha256: str
    length: int | None
    text: str | None = None
    iri: str = ""
    latest: str = BEGINNING
    publishers: dict[str, None] = field(default_factory=dict)
    publisher: str = ""


class Documents:
    """The documents of a file; `known` are those of the graph there is, by title, address and, where known, day."""

    def __init__(
        self,
        base: str,
        outlets: Names,
        known: dict[tuple[str, str], str],
        texts: Mapping[str, str],
        form: str,
        taken: Collection[str],
    ) -> None:
        self._base, self._outlets, self._known, self._texts, self._form = base, outlets, known, texts, form
        self.new: dict[Key, Source] = {}
        self._all: dict[Key, Source] = {}
        self._taken = set(taken)

    def declare(self, iri: str, title: str, url: str) -> None:
        """Let a title and an address, as cells spell them, be those of a document the file describes."""
        self._known[title, url] = iri

    def source(self, cell: Callable[[str], str], target: str, said: Days | None) -> Source:
        """The document a row stands in, as known so far; raises ValueError, with nothing taken."""
        title, url = " ".join(cell("document").split()), cell("url")
        told = _issued(cell, self._form)
        if title or url:
            key: Key = ("", title, url)
        elif target:
            key = (target, *(said or ("", "")))[:3]
        else:
            key = ("", "", "")
        found = self._all.get(key)
        if found is None:
            issued = said if told is None and target and key[0] and said and said[0] == said[1] else told
            found = self._described(cell, key, title, url, issued)
        else:
            _complete(found, told, cell("sha256"), _length(cell))
        if said and found.issued and said[1] > found.issued[1] and said[1] != END:
            raise ValueError(f"said on {said[1]}, after its document of {found.issued[1]}")
        known = (found.title, url) in self._known
        found.publisher = "" if known else " ".join(cell("publisher").split())
        return found

    def take(self, source: Source, said: Days | None) -> str:
        """The IRI of a document, made where it is new."""
        if not source.iri:
            source.iri = self._known.get((source.title, source.url), "")
            if not source.iri:
                words = source.title or source.url or "source"
                source.iri = mint(f"{self._base}document/", words, "document", self._taken)
                self.new[source.key] = source
            self._all[source.key] = source
        if said and said[1] != END:
            source.latest = max(source.latest, said[1])
        if source.publisher:
            source.publishers[self._outlets.take(source.publisher, "media outlet")] = None
        return source.iri

    def _described(
        self, cell: Callable[[str], str], key: Key, title: str, url: str, issued: Days | None
    ) -> Source:
        language, sha256, length = cell("language") or "und", cell("sha256"), _length(cell)
        if url and not is_address(url):
            raise ValueError(f"'{url[:60]}' is no address: https://…")
        if not LANGUAGE.fullmatch(language):
            raise ValueError(f"'{language[:20]}' is no language: en, ar …")
        if sha256 and not CHECKSUM.fullmatch(sha256):
            raise ValueError(f"'{sha256[:20]}' is no SHA-256")
        if not title:
            shown = ", ".join(filter(None, (key[0], key[1]))) if key[0] else url or "source not named"
            title = f"[{shown}]"
        text = self._texts.get(title)
        if text is not None:
            sha256, length = hashlib.sha256(text.encode()).hexdigest(), len(text)
        return Source(key, title, url, issued, language, sha256, length, text)


def describe_document(source: Source, derived: NamedNode) -> Iterator[Triple]:
    """A document that a file names; one without a day is no older than what it reports."""
    here = NamedNode(source.iri)
    yield from describe(
        here,
        ("rdf:type", "schema:NewsArticle"),
        ("dcterms:title", Literal(source.title)),
        ("dcterms:language", Literal(source.language)),
        ("prov:wasDerivedFrom", derived),
        *(("dcterms:publisher", NamedNode(iri)) for iri in source.publishers),
    )
    first, last = source.issued or (source.latest, END)
    if first == last:
        yield from describe(here, ("dcterms:issued", day(first)))
    else:
        yield from describe(
            here, ("stance:issuedNotBefore", day(first)), ("stance:issuedNotAfter", day(last))
        )
        why = (
            "The bounds are those of the file."
            if source.issued
            else "Undated in the file: not before what it reports."
        )
        yield from describe(here, ("rdfs:comment", english(why)))
    if source.url:
        yield from describe(here, ("schema:url", Literal(source.url, datatype=term("xsd:anyURI"))))
    if source.sha256:
        yield from describe(here, ("stance:sha256", Literal(source.sha256)))
    if source.length is not None:
        yield from describe(here, ("stance:length", Literal(source.length)))


def _issued(cell: Callable[[str], str], form: str) -> Days | None:
    told = cell("document_date")
    if told == "../..":  # of a document that a graph leaves open at both ends
        return BEGINNING, END
    return days(told, form) if told else None


def _length(cell: Callable[[str], str]) -> int | None:
    told = cell("length")
    if told and not re.fullmatch(r"\d{1,9}", told, re.ASCII):
        raise ValueError(f"'{told[:20]}' is no length in code points")
    return int(told) if told else None


def _complete(source: Source, issued: Days | None, sha256: str, length: int | None) -> None:
    """Add what another row tells of a document; raises ValueError where it tells otherwise."""
    for told, had, what in (
        (issued, source.issued, "day"),
        (sha256, source.sha256, "checksum"),
        (length, source.length, "length"),
    ):
        if told and had and told != had:
            raise ValueError(f"an earlier row gives its document another {what}")
    source.issued, source.sha256 = source.issued or issued, source.sha256 or sha256
    source.length = length if source.length is None else source.length
