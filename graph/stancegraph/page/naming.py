"""What things are called: their other names, the language of what was quoted, and who is meant by a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stancegraph import names
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

    from stancegraph.store import Store

WORDS: Final = "SELECT DISTINCT ?words WHERE { ?selector oa:exact ?words }"


def aliases(store: Store | None) -> dict[str, tuple[str, ...]]:
    """IRI → the names it goes by beside its label."""
    if store is None:
        return {}
    index = names.index(store, "actor", "proposition")
    entries = [*index.entries("actor"), *index.entries("proposition")]
    return {entry.iri: tuple(sorted({*entry.aliases, *entry.weak} - {entry.label})) for entry in entries}


def languages(store: Store | None) -> dict[str, str]:
    """Quoted words → their language, where they have one."""
    found: dict[str, set[str]] = {}
    for row in store.select(WORDS) if store is not None else ():
        found.setdefault(row["words"].value, set()).add(getattr(row["words"], "language", None) or "")
    return {words: min(tags) for words, tags in found.items() if len(tags) == 1 and min(tags)}


def thing_named(ego: str, graph: nx.MultiDiGraph[str], number: Mapping[str, int], store: Store | None) -> int:
    """The number of the node an IRI, a label or, in a graph from a store, any spelling names."""
    if ego in number:
        return number[ego]
    nodes: Any = graph.nodes(data=True)
    bearers = [iri for iri, data in nodes if data.get("label") == ego]
    if len(bearers) != 1 and store is not None:
        bearers = [names.index(store, "actor").resolve(ego, "actor").iri]
    if len(bearers) != 1 or bearers[0] not in number:
        raise UsageError(f"'{ego[:60]}' is in no statement shown: widen the filters or name another actor")
    return number[bearers[0]]
