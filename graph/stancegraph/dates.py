"""Days: as people write them (ISO 8601), as numbers to count with, as intervals where no day is known."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from stancegraph.errors import UsageError

EARLIEST: Final = date.min.toordinal()
LATEST: Final = date.max.toordinal()
"""The ordinals of an open beginning and an open end."""


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
