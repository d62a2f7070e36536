"""Sheets of rows: CSV, TSV, JSON Lines and Excel's workbooks, read as they come (in a worker), and written.

A sheet may be of any size. Nothing in a cell is run: a formula is no value, and what would be one to a spreadsheet is
written behind an apostrophe (`output.in_csv`), and taken off again. An archive that holds a
workbook or a project is refused where it would fill the memory, and written without a clock.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from stancegraph import input as input_
from stancegraph import output
from stancegraph.errors import StanceError, UsageError, of_extra
from stancegraph.exchange.column_roles import Left, Sheet
from stancegraph.store import parser

LARGEST: Final = 1 << 30
"""Bytes of a file of rows."""
DELIMITERS: Final = (",", ";", "\t", "|")
BLOCK: Final = 1 << 20
LONGEST: Final = 4 << 20
"""Characters of a line."""
MOST: Final = 16_384
"""Columns of a sheet, as in Excel."""
WIDE: Final = 8
"""One in so many bytes is zero in text of two bytes a character, but in no other."""
ARABIC: Final = range(0x0600, 0x0700)
PACKED: Final = 256 << 20
UNPACKED: Final = 1 << 30
"""Bytes an archive may have, packed and unpacked."""
RATIO: Final = 400
"""How many times its packed size a large part may be; text is packed to a hundredth at the most."""
LARGE: Final = 16 << 20
MEMBERS: Final = 10_000
DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The first day an archive can tell."""
_STAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<")


def read(file: Path, kind: str, *, encoding: str = "") -> Sheet:
    """The rows of a file of a `kind` (csv, tsv, jsonl, xlsx), each with its line.

    Raises StanceError where it cannot be read, UsageError where it has no header or no columns that can be told apart.
    """
    if kind == "xlsx":
        return _workbook(file)
    if kind == "jsonl":
        return _json_lines(file)
    rows = _lines(file, "\t" if kind == "tsv" else "", encoding)
    _, columns = next(rows, (0, []))
    if not columns:
        raise UsageError(f"{file} is empty: it begins with a line of headers")
    sheet = Sheet(_headers(columns, file), iter(()))
    sheet.rows = _of_width(rows, sheet)
    return sheet


def _lines(file: Path, delimiter: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
    with _opened(file, encoding) as text:
        yield from delimited(file, text, delimiter)


def delimited(
    file: str | Path, text: TextIO, delimiter: str = "", *, columns: Collection[str] = ()
) -> Iterator[tuple[int, list[str]]]:
    """In the worker: the rows in which anything stands, the headers first, each with the line it begins on.

    Without a `delimiter` it is what parts the headers into most of the `columns` that there must be, then into most
    cells. Where there must be some, space before a cell is no part of it. Raises UsageError for the line at fault.
    """
    line, lines = 1, _bounded(file, text)
    try:
        header = next((line for line in lines if line.strip()), "").rstrip("\r\n")
        text.seek(0)
        delimiter = delimiter or max(DELIMITERS, key=lambda each: _fit(header, each, columns))
        lines = _bounded(file, text)
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=bool(columns), strict=True)
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"{file}, line {line}: {error}: mend the quotation marks or shorten the cell"
        ) from None
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file}, line {line}: not {error.encoding}: name the encoding by --encoding"
        ) from None


def _fit(header: str, delimiter: str, columns: Collection[str]) -> tuple[int, int]:
    """How many of the columns a delimiter finds in a header, and how many cells."""
    cells = [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter), ())]
    return len({*cells}.intersection(columns)), len(cells)


def _bounded(file: str | Path, text: TextIO) -> Iterator[str]:
    """The lines of a file; raises UsageError for one that is too long to be a row."""
    number = 0
    while line := text.readline(LONGEST):
        number += 1
        if len(line) == LONGEST:
            raise UsageError(
                f"{file}, line {number}: longer than {LONGEST:,} characters: is it a file of rows? let each end"
            )
        yield line


def _of_width(rows: Iterable[tuple[int, list[str]]], sheet: Sheet) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows that have a cell for each column; an apostrophe before what a spreadsheet would run is taken off."""
    width = len(sheet.columns)
    for line, row in rows:
        while len(row) > width and not row[-1].strip():
            row.pop()
        if len(row) != width:
            sheet.left.append((line, f"{len(row)} cells where the header has {width}", row))
        else:
            yield line, [output.from_csv(cell) if cell[:1] == "'" else cell for cell in row]


def _headers(columns: Sequence[str], file: Path) -> list[str]:
    """The headers; raises UsageError where two are the same."""
    named = [" ".join(column.split()) or f"column {number}" for number, column in enumerate(columns, 1)]
    if len(named) > MOST:
        raise UsageError(
            f"{file}: {len(named):,} columns: a sheet has at most {MOST:,}: is it a file of rows?"
        )
    if twice := sorted(name for name, times in Counter(named).items() if times > 1):
        raise UsageError(f"{file}: two columns are called '{twice[0][:60]}': rename one")
    return named


def _opened(file: Path, encoding: str) -> io.TextIOWrapper:
    """A file as text, its lines ending as they do; raises StanceError where it is in another encoding."""
    raw = input_.open_file(file, "name a file of rows")
    try:
        if raw.seek(0, io.SEEK_END) > LARGEST:
            raise StanceError(f"{file} is over {LARGEST >> 20} MiB: split it")
        raw.seek(0)
        found = _encoding(file, raw, encoding)
    except BaseException:
        raw.close()
        raise
    raw.seek(0)
    return io.TextIOWrapper(raw, found, newline="")


def _encoding(file: Path, raw: BinaryIO, named: str) -> str:
    if named:
        try:
            return codecs.lookup(named).name
        except (LookupError, ValueError):
            raise UsageError(f"--encoding '{named[:40]}' is none: write utf-8, cp1256, latin-1 …") from None
    if raw.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    raw.seek(0)
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    while block := raw.read(BLOCK):
        if block.count(b"\0") * WIDE > len(block):
            line += block.count(b"\n", 0, block.index(b"\0"))
            raise StanceError(
                f"{file}, line {line}: a zero byte: if it is text in UTF-16, say --encoding utf-16-le"
            )
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            line += block.count(b"\n", 0, error.start)
            raise StanceError(f"{file}, line {line}: not UTF-8{_likely(block, error.start)}") from None
        line += block.count(b"\n")
    return "utf-8-sig"


def _likely(block: bytes, at: int) -> str:
    """What bytes that are no UTF-8 may be, as a person can judge: a word as another encoding has it."""
    sample = block[max(0, at - 20) : at + 20].split(b"\n")
    around = max(sample, key=lambda part: sum(byte > 127 for byte in part))
    arabic = around.decode("cp1256", "replace")
    likely = "cp1256" if sum(ord(c) in ARABIC for c in arabic) > 3 else "cp1252"
    words = around.decode(likely, "replace").strip()
    return f"; in {likely} it reads '{words}': if that is right, say --encoding {likely}"


def _json_lines(file: Path) -> Sheet:
    """Objects, one a line; their keys are the columns, known after a first reading."""
    left: Left = []
    keys = dict.fromkeys(key for _, row in _objects(file, left) for key in row)
    if not keys:
        why = f" (line {left[0][0]}: {left[0][1]})" if left else ""
        raise UsageError(f"{file} holds no rows{why}: each line is an object of JSON")
    sheet = Sheet(_headers([*keys], file), iter(()))
    sheet.rows = ((line, [_plain(row.get(key)) for key in keys]) for line, row in _objects(file, sheet.left))
    return sheet


def _objects(file: Path, left: Left) -> Iterator[tuple[int, dict[str, object]]]:
    """The objects of a file, each with its line; those that are no rows are `left`."""
    with _opened(file, "") as text:
        for number, line in enumerate(_bounded(file, text), 1):
            if not line.strip():
                continue
            try:
                row = parser.decode(line)
            except ValueError as error:
                left.append((number, f"no JSON: {error}"[:200], [line[:1000]]))
                continue
            if not isinstance(row, dict) or any(isinstance(value, (list, dict)) for value in row.values()):
                left.append((number, "no object of plain values", [line[:1000]]))
                continue
            yield number, row


def _plain(value: object) -> str:
    """A value of JSON or of a cell as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return str(int(value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()[:10]
    return str(value)


def _workbook(file: Path) -> Sheet:
    """The first sheet of a workbook, by openpyxl."""
    with of_extra("sheets"):
        import defusedxml  # noqa: F401  with it openpyxl expands no entities
        from openpyxl import load_workbook
    import warnings

    warnings.simplefilter("ignore")  # what a sheet has beside cells is not read
    book = load_workbook(io.BytesIO(read_archive(file)), read_only=True, data_only=False)
    others, page = book.sheetnames[1:], book.worksheets[0]
    page.reset_dimensions()  # what it claims of its size need not be so
    # None stands for a formula or an error.
    rows = (
        (line, [None if cell.data_type in "fe" else _plain(cell.value) for cell in row])
        for line, row in enumerate(page.iter_rows(), 1)
    )
    columns = next(([cell or "" for cell in row] for _, row in rows if any(row)), [])
    if not columns:
        raise UsageError(f"{file} is empty: its first sheet begins with a row of headers")
    while not columns[-1]:
        columns.pop()
    sheet = Sheet(_headers(columns, file), iter(()))
    sheet.notes += [f"only the first sheet is read; left: {', '.join(others)}"] if others else []
    sheet.rows = _of_width(_without_formulas(rows, sheet), sheet)
    return sheet


def _without_formulas(
    rows: Iterable[tuple[int, list[str | None]]], sheet: Sheet
) -> Iterator[tuple[int, list[str]]]:
    width = len(sheet.columns)
    for line, row in rows:
        full = [cell or "" for cell in row]
        if None in row:
            why = f"a formula or an error in column {row.index(None) + 1}: paste its value"
            sheet.left.append((line, why, full))
        elif any(full):
            yield line, full + [""] * (width - len(full))


def write_delimited(columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    """Rows as CSV or TSV in UTF-8, each cell made safe."""
    return output.as_csv(chain([columns], rows), delimiter).encode()


def write_json_lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as objects of JSON, one a line, without empty cells."""
    objects = ({name: cell for name, cell in zip(columns, row, strict=True) if cell} for row in rows)
    return "".join(output.escaped(json.dumps(each, ensure_ascii=False)) + "\n" for each in objects).encode()


def write_workbook(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a workbook with one sheet, every cell a text that is no formula; the same rows give the same bytes."""
    with of_extra("sheets"):
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet("statements")
    for row in (columns, *rows):
        made = []
        for text in row:
            cell = WriteOnlyCell(page, output.in_csv(text))
            cell.data_type = "s"
            made.append(cell)
        page.append(made)
    buffer = io.BytesIO()
    book.save(buffer)
    return without_clock(buffer.getvalue())


def read_archive(file: Path) -> bytes:
    """The bytes of an archive that can be unpacked; raises StanceError for a bomb, and for what is no archive."""
    content = input_.read(file, PACKED, "name an archive")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            parts = opened.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise StanceError(f"{file} is no archive that can be unpacked ({error}): save it anew") from None
    bomb = any(part.file_size > LARGE and part.file_size > RATIO * part.compress_size for part in parts)
    if bomb or len(parts) > MEMBERS or sum(part.file_size for part in parts) > UNPACKED:
        raise StanceError(f"{file} would unpack to more than it can honestly hold: it is not opened")
    if any(part.flag_bits & 1 for part in parts):
        raise StanceError(f"{file} is encrypted: save it without a password")
    return content


def pack_archive(members: Mapping[str, bytes]) -> bytes:
    """An archive of members in their order, the same for the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, content)
    return buffer.getvalue()


def without_clock(content: bytes) -> bytes:
    """The same archive with no time of writing in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        members = {part.filename: opened.read(part) for part in opened.infolist()}
    return pack_archive(
        {name: _STAMP.sub(b"\\g<1>1980-01-01T00:00:00Z<", held) for name, held in members.items()}
    )
