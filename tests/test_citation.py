"""A statement is cited with its words, its document and the address, and never as more than it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Run
from stancegraph import store
from stancegraph.errors import UnknownName, UsageError
from stancegraph.statements import citation, said
from stancegraph.store import Store

PREFIXES = """
@prefix : <https://example.org/id/> .
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix basis: <https://w3id.org/stancegraph/id/basis/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
CITED = (
    PREFIXES
    + r"""
:one a stance:Actor ; skos:prefLabel "One & Sons"@en .
:echo a stance:Actor ; skos:prefLabel "Echo"@en .
:writer a stance:Actor ; skos:prefLabel "A. Writer"@en .
:paper a schema:NewsArticle ; dcterms:title "100% of {it}_\\input"@en ; dcterms:publisher :echo ;
    dcterms:creator :writer ; dcterms:issued "2025-05-03"^^xsd:date ;
    schema:url "https://example.org/a_b?c=1&d=2"^^xsd:anyURI .
:late a schema:NewsArticle ; dcterms:title "Late"@en ; stance:issuedNotBefore "2025-05-04"^^xsd:date ;
    stance:issuedNotAfter "2025-06-06"^^xsd:date ; schema:url "javascript:alert(1)"^^xsd:anyURI .
:first a stance:Statement ; stance:speaker :one ; stance:saidOn "2025-05-01"^^xsd:date ;
    stance:gist "Says so."@en ; stance:basis basis:said ; stance:confidence 1.0 .
:a stance:reports :first ; stance:document :paper ; stance:quote "so & so"@en ;
    stance:passage [ oa:hasSelector [ oa:start 1 ; oa:end 8 ] , [ oa:exact "so & so"@en ] ] .
:b stance:reports :first ; stance:document :late .
:second a stance:Statement ; stance:speaker :one ; stance:saidOn "2025-05-02"^^xsd:date ;
    stance:gist "Is said to doubt."@en ; stance:basis basis:attributed ; stance:confidence 0.6 .
:c stance:reports :second ; stance:document :late .
<https://example.org/other/first> a stance:Statement ; stance:gist "Another." .
"""
)
FIRST = "https://example.org/id/first"


@pytest.fixture
def cited(tmp_path: Path) -> Store:
    (tmp_path / "cited.ttl").write_text(CITED, encoding="utf-8")
    return store.open(tmp_path / "cited.ttl")


def test_a_citation_in_text_has_speaker_day_words_document_and_address(cited: Store) -> None:
    lines = citation.cite(cited, FIRST).splitlines()
    assert lines[0].startswith(
        "One & Sons (2025-05-01): “so & so” [Says so.] In: A. Writer, “100% of {it}_\\input”, Echo, 2025-05-03, "
        "https://example.org/a_b?c=1&d=2. https://example.org/id/first (stancegraph "
    )
    assert "[Says so.] In: “Late”, between 2025-05-04 and 2025-06-06" in lines[1]
    assert "“so" not in lines[1]
    assert len(lines) == 2


def test_what_is_only_attributed_is_cited_as_such_and_without_quotation_marks(cited: Store) -> None:
    (line,) = citation.cite(cited, "second").splitlines()
    assert line.startswith("One & Sons (2025-05-02): [Is said to doubt.] In: “Late”")
    assert "coded as attributed, confidence 0.6" in line


def test_bibtex_has_an_entry_for_each_document_and_nothing_that_tex_would_run(cited: Store) -> None:
    first, second = citation.cite(cited, FIRST, "bibtex").strip().split("\n\n")
    assert first.splitlines()[0] == "@article{first-paper,"
    fields = dict(line.strip().rstrip(",").split(" = ", 1) for line in first.splitlines()[1:-1])
    assert fields["author"] == "{{A. Writer}}"
    assert fields["title"] == r"{{100\% of \{it\}\_\textbackslash{}input}}"
    assert fields["journal"] == "{Echo}"
    assert (fields["date"], fields["year"], fields["month"]) == ("{2025-05-03}", "{2025}", "{5}")
    assert fields["url"] == "{https://example.org/a_b?c=1&d=2}"
    assert fields["note"].startswith(r"{One \& Sons (2025-05-01): “so \& so” [Says so.]")
    assert second.splitlines()[0] == "@misc{first-late,"
    assert "date = {2025-05-04/2025-06-06}" in second
    assert "year = {2025}" in second
    assert "month" not in second
    assert "javascript" not in second


def test_csl_json_is_what_a_reference_manager_imports(cited: Store) -> None:
    paper, late = json.loads(citation.cite(cited, FIRST, "csl"))
    assert (paper["id"], paper["type"], paper["container-title"]) == (
        "first-paper",
        "article-newspaper",
        "Echo",
    )
    assert paper["title"] == "100% of {it}_\\input"
    assert paper["author"] == [{"literal": "A. Writer"}]
    assert paper["issued"] == {"date-parts": [[2025, 5, 3]]}
    assert paper["URL"] == "https://example.org/a_b?c=1&d=2"
    assert "“so & so”" in paper["note"]
    assert late["issued"] == {"date-parts": [[2025, 5, 4], [2025, 6, 6]], "circa": True}
    assert "URL" not in late


def test_turtle_tells_the_statement_again_when_it_is_opened(cited: Store, tmp_path: Path) -> None:
    (tmp_path / "again.ttl").write_text(citation.cite(cited, FIRST, "ttl"), encoding="utf-8")
    (again,) = said(store.open(tmp_path / "again.ttl"))
    assert again.iri == FIRST
    assert again.quotes == ("so & so",)


def test_a_statement_is_named_by_iri_prefixed_or_local_name(shipped: Store) -> None:
    name = "khazali-condemns-international-silence"
    for text in (name, f"statement:{name}", f" https://w3id.org/stancegraph/id/statement/{name} "):
        assert citation.find(shipped, text).quotes == ("unacceptable",)


def test_an_unknown_or_ambiguous_name_is_answered_with_the_nearest(cited: Store, shipped: Store) -> None:
    with pytest.raises(UnknownName, match="did you mean: statement:khazali-condemns-international-silence"):
        citation.find(shipped, "khazali-condemn-internatonal-silence")
    with pytest.raises(UnknownName, match="is a name of 2 statements") as error:
        citation.find(cited, "first")
    assert {each.iri for each in error.value.candidates} == {FIRST, "https://example.org/other/first"}
    with pytest.raises(UsageError, match="is empty"):
        citation.find(cited, " ")
    with pytest.raises(UsageError, match="no document to cite"):
        citation.cite(cited, "https://example.org/other/first", "bibtex")


def test_every_shipped_statement_is_cited_in_every_form_with_its_words(shipped: Store) -> None:
    for statement in said(shipped):
        text = citation.cite(shipped, statement.iri)
        entries = json.loads(citation.cite(shipped, statement.iri, "csl"))
        assert len(entries) == len(statement.reports) == len(text.splitlines())
        for quote in statement.quotes:
            assert f"“{quote}”" in text
        for report, entry in zip(statement.reports, entries, strict=True):
            assert entry.get("URL") == report.document.url
            assert entry["title"] == report.document.title


def test_the_name_that_said_prints_is_the_name_that_cite_takes(run: Run) -> None:
    shown = run("said", "khazali", "--act", "condemn").stdout
    assert "https://thenewregion.com/posts/1740" in shown
    name = shown.split()[-1]
    done = run("cite", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert "“unacceptable”" in done.stdout
    unknown = run("cite", "statement:nobody-said-this")
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("error: no statement is called")


def test_documents_have_their_addresses(run: Run) -> None:
    rows = json.loads(run("documents", "--format", "json").stdout)
    assert "https://thenewregion.com/posts/1740" in {row["url"] for row in rows}
    assert "https://thenewregion.com/posts/1740" in run("documents").stdout
