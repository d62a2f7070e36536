"""The flat table as other libraries hold it: Arrow, pandas and polars."""

from __future__ import annotations

import sys
from datetime import date

import pyarrow as pa
import pytest

from conftest import Shell
from february import Graph, says
from stancegraph import table
from stancegraph.errors import NotInstalled
from stancegraph.store import Store
from stancegraph.table import Scale

FIRST = """
import sys
from stancegraph import store, table
table.stances(store.open())
assert not {"pandas", "polars"} & set(sys.modules)
"""


def test_the_arrow_table_has_a_row_for_each_stance_in_the_tables_order(shipped: Store) -> None:
    rows = table.stances(shipped)
    frame = rows.to_arrow().to_pydict()
    assert frame["actor"] == [row.actor.label for row in rows]
    assert frame["target_iri"] == [row.target.iri for row in rows]
    assert frame["level"] == [row.level for row in rows]
    assert frame["statement"] == [row.statement for row in rows]


def test_no_library_of_frames_is_loaded_before_it_is_asked_for(shell: Shell) -> None:
    assert shell(sys.executable, "-c", FIRST).returncode == 0


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_missing_library_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        NotInstalled, match=rf"^{library} is not installed: pip install 'stancegraph\[frames\]'"
    ):
        getattr(table.of(["a"], ["x"], [1]), f"to_{library}")()


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_has_the_values_of_the_arrow_table(shipped: Store, library: str) -> None:
    rows = table.stances(shipped)
    frame = getattr(rows, f"to_{library}")()
    expected = rows.to_arrow().to_pydict()
    assert list(frame.columns) == list(expected)
    for name in ("actor", "target", "level", "statement", "confidence", "quoted"):
        assert list(frame[name]) == expected[name]


def test_the_arrow_table_says_of_each_row_all_that_is_known_and_null_where_nothing_is(graph: Graph) -> None:
    own = graph(
        ':herald a schema:NewsArticle ; dcterms:title "The herald"@en ; dcterms:issued "2020-02-20" .\n',
        says("a", "ada bo", "4..9", "-dam").replace("1.0", "0.8"),
        says("b", "ada", "", "+bridge"),
        ":quoting a stance:Report ; stance:reports :a ; stance:document :gazette ; stance:quote 'never'@en .\n",
        ":told a stance:Report ; stance:reports :a ; stance:document :herald .\n",
    )
    made = table.stances(own).to_arrow()
    base = "https://example.org/id/"
    assert made.to_pydict() == {
        "actor": ["Ada", "Ada", "Bo"],
        "actor_iri": [base + "ada", base + "ada", base + "bo"],
        "target": ["The bridge should stay open.", *["The dam should be built."] * 2],
        "target_iri": [base + "bridge", base + "dam", base + "dam"],
        "level": [1, -1, -1],
        "earliest": [None, date(2020, 2, 4), date(2020, 2, 4)],
        "latest": [None, date(2020, 2, 9), date(2020, 2, 9)],
        "document": [None, "The herald", "The herald"],
        "document_iri": [None, base + "herald", base + "herald"],
        "documents": [[], *[[base + "herald", base + "gazette"]] * 2],
        "act": ["assert"] * 3,
        "medium": [None] * 3,
        "basis": ["said"] * 3,
        "quoted": [False, True, True],
        "joint": [False, True, True],
        "confidence": [1.0, 0.8, 0.8],
        "statement": [base + "b", base + "a", base + "a"],
    }
    kinds = {field.name: field.type for field in made.schema}
    text = pa.dictionary(pa.int32(), pa.string())
    assert kinds == dict.fromkeys(made.column_names, text) | {
        "level": pa.int8(),
        "earliest": pa.date32(),
        "latest": pa.date32(),
        "documents": pa.list_(pa.string()),
        "quoted": pa.bool_(),
        "joint": pa.bool_(),
        "confidence": pa.float64(),
        "statement": pa.string(),
    }
    assert made.schema.metadata == {b"stancegraph.schema": b"1", b"stancegraph.level": b"polarity"}
    assert made["actor"].chunk(0).dictionary.to_pylist() == ["Ada", "Bo"]


@pytest.mark.parametrize(
    ("scale", "levels", "told", "kind"),
    [
        (Scale("tone", "scaled"), [0.5, 2], [0.5, 2], pa.float64()),
        (Scale("sure", "boolean", (0.0, 1.0), 0.0, 1.0), [0, 1], [0, 1], pa.int8()),
        (
            Scale("frame", "categorical", (0.0, 1.0), labels=("law", "war")),
            [1, 0],
            ["war", "law"],
            pa.dictionary(pa.int32(), pa.string()),
        ),
    ],
)
def test_a_level_is_a_number_or_the_words_of_its_category(
    scale: Scale, levels: list[float], told: list[float | str], kind: pa.DataType
) -> None:
    made = table.of(["a", "b\ud800"], ["x", "y"], levels, scale=scale).to_arrow()
    assert (made["level"].to_pylist(), made.schema.field("level").type) == (told, kind)
    assert made.schema.metadata[b"stancegraph.level"].decode() == scale.name
    assert made["actor"].to_pylist() == ["a", "b\ufffd"]
