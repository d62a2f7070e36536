"""Kills commands where it hurts: before each act on files, and at any instant; for tests of what is left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

INSTANTS: Final = int(os.environ.get("STANCEGRAPH_KILLS", "2"))
"""At how many random instants a command is killed: a few in the suite, as many as one likes by the variable."""
MOVES: Final = ("os.rename", "os.mkdir", "tempfile.mkdtemp", "shutil.rmtree", "ctypes.dlsym")
"""Audit events of what makes, moves and removes folders; a system call by its name in the C library."""
RUN: Final = """
import os, signal, sys
at, events, without = int(sys.argv.pop(1)), sys.argv.pop(1).split(), sys.argv.pop(1)
def act(event, arguments):
    global at
    if event in events and (event != "ctypes.dlsym" or arguments[1] == "renameat2"):
        at -= 1
        if at == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(act)
if without:
    from stancegraph.store import folders
    folders.swap = lambda *_: False
from stancegraph.cli.boundary import main
main()
"""


def kill_everywhere(
    command: Sequence[str],
    prepare: Callable[[], None],
    check: Callable[[str], None],
    *,
    events: Sequence[str] = MOVES,
    instants: int = INSTANTS,
    swaps: bool = True,
    seed: int = 0,
) -> int:
    """Kill a `stancegraph` command before each of the events, then at random instants; the number of kills.

    Before each kill `prepare` sets the stage; after it `check` is told where the command was killed, and looks at
    what is left. Without `swaps` it takes two steps to exchange folders, as where the system has no single one.
    """
    kills = 0
    for number in count(1):
        prepare()
        start = [
            sys.executable,
            "-c",
            RUN,
            str(number),
            " ".join(events),
            "" if swaps else "two steps",
            *command,
        ]
        begin = time.monotonic()
        ended = subprocess.run(start, capture_output=True, check=False, timeout=120)
        taken = time.monotonic() - begin
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        check(f"at act {number}" if ended.returncode else "not at all")
        if not ended.returncode:
            break
        kills += 1
    chance = random.Random(seed)
    for _ in range(instants):
        prepare()
        moment = chance.uniform(0, taken)
        start = [sys.executable, "-m", "stancegraph", *command]
        process = subprocess.Popen(start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moment)
        process.kill()
        process.wait()
        check(f"after {moment:.3f} s of {taken:.3f}")
    return kills + instants
