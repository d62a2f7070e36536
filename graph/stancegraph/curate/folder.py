"""A graph of one's own: a folder of Turtle that commands add to, and a person edits.

A file is its blocks in their order, with the comments between them; a block is what it says of one subject, up to its
full stop. Only the blocks that change are written anew, as `store.turtle` writes them, a new one where it would stand
there; all else stays to the byte.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple

from stancegraph import input as input_
from stancegraph import names, output, store
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import files, journal, turtle
from stancegraph.store.folders import new_folder
from stancegraph.store.sparql import Term
from stancegraph.store.turtle import describe, english, object_value, term, values_of
from stancegraph.vocabulary import ID, PREFIXES, UNOWNED, local_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from stancegraph.store import Local

FILES: Final = {
    "actors": "Actors: who can take a position, or be the target of one; their roles, and the coders.",
    "propositions": "Propositions: the sentences that actors affirm or reject.",
    "events": "Events: what happened, and the occasions something was said on.",
    "documents": "Documents: the sources, by checksum; never their text.",
    "background": "Background that no document states, each fact with the address of a page that states it.",
}
"""File of a graph → what it holds."""
STATEMENTS: Final = "statements/"
"""Where the statements stand, a file for each document that reports them."""
IGNORED: Final = (
    "# The sources' texts are their owners'; the journal is of this machine.\ntexts/\n.stancegraph/\n"
)
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
_REPORTS, _CLAIMS, _ONTOLOGY = map(term, ("stance:reports", "stance:claims", "owl:Ontology"))


class _Block(NamedTuple):
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
        self._blocks: list[_Block] = []
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
            self._blocks.append(_Block(before, f"@base <{base}> .", prefix=""))

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
        found = {bisect_right(ends, at) for name in names for at in _places(name, self.text)}
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
            found = (each[1] for i in old for each in _COMMENT.finditer(self._blocks[i].text))
            comments = "".join(f"{comment}\n" for comment in found if comment)
            self._blocks[old[0]] = first._replace(before=first.before + comments, text=text)
            self._remove(old[1:])
        else:
            self._remove(old)
            if wanted:
                self._insert(_Block("\n\n", text, "", subject), place)
        self._undeclare(unused)
        self._forget()

    def extend(self, triples: Iterable[Triple]) -> None:
        """Say this too, of subjects of which the file says nothing yet: as `put`, of many at once."""
        blocks = turtle.blocks(triples, self._base, self._usable).items()
        texts = {node.value: text for node, text in blocks if isinstance(node, NamedNode)}
        for prefix in sorted(turtle.prefixes_used("\n".join(texts.values())) - self._prefixes.keys()):
            self._declare(prefix)
        for subject in texts:
            self._places[subject] = turtle.place_of(subject)
        for subject, text in texts.items():
            self._insert(_Block("\n\n", text, "", subject), self._places[subject])
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
        return {object_value(t): subject for subject, t in found if t.predicate == _CLAIMS}

    def _block(self, before: str, text: str, after: str) -> _Block:
        """A block as it is read; of a declaration the file is told."""
        if declared := _DIRECTIVE.match(text):
            if declared["what"].lower() == "base":
                self._base = declared["iri"]
                return _Block(before, text, after, prefix="")
            if self._prefixes.setdefault(declared["prefix"], declared["iri"]) != declared["iri"]:
                raise StanceError(
                    f"{self._name} declares {declared['prefix']}: twice: keep one, to edit the file"
                )
            return _Block(before, text, after, prefix=f"{declared['prefix']}:")
        subject = ""
        if named := _SUBJECT.match(text):
            if named["iri"] is not None:
                subject = self._absolute(named["iri"])
            elif named["prefix"] in self._prefixes:
                local = named["local"]
                plain = re.sub(r"\\(.)", r"\1", local) if "\\" in local else local
                subject = self._prefixes[named["prefix"]] + plain
        return _Block(before, text, after, subject)

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
        block = _Block("\n", f"@prefix {prefix}: <{PREFIXES[prefix]}> .", prefix=f"{prefix}:")
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

    def _insert_at(self, at: int, block: _Block) -> None:
        if at == 0:  # what a file begins with stays there
            if self._blocks:
                first = self._blocks[0]
                self._blocks[0] = first._replace(before=block.before)
                block = block._replace(before=first.before)
            else:
                block = block._replace(before=self._end.rstrip("\n") + "\n" if self._end.strip() else "")
                self._end = "\n"
        self._blocks.insert(at, block)

    def _insert(self, block: _Block, place: tuple[object, ...]) -> None:
        numbers = range(len(self._blocks))
        self._insert_at(bisect_left(numbers, True, key=lambda i: not self._stands_before(i, place)), block)

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
            if triple.subject == node and triple.predicate == _REPORTS:
                owner = min(owner or object_value(triple), object_value(triple))
            ontology = ontology or triple.object == _ONTOLOGY
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


def _places(name: str, text: str) -> Iterator[int]:
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
    return next(_places(name, text), None) is not None


def _detached(before: str) -> str:
    """The comments before a block without those directly above it, which are on it alone."""
    head, blank, _ = before.rpartition("\n\n")
    return head if blank else before[: before.find("\n") + 1] if before.startswith("\n") else ""


def init(
    path: str | Path,
    *,
    title: str | None = None,
    base: str | None = None,
    language: str = "en",
    licence: str | None = None,
) -> Folder:
    """Make the folder of a new graph; `base` is what its IRIs begin with, at an address of one's own.

    Raises UsageError where something stands there already, or the base is no address.
    """
    name = Path(path).resolve().name.encode("utf-8", "replace").decode()  # which need not be of characters
    base = default_base(name) if base is None else base
    for address, option in ((base, "base"), (licence, "licence")):
        if address is not None and not is_address(address):
            raise UsageError(f"--{option} '{address[:80]}' is no address: write it as https://host/path/")
    base = base if base.endswith(("/", "#")) else f"{base}/"
    if base.endswith("#"):
        raise UsageError(f"--base '{base[:80]}' ends in #: end it in /, kinds of entries follow it")
    graph: list[tuple[str | NamedNode, str | Term]] = [
        ("rdf:type", "owl:Ontology"),
        ("dcterms:title", english(title or name)),
        ("dcterms:language", pyoxigraph.Literal(language)),
        ("vann:preferredNamespaceUri", pyoxigraph.Literal(base)),
        *([("dcterms:license", NamedNode(licence))] if licence else []),
    ]
    coder = NamedNode(f"{base}coder/1")
    coders = describe(coder, ("rdf:type", "prov:Agent"), ("rdfs:label", english("coder 1")))
    with new_folder(Path(path)) as new:
        for folder in ("statements", "texts", journal.PLACE):
            (new / folder).mkdir()
        (new / ".gitignore").write_text(IGNORED, encoding="utf-8", newline="\n")
        (new / "graph.ttl").write_bytes(turtle.write(describe(NamedNode(base), *graph), base).encode())
        for file, holds in FILES.items():
            declared = TurtleFile(f"# {holds}\n", f"{file}.ttl", base=base)
            if file == "actors":
                declared.put(coder.value, coders)
            (new / f"{file}.ttl").write_bytes(declared.text.encode())
    return Folder(path)


def default_base(name: str) -> str:
    """What the IRIs of a graph begin with until it is given an address: one that is nobody's."""
    host = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-") or "graph"
    return UNOWNED.replace("dna", host)


def is_address(text: str) -> bool:
    """Whether a text is an http(s) address that can be written as an IRI."""
    scheme, colon, rest = text.partition("://")
    legal = not any(c.isspace() or c in '<>"{}|\\^`' or not c.isprintable() for c in text)
    return bool(colon and scheme.lower() in {"http", "https"} and rest.strip("/") and legal)


class Folder:
    """A folder of Turtle, read as it stands; `base` is what the IRIs of its entries begin with.

    Raises StanceError or UsageError where it is no folder of files that can be edited.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = files.existing(path).resolve()
        if not self.path.is_dir() or (self.path / "CURRENT").exists():
            raise UsageError(f"{path} is no folder of Turtle: name one, or make one with `stancegraph init`")
        self._read: dict[str, tuple[journal.Stamp, str]] = {}
        self._looked_at: set[str] = set()
        self._parsed: dict[str, dict[str, TurtleFile]] = {}
        self._known: tuple[Mapping[str, str | None], Local] | None = None
        self._names: tuple[Local, names.Names] | None = None
        if (self.path / journal.PLACE / "next").exists():
            with journal.locked(self.path):
                pass

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Nobody else writes meanwhile; the folder is read afresh."""
        with journal.locked(self.path):
            self.refresh()
            yield

    def refresh(self) -> None:
        """Look at the files again: what changed is read anew, all else stays as it was read."""
        self._looked_at.clear()
        for cached in ("base", "file_names"):
            self.__dict__.pop(cached, None)

    @cached_property
    def file_names(self) -> list[str]:
        """The Turtle files, by their path below the folder, as they were first listed."""
        listed = (file for file in files.listed(self.path) if file.suffix.lower() == ".ttl")
        return [file.relative_to(self.path).as_posix() for file in listed]

    def text(self, file: str) -> str | None:
        """The text of a file as it was when the folder was last looked at; None where there is none."""
        known = self._read.get(file)
        if file in self._looked_at:
            return known and known[1]
        stamp = journal.stamp(self.path / file)
        if known is None or stamp is None or known[0] != stamp:
            text = journal.text_of(self.path / file)
            self._parsed[file] = {t: parsed for t, parsed in self._parsed.get(file, {}).items() if t == text}
            known = None if text is None else (stamp or (), text)
        self._looked_at.add(file)
        if known is None:
            self._read.pop(file, None)
            return None
        self._read[file] = known
        return known[1]

    def file(self, file: str) -> TurtleFile:
        """A file as it stands, to read."""
        return self.parsed(file, self.text(file))

    def parsed(self, file: str, text: str | None) -> TurtleFile:
        """A file that has this text, to read; a new one has the declarations of the folder."""
        known = self._parsed.setdefault(file, {})
        if (text or "") not in known:
            base = "" if self.base == ID else self.base
            known[text or ""] = TurtleFile(text or "", file, base=base, graph=self.graph(file))
        return known[text or ""]

    def keep(self, file: str, parsed: TurtleFile) -> None:
        """Spare reading a file again that will have been changed so."""
        self._parsed.setdefault(file, {})[parsed.text] = parsed

    def graph(self, file: str) -> str:
        return files.graph_of(self.path / file, self.path, self.path.name)

    @cached_property
    def base(self) -> str:
        """What the IRIs of the entries begin with: as graph.ttl says, else as the documents are named."""
        for file, sought in (
            ("graph.ttl", "vann:preferredNamespaceUri"),
            ("documents.ttl", "schema:NewsArticle"),
        ):
            text = journal.text_of(self.path / file)
            for triple in TurtleFile(text or "", file).triples():
                if triple.predicate == term(sought):
                    return str(object_value(triple))
                if triple.object == term(sought) and isinstance(triple.subject, NamedNode):
                    return triple.subject.value.partition("document/")[0]
        raise UsageError(
            f"{self.path} does not say what its names begin with: make a folder with `stancegraph init`"
        )

    @property
    def store(self) -> Local:
        """All but the statements, with the vocabulary: what names are found in."""
        texts = {file: self.text(file) for file in self.file_names if not file.startswith(STATEMENTS)}
        if self._known is None or self._known[0] != texts:
            triples = pyoxigraph.Store()
            for file, text in texts.items():
                self._fill(triples, file, text)
            files.fill_vocabulary(triples)
            self._known = texts, store.Local.over(triples, str(self.path))
        return self._known[1]

    @property
    def names(self) -> names.Names:
        if self._names is None or self._names[0] is not self.store:
            self._names = self.store, names.index(self.store, *names.KINDS, *names.APART)
        return self._names[1]

    @contextmanager
    def standing(self, texts: Mapping[str, str | None], mentioning: Collection[str]) -> Iterator[Local]:
        """The `store` with these texts in place of the files', and the statements that mention one of the names.

        With them stands what they name in their own file: the figures they claim.
        """
        known, changed = self.store, set[str]()
        triples = known.triples
        try:
            for file in dict.fromkeys([*self.file_names, *texts]):
                text = texts[file] if file in texts else self.text(file)
                if file.startswith(STATEMENTS):
                    if text is None or not any(is_named(name, text) for name in mentioning):
                        continue
                    graph, part = NamedNode(self.graph(file)), self.parsed(file, text)
                    meant = {*part.mentioning(mentioning)}
                    found = {t for subject in meant for t in part.description(subject)}
                    named = {object_value(t) for t in found if isinstance(t.object, NamedNode)}
                    found |= {
                        t for subject in named & part.subjects - meant for t in part.description(subject)
                    }
                    triples.extend(Quad(t.subject, t.predicate, t.object, graph) for t in found)
                elif file in texts:
                    triples.remove_graph(NamedNode(self.graph(file)))
                    self._fill(triples, file, text)
                else:
                    continue
                changed.add(file)
            yield known
        finally:
            for file in changed:
                triples.remove_graph(NamedNode(self.graph(file)))
                if not file.startswith(STATEMENTS):
                    self._fill(triples, file, self.text(file))

    def _fill(self, triples: pyoxigraph.Store, file: str, text: str | None) -> None:
        """Load a text of Turtle into the graph of a file."""
        if text is not None and file.endswith(".ttl"):
            graph = NamedNode(self.graph(file))
            try:
                triples.load(text.encode(), RdfFormat.TURTLE, base_iri=graph.value, to_graph=graph)
            except SyntaxError as error:
                raise StanceError(f"{file}, line {error.lineno}: {error.msg}: mend the file") from None

    def naming(self, iri: str) -> list[str]:
        """The files that an IRI's last part stands in: those that may describe it, or point at it."""
        local = local_name(iri)
        return [file for file in self.file_names if is_named(local, self.text(file) or "")]

    def describing(self, iri: str) -> list[str]:
        return [file for file in self.naming(iri) if iri in self.file(file).subjects]

    def description(self, iri: str) -> dict[str, frozenset[Triple]]:
        """File → what it says of an entry, where it says something."""
        return {file: self.file(file).description(iri) for file in self.describing(iri)}

    def values(self, iri: str, edge: str) -> set[str]:
        """The values that an entry has of a property, those of nodes nested in it too."""
        said = (t for triples in self.description(iri).values() for t in triples)
        return values_of(said, edge)

    def find(self, text: str, *kinds: str) -> str:
        """The IRI of the entry meant, a statement's too; raises UnknownName where none is, or more than one."""
        if re.fullmatch(r"[a-z]+/[\w-]+", text.strip()):  # as it is shown: actor/ada
            text = self.base + text.strip()
        if not kinds and text.strip():
            prefix, colon, local = text.strip().partition(":")
            typed = f"{self.base}{prefix}/{local}" if colon and prefix in PREFIXES else text.strip()
            meant = {
                subject
                for file in self.naming(typed)
                for subject in self.file(file).subjects
                if typed in (subject, local_name(subject))
            }
            if len(meant) == 1:
                return self._current(meant.pop())
        return self.names.resolve(text, *kinds).iri

    def _current(self, iri: str) -> str:
        """What an IRI was replaced by, where it names nothing any more."""
        later = self.values(iri, "dcterms:isReplacedBy")
        return self._current(min(later)) if later and not self.values(iri, "rdf:type") else iri

    def source_text(self, sha256: str, given: Path | None = None) -> str | None:
        """The text a document was coded from: the file given, or one in texts/; None where it is not at hand."""
        candidates = [given] if given else sorted(self.path.glob("texts/**/*"))
        for file in candidates:
            try:
                content = file.read_bytes() if file.is_file() or file == given else b""
            except OSError as error:
                raise StanceError(f"{file}: cannot be read: {error.strerror}") from error
            if hashlib.sha256(content).hexdigest() == sha256:
                return input_.decode(content, file, error=UsageError)
        if given:
            raise UsageError(f"{given} is not the text the document was coded from: its checksum differs")
        return None


def keep_beside(file: Path, text: str) -> None:
    """Write a file of a folder beside its graph, whole; raises StanceError where it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        output.replace(file, text.encode("utf-8", "replace"))
    except OSError as error:
        raise StanceError(f"{file} cannot be written: {error.strerror or error}") from error
