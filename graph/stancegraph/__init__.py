"""Who said what, about whom, when, and where is it written.

    open, load         the graph in a file, folder, database or at an endpoint; a database made of files
    said               statements with their words; stances    the flat table of who stands how on what
    search             where words stand: in names, gists and quotations, the best first
    cite               a statement as text, BibTeX, CSL-JSON or Turtle, with its words and its document
    agreement          actors tied by how they stand on what they share; two_mode    actors and what they speak of
    evidence           the statements behind a tie; compare    two actors, target by target
    allies, alliances  who stands with one actor; the blocs, proved
    rank               who matters; shifts, timeline    who changed position; everything said, day by day
    check              whether a graph keeps its rules
    page, plot         write the interactive page; a still picture

>>> import stancegraph as sg
>>> graph = sg.open()
>>> for statement in sg.said(graph, actor="khazali", act="condemn"):
...     print(statement.date, *statement.quotes)
2025-03-08 unacceptable
>>> sg.rank(graph, "strength")[0]["actor"]
'Iraq'
"""

from __future__ import annotations

TYPE_CHECKING = False  # as checkers of types read it; `typing` would take longer than all else here

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stancegraph import page as page
    from stancegraph import plot as plot
    from stancegraph.balance.blocs import alliances as alliances
    from stancegraph.centrality import rank as rank
    from stancegraph.change.shifts import shifts as shifts
    from stancegraph.network.graphs import agreement as agreement
    from stancegraph.network.graphs import two_mode as two_mode
    from stancegraph.network.relations import allies as allies
    from stancegraph.network.relations import compare as compare
    from stancegraph.network.ties import evidence as evidence
    from stancegraph.statements import said as said
    from stancegraph.statements.catalogue import timeline as timeline
    from stancegraph.statements.citation import cite as cite
    from stancegraph.statements.search import search as search
    from stancegraph.store import load as load
    from stancegraph.store import open as open  # noqa: A004
    from stancegraph.table.selection import stances as stances
    from stancegraph.validation import check as check

__version__ = "0.1.0"


def lazy_exports(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package (PEP 562): `names` of each module of it, and of "" modules.

    They are imported when first used: who looks up a name does not wait for what counts.

    >>> look, _, names = lazy_exports("stancegraph", {"dates": "calendar_day span", "": "errors"})
    >>> look("calendar_day").__module__, names
    ('stancegraph.dates', ['calendar_day', 'span', 'errors'])
    """
    place = {name: module for module, listed in names.items() for name in listed.split()}

    def look(name: str) -> object:
        from importlib import import_module  # the program begins without it

        if name not in place:
            raise AttributeError(f"module '{package}' has no attribute '{name}'; it has: {', '.join(place)}")
        if not place[name]:
            return import_module(f"{package}.{name}")
        return getattr(import_module(f"{package}.{place[name]}"), name)

    return look, lambda: sorted(place), list(place)


__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "store": "open load",
        "statements": "said",
        "statements.search": "search",
        "statements.citation": "cite",
        "table.selection": "stances",
        "network.graphs": "agreement two_mode",
        "network.ties": "evidence",
        "network.relations": "allies compare",
        "balance.blocs": "alliances",
        "centrality": "rank",
        "change.shifts": "shifts",
        "statements.catalogue": "timeline",
        "validation": "check",
        "": "page plot",
    },
)
