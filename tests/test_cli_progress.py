"""What a long command says on a terminal, a real one, while it runs."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import Final

import pytest

WAIT: Final = """
import time
from stancegraph import output
with output.elapsed("stancegraph check"):
    time.sleep({seconds})
    output.note("no faults")
"""


def on_terminal(seconds: float, **variables: str) -> str:
    """What a terminal gets on stderr of a command that takes so long."""
    master, slave = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-c", WAIT.format(seconds=seconds)],
            stderr=slave,
            env={**os.environ, "TERM": "xterm", **variables},
            timeout=60,
            check=True,
        )
        os.close(slave)
        shown = b""
        while part := _read(master):
            shown += part
    finally:
        os.close(master)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so at the end
        return b""


def test_a_command_of_more_than_a_second_says_so_and_takes_it_away_before_a_note() -> None:
    shown = on_terminal(1.4)
    assert re.fullmatch(r"(\rstancegraph check: \d+ s)+\r {22,}\rno faults\r\n", shown), shown


@pytest.mark.parametrize(("seconds", "variables"), [(0, {}), (1.4, {"TERM": "dumb"})])
def test_a_quick_command_or_a_plain_terminal_has_notes_alone(
    seconds: float, variables: dict[str, str]
) -> None:
    assert on_terminal(seconds, **variables) == "no faults\r\n"
