"""A graph of one's own, from an empty folder to cited words, by commands; and changes of it, each taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stancegraph as sg
import valley
from conftest import Run
from held import Ended
from stancegraph import names, store
from stancegraph.curate import changes, entries, references
from stancegraph.curate.changes import Change
from stancegraph.curate.folder import Folder
from stancegraph.errors import StanceError, UsageError
from stancegraph.statements import citation, said
from stancegraph.store import journal
from stancegraph.validation import check
from valley import BASE, BRIDGE, TEXT, contents

Do = Callable[..., Ended]


model, place, do = valley.model, valley.place, valley.do


def faults(place: Path) -> list[str]:
    texts = place / "texts"
    found = check(store.open(place), sources=texts if list(texts.iterdir()) else None).findings
    return [f"{each.file} {each.subject} {each.rule}" for each in found]


def test_a_graph_begun_is_a_graph_without_faults(tmp_path: Path, run: Run) -> None:
    place = tmp_path / "mine"
    done = run("init", str(place), "--title", "Mine", "--base", "https://mine.example")
    assert done.returncode == 0
    named = {path.name for path in place.iterdir()}
    assert named >= set(
        "graph.ttl actors.ttl propositions.ttl events.ttl documents.ttl background.ttl".split()
    )
    assert (place / "statements").is_dir()
    assert "texts/" in (place / ".gitignore").read_text("utf-8").split()
    assert run("check", "--data", str(place)).returncode == 0
    again = run("init", str(place))
    assert again.returncode == 2
    assert "not an empty folder" in again.stderr


def test_from_an_article_to_cited_words_in_a_handful_of_commands(tmp_path: Path, run: Run) -> None:
    place, article = tmp_path / "mine", tmp_path / "article.txt"
    article.write_text(TEXT, encoding="utf-8", newline="\n")
    assert run("init", str(place), "--base", BASE).returncode == 0

    def add(*args: str) -> str:
        done = run("add", *args, "--data", str(place), "--format", "json")
        assert done.returncode == 0, done.stderr
        return str(json.loads(done.stdout)["iri"])

    assert add("actor", "Valley Gazette", "--kind", "media outlet") == f"{BASE}actor/valley-gazette"
    assert add("actor", "Ada", "--kind", "politician") == f"{BASE}actor/ada"
    document = [
        "document",
        "The bridge of the valley",
        "--publisher",
        "Valley Gazette",
        "--date",
        "2020-02-04",
    ]
    assert add(*document, "--text", str(article)) == f"{BASE}document/valley-bridge"
    sentence = ["The bridge should stay open.", "--type", "demand", "--note", "Users could affirm it."]
    assert add("proposition", *sentence) == f"{BASE}proposition/bridge-should-stay-open"
    where = ["--document", "valley-bridge", "--speaker", "ada", "--date", "2020-02-03"]
    iri = add(
        *(
            "statement",
            *where,
            "--gist",
            "Demands an open bridge.",
            "--supports",
            "The bridge should stay open.",
        ),
        *("--quote", "“The bridge must stay open, whatever it costs.”"),
    )
    assert iri == f"{BASE}statement/ada-demands-open-bridge"
    add("statement", *where, "--gist", "Speaks to the council.", "--passage", "Mayor Ada told the council")
    assert faults(place) == []
    first, second = sorted(said(store.open(place), actor="ada"), key=lambda each: each.gist)
    start = TEXT.index("The bridge must")
    assert first.quotes == ("The bridge must stay open, whatever it costs",)
    assert [(p.start, p.end) for p in first.reports[0].passages] == [(start, start + 44)]
    assert second.quotes == ()
    assert (first.confidence, second.confidence) == (1.0, 0.8)


def test_offsets_count_code_points(place: Path) -> None:
    (statement,) = said(store.open(place))
    (passage,) = statement.reports[0].passages
    assert "😀" in TEXT[: passage.start]
    assert TEXT[passage.start : passage.end] == "The bridge must stay open, whatever it costs"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"quote": ["whatever it costs"]}, "stands at 2 places: write START:WORDS"),
        ({"quote": ["Mayor Ada told"]}, "stands in no quotation marks"),
        ({"quote": ["the bridge is closed"]}, "does not stand in the text"),
        ({"speaker": ["Adam"]}, "--speaker: no actor is called 'Adam'"),
        ({"speaker": ["Cy"]}, "`stancegraph add actor` makes one"),
        ({"date": "3 February"}, "is not a day of the calendar"),
        ({"date": "2020-02-09"}, "no later than each document"),
        ({"act": "shout"}, "--act: no act is called 'shout'"),
        ({"confidence": "0.7"}, "--confidence '0.7': write one of 0.4, 0.6, 0.8, 1.0"),
        ({"opposes": ["Ada"]}, "speaks alone is not the target"),
        ({"supports": ["River Company"]}, "takes one side"),
        ({"coding": ["River Company"]}, "write TARGET=implied,0.6"),
        ({"quote": []}, "stands somewhere"),
        ({"gist": "", "quote": [], "passage": ["10:20"]}, "--gist is missing"),
        ({"gist": "x" * 301}, "at most 300 characters"),
        ({"passage": ["5:9999"]}, "not within the text"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(place: Path, values: dict[str, str], told: str) -> None:
    folder, before = Folder(place), contents(place)
    with pytest.raises(UsageError) as error:
        changes.apply(folder, entries.add(folder, "statement", BRIDGE | values))
    assert told in str(error.value)
    assert contents(place) == before


def test_one_of_several_places_is_told_by_its_start(place: Path) -> None:
    folder = Folder(place)
    start = TEXT.rindex("whatever it costs")
    values = BRIDGE | {"quote": [f"{start}:whatever it costs"], "gist": "Repeats it."}
    changes.apply(folder, entries.add(folder, "statement", values))
    assert faults(place) == []
    assert {p.start for s in said(store.open(place)) for p in s.reports[0].passages} >= {start}


def test_a_name_that_may_be_somebody_elses_is_not_taken_unasked(do: Do) -> None:
    same = do("add", "actor", "ADA", "--kind", "cleric", "--new")
    assert same.returncode == 2
    assert "is the name of Ada (ada) already" in same.stderr
    like = do("add", "actor", "The River Company", "--kind", "other", "--class", "group")
    assert like.returncode == 2
    assert "already" in like.stderr or "say --new" in like.stderr


def test_a_dry_run_prints_the_diff_and_writes_nothing(do: Do, place: Path) -> None:
    before = contents(place)
    done = do("add", "actor", "Cy", "--kind", "cleric", "--dry-run")
    assert "+<actor/cy> a foaf:Person, stance:Actor ;" in done.stdout.splitlines()
    assert contents(place) == before
    assert len(journal.entries(place)) == len(journal.entries(place))


def test_of_a_long_change_the_first_lines_are_shown() -> None:
    change = changes.Change("", {"a.ttl": (None, "# 1\n# 2\n# 3\n")}, frozenset())
    assert (
        change.diff(6) == change.diff() == "--- /dev/null\n+++ b/a.ttl\n@@ -0,0 +1,3 @@\n+# 1\n+# 2\n+# 3\n"
    )
    assert change.diff(4).splitlines()[3:] == ["+# 1", "… and more, beyond 4 lines"]


def test_questions_are_asked_for_what_is_missing(do: Do, place: Path) -> None:
    answers = ["Cy", "nonsense", "cleric", "y"]
    done = do("add", "actor", "--ask", stdin="\n".join(answers) + "\n")
    assert done.returncode == 0, done.stderr
    assert "no actor kind is called 'nonsense'" in done.stderr
    assert done.stdout == "actor/cy\n"
    before = contents(place)
    ended = do("add", "actor", "--ask", stdin="Di\ncleric\n")
    assert ended.returncode == 2
    assert "nothing is written" in ended.stderr
    assert contents(place) == before


def test_answers_that_do_not_do_are_given_back_as_a_command(do: Do) -> None:
    answers = ["Says it.", "The bridge of the valley", "ada", "", "", "", "2020-02-03", *[""] * 20]
    done = do("add", "statement", "--ask", stdin="\n".join(answers))
    assert done.returncode == 2
    call = "stancegraph add statement --gist 'Says it.' --document 'The bridge of the valley' --speaker ada"
    assert f"your answers, to mend: {call} --date 2020-02-03" in done.stderr


def test_a_proposition_awaits_its_first_statement_in_a_note_that_goes_and_comes(place: Path) -> None:
    folder = Folder(place)
    note, file = "No statement is on it yet.", place / "propositions.ttl"
    assert file.read_text("utf-8").count(note) == 1
    changes.apply(
        folder, references.edit(folder, "ada-demands-open-bridge", add={"supports": ["A flood is near."]})
    )
    assert note not in file.read_text("utf-8")
    changes.apply(folder, references.remove(folder, "ada-demands-open-bridge"))
    assert file.read_text("utf-8").count(note) == 2
    assert faults(place) == []
    assert not list((place / "statements").iterdir())


def test_an_edit_replaces_adds_and_removes(do: Do, place: Path) -> None:
    changed = ["--set", "gist=Wants it open.", "--add", "comment=Told by one paper.", "--remove", "act"]
    assert do("edit", "ada-demands-open-bridge", *changed).returncode == 0
    quoted = ["--remove", f"quote={BRIDGE['quote'][0]}", "--add", "quote=cut the valley in two"]
    assert do("edit", "ada-demands-open-bridge", *quoted).returncode == 0
    (statement,) = said(store.open(place))
    assert (statement.gist, statement.act, statement.quotes) == (
        "Wants it open.",
        None,
        ("cut the valley in two",),
    )
    assert faults(place) == []
    refused = do("edit", "ada-demands-open-bridge", "--set", "colour=red")
    assert refused.returncode == 2
    assert "statement has no field 'colour'" in refused.stderr


def test_old_names_and_iris_find_what_was_renamed(do: Do, place: Path) -> None:
    assert do("rename", "ada", "Ada of the Hills", "--iri", "ada-of-the-hills").returncode == 0
    assert do("rename", "bridge-should-stay-open", "--iri", "bridge-open").returncode == 0
    assert do("rename", "ada-demands-open-bridge", "--iri", "ada-on-the-bridge").returncode == 0
    graph = store.open(place)
    for name in ("Ada", "ada", f"{BASE}actor/ada", "Ada of the Hills"):
        assert names.index(graph).resolve(name, "actor").iri == f"{BASE}actor/ada-of-the-hills"
    for name in ("ada-demands-open-bridge", "ada-on-the-bridge"):
        assert Folder(place).find(name) == f"{BASE}statement/ada-on-the-bridge"
    assert citation.find(graph, f"{BASE}statement/ada-demands-open-bridge").gist == BRIDGE["gist"]
    (statement,) = said(graph, actor=f"{BASE}actor/ada", about="bridge-should-stay-open")
    assert statement.iri == f"{BASE}statement/ada-on-the-bridge"
    assert faults(place) == []


def test_a_merge_leaves_one_with_the_names_and_references_of_both(do: Do, place: Path) -> None:
    assert (
        do("add", "actor", "Mayor of the Valley", "--kind", "politician", "--label", "ar=العمدة").returncode
        == 0
    )
    spoke = {"speaker": ["Mayor of the Valley"], "gist": "Says it again."}
    folder = Folder(place)
    changes.apply(folder, entries.add(folder, "statement", BRIDGE | spoke))
    assert do("merge", "mayor-of-the-valley", "ada").returncode == 0
    graph = store.open(place)
    assert len(said(graph, actor="Mayor of the Valley")) == len(said(graph, actor="ada")) == 2
    assert names.index(graph).resolve(f"{BASE}actor/mayor-of-the-valley").label == "Ada"
    assert faults(place) == []
    refused = do("merge", "ada", "bridge-should-stay-open")
    assert refused.returncode == 2
    assert "not two actors" in refused.stderr


def test_what_is_pointed_at_is_not_removed_unless_told(do: Do, place: Path) -> None:
    before = contents(place)
    refused = do("remove", "River Company")
    assert refused.returncode == 2
    assert "statement/ada-demands-open-bridge points at it; --references" in refused.stderr
    assert do("remove", "Ada", "--references").returncode == 2, "a statement has a speaker"
    assert contents(place) == before
    assert do("remove", "River Company", "--references").returncode == 0
    (statement,) = said(store.open(place))
    assert statement.on(-1) == ()
    assert faults(place) == []
    assert do("undo").returncode == 0
    assert contents(place) == before


def test_a_statement_that_another_document_reports_too_is_one_statement(do: Do, place: Path) -> None:
    leaflet = place.with_name("leaflet.txt")
    leaflet.write_text('It says that "the bridge must stay open".', encoding="utf-8")
    document = ["document", "A leaflet", "--publisher", "Valley Gazette", "--date", "2020-02-05"]
    assert do("add", *document, "--text", str(leaflet)).returncode == 0
    report = ["report", "--statement", "ada-demands-open-bridge", "--document", "A leaflet"]
    assert do("add", *report, "--quote", "the bridge must stay open").returncode == 0
    (statement,) = said(store.open(place))
    assert [each.document.title for each in statement.reports] == ["The bridge of the valley", "A leaflet"]
    assert faults(place) == []
    again = do("add", *report, "--quote", "the bridge must stay open")
    assert again.returncode == 2
    assert "reports a statement once" in again.stderr


def test_an_edit_is_refused_for_what_it_breaks_in_those_that_refer_to_it(do: Do, place: Path) -> None:
    before = contents(place)
    earlier = do("edit", "document/valley-bridge", "--set", "date=2020-02-02")
    assert earlier.returncode == 2
    assert "no later than each document" in earlier.stderr
    named = do("edit", "actor/river-company", "--add", "alias=Bo")
    assert named.returncode == 2
    assert "borne by one actor only" in named.stderr
    assert contents(place) == before


def test_undo_leaves_alone_what_was_edited_by_hand(do: Do, place: Path) -> None:
    assert do("add", "actor", "Cy", "--kind", "cleric").returncode == 0
    with (place / "actors.ttl").open("a", encoding="utf-8") as file:
        file.write("# by hand\n")
    before = contents(place)
    refused = do("undo")
    assert refused.returncode == 3
    assert "actors.ttl has been edited since" in refused.stderr
    assert contents(place) == before


def test_a_change_made_of_an_older_file_is_refused(place: Path) -> None:
    folder = Folder(place)
    change = entries.add(folder, "actor", {"name": "Cy", "kind": "cleric"})
    with (place / "actors.ttl").open("a", encoding="utf-8") as file:
        file.write("# by hand\n")
    with pytest.raises(StanceError, match=r"actors\.ttl was changed meanwhile"):
        changes.apply(folder, change)


def test_history_tells_each_property_from_what_to_what(do: Do) -> None:
    do("edit", "ada-demands-open-bridge", "--set", "gist=Wants it open.")
    rows = json.loads(do("history", "ada-demands-open-bridge", "--format", "json").stdout)
    assert (rows[0]["property"], rows[0]["before"], rows[0]["after"]) == (
        "stance:gist",
        "Demands an open bridge.",
        "Wants it open.",
    )
    assert {row["what"] for row in rows} == {
        "edit statement ada-demands-open-bridge",
        "add statement ada-demands-open-bridge",
    }


def test_history_reads_git_where_there_is_one(do: Do, place: Path, shell: Callable[..., Ended]) -> None:
    def git(*args: str) -> None:
        identity = ["-c", "user.name=A Coder", "-c", "user.email=coder@valley.example"]
        done = shell("git", *identity, *args, cwd=place)
        assert done.returncode == 0, done.stderr

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "Begin")
    do("edit", "ada-demands-open-bridge", "--set", "gist=Wants it open.")
    git("commit", "-qam", "Say it plainly")
    do("edit", "ada-demands-open-bridge", "--set", "gist=Demands it open.")
    rows = json.loads(do("history", "ada-demands-open-bridge", "--format", "json").stdout)
    gists = [(r["by"], r["what"], r["before"], r["after"]) for r in rows if r["property"] == "stance:gist"]
    assert gists == [
        ("", "not committed", "Wants it open.", "Demands it open."),
        ("A Coder", "Say it plainly", "Demands an open bridge.", "Wants it open."),
        ("A Coder", "Begin", None, "Demands an open bridge."),
    ]
    assert not (shell("git", "ls-files", "texts", ".stancegraph", cwd=place).stdout)


def test_without_a_folder_named_nothing_is_written(run: Run) -> None:
    done = run("add", "actor", "Cy", "--kind", "cleric")
    assert done.returncode == 2
    assert "--data DIR" in done.stderr


def test_a_statement_can_be_added_to_a_copy_of_the_shipped_data(tmp_path: Path) -> None:
    shutil.copytree(store.ontology() / "data", tmp_path / "data")
    folder = Folder(tmp_path / "data")
    before = contents(tmp_path / "data")
    values = {
        "document": "gulan-iraq-warns",
        "speaker": ["Iraqi Foreign Ministry"],
        "gist": "Says something.",
        "date": "2025-03-07",
        "supports": ["dialogue"],
        "passage": ["10:40"],
    }
    change = entries.add(folder, "statement", values)
    changes.apply(folder, change)
    assert change.iri == "https://w3id.org/stancegraph/id/statement/iraqi-foreign-ministry-says-something"
    assert set(change.texts) == {"statements/gulan-iraq-warns.ttl"}
    changes.apply(folder, references.remove(folder, change.iri))
    assert contents(tmp_path / "data") == before


Step = tuple[str, int, int]
ACTORS = ("ada", "bo", "River Company", "cy", "Valley Gazette")
PROPOSITIONS = ("bridge-should-stay-open", "flood-near", "dam")


def step(folder: Folder, what: str, one: int, other: int) -> Change:
    """One command of a random sequence."""
    actor, second = ACTORS[one % 5], ACTORS[other % 5]
    target, third = PROPOSITIONS[one % 3], PROPOSITIONS[other % 3]
    statement = f"{BASE}statement/" + ("ada-demands-open-bridge", "bo-speaks")[one % 2]
    made: dict[str, Callable[[], Change]] = {
        "actor": lambda: entries.add(folder, "actor", {"name": "Cy", "kind": "cleric"}),
        "proposition": lambda: entries.add(
            folder,
            "proposition",
            {"sentence": "The dam should go.", "type": "demand", "note": "Some."},
            iri="dam",
        ),
        "statement": lambda: entries.add(
            folder,
            "statement",
            BRIDGE | {"speaker": [actor], "supports": [target], "opposes": [second], "coding": []},
            iri="bo-speaks",
        ),
        "oppose": lambda: references.edit(folder, statement, add={"opposes": [third, second]}),
        "support": lambda: references.edit(folder, statement, replace={"supports": [target]}),
        "rename": lambda: references.rename(folder, actor, name=f"Renamed {other}", iri=f"renamed-{other}"),
        "rename statement": lambda: references.rename(folder, statement, iri="bo-said"),
        "merge": lambda: references.merge(folder, actor, second),
        "merge propositions": lambda: references.merge(folder, target, third),
        "remove": lambda: references.remove(folder, statement),
        "remove actor": lambda: references.remove(folder, actor, references=bool(other % 2)),
        "undo": lambda: changes.undo(folder),
    }
    return made[what]()


STEPS = (
    "actor,proposition,statement,oppose,support,rename,rename statement,merge,merge propositions,remove,"
    "remove actor,undo"
).split(",")


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 14), st.integers(0, 14)), min_size=2, max_size=6
    )
)
def test_whatever_is_commanded_check_stays_green_and_undo_gives_the_same_bytes_back(
    model: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    place = tmp_path_factory.mktemp("random") / "valley"
    shutil.copytree(model, place)
    folder, before = Folder(place), [contents(place)]
    for what, one, other in steps:
        now = contents(place)
        try:
            change = step(folder, what, one, other)
            changes.apply(folder, change)
        except UsageError:
            assert contents(place) == now
            continue
        if change.undoes is None:
            before += [now] if change.texts else []
        else:
            assert len(before) == 1 or contents(place) == before.pop()
    assert faults(place) == []
    while len(before) > 1:
        changes.apply(folder, changes.undo(folder))
        assert contents(place) == before.pop()


def test_two_coders_at_once_lose_nothing(place: Path, shell: Callable[..., Ended]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def add(name: str) -> int:
        return shell("stancegraph", "add", "actor", name, "--kind", "cleric", "--data", place).returncode

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(add, ["Abel", "Zenobia", "Quintus", "Ophelia"])) == [0] * 4
    found = {entry.label for entry in names.index(sg.open(place), "actor").entries("actor")}
    assert found >= {"Abel", "Zenobia", "Quintus", "Ophelia"}
