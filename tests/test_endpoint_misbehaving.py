"""An endpoint that misbehaves is given up at the deadline, or is one line that says what it did and who it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

import misbehaving
from conftest import Run
from stancegraph.errors import StanceError, UsageError
from stancegraph.store import Endpoint, endpoint


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with misbehaving.serve() as address:
        yield address


def refused(error: StanceError, address: str, message: str) -> bool:
    """Whether an error is one line that names the address and says so."""
    said = str(error)
    shown = said.isprintable() and len(said) < 500 + len(address)
    return shown and not isinstance(error, UsageError) and address in said and bool(re.search(message, said))


@pytest.mark.parametrize("name", [name for name, (_, said) in misbehaving.TABLES.items() if said])
def test_a_table_is_refused_in_one_line(server: str, name: str) -> None:
    message = misbehaving.TABLES[name][1]
    slow = misbehaving.SLOW in message
    address = f"{server}{'' if slow else '/later'}/{quote(name)}"
    there = Endpoint(address, timeout=0.4 if slow else 120)
    for ask in (there.tuples,) if slow else (there.tuples, there.select):
        with pytest.raises(StanceError) as caught:
            ask("SELECT ?s { ?s ?p ?o }")
        assert refused(caught.value, address, message), caught.value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slow, and right", "http://x/a"),
        ("in chunks, and right", "http://x/a"),
        ("a blank node of its own label", "nodeID_3a__2f__2f_b1_2f__e9_"),
    ],
)
def test_a_table_that_is_right_is_taken(server: str, name: str, value: str) -> None:
    there = Endpoint(f"{server}/later/{quote(name)}")
    assert there.tuples("SELECT ?s { ?s ?p ?o }") == [(value,)]
    assert [row["s"].value for row in there.select("SELECT ?s { ?s ?p ?o }")] == [value]


def test_a_long_table_is_parsed_in_a_worker_with_the_same_end(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "SMALL", 0)
    for name in (
        "half an answer",
        "nested deep",
        "other variables",
        "a truth",
        "a cell that is none",
        "half a character",
    ):
        address = f"{server}/later/{quote(name)}"
        there = Endpoint(address)
        for ask in (there.tuples, there.select):
            with pytest.raises(StanceError) as caught:
                ask("SELECT ?s { ?s ?p ?o }")
            assert refused(caught.value, address, misbehaving.TABLES[name][1]), caught.value
    test_a_table_that_is_right_is_taken(server, "in chunks, and right", "http://x/a")
    assert Endpoint(f"{server}/later/{quote('a truth')}").ask("ASK { ?s ?p ?o }")


def test_a_row_without_what_every_row_should_have_is_told_where_that_is_wanted(server: str) -> None:
    (row,) = Endpoint(f"{server}/later/{quote('a row without its cell')}").select("SELECT ?s { ?s ?p ?o }")
    assert row.get("s") is None
    with pytest.raises(StanceError, match=rf"{server}.*a row of the answer has no \?s"):
        row["s"]


@pytest.mark.parametrize("name", misbehaving.TRIPLES)
def test_triples_are_refused_in_one_line(server: str, name: str) -> None:
    address = f"{server}/later/{quote(name)}"
    with pytest.raises(StanceError) as caught:
        Endpoint(address, timeout=120).construct("CONSTRUCT WHERE { ?s ?p ?o }")
    assert refused(caught.value, address, misbehaving.TRIPLES[name][1]), caught.value


@pytest.mark.parametrize("command", [["said"], ["rank"], ["ask", "SELECT ?s { ?s ?p ?o }"]])
@pytest.mark.parametrize("name", ["other variables", "a truth", "a web page", "refuses the query"])
def test_every_command_ends_with_exit_code_3(run: Run, server: str, name: str, command: list[str]) -> None:
    done = run(*command, "--data", f"{server}/{quote(name)}")
    assert (done.returncode, done.stdout) == (3, "")
    assert server in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_typed_query_is_given_up_at_its_timeout(run: Run, server: str) -> None:
    address = f"{server}/later/{quote('drips the body')}"
    done = run("ask", "SELECT ?s { ?s ?p ?o }", "--data", address, "--timeout", "1.5")
    assert (done.returncode, done.stdout) == (3, "")
    assert "did not answer within 1.5 s" in done.stderr
