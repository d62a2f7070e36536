"""The networks of the flat table: how often stances meet, as sparse matrices, and the same as networkx graphs.

A[i, j, k] is the number of rows of actor i on target j at level k, s_i its sum over j and k; it is projected onto
actors, onto targets, or left between them. Definitions are those of the Discourse Network Analyzer (Leifeld 2017), but
for the faults the manual of this project lists.

Each graph is made from a store and filters, or from a table (`table.stances`), and remembers its rows, so that
`ties.evidence` finds the statements and words behind a tie.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Unpack

import numpy as np
from scipy import sparse

from stancegraph.errors import UsageError
from stancegraph.network import Method, NetworkOptions, temporal
from stancegraph.network.temporal import Moment, kernels, windows
from stancegraph.output import note_on
from stancegraph.records import Statement
from stancegraph.statements import reader
from stancegraph.store import Store
from stancegraph.table import selection as flat
from stancegraph.table.arrays import renumber

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    import networkx as nx
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from stancegraph.records import Named
    from stancegraph.table import Column, Table
    from stancegraph.table.scales import Scale

    Vector = NDArray[np.float64]


DENSE: Final = 60.0
"""Multiplying in full is worth while up to so many times the work of a sparse product."""
LARGEST: Final = 40_000_000
"""Cells a full matrix may have."""
RESIDUE: Final = 1e-12
"""Part of all that is added and taken away below which what is left is nothing."""
LETTERS: Final = 52
"""Levels whose binary word a float holds exactly."""
PROPOSITION: Final = "proposition"
"""The kind of a node that is no actor."""
TARGET: Final = " (target)"
"""What the name of a node ends with that is a target, in a network in which the same actor speaks too."""


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """`matrix` holds the weights, `rows` and `columns` the codes of the actors or targets they are of.

    A one-mode matrix is symmetric with diagonal 0; its `columns` are its `rows`.
    """

    matrix: csr_array
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """A as one matrix: a row for each actor (or target), `len(levels)` columns for each target (or actor)."""

    matrix: csr_array
    levels: Vector
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]


def project(table: Table, method: Method, weights: Vector | None = None) -> Projection:
    """The network a method makes of the rows (repetitions are left out before); `weights` count rows by K(u)."""
    return of_counts(count(table, weights, kind=method.kind), table.scale, method)


def of_counts(counts: Counts, scale: Scale, method: Method) -> Projection:
    """The network a method makes of what is counted."""
    if method.kind == "two-mode":
        return _two_mode(counts, scale, method)
    return Projection(_one_mode(counts, scale, method), counts.rows, counts.rows)


def count(table: Table, weights: Vector | None = None, *, kind: str = "agreement") -> Counts:
    """A, with the actors (or the targets) as rows; a row weighs 1, or the square root of its kernel weight.

    In a network of one mode the columns are targets (or actors) in each period.
    """
    places = locate(table, kind)
    data = np.ones(len(table)) if weights is None else np.sqrt(weights)
    matrix = sparse.coo_array((data, (places.i, places.cell)), shape=places.shape).tocsr()
    return Counts(matrix, places.levels, places.rows, places.columns)


class Places(NamedTuple):
    """Where each row of a table counts in A as one matrix, `i` and `cell`; of what these are, as in `Counts`."""

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    levels: Vector
    i: NDArray[np.int64]
    cell: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        """That of the matrix."""
        return len(self.rows), len(self.columns) * len(self.levels)


def sides_of(table: Table, kind: str) -> tuple[Column[Named], Column[Named]]:
    """Of each row whom the network ties and what by: its actor and its target, or these exchanged."""
    return (table.target, table.actor) if kind == "targets" else (table.actor, table.target)


def locate(table: Table, kind: str) -> Places:
    """Where each row of a table counts."""
    own, other = sides_of(table, kind)
    rows, i = renumber(own.codes)
    columns, j = renumber(by_period(other.codes, None if kind == "two-mode" else table.period))
    levels, k = np.unique(table.level, return_inverse=True)
    return Places(rows, columns, levels, i, j * len(levels) + k)


def by_period(codes: NDArray[Any], period: NDArray[np.int32] | None) -> NDArray[Any]:
    """Codes told apart by the period of each, where there are periods: what is said in two of them never meets."""
    if period is None:
        return codes
    return codes.astype(np.int64) * (int(period.max(initial=0)) + 1) + period


def _one_mode(counts: Counts, scale: Scale, method: Method) -> csr_array:
    a, depth = counts.matrix, len(counts.levels)
    similar = scale.similarity(counts.levels)
    kernels = {
        "ignore": np.ones((depth, depth)),
        "congruence": similar,
        "conflict": 1 - similar,
        "subtract": 2 * similar - 1,
    }
    kernel = kernels[method.aggregation]
    product = _product(_levels_mixed(a, kernel), a)
    if not (_whole(kernel) and _whole(a.data)):
        product = _without_residue(product, _product(_levels_mixed(a, np.abs(kernel)), a))
    own = kernels["ignore"] if method.aggregation == "ignore" else similar
    return _normalised(product, a, own, method.divisor)


def _whole(numbers: NDArray[np.float64]) -> bool:
    return bool(np.all(numbers == np.round(numbers)))


def _without_residue(weights: csr_array, gross: csr_array) -> csr_array:
    """The weights but for those that only rounding has left of a sum that cancels out."""
    if not weights.nnz:
        return weights
    whole = np.asarray(gross.tocsr()[weights.nonzero()]).ravel()
    cells = weights.tocoo()
    kept = np.abs(cells.data) > RESIDUE * whole
    i, j = (side[kept] for side in cells.coords)
    return sparse.csr_array((cells.data[kept], (i, j)), shape=weights.shape)


def _levels_mixed(a: csr_array, kernel: NDArray[np.float64]) -> csr_array:
    """A with each level replaced by what it is worth to each level."""
    depth = len(kernel)
    if np.array_equal(kernel, np.eye(depth)):
        return a
    mixed = sparse.kron(sparse.eye_array(a.shape[1] // max(depth, 1)), sparse.csr_array(kernel), format="csr")
    product: csr_array = (a @ mixed).tocsr()
    return product


def _product(left: csr_array, right: csr_array) -> csr_array:
    """`left` times `right` transposed without its diagonal, in full where that is less work."""
    n, m = left.shape
    work = float(np.bincount(left.indices, minlength=m) @ np.bincount(right.indices, minlength=m))
    if n and n * n <= LARGEST and n * n * m < DENSE * work:
        full = left.toarray() @ right.toarray().T
        np.fill_diagonal(full, 0)
        return sparse.csr_array(full)
    product = (left @ right.T).tocsr()
    i = np.repeat(np.arange(n), np.diff(product.indptr))
    kept = (i != product.indices) & (product.data != 0)
    start = np.concatenate(([0], np.cumsum(np.bincount(i[kept], minlength=n))))
    return sparse.csr_array((product.data[kept], product.indices[kept], start), shape=(n, n))


def _normalised(product: csr_array, a: csr_array, own: NDArray[np.float64], divisor: str) -> csr_array:
    """Each weight over N of its pair, 0 where N is."""
    if divisor == "none":
        return product
    i = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))
    j = product.indices
    active = np.asarray(a.sum(axis=1)).ravel()
    if divisor == "average":
        by = (active[i] + active[j]) / 2
    elif divisor == "activity":
        by = active[i] * active[j]
    elif divisor == "cosine":
        itself = np.asarray(_levels_mixed(a, own).multiply(a).sum(axis=1)).ravel()
        by = np.sqrt(itself[i] * itself[j])
    else:
        by = active[i] + active[j] + _shared(product, a)
    data = np.divide(product.data, by, out=np.zeros_like(product.data), where=by != 0)
    return sparse.csr_array((data, product.indices, product.indptr), shape=product.shape)


def _shared(product: csr_array, a: csr_array) -> Vector:
    """What Jaccard's N has beyond s_i + s_i', for each stored pair: rows in common, less those that are shared."""
    if not product.nnz:
        return np.zeros(0)
    present = a.sign()
    crossed = _product(a, present)
    common = _product(a, a) - crossed - crossed.T
    found: Vector = np.asarray(common.tocsr()[product.nonzero()]).ravel()
    return found


def _two_mode(counts: Counts, scale: Scale, method: Method) -> Projection:
    depth = len(counts.levels)
    each = sparse.eye_array(len(counts.columns))
    total = counts.matrix @ sparse.kron(each, np.ones((depth, 1)))
    if method.aggregation == "combine":
        letters = _letters(scale, counts.levels)
        worth = 2.0 ** (len(letters) - 1 - np.searchsorted(letters, counts.levels))
        value = counts.matrix.sign() @ sparse.kron(each, worth[:, None])
        total = total.sign()
    else:
        if method.aggregation == "subtract" and scale.kind == "categorical":
            raise UsageError(
                f"--aggregation subtract needs levels that have an order, and {scale.name} has categories: "
                "choose ignore or combine"
            )
        worth = scale.signs(counts.levels) if method.aggregation == "subtract" else np.ones(depth)
        value = (counts.matrix @ sparse.kron(each, worth[:, None])).tocsr()
        value = _without_residue(value, counts.matrix @ sparse.kron(each, np.abs(worth)[:, None]))
    cells = value.tocoo()
    i, j = cells.coords
    sums = {"activity": (1, i), "prominence": (0, j)}
    data = cells.data
    if method.divisor != "none":
        axis, at = sums[method.divisor]
        data = data / np.asarray(total.sum(axis=axis)).ravel()[at]
    kept = data != 0
    matrix = sparse.csr_array((data[kept], (i[kept], j[kept])), shape=value.shape)
    return Projection(matrix, counts.rows, counts.columns)


def _letters(scale: Scale, observed: Vector) -> Vector:
    """The levels that are letters of a binary word, lowest first: those of the scale, neutral only if there."""
    known = [q for q in scale.levels if q != 0 or not scale.neutral]
    letters: Vector = np.union1d(known, observed)
    if len(letters) > LETTERS:
        raise UsageError(
            f"--aggregation combine writes one digit for each level, and {scale.name} has {len(letters)}: "
            f"it can for {LETTERS}; choose ignore or subtract"
        )
    return letters


class SeriesOptions(NetworkOptions, total=False):
    """Options of networks over time."""

    window: str | None
    step: str | None
    start: date | None
    kernel: str | None
    width: int | None
    at: Iterable[date | str] | None
    of: str


def stances(source: Store | Table, **options: Unpack[NetworkOptions]) -> nx.MultiDiGraph[str]:
    """The stance network: one edge per actor, target and statement, keyed by the statement's IRI.

    Nodes are IRIs with `label`, `label_ar`, `kind` (an actor kind, or "proposition"); edges carry `polarity`
    (1, -1, 0; `level` where a variable is asked for), `documents`, `date`, `act`, `medium`, `basis`, `confidence`,
    `gist`, `quotes` and `reports`. Takes the filters of `statements.said`.

    >>> from stancegraph import store
    >>> graph = stances(store.open(), actor="khazali")
    >>> sorted(polarity for *_, polarity in graph.edges(data="polarity"))
    [1, 1, 1, 1, 1]
    """
    table, method = prepare(source, "stances", options)
    return _stance_network(countable(table, method), method)


def agreement(source: Store | Table, **options: Unpack[NetworkOptions]) -> nx.Graph[str]:
    """The network of actors, by default signed: common minus contrary stances, over the pair's mean activity.

    Options are those of `NetworkOptions`: how it is made, and the filters of `statements.said`. Edges carry
    `weight`: with the defaults -1..1 where nobody is counted twice on a target (Leifeld 2017). A pair of weight 0
    has no edge.

    >>> from stancegraph import store
    >>> graph = agreement(store.open(), about="fall of Aleppo")
    >>> sorted(label for _, label in graph.nodes(data="label") if "Popular" in label)
    ['unnamed leaders of the Popular Mobilization Forces']
    """
    return graph(source, "agreement", **options)


def targets(source: Store | Table, **options: Unpack[NetworkOptions]) -> nx.Graph[str]:
    """The network of propositions and actors spoken of, tied by those who speak of both; as `agreement`."""
    return graph(source, "targets", **options)


def two_mode(source: Store | Table, **options: Unpack[NetworkOptions]) -> nx.Graph[str]:
    """The network between actors (node attribute `bipartite` 0) and targets (1); `weight` as the method says.

    An actor that is a target too has two nodes: the target's is named by its IRI and " (target)".
    """
    return graph(source, "two-mode", **options)


def matrix(
    source: Store | Table, kind: str = "agreement", /, **options: Unpack[NetworkOptions]
) -> Projection:
    """The same network as a sparse matrix with the codes of its rows and columns; no graph is built."""
    table, method = prepare(source, kind, options)
    return project(countable(table, method), method)


def graph(
    source: Store | Table, kind: str = "agreement", /, **options: Unpack[NetworkOptions]
) -> nx.Graph[str]:
    """The network of a kind (one of `network.KINDS`), by the options that `agreement` takes."""
    table, method = prepare(source, kind, options)
    return build(countable(table, method), method)


def series(source: Store | Table, **options: Unpack[SeriesOptions]) -> Iterator[tuple[Moment, nx.Graph[str]]]:
    """A network for each window (`window`, `step`, `start`; see `windows`), or around each day (see `kernels`).

    Options are those of `moments`, and of the network `of`. Of equal stances the first of each window counts;
    isolates are those of the moment.
    """
    for moment, method in moments(source, **options):
        yield moment, build(moment.rows, method, moment.weights)


def moments(
    source: Store | Table,
    *,
    window: str | None = None,
    step: str | None = None,
    start: date | None = None,
    kernel: str | None = None,
    width: int | None = None,
    at: Iterable[date | str] | None = None,
    of: str = "agreement",
    **options: Unpack[NetworkOptions],
) -> Iterator[tuple[Moment, Method]]:
    """The rows that count in each network of a series, and how it is made of them."""
    if (window is None) == (kernel is None):
        raise UsageError(
            "a series is either of windows (--window 4w) or of kernel weights (--kernel, --width)"
        )
    if kernel and width is None:
        raise UsageError(f"--kernel {kernel} needs --width: over how many days it spreads")
    table, method = prepare(source, of, options)
    if window:
        for moment in windows(table, window, step=step, start=start):
            yield replace(moment, rows=countable(moment.rows, method)), method
    else:
        for moment in kernels(
            countable(table, method), str(kernel), 1 if width is None else width, at=at, step=step or "1d"
        ):
            yield moment, method


def prepare(source: Store | Table, kind: str, options: Mapping[str, Any]) -> tuple[Table, Method]:
    """The rows of a store that pass the filters (or a table as it is), repetitions too, and the method.

    Raises UsageError for options that no network of this kind has, and for filters on a table.
    """
    method, filters = Method.split(kind, options)
    if isinstance(source, Store):
        source = flat.stances(source, level=method.level, **filters)
    elif filters:
        raise UsageError("a table is filtered already: filter where it is made (table.stances)")
    if method.one_mode and source.period is None:
        source = temporal.assign(source, method.period, source.store)
    return source, method


def countable(table: Table, method: Method) -> Table:
    """The rows that count under a method: neutral ones only if asked for, of equal ones the first, inside a period."""
    kept = table if method.neutral or method.kind == "stances" else table.without_neutral()
    if method.kind != "stances" and method.aggregation != "ignore":
        kept = kept.without_empty()
    if method.one_mode and not method.undertakings and kept.bound is not None:
        left_out = int(kept.bound.sum())
        said = "left out: demands that bind the speaker (--undertakings counts them)"
        kept = kept[~kept.bound].with_notes(note_on(left_out, "row", said))
    kept = kept.deduplicate(method.duplicates, levels=method.aggregation != "ignore")
    return inside(kept) if method.one_mode else kept


def inside(table: Table) -> Table:
    """The rows that fall into one period, where there are periods."""
    if table.period is None:
        return table
    kept = table[table.period >= 0]
    said = "left out: the days straddle two periods, or an end is open"
    return kept.with_notes(note_on(len(table) - len(kept), "row", said))


def build(
    table: Table, method: Method, weights: NDArray[np.float64] | None = None, *, words: bool = True
) -> nx.Graph[str]:
    """The graph a method makes of the rows that count (see `countable`), weighted where a kernel gives weights.

    Without `words` the edges of a stance network carry level and documents alone, for those who only count.
    """
    if method.kind == "stances":
        return _stance_network(table, method, words=words)
    made = project(table, method, weights)
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    own, other = (table.actor, table.target) if method.kind != "targets" else (table.target, table.target)
    _add_nodes(graph, table, [own.values[code] for code in made.rows])
    names = [own.values[code].iri for code in made.rows]
    across = names
    if method.kind == "two-mode":
        nx.set_node_attributes(graph, dict.fromkeys(graph, 0), "bipartite")
        across = _add_targets(graph, table, [other.values[code] for code in made.columns])
    cells = made.matrix.tocoo()
    i, j = cells.coords
    once = slice(None) if method.kind == "two-mode" else i < j
    graph.add_weighted_edges_from(
        (names[a], across[b], float(w)) for a, b, w in zip(i[once], j[once], cells.data[once], strict=True)
    )
    if method.direct:
        _add_direct(graph, table)
    if not method.isolates:
        graph.remove_nodes_from(list(nx.isolates(graph)))
    graph.graph.update(rows=table, method=method, filters=table.filters, notes=table.notes)
    return graph


def _add_nodes(graph: nx.Graph[str], table: Table, named: Iterable[Named]) -> None:
    known = reader.actors(table.store) if table.store else {}
    for thing in named:
        kind, arabic = known.get(thing.iri, (PROPOSITION if table.store else "", None))
        graph.add_node(thing.iri, label=thing.label, label_ar=arabic, kind=kind)


def _add_targets(graph: nx.Graph[str], table: Table, named: Iterable[Named]) -> list[str]:
    """Nodes of the second mode; where an actor is spoken of too, its name as a target says so."""
    import networkx as nx

    held: nx.Graph[str] = nx.Graph()
    _add_nodes(held, table, named)
    across = [iri + TARGET if iri in graph else iri for iri in held]
    for name, data in zip(across, held.nodes.values(), strict=True):
        graph.add_node(name, **data, bipartite=1)
    return across


def _add_direct(graph: nx.Graph[str], table: Table) -> None:
    """Adds stances of actors on each other: the sum of both directions, one for each document."""
    for a, b, level, target in _direct(table):
        if b not in graph:
            _add_nodes(graph, table, [target])
        graph.add_edge(a, b, weight=graph.get_edge_data(a, b, {"weight": 0.0})["weight"] + level)
    graph.remove_edges_from([(a, b) for a, b, tie in graph.edges(data=True) if tie["weight"] == 0])


def _direct(table: Table) -> Iterator[tuple[str, str, float, Named]]:
    """Actor, actor spoken of, level: of each document one."""
    actors = {thing.iri for thing in table.actor.values} | (
        set(reader.actors(table.store)) if table.store else set()
    )
    for row in table.deduplicate("document"):
        if row.target.iri in actors and row.target.iri != row.actor.iri:
            yield row.actor.iri, row.target.iri, float(row.level), row.target


def weights_of(table: Table, method: Method, iri: str) -> dict[str, float]:
    """Everyone tied to one actor in the network of agreement that a method makes of the rows → the weight."""
    made = project(table, method)
    names = [table.actor.values[code].iri for code in made.rows]
    weights: dict[str, float] = {}
    if iri in names:
        row = made.matrix[[names.index(iri)]].tocoo()
        weights = {names[j]: float(w) for j, w in zip(row.coords[1].tolist(), row.data.tolist(), strict=True)}
    for a, b, level, _ in _direct(table) if method.direct else ():
        if iri in (a, b):
            other = b if a == iri else a
            weights[other] = weights.get(other, 0.0) + level
    return {other: weight for other, weight in weights.items() if weight}


def _stance_network(table: Table, method: Method, *, words: bool = True) -> nx.MultiDiGraph[str]:
    """One edge for each row, keyed by the statement; with `words`, and what the statement says and where."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    coded = table.records() if words else {}
    rows = list(table)
    _add_nodes(graph, table, dict.fromkeys(thing for row in rows for thing in (row.actor, row.target)))
    name = "polarity" if table.scale.kind == "polarity" else "level"
    start, reported = table.reports.start, table.reports.documents
    for row, run in zip(rows, table.shown.tolist(), strict=True):
        codes = reported[start[run] : start[run + 1]].tolist()
        documents = tuple(table.document.values[code].iri for code in codes)
        about = _words(coded[row.statement], row.target) if row.statement in coded else {}
        data = {name: row.level, "documents": documents, **about}
        graph.add_edge(row.actor.iri, row.target.iri, key=row.statement, **data)
    graph.graph.update(rows=table, method=method, filters=table.filters, notes=table.notes)
    return graph


def _words(statement: Statement, target: Named) -> dict[str, Any]:
    """What an edge of the stance network carries: the statement, and what is coded of this target."""
    own = next((t for t in statement.targets if t.thing.iri == target.iri), statement)
    shown = {r.document.iri for r in statement.reports} if isinstance(own, Statement) else {*own.documents}
    return {
        "stance": None if isinstance(own, Statement) else own.word,
        "date": statement.date,
        "act": statement.act,
        "medium": statement.medium,
        "basis": own.basis,
        "confidence": own.confidence,
        "gist": statement.gist,
        "quotes": statement.quotes,
        "reports": tuple(r.document.row() for r in statement.reports if r.document.iri in shown),
    }
