"""Codings, statements and documents drawn anew, and what that makes of ranks and blocs."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest

from conftest import Run
from february import Graph, says
from stancegraph import balance, centrality, table
from stancegraph.errors import UsageError
from stancegraph.network.resampling import draw_codings, resample_documents, resample_statements
from stancegraph.table import Table


def camps(documents: int, confidence: float = 1.0) -> Table:
    """In each document Ada and Bo for the bridge, Cy and Di against it."""
    rows = [
        (actor, "bridge", sign, f"document {i}")
        for i in range(documents)
        for actor, sign in (("Ada", 1), ("Bo", 1), ("Cy", -1), ("Di", -1))
    ]
    actors, targets, levels, names = zip(*rows, strict=True)
    made = table.of(actors, targets, levels, documents=names)
    return replace(made, own_confidence=np.full(len(made), confidence))


def test_a_coding_is_kept_as_often_as_its_confidence_says() -> None:
    """Of 4 × 500 rows at .6 some 1,200 are kept, standard deviation 22."""
    dice = np.random.default_rng(1)
    assert abs(len(draw_codings(camps(500, 0.6), dice)) - 1200) < 88
    assert len(draw_codings(camps(5), dice)) == 20


def test_a_second_coder_who_always_disagrees_turns_every_stance() -> None:
    drawn = draw_codings(camps(3), np.random.default_rng(1), 1.0)
    assert {(row.actor.label, row.level) for row in drawn} == {("Ada", -1), ("Bo", -1), ("Cy", 1), ("Di", 1)}
    with pytest.raises(UsageError, match="share from 0 to 1"):
        draw_codings(camps(3), np.random.default_rng(1), 1.5)


def test_another_level_is_drawn_as_often_as_the_table_has_it() -> None:
    """Of 4000 at 1 a second coder has a quarter at 0, as 1000 and 3000 are at 0 and -1; of those at 0 four sevenths
    are at 1. With half of the codings wrong half stays as it is. To four standard errors.
    """
    levels = [1] * 4000 + [0] * 1000 + [-1] * 3000
    rows = table.of([str(level) for level in levels], ["bridge"] * 8000, levels)
    for share in (1.0, 0.5):
        drawn = Counter(
            (row.actor.label, row.level) for row in draw_codings(rows, np.random.default_rng(2), share)
        )
        for (own, level), odds in {
            ("1", 0): 1 / 4,
            ("1", -1): 3 / 4,
            ("0", 1): 4 / 7,
            ("-1", 0): 1 / 5,
        }.items():
            number, chance = levels.count(int(own)), share * odds
            assert drawn[own, level] / number == pytest.approx(
                chance, abs=4 * (chance * (1 - chance) / number) ** 0.5
            )
        assert sum(drawn.values()) == 8000


def test_the_codings_of_a_statement_are_right_or_wrong_together(graph: Graph) -> None:
    said = (says(f"s{i}", "ada bo", "4", "+bridge -dam").replace("1.0", "0.5") for i in range(60))
    rows = table.stances(graph(*said))
    drawn = Counter(draw_codings(rows, np.random.default_rng(1)).statement.to_list())
    assert set(drawn.values()) == {4}
    assert 15 < len(drawn) < 45
    assert draw_codings(rows[:0], np.random.default_rng(1), 1.0).level.tolist() == []
    with pytest.raises(UsageError, match=r"^--disagreement -0.1: give a share from 0 to 1$"):
        draw_codings(rows, np.random.default_rng(1), -0.1)


def test_statements_are_drawn_whole_and_as_many_as_there_are(graph: Graph) -> None:
    rows = table.stances(graph(*(says(f"s{i}", "ada bo", "4", "+bridge") for i in range(30))))
    drawn = resample_statements(rows[rows.statement.codes > 9], random.Random(1))
    times = Counter(drawn.statement.to_list())
    assert sum(times.values()) == 2 * 20
    assert {number % 2 for number in times.values()} == {0}
    assert 8 < len(times) < 18


def test_documents_are_drawn_whole() -> None:
    drawn = resample_documents(camps(30), random.Random(1))
    assert len(drawn) == 120
    times = Counter(zip(drawn.document.to_list(), drawn.actor.to_list(), strict=True))
    for document in drawn.document.values:
        assert len({times[document, actor] for actor in drawn.actor.values}) == 1


def test_documents_are_drawn_as_often_as_chance_has_it() -> None:
    """Of the 27 ways to draw three of three documents 6 have all, 18 two and 3 one alone; to four standard errors."""
    dice, rows = random.Random(1), camps(3)
    drawn = Counter(len(resample_documents(rows, dice).document.present()) for _ in range(1500))
    for number, ways in {3: 6, 2: 18, 1: 3}.items():
        share = ways / 27
        assert drawn[number] / 1500 == pytest.approx(share, abs=4 * (share * (1 - share) / 1500) ** 0.5)


def test_ranks_of_sure_codings_do_not_move_and_of_unsure_ones_do() -> None:
    for row in centrality.rank(camps(2), "strength", on="agreement", draws=10):
        assert (row["low"], row["high"], row["present"]) == (row["rank"], row["rank"], 1.0)
    unsure = centrality.rank(camps(1, 0.5), "strength", on="agreement", draws=100)
    assert all(abs(row["present"] - 0.5) < 0.2 for row in unsure)


def test_blocs_and_polarisation_carry_the_doubt_of_codings_and_documents() -> None:
    """Two equal camps, wholly opposed in each document: polarisation is 1 whichever documents are drawn."""
    found = balance.alliances(camps(10), draws=5)
    assert found.polarisation_interval == (1, 1)
    assert found.codings is not None
    assert (found.codings.draws, found.codings.polarisation) == (5, (1, 1))
    assert {pair.codings for bloc in found.blocs for pair in bloc.pairs} == {1.0}
    assert found.row()["codings"] == asdict(found.codings)
    few = balance.alliances(camps(3, 0.5), draws=20)
    assert few.polarisation_interval is None
    assert few.codings is not None
    assert few.codings.polarisation is not None
    assert few.codings.polarisation[0] < few.codings.polarisation[1] == 1
    assert all(0 < pair.codings < 1 for bloc in few.blocs for pair in bloc.pairs if pair.codings is not None)


@pytest.mark.parametrize(("wavering", "interval"), [(0, (1, 1)), (6, (0.5, 1))])
def test_the_interval_of_polarisation_is_that_of_a_binomial(
    wavering: int, interval: tuple[float, float]
) -> None:
    """Of twelve documents some have Bo against the bridge; drawn anew, of k such Bo stands with Ada while k < 6 (two
    and two: 1), with the others while k > 6 (one and three: .5), with nobody where k = 6 (one and two: 2/3).

    Of six among twelve k is below and above 6 in 39 of 100 samples each: both ends of 95 % are reached.
    """
    rows = camps(12)
    bo = np.array([name.label == "Bo" for name in rows.actor.to_list()])
    late = np.isin(rows.document.codes, np.arange(wavering))
    found = balance.alliances(replace(rows, level=np.where(bo & late, -1.0, rows.level)))
    assert found.polarisation_interval == pytest.approx(interval)


def test_draws_are_told_in_columns_of_their_own(run: Run) -> None:
    told = run("rank", "--draws", "5", "--no-robust", "--min-confidence", "1", "--format", "csv").stdout
    assert told.splitlines()[0] == "actor,score,rank,best,worst,moved_most_by,low,high,present"
    for command in (
        "rank --disagreement 0.1",
        "rank --draws 5 --disagreement 1.1",
        "rank --draws 5 --disagreement nan",
        "alliances --draws 5 --edges x.csv",
    ):
        assert run(*command.split()).returncode == 2
