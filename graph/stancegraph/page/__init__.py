"""The network as one HTML file: works offline, from a file, and can be followed back to the words.

write, html      the page of a store or of a stance network
network          any network as pyvis's own, to change and to show

>>> import networkx as nx
>>> "There is nothing to show" in html(nx.MultiDiGraph())
True
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from stancegraph import output, table
from stancegraph.errors import UsageError
from stancegraph.network import stances
from stancegraph.page.content import VIEWS, clean, describe, network_of
from stancegraph.page.drawing import Network, Page, draw
from stancegraph.store import Store

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import networkx as nx

__all__ = ["VIEWS", "html", "network", "write"]

TITLE = "Who stands where"
PICTURES: Final = frozenset({".pdf", ".png", ".svg"})
"""What no page is called."""


class PageOptions(TypedDict, total=False):
    """What a page is called, what it opens with, and how its agreement is computed."""

    view: str
    ego: str | None
    title: str | None
    scope: str | None
    embed: bool
    links: Sequence[tuple[str, str]]
    aggregation: str | None
    period: str | None


def html(source: nx.MultiDiGraph[str] | Store, **options: Unpack[PageOptions]) -> str:
    """The page of a store, or of a graph made by `network.stances`; the same graph gives the same text.

    `view` is what it opens with, one of `VIEWS`; `ego` names the actor whose neighbourhood that of "ego" shows;
    `title` and `scope` stand at its head, above them `links` to pages beside it (name and relative address). With
    `embed` it is that view alone, for an iframe. `aggregation` and `period` are those of `network.agreement`.
    Agreement and blocs need a graph that remembers its rows, as `network.stances` makes it.

    The page keeps its state in its address, by IRIs and ISO days, so that a link opens the same in a page made of
    more data: `#actor=IRI` an actor's own page; `about=IRI` a row, `by=IRI` an actor's words in it; `since`, `until`,
    `q` (search), `stance` (for, against, open), `basis`, `target`, `kind`, `act`, `document`, `quoted=1`; `view`, with
    `centre=IRI` for that of "ego"; `sort` (speaker, word, target, day, words, document; descending with "-" behind).
    `?embed` before the `#` shows that view alone.

    Of more than 50,000 stances of a store it shows an excerpt, and says so (see `page.content`). Raises UsageError for
    a view or an actor that is none.
    """
    text: str = _page(source, **options).generate_html()
    return text


def write(
    source: nx.MultiDiGraph[str] | Store, path: str | os.PathLike[str], **options: Unpack[PageOptions]
) -> None:
    """Writes the page (see `html`) to a file, whole or not at all; raises StanceError where it cannot.

    Raises UsageError for the name of a picture: a page is HTML whatever its file is called.
    """
    if isinstance(source, Store):
        output.refuse_input(Path(path), source.inputs)
    if Path(path).suffix.lower() in PICTURES:
        raise UsageError(
            f"'{Path(path).name[:60]}' is no page: name it .html, or write a picture with `plot`"
        )
    _page(source, **options).write_html(path)


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
    source: nx.MultiDiGraph[str] | Store,
    *,
    view: str = "positions",
    ego: str | None = None,
    title: str | None = None,
    scope: str | None = None,
    embed: bool = False,
    links: Sequence[tuple[str, str]] = (),
    **choices: str | None,
) -> Page:
    graph = network_of(table.stances(source)) if isinstance(source, Store) else source
    content = describe(graph, view, ego, **{name: value for name, value in choices.items() if value})
    return Page(content, title=clean(title or TITLE), scope=clean(scope or ""), embed=embed, links=links)
