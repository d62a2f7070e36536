"""How often each actor takes each level on each target in each period, counted where the rows lie.

The rows are those of a Parquet file that `load` leaves beside a database (`stancegraph-person.parquet`), or of many
such: a table of ibis, which DuckDB reads on one machine and Spark on several. What is asked of it is one expression;
what comes back has a row for each cell of A (`graphs`), whatever the number of stances.

An endpoint counts by one grouped query. Of each statement, speaker and target the query knows level, days and the
document that has it first; of equal ones it keeps the first in each document, as `Table.deduplicate` does; and it
counts what is left by actor, target, level and period. A statement of one speaker and one target is counted without
its name, as no tie needs that.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import warnings
from dataclasses import replace
from datetime import date
from functools import reduce
from operator import add, and_
from typing import TYPE_CHECKING, Any, Final, Unpack

import numpy as np
from pyoxigraph import Literal
from scipy import sparse

from stancegraph.dates import BEGINNING, EARLIEST, END, LATEST, ordinal
from stancegraph.errors import NotInstalled, StanceError, UsageError, of_extra
from stancegraph.network import Method, NetworkOptions, graphs, temporal
from stancegraph.network.graphs import Counts, Projection, of_counts
from stancegraph.records import Named
from stancegraph.statements import reader
from stancegraph.statements.filters import CODED, Filters
from stancegraph.store.sparql import node
from stancegraph.store.tables import CLUSTER, Tables
from stancegraph.table.arrays import Column
from stancegraph.table.columns import WIDEST, Reports, Table, Uncoded
from stancegraph.table.rows import UNKNOWN
from stancegraph.table.scales import POLARITY
from stancegraph.table.selection import passing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import ibis
    import pyarrow as pa

    from stancegraph.network.temporal import Periods
    from stancegraph.store import Store, Term


UNITS: Final = {"week": "W", "month": "M", "year": "Y"}
QUIET: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
"""What keeps Spark from telling more than an answer, and Java here, which counts nothing itself, from a long start."""
PATIENCE: Final = 5
"""Seconds that the master of a cluster may take to be there; Spark itself would wait a minute."""
MOST: Final = 500
"""Periods that one expression tells apart."""
OPEN: Final = date.fromisoformat(BEGINNING), date.fromisoformat(END)
QUERY_PERIODS: Final = 60
"""Periods that one query tells apart."""
UNREPORTED: Final = "~"
"""What sorts behind every report."""
FETCHED: Final = CODED | {"min_count", "as_"}
"""Filters whose rows are fetched: what they look at is told of single targets, or counted before."""
FILED: Final = """SELECT ?s ?row_target ?row_level (MIN(?row_place) AS ?row_filed) WHERE {{
    {{ {chosen} ?s ?row_link ?row_target . ?row_link stance:polarity ?row_level . BIND("{unreported}" AS ?row_place) }}
    UNION {{ {chosen} ?s ?row_link ?row_target . ?row_link stance:polarity ?row_level .
        ?row_report stance:reports ?s ; stance:document ?row_document .
        OPTIONAL {{ ?row_document dcterms:title ?row_title ; dcterms:issued ?row_issued }}
        OPTIONAL {{ ?row_document dcterms:title ?row_title ; stance:issuedNotBefore ?row_after }}
        OPTIONAL {{ ?row_document dcterms:title ?row_title ; stance:issuedNotAfter ?row_before }}
        OPTIONAL {{ ?row_report stance:passage ?row_passage . ?row_passage oa:hasSelector ?row_selector .
            ?row_selector oa:start ?row_start }}
        OPTIONAL {{ ?s stance:coding ?row_coding . ?row_coding stance:of ?row_target ; stance:shownBy ?row_shown }}
        FILTER(!BOUND(?row_shown) || ?row_shown = ?row_report)
        BIND(IF(BOUND(?row_start), STR(?row_start), "") AS ?row_begin)
        BIND(CONCAT(IF(BOUND(?row_issued), STR(?row_issued), IF(BOUND(?row_after), STR(?row_after),
            IF(BOUND(?row_before), "{beginning}", ""))), " ", STR(?row_document), " ",
            SUBSTR(CONCAT("000000000", ?row_begin), STRLEN(?row_begin) + 1)) AS ?row_place) }}
    }} GROUP BY ?s ?row_target ?row_level"""
"""Each statement and target, with the issue, document and place of the first report that shows it."""
MANY: Final = """SELECT ?s (COUNT(*) AS ?row_many) WHERE { ?s stance:speaker ?row_any ; ?row_link ?row_other }
    GROUP BY ?s"""
"""How many rows a statement has."""
BINDING: Final = """MINUS { SELECT DISTINCT ?s ?row_actor ?row_target WHERE {
        ?row_target stance:binds ?row_bound . ?s ?row_bond ?row_target .
        { ?s stance:speaker ?row_actor . BIND(?row_actor AS ?row_who) }
        UNION { ?s stance:speaker ?row_actor ; stance:onBehalfOf ?row_who }
        UNION { ?s stance:speaker ?row_actor ; stance:inRole ?row_role .
            ?row_role org:member ?row_actor ; org:organization ?row_who }
        FILTER(CONCAT(STR(?row_target), " ", STR(?row_who)) = ?row_pair) } }"""
"""What leaves out the demands that bind who speaks; the pairs of these are bound."""
FIRST: Final = """SELECT ?row_actor ?row_target ?row_level ?row_bucket (MIN(?row_key) AS ?row_first) WHERE {{
    {{ {filed} }} {{ {many} }}
    ?s stance:speaker ?row_actor .
    OPTIONAL {{ ?s stance:saidOn ?row_on }}
    OPTIONAL {{ ?s stance:saidNotBefore ?row_since }} OPTIONAL {{ ?s stance:saidNotAfter ?row_until }}
    {binding}
    BIND(STRBEFORE(STRAFTER(?row_filed, " "), " ") AS ?row_in)
    BIND({bucket} AS ?row_bucket)
    BIND({earliest} AS ?row_earliest)
    BIND(CONCAT(?row_earliest, IF(?row_in = "", "000000000", STRAFTER(STRAFTER(?row_filed, " "), " ")),
        STR(?s), " ", IF(?row_many > 1, "+", "-"), {period}) AS ?row_key)
    }} GROUP BY ?row_actor ?row_target ?row_level ?row_bucket"""
"""Of equal rows the first, as one text: day, place in the document, statement, whether that has more rows, periods."""
COUNTED: Final = """SELECT ?row_actor ?row_target ?row_level ?row_period ?row_said (COUNT(*) AS ?row_number) WHERE {{
    {{ {first} }}
    BIND(SUBSTR(STRAFTER(?row_first, " "), 2) AS ?row_period)
    BIND(IF(CONTAINS(?row_first, " +"), SUBSTR(STRBEFORE(?row_first, " "), 20), "") AS ?row_said)
    }} GROUP BY ?row_actor ?row_target ?row_level ?row_period ?row_said"""
FIRST_DAY: Final = f'IF(BOUND(?row_on), STR(?row_on), IF(BOUND(?row_since), STR(?row_since), "{BEGINNING}"))'
LAST_DAY: Final = f'IF(BOUND(?row_on), STR(?row_on), IF(BOUND(?row_until), STR(?row_until), "{END}"))'
QUERY_BUCKETS: Final = {"include": "STR(?s)", "document": 'IF(?row_in = "", STR(?s), ?row_in)', "ever": '""'}
"""Which of equal rows count → what those have in common of which the first does."""
TWICE: Final = "SELECT ?s WHERE { ?s ?one ?target ; ?other ?target FILTER(STR(?one) < STR(?other)) } LIMIT 1"
SAID: Final = """SELECT DISTINCT (STR(?said) AS ?day) WHERE {
    { ?s stance:saidOn ?said } UNION { ?s stance:saidNotBefore ?said } UNION { ?s stance:saidNotAfter ?said } }"""


def read(where: str | Path | Sequence[str | Path], connection: Any = None) -> ibis.Table:
    """The rows of Parquet files, as a table of ibis; by default in DuckDB, else at a connection of ibis.

    Raises UsageError where ibis is not installed, or nothing can be read there.
    """
    with of_extra("scale", "ibis-framework"):
        import ibis
    places = [str(where)] if isinstance(where, str) or not hasattr(where, "__iter__") else [*map(str, where)]
    try:
        made = ibis.duckdb.connect() if connection is None else connection
        return made.read_parquet(places[0] if len(places) == 1 else places)
    except Exception as error:  # each of ibis's engines raises what its own library does
        raise UsageError(f"{', '.join(places)}: cannot be read as Parquet: {_short(error)}") from error


def connect(address: str) -> Any:
    """A connection of ibis to a cluster of Spark (`spark://host:port`).

    Raises UsageError where Spark or Java is missing, or no master answers.
    """
    if any(importlib.util.find_spec(library) is None for library in ("ibis", "pyspark")):
        raise NotInstalled("pyspark", "spark")
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise UsageError("Spark needs Java, and there is none: install it, or say where it is with JAVA_HOME")
    host, _, port = address.removeprefix(CLUSTER).rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()
    except OSError as error:
        raise UsageError(
            f"{address}: no master of Spark answers there ({error.strerror or error}): start it, or give the "
            "address that it tells in its log"
        ) from error
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    import ibis
    from pyspark import SparkConf, SparkContext, java_gateway
    from pyspark.sql import SparkSession

    launch: Callable[..., Any] = java_gateway.launch_gateway
    asked = SparkConf().setMaster(address).setAppName("stancegraph").setAll([*QUIET.items()])
    try:
        if SparkContext._gateway is None:  # Java tells on stderr what concerns nobody here
            SparkContext._ensure_initialized(gateway=launch(asked, {"stderr": subprocess.DEVNULL}))
        context = SparkContext.getOrCreate(asked)
        if context._jsc.sc().isStopped():
            raise StanceError("what listens there is no master, or one of another version")
        return ibis.pyspark.connect(SparkSession(context))
    except Exception as error:
        raise UsageError(f"{address}: no Spark answers there: {_short(error)}") from error


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
    method, filters = _split(store, of, options)
    rows = _counted(rows, method, filters, starts)
    rows = rows.filter(rows.period >= 0)
    return rows.group_by("actor_iri", "target_iri", "period", "level").agg(number=rows.count())


def _counted(rows: ibis.Table, method: Method, filters: Filters, starts: Sequence[date]) -> ibis.Table:
    """The rows that count, with the number of their period, -1 where in none."""
    _check(method, filters, starts)
    columns = {name: rows[name] for name in rows.columns}
    several = filters.store.about["several"] if isinstance(filters.store, Tables) else ()
    if tests := passing(columns.__getitem__, filters, several):
        rows = rows.filter(reduce(and_, tests))
    rows, of_documents = _reported(rows, filters)
    if filters.min_count > 1:
        spoken = rows.group_by("actor_iri").agg(number=rows.statement.nunique())
        rows = rows.semi_join(spoken.filter(spoken.number >= filters.min_count), "actor_iri")
    if of_documents:
        rows = rows.filter(rows.positions.length() > 0)
    if not method.neutral:
        rows = rows.filter(rows.level != 0)
    if method.kind != "two-mode" and not method.undertakings:
        rows = rows.filter(~rows.bound)
    rows = rows.mutate(
        earliest=rows.earliest.fill_null(OPEN[0]),
        latest=rows.latest.fill_null(OPEN[1]),
        level=rows.level.cast("int64"),
    )
    rows = _first(rows, method)
    return rows.mutate(period=_period(rows, starts) if method.kind != "two-mode" else 0)


def _reported(rows: ibis.Table, filters: Filters) -> tuple[ibis.Table, bool]:
    """The rows of statements that a document which counts reports, with what such report; and whether that is asked.

    One reported for the sake of another target has none left, and counts for `min_count` alone.
    """
    sides = [filters.meant.get(name) for name in ("document", "not_document")]
    if not any(sides):
        return rows, False

    def counts(pair: Any) -> Any:
        wanted, left = sides
        kept = pair.f1.isin(wanted) if wanted else pair.f1.notnull()
        return kept & ~pair.f1.isin(left) if left else kept

    kept = rows.documents.zip(rows.positions).filter(counts)
    rows = rows.mutate(positions=kept.map(lambda pair: pair.f2), document_iri=kept[0].f1)
    within = rows.filter(rows.positions.length() > 0).select("statement").distinct()
    return rows.semi_join(within, "statement"), True


def _check(method: Method, filters: Filters, starts: Sequence[date]) -> None:
    """Raise UsageError for what is not counted here."""
    for name, why in (("level", "polarity"), ("direct", False)):
        if getattr(method, name) != why:
            raise UsageError(f"--{name} is not counted where the rows lie: load them into a database")
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
    if per == "include":
        return rows
    if per in WIDEST:
        rows = rows.filter(rows.latest.delta(rows.earliest, unit="day") < WIDEST[per])
    bucket: Any = ibis.literal("")
    if per == "document":
        bucket = rows.document_iri.fill_null(rows.statement)
    elif per in UNITS:
        bucket = rows.earliest.truncate(UNITS[per]).cast("string")
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


def countable(store: Store, kind: str, options: Mapping[str, Any]) -> tuple[Table, Method]:
    """The rows that count, as `graphs.countable` has them, and the method: counted where they lie, if elsewhere.

    Of those counted on a cluster a statement's only row is known by no name, but counted as one. Raises UsageError
    for what is not counted there.
    """
    untold = ""
    if store.remote:
        method, filters = _split(store, kind, options)
        counted = cells(store, method, filters)
        if not isinstance(counted, str):
            return expand(counted[0], filters, counted[1]), method
        untold = f"the rows were fetched from the endpoint, not counted there: {counted}"
    if not isinstance(store, Tables) or store.cluster is None:
        rows, method = graphs.prepare(store, kind, options)
        return graphs.countable(rows, method).with_notes(untold), method
    if kind == "stances":
        raise UsageError(f"--kind stances is not counted on Spark: give --data {store.path}")
    files = store.files_of(organisation=options.get("as_") == "organisation")
    lie = read(files, connect(store.cluster))
    return tabulate(lie, store, kind, {name: value for name, value in options.items() if name != "as_"})


def _split(store: Store, kind: str, options: Mapping[str, Any]) -> tuple[Method, Filters]:
    method, filters = Method.split(kind, options)
    return method, Filters.of(store, filters)


def tabulate(rows: ibis.Table, store: Store, kind: str, options: Mapping[str, Any]) -> tuple[Table, Method]:
    """The rows that count of a table of ibis, counted there; raises StanceError where its engine fails."""
    import ibis

    method, filters = _split(store, kind, options)
    found = temporal.of_network(method, store)
    rows = _counted(rows, method, filters, [] if found is None else [*map(date.fromordinal, found.starts)])
    alone = rows.count().over(ibis.window(group_by=rows.statement)) == 1
    rows = rows.mutate(statement=ibis.ifelse(alone, ibis.null("string"), rows.statement))
    cells = rows.group_by("actor_iri", "target_iri", "period", "level", "statement").agg(number=rows.count())
    try:
        counted = cells.to_pyarrow().to_pydict()
    except Exception as error:  # each of ibis's engines raises what its own library does
        raise StanceError(f"{store.where}: the cells could not be counted: {_short(error)}") from error
    return expand(counted, filters, found), method


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def expand(cells: Mapping[str, Sequence[Any]], filters: Filters, found: Periods | None) -> Table:
    """The rows that cells count: `number` of each, of as many statements, or of one where it is named.

    Columns: actor_iri, target_iri, period (-1 for none), level, statement (None or a name), number.
    """
    number = np.array(cells["number"], np.int64)
    at = np.repeat(np.arange(len(number)), number)
    names = {name: place for place, name in enumerate(sorted(set(cells["statement"]) - {None}))}
    named = np.array([names.get(name, -1) for name in cells["statement"]], np.int64)[at]
    statement = np.where(named >= 0, named, len(names) + np.cumsum(named < 0) - 1).astype(np.int32)
    known = reader.labels(filters.store, reader.EVERYTHING)
    columns: dict[str, Column[Named]] = {}
    for side in ("actor_iri", "target_iri"):
        things = sorted(Named(iri, known[iri]) for iri in set(cells[side]))
        code = {thing.iri: place for place, thing in enumerate(things)}
        columns[side] = Column(np.array([code[iri] for iri in cells[side]], np.int32)[at], tuple(things))
    every = len(at)
    period = np.array(cells["period"], np.int32)[at]
    table = Table(
        actor=columns["actor_iri"],
        target=columns["target_iri"],
        level=np.array(cells["level"], float)[at],
        earliest=np.full(every, EARLIEST, np.int32),
        latest=np.full(every, LATEST, np.int32),
        statement=Column(statement, (*names, *("",) * (named < 0).sum())),
        document=Column(np.zeros(every, np.int32), (UNKNOWN,)),
        reports=Reports(np.zeros(every + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64)),
        shown=np.arange(every, dtype=np.int32),
        details=Uncoded(every),
        store=filters.store,
        filters=filters,
    )
    if found is None:
        return table
    return graphs.inside(replace(table, period=period, periods=found.labels).with_notes(str(found)))


def project(
    counted: pa.Table, kind: str = "agreement", **choices: Any
) -> tuple[Projection, list[str], list[str]]:
    """The network of one mode or two that counted cells make, and the IRIs of its rows and its columns.

    It is that of `graphs.project`; choices are those of a `Method`.
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
    places, j = np.unique(graphs.by_period(across, period), return_inverse=True)
    matrix = sparse.coo_array(
        (number.astype(float), (i, j * len(levels) + k)), shape=(len(rows), len(places) * len(levels))
    ).tocsr()
    made = Counts(matrix, levels, np.arange(len(rows), dtype=np.int32), places.astype(np.int32))
    return of_counts(made, POLARITY, method), list(rows), list(columns if kind == "two-mode" else rows)


def cells(
    store: Store, method: Method, filters: Filters
) -> tuple[dict[str, list[Any]], Periods | None] | str:
    """The cells of a network in the columns that `expand` takes, and its periods; or why they are not counted.

    Raises StanceError where the endpoint answers with what is none.
    """
    found = temporal.of_network(method, store)
    if reason := _uncounted(store, method, filters, found):
        return reason
    text, values = _query(store, method, filters, found)
    test = filters.row_test()
    told: dict[str, list[Any]] = {
        name: [] for name in ("actor_iri", "target_iri", "level", "period", "statement", "number")
    }
    for actor, target, level, period, statement, number in store.tuples(text, values):
        try:
            began, ended = map(int, period.split(" "))
            place = began - 1 if began == ended else -1
            row = (actor, target, int(level), place, statement or None, int(number))
        except ValueError:
            raise StanceError(
                f"{store.where}: it counts with what is no number: {level} {period} {number}"
            ) from None
        if test.passes(Named(actor, ""), Named(target, ""), row[2]) and (method.neutral or row[2]):
            for name, value in zip(told, row, strict=True):
                told[name].append(value)
    return told, found


def _uncounted(store: Store, method: Method, filters: Filters, found: Periods | None) -> str:
    """Why the rows must be fetched; empty where they need not."""
    if method.kind == "stances" or method.direct or method.level != "polarity":
        return "such a network shows each of them"
    if method.aggregation == "ignore" or method.duplicates not in QUERY_BUCKETS:
        return "what counts as a repetition cannot be said in a query"
    if fetched := sorted(FETCHED & filters.given.keys()):
        return f"--{fetched[0].rstrip('_').replace('_', '-')} cannot be said in a query"
    if found is not None and len(found.starts) > QUERY_PERIODS:
        return f"a query tells at most {QUERY_PERIODS} periods apart"
    edges: list[Term] = [node(iri) for iri in reader.edges(store)]
    if store.tuples(TWICE, {"one": edges, "other": edges}):
        return "statements take two stances on one target"
    if any(len(day) != 10 or ordinal(day) is None for (day,) in store.tuples(SAID)):
        return "some of the days are none"
    return ""


def _query(
    store: Store, method: Method, filters: Filters, found: Periods | None
) -> tuple[str, dict[str, list[Term]]]:
    """The query, and the values of its variables."""
    passing, values = filters.pattern(rows=True)
    chosen = "?s a stance:Statement ."
    if passing:
        chosen = f"{{ SELECT DISTINCT ?s WHERE {{ ?s a stance:Statement . {passing} }} }}"
    values["row_link"] = [node(iri) for iri in reader.edges(store)]
    bound = reader.bound(store) if method.kind != "two-mode" and not method.undertakings else {}
    if bound:
        values["row_pair"] = [
            Literal(f"{demand} {who}") for demand, every in bound.items() for who in sorted(every)
        ]
    period = '"1 1"'
    if found is not None:
        starts = [date.fromordinal(day).isoformat() for day in found.starts]
        began, ended = (
            " + ".join(f'IF({day} >= "{start}", 1, 0)' for start in starts)
            for day in ("?row_earliest", LAST_DAY)
        )
        period = f'STR({began}), " ", IF({LAST_DAY} < "{END}", STR({ended}), "0")'
    filed = FILED.format(chosen=chosen, beginning=BEGINNING, unreported=UNREPORTED)
    first = FIRST.format(
        filed=filed,
        many=MANY,
        binding=BINDING if bound else "",
        bucket=QUERY_BUCKETS[method.duplicates],
        earliest=FIRST_DAY,
        period=period,
    )
    return COUNTED.format(first=first), values
