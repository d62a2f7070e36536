"""Who stands with whom: blocs and the proof of them, balance, polarisation, communities, ideal points."""

from stancegraph.balance.blocs import Alliances, alliances
from stancegraph.balance.communities import louvain_communities, signed_modularity
from stancegraph.balance.frustration import Frustration, frustration_index
from stancegraph.balance.scaling import IdealPoints, ideal_points
from stancegraph.balance.scores import line_balance, polarisation, triad_census, triangle_share, walk_balance

__all__ = [
    "Alliances",
    "Frustration",
    "IdealPoints",
    "alliances",
    "frustration_index",
    "ideal_points",
    "line_balance",
    "louvain_communities",
    "polarisation",
    "signed_modularity",
    "triad_census",
    "triangle_share",
    "walk_balance",
]
