"""Runs the command in this process, and judges whether it held: an answer, or one line and an exit code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from typing import Final

Ended = subprocess.CompletedProcess[str]

CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What moves a terminal's cursor, rings its bell or colours it; tabs and line feeds are no harm."""


def call(*args: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Ended:
    """What a command did, run in this process, as fast as a function call.

    An error that was not foreseen shows its traceback on stderr; not where the environment says otherwise.
    """
    from typer.testing import CliRunner

    from stancegraph.cli import boundary

    with CliRunner().isolation(input=stdin, env={boundary.TRACEBACK: "1", **(env or {})}) as streams:
        code = boundary.run(args)
        out, err = (stream.getvalue().decode() for stream in streams[:2])
    return Ended(["stancegraph", *args], code, out, err)


def fault(ended: Ended) -> str:
    """What a command did that none may do, whatever it was given to read; empty where it held.

    0, 2 and 3 are exit codes of every command, 1 of `check` alone; what went wrong is one line.
    """
    from stancegraph.cli import boundary

    checked = ended.args[1] == "check"
    if ended.returncode not in ({0, 1, 2, 3} if checked else {0, 2, 3}):
        return f"exit code {ended.returncode}"
    if boundary.BUG in ended.stderr or "Traceback" in ended.stderr:
        return "an error that was not foreseen"
    if found := CONTROL.search(ended.stdout):
        return f"a control character on stdout: {found[0]!r}"
    if found := CONTROL.search(ended.stderr):
        return f"a control character on stderr: {found[0]!r}"
    errors = sum(line.startswith("error: ") for line in ended.stderr.splitlines())
    if errors != (ended.returncode in {2, 3}):
        return f"{errors} lines of error and exit code {ended.returncode}"
    if ended.returncode in {2, 3} and not ended.stderr.splitlines()[-1].startswith("error: "):
        return "the error runs over its line"
    return ""
