"""What else a model holds, made and mended by commands: memberships, figures, ascribed positions, identities."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import valley
from conftest import ROOT, Run
from held import Ended
from stancegraph import store
from stancegraph.curate import changes, entries
from stancegraph.statements import said
from stancegraph.validation import check
from valley import contents

Do = Callable[..., str]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = valley.with_the_bridge(tmp_path_factory.mktemp("model") / "valley")
    flood = {"name": "Flood", "source": ["valley-bridge"], "date": "2020-02-01"}
    changes.apply(folder, entries.add(folder, "event", flood))
    return folder.path


place = valley.place


@pytest.fixture
def do(place: Path, run: Run) -> Do:
    """Runs a command on the valley that must do it; what it prints."""

    def call(*args: str) -> str:
        done = run(*args, "--data", str(place))
        assert done.returncode == 0, done.stderr
        assert check(store.open(place)).findings == ()
        return done.stdout.strip()

    return call


@pytest.fixture
def fails(place: Path, run: Run) -> Callable[..., Ended]:
    """Runs a command on the valley that must be refused, with nothing written."""

    def call(*args: str) -> Ended:
        before = contents(place)
        done = run(*args, "--data", str(place))
        assert done.returncode == 2
        assert contents(place) == before
        return done

    return call


MAYOR = ("add", "membership", "--member", "ada", "--role", "mayor", "--organisation", "River Company")


def test_a_membership_is_added_with_its_role_and_held_in_a_statement(do: Do, place: Path) -> None:
    membership = do(*MAYOR, "--date", "2019-01-01/..", "--source", "valley-bridge")
    assert membership == "membership/ada-mayor"
    assert "<role/mayor> a org:Role" in (place / "actors.ttl").read_text("utf-8")
    again = do(*(MAYOR[:3]), "bo", *MAYOR[4:], "--source", "https://example.org/offices")
    assert again == "membership/bo-mayor"
    background = (place / "background.ttl").read_text("utf-8")
    assert "org:role <role/mayor>" in background
    assert "<role/mayor> a" not in background
    do("edit", "ada-demands-open-bridge", "--set", "role=ada-mayor")
    do("edit", membership, "--set", "role=lord mayor", "--set", "date=2019-01-01/2020-12-31")
    text = (place / "actors.ttl").read_text("utf-8")
    assert 'schema:endDate "2020-12-31"^^xsd:date' in text
    assert "org:role <role/lord-mayor>" in text


def test_a_role_of_somebody_else_is_refused(do: Do, fails: Callable[..., Ended]) -> None:
    do(*(MAYOR[:3]), "bo", *MAYOR[4:], "--source", "valley-bridge")
    wrong = fails("edit", "ada-demands-open-bridge", "--set", "role=bo-mayor")
    assert "held by one of its speakers" in wrong.stderr


FIGURE = ("add", "figure", "--statement", "ada-demands-open-bridge", "--counted", "people displaced")


def test_a_figure_is_added_changed_and_goes_with_its_statement(do: Do, place: Path) -> None:
    iri = do(
        *FIGURE, "--event", "flood", "--min", "1,200", "--exclusive", "true", "--wording", "more than 1,200"
    )
    assert iri == "figure/ada-people-displaced-flood"
    (statement,) = said(store.open(place))
    (figure,) = statement.figures
    assert (figure.counted, figure.event, figure.min, figure.exclusive) == (
        "people displaced",
        "Flood",
        1200,
        True,
    )
    do("edit", iri, "--set", "max=1500", "--set", "exclusive=false")
    (statement,) = said(store.open(place))
    assert (statement.figures[0].max, statement.figures[0].exclusive) == (1500, False)
    do("remove", "ada-demands-open-bridge")
    assert "figure" not in "".join(path.read_text("utf-8") for path in place.rglob("*.ttl"))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--min", "many"), "--min 'many' is no whole number"),
        (("--min", "9", "--max", "3"), "lower bound"),
        (("--min", "9", "--exclusive", "perhaps"), "write one of true, false"),
        (("--min", "9", "--date", "2020-02-01/2020-02-03"), "write one day"),
        ((), "bound"),
    ],
)
def test_a_wrong_figure_is_refused(fails: Callable[..., Ended], more: tuple[str, ...], told: str) -> None:
    done = fails(*FIGURE, "--event", "flood", "--wording", "many", *more)
    assert told in done.stderr


def test_what_one_says_anothers_position_is_is_added_and_taken_out(do: Do, place: Path) -> None:
    do("edit", "ada-demands-open-bridge", "--add", "ascribes=Bo opposes The bridge should stay open.")
    (row,) = json.loads(do("ask", "ascribed-to", "--set", "actor=bo", "--format", "json"))
    assert "Ada" in row.values()
    text = (place / "statements" / "valley-bridge.ttl").read_text("utf-8")
    assert (
        "stance:ascribes [ stance:opposes <proposition/bridge-should-stay-open> ; stance:holder <actor/bo> ]"
        in text
    )
    do("edit", "ada-demands-open-bridge", "--remove", "ascribes=Bo")
    assert "ascribes" not in (place / "statements" / "valley-bridge.ttl").read_text("utf-8")


def test_an_ascription_says_who_holds_what(fails: Callable[..., Ended]) -> None:
    assert (
        "write HOLDER supports TARGET"
        in fails("edit", "ada-demands-open-bridge", "--add", "ascribes=Bo likes it").stderr
    )
    assert (
        "no actor is called 'Nobody'"
        in fails("edit", "ada-demands-open-bridge", "--add", "ascribes=Nobody opposes River Company").stderr
    )


def test_a_target_shown_by_one_report_identities_and_members_are_coded(do: Do, place: Path) -> None:
    report = "report/valley-bridge-ada-demands-open-bridge"
    do("edit", "ada-demands-open-bridge", "--set", f"coding=River Company=implied,0.6,{report}")
    assert "stance:shownBy <report/" in (place / "statements" / "valley-bridge.ttl").read_text("utf-8")
    do("edit", "ada-demands-open-bridge", "--set", "coding=River Company=basis:implied,0.6")
    written = (place / "statements" / "valley-bridge.ttl").read_text("utf-8")
    assert "stance:shownBy" not in written, "a basis by its prefix is none of a report"
    do("edit", "river-company", "--add", "identity=https://example.org/Q1", "--add", "source=valley-bridge")
    assert "skos:exactMatch <https://example.org/Q1>" in (place / "actors.ttl").read_text("utf-8")


def test_who_is_a_part_of_a_part_of_itself_is_refused(do: Do, fails: Callable[..., Ended]) -> None:
    do("edit", "river-company", "--add", "part-of=Valley Gazette", "--add", "source=valley-bridge")
    wrong = fails("edit", "valley-gazette", "--add", "part-of=River Company", "--add", "source=valley-bridge")
    assert "a part or a member of itself" in wrong.stderr


def test_two_entries_of_one_iri_are_found_with_the_text_that_differs(place: Path, run: Run) -> None:
    again = (place / "statements" / "valley-bridge.ttl").read_text("utf-8")
    (place / "statements" / "other.ttl").write_bytes(again.replace("Demands an", "Begs for an").encode())
    rows = json.loads(run("check", "--data", str(place), "--format", "json").stdout)
    assert {"shape:gist"} <= {row["rule"] for row in rows}
    assert all(row["file"] and row["line"] for row in rows)


def test_the_shipped_graph_is_edited_by_commands_and_the_diff_is_small(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "data"
    shutil.copytree(ROOT / "ontology" / "data", place)
    done = run(
        *("add", "membership", "--member", "fuad-hussein", "--role", "deputy prime minister"),
        *("--organisation", "government-of-iraq", "--source", "unidentified-iraq-shifts"),
        *("--data", str(place)),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "membership:fuad-hussein-deputy-prime-minister\n"
    changed = [
        line for line in done.stderr.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert all(line[0] == "+" for line in changed)
    assert len(changed) == 9
    assert run("undo", "--data", str(place)).returncode == 0
    for file in (ROOT / "ontology" / "data").rglob("*.ttl"):
        assert (place / file.relative_to(ROOT / "ontology" / "data")).read_bytes() == file.read_bytes()
