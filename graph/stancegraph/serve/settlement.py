"""Coders' codings of one document side by side on the desk, settled one by one as `agreement --settle` does it.

What was decided stands in `codings/DOCUMENT.json` of the folder, a third coding that remembers who said what; while a
document has one, its coders see how the others coded it. Once all is decided, one coding of the two is left in the
graph. Of more than two, the first two are made one, then that and the next, in `codings/DOCUMENT.coder-3.json`.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pyoxigraph import NamedNode

from stancegraph import output, statements
from stancegraph.curate import changes, fields, references, settling
from stancegraph.curate.changes import Change
from stancegraph.curate.comparison import SIGNS, Comparison, units_of
from stancegraph.curate.folder import Folder
from stancegraph.errors import StanceError, UsageError
from stancegraph.serve import forms
from stancegraph.vocabulary import FIELDS, local_name, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stancegraph.curate.comparison import Difference, Said, Unit
    from stancegraph.names import Names
    from stancegraph.records import Statement
    from stancegraph.store import Local, Store

PLACE: Final = "codings"
APART: Final = ".coder-"
"""What stands in the name of a file between a document and whose coding was compared last."""
CODERS: Final = """SELECT DISTINCT ?coder {
    ?report stance:document ?document ; stance:reports ?s . ?s stance:coder ?coder }"""


class Round(NamedTuple):
    """Two codings side by side: whose the first is, who have settled it already, whose the second, where it is kept."""

    first: Sequence[str]
    second: str
    file: Path
    compared: Comparison


class Settlement:
    """How the codings of a folder's documents are settled; `by` is the coder who decides, by number."""

    def __init__(self, folder: Folder, by: str) -> None:
        self._folder, self._by = folder, by

    def begun(self) -> set[str]:
        """The documents, by the last part of their IRI, whose differences are on the table."""
        return {file.stem.partition(APART)[0] for file in (self._folder.path / PLACE).glob("*.json")}

    def is_over(self, store: Store, document: str) -> bool:
        """Whether the codings of a document that were begun to be settled are one."""
        return local_name(document) in self.begun() and self._next(store, document) is None

    def differences(self, store: Local, document: str, names: Names) -> dict[str, Any]:
        """What differs between two codings of a document, with what was decided, and whom they are of.

        Stances, speakers and acts are told in the words that are used everywhere.
        """
        first, second, file, compared = self._round(store, document)
        decided = settling.earlier(file)
        coded = statements.by_iri(
            store, {whole(unit.name) for each in compared.differences for unit in each.units}
        )
        rows = []

        def said(unit: Unit, what: str) -> Said:
            return _in_words(coded[whole(unit.name)], unit, what)

        for number, difference in enumerate(compared.differences):
            row, taken = difference.row(), decided.get(settling.identity(difference))
            rows.append(
                {
                    "what": row["what"],
                    "number": number,
                    "passages": sorted({place for unit in difference.units for place in unit.passages}),
                    "choices": settling.choices(difference, said),
                    "taken": taken.taken if taken else None,
                    "another": _another(store, names, coded, difference, taken.taken) if taken else None,
                    "by": taken.by if taken else None,
                    "seen": _known_by(difference),
                    "statements": [unit.name for unit in difference.units],
                }
            )
        return {
            "coders": [", ".join(first), second],
            "units": [len(compared.first), len(compared.second), len(compared.pairs)],
            "differences": rows,
        }

    def begin(self, document: str) -> None:
        """Put the differences of a document on the table: from now on both coders see them."""
        with self._folder.writing():
            if local_name(document) not in self.begun():
                self._write(self._file(document), [])

    def decide(
        self, store: Local, document: str, names: Names, *, number: int, seen: str, taken: str
    ) -> None:
        """Settle one difference; raises UsageError where it is another than was seen, or `taken` settles nothing."""
        first, second, file, compared = self._round(store, document)
        found = compared.differences[number] if 0 <= number < len(compared.differences) else None
        if found is None or _known_by(found) != seen:
            raise UsageError("the codings were changed meanwhile: look at what differs now")
        if found.what == "stances" and taken not in ("", settling.FIRST, settling.SECOND):
            taken = _signed(store, taken)
        with self._folder.writing():
            decided = settling.earlier(file)
            if taken:
                settling.refuse_wrong(found, taken, names)
                today = datetime.now(UTC).date().isoformat()
                decided[settling.identity(found)] = settling.Decision(taken, self._by, today)
            else:
                decided.pop(settling.identity(found), None)
            between = {"between": [*first, second]}
            self._write(file, [row | between for row in settling.third(compared, decided, names)])

    def taken_over(self, store: Store, document: str, names: Names) -> Change:
        """The change that leaves one coding of the two in the graph, as was decided; all must have been."""
        _, _, file, compared = self._round(store, document)
        decided = settling.earlier(file)
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

    def _round(self, store: Store, document: str) -> Round:
        """The two codings that are to be compared; raises UsageError where there are no two."""
        if found := self._next(store, document):
            return found
        told = ", ".join(map(local_name, coders(store, document))) or "nobody"
        raise UsageError(f"two codings of a document are compared, and this one was coded by {told}")

    def _next(self, store: Store, document: str) -> Round | None:
        """What those have who were compared already, beside what the next one has; None where all is one coding."""
        units = {local_name(coder): units_of(store, coder, document) for coder in coders(store, document)}
        if len(units) < 2:
            return None
        place, name = self._folder.path / PLACE, local_name(document)
        kept = {
            file: _rows(file) for file in (self._file(document), *sorted(place.glob(f"{name}{APART}*.json")))
        }
        seconds = {
            row["between"][-1]: file for file, rows in kept.items() for row in rows if "between" in row
        }
        begun = {coder for rows in kept.values() for row in rows for coder in row.get("between", ())[:-1]}
        left = [coder for coder in units if coder not in begun and not _is_one(units, coder, kept)]
        first = [coder for coder in units if coder not in left] or left[:1]
        second = next((coder for coder in left if coder not in first), None)
        if second is None:
            return None
        file = seconds.get(second) or self._file(document)
        if kept.get(file) and second not in seconds:
            file = place / f"{name}{APART}{second}.json"
        return Round(first, second, file, Comparison([u for c in first for u in units[c]], units[second]))

    def _file(self, document: str) -> Path:
        return self._folder.path / PLACE / f"{local_name(document)}.json"

    def _write(self, file: Path, units: Sequence[Mapping[str, Any]]) -> None:
        try:
            file.parent.mkdir(exist_ok=True)
            output.replace(file, (json.dumps(units, ensure_ascii=False, indent=2) + "\n").encode())
        except OSError as error:
            raise StanceError(f"{file} cannot be written: {error.strerror or error}") from error


def _rows(file: Path) -> list[dict[str, Any]]:
    """The units of a third coding; none where there is no such file."""
    settling.earlier(file)  # or say that it is none
    return json.loads(file.read_bytes()) if file.exists() else []


def _is_one(
    units: Mapping[str, Sequence[Unit]], coder: str, kept: Mapping[Path, Sequence[Mapping[str, Any]]]
) -> bool:
    """Whether what a coder has is a part of what was settled, and nothing stands that was left out there."""
    of = next(
        (rows for rows in kept.values() if any(coder == row.get("between", [""])[-1] for row in rows)), ()
    )
    stand = {unit.name for each in units.values() for unit in each}
    taken = {row["name"] for row in of if not (row.get("dropped") or row.get("open"))}
    dropped = {row["name"] for row in of if row.get("dropped")}
    return bool(of) and not dropped & stand and {unit.name for unit in units[coder]} <= taken


def coders(store: Store, document: str) -> list[str]:
    """Who has coded a document in a graph, by IRI."""
    found = (iri for (iri,) in store.tuples(CODERS, {"document": NamedNode(document)}))
    return sorted(found, key=lambda iri: (len(iri), iri))


def _in_words(statement: Statement, unit: Unit, what: str) -> Said:
    """A field of a unit, as the statement that it is of has it."""
    if what == "stances":
        return sorted(f"{target.word} {target.thing.label}" for target in statement.targets)
    if what == "speaker":
        return sorted(speaker.label for speaker in statement.speakers)
    return statement.act if what == "act" else unit.said(what)


def _another(
    store: Local, names: Names, coded: Mapping[str, Statement], difference: Difference, taken: str
) -> str | None:
    """What was taken that neither coder has, in words; None where it is one of theirs, or neither."""
    if taken in (settling.FIRST, settling.SECOND, settling.NEITHER):
        return None
    if difference.what != "stances":
        return taken
    speakers = {who.iri for unit in difference.units for who in coded[whole(unit.name)].speakers}
    words, told = forms.words(store), []
    for target, sign in settling.stances(taken, names).items():
        kind, _, name = target.partition(":")
        entry = names.resolve(name, kind)
        sort = forms.sorts(store, {"": [entry.iri]})[entry.iri]
        which = "undertaking" if speakers.intersection(sort["binds"]) else sort["sort"]
        told.append(f"{words[which][FIELDS[sign]]} {entry.label}")
    return "; ".join(sorted(told)) or "none"


def _signed(store: Local, text: str) -> str:
    """Stances as they are typed, "calls for TARGET; rejects TARGET", each with a sign for its word."""
    signs = {side: sign for sign, side in FIELDS.items()}
    known = {word: signs[side] for table in forms.words(store).values() for side, word in table.items()}
    parts = []
    for part in text.split(";"):
        word = max((word for word in known if part.strip().startswith(f"{word} ")), key=len, default=None)
        parts.append(f"{SIGNS[known[word]]} {part.strip().removeprefix(word)}" if word else part.strip())
    return "; ".join(" ".join(part.split()) for part in parts)


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
        for sign, side in FIELDS.items():
            found[side] = [copy.find(name) for name, each in row["stances"].items() if each == sign]
        targets = {iri for side in FIELDS.values() for iri in found[side]}
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
