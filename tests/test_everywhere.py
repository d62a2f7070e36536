"""The same answers from every place the triples can live: shipped, files, an on-disk database, an endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from conftest import Run
from endpoint import serve
from stancegraph import store
from stancegraph.errors import UsageError
from stancegraph.statements import questions
from stancegraph.store import Store

PLACES: Final = ("folder", "database", "endpoint", "endpoint without union")
SETTINGS: Final = {
    "actor": "khazali",
    "organisation": "Government of Iraq",
    "event": "coastal violence",
    "about": "threat-to-iraq",
    "statement": "sadr-warns-of-sectarian-cleansing",
    "other": "sadr",
    "month": "2025-03",
    "words": "great concern",
}
COMMANDS: Final = [
    ["said"],
    ["said", "sudani", "--since", "2024-12-01", "--quoted"],
    ["said", "--about", "coastal violence", "--not-document", "gulan-iraq-warns", "--act", "accuse"],
    ["said", "--actor", "Government of Iraq", "--as", "organisation"],
    ["actors"],
    ["actors", "الصدر"],
    ["actor", "Maliki"],
    ["propositions"],
    ["documents"],
    ["events"],
    ["figures"],
    ["compare", "al-Mukhtar", "Sudani"],
    ["allies", "al-Khanjar"],
    ["rank"],
    ["rank", "--by", "betweenness", "--since", "2025-01-01"],
    ["ask", "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a stance:Statement }"],
]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    database = tmp_path_factory.mktemp("place") / "database"
    store.load([store.ontology()], database)
    with serve(database, union=True) as union, serve(database, union=False) as apart:
        yield {
            "folder": str(store.ontology()),
            "database": str(database),
            "endpoint": union,
            "endpoint without union": apart,
        }


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command)[:40])
def test_every_command_answers_the_same_everywhere(
    run: Run, places: dict[str, str], command: list[str], place: str
) -> None:
    shipped = run(*command, "--format", "json")
    there = run(*command, "--format", "json", "--data", places[place])
    assert shipped.returncode == there.returncode == 0, there.stderr
    assert json.loads(shipped.stdout) == json.loads(there.stdout)
    assert json.loads(shipped.stdout)


@pytest.mark.parametrize("name", [question.name for question in questions.questions()])
def test_every_shipped_question_answers_the_same_everywhere(places: dict[str, str], name: str) -> None:
    question = questions.question(name)
    given = {p.name: [SETTINGS[p.name]] for p in question.parameters if not p.optional}
    answers = [_answer(store.open(where), question, given) for where in (None, *places.values())]
    assert all(answer == answers[0] for answer in answers)


def _answer(graph: Store, question: questions.Question, given: dict[str, list[str]]) -> list[dict[str, str]]:
    _, rows = questions.answer(graph, question, given)
    return [{name: term.value for name, term in row.items()} for row in rows if not _blank(row)]


def _blank(row: Mapping[str, object]) -> bool:
    return any(str(term).startswith("_:") for term in row.values())


def test_a_shipped_question_on_a_database_ends_at_its_time(places: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"longer than 0\.01 s"):
        questions.answer(store.open(places["database"]), questions.question("agree-most"), {}, timeout=0.01)


@pytest.mark.parametrize("place", ["folder", "database"])
def test_check_finds_no_fault_wherever_the_shipped_graph_lives(
    run: Run, places: dict[str, str], place: str
) -> None:
    assert run("check", "--data", places[place]).returncode == 0


def test_check_on_an_endpoint_says_what_it_leaves_out(run: Run, places: dict[str, str]) -> None:
    done = run("check", "--data", places["endpoint"])
    assert done.returncode == 0
    assert "shapes" in done.stderr


def test_the_page_of_a_database_is_the_page_of_the_shipped_graph(
    run: Run, places: dict[str, str], tmp_path: Path
) -> None:
    for name, where in (("shipped", None), ("there", places["database"])):
        data = ["--data", where] if where else []
        assert run("page", "-o", str(tmp_path / f"{name}.html"), *data).returncode == 0
    assert (tmp_path / "shipped.html").read_bytes() == (tmp_path / "there.html").read_bytes()
