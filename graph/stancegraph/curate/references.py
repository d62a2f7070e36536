"""Changes of what is there, every reference following: edit, rename, merge, remove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph.curate import entries
from stancegraph.curate.changes import UNUSED, Change, Edit, shown
from stancegraph.curate.fields import ENTRIES, REPORTED, UNNAMED, WORDS, Field, pairs, properties
from stancegraph.errors import UsageError
from stancegraph.store.turtle import describe, object_value, term
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from stancegraph.curate.folder import Folder

KINDS: Final = {
    "stance:Actor": "actor",
    "stance:Proposition": "proposition",
    "stance:Statement": "statement",
    "stance:Report": "report",
    "schema:Event": "event",
    "schema:NewsArticle": "document",
    "org:Membership": "membership",
    "stance:Figure": "figure",
    "org:Role": "role",
}
"""Class → kind of entry."""
Said = Mapping[str, frozenset[Triple]]
"""File → what it says of one entry."""


def edit(
    folder: Folder,
    entry: str,
    *,
    replace: Mapping[str, Sequence[str]] | None = None,
    add: Mapping[str, Sequence[str]] | None = None,
    remove: Mapping[str, Sequence[str]] | None = None,
    text: Path | None = None,
) -> Change:
    """The change of an entry's fields: values replaced (by none: emptied), added, removed (none named: all).

    A statement's quotes and passages are those of its report; of one with several name the report. Raises UsageError
    for a field it has not, or a value that is not there.
    """
    iri = folder.find(entry)
    kind, said = _kind(folder, iri)
    making = Edit(folder)
    for how, fields in (("set", replace or {}), ("remove", remove or {}), ("add", add or {})):
        for name, values in fields.items():
            field = _field(kind, name)
            of, where = iri, said
            if kind == "statement" and name in REPORTED:
                of = _report(folder, iri)
                where = folder.description(of)
            file = _home(where)
            now = set(making.file(file).description(of))
            kept = set[Triple]()
            if how != "add":
                gone = _values(folder, field, now, [] if how == "set" else values, values, of)
                now -= gone
                if how == "set" and field.values in ("text", "name"):  # they keep their language
                    kept = {triple for triple in gone if object_value(triple) in values}
            if how != "remove":
                left = [each for each in values if each not in map(object_value, kept)]
                now |= kept | set(_triples(making, field, of, left, now, text))
            making.put(file, of, now)
    return making.change(f"edit {kind} {local_name(iri)}", iri)


def rename(folder: Folder, entry: str, *, name: str | None = None, iri: str | None = None) -> Change:
    """The change that gives an entry another name, which finds it beside the old, or another IRI.

    `iri` is its new last part; every reference follows, and the old IRI says what replaced it.
    """
    old = folder.find(entry)
    kind, said = _kind(folder, old)
    making = Edit(folder)
    if name is not None:
        _relabel(making, kind, old, said, " ".join(name.split()))
    new = old
    if iri is not None:
        part = iri.rpartition("/")[2].rpartition(":")[2]
        new = old[: len(old) - len(local_name(old))] + part
        if (
            not part.replace("-", "").replace("_", "").isalnum()
            or not part.isascii()
            or folder.describing(new)
        ):
            raise UsageError(
                f"--iri '{part[:60]}': write letters, digits and hyphens, and what is not there yet"
            )
        _follow(making, old, new)
        making.put(_home(said), old, describe(NamedNode(old), ("dcterms:isReplacedBy", NamedNode(new))))
    if name is None and iri is None:
        raise UsageError("nothing to rename: give a new name, or --iri")
    return making.change(f"rename {kind} {local_name(old)}", new)


def merge(folder: Folder, entry: str, into: str) -> Change:
    """The change that makes one of two actors or propositions: the first's names and references become the second's.

    Raises UsageError where they are not two of one kind.
    """
    old, new = folder.find(entry), folder.find(into)
    (kind, said), (other, kept) = _kind(folder, old), _kind(folder, new)
    if old == new or kind != other or kind not in {"actor", "proposition"}:
        raise UsageError(
            f"{shown(old, folder)} and {shown(new, folder)} are not two actors, or two propositions"
        )
    making = Edit(folder)
    languages = {
        t.object.language
        for d in kept.values()
        for t in d
        if t.predicate == _LABEL and isinstance(t.object, Literal)
    }
    for file, triples in said.items():
        making.put(file, old, _merged(triples, languages))
    _follow(making, old, new, check=True)
    making.put(_home(kept), old, describe(NamedNode(old), ("dcterms:isReplacedBy", NamedNode(new))))
    return making.change(f"merge {kind} {local_name(old)} into {local_name(new)}", new)


def remove(folder: Folder, entry: str, *, references: bool = False) -> Change:
    """The change that takes out an entry; a statement's reports and figures go with it.

    Raises UsageError while something else points at it, unless its `references` are to go too.
    """
    iri = folder.find(entry)
    kind, _ = _kind(folder, iri)
    gone = {iri, *(_owned(folder, iri) if kind == "statement" else ())}
    pointing = {
        (file, subject): triples
        for one in gone
        for file, subject, triples in _mentions(folder, one)
        if subject not in gone and any(_is(t.object, gone) for t in triples)
    }
    redirects = {key for key, said in pointing.items() if all(t.predicate == _REPLACED for t in said)}
    if (held := sorted({shown(s, folder) for _, s in pointing.keys() - redirects})) and not references:
        more = f" and {len(held) - 3} more" if len(held) > 3 else ""
        raise UsageError(
            f"{shown(iri, folder)} is not removed: {', '.join(held[:3])}{more} point{'s' * (len(held) == 1)} at it; "
            "--references takes those references out too"
        )
    making = Edit(folder)
    for one in gone:
        for file in folder.describing(one):
            making.put(file, one, ())
    for (file, subject), triples in pointing.items():
        making.put(file, subject, () if (file, subject) in redirects else _without(triples, gone))
    return making.change(f"remove {kind} {local_name(iri)}", iri)


_LABEL: Final = term("skos:prefLabel")
_REPLACED: Final = term("dcterms:isReplacedBy")
_DROPPED: Final = tuple(map(term, ("rdf:type", "stance:actorKind")))


def _kind(folder: Folder, iri: str) -> tuple[str, Said]:
    said = folder.description(iri)
    classes = {t.object for triples in said.values() for t in triples if t.predicate == term("rdf:type")}
    kind = next((kind for name, kind in KINDS.items() if term(name) in classes), None)
    if kind is None:
        raise UsageError(f"{shown(iri, folder)} is not of a kind that is changed by commands: edit its file")
    return kind, said


def _home(said: Said) -> str:
    """The file that says of what kind an entry is."""
    return next(f for f, triples in said.items() if any(t.predicate == term("rdf:type") for t in triples))


def _field(kind: str, name: str) -> Field:
    known = ENTRIES[kind]
    found = known.get(name.replace("-", "_"))
    if found is None:
        raise UsageError(
            f"{kind} has no field '{name}': it has {', '.join(f.option for f in known.values())}"
        )
    return found


def _report(folder: Folder, statement: str) -> str:
    reports = sorted(one for one in _owned(folder, statement) if "/report/" in one)
    if len(reports) != 1:
        told = ", ".join(shown(one, folder) for one in reports)
        raise UsageError(f"{shown(statement, folder)} has {len(reports)} reports: edit one of {told}")
    return reports[0]


def _owned(folder: Folder, statement: str) -> set[str]:
    """The reports of a statement, and the figures that it alone claims."""
    owned = {
        subject
        for _, subject, triples in _mentions(folder, statement)
        if any(t.predicate == term("stance:reports") and object_value(t) == statement for t in triples)
    }
    for figure in folder.values(statement, "stance:claims"):
        users = {s for _, s, said in _mentions(folder, figure) if any(_is(t.object, {figure}) for t in said)}
        owned |= {figure} if users == {statement} else set()
    return owned


def _mentions(folder: Folder, iri: str) -> Iterator[tuple[str, str, frozenset[Triple]]]:
    """File, subject and description of what describes an IRI or points at it."""
    local = local_name(iri)
    for file in folder.naming(iri):
        for subject in dict.fromkeys(folder.file(file).mentioning([local])):
            yield file, subject, folder.file(file).description(subject)


def _is(term_: object, iris: Iterable[str]) -> bool:
    return isinstance(term_, NamedNode) and term_.value in iris


def _values(
    folder: Folder, field: Field, now: set[Triple], wanted: Sequence[str], given: Sequence[str], of: str
) -> set[Triple]:
    """The triples of a field: all, or those of the values `wanted`; of labels those in the languages given."""
    if field.values in ("coding", "ascription"):
        edge, named = {
            "coding": ("stance:of", entries.target_of),
            "ascription": ("stance:holder", entries.holder_of),
        }[field.values]
        meant = {named(folder, each) for each in given}
        return {
            t
            for c in now
            if c.predicate == term(edge) and (object_value(c) in meant or not given)
            for t in _node(now, c.subject)
        }
    edges = properties(field)
    mine = {t for t in now if t.predicate in edges and t.subject == NamedNode(of)}
    if words := WORDS.get(field.values):
        mine = {t for t in mine if t.object in set(map(term, words.values()))}
    if field.edge == "skos:prefLabel":
        languages = {each.partition("=")[0] for each in given} if field.values == "labels" else {"en"}
        mine = {t for t in mine if isinstance(t.object, Literal) and t.object.language in languages}
    elif field.values in ("quote", "passage"):
        return _passages(field, now, mine, wanted)
    elif wanted:
        values = {pair for each in wanted for pair in pairs(folder, field, each)}
        mine = {t for t in mine if (t.predicate, t.object) in values}
    if not mine and wanted:
        raise UsageError(f"{shown(of, folder)} has no {field.option} '{wanted[0][:60]}'")
    return mine


def _passages(field: Field, now: set[Triple], mine: set[Triple], wanted: Sequence[str]) -> set[Triple]:
    """The passages of a report with quoted words, or without; of quotes those wanted, the literals too."""
    exact = {t.subject: object_value(t) for t in now if t.predicate == term("oa:exact")}
    found = {t for t in mine if field.values == "quote" and (not wanted or object_value(t) in wanted)}
    for link in (t for t in now if t.predicate == term("stance:passage")):
        nested = _node(now, link.object)
        words = [exact[t.subject] for t in nested if t.predicate == term("oa:exact")]
        if (field.values == "quote" and words and (not wanted or words[0] in wanted)) or (
            field.values == "passage" and not words
        ):
            found |= nested
    return found


def _node(said: Iterable[Triple], node: object) -> set[Triple]:
    """What is said of a blank node, of those nested in it, and what leads to it."""
    triples = set(said)
    found = {t for t in triples if node in (t.subject, t.object)}
    for triple in list(found):
        if triple.subject == node and isinstance(triple.object, BlankNode):
            found |= _node(triples - found, triple.object)
    return found


def _triples(
    making: Edit, field: Field, of: str, values: Sequence[str], now: set[Triple], text: Path | None
) -> Iterator[Triple]:
    folder, here = making.folder, NamedNode(of)
    if field.values in ("quote", "passage"):
        document = next(t.object for t in now if t.predicate == term("stance:document"))
        if isinstance(document, NamedNode):
            quotes, stretches = (values, ()) if field.values == "quote" else ((), values)
            yield from entries.anchor(folder, here, document, quotes, stretches, text)
        return
    for each in values:
        if field.values == "coding":
            yield from entries.coding(folder, here, each)
        elif field.values == "ascription":
            yield from entries.ascription(folder, here, each)
        elif field.values == "role":
            yield Triple(here, term(field.edge), entries.role(making, each))
        else:
            yield from (Triple(here, *pair) for pair in pairs(folder, field, each))


def _relabel(making: Edit, kind: str, iri: str, said: Said, name: str) -> None:
    """Another name; the old one still finds the entry, and is not shown."""
    if kind in UNNAMED:
        raise UsageError(f"a {kind} has no name: give --iri, or edit its gist")
    here, edge = NamedNode(iri), term("dcterms:title" if kind == "document" else "skos:prefLabel")
    field = next(iter(ENTRIES[kind].values()))
    for file, triples in said.items():
        old = [
            t for t in triples if t.predicate == edge and getattr(t.object, "language", None) in ("en", None)
        ]
        if old:
            named = old if kind != "document" else []
            hidden = {Triple(here, term("skos:hiddenLabel"), t.object) for t in named}
            fresh = {Triple(here, *pair) for pair in pairs(making.folder, field, name)}
            making.put(file, iri, (triples - set(old)) | hidden | fresh)


def _follow(making: Edit, old: str, new: str, *, check: bool = False) -> None:
    """Let everything that describes the old IRI or points at it mean the new one."""
    was, now = NamedNode(old), NamedNode(new)
    local = local_name(old)
    for name in making.folder.naming(old):
        file = making.file(name)
        for subject in dict.fromkeys(file.mentioning([local])):
            said = file.description(subject)
            swapped = {
                Triple(
                    now if t.subject == was else t.subject, t.predicate, now if t.object == was else t.object
                )
                for t in said
            }
            swapped = {t for t in swapped if t.subject != t.object}
            if swapped == said:
                continue
            if subject == old:
                making.put(name, old, ())
                making.put(name, new, {*swapped, *file.description(new)})
            else:
                making.put(name, subject, swapped, check=check)


def _merged(said: frozenset[Triple], languages: set[str | None]) -> Iterator[Triple]:
    """What of an entry merged into another holds of that: its names as other names, all but what it is."""
    for t in said:
        if t.predicate == _LABEL and isinstance(t.object, Literal) and t.object.language in languages:
            yield Triple(t.subject, term("skos:altLabel"), t.object)
        elif t.predicate not in _DROPPED and t.object != UNUSED:
            yield t


def _without(said: frozenset[Triple], gone: set[str]) -> set[Triple]:
    """A description without what points at entries that go; a nested node that does goes whole."""
    kept = set(said)
    for triple in said:
        if _is(triple.object, gone):
            kept -= _node(said, triple.subject) if isinstance(triple.subject, BlankNode) else {triple}
    return kept
