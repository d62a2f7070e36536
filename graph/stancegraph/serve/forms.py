"""The forms of the desk: what they are told of fields and targets, and what they send."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from stancegraph import names
from stancegraph.curate import fields
from stancegraph.errors import UsageError
from stancegraph.statements import reader
from stancegraph.store.terms import object_value, term
from stancegraph.vocabulary import FIELDS, expand, local_name

if TYPE_CHECKING:
    from stancegraph.store import Local

Json = dict[str, Any]
TYPE: Final = term("rdf:type")
SORTS: Final = {sort: expand(f"stance:{sort.title()}") for sort in ("claim", "demand", "actor")}
"""What a target is → its class."""
PLAIN: Final = {
    "demand": {"supports": "request demand urge propose agree", "opposes": "reject deny condemn"},
    "undertaking": {"supports": "pledge agree", "opposes": "reject deny"},
    "claim": {
        "supports": "assert allege accuse condemn concede agree claim-responsibility warning forecast express-concern",
        "opposes": "deny reject assert",
    },
    "actor": {
        "supports": "support express-solidarity agree pledge assert",
        "opposes": "accuse condemn allege reject threaten threat warning assert",
    },
}
"""What a target is → side → the acts by which the words themselves say that the speaker stands there.

By any other act it is a hint or a presupposition, which the basis `implied` is for: who welcomes what was done has not
called for it.
"""
LONGEST: Final = 5_000
"""Characters of one value of a field."""


def offered(iri: str, label: str, kind: str, *, near: bool) -> Json:
    """An entry a name may mean; `near` where it only sounds like it."""
    return {"iri": iri, "label": label, "kind": kind, "near": near}


def words(store: Local) -> dict[str, dict[str, str]]:
    """What a target is → side → the word for it, as the vocabulary says."""
    edges = {
        side: reader.edges(store)[expand(fields.ENTRIES["statement"][side].edge)] for side in FIELDS.values()
    }
    return {
        sort: {side: edge.word(sort) for side, edge in edges.items()} for sort in (*SORTS, "undertaking", "")
    }


def plain(store: Local) -> dict[str, dict[str, list[str]]]:
    """`PLAIN` with the acts as a form has them."""
    labels = {local_name(entry.iri): entry.label for entry in names.index(store, "act").entries("act")}
    return {
        sort: {side: [labels.get(act, act) for act in acts.split()] for side, acts in sides.items()}
        for sort, sides in PLAIN.items()
    }


def sorts(store: Local, values: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    """Each target among values: whether it is an actor, a claim or a demand, and whom that binds."""
    bound: Mapping[str, Collection[str]] = reader.bound(store)
    found = {}
    for iri in {iri for name in (*FIELDS.values(), "") for iri in values.get(name, ())}:
        here = NamedNode(iri)
        types = {object_value(quad.triple) for quad in store.description(here) if quad.predicate == TYPE}
        sort = next((sort for sort, class_ in SORTS.items() if class_ in types), "")
        found[iri] = {"sort": sort, "binds": sorted(bound.get(iri, ()))}
    return found


def spans(values: Mapping[str, Sequence[str]]) -> list[list[int]]:
    """Start and end of each quote, `START:WORDS`, and passage, `START:END`."""
    quotes = (place.partition(":") for place in values.get("quote", ()))
    passages = (place.partition(":") for place in values.get("passage", ()))
    found = [[int(start), int(start) + len(words)] for start, _, words in quotes]
    return sorted([*found, *([int(start), int(end)] for start, _, end in passages)])


def described(field: fields.Field) -> Json:
    """A field of a form."""
    shown = {"name": field.name, "help": field.help, "values": field.values, "many": field.many}
    return shown | {"required": field.required, "kinds": list(field.kinds) if field.names_entry else []}


def marks(value: object, text: str) -> list[tuple[int, int]]:
    """Stretches of a text, as they are sent; raises UsageError."""
    found = []
    for mark in value if isinstance(value, list) else ():
        match mark:
            case [int(start), int(end)] if 0 <= start < end <= len(text):
                found.append((start, end))
            case _:
                raise UsageError("the words marked are not in the text: mark them again")
    return found


def seen(values: Mapping[str, Sequence[str]]) -> str:
    """What tells whether an entry's fields are as they were shown."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:24]


def word(given: Json, name: str) -> str:
    """One text that was sent; raises UsageError where there is none."""
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{name} is missing")
    return value


def _text(value: str) -> str:
    """What was typed into a field; raises UsageError for what no file of text holds."""
    if len(value) > LONGEST:
        raise UsageError(
            f"'{value[:40]}…' is longer than {LONGEST} characters: a field holds a sentence or two"
        )
    if wrong := next((c for c in value if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t"), ""):
        raise UsageError(
            f"a character that is no text, U+{ord(wrong):04X}, stands in what was typed: take it out"
        )
    return value


def values(given: Json) -> dict[str, list[str]]:
    """The fields that are given, as lists of text; raises UsageError."""
    match given.get("values"):
        case dict(values) if all(
            isinstance(each, list) and all(isinstance(text, str) for text in each) for each in values.values()
        ):
            return {name: [_text(text) for text in each if text.strip()] for name, each in values.items()}
    raise UsageError("values are missing: an object of lists of text")
