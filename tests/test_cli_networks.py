"""The commands that count: what they print of the five actors, of somebody else's network, and of bad input."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from conftest import Run
from signed import ENEMIES, FRIENDS

FIVE = str(Path(__file__).parent / "fixtures" / "five.ttl")
FIRST = "The first thing is so."
SECOND = "The second thing is so."


@pytest.fixture
def highland(tmp_path: Path) -> str:
    file = tmp_path / "highland.csv"
    ties = [(pair, 1) for pair in FRIENDS.split()] + [(pair, -1) for pair in ENEMIES.split()]
    rows = [f"{pair.replace('-', ',')},{sign}\n" for pair, sign in ties]
    file.write_text("a,b,sign\n" + "".join(rows), "utf-8")
    return str(file)


def rows(run: Run, *command: str) -> list[dict[str, str]]:
    done = run(*command, "--format", "csv")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(done.stdout.splitlines()))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--normalisation none --period none", [("Alpha", "Gamma", -1, 2), ("Beta", "Gamma", -1, 2)]),
        ("--aggregation congruence", [("Alpha", "Beta", 0.5, 2)]),
        ("--kind two-mode --aggregation combine --actor Gamma", [("Gamma", FIRST, 2, 1)]),
        (
            "--kind targets --aggregation ignore --normalisation none --period none",
            [(FIRST, SECOND, 2, 4), ("Alpha", "Echo", 1, 1)],
        ),
        # In December Alpha alone speaks of both things; in March Gamma's second stance is neutral.
        (
            "--kind targets --aggregation ignore --normalisation none",
            [(FIRST, SECOND, 1, 2), ("Alpha", "Echo", 1, 1)],
        ),
        ("--kind stances --actor Alpha", [("Alpha", FIRST, 1, 2), ("Alpha", SECOND, -1, 1)]),
        ("--normalisation none --min-statements 3", []),
        ("--normalisation none --period none --not-actor Beta", [("Alpha", "Gamma", -1, 2)]),
        ("--direct --actor Delta", [("Alpha", "Delta", -1, 1), ("Delta", "Echo", 1, 1)]),
    ],
)
def test_network_prints_the_ties_and_their_statements(
    run: Run, options: str, expected: list[tuple[str, str, float, int]]
) -> None:
    found = rows(run, "network", "--data", FIVE, *options.split())
    ties = [(row["a"], row["b"], float(row["weight"]), int(row["statements"])) for row in found]
    assert sorted(ties) == sorted(expected)


def test_kind_names_a_network_or_a_kind_of_actor_or_both(run: Run) -> None:
    politicians = rows(run, "network", "--kind", "stances", "--kind", "politician")
    everybody = rows(run, "network", "--kind", "stances")
    assert 0 < len(politicians) < len(everybody)
    assert {row["a"] for row in politicians} <= {row["a"] for row in everybody}
    done = run("network", "--kind", "stances", "--kind", "targets")
    assert (done.returncode, "name one network" in done.stderr) == (2, True)


def test_a_series_says_of_each_tie_when_it_holds(run: Run) -> None:
    found = rows(run, "network", "--data", FIVE, "--window", "2m", "--aggregation", "ignore")
    assert [(row["since"], row["until"], row["a"], row["b"]) for row in found] == [
        ("2024-12-01", "2025-01-31", "Alpha", "Beta")
    ]
    kernel = rows(
        run,
        *f"network --data {FIVE} --kernel uniform --width 30 --at 2024-12-03 --aggregation ignore".split(),
    )
    assert {(row["since"], row["a"], row["b"]) for row in kernel} == {("2024-12-03", "Alpha", "Beta")}


def test_alliances_of_the_highland_tribes_are_the_published_ones(run: Run, highland: str) -> None:
    two = json.loads(run("alliances", "--edges", highland, "--format", "json").stdout)
    assert (two["frustration"], two["lower_bound"], two["gap"], two["exact"]) == (7, 7, 0, True)
    assert two["balance"] == pytest.approx(0.7586207, abs=1e-7)
    assert two["triangles"] == pytest.approx(0.8676471, abs=1e-7)
    assert two["walks"] == pytest.approx(0.3575761, abs=1e-7)
    free = json.loads(run("alliances", "--edges", highland, "--blocs", "free", "--format", "json").stdout)
    assert (free["frustration"], free["exact"], len(free["blocs"])) == (2, True, 3)
    table = run("alliances", "--edges", highland).stdout
    assert "frustration 7 (proved)" in table
    assert len(rows(run, "alliances", "--edges", highland)) == 16


def test_a_bloc_shows_what_holds_it_together_and_what_contradicts_it(run: Run) -> None:
    """Alpha and Gamma differ on the first thing, Beta and Gamma too: Alpha and Beta against Gamma."""
    found = json.loads(run("alliances", "--data", FIVE, "--period", "none", "--format", "json").stdout)
    assert [bloc["actors"] for bloc in found["blocs"]] == [["Alpha", "Beta"], ["Gamma"]]
    (held,) = found["blocs"][0]["holds"]
    assert (held["target"], held["stance"], held["actors"]) == (FIRST, "supports", ["Alpha", "Beta"])
    assert {iri.rpartition("/")[2] for iri in held["statements"]} == {"alpha-once", "beta-once"}
    assert (found["frustration"], found["untied"]) == (0, ["Delta"])
    assert "“so it is”" in run("alliances", "--data", FIVE).stdout


def test_rank_lists_its_measures_and_reads_other_networks(run: Run, highland: str) -> None:
    measures = {row["measure"] for row in rows(run, "rank", "--list")}
    assert {"degree", "betweenness", "pagerank", "katz", "pn", "hub", "brokerage"} <= measures
    top = rows(run, "rank", "--edges", highland, "--by", "degree")
    assert len(top) == 16
    assert {row["best"] for row in top} == {""}
    for measure in sorted(measures):
        assert rows(run, "rank", "--data", FIVE, "--by", measure), measure


@pytest.mark.parametrize("command", ["network", "alliances", "rank", "allies Alpha"])
def test_a_selection_of_nothing_is_an_empty_answer(run: Run, command: str) -> None:
    done = run(*command.split(), "--data", FIVE, "--since", "2030-01-01", "--format", "csv")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1
    assert "nan" not in done.stdout.lower()


def test_contradicting_ties_are_added_with_a_note(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ties.csv"
    file.write_text("a,b,weight\nx,y,2\ny,x,-1\nx,x,5\ny,z,-1\n", "utf-8")
    done = run("alliances", "--edges", str(file), "--format", "json")
    assert (json.loads(done.stdout)["positive"], json.loads(done.stdout)["negative"]) == (1, 1)
    assert "self-tie" in done.stderr
    assert "contrary" in done.stderr or "opposite" in done.stderr


def test_an_actor_can_be_argument_or_option_where_change_is_told(run: Run) -> None:
    named = rows(run, "timeline", "khazali")
    assert named
    assert rows(run, "timeline", "--actor", "khazali") == named
    assert len(rows(run, "timeline", "khazali", "--actor", "Iran")) > len(named)
    assert [row["actor"] for row in rows(run, "shifts", "--actor", "Iraq")] == ["Iraq"]
    assert rows(run, "shifts", "khazali") == []


def test_somebody_elses_network_is_read_whatever_data_the_environment_names(run: Run, highland: str) -> None:
    done = run("alliances", "--edges", highland, env={"STANCEGRAPH_DATA": FIVE})
    assert done.returncode == 0
    assert "frustration 7" in done.stdout


def test_allies_say_how_much_more_there_is_where_a_limit_cuts(run: Run) -> None:
    """Beta and Alpha agree and differ once each, by four statements; Gamma is Alpha's opponent by fewer."""
    asked = ["allies", "Alpha", "--period", "none", "--data", FIVE]
    whole = [run(*asked, "--format", form).stdout for form in ("csv", "json", "table")]
    assert whole == [
        run(*asked, "--limit", "4", "--format", form).stdout for form in ("csv", "json", "table")
    ]
    assert "more" not in "".join(whole)
    beta, gamma = rows(run, *asked, "--limit", "2")
    assert (beta["actor"], beta["relation"], beta["more_statements"]) == ("Beta", "mixed", "2")
    assert len(beta["statements"].split("; ")) == 2
    assert (gamma["actor"], gamma["more_statements"], gamma["more_agree"]) == ("Gamma", "0", "0")
    short = run(*asked, "--limit", "2", "--format", "json")
    assert [row["more_statements"] for row in json.loads(short.stdout)] == [2, 0]
    assert "--limit 4 lists more" in short.stderr
    told = run(*asked, "--limit", "2").stdout
    assert told.count("and 2 more statements") == 1
    assert "more" not in told.replace("and 2 more statements", "")


def test_actors_beyond_a_limit_are_named_with_what_is_behind_their_tie(run: Run) -> None:
    """Alpha and Beta each differ from Gamma once; of the two Alpha alone is told in full."""
    asked = ["allies", "Gamma", "--period", "none", "--data", FIVE]
    assert len(rows(run, *asked, "--limit", "1")) == 2
    told = run(*asked, "--limit", "1")
    assert "agree on 0, disagree on 1, 2 statements" in told.stdout
    assert told.stdout.count("-0.") + told.stdout.count("-1.") == 2
    assert "--limit 2 lists more" in told.stderr
