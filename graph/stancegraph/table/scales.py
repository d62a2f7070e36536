"""What the level of a stance can be: its polarity, or a variable somebody coded, with the scale declared for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite, nan
from typing import TYPE_CHECKING, Final

import numpy as np
from pyoxigraph import Literal

from stancegraph.errors import UsageError
from stancegraph.statements.reader import number
from stancegraph.store.sparql import node
from stancegraph.vocabulary import PREFIXES, compact, expand, local_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stancegraph.store import Store, Term

KINDS: Final = ("polarity", "boolean", "scaled", "categorical")


@dataclass(frozen=True, slots=True)
class Scale:
    """`kind` is one of `KINDS`; `levels` the values that occur or are declared; `span` R, the range of the scale.

    The level of a categorical variable is a place in `labels`, and has no order. `low` and `high` are the
    bounds declared, None where none are; then R is the range observed before filtering. `empty` is the category
    that says nothing was coded (its `skos:notation` is empty), None where there is none.
    """

    name: str
    kind: str
    levels: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    labels: tuple[str, ...] = ()
    empty: float | None = None

    @property
    def span(self) -> float:
        """R: 2 for polarity, 1 for a boolean, else the declared or the observed range."""
        if self.low is not None and self.high is not None:
            return self.high - self.low
        return max(self.levels) - min(self.levels) if self.levels else 0.0

    @property
    def neutral(self) -> bool:
        """Whether level 0 is a stance withheld, as in polarity, and not a level like others."""
        return self.kind == "polarity"

    def shown(self, level: float) -> float | str:
        """A level as people read it: the label of a category, else a number, whole where it is."""
        if self.kind == "categorical":
            return self.labels[int(level)]
        return int(level) if level.is_integer() else level

    def signs(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Q of each level in a two-mode difference: a boolean's are -1 and 1."""
        return levels * 2 - 1 if self.kind == "boolean" else levels

    def similarity(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 - d(k, l) of each pair of levels, d = |q_k - q_l| / R; of categories 1 where they are the same."""
        if self.kind == "categorical":
            same: NDArray[np.float64] = (levels[:, None] == levels[None, :]).astype(float)
            return same
        apart = np.abs(levels[:, None] - levels[None, :])
        return 1 - apart / self.span if self.span else np.ones_like(apart)

    def check(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """The levels, all finite and on the scale; raises UsageError naming the first that is not."""
        wrong, bounds = ~np.isfinite(levels), ""
        if self.low is not None and self.high is not None:
            wrong |= (levels < self.low) | (levels > self.high)
            bounds = f", which runs from {self.low:g} to {self.high:g}"
        if wrong.any():
            at = int(np.argmax(wrong))
            raise UsageError(
                f"level {levels[at]:g} in row {at + 1} is not on the scale of {self.name}{bounds}: mend the row"
            )
        return levels

    def over(self, observed: NDArray[np.float64]) -> Scale:
        """The scale with the levels observed, where it does not know its levels."""
        return self if self.levels else replace(self, levels=tuple(float(q) for q in np.unique(observed)))


POLARITY: Final = Scale("polarity", "polarity", (-1.0, 0.0, 1.0), -1.0, 1.0)
"""Supports 1, opposes -1; 0 is explicit abstention."""


DECLARED: Final = """SELECT DISTINCT ?variable ?label ?range ?low ?high WHERE {
    ?variable rdfs:range ?range . FILTER(isIRI(?variable))
    OPTIONAL { ?variable rdfs:label ?label }
    OPTIONAL { ?variable schema:minValue ?low } OPTIONAL { ?variable schema:maxValue ?high } }"""
OBSERVED: Final = """SELECT DISTINCT ?value ?label ?notation WHERE { ?s a stance:Statement ; ?variable ?value .
    OPTIONAL { ?value skos:prefLabel ?label FILTER(LANG(?label) IN ("en", "")) }
    OPTIONAL { ?value skos:notation ?notation } }"""
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


def find_variable(store: Store, name: str) -> Variable:
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
    observed = store.select(OBSERVED, {"variable": node(iri)})
    if kind == expand("xsd:boolean"):
        return Variable(iri, Scale(label, "boolean", (0.0, 1.0), 0.0, 1.0), {})
    if kind in {expand(f"xsd:{name}") for name in ("integer", "int", "decimal", "double", "float")}:
        low, high = (
            number(store, iri, f"schema:{end}Value", row[key].value, instead="the scale observed counts")
            if key in row
            else None
            for end, key in (("min", "low"), ("max", "high"))
        )
        levels = sorted({level for each in observed if isfinite(level := _float(each["value"].value))})
        return Variable(iri, Scale(label, "scaled", tuple(levels), low, high), {})
    words = {each["value"].value: _word(each) for each in observed}
    labels = tuple(sorted(set(words.values())))
    place = {value: float(labels.index(text)) for value, text in words.items()}
    levels = [float(i) for i in range(len(labels))]
    empty = (each["value"].value for each in observed if "notation" in each and not each["notation"].value)
    scale = Scale(label, "categorical", tuple(levels), labels=labels, empty=place.get(next(empty, "")))
    return Variable(iri, scale, place)


def _word(row: dict[str, Term]) -> str:
    value = row["value"]
    if "label" in row:
        return row["label"].value
    return value.value if isinstance(value, Literal) else local_name(value.value)


def levels(variable: Variable, coded: Mapping[str, set[str]], store: Store) -> dict[str, float]:
    """Statement → its level; one whose value is none, or outside the declared scale, is left out and noted."""
    found = {}
    for iri, texts in coded.items():
        text = min(texts)
        if variable.scale.kind == "categorical":
            level = variable.place[text]
        else:
            level = WORDS.get(text, nan) if variable.scale.kind == "boolean" else _float(text)
        if why := _why_no_level(variable.scale, level):
            what = f"{variable.scale.name} '{text[:40]}' {why}"
            store.left_out[f"{iri}: {what}: the statement is left out"] = None
        else:
            found[iri] = level
    return found


def _why_no_level(scale: Scale, level: float) -> str:
    """Why a value is on no level of the scale; empty where it is on one."""
    if scale.kind == "boolean" and level not in (0, 1):
        return "is neither true nor false"
    if not isfinite(level):
        return "is not a number"
    if scale.low is not None and scale.high is not None and not scale.low <= level <= scale.high:
        return f"is outside the scale, {scale.low:g} to {scale.high:g}"
    return ""


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return nan
