"""Words found in a text: their position in code points, what stands around them, and whether they are quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph.errors import UsageError
from stancegraph.store.terms import describe

if TYPE_CHECKING:
    from stancegraph.store.terms import Term

AROUND: Final = 32
"""Code points stored before and after quoted words."""
LONGEST: Final = 600
MARKS: Final = "\"“”„«»‘’'"
STOPS: Final = ".,;:"
_ALIKE: Final = {"'": "['’‘ʼ]", "’": "['’‘ʼ]", '"': '["“”„]', "“": '["“”„]', "”": '["“”„]', "-": "[-‐‑–]"}
_POSITION: Final = re.compile(r"(\d+):(.*)", re.DOTALL)


class Span(NamedTuple):
    """Positions in code points, end exclusive."""

    start: int
    end: int


def quotation(text: str | None, words: str) -> tuple[Span, str]:
    """Where quoted words stand, and the words as the text has them; `START:WORDS` says which of several.

    Without a text the words are as typed, and their start must be told. Raises UsageError where they are not there,
    stand at several places, or in no quotation marks.
    """
    from stancegraph.validation import quoted

    start, bare = _told(words, "quote")
    bare = unmarked(bare)
    if text is None:
        if start is None:
            raise UsageError(
                f"--quote '{_short(bare)}': the text is not at hand: name it with --text FILE, or write START:WORDS"
            )
        return Span(start, start + len(bare)), bare
    found = places(text, bare, start)
    inside = [place for place in found if quoted(text, *place)]
    if found and not inside:
        raise UsageError(
            f"--quote '{_short(bare)}' stands in no quotation marks at {found[0].start}: name it by --passage"
        )
    span = _only(text, inside, bare, "quote")
    if len(bare) > LONGEST:
        raise UsageError(f"--quote is longer than {LONGEST} characters: quote less of it")
    return span, text[span.start : span.end]


def unmarked(words: str) -> str:
    """Quoted words as they are kept: without marks around them and the stop at their end."""
    return words.strip().strip(MARKS).rstrip(STOPS).rstrip(MARKS) or words


def stretch(text: str | None, words: str) -> Span:
    """Where a passage stands, told by START:END or by its words, which are not stored."""
    if plain := re.fullmatch(r"(\d+):(\d+)", words.strip()):
        span = Span(int(plain[1]), int(plain[2]))
        if not span.start < span.end <= (span.end if text is None else len(text)):
            raise UsageError(f"--passage {words}: not within the text" + (f" of {len(text)}" if text else ""))
        return span
    start, bare = _told(words, "passage")
    if text is None:
        raise UsageError("--passage: the text is not at hand: name it with --text FILE, or write START:END")
    return _only(text, places(text, bare.strip(), start), bare, "passage")


def passage(report: NamedNode, document: NamedNode, span: Span) -> Iterator[Triple]:
    """The triples of a stretch of a document."""
    yield from _passage(report, document, span, BlankNode())


def quote(
    report: NamedNode, document: NamedNode, span: Span, words: Literal, text: str | None
) -> Iterator[Triple]:
    """The triples of quoted words: their position, themselves, and what stands around them in the text."""
    here, selector = BlankNode(), BlankNode()
    yield from describe(report, ("stance:quote", words))
    yield from _passage(report, document, span, here)
    around: list[tuple[str | NamedNode, Term]] = []
    if text is not None:
        before, after = text[max(0, span.start - AROUND) : span.start], text[span.end : span.end + AROUND]
        around = [
            (name, Literal(part)) for name, part in (("oa:prefix", before), ("oa:suffix", after)) if part
        ]
    yield from describe(here, ("oa:hasSelector", selector))
    yield from describe(selector, ("rdf:type", "oa:TextQuoteSelector"), ("oa:exact", words), *around)


def _passage(report: NamedNode, document: NamedNode, span: Span, here: BlankNode) -> Iterator[Triple]:
    position = BlankNode()
    yield from describe(report, ("stance:passage", here))
    yield from describe(
        here, ("rdf:type", "oa:SpecificResource"), ("oa:hasSource", document), ("oa:hasSelector", position)
    )
    yield from describe(
        position,
        ("rdf:type", "oa:TextPositionSelector"),
        ("oa:start", Literal(span.start)),
        ("oa:end", Literal(span.end)),
    )


def _told(words: str, option: str) -> tuple[int | None, str]:
    if not words.strip():
        raise UsageError(f"--{option} is empty: give the words, or leave it out")
    told = _POSITION.fullmatch(words)
    return (int(told[1]), told[2]) if told and told[2].strip() else (None, words)


def places(text: str, words: str, start: int | None = None) -> list[Span]:
    """Where words stand, blanks, apostrophes and hyphens of whatever kind."""
    parts = re.split(r"(\s+)", words)
    pattern = "".join(
        r"\s+" if part.isspace() else "".join(_ALIKE.get(c, re.escape(c)) for c in part) for part in parts
    )
    found = [Span(*match.span(1)) for match in re.finditer(f"(?=({pattern}))", text)]
    return found if start is None else [span for span in found if span.start == start]


def _only(text: str, places: list[Span], words: str, option: str) -> Span:
    if len(places) == 1:
        return places[0]
    if not places:
        raise UsageError(f"--{option} '{_short(words)}' does not stand in the text: copy the words from it")
    where = ", ".join(
        f"{span.start} (…{_short(text[max(0, span.start - 20) : span.end + 20])}…)" for span in places[:5]
    )
    raise UsageError(
        f"--{option} '{_short(words)}' stands at {len(places)} places: write START:WORDS, START being one of {where}"
    )


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= 60 else f"{flat[:59]}…"
