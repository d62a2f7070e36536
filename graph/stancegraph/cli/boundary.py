"""Where the program begins and ends: whatever happens inside is an answer, or one line on stderr and an exit code.

    0 done    1 check found faults    2 wrong usage    3 could not run    130 interrupted with Ctrl-C

Nothing heavy is imported before the boundary stands. Up to `main` Ctrl-C is Python's own, with its traceback: what is
imported until then is next to nothing.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Sequence
    from types import FrameType

    import typer
else:
    import _signal as signal  # the names that `signal` has for numbers take longer than all else until `main`

WRONG_USAGE = 2
FAILED = 3
INTERRUPTED = 130
"""128 and the number of SIGINT, as shells count."""
TRACEBACK = "STANCEGRAPH_TRACEBACK"
"""Variable of the environment: where it is set, an error that was not foreseen shows where it arose."""
BUG = "this is a bug of stancegraph"
NARROWEST, WIDEST = 20, 10_000
"""Columns of a terminal that is believed in."""
NEW = 100_000
"""Objects made before those no longer wanted are looked for; at Python's 700 a command searches a tenth of its time."""
LEAST = 480 << 20
"""Bytes of address space, of which most is only reserved, that the libraries want."""


class Interruption:
    """What Ctrl-C does: the first raises KeyboardInterrupt, for all to tidy up; the second ends the process."""

    def __init__(self) -> None:
        self.happened = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.happened:
            os._exit(INTERRUPTED)
        self.happened = True
        raise KeyboardInterrupt

    def stand_in(self, unraisable: sys.UnraisableHookArgs) -> None:
        """For `sys.unraisablehook`: a KeyboardInterrupt that nobody above could see ends the process."""
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            os._exit(INTERRUPTED)
        if os.environ.get(TRACEBACK):
            sys.__unraisablehook__(unraisable)


class _WithoutPandas:
    """Says that it is not installed: Arrow would import it to ask whether a list is a series; only Spark has any."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas" and "pyspark" not in sys.modules:
            raise ModuleNotFoundError("no command needs pandas", name=name)


def main() -> None:
    """Run the program, as the command `stancegraph` and `python -m stancegraph` do; never returns."""
    # A parent that has Ctrl-C ignored, as of a job in the background, is obeyed.
    heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeded:
        signal.signal(signal.SIGINT, _leave)
    gc.set_threshold(NEW)
    sys.meta_path.insert(0, _WithoutPandas())
    _keep_help()
    _mend_environment()
    _open_streams()
    interruption = Interruption() if heeded else None
    code = run(sys.argv[1:], interruption)
    if heeded:
        signal.signal(signal.SIGINT, _leave)
    gc.freeze()  # else all there is would be searched once more, to no end
    sys.exit(code)


def run(arguments: Sequence[str], interruption: Interruption | None = None) -> int:
    """The exit code of a call of the program with these arguments; what went wrong is told on stderr."""
    try:
        _refuse_too_little_memory()
        app = program()
        if interruption:
            sys.unraisablehook = interruption.stand_in
            signal.signal(signal.SIGINT, interruption)
        code = app(args=list(arguments), prog_name="stancegraph")
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001  a panic of the engine is no Exception
        code = _told(error, interrupted=interruption is not None and interruption.happened)
    return INTERRUPTED if interruption and interruption.happened else int(code)


def program() -> typer.Typer:
    """All commands, in the order of the help: look up, count, hand on."""
    # isort: off
    from stancegraph.cli import lookups, networks, exchange, coding, curating  # noqa: F401

    # isort: on
    from stancegraph.cli.commands import app

    return app


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Ctrl-C before there is anything to tidy up, or after."""
    os._exit(INTERRUPTED)


def _told(error: BaseException, *, interrupted: bool) -> int:
    """The exit code of what went wrong, which is told in one line."""
    try:
        from stancegraph import output
        from stancegraph.errors import StanceError

        code, message = (INTERRUPTED, "") if interrupted else _judged(error)
        if os.environ.get(TRACEBACK) and code == FAILED and not isinstance(error, StanceError):
            import traceback

            traceback.print_exception(error)
        if message:
            output.note(message, error=True)
        output.silence_where_broken(sys.stdout)
    except BaseException:  # noqa: BLE001  not even this could be told: there is no memory left, or no installation
        os.write(2, f"error: {type(error).__name__}, and nothing more can be told\n".encode())
        return FAILED
    return code


def _judged(error: BaseException) -> tuple[int, str]:
    """The exit code and the line of an error; an empty line where nothing is to be said."""
    from stancegraph.errors import StanceError

    if isinstance(error, StanceError):
        return error.exit_code, str(error)
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, ""
    if isinstance(error, BrokenPipeError):  # who read has read enough
        return 0, ""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0, ""
    if isinstance(error, UnicodeEncodeError):  # an argument of bytes that are none
        return WRONG_USAGE, f"'{error.object[:60]}' holds bytes that are no UTF-8: write it in that encoding"
    if isinstance(error, MemoryError):
        return FAILED, "out of memory: ask for less at a time, or give the program more"
    if isinstance(error, RecursionError):
        return (
            FAILED,
            f"something nests too deeply to be followed ({_place(error)}): mend the data, or the query",
        )
    if isinstance(error, ImportError):
        return (
            FAILED,
            f"a library cannot be loaded: {_cause(error)}: install the program again, or give it more memory",
        )
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return FAILED, f"{where}{error.strerror or error} ({_place(error)})"
    what = f"{type(error).__name__}: {str(error)[:300]}" if str(error) else type(error).__name__
    return FAILED, f"{BUG}: {what} ({_place(error)}); report it with what {TRACEBACK}=1 shows"


def _place(error: BaseException) -> str:
    """The file and the line of ours that an error came through last."""
    import traceback
    from pathlib import Path

    frames = traceback.extract_tb(error.__traceback__)
    package = Path(__file__).parents[1]
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(package)]
    if not ours:
        return "outside the program"
    return f"{Path(ours[-1].filename).relative_to(package).as_posix()}, line {ours[-1].lineno}"


def _cause(error: BaseException) -> str:
    """What an error began with, the first line of it."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).strip().partition("\n")[0]


def _keep_help() -> None:
    """Begin again where Python was told to drop docstrings, of which the help is made."""
    if sys.flags.optimize > 1 and os.environ.get("PYTHONOPTIMIZE"):
        os.environ["PYTHONOPTIMIZE"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  this very program


def _refuse_too_little_memory() -> None:
    """Raise StanceError under a limit below which libraries hang or end the process, where nothing could be told."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST:
        from stancegraph.errors import StanceError

        raise StanceError(
            f"a process may take {limit >> 20} MiB of memory here, and {LEAST >> 20} are needed: raise ulimit -v"
        )


def _mend_environment() -> None:
    """Take away what libraries would stumble over, and ask for no more of the machine than is used."""
    for name in ("COLUMNS", "TERMINAL_WIDTH"):
        value = os.environ.get(name, "")
        if not (value.isascii() and value.isdigit() and len(value) < 9 and NARROWEST <= int(value) <= WIDEST):
            os.environ.pop(name, None)
    os.environ["MPLBACKEND"] = "agg"  # pictures are files
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small, and a thread takes memory


def _open_streams() -> None:
    """Streams that write UTF-8; one that is closed leads nowhere, lest a file that is opened take its place."""
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest number that is free; what is written to 1 is an error
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
        getattr(sys, name).reconfigure(encoding="utf-8", errors="replace")
