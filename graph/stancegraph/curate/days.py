"""Days as people and spreadsheets write them in a cell, and as sentences name them.

One that could be two is not guessed; "on Saturday" is resolved against the document's date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from stancegraph.dates import BEGINNING, END, MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

_ISO: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
_WORDS: Final = re.compile(r"(?:(\d{1,2})\.? +)?([A-Za-z]{3,9})\.?(?: +(\d{1,2}),?)? +(\d{4})", re.ASCII)
_SERIAL: Final = re.compile(r"\d{4,6}(?:\.0*)?", re.ASCII)
_EPOCHS: Final = {"excel-1900": date(1899, 12, 30), "excel-1904": date(1904, 1, 1)}
"""Day 0 of a spreadsheet's serial numbers; that of 1900 counts a 29 February that there was not (ECMA-376, 18.17.4)."""

Days = tuple[str, str]
"""The first and the last day possible, ISO; an open end is `dates.BEGINNING` or `dates.END`."""
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


def form_of(cells: Iterable[str]) -> str:
    """How the days of a column are written where they show it: "dmy" or "mdy"; empty where nothing does, or both."""
    found = set()
    for cell in cells:
        if numbers := _NUMBERS.fullmatch(cell.strip()):
            first, second = int(numbers[1]), int(numbers[3])
            if first > 12 >= second:
                found.add("dmy")
            elif second > 12 >= first:
                found.add("mdy")
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=1 << 16)
def days(cell: str, form: str) -> Days:
    """The days a cell means, where days in numbers have the `form`; raises ValueError, saying why it means none.

    >>> days("2024-12", ""), days("9 March 2025", ""), days("45718", "excel-1900")
    (('2024-12-01', '2024-12-31'), ('2025-03-09', '2025-03-09'), ('2025-03-02', '2025-03-02'))
    """
    first, slash, last = cell.partition("/")
    if slash and (_ISO.fullmatch(first) or first == "..") and (_ISO.fullmatch(last) or last == ".."):
        earliest = BEGINNING if first == ".." else _days(first, form)[0]
        latest = END if last == ".." else _days(last, form)[1]
        if earliest > latest or first == last == "..":
            raise ValueError(f"'{cell[:40]}' is no time from one day to another")
        return earliest, latest
    return _days(cell, form)


def _days(cell: str, form: str) -> Days:
    try:
        found = _written(cell, form)
    except (ValueError, OverflowError) as error:
        if isinstance(error, ValueError) and str(error).startswith("'"):
            raise
        found = None
    if found is None:
        raise ValueError(f"'{cell[:40]}' is no day: write it as 2024-12-31")
    return found[0].isoformat(), found[1].isoformat()


def _written(cell: str, form: str) -> tuple[date, date] | None:
    if _SERIAL.fullmatch(cell) and (form in _EPOCHS or len(cell) > 4):
        return _counted(cell, form)
    if iso := _ISO.fullmatch(cell):
        year, month, day = (int(part) if part else None for part in iso.groups())
        if day:
            return (date(year or 0, month or 0, day),) * 2
        first, last = (month, month) if month else (1, 12)
        return date(year or 0, first, 1), date(year or 0, last, monthrange(year or 0, last)[1])
    if numbers := _NUMBERS.fullmatch(cell):
        first, second, year = int(numbers[1]), int(numbers[3]), int(numbers[4])
        if form not in ("dmy", "mdy") and first != second:
            raise ValueError(f"'{cell}' may be two days: say --dates dmy, or mdy")
        return (date(year, first, second) if form == "mdy" else date(year, second, first),) * 2
    if words := _WORDS.fullmatch(cell):
        return _named(words)
    return None


def _named(words: re.Match[str]) -> tuple[date, date] | None:
    """The day that a name of a month is in, or the month."""
    months = _months(words[2])
    if len(months) != 1 or (words[1] and words[3]):
        return None
    year, day = int(words[4]), words[1] or words[3]
    if day:
        return (date(year, months[0], int(day)),) * 2
    return date(year, months[0], 1), date(year, months[0], monthrange(year, months[0])[1])


def _months(beginning: str) -> list[int]:
    """The numbers of the months whose names begin so."""
    return [n for n, name in enumerate(MONTHS, 1) if name.casefold().startswith(beginning.casefold())]


def _counted(cell: str, form: str) -> tuple[date, date]:
    serial = int(float(cell))
    if form in _EPOCHS:
        return (_EPOCHS[form] + timedelta(days=serial),) * 2
    may = " or ".join(f"{day + timedelta(days=serial)} (--dates {name})" for name, day in _EPOCHS.items())
    raise ValueError(f"'{cell}' is a spreadsheet's number of a day, {may}: say which")


def day_in(words: str, issued: date | None) -> date | None:
    """The first day that `words` name, seen from a document `issued` on a day; None where they fix none.

    A weekday is the latest one up to that day; a day of a month without its year likewise.

    >>> day_in("said on Saturday", date(2024, 12, 31)).isoformat()
    '2024-12-28'
    """
    return next(_named_days(words, issued), None)


def weekdays_before(words: str, issued: date) -> dict[str, date]:
    """The weekdays that words name, each with the last such day before a document was issued.

    >>> weekdays_before("voted on Monday", date(2025, 5, 12))
    {'Monday': datetime.date(2025, 5, 5)}
    """
    found = {match["weekday"].capitalize() for match in _DAY.finditer(words) if match["weekday"]}
    days = {name: (issued.weekday() - WEEKDAYS.index(name.casefold())) % 7 or 7 for name in sorted(found)}
    return {name: issued - timedelta(days=back) for name, back in days.items()}


def _named_days(words: str, issued: date | None) -> Iterator[date]:
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
    number = _months(month[:3])[0]
    if year:
        return date(int(year), number, day)
    if issued is None:
        return None
    this = date(issued.year, number, day)
    return this if this <= issued else date(issued.year - 1, number, day)
