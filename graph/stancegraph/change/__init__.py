"""Who changed position, when, between which words.

    shifts     two dated statements of one actor on one target, at different levels
    timeline   everything said, oldest first, one row for each target
    moments    blocs and polarisation at several times, and who stands with others than before

Each gives a `Listing`: a list of rows, with `notes` on what was left out of it.
"""

from __future__ import annotations

from stancegraph.change.listing import Listing
from stancegraph.change.realignment import moments
from stancegraph.change.shifts import shifts
from stancegraph.change.timeline import timeline

__all__ = ["Listing", "moments", "shifts", "timeline"]
