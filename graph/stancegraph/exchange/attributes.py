"""All that is known of a network's nodes and edges, in a fixed order, and as text where a format has no lists."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np

from stancegraph import network
from stancegraph.dates import EARLIEST, LATEST, span
from stancegraph.errors import UsageError
from stancegraph.network.graphs import TARGET
from stancegraph.statements.filters import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stancegraph.network.method import Method
    from stancegraph.table import Table

    Data = dict[str, Any]

NODE: Final = ("label", "label_ar", "kind", "iri", "bipartite", "statements")
"""Attributes of nodes. `bipartite` is 0 for actors and 1 for targets of a two-mode network; `statements` is the
number an actor made."""
STANCE: Final = (
    *(
        "polarity",
        "level",
        "stance",
        "date",
        "earliest",
        "latest",
        "act",
        "medium",
        "basis",
        "confidence",
        "gist",
    ),
    *("quotes", "reports", "documents", "statement"),
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
    return "; ".join([f"{method.kind}: {', '.join(f'{k} {_word(v)}' for k, v in choices.items())}", *parts])


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


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
    own, other = (table.target, table.actor) if method.kind == "targets" else (table.actor, table.target)
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
