"""Standoff annotations of texts as rows, and rows as such: brat, Web Annotations, projects of REFI-QDA.

An annotation is a row, with its words in `quote` and their place in `start` and `end`, in code points of the text.
What a format says beyond the roles of a statement stands in columns of its own.
"""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from stancegraph import input as input_
from stancegraph.curate.folder import is_address
from stancegraph.errors import StanceError, UsageError, of_extra
from stancegraph.exchange import sheets
from stancegraph.exchange.column_roles import ENTRY, Left, Sheet, describes, is_role
from stancegraph.output import UNKNOWN, UNSAFE, escaped
from stancegraph.store import parser
from stancegraph.vocabulary import ANNOTATIONS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


# brat (Stenetorp et al., 2012): a folder of NAME.txt with NAME.ann


QUOTED: Final = ("quote", "content", "target")
SPAN: Final = re.compile(r"(\S+) (\d{1,9}) (?:\d{1,9};\d{1,9} )*(\d{1,9})", re.ASCII)


@dataclass(slots=True)
class _Annotated:
    """The annotations of one text, by their identifiers."""

    spans: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    links: dict[str, tuple[int, str, str, dict[str, str]]] = field(default_factory=dict)
    more: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def read_brat(folder: Path) -> Sheet:
    """The annotations of a folder, or of one .ann with its .txt beside it.

    An event, or a relation, is a row: its type in the column `type`, the words of each argument in the column of its
    role, its attributes and notes in theirs; `start`, `end` and `quote` are those of an argument called quote, content
    or target, else of the trigger. Where a text has neither, each of its spans is a row.

    Raises UsageError where there are none, StanceError for a text that cannot be read. A line that says nothing is
    left, with the reason.
    """
    files = sorted(folder.glob("**/*.ann")) if folder.is_dir() else [folder.with_suffix(".ann")]
    if not files:
        raise UsageError(f"{folder} holds no .ann: name a folder of brat's, NAME.txt beside NAME.ann")
    rows: list[tuple[int, dict[str, str]]] = []
    left: Left = []
    texts = {}
    for file in files:
        texts[file.stem] = text = _text_beside(file.with_suffix(".txt"))
        found = _standoff(file, text, left)
        rows += [(line, {"document": file.stem, **row}) for line, row in _rows_of_brat(found, text)]
    if not rows:
        raise UsageError(f"{folder} holds no annotations that are rows")
    return replace(Sheet.of(rows), left=left, texts=texts)


def _text_beside(file: Path) -> str:
    return input_.decode(input_.read(file, 64 << 20, "let the .txt stand beside its .ann"), file)


def _standoff(file: Path, text: str, left: Left) -> _Annotated:
    """What the lines of a file say; those that say nothing are left."""
    found = _Annotated()
    for number, line in enumerate(_text_beside(file).split("\n"), 1):
        name, _, told = line.rstrip("\r").partition("\t")
        if not name:
            continue
        try:
            _take_line(found, number, name, told, len(text))
        except (ValueError, KeyError) as error:
            left.append((number, f"{file.name}: {error}", [line[:200]]))
    return found


def _take_line(found: _Annotated, number: int, name: str, told: str, length: int) -> None:
    head, _, rest = told.partition("\t")
    found.lines[name] = number
    if name[0] == "T":
        span = SPAN.match(head)
        if not span or not 0 <= int(span[2]) < int(span[3]) <= length:
            raise ValueError("no span of the text")
        found.spans[name] = (span[1], int(span[2]), int(span[3]))
    elif name[0] in "ER":
        type_, *arguments = head.split()
        trigger = ""
        if name[0] == "E":
            type_, _, trigger = type_.partition(":")
        named = dict(argument.partition(":")[::2] for argument in arguments)
        found.links[name] = (number, type_, trigger, named)
    elif name[0] in "AM":
        key, of, *value = head.split()
        found.more.setdefault(of, {})[key] = " ".join(value) or "true"
    elif name[0] == "#":
        _, of = head.split()[:2]
        found.more.setdefault(of, {})["note"] = rest
    elif name[0] not in "N*":
        raise ValueError("no line of brat's")


def _rows_of_brat(found: _Annotated, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for name, (line, type_, trigger, arguments) in found.links.items():
        row, place = {"type": type_}, found.spans.get(trigger)
        for role, of in arguments.items():
            span = found.spans.get(of) or found.spans.get(found.links[of][2] if of in found.links else "")
            if span is None:
                continue
            words, column = text[span[1] : span[2]], _column_of(role)
            row[column] = words if column in QUOTED else " ".join(words.split())
            place = span if column in QUOTED else place
        yield line, {**row, **_place_of(place, text), **_more_of(found, name, trigger, *arguments.values())}
    if not found.links:
        for name, span in found.spans.items():
            yield found.lines[name], {"type": span[0], **_place_of(span, text), **_more_of(found, name)}


def _place_of(span: tuple[str, int, int] | None, text: str) -> dict[str, str]:
    if span is None:
        return {}
    return {"start": str(span[1]), "end": str(span[2]), "quote": text[span[1] : span[2]]}


def _more_of(found: _Annotated, *names: str) -> dict[str, str]:
    return {_column_of(key): value for name in names for key, value in found.more.get(name, {}).items()}


def _column_of(role: str) -> str:
    """The column of a role; brat numbers those that an event has several of."""
    return role.rstrip("0123456789").casefold() if not role.startswith("Arg") else role.casefold()


# Web Annotations in JSON-LD (W3C Recommendation, 2017)


LARGEST: Final = 256 << 20
"""Bytes of a file of annotations."""
WORDS: Final = {"quote": "exact", "prefix": "prefix", "suffix": "suffix"}
"""Role → the property of a TextQuoteSelector."""
UNTAGGED: Final = frozenset({*WORDS, "start", "end", "gist", "url"})
"""Roles that are no tags."""
Annotation = Mapping[str, Any]


def read_webannotation(file: Path) -> Sheet:
    """The annotations of a file, each a row; its line is its number. Raises StanceError where it holds none.

    Of others' annotations tags without a role stand in the column `tag`, what comments in `comment`, who annotates in
    `creator`.
    """
    try:
        told = parser.decode(input_.read(file, LARGEST, "name a file of JSON-LD"))
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
    return replace(Sheet.of(rows), left=left)


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


def write_webannotation(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as an AnnotationPage.

    The target of a row is its document with a TextPositionSelector and a TextQuoteSelector (section 4.2.5); its gist
    is a body that describes, every other role a tag `role=value`.
    """
    items = [_annotation(dict(zip(columns, row, strict=True))) for row in rows]
    page = {"@context": ANNOTATIONS, "type": "AnnotationPage", "items": items}
    return (escaped(json.dumps(page, ensure_ascii=False, indent=1)) + "\n").encode()


def _annotation(row: Mapping[str, str]) -> dict[str, object]:
    body: list[dict[str, str]] = [
        {"type": "TextualBody", "purpose": "tagging", "value": f"{role}={cell}"}
        for role, cell in row.items()
        if cell and role not in UNTAGGED - {"url"}
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


# Projects of REFI-QDA (project exchange 1.0, 2019: NVivo, ATLAS.ti, MAXQDA …)


NAMESPACE: Final = "urn:QDA-XML:project:1.0"
PROJECT: Final = "project.qde"
OF_SOURCE: Final = ("publisher", "url", "document_date", "language", "sha256", "length")
"""Roles that are variables of a source."""
UNCODED: Final = frozenset({"document", "quote", "gist", "start", "end", *OF_SOURCE})
"""Roles that are no codes."""
NOWHERE: Final = "0"
"""Where a selection begins and ends that stands nowhere: the standard wants a position."""


def read_project(file: Path) -> Sheet:
    """The selections of a project, each a row with its sources' texts; its line is its number.

    Of others' projects each code of a selection is a row: a code below another stands in the column of that, else in
    `code`; the cases a source or a selection belongs to stand in `case`.

    Raises StanceError where the file is no project, or would fill the memory; nothing in it is run or fetched.
    """
    with of_extra("sheets"):
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(io.BytesIO(sheets.read_archive(file))) as opened:
        name = next((name for name in opened.namelist() if name.endswith(".qde")), None)
        if name is None:
            raise StanceError(f"{file}: no project is in the archive: {PROJECT} is missing")
        try:
            root = fromstring(opened.read(name))
        except DefusedXmlException:
            raise StanceError(f"{file}: the project declares entities: it is not opened") from None
        sheet = _Project(root, opened).sheet()
    if not sheet.columns:
        raise StanceError(f"{file} holds no coded selection of a text")
    return sheet


class _Project:
    """What a project holds, by the GUIDs of its parts."""

    def __init__(self, root: Element, opened: zipfile.ZipFile) -> None:
        self._opened, self._root = opened, root
        self._members = {name.rpartition("/")[2]: name for name in opened.namelist()}
        self._codes: dict[str, tuple[str, str]] = {}
        for code in root.iterfind(f"{_tag('CodeBook')}/{_tag('Codes')}/{_tag('Code')}"):
            self._read_code(code, ())
        self._variables = {each.get("guid", ""): each.get("name", "") for each in root.iter(_tag("Variable"))}
        self._cases: dict[str, str] = {}
        for case in root.iter(_tag("Case")):
            for kind in ("SourceRef", "SelectionRef"):
                for ref in case.iterfind(_tag(kind)):
                    self._cases.setdefault(ref.get("targetGUID", ""), case.get("name", ""))

    def _read_code(self, code: Element, above: tuple[str, ...]) -> None:
        path = (*above, code.get("name", ""))
        column = path[0] if len(path) == 2 else "code"
        self._codes[code.get("guid", "")] = (column, path[-1] if len(path) == 2 else " > ".join(path))
        for below in code.iterfind(_tag("Code")):
            self._read_code(below, path)

    def sheet(self) -> Sheet:
        rows: list[dict[str, str]] = []
        texts: dict[str, str] = {}
        other = 0
        for source in self._root.iterfind(f"{_tag('Sources')}/*"):
            if source.tag != _tag("TextSource"):
                other += 1
                continue
            name = " ".join(source.get("name", "").split()) or "[source]"
            text = self._text(source)
            if text is not None:
                texts[name] = text
            rows += self._rows(source, name, text)
        for case in self._root.iter(_tag("Case")):
            described = self._values(case)
            rows += [described] if ENTRY in described else []
        notes = [f"{other} sources that are no text: left"] if other else []
        return replace(Sheet.of([*enumerate(rows, 1)]), texts=texts, notes=notes)

    def _text(self, source: Element) -> str | None:
        inside = source.findtext(_tag("PlainTextContent"))
        if inside is not None:
            return inside
        path = source.get("plainTextPath", "")
        name = self._members.get(path.removeprefix("internal://").rpartition("/")[2])
        if not path.startswith("internal://") or name is None:
            return None
        text = input_.decode(self._opened.read(name), f"the text {name}", "export the project anew")
        return text.removeprefix("\ufeff")

    def _rows(self, source: Element, name: str, text: str | None) -> Iterator[dict[str, str]]:
        whole = {"document": name, **self._values(source)}
        for selection in source.iterfind(_tag("PlainTextSelection")):
            start, end = (selection.get(f"{at}Position", NOWHERE) for at in ("start", "end"))
            row = dict(whole)
            if end != NOWHERE:
                row |= {"start": start, "end": end}
            said = text[int(start) : int(end)] if text is not None and (start + end).isdecimal() else ""
            row["quote"] = said or selection.get("name", "")
            row["gist"] = selection.findtext(_tag("Description")) or ""
            if case := self._cases.get(selection.get("guid", "")) or self._cases.get(source.get("guid", "")):
                row["case"] = case
            yield from self._coded(selection, row)

    def _coded(self, selection: Element, row: dict[str, str]) -> Iterator[dict[str, str]]:
        """The row of a selection for each of its codes; those below another code are of all."""
        own, codes = dict(row), []
        for ref in selection.iterfind(f"{_tag('Coding')}/{_tag('CodeRef')}"):
            column, value = self._codes.get(ref.get("targetGUID", ""), ("code", ""))
            if column == "code" or column in own:
                codes.append((column, value))
            else:
                own[column] = value
        for column, value in codes or [("", "")]:
            yield {**own, column: value} if column else own

    def _values(self, source: Element) -> dict[str, str]:
        """What the variables of a source or a case say."""
        found = {}
        for value in source.iterfind(_tag("VariableValue")):
            ref = value.find(_tag("VariableRef"))
            name = self._variables.get(ref.get("targetGUID", "") if ref is not None else "", "")
            told = next((child.text or "" for child in value if child.tag != _tag("VariableRef")), "")
            if name and told:
                found[name] = told
        return found


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def write_project(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a project; the texts of documents are their owners', and not in it.

    A row is a selection in a source: its quotation is the selection's name, its gist the description, what is said of
    the document a variable of the source, every other role a code below a code of the role's name: speaker > Ada. A
    row that describes an entry is a case, and its cells are variables of that.
    """
    told = [dict.fromkeys(UNCODED, "") | dict(zip(columns, row, strict=True)) for row in rows]
    taken = [row for row in told if not row.get(ENTRY)]
    cases = [row for row in told if row.get(ENTRY)]
    sources: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
    for row in taken:
        sources.setdefault(tuple(row[role] for role in ("document", *OF_SOURCE)), []).append(row)
    text = "".join(
        (
            '<?xml version="1.0" encoding="utf-8"?>\n',
            f'<Project name="statements" origin="stancegraph" xmlns="{NAMESPACE}">\n',
            *_code_book(taken),
            "<Variables>\n",
            *(
                _element("Variable", _guid("variable", role), role, 'typeOfVariable="Text"')
                for role in (*OF_SOURCE, *filter(describes, columns))
            ),
            "</Variables>\n<Cases>\n",
            *(line for number, row in enumerate(cases) for line in _case(number, row)),
            "</Cases>\n<Sources>\n",
            *(line for key, coded in sources.items() for line in _source(key, coded)),
            "</Sources>\n</Project>\n",
        )
    )
    return sheets.pack_archive({PROJECT: UNSAFE.sub(UNKNOWN, text).encode()})


def _code_book(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    values: dict[str, dict[str, None]] = {}
    for row in rows:
        for role, cell in row.items():
            if cell and role not in UNCODED:
                values.setdefault(role, {})[cell] = None
    yield "<CodeBook>\n<Codes>\n"
    for role, cells in values.items():
        yield f'<Code guid={quoteattr(_guid("role", role))} name={quoteattr(role)} isCodable="false">\n'
        yield from (_element("Code", _guid(role, cell), cell, 'isCodable="true"') for cell in cells)
        yield "</Code>\n"
    yield "</Codes>\n</CodeBook>\n"


def _source(key: tuple[str, ...], rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield f"<TextSource guid={quoteattr(_guid('source', *key))} name={_attribute(key[0])}>\n"
    for number, row in enumerate(rows):
        start, end = row["start"] or NOWHERE, row["end"] or NOWHERE
        guid = _guid("selection", *key, str(number))
        yield (
            f'<PlainTextSelection guid="{guid}" name={_attribute(row["quote"])} '
            f'startPosition="{start}" endPosition="{end}">\n'
        )
        if row["gist"]:
            yield f"<Description>{escape(row['gist'])}</Description>\n"
        for role, cell in row.items():
            if cell and role not in UNCODED:
                coding, code = _guid(guid, role), _guid(role, cell)
                yield f'<Coding guid="{coding}"><CodeRef targetGUID="{code}"/></Coding>\n'
        yield "</PlainTextSelection>\n"
    yield from _variable_values(dict(zip(OF_SOURCE, key[1:], strict=True)))
    yield "</TextSource>\n"


def _case(number: int, row: Mapping[str, str]) -> Iterator[str]:
    yield f"<Case guid={quoteattr(_guid('case', str(number)))} name={_attribute(row[f'{ENTRY}_id'])}>\n"
    yield from _variable_values({role: cell for role, cell in row.items() if describes(role)})
    yield "</Case>\n"


def _variable_values(told: Mapping[str, str]) -> Iterator[str]:
    for role, value in told.items():
        if value:
            ref = f'<VariableRef targetGUID="{_guid("variable", role)}"/>'
            yield f"<VariableValue>{ref}<TextValue>{escape(value)}</TextValue></VariableValue>\n"


def _element(name: str, guid: str, label: str, more: str) -> str:
    return f'<{name} guid="{guid}" name={_attribute(label)} {more}/>\n'


def _attribute(text: str) -> str:
    """A text as the value of an attribute, the ends of its lines kept."""
    return quoteattr(text, {"\n": "&#10;", "\t": "&#9;"})


def _guid(*parts: str) -> str:
    """A GUID that is the same for the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\0".join((NAMESPACE, *parts))))
