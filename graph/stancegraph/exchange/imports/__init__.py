"""Files of other people's programs as a graph of one's own: `stancegraph import csv FILE -o DIR`, and its like.

A file is read as rows, in a worker; what they say is written into a folder, all in one change or not at all.

names       whose names the cells are, a doubtful one nobody's; the events, figures and documents of rows; entries that
            rows describe
statements  what a row says, checked; rows of one statement joined
writer      statements as Turtle, many of them; what becomes of columns without a role
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from stancegraph import output, store
from stancegraph.curate import folder as folders
from stancegraph.curate.changes import UNUSED, Change
from stancegraph.curate.entries import slug
from stancegraph.curate.fields import day_form
from stancegraph.curate.folder import Folder
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange import column_roles, sheets, standoff
from stancegraph.exchange.column_roles import Left, Sheet
from stancegraph.exchange.imports.names import (
    Described,
    Documents,
    Names,
    describe_actor,
    describe_document,
    describe_entry,
    describe_event,
    describe_proposition,
    mint,
)
from stancegraph.exchange.imports.statements import NAMED, UNWRITABLE, Coded, NotTaken, Rows
from stancegraph.exchange.imports.writer import Writer, describe_variable, note, sort_out
from stancegraph.output import quantity
from stancegraph.store import journal, parser, turtle
from stancegraph.store.folders import new_folder
from stancegraph.store.turtle import describe, english, term
from stancegraph.vocabulary import ID, compact, local_name

if TYPE_CHECKING:
    from stancegraph.curate.folder import TurtleFile
    from stancegraph.exchange.column_roles import Reading


__all__ = ["Imported", "read"]

OTHERS: Final[Mapping[str, Callable[[Path], Sheet]]] = {
    "qdpx": standoff.read_project,
    "brat": standoff.read_brat,
    "webannotation": standoff.read_webannotation,
}
"""Formats that are no sheets → what reads them."""
PACKED: Final = ("xlsx", "qdpx")
MENDS: Final = {"xlsx": "save the sheet as CSV", "qdpx": "export the project anew"}
CELLS: Final = 50_000_000
"""Rows times columns that are kept in memory."""
LONGEST: Final = 4 << 20
"""Characters of a cell: in UTF-8 it is no longer than a literal that can be read back."""
PER_FILE: Final = 2_000
"""Statements in a file."""
EVERY: Final = 5_000
"""Rows between two looks at how far it is."""
SHOWN: Final = 20
"""Rows not taken that are told one by one."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How much was taken; `notes` say how the file was read, and what was not taken, each row with its line."""

    statements: int
    documents: int
    actors: int
    targets: int
    events: int
    variables: int
    not_taken: int
    doubtful: int
    diff: str
    notes: tuple[str, ...]

    def __str__(self) -> str:
        nouns = {"statements": "statement", "documents": "document", "actors": "actor", "targets": "target"}
        nouns |= {"events": "event"} if self.events else {}
        parts = [quantity(getattr(self, name), noun) for name, noun in nouns.items()]
        return f"{', '.join(parts)} and {quantity(self.variables, 'variable')}"


def read(
    kind: str,
    file: Path,
    into: Path,
    reading: Reading,
    *,
    guess: bool = True,
    base: str | None = None,
    dry_run: bool = False,
    progress: Callable[[float], None] | None = None,
) -> tuple[Imported, Reading]:
    """Take a file of a format into a folder, made where there is none; what was taken, and how the file was read.

    With `guess`, columns that the reading gives no role get one where their headers name it. Raises UsageError where no
    row is a statement, where the graph has the file already, or for a `base` that is not the folder's, StanceError for
    a file that cannot be read and a folder that cannot be written; nothing is written then.
    """
    sheet = sheet_of(kind, file, encoding=reading.encoding)
    if guess:
        reading = reading.complete(sheet.columns)
    if broken := [number for number, name in enumerate(sheet.columns, 1) if UNWRITABLE.search(name)]:
        raise UsageError(f"{file}: the header of column {broken[0]} holds a control character: rename it")
    reading.refuse(sheet.columns, str(file))
    made: Imported | None = None
    with (
        suppress(_DryRun),
        _folder(into, file, base) as (folder, fresh),
        folder.writing(),
        journal.staging(folder.path) as place,
    ):
        taking = _Taking(sheet, file, folder, reading, fresh=fresh, place=place, progress=progress)
        made = taking.take(into, dry_run=dry_run)
        if dry_run:
            raise _DryRun
    assert made is not None  # noqa: S101  a dry run makes it too
    return made, reading


def sheet_of(kind: str, file: Path, *, encoding: str = "") -> Sheet:
    """The rows of a file of a `kind` (csv, xlsx, brat …) as they come, parsed in a worker that can be stopped.

    Raises StanceError where it cannot be read, or would take too much of time or memory, UsageError where it holds no
    columns that can be told apart; on the way too.
    """
    if encoding and kind in OTHERS:
        raise UsageError(f"--encoding is of csv and tsv, not of {kind}: leave it out")
    given = parser.values(
        partial(_values, kind, file, encoding), file, MENDS.get(kind, "split it"), packed=kind in PACKED
    )
    columns, notes, texts = next(given)
    sheet = Sheet(columns, iter(()), texts=dict(next(given) for _ in range(texts)), notes=notes)
    sheet.rows = _rows(given, sheet.left)
    return sheet


def _rows(given: Iterator[Any], left: Left) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows as they come, those that are none put aside."""
    for line, *told in given:
        if len(told) == 1:
            yield line, told[0]
        else:
            left.append((line, *told))


def _values(kind: str, file: Path, encoding: str) -> Iterator[object]:
    """In the worker: what there is beside rows, each text, each row with its line, then those that are none."""
    sheet = OTHERS[kind](file) if kind in OTHERS else sheets.read(file, kind, encoding=encoding)
    yield sheet.columns, sheet.notes, len(sheet.texts)
    yield from sheet.texts.items()
    most = CELLS // max(len(sheet.columns), 1)
    for number, (line, row) in enumerate(sheet.rows, 1):
        if number > most:
            raise StanceError(
                f"{file} has more than {most:,} rows of {len(sheet.columns)} columns: split it, or drop columns"
            )
        if max(map(len, row), default=0) > LONGEST:
            sheet.left.append(
                (line, f"a cell of more than {LONGEST:,} characters", [cell[:1000] for cell in row])
            )
        else:
            yield line, row
    yield from sheet.left


class _DryRun(Exception):
    """Nothing is to be written."""


@contextmanager
def _folder(into: Path, file: Path, base: str | None) -> Iterator[tuple[Folder, bool]]:
    """The folder to add to, or a new one that takes its name at the end; whether it is new."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        folder = Folder(into)
        if base is not None and base not in (folder.base, folder.base.rstrip("/")):
            raise UsageError(f"{into} begins its names with {folder.base}: leave out --base")
        yield folder, False
        return
    with new_folder(into) as fresh:
        start = base or folders.default_base(into.resolve().name)
        folders.init(fresh, title=file.name, base=start)
        yield Folder(fresh), True


class _Taking:
    """One file on its way into a folder."""

    def __init__(
        self,
        sheet: Sheet,
        file: Path,
        folder: Folder,
        reading: Reading,
        *,
        fresh: bool,
        place: Path,
        progress: Callable[[float], None] | None,
    ) -> None:
        self._sheet, self._file, self._folder, self._fresh = sheet, file, folder, fresh
        self._place, self._progress = place, progress
        self._base = folder.base
        self._left: list[tuple[int, str, Sequence[str]]] = sheet.left
        self._background: list[Triple] = []
        self._staged: dict[str, journal.Staged] = {}
        self._batch: list[tuple[tuple[object, ...], str]] = []
        self._statements = 0
        self._numbers: dict[str, int] = {}
        self._checksum = _checksum(file)
        ask = (lambda _: ()) if fresh else store.open(folder.path).tuples
        self._taken = {row[0] for row in ask(_SUBJECTS)}
        for iri, title in ask(_IMPORTS.format(self._checksum)):
            raise UsageError(f"{file}: the graph has it already, as {title} ({compact(iri)})")
        self._slug = local_name(mint(f"{self._base}import/", file.stem, "file", self._taken))
        self._known = {tuple(row) for row in ask(_KNOWN)}
        self._roles = {role: sheet.columns.index(header) for role, header in reading.columns.items()}
        self._described: dict[str, Described] = {}
        self._rows = self._read_rows()
        self._had = self._described.keys() & self._taken
        self._taken |= self._described.keys()
        self._reading = replace(reading, dates=reading.dates or self._form())
        known = None if fresh else folder.names
        self._names = [
            Names(kind, self._base, known, reading.names, self._taken)
            for kind in ("actor", "proposition", "event")
        ]
        self._actors, self._propositions, _ = self._names
        titled = {(title, url): iri for iri, title, url in ask(_DOCUMENTS)}
        documents = Documents(self._base, self._actors, titled, sheet.texts, self._reading.dates, self._taken)
        self._declare(documents)
        plain = [row for _, row in self._rows]
        self._columns = sort_out(sheet.columns, self._roles, plain, self._base, self._taken)
        at = self._roles["speaker"]
        speakers = {self._actors.key(" ".join(cell.split())) for cell in {row[at] for row in plain}}
        self._taker = Rows(
            self._reading, self._roles, self._names, documents, speakers, self._base, self._taken
        )
        self._writer = Writer(
            self._base,
            f"{self._base}import/{self._slug}",
            f"{self._base}coder/{self._slug}",
            {variable.column: variable.iri for variable in self._columns.variables},
        )

    def take(self, into: Path, *, dry_run: bool) -> Imported:
        for coded in self._statements_of_rows():
            self._write(coded)
        self._flush()
        if not self._statements:
            why = f"line {self._left[0][0]}: {self._left[0][1]}" if self._left else "it has headers alone"
            raise UsageError(f"{self._file} holds no row that can be taken: {why}")
        self._left.sort(key=lambda each: each[0])
        change = self._change()
        diff = change.diff() + self._staged_diff() if dry_run else ""
        if not dry_run:
            journal.commit(self._folder.path, change.what, change.texts, staged=self._staged)
        news = {"document": len(self._taker.documents.new)} | {
            each.kind: len(each.new) for each in self._names
        }
        for iri in self._described.keys() - self._had:
            kind = self._described[iri].kind
            news[kind] = news.get(kind, 0) + 1
        return Imported(
            self._statements,
            news["document"],
            news["actor"],
            news["proposition"],
            news["event"],
            len(self._columns.variables),
            len(self._left),
            sum(len(each.doubts) for each in self._names),
            diff,
            tuple(self._notes(into)),
        )

    def _read_rows(self) -> list[tuple[int, tuple[str, ...]]]:
        """The rows that can be written, each cell kept once."""
        cell: dict[str, str] = {}
        rows = []
        entry = {role: at for role, at in self._roles.items() if column_roles.describes(role)}
        kind = entry.get(column_roles.ENTRY)
        for line, row in self._sheet.rows:
            new = [text for text in row if text not in cell]
            if new and (found := UNWRITABLE.search("".join(new))):
                self._left.append((line, f"a control character, U+{ord(found[0]):04X}", row))
            elif kind is not None and row[kind].strip():
                try:
                    described = {role: row[at].strip() for role, at in entry.items()}
                    describe_entry(self._described, described, self._folder)
                except (ValueError, UsageError) as error:
                    self._left.append((line, str(error), row))
            else:
                cell |= zip(new, new, strict=True)
                rows.append((line, tuple(map(cell.__getitem__, row))))
        return rows

    def _declare(self, documents: Documents) -> None:
        """Let cells name the entries that rows describe: by name, with the end of the IRI where two share one."""
        of = {each.kind: each.declare for each in self._names}
        borne = Counter((each.kind, each.name.casefold(), each.url) for each in self._described.values())
        for iri, each in self._described.items():
            alone = borne[each.kind, each.name.casefold(), each.url] == 1
            for name in (
                *([each.name] if alone else []),
                f"{each.name} ({local_name(iri)})",
                local_name(iri),
            ):
                if each.kind == "document":
                    documents.declare(iri, name, each.url)
                elif each.kind in of:
                    of[each.kind](iri, name)

    def _form(self) -> str:
        """How days in numbers are written, where the columns of days show it."""
        dates = ("date", "date_until", "document_date", "about_date", "figure_date")
        at = [self._roles[role] for role in dates if role in self._roles]
        return day_form({row[place] for _, row in self._rows for place in at})

    def _statements_of_rows(self) -> Iterator[Coded]:
        """The statements, those of rows without a name as they come."""
        named: dict[str, Coded] = {}
        seen: dict[tuple[str, ...], int] = {}
        for number, (line, row) in enumerate(self._rows, 1):
            if self._progress and number % EVERY == 0:
                self._progress(number / len(self._rows))
            try:
                if seen.setdefault(row, line) != line:
                    raise NotTaken(f"the same as line {seen[row]}")
                name = row[self._roles["statement"]].strip() if "statement" in self._roles else ""
                if name and f"{self._base}statement/{_local(name)}" in self._taken and name not in named:
                    raise NotTaken(f"the graph has a statement called '{name[:60]}' already")
                coded = self._taker.take(line, row, named.get(name))
                if not name and self._known and _identity(coded) in self._known:
                    raise NotTaken("the graph has this statement already")
            except NotTaken as error:
                self._left.append((line, str(error), row))
                continue
            for variable in self._columns.variables:
                if cell := row[variable.column].strip():
                    coded.variables[variable.column] = variable.values[cell]
            if name:
                named[name] = coded
            else:
                yield coded
        for name, coded in named.items():
            coded.local = self._mint(_local(name))
            yield coded

    def _write(self, coded: Coded) -> None:
        if not coded.local:
            aim = next(iter(coded.sides)) or next(iter(coded.reports))
            coded.local = self._mint(f"{local_name(next(iter(coded.speakers)))}-{local_name(aim)}")
        if len(coded.sides) != 1 or "" in coded.sides:
            coded.variables = {}
        if coded.apart or coded.more:
            self._set_apart(coded)
        self._batch += self._writer.blocks(coded)
        self._statements += 1
        if self._statements % PER_FILE == 0:
            self._flush()

    def _set_apart(self, coded: Coded) -> None:
        """Move what no document states to the background."""
        here = NamedNode(f"{self._base}statement/{coded.local}")
        known = f"{self._base}document/"
        outer = [
            ("rests_on", each)
            for each in coded.more.get("dcterms:source", ())
            if each.value not in self._taken and not each.value.startswith(known)
        ]
        for role, value in [*coded.apart, *outer]:
            edge = column_roles.APART[role]
            self._background.append(Triple(here, term(edge), value))
            if role in column_roles.STATEMENT:
                coded.more[edge].pop(value, None)
            elif role in ("act", "medium"):
                setattr(coded, role, "")
            else:
                (coded.occasions if role == "occasion" else coded.others[role]).pop(value.value, None)

    def _mint(self, words: str) -> str:
        start = f"{self._base}statement/"
        local, number = words or "statement", 1
        while f"{start}{local}" in self._taken:
            number = self._numbers.get(words, number) + 1
            self._numbers[words] = number
            local = f"{words}-{number}"
        self._taken.add(f"{start}{local}")
        return local

    def _flush(self) -> None:
        """Stage a file of the statements written so far."""
        if self._batch:
            body = "\n".join(f"{text}\n" for _, text in sorted(self._batch))
            head = turtle.heading(turtle.prefixes_used(body), "" if self._base == ID else self._base)
            name = f"statements/{self._slug}-{len(self._staged) + 1:04}.ttl"
            self._staged[name] = journal.stage(self._place, len(self._staged), f"{head}\n{body}")
            self._batch = []

    def _change(self) -> Change:
        """What is added to the files there are, and the lists of what was not taken."""
        source = NamedNode(f"{self._base}import/{self._slug}")
        for header, (role, values) in self._columns.notes.items():
            for each in (self._actors,) if role == "speaker" else (self._actors, self._propositions):
                note(each, header, values)
        kinds = column_roles.actor_kinds()
        described: dict[str, Iterable[Triple]] = {
            "background": self._background,
            "actors": (t for new in self._actors.new.values() for t in describe_actor(new, source, kinds)),
            "propositions": (
                t
                for new in self._propositions.new.values()
                for t in describe_proposition(new, source, self._file.name)
            ),
            "events": (t for new in self._names[-1].new.values() for t in describe_event(new, source)),
            "documents": (
                t for new in self._taker.documents.new.values() for t in describe_document(new, source)
            ),
            "imports": self._describe_import(source),
        }
        texts: dict[str, tuple[str | None, str | None]] = {}
        for name, triples in described.items():
            file = self._folder.file(f"{name}.ttl").copy()
            said = [*triples, *self._said(name, source)]
            old = {each.subject.value for each in said if isinstance(each.subject, NamedNode)} & file.subjects
            for iri in old:
                more = {each for each in said if each.subject == NamedNode(iri)}
                file.put(iri, file.description(iri) | more)
            known = {*map(NamedNode, old)}
            file.extend(each for each in said if each.subject not in known)
            if name == "propositions":
                self._unmark(file)
            texts[f"{name}.ttl"] = (self._folder.text(f"{name}.ttl"), file.text)
        new = self._taker.documents.new.values()
        copies = {f"texts/{local_name(each.iri)}.txt": each.text for each in new if each.text is not None}
        for name, text in (self._lists() | copies).items():
            texts[name] = (self._folder.text(name), text)
        changed = {name: both for name, both in texts.items() if both[0] != both[1]}
        return Change(f"import {self._file.name}", changed, frozenset(), source.value)

    def _said(self, file: str, source: NamedNode) -> Iterator[Triple]:
        """What rows that describe entries say, of those the graph does not have, for one of its files."""
        for iri in self._described.keys() - self._had:
            described = self._described[iri]
            yield from described.said.get(file, ())
            if described.taken_over and file in described.said and file != column_roles.BACKGROUND:
                yield Triple(NamedNode(iri), term("prov:wasDerivedFrom"), source)

    def _unmark(self, file: TurtleFile) -> None:
        """Take the note that nobody is coded on it from a proposition somebody now is coded on."""
        note = term("skos:editorialNote")
        for iri in self._propositions.used & file.subjects:
            said = file.description(iri)
            if (marked := Triple(NamedNode(iri), note, UNUSED)) in said:
                file.put(iri, said - {marked})

    def _describe_import(self, source: NamedNode) -> Iterator[Triple]:
        name = Literal(self._file.name)
        yield from describe(
            source,
            ("rdf:type", "prov:Entity"),
            ("dcterms:title", name),
            ("stance:sha256", Literal(self._checksum)),
        )
        named = ((iri, self._taker.coders[iri]) for iri in self._taker.coders.keys() - self._taken)
        for iri, label in ((f"{self._base}coder/{self._slug}", f"coder of {self._file.name}"), *named):
            yield from describe(NamedNode(iri), ("rdf:type", "prov:Agent"), ("rdfs:label", english(label)))
        for variable in self._columns.variables:
            yield from describe_variable(variable, self._base, source)

    def _lists(self) -> dict[str, str]:
        """The rows not taken, to be mended and taken again, and the names a person must decide on."""
        made = {}
        if self._left:
            head = ["line", "reason", *self._sheet.columns]
            made[f"imports/{self._slug}-rows.csv"] = output.as_csv(
                [head, *([n, why, *row] for n, why, row in self._left)]
            )
        review = [
            [each.kind, name, len(doubt.lines), candidate.label, compact(candidate.iri), candidate.score]
            for each in self._names
            for name, doubt in each.doubts.items()
            for candidate in doubt.candidates
        ]
        alike = [
            [each.kind, label, "", other, "", "alike"]
            for each in self._names
            for labels in each.alike()
            for label in labels[:1]
            for other in labels[1:]
        ]
        if review or alike:
            head = "kind name rows may_be iri score".split()
            made[f"imports/{self._slug}-names.csv"] = output.as_csv([head, *review, *alike])
        return made

    def _staged_diff(self) -> str:
        made = []
        for name, staged in self._staged.items():
            lines = staged.path.read_text(encoding="utf-8").splitlines()
            made.append(
                f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{len(lines)} @@\n"
                + "".join(f"+{line}\n" for line in lines)
            )
        return "".join(made)

    def _notes(self, into: Path) -> Iterator[str]:
        roles = self._reading.columns.items()
        yield f"columns: {', '.join(role if role == header else f'{role}={header}' for role, header in roles)}"
        yield from self._sheet.notes
        for header, (role, _) in self._columns.notes.items():
            yield f"column {header} depends on the {role} alone: a note on each"
        for variable in self._columns.variables:
            yield f"column {variable.header} is a variable of the statements"
        yield from self._columns.left
        if self._had:
            yield f"{quantity(len(self._had), 'entry')} of the file stood in the graph already: left as there"
        for line, why, _ in self._left[:SHOWN]:
            yield f"line {line} is not taken: {why}"
        if self._left:
            where = f"{into}/imports/{self._slug}-rows.csv"
            yield f"{quantity(len(self._left), 'row')} not taken: {where}, to mend and import"
        if doubts := sum(len(each.doubts) for each in self._names):
            yield (
                f"{quantity(doubts, 'name')} may be somebody's of the graph: {into}/imports/{self._slug}-names.csv; "
                'decide in a mapping, below [names]: "Name" = "iri" or "new"'
            )
        if alike := sum(1 for each in self._names for _ in each.alike()):
            yield f"{quantity(alike, 'name')} spelt in two ways stay apart: {into}/imports/{self._slug}-names.csv"
        if "stance" not in self._roles and "target" in self._roles:
            yield "no column says for or against: targets are without polarity (stance:stanceOn)"
        if "basis" not in self._roles:
            yield "basis said and confidence 1.0 stand on every statement: the file says neither"
        if self._fresh and self._base == folders.default_base(into.resolve().name):
            yield f"IRIs begin with {self._base}, an address that is nobody's: give one of yours with --base"


def _local(name: str) -> str:
    """The last part of the IRI of a statement of this name."""
    return name if NAMED.fullmatch(name) else slug(name, digits=True)


def _identity(coded: Coded) -> tuple[str, ...]:
    aim, side = next(iter(coded.sides.items()))
    document, places = next(iter(coded.reports.items()))
    first, last = coded.days or ("", "")
    quote = next((place.quote for place in places), "")
    one = (first, "", "") if first == last else ("", first, last)
    edge = term(side.edge).value if side.edge else ""
    return next(iter(coded.speakers)), aim, edge, *one, document, quote


_SUBJECTS: Final = "SELECT DISTINCT ?s { ?s ?p ?o FILTER(ISIRI(?s)) }"
_IMPORTS: Final = 'SELECT ?s ?title {{ ?s a prov:Entity ; stance:sha256 "{}" ; dcterms:title ?title }}'
_DOCUMENTS: Final = (
    "SELECT ?d ?title ?url { ?d a schema:NewsArticle ; dcterms:title ?title OPTIONAL { ?d schema:url ?url } }"
)
_KNOWN: Final = """SELECT ?who ?what ?edge ?on ?from ?to ?document ?quote {
  ?s stance:speaker ?who .
  OPTIONAL { { ?edge stance:polarity ?sign } UNION { BIND(stance:stanceOn AS ?edge) } ?s ?edge ?what }
  OPTIONAL { ?s stance:saidOn ?on } OPTIONAL { ?s stance:saidNotBefore ?from } OPTIONAL { ?s stance:saidNotAfter ?to }
  ?report stance:reports ?s ; stance:document ?document OPTIONAL { ?report stance:quote ?quote } }"""


def _checksum(file: Path) -> str:
    """The SHA-256 of a file, or of all files of a folder."""
    if file.is_dir():
        parts = (f"{each.name} {_checksum(each)}\n" for each in sorted(file.iterdir()) if each.is_file())
        return hashlib.sha256("".join(parts).encode()).hexdigest()
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
