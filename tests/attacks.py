"""Attacks on the program by kind: one mutation, and what the commands did that were given it to read.

Each takes its chance and an empty folder, in which it leaves what it made; `fault` of `held` judges what it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

import mutating
from coding import Coding, with_statements
from held import Ended, call

TEXT: Final = "Ada wants the bridge. “It must stay open,” she said.\n".encode()
Attack = Callable[[Random, Path], Iterator[Ended]]


def graph(chance: Random, folder: Path) -> Iterator[Ended]:
    """Ten commands on a graph."""
    suffix, content = mutating.graph(chance)
    file = folder / f"graph.{suffix}"
    file.write_bytes(content)
    for command in mutating.commands(chance, str(file), str(folder / "out")):
        yield call(*command)


def coding(chance: Random, folder: Path) -> Iterator[Ended]:
    """The import of a coding, and commands on what it made."""
    made, out = with_statements(Coding(folder / "peace.dna")), str(folder / "made")
    mutating.coding(chance, made.file)
    options = chance.choice(((), ("--texts",), ("--actor", "person"), ("--level", "rating")))
    done = call("import", "dna", str(made.file), "-o", out, *options)
    yield done
    if done.returncode == 0:
        for command in (("said", "--format", "csv"), ("network",), ("check",)):
            yield call(*command, "--data", out)


def edges(chance: Random, folder: Path) -> Iterator[Ended]:
    """Measures of a CSV of ties."""
    file = folder / "ties.csv"
    file.write_bytes(mutating.edges(chance))
    for command in mutating.EDGE_COMMANDS:
        yield call(*command.split(), "--edges", str(file))


IMPORTS: Final = {
    "mapping.toml": "import csv ROWS -o OUT --mapping FILE",
    "verbs.toml": "code TEXT --propose --verbs FILE",
    "page.html": "code FILE --propose --format csv",
    "units.json": "agreement FILE FILE",
    "drafts.jsonl": "import proposals FILE -o GRAPH",
}
"""File that is read otherwise than by `import FILE -o OUT` → how."""


def imported(chance: Random, folder: Path) -> Iterator[Ended]:
    """The import of a file of another program, and commands on what it made."""
    name, content = mutating.imported(chance)
    (folder / name).write_bytes(content)
    places = {"FILE": folder / name, "OUT": folder / "made"}
    for word, other, made in (
        ("ROWS", "rows.csv", mutating.files()["rows.csv"]),
        ("TEXT", "notes.txt", TEXT),
    ):
        places[word] = folder / other
        if other != name:
            places[word].write_bytes(made)
    command = IMPORTS.get(name, "import FILE -o OUT").split()
    if "GRAPH" in command:
        places["GRAPH"] = folder / "graph"
        call("init", str(folder / "graph"))
    done = call(*(str(places.get(word, word)) for word in command))
    yield done
    if done.returncode == 0 and "OUT" in command:
        for more in (("said", "--format", "csv"), ("check",)):
            yield call(*more, "--data", str(folder / "made"))


def query(chance: Random, folder: Path) -> Iterator[Ended]:
    """A query of the fixture's graph, typed and from a file."""
    asked = mutating.query(chance)
    file = folder / "query.rq"
    file.write_bytes(asked.encode("utf-8", "surrogatepass"))
    form = chance.choice(("table", "csv", "json", "md"))
    named = str(file) if chance.random() < 0.2 else asked
    yield call("ask", named, "--format", form, "--timeout", "1", "--data", str(mutating.FIVE))


def endpoint(address: str) -> Attack:
    """Commands on an endpoint that `mutating.serve` has at this address."""

    def attack(chance: Random, folder: Path) -> Iterator[Ended]:
        data = f"{address}/{chance.randrange(2**32)}"
        for command in mutating.commands(chance, data, str(folder / "out"), 3):
            if command[0] not in {"load", "check"}:
                yield call(*command)

    return attack


FILES: Final[dict[str, Attack]] = {
    "graphs": graph,
    "codings": coding,
    "edges": edges,
    "imports": imported,
    "queries": query,
}
"""Kind → its attack, but for `endpoints`, which need a server."""
