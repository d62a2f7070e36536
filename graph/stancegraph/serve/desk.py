"""The desk: documents coded in a browser, by the same module and into the same files as the commands do it.

Every write reads the folder afresh under its lock, so that what a text editor or a command did meanwhile stays. An
entry that changed since it was shown is not written over: that is a conflict, and the browser shows both.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode, Triple

from stancegraph import names, validation
from stancegraph.curate import changes, drafts, entries, fields, proposals, references
from stancegraph.curate.folder import Folder, decode
from stancegraph.dates import calendar_day
from stancegraph.errors import StanceError, UsageError
from stancegraph.statements import catalogue, reader
from stancegraph.store.terms import object_value, term
from stancegraph.vocabulary import expand, local_name

if TYPE_CHECKING:
    from stancegraph.curate.changes import Change
    from stancegraph.serve.live import Live, Snapshot

Json = dict[str, Any]
REPORTS: Final = "SELECT DISTINCT ?report ?s WHERE { ?report stance:document ?document ; stance:reports ?s }"
CHOICES: Final = ("act", "medium", "basis", "actor kind")
"""Kinds of entries that a form lists, as they are few."""
COMPLETED: Final = 12
MAKEABLE: Final = ("actor", "proposition", "event", "document", "statement")


class Conflict(StanceError):
    """What was to be changed is no longer as it was shown; `now` is as it is."""

    def __init__(self, now: Json) -> None:
        super().__init__("it was changed meanwhile, by another program: nothing is written over")
        self.now = now


class Desk:
    """One folder on the desk of one coder."""

    def __init__(self, live: Live, place: str | Path, coder: str) -> None:
        self._live, self._coder = live, coder
        self._folder = Folder(place)
        self._lock = threading.RLock()
        self._hashed: tuple[object, dict[str, Path]] = ((), {})

    def overview(self) -> Json:
        """The documents, what forms are made of, and what the graph is called."""
        store = self._live.now.store
        files = self._files()
        documents = [
            {"name": local_name(row["document"]), **row, "text": row["document"] in files}
            for row in catalogue.documents(store)
        ]
        named = store.select("SELECT ?t { ?graph dcterms:title ?t }", {"graph": NamedNode(self._folder.base)})
        title = next((row["t"].value for row in named), self._folder.path.name)
        index = self._live.now.names
        return {
            "title": title,
            "coder": self._coder,
            "state": self.state(),
            "error": self._live.error,
            "documents": documents,
            "kinds": {
                kind: [_described(each) for each in fields.ENTRIES[kind].values()] for kind in MAKEABLE
            },
            "choices": {kind: sorted(e.label for e in index.entries(kind)) for kind in CHOICES}
            | {
                "level": list(fields.LEVELS)[::-1],
                "type": list(fields.TYPES),
                "class": list(fields.CLASSES),
            },
        }

    def state(self) -> str:
        """What changes when a file does."""
        return self._live.now.mark

    def document(self, name: str) -> Json:
        """A document: its text, the statements it reports, and what rules and programs propose."""
        snapshot = self._live.now
        iri = snapshot.addresses.get(("document", name))
        if iri is None:
            raise UsageError(f"no document is called '{name[:60]}'")
        record = reader.documents(snapshot.store, [iri])[iri]
        coded = self._coded(snapshot, iri)
        text = self._text(iri)
        return {
            "document": iri,
            "title": record.title,
            "publisher": record.publisher,
            "issued": record.issued,
            "url": record.url,
            "name": name,
            "state": self.state(),
            "text": text,
            "statements": coded,
            "proposals": [] if text is None else self._proposals(iri, text, record.issued, coded),
        }

    def findings(self) -> list[Json]:
        """What `check` finds in the graph, by what it concerns."""
        found = validation.check(self._live.now.store).findings
        return [{"subject": f.subject, "message": f.message, "mend": f.mend} for f in found]

    def complete(self, text: str, kinds: Sequence[str]) -> list[Json]:
        """Entries whose name has the text or sounds like it, the likeliest first."""
        index = self._live.now.names
        wanted = [kind for kind in kinds if kind in names.KINDS]
        if not wanted:
            raise UsageError(f"kind is one of {', '.join(names.KINDS)}")
        if not text.strip():
            begun = [entry for kind in wanted for entry in index.entries(kind)]
            begun.sort(key=lambda entry: entry.label)
            near = [(entry.iri, entry.label, entry.kind) for entry in begun]
        else:
            having = [e for kind in wanted for e in index.entries(kind, text[: names.LONGEST])]
            having.sort(key=lambda entry: (len(entry.label), entry.label))
            near = [(c.iri, c.label, c.kind) for c in index.nearest(text[: names.LONGEST], *wanted)]
            near += [(entry.iri, entry.label, entry.kind) for entry in having]
        return [
            {"iri": i, "label": label, "kind": k} for i, label, k in list(dict.fromkeys(near))[:COMPLETED]
        ]

    def add(self, given: Json) -> Json:
        """Add an entry: `kind` and `values` as the command takes them, `marks` of a statement, `text` of a document."""
        kind, values = _word(given, "kind"), _values(given)
        if kind == "document":
            return self._add_document(values, given.get("text"))

        def build(folder: Folder) -> Change:
            if kind == "statement":
                values.update(self._places(folder, values, given.get("marks", [])))
            iri = given.get("iri")
            return entries.add(folder, kind, values, iri=iri, coder=self._coder, new=bool(given.get("new")))

        change = self._write(build)
        if kind == "statement" and isinstance(given.get("draft"), str):
            self._decide(given["draft"], values["document"][0], change.iri)
        return self._told(change)

    def _add_document(self, values: dict[str, list[str]], text: object) -> Json:
        if not isinstance(text, str) or not text.strip():
            raise UsageError("a document has a text: paste it")
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "text.txt"
            file.write_bytes(text.replace("\r\n", "\n").encode("utf-8", "replace"))
            return self._told(self._write(lambda f: entries.add(f, "document", values, text=file)))

    def edit(self, given: Json) -> Json:
        """Change an entry to `values`; raises Conflict where it is not as `seen` any more."""
        iri, values = _word(given, "entry"), _values(given)

        def build(folder: Folder) -> Change:
            kind, now = self._now(folder, iri, given.get("document"))
            if given.get("seen") != _mark(now):
                raise Conflict({"iri": iri, "values": now, "seen": _mark(now)})
            if kind == "statement" and "marks" in given:
                places = self._places(folder, {**now, **values}, given["marks"])
                values.update({"quote": [], "passage": []} | places)
            differing = {n: v for n, v in values.items() if v != now.get(n, []) and n != "document"}
            replace = {name: each for name, each in differing.items() if each}
            emptied = {name: list[str]() for name, each in differing.items() if not each}
            return references.edit(folder, iri, replace=replace, remove=emptied)

        return self._told(self._write(build))

    def remove(self, given: Json) -> Json:
        """Take an entry out, unless it is not as it was seen, or something points at it."""
        iri = _word(given, "entry")

        def build(folder: Folder) -> Change:
            _, now = self._now(folder, iri, given.get("document"))
            if given.get("seen") != _mark(now):
                raise Conflict({"iri": iri, "values": now, "seen": _mark(now)})
            return references.remove(folder, iri)

        return self._told(self._write(build))

    def undo(self, _: Json) -> Json:
        """Take back the last change."""
        return self._told(self._write(changes.undo))

    def skip(self, given: Json) -> Json:
        """Remember that a proposal is no statement."""
        self._decide(_word(given, "draft"), _word(given, "document"), drafts.SKIPPED)
        return {"state": self.state()}

    def _write(self, build: Callable[[Folder], Change]) -> Change:
        with self._lock:
            with self._folder.writing():
                change = build(self._folder)
                changes.apply(self._folder, change)
            self._live.refresh()
            return change

    def _told(self, change: Change) -> Json:
        return {"iri": change.iri, "what": change.what, "changed": bool(change.texts), "state": self.state()}

    def _decide(self, key: str, document: str, outcome: str) -> None:
        with self._lock:
            review = self._review(document)
            maker, _, place = key.rpartition(":")
            start, _, end = place.partition("-")
            if not (maker and start.isdigit() and end.isdigit()):
                raise UsageError(f"no proposal is called '{key[:60]}'")
            review.decide(drafts.Draft(proposals.Proposal(int(start), int(end), ""), maker), outcome)

    def _review(self, document: str) -> drafts.Review:
        """What this coder has decided on a document, as the files are now."""
        self._folder.refresh()
        return drafts.Review(self._folder, document, self._coder)

    def _files(self) -> dict[str, Path]:
        """IRI of a document → the file of its text, of those whose text is at hand."""
        found = sorted(file for file in self._folder.path.glob("texts/**/*") if file.is_file())
        state = [(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in found]
        if state != self._hashed[0]:
            self._hashed = state, {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in found}
        rows = self._live.now.store.tuples("SELECT ?document ?sum { ?document stance:sha256 ?sum }")
        return {document: self._hashed[1][sum_] for document, sum_ in rows if sum_ in self._hashed[1]}

    def _text(self, document: str) -> str | None:
        """The text of a document where it is at hand."""
        file = self._files().get(document)
        return None if file is None else decode(file, file.read_bytes())

    def _coded(self, snapshot: Snapshot, document: str) -> list[Json]:
        """The statements a document reports, with their fields as a form has them."""
        kept, here = snapshot.store, NamedNode(document)
        said: dict[str, list[Triple]] = defaultdict(list)
        for row in kept.select(REPORTS, {"document": here}):
            report, statement = row["report"], row["s"]
            for node in (report, statement):
                if isinstance(node, NamedNode):
                    said[statement.value] += (quad.triple for quad in kept.description(node))
        labels = snapshot.labels
        found = []
        for iri, triples in said.items():
            values = {**fields.typed("statement", iri, triples), "document": [document]}
            spans = _spans(values)
            named = {each: labels[each] for some in values.values() for each in some if each in labels}
            told = {"iri": iri, "name": local_name(iri), "values": values, "labels": named}
            found.append({**told, "spans": spans, "seen": _mark(values)})
        return sorted(found, key=lambda each: (each["spans"], each["iri"]))

    def _now(self, folder: Folder, iri: str, document: object) -> tuple[str, dict[str, list[str]]]:
        """The kind of an entry and its fields as the files have them."""
        said = {triple for told in folder.description(iri).values() for triple in told}
        kinds = {expand(name): kind for name, kind in references.KINDS.items()}
        kind = next((kinds[object_value(t)] for t in said if object_value(t) in kinds), None)
        if kind is None:
            raise UsageError(f"{iri[:80]} is not there any more")
        if kind == "statement":
            wanted = (f"statements/{local_name(document)}.ttl",) if isinstance(document, str) else ()
            for file in dict.fromkeys([*wanted, *folder.describing(iri)]):
                for subject in folder.file(file).mentioning([local_name(iri)]):
                    told = folder.file(file).description(subject)
                    about = {object_value(t) for t in told if t.predicate == term("stance:document")}
                    if str(document) in about:
                        said |= told
        now = fields.typed(kind, iri, said)
        return kind, {**now, "document": [str(document)]} if kind == "statement" else now

    def _proposals(self, document: str, text: str, issued: str, coded: Sequence[Json]) -> list[Json]:
        """What rules and programs propose and nobody has decided, but what is coded already."""
        day = issued if "/" not in issued else ""
        index = self._live.now.names
        found = proposals.propose(text, index, issued=calendar_day(day, "date") if day else None)
        with self._lock:
            every = [*map(drafts.Draft, found), *drafts.of(self._folder, document)]
            waiting = self._review(document).waiting(every)
        spans = [span for each in coded for span in each["spans"]]
        rows = []
        for draft in waiting:
            at = draft.proposal
            if any(start < at.end and at.start < end for start, end in spans):
                continue
            values = drafts.values(draft, document, text)
            labels = self._live.now.labels
            named = {each: labels[each] for each in values.get("speaker", ()) if each in labels}
            told = {"key": draft.key, "maker": draft.maker, "spans": [[at.start, at.end]], "labels": named}
            rows.append({**told, "values": values, "said": at.row()})
        return rows

    def _places(
        self, folder: Folder, values: Mapping[str, Sequence[str]], marks: object
    ) -> dict[str, list[str]]:
        """Marked stretches as quotes, where they stand in quotation marks, or as passages."""
        if not values.get("document"):
            raise UsageError("document is missing: a statement is coded on one")
        text = drafts.text_of(folder, folder.find(values["document"][0], "document"))
        found: dict[str, list[str]] = {}
        for mark in marks if isinstance(marks, list) else ():
            match mark:
                case [int(start), int(end)] if text is not None and 0 <= start < end <= len(text):
                    draft = drafts.Draft(proposals.Proposal(start, end, text[start:end]))
                    told = drafts.values(draft, "", text)
                    for name in ("quote", "passage"):
                        found.setdefault(name, []).extend(told.get(name, ()))
                case _:
                    raise UsageError("the words marked are not in the text: mark them again")
        return {name: list(dict.fromkeys(each)) for name, each in found.items() if each}


def _spans(values: Mapping[str, Sequence[str]]) -> list[list[int]]:
    """Start and end of each quote, `START:WORDS`, and passage, `START:END`."""
    quotes = (place.partition(":") for place in values.get("quote", ()))
    passages = (place.partition(":") for place in values.get("passage", ()))
    found = [[int(start), int(start) + len(words)] for start, _, words in quotes]
    return sorted([*found, *([int(start), int(end)] for start, _, end in passages)])


def _described(field: fields.Field) -> Json:
    shown = {"name": field.name, "help": field.help, "values": field.values, "many": field.many}
    return shown | {"required": field.required, "kinds": list(field.kinds) if field.names_entry else []}


def _mark(values: Mapping[str, Sequence[str]]) -> str:
    """What tells whether an entry's fields are as they were shown."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:24]


def _word(given: Json, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{name} is missing")
    return value


def _values(given: Json) -> dict[str, list[str]]:
    """The fields that are given, as lists of text; raises UsageError."""
    match given.get("values"):
        case dict(values) if all(
            isinstance(each, list) and all(isinstance(text, str) for text in each) for each in values.values()
        ):
            return {str(name): [text for text in each if text.strip()] for name, each in values.items()}
    raise UsageError("values are missing: an object of lists of text")
