"""The endpoint speaks the SPARQL 1.1 Protocol, and no query can hurt it."""

from __future__ import annotations

import csv
import io
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import RdfFormat
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import SPARQLWrapper

from conftest import Run, Shell
from serving import Service

SELECT = "SELECT ?s WHERE { ?s stance:speaker actor:qais-al-khazali } ORDER BY ?s"
CONSTRUCT = "CONSTRUCT WHERE { ?s stance:speaker actor:qais-al-khazali }"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
DEATHS = {
    "a product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "a path": "SELECT (COUNT(*) AS ?n) { ?a (!a:b|^!a:b)* ?b . ?c (!a:b|^!a:b)* ?d . ?e (!a:b|^!a:b)* ?f }".replace(
        "a:b", "<x:y>"
    ),
    "a sort": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?h",
}


def test_a_query_is_taken_by_get_by_form_and_directly(service: Service) -> None:
    by_get = service.get(f"/sparql?query={quote(SELECT)}")
    by_form = service.client.post("/sparql", data={"query": SELECT})
    direct = service.client.post(
        "/sparql", content=SELECT.encode(), headers={"content-type": "application/sparql-query"}
    )
    assert by_get.status_code == by_form.status_code == direct.status_code == 200
    assert by_get.headers["content-type"] == "application/sparql-results+json"
    assert by_get.content == by_form.content == direct.content
    assert len(by_get.json()["results"]["bindings"]) == 3


def test_rows_come_in_four_formats_that_say_the_same(service: Service) -> None:
    as_json = [row["s"]["value"] for row in service.ask(SELECT).json()["results"]["bindings"]]
    xml = ET.fromstring(service.ask(SELECT, "application/sparql-results+xml").text)  # noqa: S314  our own answer
    as_xml = [node.text for node in xml.iter("{http://www.w3.org/2005/sparql-results#}uri")]
    as_csv = [row["s"] for row in csv.DictReader(io.StringIO(service.ask(SELECT, "text/csv").text))]
    tsv = service.ask(SELECT, "text/tab-separated-values").text.splitlines()
    assert as_json == as_xml == as_csv == [line.strip("<>") for line in tsv[1:]]


def test_a_truth_comes_in_two_formats(service: Service) -> None:
    assert service.ask("ASK {}").json() == {"head": {}, "boolean": True}
    assert "<boolean>true</boolean>" in service.ask("ASK {}", "application/sparql-results+xml").text
    assert service.ask("ASK {}", "text/csv").status_code == 406


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/ld+json", RdfFormat.JSON_LD),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("text/html, application/ld+json;q=0.9, */*;q=0.1", RdfFormat.JSON_LD),
    ],
)
def test_triples_come_in_the_format_asked_for(service: Service, accept: str, form: RdfFormat) -> None:
    for query in (CONSTRUCT, "DESCRIBE statement:khazali-condemns-international-silence"):
        answered = service.ask(query, accept)
        assert answered.status_code == 200
        assert answered.headers["content-type"].partition(";")[0] == form.media_type
        assert len({q.triple for q in pyoxigraph.parse(answered.content, form)}) >= 3


def test_the_service_describes_itself(service: Service) -> None:
    described = service.get("/sparql", accept="text/turtle")
    graph = rdflib.Graph().parse(data=described.text, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert (None, sd.supportedLanguage, sd.SPARQL11Query) in graph
    assert (None, sd.feature, sd.UnionDefaultGraph) in graph
    names = {str(name) for name in graph.objects(None, sd.name)}
    listed = service.ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").json()["results"]["bindings"]
    assert names == {row["g"]["value"] for row in listed}


G = "https://w3id.org/stancegraph/graph/data"
BOTH = f"default-graph-uri={quote(f'{G}/actors')}&default-graph-uri={quote(f'{G}/propositions')}"
NAMED = BOTH.replace("default", "named")
TWO = "ASK { ?actor a stance:Actor . ?proposition a stance:Proposition }"
TWO_NAMED = "ASK { GRAPH ?g { ?actor a stance:Actor } GRAPH ?h { ?proposition a stance:Proposition } }"
FULL = "ASK { ?actor a stance:Actor GRAPH ?h { ?proposition a stance:Proposition } }"
FULL_SET = f"default-graph-uri={quote(f'{G}/actors')}&named-graph-uri={quote(f'{G}/propositions')}"
OTHER = f"ASK FROM <{G}/propositions> {{ ?actor a stance:Actor }}"
ELSEWHERE = f"ASK {{ GRAPH <{G}/propositions> {{ ?proposition a stance:Proposition }} }}"


@pytest.mark.parametrize(
    ("method", "parameters", "kind", "body", "truth"),
    [
        ("GET", f"query={quote('ASK {}')}", "", "", True),
        ("POST", "", FORM, f"query={quote('ASK {}')}", True),
        ("POST", "", DIRECT, "ASK {}", True),
        ("GET", f"query={quote(TWO)}&{BOTH}", "", "", True),
        ("POST", BOTH, DIRECT, TWO, True),
        ("POST", "", FORM, f"query={quote(TWO)}&{BOTH}", True),
        ("GET", f"query={quote(TWO_NAMED)}&{NAMED}", "", "", True),
        ("POST", NAMED, DIRECT, TWO_NAMED, True),
        ("POST", FULL_SET, DIRECT, FULL, True),
        ("POST", "", FORM, f"query={quote(FULL)}&{FULL_SET}", True),
        # A dataset of the protocol takes the place of the query's own, and nothing outside is seen.
        ("GET", f"query={quote(OTHER)}&{BOTH}", "", "", True),
        ("GET", f"query={quote(OTHER)}", "", "", False),
        ("POST", FULL_SET.replace("propositions", "actors"), DIRECT, ELSEWHERE, False),
        ("POST", FULL_SET, DIRECT, "ASK { ?proposition a stance:Proposition }", False),
    ],
)
def test_the_protocol_asks_in_three_ways_of_the_dataset_it_names(
    service: Service, method: str, parameters: str, kind: str, body: str, truth: bool
) -> None:
    """The cases of queries of the W3C's test suite of the protocol, and their opposites, on the shipped graph."""
    headers = {"content-type": kind} if kind else {}
    answered = service.client.request(method, f"/sparql?{parameters}", content=body.encode(), headers=headers)
    assert answered.status_code == 200, answered.text
    assert answered.json()["boolean"] is truth


@pytest.mark.parametrize(
    ("method", "parameters", "kind", "body", "status"),
    [
        ("PUT", f"query={quote(SELECT)}", "", "", 405),
        ("DELETE", "", "", "", 405),
        ("GET", f"query={quote(SELECT)}&query={quote('ASK {}')}", "", "", 400),
        ("POST", "", FORM, f"query={quote(SELECT)}&query={quote(SELECT)}", 400),
        ("POST", "", "text/plain", "ASK {}", 415),
        ("POST", "", "", f"query={quote('ASK {}')}", 415),
        ("POST", "", "", "ASK {}", 415),
        ("POST", "", f"{DIRECT}; charset=UTF-16", "ASK {}", 415),
        ("POST", "", FORM, "query=%ff", 400),
        ("GET", f"query={quote('ASK {')}", "", "", 400),
        ("GET", "query=", "", "", 400),
        ("POST", "", FORM, "", 400),
        ("GET", f"query={quote('ASK {}')}&default-graph-uri=no%20IRI", "", "", 400),
        ("GET", f"query={quote('ASK {}')}&default-graph-uri=urn:nowhere", "", "", 400),
        ("GET", "update=DROP%20ALL", "", "", 400),
        ("POST", "", FORM, "update=DROP+ALL", 400),
        ("POST", "", "application/sparql-update", "DROP ALL", 415),
    ],
)
def test_what_is_no_query_is_refused_with_its_status(
    service: Service, method: str, parameters: str, kind: str, body: str, status: int
) -> None:
    headers = {"content-type": kind} if kind else {}
    answered = service.client.request(method, f"/sparql?{parameters}", content=body.encode(), headers=headers)
    assert answered.status_code == status, answered.text
    assert answered.json()["detail"]


def test_what_nothing_can_be_answered_as_is_refused(service: Service) -> None:
    assert service.ask(SELECT, "image/png").status_code == 406
    assert service.ask(CONSTRUCT, "text/csv").status_code == 406


def test_a_body_too_large_is_refused(service: Service) -> None:
    assert service.client.post("/sparql", data={"query": "#" * (1 << 20)}).status_code == 413
    assert service.client.post("/sparql", data={"query": "#" * 200_000}).status_code == 400


class _Listener(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


def test_no_query_reaches_another_address_or_writes(service: Service) -> None:
    with HTTPServer(("127.0.0.1", 0), _Listener) as listener:
        thread = threading.Thread(target=listener.serve_forever, daemon=True)
        thread.start()
        there = f"<http://127.0.0.1:{listener.server_port}/x>"
        reaching = [
            f"SELECT * {{ SERVICE {there} {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT {there} {{ ?s ?p ?o }} }}",
            f"SELECT * {{ {{ SELECT * {{ sErViCe {there} {{ ?s ?p ?o }} }} }} }}",
            f"SELECT * FROM {there} {{ ?s ?p ?o }}",  # noqa: S608
            f"SELECT * FROM NAMED {there} {{ GRAPH ?g {{ ?s ?p ?o }} }}",  # noqa: S608
            f"LOAD {there}",
            f"LOAD SILENT {there} INTO GRAPH <x:y>",
            "INSERT DATA { <x:a> <x:b> <x:c> }",
            "DELETE WHERE { ?s ?p ?o }",
            "DROP ALL",
            "PREFIX a: <x:y> INSERT { ?s a ?o } WHERE { ?s ?p ?o }",
        ]
        for query in reaching:
            assert service.ask(query).status_code == 400, query
        graph = quote(there.strip("<>"))
        assert service.get(f"/sparql?query=ASK%20%7B%7D&default-graph-uri={graph}").status_code == 400
        listener.shutdown()
        thread.join()
    assert _Listener.asked == []
    assert service.ask("ASK { <x:a> <x:b> <x:c> }").json()["boolean"] is False


def test_queries_that_do_not_end_are_killed_and_told_honestly(hurried: Service) -> None:
    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(hurried.ask, DEATHS.values()))
    assert {answered.status_code for answered in answers} == {503}
    told = [answered.json()["detail"] for answered in answers]
    assert all("stopped" in each or "it waited for others longer than 2 s" in each for each in told)
    assert any("stopped" in each for each in told)
    assert hurried.ask("ASK {}").status_code == 200


@pytest.mark.parametrize(
    "command",
    [
        ["said", "sudani", "--since", "2024-12-01", "--quoted"],
        ["compare", "al-Mukhtar", "Sudani"],
        ["ask", "changed-position"],
        ["shifts"],
    ],
    ids=" ".join,
)
def test_commands_pointed_at_it_give_the_same_answers(run: Run, service: Service, command: list[str]) -> None:
    here = run(*command, "--format", "json")
    there = run(*command, "--format", "json", "--data", f"{service.address}sparql")
    assert json.loads(there.stdout) == json.loads(here.stdout)
    assert there.stdout == here.stdout


def test_rdflib_reads_it_as_a_store(service: Service) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{service.address}sparql", returnFormat="json"))
    asked = graph.query(
        "SELECT ?s WHERE { ?s <https://w3id.org/stancegraph/ns#speaker> "
        "<https://w3id.org/stancegraph/id/actor/qais-al-khazali> }"
    )
    assert len(list(asked)) == 3


def test_sparqlwrapper_asks_it(service: Service) -> None:
    client = SPARQLWrapper(f"{service.address}sparql")
    client.setReturnFormat("json")
    for method in ("GET", "POST"):
        client.setMethod(method)
        client.setQuery(SELECT)
        assert client.queryAndConvert() == service.ask(SELECT).json()
    client.setReturnFormat("turtle")
    client.setQuery(CONSTRUCT)
    assert len(rdflib.Graph().parse(client.query().response, format="turtle")) == 3


def test_curl_asks_it_as_the_protocol_shows(service: Service, shell: Shell) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not on PATH")
    address = f"{service.address}sparql"
    found = shell("curl", "-sS", address, "-H", "accept: text/csv", "--data-urlencode", f"query={SELECT}")
    assert found.stdout.replace("\r\n", "\n") == service.ask(SELECT, "text/csv").text.replace("\r\n", "\n")
