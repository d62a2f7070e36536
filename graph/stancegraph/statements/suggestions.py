"""What to try where no statement passes the filters: which of them leaves all out, and where the words do stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stancegraph import statements
from stancegraph.names import spelling
from stancegraph.output import quantity
from stancegraph.statements.filters import MOST_WORDS, Filters, check, in_words
from stancegraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stancegraph.store import Store

TARGETS: Final = ("about", "supports", "opposes", "target")
"""Filters on what a statement is coded as being about, which may be named in it though it is not."""


def suggest(store: Store, options: Mapping[str, Any]) -> list[str]:
    """A line for what was searched, and one for each change of the filters that finds statements.

    >>> from stancegraph import store
    >>> suggest(store.open(), {"actor": "khazali", "until": "2024-01-01"})[0]
    'searched: actor khazali; until 2024-01-01'
    """
    given = check(options)
    if not given:
        return ["the graph has no statements"]
    lines = [f"searched: {in_words(given)}"]
    for silent in given.get("actor", ()):
        lines += _about(store, given, silent)
    for target in (each for each in ("actor", *TARGETS) if each in given):
        for text in given[target]:
            lines += _named_in(store, given, target, text)
    for name in given if len(given) > 1 else ():
        rest = {key: value for key, value in given.items() if key != name}
        if name != "as_" and (number := _count(store, rest)):
            lines.append(f"{quantity(number, 'statement')} {_without(name)}")
    return lines


def _about(store: Store, given: Mapping[str, Any], actor: str) -> Iterator[str]:
    """The statements about somebody of whom none are known."""
    rest = {key: value for key, value in given.items() if key != "actor"}
    if number := _count(store, rest | {"about": (*given.get("about", ()), actor)}):
        verb = "is" if number == 1 else "are"
        yield f"{quantity(number, 'statement')} {verb} about {actor}: try --about {_quoted(actor)}"


def _named_in(store: Store, given: Mapping[str, Any], name: str, text: str) -> Iterator[str]:
    """The statements that have the words of a name, though they are not coded as being about it."""
    words = [word for word in _as_typed(text).split() if word.casefold() not in spelling.ARTICLES]
    if not 0 < len(words) <= MOST_WORDS:
        return
    typed = " ".join(words)
    rest = {key: value for key, value in given.items() if key != name}
    if number := _count(store, rest | {"words": f"{given.get('words', '')} {typed}"}):
        verb = "names" if number == 1 else "name"
        place = "gist, quotation or target"
        yield f"{quantity(number, 'statement')} {verb} {typed} in {place}: try --words {_quoted(typed)}"


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _as_typed(text: str) -> str:
    """The words of a name that may be the last part of an IRI."""
    prefix, colon, local = text.partition(":")
    if "://" in text:
        return text.rstrip("/#").rpartition("/")[2].rpartition("#")[2].replace("-", " ")
    return local.replace("-", " ") if colon and prefix in PREFIXES else text


def _count(store: Store, options: Mapping[str, Any]) -> int:
    filters = Filters.of(store, options)
    if filters.on_codings or filters.min_count > 1:
        return len(statements.select(filters))
    found = filters.statements()
    if found is None:
        rows = store.tuples("SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a stance:Statement }")
        return int(rows[0][0])
    return len(found)


def _without(name: str) -> str:
    return "of anybody" if name == "actor" else f"without --{name.rstrip('_').replace('_', '-')}"
