"""How a network is made: the choices there are, which go together, what counts, and what stands behind a tie."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from february import Graph, says, slug
from stancegraph import network, table
from stancegraph.errors import UsageError
from stancegraph.network import CHOICES, Method, allowed
from stancegraph.network.ties import statements_behind


def weights(graph: nx.Graph[str]) -> dict[tuple[str, str], float]:
    return {(slug(min(a, b)), slug(max(a, b))): data["weight"] for a, b, data in graph.edges(data=True)}


KINDS = "stances, two-mode, agreement, targets"


@pytest.mark.parametrize(
    ("kind", "choices", "message"),
    [
        ("friends", {}, f"--kind 'friends': choose one of {KINDS}"),
        ("agreement", {"colour": 1}, f"no choice is called 'colour'; there are: kind, {', '.join(CHOICES)}"),
        (
            "agreement",
            {"duplicates": "day"},
            "--duplicates 'day': choose one of include, document, week, month, year, ever",
        ),
        (
            "targets",
            {"direct": True},
            "--direct adds stances on actors to the polarity of agreement: use that network",
        ),
        (
            "agreement",
            {"direct": True, "level": "rating"},
            "--direct adds stances on actors to the polarity of agreement: use that network",
        ),
        (
            "stances",
            {"normalisation": "average"},
            "--aggregation and --normalisation are not defined for --kind stances: leave them out",
        ),
        (
            "stances",
            {"aggregation": "ignore"},
            "--aggregation and --normalisation are not defined for --kind stances: leave them out",
        ),
        (
            "two-mode",
            {"aggregation": "congruence"},
            "--aggregation congruence is not defined for --kind two-mode: ignore, subtract, combine",
        ),
        (
            "two-mode",
            {"normalisation": "cosine"},
            "--normalisation cosine is not defined for --kind two-mode: none, activity, prominence",
        ),
        (
            "targets",
            {"aggregation": "combine"},
            "--aggregation combine is not defined for --kind targets: ignore, congruence, conflict, subtract",
        ),
        (
            "targets",
            {"normalisation": "prominence"},
            "--normalisation prominence is not defined for --kind targets: none, average, jaccard, cosine, activity",
        ),
    ],
)
def test_choices_that_do_not_go_together_are_refused_with_those_that_do(
    kind: str, choices: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Method.of(kind, choices)
    assert str(caught.value) == message


def test_what_is_not_chosen_has_the_default_of_its_kind() -> None:
    assert Method.of("agreement", {"aggregation": None, "duplicates": None}) == Method()
    assert (Method().kind, Method().aggregation, Method().divisor) == ("agreement", "subtract", "average")
    assert Method.of("two-mode", {}).divisor == "none"
    assert Method.of("two-mode", {"normalisation": "activity"}).divisor == "activity"
    assert Method.of("targets", {}).duplicates == "document"
    assert Method.of("stances", {}).duplicates == "include"
    assert Method.of("stances", {"duplicates": "ever"}).duplicates == "ever"
    assert allowed("isolates") == allowed("level") == ()
    assert allowed("aggregation") == ("ignore", "congruence", "conflict", "subtract", "combine")


def test_where_levels_do_not_count_the_first_row_on_a_target_does() -> None:
    rows = table.of(list("aab"), ["x"] * 3, [1, -1, 1], documents=["p"] * 3)
    common = network.agreement(rows, aggregation="ignore", normalisation="none")
    assert weights(common) == {("a", "b"): 1}
    assert weights(network.agreement(rows, normalisation="none")) == {}
    twice = network.agreement(rows, aggregation="ignore", normalisation="none", duplicates="include")
    assert weights(twice) == {("a", "b"): 2}


def test_that_nothing_was_coded_is_no_level_but_where_levels_do_not_count() -> None:
    parties = table.Scale("party", "categorical", (0, 1), labels=("", "left"), empty=0)
    rows = table.of(list("abcd"), list("xxyy"), [0, 0, 1, 1], scale=parties)
    assert set(weights(network.agreement(rows, aggregation="ignore"))) == {("a", "b"), ("c", "d")}
    assert set(weights(network.agreement(rows, aggregation="congruence"))) == {("c", "d")}


def test_direct_stances_are_added_to_agreement_once_for_each_document(graph: Graph) -> None:
    """Ada and Bo agree (1 over mean activity) and Ada supports Bo, twice; Bo opposes Cy, who never speaks."""
    own = graph(
        says("a", "ada", "1", "+bridge +bo"),
        says("b", "ada", "2", "+bo"),
        says("again", "ada", "2", "+bo"),
        says("c", "bo", "3", "+bridge -cy"),
        says("d", "di", "4", "+di"),
        ':herald a schema:NewsArticle ; dcterms:title "Herald"@en .',
        ":r1 stance:reports :a ; stance:document :gazette . :r2 stance:reports :b ; stance:document :herald .",
        ":r3 stance:reports :again ; stance:document :herald .",
    )
    made = network.agreement(own, direct=True, normalisation="none", duplicates="include")
    assert weights(made) == {("ada", "bo"): 1 + 2, ("bo", "cy"): -1}
    assert [slug(s.iri) for s in network.evidence(made, "Ada", "Bo")] == ["a", "again", "b", "c"]
    assert [slug(s.iri) for s in network.evidence(made, "Cy", "Bo")] == ["c"]
    assert made.nodes["https://example.org/id/cy"]["label"] == "Cy"
    assert made.nodes["https://example.org/id/cy"]["kind"] == "politician"
    assert "https://example.org/id/di" in made
    tied = network.agreement(own, direct=True, isolates=False)
    assert sorted(map(slug, tied)) == ["ada", "bo", "cy"]
    table_rows, method = network.prepare(own, "agreement", {"direct": True, "normalisation": "none"})
    counted = network.countable(table_rows, method)
    of_bo = network.weights_of(counted, method, "https://example.org/id/bo")
    assert {slug(iri): weight for iri, weight in of_bo.items()} == {"ada": 3, "cy": -1}
    assert network.weights_of(counted, method, "https://example.org/id/council") == {}
    of_cy = network.weights_of(counted, method, "https://example.org/id/cy")
    assert {slug(iri): weight for iri, weight in of_cy.items()} == {"bo": -1}


def test_a_direct_stance_can_cancel_agreement() -> None:
    rows = table.of(["a", "b", "a"], ["x", "x", "b"], [1, 1, -1])
    made = network.agreement(rows, direct=True, normalisation="none")
    assert weights(made) == {}
    assert len(network.supporting_rows(made, "a", "b")) == 0
    method = Method(direct=True, normalisation="none")
    assert network.weights_of(rows, method, "a") == {}
    assert network.weights_of(rows, method, "b") == {}


def test_targets_and_actors_have_their_labels_and_kinds_in_each_network(graph: Graph) -> None:
    own = graph(
        ':ada skos:prefLabel "آدا"@ar .',
        says("a", "ada", "1", "+bridge +bo"),
        says("b", "bo", "2", "-bridge"),
    )
    nodes = {slug(node): data for node, data in network.two_mode(own).nodes(data=True)}
    assert nodes == {
        "ada": {"label": "Ada", "label_ar": "آدا", "kind": "politician", "bipartite": 0},
        "bo": {"label": "Bo", "label_ar": None, "kind": "official", "bipartite": 0},
        "bo (target)": {"label": "Bo", "label_ar": None, "kind": "official", "bipartite": 1},
        "bridge": {
            "label": "The bridge should stay open.",
            "label_ar": None,
            "kind": "proposition",
            "bipartite": 1,
        },
    }
    held = {slug(node): data["kind"] for node, data in network.targets(own).nodes(data=True)}
    assert held == {"bridge": "proposition", "bo": "official"}
    assert {data["kind"] for _, data in network.stances(table.of(["a"], ["x"], [1])).nodes(data=True)} == {""}


def test_an_edge_of_the_stance_network_says_what_and_where(graph: Graph) -> None:
    own = graph(
        ':herald a stance:Actor ; skos:prefLabel "Herald"@en .',
        ':gazette dcterms:publisher :herald ; schema:url "https://example.org/g" .',
        says("a", "ada", "1..3", "+bridge"),
        ":r a stance:Report ; stance:reports :a ; stance:document :gazette .",
    )
    ((_, _, data),) = network.stances(own).edges(data=True)
    assert data == {
        "polarity": 1,
        "stance": "supports",
        "documents": ("https://example.org/id/gazette",),
        "date": "2020-02-01/2020-02-03",
        "act": "assert",
        "medium": None,
        "basis": "said",
        "confidence": 1,
        "gist": "Gist of a.",
        "quotes": (),
        "reports": (
            {
                "document": "https://example.org/id/gazette",
                "title": "The bridge",
                "publisher": "Herald",
                "issued": "2020-03-01",
                "url": "https://example.org/g",
            },
        ),
    }
    rows, method = network.prepare(own, "stances", {})
    ((_, _, bare),) = network.build(rows, method, words=False).edges(data=True)
    assert bare == {"polarity": 1, "documents": ("https://example.org/id/gazette",)}
    whole = network.stances(own, act="assert")
    assert list(network.build(rows, method).edges(data=True)) == list(whole.edges(data=True))
    assert whole.graph["rows"].store is own
    for made in (whole, network.agreement(own, act="assert")):
        assert made.graph["filters"].given == {"act": ("assert",)}
        assert (made.graph["notes"], made.graph["rows"].notes) == ((), ())


def test_the_matrix_of_a_network_holds_the_weights_of_its_graph() -> None:
    rows = table.of(list("aabbc"), list("xyxyx"), [1, 1, 1, -1, -1])
    made = network.matrix(rows, normalisation="none", aggregation="congruence")
    assert made.matrix.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    both = network.matrix(rows, "two-mode")
    assert both.matrix.toarray().tolist() == [[1, 1], [1, -1], [-1, 0]]
    assert both.columns.tolist() == [0, 1]


def test_what_a_graph_does_not_remember_cannot_be_asked_of_it() -> None:
    rows = table.of(list("ab"), ["x", "x"], [1, 1])
    with pytest.raises(UsageError) as caught:
        network.evidence(network.agreement(rows), "a", "b")
    assert str(caught.value) == (
        "this network was made from rows of your own: ties.supporting_rows gives those of a tie"
    )
    assert [row.statement for row in network.supporting_rows(network.agreement(rows), "a", "b")] == [
        "row 1",
        "row 2",
    ]
    with pytest.raises(UsageError) as caught:
        network.supporting_rows(nx.Graph([("a", "b")], rows=rows), "a", "b")
    assert str(caught.value) == (
        "this graph does not remember its statements: make it with stancegraph.network"
    )
    two: nx.Graph[str] = network.agreement(rows)
    for node in two:
        two.nodes[node]["label"] = "Twin"
    for name, number in (("Twin", "2"), ("c" * 61, "no")):
        with pytest.raises(UsageError) as caught:
            network.supporting_rows(two, name, "a")
        assert str(caught.value) == f"'{name[:60]}' names {number} nodes of this network: give an IRI"


def test_every_tie_has_its_rows_the_actor_first_where_there_are_two_modes() -> None:
    rows = table.of(list("abab"), ["x", "x", "y", "b"], [1, 1, 1, -1])
    found = [
        (a, b, data["weight"], behind) for a, b, data, behind in network.tie_rows(network.two_mode(rows))
    ]
    assert sorted(found) == [
        ("a", "x", 1, [0]),
        ("a", "y", 1, [2]),
        ("b", "b (target)", -1, [3]),
        ("b", "x", 1, [1]),
    ]
    tied = network.agreement(rows, normalisation="none")
    assert [(a, b, behind) for a, b, _, behind in network.tie_rows(tied)] == [("a", "b", [0, 1])]
    assert [number for *_, number in network.statement_counts(tied)] == [2]


def test_ties_are_listed_by_label_with_the_lesser_first_where_they_have_no_direction() -> None:
    rows = table.of(list("zzyy"), ["q", "p", "q", "p"], [1, -1, 1, -1])
    assert network.edge_list(network.agreement(rows, normalisation="none")) == [
        {"a": "y", "b": "z", "weight": 2, "statements": 4}
    ]
    assert network.edge_list(network.targets(rows, aggregation="ignore", normalisation="none")) == [
        {"a": "p", "b": "q", "weight": 2, "statements": 4}
    ]
    assert network.edge_list(network.two_mode(rows[:2])) == [
        {"a": "z", "b": "p", "weight": -1, "statements": 1},
        {"a": "z", "b": "q", "weight": 1, "statements": 1},
    ]
    assert network.edge_list(network.stances(rows[:2])) == [
        {"a": "z", "b": "p", "weight": -1, "statements": 1},
        {"a": "z", "b": "q", "weight": 1, "statements": 1},
    ]


def test_two_actors_are_compared_on_every_target_with_all_their_statements(graph: Graph) -> None:
    own = graph(
        says("a", "ada", "1", "+bridge -dam"),
        says("b", "ada", "2", "-bridge 0dam"),
        says("c", "bo", "3", "+bridge"),
        says("d", "bo", "4", "+bridge +cy"),
    )
    iri = "https://example.org/id/"
    assert network.compare(own, "Ada", "Bo") == [
        {
            "target": "The bridge should stay open.",
            "period": "",
            "relation": "both",
            "a": "supports and opposes",
            "b": "supports",
            "statements_a": [iri + "a", iri + "b"],
            "statements_b": [iri + "c", iri + "d"],
        },
        {
            "target": "Cy",
            "period": "",
            "relation": "never met",
            "a": "",
            "b": "for",
            "statements_a": [],
            "statements_b": [iri + "d"],
        },
        {
            "target": "The dam should be built.",
            "period": "",
            "relation": "never met",
            "a": "opposes and neutral on",
            "b": "",
            "statements_a": [iri + "a", iri + "b"],
            "statements_b": [],
        },
    ]
    _, told = network.comparison(own, "Ada", "Bo", until="2020-02-01")
    assert list(told) == [iri + "a"]


@pytest.mark.parametrize("kind", network.KINDS)
@pytest.mark.parametrize("direct", [False, True])
def test_the_statements_behind_many_ties_are_those_behind_each(graph: Graph, kind: str, direct: bool) -> None:
    own = graph(
        says("a", "ada", "4", "+bridge +bo"),
        says("b", "bo", "3", "+bridge -dam"),
        says("c", "cy", "2", "-dam +ada"),
        says("d", "ada", "1", "+bridge"),
        says("e", "di ada", "5", "-dam 0bridge"),
    )
    choices: dict[str, Any] = {"direct": True} if direct and kind == "agreement" else {}
    made = network.graph(own, kind, **choices)
    ties = list(dict.fromkeys(made.edges()))
    remembered = made.graph["rows"], made.graph["method"]
    found = list(statements_behind(*remembered, ties))
    assert found
    assert found == [tuple(s.iri for s in network.evidence(made, a, b)) for a, b in ties]
    assert all(found)
    if kind in {"agreement", "targets"}:
        assert list(statements_behind(*remembered, [(b, a) for a, b in ties])) == found
    assert list(statements_behind(*remembered, [("nobody", "nothing")])) == [()]


def test_ties_are_listed_by_the_labels_of_their_ends_and_by_level(graph: Graph) -> None:
    for make in (network.agreement, network.targets):
        rows = table.of(list("aabb"), list("xyxy"), [1] * 4)
        named = make(rows, normalisation="none", aggregation="congruence")
        (first, second) = sorted(named)
        named.nodes[first]["label"] = "zoe"
        assert network.edge_list(named) == [{"a": second, "b": "zoe", "weight": 2, "statements": 4}]
        del named.nodes[second]["label"]
        assert network.edge_list(named) == [{"a": second, "b": "zoe", "weight": 2, "statements": 4}]
    rows = table.of(list("baaa"), list("xyyy"), [1, 1, -1, -1])
    assert network.edge_list(network.stances(rows)) == [
        {"a": "a", "b": "y", "weight": -1, "statements": 2},
        {"a": "a", "b": "y", "weight": 1, "statements": 1},
        {"a": "b", "b": "x", "weight": 1, "statements": 1},
    ]
    ten = table.of(list("aaa"), list("xxx"), [10, 9, -1], scale=table.Scale("tone", "scaled", (-1, 9, 10)))
    assert [row["weight"] for row in network.edge_list(network.stances(ten))] == [-1, 9, 10]
    rated = graph(
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
        ":tone rdfs:range xsd:integer .",
        says("a", "ada", "1", "+dam", ":tone 7 ;"),
    )
    assert network.edge_list(network.stances(rated, level="tone")) == [
        {"a": "Ada", "b": "The dam should be built.", "weight": 7, "statements": 1}
    ]
    ((_, _, data),) = network.stances(rated, level="tone").edges(data=True)
    assert (data["level"], "polarity" in data) == (7, False)
