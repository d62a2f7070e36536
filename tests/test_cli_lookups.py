"""Look-ups as people type them: two speakers, words of a statement, and what is said when nothing is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Run
from stancegraph import network
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


def test_words_filter_every_command_with_filters(run: Run, shipped: Store) -> None:
    rows = json.loads(run("said", "sadr", "--words", "alawites", "--format", "json").stdout)
    assert {row["statement"].rpartition("/")[2] for row in rows} >= {"sadr-urges-alawites-to-be-wise"}
    assert all("alawites" in (row["gist"] + " ".join(row["quotes"])).casefold() for row in rows)
    graph = network.stances(shipped, words="alawites")
    assert 0 < graph.number_of_edges() < network.stances(shipped).number_of_edges()


def test_nothing_found_says_what_was_searched_and_where_the_words_stand(run: Run) -> None:
    done = run("said", "sadr", "--about", "Alawites")
    assert (done.returncode, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    assert lines[0] == "no statements"
    assert lines[1] == "searched: actor sadr; about Alawites"
    (hint,) = [line for line in lines if "--words" in line]
    number = len(json.loads(run("said", "sadr", "--words", "Alawites", "--format", "json").stdout))
    assert hint == f"{number} statements name Alawites in gist, quotation or target: try --words Alawites"
    without = len(json.loads(run("said", "sadr", "--format", "json").stdout))
    assert f"{without} statements without --about" in lines


def test_of_somebody_silent_it_says_how_many_statements_are_about_them(run: Run) -> None:
    lines = run("said", "Israel").stderr.splitlines()
    assert lines[:2] == ["no statements", "searched: actor Israel"]
    number = len(json.loads(run("said", "--about", "Israel", "--format", "json").stdout))
    assert f"{number} statements are about Israel: try --about Israel" in lines


def test_nothing_found_says_which_filter_leaves_all_out(run: Run) -> None:
    done = run("said", "khazali", "--until", "2024-12-01")
    later = len(json.loads(run("said", "khazali", "--format", "json").stdout))
    others = len(json.loads(run("said", "--until", "2024-12-01", "--format", "json").stdout))
    assert f"{later} statements without --until" in done.stderr
    assert f"{others} statements of anybody" in done.stderr
    found = run("said", "khazali")
    assert "searched" not in found.stderr


def test_data_given_twice_is_the_union_of_both(run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text(
        """@prefix : <https://example.org/id/> . @prefix stance: <https://w3id.org/stancegraph/ns#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        :mine a stance:Actor ; skos:prefLabel "Mine"@en .""",
        encoding="utf-8",
    )

    def actors(*places: str) -> set[str]:
        options = [option for place in places for option in ("--data", place)]
        return {row["actor"] for row in json.loads(run("actors", *options, "--format", "json").stdout)}

    assert actors(str(mine), FIVE) == actors(FIVE, str(mine)) == actors(FIVE) | {"Mine"} != actors(FIVE)
    assert actors(str(mine), str(mine)) == {"Mine"}
    asked = run("ask", "SELECT (COUNT(DISTINCT ?a) AS ?n) { ?a a stance:Actor }", "--format", "csv",
                "--data", str(mine), "--data", FIVE)  # fmt: skip
    assert int(asked.stdout.splitlines()[1]) == len(actors(FIVE)) + 1


def test_places_that_cannot_be_read_together_are_refused_and_never_dropped(run: Run, tmp_path: Path) -> None:
    for place in ("http://localhost:1/query", "HTTPS://example.org/query"):
        done = run("actors", "--data", FIVE, "--data", place)
        assert (done.returncode, done.stdout) == (2, "")
        assert "is an endpoint, and is not read together with another place" in done.stderr
    database = tmp_path / "database"
    assert run("load", FIVE, "--into", str(database)).returncode == 0
    done = run("actors", "--data", str(database), "--data", FIVE)
    assert done.returncode == 2
    assert "is an on-disk database" in done.stderr
    other = tmp_path / "other" / "fixtures"
    other.mkdir(parents=True)
    (other / "five.ttl").write_text(Path(FIVE).read_text(encoding="utf-8"), encoding="utf-8")
    done = run("actors", "--data", str(Path(FIVE)), "--data", str(other / "five.ttl"))
    assert done.returncode == 2
    assert "two files would fill one graph" in done.stderr


def test_the_place_in_the_environment_may_have_blanks_in_its_name(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "my own graph.ttl"
    place.write_text(Path(FIVE).read_text(encoding="utf-8"), encoding="utf-8")
    assert "Alpha" in run("actors", env={"STANCEGRAPH_DATA": str(place)}).stdout


def test_an_organisation_names_its_leader_its_parts_and_its_accusers(run: Run) -> None:
    profile = json.loads(run("actor", "hts", "--format", "json").stdout)
    assert profile["members"] == ["Ahmad al-Sharaa, leader (until 2025-01-29)"]
    assert profile["spoken_of"] == ["unnamed accusers of Hayat Tahrir al-Sham"]
    assert "Ahmad al-Sharaa, leader (until 2025-01-29)" in run("actor", "hts").stdout
    rebels = json.loads(run("actor", "syrian-rebels", "--format", "json").stdout)
    assert "Hayat Tahrir al-Sham" in rebels["members"]
    leader = json.loads(run("actor", "sharaa", "--format", "json").stdout)
    assert "leader, Hayat Tahrir al-Sham (until 2025-01-29)" in leader["roles"]
    assert leader["members"] == []


@pytest.mark.parametrize("form", ["table", "md"])
def test_numbers_read_by_people_have_four_significant_figures(run: Run, form: str) -> None:
    query = 'SELECT ?a ?b ?c ?d { VALUES (?a ?b ?c ?d) { (-1.309090909090909e0 0.5e0 123456.7e0 "1.309090909") } }'
    shown = run("ask", query, "--format", form).stdout
    assert "-1.309" in shown.replace("\\", "")
    assert "-1.3090" not in shown.replace("\\", "")
    assert "123457" in shown
    assert "0.5" in shown
    assert "1.309090909" in shown  # text is not a number
    for exact in ("csv", "json"):
        assert "-1.309090909090909" in run("ask", query, "--format", exact).stdout


def test_an_actor_without_a_label_is_listed_and_found_by_the_end_of_its_iri(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bare.ttl"
    file.write_text(
        "@prefix stance: <https://w3id.org/stancegraph/ns#> . @prefix x: <https://example.org/id/> .\n"
        "x:bare-name a stance:Actor . x:s a stance:Statement ; stance:speaker x:bare-name .",
        "utf-8",
    )
    assert run("actors", "--data", str(file), "--format", "csv").stdout.splitlines() == [
        "actor,iri,kind,statements",
        "bare-name,https://example.org/id/bare-name,,1",
    ]
    assert run("said", "bare-name", "--data", str(file)).stderr.startswith("1 statement\n")


def test_every_statement_is_printed_under_its_speaker_though_others_spoke_in_between(run: Run) -> None:
    """Statements come day by day; whoever spoke first has spoken again after others."""
    told = run("said").stdout
    for row in json.loads(run("said", "--format", "json").stdout):
        assert told.count(f"statement:{row['statement'].rpartition('/')[2]}\n") == 1


def test_what_a_statement_does_not_say_of_its_coding_is_not_printed(run: Run, tmp_path: Path) -> None:
    graph = tmp_path / "bare.ttl"
    told = "a stance:Statement ; stance:speaker ex:ada ; stance:saidOn '2025-01-02'^^xsd:date"
    graph.write_text(
        "@prefix stance: <https://w3id.org/stancegraph/ns#> . @prefix ex: <https://example.org/> .\n"
        "@prefix basis: <https://w3id.org/stancegraph/id/basis/> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "ex:ada a stance:Actor ; skos:prefLabel 'Ada'@en .\n"
        "ex:rain a stance:Proposition ; skos:prefLabel 'It rains.'@en .\n"
        f"ex:neither {told} ; stance:supports ex:rain .\n"
        f"ex:plain {told} ; stance:basis basis:said .\n"
        f"ex:implied {told} ; stance:basis basis:implied ; stance:supports ex:rain .\n"
        f"ex:unsure {told} ; stance:basis basis:said ; stance:confidence 0.6 .\n"
    )
    printed = run("said", "ada", "--data", str(graph)).stdout
    assert sorted(line.strip() for line in printed.splitlines() if "[" in line) == [
        "[said, confidence 0.6]",
        "supports: It rains. [implied]",
    ]
    cited = run("cite", "https://example.org/neither", "--data", str(graph)).stdout
    assert "coded as" not in cited
