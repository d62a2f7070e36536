"""The notebooks show what a run of them shows."""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import nbformat
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT: Final = Path(__file__).resolve().parent.parent
NOTEBOOKS: Final = sorted((ROOT / "notebooks").glob("*.ipynb"))
PATHS: Final = re.compile(
    r"(?<![\w.:/])/(home|Users|root|tmp|work|var|usr|opt|private|mnt)/|[A-Z]:\\|site-packages"
)
"""What only a path of somebody's machine looks like."""
FORMAT: Final[Any] = nbformat  # its functions bear no types
EACH: Final = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@cache
def script() -> ModuleType:
    """`scripts/notebooks`, which has no ending to be imported by."""
    loader = SourceFileLoader("scripts_notebooks", str(ROOT / "scripts" / "notebooks"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


def read(path: Path) -> Any:
    return FORMAT.read(path, as_version=4)


def outputs(path: Path) -> Iterator[tuple[str, Any]]:
    """The outputs of a notebook, each with the name of its cell."""
    for cell in read(path).cells:
        for output in cell.get("outputs", ()):
            yield cell.id, output


def one_cell(source: str, *shown: Any) -> Any:
    cell = FORMAT.v4.new_code_cell(source, id="cell-01", execution_count=1, outputs=list(shown))
    return FORMAT.v4.new_notebook(cells=[cell], metadata=script().METADATA)


def printed(text: str) -> Any:
    return FORMAT.v4.new_output("stream", name="stdout", text=text)


def drawn(values: list[list[float]]) -> Any:
    from base64 import b64encode
    from io import BytesIO

    from matplotlib.image import imsave

    file = BytesIO()
    imsave(file, values, vmin=0, vmax=1)
    data = {"image/png": b64encode(file.getvalue()).decode(), "text/plain": "a picture"}
    return FORMAT.v4.new_output("display_data", data=data)


def test_there_are_three_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["alliances", "questions", "your-own-network"]


@EACH
def test_a_notebook_shows_what_a_run_of_it_gives(path: Path) -> None:
    found = script().differences(read(path), script().executed(path))
    assert not found, "run scripts/notebooks and commit what it writes\n" + "\n".join(found)


@EACH
def test_a_notebook_is_written_as_the_script_writes_it(path: Path) -> None:
    assert script().told(script().tidy(read(path))) == path.read_text(encoding="utf-8")


@EACH
def test_a_notebook_opens_in_any_jupyter(path: Path) -> None:
    notebook = read(path)
    FORMAT.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"


@EACH
def test_each_cell_was_run_once_and_in_order(path: Path) -> None:
    cells = read(path).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [cell.id for cell in cells] == [f"cell-{number:02}" for number in range(1, len(cells) + 1)]


@EACH
def test_a_notebook_has_a_picture(path: Path) -> None:
    assert any("image/png" in output.get("data", {}) for _, output in outputs(path))


@EACH
def test_nothing_in_a_notebook_failed_or_warned(path: Path) -> None:
    for cell, output in outputs(path):
        assert output.output_type != "error", f"{cell}: {output.get('ename')}: {output.get('evalue')}"
        assert output.get("name") != "stderr", f"{cell}: {output.get('text')}"
        said = "\n".join(text for kind, text in script().content(output).items() if kind != "image/png")
        assert not re.search(r"Traceback|\w*Warning:", said), f"{cell}: {said}"


@EACH
def test_no_cell_holds_a_path_of_a_machine(path: Path) -> None:
    for cell in read(path).cells:
        assert not (found := PATHS.search(cell.source)), f"{cell.id}: {found}"
    for name, output in outputs(path):
        for kind, text in script().content(output).items():
            assert kind == "image/png" or not (found := PATHS.search(text)), f"{name}, {kind}: {found}"


@pytest.mark.parametrize(
    "path", ["/home/jo/data.csv", "in /tmp/x", r"C:\Users\jo", "lib/site-packages/rdflib"]
)
def test_a_path_of_a_machine_is_known_as_one(path: str) -> None:
    assert PATHS.search(path)


def test_an_address_on_the_web_is_no_path_of_a_machine() -> None:
    assert not PATHS.search("https://w3id.org/stancegraph/home/tmp/var")


def test_a_difference_of_text_is_told_by_line() -> None:
    found = script().differences(one_cell("f()", printed("a\nb\n")), one_cell("f()", printed("a\nc\n")))
    assert found[0] == "cell-01, stdout:"
    assert found[-2:] == ["-b", "+c"]


def test_an_output_that_a_run_does_not_give_is_a_difference() -> None:
    (found,) = script().differences(one_cell("f()", printed("a")), one_cell("f()"))
    assert found == "cell-01: committed with the outputs [['stdout']], a run gives []"


def test_pictures_are_compared_by_their_pixels() -> None:
    old, new = drawn([[0, 1], [1, 0]]), drawn([[0, 1], [0.5, 0]])
    assert not script().differences(one_cell("f()", old), one_cell("f()", old))
    assert script().differences(one_cell("f()", old), one_cell("f()", new)) == [
        "cell-01: 1 of 4 pixels differ"
    ]


def test_pictures_of_another_size_are_told_by_size() -> None:
    old, new = drawn([[0, 1], [1, 0]]), drawn([[0, 1, 1], [1, 0, 1]])
    (found,) = script().differences(one_cell("f()", old), one_cell("f()", new))
    assert found == "cell-01: the picture was 2 by 2, is 3 by 2"


def test_a_run_leaves_the_readers_settings_and_home_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("STANCEGRAPH_DATA", "nowhere")
    path = tmp_path / "one.ipynb"
    path.write_text(FORMAT.writes(one_cell("import os\nprint(os.environ.get('STANCEGRAPH_DATA'))")), "utf-8")
    fresh = script().executed(path)
    assert [script().content(output) for output in fresh.cells[0].outputs] == [{"stdout": "None\n"}]
    assert list(home.iterdir()) == []


def test_a_cell_that_fails_ends_the_run(tmp_path: Path) -> None:
    from nbclient.exceptions import CellExecutionError

    path = tmp_path / "one.ipynb"
    path.write_text(FORMAT.writes(one_cell("1 / 0")), "utf-8")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        script().executed(path)
