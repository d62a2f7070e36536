"""Coders' codings of one document side by side on the desk, settled one by one as `agreement --settle` does it.

What was decided stands in `codings/DOCUMENT.json` of the folder, a third coding that remembers who said what; while a
document has one, its coders see how the others coded it. Once all is decided, one coding of the two is left in the
graph. Of more than two, the first two are made one, then that and the next, in `codings/DOCUMENT.coder-3.json`.

Until then what one coder is not to see of the others is taken out of the graph that is served before anything is asked
of it (`Blind`), so that no page, no row and no query has it.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pyoxigraph import NamedNode

from stancegraph import output, statements
from stancegraph.curate import changes, codings, fields, references
from stancegraph.curate.changes import Change
from stancegraph.curate.codings import SIGNS, Comparison, units_of
from stancegraph.curate.entries import slug
from stancegraph.curate.folder import Folder, keep_beside
from stancegraph.errors import UsageError
from stancegraph.statements import reader
from stancegraph.store.turtle import object_value, term
from stancegraph.vocabulary import FIELDS, expand, local_name, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from pyoxigraph import Quad

    from stancegraph.curate.codings import Difference, Said, Unit
    from stancegraph.names import Names
    from stancegraph.records import Statement
    from stancegraph.store import Local, Store


PLACE: Final = "codings"
APART: Final = ".coder-"
"""What stands in the name of a file between a document and whose coding was compared last."""
CODERS: Final = """SELECT DISTINCT ?coder {
    ?report stance:document ?document ; stance:reports ?s . ?s stance:coder ?coder }"""
OTHERS: Final = """SELECT DISTINCT ?s ?coder { ?s a stance:Statement ; stance:coder ?coder FILTER(?coder != ?me)
    FILTER NOT EXISTS { ?s stance:coder ?me } }"""
_TYPE: Final = term("rdf:type")
SORTS: Final = {sort: expand(f"stance:{sort.title()}") for sort in ("claim", "demand", "actor")}
"""What a target is → its class."""


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
        decided = codings.decisions_in(file)
        coded = statements.by_iri(
            store, {whole(unit.name) for each in compared.differences for unit in each.units}
        )
        rows = []

        def said(unit: Unit, what: str) -> Said:
            return _in_words(coded[whole(unit.name)], unit, what)

        for number, difference in enumerate(compared.differences):
            row, taken = difference.row(), decided.get(codings.identity(difference))
            rows.append(
                {
                    "what": row["what"],
                    "number": number,
                    "passages": sorted({place for unit in difference.units for place in unit.passages}),
                    "choices": codings.choices(difference, said),
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
                keep_beside(self._file(document), "[]\n")

    def decide(
        self, store: Local, document: str, names: Names, *, number: int, seen: str, taken: str
    ) -> None:
        """Settle one difference; raises UsageError where it is another than was seen, or `taken` settles nothing."""
        first, second, file, compared = self._round(store, document)
        found = compared.differences[number] if 0 <= number < len(compared.differences) else None
        if found is None or _known_by(found) != seen:
            raise UsageError("the codings were changed meanwhile: look at what differs now")
        if found.what == "stances" and taken not in ("", codings.FIRST, codings.SECOND):
            taken = _signed(store, taken)
        with self._folder.writing():
            decided = codings.decisions_in(file)
            if taken:
                codings.taken_value(found, taken, names)
                today = datetime.now(UTC).date().isoformat()
                decided[codings.identity(found)] = codings.Decision(taken, self._by, today)
            else:
                decided.pop(codings.identity(found), None)
            between = {"between": [*first, second]}
            rows = [row | between for row in codings.third_coding(compared, decided, names)]
            keep_beside(file, json.dumps(rows, ensure_ascii=False, indent=2) + "\n")

    def taken_over(self, store: Store, document: str, names: Names) -> Change:
        """The change that leaves one coding of the two in the graph, as was decided; all must have been."""
        _, _, file, compared = self._round(store, document)
        decided = codings.decisions_in(file)
        if left := codings.undecided(compared, decided):
            raise UsageError(
                f"{output.quantity(len(left), 'difference')} open: settle all, then take them over"
            )
        rows = {row["name"]: row for row in codings.third_coding(compared, decided, names)}
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


def _rows(file: Path) -> list[dict[str, Any]]:
    """The units of a third coding; none where there is no such file."""
    codings.decisions_in(file)  # or say that it is none
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


def side_words(store: Local) -> dict[str, dict[str, str]]:
    """What a target is → side → the word for it, as the vocabulary says."""
    edges = {
        side: reader.edges(store)[expand(fields.ENTRIES["statement"][side].edge)] for side in FIELDS.values()
    }
    return {
        sort: {side: edge.word(sort) for side, edge in edges.items()} for sort in (*SORTS, "undertaking", "")
    }


def sorts(store: Local, values: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """Each target among values: whether it is an actor, a claim or a demand, and whom that binds."""
    bound: Mapping[str, Collection[str]] = reader.bound(store)
    found = {}
    for iri in {iri for name in (*FIELDS.values(), "") for iri in values.get(name, ())}:
        here = NamedNode(iri)
        types = {object_value(quad.triple) for quad in store.description(here) if quad.predicate == _TYPE}
        sort = next((sort for sort, class_ in SORTS.items() if class_ in types), "")
        found[iri] = {"sort": sort, "binds": sorted(bound.get(iri, ()))}
    return found


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
    if taken in (codings.FIRST, codings.SECOND, codings.NEITHER):
        return None
    if difference.what != "stances":
        return taken
    speakers = {who.iri for unit in difference.units for who in coded[whole(unit.name)].speakers}
    words, told = side_words(store), []
    for target, sign in codings.read_stances(taken, names).items():
        kind, _, name = target.partition(":")
        entry = names.resolve(name, kind)
        sort = sorts(store, {"": [entry.iri]})[entry.iri]
        which = "undertaking" if speakers.intersection(sort["binds"]) else sort["sort"]
        told.append(f"{words[which][FIELDS[sign]]} {entry.label}")
    return "; ".join(sorted(told)) or "none"


def _signed(store: Local, text: str) -> str:
    """Stances as they are typed, "calls for TARGET; rejects TARGET", each with a sign for its word."""
    signs = {side: sign for sign, side in FIELDS.items()}
    known = {word: signs[side] for table in side_words(store).values() for side, word in table.items()}
    parts = []
    for part in text.split(";"):
        word = max((word for word in known if part.strip().startswith(f"{word} ")), key=len, default=None)
        parts.append(f"{SIGNS[known[word]]} {part.strip().removeprefix(word)}" if word else part.strip())
    return "; ".join(" ".join(part.split()) for part in parts)


def _known_by(difference: Difference) -> str:
    return "\n".join(codings.identity(difference))


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
            yield references.edit(copy, whole(first.name), replace=wanted)
        yield references.remove(copy, whole(second.name), references=True)
    for name, row in rows.items():
        if row.get("dropped"):
            yield references.remove(copy, whole(name), references=True)


def _decided(copy: Folder, first: Unit, second: Unit, row: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields of the first's statement that were settled otherwise than it has them."""
    iris = [whole(unit.name) for unit in (first, second)]
    said = ([t for triples in copy.description(iri).values() for t in triples] for iri in iris)
    mine, theirs = map(partial(fields.typed, "statement"), iris, said)
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
        differing = (theirs if same else mine).get("coding", [])
        found["coding"] = [each for each in differing if each.partition("=")[0] in targets]
    if row["basis"] != first.basis:
        found["basis"] = [row["basis"]]
        found["confidence"] = theirs.get("confidence", [])
    if row.get("day") != first.day:
        found["date"] = [row["day"]]
    return {name: values for name, values in found.items() if sorted(values) != sorted(mine.get(name, []))}


class Blind:
    """What one coder (an IRI) is not to see; `settled` gives the documents that are, by the last part of their IRI."""

    def __init__(self, coder: str, settled: Callable[[], Collection[str]]) -> None:
        self._coder, self._settled = NamedNode(coder), settled
        self._others: dict[NamedNode, str] = {}
        self._seen: set[NamedNode] = set()
        self._hidden: set[str] = set()
        self._coders: dict[str, set[str]] = {}
        self._known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, place: str | Path, coder: str) -> Blind:
        """What a coder, by number, is not to see of the folder of a graph."""
        folder = Folder(place)
        return cls(f"{folder.base}coder/{slug(coder, digits=True)}", Settlement(folder, coder).begun)

    def hides(self, iri: str) -> bool:
        """Whether an entry is one that is not to be seen."""
        return iri in self._hidden

    def conceal(self, text: str) -> str:
        """A message without the names of what is not to be seen."""
        names = {local_name(iri) for iri in self._hidden}
        return re.sub(r"[\w-]+", lambda word: "another-coder’s" if word[0] in names else word[0], text)

    def coders(self, document: str) -> set[str]:
        """Who else has coded a document, by IRI, where that is not to be seen."""
        return self._coders.get(document, set())

    def is_past(self) -> bool:
        """Whether other documents are settled now than when the graph was read."""
        return self._known != frozenset(self._settled())

    def forget(self) -> None:
        """Begin anew, with a graph of which all files are read again."""
        for known in (self._others, self._seen, self._hidden, self._coders):
            known.clear()
        self._known = frozenset(self._settled())

    def hidden(self, store: Local) -> set[Quad]:
        """The quads of a store, which may be a part of the graph, that are not to be seen."""
        rows = store.select(OTHERS.replace("?me", str(self._coder)))
        self._others |= {row["s"]: row["coder"].value for row in rows if isinstance(row["s"], NamedNode)}
        apart: set[NamedNode] = set()
        for row in store.select("SELECT ?r ?s ?d { ?r stance:reports ?s ; stance:document ?d }"):
            report, statement = row["r"], row["s"]
            if isinstance(statement, NamedNode) and statement in self._others:
                document = row["d"].value
                if local_name(document) in self._known:
                    self._seen.add(statement)
                elif isinstance(report, NamedNode):
                    apart.add(report)
                    self._coders.setdefault(document, set()).add(self._others[statement])
        apart |= self._others.keys() - self._seen
        found = {quad for node in apart for quad in (*store.description(node), *store.quads(value=node))}
        figures = {quad.object for quad in found if quad.predicate == term("stance:claims")}
        found |= {q for figure in figures if isinstance(figure, NamedNode) for q in store.description(figure)}
        self._hidden |= {node.value for node in (*apart, *figures) if isinstance(node, NamedNode)}
        return found
