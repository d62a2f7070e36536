"""The house stands as architecture says: imports, IRIs, sizes, and what a quick command does not load."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator

from conftest import ROOT, Shell

PACKAGE = ROOT / "graph" / "stancegraph"
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = set(
    "IPython highspy matplotlib networkx numpy oxrdflib pyarrow pyshacl pyvis rapidfuzz rdflib scipy".split()
)

TREES = {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in MODULES}

ADDRESS = re.compile(r"https?://(?!host\b|localhost\b)\w")
"""A web address, but for those a message shows as an example."""


def constants(tree: ast.Module) -> Iterator[ast.Constant]:
    """The constants of a module but for its prose: strings that stand alone, as docstrings do."""
    prose = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in prose)


def test_imports_go_down_only(shell: Shell) -> None:
    done = shell("lint-imports", "--no-logo", "--no-cache", cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_vocabulary_spells_an_iri() -> None:
    spelling = {
        f"{name}:{constant.lineno}"
        for name, tree in TREES.items()
        for constant in constants(tree)
        if isinstance(constant.value, str) and ADDRESS.search(constant.value)
    }
    elsewhere = {place for place in spelling if not place.startswith("vocabulary.py:")}
    assert not elsewhere
    assert spelling, "the search finds nothing even where IRIs are"


def test_no_module_passes_300_lines() -> None:
    lines = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text("utf-8").splitlines()) for path in MODULES
    }
    assert not {name: count for name, count in lines.items() if count > 300}


def test_no_function_passes_40_lines() -> None:
    lines = {
        f"{name}: {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert not {name: count for name, count in lines.items() if count > 40}


def test_every_library_imported_is_a_declared_dependency() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    nodes = [node for tree in TREES.values() for node in ast.walk(tree)]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    libraries = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names - {"stancegraph"}
    assert libraries == {re.split(r"[<>=]", dependency)[0] for dependency in declared}


def test_said_loads_no_heavy_library(shell: Shell) -> None:
    done = shell("python", "-X", "importtime", "-m", "stancegraph", "said", "khazali")
    assert done.returncode == 0, done.stderr
    loaded = set(re.findall(r"^import time:.*\| +(\w+)$", done.stderr, flags=re.MULTILINE))
    assert "pyoxigraph" in loaded
    heavy = loaded & HEAVY
    assert not heavy
