"""Who stands with whom: blocs and the proof of them, balance, polarisation, and the allies of one actor."""

from stancegraph.balance.blocs import Alliances, alliances
from stancegraph.balance.communities import communities, signed_modularity
from stancegraph.balance.frustration import Frustration, frustration
from stancegraph.balance.relations import allies, profile
from stancegraph.balance.scores import polarisation, triad_census, triangle_share, walk_balance

__all__ = [
    "Alliances",
    "Frustration",
    "alliances",
    "allies",
    "communities",
    "frustration",
    "polarisation",
    "profile",
    "signed_modularity",
    "triad_census",
    "triangle_share",
    "walk_balance",
]
