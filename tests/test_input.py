"""Files that a user names are regular and of a size that can be kept, whatever asks for them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Run


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(20 << 30)


KINDS: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "sparse": _sparse,
}
CALLS = (("ask", "it.rq"), ("alliances", "--edges", "it.csv"), ("import", "dna", "it.dna", "-o", "out"))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_regular_file_or_endless_is_refused_at_once(
    kind: str, call: tuple[str, ...], tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (name,) = (part for part in call if part.startswith("it."))
    KINDS[kind](tmp_path / name)
    done = run(*call)
    assert done.returncode == 3
    assert name in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_of_sources_with_an_endless_file_is_refused_at_once(tmp_path: Path, run: Run) -> None:
    _sparse(tmp_path / "it.txt")
    done = run("check", "--sources", str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "it.txt is over 64 MiB" in done.stderr


def test_a_pipe_among_the_sources_is_no_source(tmp_path: Path, run: Run) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.txt").write_text("a text", encoding="utf-8")
    assert run("check", "--sources", str(tmp_path)).returncode == 1


def test_a_byte_order_mark_is_no_part_of_a_query(tmp_path: Path, run: Run) -> None:
    (tmp_path / "it.rq").write_bytes(b"\xef\xbb\xbfASK {}")
    assert run("ask", str(tmp_path / "it.rq")).returncode == 0
