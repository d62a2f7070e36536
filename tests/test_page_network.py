"""Any network as pyvis's own: what it holds, what a user may do with it, and what a browser makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
import pyvis.network

import pages
from pages import FIVE, HOSTILE, Opened, five, hostile
from stancegraph import network, page, store, table
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

chromium = pages.chromium


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Saves a pyvis network as its user would, and opens it."""
    monkeypatch.chdir(tmp_path)
    context = chromium.new_context(viewport={"width": 1400, "height": 900})

    def saved(net: pyvis.network.Network) -> Opened:
        net.save_graph("net.html")
        shown = Opened(context.new_page())
        shown.tab.goto((tmp_path / "net.html").as_uri())
        shown.tab.wait_for_selector("canvas")
        shown.tab.wait_for_timeout(400)
        return shown

    yield saved
    context.close()


def point_at(shown: Opened, node: str) -> str:
    """The text that pointing at a node brings up."""
    x, y = shown.tab.evaluate(
        """(node) => {
            network.moveTo({ position: network.getPosition(node), scale: 1, animation: false });
            const { x, y, width, height } = document.querySelector("canvas").getBoundingClientRect();
            return [x + width / 2, y + height / 2];
        }""",
        node,
    )
    shown.tab.mouse.move(x - 90, y - 90)
    shown.tab.mouse.move(x, y, steps=3)
    shown.tab.wait_for_selector(".vis-tooltip", state="visible")
    return shown.tab.locator(".vis-tooltip").inner_text()


def test_a_stance_network_has_a_line_for_each_speaker_target_and_sign() -> None:
    graph = five()
    net = page.network(graph)
    assert type(net) is pyvis.network.Network
    assert net.num_nodes() == 6
    assert set(net.get_nodes()) == set(graph)
    # Sadr calls for talks twice; Hakim is for Rashid and against.
    assert net.num_edges() == 6
    assert sorted(iri for edge in net.edges for iri in edge["statements"]) == sorted(
        k for *_, k in graph.edges
    )
    hakim = [edge for edge in net.edges if (edge["from"], edge["to"]) == ("actor:hakim", "actor:rashid")]
    assert {edge["color"]["color"] for edge in hakim} == {"#0072b2", "#c85200"}
    assert hakim[0]["smooth"]["type"] != hakim[1]["smooth"]["type"]


def test_lines_tell_the_words_behind_them_and_nodes_what_they_are() -> None:
    net = page.network(five())
    (talks,) = (edge["title"] for edge in net.edges if edge["from"] == "actor:sadr")
    assert talks.startswith("Sadr, coded as: for — The parties should talk.")
    assert "“let them talk” · 2025-03-09 · said" in talks
    assert "Calls for talks. · 2024-12-01 to 2024-12-06" in talks
    assert net.get_node("actor:sadr")["title"] == "Sadr\nصدر\ncleric"
    assert {n["id"]: n["shape"] for n in net.nodes}["actor:league"] == "triangle"


def test_a_store_and_its_stance_network_are_drawn_alike() -> None:
    source = store.open(str(FIVE))
    one, other = page.network(source), page.network(network.stances(source))
    assert one.nodes
    assert (one.nodes, one.edges) == (other.nodes, other.edges)


def test_a_tie_of_agreement_is_as_wide_as_it_weighs_and_names_its_statements() -> None:
    source = store.open(str(FIVE))
    graph = network.agreement(source, period="none")
    net = page.network(graph)
    label = {iri: data["label"] for iri, data in graph.nodes(data=True)}
    ties = {frozenset((label[edge["from"]], label[edge["to"]])): edge for edge in net.edges}
    assert set(ties) == {frozenset(("Alpha", "Gamma")), frozenset(("Beta", "Gamma"))}
    against = ties[frozenset(("Alpha", "Gamma"))]
    # One contrary stance over a mean activity of 1.5: -2/3.
    assert against["width"] == pytest.approx(1 + 3 * 2 / 3)
    assert against["dashes"] == [9, 6]
    assert against["arrows"]["to"]["enabled"] is False
    assert "Gamma opposes The first thing is so." in against["title"]
    a, b = against["from"], against["to"]
    assert set(against["statements"]) == {s.iri for s in network.evidence(graph, a, b)}


@pytest.mark.parametrize("make", [network.targets, network.two_mode])
def test_the_other_networks_are_drawn_too(make: Callable[[store.Store], nx.Graph[str]]) -> None:
    graph = make(store.open(str(FIVE)))
    net = page.network(graph)
    assert net.num_nodes() == len(graph)
    assert net.num_edges() == graph.number_of_edges()


def test_a_coded_variable_is_told_by_its_name_and_category() -> None:
    frame = table.Scale("frame", "categorical", (0.0, 1.0), labels=("cost", "risk"))
    rows = table.of(["Ann", "Bob"], ["border", "border"], [1, 1], scale=frame)
    (tie,) = page.network(network.agreement(rows)).edges
    assert tie["title"].split("\n") == [
        "Ann – Bob: 1",
        "Ann (frame: risk) on border",
        "Bob (frame: risk) on border",
    ]


def test_a_signed_network_of_ones_own_is_drawn_and_left_as_it_was() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 12), ("b", "c", -6)])
    net = page.network(graph)
    assert [(edge["width"], edge["dashes"]) for edge in net.edges] == [(4, False), (2.5, [9, 6])]
    assert not any(data for _, data in graph.nodes(data=True))
    assert list(graph.edges(data=True)) == [("a", "b", {"weight": 12}), ("b", "c", {"weight": -6})]
    with pytest.raises(UsageError, match="the tie a - d has no weight"):
        page.network(nx.Graph([("a", "d")]))


def test_what_a_user_changes_is_what_pyvis_writes(opened: Any) -> None:
    net = page.network(five())
    net.get_node("actor:hakim")["color"] = "#dc143c"
    net.add_node("mine", label="Mine", color="#00ff7f", x=0, y=-200, size=30)
    net.show_buttons(["physics"])
    shown = opened(net)
    assert shown.colours()["#dc143c"] > 20
    assert shown.colours()["#00ff7f"] > 200
    assert shown.colours()["#0072b2"] > 50
    assert shown.tab.locator("#config .vis-configuration").count() > 0
    assert len(shown.asked) == 1
    assert shown.complaints == []


def test_nodes_stand_still_where_they_were_placed(opened: Any) -> None:
    net = page.network(five())
    placed = opened(net).tab.evaluate("() => network.getPositions()")
    assert placed == {node["id"]: {"x": node["x"], "y": node["y"]} for node in net.nodes}


def test_hostile_titles_and_labels_are_shown_as_text_and_run_nothing(opened: Any) -> None:
    graph = hostile()
    shown = opened(page.network(graph))
    names = sorted(graph)
    for i in range(0, len(names), 9):
        if len(names[i]) < 300:
            text = graph.nodes[names[i]]["label"]
            assert text.split()[0][:40] in point_at(shown, names[i])
    linked = next(name for name in names if name.endswith(HOSTILE[33]))
    assert "href='x'" in point_at(shown, linked)
    assert shown.tab.locator(".popup").count() == 0
    assert shown.tab.locator(".vis-tooltip *:not(br)").count() == 0
    assert shown.tab.evaluate("() => window.hacked") is None
    assert len(shown.asked) == 1
    assert shown.complaints == []
