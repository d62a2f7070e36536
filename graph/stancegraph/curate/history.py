"""What changed in a folder, entry by entry: from git where the folder is in a repository, else from its journal."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from shutil import which
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Triple

from stancegraph.curate.changes import shown
from stancegraph.errors import StanceError
from stancegraph.store import journal
from stancegraph.store.terms import object_value
from stancegraph.vocabulary import compact

if TYPE_CHECKING:
    from stancegraph.curate.folder import Folder

Moment = tuple[str, str, str, str, str | None, str | None]
"""When (ISO 8601), by whom, what was done, in which file, its text before and after."""
_MARK: Final = "\x1e"


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
