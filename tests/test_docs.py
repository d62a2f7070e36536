"""What is written about the program is true: commands are run, references are current."""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
import sys

import pytest

from conftest import LISTED, ROOT, Run, Shell

GRAPH = ROOT / "graph"
EXAMPLES = sorted(
    ".".join(path.relative_to(GRAPH).with_suffix("").parts).removesuffix(".__init__")
    for path in (GRAPH / "stancegraph").rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = [
    (command, output)
    for block in re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
    for command, output in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block, flags=re.MULTILINE)
]


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command[:50] for command, _ in SHOWN])
def test_the_readme_shows_what_its_commands_print(run: Run, command: str, output: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "stancegraph"
    done = run(*arguments)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    printed = done.stdout + "".join(f"{line}\n" for line in errors)
    assert printed.replace("\u2068", "").replace("\u2069", "") == output


def test_the_readme_shows_several_commands() -> None:
    assert len(SHOWN) >= 5


def test_the_readmes_python_gives_what_it_says() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    test = doctest.DocTestParser().get_doctest(block, {}, "README.md", "README.md", 0)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


# Named by their text: pytest's own search for examples imports every module in every process of a run.
@pytest.mark.parametrize("module", EXAMPLES)
def test_the_examples_of_a_module_give_what_they_show(module: str) -> None:
    ended = doctest.testmod(importlib.import_module(module))
    assert ended.attempted
    assert ended.failed == 0


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    assert len(README.splitlines()) < 150
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_references_are_what_the_program_says_of_itself(shell: Shell) -> None:
    done = shell(sys.executable, ROOT / "scripts" / "docs", "--check", cwd=ROOT)
    assert done.returncode == 0, done.stderr


# A process of its own: here another test may have imported the commands in another order.
def test_every_command_is_in_the_reference_in_the_order_of_the_help(shell: Shell) -> None:
    reference = (GRAPH / "COMMANDS.md").read_text(encoding="utf-8")
    commands = re.findall(r"^## `stancegraph ([\w-]+)", reference, flags=re.MULTILINE)
    help_ = shell("stancegraph", "--help", env={"COLUMNS": "200"}).stdout
    listed = re.search(r"Commands(.*)", help_, flags=re.DOTALL)
    assert listed is not None
    shown = re.findall(r"^[│ ]{1,3}([a-z-]+)  ", listed[1], flags=re.MULTILINE)
    assert shown == list(dict.fromkeys(commands))


def test_the_project_names_no_machine_and_no_registry(shell: Shell) -> None:
    tracked = shell(*LISTED, cwd=ROOT)
    if tracked.returncode:
        pytest.fail("git cannot list the project's files: " + tracked.stderr)
    hosts = [
        "python" + "hosted",
        "registry.npm" + "js",
        "deb.deb" + "ian",
        "pypi" + ".org",
        f"/{'wo' + 'rk'}/",
    ]
    for name in filter(None, tracked.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".png"} or "vendor" in path.parts or not path.is_file() or path.is_symlink():
            continue
        text = path.read_text(encoding="utf-8")
        assert not [host for host in hosts if host in text], name
