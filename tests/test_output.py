"""What `-o` writes over: what it names, and nothing that was read, is a database, or was named by nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import stancegraph as sg
from conftest import Run, Shell
from stancegraph.errors import UsageError

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
QUERY = "SELECT ?s { ?s a stance:Statement }"
TIES = "a,b,weight\nnorth,south,1\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, in which the program runs, with a graph in a folder, a list of ties, a query and sources."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "five.ttl").write_bytes(FIVE.read_bytes())
    (tmp_path / "ties.csv").write_text(TIES, "utf-8")
    (tmp_path / "query.rq").write_text(QUERY, "utf-8")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "one.txt").write_text("once said", "utf-8")
    return tmp_path


def under_another_name(data: Path) -> list[str]:
    """Names of the one file of the graph: another spelling, two links, a link to its folder."""
    file = data / "graph" / "five.ttl"
    (data / "soft.ttl").symlink_to(file)
    (data / "hard.ttl").hardlink_to(file)
    (data / "door").symlink_to(file.parent)
    return ["graph/five.ttl", "graph/../graph/./five.ttl", str(file), "soft.ttl", "hard.ttl", "door/five.ttl"]


@pytest.mark.parametrize("command", ["said Alpha", "export", "check"])
@pytest.mark.parametrize("place", ["graph", "graph/five.ttl"])
def test_the_graph_that_is_read_is_not_written_over(run: Run, data: Path, command: str, place: str) -> None:
    for name in under_another_name(data):
        done = run(*command.split(), "--data", place, "-o", name)
        assert done.returncode == 2, name
        assert "is read here" in done.stderr
    assert (data / "graph" / "five.ttl").read_bytes() == FIVE.read_bytes()
    assert run("said", "--data", place, "-o", "graph/answer.txt").returncode == 0
    assert run("said", "--data", place, "-o", "graph/answer.txt").returncode == 0


def test_no_file_of_a_graph_one_edits_is_written_over_whatever_is_read(run: Run, data: Path) -> None:
    """Not even where another graph is read; only what looks like an answer is written anew."""
    assert run("init", "mine").returncode == 0
    for name in ("notes", "texts/source.txt"):
        (data / "mine" / name).write_text("of my own", encoding="utf-8")
    before = {file: file.read_bytes() for file in (data / "mine").rglob("*") if file.is_file()}
    assert len(before) > 5
    for file in before:
        done = run("said", "--data", "graph", "-o", str(file))
        assert done.returncode == 2, file
        assert done.stderr.count("\n") == 1
    assert run("said", "--data", "graph", "-o", "mine/.stancegraph/new.csv").returncode == 2
    assert {file: file.read_bytes() for file in (data / "mine").rglob("*") if file.is_file()} == before
    for _ in range(2):
        assert run("said", "--data", "graph", "-o", "mine/answer.csv").returncode == 0


def test_pictures_and_pages_are_not_written_over_what_is_read(run: Run, data: Path) -> None:
    (data / "graph.svg").symlink_to("graph/five.ttl")
    for command in ("plot", "page"):
        done = run(command, "--data", "graph", "-o", "graph.svg")
        assert (done.returncode, "is read here" in done.stderr) == (2, True)
        graph = sg.open("graph")
        with pytest.raises(UsageError, match="is read here"):
            getattr(sg, command).write(graph, "graph.svg")
    assert (data / "graph" / "five.ttl").read_bytes() == FIVE.read_bytes()


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("rank --edges ties.csv", "ties.csv"),
        ("alliances --edges ties.csv --format json", "ties.csv"),
        ("ask query.rq", "query.rq"),
        ("check --sources sources", "sources/one.txt"),
    ],
)
def test_what_is_read_beside_the_graph_is_not_written_over(
    run: Run, data: Path, command: str, file: str
) -> None:
    before = (data / file).read_bytes()
    done = run(*command.split(), "--data", str(FIVE), "-o", file)
    assert (done.returncode, "is read here" in done.stderr) == (2, True)
    assert (data / file).read_bytes() == before


@pytest.mark.parametrize("name", ["CURRENT", "new.csv", "deep/new.csv"])
def test_nothing_is_written_into_a_database(run: Run, data: Path, name: str) -> None:
    """Neither into the one that is read nor into another."""
    assert run("load", str(FIVE), "--into", "base").returncode == 0
    (data / "door").symlink_to("base")
    before = sorted(Path("base").iterdir())
    for place in ("base", "graph"):
        for folder in ("base", "door"):
            done = run("actors", "--data", place, "-o", f"{folder}/{name}")
            assert (done.returncode, "inside the database" in done.stderr) == (2, True)
    assert sorted(Path("base").iterdir()) == before
    assert run("actors", "--data", "base").returncode == 0


def test_a_list_of_nodes_that_nobody_named_is_not_written_over(run: Run, data: Path) -> None:
    export = ("export", "--data", "graph", "-o", "x.csv")
    (data / "x.csv").write_text("old", "utf-8")
    (data / "x-nodes.csv").write_text("mine", "utf-8")
    done = run(*export)
    assert (done.returncode, "--nodes" in done.stderr) == (2, True)
    assert ((data / "x.csv").read_text("utf-8"), (data / "x-nodes.csv").read_text("utf-8")) == ("old", "mine")
    assert run(*export, "--nodes", "other.csv").returncode == 0
    assert (data / "x-nodes.csv").read_text("utf-8") == "mine"
    assert run(*export, "--nodes", "x-nodes.csv").returncode == 0
    nodes = (data / "x-nodes.csv").read_bytes()
    assert nodes == (data / "other.csv").read_bytes() != b"mine"
    assert run(*export).returncode == 0, "the same nodes are no loss"
    assert run(*export, "--actor", "Alpha").returncode == 2
    assert (data / "x-nodes.csv").read_bytes() == nodes


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("-o x.csv --nodes x.csv", "the edges are written there"),
        ("-o x.csv --nodes graph/five.ttl", "is read here"),
        ("-o x.graphml --nodes y.csv", "--nodes is of .csv"),
        ("-o x.csv --nodes no/y.csv", "cannot write no/y.csv"),
    ],
)
def test_nodes_go_to_a_file_of_their_own(run: Run, data: Path, options: str, words: str) -> None:
    done = run("export", "--data", "graph", *options.split())
    assert done.returncode in {2, 3}
    assert words in done.stderr
    assert not (data / "x.csv").exists()
    assert (data / "graph" / "five.ttl").read_bytes() == FIVE.read_bytes()


def test_a_file_that_is_read_only_stays(run: Run, data: Path) -> None:
    file = data / "kept.txt"
    file.write_text("kept", "utf-8")
    file.chmod(0o444)
    done = run("actors", "--data", "graph", "-o", "kept.txt")
    assert (done.returncode, "read-only" in done.stderr) == (3, True)
    assert (file.read_text("utf-8"), file.stat().st_mode & 0o777) == ("kept", 0o444)


def circle(folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (circle, "a"),
        (lambda _: None, "graph"),
        (lambda _: None, "x" * 300),
        (lambda _: None, ".."),
        (lambda folder: (folder / "file").touch(), "file/x"),
    ],
)
def test_what_is_no_file_is_told_in_one_line(
    run: Run, data: Path, make: Callable[[Path], None], name: str
) -> None:
    make(data)
    before = sorted(data.rglob("*"))
    done = run("actors", "--data", str(FIVE), "-o", name)
    assert (done.returncode, done.stderr.count("\n"), "cannot write" in done.stderr) == (3, 1, True)
    assert sorted(data.rglob("*")) == before


def test_a_name_as_long_as_names_may_be_is_written(run: Run, data: Path) -> None:
    name = "x" * 255
    assert run("actors", "--data", "graph", "-o", name).returncode == 0
    assert (data / name).stat().st_size > 0


def test_streams_and_devices_are_written_to_and_stay(shell: Shell, data: Path) -> None:
    (data / "log").write_text("before\n", "utf-8")
    call = (
        "stancegraph actors --data graph >right.txt 2>&- && "
        "stancegraph actors --data graph -o /dev/stdout >>log 2>&- && "
        "stancegraph actors --data graph -o /dev/fd/7 7>>log 2>&- && "
        "stancegraph actors --data graph -o /dev/null 2>&- && test -c /dev/null && "
        "mkfifo pipe && (cat pipe >piped.txt & stancegraph actors --data graph -o pipe 2>&-; wait) && test -p pipe"
    )
    done = shell("bash", "-c", call, cwd=data)
    assert done.returncode == 0, done.stderr
    right = (data / "right.txt").read_text("utf-8")
    assert (data / "log").read_text("utf-8") == f"before\n{right}{right}"
    assert (data / "piped.txt").read_text("utf-8") == right
