"""What a coder is not to see yet: how others coded a document, until their differences are settled.

It is taken out of the graph that is served before anything is asked of it, so that no page, no row and no query has it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from stancegraph.curate.entries import slug
from stancegraph.curate.folder import Folder
from stancegraph.serve.settlement import Settlement
from stancegraph.store.terms import term
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from pyoxigraph import Quad

    from stancegraph.store import Local

OTHERS: Final = """SELECT DISTINCT ?s ?coder { ?s a stance:Statement ; stance:coder ?coder FILTER(?coder != ?me)
    FILTER NOT EXISTS { ?s stance:coder ?me } }"""


class Blind:
    """What one coder (an IRI) is not to see; `settled` gives the documents that are, by the last part of their IRI."""

    def __init__(self, coder: str, settled: Callable[[], Collection[str]]) -> None:
        self._coder, self._settled = NamedNode(coder), settled
        self._others: dict[NamedNode, str] = {}
        self._seen: set[NamedNode] = set()
        self._hidden: set[str] = set()
        self._coders: dict[str, set[str]] = {}
        self._known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, place: str | Path, coder: str) -> Blind:
        """What a coder, by number, is not to see of the folder of a graph."""
        folder = Folder(place)
        return cls(f"{folder.base}coder/{slug(coder, digits=True)}", Settlement(folder, coder).begun)

    def hides(self, iri: str) -> bool:
        """Whether an entry is one that is not to be seen."""
        return iri in self._hidden

    def conceal(self, text: str) -> str:
        """A message without the names of what is not to be seen."""
        names = {local_name(iri) for iri in self._hidden}
        return re.sub(r"[\w-]+", lambda word: "another-coder’s" if word[0] in names else word[0], text)

    def coders(self, document: str) -> set[str]:
        """Who else has coded a document, by IRI, where that is not to be seen."""
        return self._coders.get(document, set())

    def is_past(self) -> bool:
        """Whether other documents are settled now than when the graph was read."""
        return self._known != frozenset(self._settled())

    def forget(self) -> None:
        """Begin anew, with a graph of which all files are read again."""
        for known in (self._others, self._seen, self._hidden, self._coders):
            known.clear()
        self._known = frozenset(self._settled())

    def hidden(self, store: Local) -> set[Quad]:
        """The quads of a store, which may be a part of the graph, that are not to be seen."""
        rows = store.select(OTHERS.replace("?me", str(self._coder)))
        self._others |= {row["s"]: row["coder"].value for row in rows if isinstance(row["s"], NamedNode)}
        apart: set[NamedNode] = set()
        for row in store.select("SELECT ?r ?s ?d { ?r stance:reports ?s ; stance:document ?d }"):
            report, statement = row["r"], row["s"]
            if isinstance(statement, NamedNode) and statement in self._others:
                document = row["d"].value
                if local_name(document) in self._known:
                    self._seen.add(statement)
                elif isinstance(report, NamedNode):
                    apart.add(report)
                    self._coders.setdefault(document, set()).add(self._others[statement])
        apart |= self._others.keys() - self._seen
        found = {quad for node in apart for quad in (*store.description(node), *store.quads(value=node))}
        figures = {quad.object for quad in found if quad.predicate == term("stance:claims")}
        found |= {q for figure in figures if isinstance(figure, NamedNode) for q in store.description(figure)}
        self._hidden |= {node.value for node in (*apart, *figures) if isinstance(node, NamedNode)}
        return found
