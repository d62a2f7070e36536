"""Drafts of statements: proposed by the rules or by anybody's program, kept beside a graph until a person took them.

They lie in the folder's own place (`store.journal.PLACE`), which neither git nor any answer reads: a JSON Lines file
for each document and maker, and for each document and coder what has been decided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from stancegraph import input as input_
from stancegraph import output
from stancegraph.curate import passages
from stancegraph.curate.proposals import Proposal
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import journal, untrusted
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from pathlib import Path

    from stancegraph.curate.folder import Folder

RULES: Final = "rules"
"""The maker of what `proposals` finds."""
SKIPPED: Final = "skipped"
LARGEST: Final = 100 << 20
_KEYS: Final = frozenset(field.name for field in fields(Proposal))


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal and the program that made it."""

    proposal: Proposal
    maker: str = RULES

    @property
    def key(self) -> str:
        """What a decision on it is remembered by."""
        return f"{self.maker}:{self.proposal.start}-{self.proposal.end}"


@dataclass(frozen=True, slots=True)
class Imported:
    """How many drafts were kept, and each line that was not, with the reason."""

    kept: int
    refused: tuple[tuple[int, str], ...]


def keep(folder: Folder, file: Path, *, document: str | None = None, maker: str | None = None) -> Imported:
    """Keep the proposals in a JSON Lines file as drafts of documents of the folder.

    A line is an object with `start`, `end` and any other key of `code --propose`; `document` and `maker` may stand in
    it, or be given for all. One kept again replaces that of the same maker and place. Raises StanceError where the
    file is not readable, UsageError where nobody is named as its maker.
    """
    found: dict[tuple[str, str], dict[str, dict[str, object]]] = {}
    refused = []
    texts: dict[str, str | None] = {}
    for number, (row, why) in enumerate(untrusted.values(partial(_rows, file), file, "split it"), 1):
        try:
            if row is None:
                raise UsageError(why)
            name, who = _of(folder, row, document, maker)
            if name not in texts:
                texts[name] = text_of(folder, name)
            draft = Draft(_proposal(folder, row, texts[name]), who)
            found.setdefault((name, who), {})[draft.key] = {**draft.proposal.row(), "maker": who}
        except UsageError as error:
            refused.append((number, str(error)))
    for (name, who), rows in found.items():
        place = _place(folder, name, who)
        all_ = {each.key: {**each.proposal.row(), "maker": who} for each in _read(place)} | rows
        _write(place, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in all_.values()))
    return Imported(sum(map(len, found.values())), tuple(refused))


def _rows(file: Path) -> Iterator[tuple[dict[str, object] | None, str]]:
    """In the worker: the object of each line that is not empty, or none and why."""
    for line in _lines(file):
        try:
            row = untrusted.decode(line)
        except ValueError as error:
            yield None, f"no JSON: {error}"
        else:
            yield (row, "") if isinstance(row, dict) else (None, "is no object")


def _lines(file: Path) -> list[str]:
    try:
        text = input_.read(file, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StanceError(f"{file}: byte {error.start} is not UTF-8: save it as UTF-8") from None
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        raise StanceError(f"{file} holds no proposal: write one JSON object to a line")
    return lines


def _of(folder: Folder, row: dict[str, Any], document: str | None, maker: str | None) -> tuple[str, str]:
    """The document and the maker of a row."""
    named, who = row.get("document", document), row.get("maker", maker)
    if not isinstance(named, str) or not named.strip():
        raise UsageError("names no document: write it in the line, or give --document")
    if not isinstance(who, str) or not who.strip():
        raise UsageError("names no maker: write it in the line, or give --maker")
    return folder.find(named, "document"), " ".join(who.split())[:60]


def _proposal(folder: Folder, row: dict[str, Any], text: str | None) -> Proposal:
    """The proposal of a row; raises UsageError where it is none of the text."""
    start, end = row.get("start"), row.get("end")
    if (
        not isinstance(start, int)
        or not isinstance(end, int)
        or isinstance(start, bool)
        or not 0 <= start < end
    ):
        raise UsageError("start and end are no place in a text: count code points, end exclusive")
    if text is not None and end > len(text):
        raise UsageError(f"ends at {end}, and the text is {len(text)} code points long")
    quote = row.get("quote") or ("" if text is None else text[start:end])
    if text is not None and text[start:end] != quote:
        raise UsageError(f"says '{str(quote)[:40]}', and the text has '{text[start:end][:40]}' there")
    known = {key: value for key, value in row.items() if key in _KEYS and value is not None}
    told = {key: str(value)[:600] for key, value in known.items() if isinstance(value, str)}
    told |= {"quote": str(quote), "rule": str(row.get("rule", "imported"))[:60]}
    if "date" in told and not _is_day(told["date"]):
        raise UsageError(f"date '{told['date'][:20]}' is no day: write YYYY-MM-DD")
    confidence = row.get("confidence", 0.5)
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not 0 <= confidence <= 1:
        raise UsageError("confidence is no number from 0 to 1")
    if actor := told.pop("actor", None):
        told["actor"] = folder.find(actor, "actor")
    return Proposal(start, end, confidence=float(confidence), **told)  # type: ignore[arg-type]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def of(folder: Folder, document: str) -> list[Draft]:
    """The drafts of a document (its IRI) that programs have made, by place and maker."""
    files = sorted((folder.path / journal.PLACE / "drafts" / local_name(document)).glob("*.jsonl"))
    return [draft for file in files for draft in _read(file)]


def _read(file: Path) -> list[Draft]:
    if not file.exists():
        return []
    try:
        rows = [json.loads(line) for line in _lines(file)]
        return [Draft(maker=row.pop("maker"), proposal=Proposal(**row)) for row in rows]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StanceError(f"{file} is damaged ({error}): move it away, and import the drafts again") from None


class Review:
    """What a coder has decided about the drafts of a document, remembered from one run to the next."""

    def __init__(self, folder: Folder, document: str, coder: str) -> None:
        self._folder = folder
        name = re.sub(r"[^\w-]", "-", coder)
        self._file = folder.path / journal.PLACE / "drafts" / local_name(document) / f"coder-{name}.json"
        self._decided: dict[str, str] = {}
        if self._file.exists():
            try:
                self._decided = {str(k): str(v) for k, v in json.loads(self._file.read_bytes()).items()}
            except (ValueError, AttributeError) as error:
                raise StanceError(f"{self._file} is damaged ({error}): move it away") from None

    def waiting(self, drafts: Iterable[Draft]) -> list[Draft]:
        """The drafts to be decided yet, in the order of the text; one whose statement is gone waits again."""
        found = [each for each in drafts if not self._holds(self._decided.get(each.key, ""))]
        return sorted(found, key=lambda each: (each.proposal.start, each.proposal.end, each.maker))

    def outcome(self, draft: Draft) -> str:
        """What became of a draft: the IRI of its statement, or `SKIPPED`; empty where nobody has decided."""
        return self._decided.get(draft.key, "")

    def decide(self, draft: Draft, outcome: str) -> None:
        """Remember what became of a draft: the IRI of its statement, or `SKIPPED`."""
        self._decided[draft.key] = outcome
        _write(self._file, json.dumps(self._decided, indent=1, ensure_ascii=False) + "\n")

    def _holds(self, outcome: str) -> bool:
        return outcome == SKIPPED or (bool(outcome) and bool(self._folder.describing(outcome)))


def _place(folder: Folder, document: str, maker: str) -> Path:
    name = re.sub(r"[^\w.-]", "-", maker)
    return folder.path / journal.PLACE / "drafts" / local_name(document) / f"{name}.jsonl"


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        output.replace(file, text.encode("utf-8", "replace"))
    except OSError as error:
        raise StanceError(f"{file} cannot be written: {error.strerror or error}") from error


def text_of(folder: Folder, document: str) -> str | None:
    """The text of a document of the folder, where it is at hand."""
    from stancegraph.store.terms import object_value, term

    said = {t.predicate: object_value(t) for d in folder.description(document).values() for t in d}
    checksum = said.get(term("stance:sha256"))
    return None if checksum is None else folder.source_text(checksum)


def values(draft: Draft, document: str, text: str) -> dict[str, list[str]]:
    """What a draft says, as fields of a statement; its words as a quote where they stand in quotation marks."""
    from stancegraph.validation import quoted

    proposal = draft.proposal
    found = {"document": [document]}
    words = text[proposal.start : proposal.end]
    bare = words.lstrip(f"{passages.MARKS} \n")
    start = proposal.end - len(bare)
    if bare and quoted(text, start, proposal.end) and len(bare) <= passages.LONGEST:
        found["quote"] = [f"{start}:{bare}"]
    else:
        found["passage"] = [f"{proposal.start}:{proposal.end}"]
    for name, value in (("speaker", proposal.actor), ("act", proposal.act), ("date", proposal.date)):
        if value:
            found[name] = [value]
    return found
