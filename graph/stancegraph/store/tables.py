"""The flat table alone, in files of Parquet as `load` leaves them beside a database: stances without their words.

What is asked of triples is asked of the few that the table bears with it (names, kinds, events), of the vocabulary,
and of those that its rows make of statements asked for by name: who takes which stance when, in which documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat

from stancegraph.errors import StanceError, UsageError
from stancegraph.store import Local, files, sparql
from stancegraph.store.sparql import Answer, Term, Values
from stancegraph.store.turtle import term

if TYPE_CHECKING:
    import pyarrow as pa
    from rdflib import Graph

VERSION: Final = 2
"""Version of the file, in the metadata as `stancegraph.snapshot`; the first has 0 where no confidence is coded."""
ABOUT: Final = b"stancegraph.snapshot"
NAMES: Final = b"stancegraph.names"
"""Metadata: what the table is of, as JSON; names and kinds of what stands in it, as N-Triples."""
MOST_NAMES: Final = 16 << 20
"""Bytes of names that stand in a table; every reading of it begins with them."""
FILES: Final = {False: "stancegraph-person.parquet", True: "stancegraph-organisation.parquet"}
"""File of the rows in which a speaker counts as a person, or as the organisation spoken for."""
CLUSTER: Final = "spark://"
STANCES: Final = {1: "stance:supports", -1: "stance:opposes", 0: "stance:neutralOn"}
"""Level → the property of such a stance."""
DETAILS: Final = (
    *("statement", "actor_iri", "target_iri", "level", "earliest", "latest"),
    *("documents", "titles", "act_iri", "medium_iri", "basis", "confidence"),
)
"""Columns that tell of a statement."""
STATEMENTS: Final = {"stance:Statement", "stance:reports", "stance:quote", "stance:passage"}
"""What a query of statements and their reports uses; it is answered of statements bound to its ?s alone."""
DOCUMENTS: Final = {"schema:NewsArticle", "dcterms:issued"}
"""What a query of documents uses."""


class Tables(Local):
    """The tables in a folder, or one file of them; counted on a cluster of Spark where one is named.

    `where` is a path, or `spark://host:port/path`, the path being one that this machine sees too. Raises StanceError
    for files that are no such table or are parts of different ones, UsageError for an address that is none.
    """

    tabular = True
    light = True
    tame = True

    def __init__(self, where: str) -> None:
        self.where = where
        self.cluster: str | None = None
        """Address of Spark's master, where that counts."""
        path = Path(where)
        if where.lower().startswith(CLUSTER):
            self.cluster, path = _address(where)
        self.path = path
        self._database = None
        self._has_vocabulary = True
        self._files, self.about, self._names = _verified(path)
        self._told: set[str] = set()
        self._has_documents = False

    @property
    def inputs(self) -> Sequence[Path]:
        return [file for each in self._files.values() for file in each]

    def files_of(self, *, organisation: bool | None = False) -> Sequence[Path]:
        """The files of the rows with speakers as persons or as organisations; None: of any of both."""
        found = self._files.get(bool(organisation)) or (self._files[True] if organisation is None else None)
        if found is None:
            raise UsageError(
                f"{self.where} has no {FILES[bool(organisation)]}, whose speakers are "
                f"{'organisations' if organisation else 'persons'}: `stancegraph network` on the database "
                f"{'--as organisation ' * bool(organisation)}leaves it there; copy it too"
            )
        return found

    def query(
        self,
        text: str,
        values: Values | None = None,
        *,
        trusted: bool = True,
        confined: bool = False,
        timeout: float = 30,
    ) -> Answer:
        if not trusted or STATEMENTS & sparql.prepare(text).names:
            raise self.lacks("a query")
        return super().query(text, values, trusted=trusted, confined=confined, timeout=timeout)

    def tuples(self, text: str, values: Values | None = None) -> list[tuple[str, ...]]:
        asked, named = sparql.prepare(text).names, (values or {}).get("s")
        if named is not None:
            self._tell([named] if isinstance(named, Term) else named)
        elif asked & STATEMENTS:
            raise self.lacks("this")
        if asked & DOCUMENTS:
            self._tell_documents()
        return super().tuples(text, values)

    def graph(self) -> Graph:
        raise self.lacks("a graph")

    @cached_property
    def _triples(self) -> pyoxigraph.Store:  # type: ignore[override]
        """The names that the tables bear with them, and the vocabulary."""
        made = pyoxigraph.Store()
        try:
            made.load(self._names, RdfFormat.N_TRIPLES)
        except SyntaxError as error:
            raise StanceError(f"{self.where}: its names are damaged ({error}): copy it again") from None
        files.fill_vocabulary(made)
        return made

    def _tell(self, wanted: Sequence[Term]) -> None:
        """Add what the rows say of these statements to the triples."""
        import pyarrow.compute as pc

        iris = {each.value for each in wanted if isinstance(each, NamedNode)} - self._told
        self._told |= iris
        if not iris:
            return
        for file in self.files_of(organisation=None):
            rows = _read(file, DETAILS, pc.field("statement").isin(sorted(iris)))
            for row in rows.to_pylist():
                self._add(_stated(row, self._bases))

    def _tell_documents(self) -> None:
        """Add the titles of all documents to the triples, once."""
        import pyarrow as pa

        if self._has_documents:
            return
        self._has_documents = True
        for file in self.files_of(organisation=None):
            rows = _read(file, ["documents", "titles"])
            each = {
                name: rows[name].combine_chunks().flatten().cast(pa.string()) for name in rows.column_names
            }
            told = pa.table(each).group_by([*each]).aggregate([])
            self._add(
                triple
                for iri, title in zip(*(told[name].to_pylist() for name in each), strict=True)
                for triple in (
                    (iri, "rdf:type", term("schema:NewsArticle")),
                    (iri, "dcterms:title", Literal(title)),
                )
            )

    @cached_property
    def _bases(self) -> dict[str, NamedNode]:
        """Label of a basis → what it is."""
        label, scheme = term("skos:prefLabel"), term("skos:inScheme")
        bases = self._triples.quads_for_pattern(None, scheme, term("stance:bases"))
        return {
            told.object.value: quad.subject
            for quad in bases
            for told in self._triples.quads_for_pattern(quad.subject, label, None)
            if isinstance(told.object, Literal) and isinstance(quad.subject, NamedNode)
        }

    def _add(self, triples: Iterator[tuple[str, str, Term]]) -> None:
        try:
            self._triples.extend(pyoxigraph.Quad(NamedNode(s), term(p), value) for s, p, value in triples)
        except ValueError as error:
            raise StanceError(f"{self.where} is damaged: it names what is no IRI ({error})") from None


def _stated(row: Mapping[str, Any], bases: Mapping[str, NamedNode]) -> Iterator[tuple[str, str, Term]]:
    """What a row says, as triples of its statement and of its reports."""
    s = row["statement"]
    yield s, "rdf:type", term("stance:Statement")
    yield s, "stance:speaker", NamedNode(row["actor_iri"])
    yield s, STANCES[int(row["level"])], NamedNode(row["target_iri"])
    first, last = row["earliest"], row["latest"]
    if first is not None and first == last:
        yield s, "stance:saidOn", Literal(first.isoformat())
    else:
        if first is not None:
            yield s, "stance:saidNotBefore", Literal(first.isoformat())
        if last is not None:
            yield s, "stance:saidNotAfter", Literal(last.isoformat())
    for name in ("act", "medium"):
        if row[f"{name}_iri"] is not None:
            yield s, f"stance:{name}", NamedNode(row[f"{name}_iri"])
    if row["basis"] in bases:
        yield s, "stance:basis", bases[row["basis"]]
    if row["confidence"] is not None:
        yield s, "stance:confidence", Literal(row["confidence"])
    for number, (document, title) in enumerate(zip(row["documents"], row["titles"], strict=True)):
        report = f"{s}#report-{number}"
        yield report, "stance:reports", NamedNode(s)
        yield report, "stance:document", NamedNode(document)
        yield document, "dcterms:title", Literal(title)


def _address(where: str) -> tuple[str, Path]:
    """The master of a cluster and the path of its tables."""
    try:
        parts = urlsplit(where)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or len(parts.path) < 2:
        raise UsageError(
            f"'{where}' does not say where tables lie on Spark: write spark://host:port/path/to/tables"
        )
    return f"{CLUSTER}{host}:{port}", files.existing(parts.path)


def _verified(path: Path) -> tuple[dict[bool, list[Path]], dict[str, Any], bytes]:
    """The files at a path by whose rows they hold, what they are of, and their names; raises StanceError."""
    found: dict[bool, list[Path]] = {}
    told: dict[Path, tuple[dict[str, Any], bytes, int]] = {}
    for file in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
        told[file] = _about(file)
        found.setdefault(bool(told[file][0]["organisation"]), []).append(file)
    if not told:
        raise StanceError(
            f"{path} holds no tables: `load` leaves {FILES[False]} in a database; copy that there"
        )
    (first, (about, _, _)), *others = told.items()
    for file, (other, _, _) in others:
        if other["of"] != about["of"]:
            raise StanceError(
                f"{path}: {first.name} and {file.name} are tables of different graphs: "
                "keep those of one graph in a folder of their own"
            )
    for each in found.values():
        whole, held = told[each[0]][0]["rows"], sum(told[file][2] for file in each)
        if held != whole:
            raise StanceError(
                f"{path}: {', '.join(file.name for file in each)} hold {held} of {whole} rows: "
                f"{'parts of the table are missing' if held < whole else 'some stand there twice'}"
            )
    return found, about, b"".join({names for _, names, _ in told.values()})


def _about(file: Path) -> tuple[dict[str, Any], bytes, int]:
    """What a file says that it is of, its names, and its number of rows; raises StanceError."""
    from pyarrow import parquet

    try:
        opened = parquet.read_metadata(file)
        metadata = opened.metadata or {}
        about = json.loads(metadata.get(ABOUT, b"null"))
    except (OSError, ValueError) as error:
        raise StanceError(f"{file} cannot be read as Parquet ({short(error)}): copy it again") from None
    if not isinstance(about, dict) or not isinstance(about.get("version"), int):
        raise StanceError(
            f"{file} is Parquet, but no table of stances: `stancegraph load` leaves one in a database"
        )
    if about["version"] > VERSION:
        raise StanceError(
            f"{file} is of a newer version of stancegraph: install that, or load the data with this"
        )
    if not {"rows", "organisation", "of", "days", "several"} <= about.keys():
        raise StanceError(
            f"{file} was left by an earlier version of stancegraph: load the data again, and copy it"
        )
    if NAMES not in metadata:
        raise StanceError(f"{file} names more than a table can bear: give --data the database it was made of")
    return about, metadata[NAMES], opened.num_rows


def short(error: Exception) -> str:
    """What Arrow or the system says is wrong, the first line of it."""
    return (getattr(error, "strerror", None) or str(error)).splitlines()[0][:120]


def _read(file: Path, columns: Sequence[str], test: Any = None) -> pa.Table:
    """Columns of a file, of the rows that meet a test; raises StanceError where it is damaged."""
    from pyarrow import parquet

    try:
        return parquet.read_table(file, columns=list(columns), filters=test, partitioning=None)
    except (OSError, ValueError) as error:
        raise StanceError(f"{file} is damaged ({short(error)}): copy it again") from None
