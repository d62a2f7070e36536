"""The network as one HTML file: works offline, from a file, and can be followed back to the words.

>>> import networkx as nx
>>> "There is nothing to show" in html(nx.MultiDiGraph())
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stancegraph.page.content import clean, told
from stancegraph.page.drawing import Drawing

if TYPE_CHECKING:
    import os

    import networkx as nx

__all__ = ["html", "write"]

TITLE = "Who said what"
SCOPE = "Stances as coded from documents: who spoke for or against whom and what, and in which words."


def html(graph: nx.MultiDiGraph[str], *, title: str = TITLE, scope: str = SCOPE) -> str:
    """The page of a graph made by `network.stances`; the same graph gives the same text."""
    page: str = _drawing(graph, title, scope).generate_html()
    return page


def write(
    graph: nx.MultiDiGraph[str],
    path: str | os.PathLike[str],
    *,
    title: str = TITLE,
    scope: str = SCOPE,
) -> None:
    """Writes the page to a file, whole or not at all; raises StanceError where it cannot."""
    _drawing(graph, title, scope).write_html(path)


def _drawing(graph: nx.MultiDiGraph[str], title: str, scope: str) -> Drawing:
    return Drawing(told(graph), title=clean(title), scope=clean(scope))
