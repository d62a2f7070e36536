"""The same answers from every place the triples can live: shipped, files, an on-disk database, an endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from conftest import Run
from endpoint import serve, virtuoso
from stancegraph import store
from stancegraph.errors import UsageError
from stancegraph.exchange import rdf
from stancegraph.network import counting
from stancegraph.network.ties import Edges
from stancegraph.statements import questions
from stancegraph.statements.filters import FilterOptions, Filters
from stancegraph.store import Store

PLACES: Final = ("folder", "database", "Oxigraph", "Oxigraph without union", "Virtuoso")
ENDPOINTS: Final = ("Oxigraph without union", "Virtuoso")
"""Where everything is asked: their servers join graphs, spell terms and walk paths in ways of their own."""
ELSEWHERE: Final = ("said", "actors", "actor", "compare", "rank", "ask")
"""Commands asked in the other places too."""
SETTINGS: Final = {
    "actor": "khazali",
    "organisation": "Government of Iraq",
    "event": "coastal violence",
    "about": "threat-to-iraq",
    "statement": "sadr-warns-of-sectarian-cleansing",
    "other": "sadr",
    "month": "2025-03",
    "words": "great concern",
    "speaker": "sudani",
    "since": "2024-12-01",
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
    ["search", "Alawites"],
    ["compare", "al-Mukhtar", "Sudani"],
    ["allies", "al-Khanjar"],
    ["network", "--kind", "agreement"],
    ["network", "--kind", "two-mode"],
    ["network", "--kind", "targets"],
    ["alliances", "--seconds", "3000"],
    ["rank"],
    ["rank", "--by", "betweenness", "--since", "2025-01-01"],
    ["shifts"],
    ["shifts", "--blocs"],
    ["timeline", "sadr"],
    ["ask", "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a stance:Statement }"],
    ["ask", "ASK { stance:supports rdfs:subPropertyOf stance:stanceOn }"],
    ["ask", "ASK { stance:supports rdfs:subPropertyOf stance:opposes }"],
]
FILES: Final = [
    ["page", "-o", "stances.html"],
    ["plot", "-o", "network.svg"],
    ["export", "-o", "stances.graphml"],
    ["export", "-o", "all.ttl"],
    ["export", "-o", "all.nq"],
    ["export", "--actor", "khazali", "-o", "his.nq"],
]
FILTERS: Final[list[FilterOptions]] = [
    {"actor": "khazali"},
    {"not_actor": ["khazali", "sudani"]},
    {"actor": "Government of Iraq", "as_": "organisation"},
    {"kind": "cleric"},
    {"not_kind": "cleric", "since": "2025-01-01"},
    {"about": "coastal violence"},
    {"about": "Syria", "not_about": "coastal violence"},
    {"supports": "threat-to-iraq"},
    {"not_opposes": "Israel"},
    {"target": "threat-to-iraq", "not_target": "Syria"},
    {"act": "accuse"},
    {"not_act": "accuse"},
    {"about": "coastal violence", "act": "accuse"},
    {"medium": "interview"},
    {"basis": "said"},
    {"document": "gulan-iraq-warns"},
    {"not_document": "gulan-iraq-warns", "until": "2025-03-08"},
    {"words": "concern"},
    {"quoted": True},
    {"quoted": False, "joint": False},
    {"joint": True},
    {"min_confidence": 0.8},
]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    database = tmp_path_factory.mktemp("place") / "database"
    store.load([store.ontology()], database)
    quads = rdf.nquads(rdf.quads(store.open()))
    with (
        serve(database, union=True) as union,
        serve(database, union=False) as apart,
        virtuoso(database.with_name("virtuoso"), quads) as other,
    ):
        yield {
            "folder": str(store.ontology()),
            "database": str(database),
            "Oxigraph": union,
            "Oxigraph without union": apart,
            "Virtuoso": other,
        }


@pytest.fixture(scope="module")
def here(run: Run) -> Callable[..., Any]:
    """What a command answers of the shipped graph."""
    return cache(lambda *command: told(run(*command).stdout))


def told(output: str) -> Any:
    """What a command printed in JSON, without how long it took."""
    rows = json.loads(output)
    for row in rows if isinstance(rows, list) else [rows]:
        row.pop("seconds", None)
    return rows


@pytest.mark.parametrize(
    ("place", "command"),
    [(p, c) for p in PLACES for c in COMMANDS if p in ENDPOINTS or c[0] in ELSEWHERE],
    ids=lambda part: part if isinstance(part, str) else " ".join(part)[:40],
)
def test_every_command_answers_the_same_everywhere(
    run: Run, here: Callable[..., Any], places: dict[str, str], command: list[str], place: str
) -> None:
    there = run(*command, "--format", "json", "--data", places[place])
    assert there.returncode == 0, there.stderr
    assert told(there.stdout) == here(*command, "--format", "json")


@pytest.mark.parametrize("command", FILES, ids=lambda command: " ".join(command)[:40])
def test_every_file_written_is_the_same_at_a_virtuoso(
    run: Run, places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    name = Path(command[-1])
    written = []
    for data in ([], ["--data", places["Virtuoso"]]):
        done = run(*command, *data)
        assert done.returncode == 0, done.stderr
        written.append(name.read_bytes())
        name.unlink()
    assert written[0] == written[1]


COUNTED: Final[list[dict[str, Any]]] = [
    {"kind": "cleric", "not_act": "accuse", "duplicates": "include", "period": "month"},
    {"words": "syria", "not_opposes": "Israel", "quoted": True, "duplicates": "ever", "neutral": True},
    {"about": "coastal violence", "since": "2025-03-07", "undertakings": True, "period": "2025-03-08"},
]


@pytest.mark.parametrize("place", ENDPOINTS)
@pytest.mark.parametrize("options", COUNTED, ids=str)
def test_an_endpoint_counts_the_ties_and_the_statements_behind_them(
    shipped: Store, places: dict[str, str], options: dict[str, Any], place: str
) -> None:
    here, there = (
        [*Edges.of(*counting.countable(graph, "targets", options)).rows()]
        for graph in (shipped, opened(places[place]))
    )
    assert there == here != []


def test_a_network_at_an_endpoint_fetches_no_statement(run: Run, places: dict[str, str]) -> None:
    counted, _ = counting.countable(opened(places["Virtuoso"]), "two-mode", {})
    assert 0 < len(set(counted.statement.values) - {""}) < 93  # named are those alone that have several rows
    fetched = run("network", "--min-count", "4", "--data", places["Virtuoso"], "--format", "json")
    assert "not counted there: --min-count cannot be said in a query" in fetched.stderr
    assert told(fetched.stdout) == told(run("network", "--min-count", "4", "--format", "json").stdout)


@pytest.mark.parametrize("place", ENDPOINTS)
@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_every_filter_passes_the_same_statements_everywhere(
    shipped: Store, places: dict[str, str], filters: FilterOptions, place: str
) -> None:
    passed = Filters.of(shipped, filters).statements()
    there = Filters.of(opened(places[place]), filters).statements()
    assert passed
    assert there is not None
    assert sorted(there) == sorted(passed)


opened = cache(store.open)


@pytest.mark.parametrize("name", [question.name for question in questions.questions()])
def test_every_shipped_question_answers_the_same_everywhere(
    shipped: Store, places: dict[str, str], name: str
) -> None:
    question = questions.question(name)
    needed = {p.name: [SETTINGS[p.name]] for p in question.parameters if not p.optional}
    also = {p.name: [SETTINGS[p.name]] for p in question.parameters if p.name in SETTINGS}
    for given, asked in ((also, ("database", *ENDPOINTS)), (needed, ENDPOINTS[:1] if also != needed else ())):
        here = _answer(shipped, question, given)
        for place in asked:
            assert _answer(opened(places[place]), question, given) == here, (place, given)


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


@pytest.mark.parametrize("place", ["Oxigraph", "Virtuoso"])
def test_check_on_an_endpoint_says_what_it_leaves_out(run: Run, places: dict[str, str], place: str) -> None:
    done = run("check", "--data", places[place])
    assert done.returncode == 0
    assert "shapes" in done.stderr
