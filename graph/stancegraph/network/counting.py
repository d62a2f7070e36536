"""How often each actor takes each level on each target in each period, counted where the rows lie.

The rows are those of a Parquet file that `load` leaves beside a database (`stancegraph-person.parquet`), or of many
such: a table of ibis, which DuckDB reads on one machine and Spark on several. What is asked of it is one expression;
what comes back has a row for each cell of A (`projection`), whatever the number of stances.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from datetime import date
from functools import reduce
from operator import add, and_
from typing import TYPE_CHECKING, Any, Final, Unpack

import numpy as np
from scipy import sparse

from stancegraph.dates import BEGINNING, END
from stancegraph.errors import NotInstalled, UsageError
from stancegraph.network.method import CHOICES, Method, NetworkOptions
from stancegraph.network.projection import Counts, Projection, of_counts
from stancegraph.statements.filters import Filters
from stancegraph.table.columns import DUPLICATES, WIDEST
from stancegraph.table.scales import POLARITY
from stancegraph.table.selection import passing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import ibis
    import pyarrow as pa

    from stancegraph.store import Store

BUCKETS: Final = {"week": "W", "month": "M", "year": "Y"}
MOST: Final = 500
"""Periods that one expression tells apart."""
OPEN: Final = date.fromisoformat(BEGINNING), date.fromisoformat(END)


def read(where: str | Path | Sequence[str | Path], connection: Any = None) -> ibis.Table:
    """The rows of Parquet files, as a table of ibis; by default in DuckDB, else at a connection of ibis.

    Raises UsageError where ibis is not installed, or nothing can be read there.
    """
    try:
        import ibis
    except ModuleNotFoundError as error:
        raise NotInstalled("ibis-framework", "scale") from error
    places = [str(where)] if isinstance(where, str) or not hasattr(where, "__iter__") else [*map(str, where)]
    try:
        made = ibis.duckdb.connect() if connection is None else connection
        return made.read_parquet(places[0] if len(places) == 1 else places)
    except Exception as error:  # each of ibis's engines raises what its own library does
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise UsageError(f"{', '.join(places)}: cannot be read as Parquet: {reason}") from error


def connect(address: str) -> Any:
    """A connection of ibis to a cluster of Spark (`spark://host:port`).

    Raises UsageError where Spark or Java is missing, or no master answers.
    """
    if any(importlib.util.find_spec(library) is None for library in ("ibis", "pyspark")):
        raise NotInstalled("pyspark", "spark")
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise UsageError("Spark needs Java, and there is none: install it, or say where it is with JAVA_HOME")
    import ibis
    from pyspark.sql import SparkSession

    try:
        session = SparkSession.builder.master(address).config("spark.ui.enabled", "false").getOrCreate()
        return ibis.pyspark.connect(session)
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise UsageError(f"{address}: no Spark answers there: {reason}") from error


def counts(
    rows: ibis.Table,
    store: Store,
    of: str = "agreement",
    *,
    starts: Sequence[date] = (),
    **options: Unpack[NetworkOptions],
) -> ibis.Table:
    """The cells of A that a method fills: actor_iri, target_iri, period, level, and the number of rows in each.

    `store` is where names in filters are looked up, and what no column holds (`about`, `words`). `starts` are the
    first days of periods (none: one period, numbered 0); a row whose days straddle two is left out. Nothing is
    counted before the expression is executed.
    Raises UsageError for what the columns cannot tell.
    """
    method = Method.of(of, {name: value for name, value in options.items() if name in CHOICES})
    filters = Filters.of(store, {name: value for name, value in options.items() if name not in CHOICES})
    _check(method, filters, starts)
    columns = {name: rows[name] for name in rows.columns}
    if tests := passing(columns.__getitem__, filters):
        rows = rows.filter(reduce(and_, tests))
    if filters.min_count > 1:
        spoken = rows.group_by("actor_iri").agg(number=rows.statement.nunique())
        rows = rows.semi_join(spoken.filter(spoken.number >= filters.min_count), "actor_iri")
    if not method.neutral:
        rows = rows.filter(rows.level != 0)
    if of != "two-mode" and not method.undertakings:
        rows = rows.filter(~rows.bound)
    rows = rows.mutate(
        earliest=rows.earliest.fill_null(OPEN[0]),
        latest=rows.latest.fill_null(OPEN[1]),
        level=rows.level.cast("int64"),
    )
    rows = _first(rows, method)
    period = _period(rows, starts) if of != "two-mode" else 0
    rows = rows.mutate(period=period)
    rows = rows.filter(rows.period >= 0)
    return rows.group_by("actor_iri", "target_iri", "period", "level").agg(number=rows.count())


def _check(method: Method, filters: Filters, starts: Sequence[date]) -> None:
    """Raise UsageError for what is not counted here."""
    for name, why in (("level", "polarity"), ("direct", False)):
        if getattr(method, name) != why:
            raise UsageError(f"--{name} is not counted where the rows lie: load them into a database")
    for name in ("document", "not_document"):
        if name in filters.given:
            raise UsageError(
                f"the filter '{name}' is not counted where the rows lie: load them into a database"
            )
    if filters.organisation:
        raise UsageError(
            "the rows of stancegraph-organisation.parquet have speakers as organisations: read those, and leave out "
            "--as"
        )
    if len(starts) > MOST:
        raise UsageError(f"{len(starts)} periods: at most {MOST} are told apart where the rows lie")


def _first(rows: ibis.Table, method: Method) -> ibis.Table:
    """Of equal rows the first in each document, week …, as `Table.deduplicate` has it."""
    import ibis

    per = method.duplicates
    if per not in DUPLICATES:
        raise UsageError(f"--duplicates '{per}': choose one of {', '.join(DUPLICATES)}")
    if per == "include":
        return rows
    if per in WIDEST:
        rows = rows.filter(rows.latest.delta(rows.earliest, unit="day") < WIDEST[per])
    bucket: Any = ibis.literal("")
    if per == "document":
        bucket = rows.document_iri.fill_null(rows.statement)
    elif per in BUCKETS:
        bucket = rows.earliest.truncate(BUCKETS[per]).cast("string")
    rows = rows.mutate(bucket=bucket)
    equal = ["actor_iri", "target_iri", "bucket", *(["level"] if method.aggregation != "ignore" else [])]
    place = rows.positions.length().fill_null(0)
    begin = ibis.ifelse(place > 0, rows.positions[0], 0)
    order = [rows.earliest, rows.document_iri.fill_null(""), begin, rows.statement]
    window = ibis.window(group_by=[rows[name] for name in equal], order_by=order)
    rows = rows.mutate(nth=ibis.row_number().over(window))
    return rows.filter(rows.nth == 0)


def _period(rows: ibis.Table, starts: Sequence[date]) -> Any:
    """The number of the period a row falls into, -1 where its days straddle two or an end is open."""
    import ibis

    if len(starts) < 2:
        return ibis.literal(0, "int64")
    first, last = (
        reduce(add, ((side >= ibis.literal(day)).cast("int64") for day in starts)) - 1
        for side in (rows.earliest, rows.latest)
    )
    inside = (first == last) & (rows.earliest > OPEN[0]) & (rows.latest < OPEN[1])
    return ibis.ifelse(inside, first, -1)


def project(
    counted: pa.Table, kind: str = "agreement", **choices: Any
) -> tuple[Projection, list[str], list[str]]:
    """The network of one mode or two that counted cells make, and the IRIs of its rows and its columns.

    It is that of `projection.project`; choices are those of a `Method`.
    """
    method = Method.of(kind, choices)
    codes: dict[str, tuple[Any, Sequence[str]]] = {}
    for name in ("actor_iri", "target_iri"):
        texts, code = np.unique(np.array(counted[name].to_pylist(), object), return_inverse=True)
        codes[name] = code, texts.tolist()
    own, other = ("target_iri", "actor_iri") if kind == "targets" else ("actor_iri", "target_iri")
    (i, rows), (across, columns) = codes[own], codes[other]
    period, level, number = (np.array(counted[name].to_pylist()) for name in ("period", "level", "number"))
    levels, k = np.unique(level.astype(float), return_inverse=True)
    places, j = np.unique(across * (int(period.max(initial=0)) + 1) + period, return_inverse=True)
    matrix = sparse.coo_array(
        (number.astype(float), (i, j * len(levels) + k)), shape=(len(rows), len(places) * len(levels))
    ).tocsr()
    made = Counts(matrix, levels, np.arange(len(rows), dtype=np.int32), places.astype(np.int32))
    return of_counts(made, POLARITY, method), list(rows), list(columns if kind == "two-mode" else rows)
