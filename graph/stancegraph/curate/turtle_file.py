"""A Turtle file as a person keeps it: its blocks in their order, with the comments between them.

A block is what a file says of one subject, up to its full stop. Only the blocks that change are written anew, as
`store.turtle` writes them, a new one where it would stand there; all else stays to the byte.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from copy import copy
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Triple

from stancegraph.errors import StanceError
from stancegraph.store import turtle
from stancegraph.store.terms import object_value, term
from stancegraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ATOM: Final = (
    r"<[^<>\s]*>|\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}"
    r"|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'"
)
_SPACE: Final = r"(?:\s|\#[^\n]*)"
_STATEMENT: Final = re.compile(
    rf"(?P<before>{_SPACE}*+)"
    rf"(?P<text>(?:@prefix|@base)\b[^<]*+<[^>]*>\s*\.|(?i:prefix|base)\s[^<]*+<[^>]*>"
    rf"|(?:[^.<\"'\#]|{_ATOM}|\#[^\n]*|\.(?![\s\#<\[\"(@]|\Z))++\.)"
    r"(?P<after>[ \t]*+\#[^\n]*)?",
    re.DOTALL,
)
_COMMENT: Final = re.compile(rf"(?:{_ATOM})|(\#[^\n]*)", re.DOTALL)
_DIRECTIVE: Final = re.compile(r"@?(?i:(?P<what>prefix|base))\s+(?P<prefix>[^\s:]*):?\s*<(?P<iri>[^>]*)>")
_SUBJECT: Final = re.compile(r"<(?P<iri>[^>]*)>|(?P<prefix>[^\s:_\[<]*):(?P<local>[^\s;,<\"\[]*)")
REPORTS, CLAIMS, ONTOLOGY = map(term, ("stance:reports", "stance:claims", "owl:Ontology"))


class Block(NamedTuple):
    """One statement of a file: what stands `before` it (blanks, comments), its text, a comment `after` on its line."""

    before: str
    text: str
    after: str = ""
    subject: str = ""
    """The IRI it describes; empty for a declaration, or a subject without an IRI."""
    prefix: str | None = None
    """Of a declaration the prefix, with its colon; empty of a base."""


class TurtleFile:
    """The text of a file (`name`, for messages) as blocks; a file without entries gets a declaration of `base`."""

    def __init__(self, text: str, name: str, *, base: str = "", graph: str = "file:///") -> None:
        self._name, self._graph = name, graph
        self._blocks: list[Block] = []
        self._end = ""
        self._prefixes: dict[str, str] = {}
        self._places: dict[str, tuple[object, ...]] = {}
        self._base = ""
        at = 0
        while match := _STATEMENT.match(text, at):
            self._blocks.append(self._block(match["before"], match["text"], match["after"] or ""))
            at = match.end()
        self._end = text[at:]
        if re.sub(_SPACE, "", self._end):
            line = text.count("\n", 0, at) + 1
            raise StanceError(
                f"{name}, after line {line}: not Turtle that can be edited: mend the file there"
            )
        if base and not self._base and not any(block.subject for block in self._blocks):
            before = self._end.rstrip("\n") + "\n" if self._end.strip() else ""
            self._base, self._end = base, "\n"
            self._blocks.append(Block(before, f"@base <{base}> .", prefix=""))

    @cached_property
    def text(self) -> str:
        return "".join(f"{b.before}{b.text}{b.after}" for b in self._blocks) + self._end

    def copy(self) -> TurtleFile:
        """The same file, to be changed on its own."""
        twin = copy(self)
        twin._blocks, twin._prefixes, twin._places = list(self._blocks), dict(self._prefixes), {}
        return twin

    @cached_property
    def subjects(self) -> frozenset[str]:
        return frozenset(block.subject for block in self._blocks if block.subject)

    def mentioning(self, names: Iterable[str]) -> Iterator[str]:
        """Subjects of the blocks that one of the names stands in, or in the comments before."""
        ends = list(accumulate(len(b.before) + len(b.text) + len(b.after) for b in self._blocks))
        found = {bisect_right(ends, at) for name in names for at in places(name, self.text)}
        return (self._blocks[i].subject for i in sorted(found) if i < len(ends) and self._blocks[i].subject)

    def description(self, subject: str) -> frozenset[Triple]:
        """What the file says of a subject, with all that is nested in it."""
        return frozenset(self._triples("\n".join(b.text for b in self._blocks if b.subject == subject)))

    def triples(self) -> list[Triple]:
        return self._parse(self.text)

    def put(self, subject: str, triples: Iterable[Triple]) -> None:
        """Say this of a subject instead of what the file says of it; nothing: take it out, with its comment."""
        wanted = frozenset(triples)
        before = self.description(subject)
        for block in self._blocks:
            if block.subject == subject and "_:" in _COMMENT.sub("", block.text):
                raise StanceError(f"{self._name}: {subject} holds a blank node with a label: give it an IRI")
        unused = turtle.prefixes_used("\n".join(b.text for b in self._blocks if b.subject == subject))
        text = self._written(subject, wanted) if wanted else ""  # declares what it needs
        old = [i for i, block in enumerate(self._blocks) if block.subject == subject]
        place = self._place_of(subject, wanted)
        if wanted and old and place == self._place_of(subject, before):
            first = self._blocks[old[0]]
            comments = "".join(f"{c}\n" for i in old for c in self._comments(self._blocks[i].text))
            self._blocks[old[0]] = first._replace(before=first.before + comments, text=text)
            self._remove(old[1:])
        else:
            self._remove(old)
            if wanted:
                self._insert(Block("\n\n", text, "", subject), place)
        self._undeclare(unused)
        self._forget()

    def extend(self, triples: Iterable[Triple]) -> None:
        """Say this too, of subjects of which the file says nothing yet: as `put`, of many at once."""
        texts = {
            node.value: text
            for node, text in turtle.blocks(triples, self._base, self._usable).items()
            if isinstance(node, NamedNode)
        }
        for prefix in sorted(turtle.prefixes_used("\n".join(texts.values())) - self._prefixes.keys()):
            self._declare(prefix)
        for subject in texts:
            self._places[subject] = turtle.place_of(subject)
        for subject, text in texts.items():
            self._insert(Block("\n\n", text, "", subject), self._places[subject])
        self._places.clear()
        self._forget()

    def _forget(self) -> None:
        """What was worked out of the blocks as they were."""
        for cached in ("text", "subjects", "_claims"):
            self.__dict__.pop(cached, None)

    @cached_property
    def _claims(self) -> dict[str, str]:
        """Figure → the statement that claims it."""
        claiming = [block for block in self._blocks if block.subject and "claims" in block.text]
        found = ((block.subject, triple) for block in claiming for triple in self._triples(block.text))
        return {object_value(t): subject for subject, t in found if t.predicate == CLAIMS}

    def _block(self, before: str, text: str, after: str) -> Block:
        """A block as it is read; of a declaration the file is told."""
        if declared := _DIRECTIVE.match(text):
            if declared["what"].lower() == "base":
                self._base = declared["iri"]
                return Block(before, text, after, prefix="")
            if self._prefixes.setdefault(declared["prefix"], declared["iri"]) != declared["iri"]:
                raise StanceError(
                    f"{self._name} declares {declared['prefix']}: twice: keep one, to edit the file"
                )
            return Block(before, text, after, prefix=f"{declared['prefix']}:")
        subject = ""
        if named := _SUBJECT.match(text):
            if named["iri"] is not None:
                subject = self._absolute(named["iri"])
            elif named["prefix"] in self._prefixes:
                local = named["local"]
                plain = re.sub(r"\\(.)", r"\1", local) if "\\" in local else local
                subject = self._prefixes[named["prefix"]] + plain
        return Block(before, text, after, subject)

    def _absolute(self, iri: str) -> str:
        if re.match(r"[A-Za-z][\w+.-]*:", iri) and "\\" not in iri:
            return iri
        if self._base.endswith("/") and turtle.BELOW.fullmatch(iri):
            return self._base + iri
        (triple,) = self._triples(f"<{iri}> <urn:x> <urn:x> .")
        return str(triple.subject.value) if isinstance(triple.subject, NamedNode) else ""

    def _triples(self, text: str) -> list[Triple]:
        declared = "\n".join(block.text for block in self._blocks if block.prefix is not None)
        return self._parse(f"{declared}\n{text}")

    def _parse(self, text: str) -> list[Triple]:
        try:
            quads = pyoxigraph.parse(text, RdfFormat.TURTLE, base_iri=self._graph, rename_blank_nodes=True)
            return [quad.triple for quad in quads]
        except (SyntaxError, ValueError) as error:
            raise StanceError(f"{self._name} cannot be read: {error}: mend the file") from None

    def _comments(self, text: str) -> list[str]:
        return [match[1] for match in _COMMENT.finditer(text) if match[1]]

    def _written(self, subject: str, triples: frozenset[Triple]) -> str:
        """The block, in the file's own prefixes and ours; those it needs are declared."""
        text = turtle.blocks(triples, self._base, self._usable)[NamedNode(subject)]
        new = turtle.prefixes_used(text) - self._prefixes.keys()
        for prefix in (each for each in PREFIXES if each in new):
            self._declare(prefix)
        return text

    @property
    def _usable(self) -> dict[str, str]:
        """The prefixes a block may use: the file's own, and ours where it means nothing else by them."""
        ours = {p: iri for p, iri in PREFIXES.items() if self._prefixes.get(p, iri) == iri}
        theirs = {p: iri for p, iri in self._prefixes.items() if p and PREFIXES.get(p) != iri}
        return {**theirs, **ours}

    def _declare(self, prefix: str) -> None:
        """Add a prefix of ours to the declarations, in the order of the vocabulary."""
        order = [f"{p}:" for p in PREFIXES]
        declared = [i for i, block in enumerate(self._blocks) if block.prefix is not None]
        later = [i for i in declared if self._blocks[i].prefix in order[order.index(f"{prefix}:") :]]
        at = later[0] if later else declared[-1] + 1 if declared else 0
        block = Block("\n", f"@prefix {prefix}: <{PREFIXES[prefix]}> .", prefix=f"{prefix}:")
        self._insert_at(at, block)
        self._prefixes[prefix] = PREFIXES[prefix]

    def _undeclare(self, prefixes: set[str]) -> None:
        """Take out declarations of ours that nothing needs any more."""
        if not prefixes:
            return
        rest = "\n".join(block.text for block in self._blocks if block.prefix is None)
        for prefix in prefixes - turtle.prefixes_used(rest):
            self._remove([i for i, block in enumerate(self._blocks) if block.prefix == f"{prefix}:"])
            self._prefixes.pop(prefix, None)

    def _insert_at(self, at: int, block: Block) -> None:
        if at == 0:  # what a file begins with stays there
            if self._blocks:
                first = self._blocks[0]
                self._blocks[0] = first._replace(before=block.before)
                block = block._replace(before=first.before)
            else:
                block = block._replace(before=self._end.rstrip("\n") + "\n" if self._end.strip() else "")
                self._end = "\n"
        self._blocks.insert(at, block)

    def _insert(self, block: Block, place: tuple[object, ...]) -> None:
        low, high = 0, len(self._blocks)
        while low < high:
            middle = (low + high) // 2
            if self._stands_before(middle, place):
                low = middle + 1
            else:
                high = middle
        self._insert_at(low, block)

    def _stands_before(self, position: int, place: tuple[object, ...]) -> bool:
        block = self._blocks[position]
        if block.prefix is not None:
            return True
        if not block.subject:
            return False
        known = self._places.get(block.subject)
        if known is None:
            known = self._place_of(block.subject, self._triples(block.text))
            if self._places:  # of many inserted at once
                self._places[block.subject] = known
        return known < place

    def _place_of(self, subject: str, triples: Iterable[Triple]) -> tuple[object, ...]:
        """Sort key of a subject; a figure stands under the statement that claims it."""
        node, owner, ontology = NamedNode(subject), None, False
        for triple in triples:
            if triple.subject == node and triple.predicate == REPORTS:
                owner = min(owner or object_value(triple), object_value(triple))
            ontology = ontology or triple.object == ONTOLOGY
        owner = owner or self._claims.get(subject)
        return turtle.place_of(subject, owner, ontology)

    def _remove(self, positions: list[int]) -> None:
        for position in reversed(positions):
            gone = self._blocks.pop(position)
            is_head = gone.prefix is not None and position == 0
            kept = _detached(gone.before) if gone.prefix is None else gone.before
            if position < len(self._blocks) and (is_head or kept.strip()):
                following = self._blocks[position]
                before = kept if is_head else kept.rstrip() + following.before
                self._blocks[position] = following._replace(before=before)
            elif kept.strip() and not is_head:
                self._end = kept.rstrip() + "\n"


def places(name: str, text: str) -> Iterator[int]:
    """Where a name stands in a text, and not as a part of a longer one."""
    at = text.find(name)
    while at >= 0:
        around = text[max(0, at - 1) : at] + text[at + len(name) : at + len(name) + 1]
        if not any(c.isalnum() or c in "_-" for c in around):
            yield at
        at = text.find(name, at + 1)


def is_named(name: str, text: str) -> bool:
    """Whether a name stands in a text.

    >>> is_named("ada", "<actor/ada> ;"), is_named("ada", "<actor/adana> ;")
    (True, False)
    """
    return next(places(name, text), None) is not None


def _detached(before: str) -> str:
    """The comments before a block without those directly above it, which are on it alone."""
    head, blank, _ = before.rpartition("\n\n")
    return head if blank else before[: before.find("\n") + 1] if before.startswith("\n") else ""
