"""Where files that a user names are opened: regular files alone, so that nothing is waited for or read without end."""

from __future__ import annotations

import os
import stat
from io import SEEK_SET, BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, Final

from stancegraph.errors import StanceError

PACKED: Final = {".gz": "gzip", ".zst": "zstd"}
"""Suffix of a compressed file → the name of what packed it."""
SPREAD: Final = 100
"""Bytes that may come out of one byte of a compressed file, beyond `ROOM`: text packs to no less than a thirtieth."""
ROOM: Final = 256 << 20


class Unpacked(RawIOBase):
    """What is in a compressed file; to go back in it is to begin anew. Raises StanceError where it is damaged."""

    def __init__(self, path: str | Path, codec: str) -> None:
        self._path, self._codec = path, codec
        self._open()

    def _open(self) -> None:
        import pyarrow as pa

        file = open_file(self._path)
        self._at, self._most = 0, ROOM + SPREAD * os.fstat(file.fileno()).st_size
        self._content = pa.CompressedInputStream(
            pa.PythonFile(file, mode="r"), self._codec
        )  # which closes it

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def readinto(self, into: Any) -> int:
        part = self._next(len(into))
        into[: len(part)] = part
        return len(part)

    def _next(self, size: int) -> bytes:
        try:
            part: bytes = self._content.read(size)
        except OSError as error:
            raise StanceError(f"cannot read {self._path}: it is damaged ({error}): copy it again") from None
        self._at += len(part)
        if self._at > self._most:
            raise StanceError(
                f"{self._path} unpacks to more than {SPREAD} times its size: unpack it yourself"
            )
        return part

    def seek(self, place: int, whence: int = SEEK_SET) -> int:
        if whence != SEEK_SET:
            raise OSError("a compressed file is read from its beginning")
        if place < self._at:
            self._content.close()
            self._open()
        while self._at < place and self._next(min(place - self._at, 1 << 20)):
            pass
        return self._at

    def close(self) -> None:
        self._content.close()
        super().close()


def unpack(path: str | Path) -> BinaryIO:
    """A regular file, open for reading what is in it, unpacked where its name ends like that of a compressed one."""
    codec = PACKED.get(Path(path).suffix.lower())
    return open_file(path) if codec is None else BufferedReader(Unpacked(path, codec), 1 << 16)


def open_file(path: str | Path, mend: str = "name a regular file") -> BinaryIO:
    """A regular file, open for reading bytes; raises StanceError for anything else: a folder, a pipe, a device."""
    shown = str(path)[:200]
    try:
        # A pipe that nobody writes to would be waited for.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise StanceError(
            f"cannot read {shown}: {getattr(error, 'strerror', None) or error}; {mend}"
        ) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StanceError(f"cannot read {shown}: it is a folder, a pipe or a device; {mend}")
    return os.fdopen(descriptor, "rb")


def read(path: str | Path, most: int, mend: str = "name a regular file") -> bytes:
    """All bytes of a regular file of at most `most`; raises StanceError."""
    with open_file(path, mend) as file:
        try:
            content = file.read(most + 1) if os.fstat(file.fileno()).st_size <= most else None
        except OSError as error:
            raise StanceError(f"cannot read {str(path)[:200]}: {error.strerror}; {mend}") from None
    if content is None or len(content) > most:
        raise StanceError(f"{str(path)[:200]} is over {most >> 20} MiB: split it, or {mend}")
    return content


def decode(
    content: bytes, file: object, mend: str = "save it as UTF-8", *, error: type[StanceError] = StanceError
) -> str:
    """The text of a file in UTF-8; raises an `error` that says in which line it is not, and how to mend it."""
    try:
        return content.decode()
    except UnicodeDecodeError as odd:
        line = content.count(b"\n", 0, odd.start) + 1
        raise error(f"{file}, line {line}: not UTF-8: {mend}") from None


def text(path: str | Path, most: int, mend: str = "name a regular file") -> str:
    """The text of a regular file of at most `most` bytes, without a byte order mark; raises StanceError."""
    return decode(read(path, most, mend), path).removeprefix("\ufeff")
