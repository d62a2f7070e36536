"""The flat table as an Arrow table, which Parquet, pandas and polars read without a copy of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stancegraph.dates import EARLIEST, EPOCH, LATEST
from stancegraph.output import SURROGATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from stancegraph.table.columns import Table

SCHEMA: Final = "1"
"""Version of the columns; it stands in the metadata as `stancegraph.schema`."""


def to_arrow(table: Table) -> pa.Table:
    """The flat table, one row per statement, speaker and target, oldest first.

    Columns: actor, actor_iri, target, target_iri, level, earliest, latest, document, document_iri, documents, act,
    medium, basis, quoted, joint, confidence, statement. `level` is an int8 for the polarity and for truth values, a
    double on a scale, text for categories; days are date32, null where open; `document` is the title of the earliest
    report's, `documents` are the IRIs of all. Metadata: `stancegraph.schema` and `stancegraph.level`.
    """
    columns: dict[str, pa.Array] = {}
    for name, column in (("actor", table.actor), ("target", table.target), ("document", table.document)):
        iris = [value.iri or None for value in column.values]
        labels: list[str | None] = [value.label for value in column.values]
        if name == "document":  # where no report is known of, the label says so, and there is no IRI
            labels = [label if iri else None for label, iri in zip(labels, iris, strict=True)]
        columns |= {name: texts(column.codes, labels), f"{name}_iri": texts(column.codes, iris)}
        if name == "target":
            columns |= {
                "level": _levels(table),
                "earliest": _days(table.earliest, EARLIEST),
                "latest": _days(table.latest, LATEST),
            }
    columns["documents"] = _documents(table)
    columns |= {
        name: texts(column.codes, column.values)
        for name, column in (("act", table.act), ("medium", table.medium), ("basis", table.basis))
    }
    columns |= {name: pa.array(getattr(table, name)) for name in ("quoted", "joint", "confidence")}
    columns["statement"] = _strings(table.statement.values).take(pa.array(table.statement.codes))
    metadata = {"stancegraph.schema": SCHEMA, "stancegraph.level": table.scale.name}
    return pa.table(columns, metadata=metadata)


def _strings(values: Iterable[str | None]) -> pa.StringArray:
    if hasattr(values, "__arrow_array__"):
        return pa.array(values)
    return pa.array([v if v is None else SURROGATE.sub("\ufffd", v) for v in values], pa.string())


def texts(codes: NDArray[np.int32], values: Sequence[str | None]) -> pa.DictionaryArray:
    """A dictionary of the texts that occur, each once and sorted; what is None is null."""
    found = _strings(values)
    occurring = found.take(pa.array(np.flatnonzero(np.bincount(codes))))
    distinct = pc.unique(occurring).drop_null().sort()
    return pa.DictionaryArray.from_arrays(pc.index_in(found, distinct).take(pa.array(codes)), distinct)


def _levels(table: Table) -> pa.Array:
    if table.scale.kind == "categorical":
        return texts(table.level.astype(np.int32), table.scale.labels)
    return pa.array(table.level if table.scale.kind == "scaled" else table.level.astype(np.int8))


def _days(days: NDArray[np.int32], unknown: int) -> pa.Array:
    return pa.array((days - EPOCH).astype(np.int32), pa.int32(), mask=days == unknown).cast(pa.date32())


def _documents(table: Table) -> pa.ListArray:
    """IRIs of all documents that report each row's statement, in the order issued."""
    start, documents = table.reports.start, table.reports.documents
    iris = _strings(document.iri for document in table.document.values)
    lists = pa.ListArray.from_arrays(pa.array(start, pa.int32()), iris.take(pa.array(documents)))
    return lists.take(pa.array(table.shown))
