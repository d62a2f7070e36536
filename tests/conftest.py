"""What every test shares: the command, in this process or a real one, and the shipped graph's documents."""

from __future__ import annotations

import compileall
import ctypes
import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

# Read once, by the first import of numpy: where processes outnumber cores, its threads wait for each other, spinning.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import asking
import held
from coding import Coding, with_statements
from february import FIVE, Graph, opened
from held import Ended
from serving import Service, serving
from stancegraph import store
from stancegraph.store import Store

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCES: Final = ROOT.parent / "shared" / "sources"
DNA_SAMPLE: Final = ROOT.parent / "shared" / "dna"
LISTED: Final = "git -c safe.directory=* ls-files -z --cached --others --exclude-standard".split()
"""Prints the files that a commit of the checkout as it stands would hold, whoever the folder belongs to."""

# What a developer's shell or CI may set, and what would change an answer or its look.
for variable in ("STANCEGRAPH_DATA", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "NO_COLOR"):
    os.environ.pop(variable, None)
# Pages that are kept are those of this run, and not the developer's.
if "PYTEST_XDIST_WORKER" not in os.environ:
    kept = tempfile.TemporaryDirectory()
    os.environ["XDG_CACHE_HOME"] = kept.name
    # A command that may write no long file would leave the bytecode of a module cut short, which Python then reads.
    compileall.compile_dir(ROOT / "graph" / "stancegraph", quiet=2)
# Where it is set, each of the commands that are run would compile anew all it imports, and take twice as long.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A run tries the same cases each time, however slow the machine: `--hypothesis-profile` of pytest names another.
settings.register_profile("suite", derandomize=True, deadline=None, max_examples=100, database=None)
settings.load_profile("suite")
# Left as it is, it draws from the constants of whatever modules the process happens to have imported.
providers._get_local_constants = lambda: providers._local_constants

# Five thousand tests live to the end: searched for what is no longer wanted, they take a tenth of the run.
gc.set_threshold(100_000)


def pytest_make_parametrize_id(val: object, argname: str) -> None:
    """Refuses to name a test by packed bytes: they hold the hour they were packed, each process another."""
    if isinstance(val, bytes) and len(val) > 10 and val.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise ValueError(f"{argname} is {val[:4]!r}…: name it with `ids` or `pytest.param(..., id=...)`")


def pytest_collection_finish() -> None:
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Gives back what the tests of a file have freed: each worker is forked, with the tables of all that is held."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim and nextitem and nextitem.path != item.path:
        trim(0)


class Run(Protocol):
    """Type of the fixture `run`."""

    def __call__(
        self, *args: str, stdin: str | None = None, env: Mapping[str, str] | None = None
    ) -> Ended: ...


class Shell(Protocol):
    """Type of the fixture `shell`."""

    def __call__(
        self,
        *args: str | Path,
        cwd: Path | None = None,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Ended: ...


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    """Opens a graph of these statements."""
    return partial(opened, tmp_path)


@pytest.fixture(scope="session")
def five() -> Store:
    """The graph of the fixture `five.ttl`."""
    return store.open(FIVE)


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs the command in this process, as fast as a function call: `run("said", "khazali").stdout`.

    What would be a bug, an error that was not foreseen, is raised; not where the environment says otherwise.
    """

    def call(*args: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Ended:
        ended = held.call(*args, stdin=stdin, env=env)
        if "Traceback" in ended.stderr:
            raise AssertionError(ended.stderr)
        return ended

    return call


@pytest.fixture(scope="session")
def shell() -> Shell:
    """Runs a real process, the environment's own commands first: `shell("stancegraph", "said", cwd=home)`."""

    def call(
        *args: str | Path,
        cwd: Path | None = None,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Ended:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            args,
            cwd=cwd,
            input=stdin or "",
            env={**os.environ, "PATH": path, **(env or {})},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return call


@pytest.fixture(scope="session")
def shipped() -> Store:
    """The shipped graph."""
    return store.open()


@pytest.fixture(autouse=True, scope="session")
def patience() -> Iterator[None]:
    """Searches for other optimal splits end by themselves: on a busy machine a few seconds are no time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stancegraph.balance.frustration.AT_LEAST", 600.0)
        yield


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """The shipped graph, served; an answer may take as long as it does where the machine is busy."""
    with serving("--timeout", "120") as running:
        yield running


@pytest.fixture(scope="session")
def hurried() -> Iterator[Service]:
    """The shipped graph, served; an answer that takes two seconds is stopped, as one without end has to be."""
    with serving("--timeout", "2") as running:
        yield running


@pytest.fixture(scope="session")
def ask(shipped: Store) -> asking.Ask:
    """Questions asked of the shipped graph, or of another with `where=`."""
    return asking.of(shipped)


@pytest.fixture(scope="session")
def sources() -> Path:
    """Folder of the documents the shipped graph is coded from; the test is skipped where they are not at hand."""
    if not SOURCES.is_dir():
        pytest.skip(f"the documents of the shipped graph are not in {os.path.relpath(SOURCES, ROOT)}")
    return SOURCES


@pytest.fixture(scope="session")
def dna_sample() -> Path:
    """Folder of a coding in DNA's format and the networks DNA prints of it; skipped where it is not at hand."""
    if not DNA_SAMPLE.is_dir():
        pytest.skip(f"the networks DNA prints are not in {os.path.relpath(DNA_SAMPLE, ROOT)}")
    return DNA_SAMPLE


@pytest.fixture
def coding(tmp_path: Path) -> Coding:
    """A coding of the Discourse Network Analyzer without statements."""
    return Coding(tmp_path / "peace.dna")


@pytest.fixture
def small_coding(coding: Coding) -> Coding:
    """Three statements: Alpha for peace and for law, Beta against peace."""
    return with_statements(coding)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where a folder is to be made."""
    return tmp_path / "graph"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Marks the report of each test that reads the documents: it may come from another process."""
    report = yield
    if "sources" in getattr(item, "fixturenames", ()):
        report.user_properties.append(("reads", "sources"))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says whether the quotations of the shipped graph were compared with their documents in this run."""
    where = os.path.relpath(SOURCES, ROOT)
    reading = {
        outcome
        for outcome in ("passed", "failed", "error", "skipped")
        for report in terminalreporter.getreports(outcome)
        if isinstance(report, pytest.TestReport) and ("reads", "sources") in report.user_properties
    }
    if reading == {"passed"}:
        documents = len(list(SOURCES.glob("*.txt")))
        terminalreporter.line(f"shipped spans verified against {documents} documents in {where}", green=True)
        return
    if "skipped" in reading:
        outcome = f"{where} is not here"
    else:
        outcome = f"a test that reads {where} failed" if reading else "this run had no test that reads them"
    terminalreporter.line(f"shipped spans NOT verified: {outcome}", yellow=True, bold=True)
