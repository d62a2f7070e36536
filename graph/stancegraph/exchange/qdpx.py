"""Projects of REFI-QDA (project exchange 1.0, 2019: NVivo, ATLAS.ti, MAXQDA …) as rows, and rows as a project.

A row is a selection in a source: its quotation is the selection's name, its gist the description, what is said of the
document a variable of the source, every other role a code below a code of the role's name: speaker > Ada. A row that
describes an entry is a case, and its cells are variables of that. Of others' projects each code of a selection is a
row: a code below another stands in the column of that, else in `code`; the cases a source or a selection belongs to
stand in `case`. Positions count code points of the source's text, which comes along.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from stancegraph.cells import UNKNOWN, UNSAFE
from stancegraph.errors import NotInstalled, StanceError
from stancegraph.exchange import sheets
from stancegraph.exchange.roles import ENTRY, Sheet, describes

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE: Final = "urn:QDA-XML:project:1.0"
PROJECT: Final = "project.qde"
OF_SOURCE: Final = ("publisher", "url", "document_date", "language", "sha256", "length")
"""Roles that are variables of a source."""
PLACED: Final = frozenset({"document", "quote", "gist", "start", "end", *OF_SOURCE})
"""Roles that are no codes."""
NOWHERE: Final = "0"
"""Where a selection begins and ends that stands nowhere: the standard wants a position."""


def read(file: Path) -> Sheet:
    """The selections of a project, each a row; its line is its number.

    Raises StanceError where the file is no project, or would fill the memory; nothing in it is run or fetched.
    """
    try:
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import fromstring
    except ModuleNotFoundError as error:
        raise NotInstalled("defusedxml", "sheets") from error

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
        sheet = Sheet.of([*enumerate(rows, 1)])
        sheet.texts, sheet.notes = texts, [f"{other} sources that are no text: left"] if other else []
        return sheet

    def _text(self, source: Element) -> str | None:
        inside = source.find(_tag("PlainTextContent"))
        if inside is not None:
            return inside.text or ""
        path = source.get("plainTextPath", "")
        name = self._members.get(path.removeprefix("internal://").rpartition("/")[2])
        if not path.startswith("internal://") or name is None:
            return None
        try:
            return self._opened.read(name).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise StanceError(f"the text {name} is not UTF-8: export the project anew") from None

    def _rows(self, source: Element, name: str, text: str | None) -> Iterator[dict[str, str]]:
        whole = {"document": name, **self._values(source)}
        for selection in source.iterfind(_tag("PlainTextSelection")):
            start, end = (selection.get(f"{at}Position", NOWHERE) for at in ("start", "end"))
            row = dict(whole)
            if end != NOWHERE:
                row |= {"start": start, "end": end}
            said = text[int(start) : int(end)] if text is not None and (start + end).isdecimal() else ""
            row["quote"] = said or selection.get("name", "")
            description = selection.find(_tag("Description"))
            row["gist"] = (description.text or "") if description is not None else ""
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


def write(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a project; the texts of documents are their owners', and not in it."""
    told = [dict.fromkeys(PLACED, "") | dict(zip(columns, row, strict=True)) for row in rows]
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
            if cell and role not in PLACED:
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
            if cell and role not in PLACED:
                coding, code = _guid(guid, role), _guid(role, cell)
                yield f'<Coding guid="{coding}"><CodeRef targetGUID="{code}"/></Coding>\n'
        yield "</PlainTextSelection>\n"
    yield from _values(dict(zip(OF_SOURCE, key[1:], strict=True)))
    yield "</TextSource>\n"


def _case(number: int, row: Mapping[str, str]) -> Iterator[str]:
    yield f"<Case guid={quoteattr(_guid('case', str(number)))} name={_attribute(row[f'{ENTRY}_id'])}>\n"
    yield from _values({role: cell for role, cell in row.items() if describes(role)})
    yield "</Case>\n"


def _values(told: Mapping[str, str]) -> Iterator[str]:
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
