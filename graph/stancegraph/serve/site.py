"""What the service answers as a folder of files, at the addresses it has there: a site that opens from the disk."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stancegraph import output, statements
from stancegraph.errors import StanceError, UsageError
from stancegraph.serve import resources
from stancegraph.store import folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stancegraph.serve.live import Snapshot
    from stancegraph.serve.resources import Operation

SUMS: Final = "stancegraph-site.sha256"
"""File that lists the others with their sums, as `sha256sum -c` reads them: a folder is known by it as a site."""
PORTABLE: Final = re.compile(r"[^\W_][\w.~-]{0,99}")
"""Names that every file system takes; dots and blanks at the end cannot be, as a suffix follows."""
RESERVED: Final = re.compile(r"(index|con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""Names, in small letters, of the lists and of what Windows takes for devices."""


def write(snapshot: Snapshot, operations: Sequence[Operation], into: Path) -> int:
    """Write the site, whole or not at all; the number of its files.

    A site that was written before and is as it was written gives way in one step. Raises UsageError where anything
    else stands in `into`, or where it would be read as part of the data, StanceError where it cannot be written.
    """
    if str(into) in {"", "."} or "\0" in str(into):
        raise UsageError("no folder is named: give a name")
    output.refuse_input(into, ())
    target = Path(os.path.realpath(into))
    for read in snapshot.local:
        if target.is_relative_to(read.resolve()):
            raise UsageError(f"{into} lies in {read}, all of which is read: name a folder elsewhere")
    try:
        with ExitStack() as held:
            _refuse_others(target)
            held.enter_context(folders.exclusive(target, lambda: output.note(f"{into} is being written")))
            workshop = held.enter_context(folders.workshop(target))
            sums = ""
            for name, content in files(snapshot, operations):
                file = workshop / folders.NEW / name
                file.parent.mkdir(parents=True, exist_ok=True)
                with file.open("xb") as new:
                    new.write(content)
                sums += f"{hashlib.sha256(content).hexdigest()}  {name}\n"
            (workshop / folders.NEW / SUMS).write_text(sums, encoding="utf-8", newline="")
            _refuse_others(target)  # again: it took its time
            folders.replace(workshop, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StanceError(f"{into} cannot be written: {reason}: what stood there is as it was") from error
    if hidden := len(snapshot.entries) - len(snapshot.addresses):
        few = output.quantity(hidden, "entry")
        output.note(f"without a file of its own: {few} whose IRI ends as that of another of its kind")
    return sums.count("\n") + 1


def files(snapshot: Snapshot, operations: Sequence[Operation]) -> Iterator[tuple[str, bytes]]:
    """Each file's name in the folder, and what it holds."""
    store, names = snapshot.store, file_names(snapshot.kind_of)
    address = resources.Addresses(names, ".html")
    yield "index.html", resources.front(store, "index.html")
    for name, style in resources.STYLES.items():
        yield f"static/{name}", style.read_bytes()
    for operation in operations:
        if not any(parameter.required for parameter in operation.parameters):
            yield f"api/{operation.name}.json", operation.body(store, operation.read({}))[0]
    for kind in resources.LISTS:
        for suffix in ("html", "json"):
            yield f"{kind}/index.{suffix}", resources.listing(store, kind, suffix, address)
    known = statements.by_iri(store, [iri for iri, (kind, _) in names.items() if kind == "statement"])
    for iri, (kind, name) in names.items():
        entry = resources.Entry(store, kind, iri, known)
        for suffix in resources.FORMATS:
            yield f"{kind}/{name}.{suffix}", entry.content(suffix, address)


def file_names(kind_of: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """IRI → folder and name of its files: the last part of the IRI where every file system takes it for one name.

    >>> file_names({"https://example.org/a/..": ("actor", "..")})
    {'https://example.org/a/..': ('actor', 'entry-4e9a640805fab85b')}
    """
    found: dict[str, tuple[str, str]] = {}
    taken: set[tuple[str, str]] = set()
    for iri, (kind, name) in sorted(kind_of.items()):
        # What is one name to a file system that is blind to case, or composes letters.
        same = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
        portable = PORTABLE.fullmatch(name) and unicodedata.is_normalized("NFC", name)
        told = name
        if not portable or RESERVED.fullmatch(same) or (kind, same) in taken:
            stem = re.sub(r"\W+", "-", name, flags=re.ASCII)[:60].strip("-_") or "entry"
            told = f"{stem}-{hashlib.sha256(iri.encode()).hexdigest()[:16]}"
        taken.add((kind, same))
        found[iri] = kind, told
    return found


def _refuse_others(target: Path) -> None:
    """Raise UsageError unless nothing is there, or a site and nothing else, each file as it was written."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{target} exists and is no folder: name another")
    there = sorted(target.rglob("*"))
    if there and not (target / SUMS).is_file():
        raise UsageError(f"{target} exists and is not a site written before: name another, or empty it")
    lines = (target / SUMS).read_text("utf-8", "replace").splitlines() if there else []
    sums = {name: sum_ for sum_, _, name in (line.partition("  ") for line in lines)}
    within = {name.partition("/")[0] for name in sums if "/" in name}
    for file in there:
        name = file.relative_to(target).as_posix()
        if file.is_symlink() or not (file.is_dir() or file.is_file()):
            own = False
        elif file.is_dir():
            own = name in within
        else:
            own = name == SUMS or hashlib.sha256(file.read_bytes()).hexdigest() == sums.get(name)
        if not own:
            raise UsageError(f"{file} is not as the site was written: move it away first")
