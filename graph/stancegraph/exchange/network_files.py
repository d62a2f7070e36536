"""Networks as files: written as GraphML, GEXF, JSON for Cytoscape or two lists in CSV; read from a list of ties in CSV.

The flat table that a network is made of is written in Parquet.
"""

from __future__ import annotations

import io
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np

from stancegraph import input as input_
from stancegraph import network
from stancegraph.dates import EARLIEST, LATEST, span
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange import sheets
from stancegraph.network.graphs import TARGET, sides_of
from stancegraph.network.signed import net_weight
from stancegraph.output import SURROGATE, as_csv, note_on, quantity
from stancegraph.statements.filters import in_words, typed
from stancegraph.store import parser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stancegraph.network import Method
    from stancegraph.table import Table

    Data = dict[str, Any]


NODE: Final = ("label", "label_ar", "kind", "iri", "bipartite", "statements")
"""Attributes of nodes. `bipartite` is 0 for actors and 1 for targets of a two-mode network; `statements` is the
number an actor made."""
STANCE: Final = (
    *"polarity level stance date earliest latest act medium basis confidence gist".split(),
    *"quotes reports documents statement".split(),
)
"""Attributes of edges of the stance network: `polarity`, or `level` of another variable; `stance` is the word for it
("calls for"), `reports` are the titles of the documents that report the statement, `documents` their IRIs,
`statement` is its own."""
TIE: Final = ("weight", "statements", "agree", "disagree", "statement_iris")
"""Attributes of other edges: `statements` is the number behind the weight, `statement_iris` name them, oldest
first; `agree` and `disagree` are labels of what two actors both speak of (of who speaks of both targets), with the
same and with another level."""
SEPARATORS: Final = {"quotes": " … "}
"""Attribute → what its list is joined by in text, where that is not "; "."""
FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2, Characters) cannot hold."""
LARGEST: Final = 200 << 20  # bytes of a file that is still read at once
CELLS: Final = 4_000_000
"""Rows times columns of a network, which is kept in memory."""
SIGNS: Final = {"1": 1.0, "+1": 1.0, "+": 1.0, "positive": 1.0, "-1": -1.0, "-": -1.0, "negative": -1.0}


def annotate(graph: nx.Graph[str]) -> nx.Graph[str]:
    """The network with every attribute known, lists as lists, and none that is not; nodes and edges sorted.

    `graph.graph` holds a `description`: how the network was made, of which statements.
    """
    made: nx.Graph[str] = nx.MultiDiGraph() if graph.is_multigraph() else nx.Graph()
    made.graph["description"] = description(graph.graph["method"], graph.graph["rows"])
    for _, node, data in sorted(_nodes(graph), key=lambda node: node[:2]):
        made.add_node(node, **_select(data, NODE))
    if isinstance(made, nx.MultiDiGraph):
        for a, b, key, data in sorted(_stances(graph), key=lambda edge: edge[:3]):
            made.add_edge(a, b, key, **_select(data, STANCE))
    else:
        for a, b, data in sorted(_ties(graph), key=lambda edge: edge[:2]):
            made.add_edge(a, b, **_select(data, TIE))
    return made


def flatten(graph: nx.Graph[str]) -> nx.Graph[str]:
    """The same network with lists joined to text, and no character that XML forbids."""
    made: nx.Graph[str] = nx.relabel_nodes(graph, writable_names(graph, FORBIDDEN))
    for data in (made.graph, *made.nodes.values(), *made.edges.values()):
        for name, value in data.items():
            text = SEPARATORS.get(name, "; ").join(value) if isinstance(value, list) else value
            data[name] = FORBIDDEN.sub("\ufffd", text) if isinstance(text, str) else text
    return made


def writable_names(graph: nx.Graph[str], forbidden: re.Pattern[str]) -> dict[str, str]:
    """Node → its name without what a format cannot hold; raises UsageError where two would have one name."""
    names = {node: forbidden.sub("\ufffd", node) for node in graph}
    if len(set(names.values())) < len(names):
        raise UsageError("names of nodes differ only by characters that no file may hold: mend the names")
    return names


def description(method: Method, table: Table) -> str:
    """How a network was made, of which rows: "stances: duplicates include, level polarity; actor khazali"."""
    choices: Data = {"duplicates": method.duplicates, "level": table.scale.name}
    if method.kind != "stances":
        choices |= {"aggregation": method.aggregation, "normalisation": method.divisor}
        choices |= {name: getattr(method, name) for name in ("neutral", "isolates", "direct")}
    parts = [in_words(table.filters.given)] if table.filters else []
    return "; ".join([f"{method.kind}: {', '.join(f'{k} {typed(v)}' for k, v in choices.items())}", *parts])


def _select(data: Data, names: Iterable[str]) -> Data:
    """The attributes named, in that order, without those that say nothing."""
    return {name: data[name] for name in names if data.get(name) not in (None, "", [])}


def _nodes(graph: nx.Graph[str]) -> Iterator[tuple[int, str, Data]]:
    """Nodes with their mode: actors of a two-mode network before targets, so that its edges run from actors."""
    table: Table = graph.graph["rows"]
    statements = _statement_counts(table)
    targets = {target.iri for target in table.target.values}
    for node, data in graph.nodes(data=True):
        mode = data.get("bipartite", 0)
        iri = node.removesuffix(TARGET) if mode and node not in targets else node
        actor = not mode and (iri in statements or data["kind"] not in {"proposition", ""})
        own = {"iri": iri if table.store else None, "statements": statements.get(iri, 0) if actor else None}
        yield mode, node, {**data, **own}


def _statement_counts(table: Table) -> dict[str, int]:
    """Actor → how many statements it made."""
    pairs = np.unique(np.column_stack((table.actor.codes, table.statement.codes)), axis=0)
    codes, numbers = np.unique(pairs[:, 0], return_counts=True)
    return {table.actor.values[c].iri: n for c, n in zip(codes.tolist(), numbers.tolist(), strict=True)}


def _stances(graph: nx.Graph[str]) -> Iterator[tuple[str, str, str, Data]]:
    table: Table = graph.graph["rows"]
    columns = (table.actor.to_list(), table.target.to_list(), table.statement.to_list())
    days = zip(table.earliest.tolist(), table.latest.tolist(), strict=True)
    edges: Any = graph.edges
    for row, (actor, target, key, ends) in enumerate(zip(*columns, days, strict=True)):
        data = dict(edges[actor.iri, target.iri, key])
        if table.scale.kind == "scaled":  # one type for every edge: 3 of a scale that has 2.5 too is 3.0
            data["level"] = float(data["level"])
        reports = data.get("reports", ()) if table.store else _reports(table, row)
        data |= {
            **_days(*ends, data.get("date")),
            "quotes": list(data.get("quotes", ())),
            "reports": [report["title"] for report in reports],
            "documents": [report["document"] for report in reports],
            "statement": key,
        }
        yield actor.iri, target.iri, key, data


def _reports(table: Table, row: int) -> list[dict[str, str]]:
    run = int(table.shown[row])
    start, end = table.reports.start[run : run + 2]
    documents = (table.document.values[code] for code in table.reports.documents[start:end])
    return [{"title": document.label, "document": document.iri} for document in documents]


def _days(earliest: int, latest: int, spelled: str | None) -> Data:
    """First and last day in ISO, None where time is open; `date` as statements spell it."""
    first = None if earliest == EARLIEST else date.fromordinal(earliest).isoformat()
    last = None if latest == LATEST else date.fromordinal(latest).isoformat()
    both = spelled or span(*(date.fromordinal(day).isoformat() for day in (earliest, latest)))
    return {"date": both if first or last else None, "earliest": first, "latest": last}


def _ties(graph: nx.Graph[str]) -> Iterator[tuple[str, str, Data]]:
    """Ties, undirected pairs in order; from the actor where there are two modes."""
    table, method = graph.graph["rows"], graph.graph["method"]
    statement = table.statement.codes.tolist()
    own, other = sides_of(table, method.kind)
    code = {thing.iri: i for i, thing in enumerate(own.values)}
    for a, b, data, rows in network.tie_rows(graph):
        iris = list(dict.fromkeys(table.statement.values[statement[row]] for row in rows))
        tie = {"weight": float(data["weight"]), "statements": len(iris), "statement_iris": iris}
        if method.kind == "two-mode":
            yield a, b, tie
            continue
        shared = network.shared(table, method, rows, code[a])
        labels = [sorted({other.values[code].label for code in found}) for found in shared]
        yield min(a, b), max(a, b), {**tie, "agree": labels[0], "disagree": labels[1]}


def graphml(graph: nx.Graph[str]) -> bytes:
    """The network in GraphML, as UTF-8; `description` is an attribute of the graph.

    Edges have no id, which a file may hold once only and a statement with two targets would need twice; networkx
    reads the keys of parallel edges from their attribute `key`. Nodes of a two-mode network have the attribute
    `type` too, true for targets, by which igraph knows the modes.
    """
    from networkx.readwrite.graphml import GraphMLWriter

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
    buffer = io.BytesIO()
    writer.dump(buffer)
    return _escape_returns(buffer)


def gexf(graph: nx.Graph[str]) -> bytes:
    """The network in GEXF 1.2, as UTF-8; `networkx_key` holds the statement for networkx, which reads it away."""
    from networkx.readwrite.gexf import GEXFWriter

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
    buffer = io.BytesIO()
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

    UTF-8, `\\n` between lines; a cell that begins like a formula gets an apostrophe (`output.in_csv`).
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
    """The flat table as `table.arrays.to_arrow` gives it, in Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table.to_arrow(), sink)
    return bytes(sink.getvalue())


def _csv(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> bytes:
    return as_csv([columns, *([row.get(column, "") for column in columns] for row in rows)]).encode()


def _escape_returns(buffer: io.BytesIO) -> bytes:
    """XML in which a carriage return is written by its number: readers take a bare one for the end of a line."""
    return buffer.getvalue().replace(b"\r", b"&#13;") + b"\n"


# A network of somebody else's, read


@dataclass(frozen=True, slots=True)
class Edges:
    """A signed network, and what was added up or left out to make it, in phrases without a full stop."""

    graph: nx.Graph[str]
    notes: tuple[str, ...] = ()


def read(path: str | Path) -> Edges:
    """A signed, undirected network from a CSV file with the columns `a`, `b`, and `weight` or `sign`.

    Nodes are the names, stripped, each its own `label`. Rows of one pair, in either direction, make one edge whose
    `weight` is their sum; its other attributes are the file's other columns, as text, different values joined by
    "; ", empty cells left out. Ties of a name with itself or of weight 0 are left out, the names kept. The notes
    say which of this happened, and how often.

    The columns stand in any order, parted by comma, semicolon, tab or bar, in UTF-8 with or without a byte order mark.
    `weight` is any finite number; `sign` one of 1, +1, +, positive, -1, -, negative. Lines without
    anything in any cell are passed over.

    Raises StanceError where the file cannot be read, is over 200 MiB or has over 4,000,000 cells, UsageError for the
    first line at fault.
    """
    graph: nx.Graph[str] = nx.Graph()
    weights: dict[tuple[str, str], list[float]] = defaultdict(list)
    others: dict[tuple[str, str], dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    loops = 0
    for a, b, weight, attributes in parser.values(partial(_rows, path), Path(path), "split it"):
        graph.add_node(a, label=a)
        graph.add_node(b, label=b)
        if a == b:
            loops += 1
            continue
        pair = min(a, b), max(a, b)
        weights[pair].append(weight)
        for column, cell in attributes.items():
            others[pair][column][cell] = None
    for (a, b), own in weights.items():
        if weight := net_weight(own, f"{path}: {a} - {b}"):
            graph.add_edge(a, b, weight=weight)
            graph.edges[a, b].update({column: "; ".join(cells) for column, cells in others[a, b].items()})
    cancelled = len(weights) - graph.number_of_edges()
    return Edges(graph, tuple(filter(None, _notes(weights.values(), loops, cancelled))))


def _notes(weights: Iterable[list[float]], loops: int, cancelled: int) -> Iterator[str]:
    several = [own for own in weights if len(own) > 1]
    contrary = sum(min(own) < 0 < max(own) for own in several)
    yield note_on(loops, "self-tie", "left out")
    added = f"stand{'s' if len(several) == 1 else ''} more than once: their weights are added"
    yield note_on(len(several), "pair", added) + (
        f", {contrary} of them with contrary signs" if contrary else ""
    )
    yield note_on(cancelled, "tie", "of weight 0 left out")


def _rows(path: str | Path) -> Iterator[tuple[str, str, float, dict[str, str]]]:
    """In the worker, of each line: two names, the weight between them, and the other columns that are not empty."""
    content = input_.read(path, LARGEST, "name a CSV file")
    text = input_.decode(content, path, error=UsageError).removeprefix("\ufeff")
    columns: list[str] = []
    rows = sheets.delimited(path, io.StringIO(text, newline=""), columns=("a", "b"))
    for count, (line, cells) in enumerate(rows):
        if count * len(columns) > CELLS:
            raise StanceError(
                f"{path} has more than {CELLS:,} cells: leave out columns, or the lightest ties"
            )
        try:
            if columns:
                yield _row(cells, columns)
            else:
                columns = _columns(cells)
        except UsageError as error:
            raise UsageError(f"{path}, line {line}: {error}") from None
    if not columns:
        raise UsageError(f"{path} is empty: let it begin with the line a,b,weight")


def _columns(header: Sequence[str]) -> list[str]:
    """The cells of a header; raises UsageError for columns that are missing or stand twice."""
    columns = [cell.strip() for cell in header]
    values = {"weight", "sign"} & {*columns}
    missing = [name for name in ("a", "b") if name not in columns] + ["weight or sign"] * (not values)
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if missing:
        raise UsageError(
            f"no column {' and no column '.join(missing)} among {', '.join(columns)};"
            " let the file begin with the line a,b,weight"
        )
    if len(values) > 1:
        raise UsageError("both a column weight and a column sign; rename the one that is not meant")
    if twice or "" in columns:
        fault = f"two columns are called {twice[0]}" if twice and twice[0] else "a column has no name"
        raise UsageError(f"{fault}; give each column a name of its own")
    return columns


def _row(cells: list[str], columns: list[str]) -> tuple[str, str, float, dict[str, str]]:
    if len(cells) != len(columns):
        raise UsageError(
            f"{quantity(len(cells), 'cell')} where the header has {len(columns)};"
            " put names that hold the delimiter in quotes"
        )
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    a, b = row.pop("a"), row.pop("b")
    for column, name in (("a", a), ("b", b)):
        if not name:
            raise UsageError(f"no name in column {column}; write one, or take the line out")
    sign = row.pop("sign", None)
    weight = _weight(row.pop("weight")) if sign is None else SIGNS.get(sign.lower())
    if weight is None:
        raise UsageError(f"the sign is '{(sign or '')[:40]}'; write one of {', '.join(SIGNS)}")
    return a, b, weight, {column: cell for column, cell in row.items() if cell}


def _weight(cell: str) -> float:
    try:
        # What Python alone takes for a number, 1_000, is more likely a slip.
        weight = float(cell.replace("_", "?"))
    except ValueError:
        weight = float("inf")
    if not isfinite(weight):
        raise UsageError(f"the weight is '{cell[:40]}'; write a finite number such as -2 or 0.5")
    return weight
