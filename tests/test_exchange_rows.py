"""Statements written as rows come back as the same statements: the shipped ones, and small graphs of any words."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Quad

from conftest import Run
from stancegraph import exchange, store
from stancegraph.curate.fields import ENTRIES
from stancegraph.exchange import imports, sheets
from stancegraph.exchange.column_roles import ROLES, read_mapping
from stancegraph.statements import said
from stancegraph.store import Store
from stancegraph.validation import check
from stancegraph.vocabulary import ID, expand, local_name

WHOLE = Path(__file__).parent / "fixtures" / "whole.ttl"
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


def told(graph: Store) -> set[str]:
    """All triples, and in which of two parts they stand, but what a set says of itself and of an import."""
    apart = ("stance", "schemes", "shapes", "alignments", "graph.ttl", "imports.ttl")
    made = Dataset()
    sets = {row["s"] for row in graph.select("SELECT ?s { ?s a owl:Ontology }")}
    for row in graph.select("SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } FILTER(?p != prov:wasDerivedFrom) }"):
        where = local_name(row["g"].value)
        if where not in apart and row["s"] not in sets:
            part = NamedNode("part:background") if where.startswith("background") else DefaultGraph()
            made.add(Quad(row["s"], row["p"], row["o"], part))  # type: ignore[arg-type]
    made.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(map(str, made))


def back(graph: Store, form: str, place: Path, base: str | None = None) -> Store:
    """The statements written in a format and read again."""
    file = place / f"statements.{form}"
    exchange.write_statements(graph, file, format=form)
    done, _ = imports.read(form, file, place / form, read_mapping(), base=base)
    assert done.not_taken == 0
    return store.open(place / form)


@pytest.mark.parametrize("form", exchange.STATEMENTS)
def test_the_shipped_graph_comes_back_whole(form: str, tmp_path: Path) -> None:
    again = back(store.open(), form, tmp_path, ID)
    assert told(again) == told(store.open())
    assert len(said(again)) == 93


@pytest.mark.parametrize("form", exchange.STATEMENTS)
def test_all_the_model_can_say_comes_back(form: str, tmp_path: Path) -> None:
    graph = store.open(WHOLE)
    assert told(back(graph, form, tmp_path, "https://valley.example/")) == told(graph)


def test_the_graph_that_says_all_has_every_property_of_the_shapes_and_the_commands() -> None:
    shapes = store.open(store.ontology() / "shapes.ttl").tuples(
        "SELECT DISTINCT ?p { ?shape sh:path/(sh:alternativePath/rdf:rest*/rdf:first)? ?p FILTER(ISIRI(?p)) }"
    )
    of_commands = {expand(field.edge) for fields in ENTRIES.values() for field in fields.values()}
    of_concepts = {expand(name) for name in ("skos:inScheme", "skos:definition")}
    refused = {expand(name) for name in ("schema:text", "schema:articleBody")}
    used = {row[0] for row in store.open(WHOLE).tuples("SELECT DISTINCT ?p { ?s ?p ?o }")}
    of_imports = {expand("prov:wasDerivedFrom")}
    assert {row[0] for row in shapes} | of_commands <= used | of_concepts | refused | of_imports


def test_what_rows_do_not_hold_is_told(tmp_path: Path) -> None:
    text = WHOLE.read_text("utf-8").replace("<report/again> a", '<report/again> dcterms:rights "Mine." ; a')
    (tmp_path / "more.ttl").write_text(text, encoding="utf-8")
    note = exchange.write_statements(store.open(tmp_path / "more.ttl"), tmp_path / "more.csv")
    assert note == "2 statements in 60 rows; rows do not hold dcterms:rights (1): a file in .ttl does"


@pytest.mark.parametrize("lacks", ["stance:basis basis:implied ; ", "stance:confidence 0.6 ;"])
def test_it_is_told_of_a_statement_that_its_basis_or_confidence_is_not_coded(
    lacks: str, tmp_path: Path
) -> None:
    """An empty cell is read as one of a spreadsheet is: as plainly said."""
    before, again = WHOLE.read_text("utf-8").split("<statement/ada-again> a")
    assert lacks in again
    bare = f"{before}<statement/ada-again> a{again.replace(lacks, '')}"
    (tmp_path / "bare.ttl").write_text(bare, encoding="utf-8")
    note = exchange.write_statements(store.open(tmp_path / "bare.ttl"), tmp_path / "bare.csv")
    assert note.endswith("; rows do not hold that no basis or confidence is coded (1): a file in .ttl does")


def test_rows_never_take_the_name_of_another_statements_report(tmp_path: Path) -> None:
    rows = [
        {"statement": name, "speaker": who, "gist": "Speaks.", "document": "G", "report_id": "one"}
        for name, who in (("s1", "Ada"), ("s2", "Bo"))
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done, _ = imports.read("jsonl", tmp_path / "rows.jsonl", tmp_path / "graph", read_mapping())
    assert done.not_taken == 1
    assert "line 2 is not taken: another report is called 'one' already" in done.notes


def test_what_comes_back_breaks_no_rule(tmp_path: Path) -> None:
    assert check(back(store.open(), "csv", tmp_path)).findings == ()


def test_rows_that_describe_no_entry_are_told(tmp_path: Path) -> None:
    entries = [
        {"entry": "actor", "entry_id": "statement/ada", "entry_name": "Ada"},
        {"entry": "actor", "entry_id": "actor/ada", "entry_source": "javascript:alert(1)"},
        {"entry": "document", "entry_id": "document/t", "entry_length": "long"},
        {"entry": "person", "entry_id": "actor/ada"},
    ]
    rows = [{"speaker": "Ada", "gist": "Speaks.", "document": "G"}, *entries]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done, _ = imports.read("jsonl", tmp_path / "rows.jsonl", tmp_path / "graph", read_mapping())
    told = [note for note in done.notes if " is not taken: " in note]
    assert [note.partition(" is not taken: ")[2].partition(":")[0] for note in told] == [
        "'statement/ada' is no name of this kind",
        "'javascript",
        "'long' is no number",
        "'person' is no kind of entry",
    ]


def test_what_was_imported_and_comes_back_breaks_no_rule(tmp_path: Path) -> None:
    rows = "country,resolution,vote\nIraq,R/1,yes\nIran,R/1,no\nIraq,R/2,abstain\nIran,R/2,yes\n"
    (tmp_path / "votes.csv").write_text(rows, encoding="utf-8")
    imports.read("csv", tmp_path / "votes.csv", tmp_path / "graph", read_mapping(["stance=vote"]))
    graph = store.open(tmp_path / "graph")
    again = back(graph, "csv", tmp_path, "https://graph.invalid/")
    assert check(graph).findings == check(again).findings == ()
    assert len(said(again)) == 4


@pytest.mark.parametrize("form", exchange.STATEMENTS)
def test_coded_variables_come_back(form: str, tmp_path: Path) -> None:
    cells = [("war", 3, True), ("war", -2, False), ("peace", 0, True), ("peace", 1, True)]
    rows = [
        {"speaker": "AB"[n % 2], "target": f"T{n}.", "stance": "for", "Frame of it": a, "scale": b, "own": c}
        for n, (a, b, c) in enumerate(cells)
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    imports.read("jsonl", tmp_path / "rows.jsonl", tmp_path / "graph", read_mapping())
    graph = store.open(tmp_path / "graph")
    again = back(graph, form, tmp_path, "https://graph.invalid/")
    coded = """SELECT ?s ?variable ?value { ?variable rdfs:domain stance:Statement . ?s ?variable ?value
        FILTER(CONTAINS(STR(?variable), "/variable/")) }"""
    assert sorted(again.tuples(coded)) == sorted(graph.tuples(coded))
    assert len(graph.tuples(coded)) == 12
    declared = """SELECT ?variable ?p ?value { ?variable rdfs:domain stance:Statement ; ?p ?value
        FILTER(?p != prov:wasDerivedFrom) }"""
    assert sorted(again.tuples(declared)) == sorted(graph.tuples(declared))


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
        imports.read("jsonl", first, Path(place, "graph"), read_mapping())
        graph = store.open(Path(place, "graph"))
        assert meaning(back(graph, form, Path(place))) == meaning(graph)


def test_cells_that_a_spreadsheet_would_run_are_text_out_and_in(tmp_path: Path) -> None:
    names = ["=HYPERLINK(1)", "'=quoted", "-2+3", "@ada", "+1"]
    rows = "".join(f'{{"speaker": "{name}", "target": "B.", "stance": "for"}}\n' for name in names)
    (tmp_path / "rows.jsonl").write_text(rows, encoding="utf-8")
    imports.read("jsonl", tmp_path / "rows.jsonl", tmp_path / "graph", read_mapping())
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
    speakers = [who for each in said(again) for who in each.speakers]
    assert [who.label for who in speakers] == ["Ada", "Ada"]
    assert {local_name(who.iri) for who in speakers} == {"ada-of-the-hill", "ada-of-the-dale"}


def test_statements_are_written_by_command_filtered_and_to_standard_output(tmp_path: Path, run: Run) -> None:
    done = run("export", "csv", "-o", "-", "--actor", "khazali")
    assert done.returncode == 0
    assert done.stdout.startswith("statement,speaker,")
    assert "rows do not hold" not in done.stderr
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
