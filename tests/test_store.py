from __future__ import annotations

import gc
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode
from rdflib import Graph, URIRef

from conftest import Shell
from endpoint import serve
from stancegraph import store, vocabulary
from stancegraph.errors import StanceError, UsageError

PREFIX = "@prefix : <http://x/> . @prefix stance: <https://w3id.org/stancegraph/ns#> .\n"
ONE = PREFIX + ':s1 a stance:Statement ; stance:speaker :a ; stance:supports :p ; stance:gist "one"@en .\n'
TWO = PREFIX + ":s2 a stance:Statement ; stance:speaker :b ; stance:opposes :p . :s1 stance:speaker :a .\n"
SAID = "SELECT ?s ?how ?what { ?s ?how ?what . ?how rdfs:subPropertyOf stance:stanceOn }"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home") / "mine"
    (root / "more").mkdir(parents=True)
    (root / "one.ttl").write_text(ONE, encoding="utf-8")
    (root / "more" / "two b.ttl").write_text(TWO, encoding="utf-8")
    (root / ".hidden.ttl").write_text("not RDF", encoding="utf-8")
    (root / "notes.txt").write_text("not RDF", encoding="utf-8")
    (root / "package.json").write_text("[1, 2", encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def database(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("db") / "db"
    store.load([folder], into)
    return into


@pytest.fixture(scope="session", params=["union", "no union"])
def address(database: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    with serve(database, union=request.param == "union") as url:
        yield url


def names(where: store.Store) -> set[str]:
    return {row["g"].value for row in where.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}


def test_every_file_is_a_graph_of_its_own_name_that_shows_no_path_of_this_computer(folder: Path) -> None:
    vocabularies = {vocabulary.GRAPH + "stance", vocabulary.GRAPH + "schemes"}
    assert (
        names(store.open(folder)) == {"file:///mine/one.ttl", "file:///mine/more/two%20b.ttl"} | vocabularies
    )


def test_the_shipped_graph_holds_statements_in_graphs_named_after_their_files() -> None:
    shipped = store.open()
    assert shipped.ask("ASK { ?s a stance:Statement ; stance:speaker ?who }")
    files = list(store.ontology().rglob("*.ttl"))
    expected = {vocabulary.GRAPH + f.relative_to(store.ontology()).with_suffix("").as_posix() for f in files}
    assert names(shipped) == expected


def test_queries_see_the_union_and_the_vocabulary_from_files_disk_and_endpoint(
    folder: Path, database: Path, address: str
) -> None:
    wanted = {("s1", "supports"), ("s2", "opposes")}
    for where in (folder, database, address):
        rows = store.open(where).select(SAID)
        short = {(r["s"].value.rpartition("/")[2], r["how"].value.rpartition("#")[2]) for r in rows}
        assert short == wanted, where


def test_a_triple_in_two_graphs_is_one_to_a_distinct_count_everywhere(
    folder: Path, database: Path, address: str
) -> None:
    text = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s stance:speaker ?who }"
    for where in (folder, database, address):
        assert store.open(where).select(text)[0]["n"].value == "2", where


def test_no_triple_of_the_shipped_graph_stands_in_two_graphs(folder: Path) -> None:
    twice = """SELECT ?s ?p ?o ?one ?two {
      GRAPH ?one { ?s ?p ?o } GRAPH ?two { ?s ?p ?o } FILTER(STR(?one) < STR(?two))
    }"""
    assert store.open().select(twice) == []
    (row,) = store.open(folder).select(twice)
    assert [str(row[name]) for name in ("s", "o")] == ["<http://x/s1>", "<http://x/a>"]


def test_a_query_of_files_loads_nothing_that_endpoints_workers_or_builds_need(shell: Shell) -> None:
    code = "import sys; from stancegraph import store; store.open().ask('ASK {}'); print(*sys.modules)"
    done = shell("python", "-c", code)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "pyoxigraph" in loaded
    assert not loaded & {"http", "multiprocessing", "rdflib", "shutil", "tempfile", "urllib.request"}


def test_an_endpoint_binds_refuses_and_constructs_like_files(folder: Path, address: str) -> None:
    here, there = store.open(folder), store.open(address)
    for who, count in (("a", 1), ("b", 1), ("c", 0)):
        rows = there.select(
            "SELECT DISTINCT ?s { ?s stance:speaker ?w }", {"w": NamedNode("http://x/" + who)}
        )
        assert len(rows) == count
    where = "?s stance:speaker ?o OPTIONAL { ?s stance:gist ?g }"
    template = f"CONSTRUCT {{ ?s stance:speaker ?o ; stance:gist ?g }} {{ {where} }}"
    assert set(there.construct(template)) == set(here.construct(template)) != set()
    assert there.ask("ASK { ?s stance:gist 'one'@en }", trusted=False)
    with pytest.raises(UsageError, match="SERVICE"):
        there.query("SELECT * { SERVICE <http://127.0.0.1:1/> {} }", trusted=False)
    with pytest.raises(StanceError, match="/query answered 400"):
        there.query("SELECT * { ?s ?p }")


def test_graph_gives_rdflib_the_union_each_triple_once(folder: Path, database: Path, address: str) -> None:
    speaker = URIRef(vocabulary.expand("stance:speaker"))
    for where in (folder, database, address):
        graph = store.open(where).graph()
        assert isinstance(graph, Graph)
        assert len(list(graph.triples((None, speaker, None)))) == 2
        assert len(graph) == len(set(graph)) == len(list(graph))
        assert len(list(graph.query("SELECT DISTINCT * { ?s stance:speaker ?o }"))) == 2


def test_unbound_variables_are_absent_and_columns_keep_their_order(folder: Path) -> None:
    answer = store.open(folder).query("SELECT ?z ?s { ?s stance:speaker <http://x/b> }")
    assert isinstance(answer, store.Table)
    assert answer.variables == ("z", "s")
    assert answer.rows == [{"s": NamedNode("http://x/s2")}]


QUAD = '<http://x/a> <http://x/b> "c"'
WAYS = {
    "a.ttl": QUAD + " .",
    "a.nt": QUAD + " .",
    "a.nq": QUAD + " <http://x/g> .",
    "a.trig": "<http://x/g> { " + QUAD + " . }",
    "a.n3": QUAD + " .",
    "a.jsonld": json.dumps({"@id": "http://x/a", "http://x/b": "c"}),
    "a.json": json.dumps({"@id": "http://x/a", "http://x/b": "c"}),
    "a.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">'
    '<rdf:Description rdf:about="http://x/a"><x:b>c</x:b></rdf:Description></rdf:RDF>',
    "a.trix": '<TriX xmlns="http://www.w3.org/2004/03/trix/trix-1/"><graph><triple><uri>http://x/a</uri>'
    "<uri>http://x/b</uri><plainLiteral>c</plainLiteral></triple></graph></TriX>",
    "a.hext": '["http://x/a", "http://x/b", "c", "http://www.w3.org/2001/XMLSchema#string", "", ""]\n',
}


@pytest.mark.parametrize("name", WAYS)
def test_a_file_is_read_whatever_its_format_into_its_graph_or_the_one_it_names(
    name: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(WAYS[name], encoding="utf-8")
    rows = store.open(file).select("SELECT ?g ?c { GRAPH ?g { <http://x/a> <http://x/b> ?c } }")
    graph = "http://x/g" if name in ("a.nq", "a.trig") else f"file:///{name}"
    assert rows == [{"g": NamedNode(graph), "c": Literal("c")}]


def test_relative_iris_resolve_within_what_was_opened(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.ttl").write_text("<#x> <b.ttl#y> <../../../z> .", encoding="utf-8")
    rows = store.open(tmp_path / "f").select("SELECT ?s ?p ?o { GRAPH <file:///f/a.ttl> { ?s ?p ?o } }")
    iris = [str(rows[0][name]) for name in "spo"]
    assert iris == ["<file:///f/a.ttl#x>", "<file:///f/b.ttl#y>", "<file:///z>"]


BROKEN = {
    "cut.ttl": (ONE[: ONE.index('"one') + 3], r"cut.ttl, line 2, column \d+: .*cut short"),
    "prefix.ttl": (
        "<a:a> <a:b> x:c .",
        r"prefix.ttl, line 1, column \d+: The prefix x: .* @prefix x: <…> \.",
    ),
    "cut.nq": ('<http://a> <http://b> "x', "cut.nq, line 1.*cut short"),
    "cut.rdf": ("<rdf:RDF xmlns:rdf=", "cut.rdf.*cut short"),
    "context.jsonld": ('{"@context": "http://127.0.0.1:1/c", "a:b": "c"}', "context is on the network"),
    "bad.trix": ("<TriX", "unclosed token"),
    "binary.ttl": ("\0\1\2", r"binary.ttl, line 1, column 1: 'U\+0000'"),
    "what.docx": ("x", "has no suffix of RDF: give it one of .ttl"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_says_where_and_how_to_mend_it(name: str, tmp_path: Path) -> None:
    text, message = BROKEN[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(StanceError, match=message):
        store.open(tmp_path / name)
    with pytest.raises(StanceError, match=message):
        store.load([tmp_path / name], tmp_path / "db")
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_place_that_holds_no_graph_says_what_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "empty" / "x.ttl").mkdir(parents=True)
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "gone.ttl").symlink_to(tmp_path / "nowhere")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "CURRENT").write_text("junk", encoding="utf-8")
    for where, message in {
        "nowhere": "does not exist: name a file or folder of RDF, an Oxigraph database",
        "empty": "no RDF files in .*looked for .ttl",
        "links": "gone.ttl is not a file that can be read",
        "links/gone.ttl": "is a link to nothing",
        "damaged": "damaged Oxigraph database.*stancegraph load",
        "a\0b": "cannot be opened",
        "n" * 5000: "cannot be opened",
    }.items():
        with pytest.raises(StanceError, match=message):
            store.open(f"{tmp_path}/{where}")


@pytest.mark.parametrize("into", ["", " "])
def test_a_database_without_a_name_is_refused_and_nothing_is_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, into: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="name the folder"):
        store.load([folder], into)
    assert not list(tmp_path.iterdir())


def test_load_adds_to_a_database_and_replaces_what_the_same_file_gave(tmp_path: Path) -> None:
    into, told, mine = tmp_path / "db", list[str](), tmp_path / "mine"
    (mine / "more").mkdir(parents=True)
    (mine / "one.ttl").write_text(ONE, encoding="utf-8")
    (mine / "more" / "two b.ttl").write_text(TWO, encoding="utf-8")
    count = store.load([mine], into, progress=told.append)
    assert [Path(each).name for each in told if each.endswith(".ttl")] == ["two b.ttl", "one.ttl"]
    assert count == len(pyoxigraph.Store.read_only(str(into)))
    (mine / "one.ttl").write_text(ONE.replace(":a", ":z"), encoding="utf-8")
    (tmp_path / "quads.nq").write_text(WAYS["a.nq"], encoding="utf-8")
    assert store.load([mine, tmp_path / "quads.nq"], into) == count + 1
    assert not store.open(into).ask("ASK { GRAPH <file:///mine/one.ttl> { ?s stance:speaker <http://x/a> } }")
    assert store.open(into).ask("ASK { GRAPH <file:///mine/one.ttl> { ?s stance:speaker <http://x/z> } }")
    (tmp_path / "quads.nq").write_text(WAYS["a.nq"].replace('"c"', '"d"'), encoding="utf-8")
    assert store.load([tmp_path / "quads.nq"], into) == count + 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["db", "mine", "quads.nq"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_load_that_fails_leaves_the_database_as_it_was(
    error: type[BaseException], folder: Path, tmp_path: Path
) -> None:
    store.load([folder], tmp_path / "db")
    before = names(store.open(tmp_path / "db"))

    def stop(_: str) -> None:
        raise error

    with pytest.raises((KeyboardInterrupt, StanceError)):
        store.load([folder / "one.ttl"], tmp_path / "db", progress=stop)
    assert names(store.open(tmp_path / "db")) == before
    assert [each.name for each in tmp_path.iterdir()] == ["db"]


def test_load_never_writes_over_what_is_not_a_database(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear", encoding="utf-8")
    for target in (tmp_path / "home", tmp_path / "home" / "letter.txt"):
        with pytest.raises(UsageError, match="is not an Oxigraph database"):
            store.load([folder], target)
    with pytest.raises(StanceError, match="cannot be written"):
        store.load([folder], tmp_path / "home" / "letter.txt" / "db")
    assert (tmp_path / "home" / "letter.txt").read_text(encoding="utf-8") == "dear"


Answer = tuple[int, dict[str, str], bytes]
JSON = {"Content-Type": "application/sparql-results+json"}
STRANGE: dict[str, tuple[Answer, str]] = {
    "a web page": ((200, {"Content-Type": "text/html"}, b"<html>"), "answered text/html, not SPARQL"),
    "half an answer": ((200, JSON, b'{"head":{"vars":["s"]},"results":{"bindings":[{'), "cut short"),
    "fewer bytes than told": (
        (200, JSON | {"Content-Length": "900"}, b'{"head":{}}'),
        "cut short|cannot be asked",
    ),
    "an empty answer": ((200, JSON, b""), "cut short"),
    "not JSON": ((200, JSON, b"\xff\xfe"), "cut short"),
    "a redirect elsewhere": (
        (302, {"Location": "http://127.0.0.2:1/x"}, b""),
        "redirects to http://127.0.0.2:1/x",
    ),
    "its own trouble": ((503, {}, b"try \n later" * 500), "answered 503 .*: try later"),
}


@pytest.mark.parametrize("case", STRANGE)
def test_an_endpoint_that_answers_strangely_is_an_error_that_says_so(case: str) -> None:
    (code, headers, body), message = STRANGE[case]

    class Strange(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(code)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    gc.collect()  # what pyoxigraph made in this thread must not be thrown away in the server's
    server = HTTPServer(("127.0.0.1", 0), Strange)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(StanceError, match=message) as caught:
            store.open(f"http://127.0.0.1:{server.server_port}/").select("SELECT * { ?s ?p ?o }")
        assert len(str(caught.value)) < 400
    finally:
        server.shutdown()
        server.server_close()


def test_a_dead_or_malformed_address_is_an_error_that_says_so() -> None:
    with pytest.raises(StanceError, match="is the endpoint running"):
        store.open("http://127.0.0.1:1/query").ask("ASK {}")
    for address in ("http://", "http://[", "https:///x", "http://a b/"):
        with pytest.raises(UsageError, match="not the address of an endpoint"):
            store.open(address)


def test_a_server_that_stops_in_the_middle_never_gives_half_an_answer(tmp_path: Path) -> None:
    triples = "".join(f"<http://x/{n}> <http://x/p> <http://x/{n % 7}> .\n" for n in range(3000))
    (tmp_path / "many.nt").write_text(triples, encoding="utf-8")
    store.load([tmp_path / "many.nt"], tmp_path / "db")
    with serve(tmp_path / "db", union=True, timeout=1) as url:
        for text in (
            "SELECT * { ?a <http://x/p> ?b . ?c <http://x/p> ?d }",
            "CONSTRUCT { ?a ?c ?d } { ?a <http://x/p> ?b . ?c <http://x/p> ?d }",
        ):
            with pytest.raises(StanceError):
                store.open(url).query(text)
