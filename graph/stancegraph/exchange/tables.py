"""Networks as two lists in CSV, and the flat table of stances in Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from stancegraph.exchange.attributes import NODE, STANCE, TIE
from stancegraph.output import as_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import networkx as nx

    from stancegraph.table import Table


def edge_list(graph: nx.Graph[str], kind: str) -> bytes:
    """The edges of a flattened network in CSV: `source, target, source_label, target_label` and their attributes.

    UTF-8, `\\n` between lines; a cell that begins like a formula gets an apostrophe (`output.inert`).
    """
    if kind == "stances":
        known = {name for *_, data in graph.edges(data=True) for name in data}
        left_out = {"polarity"} if "level" in known else {"level"}
    else:
        left_out = {"agree", "disagree"} if kind == "two-mode" else set()
    columns = [name for name in (STANCE if kind == "stances" else TIE) if name not in left_out]
    label = {node: data.get("label", "") for node, data in graph.nodes(data=True)}
    rows = (
        {**data, "source": a, "target": b, "source_label": label[a], "target_label": label[b]}
        for a, b, data in graph.edges(data=True)
    )
    return _csv(["source", "target", "source_label", "target_label", *columns], rows)


def node_list(graph: nx.Graph[str], kind: str) -> bytes:
    """The nodes of a flattened network in CSV: `id` and their attributes."""
    columns = [name for name in NODE if kind == "two-mode" or name != "bipartite"]
    return _csv(["id", *columns], ({**data, "id": node} for node, data in graph.nodes(data=True)))


def _csv(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> bytes:
    return as_csv([columns, *([row.get(column, "") for column in columns] for row in rows)]).encode()


def parquet(table: Table) -> bytes:
    """The flat table as `table.arrow.to_arrow` gives it, in Parquet."""
    sink = pa.BufferOutputStream()
    pq.write_table(table.to_arrow(), sink)
    return bytes(sink.getvalue())
