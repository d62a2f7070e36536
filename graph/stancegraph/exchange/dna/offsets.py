"""Positions in a text: DNA counts UTF-16 code units, a graph Unicode code points; and which words are quoted."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final, NamedTuple

MARKS: Final = frozenset('"“”„«»')
STOPS: Final = frozenset(".,;:")


class Span(NamedTuple):
    """Positions in code points, end exclusive; not `exact` where those of the file are not all in the text."""

    start: int
    end: int
    exact: bool = True


class Offsets:
    """A text measured in both units.

    >>> Offsets("a😀b").span(1, 4)
    Span(start=1, end=3, exact=True)
    """

    def __init__(self, text: str) -> None:
        wide = [] if text.isascii() else [at for at, character in enumerate(text) if character > "\uffff"]
        self._wide = [at + before for before, at in enumerate(wide)]
        self._length = len(text)

    def span(self, start: object, stop: object) -> Span | None:
        """What stands between two UTF-16 positions, as far as it lies in the text; none of an empty text.

        Where nothing of it does, it is the whole text: all that is known of the words is that they stand there.
        """
        if not self._length:
            return None
        if isinstance(start, int) and isinstance(stop, int):
            first, last = max(start, 0), min(stop, self._length + len(self._wide))
            if first < last:
                exact = (first, last) == (start, stop)
                return Span(self._code_point(first), self._code_point(last, up=True), exact)
        return Span(0, self._length, exact=False)

    def _code_point(self, unit: int, *, up: bool = False) -> int:
        """Code points before a UTF-16 position; one within a character is its start, or (`up`) its end."""
        before = bisect_left(self._wide, unit)
        within = before > 0 and self._wide[before - 1] + 1 == unit
        return unit - before + (up and within)


def quotation(text: str, span: Span) -> Span | None:
    """The words of a span without blanks and quotation marks around them, and without closing punctuation.

    >>> quotation('He said: "Never." Then', Span(8, 17))
    Span(start=10, end=15, exact=True)
    """
    start, end, _ = span
    while start < end and (text[start].isspace() or text[start] in MARKS):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in MARKS | STOPS):
        end -= 1
    return Span(start, end) if start < end else None
