"""What is shipped: the wheel answers like the checkout and carries all it needs, nothing that git ignores."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Final

import pytest

from conftest import LISTED, ROOT, Run, Shell

PLACES: Final = {"graph/stancegraph/": "stancegraph/", "ontology/": "stancegraph/ontology/"}
"""Where the checkout's folders stand in the wheel."""
IGNORED: Final = (
    "ontology/data/.DS_Store",
    "ontology/data/actors.ttl~",
    "graph/stancegraph/__pycache__/cli.pyc",
)


def succeed(shell: Shell, *command: str | Path, cwd: Path | None = None) -> str:
    done = shell(*command, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def contents(wheel: Path) -> dict[str, bytes]:
    """Name → bytes of everything in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def shipped(shell: Shell) -> list[str]:
    """Files that a commit of the checkout as it stands would hold."""
    listed = succeed(shell, *LISTED, cwd=ROOT)
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def built(shell: Shell, shipped: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the sdist and the wheel of a copy of the checkout, in which things lie that git ignores."""
    copy = tmp_path_factory.mktemp("a copy")
    for name in shipped:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    for name in IGNORED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("left behind", "utf-8")
    succeed(shell, "hatchling", "build", "-t", "sdist", "-t", "wheel", cwd=copy)
    return copy / "dist"


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


def test_the_wheel_holds_the_package_and_the_ontology_and_nothing_else(
    wheel: Path, shipped: list[str]
) -> None:
    expected = {
        place + name.removeprefix(folder)
        for name in shipped
        for folder, place in PLACES.items()
        if name.startswith(folder)
    }
    held = {name for name in contents(wheel) if ".dist-info/" not in name}
    assert held == expected
    for kind in ("data/actors.ttl", "data/statements/", "queries/", "rules/", "shapes.ttl"):
        assert any(name.startswith(f"stancegraph/ontology/{kind}") for name in held), kind


def test_the_wheel_carries_every_licence(wheel: Path, shipped: list[str]) -> None:
    licences = {name for name in shipped if Path(name).name.startswith("LICENSE")}
    assert {"LICENSE", "ontology/LICENSE"} < licences
    assert {name.partition("/licenses/")[2] for name in contents(wheel) if "/licenses/" in name} == licences


def test_the_sdist_builds_the_same_wheel(shell: Shell, built: Path, wheel: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(next(built.glob("*.tar.gz")), tmp_path, filter="data")
    succeed(shell, "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=next(tmp_path.iterdir()))
    assert contents(next(tmp_path.glob("*.whl"))) == contents(wheel)


def test_the_installed_wheel_answers_like_the_checkout(
    shell: Shell, run: Run, wheel: Path, tmp_path: Path
) -> None:
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    succeed(
        shell,
        "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        installed,
        wheel,
    )
    question = ("said", "khazali", "--format", "json")
    env = {"PYTHONPATH": str(installed)}
    assert str(installed) in shell("python", "-c", "import stancegraph; print(stancegraph)", env=env).stdout
    answer = shell(installed / "bin" / "stancegraph", *question, cwd=empty, env=env)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == run(*question).stdout
    assert '"statement"' in answer.stdout
