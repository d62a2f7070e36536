"""Who stands with whom: blocs and the proof of them, balance, polarisation, and the allies of one actor."""

from stancegraph.alliances.balance import polarisation, triad_census, triangle_share, walk_balance
from stancegraph.alliances.communities import communities, signed_modularity
from stancegraph.alliances.frustration import Frustration, frustration
from stancegraph.alliances.report import Alliances, alliances
from stancegraph.alliances.standing import allies, profile

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
