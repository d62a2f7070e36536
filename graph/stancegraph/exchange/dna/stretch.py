"""Stretches of a text: DNA counts UTF-16 code units, a graph Unicode code points; which words are quoted."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Final, NamedTuple

LONGEST: Final = 600
"""Characters of words that are stored; of longer ones the position alone is."""
MARKS: Final = frozenset('"“”„«»')
STOPS: Final = frozenset(".,;:")


class Stretch(NamedTuple):
    """A stretch in code points, end exclusive; `as_coded` is false where the file's is none of the text."""

    start: int
    end: int
    as_coded: bool = True


class Ruler:
    """A text measured in both units.

    >>> Ruler("a😀b").stretch(1, 4)
    Stretch(start=1, end=3, as_coded=True)
    """

    def __init__(self, text: str) -> None:
        wide = [] if text.isascii() else [at for at, character in enumerate(text) if character > "\uffff"]
        self._wide = [at + before for before, at in enumerate(wide)]
        self._length = len(text)

    def stretch(self, start: Any, stop: Any) -> Stretch | None:
        """The stretch between two UTF-16 positions, as far as it lies in the text; none of an empty text.

        Where nothing of it does, it is the whole text: all that is known of the words is that they stand there.
        """
        if not self._length:
            return None
        if not (isinstance(start, int) and isinstance(stop, int)):
            return Stretch(0, self._length, as_coded=False)
        first, last = max(start, 0), min(stop, self._length + len(self._wide))
        if first >= last:
            return Stretch(0, self._length, as_coded=False)
        return Stretch(self._point(first), self._point(last, up=True), (first, last) == (start, stop))

    def _point(self, unit: int, *, up: bool = False) -> int:
        """Code points before a UTF-16 position; one within a character is its start, or (`up`) its end."""
        before = bisect_left(self._wide, unit)
        within = before > 0 and self._wide[before - 1] + 1 == unit
        return unit - before + (up and within)


def words(text: str, stretch: Stretch) -> Stretch | None:
    """The words of a stretch without blanks and quotation marks around them, and without closing punctuation.

    >>> words('He said: "Never." Then', Stretch(8, 17))
    Stretch(start=10, end=15, as_coded=True)
    """
    start, end, _ = stretch
    while start < end and (text[start].isspace() or text[start] in MARKS):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in MARKS | STOPS):
        end -= 1
    return Stretch(start, end) if start < end else None
