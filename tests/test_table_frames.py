"""The flat table as other libraries hold it: Arrow, pandas and polars."""

from __future__ import annotations

import sys

import pytest

from conftest import Shell
from stancegraph import table
from stancegraph.store import Store

FIRST = """
import sys
from stancegraph import store, table
rows = table.stances(store.open())
assert not {"pandas", "polars"} & set(sys.modules)
sys.modules[sys.argv[1]] = None
getattr(rows, "to_" + sys.argv[1])()
"""


def test_the_arrow_table_has_a_row_for_each_stance_in_the_tables_order(shipped: Store) -> None:
    rows = table.stances(shipped)
    frame = rows.to_arrow().to_pydict()
    assert frame["actor"] == [row.actor.label for row in rows]
    assert frame["target_iri"] == [row.target.iri for row in rows]
    assert frame["level"] == [row.level for row in rows]
    assert frame["statement"] == [row.statement for row in rows]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_missing_library_is_named_and_never_loaded_before_it_is_asked_for(
    shell: Shell, library: str
) -> None:
    done = shell(sys.executable, "-c", FIRST, library)
    assert f"{library} is not installed: pip install 'stancegraph[frames]'" in done.stderr


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_has_the_values_of_the_arrow_table(shipped: Store, library: str) -> None:
    rows = table.stances(shipped)
    frame = getattr(rows, f"to_{library}")()
    expected = rows.to_arrow().to_pydict()
    assert list(frame.columns) == list(expected)
    for name in ("actor", "target", "level", "statement", "confidence", "quoted"):
        assert list(frame[name]) == expected[name]
