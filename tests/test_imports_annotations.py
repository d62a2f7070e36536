"""Codings of other programs: annotations of brat and of the W3C's model, projects of REFI-QDA; and what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from stancegraph import store
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange import imports, standoff
from stancegraph.exchange.column_roles import read_mapping
from stancegraph.exchange.imports import Imported
from stancegraph.statements import said
from stancegraph.validation import check

TEXT = "Mayor Ada said: “The bridge must stay open 😀, whatever it costs.” Bo 🌉 denied it.\n"
START = TEXT.index("The bridge")
END = START + len("The bridge must stay open 😀, whatever it costs")


def taken(kind: str, file: Path, *columns: str) -> tuple[Imported, store.Store]:
    place = file.parent / "graph"
    done, _ = imports.read(kind, file, place, read_mapping(columns))
    return done, store.open(place)


def left(graph: Path) -> str:
    (file,) = (graph / "imports").glob("*-rows.csv")
    return file.read_text("utf-8")


def test_events_of_brat_become_statements_with_their_words_and_place(tmp_path: Path) -> None:
    folder = tmp_path / "coded"
    folder.mkdir()
    (folder / "bridge.txt").write_bytes(TEXT.encode())
    ada, said_ = TEXT.index("Ada"), TEXT.index("said")
    (folder / "bridge.ann").write_text(
        f"T1\tSource {ada} {ada + 3}\tAda\n"
        f"T2\tCue {said_} {said_ + 4}\tsaid\n"
        f"T3\tContent {START} {END}\t{TEXT[START:END]}\n"
        "T4\tSource 900 903\tXyz\n"
        "E1\tAttribution:T2 Source:T1 Content:T3\n"
        "A1\tFrame E1 money\n"
        "#1\tAnnotatorNotes E1\tShe wants it open.\n",
        encoding="utf-8",
    )
    done, graph = taken("brat", folder, "speaker=source", "gist=note")
    (one,) = said(graph)
    assert ([who.label for who in one.speakers], one.gist) == (["Ada"], "She wants it open.")
    assert [(p.start, p.end, p.quote) for p in one.reports[0].passages] == [(START, END, TEXT[START:END])]
    assert "no span of the text" in left(tmp_path / "graph")
    assert done.not_taken == 1
    assert check(graph, sources=tmp_path / "graph" / "texts").findings == ()


def project(body: str, members: dict[str, str], place: Path) -> Path:
    file = place / "project.qdpx"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(standoff.PROJECT, body)
        for name, text in members.items():
            packed.writestr(name, text)
    return file


def coded(prolog: str = "", name: str = "The bridge") -> str:
    return (
        f'<?xml version="1.0"?>{prolog}<Project name="p" xmlns="{standoff.NAMESPACE}"><CodeBook><Codes>'
        '<Code guid="c0" name="stance" isCodable="false"><Code guid="c1" name="for" isCodable="true"/></Code>'
        '<Code guid="c2" name="Open the bridge" isCodable="true"/></Codes></CodeBook>'
        '<Cases><Case guid="k1" name="Ada"><SelectionRef targetGUID="s1"/></Case></Cases>'
        f'<Sources><TextSource guid="t1" name="{name}" plainTextPath="internal://t1.txt">'
        f'<PlainTextSelection guid="s1" name="n" startPosition="{START}" endPosition="{END}">'
        '<Coding guid="x1"><CodeRef targetGUID="c1"/></Coding><Coding guid="x2"><CodeRef targetGUID="c2"/></Coding>'
        '</PlainTextSelection></TextSource><PictureSource guid="t2" name="p"/></Sources></Project>'
    )


def test_a_project_of_another_program_comes_with_codes_cases_and_texts(tmp_path: Path) -> None:
    file = project(coded(), {"sources/t1.txt": TEXT}, tmp_path)
    done, graph = taken("qdpx", file, "speaker=case", "target=code", "stance=stance")
    (one,) = said(graph)
    assert [who.label for who in one.speakers] == ["Ada"]
    assert [(t.thing.label, t.sign) for t in one.targets] == [("Open the bridge", 1)]
    assert one.quotes == (TEXT[START:END],)
    assert "1 sources that are no text: left" in done.notes
    assert check(graph, sources=tmp_path / "graph" / "texts").findings == ()


def test_entities_in_a_project_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE p [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'
    file = project(coded(bomb, "&b;"), {"sources/t1.txt": TEXT}, tmp_path)
    with pytest.raises(StanceError, match="ntities"):
        taken("qdpx", file, "speaker=case", "target=code", "stance=stance")
    assert not (tmp_path / "graph").exists()


def test_an_archive_that_unpacks_without_end_is_not_opened(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"\0" * (20 << 20))
    for kind in ("xlsx", "qdpx"):
        file = tmp_path / f"bomb.{kind}"
        file.write_bytes(packed.getvalue())
        with pytest.raises(StanceError, match="more than it can honestly hold"):
            taken(kind, file)
        file.write_bytes(b"PK\3\4 nonsense")
        with pytest.raises(StanceError, match="no archive"):
            taken(kind, file)


def workbook(place: Path, *rows: tuple[object, ...], macintosh: bool = False) -> Path:
    book = Workbook()
    if macintosh:
        book.epoch = CALENDAR_MAC_1904
    for row in rows:
        book.active.append(row)
    book.create_sheet("Notes")
    book.save(place / "rows.xlsx")
    return place / "rows.xlsx"


@pytest.mark.parametrize("macintosh", [False, True])
def test_days_of_a_workbook_are_its_own_whatever_they_are_counted_from(
    tmp_path: Path, macintosh: bool
) -> None:
    day = datetime(2020, 2, 3)  # noqa: DTZ001  a cell has no zone
    rows = (("speaker", "target", "stance", "date"), ("Ada", "B.", "for", day), ("Bo", 7, True, day))
    done, graph = taken("xlsx", workbook(tmp_path, *rows, macintosh=macintosh))
    assert {(s.speakers[0].label, s.targets[0].thing.label, s.date) for s in said(graph)} == {
        ("Ada", "B.", "2020-02-03"),
        ("Bo", "7", "2020-02-03"),
    }
    assert "only the first sheet is read; left: Notes" in done.notes


def test_a_formula_in_a_workbook_is_no_value(tmp_path: Path) -> None:
    rows = (("speaker", "target"), ("Ada", "B."), ("Bo", '=HYPERLINK("https://v.example")'), ("Cy", "C."))
    done, graph = taken("xlsx", workbook(tmp_path, *rows))
    assert {s.speakers[0].label for s in said(graph)} == {"Ada", "Cy"}
    assert "3,a formula or an error in column 2: paste its value" in left(tmp_path / "graph")
    assert done.not_taken == 1


def test_a_broken_workbook_is_one_line(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rows.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", "<no")
    with pytest.raises(StanceError, match="broke down") as caught:
        taken("xlsx", tmp_path / "rows.xlsx")
    assert "\n" not in str(caught.value)


def test_annotations_of_others_are_rows(tmp_path: Path) -> None:
    annotation = {
        "type": "Annotation",
        "creator": {"name": "Ada"},
        "body": [
            {"type": "TextualBody", "purpose": "tagging", "value": "Open the bridge"},
            {
                "type": "TextualBody",
                "purpose": "commenting",
                "format": "text/html",
                "value": "<script>1</script>",
            },
        ],
        "target": {
            "source": "https://v.example/bridge",
            "selector": [
                {"type": "TextQuoteSelector", "exact": "must stay open"},
                {"type": "TextPositionSelector", "start": 3, "end": 17},
            ],
        },
    }
    page = {"type": "AnnotationPage", "items": [annotation, {"target": 7}]}
    (tmp_path / "notes.jsonld").write_text(json.dumps(page), encoding="utf-8")
    done, graph = taken(
        "webannotation", tmp_path / "notes.jsonld", "speaker=creator", "target=tag", "gist=comment"
    )
    (one,) = said(graph)
    assert [who.label for who in one.speakers] == ["Ada"]
    targets = graph.tuples("SELECT ?label { ?s stance:stanceOn ?x . ?x skos:prefLabel ?label }")
    assert [row[0] for row in targets] == ["Open the bridge"]
    assert any(note.startswith("no column says for or against") for note in done.notes)
    assert one.gist == "<script>1</script>"
    assert [(p.start, p.end, p.quote) for p in one.reports[0].passages] == [(3, 17, "must stay open")]
    assert one.reports[0].document.url == "https://v.example/bridge"
    assert done.not_taken == 1


@pytest.mark.parametrize(
    ("kind", "name", "content", "says"),
    [
        ("webannotation", "a.jsonld", "[" * 100_000, "no JSON-LD"),
        ("webannotation", "a.jsonld", "{}", "holds no annotations"),
        ("brat", "a.ann", "", "cannot read"),
        ("qdpx", "a.qdpx", "", "no archive"),
    ],
)
def test_what_is_no_such_file_is_one_line(
    tmp_path: Path, kind: str, name: str, content: str, says: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises((StanceError, UsageError), match=says):
        taken(kind, tmp_path / name)
    assert not (tmp_path / "graph").exists()
