from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from conftest import Run, Shell
from stancegraph import store
from stancegraph.errors import UsageError
from stancegraph.store import sparql, worker

DATA = """@prefix : <http://x/> .
:a :said :p , :q ; :denied :r ; :text "one" ; :fresh true ; :home <http://x:> .
:b :said :p ; :denied :q ; :text "} SERVICE <http://127.0.0.1/> {" .
:c :said :r ; :text "a\\"b\\\\u0022\\n'''x\\\\" .
"""
A, B, C, P, Q, R = (NamedNode("http://x/" + each) for each in "abcpqr")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> store.Store:
    file = tmp_path_factory.mktemp("small") / "small.ttl"
    file.write_text(DATA, encoding="utf-8")
    return store.open(file)


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_error(500)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    gc.collect()  # what pyoxigraph made in this thread must not be thrown away in the server's
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


PREFIX = "PREFIX : <http://x/> "
BOUND = {
    "the outermost group": ("SELECT ?s { ?s :said ?x }", "s", {"p": {"a", "b"}, "r": {"c"}}),
    "the head alone projects it": ("SELECT ?s ?x { { ?s :said ?x } }", "s", {"p": {"a", "b"}, "r": {"c"}}),
    "an OPTIONAL": (
        "SELECT ?s { ?s :said ?y OPTIONAL { ?s :said ?x . ?s :text ?t } FILTER(BOUND(?t)) }",
        "s",
        {"p": {"a", "b"}, "r": {"c"}},
    ),
    "a UNION": (
        "SELECT ?s { { ?s :said ?x } UNION { ?s :denied ?x } }",
        "s",
        {"p": {"a", "b"}, "r": {"a", "c"}},
    ),
    "a MINUS": ("SELECT ?s { ?s :text ?t MINUS { ?s :said ?x } }", "s", {"p": {"c"}, "r": {"a", "b"}}),
    "a NOT EXISTS": (
        "SELECT ?s { ?s :text ?t FILTER NOT EXISTS { ?s :said ?x } }",
        "s",
        {"p": {"c"}, "r": {"a", "b"}},
    ),
    "a grouped sub-select that hides it": (
        "SELECT ?s ?n { { SELECT ?s (COUNT(*) AS ?n) { ?s :said ?x } GROUP BY ?s } FILTER(?n > 0) }",
        "s",
        {"p": {"a", "b"}, "r": {"c"}},
    ),
    "a sub-select that projects it": (
        "SELECT ?s { { SELECT DISTINCT ?s ?x { ?s :said ?x } } ?s :text ?t }",
        "s",
        {"p": {"a", "b"}, "r": {"c"}},
    ),
    "a comment with a brace before it": (
        "SELECT ?s { # } { ?x '\n ?s :said $x }",
        "s",
        {"p": {"a", "b"}, "r": {"c"}},
    ),
    "a filter alone": ("SELECT ?s { ?s :said ?y FILTER(?y=?x) }", "s", {"p": {"a", "b"}, "r": {"c"}}),
}


@pytest.mark.parametrize("case", BOUND)
@pytest.mark.parametrize("value", ["p", "r"])
def test_two_values_give_two_answers_in(case: str, value: str, small: store.Store) -> None:
    text, variable, expected = BOUND[case]
    rows = small.select(PREFIX + text, {"x": NamedNode("http://x/" + value)})
    assert {row[variable].value.removeprefix("http://x/") for row in rows} == expected[value]


def test_several_values_ask_of_each_and_none_of_nothing(small: store.Store) -> None:
    text = PREFIX + "SELECT ?s { ?s :said ?x }"
    assert {row["s"] for row in small.select(text, {"x": [Q, R]})} == {A, C}
    assert small.select(text, {"x": []}) == []


def test_two_values_hidden_in_a_sub_select_do_not_double_its_rows(small: store.Store) -> None:
    text = PREFIX + "SELECT ?s ?n { { SELECT ?s (COUNT(*) AS ?n) { ?s :said ?x } GROUP BY ?s } }"
    assert [row["n"].value for row in small.select(text, {"x": [P, Q]}) if row["s"] == A] == ["2"]


@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_a_literal_of_any_text_is_bound_as_that_text(who: str, small: store.Store) -> None:
    subject = NamedNode("http://x/" + who)
    text = small.select(PREFIX + "SELECT ?t { ?s :text ?t }", {"s": subject})[0]["t"]
    assert small.select(PREFIX + "SELECT ?s { ?s :text ?t }", {"t": text}) == [{"s": subject}]


@pytest.mark.parametrize(
    "text",
    [
        '"} SERVICE <http://x> {"',
        "\\u0022",
        "\\\\u0022 \\U00000022",
        "'''\n\r\t\"\"\"",
        "\x01\x7f\\",
        "é\U0001f600",
    ],
)
def test_a_hostile_literal_comes_back_as_it_went_in(text: str, small: store.Store) -> None:
    for trusted in (True, False):
        rows = small.select("SELECT ?x { }", {"x": Literal(text, language="en")}, trusted=trusted)
        assert rows == [{"x": Literal(text, language="en")}]


def test_a_construct_binds_its_where_and_leaves_its_template(small: store.Store) -> None:
    triples = small.construct(PREFIX + "CONSTRUCT { ?x :heard ?s } WHERE { ?s :said ?x }", {"x": R})
    assert triples == [pyoxigraph.Triple(R, NamedNode("http://x/heard"), C)]


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("SELECT ?s { ?s ?p ?o }", {"x": P}, r"no variable \?x; its variables are: \?o, \?p, \?s"),
        ("SELECT ?s { BIND(1 AS ?x) }", {"x": P}, r"\?x cannot be given: the query computes it"),
        ("CONSTRUCT WHERE { ?s ?p ?x }", {"x": P}, r"write CONSTRUCT \{ … \} WHERE"),
        ("DESCRIBE ?x", {"x": P}, "write DESCRIBE … WHERE"),
        ("SELECT ?x { ?x ?p ?o }", {"x": BlankNode("b")}, "give an IRI or a literal"),
        ("SELECT * { FILTER(?a<?b#x>) { ?x } \n) }", {"x": P}, "put a space after '<'"),
        ("SELECT * { ?s ?p 'open }", {}, "line 1: a string is not closed"),
        ("", {}, "begins with SELECT"),
        ("SELECT * { ?s \\u003fp ?o }", {}, "write the character itself"),
        ("SELECT * {" + "{" * 90 + "}" * 91, {}, "nests more than"),
        ("SELECT * { #" + "x" * 100_001 + "\n}", {}, "100000 are allowed"),
    ],
)
def test_a_query_that_cannot_be_bound_says_how_to_mend_it(
    text: str, values: sparql.Values, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        sparql.prepare(text, values)


def test_a_prefix_the_query_declares_is_its_own(small: store.Store) -> None:
    assert small.ask("PREFIX stance: <http://x/> ASK { stance:a stance:said stance:p }")
    assert small.ask("ASK { stance:supports rdfs:subPropertyOf ?x }")


@pytest.mark.parametrize("trusted", [True, False])
def test_a_syntax_error_names_the_line_and_column_typed(trusted: bool, small: store.Store) -> None:
    with pytest.raises(UsageError, match=r"line 2, column \d+: unexpected '.*WHERE'$") as caught:
        small.query("SELECT ?s { ?s a stance:Actor .\n ?s ?p } WHERE", {"s": A}, trusted=trusted)
    assert len(str(caught.value)) < 200


HOSTILE = {
    "plain": "SELECT * { SERVICE <@> {?s ?p ?o} }",
    "any case, silent": "SELECT * { sErViCe SILENT <@> {?s ?p ?o} }",
    "glued": "SELECT*{SERVICE<@>{?s ?p ?o}}",
    "glued to a prefix": "PREFIX ex: <@> SELECT * { SERVICEex:x {?s ?p ?o} }",
    "glued to true, which rdflib reads as a name": ("PREFIX : <@> SELECT * { ?s ?p trueSERVICE:x {} }"),
    "behind a name of an invalid IRI": "PREFIX e: <http://x:> PREFIX : <@> SELECT * { ?s ?p e:SERVICE:x {} }",
    "in EXISTS": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <@> {?s ?p ?o} } }",
    "in BIND": "SELECT * { ?s ?p ?o BIND(EXISTS { SERVICE <@> {?s ?p ?o} } AS ?e) }",
    "in HAVING": "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(EXISTS { SERVICE <@> {?s ?p ?o} })",
    "in ORDER BY": "SELECT ?s { ?s ?p ?o } ORDER BY EXISTS { SERVICE <@> {?s ?p ?o} }",
    "in the head": "SELECT (EXISTS { SERVICE <@> {?s ?p ?o} } AS ?e) { }",
    "in an aggregate": "SELECT (SUM(IF(EXISTS { SERVICE <@> {?s ?p ?o} },1,2)) AS ?n) { ?s ?p ?o }",
    "in a sub-select": "SELECT * { { SELECT * { SERVICE <@> {?s ?p ?o} } } }",
    "in MINUS": "SELECT * { ?s ?p ?o MINUS { SERVICE <@> {?s ?p ?o} } }",
    "in LATERAL": "SELECT * { ?s ?p ?o LATERAL { SERVICE <@> {?a ?p ?b} } }",
    "in CONSTRUCT": "CONSTRUCT {?s ?p ?o} { SERVICE <@> {?s ?p ?o} }",
    "in DESCRIBE": "DESCRIBE ?s { SERVICE <@> {?s ?p ?o} }",
    "after a comment that ends at CR": "SELECT * { # a\r SERVICE <@> {?s ?p ?o}\n }",
    "after a comment with NUL": "SELECT * { #\0\n SERVICE <@> {?s ?p ?o} }",
    "after <#>, a comment to rdflib": "BASE <@> SELECT * { OPTIONAL { ?s <#> ?o } SERVICE <@> {} #>\n }",
    "an update": "LOAD <@>",
    "an update after a prologue": "# c\nPREFIX a: <b:c> LOAD SILENT <@> INTO GRAPH <a:a>",
    "an update after a query": "SELECT * {} ; LOAD <@>",
    "an update that inserts": "INSERT { ?s ?p ?o } WHERE { SERVICE <@> {?s ?p ?o} }",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_typed_query_never_reaches_the_network(
    case: str, small: store.Store, listener: tuple[str, list[str]]
) -> None:
    address, asked = listener
    with pytest.raises(UsageError):
        small.query(HOSTILE[case].replace("@", address), trusted=False)
    assert asked == []


def test_the_listener_hears_what_the_gap_between_two_parsers_would_let_through(
    small: store.Store, listener: tuple[str, list[str]]
) -> None:
    address, asked = listener
    text = HOSTILE["behind a name of an invalid IRI"].replace("@", address)
    with pytest.raises(Exception, match="500"):
        small.query(text.replace("SELECT * {", "SELECT * { ?s ?p ?o ."))
    assert asked == ["/x"]
    asked.clear()


def test_a_worker_can_open_no_socket_even_if_the_refusal_were_slipped_past(
    small: store.Store, listener: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = listener
    monkeypatch.setattr(sparql, "refuse", lambda _: None)
    with pytest.raises(Exception, match="failed"):
        small.query(HOSTILE["plain"].replace("@", address), trusted=False)
    assert asked == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o } # SERVICE <http://127.0.0.1/> {}",
        'SELECT * { ?s ?p \'SERVICE\' , """SERVICE <a:a> {}""" }',
        "SELECT * { ?service <http://x/SERVICE> ?o }",
    ],
)
def test_the_word_in_a_comment_a_string_an_iri_or_a_variable_is_no_service(
    text: str, small: store.Store
) -> None:
    assert isinstance(small.query(text, trusted=False), store.Table)


def test_a_typed_query_that_runs_too_long_is_stopped(small: store.Store) -> None:
    many = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(12))
    with pytest.raises(UsageError, match=r"ran longer than 0\.5 s and was stopped"):
        small.query(f"SELECT (COUNT(*) AS ?n) {{ {many} }}", trusted=False, timeout=0.5)


def test_a_typed_query_that_overflows_the_engine_is_an_error_not_a_crash(small: store.Store) -> None:
    with pytest.raises(UsageError):
        small.query("SELECT * { FILTER(" + "!" * 90_000 + "1) }", trusted=False, timeout=20)


@pytest.mark.parametrize("text", ["SELECT * { ?s :said ?o }", "ASK { ?s :said ?o }"])
def test_a_typed_query_answers_as_a_trusted_one(text: str, small: store.Store) -> None:
    trusted, typed = (small.query(PREFIX + text, trusted=trusted) for trusted in (True, False))
    assert trusted == typed
    assert trusted


def test_a_typed_construct_answers_as_a_trusted_one(small: store.Store) -> None:
    text = PREFIX + "CONSTRUCT { ?s :x ?o } { ?s :said ?o }"
    assert set(small.construct(text)) == set(small.construct(text, trusted=False)) != set()


def test_a_disk_database_answers_typed_queries_too(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(DATA, encoding="utf-8")
    store.load([tmp_path / "a.ttl"], tmp_path / "db")
    database = store.open(tmp_path / "db")
    assert len(database.select(PREFIX + "SELECT * { ?s :said ?o }", trusted=False)) == 4
    with pytest.raises(UsageError, match="SERVICE"):
        database.query("SELECT * { SERVICE <http://127.0.0.1:1/> {} }", trusted=False)


@pytest.mark.parametrize(
    "text", ["SELECT * { ?s ?p " + "a." * 49_000 + " }", "SELECT * { " + "a.a." * 24_000 + " }"]
)
def test_one_deadline_binds_from_the_query_to_the_last_byte(text: str, run: Run) -> None:
    done = run("ask", text, "--timeout", "2")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_the_time_an_answer_is_printed_counts_too(shell: Shell) -> None:
    rows = "SELECT ?s ?p ?o { ?s ?p ?o . ?a a ?c } LIMIT 600000"
    done = shell("stancegraph", "ask", rows, "--timeout", "1.5")
    assert (done.returncode, done.stdout) == (2, "")
    assert "ran longer than 1.5 s and was stopped" in done.stderr


def test_an_answer_has_only_so_many_cells(small: store.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "CELLS", 8)
    with pytest.raises(UsageError, match="more than 8 cells: add LIMIT"):
        small.query(PREFIX + "SELECT ?s ?p ?o { ?s ?p ?o }", trusted=False)
    with pytest.raises(UsageError, match="more than 8 cells"):
        small.query("SELECT * { {} " + "UNION {} " * 9 + "}", trusted=False)
    assert len(small.select(PREFIX + "SELECT ?s { ?s ?p ?o } LIMIT 5", trusted=False)) == 5


@pytest.mark.parametrize("form", ["table", "csv", "json", "md"])
def test_a_row_without_a_variable_is_an_answer(form: str, run: Run) -> None:
    assert run("ask", "SELECT * {}", "--format", form).returncode == 0
