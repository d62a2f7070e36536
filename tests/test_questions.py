"""How questions are found, read, given values and refused; their answers are in test_answers_*.py."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from asking import Ask, short
from stancegraph import store
from stancegraph.errors import UnknownName, UsageError
from stancegraph.statements import questions
from stancegraph.statements.questions import Parameter, Question
from stancegraph.store import Store
from stancegraph.vocabulary import ID

NAMES: Final = [each.name for each in questions.questions()]
ANY: Final = {
    "about": "unity", "actor": "khazali", "other": "Yarwais", "organisation": "actor:iraq", "words": "concern",
    "event": "fall-of-assad", "statement": "sadr-warns-of-sectarian-cleansing",
}  # fmt: skip
"""A value for each parameter that some question needs."""


def test_every_file_is_a_question_and_every_question_a_file() -> None:
    files = sorted(path.stem for path in (store.ontology() / "queries").iterdir())
    assert files == NAMES
    assert len(NAMES) >= 25


def test_every_question_has_an_answer_worked_out_by_hand() -> None:
    answers = "".join(
        file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_answers_*.py")
    )
    asked = set(re.findall(r'ask\(\s*"([a-z-]+)"', answers))
    assert set(NAMES) <= asked


@pytest.mark.parametrize("name", NAMES)
def test_a_header_asks_a_question_and_its_parameters_stand_in_the_query(name: str) -> None:
    asked = questions.question(name)
    assert re.fullmatch(r"[A-Z].*\?", asked.question)
    body = "\n".join(line for line in asked.text.splitlines() if not line.startswith("#"))
    for each in asked.parameters:
        assert re.search(rf"\?{each.name}\b", body)
        assert not re.search(rf"AS \?{each.name}\b", body)
    assert re.search(r"\nORDER BY [^}]*$", body)


@pytest.mark.parametrize("name", NAMES)
def test_no_question_names_the_properties_that_are_stances(name: str) -> None:
    assert not re.search(r"stance:(supports|opposes|neutralOn)\b", questions.question(name).text)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_about_statements_leads_to_one(name: str, shipped: Store) -> None:
    asked = questions.question(name)
    settings = {each.name: [ANY[each.name]] for each in asked.parameters if not each.optional}
    variables, rows = questions.answer(shipped, asked, settings)
    assert any(each in ("statement", "of", "statement_before") for each in variables)
    assert all(row["statement"].value.startswith(ID) for row in rows if "statement" in variables)


def test_a_triple_that_stands_in_two_graphs_counts_once(tmp_path: Path, shipped: Store) -> None:
    for copy in ("one", "two"):
        shutil.copytree(store.ontology(), tmp_path / copy, ignore=shutil.ignore_patterns("queries", "coding"))
    twice = store.open(tmp_path)
    for asked in questions.questions():
        if not re.search(r"\b(COUNT|SUM|AVG|SAMPLE)\(", asked.text):
            assert "SELECT DISTINCT" in asked.text, asked.name
            continue
        settings = {each.name: [ANY[each.name]] for each in asked.parameters if not each.optional}
        assert questions.answer(twice, asked, settings, timeout=300) == questions.answer(
            shipped, asked, settings
        ), asked.name


def test_several_settings_of_a_parameter_are_alternatives(ask: Ask) -> None:
    one, other = (set(ask("said-by", {"actor": each}, "statement")) for each in ("khazali", "Yarwais"))
    assert set(ask("said-by", {"actor": ["khazali", "Yarwais"]}, "statement")) == one | other


def test_an_unknown_question_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean said-by"):
        questions.question("sayd-by")


def test_a_missing_parameter_is_named_with_an_example(shipped: Store) -> None:
    with pytest.raises(UsageError, match=r"needs actor .*stancegraph ask said-by --set actor=khazali"):
        questions.bind(shipped, questions.question("said-by"), {})


def test_a_parameter_the_question_lacks_is_refused_with_those_it_has(shipped: Store) -> None:
    with pytest.raises(UsageError, match="takes no 'who'; it takes: actor, since, until"):
        questions.bind(shipped, questions.question("said-by"), {"who": ["khazali"]})
    with pytest.raises(UsageError, match="it takes: no values"):
        questions.bind(shipped, questions.question("contested"), {"about": ["unity"]})


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("said-by", {"actor": "khazali", "since": "2025-03"}),
        ("said-by", {"actor": "khazali", "since": "2025-02-30"}),
        ("stands-by-month", {"actor": "khazali", "month": "2025-13"}),
        ("coded-with-doubt", {"most": "half"}),
        ("everything-about", {"statement": "what he said"}),
        ("used-the-words", {"words": " "}),
    ],
)
def test_a_malformed_value_is_refused(ask: Ask, name: str, settings: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        ask(name, settings)


def test_an_unknown_name_passes_through(ask: Ask) -> None:
    with pytest.raises(UnknownName):
        ask("said-by", {"actor": "Hassan Nasrallah"})
    with pytest.raises(UnknownName):
        ask("said-by", {"actor": "unity"})


def test_a_text_of_ones_own_binds_iris_names_dates_and_numbers(shipped: Store) -> None:
    own = questions.read(
        "SELECT ?s { ?s stance:speaker ?who ; stance:saidOn ?day ; stance:confidence ?sure }"
    )
    assert own == Question("", "", (), own.text)
    settings = {"who": ["Qais al-Khazali"], "day": ["2025-03-08"], "sure": ["0.6"]}
    variables, rows = questions.answer(shipped, own, settings)
    assert variables == ("s",)
    # new-region-khazali-calls.ttl: two of his three statements have confidence 0.6.
    assert sorted(short(row["s"].value) for row in rows) == [
        "khazali-concerned-over-escalation",
        "khazali-condemns-international-silence",
    ]
    iri = f"<{ID}actor/qais-al-khazali>"
    assert questions.answer(shipped, own, {**settings, "who": [iri]})[1] == rows
    assert questions.answer(shipped, own, {**settings, "who": ["actor:qais-al-khazali"]})[1] == rows


def test_a_file_of_ones_own_may_have_the_same_header(tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text(
        "# Who?\n#\n# ?x: actor or event, optional; the one\n#\n# Note.\nASK { ?x ?p ?o }\n", "utf-8"
    )
    own = questions.find(str(path))
    assert (own.name, own.question, own.notes) == ("own", "Who?", "Note.")
    assert own.parameters == (Parameter("x", ("actor", "event"), True, "the one"),)


def test_a_header_with_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="with a kind of"):
        questions.read("# Who?\n#\n# ?x: person; the one\nASK { ?x ?p ?o }")


def test_a_query_of_ones_own_may_not_reach_the_network(shipped: Store) -> None:
    own = questions.read("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(UsageError, match="SERVICE"):
        questions.answer(shipped, own, {})


def test_ask_and_construct_answer_rows_too(shipped: Store) -> None:
    variables, rows = questions.answer(shipped, questions.read("ASK { ?s a stance:Statement }"), {})
    assert [row["answer"].value for row in rows] == ["true"]
    assert variables == ("answer",)
    own = questions.read("CONSTRUCT { ?s a ?kind } WHERE { ?s a ?kind FILTER(?kind = owl:Ontology) }")
    variables, rows = questions.answer(shipped, own, {})
    assert variables == ("subject", "predicate", "object")
    assert rows
