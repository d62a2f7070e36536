"""Networks as GraphML, GEXF and JSON for Cytoscape."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter
from networkx.readwrite.graphml import GraphMLWriter

from stancegraph.exchange.attributes import SURROGATE, distinct, flat


def graphml(graph: nx.Graph[str]) -> bytes:
    """The network in GraphML, as UTF-8; `description` is an attribute of the graph.

    Edges have no id, which a file may hold once only and a statement with two targets would need twice; networkx
    reads the keys of parallel edges from their attribute `key`.
    """
    plain = flat(graph)
    if isinstance(plain, nx.MultiDiGraph):
        for _, _, key, data in plain.edges(keys=True, data=True):
            data["key"] = data.get("statement", key)
    writer = GraphMLWriter(encoding="utf-8")
    writer.add_graph_element(plain)
    for edge in writer.xml.iter("edge"):
        edge.attrib.pop("id", None)
    buffer = BytesIO()
    writer.dump(buffer)
    return _with_returns(buffer)


def gexf(graph: nx.Graph[str]) -> bytes:
    """The network in GEXF 1.2, as UTF-8; `networkx_key` holds the statement for networkx, which reads it away."""
    writer = GEXFWriter(encoding="utf-8", version="1.2draft")
    plain = flat(graph)
    writer.add_graph(plain)
    del writer.graph_element.attrib["name"]  # empty, and not in the schema of GEXF
    meta = writer.xml.find("meta")
    meta.attrib.clear()  # the day of writing
    meta.find("creator").text = "stancegraph"
    words = meta.makeelement("description", {})
    words.text = plain.graph["description"]
    meta.append(words)
    buffer = BytesIO()
    writer.write(buffer)
    return _with_returns(buffer)


def cytoscape(graph: nx.Graph[str]) -> bytes:
    """The network as Cytoscape.js and Cytoscape read it: `elements.nodes` and `elements.edges`, each with `data`.

    Numbers are numbers and lists are lists. A node's `name`, which Cytoscape shows, is its label.
    """
    names = distinct(graph, SURROGATE)
    nodes = [
        {"data": {"id": names[node], "name": _proper(data.get("label", node)), **_proper(data)}}
        for node, data in graph.nodes(data=True)
    ]
    prefix = "edge "
    while any(node.startswith(prefix) for node in graph):
        prefix += "_"
    edges = [
        {"data": {"id": f"{prefix}{i}", "source": names[a], "target": names[b], **_proper(data)}}
        for i, (a, b, data) in enumerate(graph.edges(data=True), 1)
    ]
    whole = {
        "format_version": "1.0",
        "generated_by": "stancegraph",
        "target_cytoscapejs_version": "~2.1",
        "data": {"name": _proper(graph.graph["description"])},
        "elements": {"nodes": nodes, "edges": edges},
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _proper(value: Any) -> Any:
    """The value with U+FFFD for every surrogate without a partner, which UTF-8 cannot hold."""
    if isinstance(value, dict):
        return {key: _proper(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_proper(item) for item in value]
    return SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


def _with_returns(buffer: BytesIO) -> bytes:
    """XML in which a carriage return is written by its number: readers take a bare one for the end of a line."""
    return buffer.getvalue().replace(b"\r", b"&#13;") + b"\n"
