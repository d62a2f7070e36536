"""Where the triples live: the shipped ontology, files, an on-disk database, a SPARQL endpoint; runs queries.

Every file is a graph of its own name; queries run over the union of all graphs. Oxigraph's union repeats a
triple that stands in two graphs: a query counts with DISTINCT.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import cached_property, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from stancegraph import lazy_exports
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import database, sparql
from stancegraph.store.files import existing, found, has_rdf, ontology
from stancegraph.store.sparql import Answer, Query, Table, Term, Values
from stancegraph.vocabulary import PREFIXES

if TYPE_CHECKING:
    import pyarrow as pa
    from rdflib import Graph

    from stancegraph.store import worker
    from stancegraph.store.endpoint import Endpoint as Endpoint
    from stancegraph.store.ingest import load as load

    Node = NamedNode | BlankNode

__all__ = [
    "Answer",
    "Endpoint",
    "Local",
    "Store",
    "Table",
    "Term",
    "Triple",
    "Values",
    "load",
    "ontology",
    "open",
    "remembered",
]

__getattr__ = lazy_exports(__name__, {"ingest": "load", "endpoint": "Endpoint"})[0]


def open(where: str | Path | Sequence[str | Path] | None = None) -> Store:  # noqa: A001
    """The graph in a file, folder, on-disk database or at an http(s) SPARQL endpoint; None: the shipped one.

    Of Parquet, or at `spark://host:port/path`, it is the table of stances alone (`tables.Tables`). Of several places,
    which must be files or folders of RDF, it is the union; of any of the others and another place raises UsageError,
    as for two files that would fill one graph.

    >>> open().ask("ASK { stance:supports rdfs:subPropertyOf stance:stanceOn }")
    True
    """
    places = [where] if isinstance(where, str | Path) else list(dict.fromkeys(map(str, where or ())))
    if not all(str(place).strip() for place in places):
        raise UsageError("the place of the data is empty: name a file, a folder, a database or an address")
    if len(places) > 1:
        return Local(*_together(list(map(str, places))))
    where = next(iter(places), None)
    if where is not None and str(where).lower().startswith(("http://", "https://")):
        from stancegraph.store.endpoint import Endpoint

        return Endpoint(str(where))
    if where is not None and (str(where).lower().startswith("spark://") or _is_tables(existing(where))):
        from stancegraph.store.tables import Tables

        return Tables(str(where))
    return Local(ontology() if where is None else existing(where))


def _is_tables(path: Path) -> bool:
    """Whether a path is a file of Parquet, or a folder with such files, and neither a database nor RDF."""
    if not path.is_dir():
        return path.suffix.lower() == ".parquet"
    return (
        next(path.glob("*.parquet"), None) is not None
        and not database.is_database(path)
        and not has_rdf(path)
    )


def _together(places: Sequence[str]) -> list[Path]:
    """The files and folders to read as one graph."""
    for place in places:
        if place.lower().startswith(("http://", "https://", "spark://")):
            kind = "an endpoint"
        elif _is_tables(Path(place)):
            kind = "a table"
        else:
            kind = "an on-disk database" if database.is_database(Path(place)) else ""
        if kind:
            raise UsageError(
                f"{place} is {kind}, and is not read together with another place: "
                "`stancegraph load` all files into one database, and name that"
            )
    return [existing(place) for place in places]


VOCABULARY = "ASK { stance:supports rdfs:subPropertyOf ?above }"
CODED = "ASK { VALUES ?kind { stance:Statement stance:Claim stance:Demand } ?coded a ?kind }"
LIGHT = 200_000
"""Triples in memory up to which every shipped question answers at once."""


class Store(ABC):
    """Queries over one graph; `where` says which, for messages."""

    where: str
    light = True
    """Whether no shipped question can run for long here: few triples in memory, or a time-out elsewhere."""
    timeout: float = 60
    """Seconds a query of ours may take at an endpoint."""
    _has_vocabulary = False
    remote = False
    """Whether it is elsewhere, and each query a request."""
    tabular = False
    """Whether it holds the table of stances alone, without words, sources and what else is said of things."""
    tame = True
    """Whether nothing in the data can break the engine here: it is the shipped graph, or elsewhere."""

    @property
    def inputs(self) -> Sequence[Path]:
        """The files it was read from, or the folder of its database; none of an endpoint."""
        return ()

    @cached_property
    def left_out(self) -> dict[str, None]:
        """What of the data is malformed and left out of the answers given so far: a line each, in the order met."""
        return {}

    @cached_property
    def memory(self) -> dict[object, Any]:
        """What functions that are `remembered` gave of it."""
        return {}

    @property
    def is_virtuoso(self) -> bool:
        """Whether it is a server that says it is Virtuoso."""
        return False

    def query(
        self,
        text: str,
        values: Values | None = None,
        *,
        trusted: bool = True,
        confined: bool = False,
        timeout: float = 30,
    ) -> Answer:
        """Table for SELECT, bool for ASK, triples for CONSTRUCT and DESCRIBE, over the union of all graphs.

        `values` binds variables to terms. A query not trusted is refused if it could reach the network; it, and one
        that is trusted but to be `confined`, runs in a worker and is stopped after `timeout` seconds. Raises
        UsageError for the query, StanceError for the graph.
        """
        ready = sparql.prepare(text, values)
        try:
            if trusted:
                self._require_vocabulary()
            self._require(ready.dataset, self.timeout if trusted else timeout)
            if trusted and not confined:
                answer = self._ask(ready)
            else:
                answer = self._ask_confined(ready, timeout, judged=trusted)
        except SyntaxError as error:
            raise sparql.syntax(error, ready) from None
        except (OSError, RuntimeError) as error:
            raise self._failed(error) from error
        if isinstance(answer, {"select": Table, "ask": bool}.get(ready.form, list)):
            return answer
        raise StanceError(f"{self.where} gave another kind of answer than a {ready.form.upper()} has")

    def select(
        self, text: str, values: Values | None = None, *, trusted: bool = True
    ) -> list[dict[str, Term]]:
        """The rows of a SELECT, one dict of variable → term each."""
        if isinstance(answer := self.query(text, values, trusted=trusted), Table):
            return answer.rows
        raise UsageError("a SELECT query is wanted here")

    def tuples(self, text: str, values: Values | None = None) -> list[tuple[str, ...]]:
        """The rows of a SELECT of ours as plain text, in the order of its variables; what is unbound is empty."""
        try:
            self._require_vocabulary()
            return self._tuples(sparql.prepare(text, values))
        except (OSError, RuntimeError) as error:
            raise self._failed(error) from error

    def ask(self, text: str, values: Values | None = None, *, trusted: bool = True) -> bool:
        """Whether an ASK holds."""
        if isinstance(answer := self.query(text, values, trusted=trusted), bool):
            return answer
        raise UsageError("an ASK query is wanted here")

    def construct(self, text: str, values: Values | None = None, *, trusted: bool = True) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        if isinstance(answer := self.query(text, values, trusted=trusted), list):
            return answer
        raise UsageError("a CONSTRUCT or DESCRIBE query is wanted here")

    def _require_vocabulary(self) -> None:
        """Raise StanceError for a graph with codings but no word of what they are: nothing would be found in it."""
        if not self._has_vocabulary:
            if not self._ask(sparql.prepare(VOCABULARY)) and self._ask(sparql.prepare(CODED)):
                raise self.without_vocabulary()
            self._has_vocabulary = True

    def lacks(self, what: str) -> UsageError:
        """What to say where words, sources or triples are wanted of a table that has none."""
        return UsageError(
            f"{what} needs more than the table of stances that {self.where} holds: give --data the database, files "
            "or endpoint it was made of, where the words and sources lie"
        )

    def without_vocabulary(self) -> StanceError:
        """What is wrong with a graph that does not say which properties are stances."""
        return StanceError(
            f"{self.where} lacks the vocabulary that says which properties are stances: "
            "load ontology/stance.ttl and ontology/schemes.ttl beside it"
        )

    def _require(self, dataset: Sequence[tuple[str, str]], timeout: float) -> None:
        """A graph that is not there would answer nothing, and look as if nothing were said in it."""
        for _, graph in dataset:
            if not self._ask(sparql.prepare(f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"), timeout):
                raise UsageError(
                    f"{self.where} has no graph <{graph}>: SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} }} lists them"
                )

    def _failed(self, error: Exception) -> StanceError:
        """What to say where a query raised this."""
        return StanceError(f"{self.where}: the query failed: {error}")

    @abstractmethod
    def graph(self) -> Graph:
        """The union of all graphs as an rdflib graph, for reading."""

    @abstractmethod
    def copied(self) -> Local:
        """The same as a store here: itself, or a copy in memory of what is elsewhere."""

    @abstractmethod
    def _tuples(self, query: Query) -> list[tuple[str, ...]]: ...

    @abstractmethod
    def _ask(self, query: Query, timeout: float = 60) -> Answer: ...

    @abstractmethod
    def _ask_confined(self, query: Query, timeout: float, *, judged: bool = False) -> Answer: ...


P = ParamSpec("P")
S = TypeVar("S", bound=Store)
T = TypeVar("T")


def remembered(function: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """A function of a store and of hashable arguments that works each answer out once.

    It is kept with the store, as long as that is: a graph that changes is another store.
    """

    @wraps(function)
    def recall(store: S, /, *arguments: P.args, **named: P.kwargs) -> T:
        key = function, arguments, tuple(named.items())
        if key not in store.memory:
            store.memory[key] = function(store, *arguments, **named)
        found: T = store.memory[key]
        return found

    return recall


def _opened(paths: Sequence[Path]) -> tuple[pyoxigraph.Store, database.Database | None]:
    """What stands at the paths; of a folder that is being written, what was there before or after a change."""
    if database.is_database(paths[0]) or not any((path / ".stancegraph").is_dir() for path in paths):
        return database.opened(*paths)
    from stancegraph.store import journal

    return journal.settled(paths, lambda: database.opened(*paths))


class Local(Store):
    """Files in memory, or an on-disk Oxigraph database opened for reading."""

    def __init__(self, *paths: Path) -> None:
        self.where = " and ".join(map(str, paths))
        self._paths = paths
        self._triples, self._database = _opened(paths)
        self._has_vocabulary = self._database is None  # what is read into memory is given it
        self.light = self._database is None and len(self._triples) < LIGHT
        self.tame = all(path.resolve().is_relative_to(ontology()) for path in paths)

    @property
    def inputs(self) -> Sequence[Path]:
        return self._paths if self._database else [file for path in self._paths for file, _ in found(path)]

    def close(self) -> None:
        """Give up what this reads: a load may remove the database, once another stands in its place."""
        if self._database is not None:
            self._database.close()
        else:
            self._triples = pyoxigraph.Store()

    @property
    def triples(self) -> pyoxigraph.Store:
        """The triples themselves, for what is no query."""
        return self._triples

    @property
    def folder(self) -> Path | None:
        """The folder of a database that stands as a load left it, to read and keep beside it; None of all else."""
        return None if self._database is None else self._database.folder

    @cached_property
    def fingerprint(self) -> str | None:
        """A digest of what a load left in the `folder`; None where there is none."""
        return None if self.folder is None else database.fingerprint(self.folder)

    @property
    def files(self) -> dict[str, Path]:
        """Graph → the file it was read from; none of a database."""
        return {} if self._database else {graph: file for path in self._paths for file, graph in found(path)}

    @classmethod
    def over(cls, triples: pyoxigraph.Store, where: str) -> Local:
        """What stands in memory already; `where` says of what it is, for messages."""
        local = cls.__new__(cls)
        local.where, local._paths, local._triples = where, (), triples
        local._database, local._has_vocabulary = None, True
        return local

    def quads(self, subject: Node | None = None, value: Term | None = None, graph: str = "") -> list[Quad]:
        """The quads that have this subject, this value, or stand in this graph; all of them where none is told."""
        within = NamedNode(graph) if graph else None
        return list(self._triples.quads_for_pattern(subject, None, value, within))

    def description(self, subject: Node) -> list[Quad]:
        """What is said of a subject, and of the blank nodes nested in it."""
        said, waiting = list[Quad](), [subject]
        seen = {subject}
        while waiting:
            found = self.quads(waiting.pop())
            said += found
            inner = {quad.object for quad in found if isinstance(quad.object, BlankNode)} - seen
            waiting += inner
            seen |= inner
        return said

    def amended(self, gone: Iterable[Quad], come: Iterable[Quad]) -> Local:
        """This store, of triples in memory, without some quads and with others: changed in place, copied is nothing.

        What was computed of it before is to be asked of the store given. No worker is forked meanwhile.
        """
        from stancegraph.store.worker import FORKING

        with FORKING:
            for quad in gone:
                self._triples.remove(quad)
            self._triples.extend(come)
        twin = copy(self)
        for computed in ("left_out", "fingerprint", "memory"):
            twin.__dict__.pop(computed, None)
        twin.light = self.light and len(self._triples) < LIGHT
        return twin

    def copied(self) -> Local:
        return self

    def graph(self) -> Graph:
        """The union of all graphs as an rdflib graph over the same triples; nothing is copied."""
        return _union(self._triples, of=self._database)

    def _failed(self, error: Exception) -> StanceError:
        return super()._failed(error) if self._database is None else self._database.failed(error)

    def _tuples(self, query: Query) -> list[tuple[str, ...]]:
        return sparql.tuples(self._triples.query(query.text, use_default_graph_as_union=not query.dataset))

    def columns(self, text: str) -> list[pa.Array]:
        """The columns of a SELECT of ours as Arrow arrays of plain text, as long as memory holds: of a long answer."""
        try:
            self._require_vocabulary()
            query = sparql.prepare(text)
            found = self._triples.query(query.text, use_default_graph_as_union=True)
            return sparql.columns(found)  # type: ignore[arg-type]
        except (OSError, RuntimeError) as error:
            raise self._failed(error) from error

    def _ask(self, query: Query, timeout: float = 60) -> Answer:  # noqa: ARG002  nothing here drips
        return sparql.answer(self._triples.query(query.text, use_default_graph_as_union=not query.dataset))

    def _ask_confined(self, query: Query, timeout: float, *, judged: bool = False) -> Answer:
        from stancegraph.store import worker

        return worker.ask(self._source, query, timeout=timeout, judged=judged)

    def serialize(
        self,
        query: Query,
        media: str,
        *,
        dataset: Sequence[tuple[str, str]] = (),
        timeout: float = 30,
        memory: int,
        judged: bool = False,
        cpu: float | None = None,
    ) -> bytes:
        """The answer of a query not trusted, of a media type, as an endpoint passes it on.

        A `dataset` of the protocol takes the place of the query's own; `judged` says that this query was run before;
        `cpu` are seconds it may compute, where they are fewer than the `timeout`.
        Raises UsageError for the query, `worker.Exceeded` where it takes more time or bytes of `memory`.
        """
        self._require(dataset or query.dataset, timeout)
        workers = self._workers(memory)
        try:
            return workers.serialize(query, media, timeout=timeout, dataset=dataset, judged=judged, cpu=cpu)
        except (OSError, RuntimeError) as error:
            raise self._failed(error) from error

    @remembered
    def _workers(self, memory: int) -> worker.Workers:
        from stancegraph.store import worker

        return worker.Workers(self._source, memory)

    @property
    def _source(self) -> worker.Source:
        """What a worker asks: a fork inherits what is in memory; the threads of RocksDB do not survive one."""
        return self._triples if self.forks else partial(database.opened, *self._paths)

    @property
    def forks(self) -> bool:
        """Whether a process forked from this one can ask it: it is in memory."""
        return self._database is None and hasattr(os, "fork")


def _union(store: pyoxigraph.Store, *, of: object = None) -> Graph:
    """An rdflib graph of all triples of a store, each once, whatever graphs they are in; `of` is kept with it."""
    from oxrdflib import OxigraphStore
    from rdflib import Graph

    class Union(OxigraphStore):
        kept = of

        def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
            for triple, graphs in super().triples(triple_pattern, None):
                # rdflib spells some literals anew (2024-12-01Z), which are then not found again.
                _, others = next(iter(super().triples(triple, None)), (triple, None))
                if others is None or next(others) == next(graphs):
                    yield triple, iter((context,))

        def __len__(self, context: Any = None) -> int:
            return super().__len__(None)

        def query(self, query: Any, initNs: Any, initBindings: Any, *_: Any, **options: Any) -> Any:  # noqa: N803
            return super().query(query, initNs, initBindings, "__UNION__", **options)

    graph = Graph(store=Union(store=store), bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph
