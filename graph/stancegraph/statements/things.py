"""What a graph says of its things: their labels, the sign of each edge, the organisation of a role."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from stancegraph.errors import StanceError
from stancegraph.records import Named
from stancegraph.vocabulary import local_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stancegraph.store import Store, Term


def polarities(store: Store) -> dict[str, int]:
    """Edge property → sign, as the vocabulary in the graph says."""
    rows = store.select("SELECT ?edge ?sign WHERE { ?edge stance:polarity ?sign }")
    if not rows:
        raise StanceError(
            f"{store.where} lacks the vocabulary that says which properties are stances: "
            "load ontology/stance.ttl beside it"
        )
    return {row["edge"].value: int(row["sign"].value) for row in rows}


class _Labels(dict[str, str]):
    """IRI → English label; the last part of the IRI where the graph has none."""

    def __missing__(self, iri: str) -> str:
        return local_name(iri)


def labels(store: Store, pattern: str, values: Mapping[str, Sequence[Term]] | None = None) -> dict[str, str]:
    """English label of everything `pattern` binds to ?x; a missing one reads as the last part of the IRI."""
    rows = store.select(
        f"""SELECT DISTINCT ?x ?label WHERE {{ {pattern} . ?x skos:prefLabel ?label
            FILTER(LANG(?label) IN ("en", "")) }}""",
        values,
    )
    return _Labels((row["x"].value, row["label"].value) for row in rows)


@lru_cache(maxsize=4)
def described(store: Store) -> dict[str, tuple[str, str | None]]:
    """Actor → its kind and its Arabic label."""
    rows = store.select(
        """SELECT ?actor ?kind ?arabic WHERE { ?actor stance:actorKind/skos:prefLabel ?kind .
             OPTIONAL { ?actor skos:prefLabel ?arabic FILTER(LANG(?arabic) = "ar") } }"""
    )
    return {
        row["actor"].value: (row["kind"].value, row["arabic"].value if "arabic" in row else None)
        for row in rows
    }


def organisations(store: Store, iris: Sequence[Term] | None = None) -> dict[str, dict[str, Named]]:
    """Statement → speaker → the organisation of the role the speaker spoke in; of the statements named, or of all."""
    rows = store.select(
        """SELECT ?s ?speaker ?organisation ?label WHERE {
             ?s stance:inRole ?role . ?role org:member ?speaker ; org:organization ?organisation .
             ?organisation skos:prefLabel ?label FILTER(LANG(?label) = "en") }""",
        None if iris is None else {"s": iris},
    )
    found: dict[str, dict[str, Named]] = defaultdict(dict)
    for row in rows:
        organisation = Named(row["organisation"].value, row["label"].value)
        found[row["s"].value][row["speaker"].value] = organisation
    return found
