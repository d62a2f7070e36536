"""Where files that a user names are opened: regular files alone, so that nothing is waited for or read without end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from stancegraph.errors import StanceError


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
