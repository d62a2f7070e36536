"""The house stands as it is told: imports, names, the walks through it, and what a quick command does not load."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import itertools
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import stancegraph
from conftest import ROOT, Shell
from february import FIVE

PACKAGE = ROOT / "graph" / "stancegraph"
HEAVY = set("IPython highspy matplotlib networkx numpy oxrdflib pyarrow pyvis rapidfuzz rdflib scipy".split())

ADDRESS = re.compile(r"https?://(?!host\b|localhost\b)\w")
"""A web address, but for those a message shows as an example."""


@functools.cache
def trees() -> dict[str, ast.Module]:
    """The syntax of each module by the name of its file."""
    modules = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in modules}


def constants(tree: ast.Module) -> Iterator[ast.Constant]:
    """The constants of a module but for its prose: strings that stand alone, as docstrings do."""
    prose = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in prose)


def imported_by(tree: ast.Module) -> set[str]:
    """The libraries a module imports, here or inside its functions."""
    nodes = list(ast.walk(tree))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def test_imports_go_down_only(shell: Shell) -> None:
    done = shell("lint-imports", "--no-logo", "--no-cache", cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_vocabulary_spells_an_iri() -> None:
    spelling = {
        f"{name}:{constant.lineno}"
        for name, tree in trees().items()
        for constant in constants(tree)
        if isinstance(constant.value, str) and ADDRESS.search(constant.value)
    }
    elsewhere = {place for place in spelling if not place.startswith("vocabulary.py:")}
    assert not elsewhere
    assert spelling, "the search finds nothing even where IRIs are"


def test_no_name_of_a_package_hides_a_module_of_it() -> None:
    """`stancegraph.network.backbone` is the module, whatever has been imported from it."""
    for path in PACKAGE.rglob("*.py"):
        if path.stem.startswith("__"):
            continue
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        module = importlib.import_module(".".join(parts))
        assert getattr(importlib.import_module(".".join(parts[:-1])), parts[-1]) is module


def test_one_file_knows_pyvis() -> None:
    knowing = {name for name, tree in trees().items() if "pyvis" in imported_by(tree)}
    assert knowing == {"page/drawing.py"}


def test_the_face_offers_about_a_dozen_names_with_typed_keywords() -> None:
    assert 12 <= len(stancegraph.__all__) <= 18
    assert dir(stancegraph) == sorted(stancegraph.__all__)
    for name in stancegraph.__all__:
        offered = getattr(stancegraph, name)
        if inspect.isfunction(offered):
            hints = inspect.signature(offered).parameters.values()
            assert not [each.name for each in hints if "Any" in str(each.annotation)], name


def test_the_walks_told_to_contributors_lead_through_what_is_there() -> None:
    """Each stay is a file and a function in it; no room is entered twice, but for the one that prints the answer."""
    text = " ".join((ROOT / "CONTRIBUTING.md").read_text("utf-8").split())
    walks = re.split(r" \d\. \*\*", text.partition("Three walks:")[2])[1:]
    assert len(walks) == 3
    for walk in walks:
        stays = re.findall(r"`([\w/]+\.py): (\w+)`", walk)
        assert len(stays) >= 5, walk
        for file, function in stays:
            source = (PACKAGE / file).read_text("utf-8")
            assert re.search(rf"^\s*(?:def|class) {function}\b", source, re.MULTILINE), (file, function)
        rooms = [room for room, _ in itertools.groupby(file.partition("/")[0] for file, _ in stays)]
        assert len(rooms[:-1]) == len(set(rooms[:-1])), rooms


def test_every_library_imported_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    own = (extras[name] for name in ("articles", "frames", "plot", "scale", "serve", "sheets", "spark"))
    wanted = itertools.chain(project["dependencies"], *own)
    declared = {re.split(r"[<>=]", dependency)[0].replace("-", "_") for dependency in wanted}
    called = {"ibis_framework[duckdb]": "ibis", "ibis_framework[pyspark]": "pyspark"}
    declared = {called.get(name, name) for name in declared}
    imported = set().union(*map(imported_by, trees().values()))
    libraries = imported - sys.stdlib_module_names - {"stancegraph"}
    assert libraries == declared


def test_said_loads_no_heavy_library(shell: Shell) -> None:
    loaded = _loaded(shell, "said", "khazali")
    assert "pyoxigraph" in loaded
    assert not loaded & HEAVY


def test_arrow_loads_no_pandas_for_a_command(shell: Shell, tmp_path: Path) -> None:
    loaded = _loaded(shell, "load", str(FIVE), "--into", str(tmp_path / "database"))
    assert "pyarrow.lib" in loaded
    assert not [name for name in loaded if name.startswith("pandas.")]


def test_a_table_of_arrow_is_made_without_pandas(shell: Shell) -> None:
    code = "import sys, stancegraph as sg; sg.stances(sg.open()).to_arrow(); print('pandas' in sys.modules)"
    assert shell("python", "-c", code).stdout == "False\n"


def _loaded(shell: Shell, *command: str) -> set[str]:
    """The modules that a command imports."""
    done = shell("python", "-X", "importtime", "-m", "stancegraph", *command)
    assert done.returncode == 0, done.stderr
    return set(re.findall(r"^import time:.*\| +([\w.]+)$", done.stderr, flags=re.MULTILINE))
