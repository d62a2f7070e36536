"""Variables somebody coded beside the polarity: how a graph declares them, and what its statements hold."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from stancegraph.errors import StanceError, UsageError
from stancegraph.table.scale import Scale
from stancegraph.vocabulary import PREFIXES, compact, expand, local_name

if TYPE_CHECKING:
    from stancegraph.store import Store, Term

DECLARED: Final = """SELECT DISTINCT ?variable ?label ?range ?low ?high WHERE {
    ?variable rdfs:range ?range . FILTER(isIRI(?variable))
    OPTIONAL { ?variable rdfs:label ?label }
    OPTIONAL { ?variable schema:minValue ?low } OPTIONAL { ?variable schema:maxValue ?high } }"""
OBSERVED: Final = """SELECT DISTINCT ?value ?label WHERE { ?s a stance:Statement ; ?variable ?value .
    OPTIONAL { ?value skos:prefLabel ?label FILTER(LANG(?label) IN ("en", "")) } }"""
VALUES: Final = "SELECT ?s ?value WHERE { ?s ?variable ?value }"
WORDS: Final = {"true": 1.0, "1": 1.0, "false": 0.0, "0": 0.0}


@dataclass(frozen=True, slots=True)
class Variable:
    """A coded variable: its property, and the scale its values are on; `place` of each category."""

    iri: str
    scale: Scale
    place: dict[str, float]


def declared(store: Store) -> dict[str, dict[str, Term]]:
    """IRI → what is declared of it, of every property with a range that is no term of the vocabularies used."""
    ours = tuple(PREFIXES.values())
    rows = store.select(DECLARED)
    return {row["variable"].value: row for row in rows if not row["variable"].value.startswith(ours)}


def named(store: Store, name: str) -> Variable:
    """The variable called so: by IRI, last part or label; raises UsageError listing those there are."""
    found = declared(store)
    label = {iri: row["label"].value if "label" in row else local_name(iri) for iri, row in found.items()}
    exact = [iri for iri in found if name in {iri, compact(iri), local_name(iri), label[iri]}]
    loose = [iri for iri in found if name.casefold() in {local_name(iri).casefold(), label[iri].casefold()}]
    meant = exact or loose
    if len(meant) != 1:
        there = ", ".join(["polarity", *sorted(label.values())])
        what = (
            f"--level '{name[:60]}' is a name of {len(meant)}"
            if meant
            else f"no level is called '{name[:60]}'"
        )
        raise UsageError(f"{what}; there are: {there}")
    return _variable(store, meant[0], label[meant[0]], found[meant[0]])


def _variable(store: Store, iri: str, label: str, row: dict[str, Term]) -> Variable:
    kind = row["range"].value
    observed = store.select(OBSERVED, {"variable": NamedNode(iri)})
    if kind == expand("xsd:boolean"):
        return Variable(iri, Scale(label, "boolean", (0.0, 1.0), 0.0, 1.0), {})
    if kind in {expand(f"xsd:{name}") for name in ("integer", "int", "decimal", "double", "float")}:
        low, high = (
            number(iri, f"schema:{end}Value", row[key].value) if key in row else None
            for end, key in (("min", "low"), ("max", "high"))
        )
        levels = sorted({level for each in observed if isfinite(level := _float(each["value"].value))})
        return Variable(iri, Scale(label, "scaled", tuple(levels), low, high), {})
    words = {each["value"].value: _word(each) for each in observed}
    labels = tuple(sorted(set(words.values())))
    place = {value: float(labels.index(text)) for value, text in words.items()}
    levels = [float(i) for i in range(len(labels))]
    return Variable(iri, Scale(label, "categorical", tuple(levels), labels=labels), place)


def _word(row: dict[str, Term]) -> str:
    value = row["value"]
    if "label" in row:
        return row["label"].value
    return value.value if isinstance(value, Literal) else local_name(value.value)


def values(variable: Variable, ask: Any) -> dict[str, float]:
    """Statement → its level; raises StanceError for a value that is none, or outside the declared scale."""
    found = {}
    scale = variable.scale
    for row in ask(VALUES, {"variable": NamedNode(variable.iri)}):
        iri, text = row["s"].value, row["value"].value
        if scale.kind == "categorical":
            level = variable.place[text]
        elif scale.kind == "boolean":
            level = WORDS.get(text, nan)
        else:
            level = number(iri, scale.name, text)
        if not isfinite(level):
            raise StanceError(f"{iri}: {scale.name} '{text[:40]}' is neither true nor false: mend it")
        outside = scale.low is not None and scale.high is not None and not scale.low <= level <= scale.high
        if outside:
            raise StanceError(
                f"{iri}: {scale.name} {text[:40]} is outside its scale, {scale.low:g} to {scale.high:g}: "
                "mend the value, or the scale declared"
            )
        found[iri] = level
    return found


def number(iri: str, predicate: str, text: str) -> float:
    """A number the data gives; raises StanceError naming where one is none."""
    value = _float(text)
    if not isfinite(value):
        raise StanceError(
            f"{iri}: {predicate} '{text[:40]}' is not a number: mend it (`stancegraph check` finds all)"
        )
    return value


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return nan
