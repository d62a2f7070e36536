"""Text of the data commands no terminal and no spreadsheet, whatever it is."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from typing import Final

import pyoxigraph
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stancegraph import output
from stancegraph.cli import printing

CASES: Final = {
    "plain": "plain",
    "=HYPERLINK(1)": "'=HYPERLINK(1)",
    "+1": "'+1",
    "-cmd|' /C calc'!A0": "'-cmd|' /C calc'!A0",
    "@SUM(1)": "'@SUM(1)",
    "＝1": "'＝1",
    "＋1": "'＋1",
    "－1": "'－1",
    "＠1": "'＠1",
    "﹦1": "'﹦1",
    "−2+3": "'−2+3",
    "  =1": "'  =1",
    "\u00a0\u3000=1": "'\u00a0\u3000=1",
    "\ufeff=1": "'\ufeff=1",
    "\u200b \u2060=1": "'\u200b \u2060=1",
    "\x00=1": "'\ufffd=1",
    "\t=1": "'\t=1",
    "\tplain": "'\tplain",
    "\rplain": "'\nplain",
    "\nplain": "'\nplain",
    "one\r+cmd|x": "one\n+cmd|x",
    "one\r\ntwo\x85three\u2028four": "one\ntwo\nthree\nfour",
    "-0.5": "-0.5",
    "-1e-05": "-1e-05",
    "-٣": "'-٣",
    "1+1": "1+1",
    "\x1b[2J\x9b2J\x7f": "\ufffd[2J\ufffd2J\ufffd",
    "\u202egnp.exe\u202c \u2066a\u2069": "\ufffdgnp.exe\ufffd \ufffda\ufffd",
    "tag\U000e0041": "tag\ufffd",
    "\u200fعلي\u200c": "\u200fعلي\u200c",
    'say "so", please; or not': 'say "so", please; or not',
}
"""Text → what stands in a cell of CSV: the table that the page's copy is held to as well."""
TEXT: Final = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from("=+-@＝－\t\r\n \x00\x1b\x85\x9b\u2028\u202e\u2066\ufeff\u200b'\"|,;<&\\`\ud800"),
    )
)
CELL: Final = st.one_of(TEXT, st.integers(), st.floats(), st.booleans(), st.none())
COMMANDS: Final = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of characters that are nothing to be seen, and may do something."""
TURNS: Final = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067")


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet may run a cell: judged letter by letter, not by a pattern."""
    seen = cell.lstrip("".join(c for c in cell if c.isspace() or unicodedata.category(c) in {"Cc", "Cf"}))
    try:
        return seen[:1] in {*"=+-@＝＋－＠"} and not (cell.isascii() and float(cell) < 0)
    except ValueError:
        return bool(seen)


@pytest.mark.parametrize(("text", "cell"), CASES.items(), ids=ascii)
def test_a_cell_of_csv_is_what_the_table_says(text: str, cell: str) -> None:
    assert output.in_csv(text) == cell
    assert read(output.as_csv([[text, "beside"]])) == [[cell, "beside"]]


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=4))
def test_csv_read_back_gives_the_cells_and_none_is_a_formula(rows: list[list[object]]) -> None:
    text = output.as_csv(rows)
    assert read(text) == [[output.in_csv(cell) for cell in row] for row in rows]
    assert not any(is_formula(cell) for row in read(text) for cell in row)
    assert not {c for c in text if unicodedata.category(c) in COMMANDS} - {"\n", "\t"}
    assert not TURNS & {*text}
    for row, back in zip(rows, read(text), strict=True):
        for cell, found in zip(row, back, strict=True):
            if (
                isinstance(cell, str)
                and cell.isprintable()
                and not is_formula(cell)
                and cell[:1] not in "﹢﹣﹦﹫−"
            ):
                assert found in {cell, f"'{cell}"}


@given(TEXT)
@example("\u202eab\u2069\x1b]0;title\x07")
def test_no_text_commands_a_terminal(text: str) -> None:
    shown = output.printable(text)
    assert not [c for c in shown if unicodedata.category(c) in COMMANDS]
    assert not TURNS & {*shown}
    assert (shown.count("\u2068"), shown.count("\u2069")) in {(0, 0), (1, 1)}
    if text.isascii() and text.isprintable():
        assert shown == text


@given(st.lists(st.fixed_dictionaries({"name": CELL, "words": CELL}), max_size=4))
@pytest.mark.parametrize("form", ["table", "md", "csv", "json"])
def test_no_cell_of_a_table_commands_a_terminal(form: str, rows: list[dict[str, object]]) -> None:
    text = printing.format_rows(form, rows, ["name", "words"])
    allowed = {"\n", "\t"} if form == "csv" else {"\n"}
    assert not {c for c in text if unicodedata.category(c) in COMMANDS} - allowed
    assert not TURNS & {*text}
    if form == "md":
        assert len(text.splitlines()) == len(rows) + 2
        assert all(line.replace("\\\\", "").replace("\\|", "").count("|") == 3 for line in text.splitlines())
        assert "<" not in text


@given(TEXT)
def test_json_is_exact_but_for_what_utf8_cannot_hold(text: str) -> None:
    whole = text.encode("utf-8", "replace").decode()
    assert json.loads(output.as_json([text])) == [whole]


@pytest.mark.parametrize("text", ["\x9b2J\u202e", "tag\U000e0041", '"\\'])
def test_turtle_that_is_escaped_says_the_same(text: str) -> None:
    triple = f"<x:s> <x:p> {pyoxigraph.Literal(text)} ."
    (quad,) = pyoxigraph.parse(output.escaped(triple), pyoxigraph.RdfFormat.TURTLE)
    assert isinstance(quad.object, pyoxigraph.Literal)
    assert quad.object.value == text
