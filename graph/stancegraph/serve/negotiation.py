"""Which of the formats there are a client is to be given: proactive negotiation (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RANGES: Final = 64
"""Media ranges of an Accept header that are read."""


def choose(accept: str, offers: Sequence[str]) -> str | None:
    """The media type the client likes best, of equals the first offered; None where it takes none of them.

    >>> choose("text/html;q=0.5, text/*;q=0.8, */*;q=0.1", ["text/html", "text/turtle"])
    'text/turtle'
    """
    if not accept.strip():
        return offers[0]
    ranges = list(_ranges(accept))
    best = max(offers, key=lambda offer: (_quality(offer, ranges), -offers.index(offer)))
    return best if _quality(best, ranges) > 0 else None


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """How welcome an offer is, 0..1: as the most specific range that it is in says."""
    family = offer.partition("/")[0]
    for wanted in (offer, f"{family}/*", "*/*"):
        told = [quality for range_, quality in ranges if range_ == wanted]
        if told:
            return max(told)
    return 0.0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(",")[:RANGES]:
        range_, *parameters = (each.strip().lower() for each in part.split(";"))
        quality = 1.0
        for name, _, value in (each.partition("=") for each in parameters):
            if name.strip() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        yield range_, quality
