"""Archives that hold a workbook or a project: refused where they would fill the memory, written without a clock."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from stancegraph import input as input_
from stancegraph.errors import StanceError

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


def checked(file: Path) -> bytes:
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


def pack(members: Mapping[str, bytes]) -> bytes:
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
    return pack({name: _STAMP.sub(b"\\g<1>1980-01-01T00:00:00Z<", held) for name, held in members.items()})
