"""Files of others are parsed in a worker: whatever is in them, and whichever the format, the end is one line."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from conftest import Run
from stancegraph.errors import StanceError
from stancegraph.exchange import imports, network_files, sheets
from stancegraph.store import parser

DATA: Final = Path(__file__).parent.parent / "ontology" / "data"
NESTED: Final = "[" * 1_000_000
LONG: Final = "1" * 400_000
ROW: Final = "speaker,target,stance\nAda,B.,for\n"


def test_values_come_whole_and_in_order_from_another_process(tmp_path: Path) -> None:
    odd: list[object] = ["\ud800", "é 😀", "\0", None, True, 10**4000, 0.1, {"a": [[]]}]
    numbers = range(20_000)
    here, *found = parser.values(lambda: [os.getpid(), *odd, *numbers], tmp_path, "mend it")
    assert here != os.getpid()
    assert found == [*odd, *numbers]


def test_values_longer_than_a_part_come_whole(tmp_path: Path) -> None:
    long = [["x" * n] for n in (1, 1, 1, parser.PART, 1, 3 * parser.PART, 1)]
    assert list(parser.values(lambda: long, tmp_path, "mend it")) == long


def _abort() -> Iterator[object]:
    yield 1
    os.abort()


def _nest() -> Iterator[object]:
    yield json.loads(NESTED)


def _fill() -> Iterator[object]:
    yield len(bytes(2 * parser.MEMORY))


@pytest.mark.parametrize(("parse", "why"), [(_abort, "nests"), (_nest, "nests"), (_fill, "memory")])
def test_a_parser_that_breaks_down_is_one_line_with_the_file_and_the_mend(
    parse: Callable[[], Iterator[object]], why: str, tmp_path: Path
) -> None:
    with pytest.raises(StanceError, match=rf"^{tmp_path}: reading it .*{why}.*: mend it$"):
        list(parser.values(parse, tmp_path, "mend it"))


COMMANDS: Final = {
    **dict.fromkeys(
        ("a.csv", "a.tsv", "a.jsonl", "a.xlsx", "a.qdpx", "a.jsonld", "a.ann"), "import FILE -o OUT"
    ),
    "a.toml": "import csv FILE -o OUT --mapping FILE",
    "drafts.jsonl": f"import proposals FILE -o {DATA} --maker a",
    "ties.csv": "rank --edges FILE",
    "units.json": "agreement FILE FILE",
    "taken.csv": f"agreement {DATA} {DATA} --decisions FILE -o OUT",
    "page.html": "code FILE --propose",
    "verbs.toml": "code TEXT --propose --verbs FILE",
}
"""A file of every format there is → a command that reads it."""


def _never_ends(_: object) -> Iterator[bytes]:
    time.sleep(600)
    yield b""


@pytest.mark.parametrize("name", COMMANDS)
def test_no_format_is_parsed_where_it_cannot_be_stopped(
    name: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser, "SECONDS", 0.1)
    monkeypatch.setattr(parser, "_encoded", _never_ends)
    (tmp_path / name).touch()
    (tmp_path / "text").write_text("“Yes,” she said.", encoding="utf-8")
    places = {"FILE": tmp_path / name, "OUT": tmp_path / "out", "TEXT": tmp_path / "text"}
    done = run(*(str(places.get(word, word)) for word in COMMANDS[name].split()))
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (3, "")
    assert line.startswith(f"error: {tmp_path / name}: reading it ran longer than 0.1 s: ")
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([name, "text"])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("deep.jsonld", NESTED, "nests too deeply"),
        ("deep.jsonl", NESTED, "line 1: no JSON: it nests too deeply"),
        ("number.jsonld", f'{{"target": {LONG}}}', "a number of more than 4300 digits"),
        ("infinite.jsonl", '{"speaker": Infinity}', "line 1: no JSON: Infinity is no number"),
        ("line.jsonl", "x" * sheets.LONGEST, "line 1: longer than 4,194,304 characters"),
        ("line.csv", ROW + "x" * sheets.LONGEST, "line 3: longer than 4,194,304 characters"),
        ("cell.csv", ROW + '"' + "x\n" * 100_000 + '",B.,for', "line 3: field larger than field limit"),
        ("columns.tsv", "speaker" + "\t" * sheets.MOST, "16,385 columns"),
        ("keys.jsonl", json.dumps(dict.fromkeys(map(str, range(17_000)), 1)), "17,000 columns"),
        ("surrogate.jsonl", '{"speaker": "\\ud800", "target": "B."}', "line 1: a control character, U+D800"),
    ],
)
def test_what_is_no_file_of_rows_is_refused_in_one_line(
    name: str, content: str, why: str, tmp_path: Path, run: Run
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    done = run("import", str(tmp_path / name), "-o", str(tmp_path / "out"))
    (line,) = done.stderr.splitlines()
    assert done.returncode in (2, 3)
    assert why in line
    assert not (tmp_path / "out").exists()


def test_more_cells_than_can_be_kept_are_refused(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rows.csv").write_text(ROW + "Bo,B.,for\n", encoding="utf-8")
    (tmp_path / "ties.csv").write_text("a,b,weight\nAda,Bo,1\nAda,Cy,1\n", encoding="utf-8")
    for module in (imports, network_files):
        monkeypatch.setattr(module, "CELLS", 6)
    assert run("import", str(tmp_path / "rows.csv"), "-o", str(tmp_path / "six")).returncode == 0
    assert run("rank", "--edges", str(tmp_path / "ties.csv")).returncode == 0
    for module in (imports, network_files):
        monkeypatch.setattr(module, "CELLS", 5)
    done = run("import", str(tmp_path / "rows.csv"), "-o", str(tmp_path / "five"))
    assert "has more than 1 rows of 3 columns: split it" in done.stderr
    assert not (tmp_path / "five").exists()
    assert "more than 5 cells" in run("rank", "--edges", str(tmp_path / "ties.csv")).stderr


def test_annotations_that_stand_nowhere_are_left_out(tmp_path: Path, run: Run) -> None:
    good = {"target": "https://v.example/a", "body": [tag("speaker=Ada"), tag("target=B.")]}
    nowhere = [{"type": "TextPositionSelector", "start": float("1e999"), "end": 3}]
    odd = [
        {"target": []},
        {"target": {"selector": nowhere}},
        {"target": {"selector": {"type": "TextQuoteSelector"}}},
    ]
    (tmp_path / "notes.jsonld").write_text(
        json.dumps([good, *odd]).replace("Infinity", "1e999"), encoding="utf-8"
    )
    (tmp_path / "words.txt").write_text("Ada: the bridge", encoding="utf-8")
    (tmp_path / "words.ann").write_text(
        f"T1\tspeaker 0 3\tAda\nT2\tx {10**30} {10**31}\tx\nT3\tx 5 15\tthe bridge\nE1\tyes:T1 speaker:T1 issue:T3\n",
        encoding="utf-8",
    )
    for name, not_taken in (("notes.jsonld", 3), ("words.ann", 1)):
        done = run("import", str(tmp_path / name), "-o", str(tmp_path / f"{name}.graph"))
        assert done.stderr.startswith("1 statement, 1 document"), done.stderr
        assert f"{not_taken} row" in done.stderr


def tag(value: str) -> dict[str, str]:
    return {"type": "TextualBody", "purpose": "tagging", "value": value}


def test_a_place_that_no_text_has_is_no_unit(tmp_path: Path, run: Run) -> None:
    unit: dict[str, object] = {
        "document": "a",
        "speakers": [],
        "act": None,
        "stances": {"x": 1},
        "basis": "basis:said",
    }
    for passage in ([0, 10**12], [-1, 2], [5, 5], [2, 1]):
        (tmp_path / "units.json").write_text(json.dumps([unit | {"passages": [passage]}]), encoding="utf-8")
        done = run("agreement", *[str(tmp_path / "units.json")] * 2)
        assert done.returncode == 3
        assert "unit 1 cannot be read (a passage is a start and an end" in done.stderr
