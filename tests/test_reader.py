"""One reader of statements: records and columns say the same of a small graph and of a large one, in few questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import synthetic
from stancegraph import network, statements, store, table
from stancegraph.statements import reader
from stancegraph.store import Store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.write(tmp_path_factory.mktemp("synthetic"), 400)


@pytest.fixture(scope="module")
def database(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    into = tmp_path_factory.mktemp("database") / "db"
    store.load([folder], into)
    return store.open(into)


def selects(graph: Store, monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> int:
    """How many questions a store is asked."""
    asked: Counter[str] = Counter()
    for name in ("_tuples", "_ask"):
        own = getattr(type(graph), name)
        monkeypatch.setattr(
            type(graph), name, lambda self, query, own=own: (asked.update("x"), own(self, query))[1]
        )
    work()
    monkeypatch.undo()
    return asked.total()


def test_a_large_database_scanned_by_column_gives_what_a_small_one_gives_at_once(
    folder: Path, database: Store
) -> None:
    small = store.open(folder)
    assert small.light
    assert not database.light
    assert statements.said(database) == statements.said(small)
    for options in ({}, {"act": "urge"}, {"not_basis": "said"}, {"as_": "organisation"}):
        mine, theirs = (table.stances(graph, **options) for graph in (database, small))  # type: ignore[arg-type]
        assert list(mine) == list(theirs)
        assert mine.records() == theirs.records()
        assert set(mine.records()) == set(mine.statement.to_list()) != set()
        for column in ("earliest", "latest", "quoted", "joint", "confidence"):
            assert getattr(mine, column).tolist() == getattr(theirs, column).tolist()
        for column in ("act", "medium", "basis", "document"):
            assert getattr(mine, column).to_list() == getattr(theirs, column).to_list()


def test_more_statements_than_are_named_in_one_query_are_read_alike(
    database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = statements.said(database, act=["urge", "accuse"])
    assert len(named) > 200
    monkeypatch.setattr(reader, "CHUNK", 7)
    assert statements.said(database, act=["urge", "accuse"]) == named
    monkeypatch.setattr(reader, "FEW", 10)
    assert statements.said(database, act=["urge", "accuse"]) == named


def test_comparing_two_actors_asks_at_most_twelve_questions(
    shipped: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> None:
        network.comparison(shipped, "sadr", "khazali", since="2025-01-01", basis="said")

    assert 5 <= selects(shipped, monkeypatch, work) <= 12


def test_the_stance_network_asks_at_most_eight_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = store.open()
    assert 5 <= selects(graph, monkeypatch, lambda: network.stances(graph)) <= 8
