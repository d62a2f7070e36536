"""Networks, the flat table and the statements themselves as files other programs open.

    graphml, gexf    a network for Gephi, igraph, networkx …, every attribute as text or a number
    cyjs, json       a network for Cytoscape, lists as lists
    csv              a network as a list of edges; the list of nodes beside it, as NAME-nodes.csv
    parquet          the flat table of stances, whichever network is made of it
    ttl, jsonld, nq  the statements in RDF with all that telling them needs; without filters, the whole graph

Nodes and edges are sorted and no file holds a clock: the same data gives the same bytes. What is not known is left
out; a list becomes text joined by "; " (quotations by " … ") where a format has no lists. What XML forbids
(control characters, and surrogates without a partner) becomes U+FFFD in GraphML, GEXF and CSV; a cell of CSV that a
spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stancegraph import output
from stancegraph.errors import StanceError, UsageError
from stancegraph.network.options import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import networkx as nx

    from stancegraph.store import Store
    from stancegraph.table import Table

    File = tuple[Path, bytes]

__all__ = ["FORMATS", "write"]

FORMATS: Final[dict[str, str]] = {
    "graphml": "a network, for most programs",
    "gexf": "a network, for Gephi",
    "csv": "a network as a list of edges, the nodes in NAME-nodes.csv",
    "parquet": "the flat table of stances",
    "cyjs": "a network, for Cytoscape",
    "json": "the same as cyjs",
    "ttl": "the statements in Turtle",
    "jsonld": "the statements in JSON-LD",
    "nq": "the statements in N-Quads, each in its graph",
}
"""Format, as the suffix of a file names it → what it holds."""
RDF: Final = frozenset({"ttl", "jsonld", "nq"})
STDOUT: Final = Path("-")


def write(
    source: Store | Table,
    path: str | Path,
    *,
    format: str | None = None,
    of: str = "stances",
    **choices: Any,
) -> str:
    """Write a file in the format its suffix names, whole or not at all; what it holds, in words.

    `path` "-" is standard output. `of` is a network (`recipe.KINDS`); `choices` are those of `recipe.Recipe` and
    the filters of `statements.said`.
    Raises UsageError for a format, a choice or a name there is not, StanceError where the file cannot be written.

    >>> import tempfile
    >>> from stancegraph import store
    >>> write(store.open(), Path(tempfile.mkdtemp(), "khazali.graphml"), actor="khazali")
    '6 edges, 6 nodes'
    """
    path = Path(path)
    form = _format(path, format)
    if path == STDOUT and form == "parquet":
        raise UsageError("Parquet is no text: name a file with -o")
    from stancegraph import network

    recipe = network.Recipe.of(
        of, {name: value for name, value in choices.items() if name in network.CHOICES}
    )
    filters = {name: value for name, value in choices.items() if name not in network.CHOICES}
    if form in RDF or form == "parquet":
        _refuse_network(form, recipe)
    if form in RDF:
        from stancegraph.exchange import rdf

        files, note = rdf.files(source, path, form, filters)
    else:
        table, _ = network.prepare(source, of, choices)
        table = network.countable(table, recipe)
        files, note = _network(table, recipe, path, form)
    if path == STDOUT:
        output.emit(files[0][1].decode())
    else:
        _write_all(files)
    return note


def _format(path: Path, format: str | None) -> str:
    form = (format or path.suffix.removeprefix(".")).lower().removeprefix(".")
    if form not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        wrong = f"'{form[:20]}' is no format of export" if form else f"{path} has no suffix"
        raise UsageError(f"{wrong}: name the file, or the format, one of {known}")
    return form


def _refuse_network(form: str, recipe: Recipe) -> None:
    """A choice about networks that a file would not show is refused, not passed over."""
    kept = {"level": recipe.level, "duplicates": recipe.duplicates} if form == "parquet" else {}
    if recipe != Recipe.of("stances", kept):
        what = "the flat table" if form == "parquet" else "statements"
        raise UsageError(
            f".{form} holds {what}, not a network: leave out what makes a network ({recipe.kind} …), "
            "or write .csv or .graphml"
        )


def _network(table: Table, recipe: Recipe, path: Path, form: str) -> tuple[list[File], str]:
    """The file of the flat table, or of the network a recipe makes of it, and the note on it."""
    from stancegraph.exchange import attributes, graphs, tables

    if form == "parquet":
        return [(path, tables.parquet(table))], _note((len(table), "row"), *table.notes)
    from stancegraph import network

    graph = attributes.described(network.build(table, recipe))
    note = _note((graph.number_of_edges(), "edge"), (graph.number_of_nodes(), "node"), *table.notes)
    if form != "csv":
        made: dict[str, Callable[[nx.Graph[str]], bytes]] = {"graphml": graphs.graphml, "gexf": graphs.gexf}
        return [(path, made.get(form, graphs.cytoscape)(graph))], note
    edges, nodes = tables.csv(graph, recipe.kind)
    if path == STDOUT or (path.exists() and not path.is_file()):
        return [(path, edges)], f"{note}; only the edges: name a file, and the nodes are listed beside it"
    beside = path.with_name(f"{path.stem}-nodes{path.suffix}")
    return [(beside, nodes), (path, edges)], f"{note}; the nodes are in {beside.name}"


def _note(*parts: tuple[int, str] | str) -> str:
    counts = [f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in (p for p in parts if isinstance(p, tuple))]
    return "; ".join([", ".join(counts), *(part for part in parts if isinstance(part, str))])


def _write_all(files: Sequence[File]) -> None:
    """Write each file whole; where one fails, those before it are put back as they were."""
    before: list[tuple[Path, bytes | None]] = []
    try:
        for path, content in files:
            old = path.read_bytes() if len(files) > 1 and path.is_file() else None
            output.write(path, content)
            before.append((path, old))
    except (OSError, StanceError) as error:
        for path, old in before:
            if old is None:
                path.unlink(missing_ok=True)
            else:
                output.write(path, old)
        if isinstance(error, StanceError):
            raise
        raise StanceError(f"cannot write {path}: {error.strerror}; name another file with -o") from error
