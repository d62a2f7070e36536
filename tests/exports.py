"""Exported files as other programs read them, and small graphs to export."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import networkx as nx

FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
EX = "https://example.org/id/"
FIRST, SECOND = "The first thing is so.", "The second thing is so."
PREFIXES = """
@prefix stance: <https://w3id.org/stancegraph/ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix kind: <https://w3id.org/stancegraph/id/kind/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix basis: <https://w3id.org/stancegraph/id/basis/> . @prefix ex: <https://example.org/id/> .
"""


def ex(*names: str) -> str:
    return "; ".join(EX + name for name in names)


def read_network(path: Path, kind: str) -> Any:
    """The network in a file, as networkx reads it, without what only its format adds."""
    graph: Any
    if path.suffix == ".gexf":
        graph = nx.read_gexf(path)
        for *_, data in graph.edges(data=True):
            del data["id"]
        return graph
    graph = nx.read_graphml(path, force_multigraph=kind == "stances")
    for *_, key, data in graph.edges(keys=True, data=True) if kind == "stances" else ():
        assert data.pop("key") == key
    return graph


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
