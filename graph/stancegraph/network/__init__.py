"""The flat table of stances as networks, and how one is made: the choices that command line, Python and page share.

stances      directed, one edge per statement, speaker and target, keyed by the statement
two_mode     actors and targets, an edge for what an actor has said of a target
agreement    actors, tied by how they stand on the targets they share
targets      targets, tied by how the actors they share stand on them
evidence     the statements and words behind a tie; compare    two actors, target by target
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_type_hints

from stancegraph import lazy_exports
from stancegraph.errors import UsageError
from stancegraph.statements.filters import FILTERS, FilterOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stancegraph.network.graphs import Projection as Projection
    from stancegraph.network.graphs import agreement as agreement
    from stancegraph.network.graphs import build as build
    from stancegraph.network.graphs import countable as countable
    from stancegraph.network.graphs import graph as graph
    from stancegraph.network.graphs import matrix as matrix
    from stancegraph.network.graphs import moments as moments
    from stancegraph.network.graphs import prepare as prepare
    from stancegraph.network.graphs import project as project
    from stancegraph.network.graphs import series as series
    from stancegraph.network.graphs import stances as stances
    from stancegraph.network.graphs import targets as targets
    from stancegraph.network.graphs import two_mode as two_mode
    from stancegraph.network.graphs import weights_of as weights_of
    from stancegraph.network.relations import allies as allies
    from stancegraph.network.relations import compare as compare
    from stancegraph.network.relations import comparison as comparison
    from stancegraph.network.relations import profile as profile
    from stancegraph.network.temporal import Moment as Moment
    from stancegraph.network.temporal import kernels as kernels
    from stancegraph.network.temporal import windows as windows
    from stancegraph.network.ties import edge_list as edge_list
    from stancegraph.network.ties import evidence as evidence
    from stancegraph.network.ties import shared as shared
    from stancegraph.network.ties import sharing as sharing
    from stancegraph.network.ties import statement_counts as statement_counts
    from stancegraph.network.ties import supporting_rows as supporting_rows
    from stancegraph.network.ties import tie_rows as tie_rows

Kind = Literal["stances", "two-mode", "agreement", "targets"]
Aggregation = Literal["ignore", "congruence", "conflict", "subtract", "combine"]
Normalisation = Literal["none", "average", "jaccard", "cosine", "activity", "prominence"]
Duplicates = Literal["include", "document", "week", "month", "year", "ever"]

KINDS: Final[tuple[str, ...]] = get_args(Kind)
AGGREGATIONS: Final[tuple[str, ...]] = get_args(Aggregation)
NORMALISATIONS: Final[tuple[str, ...]] = get_args(Normalisation)

ALLOWED: Final = {
    "one-mode": (AGGREGATIONS[:4], NORMALISATIONS[:5]),
    "two-mode": (("ignore", "subtract", "combine"), ("none", "activity", "prominence")),
}
"""What is defined in a network of one set of nodes, and in one of two."""

COUNTED: Final = {
    "ignore": "stances",
    "congruence": "common stances",
    "conflict": "contrary stances",
    "subtract": "common minus contrary stances",
}
DIVIDED: Final = {
    "none": "",
    "average": ", over the mean number of stances of the two (Leifeld 2017)",
    "jaccard": ", over those of either (Jaccard)",
    "cosine": ", over the geometric mean of the stances of the two (cosine)",
    "activity": ", over the product of the numbers of stances of the two",
}


class NetworkOptions(FilterOptions, total=False):
    """How a network is made, and the filters of what it is made from."""

    aggregation: Annotated[Aggregation | None, "How levels on a shared target count."]
    normalisation: Annotated[
        Normalisation | None, "What a weight is divided by; default: average, for two-mode none."
    ]
    duplicates: Annotated[Duplicates | None, "Of equal stances the first counts in each of these."]
    level: Annotated[str | None, "The polarity, or the name of a coded variable."]
    period: Annotated[
        str | None,
        "Stances meet in a period: auto, none, week, month, quarter, year, DAYS, or cut at EVENT,EVENT; default: auto.",
    ]
    neutral: Annotated[bool, "Count stances withheld (neutral) too."]
    isolates: Annotated[bool, "Keep those without a tie, or drop them."]
    undertakings: Annotated[bool, "Count stances of actors on demands that bind them, too."]
    direct: Annotated[bool, "Add stances of actors on each other to agreement."]


CHOICES: Final = tuple(name for name in NetworkOptions.__annotations__ if name not in FILTERS)
"""The names of the choices that are no filters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """The choices; defaults make the signed network of agreement (one-mode subtract over average activity)."""

    kind: str = "agreement"
    aggregation: str = "subtract"
    normalisation: str | None = None
    duplicates: str = "document"
    level: str = "polarity"
    period: str = "auto"
    neutral: bool = False
    isolates: bool = True
    undertakings: bool = False
    direct: bool = False

    @classmethod
    def of(cls, kind: str, choices: Mapping[str, Any]) -> Method:
        """Of the choices given, None meaning the default; raises UsageError for what is undefined."""
        if kind not in KINDS:
            raise UsageError(f"--kind '{kind}': choose one of {', '.join(KINDS)}")
        for name, value in choices.items():
            if name not in CHOICES:
                raise UsageError(f"no choice is called '{name}'; there are: kind, {', '.join(CHOICES)}")
            words = allowed(name)
            if value is not None and words and value not in words:
                raise UsageError(f"--{name} '{value}': choose one of {', '.join(words)}")
        every = {"duplicates": "include"} if kind == "stances" else {}
        given = {name: value for name, value in choices.items() if value is not None}
        method = cls(kind=kind, **{**every, **given})
        method._check()
        return method

    @classmethod
    def split(cls, kind: str, options: Mapping[str, Any]) -> tuple[Method, dict[str, Any]]:
        """The method that the choices among the options make, and the other options: filters."""
        filters = {name: value for name, value in options.items() if name not in CHOICES}
        return cls.of(kind, {name: options[name] for name in options if name in CHOICES}), filters

    def _check(self) -> None:
        if self.direct and (self.kind != "agreement" or self.level != "polarity"):
            raise UsageError("--direct adds stances on actors to the polarity of agreement: use that network")
        if self.kind == "stances":
            if self.normalisation or self.aggregation != "subtract":
                raise UsageError(
                    "--aggregation and --normalisation are not defined for --kind stances: leave them out"
                )
            return
        aggregations, normalisations = ALLOWED["two-mode" if self.kind == "two-mode" else "one-mode"]
        if self.aggregation not in aggregations:
            raise UsageError(
                f"--aggregation {self.aggregation} is not defined for --kind {self.kind}: {', '.join(aggregations)}"
            )
        if self.divisor not in normalisations:
            raise UsageError(
                f"--normalisation {self.divisor} is not defined for --kind {self.kind}: "
                f"{', '.join(normalisations)}"
            )

    @property
    def one_mode(self) -> bool:
        """Whether it ties those of one side: actors, or targets; their stances meet inside a period."""
        return self.kind in {"agreement", "targets"}

    @property
    def divisor(self) -> str:
        """The normalisation, or what this kind of network has by default."""
        return self.normalisation or ("none" if self.kind == "two-mode" else "average")

    @property
    def weighed(self) -> str:
        """What the weight of a tie of agreement is, in words: "common stances on shared targets"."""
        directly = " plus stances on each other" if self.direct else ""
        return f"{COUNTED[self.aggregation]} on shared targets{DIVIDED[self.divisor]}{directly}"


def allowed(choice: str) -> tuple[str, ...]:
    """The words a choice is one of; none where any text or truth value serves.

    >>> allowed("duplicates")
    ('include', 'document', 'week', 'month', 'year', 'ever')
    """
    hint = get_type_hints(NetworkOptions)[choice]
    return tuple(word for part in get_args(hint) for word in get_args(part))


__getattr__, _, __all__ = lazy_exports(
    __name__,
    {
        "graphs": "Projection agreement build countable graph matrix moments prepare project series stances "
        "targets two_mode weights_of",
        "relations": "allies compare comparison profile",
        "temporal": "Moment kernels windows",
        "ties": "edge_list evidence shared sharing statement_counts supporting_rows tie_rows",
    },
)
__all__ += ["KINDS", "Method", "NetworkOptions"]


def __dir__() -> list[str]:
    return sorted(__all__)
