"""The network as one HTML file: works offline, from a file, and can be followed back to the words.

write, html      the page of a store or of a stance network
network          any network as pyvis's own, to change and to show

>>> import networkx as nx
>>> "There is nothing to show" in html(nx.MultiDiGraph())
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stancegraph.network import stances
from stancegraph.page.content import VIEWS, clean, describe
from stancegraph.page.drawing import Network, Page, draw
from stancegraph.store import Store

if TYPE_CHECKING:
    import os

    import networkx as nx

__all__ = ["VIEWS", "html", "network", "write"]

TITLE = "Who said what"
SCOPE = "Stances as coded from documents: who spoke for or against whom and what, and in which words."


def html(
    source: nx.MultiDiGraph[str] | Store,
    *,
    view: str = "stances",
    ego: str | None = None,
    title: str | None = None,
    scope: str | None = None,
) -> str:
    """The page of a store, or of a graph made by `network.stances`; the same graph gives the same text.

    `view` is what it opens with, one of `VIEWS`; `ego` names the actor whose neighbourhood that of "ego" shows.
    Agreement, blocs and positions need a graph that remembers its rows, as `network.stances` makes it.
    Raises UsageError for a view or an actor that is none.
    """
    text: str = _page(source, view, ego, title, scope).generate_html()
    return text


def write(
    source: nx.MultiDiGraph[str] | Store,
    path: str | os.PathLike[str],
    *,
    view: str = "stances",
    ego: str | None = None,
    title: str | None = None,
    scope: str | None = None,
) -> None:
    """Writes the page (see `html`) to a file, whole or not at all; raises StanceError where it cannot."""
    _page(source, view, ego, title, scope).write_html(path)


def network(source: nx.Graph[str] | Store) -> Network:
    """A `pyvis.network.Network` of a store's stances, or of any graph of `stancegraph.network`, to go on with.

    Nodes are named by their IRIs and stand where the page would draw them, with its labels, shapes and colours by
    day; a line of stances is one speaker's of one sign on one target, a tie is as wide as it weighs. Titles tell the
    words behind; `statements` of an edge holds their IRIs. pyvis writes it (`save_graph`, `show`) as a page of
    its own, offline, with every text escaped. Raises UsageError for a tie without weight or polarity.

    >>> from stancegraph import store
    >>> net = network(store.open())
    >>> net.get_node("https://w3id.org/stancegraph/id/actor/qais-al-khazali")["color"] = "crimson"
    >>> net.num_nodes(), "crimson" in net.generate_html()
    (86, True)
    """
    return draw(stances(source) if isinstance(source, Store) else source)


def _page(
    source: nx.MultiDiGraph[str] | Store, view: str, ego: str | None, title: str | None, scope: str | None
) -> Page:
    graph = stances(source) if isinstance(source, Store) else source
    return Page(describe(graph, view, ego), title=clean(title or TITLE), scope=clean(scope or SCOPE))
