"""Where a fault stands, why it matters, what mends it; and what `check --fix` mends without being told how."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import valley
from conftest import Run
from held import Ended
from stancegraph.curate import changes, entries
from stancegraph.curate.folder import Folder
from stancegraph.validation import line_of
from valley import BRIDGE, TEXT, contents

Do = Callable[..., Ended]
STATEMENTS = "statements/valley-bridge.ttl"


model, place, do = valley.model, valley.place, valley.do


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_bytes(text.replace(old, new).encode())


def test_a_fault_is_told_with_file_line_reason_and_command(do: Do, place: Path) -> None:
    rewrite(place / STATEMENTS, '"2020-02-03"', '"2020-02-09"')
    done = do("check", "--format", "json")
    assert done.returncode == 1
    (row,) = json.loads(done.stdout)
    assert list(row) == "file line subject rule message why mend command".split()
    assert (row["file"], row["rule"]) == (f"valley/{STATEMENTS}", "said-before-published")
    lines = (place / STATEMENTS).read_text("utf-8").splitlines()
    assert lines[row["line"] - 1].startswith("<statement/ada-demands-open-bridge> a stance:Statement")
    assert "no document can report what was not yet said" in row["why"]
    assert row["command"] == "stancegraph edit statement/ada-demands-open-bridge --set date=DAY"
    told = do("check").stdout
    assert f"line {row['line']}: " in told
    mended = do(*row["command"].replace("DAY", "2020-02-03").split()[1:])
    assert mended.returncode == 0, mended.stderr
    assert do("check").returncode == 0


def test_a_folder_is_checked_against_the_texts_it_keeps_and_says_which_are_not_there(
    do: Do, place: Path
) -> None:
    rewrite(place / STATEMENTS, "Demands an open bridge.", " ".join(TEXT.split()[:11]))
    (row,) = json.loads(do("check", "--format", "json").stdout)
    assert row["rule"] == "narration-is-not-stored"
    for file in (place / "texts").iterdir():
        file.write_text("Another text.", "utf-8")
    done = do("check")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"1 document not verified: no text in {place / 'texts'}" in done.stderr


def test_the_fault_of_a_shape_names_the_field_that_mends_it(do: Do, place: Path) -> None:
    rewrite(place / STATEMENTS, "stance:confidence 1.0", "stance:confidence 0.7")
    (row,) = json.loads(do("check", "--format", "json").stdout)
    assert row["command"] == "stancegraph edit statement/ada-demands-open-bridge --set confidence=…"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("@prefix a: <https://x.org/> .\n\na:b a a:c .\n", 3),
        ("PREFIX a: <https://x.org/>\n# a:b\n<https://x.org/b> a a:c .\n", 3),
        ("@base <https://x.org/> .\n<bc> a <c> .\n<b> a <c> .\n", 3),
        ("@base <https://x.org/> .\n<bc> <p>\n  <b> .\n", 3),
        ('{"@id": "x",\n"y": "https://x.org/b"}', 2),
        ("<https://x.org/bc> a <c> .", None),
    ],
)
def test_the_line_is_that_of_the_description_else_of_the_name(text: str, line: int | None) -> None:
    assert line_of(text, "https://x.org/b") == line


def test_positions_of_words_that_moved_are_found_again(do: Do, place: Path) -> None:
    start = TEXT.index("The bridge must")
    rewrite(place / STATEMENTS, f"oa:start {start} ; oa:end {start + 44}", "oa:start 3 ; oa:end 47")
    shown = do("check", "--fix", "--dry-run")
    assert (
        "+    stance:passage [ a oa:SpecificResource" in shown.stdout or f"oa:start {start}" in shown.stdout
    )
    before = contents(place)
    assert do("check", "--sources", str(place / "texts")).returncode == 1
    assert contents(place) == before
    done = do("check", "--fix", "--sources", str(place / "texts"))
    assert (done.returncode, "no faults" in done.stderr) == (0, True)
    assert f"oa:start {start} ; oa:end {start + 44}" in (place / STATEMENTS).read_text("utf-8")
    assert do("undo").returncode == 0
    assert contents(place) == before


def test_words_that_stand_at_two_places_are_left_to_a_person(do: Do, place: Path) -> None:
    first = TEXT.index("whatever it costs")
    folder = Folder(place)
    values = BRIDGE | {"quote": [f"{first}:whatever it costs"], "gist": "Repeats it."}
    changes.apply(folder, entries.add(folder, "statement", values))
    rewrite(place / STATEMENTS, f"oa:start {first} ; oa:end {first + 17}", "oa:start 3 ; oa:end 20")
    before = contents(place)
    done = do("check", "--fix", "--sources", str(place / "texts"))
    assert done.returncode == 1
    assert "nothing is mended" in done.stderr
    assert contents(place) == before


def test_a_length_a_checksum_and_an_identity_are_mended(do: Do, place: Path) -> None:
    documents = place / "documents.ttl"
    text = documents.read_text("utf-8")
    kept = [line for line in text.splitlines(keepends=True) if "stance:length" not in line]
    documents.write_bytes("".join(kept).encode())
    rewrite(
        place / "actors.ttl",
        "stance:actorKind kind:official .",
        "stance:actorKind kind:official ;\n    <http://www.w3.org/2002/07/owl#sameAs> <https://example.org/bo> .",
    )
    done = do("check", "--fix")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"stance:length {len(TEXT)} ;" in documents.read_text("utf-8")
    assert "skos:exactMatch <https://example.org/bo>" in (place / "actors.ttl").read_text("utf-8")


def test_a_wrong_length_is_mended_and_comments_survive(do: Do, place: Path) -> None:
    documents = place / "documents.ttl"
    rewrite(documents, f"stance:length {len(TEXT)}", "stance:length 999")
    rewrite(documents, "<document/", "# read twice\n<document/")
    assert do("check", "--fix").returncode == 0
    assert f"stance:length {len(TEXT)} ;" in documents.read_text("utf-8")
    assert "# read twice\n<document/" in documents.read_text("utf-8")


def test_only_fix_has_a_dry_run_and_only_a_folder_is_mended(do: Do, run: Run) -> None:
    assert "--dry-run is of --fix" in do("check", "--dry-run").stderr
    assert run("check", "--fix").returncode == 2


def test_an_imported_document_is_given_its_text_and_then_coded(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "speaker,target,stance,date\nAda,The bridge,supports,2020-02-03\n", "utf-8"
    )
    place = tmp_path / "taken"
    made = run(
        "import", "csv", str(tmp_path / "rows.csv"), "-o", str(place), "--base", "https://valley.example/"
    )
    assert made.returncode == 0, made.stderr
    adding = (
        *("add", "statement", "--data", str(place), "--speaker", "Ada", "--supports", "The bridge"),
        *("--date", "2020-02-03", "--document", "the-bridge-2020-02-03", "--gist", "Wants it open."),
        *("--quote", "The bridge must stay open, whatever it costs"),
    )
    refused = run(*adding)
    assert (refused.returncode, "texts/the-bridge-2020-02-03.txt" in refused.stderr) == (3, True)
    assert "check --fix" in refused.stderr
    (place / "texts").mkdir(exist_ok=True)
    (place / "texts" / "the-bridge-2020-02-03.txt").write_bytes(TEXT.encode())
    assert run("check", "--fix", "--data", str(place)).returncode == 0
    added = run(*adding)
    assert added.returncode == 0, added.stderr
    assert added.stdout.startswith("statement/")
