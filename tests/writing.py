"""Attacks on every command that writes a graph: killed at any instant, without room on the disk, two at one time.

Each works on a valley of its own in a process forked from this one, which is as fast as a function call; what is left
must be a graph as it stood before the command, after it, or after some of the statements it writes one by one.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import valley
from held import Ended, call, fault
from stancegraph.curate import changes, entries

ADD: Final = ("add", "actor", "Cy", "--kind", "cleric")
TAKEN: Final = (
    "a|Demands a bridge.|1||2020-02-03|bridge-should-stay-open||||y|a|Warns.||2020-02-03||Ada|||y|s"
)
"""A coder's answers: two proposals are taken, the third is skipped."""


class Writer(NamedTuple):
    """A command, in the folder of a valley: what is done before it, and the answers it is given."""

    command: tuple[str, ...]
    before: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


WRITERS: Final = {
    "init": Writer(("init", "new")),
    "add": Writer(ADD),
    "edit": Writer(("edit", "Ada", "--set", "kind=cleric", "--add", "alias=Addie")),
    "rename": Writer(("rename", "Ada", "Adah", "--iri", "adah")),
    "merge": Writer(("merge", "Bo", "Ada")),
    "remove": Writer(("remove", "River Company", "--references")),
    "undo": Writer(("undo",), before=ADD),
    "fix": Writer(("check", "--fix", "--sources", "valley/texts")),
    "import": Writer(("import", "rows.csv", "-o", "valley")),
    "import anew": Writer(("import", "rows.csv", "-o", "new")),
    "code": Writer(("code", "article.txt"), answers=tuple(TAKEN.split("|"))),
    "settle": Writer(
        ("agreement", "first.json", "second.json", "--settle", "-o", "third.json"), answers=("1", "2", "n")
    ),
}
"""Name → a command that writes."""


class Stage:
    """A folder with a valley, what is imported and compared into it, and where a `writer` goes to work."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name, self._writer = folder, name, WRITERS[name]
        self.place = folder / "valley"

    def set(self) -> None:
        """Make it anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        folder = valley.begun(self.place)
        if self.name != "code":
            changes.apply(folder, entries.add(folder, "statement", valley.BRIDGE), checked=True)
        if self.name == "fix":
            documents = self.place / "documents.ttl"
            documents.write_text(
                documents.read_text("utf-8").replace("stance:length ", "stance:length 9"), "utf-8"
            )
        rows = "".join(f"Speaker {i},Matter {i % 7},for,2020-01-0{i % 9 + 1}\n" for i in range(60))
        (self.folder / "rows.csv").write_text(f"speaker,target,stance,date\n{rows}", "utf-8")
        unit = {
            "document": "valley-bridge",
            "speakers": ["actor:iraq"],
            "act": "act:assert",
            "basis": "basis:said",
        }
        for name, starts in (("first", (0, 20)), ("second", (0, 40))):
            units: list[dict[str, object]] = [
                unit | {"passages": [[s, s + 10]], "stances": {}, "medium": None} for s in starts
            ]
            (self.folder / f"{name}.json").write_text(json.dumps(units), "utf-8")
        if self._writer.before:
            self.run(*self._writer.before)

    def ready(self) -> None:
        """Make it anew, once all is known that it may come to."""
        if self.states:
            self.set()

    def run(self, *command: str, stdin: str | None = None) -> Ended:
        """A command, on the valley where it takes one."""
        own = [] if command[0] in ("init", "import", "agreement") else ["--data", str(self.place)]
        os.chdir(self.folder)
        return call(*command, *own, stdin=stdin)

    def write(self, answers: int | None = None) -> Ended:
        """The writer at work, with the first of its answers."""
        given = self._writer.answers[:answers]
        return self.run(*self._writer.command, stdin="".join(f"{answer}\n" for answer in given))

    @cached_property
    def states(self) -> list[dict[str, bytes]]:
        """The valley before it, after it, and after each thing that is written for an answer."""
        found = list[dict[str, bytes]]()
        for answers in range(len(self._writer.answers) + 1):
            self.set()
            found.append(valley.contents(self.folder))
            done = self.write(answers)
            if fault(done) or done.returncode:
                raise AssertionError(f"{self.name}: {done.stderr}")
            found.append(valley.contents(self.folder))
        return found

    def faults(self, where: str) -> Iterator[str]:
        """What is wrong with what is left, and with what is written to it next."""
        if self.run("actors").returncode:  # who reads finishes what was told and not yet put in place
            yield f"{self.name} {where}: cannot be read"
        before = self.left()
        if before not in self.states:
            yield f"{self.name} {where}: neither the old nor the new: {differing(before, self.states)}"
        done = self.run("add", "actor", "Zeno", "--kind", "cleric")
        back = self.run("undo")
        if done.returncode or back.returncode:
            yield f"{self.name} {where}: cannot be written to: {(done.stderr + back.stderr)[-300:]}"
        elif self.left() != before:
            yield f"{self.name} {where}: not as it was once another change is taken back"

    def left(self) -> dict[str, bytes]:
        """All that stands in the folder, but what a killed command left out of sight for the next to clear away."""
        known = set[str]().union(*self.states)
        found = valley.contents(self.folder)
        return {file: content for file, content in found.items() if file in known or not is_unfinished(file)}


def is_unfinished(name: str) -> bool:
    """Whether a file is what a killed command leaves beside its work, out of sight, for the next to clear away."""
    return name.startswith(".") or "/." in name


def differing(now: dict[str, bytes], states: list[dict[str, bytes]]) -> list[str]:
    """The files by which what is left differs from the state that is nearest."""
    return min((sorted(f for f in now.keys() | s.keys() if now.get(f) != s.get(f)) for s in states), key=len)


def forked(act: Callable[[], Ended]) -> int:
    """The process in which a command is run; its exit code is the command's."""
    pid = os.fork()
    if not pid:
        code = 70
        try:
            done = act()
            code = 70 if "Traceback" in done.stderr else done.returncode
        finally:
            os._exit(code)
    return pid


def ended(pid: int) -> int:
    """The exit code of a process, once it has ended."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed(stage: Stage, chance: Random) -> Iterator[str]:
    """A writer is killed at an instant of its work."""
    stage.ready()
    begin = time.monotonic()
    code = ended(forked(stage.write))
    taken = time.monotonic() - begin
    if code:
        yield f"{stage.name}: exit code {code}"
    stage.set()
    moment = chance.uniform(0, taken)
    pid = forked(stage.write)
    time.sleep(moment)
    os.kill(pid, signal.SIGKILL)
    ended(pid)
    yield from stage.faults(f"killed after {moment:.3f} s of {taken:.3f}")


def without_room(stage: Stage, chance: Random) -> Iterator[str]:
    """No file may grow beyond so many bytes, as where the disk is full: the command says so, and nothing changed."""
    stage.ready()
    limit = chance.choice((0, 50, 200, 500, 1_000, 2_000, 4_000))

    def write() -> Ended:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        return stage.write()

    code = ended(forked(write))
    if code not in (0, 2, 3):
        yield f"{stage.name} with {limit} bytes a file: exit code {code}"
    yield from stage.faults(f"with {limit} bytes a file")


def at_once(stage: Stage, chance: Random) -> Iterator[str]:
    """Four others add an actor meanwhile: each is done, or says why not, and nothing is lost."""
    stage.ready()
    names = [
        f"Writer {chance.choice('BCDFGHKLMNPRSTVWXZ')}o{word}" for word in ("mba", "pelka", "ssini", "rrigan")
    ]
    writer = forked(stage.write)
    others = [forked(partial(stage.run, "add", "actor", name, "--kind", "cleric", "--new")) for name in names]
    codes = [ended(pid) for pid in (writer, *others)]
    listed = stage.run("actors", "--format", "json").stdout
    wrong = [name for name, code in zip(names, codes[1:], strict=True) if (code == 0) != (name in listed)]
    if len(wrong) > (stage.name == "undo"):  # which takes back the last change, whoever's it is
        yield f"{stage.name} beside others: {wrong} lost, or there though refused"
    if set(codes) - {0, 2, 3}:
        yield f"{stage.name} beside others: exit codes {codes}"
    if codes[0] == 0 and (lost := stage.states[-1].keys() - valley.contents(stage.folder).keys()):
        yield f"{stage.name} beside others: {sorted(lost)} lost"
    for other in stage.run("check", "--format", "csv").stdout.splitlines()[1:]:
        yield f"{stage.name} beside others: {other}"


ATTACKS: Final = {"killed": killed, "without-room": without_room, "at-once": at_once}
"""How writers are attacked."""


@contextmanager
def stages(folder: Path) -> Iterator[Callable[[int], Stage]]:
    """The stage of a number: of each writer in turn; the folder that was worked in is gone back to at the end."""
    here = Path.cwd()
    known = {name: Stage(folder / name.replace(" ", "-"), name) for name in WRITERS}
    try:
        yield lambda number: known[list(WRITERS)[number % len(WRITERS)]]
    finally:
        os.chdir(here)
