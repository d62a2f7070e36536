"""Whatever happens inside the program is an answer, or one line on stderr and an exit code."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from conftest import Run, Shell
from stancegraph import statements
from stancegraph.cli.boundary import TRACEBACK
from stancegraph.errors import StanceError

FIVE = str(Path(__file__).parent / "fixtures" / "five.ttl")
ASK = "stancegraph ask 'SELECT * { ?s ?p ?o } LIMIT 1'"


class Panic(BaseException):
    """What an engine in another language may end with is no Exception."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("speaker\nx\x1b[2J"), "this is a bug of stancegraph: KeyError: "),
        (Panic("sort"), "this is a bug of stancegraph: Panic: sort ("),
        (AssertionError(), "this is a bug of stancegraph: AssertionError ("),
        (MemoryError(), "out of memory"),
        (RecursionError("maximum recursion depth exceeded"), "nests too deeply"),
        (OSError(24, "Too many open files", "a.ttl"), "a.ttl: Too many open files"),
        (ImportError("libfoo.so: failed to map segment"), "libfoo.so: failed to map segment"),
        (StanceError("two\nlines"), "error: two lines"),
    ],
)
def test_any_error_is_one_line_and_exit_code_3(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, words: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(statements, "stream", fail)
    done = run("said", "--data", FIVE, env={TRACEBACK: ""})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert done.stderr.startswith("error: ")
    assert words in done.stderr
    assert "\x1b" not in done.stderr
    if "bug" in words:
        assert "cli/lookups.py, line" in done.stderr
        assert f"{TRACEBACK}=1" in done.stderr


def test_a_variable_shows_where_a_bug_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "stream", None)
    with pytest.raises(AssertionError, match=r"Traceback(.|\n)*error: this is a bug"):
        run("said", "--data", FIVE, env={TRACEBACK: "1"})


@pytest.mark.parametrize(
    ("call", "code", "words"),
    [
        (f"stancegraph actors --data {FIVE} 2>&-", 0, ""),
        (f"stancegraph actors --data {FIVE} <&-", 0, "5 actors"),
        (f"stancegraph actors --data {FIVE} >&-", 3, "standard output cannot be written"),
        (f"stancegraph load {FIVE} --into db 2>&- && test -e db/CURRENT", 0, ""),
        ("stancegraph --version >&-", 3, "standard output cannot be written"),
        ("stancegraph --help >&-", 3, "Bad file descriptor"),
        ("stancegraph --help > /dev/full", 3, "No space left"),
        ("set -o pipefail; stancegraph --help | true", 0, ""),
        ("mkdir gone; cd gone; rmdir ../gone; stancegraph actor khazali", 0, "1 actor"),
        ("mkdir gone; cd gone; rmdir ../gone; stancegraph said khazali -o x", 3, "cannot write x"),
        (f"ulimit -n 16; {ASK}", 0, "1 row"),
        ("ulimit -v 200000; stancegraph said", 3, "raise ulimit -v"),
        ("ulimit -f 1; stancegraph said -o said.txt", 3, "File too large"),
        ("env -i PATH=$PATH LC_ALL=C PYTHONIOENCODING=ascii stancegraph actor sadr", 0, "1 actor"),
        (f"MPLBACKEND=bogus stancegraph plot --data {FIVE} -o plot.png", 0, "wrote plot.png"),
        ("TERMINAL_WIDTH=wide stancegraph said --help | grep -q 'Who said what'", 0, ""),
        ("TERMINAL_WIDTH=0 COLUMNS=0 stancegraph --help | grep -q 'Who said what'", 0, ""),
        ("COLUMNS=99999999999999999999 stancegraph --help | grep -q 'Who said what'", 0, ""),
        ("PYTHONOPTIMIZE=2 stancegraph said --help | grep -q 'Who said what'", 0, ""),
        ("_STANCEGRAPH_COMPLETE=complete_bash stancegraph", 2, "COMP_WORDS"),
        ("_STANCEGRAPH_COMPLETE=nonsense stancegraph", 2, "Invalid completion"),
        ("trap '' INT; stancegraph actors & kill -INT $!; wait $!", 0, "74 actors"),
    ],
)
def test_a_strange_surrounding_gets_an_answer_or_one_line(
    shell: Shell, tmp_path: Path, call: str, code: int, words: str
) -> None:
    done = shell("bash", "-c", call, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert (done.stderr.count("\n"), "Traceback" in done.stderr) == (bool(words), False)
    assert code == 0 or not done.stdout


def test_no_note_lands_in_a_file_that_took_the_place_of_stderr(shell: Shell, tmp_path: Path) -> None:
    asked = "stancegraph said --data $0 --format csv"
    call = f"{asked} > right.csv; {asked} -o file.csv 2>&-; {asked} > out.csv 2>&-"
    assert shell("bash", "-c", call, FIVE, cwd=tmp_path).returncode == 0
    right = (tmp_path / "right.csv").read_bytes()
    assert right.startswith(b"statement,")
    assert (tmp_path / "file.csv").read_bytes() == (tmp_path / "out.csv").read_bytes() == right


def test_a_folder_that_cannot_be_begun_leaves_nothing(shell: Shell, tmp_path: Path) -> None:
    done = shell("bash", "-c", "ulimit -f 0; stancegraph init mine", cwd=tmp_path)
    assert (done.returncode, [*tmp_path.iterdir()]) == (3, [])
    assert "mine cannot be written: File too large" in done.stderr


def test_process_number_one_of_a_container_answers(shell: Shell) -> None:
    alone = ["unshare", "--pid", "--fork", "--mount-proc"]
    if not shutil.which("unshare") or shell(*alone, "true").returncode:
        pytest.skip("a container needs unshare, and the right to use it")
    done = shell(*alone, "stancegraph", "ask", "SELECT * { ?s ?p ?o } LIMIT 1")
    assert (done.returncode, done.stderr) == (0, "1 row\n")


def test_next_to_nothing_is_imported_while_ctrl_c_is_still_pythons(shell: Shell) -> None:
    told = "import sys; old = {*sys.modules}; import stancegraph.cli.boundary; print(*sorted({*sys.modules} - old))"
    ours = ["__future__", "stancegraph", "stancegraph.cli", "stancegraph.cli.boundary"]
    modules = shell(sys.executable, "-I", "-c", told).stdout.split()
    assert [name for name in modules if name not in sys.builtin_module_names] == ours


@pytest.mark.parametrize(("command", "modules"), [("said", 1), ("said", 80), ("alliances", 200)])
def test_ctrl_c_is_quiet_from_the_first_import_on(command: str, modules: int) -> None:
    """The program is interrupted when it has imported so many modules after its boundary."""
    program = started(command, PYTHONPROFILEIMPORTTIME="1")
    assert program.stderr
    with program:
        for line in program.stderr:
            if line.endswith("stancegraph.cli.boundary\n"):
                break
        list(islice(program.stderr, modules))
        program.send_signal(signal.SIGINT)
        rest = [line for line in program.stderr if not line.startswith("import time:")]
    # Python that is on its way out lets the signal itself end it.
    assert program.returncode in {130, -signal.SIGINT}
    assert rest == []


def test_ctrl_c_ends_a_query_and_its_worker_quietly() -> None:
    """A terminal interrupts both."""
    program = started("ask", "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    with program:
        children = Path(f"/proc/{program.pid}/task/{program.pid}/children")
        if not children.exists():
            program.kill()
            pytest.skip("the worker of a process is found by /proc, as Linux has it")
        while not (workers := children.read_text("ascii").split()):
            assert program.poll() is None
        os.killpg(program.pid, signal.SIGINT)
        assert program.stderr
        assert program.stderr.read() == ""
    assert program.returncode == 130
    until = time.monotonic() + 120  # whoever inherits a dead process takes its time to bury it
    while any(map(runs, workers)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not [worker for worker in workers if runs(worker)]


def runs(process: str) -> bool:
    """Whether a process of this number is there, and not dead already."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def started(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The program at work, in a group of processes of its own."""
    return subprocess.Popen(
        [Path(sys.executable).parent / "stancegraph", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    "command",
    [
        ["said", "--words", "\udcff"],
        ["ask", "used-the-words", "--set", "words=\udcff"],
        ["init", "{}/new", "--title", "\udcff"],
        ["add", "actor", "X\udcff", "--kind", "politician", "--data", "{}/mine"],
        ["rename", "Ada", "\udcff", "--data", "{}/mine"],
    ],
    ids=lambda command: command[0],
)
def test_an_argument_of_bytes_that_are_no_text_is_refused_in_one_line(
    command: list[str], run: Run, tmp_path: Path
) -> None:
    assert run("init", str(tmp_path / "mine")).returncode == 0
    made = run("add", "actor", "Ada", "--kind", "politician", "--data", str(tmp_path / "mine"))
    assert made.returncode == 0
    before = (tmp_path / "mine" / "actors.ttl").read_bytes()
    done = run(*(part.replace("{}", str(tmp_path)) for part in command))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert (tmp_path / "mine" / "actors.ttl").read_bytes() == before
    assert not (tmp_path / "new").exists()


def test_a_folder_may_be_named_by_bytes_that_are_no_text(shell: Shell, tmp_path: Path) -> None:
    done = shell("bash", "-c", "stancegraph init \"$0/\"$'\\xff'", tmp_path)
    assert done.returncode == 0, done.stderr
    assert [os.fsencode(path.name) for path in tmp_path.iterdir()] == [b"\xff"]
