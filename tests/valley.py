"""A graph begun by commands, of an invented valley: two documents, their texts, who speaks and about what."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from conftest import Run
from held import Ended
from stancegraph.curate import changes, entries
from stancegraph.curate.folder import Folder, init

BASE: Final = "https://valley.example/"
TEXT: Final = (
    "The bridge of the valley\n\n"
    "😀 Mayor Ada told the council: “The bridge must stay open, whatever it costs.” Bo warned that a closed "
    'bridge would "cut the valley in two". Ada repeated: "whatever it costs".\n'
)
ENTRIES: Final = (
    ("actor", {"name": "Valley Gazette", "kind": "media outlet"}),
    ("actor", {"name": "Ada", "kind": "politician", "label": "ar=آدا"}),
    ("actor", {"name": "Bo", "kind": "official"}),
    ("actor", {"name": "River Company", "kind": "other", "class": "organisation"}),
    (
        "proposition",
        {"sentence": "The bridge should stay open.", "type": "demand", "note": "Users could affirm it."},
    ),
    ("proposition", {"sentence": "A flood is near.", "type": "claim", "note": "Watchers could affirm it."}),
)
BRIDGE: Final = {
    "gist": "Demands an open bridge.",
    "document": "The bridge of the valley",
    "speaker": ["Ada"],
    "date": "2020-02-03",
    "act": "demand",
    "supports": ["bridge-should-stay-open"],
    "opposes": ["River Company"],
    "coding": ["River Company=implied,0.6"],
    "quote": ["The bridge must stay open, whatever it costs"],
}


def begun(place: Path) -> Folder:
    """The folder with its actors and propositions, and the document with its text."""
    folder = init(place, title="The valley", base=BASE)
    for kind, values in ENTRIES:
        changes.apply(folder, entries.add(folder, kind, values), checked=True)
    article = place.with_name("article.txt")
    article.write_bytes(TEXT.encode())
    document = {"title": "The bridge of the valley", "publisher": "Valley Gazette", "date": "2020-02-04"}
    changes.apply(folder, entries.add(folder, "document", document, text=article), checked=True)
    return folder


def contents(place: Path) -> dict[str, bytes]:
    """Every file of a graph, its journal apart."""
    files = (path for path in place.rglob("*") if path.is_file() and ".stancegraph" not in path.parts)
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in files}


def with_the_bridge(place: Path) -> Folder:
    """The valley with its one statement."""
    folder = begun(place)
    changes.apply(folder, entries.add(folder, "statement", BRIDGE))
    return folder


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valley with one statement, to copy."""
    return with_the_bridge(tmp_path_factory.mktemp("model") / "valley").path


@pytest.fixture
def place(model: Path, tmp_path: Path) -> Path:
    """A valley of one's own."""
    return Path(shutil.copytree(model, tmp_path / "valley"))


@pytest.fixture
def do(place: Path, run: Run) -> Callable[..., Ended]:
    """Runs a command on the valley."""
    return lambda *args, **options: run(*args, "--data", str(place), **options)
