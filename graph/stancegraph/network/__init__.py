"""The flat table of stances as networks: who takes which stance, who agrees with whom, and on what evidence.

stances      directed, one edge per statement, speaker and target, keyed by the statement
two_mode     actors and targets, an edge for what an actor has said of a target
agreement    actors, tied by how they stand on the targets they share
targets      targets, tied by how the actors they share stand on them
evidence     the statements and words behind a tie; compare    two actors, target by target
"""

from typing import TYPE_CHECKING

from stancegraph import lazy_exports

if TYPE_CHECKING:
    from stancegraph.network.graphs import agreement as agreement
    from stancegraph.network.graphs import build as build
    from stancegraph.network.graphs import countable as countable
    from stancegraph.network.graphs import graph as graph
    from stancegraph.network.graphs import matrix as matrix
    from stancegraph.network.graphs import moments as moments
    from stancegraph.network.graphs import prepare as prepare
    from stancegraph.network.graphs import series as series
    from stancegraph.network.graphs import stance_network as stance_network
    from stancegraph.network.graphs import stances as stances
    from stancegraph.network.graphs import targets as targets
    from stancegraph.network.graphs import two_mode as two_mode
    from stancegraph.network.graphs import weights_of as weights_of
    from stancegraph.network.method import KINDS as KINDS
    from stancegraph.network.method import Method as Method
    from stancegraph.network.projection import Projection as Projection
    from stancegraph.network.projection import project as project
    from stancegraph.network.temporal import Moment as Moment
    from stancegraph.network.temporal import kernels as kernels
    from stancegraph.network.temporal import windows as windows
    from stancegraph.network.ties import compare as compare
    from stancegraph.network.ties import comparison as comparison
    from stancegraph.network.ties import edge_list as edge_list
    from stancegraph.network.ties import evidence as evidence
    from stancegraph.network.ties import shared as shared
    from stancegraph.network.ties import sharing as sharing
    from stancegraph.network.ties import statement_counts as statement_counts
    from stancegraph.network.ties import supporting_rows as supporting_rows
    from stancegraph.network.ties import tie_rows as tie_rows

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "method": "KINDS Method",
        "graphs": "agreement build countable graph matrix moments prepare series stance_network stances targets "
        "two_mode weights_of",
        "projection": "Projection project",
        "temporal": "Moment kernels windows",
        "ties": "compare comparison edge_list evidence shared sharing statement_counts supporting_rows tie_rows",
    },
)
