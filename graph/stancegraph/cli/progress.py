"""What a long command is doing, told on a terminal after a second and taken away at the end."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from stancegraph import output

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY: Final = 1.0
"""Seconds until the first line, and between two."""
asked: Final = threading.Event()
"""Set once a person is asked something: from then on a command waits for them, and says nothing of itself."""
WIDTH: Final = 20
"""Characters of a bar."""
_done: float | None = None


def share(done: float) -> None:
    """Tell how much is done, 0..1: a bar stands in the line from now on."""
    global _done  # noqa: PLW0603  there is one line, of one command
    _done = done


@contextmanager
def elapsed(what: str) -> Iterator[None]:
    """Says `what` runs and for how long, on the line the cursor is on, while it lasts.

    Only where stderr is a terminal that can return to the start of a line; what stands there is wiped before an
    answer or a note is printed (`output.before_printing`).
    """
    if not _is_terminal():
        yield
        return
    asked.clear()
    start, ended, shown = time.monotonic(), threading.Event(), ""

    def wipe() -> None:
        nonlocal shown
        if shown:
            _print(f"\r{' ' * len(shown)}\r")
            shown = ""

    def tell() -> None:
        nonlocal shown
        while not ended.wait(EVERY) and not asked.is_set():
            shown = f"{what}: {_bar()}{time.monotonic() - start:.0f} s"
            _print(f"\r{shown}")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    output.before_printing = wipe
    try:
        yield
    finally:
        ended.set()
        teller.join()
        wipe()
        output.before_printing = None


def _bar() -> str:
    if _done is None:
        return ""
    return f"[{'#' * round(_done * WIDTH):-<{WIDTH}}] {_done:.0%} "


def _print(text: str) -> None:
    with suppress(OSError, ValueError):  # who closed the terminal wants no answer on it
        print(text, end="", file=sys.stderr, flush=True)


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
