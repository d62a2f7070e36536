"""Rows of somebody's file become statements: who, on what, when, in which words, and what was not taken, and why."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyoxigraph
import pytest

from conftest import Run
from stancegraph import store
from stancegraph.change.shifts import shifts
from stancegraph.curate import changes, entries, folder
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange import imports
from stancegraph.exchange.column_roles import Reading, read_mapping
from stancegraph.exchange.imports import Imported
from stancegraph.records import Figure
from stancegraph.statements import said
from stancegraph.store import journal, turtle
from stancegraph.validation import check
from valley import begun, contents

VOTES = """date,resolution,title,country,country_code,vote
2011-12-19,R/66/176,Reports,Iraq,IQ,yes
2011-12-19,R/66/176,Reports,Syria,SY,no
2014-12-18,R/69/189,Situation,Iraq,IQ,abstain
2014-12-18,R/69/189,Situation,Syria,SY,no
"""
HOW = (
    ["speaker=country", "target=resolution", "stance=vote"],
    ["supports=yes", "opposes=no", "neutral=abstain"],
)


def taken(
    text: str | bytes, place: Path, name: str = "votes.csv", reading: Reading | None = None
) -> Imported:
    file = place.parent / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done, _ = imports.read(file.suffix[1:], file, place, reading or read_mapping())
    return done


def told(place: Path) -> set[tuple[object, ...]]:
    """Who, for or against, what, and when, of each statement and target."""
    return {
        (who.label, target.sign, target.thing.label, each.earliest, each.latest)
        for each in said(store.open(place))
        for who in each.speakers
        for target in each.targets
    }


def left(place: Path) -> dict[int, str]:
    """Line of a row not taken → the reason, as listed in the folder."""
    (file,) = (place / "imports").glob("*-rows.csv")
    with file.open(encoding="utf-8", newline="") as opened:
        return {int(row["line"]): row["reason"] for row in csv.DictReader(opened)}


def test_lines_without_anything_but_spaces_are_passed_over(tmp_path: Path) -> None:
    rows = " \n\nspeaker,target\n  ,  \nAda,Peace\n\t\n"
    assert taken(rows, tmp_path / "graph").not_taken == 0
    (each,) = said(store.open(tmp_path / "graph"))
    assert [who.label for who in each.speakers] == ["Ada"]


def test_votes_become_stances_on_resolutions(tmp_path: Path, run: Run) -> None:
    file, place = tmp_path / "votes.csv", tmp_path / "graph"
    file.write_text(VOTES, encoding="utf-8")
    columns = [part for each in HOW[0] for part in ("--column", each)]
    values = [part for each in HOW[1] for part in ("--value", each)]
    done = run("import", "csv", str(file), "-o", str(place), *columns, *values)
    assert done.returncode == 0, done.stderr
    assert "4 statements, 2 documents, 2 actors, 2 targets" in done.stderr
    assert "stance=vote, date" in done.stderr
    assert "column country_code depends on the speaker alone" in done.stderr
    assert told(place) == {
        ("Iraq", 1, "R/66/176", "2011-12-19", "2011-12-19"),
        ("Syria", -1, "R/66/176", "2011-12-19", "2011-12-19"),
        ("Iraq", 0, "R/69/189", "2014-12-18", "2014-12-18"),
        ("Syria", -1, "R/69/189", "2014-12-18", "2014-12-18"),
    }
    assert check(store.open(place)).findings == ()
    assert run("said", "iraq", "--data", str(place)).stdout.count("R/66/176") >= 1


def test_who_votes_otherwise_than_before_is_told_with_the_days(tmp_path: Path, run: Run) -> None:
    votes = {"Iraq": "yes yes abstain no", "Syria": "no no no no", "Iran": "no abstain abstain abstain"}
    rows = "".join(
        f"201{year}-12-19,R/{year},{country},{vote}\n"
        for country, all_ in votes.items()
        for year, vote in enumerate(all_.split(), 1)
    )
    taken("date,resolution,country,vote\n" + rows, tmp_path / "graph")
    done = run("shifts", "iraq", "--data", str(tmp_path / "graph"), "--format", "json")
    found = [
        (r["day_before"], r["before"], r["day_after"], r["after"], r["target"])
        for r in json.loads(done.stdout)
    ]
    assert found == [
        ("2012-12-19", "supports", "2013-12-19", "neutral on", "R/2, then R/3"),
        ("2013-12-19", "neutral on", "2014-12-19", "opposes", "R/3, then R/4"),
    ]
    assert "each target is voted on once" in done.stderr
    assert (
        json.loads(run("shifts", "syria", "--data", str(tmp_path / "graph"), "--format", "json").stdout) == []
    )


def test_stances_on_other_matters_are_no_change_where_a_matter_is_spoken_of_on_two_days(
    tmp_path: Path,
) -> None:
    rows = "".join(f"{who},B.,for,2020-02-03\n{who},C.,against,2020-02-05\n" for who in ("Ada", "Bo", "Cy"))
    taken("speaker,target,stance,date\n" + rows + "Dee,B.,for,2020-02-04\n", tmp_path / "graph")
    assert list(shifts(store.open(tmp_path / "graph"))) == []


def test_the_format_of_a_file_is_known_by_its_suffix(tmp_path: Path, run: Run) -> None:
    (tmp_path / "votes.csv").write_text(VOTES, encoding="utf-8")
    assert run("import", str(tmp_path / "votes.csv"), "-o", str(tmp_path / "graph")).returncode == 0
    assert len(told(tmp_path / "graph")) == 4
    unknown = run("import", str(tmp_path / "votes.dat"), "-o", str(tmp_path / "other"))
    assert unknown.returncode == 2
    assert "of what format" in unknown.stderr


def test_files_are_kept_as_turtle_is_written(tmp_path: Path) -> None:
    text = (
        "speaker,target,stance,quote,start,end,document,url,statement,basis,date\n"
        "Ada,The bridge is safe.,for,Of course it is,10,25,The bridge,https://v.example/1,s1,said,2020-02-03\n"
        "Bo,The bridge is safe.,for,Of course it is,10,25,The bridge,https://v.example/1,s1,said,2020-02-03\n"
        "Ada,Cy,against,A “long”\nquotation of words that fill more than a line of a hundred and twenty characters,"
        "40,130,The bridge,https://v.example/1,s1,implied,2020-02-03\n"
        "Ada,The bridge is safe.,for,,5,9,Another,,s1,said,2020-02-03\n"
    )
    taken(text, tmp_path / "graph")
    base = folder.Folder(tmp_path / "graph").base
    for file in (tmp_path / "graph" / "statements").iterdir():
        written = file.read_text("utf-8")
        triples = [q.triple for q in pyoxigraph.parse(written, pyoxigraph.RdfFormat.TURTLE)]
        assert turtle.write(triples, base) == written


COUNTED = (
    "statement,speaker,gist,date,document,publisher,about,about_date,figure_counted,figure_event,figure_wording,"
    "figure_min,figure_max,figure_exclusive,figure_date\n"
)
SAID = "Ada,Counts the dead.,2020-02-03,Gazette,The Gazette"


def test_events_and_figures_come_in_by_rows_several_of_a_statement_by_several(tmp_path: Path) -> None:
    text = (
        f"{COUNTED}s1,{SAID},Flood,2020-02-01/..,people killed,,more than 12,12,,true,2020-02-02\n"
        f's1,{SAID},Storm,,people killed,Flood,"up to 1,500",,"1,500",,\n'
        f"s2,{SAID},,,people displaced,Flood,40,40,40,no,\n"
    )
    taken(text, tmp_path / "graph")
    graph = store.open(tmp_path / "graph")
    (one,) = said(graph)
    assert [event.label for event in one.about] == ["Flood", "Storm"]
    assert one.figures == (
        Figure("people killed", "Flood", 12, None, True, "more than 12"),
        Figure("people killed", "Flood", None, 1500, False, "up to 1,500"),
    )
    assert graph.tuples(
        "SELECT ?day ?of { ?x schema:observationDate ?day ; schema:observationAbout ?of }"
    ) == [("2020-02-02", one.about[0].iri)]
    ends = """SELECT ?start ?end { ?x a schema:Event
        OPTIONAL { ?x schema:startDate ?start } OPTIONAL { ?x schema:endDate ?end } }"""
    assert sorted(graph.tuples(ends)) == [("", ""), ("2020-02-01", "")]
    assert check(graph).findings == ()
    assert left(tmp_path / "graph") == {4: "figure_exclusive 'no': write one of true, false"}
    (file,) = (tmp_path / "graph" / "statements").iterdir()
    triples = [q.triple for q in pyoxigraph.parse(file.read_text("utf-8"), pyoxigraph.RdfFormat.TURTLE)]
    assert turtle.write(triples, folder.Folder(tmp_path / "graph").base) == file.read_text("utf-8")


def test_an_event_of_the_graph_is_found_by_its_name_and_one_that_is_only_near_waits(tmp_path: Path) -> None:
    taken(f"{COUNTED}s1,{SAID},Flood of the valley,2020-02-01{',' * 7}\n", tmp_path / "graph")
    more = f"s2,{SAID},flood of the valley,{',' * 7}\ns3,{SAID},Flood of the valey,{',' * 7}\n"
    taken(COUNTED + more, tmp_path / "graph", "more.csv")
    graph = store.open(tmp_path / "graph")
    assert [each.about[0].label for each in said(graph)] == ["Flood of the valley"] * 2
    assert len(graph.tuples("SELECT ?x { ?x a schema:Event }")) == 1
    assert "the event 'Flood of the valey' may be" in left(tmp_path / "graph")[3]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (",2020-02-01,,,,,,,", "about_date without an event in about"),
        ("Flood,soon,,,,,,,", "'soon' is no day"),
        ("Flood,,people killed,,many,,,,", "a figure needs figure_counted"),
        ("Flood,,,,twelve,12,,,", "a figure needs figure_counted"),
        (",,people killed,,twelve,12,,,", "a figure needs figure_counted, figure_event"),
        ("Flood,,unicorns,,twelve,12,,,", "nothing counted is called 'unicorns'"),
        ("Flood,,people killed,,twelve,a dozen,,,", "figure_min 'a dozen' is no whole number"),
        ("Flood,,people killed,,twelve,12,9,,", "figure_min is below 0 or above figure_max"),
        ("Flood,,people killed,,fewer,-1,,,", "figure_min is below 0"),
        ("Flood,,people killed,,twelve,12,,,2020-02", "figure_date '2020-02' is more than one day"),
        (f"Flood,,people killed,,{'x' * 101},12,,,", "figure_wording is longer than 100 characters"),
        ("Storm,2020-02-02,,,,,,,", "an earlier row gives the event 'Storm' another day"),
    ],
)
def test_an_event_or_a_figure_that_cannot_be_is_told(cells: str, why: str, tmp_path: Path) -> None:
    text = f"{COUNTED}s1,{SAID},Storm,2020-02-01,,,,,,,\ns2,{SAID},{cells}\n"
    taken(text, tmp_path / "graph")
    assert why in left(tmp_path / "graph")[3]
    assert len(said(store.open(tmp_path / "graph"))) == 1


def test_rows_that_share_a_name_are_one_statement(tmp_path: Path) -> None:
    text = (
        "statement,speaker,target,stance,date,document,quote,confidence\n"
        "x 1,Ada,The bridge is safe.,for,2020-02-03,Gazette,it holds,1.0\n"
        "x 1,Bo,The bridge is safe.,for,2020-02-03,Gazette,it holds,1.0\n"
        "x 1,Ada,River Company,against,2020-02-03,Gazette,it holds,0.6\n"
        "x 1,Ada,River Company,against,2020-02-03,Leaflet,,0.6\n"
    )
    taken(text, tmp_path / "graph")
    (one,) = said(store.open(tmp_path / "graph"))
    assert {who.label for who in one.speakers} == {"Ada", "Bo"}
    assert {(t.thing.label, t.sign, t.confidence) for t in one.targets} == {
        ("The bridge is safe.", 1, 1.0),
        ("River Company", -1, 0.6),
    }
    assert {report.document.title: report.quotes for report in one.reports} == {
        "Gazette": ("it holds",),
        "Leaflet": (),
    }
    shown = {t.thing.label: len(t.documents) for t in one.targets}
    assert shown == {"The bridge is safe.": 1, "River Company": 2}
    assert check(store.open(tmp_path / "graph")).findings == ()


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("Ada,B.,maybe,2020-02-03,,,,", "'maybe' means no stance"),
        (",B.,for,2020-02-03,,,,", "nobody is named"),
        ("Ada,B.,for,2020-02-31,,,,", "is no day"),
        ("Ada,B.,for,03/04/2020,,,,", "may be two days"),
        ("Ada,B.,for,45718,,,,", "2025-03-02 (--dates excel-1900)"),
        ("Ada,B.,for,2020-02-03,words,7,9,", "has 5 characters, from start to end are 2"),
        ("Ada,B.,for,2020-02-03,words,9,7,", "begin or end nowhere"),
        ("Ada,B.,for,2020-02-03,words,7,12,10", "end at 12, the document at 10"),
        ("Ada,Ada,for,2020-02-03,,,,", "its own target"),
        ("Ada,,,2020-02-03,,,,", "no target, no words and no gist"),
        ("Ada,B.,for,2020-02-03,,,", "7 cells where the header has 8"),
        ("Ada,B.,for,2020-02-03,,,,,x", "9 cells where the header has 8"),
        ("A\0da,B.,for,2020-02-03,,,,", "a control character, U+0000"),
        ("Good,B.,for,2020-02-03,,,,", "the same as line 2"),
    ],
)
def test_a_row_not_taken_is_listed_with_its_line_and_the_reason(
    tmp_path: Path, cells: str, reason: str
) -> None:
    head = "speaker,target,stance,date,quote,start,end,length\n"
    done = taken(f"{head}Good,B.,for,2020-02-03,,,,\n{cells}\n", tmp_path / "graph")
    assert done.statements == 1
    assert reason in left(tmp_path / "graph")[3]
    assert any(note.startswith("line 3 is not taken") for note in done.notes)


def test_a_statement_dated_after_its_document_is_not_taken(tmp_path: Path) -> None:
    head = "speaker,target,stance,date,document,document_date\n"
    rows = "Ada,B.,for,2020-02-03,Gazette,2020-02-04\nAda,C.,for,2020-02-05,Gazette,2020-02-04\n"
    taken(head + rows, tmp_path / "graph")
    assert left(tmp_path / "graph") == {3: "said on 2020-02-05, after its document of 2020-02-04"}


def test_one_name_of_two_different_statements_is_told(tmp_path: Path) -> None:
    rows = "1,Ada,B.,for,2020-02-03\n1,Ada,C.,for,2020-02-04\n"
    taken("id,speaker,target,stance,date\n" + rows, tmp_path / "graph")
    assert left(tmp_path / "graph") == {3: "line 2 gives the statement of this name another day"}


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("2020-02", ("2020-02-01", "2020-02-29")),
        ("2020", ("2020-01-01", "2020-12-31")),
        ("2020-02-03T10:00:00Z", ("2020-02-03", "2020-02-03")),
        ("3 February 2020", ("2020-02-03", "2020-02-03")),
        ("February 3, 2020", ("2020-02-03", "2020-02-03")),
        ("2020-02-03/2020-02-05", ("2020-02-03", "2020-02-05")),
    ],
)
def test_days_are_read_as_people_write_them(tmp_path: Path, cell: str, days: tuple[str, str]) -> None:
    taken(f'speaker,target,stance,date\nAda,B.,for,"{cell}"\n', tmp_path / "graph")
    (one,) = said(store.open(tmp_path / "graph"))
    assert (one.earliest, one.latest) == days


def test_a_column_shows_whether_the_day_or_the_month_is_first(tmp_path: Path) -> None:
    rows = "Ada,B.,for,13/02/2020\nAda,C.,for,03/04/2020\n"
    taken("speaker,target,stance,date\n" + rows, tmp_path / "graph")
    assert {row[3] for row in told(tmp_path / "graph")} == {"2020-02-13", "2020-04-03"}


def test_serial_days_are_those_of_the_epoch_named(tmp_path: Path) -> None:
    text = "speaker,target,stance,date\nAda,B.,for,1\n"
    for form, day in (("excel-1900", "1899-12-31"), ("excel-1904", "1904-01-02")):
        taken(text.replace(",1\n", ",00001\n"), tmp_path / form, reading=read_mapping(dates=form))
        assert {row[3] for row in told(tmp_path / form)} == {day}


def test_marks_around_a_quotation_are_none_of_it(tmp_path: Path) -> None:
    text = "speaker,target,stance,quote,start,end,document\nAda,B.,for,“It holds.”,10,21,Gazette\n"
    taken(text, tmp_path / "graph")
    (one,) = said(store.open(tmp_path / "graph"))
    assert one.quotes == ("It holds",)
    assert [(p.start, p.end) for p in one.reports[0].passages] == [(11, 19)]


def test_a_mapping_saved_reads_the_file_again_as_before(tmp_path: Path, run: Run) -> None:
    (tmp_path / "votes.csv").write_text(VOTES, encoding="utf-8")
    columns = [part for each in HOW[0] for part in ("--column", each)]
    saved = str(tmp_path / "votes.toml")
    first = run(
        "import", str(tmp_path / "votes.csv"), "-o", str(tmp_path / "a"), *columns, "--save-mapping", saved
    )
    assert first.returncode == 0
    again = run("import", str(tmp_path / "votes.csv"), "-o", str(tmp_path / "b"), "--mapping", saved)
    assert again.returncode == 0, again.stderr
    assert told(tmp_path / "a") == told(tmp_path / "b")


def test_columns_without_a_role_become_notes_variables_or_are_told(tmp_path: Path) -> None:
    head = "speaker,target,stance,date,party of,frame,strength,remark\n"
    rows = "".join(
        f"{who},{what},for,2020-02-0{n},{who}'s,{('war', 'peace')[n in (1, 4)]},{n},remark {n}\n"
        for n, (who, what) in enumerate([("Ada", "B."), ("Ada", "C."), ("Bo", "B."), ("Bo", "C.")], 1)
    )
    done = taken(head + rows, tmp_path / "graph")
    assert done.variables == 2
    graph = store.open(tmp_path / "graph")
    notes = graph.tuples("SELECT ?note { ?x a stance:Actor ; skos:note ?note }")
    assert {row[0] for row in notes} == {"party of: Ada's", "party of: Bo's"}
    scale = graph.tuples("SELECT ?least ?most { ?x schema:minValue ?least ; schema:maxValue ?most }")
    assert [tuple(row) for row in scale] == [("1", "4")]
    assert "column remark has no role and too many values for a variable: left" in done.notes
    assert check(graph).findings == ()


def test_names_of_a_graph_there_is_are_found_and_doubtful_ones_are_asked_about(tmp_path: Path) -> None:
    graph = begun(tmp_path / "valley")
    changes.apply(graph, entries.add(graph, "actor", {"name": "Muqtada al-Sadr", "kind": "cleric"}))
    rows = "Ada,B.,for,2020-02-03\nMoqtada Sadr,B.,for,2020-02-03\nCarla Newcomer,B.,for,2020-02-03\n"
    text = "speaker,target,stance,date\n" + rows
    done = taken(text, tmp_path / "valley")
    assert (done.statements, done.actors, done.doubtful) == (2, 1, 1)
    assert "may be somebody of the graph" in left(tmp_path / "valley")[3]
    (names,) = (tmp_path / "valley" / "imports").glob("*-names.csv")
    assert "Moqtada Sadr,1,Muqtada al-Sadr" in names.read_text("utf-8")
    decided = tmp_path / "decided.toml"
    decided.write_text(
        '[columns]\nspeaker = "speaker"\ntarget = "target"\nstance = "stance"\ndate = "date"\n'
        '[names]\n"Moqtada Sadr" = "Muqtada al-Sadr"\n',
        encoding="utf-8",
    )
    done = taken(text + "\n", tmp_path / "valley", "again.csv", read_mapping(file=decided))
    assert (done.statements, done.actors) == (1, 0)
    assert "the graph has this statement already" in left_of(tmp_path / "valley", "again")[2]
    assert ("Muqtada al-Sadr", 1, "B.", "2020-02-03", "2020-02-03") in told(tmp_path / "valley")


def test_a_doubtful_outlet_is_asked_about_too(tmp_path: Path) -> None:
    graph = begun(tmp_path / "valley")
    changes.apply(graph, entries.add(graph, "actor", {"name": "Muqtada al-Sadr", "kind": "cleric"}))
    rows = "Ada,B.,for,Moqtada Sadr\nAda,C.,for,Hill Herald\n"
    done = taken("speaker,target,stance,publisher\n" + rows, tmp_path / "valley")
    assert (done.statements, done.doubtful) == (1, 1)
    assert "the publisher 'Moqtada Sadr' may be" in left(tmp_path / "valley")[2]


def left_of(place: Path, name: str) -> dict[int, str]:
    with (place / "imports" / f"{name}-rows.csv").open(encoding="utf-8", newline="") as opened:
        return {int(row["line"]): row["reason"] for row in csv.DictReader(opened)}


def test_the_same_file_is_not_taken_twice_and_undo_takes_it_back(tmp_path: Path, run: Run) -> None:
    place = tmp_path / "valley"
    begun(place)
    before, changes_before = contents(place), len(journal.entries(place))
    taken(VOTES, place, reading=read_mapping(*HOW))
    with pytest.raises(UsageError, match="the graph has it already"):
        taken(VOTES, place, "other.csv", reading=read_mapping(*HOW))
    assert len(journal.entries(place)) == changes_before + 1
    assert run("undo", "--data", str(place)).returncode == 0
    assert contents(place) == before


def test_a_dry_run_shows_what_would_be_written_and_writes_nothing(tmp_path: Path, run: Run) -> None:
    (tmp_path / "votes.csv").write_text(VOTES, encoding="utf-8")
    done = run("import", str(tmp_path / "votes.csv"), "-o", str(tmp_path / "graph"), "--dry-run")
    assert done.returncode == 0
    assert "+<statement/iraq-r-66-176> a stance:Statement ;" in done.stdout
    assert not (tmp_path / "graph").exists()


def test_names_in_another_case_are_one_and_others_alike_stay_apart(tmp_path: Path) -> None:
    rows = (
        "Iraq,B.,for,2020-02-03\nIRAQ,C.,for,2020-02-03\nal-Sadr,B.,for,2020-02-03\nSadr,B.,for,2020-02-04\n"
    )
    done = taken("speaker,target,stance,date\n" + rows, tmp_path / "graph")
    assert done.actors == 3
    assert any("spelt in two ways stay apart" in note for note in done.notes)


def test_a_mis_encoded_name_is_repaired_and_still_found(tmp_path: Path) -> None:
    raw = "Erdoğan".encode().decode("cp1252")
    taken(f"speaker,target,stance,date\n{raw},B.,for,2020-02-03\n", tmp_path / "graph")
    (row,) = store.open(tmp_path / "graph").tuples(
        "SELECT ?label ?raw { ?x skos:prefLabel ?label ; skos:hiddenLabel ?raw }"
    )
    assert tuple(row) == ("Erdoğan", raw)
    assert said(store.open(tmp_path / "graph"))[0].gist == "Erdoğan supports B.."


def test_an_undated_document_is_bounded_by_what_it_reports(tmp_path: Path) -> None:
    rows = "Ada,B.,for,2020-02-03,Gazette\nAda,C.,for,2020-02-05,Gazette\n"
    taken("speaker,target,stance,date,document\n" + rows, tmp_path / "graph")
    (document,) = {
        report.document for each in said(store.open(tmp_path / "graph")) for report in each.reports
    }
    assert document.issued == "2020-02-05/.."


def test_json_lines_are_rows_too(tmp_path: Path) -> None:
    rows = [
        {"speaker": "Ada", "target": "B.", "stance": "for", "date": "2020-02-03", "score": 1.0},
        {"speaker": "Bo", "target": "B.", "stance": True, "date": None},
        {"speaker": ["Cy"], "target": "B."},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows) + "{nonsense\n"
    done = taken(text, tmp_path / "graph", "rows.jsonl")
    assert {row[:3] for row in told(tmp_path / "graph")} == {("Ada", 1, "B."), ("Bo", 1, "B.")}
    assert sorted(left(tmp_path / "graph")) == [3, 4]
    assert done.not_taken == 2


def test_what_cannot_be_read_so_is_one_line(tmp_path: Path) -> None:
    for text, name, says in (
        ("", "empty.csv", "is empty"),
        ("speaker,target,stance\n", "header.csv", "no row that can be taken: it has headers alone"),
        ("a,b,a\n1,2,3\n", "twice.csv", "two columns are called 'a'"),
        ("a,b\n1,2\n", "nobody.csv", "which column of"),
        ("spea\0ker,target\n1,2\n", "control.csv", "the header of column 1 holds a control character"),
        ('speaker,target\n"Ada,B.\nBo,C.\n', "quotes.csv", "mend the quotation marks"),
        (
            "speaker,target\nمقتدى,B.\n".encode("cp1256"),
            "arabic.csv",
            "'مقتدى,B.': if that is right, say --encoding cp1256",
        ),
        ("speaker,target\nErdoğ\0an,B.\n".encode("utf-16-le"), "wide.csv", "zero byte"),
    ):
        with pytest.raises((UsageError, StanceError)) as caught:
            taken(text, tmp_path / "graph", name)
        assert says in str(caught.value), name
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "graph").exists()


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8-sig", ""), ("utf-16", ""), ("cp1256", "cp1256"), ("latin-1", "latin-1")]
)
def test_other_encodings_are_read_when_they_say_so_or_are_named(
    tmp_path: Path, encoding: str, named: str
) -> None:
    who = "مقتدى" if encoding != "latin-1" else "Gül"
    text = f"speaker;target;stance\r{who};B.;for\r"
    taken(text.encode(encoding), tmp_path / "graph", reading=read_mapping(encoding=named))
    assert {row[:3] for row in told(tmp_path / "graph")} == {(who, 1, "B.")}
