"""The word a question prints for a stance is the one that `said` prints for that statement and target."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from asking import PREFIXES
from stancegraph import statements, store
from stancegraph.statements import catalogue, questions
from stancegraph.store import Store
from stancegraph.vocabulary import ID

STANCES: Final = {
    "said-by": [("stance", "basis", "statement")],
    "said-about": [("stance", "basis", "statement")],
    "members-said": [("stance", "basis", "statement")],
    "demands-on": [("stance", "basis", "statement")],
    "coded-with-doubt": [("stance", "basis", "statement")],
    "stand-on": [("stance", "basis", "statement")],
    "before-and-after": [("stance", "basis", "statement")],
    "stands-by-month": [("stance", "basis", "statement")],
    "government-stands": [("stance", "basis", "statement")],
    "ascribed-to": [("own", "own_basis", "own_statement")],
    "changed-position": [
        ("before", "basis_before", "statement_before"),
        ("after", "basis_after", "statement_after"),
    ],
    "compare-actors": [("one", "basis", "statement"), ("two", "other_basis", "other_statement")],
    "contested": [("stance", "basis", "statement"), ("contrary_stance", "contrary_basis", "contrary")],
    "contradict-each-other": [
        ("stance", "basis", "statement"),
        ("contrary_stance", "contrary_basis", "contrary"),
    ],
    "on-opposite-sides": [
        ("stance", "basis", "statement"),
        ("contrary_stance", "contrary_basis", "contrary"),
    ],
}
"""Question → the columns of each stance it prints: its word, its basis and its statement."""
VALUES: Final = {
    "actor": ["khazali", "al-Sudani", "actor:iraq", "Yarwais", "assad-loyalists", "pro-iran-factions"],
    "other": ["Osman al-Mukhtar", "Yarwais"],
    "organisation": ["actor:iraq", "pro-iran-factions", "syrian-transitional-authorities"],
    "event": ["fall-of-assad"],
}
"""What each parameter is set to, in turn; every target there is, where it is what the question is about."""
ACTORS: Final = [f"{ID}actor/islamic-state", f"{ID}actor/iran"]
WORDS: Final = r"supports|opposes|neutral on|calls for|rejects|undertakes|refuses|denies|leaves open"


def test_every_question_that_prints_a_stance_is_compared() -> None:
    printing = {each.name for each in questions.questions() if "stance:wordForUndertaking" in each.text}
    assert printing == STANCES.keys() | {"reports-differ", "everything-about"}
    for each in questions.questions():
        body = "\n".join(line for line in each.text.splitlines() if not line.startswith("#"))
        assert not re.search(f'"({WORDS})"', body), each.name


@cache
def _said(graph: Store) -> dict[tuple[str, str], tuple[str, str]]:
    """Statement and target → word and basis, as `said --format json` prints them."""
    found = {}
    for row in (each.row() for each in statements.said(graph)):
        for target in row["targets"]:
            for name in (target["target"], target["iri"]):
                found[row["statement"], name] = target["stance"], target["basis"]
    return found


def _settings(graph: Store, question: questions.Question) -> list[dict[str, list[str]]]:
    needed = [each.name for each in question.parameters if not each.optional]
    about = [row["iri"] for row in catalogue.propositions(graph)] + ACTORS
    values = {**VALUES, "about": [f"<{iri}>" for iri in about]}
    found: list[dict[str, list[str]]] = [{}]
    for name in needed:
        found = [{**each, name: [value]} for each in found for value in values[name]]
    return found


@pytest.mark.parametrize("name", STANCES)
def test_a_question_prints_the_words_and_the_basis_that_said_prints(name: str, shipped: Store) -> None:
    question, compared = questions.question(name), 0
    for settings in _settings(shipped, question):
        about = settings.get("about", [""])[0].strip("<>")
        for row in questions.answer(shipped, question, settings)[1]:
            target = next((row[each].value for each in ("target", "proposition") if each in row), about)
            for stance, basis, statement in STANCES[name]:
                if stance not in row:
                    continue
                expected = _said(shipped)[row[statement].value, target]
                assert (row[stance].value, row[basis].value) == expected
                compared += 1
    assert compared


BOUND: Final = (
    PREFIXES
    + """
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:army a stance:Actor ; skos:prefLabel "Army"@en ; org:subOrganizationOf :state .
:state a stance:Actor ; skos:prefLabel "State"@en .
:corps a stance:Actor ; skos:prefLabel "Corps"@en ; org:subOrganizationOf :army .
:rifles a stance:Actor ; skos:prefLabel "Rifles"@en .
:army foaf:member :rifles .
:one a stance:Actor ; skos:prefLabel "One"@en .
:post org:member :one ; org:organization :corps .
:halts a stance:Proposition , stance:Demand ; skos:prefLabel "The army should halt."@en ; stance:binds :army .
:idea a stance:Proposition ; skos:prefLabel "An idea."@en .
:doubts stance:polarity -1 ; rdfs:label "doubts"@en .
:a a stance:Statement ; stance:speaker :state ; stance:supports :halts .
:b a stance:Statement ; stance:speaker :corps ; stance:opposes :halts .
:c a stance:Statement ; stance:speaker :rifles ; stance:supports :halts .
:d a stance:Statement ; stance:speaker :one ; stance:supports :halts .
:e a stance:Statement ; stance:speaker :one ; stance:inRole :post ; stance:neutralOn :halts .
:f a stance:Statement ; stance:speaker :one ; stance:onBehalfOf :state ; stance:opposes :halts .
:g a stance:Statement ; stance:speaker :one ; stance:supports :idea .
:h a stance:Statement ; stance:speaker :one ; :doubts :idea .
"""
)


def test_a_part_a_whole_a_member_a_principal_and_a_role_are_bound_by_a_demand(tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(BOUND, encoding="utf-8")
    (tmp_path / "stance.ttl").write_bytes((store.ontology() / "stance.ttl").read_bytes())
    graph = store.open(tmp_path)
    question = questions.question("members-said")
    names = ["State", "Rifles", "One"]
    _, rows = questions.answer(graph, question, {"organisation": names})
    found = {row["statement"].value[-1]: row["stance"].value for row in rows}
    assert found == {
        "a": "undertakes",
        "b": "refuses",
        "c": "undertakes",
        "d": "calls for",
        "e": "leaves open",
        "f": "refuses",
        "g": "supports",
        "h": "doubts",
    }
    for statement, word in found.items():
        (target,) = _said_of(graph, statement)
        assert target["stance"] == word


def _said_of(graph: Store, statement: str) -> list[dict[str, str]]:
    iri = f"https://example.org/id/{statement}"
    (found,) = [each.row() for each in statements.said(graph) if each.iri == iri]
    return list(found["targets"])
