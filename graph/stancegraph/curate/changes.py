"""A change of a graph: what it adds and removes, in which files; shown, checked, then applied whole; and what changed.

with folder.writing():
    change = entries.add(folder, "actor", name="Ada", kind="politician")
    print(change.diff())
    changes.apply(folder, change)
"""

from __future__ import annotations

import difflib
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from shutil import which
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode, Triple

from stancegraph.curate.folder import Folder, is_named
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import journal
from stancegraph.store.turtle import english, object_value, term, values_of
from stancegraph.vocabulary import compact, local_name

if TYPE_CHECKING:
    from stancegraph.curate.folder import TurtleFile
    from stancegraph.validation import Finding

STANCES: Final = tuple(map(term, "stance:supports stance:opposes stance:neutralOn stance:stanceOn".split()))
CONTEXT: Final = 3
"""Lines of a diff around what changes."""
UNUSED: Final = english("No statement is on it yet.")
"""Why a proposition is kept that nobody is coded on; the note goes with the first statement."""
Moment = tuple[str, str, str, str, str | None, str | None]
"""When (ISO 8601), by whom, what was done, in which file, its text before and after."""
_MARK: Final = "\x1e"


@dataclass(frozen=True, slots=True)
class Change:
    """What was done in one line, the files' texts before and after, the entries that differ, the IRI it is about."""

    what: str
    texts: journal.Texts
    subjects: frozenset[str]
    iri: str = ""
    undoes: int | None = None

    def diff(self, most: int | None = None) -> str:
        """The change of the Turtle as a unified diff, without the texts of sources; empty where nothing changes.

        Of a long one the first lines, as many as `most`, and that there are more.
        """
        lines = (
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for file, (before, after) in self.texts.items()
            if file.endswith(".ttl")
            for line in _diff(file, before, after)
        )
        shown = "".join(islice(lines, most))
        return shown if next(lines, None) is None else f"{shown}… and more, beyond {most:,} lines\n"


def _diff(file: str, before: str | None, after: str | None) -> Iterator[str]:
    """The lines of a unified diff; those that are equal at both ends are not compared again."""
    old, new = ((text or "").splitlines(keepends=True) for text in (before, after))
    start = _same(old, new)
    end = _same(old[start:][::-1], new[start:][::-1])
    skipped, left = max(0, start - CONTEXT), max(0, end - CONTEXT)
    names = ("/dev/null" if before is None else f"a/{file}", "/dev/null" if after is None else f"b/{file}")
    old, new = (lines[skipped : len(lines) - left] for lines in (old, new))
    for line in difflib.unified_diff(old, new, *names, n=CONTEXT):
        if line.startswith("@@"):
            yield re.sub(r"(?<=[-+])\d+", lambda number: str(int(number[0]) + skipped), line)
        else:
            yield line


def _same(one: list[str], other: list[str]) -> int:
    """How many lines two lists begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, pair in pairs if pair[0] != pair[1]), min(len(one), len(other)))


class Refused(UsageError):
    """The change would break the graph's rules; `findings` say which."""

    def __init__(self, what: str, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        told = "; ".join(f"{each.subject}: {each.message} ({each.mend})" for each in self.findings[:3])
        more = f"; and {len(self.findings) - 3} more" if len(self.findings) > 3 else ""
        super().__init__(f"{what}: refused, nothing is written: {told}{more}")


class Edit:
    """A change in the making: descriptions of subjects are replaced, file by file."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._files: dict[str, TurtleFile] = {}
        self._subjects: set[str] = set()

    def file(self, name: str) -> TurtleFile:
        if name not in self._files:
            self._files[name] = self.folder.file(name).copy()
        return self._files[name]

    def put(self, file: str, subject: str, triples: Iterable[Triple], *, check: bool = True) -> None:
        """Let a file say this of a subject, and nothing else; `check` it before it is written."""
        if check:
            self._subjects.add(subject)
        self.file(file).put(subject, triples)

    def change(self, what: str, iri: str = "") -> Change:
        """The change as a value, propositions nobody is coded on marked so."""
        self._mark_unused()
        texts: dict[str, tuple[str | None, str | None]] = {}
        for name, file in sorted(self._files.items()):
            before, after = self.folder.text(name), file.text
            if name.startswith("statements/") and not file.subjects:
                texts[name] = (before, None)
            elif before != after:
                texts[name] = (before, after)
                self.folder.keep(name, file)
        return Change(what, texts, frozenset(self._subjects), iri)

    def _mark_unused(self) -> None:
        """Note of each proposition touched whether it awaits its first statement."""
        touched = {p for subject in self._subjects.copy() for p in self._propositions(subject)}
        note = term("skos:editorialNote")
        for iri in touched:
            for name in {*self._files, *self.folder.describing(iri)}:
                said = self.file(name).description(iri) if iri in self.file(name).subjects else frozenset()
                if not any(t.object == term("stance:Proposition") for t in said):
                    continue
                marked = Triple(NamedNode(iri), note, UNUSED)
                others = {t for t in said if t.predicate == note and t != marked}
                wanted = not others and not self._is_used(iri)
                if wanted != (marked in said):
                    self.put(name, iri, {*said, marked} if wanted else set(said) - {marked}, check=False)

    def _propositions(self, subject: str) -> set[str]:
        """A proposition itself, or those a statement takes or took a stance on, or a narrower one's broader."""
        now = (
            t for file in self._files.values() if subject in file.subjects for t in file.description(subject)
        )
        before = (t for said in self.folder.description(subject).values() for t in said)
        found = set()
        for triple in (*now, *before):
            if triple.object == term("stance:Proposition"):
                found.add(subject)
            if triple.predicate in (*STANCES, term("skos:broader")) and isinstance(triple.object, NamedNode):
                found.add(object_value(triple))
        return found

    def _is_used(self, iri: str) -> bool:
        node = NamedNode(iri)
        for name in {*self.folder.naming(iri), *self._files}:
            file = self._files.get(name) or self.folder.file(name)
            for subject in file.mentioning([local_name(iri)]):
                for t in file.description(subject) if subject != iri else ():
                    if t.object == node and t.predicate in (*STANCES, term("skos:broader")):
                        return True
        return False


def check(folder: Folder, change: Change) -> list[Finding]:
    """What the change would break: rules and shapes of what it touches, and of what refers to that, that hold now."""
    from stancegraph import validation

    subjects = change.subjects | _referring(folder, change)
    involved = [local_name(subject) for subject in subjects]
    with folder.standing({file: text for file, (_, text) in change.texts.items()}, involved) as after:
        found = validation.check(after, subjects=subjects).findings
    if not found:
        return []
    with folder.standing({}, involved) as before:
        broken = validation.check(before, subjects=subjects).findings
    known = {(each.subject, each.rule, each.message) for each in broken}
    return [each for each in found if (each.subject, each.rule, each.message) not in known]


def _referring(folder: Folder, change: Change) -> set[str]:
    """Subjects that point at what changes, before or after, and the statements whose reports change or do."""
    names = [local_name(subject) for subject in change.subjects]
    texts = {**{file: (folder.text(file),) for file in folder.file_names}, **change.texts}
    found: set[str] = set()
    for file, versions in texts.items():
        for text in versions if file.endswith(".ttl") else ():
            if text is None or not any(is_named(name, text) for name in names):
                continue
            parsed = folder.parsed(file, text)
            for subject in parsed.mentioning(names):
                said = parsed.description(subject)
                if subject in change.subjects or any(object_value(t) in change.subjects for t in said):
                    found.add(subject)
                    found |= values_of(said, "stance:reports")
    return found - change.subjects


def refuse(folder: Folder, change: Change) -> None:
    """Raise Refused where the change would break the graph's rules."""
    if change.subjects and (findings := check(folder, change)):
        raise Refused(change.what, findings)


def apply(folder: Folder, change: Change, *, checked: bool = False) -> None:
    """Write a change, whole or not at all, and tell it in the journal.

    Raises Refused where it would break the graph's rules, unless `checked` already; StanceError where a file was
    edited meanwhile, or cannot be written. Nothing is written then.
    """
    if not change.texts:
        return
    if not checked:
        refuse(folder, change)
    journal.commit(folder.path, change.what, change.texts, undoes=change.undoes)
    folder.refresh()


def undo(folder: Folder) -> Change:
    """The change that takes back the last one not taken back yet.

    Raises UsageError where there is none, StanceError where a file has been edited since.
    """
    entries = journal.entries(folder.path)
    gone = {entry.undoes for entry in entries}
    last = next((e for e in reversed(entries) if e.undoes is None and e.number not in gone), None)
    if last is None:
        raise UsageError(f"{folder.path} has no change to take back: its journal is empty")
    texts: dict[str, tuple[str | None, str | None]] = {}
    for file, patch in last.files.items():
        now = folder.text(file)
        if journal.checksum(now) != patch.after:
            raise StanceError(
                f"{file} has been edited since '{last.what}': take your edit back, or edit the file by hand"
            )
        texts[file] = (now, patch.back(now or ""))
    return Change(f"undo {last.what}", texts, frozenset(), undoes=last.number)


def shown(iri: str, folder: Folder) -> str:
    """An IRI as a person writes it here: `actor:iraq`, or below the folder's base `actor/ada`."""
    return compact(iri) if compact(iri) != iri else iri.removeprefix(folder.base) or iri


def history(folder: Folder, entry: str | None = None) -> list[dict[str, object]]:
    """One row for each property of an entry that changed, the latest first.

    `when` (ISO 8601), `by` (git's author; empty in the journal), `what` (git's subject, or the change), `entry`,
    `property`, `before` and `after` (the values, joined). Raises UnknownName for an entry that is not there.
    """
    iri = folder.find(entry) if entry else None
    rows: list[dict[str, object]] = []
    for moment in _git(folder) or _journal(folder):
        rows += _rows(folder, moment, iri)
    return rows


def _rows(folder: Folder, moment: Moment, iri: str | None) -> Iterator[dict[str, object]]:
    when, by, what, file, before, after = moment
    old, new = folder.parsed(file, before), folder.parsed(file, after)
    for subject in sorted(old.subjects | new.subjects if iri is None else {iri}):
        was, now = (_properties(each.description(subject)) for each in (old, new))
        for edge in sorted(was.keys() | now.keys()):
            if was.get(edge) != now.get(edge):
                yield {
                    "when": when,
                    "by": by,
                    "what": what,
                    "entry": shown(subject, folder),
                    "property": compact(edge),
                    "before": was.get(edge),
                    "after": now.get(edge),
                }


def _properties(said: frozenset[Triple]) -> dict[str, str]:
    """Property → its values as text, those of nested nodes among them."""
    found: dict[str, set[str]] = defaultdict(set)
    for triple in said:
        if not isinstance(triple.object, BlankNode):
            found[triple.predicate.value].add(compact(object_value(triple)))
    return {edge: "; ".join(sorted(values)) for edge, values in found.items()}


def _journal(folder: Folder) -> Iterator[Moment]:
    """The changes of the journal, the latest first: each patch taken back from the text it led to."""
    texts: dict[str, str | None] = {}
    for entry in reversed(journal.entries(folder.path)):
        for file, patch in entry.files.items():
            now = texts[file] if file in texts else folder.text(file)
            if journal.checksum(now) != patch.after:
                raise StanceError(
                    f"{file} has been edited by hand since '{entry.what}', so its journal no longer fits: "
                    "keep the folder in git, which tells such changes too"
                )
            texts[file] = patch.back(now or "")
            if file.endswith(".ttl"):
                yield entry.when, "", entry.what, file, texts[file], now


def _git(folder: Folder) -> list[Moment]:
    """The commits that changed the folder's Turtle, the latest first, what is not committed before them."""
    if which("git") is None or not _run(folder, "rev-parse", "--is-inside-work-tree"):
        return []
    told = _run(
        folder, "log", f"--format={_MARK}%H\t%aI\t%an\t%s", "--name-only", "--relative", "--", "*.ttl"
    )
    moments: list[Moment] = []
    for file in sorted({*_run(folder, "ls-files", "*.ttl").split("\n"), *folder.file_names} - {""}):
        committed = _text(folder, "HEAD", file)
        if committed != folder.text(file):
            moments.append(("", "", "not committed", file, committed, folder.text(file)))
    for record in told.split(_MARK)[1:]:
        head, _, names = record.partition("\n")
        commit, when, by, what = head.split("\t", 3)
        moments += [
            (when, by, what, file, _text(folder, f"{commit}^", file), _text(folder, commit, file))
            for file in names.split("\n")
            if file
        ]
    return moments if told else []


def _text(folder: Folder, commit: str, file: str) -> str | None:
    return _run(folder, "show", f"{commit}:./{file}") or None


def _run(folder: Folder, *arguments: str) -> str:
    """What git says in the folder; empty where it fails."""
    command: Sequence[str] = ["git", "-c", "core.quotePath=false", "-C", str(folder.path), *arguments]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""
