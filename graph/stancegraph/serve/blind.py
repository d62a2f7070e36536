"""What a coder is not to see yet: how others coded a document, until their differences are settled.

It is taken out of the graph that is served before anything is asked of it, so that no page, no row and no query has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from stancegraph.store.terms import term

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pyoxigraph import Quad

    from stancegraph.store import Local

OTHERS = """SELECT DISTINCT ?s { ?s a stance:Statement ; stance:coder ?coder FILTER(?coder != ?me)
    FILTER NOT EXISTS { ?s stance:coder ?me } }"""


class Blind:
    """What one coder (an IRI) is not to see, but of the documents that `settled` gives: their IRIs."""

    def __init__(self, coder: str, settled: Callable[[], Collection[str]]) -> None:
        self._coder, self._settled = NamedNode(coder), settled
        self._others: set[NamedNode] = set()
        self._seen: set[NamedNode] = set()
        self._hidden: set[str] = set()

    def hides(self, iri: str) -> bool:
        """Whether an entry is one that is not to be seen."""
        return iri in self._hidden

    def forget(self) -> None:
        """Begin anew, with a graph of which all files are read again."""
        for known in (self._others, self._seen, self._hidden):
            known.clear()

    def hidden(self, store: Local) -> set[Quad]:
        """The quads of a store, which may be a part of the graph, that are not to be seen."""
        rows = store.select(OTHERS.replace("?me", str(self._coder)))
        self._others |= {row["s"] for row in rows if isinstance(row["s"], NamedNode)}
        settled = {NamedNode(document) for document in self._settled()}
        apart: set[NamedNode] = set()
        for row in store.select("SELECT ?r ?s ?d { ?r stance:reports ?s ; stance:document ?d }"):
            report, statement = row["r"], row["s"]
            if isinstance(statement, NamedNode) and statement in self._others:
                if row["d"] in settled:
                    self._seen.add(statement)
                elif isinstance(report, NamedNode):
                    apart.add(report)
        apart |= self._others - self._seen
        found = {quad for node in apart for quad in (*store.description(node), *store.quads(value=node))}
        figures = {quad.object for quad in found if quad.predicate == term("stance:claims")}
        found |= {q for figure in figures if isinstance(figure, NamedNode) for q in store.description(figure)}
        self._hidden |= {node.value for node in (*apart, *figures) if isinstance(node, NamedNode)}
        return found
