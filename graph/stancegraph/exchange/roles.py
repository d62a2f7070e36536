"""What a column of somebody's file says of a statement: its role; and files read as rows of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

ROLES: Final = {
    "statement": "a name or number of the statement: rows that share it are one",
    "speaker": "who spoke",
    "speaker_kind": "what kind of actor that is: state, cleric …",
    "on_behalf_of": "for whom, of a spokesperson or an office",
    "on_behalf_of_kind": "what kind of actor that is",
    "addressee": "who is spoken to",
    "addressee_kind": "what kind of actor that is",
    "target": "an actor, or a sentence, that a side is taken on",
    "target_kind": "actor (or its kind), claim, demand or proposition",
    "stance": "for, against, neutral",
    "date": "the day, or FROM/TO",
    "date_until": "the last day, where date is the first",
    "quote": "words as they were said",
    "gist": "what is said, in the coder's words",
    "condition": "what it hangs on, in the coder's words",
    "comment": "what a reader should know, in the coder's words",
    "occasion": "the event it was said on",
    "in_role": "the membership it was said in: membership/…",
    "ascribes": "a position it says another has: actor/… supports, opposes or neutral proposition/…",
    "close_match": "one that may be the same: statement/…",
    "background": "the roles of which no document states what the row says: medium comment …",
    "rests_on": "what a derived day or an addressee rests on: document/…, or an address",
    "coder": "who coded it",
    "created": "the day it was coded",
    "act": "by which act: condemn, urge …",
    "medium": "where: speech, interview …",
    "basis": "said, implied or attributed",
    "confidence": "1.0, 0.8, 0.6 or 0.4",
    "about": "the event it is about",
    "about_date": "its day, or FROM/TO, of an event the graph does not have",
    "figure_counted": "what a number claimed counts: people killed …",
    "figure_event": "the event it is of, else that of about",
    "figure_wording": "how the document words it",
    "figure_min": "the least it may be",
    "figure_max": "the most it may be",
    "figure_exclusive": "true for 'more than', false for 'at least'",
    "figure_date": "the day it is as of",
    "figure_comment": "what a reader should know of it",
    "figure_id": "its name",
    "document": "the title of the document",
    "publisher": "its outlet",
    "url": "its address",
    "document_date": "its day, or FROM/TO",
    "language": "its language, as en",
    "sha256": "the checksum of its text",
    "length": "the length of its text, in code points",
    "start": "where the words begin in it, in code points",
    "end": "where they end",
    "prefix": "the characters before quoted words",
    "suffix": "the characters after them",
    "quote_language": "the language of the words, where it is not the document's",
    "report_id": "the name of the document's report, whose words are taken to the letter",
    "via": "the office, agency or outlet the document cites",
    "via_kind": "what kind of actor that is",
}
"""Role of a column → what its cells say, in the order they are written."""
VARIABLE: Final = "variable_"
"""What the header of a column begins with that is a coded variable, whatever its cells look like."""
ENTRY: Final = "entry"
"""The role that says of which kind a row is that describes no statement; what else it says are `entry_…`."""
SYNONYMS: Final = {
    "statement": "statement_id id",
    "speaker": "actor country who person politician organization organisation party state member nation voter",
    "target": "proposition resolution concept issue claim demand bill motion topic",
    "target_kind": "target_type",
    "stance": "vote position polarity agreement sign",
    "date": "day said_on when date_from",
    "date_until": "until date_to",
    "quote": "quotation words exact",
    "gist": "summary paraphrase",
    "comment": "comments note notes",
    "document": "source article headline",
    "publisher": "outlet newspaper",
    "url": "link address href",
    "document_date": "issued published publication_date",
}
"""Role → headers it is guessed from, beside its own name."""
CLASSES: Final = {
    "person": "foaf:Person",
    "organization": "org:Organization",
    "organisation": "org:Organization",
}
"""Name of a column of actors → what they are, as far as it says so."""


Left = list[tuple[int, str, Sequence[str]]]
"""Rows that are none: the line of each, the reason, its cells."""


@dataclass(slots=True)
class Sheet:
    """A file as rows, each with its line, one cell for each column; `left` are rows that are none, with the reason.

    `texts` are those of documents, by their title; `notes` say what was left out of the file.
    """

    columns: Sequence[str]
    rows: Iterator[tuple[int, Sequence[str]]]
    left: Left = field(default_factory=list)
    texts: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Sheet:
        """Rows by the names of their columns; the columns are all these, roles first."""
        found = dict.fromkeys(name for _, row in rows for name in row)
        columns = [*(role for role in ROLES if role in found), *(name for name in found if name not in ROLES)]
        return cls(columns, ((line, [row.get(name, "") for name in columns]) for line, row in rows))


def guess(columns: Sequence[str], taken: Mapping[str, str]) -> dict[str, str]:
    """Role → column, for the roles that headers plainly name and that are not `taken`.

    >>> guess(["date", "resolution", "Country", "vote"], {"target": "resolution"})
    {'speaker': 'Country', 'stance': 'vote', 'date': 'date'}
    """
    free = {_plain(column): column for column in reversed(columns) if column not in taken.values()}
    found = {}
    for role in ROLES:
        for header in () if role in taken else (role, *SYNONYMS.get(role, "").split()):
            if header in free and (header == role or header not in ROLES):
                found[role] = free.pop(header)
                break
    return found


def describes(name: str) -> bool:
    """Whether a column of this name is of rows that describe an entry."""
    return name == ENTRY or name.startswith(f"{ENTRY}_")


def is_role(name: str) -> bool:
    """Whether a column of this name says what a role says."""
    return name in ROLES or name.startswith(VARIABLE) or describes(name)


def _plain(header: str) -> str:
    return re.sub(r"\W+", "_", header.casefold()).strip("_")
