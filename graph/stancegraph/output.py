"""What is told, and where it goes: text made harmless, standard output, files written whole or not at all, notes.

No text of the data commands a terminal, turns the direction of what follows, breaks out of its cell in Markdown or in
CSV, or is run by a spreadsheet.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import sys
import threading
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

from stancegraph.errors import StanceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls but tabs and ends of lines; embeddings, overrides and isolates; annotations and tags; surrogates."""
BREAKS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
"""What ends a line for some program or other, beside a line feed."""
INVISIBLE: Final = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff]")
"""Marks without a shape: where a terminal shows text, direction is told by isolates."""
RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ISOLATE: Final = "\u2068"
END: Final = "\u2069"
UNKNOWN: Final = "\ufffd"
FORMULA: Final = re.compile(
    rf"(?:\s|{INVISIBLE.pattern}|[\u200c\u200d{UNKNOWN}])*[=+\-@＝＋－＠﹢﹣﹦﹫−]|[\t\n]"
)
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
STREAM: Final = re.compile(
    r"/dev/(?P<name>stdin|stdout|stderr)|(?:/dev|/proc/self)/fd/(?P<number>[0-9]{1,9})"
)
"""Names of a stream that this process has open."""
HISTORY: Final = ".stancegraph"
"""Folder in a graph one edits with what was changed in it, and what is being changed."""
ANSWERS: Final = frozenset(
    ".html .svg .png .pdf .csv .tsv .xlsx .md .json .bib .graphml .gexf .cyjs .parquet".split()
)
"""Suffixes of what is written as an answer, and may be written anew; no graph is read from such files in a folder."""
SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""What UTF-8 cannot hold."""
EVERY: Final = 1.0
"""Seconds until a long command first says that it runs, and between two times."""
WIDTH: Final = 20
"""Characters of a bar."""
_wipe: Callable[[], None] | None = None
"""Takes away what stands in the line of the cursor, before an answer or a note is printed."""
_asked: Final = threading.Event()
"""Set once a person is asked something: from then on a command waits for them, and says nothing of itself."""
_done: float | None = None


@dataclass(slots=True)
class Captured:
    """What would have been printed: the answer, and the notes beside it."""

    text: str = ""
    notes: list[str] = field(default_factory=list)


_CAPTURED: Final[ContextVar[Captured | None]] = ContextVar("captured", default=None)


@contextmanager
def captured() -> Iterator[Captured]:
    """Keep what the block would print, in this thread alone."""
    kept = Captured()
    token = _CAPTURED.set(kept)
    try:
        yield kept
    finally:
        _CAPTURED.reset(token)


def note(*lines: str, error: bool = False) -> None:
    """Lines for the person, on stderr, that no text in them can break; nothing where stderr cannot be written."""
    if kept := _CAPTURED.get():
        kept.notes += lines
        return
    if sys.stderr is None:
        return
    if _wipe:
        _wipe()
    try:
        for text in lines:
            print(f"{'error: ' * error}{printable(text)}", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _silence(sys.stderr)


def quantity(number: int, noun: str, separator: str = "") -> str:
    """A number, its thousands parted by a `separator` or not, with its noun.

    >>> quantity(1, "entity"), quantity(2, "link to a day"), quantity(2000, "wide row of CODERS", ",")
    ('1 entity', '2 links to a day', '2,000 wide rows of CODERS')
    """
    named, *rest = re.split("( of | to | without )", noun, maxsplit=1)
    plural = named[:-1] + "ies" if re.search("[^aeiou]y$", named) else named + "s"
    return f"{number:{separator}} {noun if number == 1 else ''.join((plural, *rest))}"


def note_on(number: int, noun: str, said: str) -> str:
    """A note on so many things; empty for none.

    >>> note_on(1, "statement", "left out"), note_on(0, "statement", "left out")
    ('1 statement left out', '')
    """
    return f"{quantity(number, noun)} {said}" if number else ""


def emit(text: str, output: str | Path = "-", inputs: Iterable[Path] = ()) -> None:
    """`text` as UTF-8 to stdout ("-") or to a file, as `write` does; raises StanceError where it cannot be written."""
    if str(output) != "-":
        write(Path(output), text.encode("utf-8", "replace"), inputs)
        return
    if kept := _CAPTURED.get():
        kept.text += text
        return
    if sys.stdout is None:
        raise StanceError("standard output is closed: open it, or name a file with -o")
    if _wipe:
        _wipe()
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        _silence(sys.stdout)
        raise StanceError(
            f"standard output cannot be written: {_reason(error)}; name a file with -o"
        ) from error


def write(path: Path, content: bytes, inputs: Iterable[Path] = ()) -> None:
    """Write a file: what stood there stays until the new is whole, and a device or a pipe is written to.

    Raises UsageError for an empty name and where `refuse_input` does, StanceError where the file cannot be written.
    """
    if str(path) in {"", "."}:
        raise UsageError("-o names no file: give a name, or - for standard output")
    try:
        refuse_input(path, inputs)
        if stream := STREAM.fullmatch(str(path)):
            _pour(int(stream["number"] or ("stdin", "stdout", "stderr").index(stream["name"])), content)
        elif path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            replace(path.resolve(), content)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise StanceError(f"cannot write {path}: {_reason(error)}; name another file with -o") from error


def write_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write several files, each whole; where one fails, those before it are put back as they were."""
    before: list[tuple[Path, bytes | None]] = []
    try:
        for path, content in files:
            old = path.read_bytes() if len(files) > 1 and path.is_file() else None
            write(path, content)
            before.append((path, old))
    except BaseException:
        for done, old in before:
            if old is None:
                done.unlink(missing_ok=True)
            else:
                write(done, old)
        raise


def refuse_input(path: Path, inputs: Iterable[Path]) -> None:
    """Raise UsageError where a file to be written is one that is read, or a part of a database or of a graph one edits.

    `inputs` are files, under whatever name, and folders all of whose files are read.
    """
    try:
        target = path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, or a name that is none
        raise StanceError(f"cannot write {path}: {_reason(error)}; name another file with -o") from error
    if database := next((folder for folder in target.parents if (folder / "CURRENT").is_file()), None):
        raise UsageError(f"{path} lies inside the database {database}: name a file elsewhere")
    _refuse_edited(path, target)
    if not target.is_file():
        return
    for each in inputs:
        if target.samefile(each) if each.is_file() else target.is_relative_to(each.resolve()):
            raise UsageError(f"{path} is read here, and would be written over: name another file")


def _refuse_edited(path: Path, target: Path) -> None:
    """Raise UsageError for the history of a graph one edits, and for a file in its folder that is no answer."""
    for folder in target.parents:
        if folder.name == HISTORY:
            raise UsageError(f"{path} lies in the history of a graph: name a file elsewhere")
        if target.exists() and (folder / HISTORY).is_dir() and target.suffix.lower() not in ANSWERS:
            raise UsageError(
                f"{path} is a file of the graph {folder}, and would be written over: name another"
            )


def _pour(number: int, content: bytes) -> None:
    """Write to a stream of this process, where it stands: its file is neither replaced nor cut."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with os.fdopen(os.dup(number), "wb") as file:
        file.write(content)


def replace(path: Path, content: bytes) -> None:
    """Write a file as `replacing` does."""
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of another once it is whole; raises OSError where it cannot."""
    old = path.stat() if path.exists() else None
    if old and not old.st_mode & 0o222:
        raise PermissionError(errno.EACCES, "it is read-only")
    fresh = path.with_name(f".{os.urandom(8).hex()}.tmp")  # a name that fits where that of `path` does
    try:
        with fresh.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if old:
            with suppress(OSError, AttributeError):
                os.chown(fresh, old.st_uid, old.st_gid)
            fresh.chmod(old.st_mode & 0o7777)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _reason(error: Exception) -> object:
    return getattr(error, "strerror", None) or error


def silence_where_broken(stream: TextIO) -> None:
    """Let a stream that can no longer be written to not fail again when the program ends."""
    try:
        stream.flush()
    except (OSError, ValueError):
        _silence(stream)


def _silence(stream: TextIO) -> None:
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


def show_share(done: float) -> None:
    """Tell how much of a long command is done, 0..1: a bar stands in the line from now on."""
    global _done  # noqa: PLW0603  there is one line, of one command
    _done = done


def fall_silent() -> None:
    """Say no more that a command runs: the line belongs to what a person is asked."""
    _asked.set()
    if _wipe:
        _wipe()


@contextmanager
def elapsed(what: str) -> Iterator[None]:
    """Says `what` runs and for how long, on the line the cursor is on, while it lasts.

    Only where stderr is a terminal that can return to the start of a line; what stands there is wiped before an
    answer or a note is printed.
    """
    global _wipe  # noqa: PLW0603  there is one line, of one command
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    _asked.clear()
    start, ended, shown = time.monotonic(), threading.Event(), ""

    def wipe() -> None:
        nonlocal shown
        if shown:
            _print(f"\r{' ' * len(shown)}\r")
            shown = ""

    def tell() -> None:
        nonlocal shown
        while not ended.wait(EVERY) and not _asked.is_set():
            bar = "" if _done is None else f"[{'#' * round(_done * WIDTH):-<{WIDTH}}] {_done:.0%} "
            shown = f"{what}: {bar}{time.monotonic() - start:.0f} s"
            _print(f"\r{shown}")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    _wipe = wipe
    try:
        yield
    finally:
        ended.set()
        teller.join()
        wipe()
        _wipe = None


def _print(text: str) -> None:
    with suppress(OSError, ValueError):  # who closed the terminal wants no answer on it
        print(text, end="", file=sys.stderr, flush=True)


def printable(text: str) -> str:
    r"""Text as one line that a terminal can do nothing but show; right-to-left runs are kept apart.

    >>> printable("two\nlines, \x1b[2J\u202eand \u200fmarks")
    'two lines, �[2J�and marks'
    """
    if text.isascii() and text.isprintable():
        return text
    text = UNSAFE.sub(UNKNOWN, BREAKS.sub(" ", text).replace("\n", " ").replace("\t", " "))
    text = INVISIBLE.sub("", text)
    return f"{ISOLATE}{text}{END}" if RIGHT_TO_LEFT.search(text) else text


def printable_lines(text: str) -> str:
    """Text of several lines, each `printable`."""
    return "\n".join(printable(line) for line in text.split("\n"))


def in_markdown(text: str) -> str:
    r"""Text that Markdown and HTML show as it is, in a cell of a table.

    >>> in_markdown("a|b *c* <img src=x> &lt;")
    'a\\|b \\*c\\* &lt;img src=x&gt; &amp;lt;'
    """
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\|*_`~$\[\]])", r"\\\1", text)


def in_csv(value: object) -> str:
    r"""What stands in a cell of CSV: no control characters, lines that end in `\n`, and nothing that is a formula.

    What a spreadsheet would take for one, numbers aside, begins with an apostrophe. None is empty.

    >>> in_csv("=HYPERLINK(1)"), in_csv(-0.5), in_csv("-2+3+cmd|' /C calc'!A0"), in_csv("\ufeff ＝1")
    ("'=HYPERLINK(1)", '-0.5', "'-2+3+cmd|' /C calc'!A0", "'\ufeff ＝1")
    """
    return _in_csv("" if value is None else str(value))


@lru_cache(maxsize=1 << 13)
def _in_csv(text: str) -> str:
    if NUMBER.fullmatch(text):
        return text
    text = UNSAFE.sub(UNKNOWN, BREAKS.sub("\n", text))
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def from_csv(text: str) -> str:
    """What a cell held before `in_csv` put an apostrophe before it."""
    return text[1:] if text.startswith("'") and _is_formula(text.lstrip("'")) else text


def _is_formula(text: str) -> bool:
    return bool(FORMULA.match(text) and not NUMBER.fullmatch(text))


def as_csv(rows: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    r"""Rows as CSV (RFC 4180, but `\n` between lines), each cell as `in_csv` has it.

    >>> as_csv([["a", "one\rtwo"], ["=b", 2]])
    'a,"one\ntwo"\n\'=b,2\n'
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerows([in_csv(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def escaped(text: str) -> str:
    r"""JSON or Turtle in which what could command a terminal is written by its number, and means the same.

    >>> escaped('"\x9b2J \u202e"')
    '"\\u009b2J \\u202e"'
    """
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}" if found[0] <= "\uffff" else found[0], text)


def as_json(value: object) -> str:
    """JSON text in UTF-8; a lone surrogate becomes a question mark, a number that is none null."""
    return escaped(json.dumps(_jsonable(value), ensure_ascii=False, indent=2)) + "\n"


def _jsonable(value: object) -> object:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
