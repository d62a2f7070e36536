"""Who matters: rank by a measure on a network, and how far one document can move each rank."""

from stancegraph.centrality.measures import MEASURES, Measure, named
from stancegraph.centrality.robustness import Place, rank, ranks, robust_ranks

__all__ = ["MEASURES", "Measure", "Place", "named", "rank", "ranks", "robust_ranks"]
