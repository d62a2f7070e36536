"""The endpoint speaks the SPARQL 1.1 Protocol, and no query can hurt it."""

from __future__ import annotations

import csv
import io
import json
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

from conftest import Run
from serving import Service

SELECT = "SELECT ?s WHERE { ?s stance:speaker actor:qais-al-khazali } ORDER BY ?s"
CONSTRUCT = "CONSTRUCT WHERE { ?s stance:speaker actor:qais-al-khazali }"
FORM = "application/x-www-form-urlencoded"
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


def test_a_dataset_of_the_protocol_is_asked_alone(service: Service) -> None:
    actors = "https://w3id.org/stancegraph/graph/data/actors"
    count = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a stance:Statement }"

    def counted(path: str) -> str:
        found: str = service.get(path).json()["results"]["bindings"][0]["n"]["value"]
        return found

    assert int(counted(f"/sparql?query={quote(count)}")) > 50
    assert counted(f"/sparql?query={quote(count)}&default-graph-uri={quote(actors)}") == "0"
    named = quote("ASK { GRAPH ?g { ?s a stance:Actor } }")
    asked = service.get(f"/sparql?query={named}&named-graph-uri={quote(actors)}")
    assert asked.json()["boolean"] is True


@pytest.mark.parametrize(
    ("method", "path", "kind", "body", "status"),
    [
        ("POST", "/sparql", "text/plain", SELECT, 415),
        ("POST", "/sparql", "", SELECT, 415),
        ("POST", "/sparql", "application/sparql-query; charset=UTF-16", SELECT, 415),
        ("POST", "/sparql", "application/sparql-update", "DROP ALL", 415),
        ("POST", "/sparql", FORM, "update=DROP+ALL", 400),
        ("POST", "/sparql", FORM, "", 400),
        ("POST", "/sparql", FORM, f"query={quote(SELECT)}&query={quote(SELECT)}", 400),
        ("POST", "/sparql", FORM, "query=%ff", 400),
        ("GET", f"/sparql?query={quote(SELECT)}&query=ASK", "", "", 400),
        ("GET", "/sparql?query=SELECT%20nonsense", "", "", 400),
        ("GET", "/sparql?query=", "", "", 400),
        ("GET", "/sparql?update=DROP%20ALL", "", "", 400),
        ("PUT", f"/sparql?query={quote(SELECT)}", "", "", 405),
        ("DELETE", "/sparql", "", "", 405),
    ],
)
def test_what_is_no_query_is_refused_with_its_status(
    service: Service, method: str, path: str, kind: str, body: str, status: int
) -> None:
    headers = {"content-type": kind} if kind else {}
    answered = service.client.request(method, path, content=body.encode(), headers=headers)
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


def test_queries_that_do_not_end_are_killed_and_told_honestly(service: Service) -> None:
    with ThreadPoolExecutor() as threads:
        for answered in threads.map(service.ask, DEATHS.values()):
            assert answered.status_code == 503
            assert "stopped" in answered.json()["detail"]
    assert service.ask("ASK {}").status_code == 200


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
