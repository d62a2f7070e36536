"""Sheets of rows: CSV, TSV, JSON Lines and Excel's workbooks, read as they come, and written.

A sheet may be of any size; a workbook is unpacked where it can be stopped. Nothing in a cell is run: a formula is no
value, and what would be one to a spreadsheet is written behind an apostrophe (`cells.in_csv`), and taken off again.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from stancegraph import cells
from stancegraph import input as input_
from stancegraph.errors import NotInstalled, StanceError, UsageError
from stancegraph.exchange import archive
from stancegraph.exchange.roles import Sheet
from stancegraph.store import worker

LARGEST: Final = 1 << 30
"""Bytes of a file of rows."""
DELIMITERS: Final = (",", ";", "\t", "|")
SECONDS: Final = 300.0
"""How long a workbook may take to unpack."""
BLOCK: Final = 1 << 20
WIDE: Final = 8
"""One in so many bytes is zero in text of two bytes a character, but in no other."""
ARABIC: Final = range(0x0600, 0x0700)
BATCH: Final = 1000


def read(file: Path, kind: str, *, encoding: str = "") -> Sheet:
    """The rows of a file of a `kind` (csv, tsv, jsonl, xlsx), each with its line.

    Raises StanceError where it cannot be read, UsageError where it has no header or no columns that can be told apart.
    """
    if kind == "xlsx":
        return _workbook(file)
    if kind == "jsonl":
        return _json_lines(file)
    return _delimited(file, "\t" if kind == "tsv" else "", encoding)


def _delimited(file: Path, delimiter: str, encoding: str) -> Sheet:
    rows = _lines(file, delimiter, encoding)
    _, columns = next(rows)
    sheet = Sheet(_headers(columns, file), iter(()))
    sheet.rows = _of_width(rows, sheet)
    return sheet


def _lines(file: Path, delimiter: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, the headers first, each with the line it begins on."""
    line = 1
    try:
        with _opened(file, encoding) as text:
            reader = csv.reader(text, delimiter=delimiter or _delimiter(file, text), strict=True)
            for row in reader:
                if any(row):
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


def _delimiter(file: Path, text: io.TextIOWrapper) -> str:
    """What parts the headers into most cells; raises UsageError of an empty file."""
    header = next((line for line in text if line.strip()), "").rstrip("\r\n")
    if not header:
        raise UsageError(f"{file} is empty: it begins with a line of headers")
    text.seek(0)
    return max(DELIMITERS, key=lambda each: len(next(csv.reader([header], delimiter=each))))


def _of_width(rows: Iterable[tuple[int, list[str]]], sheet: Sheet) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows that have a cell for each column; an apostrophe before what a spreadsheet would run is taken off."""
    width = len(sheet.columns)
    for line, row in rows:
        while len(row) > width and not row[-1].strip():
            row.pop()
        if len(row) != width:
            sheet.left.append((line, f"{len(row)} cells where the header has {width}", row))
        else:
            yield line, [cells.from_csv(cell) if cell[:1] == "'" else cell for cell in row]


def _headers(columns: Sequence[str], file: Path) -> list[str]:
    """The headers; raises UsageError where two are the same."""
    named = [" ".join(column.split()) or f"column {number}" for number, column in enumerate(columns, 1)]
    if twice := sorted({name for name in named if named.count(name) > 1}):
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
    """Objects, one a line; their keys are the columns."""
    sheet, objects = Sheet([], iter(())), []
    columns: dict[str, None] = {}
    with _opened(file, "") as text:
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                sheet.left.append((number, f"no JSON: {error}"[:200], [line[:1000]]))
                continue
            if not isinstance(row, dict) or any(isinstance(value, (list, dict)) for value in row.values()):
                sheet.left.append((number, "no object of plain values", [line[:1000]]))
                continue
            columns |= dict.fromkeys(row)
            objects.append((number, row))
    if not columns:
        raise UsageError(f"{file} holds no rows: each line is an object of JSON")
    sheet.columns = _headers([*columns], file)
    sheet.rows = ((number, [_plain(row.get(key)) for key in columns]) for number, row in objects)
    return sheet


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
    """The first sheet of a workbook, read by openpyxl in a process that can be stopped."""
    content = archive.checked(file)
    parts = worker.run(partial(_unpack, content), seconds=SECONDS, largest=LARGEST)
    rows = (tuple(row) for part in parts for row in json.loads(part))
    try:
        others, columns = next(rows, ((), ()))
        if not columns:
            raise UsageError(f"{file} is empty: its first sheet begins with a row of headers")
    except worker.Stopped as error:
        raise StanceError(f"{file} {error}: save the sheet as CSV") from None
    while columns and not columns[-1]:
        columns = columns[:-1]
    sheet = Sheet(_headers(columns, file), iter(()))
    sheet.notes += [f"only the first sheet is read; left: {', '.join(others)}"] if others else []
    sheet.rows = _of_width(_without_formulas(file, rows, sheet), sheet)
    return sheet


def _without_formulas(
    file: Path, rows: Iterator[tuple[int, list[str | None]]], sheet: Sheet
) -> Iterator[tuple[int, list[str]]]:
    width = len(sheet.columns)
    try:
        for line, row in rows:
            if None in row:
                why = f"a formula or an error in column {row.index(None) + 1}: paste its value"
                sheet.left.append((line, why, [cell or "" for cell in row]))
            elif any(row):
                full = [cell or "" for cell in row]
                yield line, full + [""] * (width - len(full))
    except worker.Stopped as error:
        raise StanceError(f"{file} {error}: save the sheet as CSV") from None


def _unpack(content: bytes) -> Iterator[bytes]:
    """In the worker: the names of the other sheets with the headers, then rows with their lines; None is a formula."""
    try:
        import defusedxml  # noqa: F401  with it openpyxl expands no entities
        from openpyxl import load_workbook
    except ModuleNotFoundError as error:
        raise NotInstalled(str(error.name), "sheets") from error
    import warnings

    warnings.simplefilter("ignore")  # what a sheet has beside cells is not read
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    names, page = book.sheetnames, book.worksheets[0]
    page.reset_dimensions()  # what it claims of its size need not be so
    batch: list[object] = []
    headed = False
    for number, row in enumerate(page.iter_rows(), 1):
        told = [None if cell.data_type in "fe" else _plain(cell.value) for cell in row]
        if headed:
            batch.append([number, told])
        elif any(told):
            batch.append([names[1:], [cell or "" for cell in told]])
            headed = True
        if len(batch) == BATCH:
            yield json.dumps(batch).encode()
            batch = []
    yield json.dumps(batch).encode()


def write_delimited(columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    """Rows as CSV or TSV in UTF-8, each cell made safe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cells.in_csv(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()


def write_json_lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as objects of JSON, one a line, without empty cells."""
    objects = ({name: cell for name, cell in zip(columns, row, strict=True) if cell} for row in rows)
    return "".join(cells.escaped(json.dumps(each, ensure_ascii=False)) + "\n" for each in objects).encode()


def write_workbook(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a workbook with one sheet, every cell a text that is no formula; the same rows give the same bytes."""
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ModuleNotFoundError as error:
        raise NotInstalled("openpyxl", "sheets") from error

    book = Workbook(write_only=True)
    page = book.create_sheet("statements")
    for row in (columns, *rows):
        made = []
        for text in row:
            cell = WriteOnlyCell(page, cells.in_csv(text))
            cell.data_type = "s"
            made.append(cell)
        page.append(made)
    buffer = io.BytesIO()
    book.save(buffer)
    return archive.without_clock(buffer.getvalue())
