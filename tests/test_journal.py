"""A folder's files change together or not at all: killed at any step, interrupted, by two writers, on a full disk."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancegraph import store
from stancegraph.errors import StanceError
from stancegraph.store import journal

OLD = {"a.ttl": "<x:a> <x:p> 1 .\n", "b.ttl": "<x:b> <x:p> 1 .\n", "gone.ttl": "<x:c> <x:p> 1 .\n"}
NEW = {"a.ttl": "<x:a> <x:p> 2 .\n", "b.ttl": "<x:b> <x:p> 2 .\n", "new/d.ttl": "<x:d> <x:p> 2 .\n"}
TEXTS = {file: (OLD.get(file), NEW.get(file)) for file in sorted(OLD | NEW)}


def made(folder: Path) -> Path:
    """A folder of the old files."""
    folder.mkdir()
    for file, text in OLD.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path / "graph")


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in folder.rglob("*.ttl")
        if journal.PLACE not in path.parts
    }


def child(act: Callable[[], object]) -> int:
    """The exit code of `act` in a process of its own."""
    pid = os.fork()
    if not pid:
        code = 3
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def at_step(step: int, act: Callable[[], object], then: Callable[[], object]) -> None:
    """Run `act`; just before its `step`-th touch of the file system do `then`."""
    count = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        touched = event.startswith(("os.", "shutil.")) or (
            event == "open" and isinstance(arguments[1], str) and arguments[1] != "r"
        )
        if touched and event not in {"os.listdir", "os.scandir", "os.fork", "os.putenv"}:
            count += 1
            if count == step:
                then()

    sys.addaudithook(watch)
    act()


def change(folder: Path) -> None:
    journal.commit(folder, "change", TEXTS)


def staged_change(folder: Path) -> None:
    """The same change, its new file written beside before it is told."""
    with journal.locked(folder), journal.staging(folder) as place:
        staged = {"new/d.ttl": journal.stage(place, 0, NEW["new/d.ttl"])}
        texts = {file: both for file, both in TEXTS.items() if file not in staged}
        journal.commit(folder, "change", texts, staged=staged)


def changed_until(
    folder: Path, step: int, then: Callable[[], object], how: Callable[[Path], None] = change
) -> int:
    """Change a folder in a process of its own, which does `then` at a step."""
    return child(partial(at_step, step, partial(how, folder), then))


def kill() -> None:
    os._exit(9)


@pytest.mark.parametrize("how", [change, staged_change])
def test_killed_at_any_step_the_next_reader_finds_the_old_or_the_new(
    tmp_path: Path, how: Callable[[Path], None]
) -> None:
    outcomes = []
    for step in range(1, 100):
        folder = made(tmp_path / str(step))
        ended = changed_until(folder, step, kill, how)
        store.open(folder)
        found = files(folder)
        assert found in (OLD, NEW), step
        assert len(journal.entries(folder)) == (found == NEW), step
        outcomes.append(found == NEW)
        if not ended:
            break
    assert outcomes[-1], "it came to its end"
    assert len(outcomes) > 12, "the steps are told apart"
    assert outcomes == sorted(outcomes), "once it has happened it has happened"
    assert True in outcomes[:-1], "it was killed after the point of no return too"


@pytest.mark.parametrize("how", [change, staged_change])
def test_interrupted_from_the_keyboard_at_any_step_it_is_old_or_new(
    tmp_path: Path, how: Callable[[Path], None]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    for step in range(1, 100):
        folder = made(tmp_path / str(step))
        ended = changed_until(folder, step, interrupt, how)
        store.open(folder)
        assert files(folder) in (OLD, NEW), step
        if not ended:
            return
    pytest.fail("it never came to its end")


def test_on_a_full_disk_nothing_is_changed(tmp_path: Path) -> None:
    """No file may grow beyond so many bytes: what is beyond is not written, as where the disk is full."""

    def change_within(folder: Path, limit: int) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        change(folder)

    for limit in (0, 5, 15, 20, 300, 2000):
        folder = made(tmp_path / str(limit))
        code = child(partial(change_within, folder, limit))
        assert (code, files(folder)) == ((3, OLD) if limit < 2000 else (0, NEW)), limit
        assert not (folder / journal.PLACE / "next").exists()
        assert len(journal.entries(folder)) == (limit == 2000)


def test_two_writers_queue_and_neither_loses_anything(folder: Path) -> None:
    script = (
        "import sys, pathlib\n"
        "from stancegraph.store import journal\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "for i in range(10):\n"
        "    with journal.locked(here):\n"
        "        text = journal.text_of(here / 'a.ttl')\n"
        "        journal.commit(here, 'line', {'a.ttl': (text, text + '# line\\n')})\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(folder)]) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert files(folder)["a.ttl"] == OLD["a.ttl"] + "# line\n" * 30
    assert [entry.number for entry in journal.entries(folder)] == list(range(1, 31))


def test_a_staged_file_is_taken_back_without_its_text_in_the_journal(folder: Path) -> None:
    staged_change(folder)
    (entry,) = journal.entries(folder)
    assert entry.files["new/d.ttl"].added == ""
    assert entry.files["new/d.ttl"].back(NEW["new/d.ttl"]) is None


def test_a_file_edited_meanwhile_is_never_overwritten(folder: Path) -> None:
    (folder / "b.ttl").write_text("# mine\n", encoding="utf-8")
    with pytest.raises(StanceError, match=r"b\.ttl was changed meanwhile, and is left as it is"):
        change(folder)
    assert files(folder) == OLD | {"b.ttl": "# mine\n"}


def test_a_file_edited_after_a_crash_is_left_and_the_change_taken_back(tmp_path: Path) -> None:
    """Killed between two files: one is new, the other is still old when somebody edits it."""
    for step in range(1, 100):
        folder = made(tmp_path / str(step))
        changed_until(folder, step, kill)
        if files(folder)["a.ttl"] == NEW["a.ttl"]:
            break
    assert files(folder)["b.ttl"] == OLD["b.ttl"]
    (folder / "b.ttl").write_text("# mine\n", encoding="utf-8")
    store.open(folder)
    assert files(folder) == OLD | {"b.ttl": "# mine\n"}
    assert journal.entries(folder) == []


def test_a_folder_that_cannot_be_written_is_an_error_and_stays(folder: Path) -> None:
    if not os.geteuid():
        pytest.skip("nothing is forbidden to root")
    folder.chmod(0o555)
    try:
        with pytest.raises(StanceError, match="cannot be written"):
            change(folder)
    finally:
        folder.chmod(0o755)
    assert files(folder) == OLD


@given(before=st.none() | st.text(), after=st.text())
def test_a_patch_leads_back_to_the_text_before(before: str | None, after: str) -> None:
    patch = journal._patch(before, after)
    assert patch.back(after) == before
