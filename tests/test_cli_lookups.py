"""Look-ups as people type them: two speakers, words of a statement, and what is said when nothing is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Run
from stancegraph import network, statements
from stancegraph.errors import UsageError
from stancegraph.store import Store

FIVE = str(Path(__file__).parent / "fixtures" / "five.ttl")


def speakers(run: Run, *words: str) -> set[str]:
    done = run("said", *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    return {speaker for row in json.loads(done.stdout) for speaker in row["speakers"]}


@pytest.mark.parametrize(
    "words",
    [
        ["sadr", "khazali"],
        ["khazali", "sadr"],
        ["Muqtada al-Sadr", "Qais al-Khazali"],
        ["al", "Sadr", "al", "Khazali"],
        ["مقتدى الصدر", "khazali"],
        ["actor:muqtada-al-sadr", "qais-al-khazali"],
    ],
)
def test_said_takes_two_speakers(run: Run, words: list[str]) -> None:
    assert {"Muqtada al-Sadr", "Qais al-Khazali"} <= speakers(run, *words)
    both = run("said", "--actor", "sadr", "--actor", "khazali", "--format", "json")
    done = run("said", *words, "--format", "json")
    assert done.stdout == both.stdout
    assert "2 speakers: " in done.stderr


@pytest.mark.parametrize("words", [["al", "Sadr"], ["Muqtada", "al", "Sadr"], ["muqtada", "sadr"]])
def test_a_name_of_several_words_needs_no_quotation_marks(run: Run, words: list[str]) -> None:
    done = run("said", *words)
    assert done.stdout == run("said", " ".join(words)).stdout
    assert "speakers:" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["Barham", "Salih"],
        ["Haider", "al-Abadi"],
        ["Hadi", "Araji"],
        ["Muqtada", "Khazali"],
        ["Mohammed", "Sadr"],
        ["khazali", "nobody"],
    ],
)
def test_a_strangers_name_is_not_taken_for_two_other_people(run: Run, words: list[str]) -> None:
    done = run("said", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: no actor is called '{' '.join(words)}'")


def test_of_several_names_one_that_two_bear_is_asked_about(run: Run, tmp_path: Path) -> None:
    graph = tmp_path / "namesakes.ttl"
    graph.write_text(
        """@prefix : <https://example.org/id/> . @prefix stance: <https://w3id.org/stancegraph/ns#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        :a a stance:Actor ; skos:prefLabel "River Guard"@en ; skos:altLabel "Guard"@en .
        :b a stance:Actor ; skos:prefLabel "Coast Guard"@en ; skos:altLabel "Guard"@en .
        :c a stance:Actor ; skos:prefLabel "Wardens"@en .""",
        encoding="utf-8",
    )
    done = run("said", "wardens", "guard", "--data", str(graph))
    assert done.returncode == 2
    assert "'guard' is a name of 2; say which: " in done.stderr


def test_words_are_found_in_gists_quotations_and_the_names_of_targets(shipped: Store) -> None:
    """Each found by hand: the gist, the quotation and the target of three statements."""

    def found(words: str) -> set[str]:
        return {statement.iri.rpartition("/")[2] for statement in statements.said(shipped, words=words)}

    every = statements.said(shipped)
    for words in ("genocide", "GENOCIDE", "stay out of the conflict", "unacceptable"):
        expected = {
            statement.iri.rpartition("/")[2]
            for statement in every
            if all(
                any(
                    word.casefold() in text.casefold()
                    for text in (
                        statement.gist,
                        *statement.quotes,
                        *(target.thing.label for target in statement.targets),
                    )
                )
                for word in words.split()
            )
        }
        assert found(words) == expected != set()
    assert "khazali-condemns-international-silence" in found("unacceptable")
    assert found("unacceptable xyzzy") == set()
    assert found('" } { "') == set()


def test_words_filter_every_command_with_filters(run: Run, shipped: Store) -> None:
    rows = json.loads(run("said", "sadr", "--words", "alawites", "--format", "json").stdout)
    assert {row["statement"].rpartition("/")[2] for row in rows} >= {"sadr-urges-alawites-to-be-wise"}
    assert all("alawites" in (row["gist"] + " ".join(row["quotes"])).casefold() for row in rows)
    graph = network.stances(shipped, words="alawites")
    assert 0 < graph.number_of_edges() < network.stances(shipped).number_of_edges()


def test_empty_words_are_refused_and_so_are_too_many(shipped: Store) -> None:
    with pytest.raises(UsageError, match="--words is empty"):
        statements.said(shipped, words=" ")
    with pytest.raises(UsageError, match="at most 20 words"):
        statements.said(shipped, words="a " * 21)
