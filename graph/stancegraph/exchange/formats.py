"""Networks as GraphML, GEXF, JSON for Cytoscape and two lists in CSV; the flat table of stances in Parquet."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
from networkx.readwrite.gexf import GEXFWriter
from networkx.readwrite.graphml import GraphMLWriter

from stancegraph.cells import as_csv
from stancegraph.exchange.attributes import NODE, STANCE, TIE, flatten, writable_names
from stancegraph.output import SURROGATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stancegraph.table import Table


def graphml(graph: nx.Graph[str]) -> bytes:
    """The network in GraphML, as UTF-8; `description` is an attribute of the graph.

    Edges have no id, which a file may hold once only and a statement with two targets would need twice; networkx
    reads the keys of parallel edges from their attribute `key`. Nodes of a two-mode network have the attribute
    `type` too, true for targets, by which igraph knows the modes.
    """
    flat = flatten(graph)
    for data in flat.nodes.values():
        if "bipartite" in data:
            data["type"] = data["bipartite"] == 1
    if isinstance(flat, nx.MultiDiGraph):
        for _, _, key, data in flat.edges(keys=True, data=True):
            data["key"] = data.get("statement", key)
    writer = GraphMLWriter(encoding="utf-8")
    writer.add_graph_element(flat)
    for edge in writer.xml.iter("edge"):
        edge.attrib.pop("id", None)
    booleans = {key.get("id") for key in writer.xml.iter("key") if key.get("attr.type") == "boolean"}
    for value in writer.xml.iter("data"):
        if value.get("key") in booleans:
            value.text = value.text.lower()  # as XML Schema spells it
    buffer = BytesIO()
    writer.dump(buffer)
    return _escape_returns(buffer)


def gexf(graph: nx.Graph[str]) -> bytes:
    """The network in GEXF 1.2, as UTF-8; `networkx_key` holds the statement for networkx, which reads it away."""
    flat = flatten(graph)
    writer = GEXFWriter(encoding="utf-8", version="1.2draft")
    writer.add_graph(flat)
    del writer.graph_element.attrib["name"]  # empty, and not in the schema of GEXF
    meta = writer.xml.find("meta")
    meta.attrib.clear()  # the day of writing
    meta.find("creator").text = "stancegraph"
    description = meta.makeelement("description", {})
    description.text = flat.graph["description"]
    meta.append(description)
    buffer = BytesIO()
    writer.write(buffer)
    return _escape_returns(buffer)


def cytoscape(graph: nx.Graph[str]) -> bytes:
    """The network as Cytoscape.js and Cytoscape read it: `elements.nodes` and `elements.edges`, each with `data`.

    Numbers are numbers and lists are lists. A node's `name`, which Cytoscape shows, is its label.
    """
    names = writable_names(graph, SURROGATE)
    nodes = [
        {"data": {"id": names[node], "name": data.get("label", node), **data}}
        for node, data in graph.nodes(data=True)
    ]
    prefix = "edge "
    while any(node.startswith(prefix) for node in graph):
        prefix += "_"
    edges = [
        {"data": {"id": f"{prefix}{i}", "source": names[a], "target": names[b], **data}}
        for i, (a, b, data) in enumerate(graph.edges(data=True), 1)
    ]
    whole = {
        "format_version": "1.0",
        "generated_by": "stancegraph",
        "target_cytoscapejs_version": "~2.1",
        "data": {"name": graph.graph["description"]},
        "elements": {"nodes": nodes, "edges": edges},
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False)
    return (SURROGATE.sub("\ufffd", text) + "\n").encode()


def edge_list(graph: nx.Graph[str], kind: str) -> bytes:
    """The edges of a flattened network in CSV: `source, target, source_label, target_label` and their attributes.

    UTF-8, `\\n` between lines; a cell that begins like a formula gets an apostrophe (`cells.in_csv`).
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


def parquet(table: Table) -> bytes:
    """The flat table as `table.arrow.to_arrow` gives it, in Parquet."""
    sink = pa.BufferOutputStream()
    pq.write_table(table.to_arrow(), sink)
    return bytes(sink.getvalue())


def _csv(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> bytes:
    return as_csv([columns, *([row.get(column, "") for column in columns] for row in rows)]).encode()


def _escape_returns(buffer: BytesIO) -> bytes:
    """XML in which a carriage return is written by its number: readers take a bare one for the end of a line."""
    return buffer.getvalue().replace(b"\r", b"&#13;") + b"\n"
