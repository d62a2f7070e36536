"""Quotations of which it is known whose they are, to measure proposals by: of a brat corpus, and of the graph."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stancegraph import statements
from stancegraph.curate.proposals import Proposal
from stancegraph.store import Store

Span = tuple[int, int]
QUOTED: Final = re.compile(r'“([^“”]*)”|"([^"\n]*)"')
FEWEST: Final = 3  # words of a quotation that is counted
CLOSING: Final = ".,;:!?…"


@dataclass
class Attributed:
    """A text, its quotations (what stands between the marks) with the spans of their sources, and all that is said."""

    text: str
    quotations: dict[Span, list[Span]] = field(default_factory=dict)
    contents: list[tuple[Span, list[Span]]] = field(default_factory=list)


def corpus(folder: Path) -> Iterator[Attributed]:
    """The articles in `folder`/text with the attributions in `folder`/attributions, as PolNeAR has them.

    Of an article that several people annotated, the first annotation is taken.
    """
    annotated: dict[str, Path] = {}
    for file in sorted((folder / "attributions").glob("*.ann")):
        annotated.setdefault(file.stem.rpartition("_")[0], file)
    for name, file in annotated.items():
        text = (folder / "text" / f"{name}.txt").read_bytes().decode("utf-8")
        yield attributed(text, file.read_text("utf-8"))


def attributed(text: str, annotation: str) -> Attributed:
    """A text with its quotations of three words or more that are, by half or more, the content of an attribution."""
    contents = list(_contents(annotation))
    found = Attributed(text, contents=contents)
    for match in QUOTED.finditer(text):
        words = match.group()[1:-1]
        start = match.start() + 1 + len(words) - len(words.lstrip())
        span = start, start + len(words.strip())
        sources = [source for content, those in contents if covers(content, span) for source in those]
        if len(words.split()) >= FEWEST and sources:
            found.quotations[span] = sources
    return found


def covers(content: Span, span: Span) -> bool:
    """Whether half of `span` or more is in `content`."""
    shared = min(content[1], span[1]) - max(content[0], span[0])
    return 2 * shared >= span[1] - span[0]


def overlaps(span: Span, others: list[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _contents(annotation: str) -> Iterator[tuple[Span, list[Span]]]:
    """Each content of an attribution with the spans of its sources."""
    # A line of brat may hold a line separator of Unicode, and name what a later line declares.
    lines = [line.partition("\t")[::2] for line in annotation.split("\n")]
    spans: dict[str, list[Span]] = {}
    for name, rest in lines:
        if re.fullmatch(r"T\d+", name):
            _, _, where = rest.partition("\t")[0].partition(" ")
            parts = (part.split() for part in where.split(";"))
            spans[name] = [(int(start), int(end)) for start, end in parts]
    for name, rest in lines:
        if re.fullmatch(r"E\d+", name):
            roles: dict[str, list[str]] = defaultdict(list)
            for part in rest.split():
                role, _, target = part.partition(":")
                roles[role.rstrip("0123456789")].append(target)
            sources = [span for target in roles["Source"] for span in spans[target]]
            yield from ((span, sources) for target in roles["Content"] for span in spans[target])


def quoted(graph: Store, folder: Path) -> Iterator[tuple[str, str, dict[Span, set[str]]]]:
    """Each document of a graph whose text is in `folder`: its day, its text, its quotations with their speakers."""
    texts = {hashlib.sha256(f.read_bytes()).hexdigest(): f for f in sorted(folder.glob("*")) if f.is_file()}
    speakers: dict[str, dict[Span, set[str]]] = defaultdict(lambda: defaultdict(set))
    for statement in statements.said(graph):
        for report in statement.reports:
            for passage in report.passages:
                if passage.quote is not None:
                    place = passage.start, passage.end
                    speakers[report.document.iri][place].update(who.iri for who in statement.speakers)
    issued = {r.document.iri: r.document.issued for s in statements.said(graph) for r in s.reports}
    rows = graph.select("SELECT ?document ?hash { ?document stance:sha256 ?hash }")
    for row in rows:
        document, file = row["document"].value, texts.get(row["hash"].value)
        if file is not None:
            yield issued.get(document, ""), file.read_bytes().decode("utf-8"), speakers[document]


def same_words(proposal: Proposal, place: Span, text: str) -> bool:
    """Whether a proposal is the quotation at a place, which has no closing punctuation."""
    words = text[proposal.start : proposal.end].rstrip(CLOSING)
    return (
        proposal.start <= place[0]
        and place[1] <= proposal.end
        and text[slice(*place)].rstrip(CLOSING) in words
    )
