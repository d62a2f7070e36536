"""Web Annotations (W3C Recommendation, 2017) as rows, and rows as Web Annotations in JSON-LD.

A row is an annotation: its target is a document with a TextPositionSelector and a TextQuoteSelector (positions in code
points, section 4.2.5), its gist a body that describes, every other role a tag `role=value`. Of others' annotations tags
without a role stand in the column `tag`, what comments in `comment`, who annotates in `creator`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from stancegraph import cells
from stancegraph import input as input_
from stancegraph.curate.folder import is_address
from stancegraph.errors import StanceError
from stancegraph.exchange.roles import ENTRY, Left, Sheet, is_role
from stancegraph.store import untrusted
from stancegraph.vocabulary import ANNOTATIONS

LARGEST: Final = 256 << 20
"""Bytes of a file of annotations."""
WORDS: Final = {"quote": "exact", "prefix": "prefix", "suffix": "suffix"}
"""Role → the property of a TextQuoteSelector."""
PLACED: Final = frozenset({*WORDS, "start", "end", "gist", "url"})
"""Roles that are no tags."""
Annotation = Mapping[str, Any]


def read(file: Path) -> Sheet:
    """The annotations of a file, each a row; its line is its number. Raises StanceError where it holds none."""
    try:
        told = untrusted.decode(input_.read(file, LARGEST, "name a file of JSON-LD"))
    except ValueError as error:
        raise StanceError(f"{file} is no JSON-LD: {error}"[:300]) from None
    left: Left = []
    rows: list[tuple[int, dict[str, str]]] = []
    for number, annotation in enumerate(_annotations(told), 1):
        try:
            rows.append((number, _row(annotation)))
        except (TypeError, AttributeError, ValueError, LookupError, OverflowError):
            left.append((number, "no annotation of a text", []))
    if not rows:
        raise StanceError(f"{file} holds no annotations: Web Annotations in JSON-LD are read")
    sheet = Sheet.of(rows)
    sheet.left = left
    return sheet


def _annotations(told: object) -> Iterator[Annotation]:
    """The annotations of a file: one, an array, a page or a collection."""
    if isinstance(told, list):
        for each in told:
            yield from _annotations(each)
    elif isinstance(told, dict):
        inner = told.get("items") or told.get("first") or told.get("@graph")
        if inner is not None:
            yield from _annotations(inner)
        elif "target" in told:
            yield told


def _row(annotation: Annotation) -> dict[str, str]:
    row: dict[str, str] = {}
    for body in _each(annotation.get("body", annotation.get("bodyValue"))):
        text = body if isinstance(body, str) else body.get("value")
        purpose = "" if isinstance(body, str) else body.get("purpose", annotation.get("motivation", ""))
        if not isinstance(text, str):
            continue
        role, equals, value = text.partition("=")
        if purpose == "tagging" and equals and is_role(role):
            row[role] = value
        else:
            name = {"tagging": "tag", "describing": "gist", "classifying": "tag"}.get(str(purpose), "comment")
            row[name] = f"{row[name]}; {text}" if name in row else text
    for creator in _each(annotation.get("creator")):
        row.setdefault("creator", creator if isinstance(creator, str) else str(creator.get("name", "")))
    if ENTRY in row:
        return row
    target = _each(annotation["target"])[0]
    source = target if isinstance(target, str) else target.get("source", "")
    source = source if isinstance(source, str) else source.get("id", "")
    if "document" not in row or row.get("url") == source:
        row["url" if is_address(source) else "document"] = source
    for selector in () if isinstance(target, str) else _each(target.get("selector")):
        if selector.get("type") == "TextQuoteSelector":
            row |= {role: str(selector[name]) for role, name in WORDS.items() if name in selector}
        elif selector.get("type") == "TextPositionSelector":
            row["start"], row["end"] = str(int(selector["start"])), str(int(selector["end"]))
    return row


def _each(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def write(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as an AnnotationPage."""
    items = [_annotation(dict(zip(columns, row, strict=True))) for row in rows]
    page = {"@context": ANNOTATIONS, "type": "AnnotationPage", "items": items}
    return (cells.escaped(json.dumps(page, ensure_ascii=False, indent=1)) + "\n").encode()


def _annotation(row: Mapping[str, str]) -> dict[str, object]:
    body: list[dict[str, str]] = [
        {"type": "TextualBody", "purpose": "tagging", "value": f"{role}={cell}"}
        for role, cell in row.items()
        if cell and role not in PLACED - {"url"}
    ]
    if row.get(ENTRY):
        return {"type": "Annotation", "motivation": "describing", "body": body, "target": row["entry_id"]}
    if row.get("gist"):
        gist = {"type": "TextualBody", "purpose": "describing", "value": row["gist"], "language": "en"}
        body.insert(0, gist)
    selectors: list[dict[str, object]] = []
    if row.get("start"):
        selectors.append({"type": "TextPositionSelector", "start": int(row["start"]), "end": int(row["end"])})
    if row.get("quote"):
        words = {name: row[role] for role, name in WORDS.items() if row.get(role)}
        selectors.append({"type": "TextQuoteSelector", **words})
    source = row.get("url") or f"urn:document:{row.get('sha256') or 'unknown'}"
    return {
        "type": "Annotation",
        "motivation": "classifying",
        "body": body,
        "target": {"source": source, **({"selector": selectors} if selectors else {})},
    }
