"""Codings of the Discourse Network Analyzer, made by hand with SQLite, and what graphs made of them hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from stancegraph import store
from stancegraph.vocabulary import local_name

TABLES: Final = """
CREATE TABLE DOCUMENTS(ID integer primary key, Title text, Text text, Coder integer, Author text default '',
    Source text default '', Section text default '', Notes text default '', Type text default '', Date integer);
CREATE TABLE STATEMENTTYPES(ID integer primary key, Label text);
CREATE TABLE VARIABLES(ID integer primary key, Variable text, DataType text, StatementTypeId integer);
CREATE TABLE STATEMENTS(ID integer primary key, StatementTypeId integer, DocumentId integer, Start integer,
    Stop integer, Coder integer);
CREATE TABLE ENTITIES(ID integer primary key, VariableId integer, Value text, ChildOf integer);
CREATE TABLE DATABOOLEAN(ID integer primary key, StatementId integer, VariableId integer, Value integer);
CREATE TABLE DATAINTEGER(ID integer primary key, StatementId integer, VariableId integer, Value integer);
CREATE TABLE DATASHORTTEXT(ID integer primary key, StatementId integer, VariableId integer, Entity integer);
CREATE TABLE DATALONGTEXT(ID integer primary key, StatementId integer, VariableId integer, Value text);
CREATE TABLE ATTRIBUTEVARIABLES(ID integer primary key, VariableId integer, AttributeVariable text);
CREATE TABLE ATTRIBUTEVALUES(ID integer primary key, EntityId integer, AttributeVariableId integer,
    AttributeValue text);
CREATE TABLE SETTINGS(Property text primary key, Value text);
CREATE TABLE CODERS(ID integer primary key, Name text);
"""
VALUES: Final = {
    "short text": ("DATASHORTTEXT", "Entity"),
    "long text": ("DATALONGTEXT", "Value"),
    "integer": ("DATAINTEGER", "Value"),
    "boolean": ("DATABOOLEAN", "Value"),
}
PERSON, ORGANIZATION, CONCEPT, AGREEMENT, RATING, FRAME, MEMO = range(1, 8)
USUAL: Final = {
    PERSON: ("person", "short text"),
    ORGANIZATION: ("organization", "short text"),
    CONCEPT: ("concept", "short text"),
    AGREEMENT: ("agreement", "boolean"),
    RATING: ("rating", "integer"),
    FRAME: ("frame", "short text"),
    MEMO: ("memo", "long text"),
}
DAY: Final = 1583020800
"""1 March 2020 at midnight, in seconds."""


class Coding:
    """A file of DNA 3 with one document, an actor Alpha (11), an actor Beta (12) and two concepts (21, 22)."""

    def __init__(self, file: Path, variables: dict[int, tuple[str, str]] = USUAL) -> None:
        self.file, self._kinds = file, dict(variables)
        self.run(TABLES)
        self.add("STATEMENTTYPES", 1, "DNA Statement")
        for number, (name, kind) in variables.items():
            self.add("VARIABLES", number, name, kind, 1)
        self.document(1, "Alpha says: “We want peace.” Beta does not.", title="Peace")
        for number, variable, value in (
            (1, PERSON, "Ann"),
            (11, ORGANIZATION, "Alpha"),
            (12, ORGANIZATION, "Beta"),
            (21, CONCEPT, "peace"),
            (22, CONCEPT, "Law and order"),
            (31, FRAME, "moral"),
        ):
            self.add("ENTITIES", number, variable, value, None)

    def run(self, script: str) -> None:
        with self.connect() as connection:
            connection.executescript(script)

    def add(self, table: str, *row: Any) -> None:
        self._insert(table, row)

    def document(self, number: int, text: Any, *, title: Any = "", date: Any = DAY, **more: Any) -> None:
        columns = {"ID": number, "Text": text, "Title": title, "Date": date, "Coder": 1, **more}
        self._insert(f"DOCUMENTS({', '.join(columns)})", tuple(columns.values()))

    def statement(
        self,
        number: int,
        values: dict[int, Any],
        *,
        document: Any = 1,
        span: tuple[Any, Any] = (12, 28),
        coder: Any = 1,
        statement_type: int = 1,
    ) -> None:
        """Add a statement, with the value of each variable by its number; short texts by that of the entity."""
        self.add("STATEMENTS", number, statement_type, document, *span, coder)
        for variable, value in values.items():
            table, column = VALUES[self._kinds[variable][1]]
            self._insert(f"{table}(StatementId, VariableId, {column})", (number, variable, value))

    def _insert(self, where: str, row: Sequence[Any]) -> None:
        query = f"INSERT INTO {where} VALUES ({', '.join('?' * len(row))})"  # noqa: S608
        with self.connect() as connection:
            connection.execute(query, row)

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """The file open for writing, without a wait for the disk."""
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            yield connection
            connection.commit()


def with_statements(coding: Coding) -> Coding:
    """The coding, with three statements: Alpha for peace and for law, Beta against peace."""
    coding.statement(
        5, {PERSON: 1, ORGANIZATION: 11, CONCEPT: 21, AGREEMENT: 1, RATING: 4, FRAME: 31, MEMO: "aha"}
    )
    coding.statement(
        6, {PERSON: 1, ORGANIZATION: 12, CONCEPT: 21, AGREEMENT: 0, RATING: -2, FRAME: 31, MEMO: ""}
    )
    coding.statement(
        7, {PERSON: 1, ORGANIZATION: 11, CONCEPT: 22, AGREEMENT: 1, RATING: 0, FRAME: 31}, coder=2
    )
    return coding


def rows(folder: Path, query: str) -> list[tuple[str, ...]]:
    """The values of a query's rows, sorted; IRIs as their last part."""
    found = store.open(folder).select(query)
    return sorted(
        tuple(local_name(term.value) if str(term).startswith("<") else term.value for term in row.values())
        for row in found
    )


STANCES: Final = """SELECT ?s ?actor ?edge ?target ?day { ?s a stance:Statement ; stance:speaker/skos:prefLabel ?actor ;
    ?edge ?held ; stance:saidOn ?day . ?edge rdfs:subPropertyOf* stance:stanceOn . ?held skos:prefLabel ?target }"""
