"""SPARQL text in tokens, for `query`; refuses text that two parsers may read differently.

Left after this are one line ending, no comments, no codepoint escapes, no control characters, and strings
that have one reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from stancegraph.errors import UsageError

LONGEST: Final = 100_000
"""Characters a query may have."""

_W = r"\w\u00b7\u0300-\u036f\u203f\u2040"
_TOKEN: Final = re.compile(
    rf"""(?P<space>[ \t\n]+) | (?P<comment>\#[^\n]*)
    | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
    | (?P<string>\"\"\"(?:"{{0,2}}(?:[^"\\]|\\[tbnrf"'\\]))*\"\"\" | "(?:[^"\\\n]|\\[tbnrf"'\\])*"(?!")
              | '''(?:'{{0,2}}(?:[^'\\]|\\[tbnrf"'\\]))*''' | '(?:[^'\\\n]|\\[tbnrf"'\\])*'(?!'))
    | (?P<var>[?$][{_W}]+)
    | (?P<name>(?:_|[^\W\d_][{_W}.\-]*)?:(?:[{_W}:.\-]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
    | (?P<number>\d+(?:[eE][+-]?\d+)?) | (?P<word>@?[{_W}][{_W}\-]*)
    | (?P<mark>\{{\||\|\}}|\|\||[^"'\\])""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of a query; `kind` is a group of the token pattern, marks are brackets and operators."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The keyword in lower case, or an empty string."""
        return self.text.lower() if self.kind == "word" else ""


def split(text: str) -> Iterator[Token]:
    """The tokens of a query, comments left out; raises UsageError for text that parsers read differently."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST:
        raise UsageError(f"the query has {len(text)} characters; {LONGEST} are allowed")
    if odd := re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]", text):
        raise UsageError(f"the query holds the control character U+{ord(odd[0]):04X}: remove it")
    if odd := re.search(r"\\u[0-9a-f]{4}", text, re.IGNORECASE):
        raise UsageError(f"the query holds the escape {odd[0]}: write the character itself")
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            line = text.count("\n", 0, place) + 1
            raise UsageError(f"query, line {line}: a string is not closed, or holds an unknown \\ escape")
        place = found.end()
        if found.lastgroup != "comment":
            yield Token(str(found.lastgroup), found[0])
