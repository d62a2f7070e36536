"""The day a sentence names, as a day of the calendar: "on Saturday" is resolved against the document's date."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

WEEKDAYS: Final = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
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


def day_in(words: str, issued: date | None) -> date | None:
    """The first day that `words` name, seen from a document `issued` on a day; None where they fix none.

    A weekday is the latest one up to that day; a day of a month without its year likewise.

    >>> day_in("said on Saturday", date(2024, 12, 31)).isoformat()
    '2024-12-28'
    """
    return next(_days(words, issued), None)


def weekdays_before(words: str, issued: date) -> dict[str, date]:
    """The weekdays that words name, each with the last such day before a document was issued.

    >>> weekdays_before("voted on Monday", date(2025, 5, 12))
    {'Monday': datetime.date(2025, 5, 5)}
    """
    found = {match["weekday"].capitalize() for match in _DAY.finditer(words) if match["weekday"]}
    days = {name: (issued.weekday() - WEEKDAYS.index(name.casefold())) % 7 or 7 for name in sorted(found)}
    return {name: issued - timedelta(days=back) for name, back in days.items()}


def _days(words: str, issued: date | None) -> Iterator[date]:
    for match in _DAY.finditer(words):
        day = _calendar(match, issued)
        if day is not None and (issued is None or day <= issued):
            yield day


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
    number = MONTHS.index(month[:3].casefold()) + 1
    if year:
        return date(int(year), number, day)
    if issued is None:
        return None
    this = date(issued.year, number, day)
    return this if this <= issued else date(issued.year - 1, number, day)
