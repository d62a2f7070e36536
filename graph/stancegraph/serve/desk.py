"""The desk: documents coded in a browser, by the same module and into the same files as the commands do it.

Every write reads the folder afresh under its lock, so that what a text editor or a command did meanwhile stays. An
entry that changed since it was shown is not written over: that is a conflict, and the browser shows both.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode, Triple

from stancegraph import input as input_
from stancegraph import names, validation
from stancegraph.curate import changes, entries, fields, proposals, references, repair, texts
from stancegraph.curate.folder import Folder
from stancegraph.dates import calendar_day
from stancegraph.errors import Candidate, StanceError, UnknownName, UsageError
from stancegraph.serve import settlement
from stancegraph.serve.settlement import Settlement
from stancegraph.statements import catalogue, reader
from stancegraph.store import journal
from stancegraph.store.turtle import object_value, values_of
from stancegraph.vocabulary import expand, local_name, whole

if TYPE_CHECKING:
    from stancegraph.curate.changes import Change
    from stancegraph.serve.live import Live, Snapshot
    from stancegraph.store import Local

Json = dict[str, Any]
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
REPORTS: Final = "SELECT DISTINCT ?report ?s WHERE { ?report stance:document ?document ; stance:reports ?s }"
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
        self._live, self._coder, self._blind = live, coder, live.blind
        self._folder = Folder(place)
        self._settlement = Settlement(self._folder, coder)
        self.lock = threading.RLock()
        """Held by who reads of the desk or writes, before the lock of the running graph."""
        self._own: set[int] = set()
        self._hashed: tuple[list[tuple[str, int, int]], dict[str, Path]] = ([], {})

    def overview(self) -> Json:
        """The documents, what forms are made of, and what the graph is called, as the files are now."""
        self._live.refresh()
        store = self._live.now.store
        files = self._files()
        documents = [
            {
                "name": (name := local_name(row["document"])),
                **row,
                "text": (there := row["document"] in files),
                "moved": not there and (self._folder.path / "texts" / f"{name}.txt").is_file(),
            }
            for row in catalogue.documents(store)
        ]
        named = store.select("SELECT ?t { ?graph dcterms:title ?t }", {"graph": NamedNode(self._folder.base)})
        title = next((row["t"].value for row in named), self._folder.path.name)
        index = self._live.now.names
        return {
            "title": title,
            "coder": self._coder,
            "blind": self._blind is not None,
            "state": self.state(),
            "error": self._live.error,
            "documents": documents,
            "kinds": {
                kind: [_described(each) for each in fields.ENTRIES[kind].values()] for kind in MAKEABLE
            },
            "words": settlement.side_words(store),
            "plain": _plain(store),
            "choices": {kind: sorted(e.label for e in index.entries(kind)) for kind in names.CONCEPTS}
            | {"level": list(fields.LEVELS)[::-1], "type": list(fields.TYPES), "class": list(fields.CLASSES)},
        }

    def state(self) -> str:
        return self._live.now.mark

    def document(self, name: str) -> Json:
        """A document: its text, the statements it reports, and what rules and programs propose."""
        snapshot = self._live.now
        iri = self._named(snapshot, name)
        record = reader.documents(snapshot.store, [iri])[iri]
        coded = self._coded(snapshot, iri)
        text = self._text(iri)
        moved = None if text is not None else repair.changed_text(self._folder, iri)
        return {
            "document": iri,
            **{key: getattr(record, key) for key in ("title", "publisher", "issued", "url")},
            "name": name,
            "state": self.state(),
            "text": text if moved is None else moved,
            "moved": None if moved is None else self._moved(iri, moved, coded),
            "statements": coded,
            "proposals": [] if text is None else self._proposals(iri, text, record.issued, coded),
            "coders": self._coders(iri),
            "settling": name in self._settlement.begun(),
            "settled": self._settlement.is_over(snapshot.store, iri),
        }

    def _named(self, snapshot: Snapshot, name: str) -> str:
        """The IRI of a document, by the last part of it."""
        iri = snapshot.addresses.get(("document", name))
        if iri is None:
            raise UsageError(f"no document is called '{name[:60]}'")
        return iri

    def _moved(self, document: str, text: str, coded: Sequence[Json]) -> Json:
        """Where each statement's words stand in a text that changed: its spans, and words not found, or found twice."""
        shown = {each["iri"] for each in coded}
        told = {}
        for statement, found in repair.places(self._folder, document, text).items():
            if statement in shown:
                lost = [{"words": p.words, "times": len(p.now)} for p in found if len(p.now) != 1]
                spans = sorted([*p.now[0]] for p in found if len(p.now) == 1)
                told[statement] = {"spans": spans, "lost": lost}
        return {"sum": journal.checksum(text), "statements": told}

    def _coders(self, document: str) -> list[str]:
        """Who has coded a document, by number; how is another matter."""
        told = settlement.coders(self._live.now.store, document)
        found = map(local_name, {*told, *(self._blind.coders(document) if self._blind else ())})
        return sorted(found, key=lambda name: (len(name), name))

    def faults(self, name: str) -> list[Json]:
        """What `check` finds in a document's statements and reports, and against its text."""
        snapshot = self._live.now
        iri = self._named(snapshot, name)
        rows = snapshot.store.tuples(REPORTS, {"document": NamedNode(iri)})
        of = {row[0]: row[1] for row in rows} | {row[1]: row[1] for row in rows} | {iri: iri}
        with self.lock:
            self._folder.refresh()
            sources = self._folder.path / "texts" if iri in self._files() else None
            with self._folder.standing({}, [local_name(each) for each in of]) as part:
                found = validation.check(part, subjects=of.keys(), sources=sources).findings
        return [told(finding, of) for finding in found]

    def place(self, name: str, start: int, end: int) -> Json:
        """How words that are marked will be kept, as `quote` or by their place; and `days` named around them."""
        iri = self._named(self._live.now, name)
        text = self._text(iri) or ""
        ((start, end),) = _marks([[start, end]], text)
        told = proposals.marked(start, end, text)
        quotes = [texts.unmarked(each.partition(":")[2]) for each in told.get("quote", ())]
        issued = reader.documents(self._live.now.store, [iri])[iri].issued
        lines = (text[:start] + text[start:].partition("\n")[0]).split("\n")
        days: list[tuple[str, str]] = []
        if issued and "/" not in issued:
            near = [line for line in lines if line.strip()][:-3:-1]
            named = (texts.weekdays_before(line, calendar_day(issued, "date")) for line in near)
            found = next(filter(None, named), {}).items()
            days = [(str(day), f"{weekday} before {issued}: {day}") for weekday, day in found]
        return {"quote": next(iter(quotes), None), "days": days}

    def borrowed(self, name: str, text: str) -> Json:
        """Which words of a coder's own text stand in a document, as `check` finds them."""
        iri = self._named(self._live.now, name)
        coded = self._coded(self._live.now, iri)
        quotes = [q.partition(":")[2] for each in coded for q in each["values"].get("quote", ())]
        shared = validation.borrowed(text, validation.narration([self._text(iri) or ""], quotes))
        return {"message": shared, "mend": validation.SOURCE_RULES["narration-is-not-stored"].mend}

    def entry(self, iri: str) -> Json:
        """An actor, a proposition, an event or a document with its fields as a form has them, to change or merge it."""
        with self.lock:
            self._folder.refresh()
            if self._blind is not None:  # know of all that is not to be seen, before it is looked for
                self._live.refresh()
            kind, now = self._now(self._folder, iri, None)
        labels = self._live.now.labels_of(now)
        return {"iri": iri, "kind": kind, "values": now, "labels": labels, "seen": _fingerprint(now)}

    def settling(self, name: str) -> Json:
        """What differs between the two codings of a document, and what was decided of it."""
        snapshot = self._live.now
        iri = self._named(snapshot, name)
        if name not in self._settlement.begun():
            raise UsageError("its codings are not compared yet: begin to settle them")
        return self._settlement.differences(snapshot.store, iri, snapshot.names)

    def complete(self, text: str, kinds: Sequence[str]) -> list[Json]:
        """Entries whose name has the text, then those it only sounds like: `near`, for a person to look at."""
        index = self._live.now.names
        wanted = [kind for kind in kinds if kind in names.KINDS]
        if not wanted:
            raise UsageError(f"kind is one of {', '.join(names.KINDS)}")
        text = text.strip()[: names.LONGEST]
        having = [entry for kind in wanted for entry in index.entries(kind, text or None)]
        having.sort(key=lambda entry: (len(entry.label) if text else 0, entry.label))
        meant = [*index.bearers(text, wanted), *having] if text else having
        found: dict[str, Json] = {}
        for one in (*meant, *(index.nearest(text, *wanted) if text else ())):
            told = {"iri": one.iri, "label": one.label, "kind": one.kind, "near": isinstance(one, Candidate)}
            found.setdefault(one.iri, told)
        rows = list(found.values())[:COMPLETED]
        sorts = settlement.sorts(self._live.now.store, {"": [row["iri"] for row in rows]})
        return [row | sorts[row["iri"]] for row in rows]

    def add(self, given: Json) -> Json:
        """Add an entry: `kind` and `values` as the command takes them, `marks` of a statement, `text` of a document."""
        kind, values = _word(given, "kind"), _values(given)
        if kind == "document":
            return self._add_document(values, given.get("text"))

        def build(folder: Folder) -> Change:
            if kind == "statement":
                values.update(self._places(folder, values, given.get("marks", [])))
            iri = given.get("iri")
            apart = self._blind is not None
            return entries.add(
                folder, kind, values, iri=iri, coder=self._coder, new=bool(given.get("new")), apart=apart
            )

        change = self._write(build)
        if kind == "statement" and isinstance(given.get("draft"), str):
            self._decide(given["draft"], values["document"][0], change.iri)
        return self._told(change)

    def _add_document(self, values: dict[str, list[str]], text: object) -> Json:
        if not isinstance(text, str) or not text.strip():
            raise UsageError("a document has a text: paste it")
        if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
            raise UsageError("what was pasted is not text: it holds zero bytes, or halves of characters")
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "text.txt"
            file.write_bytes(text.replace("\r\n", "\n").encode("utf-8", "replace"))
            return self._told(self._write(lambda f: entries.add(f, "document", values, text=file)))

    def edit(self, given: Json) -> Json:
        """Change an entry to `values`; raises Conflict where it is not as `seen` any more."""
        iri, values = _word(given, "entry"), _values(given)

        def build(folder: Folder) -> Change:
            kind, now = self._seen(folder, given)
            if kind == "statement" and "marks" in given:
                places = self._places(folder, {**now, **values}, given["marks"])
                values.update({"quote": [], "passage": []} | places)
            differing = {n: v for n, v in values.items() if v != now.get(n, []) and n != "document"}
            # Each label is of one language: those taken out are named.
            languages = {each.partition("=")[0] for each in differing.get("label", ())}
            left = [each for each in now.get("label", ()) if each.partition("=")[0] not in languages]
            gone = {"label": left} if left and "label" in differing else {}
            return references.edit(folder, iri, replace=differing, remove=gone)

        return self._told(self._write(build))

    def remove(self, given: Json) -> Json:
        """Take an entry out, unless it is not as it was seen, or something points at it."""
        return self._write_seen(given, lambda folder: references.remove(folder, given["entry"]))

    def merge(self, given: Json) -> Json:
        """Make one of two actors, or two propositions, unless the first is not as it was seen."""
        into = _word(given, "into")
        return self._write_seen(given, lambda folder: references.merge(folder, given["entry"], into))

    def undo(self, _: Json) -> Json:
        """Take back the last change; of a coder who codes blind, one of their own."""

        def build(folder: Folder) -> Change:
            change = changes.undo(folder)
            if self._blind is not None and change.undoes not in self._own:
                raise UsageError("the last change was not made here: another coder's is not taken back")
            return change

        return self._told(self._write(build))

    def skip(self, given: Json) -> Json:
        """Remember that a proposal is no statement."""
        self._decide(_word(given, "draft"), _word(given, "document"), proposals.SKIPPED)
        return {"state": self.state()}

    def take(self, given: Json) -> Json:
        """Let a document be as its text is now: each statement at `spans`, of the text whose `sum` was shown."""
        iri, spans = self._document(given), given.get("spans")
        if not isinstance(spans, dict):
            raise UsageError("spans are missing: where each statement's words stand now")

        def build(folder: Folder) -> Change:
            text = repair.changed_text(folder, iri)
            if text is None or journal.checksum(text) != given.get("sum"):
                raise UsageError("the text was changed again: look at it as it is now")
            if self._coders(iri) != [entries.slug(self._coder, digits=True)] and self._blind is not None:
                raise UsageError("another coder has coded it too: take the text over where all is seen")
            return repair.take_text(folder, iri, text, {str(k): _marks(v, text) for k, v in spans.items()})

        return self._told(self._write(build))

    def begin(self, given: Json) -> Json:
        """Put on the table what differs between the codings of a document: its coders see it from now on."""
        iri = self._document(given)
        if len(coders := self._coders(iri)) < 2:
            raise UsageError(f"two codings are compared, and this document was coded by {', '.join(coders)}")
        return self._settle(lambda _: self._settlement.begin(iri))

    def settle(self, given: Json) -> Json:
        """Settle the difference `number`, which is as it was `seen`; nothing `taken` opens it again."""
        iri, seen = self._document(given), _word(given, "seen")
        number, taken = given.get("number"), given.get("taken")
        if not isinstance(number, int) or not isinstance(taken, str):
            raise UsageError("number or taken is missing")
        return self._settle(
            lambda now: self._settlement.decide(
                now.store, iri, now.names, number=number, seen=seen, taken=taken
            )
        )

    def _document(self, given: Json) -> str:
        """The IRI of the document that is named."""
        iri = _word(given, "document")
        if ("document", iri) not in self._live.now.entries:
            raise UsageError(f"{iri[:80]} is no document of this graph")
        return iri

    def _settle(self, act: Callable[[Snapshot], None]) -> Json:
        with self.lock, self._live.lock:
            act(self._live.now)
            self._live.refresh()
            return {"state": self.state()}

    def conclude(self, given: Json) -> Json:
        """Leave one coding of a document in the graph, as was settled."""
        iri, now = self._document(given), self._live.now
        return self._told(self._write(lambda _: self._settlement.taken_over(now.store, iri, now.names)))

    def _seen(self, folder: Folder, given: Json) -> tuple[str, dict[str, list[str]]]:
        """The kind and the fields of the entry that is to be changed; raises Conflict unless it is as it was seen."""
        iri = _word(given, "entry")
        kind, now = self._now(folder, iri, given.get("document"))
        if given.get("seen") != _fingerprint(now):
            raise Conflict({"iri": iri, "values": now, "seen": _fingerprint(now)})
        return kind, now

    def _write_seen(self, given: Json, build: Callable[[Folder], Change]) -> Json:
        """Write a change of an entry, unless it is not as it was seen."""

        def as_seen(folder: Folder) -> Change:
            self._seen(folder, given)
            return build(folder)

        return self._told(self._write(as_seen))

    def _write(self, build: Callable[[Folder], Change]) -> Change:
        with self.lock:
            try:
                with self._folder.writing():
                    if self._blind is not None:
                        self._live.refresh()
                    change = build(self._folder)
                    changes.apply(self._folder, change)
                    if self._blind is not None:
                        self._own.add(len(journal.entries(self._folder.path)))
            except (UsageError, UnknownName) as error:
                if self._blind is None:
                    raise
                raise UsageError(self._blind.conceal(str(error))) from None
            self._live.refresh()
            return change

    def _told(self, change: Change) -> Json:
        return {"iri": change.iri, "what": change.what, "changed": bool(change.texts), "state": self.state()}

    def _decide(self, key: str, document: str, outcome: str) -> None:
        with self.lock:
            if not re.fullmatch(r".+:\d+-\d+", key, re.ASCII | re.DOTALL):
                raise UsageError(f"no proposal is called '{key[:60]}'")
            self._review(document).decide(key, outcome)

    def _review(self, document: str) -> proposals.Review:
        """What this coder has decided on a document, as the files are now."""
        self._folder.refresh()
        return proposals.Review(self._folder, document, self._coder)

    def texts(self) -> tuple[Path | None, Hashable]:
        """The folder of the texts, if there are any, and what changes when one of them does."""
        with self.lock:
            self._files()
            return validation.own_texts(self._folder.path), tuple(self._hashed[0])

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
        return None if file is None else input_.decode(file.read_bytes(), file, error=UsageError)

    def _coded(self, snapshot: Snapshot, document: str) -> list[Json]:
        """The statements a document reports, with their fields as a form has them."""
        kept, here = snapshot.store, NamedNode(document)
        said: dict[str, list[Triple]] = defaultdict(list)
        reports: dict[str, list[str]] = defaultdict(list)
        for row in kept.select(REPORTS, {"document": here}):
            report, statement = row["report"], row["s"]
            reports[statement.value].append(report.value)
            for node in (report, statement):
                if isinstance(node, NamedNode):
                    said[statement.value] += (quad.triple for quad in kept.description(node))
        found = []
        for iri, triples in said.items():
            values = {**fields.typed("statement", iri, triples), "document": [document]}
            coder = min(map(local_name, values_of(triples, "stance:coder")), default="")
            told: Json = {"iri": iri, "name": local_name(iri), "values": values, "reports": reports[iri]}
            told |= {"labels": snapshot.labels_of(values), "coder": coder, "spans": _spans(values)}
            found.append(told | {"sorts": settlement.sorts(kept, values), "seen": _fingerprint(values)})
        return sorted(found, key=lambda each: (each["spans"], each["iri"]))

    def _now(self, folder: Folder, iri: str, document: object) -> tuple[str, dict[str, list[str]]]:
        """The kind of an entry and its fields as the files have them."""
        if self._blind is not None and self._blind.hides(iri):
            raise UsageError(f"{iri[:80]} is not there any more")
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
                    if str(document) in values_of(told, "stance:document"):
                        said |= told
        now = fields.typed(kind, iri, said)
        return kind, {**now, "document": [str(document)]} if kind == "statement" else now

    def _proposals(self, document: str, text: str, issued: str, coded: Sequence[Json]) -> list[Json]:
        """What rules and programs propose and nobody has decided, but what is coded already."""
        day = issued if "/" not in issued else ""
        index = self._live.now.names
        found = proposals.propose(text, index, issued=calendar_day(day, "date") if day else None)
        with self.lock:
            every = [*map(proposals.Draft, found), *proposals.drafts_of(self._folder, document)]
            review = self._review(document)
            waiting = review.waiting(every)
        spoke = {each["iri"]: each["values"].get("speaker", []) for each in coded}
        corrected = {
            each.proposal.source: spoke[outcome]
            for each in every
            if (outcome := review.outcome(each)) in spoke
        }
        spans = [span for each in coded for span in each["spans"]]
        rows = []
        for draft in waiting:
            at = draft.proposal
            if any(start < at.end and at.start < end for start, end in spans):
                continue
            values = proposals.draft_values(draft, document, text)
            how = at.how
            if at.source and (same := corrected.get(at.source)) and same != values.get("speaker"):
                values["speaker"], how = same, f"{how}; taken as you took the same words before"
            labels = self._live.now.labels_of({"speaker": values.get("speaker", ())})
            told = {"key": draft.key, "maker": draft.maker, "spans": [[at.start, at.end]], "labels": labels}
            rows.append({**told, "values": values, "said": at.row(), "how": how, "named": at.named})
        return rows

    def _places(
        self, folder: Folder, values: Mapping[str, Sequence[str]], marks: object
    ) -> dict[str, list[str]]:
        """Marked stretches as quotes, where they stand in quotation marks, or as passages."""
        if not values.get("document"):
            raise UsageError("document is missing: a statement is coded on one")
        text = proposals.text_of(folder, folder.find(values["document"][0], "document"))
        if text is None:
            raise UsageError("the text of the document is not at hand: its words cannot be marked")
        found: dict[str, list[str]] = {}
        for start, end in _marks(marks, text):
            for name, each in proposals.marked(start, end, text).items():
                found.setdefault(name, []).extend(each)
        return {name: list(dict.fromkeys(each)) for name, each in found.items()}


def told(finding: validation.Finding, of: Mapping[str, str]) -> Json:
    """A finding as the desk shows it: of a report by the statement it reports."""
    subject = whole(finding.subject)
    return {"subject": of.get(subject, subject), "message": finding.message, "mend": finding.mend}


def _plain(store: Local) -> dict[str, dict[str, list[str]]]:
    """`PLAIN` with the acts as a form has them."""
    labels = {local_name(entry.iri): entry.label for entry in names.index(store, "act").entries("act")}
    return {
        sort: {side: [labels.get(act, act) for act in acts.split()] for side, acts in sides.items()}
        for sort, sides in PLAIN.items()
    }


def _spans(values: Mapping[str, Sequence[str]]) -> list[list[int]]:
    """Start and end of each quote, `START:WORDS`, and passage, `START:END`."""
    quotes = (place.partition(":") for place in values.get("quote", ()))
    passages = (place.partition(":") for place in values.get("passage", ()))
    found = [[int(start), int(start) + len(words)] for start, _, words in quotes]
    return sorted([*found, *([int(start), int(end)] for start, _, end in passages)])


def _described(field: fields.Field) -> Json:
    """A field of a form."""
    shown = {"name": field.name, "help": field.help, "values": field.values, "many": field.many}
    return shown | {"required": field.required, "kinds": list(field.kinds) if field.names_entry else []}


def _marks(value: object, text: str) -> list[tuple[int, int]]:
    """Stretches of a text, as they are sent; raises UsageError."""
    found = []
    for mark in value if isinstance(value, list) else ():
        match mark:
            case [int(start), int(end)] if 0 <= start < end <= len(text):
                found.append((start, end))
            case _:
                raise UsageError("the words marked are not in the text: mark them again")
    return found


def _fingerprint(values: Mapping[str, Sequence[str]]) -> str:
    """What tells whether an entry's fields are as they were shown."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:24]


def _word(given: Json, name: str) -> str:
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


def _values(given: Json) -> dict[str, list[str]]:
    """The fields that are given, as lists of text; raises UsageError."""
    match given.get("values"):
        case dict(values) if all(
            isinstance(each, list) and all(isinstance(text, str) for text in each) for each in values.values()
        ):
            return {name: [_text(text) for text in each if text.strip()] for name, each in values.items()}
    raise UsageError("values are missing: an object of lists of text")
