"""The network as one HTML file: works offline, from a file, and can be followed back to the words.

>>> import networkx as nx
>>> "There is nothing to show" in html(nx.MultiDiGraph())
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stancegraph.network import stances
from stancegraph.page.content import VIEWS, clean, describe
from stancegraph.page.drawing import Page
from stancegraph.store import Store

if TYPE_CHECKING:
    import os

    import networkx as nx

__all__ = ["VIEWS", "html", "write"]

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


def _page(
    source: nx.MultiDiGraph[str] | Store, view: str, ego: str | None, title: str | None, scope: str | None
) -> Page:
    graph = stances(source) if isinstance(source, Store) else source
    return Page(describe(graph, view, ego), title=clean(title or TITLE), scope=clean(scope or SCOPE))
