"""Blank nodes named by what is said of them: the same statements give the same labels, whatever read them.

Labels of RDF Dataset Canonicalization would do, but a dozen blank nodes that all point at each other keep that
algorithm busy for days, and one more triple gives every node another label. Here each group of blank nodes that
point at each other is named by a hash of what is said of it, its nodes ordered by colour refinement (Hogan 2017).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Quad, Triple

from stancegraph.errors import StanceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Spelled = tuple[str | int, ...]
    Said = Mapping[int, list[Spelled]]
    Ranks = dict[int, int]


def labelled(quads: Iterable[Quad]) -> list[Quad]:
    """The quads, each once, with labels for blank nodes that depend on nothing but the quads.

    Of nodes that what is said cannot tell apart, and that are not alike either, labels may differ from one reading
    to the next; no graph of statements has such. Raises StanceError for a triple about a triple.
    """
    quads = list(dict.fromkeys(quads))
    numbers: dict[BlankNode, int] = {}
    said: dict[int, list[Spelled]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.object, Triple):
            raise StanceError(f"{quad} is about a triple, which is not exported: say it in plain triples")
        spelled = tuple(
            numbers.setdefault(term, len(numbers)) if isinstance(term, BlankNode) else str(term)
            for term in quad
        )
        for node in {term for term in spelled if isinstance(term, int)}:
            said[node].append(spelled)
    names = _named(said)
    label = {node: BlankNode(names[number]) for node, number in numbers.items()}
    return [
        Quad(*(label[term] if isinstance(term, BlankNode) else term for term in quad))  # type: ignore[arg-type]
        for quad in quads
    ]


def _named(said: Said) -> dict[int, str]:
    """Node → its label: the hash of what is said of its group, which of equal groups, and its place there."""
    names: dict[int, str] = {}
    copies: Counter[str] = Counter()
    for group in _groups(said):
        order = _ordered(group, said)
        form = "\n".join(sorted({_line(quad, order) for node in group for quad in said[node]}))
        name = sha256(form.encode()).hexdigest()[:16]
        for node, place in order.items():
            names[node] = f"b{name}c{copies[name]}n{place}"
        copies[name] += 1
    return names


def _groups(said: Said) -> Iterator[list[int]]:
    """Blank nodes that stand in one quad, or are both in one group with a third."""
    seen: set[int] = set()
    for start in said:
        if start in seen:
            continue
        seen.add(start)
        group = [start]
        for node in group:
            for quad in said[node]:
                fresh = [term for term in quad if isinstance(term, int) and term not in seen]
                seen.update(fresh)
                group += dict.fromkeys(fresh)
        yield group


def _ordered(group: list[int], said: Said) -> Ranks:
    """Each node's place in its group; where nothing tells nodes apart, one of them is put first, and so on."""
    ranks = _refined(dict.fromkeys(group, 0), said)
    while len(set(ranks.values())) < len(group):
        counts = Counter(ranks.values())
        tied = min(rank for rank, count in counts.items() if count > 1)
        first = next(node for node in group if ranks[node] == tied)
        ranks = _refined({node: 2 * rank - (node == first) for node, rank in ranks.items()}, said)
    return ranks


def _refined(ranks: Ranks, said: Said) -> Ranks:
    """Ranks that tell apart all nodes of which different things are said, or things of nodes of different ranks."""
    number = 0
    while number < len(ranks):
        seen = {
            node: (rank, tuple(sorted(_line(quad, ranks, node) for quad in said[node])))
            for node, rank in ranks.items()
        }
        places = {what: place for place, what in enumerate(sorted(set(seen.values())))}
        ranks = {node: places[what] for node, what in seen.items()}
        if len(places) == number:
            break
        number = len(places)
    return ranks


def _line(quad: Spelled, ranks: Ranks, itself: int = -1) -> str:
    """A quad as text, its blank nodes by their ranks."""
    parts = []
    for term in quad:
        if isinstance(term, str):
            parts.append(term)
        else:
            parts.append("_:*" if term == itself else f"_:{ranks[term]:09}")
    return " ".join(parts)
