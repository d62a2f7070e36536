"""Networks, the flat table and the statements themselves as files other programs open.

    graphml, gexf    a network for Gephi, igraph, networkx …, every attribute as text or a number
    cyjs, json       a network for Cytoscape, lists as lists
    csv              a network as a list of edges; the list of nodes beside it, as NAME-nodes.csv
    parquet          the flat table of stances, whichever network is made of it
    ttl, jsonld, nq  the statements in RDF with all that telling them needs; without filters, the whole graph

Nodes and edges are sorted and no file holds a clock: the same data gives the same bytes. What is not known is left
out; a list becomes text joined by "; " (quotations by " … ") where a format has no lists. What XML forbids
(control characters, and surrogates without a partner) becomes U+FFFD in GraphML, GEXF and CSV; cells of CSV are made
safe as `output.in_csv` says.

    csv, tsv, jsonl, xlsx, qdpx, webannotation   the statements and all they name, as `import` reads them back
                                                 to the same graph (`write_statements`)

Other programs' data come in by `imports` (rows, annotations), `networks` (anybody's ties in CSV) and `dna` (the
Discourse Network Analyzer).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

from stancegraph import output
from stancegraph.errors import UsageError
from stancegraph.output import quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stancegraph.network import Method, NetworkOptions
    from stancegraph.statements.filters import FilterOptions
    from stancegraph.store import Store
    from stancegraph.table import Table

    File = tuple[Path, bytes]

__all__ = ["FORMATS", "STATEMENTS", "write", "write_statements"]

STATEMENTS: Final = ("csv", "tsv", "jsonl", "xlsx", "qdpx", "webannotation")
"""The formats of statements as `import` reads them."""
FORMATS: Final = ("graphml", "gexf", "csv", "parquet", "cyjs", "json", "ttl", "jsonld", "nq")
"""What the suffix of a file may be."""
RDF: Final = frozenset({"ttl", "jsonld", "nq"})
STDOUT: Final = Path("-")


def write(
    source: Store | Table,
    path: str | Path,
    *,
    format: str | None = None,
    of: str = "stances",
    nodes: str | Path | None = None,
    **options: Unpack[NetworkOptions],
) -> str:
    """Write a file in the format its suffix names, whole or not at all; what it holds, in words.

    `path` "-" is standard output. `nodes` is where the nodes of a network in CSV are listed; without it that is
    beside `path`, where a file that holds anything else is never written over. `of` is a kind of network
    (`network.KINDS`); `options` are those of `network.agreement`.
    Raises UsageError for a format, a choice or a name there is not, and where a file would be written over that
    `source` was read from; StanceError where it cannot be written.

    >>> import tempfile
    >>> from stancegraph import store
    >>> write(store.open(), Path(tempfile.mkdtemp(), "khazali.graphml"), actor="khazali")
    '5 edges, 5 nodes'
    """
    path = Path(path)
    form = _format(path, format)
    if path == STDOUT and form == "parquet":
        raise UsageError("Parquet is no text: name a file with -o")
    if nodes is not None and form != "csv":
        raise UsageError(f"--nodes is of .csv: a .{form} holds the nodes itself")
    from stancegraph import network
    from stancegraph.network import Method

    method, filters = Method.split(of, options)
    if form in RDF or form == "parquet":
        _refuse_network(form, method)
    named = None if nodes is None else Path(nodes)
    for file in (path, named) if named else (path,):
        output.refuse_input(file, source.inputs)
    if form in RDF:
        files, note = _rdf(source, path, form, filters)
    else:
        table, _ = network.prepare(source, of, options)
        files, note = _table_or_network(network.countable(table, method), method, path, form, named)
    _put(files)
    return note


def write_statements(
    store: Store, path: str | Path, *, format: str | None = None, **filters: Unpack[FilterOptions]
) -> str:
    """Write statements in a format that `import` reads back, the suffix's or another; what it holds, in words.

    `path` "-" is standard output. Raises UsageError for a format there is not, and where a file would be written over
    that the statements were read from; StanceError where it cannot be written.
    """
    from stancegraph.exchange import sheets, standoff, statement_rows
    from stancegraph.statements.filters import Filters, check

    path = Path(path)
    form = format or path.suffix.lower().removeprefix(".")
    if form not in STATEMENTS:
        raise UsageError(f"'{form[:20]}' is no format of statements: name one of {', '.join(STATEMENTS)}")
    output.refuse_input(path, store.inputs)
    if path == STDOUT and form in ("xlsx", "qdpx"):
        raise UsageError(f".{form} is no text: name a file with -o")
    taken = statement_rows.rows(Filters.of(store, filters), whole=not check(filters))
    writers: dict[str, Callable[[Sequence[str], Iterable[Sequence[str]]], bytes]] = {
        "tsv": partial(sheets.write_delimited, delimiter="\t"),
        "jsonl": sheets.write_json_lines,
        "xlsx": sheets.write_workbook,
        "qdpx": standoff.write_project,
        "webannotation": standoff.write_webannotation,
    }
    content = writers.get(form, sheets.write_delimited)(taken.columns, taken.rows)
    _put([(path, content)])
    note = f"{quantity(taken.statements, 'statement')} in {quantity(len(taken.rows), 'row')}"
    return "; ".join(filter(None, (note, taken.note)))


def _put(files: Sequence[File]) -> None:
    """Write files, all or none; the last may go to standard output."""
    *beside, (path, content) = files
    output.write_all(beside if path == STDOUT else files)
    if path == STDOUT:
        output.emit(content.decode())


def _format(path: Path, format: str | None) -> str:
    form = (format or path.suffix.removeprefix(".")).lower().removeprefix(".")
    if form not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        wrong = f"'{form[:20]}' is no format of export" if form else f"{path} has no suffix"
        raise UsageError(f"{wrong}: name the file, or the format, one of {known}")
    return form


def _refuse_network(form: str, method: Method) -> None:
    """A choice about networks that a file would not show is refused, not passed over."""
    from stancegraph.network import Method

    kept = {"level": method.level, "duplicates": method.duplicates} if form == "parquet" else {}
    if method != Method.of("stances", kept):
        what = "the flat table" if form == "parquet" else "statements"
        raise UsageError(
            f".{form} holds {what}, not a network: leave out what makes a network ({method.kind} …), "
            "or write .csv or .graphml"
        )


def _rdf(source: Store | Table, path: Path, form: str, filters: dict[str, Any]) -> tuple[list[File], str]:
    from stancegraph.exchange import rdf
    from stancegraph.store import Store

    if not isinstance(source, Store):
        raise UsageError(f".{form} holds statements, and a table has none: export the store it was made from")
    quads = rdf.label_blank_nodes(rdf.quads(source, **filters))
    triples = {quad.triple for quad in quads}
    note = quantity(rdf.count_statements(triples), "statement")
    if form == "nq":
        return [(path, rdf.nquads(quads))], f"{note}, {len(quads)} quads"
    content = rdf.turtle(triples) if form == "ttl" else rdf.jsonld(triples)
    return [(path, content)], f"{note}, {len(triples)} triples"


def _table_or_network(
    table: Table, method: Method, path: Path, form: str, named: Path | None
) -> tuple[list[File], str]:
    """The files of the flat table, or of the network a method makes of it, the main one last, and the note on them."""
    from stancegraph.exchange import network_files

    if form == "parquet":
        return [(path, network_files.parquet(table))], "; ".join((quantity(len(table), "row"), *table.notes))
    from stancegraph import network

    graph = network_files.annotate(network.build(table, method))
    edges, nodes = quantity(graph.number_of_edges(), "edge"), quantity(graph.number_of_nodes(), "node")
    note = "; ".join((f"{edges}, {nodes}", *table.notes))
    if form != "csv":
        render = {"graphml": network_files.graphml, "gexf": network_files.gexf}
        return [(path, render.get(form, network_files.cytoscape)(graph))], note
    flat = network_files.flatten(graph)
    edge_list = path, network_files.edge_list(flat, method.kind)
    if named is None and (path == STDOUT or (path.exists() and not path.is_file())):
        return [edge_list], f"{note}; only the edges: name a file, and the nodes are listed beside it"
    beside = named or path.with_name(f"{path.stem}-nodes{path.suffix}")
    node_list = beside, network_files.node_list(flat, method.kind)
    if named is None:
        _refuse_other(*node_list)
    elif beside.resolve() == path.resolve():
        raise UsageError(f"--nodes {beside}: the edges are written there")
    return [node_list, edge_list], f"{note}; the nodes are in {beside.name}"


def _refuse_other(path: Path, content: bytes) -> None:
    """Raise UsageError where a file that nobody named is there already, and holds something else."""
    same = path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content
    if path.is_symlink() or (path.exists() and not same):
        raise UsageError(
            f"{path} is there already, and the nodes would be listed there: name it with --nodes to write over it, "
            "or another file"
        )
