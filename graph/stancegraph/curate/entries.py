"""New entries: documents, actors, propositions, events, statements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from stancegraph import input as input_
from stancegraph import names
from stancegraph.curate import texts
from stancegraph.curate.changes import Change, Edit
from stancegraph.curate.fields import BUILT, CLASSES, ENTRIES, REPORTED, one_of, pairs, resolve
from stancegraph.curate.folder import Folder
from stancegraph.errors import StanceError, UnknownName, UsageError
from stancegraph.store.sparql import Term
from stancegraph.store.turtle import day, describe, english, object_value, term
from stancegraph.validation import LARGEST
from stancegraph.vocabulary import SHAPES, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Values = Mapping[str, str | Sequence[str]]
FILES: Final = {kind: f"{kind}s.ttl" for kind in ("document", "actor", "proposition", "event")}
PERSONS: Final = SHAPES["dot"][1]
GROUPS: Final = ("community", "unnamed group")
FILLERS: Final = frozenset(
    "a an and are as at be by for from in into is it its of on or that the their this to was with".split()
)
WORDS: Final = 5
"""Words of a name that an IRI is made of."""


def add(
    folder: Folder,
    kind: str,
    values: Values,
    *,
    iri: str | None = None,
    text: Path | None = None,
    coder: str = "1",
    new: bool = False,
    apart: bool = False,
    today: date | None = None,
) -> Change:
    """The change that adds an entry; `values` are those of its `fields.ENTRIES`, as a person types them.

    `iri` is the last part of its IRI, else minted from its name; `text` the source of a document, or of a statement's;
    `new` takes a name that sounds like an entry's for another's; `apart` ends a statement's IRI with its coder, so that
    it does not tell whether another has made one of the same words. Raises UsageError or UnknownName for what is
    missing, unknown, doubtful or there already.
    """
    given = _given(kind, values)
    entry = _Adding(folder, kind, given, iri, text)
    if kind == "statement":
        return entry.statement(coder, today or datetime.now(UTC).date(), apart=apart)
    makers = {
        "document": entry.document,
        "report": entry.report,
        "membership": entry.membership,
        "figure": entry.figure,
    }
    return makers[kind]() if kind in makers else entry.named(new=new)


def _given(kind: str, values: Values) -> dict[str, list[str]]:
    fields = ENTRIES.get(kind)
    if fields is None:
        raise UsageError(f"'{kind}' is no kind of entry: add one of {', '.join(ENTRIES)}")
    given = {name: [each] if isinstance(each, str) else list(each) for name, each in values.items() if each}
    for name, each in given.items():
        if name not in fields:
            raise UsageError(f"{kind} has no field '{name}': it has {', '.join(fields)}")
        if len(each) > 1 and not fields[name].many:
            raise UsageError(f"--{fields[name].option} is given {len(each)} times: it takes one value")
    missing = [f"--{field.option}" for field in fields.values() if field.required and field.name not in given]
    if missing:
        raise UsageError(f"{kind}: {', '.join(missing)} is missing: give it, or be asked with --ask")
    return given


class _Adding:
    """One entry in the making."""

    def __init__(
        self, folder: Folder, kind: str, given: dict[str, list[str]], iri: str | None, text: Path | None
    ) -> None:
        self._folder, self._kind, self._given, self._text = folder, kind, given, text
        self._fields, self._edit, self._wanted = ENTRIES[kind], Edit(folder), iri

    def named(self, *, new: bool) -> Change:
        """An actor, a proposition or an event."""
        name = self._given[next(iter(self._fields))][0]
        self._refuse_known(name, new=new)
        here = self._mint(name)
        said = [*self._pairs(), *self._classes()]
        file = self._file_of(said) if self._kind == "event" else FILES[self._kind]
        return self._finish(file, here, said)

    def membership(self) -> Change:
        """A role somebody holds; what no document of ours states goes to the background."""
        member = local_name(self._meant("member"))
        here = self._mint(self._given["role"][0], before=member)
        said = [
            *self._pairs(),
            (term("rdf:type"), term("org:Membership")),
            (term("org:role"), role(self._edit, self._given["role"][0])),
        ]
        return self._finish(self._file_of(said), here, said)

    def figure(self) -> Change:
        """A number that a statement claims, beside it."""
        statement = self._meant("statement")
        del self._given["statement"]
        counted, event = (local_name(self._meant(name)) for name in ("counted", "event"))
        said, class_ = self._folder.description(statement).items(), term("stance:Statement")
        claiming = next((each for each in said if any(t.object == class_ for t in each[1])), None)
        if claiming is None:
            raise UsageError(f"--statement '{local_name(statement)}' is no statement: name one of the graph")
        file, triples = claiming
        speaker = next((local_name(object_value(t)) for t in triples if t.predicate == _SPEAKER), "")
        here = self._mint(f"{counted} {event}", before=speaker)
        self._edit.put(file, statement, {*triples, Triple(NamedNode(statement), term("stance:claims"), here)})
        return self._finish(file, here, [*self._pairs(), (term("rdf:type"), term("stance:Figure"))])

    def document(self) -> Change:
        """A document, by the checksum and the length of its text; the text goes to texts/, out of sight of git."""
        file = self._text
        text = input_.decode(input_.read(file, LARGEST), file, error=UsageError) if file else ""
        self._given.setdefault("language", ["en"])
        publisher = local_name(self._meant("publisher"))
        here = self._mint(self._given["title"][0], before=_telling(publisher.split("-"))[0])
        said = [*self._pairs(), (term("rdf:type"), term("schema:NewsArticle")), *texts.facts(text).items()]
        change = self._finish(FILES["document"], here, said)
        if file and file.resolve().parent != self._folder.path / "texts":
            copy = f"texts/{local_name(here.value)}.txt"
            files = {**change.texts, copy: (self._folder.text(copy), text)}
            return Change(change.what, files, change.subjects, change.iri)
        return change

    def statement(self, coder: str, today: date, *, apart: bool) -> Change:
        """A statement with its report, and the coder where nobody has declared that one."""
        document = NamedNode(self._meant("document"))
        self._given.setdefault("basis", ["said"])
        explicit = self._given["basis"] == ["said"] and "quote" in self._given
        self._given.setdefault("confidence", ["1.0" if explicit else "0.8"])
        speaker = local_name(self._meant("speaker"))
        here = self._mint(
            self._words(), before=speaker, after=f"coder-{slug(coder, digits=True)}" if apart else ""
        )
        said = [
            *self._pairs(but=REPORTED),
            (term("rdf:type"), term("stance:Statement")),
            (term("stance:coder"), self._coder(coder)),
            (term("dcterms:created"), day(today.isoformat())),
        ]
        triples = [Triple(here, *pair) for pair in said]
        for text in self._given.get("coding", ()):
            triples += coding(self._folder, here, text)
        for text in self._given.get("ascribes", ()):
            triples += ascription(self._folder, here, text)
        self._edit.put(f"statements/{local_name(document.value)}.ttl", here.value, triples)
        self._report(here, document)
        return self._edit.change(f"add statement {local_name(here.value)}", here.value)

    def _words(self) -> str:
        """What a statement says: the coder's words, or those in quotation marks; one of them there must be."""
        if gist := self._given.get("gist"):
            return gist[0]
        if quotes := self._given.get("quote"):
            return re.sub(r"^\d+:", "", quotes[0])
        raise UsageError("statement: --gist is missing, and no words are quoted: say in yours what is said")

    def report(self) -> Change:
        """Another document's report of a statement there is."""
        statement, document = (NamedNode(self._meant(name)) for name in ("statement", "document"))
        report = self._report(statement, document)
        return self._edit.change(f"add report {local_name(report)}", report)

    def _report(self, statement: NamedNode, document: NamedNode) -> str:
        """Write a document's report of a statement; its IRI."""
        folder, given = self._folder, self._given
        name = self._wanted if self._kind == "report" else None
        name = name or f"{local_name(document.value)}-{local_name(statement.value)}"
        report = NamedNode(_free(folder, f"{folder.base}report/", [name]))
        about = (("stance:reports", statement), ("stance:document", document))
        said = [*describe(report, ("rdf:type", "stance:Report"), *about)]
        vias = (pair for via in given.get("via", ()) for pair in pairs(folder, self._fields["via"], via))
        said += (Triple(report, *pair) for pair in vias)
        said += anchor(folder, report, document, given.get("quote", ()), given.get("passage", ()), self._text)
        self._edit.put(f"statements/{local_name(document.value)}.ttl", report.value, said)
        return report.value

    def _meant(self, name: str) -> str:
        """The IRI of the entry that the first value of a field means."""
        return resolve(self._folder, self._fields[name], self._given[name][0])

    def _coder(self, name: str) -> NamedNode:
        coder = NamedNode(f"{self._folder.base}coder/{slug(name, digits=True)}")
        # A number stands in every file: none is parsed to look for it.
        if not self._folder.store.ask("ASK { ?coder a ?class }", {"coder": coder}):
            label = ("rdfs:label", english(f"coder {name}"))
            self._edit.put("actors.ttl", coder.value, describe(coder, ("rdf:type", "prov:Agent"), label))
        return coder

    def _pairs(self, but: Iterable[str] = ()) -> list[tuple[NamedNode, Term]]:
        return [
            pair
            for name, texts in self._given.items()
            if name not in but and self._fields[name].values not in BUILT
            for text in texts
            for pair in pairs(self._folder, self._fields[name], text)
        ]

    def _classes(self) -> Iterator[tuple[NamedNode, Term]]:
        """The classes an entry is of; an actor's follows from its kind where it is not told."""
        class_ = {"actor": "stance:Actor", "event": "schema:Event"}.get(self._kind, "stance:Proposition")
        yield term("rdf:type"), term(class_)
        if self._kind != "actor" or "class" in self._given:
            return
        kind = self._folder.names.resolve(self._given["kind"][0], "actor kind").label
        if kind == "other":
            raise UsageError(f"--class is missing: an actor of kind {kind} is one of {', '.join(CLASSES)}")
        told = "person" if kind in PERSONS else "group" if kind in GROUPS else "organisation"
        yield term("rdf:type"), term(one_of(told, CLASSES, "class"))

    def _refuse_known(self, name: str, *, new: bool) -> None:
        """Names are never guessed: what is or may be the name of an entry is not taken for another's unasked."""
        same = self._folder.names.bearers(name, self._kind)
        near = [c for c in self._folder.names.nearest(name, self._kind) if c.score >= names.ACCEPTED]
        who = ", ".join(f"{each.label} ({local_name(each.iri)})" for each in same or near)
        if same:
            raise UnknownName(f"'{name[:60]}' is the name of {who} already: choose another", near)
        if near and not new:
            raise UnknownName(f"'{name[:60]}' may be {who}: if it is another, say --new", near)

    def _mint(self, name: str, before: str = "", after: str = "") -> NamedNode:
        """A new IRI, of the name's telling words or as wanted; digits are what a correction would change."""
        base = f"{self._folder.base}{self._kind}/"
        if self._wanted is not None:
            wanted = self._wanted.rpartition("/")[2].rpartition(":")[2]
            if not re.fullmatch(r"[A-Za-z][\w-]*", wanted, re.ASCII):
                raise UsageError(
                    f"--iri '{self._wanted[:60]}': write letters, digits and hyphens, a letter first"
                )
            if self._folder.describing(f"{base}{wanted}"):
                raise UsageError(f"--iri '{wanted}': there is one already: choose another")
            return NamedNode(f"{base}{wanted}")
        words = [word for word in slug(name).split("-") if word]
        telling = _telling(words) if self._kind != "actor" else words[words[:1] == ["the"] :]
        telling = [word for word in telling if word not in before.split("-")] or [self._kind]
        lengths = range(min(WORDS, len(telling)), len(telling) + 1)
        candidates = ["-".join(filter(None, (before, *telling[:n], after))) for n in lengths]
        return NamedNode(_free(self._folder, base, candidates))

    def _file_of(self, said: list[tuple[NamedNode, Term]]) -> str:
        """The file of a fact: the background's where no document of ours states it."""
        sources = [value for edge, value in said if edge == term("dcterms:source")]
        ours = any(isinstance(each, NamedNode) and self._folder.describing(each.value) for each in sources)
        return ("events.ttl" if self._kind == "event" else "actors.ttl") if ours else "background.ttl"

    def _finish(self, file: str, here: NamedNode, said: list[tuple[NamedNode, Term]]) -> Change:
        self._edit.put(file, here.value, [Triple(here, *pair) for pair in said])
        return self._edit.change(f"add {self._kind} {local_name(here.value)}", here.value)


_SPEAKER: Final = term("stance:speaker")
_ASCRIBED: Final = re.compile(r"(?P<holder>.+?)\s+(?P<stance>supports|opposes|neutral)\s+(?P<target>.+)")


def role(edit: Edit, name: str) -> NamedNode:
    """The role of this name, declared where nobody has."""
    name = " ".join(name.split())
    rows = edit.folder.store.select("SELECT ?role ?name { ?role a org:Role ; skos:prefLabel ?name }")
    for row in rows:
        if name.casefold() in (row["name"].value.casefold(), local_name(row["role"].value)):
            return NamedNode(row["role"].value)
    here = NamedNode(f"{edit.folder.base}role/{slug(name) or 'role'}")
    if not edit.folder.describing(here.value):
        label = ("skos:prefLabel", english(name))
        edit.put("actors.ttl", here.value, describe(here, ("rdf:type", "org:Role"), label))
    return here


def holder_of(folder: Folder, text: str) -> str:
    """The IRI of whose position an ascription, or its holder alone, is of."""
    told = _ASCRIBED.fullmatch(text.strip())
    return resolve(folder, ENTRIES["statement"]["speaker"], told["holder"] if told else text)


def ascription(folder: Folder, statement: NamedNode, text: str) -> Iterator[Triple]:
    """A position that a statement says somebody else has, from `HOLDER opposes TARGET`."""
    told = _ASCRIBED.fullmatch(text.strip())
    if told is None:
        raise UsageError(f"--ascribes '{text[:60]}': write HOLDER supports TARGET, opposes or neutral")
    node, field = BlankNode(), ENTRIES["statement"][told["stance"]]
    yield Triple(statement, term("stance:ascribes"), node)
    holder = NamedNode(holder_of(folder, text))
    target = NamedNode(resolve(folder, field, told["target"]))
    yield from describe(node, ("stance:holder", holder), (field.edge, target))


def target_of(folder: Folder, coding: str) -> str:
    """The IRI of the target of a coding, `TARGET` or `TARGET=implied,0.6`."""
    return resolve(folder, ENTRIES["statement"]["supports"], coding.partition("=")[0])


def coding(folder: Folder, statement: NamedNode, text: str) -> Iterator[Triple]:
    """What differs for one target of a statement, from `TARGET=implied,0.6,REPORT` or part of that."""
    target, equals, differs = text.rpartition("=")
    parts = [part.strip() for part in differs.split(",") if part.strip()]
    if not (equals and target.strip() and parts):
        raise UsageError(f"--coding '{text[:60]}': write TARGET=implied,0.6, or the report that shows it")
    node, fields = BlankNode(), ENTRIES["statement"]
    yield Triple(statement, term("stance:coding"), node)
    of = NamedNode(target_of(folder, target))
    yield from describe(node, ("rdf:type", "stance:Coding"), ("stance:of", of))
    for part in parts:
        if "report" in part or ({":", "/"} & {*part} and "basis" not in part):
            yield Triple(node, term("stance:shownBy"), NamedNode(folder.find(part)))
            continue
        for pair in pairs(folder, fields["confidence" if part[0].isdigit() else "basis"], part):
            yield Triple(node, *pair)


def anchor(
    folder: Folder,
    report: NamedNode,
    document: NamedNode,
    quotes: Sequence[str],
    stretches: Sequence[str],
    file: Path | None = None,
) -> Iterator[Triple]:
    """The passages of a report: words found in the document's text, which `file` holds or the folder's texts/.

    Raises UsageError where the text is wanted and not at hand, or the words do not stand there once.
    """
    said = {t.predicate: t.object for d in folder.description(document.value).values() for t in d}
    length, sha256 = (said.get(term(name)) for name in ("stance:length", "stance:sha256"))
    if not isinstance(length, Literal) or not isinstance(sha256, Literal):
        name = local_name(document.value)
        raise StanceError(
            f"{document.value} says no length or checksum of its text, in which words are found: put the text into "
            f"texts/{name}.txt and run `stancegraph check --fix`"
        )
    if length.value == "0" and not (quotes or stretches):
        return
    if not quotes and not stretches:
        raise UsageError(
            "a statement stands somewhere: give its words by --quote, or their place by --passage"
        )
    text = folder.source_text(sha256.value, file)
    language = said.get(term("dcterms:language"))
    for words in quotes:
        span, exact = texts.locate_quote(text, words)
        literal = Literal(exact, language=language.value if isinstance(language, Literal) else "en")
        yield from texts.quote_triples(report, document, span, literal, text)
    for words in stretches:
        yield from texts.passage_triples(report, document, texts.locate_passage(text, words))


def _telling(words: Sequence[str]) -> Sequence[str]:
    """The words that say what is meant, all where none does."""
    return [word for word in words if word not in FILLERS] or words


def slug(name: str, *, digits: bool = False) -> str:
    """A name in Latin letters, words joined by hyphens."""
    from anyascii import anyascii

    plain = anyascii(name).lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+" if digits else r"[^a-z]+", "-", plain).strip("-")[:80].strip("-")


def _free(folder: Folder, base: str, candidates: Sequence[str]) -> str:
    """The first IRI that nothing has yet; of all taken, the last with letters added."""
    letters = "bcdefghijklmnopqrstuvwxyz"
    more = (f"{candidates[-1]}-{a}{b}" for a in ("", *letters) for b in letters)
    return base + next(name for name in (*candidates, *more) if not folder.describing(base + name))
