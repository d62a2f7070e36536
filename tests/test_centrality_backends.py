"""The networkx backends a user may name: the same scores, and what is said where one cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

from centralities import drawn, networks, scores
from stancegraph.centrality.measures import MEASURES
from stancegraph.errors import StanceError, UsageError

THROUGH_BACKENDS = sorted(name for name, measure in MEASURES.items() if measure.by_backend)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("name", THROUGH_BACKENDS)
def test_networkx_itself_gives_the_same_scores_when_named(name: str, directed: bool) -> None:
    graph = drawn(6, nodes=14, ties=60, directed=directed)
    assert scores(name, graph, "networkx") == pytest.approx(scores(name, graph), abs=1e-9)


@pytest.mark.parametrize("network", sorted(set(networks()) - {"extreme weights"}))
@pytest.mark.parametrize("name", THROUGH_BACKENDS)
def test_networkx_when_named_scores_the_same_nodes_of_any_network(name: str, network: str) -> None:
    graph = networks()[network]
    assert scores(name, graph, "networkx") == pytest.approx(scores(name, graph), abs=1e-9)


def test_a_backend_that_does_not_converge_is_told() -> None:
    """A tie 10^100 times as strong as the next leaves power iteration no end."""
    with pytest.raises(StanceError, match="does not converge in backend 'networkx'; leave the backend out"):
        scores("hub", networks()["extreme weights"], "networkx")


@pytest.mark.parametrize("name", ["betweenness", "degree"])
def test_a_backend_that_is_not_installed_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(UsageError, match="no networkx backend is called 'abacus'; installed are: networkx"):
        scores(name, nx.path_graph(3), "abacus")


ABACUS = """
def convert_from_nx(graph, **options):
    return graph

def convert_to_nx(result, **options):
    return result

def betweenness_centrality(G, k=None, normalized=True, weight=None, endpoints=False, seed=None):
    return {node: sum(data[weight] for *_, data in G.edges(node, data=True)) for node in G}

def closeness_centrality(G, u=None, distance=None, wf_improved=True):
    return dict.fromkeys(G, float("nan"))

def pagerank(G, *arguments, **options):
    raise RuntimeError("beads are stuck")
"""
"""A small but real backend: its betweenness is the summed length of a node's ties, which no other computes."""


def with_abacus(folder: Path, lines: str) -> str:
    """What a Python with that backend installed prints."""
    info = folder / "abacus-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: abacus\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[networkx.backends]\nabacus = abacus\n", encoding="utf-8")
    (folder / "abacus.py").write_text(ABACUS, encoding="utf-8")
    start = (
        "import networkx as nx\n"
        "from stancegraph.centrality.measures import MEASURES\n"
        "from stancegraph.errors import StanceError\n"
        "def told(name):\n"
        "    try:\n        return MEASURES[name].scores(graph, 'abacus')\n"
        "    except StanceError as error:\n        return f'{type(error).__name__}: {error}'\n"
        "graph = nx.Graph()\ngraph.add_weighted_edges_from([('a', 'b', 2), ('b', 'c', 4)])\n"
    )
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", start + lines],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_named_backend_reckons_with_the_lengths_and_its_failures_are_told(tmp_path: Path) -> None:
    """The ties are 1/2 and 1/4 long: as whole numbers, 2 and 1."""
    names = ("betweenness", "closeness", "pagerank", "katz")
    told = with_abacus(tmp_path, f"for name in {names}:\n    print(told(name))\n").splitlines()
    assert told[0] == "{'a': 2.0, 'b': 3.0, 'c': 1.0}"
    assert told[1].startswith("StanceError: backend 'abacus' gives closeness_centrality that are no numbers")
    assert told[2].startswith("UsageError: backend 'abacus' cannot run pagerank: beads are stuck")
    assert told[3].startswith("UsageError: backend 'abacus' cannot run katz_centrality")
    assert len(told) == 4
