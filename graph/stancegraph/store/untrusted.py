"""What is not ours, a file or an answer, parsed in a worker: it comes back as plain values, some at a time.

Time and memory are bounded by its size, and what nests without end, aborts or never ends is one error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final, NoReturn

from stancegraph.errors import StanceError
from stancegraph.store import worker

Parse = Callable[[], Iterable[object]]
"""Gives values that JSON has. Where a worker does not fork, it is pickled."""
SECONDS: Final = 20
"""Seconds that any file may take, and a further one for each `PACE` bytes of it."""
PACE: Final = 1 << 20
MEMORY: Final = 1 << 30
"""Bytes of memory any file may take, and `GROWTH` for each byte of it."""
GROWTH: Final = 2
PACKED: Final = 16
"""Times its size that a packed file counts: text packs to about that."""
ROOM: Final = 512 << 20
"""Bytes that any file may come to, and `SPELT` for each byte of it: an empty cell is three characters more."""
SPELT: Final = 4
PART: Final = 1 << 20
"""Bytes that are sent at a time, as near as can be."""
LONGEST: Final = 256 << 20
"""Bytes of one value."""
MOST: Final = 4_096
"""Values that are sent at a time."""
_encoder: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=lambda _: None)


def values(parse: Parse, file: Path, mend: str, *, packed: bool = False) -> Iterator[Any]:
    """What `parse` makes of a file or a folder in a worker, in its order; what JSON has no value for is None.

    Raises what `parse` raises of StanceErrors; StanceError, which ends with how to `mend` it, past a limit.
    """
    size = _size(file) * (PACKED if packed else 1)
    try:
        yield from parsed(parse, size, SECONDS + size / PACE)
    except worker.Stopped as error:
        raise StanceError(f"{file}: reading it {error}: {mend}") from None


def parsed(parse: Parse, size: int, seconds: float, growth: int = GROWTH) -> Iterator[Any]:
    """What `parse` makes of `size` bytes in a worker within so many `seconds`, as of `values`; raises Stopped.

    It may take `growth` bytes of memory for each byte, beside those that anything may take.
    """
    memory = min(MEMORY + growth * size, worker.MEMORY)
    task = partial(_encoded, parse)
    for part in worker.run(task, seconds=seconds, memory=memory, largest=ROOM + SPELT * size):
        yield from json.loads(part)


def value(parse: Callable[[], object], file: Path, mend: str) -> Any:
    """The one value that `parse` makes of a file in a worker, as of `values`."""
    return next(values(partial(_single, parse), file, mend))


def decode(text: str | bytes) -> Any:
    """The value of a text in JSON (RFC 8259); raises ValueError that says what is wrong. For a worker alone."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (RecursionError, ValueError) as error:
        raise ValueError(reason(error)) from None


def reason(error: Exception) -> str:
    """What is wrong with a text, by what its decoder raised."""
    if isinstance(error, RecursionError):
        return "it nests too deeply"
    if "integer string conversion" in str(error):
        return f"a number of more than {sys.get_int_max_str_digits()} digits"
    return str(error)


def _single(parse: Callable[[], object]) -> Iterator[object]:
    yield parse()


def _size(place: Path) -> int:
    """Bytes of a file, or of all files in a folder; 0 of what is not there, of which its reader tells."""
    try:
        if place.is_dir():
            return sum(each.stat().st_size for each in place.rglob("*") if each.is_file())
        return place.stat().st_size
    except (OSError, ValueError):
        return 0


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _encoded(parse: Parse) -> Iterator[bytes]:
    """In the worker: arrays of values, each of about `PART` bytes."""
    given = iter(parse())
    many = 1
    while batch := list(islice(given, many)):
        size = 0
        for part in _fitting(batch):
            size += len(part)
            yield part
        if size > PART:
            many = max(many // 2, 1)
        elif size < PART // 4:
            many = min(many * 2, MOST)


def _fitting(batch: list[object]) -> Iterator[bytes]:
    """A batch as few arrays, none of which is too long; raises StanceError for one value that is."""
    part = _encoder.encode(batch).encode("utf-8", "surrogatepass")
    if len(part) <= LONGEST:
        yield part
    elif len(batch) > 1:
        half = len(batch) // 2
        yield from _fitting(batch[:half])
        yield from _fitting(batch[half:])
    else:
        raise worker.Stopped(f"gives one value of more than {LONGEST >> 20} MiB")
