"""Two coders' codings of one document side by side on the desk, settled one by one as `agreement --settle` does it.

What was decided stands in `codings/DOCUMENT.json` of the folder, a third coding that remembers who said what; while a
document has one, both coders see how the other coded it. Once all is decided, one coding of the two is left in the
graph.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from stancegraph import output
from stancegraph.curate import changes, fields, references, settling
from stancegraph.curate.changes import Change
from stancegraph.curate.comparison import Comparison, units_of
from stancegraph.curate.folder import Folder
from stancegraph.errors import StanceError, UsageError
from stancegraph.vocabulary import local_name, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stancegraph.curate.comparison import Difference, Unit
    from stancegraph.names import Names
    from stancegraph.store import Store

PLACE: Final = "codings"
SIDES: Final = {1: "supports", -1: "opposes", 0: "neutral"}
CODERS: Final = """SELECT DISTINCT ?coder {
    ?report stance:document ?document ; stance:reports ?s . ?s stance:coder ?coder }"""


class Settlement:
    """How the codings of a folder's documents are settled; `by` is the coder who decides, by number."""

    def __init__(self, folder: Folder, by: str) -> None:
        self._folder, self._by = folder, by

    def begun(self) -> set[str]:
        """The documents, by the last part of their IRI, whose differences are on the table."""
        return {file.stem for file in (self._folder.path / PLACE).glob("*.json")}

    def differences(self, store: Store, document: str) -> dict[str, Any]:
        """What differs between two codings of a document, with what was decided, and whom they are of."""
        of, compared = self._compared(store, document)
        decided = settling.earlier(self._file(document))
        rows = []
        for number, difference in enumerate(compared.differences):
            row, taken = difference.row(), decided.get(settling.identity(difference))
            rows.append(
                {
                    **{name: settling.as_text(row[name]) for name in ("what", "first", "second")},
                    "number": number,
                    "passages": sorted({place for unit in difference.units for place in unit.passages}),
                    "choices": settling.choices(difference),
                    "taken": taken.taken if taken else None,
                    "by": taken.by if taken else None,
                    "seen": _known_by(difference),
                    "statements": [unit.name for unit in difference.units],
                }
            )
        return {
            "coders": [*map(local_name, of)],
            "units": [len(compared.first), len(compared.second), len(compared.pairs)],
            "differences": rows,
        }

    def begin(self, document: str) -> None:
        """Put the differences of a document on the table: from now on both coders see them."""
        with self._folder.writing():
            if not self._file(document).exists():
                self._write(document, [])

    def decide(
        self, store: Store, document: str, names: Names, *, number: int, seen: str, taken: str
    ) -> None:
        """Settle one difference; raises UsageError where it is another than was seen, or `taken` settles nothing."""
        _, compared = self._compared(store, document)
        found = compared.differences[number] if 0 <= number < len(compared.differences) else None
        if found is None or _known_by(found) != seen:
            raise UsageError("the codings were changed meanwhile: look at what differs now")
        with self._folder.writing():
            decided = settling.earlier(self._file(document))
            if taken:
                settling.refuse_wrong(found, taken, names)
                today = datetime.now(UTC).date().isoformat()
                decided[settling.identity(found)] = settling.Decision(taken, self._by, today)
            else:
                decided.pop(settling.identity(found), None)
            self._write(document, settling.third(compared, decided, names))

    def taken_over(self, store: Store, document: str, names: Names) -> Change:
        """The change that leaves one coding of the two in the graph, as was decided; all must have been."""
        _, compared = self._compared(store, document)
        decided = settling.earlier(self._file(document))
        if left := settling.waiting(compared, decided):
            raise UsageError(
                f"{output.quantity(len(left), 'difference')} open: settle all, then take them over"
            )
        rows = {row["name"]: row for row in settling.third(compared, decided, names)}
        with tempfile.TemporaryDirectory() as place:
            copy = Folder(_copied(self._folder, Path(place) / "graph"))
            subjects: set[str] = set()
            for making in _makings(copy, compared, rows):
                subjects |= making.subjects
                changes.apply(copy, making)
            texts = {
                file: (self._folder.text(file), copy.text(file))
                for file in sorted({*self._folder.file_names, *copy.file_names})
                if self._folder.text(file) != copy.text(file)
            }
        what = f"settle the codings of {local_name(document)}"
        return Change(what, texts, frozenset(subjects), document)

    def _compared(self, store: Store, document: str) -> tuple[list[str], Comparison]:
        found = coders(store, document)
        if len(found) != 2:
            told = ", ".join(map(local_name, found)) or "nobody"
            raise UsageError(f"two codings of a document are compared, and this one was coded by {told}")
        first, second = (units_of(store, coder, document) for coder in found)
        return found, Comparison(first, second)

    def _file(self, document: str) -> Path:
        return self._folder.path / PLACE / f"{local_name(document)}.json"

    def _write(self, document: str, units: Sequence[Mapping[str, Any]]) -> None:
        file = self._file(document)
        try:
            file.parent.mkdir(exist_ok=True)
            output.replace(file, (json.dumps(units, ensure_ascii=False, indent=2) + "\n").encode())
        except OSError as error:
            raise StanceError(f"{file} cannot be written: {error.strerror or error}") from error


def coders(store: Store, document: str) -> list[str]:
    """Who has coded a document in a graph, by IRI."""
    return sorted(iri for (iri,) in store.tuples(CODERS, {"document": NamedNode(document)}))


def _known_by(difference: Difference) -> str:
    return "\n".join(settling.identity(difference))


def _copied(folder: Folder, place: Path) -> Path:
    """The Turtle and the texts of a folder once more, to try changes on."""
    for file in folder.file_names:
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        (place / file).write_bytes((folder.text(file) or "").encode())
    if (folder.path / "texts").is_dir():
        shutil.copytree(folder.path / "texts", place / "texts")
    return place


def _makings(copy: Folder, compared: Comparison, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Change]:
    """One change after the other: the first's statement is as was decided, the second's of the same words goes."""
    for first, second in compared.pairs:
        wanted = _decided(copy, first, second, rows[first.name])
        if wanted:
            emptied = {name: list[str]() for name, values in wanted.items() if not values}
            kept = {name: values for name, values in wanted.items() if values}
            yield references.edit(copy, whole(first.name), replace=kept, remove=emptied)
        yield references.remove(copy, whole(second.name), references=True)
    for name, row in rows.items():
        if row.get("dropped"):
            yield references.remove(copy, whole(name), references=True)


def _decided(copy: Folder, first: Unit, second: Unit, row: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields of the first's statement that were settled otherwise than it has them."""
    mine, theirs = (_values(copy, whole(unit.name)) for unit in (first, second))
    found: dict[str, list[str]] = {}
    if set(row["speakers"]) != first.speaker:
        found["speaker"] = [copy.find(name) for name in row["speakers"]]
        found["on_behalf_of"] = theirs.get("on_behalf_of", [])
    if row["act"] != first.act:
        found["act"] = [row["act"]] if row["act"] else []
    if row["stances"] != first.stances:
        for sign, side in SIDES.items():
            found[side] = [copy.find(name) for name, each in row["stances"].items() if each == sign]
        targets = {iri for side in SIDES.values() for iri in found[side]}
        same = row["stances"] == second.stances
        codings = (theirs if same else mine).get("coding", [])
        found["coding"] = [each for each in codings if each.partition("=")[0] in targets]
    if row["basis"] != first.basis:
        found["basis"] = [row["basis"]]
        found["confidence"] = theirs.get("confidence", [])
    if row.get("day") != first.day:
        found["date"] = [row["day"]]
    return {name: values for name, values in found.items() if sorted(values) != sorted(mine.get(name, []))}


def _values(folder: Folder, iri: str) -> dict[str, list[str]]:
    return fields.typed("statement", iri, [t for said in folder.description(iri).values() for t in said])
