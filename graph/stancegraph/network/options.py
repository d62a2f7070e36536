"""How a network is made of the flat table: the choices that command line, Python and page share."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Final = ("stances", "two-mode", "agreement", "targets")
AGGREGATIONS: Final = ("ignore", "congruence", "conflict", "subtract", "combine")
NORMALISATIONS: Final = ("none", "average", "jaccard", "cosine", "activity", "prominence")
DUPLICATES: Final = ("include", "document", "week", "month", "year", "ever")

ALLOWED: Final = {
    "one-mode": (AGGREGATIONS[:4], NORMALISATIONS[:5]),
    "two-mode": (("ignore", "subtract", "combine"), ("none", "activity", "prominence")),
}
"""What is defined in a network of one set of nodes, and in one of two."""


def _choice(options: tuple[str, ...] | None, default: Any, help: str) -> Any:
    return field(default=default, metadata={"options": options, "help": help})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The choices; defaults make the signed network of agreement (one-mode subtract over average activity)."""

    kind: str = _choice(KINDS, "agreement", "Which network.")
    aggregation: str = _choice(AGGREGATIONS, "subtract", "How levels on a shared target count.")
    normalisation: str | None = _choice(
        NORMALISATIONS, None, "What a weight is divided by; default: average, for two-mode none."
    )
    duplicates: str = _choice(DUPLICATES, "document", "Of equal stances the first counts in each of these.")
    level: str = _choice(None, "polarity", "The polarity, or the name of a coded variable.")
    neutral: bool = _choice(None, False, "Count stances withheld (neutral) too.")
    isolates: bool = _choice(None, True, "Keep those without a tie, or drop them.")
    direct: bool = _choice(None, False, "Add stances of actors on each other to agreement.")

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Recipe:
        """A recipe from keyword arguments, None meaning the default; raises UsageError for what is undefined."""
        known = {item.name: item.metadata["options"] for item in fields(cls)}
        for name, value in options.items():
            if name not in known:
                raise UsageError(f"no choice is called '{name}'; there are: {', '.join(known)}")
            if value is not None and known[name] and value not in known[name]:
                raise UsageError(f"--{name} '{value}': choose one of {', '.join(known[name])}")
        chosen = cls(**{name: value for name, value in options.items() if value is not None})
        if chosen.kind != "stances":
            chosen._check()
        elif chosen.normalisation or chosen.aggregation != cls().aggregation:
            raise UsageError(
                "--aggregation and --normalisation are not defined for --kind stances: leave them out"
            )
        if chosen.direct and (chosen.kind != "agreement" or chosen.level != "polarity"):
            raise UsageError("--direct adds stances on actors to the polarity of agreement: use that network")
        return chosen

    def _check(self) -> None:
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
    def divisor(self) -> str:
        """The normalisation, or what this kind of network has by default."""
        return self.normalisation or ("none" if self.kind == "two-mode" else "average")
