"""How the page is made: places, lines, bytes, and what stands in it that is not ours."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import networkx as nx
import pytest
import pyvis.network

import stancegraph
from pages import edge, five
from stancegraph import layout, page
from stancegraph.errors import StanceError
from stancegraph.page import drawing
from stancegraph.page.content import describe
from stancegraph.page.pictures import wrap

if TYPE_CHECKING:
    from stancegraph.page.content import Tie

    Graph = nx.MultiDiGraph[str]


def turn(tie: Tie) -> str:
    assert not isinstance(tie["smooth"], bool)
    return str(tie["smooth"]["type"])


def test_both_signs_between_a_pair_bend_apart_and_width_counts_documents() -> None:
    content = describe(five())
    names = [entity["label"] for entity in content.entities]
    ties = {(names[tie["from"]], names[tie["to"]], tie["sign"]): tie for tie in content.ties}
    bends = {turn(ties["Hakim", "Rashid", sign]) for sign in (1, -1)}
    assert bends == {"curvedCW", "curvedCCW"}
    assert ties["Sadr", names[-1], 1]["smooth"] is False
    assert ties["Sadr", names[-1], 1]["documents"] == 2
    assert ties["Iraq", names[-1], 1]["documents"] == 1
    assert len(ties) == 6


def test_opposite_lines_of_a_pair_bend_apart() -> None:
    graph = five()
    edge(graph, "s:7", "actor:iraq", "actor:league", 1)
    edge(graph, "s:8", "actor:league", "actor:iraq", 1)
    bent = [turn(tie) for tie in describe(graph).ties if tie["smooth"]]
    # Each bends clockwise seen from its own speaker, so the two enclose an eye.
    assert Counter(bent) == {"curvedCW": 1, "curvedCCW": 3} or Counter(bent) == {
        "curvedCW": 3,
        "curvedCCW": 1,
    }


def test_what_a_node_carries_beside_its_names_stays_out_of_the_page() -> None:
    graph = five()
    for data in graph.nodes.values():
        data.update(group="x", title="<b>", source="y")
    content = describe(graph)
    assert {key for entity in content.entities for key in entity} == set(
        "iri label arabic aliases kind bloc".split()
    )
    assert {key for tie in content.ties for key in tie} == {"id", "from", "to", "sign", "smooth", "documents"}


def test_no_two_boxes_overlap_and_places_are_integers() -> None:
    boxes = [layout.Box(40 + i % 7 * 9, 10 + i % 3 * 8, 20 + i % 5 * 6) for i in range(90)]
    ties = [(i, (i * i + 3) % 60) for i in range(60)] + [(70, 71), (72, 73), (73, 74)]
    at = layout.positions(boxes, ties)
    assert all(type(x) is int and type(y) is int for x, y in at)
    for i, (x, y) in enumerate(at):
        for j, (u, v) in enumerate(at[:i]):
            a, b = boxes[i], boxes[j]
            assert abs(x - u) >= a.half + b.half or y - a.up >= v + b.down or v - b.up >= y + a.down, (i, j)


def test_a_long_label_is_wrapped_and_cut() -> None:
    assert wrap("x" * 50, 20, 2) == "x" * 19 + "-\n" + "x" * 19 + "…"
    assert wrap("", 20, 2) == ""


SCRIPT = """
import random, sys
sys.path[:0] = {paths!r}
import networkx as nx
import pages
from stancegraph import layout, page
graph = pages.five()
mixed = nx.MultiDiGraph()
nodes, edges = list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))
random.Random({seed}).shuffle(nodes), random.Random({seed}).shuffle(edges)
mixed.add_nodes_from(nodes), mixed.add_edges_from(edges)
page.write(mixed, {path!r}, title="Cinq acteurs \\u2013 \\u062e\\u0645\\u0633\\u0629")
from stancegraph import store
page.write(store.open(), {path!r} + "-shipped")
"""


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    """Under two hash seeds, two locales, and two orders of the same graph."""
    here = [str(Path(__file__).parent), str(Path(stancegraph.__file__).parent.parent)]
    written, shipped = [], []
    for seed, locale in (("0", "C"), ("1", "C.UTF-8")):
        path = tmp_path / f"{seed}.html"
        script = SCRIPT.format(paths=here, seed=seed, path=str(path))
        command = [sys.executable, "-X", "utf8=0", "-c", script]
        surroundings = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONCOERCECLOCALE": "0"}
        subprocess.run(command, check=True, env={**os.environ, **surroundings})
        written.append(path.read_bytes())
        shipped.append(Path(f"{path}-shipped").read_bytes())
    assert written[0] == written[1]
    assert shipped[0] == shipped[1]
    assert b"\r" not in written[0]
    assert "خمسة".encode() in written[0]


@pytest.mark.parametrize("name", ["no/such/folder/page.html", ".", "nul\0.html"])
def test_a_page_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path, name: str) -> None:
    with pytest.raises(StanceError, match=r"cannot write .*; name another file with -o"):
        page.write(five(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_page_replaces_the_old_one_whole_and_is_as_readable_as_any_file(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("old")
    usual = path.stat().st_mode
    page.write(five(), path)
    assert path.read_bytes() == page.html(five()).encode()
    assert path.stat().st_mode == usual
    assert list(tmp_path.iterdir()) == [path]


def test_pyvis_still_reads_the_template_from_where_the_page_puts_it() -> None:
    network = pyvis.network.Network(cdn_resources="in_line")
    network.path = "ours"
    network.templateEnv = jinja2.Environment(
        loader=jinja2.DictLoader({"ours": "{{ heading }}|{{ nodes }}|{{ edges }}|{{ options }}"}),
        autoescape=True,
    )
    network.heading, network.nodes, network.edges, network.options = "<b>", [{"id": 1}], [], {"physics": {}}
    assert network.generate_html() == "&lt;b&gt;|[{&#39;id&#39;: 1}]|[]|{&#34;physics&#34;: {}}"


@pytest.mark.parametrize("room", ["page", "serve"])
def test_vendored_libraries_are_what_their_sums_say(room: str) -> None:
    folder = drawing.HERE.parent / room / "vendor"
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert {path.name for path in folder.iterdir()} == {*sums, "SHA256SUMS"}
    for name, expected in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name


def test_the_shell_stays_small() -> None:
    """What stands in every page, whatever it is about."""
    text = page.html(five())
    data = re.search(r'<script type="application/json".*?</script>', text, re.DOTALL)
    rows = re.search(r'<section id="positions".*?</section>', text, re.DOTALL)
    assert data
    assert rows
    assert len(text.encode()) - len(data[0].encode()) - len(rows[0].encode()) < 755_000
