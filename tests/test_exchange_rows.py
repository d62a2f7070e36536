"""Statements written as rows come back as the same statements: the shipped ones, and small graphs of any words."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Run
from stancegraph import exchange, store
from stancegraph.exchange import imports, mapping, sheets
from stancegraph.exchange.roles import ROLES
from stancegraph.statements import said
from stancegraph.store import Store
from stancegraph.validation import check

Meaning = list[tuple[object, ...]]


def meaning(graph: Store) -> Meaning:
    """All that comes back, without the names of things: who, when, on what, by whose report, in which words, where."""
    return sorted(
        (
            sorted(who.label for who in each.speakers),
            sorted((t.thing.label, t.sign, t.basis, t.confidence) for t in each.targets),
            (each.earliest, each.latest, each.act or "", each.medium or "", each.gist, each.condition or ""),
            [
                sorted(who.label for who in those)
                for those in (each.on_behalf_of, each.addressees, each.about)
            ],
            each.figures,
            sorted(
                (
                    (r.document.title, r.document.publisher, r.document.issued, r.document.url or ""),
                    sorted((p.start, p.end, p.quote or "") for p in r.passages),
                    sorted(r.unplaced),
                )
                for r in each.reports
            ),
        )
        for each in said(graph)
    )


def back(graph: Store, form: str, place: Path) -> Store:
    """The statements written in a format and read again."""
    file = place / f"statements.{form}"
    exchange.write_statements(graph, file, format=form)
    imports.read(form, file, place / form, mapping.read())
    return store.open(place / form)


@pytest.mark.parametrize("form", exchange.STATEMENTS)
def test_the_shipped_statements_come_back(form: str, tmp_path: Path) -> None:
    again = back(store.open(), form, tmp_path)
    assert meaning(again) == meaning(store.open())
    assert len(said(again)) == 93
    days = """SELECT DISTINCT ?label ?start ?end {
        ?s schema:about ?x . ?x a schema:Event ; skos:prefLabel ?label FILTER(LANG(?label) = "en")
        OPTIONAL { ?x schema:startDate ?start } OPTIONAL { ?x schema:endDate ?end } }"""
    assert sorted(again.tuples(days)) == sorted(store.open().tuples(days))
    assert ("Fall of Aleppo to the rebels", "2024-11-29", "2024-11-30") in again.tuples(days)
    shown = "SELECT ?label ?kind { ?x a stance:Actor ; skos:prefLabel ?label ; stance:actorKind ?kind }"
    assert set(again.tuples(shown)) <= set(store.open().tuples(shown))
    texts = "SELECT ?sha256 ?length { ?x stance:sha256 ?sha256 ; stance:length ?length }"
    assert sorted(again.tuples(texts)) == sorted(store.open().tuples(texts))


def test_what_comes_back_breaks_no_rule(tmp_path: Path) -> None:
    assert check(back(store.open(), "csv", tmp_path)).findings == ()


WORDS = st.text(st.sampled_from("abcÀسن'=+-@,;|#<>&{}\\ \t\n1😀"), min_size=1, max_size=12)
NAMES = WORDS.map(lambda text: " ".join(text.split())).filter(lambda name: any(map(str.isalpha, name)))
QUOTES = WORDS.filter(lambda text: text == text.strip() and text[-1] not in ".,;:")
DAYS = (
    st.dates().map(lambda day: f"{day:%Y}".zfill(4) + f"{day:-%m-%d}")
    | st.just("2020-02/2020-03")
    | st.just("")
)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, str]]:
    """Rows of a few statements, each of one or more speakers, targets and places."""
    made = []
    for number in range(draw(st.integers(1, 3))):
        own = {
            "statement": f"s{number}",
            "date": draw(DAYS),
            "gist": draw(NAMES | st.just("")),
            "act": draw(st.sampled_from(["", "condemn"])),
        }
        aims = draw(
            st.dictionaries(
                NAMES.map(str.casefold), st.sampled_from(["supports", "opposes", "neutral"]), max_size=2
            )
        )
        for speaker in draw(st.lists(NAMES, min_size=1, max_size=2)):
            for target, stance in aims.items() or [("", "")]:
                for start, words in draw(st.lists(st.tuples(st.integers(0, 99), QUOTES), max_size=2)) or [
                    (0, "")
                ]:
                    place = (
                        {"start": str(start), "end": str(start + len(words)), "quote": words} if words else {}
                    )
                    made.append(
                        {
                            **own,
                            **place,
                            "speaker": speaker,
                            "target": target,
                            "target_kind": "proposition" if target else "",
                            "stance": stance,
                            "document": draw(NAMES),
                            "publisher": draw(NAMES),
                            "url": draw(st.sampled_from(["", "https://v.example/1?a=b&c"])),
                        }
                    )
    return made


@settings(max_examples=12)
@given(rows(), st.sampled_from(exchange.STATEMENTS))
def test_small_graphs_come_back(found: list[dict[str, str]], form: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        first = Path(place, "first.jsonl")
        cells = [[row.get(role, "") for role in ROLES] for row in found]
        first.write_bytes(sheets.write_json_lines([*ROLES], cells))
        imports.read("jsonl", first, Path(place, "graph"), mapping.read())
        graph = store.open(Path(place, "graph"))
        assert meaning(back(graph, form, Path(place))) == meaning(graph)


def test_cells_that_a_spreadsheet_would_run_are_text_out_and_in(tmp_path: Path) -> None:
    names = ["=HYPERLINK(1)", "'=quoted", "-2+3", "@ada", "+1"]
    rows = "".join(f'{{"speaker": "{name}", "target": "B.", "stance": "for"}}\n' for name in names)
    (tmp_path / "rows.jsonl").write_text(rows, encoding="utf-8")
    imports.read("jsonl", tmp_path / "rows.jsonl", tmp_path / "graph", mapping.read())
    graph = store.open(tmp_path / "graph")
    for form in ("csv", "xlsx"):
        assert meaning(back(graph, form, tmp_path)) == meaning(graph)
    text = (tmp_path / "statements.csv").read_text("utf-8")
    assert "'=HYPERLINK(1)" in text
    assert ",=" not in text


def test_two_actors_of_one_name_stay_two(tmp_path: Path) -> None:
    text = (
        "@prefix stance: <https://w3id.org/stancegraph/ns#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@base <https://v.example/> .\n"
    )
    for who in ("ada-of-the-hill", "ada-of-the-dale"):
        text += (
            f'<actor/{who}> a stance:Actor ; skos:prefLabel "Ada"@en .\n<statement/{who}> a stance:Statement ; '
            f'stance:speaker <actor/{who}> ; stance:saidOn "2020-02-03"^^xsd:date ; stance:gist "Speaks."@en ; '
            "stance:basis <https://w3id.org/stancegraph/id/basis/said> ; stance:confidence 1.0 .\n"
            f"<report/{who}> a stance:Report ; stance:reports <statement/{who}> ; stance:document <document/g> .\n"
        )
    text += '<document/g> <http://purl.org/dc/terms/title> "G" ; a <https://schema.org/NewsArticle> .\n'
    (tmp_path / "two.ttl").write_text(text, encoding="utf-8")
    again = back(store.open(tmp_path / "two.ttl"), "csv", tmp_path)
    assert {who.label for each in said(again) for who in each.speakers} == {
        "Ada (ada-of-the-hill)",
        "Ada (ada-of-the-dale)",
    }


def test_statements_are_written_by_command_filtered_and_to_standard_output(tmp_path: Path, run: Run) -> None:
    done = run("export", "csv", "-o", "-", "--actor", "khazali")
    assert done.returncode == 0
    assert done.stdout.startswith("statement,speaker,")
    assert "rows do not hold in which role it was said (" in done.stderr
    assert run("export", "-o", str(tmp_path / "all.xlsx")).returncode == 0
    network = run("export", "csv", "-o", "-", "--kind", "agreement")
    assert network.returncode == 2
    assert "no network" in network.stderr


def test_the_same_statements_are_the_same_bytes(tmp_path: Path) -> None:
    def written(name: str) -> Iterator[bytes]:
        for form in exchange.STATEMENTS:
            exchange.write_statements(store.open(), tmp_path / f"{name}.{form}", actor="khazali")
            yield (tmp_path / f"{name}.{form}").read_bytes()

    assert list(written("one")) == list(written("two"))
