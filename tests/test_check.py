"""Every shape and every rule is broken, alone, by a fixture; words are checked against invented documents."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple

from endpoint import serve
from stancegraph import store
from stancegraph.errors import UsageError
from stancegraph.store import turtle
from stancegraph.validation import SOURCE_RULES, Finding, check
from stancegraph.vocabulary import expand

FIXTURES = Path(__file__).parent / "fixtures" / "check"
SHAPES = sorted((FIXTURES / "shapes").glob("*.ttl"))
RULES = sorted((FIXTURES / "rules").glob("*.ttl"))
TEXTS = FIXTURES / "sources"

Graph = Callable[[Path | None], store.Store]


def triples(file: Path) -> set[Triple]:
    return {quad.triple for quad in pyoxigraph.parse(path=str(file), format=RdfFormat.TURTLE)}


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    """The base graph and a file that breaks it.

    A comment `# without: subject property` takes those triples from the base; `# as: name` names the file.
    """

    def broken(file: Path | None) -> store.Store:
        base = triples(FIXTURES / "base.ttl")
        folder = tmp_path / "graph"
        folder.mkdir()
        if file is not None:
            text = file.read_text(encoding="utf-8")
            for subject, predicate in re.findall(r"^# without: (\S+) (\S+)$", text, re.MULTILINE):
                node, edge = NamedNode(expand(subject)), NamedNode(expand(predicate))
                gone = {t for t in base if t.subject == node and t.predicate == edge}
                assert gone, f"the base has no {subject} {predicate}"
                base -= gone
            name = re.search(r"^# as: (\S+)$", text, re.MULTILINE)
            (folder / (name[1] if name else "broken.ttl")).write_text(text, encoding="utf-8")
        (folder / "base.ttl").write_text(turtle.write(base), encoding="utf-8")
        return store.open(folder)

    return broken


def shape_names() -> set[str]:
    """The shapes that report: those with a message."""
    message = NamedNode(expand("sh:message"))
    shapes = triples(store.ontology() / "shapes.ttl")
    named = {t.subject for t in shapes if t.predicate == message}
    return {node.value.partition("#")[2] for node in named if isinstance(node, NamedNode)}


def test_the_shipped_graph_breaks_nothing() -> None:
    result = check(store.open())
    assert result.findings == ()
    assert result.notes == ()
    assert result.statements == 93


def test_the_shipped_words_stand_in_their_documents(sources: Path) -> None:
    result = check(store.open(), sources=sources)
    assert result.findings == ()
    assert result.documents == 5
    assert result.passages >= result.statements


def test_the_base_graph_breaks_nothing(graph: Graph) -> None:
    result = check(graph(None), sources=TEXTS)
    assert result.findings == ()
    assert str(result) == "3 statements, 6 passages verified against 2 documents"


@pytest.mark.parametrize("file", SHAPES, ids=lambda file: file.stem)
def test_a_fixture_breaks_its_shape_and_no_other(graph: Graph, file: Path) -> None:
    found = check(graph(file)).findings
    assert {finding.rule for finding in found} == {"shape:" + file.stem.partition(".")[0]}
    assert all(finding.message and finding.mend and finding.subject != "[]" for finding in found)
    assert {finding.file for finding in found} <= {"graph/base.ttl", "graph/broken.ttl"}


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.stem)
def test_a_fixture_breaks_its_rule_and_no_other(graph: Graph, file: Path) -> None:
    found = check(graph(file)).findings
    assert {finding.rule for finding in found} == {file.stem.partition(".")[0]}
    assert all(finding.message and finding.mend for finding in found)
    assert {finding.file for finding in found} <= {
        "graph/base.ttl",
        "graph/broken.ttl",
        "graph/background.ttl",
    }


def test_every_shape_and_rule_has_a_fixture_that_breaks_it() -> None:
    assert {file.stem.partition(".")[0] for file in SHAPES} == shape_names()
    rules = {file.stem for file in (store.ontology() / "rules").glob("*.rq")}
    assert {file.stem.partition(".")[0] for file in RULES} == rules


def test_every_rule_begins_with_its_sentence_how_to_mend_it_and_why() -> None:
    for file in (store.ontology() / "rules").glob("*.rq"):
        head, _, query = file.read_text(encoding="utf-8").partition("\n\n")
        sentence, mend, why, *command = head.split("\n")
        assert re.fullmatch(r"# [A-Z].+[.]", sentence), file.name
        assert re.fullmatch(r"# mend: [a-z].+[.]", mend), file.name
        assert re.fullmatch(r"# why: [a-z].+[.]", why), file.name
        assert not command or re.match(r"# with: (add|check|edit|merge|remove|rename) ", command[0]), (
            file.name
        )
        assert len(command) < 2, file.name
        assert query.startswith("SELECT "), file.name


def test_every_shape_that_reports_says_what_why_and_how_to_mend_it() -> None:
    shapes = triples(store.ontology() / "shapes.ttl")
    for name in shape_names():
        about = {t.predicate.value for t in shapes if t.subject == NamedNode(expand("shape:" + name))}
        assert {expand("rdfs:comment"), expand("sh:description")} <= about, name


def test_every_shape_names_a_coding_rule_or_a_clause_of_the_model() -> None:
    shapes = triples(store.ontology() / "shapes.ttl")
    kinds = {expand("sh:NodeShape"), expand("sh:PropertyShape")}
    named = [t.subject for t in shapes if isinstance(t.object, NamedNode) and t.object.value in kinds]
    assert not [node for node in named if isinstance(node, BlankNode)]
    comments = {t.subject: str(t.object) for t in shapes if t.predicate.value == expand("rdfs:comment")}
    for node in named:
        assert re.search(r"[Cc]oding rules? \d|[Mm]odel|A part of other shapes", comments[node]), node


def test_the_shapes_are_shacl_by_its_own_shapes() -> None:
    from pyshacl import validate
    from rdflib import Graph as Plain

    shapes = Plain().parse(store.ontology() / "shapes.ttl")
    conforms, _, text = validate(Plain(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


@pytest.mark.parametrize("name", ["shapes.ttl", "alignments.ttl"])
def test_shapes_and_alignments_are_written_as_turtle_writes_them(name: str) -> None:
    file = store.ontology() / name
    assert file.read_text(encoding="utf-8") == turtle.write(triples(file))


def test_every_alignment_has_a_comment_that_begins_with_the_other_term() -> None:
    alignments = triples(store.ontology() / "alignments.ttl")
    declared = {t.subject for t in triples(store.ontology() / "stance.ttl")}
    matches = [
        t for t in alignments if t.predicate.value in map(expand, ("skos:closeMatch", "skos:relatedMatch"))
    ]
    comments = [t for t in alignments if t.predicate.value == expand("rdfs:comment")]
    assert len(matches) == len(comments) > 20
    for match in matches:
        assert match.subject in declared
        assert isinstance(match.object, NamedNode)
        local = re.split("[#/]", match.object.value)[-1]
        about = [str(t.object) for t in comments if t.subject == match.subject]
        assert [text for text in about if re.match(rf'"[a-z]+:{local}: ', text)], match


def test_findings_are_sorted_and_say_file_subject_rule_message_and_mend(graph: Graph) -> None:
    (finding,) = check(graph(FIXTURES / "rules" / "one-side-per-target.ttl")).findings
    assert finding == Finding(
        "graph/base.ttl",
        "statement:ada-wants-the-bridge",
        "one-side-per-target",
        "A statement takes one side on a target: it does not both support and oppose it, nor is it also "
        "neutral: proposition:bridge-open",
        "keep one of them; two sides are two statements",
    )


def test_findings_are_sorted() -> None:
    found = check(store.open(FIXTURES / "shapes")).findings
    assert len({finding.file for finding in found}) > 10
    assert list(found) == sorted(found)


def test_a_fault_in_a_nested_node_is_laid_at_the_iri_it_hangs_on(graph: Graph) -> None:
    (finding,) = check(graph(FIXTURES / "shapes" / "start.negative.ttl")).findings
    assert finding.subject == "report:gazette-ada-wants-the-bridge"
    assert finding.message.endswith(": -1")


@pytest.mark.parametrize("union", [True, False], ids=["union", "named graphs only"])
def test_an_endpoint_is_asked_the_rules_and_a_note_says_what_it_is_not(
    graph: Graph, tmp_path: Path, union: bool
) -> None:
    graph(FIXTURES / "rules" / "background-names-its-source.ttl")
    store.load([tmp_path / "graph"], tmp_path / "database")
    with serve(tmp_path / "database", union=union) as address:
        result = check(store.open(address), sources=TEXTS)
    (finding,) = result.findings
    assert (finding.rule, finding.file) == ("background-names-its-source", "graph/background.ttl")
    assert result.passages == 6
    (note,) = result.notes
    assert "shapes" in note


def test_a_background_fault_is_laid_at_the_background_file(graph: Graph) -> None:
    (finding,) = check(graph(FIXTURES / "rules" / "background-names-its-source.ttl")).findings
    assert finding.file == "graph/background.ttl"


def test_an_on_disk_database_is_checked_like_files(graph: Graph, tmp_path: Path) -> None:
    found = check(graph(FIXTURES / "shapes" / "supports.ttl")).findings
    store.load([tmp_path / "graph"], tmp_path / "database")
    assert check(store.open(tmp_path / "database")).findings == found
    assert len(found) == 1


def recoded(graph: Graph, tmp_path: Path, old: str, new: str) -> store.Store:
    """The base graph with one text replaced by another."""
    made = graph(None)
    file = tmp_path / "graph" / "base.ttl"
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{made.where} has no {old}"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return store.open(tmp_path / "graph")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("oa:start 71 ; oa:end 115", "oa:start 72 ; oa:end 116", "words-stand-there"),
        ("must stay open, whatever it costs", "must stay shut, whatever it costs", "words-stand-there"),
        ('oa:suffix ".\\" Her"', 'oa:suffix ".\\" His"', "surroundings-stand-there"),
        ("stance:length 334", "stance:length 335", "length-is-true"),
        (
            "Warns of a flood.",
            "Warns that the river would take the bridge before the spring.",
            "narration-is-not-stored",
        ),
    ],
    ids=["a shifted span", "a changed word", "a wrong suffix", "a wrong length", "copied narration"],
)
def test_what_a_document_does_not_say_is_found(
    graph: Graph, tmp_path: Path, old: str, new: str, rule: str
) -> None:
    result = check(recoded(graph, tmp_path, old, new), sources=TEXTS)
    assert {finding.rule for finding in result.findings} == {rule}


def test_a_passage_past_the_end_of_the_text_is_found(graph: Graph, tmp_path: Path) -> None:
    changed = recoded(graph, tmp_path, "oa:end 332 ", "oa:end 700 ")
    assert "passage-is-in-the-text" in {f.rule for f in check(changed, sources=TEXTS).findings}


def test_words_outside_quotation_marks_are_found(graph: Graph, tmp_path: Path) -> None:
    text = (TEXTS / "gazette.txt").read_text(encoding="utf-8").replace("“", "(").replace("”", ")")
    result = check(resourced(graph, tmp_path, text.encode()), sources=tmp_path / "texts")
    assert [f.rule for f in result.findings] == ["words-are-quoted"]
    assert result.passages == 5


def resourced(graph: Graph, tmp_path: Path, gazette: bytes) -> store.Store:
    """The base graph coded from another text of the gazette, which is put into a folder `texts`."""
    import hashlib

    shutil.copytree(TEXTS, tmp_path / "texts")
    old = hashlib.sha256((TEXTS / "gazette.txt").read_bytes()).hexdigest()
    (tmp_path / "texts" / "gazette.txt").write_bytes(gazette)
    return recoded(graph, tmp_path, old, hashlib.sha256(gazette).hexdigest())


def test_a_part_of_a_longer_quotation_is_quoted(graph: Graph, tmp_path: Path) -> None:
    text = (TEXTS / "gazette.txt").read_bytes().replace(b'Bo: "The', b'"Bo: The')
    faults = check(resourced(graph, tmp_path, text), sources=tmp_path / "texts").findings
    assert {f.rule for f in faults} == {"surroundings-stand-there"}


def test_a_quotation_may_repeat_what_a_gist_may_not(graph: Graph, tmp_path: Path) -> None:
    changed = recoded(
        graph, tmp_path, "Demands an open bridge.", "The bridge must stay open, whatever it costs."
    )
    assert check(changed, sources=TEXTS).findings == ()


def test_a_changed_byte_makes_a_document_unknown(graph: Graph, tmp_path: Path) -> None:
    shutil.copytree(TEXTS, tmp_path / "texts")
    with (tmp_path / "texts" / "gazette.txt").open("ab") as file:
        file.write(b"\n")
    result = check(graph(None), sources=tmp_path / "texts")
    assert [(f.subject, f.rule) for f in result.findings] == [("document:gazette", "source-is-found")]
    assert str(result) == "3 statements, 1 passage verified against 1 document"


def test_a_document_that_is_not_utf_8_is_found(graph: Graph, tmp_path: Path) -> None:
    gazette = (TEXTS / "gazette.txt").read_text(encoding="utf-8").encode("cp1252")
    result = check(resourced(graph, tmp_path, gazette), sources=tmp_path / "texts")
    assert [f.rule for f in result.findings] == ["source-is-text"]


def test_every_check_against_the_sources_is_tested_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert not [name for name in SOURCE_RULES if f'"{name}"' not in text]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.parent, "does not exist"),
        (lambda path: path.mkdir(), "is empty"),
        (lambda path: path.write_text("x", encoding="utf-8"), "is not a folder"),
    ],
    ids=["missing", "empty", "a file"],
)
def test_a_folder_without_texts_is_refused(
    tmp_path: Path, make: Callable[[Path], object], message: str
) -> None:
    make(tmp_path / "texts")
    with pytest.raises(UsageError, match=f"texts {message}: "):
        check(store.open(FIXTURES / "base.ttl"), sources=tmp_path / "texts")
