"""The questions that engines were chosen by, as plain rdflib is asked them and as users ask stancegraph."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np

import stancegraph as sg
import synthetic
from stancegraph import network, store
from stancegraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    import pyarrow as pa
    from rdflib import Graph

    from stancegraph.store import Store

    Answer = Counter[tuple[Any, ...]]

T = TypeVar("T")
ROUNDS: Final = 5
LONG: Final = 10.0
"""Seconds after which nothing is asked again."""
SPEAKER, WORDS, LEAST = "al-Name30", "words 7712", 2
BASE: Final = "https://example.org/"
SIGNED: Final = "VALUES (?edge ?x) { (stance:supports 1) (stance:opposes -1) }"


class Question(NamedTuple):
    """What is asked: in SPARQL of rdflib, which answers a tuple a row, and of the product."""

    name: str
    text: str
    ask: Callable[[Store], Iterable[tuple[Any, ...]] | pa.Table]


def _lookup(graph: Store) -> Iterable[tuple[Any, ...]]:
    return graph.tuples(f"PREFIX : <{BASE}>\n{LOOKUP}")


def _said(graph: Store) -> Iterator[tuple[Any, ...]]:
    for s in sg.said(graph, actor=SPEAKER):
        for report in s.reports:
            yield from ((s.iri, s.date, quote, report.document.title) for quote in report.quotes)


def _search(graph: Store) -> Iterator[tuple[Any, ...]]:
    for row in sg.search(graph, WORDS, limit=200):
        if row["score"] >= LEAST and row["found_in"] == "quotation":
            yield row["iri"], row["text"]


def _counts(graph: Store) -> Iterator[tuple[Any, ...]]:
    table = sg.stances(graph)
    columns = np.column_stack((table.actor.codes, table.target.codes, table.level, table.statement.codes))
    cells, number = np.unique(np.unique(columns, axis=0)[:, :3].astype(int), axis=0, return_counts=True)
    for (actor, target, level), count in zip(cells.tolist(), number.tolist(), strict=True):
        if level:
            yield table.actor.values[actor].iri, table.target.values[target].iri, level, count


def _agreement(graph: Store) -> Iterator[tuple[Any, ...]]:
    """Those who take the same side as the speaker, with the number of targets: by the matrix of all actors."""
    options = {"aggregation": "congruence", "normalisation": "none", "duplicates": "ever", "period": "none"}
    table, method = network.prepare(graph, "agreement", options)
    made = network.project(network.countable(table, method), method)
    (one,) = (i for i, code in enumerate(made.rows) if table.actor.values[code].iri == f"{BASE}speaker30")
    row = made.matrix.tocsr()[[one]].tocoo()
    for i, weight in zip(row.coords[1].tolist(), row.data.tolist(), strict=True):
        if i != one and weight:
            yield table.actor.values[made.columns[i]].iri, round(weight)


def _months(graph: Store) -> Iterator[tuple[Any, ...]]:
    table = sg.stances(graph)
    first = np.unique(np.column_stack((table.statement.codes, table.earliest)), axis=0)[:, 1]
    months = (first - 719_163).astype("datetime64[D]").astype("datetime64[M]")  # of ordinals, the epoch's day
    names, number = np.unique(months, return_counts=True)
    yield from zip(map(str, names), number.tolist(), strict=True)


def _rows(graph: Store) -> pa.Table:
    return sg.stances(graph).to_arrow()


def _tuples(answer: Iterable[tuple[Any, ...]] | pa.Table) -> Iterable[tuple[Any, ...]]:
    """An answer as rdflib has it, for comparison: of a table its columns as rows, without what is neutral."""
    import pyarrow as pa

    if not isinstance(answer, pa.Table):
        return answer
    columns = (answer[name].to_pylist() for name in ("statement", "actor_iri", "target_iri", "level"))
    return ((s, a, t, int(x)) for s, a, t, x in zip(*columns, strict=True) if x)


LOOKUP: Final = """SELECT ?s ?on ?quote ?title { ?s stance:speaker :speaker30 ; stance:saidOn ?on .
    ?r stance:reports ?s ; stance:quote ?quote ; stance:document ?d . ?d dcterms:title ?title }"""
QUESTIONS: Final = (
    Question("lookup by speaker, as SPARQL", LOOKUP, _lookup),
    Question("lookup by speaker, whole records by `said`", LOOKUP, _said),
    Question(
        "words in quotations",
        f"""SELECT ?s ?quote {{ ?r stance:quote ?quote FILTER(CONTAINS(LCASE(STR(?quote)), "{WORDS}"))
            ?r stance:reports ?s }}""",
        _search,
    ),
    Question(
        "counts by speaker, target, polarity",
        f"""SELECT ?a ?t ?x (COUNT(DISTINCT ?s) AS ?n) {{ {SIGNED} ?s ?edge ?t ; stance:speaker ?a }}
            GROUP BY ?a ?t ?x""",
        _counts,
    ),
    Question(
        "agreement with one, by DISTINCT sub-selects",
        f"""SELECT ?b (COUNT(*) AS ?n) {{ SELECT DISTINCT ?b ?t ?x {{
            {{ SELECT DISTINCT ?edge ?t ?x {{ {SIGNED} ?s stance:speaker :speaker30 ; ?edge ?t }} }}
            ?other ?edge ?t ; stance:speaker ?b FILTER(?b != :speaker30) }} }} GROUP BY ?b""",
        _agreement,
    ),
    Question(
        "statements by month",
        """SELECT ?month (COUNT(DISTINCT ?s) AS ?n) { ?s stance:saidOn ?on
           BIND(SUBSTR(STR(?on), 1, 7) AS ?month) } GROUP BY ?month""",
        _months,
    ),
    Question("all rows out", f"SELECT ?s ?a ?t ?x {{ {SIGNED} ?s ?edge ?t ; stance:speaker ?a }}", _rows),
)


def _plain(graph: Graph, text: str) -> Answer:
    declared = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    found = graph.query(f"PREFIX : <{BASE}>\n{declared}{text}")
    return Counter(
        tuple(value.toPython() if str(value).lstrip("-").isdigit() else str(value) for value in row)  # type: ignore[union-attr]
        for row in found
    )


def _ask(question: Question, graph: Store) -> Iterable[tuple[Any, ...]] | pa.Table:
    found = question.ask(graph)
    return list(found) if isinstance(found, Iterator) else found


def _warm(work: Callable[[], T]) -> tuple[T, float]:
    """What is found, and the seconds of the quickest of five times; of one alone where that takes long."""
    taken: list[float] = []
    while len(taken) < ROUNDS and sum(taken) < LONG:
        start = time.process_time()
        found = work()
        taken.append(time.process_time() - start)
    return found, min(taken)


def compare(folder: Path, statements: int) -> Iterator[str]:
    """A line for each question: seconds of the processor in rdflib, of a graph in memory and of a database, warm.

    Raises AssertionError where two answers differ.
    """
    from rdflib import Graph

    turtle = synthetic.write(folder / "turtle", statements, whole=False)
    store.load([turtle], folder / "database")
    memory, database = store.open(turtle), store.open(folder / "database")
    plain, start = Graph(), time.process_time()
    for file in sorted(turtle.glob("*.ttl")):
        plain.parse(file)
    yield f"rdflib has read {statements:,} statements in {time.process_time() - start:.0f} s"
    for question in QUESTIONS:
        answer, theirs = _warm(partial(_plain, plain, question.text))
        ours = []
        for graph in (memory, database):
            found, took = _warm(partial(_ask, question, graph))
            assert Counter(_tuples(found)) == answer, question.name
            ours.append(took)
        told = ", ".join(
            f"{where} {took:.4f} s, {theirs / took:.0f} times"
            for where, took in zip(("in memory", "from disk"), ours, strict=True)
        )
        yield f"{question.name}, {sum(answer.values()):,} rows: rdflib {theirs:.4f} s; {told} (bar 20)"
