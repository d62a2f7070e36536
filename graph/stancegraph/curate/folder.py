"""A graph of one's own: a folder of Turtle that commands add to, and a person edits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple

from stancegraph import names, store
from stancegraph.curate.turtle_file import TurtleFile, is_named
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import files, journal, turtle
from stancegraph.store.folders import new_folder
from stancegraph.store.terms import Term, describe, english, object_value, term
from stancegraph.vocabulary import ID, PREFIXES, UNOWNED, local_name

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        _save(new / "graph.ttl", turtle.write(describe(NamedNode(base), *graph), base))
        for file, holds in FILES.items():
            declared = TurtleFile(f"# {holds}\n", f"{file}.ttl", base=base)
            if file == "actors":
                declared.put(coder.value, coders)
            _save(new / f"{file}.ttl", declared.text)
    return Folder(path)


def _save(file: Path, text: str) -> None:
    file.write_bytes(text.encode())


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
        said = frozenset[Triple]().union(*self.description(iri).values())
        later = [object_value(t) for t in said if t.predicate == term("dcterms:isReplacedBy")]
        if later and not any(t.predicate == term("rdf:type") for t in said):
            return self._current(later[0])
        return iri

    def source_text(self, sha256: str, given: Path | None = None) -> str | None:
        """The text a document was coded from: the file given, or one in texts/; None where it is not at hand."""
        candidates = [given] if given else sorted(self.path.glob("texts/**/*"))
        for file in candidates:
            try:
                content = file.read_bytes() if file.is_file() or file == given else b""
            except OSError as error:
                raise StanceError(f"{file}: cannot be read: {error.strerror}") from error
            if hashlib.sha256(content).hexdigest() == sha256:
                return decode(file, content)
        if given:
            raise UsageError(f"{given} is not the text the document was coded from: its checksum differs")
        return None


def decode(file: Path, content: bytes) -> str:
    """The text of a source; positions count its code points. Raises UsageError where it is not UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}, byte {error.start}: not UTF-8: save the text as UTF-8") from None
