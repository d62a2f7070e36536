"""Networks as two lists in CSV, and the flat table of stances in Parquet."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stancegraph.dates import EARLIEST, LATEST
from stancegraph.exchange.attributes import NODE, STANCE, SURROGATE, TIE, flat
from stancegraph.output import as_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from stancegraph.table import Table

SCHEMA: Final = "1"
"""Version of the columns of the Parquet file; it stands in the metadata as `stancegraph.schema`."""
EPOCH: Final = date(1970, 1, 1).toordinal()


def csv(graph: nx.Graph[str], kind: str) -> tuple[bytes, bytes]:
    """The edges (`source, target, source_label, target_label` and their attributes) and the nodes (`id` and theirs).

    UTF-8, `\\n` between lines; a cell that begins like a formula gets an apostrophe (`output.inert`).
    """
    plain = flat(graph)
    known = {name for *_, data in plain.edges(data=True) for name in data}
    if kind == "stances":
        level = "level" if "level" in known else "polarity"
        columns = [name for name in STANCE if name not in {"polarity", "level"} - {level}]
    else:
        columns = [name for name in TIE if kind != "two-mode" or name not in {"agree", "disagree"}]
    label = {node: data.get("label", "") for node, data in plain.nodes(data=True)}
    edges = (
        {**data, "source": a, "target": b, "source_label": label[a], "target_label": label[b]}
        for a, b, data in plain.edges(data=True)
    )
    nodes = ({**data, "id": node} for node, data in plain.nodes(data=True))
    of_nodes = [name for name in NODE if kind == "two-mode" or name != "bipartite"]
    ends = ["source", "target", "source_label", "target_label"]
    return _listed([*ends, *columns], edges), _listed(["id", *of_nodes], nodes)


def _listed(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> bytes:
    return as_csv([columns, *([row.get(column, "") for column in columns] for row in rows)]).encode()


def parquet(table: Table) -> bytes:
    """The flat table, one row per statement, speaker and target, oldest first.

    Columns: actor, actor_iri, target, target_iri, level, earliest, latest, document, document_iri, documents, act,
    medium, basis, quoted, joint, confidence, statement. `level` is an int8 for the polarity and for truth values, a
    double on a scale, text for categories; days are date32, null where open; `document` is the title of the earliest
    report's, `documents` are the IRIs of all. Metadata: `stancegraph.schema` and `stancegraph.level`.
    """
    sides = {"actor": table.actor, "target": table.target, "document": table.document}
    named = {name: [thing.label for thing in column.values] for name, column in sides.items()}
    iris = {name: [thing.iri for thing in column.values] for name, column in sides.items()}
    # The document of a row no report is known of has a label that says so, and no IRI.
    named["document"] = [named["document"][i] if iri else None for i, iri in enumerate(iris["document"])]  # type: ignore[misc]
    columns = {}
    for name, column in sides.items():
        columns[name] = _words(column.codes, named[name])
        columns[f"{name}_iri"] = _words(column.codes, [iri or None for iri in iris[name]])
    columns |= {
        "level": _level(table),
        "earliest": _days(table.earliest, EARLIEST),
        "latest": _days(table.latest, LATEST),
        "documents": _documents(table),
        **{name: _words(getattr(table, name).codes, getattr(table, name).values) for name in CONCEPTS},
        "quoted": pa.array(table.quoted),
        "joint": pa.array(table.joint),
        "confidence": pa.array(table.confidence),
        "statement": pa.array(map(_proper, table.statement.listed()), pa.string()),
    }
    metadata = {"stancegraph.schema": SCHEMA, "stancegraph.level": table.scale.name}
    made = pa.table({name: columns[name] for name in COLUMNS}, metadata=metadata)
    sink = pa.BufferOutputStream()
    pq.write_table(made, sink)
    return bytes(sink.getvalue())


CONCEPTS: Final = ("act", "medium", "basis")
COLUMNS: Final = """actor actor_iri target target_iri level earliest latest document document_iri documents
    act medium basis quoted joint confidence statement""".split()


def _proper(text: str) -> str:
    return SURROGATE.sub("\ufffd", text)


def _words(codes: NDArray[np.int32], values: Sequence[str | None]) -> pa.DictionaryArray:
    """A dictionary of the texts that occur, each once and sorted; what is None is null."""
    present = np.unique(codes)
    texts = [None if (text := values[code]) is None else _proper(text) for code in present.tolist()]
    distinct = sorted({text for text in texts if text is not None})
    place = {text: i for i, text in enumerate(distinct)}
    at = np.array([-1 if text is None else place[text] for text in texts], np.int32)
    found = at[np.searchsorted(present, codes)]
    return pa.DictionaryArray.from_arrays(pa.array(found, mask=found < 0), pa.array(distinct, pa.string()))


def _level(table: Table) -> pa.Array:
    if table.scale.kind == "categorical":
        return _words(table.level.astype(np.int32), table.scale.labels)
    return pa.array(table.level if table.scale.kind == "scaled" else table.level.astype(np.int8))


def _days(days: NDArray[np.int32], unknown: int) -> pa.Array:
    return pa.array((days - EPOCH).astype(np.int32), pa.int32(), mask=days == unknown).cast(pa.date32())


def _documents(table: Table) -> pa.ListArray:
    """IRIs of all documents that report each row's statement, in the order issued."""
    start = table.reports.start[table.statement.codes]
    number = table.reports.start[table.statement.codes + 1] - start
    offsets = np.concatenate(([0], np.cumsum(number)))
    at = np.repeat(start - offsets[:-1], number) + np.arange(offsets[-1])
    iris = pa.array([_proper(document.iri) for document in table.document.values], pa.string())
    codes = table.reports.documents[at]
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), iris.take(pa.array(codes, pa.int32())))
