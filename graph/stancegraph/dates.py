"""Days: as people write them (ISO 8601), as numbers to count with, as intervals where no day is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

from stancegraph.errors import UsageError

EARLIEST: Final = date.min.toordinal()
LATEST: Final = date.max.toordinal()
"""The ordinals of an open beginning and an open end."""
EPOCH: Final = date(1970, 1, 1).toordinal()
"""The day that Arrow, NumPy and JavaScript count from."""


def calendar_day(text: date | str, option: str = "") -> date:
    """The day written as 2024-12-31; raises UsageError, naming the `option` it was given to, for anything else.

    >>> calendar_day("2024-12-31").year
    2024
    """
    if isinstance(text, date):
        return text
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", str(text), re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    where = f"--{option} " if option else ""
    raise UsageError(f"{where}'{str(text)[:40]}' is not a day of the calendar: write it as 2024-12-31")


@lru_cache(maxsize=1 << 14)
def ordinal(text: str) -> int | None:
    """`date.toordinal()` of the day that a literal of the data begins with; None where it is none.

    >>> ordinal("2024-12-31T10:00:00") == date(2024, 12, 31).toordinal(), ordinal("soon")
    (True, None)
    """
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError:
        return None


BEGINNING: Final = date.min.isoformat()
END: Final = date.max.isoformat()
"""An open beginning and an open end as ISO text: they sort and compare like days."""


def span(earliest: str, latest: str) -> str:
    """An ISO day, or `earliest/latest` where it is one of several; an open end is "..", as in EDTF (ISO 8601-2).

    >>> span("2024-12-01", "2024-12-01"), span("2024-12-01", "2024-12-06"), span(BEGINNING, "2024-12-06")
    ('2024-12-01', '2024-12-01/2024-12-06', '../2024-12-06')
    """
    if earliest == latest:
        return earliest
    return f"{'..' if earliest == BEGINNING else earliest}/{'..' if latest == END else latest}"


MONTHS: Final = (
    "January February March April May June July August September October November December".split()
)


def spell(day: int, *, short: bool = False) -> str:
    """A day (an ordinal) in words of our own, whatever the locale; the month in full, or its first three letters.

    >>> spell(date(2025, 3, 9).toordinal()), spell(date(2025, 3, 9).toordinal(), short=True)
    ('9 March 2025', '9 Mar 2025')
    """
    then = date.fromordinal(day)
    month = MONTHS[then.month - 1]
    return f"{then.day} {month[:3] if short else month} {then.year}"


def spell_months(first: int, last: int) -> str:
    """The months from that of one day (an ordinal) to that of another.

    >>> spell_months(date(2024, 12, 1).toordinal(), date(2025, 3, 9).toordinal())
    'December 2024 – March 2025'
    """
    since, until = date.fromordinal(first), date.fromordinal(last)
    end = f"{MONTHS[until.month - 1]} {until.year}"
    if (since.year, since.month) == (until.year, until.month):
        return end
    begin = MONTHS[since.month - 1]
    return f"{begin}–{end}" if since.year == until.year else f"{begin} {since.year} – {end}"


def joined(spans: Iterable[tuple[int, int]], reach: int) -> list[tuple[int, int]]:
    """Spans (first, last), in their order, as one where the next begins no more than `reach` after the last ends.

    >>> joined([(1, 3), (2, 5), (7, 8)], 1)
    [(1, 5), (7, 8)]
    """
    found: list[tuple[int, int]] = []
    for first, last in spans:
        if found and first - found[-1][1] <= reach:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def interval(text: str, option: str = "") -> tuple[str | None, str | None]:
    """The first and the last day of what `span` prints; None for an open end. Raises UsageError for anything else.

    >>> interval("2024-12-01"), interval("../2024-12-06")
    (('2024-12-01', '2024-12-01'), (None, '2024-12-06'))
    """
    first, slash, last = text.strip().partition("/")
    ends = [None if end == ".." else calendar_day(end, option).isoformat() for end in (first, last or first)]
    earliest, latest = ends
    if (slash and not last) or ends == [None, None]:
        raise UsageError(f"'{text[:40]}' is no day: write 2024-12-31, 2024-12-01/2024-12-06 or ../2024-12-06")
    if earliest and latest and earliest > latest:
        raise UsageError(f"'{text[:40]}' ends before it begins: exchange the two days")
    return earliest, latest
