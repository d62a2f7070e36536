"""An article read from a file: plain text as it stands, the article of an HTML page by trafilatura."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from stancegraph import input as input_
from stancegraph.errors import NotInstalled, StanceError
from stancegraph.store import untrusted

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 10 << 20  # bytes; a book has one or two
MEND: Final = "save its words as text"
_SUFFIXES: Final = frozenset({".html", ".htm", ".xhtml"})
_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|\?xml|!--)", re.IGNORECASE
)
"""How a page begins that is not called one."""


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
    page = file.suffix.casefold() in _SUFFIXES or _PAGE.match(content)
    if page:
        text, day = untrusted.value(partial(_article, content, file), file, MEND)
        article = Article(text, extracted=True, issued=_day(day))
    else:
        article = Article(_decode(content, file))
    if not article.text.strip():
        raise StanceError(f"{file} holds no article: save its words as text, in UTF-8")
    return article


def _decode(content: bytes, file: Path) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StanceError(f"{file}: byte {error.start} is not UTF-8: save the text in UTF-8") from error
    if "\0" in text:
        raise StanceError(f"{file} is not text (it has a zero byte): save the article as text, in UTF-8")
    return text


def _article(content: bytes, file: Path) -> tuple[str, str | None]:
    """In the worker: the text of a page and the day it declares; both as they are, the day perhaps none."""
    try:  # it costs a second to load, and few articles come as pages
        import trafilatura
    except ModuleNotFoundError as error:
        raise NotInstalled("trafilatura", "articles") from error
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
