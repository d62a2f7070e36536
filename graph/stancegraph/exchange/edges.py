"""Ties as others have them: a signed network read from a list of edges in CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Final

import networkx as nx

from stancegraph import input as input_
from stancegraph.errors import StanceError, UsageError
from stancegraph.network.signed import net_weight
from stancegraph.output import quantity
from stancegraph.store import untrusted

LARGEST: Final = 200 << 20  # bytes of a file that is still read at once
CELLS: Final = 4_000_000
"""Rows times columns of a network, which is kept in memory."""
DELIMITERS: Final = (",", ";", "\t")
SIGNS: Final = {"1": 1.0, "+1": 1.0, "+": 1.0, "positive": 1.0, "-1": -1.0, "-": -1.0, "negative": -1.0}


@dataclass(frozen=True, slots=True)
class Edges:
    """A signed network, and what was added up or left out to make it, in phrases without a full stop."""

    graph: nx.Graph[str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """What all rows of one pair say; other columns with their different values, in the order of the file."""

    weights: list[float] = field(default_factory=list)
    attributes: dict[str, dict[str, None]] = field(default_factory=dict)


def read(path: str | Path) -> Edges:
    """A signed, undirected network from a CSV file with the columns `a`, `b`, and `weight` or `sign`.

    Nodes are the names, stripped, each its own `label`. Rows of one pair, in either direction, make one edge whose
    `weight` is their sum; its other attributes are the file's other columns, as text, different values joined by
    "; ", empty cells left out. Ties of a name with itself or of weight 0 are left out, the names kept. The notes
    say which of this happened, and how often.

    The columns stand in any order, parted by comma, semicolon or tab, in UTF-8 with or without a byte order mark.
    `weight` is any finite number; `sign` one of 1, +1, +, positive, -1, -, negative. Lines without
    anything in any cell are passed over.

    Raises StanceError where the file cannot be read, is over 200 MiB or has over 4,000,000 cells, UsageError for the
    first line at fault.
    """
    graph: nx.Graph[str] = nx.Graph()
    ties: dict[tuple[str, str], Tie] = {}
    loops = 0
    for a, b, weight, attributes in untrusted.values(partial(_rows, path), Path(path), "split it"):
        graph.add_node(a, label=a)
        graph.add_node(b, label=b)
        if a == b:
            loops += 1
            continue
        tie = ties.setdefault((min(a, b), max(a, b)), Tie())
        tie.weights.append(weight)
        for column, cell in attributes.items():
            tie.attributes.setdefault(column, {})[cell] = None
    for (a, b), tie in ties.items():
        if weight := net_weight(tie.weights, f"{path}: {a} - {b}"):
            graph.add_edge(a, b, weight=weight)
            graph.edges[a, b].update({column: "; ".join(cells) for column, cells in tie.attributes.items()})
    return Edges(graph, tuple(_notes(ties, loops, len(ties) - graph.number_of_edges())))


def _notes(ties: dict[tuple[str, str], Tie], loops: int, cancelled: int) -> Iterator[str]:
    several = [tie.weights for tie in ties.values() if len(tie.weights) > 1]
    contrary = sum(min(weights) < 0 < max(weights) for weights in several)
    if loops:
        yield f"{quantity(loops, 'self-tie')} left out"
    if several:
        pairs = f"{quantity(len(several), 'pair')} stand{'s' if len(several) == 1 else ''}"
        yield f"{pairs} more than once: their weights are added" + (
            f", {contrary} of them with contrary signs" if contrary else ""
        )
    if cancelled:
        yield f"{quantity(cancelled, 'tie')} of weight 0 left out"


def _rows(path: str | Path) -> Iterator[tuple[str, str, float, dict[str, str]]]:
    """In the worker, of each line: two names, the weight between them, and the other columns that are not empty."""
    text = _text(path)
    header = next((n for n, line in enumerate(io.StringIO(text, newline=""), 1) if line.strip()), None)
    if header is None:
        raise UsageError(f"{path} is empty: let it begin with the line a,b,weight")
    lines = islice(io.StringIO(text, newline=""), header - 1, None)
    number, mend = header, "let the file begin with the line a,b,weight"
    try:
        delimiter, columns = _columns(next(lines))
        number, mend = header + 1, "mend the quotation marks or shorten the cell"
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
        for count, cells in enumerate(reader, 1):
            if count * len(columns) > CELLS:
                raise StanceError(
                    f"{path} has more than {CELLS:,} cells: leave out columns, or the lightest ties"
                )
            if any(cell.strip() for cell in cells):
                yield _row(cells, columns)
            number = header + reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}, line {number}: {error}; {mend}") from error
    except UsageError as error:
        raise UsageError(f"{path}, line {number}: {error}") from None


def _text(path: str | Path) -> str:
    content = input_.read(path, LARGEST, "name a CSV file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}, line {line}: not UTF-8; save the file as CSV in UTF-8") from error


def _columns(header: str) -> tuple[str, list[str]]:
    """What parts the cells of a header, and its cells; UsageError for columns that are missing or stand twice."""
    readings = [
        (delimiter, [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter))])
        for delimiter in DELIMITERS
    ]
    delimiter, columns = max(readings, key=lambda reading: (len({"a", "b"} & {*reading[1]}), len(reading[1])))
    values = {"weight", "sign"} & {*columns}
    missing = [name for name in ("a", "b") if name not in columns] + ["weight or sign"] * (not values)
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if missing:
        raise UsageError(
            f"no column {' and no column '.join(missing)} among {', '.join(columns)};"
            " let the file begin with the line a,b,weight"
        )
    if len(values) > 1:
        raise UsageError("both a column weight and a column sign; rename the one that is not meant")
    if twice or "" in columns:
        fault = f"two columns are called {twice[0]}" if twice and twice[0] else "a column has no name"
        raise UsageError(f"{fault}; give each column a name of its own")
    return delimiter, columns


def _row(cells: list[str], columns: list[str]) -> tuple[str, str, float, dict[str, str]]:
    if len(cells) != len(columns):
        raise UsageError(
            f"{quantity(len(cells), 'cell')} where the header has {len(columns)};"
            " put names that hold the delimiter in quotes"
        )
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    a, b = row.pop("a"), row.pop("b")
    for column, name in (("a", a), ("b", b)):
        if not name:
            raise UsageError(f"no name in column {column}; write one, or take the line out")
    weight = _sign(row.pop("sign")) if "sign" in row else _weight(row.pop("weight"))
    return a, b, weight, {column: cell for column, cell in row.items() if cell}


def _sign(cell: str) -> float:
    try:
        return SIGNS[cell.lower()]
    except KeyError:
        raise UsageError(f"the sign is '{cell[:40]}'; write one of {', '.join(SIGNS)}") from None


def _weight(cell: str) -> float:
    try:
        # What Python alone takes for a number, 1_000, is more likely a slip.
        weight = float(cell.replace("_", "?"))
    except ValueError:
        weight = float("inf")
    if not isfinite(weight):
        raise UsageError(f"the weight is '{cell[:40]}'; write a finite number such as -2 or 0.5")
    return weight
