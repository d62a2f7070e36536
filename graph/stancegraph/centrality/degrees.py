"""Degree and strength, by direction and sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stancegraph.centrality.ties import Ties

Direction = Literal["", "in-", "out-"]
Sign = Literal["", "positive-", "negative-"]


def degrees(ties: Ties, direction: Direction = "", sign: Sign = "", *, weighted: bool) -> NDArray[np.float64]:
    """Neighbours of each node, or the weight of its ties to them; of one direction or sign where one is given.

    Both directions of a directed network are added: whom one meets both ways counts twice. Neutral ties count
    only where no sign is given. Freeman (1979), Social Networks 1, 215-239; strength: Barrat et al. (2004),
    PNAS 101, 3747-3752.
    """
    matrix = {"": ties.unsigned, "positive-": ties.positive, "negative-": ties.negative}[sign]
    counted = matrix if weighted else (matrix > 0).astype(np.float64)
    outgoing, incoming = (np.asarray(counted.sum(axis=axis), dtype=np.float64) for axis in (1, 0))
    if direction == "in-":
        return incoming
    return outgoing + incoming if ties.directed and direction == "" else outgoing
