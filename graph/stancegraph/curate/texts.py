"""The text of an article, from a file of text or HTML: its paragraphs, what is quoted, where words stand, its days.

The marks “ ”, « », „ “, ‘ ’, 「 」 and the straight ones, nested or not, are read by their neighbours, paragraph by
paragraph, in one pass. An opening mark that is never closed ends with its paragraph where the next one opens again or
closes it, as long quotations are printed; else it is none.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph import input as input_
from stancegraph.dates import MONTHS
from stancegraph.errors import StanceError, UsageError, of_extra
from stancegraph.store import parser
from stancegraph.store.turtle import describe, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


LARGEST: Final = 10 << 20  # bytes; a book has one or two
MEND: Final = "save its words as text"
_SUFFIXES: Final = frozenset({".html", ".htm", ".xhtml"})
_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|\?xml|!--)", re.IGNORECASE
)
"""How a page begins that is not called one."""
PAIRS: Final = {pair[0]: pair[1:] for pair in '“”" „“”" ‟” «» »« ”” ""” ‘’\' ‚‘’ ‹› \'\'’ 「」 『』'.split()}
"""Opening mark → the marks that close it."""
SINGLE: Final = frozenset("‘’‚'‹›")
_MARK: Final = re.compile("[“”„‟«»\"‘’‚'‹›「」『』]")
_OPENS_ONLY: Final = frozenset("“„‟‘‚「『‹")
_CLOSES_ONLY: Final = frozenset("’›」』")
_BREAK: Final = re.compile(r"\r\n?|\n")
_BLANK: Final = re.compile(r"(?:\r\n?|\n)\s*(?:\r\n?|\n)")
_GOES_ON: Final = re.compile(r"^(?P<line>[^\r\n]+)(?:\r\n?|\n)(?=[^\S\r\n]*\S)", re.MULTILINE)
"""A line that another follows at once."""
_FOLDED: Final = range(40, 101)  # characters of a line in a text folded to a width
AROUND: Final = 32
"""Code points stored before and after quoted words."""
LONGEST: Final = 600
MARKS: Final = "\"“”„«»‘’'"
STOPS: Final = ".,;:"
_ALIKE: Final = {"'": "['’‘ʼ]", "’": "['’‘ʼ]", '"': '["“”„]', "“": '["“”„]', "”": '["“”„]', "-": "[-‐‑–]"}
_POSITION: Final = re.compile(r"(\d+):(.*)", re.DOTALL)
_DEEPEST: Final = 3
WEEKDAYS: Final = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH: Final = (
    r"(?P<month{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR: Final = r"(?:,?\s+(?P<year{0}>\d{{4}}))?"
_DAY: Final = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d\d-\d\d)"
    rf"|{_MONTH.format(1)}\s+(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?\b{_YEAR.format(1)}"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH.format(2)}{_YEAR.format(2)}"
    r"|(?P<later>(?:next|this coming|until|by|before|after|since|from)\s+)?"
    rf"(?P<weekday>{'|'.join(WEEKDAYS)})\b(?!['’]s)"
    r"|(?P<today>today|tonight|this morning|this afternoon|this evening)\b|(?P<yesterday>yesterday|last night)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Article:
    """The text that positions are counted in, in code points; whether it was taken from a page, and its day there."""

    text: str
    extracted: bool = False
    issued: date | None = None


def read(file: Path) -> Article:
    """The article in a file of text (UTF-8) or HTML; nothing in a page is run or fetched.

    Raises StanceError where the file cannot be read, is too large, is no text or holds no article.
    """
    content = input_.read(file, LARGEST)
    if file.suffix.casefold() in _SUFFIXES or _PAGE.match(content):
        text, day = parser.value(partial(_article, content, file), file, MEND)
        article = Article(text, extracted=True, issued=_day(day))
    else:
        article = Article(input_.decode(content, file))
        if "\0" in article.text:
            raise StanceError(f"{file} is not text (it has a zero byte): save the article as text, in UTF-8")
    if not article.text.strip():
        raise StanceError(f"{file} holds no article: save its words as text, in UTF-8")
    return article


def _article(content: bytes, file: Path) -> tuple[str, str | None]:
    """In the worker: the text of a page and the day it declares; both as they are, the day perhaps none."""
    with of_extra("articles", "trafilatura"):  # it costs a second to load, and few articles come as pages
        import trafilatura
    try:
        # No day is looked for in the words: one that the page does not declare is a guess.
        found: Any = trafilatura.bare_extraction(
            content,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise StanceError(f"{file}: is not readable as HTML ({error}): {MEND}") from error
    return ("", None) if found is None else (found.text or "", found.date)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words in quotation marks: code points `start` to `end`, the marks themselves from `opening` to `closing`."""

    start: int
    end: int
    opening: int
    closing: int
    depth: int  # 0 where it stands in no other quotation
    continued: bool  # begins or goes on a quotation that an earlier paragraph left open


class Paragraph(NamedTuple):
    """A paragraph, code points `start` to `end`, and its quotations by their beginnings."""

    start: int
    end: int
    quotations: tuple[Quotation, ...]

    def nested(self) -> Iterator[Paragraph]:
        """Each outermost quotation that holds others, as a paragraph of its own."""
        inside: dict[Quotation, list[Quotation]] = {}
        outer = None
        for quotation in self.quotations:
            if quotation.depth == 0:
                outer = quotation
            elif quotation.depth == 1 and outer:
                inside.setdefault(outer, []).append(replace(quotation, depth=0))
        for around, inner in inside.items():
            yield Paragraph(around.start, around.end, tuple(inner))


@dataclass(slots=True)
class _Open:
    """An opening mark that waits for its end; `start` is behind the mark, or where the paragraph begins."""

    mark: str
    at: int
    start: int
    continued: bool = False


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The paragraphs of a text with what stands in quotation marks in them; blank ones are left out.

    >>> [text[q.start : q.end] for text in ['“Yes,” he said.'] for p in paragraphs(text) for q in p.quotations]
    ['Yes,']
    """
    bounds = list(_bounds(text))
    left = ""  # the mark with which the paragraph before was left open
    for number, (start, end) in enumerate(bounds):
        following = bounds[number + 1] if number + 1 < len(bounds) else (end, end)
        found, left = _quotations(text, start, end, left, following)
        yield Paragraph(start, end, tuple(_nest(sorted(found, key=lambda q: (q.start, -q.end)))))


def _nest(found: Iterable[Quotation]) -> Iterator[Quotation]:
    """Quotations by their beginnings, each with how many others it stands in."""
    around: list[Quotation] = []
    for quotation in found:
        while around and around[-1].end <= quotation.start:
            around.pop()
        yield replace(quotation, depth=len(around))
        around.append(quotation)


def _bounds(text: str) -> Iterator[tuple[int, int]]:
    """Where paragraphs begin and end: at line breaks; at blank lines, where most lines are folded to a width."""
    lines = [match.end("line") - match.start("line") for match in _GOES_ON.finditer(text)]
    folded = sum(length in _FOLDED for length in lines) >= max(3, 0.75 * len(lines))
    ends = [match.span() for match in (_BLANK if folded else _BREAK).finditer(text)]
    begin = 0
    for stop, after in [*ends, (len(text), len(text))]:
        if text[begin:stop].strip():
            yield begin, stop
        begin = after


def _quotations(
    text: str, start: int, end: int, left: str, following: tuple[int, int]
) -> tuple[list[Quotation], str]:
    """The quotations of one paragraph, and the mark it leaves open for the next (or "")."""
    waiting: list[_Open] = []
    found: list[Quotation] = []
    if left and _closes_first(text, start, end, left):
        waiting.append(_Open(left, start, start, continued=True))
    singles: _Singles | None = None
    first = True
    for match in _MARK.finditer(text, start, end):
        mark, at = match.group(), match.start()
        before, after = text[at - 1] if at > start else " ", text[at + 1] if at + 1 < end else " "
        level = _closed(waiting, mark, before, after)
        if level is not None and waiting[level].mark in SINGLE and _is_possessive(text, at, end):
            singles = singles or _Singles(text, start, end)
            if singles.closes_after(at):
                continue
        if level is not None:
            opened = waiting[level]
            del waiting[level:]
            _add(found, text, opened, at, at + 1)
        elif _opens(mark, before, after, waiting):
            same = next((i for i, each in enumerate(waiting) if each.mark == mark), None)
            if same is not None:
                del waiting[same:]  # the one before was never closed
            if len(waiting) < _DEEPEST:
                waiting.append(_Open(mark, at, at + 1, continued=bool(left) and first and mark == left))
        first = False
    return found, _left_open(text, waiting, end, following, found)


def _is_possessive(text: str, at: int, end: int) -> bool:
    """Whether an apostrophe may be that of the workers' plan."""
    return text[at - 1] in "sS" and text[at + 1 : min(at + 3, end)].strip().islower()


class _Singles:
    """Where single marks of a paragraph surely close a quotation, behind punctuation, and where they open one."""

    def __init__(self, text: str, start: int, end: int) -> None:
        marks = [match.start() for match in _MARK.finditer(text, start, end) if match.group() in SINGLE]
        self._closing = [at for at in marks if at > start and text[at - 1] in ".,?!…"]
        self._opening = [at for at in marks if at == start or text[at - 1].isspace()]

    def closes_after(self, at: int) -> bool:
        """Whether a mark after this one closes before another opens."""
        closing, opening = bisect_right(self._closing, at), bisect_right(self._opening, at)
        return closing < len(self._closing) and (
            opening == len(self._opening) or self._closing[closing] < self._opening[opening]
        )


def _left_open(
    text: str, waiting: list[_Open], end: int, following: tuple[int, int], found: list[Quotation]
) -> str:
    """The mark left open, if the next paragraph goes on with it; what stands from it to the end is then quoted."""
    outer = waiting[0] if waiting else None
    if outer is None or outer.mark in {"'", "‘"}:
        return ""
    begin, stop = following
    goes_on = text[begin:stop].lstrip()[:1] == outer.mark or _closes_first(text, begin, stop, outer.mark)
    whole = not text[outer.start : end].isspace() and text[outer.start : end].rstrip()[-1:] in ".!?…,;:-—’'"
    if goes_on or whole:
        _add(found, text, outer, end, end)
    return outer.mark if goes_on else ""


def _closes_first(text: str, start: int, end: int, mark: str) -> bool:
    """Whether a paragraph closes what the one before left open before it opens anything of its own."""
    for match in _MARK.finditer(text, start, end):
        sign, at = match.group(), match.start()
        before, after = text[at - 1] if at > start else " ", text[at + 1] if at + 1 < end else " "
        if sign in PAIRS[mark] and _ends_word(sign, before, after):
            return True
        if _opens(sign, before, after, []) and sign not in SINGLE:
            return False
    return False


def _closed(waiting: list[_Open], mark: str, before: str, after: str) -> int | None:
    """Which of the opening marks waiting, from the outermost, this mark closes."""
    if not waiting or mark in _OPENS_ONLY - {"“", "‘"} or not _ends_word(mark, before, after):
        return None
    for level in range(len(waiting) - 1, -1, -1):
        if mark in PAIRS[waiting[level].mark]:
            return level
    return None


def _ends_word(mark: str, before: str, after: str) -> bool:
    if mark in _CLOSES_ONLY or mark in "'":
        return not before.isspace() and not after.isalnum()
    if mark in "”»":
        return True
    return not before.isspace() or after.isspace() or not after.isalnum()


def _opens(mark: str, before: str, after: str, waiting: list[_Open]) -> bool:
    if mark in _CLOSES_ONLY or mark not in PAIRS:
        return False
    free = not before.isalnum()
    if mark in SINGLE:
        return free and not after.isspace()
    if mark in '”»"':
        return (
            free and not after.isspace() and after not in ",;)" and not (waiting and waiting[-1].mark == mark)
        )
    return True


def _add(found: list[Quotation], text: str, opened: _Open, end: int, closing: int) -> None:
    words = text[opened.start : end]
    stripped = words.strip()
    if any(map(str.isalnum, stripped)):
        start = opened.start + len(words) - len(words.lstrip())
        found.append(Quotation(start, start + len(stripped), opened.at, closing, 0, opened.continued))


class Span(NamedTuple):
    """Positions in code points, end exclusive."""

    start: int
    end: int


def locate_quote(text: str | None, words: str) -> tuple[Span, str]:
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


def locate_passage(text: str | None, words: str) -> Span:
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


def facts(text: str) -> dict[NamedNode, Literal]:
    """What a document says of its text, by property: its length in code points, and its checksum."""
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return {term("stance:length"): Literal(len(text)), term("stance:sha256"): Literal(checksum)}


def passage_triples(
    report: NamedNode, document: NamedNode, span: Span, here: BlankNode | None = None
) -> Iterator[Triple]:
    """The triples of a stretch of a document, which `here` stands for."""
    here, position = here or BlankNode(), BlankNode()
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


def quote_triples(
    report: NamedNode, document: NamedNode, span: Span, words: Literal, text: str | None
) -> Iterator[Triple]:
    """The triples of quoted words: their position, themselves, and what stands around them in the text."""
    here, selector = BlankNode(), BlankNode()
    yield from describe(report, ("stance:quote", words))
    yield from passage_triples(report, document, span, here)
    before, after = (text or "")[max(0, span.start - AROUND) : span.start], (text or "")[span.end :][:AROUND]
    around = [(name, Literal(part)) for name, part in (("oa:prefix", before), ("oa:suffix", after)) if part]
    yield from describe(here, ("oa:hasSelector", selector))
    yield from describe(selector, ("rdf:type", "oa:TextQuoteSelector"), ("oa:exact", words), *around)


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


def day_in(words: str, issued: date | None) -> date | None:
    """The first day that `words` name, seen from a document `issued` on a day; None where they fix none.

    A weekday is the latest one up to that day; a day of a month without its year likewise.

    >>> day_in("said on Saturday", date(2024, 12, 31)).isoformat()
    '2024-12-28'
    """
    days = (_calendar(match, issued) for match in _DAY.finditer(words))
    return next((day for day in days if day is not None and (issued is None or day <= issued)), None)


def weekdays_before(words: str, issued: date) -> dict[str, date]:
    """The weekdays that words name, each with the last such day before a document was issued.

    >>> weekdays_before("voted on Monday", date(2025, 5, 12))
    {'Monday': datetime.date(2025, 5, 5)}
    """
    found = {match["weekday"].capitalize() for match in _DAY.finditer(words) if match["weekday"]}
    days = {name: (issued.weekday() - WEEKDAYS.index(name.casefold())) % 7 or 7 for name in sorted(found)}
    return {name: issued - timedelta(days=back) for name, back in days.items()}


def _calendar(match: re.Match[str], issued: date | None) -> date | None:
    if match["weekday"] and not match["later"] and issued:
        back = (issued.weekday() - WEEKDAYS.index(match["weekday"].casefold())) % 7
        return issued - timedelta(days=back)
    if match["today"] or match["yesterday"]:
        return issued and issued - timedelta(days=bool(match["yesterday"]))
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        which = "1" if match["month1"] else "2"
        if match[f"month{which}"]:
            return _of_month(match[f"month{which}"], int(match[f"day{which}"]), match[f"year{which}"], issued)
    except ValueError:
        return None
    return None


def _of_month(month: str, day: int, year: str | None, issued: date | None) -> date | None:
    number = [name[:3].casefold() for name in MONTHS].index(month[:3].casefold()) + 1
    if year:
        return date(int(year), number, day)
    if issued is None:
        return None
    this = date(issued.year, number, day)
    return this if this <= issued else date(issued.year - 1, number, day)
